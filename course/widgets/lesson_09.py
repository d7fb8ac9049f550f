"""The widget of lesson 09: LatentPad, a map of the codes of an autoencoder, and the digit that stands at any point.

Codes are two numbers a digit, so that they can be drawn. The picture at a point comes from the learner's decoder, and
the learner's network says what it reads in it. Without arguments the pad has an example that needs no training.
"""

import numpy as np

from course.text import decimal
from course.widgets.controls import slider
from course.widgets.explorer import Explorer, moving
from course.widgets.learner import call_learner_code
from helpers.colors import BLACK, BLUE, PALETTE
from helpers.data import load_mnist
from helpers.network import softmax

SHOWN = 1000  # codes that are drawn
SURE, HALF, EMPTY = 0.9, 0.3, 0.1  # probabilities; the distance to the nearest code, in sides of the map


class LatentPad(Explorer):
    """A point on the map of codes (N, 2) of digits with labels (N,); the picture there, and what is read in it.

    `decode` gives pictures (m, 784) for codes (m, 2), and `read` probabilities (m, 10) for pictures (m, 784). The
    controls, which can be set at the start, are `z1` and `z2`; they begin at the code of a 3 that is read as one.
    """

    size = 780, 350

    def __init__(self, decode=None, read=None, codes=None, labels=None, **start):
        if decode is None:
            decode, read, codes, labels = example()
        self.decode, self.read = decode, read
        self.codes, self.labels = np.asarray(codes, float)[:SHOWN], np.asarray(labels)[:SHOWN]
        if self.codes.ndim != 2 or self.codes.shape[1] != 2 or len(self.codes) != len(self.labels):
            shapes = f"{np.shape(codes)} and {np.shape(labels)}"
            raise ValueError(f"LatentPad needs codes (N, 2) and labels (N,); got shapes {shapes}.")
        self.ends = [room(column) for column in self.codes.T]  # low, high and step of each slider
        super().__init__(**start)

    def controls(self):
        z = zip(("z1", "z2"), self.a_three(), self.ends, strict=True)
        return {name: slider(f"code {name[1]}", at, *ends) for name, at, ends in z}

    def a_three(self):
        """The code of the 3 whose picture is read as one most surely, as the sliders have it."""
        threes = self.codes[self.labels == 3] if (self.labels == 3).any() else self.codes
        _, P, _ = self.ask(threes)
        low, high, step = np.transpose(self.ends)
        z = threes[np.nan_to_num(P[:, 3]).argmax()].clip(low, high)
        return (low + np.rint((z - low) / step) * step).round(6)

    def ask(self, z):
        """Pictures (m, 784) at codes (m, 2), what is read in them (m, 10), and remarks if that cannot be had."""
        images, remarks = asked("Your decoder", self.decode, z, 784)
        P, more = asked("Your network", self.read, images, 10)
        return images, P, remarks + more

    def draw(self, figure):
        self.map = figure.add_axes((0.07, 0.15, 0.36, 0.74), title="The codes of digits", xlabel="code 1")
        self.map.set(ylabel="code 2", xlim=self.ends[0][:2], ylim=self.ends[1][:2])
        for digit in range(10):
            x, y = self.codes[self.labels == digit].T
            self.map.scatter(x, y, s=24, marker=f"${digit}$", color=PALETTE[digit], linewidths=0)
        self.point = moving(self.map, marker="o", ls="", color=BLACK, mec="white", mew=2, ms=13)
        ax = figure.add_axes((0.47, 0.2, 0.26, 0.26 * 780 / 350), title="The picture there", xticks=[], yticks=[])
        self.image = ax.imshow(np.zeros((28, 28)), cmap="gray_r", vmin=0, vmax=1, animated=True)
        bars = figure.add_axes((0.8, 0.15, 0.18, 0.74), title="It reads", xlabel="probability", xlim=(0, 1))
        bars.set(yticks=range(10), ylim=(9.6, -0.6), ylabel="digit", xticks=(0, 0.5, 1))
        self.bars = bars.barh(range(10), np.zeros(10), color=BLUE, animated=True)

    def update(self, z1, z2):
        images, P, remarks = self.ask(np.array([[z1, z2]]))
        self.P = np.nan_to_num(P[0])
        sides = [high - low for low, high, _ in self.ends]
        self.nearest = np.hypot(*((self.codes - (z1, z2)) / sides).T).min()
        self.point.set_data([z1], [z2])
        self.image.set_data(np.nan_to_num(images[0]).reshape(28, 28))
        for bar, p in zip(self.bars, self.P, strict=True):
            bar.set_width(p)
        return remarks

    def goals(self, z1, z2):
        first, second = np.sort(self.P)[:-3:-1]
        yield "walk from the 3 to an 8, read with 90 % or more.", self.P[8] >= SURE
        yield "stand between two digits: both are read with 30 % or more.", min(first, second) >= HALF
        task = "find a place far from all codes where the network is sure all the same, with 90 % or more."
        yield task, self.nearest >= EMPTY and first >= SURE

    def caption(self, z1, z2):
        best = int(self.P.argmax())
        place = f"The point ({decimal(z1, 2)}, {decimal(z2, 2)})"
        where = "far from all codes" if self.nearest >= EMPTY else "near a code"
        return f"{place} is {where}. Its picture is read as {best}, with {self.P[best]:.0%}.".replace("%", " %")

    def handles(self, z1, z2):
        return {"point": (self.map, z1, z2)}

    def dragged(self, handle, place, **values):
        return {"z1": place[0], "z2": place[1]}


def room(values):
    """Low, high and step of a slider with room for nearly all of these values, the same if all are equal."""
    low, high = np.percentile(values, [0.5, 99.5])
    step = 10.0 ** np.floor(np.log10(max(high - low, 1e-3) / 200))  # 200 to 2,000 of them
    low, high = np.floor(low / step - 5), np.ceil(high / step + 5)
    return tuple(float(f"{step * n:.6g}") for n in (low, high, 1))


def asked(who, function, x, n):
    """function(x) of rows x (m, …) as floats (m, n), NaN where there are none, and sentences about what is wrong."""
    rows, remarks = call_learner_code(who, function, np.zeros(len(x) * n), lambda _: np.ravel(function(x)))
    return rows.reshape(len(x), n), remarks


def example():
    """A decoder, a reader, codes and labels without a training.

    The codes are the first two principal components; the picture at a point is the mean of the digits whose codes are
    near, and what is read in it follows from its distance to the mean of each digit.
    """
    mnist = load_mnist("sample")
    X, y = mnist.X_train[:SHOWN], mnist.y_train[:SHOWN]
    directions = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[2][:2]
    codes = (X - X.mean(axis=0)) @ directions.T
    codes *= np.sign(codes[y == 1].mean(axis=0))  # ones lie right and up: else the processor decides
    means = np.array([X[y == digit].mean(axis=0) for digit in range(10)])

    def decode(z):
        squares = np.sum((codes[:, None] - z) ** 2, axis=2)
        return (softmax(-60 * squares).T @ X).astype(float)

    def read(images):
        return softmax(-np.sum((means[:, None] - images) ** 2, axis=2) / 2).T

    return decode, read, codes, y
