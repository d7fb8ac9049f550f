"""The playground's own data sets are what they claim: types, balance, noise, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.widgets.playground_data import hills, slope, xor


@given(make=st.sampled_from([xor, slope, hills]), n=st.integers(2, 300), seed=st.integers(0, 2**64))
def test_rows_of_the_promised_type_in_random_order_and_the_same_for_the_same_seed(make, n, seed):
    X, y = make(n, 0.5, seed)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((n, 2), np.float64, (n,), np.intp if make is xor else np.float64)
    for one, again, other in zip((X, y), make(n, 0.5, seed), make(n, 0.5, seed + 1), strict=True):
        assert np.array_equal(one, again)
        assert n < 60 or not np.array_equal(one, other)
    if make is xor:
        assert abs(2 * y.sum() - n) <= 1


def test_xor_is_the_gate_of_the_signs_beside_a_cross():
    X, y = xor(1000, 0, 0)
    assert np.array_equal(y, np.logical_xor(X[:, 0] > 0, X[:, 1] > 0))
    assert np.abs(X).min() >= 0.1
    assert abs(np.corrcoef(np.arange(1000), y)[0, 1]) < 0.2, "sorted labels would give nearly 1"
    assert np.std(xor(1000, 0.2, 0)[0] - X) == pytest.approx(0.2, rel=0.05)


def test_slope_and_hills_are_the_functions_they_claim():
    X, y = slope(500, 0, 0)
    assert np.linalg.lstsq(X, y, rcond=None)[0] == pytest.approx([0.5, 0.5])
    X, y = hills(2000, 0, 0)
    assert -1 <= y.min() < -0.9 < 0.9 < y.max() <= 1
    assert np.sign(y[np.abs(X - [0, 0.4]).max(axis=1) < 0.1]) == pytest.approx(-1)  # a hollow between two hills
    assert np.sign(y[np.abs(X - [0.6, 0.4]).max(axis=1) < 0.1]) == pytest.approx(1)
    for make in (slope, hills):
        assert np.std(make(2000, 0.2, 0)[1] - make(2000, 0, 0)[1]) == pytest.approx(0.2, rel=0.05)
