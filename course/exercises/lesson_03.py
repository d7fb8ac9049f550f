"""The exercises and the quiz of lesson 03, Forward propagation.

The cases of 3.1 are sizes of layers: the weights that belong to them are made here, the same ones every time, and those
of the sizes 2, 2, 1 are the network that the lesson works by hand.
"""

import itertools
import math

import numpy as np

from course.exercises.grading import Exercise, Mistake, case
from course.exercises.questions import Choice, Question
from helpers.network import relu, sigmoid, softmax

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


def _run(answer, A0, sizes):
    """The answer for the network of these sizes; writes into `sizes` if the answer has changed W, b or f."""
    network = _network(sizes)
    result = answer(A0, *network)
    if not all(map(_same, network, _network(sizes))):
        sizes[...] = 0
    return result


def _same(these, those):
    return len(these) == len(those) and all(a is b or np.array_equal(a, b) for a, b in zip(these, those, strict=True))


def _forward(A0, W, b, f):
    for l in range(1, len(W)):
        A0 = f[l](W[l] @ A0 + b[l])
    return A0


def _layers(layer, first=1, last=0):
    """A forward that computes `layer(l, A, A0, W, b, f)` for l = first … L − last."""

    def forward(A0, W, b, f):
        A = A0
        for l in range(first, len(W) - last):
            A = layer(l, A, A0, W, b, f)
        return A

    return forward


def _right(l, A, A0, W, b, f):
    return f[l](W[l] @ A + b[l])


def _all_layers(A0, W, b, f):
    A = [A0]
    for l in range(1, len(W)):
        A.append(f[l](W[l] @ A[l - 1] + b[l]))
    return A


def _case(A0, sizes):
    return case(**{"A0": A0, "W, b, f of sizes": sizes})


FORWARD = Exercise(
    key="3.1",
    title="forward, for any list of layers",
    points=3,
    minutes=12,
    stub="""
def forward(A0, W, b, f):  # lists with entry l for layer l = 1 … L; entry 0 is None
    return ...  # A[L], shape (n_L, m)
""",
    reference=lambda A0, sizes: _run(_forward, A0, sizes),
    use=_run,
    cases=(
        _case([[2.0], [1.0]], [2, 2, 1]),
        _case([[2.0, 1.0, 0.0], [1.0, -1.0, 3.0]], [2, 2, 1]),
        _case([[0.5, -1.0], [1.0, 2.0], [-0.5, 0.0]], [3, 4, 3, 2]),
        _case([[1.0, -2.0, 0.5, 0.0], [0.3, 1.0, -1.0, 2.0]], [2, 3]),
        _case([[1.0], [-1.0], [2.0]], [3, 3, 3, 3, 1]),
    ),
    wrong=(
        Mistake(
            "activation forgotten",
            "The weighted sums are right, but no activation is applied: each layer ends with `f[l](…)`.",
            _layers(lambda l, A, A0, W, b, f: W[l] @ A + b[l]),
        ),
        Mistake(
            "b not added",
            "The biases are missing: the weighted sum is `W[l] @ A + b[l]`.",
            _layers(lambda l, A, A0, W, b, f: f[l](W[l] @ A)),
        ),
        Mistake(
            "b after the activation",
            "The bias is added after the activation. It belongs inside: `f[l](W[l] @ A + b[l])`.",
            _layers(lambda l, A, A0, W, b, f: f[l](W[l] @ A) + b[l]),
        ),
        Mistake(
            "W transposed",
            "W[l] has the shape (n_l, n_{l−1}), a row for each unit of layer l. It needs no `.T`: `W[l] @ A`.",
            _layers(lambda l, A, A0, W, b, f: f[l](W[l].T @ A + b[l])),
        ),
        Mistake(
            "A before W",
            "The order matters in `@`: examples are columns, so the weights come first, `W[l] @ A`.",
            _layers(lambda l, A, A0, W, b, f: f[l](A @ W[l] + b[l])),
        ),
        Mistake(
            "* for @",
            "`*` multiplies element by element; the weighted sums of a layer are a matrix product, `W[l] @ A`.",
            _layers(lambda l, A, A0, W, b, f: f[l](W[l] * A + b[l])),
        ),
        Mistake(
            "the input at each layer",
            "Every layer gets the input A[0]. Layer l needs what layer l − 1 gave: keep it in a variable, and use it.",
            _layers(lambda l, A, A0, W, b, f: f[l](W[l] @ A0 + b[l])),
        ),
        Mistake(
            "a layer early",
            "The loop ends a layer early. The last layer is L = len(W) − 1, and `range` stops before its end: "
            "`range(1, len(W))`.",
            _layers(_right, last=1),
        ),
        Mistake(
            "always two layers",
            "You computed two layers, whatever the network: with the L of the lesson's network, or written out? Inside "
            "the function L is `len(W) - 1`.",
            lambda A0, W, b, f: _right(2, _right(1, A0, A0, W, b, f), A0, W, b, f),
        ),
        Mistake(
            "a layer too far",
            "The loop goes one layer too far: the lists have entries 0 … L, so it is `range(1, len(W))`.",
            _layers(_right, last=-1),
        ),
        Mistake(
            "from layer 0",
            "The loop begins at entry 0, which is None: layer 0 is the input, and nothing is computed there. "
            "`range(1, len(W))` begins at 1.",
            _layers(_right, first=0),
        ),
        Mistake(
            "from layer 2",
            "The first layer is left out: the loop begins at 1, where W[1] belongs to the first hidden layer.",
            _layers(_right, first=2),
        ),
        Mistake(
            "b of the layer before",
            "The bias is that of the layer before, and b[0] is None. All three have the same index: W[l], b[l], f[l].",
            _layers(lambda l, A, A0, W, b, f: f[l](W[l] @ A + b[l - 1])),
        ),
        Mistake(
            "one activation for all",
            "The output layer got the activation of the hidden layers. Each layer has its own: `f[l]`.",
            _layers(lambda l, A, A0, W, b, f: f[1](W[l] @ A + b[l])),
        ),
        Mistake(
            "no activation on the output",
            "This is Z[L]. The output layer has an activation, too: the last line gives A[L] = f[L](Z[L]).",
            _layers(lambda l, A, A0, W, b, f: W[l] @ A + b[l] if l == len(W) - 1 else f[l](W[l] @ A + b[l])),
        ),
        Mistake(
            "ReLU everywhere",
            "Every layer got ReLU. Take the function that is given for the layer, `f[l]`: here the output has another.",
            _layers(lambda l, A, A0, W, b, f: np.maximum(W[l] @ A + b[l], 0)),
        ),
        Mistake(
            "return inside the loop",
            "This is A[1]: the function returned in the first round. Move `return` out of the loop, to the left.",
            lambda A0, W, b, f: _right(1, A0, A0, W, b, f),
        ),
        Mistake(
            "all layers",
            "You gave the activations of all layers. Here only the last is asked for: `return A[-1]`.",
            _all_layers,
        ),
    ),
    hints=(
        "Do what you did by hand: layer 1 from the input, layer 2 from layer 1, and so on. What changes from round to "
        "round is what you hand on.",
        "A loop `for l in range(1, len(W)):` goes over the layers 1 … L. Keep the activations in a list that begins as "
        "`A = [A0]`: then entry l is layer l, as in W, b and f.",
        "The line in the loop is the formula: `A.append(f[l](W[l] @ A[l - 1] + b[l]))`. Give back the last entry of A.",
    ),
    solution="""
def forward(A0, W, b, f):
    A = [A0]
    for l in range(1, len(W)):
        A.append(f[l](W[l] @ A[l - 1] + b[l]))
    return A[-1]
""",
    reason="One line does every layer, and every number of examples. Entry 0 of the lists is None, so that the index "
    "of the code is the index of the formula, and no line has a `+ 1` in it.",
    takeaway="Five networks, one line: a forward pass is the same formula, again and again.",
)


# --- 3.2: a shape bug -------------------------------------------------------------------------------------------------


def _relu_layer(X, W, b):
    return relu(W @ X.T + b[:, None])


LAYER = Exercise(
    key="3.2",
    title="fix a shape bug",
    points=2,
    minutes=8,
    stub="""
def layer(X, W, b):  # X (m, n_0) rows, W (n_1, n_0), b (n_1,) flat
    return ...  # A (n_1, m), one example a column
""",
    reference=_relu_layer,
    cases=(
        case(X=[[1.0, 2.0], [3.0, 0.0], [-1.0, 1.0]], W=[[1.0, 0.5], [2.0, -1.0], [0.5, 1.0]], b=[0.0, 1.0, -1.0]),
        case(X=[[1.0, 2.0], [3.0, 0.5]], W=[[1.0, 0.5], [2.0, 1.0]], b=[0.5, -1.0]),
        case(X=[[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]], W=[[1.0, 2.0, -1.0]], b=[3.0]),
        case(X=[[2.0, -1.0]], W=[[1.0, 1.0], [-1.0, 2.0], [0.0, -3.0]], b=[1.0, 1.0, 1.0]),
    ),
    wrong=(
        Mistake(
            "b still flat",
            "A flat b is spread along the last axis, the examples: example 1 got the bias of unit 1, and so on. With "
            "as many examples as units nothing complains. Make it a column: `b.reshape(-1, 1)`. "
            "`b.T` would not help: `.T` of a flat array changes nothing.",
            lambda X, W, b: relu(W @ X.T + b),
        ),
        Mistake(
            "X still in rows",
            "X has its examples in rows, (m, n_0). The formula wants them in columns: `W @ X.T`.",
            lambda X, W, b: relu(W @ X + b[:, None]),
        ),
        Mistake(
            "as it was",
            "Both bugs are still in it: X has its examples in rows, and b is flat. Print the shapes of all three.",
            lambda X, W, b: relu(W @ X + b),
        ),
        Mistake(
            "reshape for transpose",
            "`reshape` fills the new shape in reading order, so numbers of different examples are mixed. The shape is "
            "right, and the numbers are not. To exchange rows and columns, write `X.T`.",
            lambda X, W, b: relu(W @ X.reshape(W.shape[1], -1) + b[:, None]),
        ),
        Mistake(
            "examples in rows",
            "The numbers are right, with the examples in rows, as PyTorch has them. This course has examples in "
            "columns: the result is (n_1, m).",
            lambda X, W, b: relu(X @ W.T + b),
        ),
        Mistake(
            "W transposed",
            "W is (n_1, n_0), as in the formula; what has to be turned is X.",
            lambda X, W, b: relu(W.T @ X.T + b[:, None]),
        ),
        Mistake(
            "X before W",
            "Row by row it would be `X @ W.T`; in this course it is `W @ X.T`. `X @ W` fits neither.",
            lambda X, W, b: relu(X @ W + b),
        ),
        Mistake(
            "activation forgotten",
            "The sums are right, but ReLU is missing: a negative sum must come out as 0.",
            lambda X, W, b: W @ X.T + b[:, None],
        ),
        Mistake(
            "b after the activation",
            "The bias is added after the activation. It belongs inside: ReLU of the whole sum.",
            lambda X, W, b: relu(W @ X.T) + b[:, None],
        ),
        Mistake(
            "b not added",
            "The bias is gone. Make it a column instead of leaving it out: `b.reshape(-1, 1)`.",
            lambda X, W, b: relu(W @ X.T),
        ),
    ),
    hints=(
        "Write the shapes below each other: W is (n_1, n_0), X is (m, n_0), b is (n_1,), and (n_1, m) must come out. "
        "What stands in the wrong order, and what is flat?",
        "`X.T` has the examples in columns. `b.reshape(-1, 1)` is b as a column, one number for each unit.",
        "ReLU of `W @ … + …`, with the two things of the second hint. ReLU is `relu(z)`, or `np.maximum(z, 0)`.",
    ),
    solution="""
def layer(X, W, b):
    return np.maximum(W @ X.T + b.reshape(-1, 1), 0)
""",
    reason="(n_1, n_0) @ (n_0, m) is (n_1, m), and the column (n_1, 1) is spread over the m examples. `b[:, None]` "
    "makes the same column.",
    takeaway="The column of biases is spread over the examples, whatever their number.",
)


# --- 3.3: counting parameters -----------------------------------------------------------------------------------------


def _pairs(sizes):
    return itertools.pairwise([int(n) for n in sizes])


def _unpacked(sizes):
    n0, n1, n2 = sizes
    return n0 * n1 + n1 + n1 * n2 + n2


THREE_SIZES = "Your formula is for three sizes. The list may have any length: add up in a loop over neighbours."

PARAMETERS = Exercise(
    key="3.3",
    title="count the parameters",
    points=1,
    minutes=6,
    stub="""
def count_parameters(sizes):  # sizes such as [784, 128, 10]
    return ...  # how many numbers are there to learn?
""",
    reference=lambda sizes: sum(n_in * n_out + n_out for n_in, n_out in _pairs(sizes)),
    cases=(
        case(sizes=[2, 2, 1]),
        case(sizes=[5, 4, 3, 2]),
        case(sizes=[1, 3, 1]),
        case(sizes=[784, 10]),
        case(sizes=[784, 128, 10]),
    ),
    wrong=(
        Mistake(
            "biases forgotten",
            "These are the weights alone. Each unit after the input also has a bias: n_l more for layer l.",
            lambda sizes: sum(n_in * n_out for n_in, n_out in _pairs(sizes)),
        ),
        Mistake(
            "a bias for the inputs",
            "You gave the inputs biases, too. Layer 0 computes nothing: biases begin at layer 1.",
            lambda sizes: sum(n_in * n_out for n_in, n_out in _pairs(sizes)) + sum(int(n) for n in sizes),
        ),
        Mistake(
            "the bias of the layer before",
            "You added n_{l−1} biases for layer l. It has one for each of its own units, n_l.",
            lambda sizes: sum(n_in * n_out + n_in for n_in, n_out in _pairs(sizes)),
        ),
        Mistake(
            "one bias a layer",
            "You counted one bias for each layer. Each unit has its own: n_l for layer l.",
            lambda sizes: sum(n_in * n_out + 1 for n_in, n_out in _pairs(sizes)),
        ),
        Mistake(
            "last layer forgotten",
            "The last layer is missing: there are as many matrices W as arrows between the sizes, one less than sizes.",
            lambda sizes: sum(n_in * n_out + n_out for n_in, n_out in _pairs(sizes[:-1])),
        ),
        Mistake(
            "first layer forgotten",
            "The first matrix, from the inputs to layer 1, is missing; it is often the largest.",
            lambda sizes: sum(n_in * n_out + n_out for n_in, n_out in _pairs(sizes[1:])),
        ),
        Mistake(
            "biases alone",
            "These are the biases alone. Layer l also has a matrix of n_l · n_{l−1} weights.",
            lambda sizes: int(np.sum(sizes[1:])),
        ),
        Mistake(
            "three sizes",
            THREE_SIZES,
            lambda sizes: sizes[0] * sizes[1] + sizes[1] + sizes[1] * sizes[2] + sizes[2],
        ),
        Mistake("three sizes unpacked", THREE_SIZES, _unpacked),
        Mistake(
            "units counted",
            "These are the units. Parameters are the weights between them, and the biases.",
            lambda sizes: int(np.sum(sizes)),
        ),
        Mistake(
            "product of all",
            "You multiplied all sizes. Each layer has n_{l−1} · n_l weights of its own; those are added.",
            lambda sizes: math.prod(int(n) for n in sizes),
        ),
        Mistake(
            "no hidden layer",
            "That connects the first size with the last. Go from layer to layer: each size with the next.",
            lambda sizes: int(sizes[0]) * int(sizes[-1]) + int(sizes[-1]),
        ),
        Mistake(
            "one number a layer",
            "You gave a number for each layer; add them up.",
            lambda sizes: [n_in * n_out + n_out for n_in, n_out in _pairs(sizes)],
        ),
        Mistake(
            "only 784-128-10",
            "Right for [784, 128, 10]; the function should work for any list of sizes.",
            lambda sizes: 101_770,
        ),
    ),
    hints=(
        "How many numbers are in W[1], of shape (n_1, n_0), and in b[1], of shape (n_1, 1)?",
        "`zip(sizes[:-1], sizes[1:])` gives each size together with the next one.",
        "Layer l has n_l · n_{l−1} weights and n_l biases. For 784-128-10: 128 · 784 + 128, plus 10 · 128 + 10.",
    ),
    solution="""
def count_parameters(sizes):
    return sum(n_out * n_in + n_out for n_in, n_out in zip(sizes[:-1], sizes[1:]))
""",
    reason="Layer l has a matrix of n_l rows and n_{l−1} columns, and a bias for each row. For 784-128-10 that is "
    "100,352 + 128 in the first layer and 1,280 + 10 in the second: 101,770.",
    takeaway="784-128-10 has 101,770 parameters, and 100,480 of them are in the first layer.",
)


# --- 3.4: weights for XOR ---------------------------------------------------------------------------------------------


SHAPES = {"W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,)}


def _gate(weights, x):
    """The output of a 2-2-1 network of step units; NotImplementedError while there are dots in it."""
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
    return np.where(W2 @ h + b2 > 0, 1.0, 0.0)[0]


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


OR, AND, NAND = (1, 1, -0.5), (1, 1, -1.5), (-1, -1, 1.5)

XOR = Exercise(
    key="3.4",
    title="weights for XOR",
    points=2,
    minutes=10,
    stub="""
my_xor = {
    "W1": [[..., ...], [..., ...]],  # a row for each hidden unit
    "b1": [..., ...],
    "W2": [[..., ...]],  # the weights of the output unit
    "b2": [...],
}
""",
    reference=lambda x: float(x[0] != x[1]),
    use=_gate,
    cases=tuple(case(x=[float(x1), float(x2)]) for x1 in (0, 1) for x2 in (0, 1)),
    wrong=(
        Mistake(
            "OR",
            "Your network is OR: (1, 1) still fires. The output must listen to the second hidden unit: let it be AND, "
            "with a negative weight on its way out.",
            _weights(OR, AND, (1, 0, -0.5)),
        ),
        Mistake(
            "AND",
            "Your network is AND: only (1, 1) fires. If the output unit is an AND, the hidden units must be OR and "
            "NAND. Is the NAND turned round? Or does a sum come out exactly 0? That is off.",
            _weights(OR, AND, (1, 1, -1.5)),
        ),
        Mistake(
            "NAND",
            "Your network is NAND: (0, 0) fires as well. The output must demand both, OR and NAND: a bias below "
            "minus the larger weight.",
            _weights(OR, NAND, (0, 1, -0.5)),
        ),
        Mistake(
            "XNOR",
            "All four are upside down: your network says when the inputs are equal. Change the signs of W2 and b2.",
            _weights(OR, NAND, (-1, -1, 1.5)),
        ),
        Mistake(
            "NOR",
            "Your network is NOR: it fires only for (0, 0), where both hidden units are off. Check the bias b2: with "
            "everything off, the output must be off.",
            _weights(OR, AND, (-1, -1, 0.5)),
        ),
        Mistake(
            "always on",
            "The output fires for every input. Either b2 alone is above 0 and nothing pulls it down, or for every "
            "input at least one hidden unit is on, and one is enough for your output: let it demand both.",
            _weights(OR, NAND, (1, 1, -0.5)),
        ),
        Mistake(
            "never on",
            "The output never fires. Is its bias too far below 0? A step needs a sum above 0; exactly 0 is off.",
            _weights((1, 1, -1), (1, 1, -2), (1, -1, -1)),
        ),
        Mistake(
            "one input alone",
            "The output follows x₁ and does not care for x₂. Does each hidden unit look at both inputs?",
            _weights((1, 0, -0.5), (1, 0, -0.5), (1, 1, -0.5)),
        ),
        Mistake(
            "the other input alone",
            "The output follows x₂ and does not care for x₁. Does each hidden unit look at both inputs?",
            _weights((0, 1, -0.5), (0, 1, -0.5), (1, 1, -0.5)),
        ),
        Mistake(
            "only (1, 0)",
            "You have x₁ and not x₂. That is half of it: the other hidden unit can be x₂ and not x₁, and the "
            "output fires if either does.",
            _weights((1, -1, -0.5), (0, 0, 0), (1, 1, -0.5)),
        ),
        Mistake(
            "only (0, 1)",
            "You have x₂ and not x₁. That is half of it: the other hidden unit can be x₁ and not x₂, and the "
            "output fires if either does.",
            _weights((-1, 1, -0.5), (0, 0, 0), (1, 1, -0.5)),
        ),
    ),
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


EXERCISES = (FORWARD, LAYER, PARAMETERS, XOR)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "3.q1",
        "A network has the sizes 3-5-2. What is the shape of W[2]?",
        (
            Choice("(5, 2)", "Turned round: rows are the units of the layer itself, and layer 2 has two."),
            Choice(
                "(2, 5)",
                "A row for each unit of layer 2, a column for each unit of layer 1: W[2] @ A[1] is (2, 5) @ (5, m).",
                right=True,
            ),
            Choice("(5, 3)", "That is W[1]: it takes the three inputs to five hidden units."),
            Choice("(2, 3)", "Layer 2 sees layer 1 and its five units, not the inputs."),
        ),
    ),
    Question(
        "3.q2",
        "Five units, five examples, and b of shape (5,) instead of (5, 1). What happens in `W @ A + b`?",
        (
            Choice("A ValueError about shapes", "With six examples, yes. With five the shapes fit, and that is worse."),
            Choice("The same as with (5, 1)", "A flat array is spread along the last axis, the examples."),
            Choice(
                "No error, wrong numbers",
                "Example k gets the bias of unit k. Keep b as (n, 1), and try batches of several sizes.",
                right=True,
            ),
            Choice("The result is (5,)", "It stays (5, 5): broadcasting never takes an axis away."),
        ),
    ),
    Question(
        "3.q3",
        "A network of one input, 50 ReLU units in one hidden layer, and an identity output. What can its curve be?",
        (
            Choice(
                "Straight pieces with at most 50 corners",
                "Each unit has one kink, and between kinks all is straight. More units, more corners.",
                right=True,
            ),
            Choice(
                "Any curve, exactly",
                "It can come close to any continuous curve on an interval, but its pieces stay straight.",
            ),
            Choice("A polynomial of degree 50", "No hidden unit multiplies inputs with each other: no powers arise."),
            Choice("A smooth curve", "ReLU has a corner, and so has a sum of ReLUs."),
        ),
    ),
    Question(
        "3.q4",
        "What does the ReLU hidden layer of the lesson do so that a line can part XOR?",
        (
            Choice("It removes one of the four points", "No example is lost; two of them come to lie on each other."),
            Choice(
                "It turns the plane by 45°", "Turning is linear: what no line can part before, none can part after."
            ),
            Choice(
                "It sends (0, 0) and (1, 1) to one point",
                "Both go to (0, 0), the other two to (1, 0) and (0, 1): now one line is enough.",
                right=True,
            ),
            Choice("It stretches the plane", "Stretching is linear, too. The fold, where ReLU cuts off, does it."),
        ),
    ),
    Question(
        "3.q5",
        "Why does He's rule have 2 / n_in where Xavier's has 2 / (n_in + n_out)?",
        (
            Choice("ReLU layers are wider", "The width is in n_in; the 2 has another reason."),
            Choice(
                "ReLU loses half of the mean square",
                "Negative sums become 0, so the mean square halves at each layer; the 2 makes up for it.",
                right=True,
            ),
            Choice("It learns twice as fast", "It is about the size of the signal at the start, not about speed."),
            Choice("Biases count twice", "Biases start at 0 and play no part in either rule."),
        ),
    ),
    Question(
        "3.q6",
        "All weights of a network start at 0. What is wrong with that?",
        (
            Choice(
                "Nothing, learning will change them", "It would change all units of a layer in the same way, for ever."
            ),
            Choice("The outputs are not finite", "They are finite, and all alike."),
            Choice(
                "All units of a layer stay alike",
                "They compute the same, so they get the same nudge. Random weights make them different.",
                right=True,
            ),
            Choice("The parameters are fewer", "A parameter that is 0 counts as well."),
        ),
    ),
)
