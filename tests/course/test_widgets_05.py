"""The widgets of lesson 05: their gradients are right, and what they draw is what they know."""

import itertools
import re

import numpy as np
import pytest
from moving import picture, put, words

from course.exercises import lesson_05 as tasks
from course.widgets.lesson_05 import (
    BUGGED,
    GRAPH,
    NETWORK,
    NUMBERS,
    SCHEMES,
    STEPS,
    BackpropStepper,
    GradientFlow,
    Suspects,
    draw_fingerprints,
    fingerprint,
    graph_steps,
    in_symbols_and_numbers,
    number,
    typeset,
)
from helpers.network import ACTIVATIONS, Network, tanh, tanh_prime

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
        assert gradients[f"∂{name}"] == pytest.approx(slope(loss, values, i), abs=1e-6)


@pytest.mark.parametrize(
    ("functions", "state"),
    [
        ((), {}),
        ((), {"change": "b[1]₁", "by": 4.5}),
        ((), {"change": "x₂", "by": -3.5}),
        ((tanh, tanh_prime), {"change": "W[2]₂₁", "by": 4}),
    ],
)
def test_the_gradients_of_the_network_are_those_of_nudging(functions, state):
    widget = BackpropStepper(*functions, view=NETWORK, step=LAST, **state)
    f, W, b = widget.f, widget.W, widget.b

    def loss():
        return np.sum((W[2] @ f(W[1] @ widget.x + b[1][:, 0]) + b[2][:, 0] - widget.y) ** 2)

    gradients = widget.steps[-1].gradients
    for l in (1, 2):
        for (j, i), _ in np.ndenumerate(W[l]):
            name = f"dW[{l}]{'₁₂₃'[j]}{'₁₂₃'[i]}"
            assert gradients[name] == pytest.approx(slope(loss, W[l], (j, i)), abs=1e-5)
        for j in range(len(b[l])):
            assert gradients[f"db[{l}]{'₁₂₃'[j]}"] == pytest.approx(slope(loss, b[l], (j, 0)), abs=1e-5)


def test_each_number_can_be_changed():
    def numbers(widget):
        return np.concatenate([array.ravel() for array in (widget.x, widget.y, *widget.W[1:], *widget.b[1:])])

    widget = BackpropStepper(view=NETWORK)
    at_first = numbers(widget)
    changed = []
    for name in NUMBERS:
        put(widget, change=name, by=-1.5)
        (index,) = np.flatnonzero(numbers(widget) - at_first)
        assert numbers(widget)[index] - at_first[index] == pytest.approx(-1.5)
        changed.append(index)
    assert sorted(changed) == list(range(len(at_first)))


def test_the_numbers_of_the_lesson_stand_in_the_picture():
    graph = BackpropStepper(step=LAST)
    assert "∂L/∂r · 2w = 1 · 2 · 3 = 6; ∂L/∂w = 8 + 6 = 14" in words(graph)
    assert {"14", "12", "−4", "8", "1 · 6"} <= set(drawn(graph)), "gradients stand at nodes, and at edges what came"
    assert "L = q + r = 4 + 9 = 13" in words(BackpropStepper(step=5))
    network = BackpropStepper(view=NETWORK, step=8)
    assert "2 · (−4) + (−1) · 3 = −11" in words(network)
    assert {"b = −3,  δ = −11", "b = 1,  δ = −4", "b = 1,  δ = 3", "b = −2,  δ = ?"} <= set(drawn(network))
    assert {"−8", "−12", "6", "9", "0"} <= set(drawn(network)), "the gradients of W[2] stand on the lines"
    assert sum(arrow.get_visible() for arrow in network.arrows) == 2, "blame comes back on two lines"
    at_end = drawn(BackpropStepper(view=NETWORK, step=LAST))
    assert {"−22", "−11", "20", "10"} <= set(at_end)
    assert {"b = −3,  δ = −11", "b = −2,  δ = 10", "b = 1,  δ = 0"} <= set(at_end)


def test_numbers_are_short_and_have_a_true_minus():
    assert [number(x) for x in (-0.0, -2.5, 1 / 3, 12345.6, np.nan)] == ["0", "−2.5", "0.3333", "1.235e+04", "none"]


def test_paths_that_cancel_are_shown_as_0():
    widget = BackpropStepper(w=1.6, step=LAST)
    assert "∂L/∂w = −3.2 + 3.2 = 0" in words(widget)
    assert widget.lit == [False, True, False, False]


def test_formulas_are_typeset():
    assert typeset("∂L/∂e = (−1) · 2") == r"$\frac{\partial L}{\partial e} = (-1) \cdot  2$"
    assert typeset("δ[1]₂ = ReLU′(z[1]₂)") == r"$\delta ^{[1]}_{2} = \mathrm{ReLU}'(z^{[1]}_{2})$"
    assert typeset("") == ""
    assert in_symbols_and_numbers("p = w · x = 3 · 2 = 6") == ("p = w · x", "= 3 · 2 = 6")
    assert in_symbols_and_numbers("a[1]₁ = ReLU(z[1]₁) = ReLU(2) = 2") == ("a[1]₁ = ReLU(z[1]₁)", "= ReLU(2) = 2")
    assert in_symbols_and_numbers("") == ("", "")


def test_a_prediction_is_judged_before_the_step_and_after_it():
    widget = BackpropStepper(step=8)
    assert "?" in drawn(widget)
    put(widget, guess=8)
    assert "Not 8." in words(widget)
    assert not widget.lit[0]
    put(widget, guess=4)
    assert "Your 4 is right." in words(widget)
    assert widget.lit[0]
    put(widget, step=9, y=3.5)  # the next one is another number
    assert "Your 4" not in words(widget)
    for view in (GRAPH, NETWORK):
        for before, after in itertools.pairwise(BackpropStepper(view=view).steps):
            assert after.asks not in before.values | before.gradients or after.asks == "∂w"


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
    assert steps[8].lit == {(1, 0), (2, 0), (2, 1), (2, 0, 0), (2, 1, 0)}  # hidden unit 1 and all it leads to


def test_an_input_can_be_changed_on_the_way():
    widget = BackpropStepper(step=9)
    put(widget, y=2)
    assert "∂L/∂e = ∂L/∂q · 2e = 1 · 2 · 4 = 8" in words(widget)
    put(widget, step=10, x=1)
    assert "∂L/∂p = ∂L/∂e · 1 = 2 · 1 = 2" in words(widget)


def test_one_view_shows_nothing_of_the_other():
    def hidden():
        return [name for name, control in widget.control.items() if control.layout.display == "none"]

    widget = BackpropStepper(view=NETWORK, step=LAST)
    assert hidden() == ["x", "w", "y"]
    assert "∂L/∂w" not in widget.lamp.value
    put(widget, view=GRAPH)
    assert hidden() == ["change", "by"]
    assert not [text for text in drawn(widget) if "δ" in text]
    assert "hidden" not in widget.lamp.value


# --- fingerprints ----------------------------------------------------------------------------------------------------


def test_a_right_backward_has_ones_only_and_its_truth_is_that_of_nudging():
    assert fingerprint(tasks.backward) == ([1, 1, 1],) * 3
    network = Network([4, 4, 4, 4], "sigmoid", "softmax", seed=3, dtype=np.float64)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(4, 5)), np.eye(4)[:, rng.integers(4, size=5)]
    network.forward(X)
    gradients = network.gradients(Y)

    def loss():
        return network.metrics(network.forward_pass(X)[0][-1], Y)["loss"]

    for theta, gradient in zip(network.parameters(), gradients, strict=True):
        for place in np.ndindex(theta.shape):
            assert gradient[place] == pytest.approx(slope(loss, theta, place), abs=1e-7)


def test_each_bug_has_the_mark_that_the_lesson_says():
    from matplotlib.figure import Figure

    ax = draw_fingerprints(Figure(), m=10)
    texts = [float(text.get_text().replace("−", "-")) for text in ax.texts if text.get_text()[-1].isdigit()]
    rows = dict(zip(BUGGED, np.reshape(texts, (7, 9)), strict=True))
    heads = [text.get_text() for text in ax.texts if text.get_text().startswith("dW")]
    assert heads == ["dW[1]", "dW[2]", "dW[3]"] * 3
    assert np.all(rows.pop("right") == 1)
    for name in ("no slope", "slope at a", "no transpose"):
        assert rows[name][2] == rows[name][5] == 1, "the last layer is right"
        assert np.all(np.abs(rows[name][:2] - 1) > 0.05)
    assert rows["no slope"][0] > 4 * rows["no slope"][1] > 16
    assert np.all(np.abs(rows["no transpose"][3:5]) < 0.7)
    assert np.all(rows["slope at a"][3:5] > 0.9)
    for name, ratio in (("no mean", 10), ("mean twice", 0.1)):
        assert np.all(rows[name] == [ratio] * 3 + [1] * 3 + [ratio] * 3)
    assert np.all(rows["overwrite"][:6] == 1)
    assert np.all(rows["overwrite"][6:] > 1.2)


@pytest.mark.parametrize("task", tasks.SUSPECTS, ids=lambda task: task.key)
def test_a_suspect_opens_when_it_is_named_and_its_line_can_be_mended(task):
    ((letter, situation),) = task.situations.items()
    widget = Suspects(suspect=letter)
    (bug,) = (name for name in tasks.BUGS if name.replace(" ", "_") in situation.right)
    for verdict in tasks.BUGS:
        put(widget, verdict=verdict)
        is_open = any("def suspect" in text for text in drawn(widget))
        assert is_open == (verdict == bug)
    put(widget, verdict=bug, line=int(situation.reason))
    assert sum(widget.lit) == 2
    row = np.ravel(fingerprint(getattr(tasks, task.name), m=7, seed=5))
    likest = min(
        (name for name in BUGGED if name != "right"),
        key=lambda name: np.abs(np.log10(np.maximum(bugged(name), 1e-3)) - np.log10(np.maximum(row, 1e-3))).sum(),
    )
    assert likest == bug, "its fingerprint is that of its bug and of no other"


def bugged(name):
    from course.exercises.grading import edited

    namespace = {"np": np}
    exec(edited(tasks.backward.solution, BUGGED[name]), namespace)
    return np.ravel(fingerprint(namespace["backward"], m=7, seed=5))


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
