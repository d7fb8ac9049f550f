"""Measures what a learner feels: the time from moving a slider to seeing the new picture, in JupyterLab and Chromium.

The activation explorer stands beside the same figure drawn the plain way, `interact` with inline matplotlib, in one
notebook and one kernel, and the two take turns in blocks of ten moves. A move is a press of an arrow key; it ends with
the `load` event of the picture. Also measured, inside the kernel: one redraw with all it sends.

    python benchmarks/widget_latency.py [--moves 40] [options for jupyter lab, such as --config=…]

Needs Chromium or Chrome, and Playwright's Python package (not its browsers). Prints a table and a last line of JSON.
Other work on the machine makes everything slower, and the median of `interact` shows by how much.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from time import sleep

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))
from lab import CURRENT, Notebook, browser, find_chromium, lab_server

EXPLORER = """\
from course.widgets import ActivationExplorer
explorer = ActivationExplorer(compare=("tanh", "relu"), x=0)
explorer"""

INTERACT = """\
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact
from helpers.network import ACTIVATIONS
from helpers.plots import use_style

use_style()
z = np.linspace(-6, 6, 241)

def show(x):
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2))
    for name in ("sigmoid", "tanh", "relu"):
        f, f_prime = ACTIVATIONS[name]
        for ax, function in ((left, f), (right, f_prime)):
            (line,) = ax.plot(z, function(z))
            ax.plot([x], [function(x)], "o", color=line.get_color())
            ax.text(6.2, function(z)[-1], name)
            ax.axvline(x, ls=":", color="grey", lw=1)
    f, f_prime = ACTIVATIONS["sigmoid"]
    left.plot([x - 1.5, x + 1.5], [f(x) - 1.5 * f_prime(x), f(x) + 1.5 * f_prime(x)], color="black")
    left.set(title="f(x) and its tangent", xlabel="x")
    right.set(title=f"f′(x), its slope: {f_prime(x):.3g}", xlabel="x")
    plt.show()

interact(show, x=FloatSlider(value=0, min=-6, max=6, step=0.05));"""

REDRAW = """\
import json, time
seconds = []
for k in range(40):
    time.sleep(0.1)  # let the browser finish with the last one
    start = time.perf_counter()
    explorer.control["x"].value = 0.05 * (k + 1)
    seconds.append(time.perf_counter() - start)
explorer.reset()
print(json.dumps(seconds))"""

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}  # Lab asks if it is missing
BLOCK = 10  # moves, after which the other slider has its turn

WATCH = """\
document.addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
document.addEventListener("load", (event) => {
  if (event.target.tagName === "IMG") window.loaded?.(performance.now() - window.pressed);
}, true);"""


def moves(page, cell, key, n, pause):
    """Milliseconds from each of n presses of `key` on a cell's first slider to its new picture."""
    handle = page.locator(".jp-CodeCell").nth(cell).locator(".noUi-handle").first
    handle.focus()
    milliseconds = []
    for _ in range(n):
        sleep(pause)
        page.evaluate("() => { window.moved = new Promise((resolve) => { window.loaded = resolve; }); }")
        page.keyboard.press(key)
        milliseconds.append(page.evaluate("() => window.moved"))
    return milliseconds


def measure(options, n_moves):
    """{what: milliseconds of each move or redraw}."""
    results = {"explorer": [], "interact": [], "explorer, without a pause": []}
    if find_chromium() is None:
        sys.exit("No Chromium found. On Debian and Ubuntu: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        cells = [new_code_cell(source) for source in (EXPLORER, INTERACT, REDRAW)]
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), Path(folder, "latency.ipynb"))
        with (
            lab_server(folder, options, OMP_NUM_THREADS="1") as address,
            sync_playwright() as playwright,
            browser(playwright) as chromium,
        ):
            page = chromium.new_page(viewport={"width": 1300, "height": 1400})
            page.set_default_timeout(120_000)
            page.add_init_script(WATCH)
            Notebook(page, address, "latency.ipynb").run_all()
            page.wait_for_function("document.querySelectorAll('.jp-OutputArea-output img').length === 2")
            (output,) = page.evaluate(f"{CURRENT}.content.widgets[2].model.outputs.toJSON()")
            results["redraw in the kernel"] = [1000 * seconds for seconds in json.loads("".join(output["text"]))]
            for block in range(-1, -(-n_moves // BLOCK)):  # block −1 is for warming up
                key = ("ArrowRight", "ArrowLeft")[block % 2]
                for what, cell, pause in (
                    ("explorer", 0, 0.15),
                    ("interact", 1, 0.15),
                    ("explorer, without a pause", 0, 0),
                ):
                    milliseconds = moves(page, cell, key, BLOCK, pause)
                    if block >= 0:
                        results[what] += milliseconds
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--moves", type=int, default=40, help="of each slider (default 40)")
    arguments, options = parser.parse_known_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    results = measure(options, arguments.moves)
    print(f"{'milliseconds':28s} {'median':>7s} {'95 %':>7s} {'min':>7s} {'n':>4s}")
    for what, values in results.items():
        low, middle, high = np.percentile(values, [0, 50, 95])
        print(f"{what:28s} {middle:7.1f} {high:7.1f} {low:7.1f} {len(values):4d}")
    explorer, interact, redraw = (results[what] for what in ("explorer", "interact", "redraw in the kernel"))
    ratio = np.median(interact) / np.median(explorer)
    print(f"{ratio:.1f} times as fast as interact; load {load:.1f} on {os.cpu_count()} processors at the start")
    summary = {
        "median_ms": np.median(explorer),
        "p95_ms": np.percentile(explorer, 95),
        "interact_median_ms": np.median(interact),
        "redraw_ms": np.median(redraw),
    }
    print(json.dumps({name: round(float(value), 1) for name, value in summary.items()}))


if __name__ == "__main__":
    main()
