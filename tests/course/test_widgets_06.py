"""The widgets of lesson 06, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from moving import drag, lies_at, words

from course.text import number
from course.widgets.lesson_06 import LANDSCAPES, SURFACES, Hiker, OptimizerRace, ValleyExplorer, W
from helpers.training import SGD, Adam, Momentum, RMSProp

pytestmark = pytest.mark.usefixtures("unpainted")


def places_of(optimizer, start, gradient, steps):
    """Where an optimizer of the course comes, from the start on."""
    theta, places = np.array(start, dtype=float), [start]
    for _ in range(steps):
        optimizer.step([theta], [np.reshape(gradient(*theta), theta.shape)])
        places.append(theta.copy())
    return np.array(places)


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
    lies_at(widget.path, w, L(w))
    lies_at(widget.ground, W, L(W))
    lies_at(widget.first, w[:1], L(w[:1]))
    lies_at(widget.last, w[-1:], L(w[-1:]))
    lies_at(widget.losses, range(steps + 1), np.clip(L(w) - L(lowest), 1e-30, 1e4))
    assert widget.note.get_text() == ("diverged" if "diverges" in end else "")
    low, high = widget.left.get_ylim()
    assert low < 0 < L(W).max() < high < 1.2 * L(W).max()
    walked = f"{steps} step{'s' * (steps != 1)} from w = {number(start)} with α = {alpha:.3g}"
    assert words(widget).strip().endswith(f"{walked}: {end}")


def test_the_lowest_points_are_where_the_slope_is_zero_and_slopes_are_derivatives():
    for L, slope, lowest in LANDSCAPES.values():
        assert abs(slope(lowest)) < 1e-4
        assert L(lowest) <= L(W).min() + 1e-12
        np.testing.assert_allclose(slope(W), (L(W + 1e-6) - L(W - 1e-6)) / 2e-6, atol=1e-6)


@pytest.mark.parametrize("kind", [SGD, Momentum, Adam])
def test_an_optimizer_walks_too(kind):
    places = places_of(kind(0.05), [-3.5], LANDSCAPES["two valleys"][1], 40)
    assert Hiker(kind, landscape="two valleys", alpha=0.05).w == pytest.approx(places[:, 0])


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


@pytest.mark.parametrize("name", SURFACES)
def test_the_map_and_the_gradient_of_a_surface_are_those_of_its_loss_and_its_lowest_loss_is_zero(name):
    surface, h = SURFACES[name], 1e-6
    for x, y in [surface.start, (0.3, -1.2), (-2.0, 0.7), *surface.lowest]:
        along_x = surface.loss(x + h, y) - surface.loss(x - h, y)
        along_y = surface.loss(x, y + h) - surface.loss(x, y - h)
        np.testing.assert_allclose(surface.gradient(x, y), np.divide((along_x, along_y), 2 * h), atol=1e-6)
    assert surface.loss(*np.transpose(surface.lowest)) == pytest.approx(0, abs=1e-12)
    lines, stars = OptimizerRace(surface=name).maps[name]
    assert stars.get_xydata().tolist() == [list(place) for place in surface.lowest]
    for level, path in zip(surface.levels, lines.get_paths(), strict=True):
        inside = path.vertices[np.abs(path.vertices).max(axis=1) < 2]
        assert surface.loss(*inside.T) == pytest.approx(np.full(len(inside), level), abs=0.02 * (1 + level))


def test_the_paths_are_those_of_the_courses_optimizers():
    alphas = {"alpha_sgd": 0.03, "alpha_momentum": 0.02, "alpha_rmsprop": 0.04, "alpha_adam": 0.1}
    optimizers = {"SGD": SGD(0.03), "Momentum": Momentum(0.02, 0.8), "RMSProp": RMSProp(0.04), "Adam": Adam(0.1)}
    widget = OptimizerRace(surface="banana", racers=tuple(optimizers), beta=0.8, steps=25, **alphas)
    for name, optimizer in optimizers.items():
        path = places_of(optimizer, SURFACES["banana"].start, SURFACES["banana"].gradient, 25)
        losses = SURFACES["banana"].loss(*path.T)
        lies_at(widget.paths[name], *path.T)
        lies_at(widget.ends[name], *path[-1:].T)
        lies_at(widget.curves[name], range(26), losses)
        assert f"{name} {losses[-1]:.2g} (α = {alphas[f'alpha_{name.lower()}']})" in words(widget)
    assert "Banana, 25 steps, β = 0.8. Loss at the end:" in words(widget)


@pytest.mark.parametrize(
    ("racers", "sliders"),
    [((), set()), (("SGD", "Adam"), {"alpha_sgd", "alpha_adam"}), (("Momentum",), {"alpha_momentum", "beta"})],
)
def test_only_those_who_race_are_shown_with_their_sliders(racers, sliders):
    widget = OptimizerRace(racers=racers, surface="saddle")
    assert [name for name, (line, text) in widget.labels.items() if line.get_visible()] == list(racers)
    shown = {name: len(path.get_xdata()) for name, path in widget.paths.items()}
    assert shown == {name: 61 * (name in racers) for name in shown}
    assert ("nobody is racing" in words(widget)) == (not racers)
    assert [name for name, (lines, star) in widget.maps.items() if star.get_visible()] == ["saddle"]
    names = {name for name in widget.control if name == "beta" or name.startswith("alpha")}
    assert {name for name in names if widget.control[name].layout.display != "none"} == sliders


def test_a_racer_who_diverges_or_gives_no_number_is_not_lost_without_words():
    assert "SGD diverged" in words(OptimizerRace(surface="valley", racers=("SGD",), alpha_sgd=1.0))
    widget = OptimizerRace(lambda learning_rate: None)
    assert widget.values["racers"] == ("SGD", "yours")
    assert "Your optimizer raised AttributeError" in words(widget)
    assert "yours no number" in words(widget)


@pytest.mark.parametrize(("kappa", "beta"), [(1.0, 0.0), (20.0, 0.2), (95.5, 0.67), (7.41, 0.93)])
def test_the_valley_is_walked_with_momentum_and_the_best_rate(kappa, beta):
    widget = ValleyExplorer(kappa=kappa, beta=beta)
    kappa, arrived = widget.values["kappa"], []
    for path, dot, kept in zip(widget.paths, widget.dots, (0.0, beta), strict=True):
        optimizer = Momentum(2 * (1 + kept) / (1 + kappa), kept)
        places = places_of(optimizer, (-2.6, 1.0), lambda x, y: (x, kappa * y), 500)
        lies_at(path, *places[:61].T, atol=1e-12)
        far = np.flatnonzero((np.abs(places) >= 0.01 * np.array([2.6, 1.0])).any(axis=1))
        arrived.append(max(1, far[-1] + 1))
        lies_at(dot, kappa, arrived[-1])
    plain, ball = arrived
    assert f"is at a hundredth after {plain} steps, with β = {beta:.2f} after {ball}." in words(widget)
    for k, ring in zip(range(1, 13), widget.map.get_segments(), strict=True):
        assert ring**2 @ (1, kappa) == pytest.approx(np.full(81, k**2))
    drawn, best = widget.right.lines[:2]
    for curve, steps in ((drawn, plain), (widget.curve, ball)):
        x, y = curve.get_data()
        k = np.searchsorted(x, kappa)
        assert min(y[max(k - 1, 0) : k + 1]) - 2 <= steps <= max(y[max(k - 1, 0) : k + 1]) + 2
    assert (best.get_ydata() <= drawn.get_ydata()).all()
    assert np.log(best.get_ydata()[-1] / best.get_ydata()[20]) < 0.7 * np.log(200 / x[20]), "the best grows like √κ"


def test_the_point_of_the_valley_can_be_dragged():
    widget = ValleyExplorer(beta=0.5)
    assert widget._places["point"] == (widget.right, pytest.approx(10**1.3), widget.dots[1].get_ydata()[0])
    drag(widget, "point", (50.0, 3.0))
    assert widget.values == pytest.approx({"kappa": 50, "beta": 0.5}, rel=0.02)
