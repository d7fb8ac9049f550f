"""The hiker of lesson 06: gradient descent on a line, step by step, with the learning rate in the learner's hand."""

import numpy as np

from helpers.plots import BLUE, DARK_ORANGE, GREEN, ORANGE
from helpers.widgets.controls import dropdown, slider, stepper
from helpers.widgets.explorer import Explorer, put
from helpers.widgets.learner import ask

STEPS = 40
W = np.linspace(-4, 4, 401)
FAR = 1e6  # beyond this the hiker is lost
CLOSE = 0.01  # from the lowest point


def wavy(w):
    """A local minimum at −1.87, a hilltop at −0.08, the global minimum at 1.95, with steep walls outside."""
    return 0.15 * w**4 - 1.1 * w**2 - 0.17 * w + 2.5


def wavy_prime(w):
    return 0.6 * w**3 - 2.2 * w - 0.17


LANDSCAPES = {  # the loss, its slope, and the lowest point
    "bowl": (lambda w: w**2 / 2, lambda w: w, 0.0),
    "steep bowl": (lambda w: 2 * w**2, lambda w: 4 * w, 0.0),
    "two valleys": (wavy, wavy_prime, 1.95238),
}


def descend(theta, g, alpha):
    return theta - alpha * g


class Hiker(Explorer):
    """w ← w − α L′(w) on a landscape L: the path on the curve, and the loss after each step.

    `step` may be the learner's own, step(theta, g, alpha) → the new theta. The controls, which can be set at the start,
    are `landscape`, `start`, `alpha` and `steps`, how many steps are shown.
    """

    size = 780, 330

    def __init__(self, step=descend, **start):
        self.step = step
        super().__init__(**start)

    def controls(self):
        return {
            "landscape": dropdown("landscape", list(LANDSCAPES), "bowl"),
            "start": slider("start w", -3.5, -4, 4, 0.1),
            "alpha": slider("learning rate α", 0.05, -2, 0.5, 0.01, log=True),
            "steps": stepper("steps", STEPS, STEPS),
        }

    def draw(self, figure):
        left, right = figure.add_axes((0.1, 0.17, 0.42, 0.7)), figure.add_axes((0.63, 0.17, 0.34, 0.7))
        self.left = left
        left.set(title="the landscape and the path", xlabel="weight w", ylabel="loss L(w)", xlim=(-4.2, 4.2))
        right.set(title="loss above the lowest", xlabel="step", ylabel="L(w) − lowest L", xlim=(-1, STEPS + 1))
        right.set_yscale("log")
        right.set(ylim=(1e-6, 1e3))
        (self.ground,) = left.plot(W, 0 * W, color="#888888", lw=2, animated=True)
        look = {"color": BLUE, "marker": "o", "markersize": 5, "lw": 1, "animated": True}
        (self.path,) = left.plot([], [], **look)
        (self.first,) = left.plot([], [], color=ORANGE, marker="s", markersize=9, ls="", animated=True)
        (self.last,) = left.plot([], [], color=GREEN, marker="o", markersize=11, ls="", zorder=5, animated=True)
        (self.losses,) = right.plot([], [], **look)
        self.now = right.axvline(STEPS, color="#888888", lw=1.5, ls=":", animated=True)
        self.note = right.text(0.97, 0.9, "", ha="right", color=DARK_ORANGE, transform=right.transAxes, animated=True)

    def update(self, landscape, start, alpha, steps):
        L, slope, self.lowest = LANDSCAPES[landscape]
        top = 1.05 * L(W).max()
        put(self.left, ylim=(-0.06 * top, top))
        self.ground.set_ydata(L(W))
        w, remarks = ask("Your step", lambda z: walk(self.step, slope, start, alpha, len(z)), np.zeros(STEPS + 1))
        self.w = w[: steps + 1]
        loss = L(self.w)
        self.path.set_data(self.w, loss)
        self.first.set_data(self.w[:1], loss[:1])
        self.last.set_data(self.w[-1:], loss[-1:])
        self.losses.set_data(np.arange(len(loss)), np.clip(loss - L(self.lowest), 1e-30, 1e4))
        self.now.set_xdata([steps, steps])
        self.lost = bool(np.abs(self.w[-1]) >= 100)
        self.note.set_text("diverged" if self.lost else "")
        arrived = np.abs(self.w - self.lowest) < CLOSE
        self.arrival = int(arrived.argmax()) if arrived.any() and arrived[-1] else None
        return remarks

    def goals(self, landscape, start, alpha, steps):
        quick = self.arrival is not None and self.arrival < 10
        far = abs(start - self.lowest) >= 1
        yield "in the bowl, converge in under 10 steps from 1 or more away.", landscape == "bowl" and far and quick
        yield "in the steep bowl, make it diverge: |w| of 100 or more.", landscape == "steep bowl" and self.lost
        out = landscape == "two valleys" and start <= -1 and self.arrival is not None
        yield "in the two valleys, start at −1 or further left, and end in the deeper valley.", out

    def caption(self, landscape, start, alpha, steps):
        at = f"{steps} step{'s' * (steps != 1)} from w = {number(start)} with α = {alpha:.3g}"
        if not np.isfinite(self.w).all():
            return f"{landscape.capitalize()}, {at}: there is no path to show."
        if self.lost:
            return f"{landscape.capitalize()}, {at}: the steps overshoot further and further. It diverges."
        end = f"the hiker is at w = {number(self.w[-1])}, the lowest point is at {number(self.lowest)}"
        if self.arrival is not None:
            end += f"; within {CLOSE} of it from step {self.arrival}"
        return f"{landscape.capitalize()}, {at}: {end}."


def walk(step, slope, start, alpha, n):
    """The first n positions, as floats. Whoever is lost stays where he is."""
    path = [float(start)]
    while len(path) < n:
        w = np.array(path[-1])
        if abs(w) < FAR:
            w = np.asarray(step(w, slope(w), alpha), dtype=float).reshape(())
        if not np.isfinite(w):
            raise ValueError(f"step {len(path)} gave no number")
        path.append(float(w))
    return np.array(path)


def number(value):
    return f"{round(float(value), 4) + 0.0:.4g}".replace("-", "−")
