"""How the network learns, as you write it in lesson 06: mini-batches, optimizers, a schedule and the training loop.

θ stands for any parameter array, g for the gradient of the loss with respect to it, α for the learning rate.
"""

import math
from contextlib import suppress

import numpy as np

from helpers import checks, provenance
from helpers.network import RunningMetrics


def minibatches(X, Y, batch_size, rng):
    """Every example once, in random order: rows X (N, n_0), Y (N, n_L) → pairs A[0] (n_0, m), targets (n_L, m).

    m is `batch_size`, fewer in the last batch. Data stay rows in memory; only here are they turned into columns.
    """
    checks.check_pairs(X, Y)
    batch_size = checks.as_count("batch_size", batch_size)
    checks.check_generator(rng)
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        yield X[batch].T, Y[batch].T


# Optimizers. `step(parameters, gradients)` takes lists of float arrays of equal shapes and changes the parameters in
# place. An optimizer with averages belongs to the parameters of its first step, and raises ValueError for others.


class SGD:
    """Stochastic gradient descent: θ ← θ − α g (Robbins & Monro, 1951)."""

    def __init__(self, learning_rate=0.1):
        learning_rate = checks.as_constant("learning_rate", learning_rate)
        self.learning_rate = learning_rate

    def step(self, parameters, gradients):
        checks.check_step(parameters, gradients)
        for theta, g in zip(parameters, gradients, strict=True):
            theta -= self.learning_rate * g


class Momentum:
    """v ← β v + g, θ ← θ − α v (Polyak, 1964)."""

    def __init__(self, learning_rate=0.1, beta=0.9):
        learning_rate, beta = checks.as_constants("learning_rate beta", learning_rate, beta)
        self.learning_rate, self.beta = learning_rate, beta
        self.v = None

    def step(self, parameters, gradients):
        checks.check_step(parameters, gradients, self)
        if self.v is None:
            self.v = [np.zeros_like(theta) for theta in parameters]
        for theta, g, v in zip(parameters, gradients, self.v, strict=True):
            v *= self.beta
            v += g
            theta -= self.learning_rate * v


class RMSProp:
    """s ← ρ s + (1 − ρ) g², θ ← θ − α g / (√s + ε) (Hinton, Coursera lecture 6e, 2012)."""

    def __init__(self, learning_rate=0.001, rho=0.99, epsilon=1e-8):
        learning_rate, rho, epsilon = checks.as_constants("learning_rate rho epsilon", learning_rate, rho, epsilon)
        self.learning_rate, self.rho, self.epsilon = learning_rate, rho, epsilon
        self.s = None

    def step(self, parameters, gradients):
        checks.check_step(parameters, gradients, self)
        if self.s is None:
            self.s = [np.zeros_like(theta) for theta in parameters]
        for theta, g, s in zip(parameters, gradients, self.s, strict=True):
            s *= self.rho
            s += (1 - self.rho) * g**2
            theta -= self.learning_rate * g / (np.sqrt(s) + self.epsilon)


class Adam:
    """v ← β₁ v + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², θ ← θ − α v̂ / (√ŝ + ε) (Kingma & Ba, 2015).

    v̂ = v / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ), in step t = 1, 2, …, correct the bias of averages that start at 0.
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        learning_rate, epsilon = checks.as_constants("learning_rate epsilon", learning_rate, epsilon)
        beta_1, beta_2 = checks.as_constants("beta_1 beta_2", beta_1, beta_2)
        self.learning_rate, self.epsilon = learning_rate, epsilon
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.v = self.s = None
        self.t = 0

    def step(self, parameters, gradients):
        checks.check_step(parameters, gradients, self)
        if self.v is None:
            self.v = [np.zeros_like(theta) for theta in parameters]
            self.s = [np.zeros_like(theta) for theta in parameters]
        self.t += 1
        for theta, g, v, s in zip(parameters, gradients, self.v, self.s, strict=True):
            v *= self.beta_1
            v += (1 - self.beta_1) * g
            s *= self.beta_2
            s += (1 - self.beta_2) * g**2
            v_hat, s_hat = v / (1 - self.beta_1**self.t), s / (1 - self.beta_2**self.t)
            theta -= self.learning_rate * v_hat / (np.sqrt(s_hat) + self.epsilon)


class AdamW(Adam):
    """Adam after a decay that the averages do not see: θ ← (1 − α λ) θ (Loshchilov & Hutter, 2019)."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8, weight_decay=0.01):
        super().__init__(learning_rate, beta_1, beta_2, epsilon)
        weight_decay = checks.as_constant("weight_decay", weight_decay)
        self.weight_decay = weight_decay

    def step(self, parameters, gradients):
        checks.check_step(parameters, gradients, self)
        for theta in parameters:
            theta *= 1 - self.learning_rate * self.weight_decay
        super().step(parameters, gradients)


def cosine_schedule(fraction):
    """A factor for α that falls from 1 to 0 along half a cosine, at a fraction 0 … 1 of the training's steps.

    (Loshchilov & Hutter, 2017, without restarts.)
    """
    return 0.5 * (1 + np.cos(np.pi * fraction))


@np.errstate(over="ignore", invalid="ignore")  # check_finite_loss says it in words
def train(network, X, y, epochs=10, batch_size=64, optimizer=None, validation=None, patience=None, schedule=None,
          l2=0.0, on_epoch=None, seed=0):  # fmt: skip
    """Train in place on rows X (N, n_0) and labels y (N,) or targets (N, n_L); returns a list with a record an epoch.

    A record is a dict: "epoch", the metrics of the batches as they came ("loss", "accuracy"), and, if `validation` is a
    pair (X, y), those at the end of the epoch, as "validation_loss" and so on. `on_epoch(record)` is called with each.

    With `validation`, the weights of the best epoch (highest accuracy, then lowest loss) are put back at the end;
    `patience` ends the training after so many epochs without a better one. `schedule(fraction)`, a function like
    `cosine_schedule`, scales the learning rate of `optimizer`, by default SGD(0.1). `l2` is the strength of L2. An
    interrupt (Ctrl-C, Stop) ends the training and returns what there is, the broken epoch's record included; a second
    one, while that epoch is measured, leaves it out. The last record of a training that ended early has "stopped":
    True. Same seed, same result.
    Raises TypeError or ValueError before the first step, and FloatingPointError when the loss stops being finite;
    whatever ends the training, the learning rate and the best weights are restored, and `network.trained_on` says how
    many "examples" the network saw, in all its trainings, and which "rows" (digests of them).
    """
    optimizer = SGD(0.1) if optimizer is None else optimizer
    checks.check_training(network, optimizer, validation, patience, schedule, on_epoch)
    epochs = checks.as_count("epochs", epochs)
    batch_size = checks.as_count("batch_size", batch_size)
    l2 = checks.as_constant("l2", l2)
    schedule = checks.as_schedule(schedule)
    X = checks.as_rows(X, network.sizes[0], network.dtype)
    Y = network.encode_targets(y, len(X))
    validation = checks.as_validation(validation, network)
    checks.check_last_batch(network, len(X), batch_size)
    rng, learning_rate = np.random.default_rng(seed), optimizer.learning_rate
    step, n_steps = 0, epochs * math.ceil(len(X) / batch_size)
    history, best = [], {}
    try:
        for epoch in range(1, epochs + 1):
            running = RunningMetrics(network)
            for A0, Y_batch in minibatches(X, Y, batch_size, rng):
                if schedule is not None:
                    optimizer.learning_rate = learning_rate * schedule(step / n_steps)
                network.forward(A0)
                optimizer.step(network.parameters(), network.gradients(Y_batch, l2))
                running.add(network.Z[-1], Y_batch)
                step += 1
            record = epoch_record(network, epoch, running.result(), validation)
            checks.check_finite_loss(record, learning_rate)
            end_epoch(history, best, network, record, patience, on_epoch)
            if "stopped" in record:
                break
    except KeyboardInterrupt:
        some = X[:batch_size], Y[:batch_size]
        break_off(history, best, network, epoch, running, some, validation, on_epoch)
    finally:
        optimizer.learning_rate = learning_rate
        for name, array in best.get("state", {}).items():
            network.state()[name][...] = array
        provenance.record(network, X, epochs * step / n_steps)
    return history


def epoch_record(network, epoch, metrics, validation):
    """The record of an epoch: the metrics of its batches, and those on `validation`, a pair (X, Y) or None."""
    record = {"epoch": epoch, **metrics}
    if validation is not None:
        result = network.evaluate(*validation)
        record.update({f"validation_{name}": value for name, value in result.items()})
    return record


def end_epoch(history, best, network, record, patience, on_epoch):
    """Note in `best` epoch, score and weights if none were better on `validation`; add the record and hand it on.

    It is marked as "stopped" if patience is at its end.
    """
    loss = record.get("validation_loss", math.inf)
    score = record.get("validation_accuracy", 0), -loss
    if math.isfinite(loss) and score > best.get("score", (0, -math.inf)):
        state = {name: array.copy() for name, array in network.state().items()}
        best.update(epoch=record["epoch"], score=score, state=state)
    if patience is not None and record["epoch"] - best["epoch"] >= patience:
        record["stopped"] = True
    history.append(record)
    if on_epoch is not None:
        on_epoch(record)


def break_off(history, best, network, epoch, running, some, validation, on_epoch):
    """After an interrupt, end the broken epoch; its metrics are those of `running` or, without a batch, of `some`."""
    with suppress(KeyboardInterrupt):  # of a second interrupt, which may leave the broken epoch's record out
        if len(history) < epoch:
            metrics = running.result() or network.evaluate(*some)
            record = epoch_record(network, epoch, metrics, validation)
            record["stopped"] = True
            end_epoch(history, best, network, record, None, on_epoch)
    if history:
        history[-1]["stopped"] = True
