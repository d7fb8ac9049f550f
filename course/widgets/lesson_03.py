"""The widgets of lesson 03.

HiddenSpace: the input plane on the left, and where two hidden units send it on the right. The line in the hidden plane
is the best there is: of 180 directions, and every place to cut, the one with the fewest points on the wrong side, and
among those the one with most room. So the learner's only task is to bend the plane.

ForwardStepper: a small network computed a layer at a time, first the weighted sums z, then the activations a. The
formula of every unit that is being computed stands below the diagram with its numbers in it.

CurveFromPieces: three hinges with a slope and a kink each, and the curve that is their sum.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.colors import to_rgb

from course.diagram import Diagram
from course.text import decimal, minus
from course.widgets.controls import Stepper, dropdown, slider
from course.widgets.explorer import Explorer, moving, moving_segments, moving_text, set_if_changed, straight
from course.widgets.learner import call_learner_code
from helpers.colors import AMBER, BLUE, DARK_GREEN, GREEN, ORANGE
from helpers.data import logic_gate, moons
from helpers.network import identity, relu, sigmoid, tanh

ANGLES = np.linspace(0, np.pi, 180, endpoint=False)
NORMALS = np.stack([np.cos(ANGLES), np.sin(ANGLES)])
LINES, STEPS, CELLS = 9, 33, 60  # of the grid that is carried along: lines each way, points on each; of the background
FEW = 2
WEIGHTS = {  # of unit 1 and of unit 2: the name of each, its label and its value at the start
    "w11": ("unit 1: w of x₁", 1), "w12": ("unit 1: w of x₂", 1), "b1": ("unit 1: bias", 0),
    "w21": ("unit 2: w of x₁", 1), "w22": ("unit 2: w of x₂", -1), "b2": ("unit 2: bias", 0),
}  # fmt: skip
PALE = {name: 0.8 + 0.2 * np.array(to_rgb(color)) for name, color in (("0", BLUE), ("1", ORANGE))}


class HiddenSpace(Explorer):
    """Two hidden units h = f(W x + b) on XOR or the moons, and the best line in the plane of h.

    `f` may be the learner's own activation. The controls, which can be set at the start, are `data` ("XOR", "moons"),
    `activation`, and the weights and biases `w11`, `w12`, `b1`, `w21`, `w22`, `b2`. Dragging the line z = 0 of a unit
    changes its bias.
    """

    size = 780, 380

    def __init__(self, f=None, **start):
        self.activations = {**({} if f is None else {"yours": f}), "ReLU": relu, "tanh": tanh, "none": identity}
        self.sets = {"XOR": Points(*logic_gate("XOR")), "moons": Points(*moons(60, 0.1, seed=3))}
        super().__init__(**start)

    def controls(self):
        return {
            "data": dropdown("data", self.sets),
            "activation": dropdown("activation", self.activations),
            **{name: slider(label, value, -4, 4, 0.25) for name, (label, value) in WEIGHTS.items()},
        }

    def draw(self, figure):
        places = (0.095, 0.15, 0.38, 0.74), (0.59, 0.15, 0.38, 0.74)
        self.left, self.right = both = [figure.add_axes(place) for place in places]
        self.left.set(title="input plane", xlabel="x₁", ylabel="x₂")
        self.right.set(title="hidden plane", xlabel="h₁ = f(z₁)", ylabel="h₂ = f(z₂)")
        blank = np.ones((CELLS, CELLS, 3))
        self.sides = self.left.imshow(blank, origin="lower", aspect="auto", extent=(0, 1, 0, 1), animated=True)
        self.grids = [moving_segments(ax, zorder=1, colors="#AAAAAA", linewidths=0.9) for ax in both]
        self.zeros = [moving(self.left, color="#333333", ls=ls, lw=1.6) for ls in ("-", "--")]
        dot = {"ls": "", "markersize": 8, "markeredgecolor": "white", "zorder": 5}
        kinds = ("o", BLUE), ("^", ORANGE)
        self.dots = [[moving(ax, marker=mark, color=color, **dot) for mark, color in kinds] for ax in both]
        self.cut = moving(self.right, color=DARK_GREEN, lw=2.6)
        self.count = moving_text(self.right, 0.98, 1.03, ha="right", size=12, color=DARK_GREEN)

    def update(self, data, activation, **weights):
        W = np.array([[weights[f"w{j}{i}"] for i in (1, 2)] for j in (1, 2)], float)
        b = np.array([[weights["b1"]], [weights["b2"]]], float)
        points = self.sets[data]
        h, remarks = call_learner_code("The activation", self.activations[activation], W @ points.all + b)
        self.h, self.y, ok = h[:, : len(points.y)], points.y, np.isfinite(h).all()
        self.line = best_line(self.h, self.y) if ok else None
        self.wrong = self.line.wrong if self.line else min(np.bincount(self.y))
        for dots, grid, at in zip(self.dots, self.grids, (points.all, h), strict=True):
            grid.set_segments(points.segments(np.nan_to_num(at)))
            for k, marks in enumerate(dots):
                marks.set_data(*at[:, : len(self.y)][:, self.y == k])
        self._show_left(points, W, b, h)
        self._show_right(h[:, : points.background.start] if ok else np.ones(1))  # the points and the grid
        self.count.set_text(f"{self.wrong} of {len(self.y)} wrong")
        return remarks

    def goals(self, data, activation, **weights):
        yield "XOR: bend the plane so that one line parts the classes.", data == "XOR" and self.wrong == 0
        few = data == "moons" and self.wrong <= FEW
        yield f"moons: at most {FEW} of the 60 points on the wrong side of the line.", few

    def caption(self, data, activation, **weights):
        rows = [[weights[name] for name in (f"w{k}1", f"w{k}2", f"b{k}")] for k in (1, 2)]
        units = "; ".join(f"unit {k}: z = {w1:g} x₁ + {w2:g} x₂ + {b:g}" for k, (w1, w2, b) in enumerate(rows, 1))
        words = units.replace("+ -", "− ").replace("-", "−")
        line = f"The best line leaves {self.wrong} of {len(self.y)} points on the wrong side."
        return f"{data}, activation {activation}. {words}. {line}"

    def handles(self, **values):
        cuts = (line.get_data() for line in self.zeros)
        return {f"b{k}": (self.left, *ends) for k, ends in enumerate(cuts, 1) if len(ends[0])}

    def dragged(self, handle, place, **values):
        w = [values[f"w{handle[1]}{i}"] for i in (1, 2)]
        return {handle: -np.dot(w, place)}

    def _show_left(self, points, W, b, h):
        low, high = points.box
        set_if_changed(self.left, xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        self.sides.set_extent((low[0], high[0], low[1], high[1]))
        sides = np.ones((CELLS, CELLS, 3))
        if self.line:
            one = self.line.side(h[:, points.background]).reshape(CELLS, CELLS, 1)
            sides = np.where(one, PALE["1"], PALE["0"])
        self.sides.set_data(sides)
        for line, w, bias in zip(self.zeros, W, b[:, 0], strict=True):
            line.set_data(*straight(w, -bias, low, high))

    def _show_right(self, seen):
        high = 2 ** (np.ceil(2 * np.log2(max(np.abs(seen).max(), 1))) / 2) * 1.1  # few sizes: axes are slow to redraw
        low = -high if seen.min() < 0 else -0.15 * high
        set_if_changed(self.right, xlim=(low, high), ylim=(low, high))
        corners = np.full(2, low), np.full(2, high)
        self.cut.set_data(*(straight(self.line.normal, self.line.at, *corners) if self.line else ([], [])))


class Points:
    """A data set with what surrounds it: the points, the lines of the grid, and the background, as columns of `all`."""

    def __init__(self, X, y):
        self.y = y
        low, high = X.min(axis=0), X.max(axis=0)
        self.box = low, high = low - 0.25 * (high - low), high + 0.25 * (high - low)
        across, up = np.linspace(low, high, LINES).T
        xs, ys = np.linspace(low, high, STEPS).T
        grid = [[x, y] for y in up for x in xs] + [[x, y] for x in across for y in ys]
        cells = ((np.arange(CELLS)[:, None] + 0.5) / CELLS * (high - low) + low).T
        background = np.stack(np.meshgrid(*cells), axis=-1).reshape(-1, 2)
        self.all = np.concatenate([X, grid, background]).T
        self.grid = slice(len(X), len(X) + len(grid))
        self.background = slice(len(X) + len(grid), None)

    def segments(self, columns):
        """The lines of the grid, each (STEPS, 2), wherever they have been sent."""
        return columns[:, self.grid].T.reshape(2 * LINES, STEPS, 2)


class Line(NamedTuple):
    """normal · h = at; class 1 is where the left-hand side is larger, or smaller if `up` is False."""

    normal: np.ndarray
    at: float
    up: bool
    wrong: int  # points on the wrong side

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


# The network that lesson 03 works by hand: lists with entry l for layer l.
W = [None, np.array([[1.0, -1.0], [-2.0, 3.0]]), np.array([[2.0, -3.0]])]
b = [None, np.array([[0.5], [0.5]]), np.array([[-2.0]])]
f = [None, relu, sigmoid]

SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MOST = 4  # units a layer
LINE = 25  # pixels for each unit's formula


class ForwardStepper(Explorer):
    """Go through a network step by step: inputs, then z and a of layer 1, 2, …

    Without arguments it is the 2-2-1 network of lesson 03; `W`, `b`, `f` are lists with entry l for layer l, as in the
    lesson, of at most four units a layer. `forward`, a function (A0, W, b, f) → Z, A, may be the learner's own: its
    answer is compared at the last step. The controls, which can be set at the start, are `step`, `x1`, `x2`, ….
    """

    def __init__(self, W=W, b=b, f=f, forward=None, **start):
        self.W = [None, *(np.asarray(W_l, float) for W_l in W[1:])]
        self.b = [None, *(np.asarray(b_l, float).reshape(-1, 1) for b_l in b[1:])]
        self.f, self.forward = f, forward
        self.sizes = [self.W[1].shape[1], *(len(W_l) for W_l in self.W[1:])]
        if max(self.sizes) > MOST:
            raise ValueError(f"The forward stepper shows layers of at most {MOST} units; got {self.sizes}.")
        self.L = len(self.sizes) - 1
        self.size = 780, 290 + LINE * max(self.sizes)
        self.is_lesson = all(self.W[l] is W_l for l, W_l in enumerate(globals()["W"]) if l) and f is globals()["f"]
        super().__init__(**start)

    def controls(self):
        start = [2, *[1] * (self.sizes[0] - 1)]
        inputs = {f"x{i}": slider(f"input x{sub(i)}", value, -3, 3, 0.1) for i, value in enumerate(start, 1)}
        return {"step": Stepper("step", 2 * self.L), **inputs}

    def draw(self, figure):
        names = [[self._unit("a" if l else "x", l, i) for i in range(n)] for l, n in enumerate(self.sizes)]
        height = self.size[1]
        ax = figure.add_axes((0.02, 1 - 245 / height, 0.96, 238 / height))
        self.diagram = Diagram(ax, self.sizes, names[0], names[-1], hidden=names[1:-1], animated=True)
        self.head = moving_text(figure, 0.05, 1 - 270 / height, size=12, weight="bold")
        heights = [1 - (270 + LINE * k) / height for k in range(1, max(self.sizes) + 1)]
        self.lines = [moving_text(figure, 0.05, at, size=12, family="DejaVu Sans Mono") for at in heights]

    def update(self, step, **x):
        self._compute(np.array([*x.values()])[:, None])
        layer, sums = (step + 1) // 2, step % 2 == 1  # the one that is being computed; 0 before the first step
        values = [*self.A[:layer], self.Z[layer] if sums else self.A[layer]]
        lit = {(layer, i) for i in range(self.sizes[layer])}
        if sums:
            lit |= {(*unit, i) for unit in lit for i in range(self.sizes[layer - 1])}
        self.diagram.show(values=values, W=self.W, b=self.b, lit=lit if step else None)
        self.head.set_text(self._head(layer, sums))
        self.formulas = [self._formula(layer, i, sums) for i in range(self.sizes[layer])]
        for line, text in zip(self.lines, [*self.formulas, *[""] * MOST], strict=False):
            line.set_text(text)
        return self.remarks + self._ask_learner(step)

    def goals(self, step, **x):
        at_end = step == 2 * self.L
        yield "go to the last step.", at_end
        if self.is_lesson:
            yield "at the last step, find inputs with an output above 0.99.", at_end and float(self.A[-1][0, 0]) > 0.99
            silent = at_end and bool((self.A[1] == 0).all())
            yield "at the last step, find inputs for which both hidden units are silent.", silent

    def caption(self, step, **x):
        formulas = "; ".join(" ".join(text.split()) for text in self.formulas)
        return f"Step {step} of {2 * self.L}. {self.head.get_text()}: {formulas}."

    def _unit(self, letter, layer, i):
        """x₁ in layer 0, then a[1]₁, as in the lesson; a layer of one unit needs no number: a[2]."""
        index = sub(i + 1) if layer == 0 or self.sizes[layer] > 1 else ""
        return f"{letter}[{layer}]{index}" if layer else letter + index

    def _compute(self, A0):
        self.Z, self.A, self.remarks = [None], [A0], []
        for l in range(1, self.L + 1):
            self.Z.append(self.W[l] @ self.A[l - 1] + self.b[l])
            a, remarks = call_learner_code(f"The activation of layer {l}", self.f[l], self.Z[l])
            self.A.append(a)
            self.remarks += remarks

    def _head(self, layer, sums):
        if layer == 0:
            return "Inputs, a[0] = x"
        if sums:
            return f"Layer {layer}, weighted sums: z[{layer}] = W[{layer}] a[{layer - 1}] + b[{layer}]"
        return f"Layer {layer}, activations: a[{layer}] = {self._name(layer)}(z[{layer}])"

    def _formula(self, layer, i, sums):
        if layer == 0:
            return f"{self._unit('x', 0, i)} = {number(self.A[0][i, 0])}"
        z = self.Z[layer][i, 0]
        if not sums:
            return f"{self._unit('a', layer, i)} = {self._name(layer)}({number(z)}) = {number(self.A[layer][i, 0])}"
        products = zip(self.W[layer][i], self.A[layer - 1][:, 0], strict=True)
        terms = " + ".join(f"{signed(w)} · {signed(a)}" for w, a in products)
        return f"{self._unit('z', layer, i)} = {terms} + {signed(self.b[layer][i, 0])} = {number(z)}"

    def _name(self, layer):
        name = getattr(self.f[layer], "__name__", "f")
        return {"<lambda>": "f", "relu": "R", "sigmoid": "σ"}.get(name, name)[:16]

    def _ask_learner(self, step):
        """What the learner's own function makes of the same inputs."""
        if self.forward is None or step < 2 * self.L:
            return []
        W, b = ([None, *(array.copy() for array in arrays[1:])] for arrays in (self.W, self.b))

        def run(_):
            result = self.forward(self.A[0].copy(), W, b, list(self.f))  # → Z, A
            pair = type(result) in (tuple, list) and len(result) == 2
            return result[1][-1] if pair and type(result[1]) in (tuple, list) else result

        mine, remarks = call_learner_code("Your `forward`", self.forward, np.zeros_like(self.A[-1]), run)
        if not remarks:
            same = np.allclose(mine, self.A[-1])
            remarks.append(
                f"Your `forward` gives {', '.join(map(number, mine[:, 0]))}: {'the same' if same else 'not this'}."
            )
        return remarks


def sub(i):
    return str(i).translate(SUBSCRIPT)


def number(value):
    """At most four decimals, all of them if it had more (so 1.0000 is only nearly 1), and a minus as wide as a plus."""
    return decimal(value, 4, trim=abs(round(float(value), 4) - value) < 1e-14)


def signed(value):
    """A number inside a sum: negative ones in brackets."""
    return f"({number(value)})" if number(value).startswith("−") else number(value)


X = np.linspace(-1, 4, 501)
CLOSE = 0.1


def zigzag(x):
    """The curve of the lesson's formula."""
    return relu(relu(x) - relu(2 * x - 2) + relu(2 * x - 4))


TARGETS = {
    "zigzag": zigzag,
    "hill": lambda x: np.where((x > 0) & (x < 3), (1 - np.cos(2 * np.pi * x / 3)) / 2, 0),
    "square root": lambda x: np.sqrt(relu(x)),
}


class CurveFromPieces(Explorer):
    """Match a target with slope₁ R(x − kink₁) + slope₂ R(x − kink₂) + slope₃ R(x − kink₃).

    `curve` may be a target of the learner's own, a function defined from −1 to 4. The score is the largest distance
    between the two curves. The controls, which can be set at the start, are `target`, `slope1`, `kink1`, `slope2`, ….
    A kink is dragged along the axis, and a hinge turned about its kink.
    """

    size = 780, 330

    def __init__(self, curve=None, **start):
        targets = TARGETS if curve is None else {"yours": curve, **TARGETS}
        self.tables = {name: call_learner_code("Your curve", f, X) for name, f in targets.items()}
        super().__init__(**start)

    def controls(self):
        pieces = {}
        for k, (slope, kink) in enumerate(((0.5, 0), (0, 1.5), (0, 3)), 1):
            pieces[f"slope{k}"] = slider(f"slope {k}", slope, -3, 3, 0.05)
            pieces[f"kink{k}"] = slider(f"kink {k}", kink, -1, 4, 0.05)
        return {"target": dropdown("target", self.tables), **pieces}

    def draw(self, figure):
        plane = {"xlabel": "x", "xlim": (-1, 4), "ylim": (-3, 3)}
        self.left = figure.add_axes(
            (0.08, 0.17, 0.38, 0.7), title="three hinges", ylabel="slope · R(x − kink)", **plane
        )
        right = figure.add_axes((0.57, 0.17, 0.38, 0.7), title="their sum, target dashed", ylabel="output", **plane)
        for ax in (self.left, right):
            ax.axhline(0, color="#BBBBBB", lw=0.8)
        colors = BLUE, ORANGE, GREEN
        self.pieces = [moving(self.left, color=color) for color in colors]
        self.kinks = [moving(self.left, color=color, marker="o", ls="") for color in colors]
        self.goal = moving(right, X, 0 * X, color="#555555", ls="--", lw=1.6, zorder=4)
        self.sum = moving(right, X, 0 * X, color=BLUE, lw=2.6, zorder=3)
        self.gap = moving(right, color=AMBER, lw=4, solid_capstyle="butt", zorder=5)
        self.score = moving_text(right, 0.04, 0.06, size=12, color=DARK_GREEN)

    def update(self, target, **pieces):
        goal, remarks = self.tables[target]
        total = 0
        for k, (line, dot) in enumerate(zip(self.pieces, self.kinks, strict=True), 1):
            hinge = pieces[f"slope{k}"] * relu(X - pieces[f"kink{k}"])
            line.set_data(X, hinge)
            dot.set_data([pieces[f"kink{k}"]], [0])
            total = total + hinge
        self.sum.set_ydata(total)
        self.goal.set_ydata(goal)
        distance = np.abs(total - goal)
        self.error, self.worst = np.inf, np.nan
        self.gap.set_data([], [])
        if np.isfinite(distance).any():
            worst = int(np.nanargmax(distance))
            self.error, self.worst = float(distance[worst]), float(X[worst])
            self.gap.set_data([X[worst]] * 2, [total[worst], goal[worst]])
        self.score.set_text(f"largest error {self.error:.2f}")
        return remarks

    def goals(self, target, **pieces):
        for name in ("zigzag", "hill"):
            yield f"match the {name}: largest error below {CLOSE}.", target == name and self.error < CLOSE

    def caption(self, target, **pieces):
        terms = [f"{pieces[f'slope{k}']:g} · R(x − {pieces[f'kink{k}']:g})" for k in range(1, 4)]
        curve = " + ".join(terms).replace("-", "−").replace("− −", "+ ").replace("+ −", "− ")
        if np.isinf(self.error):
            return f"y = {curve}. There is no target to compare with."
        where = minus(f"{self.worst:.2f}")
        return f"y = {curve}. The largest error against the {target} is {self.error:.2f}, at x = {where}."

    def handles(self, target, **pieces):
        hinges, kinks, right = {}, {}, X[-1]
        for k in (1, 2, 3):
            slope, kink = pieces[f"slope{k}"], pieces[f"kink{k}"]
            kinks[f"kink{k}"] = self.left, kink, 0
            if kink < right:
                hinges[f"slope{k}"] = self.left, [kink, right], [0, slope * (right - kink)]
        return hinges | kinks  # a kink lies above the hinges

    def dragged(self, handle, place, target, **pieces):
        x, y = place
        if handle.startswith("kink"):
            return {handle: x}
        run = x - pieces[f"kink{handle[-1]}"]
        return {handle: y / run} if run > 0 else {}
