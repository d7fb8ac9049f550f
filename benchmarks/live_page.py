"""Measures a live page of the website: how long it takes to start, and what a learner feels when it runs.

Seconds and bytes from the press of *Run it here* to the first cell, and to the last of lesson 01; milliseconds of a
`check`; of each Explorer, from the press of an arrow key to the new picture, here and, with --lab, in JupyterLab in the
same run (widget_latency.py); frames a second of the playground.

    make site && python benchmarks/live_page.py [--moves 30] [--only Hiker,Landscape] [--lab]

Needs Chromium or Chrome, Playwright's Python package, and the Pyodide of tests/site. Bytes are those of the files as
they lie on the disk, gzipped where a server would. Prints a table and a last line of JSON. Other work on the machine
makes everything slower.
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests" / "site"), str(HERE), str(HERE.parent / "tests" / "browser")]

from conftest import PYODIDE, SITE, Live, get_pyodide, served  # noqa: E402
from lab import browser  # noqa: E402
from widget_latency import BLOCK, WATCH, measure, presses, sliders  # noqa: E402

ZIPPED = {".js", ".mjs", ".json", ".css", ".wasm", ".html"}
DONE = "window.live?.times && !live.running && live.cells.every(cell => !['waiting', 'running'].includes(cell.state))"
PLACE = """() => {
    const box = Object.assign(document.createElement("div"), { id: "box" });
    document.querySelector(".bd-article h1").after(box);
}"""
RUN = """async code => {
    const box = document.getElementById("box"), began = performance.now();
    box.replaceChildren();
    const ok = await live.kernel.run(code, box);
    return [ok, performance.now() - began];
}"""
CHECK = """\
from course.exercises import check
def neuron(x, w, b, f):
    return f(w @ x + b)
check("1.1", neuron)"""


def weight(url):
    """Bytes that a request moves, as a server sends them that zips what can be zipped."""
    path = url.split("?")[0].split("/", 3)[3]
    file = PYODIDE / path.removeprefix("pyodide/") if path.startswith("pyodide/") else SITE / path
    if not file.is_file():
        return 0
    return len(gzip.compress(file.read_bytes())) if file.suffix in ZIPPED else file.stat().st_size


def start(page, address, result):
    """Press the button, and wait for all of lesson 01."""
    asked = []
    page.goto(address + "notebooks/01_neuron.html", wait_until="networkidle")
    page.on("request", lambda request: asked.append(request.url))
    began = time.perf_counter()
    page.click(".live-start button")
    page.wait_for_function("window.live?.cells?.some(cell => cell.state === 'done')", timeout=180_000)
    result["first cell, s"] = time.perf_counter() - began
    page.wait_for_function(DONE, timeout=180_000)
    result["lesson 01 whole, s"] = time.perf_counter() - began
    result |= {f"{name}, s": ms / 1000 for name, ms in page.evaluate("live.times").items()}
    result["MB"] = sum(map(weight, set(asked))) / 1e6
    page.evaluate(PLACE)
    result["check, ms"] = statistics.median(page.evaluate(RUN, CHECK)[1] for _ in range(30))
    return result


def moves(page, only, count):
    """{name of an Explorer: median milliseconds from a key to the picture}"""
    medians = {}
    for name, (settings, _, label) in sliders(only).items():
        ok, _ = page.evaluate(RUN, f"from course.widgets import {name}\n{name}(**{settings})")
        assert ok, page.inner_text("#box")
        slider = page.locator(f'#box [aria-label="{label}"]').first
        slider.wait_for()
        page.wait_for_timeout(1000)
        times = []
        for block in range(1 + -(-count // BLOCK)):  # the first is for warming up
            key = ("ArrowRight", "ArrowLeft")[block % 2]
            times += [ms for ms in presses(page, slider, key) if ms is not None and block]
        medians[name] = statistics.median(times) if times else float("nan")
    return medians


def frames(page):
    """Frames a second of the playground as the landing page has it."""
    page.evaluate(RUN, "from course.widgets import Playground\nPlayground(dataset='spirals', hidden=(8, 8, 8))")
    page.locator("#box .playground-play").click()
    page.wait_for_timeout(2000)
    epoch = "Number(document.querySelector('#box .playground-numbers strong').textContent.replace(/\\\\D/g, ''))"
    before, began = page.evaluate(epoch), time.perf_counter()
    page.wait_for_timeout(8000)
    return (page.evaluate(epoch) - before) / (time.perf_counter() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--moves", type=int, default=30, help="of each widget (default 30)")
    parser.add_argument("--only", default="", help="names of Explorers, with commas")
    parser.add_argument("--lab", action="store_true", help="measure the same in JupyterLab")
    arguments = parser.parse_args()
    only = [name for name in arguments.only.split(",") if name]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    get_pyodide()
    server = served(Live)
    with sync_playwright() as playwright, browser(playwright) as chromium:
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.add_init_script(WATCH)
        result = start(page, next(server), {})
        live = moves(page, only, arguments.moves)
        result["playground, frames/s"] = frames(page)
    lab = measure([], arguments.moves, only)["slider"] if arguments.lab else {}
    for name, value in result.items():
        print(f"{name:24s} {value:8.2f}")
    print(f"{'key to picture, ms':24s} {'page':>8s} {'Lab':>8s} {'ratio':>6s}")
    for name, ms in sorted(live.items(), key=lambda item: item[1]):
        there = statistics.median(lab[name]) if lab.get(name) else float("nan")
        print(f"{name:24s} {ms:8.0f} {there:8.0f} {ms / there:6.1f}")
    print(f"load {load:.1f} on {os.cpu_count()} processors at the start")
    print(json.dumps({name: round(value, 2) for name, value in (result | live).items()}))


if __name__ == "__main__":
    main()
