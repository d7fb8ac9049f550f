"""The network diagram: what it draws is what it was given, and numbers can be read."""

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from course.diagram import Diagram
from helpers.plots import BLUE, ORANGE


@pytest.fixture
def ax():
    figure = Figure(figsize=(7, 4))
    FigureCanvasAgg(figure)
    return figure.add_axes((0, 0, 1, 1))


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


def test_a_weight_is_drawn_on_the_line_it_belongs_to(ax):
    sizes = [2, 3, 2]
    W, _, _ = random_net(sizes)
    diagram = Diagram(ax, sizes).show(W=W)
    lines, drawn = diagram._lines, {}
    for segment, color, width in zip(lines.get_segments(), lines.get_colors(), lines.get_linewidths(), strict=True):
        (x0, y0), (x1, y1) = segment
        drawn[x0, y0, x1, y1] = to_hex(color).upper(), width
    for l in (1, 2):
        for j, i in itertools.product(range(sizes[l]), range(sizes[l - 1])):
            color, width = drawn[(*diagram.xy[l - 1, i], *diagram.xy[l, j])]
            assert color == (BLUE if W[l][j, i] >= 0 else ORANGE)
            thicker = [w for m in (1, 2) for w in np.abs(W[m]).ravel() if w > abs(W[l][j, i])]
            assert sum(other > width for _, other in drawn.values()) == len(thicker)
    on_the_line = diagram._weights[1, 2, 0].get_position()
    start, end = np.array(diagram.xy[0, 0]), np.array(diagram.xy[1, 2])
    assert abs(np.cross([*(end - start), 0], [*(on_the_line - start), 0])[2]) < 1e-9


def test_a_number_with_room_stands_in_the_middle_of_its_line(ax):
    diagram = Diagram(ax, [1, 1]).show(W=[None, np.array([[2.0]])])
    middle = np.mean([diagram.xy[0, 0], diagram.xy[1, 0]], axis=0)
    length = diagram.xy[1, 0][0] - diagram.xy[0, 0][0]
    assert abs(diagram._weights[1, 0, 0].get_position() - middle).max() < 0.06 * length


@pytest.mark.parametrize("sizes", [[2, 1], [2, 2, 1], [2, 3, 1], [3, 3, 2], [2, 4, 2]])
@pytest.mark.parametrize("inches", [(7, 4), (4, 3)])
def test_numbers_do_not_cover_each_other(sizes, inches):
    figure = Figure(figsize=inches)
    FigureCanvasAgg(figure)
    diagram = Diagram(figure.add_axes((0, 0, 1, 1)), sizes)
    W, b, values = random_net(sizes)
    diagram.show(values, W, b)
    boxes = [text.get_window_extent() for text in diagram._weights.values()]
    for one, other in itertools.combinations(boxes, 2):
        assert not (one.shrunk(0.9, 0.8)).overlaps(other.shrunk(0.9, 0.8))


def test_beyond_the_limit_the_first_and_last_units_are_drawn_and_the_size(ax):
    sizes = [784, 128, 10, 12]
    W, b, values = random_net(sizes)
    diagram = Diagram(ax, sizes).show(values, W, b)
    assert diagram.shown[0] == [0, 1, 2, 3, 4, 779, 780, 781, 782, 783]
    assert diagram.shown[3] == list(range(12))
    words = [text.get_text() for text in texts(ax)]
    assert [word for word in words if "units" in word] == ["784 units", "128 units"]
    assert words.count("⋮") == 2
    assert len(set(diagram.xy.values())) == 42  # no two units at one place


def test_the_dots_stand_in_a_row_of_their_own_between_the_first_and_the_last_units(ax):
    diagram = Diagram(ax, [784, 10])
    rows = [diagram.xy[0, i][1] for i in diagram.shown[0]]
    assert [one - other for one, other in itertools.pairwise(rows)] == [1, 1, 1, 1, 2, 1, 1, 1, 1]


def test_circles_keep_apart_at_any_size():
    for sizes, inches in itertools.product([[1, 1], [12, 12], [784, 128, 10], [2] * 9], [(2, 1.5), (4, 4), (9, 3)]):
        figure = Figure(figsize=inches)
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0, 0, 1, 1))
        diagram = Diagram(ax, sizes)
        centres = ax.transData.transform(list(diagram.xy.values())) * 72 / figure.dpi
        for one, other in itertools.combinations(centres, 2):
            assert np.hypot(*(one - other)) > 2 * diagram.radius
        for l in range(len(sizes)):
            for i in diagram.shown[l]:
                x, y = ax.transData.transform(diagram.xy[l, i])
                assert ax.bbox.x0 < x < ax.bbox.x1
                assert ax.bbox.y0 < y < ax.bbox.y1


def test_what_is_lit_stands_out_and_the_rest_turns_pale(ax):
    W, b, values = random_net([2, 2, 1])
    diagram = Diagram(ax, [2, 2, 1]).show(values, W, b, lit={(1, 0), (1, 0, 1)})
    wide = [unit for unit, width in zip(diagram.xy, diagram._circles.get_linewidths(), strict=True) if width > 2]
    assert wide == [(1, 0)]
    coloured = [
        edge for edge, color in zip(diagram._edges, diagram._lines.get_colors(), strict=True)
        if to_hex(color).upper() in (BLUE, ORANGE)
    ]  # fmt: skip
    assert coloured == [(1, 0, 1)]
    diagram.show(values, W, b)
    assert max(diagram._circles.get_linewidths()) < 2


def test_texts_and_notes_stand_in_place_of_numbers(ax):
    W, b, values = random_net([1, 1])
    Diagram(ax, [1, 1]).show(values, W, b, texts={(0, 0): "in", (1, 0, 0): "by"}, notes={(1, 0): "δ = 1"})
    words = [text.get_text() for text in texts(ax)]
    assert {"in", "by", "δ = 1"} <= set(words)
    assert not any("b =" in word for word in words)


def test_show_again_replaces_what_was_there(ax):
    W, b, values = random_net([2, 1])
    diagram = Diagram(ax, [2, 1])
    before = len(ax.get_children())
    diagram.show(values, W, b).show()
    assert texts(ax) == []
    assert len(ax.get_children()) == before


def test_animated_means_everything_that_show_changes(ax):
    W, b, values = random_net([2, 3, 1])
    diagram = Diagram(ax, [2, 3, 1], animated=True)
    ax.figure.canvas.draw()
    diagram.show(values, W, b, lit={(1, 0)})
    assert not ax.figure.stale


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
