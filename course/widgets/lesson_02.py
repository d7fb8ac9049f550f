"""The widgets of lesson 02.

ActivationExplorer: a function, its derivative, and the tangent that connects the two. It works with the learner's own
functions. Each is asked for its values once (again when α moves, if it takes α), on a grid whose points are the
positions of the x slider; moving x only looks them up.

SoftmaxTemperature: logits on the left, the probabilities made of them on the right.
"""

import inspect
from functools import lru_cache

import numpy as np
from matplotlib.ticker import MaxNLocator

from course.text import number
from course.widgets.controls import CheckList, dropdown, slider
from course.widgets.explorer import Explorer, moving, moving_text, set_if_changed
from course.widgets.learner import call_learner_code
from helpers import network
from helpers.colors import AMBER, BLACK, BLUE, GREEN, ORANGE, PINK, SKY
from helpers.network import ACTIVATIONS

X = np.linspace(-6, 6, 241)
H = 1e-5  # a central difference is taken over x − H … x + H
COLORS = (BLUE, ORANGE, GREEN, PINK, BLACK, SKY, AMBER)
DASHES = ("-", "--", ":")  # from the eighth function on, colors come again with other dashes


class ActivationExplorer(Explorer):
    """f with its tangent at x on the left, f′ on the right, for one function and any others to compare it with.

    `functions` maps a name to f or to (f, f_prime); without f_prime the slope is a central difference. A parameter
    after the first that is named `alpha` or `slope` gets the value of the α slider. One function alone will do too.
    The controls, which can be set at the start, are `function`, `compare`, `x` and `alpha`.
    """

    size = 780, 310

    def __init__(self, functions=None, **start):
        functions = functions or {name: pair for name, pair in ACTIVATIONS.items() if name != "softmax"}
        if not isinstance(functions, dict):
            functions = {getattr(functions, "__name__", "your function"): functions}
        self.functions = {str(name): Entry(str(name), given) for name, given in functions.items()}
        self._shown = None
        super().__init__(**start)

    def controls(self):
        start = "sigmoid" if "sigmoid" in self.functions else None
        return {
            "function": dropdown("function", self.functions, start),
            "compare": CheckList("compare with", self.functions),
            "x": slider("x", 1, -6, 6, 0.05),
            "alpha": slider("α", 0.25, 0, 1.5, 0.05),
        }

    def draw(self, figure):
        self.left = Panel(figure.add_axes((0.08, 0.165, 0.275, 0.7)), self.functions)
        self.right = Panel(figure.add_axes((0.56, 0.165, 0.275, 0.7)), self.functions)
        self.left.ax.set(title="f(x) and its tangent", ylabel="f(x)")
        self.right.ax.set(title="f′(x), its slope:", ylabel="f′(x)")
        self.tangent = moving(self.left.ax, color="#222222", lw=1.5, zorder=5)
        self.number = moving_text(self.right.ax, 0.73, 1.064, size=13, weight="bold")

    def update(self, function, compare, x, alpha):
        shown = [entry for name, entry in self.functions.items() if name == function or name in compare]
        tables = {entry.name: entry.table(alpha) for entry in shown}
        if self._shown != (function, compare, alpha):
            self._shown = function, compare, alpha
            self.left.show({name: f for name, (f, _, _) in tables.items()}, function, step=1, most=10)
            self.right.show({name: f_prime for name, (_, f_prime, _) in tables.items()}, function, step=0.25, most=2)
        k = int(np.rint((x - X[0]) / (X[1] - X[0])))  # X[k] is the point of the grid nearest to x
        for panel in (self.left, self.right):
            panel.point(k)
        self.x, self.y, self.slope = X[k], *(values[k] for values in tables[function][:2])
        reach = np.array([-1.5, 1.5])
        self.tangent.set_data(self.x + reach, self.y + self.slope * reach)
        self.number.set_text(number(self.slope, 3))
        return [remark for *_, remarks in tables.values() for remark in remarks]

    def unused(self, function, compare, **others):
        entries = [self.functions[name] for name in (function, *compare)]
        return () if any(entry.f_option or entry.f_prime_option for entry in entries) else ("alpha",)

    def goals(self, **values):
        nearly_flat, falling = 0 < abs(self.slope) < 0.01, self.slope < -0.05
        yield "find where the slope is below 0.01 in size, but not zero.", nearly_flat
        yield "find a function that falls: a slope below −0.05.", falling

    def caption(self, function, compare, x, alpha):
        others = ", ".join(name for name in compare if name != function)
        beside = f" Beside it: {others}." if others else ""
        if np.isnan(self.y):
            return f"{function} has no value at x = {number(self.x, 3)}.{beside}"
        at = f"value {number(self.y, 3)}, slope {number(self.slope, 3)}"
        return f"{function} at x = {number(self.x, 3)}: {at}.{beside}"


class Panel:
    """One of the two plots: a curve for each function, its name at the curve's right end, and a dot on it at x."""

    def __init__(self, ax, names):
        self.ax = ax
        ax.set(xlim=(-6.25, 6.25), xlabel="x", xticks=range(-6, 7, 2))
        ax.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
        ax.axhline(0, color="#BBBBBB", lw=0.8)
        self.cross = ax.axvline(0, color="#888888", lw=1, ls=":", animated=True)
        self.curves, self.labels = {}, {}
        for k, name in enumerate(names):
            look = {"color": COLORS[k % len(COLORS)], "ls": DASHES[k // len(COLORS) % len(DASHES)], "visible": False}
            self.curves[name] = moving(ax, X, 0 * X, marker="o", markersize=8, markeredgecolor="white", **look)
            beside = {"transform": ax.transAxes, "visible": False}
            (leader,) = ax.plot([0.98, 1.05], [0, 0], lw=2, clip_on=False, **look | beside)
            short = name if len(name) <= 13 else name[:12] + "…"
            self.labels[name] = leader, ax.text(1.07, 0, short, size=10, va="center", parse_math=False, **beside)

    def show(self, curves, focus, step, most):
        """Draw these curves, name → values on X, `focus` on top. Limits are multiples of `step`, `most` at most."""
        finite = np.concatenate([[0, 1], *(y[np.isfinite(y)] for y in curves.values())]).clip(-most, most)
        low, high = np.floor(finite.min() / step) * step, np.ceil(finite.max() / step) * step
        low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
        set_if_changed(self.ax, ylim=(low, high))
        last = {name: y[np.isfinite(y)][-1] for name, y in curves.items() if np.isfinite(y).any()}
        ends = {name: (y.clip(low, high) - low) / (high - low) for name, y in last.items()}
        heights = dict(zip(ends, spread(ends.values()), strict=True))
        for name, curve in self.curves.items():
            leader, text = self.labels[name]
            for artist in (curve, leader, text):
                set_if_changed(artist, visible=name in ends)
            if name in ends:
                is_focus = name == focus
                curve.set(ydata=curves[name].clip(-1e6, 1e6), lw=3 if is_focus else 1.8, zorder=4 if is_focus else 3)
                set_if_changed(leader, ydata=[ends[name], heights[name]])
                set_if_changed(text, position=(1.07, heights[name]), fontweight="bold" if is_focus else "normal")

    def point(self, k):
        """Put the dots and the line through them at X[k]."""
        self.cross.set_xdata([X[k], X[k]])
        for curve in self.curves.values():
            curve.set_markevery([k])


def spread(heights):
    """Heights from 0 to 1, moved apart where labels would overlap."""
    heights = np.array(list(heights), dtype=float)
    gap = min(0.068, 1 / max(1, len(heights)))
    order, steps = np.argsort(heights, kind="stable"), gap * np.arange(len(heights))
    lifted = np.maximum.accumulate(heights[order] - steps)  # each a gap above the one below
    heights[order] = np.minimum(lifted, 1 - gap * (len(heights) - 1)) + steps  # and the highest at 1 or below
    return heights


class Entry:
    """A function to explore, and what it gave when it was last asked."""

    def __init__(self, name, given):
        self.name = name
        is_pair = isinstance(given, tuple | list) and len(given) == 2
        self.f, self.f_prime = given if is_pair else (given, None)
        self.f_option, self.f_prime_option = parameter(self.f), parameter(self.f_prime)
        self._table = lru_cache(maxsize=1)(self._ask)

    def table(self, alpha):
        """(f(X), f′(X), sentences), asked for again only if α matters."""
        return self._table(alpha if self.f_option or self.f_prime_option else None)

    def _ask(self, alpha):
        option = {self.f_option: alpha} if self.f_option else {}
        y, remarks = call_learner_code(f"`{self.name}`", self.f, X, **option)
        if self.f_prime is not None:
            option = {self.f_prime_option: alpha} if self.f_prime_option else {}
            slopes, more = call_learner_code(f"The derivative of `{self.name}`", self.f_prime, X, **option)
            return y, slopes, remarks + more
        if np.isnan(y).all():
            return y, y, remarks
        (above, _), (below, _) = (call_learner_code(f"`{self.name}`", self.f, X + h, **option) for h in (H, -H))
        remarks.append(f"The slope of `{self.name}` is a central difference, as no derivative was given.")
        return y, (above - below) / (2 * H), remarks


def parameter(function):
    """The name of the parameter after the first that α goes to; None if there is none."""
    try:
        names = list(inspect.signature(function).parameters)[1:]
    except (TypeError, ValueError):  # no function at all, or one of NumPy's, which have no signature
        return None
    return next((name for name in names if name in ("alpha", "slope")), None)


class SoftmaxTemperature(Explorer):
    """p = softmax(z / T), with a slider for each logit z and one for the temperature T.

    `softmax` may be the learner's own; it gets an array of shape (n,), one number for each class. The controls, which
    can be set at the start, are `T` and `z1`, `z2`, ….
    """

    size = 720, 300

    def __init__(self, logits=(2.0, 1.0, 0.1, -1.0), softmax=None, names=("cat", "dog", "fox", "owl", "bee"), **start):
        self.logits = [float(z) for z in logits]
        self.labels = [*names, *(f"class {k}" for k in range(len(names) + 1, len(logits) + 1))][: len(logits)]
        self.limit = max(5, *(np.ceil(abs(z)) for z in self.logits))
        self.softmax = network.softmax if softmax is None else softmax
        super().__init__(**start)

    def controls(self):
        logits = zip(self.labels, self.logits, strict=True)
        z = {f"z{k}": slider(name, z, -self.limit, self.limit, 0.1) for k, (name, z) in enumerate(logits, 1)}
        return {"T": slider("temperature T", 1, -1, 2, 0.02, log=True), **z}

    def draw(self, figure):
        n = len(self.logits)
        left, right = figure.add_axes((0.08, 0.17, 0.38, 0.68)), figure.add_axes((0.58, 0.17, 0.38, 0.68))
        left.set(title="logits z (outlined: z / T)", ylabel="z", ylim=(-1.06 * self.limit, 1.06 * self.limit))
        right.set(title="p = softmax(z / T)", ylabel="p", ylim=(0, 1.12), yticks=np.linspace(0, 1, 6))
        for ax in (left, right):
            ax.set(xlabel="class", xticks=range(n), xticklabels=self.labels, xlim=(-0.6, n - 0.4))
            ax.tick_params(axis="x", length=0)
        left.axhline(0, color="#555555", lw=0.8)
        self.z_bars = left.bar(range(n), 0, width=0.6, color=BLUE, animated=True)
        self.scaled = left.bar(range(n), 0, width=0.72, color="none", edgecolor="#222222", lw=1.2, animated=True)
        self.p_bars = right.bar(range(n), 0, width=0.6, color=ORANGE, animated=True)
        self.p_texts = [right.text(k, 0, "", ha="center", size=11, animated=True) for k in range(n)]

    def update(self, T, **z):
        self.p, remarks = call_learner_code("Your softmax", self.softmax, np.array([*z.values()]) / T)
        smallest, total = self.p.min(), self.p.sum()
        self.are_probabilities = smallest >= 0 and abs(total - 1) < 1e-6
        if not remarks and not self.are_probabilities:
            remarks = [f"Your softmax returned no probabilities: the smallest is {smallest:.4g}, the sum {total:.4g}."]
        for bar, outline, value in zip(self.z_bars, self.scaled, z.values(), strict=True):
            bar.set_height(value)
            outline.set_height(value / T)
        for bar, text, value in zip(self.p_bars, self.p_texts, np.nan_to_num(self.p).clip(0, 1), strict=True):
            bar.set_height(value)
            text.set(y=value + 0.02, text=f"{value:.2f}")
        return remarks

    def goals(self, T, **z):
        counts = self.are_probabilities and all(self.start[name] == value for name, value in z.items())
        yield "with T alone, make the most likely class reach 99 %.", counts and self.p.max() >= 0.99
        yield "with T alone, make all classes equally likely, within 1 %.", counts and np.ptp(self.p) <= 0.01

    def caption(self, T, **z):
        if not self.are_probabilities:
            return f"At T = {T:.3g} there are no probabilities to show."
        p = self.p[self.p > 0]
        shares = ", ".join(f"{name} {share:.3f}" for name, share in zip(self.labels, self.p, strict=True))
        entropy, most = -np.sum(p * np.log(p)), np.log(len(self.p))
        return f"At T = {T:.3g}: {shares}. Entropy {entropy:.2f} (0: sure, {most:.2f}: all alike)."
