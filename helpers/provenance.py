"""What a network was trained on: `train` leaves it on the network, and exercise 7.3 reads it."""

from contextlib import suppress
from hashlib import blake2b

import numpy as np


def record(network, X, epochs):
    """Leave on the network, as `trained_on`, what it has been trained on in all: how many "examples", which "rows".

    `X` (N, n_0) are the rows of a training that ended, `epochs` how often each was seen, a fraction if it was broken
    off. "rows" holds the row_digests of all rows. An interrupt leaves the record as it was: no training shall be lost.
    """
    before = getattr(network, "trained_on", {"examples": 0, "rows": np.zeros(0, np.uint64)})
    with suppress(KeyboardInterrupt):
        rows = np.union1d(before["rows"], row_digests(X))
        network.trained_on = {"examples": before["examples"] + round(epochs * len(X)), "rows": rows}


def row_digests(X):
    """Rows X (N, n) → (N,) whole numbers, equal where rows are equal in float32, and only there, but for a miracle."""
    X = np.ascontiguousarray(X, np.float32)
    return np.frombuffer(b"".join(blake2b(row, digest_size=8).digest() for row in X), np.uint64)
