"""The playground: a small network learns to separate points while you watch, and change what you like.

    Playground()                                             # or with any of the settings, as they stand at the start
    Playground(dataset="spirals", hidden=(8, 8, 8), activation="relu")
    Playground("dataset=spirals hidden=8-8 seed=3 @50 learning_rate=0.03 @120")     # a state, as `as_text()` gives it
    Playground(activation=f, optimizer=MyAdam, loop=learn, network=mine)            # what you wrote yourself

NumPy trains here, with the network and the optimizers of the course; playground.mjs only draws, and asks for a frame at
a time. A frame is the whole picture and depends on none before it: numbers and words as JSON, and the arrays named in
BUFFERS as bytes.

A run is determined by its settings at the start (`base`) and by what was changed since, and when (`changes`). The text
of a state and the code that reproduces it are both made of these two, so they agree with the picture to the last digit.
"""

import copy
import math
import re
from functools import partial
from itertools import chain, groupby, pairwise
from numbers import Integral

import numpy as np
import traitlets

from course import sandbox
from course.text import decimal, number
from course.widgets.canvas import Canvas, as_bytes, assets
from course.widgets.playground_data import hills, slope, xor
from helpers.colors import BLUE, DARK_PINK, GREEN, ORANGE
from helpers.data import blobs, circles, moons, spirals
from helpers.network import ACTIVATIONS, Network
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, minibatches, train

GRID, TILE = 60, 30  # points a side of the heat map of the output, and of the tile of a unit
REACH = 3.0  # the plane is shown from −REACH to REACH; without noise the points lie within 2
N_TEST = 200
N_CURVE = 300  # points of a loss curve, at most
MAX_LAYERS, MAX_UNITS = 6, 8
STILL = 100  # epochs after which a playground that has not trained is drawn in the stored notebook
BUFFERS = "plane", "units", "weights", "biases", "values", "sums", "slopes", "curve", "points"  # those of a frame

DATASETS = {  # what makes it, where its center is, and how far it reaches from there
    "circles": (circles, (0, 0), 1),
    "moons": (moons, (0.5, 0.25), 1.5),
    "spirals": (spirals, (0, 0), 1),
    "xor": (xor, (0, 0), 1),
    "gauss": (partial(blobs, n_classes=2), (0, 0), 3),
    "three": (blobs, (0, 0), 3),
    "slope": (slope, (0, 0), 1),
    "hills": (hills, (0, 0), 1),
    "own": None,
}
REGRESSION = "slope", "hills"  # a number is to be found at each point, not a class
FEATURES = {  # as they stand in code: the inputs of the network, of the coordinates of a point
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1**2": lambda x1, x2: x1**2,
    "x2**2": lambda x1, x2: x2**2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "np.sin(x1)": lambda x1, x2: np.sin(x1),
    "np.sin(x2)": lambda x1, x2: np.sin(x2),
}
SYMBOLS = dict(zip(FEATURES, ("x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"), strict=True))
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
    "l1": [0, *RATES[:7]],
    "l2": [0, *RATES[:7]],
}
LABELS = {
    "dataset": "Data set", "points": "Training points", "noise": "Noise", "hidden": "Hidden units",
    "activation": "Activation", "optimizer": "Optimizer", "learning_rate": "Learning rate α",
    "batch_size": "Batch size", "l1": "L1 strength", "l2": "L2 strength λ", "features": "Inputs",
    "seed": "Seed of the weights", "points_seed": "Seed of the points", "own": "Own points",
}  # fmt: skip
PLAIN = {"points": 200, "noise": 0.1, "optimizer": "adam", "batch_size": 16, "l1": 0, "l2": 0, "features": ("x1", "x2")}
GOALS = {  # what is to be reached, and settings that reach it
    "separate the spirals: a test accuracy of 95 % or more before epoch 300": (
        PLAIN | {"dataset": "spirals", "hidden": (8, 8, 8), "activation": "relu", "learning_rate": 0.01}
    ),
    "make it overfit the moons: a train loss under 0.2 with a test loss over 0.8": (
        PLAIN
        | {"dataset": "moons", "points": 50, "noise": 0.6, "hidden": (8, 8), "activation": "relu"}
        | {"learning_rate": 0.03}
    ),
    "then cure it, on the same points, with L2 or fewer units: a test loss under 0.6 at epoch 200 or later": (
        {"l2": 0.03, "learning_rate": 0.01}
    ),
}
VIEWS = "discrete", "show_test", "blame"  # how it is shown
ANEW = "dataset", "points", "noise", "hidden", "activation", "features", "seed", "points_seed", "own"  # a new network
OWN = ((-1.0, -1.0, 0), (1.0, 1.0, 0), (-1.0, 1.0, 1), (1.0, -1.0, 1))  # before the learner has set any
CLASS_COLORS = ORANGE, BLUE, GREEN  # of 0, 1, 2

_ticks = (np.arange(GRID) + 0.5) / GRID * 2 * REACH - REACH
PLANE = np.stack(np.meshgrid(_ticks, -_ticks)).reshape(2, -1).astype(np.float32)  # columns (x₁, x₂), from the top left


# --- data, inputs, L1: what the code of a state imports


def points(dataset, n, noise, seed):
    """X (n, 2) and y (n,) of a data set, moved and stretched to the same size as the others."""
    make, center, size = DATASETS[dataset]
    X, y = make(n, noise=noise if dataset in REGRESSION else size * noise / 2, seed=seed)
    return (2 / size * (X - center)).astype(np.float32), y


def data_sets(dataset, n, noise, seed):
    """X, y, X_test, y_test of a data set: n points to train on, and 200 to test."""
    X, y = points(dataset, n + N_TEST, noise, seed)
    return X[:n], y[:n], X[n:], y[n:]


def own_points(rows):
    """X, y, X_test, y_test of rows (x₁, x₂, class): every fourth is kept to test; with fewer than four, all do both."""
    array = np.array(rows, np.float32)
    X, y = array[:, :2], array[:, 2].astype(np.intp)
    test = np.arange(len(X)) % 4 == 3
    return (X[~test], y[~test], X[test], y[test]) if test.any() else (X, y, X, y)


def inputs(X, features):
    """The columns that the network gets for rows X (N, 2)."""
    return np.column_stack([FEATURES[name](*X.T) for name in features])


class WithL1:
    """An optimizer to whose gradients that of l1 · Σ |W| is added, l1 · sign(W). Biases, the second half, have none."""

    def __init__(self, optimizer, l1):
        self.optimizer, self.l1 = optimizer, l1

    learning_rate = property(
        lambda self: self.optimizer.learning_rate, lambda self, rate: setattr(self.optimizer, "learning_rate", rate)
    )

    def step(self, parameters, gradients):
        for W, dW in zip(parameters[: len(parameters) // 2], gradients, strict=False):
            dW += self.l1 * np.sign(W)
        self.optimizer.step(parameters, gradients)


def read_csv(text):
    """Rows (x₁, x₂, class) of lines such as "0.5, -1, 1"; a first line of names may stand above.

    Coordinates beyond the plane are moved and stretched, each column by itself, into −2 … 2. Raises ValueError with a
    sentence for a line that is no point.
    """
    rows = []
    for k, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        try:
            x1, x2, label = (float(part) for part in re.split(r"[,;\s]+", line))
            if not (math.isfinite(x1) and math.isfinite(x2) and label in (0, 1, 2)):
                raise ValueError
        except ValueError:
            if k == 0 and re.search(r"[A-Za-z]", line):
                continue
            wanted = 'Expected lines of x₁, x₂ and the class 0, 1 or 2, as in "0.5, -1, 1"'
            raise ValueError(f'{wanted}; got "{line[:60]}". No point was changed.') from None
        rows.append((x1, x2, int(label)))
    X = np.array([row[:2] for row in rows])
    if len(rows) and np.abs(X).max() > REACH:
        low, high = X.min(axis=0), X.max(axis=0)
        X = 4 * (X - low) / np.where(high > low, high - low, 1) - 2
    return tuple((round(x1, 4), round(x2, 4), row[2]) for (x1, x2), row in zip(X.tolist(), rows, strict=True))


# --- the settings


class _Name(traitlets.Enum):
    """One of the choices, or "yours" if the learner gave one. "blobs" is the old name of "gauss"."""

    def validate(self, obj, value):
        if isinstance(value, str) and value == "yours" and self.name in obj.yours:
            return value
        return super().validate(obj, "gauss" if isinstance(value, str) and value == "blobs" else value)


def _choice(name):
    return _Name(CHOICES[name]).tag(sync=True)


def _number(name, kind=traitlets.Float):
    return kind(min=CHOICES[name][0], max=CHOICES[name][-1]).tag(sync=True)


def _refuse(wanted, value):
    raise traitlets.TraitError(f"{wanted}; got {value!r}.")


class Playground(Canvas):
    """See above. `train(epochs)` trains without the page; `network`, `epoch`, `losses` can be looked at meanwhile.

    The settings are traits: `playground.noise = 0.3` does what the page's slider does, and a value that cannot be
    raises traitlets.TraitError and changes nothing. `seed` is that of weights and mini-batches, `points_seed` that of
    the data, by default the same.

    The learner's own: `activation` a function f(z), or a pair of it and its derivative, which otherwise is a central
    difference; `optimizer` a class, called with the learning rate; `loop` a function as in exercise 6.6, called for one
    epoch at a time; `network` an object with what helpers.network.Network has.

    `as_text()` is a text that restores the state: Playground(text) trains again what was trained. `as_code()` does the
    same with Network and train. `as_numbers()` lists every weight and bias.
    """

    _esm, _css = assets("playground")
    tasks = tuple(GOALS)

    dataset, activation, optimizer = map(_choice, ("dataset", "activation", "optimizer"))
    noise, learning_rate, l1, l2 = map(_number, ("noise", "learning_rate", "l1", "l2"))
    points, batch_size = (_number(name, traitlets.Int) for name in ("points", "batch_size"))
    hidden = traitlets.Tuple().tag(sync=True)  # units of each hidden layer
    features = traitlets.Tuple().tag(sync=True)  # names of FEATURES
    own = traitlets.Tuple(OWN).tag(sync=True)  # rows (x₁, x₂, class) of the data set "own"
    seed, points_seed = traitlets.Int(min=0), traitlets.Int(min=0)
    discrete, blame = traitlets.Bool(False).tag(sync=True), traitlets.Bool(False).tag(sync=True)
    show_test = traitlets.Bool(True).tag(sync=True)
    offers = traitlets.Dict().tag(sync=True)  # for the page: the label and the choices of each setting

    def __init__(self, dataset="circles", noise=0.1, hidden=(8, 8), activation="tanh", optimizer="adam",
                 learning_rate=0.01, l2=0.0, batch_size=16, points=200, seed=0, *, features=("x1", "x2"), l1=0.0,
                 points_seed=None, own=OWN, discrete=False, show_test=True, blame=False,
                 loop=None, network=None):  # fmt: skip
        given = {name: value for name, value in locals().items() if name in LABELS or name in VIEWS}
        self.yours = {"loop": loop, "network": network}
        for name in ("activation", "optimizer"):
            if callable(given[name]) or (name == "activation" and isinstance(given[name], tuple)):
                self.yours[name], given[name] = given[name], "yours"
        self.yours = {name: thing for name, thing in self.yours.items() if thing is not None}
        self._check_yours()
        self._story, self._until = (), 0
        if isinstance(dataset, str) and re.search("[=@]", dataset):
            given, self._story, self._until = read_state(dataset)
        elif network is not None:
            given["hidden"] = tuple(network.sizes[1:-1])
        if given["points_seed"] is None:
            given["points_seed"] = given["seed"]
        if isinstance(given["own"], str):
            given["own"] = read_csv(given["own"])
        numpys = {name: value.tolist() for name, value in given.items() if isinstance(value, np.generic | np.ndarray)}
        offers = {name: [LABELS[name], CHOICES[name] + ["yours"] * (name in self.yours)] for name in CHOICES}
        super().__init__(**given | numpys, offers=offers | {"features": [LABELS["features"], list(SYMBOLS.items())]})
        self.probe = 0.5, 0.5  # the point at which the page shows the numbers
        self.start = self.settings
        self.reset()

    def _check_yours(self):
        for name in self.yours.keys() & {"loop", "optimizer"}:
            if not callable(self.yours[name]):
                raise TypeError(f"{name} must be a function or class; got {type(self.yours[name]).__name__}.")
        net = self.yours.get("network")
        if net is not None:
            needed = ("sizes", "W", "b", "settings", "forward", "forward_pass", "gradients", "parameters", "evaluate")
            missing = [name for name in (*needed, "encode_targets") if not hasattr(net, name)]
            if missing or isinstance(net, type):
                lacks = ", ".join(missing) or "its making: give one, not the class"
                raise TypeError(f"network must be one such as Network([2, 8, 1]); it lacks {lacks}.")

    @traitlets.validate("hidden")
    def _units(self, proposal):
        sizes = proposal.value
        if len(sizes) > MAX_LAYERS or not all(isinstance(n, Integral) and 1 <= n <= MAX_UNITS for n in sizes):
            wanted = f"at most {MAX_LAYERS} whole numbers, units from 1 to {MAX_UNITS}, such as (8, 8)"
            raise traitlets.TraitError(f"hidden must be {wanted}; got {sizes}.")
        return tuple(map(int, sizes))

    @traitlets.validate("features")
    def _known_features(self, proposal):
        if not proposal.value or not all(isinstance(name, str) and name in FEATURES for name in proposal.value):
            _refuse(f"features must be one or more of {', '.join(FEATURES)}", proposal.value)
        return tuple(name for name in FEATURES if name in proposal.value)

    @traitlets.validate("own")
    def _known_points(self, proposal):
        rows = [tuple(row) if isinstance(row, list | tuple) else row for row in proposal.value]
        wanted = f"own must be 2 to 1000 rows (x₁, x₂, class), x from −{REACH:.0f} to {REACH:.0f}, class 0, 1 or 2"
        if not 2 <= len(rows) <= 1000:
            _refuse(wanted, f"{len(rows)} rows")
        for row in rows:
            good = isinstance(row, tuple) and len(row) == 3 and all(isinstance(value, int | float) for value in row)
            if not good or row[2] not in (0, 1, 2) or not max(map(abs, row[:2])) <= REACH:
                _refuse(wanted, row)
        return tuple((float(x1), float(x2), int(label)) for x1, x2, label in rows)

    @traitlets.validate("noise", "learning_rate", "l1", "l2")
    def _no_nan(self, proposal):
        if math.isnan(proposal.value):
            raise traitlets.TraitError(f"{proposal.trait.name} must be a number; got NaN.")
        return proposal.value

    @property
    def settings(self):
        return {name: getattr(self, name) for name in (*LABELS, *VIEWS)}

    @property
    def n_classes(self):
        """2 or 3; 0 for regression."""
        if self.dataset == "own":
            return max(2, 1 + max(label for _, _, label in self.own))
        return 0 if self.dataset in REGRESSION else 3 if self.dataset == "three" else 2

    # What can be done

    def reset(self):
        """Set everything back to where it started, and forget which goals were reached."""
        self.unobserve(self._changed, names=[*LABELS, *VIEWS])
        for name, value in self.start.items():
            setattr(self, name, value)
        self.observe(self._changed, names=[*LABELS, *VIEWS])
        self._done_before, self._overfit = set(), None
        self.begin()
        for epoch, name, value in self._story:
            self.train(epoch - self.epoch)
            self.put(name, value) if "[" in name else setattr(self, name, value)
        self.train(self._until - self.epoch)

    def begin(self, remark=""):
        """Begin anew. The same settings and seeds give the same data, initial weights and mini-batches."""
        self.trouble, self.diverged = "", False
        if self.dataset == "own":
            self.X, self.y, self.X_test, self.y_test = own_points(self.own)
        else:
            sets = data_sets(self.dataset, self.points, self.noise, self.points_seed)
            self.X, self.y, self.X_test, self.y_test = sets
        self.inputs, self.inputs_test = (inputs(X, self.features) for X in (self.X, self.X_test))
        self.network, why = self._new_network()
        self.Y = self.network.encode_targets(self.y, len(self.y))
        self.update_rule = self._new_optimizer()
        self.rng = np.random.default_rng(self.seed)
        self.epoch, self.remark = 0, " ".join(filter(None, (remark, why)))
        self.base, self.changes = self.settings, []  # see the top
        self.curve, self.stride = [], 1  # (epoch, train loss, test loss) of every epoch that `stride` divides
        self._measure()
        self._look()

    @property
    def own_loop(self):
        """The learner's loop, where there are classes; as in 6.6, it is for a softmax output."""
        return self.yours.get("loop") if self.n_classes else None

    def _new_network(self):
        """The network, and words if it is not what was asked for."""
        softmax = self.n_classes == 3 or self.own_loop
        output = "softmax" if softmax else "sigmoid" if self.n_classes else "identity"
        sizes = [len(self.features), *self.hidden, max(2, self.n_classes) if softmax else 1]
        mine, self.mine = self.yours.get("network"), False  # is it the learner's?
        if mine is not None and self.activation != "yours":
            if list(mine.sizes) == sizes and mine.settings.get("output") == output:
                self.mine = True
                return copy.deepcopy(mine), ""
            why = f"Your network does not fit ({'-'.join(map(str, sizes))}, {output}): this is the course's."
        else:
            why = (
                "Your loop is for classes: this is the course's." if "loop" in self.yours and not self.own_loop else ""
            )
        if self.activation != "yours":
            return Network(sizes, activation=self.activation, output=output, seed=self.seed), why
        net = Network(sizes, activation="relu", output=output, seed=self.seed)
        f, f_prime = with_derivative(self.yours["activation"])
        net.f[1:-1] = [self._guarded(f)] * len(self.hidden)
        net.f_prime[1:-1] = [self._guarded(f_prime)] * len(self.hidden)
        return net, why

    def _guarded(self, f):
        """A function of the learner's that gives zeros, and notes why, where it gives no numbers of the right shape."""

        def call(z):
            try:
                a = f(z.copy())
                problem = "" if a.shape == z.shape else f"returned shape {a.shape} for shape {z.shape}"
            except Exception as error:  # whatever the learner's code does
                problem = f"raised {type(error).__name__}: {error}"
            if problem:
                self.trouble = f"Your activation {problem}."
            return np.zeros_like(z) if problem else a

        return call

    def _new_optimizer(self):
        if self.optimizer == "yours":
            made = sandbox.run(lambda: self.yours["optimizer"](self.learning_rate), sandbox.SECONDS)
            if not made.error and not made.stopped and hasattr(made.result, "step"):
                return made.result
            self.trouble = (
                f"Your optimizer cannot be made: {made.error or 'it has no step'} {made.message}".strip() + "."
            )
            return SGD(self.learning_rate)
        return OPTIMIZERS[self.optimizer](self.learning_rate)

    def _changed(self, change):
        """A setting is another: the network goes on if it fits the change. The page gets a frame."""
        name, value = change.name, change.new
        if name not in VIEWS:
            shown = f"{len(value)} points" if name == "own" else written(value)
            what = f"{LABELS[name]}: {number(value) if isinstance(value, float) else shown}."
            if name in ANEW or self.diverged or self.trouble:
                self.begin(f"{what} A new network begins.")
            else:
                if name == "optimizer":
                    self.update_rule = self._new_optimizer()
                self.update_rule.learning_rate = self.learning_rate
                self._note(name, value)
                self.remark = f"{what} The network goes on from where it is."
        self.send(*self.frame())

    def _note(self, name, value):
        """Write a change into the log; what was changed before the first epoch, into the base."""
        if not self.epoch and name in self.base:
            self.base[name] = value
            return
        self.changes = [entry for entry in self.changes if entry[:2] != (self.epoch, name)] + [
            (self.epoch, name, value)
        ]

    def array(self, name):
        """The array and the index of a weight or bias, of its name in code: "W2[1,3]" or "b2[1]"; ValueError."""
        match = re.fullmatch(r"([Wb])(\d)\[(\d),?(\d)?\]", name if isinstance(name, str) else "")
        if match and (match[1] == "W") == (match[4] is not None) and 1 <= int(match[2]) < len(self.network.W):
            array = getattr(self.network, match[1])[int(match[2])]
            index = int(match[3]), int(match[4] or 0)
            if all(i < n for i, n in zip(index, array.shape, strict=True)):
                return array, index
        raise ValueError(f'Expected a weight or bias of this network, such as "W1[0,1]" or "b1[0]"; got {name!r}.')

    def put(self, name, value):
        """Set a weight or bias, of its name in code: put("W2[1,3]", 0.5). Training goes on from there."""
        array, index = self.array(name)
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not abs(value) <= 1e6:
            raise ValueError(f"{name} must be a number from −1,000,000 to 1,000,000; got {value!r}.")
        if self.diverged or self.trouble:
            raise ValueError("Training has stopped here: begin anew first.")
        array[index] = value
        self._note(name, float(array[index]))
        self._measure()
        self.curve = [row for row in self.curve if row[0] < self.epoch] + [(self.epoch, *self.losses)]
        self._light(*[False] * len(self.tasks))
        self.remark = f"{name} = {number(float(array[index]))}, set by hand. The network goes on from there."
        self.send(*self.frame())

    def train(self, epochs=1):
        """Train in place. If a number becomes infinite, it ends with the weights of the epoch before."""
        for _ in range(0 if self.diverged or self.trouble else epochs):
            before = [theta.copy() for theta in self.network.parameters()]
            if self.yours:
                self._train_guarded()
            else:
                with np.errstate(all="ignore"):
                    self._epoch()
            parameters = self.network.parameters()
            with np.errstate(all="ignore"):
                finite = all(np.isfinite(theta).all() for theta in parameters)
                self.diverged = not (finite and self._measure()) and not self.trouble
            if self.diverged or self.trouble:
                for theta, good in zip(parameters, before, strict=True):
                    theta[...] = good
                with np.errstate(all="ignore"):
                    self._measure()
                return
            self.epoch, self.remark = self.epoch + 1, ""
            self._look()

    def _epoch(self):
        """An epoch, by the learner's loop if there is one."""
        net = self.network
        if self.own_loop:
            arguments = self.inputs, self.Y, net.W, net.b, net.f, net.f_prime[1], self.update_rule, 1, self.batch_size
            self.own_loop(*arguments, self.rng)
            return
        for A0, Y in minibatches(self.inputs, self.Y, self.batch_size, self.rng):
            net.forward(A0)
            self.update_rule.step(net.parameters(), self.gradients(Y))

    def _train_guarded(self):
        """An epoch with something of the learner's: an exception, or too long a time, stops the training."""
        ran = sandbox.run(self._epoch, sandbox.SECONDS)
        if ran.stopped:
            self.trouble = f"One epoch of your code took longer than {sandbox.SECONDS:.0f} s."
        elif ran.error:
            self.trouble = f"Your code raised {ran.error}: {ran.message.rstrip('.')}."

    def gradients(self, Y):
        """Of the last forward pass, for all parameters. AdamW takes λ as its weight decay, not into the gradient."""
        decays = self.optimizer == "adamw"
        if decays:
            self.update_rule.weight_decay = self.l2
        gradients = self.network.gradients(Y) if decays else self.network.gradients(Y, self.l2)
        if self.l1:  # as in WithL1
            for W, dW in zip(self.network.W[1:], gradients, strict=False):
                dW += self.l1 * np.sign(W)
        return gradients

    def _measure(self):
        """The losses (without the L1 and L2 terms) and the test accuracy; are the losses finite?"""
        train = self.network.evaluate(self.inputs, self.y)
        test = self.network.evaluate(self.inputs_test, self.y_test)
        self.losses, self.accuracy = (train["loss"], test["loss"]), test.get("accuracy", math.nan)
        return all(map(math.isfinite, self.losses))

    def _look(self):
        """Add the state to the curve, and see which goals it meets."""
        if self.epoch % self.stride == 0:
            self.curve.append((self.epoch, *self.losses))
            if len(self.curve) > N_CURVE:
                self.curve, self.stride = self.curve[::2], 2 * self.stride
        on = self.dataset, self.points, self.noise, self.points_seed
        overfits = self.dataset == "moons" and self.losses[0] < 0.2 and self.losses[1] > 0.8
        self._overfit = on if overfits else self._overfit
        spirals = self.dataset == "spirals" and self.accuracy >= 0.95 and self.epoch < 300
        self._light(spirals, overfits, self._overfit == on and self.losses[1] < 0.6 and self.epoch >= 200)

    def show_how(self, k):
        """Set what reaches goal k; the training is left to the learner."""
        if k == 2 and self._overfit is None:
            self.remark = "First make it overfit: that is the goal above."
            return
        with self.hold_trait_notifications():
            for name, value in tuple(GOALS.values())[k].items():
                setattr(self, name, value)
        self.remark = "These settings reach the goal: press Play."

    # What is said

    def numbers(self):
        """Epoch, train loss, test loss and test accuracy, as people read them."""
        losses = (decimal(loss, 3, trim=False) if loss >= 0.01 else number(loss, 2) for loss in self.losses)
        return [f"{self.epoch:,}", *losses, f"{decimal(100 * self.accuracy, 1)} %" if self.n_classes else "–"]

    def caption(self):
        """The state in words; before training without a number that was computed."""
        sizes = "-".join(map(str, self.network.sizes))
        activation = {"yours": "your activation"}.get(self.activation, self.activation)
        text = f"A {sizes} network with {activation} is to {'separate' if self.n_classes else 'fit'} "
        names = {"three": "three clouds", "gauss": "two clouds", "own": "your own points", "slope": "a slope"}
        text += names.get(self.dataset, self.dataset)
        noise = "" if self.dataset == "own" else f", noise {number(self.noise)}"
        text += f" ({len(self.X)} training points{noise})."
        if self.epoch == 0:
            return f"{text} It is not trained yet."
        epoch, train, test, accuracy = self.numbers()
        text += f" Epoch {epoch}: train loss {train}, test loss {test}"
        text += (f", test accuracy {accuracy}." if self.n_classes else ".") + (" It overfits." if self.lit[1] else "")
        guess = math.log(self.n_classes or 1)
        if self.n_classes and self.losses[0] > guess + 0.3:
            text += f" To guess would cost {decimal(guess, 3)}: the learning rate may be too large."
        return text

    def words(self):
        """What the page says: the caption, and what has just happened."""
        if self.trouble:
            return f"Stopped. {self.trouble} Correct it and run the cell again."
        if self.diverged:
            return (
                f"Stopped, because the numbers became infinite: a learning rate of {number(self.learning_rate)} is too "
                f"large for {self.optimizer} here. This is the epoch before. Choose a smaller one, or press Reset."
            )
        decay = "AdamW takes λ as its weight decay." if self.optimizer == "adamw" and self.l2 else ""
        loop = "Your loop decides itself about L1 and L2." if self.own_loop and (self.l1 or self.l2) else ""
        return " ".join(filter(None, (self.remark, self.caption(), decay, loop)))

    def as_text(self):
        """The state as a text, which Playground(text) restores, to the last digit."""
        now = self.base | {name: getattr(self, name) for name in VIEWS}
        now = {name: value for name, value in now.items() if value != DEFAULTS[name]}
        if now.get("points_seed") == self.base["seed"]:
            del now["points_seed"]
        elif self.base["seed"]:
            now["points_seed"] = self.base["points_seed"]
        if self.dataset != "own":
            now.pop("own", None)
        words = [f"{name}={written(value)}" for name, value in now.items()]
        for epoch, entries in groupby(self.changes, key=lambda entry: entry[0]):
            words += [f"@{epoch}", *(f"{name}={written(value)}" for _, name, value in entries)]
        return " ".join([*words, f"@{self.epoch}"])

    def as_code(self):
        """The state as Python code with Network and train that reproduces it, to the last digit."""
        return code(self)

    def as_numbers(self):
        """Every weight and bias, by its name in code, and what every unit answers at the probe, a line each."""
        net = self.network
        Z, A = net.forward_pass(self._columns()[:, -1:])
        lines = [f"at x₁ = {self.probe[0]:.5g}, x₂ = {self.probe[1]:.5g}:"]
        for k, name in enumerate(self.features):
            lines.append(f"a0[{k}] = {A[0][k, 0]:.5g} ({SYMBOLS[name]})")
        for l in range(1, len(net.W)):
            lines.append(f"layer {l}" if l < len(net.W) - 1 else "output")
            for i, (row, bias) in enumerate(zip(net.W[l], net.b[l][:, 0], strict=True)):
                weights = (f"W{l}[{i},{j}] = {w:.5g}" for j, w in enumerate(row))
                lines.append(f"b{l}[{i}] = {bias:.5g}, " + ", ".join(weights))
                lines.append(f"  z{l}[{i}] = {Z[l][i, 0]:.5g}, a{l}[{i}] = {A[l][i, 0]:.5g}")
        return "\n".join(lines)

    # What the page gets

    def answer(self, message, buffers=()):
        match message:
            case {"kind": "frame" | "step"}:
                self.train()
                return self.frame(with_points=False)
            case {"kind": "restart"}:
                self.begin("The same network begins anew.")
            case {"kind": "new points"}:
                self.points_seed += 1
            case {"kind": "new weights"}:
                self.seed += 1
            case {"kind": "reset"}:
                self.reset()
            case {"kind": "goal", "k": 0 | 1 | 2 as k}:
                self.show_how(k)
            case {"kind": "probe", "at": [int() | float() as x1, int() | float() as x2]}:
                self.probe = tuple(min(max(float(x), -REACH), REACH) for x in (x1, x2))
                return self.frame(with_points=False)
            case {"kind": "put", "name": name, "value": value}:
                self._said(lambda: self.put(name, value))
            case {"kind": "paste", "csv": str() as text}:
                self._said(lambda: self._paste(text))
            case {"kind": "text"}:
                content, arrays = self.frame()
                return content | {"state": self.as_text(), "code": self.as_code(), "table": self.as_numbers()}, arrays
            case {"kind": "look"}:
                pass
            case _:
                return None
        return self.frame()

    def _said(self, do):
        """Do it, or say what is wrong with it."""
        try:
            do()
        except (ValueError, traitlets.TraitError) as error:
            self.remark = str(error)

    def _paste(self, text):
        rows = read_csv(text)
        with self.hold_trait_notifications():
            self.own, self.dataset = rows, "own"

    def _columns(self):
        """The inputs for all points of the plane, and at last for the probe, as columns."""
        if getattr(self, "_plane_of", None) != self.features:
            self._plane_of, self._plane = self.features, inputs(PLANE.T, self.features).T
        probe = inputs(np.array([self.probe], np.float32), self.features).T
        return np.hstack([self._plane, probe])

    def frame(self, with_points=True):
        """What is to be seen, as (content, buffers)."""
        net, output = self.network, self.network.settings["output"]
        with np.errstate(all="ignore"):
            Z, A = net.forward_pass(self._columns())
            top = A[-1] if output == "identity" else 2 * A[-1] - 1
            tiles = np.concatenate([*A[:-1], top])[:, :-1].reshape(-1, GRID, GRID)[:, :: GRID // TILE, :: GRID // TILE]
            tiles = np.nan_to_num(tiles / np.maximum(1, np.abs(tiles).max(axis=(1, 2), keepdims=True)))  # −1 … 1
            plane = np.clip((1 + A[-1]) / 2, 0, 1) if output == "identity" else A[-1]
            plane = np.nan_to_num(plane[1:] if len(plane) == 2 else plane)[:, :-1]
            slopes = [np.zeros(0)]
            if self.blame:
                net.forward(self.inputs.T)
                slopes = net.gradients(self.Y.T)
        last = [(self.epoch, *self.losses)] if self.curve[-1][0] < self.epoch else []
        flat = (net.W[1:], net.b[1:], [a[:, -1] for a in A], [z[:, -1] for z in Z[1:]], slopes)
        buffers = [as_bytes(plane), as_bytes((1 + tiles) / 2)]
        buffers += [np.concatenate([a.ravel() for a in part]) for part in flat]
        buffers.append(np.array(self.curve + last))
        if with_points:
            X, y = np.vstack([self.X, self.X_test]), np.hstack([self.y, self.y_test])
            buffers.append(np.column_stack([X, y]))
        buffers = [
            buffer if buffer.dtype == np.uint8 else np.nan_to_num(buffer.astype(np.float32)) for buffer in buffers
        ]
        content = {
            "epoch": self.epoch, "numbers": self.numbers(), "sizes": list(net.sizes), "goals": self.goals(),
            "words": self.words(), "stopped": bool(self.diverged or self.trouble), "trains_on": len(self.X),
            "inputs": [SYMBOLS[name] for name in self.features], "output": output, "classes": self.n_classes,
            "activation": self.activation, "probe": self.probe, "seeds": [self.seed, self.points_seed],
        }  # fmt: skip
        return content, [buffer.tobytes() for buffer in buffers]

    # The still picture

    def still(self):
        """A playground that has not trained is stored as it will be after some epochs."""
        if self.epoch or self.yours:
            return self, self.caption()
        twin = Playground(self.as_text().replace("@0", f"@{STILL}"))
        return twin, self.caption().replace("It is not trained yet.", f"The picture shows it after {STILL} epochs.")

    def illustrate(self, figure):
        """What a frame holds: the units as tiles with their weights, the output with the points, and the losses."""
        from matplotlib.colors import LinearSegmentedColormap
        from matplotlib.patches import Rectangle

        scale = LinearSegmentedColormap.from_list("", [ORANGE, "white", BLUE])
        places = ((0.015, 0.17, 0.33, 0.7), (0.42, 0.17, 0.278, 0.7), (0.775, 0.17, 0.21, 0.7))
        units_ax, plane_ax, loss_ax = map(figure.add_axes, places)
        content, buffers = self.frame()
        arrays = dict(zip(BUFFERS, buffers, strict=True))
        heat = {"cmap": scale, "vmin": 0, "vmax": 255}
        tiles = iter(np.frombuffer(arrays["units"], np.uint8).reshape(-1, TILE, TILE))
        weights = iter(np.frombuffer(arrays["weights"], np.float32))
        layers = [[(1.7 * l, (n - 1) / 2 - k) for k in range(n)] for l, n in enumerate(content["sizes"])]
        for before, layer in pairwise(layers):
            for (x, y), (x0, y0) in ((unit, unit0) for unit in layer for unit0 in before):
                w = next(weights)
                look = {"color": BLUE if w > 0 else ORANGE, "lw": min(4, 0.3 + abs(w)), "alpha": 0.5, "zorder": 0}
                units_ax.plot([x0, x], [y0, y], **look)
        for x, y in chain(*layers):
            units_ax.imshow(next(tiles), extent=(x - 0.3, x + 0.3, y - 0.4, y + 0.4), **heat)
            units_ax.add_patch(Rectangle((x - 0.3, y - 0.4), 0.6, 0.8, fill=False, color="#777777", lw=0.8))
        units_ax.set(xlim=(-0.5, 1.7 * len(layers) - 1.2), ylim=(-4, 4), aspect="auto", title="Units and weights")
        units_ax.set_axis_off()
        for x, color, text in ((0.05, BLUE, "blue: positive"), (0.55, ORANGE, "orange: negative")):
            units_ax.text(x, -0.1, text, color=color, transform=units_ax.transAxes)

        side = (-REACH, REACH)
        plane = np.frombuffer(arrays["plane"], np.uint8).reshape(-1, GRID, GRID)
        if self.discrete:
            likeliest = np.arange(3)[:, None, None] == plane.argmax(axis=0) if len(plane) == 3 else plane >= 128
            plane = 255 * likeliest.astype(np.uint8)
        if len(plane) == 3:
            rgb = np.array([[int(color[k : k + 2], 16) for k in (1, 3, 5)] for color in CLASS_COLORS]) / 255
            plane_ax.imshow(np.tensordot(plane / 255, rgb, (0, 0)).clip(0, 1), extent=side * 2, alpha=0.6)
        else:
            plane_ax.imshow(plane[0], extent=side * 2, alpha=0.6, **heat)
        colors = [CLASS_COLORS[k] for k in self.y] if self.n_classes else scale(np.clip((1 + self.y) / 2, 0, 1))
        plane_ax.scatter(*self.X.T, s=14, c=colors, edgecolors="white" if self.n_classes else "#777777", linewidths=0.5)
        plane_ax.set(xlim=side, ylim=side, xlabel="$x_1$", ylabel="$x_2$", title="Output")

        epochs, *losses = np.frombuffer(arrays["curve"], np.float32).reshape(-1, 3).T
        for values, name, color in zip(losses, ("train", "test"), ("#444444", DARK_PINK), strict=True):
            loss_ax.plot(epochs, values, color=color, label=name, marker="o", markevery=[-1])
        loss_ax.set(xlim=(0, 1.05 * max(10, epochs[-1])), ylim=(0, 1.1 * np.max(losses)))
        loss_ax.set(xlabel="epoch", ylabel="loss", title="Loss")
        loss_ax.legend(loc="lower right" if self.epoch == 0 else "best")


# --- a state as text, and as code


DEFAULTS = {
    "dataset": "circles", "points": 200, "noise": 0.1, "hidden": (8, 8), "activation": "tanh", "optimizer": "adam",
    "learning_rate": 0.01, "batch_size": 16, "l1": 0.0, "l2": 0.0, "features": ("x1", "x2"), "seed": 0,
    "points_seed": 0, "own": OWN, "discrete": False, "show_test": True, "blame": False,
}  # fmt: skip


def written(value):
    """A setting as one word of a state's text."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        if value and isinstance(value[0], tuple):
            return ";".join(",".join(map(repr, row)) for row in value)
        return (",".join(value) if isinstance(value[0], str) else "-".join(map(str, value))) if value else "none"
    return value if isinstance(value, str) else repr(value)


def _value(name, word):
    """The value of a setting from its word; ValueError if it is none."""
    default = DEFAULTS.get(name, 0.0)  # a weight or bias
    if isinstance(default, bool):
        return {"on": True, "off": False}[word]
    if name == "hidden":
        return tuple(int(n) for n in word.split("-")) if word != "none" else ()
    if name == "features":
        return tuple(word.split(","))
    if name == "own":
        rows = (row.split(",") for row in word.split(";"))
        return tuple((float(x1), float(x2), int(label)) for x1, x2, label in rows)
    return word if isinstance(default, str) else type(default)(word)


def read_state(text):
    """A state's text → its settings at the start, (epoch, name, value) of later changes, and its epoch; ValueError."""
    settings, story, epoch = DEFAULTS | {"points_seed": None}, [], 0
    begun = False
    for word in text.split():
        name, _, value = word.partition("=")
        try:
            if word.startswith("@"):
                begun, last, epoch = True, epoch, int(word[1:])
                if not last <= epoch <= 100_000:
                    raise ValueError
            elif begun and (name in DEFAULTS.keys() - {*ANEW, *VIEWS} or "[" in name):
                story.append((epoch, name, _value(name, value)))
            elif not begun and name in DEFAULTS:
                settings[name] = _value(name, value)
            else:
                raise ValueError
        except (ValueError, KeyError):
            wanted = 'a state as as_text() gives it, such as "dataset=moons hidden=8-8 @50 learning_rate=0.03 @120"'
            raise ValueError(f"Expected {wanted}; in it, {word!r} cannot be read. Copy the whole text again.") from None
    return settings, story, epoch


def with_derivative(activation):
    """f and f_prime, in the dtype of z, of what the learner gave: both, or f, whose central difference is taken."""
    h = 1e-5
    if isinstance(activation, tuple):
        f, f_prime = activation
    else:
        f = activation
        f_prime = lambda z: (f(z.astype(np.float64) + h) - f(z.astype(np.float64) - h)) / (2 * h)  # noqa: E731
    return (lambda z: np.asarray(f(z), z.dtype)), (lambda z: np.asarray(f_prime(z), z.dtype))


def code(playground):
    """The lines of Python that train what `playground` has trained; names of the learner's are as in the notebook."""
    base, now, yours = playground.base, dict(playground.base), playground.yours
    loop = yours["loop"].__name__ if playground.own_loop else ""
    with_l1 = not loop and (base["l1"] or any(name == "l1" for _, name, _ in playground.changes))

    def optimizer():
        mine = now["optimizer"] == "yours"
        kind = (yours["optimizer"] if mine else OPTIMIZERS[now["optimizer"]]).__name__
        decay = f", weight_decay={now['l2']!r}" if now["optimizer"] == "adamw" else ""
        made = f"{kind}({now['learning_rate']!r}{decay})"
        return f"WithL1({made}, {now['l1']!r})" if with_l1 else made

    def training(n):
        if loop:
            network = "network.W, network.b, network.f, network.f_prime[1]"
            return f"{loop}(X, network.encode_targets(y, len(X)), {network}, optimizer, {n}, {now['batch_size']}, rng)"
        l2 = f", l2={now['l2']!r}" if now["l2"] and now["optimizer"] != "adamw" else ""
        return f"train(network, X, y, epochs={n}, batch_size={now['batch_size']}, optimizer=optimizer{l2}, seed=rng)"

    def change(name, value):
        match name:
            case "learning_rate":
                return f"optimizer.learning_rate = {value!r}"
            case "optimizer":
                return f"optimizer = {optimizer()}"
            case "l1" if with_l1:
                return f"optimizer.l1 = {value!r}"
            case "l2" if now["optimizer"] == "adamw":
                return f"optimizer.{'optimizer.' if with_l1 else ''}weight_decay = {value!r}"
            case "batch_size" | "l1" | "l2":
                return None  # what follows is trained with it
        return f"network.{name[0]}[{name[1]}]{name[2:].replace(',', ', ')} = {value!r}"

    if base["dataset"] == "own":
        lines = [f"X, y, X_test, y_test = own_points({list(base['own'])})"]
    else:
        arguments = f'"{base["dataset"]}", {base["points"]}, noise={base["noise"]!r}, seed={base["points_seed"]}'
        lines = [f"X, y, X_test, y_test = data_sets({arguments})"]
    if base["features"] != DEFAULTS["features"]:
        lines.append(f"X, X_test = (inputs(rows, {list(base['features'])}) for rows in (X, X_test))")
    net, own_f = playground.network, base["activation"] == "yours"
    if playground.mine:
        lines.append("network = copy.deepcopy(mine)  # as you gave it to the playground")
    else:
        options = f'activation="{"relu" if own_f else base["activation"]}", output="{net.settings["output"]}"'
        lines.append(f"network = Network({list(net.sizes)}, {options}, seed={base['seed']})")
    if own_f:
        f = yours["activation"]
        names = f"({f[0].__name__}, {f[1].__name__})" if isinstance(f, tuple) else f.__name__
        lines.append(f"f, f_prime = with_derivative({names})")
        lines.append(f"network.f[1:-1], network.f_prime[1:-1] = [f] * {len(net.f) - 2}, [f_prime] * {len(net.f) - 2}")
    lines.append(f"optimizer, rng = {optimizer()}, np.random.default_rng({base['seed']})")
    at = 0
    for epoch, name, value in [*playground.changes, (playground.epoch, "", None)]:
        if epoch > at:
            lines.append(training(epoch - at))
            at = epoch
        if name:
            now[name] = value
            lines.append(change(name, value))
    lines.append('print(network.evaluate(X, y)["loss"], network.evaluate(X_test, y_test)["loss"])')
    return "\n".join([*_imports("\n".join(filter(None, lines))), "", *filter(None, lines)])


def _imports(body):
    """What the lines need."""
    yield from ("import copy", "import numpy as np") if "copy." in body else ("import numpy as np",)
    modules = {
        "course.widgets.playground": (data_sets, own_points, inputs, with_derivative, WithL1),
        "helpers.network": (Network,),
        "helpers.training": (*OPTIMIZERS.values(), train),
    }
    for module, things in modules.items():
        names = [thing.__name__ for thing in things if re.search(rf"\b{thing.__name__}\(", body)]
        if names:
            yield f"from {module} import {', '.join(names)}"
