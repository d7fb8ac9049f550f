"""Measures what a learner feels: the time from moving a slider, or dragging a picture, to seeing the new picture.

Every Explorer of the course stands in one notebook, in JupyterLab and Chromium, and with them the activation explorer's
figure drawn the plain way, `interact` with inline matplotlib. They take turns in blocks of ten moves. A move is a press
of an arrow key, or the pointer going on by a few pixels; it ends with the `load` event of the picture. Also measured,
inside the kernel: one redraw with all it sends. (The playground and the drawing pad are canvases: playground_fps.py.)

    python benchmarks/widget_latency.py [--moves 40] [--only Hiker,Landscape] [options for jupyter lab, as --config=…]

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

from course import widgets

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))
from lab import Notebook, browser, find_chromium, lab_server, settle

NOT_EXPLORERS = {"Explorer", "Playground", "DrawDigit"}
START = {  # where something can be moved far enough, and by which slider if not by the first
    "ActivationExplorer": ({"compare": ("tanh", "relu"), "x": 0}, "x"),
    "ForwardStepper": ({"step": 4}, "x1"),
    "BackpropStepper": ({}, "x"),
    "GradientFlow": ({}, "gain"),
    "Hiker": ({}, "alpha"),
}

EXPLORER = """\
from course.widgets import {name}
explorers = globals().get("explorers", {{}})
explorers["{name}"] = {name}(**{start})
explorers["{name}"]"""

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
milliseconds = {{}}
for name, control in {sliders}.items():
    slider, values = explorers[name].control[control], []
    base = getattr(slider, "base", None)
    for k in range(22):  # the first two are for warming up
        time.sleep(0.05)  # let the browser finish with the last one
        step = slider.step * (1 if k % 2 else -1)
        begin = time.perf_counter()
        slider.value = slider.value * base**step if base else slider.value + step
        values.append(1000 * (time.perf_counter() - begin))
    milliseconds[name] = values[2:]
    explorers[name].reset()
print(json.dumps(milliseconds))"""

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}  # Lab asks if it is missing
BLOCK, PAUSE = 10, 0.15  # moves, after which the next one has its turn; and seconds before each
INTERACTED = "interact"

WATCH = """\
for (const kind of ["keydown", "pointermove"])
  document.addEventListener(kind, () => { window.began = performance.now(); }, true);
document.addEventListener("load", (event) => {
  if (event.target.tagName === "IMG") window.loaded?.(performance.now() - window.began);
}, true);"""


def timed(page, move):
    """Milliseconds from a move to the next picture; None if it changes nothing."""
    page.evaluate("() => { window.moved = new Promise((resolve) => { window.loaded = resolve; }); }")
    move()
    return page.evaluate("() => Promise.race([window.moved, new Promise((r) => setTimeout(r, 2000, null))])")


def presses(page, slider, key):
    """The times of a block of presses of `key` on a slider."""
    slider.focus()
    for _ in range(BLOCK):
        sleep(PAUSE)
        yield timed(page, lambda: page.keyboard.press(key))


def pulls(page, handle, way):
    """The times of a block of steps, of (3, −5) pixels times `way`, of one drag of a handle."""
    at = handle.bounding_box()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, BLOCK + 1):
        sleep(PAUSE)
        yield timed(page, lambda k=k: page.mouse.move(x + 3 * way * k, y - 5 * way * k))
    page.mouse.up()


def sliders(only):
    """{name of an Explorer: (where it starts, name of a slider, label of it)} of those that have a slider."""
    chosen = {}
    for name in sorted(set(widgets.MODULES) - NOT_EXPLORERS):
        if not only or name in only:
            start, slider = START.get(name, ({}, None))
            control = getattr(widgets, name)(**start).control
            slider = slider or next((name for name, each in control.items() if hasattr(each, "step")), None)
            if slider:
                chosen[name] = start, slider, control[slider].description
    return chosen


def measure(options, n_moves, only):
    """{"slider", "drag" or "kernel": {name of a widget: milliseconds of each move}}."""
    results = {"slider": {INTERACTED: []}, "drag": {}, "kernel": {}}
    if find_chromium() is None:
        sys.exit("No Chromium found. On Debian and Ubuntu: apt-get install chromium")
    explorers = sliders(only)
    sources = {name: EXPLORER.format(name=name, start=start) for name, (start, _, _) in explorers.items()}
    sources |= {
        INTERACTED: INTERACT,
        "redraw": REDRAW.format(sliders={name: way[1] for name, way in explorers.items()}),
    }
    cells = [new_code_cell(source, id=name) for name, source in sources.items()]
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), Path(folder, "latency.ipynb"))
        with (
            lab_server(folder, options, OMP_NUM_THREADS="1") as address,
            sync_playwright() as playwright,
            browser(playwright) as chromium,
        ):
            page = chromium.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(120_000)
            page.add_init_script(WATCH)
            notebook = Notebook(page, address, "latency.ipynb")
            notebook.run_all()
            if notebook.errors():
                sys.exit(str(notebook.errors()))
            results["kernel"] = json.loads(notebook.text("redraw"))
            for block in range(-1, -(-n_moves // BLOCK)):  # block −1 is for warming up
                for name in (*explorers, INTERACTED):
                    for kind, values in block_of(notebook, name, explorers.get(name), block):
                        if block >= 0:
                            results[kind].setdefault(name, []).extend(value for value in values if value is not None)
    return results


def block_of(notebook, name, explorer, block):
    """Yields "slider" and, where something can be dragged, "drag", each with the times of one block."""
    cell, page = notebook.cell(name), notebook.page
    slider = cell.locator(f'[aria-label="{explorer[2]}"]' if explorer else ".noUi-handle").first
    slider.wait_for()
    settle(page)
    yield "slider", list(presses(page, slider, ("ArrowRight", "ArrowLeft")[block % 2]))
    handle = cell.locator(".explorer-handles line:not([style*=none])").first
    if handle.count():
        yield "drag", list(pulls(page, handle, (1, -1)[block % 2]))
        settle(page)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--moves", type=int, default=40, help="of each widget (default 40)")
    parser.add_argument("--only", default="", help="names of Explorers, with commas")
    arguments, options = parser.parse_known_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    results = measure(options, arguments.moves, [name for name in arguments.only.split(",") if name])
    medians = {
        kind: {name: np.median(values) for name, values in each.items() if values} for kind, each in results.items()
    }
    interact = medians["slider"].pop(INTERACTED)
    cheapest = {kind: min(each.values(), default=np.nan) for kind, each in medians.items()}

    print(f"{'milliseconds':20s} {'slider':>7s} {'95 %':>7s} {'× least':>7s} {'drag':>7s} {'95 %':>7s} {'kernel':>7s}")
    for name, middle in sorted(medians["slider"].items(), key=lambda item: item[1]):
        high, drag = np.percentile(results["slider"][name], 95), results["drag"].get(name)
        dragged = "{:7.1f} {:7.1f}".format(*np.percentile(drag, [50, 95])) if drag else f"{'':15s}"
        times = middle / cheapest["slider"]
        print(f"{name:20s} {middle:7.1f} {high:7.1f} {times:7.1f} {dragged} {medians['kernel'][name]:7.1f}")
    print(f"{INTERACTED:20s} {interact:7.1f}: {interact / cheapest['slider']:.1f} times the least")
    print(f"load {load:.1f} on {os.cpu_count()} processors at the start")
    summary = {f"{kind}_ms": {name: round(float(ms), 1) for name, ms in each.items()} for kind, each in medians.items()}
    print(json.dumps(summary | {"interact_ms": round(float(interact), 1)}))


if __name__ == "__main__":
    main()
