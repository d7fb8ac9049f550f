"""The network computes what its formulas say, and its gradients are those of finite differences and of PyTorch."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numerical
import numpy as np
import pytest
from numerical import HIDDEN, OUTPUTS, example, numerical_gradients, random_targets, relative_error

from helpers import network as module
from helpers.network import ACTIVATIONS, MATCHING_LOSS, Network, one_hot
from helpers.storage import load, save
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, cosine_schedule, train

ROOT = Path(__file__).resolve().parents[2]
FLOATS = [np.float32, np.float64]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def data(n=40, n_in=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n, n_in))


# ---------------------------------------------------------------- gradients


def check_gradients(network, A0, Y, l2=0.0):
    for exact, n in zip(network.gradients(Y, l2), numerical_gradients(network, A0, Y, l2), strict=True):
        assert relative_error(exact, n) < 1e-6, network.settings


@pytest.mark.parametrize(("depth", "m"), [(1, 1), (1, 6), (2, 6), (4, 1)])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_gradients_are_finite_differences(output, loss, depth, m):
    for hidden in HIDDEN if depth > 1 else HIDDEN[:1]:
        check_gradients(*example(hidden, output, loss, depth, m))


def test_each_hidden_layer_may_have_its_own_activation(tmp_path):
    for names in (HIDDEN[:3], HIDDEN[2:5], HIDDEN[4:], ["relu", "tanh"]):
        network, A0, Y = example(names, "softmax", "categorical_cross_entropy", len(names) + 1, 3)
        np.testing.assert_allclose(network.forward(A0), by_hand(network, A0.T, names).T, rtol=1e-12)
        check_gradients(network, A0, Y)
        save(network, tmp_path / "network.npz")
        np.testing.assert_array_equal(load(tmp_path / "network.npz").forward(A0), network.A[-1])


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_l2_adds_the_gradient_of_half_the_squares_of_the_weights(output, loss):
    check_gradients(*example("tanh", output, loss, 3, 4), l2=0.3)


@pytest.mark.parametrize("m", [1, 32])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_outputs_losses_and_gradients_equal_pytorch(output, loss, m):
    torch = numerical.import_torch()
    for hidden, depth in itertools.product(HIDDEN, (1, 3, 5)):
        rng = np.random.default_rng(depth)
        network = Network([6, *[5] * (depth - 1), 4], hidden, output, loss, seed=depth, dtype=np.float64)
        for b in network.b[1:]:
            b[...] = rng.normal(0.3, 0.5, b.shape)
        A0, Y = rng.normal(size=(6, m)), random_targets(output, (4, m), rng)
        expected_output, expected_loss, expected = numerical.torch_gradients(torch, network, A0, Y)
        assert relative_error(network.forward(A0), expected_output) < 1e-10
        assert network.metrics(network.Z[-1], Y)["loss"] == pytest.approx(expected_loss, rel=1e-10)
        for exact, n in zip(network.gradients(Y), expected, strict=True):
            assert relative_error(exact, n) < 1e-10, (hidden, depth)


def test_backward_can_be_asked_twice_and_belongs_to_the_last_forward_pass():
    network, A0, Y = example("tanh", "softmax", "categorical_cross_entropy", 3, 4)
    kept = [array.copy() for array in (*network.Z[1:], *network.A, Y)]
    once, again = network.gradients(Y), network.gradients(Y)
    assert same(once, again)
    assert same((*network.Z[1:], *network.A, Y), kept)
    network.forward(2 * A0)
    assert not np.allclose(network.gradients(Y)[0], once[0])
    network.forward(A0)
    assert same(network.gradients(Y), once)


# ---------------------------------------------------------------- making a network


def test_layers_are_numbered_as_in_the_formulas():
    network = Network([4, 3, 2])
    assert (network.sizes, network.L) == ([4, 3, 2], 2)
    assert [W if W is None else W.shape for W in network.W] == [None, (3, 4), (2, 3)]
    assert [b if b is None else b.shape for b in network.b] == [None, (3, 1), (2, 1)]
    assert network.forward(np.ones((4, 5))) is network.A[2]
    assert [Z if Z is None else Z.shape for Z in network.Z] == [None, (3, 5), (2, 5)]
    assert [A.shape for A in network.A] == [(4, 5), (3, 5), (2, 5)]
    for name, gradient in zip("Wb", network.backward(np.full((2, 5), 0.5)), strict=True):
        assert gradient[0] is None
        assert [g.shape for g in gradient[1:]] == [theta.shape for theta in getattr(network, name)[1:]]
    expected = [network.W[1], network.W[2], network.b[1], network.b[2]]
    assert all(a is b for a, b in zip(network.parameters(), expected, strict=True)), "they are the arrays themselves"


@pytest.mark.parametrize(
    ("arguments", "loss", "init"),
    [
        ({}, "categorical_cross_entropy", "he"),
        ({"output": "sigmoid"}, "binary_cross_entropy", "he"),
        ({"output": "sigmoid", "loss": "mse"}, "mse", "he"),
        ({"output": "identity"}, "mse", "he"),
        ({"output": "tanh", "activation": "tanh"}, "mse", "xavier"),
        ({"activation": "sigmoid"}, "categorical_cross_entropy", "xavier"),
        ({"activation": "sigmoid", "init": "he"}, "categorical_cross_entropy", "he"),
        ({"activation": "gelu"}, "categorical_cross_entropy", "he"),
    ],
)
def test_loss_and_initial_weights_that_belong_to_the_functions(arguments, loss, init):
    network = Network([400, 300, 2], dtype=np.float64, **arguments)
    assert network.settings["loss"] == loss
    assert network.settings["init"] == init
    variance = 2 / 400 if init == "he" else 2 / 700
    assert abs(network.W[1].var() / variance - 1) < 4 * np.sqrt(2 / network.W[1].size)
    assert not any(b.any() for b in network.b[1:])


def test_seed_and_dtype_of_the_weights():
    one, again, other = Network([4, 3, 2]), Network([4, 3, 2]), Network([4, 3, 2], seed=1)
    exact = Network([4, 3, 2], dtype="float64")
    assert same(one.parameters(), again.parameters())
    assert same(one.W[1:], [W.astype(np.float32) for W in exact.W[1:]])
    assert not any(np.array_equal(W, V) for W, V in zip(one.W[1:], other.W[1:], strict=True))
    assert (one.dtype, exact.dtype) == (np.float32, np.float64)
    assert [theta.dtype for theta in exact.parameters()] == [np.float64] * 4


def test_sizes_and_activations_of_any_kind_are_copied():
    names = ["relu"]
    for sizes in ((4, 3, 2), np.array([4, 3, 2]), [np.int64(4), np.uint8(3), 2]):
        network = Network(sizes, names)
        assert network.sizes == [4, 3, 2]
        assert {type(n) for n in network.sizes} == {int}
    names[0] = "tanh"
    assert network.settings["activation"] == ["relu"]


# ---------------------------------------------------------------- forward


def test_forward_is_the_formula():
    """Number by number, without a matrix product, for a network written down here."""
    network = Network([2, 2, 1], "relu", "sigmoid", dtype=np.float64)
    network.W = [None, np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[2.0, -1.0]])]
    network.b = [None, np.array([[0.5], [-1.0]]), np.array([[0.25]])]
    A = network.forward([[1.0, -1.0], [2.0, 0.5]])
    # x = (1, 2): z = (1 − 4 + 0.5, 0.5 + 6 − 1) = (−2.5, 5.5); x = (−1, 0.5): z = (−1 − 1 + 0.5, −0.5 + 1.5 − 1)
    np.testing.assert_array_equal(network.Z[1], [[-2.5, -1.5], [5.5, 0.0]])
    np.testing.assert_array_equal(network.A[1], [[0.0, 0.0], [5.5, 0.0]])
    np.testing.assert_array_equal(network.Z[2], [[-5.25, 0.25]])
    np.testing.assert_allclose(A, 1 / (1 + np.exp([[5.25, -0.25]])), rtol=1e-15)


KINDS = {
    "list": np.ndarray.tolist,
    "fortran": np.asfortranarray,
    "reversed": lambda A0: A0[::-1][::-1],
    "float32": lambda A0: A0.astype(np.float32),
    "uint8": lambda A0: A0.astype(np.uint8),
    "strided": lambda A0: np.repeat(A0, 2, axis=1)[:, ::2],
    "masked": lambda A0: A0.view(np.ma.MaskedArray),
    "big-endian": lambda A0: A0.astype(">f8"),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_any_array_of_numbers_will_do(kind):
    network = Network([3, 4, 2], dtype=np.float64)
    A0 = np.array([[1.0, 7.0], [0.0, 255.0], [3.0, 2.0]])
    Y = np.eye(2)
    expected = network.forward(A0), *network.gradients(Y)
    for value, array in zip((network.forward(kind(A0)), *network.gradients(Y)), expected, strict=True):
        assert value.dtype == np.float64
        np.testing.assert_allclose(value, array, rtol=1e-12)
    np.testing.assert_allclose(network.predict_proba(kind(A0.T.copy())), expected[0].T, rtol=1e-12)


# ---------------------------------------------------------------- predict, predict_proba, evaluate


def by_hand(network, X, hidden=None):
    """A[L] as rows, layer by layer, with the hidden layers' functions by name."""
    hidden = hidden or [network.settings["activation"]] * (network.L - 1)
    A = X.T
    for l, name in enumerate([*hidden, network.settings["output"]], start=1):
        A = ACTIVATIONS[name][0](network.W[l] @ A + network.b[l])
    return A.T


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
@pytest.mark.parametrize("n", [1, 40])
def test_predictions_of_every_output(output, loss, n):
    for n_out in (2, 3) if output == "softmax" else (1, 3):  # of a single output softmax is always 1
        network = Network([3, 5, n_out], "tanh", output, loss, dtype=np.float64)
        X = data(n)
        A = by_hand(network, X)
        np.testing.assert_allclose(network.predict_proba(X), A, rtol=1e-12)
        expected = {"softmax": A.argmax(axis=1), "sigmoid": (A > 0.5).astype(np.int64)}.get(output, A)
        expected = expected[:, 0] if n_out == 1 else expected
        predicted = network.predict(X)
        assert (predicted.shape, predicted.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_allclose(predicted, expected, rtol=1e-12)


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_evaluate_is_the_loss_of_all_examples(output, loss):
    network = Network([3, 5, 4], "tanh", output, loss, dtype=np.float64)
    X = data(50)
    Y = random_targets(output, (4, 50), np.random.default_rng(1)).T
    A = by_hand(network, X)
    expected = {
        "mse": lambda: np.mean((A - Y) ** 2),
        "binary_cross_entropy": lambda: np.mean(-Y * np.log(A) - (1 - Y) * np.log(1 - A)),
        "categorical_cross_entropy": lambda: np.mean(-(Y * np.log(A)).sum(axis=1)),
    }[loss]()
    result = network.evaluate(X, Y)
    assert result == {"loss": pytest.approx(expected, rel=1e-12)}  # of targets that are no labels none is right
    assert type(result["loss"]) is float


def test_accuracy_is_of_examples_and_binary_accuracy_of_outputs():
    """Ten sigmoids that always say no: as classes they are right by chance, though 90 % of the outputs are."""
    X, y = data(50), np.arange(50) % 10
    several = Network([3, 10], output="sigmoid")
    several.W[1][...], several.b[1][...] = 0, [[-2]] + [[-3]] * 9
    result = several.evaluate(X, one_hot(y, 10))
    assert (result["accuracy"], result["binary_accuracy"]) == (0.1, 0.9)
    assert {type(value) for value in result.values()} == {float}
    marks = np.random.default_rng(0).integers(0, 2, (50, 10))  # any number of them in a row
    assert several.evaluate(X, marks).keys() == {"loss", "binary_accuracy"}
    assert several.evaluate(X, marks)["binary_accuracy"] == np.mean(marks == 0)
    assert several.evaluate(X, 0.5 * marks).keys() == {"loss"}
    single = Network([3, 1], output="sigmoid")
    assert single.evaluate(X, y > 4)["accuracy"] == np.mean(single.predict(X) == (y > 4))
    assert single.evaluate(X, y > 4).keys() == {"loss", "accuracy"}
    softmax = Network([3, 10])
    assert softmax.evaluate(X, one_hot(y, 10))["accuracy"] == np.mean(softmax.predict(X) == y)
    assert softmax.evaluate(X, np.full((50, 10), 0.1)).keys() == {"loss"}
    assert Network([3, 10], output="identity").evaluate(X, one_hot(y, 10)).keys() == {"loss"}


def test_weights_that_are_not_finite_have_a_loss_that_says_so():
    network = Network([3, 4])
    network.W[1][0, 0] = np.nan
    result = network.evaluate(data(5), [0, 1, 2, 3, 0])
    assert np.isnan(result["loss"])
    assert 0 <= result["accuracy"] <= 1


def test_evaluate_takes_labels_or_targets_and_flat_ones_of_a_single_output():
    network, X, y = Network([3, 5, 4]), data(30), np.random.default_rng(0).integers(0, 4, 30)
    for labels in (y.tolist(), y.astype(np.uint8), y):
        assert network.evaluate(X, labels) == network.evaluate(X, one_hot(y, 4))
    assert network.evaluate(X, y)["accuracy"] == np.mean(network.predict(X) == y)
    for output in ("sigmoid", "identity"):
        network, y = Network([3, 5, 1], output=output), y % 2
        assert network.evaluate(X, y) == network.evaluate(X, y[:, None]) == network.evaluate(X, (y == 1).tolist())


@pytest.mark.parametrize(("output", "n_out"), [("softmax", 2), ("sigmoid", 1)])
def test_evaluate_and_predict_agree_on_a_near_tie(output, n_out):
    """A score of 1e-9 in favour of class 1 is too little to show in a float32 probability."""
    network = Network([2, n_out], output=output)
    network.W[1][...] = 0
    network.b[1][-1] = 1e-9
    X = np.ones((1, 2))
    assert network.evaluate(X, [1])["accuracy"] == np.mean(network.predict(X) == [1])


@pytest.mark.parametrize("n", [4095, 4096, 4097, 9000])
@pytest.mark.parametrize("output", ["softmax", "sigmoid", "identity"])
def test_large_data_go_through_in_pieces_unnoticed(output, n):
    network = Network([3, 6, 2], "tanh", output, dtype=np.float64)
    X, y = data(n), np.random.default_rng(0).integers(0, 2, (n, 2)).astype(float)
    y = one_hot(y[:, 0].astype(int), 2) if output == "softmax" else y
    A = by_hand(network, X)
    np.testing.assert_allclose(network.predict_proba(X), A, rtol=1e-12)
    expected = {"softmax": A.argmax(axis=1), "sigmoid": A > 0.5, "identity": network.predict_proba(X)}[output]
    np.testing.assert_array_equal(network.predict(X), expected)
    assert network.evaluate(X, y) == pytest.approx(network.metrics(network.forward_pass(X.T)[0][-1], y.T.astype(float)))


def test_predictions_do_not_disturb_a_forward_pass_and_are_the_callers_own():
    for output in ("identity", "sigmoid", "softmax"):
        network, _, Y = example("tanh", output, None, 3, 4)
        expected, Z, A, X = network.gradients(Y), network.Z, network.A, data(7, network.sizes[0])
        P = network.predict_proba(X)
        kept = P.copy()
        P[...] = 7
        network.predict(X)
        network.evaluate(X, np.full((7, network.sizes[-1]), 1 / network.sizes[-1]))
        np.testing.assert_array_equal(network.predict_proba(X), kept)
        assert network.Z is Z
        assert network.A is A
        assert same(network.gradients(Y), expected)


def test_the_result_of_forward_is_read_only():
    """It is A[L], which backward needs; for the output identity it is Z[L] too."""
    for output in ("identity", "softmax"):
        network, A0, Y = example("tanh", output, "mse" if output == "identity" else None, 2, 4)
        A = network.forward(A0)
        with pytest.raises(ValueError, match="read-only"):
            A -= Y
        check_gradients(network, A0, Y)


def read_only(array):
    array.flags.writeable = False
    return array


VIEWS = {
    "own": lambda memory: memory,
    "view": lambda memory: memory[:],
    "read-only": lambda memory: read_only(memory[:]),
    "view of it": lambda memory: read_only(memory[:])[::-1, ::2],
    "masked": lambda memory: read_only(np.ma.masked_array(memory, copy=False)),
    "buffer": lambda m: np.frombuffer(memoryview(m.ravel("K")).toreadonly(), m.dtype).reshape(m.shape),
    "view made before": lambda memory: (memory[:], read_only(memory))[0],
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_buffer_that_is_refilled_after_forward_does_not_change_its_gradients(view):
    for dtype, order in itertools.product(FLOATS, "CF"):
        memory = np.array(data(4, 6), dtype, order=order)
        through = memory[:]  # stays writeable
        A0 = view(memory)
        network, Y = Network([len(A0), 3, 2], dtype=np.float32), np.full((2, A0.shape[1]), 0.5)
        network.forward(A0)
        expected = network.gradients(Y)
        through[...] = 7
        assert same(network.gradients(Y), expected)


# ---------------------------------------------------------------- what belongs to the caller; float32


@pytest.mark.parametrize("dtype", FLOATS)
def test_arrays_of_the_caller_are_left_alone(dtype):
    for hidden, (output, loss) in itertools.product(HIDDEN, OUTPUTS):
        network = Network([3, 4, 4, 2], hidden, output, loss, dtype=dtype)
        rng = np.random.default_rng(0)
        X, Y = rng.normal(size=(10, 3)).astype(dtype), random_targets(output, (2, 10), rng).T.astype(dtype)
        A0, Y0 = X.T.copy(), Y.T.copy()
        before = [array.copy() for array in (X, Y, A0, Y0)]
        for array in (X, Y, A0, Y0):
            array.flags.writeable = False  # an attempt to write would raise
        network.forward(A0)
        parameters, grads = network.parameters(), network.gradients(Y0)
        kept = [g.copy() for g in grads]
        for optimizer in (SGD(), Momentum(), RMSProp(), Adam(), AdamW()):
            optimizer.step(parameters, grads)
            assert same(grads, kept)
        train(network, X, Y, 2, 4, validation=(X, Y))
        network.predict(X)
        network.evaluate(X, Y)
        assert same((X, Y, A0, Y0), before)


@pytest.mark.parametrize("make", [SGD, Momentum, RMSProp, Adam, AdamW])
@pytest.mark.parametrize("dtype", FLOATS)
def test_dtype_is_kept_through_training(dtype, make):
    for hidden, (output, loss) in itertools.product(HIDDEN, OUTPUTS):
        network = Network([3, 4, 2], hidden, output, loss, dtype=dtype)
        rng = np.random.default_rng(0)
        X, Y = rng.normal(size=(10, 3)), random_targets(output, (2, 10), rng).T  # float64
        optimizer = make(0.01)
        train(network, X, Y, 2, 4, optimizer, validation=(X, Y), schedule=cosine_schedule, l2=0.1)
        grads = network.gradients(Y[: network.A[-1].shape[1]].T, l2=0.1)
        averages = [array for name in "vs" for array in getattr(optimizer, name, [])]
        arrays = [*network.parameters(), *network.Z[1:], *network.A, *grads, *averages]
        assert {array.dtype for array in arrays} == {np.dtype(dtype)}, (hidden, output)
        assert network.predict_proba(X).dtype == dtype


# ---------------------------------------------------------------- the file


def test_tables_name_every_function():
    for name, functions in ACTIVATIONS.items():
        assert functions == (getattr(module, name), getattr(module, f"{name}_prime"))
    for name, functions in module.LOSSES.items():
        assert functions == (getattr(module, name), getattr(module, f"{name}_prime"))
    assert {name: getattr(module, name) for name in module.INITIALIZERS} == module.INITIALIZERS
    assert set(MATCHING_LOSS) <= set(ACTIVATIONS)
    assert set(MATCHING_LOSS.values()) <= set(module.LOSSES)


def test_network_imports_numpy_and_nothing_else():
    """In a fresh interpreter; whatever its start-up imports (such as the finder of an editable install) is not ours."""
    code = "import sys; before = set(sys.modules); import helpers.network; print(*set(sys.modules) - before)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in run.stdout.split()}
    assert {"helpers", "numpy"} <= imported
    assert imported - sys.stdlib_module_names == {"helpers", "numpy"}
