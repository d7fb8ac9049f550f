"""The widgets of lesson 06, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from matplotlib.colors import same_color
from moving import drag, labels, put, words

from course.text import number
from course.widgets.lesson_06 import LANDSCAPES, SURFACES, Hiker, OptimizerRace, ValleyExplorer, W
from helpers.colors import BLUE, GREEN, ORANGE
from helpers.training import SGD, Adam, Momentum, RMSProp

# --- the hiker --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("landscape", "start", "alpha", "steps", "end"),
    [
        ("bowl", 2.0, 0.3, 20, "the hiker is at w = 0.0016, the lowest point is at 0; within 0.01 of it from step 15."),
        ("bowl", -3.0, 1.9, 1, "the hiker is at w = 2.7, the lowest point is at 0."),
        ("bowl", -3.5, 0.1, 0, "the hiker is at w = −3.5, the lowest point is at 0."),
        ("steep bowl", 1.5, 0.6, 40, "the steps overshoot further and further. It diverges."),
        ("two valleys", -3.5, 0.05, 3, "the hiker is at w = −2.208, the lowest point is at 1.952."),
    ],
)
def test_what_the_hiker_does_is_drawn_and_said(landscape, start, alpha, steps, end):
    L, slope, lowest = LANDSCAPES[landscape]
    w = [start]
    for _ in range(steps):
        w.append(w[-1] - alpha * slope(w[-1]) if abs(w[-1]) < 1e6 else w[-1])
    w = np.array(w)
    widget = Hiker(landscape=landscape, start=start, alpha=alpha, steps=steps)
    np.testing.assert_allclose(widget.path.get_xydata(), np.transpose([w, L(w)]))
    np.testing.assert_allclose(widget.ground.get_xydata(), np.transpose([W, L(W)]))
    np.testing.assert_allclose(widget.first.get_xydata(), [(w[0], L(w[0]))])
    np.testing.assert_allclose(widget.last.get_xydata(), [(w[-1], L(w[-1]))])
    above = np.clip(L(w) - L(lowest), 1e-30, 1e4)
    np.testing.assert_allclose(widget.losses.get_xydata(), np.transpose([range(steps + 1), above]))
    assert list(widget.now.get_xdata()) == [steps, steps]
    limits = [ax.get_xlim() for ax in widget.figure.axes]
    assert limits == [(-4.2, 4.2), (-1, 41)], "all starts and all steps have room"
    looks = [(mark.get_color(), mark.get_marker()) for mark in (widget.first, widget.last, widget.path, widget.losses)]
    assert looks == [(ORANGE, "s"), (GREEN, "o"), (BLUE, "o"), (BLUE, "o")]
    assert widget.note.get_text() == ("diverged" if "diverges" in end else "")
    low, high = widget.left.get_ylim()
    assert low < 0 < L(W).max() < high < 1.2 * L(W).max()
    assert (
        words(widget)
        .strip()
        .endswith(f"{steps} step{'s' * (steps != 1)} from w = {number(start)} with α = {alpha:.3g}: {end}")
    )
    assert labels(widget.figure) == [
        ("the landscape and the path", "weight w", "loss L(w)"),
        ("loss above the lowest", "step", "L(w) − lowest L"),
    ]


def test_the_lowest_points_are_where_the_slope_is_zero_and_slopes_are_derivatives():
    for L, slope, lowest in LANDSCAPES.values():
        assert abs(slope(lowest)) < 1e-4
        assert L(lowest) <= L(W).min() + 1e-12
        np.testing.assert_allclose(slope(W), (L(W + 1e-6) - L(W - 1e-6)) / 2e-6, atol=1e-6)


def test_the_limit_of_the_steep_bowl_is_two_over_its_curvature():
    widget = Hiker(landscape="steep bowl", start=1, alpha=0.49)
    assert abs(widget.w[-1]) < 1
    put(widget, alpha=0.51)
    assert abs(widget.w[-1]) > 1


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_every_start_is_in_the_picture_and_no_loss_stops_at_the_edge(landscape):
    widget = Hiker(landscape=landscape, alpha=0.2)
    low, high = widget.left.get_ylim()
    for start in (-4.0, -3.5, 4.0):
        put(widget, start=start)
        assert low < widget.first.get_ydata()[0] < high
    assert widget.losses.get_ydata()[-1] != widget.losses.axes.get_ylim()[0]
    if landscape == "two valleys":
        put(widget, start=-3.5)
    assert widget.losses.get_ydata()[-1] < widget.losses.axes.get_ylim()[0]


@pytest.mark.parametrize("landscape", LANDSCAPES)
@pytest.mark.parametrize("kind", [SGD, Momentum, Adam])
def test_an_optimizer_walks_too(kind, landscape):
    theta, optimizer = np.array([-3.5]), kind(0.05)
    for w in Hiker(kind, landscape=landscape, alpha=0.05).w:
        assert w == pytest.approx(theta[0])
        optimizer.step([theta], [np.array(LANDSCAPES[landscape][1](theta))])


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (lambda theta, g, alpha: ..., "Your step raised TypeError"),
        (lambda theta, g, alpha: [theta, g], "Your step raised ValueError"),
        (lambda theta, g, alpha: np.nan, "Your step raised ValueError: step 1 gave no number."),
    ],
)
def test_a_step_that_is_no_number_is_told_in_words(step, said):
    widget = Hiker(step)
    assert said in words(widget)
    assert "there is no path to show" in words(widget)


# --- the race ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SURFACES)
def test_gradients_are_derivatives_and_the_lowest_loss_is_zero(name):
    surface, h = SURFACES[name], 1e-6
    for x, y in [surface.start, (0.3, -1.2), (-2.0, 0.7), *surface.lowest]:
        slopes = (
            (surface.loss(x + h, y) - surface.loss(x - h, y)) / (2 * h),
            (surface.loss(x, y + h) - surface.loss(x, y - h)) / (2 * h),
        )
        np.testing.assert_allclose(surface.gradient(x, y), slopes, atol=1e-6)
    for x, y in surface.lowest:
        assert surface.loss(x, y) == pytest.approx(0, abs=1e-12)


def test_the_paths_are_those_of_the_courses_optimizers():
    alphas = {"alpha_sgd": 0.03, "alpha_momentum": 0.02, "alpha_rmsprop": 0.04, "alpha_adam": 0.1}
    widget = OptimizerRace(surface="banana", racers=tuple(OptimizerRace().racers), beta=0.8, steps=25, **alphas)
    for name, optimizer in {
        "SGD": SGD(0.03), "Momentum": Momentum(0.02, 0.8), "RMSProp": RMSProp(0.04), "Adam": Adam(0.1),
    }.items():  # fmt: skip
        theta = np.array(SURFACES["banana"].start)
        for k in range(26):
            np.testing.assert_allclose(np.array(widget.paths[name].get_data())[:, k], theta)
            loss = SURFACES["banana"].loss(*theta)
            assert widget.loss[name][k] == pytest.approx(loss)
            np.testing.assert_allclose(widget.curves[name].get_xydata()[k], (k, loss))
            optimizer.step([theta], [np.array(SURFACES["banana"].gradient(*theta))])
        np.testing.assert_array_equal(widget.ends[name].get_xydata(), widget.paths[name].get_xydata()[-1:])
        assert f"{name} {loss:.2g} (α = {alphas[f'alpha_{name.lower()}']})" in words(widget)
        line, text = widget.labels[name]
        assert text.get_text() == name
        drawn = (widget.paths[name], widget.ends[name], widget.curves[name])
        assert [one.get_color() for one in drawn] == [line.get_color()] * 3
    heights = [text.get_position()[1] for _, text in widget.labels.values()]
    assert [list(line.get_ydata()) for line, _ in widget.labels.values()] == [[height] * 2 for height in heights]
    assert (np.diff(heights) < -0.05).all(), "one below the other"
    assert "Banana, 25 steps, β = 0.8. Loss at the end:" in words(widget)
    assert labels(widget.figure) == [("the paths from above", "θ₁", "θ₂"), ("the loss", "step", "loss")]


@pytest.mark.parametrize("name", SURFACES)
def test_the_map_of_a_surface_shows_its_levels_and_its_lowest_points(name):
    lines, stars = OptimizerRace(surface=name).maps[name]
    assert stars.get_xydata().tolist() == [list(place) for place in SURFACES[name].lowest]
    for level, path, color in zip(SURFACES[name].levels, lines.get_paths(), lines.get_edgecolors(), strict=True):
        inside = path.vertices[np.abs(path.vertices).max(axis=1) < 2]
        assert SURFACES[name].loss(*inside.T) == pytest.approx(np.full(len(inside), level), abs=0.02 * (1 + level))
        assert color[0] == color[1] == color[2], "a gray"


def test_only_those_who_race_are_shown():
    widget = OptimizerRace(racers=("RMSProp",))
    assert [name for name, (line, text) in widget.labels.items() if line.get_visible()] == ["RMSProp"]
    assert [len(path.get_xdata()) for path in widget.paths.values()] == [0, 0, 61, 0]
    put(widget, racers=())
    assert "nobody is racing" in words(widget)
    put(widget, surface="saddle")
    assert [name for name, (lines, star) in widget.maps.items() if star.get_visible()] == ["saddle"]


@pytest.mark.parametrize(
    ("racers", "sliders"),
    [((), set()), (("SGD", "Adam"), {"alpha_sgd", "alpha_adam"}), (("Momentum",), {"alpha_momentum", "beta"})],
)
def test_only_the_sliders_of_those_who_race_are_shown(racers, sliders):
    control = OptimizerRace(racers=racers).control
    names = {name for name in control if name == "beta" or name.startswith("alpha")}
    assert {name for name in names if control[name].layout.display != "none"} == sliders


def test_divergence_is_said_and_nobody_is_lost_without_words():
    assert "SGD diverged" in words(OptimizerRace(surface="valley", racers=("SGD",), alpha_sgd=1.0))
    widget = OptimizerRace(lambda learning_rate: None)
    assert widget.values["racers"] == ("SGD", "yours")
    assert "Your optimizer raised AttributeError" in words(widget)
    assert "yours no number" in words(widget)
    widget = Hiker(landscape="steep bowl", alpha=0.6)
    assert widget.note.get_text() == "diverged"
    assert "It diverges." in words(widget)


# --- the valley -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kappa", "beta"), [(1.0, 0.0), (20.0, 0.2), (95.5, 0.67), (7.41, 0.93)])
def test_the_valley_is_walked_with_momentum_and_the_best_rate(kappa, beta):
    widget = ValleyExplorer(kappa=kappa, beta=beta)
    kappa, arrived = widget.values["kappa"], []
    for path, dot, kept in zip(widget.paths, widget.dots, (0.0, beta), strict=True):
        theta = np.array([-2.6, 1.0])
        optimizer, places = Momentum(2 * (1 + kept) / (1 + kappa), kept), [theta.copy()]
        for _ in range(500):
            optimizer.step([theta], [np.array([1, kappa]) * theta])
            places.append(theta.copy())
        np.testing.assert_allclose(path.get_xydata(), places[:61], atol=1e-12)
        far = np.flatnonzero((np.abs(places) >= 0.01 * np.array([2.6, 1.0])).any(axis=1))
        arrived.append(max(1, far[-1] + 1))
        assert dot.get_xydata().tolist() == [[kappa, arrived[-1]]]
        assert dot.get_color() == path.get_color()
    plain, ball = arrived
    assert f"is at a hundredth after {plain} steps, with β = {beta:.2f} after {ball}." in words(widget)
    rings = [(ring**2 @ (1, kappa)) for ring in widget.map.get_segments()]
    np.testing.assert_allclose(rings, np.broadcast_to(np.arange(1, 13)[:, None] ** 2, (12, 81)))
    lowest = widget.figure.axes[0].lines[0]
    assert (lowest.get_marker(), lowest.get_xydata().tolist()) == ("*", [[0, 0]])
    drawn, best = widget.right.lines[:2]
    for curve, steps, color in ((drawn, plain, widget.paths[0]), (widget.curve, ball, widget.paths[1])):
        x, y = curve.get_data()
        k = np.searchsorted(x, kappa)
        assert min(y[max(k - 1, 0) : k + 1]) - 2 <= steps <= max(y[max(k - 1, 0) : k + 1]) + 2
        assert same_color(curve.get_color(), color.get_color())
    assert (best.get_ydata() <= drawn.get_ydata()).all()
    assert np.log(best.get_ydata()[-1] / best.get_ydata()[20]) < 0.7 * np.log(200 / x[20]), "the best grows like √κ"
    assert [text.get_text() for text in widget.right.texts] == ["plain: like κ", "best β: like √κ"]
    assert widget.right.texts[0].get_color() == drawn.get_color()
    assert labels(widget.figure) == [
        ("60 steps from above", "θ₁", "θ₂"),
        ("steps to a hundredth", "condition number κ", "steps"),
    ]


def test_the_point_of_the_valley_can_be_dragged():
    widget = ValleyExplorer(beta=0.5)
    assert widget._places["point"] == (widget.right, pytest.approx(10**1.3), widget.dots[1].get_ydata()[0])
    drag(widget, "point", (50.0, 3.0))
    assert widget.values == pytest.approx({"kappa": 50, "beta": 0.5}, rel=0.02)
