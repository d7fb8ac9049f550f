"""The hidden-space view of lesson 03: the input plane on the left, and where two hidden units send it on the right.

The line in the hidden plane is the best there is: of 180 directions, and every place to cut, the one with the fewest
points on the wrong side, and among those the one with most room. So the learner's only task is to bend the plane.
"""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from helpers.data import logic_gate, moons
from helpers.network import identity, relu, tanh
from helpers.plots import BLUE, DARK_GREEN, ORANGE
from helpers.widgets.controls import dropdown, slider
from helpers.widgets.explorer import Explorer, put
from helpers.widgets.learner import ask

ANGLES = np.linspace(0, np.pi, 180, endpoint=False)
NORMALS = np.stack([np.cos(ANGLES), np.sin(ANGLES)])
LINES, STEPS, CELLS = 9, 33, 60  # of the grid that is carried along: lines each way, points on each; of the background
FEW = 2
START = {"w11": 1, "w12": 1, "b1": 0, "w21": 1, "w22": -1, "b2": 0}
PALE = {name: 0.8 + 0.2 * np.array(to_rgb(color)) for name, color in (("0", BLUE), ("1", ORANGE))}


class HiddenSpace(Explorer):
    """Two hidden units h = f(W x + b) on XOR or the moons, and the best line in the plane of h.

    `f` may be the learner's own activation. The controls, which can be set at the start, are `data` ("XOR", "moons"),
    `activation`, and the weights and biases `w11`, `w12`, `b1`, `w21`, `w22`, `b2`.
    """

    size = 780, 380

    def __init__(self, f=None, **start):
        self.activations = {"ReLU": relu, "tanh": tanh, "none": identity}
        if f is not None:
            self.activations = {"yours": f, **self.activations}
        self.sets = {"XOR": Points(*logic_gate("XOR")), "moons": Points(*moons(60, 0.1, seed=3))}
        super().__init__(**start)

    def controls(self):
        return {
            "data": dropdown("data", list(self.sets), "XOR"),
            "activation": dropdown("activation", list(self.activations), next(iter(self.activations))),
            **{name: slider(label(name), value, -4, 4, 0.25) for name, value in START.items()},
        }

    def draw(self, figure):
        self.left, self.right = figure.add_axes((0.095, 0.15, 0.38, 0.74)), figure.add_axes((0.59, 0.15, 0.38, 0.74))
        self.left.set(title="input plane", xlabel="x₁", ylabel="x₂")
        self.right.set(title="hidden plane", xlabel="h₁ = f(z₁)", ylabel="h₂ = f(z₂)")
        blank = np.ones((CELLS, CELLS, 3))
        self.sides = self.left.imshow(blank, origin="lower", aspect="auto", extent=(0, 1, 0, 1), animated=True)
        look = {"colors": "#AAAAAA", "linewidths": 0.9, "animated": True}
        self.grids = [ax.add_collection(LineCollection([], zorder=1, **look), autolim=False) for ax in self._axes]
        self.zeros = [self.left.plot([], [], color="#333333", ls=ls, lw=1.6, animated=True)[0] for ls in ("-", "--")]
        self.dots = [self._dots(ax) for ax in self._axes]
        (self.cut,) = self.right.plot([], [], color=DARK_GREEN, lw=2.6, animated=True)
        self.count = self.right.text(
            0.98, 1.03, "", ha="right", size=12, color=DARK_GREEN, transform=self.right.transAxes, animated=True
        )

    @property
    def _axes(self):
        return self.left, self.right

    def _dots(self, ax):
        look = {"ls": "", "markersize": 8, "markeredgecolor": "white", "zorder": 5, "animated": True}
        return [
            ax.plot([], [], marker=marker, color=color, **look)[0] for marker, color in (("o", BLUE), ("^", ORANGE))
        ]

    def update(self, data, activation, **weights):
        W, b = matrices(weights)
        points = self.sets[data]
        z = W @ points.all + b
        h, remarks = ask("The activation", self.activations[activation], z)
        self.h, self.y = h[:, : len(points.y)], points.y
        ok = np.isfinite(h).all()
        self.line = best_line(self.h, self.y) if ok else None
        self.wrong = self.line.wrong if self.line else min(np.bincount(self.y))
        self._show_left(points, W, b, h)
        self._show_right(points, h, ok)
        self.count.set_text(f"{self.wrong} of {len(self.y)} wrong")
        return remarks

    def goals(self, data, activation, **weights):
        yield "XOR: bend the plane so that one line parts the classes.", data == "XOR" and self.wrong == 0
        few = data == "moons" and self.wrong <= FEW
        yield f"moons: at most {FEW} of the 60 points on the wrong side of the line.", few

    def caption(self, data, activation, **weights):
        units = "; ".join(
            f"unit {k}: z = {weights[f'w{k}1']:g} x₁ + {weights[f'w{k}2']:g} x₂ + {weights[f'b{k}']:g}" for k in (1, 2)
        )
        words = units.replace("+ -", "− ").replace("-", "−")
        line = f"The best line leaves {self.wrong} of {len(self.y)} points on the wrong side."
        return f"{data}, activation {activation}. {words}. {line}"

    def _show_left(self, points, W, b, h):
        low, high = points.box
        put(self.left, xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        self.sides.set_extent((low[0], high[0], low[1], high[1]))
        if self.line:
            one = self.line.side(h[:, points.background]).reshape(CELLS, CELLS)
            self.sides.set_data(np.where(one[..., None], PALE["1"], PALE["0"]))
        else:
            self.sides.set_data(np.ones((CELLS, CELLS, 3)))
        self.grids[0].set_segments(points.segments(points.all))
        for line, w, bias in zip(self.zeros, W, b[:, 0], strict=True):
            line.set_data(*straight(w, -bias, low, high))
        self._place(self.dots[0], points.all[:, : len(self.y)])

    def _show_right(self, points, h, ok):
        seen = h[:, : points.background.start] if ok else np.ones(1)  # the points and the grid
        high = 2 ** (np.ceil(2 * np.log2(max(np.abs(seen).max(), 1))) / 2) * 1.1  # few sizes: axes are slow to redraw
        low = -high if seen.min() < 0 else -0.15 * high
        put(self.right, xlim=(low, high), ylim=(low, high))
        self.grids[1].set_segments(points.segments(np.nan_to_num(h)))
        self._place(self.dots[1], self.h)
        corners = np.array([low, low]), np.array([high, high])
        self.cut.set_data(*(straight(self.line.normal, self.line.at, *corners) if self.line else ([], [])))

    def _place(self, dots, at):
        for k, marks in enumerate(dots):
            marks.set_data(*at[:, self.y == k])


class Points:
    """A data set with what surrounds it: the points, the lines of the grid, and the background, as columns of `all`."""

    def __init__(self, X, y):
        self.y = y
        low, high = X.min(axis=0), X.max(axis=0)
        self.box = low - 0.25 * (high - low), high + 0.25 * (high - low)
        across, up = (np.linspace(a, z, LINES) for a, z in zip(*self.box, strict=True))
        along = [np.linspace(a, z, STEPS) for a, z in zip(*self.box, strict=True)]
        grid = [[x, y] for y in up for x in along[0]] + [[x, y] for x in across for y in along[1]]
        cells = [(np.arange(CELLS) + 0.5) / CELLS * (z - a) + a for a, z in zip(*self.box, strict=True)]
        background = np.stack(np.meshgrid(*cells), axis=-1).reshape(-1, 2)
        self.all = np.concatenate([X, grid, background]).T
        self.grid = slice(len(X), len(X) + len(grid))
        self.background = slice(len(X) + len(grid), None)

    def segments(self, columns):
        """The lines of the grid, each (STEPS, 2), wherever they have been sent."""
        return columns[:, self.grid].T.reshape(2 * LINES, STEPS, 2)


class Line:
    """normal · h = at; class 1 is where the left-hand side is larger, or smaller if `up` is False."""

    def __init__(self, normal, at, up, wrong):
        self.normal, self.at, self.up, self.wrong = normal, at, up, wrong

    def side(self, h):
        return (self.normal @ h > self.at) == self.up


def best_line(h, y):
    """The line with the fewest points of h (2, m) on the wrong side, then the most room; None if h is one point."""
    along = h.T @ NORMALS  # (m, 180): how far each point is in each direction
    order = np.argsort(along, axis=0, kind="stable")
    along = np.take_along_axis(along, order, axis=0)
    ones_below = np.cumsum(y[order], axis=0)[:-1]
    zeros_above = (y == 0).sum() - np.cumsum(1 - y[order], axis=0)[:-1]
    wrong_up = ones_below + zeros_above  # if class 1 is above the cut
    wrong = np.minimum(wrong_up, len(y) - wrong_up)
    gap = np.diff(along, axis=0)
    wrong = np.where(gap > 1e-9, wrong, len(y))
    if wrong.min() == len(y):
        return None
    cut, angle = np.unravel_index(np.argmax(np.where(wrong == wrong.min(), gap, 0)), gap.shape)
    at = along[cut : cut + 2, angle].mean()
    up = bool(wrong_up[cut, angle] <= len(y) / 2)
    return Line(NORMALS[:, angle], at, up, int(wrong[cut, angle]))


def straight(normal, at, low, high):
    """Two points of the line normal · x = at, beyond the box; none if the normal is 0."""
    length = normal @ normal
    if length == 0:
        return [], []
    middle, reach = (low + high) / 2, np.linalg.norm(high - low)
    foot = middle + normal * (at - normal @ middle) / length
    way = np.array([-normal[1], normal[0]]) / np.sqrt(length) * reach
    return np.stack([foot - way, foot + way], axis=1)


def matrices(weights):
    W = np.array([[weights[f"w{j}{i}"] for i in (1, 2)] for j in (1, 2)], float)
    return W, np.array([[weights["b1"]], [weights["b2"]]], float)


def label(name):
    """w12 → "unit 1: weight of x₂"."""
    unit = name[1]
    return f"unit {unit}: bias" if name[0] == "b" else f"unit {unit}: w of x{'₀₁₂'[int(name[2])]}"
