"""The widgets of lesson 03, moved without a browser: what they draw is read back, and every goal is reached."""

import numpy as np
import pytest
from moving import put, words

from course import exercises as engine
from course.widgets.explorer import straight
from course.widgets.lesson_03 import (
    TARGETS,
    CurveFromPieces,
    ForwardStepper,
    HiddenSpace,
    X,
    best_line,
    zigzag,
)
from course.widgets.lesson_03 import W as LESSON_W
from course.widgets.lesson_03 import b as LESSON_B
from course.widgets.lesson_03 import f as LESSON_F
from helpers.network import relu, softmax, tanh


def forward(A0, W, b, f):
    Z, A = [None], [A0]
    for l in range(1, len(W)):
        Z.append(W[l] @ A[l - 1] + b[l])
        A.append(f[l](Z[l]))
    return Z, A


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


@pytest.mark.parametrize("x", [(-3, -3), (3, -3), (0.1, 2.9), (0, 0)])  # σ(11) is not quite 1
def test_it_computes_what_the_formula_says(x):
    widget = ForwardStepper(step=4, x1=x[0], x2=x[1])
    expected = forward(np.array(x, float)[:, None], LESSON_W, LESSON_B, LESSON_F)[1][-1]
    np.testing.assert_allclose(widget.A[2], expected)
    assert words(widget).endswith(f"= {expected.item():.4f}.\n")


def test_its_goals_are_reached_one_by_one():
    widget = ForwardStepper()
    assert widget.lit == [False, False, False]
    put(widget, step=4)
    assert widget.lit == [True, False, False]
    put(widget, x1=3, x2=-3)
    assert widget.lit == [True, True, False]
    put(widget, x1=-3, x2=-2.4)
    assert widget.lit == [True, False, True]
    put(widget, step=3)
    assert widget.lit == [False, False, False]


@pytest.mark.parametrize("sizes", [[1, 1], [4, 4, 4, 4, 4], [3, 1, 2], [2, 3]])
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


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        (forward, "Your forward gives 0.7311: the same."),
        (lambda A0, W, b, f: (None, [forward(A0, W, b, f)[1][-1] + 1]), "Your forward gives 1.7311: not this."),
        (lambda A0, W, b, f: ..., "Your forward is not written yet."),
        (lambda A0, W, b, f: A0, "Your forward returned shape (2, 1) instead of shape (1, 1)."),
        (lambda A0: A0, "Your forward raised TypeError"),
        (lambda A0, W, b, f: W[0] @ A0, "Your forward raised ValueError: matmul"),
        (3, "Your forward raised TypeError"),
    ],
)
def test_the_learners_forward_is_compared_at_the_last_step(mine, said):
    widget = ForwardStepper(forward=mine)
    assert "Your forward" not in words(widget)
    put(widget, step=4)
    assert said in words(widget)
    assert widget.lit == [True, False, False]


def test_a_forward_that_writes_into_its_weights_does_no_harm():
    def spoils(A0, W, b, f):
        W[1][...] = 0
        return forward(A0, W, b, f)

    widget = ForwardStepper(forward=spoils, step=4)
    put(widget, x1=1)
    put(widget, x1=2)
    assert widget.A[2].item() == pytest.approx(0.7311, abs=1e-4)
    assert LESSON_W[1][0, 0] == 1


def pops(A0, W, b, f):
    """Right, but whoever called it has empty lists afterwards."""
    Z, A = [None], [A0]
    for layers in (W, b, f):
        layers.pop(0)
    while W:
        Z.append(W.pop(0) @ A[-1] + b.pop(0))
        A.append(f.pop(0)(Z[-1]))
    return Z, A


def test_a_forward_that_empties_its_lists_does_no_harm_and_is_told():
    widget = ForwardStepper(forward=pops, step=4)
    put(widget, x1=1)
    put(widget, x1=2)
    assert "Your forward gives 0.7311: the same." in words(widget)
    assert len(LESSON_F) == 3
    verdict = judged("3.1", pops)
    assert verdict.diagnosis == "changed its input"
    assert "The numbers are right, but your `forward` changed its input W, b, f of sizes." in verdict.as_text()


def test_an_activation_that_fails_is_named():
    widget = ForwardStepper(f=[None, relu, lambda z: 1 / 0], step=4)
    assert "The activation of layer 2 raised ZeroDivisionError" in words(widget)
    assert "= none" in words(widget)


# --- curve from pieces ------------------------------------------------------------------------------------------------

ZIGZAG = {"slope1": 1, "kink1": 0, "slope2": -2, "kink2": 1, "slope3": 2, "kink3": 2}
HILL = {"slope1": 0.75, "kink1": 0.1, "slope2": -1.5, "kink2": 1.5, "slope3": 0.7, "kink3": 2.85}


def test_the_curve_is_the_sum_of_its_hinges():
    widget = CurveFromPieces(**HILL)
    hinges = [piece.get_ydata() for piece in widget.pieces]
    for k, hinge in enumerate(hinges, 1):
        np.testing.assert_allclose(hinge, HILL[f"slope{k}"] * np.maximum(X - HILL[f"kink{k}"], 0))
    np.testing.assert_allclose(widget.sum.get_ydata(), sum(hinges))
    assert [dot.get_xdata()[0] for dot in widget.kinks] == [0.1, 1.5, 2.85]


def test_the_lessons_formula_is_the_zigzag():
    R = relu
    np.testing.assert_array_equal(zigzag(X), R(R(X) - R(2 * X - 2) + R(2 * X - 4)))
    widget = CurveFromPieces(**ZIGZAG)
    assert widget.error < 1e-12
    assert widget.lit == [True, False]


def test_both_goals_can_be_reached_and_neither_is_at_the_start():
    widget = CurveFromPieces()
    assert widget.lit == [False, False]
    put(widget, target="hill", **HILL)
    assert widget.lit == [False, True]
    assert "largest error" in widget.score.get_text()
    put(widget, target="square root")
    assert widget.lit == [False, False]


def test_the_bar_stands_where_the_error_is_largest():
    widget = CurveFromPieces(slope1=0)
    for name, f in TARGETS.items():
        put(widget, target=name)
        worst = np.abs(f(X)).argmax()
        np.testing.assert_allclose(widget.gap.get_data(), [[X[worst]] * 2, [0, f(X)[worst]]])
        assert widget.error == pytest.approx(np.abs(f(X)).max())


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        (np.sin, ""),
        (lambda x: 1 / 0, "Your curve raised ZeroDivisionError"),
        (lambda x: x[:3], "Your curve returned shape (3,)"),
        (lambda x: np.where(x < 0, np.nan, x), "Your curve returned NaN for 100 of the 501 numbers"),
        (7, "Your curve is of type int, not a function."),
    ],
)
def test_a_target_of_the_learners_own(mine, said):
    widget = CurveFromPieces(mine)
    assert widget.values["target"] == "yours"
    assert said in words(widget)
    assert words(widget).count("\n") == 1 + bool(said)
    put(widget, slope1=2, kink3=-1)
    assert widget.lit == [False, False]


# --- the hidden-space view --------------------------------------------------------------------------------------------

XOR = {"w11": -2, "w12": 1, "b1": 0, "w21": 1, "w22": -2, "b2": 0}
MOONS = {"w11": 2, "w12": 0.75, "b1": -0.75, "w21": 0.75, "w22": -0.25, "b2": 0}


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
    assert widget.lit == [True, False]


@pytest.mark.parametrize("data", ["XOR", "moons"])
@pytest.mark.parametrize("activation", ["ReLU", "tanh", "none"])
def test_the_whole_grid_is_seen(data, activation):
    widget = HiddenSpace(data=data, activation=activation)
    for axis, (low, high) in enumerate((widget.right.get_xlim(), widget.right.get_ylim())):
        along = np.array(widget.grids[1].get_segments())[..., axis]
        assert low < along.min()
        assert along.max() < high


def test_the_background_agrees_with_the_points():
    widget = HiddenSpace(data="moons", activation="tanh", **MOONS)
    assert widget.wrong == 0
    sides = widget.line.side(widget.h)
    np.testing.assert_array_equal(sides, widget.y == 1)


def test_each_goal_is_reached_with_its_data_alone():
    widget = HiddenSpace()
    assert widget.lit == [False, False]
    put(widget, w22=1, b2=-1)  # two moves from the start
    assert widget.lit == [True, False]
    assert "The best line leaves 0 of 4 points on the wrong side." in words(widget)
    put(widget, data="moons")
    assert widget.lit == [False, False]
    put(widget, activation="tanh", **MOONS)
    assert widget.lit == [False, True]


def test_without_an_activation_neither_goal_can_be_reached():
    widget = HiddenSpace(activation="none")
    rng = np.random.default_rng(0)
    for data in ("XOR", "moons"):
        put(widget, data=data)
        for _ in range(25):
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
    assert straight(np.zeros(2), 0, np.zeros(2), np.ones(2)).size == 0


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        (relu, ""),
        (lambda z: z[0], "The activation returned shape"),
        (lambda z: np.log(z), "The activation returned"),
        (lambda z: None, "The activation returned nothing"),
        (lambda z: 1 / 0, "The activation raised ZeroDivisionError"),
        ("relu", "The activation is of type str, not a function."),
    ],
)
def test_an_activation_of_the_learners_own(mine, said):
    widget = HiddenSpace(mine, **XOR)
    assert widget.values["activation"] == "yours"
    assert said in words(widget)
    assert widget.lit == [not said, False]
    put(widget, data="moons")
    put(widget, activation="tanh", **MOONS)
    assert widget.lit == [False, True]
    np.testing.assert_allclose(widget.h[0], tanh(np.array([[2, 0.75]]) @ widget.sets["moons"].all[:, :60] - 0.75)[0])


# --- what the exercises say to answers in other forms -----------------------------------------------------------------


def judged(key, answer):
    return engine.find(key, "").judge(answer)


def test_any_weights_that_make_xor_are_right():
    """Three different ways, as lists and as arrays."""
    ways = [
        {"W1": [[1, 1], [1, 1]], "b1": [-0.5, -1.5], "W2": [[1, -1]], "b2": [-0.5]},
        {"W1": [[1, -1], [-1, 1]], "b1": [-0.5, -0.5], "W2": [[1, 1]], "b2": [-0.5]},
        {"W1": [[1, 1], [-1, -1]], "b1": [-0.5, 1.5], "W2": [[1, 1]], "b2": [-1.5]},
    ]
    for way in ways:
        assert judged("3.4", way).lead == "Right."
        assert judged("3.4", {name: np.array(value) for name, value in way.items()}).lead == "Right."
        assert judged("3.4", {**way, "b1": np.reshape(way["b1"], (2, 1)), "b2": [[way["b2"][0]]]}).lead == "Right."


def test_weights_that_are_half_filled_in_are_not_written_yet():
    half = {"W1": [[1, 1], [..., ...]], "b1": [..., 0], "W2": [[1, -1]], "b2": [0]}
    assert judged("3.4", half).lead == "Not written yet."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([1, 2, 3], "keep the form of the stub"),
        ({"W1": 1}, "keep the form of the stub"),
        ({"W1": [[1, 1]], "b1": [0, 0], "W2": [[1, 1]], "b2": [0]}, "W1 should have the shape (2, 2); it has (1, 2)"),
        ({"W1": [[1, 1], [1, 1]], "b1": 0, "W2": [[1, 1]], "b2": [0]}, "b1 should have the shape (2,); it has ()"),
        ({"W1": [[1, 1], [1, np.nan]], "b1": [0, 0], "W2": [[1, 1]], "b2": [0]}, "no finite number"),
    ],
)
def test_weights_of_another_form_are_explained(answer, said):
    assert said in judged("3.4", answer).as_text()
