"""The loss landscape of lesson 04: a place (w, b) on the map at the left is a fit to the data at the right.

Four maps of two numbers each: a line with squared error, a sigmoid with cross-entropy, the same with squared error, and
one unit of a small trained network, whose other weights stand still.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from helpers.data import noisy_curve
from helpers.network import Adam, Network, sigmoid, tanh
from helpers.plots import BLACK, BLUE, DARK_ORANGE, ORANGE
from helpers.widgets.controls import dropdown, slider
from helpers.widgets.explorer import Explorer, put
from helpers.widgets.learner import ask
from helpers.widgets.losses import one_number

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

        values, remarks = ask("Your loss", everywhere if callable(loss) else loss, np.arange(len(places)))
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
                put(artist, visible=name == surface)
        put(
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
            return f"{surface}: at w = {w:.2f}, b = {b:.2f} there is no loss to show.".replace("-", "−")
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
