"""Draws every figure of the lessons off screen, and checks what can be read from its axes.

    python tools/figures.py [paths]     without paths: every notebook in notebooks/

Pictures cannot be compared byte by byte, but their axes can be asked: are the colours those that everybody can tell
apart, is each text dark enough to read (4.5 : 1, WCAG 2.2, 1.4.3), do the axes have labels, and the figure a title?
Prints every defect on a line of its own, with the cell's id. MNIST is the bundled sample here: it is quick.
"""

import ast
import contextlib
import io
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colors
from matplotlib.text import Text

from helpers import data, plots

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PALETTE = {colors.to_hex(color) for color in plots.PALETTE}
CONTRAST = 4.5


def contrast(color, background):
    """The ratio of two colours' relative luminances, 1 … 21 (WCAG 2.2)."""

    def luminance(color):
        rgb = np.array(colors.to_rgb(color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ (0.2126, 0.7152, 0.0722)

    low, high = sorted((luminance(color), luminance(background)))
    return (high + 0.05) / (low + 0.05)


def figure_defects(figure):
    """Sentences about what is wrong with a figure that has been drawn."""
    for ax in figure.axes:
        for kind, color in drawn_colors(ax):
            red, green, blue, alpha = colors.to_rgba(color)
            if alpha > 0 and not red == green == blue and colors.to_hex(color) not in PALETTE:
                yield f"has a {kind} in {colors.to_hex(color)}, which is not in the palette of helpers/plots.py"
        if ax.axison and ax.get_visible() and ax.has_data():
            if not (ax.get_title(loc="left") or ax.get_title() or figure.get_suptitle()):
                yield "has axes without a title"
            for name in "xy":
                if not has_label(ax, name, figure):
                    yield f"has axes without a label for {name}: say what it is, and its unit"
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and not (text.axes and text.axes.images):
            background = text.get_bbox_patch().get_facecolor() if text.get_bbox_patch() else figure.get_facecolor()
            ratio = contrast(text.get_color(), background)
            if ratio < CONTRAST:
                words = text.get_text().strip().split("\n")[0][:30]
                yield f"has the text “{words}” with a contrast of {ratio:.1f} : 1, less than {CONTRAST} : 1"


def drawn_colors(ax):
    for line in ax.lines:
        if line.get_visible():
            yield "line", line.get_color()
    for patch in ax.patches:
        yield "shape", patch.get_facecolor()
    for collection in ax.collections:
        if collection.get_array() is None:
            for color in [*collection.get_facecolors(), *collection.get_edgecolors()]:
                yield "mark", color


def has_label(ax, name, figure):
    """One of its own, one for the whole figure, or, in a grid, one on the axes at its left or below."""
    if getattr(figure, f"get_sup{name}label")() or not len(getattr(ax, f"get_{name}ticks")()):
        return True
    here, along = ax.get_position(), "y0" if name == "y" else "x0"
    line = [other for other in figure.axes if np.isclose(getattr(other.get_position(), along), getattr(here, along))]
    return any(getattr(other, f"get_{name}label")() for other in line)


def check(path):
    """Defects (cell id, sentence) of all figures that a lesson draws, widgets included."""
    cells = [cell for cell in json.loads(path.read_bytes())["cells"] if cell["cell_type"] == "code"]
    namespace = {"__name__": "__main__"}
    for cell in cells:
        figures = []
        with showing(figures):
            value = run("".join(cell["source"]), namespace)
        figures += [value.figure] if hasattr(value, "figure") else []
        for figure in figures:
            for sentence in dict.fromkeys(figure_defects(figure)):
                yield cell["id"], sentence


@contextlib.contextmanager
def showing(figures):
    """Instead of showing a figure, draw it and keep it."""

    def show():
        for number in plt.get_fignums():
            plt.figure(number).canvas.draw()
            figures.append(plt.figure(number))
        plt.close("all")

    original, plt.show = plt.show, show
    try:
        yield
    finally:
        plt.show = original


def run(source, namespace):
    """Run a cell; the value of its last line, if that is an expression."""
    body = ast.parse(source).body
    last = ast.Expression(body.pop().value) if body and isinstance(body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(ast.Module(body, []), "cell", "exec"), namespace)
        return eval(compile(last, "cell", "eval"), namespace) if last else None


def main(arguments):
    paths = [Path(argument).resolve() for argument in arguments] or sorted(NOTEBOOKS.glob("*.ipynb"))
    plt.switch_backend("Agg")
    os.environ["COURSE_PROGRESS"] = "off"
    load, data.load_mnist = data.load_mnist, lambda source="auto": load("sample")
    failed = False
    for path in paths:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            for cell_id, sentence in check(path):
                failed = True
                print(f"{path.name}: cell {cell_id}: {sentence}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
