"""Curve from pieces, of lesson 03: three hinges with a slope and a kink each, and the curve that is their sum."""

import numpy as np

from helpers.network import relu
from helpers.plots import AMBER, BLUE, DARK_GREEN, GREEN, ORANGE
from helpers.widgets.controls import dropdown, slider
from helpers.widgets.explorer import Explorer
from helpers.widgets.learner import ask

X = np.linspace(-1, 4, 501)
CLOSE = 0.1


def zigzag(x):
    """The curve of the lesson's formula."""
    return relu(relu(x) - relu(2 * x - 2) + relu(2 * x - 4))


def hill(x):
    return np.where((x > 0) & (x < 3), (1 - np.cos(2 * np.pi * x / 3)) / 2, 0)


def root(x):
    return np.sqrt(relu(x))


TARGETS = {"zigzag": zigzag, "hill": hill, "square root": root}


class CurveFromPieces(Explorer):
    """Match a target with slope₁ R(x − kink₁) + slope₂ R(x − kink₂) + slope₃ R(x − kink₃).

    `curve` may be a target of the learner's own, a function defined from −1 to 4. The score is the largest distance
    between the two curves. The controls, which can be set at the start, are `target`, `slope1`, `kink1`, `slope2`, ….
    """

    size = 780, 330

    def __init__(self, curve=None, **start):
        self.targets = dict(TARGETS) if curve is None else {"yours": curve, **TARGETS}
        self.tables = {name: ask("Your curve", f, X) for name, f in self.targets.items()}
        super().__init__(**start)

    def controls(self):
        pieces = {}
        for k, (slope, kink) in enumerate(((0.5, 0), (0, 1.5), (0, 3)), 1):
            pieces[f"slope{k}"] = slider(f"slope {k}", slope, -3, 3, 0.05)
            pieces[f"kink{k}"] = slider(f"kink {k}", kink, -1, 4, 0.05)
        return {"target": dropdown("target", list(self.targets), next(iter(self.targets))), **pieces}

    def draw(self, figure):
        left, right = figure.add_axes((0.08, 0.17, 0.38, 0.7)), figure.add_axes((0.57, 0.17, 0.38, 0.7))
        for ax, title in ((left, "three hinges"), (right, "their sum, target dashed")):
            ax.set(title=title, xlabel="x", xlim=(-1, 4), ylim=(-3, 3))
            ax.axhline(0, color="#BBBBBB", lw=0.8)
        left.set_ylabel("slope · R(x − kink)")
        right.set_ylabel("output")
        self.pieces = [left.plot([], [], color=color, animated=True)[0] for color in (BLUE, ORANGE, GREEN)]
        self.kinks = [
            left.plot([], [], color=color, marker="o", ls="", animated=True)[0] for color in (BLUE, ORANGE, GREEN)
        ]
        (self.goal,) = right.plot(X, 0 * X, color="#555555", ls="--", lw=1.6, zorder=4, animated=True)
        (self.sum,) = right.plot(X, 0 * X, color=BLUE, lw=2.6, zorder=3, animated=True)
        (self.gap,) = right.plot([], [], color=AMBER, lw=4, solid_capstyle="butt", zorder=5, animated=True)
        self.score = right.text(0.04, 0.06, "", size=12, color=DARK_GREEN, transform=right.transAxes, animated=True)

    def update(self, target, **pieces):
        goal, remarks = self.tables[target]
        hinges = [pieces[f"slope{k}"] * relu(X - pieces[f"kink{k}"]) for k in range(1, 4)]
        for k, hinge in enumerate(hinges):
            self.pieces[k].set_data(X, hinge)
            self.kinks[k].set_data([pieces[f"kink{k + 1}"]], [0])
        total = sum(hinges)
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
            done = target == name and self.error < CLOSE
            yield f"match the {name}: largest error below {CLOSE}.", done

    def caption(self, target, **pieces):
        terms = [f"{pieces[f'slope{k}']:g} · R(x − {pieces[f'kink{k}']:g})" for k in range(1, 4)]
        curve = " + ".join(terms).replace("-", "−").replace("− −", "+ ").replace("+ −", "− ")
        if np.isinf(self.error):
            return f"y = {curve}. There is no target to compare with."
        where = f"{self.worst:.2f}".replace("-", "−")
        return f"y = {curve}. The largest error against the {target} is {self.error:.2f}, at x = {where}."
