"""Records the trainings of the widget TrainingClinic into course/assets/clinic.json: `python tools/record_clinic.py`.

A patient is a Recipe of a training, a cure changes the recipe. Each patient is trained as it came and with every cure,
by the course's own code on its sample of digits, which takes a minute. No sickness is acted: only the recipe makes it.
"""

import json
import math
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from helpers.data import load_mnist
from helpers.layers import Activation, BatchNorm, Dropout, Linear, Sequential, clip_gradients
from helpers.network import one_hot
from helpers.training import SGD, train

FILE = Path(__file__).parent.parent / "course" / "assets" / "clinic.json"
EPOCHS = 12
PROBED = 500  # training digits, on which activations and gradients are measured
CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")


@dataclass(frozen=True)
class Recipe:
    """All that decides a training."""

    hidden: tuple = (64, 64)
    activation: str = "relu"
    init: str | float = "he"  # a name, or the standard deviation of normal weights
    output: str = "softmax"  # with cross-entropy, or "sigmoid" with squared error
    rate: float = 0.05
    examples: int = 4000
    batch: int = 50
    shuffled: bool = False  # are the labels in another order than the images?
    ink: int = 1  # the input where the paper is black
    norm: bool = False
    dropout: float = 0.0
    max_norm: float | None = None
    seed: int = 0


PATIENTS = [
    Recipe(dropout=0.5, rate=0.1),
    Recipe(hidden=(64,) * 8, activation="sigmoid", init="xavier", rate=0.1),
    Recipe(hidden=(128,), examples=200, batch=5, rate=0.2),
    Recipe(rate=0.001),
    Recipe(ink=255, rate=0.1),
    Recipe(),
    Recipe(hidden=(128,), shuffled=True, examples=1000, batch=5, rate=0.1),
    Recipe(hidden=(64,) * 5, init=0.3, rate=0.1),
    Recipe(rate=2.0),
    Recipe(hidden=(30,), activation="sigmoid", init=1.0, output="sigmoid", rate=10.0, seed=3),
]
INIT = {"relu": "he", "leaky_relu": "he", "sigmoid": "xavier"}
CURES = {  # name: recipe → recipe
    "learning rate ÷ 10": lambda recipe: replace(recipe, rate=recipe.rate / 10),
    "learning rate × 100": lambda recipe: replace(recipe, rate=recipe.rate * 100),
    "He or Xavier weights": lambda recipe: replace(recipe, init=INIT[recipe.activation]),
    "ReLU with He weights": lambda recipe: replace(recipe, activation="relu", init="he"),
    "leaky ReLU": lambda recipe: replace(recipe, activation="leaky_relu"),
    "batch norm": lambda recipe: replace(recipe, norm=True),
    "clip gradients": lambda recipe: replace(recipe, max_norm=1.0),
    "dropout": lambda recipe: replace(recipe, dropout=0.5),
    "4,000 digits": lambda recipe: replace(recipe, examples=4000),
    "labels matched anew": lambda recipe: replace(recipe, shuffled=False),
    "inputs from 0 to 1": lambda recipe: replace(recipe, ink=1),
    "softmax, cross-entropy": lambda recipe: replace(recipe, output="softmax"),
}


def network_of(recipe):
    init = recipe.init if isinstance(recipe.init, str) else partial(normal, recipe.init)
    layers, n = [], 784
    for units in recipe.hidden:
        layers.append(Linear(n, units, init))
        if recipe.norm:
            layers.append(BatchNorm(units))
        layers.append(Activation(recipe.activation))
        if recipe.dropout:
            layers.append(Dropout(recipe.dropout))
        n = units
    loss = "mse" if recipe.output == "sigmoid" else None
    return Sequential([*layers, Linear(n, 10, init)], recipe.output, loss, recipe.seed)


def normal(deviation, n_out, n_in, rng):
    return deviation * rng.normal(size=(n_out, n_in))


def digits(recipe):
    """(X, Y) to train with and for validation; always of the sample that comes with the course."""
    mnist = load_mnist("sample")
    X, y = mnist.X_train[: recipe.examples], mnist.y_train[: recipe.examples]
    if recipe.shuffled:
        y = np.random.default_rng(0).permutation(y)
    return (X * recipe.ink, one_hot(y, 10)), (mnist.X_test * recipe.ink, one_hot(mnist.y_test, 10))


@np.errstate(all="ignore")  # of a network that burst
def probe(network, X, Y, rate):
    """What tests by layer show: a dict of lists.

    "activations": root mean square of the input, of each activation and of the last sum. "dead": share of units that
    are 0 for all digits. "gradients": |∂loss/∂W|. "updates": the part of |W| that a step of SGD changes.
    """
    network = deepcopy(network)  # whose dropout shall draw the same masks as without this
    network.forward(X.T)
    gradients = network.gradients(Y.T)
    layers = zip(network.layers, network.A[1:], strict=False)
    hidden = [A for layer, A in layers if isinstance(layer, Activation)]
    names = [name for leaf in network.leaves for name in leaf.parameters]
    W = [(theta, g) for name, theta, g in zip(names, network.parameters(), gradients, strict=True) if name == "W"]
    return {
        "activations": [np.sqrt(np.mean(np.square(A, dtype=float))) for A in [network.A[0], *hidden, network.Z[-1]]],
        "dead": [(A == 0).all(axis=1).mean() for A in hidden],
        "gradients": [np.linalg.norm(g) for _, g in W],
        "updates": [rate * np.linalg.norm(g) / np.linalg.norm(theta) for theta, g in W],
    }


def trained(recipe):
    """The network after its training, and its curves: a list of EPOCHS + 1 numbers each, or fewer if the loss burst.

    The first number is from before the first step. Training loss and accuracy are those of the batches as they came.
    """
    (X, Y), validation = digits(recipe)
    network, curves = network_of(recipe), {name: [] for name in CURVES}
    probes = [probe(network, X[:PROBED], Y[:PROBED], recipe.rate)]

    def note(training):
        record = training | {f"validation_{name}": value for name, value in network.evaluate(*validation).items()}
        for name in CURVES:
            curves[name].append(record[name])

    note(network.evaluate(X, Y))
    optimizer = SGD(recipe.rate)
    if recipe.max_norm is not None:
        clip_gradients(optimizer, recipe.max_norm)
    with suppress(FloatingPointError):
        train(network, X, Y, EPOCHS, recipe.batch, optimizer, on_epoch=note, seed=recipe.seed)
    probes.append(probe(network, X[:PROBED], Y[:PROBED], recipe.rate))
    return network, curves, probes


def record(recipe):
    """A patient as the widget reads it."""
    network, curves, (before, after) = trained(recipe)
    cured = {name: cure(recipe) for name, cure in CURES.items()}
    return {
        "file": in_words(recipe),
        "curves": curves,
        "before": before,
        "after": after,
        "digits": right_by_digit(network, *digits(recipe)[1]),
        "cures": {name: trained(other)[1] for name, other in cured.items() if other != recipe},
    }


@np.errstate(all="ignore")
def right_by_digit(network, X, Y):
    """The share of each digit 0 … 9 that is recognized."""
    right = network.logits(X).argmax(axis=0) == Y.argmax(axis=1)
    return [right[Y[:, k] == 1].mean() for k in range(10)]


def in_words(recipe):
    """A recipe for people."""
    sizes = "-".join(str(n) for n in (784, *recipe.hidden, 10))
    init = recipe.init if isinstance(recipe.init, str) else f"normal weights of deviation {recipe.init:g}"
    loss = "cross-entropy" if recipe.output == "softmax" else "squared error"
    init = {"he": "He weights", "xavier": "Xavier weights"}.get(init, init)
    parts = [
        {"relu": "ReLU", "sigmoid": "sigmoid"}[recipe.activation],
        init,
        f"{recipe.output} with {loss}",
        f"{recipe.examples:,} digits" + (", their labels shuffled" if recipe.shuffled else ""),
        f"batches of {recipe.batch}",
        f"inputs from 0 to {recipe.ink}",
        *([f"dropout {recipe.dropout:g}"] if recipe.dropout else []),
        f"SGD with rate {recipe.rate:g}",
    ]
    return f"{sizes}, {', '.join(parts)}"


def rounded(value):
    """Numbers with four digits, NaN and infinity as None, which JSON has."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    if isinstance(value, str):
        return value
    return float(f"{value:.4g}") if math.isfinite(value) else None


def main():
    patients = [json.dumps(rounded(record(recipe)), ensure_ascii=False) for recipe in PATIENTS]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("[\n" + ",\n".join(patients) + "\n]\n", encoding="utf-8")
    print(f"{FILE.name}: {len(patients)} patients, {FILE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
