"""Mini-batches are fair, optimizers follow their rules and PyTorch's, and training learns, stops and repeats itself."""

import copy
import itertools
import re
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from numerical import HIDDEN, OUTPUTS, copies, import_torch, problem, random_targets, same

from helpers.layers import BatchNorm, Linear, ReLU, Sequential
from helpers.network import Network, one_hot
from helpers.provenance import row_digests
from helpers.training import SGD, Adam, AdamW, Momentum, RMSProp, cosine_schedule, minibatches, train

OPTIMIZERS = [SGD, Momentum, RMSProp, Adam, AdamW]


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


def by_hand(network, X, y, epochs, batch_size, optimizer, n_steps=None, l2=0.0):
    """The loop written out, of at most n_steps; the loss and the accuracy of each epoch, measured over all of it."""
    rng, steps, measured = np.random.default_rng(0), 0, []
    for _ in range(epochs):
        batches = []
        for A0, Y in minibatches(X, one_hot(y, 2), batch_size, rng):
            if steps == n_steps:
                break
            batches.append((network.forward(A0), Y))
            dW, db = network.backward(Y)
            dW = [g + l2 * W for g, W in zip(dW[1:], network.W[1:], strict=True)]
            optimizer.step(network.parameters(), [*dW, *db[1:]])
            steps += 1
        if batches:
            P, Y = map(np.hstack, zip(*batches, strict=True))
            loss, right = -np.log((P * Y).sum(axis=0)).mean(), np.mean(P.argmax(axis=0) == Y.argmax(axis=0))
            measured.append({"loss": pytest.approx(loss, rel=1e-5), "accuracy": pytest.approx(right)})
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


def test_every_example_comes_once_with_its_target():
    for n, batch_size in [*itertools.product(range(1, 16), range(1, 18)), (150, 50)]:
        X = np.arange(3 * n, dtype=np.float32).reshape(n, 3)
        Y = np.stack([X[:, 0] / 3, -X[:, 0]], axis=1)
        X.flags.writeable = Y.flags.writeable = False  # an attempt to write would raise
        batches = list(minibatches(X, Y, np.int8(batch_size), np.random.default_rng(n)))  # 150 is more than int8 holds
        full, rest = divmod(n, batch_size)
        sizes = [batch_size] * full + [rest] * (rest > 0)
        assert [(A0.shape, Y.shape) for A0, Y in batches] == [((3, m), (2, m)) for m in sizes]
        rows, targets = (np.hstack(arrays).T for arrays in zip(*batches, strict=True))
        order = targets[:, 0].astype(int)
        assert sorted(order) == list(range(n))
        assert same((rows, targets), (X[order], Y[order]))


def test_each_epoch_has_an_order_of_its_own():
    X = np.arange(30.0).reshape(30, 1)
    rng = np.random.default_rng(0)
    orders = [np.hstack([A0[0] for A0, _ in minibatches(X, X, 7, rng)]).tolist() for _ in range(5)]
    orders.append(sorted(orders[0]))  # nor is any of them the order of the file
    assert all(one != other for one, other in itertools.combinations(orders, 2))


def test_minibatches_of_flat_labels_and_images():
    X, y = np.arange(24).reshape(6, 2, 2), np.arange(6)
    for A0, labels in minibatches(X, y, 4, np.random.default_rng(0)):
        np.testing.assert_array_equal(A0[0, 0], 4 * labels)


FIRST_TWO_STEPS = [  # θ = 1; g = 2, then g = 1
    (SGD(0.1), 1 - 0.1 * 2, 0.8 - 0.1 * 1),
    (Momentum(0.1, beta=0), 1 - 0.1 * 2, 0.8 - 0.1 * 1),
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


IN_PYTORCH = [  # its name of each, and the constants whose default is not ours
    (SGD, "SGD", {"lr": 0.1}),
    (Momentum, "SGD", {"lr": 0.1, "momentum": 0.9}),
    (RMSProp, "RMSprop", {"lr": 0.001}),
    (Adam, "Adam", {}),
    (AdamW, "AdamW", {}),
]


@pytest.mark.parametrize(("make", "name", "constants"), IN_PYTORCH)
def test_sixty_steps_like_pytorch(make, name, constants):
    """On gradients of a bumpy function of θ, so that a difference in one step shows in all that follow."""
    torch, rng, ours = import_torch(), np.random.default_rng(0), make()
    parameters, learning_rate = [rng.normal(size=(4, 3)), rng.normal(size=(4, 1))], ours.learning_rate
    theirs = [torch.tensor(theta) for theta in parameters]
    optimizer = getattr(torch.optim, name)(theirs, **constants)
    assert learning_rate == optimizer.param_groups[0]["lr"]
    for step in range(60):
        ours.learning_rate = optimizer.param_groups[0]["lr"] = learning_rate * cosine_schedule(step / 60)
        for theta in theirs:
            theta.grad = torch.cos(3 * theta) + theta
        ours.step(parameters, [np.cos(3 * theta) + theta for theta in parameters])
        optimizer.step()
        for theta, expected in zip(parameters, theirs, strict=True):
            np.testing.assert_allclose(theta, expected.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_settings_may_be_numbers_of_any_kind(make):
    """Float32 weights see float32 arithmetic; in 8 bits the fifth batch would start at 0, and 14 steps of 64 be few."""

    def result(count, real):
        network, schedule = Network([2, 3, 2]), lambda fraction: real(1 - fraction / 2)
        named = {"validation": problem(), "patience": count(9), "schedule": schedule, "l2": real(0.5)}
        history = train(network, *problem(400), count(2), count(64), make(real(0.25)), **named)
        return history, [theta.tolist() for theta in network.parameters()]

    for kinds in ((np.uint8, Fraction), (np.int8, np.float64), (np.int64, np.float32)):
        assert result(*kinds) == result(int, float)


@pytest.mark.parametrize("make", OPTIMIZERS[1:])
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


def test_cosine_falls_from_one_to_zero():
    values = [cosine_schedule(fraction) for fraction in (0, 0.25, 0.5, 1)]
    assert values == [1, pytest.approx(0.5 + 0.5**1.5), pytest.approx(0.5), 0]


@pytest.mark.parametrize(("n", "batch_size", "epochs"), [(50, 16, 3), (48, 16, 2), (5, 100, 4), (7, 1, 1)])
def test_schedule_sees_the_fraction_of_the_whole_training_and_scales_the_rate(n, batch_size, epochs):
    asked, rates, optimizer = [], [], SGD(0.4)

    def schedule(fraction):
        asked.append(fraction)
        rates.append(optimizer.learning_rate)  # of the step before
        return 1 - fraction

    train(Network([2, 3, 2]), *problem(n), epochs, batch_size, optimizer, schedule=schedule)
    n_steps = epochs * -(-n // batch_size)
    assert asked == [step / n_steps for step in range(n_steps)]
    np.testing.assert_allclose(rates, [0.4, *(0.4 * (1 - fraction) for fraction in asked[:-1])], rtol=1e-14)
    assert optimizer.learning_rate == 0.4


@pytest.mark.parametrize(("n", "batch_size"), [(23, 8), (24, 8), (23, 100), (9000, 1000), (9000, 5000)])
def test_one_epoch_is_a_step_for_each_batch(n, batch_size):
    """Some thousand examples are measured at once: their records are those of the whole epoch."""
    X, y = problem(n)
    network, other = Network([2, 4, 2]), Network([2, 4, 2])
    history = train(network, X, y, 3, batch_size, Momentum(0.1), l2=0.01)
    measured = by_hand(other, X, y, 3, batch_size, Momentum(0.1), l2=0.01)
    assert same(network.parameters(), other.parameters())
    assert history == [{"epoch": epoch, **record} for epoch, record in enumerate(measured, start=1)]


def test_memory_does_not_grow_with_the_outputs_of_an_epoch():
    def peak(n):
        X = np.random.default_rng(0).random((n, 100), dtype=np.float32)
        network = Network([100, 8, 100], output="sigmoid")
        tracemalloc.start()
        train(network, X, X, 1, 1024)
        result = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return result

    assert peak(16_384) < 1.1 * peak(8_192)


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_records_of_every_output(output, loss):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 2)), rng.integers(0, 3, 12)
    of_labels = {"softmax": ["loss", "accuracy"], "sigmoid": ["loss", "binary_accuracy", "accuracy"]}
    targets = random_targets(output, (3, 12), rng).T
    for Y, names in ((one_hot(y, 3), of_labels.get(output, ["loss"])), (targets, ["loss"])):
        history = train(Network([2, 4, 3], "tanh", output, loss), X, Y, 2, 5, validation=(X, Y))
        both = ["epoch", *names, *(f"validation_{name}" for name in names)]
        assert [list(record) for record in history] == [both] * 2
        assert {type(value) for record in history for value in record.values()} == {int, float}


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


def test_a_network_keeps_how_many_examples_it_saw_and_which_in_all_its_trainings():
    X, y = np.random.default_rng(0).normal(size=(100, 3)), np.arange(100) % 2
    network = Network([3, 4, 2])
    train(network, X[:60], y[:60], epochs=3, batch_size=32)
    copied, half = copy.deepcopy(network), at_call(9, lambda fraction: 1.0)  # of 16 steps
    train(copied, X[50:], y[50:], epochs=2, batch_size=7, schedule=half)
    assert [one.trained_on["examples"] for one in (network, copied)] == [180, 180 + 50]
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
        used, default = Network(sizes), Network(sizes)
        train(used, *problem(), 2, 64, optimizer)
        train(default, *problem(), 2)
        assert same(used.parameters(), default.parameters())


def fractions(n, seed=0):
    return problem(n)[0], np.random.default_rng(seed).uniform(size=(n, 2))


BESTS = {
    "softmax": (lambda: Network([2, 8, 2]), problem),
    "sigmoid": (lambda: Network([2, 8, 1], output="sigmoid"), problem),
    "batch norm": (lambda: Sequential([Linear(2, 8), BatchNorm(8), ReLU(), Linear(8, 2)]), problem),
    "targets that are no labels": (lambda: Network([2, 8, 2], "tanh", "sigmoid"), fractions),
}


@pytest.mark.parametrize(("make", "data"), BESTS.values(), ids=BESTS)
@pytest.mark.parametrize("schedule", [None, ruin])
def test_weights_of_the_best_epoch_are_put_back(make, data, schedule):
    """With batch norm, the running statistics too: old weights with new statistics are another network."""
    network, other, validation = make(), make(), data(40, seed=1)
    history, seen, _ = watched(network, *data(30), 12, 8, SGD(0.1), validation=validation, schedule=schedule)
    plain, unwatched, _ = watched(other, *data(30), 12, 8, SGD(0.1), schedule=schedule)
    assert all(same(a, b) for a, b in zip(seen, unwatched, strict=True))  # an epoch goes on from the last, not the best
    for record, alone, arrays in zip(history, plain, seen, strict=True):
        for array, kept in zip(other.state().values(), arrays, strict=True):
            array[...] = kept
        assert record == alone | {f"validation_{name}": value for name, value in other.evaluate(*validation).items()}
    best = best_of(history)
    assert same(copies(network), seen[history.index(best)])
    assert schedule is None or best["epoch"] < 12


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


@pytest.mark.parametrize("second", [1, 2, 3])
def test_a_second_interrupt_while_the_broken_epoch_is_measured_keeps_the_history(second):
    """Broken off in epoch `second`, whose validation is the evaluation of that number."""
    network, optimizer = Network([2, 8, 2]), SGD(1.0)
    whole = train(Network([2, 8, 2]), *problem(), 3, 16, SGD(1.0), problem(40, 1))
    optimizer.step, network.evaluate = at_call(4 * second - 1, optimizer.step), at_call(second, network.evaluate)
    history = train(network, *problem(), 3, 16, optimizer, problem(40, 1))
    assert history == [*whole[: second - 2], {**whole[second - 2], "stopped": True}] if second > 1 else history == []


# at which call of what; after how many steps of 12, 4 in an epoch; and in which epoch
INTERRUPTS = ["schedule 1 0 1", "schedule 5 4 2", "schedule 12 11 3", "step 1 0 1", "step 7 6 2", "evaluate 3 12 3"]
INTERRUPTS += ["on_epoch 1 4 1", "on_epoch 3 12 3"]


@pytest.mark.parametrize("interrupt", INTERRUPTS)
@pytest.mark.parametrize("validated", [False, True])
def test_an_interrupt_returns_what_there_is(interrupt, validated):
    where, n, steps, epochs = (int(word) if word.isdigit() else word for word in interrupt.split())
    if where == "evaluate" and not validated:
        return
    X, y = problem()
    network, other, optimizer = Network([2, 8, 2]), Network([2, 8, 2]), SGD(3.0)
    drawn, validation = [], problem(40, 1) if validated else None
    calls = {"schedule": lambda fraction: 0.5, "on_epoch": lambda record: drawn.append(dict(record))}
    calls |= {"step": optimizer.step, "evaluate": network.evaluate}
    calls[where] = at_call(n, calls[where])
    optimizer.step, network.evaluate = calls["step"], calls["evaluate"]
    history = train(network, X, y, 3, 16, optimizer, validation, schedule=calls["schedule"], on_epoch=calls["on_epoch"])
    assert [record["epoch"] for record in history] == list(range(1, epochs + 1))
    assert ["stopped" in record for record in history] == [False] * (epochs - 1) + [True]
    assert drawn == (history[:-1] if where == "on_epoch" else history)
    assert optimizer.learning_rate == 3.0
    measured = by_hand(other, X, y, 3, 16, SGD(1.5), n_steps=steps)  # an epoch broken off has those of its batches
    if steps % 4 == 0 and len(history) > steps // 4:  # there was none: the first batch as it is
        measured.append(pytest.approx(other.evaluate(X[:16], y[:16])))
    assert [{name: record[name] for name in ("loss", "accuracy")} for record in history] == measured
    if validated:
        best, result = best_of(history), network.evaluate(*validation)
        assert (best["validation_loss"], best["validation_accuracy"]) == (result["loss"], result["accuracy"])
    else:
        assert same(network.parameters(), other.parameters())


@pytest.mark.parametrize("where", ["schedule", "on_epoch", "loss"])
def test_any_error_comes_through_and_the_best_weights_are_put_back(where):
    network, optimizer, before = Network([2, 8, 2]), SGD(0.1), np.geterr()
    named = {
        "schedule": {"schedule": at_call(30, ruin, ZeroDivisionError)},
        "on_epoch": {"schedule": ruin, "on_epoch": at_call(8, lambda record: None, ZeroDivisionError)},
        "loss": {"schedule": lambda fraction: ruin(fraction) if fraction < 0.6 else 1e30},
    }[where]
    history, seen, error = watched(network, *problem(30), 12, 8, optimizer, problem(40, 1), **named)
    assert type(error) is (FloatingPointError if where == "loss" else ZeroDivisionError)
    assert len(history) == 7
    assert best_of(history)["epoch"] < 7
    assert same(copies(network), seen[history.index(best_of(history))])
    assert (optimizer.learning_rate, np.geterr()) == (0.1, before)


def check_divergence(epochs, rate, *arguments):
    """The error of a training, which is FloatingPointError in the epoch after the last record, or None."""
    optimizer = Momentum(rate)
    history, _, error = watched(*arguments[:3], epochs, 8, optimizer, *arguments[3:])
    assert np.isfinite([list(record.values()) for record in history]).all()
    assert optimizer.learning_rate == rate
    words = f"in epoch {len(history) + 1}: the steps are too large. Try a smaller learning rate than {rate:.4g}, and"
    assert len(history) == epochs if error is None else re.match(f"the loss became .*{re.escape(words)}", str(error))
    assert type(error) in (FloatingPointError, type(None))
    return error


@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize("rate", [1e3, 1e30])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_divergence_is_said_in_words(output, loss, rate, validated):
    """Each loss that can overflow does, in float32; no NumPy warning comes first (here a warning is an error)."""
    rng = np.random.default_rng(0)
    X, Y = 100 * rng.normal(size=(16, 2)), random_targets(output, (2, 16), rng).T
    for hidden in HIDDEN:
        network = Network([2, 8, 8, 2], hidden, output, loss)
        error = check_divergence(12, rate, network, X, Y, (X, Y) if validated else None)
        assert error or {hidden, output} != {"identity"}  # a bounded output, or a dead one, need not overflow


def test_divergence_that_only_the_validation_shows():
    """The loss of the only batch is from before the step."""
    X, network = np.random.default_rng(0).normal(size=(8, 2)), Network([2, 8, 1], output="identity")
    assert check_divergence(1, 1e30, copy.deepcopy(network), X, X[:, 0]) is None
    assert "in epoch 1" in str(check_divergence(1, 1e30, network, X, X[:, 0], (X, X[:, 0])))
