"""The widgets of lesson 05: their gradients are right, and what they draw is what they know."""

import itertools
import re

import numpy as np
import pytest
from moving import picture, put, words

from course.widgets.lesson_05 import (
    GRAPH,
    NETWORK,
    PARAMETERS,
    SCHEMES,
    STEPS,
    BackpropStepper,
    GradientFlow,
    graph_steps,
    number,
)
from helpers.network import ACTIVATIONS, tanh, tanh_prime

LAST = STEPS


def drawn(widget):
    """All texts that the picture shows now."""
    texts = widget.figure.findobj(lambda artist: hasattr(artist, "get_text"))
    return [text.get_text() for text in texts if text.get_visible() and text.get_text()]


def slope(loss, theta, i, h=1e-6):
    kept = theta[i]
    theta[i] = kept + h
    above = loss()
    theta[i] = kept - h
    below = loss()
    theta[i] = kept
    return (above - below) / (2 * h)


# --- the stepper: its numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "w", "y"), [(2, 3, 4), (-1.5, 0.5, 4), (0, -4, 1), (3, 0, -2)])
def test_the_gradients_of_the_graph_are_those_of_nudging(x, w, y):
    values = np.array([x, w, y], dtype=float)
    gradients = graph_steps(*values)[-1].gradients

    def loss():
        return (values[1] * values[0] - values[2]) ** 2 + values[1] ** 2

    for i, name in enumerate("xwy"):
        assert gradients[name] == pytest.approx(slope(loss, values, i), abs=1e-6)


@pytest.mark.parametrize(
    ("functions", "state"),
    [
        ((), {}),
        ((), {"x1": -3, "x2": 2, "y": -1, "change": "b[1]₁", "by": 4.5}),
        ((tanh, tanh_prime), {"x1": 0.5, "change": "W[2]₂", "by": 4}),
    ],
)
def test_the_gradients_of_the_network_are_those_of_nudging(functions, state):
    widget = BackpropStepper(*functions, view=NETWORK, step=LAST, **state)
    values, f = widget.values, widget.f
    x, target = np.array([values["x1"], values["x2"]]), values["y"]
    weights, biases, out, last = widget.W[1], widget.b[1][:, 0], widget.W[2][0], widget.b[2][0, 0]

    def loss():
        return (out @ f(weights @ x + biases) + last - target) ** 2

    gradients = widget.steps[-1].gradients
    for j, sub in enumerate("₁₂₃"):
        for i in range(2):
            assert gradients[f"dW[1]{sub}"][i] == pytest.approx(slope(loss, weights, (j, i)), abs=1e-5)
        assert gradients[f"db[1]{sub}"] == pytest.approx(slope(loss, biases, j), abs=1e-5)
        assert gradients["dW[2]"][j] == pytest.approx(slope(loss, out, j), abs=1e-5)
    assert gradients["db[2]"] == 2 * (out @ f(weights @ x + biases) + last - target)


def test_each_of_the_13_parameters_can_be_changed():
    def parameters(widget):
        return np.concatenate([array.ravel() for l in (1, 2) for array in (widget.W[l], widget.b[l])])

    widget = BackpropStepper(view=NETWORK)
    at_first = parameters(widget)
    for index, name in enumerate(PARAMETERS):
        put(widget, change=name, by=-1.5)
        assert parameters(widget) - at_first == pytest.approx(-1.5 * (np.arange(13) == index))
        assert f"chosen: {name} = {number(at_first[index] - 1.5)}" in drawn(widget)
    put(widget, by=0)
    assert parameters(widget) == pytest.approx(at_first)


def test_the_numbers_of_the_lesson_stand_in_the_picture():
    graph = drawn(BackpropStepper(step=LAST))
    assert "∂L/∂w = 14" in graph
    assert "L = q + r = 4 + 9 = 13" in drawn(BackpropStepper(step=5))
    assert "∂L/∂r · 2w = 1 · 2 · 3 = 6" in graph
    assert "∂L/∂w = 8 + 6 = 14" in graph
    network = drawn(BackpropStepper(view=NETWORK, step=9))
    assert "δ[1]₂ = W[2]₂ · δ[2] · ReLU′(z[1]₂)" in network
    assert "= −1 · (−4) · ReLU′(3) = −1 · (−4) · 1 = 4" in network
    assert "δ = 4" in network
    assert "δ = −4" in network
    at_end = BackpropStepper(view=NETWORK, step=LAST)
    assert at_end.table.get_text().splitlines() == [
        "dW[2] = (−8, −12, 0)", "db[2] = −4", "dW[1]₁ = (−16, −8)", "db[1]₁ = −8", "dW[1]₂ = (8, 4)", "db[1]₂ = 4",
        "dW[1]₃ = (0, 0)", "db[1]₃ = 0",
    ]  # fmt: skip


def test_numbers_are_short_and_have_a_true_minus():
    assert [number(x) for x in (-0.0, -2.5, 1 / 3, 12345.6, np.nan)] == ["0", "−2.5", "0.3333", "1.235e+04", "none"]


# --- the stepper: its steps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [GRAPH, NETWORK])
def test_back_and_forth_shows_the_same_pictures(view):
    widget = BackpropStepper(view=view)
    step = widget.control["step"]
    there = {}
    for _ in range(STEPS + 2):  # beyond the end it stays there
        there[step.value] = picture(widget), words(widget)
        step._next.click()
    assert len({shown for shown, _ in there.values()}) == STEPS + 1
    for _ in range(STEPS + 2):
        assert (picture(widget), words(widget)) == there[step.value]
        step._back.click()
    assert step.value == 0


@pytest.mark.parametrize("view", [GRAPH, NETWORK])
def test_each_step_prints_a_formula_and_knows_no_less_than_the_one_before(view):
    steps = BackpropStepper(view=view).steps
    assert len(steps) == STEPS + 1
    for before, after in itertools.pairwise(steps):
        assert after.lines
        assert all("=" in line for line in after.lines)
        assert set(before.values) <= set(after.values)
        assert set(before.gradients) <= set(after.gradients)
        assert (len(after.values), len(after.gradients)) >= (len(before.values), len(before.gradients))
    is_back = [bool(step.gradients) for step in steps]
    assert is_back == sorted(is_back), "forward first, then backward"


@pytest.mark.parametrize("view", [GRAPH, NETWORK])
def test_the_numbers_in_a_formula_give_its_result(view):
    """The last two parts of "z = w · x = 3 · 2 = 6", as Python reads them."""
    computed = 0
    for line in itertools.chain.from_iterable(step.lines for step in BackpropStepper(view=view).steps):
        *_, left, right = (
            line.removesuffix(", so far").replace("−", "-").replace("·", "*").replace("²", "**2").split("=")
        )
        left, right = (re.sub(r"\(([^()]*,[^()]*)\)", r"np.array([\1])", part) for part in (left, right))
        if not re.search(r"[^ -~]|\[[12]\]", left):  # else it holds no numbers but names, such as δ[2]
            names = {"np": np, "ReLU": lambda z: max(z, 0)}
            assert eval(left, names) == pytest.approx(eval(right, names)), line
            computed += 1
    assert computed >= STEPS


def test_what_is_computed_is_lit():
    steps = BackpropStepper(view=NETWORK).steps
    assert steps[2].lit == {(0, 0), (0, 1), (1, 1), (1, 1, 0), (1, 1, 1)}  # hidden unit 2 and all it comes from
    assert steps[4].lit == {(1, 0), (1, 1), (1, 2), (2, 0), (2, 0, 0), (2, 0, 1), (2, 0, 2)}  # the output


def test_an_input_can_be_changed_on_the_way():
    widget = BackpropStepper(step=9)
    put(widget, y=2)
    assert "∂L/∂e = ∂L/∂q · 2e = 1 · 2 · 4 = 8" in words(widget)
    put(widget, step=10, x1=1)
    assert "∂L/∂p = ∂L/∂e · 1 = 2 · 1 = 2" in words(widget)


def test_one_view_shows_nothing_of_the_other():
    widget = BackpropStepper(view=NETWORK, step=LAST)
    assert not [text for text in drawn(widget) if text.startswith("∂L/∂")]
    put(widget, view=GRAPH)
    assert [name for name, control in widget.control.items() if control.layout.display == "none"] == [
        "x2", "change", "by"
    ]  # fmt: skip
    assert not [text for text in drawn(widget) if "chosen" in text]
    assert not [text for text in drawn(widget) if text.startswith("δ")]
    put(widget, view=NETWORK)
    assert [name for name, control in widget.control.items() if control.layout.display == "none"] == ["w"]


# --- gradient flow ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "gelu"])
def test_the_curve_is_the_size_of_delta_by_layer(name):
    widget = GradientFlow(depth=4, activation=name, init=list(SCHEMES)[2], gain=1.5)
    f, f_prime = ACTIVATIONS[name]
    scale = SCHEMES[list(SCHEMES)[2]] * widget.values["gain"]
    biases = [None, *(np.zeros((50, 60)) for _ in range(4))]

    def forward():
        A = widget.X
        for l in range(1, 5):
            A = f(scale * widget.W[l] @ A + biases[l])
        return np.sum(widget.blame * A)

    layers, shares = widget.curve.get_data()
    assert list(layers) == [1, 2, 3, 4]
    rng = np.random.default_rng(0)
    for l in (1, 2):  # delta[l] is what nudging the weighted sums finds, in a random direction
        direction = rng.standard_normal((50, 60))
        biases[l] += 1e-6 * direction
        above = forward()
        biases[l] -= 2e-6 * direction
        below = forward()
        biases[l] += 1e-6 * direction
        assert (above - below) / 2e-6 == pytest.approx(
            np.sum(delta(widget, l, f, f_prime, scale) * direction), rel=0.01
        )
    deltas = [np.linalg.norm(delta(widget, l, f, f_prime, scale)) for l in range(1, 5)]
    assert shares == pytest.approx(np.array(deltas) / deltas[-1])


def delta(widget, layer, f, f_prime, scale):
    A, Z = widget.X, [None]
    for l in range(1, 5):
        Z.append(scale * widget.W[l] @ A)
        A = f(Z[l])
    back = widget.blame * f_prime(Z[4])
    for l in range(4, layer, -1):
        back = (scale * widget.W[l].T @ back) * f_prime(Z[l - 1])
    return back


def test_points_beyond_the_picture_are_hollow_and_said_to_be():
    widget = GradientFlow()
    assert len(widget.cut.get_xdata()) == 0
    assert "Hollow" not in words(widget)
    put(widget, activation="relu", init="large: N(0, 1)", gain=10)
    assert set(widget.cut.get_ydata()) == {1e12}
    assert list(widget.cut.get_xdata()) == [1 + l for l, share in enumerate(widget.shares) if share > 1e12]
    assert "Hollow" in words(widget)


def test_it_takes_the_learners_functions():
    mine = GradientFlow({"mine": (tanh, tanh_prime)}, depth=5)
    assert mine.shares == pytest.approx(GradientFlow(depth=5, activation="tanh").shares)
