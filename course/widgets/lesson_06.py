"""The widgets of lesson 06, but for the playground.

OptimizerRace: several optimizers run from one start on a surface, side by side.
Hiker: gradient descent on a line, step by step, with the learning rate in the learner's hand.
ValleyExplorer: how many steps momentum saves in a valley, for every condition number κ and every β.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course.text import number
from course.widgets.controls import CheckList, Stepper, dropdown, slider
from course.widgets.explorer import Explorer, moving, moving_segments, moving_text, set_if_changed, show_only
from course.widgets.learner import call_learner_code
from helpers.colors import BLACK, BLUE, DARK_ORANGE, GREEN, ORANGE, PINK, SKY
from helpers.training import SGD, Adam, Momentum, RMSProp

STEPS = 100
FAR = 1e3  # beyond this a racer has left the course
CLOSE = 0.01  # the loss at which a racer has arrived; every surface has 0 as its lowest value


class Surface(NamedTuple):
    """A loss of two parameters, with its gradient, a start and the lowest points."""

    loss: Callable
    gradient: Callable
    start: tuple
    lowest: list
    levels: tuple  # of the lines on the map


X_LIMIT, Y_LIMIT = 3.0, 2.5
SURFACES = {
    "bowl": Surface(
        lambda x, y: (x**2 + 1.5 * y**2) / 2,
        lambda x, y: (x, 1.5 * y),
        (-2.5, 1.8), [(0, 0)], (0.1, 0.5, 1, 2, 3, 4, 6, 8),
    ),
    "valley": Surface(
        lambda x, y: (x**2 + 20 * y**2) / 2,
        lambda x, y: (x, 20 * y),
        (-2.6, 1.5), [(0, 0)], (0.1, 0.5, 1.5, 3, 6, 12, 24, 45),
    ),
    "saddle": Surface(
        lambda x, y: (x**2 - y**2 + y**4 / 4 + 1) / 2,
        lambda x, y: (x, y**3 / 2 - y),
        (-2.5, 0.01), [(0, 2**0.5), (0, -(2**0.5))], (0.05, 0.2, 0.45, 0.7, 1.2, 2, 3, 4.5),
    ),
    "banana": Surface(
        lambda x, y: ((1 - x) ** 2 + 5 * (y - x**2) ** 2) / 4,
        lambda x, y: ((x - 1) / 2 - 5 * x * (y - x**2), 2.5 * (y - x**2)),
        (-1.5, 2.2), [(1, 1)], (0.05, 0.25, 0.7, 1.5, 4, 10, 25, 60),
    ),
}  # fmt: skip
RACERS = {"SGD": (SGD, BLUE), "Momentum": (Momentum, ORANGE), "RMSProp": (RMSProp, GREEN), "Adam": (Adam, PINK)}


class OptimizerRace(Explorer):
    """All racers take the same start, each with a learning rate α of its own; `beta` is that of Momentum.

    `yours` may be an optimizer of the learner's own: a class like SGD, made by yours(learning_rate), with a method
    step(parameters, gradients) that changes the arrays in place. The controls, which can be set at the start, are
    `surface`, `racers`, `alpha_sgd` and so on, `beta` and `steps`.
    """

    size = 780, 360

    def __init__(self, yours=None, **start):
        self.racers = dict(RACERS) if yours is None else {**RACERS, "yours": (yours, SKY)}
        super().__init__(**start)

    def controls(self):
        return {
            "surface": dropdown("surface", SURFACES),
            "racers": CheckList("racers", list(self.racers), ("SGD", *list(self.racers)[len(RACERS) :])),
            **{alpha_of(name): slider(f"α of {name}", 0.01, -2.5, 0, 0.01, log=True) for name in self.racers},
            "beta": slider("momentum β", 0.9, 0, 0.99, 0.01),
            "steps": Stepper("steps", STEPS, 60),
        }

    def draw(self, figure):
        left, right = figure.add_axes((0.085, 0.155, 0.46, 0.74)), figure.add_axes((0.65, 0.155, 0.2, 0.74))
        left.set(title="the paths from above", xlabel="θ₁", ylabel="θ₂")
        left.set(xlim=(-X_LIMIT, X_LIMIT), ylim=(-Y_LIMIT, Y_LIMIT))
        right.set(title="the loss", xlabel="step", ylabel="loss", xlim=(0, STEPS), yscale="log", ylim=(1e-6, 1e2))
        right.axhline(CLOSE, color="#888888", lw=1, ls=":")
        x, y = np.meshgrid(np.linspace(-X_LIMIT, X_LIMIT, 121), np.linspace(-Y_LIMIT, Y_LIMIT, 101))
        self.maps = {}
        for name, surface in SURFACES.items():
            grays = [str(shade) for shade in np.linspace(0.5, 0.85, len(surface.levels))]
            lines = left.contour(x, y, surface.loss(x, y), levels=surface.levels, colors=grays, linewidths=1)
            (stars,) = left.plot(*zip(*surface.lowest, strict=True), "*", color=BLACK, markersize=13)
            self.maps[name] = lines, stars
        self.paths, self.ends, self.curves, self.labels = {}, {}, {}, {}
        for name, (_, color) in self.racers.items():
            look, beside = {"color": color, "lw": 1.8}, {"transform": right.transAxes}
            self.paths[name] = moving(left, marker="o", markersize=3, **look)
            self.ends[name] = moving(left, marker="o", markersize=10, markeredgecolor="white", **look)
            self.curves[name] = moving(right, **look)
            (line,) = right.plot([1.04, 1.13], [0, 0], color=color, lw=3, clip_on=False, **beside)
            self.labels[name] = line, right.text(1.16, 0, name, size=11, va="center", **beside)

    def update(self, surface, racers, beta, steps, **alphas):
        show_only({surface}, self.maps)
        show_only(racers, self.labels)
        for k, name in enumerate(racers):
            (line, text), height = self.labels[name], 0.96 - 0.09 * k
            set_if_changed(line, ydata=[height, height])
            set_if_changed(text, position=(1.16, height))
        place, self.loss, remarks = SURFACES[surface], {}, []
        for name, (make, _) in self.racers.items():
            alpha = alphas[alpha_of(name)]
            if name not in racers:
                path = np.empty((0, 2))
            elif name == "yours":
                path, remarks = theirs(make, alpha, place)
            else:
                path = run(make(alpha, beta) if make is Momentum else make(alpha), place)
            path = path[: steps + 1]
            loss = place.loss(*path.T)
            self.paths[name].set_data(path.T.clip(-10, 10))
            self.ends[name].set_data(path[-1:].T)
            self.curves[name].set_data(np.arange(len(loss)), loss.clip(1e-7, 1e4))
            if len(loss):
                self.loss[name] = loss
        return remarks

    def unused(self, racers, **others):
        absent = set(self.racers) - set(racers)
        return {alpha_of(name) for name in absent} | ({"beta"} if "Momentum" in absent else set())

    def goals(self, surface, racers, beta, steps, **alphas):
        walked = self._moved is self.control["steps"]  # nothing lights while an α is dragged past
        last = {name: loss[-1] for name, loss in self.loss.items()}
        both = surface == "valley" and {"SGD", "Momentum"} <= set(last)
        task = (
            "run (Back, Next) in the valley: Momentum ends with a tenth of the loss of SGD, neither leaves the picture."
        )
        stay = both and all(loss.max() < 200 for loss in (self.loss["SGD"], self.loss["Momentum"]))
        yield task, walked and stay and last["Momentum"] < last["SGD"] / 10
        arrived = [name for name, loss in last.items() if loss < CLOSE]
        both = walked and surface == "banana" and steps <= 60 and len(arrived) >= 2
        yield "run in the banana: two racers come to a loss below 0.01 in 60 steps.", both
        stuck = walked and surface == "saddle" and "SGD" in last and abs(last["SGD"] - 0.5) < 0.05
        yield "run on the saddle: one racer arrives while SGD still hangs at the saddle.", stuck and len(arrived) > 0

    def caption(self, surface, racers, beta, steps, **alphas):
        at = f"{surface.capitalize()}, {steps} step{'s' * (steps != 1)}"
        if not self.loss:
            return f"{at}: nobody is racing. Tick a racer."
        ends = (f"{name} {said(loss[-1])} (α = {alphas[alpha_of(name)]:.3g})" for name, loss in self.loss.items())
        momentum = f", β = {beta:.2g}" if "Momentum" in racers else ""
        return f"{at}{momentum}. Loss at the end: {', '.join(ends)}."


def alpha_of(name):
    """The control of a racer's learning rate."""
    return f"alpha_{name.lower()}"


def run(optimizer, surface):
    """The path (STEPS + 1, 2) of an optimizer from the start. Whoever leaves the course stays where he left it."""
    theta, path = np.array(surface.start, dtype=float), [surface.start]
    while len(path) <= STEPS:
        if np.abs(theta).max() < FAR:
            optimizer.step([theta], [np.array(surface.gradient(*theta))])
        path.append(tuple(theta))
    return np.nan_to_num(np.array(path), nan=FAR, posinf=FAR, neginf=-FAR)


def theirs(make, alpha, surface):
    """The path of the learner's optimizer, and what is to be said about it."""
    return call_learner_code("Your optimizer", make, np.zeros((STEPS + 1, 2)), lambda _: run(make(alpha), surface))


def said(loss):
    if not np.isfinite(loss):
        return "no number"
    return "diverged" if loss > 1e4 else f"{loss:.2g}"


HIKE_STEPS = 40
W = np.linspace(-4, 4, 401)
HIKE_FAR = 1e6  # beyond this the hiker is lost
HIKE_CLOSE = 0.01  # from the lowest point


LANDSCAPES = {  # the loss, its slope, and the lowest point
    "bowl": (lambda w: w**2 / 2, lambda w: w, 0.0),
    "steep bowl": (lambda w: 2 * w**2, lambda w: 4 * w, 0.0),
    "two valleys": (  # a local minimum at −1.87, a hilltop at −0.08, the lowest at 1.95, with steep walls outside
        lambda w: 0.15 * w**4 - 1.1 * w**2 - 0.17 * w + 2.5, lambda w: 0.6 * w**3 - 2.2 * w - 0.17, 1.95238,
    ),
}  # fmt: skip


def descend(theta, g, alpha):
    return theta - alpha * g


class Hiker(Explorer):
    """w ← w − α L′(w) on a landscape L: the path on the curve, and the loss after each step.

    `step` may be the learner's own: an optimizer class like SGD, or step(theta, g, alpha) → the new theta. The
    controls, which can be set at the start, are `landscape`, `start`, `alpha` and `steps`, how many steps are shown.
    """

    size = 780, 330

    def __init__(self, step=descend, **start):
        self.step = step
        super().__init__(**start)

    def controls(self):
        return {
            "landscape": dropdown("landscape", LANDSCAPES),
            "start": slider("start w", -3.5, -4, 4, 0.1),
            "alpha": slider("learning rate α", 0.1, -2, 0.5, 0.01, log=True),
            "steps": Stepper("steps", HIKE_STEPS, HIKE_STEPS),
        }

    def draw(self, figure):
        left, right = figure.add_axes((0.1, 0.17, 0.42, 0.7)), figure.add_axes((0.63, 0.17, 0.34, 0.7))
        self.left = left
        left.set(title="the landscape and the path", xlabel="weight w", ylabel="loss L(w)", xlim=(-4.2, 4.2))
        right.set(title="loss above the lowest", xlabel="step", ylabel="L(w) − lowest L", xlim=(-1, HIKE_STEPS + 1))
        right.set(yscale="log", ylim=(1e-6, 1e3))
        self.ground = moving(left, W, 0 * W, color="#888888", lw=2)
        look = {"color": BLUE, "marker": "o", "markersize": 5, "lw": 1}
        self.path, self.losses = moving(left, **look), moving(right, **look)
        self.first = moving(left, color=ORANGE, marker="s", markersize=9, ls="")
        self.last = moving(left, color=GREEN, marker="o", markersize=11, ls="", zorder=5)
        self.now = right.axvline(HIKE_STEPS, color="#888888", lw=1.5, ls=":", animated=True)
        self.note = moving_text(right, 0.97, 0.9, ha="right", color=DARK_ORANGE)

    def update(self, landscape, start, alpha, steps):
        L, slope, self.lowest = LANDSCAPES[landscape]
        top = 1.05 * L(W).max()
        set_if_changed(self.left, ylim=(-0.06 * top, top))
        self.ground.set_ydata(L(W))
        positions = np.zeros(HIKE_STEPS + 1)

        def walked(_):
            return walk(self.step, slope, start, alpha)

        w, remarks = call_learner_code("Your step", self.step, positions, walked)
        self.w = w[: steps + 1]
        loss = L(self.w)
        self.path.set_data(self.w, loss)
        self.first.set_data(self.w[:1], loss[:1])
        self.last.set_data(self.w[-1:], loss[-1:])
        self.losses.set_data(np.arange(len(loss)), np.clip(loss - L(self.lowest), 1e-30, 1e4))
        self.now.set_xdata([steps, steps])
        self.lost = bool(np.abs(self.w[-1]) >= 100)
        self.note.set_text("diverged" if self.lost else "")
        arrived = np.abs(self.w - self.lowest) < HIKE_CLOSE
        self.arrival = int(arrived.argmax()) if arrived.any() and arrived[-1] else None
        return remarks

    def goals(self, landscape, start, alpha, steps):
        walked = self._moved is self.control["steps"]  # nothing lights while α or the start is dragged past
        quick = walked and self.arrival is not None and self.arrival < 10
        far = abs(start - self.lowest) >= 1
        quick = landscape == "bowl" and far and quick
        yield "walk (Back, Next) in the bowl, and converge in under 10 steps from 1 or more away.", quick
        lost = landscape == "steep bowl" and walked and self.lost
        yield "walk in the steep bowl until it diverges: |w| of 100 or more.", lost
        out = landscape == "two valleys" and walked and start <= -1 and self.arrival is not None
        yield "walk in the two valleys, from −1 or further left, and end in the deeper valley.", out

    def caption(self, landscape, start, alpha, steps):
        at = f"{steps} step{'s' * (steps != 1)} from w = {place(start)} with α = {alpha:.3g}"
        if not np.isfinite(self.w).all():
            end = "there is no path to show"
        elif self.lost:
            end = "the steps overshoot further and further. It diverges"
        else:
            end = f"the hiker is at w = {place(self.w[-1])}, the lowest point is at {place(self.lowest)}"
            if self.arrival is not None:
                end += f"; within {HIKE_CLOSE} of it from step {self.arrival}"
        return f"{landscape.capitalize()}, {at}: {end}."


def walk(step, slope, start, alpha):
    """The positions (HIKE_STEPS + 1,), as floats. Whoever is lost stays where he is."""
    path, optimizer = [float(start)], step(alpha) if isinstance(step, type) else None
    w = np.array(path[0])  # one array for all steps: optimizers with a memory keep it by array
    while len(path) <= HIKE_STEPS:
        if abs(w) < HIKE_FAR and optimizer:
            optimizer.step([w], [np.array(slope(w))])
        elif abs(w) < HIKE_FAR:
            w = np.array(step(w.copy(), slope(w), alpha), dtype=float).reshape(())
        if not np.isfinite(w):
            raise ValueError(f"step {len(path)} gave no number")
        path.append(float(w))
    return np.array(path)


def place(w):
    return number(round(float(w), 4))


KAPPAS = np.geomspace(1, 200, 47)
ROLLS = 500  # enough for every κ and β of the sliders
ENOUGH = 0.01  # of the distance at the start
VALLEY_START = np.array([-2.6, 1.0])
SHOWN = 60  # steps of a path
AROUND = np.linspace(0, 2 * np.pi, 81)
ELLIPSES = np.arange(1, 13)[:, None, None] * np.stack([np.cos(AROUND), np.sin(AROUND)], axis=1)


def roll(kappa, beta, steps=ROLLS):
    """Momentum from (1, 1) in valleys with the curvatures 1 and κ: places (steps + 1, 2, number of κ).

    α is the best for κ and β, 2 (1 + β) / (1 + κ): both directions are then equally slow (Polyak, 1964).
    """
    kappa = np.atleast_1d(kappa)
    curvature = np.stack([np.ones_like(kappa), kappa])
    alpha = 2 * (1 + beta) / (1 + kappa)
    places = np.ones((steps + 1, *curvature.shape))
    v = np.zeros_like(curvature)
    for k in range(steps):
        v = beta * v + curvature * places[k]
        places[k + 1] = places[k] - alpha * v
    return places


def arrivals(places):
    """For each κ the step from which both directions stay within ENOUGH; 1 at least."""
    return np.maximum(1, ROLLS + 1 - (np.abs(places).max(axis=1) < ENOUGH)[::-1].argmin(axis=0))


class ValleyExplorer(Explorer):
    """Plain descent and momentum in the valley (θ₁² + κ θ₂²) / 2, each with its best α; and their steps for every κ.

    The controls, which can be set at the start, are `kappa` and `beta`. The point on the right can be dragged.
    """

    size = 780, 330

    def controls(self):
        return {
            "kappa": slider("condition number κ", 10**1.3, 0, 2.3, 0.01, log=True),
            "beta": slider("momentum β", 0.2, 0, 0.95, 0.01),
        }

    def draw(self, figure):
        left, self.right = figure.add_axes((0.1, 0.17, 0.42, 0.72)), figure.add_axes((0.62, 0.17, 0.36, 0.72))
        left.set(title=f"{SHOWN} steps from above", xlabel="θ₁", ylabel="θ₂", xlim=(-3, 3), ylim=(-1.6, 1.6))
        self.right.set(title="steps to a hundredth", xlabel="condition number κ", ylabel="steps")
        self.right.set(xscale="log", yscale="log", xlim=(1, 200), ylim=(1, ROLLS))
        self.right.set_xticks([1, 10, 100], ["1", "10", "100"])
        self.right.set_yticks([1, 10, 100], ["1", "10", "100"])
        left.plot(0, 0, "*", color=BLACK, markersize=13)
        self.map = moving_segments(left, colors="#BBBBBB", linewidths=1)
        self.plain = arrivals(roll(KAPPAS, 0.0))
        best = np.min([arrivals(roll(KAPPAS, beta)) for beta in np.arange(0, 0.9, 0.05)], axis=0)
        self.right.plot(KAPPAS, self.plain, color=BLUE)
        self.right.plot(KAPPAS, best, color="#888888", ls="--")
        self.right.text(16, 60, "plain: like κ", color=BLUE, ha="right")
        self.right.text(27, 9, "best β: like √κ", color="#666666")
        self.curve = moving(self.right, color=ORANGE, lw=2)
        self.paths = [moving(left, color=color, marker="o", markersize=3, lw=1.2) for color in (BLUE, ORANGE)]
        self.dots = [moving(self.right, color=color, marker="o", markersize=9) for color in (BLUE, ORANGE)]
        self.drawn = None

    def update(self, kappa, beta):
        if self.drawn != beta:
            self.drawn = beta
            self.curve.set_data(KAPPAS, arrivals(roll(KAPPAS, beta)))
        self.map.set_segments(ELLIPSES / (1, kappa**0.5))
        self.steps = []
        for path, dot, kept in zip(self.paths, self.dots, (0.0, beta), strict=True):
            places = roll(kappa, kept)
            self.steps.append(int(arrivals(places)[0]))
            path.set_data(*(places[: SHOWN + 1, :, 0] * VALLEY_START).T)
            dot.set_data([kappa], [self.steps[-1]])

    def handles(self, kappa, beta):
        return {"point": (self.right, kappa, self.steps[1])}

    def dragged(self, handle, place, kappa, beta):
        return {"kappa": place[0]}

    def goals(self, kappa, beta):
        plain, ball = self.steps
        yield "at κ = 100 or more, arrive within 50 steps.", kappa >= 99.9 and ball <= 50
        yield "with β = 0.9 or more, be slower than without momentum.", beta >= 0.9 and ball > plain

    def caption(self, kappa, beta):
        plain, ball = self.steps
        return (
            f"κ = {kappa:.3g}: plain descent is at a hundredth after {plain} steps, with β = {beta:.2f} after {ball}."
        )
