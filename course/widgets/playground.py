"""The playground: a small network learns to separate two kinds of points while you watch, and change what you like.

    Playground()                                             # or with any of the settings, as they stand at the start
    Playground(dataset="spirals", hidden=(8, 8, 8), activation="relu")

NumPy trains here, with the network and the optimizers of the course; playground.mjs only draws, and asks for a frame at
a time. A frame is the whole picture and depends on none before it: numbers and words as JSON; as bytes the heat maps
(GRID × GRID of the output, TILE × TILE of each unit), the weights, the loss curves, and, if they changed, the points.
"""

import math
from functools import partial
from itertools import chain, pairwise
from numbers import Integral

import numpy as np
import traitlets
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from course.text import decimal, number
from course.widgets.canvas import Canvas, as_bytes, assets
from helpers import data
from helpers.network import ACTIVATIONS, Network
from helpers.plots import BLUE, DARK_PINK, ORANGE
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, minibatches

GRID, TILE = 60, 30  # points a side of the heat map of the output, and of the tile of a unit
REACH = 3.0  # the plane is shown from −REACH to REACH; without noise the points lie within 2
N_TEST = 200
N_CURVE = 300  # points of a loss curve, at most
MAX_LAYERS, MAX_UNITS = 3, 8

DATASETS = {  # what makes it, where its center is, and how far it reaches from there
    "circles": (data.circles, (0, 0), 1),
    "moons": (data.moons, (0.5, 0.25), 1.5),
    "spirals": (data.spirals, (0, 0), 1),
    "blobs": (partial(data.blobs, n_classes=2), (0, 0), 3),
}
OPTIMIZERS = {"sgd": SGD, "momentum": Momentum, "rmsprop": RMSProp, "adam": Adam, "adamw": AdamW}
RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
CHOICES = {  # what the page offers; of numbers, any from the first to the last will do
    "dataset": list(DATASETS),
    "points": [20, 50, 100, 200, 400],
    "noise": [k / 20 for k in range(13)],
    "activation": [name for name in ACTIVATIONS if name != "softmax"],
    "optimizer": list(OPTIMIZERS),
    "learning_rate": RATES,
    "batch_size": [1, 4, 16, 64, 400],
    "l2": [0, *RATES[:7]],
}
LABELS = {
    "dataset": "Data set", "points": "Training points", "noise": "Noise", "hidden": "Hidden units",
    "activation": "Activation", "optimizer": "Optimizer", "learning_rate": "Learning rate α",
    "batch_size": "Batch size", "l2": "L2 strength λ",
}  # fmt: skip
ANEW = ("dataset", "points", "noise", "hidden", "activation")  # a new network begins when one of these changes

_ticks = (np.arange(GRID) + 0.5) / GRID * 2 * REACH - REACH
PLANE = np.stack(np.meshgrid(_ticks, -_ticks)).reshape(2, -1).astype(np.float32)  # columns (x₁, x₂), from the top left


def points(dataset, n, noise, seed):
    """X (n, 2) and y (n,) of a data set, moved and stretched to the same size as the others."""
    make, center, size = DATASETS[dataset]
    X, y = make(n, noise=size * noise / 2, seed=seed)
    return (2 / size * (X - center)).astype(np.float32), y


def _choice(name):
    return traitlets.Enum(CHOICES[name]).tag(sync=True)


def _number(name, kind=traitlets.Float):
    return kind(min=CHOICES[name][0], max=CHOICES[name][-1]).tag(sync=True)


class Playground(Canvas):
    """See above. `train(epochs)` trains without the page; `network`, `epoch`, `losses` can be looked at meanwhile.

    The settings are traits: `playground.noise = 0.3` does what the page's slider does, and a value that cannot be
    raises traitlets.TraitError and changes nothing.
    """

    _esm, _css = assets("playground")
    tasks = (
        "separate the spirals: a test accuracy of 95 % or more before epoch 300",
        "make it overfit the moons: a train loss under 0.2 with a test loss over 0.8",
        "then cure it, on the same points, with L2 or fewer units: a test loss under 0.6 at epoch 200 or later",
    )

    dataset, activation, optimizer = map(_choice, ("dataset", "activation", "optimizer"))
    noise, learning_rate, l2 = map(_number, ("noise", "learning_rate", "l2"))
    points, batch_size = (_number(name, traitlets.Int) for name in ("points", "batch_size"))
    hidden = traitlets.Tuple().tag(sync=True)  # units of each hidden layer
    seed = traitlets.Int(min=0)
    offers = traitlets.Dict().tag(sync=True)  # for the page: the label and the choices of each setting

    def __init__(self, dataset="circles", noise=0.1, hidden=(8, 8), activation="tanh", optimizer="adam",
                 learning_rate=0.01, l2=0.0, batch_size=16, points=200, seed=0):  # fmt: skip
        given = {name: value for name, value in locals().items() if name in ("seed", *LABELS)}
        numpys = {name: value.tolist() for name, value in given.items() if isinstance(value, np.generic | np.ndarray)}
        super().__init__(**given | numpys, offers={name: [LABELS[name], CHOICES[name]] for name in CHOICES})
        self.start = self.settings
        self.reset()

    @traitlets.validate("hidden")
    def _units(self, proposal):
        sizes = proposal.value
        if len(sizes) > MAX_LAYERS or not all(isinstance(n, Integral) and 1 <= n <= MAX_UNITS for n in sizes):
            wanted = f"at most {MAX_LAYERS} whole numbers, units from 1 to {MAX_UNITS}, such as (8, 8)"
            raise traitlets.TraitError(f"hidden must be {wanted}; got {sizes}.")
        return tuple(map(int, sizes))

    @traitlets.validate("noise", "learning_rate", "l2")
    def _no_nan(self, proposal):
        if math.isnan(proposal.value):
            raise traitlets.TraitError(f"{proposal.trait.name} must be a number; got NaN.")
        return proposal.value

    @property
    def settings(self):
        return {name: getattr(self, name) for name in LABELS}

    # What can be done

    def reset(self):
        """Set everything back to where it started, and forget which goals were reached."""
        self.unobserve(self._changed, names=list(LABELS))
        for name, value in self.start.items():
            setattr(self, name, value)
        self.observe(self._changed, names=list(LABELS))
        self._done_before, self._overfit = set(), None
        self.begin()

    def begin(self, remark=""):
        """Begin anew. The same settings and seed give the same data, initial weights and mini-batches."""
        X, y = points(self.dataset, self.points + N_TEST, self.noise, self.seed)
        self.X, self.y, self.X_test, self.y_test = X[:-N_TEST], y[:-N_TEST], X[-N_TEST:], y[-N_TEST:]
        self.network = Network([2, *self.hidden, 1], activation=self.activation, output="sigmoid", seed=self.seed)
        self.Y = self.network.encode_targets(self.y, len(self.y))
        self.update_rule = OPTIMIZERS[self.optimizer](self.learning_rate)
        self.rng = np.random.default_rng(self.seed)
        self.epoch, self.diverged, self.remark = 0, False, remark
        self.curve, self.stride = [], 1  # (epoch, train loss, test loss) of every epoch that `stride` divides
        self._measure()
        self._look()

    def _changed(self, change):
        """A setting is another: the network goes on if it fits the change. The page gets a frame."""
        value = change.new
        shown = "-".join(map(str, value)) or "none" if change.name == "hidden" else value
        what = f"{LABELS[change.name]}: {shown if isinstance(shown, str) else number(shown)}."
        if change.name in ANEW or self.diverged:
            self.begin(f"{what} A new network begins.")
        else:
            if change.name == "optimizer":
                self.update_rule = OPTIMIZERS[value](self.learning_rate)
            self.update_rule.learning_rate = self.learning_rate
            self.remark = f"{what} The network goes on from where it is."
        self.send(*self.frame())

    def train(self, epochs=1):
        """Train in place. If a number becomes infinite, it ends with the weights of the epoch before."""
        parameters = self.network.parameters()
        for _ in range(0 if self.diverged else epochs):
            before = [theta.copy() for theta in parameters]
            with np.errstate(all="ignore"):
                for A0, Y in minibatches(self.X, self.Y, self.batch_size, self.rng):
                    self.network.forward(A0)
                    self.update_rule.step(parameters, self.gradients(Y))
                self.diverged = not (all(np.isfinite(theta).all() for theta in parameters) and self._measure())
            if self.diverged:
                for theta, good in zip(parameters, before, strict=True):
                    theta[...] = good
                self._measure()
                return
            self.epoch, self.remark = self.epoch + 1, ""
            self._look()

    def gradients(self, Y):
        """Of the last forward pass, for all parameters. AdamW takes λ as its weight decay, not into the gradient."""
        if self.optimizer != "adamw":
            return self.network.gradients(Y, self.l2)
        self.update_rule.weight_decay = self.l2
        return self.network.gradients(Y)

    def _measure(self):
        """The losses (without the L2 term) and the test accuracy; are the losses finite?"""
        train, test = self.network.evaluate(self.X, self.y), self.network.evaluate(self.X_test, self.y_test)
        self.losses, self.accuracy = (train["loss"], test["loss"]), test["accuracy"]
        return all(map(math.isfinite, self.losses))

    def _look(self):
        """Add the state to the curve, and see which goals it meets."""
        if self.epoch % self.stride == 0:
            self.curve.append((self.epoch, *self.losses))
            if len(self.curve) > N_CURVE:
                self.curve, self.stride = self.curve[::2], 2 * self.stride
        on = self.dataset, self.points, self.noise
        overfits = self.dataset == "moons" and self.losses[0] < 0.2 and self.losses[1] > 0.8
        self._overfit = on if overfits else self._overfit
        spirals = self.dataset == "spirals" and self.accuracy >= 0.95 and self.epoch < 300
        self._light(spirals, overfits, self._overfit == on and self.losses[1] < 0.6 and self.epoch >= 200)

    # What is said

    def numbers(self):
        """Epoch, train loss, test loss and test accuracy, as people read them."""
        losses = (decimal(loss, 3, trim=False) for loss in self.losses)
        return [f"{self.epoch:,}", *losses, f"{100 * self.accuracy:.0f} %"]

    def caption(self):
        """The state in words; before training without a number that was computed."""
        sizes = "-".join(map(str, self.network.sizes))
        text = f"A {sizes} network with {self.activation} is to separate {self.dataset}"
        text += f" ({self.points} training points, noise {number(self.noise)})."
        if self.epoch == 0:
            return f"{text} It is not trained yet."
        text += " Epoch {}: train loss {}, test loss {}, test accuracy {}.".format(*self.numbers())
        text += " It overfits." if self.lit[1] else ""
        return text + (" To guess would cost 0.693: the learning rate may be too large." if self.losses[0] > 1 else "")

    def words(self):
        """What the page says: the caption, and what has just happened."""
        if self.diverged:
            return (
                f"Stopped, because the numbers became infinite: a learning rate of {number(self.learning_rate)} is too "
                f"large for {self.optimizer} here. This is the epoch before. Choose a smaller one, or press Reset."
            )
        decay = "AdamW takes λ as its weight decay." if self.optimizer == "adamw" and self.l2 else ""
        return " ".join(filter(None, (self.remark, self.caption(), decay)))

    # What the page gets

    def answer(self, message, buffers=()):
        match message:
            case {"kind": "frame" | "step"}:
                self.train()
                return self.frame(with_points=False)
            case {"kind": "restart"}:
                self.begin("The same network begins anew.")
            case {"kind": "reset"}:
                self.reset()
            case {"kind": "look"}:
                pass
            case _:
                return None
        return self.frame()

    def frame(self, with_points=True):
        """What is to be seen, as (content, buffers)."""
        with np.errstate(all="ignore"):
            A = self.network.forward_pass(PLANE)[1]
            tiles = np.concatenate([*A[:-1], 2 * A[-1] - 1]).reshape(-1, GRID, GRID)
            tiles = tiles[:, :: GRID // TILE, :: GRID // TILE]
            tiles = np.nan_to_num(tiles / np.maximum(1, np.abs(tiles).max(axis=(1, 2), keepdims=True)))  # −1 … 1
        last = [(self.epoch, *self.losses)] if self.curve[-1][0] < self.epoch else []
        weights = np.concatenate([W.ravel() for W in self.network.W[1:]])
        buffers = [as_bytes(A[-1]), as_bytes((1 + tiles) / 2), weights, np.array(self.curve + last, np.float32)]
        if with_points:
            X, y = np.vstack([self.X, self.X_test]), np.hstack([self.y, self.y_test])
            buffers.append(np.column_stack([X, y]).astype(np.float32))
        content = {
            "epoch": self.epoch, "numbers": self.numbers(), "sizes": self.network.sizes,
            "goals": self.goals(), "words": self.words(), "stopped": self.diverged, "trains_on": len(self.X),
        }  # fmt: skip
        return content, [buffer.tobytes() for buffer in buffers]

    def illustrate(self, figure):
        """What a frame holds: the units as tiles with their weights, the output with the points, and the losses."""
        places = ((0.015, 0.17, 0.33, 0.7), (0.42, 0.17, 0.278, 0.7), (0.775, 0.17, 0.21, 0.7))
        units_ax, plane_ax, loss_ax = map(figure.add_axes, places)
        content, (plane, tiles, weights, curve, _) = self.frame()
        heat = {"cmap": LinearSegmentedColormap.from_list("", [BLUE, "white", ORANGE]), "vmin": 0, "vmax": 255}
        tiles = iter(np.frombuffer(tiles, np.uint8).reshape(-1, TILE, TILE))
        weights = iter(np.frombuffer(weights, np.float32))
        layers = [[(1.7 * l, (n - 1) / 2 - k) for k in range(n)] for l, n in enumerate(content["sizes"])]
        for before, layer in pairwise(layers):
            for (x, y), (x0, y0) in ((unit, unit0) for unit in layer for unit0 in before):
                w = next(weights)
                look = {"color": ORANGE if w > 0 else BLUE, "lw": min(4, 0.3 + abs(w)), "alpha": 0.5, "zorder": 0}
                units_ax.plot([x0, x], [y0, y], **look)
        for x, y in chain(*layers):
            units_ax.imshow(next(tiles), extent=(x - 0.3, x + 0.3, y - 0.4, y + 0.4), **heat)
            units_ax.add_patch(Rectangle((x - 0.3, y - 0.4), 0.6, 0.8, fill=False, color="#777777", lw=0.8))
        units_ax.set(xlim=(-0.5, 1.7 * len(layers) - 1.2), ylim=(-4, 4), aspect="auto", title="Units and weights")
        units_ax.set_axis_off()

        side = (-REACH, REACH)
        plane_ax.imshow(np.frombuffer(plane, np.uint8).reshape(GRID, GRID), extent=side * 2, alpha=0.6, **heat)
        colors = [(BLUE, ORANGE)[k] for k in self.y]
        plane_ax.scatter(*self.X.T, s=14, c=colors, edgecolors="white", linewidths=0.5)
        plane_ax.set(xlim=side, ylim=side, xlabel="$x_1$", ylabel="$x_2$", title="Output")

        epochs, *losses = np.frombuffer(curve, np.float32).reshape(-1, 3).T
        for values, name, color in zip(losses, ("train", "test"), ("#444444", DARK_PINK), strict=True):
            loss_ax.plot(epochs, values, color=color, label=name, marker="o", markevery=[-1])
        loss_ax.set(xlim=(0, 1.05 * max(10, epochs[-1])), ylim=(0, 1.1 * np.max(losses)))
        loss_ax.set(xlabel="epoch", ylabel="loss", title="Loss")
        loss_ax.legend(loc="lower right" if self.epoch == 0 else "best")
