"""What each widget and picture shows is what is on record in looks/: at the start, and with each control moved alone.

Other tests prove by formulas what is shown; here is all of it, down to the width of a line, so that nothing changes by
accident. A change that was meant: run these tests with LOOKS=record, and read the diff of looks/ before you commit it.
Numbers may differ by a hundredth, as they do from processor to processor.
"""

import itertools
import math
import os
import re
import sys
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from looks import listing
from matplotlib.figure import Figure
from moving import EXPLORERS, ends, put, words
from second_hand import write

from course import live_plot
from course.diagram import Diagram
from course.widgets import DrawDigit, Playground
from helpers import plots
from helpers.network import Network

FOLDER = Path(__file__).parent / "looks"
NUMBER = re.compile(r"(?<![\w.#])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
OF_A_CONTROL = ("description", "tooltip", "min", "max", "step", "base", "options", "readout_format", "indent", "value")
LOSSES = {"loss": 0.5, "accuracy": 0.8, "validation_loss": 0.6, "validation_accuracy": 0.75}
HISTORY = [{"epoch": k, **{name: value + 0.02 * abs(k - 5) for name, value in LOSSES.items()}} for k in range(1, 9)]


def about_widget(widget):
    """All that a widget shows, in lines of text."""
    lines = [f"goal: {line}" for line in re.findall("<div[^>]*>(.*?)</div>", widget.lamp.value)]
    lines += [f"words: {line}" for line in words(widget).splitlines()]
    for name, control in widget.control.items():
        about = [f"{key} {getattr(control, key)!r}" for key in OF_A_CONTROL if hasattr(control, key)]
        about += [f"box {box.description}, {box.tooltip}" for box in getattr(control, "_boxes", {}).values()]
        hidden = getattr(control, "row", control).layout.display == "none"
        lines.append(f"control {name}: {'hidden' if hidden else ', '.join(about)}")
    lines += [f"handle {name}: {' '.join(map(str, place))}" for name, place in widget._handles.places.items()]
    return lines + listing(widget.figure)


def record_of_widget(kind):
    """The start, and for each control what is new, and how many lines are gone, when that alone is moved."""
    widget = kind()
    start = about_widget(widget)
    yield from start
    for name, control in widget.control.items():
        value = next(value for value in reversed(ends(control)) if value != widget.start[name])
        put(widget, **{name: value})
        now = about_widget(widget)
        gone, new = Counter(start) - Counter(now), Counter(now) - Counter(start)
        yield from (f"# {name} = {value!r}: {gone.total()} lines are gone", *new.elements())
        widget.reset()


def illustrated(widget):
    figure = Figure(figsize=(7.8, 3.1))
    widget.illustrate(figure)
    return figure


def diagram(**shown):
    figure = Figure(figsize=(7, 4))
    W, b = [None, np.array([[1.5, -2], [0.25, 3], [0, 100]]), np.array([[-0.5, 1, 2]])], [None, np.ones(3), [4.0]]
    values = [np.array([7.0, 8.0]), [[-9.5], [10.0], [11.0]], [12.0]]
    Diagram(figure.add_axes((0, 0, 1, 1)), [2, 3, 1], ["x₁", "x₂"], ["ŷ"]).show(values, W, b, **shown)
    return figure


def pad(**asked):
    pad = DrawDigit(Network([784, 10], seed=0))
    pad.draw(write(7), **asked)
    return pad


def confusion():
    figure, ax = plt.subplots()
    plots.plot_confusion(ax, np.array([[5, 0, 2], [1, 9, 0], [0, 3, 7]]))
    return figure


PLAYED = (
    "hidden=3 @0",
    "dataset=three hidden=4 learning_rate=0.03 @3",
    "dataset=hills hidden=2 points=60 discrete=on @1",
)
PICTURES = {
    "Diagram": lambda: [diagram(), diagram(lit={(0, 1), (1, 0), (1, 0, 1)}, notes={(1, 0): "a note"}, full=20)],
    "DrawDigit": lambda: [illustrated(DrawDigit()), illustrated(pad()), illustrated(pad(prepare=False))],
    "LivePlot": lambda: [live_plot.draw(HISTORY[:n], epochs, "a line") for n, epochs in ((0, 5), (3, 5), (8, 200))],
    "Playground": lambda: [illustrated(Playground(state)) for state in PLAYED],
    "plots": lambda: [
        plots.show_digits(
            np.linspace(0, 1, 3 * 784).reshape(3, 784), ["a", "b", "c"], columns=2, colors=["#111111"] * 3
        ),
        plots.show_digits(np.zeros((2, 28, 28)), limit=0.3, cmap="RdBu"),
        confusion(),
    ],
}


def alike(line, other):
    """Are two lines the same, but for numbers that may differ a little?"""
    if NUMBER.sub("0", line) != NUMBER.sub("0", other):
        return False
    pairs = zip(NUMBER.findall(line), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=0.01, abs_tol=2e-3) for a, b in pairs)


def compare(name, lines):
    path = FOLDER / f"{name}.txt"
    if os.environ.get("LOOKS") == "record":
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    recorded = path.read_text(encoding="utf-8").splitlines()
    different = [pair for pair in itertools.zip_longest(recorded, lines, fillvalue="") if not alike(*pair)]
    assert not different, "\n".join(f"on record: {one}\nnow:       {other}" for one, other in different[:10])


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("kind", EXPLORERS)
def test_what_a_widget_shows_is_on_record(kind, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # with it, TwoNetworks says other words
    compare(kind.__name__, list(record_of_widget(kind)))


@pytest.mark.parametrize("name", PICTURES)
def test_what_a_picture_shows_is_on_record(name):
    compare(name, [line for k, figure in enumerate(PICTURES[name]()) for line in (f"# {k}", *listing(figure))])
