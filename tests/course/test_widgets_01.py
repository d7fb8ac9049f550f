"""The widgets of lesson 01, moved without a browser: what they draw is read back."""

import itertools

import numpy as np
import pytest
from moving import drag, put, words

from course.text import decimal
from course.widgets.lesson_01 import (
    ACTIVATIONS,
    ARROW,
    CORNERS,
    FEW,
    FINE,
    NAMES,
    PLANE,
    TOP,
    GuessTheLine,
    NeuronExplorer,
    step,
    tint,
)
from helpers.data import GATES, house_prices
from helpers.network import relu, sigmoid, tanh

MAKES = {"OR": (1, 1, -0.5), "AND": (1, 1, -1.5), "NAND": (-1, -1, 1.5)}

# --- guess the line --------------------------------------------------------------------------------------------------


def houses():
    X, y = house_prices(30)
    return X[:, 0] / 1000, y / 1000


@pytest.mark.parametrize(("w", "b"), [(0, -200), (60, 250), (400, 400)])
def test_bars_reach_from_each_house_to_the_line_and_the_loss_is_their_mean_square(w, b):
    widget, (size, price) = GuessTheLine(w=w, b=b), houses()
    bars = np.array(widget.errors.get_segments())
    np.testing.assert_allclose(bars[:, 0], np.column_stack([size, w * size + b]))
    np.testing.assert_allclose(bars[:, 1], np.column_stack([size, price]))
    x, y = widget.line.get_data()
    np.testing.assert_allclose(y, w * x + b)
    loss = np.mean((bars[:, 0, 1] - bars[:, 1, 1]) ** 2)
    assert widget.loss == pytest.approx(loss)
    assert widget.number.get_text() == f"loss {loss:,.0f}"
    assert widget.bar.get_height() == pytest.approx(loss**0.5)
    assert f"loss {loss:,.0f} (thousand $)²" in words(widget)
    assert GuessTheLine().bar.get_height() < TOP, "the scale shows the start"


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
def test_diagram_sum_and_outputs(activation, x):
    widget = NeuronExplorer(w1=2, w2=-1.5, b=0.5, activation=activation, x=x)
    f = {"step": step, "sigmoid": sigmoid, "tanh": tanh, "ReLU": relu, "identity": lambda z: z}[activation]
    z = CORNERS @ [2, -1.5] + 0.5
    np.testing.assert_allclose(widget.y, f(z))
    k = NAMES.index(x)
    texts = [text.get_text() for text in widget.diagram._values.values()]
    assert texts == [f"{CORNERS[k, 0]:.0f}", f"{CORNERS[k, 1]:.0f}", decimal(f(z)[k])]
    assert [text.get_text() for text in widget.diagram._weights.values()] == ["2", "−1.5"]
    assert widget.diagram._notes[1, 0].get_text() == "b = 0.5"
    assert widget.sum == f"z = 2 · {CORNERS[k, 0]:.0f} − 1.5 · {CORNERS[k, 1]:.0f} + 0.5 = {decimal(z[k])}"
    assert widget.output == f"ŷ = {activation}({decimal(z[k])}) = {decimal(f(z)[k])}"
    np.testing.assert_array_equal(np.ravel(widget.chosen.get_data()), CORNERS[k])


def test_the_line_is_where_the_sum_is_zero_and_the_arrow_stands_on_it():
    widget = NeuronExplorer()
    for w1, w2, b in ((1, -1, 0.5), (3, 4, -10), (0, 2, -1), (-5, 0, 0)):
        put(widget, w1=w1, w2=w2, b=b)
        w, ends = np.array([w1, w2]), np.array(widget.line.get_data())
        np.testing.assert_allclose(w @ ends + b, 0, atol=1e-12)
        arrow = np.array([widget.normal.U[0], widget.normal.V[0]])
        assert arrow @ (ends[:, 1] - ends[:, 0]) == pytest.approx(0, abs=1e-12)
        assert arrow @ w > 0
        assert w @ np.ravel(widget.normal.get_offsets()) + b == pytest.approx(0, abs=1e-12)
    put(widget, w1=0, w2=0)
    assert not widget.line.get_visible(), "without weights there is no line"
    assert not widget.normal.get_visible()
    put(widget, w1=1)
    assert widget.line.get_visible()


def test_the_firing_side_is_shaded_and_its_edge_is_clean_where_lines_are_likely():
    shade = NeuronExplorer(w1=1, w2=0, b=-0.5).shade.colors
    assert shade.shape == (FINE, FINE, 4)
    np.testing.assert_array_equal(shade[:, 0], np.full((FINE, 4), 255))  # left is silent, and white
    assert (shade[:, -1] == tint(np.ones(1))).all()
    widget = NeuronExplorer(w1=1, w2=2, b=-2.5)
    drawn, ax = np.asarray(widget.canvas.buffer_rgba()), widget.plane
    for point, color in (((1.5, 0.7), tint(np.ones(1))[0]), ((-0.2, 1.2), [255] * 4)):
        x, y = np.rint(ax.transData.transform(point)).astype(int)
        np.testing.assert_array_equal(drawn[-y, x], color)
    for w1, w2, b in itertools.product((-1, 1), (-1, 1), (-1.5, -0.5, 0.5, 1.5)):
        for n, centres in PLANE.items():  # no cell's centre lies on the line, where rounding would decide its color
            assert np.abs(centres @ [w1, w2] + b).min() > 1e-3, (w1, w2, b, n)


def test_dots_are_filled_where_a_one_is_wanted_and_labels_point_outwards():
    widget = NeuronExplorer(gate="XOR")
    assert widget.ones.get_xydata().tolist() == [[0, 1], [1, 0]]
    assert widget.zeros.get_xydata().tolist() == [[0, 0], [1, 1]]
    for label, (x1, x2) in zip(widget.labels, CORNERS, strict=True):
        box = label.get_window_extent().transformed(widget.plane.transData.inverted())
        assert (box.y0 > 1) if x2 else (box.y1 < 0)
        assert (label.get_position()[0] > 1) if x1 else (label.get_position()[0] < 0)


def test_colors_of_the_plane():
    white, blue, orange, gray = tint(np.array([0, 1, -1, np.nan]))
    assert (white == 255).all()
    assert blue[2] > blue[0]
    assert orange[0] > orange[2]
    assert len(set(gray[:3])) == 1


@pytest.mark.parametrize("wanted", GATES)
def test_the_outputs_are_compared_with_the_gate_that_is_wanted(wanted):
    for gate, (w1, w2, b) in MAKES.items():
        widget = NeuronExplorer(gate=wanted, w1=w1, w2=w2, b=b)
        right = sum(a == b for a, b in zip(GATES[gate], GATES[wanted], strict=True))
        assert f"For {wanted}, {right} of 4 are right." in words(widget)
        assert sum("✓" in label.get_text() for label in widget.labels) == right


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
    x, y = (0.5, 0.5) + ARROW * np.array([3, 2])
    drag(widget, "arrow", (0.5, 0.9), (x, y))
    assert [widget.values[name] for name in ("w1", "w2", "b")] == pytest.approx([3, 2, -2.5])
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
        (lambda x, w, b, f: print("z") or 1.0, "printed: z"),
        (lambda x, w, b, f: 1.0 if x[0] == 0 else [1.0, 2.0], "raised ValueError"),
    ],
)
def test_a_neuron_that_is_wrong_for_some_inputs_is_told_in_words(neuron, said):
    widget = NeuronExplorer(neuron)
    assert said in words(widget)
    assert ("none" in [text.get_text() for text in widget.diagram._values.values()]) != widget.known[2]
    assert widget.lit == [False] * 4


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
