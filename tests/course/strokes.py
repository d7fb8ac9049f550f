"""Digits written by machine in several hands: what the drawing pad is tested with.

`write(3, HANDS["plain"], seed=0)` gives strokes, each a list of points (x, y) in 0 … 1, x to the right and y down. A
shape is a few points with curves or lines through them; a hand is how it is written: which shape of several, how
slanted, how large, where, how shaky. The seed decides what a hand leaves open, as no one writes a digit twice the same.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

# In a box of about 60 × 100: "~" is a smooth curve through the points x,y, "-" straight lines, ";" the next stroke.
SHAPES = {
    0: ["~ 32,0 10,15 0,50 10,85 30,100 52,85 60,50 52,15 30,0", "~ 42,4 20,6 4,30 0,65 14,97 36,92 52,60 50,20 30,0"],
    1: ["- 30,0 30,100", "- 12,24 34,0 34,100", "- 12,22 32,0 32,100; - 10,100 54,100"],
    2: [
        "~ 3,24 14,4 36,0 53,14 50,36 30,66 2,98; - 2,98 60,98",
        "~ 4,20 20,2 42,4 52,24 40,52 20,84 6,96 2,84 16,80 36,94 60,92",
    ],
    3: [
        "~ 4,12 22,0 46,6 50,26 36,43 18,47; ~ 18,47 44,53 56,74 42,94 20,100 0,88",
        "- 4,2 50,2 24,40; ~ 24,40 46,46 56,68 46,90 24,100 2,92",
    ],
    4: ["- 10,2 2,56 58,56; - 46,6 42,100", "- 44,0 0,66 62,66; - 44,0 42,100"],
    5: [
        "- 12,2 8,44; ~ 8,44 30,37 52,50 54,76 36,97 14,99 0,88; - 12,2 56,2",
        "- 56,0 14,2 8,42; ~ 8,42 34,40 50,56 48,82 28,100 2,94",
    ],
    6: [
        "~ 46,2 22,18 5,50 5,82 24,100 48,90 54,70 40,54 20,56 6,74",
        "~ 34,0 16,26 3,62 10,92 30,100 50,86 48,64 30,56 12,66 6,80",
    ],
    7: ["- 0,3 56,3 20,100", "- 0,3 56,3 22,100; - 14,50 56,50", "- 2,16 3,3 56,3; ~ 56,3 36,42 24,100"],
    8: [
        "~ 50,12 28,0 8,12 12,34 30,47 52,64 54,86 30,100 5,86 8,66 30,48 46,34 50,12",
        "~ 30,0 10,12 10,34 30,46 48,34 48,12 30,0; ~ 30,46 6,60 4,86 30,100 55,86 54,60 30,46",
    ],
    9: [
        "~ 50,14 30,0 6,12 4,36 24,48 44,36 50,14; - 50,14 46,100",
        "~ 50,20 34,2 10,8 3,30 20,46 42,38 50,20 50,50 42,84 24,100 6,94",
    ],
}


@dataclass(frozen=True)
class Hand:
    """How someone writes. Sizes and places are parts of the pad's side; `shape` is which of SHAPES."""

    shape: int = 0
    slant: float = 0.0  # how far the top leans to the right, for a height of 1
    height: float = 0.65
    breadth: float = 1.0  # times the usual width
    place: tuple[float, float] = (0.5, 0.5)  # of the middle
    shaky: float = 0.02  # how far each point is off, for a height of 1
    backwards: bool = False  # the strokes in the other order, each from its end


HANDS = {
    "plain": Hand(),
    "other shapes": Hand(shape=1, height=0.6),
    "slanted": Hand(slant=0.3, height=0.6, shaky=0.015),
    "leaning back": Hand(shape=1, slant=-0.15, height=0.7),
    "small, top left": Hand(height=0.3, place=(0.25, 0.25), shaky=0.025),
    "small, bottom right": Hand(shape=2, height=0.35, place=(0.72, 0.74), slant=0.15),
    "large": Hand(shape=1, height=0.86, breadth=1.1),
    "wide": Hand(height=0.5, breadth=1.4, place=(0.45, 0.6)),
    "narrow": Hand(shape=2, height=0.6, breadth=0.75, place=(0.6, 0.45)),
    "shaky, backwards": Hand(shape=1, height=0.55, shaky=0.04, place=(0.4, 0.4), backwards=True),
}


def write(digit, hand, seed=0):
    """Strokes of a digit in a hand: a list of arrays (n, 2) in 0 … 1."""
    rng = np.random.default_rng([digit, seed])
    shapes = SHAPES[digit]
    off = {}  # points that two strokes share are off by the same
    strokes = []
    for stroke in shapes[hand.shape % len(shapes)].split("; "):
        kind, *points = stroke.split()
        points = [tuple(int(n) / 100 for n in point.split(",")) for point in points]
        shaken = [p + off.setdefault(p, rng.normal(0, hand.shaky, 2)) for p in points]
        strokes.append(curve(shaken) if kind == "~" else line(shaken))
    if hand.backwards:
        strokes = [stroke[::-1] for stroke in strokes[::-1]]
    turn, slant, size = rng.normal(0, 0.04), hand.slant + rng.normal(0, 0.04), hand.height * rng.normal(1, 0.04)
    x_axis, y_axis = (hand.breadth * np.cos(turn), np.sin(turn)), (-slant - np.sin(turn), np.cos(turn))
    moved = [size * ((stroke - (0.3, 0.5)) @ np.array([x_axis, y_axis])) for stroke in strokes]
    low, high = np.min(np.vstack(moved), axis=0), np.max(np.vstack(moved), axis=0)
    middle = np.clip(hand.place + rng.normal(0, 0.015, 2), 0.05 - low, 0.95 - high)  # all of it on the pad
    return [stroke + middle for stroke in moved]


def line(points, step=0.05):
    """Points no farther apart than `step` along straight lines."""
    points = np.asarray(points, dtype=float)
    parts = [np.linspace(a, b, max(2, int(np.ceil(np.hypot(*(b - a)) / step)) + 1))[1:] for a, b in pairwise(points)]
    return np.vstack([points[:1], *parts])


def curve(points, per_part=6):
    """A smooth curve through all points (Catmull–Rom)."""
    p = np.asarray(points, dtype=float)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.arange(1, per_part + 1)[:, None] / per_part
    parts = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.vstack([p[1:2], *parts])


def fool(network, x, label, most=20):
    """At most so many pixels of x (784,) to turn over until the network reads another digit: the best one each time."""
    x, cells = x.copy(), []
    while len(cells) < most:
        P = network.predict_proba(x[None])[0]
        if P.argmax() != label and P.max() > 0.5:
            break
        tries = np.repeat(x[None], 784, axis=0)
        np.fill_diagonal(tries, x <= 127 / 255)
        Z = network.logits(tries)
        margin = Z[label] - np.delete(Z, label, axis=0).max(axis=0)
        margin[cells] = np.inf
        cells.append(int(margin.argmin()))
        x = tries[cells[-1]]
    return cells
