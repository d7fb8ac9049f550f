"""The widgets of lesson 03, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from moving import HILL, MOONS, ZIGZAG, drag, forward, lies_at, put, texts, words

from course.text import decimal, minus
from course.widgets.lesson_03 import LINES, STEPS, TARGETS, CurveFromPieces, ForwardStepper, HiddenSpace, X, best_line
from helpers.colors import BLUE, ORANGE
from helpers.data import logic_gate, moons
from helpers.network import relu, softmax, tanh

pytestmark = pytest.mark.usefixtures("unpainted")


def test_each_step_writes_its_formulas_and_fills_its_layer():
    steps = (  # the layer, its sums or its activations, their head and formulas, and what three circles then hold
        (0, "", "Inputs, a[0] = x", "x₁ = 2; x₂ = 1", ("", "", "")),
        (1, "sums", "Layer 1, weighted sums: z[1] = W[1] a[0] + b[1]",
         "z[1]₁ = 1 · 2 + (−1) · 1 + 0.5 = 1.5; z[1]₂ = (−2) · 2 + 3 · 1 + 0.5 = −0.5", ("1.5", "−0.5", "")),
        (1, "", "Layer 1, activations: a[1] = R(z[1])", "a[1]₁ = R(1.5) = 1.5; a[1]₂ = R(−0.5) = 0", ("1.5", "0", "")),
        (2, "sums", "Layer 2, weighted sums: z[2] = W[2] a[1] + b[2]",
         "z[2] = 2 · 1.5 + (−3) · 0 + (−2) = 1", ("1.5", "0", "1")),
        (2, "", "Layer 2, activations: a[2] = σ(z[2])", "a[2] = σ(1) = 0.7311", ("1.5", "0", "0.73")),
    )  # fmt: skip
    widget = ForwardStepper()
    for step, (layer, sums, head, formulas, circles) in enumerate(steps):
        put(widget, step=step)
        values = {unit: text.get_text() for unit, text in widget.diagram._values.items()}
        places = (0, 0), (0, 1), (1, 0), (1, 1), (2, 0)
        assert [values[place] for place in places] == ["2", "1", *circles]
        widths = zip(widget.diagram.xy, widget.diagram._circles.get_linewidths(), strict=True)
        strong = [unit for unit, width in widths if width > 2]
        assert strong == ([(layer, i) for i in range(widget.sizes[layer])] if step else [])
        lit = [edge for edge, text in widget.diagram._weights.items() if text.get_color() == "#222222"]
        assert {edge[0] for edge in lit} == ({layer} if sums else set() if step else {1, 2})
        assert widget.head.get_text() == head
        assert "; ".join(filter(None, texts(widget.lines))) == formulas
        assert words(widget) == f"Step {step} of 4. {head}: {formulas}.\n"
    assert put(widget, x1=3, x2=-3).formulas == ["a[2] = σ(11) = 1.0000"], "not quite 1"


@pytest.mark.parametrize("sizes", [[1, 1], [4, 4, 4, 4, 4], [3, 1, 2]])
def test_any_small_network_will_do(sizes):
    rng = np.random.default_rng(1)
    W = [None, *(rng.normal(size=(sizes[l], sizes[l - 1])) for l in range(1, len(sizes)))]
    b = [None, *(rng.normal(size=n) for n in sizes[1:])]  # flat biases are taken, too
    f = [None, *[relu] * (len(sizes) - 2), softmax]
    widget = ForwardStepper(W, b, f, step=2 * (len(sizes) - 1))
    columns = [None, *(b_l[:, None] for b_l in b[1:])]
    np.testing.assert_allclose(widget.A[-1], forward(widget.A[0], W, columns, f)[1][-1])
    assert len(list(widget.goals(**widget.values))) == 1  # the others are about the lesson's network
    assert list(widget.values.values())[1:] == [2, *[1] * (sizes[0] - 1)]
    shown = {unit: text.get_text() for unit, text in widget.diagram._notes.items() if unit[0]}
    assert shown == {(l, i): f"b = {decimal(b[l][i])}" for l, n in enumerate(sizes) if l for i in range(n)}
    names = [text.partition(" = softmax(")[0] for text in widget.formulas]
    assert names == [f"a[{len(sizes) - 1}]{index}" for index in ("₁₂₃₄"[: sizes[-1]] if sizes[-1] > 1 else [""])]


def test_a_network_too_large_to_show_is_refused_in_words():
    with pytest.raises(ValueError, match=r"at most 4 units; got \[5, 1\]"):
        ForwardStepper([None, np.zeros((1, 5))], [None, np.zeros(1)], [None, relu])


def empties(A0, W, b, f):
    """Right, but whoever called it has empty lists, and other weights, afterwards."""
    answer = forward(A0.copy(), W, b, f)
    for array in (A0, W[1], b[1]):
        array[...] = 0
    for layers in (W, b, f):
        layers.clear()
    return answer


def plus_one(A0, W, b, f):
    Z, A = forward(A0, W, b, f)
    return Z, [*A[:-1], A[-1] + 1]


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        (forward, "Your forward gives 0.7311: the same."),
        (empties, "Your forward gives 0.7311: the same."),
        (plus_one, "Your forward gives 1.7311: not this."),
        (lambda A0, W, b, f: ..., "Your forward is not written yet."),
        (lambda A0, W, b, f: A0, "Your forward returned shape (2, 1) instead of shape (1, 1)."),
    ],
)
def test_the_learners_forward_is_compared_at_the_last_step(mine, said):
    widget = ForwardStepper(forward=mine)
    assert "Your forward" not in words(widget)
    assert said in words(put(widget, step=4))
    put(widget, x1=1)
    assert said in words(put(widget, x1=2))
    assert widget.A[2].item() == pytest.approx(0.7311, abs=1e-4)
    assert widget.A[0].tolist() == [[2], [1]]


@pytest.mark.parametrize("target", TARGETS)
def test_hinges_sum_gap_and_words_are_those_of_the_formula(target):
    widget = CurveFromPieces(target=target)
    goal = {
        "zigzag": relu(relu(X) - relu(2 * X - 2) + relu(2 * X - 4)),  # as in the lesson
        "hill": np.where(abs(X - 1.5) < 1.5, np.sin(np.pi * X / 3) ** 2, 0),
        "square root": np.maximum(X, 0) ** 0.5,
    }[target]
    flat = {"slope1": 0.1, "kink1": -0.5, "slope2": -0.2, "kink2": 0.25, "slope3": 0, "kink3": 4}
    for pieces in (HILL, ZIGZAG, flat):
        put(widget, **pieces)
        both = [(pieces[f"slope{k}"], pieces[f"kink{k}"]) for k in (1, 2, 3)]
        hinges = [slope * np.maximum(X - kink, 0) for slope, kink in both]
        for line, dot, hinge, (_, kink) in zip(widget.pieces, widget.kinks, hinges, both, strict=True):
            lies_at(line, X, hinge)
            lies_at(dot, [kink], 0)
        total = sum(hinges)
        lies_at(widget.sum, X, total)
        lies_at(widget.goal, X, goal, atol=1e-12)
        error, at = np.abs(total - goal), np.flatnonzero(widget.gap.get_xdata()[0] == X)[0]
        lies_at(widget.gap, X[at], [total[at], goal[at]], atol=1e-12)
        assert error[at] == pytest.approx(error.max())
        assert widget.score.get_text() == f"largest error {error.max():.2f}"
        curve = " + ".join(f"{slope:g} · R(x − {kink:g})" for slope, kink in both)
        where = f"The largest error against the {target} is {error.max():.2f}, at x = {minus(f'{X[at]:.2f}')}."
        assert words(widget) == f"y = {curve.replace('+ -', '− ').replace('− -', '+ ')}. {where}\n"


def test_the_zigzag_is_made_by_dragging_kinks_and_hinges():
    widget = CurveFromPieces()
    drag(widget, "kink2", (1.5, 0), (1.2, 2), (1, -1))
    drag(widget, "kink3", (3, 0), (2, 0))
    drag(widget, "slope1", (2, 1), (2, 2))
    drag(widget, "slope2", (3, 0), (0.5, -2), (2, -2))  # left of its kink a hinge has no slope
    drag(widget, "slope3", (4, 0), (3, 2))
    assert widget.values == {"target": "zigzag", **ZIGZAG}
    assert widget.moves == 5
    put(widget, kink3=4)
    assert "slope3" not in widget._handles.places, "nothing of the hinge is seen"


XOR = {"w11": -2, "w12": 1, "b1": 0, "w21": 1, "w22": -2, "b2": 0}


@pytest.mark.parametrize("data", ["XOR", "moons"])
def test_points_grid_lines_colors_and_words_are_those_of_the_formula(data):
    X, y = {"XOR": logic_gate("XOR"), "moons": moons(60, 0.1, seed=3)}[data]
    widget = HiddenSpace(data=data)
    for activation, f, weights in (("ReLU", relu, XOR), ("tanh", tanh, MOONS), ("none", lambda z: z, MOONS)):
        put(widget, activation=activation, **weights)
        w11, w12, b1, w21, w22, b2 = (weights[name] for name in XOR)
        W, b = np.array([[w11, w12], [w21, w22]]), np.array([b1, b2])
        for k in (0, 1):
            for plane, places in zip(widget.dots, (X[y == k], f(X[y == k] @ W.T + b)), strict=True):
                lies_at(plane[k], *places.T)
        before, after = (np.array(grid.get_segments()) for grid in widget.grids)
        np.testing.assert_allclose(after, f(before @ W.T + b), atol=1e-12)
        for zeros, w, bias in zip(widget.zeros, W, b, strict=True):
            np.testing.assert_allclose(zeros.get_xydata() @ w + bias, 0, atol=1e-9)

        h, line = f(X @ W.T + b), widget.line
        ones = (h @ line.normal > line.at) == line.up
        wrong = np.sum(ones != y)
        np.testing.assert_allclose(widget.cut.get_xydata() @ line.normal, line.at)
        low, high = np.transpose([widget.left.get_xlim(), widget.left.get_ylim()])
        room = np.ptp(X, axis=0) / 4
        np.testing.assert_allclose([low, high], [X.min(axis=0) - room, X.max(axis=0) + room])
        assert widget.sides.get_extent() == [low[0], high[0], low[1], high[1]]
        shades, n = np.array(widget.sides.get_array()), widget.sides.get_array().shape[0]
        column, row = ((X - low) / (high - low) * n).astype(int).T
        centers = low + (np.column_stack([column, row]) + 0.5) / n * (high - low)
        is_one = (f(centers @ W.T + b) @ line.normal > line.at) == line.up
        pale = 0.8 + 0.2 * np.array([to_rgb(BLUE), to_rgb(ORANGE)])
        np.testing.assert_allclose(shades[row, column], pale[is_one.astype(int)])
        assert widget.count.get_text() == f"{wrong} of {len(y)} wrong"
        units = f"unit 1: z = {w11:g} x₁ + {w12:g} x₂ + {b1:g}; unit 2: z = {w21:g} x₁ + {w22:g} x₂ + {b2:g}"
        said = minus(f"{data}, activation {activation}. {units}.".replace("+ -", "− "))
        assert words(widget) == f"{said} The best line leaves {wrong} of {len(y)} points on the wrong side.\n"
    for axis, lines in enumerate((before[LINES:], before[:LINES])):  # upright, and level
        at = np.linspace(low[axis], high[axis], LINES)[:, None], np.linspace(low[1 - axis], high[1 - axis], STEPS)
        np.testing.assert_allclose(lines[..., [axis, 1 - axis]], np.stack(np.broadcast_arrays(*at), axis=-1))


def test_the_whole_grid_is_seen():
    widget = HiddenSpace(**MOONS)
    for data in ("XOR", "moons"):
        for activation in ("ReLU", "none", "tanh"):
            put(widget, data=data, activation=activation)
            grid = np.array(widget.grids[1].get_segments())
            for low, high in (widget.right.get_xlim(), widget.right.get_ylim()):
                assert low < grid.min() < grid.max() < high < 1.56 * max(1, np.abs(grid).max()), "and is not small"
                assert (low > -0.2 * high) == (activation == "ReLU"), "there is nothing below 0"


def test_the_line_of_a_unit_is_dragged_with_its_bias():
    widget = HiddenSpace(w21=1, w22=1)
    drag(widget, "b2", (0, 0), (0.25, 0.5), (0.5, 0.5))
    assert (widget.values["b1"], widget.values["b2"], widget.wrong) == (0, -1, 0)
    put(widget, w21=0, w22=0)
    assert set(widget._handles.places) == {"b1"}, "without weights there is no line"


def test_without_an_activation_neither_goal_can_be_reached():
    """A line in the hidden plane is then one in the input plane, so that no other weights than these do better."""
    widget = HiddenSpace(activation="none", w12=0, w21=0, w22=1)
    wrong = [put(widget, data=data).wrong for data in ("XOR", "moons")]
    assert wrong == [1, 7], "directions are 1° apart, so perhaps one fewer, but not 2"


def test_the_best_line_is_the_best():
    rng = np.random.default_rng(0)
    for _ in range(50):
        h, y = rng.normal(size=(2, 12)), rng.integers(0, 2, 12)
        line = best_line(h, y)
        assert line.wrong == np.sum(line.side(h) != (y == 1))
        angles, cuts = rng.uniform(0, np.pi, 400), rng.normal(size=400)
        above = np.cos(angles)[:, None] * h[0] + np.sin(angles)[:, None] * h[1] > cuts[:, None]
        wrong = (above != (y == 1)).sum(axis=1)
        assert line.wrong <= np.minimum(wrong, 12 - wrong).min() + 1  # directions are 1° apart
    line = best_line(np.array([[0, 0, 2, 2], [0, 1, 0, 1.0]]), np.array([1, 1, 0, 0]))
    assert (*line.normal, line.at, line.up, line.wrong) == (1, 0, 1, False, 0), "in the middle of the widest gap"


def test_points_that_fall_together_have_no_line():
    widget = HiddenSpace(**dict.fromkeys(XOR, 0))
    assert (widget.line, widget.wrong) == (None, 2)
    assert len(widget.cut.get_xdata()) == len(widget.zeros[0].get_xdata()) == 0
