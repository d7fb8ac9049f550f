"""The widgets of lesson 03, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from moving import HILL, MOONS, ZIGZAG, drag, forward, put, words

from course.widgets.lesson_03 import (
    TARGETS,
    CurveFromPieces,
    ForwardStepper,
    HiddenSpace,
    X,
    best_line,
    straight,
    zigzag,
)
from course.widgets.lesson_03 import W as LESSON_W
from course.widgets.lesson_03 import b as LESSON_B
from course.widgets.lesson_03 import f as LESSON_F
from helpers.network import relu, softmax, tanh

# --- the forward stepper ----------------------------------------------------------------------------------------------


def test_each_step_writes_its_formulas_and_fills_its_layer():
    widget = ForwardStepper()
    seen = {}
    for step in range(5):
        put(widget, step=step)
        lines = [line.get_text() for line in widget.lines if line.get_text()]
        circles = {unit: text.get_text() for unit, text in widget.diagram._values.items()}
        seen[step] = lines, circles[1, 0], circles[1, 1], circles[2, 0]
    assert seen == {
        0: (["x₁ = 2", "x₂ = 1"], "", "", ""),
        1: (["z[1]₁ = 1 · 2 + (−1) · 1 + 0.5 = 1.5", "z[1]₂ = (−2) · 2 + 3 · 1 + 0.5 = −0.5"], "1.5", "−0.5", ""),
        2: (["a[1]₁ = R(1.5) = 1.5", "a[1]₂ = R(−0.5) = 0"], "1.5", "0", ""),
        3: (["z[2] = 2 · 1.5 + (−3) · 0 + (−2) = 1"], "1.5", "0", "1"),
        4: (["a[2] = σ(1) = 0.7311"], "1.5", "0", "0.73"),
    }


def test_it_computes_what_the_formula_says():
    widget = ForwardStepper(step=4)
    for x1, x2 in ((-3, -3), (3, -3), (0.1, 2.9), (0, 0)):  # σ(11) is not quite 1
        put(widget, x1=x1, x2=x2)
        expected = forward(np.array([[x1], [x2]], float), LESSON_W, LESSON_B, LESSON_F)[1][-1]
        np.testing.assert_allclose(widget.A[2], expected)
        assert words(widget).endswith(f"= {expected.item():.4f}.\n")


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


def test_a_network_too_large_to_show_is_refused_in_words():
    with pytest.raises(ValueError, match="at most 4 units; got \\[5, 1\\]"):
        ForwardStepper([None, np.zeros((1, 5))], [None, np.zeros(1)], [None, relu])


def empties(A0, W, b, f):
    """Right, but whoever called it has empty lists, and other weights, afterwards."""
    answer = forward(A0, W, b, f)
    W[1][...] = 0
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
    put(widget, step=4)
    assert said in words(widget)
    put(widget, x1=1)
    put(widget, x1=2)
    assert said in words(widget)
    assert widget.A[2].item() == pytest.approx(0.7311, abs=1e-4)


# --- curve from pieces ------------------------------------------------------------------------------------------------


def test_the_curve_is_the_sum_of_its_hinges():
    widget = CurveFromPieces(**HILL)
    hinges = [piece.get_ydata() for piece in widget.pieces]
    for k, hinge in enumerate(hinges, 1):
        np.testing.assert_allclose(hinge, HILL[f"slope{k}"] * np.maximum(X - HILL[f"kink{k}"], 0))
    np.testing.assert_allclose(widget.sum.get_ydata(), sum(hinges))
    assert [dot.get_xdata()[0] for dot in widget.kinks] == [0.1, 1.5, 2.85]
    assert "y = 0.75 · R(x − 0.1) − 1.5 · R(x − 1.5) + 0.7 · R(x − 2.85)." in words(widget)


def test_the_lessons_formula_is_the_zigzag():
    np.testing.assert_array_equal(zigzag(X), relu(relu(X) - relu(2 * X - 2) + relu(2 * X - 4)))
    assert CurveFromPieces(**ZIGZAG).error < 1e-12


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


def test_the_bar_stands_where_the_error_is_largest():
    widget = CurveFromPieces(slope1=0)
    for name, f in TARGETS.items():
        put(widget, target=name)
        worst = np.abs(f(X)).argmax()
        np.testing.assert_allclose(widget.gap.get_data(), [[X[worst]] * 2, [0, f(X)[worst]]])
        assert widget.error == pytest.approx(np.abs(f(X)).max())
        assert widget.score.get_text() == f"largest error {widget.error:.2f}"


# --- the hidden-space view --------------------------------------------------------------------------------------------

XOR = {"w11": -2, "w12": 1, "b1": 0, "w21": 1, "w22": -2, "b2": 0}


def test_points_grid_and_background_go_through_the_hidden_layer():
    widget = HiddenSpace(**XOR)
    W = np.array([[-2, 1], [1, -2]])
    for k in (0, 1):
        before = np.array(widget.dots[0][k].get_data())
        np.testing.assert_allclose(widget.dots[1][k].get_data(), relu(W @ before))
    before, after = (grid.get_segments() for grid in widget.grids)
    for line, bent in zip(before, after, strict=True):
        np.testing.assert_allclose(bent, relu(W @ line.T).T, atol=1e-12)
    assert widget.wrong == 0
    assert "The best line leaves 0 of 4 points on the wrong side." in words(widget)


def test_the_whole_grid_is_seen_and_the_background_agrees_with_the_points():
    widget = HiddenSpace(**MOONS)
    for data in ("XOR", "moons"):
        for activation in ("ReLU", "none", "tanh"):
            put(widget, data=data, activation=activation)
            for axis, (low, high) in enumerate((widget.right.get_xlim(), widget.right.get_ylim())):
                along = np.array(widget.grids[1].get_segments())[..., axis]
                assert low < along.min()
                assert along.max() < high
    assert widget.wrong == 0
    np.testing.assert_array_equal(widget.line.side(widget.h), widget.y == 1)
    np.testing.assert_allclose(widget.h[0], tanh(np.array([[2, 0.75]]) @ widget.sets["moons"].all[:, :60] - 0.75)[0])


def test_the_line_of_a_unit_is_dragged_with_its_bias():
    widget = HiddenSpace(w21=1, w22=1)
    drag(widget, "b2", (0, 0), (0.25, 0.5), (0.5, 0.5))
    assert (widget.values["b1"], widget.values["b2"], widget.wrong) == (0, -1, 0)
    put(widget, w21=0, w22=0)
    assert set(widget._handles.places) == {"b1"}, "without weights there is no line"


def test_without_an_activation_neither_goal_can_be_reached():
    widget = HiddenSpace(activation="none")
    rng = np.random.default_rng(0)
    for data in ("XOR", "moons"):
        put(widget, data=data)
        for _ in range(10):
            put(widget, **dict(zip(XOR, rng.uniform(-4, 4, 6), strict=True)))
            assert widget.lit == [False, False]


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


def test_points_that_fall_together_have_no_line():
    widget = HiddenSpace(**dict.fromkeys(XOR, 0))
    assert widget.line is None
    assert widget.wrong == 2
    assert len(widget.cut.get_xdata()) == 0
    assert len(widget.zeros[0].get_xdata()) == 0
    assert np.size(straight(np.zeros(2), 0, np.zeros(2), np.ones(2))) == 0
