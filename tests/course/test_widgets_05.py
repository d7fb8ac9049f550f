"""The widgets of lesson 05: their gradients are right, and what they draw is what they know."""

import itertools
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from moving import lies_at, put, texts, words

from course.exercises import lesson_05 as tasks
from course.exercises.grading import edited
from course.text import decimal, factor, number
from course.widgets import BackpropStepper, GradientFlow, Suspects
from course.widgets import lesson_05 as lesson
from course.widgets.lesson_05 import BUGGED, GRAPH, NETWORK, NUMBERS, SCHEMES, STEPS, fingerprint
from helpers.colors import BLUE, DARK_GREEN, DARK_ORANGE, ORANGE
from helpers.network import ACTIVATIONS, tanh, tanh_prime

pytestmark = pytest.mark.usefixtures("unpainted")


def drawn(widget):
    """All texts that the picture shows now."""
    shown = widget.figure.findobj(lambda artist: hasattr(artist, "get_text") and artist.get_visible())
    return [text for text in texts(shown) if text]


def slope(loss, theta, i, h=1e-6):
    kept = theta[i]
    theta[i] = kept + h
    above = loss()
    theta[i] = kept - h
    below = loss()
    theta[i] = kept
    return (above - below) / (2 * h)


def ways(arrows):
    """Where the arrows that are seen begin and end."""
    return {tuple(np.ravel(arrow._posA_posB).round(6)) for arrow in arrows if arrow.get_visible()}


def way(start, end):
    """As `ways` has the arrow on the line from `start` to `end`."""
    start, end = np.array(start), np.array(end)
    return tuple(np.ravel([start + 0.3 * (end - start), start + 0.75 * (end - start)]).round(6))


@pytest.mark.parametrize("numbers", [(2, 3, 4), (-1.5, 0.5, 4), (0, -4, 1), (3, 0, -2)])
def test_the_gradients_of_the_graph_are_those_of_nudging(numbers):
    theta, gradients = np.array(numbers, dtype=float), lesson.graph_steps(*numbers)[-1].gradients

    def loss():
        x, w, y = theta
        return (w * x - y) ** 2 + w**2

    for i, name in enumerate("xwy"):
        assert gradients[f"∂{name}"] == pytest.approx(slope(loss, theta, i), abs=1e-6)


@pytest.mark.parametrize(
    ("change", "by", "functions"), [("b[1]₁", 4.5, ()), ("x₂", -3.5, ()), ("W[2]₂₁", 4, (tanh, tanh_prime))]
)
def test_the_gradients_of_the_network_are_those_of_nudging(change, by, functions):
    widget = BackpropStepper(*functions, view=NETWORK, step=STEPS, change=change, by=by)
    f, W, b = widget.f, widget.W, widget.b

    def loss():
        return np.sum((W[2] @ f(W[1] @ widget.x + b[1][:, 0]) + b[2][:, 0] - widget.y) ** 2)

    gradients = widget.steps[-1].gradients
    for l, name in itertools.product((1, 2), ("dW", "db")):
        theta = W[l] if name == "dW" else b[l][:, 0]
        for place in np.ndindex(theta.shape):
            index = "".join("₁₂₃"[i] for i in place)
            assert gradients[f"{name}[{l}]{index}"] == pytest.approx(slope(loss, theta, place), abs=1e-5)


def test_each_number_can_be_changed():
    def numbers(widget):
        return np.concatenate([array.ravel() for array in (widget.x, widget.y, *widget.W[1:], *widget.b[1:])])

    widget = BackpropStepper(view=NETWORK)
    at_first, changed = numbers(widget), []
    for name in NUMBERS:
        change = numbers(put(widget, change=name, by=-1.5)) - at_first
        changed += np.flatnonzero(change).tolist()
        assert change[changed[-1]] == pytest.approx(-1.5)
    assert sorted(changed) == list(range(len(at_first)))


@pytest.mark.parametrize(("x", "w", "y"), [(2, 3, 4), (3.5, -1.6, -2.5)])
def test_the_graph_shows_what_is_known_at_each_step(x, w, y, painted):
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
            assert graph.circles[node].get_markeredgecolor() == ((ORANGE if back else BLUE) if now else lesson.INK)
        blamed = set()
        for edge, (at, came, local) in edges.items():
            line, left, right = graph.lines[edge], *(graph.circles[node] for node in edge.split("-"))
            ends = np.array([np.ravel(circle.get_data()) for circle in (left, right)])
            forward = not back and step == order[edge[-1]][0]
            assert line.get_color() == (ORANGE if step >= at else BLUE if forward else lesson.PALE)
            assert line.get_linewidth() == (4 if step == at or forward else 1.2)
            product = f"{number(came, 3)} · {factor(local, 3)}" if step == at else number(came * local, 3)
            assert graph.came[edge].get_text() == (product if step >= at else "")
            if step == at:
                blamed.add(way(ends[1], ends[0]))
        assert ways(graph.arrows) == blamed, "blame comes from the right"


def test_the_network_shows_all_its_numbers_where_they_belong(painted):
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
            assert diagram._weights[edge].get_text() == decimal((W1, W2)[edge[0] - 1][edge[1:]])
        for l, (numbers, first) in enumerate(((x, 0), (a, 1), (guess, 4))):
            for i, value in enumerate(numbers):
                at = first + i * (l == 1)
                wanted = decimal(value) if step >= at else "?" if step + 1 == at and (l, i) != (2, 1) else ""
                assert diagram._values[l, i].get_text() == wanted, (step, l, i)
        said = f"L = {number(loss, 3)}" if step >= 5 else "L = ?" if step == 4 else ""
        wanted = [f"wanted\n{number(y[0], 3)}" + f"\n{said}" * bool(said), f"wanted\n{number(y[1], 3)}"]
        assert texts(widget.targets) == wanted
        back = {way(diagram.xy[2, k], diagram.xy[1, step - 8]) for k in range(2)} if 8 <= step <= 10 else set()
        assert ways(widget.arrows) == back
    assert widget.chosen.get_text() == "chosen: x₂ = −2.5"


def test_numbers_are_short_and_have_a_true_minus():
    assert [number(x) for x in (-0.0, -2.5, 1 / 3, 12345.6, np.nan)] == ["0", "−2.5", "0.3333", "1.235e+04", "none"]


def test_paths_that_cancel_are_shown_as_0():
    assert "∂L/∂w = −3.2 + 3.2 = 0" in words(BackpropStepper(w=1.6, step=STEPS))


def test_formulas_are_typeset():
    assert lesson.typeset("∂L/∂e = (−1) · 2") == r"$\frac{\partial L}{\partial e} = (-1) \cdot  2$"
    assert lesson.typeset("δ[1]₂ = ReLU′(z[1]₂)") == r"$\delta ^{[1]}_{2} = \mathrm{ReLU}'(z^{[1]}_{2})$"
    assert lesson.typeset("") == ""
    for symbols, numbers in (("p = w · x", "= 3 · 2 = 6"), ("a[1]₁ = ReLU(z[1]₁)", "= ReLU(2) = 2"), ("", "")):
        assert lesson.in_symbols_and_numbers(f"{symbols} {numbers}".strip()) == (symbols, numbers)


def test_a_prediction_is_judged_before_the_step_and_after_it():
    widget = BackpropStepper(step=8)
    assert "?" in drawn(widget)
    assert "Not 8." in words(put(widget, guess=8))
    assert not widget.lit[0]
    assert "Your 4 is right." in words(put(widget, guess=4))
    assert widget.lit[0]
    assert "Your 4" not in words(put(widget, step=9, y=3.5))  # the next one is another number
    for view in (GRAPH, NETWORK):
        for before, after in itertools.pairwise(BackpropStepper(view=view).steps):
            assert after.asks not in before.values | before.gradients or after.asks == "∂w"


@pytest.mark.parametrize(
    ("view", "state"),
    [(GRAPH, {}), (GRAPH, {"x": -1.5, "w": -0.5, "y": -4}), (NETWORK, {}), (NETWORK, {"change": "b[1]₁", "by": -2})],
)
def test_the_numbers_in_a_formula_give_its_result(view, state):
    """The last two parts of "z = w · x = 3 · 2 = 6", as Python reads them; the result is what the step finds."""
    computed = 0
    for step in BackpropStepper(view=view, **state).steps[1:]:
        for line in step.lines:
            assert not re.search("[·+−²] ?−", line), "a negative factor stands in brackets"
            code = line.removesuffix(", so far").replace("−", "-").replace("·", "*").replace("²", "**2")
            *_, left, right = code.split("=")
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

    widget = BackpropStepper(view=NETWORK, step=STEPS)
    assert hidden() == ["x", "w", "y"]
    assert "∂L/∂w" not in widget.lamp.value
    put(widget, view=GRAPH)
    assert hidden() == ["change", "by"]
    assert not [text for text in drawn(widget) if "δ" in text]
    assert "hidden" not in widget.lamp.value


def test_each_bug_has_the_mark_that_the_lesson_says():
    ax = lesson.draw_fingerprints(Figure(), m=10)
    heads = [(text.xy, text.get_text()) for text in ax.texts[:12]]
    assert heads[:3] == [((1, 1), "ratio"), ((4, 1), "cosine"), ((7, 1), "second call")]
    assert heads[3:] == [((k, 1), f"dW[{k % 3 + 1}]") for k in range(9)]
    places = {text.get_position(): text.get_text().replace("−", "-") for text in ax.texts[12:]}
    assert [places[-0.6, j] for j in range(7)] == list(BUGGED)
    table = np.array([[float(places[i, j]) for i in range(9)] for j in range(7)])
    rows = dict(zip(BUGGED, table, strict=True))
    colors = np.abs(np.log10(np.abs(table)))
    colors[:, 3:6] = 1.2 * (1 - table[:, 3:6])
    assert np.asarray(ax.images[0].get_array()) == pytest.approx(colors, abs=0.01), "the farther from 1, the darker"
    assert [to_hex(ax.images[0].to_rgba(far)).upper() for far in (0.0, 1.2)] == ["#FFFFFF", ORANGE]
    assert ax.images[0].get_clim() == (0, 1.2)
    assert ax.get_ylim() == (6.5, -0.5), "from top to bottom"
    assert np.all(rows["right"] == 1)
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
        is_open = any("def suspect" in text for text in drawn(put(widget, verdict=verdict)))
        assert is_open == (verdict == bug)
    row = np.ravel(fingerprint(getattr(tasks, task.name), m=7, seed=5))
    assert [float(text.replace("−", "-")) for text in texts(widget.table.texts[0])] == row.tolist()
    assert widget.who.get_text() == letter
    code, its_line = [*task.reasons.values()], int(situation.reason)
    for line, color in ((its_line, DARK_GREEN), (its_line - 1, DARK_ORANGE)):
        put(widget, verdict=bug, line=line)
        assert sum(widget.lit) == 1 + (line == its_line)
        assert texts(widget.lines) == [f"{k:2}  {text}" for k, text in enumerate(code, 1)] + [""] * (14 - len(code))
        assert [text.get_color() for text in widget.lines] == [color if k == line else lesson.INK for k in range(1, 15)]
        assert f"Line {line} is chosen." in words(widget)

    def distance(name):
        namespace = {"np": np}
        exec(edited(tasks.backward.solution, BUGGED[name]), namespace)
        known = np.ravel(fingerprint(namespace["backward"], m=7, seed=5))
        return np.abs(np.log10(np.maximum(known, 1e-3)) - np.log10(np.maximum(row, 1e-3))).sum()

    assert min(BUGGED.keys() - {"right"}, key=distance) == bug, "its fingerprint is that of its bug and of no other"


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "gelu"])
def test_the_curve_is_the_size_of_delta_by_layer(name):
    scheme = "He: N(0, 2/n)"
    widget, (f, f_prime) = GradientFlow(depth=4, activation=name, init=scheme, gain=1.5), ACTIVATIONS[name]
    W = SCHEMES[scheme] * widget.values["gain"] * np.array(widget.W[1:5])

    def forward(nudge=0.0, at=None):
        A, Z = [widget.X], []
        for l in range(4):
            Z.append(W[l] @ A[-1] + nudge * (l == at))
            A.append(f(Z[-1]))
        return Z, A[1:]

    Z, A = forward()
    delta = [None, None, None, widget.blame * f_prime(Z[3])]
    for l in (2, 1, 0):
        delta[l] = W[l + 1].T @ delta[l + 1] * f_prime(Z[l])
    for l in (0, 1):  # it is what nudging the weighted sums finds, in a random direction
        nudge = 1e-6 * np.random.default_rng(l).standard_normal((50, 60))
        above, below = (np.sum(widget.blame * forward(sign * nudge, l)[1][-1]) for sign in (1, -1))
        assert (above - below) / 2 == pytest.approx(np.sum(delta[l] * nudge), rel=0.01)
    sizes = np.linalg.norm(delta, axis=(1, 2))
    lies_at(widget.curve, range(1, 5), sizes / sizes[-1])
    low, middle, high = np.quantile(A, (0.1, 0.5, 0.9), axis=(1, 2))
    lies_at(widget.middle, range(1, 5), middle)
    bars = [[(l, low[l - 1]), (l, high[l - 1])] for l in range(1, 5)]
    np.testing.assert_allclose(widget.bars.get_segments(), bars)


@pytest.mark.parametrize(
    ("activation", "depth", "init", "gain"),
    [("sigmoid", 2, 0, 0.1), ("relu", 20, 2, 1.5), ("relu", 20, 0, 0.1), ("gelu", 13, 3, 10), ("tanh", 7, 1, 1)],
)
def test_all_that_is_drawn_lies_within_the_axes(init, activation, depth, gain):
    widget = GradientFlow(depth=depth, activation=activation, init=list(SCHEMES)[init], gain=gain)
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
    assert [lesson.tick(y) for y in (0.05, -1, 0, 100, 1e4, -1e12)] == ["0.05", "−1", "0", "100", "10⁴", "−10¹²"]


@pytest.mark.parametrize(
    ("setting", "edge"),
    [({"init": "large: N(0, 1)", "gain": 10}, 1e12), ({"init": "small: N(0, 0.01²)", "depth": 20}, 1e-12)],
)
def test_points_beyond_the_picture_are_hollow_and_said_to_be(setting, edge):
    widget = GradientFlow()
    assert len(widget.cut.get_xdata()) == 0
    assert "Hollow" not in words(widget)
    put(widget, activation="relu", **setting)
    assert set(widget.cut.get_ydata()) == {edge}
    beyond = widget.shares > edge if edge > 1 else widget.shares < edge
    assert widget.cut.get_xdata() == pytest.approx(1 + np.flatnonzero(beyond))
    assert "Hollow" in words(widget)
