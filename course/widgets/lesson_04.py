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
from functools import cache

import numpy as np
from matplotlib.ticker import MaxNLocator

from course.text import decimal, minus
from course.widgets.controls import dropdown, slider
from course.widgets.explorer import Explorer, set_if_changed
from course.widgets.learner import call_learner_code
from helpers.data import noisy_curve
from helpers.network import Network, sigmoid, sigmoid_prime, tanh
from helpers.plots import BLACK, BLUE, DARK_GREEN, DARK_ORANGE, DARK_PINK, ORANGE
from helpers.training import Adam

HOUSES = np.array([1.5, 2.0, 2.5, 3.0])  # prices in $100,000; the fifth is the outlier
A = np.linspace(0, 10, 101)  # the positions of the slider of the prediction
Z = np.linspace(-10, 10, 201)  # and of the logit
YOURS = "yours"
COLORS = {
    "MSE": BLUE, "MAE": DARK_ORANGE, "Huber": DARK_GREEN, "cross-entropy": DARK_ORANGE, "squared error": BLUE,
    YOURS: DARK_PINK,
}  # fmt: skip


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

    values, remarks = call_learner_code("Your loss", along if callable(loss) else loss, grid)
    return values, np.gradient(values, grid), remarks


STYLES = {"MAE": "--", "Huber": "-.", YOURS: ":"}  # as in the lesson's figures; all others are solid


class Curves:
    """A plot with a curve for each loss over the positions of one slider, and a dot on each where it stands."""

    def __init__(self, ax, grid, names, step):
        self.ax, self.grid, self.step = ax, grid, step
        ax.set(xlim=(grid[0], grid[-1]))
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        ax.axhline(0, color="#BBBBBB", lw=0.8)
        self.lines, self.dots = {}, {}
        for name in names:
            look = {"color": COLORS[name], "animated": True, "ls": STYLES.get(name, "-")}
            look["zorder"] = {"Huber": 2.1, "MAE": 2.2, YOURS: 2.3}.get(name, 2)
            (self.lines[name],) = ax.plot(grid, 0 * grid, lw=3.5 if name == YOURS else 2, **look)
            look["zorder"] += 1
            size = 7 if name in ("MAE", YOURS) else 12  # where two dots meet, the lower one is a ring around the other
            (self.dots[name],) = ax.plot([], [], marker="o", ms=size, mec="white", **look)
        self.cross = ax.axvline(0, color="#888888", lw=1, ls=":", animated=True)

    def show(self, values, k, most):
        """Draw `values`, name → numbers on the grid, with dots at grid[k]; up to `most`, or farther if a dot is."""
        at = {name: y[k] for name, y in values.items()}
        reach = np.nanmax([most, *(1.1 * abs(y) for y in at.values())])
        top = np.ceil(reach / self.step) * self.step
        falls = any(np.nanmin(y, initial=0) < -1e-9 for y in values.values())
        set_if_changed(self.ax, ylim=(-1.04 * top if falls else -0.04 * top, 1.04 * top))
        self.cross.set_xdata([self.grid[k], self.grid[k]])
        for name, y in values.items():
            self.lines[name].set_ydata(y.clip(-1e6, 1e6))
            self.dots[name].set_data([self.grid[k]], [at[name]])


class LossExplorer(Explorer):
    """One prediction a for five houses: MSE, MAE and Huber as functions of a, and their slopes.

    `loss` may be the learner's own, loss(A, Y) with arrays (1, 5), and is drawn as a fourth curve. The controls, which
    can be set at the start, are `prediction`, `outlier` and `delta`.
    """

    size = 780, 350

    def __init__(self, loss=None, **start):
        self.loss = loss
        self.names = ["MSE", "MAE", "Huber", *([YOURS] if loss is not None else [])]
        self._known = {}
        super().__init__(**start)

    def controls(self):
        return {
            "prediction": slider("prediction a", 5, 0, 10, 0.1),
            "outlier": slider("outlier", 4, 0, 10, 0.1),
            "delta": slider("Huber's δ", 1, 0.1, 5, 0.1),
        }

    def draw(self, figure):
        left = figure.add_axes((0.085, 0.155, 0.235, 0.655))
        left.set(
            title="five houses", xlabel="price ($100,000)", ylabel="house", xlim=(-0.3, 10.3), ylim=(0.4, 5.6),
            yticks=range(1, 6),
        )  # fmt: skip
        (self.errors,) = left.plot([], [], color="#999999", lw=1.5, animated=True)
        self.line = left.axvline(0, color=BLACK, lw=2, animated=True)
        left.plot(HOUSES, range(1, 5), "o", color=BLUE, ms=8)
        (self.outlier,) = left.plot([], [], "D", color=DARK_ORANGE, ms=8, animated=True)
        self.left = Curves(figure.add_axes((0.4, 0.155, 0.24, 0.655)), A, self.names, step=2)
        self.right = Curves(figure.add_axes((0.735, 0.155, 0.24, 0.655)), A, self.names, step=1)
        self.left.ax.set(title="the loss", xlabel="prediction a", ylabel="loss", xticks=range(0, 11, 2))
        self.right.ax.set(title="its slope", xlabel="prediction a", ylabel="slope in a", xticks=range(0, 11, 2))
        self.right.lines["MAE"].set_drawstyle("steps-mid")
        self.texts = {
            name: figure.text(0.03 + 0.245 * k, 0.945, "", color=COLORS[name], size=10, animated=True)
            for k, name in enumerate(self.names)
        }

    def update(self, prediction, outlier, delta):
        y = np.append(HOUSES, outlier)
        k = int(np.rint(10 * prediction))
        losses, slopes, remarks = self.curves(outlier, delta)
        self.values_at = {name: (losses[name][k], slopes[name][k]) for name in self.names}
        self.errors.set_data(
            np.column_stack([y, np.full(5, A[k]), np.full(5, np.nan)]).ravel(), np.repeat(np.arange(1, 6), 3)
        )
        self.line.set_xdata([A[k], A[k]])
        self.outlier.set_data([outlier], [5])
        self.left.show(losses, k, most=8)
        self.right.show(slopes, k, most=3)
        for name, (loss, slope) in self.values_at.items():
            self.texts[name].set_text(f"{name} {number(loss)}, slope {number(slope)}")
        return remarks

    def curves(self, outlier, delta):
        """Losses and slopes on A, and remarks of the learner's loss, which is asked once for each outlier."""
        e = A[:, None] - np.append(HOUSES, outlier)
        inside = np.abs(e) <= delta
        losses = {
            "MSE": np.mean(e**2, axis=1),
            "MAE": np.mean(np.abs(e), axis=1),
            "Huber": np.mean(np.where(inside, e**2 / 2, delta * (np.abs(e) - delta / 2)), axis=1),
        }
        signs = np.sign(np.where(np.abs(e) < 1e-9, 0, e))
        slopes = {
            "MSE": np.mean(2 * e, axis=1),
            "MAE": np.mean(signs, axis=1),
            "Huber": np.mean(np.where(inside, e, delta * signs), axis=1),
        }
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
        each = "; ".join(f"{name} {number(loss)}, slope {number(s)}" for name, (loss, s) in self.values_at.items())
        y = np.append(HOUSES, outlier)
        middle = f"The mean of the five prices is {number(y.mean())}, the median {number(np.median(y))}."
        return f"Prediction {number(prediction, 1)}, outlier {number(outlier, 1)}: {each}. {middle}"


class SurpriseExplorer(Explorer):
    """One logit z and one label y: p = σ(z), and cross-entropy beside squared error, with their slopes in z.

    `loss` may be the learner's own, loss(Z, Y) of logits and labels (1, 1). The controls are `z` and `y`.
    """

    size = 780, 350

    def __init__(self, loss=None, **start):
        self.names = ["cross-entropy", "squared error", *([YOURS] if loss is not None else [])]
        self.tables = {}
        for y in (0, 1):
            p = sigmoid(Z)
            losses = {"cross-entropy": np.logaddexp(0, Z) - Z * y, "squared error": (p - y) ** 2}
            slopes = {"cross-entropy": p - y, "squared error": 2 * (p - y) * sigmoid_prime(Z)}
            remarks = []
            if loss is not None:
                losses[YOURS], slopes[YOURS], remarks = asked(loss, Z, np.array([[float(y)]]))
            self.tables[y] = losses, slopes, remarks
        super().__init__(**start)

    def controls(self):
        return {"z": slider("logit z", 2, -10, 10, 0.1), "y": dropdown("label y", [1, 0], 1)}

    def draw(self, figure):
        left = figure.add_axes((0.085, 0.155, 0.235, 0.655))
        left.set(title="p = σ(z)", xlabel="logit z", ylabel="probability of yes", xlim=(-10, 10), ylim=(-0.05, 1.05))
        left.plot(Z, sigmoid(Z), color=BLUE)
        (self.gap,) = left.plot([], [], color="#555555", lw=2, ls=":", animated=True)
        (self.truth,) = left.plot([-10, 10], [1, 1], color=DARK_GREEN, lw=3, animated=True)
        (self.dot,) = left.plot([], [], "o", color=BLUE, mec="white", ms=9, animated=True)
        self.left = Curves(figure.add_axes((0.4, 0.155, 0.24, 0.655)), Z, self.names, step=2)
        self.right = Curves(figure.add_axes((0.735, 0.155, 0.24, 0.655)), Z, self.names, step=0.2)
        self.left.ax.set(title="the loss", xlabel="logit z", ylabel="loss")
        self.right.ax.set(title="its slope", xlabel="logit z", ylabel="slope in z")
        self.texts = {
            name: figure.text(0.03 + 0.33 * k, 0.945, "", color=COLORS[name], size=10, animated=True)
            for k, name in enumerate(self.names)
        }

    def update(self, z, y):
        k = int(np.rint(10 * (z + 10)))
        self.p = sigmoid(Z[k])
        losses, slopes, remarks = self.tables[y]
        self.values_at = {name: (losses[name][k], slopes[name][k]) for name in self.names}
        self.dot.set_data([Z[k]], [self.p])
        self.gap.set_data([Z[k], Z[k]], [self.p, y])
        self.truth.set_ydata([y, y])
        self.left.show(losses, k, most=10)
        self.right.show(slopes, k, most=1)
        for name, (loss, slope) in self.values_at.items():
            self.texts[name].set_text(f"{name} {number(loss, 3)}, slope {number(slope, 3)}")
        return remarks

    def goals(self, z, y):
        slopes = {name: abs(slope) for name, (_, slope) in self.values_at.items()}
        stuck = slopes["squared error"] < 0.01 and slopes["cross-entropy"] > 0.9
        yield (
            "be so wrong that the slope of the squared error is below 0.01, and that of cross-entropy above 0.9.",
            stuck,
        )
        surprise = self.values_at["cross-entropy"][0]
        yield "be as surprised as by heads of a fair coin: cross-entropy 0.69.", abs(surprise - np.log(2)) < 0.02

    def caption(self, z, y):
        each = "; ".join(
            f"{name} {number(loss, 3)}, slope {number(s, 3)}" for name, (loss, s) in self.values_at.items()
        )
        return f"At z = {number(z, 1)} the answer is yes with p = {number(self.p, 5)}; the label is {y}: {each}."


W, B = np.linspace(-4, 6, 101), np.linspace(-5, 5, 101)  # where the map is drawn
START = -2.0, 3.0
MOVES = 10
H = 1e-4  # a slope is a central difference over ± H


@dataclass
class Problem:
    """Data, a model with two numbers to choose, and a loss: mean of `each(output, y)`."""

    x: np.ndarray
    y: np.ndarray
    output: Callable  # (w, b, x) → what the model computes, before the sigmoid if there is one
    each: Callable  # (output, y) → loss of each example
    fit: Callable  # output → prediction
    ylabel: str
    margin: float = 0.25  # above and below the data, as a part of their height

    def loss(self, w, b):
        w, b = np.asarray(w, dtype=float)[..., None], np.asarray(b, dtype=float)[..., None]
        return self.each(self.output(w, b, self.x), self.y).mean(axis=-1)

    def slope(self, w, b):
        """(∂loss/∂w, ∂loss/∂b)."""
        return np.array(
            [self.loss(w + H, b) - self.loss(w - H, b), self.loss(w, b + H) - self.loss(w, b - H)]
        ) / (2 * H)  # fmt: skip

    @property
    def map(self):
        """The loss on the whole map, (len(B), len(W))."""
        return self.loss(*np.meshgrid(W, B))


def line(w, b, x):
    return w * x + b


def squared(output, y):
    return (output - y) ** 2


def same(output):
    return output


@cache
def problems():
    """The maps by name, made once."""
    rng = np.random.default_rng(1)
    x = np.linspace(-0.5, 2.5, 13)
    y = 2 * x - 1 + rng.normal(0, 0.4, 13)
    t = np.linspace(-2, 3, 14)
    label = np.array([0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1.0])  # two are on the wrong side: no perfect fit
    return {
        "line, MSE": Problem(x, y, line, squared, same, "y"),
        "sigmoid, cross-entropy": Problem(
            t, label, line, lambda z, y: np.logaddexp(0, z) - z * y, sigmoid, "probability of yes"
        ),
        "sigmoid, MSE": Problem(t, label, line, lambda z, y: (sigmoid(z) - y) ** 2, sigmoid, "probability of yes"),
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

    return Problem(X[:, 0], y, output, squared, same, "y", margin=1.0)


class Landscape(Explorer):
    """Slide w and b: the dot walks on the map of the loss, and the fit follows. A line from the dot points downhill; it
    is as long as the slope, up to a limit.

    `loss` may be the learner's own loss(A, Y) with arrays (1, m); it is then mapped first, for the line. The controls,
    which can be set at the start, are `surface`, `w` and `b`.
    """

    size = 780, 370

    def __init__(self, loss=None, **start):
        self.problems, self.remarks = dict(problems()), {}
        self.maps = {name: problem.map for name, problem in self.problems.items()}
        if loss is not None:
            self.take(loss)
        super().__init__(**start)

    def take(self, loss):
        """Put the learner's loss first: the map is asked for once, the points between are read off it."""
        x, y = (getattr(self.problems["line, MSE"], name) for name in "xy")
        places = np.column_stack([grid.ravel() for grid in np.meshgrid(W[::2], B[::2])])

        def everywhere(index):
            return np.array([one_number(loss(line(*places[int(k)], x)[None], y[None].copy())) for k in index])

        values, remarks = call_learner_code("Your loss", everywhere if callable(loss) else loss, np.arange(len(places)))
        coarse = values.reshape(len(B[::2]), len(W[::2]))
        problem = Problem(x, y, line, squared, same, "y")
        problem.loss = lambda w, b: between(coarse, w, b)
        self.problems = {"line, your loss": problem, **self.problems}
        self.maps = {"line, your loss": problem.map, **self.maps}
        self.remarks["line, your loss"] = remarks

    def controls(self):
        names = list(self.problems)
        surface = dropdown("surface", names, names[0])
        surface.layout.width = "min(100%, 26em)"
        return {
            "surface": surface,
            "w": slider("w", START[0], W[0], W[-1], 0.05),
            "b": slider("b", START[1], B[0], B[-1], 0.05),
        }

    def draw(self, figure):
        self.ax, self.right = figure.add_axes((0.08, 0.145, 0.4, 0.745)), figure.add_axes((0.575, 0.145, 0.4, 0.745))
        self.ax.set(title="the loss: darker is lower", xlabel="w", ylabel="b", xlim=(W[0], W[-1]), ylim=(B[0], B[-1]))
        self.right.set(xlabel="x", ylabel="y", xlim=(-1.2, 3.2))
        self.title = self.right.set_title("the fit")
        self.layers = {name: self.layer(name) for name in self.problems}
        (self.way,) = self.ax.plot([], [], color=DARK_ORANGE, lw=3, solid_capstyle="round", animated=True)
        (self.dot,) = self.ax.plot([], [], "o", color=ORANGE, mec=BLACK, mew=1.5, ms=11, animated=True)
        (self.errors,) = self.right.plot([], [], color="#999999", lw=1.2, animated=True)
        (self.curve,) = self.right.plot([], [], color=DARK_ORANGE, animated=True)

    def layer(self, name):
        """What belongs to one surface: its shades and lines, and the data."""
        problem, values = self.problems[name], np.nan_to_num(self.maps[name], posinf=1e6, neginf=-1e6)
        low, high = values.min(), max(values.max(), values.min() + 1e-9)
        levels = low + (high - low) * np.linspace(0, 1, 13) ** 2.2
        shades = self.ax.contourf(W, B, values, levels, cmap="gray", vmin=low - 0.2 * (high - low), alpha=0.75)
        lines = self.ax.contour(W, B, values, levels[1:], colors="#777777", linewidths=0.7)
        (data,) = self.right.plot(problem.x, problem.y, "o", color=BLUE, ms=6)
        return shades, lines, data

    def update(self, surface, w, b):
        problem = self.problems[surface]
        for name, layer in self.layers.items():
            for artist in layer:
                set_if_changed(artist, visible=name == surface)
        set_if_changed(
            self.right, ylabel=problem.ylabel, ylim=limits(problem), xlim=(problem.x.min() - 0.2, problem.x.max() + 0.2)
        )
        self.loss, slope = float(problem.loss(w, b)), problem.slope(w, b)
        self.lowest = float(np.nanmin(np.append(self.maps[surface], np.inf)))
        self.target = self.lowest + 0.02 * (float(problem.loss(*START)) - self.lowest)
        self.steepness = float(np.hypot(*slope))
        length = min(1.5, self.steepness)
        down = -slope / self.steepness * length if self.steepness > 1e-9 else np.zeros(2)
        self.dot.set_data([w], [b])
        self.way.set_data([w, w + down[0]], [b, b + down[1]])
        fitted = problem.fit(problem.output(w, b, problem.x))
        self.errors.set_data(
            np.column_stack([problem.x, problem.x, problem.x]).ravel(),
            np.column_stack([problem.y, fitted, np.full(len(fitted), np.nan)]).ravel(),
        )
        x = np.linspace(problem.x.min() - 0.2, problem.x.max() + 0.2, 121)
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


def limits(problem):
    low, high = problem.y.min(), problem.y.max()
    return low - problem.margin * (high - low), high + problem.margin * (high - low)


def between(coarse, w, b):
    """The values of a map at (w, b), between its points by straight lines; NaN where it has none."""
    i = np.clip((np.asarray(b) - B[0]) / (B[2] - B[0]), 0, len(coarse) - 1)
    j = np.clip((np.asarray(w) - W[0]) / (W[2] - W[0]), 0, coarse.shape[1] - 1)
    i0, j0 = np.minimum(i.astype(int), len(coarse) - 2), np.minimum(j.astype(int), coarse.shape[1] - 2)
    s, t = i - i0, j - j0
    return (1 - s) * ((1 - t) * coarse[i0, j0] + t * coarse[i0, j0 + 1]) + s * (
        (1 - t) * coarse[i0 + 1, j0] + t * coarse[i0 + 1, j0 + 1]
    )
