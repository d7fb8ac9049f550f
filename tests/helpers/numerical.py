"""Oracles: derivatives from values alone, and PyTorch's; random networks and data to try them on."""

import numpy as np
import pytest

from helpers.network import Network

HIDDEN = ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu"]
OUTPUTS = [(name, "mse") for name in HIDDEN]
OUTPUTS += [("sigmoid", "binary_cross_entropy"), ("softmax", "categorical_cross_entropy")]
KINKED = {"relu", "leaky_relu", "elu"}  # at 0 the first derivative of these jumps, or the second
STEP = 1e-4
MARGIN = 100 * STEP


def difference(f, h):
    """f′(0) from four values of f, an error of order h⁴."""
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)


def derivative(f, z, h=1e-3):
    """f′(z) of a function that works element by element."""
    return difference(lambda t: f(z + t), h)


def gradient(value, x, h=STEP):
    """∂value()/∂x; the float64 array x is changed in place, one entry at a time, and restored."""
    g = np.empty_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]

        def moved(t, i=i, kept=kept):
            x[i] = kept + t
            return value()

        g[i] = difference(moved, h)
        x[i] = kept
    return g


def relative_error(a, n):
    """‖a − n‖ / (‖a‖ + ‖n‖), a number in 0 … 1; two arrays of zeros agree."""
    a, n = np.asarray(a), np.asarray(n)
    assert a.shape == n.shape, f"shapes {a.shape} and {n.shape}"
    difference, size = np.linalg.norm(a - n), np.linalg.norm(a) + np.linalg.norm(n)
    return float(difference / size) if size else 0.0


def same(one, other):
    """Whether two lists of arrays are equal, number by number."""
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def copies(network):
    return [array.copy() for array in network.state().values()]


def problem(n=50, seed=0):
    """Two classes of points that a small network can almost tell apart: X (n, 2), labels (n,)."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2)).astype(np.float32)
    return X, (X[:, 0] + X[:, 1] ** 2 + 0.3 * rng.normal(size=n) > 0.5).astype(np.int64)


def random_targets(output, shape, rng):
    """Targets (n, m) that an output layer can have: distributions, fractions, or any numbers."""
    if output == "softmax":
        return rng.dirichlet(np.ones(shape[0]), shape[1]).T.copy()
    return rng.uniform(0, 1, shape) if output == "sigmoid" else rng.standard_normal(shape)


def functions_of(network):
    """The names of the functions of layers 0 … L; there is none of layer 0."""
    hidden = network.settings["activation"]
    hidden = [hidden] * (network.L - 1) if isinstance(hidden, str) else hidden
    return [None, *hidden, network.settings["output"]]


def example(hidden, output, loss, depth, m):
    """A float64 network with random biases, an input A0 and targets Y on which a gradient can be checked.

    That is: no z of a kinked layer within MARGIN of its kink, so that the steps do not cross it, and no parameter array
    whose gradient vanishes, so that there is something to check. The first seed that does is taken.
    """
    sizes = [3, 4, 2, 4, 3, 2][: depth + 1]
    for seed in range(2000):
        rng = np.random.default_rng(seed)
        network = Network(sizes, hidden, output, loss, seed=seed, dtype=np.float64)
        for b in network.b[1:]:
            b[...] = rng.normal(0.3, 0.5, b.shape)
        A0, Y = rng.standard_normal((sizes[0], m)), random_targets(output, (sizes[-1], m), rng)
        network.forward(A0)
        kinked = [Z for Z, name in zip(network.Z, functions_of(network), strict=True) if name in KINKED]
        near = any(np.abs(Z).min() < MARGIN for Z in kinked)
        if not near and all(np.linalg.norm(g) > 1e-4 for g in network.gradients(Y)):
            return network, A0, Y
    raise AssertionError(f"no seed gives an example of {hidden}, {output}, {loss}, {depth} layers, {m} columns")


def numerical_gradients(network, A0, Y, l2):
    """Of the loss + ½ l2 Σ W², from its values."""

    def value():
        Z, _ = network.forward_pass(A0)
        return network.metrics(Z[-1], Y)["loss"] + 0.5 * l2 * sum((W**2).sum() for W in network.W[1:])

    return [gradient(value, theta) for theta in network.parameters()]


def import_torch():
    """PyTorch, or the test is skipped; on one thread, since for arrays as small as these more are slower."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    return torch


def torch_gradients(torch, network, A0, Y):
    """PyTorch's A[L], loss and gradients, by autograd, of a network with the same parameters."""
    F = torch.nn.functional
    functions = {
        "identity": lambda z: z,
        "gelu": lambda z: F.gelu(z, approximate="tanh"),
        "softmax": lambda z: torch.softmax(z, dim=0),
    }
    losses = {
        "mse": lambda Z, A, Y: F.mse_loss(A, Y),
        "binary_cross_entropy": lambda Z, A, Y: F.binary_cross_entropy_with_logits(Z, Y),
        "categorical_cross_entropy": lambda Z, A, Y: F.cross_entropy(Z.T, Y.T),
    }
    W, b = ([torch.tensor(theta, requires_grad=True) for theta in lists[1:]] for lists in (network.W, network.b))
    A = torch.tensor(A0)
    for W_l, b_l, name in zip(W, b, functions_of(network)[1:], strict=True):
        Z = W_l @ A + b_l
        A = (functions.get(name) or getattr(F, name))(Z)
    loss = losses[network.settings["loss"]](Z, A, torch.tensor(Y))
    loss.backward()
    return A.detach().numpy(), loss.item(), [theta.grad.numpy() for theta in (*W, *b)]
