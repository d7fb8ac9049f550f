"""The network as a list of layers, as you write it in lesson 08: each layer's forward beside its backward.

`Network` knows two lists, W and b. `Sequential` is a Model, as Network is, with room for layers of any kind, your own
among them, so `train`, `save` and all measuring work on it unchanged. One example is a column; dA is ∂loss/∂A, of A's
shape.
"""

from functools import partial

import numpy as np

from helpers import checks
from helpers.network import ACTIVATIONS, INITIALIZERS, Model


class Layer:
    """The base of all layers. One without arrays has to write `forward` and `backward`, and nothing else.

    forward(A, training): A (n_in, m) → (n_out, m); only if `training`, it keeps what the way back needs.
    gradients(dA): dA (n_out, m) of the last forward in training → ∂loss/∂θ, a list in the order of `parameters`.
    backward(dA): the same dA → ∂loss/∂(input) (n_in, m). Called after `gradients`, and only if a layer below needs it.
    """

    parameters = ()  # names of the attributes that an optimizer changes; W, if there is one, is what L2 acts on
    statistics = ()  # names of those that forward changes in training
    n_in = n_out = None  # whatever comes in goes out
    smallest_batch = 1  # to train with

    def initialize(self, rng, dtype):
        """Make the arrays. A layer taken from another network keeps those it has, and shares them with that one."""

    def gradients(self, dA):
        return []

    def leaves(self):
        """The layers that this one is made of: itself alone, unless it holds others."""
        return [self]

    def __repr__(self):
        return type(self).__name__


class Linear(Layer):
    """Z = W A + b. W (n_out, n_in) by `init`: "he", "xavier" or a function (n_out, n_in, rng) → W; b (n_out, 1) 0."""

    parameters = ("W", "b")

    def __init__(self, n_in, n_out, init="he"):
        checks.check_linear(n_in, n_out, init, INITIALIZERS)
        self.n_in, self.n_out = int(n_in), int(n_out)
        self.init = INITIALIZERS.get(init, init)
        self.W = self.b = None

    def initialize(self, rng, dtype):
        if self.W is None:
            W = self.init(self.n_out, self.n_in, rng)
            checks.check_initial_weights(W, (self.n_out, self.n_in))
            self.W = W.astype(dtype)
            self.b = np.zeros((self.n_out, 1), dtype)

    def forward(self, A, training):
        if training:
            self.A = A
        return self.W @ A + self.b

    def gradients(self, dZ):
        return [dZ @ self.A.T, dZ.sum(axis=1, keepdims=True)]

    def backward(self, dZ):
        return self.W.T @ dZ


class Activation(Layer):
    """A = f(Z), element by element, with f by its name in network.py."""

    def __init__(self, name):
        self.name = name
        self.f, self.f_prime = ACTIVATIONS[name]

    def forward(self, Z, training):
        if training:
            self.Z = Z
        return self.f(Z)

    def backward(self, dA):
        return dA * self.f_prime(self.Z)

    def __repr__(self):
        return self.name


Sigmoid = partial(Activation, "sigmoid")
Tanh = partial(Activation, "tanh")
ReLU = partial(Activation, "relu")
LeakyReLU = partial(Activation, "leaky_relu")
ELU = partial(Activation, "elu")
GELU = partial(Activation, "gelu")


class Dropout(Layer):
    """In training A · mask, with a new mask each time: 0 with probability p, else 1 / (1 − p). Otherwise A.

    (Srivastava et al., 2014.) The masks come from the generator of the network's seed.
    """

    def __init__(self, p=0.5):
        p = checks.as_constant("p", p)
        self.p = float(p)

    def initialize(self, rng, dtype):
        self.rng = rng

    def forward(self, A, training):
        if not training:
            return A
        self.mask = (self.rng.random(A.shape) >= self.p).astype(A.dtype) / (1 - self.p)
        return A * self.mask

    def backward(self, dA):
        return dA * self.mask


class BatchNorm(Layer):
    """γ Â + β with Â = (A − μ) / √(σ² + ε), for each of n rows; γ and β (n, 1) (Ioffe & Szegedy, 2015).

    In training μ and σ² are the batch's, of two examples or more, and `mean` ← ρ mean + (1 − ρ) μ, `variance` likewise
    of σ² m / (m − 1), which is unbiased. Otherwise μ and σ² are `mean` and `variance` (n, 1).
    """

    parameters = ("gamma", "beta")
    statistics = ("mean", "variance")
    smallest_batch = 2

    def __init__(self, n, rho=0.9, epsilon=1e-5):
        checks.as_count("n", n)
        rho, epsilon = checks.as_constants("rho epsilon", rho, epsilon)
        self.n_in = self.n_out = int(n)
        self.rho, self.epsilon = float(rho), float(epsilon)
        self.gamma = None

    def initialize(self, rng, dtype):
        if self.gamma is None:
            shape = self.n_out, 1
            self.gamma, self.beta = np.ones(shape, dtype), np.zeros(shape, dtype)
            self.mean, self.variance = np.zeros(shape, dtype), np.ones(shape, dtype)

    def forward(self, A, training):
        if not training:
            sigma = np.sqrt(self.variance + self.epsilon)
            return self.gamma * (A - self.mean) / sigma + self.beta
        checks.check_batch_of_two(A)
        m = A.shape[1]
        mu, sigma_2 = A.mean(axis=1, keepdims=True), A.var(axis=1, keepdims=True)
        rho, new = self.rho, 1 - self.rho
        self.mean[...] = rho * self.mean + new * mu
        self.variance[...] = rho * self.variance + new * sigma_2 * m / (m - 1)
        self.sigma = np.sqrt(sigma_2 + self.epsilon)
        self.A_hat = (A - mu) / self.sigma
        return self.gamma * self.A_hat + self.beta

    def gradients(self, dA):
        return [(dA * self.A_hat).sum(axis=1, keepdims=True), dA.sum(axis=1, keepdims=True)]

    def backward(self, dA):
        dgamma, dbeta = self.gradients(dA)
        return self.gamma / self.sigma * (dA - (dgamma * self.A_hat + dbeta) / dA.shape[1])


class Residual(Layer):
    """A + F(A): a skip connection past the layers F, which give as many rows as they get (He et al., 2016)."""

    def __init__(self, layers):
        checks.check_layers(layers, within_residual=True)
        self.layers = list(layers)

    def initialize(self, rng, dtype):
        for layer in self.layers:
            layer.initialize(rng, dtype)

    def forward(self, A, training):
        F = A
        for layer in self.layers:
            F = layer.forward(F, training)
        return A + F

    def gradients(self, dA):
        gradients, self.dF = way_back(self.layers, dA)
        return gradients

    def backward(self, dA):
        return dA + self.dF

    def leaves(self):
        return [leaf for layer in self.layers for leaf in layer.leaves()]

    def __repr__(self):
        return f"Residual({self.layers})"


def way_back(layers, dA, first=-1):
    """dA, ∂loss/∂(output of the last layer) → the gradients of all parameters in their order, and dA of the input.

    With `first`, the index of the first layer with parameters, it goes no further, which saves a fifth of the time.
    """
    gradients = []
    for i in reversed(range(len(layers))):
        gradients = [*layers[i].gradients(dA), *gradients]
        if i > first:
            dA = layers[i].backward(dA)
    return gradients, dA


class Sequential(Model):
    """`layers` one after the other, then the function `output`; loss, seed, dtype and methods as of a Network.

    `forward` trains; `forward_pass`, `evaluate` and `predict` never do. In Z is only the last sum Z[-1], A has an entry
    for each layer, the input A[0] and the output A[-1]. L2 acts on W of Linear only, AdamW's decay on all parameters.
    """

    def __init__(self, layers, output="softmax", loss=None, seed=0, dtype=np.float32):
        checks.check_layers(layers)
        self.layers = list(layers)
        self.leaves = [leaf for layer in self.layers for leaf in layer.leaves()]
        sizes = [n for leaf in self.leaves for n in (leaf.n_in, leaf.n_out) if n is not None]
        self.set_up([sizes[0], sizes[-1]], [output], loss, dtype)
        self.settings = {"layers": repr(self.layers), **self.settings}
        self.smallest_batch = max(leaf.smallest_batch for leaf in self.leaves)
        self.first = next(i for i, layer in enumerate(self.layers) if any(leaf.parameters for leaf in layer.leaves()))
        rng = np.random.default_rng(seed)
        for layer in self.layers:
            layer.initialize(rng, self.dtype)

    def parameters(self):
        """The arrays that an optimizer changes, layer by layer."""
        return [getattr(leaf, name) for leaf in self.leaves for name in leaf.parameters]

    def state(self):
        """Parameters and running statistics by name and layer, as W1, b1, gamma3, mean3."""
        return {
            f"{name}{i}": getattr(leaf, name)
            for i, leaf in enumerate(self.leaves, 1)
            for name in (*leaf.parameters, *leaf.statistics)
        }

    @np.errstate(over="ignore", invalid="ignore")  # check_no_nan says it in words, if the input is to blame
    def forward_pass(self, A0, training=False):
        """A[0] (n_0, m) → Z = [the last sum] and A, the list of inputs and outputs; nothing is kept."""
        A0 = checks.as_columns(A0, self.sizes[0], self.dtype)
        A = [A0]
        for layer in self.layers:
            A.append(layer.forward(A[-1], training))
        checks.check_no_nan(A[0], A[1])
        return [A[-1]], [*A, self.f[-1](A[-1])]

    def forward(self, A0):
        """A[0] (n_0, m) → A[-1] (n_L, m), read-only; each layer keeps what the way back needs."""
        A0 = checks.as_kept(A0)
        self.Z, self.A = self.forward_pass(A0, training=True)
        checks.freeze(self.A[-1])
        return self.A[-1]

    def backward(self, Y, to_input=False):
        """Targets Y (n_L, m) of the last `forward` → gradients in the order of parameters(), and dA[0] or None."""
        gradients, dA0 = way_back(self.layers, self.last_delta(Y), -1 if to_input else self.first)
        return gradients, dA0 if to_input else None

    def gradients(self, Y, l2=0.0):
        """The gradients alone; `l2` · W, the gradient of ½ l2 Σ W², is added to those of every W, and only there."""
        gradients, _ = self.backward(Y)
        if l2:
            names = [name for leaf in self.leaves for name in leaf.parameters]
            for name, theta, g in zip(names, self.parameters(), gradients, strict=True):
                if name == "W":
                    g += l2 * theta
        return gradients


def clip_gradients(optimizer, max_norm):
    """The optimizer itself, whose `step` from now on clips: see `clipped_step`."""
    max_norm = checks.as_constant("max_norm", max_norm)
    optimizer.step = partial(clipped_step, optimizer, float(max_norm))
    return optimizer


def clipped_step(optimizer, max_norm, parameters, gradients):
    """Scale all gradients together to a norm of at most `max_norm`, then step (Pascanu, Mikolov & Bengio, 2013)."""
    norm = np.sqrt(sum(np.square(g, dtype=np.float64).sum() for g in gradients))
    if norm > max_norm:
        gradients = [g * float(max_norm / norm) for g in gradients]
    type(optimizer).step(optimizer, parameters, gradients)
