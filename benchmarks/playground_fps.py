"""Measures how smoothly the playground of lesson 06 plays, in JupyterLab and headless Chromium: frames a second.

A frame is an epoch trained in the kernel and everything drawn in the page: a 2-8-8-1 network on 200 points, a 60 × 60
heat map of the output and 19 tiles of 30 × 30. It is counted when the page has drawn it. Also measured: how many frames
still come after Pause, how long an answer takes in the kernel, and how many bytes it has. The page asks once per screen
refresh, so that 60 frames a second is the most.

    python benchmarks/playground_fps.py [--seconds 10] [--worst]

With --worst, at the settings that cost most: 7-8-8-8-8-8-8-1, and 400 steps an epoch.

JupyterLab is served as by `make lab`. Needs Chromium or Chrome, and Playwright's Python package. Prints a table and a
last line of JSON. Other work on the machine makes everything slower.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab import Notebook, browser, find_chromium, lab_server  # noqa: E402

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}  # Lab asks if it is missing
WORST = '"spirals", hidden=(8,) * 6, features=tuple(FEATURES), points=400, batch_size=1'
CELLS = {
    "play": """\
from course.widgets.playground import FEATURES, Playground
playground = Playground({})
playground""",
    "kernel": """\
import json, time
milliseconds = []
for k in range(200):
    start = time.perf_counter()
    content, buffers = playground.answer({"kind": "frame"})
    milliseconds.append(1000 * (time.perf_counter() - start))
size = len(json.dumps(content)) + sum(map(len, buffers))
print(json.dumps({"ms": milliseconds, "bytes": size}))""",
}
EPOCH = "document.querySelector('.playground-numbers strong')"
PLAY = "document.querySelector('.playground-play')"

WATCH = f"""\
() => {{
  window.frames_ = [];
  new MutationObserver(() => window.frames_.push(performance.now())).observe({EPOCH}, {{ childList: true }});
}}"""


def measure(seconds, settings):
    """The times in ms at which frames were drawn, how many were drawn after Pause, and what the kernel measured."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as engine:
        cells = [new_code_cell(CELLS["play"].format(settings), id="play")]
        notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
        notebook.cells.append(new_code_cell("", id="kernel"))
        nbformat.write(notebook, Path(folder, "fps.ipynb"))
        with lab_server(folder, OMP_NUM_THREADS="1") as address, browser(engine) as chromium:
            page = chromium.new_page(viewport={"width": 1280, "height": 1000})
            opened = Notebook(page, address, "fps.ipynb")
            opened.run_all()
            page.wait_for_function(f"{EPOCH}?.textContent === '0'")
            page.evaluate(WATCH)
            page.evaluate(f"{PLAY}.click()")
            page.wait_for_timeout(2000)  # to warm up
            page.evaluate("window.frames_.length = 0")
            page.wait_for_timeout(1000 * seconds)
            times = page.evaluate(f"() => {{ {PLAY}.click(); return window.frames_.splice(0); }}")
            page.wait_for_timeout(1000)
            after = page.evaluate("window.frames_.length")
            kernel = json.loads(opened.run_cell("kernel", CELLS["kernel"]))
    return np.array(times), after, kernel


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10, help="of playing (default 10)")
    parser.add_argument("--worst", action="store_true", help="the settings that cost most")
    arguments = parser.parse_args()
    if find_chromium() is None:
        sys.exit("No Chromium found. On Debian and Ubuntu: apt-get install chromium")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    times, after, kernel = measure(arguments.seconds, WORST if arguments.worst else "hidden=(8, 8)")
    gaps = np.diff(times)
    print(f"{'milliseconds':24s} {'median':>7s} {'95 %':>7s} {'max':>7s} {'n':>5s}")
    for what, values in (("from frame to frame", gaps), ("an answer in the kernel", kernel["ms"])):
        middle, high = np.percentile(values, [50, 95])
        print(f"{what:24s} {middle:7.1f} {high:7.1f} {max(values):7.1f} {len(values):5d}")
    print(
        f"{kernel['bytes']:,} bytes a frame; {after} frames after Pause; load {load:.1f} on {os.cpu_count()} processors"
    )
    summary = {
        "fps": round(1000 / float(gaps.mean()), 1),
        "frame_p95_ms": round(float(np.percentile(gaps, 95)), 1),
        "kernel_ms": round(float(np.median(kernel["ms"])), 2),
        "frame_bytes": kernel["bytes"],
        "frames_after_pause": after,
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
