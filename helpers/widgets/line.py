"""Guess-the-line of lesson 01: the learner adjusts slope and intercept, as training would, until the loss is low."""

import numpy as np
from matplotlib.collections import LineCollection

from helpers.data import house_prices
from helpers.plots import BLACK, BLUE, ORANGE
from helpers.widgets.controls import slider
from helpers.widgets.explorer import Explorer

FEW = 4  # moves
HIGH = 150  # of the scale of the typical error, in $1000
TARGET = 20  # typical error to get below, in $1000; its square is the loss


class GuessTheLine(Explorer):
    """Houses, the line price = w · size + b, a bar from each house to the line, and the loss they add up to.

    `size` in 1000 square feet and `price` in $1000, arrays of one length; without them the 30 houses of the lesson. The
    controls, which can be set at the start, are `w` ($ a square foot) and `b` ($1000).
    """

    size = 780, 360

    def __init__(self, house_size=None, price=None, **start):
        if house_size is None or price is None:
            X, y = house_prices(30)
            house_size, price = X[:, 0] / 1000, y / 1000
        self.house_size, self.price = np.ravel(house_size).astype(float), np.ravel(price).astype(float)
        if len(self.house_size) != len(self.price) or not len(self.price):
            raise ValueError(
                f"expected as many sizes as prices, one or more; got {len(self.house_size)} and {len(self.price)}."
            )
        super().__init__(**start)

    def controls(self):
        return {
            "w": slider("w ($ a sq ft)", 60, 0, 400, 2),
            "b": slider("b ($1000)", 250, -200, 400, 5),
        }

    def draw(self, figure):
        self.plane, self.scale = figure.add_axes((0.095, 0.155, 0.57, 0.73)), figure.add_axes((0.81, 0.155, 0.09, 0.73))
        reach = np.array([0, max(4, 1.05 * self.house_size.max())])
        top = max(900, 1.1 * self.price.max())
        self.plane.set(xlim=reach, ylim=(-0.05 * top, top), title="price = w · size + b")
        self.plane.set(xlabel="size (1000 sq ft)", ylabel="price ($1000)")
        self.ends = reach
        self.errors = self.plane.add_collection(
            LineCollection([], colors=ORANGE, linewidths=1.6, animated=True), autolim=False
        )
        (self.line,) = self.plane.plot([], [], color=BLUE, animated=True)
        self.plane.plot(self.house_size, self.price, "o", color=BLACK, ms=5, animated=True, zorder=3)
        self.scale.set(ylim=(0, HIGH), xlim=(0, 1), xticks=[], ylabel="typical error √loss ($1000)")
        (self.bar,) = self.scale.bar([0.5], [0], width=0.7, color=ORANGE, animated=True)
        self.scale.axhline(TARGET, color="#333333", ls="--", lw=1.4, animated=True, zorder=4)
        self.scale.text(1.08, TARGET, "goal", size=11, va="center", animated=True)
        self.number = self.scale.set_title("", animated=True)

    def update(self, w, b):
        guess = w * self.house_size + b
        self.loss = np.mean((guess - self.price) ** 2)
        houses = zip(self.house_size, guess, self.price, strict=True)
        self.errors.set_segments([[(x, at), (x, real)] for x, at, real in houses])
        self.line.set_data(self.ends, w * self.ends + b)
        self.bar.set_height(np.sqrt(self.loss))
        self.number.set_text(f"loss {self.loss:,.0f}")

    def goals(self, w, b):
        below = self.loss < TARGET**2
        yield f"get the loss below {TARGET**2}.", below
        yield f"do it in at most {FEW} moves. So far: {self.moves}. (Reset starts again.)", below and self.moves <= FEW

    def caption(self, w, b):
        line = f"price = {w:.0f} · size {'+' if b >= 0 else '−'} {abs(b):.0f}"
        typical = f"a typical error of ${1000 * np.sqrt(self.loss):,.0f}"
        return f"{len(self.price)} houses and the line {line}: loss {self.loss:,.0f} (thousand $)², {typical}."
