"""The playground: a small network learns to separate two kinds of points while you watch, and change what you like.

    Playground()                                             # or with any of the settings, as they stand at the start
    Playground(dataset="spirals", hidden=(8, 8, 8), activation="relu")

NumPy trains here, with the network and the optimizers of the course; playground.mjs only draws. Nothing runs by itself:
the page asks for a frame, `answer` trains one epoch and says what is to be seen, and the page asks again. So when the
page is paused, hidden or closed, or the kernel is restarted, nobody asks, and nothing is left that would have to be
stopped: no thread, no timer, no task. Between two frames the kernel is free for other cells.

A frame is the whole picture and depends on none before it: numbers and words as JSON; as bytes the heat maps (GRID ×
GRID of the output, TILE × TILE of each unit), the weights and the loss curves, and, when they change, the points.
"""

import contextlib
import math
from functools import partial
from itertools import chain, pairwise
from numbers import Integral, Real
from pathlib import Path

import anywidget
import numpy as np
from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course.widgets.explorer import SCALE, static_view
from helpers import data
from helpers.network import ACTIVATIONS, Network
from helpers.plots import BLUE, DARK_PINK, ORANGE, STYLE
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, minibatches

GRID, TILE = 60, 30  # points a side of the heat map of the output, and of the tile of a unit
REACH = 3.0  # the plane is shown from −REACH to REACH; without noise the points lie within 2
N_TEST = 200
N_CURVE = 300  # points of a loss curve, at most
MAX_LAYERS, MAX_UNITS = 3, 8

DATASETS = {  # what makes it, where its centre is, and how far it reaches from there
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
WHOLE = ("points", "batch_size")
ANEW = ("dataset", "points", "noise", "hidden", "activation")  # a new network begins when one of these changes
TASKS = (
    "separate the spirals: a test accuracy of 95 % or more before epoch 300",
    "make it overfit the moons: a train loss under 0.2 with a test loss over 0.8",
    "then cure it, on the same points, with L2 or fewer units: a test loss under 0.6 at epoch 200 or later",
)

_ticks = (np.arange(GRID) + 0.5) / GRID * 2 * REACH - REACH
PLANE = np.stack(np.meshgrid(_ticks, -_ticks)).reshape(2, -1).astype(np.float32)  # columns (x₁, x₂), from the top left


def accepted(name, value):
    """`value` as it is kept for the setting `name`; ValueError if it cannot be."""
    if name == "hidden":
        sizes = value if isinstance(value, list | tuple) else [None]
        if len(sizes) > MAX_LAYERS or not all(_is_whole(n) and 1 <= n <= MAX_UNITS for n in sizes):
            wanted = f"at most {MAX_LAYERS} whole numbers, units from 1 to {MAX_UNITS}, such as (8, 8)"
            raise ValueError(f"hidden must be {wanted}; got {value!r}.")
        return tuple(map(int, sizes))
    choices, whole = CHOICES[name], name in WHOLE
    if isinstance(choices[0], str):
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}.")
        return value
    fits = _is_whole(value) if whole else isinstance(value, Real) and not isinstance(value, bool)
    if not fits or not choices[0] <= value <= choices[-1]:
        wanted = f"a {'whole ' * whole}number from {choices[0]} to {choices[-1]}"
        raise ValueError(f"{name} must be {wanted}; got {value!r}.")
    return int(value) if whole else float(value)


def _is_whole(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def points(dataset, n, noise, seed):
    """X (n, 2) and y (n,) of a data set, moved and stretched to the same size as the others."""
    make, centre, size = DATASETS[dataset]
    X, y = make(n, noise=size * noise / 2, seed=seed)
    return (2 / size * (X - centre)).astype(np.float32), y


class Playground(anywidget.AnyWidget):
    """See above. `train(epochs)` trains without the page; `network`, `epoch`, `losses` can be looked at meanwhile."""

    _esm = Path(__file__).parent / "playground.mjs"
    _css = Path(__file__).parent / "playground.css"

    def __init__(self, dataset="circles", noise=0.1, hidden=(8, 8), activation="tanh", optimizer="adam",
                 learning_rate=0.01, l2=0.0, batch_size=16, points=200, seed=0):  # fmt: skip
        given = {name: value for name, value in locals().items() if name in LABELS}
        self.start = {name: accepted(name, value) for name, value in given.items()}
        if not _is_whole(seed) or seed < 0:
            raise ValueError(f"seed must be a whole number from 0; got {seed!r}.")
        self.seed = int(seed)
        super().__init__()
        self.on_msg(lambda _, content, buffers: self._reply(content))
        self.reset()

    # What can be done

    def reset(self):
        """Set everything back to where it started, and forget which goals were reached."""
        self.settings, self._done_before, self._overfit = dict(self.start), set(), None
        self.begin()

    def begin(self, remark=""):
        """Begin anew. The same settings and seed give the same data, initial weights and mini-batches."""
        s = self.settings
        X, y = points(s["dataset"], s["points"] + N_TEST, s["noise"], self.seed)
        self.X, self.y, self.X_test, self.y_test = X[:-N_TEST], y[:-N_TEST], X[-N_TEST:], y[-N_TEST:]
        self.network = Network([2, *s["hidden"], 1], activation=s["activation"], output="sigmoid", seed=self.seed)
        self.Y = self.network.encode_targets(self.y, len(self.y))
        self.optimizer = OPTIMIZERS[s["optimizer"]](s["learning_rate"])
        self.rng = np.random.default_rng(self.seed)
        self.epoch, self.diverged, self.remark = 0, False, remark
        self.curve, self.stride = [], 1  # (epoch, train loss, test loss) of every epoch that `stride` divides
        self._measure()
        self._look()

    def set(self, name, value):
        """Change a setting; ValueError if it cannot be so. The network goes on if it fits the change."""
        value = accepted(name, value)
        if value == self.settings[name]:
            return
        self.settings[name] = value
        what = f"{LABELS[name]}: {_shown(value)}."
        if name in ANEW or self.diverged:
            self.begin(f"{what} A new network begins.")
            return
        if name == "optimizer":
            self.optimizer = OPTIMIZERS[value](self.settings["learning_rate"])
        self.optimizer.learning_rate = self.settings["learning_rate"]
        self.remark = f"{what} The network goes on from where it is."

    def train(self, epochs=1):
        """Train in place. If a number becomes infinite, it ends with the weights of the epoch before."""
        parameters = self.network.parameters()
        for _ in range(0 if self.diverged else epochs):
            before = [theta.copy() for theta in parameters]
            with np.errstate(all="ignore"):
                for A0, Y in minibatches(self.X, self.Y, self.settings["batch_size"], self.rng):
                    self.network.forward(A0)
                    self.optimizer.step(parameters, self.gradients(Y))
                self.diverged = not (all(np.isfinite(theta).all() for theta in parameters) and self._measure())
            if self.diverged:
                for theta, good in zip(parameters, before, strict=True):
                    theta[...] = good
                self._measure()
                return
            self.epoch, self.remark = self.epoch + 1, ""
            self._look()

    def gradients(self, Y):
        """Of the last forward pass, for all parameters. L2 adds λ W, the gradient of ½ λ Σ W², to every dW.

        Not with AdamW, which takes λ as its weight decay: it shrinks all parameters itself, apart from its averages.
        """
        dW, db = self.network.backward(Y)
        if isinstance(self.optimizer, AdamW):
            self.optimizer.weight_decay = self.settings["l2"]
        else:
            for l in range(1, self.network.L + 1):
                dW[l] += self.settings["l2"] * self.network.W[l]
        return [*dW[1:], *db[1:]]

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
        on = tuple(self.settings[name] for name in ("dataset", "points", "noise"))
        overfits = on[0] == "moons" and self.losses[0] < 0.2 and self.losses[1] > 0.8
        self._overfit = on if overfits else self._overfit
        spirals = on[0] == "spirals" and self.accuracy >= 0.95 and self.epoch < 300
        cured = self._overfit == on and self.losses[1] < 0.6 and self.epoch >= 200
        self.lit = [spirals, overfits, cured]
        self._done_before |= {k for k, done in enumerate(self.lit) if done}

    # What is said

    def goals(self):
        """(task, "reached", "before" or "goal") of each task."""
        before = ["before" if k in self._done_before else "goal" for k in range(len(TASKS))]
        return [(task, "reached" if lit else old) for task, lit, old in zip(TASKS, self.lit, before, strict=True)]

    def caption(self):
        """The state in words; before training without a number that was computed."""
        s, (train, test) = self.settings, self.losses
        sizes = "-".join(map(str, self.network.sizes))
        text = f"A {sizes} network with {s['activation']} is to separate {s['dataset']}"
        text += f" ({s['points']} training points, noise {_shown(s['noise'])})."
        if self.epoch == 0:
            return f"{text} It is not trained yet."
        text += f" Epoch {self.epoch}: train loss {train:.3f}, test loss {test:.3f},"
        text += f" test accuracy {100 * self.accuracy:.0f} %."
        text += " It overfits." if self.lit[1] else ""
        return text + (" To guess would cost 0.693: the learning rate may be too large." if train > 1 else "")

    def words(self):
        """What the page says: the caption, and what has just happened."""
        s = self.settings
        if self.diverged:
            return (
                f"Stopped, because the numbers became infinite: a learning rate of {_shown(s['learning_rate'])} is too "
                f"large for {s['optimizer']} here. This is the epoch before. Choose a smaller one, or press Reset."
            )
        decay = "AdamW takes λ as its weight decay." if s["optimizer"] == "adamw" and s["l2"] else ""
        return " ".join(filter(None, (self.remark, self.caption(), decay)))

    # What the page sends and gets

    def _reply(self, content):
        reply = self.answer(content)
        if reply:
            self.send(*reply)

    def answer(self, content):
        """The frame (content, buffers) that answers a message of the page; None to what the page would not send."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind in ("frame", "step"):
            self.train()
        elif kind == "restart":
            self.begin("The same network begins anew.")
        elif kind == "reset":
            self.reset()
        elif kind == "set":
            with contextlib.suppress(KeyError, TypeError, ValueError):  # the frame says what the setting still is
                self.set(content["name"], content["value"])
        elif kind != "look":
            return None
        frame, buffers = self.frame(scene=kind not in ("frame", "step"))
        return {**frame, "seq": content.get("seq")}, buffers

    def frame(self, scene=True):
        """What is to be seen, as (content, buffers); with `scene` also what training does not change."""
        with np.errstate(all="ignore"):
            A = self.network.forward_pass(PLANE)[1]
            tiles = np.concatenate([*A[:-1], 2 * A[-1] - 1]).reshape(-1, GRID, GRID)
            tiles = tiles[:, :: GRID // TILE, :: GRID // TILE]
            tiles = np.nan_to_num(tiles / np.maximum(1, np.abs(tiles).max(axis=(1, 2), keepdims=True)))  # −1 … 1
        last = [(self.epoch, *self.losses)] if self.curve[-1][0] < self.epoch else []
        weights = np.concatenate([W.ravel() for W in self.network.W[1:]])
        buffers = [_bytes(A[-1]), _bytes((1 + tiles) / 2), weights, np.array(self.curve + last, np.float32)]
        content = {
            "kind": "frame", "epoch": self.epoch, "losses": self.losses, "accuracy": self.accuracy,
            "sizes": self.network.sizes, "goals": self.goals(), "words": self.words(), "stopped": self.diverged,
        }  # fmt: skip
        if scene:
            choices = {k: [*dict.fromkeys([*c, self.start[k], self.settings[k]])] for k, c in CHOICES.items()}
            choices = {k: c if isinstance(c[0], str) else sorted(c) for k, c in choices.items()}
            content |= {"settings": self.settings, "choices": choices, "labels": LABELS, "reach": REACH}
            content |= {"points": len(self.X), "most": (MAX_LAYERS, MAX_UNITS)}
            X, y = np.vstack([self.X, self.X_test]), np.hstack([self.y, self.y_test])
            buffers.append(np.column_stack([X, y]).astype(np.float32))
        return content, [buffer.tobytes() for buffer in buffers]

    # Where no kernel runs

    @property
    def figure(self):
        """The state as a figure of matplotlib."""
        with style.context(STYLE, after_reset=True):
            figure = Figure(figsize=(7.8, 3.1), dpi=100 * SCALE)
            places = ((0.015, 0.17, 0.33, 0.7), (0.42, 0.17, 0.278, 0.7), (0.775, 0.17, 0.21, 0.7))
            draw(self, *map(figure.add_axes, places))
            FigureCanvasAgg(figure).draw()
        return figure

    def _repr_mimebundle_(self, **kwargs):
        """The widget where a kernel runs, and for where none does the picture and the caption."""
        widget, metadata = super()._repr_mimebundle_(**kwargs)
        data, about = static_view(self.figure.canvas, (780, 310), self.caption())
        return widget | data, metadata | about


def _shown(value):
    """A setting as it is written in a sentence."""
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _bytes(fractions):
    return np.rint(255 * fractions).astype(np.uint8)


def draw(playground, units_ax, plane_ax, loss_ax):
    """What a frame holds: the units as tiles with their weights, the output with the points, and the losses."""
    content, (plane, tiles, weights, curve, _) = playground.frame()
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
    colors = [(BLUE, ORANGE)[k] for k in playground.y]
    plane_ax.scatter(*playground.X.T, s=14, c=colors, edgecolors="white", linewidths=0.5)
    plane_ax.set(xlim=side, ylim=side, xlabel="$x_1$", ylabel="$x_2$", title="Output")

    epochs, *losses = np.frombuffer(curve, np.float32).reshape(-1, 3).T
    for values, name, color in zip(losses, ("train", "test"), ("#444444", DARK_PINK), strict=True):
        loss_ax.plot(epochs, values, color=color, label=name, marker="o", markevery=[-1])
    loss_ax.set(xlim=(0, 1.05 * max(10, epochs[-1])), ylim=(0, 1.1 * np.max(losses)))
    loss_ax.set(xlabel="epoch", ylabel="loss", title="Loss")
    loss_ax.legend(loc="lower right" if playground.epoch == 0 else "best")
