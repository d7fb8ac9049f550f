"""The widgets of lesson 01, moved without a browser: what they draw is read back."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from moving import drag, lies_at, put, texts, words

from course.text import decimal
from course.widgets.lesson_01 import ACTIVATIONS, CORNERS, HIGH, LOW, NAMES, PLANE, TOP, GuessTheLine, NeuronExplorer
from helpers.colors import BLUE, ORANGE
from helpers.data import GATES, house_prices
from helpers.network import relu, sigmoid, tanh

pytestmark = pytest.mark.usefixtures("unpainted")


@pytest.mark.parametrize(("w", "b"), [(0, -200), (60, 250), (190, 20), (400, 400)])
def test_line_bars_scale_and_words_are_those_of_the_formula(w, b):
    X, y = house_prices(30)
    widget, size, price = GuessTheLine(w=w, b=b), X[:, 0] / 1000, y / 1000
    bars = [[(x, w * x + b), (x, y)] for x, y in zip(size, price, strict=True)]
    np.testing.assert_allclose(widget.errors.get_segments(), bars)
    *_, dots = widget.plane.lines
    lies_at(dots, size, price)
    left, right = widget.plane.get_xlim()
    lies_at(widget.line, [left, right], [w * left + b, w * right + b])
    assert left == 0 < right - size.max()
    loss = np.mean((w * size + b - price) ** 2)
    assert widget.number.get_text() == f"loss {loss:,.0f}"
    assert widget.bar.get_height() == pytest.approx(loss**0.5)
    assert widget.lit[0] == (loss < 20**2)
    line = f"price = {w} · size {'−' if b < 0 else '+'} {abs(b)}"
    typical = f"a typical error of ${1000 * loss**0.5:,.0f}"
    assert words(widget) == f"30 houses and the line {line}: loss {loss:,.0f} (thousand $)², {typical}.\n"


def test_the_mark_of_the_goal_lies_over_the_bar_of_the_error(painted):
    widget = GuessTheLine()
    assert 20 < widget.bar.get_height() < TOP, "the scale shows the start"
    left, bottom, right, top = np.rint(widget.bar.get_window_extent().extents).astype(int)
    inside = np.asarray(widget.canvas.buffer_rgba())[::-1][bottom + 5 : top - 5, left + 5 : right - 5, :3]
    assert (inside.max(axis=-1) < 100).any(), "nothing dark in the orange bar"


def test_own_houses_fit_into_the_picture():
    plane = GuessTheLine([1, 10], [100, 2000]).plane
    assert plane.get_xlim()[1] > 10
    assert plane.get_ylim()[1] > 2000
    for sizes, prices in (([1, 2], [3]), ([], [])):
        with pytest.raises(ValueError, match=f"one or more; got {len(sizes)} and {len(prices)}"):
            GuessTheLine(sizes, prices)


@pytest.mark.parametrize("end", [0, 1])
def test_an_end_follows_the_pointer_within_what_the_sliders_have_and_the_other_end_stays(end):
    for w, b in ((60, 250), (400, 400), (200, -200)):
        widget = GuessTheLine(w=w, b=b)
        (x, _), (fixed_x, fixed_y) = (widget._ends(w, b)[k] for k in (end, 1 - end))
        for y in (0, 300, 800):
            drag(widget, ("left", "right")[end], (x, 700), (x, y))
            w_now, b_now = widget.values["w"], widget.values["b"]
            if 0 < w_now < 400 and -200 < b_now < 400:
                assert w_now * x + b_now == pytest.approx(y, abs=7)
                assert w_now * fixed_x + b_now == pytest.approx(fixed_y, abs=7)
            put(widget, w=w, b=b)


@pytest.mark.parametrize(("activation", "x"), list(zip(ACTIVATIONS, [*NAMES, NAMES[2]], strict=True)))
def test_numbers_colors_and_places_are_those_of_the_formula(activation, x):
    widget, k, rng = NeuronExplorer(activation=activation, x=x), NAMES.index(x), np.random.default_rng(1)
    f = {"step": lambda z: 1.0 * (z > 0), "sigmoid": sigmoid, "tanh": tanh, "ReLU": relu, "identity": lambda z: z}
    f, diagram, (x1, x2) = f[activation], widget.diagram, CORNERS[k].astype(int)
    for gate, reach in (("XOR", 2), ("AND", 2), ("NAND", 0.3)):
        w1, w2, b = rng.uniform(-reach, reach, 3).round(1)
        put(widget, w1=w1, w2=w2, b=b, gate=gate)
        w, z = np.array([w1, w2]), CORNERS @ [w1, w2] + b
        wanted, right = np.array(GATES[gate]) == 1, (z > 0) == GATES[gate]

        assert texts(diagram._values.values()) == [str(x1), str(x2), decimal(f(z)[k])]
        assert texts(diagram._weights.values()) == [decimal(w1), decimal(w2)]
        assert diagram._notes[1, 0].get_text() == f"b = {decimal(b)}"
        assert diagram._lines.get_linewidths() == pytest.approx(0.5 + 0.3 * np.abs(w)), "full at 10, the sliders' end"

        outputs = list(zip(NAMES, map(decimal, f(z)), wanted, right, strict=True))
        assert texts(widget.labels) == [f"ŷ = {y}\nwant {one:d} {'✓' if ok else '✗'}" for _, y, one, ok in outputs]
        lies_at(widget.ones, *CORNERS[wanted].T)
        lies_at(widget.zeros, *CORNERS[~wanted].T)
        lies_at(widget.chosen, x1, x2)

        middle = np.full(2, (LOW + HIGH) / 2)
        foot = middle - w * (w @ middle + b) / (w @ w)
        np.testing.assert_allclose(widget.normal.get_offsets(), [foot], atol=1e-9)
        assert (*widget.normal.U, *widget.normal.V) == pytest.approx(0.15 * w)
        ends = widget.line.get_xydata()
        np.testing.assert_allclose(ends @ w + b, 0, atol=1e-9)
        np.testing.assert_allclose(ends.mean(axis=0), foot, atol=1e-9)
        assert np.linalg.norm(ends[1] - ends[0]) > 2 * np.linalg.norm([HIGH - LOW] * 2) - 1e-9, "beyond the plane"

        centers = np.linspace(LOW, HIGH, 2 * 128 + 1)[1::2]
        y = f(w1 * centers + w2 * centers[:, None] + b)[..., None].clip(-1, 1)  # row by row, from below
        tints = 1 - 0.35 * np.abs(y) * (1 - np.where(y > 0, to_rgb(BLUE), to_rgb(ORANGE)))
        np.testing.assert_allclose(widget.shade.colors[..., :3], 255 * tints, atol=1)

        products = f"{decimal(w1)} · {x1} {'+' if w2 >= 0 else '−'} {decimal(abs(w2))} · {x2}"
        shown = f"z = {products} {'+' if b >= 0 else '−'} {decimal(abs(b))} = {decimal(z[k])}"
        said = f"Input {x}: {shown}, ŷ = {activation}({decimal(z[k])}) = {decimal(f(z)[k])}."
        all_four = ", ".join(f"{name} → {y}" for name, y, *_ in outputs)
        judged = f"For {gate}, {right.sum()} of 4 are right. Filled dots want a 1."
        assert words(widget) == f"{said} All four: {all_four}. {judged}\n"


def test_without_weights_there_is_no_line():
    widget = NeuronExplorer(w1=0, w2=0, b=-0.5)
    assert widget._handles.places == {}
    for w1 in (0, 1, 0):
        put(widget, w1=w1)
        assert widget.line.get_visible() == widget.normal.get_visible() == bool(w1)


def test_the_firing_side_is_shaded_and_its_edge_is_clean_where_lines_are_likely(painted):
    widget = NeuronExplorer(w1=1, w2=2, b=-2.5)
    drawn, colors = np.asarray(widget.canvas.buffer_rgba()), widget.shade.colors
    for point, color in (((1.5, 0.7), colors[-1, -1]), ((1.3, 0.4), [255] * 4)):
        x, y = np.rint(widget.plane.transData.transform(point)).astype(int)
        np.testing.assert_array_equal(drawn[-y, x], color)
    for w1, w2, b in itertools.product((-1, 1), (-1, 1), (-1.5, -0.5, 0.5, 1.5)):
        for n, centres in PLANE.items():  # no cell's centre lies on the line, where rounding would decide its color
            assert np.abs(centres @ [w1, w2] + b).min() > 1e-3, (w1, w2, b, n)


def test_the_gate_wanted_is_the_goal_and_never_one_that_was_made():
    makes = {"OR": (1, 1, -0.5), "AND": (1, 1, -1.5), "NAND": (-1, -1, 1.5)}
    widget, wanted = NeuronExplorer(), []
    for gate, (w1, w2, b) in makes.items():
        put(widget, w1=w1, w2=w2, b=b)
        assert widget.values["gate"] == gate
        wanted.append(put(widget, w1=0, w2=0).values["gate"])
    assert wanted == ["AND", "NAND", "NAND"], "the last goal is a NAND, too"
    put(widget, w1=-6, w2=-6, b=9, activation="sigmoid")
    assert put(widget, b=0).values["gate"] == "XOR"
    put(widget, gate="OR")  # is chosen
    assert put(widget, b=1).values["gate"] == "OR"
    widget = put(NeuronExplorer(gate="AND"), w1=1, w2=1, b=-1.5)
    widget.reset()
    assert widget.values["gate"] == "AND"
    put(widget, w1=-1, w2=-1, b=1.5)
    assert (widget.lit[2], widget.values["gate"]) == (True, "AND"), "AND is a goal still"


def test_the_line_is_dragged_with_the_bias_and_the_arrow_turns_it_about_its_foot():
    def weights():
        return [widget.values[name] for name in ("w1", "w2", "b")]

    widget = NeuronExplorer(w1=2, w2=-3, b=0.5)
    drag(widget, "line", (0.5, 0.3), (1, 0.2))
    assert weights() == pytest.approx([2, -3, -(2 * 1 - 3 * 0.2)])
    widget = NeuronExplorer(w1=1, w2=-1, b=0)
    x, y = (0.5, 0.5) + 0.15 * np.array([3.3, 2.1])
    drag(widget, "arrow", (0.5, 0.9), (x, y))
    assert weights() == pytest.approx([3.3, 2.1, -2.7])
    assert widget._places["arrow"][1:] == pytest.approx((x, y), abs=0.05)
    drag(widget, "arrow", (0.5, 0.5), (0.8, 0.5))  # over the foot, where there is neither line nor arrow
    assert weights() == pytest.approx([2, 0, -1])
    put(widget, w1=1, b=0)
    drag(widget, "arrow", (1.6, 0.5))
    assert weights() == pytest.approx([10, 0, 0]), "no farther than the slider, about the foot (0, 0.5)"


@pytest.mark.parametrize(
    ("neuron", "said"),
    [
        (lambda x, w, b, f: w * x + b, "returned shape (2,) for one input."),
        (lambda x, w, b, f: np.nan if x[0] else 1.0, "returned NaN for 2 of the 4 numbers"),
        (lambda x, w, b, f: np.nan if x.all() else 1.0, "returned NaN for z = 0.5."),  # and is no NAND
        (lambda x, w, b, f: 1.0 if x[0] == 0 else [1.0, 2.0], "raised ValueError"),
    ],
)
def test_a_neuron_that_is_wrong_for_some_inputs_is_told_in_words(neuron, said):
    widget = NeuronExplorer(neuron)
    assert said in words(widget)
    assert ("none" in texts(widget.diagram._values.values())) != widget.known[2]
    assert widget.lit == [False] * 4
    if not widget.known.any():
        assert (widget.shade.colors == (229, 229, 229, 255)).all(), "the plane is gray"


def test_a_neuron_of_the_learners_is_shown_as_it_is_and_changes_only_copies():
    def changing(x, w, b, f):
        x[:] = w[:] = 0
        return 1.0

    widget = NeuronExplorer(lambda x, w, b, f: f(w @ x), activation="identity")
    np.testing.assert_array_equal(widget.y, CORNERS @ [1, -1])  # without its bias
    widget = NeuronExplorer(changing)
    assert widget.y.tolist() == [1, 1, 1, 1]
    assert CORNERS.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert widget.diagram._weights[1, 0, 0].get_text() == "1"
