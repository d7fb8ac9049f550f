"""The exercises and the quiz of lesson 03, Forward propagation.

The cases of 3.1 are sizes of layers: the weights that belong to them are made here, the same ones every time, and those
of the sizes 2, 2, 1 are the network that the lesson works by hand.
"""

import itertools
import math
from dataclasses import replace

import numpy as np

from course.exercises.grading import Exercise, challenge, exercise
from course.exercises.questions import Question
from course.results import Case, case
from course.text import code
from helpers.data import load_mnist
from helpers.network import Network, relu, sigmoid, softmax

TITLE = "Forward propagation"


# --- 3.1: forward, for any list of layers -----------------------------------------------------------------------------


def _network(sizes):
    """W, b, f for these sizes: ReLU in the hidden layers, then σ for a single output, softmax for several."""
    sizes = [int(n) for n in sizes]
    if sizes == [2, 2, 1]:
        W = [None, np.array([[1.0, -1.0], [-2.0, 3.0]]), np.array([[2.0, -3.0]])]
        b = [None, np.array([[0.5], [0.5]]), np.array([[-2.0]])]
    else:
        rng = np.random.default_rng(sum(sizes))
        W = [None, *(rng.normal(size=shape) for shape in zip(sizes[1:], sizes[:-1], strict=True))]
        b = [None, *(rng.normal(size=(n, 1)) for n in sizes[1:])]
    return W, b, [None, *[relu] * (len(sizes) - 2), sigmoid if sizes[-1] == 1 else softmax]


def _case(A0, sizes):
    W, b, f = _network(sizes)
    return case(f"A0 = {code(A0)} and layers of sizes {sizes}", A0=A0, W=W, b=b, f=f)


def _large():
    rng = np.random.default_rng(0)
    W, b, f = _network([784, 128, 10])
    return rng.normal(size=(784, 256)), W, b, f


@exercise(
    "3.1",
    "forward, for any list of layers",
    points=3,
    minutes=12,
    level=3,
    stub="return ...  # the lists Z and A: Z[0] is None, A[0] is A0",
    returns=("Z", "A"),
    large=_large,
    cases=[
        _case([[2.0], [1.0]], [2, 2, 1]),
        _case([[2.0, 1.0, 0.0], [1.0, -1.0, 3.0]], [2, 2, 1]),
        _case([[0.5, -1.0], [1.0, 2.0], [-0.5, 0.0]], [3, 4, 3, 2]),
        _case([[1.0, -2.0, 0.5, 0.0], [0.3, 1.0, -1.0, 2.0]], [2, 3]),
        _case([[1.0], [-1.0], [2.0]], [3, 3, 3, 3, 1]),
    ],
    hints=[
        "Do what you did by hand: layer 1 from the input, layer 2 from layer 1, and so on. What changes from round to "
        "round is what you hand on.",
        "A loop `for l in range(1, len(W)):` goes over the layers 1 … L. Keep two lists that begin as `Z = [None]` and "
        "`A = [A0]`: then entry l is layer l, as in W, b and f.",
        "The two lines in the loop are the formulas: append `W[l] @ A[l - 1] + b[l]` to Z, and `f[l]` of it to A.",
    ],
    reason="Two lines do every layer, and every number of examples. Entry 0 of the lists is there, so that the index "
    "of the code is the index of the formula, and no line has a `+ 1` in it. Z and A are both kept: the way back will "
    "need them.",
    takeaway="Five networks, two lines: a forward pass is the same formula, again and again.",
)
def forward(A0, W, b, f):  # A0 (n_0, m); W[l], b[l], f[l] belong to layer l
    Z, A = [None], [A0]
    for l in range(1, len(W)):
        Z.append(W[l] @ A[l - 1] + b[l])
        A.append(f[l](Z[l]))
    return Z, A


forward.mistake(
    "The weighted sums are right, but no activation is applied: each layer ends with `f[l](…)`.", {"f[l](Z[l])": "Z[l]"}
)
forward.mistake("The biases are missing: the weighted sum is `W[l] @ A[l - 1] + b[l]`.", {" + b[l]": ""})
forward.mistake(
    "The bias is added after the activation. It belongs inside: `Z[l]` is `W[l] @ A[l - 1] + b[l]`.",
    {" + b[l]": "", "f[l](Z[l])": "f[l](Z[l]) + b[l]"},
)
forward.mistake(
    "W[l] has the shape (n_l, n_{l−1}), a row for each unit of layer l. It needs no `.T`: `W[l] @ A[l - 1]`.",
    {"W[l] @": "W[l].T @"},
)
forward.mistake(
    "The order matters in `@`: examples are columns, so the weights come first, `W[l] @ A[l - 1]`.",
    {"W[l] @ A[l - 1]": "A[l - 1] @ W[l]"},
)
forward.mistake(
    "`*` multiplies element by element; the weighted sums of a layer are a matrix product, `W[l] @ A[l - 1]`.",
    {"W[l] @": "W[l] *"},
)
forward.mistake("Every layer gets the input A[0]. Layer l needs what layer l − 1 gave: `A[l - 1]`.", {"A[l - 1]": "A0"})
forward.mistake(
    "Layer l gets the weighted sums of the layer before, `Z[l - 1]`. It needs its activations, `A[l - 1]`.",
    {
        "Z, A = [None], [A0]": "Z, A = [None], [A0]\n    X = [A0]",
        "A[l - 1]": "X[l - 1]",
        "A.append": "X.append(Z[l])\n        A.append",
    },
)
forward.mistake(
    (
        "The loop ends a layer early. The last layer is L = len(W) − 1, and `range` "
        "stops before its end: `range(1, len(W))`."
    ),
    {"len(W))": "len(W) - 1)"},
)
forward.mistake(
    (
        "You computed two layers, whatever the network. `W` says how many there are: `len(W) - 1`, "
        "so the loop is `range(1, len(W))`."
    ),
    {"range(1, len(W))": "range(1, 3)"},
)
forward.mistake(
    "An index is one too large: the lists end with entry L. The loop is `range(1, len(W))`, and layer l gets "
    "`A[l - 1]`, which is there already.",
    {"len(W))": "len(W) + 1)"},
    {"A[l - 1]": "A[l]"},
)
forward.mistake(
    "`f[l]` is applied to A[l − 1]. It comes after the weighted sum: `f[l](Z[l])`.", {"(Z[l])": "(A[l - 1])"}
)
forward.mistake(
    "The activations are right, but Z[l] lacks the bias: it is `W[l] @ A[l - 1] + b[l]`.",
    {" + b[l]": "", "f[l](Z[l])": "f[l](Z[l] + b[l])"},
)
forward.mistake("b[l] is a column already, (n_l, 1): it needs no `.T`.", {"+ b[l]": "+ b[l].T"})
forward.mistake(
    "Z holds the activations. Z[l] is the weighted sum, and A[l] is `f[l]` of it.",
    {"W[l] @ A[l - 1] + b[l]": "f[l](W[l] @ A[l - 1] + b[l])", "f[l](Z[l])": "Z[l]"},
)
forward.mistake(
    "Entry 0 of W is None: layer 0 is the input, and nothing is computed there. Does the loop begin at 0? "
    "`range(1, len(W))` begins at 1. Or is the index of W one too small? It is `W[l]`.",
    {"range(1, len(W))": "range(len(W))"},
    {"W[l] @": "W[l - 1] @"},
)
forward.mistake(
    "The first layer is left out: the loop begins at 1, where W[1] belongs to the first hidden layer.",
    {"Z, A = [None], [A0]": "Z, A = [None, None], [A0, A0]", "range(1,": "range(2,"},
)
forward.mistake(
    "The bias is that of the layer before, and b[0] is None. All three have the same index: W[l], b[l], f[l].",
    {"b[l]": "b[l - 1]"},
)
forward.mistake(
    "The output layer got the activation of the hidden layers. Each layer has its own: `f[l]`.", {"f[l](": "f[1]("}
)
forward.mistake(
    "The last activation is missing: A[L] is Z[L] here. The output layer has one, too: A[L] = f[L](Z[L]).",
    {"f[l](Z[l])": "f[l](Z[l]) if l < len(W) - 1 else Z[l]"},
)
forward.mistake(
    "Every layer got ReLU. Take the function that is given for the layer, `f[l]`: here the output has another.",
    {"f[l](Z[l])": "np.maximum(Z[l], 0)"},
)
forward.mistake(
    "The function returned in the first round, after layer 1. Move `return` out of the loop, to the left.",
    {"    return": "        return"},
)
forward.mistake(
    "You gave the last activations alone. Both lists are asked for, `return Z, A`: the way back will need them.",
    {"return Z, A": "return A[-1]"},
)
forward.mistake(
    "You gave A alone. Both lists are asked for, `return Z, A`: the way back will need them.",
    {"return Z, A": "return A"},
)
forward.mistake("The two lists are right, in the other order: `return Z, A`.", {"return Z, A": "return A, Z"})
forward.mistake(
    "Z lacks its entry 0: begin with `Z = [None]`, so that Z[l] belongs to layer l.",
    {"Z, A = [None], [A0]": "Z, A = [], [A0]", "f[l](Z[l])": "f[l](Z[-1])"},
)
forward.mistake(
    "A lacks its entry 0: begin with `A = [A0]`, so that A[l] belongs to layer l.", {"return Z, A": "return Z, A[1:]"}
)
forward.mistake(
    "`Z[l] = …` changes an entry that is there already, and the lists still end before it. Let them grow: "
    "`Z.append(…)`, `A.append(…)`.",
    {"Z.append(W[l] @ A[l - 1] + b[l])": "Z[l] = W[l] @ A[l - 1] + b[l]", "A.append(f[l](Z[l]))": "A[l] = f[l](Z[l])"},
)
forward.mistake(
    "Both lists lack their entry 0: begin with `Z = [None]` and `A = [A0]`, so that entry l belongs to layer l.",
    {"return Z, A": "return Z[1:], A[1:]"},
)
forward.mistake(
    "Entry 0 of A is the input: begin with `A = [A0]`, not with None.", {"return Z, A": "return Z, [None, *A[1:]]"}
)
forward.mistake(
    "Only the last layer came back. Both lists are asked for, with an entry for each layer: `return Z, A`.",
    {"return Z, A": "return Z[-1], A[-1]"},
)
forward.mistake("`f` is a list with an activation for each layer: `f[l](…)`, not `f(…)`.", {"f[l](Z[l])": "f(Z[l])"})
forward.mistake("The activation is that of the layer before, and f[0] is None: `f[l]`.", {"f[l](": "f[l - 1]("})
forward.mistake("A0 has its examples in columns already: it needs no `.T`.", {"[A0]": "[A0.T]"})
forward.mistake("The bias is subtracted; it is added: `W[l] @ A[l - 1] + b[l]`.", {"+ b[l]": "- b[l]"})


# --- 3.2: a shape bug -------------------------------------------------------------------------------------------------


@exercise(
    "3.2",
    "fix a shape bug",
    points=2,
    minutes=8,
    level=2,
    stub="return ...  # A (n_1, m), one example a column",
    cases=[
        case(X=[[1.0, 2.0], [3.0, 0.0], [-1.0, 1.0]], W=[[1.0, 0.5], [2.0, -1.0], [0.5, 1.0]], b=[0.0, 1.0, -1.0]),
        case(X=[[1.0, 2.0], [3.0, 0.5]], W=[[1.0, 0.5], [2.0, 1.0]], b=[0.5, -1.0]),
        case(X=[[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]], W=[[1.0, 2.0, -1.0]], b=[3.0]),
        case(X=[[2.0, -1.0]], W=[[1.0, 1.0], [-1.0, 2.0], [0.0, -3.0]], b=[1.0, 1.0, 1.0]),
    ],
    hints=[
        "Write the shapes below each other: W is (n_1, n_0), X is (m, n_0), b is (n_1,), and (n_1, m) must come out. "
        "What stands in the wrong order, and what is flat?",
        "`X.T` has the examples in columns. `b.reshape(-1, 1)` is b as a column, one number for each unit.",
        "ReLU of `W @ … + …`, with the two things of the second hint. ReLU is `relu(z)`, or `np.maximum(z, 0)`.",
    ],
    reason=(
        "(n_1, n_0) @ (n_0, m) is (n_1, m), and the column (n_1, 1) is spread over the m examples. `b[:, None]` "
        "makes the same column."
    ),
    takeaway=("The column of biases is spread over the examples, whatever their number."),
)
def layer(X, W, b):  # X (m, n_0) rows, W (n_1, n_0), b (n_1,) flat
    return np.maximum(W @ X.T + b.reshape(-1, 1), 0)


layer.mistake(
    "A flat b is spread along the last axis, the examples: example 1 got the bias of unit 1, and so on. With "
    "as many examples as units nothing complains. Make it a column: `b.reshape(-1, 1)`. "
    "`b.T` would not help: `.T` of a flat array changes nothing.",
    lambda X, W, b: relu(W @ X.T + b),
)
layer.mistake(
    "X has its examples in rows, (m, n_0). The formula wants them in columns: `W @ X.T`.",
    lambda X, W, b: relu(W @ X + b[:, None]),
)
layer.mistake(
    "Both bugs are still in it: X has its examples in rows, and b is flat. Print the shapes of all three.",
    lambda X, W, b: relu(W @ X + b),
)
layer.mistake(
    "`reshape` fills the new shape in reading order, so numbers of different examples are mixed. The shape is "
    "right, and the numbers are not. To exchange rows and columns, write `X.T`.",
    lambda X, W, b: relu(W @ X.reshape(W.shape[1], -1) + b[:, None]),
)
layer.mistake(
    "The numbers are right, with the examples in rows, as PyTorch has them. This course has examples in "
    "columns: the result is (n_1, m).",
    lambda X, W, b: relu(X @ W.T + b),
)
layer.mistake(
    "W is (n_1, n_0), as in the formula; what has to be turned is X.", lambda X, W, b: relu(W.T @ X.T + b[:, None])
)
layer.mistake(
    "Turned like this, W and X meet along units and examples: they fit only if there are as many of each. The sum goes "
    "over the inputs: turn X alone, and put it behind W, `W @ X.T`.",
    lambda X, W, b: relu(W.T @ X + b),
    lambda X, W, b: relu(W.T @ X + b[:, None]),
)
layer.mistake(
    "Row by row it would be `X @ W.T`; in this course it is `W @ X.T`. `X @ W` fits neither.",
    lambda X, W, b: relu(X @ W + b),
)
layer.mistake(
    "The sums are right, but ReLU is missing: a negative sum must come out as 0.", lambda X, W, b: W @ X.T + b[:, None]
)
layer.mistake(
    "The bias is added after the activation. It belongs inside: ReLU of the whole sum.",
    lambda X, W, b: relu(W @ X.T) + b[:, None],
)
layer.mistake(
    "In `X @ W.T` examples are rows, and b as a column meets them. Here it is `W @ X.T`, plus b as a column.",
    lambda X, W, b: relu(X @ W.T + b[:, None]),
)
layer.mistake(
    "Row by row it would be `X @ W.T`; in this course it is `W @ X.T`. `X @ W` fits neither.",
    lambda X, W, b: relu(X @ W + b).T,
)
layer.mistake("All biases are added into one. Each unit has its own.", lambda X, W, b: relu(W @ X.T + b.sum()))
layer.mistake("The bias is subtracted; it is added.", lambda X, W, b: relu(W @ X.T - b[:, None]))
layer.mistake("The bias multiplies the sum; it is added to it.", lambda X, W, b: relu(W @ X.T * b[:, None]))
layer.mistake("This layer has the sigmoid. ReLU is asked for.", lambda X, W, b: sigmoid(W @ X.T + b[:, None]))
layer.mistake(
    "The bias is gone. Make it a column instead of leaving it out: `b.reshape(-1, 1)`.", lambda X, W, b: relu(W @ X.T)
)


# --- 3.3: counting parameters -----------------------------------------------------------------------------------------


def _pairs(sizes):
    return itertools.pairwise([int(n) for n in sizes])


def _unpacked(sizes):
    n0, n1, n2 = sizes
    return n0 * n1 + n1 + n1 * n2 + n2


THREE_SIZES = "Your formula is for three sizes. The list may have any length: add up in a loop over neighbours."


@exercise(
    "3.3",
    "count the parameters",
    points=1,
    minutes=6,
    level=1,
    stub="return ...  # how many numbers are there to learn?",
    cases=[
        Case(sizes=[2, 2, 1]),
        Case(sizes=[5, 4, 3, 2]),
        Case(sizes=[1, 3, 1]),
        Case(sizes=[784, 10]),
        Case(sizes=[784, 128, 10]),
    ],
    hints=[
        "How many numbers are in W[1], of shape (n_1, n_0), and in b[1], of shape (n_1, 1)?",
        "`zip(sizes[:-1], sizes[1:])` gives each size together with the next one.",
        "Layer l has n_l · n_{l−1} weights and n_l biases. For 784-128-10: 128 · 784 + 128, plus 10 · 128 + 10.",
    ],
    reason=(
        "Layer l has a matrix of n_l rows and n_{l−1} columns, and a bias for each row. For 784-128-10 that is "
        "100,352 + 128 in the first layer and 1,280 + 10 in the second: 101,770."
    ),
    takeaway=("784-128-10 has 101,770 parameters, and 100,480 of them are in the first layer."),
)
def count_parameters(sizes):  # sizes such as [784, 128, 10]
    return sum(n_out * n_in + n_out for n_in, n_out in zip(sizes[:-1], sizes[1:]))  # noqa: B905, RUF007


count_parameters.mistake(
    "These are the weights alone. Each unit after the input also has a bias: n_l more for layer l.",
    lambda sizes: sum(n_in * n_out for n_in, n_out in _pairs(sizes)),
)
count_parameters.mistake(
    "You gave the inputs biases, too. Layer 0 computes nothing: biases begin at layer 1.",
    lambda sizes: sum(n_in * n_out for n_in, n_out in _pairs(sizes)) + sum(int(n) for n in sizes),
)
count_parameters.mistake(
    "You added n_{l−1} biases for layer l. It has one for each of its own units, n_l.",
    lambda sizes: sum(n_in * n_out + n_in for n_in, n_out in _pairs(sizes)),
)
count_parameters.mistake(
    "You counted one bias for each layer. Each unit has its own: n_l for layer l.",
    lambda sizes: sum(n_in * n_out + 1 for n_in, n_out in _pairs(sizes)),
)
count_parameters.mistake(
    "The last layer is missing: there are as many matrices W as arrows between the sizes, one less than sizes.",
    lambda sizes: sum(n_in * n_out + n_out for n_in, n_out in _pairs(sizes[:-1])),
)
count_parameters.mistake(
    "The first matrix, from the inputs to layer 1, is missing; it is often the largest.",
    lambda sizes: sum(n_in * n_out + n_out for n_in, n_out in _pairs(sizes[1:])),
)
count_parameters.mistake(
    "These are the biases alone. Layer l also has a matrix of n_l · n_{l−1} weights.",
    lambda sizes: int(np.sum(sizes[1:])),
)
count_parameters.mistake(THREE_SIZES, lambda sizes: sizes[0] * sizes[1] + sizes[1] + sizes[1] * sizes[2] + sizes[2])
count_parameters.mistake(THREE_SIZES, _unpacked)
count_parameters.mistake(
    "These are the units. Parameters are the weights between them, and the biases.", lambda sizes: int(np.sum(sizes))
)
count_parameters.mistake(
    "You multiplied all sizes. Each layer has n_{l−1} · n_l weights of its own; those are added.",
    lambda sizes: math.prod(int(n) for n in sizes),
)
count_parameters.mistake(
    "The biases are right. For the weights you multiplied all sizes; only neighbors are multiplied, and added up.",
    lambda sizes: math.prod(int(n) for n in sizes) + sum(int(n) for n in sizes[1:]),
)
count_parameters.mistake(
    "You added the two sizes of a layer. Each unit has a weight for each input: n_{l−1} · n_l of them.",
    lambda sizes: sum(n_in + n_out + n_out for n_in, n_out in _pairs(sizes)),
    lambda sizes: sum(n_in + n_out for n_in, n_out in _pairs(sizes)),
)
count_parameters.mistake(
    "Only the last layer is counted. In a loop, `n = …` begins anew each time; `n += …` adds to what is there.",
    lambda sizes: sizes[-2] * sizes[-1] + sizes[-1],
)
count_parameters.mistake(
    "Only the first layer is counted. Is the `return` inside the loop? Then the function ends in its first round.",
    lambda sizes: sizes[0] * sizes[1] + sizes[1],
)
count_parameters.mistake(
    "Both sizes of each layer got a bias. Only its own units have one: (n_{l−1} + 1) · n_l in all.",
    lambda sizes: sum(n_in * n_out + n_in + n_out for n_in, n_out in _pairs(sizes)),
    lambda sizes: sum((n_in + 1) * (n_out + 1) for n_in, n_out in _pairs(sizes)),
)
count_parameters.mistake(
    "You squared the sizes. W[l] has n_l · n_{l−1} weights: each size times the one before.",
    lambda sizes: sum(n * n for n in sizes),
)
count_parameters.mistake(
    "That connects the first size with the last. Go from layer to layer: each size with the next.",
    lambda sizes: int(sizes[0]) * int(sizes[-1]) + int(sizes[-1]),
)
count_parameters.mistake(
    "You gave a number for each layer; add them up.",
    lambda sizes: [n_in * n_out + n_out for n_in, n_out in _pairs(sizes)],
)
count_parameters.mistake(
    "Right for [784, 128, 10]; the function should work for any list of sizes.", lambda sizes: 101_770
)


# --- 3.4: weights for XOR ---------------------------------------------------------------------------------------------


SHAPES = {"W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,)}


def _gate(weights, x):
    """The output of a 2-2-1 network of step units; NotImplementedError while there are dots in it."""
    return _units(weights, x)[2]


def _units(weights, x):
    """What the two hidden units and the output of such a network say."""
    if not issubclass(type(weights), dict) or set(weights) != set(SHAPES):
        raise ValueError("keep the form of the stub: a dictionary with W1, b1, W2, b2.")
    if _dots(list(weights.values())):
        raise NotImplementedError
    arrays = []
    for name, shape in SHAPES.items():
        array = np.array(weights[name], dtype=float)
        if array.size != math.prod(shape) or array.shape[:1] != shape[:1]:
            raise ValueError(f"{name} should have the shape {shape}; it has {array.shape}.")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} has an entry that is no finite number.")
        arrays.append(array.reshape(shape))
    W1, b1, W2, b2 = arrays
    h = np.where(W1 @ x + b1 > 0, 1.0, 0.0)
    return [*h, *np.where(W2 @ h + b2 > 0, 1.0, 0.0)]


def _dots(value):
    return value is ... or (type(value) in (list, tuple) and any(map(_dots, value)))


def _weights(first, second, out):
    """(w₁, w₂, b) of each of the three units, as in the stub."""
    return {
        "W1": [list(first[:2]), list(second[:2])],
        "b1": [first[2], second[2]],
        "W2": [list(out[:2])],
        "b2": [out[2]],
    }


UNITS = {  # what a unit is, by what it says for (0, 0), (0, 1), (1, 0), (1, 1)
    (0, 0, 0, 0): "never on",
    (0, 0, 0, 1): "AND",
    (0, 0, 1, 0): "x₁ and not x₂",
    (0, 0, 1, 1): "x₁",
    (0, 1, 0, 0): "x₂ and not x₁",
    (0, 1, 0, 1): "x₂",
    (0, 1, 1, 1): "OR",
    (1, 0, 0, 0): "NOR",
    (1, 0, 1, 0): "not x₂",
    (1, 0, 1, 1): "x₁ or not x₂",
    (1, 1, 0, 0): "not x₁",
    (1, 1, 0, 1): "x₂ or not x₁",
    (1, 1, 1, 0): "NAND",
    (1, 1, 1, 1): "always on",
}


class Layered(Exercise):
    """A network of step units: what its hidden units are is said, too, because many weights give the same output."""

    def _explain(self, fault, k, seen, answer):
        verdict = super()._explain(fault, k, seen, answer)
        if fault[0] != "values":
            return verdict
        first, second, _ = zip(*(_units(answer, given["x"]) for given in self.cases), strict=True)
        says = f"The first hidden unit, row 1 of W1 and of b1, is {UNITS[first]}; the second is {UNITS[second]}."
        return replace(verdict, lines=(*verdict.lines[:-1], says, verdict.lines[-1]))


OR, AND, NAND = (1, 1, -0.5), (1, 1, -1.5), (-1, -1, 1.5)

my_xor = Layered(
    key="3.4",
    title="weights for XOR",
    points=2,
    minutes=10,
    level=2,
    stub="""
my_xor = {
    "W1": [[..., ...], [..., ...]],  # a row for each hidden unit
    "b1": [..., ...],
    "W2": [[..., ...]],  # the weights of the output unit
    "b2": [...],
}
""",
    right=_weights(OR, AND, (1, -1, -0.5)),
    use=_gate,
    cases=tuple(case(x=[float(x1), float(x2)]) for x1 in (0, 1) for x2 in (0, 1)),
    hints=(
        "Say XOR with the gates of lesson 01: at least one of the two, and not both.",
        "Let hidden unit 1 be OR and hidden unit 2 be AND. The output fires if the first is on and the second is off.",
        "OR is x₁ + x₂ − 0.5 > 0, AND is x₁ + x₂ − 1.5 > 0. For “h₁ and not h₂” give h₂ a negative weight, and "
        "choose b2 so that (h₁, h₂) = (1, 0) is above 0 and (0, 0) is not.",
    ),
    solution="""
my_xor = {
    "W1": [[1, 1], [1, 1]],
    "b1": [-0.5, -1.5],
    "W2": [[1, -1]],
    "b2": [-0.5],
}
""",
    reason="Hidden unit 1 is OR, hidden unit 2 is AND. The output is h₁ − h₂ − 0.5 > 0: OR and not AND. Another way is "
    "x₁ and not x₂, x₂ and not x₁, and an OR of the two; any weights that give the four right outputs are right.",
    takeaway="Two lines cut the plane, and a third unit combines them: what one neuron cannot, three can.",
)

my_xor.mistake(
    "Your network is OR: (1, 1) still fires. The output must listen to the second hidden unit: let it be AND, "
    "with a negative weight on its way out.",
    _weights(OR, AND, (1, 0, -0.5)),
)
my_xor.mistake(
    "Your network is AND: only (1, 1) fires. If the output unit is an AND, the hidden units must be OR and "
    "NAND. Is the NAND turned round? Or does a sum come out exactly 0? That is off.",
    _weights(OR, AND, (1, 1, -1.5)),
)
my_xor.mistake(
    "Your network is NAND: (0, 0) fires as well. The output must demand both, OR and NAND: a bias below "
    "minus the larger weight.",
    _weights(OR, NAND, (0, 1, -0.5)),
)
my_xor.mistake(
    "All four are upside down: your network says when the inputs are equal. Change the signs of W2 and b2.",
    _weights(OR, NAND, (-1, -1, 1.5)),
)
my_xor.mistake(
    "Your network is NOR: it fires only for (0, 0), where both hidden units are off. Check the bias b2: with "
    "everything off, the output must be off.",
    _weights(OR, AND, (-1, -1, 0.5)),
)
my_xor.mistake(
    "The output fires for every input. Either b2 alone is above 0 and nothing pulls it down, or for every "
    "input at least one hidden unit is on, and one is enough for your output: let it demand both.",
    _weights(OR, NAND, (1, 1, -0.5)),
)
my_xor.mistake(
    "The output never fires. Is b2 too far below 0, or is a hidden unit not what you meant? A step needs a sum "
    "above 0; exactly 0 is off.",
    _weights((1, 1, -1), (1, 1, -2), (1, -1, -1)),
)
my_xor.mistake(
    "The output follows x₁ and does not care for x₂. Does each hidden unit look at both inputs?",
    _weights((1, 0, -0.5), (1, 0, -0.5), (1, 1, -0.5)),
)
my_xor.mistake(
    "The output follows x₂ and does not care for x₁. Does each hidden unit look at both inputs?",
    _weights((0, 1, -0.5), (0, 1, -0.5), (1, 1, -0.5)),
)
my_xor.mistake(
    "You have x₁ and not x₂. That is half of it: the other hidden unit can be x₂ and not x₁, and the "
    "output fires if either does.",
    _weights((1, -1, -0.5), (0, 0, 0), (1, 1, -0.5)),
)
my_xor.mistake(
    "You have x₂ and not x₁. That is half of it: the other hidden unit can be x₁ and not x₂, and the "
    "output fires if either does.",
    _weights((-1, 1, -0.5), (0, 0, 0), (1, 1, -0.5)),
)


EXERCISES = (forward, layer, count_parameters, my_xor)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "3.q1",
        "A network has the sizes 3-5-2. What is the shape of W[2]?",
        {
            "(5, 2)": "Turned round: rows are the units of the layer itself, and layer 2 has two.",
            "(2, 5)": (
                "A row for each unit of layer 2, a column for each unit of layer 1: W[2] @ A[1] is (2, 5) @ (5, m)."
            ),
            "(5, 3)": "That is W[1]: it takes the three inputs to five hidden units.",
            "(2, 3)": "Layer 2 sees layer 1 and its five units, not the inputs.",
        },
        right="(2, 5)",
    ),
    Question(
        "3.q2",
        "Five units, five examples, and b of shape (5,) instead of (5, 1). What happens in `W @ A + b`?",
        {
            "A ValueError about shapes": "With six examples, yes. With five the shapes fit, and that is worse.",
            "The same as with (5, 1)": "A flat array is spread along the last axis, the examples.",
            "No error, wrong numbers": (
                "Example k gets the bias of unit k. Keep b as (n, 1), and try batches of several sizes."
            ),
            "The result is (5,)": "It stays (5, 5): broadcasting never takes an axis away.",
        },
        right="No error, wrong numbers",
    ),
    Question(
        "3.q3",
        "A network of one input, 50 ReLU units in one hidden layer, and an identity output. What can its curve be?",
        {
            "Straight pieces with at most 50 corners": (
                "Each unit has one kink, and between kinks all is straight. More units, more corners."
            ),
            "Any curve, exactly": (
                "It can come close to any continuous curve on an interval, but its pieces stay straight."
            ),
            "A polynomial of degree 50": "No hidden unit multiplies inputs with each other: no powers arise.",
            "A smooth curve": "ReLU has a corner, and so has a sum of ReLUs.",
        },
        right="Straight pieces with at most 50 corners",
    ),
    Question(
        "3.q4",
        "What does the ReLU hidden layer of the lesson do so that a line can part XOR?",
        {
            "It removes one of the four points": "No example is lost; two of them come to lie on each other.",
            "It turns the plane by 45°": "Turning is linear: what no line can part before, none can part after.",
            "It sends (0, 0) and (1, 1) to one point": (
                "Both go to (0, 0), the other two to (1, 0) and (0, 1): now one line is enough."
            ),
            "It stretches the plane": "Stretching is linear, too. The fold, where ReLU cuts off, does it.",
        },
        right="It sends (0, 0) and (1, 1) to one point",
    ),
    Question(
        "3.q5",
        "Where n_in = n_out = n, Xavier's rule is 1 / n and He's 2 / n. Why twice as much?",
        {
            "ReLU layers are wider": "The width is in n_in; the 2 has another reason.",
            "ReLU loses half of the mean square": (
                "Negative sums become 0, so the mean square halves at each layer; the 2 makes up for it."
            ),
            "It learns twice as fast": "It is about the size of the signal at the start, not about speed.",
            "Biases count twice": "Biases start at 0 and play no part in either rule.",
        },
        right="ReLU loses half of the mean square",
    ),
    Question(
        "3.q6",
        "All weights of a network start at 0. What is wrong with that?",
        {
            "Nothing, learning will change them": "It would change all units of a layer in the same way, for ever.",
            "The outputs are not finite": "They are finite, and all alike.",
            "All units of a layer stay alike": (
                "They compute the same, so they get the same nudge. Random weights make them different."
            ),
            "The parameters are fewer": "A parameter that is 0 counts as well.",
        },
        right="All units of a layer stay alike",
    ),
)


# --- answers to the harder challenges ---------------------------------------------------------------------------------


@challenge(
    "3.c1",
    "work for the outer R",
    result="With R(2X − 5) in place of R(2X − 4) the sum falls to −0.5, at X = 2.5; the curve stays at 0 from 2 to 3.",
    notice="The outer R cuts off what is below 0. With it come two new kinks: four in all, from three hidden units.",
    holds=lambda value: value == (-0.5, 0.0),
)
def outer_relu():
    X = np.linspace(-1, 4, 501)
    total = relu(X) - relu(2 * X - 2) + relu(2 * X - 5)
    return round(float(total.min()), 9), float(relu(total).min())


@challenge(
    "3.c2",
    "a bump of four hinges",
    result="0, 0, ½, 1, 1, ½, 0, 0 at X = −1, 0, ½, 1, 2, 2½, 3, 4.",
    notice="Each corner of the curve is a hidden unit, and its outgoing weight is the change of slope: 1, −1, −1, 1.",
    holds=lambda outputs: outputs == [0, 0, 0.5, 1, 1, 0.5, 0, 0],
)
def bump():
    X = np.array([[-1, 0, 0.5, 1, 2, 2.5, 3, 4]])
    W = [None, np.ones((4, 1)), np.array([[1, -1, -1, 1]])]
    b = [None, np.array([[0], [-1], [-2], [-3]]), np.zeros((1, 1))]
    H = np.maximum(W[1] @ X + b[1], 0)
    return (W[2] @ H + b[2])[0].tolist()


@challenge(
    "3.c3",
    "eight sigmoid layers",
    result="The mean of A[8] is ½ within 0.05 for every start. From one example to another a unit of layer 8 changes "
    "by about 0.07 with weights of 0.5, and by less than 0.001 with all smaller ones.",
    notice="Weights are as often negative as positive, and σ(−z) = 1 − σ(z): so the mean is ½. A sigmoid's slope is at "
    "most ¼, so differences between examples shrink at each layer, even with Xavier's weights: the last layer hardly "
    "knows its input.",
    holds=lambda found: (
        all(abs(mean - 0.5) < 0.05 for mean, _ in found.values())
        and 0.03 < found["0.5"][1] < 0.15
        and max(found[name][1] for name in ("0.01", "Xavier", "He")) < 0.001
    ),
)
def sigmoid_layers():
    found = {}
    for name, size in (("0.01", 0.01), ("0.5", 0.5), ("Xavier", (1 / 256) ** 0.5), ("He", (2 / 256) ** 0.5)):
        rng = np.random.default_rng(3)
        A = rng.normal(size=(256, 500))
        for _ in range(8):
            A = sigmoid(size * rng.normal(size=(256, 256)) @ A)
        found[name] = float(A.mean()), float(A.std(axis=1).mean())
    return found


@challenge(
    "3.c4",
    "thirty seeds",
    result="Between 7 % and 17 %, with a mean near 11 %.",
    notice="Before learning no digit is preferred on average, so one in ten is right; but a single start may do much "
    "better, or worse, by luck alone. One run proves little.",
    holds=lambda shares: 0.06 < min(shares) < 0.075 and 0.155 < max(shares) < 0.175,
)
def thirty_seeds():
    sample = load_mnist("sample")
    X, y = sample.X_train, sample.y_train
    return [float(np.mean(Network([784, 128, 10], seed=seed).predict(X) == y)) for seed in range(30)]


CHALLENGES = (outer_relu, bump, sigmoid_layers, thirty_seeds)
