"""The toy sets: shapes and types, balance, reproducibility, the constructions they claim, and answers to bad input."""

import itertools
import operator
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numerical import same

from helpers.data import blobs, circles, house_prices, logic_gate, moons, noisy_curve, spirals

USUAL_NOISE = {house_prices: 25_000, noisy_curve: 0.1, moons: 0.1, circles: 0.05, spirals: 0.02, blobs: 0.8}
ALL = [*USUAL_NOISE]
CLASSES = ALL[2:]


def in_order(X):
    """Rows sorted by their rounded coordinates, to compare sets of points."""
    return X[np.lexsort(np.round(X.T, 9))]


def angles(points):
    """The angles of points around 0, in 0 … 2π, sorted."""
    return np.sort(np.arctan2(points[:, 1], points[:, 0]) % (2 * np.pi))


@given(st.sampled_from(ALL), st.integers(1, 300), st.floats(0, 1e6), st.integers(0, 2**64), st.integers(1, 12))
def test_rows_of_the_promised_type_balanced_and_the_same_for_the_same_seed(make, n, noise, seed, n_classes):
    options = {"n": n, "noise": noise} | ({"n_classes": n_classes} if make is blobs else {})
    X, y = make(**options, seed=seed)
    width, kind = (2, np.intp) if make in CLASSES else (1, np.float64)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((n, width), np.float64, (n,), kind)
    assert np.isfinite(np.column_stack([X, y])).all()
    if make in CLASSES:
        counts = [(y == label).sum() for label in range(options.get("n_classes", 2))]
        assert sum(counts) == n
        assert max(counts) - min(counts) <= 1
    for same_seed in (seed, np.random.default_rng(seed)):
        assert same((X, y), make(**options, seed=same_seed))


@pytest.mark.parametrize("make", ALL)
def test_other_seeds_give_other_data_and_a_generator_moves_on(make):
    a, b = make(seed=0), make(seed=1)
    assert same(a, make(noise=USUAL_NOISE[make])), "the default seed is 0"
    assert same(a, make())
    assert not np.array_equal(a[0], b[0])
    assert not np.array_equal(a[1], b[1])
    rng = np.random.default_rng(0)
    assert same(make(seed=rng), a)
    assert not np.array_equal(make(seed=rng)[0], a[0])


@pytest.mark.parametrize("make", ALL)
def test_numpy_numbers_and_fractions_are_numbers_too_and_small_integers_do_not_wrap(make):
    plain = make(254, noise=0.5, seed=3)
    assert same(plain, make(np.uint8(254), noise=np.float64(0.5), seed=np.uint8(3)))
    assert same(plain, make(254, noise=Fraction(1, 2), seed=3))
    assert make(50, noise=np.longdouble(0.5))[0].dtype == np.float64
    assert same(blobs(np.uint8(254), np.uint8(5)), blobs(254, 5))


@pytest.mark.parametrize("make", CLASSES)
def test_rows_are_shuffled_with_their_labels(make):
    rows, others = (np.column_stack(make(300, noise=0.0, seed=seed)) for seed in (5, 6))
    assert abs(np.corrcoef(np.arange(300), rows[:, 2])[0, 1]) < 0.2, "sorted labels would give nearly 1"
    assert np.array_equal(in_order(rows), in_order(others))


@pytest.mark.parametrize("make", ALL)
def test_noise_is_the_standard_deviation(make):
    part = 0 if make in CLASSES else 1  # classes: the points move; regression: the answers do
    exact, noisy = (make(5000, noise=noise, seed=1)[part] for noise in (0.0, 3.0))
    assert abs((noisy - exact).std() - 3.0) < 0.15
    assert abs((noisy - exact).mean()) < 0.15


def test_house_prices_are_200_dollars_a_square_foot():
    X, y = house_prices(300, noise=0.0)
    assert np.array_equal(y, 200.0 * X[:, 0])
    assert np.array_equal(X, np.rint(X))
    assert 600 <= X.min() < 700
    assert 3400 < X.max() <= 3500
    assert house_prices(300)[1].min() > 0, "at the default noise"


def test_noisy_curve_is_one_wave():
    X, y = noisy_curve(300, noise=0.0)
    assert np.allclose(y, np.sin(np.pi * X[:, 0]), rtol=0, atol=1e-15)
    assert -1.0 <= X.min() < -0.95
    assert 0.95 < X.max() < 1.0


def test_logic_gates_are_their_truth_tables():
    gates = {"AND": operator.and_, "OR": operator.or_, "NAND": lambda a, b: 1 - (a & b), "XOR": operator.xor}
    for name, gate in gates.items():
        X, y = logic_gate(name)
        assert (X.dtype, y.dtype) == (np.float64, np.intp)
        assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
        assert y.tolist() == [gate(int(a), int(b)) for a, b in X]
        X[:], y[:] = 7, 7
        assert not any((part == 7).any() for part in logic_gate(name)), "a learner's change reaches the next call"


@pytest.mark.parametrize("n", [7, 100])
def test_moons_are_two_half_circles_evenly_filled(n):
    X, y = moons(n, noise=0.0)
    upper, lower = X[y == 0], (X[y == 1] - [1.0, 0.5]) * [1, -1]
    for half, count in ((upper, n // 2), (lower, n - n // 2)):
        assert np.allclose(np.hypot(*half.T), 1.0)
        assert np.allclose(angles(half), np.linspace(0, np.pi, count))


@pytest.mark.parametrize("n", [7, 100])
def test_circles_have_radius_1_and_a_half(n):
    X, y = circles(n, noise=0.0)
    assert np.allclose(np.hypot(*X.T), np.where(y == 0, 1.0, 0.5))
    for label, count in ((0, n // 2), (1, n - n // 2)):
        assert np.allclose(angles(X[y == label]), 2 * np.pi * np.arange(count) / count)


def test_spirals_are_those_of_lang_and_witbrock():
    X, y = spirals(194, noise=0.0, turns=3)
    i = np.arange(97)
    radius, angle = 6.5 * (104 - i) / 104, i * np.pi / 16
    theirs = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    for label, arm in ((1, theirs), (0, -theirs)):
        assert np.allclose(in_order(6.5 * X[y == label]), in_order(arm), rtol=0, atol=1e-12)


def test_the_two_arms_of_the_default_spirals_stay_apart():
    X, y = spirals(400, noise=0.0)
    gaps = np.linalg.norm(X[y == 0][:, None] - X[y == 1], axis=2)
    assert gaps.min() > 0.1, "five times the default noise"


def test_blobs_stand_evenly_on_a_circle_of_radius_3():
    X, y = blobs(4000, n_classes=4, noise=0.5)
    means = np.array([X[y == label].mean(axis=0) for label in range(4)])
    assert np.allclose(means, [[3, 0], [0, 3], [-3, 0], [0, -3]], rtol=0, atol=0.1)


BAD = {  # what raises ValueError, and what TypeError
    "n": ([0, -5], [10.0, "10", None, True, np.arange(1000)]),
    "noise": ([-0.1, np.nan, np.inf], ["loud", None, 1j, np.zeros(3)]),
    "seed": ([-1], [1.5, "zero"]),
    "turns": ([-1, np.nan], ["two"]),
    "n_classes": ([0], [2.5]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_answered_in_one_sentence(name):
    makes = {"turns": [spirals], "n_classes": [blobs]}.get(name, ALL)
    for error, values in zip((ValueError, TypeError), BAD[name], strict=True):
        for make, value in itertools.product(makes, values):
            with pytest.raises(error) as caught:
                make(**{name: value})
            message = str(caught.value)
            assert len(message) < 160
            if name != "seed":  # of which NumPy says it
                assert re.match(f"{name} must be (a whole number from 1|0 or a number above).*; got ", message)
                assert repr(value) in message or isinstance(value, np.ndarray)


@pytest.mark.parametrize("name", ["NOR", "xor", "", None, 3, ["AND"], np.zeros(2)])
def test_an_unknown_gate_is_answered_with_the_four_there_are(name):
    with pytest.raises((TypeError, ValueError), match=r"name must be .*one of AND, OR, NAND, XOR; got "):
        logic_gate(name)
