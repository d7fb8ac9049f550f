"""The widgets of lesson 01, moved without a browser: what they draw is read back."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from moving import drag, put, words

from course.text import decimal
from course.widgets.lesson_01 import (
    ACTIVATIONS,
    ARROW,
    CORNERS,
    FEW,
    FINE,
    HIGH,
    LOW,
    NAMES,
    PLANE,
    TOP,
    GuessTheLine,
    NeuronExplorer,
    step,
    tint,
)
from helpers.colors import BLACK, BLUE, ORANGE
from helpers.data import GATES, house_prices
from helpers.network import relu, sigmoid, tanh

MAKES = {"OR": (1, 1, -0.5), "AND": (1, 1, -1.5), "NAND": (-1, -1, 1.5)}

# --- guess the line --------------------------------------------------------------------------------------------------


def houses():
    X, y = house_prices(30)
    return X[:, 0] / 1000, y / 1000


@pytest.mark.parametrize(("w", "b"), [(0, -200), (60, 250), (190, 20), (400, 400)])
def test_line_bars_scale_and_words_are_those_of_the_formula(w, b):
    widget, (size, price) = GuessTheLine(w=w, b=b), houses()
    bars = np.array(widget.errors.get_segments())
    np.testing.assert_allclose(bars[:, 0], np.column_stack([size, w * size + b]))
    np.testing.assert_allclose(bars[:, 1], np.column_stack([size, price]))
    *_, dots = widget.plane.lines
    np.testing.assert_allclose(dots.get_xydata(), bars[:, 1])
    left, right = widget.plane.get_xlim()
    np.testing.assert_allclose(widget.line.get_xydata(), [[left, w * left + b], [right, w * right + b]])
    assert left == 0 < right - size.max()
    colors = [widget.line.get_color(), widget.errors.get_color()[0], widget.bar.get_facecolor(), dots.get_color()]
    assert [to_hex(color).upper() for color in colors] == [BLUE, ORANGE, ORANGE, BLACK]
    loss = np.mean((w * size + b - price) ** 2)
    assert widget.number.get_text() == f"loss {loss:,.0f}"
    assert widget.bar.get_height() == pytest.approx(loss**0.5)
    (goal,), (label,) = widget.scale.lines, widget.scale.texts
    assert (*goal.get_ydata(), label.get_position()[1], label.get_text()) == (20, 20, 20, "goal")
    assert widget.lit[0] == (loss < 20**2)
    line = f"price = {w} · size {'−' if b < 0 else '+'} {abs(b)}"
    typical = f"a typical error of ${1000 * loss**0.5:,.0f}"
    assert words(widget) == f"30 houses and the line {line}: loss {loss:,.0f} (thousand $)², {typical}.\n"
    assert GuessTheLine().bar.get_height() < TOP, "the scale shows the start"


def test_the_mark_of_the_goal_lies_over_the_bar_of_the_error():
    widget = GuessTheLine()
    assert 20 < widget.bar.get_height() < TOP
    left, bottom, right, top = np.rint(widget.bar.get_window_extent().extents).astype(int)
    inside = np.asarray(widget.canvas.buffer_rgba())[::-1][bottom + 5 : top - 5, left + 5 : right - 5, :3]
    assert (inside.max(axis=-1) < 100).any(), "nothing dark in the orange bar"


def test_a_patient_learner_reaches_the_goal_by_setting_one_slider_at_a_time():
    """In turn the best w and the best b that the sliders allow: it works, and it takes more than the few moves."""
    widget, (size, price) = GuessTheLine(), houses()
    w_values, b_values = np.arange(0, 402, 2)[:, None], np.arange(-200, 405, 5)[:, None]
    for _ in range(25):
        losses = np.mean((w_values * size + widget.values["b"] - price) ** 2, axis=1)
        put(widget, w=w_values[losses.argmin(), 0])
        assert widget.loss == pytest.approx(losses.min())
        losses = np.mean((widget.values["w"] * size + b_values - price) ** 2, axis=1)
        put(widget, b=b_values[losses.argmin(), 0])
    assert widget.moves > FEW
    assert widget.lit == [True, False]


def test_own_houses_fit_into_the_picture():
    widget = GuessTheLine([1, 10], [100, 2000])
    assert widget.plane.get_xlim()[1] > 10
    assert widget.plane.get_ylim()[1] > 2000
    with pytest.raises(ValueError, match="got 2 and 1"):
        GuessTheLine([1, 2], [3])


def test_the_goal_is_reached_by_dragging_each_end_once():
    widget = GuessTheLine()
    drag(widget, "left", (0, 100), (0.5, 20))
    assert widget.values == {"w": 118, "b": 20}, "the right end stays at 490"
    drag(widget, "right", (4, 780))
    assert widget.values == {"w": 190, "b": 20}
    assert (widget.moves, widget.lit) == (2, [True, True])


@pytest.mark.parametrize("end", ["left", "right"])
def test_an_end_follows_the_pointer_within_what_the_sliders_have_and_the_other_end_stays(end):
    for w, b in ((60, 250), (0, 400), (400, 400), (200, -200), (0, -200)):
        widget = GuessTheLine(w=w, b=b)
        x, _ = dict(zip(("left", "right"), widget._ends(w, b), strict=True))[end]
        (fixed_x, fixed_y) = widget._ends(w, b)[0 if end == "right" else 1]
        for y in (0, 150, 300, 450, 800):
            drag(widget, end, (x, 700), (x, y))
            w_now, b_now = widget.values["w"], widget.values["b"]
            if 0 < w_now < 400 and -200 < b_now < 400:
                assert w_now * x + b_now == pytest.approx(y, abs=7)
                assert w_now * fixed_x + b_now == pytest.approx(fixed_y, abs=7)
            put(widget, w=w, b=b)


# --- the neuron explorer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("activation", "x"), list(zip(ACTIVATIONS, [*NAMES, NAMES[2]], strict=True)))
def test_numbers_colors_and_places_are_those_of_the_formula(activation, x):
    widget, k, rng = NeuronExplorer(activation=activation, x=x), NAMES.index(x), np.random.default_rng(1)
    f = {"step": step, "sigmoid": sigmoid, "tanh": tanh, "ReLU": relu, "identity": lambda z: z}[activation]
    for gate, reach in (("XOR", 2), ("AND", 2), ("NAND", 0.3)):
        w1, w2, b = rng.uniform(-reach, reach, 3).round(1)
        put(widget, w1=w1, w2=w2, b=b, gate=gate)
        w, z = np.array([w1, w2]), CORNERS @ [w1, w2] + b
        wanted, right = np.array(GATES[gate]) == 1, (z > 0) == GATES[gate]

        (x1, x2), diagram = CORNERS[k].astype(int), widget.diagram
        assert [text.get_text() for text in diagram._values.values()] == [str(x1), str(x2), decimal(f(z)[k])]
        assert [text.get_text() for text in diagram._weights.values()] == [decimal(w1), decimal(w2)]
        assert diagram._notes[1, 0].get_text() == f"b = {decimal(b)}"
        assert diagram._lines.get_linewidths() == pytest.approx(0.5 + 0.3 * np.abs(w)), "full at 10, the sliders' end"

        marks = ["✓" if each else "✗" for each in right]
        labels = [f"ŷ = {decimal(y)}\nwant {one:d} {mark}" for y, one, mark in zip(f(z), wanted, marks, strict=True)]
        assert [label.get_text() for label in widget.labels] == labels
        np.testing.assert_array_equal(widget.ones.get_xydata(), CORNERS[wanted])
        np.testing.assert_array_equal(widget.zeros.get_xydata(), CORNERS[~wanted])
        np.testing.assert_array_equal(widget.chosen.get_xydata(), CORNERS[[k]])
        assert (widget.ones.get_mfc(), widget.zeros.get_mfc(), widget.chosen.get_mfc()) == (BLACK, "white", "none")

        middle = np.full(2, (LOW + HIGH) / 2)
        foot = middle - w * (w @ middle + b) / (w @ w)
        np.testing.assert_allclose(widget.normal.get_offsets(), [foot], atol=1e-9)
        assert (*widget.normal.U, *widget.normal.V) == pytest.approx(0.15 * w)
        ends = widget.line.get_xydata()
        np.testing.assert_allclose(ends @ w + b, 0, atol=1e-9)
        np.testing.assert_allclose(ends.mean(axis=0), foot, atol=1e-9)
        assert np.linalg.norm(ends[1] - ends[0]) > 2 * np.linalg.norm([HIGH - LOW] * 2) - 1e-9, "beyond the plane"

        centers = np.linspace(LOW, HIGH, 2 * FINE + 1)[1::2]
        y = f(w1 * centers + w2 * centers[:, None] + b)[..., None].clip(-1, 1)  # row by row, from below
        tints = 1 - 0.35 * np.abs(y) * (1 - np.where(y > 0, to_rgb(BLUE), to_rgb(ORANGE)))
        np.testing.assert_allclose(widget.shade.colors[..., :3], 255 * tints, atol=1)

        products = f"{decimal(w1)} · {x1} {'+' if w2 >= 0 else '−'} {decimal(abs(w2))} · {x2}"
        shown = f"z = {products} {'+' if b >= 0 else '−'} {decimal(abs(b))} = {decimal(z[k])}"
        said = f"Input {x}: {shown}, ŷ = {activation}({decimal(z[k])}) = {decimal(f(z)[k])}."
        outputs = ", ".join(f"{name} → {decimal(y)}" for name, y in zip(NAMES, f(z), strict=True))
        judged = f"For {gate}, {right.sum()} of 4 are right. Filled dots want a 1."
        assert words(widget) == f"{said} All four: {outputs}. {judged}\n"


def test_without_weights_there_is_no_line():
    widget = NeuronExplorer(w1=0, w2=0, b=-0.5)
    assert not widget.line.get_visible()
    assert not widget.normal.get_visible()
    put(widget, w1=1)
    assert widget.line.get_visible()
    assert widget.normal.get_visible()
    assert list(widget.line.get_xdata()) == pytest.approx([0.5, 0.5])


def test_the_firing_side_is_shaded_and_its_edge_is_clean_where_lines_are_likely():
    widget = NeuronExplorer(w1=1, w2=2, b=-2.5)
    drawn, ax = np.asarray(widget.canvas.buffer_rgba()), widget.plane
    for point, color in (((1.5, 0.7), tint(np.ones(1))[0]), ((1.3, 0.4), [255] * 4)):
        x, y = np.rint(ax.transData.transform(point)).astype(int)
        np.testing.assert_array_equal(drawn[-y, x], color)
    for w1, w2, b in itertools.product((-1, 1), (-1, 1), (-1.5, -0.5, 0.5, 1.5)):
        for n, centres in PLANE.items():  # no cell's centre lies on the line, where rounding would decide its color
            assert np.abs(centres @ [w1, w2] + b).min() > 1e-3, (w1, w2, b, n)


def test_labels_point_outwards():
    widget = NeuronExplorer()
    for label, (x1, x2) in zip(widget.labels, CORNERS, strict=True):
        box = label.get_window_extent().transformed(widget.plane.transData.inverted())
        assert (box.y0 > 1) if x2 else (box.y1 < 0)
        assert (label.get_position()[0] > 1) if x1 else (label.get_position()[0] < 0)


def test_the_gate_wanted_is_the_goal_and_never_one_that_was_made():
    widget, wanted = NeuronExplorer(), []
    for gate in ("OR", "AND", "NAND"):
        put(widget, **dict(zip(("w1", "w2", "b"), MAKES[gate], strict=True)))
        assert widget.control["gate"].value == gate
        assert [label.get_text().split()[-1] for label in widget.labels] == ["✓"] * 4
        put(widget, w1=0, w2=0)
        wanted.append(widget.control["gate"].value)
    assert wanted == ["AND", "NAND", "NAND"], "the last goal is a NAND, too"
    put(widget, w1=-6, w2=-6, b=9, activation="sigmoid")
    put(widget, b=0)
    assert widget.control["gate"].value == "XOR"
    put(widget, gate="OR")  # is chosen
    put(widget, b=1)
    assert widget.control["gate"].value == "OR"
    widget = NeuronExplorer(gate="AND")
    put(widget, w1=1, w2=1, b=-1.5)
    widget.reset()
    assert widget.control["gate"].value == "AND"
    put(widget, w1=-1, w2=-1, b=1.5)
    assert (widget.lit[2], widget.control["gate"].value) == (True, "AND"), "AND is a goal still"


def test_the_line_is_dragged_with_the_bias_and_the_arrow_turns_it_about_its_foot():
    widget = NeuronExplorer(w1=2, w2=-3, b=0.5)
    drag(widget, "line", (0.5, 0.3), (1, 0.2))
    assert widget.values["b"] == pytest.approx(-(2 * 1 - 3 * 0.2))
    assert (widget.values["w1"], widget.values["w2"]) == (2, -3)
    widget = NeuronExplorer(w1=1, w2=-1, b=0)
    x, y = (0.5, 0.5) + ARROW * np.array([3.3, 2.1])
    drag(widget, "arrow", (0.5, 0.9), (x, y))
    assert [widget.values[name] for name in ("w1", "w2", "b")] == pytest.approx([3.3, 2.1, -2.7])
    assert widget._places["arrow"][1:] == pytest.approx((x, y), abs=0.05)
    drag(widget, "arrow", (0.5, 0.5), (0.8, 0.5))  # over the foot, where there is neither line nor arrow
    assert [widget.values[name] for name in ("w1", "w2", "b")] == pytest.approx([2, 0, -1])
    put(widget, w1=0, w2=0)
    assert widget._handles.places == {}


def test_or_and_nand_and_a_sure_nand_are_made_by_dragging():
    widget = NeuronExplorer()
    drag(widget, "arrow", (0.4, 0.8), (0.7, 0.9))
    drag(widget, "line", (0.2, 0.2))
    assert widget.lit == [True, False, False, False]
    drag(widget, "line", (0.75, 0.75))
    assert widget.lit == [False, True, False, False]
    drag(widget, "arrow", (0.6, 0.45))
    assert widget.lit == [False, False, True, False]
    put(widget, activation="sigmoid")
    drag(widget, "arrow", (-0.33, -0.38))
    assert widget.lit == [False, False, True, True]


@pytest.mark.parametrize(
    ("neuron", "said"),
    [
        (lambda x, w, b, f: w * x + b, "returned shape (2,) for one input."),
        (lambda x, w, b: w @ x + b, "takes 3 positional arguments but 4 were given"),
        (lambda x, w, b, f: np.nan, "returned NaN"),
        (lambda x, w, b, f: np.nan if x[0] else 1.0, "returned NaN for 2 of the 4 numbers"),
        (lambda x, w, b, f: np.nan if x.all() else 1.0, "returned NaN for z = 0.5."),  # and is no NAND
        (lambda x, w, b, f: print("z") or 1.0, "printed: z"),
        (lambda x, w, b, f: 1.0 if x[0] == 0 else [1.0, 2.0], "raised ValueError"),
    ],
)
def test_a_neuron_that_is_wrong_for_some_inputs_is_told_in_words(neuron, said):
    widget = NeuronExplorer(neuron)
    assert said in words(widget)
    assert ("none" in [text.get_text() for text in widget.diagram._values.values()]) != widget.known[2]
    assert widget.lit == [False] * 4


def test_where_nothing_is_known_the_plane_is_gray():
    assert (NeuronExplorer(lambda x, w, b, f: np.nan).shade.colors == (229, 229, 229, 255)).all()


def changing(x, w, b, f):
    x[:] = 0
    w[:] = 0
    return 1.0


def test_a_neuron_of_the_learners_is_shown_as_it_is_and_changes_only_copies():
    widget = NeuronExplorer(lambda x, w, b, f: f(w @ x), activation="identity")
    np.testing.assert_array_equal(widget.y, CORNERS @ [1, -1])  # without its bias
    widget = NeuronExplorer(changing)
    assert widget.y.tolist() == [1, 1, 1, 1]
    assert CORNERS.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert widget.diagram._weights[1, 0, 0].get_text() == "1"
