"""Layers compute what Network and PyTorch compute, and train, evaluate, save as any network; their traps are closed."""

import copy
import itertools
import re
from unittest.mock import Mock

import numpy as np
import pytest
from numerical import copies, gradient, import_torch, problem, random_targets, same

from helpers import layers as module
from helpers.layers import GELU, BatchNorm, Dropout, Layer, Linear, ReLU, Residual, Sequential, Tanh, clip_gradients
from helpers.network import Network, one_hot
from helpers.storage import load, save
from helpers.training import SGD, Adam, Momentum, train


def everything(seed=0, dtype=np.float32, output="softmax", activation=ReLU):
    """A small network with a layer of each kind, 2 inputs and 2 outputs."""
    inner = [BatchNorm(5), activation(), Linear(5, 5, lambda n_out, n_in, rng: 0.3 * rng.normal(size=(n_out, n_in)))]
    begin = [Dropout(0.2), Residual([Linear(2, 2)]), Linear(2, 5)]
    layers = [*begin, Residual(inner), activation(), Dropout(0.5), Linear(5, 2, "xavier")]
    return Sequential(layers, output, seed=seed, dtype=dtype)


@pytest.mark.parametrize("sizes", [[784, 128, 10], [784, 64, 64, 64, 10]])
def test_lists_and_layers_have_the_same_gradients_in_every_byte(sizes):
    pairs = [(Linear(n_in, n_out), ReLU()) for n_in, n_out in itertools.pairwise(sizes)]
    network, layers = Network(sizes, seed=1), Sequential([*itertools.chain(*pairs)][:-1], seed=1)
    rng = np.random.default_rng(0)
    A0, Y = rng.random((784, 64), np.float32), one_hot(rng.integers(0, 10, 64), 10).T
    assert network.forward(A0).tobytes() == layers.forward(A0).tobytes()
    for l2 in (0.0, 0.01):
        gradients = layers.gradients(Y, l2)
        for one, other in zip(network.gradients(Y, l2), [*gradients[::2], *gradients[1::2]], strict=True):
            assert one.tobytes() == other.tobytes()


ACTIVATIONS = {"Sigmoid": "softmax", "Tanh": "sigmoid", "ReLU": "identity"}  # each with an output to try it with
ACTIVATIONS |= {"LeakyReLU": "softmax", "ELU": "sigmoid", "GELU": "identity"}


@pytest.mark.parametrize(("name", "output"), ACTIVATIONS.items())
def test_every_gradient_is_the_one_from_nudging(name, output):
    network, rng = everything(0, np.float64, output, getattr(module, name)), np.random.default_rng(0)
    for theta in network.parameters():
        theta += 0.3 * rng.normal(size=theta.shape)
    A0, Y, l2 = rng.normal(size=(2, 6)), random_targets(output, (2, 6), rng), 0.1

    def loss():
        for leaf in network.leaves:
            leaf.rng = np.random.default_rng(9)  # the same masks each time
        network.forward(A0)
        penalty = 0.5 * l2 * sum((leaf.W**2).sum() for leaf in network.leaves if hasattr(leaf, "W"))
        return network.metrics(network.Z[-1], Y)["loss"] + penalty

    loss()
    gradients, (_, dA0) = network.gradients(Y, l2), network.backward(Y, to_input=True)
    for theta, g in zip([*network.parameters(), A0], [*gradients, dA0], strict=True):
        np.testing.assert_allclose(g, gradient(loss, theta, 1e-6), rtol=1e-6, atol=1e-7)  # no kink is that near


def test_batch_norm_dropout_of_nothing_and_skip_connection_like_pytorch():
    torch = import_torch()
    nn = torch.nn

    inner = Residual([BatchNorm(4), ReLU(), Linear(4, 4)])
    network = Sequential([Linear(2, 4), inner, Dropout(0), GELU(), Linear(4, 2)], dtype=np.float64)
    skip = nn.Sequential(nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 4))
    skip.register_forward_hook(lambda module, inputs, F: inputs[0] + F)
    theirs = nn.Sequential(nn.Linear(2, 4), skip, nn.Dropout(0), nn.GELU("tanh"), nn.Linear(4, 2)).double()
    for theta, p in zip(network.parameters(), theirs.parameters(), strict=True):
        theta += 0.3 * np.random.default_rng(0).normal(size=theta.shape)
        p.data = torch.tensor(theta).reshape(p.shape)
    for seed in range(5):
        X, y = problem(7, seed)
        network.forward(X.T)
        gradients = network.gradients(one_hot(y, 2, np.float64).T)
        theirs.zero_grad()
        nn.functional.cross_entropy(theirs(torch.tensor(X).double()), torch.tensor(y)).backward()
        for g, p in zip(gradients, theirs.parameters(), strict=True):
            np.testing.assert_allclose(g.reshape(p.shape), p.grad.numpy(), rtol=1e-9, atol=1e-14)
    for name, expected in (("mean2", skip[0].running_mean), ("variance2", skip[0].running_var)):
        np.testing.assert_allclose(network.state()[name][:, 0], expected.numpy(), rtol=1e-12)
    theirs.eval()
    np.testing.assert_allclose(network.logits(X).T, theirs(torch.tensor(X).double()).detach().numpy(), rtol=1e-11)


def test_dropout_keeps_the_mean_and_repeats_itself_with_the_seed():
    layer = Dropout(0.25)
    layer.initialize(np.random.default_rng(0), np.float32)
    A = layer.forward(np.full((300, 400), 3, np.float32), training=True)
    assert A.dtype == np.float32
    assert set(np.unique(A)) == {0, 4}
    assert abs((A == 0).mean() - 0.25) < 0.01  # 8 standard deviations
    X, y = problem()
    one, other, third = everything(0), everything(0), everything(1)
    records = [train(network, X, y, epochs=2) for network in (one, other, third)]
    assert records[0] == records[1] != records[2]
    assert same(copies(one), copies(other))


def test_only_forward_trains():
    network, (X, y) = everything(), problem()
    Y = one_hot(y, 2).T
    network.forward(X.T)
    expected, before, generator = network.gradients(Y), copies(network), network.layers[0].rng.bit_generator
    drawn = generator.state
    network.predict(X)
    assert network.evaluate(X, y) == network.evaluate(X, y)
    assert network.predict_proba(X).tobytes() == network.predict_proba(X).tobytes()
    one_by_one = np.hstack([network.logits(x[None]) for x in X])
    np.testing.assert_allclose(one_by_one, network.logits(X), rtol=1e-4, atol=1e-5)
    assert same(copies(network), before)
    assert generator.state == drawn
    assert same(expected, network.gradients(Y))
    assert not np.array_equal(network.forward(X.T), network.forward(X.T))
    assert not network.A[-1].flags.writeable
    assert not same(copies(network), before)


@pytest.mark.parametrize("before", [[], [Dropout(0.2)], [Tanh(), Dropout(0)]])
def test_the_way_back_ends_at_the_first_weights_unless_it_is_asked_further(before):
    first, last = Linear(2, 3), Linear(3, 2)
    for layer in (first, last):
        layer.backward = Mock(wraps=layer.backward)
    network, (X, y) = Sequential([*before, first, ReLU(), last]), problem()
    train(network, X, y, epochs=1, batch_size=60)
    assert (first.backward.call_count, last.backward.call_count) == (0, 1)
    _, dA0 = network.backward(one_hot(y, 2).T, to_input=True)
    assert (first.backward.call_count, last.backward.call_count) == (1, 2)
    assert dA0.shape == X.T.shape


@pytest.mark.parametrize(("n", "batch_size"), [(60, 59), (61, 20), (41, 4), (3, 1), (1, 64)])
def test_a_last_batch_of_one_is_refused_before_the_first_step(n, batch_size):
    network, (X, y) = everything(), problem(n)
    before = copies(network)
    with pytest.raises(ValueError, match=r"at least 2 examples.*the last has 1: .*\.$") as caught:
        train(network, X, y, batch_size=batch_size)
    assert same(copies(network), before)
    assert network.A is None
    if n > 1:
        advice = int(re.search(r"such as (\d+)", str(caught.value))[1])
        train(network, X, y, epochs=1, batch_size=advice)
    with pytest.raises(ValueError, match="at least 2 examples"):
        network.forward(X[:1].T)
    assert network.predict(X[:1]).shape == (1,)
    train(Sequential([Linear(2, 2)]), X, y, epochs=1, batch_size=batch_size)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3, 1e30])
def test_clipped_gradients_are_those_of_pytorch_and_never_overflow(scale):
    torch = import_torch()
    rng = np.random.default_rng(0)
    gradients = [(scale * rng.normal(size=shape)).astype(np.float32) for shape in [(3, 4), (3, 1)]]
    parameters = [np.zeros_like(g) for g in gradients]
    clip_gradients(SGD(1.0), 0.5).step(parameters, gradients)
    theirs = [torch.zeros(g.shape, dtype=torch.float64) for g in gradients]
    for p, g in zip(theirs, gradients, strict=True):
        p.grad = torch.tensor(g).double()
    torch.nn.utils.clip_grad_norm_(theirs, 0.5)
    for theta, p in zip(parameters, theirs, strict=True):
        np.testing.assert_allclose(-theta, p.grad.numpy(), rtol=1e-4)
        assert theta.dtype == np.float32


def test_clipping_goes_with_a_copy_of_the_optimizer():
    theta, g, momentum = np.zeros(2), np.array([3.0, 4.0]), Momentum(1.0)
    optimizer = clip_gradients(clip_gradients(momentum, 9.0), 1.0)
    assert optimizer is momentum
    optimizer.step([theta], [g])
    np.testing.assert_allclose(theta, [-0.6, -0.8])
    (copied,), other = copy.deepcopy(([theta], optimizer))
    other.step([copied], [g])
    np.testing.assert_allclose(copied, [-0.6 * 2.9, -0.8 * 2.9])
    np.testing.assert_allclose(theta, [-0.6, -0.8])


class Scale(Layer):
    """A layer as a learner may write one: s A, with one number a row to learn."""

    parameters = ("s",)

    def __init__(self, n):
        self.n_in = self.n_out = n
        self.s = np.full((n, 1), 0.5, np.float32)

    def forward(self, A, training):
        if training:
            self.A = A
        return self.s * A

    def gradients(self, dA):
        return [(dA * self.A).sum(axis=1, keepdims=True)]

    def backward(self, dA):
        return self.s * dA


def own(seed=0):
    return Sequential([Linear(2, 8), Scale(8), Tanh(), Linear(8, 2)], seed=seed)


def test_a_layer_of_the_learners_own_trains():
    network, optimizer = own(), clip_gradients(Adam(0.05), 1.0)
    assert train(network, *problem(), epochs=40, optimizer=optimizer)[-1]["accuracy"] > 0.9
    assert (network.state()["s2"] != 0.5).all()


@pytest.mark.parametrize("make", [everything, own, lambda seed: Network([2, 3, 2], "tanh", seed=seed)])
def test_what_training_changes_is_saved_and_loaded_into_a_network(make, tmp_path):
    network, fresh, paths = make(seed=1), make(seed=5), [tmp_path / "first.npz", tmp_path / "again.npz"]
    train(network, *problem(), epochs=3)
    save(network, paths[0])
    assert load(paths[0], into=fresh) is fresh
    assert same(copies(fresh), copies(network))
    save(fresh, paths[1])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_file_of_layers_is_refused_whole_without_the_network_it_is_of(tmp_path):
    path = tmp_path / "layers.npz"
    save(everything(), path)
    with pytest.raises(ValueError, match=r"holds the layers \[Dropout, .*into=network"):
        load(path)
    for other in (everything(activation=Tanh), everything(output="sigmoid"), Network([2, 2])):
        before = copies(other)
        with pytest.raises(ValueError, match=r"of another network: .*\.$"):
            load(path, into=other)
        assert same(copies(other), before)
    with pytest.raises(TypeError, match="into must be a network"):
        load(path, into=Sequential)


def test_initial_weights_by_name_or_function_and_those_of_a_trained_layer_stay():
    layers = [Linear(40, 30, "xavier"), Tanh(), Linear(30, 20, lambda n_out, n_in, rng: np.ones((n_out, n_in)))]
    network, rng = Sequential([*layers, Tanh(), Linear(20, 10)]), np.random.default_rng(0)
    W = network.parameters()[::2]
    xavier, he = rng.standard_normal((30, 40)) * np.sqrt(2 / 70), rng.standard_normal((10, 20)) * np.sqrt(2 / 20)
    assert same(W, [xavier.astype(np.float32), np.ones((20, 30)), he.astype(np.float32)])
    other = Sequential([*network.layers[:-1], Linear(20, 5)], seed=7)
    assert other.parameters()[0] is W[0]
    assert other.predict(np.zeros((3, 40))).shape == (3,)


WRONG = [
    (lambda: Sequential(Linear(2, 2)), TypeError, "layers must be a list"),
    (lambda: Sequential([Linear(2, 2), ReLU]), TypeError, "layer 2 must be made by a subclass of Layer"),
    (lambda: Sequential([Sequential([Linear(2, 2)])]), TypeError, "layer 1 must be made by"),
    (lambda: Sequential([ReLU()]), ValueError, "such as Linear(784, 10)"),
    (lambda: Sequential([Linear(2, 3), ReLU(), Linear(4, 2)]), ValueError, "takes 4 rows, but Linear before it"),
    (lambda: Sequential([Linear(2, 3), Residual([Linear(4, 4)])]), ValueError, "takes 4 rows"),
    (lambda: Sequential([layer := Linear(2, 2), layer]), ValueError, "twice"),
    (lambda: Sequential([type("Unpaired", (Scale,), {"parameters": "s"})(2)]), TypeError, "of Unpaired must be tuples"),
    (lambda: Residual([Linear(2, 3)]), ValueError, "as many rows as they take, for the sum; got 2 and 3"),
    (lambda: Residual([]), ValueError, "at least one"),
    (lambda: Linear(2, 2.0), TypeError, "n_out must be a whole number"),
    (lambda: Linear(0, 2), ValueError, "n_in must be a whole number from 1"),
    (lambda: Linear(2, 2, "hee"), ValueError, "Did you mean 'he'"),
    (lambda: Sequential([Linear(2, 3, lambda a, b, rng: np.ones((b, a)))]), ValueError, "(3, 2); got shape (2, 3)"),
    (lambda: Dropout(1), ValueError, "p must be at least 0 and below 1"),
    (lambda: Dropout(-0.1), ValueError, "p must be at least 0"),
    (lambda: BatchNorm(-1), ValueError, "n must be a whole number"),
    (lambda: BatchNorm(3, epsilon=0), ValueError, "epsilon must be"),
    (lambda: clip_gradients(SGD(), 0), ValueError, "max_norm must be a number above 0"),
    (lambda: clip_gradients(SGD(), np.inf), ValueError, "max_norm must be a number above 0"),
    (lambda: Sequential([Linear(2, 2)]).forward([[1], [np.nan]]), ValueError, "only; got nan at index (1, 0)"),
]


@pytest.mark.parametrize(("make", "error", "words"), WRONG)
def test_wrong_layers_get_a_sentence(make, error, words):
    with pytest.raises(error, match=re.escape(words)) as caught:
        make()
    assert str(caught.value).endswith((".", "?"))
