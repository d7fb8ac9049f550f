"""How accurate the course's network gets on MNIST, and how long that takes: recipes up to 99 % on the test set.

    python benchmarks/accuracy.py               the recipes, tested once each; about six minutes on two cores
    python benchmarks/accuracy.py --only bent   those whose name has this word in it
    python benchmarks/accuracy.py --seeds 3     the recipe with shifts with three seeds
    python benchmarks/accuracy.py --select      how it was chosen: its candidates, on validation images only

Beside ours stand networks of known books and papers, of the same sizes, with what was published: M. Nielsen, *Neural
Networks and Deep Learning*, chapter 1 (sigmoid, quadratic cost, batches of 10, learning rate 3; our mse is a mean over
the ten outputs, and its gradient 1/5 of his cost's, so the rate is 15), and LeCun, Bottou, Bengio & Haffner (1998),
figure 9 (4.7 % and 2.95 % errors, tanh units), trained here by momentum.

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

from course.exercises import lesson_07
from helpers.data import load_mnist
from helpers.network import Network, one_hot
from helpers.training import SGD, Adam, Momentum, cosine_schedule, minibatches


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
    kind: tuple = ("relu", "softmax")  # activation and output
    decay: bool = True  # of the learning rate, along half a cosine
    bent: bool = False  # trained as in the answer to challenge 7.c5, which sets all but the epochs itself
    published: float | None = None  # accuracy on the test set


QUADRATIC, TANH = ("sigmoid", "sigmoid", "mse"), ("tanh", "softmax")
BEST = Recipe("shifts and smoothed targets", (784, 512, 256, 10), Adam, 0.002, 256, 20, shift=1, smoothing=0.1)
RECIPES = (
    Recipe("lesson 07, one hidden layer", (784, 128, 10), Momentum, 0.1, 64, 5),
    Recipe("lesson 07, two hidden layers", (784, 256, 128, 10), Adam, 0.002, 64, 8),
    Recipe("Nielsen, 30 hidden", (784, 30, 10), SGD, 15.0, 10, 30, kind=QUADRATIC, decay=False, published=0.9542),
    Recipe("Nielsen, 100 hidden", (784, 100, 10), SGD, 15.0, 10, 30, kind=QUADRATIC, decay=False, published=0.9659),
    Recipe("LeCun 1998, 300 hidden", (784, 300, 10), Momentum, 0.03, 64, 10, kind=TANH, published=0.953),
    Recipe("LeCun 1998, 500-150", (784, 500, 150, 10), Momentum, 0.03, 64, 10, kind=TANH, published=0.9705),
    Recipe("bent images, challenge 7.c5", (784, 512, 256, 10), Adam, 0.002, 256, 20, bent=True),
    BEST,
)
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
    if recipe.bent:
        return lesson_07.bent_images.run(X, y, recipe.epochs, seed), time.perf_counter() - start
    rng = np.random.default_rng(seed)
    network = Network(recipe.sizes, *recipe.kind, seed=seed)
    optimizer = recipe.optimizer(recipe.learning_rate)
    Y = one_hot(y, 10) * (1 - recipe.smoothing) + np.float32(recipe.smoothing / 10)
    n_steps, step = recipe.epochs * math.ceil(len(X) / recipe.batch_size), 0
    for _ in range(recipe.epochs):
        for A0, Y_batch in minibatches(X, Y, recipe.batch_size, rng):
            if recipe.decay:
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
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds the recipe with shifts gets")
    parser.add_argument("--only", default="", help="a word in the names of the recipes that are wanted")
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
        where, runs = (
            "test",
            [(r, 0) for r in RECIPES if arguments.only in r.name]
            + [(BEST, seed) for seed in range(1, arguments.seeds)],
        )
        X_test, y_test = mnist.X_test, mnist.y_test

    print(f"{'recipe':30} {'sizes':18} {'epochs':>6} {'seed':>4} {'seconds':>8} {where:>10}  95 % interval")
    results = []
    for recipe, seed in runs:
        network, seconds = fit(recipe, X, y, seed)
        right = int(np.sum(network.logits(X_test).argmax(axis=0) == y_test))
        low, high = wilson(right, len(y_test))
        sizes = "-".join(map(str, recipe.sizes))
        print(
            f"{recipe.name:30} {sizes:18} {recipe.epochs:6} {seed:4} {seconds:8.1f} {right / len(y_test):10.2%}"
            f"  {low:.2%} … {high:.2%}" + (f", published {recipe.published:.2%}" if recipe.published else ""),
            flush=True,
        )
        accuracy = round(right / len(y_test), 4)
        results.append(
            {"recipe": recipe.name, "seed": seed, "seconds": round(seconds, 1), f"{where}_accuracy": accuracy}
        )
    print(json.dumps({"results": results}))


if __name__ == "__main__":
    main()
