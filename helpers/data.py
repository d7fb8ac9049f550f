"""The data of the lessons: MNIST, from mnist.py, and toy data sets.

The toy sets (`house_prices`, `moons`, …) return rows `X` and answers `y`. The same seed gives the same data.
"""

import numpy as np

from helpers import checks
from helpers.mnist import load_mnist  # noqa: F401 (lessons take it from here)


def house_prices(n: int = 100, noise: float = 25_000.0, seed: int | np.random.Generator = 0):
    """Size of a house in square feet → its price in $: 200 a square foot, give or take `noise` (standard deviation).

    Returns X (n, 1) float64, whole square feet from 600 to 3,500, and y (n,) float64.
    """
    rng = _checked(n, noise, seed)
    X = rng.integers(600, 3500, size=(n, 1), endpoint=True).astype(np.float64)
    return X, rng.normal(200.0 * X[:, 0], noise)


def noisy_curve(n: int = 100, noise: float = 0.1, seed: int | np.random.Generator = 0):
    """One full wave, y = sin(πx) + noise (standard deviation), at random x from −1 to 1.

    Returns X (n, 1) float64 and y (n,) float64.
    """
    rng = _checked(n, noise, seed)
    X = rng.uniform(-1.0, 1.0, size=(n, 1))
    return X, rng.normal(np.sin(np.pi * X[:, 0]), noise)


GATES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}


def logic_gate(name: str):
    """The truth table of "AND", "OR", "NAND" or "XOR": X (4, 2) float64, in the order 00, 01, 10, 11; y (4,) intp."""
    checks.check_one_of("name", name, GATES)
    return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64), np.array(GATES[name], dtype=np.intp)


def moons(n: int = 200, noise: float = 0.1, seed: int | np.random.Generator = 0):
    """Two half circles, each reaching into the other: scikit-learn's make_moons.

    Returns X (n, 2) float64 and y (n,) intp: 0 for the upper moon, 1 for the lower.
    """
    rng = _checked(n, noise, seed)
    up, down = np.linspace(0.0, np.pi, n // 2), np.linspace(0.0, np.pi, n - n // 2)
    upper = np.column_stack([np.cos(up), np.sin(up)])
    lower = np.column_stack([1.0 - np.cos(down), 0.5 - np.sin(down)])
    return shuffled([upper, lower], noise, rng)


def circles(n: int = 200, noise: float = 0.05, seed: int | np.random.Generator = 0):
    """A circle of radius 1 around one of radius ½: scikit-learn's make_circles with factor=0.5.

    Returns X (n, 2) float64 and y (n,) intp: 0 for the outer circle, 1 for the inner.
    """
    rng = _checked(n, noise, seed)

    def circle(count, radius):
        angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
        return radius * np.column_stack([np.cos(angle), np.sin(angle)])

    return shuffled([circle(n // 2, 1.0), circle(n - n // 2, 0.5)], noise, rng)


def spirals(n: int = 200, noise: float = 0.02, turns: float = 1.5, seed: int | np.random.Generator = 0):
    """Two spiral arms, each winding `turns` times on its way in from radius 1 to 1/13.

    Lang & Witbrock, "Learning to tell two spirals apart" (1988), with their radius 6.5 scaled to 1. Their set is
    n=194, noise=0, turns=3, and hard for a plain network.

    Returns X (n, 2) float64 and y (n,) intp: arm 0 is arm 1 turned by half a circle.
    """
    rng = _checked(n, noise, seed)
    checks.as_constant("turns", turns)

    def arm(count):
        way = np.linspace(0.0, 1.0, count)
        radius, angle = 1.0 - 12.0 / 13.0 * way, 2.0 * np.pi * turns * way
        return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])

    return shuffled([-arm(n // 2), arm(n - n // 2)], noise, rng)


def blobs(n: int = 300, n_classes: int = 3, noise: float = 0.8, seed: int | np.random.Generator = 0):
    """One round cloud a class, `noise` (standard deviation) wide, the centers evenly spaced on a circle of radius 3.

    Returns X (n, 2) float64 and y (n,) intp from 0 to n_classes − 1.
    """
    rng = _checked(n, noise, seed)
    n, n_classes = int(n), checks.as_count("n_classes", n_classes)
    angle = 2.0 * np.pi * np.arange(n_classes) / n_classes
    centers = 3.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    return shuffled([np.tile(c, ((n + k) // n_classes, 1)) for k, c in enumerate(centers)], noise, rng)


def shuffled(classes: list[np.ndarray], noise: float, rng: np.random.Generator):
    """The points of all classes in random order, each moved by `noise`; a point's label is its class's place."""
    X = np.concatenate(classes)
    y = np.repeat(np.arange(len(classes), dtype=np.intp), [len(points) for points in classes])
    order = rng.permutation(len(y))
    return rng.normal(X[order], noise), y[order]


def _checked(n, noise, seed) -> np.random.Generator:
    """The generator that `seed` stands for; TypeError or ValueError if one of the three cannot be used."""
    checks.as_count("n", n)
    checks.as_constant("noise", noise)
    return np.random.default_rng(seed)
