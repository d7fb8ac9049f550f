"""The toy sets: shapes and types, balance, reproducibility, the constructions they claim, and answers to bad input."""

import operator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import blobs, circles, house_prices, logic_gate, moons, noisy_curve, spirals

REGRESSION = [house_prices, noisy_curve]
TWO_CLASSES = [moons, circles, spirals]
CLASSES = [*TWO_CLASSES, blobs]
ALL = REGRESSION + CLASSES

sizes = st.integers(1, 300)
noises = st.floats(0.0, 1e6)
seeds = st.integers(0, 2**64)


def equal(one, other) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def in_order(X):
    """Rows sorted by their rounded coordinates, to compare sets of points."""
    return X[np.lexsort(np.round(X.T, 9))]


# ---------------------------------------------------------------- what every set promises


@settings(deadline=None)
@given(make=st.sampled_from(REGRESSION), n=sizes, noise=noises, seed=seeds)
def test_regression_sets_are_rows_and_numbers(make, n, noise, seed):
    X, y = make(n, noise=noise, seed=seed)
    assert (X.shape, X.dtype) == ((n, 1), np.float64)
    assert (y.shape, y.dtype) == ((n,), np.float64)
    assert np.isfinite(X).all()
    assert np.isfinite(y).all()


@settings(deadline=None)
@given(make=st.sampled_from(TWO_CLASSES), n=sizes, noise=noises, seed=seeds)
def test_two_class_sets_are_rows_and_balanced_labels(make, n, noise, seed):
    X, y = make(n, noise=noise, seed=seed)
    assert (X.shape, X.dtype) == ((n, 2), np.float64)
    assert (y.shape, y.dtype) == ((n,), np.int64)
    assert np.isfinite(X).all()
    zeros, ones = np.bincount(y, minlength=2)
    assert zeros + ones == n
    assert abs(zeros - ones) == n % 2


@settings(deadline=None)
@given(n=sizes, n_classes=st.integers(1, 12), noise=noises, seed=seeds)
def test_blobs_are_rows_and_balanced_labels(n, n_classes, noise, seed):
    X, y = blobs(n, n_classes, noise, seed)
    assert (X.shape, X.dtype) == ((n, 2), np.float64)
    assert (y.shape, y.dtype) == ((n,), np.int64)
    assert np.isfinite(X).all()
    counts = np.bincount(y, minlength=n_classes)
    assert len(counts) == n_classes
    assert counts.max() - counts.min() <= 1


@settings(deadline=None)
@given(make=st.sampled_from(ALL), n=sizes, noise=noises, seed=seeds)
def test_the_same_seed_gives_the_same_data_and_a_generator_is_a_seed(make, n, noise, seed):
    first = make(n, noise=noise, seed=seed)
    assert equal(first, make(n, noise=noise, seed=seed))
    assert equal(first, make(n, noise=noise, seed=np.random.default_rng(seed)))


@pytest.mark.parametrize("make", ALL)
def test_other_seeds_give_other_data_and_a_generator_moves_on(make):
    a, b = make(seed=0), make(seed=1)
    assert equal(a, make()), "the default seed is 0"
    assert not np.array_equal(a[0], b[0])
    assert not np.array_equal(a[1], b[1])
    rng = np.random.default_rng(0)
    assert equal(make(seed=rng), a)
    assert not np.array_equal(make(seed=rng)[0], a[0])


@pytest.mark.parametrize("make", ALL)
def test_numpy_numbers_and_fractions_are_numbers_too(make):
    plain = make(50, noise=0.5, seed=3)
    assert equal(plain, make(np.int64(50), noise=np.float64(0.5), seed=np.uint8(3)))
    assert equal(plain, make(50, noise=Fraction(1, 2), seed=3))
    assert make(50, noise=np.longdouble(0.5))[0].dtype == np.float64


@pytest.mark.parametrize("make", CLASSES)
def test_rows_are_shuffled_with_their_labels(make):
    X, y = make(300, noise=0.0, seed=5)
    assert abs(np.corrcoef(np.arange(300), y)[0, 1]) < 0.2, "sorted labels would give nearly 1"
    other_X, other_y = make(300, noise=0.0, seed=6)
    assert np.array_equal(in_order(np.column_stack([X, y])), in_order(np.column_stack([other_X, other_y])))


@pytest.mark.parametrize("make", ALL)
def test_noise_is_the_standard_deviation(make):
    part = 0 if make in CLASSES else 1  # classes: the points move; regression: the answers do
    exact, noisy = (make(5000, noise=noise, seed=1)[part] for noise in (0.0, 3.0))
    assert abs((noisy - exact).std() - 3.0) < 0.15
    assert abs((noisy - exact).mean()) < 0.15


# ---------------------------------------------------------------- what each set is


def test_house_prices_are_200_dollars_a_square_foot():
    X, y = house_prices(300, noise=0.0)
    assert np.array_equal(y, 200.0 * X[:, 0])
    assert np.array_equal(X, np.rint(X))
    assert 600 <= X.min() < 700
    assert 3400 < X.max() <= 3500
    X, y = house_prices(300)
    slope, intercept = np.polyfit(X[:, 0], y, 1)
    assert abs(slope - 200) < 6
    assert abs(intercept) < 12_000
    assert y.min() > 0


def test_noisy_curve_is_one_wave():
    X, y = noisy_curve(300, noise=0.0)
    assert np.allclose(y, np.sin(np.pi * X[:, 0]), rtol=0, atol=1e-15)
    assert -1.0 <= X.min() < -0.95
    assert 0.95 < X.max() < 1.0


@pytest.mark.parametrize(
    ("name", "gate"),
    [
        ("AND", operator.and_),
        ("OR", operator.or_),
        ("NAND", lambda a, b: 1 - (a & b)),
        ("XOR", operator.xor),
    ],
)
def test_logic_gates_are_their_truth_tables(name, gate):
    X, y = logic_gate(name)
    assert (X.dtype, y.dtype) == (np.float64, np.int64)
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [gate(int(a), int(b)) for a, b in X]
    X[:], y[:] = 7, 7
    assert 7 not in logic_gate(name)[0], "a learner's change must not reach the next call"
    assert 7 not in logic_gate(name)[1]


@pytest.mark.parametrize("n", [1, 2, 7, 100])
@pytest.mark.parametrize(("make", "name", "options"), [(moons, "moons", {}), (circles, "circles", {"factor": 0.5})])
def test_moons_and_circles_are_those_of_scikit_learn(make, name, options, n):
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = make(n, noise=0.0)
    their_X, their_y = getattr(datasets, f"make_{name}")(n, shuffle=False, noise=None, **options)
    for label in (0, 1):
        assert np.allclose(in_order(X[y == label]), in_order(their_X[their_y == label]), rtol=0, atol=1e-12)


def test_moons_are_two_half_circles():
    X, y = moons(101, noise=0.0)
    upper, lower = X[y == 0], X[y == 1] - [1.0, 0.5]
    assert np.allclose(np.hypot(*upper.T), 1.0)
    assert np.allclose(np.hypot(*lower.T), 1.0)
    assert upper[:, 1].min() > -1e-12
    assert lower[:, 1].max() < 1e-12


def test_circles_have_radius_1_and_a_half():
    X, y = circles(101, noise=0.0)
    assert np.allclose(np.hypot(*X.T), np.where(y == 0, 1.0, 0.5))
    assert np.allclose(X[y == 0].mean(axis=0), 0.0), "evenly spaced all round"


def test_spirals_are_those_of_lang_and_witbrock():
    X, y = spirals(194, noise=0.0, turns=3)
    theirs = []
    for i in range(97):
        radius, angle = 6.5 * (104 - i) / 104, i * np.pi / 16
        theirs.append([radius * np.sin(angle), radius * np.cos(angle)])
    assert np.allclose(in_order(6.5 * X[y == 1]), in_order(np.array(theirs)), rtol=0, atol=1e-12)
    assert np.allclose(in_order(6.5 * X[y == 0]), in_order(-np.array(theirs)), rtol=0, atol=1e-12)


def test_the_two_arms_of_the_default_spirals_stay_apart():
    X, y = spirals(400, noise=0.0)
    gaps = np.linalg.norm(X[y == 0][:, None] - X[y == 1], axis=2)
    assert gaps.min() > 0.1, "five times the default noise"


def test_blobs_stand_evenly_on_a_circle_of_radius_3():
    X, y = blobs(4000, n_classes=4, noise=0.5)
    means = np.array([X[y == label].mean(axis=0) for label in range(4)])
    assert np.allclose(means, [[3, 0], [0, 3], [-3, 0], [0, -3]], rtol=0, atol=0.1)


# ---------------------------------------------------------------- bad input

BAD = [
    ({"n": 0}, ValueError),
    ({"n": -5}, ValueError),
    ({"n": 10.0}, TypeError),
    ({"n": "10"}, TypeError),
    ({"n": None}, TypeError),
    ({"n": True}, TypeError),
    ({"n": np.arange(1000)}, TypeError),
    ({"noise": -0.1}, ValueError),
    ({"noise": float("nan")}, ValueError),
    ({"noise": float("inf")}, ValueError),
    ({"noise": "loud"}, TypeError),
    ({"noise": None}, TypeError),
    ({"noise": 1j}, TypeError),
    ({"noise": np.zeros(3)}, TypeError),
    ({"seed": -1}, ValueError),
    ({"seed": 1.5}, TypeError),
    ({"seed": None}, TypeError),
    ({"seed": "zero"}, TypeError),
]
BAD_OF_ONE = [
    (spirals, {"turns": -1}, ValueError),
    (spirals, {"turns": float("nan")}, ValueError),
    (spirals, {"turns": "two"}, TypeError),
    (blobs, {"n_classes": 0}, ValueError),
    (blobs, {"n_classes": 2.5}, TypeError),
]


@pytest.mark.parametrize(("make", "bad", "error"), [(make, *case) for make in ALL for case in BAD] + BAD_OF_ONE)
def test_bad_input_is_answered_in_one_sentence(make, bad, error):
    [(name, value)] = bad.items()
    with pytest.raises(error) as caught:
        make(**bad)
    message = str(caught.value)
    assert message.startswith(f"{name} must be a "), "what was expected"
    assert f", got {value!r}: " in message or (isinstance(value, np.ndarray) and ", got array" in message), "what came"
    assert f": write, for example, {name}=" in message, "what to do"
    assert "\n" not in message
    assert len(message) < 160


@pytest.mark.parametrize("example", ["n=100", "noise=0.1", "seed=42", "turns=1.5", "n_classes=3"])
def test_the_advice_in_the_messages_works(example):
    name, value = example.split("=")
    value = float(value) if "." in value else int(value)
    make = spirals if name == "turns" else blobs
    with pytest.raises(ValueError, match=f"write, for example, {example}\\.$"):
        make(**{name: -1})
    assert len(make(**{name: value})[0]) > 0


@pytest.mark.parametrize("name", ["NOR", "xor", "", None, 3, ["AND"], np.zeros(2)])
def test_an_unknown_gate_is_answered_with_the_four_there_are(name):
    with pytest.raises(ValueError, match=r"name must be one of AND, OR, NAND, XOR, got .*: choose one of these four"):
        logic_gate(name)


def test_small_integers_do_not_wrap():
    X, y = blobs(np.uint8(254), np.uint8(5))
    assert (len(X), len(y)) == (254, 254)
