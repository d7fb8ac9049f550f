"""The widgets of lesson 05: their gradients are right, and what they draw is what they know."""

import itertools
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from moving import labels, picture, put, words

from course.exercises import lesson_05 as tasks
from course.text import decimal, factor, number
from course.widgets.lesson_05 import (
    BUGGED,
    GRAPH,
    INK,
    NETWORK,
    NUMBERS,
    PALE,
    SCHEMES,
    STEPS,
    BackpropStepper,
    GradientFlow,
    Suspects,
    draw_fingerprints,
    fingerprint,
    graph_steps,
    in_symbols_and_numbers,
    tick,
    typeset,
)
from helpers.colors import BLUE, DARK_GREEN, DARK_ORANGE, ORANGE
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


@pytest.mark.parametrize(("x", "w", "y"), [(2, 3, 4), (-1.5, -0.5, 4), (3.5, -1.6, -2.5)])
def test_the_graph_shows_what_is_known_at_each_step(x, w, y):
    order = {  # the step after which a node's value, and its gradient, stands in the picture
        "x": (0, 11), "y": (0, 11), "w": (0, 12), "p": (1, 10), "e": (2, 9), "q": (3, 7), "r": (4, 8), "L": (5, 6),
    }  # fmt: skip
    p, e = w * x, w * x - y
    values = {"x": x, "w": w, "y": y, "p": p, "e": e, "q": e**2, "r": w**2, "L": e**2 + w**2}
    gradients = {"L": 1, "q": 1, "r": 1, "e": 2 * e, "p": 2 * e, "y": -2 * e, "x": 2 * e * w, "w": 2 * e * x + 2 * w}
    edges = {  # the step at which blame goes back on it, what came from the right, and the local derivative
        "q-L": (7, 1, 1), "r-L": (8, 1, 1), "e-q": (9, 1, 2 * e), "p-e": (10, 2 * e, 1), "y-e": (11, 2 * e, -1),
        "x-p": (11, 2 * e, w), "w-p": (12, 2 * e, x), "w-r": (13, 1, 2 * w),
    }  # fmt: skip
    widget = BackpropStepper(x=x, w=w, y=y)
    graph = widget.graph
    for step in range(STEPS + 1):
        put(widget, step=step)
        back = step >= order["L"][1]
        assert widget.title.get_color() == (DARK_ORANGE if back else BLUE)
        part = "Backward" if back else "Forward" if step else "Given"
        assert widget.title.get_text().startswith(f"Step {step} of 13. {part}: ")
        ask = "peqrLLqrepyww"[step : step + 1]
        for node, (forward, backward) in order.items():
            so_far = 2 * e * x if (node, step) == ("w", 12) else gradients[node]
            known = [number(values[node], 3) if step >= forward else "", number(so_far, 3) if step >= backward else ""]
            if node == ask:
                known[step >= 5] = "?"
            assert [graph.values[node].get_text(), graph.gradients[node].get_text()] == known, (step, node)
            now = step and (step in (forward, backward) or (node, step) == ("w", 13))
            assert graph.circles[node].get_markeredgecolor() == ((ORANGE if back else BLUE) if now else INK)
        arrows = {tuple(np.ravel(arrow._posA_posB).round(6)) for arrow in graph.arrows if arrow.get_visible()}
        ways = set()
        for edge, (at, came, local) in edges.items():
            line, left, right = graph.lines[edge], *(graph.circles[node] for node in edge.split("-"))
            ends = np.array([np.ravel(circle.get_data()) for circle in (left, right)])
            assert np.array_equal(line.get_xydata(), ends)
            forward = not back and step == order[edge[-1]][0]
            assert line.get_color() == (ORANGE if step >= at else BLUE if forward else PALE)
            assert line.get_linewidth() == (4 if step == at or forward else 1.2)
            product = f"{number(came, 3)} · {factor(local, 3)}" if step == at else number(came * local, 3)
            assert graph.came[edge].get_text() == (product if step >= at else "")
            assert graph.came[edge].get_position() == pytest.approx(ends.mean(axis=0))
            if step == at:
                way = ends[0] - ends[1]
                ways.add(tuple(np.ravel([ends[1] + 0.3 * way, ends[1] + 0.75 * way]).round(6)))
        assert arrows == ways, "blame comes from the right"


def test_the_network_shows_all_its_numbers_where_they_belong():
    """Another example than that of the lesson, by the formulas of helpers.network."""
    widget = BackpropStepper(tanh, tanh_prime, view=NETWORK, change="x₂", by=-3.5)
    (_, W1, W2), (_, b1, b2), x, y = widget.W, widget.b, widget.x, widget.y
    z = W1 @ x + b1[:, 0]
    a, delta2 = np.tanh(z), 2 * (W2 @ np.tanh(z) + b2[:, 0] - y)
    delta1 = W2.T @ delta2 * tanh_prime(z)
    loss, guess = np.sum(delta2**2) / 4, W2 @ a + b2[:, 0]
    units = {(1, i): (6 + i + 2, b1[i, 0], delta1[i]) for i in range(3)}
    units |= {(2, k): (6, b2[k, 0], delta2[k]) for k in range(2)}
    slopes = {(2, k, i): (7, delta2[k] * a[i]) for k in range(2) for i in range(3)}
    slopes |= {(1, j, i): (11 + j, delta1[j] * x[i]) for j in range(3) for i in range(2)}
    for step in range(STEPS + 1):
        put(widget, step=step)
        diagram, asks = widget.diagram, widget.next.asks if widget.next else ""
        for (l, i), (at, bias, delta) in units.items():
            blame = number(delta, 3) if step >= at else "?" if asks == f"δ[{l}]{'₁₂₃'[i]}" else ""
            assert diagram._notes[l, i].get_text() == f"b = {number(bias, 3)}" + f",  δ = {blame}" * bool(blame)
        for edge, (at, slope) in slopes.items():
            asked = step + 1 == at and edge[2] == 0 and edge[1] in (0, step - 10)
            wanted = number(slope, 3) if step >= at else "?" if asked else ""
            assert widget.slopes[edge].get_text() == wanted, (step, edge)
            assert widget.slopes[edge].get_position() == pytest.approx(diagram.places[edge])
            assert diagram._weights[edge].get_text() == decimal((W1, W2)[edge[0] - 1][edge[1:]])
        for l, (numbers, first) in enumerate(((x, 0), (a, 1), (guess, 4))):
            for i, value in enumerate(numbers):
                at = first + i * (l == 1)
                wanted = decimal(value) if step >= at else "?" if step + 1 == at and (l, i) != (2, 1) else ""
                assert diagram._values[l, i].get_text() == wanted, (step, l, i)
        said = f"L = {number(loss, 3)}" if step >= 5 else "L = ?" if step == 4 else ""
        wanted = [f"wanted\n{number(y[0], 3)}" + f"\n{said}" * bool(said), f"wanted\n{number(y[1], 3)}"]
        assert [text.get_text() for text in widget.targets] == wanted
        outputs = [diagram.xy[2, k] for k in range(2)]
        assert [text.get_position() for text in widget.targets] == [(at + 0.22, up) for at, up in outputs]
        arrows = [np.array(arrow._posA_posB) for arrow in widget.arrows if arrow.get_visible()]
        back = [(diagram.xy[2, k], diagram.xy[1, step - 8]) for k in range(2)] if 8 <= step <= 10 else []
        assert len(arrows) == len(back)
        for arrow, (start, end) in zip(arrows, np.array(back), strict=True):
            assert arrow == pytest.approx(np.array([start + 0.3 * (end - start), start + 0.75 * (end - start)]))
    assert widget.chosen.get_text() == "chosen: x₂ = −2.5"


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


STATES = (
    {"view": GRAPH}, {"view": GRAPH, "x": -1.5, "w": -0.5, "y": -4}, {"view": NETWORK},
    {"view": NETWORK, "change": "y₂", "by": -5.5}, {"view": NETWORK, "change": "b[1]₁", "by": -2},
)  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_the_numbers_in_a_formula_give_its_result(state):
    """The last two parts of "z = w · x = 3 · 2 = 6", as Python reads them; the result is what the step finds."""
    computed = 0
    for step in BackpropStepper(**state).steps[1:]:
        for line in step.lines:
            assert not re.search("[·+−²] ?−", line), "a negative factor stands in brackets"
            *_, left, right = (
                line.removesuffix(", so far").replace("−", "-").replace("·", "*").replace("²", "**2").split("=")
            )
            left, right = (re.sub(r"\(([^()]*,[^()]*)\)", r"np.array([\1])", part) for part in (left, right))
            if not re.search(r"[^ -~]|\[[12]\]", left):  # else it holds no numbers but names, such as δ[2]
                names = {"np": np, "ReLU": lambda z: max(z, 0)}
                assert eval(left, names) == pytest.approx(eval(right, names), rel=1e-3), line
                computed += 1
        found = re.escape(number(step.number(step.asks)))
        assert any(re.search(rf" = \(?{found}(, |$)", line) for line in step.lines), step
    assert computed >= STEPS


def test_what_is_computed_is_lit():
    steps = BackpropStepper(view=NETWORK).steps
    assert steps[2].lit == {(0, 0), (0, 1), (1, 1), (1, 1, 0), (1, 1, 1)}  # hidden unit 2 and all it comes from
    assert steps[8].lit == {(1, 0), (2, 0), (2, 1), (2, 0, 0), (2, 1, 0)}  # hidden unit 1 and all it leads to


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
    heads = [(text.xy, text.get_text()) for text in ax.texts if hasattr(text, "xy")]
    assert heads[:3] == [((1, 1), "ratio"), ((4, 1), "cosine"), ((7, 1), "second call")]
    assert heads[3:] == [((k, 1), f"dW[{k % 3 + 1}]") for k in range(9)]
    places = {text.get_position(): text.get_text().replace("−", "-") for text in ax.texts[len(heads) :]}
    assert [places[-0.6, j] for j in range(7)] == list(BUGGED)
    rows = {name: np.array([float(places[i, j]) for i in range(9)]) for j, name in enumerate(BUGGED)}
    colors = np.array([np.abs(np.log10(row)) for row in np.abs([*rows.values()])])
    colors[:, 3:6] = 1.2 * (1 - np.array([*rows.values()])[:, 3:6])
    assert np.asarray(ax.images[0].get_array()) == pytest.approx(colors, abs=0.01), "the farther from 1, the darker"
    assert [to_hex(ax.images[0].to_rgba(far)).upper() for far in (0.0, 1.2)] == ["#FFFFFF", ORANGE]
    assert ax.images[0].get_clim() == (0, 1.2)
    assert ax.get_ylim() == (6.5, -0.5), "from top to bottom"
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
    row = np.ravel(fingerprint(getattr(tasks, task.name), m=7, seed=5))
    assert [float(text.get_text().replace("−", "-")) for text in widget.table.texts[0]] == row.tolist()
    assert widget.who.get_text() == letter
    code = list(task.reasons.values())
    for line in (int(situation.reason), int(situation.reason) - 1):
        put(widget, verdict=bug, line=line)
        assert sum(widget.lit) == 1 + (line == int(situation.reason))
        wanted = [f"{k:2}  {text}" for k, text in enumerate(code, 1)]
        assert [text.get_text() for text in widget.lines] == wanted + [""] * (14 - len(code))
        chosen = DARK_GREEN if line == int(situation.reason) else DARK_ORANGE
        assert [text.get_color() for text in widget.lines] == [chosen if k == line else INK for k in range(1, 15)]
        assert f"Line {line} is chosen." in words(widget)
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
    A = widget.X
    for l, (bar, (at, middle)) in enumerate(
        zip(widget.bars.get_segments(), widget.middle.get_xydata(), strict=True), 1
    ):
        A = f(scale * widget.W[l] @ A)
        assert at == l
        assert middle == pytest.approx(np.median(A))
        assert bar == pytest.approx(np.array([(l, np.quantile(A, 0.1)), (l, np.quantile(A, 0.9))]))
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


@pytest.mark.parametrize(
    ("activation", "depth", "init", "gain"),
    [("sigmoid", 2, 0, 0.1), ("relu", 20, 2, 1.5), ("relu", 20, 0, 0.1), ("gelu", 13, 3, 10), ("tanh", 7, 1, 1)],
)
def test_all_that_is_drawn_lies_within_the_axes(init, activation, depth, gain):
    widget = GradientFlow(depth=depth, activation=activation, init=list(SCHEMES)[init], gain=gain)
    assert labels(widget.figure) == [
        ("Gradient by layer", "layer", "size of δ[l] / δ[L]"),
        ("Activations by layer", "layer", "middle 80 % of a[l]"),
    ]
    ends = np.array([widget.bars.get_segments()])[..., 1]
    for ax, values in ((widget.left, widget.curve.get_ydata()), (widget.right, ends)):
        low, high = ax.get_ylim()
        assert low < values.min() <= values.max() < high
        assert ax.get_xlim() == (0.4, depth + 0.6)
        ticks = ax.get_xticks()
        assert (ticks[0], ticks[-1], len(ticks)) == (1, depth, min(depth, 7))
    limit = widget.right.get_ylim()[1]
    assert limit == 0.12 or limit < 12.1 * np.abs(ends).max(), "no larger than it must be"
    ticks = widget.right.get_yticks()
    assert ticks.tolist() == (-ticks[::-1]).tolist()
    assert limit / 2 < ticks[-1] < limit
    said = re.search(r"the first layer's gradient is (.*) times", words(widget))[1]
    assert said == f"{widget.shares[0]:.2g}"


def test_ticks_of_activations_are_short():
    assert [tick(y) for y in (0.05, -1, 0, 100, 1e4, -1e12)] == ["0.05", "−1", "0", "100", "10⁴", "−10¹²"]


@pytest.mark.parametrize(
    ("setting", "edge"),
    [({"init": "large: N(0, 1)", "gain": 10}, 1e12), ({"init": "small: N(0, 0.01²)", "depth": 20}, 1e-12)],
)
def test_points_beyond_the_picture_are_hollow_and_said_to_be(setting, edge):
    widget = GradientFlow()
    assert len(widget.cut.get_xdata()) == 0
    assert "Hollow" not in words(widget)
    put(widget, activation="relu", **setting)
    assert widget.cut.get_markerfacecolor() == "white"
    assert set(widget.cut.get_ydata()) == {edge}
    beyond = widget.shares > edge if edge > 1 else widget.shares < edge
    assert widget.cut.get_xdata() == pytest.approx(1 + np.flatnonzero(beyond))
    assert "Hollow" in words(widget)


def test_it_takes_the_learners_functions():
    mine = GradientFlow({"mine": (tanh, tanh_prime)}, depth=5)
    assert mine.shares == pytest.approx(GradientFlow(depth=5, activation="tanh").shares)
