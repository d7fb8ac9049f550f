"""The network diagram: what it draws is what it was given, and numbers can be read."""

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.path import Path

from course.diagram import INK, PALE, Diagram
from course.text import decimal
from helpers.colors import BLUE, ORANGE


def axes(*inches):
    figure = Figure(figsize=inches)
    FigureCanvasAgg(figure)
    return figure.add_axes((0, 0, 1, 1))


@pytest.fixture
def ax():
    return axes(7, 4)


def texts(ax):
    return [text for text in ax.texts if text.get_text() and text.get_visible()]


def random_net(sizes, seed=0):
    rng = np.random.default_rng(seed)
    W = [None, *(rng.normal(size=(n, m)) for n, m in zip(sizes[1:], sizes, strict=False))]
    return W, [None, *(rng.normal(size=(n, 1)) for n in sizes[1:])], [rng.normal(size=(n, 1)) for n in sizes]


def test_every_number_stands_in_the_drawing(ax):
    W = [None, np.array([[1.5, -2.0], [0.25, 3.0], [0.0, 1000.0]]), np.array([[-0.001, np.nan, np.inf]])]
    b = [None, np.array([[1.0], [2.0], [3.0]]), [4.0]]
    values = [np.array([7.0, 8.0]), [[-9.5], [10.0], [11.0]], [12.0]]
    Diagram(ax, [2, 3, 1], inputs=["x₁", "x₂"], outputs=["ŷ"]).show(values, W, b)
    shown = sorted(text.get_text() for text in texts(ax))
    weights = ["1.5", "−2", "0.25", "3", "0", "1e3", "0", "NaN", "∞"]
    biases = ["b = 1", "b = 2", "b = 3", "b = 4"]
    assert shown == sorted([*weights, *biases, "7", "8", "−9.5", "10", "11", "12", "x₁", "x₂", "ŷ"])


@pytest.mark.parametrize("lit", [None, {(0, 1), (1, 0), (2, 1), (1, 0, 1), (2, 1, 3)}])
@pytest.mark.parametrize("full", [None, 1.5])
def test_colors_sizes_and_texts_are_those_of_the_numbers(ax, lit, full):
    W, b, values = random_net([2, 4, 2])
    diagram = Diagram(ax, [2, 4, 2]).show(values, W, b, lit, full=full)
    circles, lines, largest = diagram._circles, diagram._lines, max(np.abs(layer).max() for layer in values)
    looks = circles.get_facecolors(), circles.get_edgecolors(), circles.get_offsets()
    for (l, i), face, edge, at in zip(diagram.xy, *looks, strict=True):
        value, stands_out = values[l][i, 0], lit is None or (l, i) in lit
        assert tuple(at) == diagram.xy[l, i]
        assert at[0] == l, "a layer is a column"
        assert to_hex(face).upper() == (BLUE if value >= 0 else ORANGE)
        assert face[3] == pytest.approx((0.55 if stands_out else 0.2) * abs(value) / largest)
        assert to_hex(edge).upper() == (INK if stands_out else PALE)
        inside, below = diagram._values[l, i], diagram._notes[l, i]
        assert (inside.get_text(), inside.get_position()) == (decimal(value), tuple(at))
        assert below.get_text() == (f"b = {decimal(b[l][i, 0])}" if l else "")
        radius = (ax.transData.transform(at) - ax.transData.transform(below.get_position())) * 72 / ax.figure.dpi
        assert tuple(radius) == pytest.approx((0, 1.15 * diagram.radius))
    largest = full or max(np.abs(array).max() for array in W[1:])
    looks = lines.get_segments(), lines.get_colors(), lines.get_linewidths()
    for (l, j, i), ends, color, width in zip(diagram._edges, *looks, strict=True):
        w, stands_out = W[l][j, i], lit is None or (l, j, i) in lit
        size = min(abs(w) / largest, 1)
        assert ends.tolist() == [list(diagram.xy[l - 1, i]), list(diagram.xy[l, j])]
        assert to_hex(color).upper() == ((BLUE if w >= 0 else ORANGE) if stands_out else PALE)
        assert color[3] == pytest.approx(0.35 + 0.65 * size if stands_out else 0.6)
        assert width == pytest.approx(0.5 + 3 * size + bool(lit and stands_out))
        text = diagram._weights[l, j, i]
        assert text.get_text() == decimal(w)
        (x, y), (start, end) = text.get_position(), ends
        assert start[0] < x < end[0]
        assert y == pytest.approx(start[1] + (x - start[0]) * (end[1] - start[1])), "on its line"


def test_a_number_with_room_stands_in_the_middle_of_its_line(ax):
    diagram = Diagram(ax, [1, 1]).show(W=[None, np.array([[2.0]])])
    middle = np.mean([diagram.xy[0, 0], diagram.xy[1, 0]], axis=0)
    length = diagram.xy[1, 0][0] - diagram.xy[0, 0][0]
    assert abs(diagram._weights[1, 0, 0].get_position() - middle).max() < 0.06 * length


@pytest.mark.parametrize("sizes", [[2, 1], [2, 2, 1], [2, 3, 1], [3, 3, 2], [2, 4, 2]])
@pytest.mark.parametrize("inches", [(7, 4), (4, 3)])
def test_numbers_do_not_cover_each_other(sizes, inches):
    ax = axes(*inches)
    W, b, values = random_net(sizes)
    diagram = Diagram(ax, sizes).show(values, W, b)
    boxes = {edge: text.get_window_extent() for edge, text in diagram._weights.items()}
    for one, other in itertools.combinations(boxes.values(), 2):
        assert not (one.shrunk(0.9, 0.8)).overlaps(other.shrunk(0.9, 0.8))
    radius, centers = diagram.radius / 72 * ax.figure.dpi, ax.transData.transform(list(diagram.xy.values()))
    for box, center in itertools.product(boxes.values(), centers):
        assert np.hypot(*(center - center.clip(box.min, box.max))) > 0.95 * radius, "no number stands in a circle"
    for edge, ends in zip(diagram._edges, diagram._lines.get_segments(), strict=True):
        line = Path(ax.transData.transform(ends))
        crossed = [one for one, box in boxes.items() if line.intersects_bbox(box.expanded(0.3, 0.3), filled=False)]
        assert set(crossed) <= {edge}, "no number stands on the line of another"


def test_beyond_the_limit_the_first_and_last_units_are_drawn_and_the_size(ax):
    sizes = [784, 128, 10, 12]
    W, b, values = random_net(sizes)
    diagram = Diagram(ax, sizes).show(values, W, b)
    assert diagram.shown[0] == [0, 1, 2, 3, 4, 779, 780, 781, 782, 783]
    assert diagram.shown[3] == list(range(12))
    words = {text.get_text(): text.get_position() for text in texts(ax) if "units" in text.get_text()}
    assert {word: x for word, (x, _) in words.items()} == {"784 units": 0, "128 units": 1}
    assert words["784 units"][1] < diagram.xy[0, 783][1] - 0.1
    dots = [text.get_position() for text in texts(ax) if text.get_text() == "⋮"]
    for l, at in enumerate(dots):
        rows = [diagram.xy[l, i][1] for i in diagram.shown[l]]
        assert [one - other for one, other in itertools.pairwise(rows)] == [1, 1, 1, 1, 2, 1, 1, 1, 1]
        assert at == (l, rows[4] - 1), "in a row of their own"
    assert len(dots) == 2


@pytest.mark.parametrize("sizes", [[1, 1], [12, 12], [784, 128, 10], [2] * 9])
@pytest.mark.parametrize("inches", [(2, 1.5), (9, 3)])
def test_circles_keep_apart_at_any_size(sizes, inches):
    ax = axes(*inches)
    diagram = Diagram(ax, sizes)
    centers = ax.transData.transform(list(diagram.xy.values()))
    for one, other in itertools.combinations(centers, 2):
        assert np.hypot(*(one - other)) * 72 / ax.figure.dpi > 2 * diagram.radius
    assert ((ax.bbox.min < centers) & (centers < ax.bbox.max)).all(), "in the figure"


def test_texts_and_notes_stand_in_place_of_numbers(ax):
    W, b, _ = random_net([1, 1])
    Diagram(ax, [1, 1]).show([[1], [2]], W, b, texts={(0, 0): "in", (1, 0, 0): "by"}, notes={(1, 0): "δ = 1"})
    assert sorted(text.get_text() for text in texts(ax)) == ["2", "by", "in", "δ = 1"]


def test_show_again_replaces_what_was_there_and_animated_means_everything_that_show_changes(ax):
    W, b, values = random_net([2, 3, 1])
    diagram = Diagram(ax, [2, 3, 1], animated=True)
    before = len(ax.get_children())
    ax.figure.canvas.draw()
    diagram.show(values, W, b, lit={(1, 0)}).show()
    assert not ax.figure.stale
    assert texts(ax) == []
    assert len(ax.get_children()) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([3],), "sizes: expected two or more layers"),
        (([3, 0],), "sizes: expected two or more layers"),
        (([2, 1], ["x"]), "Layer 0 has 2 units; got 1 names"),
        (([2, 2, 1], None, ["a", "b"]), "Layer 2 has 1 units; got 2 names"),
        (([2, 2, 1], None, None, [["h"], ["k"]]), "hidden: expected names for 1 hidden layers; got 2"),
    ],
)
def test_wrong_sizes_and_names_are_told(ax, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        Diagram(ax, *arguments)
