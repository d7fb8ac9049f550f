"""The drawing of a network that lessons and widgets share: a circle a unit, a line a weight, live numbers on both.

    diagram = Diagram(ax, [2, 3, 1], inputs=["x₁", "x₂"], outputs=["ŷ"])
    diagram.show(values=A, W=W, b=b)                       # lists with entry l for layer l, as everywhere in the course
    diagram.show(values=A, W=W, lit={(1, 0), (1, 0, 1)})   # unit 0 of layer 1 and the weight W[1][0, 1] stand out

Blue is positive, orange negative; the stronger the color, the larger the value; the thicker the line, the larger the
weight. A layer of more than LIMIT units is drawn with its first and last ones, and its size below. Numbers stand
where there is room: in circles that are large enough, and on the lines between layers that have few of them.
"""

import numpy as np
from matplotlib.collections import LineCollection

from course.text import decimal, minus
from helpers.colors import BLUE, ORANGE

INK, PALE = "#222222", "#BBBBBB"
LIMIT = 12  # units of a layer that are drawn
NUMBERS = 12  # weights between two layers up to which all their numbers are written


class Diagram:
    """A network of layers `sizes` n_0 … n_L on `ax`, whose axes are hidden; `ax` must not change its place afterwards.

    `inputs`, `outputs` and `hidden` name the units: lists of texts, for `hidden` one list for each hidden layer.
    `animated` is for widgets: then every artist that `show` changes is animated. Raises ValueError if there is nothing
    to draw, or the names are not as many as the units.
    """

    def __init__(self, ax, sizes, inputs=None, outputs=None, hidden=None, animated=False):
        self.sizes = [int(n) for n in sizes]
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            wanted = "two or more layers, each of one unit or more, as [2, 3, 1]"
            raise ValueError(f"sizes: expected {wanted}; got {sizes}.")
        self.ax, self.L = ax, len(self.sizes) - 1
        self.shown = [_shown(n) for n in self.sizes]
        names = [inputs, *(hidden or [None] * (self.L - 1)), outputs]
        self._check_names(names)

        self._place()
        self._edges = [(l, j, i) for l in range(1, self.L + 1) for j in self.shown[l] for i in self.shown[l - 1]]
        few = [len(self.shown[l]) * len(self.shown[l - 1]) <= NUMBERS for l in range(1, self.L + 1)]
        self._numbered = {edge: few[edge[0] - 1] for edge in self._edges}
        self._draw(names, animated)

    def show(self, values=None, W=None, b=None, lit=None, texts=None, notes=None, full=None):
        """Write numbers into the drawing; whatever is not given is blank. Returns the Diagram.

        values    lists with entry l: the numbers in the circles of layer l, (n_l,) or (n_l, 1), or None
        W, b      lists with entry 0 None: weights (n_l, n_{l-1}) and biases (n_l,) or (n_l, 1), or None
        lit       units (l, i) and weights (l, j, i) that stand out; all others turn pale. None: no difference is made
        texts     {(l, i) or (l, j, i): text} in place of the number in a circle or on a line
        notes     {(l, i): text} in place of the bias under a circle
        full      the |weight| that is drawn at full width; by default the largest there is
        """
        texts, notes = texts or {}, notes or {}
        self._show_units(values, b, lit, texts, notes)
        self._show_weights(W, lit, texts, full)
        return self

    def _check_names(self, names):
        if len(names) != self.L + 1:
            raise ValueError(f"hidden: expected names for {self.L - 1} hidden layers; got {len(names) - 2}.")
        for l, layer in enumerate(names):
            if layer is not None and len(layer) != self.sizes[l]:
                raise ValueError(f"Layer {l} has {self.sizes[l]} units; got {len(layer)} names for them: {layer}.")

    def _place(self):
        """Where units stand: x is the layer, y in the same unit of length, so that a circle's size can be computed."""
        box = self.ax.get_window_extent()
        elided = [len(shown) < n for shown, n in zip(self.shown, self.sizes, strict=True)]  # needs a row for the dots
        rows = max(len(shown) + dots for shown, dots in zip(self.shown, elided, strict=True))
        below = 0.35 * any(elided)  # room for the size
        self._pixels = box.width / (self.L + 0.8), box.height / (rows + below)  # between neighbors
        points = np.array(self._pixels) * 72 / self.ax.figure.dpi
        self.radius = min(0.22 * points[0], 0.3 * points[1], 22)  # of a circle, in points
        self.ax.set(xlim=(-0.4, self.L + 0.4), ylim=(-0.5 - below, rows - 0.5))
        self.ax.set_axis_off()
        self.xy = {}
        for l, (shown, dots) in enumerate(zip(self.shown, elided, strict=True)):
            top = (rows + len(shown) + dots) / 2 - 1
            for row, i in enumerate(shown):
                self.xy[l, i] = (l, top - row - (dots and row >= len(shown) // 2))

    def _draw(self, names, animated):
        ax = self.ax
        font = float(np.clip(0.62 * self.radius, 6, 11))
        lines = [(self.xy[l - 1, i], self.xy[l, j]) for l, j, i in self._edges]
        self._lines = LineCollection(lines, colors=PALE, linewidths=1, animated=animated, zorder=1)
        ax.add_collection(self._lines, autolim=False)
        x, y = np.array(list(self.xy.values())).T
        circles = {"s": 4 * self.radius**2, "animated": animated}
        ax.scatter(x, y, color="white", zorder=2, **circles)  # lines end at the circle
        self._circles = ax.scatter(x, y, facecolors="white", edgecolors=INK, linewidths=1.2, zorder=3, **circles)
        box = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        style = {"ha": "center", "animated": animated, "color": INK}
        lift = self.radius / 72 * ax.figure.dpi / ax.get_window_extent().height * np.diff(ax.get_ylim())[0]
        self._values = {
            unit: ax.text(*at, "", va="center", fontsize=font, zorder=4, **style) for unit, at in self.xy.items()
        }
        self._notes = {
            (l, i): ax.text(x, y - 1.15 * lift, "", va="top", fontsize=0.85 * font, zorder=4, bbox=box, **style)
            for (l, i), (x, y) in self.xy.items()
        }
        for (l, i), (x, y) in self.xy.items():
            if names[l] is not None:
                ax.text(x, y + 1.2 * lift, names[l][i], ha="center", va="bottom", fontsize=font, color=INK)
        for l, (shown, n) in enumerate(zip(self.shown, self.sizes, strict=True)):
            if len(shown) < n:
                above, below = (self.xy[l, shown[len(shown) // 2 - up]][1] for up in (1, 0))
                ax.text(l, (above + below) / 2, "⋮", ha="center", va="center", fontsize=14, color=INK)
                bottom = self.xy[l, shown[-1]][1] - 1.3 * lift
                ax.text(l, bottom, f"{n} units", ha="center", va="top", fontsize=9, color=INK)
        self.places = self._number_places(0.85 * font)  # of the numbers on the lines
        self._weights = {
            edge: ax.text(*at, "", va="center", fontsize=0.85 * font, zorder=2.5, bbox=box, **style)
            for edge, at in self.places.items()
        }

    def _number_places(self, font):
        """Where on its line each weight's number stands: as far as can be from the other numbers, circles and biases.

        Distances are counted in sizes of a number, so that below 1 two of them overlap; three rounds are enough.
        """
        scale = 72 / self.ax.figure.dpi * np.array(self._pixels)  # points between neighbors, across and up
        number = font * np.array((2.9, 1.4))
        circles = np.array(list(self.xy.values())) * scale
        biases = circles - (0, 1.15 * self.radius + 0.6 * font)
        shares = np.linspace(0.15, 0.85, 29)
        ends = {(l, j, i): np.array((self.xy[l - 1, i], self.xy[l, j])) * scale for l, j, i in self._edges}
        places = {edge: (start + end) / 2 for edge, (start, end) in ends.items()}
        numbered = [edge for edge in self._edges if self._numbered[edge]]
        for edge in 3 * numbered:
            start, end = ends[edge]
            options = (start + shares[:, None] * (end - start))[:, None]
            others = np.array([places[other] for other in numbered if other != edge]).reshape(-1, 2)
            lines = np.array([ends[other] for other in numbered if other != edge and other[0] == edge[0]])
            room = [
                (np.abs(options - others) / number).max(axis=2),
                (np.abs(options - circles) / (number / 2 + self.radius)).max(axis=2),
                (np.abs(options - biases) / (number * (1.1, 1))).max(axis=2),
                0.5 + _distance(options, lines.reshape(-1, 2, 2)) / number[1],  # on a line is half as bad
            ]
            room = np.minimum(np.hstack(room).min(axis=1), 1.1) - 0.1 * np.abs(shares - 0.5)
            places[edge] = options[room.argmax(), 0]
        return {edge: at / scale for edge, at in places.items()}

    def _show_units(self, values, b, lit, texts, notes):
        values = [None if layer is None else np.ravel(layer).astype(float) for layer in values or []]
        values += [None] * (self.L + 1 - len(values))
        finite = [np.abs(layer[np.isfinite(layer)]) for layer in values if layer is not None]
        largest = max([1e-12, *(layer.max() for layer in finite if layer.size)])
        faces, edges, widths = [], [], []
        for l, i in self.xy:
            value, stands_out = None if values[l] is None else values[l][i], lit is None or (l, i) in lit
            strength = 0.55 if stands_out else 0.2
            faces.append((_color(value), strength * min(abs(value), largest) / largest if _finite(value) else 0))
            edges.append(INK if stands_out else PALE)
            widths.append(2.4 if lit is not None and stands_out else 1.2)
            number = "" if value is None or self.radius < 8 else _number(value)
            _write(self._values[l, i], texts.get((l, i), number), stands_out)
            bias = None if b is None or l == 0 or b[l] is None or self.radius < 10 else np.ravel(b[l])[i]
            self._notes[l, i].set_text(notes.get((l, i), "" if bias is None else f"b = {_number(bias)}"))
        self._circles.set(facecolors=faces, edgecolors=edges, linewidths=widths)

    def _show_weights(self, W, lit, texts, full):
        W = [None] * (self.L + 1) if W is None else W
        drawn = [None if W[l] is None else float(W[l][j, i]) for l, j, i in self._edges]
        if full is None:
            full = max([abs(w) for w in drawn if _finite(w)], default=1)
        colors, widths = [], []
        for edge, w in zip(self._edges, drawn, strict=True):
            stands_out = lit is None or edge in lit
            size = min(abs(w) / full, 1) if _finite(w) and full > 0 else 0.15
            colors.append((_color(w) if stands_out else PALE, 0.35 + 0.65 * size if stands_out else 0.6))
            widths.append(0.5 + 3 * size + (lit is not None and stands_out))
            wanted = self._numbered[edge] if lit is None or self._numbered[edge] else edge in lit
            number = _number(w) if w is not None and wanted else ""
            _write(self._weights[edge], texts.get(edge, number), stands_out)
        self._lines.set(colors=colors, linewidths=widths)


def _write(artist, text, stands_out):
    """Set only what differs: a widget draws a text anew after a `set(…)`, even to what it was."""
    artist.set_text(text)
    artist.set_visible(bool(text))
    color = INK if stands_out else "#555555"
    if artist.get_color() != color:
        artist.set_color(color)


def _shown(n):
    """The units of a layer that are drawn: all, or the first and the last ones."""
    each = (LIMIT - 1) // 2
    return list(range(n)) if n <= LIMIT else [*range(each), *range(n - each, n)]


def _distance(points, lines):
    """From each of the points (k, 1, 2) to each of the straight lines (n, 2, 2), between their ends: (k, n)."""
    starts, ways = lines[:, 0], lines[:, 1] - lines[:, 0]
    along = ((points - starts) * ways).sum(axis=2) / (ways**2).sum(axis=1)
    return np.linalg.norm(points - starts - along.clip(0, 1)[..., None] * ways, axis=2)


def _finite(value):
    return value is not None and np.isfinite(value)


def _color(value):
    return "#888888" if not _finite(value) else BLUE if value >= 0 else ORANGE


def _number(value):
    """A number in few signs: 1.50 is 1.5, 2.00 is 2, −0.00 is 0."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞" if value > 0 else "−∞"
    if abs(value) >= 1000:
        return minus(f"{value:.0e}".replace("e+0", "e"))
    return decimal(value)
