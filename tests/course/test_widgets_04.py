"""The widgets of lesson 04, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from moving import lies_at, picture, put, texts, words

from course.text import decimal, minus
from course.widgets.lesson_04 import YOURS, A, B, Landscape, LossExplorer, SurpriseExplorer, W, Z, problems
from helpers import network

pytestmark = pytest.mark.usefixtures("unpainted")

KINDS = pytest.mark.parametrize("kind", [LossExplorer, SurpriseExplorer, Landscape])


def check_plots(plots, grid, at, losses, slopes, places):
    """The curves, dots and numbers of a LossPlots are these losses and slopes, names → numbers on the grid."""
    k = np.abs(grid - at).argmin()
    for column, curves in enumerate((losses, slopes)):
        assert list(plots.lines[column]) == list(plots.dots[column]) == list(curves)
        assert list(plots.crosses[column].get_xdata()) == [grid[k], grid[k]]
        low, high = plots.axes[column].get_ylim()
        assert low < 0
        assert (low < -0.5 * high) == any(y.min() < -1e-9 for y in curves.values()), "room below, if it is needed"
        most = max(abs(y[k]) for y in curves.values())
        assert 1.1 * most < high < 1.05 * max(2.3 * most, plots.least[column])
        for name, y in curves.items():
            line, dot, near = plots.lines[column][name], plots.dots[column][name], 2e-2 if name == YOURS else 1e-9
            lies_at(line, grid, y, atol=near)
            lies_at(dot, grid[k], [y[k]], atol=near)
    said = []
    for name in losses:
        loss, slope = (decimal(plots.dots[column][name].get_ydata()[0], places, trim=False) for column in (0, 1))
        said.append(f"{name} {loss}, slope {slope}")
    assert texts(plots.texts.values()) == said
    return "; ".join(said)


@pytest.mark.parametrize(("prediction", "outlier", "delta"), [(5, 4, 1), (0, 10, 0.1), (10, 0, 5), (2.6, 9.3, 2)])
def test_houses_losses_slopes_and_words_are_those_of_the_formulas(prediction, outlier, delta):
    widget = LossExplorer(network.mse, prediction=prediction, outlier=outlier, delta=delta)
    y = np.array([1.5, 2, 2.5, 3, outlier])
    e = A[:, None] - y
    e[np.abs(e) < 1e-9] = 0
    near = np.abs(e) <= delta
    losses = {"MSE": e**2, "MAE": np.abs(e), "Huber": np.where(near, e**2 / 2, delta * (np.abs(e) - delta / 2))}
    slopes = {"MSE": 2 * e, "MAE": np.sign(e), "Huber": np.clip(e, -delta, delta)}
    losses, slopes = ({name: each.mean(axis=1) for name, each in kind.items()} for kind in (losses, slopes))
    losses[YOURS] = losses["MSE"]
    slopes[YOURS] = np.gradient(losses["MSE"], A)
    said = check_plots(widget.plots, A, prediction, losses, slopes, places=2)
    bars = [[(price, house), (prediction, house)] for house, price in enumerate(y, 1)]
    np.testing.assert_allclose(widget.errors.get_segments(), bars)
    usual = next(dots for dots in widget.outlier.axes.lines if dots.get_marker() == "o")
    lies_at(usual, y[:4], range(1, 5))
    lies_at(widget.outlier, y[4:], 5)
    assert list(widget.line.get_xdata()) == pytest.approx([prediction] * 2)
    assert widget.plots.lines[1]["MAE"].get_drawstyle() == "steps-mid", "it jumps where a house is"
    middle = f"The mean of the five prices is {y.mean():.2f}, the median {np.median(y):.2f}."
    assert words(widget) == f"Prediction {prediction:.1f}, outlier {outlier:.1f}: {said}. {middle}\n"


def test_a_learners_loss_is_asked_once_for_each_outlier():
    calls = []
    widget = LossExplorer(lambda A, Y: calls.append(A.shape) or network.mse(A, Y))
    put(put(widget, prediction=1, delta=2), prediction=3)
    assert calls == [(1, 5)] * len(A)


@KINDS
def test_a_loss_that_is_not_one_number_is_told_in_words(kind):
    assert "it gave nothing" in words(kind(lambda A, Y: None))
    assert "it gave an array of shape (1, " in words(kind(lambda A, Y: (A - Y) ** 2))


@KINDS
def test_a_loss_that_changes_what_it_is_given_spoils_nothing(kind, painted):
    def changing(A, Y):
        loss = network.mse(A, Y)
        A[:] = Y[:] = 7
        return loss

    assert picture(kind(changing)) == picture(kind(network.mse))


@pytest.mark.parametrize("y", [0, 1])
def test_surprise_slopes_and_words_are_those_of_the_formulas(y):
    widget, p = SurpriseExplorer(network.binary_cross_entropy, y=y), 1 / (1 + np.exp(-Z))
    losses = {"cross-entropy": -np.log(p if y else 1 - p), "squared error": (p - y) ** 2}
    slopes = {"cross-entropy": p - y, "squared error": 2 * (p - y) * p * (1 - p)}
    losses[YOURS] = losses["cross-entropy"]
    slopes[YOURS] = np.gradient(losses[YOURS], Z)
    lies_at(widget.dot.axes.lines[0], Z, p)
    for z in (-10, -2.3, 10):
        put(widget, z=z)
        said = check_plots(widget.plots, Z, z, losses, slopes, places=3)
        at = 1 / (1 + np.exp(-z))
        lies_at(widget.dot, [z], at, atol=1e-12)
        lies_at(widget.gap, z, [at, y], atol=1e-12)
        lies_at(widget.truth, [-10, 10], y)
        answer = f"At z = {minus(f'{z:.1f}')} the answer is yes with p = {at:.5f}; the label is {y}"
        assert words(widget) == f"{answer}: {said}.\n"


def line(w, b, x):
    return w * x + b


def probability(w, b, x):
    return 1 / (1 + np.exp(-(w * x + b)))


FORMULAS = {  # what is predicted, and the loss of each example
    "line, MSE": (line, lambda a, y: (a - y) ** 2),
    "sigmoid, cross-entropy": (probability, lambda a, y: -np.log(np.where(y == 1, a, 1 - a))),
    "sigmoid, MSE": (probability, lambda a, y: (a - y) ** 2),
    "one unit of a network": (problems()["one unit of a network"].output, lambda a, y: (a - y) ** 2),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_map_dot_fit_and_words_are_those_of_the_formula(name):
    problem, (fit, each) = problems()[name], FORMULAS[name]
    widget = Landscape(surface=name)
    shown = {key: [artist.get_visible() for artist in layer] for key, layer in widget.layers.items()}
    assert shown == {key: [key == name] * 3 for key in widget.layers}
    shades, lines, data = widget.layers[name]
    lies_at(data, problem.x, problem.y)

    def loss(w, b):
        return each(fit(w, b, problem.x), problem.y).mean()

    known = np.array([[loss(w, b) for w in W] for b in B])
    low, high = known.min(), known.max()
    assert low < 0.02 or name != "one unit of a network", "the rest of it is trained"
    np.testing.assert_array_equal(shades.get_coordinates(), np.stack(np.meshgrid(W, B), axis=-1))
    np.testing.assert_allclose(shades.get_array(), ((known - low) / (high - low)) ** (1 / 2.2), atol=1e-6)
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        for place in path.vertices[:1]:
            assert loss(*place) == pytest.approx(level, abs=0.01 * (high - low))
    for w, b in ((1.5, -0.5), (3, -2), (-2, 3)):
        put(widget, w=w, b=b)
        lies_at(widget.dot, [w], b)
        x, y = widget.curve.get_data()
        np.testing.assert_allclose(y, fit(w, b, x))
        assert (x[0], x[-1]) == widget.right.get_xlim() == (problem.x.min() - 0.2, problem.x.max() + 0.2)
        room = np.ptp(problem.y) * (1 if name == "one unit of a network" else 0.25)
        assert widget.right.get_ylim() == pytest.approx((problem.y.min() - room, problem.y.max() + room))
        ends = [(problem.x, problem.y), (problem.x, fit(w, b, problem.x))]
        np.testing.assert_allclose(np.array(widget.errors.get_segments()).transpose(1, 2, 0), ends)
        slope = np.array([loss(w + 1e-5, b) - loss(w - 1e-5, b), loss(w, b + 1e-5) - loss(w, b - 1e-5)]) / 2e-5
        steep = np.hypot(*slope)
        down = -slope * min(1, 1.5 / steep)
        lies_at(widget.way, [w, w + down[0]], [b, b + down[1]], atol=1e-6)
        at = f"{name}: at w = {minus(f'{w:.2f}')}, b = {minus(f'{b:.2f}')}"
        now = f"the loss is {loss(w, b):.3g} and the slope {steep:.2g}; the lowest on the map is {low:.3g}."
        assert words(widget) == f"{at} {now}\n"
    for grid, control in ((W, widget.control["w"]), (B, widget.control["b"])):
        np.testing.assert_allclose(grid, np.arange(control.min, control.max + 0.05, control.step), atol=1e-9)
    target = low + 0.02 * (loss(-2, 3) - low)
    assert f"find the bottom, a loss of {target:.2f} or less, in 10 moves (" in widget.lamp.value
    assert widget.right.get_ylabel() == ("probability of yes" if "sigmoid" in name else "y")


def test_two_of_the_maps_are_convex_as_the_lesson_says():
    """A function is convex only if its value halfway is never above the mean of the ends."""
    (w1, b1), (w2, b2) = np.random.default_rng(0).uniform(-4, 5, (2, 2, 500))
    for name, problem in problems().items():
        halfway = problem.loss((w1 + w2) / 2, (b1 + b2) / 2)
        is_below = (halfway <= (problem.loss(w1, b1) + problem.loss(w2, b2)) / 2 + 1e-9).all()
        assert is_below == (name in ("line, MSE", "sigmoid, cross-entropy"))


@pytest.mark.parametrize("name", problems())
def test_the_bottom_can_be_reached_in_ten_moves_with_patience_alone(name):
    """One slider after the other, each to where the loss is lowest."""
    widget, problem, grids = Landscape(surface=name), problems()[name], {"b": B, "w": W}
    for control in "bw" * 5:
        state = {"w": widget.values["w"], "b": widget.values["b"], control: grids[control]}
        put(widget, **{control: grids[control][problem.loss(**state).argmin()]})
    assert widget.lit[0], f"{widget.loss}, and {widget.target} is the target"


def test_more_than_ten_moves_and_a_start_at_the_bottom_do_not_count():
    widget = Landscape(w=2, b=-1)
    assert widget.lit == [False, False]
    for k in range(10):
        put(widget, **{"wb"[k % 2]: k / 2})
    put(put(widget, w=2), b=-1)
    assert widget.loss < widget.target
    assert (widget.moves, widget.lit[0]) == (12, False)


def test_a_learners_loss_makes_the_first_map():
    widget, plain = Landscape(network.mse), Landscape()
    assert list(widget.problems) == ["line, your loss", *problems()]
    for w, b in ((2, -1), (-4, -5), (6, 5), (0.35, 1.15)):
        assert put(widget, w=w, b=b).loss == pytest.approx(put(plain, w=w, b=b).loss, abs=0.03)
