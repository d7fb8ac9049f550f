"""How accurate the course's network gets on MNIST, and how long that takes: three recipes, up to 99 % on the test set.

    python benchmarks/accuracy.py               the recipes, tested once each; about two minutes on two cores
    python benchmarks/accuracy.py --seeds 3     the last recipe with three seeds
    python benchmarks/accuracy.py --select      how it was chosen: its candidates, on validation images only

Everything is made of helpers/network.py and training.py; the shifts of the last recipe are written here. The
candidates were compared on 5,000 of the 60,000 training images, drawn at random and not trained on; the test set had
no part in it. The recipe that won then trains on all 60,000, and the test set is opened once for each run. The last
line of output is JSON.
"""

import argparse
import json
import math
import time
from dataclasses import dataclass, replace

import numpy as np

from helpers.data import load_mnist
from helpers.network import Network
from helpers.training import Adam, Momentum, cosine_schedule, minibatches


@dataclass
class Recipe:
    name: str
    sizes: tuple
    optimizer: type
    learning_rate: float
    batch_size: int
    epochs: int
    shift: int = 0  # each image is moved by up to so many pixels in each direction, anew in each epoch
    smoothing: float = 0.0  # this share of the target is spread over all ten classes (Szegedy and others, 2016)


RECIPES = (
    Recipe("lesson 07, one hidden layer", (784, 128, 10), Momentum, 0.1, 64, 5),
    Recipe("lesson 07, two hidden layers", (784, 256, 128, 10), Adam, 0.002, 64, 10),
    Recipe("shifts and smoothed targets", (784, 512, 256, 10), Adam, 0.002, 256, 20, shift=1, smoothing=0.1),
)
BEST = RECIPES[-1]
CANDIDATES = (
    BEST,
    replace(BEST, name="no shifts", shift=0),
    replace(BEST, name="shifts by two pixels", shift=2),
    replace(BEST, name="no smoothing", smoothing=0.0),
    replace(BEST, name="one wide layer", sizes=(784, 800, 10)),
    replace(BEST, name="smaller", sizes=(784, 256, 128, 10)),
    replace(BEST, name="momentum, batch 128", optimizer=Momentum, learning_rate=0.1, batch_size=128),
    replace(BEST, name="fewer epochs", epochs=12),
)


def shifted(A0, distance, rng):
    """Columns of images (784, m), each moved by −distance … distance pixels down and across, with empty edges."""
    m, d = A0.shape[1], distance
    padded = np.zeros((m, 28 + 2 * d, 28 + 2 * d), A0.dtype)
    padded[:, d : d + 28, d : d + 28] = A0.T.reshape(m, 28, 28)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (28, 28), axis=(1, 2))
    down, across = rng.integers(2 * d + 1, size=(2, m))
    return windows[np.arange(m), down, across].reshape(m, 784).T


def fit(recipe, X, y, seed):
    """(network, seconds) after training by the recipe on rows X (N, 784) and labels y (N,)."""
    start = time.perf_counter()
    rng = np.random.default_rng(seed)
    network = Network(recipe.sizes, seed=seed)
    optimizer = recipe.optimizer(recipe.learning_rate)
    Y = network.encode_targets(y, len(X)) * (1 - recipe.smoothing) + np.float32(recipe.smoothing / 10)
    n_steps, step = recipe.epochs * math.ceil(len(X) / recipe.batch_size), 0
    for _ in range(recipe.epochs):
        for A0, Y_batch in minibatches(X, Y, recipe.batch_size, rng):
            optimizer.learning_rate = recipe.learning_rate * float(cosine_schedule(step / n_steps))
            network.forward(shifted(A0, recipe.shift, rng) if recipe.shift else A0)
            optimizer.step(network.parameters(), network.gradients(Y_batch))
            step += 1
    return network, time.perf_counter() - start


def wilson(k, n, z=1.96):
    """The 95 % interval of a proportion (Wilson, 1927)."""
    centre, half = (k + z**2 / 2) / (n + z**2), z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    return centre - half, centre + half


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds the last recipe gets")
    parser.add_argument("--select", action="store_true", help="compare the candidates on validation images")
    arguments = parser.parse_args()
    mnist = load_mnist()
    if mnist.source == "sample":
        print("This needs all of MNIST, and only the sample is here: see README.md, “The data”.")
        print(json.dumps({"skipped": "MNIST is not here"}))
        return
    X, y = mnist.X_train, mnist.y_train
    if arguments.select:
        order = np.random.default_rng(0).permutation(len(X))
        train, held_out, where, runs = order[:-5000], order[-5000:], "validation", [(r, 0) for r in CANDIDATES]
        X_test, y_test, X, y = X[held_out], y[held_out], X[train], y[train]
    else:
        where, runs = "test", [(r, 0) for r in RECIPES] + [(BEST, seed) for seed in range(1, arguments.seeds)]
        X_test, y_test = mnist.X_test, mnist.y_test

    print(f"{'recipe':30} {'sizes':18} {'epochs':>6} {'seed':>4} {'seconds':>8} {where:>10}  95 % interval")
    results = []
    for recipe, seed in runs:
        network, seconds = fit(recipe, X, y, seed)
        right = int(np.sum(network.predict(X_test) == y_test))
        low, high = wilson(right, len(y_test))
        sizes = "-".join(map(str, recipe.sizes))
        print(
            f"{recipe.name:30} {sizes:18} {recipe.epochs:6} {seed:4} {seconds:8.1f} {right / len(y_test):10.2%}"
            f"  {low:.2%} … {high:.2%}",
            flush=True,
        )
        accuracy = round(right / len(y_test), 4)
        results.append(
            {"recipe": recipe.name, "seed": seed, "seconds": round(seconds, 1), f"{where}_accuracy": accuracy}
        )
    print(json.dumps({"results": results}))


if __name__ == "__main__":
    main()
