"""Shows tools/figures.py figures it exists to refuse, one fault at a time, and one that is right."""

import importlib.util
import json
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib import style

from helpers.plots import BLUE, DARK_ORANGE, ORANGE, PALETTE, STYLE

TOOL = Path(__file__).resolve().parents[2] / "tools" / "figures.py"
spec = importlib.util.spec_from_file_location("figures", TOOL)
figures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(figures)


plt.switch_backend("Agg")


@pytest.fixture
def ax():
    with style.context(STYLE):
        figure, ax = plt.subplots()
        ax.plot([0, 1], color=BLUE)
        ax.set(title="A line", xlabel="x", ylabel="y")
        yield ax
        plt.close(figure)


def test_a_good_figure_passes(ax):
    ax.text(0, 0, "orange", color=DARK_ORANGE)
    assert list(figures.defects(ax.figure)) == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda ax: ax.plot([1, 0], color="red"), "a line in #ff0000"),
        (lambda ax: ax.bar([0], [1], color="purple"), "a shape in #800080"),
        (lambda ax: ax.scatter([0], [1], color="lime"), "a mark in #00ff00"),
        (lambda ax: ax.text(0, 0, "pale", color=ORANGE), "“pale” with a contrast of 3.9 : 1"),
        (lambda ax: ax.text(0, 0, "grey", color="#999999"), "“grey” with a contrast of 2.8 : 1"),
        (lambda ax: ax.set(title=""), "axes without a title"),
        (lambda ax: ax.set(xlabel=""), "without a label for x"),
        (lambda ax: ax.set(ylabel=""), "without a label for y"),
    ],
)
def test_a_fault_is_refused(ax, spoil, words):
    spoil(ax)
    (sentence,) = set(figures.defects(ax.figure))
    assert words in sentence


def test_contrast_is_that_of_the_standard():
    assert figures.contrast("black", "white") == pytest.approx(21)
    assert figures.contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)  # the known border case
    assert figures.contrast("white", "black") == figures.contrast("black", "white")


def test_the_palette_has_ten_colours_and_text_colours_are_dark_enough():
    assert len(set(PALETTE)) == 10
    assert all(figures.contrast(color, "white") >= figures.CONTRAST for color in PALETTE[-3:])


def test_a_lesson_is_checked_cell_by_cell(tmp_path, capsys):
    sources = {
        "hook": "import matplotlib.pyplot as plt\nprint('not shown')",
        "good": "plt.plot([1, 2])\nplt.title('t'); plt.xlabel('x'); plt.ylabel('y')\nplt.show()",
        "bad": "plt.plot([1, 2], color='red')\nplt.title('t'); plt.xlabel('x'); plt.ylabel('y')\nplt.show()",
        "widget": "class Widget:\n    figure = plt.figure()\nWidget.figure.text(0, 0, 'hi', color='yellow')\nWidget()",
    }
    cells = [{"cell_type": "code", "id": name, "source": [source]} for name, source in sources.items()]
    path = tmp_path / "01_test.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    with style.context(STYLE):
        assert figures.main([str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[1].strip() for line in lines] == ["cell bad", "cell widget"]
