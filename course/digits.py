"""Prepare a drawing as MNIST's images were prepared, so that a network trained on those can read it; NumPy only.

Each digit of MNIST was cropped, scaled to fit a box of 20 × 20 pixels with its aspect ratio kept, and moved so that its
center of mass lies in the middle of 28 × 28 (LeCun, Bottou, Bengio & Haffner, 1998).

    steps = prepare(ink)              # any drawing, (h, w): 0 is paper, 1 is ink
    network.predict_proba(steps.centered.reshape(1, -1))

`prepare` and `unprepared` take arrays (h, w) of floats from 0 to 1, or of bytes from 0 to 255, and raise ValueError for
what is no image; the steps between take floats only. Results are float32 from 0 to 1.
"""

from typing import NamedTuple

import numpy as np

SIDE, BOX = 28, 20  # pixels a side: of the image, and of the box that the digit is scaled to
MIDDLE = 14  # row and column of MNIST's centers of mass: all 5,000 of the sample are within half a pixel of it
PEN = 0.08  # a pen's width at most, as a part of the pad's; gives a large digit strokes of about MNIST's width
PEN_OF_DRAWING = 0.15  # its width as a part of a drawing's longer side
FINEST = 0.015  # its width at least, as a part of the pad's


class Prepared(NamedTuple):
    """The steps. `box` is (top, bottom, left, right) of what is cropped, as for slices; all four are 0 without ink."""

    box: tuple[int, int, int, int]
    cropped: np.ndarray  # (bottom − top, right − left)
    scaled: np.ndarray  # at most (20, 20), one of its sides 20; (0, 0) without ink
    centered: np.ndarray  # (28, 28)


def prepare(ink):
    """A drawing (h, w) → Prepared, all steps to (28, 28). Without ink, `centered` is all 0."""
    ink = as_image(ink)
    box = top, bottom, left, right = bounds(ink)
    cropped = ink[top:bottom, left:right]
    scaled = fit(cropped)
    return Prepared(box, cropped, scaled, center(scaled))


def unprepared(ink):
    """A drawing (h, w) → (28, 28), resized and nothing else, for comparison."""
    return resize(as_image(ink), SIDE, SIDE)


def bounds(ink):
    """(top, bottom, left, right) of all that is not 0, as for slices."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return 0, 0, 0, 0
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def fit(ink):
    """An image (h, w) → its longer side BOX pixels, the other in proportion, rounded, at least 1; (0, 0) if empty."""
    if not ink.size:
        return np.zeros((0, 0), np.float32)
    scale = BOX / max(ink.shape)
    return resize(ink, *(max(1, round(scale * n)) for n in ink.shape))


def resize(ink, height, width):
    """(h, w) → (height, width), float32; each new pixel is the average over the area it covers of the old image."""
    return (_averages(ink.shape[0], height) @ ink @ _averages(ink.shape[1], width).T).astype(np.float32)


def _averages(n, m):
    """(m, n): how much of new pixel i comes from old pixel j, when n pixels in a line become m. Each row sums to 1."""
    edges, old = np.linspace(0, n, m + 1)[:, None], np.arange(n)
    overlap = np.minimum(edges[1:], old + 1) - np.maximum(edges[:-1], old)
    return np.maximum(overlap, 0) * m / n


def center_of_mass(ink):
    """(row, column) of the mean place of the ink, counted from 0; (MIDDLE, MIDDLE) if there is none."""
    ink = ink.astype(np.float64)
    if not ink.any():
        return float(MIDDLE), float(MIDDLE)
    return tuple(float(ink.sum(axis=1 - axis) @ np.arange(n) / ink.sum()) for axis, n in enumerate(ink.shape))


def center(ink):
    """An image of at most (28, 28) → (28, 28), its center of mass within half a pixel of MIDDLE.

    It is moved by whole pixels, so nothing is blurred, and never beyond the edge.
    """
    shifts = [round(MIDDLE - mass) for mass in center_of_mass(ink)]
    top, left = (min(max(shift, 0), SIDE - n) for shift, n in zip(shifts, ink.shape, strict=True))
    result = np.zeros((SIDE, SIDE), np.float32)
    result[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return result


def pen_width(strokes):
    """The pen for strokes of points (x, y) in 0 … 1: finer for a small drawing, whose loops PEN would fill with ink."""
    points = np.array([point for stroke in strokes for point in stroke], dtype=float).reshape(-1, 2)
    size = np.ptp(points, axis=0).max() if len(points) else 0.0
    return float(min(PEN, max(FINEST, PEN_OF_DRAWING * size)))


def rasterize(strokes, side=140, pen=None):
    """Strokes, each a list of points (x, y) with 0 … 1 from left to right and from top to bottom → (side, side).

    A round pen draws them, `pen` of the pad wide, or as `pen_width` says; the edge is one pixel of gray. A stroke of
    one point is a dot. What is not an array (n, 2) of finite numbers raises ValueError; points may lie outside the pad.
    """
    strokes = [np.asarray(stroke, dtype=float) for stroke in strokes]
    for points in strokes:
        if points.ndim != 2 or points.shape[1:] != (2,) or not np.isfinite(points).all():
            raise ValueError(f"a stroke must be points (x, y), an array of shape (n, 2); got shape {points.shape}.")
    result, radius = np.zeros((side, side), np.float32), side * (pen_width(strokes) if pen is None else pen) / 2
    for stroke in strokes:
        points = side * stroke
        for a, b in zip(points, points[1:] if len(points) > 1 else points, strict=False):
            low = np.clip(np.floor(np.minimum(a, b) - radius - 1), 0, side).astype(int)
            high = np.clip(np.ceil(np.maximum(a, b) + radius + 1), 0, side).astype(int)
            part = result[low[1] : high[1], low[0] : high[0]]
            x, y = np.arange(low[0], high[0]) + 0.5 - a[0], np.arange(low[1], high[1])[:, None] + 0.5 - a[1]
            (dx, dy), length = b - a, max(np.sum((b - a) ** 2), 1e-12)
            along = np.clip((x * dx + y * dy) / length, 0, 1)  # where on the segment the nearest point lies
            distance = np.hypot(x - along * dx, y - along * dy)
            np.maximum(part, np.clip(radius - distance + 0.5, 0, 1), out=part)
    return result


def as_image(ink):
    """`ink` as an array (h, w) from 0 to 1, float64 if it is, else float32. Raises ValueError if it is no image."""
    array = np.asarray(ink)
    if array.ndim != 2:
        hint = " For one row of MNIST use x.reshape(28, 28)." if array.shape in ((784,), (1, 784)) else ""
        raise ValueError(f"an image must have two axes, shape (h, w); got shape {array.shape}.{hint}")
    if array.dtype == np.uint8:
        return array.astype(np.float32) / 255
    if array.dtype.kind not in "fb":
        raise ValueError(f"an image must hold floats from 0 to 1, or bytes (uint8) from 0 to 255; got {array.dtype}.")
    array = array if array.dtype == np.float64 else array.astype(np.float32)
    if array.size and not (array.min() >= 0 and array.max() <= 1):  # NaN fails both
        raise ValueError(
            f"an image must hold numbers from 0 (paper) to 1 (ink); got {array.min():.4g} to {array.max():.4g}."
            " Bytes from 0 to 255 must be of type uint8."
        )
    return array
