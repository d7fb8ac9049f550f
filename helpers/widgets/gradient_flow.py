"""The gradient flow of lesson 05: how much gradient reaches each layer, by depth, activation and initial weights.

The network is square: every layer has WIDTH units, the examples are random, and so is the gradient that arrives at the
last layer. Drawn is the size of delta[l] = ∂L/∂Z[l], the root of its mean square, against that of the last layer. (Not
that of dW[l] = delta[l] a[l-1]: with ReLU and small weights delta shrinks on its way back just as a does on its way
forward, and their product hides both.)
"""

import numpy as np
from matplotlib.ticker import NullLocator

from helpers.network import ACTIVATIONS
from helpers.plots import BLUE, ORANGE
from helpers.widgets.controls import dropdown, slider
from helpers.widgets.explorer import Explorer, put
from helpers.widgets.learner import ask

WIDTH, EXAMPLES, DEEPEST = 50, 60, 20
FLOOR, CEILING = 1e-12, 1e12
SCHEMES = {
    "small: N(0, 0.01²)": 0.01,
    "Xavier: N(0, 1/n)": np.sqrt(1 / WIDTH),
    "He: N(0, 2/n)": np.sqrt(2 / WIDTH),
    "large: N(0, 1)": 1.0,
}


class GradientFlow(Explorer):
    """The size of delta[l] by layer on the left, the activations of each layer on the right.

    `functions` maps a name to (f, f_prime), which may be the learner's own. The controls, which can be set at the
    start, are `depth`, `activation`, `init` and `gain`, which multiplies all weights.
    """

    size = 780, 330

    def __init__(self, functions=None, **start):
        names = "sigmoid", "tanh", "relu", "leaky_relu", "gelu"
        self.functions = functions or {name: ACTIVATIONS[name] for name in names}
        rng = np.random.default_rng(5)
        self.X = rng.standard_normal((WIDTH, EXAMPLES))
        self.W = [None, *rng.standard_normal((DEEPEST, WIDTH, WIDTH))]
        self.blame = rng.standard_normal((WIDTH, EXAMPLES)) / EXAMPLES
        super().__init__(**start)

    def controls(self):
        names, schemes = list(self.functions), list(SCHEMES)
        return {
            "depth": slider("layers", 10, 2, DEEPEST, 1),
            "activation": dropdown("activation", names, names[0]),
            "init": dropdown("initial weights", schemes, schemes[1]),
            "gain": slider("weights times", 1, -1, 1.3, 0.05, log=True),
        }

    def draw(self, figure):
        self.left, self.right = figure.add_axes((0.11, 0.17, 0.38, 0.68)), figure.add_axes((0.6, 0.17, 0.37, 0.68))
        self.left.set(
            title="Gradient by layer", xlabel="layer", ylabel="size of δ[l] / δ[L]", yscale="log", ylim=(1e-6, 1e6)
        )
        self.right.set(title="Activations by layer", xlabel="layer", ylabel="middle 80 % of a[l]")
        self.right.set_yscale("symlog", linthresh=1)  # linear from −1 to 1
        self.right.yaxis.set_major_formatter(lambda y, _: tick(y))
        self.right.yaxis.set_minor_locator(NullLocator())
        self.left.axhline(1, color="#BBBBBB", lw=0.8)
        self.left.axhspan(0.01, 100, color="#EEEEEE", zorder=0)
        (self.curve,) = self.left.plot([], [], "o-", color=ORANGE, animated=True)
        (self.cut,) = self.left.plot([], [], "o", color=ORANGE, markerfacecolor="white", animated=True)
        self.bars = [
            self.right.plot([], [], color=BLUE, lw=7, solid_capstyle="butt", animated=True)[0] for _ in range(DEEPEST)
        ]
        (self.middle,) = self.right.plot([], [], "o", color="white", markersize=4, animated=True)

    def update(self, depth, activation, init, gain):
        L = round(depth)
        self.sizes, A, remarks = self.flow(L, *pair(self.functions[activation]), SCHEMES[init] * gain)
        layers = np.arange(1, L + 1)
        last = self.sizes[-1]
        self.shares = self.sizes / last if last > 0 else np.full(L, np.nan)
        drawn = np.clip(self.shares, FLOOR, CEILING)
        is_cut = np.isfinite(self.shares) & (drawn != self.shares)
        self.curve.set_data(layers, drawn)
        self.cut.set_data(layers[is_cut], drawn[is_cut])
        if is_cut.any():
            remarks = [*remarks, "Hollow points lie beyond 10¹² or below 10⁻¹², and are drawn at that edge."]
        finite = drawn[np.isfinite(drawn)]
        reach = max([6, *np.ceil(np.abs(np.log10(finite)) + 0.3)])
        put(self.left, ylim=(10**-reach, 10**reach))
        low, middle, high = np.array([np.quantile(a, (0.1, 0.5, 0.9)) for a in A]).clip(-1e9, 1e9).T
        for l, bar in enumerate(self.bars, 1):
            bar.set_visible(l <= L)
            if l <= L:
                bar.set_data([l, l], [low[l - 1], high[l - 1]])
        self.middle.set_data(layers, middle)
        ends = np.nan_to_num([low, high])
        limit = next(limit for limit in 10.0 ** np.arange(-1, 12) * 1.2 if limit > np.abs(ends).max() or limit > 1e10)
        decade = round(np.log10(limit / 1.2))
        ticks = [10.0**k for k in sorted({decade, decade // 2, 0})] if decade > 0 else [limit / 2.4, limit / 1.2]
        put(self.right, ylim=(-limit, limit), yticks=[*(-t for t in reversed(ticks)), 0, *ticks])
        for ax in (self.left, self.right):
            put(ax, xlim=(0.4, L + 0.6), xticks=np.unique(np.linspace(1, L, min(L, 10)).round()).astype(int))
        return remarks

    def flow(self, L, f, f_prime, scale):
        """The size of each delta[l], the activations of each layer, and what is to be said about the functions."""
        A, Z = [self.X], [None]
        for l in range(1, L + 1):
            Z.append(scale * self.W[l] @ A[-1])
            a, remarks = ask("Your function", f, Z[l])
            A.append(a)
            if remarks:
                return np.full(L, np.nan), [*A[1:], *[a] * (L - l)], remarks
        back, sizes = self.blame, np.full(L, np.nan)
        for l in range(L, 0, -1):
            slope, remarks = ask("Your derivative", f_prime, Z[l])
            delta = back * slope
            sizes[l - 1] = np.sqrt(np.mean(delta**2))
            if remarks:
                break
            back = scale * self.W[l].T @ delta
        return sizes, A[1:], remarks

    def goals(self, depth, activation, **values):
        first, is_deep = self.shares[0], depth >= 10
        yield (
            "sigmoid, 10 layers or more: the first layer gets at least 1 % of the last one's gradient.",
            is_deep and activation == "sigmoid" and 0.01 <= first <= 100,
        )
        level = np.nanmax(self.shares) <= 3 * np.nanmin(self.shares) if np.isfinite(first) else False
        yield "20 layers, all gradients within a factor of 3.", depth == DEEPEST and level
        yield "an explosion: the first layer gets more than 1,000 times the last one's gradient.", first > 1000

    def caption(self, depth, activation, init, gain):
        share = self.shares[0]
        said = f"{share:.2g} times the last one's" if np.isfinite(share) else "no finite number"
        network = f"{activation}, {depth:.0f} layers, weights {init.partition(':')[0]}, times {gain:.2g}"
        return f"{network}: the first layer's gradient is {said}."


def pair(functions):
    return functions if isinstance(functions, tuple | list) and len(functions) == 2 else (functions, None)


def tick(y):
    """A number at the axis of activations: 0.05, −1, 10⁴."""
    if abs(y) < 1000:
        return f"{y:g}".replace("-", "−")
    power = str(round(np.log10(abs(y)))).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{'−' if y < 0 else ''}10{power}"
