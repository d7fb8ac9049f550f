"""The neural network of this course: what you write in lessons 02 to 05, gathered so that later lessons can import it.

Notation: a data set has one example a row, X (N, n_0); a batch one example a column, A[0] (n_0, m). Layers are
1 … L, with Z[l] = W[l] @ A[l-1] + b[l], A[l] = f(Z[l]), delta[l] = ∂loss/∂Z[l]; entry 0 of every list but A is None,
so that the code's indices are the formulas'. Functions of z work element by element on numbers and arrays of any
shape; they keep a float dtype, but compute float16 as float32, and whole numbers as float64. Wrong input raises
TypeError (not the right kind of thing) or ValueError (an impossible value), in the words of checks.py.
"""

import numpy as np

from helpers import checks

# 02 · Activations, each with its derivative


def identity(z):
    """f(z) = z, for outputs that may be any number."""
    z = checks.as_numbers(z)
    return z  # noqa: RET504


def identity_prime(z):
    z = checks.as_numbers(z)
    return np.ones_like(z)


def sigmoid(z):
    """σ(z) = 1 / (1 + e^−z), written so that e is never raised to a positive power: nothing overflows."""
    z = checks.as_numbers(z)
    e = np.exp(-np.abs(z))
    return np.where(np.greater_equal(z, 0), 1, e) / (1 + e)


def sigmoid_prime(z):
    """σ′(z) = σ(z) (1 − σ(z)), at most ¼; 1 − σ(z) is computed as σ(−z), which loses no digits."""
    z = checks.as_numbers(z)
    return sigmoid(z) * sigmoid(np.negative(z))


def tanh(z):
    """tanh(z) = 2σ(2z) − 1."""
    z = checks.as_numbers(z)
    return np.tanh(z)


def tanh_prime(z):
    z = checks.as_numbers(z)
    return 1 - np.tanh(z) ** 2


def relu(z):
    """R(z) = max(0, z) (Nair & Hinton, 2010)."""
    z = checks.as_numbers(z)
    return np.maximum(z, 0)


def relu_prime(z):
    """1 where z > 0, else 0; at the kink itself there is no derivative, and 0 is the convention."""
    z = checks.as_numbers(z)
    return np.greater(z, 0).astype(z.dtype)


def leaky_relu(z, slope=0.01):
    """z where z > 0, else slope · z (Maas, Hannun & Ng, 2013)."""
    z = checks.as_numbers(z)
    return np.where(np.greater(z, 0), z, np.multiply(slope, z))


def leaky_relu_prime(z, slope=0.01):
    z = checks.as_numbers(z)
    return np.where(np.greater(z, 0), np.ones_like(z), slope)


def elu(z, alpha=1.0):
    """z where z > 0, else α (e^z − 1) (Clevert, Unterthiner & Hochreiter, 2016)."""
    z = checks.as_numbers(z)
    return np.where(np.greater(z, 0), z, alpha * np.expm1(np.minimum(z, 0)))


def elu_prime(z, alpha=1.0):
    z = checks.as_numbers(z)
    return np.where(np.greater(z, 0), 1, alpha * np.exp(np.minimum(z, 0)))


def gelu(z):
    """z Φ(z), Φ the normal distribution, as ½ z (1 + tanh(√(2/π) (z + 0.044715 z³))) (Hendrycks & Gimpel, 2016, §2)."""
    z = checks.as_numbers(z)
    return 0.5 * z * (1 + np.tanh((2 / np.pi) ** 0.5 * (z + 0.044715 * z * z * z)))


def gelu_prime(z):
    z = checks.as_numbers(z)
    t = np.tanh((2 / np.pi) ** 0.5 * (z + 0.044715 * z * z * z))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * (2 / np.pi) ** 0.5 * (1 + 3 * 0.044715 * z * z)


def softmax(z):
    """p_i = e^z_i / Σ_j e^z_j over axis 0, the classes; without the largest z the result is the same, and finite."""
    z = checks.as_numbers(z)
    e = np.exp(z - np.max(z, axis=0))
    return e / e.sum(axis=0)


def softmax_prime(z):
    """The Jacobian ∂p_i/∂z_j = p_i (δ_ij − p_j): z (n,) → (n, n); z (n, m) → (n, n, m), one for each column."""
    z = checks.as_numbers(z)
    p = softmax(z)
    delta_ij = np.eye(len(p), dtype=p.dtype).reshape(len(p), len(p), *[1] * (p.ndim - 1))
    return p[:, None] * (delta_ij - p)


ACTIVATIONS = {
    "identity": (identity, identity_prime),
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (tanh, tanh_prime),
    "relu": (relu, relu_prime),
    "leaky_relu": (leaky_relu, leaky_relu_prime),
    "elu": (elu, elu_prime),
    "gelu": (gelu, gelu_prime),
    "softmax": (softmax, softmax_prime),
}

# 03 · Forward, and initial weights


def forward(A0, W, b, f):
    """Inputs A[0] (n_0, m), and lists with entry l for layer l → all Z and A, such lists; Z[0] is None, A[0] is A0."""
    Z, A = [None], [A0]
    for l in range(1, len(W)):
        Z.append(W[l] @ A[l - 1] + b[l])
        A.append(f[l](Z[l]))
    return Z, A


def he(n_out, n_in, rng):
    """W (n_out, n_in) ~ N(0, 2 / n_in), keeps the size of activations through ReLU layers (He et al., 2015)."""
    return rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in)


def xavier(n_out, n_in, rng):
    """W (n_out, n_in) ~ N(0, 2 / (n_in + n_out)), for tanh and sigmoid layers (Glorot & Bengio, 2010)."""
    return rng.standard_normal((n_out, n_in)) * np.sqrt(2 / (n_in + n_out))


INITIALIZERS = {"he": he, "xavier": xavier}

# 04 · Losses, each with its gradient; Z, A, Y (n, m). The cross-entropies take Z[L], not A[L]: fused with the output
# they belong to, they cannot overflow, and their gradient is p − y. The 1/m of the mean enters here and nowhere else.


def mse(A, Y):
    """Mean of (A − Y)² over examples and outputs."""
    A, Y = checks.as_same_shape(A, Y)
    return float(np.mean((A - Y) ** 2))


def mse_prime(A, Y):
    """∂loss/∂A (n, m)."""
    A, Y = checks.as_same_shape(A, Y)
    return 2 * (A - Y) / A.size


def binary_cross_entropy(Z, Y):
    """Mean of −y log σ(z) − (1 − y) log(1 − σ(z)) over examples and outputs; 0 ≤ Y ≤ 1."""
    Z, Y = checks.as_same_shape(Z, Y)
    return float(np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))))


def binary_cross_entropy_prime(Z, Y):
    """∂loss/∂Z (n, m)."""
    Z, Y = checks.as_same_shape(Z, Y)
    return (sigmoid(Z) - Y) / Z.size


def categorical_cross_entropy(Z, Y):
    """Mean over the m columns of −Σ_i y_i log softmax(z)_i, by log-sum-exp; the columns of Y sum to 1."""
    Z, Y = checks.as_same_shape(Z, Y)
    checks.check_columns_sum_to_1(Y)
    Z = Z - Z.max(axis=0)
    return float(np.mean(np.log(np.exp(Z).sum(axis=0)) - (Y * Z).sum(axis=0)))


def categorical_cross_entropy_prime(Z, Y):
    """∂loss/∂Z (n, m)."""
    Z, Y = checks.as_same_shape(Z, Y)
    checks.check_columns_sum_to_1(Y)
    return (softmax(Z) - Y) / Z[0].size


def one_hot(y, n_classes, dtype=np.float32):
    """Integer labels y (N,) in 0 … n_classes − 1 → Y (N, n_classes), a single 1 in each row."""
    y = checks.as_labels(y, n_classes)
    return (y[:, None] == np.arange(n_classes)).astype(dtype)


LOSSES = {
    "mse": (mse, mse_prime),
    "binary_cross_entropy": (binary_cross_entropy, binary_cross_entropy_prime),
    "categorical_cross_entropy": (categorical_cross_entropy, categorical_cross_entropy_prime),
}
MATCHING_LOSS = {"sigmoid": "binary_cross_entropy", "softmax": "categorical_cross_entropy"}  # by output

# 03, 04 and 05 · The network, forward and backward

CHUNK = 4096  # examples that are measured at once: one batch at a time costs a tenth of the time, all at once memory


class Model:
    """What Network and Sequential (layers.py) share: the output and its loss, and all that only measures.

    A subclass calls `set_up` when it is made, and has `parameters()`, `state()`, `forward_pass(A0)`, `forward(A0)` and
    `gradients(Y, l2)`, as Network documents them. Lessons 03 to 05 write these methods within Network.
    """

    def set_up(self, sizes, activations, loss, dtype):
        """Keep the sizes n_0 … n_L, the functions that `activations` names, the output's last, the loss and the dtype.

        A loss None is the one that matches the output, else mse.
        """
        output = activations[-1]
        checks.check_one_of("output", output, ACTIVATIONS)
        if loss is None:
            loss = MATCHING_LOSS.get(output, "mse")
        checks.check_loss(loss, output, sizes[-1], LOSSES, MATCHING_LOSS)
        checks.check_float_dtype(dtype)
        self.sizes = [int(n) for n in sizes]
        self.dtype = np.dtype(dtype)
        self.settings = {"output": output, "loss": loss}
        self.f = [None, *(ACTIVATIONS[name][0] for name in activations)]
        self.f_prime = [None, *(ACTIVATIONS[name][1] for name in activations)]
        self.loss, self.loss_prime = LOSSES[loss]
        self.fused = MATCHING_LOSS.get(output) == loss  # then the loss is a function of Z[L], else of A[L]
        self.Z = self.A = None

    def last_delta(self, Y):
        """Targets Y (n_L, m) of the last forward pass → delta[L] (n_L, m), where the way back begins."""
        Y = checks.as_targets_of_forward(Y, self.A)
        Z, A = self.Z[-1], self.A[-1]
        if self.fused:  # the same as loss_prime(Z, Y), but A holds the softmax or σ already
            n = Y.size if self.settings["output"] == "sigmoid" else Y.shape[1]
            return (A - Y) / n
        return self.loss_prime(A, Y) * self.f_prime[-1](Z)

    def metrics(self, Z, Y):
        """Logits Z[L] and targets Y (n_L, m) → {"loss": …} and, where all targets are labels, fractions that are right.

        "accuracy": the class with the largest logit is the one of a one-hot column of Y, or σ(z) > ½ is the single
        output's 0 or 1. "binary_accuracy", of several sigmoids: the share of single outputs that are right.
        """
        result = {"loss": self.loss(Z if self.fused else self.f[-1](Z), Y)}
        binary = bool(((Y == 0) | (Y == 1)).all())
        labels = binary and len(Y) > 1 and bool((Y.sum(axis=0) == 1).all())
        if self.settings["output"] == "sigmoid" and binary:
            name = "accuracy" if len(Y) == 1 else "binary_accuracy"
            result[name] = float(np.mean((Z > 0) == (Y == 1)))
        if self.settings["output"] in ("sigmoid", "softmax") and labels:
            result["accuracy"] = float(np.mean(Z.argmax(axis=0) == Y.argmax(axis=0)))
        return result

    def encode_targets(self, y, n_examples):
        """Labels (N,) or targets (N, n_L) of N = n_examples rows → Y (N, n_L) in the network's dtype."""
        kind = self.sizes[-1], self.settings["output"], self.dtype
        return checks.as_targets(y, n_examples, *kind, one_hot)

    def logits(self, X):
        """Rows X (N, n_0) → Z[L] (n_L, N), a few thousand rows at a time to spare memory."""
        X = checks.as_rows(X, self.sizes[0])
        starts = range(0, len(X), CHUNK)
        return np.hstack([self.forward_pass(X[i : i + CHUNK].T)[0][-1] for i in starts])

    def evaluate(self, X, y):
        """`metrics` over rows X (N, n_0) and labels y (N,) or targets (N, n_L)."""
        X = checks.as_rows(X, self.sizes[0])
        Y = self.encode_targets(y, len(X))
        running = RunningMetrics(self)
        for i in range(0, len(X), CHUNK):
            Z, _ = self.forward_pass(X[i : i + CHUNK].T)
            running.add(Z[-1], Y[i : i + CHUNK].T)
        return running.result()

    def predict_proba(self, X):
        """Rows X (N, n_0) → A[L] as rows (N, n_L): probabilities for softmax and sigmoid."""
        return self.f[-1](self.logits(X)).T

    def predict(self, X):
        """Rows X (N, n_0) → class labels (N,); for sigmoid 0 or 1, else A[L] itself: (N, n_L), or (N,) if n_L = 1."""
        Z, output = self.logits(X), self.settings["output"]
        if output == "softmax":
            return Z.argmax(axis=0)
        Y = (Z > 0).astype(np.int64) if output == "sigmoid" else self.f[-1](Z)
        return Y[0] if len(Y) == 1 else Y.T


class Network(Model):
    """Layers of `sizes` n_0 … n_L; W random, b zero, both arrays of `dtype`.

    `activation` is the name of the hidden layers' activation, or a list with a name for each hidden layer; `output` is
    the last layer's. `loss` defaults to the one that matches `output` (else mse), `init` to Xavier if all hidden
    activations are sigmoid or tanh (else He).
    """

    def __init__(self, sizes, activation="relu", output="softmax", loss=None, init=None, seed=0, dtype=np.float32):
        checks.check_sizes(sizes)
        hidden = checks.as_activations(activation, len(sizes) - 2, ACTIVATIONS)
        self.set_up(sizes, [*hidden, output], loss, dtype)
        if init is None:
            init = "xavier" if hidden and set(hidden) <= {"sigmoid", "tanh"} else "he"
        checks.check_one_of("init", init, INITIALIZERS)
        activation = activation if isinstance(activation, str) else hidden
        self.settings = {"activation": activation, **self.settings, "init": init}
        self.L = len(sizes) - 1
        rng = np.random.default_rng(seed)
        self.W, self.b = [None], [None]
        for l in range(1, self.L + 1):
            self.W.append(INITIALIZERS[init](self.sizes[l], self.sizes[l - 1], rng).astype(dtype))
            self.b.append(np.zeros((self.sizes[l], 1), dtype))

    def parameters(self):
        """The arrays W[1] … W[L], b[1] … b[L] themselves, in this order."""
        return [*self.W[1:], *self.b[1:]]

    @np.errstate(over="ignore", invalid="ignore")  # check_no_nan says it in words, if the input is to blame
    def forward_pass(self, A0):
        """A[0] (n_0, m) → all Z and A, lists with entry l for layer l; nothing is kept."""
        A0 = checks.as_columns(A0, self.sizes[0], self.dtype)
        Z, A = forward(A0, self.W, self.b, self.f)
        checks.check_no_nan(A[0], Z[1])
        return Z, A

    def forward(self, A0):
        """A[0] (n_0, m) → A[L] (n_L, m), read-only; keeps Z and A, with a copy of A[0], for backward."""
        A0 = checks.as_kept(A0)
        self.Z, self.A = self.forward_pass(A0)
        checks.freeze(self.A[-1])
        return self.A[-1]

    def backward(self, Y):
        """Targets Y (n_L, m) of the last forward pass → dW, db, lists like W, b (Rumelhart, Hinton, Williams, 1986)."""
        delta = self.last_delta(Y)
        L, Z, A = self.L, self.Z, self.A
        dW, db = [None] * (L + 1), [None] * (L + 1)
        for l in range(L, 0, -1):  # delta is delta[l] (n_l, m)
            dW[l] = delta @ A[l - 1].T
            db[l] = delta.sum(axis=1, keepdims=True)
            if l > 1:
                delta = self.W[l].T @ delta * self.f_prime[l - 1](Z[l - 1])
        return dW, db

    def gradients(self, Y, l2=0.0):
        """backward(Y) as one list in the order of parameters(); `l2` · W, the gradient of ½ l2 Σ W², is added to dW."""
        dW, db = self.backward(Y)
        if l2:
            for l in range(1, self.L + 1):
                dW[l] += l2 * self.W[l]
        return [*dW[1:], *db[1:]]

    def state(self):
        """The arrays that training changes, themselves, by name: W1 … WL, b1 … bL. These are kept, saved, restored."""
        return {f"{name}{l}": getattr(self, name)[l] for name in "Wb" for l in range(1, self.L + 1)}


class RunningMetrics:
    """The metrics of many batches as one: their mean, weighted by the numbers of examples."""

    def __init__(self, network):
        self.network, self.batches, self.parts = network, [], []

    def add(self, Z, Y):
        """Logits Z[L] and targets Y (n_L, m) of a batch; they are measured once there are CHUNK examples."""
        self.batches.append((Z, Y))
        if len(self.batches) * Z.shape[1] >= CHUNK:
            self.measure()

    def measure(self):
        Z = np.hstack([Z for Z, _ in self.batches])
        Y = np.hstack([Y for _, Y in self.batches])
        self.parts.append((Z.shape[1], self.network.metrics(Z, Y)))
        self.batches = []

    def result(self):
        """The metrics that every part has; {} if nothing was added."""
        if self.batches:
            self.measure()
        n = sum(m for m, _ in self.parts)
        first = self.parts[0][1] if self.parts else {}
        names = [name for name in first if all(name in part for _, part in self.parts)]
        sums = {name: sum(m * part[name] for m, part in self.parts) for name in names}
        return {name: total / n for name, total in sums.items()}
