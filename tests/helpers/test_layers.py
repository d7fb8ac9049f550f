"""Layers compute what Network and PyTorch compute, and train, evaluate, save as any network; their traps are closed."""

import copy
import itertools
import re

import numpy as np
import pytest
from numerical import import_torch, random_targets

from helpers.layers import (
    ELU,
    GELU,
    BatchNorm,
    Dropout,
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
    clip_gradients,
)
from helpers.network import Network, one_hot
from helpers.storage import load, save
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, train

ACTIVATIONS = [Sigmoid, Tanh, ReLU, LeakyReLU, ELU, GELU]


def problem(n=60, seed=0):
    """Two classes of points: X (n, 2), labels (n,)."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2)).astype(np.float32)
    return X, (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(np.int64)


def everything(seed=0, dtype=np.float32, output="softmax", activation=ReLU):
    """A small network with a layer of each kind, 2 inputs and 2 outputs."""
    inner = [BatchNorm(5), activation(), Linear(5, 5, lambda n_out, n_in, rng: 0.3 * rng.normal(size=(n_out, n_in)))]
    layers = [Dropout(0.2), Linear(2, 5), Residual(inner), activation(), Dropout(0.5), Linear(5, 2, "xavier")]
    return Sequential(layers, output, seed=seed, dtype=dtype)


def copies(network):
    return {name: array.copy() for name, array in network.state().items()}


def same(one, other):
    return one.keys() == other.keys() and all(one[name].tobytes() == other[name].tobytes() for name in one)


def twins(sizes, seed=1):
    """The same network as lists and as layers."""
    layers = [layer for n_in, n_out in itertools.pairwise(sizes) for layer in (Linear(n_in, n_out), ReLU())]
    return Network(sizes, seed=seed), Sequential(layers[:-1], seed=seed)


# ---------------------------------------------------------------- the same numbers


@pytest.mark.parametrize("sizes", [[784, 128, 10], [784, 512, 256, 10], [784, 64, 64, 64, 10]])
def test_lists_and_layers_have_the_same_gradients_in_every_byte(sizes):
    network, layers = twins(sizes)
    rng = np.random.default_rng(0)
    A0, Y = rng.random((784, 64), np.float32), one_hot(rng.integers(0, 10, 64), 10).T
    assert network.forward(A0).tobytes() == layers.forward(A0).tobytes()
    for l2 in (0.0, 0.01):
        gradients = layers.gradients(Y, l2)
        for one, other in zip(network.gradients(Y, l2), [*gradients[::2], *gradients[1::2]], strict=True):
            assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("make", [SGD, Momentum, RMSProp, Adam, AdamW])
def test_lists_and_layers_train_and_predict_alike_with_every_optimizer(make):
    network, layers = twins([2, 8, 2])
    X, y = problem()
    settings = {"epochs": 3, "batch_size": 16, "validation": (X, y), "l2": 0.01}
    records = [train(one, X, y, optimizer=make(0.01), **settings) for one in (network, layers)]
    assert records[0] == records[1]
    assert same(
        dict(enumerate(network.parameters())), dict(enumerate(layers.parameters()[::2] + layers.parameters()[1::2]))
    )
    assert network.predict_proba(X).tobytes() == layers.predict_proba(X).tobytes()
    assert network.evaluate(X, y) == layers.evaluate(X, y)


def test_a_network_that_begins_with_a_skip_connection_has_the_gradients_within_it():
    inner = Linear(2, 2), ReLU(), Linear(2, 2)
    begins = Sequential([Residual(inner), Linear(2, 2)], seed=3)
    rng = np.random.default_rng(0)
    begins.forward(rng.normal(size=(2, 6)))
    Y = one_hot(rng.integers(0, 2, 6), 2).T
    alone, _ = begins.backward(Y)
    with_input, _ = begins.backward(Y, to_input=True)
    for g, wanted in zip(alone, with_input, strict=True):
        np.testing.assert_array_equal(g, wanted)


def at_fixed_masks(network, A0, seed=9):
    """A forward pass in training that draws the same masks each time."""
    for leaf in network.leaves:
        leaf.rng = np.random.default_rng(seed)
    return network.forward(A0)


def far_from_kinks(network, margin):
    return all(np.abs(leaf.Z).min() > margin for leaf in network.leaves if hasattr(leaf, "Z"))


def example(h, **settings):
    """A network in float64, an input and targets, with no z of an activation near a kink."""
    for seed in range(200):
        rng = np.random.default_rng(seed)
        network = everything(seed, np.float64, **settings)
        for theta in network.parameters():
            theta += 0.3 * rng.normal(size=theta.shape)
        A0, Y = rng.normal(size=(2, 6)), random_targets(network.settings["output"], (2, 6), rng)
        at_fixed_masks(network, A0)
        if far_from_kinks(network, 100 * h):
            return network, A0, Y
    raise AssertionError("no seed gives an example")


@pytest.mark.parametrize("output", ["softmax", "sigmoid", "identity"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_gradient_is_the_one_from_nudging(activation, output):
    h, l2 = 1e-5, 0.1
    network, A0, Y = example(h, output=output, activation=activation)

    def loss():
        at_fixed_masks(network, A0)
        penalty = 0.5 * l2 * sum((leaf.W**2).sum() for leaf in network.leaves if hasattr(leaf, "W"))
        return network.metrics(network.Z[-1], Y)["loss"] + penalty

    at_fixed_masks(network, A0)
    gradients = network.gradients(Y, l2)
    _, dA0 = network.backward(Y, to_input=True)
    for theta, g in zip([*network.parameters(), A0], [*gradients, dA0], strict=True):
        n = np.empty_like(theta)
        for i in np.ndindex(theta.shape):
            kept = theta[i]
            theta[i] = kept + h
            above = loss()
            theta[i] = kept - h
            n[i] = (above - loss()) / (2 * h)
            theta[i] = kept
        assert (np.abs(g - n) <= 1e-8 * np.maximum(1, np.abs(g))).all()


def test_a_bias_before_batch_norm_has_no_gradient():
    network = Sequential([Linear(2, 4), BatchNorm(4), Tanh(), Linear(4, 2)], dtype=np.float64)
    X, y = problem()
    network.forward(X.T)
    _, db, *_ = network.gradients(one_hot(y, 2).T)
    assert np.abs(db).max() < 1e-15


def test_batch_norm_dropout_of_nothing_and_skip_connection_like_pytorch():
    torch = import_torch()
    nn = torch.nn

    class Skip(nn.Module):
        def __init__(self, *layers):
            super().__init__()
            self.layers = nn.Sequential(*layers)

        def forward(self, x):
            return x + self.layers(x)

    inner = [BatchNorm(4), ReLU(), Linear(4, 4)]
    network = Sequential([Linear(3, 4), Residual(inner), Dropout(0), GELU(), Linear(4, 2)], dtype=np.float64)
    skip = Skip(nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 4))
    theirs = nn.Sequential(nn.Linear(3, 4), skip, nn.Dropout(0), nn.GELU("tanh"), nn.Linear(4, 2)).double()
    with torch.no_grad():
        for theta, p in zip(network.parameters(), theirs.parameters(), strict=True):
            p.copy_(torch.tensor(theta).reshape(p.shape))
    optimizers, rng = (SGD(0.5), torch.optim.SGD(theirs.parameters(), 0.5)), np.random.default_rng(0)
    for _ in range(5):
        X, y = rng.normal(size=(7, 3)), rng.integers(0, 2, 7)
        network.forward(X.T)
        gradients = network.gradients(one_hot(y, 2, np.float64).T)
        optimizers[1].zero_grad()
        nn.functional.cross_entropy(theirs(torch.tensor(X)), torch.tensor(y)).backward()
        for g, p in zip(gradients, theirs.parameters(), strict=True):
            np.testing.assert_allclose(g.reshape(p.shape), p.grad.numpy(), rtol=1e-9, atol=1e-14)
        optimizers[0].step(network.parameters(), gradients)
        optimizers[1].step()
    norm = theirs[1].layers[0]
    np.testing.assert_allclose(network.state()["mean2"][:, 0], norm.running_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(network.state()["variance2"][:, 0], norm.running_var.numpy(), rtol=1e-12)
    theirs.eval()
    np.testing.assert_allclose(network.logits(X).T, theirs(torch.tensor(X)).detach().numpy(), rtol=1e-11)


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
    assert same(one.state(), other.state())


# ---------------------------------------------------------------- training and measuring


def test_only_forward_trains():
    network = everything()
    X, y = problem()
    Y = one_hot(y, 2).T
    network.forward(X.T)
    expected, before = network.gradients(Y), copies(network)
    generator = network.layers[0].rng.bit_generator.state
    results = [network.predict(X), network.predict_proba(X), network.logits(X), network.forward_pass(X.T)[0][-1]]
    assert network.evaluate(X, y) == network.evaluate(X, y)
    assert results[1].tobytes() == network.predict_proba(X).tobytes()
    one_by_one = np.hstack([network.logits(x[None]) for x in X])
    np.testing.assert_allclose(one_by_one, results[2], rtol=1e-4, atol=1e-5)
    assert same(before, network.state())
    assert generator == network.layers[0].rng.bit_generator.state
    assert all(a.tobytes() == b.tobytes() for a, b in zip(expected, network.gradients(Y), strict=True))
    first = network.forward(X.T)
    assert not np.array_equal(first, network.forward(X.T))
    assert not np.array_equal(before["mean3"], network.state()["mean3"])


class Counted(Linear):
    """A Linear that counts how often ∂loss/∂(its input) is computed."""

    calls = 0

    def backward(self, dZ):
        self.calls += 1
        return super().backward(dZ)


@pytest.mark.parametrize("before", [[], [Dropout(0.2)], [Tanh(), Dropout(0)]])
def test_the_way_back_ends_at_the_first_weights_unless_it_is_asked_further(before):
    first, last = Counted(2, 3), Counted(3, 2)
    network = Sequential([*before, first, ReLU(), last])
    X, y = problem()
    train(network, X, y, epochs=1, batch_size=60)
    assert (first.calls, last.calls) == (0, 1)
    _, dA0 = network.backward(one_hot(y, 2).T, to_input=True)
    assert (first.calls, last.calls) == (1, 2)
    assert dA0.shape == X.T.shape


def test_running_statistics_are_put_back_with_the_best_weights():
    """They belong together: old weights with new statistics are another network."""
    network = everything()
    X, y = problem()
    states = []
    ruin = SGD(0.1)

    def note(record):
        states.append(copies(network))
        ruin.learning_rate *= 3

    history = train(network, X, y, 6, 20, ruin, validation=(X, y), on_epoch=note)
    best = min(history, key=lambda r: (-r["validation_accuracy"], r["validation_loss"]))
    assert best is not history[-1]
    assert same(network.state(), states[best["epoch"] - 1])
    assert network.evaluate(X, y)["loss"] == best["validation_loss"]


@pytest.mark.parametrize(("n", "batch_size"), [(60, 59), (61, 20), (41, 4), (3, 1), (1, 64)])
def test_a_last_batch_of_one_is_refused_before_the_first_step(n, batch_size):
    network = everything()
    X, y = problem(n)
    before = copies(network)
    with pytest.raises(ValueError, match=r"at least 2 examples.*the last has 1: .*\.$") as caught:
        train(network, X, y, batch_size=batch_size)
    assert same(before, network.state())
    assert network.A is None
    if n > 1:
        advice = int(re.search(r"such as (\d+)", str(caught.value))[1])
        train(network, X, y, epochs=1, batch_size=advice)
    with pytest.raises(ValueError, match="at least 2 examples"):
        network.forward(X[:1].T)
    assert network.predict(X[:1]).shape == (1,)
    train(Sequential([Linear(2, 2)]), X, y, epochs=1, batch_size=batch_size)


def test_l2_acts_on_weights_only_and_the_decay_of_adamw_on_all():
    network = Sequential([Linear(2, 3), BatchNorm(3), ReLU(), Linear(3, 2)], dtype=np.float64)
    for theta in network.parameters():
        theta += 1
    X, y = problem()
    network.forward(X.T)
    plain, with_l2 = (network.gradients(one_hot(y, 2).T, l2) for l2 in (0, 0.5))
    W1, b1, gamma, beta, W2, b2 = network.parameters()
    expected = [0.5 * W1, 0 * b1, 0 * gamma, 0 * beta, 0.5 * W2, 0 * b2]
    for one, other, added in zip(plain, with_l2, expected, strict=True):
        np.testing.assert_allclose(other - one, added, atol=1e-15)
    before = [theta.copy() for theta in network.parameters()]
    AdamW(0.1, weight_decay=1).step(network.parameters(), [np.zeros_like(theta) for theta in before])
    for theta, old in zip(network.parameters(), before, strict=True):
        np.testing.assert_allclose(theta, 0.9 * old)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3, 1e30])
def test_clipped_gradients_are_those_of_pytorch_and_never_overflow(scale):
    torch = import_torch()
    rng = np.random.default_rng(0)
    gradients = [(scale * rng.normal(size=shape)).astype(np.float32) for shape in [(3, 4), (3, 1)]]
    parameters = [np.zeros_like(g) for g in gradients]
    clip_gradients(SGD(1.0), 0.5).step(parameters, gradients)
    theirs = [torch.zeros(g.shape, dtype=torch.float64, requires_grad=True) for g in gradients]
    for p, g in zip(theirs, gradients, strict=True):
        p.grad = torch.tensor(g, dtype=torch.float64)
    torch.nn.utils.clip_grad_norm_(theirs, 0.5)
    for theta, p in zip(parameters, theirs, strict=True):
        np.testing.assert_allclose(-theta, p.grad.numpy(), rtol=1e-4)
        assert theta.dtype == np.float32


def test_clipping_trains_what_would_explode():
    X, y = problem()

    def net():
        wide = lambda n_out, n_in, rng: 3 * rng.normal(size=(n_out, n_in))  # noqa: E731
        return Sequential([Linear(2, 32, wide), ReLU(), Linear(32, 32, wide), ReLU(), Linear(32, 2, wide)])

    with pytest.raises(FloatingPointError):
        train(net(), X, y, epochs=20, optimizer=Momentum(1.0))
    optimizer = Momentum(0.1)
    assert clip_gradients(optimizer, 1.0) is optimizer
    history = train(net(), X, y, epochs=60, optimizer=optimizer, schedule=lambda fraction: 1 - fraction)
    assert history[-1]["accuracy"] > 0.9
    assert optimizer.learning_rate == 0.1


def test_clipping_goes_with_a_copy_of_the_optimizer():
    theta, (g,) = np.zeros(2), [np.array([3.0, 4.0])]
    optimizer = clip_gradients(clip_gradients(Momentum(1.0), 9.0), 1.0)
    optimizer.step([theta], [g])
    np.testing.assert_allclose(theta, [-0.6, -0.8])
    (copied,), other = copy.deepcopy(([theta], optimizer))
    other.step([copied], [g])
    np.testing.assert_allclose(copied, [-0.6 * 2.9, -0.8 * 2.9])
    np.testing.assert_allclose(theta, [-0.6, -0.8])


# ---------------------------------------------------------------- building


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


class Unpaired(Scale):
    parameters = "s"  # without the comma that makes a tuple


def test_a_layer_of_the_learners_own_trains_is_saved_and_comes_back(tmp_path):
    def net():
        return Sequential([Linear(2, 8), Scale(8), Tanh(), Linear(8, 2)])

    network, (X, y) = net(), problem()
    assert train(network, X, y, epochs=40, optimizer=Adam(0.05))[-1]["accuracy"] > 0.9
    assert (network.state()["s2"] != 0.5).all()
    save(network, tmp_path / "own.npz")
    assert same(load(tmp_path / "own.npz", into=net()).state(), network.state())


def test_statistics_are_saved_and_loaded_and_other_networks_are_refused_whole(tmp_path):
    network, (X, y) = everything(), problem()
    train(network, X, y, epochs=3)
    path = tmp_path / "layers.npz"
    save(network, path)
    fresh = everything(seed=5)
    assert load(path, into=fresh) is fresh
    assert same(fresh.state(), network.state())
    assert fresh.predict_proba(X).tobytes() == network.predict_proba(X).tobytes()
    with pytest.raises(ValueError, match=r"holds the layers \[Dropout, .*into=network"):
        load(path)
    others = [everything(activation=Tanh), everything(output="sigmoid"), Network([2, 2])]
    for other in others:
        before = copies(other)
        with pytest.raises(ValueError, match=r"of another network: .*\.$"):
            load(path, into=other)
        assert same(before, other.state())
    with pytest.raises(TypeError, match="into must be a network"):
        load(path, into=Sequential)


def test_files_of_lists_load_as_before_and_into_a_network(tmp_path):
    path = tmp_path / "lists.npz"
    save(Network([4, 3, 2], "tanh", seed=1), path)
    network = load(path)
    settings = {name: network.settings[name] for name in ("activation", "output", "loss", "init")}
    assert same(load(path, into=Network(network.sizes, **settings)).state(), network.state())
    save(network, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()


def test_initial_weights_by_name_or_function_and_those_of_a_trained_layer_stay():
    rng = np.random.default_rng(0)
    ones = lambda n_out, n_in, rng: np.ones((n_out, n_in))  # noqa: E731
    network = Sequential([Linear(40, 30, "xavier"), Tanh(), Linear(30, 20, ones), Tanh(), Linear(20, 10)])
    W = [leaf.W for leaf in network.leaves if hasattr(leaf, "W")]
    assert W[0].tobytes() == (rng.standard_normal((30, 40)) * np.sqrt(2 / 70)).astype(np.float32).tobytes()
    assert (W[1] == 1).all()
    assert W[2].tobytes() == (rng.standard_normal((10, 20)) * np.sqrt(2 / 20)).astype(np.float32).tobytes()
    head = Linear(20, 5)
    other = Sequential([*network.layers[:-1], head], seed=7)
    assert other.parameters()[0] is W[0]
    assert other.predict(np.zeros((3, 40))).shape == (3,)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Sequential(Linear(2, 2)), TypeError, "layers must be a list"),
        (lambda: Sequential([Linear(2, 2), ReLU]), TypeError, "layer 2 must be made by a subclass of Layer"),
        (lambda: Sequential([Linear]), TypeError, "layer 1 must be made by"),
        (lambda: Sequential([Sequential([Linear(2, 2)])]), TypeError, "layer 1 must be made by"),
        (lambda: Sequential([]), ValueError, "at least one with parameters"),
        (lambda: Sequential([ReLU()]), ValueError, "such as Linear(784, 10)"),
        (lambda: Sequential([Linear(2, 3), ReLU(), Linear(4, 2)]), ValueError, "takes 4 rows, but Linear before it"),
        (lambda: Sequential([Linear(2, 3), BatchNorm(2)]), ValueError, "BatchNorm takes 2 rows"),
        (lambda: Sequential([Linear(2, 3), Residual([Linear(4, 4)])]), ValueError, "takes 4 rows"),
        (lambda: Sequential([layer := Linear(2, 2), layer]), ValueError, "twice"),
        (lambda: Sequential([Unpaired(2)]), TypeError, 'of Unpaired must be tuples of names, such as ("W", "b") or'),
        (lambda: Residual([Linear(2, 3)]), ValueError, "as many rows as they take, for the sum; got 2 and 3"),
        (lambda: Residual([]), ValueError, "at least one"),
        (lambda: Linear(2, 2.0), TypeError, "n_out must be a whole number"),
        (lambda: Linear(0, 2), ValueError, "n_in must be a whole number from 1"),
        (lambda: Linear(2, 2, "hee"), ValueError, "Did you mean 'he'"),
        (lambda: Linear(2, 2, None), TypeError, "init must be a name"),
        (lambda: Sequential([Linear(2, 3, lambda a, b, rng: np.ones((b, a)))]), ValueError, "(3, 2); got shape (2, 3)"),
        (lambda: Dropout(1), ValueError, "p must be at least 0 and below 1"),
        (lambda: Dropout("half"), TypeError, "p must be"),
        (lambda: BatchNorm(-1), ValueError, "n must be a whole number"),
        (lambda: BatchNorm(3, epsilon=0), ValueError, "epsilon must be"),
        (lambda: clip_gradients(SGD(), 0), ValueError, "max_norm must be a number above 0"),
        (lambda: clip_gradients(SGD(), np.inf), ValueError, "max_norm must be a number above 0"),
        (lambda: Sequential([Linear(2, 1)]), ValueError, "softmax of a single output"),
        (lambda: Sequential([Linear(2, 2)]).backward(np.ones((2, 3))), ValueError, "call forward(A0) first"),
        (lambda: Sequential([Linear(2, 2)]).predict(np.full((1, 2), np.nan)), ValueError, "finite"),
    ],
)  # fmt: skip
def test_wrong_layers_get_a_sentence(make, error, words):
    with pytest.raises(error, match=re.escape(words)) as caught:
        make()
    assert str(caught.value).endswith((".", "?"))
