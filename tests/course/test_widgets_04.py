"""The widgets of lesson 04, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from moving import put, words

from course.widgets.lesson_04 import (
    HOUSES,
    MOVES,
    START,
    A,
    B,
    Landscape,
    LossExplorer,
    SurpriseExplorer,
    W,
    Z,
    between,
    problems,
)
from helpers import network
from helpers.network import sigmoid

# --- the loss explorer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("prediction", "outlier", "delta"), [(5, 4, 1), (0, 10, 0.1), (10, 0, 5), (2.5, 9.3, 2)])
def test_losses_and_slopes_are_those_of_the_five_prices(prediction, outlier, delta):
    widget = LossExplorer(network.mse, prediction=prediction, outlier=outlier, delta=delta)
    y = np.append(HOUSES, outlier)
    e = prediction - y
    far = np.abs(e) > delta
    expected = {
        "MSE": np.mean(e**2),
        "MAE": np.mean(np.abs(e)),
        "Huber": np.mean(np.where(far, delta * (np.abs(e) - delta / 2), e**2 / 2)),
        "yours": np.mean(e**2),
    }
    for name, loss in expected.items():
        (x,), (height,) = widget.plots.dots[0][name].get_data()
        assert (x, height) == pytest.approx((prediction, loss))
        assert widget.plots.axes[0].get_ylim()[0] < height < widget.plots.axes[0].get_ylim()[1]
        (_, (slope,)) = widget.plots.dots[1][name].get_data()
        assert widget.plots.axes[1].get_ylim()[0] < slope < widget.plots.axes[1].get_ylim()[1]
        assert f"{name} {loss:.2f}" in widget.plots.texts[name].get_text()
    assert widget.values_at["MSE"][1] == pytest.approx(2 * e.mean())
    assert widget.values_at["Huber"][1] == pytest.approx(np.clip(e, -delta, delta).mean())
    bars = [[(price, house), (prediction, house)] for house, price in enumerate(y, 1)]
    np.testing.assert_allclose(widget.errors.get_segments(), bars)


def test_the_slopes_are_those_of_the_curves():
    widget = LossExplorer(outlier=7.3, delta=1.5)
    for name, corner in (("MSE", 0.01), ("MAE", 0.25), ("Huber", 0.01)):
        loss, slope = widget.plots.lines[0][name].get_ydata(), widget.plots.lines[1][name].get_ydata()
        np.testing.assert_allclose(np.diff(loss) / np.diff(A), (slope[1:] + slope[:-1]) / 2, atol=corner)


def test_a_learners_loss_is_asked_once_for_each_outlier():
    calls = []

    def mine(A, Y):
        calls.append(A.shape)
        return network.mse(A, Y)

    widget = LossExplorer(mine)
    for prediction in (1, 2, 3):
        put(widget, prediction=prediction, delta=prediction)
    assert len(calls) == len(A)
    assert set(calls) == {(1, 5)}
    np.testing.assert_allclose(widget.plots.lines[0]["yours"].get_ydata(), widget.plots.lines[0]["MSE"].get_ydata())


@pytest.mark.parametrize("kind", [LossExplorer, SurpriseExplorer, Landscape])
@pytest.mark.parametrize(
    ("loss", "said"),
    [(lambda A, Y: None, "it gave nothing"), (lambda A, Y: (A - Y) ** 2, "it gave an array of shape (1, ")],
)
def test_a_loss_that_is_not_one_number_is_told_in_words(kind, loss, said):
    assert said in words(kind(loss))


# --- the surprise explorer --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("y", [0, 1])
def test_surprise_and_its_slope(y):
    widget = SurpriseExplorer(network.binary_cross_entropy, y=y)
    for z in (-10, -2.3, 0, 10):
        put(widget, z=z)
        loss, slope = widget.values_at["cross-entropy"]
        assert loss == pytest.approx(network.binary_cross_entropy(np.array([[float(z)]]), np.array([[float(y)]])))
        assert slope == pytest.approx(sigmoid(z) - y)
        assert widget.values_at["yours"][0] == pytest.approx(loss)
        assert widget.values_at["squared error"][0] == pytest.approx((sigmoid(z) - y) ** 2)
        assert widget.dot.get_data() == ([pytest.approx(z)], [pytest.approx(sigmoid(z))])
        assert widget.gap.get_data()[1] == [pytest.approx(sigmoid(z)), y]
        assert list(widget.truth.get_ydata()) == [y, y]
        assert f"with p = {sigmoid(z):.5f}; the label is {y}:" in words(widget)
    losses, slopes, _ = widget.tables[y]
    np.testing.assert_allclose(np.gradient(losses["squared error"], Z)[1:-1], slopes["squared error"][1:-1], atol=2e-3)


# --- the landscape ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", problems())
def test_the_dot_the_loss_and_the_fit_belong_together_and_the_short_line_points_downhill(name):
    problem = problems()[name]
    widget = Landscape(surface=name)
    assert [shades.get_visible() for shades, _, _ in widget.layers.values()] == [key == name for key in widget.layers]
    assert problem.map[60, 20] == pytest.approx(problem.loss(W[20], B[60]))
    for w, b in ((1.5, -0.5), (3, -2), START):
        put(widget, w=w, b=b)
        assert widget.dot.get_data() == ([w], [b])
        output = problem.output(w, b, problem.x)
        assert widget.loss == pytest.approx(problem.each(output, problem.y).mean())
        x, y = widget.curve.get_data()
        np.testing.assert_allclose(y, problem.fit(problem.output(w, b, x)))
        (x0, x1), (y0, y1) = widget.way.get_data()
        assert problem.loss(x0 + (x1 - x0) / 1000, y0 + (y1 - y0) / 1000) < widget.loss
        assert np.hypot(x1 - x0, y1 - y0) == pytest.approx(min(1.5, np.hypot(*problem.slope(w, b))))
    ends = [(problem.x, problem.y), (problem.x, problem.fit(output))]
    np.testing.assert_allclose(np.array(widget.errors.get_segments()).transpose(1, 2, 0), ends)


def test_two_of_the_maps_are_convex_as_the_lesson_says():
    """A function is convex only if its value halfway is never above the mean of the ends."""
    rng = np.random.default_rng(0)
    ends = rng.uniform(-4, 5, (2, 2, 500))  # two points, w and b
    for name, problem in problems().items():
        (w1, b1), (w2, b2) = ends
        halfway = problem.loss((w1 + w2) / 2, (b1 + b2) / 2)
        is_below = (halfway <= (problem.loss(w1, b1) + problem.loss(w2, b2)) / 2 + 1e-9).all()
        assert is_below == (name in ("line, MSE", "sigmoid, cross-entropy"))


@pytest.mark.parametrize("name", problems())
def test_the_bottom_can_be_reached_in_ten_moves_with_patience_alone(name):
    """One slider after the other, each to where the loss is lowest."""
    widget, problem = Landscape(), problems()[name]
    put(widget, surface=name)
    assert not widget.lit[0]
    state = dict(zip("wb", START, strict=True))
    for k in range(MOVES):
        control = "bw"[k % 2]
        values = np.arange(-5, 5.01, 0.05) if control == "b" else np.arange(-4, 6.01, 0.05)
        losses = [problem.loss(**{**state, control: value}) for value in values]
        state[control] = float(values[np.argmin(losses)])
        put(widget, **{control: state[control]})
        if widget.lit[0]:
            return
    pytest.fail(f"{widget.loss} after {MOVES} moves, and {widget.target} is the target")


def test_more_than_ten_moves_and_a_start_at_the_bottom_do_not_count():
    assert Landscape(w=2, b=-1).lit == [False, False]
    widget = Landscape()
    for k in range(MOVES):
        put(widget, **{"wb"[k % 2]: k / 2})
    assert widget.moves == MOVES
    put(widget, w=2)
    put(widget, b=-1)
    assert widget.loss < widget.target
    assert not widget.lit[0]


def test_a_learners_loss_makes_the_first_map():
    widget, plain = Landscape(network.mse), Landscape()
    assert list(widget.problems) == ["line, your loss", *problems()]
    for w, b in ((2, -1), (-4, -5), (6, 5), (0.35, 1.15)):
        put(widget, w=w, b=b)
        put(plain, w=w, b=b)
        assert widget.loss == pytest.approx(plain.loss, abs=0.03)


def test_between_the_points_of_a_map_lines_are_straight():
    w, b = np.meshgrid(W, B)
    plane = 3 * w - 2 * b + 1
    assert between(plane, [0.33], [-1.27]) == pytest.approx(3 * 0.33 + 2 * 1.27 + 1)
    assert between(plane, W[-1:], B[-1:]) == pytest.approx(3 * W[-1] - 2 * B[-1] + 1)
