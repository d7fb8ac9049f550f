"""The widgets of lesson 06, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from moving import put, words

from course.widgets.lesson_06 import HIKE_STEPS, LANDSCAPES, SURFACES, Hiker, OptimizerRace, W
from helpers.training import SGD, Adam, Momentum, RMSProp

# --- the hiker --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.01, 0.3, 1.0, 1.9])
def test_in_the_bowl_each_step_multiplies_by_one_minus_alpha(alpha):
    widget = Hiker(alpha=alpha, start=2.0, steps=20)
    np.testing.assert_allclose(widget.w, 2.0 * (1 - alpha) ** np.arange(21))
    np.testing.assert_allclose(widget.path.get_xdata(), widget.w)
    np.testing.assert_allclose(widget.path.get_ydata(), widget.w**2 / 2)


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


def test_steps_show_the_beginning_of_the_same_path():
    widget = Hiker(alpha=0.3)
    whole = widget.w
    assert len(whole) == HIKE_STEPS + 1
    put(widget, steps=3)
    np.testing.assert_array_equal(widget.w, whole[:4])
    put(widget, steps=0)
    assert "0 steps from w = −3.5" in words(widget)


def test_an_optimizer_of_the_learners_own_walks_too():
    np.testing.assert_array_equal(Hiker(SGD, alpha=0.3).w, Hiker(alpha=0.3).w)


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
            assert widget.loss[name][k] == pytest.approx(SURFACES["banana"].loss(*theta))
            optimizer.step([theta], [np.array(SURFACES["banana"].gradient(*theta))])


def test_only_those_who_race_are_shown():
    widget = OptimizerRace(racers=("RMSProp",))
    assert [name for name, (line, text) in widget.labels.items() if line.get_visible()] == ["RMSProp"]
    assert [len(path.get_xdata()) for path in widget.paths.values()] == [0, 0, 61, 0]
    put(widget, racers=())
    assert "nobody is racing" in words(widget)
    put(widget, surface="saddle")
    assert [name for name, (lines, star) in widget.maps.items() if star.get_visible()] == ["saddle"]


def test_divergence_is_said_and_nobody_is_lost_without_words():
    assert "SGD diverged" in words(OptimizerRace(surface="valley", racers=("SGD",), alpha_sgd=1.0))
    widget = OptimizerRace(lambda learning_rate: None)
    assert widget.values["racers"] == ("SGD", "yours")
    assert "Your optimizer raised AttributeError" in words(widget)
    assert "yours no number" in words(widget)
    widget = Hiker(landscape="steep bowl", alpha=0.6)
    assert widget.note.get_text() == "diverged"
    assert "It diverges." in words(widget)
