"""Data sets that only the playground has, as TensorFlow's playground has them; the others are those of the lessons.

n points of the square from −1 to 1: rows X (n, 2) float64, and y (n,). The same seed gives the same data.
"""

import numpy as np

from helpers.data import shuffled


def xor(n, noise, seed):
    """Points of a square from −1 to 1 but for a cross of width 0.2; the class is whether the signs of x₁, x₂ differ.

    Returns X (n, 2) float64 and y (n,) intp: 0 for equal signs.
    """
    rng = np.random.default_rng(seed)
    X = rng.uniform(0.1, 1.0, size=(n, 2)) * rng.choice([-1.0, 1.0], size=(n, 1))
    X[n // 2 :, 1] *= -1
    return shuffled([X[: n // 2], X[n // 2 :]], noise, rng)


def slope(n, noise, seed):
    """A tilted plane over a square, y = (x₁ + x₂) / 2 + noise (standard deviation).

    Returns X (n, 2) float64 from −1 to 1, and y (n,) float64.
    """
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1.0, 1.0, size=(n, 2))
    return X, rng.normal(X.mean(axis=1), noise)


def hills(n, noise, seed):
    """Three hills and three hollows over a square, Gaussian bumps ±exp(−8 |x − center|²), + noise (standard deviation).

    Returns X (n, 2) float64 from −1 to 1, and y (n,) float64, without noise from −1 to 1.
    """
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1.0, 1.0, size=(n, 2))
    centers = np.array([[-0.6, 0.4], [0.0, -0.4], [0.6, 0.4], [-0.6, -0.4], [0.0, 0.4], [0.6, -0.4]])
    bumps = np.exp(-8.0 * ((X[:, None] - centers) ** 2).sum(axis=2))
    return X, rng.normal(bumps @ [1.0, 1.0, 1.0, -1.0, -1.0, -1.0], noise)
