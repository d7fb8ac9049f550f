"""The network computes what its formulas say, and its gradients are those of finite differences and of PyTorch."""

import copy
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numerical
import numpy as np
import pytest
from numerical import HIDDEN, OUTPUTS, example, functions_of, random_targets, relative_error, same

from helpers.layers import Linear, Sequential
from helpers.network import ACTIVATIONS, INITIALIZERS, Network, one_hot
from helpers.storage import load, save
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, cosine_schedule, train

ROOT = Path(__file__).resolve().parents[2]
FLOATS = [np.float32, np.float64]


def data(n):
    return np.random.default_rng(0).normal(size=(n, 3))


def by_hand(network, X):
    """A[L] as rows, layer by layer."""
    A = X.T
    for l, name in enumerate(functions_of(network)[1:], start=1):
        A = ACTIVATIONS[name][0](network.W[l] @ A + network.b[l])
    return A.T


def near(arrays, expected, tolerance):
    return all(relative_error(a, n) < tolerance for a, n in zip(arrays, expected, strict=True))


def check_gradients(network, A0, Y, l2=0.0):
    expected = numerical.numerical_gradients(network, A0, Y, l2)
    assert near(network.gradients(Y, l2), expected, 1e-6), network.settings


@pytest.mark.parametrize(("depth", "m", "l2"), [(1, 1, 0), (1, 6, 0.3), (2, 6, 0), (4, 1, 0.3)])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_gradients_are_finite_differences(output, loss, depth, m, l2):
    for hidden in HIDDEN if depth > 1 else HIDDEN[:1]:
        check_gradients(*example(hidden, output, loss, depth, m), l2)


def test_each_hidden_layer_may_have_its_own_activation(tmp_path):
    for names in (HIDDEN[:3], HIDDEN[2:5], HIDDEN[4:], ["relu", "tanh"]):
        network, A0, Y = example(names, "softmax", "categorical_cross_entropy", len(names) + 1, 3)
        np.testing.assert_allclose(network.forward(A0).T, by_hand(network, A0.T), rtol=1e-12)
        check_gradients(network, A0, Y)
        save(network, tmp_path / "network.npz")
        np.testing.assert_array_equal(load(tmp_path / "network.npz").forward(A0), network.A[-1])


@pytest.mark.parametrize("m", [1, 6])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_outputs_losses_and_gradients_equal_pytorch(output, loss, m):
    torch = numerical.import_torch()
    for hidden, depth in itertools.product(HIDDEN, (1, 3, 5)):
        network, A0, Y = example(hidden, output, loss, depth, m)
        expected_output, expected_loss, expected = numerical.torch_gradients(torch, network, A0, Y)
        assert relative_error(network.forward(A0), expected_output) < 1e-10
        assert network.metrics(network.Z[-1], Y)["loss"] == pytest.approx(expected_loss, rel=1e-10)
        assert near(network.gradients(Y), expected, 1e-10), (hidden, depth)


@pytest.mark.parametrize("output", ["identity", "sigmoid", "softmax"])
def test_backward_belongs_to_the_last_forward_pass_whatever_is_asked_since(output):
    """The result of forward is A[L], which backward needs, and for the output identity Z[L] too: it is read-only."""
    network, A0, Y = example("tanh", output, None, 3, 4)
    expected, before, X = network.gradients(Y), copy.deepcopy((network.Z[1:], network.A, [Y])), data(7)
    P = network.predict_proba(X)
    kept = P.copy()
    P[...] = 7  # it is the caller's own
    np.testing.assert_array_equal(network.predict_proba(X), kept)
    network.predict(X)
    network.evaluate(X, np.full((7, 4), 0.25))
    with pytest.raises(ValueError, match="read-only"):
        network.A[-1][...] -= Y
    for wrong in (A0[1:], np.full_like(A0, np.nan), "X"):
        with pytest.raises((TypeError, ValueError)):
            network.forward(wrong)
    assert same(network.gradients(Y), expected)
    assert all(map(same, (network.Z[1:], network.A, [Y]), before))
    network.forward(2 * A0)
    assert not np.allclose(network.gradients(Y)[0], expected[0])


def test_layers_are_numbered_as_in_the_formulas():
    network = Network([4, 3, 2])
    assert (network.sizes, network.L) == ([4, 3, 2], 2)
    assert network.forward(np.ones((4, 5))) is network.A[2]
    dW, db = network.backward(np.full((2, 5), 0.5))
    lists = {"W": network.W, "b": network.b, "Z": network.Z, "A": network.A, "dW": dW, "db": db}
    W, b = [None, (3, 4), (2, 3)], [None, (3, 1), (2, 1)]
    expected = {"W": W, "b": b, "Z": [None, (3, 5), (2, 5)], "A": [(4, 5), (3, 5), (2, 5)], "dW": W, "db": b}
    assert {name: [a if a is None else a.shape for a in arrays] for name, arrays in lists.items()} == expected
    themselves = [network.W[1], network.W[2], network.b[1], network.b[2]]
    assert all(a is b for a, b in zip(network.parameters(), themselves, strict=True))


LOSS_AND_INIT = [
    ({}, "categorical_cross_entropy", "he"),
    ({"output": "sigmoid"}, "binary_cross_entropy", "he"),
    ({"output": "identity", "activation": "gelu"}, "mse", "he"),
    ({"output": "tanh", "activation": "tanh"}, "mse", "xavier"),
    ({"activation": "sigmoid"}, "categorical_cross_entropy", "xavier"),
    ({"activation": "sigmoid", "init": "he"}, "categorical_cross_entropy", "he"),
]


@pytest.mark.parametrize(("arguments", "loss", "init"), LOSS_AND_INIT)
def test_loss_and_initial_weights_that_belong_to_the_functions(arguments, loss, init):
    network = Network([4, 3, 2], dtype=np.float64, **arguments)
    assert (network.settings["loss"], network.settings["init"]) == (loss, init)
    np.testing.assert_array_equal(network.W[1], INITIALIZERS[init](3, 4, np.random.default_rng(0)))
    assert not any(b.any() for b in network.b[1:])


def test_seed_and_dtype_of_the_weights():
    one, other, exact = Network([4, 3, 2]), Network([4, 3, 2], seed=1), Network([4, 3, 2], dtype="float64")
    assert same(one.W[1:], [W.astype(np.float32) for W in exact.W[1:]])
    assert not any(np.array_equal(W, V) for W, V in zip(one.W[1:], other.W[1:], strict=True))
    assert (one.dtype, one.W[1].dtype, exact.dtype, exact.W[1].dtype) == (np.float32,) * 2 + (np.float64,) * 2


def test_sizes_and_activations_of_any_kind_are_copied():
    names = ["relu"]
    for sizes in ((4, 3, 2), np.array([4, 3, 2]), [np.int64(4), np.uint8(3), 2]):
        network = Network(sizes, names)
        assert network.sizes == [4, 3, 2]
        assert {type(n) for n in network.sizes} == {int}
    names[0] = "tanh"
    assert network.settings["activation"] == ["relu"]


KINDS = {
    "itself": lambda A0: A0,
    "read-only view": lambda A0: np.broadcast_to(A0, A0.shape),
    "list": np.ndarray.tolist,
    "float32": lambda A0: A0.astype(np.float32),
    "uint8": lambda A0: A0.astype(np.uint8),
    "strided": lambda A0: np.repeat(A0, 2, axis=1)[:, ::2],
    "masked": lambda A0: A0.view(np.ma.MaskedArray),
    "big-endian": lambda A0: A0.astype(">f8"),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_any_array_of_numbers_will_do_and_may_be_refilled(kind):
    network, Y = Network([3, 4, 2], dtype=np.float64), np.eye(2)
    A0 = np.array([[1.0, 7.0], [0.0, 255.0], [3.0, 2.0]])
    expected = network.forward(A0.copy()), *network.gradients(Y)
    memory = A0.copy()
    result = network.forward(kind(memory))
    memory[...] = 7
    for value, array in zip((result, *network.gradients(Y)), expected, strict=True):
        assert value.dtype == np.float64
        np.testing.assert_allclose(value, array, rtol=1e-12)
    np.testing.assert_allclose(network.predict_proba(kind(A0.T.copy())), expected[0].T, rtol=1e-12)


@pytest.mark.parametrize("n", [1, 40, 4095, 4096, 4097, 9000])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_every_output_is_predicted_and_measured_by_its_formula_however_many_examples(output, loss, n):
    """Of more than a few thousand, a piece at a time; of targets that are no labels none is right."""
    for n_out in (2, 3) if output == "softmax" else (1, 3):  # of a single output softmax is always 1
        network = Network([3, 5, n_out], "tanh", output, loss, dtype=np.float64)
        X, Y = data(n), random_targets(output, (n_out, n), np.random.default_rng(1)).T
        A = by_hand(network, X)
        np.testing.assert_allclose(network.predict_proba(X), A, rtol=1e-12)
        expected = {"softmax": A.argmax(axis=1), "sigmoid": (A > 0.5).astype(np.int64)}.get(output, A)
        expected = expected[:, 0] if n_out == 1 else expected
        predicted = network.predict(X)
        assert (predicted.shape, predicted.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_allclose(predicted, expected, rtol=1e-12)
        of_each = {
            "mse": lambda A, Y: (A - Y) ** 2,
            "binary_cross_entropy": lambda A, Y: -Y * np.log(A) - (1 - Y) * np.log(1 - A),
            "categorical_cross_entropy": lambda A, Y: -(Y * np.log(A)).sum(axis=1),
        }[loss](A, Y)
        result = network.evaluate(X, Y)
        assert result == {"loss": pytest.approx(np.mean(of_each), rel=1e-12)}
        assert type(result["loss"]) is float


def test_accuracy_is_of_examples_and_binary_accuracy_of_outputs():
    """Ten sigmoids that always say no: as classes they are right by chance, though 90 % of the outputs are."""
    X, y = data(5000), np.arange(5000) % 10
    several = Network([3, 10], output="sigmoid")
    several.W[1][...], several.b[1][...] = 0, [[-2]] + [[-3]] * 9
    result = several.evaluate(X, one_hot(y, 10))
    assert (result["accuracy"], result["binary_accuracy"]) == (pytest.approx(0.1), pytest.approx(0.9))
    assert {type(value) for value in result.values()} == {float}
    marks = np.random.default_rng(0).integers(0, 2, (5000, 10))  # any number of them in a row
    assert several.evaluate(X, marks).keys() == {"loss", "binary_accuracy"}
    assert several.evaluate(X, marks)["binary_accuracy"] == pytest.approx(np.mean(marks == 0))
    assert several.evaluate(X, 0.5 * marks).keys() == {"loss"}
    single = Network([3, 1], output="sigmoid")
    assert single.evaluate(X, y > 4)["accuracy"] == pytest.approx(np.mean(single.predict(X) == (y > 4)))
    assert single.evaluate(X, y > 4).keys() == {"loss", "accuracy"}
    softmax = Network([3, 10])
    assert softmax.evaluate(X, one_hot(y, 10))["accuracy"] == pytest.approx(np.mean(softmax.predict(X) == y))
    assert softmax.evaluate(X, np.full((5000, 10), 0.1)).keys() == {"loss"}
    assert Network([3, 10], output="identity").evaluate(X, one_hot(y, 10)).keys() == {"loss"}


@pytest.mark.parametrize("network", [Network([3, 4]), Sequential([Linear(3, 4)])], ids=["lists", "layers"])
def test_weights_that_are_not_finite_have_a_loss_that_says_so(network):
    network.parameters()[0][0] = np.inf, -np.inf, np.nan
    assert np.isnan(network.evaluate(data(5), [0, 1, 2, 3, 0])["loss"])


def test_evaluate_takes_labels_or_targets_and_flat_ones_of_a_single_output():
    network, X, y = Network([3, 5, 4]), data(30), np.random.default_rng(0).integers(0, 4, 30)
    for labels in (y.tolist(), y.astype(np.uint8), y):
        assert network.evaluate(X, labels) == network.evaluate(X, one_hot(y, 4))
    for output in ("sigmoid", "identity"):
        network, y = Network([3, 5, 1], output=output), y % 2
        assert network.evaluate(X, y) == network.evaluate(X, y[:, None]) == network.evaluate(X, (y == 1).tolist())


@pytest.mark.parametrize(("output", "n_out"), [("softmax", 2), ("sigmoid", 1)])
def test_evaluate_and_predict_agree_on_a_near_tie(output, n_out):
    """A score of 1e-9 in favour of class 1 is too little to show in a float32 probability."""
    network, X = Network([3, n_out], output=output), data(1)
    network.W[1][...], network.b[1][-1] = 0, 1e-9
    assert (network.evaluate(X, [1])["accuracy"], network.predict(X)) == (1, [1])


@pytest.mark.parametrize("make", [SGD, Momentum, RMSProp, Adam, AdamW])
@pytest.mark.parametrize("given", FLOATS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_dtype_is_kept_and_arrays_of_the_caller_are_left_alone(dtype, given, make):
    for hidden, (output, loss) in zip(itertools.cycle(HIDDEN), OUTPUTS, strict=False):
        network, optimizer = Network([3, 4, 4, 2], hidden, output, loss, dtype=dtype), make(0.01)
        rng = np.random.default_rng(0)
        X, Y = rng.normal(size=(10, 3)).astype(given), random_targets(output, (2, 10), rng).T.astype(given)
        X.flags.writeable = Y.flags.writeable = False  # an attempt to write would raise
        train(network, X, Y, 2, 4, optimizer, validation=(X, Y), schedule=cosine_schedule, l2=0.1)
        network.forward(X.T)
        gradients = network.gradients(Y.T, l2=0.1)
        for g in gradients:
            g.flags.writeable = False
        optimizer.step(network.parameters(), gradients)
        averages = [array for name in "vs" for array in getattr(optimizer, name, [])]
        arrays = [*network.parameters(), *network.Z[1:], *network.A, *gradients, *averages, network.predict_proba(X)]
        assert {array.dtype for array in arrays} == {np.dtype(dtype)}, (hidden, output)


def test_network_imports_numpy_and_nothing_else():
    """In a fresh interpreter; whatever its start-up imports (such as the finder of an editable install) is not ours."""
    code = "import sys; before = set(sys.modules); import helpers.network; print(*set(sys.modules) - before)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in run.stdout.split()}
    assert {"helpers", "numpy"} <= imported
    assert imported - sys.stdlib_module_names == {"helpers", "numpy"}
