"""The exercises, the quiz and answers to the challenges of lesson 08, When training goes wrong.

The layers of 8.1, 8.2 and 8.4 are classes; what they make of a batch is compared, forward and on the way back. A mask
of dropout may be any, and so may a network that learns, so 8.5 and 8.6 are put to use and looked at.
"""

import ast
from functools import cache

import numpy as np

from course.exercises.grading import Prediction, challenge, exercise
from course.exercises.lesson_06 import Inspection
from course.exercises.questions import Question
from course.results import case, is_unwritten
from helpers.data import load_mnist
from helpers.layers import Layer, Sequential, Sigmoid
from helpers.network import ACTIVATIONS, INITIALIZERS, one_hot
from helpers.training import Momentum, train

TITLE = "When training goes wrong"


def both_ways(layer, A, dZ):
    """What the layer makes of A in training, the gradients of its parameters, and what it hands down.

    Between forward and the way back it measures another batch, as one may at any time.
    """
    out = layer.forward(A, True)
    if is_unwritten(out):
        return out
    layer.forward(A[:, ::-1] + 0.5, False)
    gradients = layer.gradients(dZ)
    if is_unwritten(gradients):
        return gradients
    return (out, *(gradients if isinstance(gradients, list | tuple) else [gradients]), layer.backward(dZ))


def opened(task, **methods):
    """The solution of an exercise, a class, with these methods open; each has a comment on what comes in and out."""
    lines = task.solution.splitlines()
    for node in reversed(ast.parse(task.solution).body[0].body):
        if isinstance(node, ast.FunctionDef) and node.name in methods:
            head = f"{lines[node.lineno - 1]}  # {methods[node.name]}"
            lines[node.lineno - 1 : node.end_lineno] = [head, "        return ...  # your code here"]
    return "\n".join(lines) + "\n"


# --- 8.1: the weighted sum as a layer ---------------------------------------------------------------------------------


def use_linear(make, A, dZ, W, b):
    layer = make(W.shape[1], W.shape[0])
    layer.W, layer.b = W, b
    return both_ways(layer, A, dZ)


def numbers(*sizes, seed):
    """Arrays of these sizes, of numbers with two digits."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=size).round(2) for size in sizes]


def linear_case(n_out, n_in, m):
    W, b, A, dZ = numbers((n_out, n_in), (n_out, 1), (n_in, m), (n_out, m), seed=n_out)
    return case(f"W of shape {(n_out, n_in)} and {m} examples", A=A, dZ=dZ, W=W, b=b)


@exercise(
    "8.1",
    "the weighted sum, as a layer",
    points=2,
    minutes=12,
    level=2,
    use=use_linear,
    returns=("Z", "dW", "db", "dA"),
    cases=[linear_case(2, 3, 4), linear_case(3, 3, 5), linear_case(4, 2, 1)],
    hints=[
        "You have written all three: the weighted sum in 03, dW and db in 05, and the blame that goes down through W.",
        "`gradients` needs the A that came in: forward puts it into `self.A`, only `if training:`. Then it is "
        "`delta @ A.T` and the sum over the examples, with `keepdims=True`, in a list.",
        "Blame goes back along the same weights: `self.W.T @ …` has a row for each input. No slope here: that is "
        "the business of the activation, which is a layer of its own.",
    ],
    reason="These are the lines of 03 and 05, put side by side. The layer keeps what it needs for the way back, so "
    "that nobody else has to know what that is.",
    takeaway="A layer knows its way forward, its gradients, and its way back; that is all a network needs of it.",
)
class Linear(Layer):
    """Z = W A + b. W (n_out, n_in) by `init`, b (n_out, 1) 0."""

    parameters = ("W", "b")

    def __init__(self, n_in, n_out, init="he"):
        self.n_in, self.n_out = int(n_in), int(n_out)
        self.init = INITIALIZERS.get(init, init)
        self.W = self.b = None

    def initialize(self, rng, dtype):
        if self.W is None:
            W = self.init(self.n_out, self.n_in, rng)
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


Linear.stub = opened(
    Linear,
    forward="A (n_in, m) → Z (n_out, m); keeps A in training",
    gradients="dZ (n_out, m) → [dW, db]",
    backward="dZ (n_out, m) → ∂loss/∂A (n_in, m)",
)
ALWAYS_KEPT = (
    "Between the two ways the network measured another batch, with `training` False, and your layer forgot the one it "
    "was trained on. Keep the input only `if training:`."
)
Linear.mistake(ALWAYS_KEPT, {"if training:": "if True:"})
Linear.mistake(
    "The 1/m of the mean came in a second time: it is in dZ already, which comes from the loss.",
    {"dZ @ self.A.T": "dZ @ self.A.T / dZ.shape[1]", "dZ.sum": "dZ.mean"},
)
Linear.mistake("db is a mean over the examples. The 1/m is in dZ already: take the sum.", {"dZ.sum": "dZ.mean"})
Linear.mistake(
    "The 1/m of the mean is in dZ already; dW has it twice.",
    {"dZ @ self.A.T": "dZ @ self.A.T / dZ.shape[1]"},
    {"dZ @ self.A.T": "dZ @ self.A.T / dZ.shape[1]", "sum(axis=1, keepdims=True)": "sum(axis=1)"},
)
Linear.mistake(
    "Your layer keeps what goes out, Z. dW needs what came in: keep A.",
    {"if training:\n            self.A = A\n        return self.W @ A + self.b":
     "Z = self.W @ A + self.b\n        if training:\n            self.A = Z\n        return Z"},
)  # fmt: skip
Linear.mistake("The bias is missing in forward: Z = W A + b.", {" + self.b": ""})
Linear.mistake(
    "db is summed over the units, axis 0. Each unit has its own bias: sum over the examples, axis 1.",
    {"dZ.sum(axis=1, keepdims=True)": "dZ.sum(axis=0, keepdims=True)"},
)
Linear.mistake(
    "A step is no gradient: leave the minus to the optimizer.", {"[dZ @ self.A.T, dZ": "[-dZ @ self.A.T, -dZ"}
)
Linear.mistake(
    "What is handed down is ∂loss/∂A: it is `W.T @ dZ`. You handed on dZ itself, which has a row for each output.",
    {"self.W.T @ dZ": "dZ"},
)
Linear.mistake(
    "The forward pass kept the sum Z. dW needs what came in: `self.A = A`.", {"self.A = A": "self.A = self.W @ A"}
)
NOT_KEPT = "The way back needs what came in, and `self` does not have it: keep it in forward, `if training:`."
Linear.mistake(NOT_KEPT, {"        if training:\n            self.A = A\n": ""})
Linear.mistake(
    "db is the blame of each example. All share one b: sum over the examples.", {"dZ.sum(axis=1, keepdims=True)": "dZ"}
)
Linear.mistake(
    "db is one number. Each unit has its own bias: sum over the examples, axis 1, with `keepdims=True`.",
    {"dZ.sum(axis=1, keepdims=True)": "dZ.sum()"},
)


# --- 8.2: the activation as a layer -----------------------------------------------------------------------------------


def use_activation(make, name, Z, dA):
    return both_ways(make(name), Z, dA)


def activation_case(name):
    Z, dA = numbers((2, 3), (2, 3), seed=len(name))
    return case(f"{name} and Z = {Z.tolist()}", name=name, Z=Z, dA=dA)


@exercise(
    "8.2",
    "an activation, as a layer",
    points=1,
    minutes=6,
    level=1,
    use=use_activation,
    returns=("A", "dZ"),
    cases=[activation_case("sigmoid"), activation_case("relu"), activation_case("leaky_relu")],
    hints=[
        "An activation has nothing to learn. What must it remember for the way back, and when?",
        "The slope is taken where the unit stood: at Z. So `self.Z = Z`, only in training, and A = f(Z).",
        "Blame times slope, element by element: `self.f_prime(self.Z)` has the shape of `dA`.",
    ],
    reason="The chain rule for one element: ∂loss/∂z = ∂loss/∂a · f′(z). Where the slope is 0, blame ends.",
    takeaway="Blame times slope: where the slope is small, nothing below will learn. Keep that in mind.",
)
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


Activation.stub = opened(Activation, forward="Z (n, m) → A (n, m)", backward="dA (n, m) → ∂loss/∂Z (n, m)")
Activation.mistake(ALWAYS_KEPT, {"if training:": "if True:"})
Activation.mistake(
    "This is the slope alone. What comes from above, dA, must be multiplied by it.", {"dA * self.f": "self.f"}
)
Activation.mistake("You multiplied by f(Z). Going back it is the slope: f′(Z).", {"dA * self.f_prime": "dA * self.f"})
Activation.mistake(
    "The slope is taken of dA. It belongs to the place where the unit stood on the way forward: `self.Z`.",
    {"self.f_prime(self.Z)": "self.f_prime(dA)"},
)
Activation.mistake(
    "The slope is taken at A = f(Z). `f_prime` is a function of z: keep Z.", {"self.Z = Z": "self.Z = self.f(Z)"}
)
Activation.mistake(
    "Blame came through unchanged. Each element is multiplied by the slope at its z.", {" * self.f_prime(self.Z)": ""}
)
Activation.mistake(NOT_KEPT, {"        if training:\n            self.Z = Z\n": ""})
Activation.mistake(
    "This is the slope of dA. Take the slope at `self.Z`, and multiply dA by it.",
    {"dA * self.f_prime(self.Z)": "self.f_prime(dA)"},
)
Activation.mistake(
    "That is the slope of ReLU, whatever the activation. Take `self.f_prime`.", {"self.f_prime(self.Z)": "(self.Z > 0)"}
)
Activation.mistake("Slope and blame are added. By the chain rule they multiply.", {"dA * self": "dA + self"})
Activation.mistake("Forward gives f(Z); you gave the slope.", {"return self.f(Z)": "return self.f_prime(Z)"})
Activation.mistake("Forward gave Z back as it came. Apply `self.f`.", {"return self.f(Z)": "return Z"})


# --- 8.3: on paper ----------------------------------------------------------------------------------------------------


def one_of_three(answer, question):
    """The answer to a question, counted from 1; NotImplementedError while one is open."""
    if not issubclass(type(answer), (tuple, list)) or len(answer) != 3:
        raise ValueError("there are 3 questions: keep the form of the stub, with a number for each.")
    if any(value is ... for value in answer):
        raise NotImplementedError
    return float(answer[question - 1])


CHAIN = (1 / 512, 4, 512)


def but(question, value):
    return (*CHAIN[: question - 1], value, *CHAIN[question:])


my_chain = Prediction(
    key="8.3",
    title="a chain of sigmoids",
    points=2,
    minutes=8,
    level=2,
    stub="""
my_chain = (  # ten layers of one sigmoid unit each; its bias keeps every z at 0
    ...,  # 1. all weights are 2: by what is ∂loss/∂z multiplied, from layer 10 to 1?
    ...,  # 2. with which weight w > 0 does it neither shrink nor grow?
    ...,  # 3. all weights are 8: by what is it multiplied now?
)
""",
    right=CHAIN,
    use=one_of_three,
    cases=tuple(case(question=k) for k in (1, 2, 3)),
    hints=(
        "From ∂loss/∂z of one layer to that of the layer below: once through the weight between them, once through "
        "the slope of the lower unit. How many such steps are there from 10 to 1?",
        "The slope of the sigmoid at 0 is σ(0) (1 − σ(0)) = ¼. So each step multiplies by w / 4.",
        "Nine steps. For w = 2 each is ½: `0.5 ** 9`. For 2, solve w / 4 = 1. For 3, each step is 8 / 4.",
    ),
    solution="""
my_chain = ((2 * 0.25) ** 9, 4, (8 * 0.25) ** 9)
""",
    reason="Each step multiplies by w σ′(z) = w / 4, and there are nine steps between ten layers. 0.5⁹ is 1/512, 2⁹ "
    "is 512: a product of many factors vanishes or explodes unless each is near 1.",
    takeaway="A factor a little below 1, or above it, is harmless once and ruinous ten times.",
)
WEIGHT_MISSING = "That is the slope alone. On its way blame also goes through the weight, once a layer."
TEN_STEPS = "Between ten layers there are nine steps, not ten: from ∂loss/∂z of layer 10 to that of layer 1."
ONE_STEP = "That is one step. There are nine of them, one after the other, and their factors multiply."
SLOPE_MISSING = "That is the weights alone. Each step also goes through a slope, which is ¼ at z = 0."
my_chain.mistake(WEIGHT_MISSING, but(1, 0.25), but(1, 0.25**9), but(1, 0.25**10), but(3, 0.25), but(3, 0.25**9))
my_chain.mistake(TEN_STEPS, but(1, 0.5**10), but(3, 2**10))
my_chain.mistake(ONE_STEP, but(1, 0.5), but(3, 2))
my_chain.mistake(SLOPE_MISSING, but(1, 2), but(1, 2**9), but(1, 2**10), but(3, 8), but(3, 8**9), but(3, 8**10))
my_chain.mistake("With w = 1 each step is ¼. Which w makes w · ¼ equal to 1?", but(2, 1))
my_chain.mistake("That is the slope. Which w makes w · ¼ equal to 1?", but(2, 0.25))
my_chain.mistake("With w = 2 each step is ½, as in question 1.", but(2, 2))
my_chain.mistake("The factors multiply, they do not add up: nine times ½ is not ½ to the ninth.", but(1, 4.5))
my_chain.mistake("The factors multiply, they do not add up: nine times 2 is not 2 to the ninth.", but(3, 18))


# --- 8.4: the way back through batch norm -----------------------------------------------------------------------------


def use_batch_norm(make, A, dA, gamma, beta):
    layer = make(len(A), epsilon=0.01)
    layer.initialize(None, A.dtype)
    layer.gamma, layer.beta = gamma, beta
    return both_ways(layer, A, dA)


def batch_norm_case(n, m):
    A, dA, gamma, beta = numbers((n, m), (n, m), (n, 1), (n, 1), seed=m)
    return case(f"{n} rows and {m} examples", A=A * 2 + 1, dA=dA, gamma=gamma, beta=beta)


@exercise(
    "8.4",
    "the way back through batch norm",
    points=4,
    minutes=20,
    level=3,
    use=use_batch_norm,
    returns=("out", "dgamma", "dbeta", "dA"),
    cases=[batch_norm_case(2, 5), batch_norm_case(3, 3), batch_norm_case(1, 8)],
    hints=[
        "γ multiplies Â, β is added: what are their gradients, summed over the examples of a row? (`axis=1`, and "
        "`keepdims=True` for the shape (n, 1).)",
        "dγ is the sum of dA · Â, dβ the sum of dA. `backward` may call `gradients`: the formula of the lesson has "
        "both in it, each divided by m.",
        "In the bracket stands dA less the mean of dA (that is dβ / m), less Â times the mean of dA · Â (that is "
        "Â · dγ / m). In front of it γ / σ, with the `self.sigma` that forward kept.",
    ],
    reason="Shifting a whole row changes nothing after normalizing, nor does stretching it. So the part of the blame "
    "that would shift a row, its mean, and the part that would stretch it, along Â, are taken out.",
    takeaway="What `backward` gives has mean 0 in each row, so a bias before batch norm never gets a gradient.",
)
class BatchNorm(Layer):
    parameters = ("gamma", "beta")
    statistics = ("mean", "variance")
    smallest_batch = 2

    def __init__(self, n, rho=0.9, epsilon=1e-5):
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


BatchNorm.stub = opened(
    BatchNorm,
    gradients="dA (n, m) → [dgamma, dbeta], both (n, 1)",
    backward="dA (n, m), of what came out → that of what came in",
)
BACK = "self.gamma / self.sigma * (dA - (dgamma * self.A_hat + dbeta) / dA.shape[1])"
BatchNorm.mistake(
    "You took μ and σ for constants. They change with every element of the row, so blame also goes through them: two "
    "more terms.",
    {BACK: "self.gamma / self.sigma * dA"},
)
BatchNorm.mistake(
    "The way through the mean is there, the one through the variance is missing: Â · dγ / m.",
    {BACK: "self.gamma / self.sigma * (dA - dbeta / dA.shape[1])"},
)
BatchNorm.mistake(
    "The way through the variance is there, the one through the mean is missing: dβ / m.",
    {BACK: "self.gamma / self.sigma * (dA - dgamma * self.A_hat / dA.shape[1])"},
)
BatchNorm.mistake(
    "γ is missing in what is handed down: it stands between Â and the loss.",
    {"self.gamma / self.sigma *": "1 / self.sigma *"},
)
BatchNorm.mistake(
    "Both sums must be divided by the number of examples: they are means of the row.",
    {"+ dbeta) / dA.shape[1]": "+ dbeta)"},
)
BatchNorm.mistake(
    "You divided by the number of rows. The means run over the examples, `dA.shape[1]`.", {"/ dA.shape[1]": "/ len(dA)"}
)
BatchNorm.mistake(
    "Only dβ is divided by m. Both sums are, so brackets around them.",
    {"(dgamma * self.A_hat + dbeta) / dA.shape[1]": "(dgamma * self.A_hat + dbeta / dA.shape[1])"},
)
BatchNorm.mistake(
    "The two terms are added. They are what is taken *out* of dA: subtract them.", {"(dA - (d": "(dA + (d"}
)
BatchNorm.mistake(
    "The sign of the second term: both are subtracted, so it is `dA - (… + …)`.",
    {"(dgamma * self.A_hat + dbeta)": "(dgamma * self.A_hat - dbeta)"},
)
BatchNorm.mistake(
    "You multiplied by σ. Forward divides by it, so the way back does, too.",
    {"self.gamma / self.sigma *": "self.gamma * self.sigma *"},
)
BatchNorm.mistake(
    "You divided by σ². `self.sigma` is the root already: divide by it once.",
    {"self.gamma / self.sigma *": "self.gamma / self.sigma**2 *"},
)
BatchNorm.mistake(
    "dγ and dβ are in the wrong order: `parameters` says gamma first, and gradients come in the same order.",
    {
        "[(dA * self.A_hat).sum(axis=1, keepdims=True), dA.sum(axis=1, keepdims=True)]": (
            "[dA.sum(axis=1, keepdims=True), (dA * self.A_hat).sum(axis=1, keepdims=True)]"
        ),
        "dgamma, dbeta =": "dbeta, dgamma =",
    },
    {
        "[(dA * self.A_hat).sum(axis=1, keepdims=True), dA.sum(axis=1, keepdims=True)]": (
            "[dA.sum(axis=1, keepdims=True), (dA * self.A_hat).sum(axis=1, keepdims=True)]"
        ),
    },
)
BatchNorm.mistake(
    "dγ and dβ are means over the examples. They are sums: the 1/m of the loss is in dA already. In the bracket of "
    "`backward` they are divided by m.",
    {
        ".sum(axis=1, keepdims=True), dA.sum(": ".mean(axis=1, keepdims=True), dA.mean(",
        " / dA.shape[1])": ")",
    },
)
BatchNorm.mistake(
    "γ alone is not enough: forward also divides by σ, and takes μ off, and both change with every element of the row.",
    {BACK: "self.gamma * dA"},
)
BatchNorm.mistake(
    "dγ lacks Â: γ multiplies Â, so its blame is the sum of dA · Â.",
    {"(dA * self.A_hat).sum": "dA.sum"},
    {"(dA * self.A_hat).sum": "dA.sum", BACK: "dA"},
)
BatchNorm.mistake(
    "γ / σ stands before the whole bracket, not before dA alone.",
    {BACK: "self.gamma / self.sigma * dA - (dgamma * self.A_hat + dbeta) / dA.shape[1]"},
)
BatchNorm.mistake(
    "dγ and dβ are exchanged in the bracket: Â goes with dγ.",
    {"(dgamma * self.A_hat + dbeta)": "(dbeta * self.A_hat + dgamma)"},
)
BatchNorm.mistake(
    "Â is missing in the bracket: it goes with dγ.", {"(dgamma * self.A_hat + dbeta)": "(dgamma + dbeta)"}
)
BatchNorm.mistake("Blame was handed down as it came. It goes through γ, σ and μ.", {BACK: "dA"})
BatchNorm.mistake(
    "The means are taken over everything. Each row is normalized by itself: `axis=1, keepdims=True`.",
    {BACK: "self.gamma / self.sigma * (dA - dA.mean() - self.A_hat * (dA * self.A_hat).mean())"},
)
BatchNorm.mistake(
    "dγ and dβ are summed over the rows, axis 0. Each row has its own γ: sum over the examples, axis 1.",
    {"(dA * self.A_hat).sum(axis=1": "(dA * self.A_hat).sum(axis=0", "dA.sum(axis=1": "dA.sum(axis=0"},
)
BatchNorm.mistake(
    "`self.sigma` is √(σ² + ε) already: no ε and no root once more.",
    {"self.gamma / self.sigma *": "self.gamma / np.sqrt(self.sigma**2 + self.epsilon) *"},
    {"self.gamma / self.sigma *": "self.gamma / np.sqrt(self.sigma) *"},
)
BatchNorm.mistake(
    "γ has no place in its own gradient: dγ is the sum of dA · Â.",
    {"(dA * self.A_hat).sum": "(dA * self.gamma * self.A_hat).sum"},
    {
        "(dA * self.A_hat).sum": "(dA * self.gamma * self.A_hat).sum",
        BACK: BACK.replace("dgamma * self.A_hat", "dgamma / self.gamma * self.A_hat"),
    },
)
BatchNorm.mistake(
    "What you hand down uses the running variance. In training forward used the batch's own, `self.sigma`.",
    {"self.gamma / self.sigma *": "self.gamma / np.sqrt(self.variance + self.epsilon) *"},
)


# --- 8.5: make ten sigmoid layers learn -------------------------------------------------------------------------------

ENOUGH, MOST = 0.75, 150_000
CURES = {  # what to say to what is seen below
    "form": "`my_layers()` should return a new list of layers, from `Linear(784, …)` to `Linear(…, 10)`.",
    "sizes": "An image has 784 pixels, and there are ten classes: begin with `Linear(784, …)`, end with "
    "`Linear(…, 10)`.",
    "few": "There should be ten layers of `Sigmoid()` at least: the depth is the illness here, not the cure.",
    "other": "Leave the sigmoids in: with another activation it would be a different patient. Put something between "
    "them, or begin with other weights.",
    "large": "That is a heavy cure. Sixty-four units a layer are enough.",
    "vanished": "The blame vanishes on its way down, so the first layers stay as they were. What keeps each z on the "
    "steep part of the sigmoid, or lets blame past it?",
    "exploded": "The blame grows on its way down: each step is a leap. Take smaller weights.",
    "slow": "Blame arrives, but 200 steps are too few for it. What makes them count for more? Something that keeps "
    "every row at mean 0 and spread 1, say.",
    "twice": "Each place needs a layer of its own, and `[…] * 9` repeats the very same ones. Make them in a loop: "
    "`for _ in range(9): made += […]`.",
}


@cache
def some_digits():
    """Images and labels, of the sample on every computer: 2,000 to train with, and 1,000 others."""
    mnist = load_mnist("sample")
    order = np.random.default_rng(0).permutation(4000)[:3000]
    X, y = mnist.X_train[order], mnist.y_train[order]
    return X[:2000], y[:2000], X[2000:], y[2000:]


def look_at_depth(my_layers):
    """Does a network of these layers learn, in 200 steps, and does blame come down to its first layer?"""
    made = my_layers()
    if made is ... or (isinstance(made, list | tuple) and any(one is ... for one in made)):
        raise NotImplementedError
    if not isinstance(made, list | tuple) or not all(callable(getattr(one, "leaves", None)) for one in made):
        yield "form", f"Your `my_layers` gave something of type `{type(made).__name__}`, or not only layers in it."
    if len({id(one) for one in made}) < len(made):
        yield "twice", "The same layer stands in the list twice."
    net = Sequential(list(made))
    if (net.sizes[0], net.sizes[-1]) != (784, 10):
        yield "sizes", f"The network takes {net.sizes[0]} numbers and gives {net.sizes[-1]}."
    names = [repr(leaf) for leaf in net.leaves]
    if others := sorted(set(names) & (set(ACTIVATIONS) - {"sigmoid"})):
        yield "other", f"There is a layer of {others[0]} in it."
    if names.count("sigmoid") < 10:
        yield "few", f"There are {names.count('sigmoid')} layers of sigmoids in it."
    n = sum(theta.size for theta in net.parameters())
    if n > MOST:
        yield "large", f"It has {n:,} parameters; {MOST:,} are allowed."
    X, y, *others = some_digits()
    net.forward(X[:100].T)
    all_names = [name for leaf in net.leaves for name in leaf.parameters]
    gradients = zip(all_names, net.gradients(one_hot(y[:100], 10).T), strict=True)
    first, *_, last, _ = [np.linalg.norm(g) for name, g in gradients if name == "W"]
    try:
        train(net, X, y, epochs=5, batch_size=50, optimizer=Momentum(0.05))
        accuracy = net.evaluate(*others)["accuracy"]
    except FloatingPointError:
        accuracy = 0
    if accuracy < ENOUGH:
        seen = f"After 200 steps {accuracy:.0%} of other digits are right; {ENOUGH:.0%} are asked for."
        yield "vanished" if first < last / 100 else "exploded" if first > 100 * last else "slow", seen


@exercise(
    "8.5",
    "a cure for ten sigmoid layers",
    points=3,
    minutes=12,
    level=3,
    kind=Inspection,
    use=look_at_depth,
    look=look_at_depth,
    says=CURES,
    seconds=120,
    stub="""
def my_layers():  # ten layers of Sigmoid() that learn; at most 150,000 parameters
    return [Linear(784, 64), ..., Linear(64, 10)]
""",
    hints=[
        "What each step down does to blame is a product: the weights, and the slope, which is at most ¼. You may "
        "change what comes between two sigmoids, or the weights they begin with.",
        "Sections 3 and 4 had two that worked with sigmoids: a way past each layer, and normalizing each "
        "layer's sums. A list can be built in a loop, with `+=`.",
        "For example ten times `Linear`, `BatchNorm(64)`, `Sigmoid()`: begin with the list of the first three, "
        "from 784 to 64, and add nine times three more, from 64 to 64.",
    ],
    reason="Batch norm keeps each z near 0, where the slope is ¼, and gives it a spread of 1, so that the weights no "
    "longer matter. `Residual([Linear(64, 64), Sigmoid()])` works as well: blame walks past.",
    takeaway="Any cure works that brings the factor of each step near 1.",
)
def my_layers():
    made = [Linear(784, 64), BatchNorm(64), Sigmoid()]
    for _ in range(9):
        made += [Linear(64, 64), BatchNorm(64), Sigmoid()]
    return [*made, Linear(64, 10)]


my_layers.mistake(CURES["form"], {"[*made, Linear(64, 10)]": "Sequential([*made, Linear(64, 10)])"})
my_layers.mistake(CURES["sizes"], {"Linear(64, 10)": "Linear(64, 64)"})
my_layers.mistake(CURES["few"], {"range(9)": "range(8)"})
my_layers.mistake(CURES["other"], {"Sigmoid()": 'Activation("relu")'})
my_layers.mistake(CURES["large"], {"64": "128"})
my_layers.mistake(CURES["twice"], {"range(9):\n        made += [": "range(1):\n        made += 9 * ["})
my_layers.mistake(CURES["vanished"], {", BatchNorm(64)": ""})


# --- 8.6: dropout -----------------------------------------------------------------------------------------------------

MASKS = {  # what to say to what is seen below
    "measuring": "With `training` False nothing is dropped: give A back as it is.",
    "never": "In training an element is dropped where a random number is below p: `self.rng.random(A.shape) >= self.p` "
    "is False there.",
    "swapped": "p is the probability to be *dropped*; you keep with probability p.",
    "not scaled": "What is kept must be divided by 1 − p, so that sums stay the same on average.",
    "wrong scale": "What is kept is divided by the probability of being kept: 1 − p.",
    "form": "What comes out has the shape of what came in: `return A * mask`, and in backward `return dA * self.mask`.",
    "divided": "The way back multiplies by the mask, too: where it is 0, no blame goes down.",
    "shape": "The mask has A's shape: another draw for each unit and each example, `self.rng.random(A.shape)`.",
    "same mask": "Draw a new mask in every forward pass in training; otherwise the dropped units are gone for good.",
    "other rng": "Draw from `self.rng`, which comes from the network's seed: otherwise no run can be repeated.",
    "not masked": "What was dropped on the way forward had no say, and gets no blame: multiply dA by the mask of the "
    "way forward, which a measuring in between must leave as it is.",
    "mask without scale": "The way back has the scale of the way forward, too: the mask holds 0 and 1 / (1 − p).",
    "new mask": "Draw the mask once, in forward, and keep it: on the way back it must be the same one.",
    "changed": "`A *= …` changes the array of the layer below. Make a new one: `A * mask`.",
    "dtype": "`(random >= p) / (1 - p)` is an array of float64, and makes all layers above it slow. Bring it into A's "
    "type: `.astype(A.dtype)`.",
}


def look_at_masks(make):
    """A batch of twos through a layer that drops a quarter of them, and ones on the way back."""
    layer, rng = make(0.25), np.random.default_rng(5)
    layer.initialize(rng, np.float32)
    A, kept = np.full((40, 60), 2, np.float32), np.float32(2 / 0.75)
    out = layer.forward(A, True)
    measured = layer.forward(A, False)
    if is_unwritten(out) or is_unwritten(measured):
        raise NotImplementedError
    if (A != 2).any():
        yield "changed", "The batch that came in is not what it was."
    for what, array in (("In training", out), ("Measuring", measured)):
        if not isinstance(array, np.ndarray) or array.shape != A.shape:
            yield "form", f"{what}, {A.shape} came in and {np.shape(array)} came out."
    if not np.array_equal(measured, A):
        yield "measuring", "With `training` False, a batch of twos came out changed."
    share = float(np.mean(out == 0))
    seen = f"With p = 0.25, a share of {share:.2f} of a batch was dropped"
    values = np.unique(out[out != 0])
    if not share:
        yield "never", f"{seen}."
    if np.ptp(out, axis=0).max() == 0 or np.ptp(out, axis=1).max() == 0:
        yield "shape", "Whole rows or columns were dropped together."
    if not 0.15 < share < 0.35:
        yield "swapped" if share > 0.65 else "never", f"{seen}; expected about a quarter."
    if not np.allclose(values, kept, rtol=1e-4):
        name = "not scaled" if np.allclose(values, 2) else "wrong scale"
        yield name, f"With p = 0.25, a 2 that was kept became {values[0]:.3g}; expected 2 / 0.75 = 2.67."
    before = rng.bit_generator.state
    again = layer.forward(A, True)
    if rng.bit_generator.state == before and not np.array_equal(out, again):
        yield "other rng", "A second mask was another one, though `self.rng` had drawn nothing."
    if np.array_equal(out, again):
        yield "same mask", "Two forward passes in training dropped the very same elements."
    layer.forward(A, False)
    back = layer.backward(np.ones_like(A))
    if is_unwritten(back):
        raise NotImplementedError
    if np.shape(back) != A.shape:
        yield "form", f"On the way back, {A.shape} came in and {np.shape(back)} came out."
    if not np.isfinite(back).all():
        yield "divided", "On the way back, inf or nan came out."
    if np.array_equal(back, np.ones_like(A)):
        yield "not masked", "Ones went back, and ones came out."
    if not np.array_equal(back == 0, again == 0):
        yield "new mask", "On the way back other elements are 0 than on the way forward."
    if not np.allclose(back, again / 2, rtol=1e-4):
        yield "mask without scale", f"Where a 1 went back, {np.max(back):.3g} came out; expected 1 / 0.75 = 1.33."
    if out.dtype != A.dtype:
        yield "dtype", f"The numbers are right, but float32 came in and {out.dtype} came out."


@exercise(
    "8.6",
    "dropout",
    points=2,
    minutes=12,
    level=2,
    kind=Inspection,
    use=look_at_masks,
    look=look_at_masks,
    says=MASKS,
    hints=[
        "Two cases: if the network is only measuring, nothing happens to A. If it is training, A is multiplied by a "
        "mask. What must backward know?",
        "`self.rng.random(A.shape) >= self.p` is True with probability 1 − p, for each element by itself. As numbers "
        "True is 1 and False is 0.",
        "The mask is that, as `.astype(A.dtype)`, divided by 1 − p; keep it as `self.mask`. The way back has the same "
        "factor: dA times that mask.",
    ],
    reason="Dividing by 1 − p keeps the mean of what the next layer gets, so that nothing need be changed when the "
    "network is used. What a mask multiplied on the way forward it multiplies on the way back.",
    takeaway="Every batch trains another thinned network; measuring uses all units at once.",
)
class Dropout(Layer):
    """In training A · mask, with a new mask each time; otherwise A."""

    def __init__(self, p=0.5):
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


Dropout.stub = opened(Dropout, forward="the mask: 0 with probability p, else 1 / (1 − p)", backward="dA → ∂loss/∂A")
MASK, DRAWN = "(self.rng.random(A.shape) >= self.p).astype(A.dtype) / (1 - self.p)", "self.rng.random(A.shape)"
for name, edit in {
    "measuring": {"if not training:\n            return A": "if not training:\n            return A * (1 - self.p)"},
    "never": {">= self.p": ">= 0"},
    "swapped": {">= self.p": "< self.p"},
    "not scaled": {" / (1 - self.p)": ""},
    "wrong scale": {"/ (1 - self.p)": "/ self.p"},
    "shape": {DRAWN: "self.rng.random((len(A), 1))"},
    "same mask": {DRAWN: "np.random.default_rng(0).random(A.shape)"},
    "other rng": {DRAWN: "np.random.random(A.shape)"},
    "not masked": {"dA * self.mask": "dA"},
    "mask without scale": {"dA * self.mask": "dA * (self.mask > 0)"},
    "new mask": {"dA * self.mask": f"dA * ({MASK.replace('A.', 'dA.')})"},
    "form": {"return A * self.mask": "return A[self.mask > 0]"},
    "divided": {"dA * self.mask": "dA / self.mask"},
    "changed": {"return A * self.mask": "A *= self.mask\n        return A"},
    "dtype": {".astype(A.dtype)": ""},
}.items():
    Dropout.mistake(MASKS[name], edit)
Dropout.mistake(MASKS["measuring"], {"        if not training:\n            return A\n": ""})
Dropout.mistake(MASKS["wrong scale"], {"/ (1 - self.p)": "* (1 - self.p)"})
Dropout.mistake(MASKS["shape"], {DRAWN: "self.rng.random((1, A.shape[1]))"})

EXERCISES = (Linear, Activation, my_chain, BatchNorm, my_layers, Dropout)


# --- answers to the challenges ----------------------------------------------------------------------------------------


@challenge(
    "8.c1",
    "double descent",
    result="On 300 digits the error on others is about a third at 100 features, above 70 % at 300, a sixth at 4,000.",
    notice="At 300 features just one solution fits all 300 digits, and it is a wild one. With more there are many, and "
    "`lstsq` takes the one with the smallest weights: having more parameters than examples is no illness by itself.",
    holds=lambda errors: errors[300] > 0.7 > 2 * errors[100] - 0.1 and errors[4000] < 0.25 < errors[100],
    long=True,
)
def double_descent():
    import numpy as np

    from helpers.data import load_mnist
    from helpers.network import one_hot, relu

    mnist, errors = load_mnist("sample"), {}
    for n in (50, 100, 200, 300, 400, 1000, 4000):
        W = np.random.default_rng(0).normal(size=(784, n)) / 28
        A, others = relu(mnist.X_train[:300] @ W), relu(mnist.X_test @ W)
        output = np.linalg.lstsq(A, one_hot(mnist.y_train[:300], 10), rcond=None)[0]
        errors[n] = float(np.mean((others @ output).argmax(axis=1) != mnist.y_test))
    return errors


@challenge(
    "8.c2",
    "what would fool it",
    result="It reads about nine of ten digits; after each pixel has moved by 0.1, at most, fewer than four of ten.",
    notice="The gradient with respect to the pixels, not the weights: `to_input=True` goes one layer further. The "
    "images still look the same to you. (Goodfellow, Shlens & Szegedy, 2015.)",
    holds=lambda shares: shares[0] > 0.85 and shares[1] < 0.4,
)
def fool():
    import numpy as np

    from helpers.data import load_mnist
    from helpers.layers import Linear, ReLU, Sequential
    from helpers.network import one_hot
    from helpers.training import Adam, train

    mnist, net = load_mnist("sample"), Sequential([Linear(784, 64), ReLU(), Linear(64, 10)])
    train(net, mnist.X_train, mnist.y_train, epochs=5, optimizer=Adam(0.002))
    net.forward(mnist.X_test.T)
    _, slope = net.backward(one_hot(mnist.y_test, 10).T, to_input=True)
    fooling = np.clip(mnist.X_test + 0.1 * np.sign(slope.T), 0, 1)
    return [net.evaluate(X, mnist.y_test)["accuracy"] for X in (mnist.X_test, fooling)]


@challenge(
    "8.c3",
    "smooth labels",
    result="With 0.91 for the right class and 0.01 for each other, the loss on other digits is a little smaller, and "
    "accuracy the same or a little better.",
    notice="`train` takes targets (N, 10) in place of labels. With 0 and 1 the network can never be sure enough; "
    "now it can stop.",
    holds=lambda results: (
        results[1]["loss"] < results[0]["loss"] and results[1]["accuracy"] > results[0]["accuracy"] - 0.02
    ),
    long=True,
)
def smooth_labels():
    from helpers.data import load_mnist
    from helpers.layers import Linear, ReLU, Sequential
    from helpers.network import one_hot
    from helpers.training import Adam, train

    mnist, results = load_mnist("sample"), []
    Y = one_hot(mnist.y_train[:1000], 10)
    for targets in (Y, 0.9 * Y + 0.01):
        net = Sequential([Linear(784, 64), ReLU(), Linear(64, 10)])
        train(net, mnist.X_train[:1000], targets, epochs=60, optimizer=Adam(0.002))
        results.append(net.evaluate(mnist.X_test, mnist.y_test))
    return results


CHALLENGES = (double_descent, fool, smooth_labels)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "8.q1",
        "Ten sigmoid layers. The loss stays at 2.30 from the first epoch on. Where do you look first?",
        {
            "At the test set": "It knows no more than the training set, and you would have opened it.",
            "At the gradient of each layer": (
                "If it shrinks by a factor from layer to layer, that is the illness, and no patience cures it."
            ),
            "At the learning rate": "A rate that suits the last layers is a millionth of what the first need.",
            "At the number of epochs": "2.30 is ln 10: it guesses. More of the same changes nothing.",
        },
        right="At the gradient of each layer",
    ),
    Question(
        "8.q2",
        "Batch norm, trained in batches of 64. What does `predict` on a single image use for μ and σ?",
        {
            "Those of that image": "One image has σ = 0 in every unit: all its z would be 0.",
            "0 and 1": "Then the layers above would see numbers of a scale they were not trained on.",
            "Averages that were kept in training": "They belong to it like its weights, and are saved with them.",
            "Those of the last batch": "Then the answer would depend on which batch happened to come last.",
        },
        right="Averages that were kept in training",
    ),
    Question(
        "8.q3",
        "With dropout, validation accuracy is above training accuracy in every epoch. What is wrong?",
        {
            "Nothing": (
                "Training is measured with units dropped, and before each step; validation with all, after the epoch."
            ),
            "Validation images leaked": "Here it is training that is measured under a handicap.",
            "The mask is used in `predict`": "Then validation would suffer as well.",
            "p is too large": "Perhaps, but this alone does not show it.",
        },
        right="Nothing",
    ),
    Question(
        "8.q4",
        "1,000 clean digits: training 100 %, validation 89 %. Which cure does most?",
        {
            "L2 with λ = 0.01": "On clean labels it did nothing, or harm: look at the table.",
            "A smaller network": "It lost points: few labels do not mean few features.",
            "New images, made by shifting": "It adds what was missing: knowledge that a shifted 3 is a 3.",
            "Batch norm": "It helps deep nets to learn. This one has learned all there is in its 1,000 digits.",
        },
        right="New images, made by shifting",
    ),
    Question(
        "8.q5",
        "Clipping to norm 1 made a training work; 399 of 400 steps were clipped. What does that mean?",
        {
            "Clipping works as it should": "It should catch rare leaps. Here it was the rule.",
            "The gradients are wrong": "A gradient can be right and long. Check it by nudging, if in doubt.",
            "The cause is still there": (
                "A limit that always acts treats a symptom. In this lesson better first weights were the cure."
            ),
            "The norm should be larger": "Then the leaps come back.",
        },
        right="The cause is still there",
    ),
    Question(
        "8.q6",
        "You have ten labeled images a class of a new kind, and a network trained on 60,000 others. When does it help?",
        {
            "Always: more data were used": "From digits 0–4 to 5–9 it gained nothing, as measured.",
            "Never: the images differ": "For turned digits it gained many points.",
            "Where the new task needs the same features": (
                "Turned digits are made of turned strokes; most of what the lower layers know can be used."
            ),
            "Only if all layers are frozen": "Both were tried; which is better depends on how far the new images are.",
        },
        right="Where the new task needs the same features",
    ),
)
