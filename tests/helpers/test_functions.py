"""Activations, losses and initial weights are the functions they claim to be, with the right derivatives, at any z."""

import itertools
import math

import numpy as np
import pytest
from numerical import HIDDEN, derivative, difference, gradient, random_targets, relative_error

from helpers import network
from helpers.network import ACTIVATIONS, INITIALIZERS, LOSSES, one_hot

FLOATS = [np.float32, np.float64]
ALL = [function for name in ACTIVATIONS for function in ACTIVATIONS[name]]
ELEMENTWISE = [function for name in HIDDEN for function in ACTIVATIONS[name]]
AWAY = np.setdiff1d(np.round(np.linspace(-5, 5, 201), 6), [0])  # no nearer to the kink at 0 than the steps reach
OUTPUT_OF = {"mse": "identity", "binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}


OTHER_CONSTANTS = [("leaky_relu", 0.2), ("leaky_relu", -0.1), ("elu", 0.3), ("elu", 2.0)]


@pytest.mark.parametrize(("name", "constant"), [*((name, None) for name in HIDDEN), *OTHER_CONSTANTS])
def test_derivative_is_the_slope_at_every_z(name, constant):
    f, f_prime = ACTIVATIONS[name]
    constants = [] if constant is None else [constant]
    exact, slope = f_prime(AWAY, *constants), derivative(lambda z: f(z, *constants), AWAY)
    assert all(relative_error(*pair) < 1e-6 for pair in zip(exact, slope, strict=True))


@pytest.mark.parametrize("shape", [(1,), (4,), (4, 1), (3, 5)])
def test_softmax_jacobian(shape):
    z = np.random.default_rng(0).normal(size=shape) * 3
    jacobian = network.softmax_prime(z)
    assert jacobian.shape == (shape[0], *shape)
    for j in range(shape[0]):
        e = np.zeros(shape)
        e[j] = 1
        expected = difference(lambda t, e=e: network.softmax(z + t * e), 1e-3)  # ∂p_i/∂z_j for all i, in every column
        np.testing.assert_allclose(jacobian[:, j], expected, rtol=0, atol=1e-10)


KNOWN = {
    "relu(0.7)": 0.7,
    "relu_prime(0)": 0,
    "sigmoid(math.log(3))": 0.75,
    "tanh(1)": 2 / (1 + math.exp(-2)) - 1,
    "leaky_relu(-5, slope=0.2)": -1,
    "elu(-1)": 1 / math.e - 1,
    "elu(-1, alpha=3)": 3 / math.e - 3,
    "gelu(1)": 0.8412,  # Φ(1) = 0.8413; the tanh formula is good to three digits
    "gelu(-1)": -0.1588,
    "softmax(np.array([0.0, math.log(3)]))": [0.25, 0.75],
}


def test_values_to_know():
    for call, expected in KNOWN.items():
        rtol = 1e-4 if "gelu" in call else 1e-14
        np.testing.assert_allclose(eval(call, {**vars(network), "math": math}), expected, rtol=rtol, err_msg=call)


LIMITS = {  # of f and f_prime, at −1000 and 1000
    "identity": ((-1000, 1000), (1, 1)),
    "sigmoid": ((0, 1), (0, 0)),
    "tanh": ((-1, 1), (0, 0)),
    "relu": ((0, 1000), (0, 1)),
    "leaky_relu": ((-10, 1000), (0.01, 1)),
    "elu": ((-1, 1000), (0, 1)),
    "gelu": ((0, 1000), (0, 1)),
}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", HIDDEN)
def test_limits_and_no_overflow_before_them(name, dtype):
    for f, expected in zip(ACTIVATIONS[name], LIMITS[name], strict=True):
        result = f(np.linspace(-1000, 1000, 4001, dtype=dtype))
        assert result.dtype == dtype
        assert np.isfinite(result).all()
        np.testing.assert_array_equal(result[[0, -1]], np.array(expected, dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("scale", [1, 30, 1000])
def test_softmax_is_a_distribution_at_any_scale(scale, dtype):
    z = np.array([[-1, -1, 1, 0.3], [1, -1, 1, 0.1], [-1, -1, -1, 0.2]], dtype) * dtype(scale)
    p = network.softmax(z)
    assert p.dtype == dtype
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=0), 1, rtol=4 * np.finfo(dtype).eps)
    np.testing.assert_allclose(p[:, 1], 1 / 3, rtol=4 * np.finfo(dtype).eps)
    jacobian = network.softmax_prime(z)
    assert jacobian.dtype == dtype
    np.testing.assert_allclose(jacobian.sum(axis=0), 0, atol=4 * np.finfo(dtype).eps)
    if scale == 1000:
        np.testing.assert_allclose(p[:, 0], [0, 1, 0], atol=0)


def test_sigmoid_loses_no_digits_far_out():
    z = np.array([-40.0, -300.0, -700.0])
    for result in (network.sigmoid(z), network.sigmoid_prime(z), network.sigmoid_prime(-z)):
        np.testing.assert_allclose(result, np.exp(z), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i2", "u4", "i8"])
@pytest.mark.parametrize("f", ALL)
def test_whole_numbers_of_every_size_are_computed_as_float64(f, dtype):
    """Arrays, lists and single numbers: −z of an unsigned 3 is not 253, nor may 1300³ wrap around."""
    z = np.array([0, 1, 3, 100, 1300])
    z = z[z <= 1] if dtype == "?" else z[z <= np.iinfo(dtype).max]
    exact = f(z.astype(np.float64))
    for numbers in (z.astype(dtype), z.astype(dtype).tolist()):
        np.testing.assert_array_equal(f(numbers), exact)
        assert f(numbers).dtype == np.float64
    if f in ELEMENTWISE:
        for i, number in enumerate(z.astype(dtype)):
            for single in (number, number.item(), np.array(number)):
                assert np.shape(f(single)) == ()
                assert f(single) == pytest.approx(exact[i], rel=1e-14)


@pytest.mark.parametrize("f", ALL)
def test_activations_compute_float16_as_float32(f):
    z = np.array([[-300, 0.5, 300]], np.float16)  # the cube of 300 is infinite in float16
    np.testing.assert_array_equal(f(z), f(z.astype(np.float32)), strict=True)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_of_whole_numbers_and_float16_neither_wrap_nor_overflow(name):
    small = np.array([[0, 1, 16], [0, 0, 3]]), np.array([[1, 0, 0], [0, 1, 1]])
    large = np.full((1, 70_000), 300), np.ones((1, 70_000))  # 1/m and 300² in float16: 0 and inf
    for f, dtype in itertools.product(LOSSES[name], ["?", "i1", "u1", "i4", "u8", "f2"]):
        Z, Y = (array.astype(dtype) for array in (large if dtype == "f2" else small))
        wide = np.float32 if dtype == "f2" else np.float64
        np.testing.assert_array_equal(f(Z, Y), f(Z.astype(wide), Y.astype(wide)))


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_shape_and_dtype_are_kept(f):
    for shape, dtype in itertools.product([(), (1,), (5,), (2, 3), (2, 3, 4), (0, 3)], FLOATS):
        z = np.random.default_rng(0).normal(size=shape).astype(dtype)
        before = z.copy()
        result = f(z)
        assert (result.shape, result.dtype) == (shape, dtype)
        np.testing.assert_array_equal(z, before)
        np.testing.assert_array_equal(np.ravel(result)[-1:], f(z.ravel()[-1:]))


def scores_and_targets(name, shape):
    """Read-only, since no loss may change its arguments."""
    rng = np.random.default_rng(0)
    Z, Y = rng.normal(size=shape) * 2, random_targets(OUTPUT_OF[name], shape, rng)
    Z.flags.writeable = Y.flags.writeable = False
    return Z, Y


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 1), (4, 6)])
@pytest.mark.parametrize("name", LOSSES)
def test_loss_gradient(name, shape):
    loss, loss_prime = LOSSES[name]
    Z, Y = scores_and_targets(name, shape)
    moved = Z.copy()
    np.testing.assert_allclose(loss_prime(Z, Y), gradient(lambda: loss(moved, Y), moved), rtol=1e-9, atol=1e-11)


LOG_2 = math.log(2)
BINARY = [([0], [1], LOG_2), ([0], [0.3], LOG_2), ([1000, -1000], [1, 0], 0), ([1000, -1000], [0, 1], 1000)]
BINARY += [([1000, -1000], [0.5, 0.5], 500)]
CATEGORICAL = [([7, 7, 7, 7], [0, 1, 0, 0], 2 * LOG_2), ([1000, -1000], [1, 0], 0), ([1000, -1000], [0, 1], 2000)]
CATEGORICAL += [([-1000, -1000], [0, 1], LOG_2), ([1000, 0], [0.5, 0.5], 500)]
MSE = [([1, 3], [1, 0], 4.5)]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("name", "known"), [*zip(LOSSES, (MSE, BINARY, CATEGORICAL), strict=True)])
def test_losses_to_know_and_far_out(name, known, dtype):
    loss, loss_prime = LOSSES[name]
    for *arrays, expected in known:
        Z, Y = (np.array([array], dtype).T for array in arrays)
        value, slope = loss(Z, Y), loss_prime(Z, Y)
        assert (type(value), slope.dtype) == (float, dtype)
        assert value == pytest.approx(expected, rel=1e-6), arrays
        assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", LOSSES)
def test_mean_over_examples_of_which_one_may_be_a_vector(name):
    loss, loss_prime = LOSSES[name]
    Z, Y = scores_and_targets(name, (3, 5))
    assert loss(Z, Y) == pytest.approx(np.mean([loss(z, y) for z, y in zip(Z.T, Y.T, strict=True)]), rel=1e-14)
    np.testing.assert_allclose(loss_prime(Z[:, 0], Y[:, 0]), 5 * loss_prime(Z, Y)[:, 0], rtol=1e-14)


def test_one_hot_rows_are_the_labels_of_any_kind_and_of_many_classes():
    y = np.random.default_rng(0).integers(0, 10, 30)
    for labels in (y, y.astype(np.uint8), y.tolist()):
        np.testing.assert_array_equal(one_hot(labels, 10), np.eye(10, dtype=np.float32)[y], strict=True)
    assert one_hot(y, 10, np.float64).dtype == np.float64
    Y = one_hot(np.array([7, 999_999]), 1_000_000)  # 8 MB; an identity matrix of a million rows would be 4 TB
    assert Y[0, 7] == Y[1, 999_999] == 1


@pytest.mark.parametrize(("name", "variance"), [("he", 2 / 300), ("xavier", 2 / (300 + 500))])
def test_initial_weights_are_normal(name, variance):
    """N samples of a normal distribution: the mean errs by σ/√N, the variance by σ²√(2/N), the kurtosis by √(24/N)."""
    W = INITIALIZERS[name](500, 300, np.random.default_rng(0))
    N = W.size
    assert W.shape == (500, 300)
    assert abs(W.mean()) < 4 * np.sqrt(variance / N)
    assert abs(W.var() / variance - 1) < 4 * np.sqrt(2 / N)
    assert abs(np.mean(W**4) / W.var() ** 2 - 3) < 4 * np.sqrt(24 / N)
