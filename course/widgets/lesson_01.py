"""The widgets of lesson 01.

NeuronExplorer: two weights and a bias, as a diagram with live numbers and as a cut through the plane.
GuessTheLine: slope and intercept, adjusted by hand, as training would, until the loss is low.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb

from course.diagram import Diagram
from course.text import decimal
from course.widgets.controls import dropdown, slider
from course.widgets.explorer import Explorer, moving, moving_segments, straight
from course.widgets.learner import call_learner_code
from helpers.colors import BLACK, BLUE, ORANGE
from helpers.data import GATES, house_prices, logic_gate
from helpers.network import identity, relu, sigmoid, tanh

CORNERS, _ = logic_gate("AND")  # (4, 2), in the order 00, 01, 10, 11
LOW, HIGH = -0.6, 1.6
# Cells of the background each way, a learner's neuron is called once for each. No multiples of 11: lines such as
# x₁ − x₂ + 0.5 = 0 would pass through centers of cells, whose side is then decided by rounding.
FINE, COARSE = 128, 20
NAMES = [f"({x1:.0f}, {x2:.0f})" for x1, x2 in CORNERS]
SURE = 0.1
GOALS = "OR", "AND", "NAND", "NAND"  # the gate that each goal is about
ARROW = 0.15  # its length, in units of the plane, for a weight of 1


def cells(n):
    """The centers of n × n cells of the plane, row by row: (n², 2)."""
    centers = LOW + (np.arange(n) + 0.5) * (HIGH - LOW) / n
    return np.stack(np.meshgrid(centers, centers), axis=-1).reshape(-1, 2)


PLANE = {n: cells(n) for n in (FINE, COARSE)}


def step(z):
    return np.where(np.greater(z, 0), 1.0, 0.0)


ACTIVATIONS = {"step": step, "sigmoid": sigmoid, "tanh": tanh, "ReLU": relu, "identity": identity}


class NeuronExplorer(Explorer):
    """ŷ = f(w · x + b) with two inputs, beside the truth table of a gate that it may become.

    `neuron` may be the learner's own, called with one input (2,), the weights (2,), the bias and the chosen activation:
    neuron(x, w, b, f). The controls, which can be set at the start, are `w1`, `w2`, `b`, `activation`, `gate`
    (the outputs wanted) and `x` (the input in the diagram). Once the gate wanted was made, the next goal's is wanted.

    Dragging the line changes b. The arrow is w, and dragging it takes the line along, about the point where it stands.
    """

    size = 780, 370

    def __init__(self, neuron=None, **start):
        self.neuron = neuron
        super().__init__(**start)

    def controls(self):
        return {
            "w1": slider("w₁", 1, -10, 10, 0.1),
            "w2": slider("w₂", -1, -10, 10, 0.1),
            "b": slider("b", 0.5, -15, 15, 0.1),
            "activation": dropdown("activation f", ACTIVATIONS),
            "gate": dropdown("gate wanted", GATES, "OR"),
            "x": dropdown("input shown", NAMES, NAMES[2]),
        }

    def draw(self, figure):
        left = figure.add_axes((0.01, 0.08, 0.43, 0.8))
        left.set_title("The neuron", x=0.04)
        self.diagram = Diagram(left, [2, 1], inputs=["x₁", "x₂"], outputs=["ŷ"], animated=True)

        reach = {"xlim": (LOW, HIGH), "ylim": (LOW, HIGH), "xticks": [0, 1], "yticks": [0, 1]}
        ax = self.plane = figure.add_axes((0.53, 0.15, 0.352, 0.742), title="The plane it cuts", **reach)
        ax.set(xlabel="x₁", ylabel="x₂")
        self.shade = ax.add_artist(Shade())
        self.shade.set_animated(True)
        self.line = moving(ax, color="#222222", lw=2)
        arrow = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.012, "color": "#222222"}
        self.normal = ax.quiver([0], [0], [0], [0], animated=True, **arrow)
        dot = {"marker": "o", "ls": "", "ms": 13, "mew": 2, "color": BLACK, "zorder": 4}
        self.ones = moving(ax, **dot)
        self.zeros = moving(ax, **dot | {"mfc": "white"})
        self.chosen = moving(ax, **dot | {"ms": 21, "mfc": "none", "mew": 1.4})
        self.labels = []  # outwards from the dots, where the cut seldom passes
        box = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
        for x1, x2 in CORNERS:
            place = x1 + (0.27 if x1 else -0.27), x2 + (0.17 if x2 else -0.17)
            style = {"ha": "center", "va": "bottom" if x2 else "top", "size": 10, "bbox": box, "zorder": 5}
            self.labels.append(ax.text(*place, "", animated=True, **style))

    def update(self, w1, w2, b, activation, gate, x):
        w, k = np.array([w1, w2], float), NAMES.index(x)
        made = gate in [GOALS[k] for k in self.reached] and gate == self.gate and self._is(gate)
        self.y, remarks = self._ask(activation, CORNERS, w, b)
        n = FINE if self.neuron is None else COARSE
        background, _ = self._ask(activation, PLANE[n], w, b)
        half = 0.5 if activation in ("step", "sigmoid") else 0.0
        self.fires, self.known = self.y > half, np.isfinite(self.y)
        if made and not self._is(gate):
            gate = next((name for k, name in enumerate(GOALS) if k not in self.reached), "XOR")
            self.set(gate=gate)
        self.gate, self.wanted = gate, np.array(GATES[gate]) == 1
        self.right = int((self.known & (self.fires == self.wanted)).sum())

        z = CORNERS[k] @ w + b
        none = {} if self.known[k] else {(1, 0): "none"}
        self.diagram.show([CORNERS[k], self.y[k : k + 1]], W=[None, w[None]], b=[None, [b]], full=10, texts=none)
        first = f"{decimal(w1)} · {CORNERS[k, 0]:.0f}"
        self.sum = f"z = {first} {plus(w2)} · {CORNERS[k, 1]:.0f} {plus(b)} = {decimal(z)}"
        f = f"{activation}({decimal(z)})" if self.neuron is None else f"neuron(x, w, b, {activation})"
        self.output = f"ŷ = {f} = {decimal(self.y[k])}"

        self.shade.set(colors=tint(background).reshape(n, n, 4))
        self._cut(w, b)
        self.ones.set_data(*CORNERS[self.wanted].T)
        self.zeros.set_data(*CORNERS[~self.wanted].T)
        self.chosen.set_data(*CORNERS[[k]].T)
        for label, y, known, fires, want in zip(self.labels, self.y, self.known, self.fires, self.wanted, strict=True):
            mark = "✓" if known and fires == want else "✗"
            label.set_text(f"ŷ = {decimal(y)}\nwant {want:d} {mark}")
        return remarks

    def goals(self, activation, **values):
        for gate in ("OR", "AND", "NAND"):
            ones = [name for name, one in zip(NAMES, GATES[gate], strict=True) if one]
            yield f"make {gate}: fire for {' and '.join(ones)}, and not for the rest.", self._is(gate)
        off = np.abs(self.y - GATES["NAND"]) <= SURE
        yield f"NAND with the sigmoid, every ŷ within {SURE} of 0 or 1.", activation == "sigmoid" and bool(off.all())

    def caption(self, w1, w2, b, activation, gate, x):
        outputs = ", ".join(f"{name} → {decimal(y)}" for name, y in zip(NAMES, self.y, strict=True))
        shown = f"Input {x}: {self.sum}, {self.output}."
        return f"{shown} All four: {outputs}. For {gate}, {self.right} of 4 are right. Filled dots want a 1."

    def handles(self, w1, w2, b, **others):
        if not w1 and not w2:
            return {}
        line = cut(np.array([w1, w2]), b)
        return {"line": (self.plane, *line), "arrow": (self.plane, *line.mean(axis=1) + ARROW * np.array([w1, w2]))}

    def dragged(self, handle, place, w1, w2, b, **others):
        if handle == "line":
            return {"b": -np.array([w1, w2]) @ place}
        foot = cut(np.array([w1, w2]), b).mean(axis=1)
        w = ((place - foot) / ARROW).clip(-10, 10).round(1)
        return {"w1": w[0], "w2": w[1], "b": -w @ foot}

    def _is(self, gate):
        return bool(self.known.all()) and np.array_equal(self.fires, np.array(GATES[gate]) == 1)

    def _ask(self, activation, points, w, b):
        """The outputs for points (m, 2), NaN where there are none, and what there is to say about a learner's."""
        z, f = points @ w + b, ACTIVATIONS[activation]
        if self.neuron is None:
            return f(z).astype(float), []

        def one(x):
            return self.neuron(x.copy(), w.copy(), b, f)

        first, sentences = call_learner_code("Your neuron", self.neuron, z[0], lambda z: one(points[0]))
        if np.isnan(first):
            sentences = [words.replace("instead of shape ()", "for one input") for words in sentences]
            return np.full(z.shape, np.nan), sentences
        return call_learner_code("Your neuron", self.neuron, z, lambda z: np.array([one(x) for x in points]))

    def _cut(self, w, b):
        """The line w · x + b = 0, and on it the arrow w."""
        self.line.set_visible(w.any())
        self.normal.set_visible(w.any())
        if w.any():
            line = cut(w, b)
            self.line.set_data(*line)
            self.normal.set_offsets([line.mean(axis=1)])
            self.normal.set_UVC(*ARROW * w[:, None])


def cut(w, b):
    """Two points, as columns, of the line w · x + b = 0; between them the one that is nearest to the plane's middle."""
    return straight(w, -b, np.full(2, LOW), np.full(2, HIGH))


class Shade(Artist):
    """Cells that fill an axes, of colors (n, n, 4) in bytes, from below; a tenth of the time that `imshow` takes."""

    zorder = 0

    def set_colors(self, colors):
        self.colors = colors

    def draw(self, renderer):
        (left, bottom), (right, top) = np.rint(self.axes.bbox.get_points()).astype(int)
        rows, columns = (np.arange(n) * len(self.colors) // n for n in (top - bottom, right - left))
        gc = renderer.new_gc()
        renderer.draw_image(gc, left, bottom, self.colors.take(rows, axis=0).take(columns, axis=1))
        gc.restore()


def tint(y):
    """Colors (m, 4) in bytes of y (m,): white at 0, towards blue up to 1, towards orange down to −1, as in the diagram;
    gray for NaN."""
    strength = 0.35 * np.nan_to_num(y).clip(-1, 1)[:, None]
    ends = np.where(strength >= 0, to_rgb(BLUE), to_rgb(ORANGE))
    colors = np.full((len(y), 4), 255, np.uint8)
    colors[:, :3] = 255 * np.where(np.isnan(y)[:, None], 0.9, 1 - np.abs(strength) * (1 - ends))
    return colors


def plus(value):
    """ "+ 0.5" or "− 0.5"."""
    return f"{'+' if value >= 0 else '−'} {decimal(abs(value))}"


FEW = 4  # moves
TOP = 150  # of the scale of the typical error, in $1000
TARGET = 20  # typical error to get below, in $1000; its square is the loss


class GuessTheLine(Explorer):
    """Houses, the line price = w · size + b, a bar from each house to the line, and the loss they add up to.

    `size` in 1000 square feet and `price` in $1000, arrays of one length; without them the 30 houses of the lesson. The
    controls, which can be set at the start, are `w` ($ a square foot) and `b` ($1000). An end of the line is dragged up
    and down, and the other stays.
    """

    size = 780, 360

    def __init__(self, house_size=None, price=None, **start):
        if house_size is None or price is None:
            X, y = house_prices(30)
            house_size, price = X[:, 0] / 1000, y / 1000
        self.house_size, self.price = np.ravel(house_size).astype(float), np.ravel(price).astype(float)
        if len(self.house_size) != len(self.price) or not len(self.price):
            got = f"{len(self.house_size)} and {len(self.price)}"
            raise ValueError(f"expected as many sizes as prices, one or more; got {got}.")
        super().__init__(**start)

    def controls(self):
        return {"w": slider("w ($ a sq ft)", 60, 0, 400, 2), "b": slider("b ($1000)", 250, -200, 400, 5)}

    def draw(self, figure):
        self.reach, top = np.array([0, max(4, 1.05 * self.house_size.max())]), max(900, 1.1 * self.price.max())
        self.plane = figure.add_axes((0.095, 0.155, 0.57, 0.73), xlim=self.reach, ylim=(-0.05 * top, top))
        self.plane.set(title="price = w · size + b", xlabel="size (1000 sq ft)", ylabel="price ($1000)")
        self.errors = moving_segments(self.plane, colors=ORANGE, linewidths=1.6)
        self.line = moving(self.plane, color=BLUE)
        moving(self.plane, self.house_size, self.price, marker="o", ls="", color=BLACK, ms=5, zorder=3)
        self.scale = figure.add_axes((0.81, 0.155, 0.09, 0.73), ylim=(0, TOP), xlim=(0, 1), xticks=[])
        self.scale.set_ylabel("typical error √loss ($1000)")
        (self.bar,) = self.scale.bar([0.5], [0], width=0.7, color=ORANGE, animated=True)
        self.scale.axhline(TARGET, color="#333333", ls="--", lw=1.4, animated=True, zorder=4)
        self.scale.text(1.08, TARGET, "goal", size=11, va="center", animated=True)
        self.number = self.scale.set_title("", animated=True)

    def update(self, w, b):
        guess = w * self.house_size + b
        self.loss = np.mean((guess - self.price) ** 2)
        houses = zip(self.house_size, guess, self.price, strict=True)
        self.errors.set_segments([[(x, at), (x, real)] for x, at, real in houses])
        self.line.set_data(self.reach, w * self.reach + b)
        self.bar.set_height(np.sqrt(self.loss))
        self.number.set_text(f"loss {self.loss:,.0f}")

    def handles(self, w, b):
        return {name: (self.plane, *end) for name, end in zip(("left", "right"), self._ends(w, b), strict=True)}

    def dragged(self, handle, place, w, b):
        ends = self._ends(w, b)
        (x, _), (fixed_x, fixed_y) = ends if handle == "left" else ends[::-1]
        w = np.clip((place[1] - fixed_y) / (x - fixed_x), self.control["w"].min, self.control["w"].max)
        b = np.clip(fixed_y - w * fixed_x, self.control["b"].min, self.control["b"].max)
        return {"w": (fixed_y - b) / fixed_x if fixed_x else w, "b": b}

    def _ends(self, w, b):
        """The two points where the line, which does not fall, enters and leaves the plane: (2, 2)."""
        y = (w * self.reach + b).clip(*self.plane.get_ylim())
        return np.stack([(y - b) / w if w else self.reach, y], axis=1)

    def goals(self, w, b):
        below = self.loss < TARGET**2
        yield f"get the loss below {TARGET**2}.", below
        yield f"do it in at most {FEW} moves. So far: {self.moves}. (Reset starts again.)", below and self.moves <= FEW

    def caption(self, w, b):
        line = f"price = {w:.0f} · size {plus(b)}"
        typical = f"a typical error of ${1000 * np.sqrt(self.loss):,.0f}"
        return f"{len(self.price)} houses and the line {line}: loss {self.loss:,.0f} (thousand $)², {typical}."
