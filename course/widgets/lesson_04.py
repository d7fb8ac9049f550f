"""The widgets of lesson 04.

LossExplorer and SurpriseExplorer: what each loss says, and which way it pulls, side by side, with the learner's own
loss beside the course's. The first is about prices: one prediction, five houses, one of them an outlier. The second is
about yes or no: one logit and one label.

Landscape: a place (w, b) on the map at the left is a fit to the data at the right. Four maps of two numbers each: a
line with squared error, a sigmoid with cross-entropy, the same with squared error, and one unit of a small trained
network, whose other weights stand still.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from matplotlib.ticker import MaxNLocator

from course.text import decimal, minus
from course.widgets.controls import dropdown, slider
from course.widgets.explorer import Explorer, moving, moving_segments, moving_text, set_if_changed, show_only
from course.widgets.learner import call_learner_code
from helpers.colors import BLACK, BLUE, DARK_GREEN, DARK_ORANGE, DARK_PINK, ORANGE
from helpers.data import noisy_curve
from helpers.network import Network, identity, sigmoid, sigmoid_prime, tanh
from helpers.training import Adam

HOUSES = np.array([1.5, 2.0, 2.5, 3.0])  # prices in $100,000; the fifth is the outlier
A = np.linspace(0, 10, 101)  # the positions of the slider of the prediction
Z = np.linspace(-10, 10, 201)  # and of the logit
YOURS = "yours"
LOOKS = {  # as in the lesson's figures; where two dots meet, the lower one is a ring around the other
    "MSE": {"color": BLUE, "ls": "-", "lw": 2, "zorder": 2, "ms": 12},
    "MAE": {"color": DARK_ORANGE, "ls": "--", "lw": 2, "zorder": 2.2, "ms": 7},
    "Huber": {"color": DARK_GREEN, "ls": "-.", "lw": 2, "zorder": 2.1, "ms": 12},
    "cross-entropy": {"color": DARK_ORANGE, "ls": "-", "lw": 2, "zorder": 2, "ms": 12},
    "squared error": {"color": BLUE, "ls": "-", "lw": 2, "zorder": 2, "ms": 12},
    YOURS: {"color": DARK_PINK, "ls": ":", "lw": 3.5, "zorder": 2.3, "ms": 7},
}


def number(value, places=2):
    return decimal(value, places, trim=False)


def one_number(loss):
    """What a learner's loss gave, or an exception that says what is wrong with it."""
    if loss is None or loss is ...:
        raise ValueError("it gave nothing, and a loss is one number")
    if np.shape(loss):
        raise ValueError(f"it gave an array of shape {np.shape(loss)}, and a loss is one number")
    return loss


def asked(loss, grid, Y):
    """What the learner's loss(A, Y) gives where all predictions are one number of the grid, its slope, and remarks."""

    def along(grid):
        return np.array([one_number(loss(np.full(Y.shape, a), Y.copy())) for a in grid])

    values, remarks = call_learner_code("Your loss", loss, grid, along)
    return values, np.gradient(values, grid), remarks


class LossPlots:
    """The loss and its slope over the positions `grid` of one slider: a curve for each of `names`, a dot on each where
    the slider stands, and both numbers with so many `places` above.

    Limits are `least`, a pair for the loss and for the slope, doubled until the dots are seen: the background is drawn
    anew seldom.
    """

    def __init__(self, figure, grid, names, label, places, least):
        self.grid, self.places, self.least = grid, places, least
        look = {"xlim": (grid[0], grid[-1]), "xlabel": label}
        self.axes = [figure.add_axes((left, 0.155, 0.24, 0.655), **look) for left in (0.4, 0.735)]
        self.axes[0].set(title="the loss", ylabel="loss")
        self.axes[1].set(title="its slope", ylabel=f"slope in {label[-1]}")
        self.lines, self.dots = ({}, {}), ({}, {})
        for ax, lines, dots in zip(self.axes, self.lines, self.dots, strict=True):
            ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
            ax.axhline(0, color="#BBBBBB", lw=0.8)
            for name in names:
                lines[name] = moving(ax, grid, 0 * grid, **LOOKS[name])
                look = LOOKS[name] | {"zorder": LOOKS[name]["zorder"] + 1, "mec": "white"}
                dots[name] = moving(ax, marker="o", **look)
        self.crosses = [ax.axvline(0, color="#888888", lw=1, ls=":", animated=True) for ax in self.axes]
        apart = 0.245 if "MAE" in names else 0.33
        self.texts = {}
        for k, name in enumerate(names):
            self.texts[name] = moving_text(figure, 0.03 + apart * k, 0.945, color=LOOKS[name]["color"], size=10)

    def show(self, losses, slopes, k):
        """Draw both, name → numbers on the grid, with dots at grid[k]. Returns name → (loss, slope) there."""
        for column, curves in enumerate((losses, slopes)):
            least = self.least[column]
            reach = np.nanmax([least, *(1.1 * abs(y[k]) for y in curves.values())])
            top = least * 2 ** np.ceil(np.log2(reach / least))
            falls = any(np.nanmin(y, initial=0) < -1e-9 for y in curves.values())
            set_if_changed(self.axes[column], ylim=(-1.04 * top if falls else -0.04 * top, 1.04 * top))
            self.crosses[column].set_xdata([self.grid[k], self.grid[k]])
            for name, y in curves.items():
                self.lines[column][name].set_ydata(y.clip(-1e6, 1e6))
                self.dots[column][name].set_data([self.grid[k]], [y[k]])
        at = {name: (losses[name][k], slopes[name][k]) for name in self.texts}
        for name, (loss, slope) in at.items():
            self.texts[name].set_text(f"{name} {number(loss, self.places)}, slope {number(slope, self.places)}")
        return at

    def caption(self):
        return "; ".join(text.get_text() for text in self.texts.values())


class LossExplorer(Explorer):
    """One prediction a for five houses: MSE, MAE and Huber as functions of a, and their slopes.

    `loss` may be the learner's own, loss(A, Y) with arrays (1, 5), and is drawn as a fourth curve. The controls, which
    can be set at the start, are `prediction`, `outlier` and `delta`.
    """

    size = 780, 350

    def __init__(self, loss=None, **start):
        self.loss = loss
        self._known = {}
        super().__init__(**start)

    def controls(self):
        return {
            "prediction": slider("prediction a", 5, 0, 10, 0.1),
            "outlier": slider("outlier", 4, 0, 10, 0.1),
            "delta": slider("Huber's δ", 1, 0.1, 5, 0.1),
        }

    def draw(self, figure):
        left = figure.add_axes((0.085, 0.155, 0.235, 0.655), title="five houses", yticks=range(1, 6))
        left.set(xlabel="price ($100,000)", ylabel="house", xlim=(-0.3, 10.3), ylim=(0.4, 5.6))
        self.errors = moving_segments(left, colors="#999999", linewidths=1.5, capstyle="projecting")
        self.line = left.axvline(0, color=BLACK, lw=2, animated=True)
        left.plot(HOUSES, range(1, 5), "o", color=BLUE, ms=8)
        self.outlier = moving(left, color=DARK_ORANGE, marker="D", ls="", ms=8)
        names = ["MSE", "MAE", "Huber", *([YOURS] if self.loss is not None else [])]
        self.plots = LossPlots(figure, A, names, "prediction a", places=2, least=(8, 3))
        for ax in self.plots.axes:
            ax.set_xticks(range(0, 11, 2))
        self.plots.lines[1]["MAE"].set_drawstyle("steps-mid")

    def update(self, prediction, outlier, delta):
        k = int(np.rint(10 * prediction))
        losses, slopes, remarks = self.curves(outlier, delta)
        self.values_at = self.plots.show(losses, slopes, k)
        self.errors.set_segments([[(y, house), (A[k], house)] for house, y in enumerate([*HOUSES, outlier], 1)])
        self.line.set_xdata([A[k], A[k]])
        self.outlier.set_data([outlier], [5])
        return remarks

    def curves(self, outlier, delta):
        """Losses and slopes on A, and remarks of the learner's loss, which is asked once for each outlier."""
        e = A[:, None] - np.append(HOUSES, outlier)
        signs, inside = np.sign(np.where(np.abs(e) < 1e-9, 0, e)), np.abs(e) <= delta
        huber = np.where(inside, e**2 / 2, delta * (np.abs(e) - delta / 2))
        losses = {"MSE": e**2, "MAE": np.abs(e), "Huber": huber}
        slopes = {"MSE": 2 * e, "MAE": signs, "Huber": np.where(inside, e, delta * signs)}
        losses, slopes = ({name: y.mean(axis=1) for name, y in each.items()} for each in (losses, slopes))
        if self.loss is None:
            return losses, slopes, []
        if outlier not in self._known:
            self._known[outlier] = asked(self.loss, A, np.append(HOUSES, outlier)[None])
        losses[YOURS], slopes[YOURS], remarks = self._known[outlier]
        return losses, slopes, remarks

    def goals(self, prediction, outlier, delta):
        far = outlier >= 8
        yield "with the outlier at 8 or more, stand where MSE is lowest.", far and abs(self.values_at["MSE"][1]) <= 0.1
        yield "with the outlier at 8 or more, stand where MAE is lowest.", far and abs(prediction - 2.5) < 0.05

    def caption(self, prediction, outlier, delta):
        y = np.append(HOUSES, outlier)
        middle = f"The mean of the five prices is {number(y.mean())}, the median {number(np.median(y))}."
        at = f"Prediction {number(prediction, 1)}, outlier {number(outlier, 1)}"
        return f"{at}: {self.plots.caption()}. {middle}"


class SurpriseExplorer(Explorer):
    """One logit z and one label y: p = σ(z), and cross-entropy beside squared error, with their slopes in z.

    `loss` may be the learner's own, loss(Z, Y) of logits and labels (1, 1). The controls are `z` and `y`.
    """

    size = 780, 350

    def __init__(self, loss=None, **start):
        self.tables, p = {}, sigmoid(Z)
        for y in (0, 1):
            losses = {"cross-entropy": np.logaddexp(0, Z) - Z * y, "squared error": (p - y) ** 2}
            slopes = {"cross-entropy": p - y, "squared error": 2 * (p - y) * sigmoid_prime(Z)}
            remarks = []
            if loss is not None:
                losses[YOURS], slopes[YOURS], remarks = asked(loss, Z, np.array([[float(y)]]))
            self.tables[y] = losses, slopes, remarks
        super().__init__(**start)

    def controls(self):
        return {"z": slider("logit z", 2, -10, 10, 0.1), "y": dropdown("label y", [1, 0])}

    def draw(self, figure):
        left = figure.add_axes((0.085, 0.155, 0.235, 0.655), xlim=(-10, 10), ylim=(-0.05, 1.05))
        left.set(title="p = σ(z)", xlabel="logit z", ylabel="probability of yes")
        left.plot(Z, sigmoid(Z), color=BLUE)
        self.gap = moving(left, color="#555555", lw=2, ls=":")
        self.truth = moving(left, [-10, 10], [1, 1], color=DARK_GREEN, lw=3)
        self.dot = moving(left, color=BLUE, marker="o", ls="", mec="white", ms=9)
        self.plots = LossPlots(figure, Z, [*self.tables[0][0]], "logit z", places=3, least=(10, 1))

    def update(self, z, y):
        k = int(np.rint(10 * (z + 10)))
        self.p = sigmoid(Z[k])
        losses, slopes, remarks = self.tables[y]
        self.values_at = self.plots.show(losses, slopes, k)
        self.dot.set_data([Z[k]], [self.p])
        self.gap.set_data([Z[k], Z[k]], [self.p, y])
        self.truth.set_ydata([y, y])
        return remarks

    def goals(self, z, y):
        (surprise, slope), (_, other) = (self.values_at[name] for name in ("cross-entropy", "squared error"))
        task = "be so wrong that the slope of the squared error is below 0.01, and that of cross-entropy above 0.9."
        yield task, abs(other) < 0.01 and abs(slope) > 0.9
        yield "be as surprised as by heads of a fair coin: cross-entropy 0.69.", abs(surprise - np.log(2)) < 0.02

    def caption(self, z, y):
        answer = f"At z = {number(z, 1)} the answer is yes with p = {number(self.p, 5)}"
        return f"{answer}; the label is {y}: {self.plots.caption()}."


W, B = np.linspace(-4, 6, 101), np.linspace(-5, 5, 101)  # where the map is drawn
START = -2.0, 3.0
MOVES = 10
H = 1e-4  # a slope is a central difference over ± H


@dataclass
class Problem:
    """Data, a model with two numbers to choose, and a loss: mean of `each(output, y)`."""

    x: np.ndarray
    y: np.ndarray
    each: Callable = lambda output, y: (output - y) ** 2  # the loss of each example
    fit: Callable = identity  # output → prediction
    output: Callable = lambda w, b, x: w * x + b  # what the model computes, before the sigmoid if there is one
    margin: float = 0.25  # above and below the data, as a part of their height

    def loss(self, w, b):
        w, b = np.asarray(w, dtype=float)[..., None], np.asarray(b, dtype=float)[..., None]
        return self.each(self.output(w, b, self.x), self.y).mean(axis=-1)

    def slope(self, w, b):
        """(∂loss/∂w, ∂loss/∂b)."""
        in_w, in_b = self.loss(w + H, b) - self.loss(w - H, b), self.loss(w, b + H) - self.loss(w, b - H)
        return np.array([in_w, in_b]) / (2 * H)

    @cached_property
    def map(self):
        """The loss on the whole map, (len(B), len(W))."""
        return self.loss(*np.meshgrid(W, B))


class MappedProblem(Problem):
    """The line, with a loss that is known at every point of the map, and straight between."""

    def __init__(self, x, y, known):
        super().__init__(x, y)
        self.map = known
        self.loss = lambda w, b: between(known, [w], [b])[0, 0]


def between(known, w, b):
    """The map at all w (n,) and all b (m,), as (m, n): linear between its points, NaN beside those that have none."""
    rows = np.stack([np.interp(w, W, row) for row in known])
    return np.stack([np.interp(b, B, column) for column in rows.T], axis=1)


@cache
def problems():
    """The maps by name, made once."""
    rng = np.random.default_rng(1)
    x = np.linspace(-0.5, 2.5, 13)
    y = 2 * x - 1 + rng.normal(0, 0.4, 13)
    t = np.linspace(-2, 3, 14)
    label = np.array([0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1.0])  # two are on the wrong side: no perfect fit
    return {
        "line, MSE": Problem(x, y),
        "sigmoid, cross-entropy": Problem(t, label, lambda z, y: np.logaddexp(0, z) - z * y, sigmoid),
        "sigmoid, MSE": Problem(t, label, lambda z, y: (sigmoid(z) - y) ** 2, sigmoid),
        "one unit of a network": one_unit(),
    }


def one_unit():
    """A 1-3-1 network, trained on a noisy wave; weight and bias of its first hidden unit are left to choose."""
    X, y = noisy_curve(40, seed=2)
    network = Network([1, 3, 1], "tanh", output="identity", seed=5, dtype=np.float64)
    optimizer = Adam(0.05)
    for _ in range(600):
        network.forward(X.T)
        dW, db = network.backward(y[None])
        optimizer.step(network.parameters(), [*dW[1:], *db[1:]])
    (w1, w2), (b1, b2) = network.W[1:], network.b[1:]

    def output(w, b, x):
        rest = b2[0, 0] + sum(w2[0, j] * tanh(w1[j, 0] * x + b1[j, 0]) for j in (1, 2))
        return rest + w2[0, 0] * tanh(w * x + b)

    return Problem(X[:, 0], y, output=output, margin=1.0)


class Landscape(Explorer):
    """Slide w and b: the dot walks on the map of the loss, and the fit follows. A line from the dot points downhill; it
    is as long as the slope, up to a limit.

    `loss` may be the learner's own loss(A, Y) with arrays (1, m); it is then mapped first, for the line. The controls,
    which can be set at the start, are `surface`, `w` and `b`.
    """

    size = 780, 370

    def __init__(self, loss=None, **start):
        self.problems, self.remarks = dict(problems()), {}
        if loss is not None:
            self.take(loss)
        super().__init__(**start)

    def take(self, loss):
        """Put the learner's loss first: the map is asked for once, the points between are read off it."""
        x, y = (getattr(self.problems["line, MSE"], name) for name in "xy")
        places = np.column_stack([grid.ravel() for grid in np.meshgrid(W, B)])

        def everywhere(index):
            return np.array([one_number(loss((w * x + b)[None], y[None].copy())) for w, b in places[index.astype(int)]])

        values, remarks = call_learner_code("Your loss", loss, np.arange(len(places)), everywhere, patience=10)
        mapped = MappedProblem(x, y, known=values.reshape(len(B), len(W)))
        self.problems = {"line, your loss": mapped, **self.problems}
        self.remarks["line, your loss"] = remarks

    def controls(self):
        return {
            "surface": dropdown("surface", self.problems),
            "w": slider("w", START[0], W[0], W[-1], 0.1),
            "b": slider("b", START[1], B[0], B[-1], 0.1),
        }

    def draw(self, figure):
        self.ax, self.right = figure.add_axes((0.08, 0.145, 0.4, 0.745)), figure.add_axes((0.575, 0.145, 0.4, 0.745))
        self.ax.set(title="the loss: darker is lower", xlabel="w", ylabel="b", xlim=(W[0], W[-1]), ylim=(B[0], B[-1]))
        self.right.set(title="the fit", xlabel="x", ylabel="y", xlim=(-1.2, 3.2))
        self.layers = {name: self.layer(name) for name in self.problems}
        self.way = moving(self.ax, color=DARK_ORANGE, lw=3, solid_capstyle="round")
        self.dot = moving(self.ax, color=ORANGE, marker="o", ls="", mec=BLACK, mew=1.5, ms=11)
        self.errors = moving_segments(self.right, colors="#999999", linewidths=1.2, capstyle="projecting")
        self.curve = moving(self.right, color=DARK_ORANGE)

    def layer(self, name):
        """What belongs to one surface: its shades and lines, and the data."""
        problem, values = self.problems[name], np.nan_to_num(self.problems[name].map, posinf=1e6, neginf=-1e6)
        low, high = values.min(), max(values.max(), values.min() + 1e-9)
        levels = low + (high - low) * np.linspace(0, 1, 13) ** 2.2
        shades = self.ax.pcolormesh(
            W, B, ((values - low) / (high - low)) ** (1 / 2.2), shading="gouraud", rasterized=True
        )
        lines = self.ax.contour(W, B, values, levels[1:], colors="white", linewidths=0.7)
        (data,) = self.right.plot(problem.x, problem.y, "o", color=BLUE, ms=6)
        return shades, lines, data

    def update(self, surface, w, b):
        problem = self.problems[surface]
        show_only({surface}, self.layers)
        x, y, room = problem.x, problem.y, problem.margin * np.ptp(problem.y)
        ends, ylabel = (x.min() - 0.2, x.max() + 0.2), "y" if problem.fit is identity else "probability of yes"
        set_if_changed(self.right, ylabel=ylabel, xlim=ends, ylim=(y.min() - room, y.max() + room))
        self.loss, slope = float(problem.loss(w, b)), problem.slope(w, b)
        self.lowest = float(np.nanmin(np.append(problem.map, np.inf)))
        self.target = self.lowest + 0.02 * (float(problem.loss(*START)) - self.lowest)
        self.steepness = float(np.hypot(*slope))
        down = -slope * min(1, 1.5 / max(self.steepness, 1e-9))
        self.dot.set_data([w], [b])
        self.way.set_data([w, w + down[0]], [b, b + down[1]])
        fitted = problem.fit(problem.output(w, b, x))
        self.errors.set_segments([[(x, y), (x, at)] for x, y, at in zip(x, y, fitted, strict=True)])
        x = np.linspace(*ends, 121)
        self.curve.set_data(x, problem.fit(problem.output(w, b, x)))
        return self.remarks.get(surface, [])

    def goals(self, surface, w, b):
        deep = 0 < self.moves <= MOVES and self.loss <= self.target
        bottom = "the bottom" if np.isnan(self.target) else f"the bottom, a loss of {self.target:.2f} or less,"
        yield f"find {bottom} in {MOVES} moves ({self.moves} so far).", deep
        plateau = surface == "sigmoid, MSE" and self.loss > 0.5 and self.steepness < 0.02
        yield "with “sigmoid, MSE”, find a plateau: loss above 0.5, slope below 0.02.", plateau

    def caption(self, surface, w, b):
        if np.isnan(self.loss):
            return minus(f"{surface}: at w = {w:.2f}, b = {b:.2f} there is no loss to show.")
        at = f"at w = {w:.2f}, b = {b:.2f} the loss is {self.loss:.3g} and the slope {self.steepness:.2g}"
        return f"{surface}: {at}; the lowest on the map is {self.lowest:.3g}.".replace(" -", " −")
