"""The widgets of lesson 01, moved without a browser, and what is particular to its exercises."""

import itertools
import re

import numpy as np
import pytest
from moving import picture, put, words

from course.exercises.grading import RIGHT
from course.exercises.lesson_01 import BATCH, NAND, NEURON, PREDICT
from course.text import decimal
from course.widgets.lesson_01 import (
    ACTIVATIONS,
    CORNERS,
    FEW,
    FINE,
    NAMES,
    PLANE,
    TARGET,
    TOP,
    GuessTheLine,
    NeuronExplorer,
    step,
    tint,
)
from helpers.data import GATES, house_prices
from helpers.network import relu, sigmoid, tanh

# --- guess the line --------------------------------------------------------------------------------------------------


def houses():
    X, y = house_prices(30)
    return X[:, 0] / 1000, y / 1000


@pytest.mark.parametrize(("w", "b"), [(0, -200), (60, 250), (190, 20), (400, 400)])
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


def test_the_scale_shows_the_start():
    assert GuessTheLine().bar.get_height() < TOP


def test_the_goals_are_within_reach_and_moves_are_counted():
    widget = GuessTheLine()
    assert widget.lit == [False, False]
    put(widget, w=190)
    put(widget, w=192)  # still the first move
    assert widget.lit == [False, False]
    put(widget, b=20)
    assert widget.moves == 2
    assert widget.loss < TARGET**2
    assert widget.lit == [True, True]
    for k in range(FEW):
        put(widget, **({"w": 190 + k} if k % 2 else {"b": 15 + 5 * k}))
    put(widget, w=190)
    put(widget, b=20)
    assert widget.moves > FEW
    assert widget.lit == [True, False]
    widget.reset()
    assert widget.lit == [False, False]
    assert widget.moves == 0


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


# --- the neuron explorer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("x", NAMES)
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
    assert widget.sum.get_text() == f"z = 2 · {CORNERS[k, 0]:.0f} − 1.5 · {CORNERS[k, 1]:.0f} + 0.5 = {decimal(z[k])}"
    assert widget.output.get_text() == f"y = {activation}({decimal(z[k])}) = {decimal(f(z)[k])}"
    np.testing.assert_array_equal(np.ravel(widget.chosen.get_data()), CORNERS[k])


@pytest.mark.parametrize(("w1", "w2", "b"), [(1, -1, 0.5), (3, 4, -10), (0, 2, -1), (-5, 0, 0)])
def test_the_line_is_where_the_sum_is_zero_and_the_arrow_stands_on_it(w1, w2, b):
    widget = NeuronExplorer(w1=w1, w2=w2, b=b)
    w, ends = np.array([w1, w2]), np.array(widget.line.get_data())
    np.testing.assert_allclose(w @ ends + b, 0, atol=1e-12)
    arrow = np.array([widget.normal.U[0], widget.normal.V[0]])
    assert arrow @ (ends[:, 1] - ends[:, 0]) == pytest.approx(0, abs=1e-12)
    assert arrow @ w > 0
    assert w @ np.ravel(widget.normal.get_offsets()) + b == pytest.approx(0, abs=1e-12)


def test_without_weights_there_is_no_line():
    widget = NeuronExplorer(w1=0, w2=0)
    assert not widget.line.get_visible()
    assert not widget.normal.get_visible()
    put(widget, w1=1)
    assert widget.line.get_visible()


def test_the_firing_side_is_shaded():
    widget = NeuronExplorer(w1=1, w2=0, b=-0.5)
    shade = widget.shade.get_array()
    assert shade.shape == (FINE, FINE, 3)
    np.testing.assert_array_equal(shade[:, 0], np.ones((FINE, 3)))  # left is silent, and white
    assert (shade[:, -1] == tint(np.ones(1))).all()


def test_the_edge_of_the_shade_is_clean_where_lines_are_likely():
    """No cell's center lies on the line, where rounding would decide its colour."""
    for w1, w2, b in itertools.product((-1, 1), (-1, 1), (-1.5, -0.5, 0.5, 1.5)):
        for n, centers in PLANE.items():
            assert np.abs(centers @ [w1, w2] + b).min() > 1e-3, (w1, w2, b, n)


def test_dots_are_filled_where_a_one_is_wanted_and_labels_point_outwards():
    widget = NeuronExplorer(gate="XOR")
    assert widget.ones.get_xydata().tolist() == [[0, 1], [1, 0]]
    for label, (_, x2) in zip(widget.labels, CORNERS, strict=True):
        box = label.get_window_extent().transformed(widget.plane.transData.inverted())
        assert (box.y0 > 1) if x2 else (box.y1 < 0)


def test_colours_of_the_plane():
    white, blue, orange, grey = tint(np.array([0, 1, -1, np.nan]))
    assert (white == 1).all()
    assert blue[2] > blue[0]
    assert orange[0] > orange[2]
    assert len(set(grey)) == 1


SOLUTIONS = {"OR": (1, 1, -0.5), "AND": (1, 1, -1.5), "NAND": (-1, -1, 1.5)}


@pytest.mark.parametrize("gate", SOLUTIONS)
@pytest.mark.parametrize("wanted", GATES)
def test_each_gate_can_be_made_whatever_is_wanted(gate, wanted):
    widget = NeuronExplorer(gate=wanted)
    assert widget.lit == [False] * 4
    put(widget, **dict(zip(("w1", "w2", "b"), SOLUTIONS[gate], strict=True)))
    assert widget.lit == [name == gate for name in SOLUTIONS] + [False]
    right = sum(a == b for a, b in zip(GATES[gate], GATES[wanted], strict=True))
    assert f"For {wanted}, {right} of 4 are right." in words(widget)
    assert sum("✓" in label.get_text() for label in widget.labels) == right
    assert len(widget.ones.get_xdata()) == sum(GATES[wanted])
    assert len(widget.zeros.get_xdata()) == 4 - sum(GATES[wanted])


def test_a_sure_nand_needs_large_weights():
    widget = NeuronExplorer(activation="sigmoid", w1=-1, w2=-1, b=1.5)
    assert widget.lit == [False, False, True, False]
    put(widget, w1=-10, w2=-10, b=15)
    assert widget.lit == [False, False, True, True]
    put(widget, activation="step")
    assert widget.lit == [False, False, True, False]


def test_no_setting_makes_xor():
    widget = NeuronExplorer(gate="XOR")
    for w1, w2, b in itertools.product((-10, 1, 10), (-10, 1, 10), (-15, -0.5, 0.5, 15)):
        put(widget, w1=w1, w2=w2, b=b)
        assert widget.right <= 3


# --- what a learner may write ----------------------------------------------------------------------------------------


def looped(x, w, b, f):
    z = b
    for i in range(len(x)):
        z += w[i] * x[i]
    return float(f(z))


@pytest.mark.parametrize("neuron", [lambda x, w, b, f: f(w @ x + b), looped])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_right_neuron_of_the_learners_shows_the_same(neuron, activation):
    mine, ours = NeuronExplorer(neuron, activation=activation), NeuronExplorer(activation=activation)
    assert words(mine) == words(ours)
    np.testing.assert_allclose(mine.y, ours.y)


def test_a_neuron_without_its_bias_is_shown_as_it_is():
    widget = NeuronExplorer(lambda x, w, b, f: f(w @ x), activation="identity")
    np.testing.assert_array_equal(widget.y, CORNERS @ [1, -1])


def changing(x, w, b, f):
    x[:] = 0
    w[:] = 0
    return 1.0


@pytest.mark.parametrize(
    ("neuron", "said"),
    [
        (3, "Your neuron is of type int, not a function."),
        (lambda x, w, b, f: ..., "is not written yet"),
        (lambda x, w, b, f: None, "Is its return missing?"),
        (lambda x, w, b, f: w * x + b, "returned shape (2,) for one input."),
        (lambda x, w, b: w @ x + b, "takes 3 positional arguments but 4 were given"),
        (lambda x, w, b, f: 1 / 0, "raised ZeroDivisionError"),
        (lambda x, w, b, f: np.nan, "returned NaN"),
        (lambda x, w, b, f: np.nan if x[0] else 1.0, "returned NaN for 2 of the 4 numbers"),
        (lambda x, w, b, f: print("z") or 1.0, "printed: z"),
        (lambda x, w, b, f: 1.0 if x[0] == 0 else [1.0, 2.0], "raised ValueError"),
    ],
)
def test_whatever_the_learner_wrote_there_are_words_and_the_widget_lives(neuron, said, capfd):
    widget = NeuronExplorer(neuron)
    assert said in words(widget)
    assert ("none" in [text.get_text() for text in widget.diagram._values.values()]) != widget.known[2]
    before = picture(widget)
    put(widget, w1=-3, b=2)
    assert picture(widget) != before
    assert widget.lit == [False] * 4
    assert capfd.readouterr() == ("", "")


def test_a_neuron_that_changes_its_inputs_changes_only_copies():
    widget = NeuronExplorer(changing)
    assert widget.y.tolist() == [1, 1, 1, 1]
    assert CORNERS.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert widget.diagram._weights[1, 0, 0].get_text() == "1"


# --- the exercises ---------------------------------------------------------------------------------------------------


def without_the_last(x, w, b, f):
    z = b
    for i in range(len(x) - 1):
        z += w[i] * x[i]
    return f(z)


def without_the_first(x, w, b, f):
    z = b
    for i in range(1, len(x)):
        z += w[i] * x[i]
    return f(z)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (without_the_last, "last input left out"),
        (without_the_first, "first input left out"),
        (lambda x, w, b, f: f(w @ (x + b)), "bias added to each input"),
        (lambda x, w, b, f: f((w + b) @ x), "bias added to each weight"),
        (lambda x, w, b, f: sum(f(w[i] * x[i] + b) for i in range(len(x))), "activation for each product"),
        (lambda x, w, b, f: f(w[0] * x[0] + w[1] * x[1] + b), "two inputs only"),
    ],
)
def test_no_mistake_is_taken_for_another(answer, name):
    assert NEURON.judge(answer).diagnosis == name


def with_while(X, w, b, f):
    y, k = np.zeros(X.shape[1]), 0
    while k < len(y):
        y[k] = f(w @ X[:, k] + b)
        k += 1
    return y


def with_for(X, w, b, f):
    y = np.zeros(X.shape[1])
    for k in range(len(y)):
        y[k] = f(w @ X[:, k] + b)
    return y


def with_generator(X, w, b, f):
    return np.fromiter((f(w @ x + b) for x in X.T), float)


def over_inputs(X, w, b, f):
    z = b
    for i in range(len(X)):
        z = z + w[i] * X[i]
    return f(z)


LOOPS = [
    with_while,
    with_for,
    with_generator,
    over_inputs,
    lambda X, w, b, f: np.array([f(w @ x + b) for x in X.T]),
    lambda X, w, b, f: np.array(list(map(lambda x: f(w @ x + b), X.T))),  # noqa: C417
    lambda X, w, b, f: np.apply_along_axis(lambda x: f(w @ x + b), 0, X),
    lambda X, w, b, f: np.vectorize(lambda k: f(w @ X[:, k] + b))(range(X.shape[1])),
]


@pytest.mark.parametrize("answer", LOOPS)
def test_a_batch_with_a_loop_is_right_in_its_numbers_and_not_accepted(answer):
    verdict = BATCH.judge(answer)
    assert verdict.diagnosis == "loop"
    assert "The numbers are right" in verdict.as_text()


def test_a_batch_without_one_is_accepted_in_any_words():
    assert BATCH.judge(lambda X, w, b, f: f(X.T @ w + b)).lead == RIGHT
    assert BATCH.judge(lambda X, w, b, f: f((w[:, None] * X).sum(axis=0) + b)).lead == RIGHT


def test_any_weights_that_make_nand_are_right_and_all_others_are_named():
    """All step neurons on a grid: what is not NAND gets the name of what it is."""
    seen = set()
    for w1, w2, b in itertools.product((-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2), (-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5)):
        table = tuple(int(w1 * x1 + w2 * x2 + b > 0) for x1, x2 in CORNERS)
        verdict = NAND.judge((w1, w2, b))
        assert (verdict.lead == RIGHT) == (table == GATES["NAND"])
        if verdict.lead != RIGHT:
            assert verdict.diagnosis != "values", (table, w1, w2, b)
            seen.add(verdict.diagnosis)
    assert len(seen) == 13  # of the 16 tables 14 can be made, and one of them is NAND


def test_a_wrong_prediction_is_named_and_the_right_one_not_given_away():
    text = PREDICT.judge((0.5, 2, 0.25, 0.5, 0)).as_text()
    assert text.startswith("Not yet. Question 2: 2 is not it.\n")
    assert "expected" not in PREDICT.judge((0.7, 1, 0.25, 0.5, 0)).as_text()


def test_a_prediction_in_words_is_asked_for_a_number():
    assert "1 for fires, 0 for silent" in PREDICT.judge((0.5, "fires", 0.25, 0.5, 0)).as_text()


@pytest.mark.parametrize("answer", [3, "abc", (1, 2), (1, 2, "x"), (1, 2, float("nan")), {1, 2, 3}])
def test_what_are_no_weights_is_said_calmly(answer):
    assert re.search("three numbers|one of the three|could not convert", NAND.judge(answer).as_text())
