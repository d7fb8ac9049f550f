"""How long one epoch of 784-128-10 takes elsewhere: libraries, and loops written after published courses.

    python benchmarks/peers.py              about four minutes on two cores; --repeat 3 by default
    python benchmarks/peers.py --quick      a hundredth of the data, one round; for tests

An epoch is 60,000 examples in float32 (or what the course uses), in batches of 64, on one thread. The libraries train
our network: ReLU, softmax, cross-entropy, plain SGD. The courses train theirs, with the activation, the loss and the
loop of their own text; they are rewritten here, shortened to what an epoch does, and each names its source. What is
slow gets fewer examples, and its time is scaled up. Contestants take turns; a ratio compares two times of one round.
A peer that is not installed is left out, with a word (`pip install jax keras autograd scikit-learn` brings them).
"""

import argparse
import json
import os
import sys
import time
from statistics import median

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
if __name__ == "__main__":  # before NumPy loads its matrix library
    os.environ.update(dict.fromkeys(THREADS, "1"), KERAS_BACKEND="jax", TF_CPP_MIN_LOG_LEVEL="3")
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import numpy as np  # noqa: E402
from training_speed import (  # noqa: E402
    BATCH,
    RATE,
    N,
    examples,
    ours,
    per_example_loop,
    scikit_learn,
    torch_in_memory,
)

SIZES = [784, 128, 10]


def batches(n, rng):
    order = rng.permutation(n)
    return (order[start : start + BATCH] for start in range(0, n, BATCH))


def weights(rng, dtype=np.float32):
    """Random W (n_in, n_out) and b of both layers, as courses that keep examples in rows have them."""
    pairs = [(784, 128), (128, 10)]
    return [v.astype(dtype) for n, m in pairs for v in (rng.standard_normal((n, m)) * np.sqrt(2 / n), np.zeros((1, m)))]


# Libraries


def jax_jit(X, y):
    """JAX: one compiled step, called for each batch."""
    import jax
    import jax.numpy as jnp

    def loss(theta, X, y):
        W1, b1, W2, b2 = theta
        logits = jax.nn.relu(X @ W1 + b1) @ W2 + b2
        return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(len(y)), y])

    @jax.jit
    def step(theta, X, y):
        return [t - RATE * g for t, g in zip(theta, jax.grad(loss)(theta, X, y), strict=True)]

    rng, theta, y = np.random.default_rng(0), [jnp.asarray(v) for v in weights(np.random.default_rng(0))], y.astype(int)
    for m in {BATCH, len(X) % BATCH or BATCH}:
        step(theta, X[:m], y[:m])  # compile outside of the clock

    def epoch():
        nonlocal theta
        for batch in batches(len(X), rng):
            theta = step(theta, X[batch], y[batch])
        jax.block_until_ready(theta)

    return epoch


def keras_fit(X, y):
    """Keras, on JAX: compile and fit."""
    import keras

    model = keras.Sequential([keras.layers.Dense(128, activation="relu"), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss=loss)
    y = y.astype(np.int64)
    model.fit(X[: 2 * BATCH], y[: 2 * BATCH], batch_size=BATCH, verbose=0)
    return lambda: model.fit(X, y, batch_size=BATCH, epochs=1, verbose=0)


def autograd(X, y):
    """HIPS autograd: NumPy that records itself."""
    import autograd.numpy as anp
    from autograd import grad

    Y = np.eye(10, dtype=np.float32)[y]

    def loss(theta, X, Y):
        W1, b1, W2, b2 = theta
        logits = anp.dot(anp.maximum(anp.dot(X, W1) + b1, 0), W2) + b2
        logits = logits - anp.max(logits, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(logits), axis=1)) - anp.sum(Y * logits, axis=1))

    rng, theta, gradient = np.random.default_rng(0), weights(np.random.default_rng(0)), grad(loss)

    def epoch():
        for batch in batches(len(X), rng):
            for t, g in zip(theta, gradient(theta, X[batch], Y[batch]), strict=True):
                t -= RATE * g

    return epoch


# Loops after published courses


def nielsen(X, y):
    """Nielsen, Neural Networks and Deep Learning (2015), ch. 1: sigmoids, squared error, example by example."""
    rng = np.random.default_rng(0)
    W = [rng.standard_normal(shape) for shape in ((128, 784), (10, 128))]
    b = [rng.standard_normal((n, 1)) for n in (128, 10)]
    pairs = [(x[:, None], answer[:, None]) for x, answer in zip(X, np.eye(10)[y], strict=True)]

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def backprop(x, answer):
        a, zs, activations = x, [], [x]
        for w, bias in zip(W, b, strict=True):
            zs.append(np.dot(w, a) + bias)
            a = sigmoid(zs[-1])
            activations.append(a)
        delta = (activations[-1] - answer) * sigmoid(zs[-1]) * (1 - sigmoid(zs[-1]))
        nabla_W, nabla_b = [None, np.dot(delta, activations[1].T)], [None, delta]
        delta = np.dot(W[1].T, delta) * sigmoid(zs[0]) * (1 - sigmoid(zs[0]))
        nabla_W[0], nabla_b[0] = np.dot(delta, activations[0].T), delta
        return nabla_W, nabla_b

    def epoch():
        for batch in batches(len(X), rng):
            sums = [np.zeros_like(v) for v in (*W, *b)]
            for i in batch:
                nabla_W, nabla_b = backprop(*pairs[i])
                sums = [total + g for total, g in zip(sums, (*nabla_W, *nabla_b), strict=True)]
            for theta, total in zip((*W, *b), sums, strict=True):
                theta -= 3.0 / len(batch) * total

    return epoch


def raschka(X, y):
    """Raschka, Liu, Mirjalili, Machine Learning with PyTorch and Scikit-Learn (2022), ch. 11: rows, squared error."""
    rng = np.random.default_rng(0)
    W1, W2 = rng.normal(0, 0.1, (128, 784)), rng.normal(0, 0.1, (10, 128))
    b1, b2 = np.zeros(128), np.zeros(10)

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def epoch():
        for batch in batches(len(X), rng):
            x, target = X[batch], np.eye(10)[y[batch]]
            a1 = sigmoid(np.dot(x, W1.T) + b1)
            a2 = sigmoid(np.dot(a1, W2.T) + b2)
            delta2 = 2 * (a2 - target) / len(batch) * a2 * (1 - a2)
            delta1 = np.dot(delta2, W2) * a1 * (1 - a1)
            for theta, g in (
                (W1, np.dot(delta1.T, x)), (b1, delta1.sum(axis=0)),
                (W2, np.dot(delta2.T, a1)), (b2, delta2.sum(axis=0)),
            ):  # fmt: skip
                theta -= RATE * g

    return epoch


def joelnet(X, y):
    """Grus, joelnet (2017): layers that keep their inputs and gradients, tanh, squared error."""
    rng = np.random.default_rng(0)

    class Linear:
        def __init__(self, n, m):
            self.params, self.grads = {"w": rng.standard_normal((n, m)) / 28, "b": np.zeros(m)}, {}

        def forward(self, inputs):
            self.inputs = inputs
            return inputs @ self.params["w"] + self.params["b"]

        def backward(self, grad):
            self.grads = {"w": self.inputs.T @ grad, "b": np.sum(grad, axis=0)}
            return grad @ self.params["w"].T

    class Tanh:
        params, grads = {}, {}

        def forward(self, inputs):
            self.y = np.tanh(inputs)
            return self.y

        def backward(self, grad):
            return grad * (1 - self.y**2)

    layers, Y = [Linear(784, 128), Tanh(), Linear(128, 10)], np.eye(10)[y]

    def epoch():
        for batch in batches(len(X), rng):
            out = X[batch]
            for layer in layers:
                out = layer.forward(out)
            grad = 2 * (out - Y[batch])
            for layer in reversed(layers):
                grad = layer.backward(grad)
            for layer in layers:
                for name, g in layer.grads.items():
                    layer.params[name] -= RATE / len(batch) * g

    return epoch


def d2l(X, y):
    """Zhang, Lipton, Li, Smola, Dive into Deep Learning, ch. 5.2: parameters by hand, autograd of PyTorch."""
    import torch

    X, y, rng = torch.from_numpy(X), torch.from_numpy(y.astype(np.int64)), np.random.default_rng(0)
    theta = [torch.from_numpy(v).requires_grad_() for v in weights(rng)]

    def epoch():
        W1, b1, W2, b2 = theta
        for batch in map(torch.from_numpy, batches(len(X), rng)):
            H = torch.max(X[batch] @ W1 + b1, torch.zeros(()))
            loss = torch.nn.functional.cross_entropy(H @ W2 + b2, y[batch])
            loss.backward()
            with torch.no_grad():
                for t in theta:
                    t -= RATE * t.grad
                    t.grad.zero_()

    return epoch


def numpy_tutorials(X, y):
    """NumPy Tutorials, Deep learning on MNIST: one example at a time, a step for each, dropout, squared error."""
    rng, Y = np.random.default_rng(0), np.eye(10)[y]
    W1, W2 = 0.2 * rng.random((784, 128)) - 0.1, 0.2 * rng.random((128, 10)) - 0.1

    def epoch():
        nonlocal W1, W2
        for x, target in zip(X, Y, strict=True):
            mask = rng.integers(low=0, high=2, size=128)
            hidden = np.maximum(x @ W1, 0) * mask * 2
            delta2 = target - hidden @ W2
            delta1 = (W2 @ delta2) * (hidden >= 0) * mask
            W2 = W2 + 0.005 * np.outer(hidden, delta2)
            W1 = W1 + 0.005 * np.outer(x, delta1)

    return epoch


def micrograd(X, y):
    """Karpathy, micrograd (2020): every number is an object that knows where it comes from."""

    class Value:
        __slots__ = ("backward", "data", "grad", "parents")

        def __init__(self, data, parents=(), backward=None):
            self.data, self.grad, self.parents, self.backward = data, 0.0, parents, backward

        def __add__(self, other):
            def backward(out):
                self.grad += out.grad
                other.grad += out.grad

            return Value(self.data + other.data, (self, other), backward)

        def __mul__(self, other):
            def backward(out):
                self.grad += other.data * out.grad
                other.grad += self.data * out.grad

            return Value(self.data * other.data, (self, other), backward)

        def relu(self):
            def backward(out):
                self.grad += (out.data > 0) * out.grad

            return Value(max(0.0, self.data), (self,), backward)

    rng = np.random.default_rng(0)
    layers = [[[Value(w) for w in row] for row in rng.normal(0, 0.05, shape)] for shape in ((128, 785), (10, 129))]

    def epoch():
        for x, answer in zip(X.tolist(), np.eye(10)[y].tolist(), strict=True):
            a = [*map(Value, x), Value(1.0)]
            for k, layer in enumerate(layers):
                out = []
                for row in layer:
                    z = row[0] * a[0]
                    for w, v in zip(row[1:], a[1:], strict=True):
                        z = z + w * v
                    out.append(z.relu() if k == 0 else z)
                a = [*out, Value(1.0)]
            order, seen, stack = [], set(), [(value, False) for value in a[:10]]
            while stack:
                value, done = stack.pop()
                if done:
                    order.append(value)
                elif id(value) not in seen:
                    seen.add(id(value))
                    stack.append((value, True))
                    stack += [(parent, False) for parent in value.parents]
            for value, target in zip(a, answer, strict=False):
                value.grad = 2 * (value.data - target)
            for value in reversed(order):
                if value.backward:
                    value.backward(value)
            for row in (row for layer in layers for row in layer):
                for w in row:
                    w.data -= 0.001 * w.grad
                    w.grad = 0.0

    return epoch


def with_sizes(contestant):
    new = lambda X, y: contestant(SIZES, X, y)  # noqa: E731
    new.__doc__ = contestant.__doc__
    return new


PEERS = {  # name: (how to make an epoch, the most examples it gets)
    "this course": (with_sizes(ours), N),
    "PyTorch, tensors in memory": (with_sizes(torch_in_memory), N),
    "JAX, jit": (jax_jit, N),
    "Keras on JAX": (keras_fit, N),
    "scikit-learn": (with_sizes(scikit_learn), N),
    "autograd": (autograd, N),
    "Dive into Deep Learning, from scratch": (d2l, N),
    "Raschka's NeuralNetMLP": (raschka, N),
    "joelnet": (joelnet, N),
    "textbook loop, our network": (with_sizes(per_example_loop), 20 * BATCH),
    "Nielsen's network.py": (nielsen, 20 * BATCH),
    "NumPy tutorials": (numpy_tutorials, 20 * BATCH),
    "micrograd": (micrograd, 2),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeat", type=int, default=3, help="rounds that count, after one to warm up")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the data, one round")
    arguments = parser.parse_args()
    X, y, data = examples(N // 100 if arguments.quick else N)
    able, rounds = dict(PEERS), []
    for _ in range(1 if arguments.quick else arguments.repeat + 1):
        seconds = {}
        for name, (new, most) in list(able.items()):
            n = min(most, len(X))
            try:
                epoch = new(X[:n], y[:n])
            except ImportError as error:
                print(f"{name}: left out, {error.name} is not installed.")
                del able[name]
                continue
            start = time.perf_counter()
            epoch()
            seconds[name] = (time.perf_counter() - start) * N / n
        rounds.append(seconds)
        print(f"round {len(rounds) - 1} done", file=sys.stderr, flush=True)
    rounds = rounds[1:] or rounds
    print(
        f"One epoch of {N:,} examples ({data}), 784-128-10, batches of {BATCH}, one thread; medians of {len(rounds)}."
    )
    print("| | seconds | ÷ ours |\n|---|---|---|")
    result = {}
    for name in able:
        ratio = median(seconds[name] / seconds["this course"] for seconds in rounds)
        result[name] = {"seconds": median(seconds[name] for seconds in rounds), "over_ours": ratio}
        print(f"| {name} | {result[name]['seconds']:.3g} | {ratio:.3g} |")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
