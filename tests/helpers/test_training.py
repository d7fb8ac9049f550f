"""Mini-batches are fair, optimizers follow their rules and PyTorch's, and training learns, stops and repeats itself."""

import copy
import itertools
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numerical import HIDDEN, OUTPUTS, import_torch, random_targets

from helpers.network import Network, one_hot
from helpers.provenance import row_digests
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, cosine_schedule, minibatches, train

OPTIMIZERS = [SGD, Momentum, RMSProp, Adam, AdamW]
WITH_AVERAGES = OPTIMIZERS[1:]
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


def problem(n=50, seed=0):
    """Two classes of points that a small network can almost tell apart: X (n, 2), labels (n,)."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2)).astype(np.float32)
    return X, (X[:, 0] + X[:, 1] ** 2 + 0.3 * rng.normal(size=n) > 0.5).astype(np.int64)


def copies(network):
    return [theta.copy() for theta in network.parameters()]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def best_of(history):
    """The earliest record with the highest validation accuracy, among these the lowest loss."""
    return min(history, key=lambda r: (-r.get("validation_accuracy", 0), r["validation_loss"]))


def watched(network, *arguments, on_epoch=None, **named):
    """The records that on_epoch sees, the weights at each, and the error that ends the training, or None."""
    history, seen = [], []

    def note(record):
        if on_epoch is not None:
            on_epoch(record)
        history.append(record)
        seen.append(copies(network))

    try:
        returned = train(network, *arguments, on_epoch=note, **named)
        assert all(a is b for a, b in zip(returned, history, strict=True))
    except Exception as error:
        return history, seen, error
    return history, seen, None


def by_hand(network, X, y, epochs, batch_size, optimizer, n_steps=None, seed=0):
    """The loop written out, of at most n_steps; the loss and the accuracy of each epoch, measured over all of it."""
    rng, measured = np.random.default_rng(seed), []
    left = iter(range(epochs * len(X) if n_steps is None else n_steps))
    for _ in range(epochs):
        outputs, targets = [], []
        for A0, Y in minibatches(X, one_hot(y, 2), batch_size, rng):
            if next(left, None) is None:
                break
            outputs.append(network.forward(A0))
            targets.append(Y)
            dW, db = network.backward(Y)
            optimizer.step(network.parameters(), [*dW[1:], *db[1:]])
        if outputs:
            P, Y = np.hstack(outputs), np.hstack(targets)
            right = float(np.mean(P.argmax(axis=0) == Y.argmax(axis=0)))
            measured.append({"loss": pytest.approx(-np.log((P * Y).sum(axis=0)).mean(), rel=1e-5), "accuracy": right})
    return measured


def ruin(fraction):
    """A schedule that spoils in the second half what was learned in the first, on every machine."""
    return 1.0 if fraction < 0.5 else 100.0


def at_call(n, function, error=KeyboardInterrupt):
    """The function, but its n-th call raises: by default as Ctrl-C and the Stop button do."""
    calls = itertools.count(1)

    def wrapped(*arguments, **named):
        if next(calls) == n:
            raise error
        return function(*arguments, **named)

    return wrapped


# ---------------------------------------------------------------- minibatches


@settings(deadline=None)
@given(n=st.integers(1, 60), batch_size=st.integers(1, 70), seed=st.integers(0, 2**32))
def test_every_example_comes_once_with_its_target(n, batch_size, seed):
    X = np.arange(3 * n, dtype=np.float32).reshape(n, 3)
    Y = np.stack([X[:, 0] / 3, -X[:, 0]], axis=1)
    before = X.copy(), Y.copy()
    batches = list(minibatches(X, Y, batch_size, np.random.default_rng(seed)))
    full, rest = divmod(n, batch_size)
    assert [A0.shape for A0, _ in batches] == [(3, batch_size)] * full + [(3, rest)] * (rest > 0)
    assert [Y.shape for _, Y in batches] == [(2, batch_size)] * full + [(2, rest)] * (rest > 0)
    rows, targets = (np.hstack(list(arrays)).T for arrays in zip(*batches, strict=True))
    order = (rows[:, 0] / 3).astype(int)
    assert sorted(order) == list(range(n))
    np.testing.assert_array_equal(rows, X[order])
    np.testing.assert_array_equal(targets, Y[order])
    assert same((X, Y), before)


def test_each_epoch_has_an_order_of_its_own():
    X = np.arange(30.0).reshape(30, 1)
    rng = np.random.default_rng(0)
    orders = [np.hstack([A0[0] for A0, _ in minibatches(X, X, 7, rng)]).tolist() for _ in range(5)]
    orders.append(sorted(orders[0]))  # nor is any of them the order of the file
    assert all(one != other for one, other in itertools.combinations(orders, 2))
    again = np.hstack([A0[0] for A0, _ in minibatches(X, X, 7, np.random.default_rng(0))]).tolist()
    assert again == orders[0]


def test_minibatches_of_flat_labels_and_images():
    X, y = np.arange(24).reshape(6, 2, 2), np.arange(6)
    for A0, labels in minibatches(X, y, 4, np.random.default_rng(0)):
        np.testing.assert_array_equal(A0[0, 0], 4 * labels)


# ---------------------------------------------------------------- optimizers


FIRST_TWO_STEPS = [  # θ = 1; g = 2, then g = 1
    (SGD(0.1), 1 - 0.1 * 2, 0.8 - 0.1 * 1),
    # v = 2; then v = 0.5 · 2 + 1 = 2
    (Momentum(0.1, beta=0.5), 1 - 0.1 * 2, 0.8 - 0.1 * 2),
    # s = 0.25 · 4 = 1; then s = 0.75 · 1 + 0.25 · 1 = 1
    (RMSProp(0.1, rho=0.75, epsilon=1), 1 - 0.1 * 2 / (1 + 1), 0.9 - 0.1 * 1 / (1 + 1)),
    # v = 1, v̂ = 1 / 0.5 = 2, s = 1, ŝ = 1 / 0.25 = 4; then v = 1, v̂ = 1 / 0.75, s = 1, ŝ = 1 / (1 − 0.75²) = 16 / 7
    (Adam(0.1, 0.5, 0.75, 1), 1 - 0.1 * 2 / 3, 1 - 0.1 * 2 / 3 - 0.1 * (4 / 3) / (4 / 7**0.5 + 1)),
    # the same after θ has shrunk by 1 − 0.1 · 0.5 = 0.95
    (AdamW(0.1, 0.5, 0.75, 1, 0.5), 0.95 - 0.2 / 3, 0.95 * (0.95 - 0.2 / 3) - 0.1 * (4 / 3) / (4 / 7**0.5 + 1)),
]


@pytest.mark.parametrize(("optimizer", "first", "second"), FIRST_TWO_STEPS, ids=lambda value: type(value).__name__)
def test_first_two_steps_by_hand_are_taken_in_place(optimizer, first, second):
    """For θ = 1 and, mirrored, θ = −1; two arrays of different shape."""
    W, b = np.array([[1.0, -1.0]]), np.array([[1.0]])
    for g, expected in ((2.0, first), (1.0, second)):
        assert optimizer.step([W, b], [np.array([[g, -g]]), np.array([[g]])]) is None
        np.testing.assert_allclose(W, [[expected, -expected]], rtol=1e-14)
        np.testing.assert_allclose(b, [[expected]], rtol=1e-14)


def defaults_of(torch):
    """Ours and PyTorch's, with PyTorch's words for the same constants."""
    adam = {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-6}
    return {
        "SGD": (SGD(0.05), torch.optim.SGD, {"lr": 0.05}),
        "Momentum": (Momentum(0.02, 0.8), torch.optim.SGD, {"lr": 0.02, "momentum": 0.8}),
        "RMSProp": (RMSProp(0.01, 0.95, 1e-6), torch.optim.RMSprop, {"lr": 0.01, "alpha": 0.95, "eps": 1e-6}),
        "Adam": (Adam(0.01, 0.8, 0.99, 1e-6), torch.optim.Adam, adam),
        "AdamW": (AdamW(0.01, 0.8, 0.99, 1e-6, 0.1), torch.optim.AdamW, {**adam, "weight_decay": 0.1}),
        "RMSProp()": (RMSProp(), torch.optim.RMSprop, {"lr": 0.001}),
        "Adam()": (Adam(), torch.optim.Adam, {}),
        "AdamW()": (AdamW(), torch.optim.AdamW, {}),
    }


@pytest.mark.parametrize("name", ["SGD", "Momentum", "RMSProp", "Adam", "AdamW", "RMSProp()", "Adam()", "AdamW()"])
def test_hundred_steps_like_pytorch(name):
    """On gradients of a bumpy function of θ, so that a difference in one step shows in all that follow."""
    torch = import_torch()
    ours, make, constants = defaults_of(torch)[name]
    rng = np.random.default_rng(0)
    parameters = [rng.normal(size=(4, 3)), rng.normal(size=(4, 1))]
    theirs = [torch.tensor(theta) for theta in parameters]
    optimizer = make(theirs, **constants)
    learning_rate = ours.learning_rate
    for step in range(100):
        ours.learning_rate = optimizer.param_groups[0]["lr"] = learning_rate * cosine_schedule(step / 100)
        for theta in theirs:
            theta.grad = torch.cos(3 * theta) + theta
        ours.step(parameters, [np.cos(3 * theta) + theta for theta in parameters])
        optimizer.step()
        for theta, expected in zip(parameters, theirs, strict=True):
            np.testing.assert_allclose(theta, expected.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_a_learning_rate_or_factor_of_any_kind_is_the_same_number(make):
    """Float32 weights see float32 arithmetic; NumPy's float64 would make it float64, and slower."""
    results = []
    for kind in (float, Fraction, np.float64, np.float32):
        network = Network([2, 3, 2])
        train(network, *problem(), 2, 16, make(kind(0.25)), schedule=lambda t, kind=kind: kind(1 - t / 2))
        results.append(copies(network))
    assert all(same(results[0], result) for result in results)


@pytest.mark.parametrize("make", WITH_AVERAGES)
def test_a_network_and_its_optimizer_go_on_as_copies_made_together(make):
    pair = Network([2, 3, 2]), make(0.1)
    train(pair[0], *problem(), 1, 16, pair[1])
    copied = copy.deepcopy(pair)
    for network, optimizer in (pair, copied):
        train(network, *problem(), 1, 16, optimizer)
    assert same(pair[0].parameters(), copied[0].parameters())
    pair[0].W[1] = pair[0].W[1].copy()
    with pytest.raises(ValueError, match="or ones replaced since"):
        train(pair[0], *problem(), 1, 16, pair[1])


# ---------------------------------------------------------------- the schedule


def test_cosine_falls_from_one_to_zero():
    assert (cosine_schedule(0), cosine_schedule(1)) == (1, 0)
    assert cosine_schedule(0.5) == pytest.approx(0.5, abs=1e-15)
    assert cosine_schedule(0.25) == pytest.approx(0.5 + 0.5**1.5, abs=1e-15)


class Noting(SGD):
    """SGD that notes the learning rate of each step."""

    def step(self, parameters, gradients):
        vars(self).setdefault("rates", []).append(self.learning_rate)
        super().step(parameters, gradients)


@pytest.mark.parametrize(("n", "batch_size", "epochs"), [(50, 16, 3), (48, 16, 2), (5, 100, 4), (7, 1, 1)])
def test_schedule_sees_the_fraction_of_the_whole_training_and_scales_the_rate(n, batch_size, epochs):
    asked, optimizer = [], Noting(0.4)

    def schedule(fraction):
        asked.append(fraction)
        return 1 - fraction

    train(Network([2, 3, 2]), *problem(n), epochs, batch_size, optimizer, schedule=schedule)
    n_steps = epochs * -(-n // batch_size)
    assert asked == [step / n_steps for step in range(n_steps)]
    np.testing.assert_allclose(optimizer.rates, [0.4 * (1 - fraction) for fraction in asked], rtol=1e-14)
    assert optimizer.learning_rate == 0.4


# ---------------------------------------------------------------- train: it learns


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_learns_xor(make):
    X, y = XOR
    for network in (Network([2, 8, 2], seed=1), Network([2, 8, 1], "tanh", "sigmoid", seed=1)):
        rate = {SGD: 0.5, Momentum: 0.1}.get(make, 0.03)
        history = train(network, X, y, 300, 4, make(rate))
        assert history[-1]["accuracy"] == 1
        assert history[-1]["loss"] < 0.1 < history[0]["loss"]
        np.testing.assert_array_equal(network.predict(X), y)


# ---------------------------------------------------------------- train: the records


@pytest.mark.parametrize(("n", "batch_size"), [(23, 8), (24, 8), (23, 100), (9000, 1000), (9000, 5000)])
def test_one_epoch_is_a_step_for_each_batch(n, batch_size):
    """Some thousand examples are measured at once: their records are those of the whole epoch."""
    X, y = problem(n)
    network, other = Network([2, 4, 2]), Network([2, 4, 2])
    history = train(network, X, y, 3, batch_size, Momentum(0.1), seed=5)
    measured = by_hand(other, X, y, 3, batch_size, Momentum(0.1), seed=5)
    assert same(network.parameters(), other.parameters())
    assert [record.pop("epoch") for record in history] == [1, 2, 3]
    assert history == [{name: pytest.approx(value) for name, value in record.items()} for record in measured]


def test_memory_does_not_grow_with_the_outputs_of_an_epoch():
    def peak(n):
        X = np.random.default_rng(0).random((n, 400), dtype=np.float32)
        network = Network([400, 8, 400], output="sigmoid")
        tracemalloc.start()
        train(network, X, X, 1, 256)
        result = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return result

    assert peak(16_384) < 1.1 * peak(8_192)


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_records_of_every_output(output, loss):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 2)), rng.integers(0, 3, 12)
    names = {"softmax": ["loss", "accuracy"], "sigmoid": ["loss", "binary_accuracy", "accuracy"]}.get(output, ["loss"])
    for Y, expected in ((one_hot(y, 3), names), (random_targets(output, (3, 12), rng).T, ["loss"])):
        history = train(Network([2, 4, 3], "tanh", output, loss), X, Y, 2, 5, validation=(X, Y))
        both = ["epoch", *expected, *(f"validation_{name}" for name in expected)]
        assert [list(record) for record in history] == [both] * 2
        assert {type(value) for record in history for value in record.values()} == {int, float}
        assert list(train(Network([2, 4, 3], "tanh", output, loss), X, Y, 1, 5)[0]) == ["epoch", *expected]


@pytest.mark.parametrize("kind", [np.uint8, np.float64, np.int64, np.ndarray.tolist])
def test_data_of_any_kind(kind):
    X, y = problem()
    X = np.round(np.abs(3 * X))
    expected, network = Network([2, 3, 2]), Network([2, 3, 2])
    train(expected, X, y, 2, 16, validation=(X, y))
    given = X.tolist() if kind is np.ndarray.tolist else X.astype(kind)
    train(network, given, y.tolist(), 2, 16, validation=[given, y.astype(np.uint8)])
    assert same(network.parameters(), expected.parameters())
    history = train(network, given[:1], y[:1], 5)  # one example is enough
    assert history[-1]["loss"] < history[0]["loss"]


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64])
def test_counts_of_any_kind_of_integer(kind):
    """400 examples in batches of 64: in 8 bits the fifth batch would start at 0, or the count of steps be negative."""
    one, other = Network([2, 3, 2]), Network([2, 3, 2])
    history = train(one, *problem(400), kind(2), kind(64), validation=problem(), patience=kind(9))
    assert history == train(other, *problem(400), 2, 64, validation=problem(), patience=9)
    assert same(one.parameters(), other.parameters())
    sizes = [A0.shape[1] for A0, _ in minibatches(*problem(400), kind(64), np.random.default_rng(0))]
    assert sizes == [64] * 6 + [16]


def test_l2_of_any_kind_pulls_the_weights_towards_zero():
    sizes = []
    for l2 in (0, 0.5, Fraction(1, 2), np.float64(0.5)):
        network = Network([2, 3, 2])
        train(network, *problem(), 20, l2=l2)
        sizes.append(sum(np.linalg.norm(W) for W in network.W[1:]))
    assert sizes[3] == sizes[2] == sizes[1] < 0.5 * sizes[0]


# ---------------------------------------------------------------- train: seeds, continuing


def test_a_network_keeps_how_many_examples_it_saw_and_which_in_all_its_trainings():
    X, y = np.random.default_rng(0).normal(size=(100, 3)), np.arange(100) % 2

    def press_stop(fraction):
        if fraction >= 0.5:
            raise KeyboardInterrupt
        return 1.0

    network = Network([3, 4, 2])
    train(network, X[:60], y[:60], epochs=3, batch_size=32)
    assert network.trained_on["examples"] == 180
    train(copied := copy.deepcopy(network), X[50:], y[50:], epochs=2, batch_size=7, schedule=press_stop)
    assert copied.trained_on["examples"] == 180 + 50
    seen = [len(np.intersect1d(row_digests(X), one.trained_on["rows"])) for one in (network, copied)]
    assert seen == [60, 100] == [len(one.trained_on["rows"]) for one in (network, copied)]
    assert len(np.intersect1d(row_digests(X + 1e-6), copied.trained_on["rows"])) == 0


def test_same_seed_same_result():
    def result(**arguments):
        network = Network([2, 6, 2])
        history = train(network, *problem(), 4, 16, Adam(), validation=problem(30, 1), **arguments)
        return history, [theta.tolist() for theta in network.parameters()]

    assert result() == result(seed=0)
    assert not any(a == b for a, b in zip(result(seed=3), result(seed=4), strict=True))


def test_the_default_is_sgd_which_remembers_no_network():
    """It has no averages, so one SGD may train networks of any shape."""
    optimizer = SGD(0.1)
    for sizes in ([2, 3, 2], [2, 5, 2], [2, 4, 4, 2]):
        used, fresh, default = Network(sizes), Network(sizes), Network(sizes)
        train(used, *problem(), 2, 64, optimizer)
        train(fresh, *problem(), 2, 64, SGD(0.1))
        train(default, *problem(), 2)
        assert same(used.parameters(), fresh.parameters())
        assert same(used.parameters(), default.parameters())


# ---------------------------------------------------------------- train: the best epoch


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
@pytest.mark.parametrize("schedule", [None, ruin])
def test_weights_of_the_best_epoch_are_put_back(output, schedule):
    network, other = (Network([2, 8, 2 if output == "softmax" else 1], output=output) for _ in range(2))
    validation = problem(40, seed=1)
    history, seen, _ = watched(network, *problem(30), 12, 8, SGD(0.1), validation=validation, schedule=schedule)
    plain, unwatched, _ = watched(other, *problem(30), 12, 8, SGD(0.1), schedule=schedule)
    assert all(same(a, b) for a, b in zip(seen, unwatched, strict=True))  # an epoch goes on from the last, not the best
    for record, weights in zip(history, seen, strict=True):
        for theta, kept in zip(other.parameters(), weights, strict=True):
            theta[...] = kept
        now = other.evaluate(*validation)
        assert (record["validation_loss"], record["validation_accuracy"]) == (now["loss"], now["accuracy"])
    best = best_of(history)
    assert same(network.parameters(), seen[history.index(best)])
    assert schedule is None or best["epoch"] <= 6
    assert [record["loss"] for record in plain] == [record["loss"] for record in history]


@pytest.mark.parametrize("output", ["identity", "sigmoid", "softmax"])
def test_best_epoch_for_targets_that_are_no_labels_has_the_lowest_loss(output):
    rng = np.random.default_rng(0)

    def data():
        return rng.normal(size=(10, 2)), random_targets(output, (3, 10), rng).T

    validation, network = data(), Network([2, 8, 3], "tanh", output)
    schedule = None if output == "identity" else ruin  # without a bound on the output it would diverge
    history = train(network, *data(), 60, 5, SGD(0.1), validation, schedule=schedule)
    losses = [record["validation_loss"] for record in history]
    assert network.evaluate(*validation)["loss"] == min(losses) < losses[-1]


@pytest.mark.parametrize("patience", [1, 3])
def test_patience_ends_the_training_after_so_many_epochs_without_a_better_one(patience):
    validation = problem(40, 1)
    plain, seen, _ = watched(Network([2, 8, 2]), *problem(30), 20, 8, SGD(0.1), validation=validation, schedule=ruin)
    end = next(n for n in range(1, 21) if n - best_of(plain[:n])["epoch"] == patience)
    network = Network([2, 8, 2])
    history, _, _ = watched(network, *problem(30), 20, 8, SGD(0.1), validation, patience, schedule=ruin)
    assert history == [*plain[: end - 1], {**plain[end - 1], "stopped": True}]
    assert end < 20
    assert same(network.parameters(), seen[best_of(history)["epoch"] - 1])


# ---------------------------------------------------------------- train: what ends it early


@pytest.mark.parametrize("second", [1, 2, 3])
def test_a_second_interrupt_while_the_broken_epoch_is_measured_keeps_the_history(second, monkeypatch):
    """Broken off in epoch `second`, whose validation is the evaluation of that number."""
    network, optimizer = Network([2, 8, 2]), SGD(1.0)
    whole = train(Network([2, 8, 2]), *problem(), 3, 16, SGD(1.0), problem(40, 1))
    monkeypatch.setattr(optimizer, "step", at_call(4 * second - 1, optimizer.step))
    monkeypatch.setattr(network, "evaluate", at_call(second, network.evaluate))
    history = train(network, *problem(), 3, 16, optimizer, problem(40, 1))
    assert history == [*whole[: second - 2], {**whole[second - 2], "stopped": True}] if second > 1 else history == []


INTERRUPTS = [  # at which call of what; after how many steps of 12, 4 in an epoch; and in which epoch
    ("schedule", 1, 0, 1),
    ("schedule", 5, 4, 2),
    ("schedule", 12, 11, 3),
    ("step", 1, 0, 1),
    ("step", 7, 6, 2),
    ("evaluate", 3, 12, 3),
    ("on_epoch", 1, 4, 1),
    ("on_epoch", 3, 12, 3),
]


@pytest.mark.parametrize(("where", "n", "steps", "epochs"), INTERRUPTS)
@pytest.mark.parametrize("validated", [False, True])
def test_an_interrupt_returns_what_there_is(where, n, steps, epochs, validated, monkeypatch):
    if where == "evaluate" and not validated:
        return
    X, y = problem()
    network, other, optimizer = Network([2, 8, 2]), Network([2, 8, 2]), SGD(3.0)
    calls = {"schedule": lambda fraction: 0.5, "step": optimizer.step, "evaluate": network.evaluate}
    calls["on_epoch"] = lambda record: drawn.append(record)
    drawn, calls[where] = [], at_call(n, calls[where])
    monkeypatch.setattr(optimizer, "step", calls["step"])
    monkeypatch.setattr(network, "evaluate", calls["evaluate"])
    validation = problem(40, 1) if validated else None
    history = train(network, X, y, 3, 16, optimizer, validation, schedule=calls["schedule"], on_epoch=calls["on_epoch"])
    assert [record["epoch"] for record in history] == list(range(1, epochs + 1))
    assert ["stopped" in record for record in history] == [False] * (epochs - 1) + [True]
    assert drawn == (history[:-1] if where == "on_epoch" else history)
    assert optimizer.learning_rate == 3.0
    measured = by_hand(other, X, y, 3, 16, SGD(1.5), n_steps=steps)  # an epoch broken off has those of its batches
    if steps % 4 == 0 and len(history) > steps // 4:  # there was none: the first batch as it is
        first = other.evaluate(X[:16], y[:16])
        measured.append({name: pytest.approx(value) for name, value in first.items()})
    names = ("loss", "accuracy")
    assert [{name: record[name] for name in names} for record in history] == measured
    if validated:
        best = best_of(history)
        result = network.evaluate(*validation)
        assert (best["validation_loss"], best["validation_accuracy"]) == (result["loss"], result["accuracy"])
    else:
        assert same(network.parameters(), other.parameters())


@pytest.mark.parametrize("where", ["schedule", "on_epoch"])
def test_any_other_error_comes_through_and_the_best_weights_are_put_back(where):
    network, optimizer, before = Network([2, 8, 2]), SGD(0.1), np.geterr()
    calls = {"schedule": ruin, "on_epoch": lambda record: None}
    calls[where] = at_call({"schedule": 30, "on_epoch": 8}[where], calls[where], ZeroDivisionError)
    history, seen, error = watched(network, *problem(30), 12, 8, optimizer, problem(40, 1), **calls)
    assert isinstance(error, ZeroDivisionError)
    assert len(history) == 7
    assert best_of(history)["epoch"] < 7
    assert same(network.parameters(), seen[history.index(best_of(history))])
    assert (optimizer.learning_rate, np.geterr()) == (0.1, before)


# ---------------------------------------------------------------- train: divergence


def check_divergence(epochs, *arguments, **named):
    """The error of a training, which is FloatingPointError in the epoch after the last record, or None."""
    history, _, error = watched(*arguments, **named)
    assert np.isfinite([list(record.values()) for record in history]).all()
    if error is None:
        assert len(history) == epochs
    else:
        assert type(error) is FloatingPointError
        assert str(error).startswith("the loss became ")
        assert f"in epoch {len(history) + 1}: the steps are too large. Try a smaller learning rate than" in str(error)
    return error


@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize("rate", [1e3, 1e10, 1e30])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_divergence_is_said_in_words(output, loss, rate, validated):
    """Each loss that can overflow does, in float32; no NumPy warning comes first (here a warning is an error)."""
    rng = np.random.default_rng(0)
    X, Y = 100 * rng.normal(size=(64, 2)), random_targets(output, (2, 64), rng).T
    for hidden in HIDDEN:
        network, optimizer = Network([2, 8, 8, 2], hidden, output, loss), Momentum(rate)
        error = check_divergence(12, network, X, Y, 12, 16, optimizer, (X, Y) if validated else None)
        assert error or {hidden, output} != {"identity"}  # a bounded output, or a dead one, need not overflow
        assert not error or f"than {rate:.4g}, and look at the scale of the inputs" in str(error)
        assert optimizer.learning_rate == rate


@pytest.mark.parametrize("n", [16, 64])
@pytest.mark.parametrize("epochs", range(1, 8))
def test_divergence_in_any_epoch_before_or_after_the_validation(epochs, n):
    """With few steps the training loss is still finite when the validation loss is not."""
    X = 10 * np.random.default_rng(0).normal(size=(n, 2))
    network = Network([2, 8, 8, 1], output="identity")
    check_divergence(epochs, network, X, X[:, 0], epochs, 16, SGD(1.0), validation=(X, X[:, 0]))


def test_divergence_puts_back_the_best_weights():
    (X, y), network, optimizer = problem(16), Network([2, 3, 1], "identity", "identity"), SGD(0.1)

    def ever_larger(fraction):
        return 1 + 1e4 * fraction**3

    history, seen, error = watched(network, X, y, 400, 16, optimizer, validation=(X, y), schedule=ever_larger)
    assert optimizer.learning_rate == 0.1
    assert len(history) > 5
    assert "the loss became" in str(error)
    assert same(network.parameters(), seen[history.index(best_of(history))])
