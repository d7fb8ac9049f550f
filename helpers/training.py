"""How the network learns, as you write it in lesson 06: mini-batches, optimizers, a schedule and the training loop.

θ stands for any parameter array, g for the gradient of the loss with respect to it, α for the learning rate.
"""

import numpy as np

from helpers import checks


def minibatches(X, Y, batch_size, rng):
    """Every example once, in random order: rows X (N, n_0), Y (N, n_L) → pairs A[0] (n_0, m), targets (n_L, m).

    m is `batch_size`, fewer in the last batch. Data stay rows in memory; only here are they turned into columns.
    """
    checks.pairs(X, Y)
    checks.count("batch_size", batch_size)
    checks.generator(rng)
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        yield X[batch].T, Y[batch].T


# Optimizers. `step` changes the parameter arrays in place; `update` is the rule for one of them.


class SGD:
    """Stochastic gradient descent: θ ← θ − α g (Robbins & Monro, 1951)."""

    memories = 0  # how many arrays, shaped like θ, a rule remembers

    def __init__(self, learning_rate=0.1):
        checks.constants(learning_rate=learning_rate)
        self.learning_rate = float(learning_rate)
        self.t = 0
        self.state = None

    def step(self, parameters, gradients):
        """One step for lists of arrays of equal shapes; the arrays of `parameters` change in place."""
        if self.state is None or not self.memories:
            self.state = [[np.zeros_like(theta) for _ in range(self.memories)] for theta in parameters]
        checks.step(parameters, gradients, self.state)
        self.t += 1
        for theta, g, memory in zip(parameters, gradients, self.state, strict=True):
            self.update(theta, g, *memory)

    def update(self, theta, g):
        theta -= self.learning_rate * g


class Momentum(SGD):
    """v ← β v + g, θ ← θ − α v (Polyak, 1964)."""

    memories = 1

    def __init__(self, learning_rate=0.1, beta=0.9):
        super().__init__(learning_rate)
        checks.constants(beta=beta)
        self.beta = float(beta)

    def update(self, theta, g, v):
        v *= self.beta
        v += g
        theta -= self.learning_rate * v


class RMSProp(SGD):
    """s ← ρ s + (1 − ρ) g², θ ← θ − α g / (√s + ε) (Hinton, Coursera lecture 6e, 2012)."""

    memories = 1

    def __init__(self, learning_rate=0.001, rho=0.99, epsilon=1e-8):
        super().__init__(learning_rate)
        checks.constants(rho=rho, epsilon=epsilon)
        self.rho, self.epsilon = float(rho), float(epsilon)

    def update(self, theta, g, s):
        s *= self.rho
        s += (1 - self.rho) * g**2
        theta -= self.learning_rate * g / (np.sqrt(s) + self.epsilon)


class Adam(SGD):
    """v ← β₁ v + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², θ ← θ − α v̂ / (√ŝ + ε) (Kingma & Ba, 2015).

    v̂ = v / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ) correct the bias of averages that start at 0.
    """

    memories = 2

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        super().__init__(learning_rate)
        checks.constants(beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)
        self.beta_1, self.beta_2, self.epsilon = float(beta_1), float(beta_2), float(epsilon)

    def update(self, theta, g, v, s):
        v *= self.beta_1
        v += (1 - self.beta_1) * g
        s *= self.beta_2
        s += (1 - self.beta_2) * g**2
        change = np.sqrt(s)  # from here on in this one array: making new ones takes time
        change *= (1 - self.beta_2**self.t) ** -0.5  # √ŝ
        change += self.epsilon
        np.divide(v, change, out=change)
        change *= self.learning_rate / (1 - self.beta_1**self.t)  # v became v̂
        theta -= change


class AdamW(Adam):
    """Adam after a decay that the averages do not see: θ ← (1 − α λ) θ (Loshchilov & Hutter, 2019)."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8, weight_decay=0.01):
        super().__init__(learning_rate, beta_1, beta_2, epsilon)
        checks.constants(weight_decay=weight_decay)
        self.weight_decay = float(weight_decay)

    def update(self, theta, g, v, s):
        theta *= 1 - self.learning_rate * self.weight_decay
        super().update(theta, g, v, s)


def cosine(progress):
    """A factor for α that falls from 1 to 0 along half a cosine, progress 0 … 1 (Loshchilov & Hutter, 2017)."""
    return 0.5 * (1 + np.cos(np.pi * progress))


def train(network, X, y, epochs=10, batch_size=64, optimizer=None, validation=None, schedule=None, seed=0):
    """Train in place on rows X (N, n_0) and labels y (N,) or targets (N, n_L); yields a record after each epoch.

    A record is a dict: "epoch", "loss" and "accuracy" on the batches as they came, and, if `validation` is a pair
    (X, y), "validation_loss" and "validation_accuracy" at the end of the epoch (no accuracy in regression). Nothing
    happens until the records are asked for: `history = list(train(…))`, or, with a progress bar,
    `for record in tqdm(train(…), total=epochs)`.

    With `validation`, the weights of the best epoch (highest accuracy, then lowest loss) are put back at the end. An
    interrupt (Ctrl-C, Stop) during an epoch ends the training and keeps the weights, or the best. `schedule(progress)`,
    a function like `cosine`, scales the learning rate of `optimizer`, by default SGD(0.1). Same seed, same result.
    Raises TypeError or ValueError at the call, and FloatingPointError when the loss stops being finite.
    """
    optimizer = SGD(0.1) if optimizer is None else optimizer
    checks.training(network, epochs, batch_size, optimizer, validation, schedule)
    X = checks.rows(X, network.sizes[0], network.dtype)
    Y = network.targets(y, len(X))
    if validation is not None:
        X_val, y_val = validation
        X_val = checks.rows(X_val, network.sizes[0])
        validation = X_val, network.targets(y_val, len(X_val))
    schedule = schedule or (lambda progress: 1.0)
    return records(network, X, Y, epochs, batch_size, optimizer, validation, schedule, np.random.default_rng(seed))


def records(network, X, Y, epochs, batch_size, optimizer, validation, schedule, rng):
    """Train, epoch after epoch, and yield the record of each; whatever ends it, tidy up."""
    learning_rate, n_steps = optimizer.learning_rate, epochs * -(-len(X) // batch_size)
    rates = (learning_rate * checks.factor(schedule(step / n_steps)) for step in range(n_steps))
    best = None
    try:
        for epoch in range(1, epochs + 1):
            with np.errstate(over="ignore", invalid="ignore"):  # finite_loss says it in words
                record = {"epoch": epoch, **one_epoch(network, X, Y, batch_size, optimizer, rates, rng)}
                result = network.evaluate(*validation) if validation is not None else {}
            record.update({f"validation_{name}": value for name, value in result.items()})
            checks.finite_loss(record, learning_rate)
            if validation is not None:
                best = better(best, network, result)
            yield record
    except KeyboardInterrupt:
        pass
    finally:
        optimizer.learning_rate = learning_rate
        if best is not None:
            for theta, kept in zip(network.parameters(), best[1], strict=True):
                theta[...] = kept


def one_epoch(network, X, Y, batch_size, optimizer, rates, rng):
    """A step for every mini-batch, each with the next of the learning `rates`; measured on the batches as they came."""
    Z, targets = [], []
    for A0, Y_batch in minibatches(X, Y, batch_size, rng):
        optimizer.learning_rate = next(rates)
        network.forward(A0)
        dW, db = network.backward(Y_batch)
        optimizer.step(network.parameters(), [*dW[1:], *db[1:]])
        Z.append(network.Z[-1])
        targets.append(Y_batch)
    return network.measure(np.hstack(Z), np.hstack(targets))


def better(best, network, result):
    """The better of two: `best`, a pair (score, copies of the parameters) or None, and the network as it is now."""
    score = result.get("accuracy", 0), -result["loss"]
    if best is not None and score <= best[0]:
        return best
    return score, [theta.copy() for theta in network.parameters()]
