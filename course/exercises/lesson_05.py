"""The exercises, the quiz and the challenges of lesson 05, Backpropagation, step by step.

Each wrong answer is one that learners really give. 5.4 to 5.7 ask for the bug of a function by its fingerprint alone:
the suspects' code stands here, and the widget Suspects shows it once the bug is named. The networks of the cases of 5.3
are made here, the same ones every time.
"""

from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from course import sandbox
from course.exercises.grading import Prediction, challenge, exercise, source_of
from course.exercises.questions import Choices, Question, Situation
from course.results import case
from helpers import network

TITLE = "Backpropagation, step by step"


# --- 5.1: local derivatives -------------------------------------------------------------------------------------------


@exercise(
    "5.1",
    "local derivatives",
    points=1,
    minutes=8,
    level=1,
    stub="return ...  # five numbers: ∂z/∂w, ∂z/∂x, ∂z/∂b, ∂a/∂z, ∂L/∂a",
    returns=("dz_dw", "dz_dx", "dz_db", "da_dz", "dL_da"),
    apart=True,
    cases=[
        case(x=3.0, w=-0.5, b=0.8, y=1.0),
        case(x=-2.0, w=0.25, b=0.75, y=0.0),
        case(x=0.5, w=4.0, b=-3.0, y=0.4),
    ],
    hints=[
        "Take one node at a time, and forget the rest of the graph: by how much does its output grow if this input "
        "grows by a little and the others stay?",
        "z is a product plus b: for a product, the derivative is the other factor. For the sigmoid, lesson 02 has its "
        "slope from its value.",
        "∂z/∂w is x and ∂z/∂x is w. A sum passes everything on, so ∂z/∂b is a constant. The slope of the sigmoid is "
        "a times something; that of u² is 2u.",
    ],
    reason="Each is the derivative of one simple node, and can be read off without looking at the others. The chain "
    "rule will multiply them: ∂L/∂w is the last times the fourth times the first.",
    takeaway="Five small derivatives, none of which knows of the others: the chain rule multiplies them.",
)
def local_derivatives(x, w, b, y):  # z = w x + b,  a = σ(z),  L = (a − y)²
    z = w * x + b
    a = 1 / (1 + np.exp(-z))
    return x, w, 1, a * (1 - a), 2 * (a - y)


LOCAL_MISTAKES = {  # what is said to a wrong answer: the edits of the solution that make it
    (
        "∂z/∂w and ∂z/∂x are swapped. Raise w by 1, and w · x grows by x: the local derivative of a product is the "
        "other factor."
    ): {"return x, w": "return w, x"},
    "z = w x + b grows by exactly 1 when b does, whatever b is: ∂z/∂b = 1.": {"w, 1,": "w, b,"},
    "A derivative of 0 would mean that b does not matter. z grows by 1 when b grows by 1.": {"w, 1,": "w, 0,"},
    "Your ∂a/∂z is σ′(a): the slope at a. It is asked for at z, where it is a (1 − a), because a is σ(z) already.": {
        "a * (1 - a)": "network.sigmoid_prime(a)"
    },
    "Your ∂a/∂z is a itself, the value of the sigmoid. Its slope is a (1 − a).": {"a * (1 - a)": "a"},
    "The derivative of a square is twice what is squared: ∂L/∂a = 2 (a − y).": {"2 * (a - y)": "a - y"},
    "The sign of ∂L/∂a is turned: if a is above y, raising a makes it worse, so it must be positive there.": {
        "(a - y)": "(y - a)"
    },
    "As ∂L/∂a you gave the loss. How fast does it grow with a?": {"2 * (a - y)": "(a - y) ** 2"},
    (
        "You have multiplied along the chain: these are ∂L/∂w, ∂L/∂x, … That is the next step. A local derivative "
        "knows nothing of what comes after its node."
    ): {"return x, w, 1, a * (1 - a)": "d = 2 * (a - y) * a * (1 - a)\n    return d * x, d * w, d, d"},
    "The five are right, and in reverse order: begin with ∂z/∂w, as the comment does.": {
        "return ": "return (",
        "(a - y)": "(a - y))[::-1]",
    },
    "The bias is missing in z = w x + b, so a is wrong, and with it ∂a/∂z and ∂L/∂a.": {"w * x + b": "w * x"},
    "The slope of σ is made of its value a, not of z: a (1 − a).": {"a * (1 - a)": "z * (1 - z)"},
    "1 − a² is the slope of tanh; that of σ is a (1 − a).": {"a * (1 - a)": "1 - a**2"},
    "A factor is missing in ∂a/∂z: it is a (1 − a), not 1 − a.": {"a * (1 - a)": "1 - a"},
    "Brackets are missing: `a * 1 - a` is 0. Write `a * (1 - a)`.": {"(1 - a)": "1 - a"},
    "Brackets are missing: `2 * a - y` doubles a alone.": {"2 * (a - y)": "2 * a - y"},
    "Your ∂L/∂a is twice the loss: when you differentiate, the square goes.": {"- y)": "- y) ** 2"},
    "As ∂a/∂z you gave ∂L/∂z, the product of two local derivatives.": {"a * (1": "2 * (a - y) * a * (1"},
    "As ∂L/∂a you gave ∂L/∂z, the product of two local derivatives.": {"(a - y)": "(a - y) * a * (1 - a)"},
    "Your a is σ(−z): the exponent of e is −z.": {"exp(-z)": "exp(z)"},
    "Brackets are missing: `-w * x + b` is not −(w x + b).": {"-z": "-w * x + b"},
    "Brackets are missing: `1 / 1 + np.exp(-z)` divides 1 by 1 first.": {"(1 + np.exp(-z))": "1 + np.exp(-z)"},
    "∂L/∂a takes a, not z.": {"a - y": "z - y"},
    "The sign of ∂L/∂a counts: no absolute value.": {"(a - y)": "abs(a - y)"},
    "Your a is z itself: a = σ(z).": {"1 / (1 + np.exp(-z))": "z"},
}


# --- 5.2: one layer's backward ----------------------------------------------------------------------------------------


@exercise(
    "5.2",
    "one layer's backward",
    points=2,
    minutes=10,
    level=2,
    stub="return ...  # three arrays: dW (shape of W), db (n_l, 1), dA_prev (shape of A_prev)",
    returns=("dW", "db", "dA_prev"),
    apart=True,
    cases=[
        case(
            delta=[[1.0, 2.0, -1.0], [0.5, -1.0, 3.0]],
            A_prev=[[1.0, 0.0, 2.0], [-1.0, 3.0, 0.5], [2.0, 1.0, 1.0], [0.0, -2.0, 4.0]],
            W=[[1.0, 2.0, -1.0, 0.5], [3.0, -2.0, 0.0, 1.0]],
        ),
        case(delta=[[2.0], [-1.0]], A_prev=[[3.0], [0.5]], W=[[1.0, -2.0], [4.0, 0.5]]),
        case(delta=[[1.0, -2.0], [0.5, 4.0]], A_prev=[[3.0, 1.0], [-1.0, 2.0]], W=[[1.0, 2.0], [3.0, 5.0]]),
    ],
    hints=[
        "Write the shapes down: delta (n_l, m), A_prev (n_l-1, m), W (n_l, n_l-1). A gradient has the shape of the "
        "thing itself. Which products give these shapes?",
        "For one example, unit j and input i: the gradient of W[j, i] is delta[j] times A_prev[i]. A matrix product "
        "does that for all j and i, and sums over the examples on the way.",
        "dW is `delta @ …`, with the examples as the inner axis. db is a sum along axis 1 that keeps its shape. For "
        "the inputs the weights are used in the other direction: `W.T`.",
    ],
    reason="Z = W A_prev + b. In `delta @ A_prev.T` the examples are the inner axis, so they are summed; W[j, i] meets "
    "delta[j] and A_prev[i]. b enters every column with factor 1. And W.T sends each unit's blame to its inputs, "
    "weighted by the weight on the line, and adds up where lines meet.",
    takeaway="Three products: blame times input, blame summed, blame sent back through W.T.",
)
def layer_backward(delta, A_prev, W):  # (n_l, m), (n_l-1, m), (n_l, n_l-1)
    dW = delta @ A_prev.T
    db = delta.sum(axis=1, keepdims=True)
    dA_prev = W.T @ delta
    return dW, db, dA_prev


LAYER_MISTAKES = {
    "dW has a row for each unit of this layer, as W has: delta first, then A_prev transposed.": {
        "delta @ A_prev.T": "A_prev @ delta.T"
    },
    (
        "db is still one column for each example. b is added to every column, so its gradient is the sum over them: "
        "axis 1, with keepdims=True."
    ): {".sum(axis=1, keepdims=True)": ""},
    "db lost its second axis. b has shape (n, 1), and so must db: `keepdims=True`.": {", keepdims=True": ""},
    "You summed over the units. Examples are columns: to sum over them is axis 1.": (
        {"axis=1": "axis=0"},
        {"axis=1, keepdims=True": "axis=0"},
    ),
    "db is a plain sum over the examples: paths add. If the loss is a mean, its 1/m comes in delta.": {"sum": "mean"},
    "You divided by m. Paths add, so it is a plain sum; if the loss is a mean, its 1/m comes in delta.": {
        "T\n": "T / delta.shape[1]\n",
        "sum": "mean",
    },
    "You divided dW by m. Paths add, as `@` does; if the loss is a mean, its 1/m comes in delta.": {
        "A_prev.T": "A_prev.T / delta.shape[1]"
    },
    (
        "You divided all three by m. Paths add; if the loss is a mean, its 1/m comes in delta, and not again at every "
        "layer."
    ): {"dW, db, dA_prev": "[part / delta.shape[1] for part in (dW, db, dA_prev)]"},
    "The order is dW, db, dA_prev: what goes on to the layer before comes last.": {
        "dW, db, dA_prev": "dA_prev, dW, db"
    },
    (
        "You multiplied the blame for the inputs by A_prev. The inputs' values belong in dW; what goes out to them is "
        "`W.T @ delta` alone."
    ): {"W.T @ delta": "(W.T @ delta) * A_prev"},
    (
        "Blame goes back along the same lines, from outputs to inputs, so the matrix is `W.T`. Where W is square the "
        "shapes do not tell."
    ): {"W.T @": "W @"},
    "`delta.T @ W` has the right numbers, one example a row. In this course examples are columns: `W.T @ delta`.": {
        "W.T @ delta": "delta.T @ W"
    },
    "`*` multiplies element by element; the sums over examples in dW need the matrix product `@`.": {
        "delta @ A_prev.T": "delta * A_prev"
    },
    (
        "In dW each delta meets each input, summed over the examples. So the examples must be the inner axis of the "
        "product: `A_prev.T`."
    ): {"A_prev.T": "A_prev"},
    "db is one number, summed over everything. Sum over the examples only: axis 1.": {"axis=1, keepdims=True": ""},
    "Blame goes back through the weights, W.T, not through their gradient, dW.": {"W.T @": "dW.T @"},
    "You gave the weights after a step. The gradient itself is asked for.": {
        "delta @ A_prev.T": "W - delta @ A_prev.T"
    },
    "You divided dA_prev by m. Paths add; if the loss is a mean, its 1/m comes in delta.": {
        "W.T @ delta": "W.T @ delta / delta.shape[1]"
    },
    "No slope here: dA_prev is `W.T @ delta`; the layer before multiplies by its own.": [
        {"W.T @ delta": f"(W.T @ delta) * {slope}"}
        for slope in ("A_prev * (1 - A_prev)", "(A_prev > 0)", "(1 - A_prev**2)")
    ],
    "dW is that of the last example only.": {"delta @ A_prev.T": "delta[:, -1:] @ A_prev[:, -1:].T"},
    "db is that of the last example only.": {"delta.sum(axis=1, keepdims=True)": "delta[:, -1:]"},
}


# --- 5.3: the whole way back ------------------------------------------------------------------------------------------


def _network(sizes, m, hidden):
    """What backward takes, for a softmax network of these sizes after its forward pass with m examples."""
    net, rng = (
        network.Network(sizes, hidden, "softmax", seed=sum(sizes) + m, dtype=np.float64),
        np.random.default_rng(m),
    )
    for b in net.b[1:]:
        b[...] = rng.normal(size=b.shape)
    net.forward(rng.normal(size=(sizes[0], m)))
    Y = np.eye(sizes[-1])[:, rng.integers(sizes[-1], size=m)]
    return {"W": net.W, "Z": net.Z, "A": net.A, "Y": Y, "f_prime": network.ACTIVATIONS[hidden][1]}


NETWORKS = tuple(
    case(f"a network of sizes {sizes} with {hidden} and {m} example{'s' * (m > 1)}", **_network(sizes, m, hidden))
    for sizes, m, hidden in (
        ([2, 3, 4], 5, "tanh"),
        ([3, 2], 1, "relu"),
        ([2, 4, 4, 3], 6, "leaky_relu"),
        ([4, 4, 4, 4], 10, "sigmoid"),
    )
)


def _entry_0_is_none(answer):
    """A fault if a right backward has gradients for a layer 0."""
    run = sandbox.run(lambda: answer(*_network([2, 3, 4], 5, "tanh").values()), sandbox.SECONDS)
    for name, part in zip(("dW", "db"), run.result or (), strict=False):
        if part[0] is not None:
            return (
                "entry 0",
                f"The gradients are right, but entry 0 of `{name}` is not None: there is no layer 0. Begin with "
                "`[None] * (L + 1)`, and end the loop with l = 1, `range(L, 0, -1)`.",
            )
    return None


@exercise(
    "5.3",
    "the whole backward pass",
    points=3,
    minutes=20,
    level=3,
    stub="return ...  # the lists dW and db; entry 0 of each is None",
    returns=("dW", "db"),
    cases=NETWORKS,
    also=_entry_0_is_none,
    large=lambda: _network([784, 256, 10], 1024, "relu").values(),
    hints=[
        "Begin with delta[L]. Softmax with its loss gives A[L] − Y, and the mean over the examples divides it by m. No "
        "f_prime there.",
        "Then a loop over l = L, L − 1, … 1. In each round: two gradients from delta, as in 5.2, and, if l > 1, the "
        "next delta, which belongs to layer l − 1.",
        "`delta = (W[l].T @ delta) * f_prime(Z[l - 1])` at the end of each round; `dW = [None] * (L + 1)` before the "
        "loop, and the same for the biases.",
    ],
    reason="One sweep from the last layer to the first. At each layer delta is used twice: for the layer's own "
    "gradients, and to make the delta of the layer before. The mean is in the first line, and nowhere else.",
    takeaway="That is backpropagation, complete: one sweep back, and every parameter knows its share of the blame.",
)
def backward(W, Z, A, Y, f_prime):  # lists by layer; Y (n_L, m); softmax at the end
    L, m = len(W) - 1, Y.shape[1]
    dW, db = [None] * (L + 1), [None] * (L + 1)
    delta = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = delta @ A[l - 1].T
        db[l] = delta.sum(axis=1, keepdims=True)
        if l > 1:
            delta = (W[l].T @ delta) * f_prime(Z[l - 1])
    return dW, db


DW, DB, *_next = backward.solution.splitlines(keepends=True)[5:9]
NEXT = "".join(_next)
BACKWARD_MISTAKES = {
    "2 (A − Y) over all elements belongs to the squared error. Softmax with its loss gives (A[L] − Y) / m.": [
        {"(A[L] - Y) / m": "2 * (A[L] - Y) / Y.size"},
        {"(A[L] - Y) / m": "2 * (A[L] - Y) / m"},
    ],
    "`reshape` keeps the numbers in reading order; to exchange rows and columns it is `W[l].T`.": {
        "W[l].T": "W[l].reshape(W[l].shape[::-1])"
    },
    "The slope is in one step back only. Every step from layer l to l − 1 has its own, f_prime(Z[l-1]).": [
        {"f_prime(Z[l - 1])": "(f_prime(Z[l - 1]) if l == 2 else 1)"},
    ],
    "The slope is taken at the blame. It belongs at Z[l-1], where the unit stood when it was computed.": {
        "f_prime(Z[l - 1])": "f_prime(W[l].T @ delta)"
    },
    (
        "On the way from layer to layer the slope is missing: the last layer is right, all earlier ones are not. "
        "Multiply element by element with f_prime(Z[l-1])."
    ): {" * f_prime(Z[l - 1])": ""},
    (
        "Blame is sent through W[l] where W[l].T belongs. Where layers are equally wide the shapes do not tell: the "
        "last layer is right, and before it size and direction are wrong."
    ): {"W[l].T": "W[l]"},
    "Every gradient is too large by the factor m: the mean of the loss, 1/m, has been left out of delta[L].": {
        "/ m": ""
    },
    (
        "It works on A[L] itself. The first call is right and leaves A[L] destroyed, so the next is wrong. `delta = "
        "A[L]` makes no copy, and `-=` and `/=` change the array; `delta = (A[L] - Y) / m` makes a new one."
    ): {"(A[L] - Y) / m": "A[L]\n    delta -= Y\n    delta /= m"},
    (
        "Every gradient is too small by the factor m. The mean enters once, in delta[L]; everything after is a plain "
        "sum."
    ): {"A[l - 1].T": "A[l - 1].T / m", "sum(": "mean("},
    "Every dW is too small by the factor m, and the db are right: the mean enters once, in delta[L].": {
        ".T\n": ".T / m\n"
    },
    "Every db is too small by the factor m, and the dW are right: db is a plain sum, the mean is in delta already.": {
        "sum(": "mean("
    },
    "Z[0] is None: there is no layer before the first, so make the next delta only if l > 1.": {"l > 1": "l > 0"},
    "The condition is `l > 1`: only from layer 1 blame goes no further.": {"l > 1": "l < L"},
    "A (1 − A) is the sigmoid's slope; f_prime may be another one's: f_prime(Z[l-1]).": {
        "f_prime(Z[l - 1])": "A[l - 1] * (1 - A[l - 1])"
    },
    "The slope is taken at A[l-1]. It belongs at Z[l-1], where the unit stood when it was computed.": {"(Z[": "(A["},
    "The slope is taken at Z[l]. delta[l-1] belongs to layer l − 1, and so does its slope: Z[l-1].": {
        "Z[l - 1]": "Z[l]"
    },
    "Blame goes back through the weights of the wrong layer: between delta[l] and delta[l-1] lie the weights W[l].": {
        "W[l].T": "W[l - 1].T"
    },
    "Every gradient has the wrong sign: delta[L] is A[L] − Y, not the other way round.": {"A[L] - Y": "Y - A[L]"},
    "You divided by the number of elements of Y. The loss is a mean over the m examples only: Y.shape[1].": {
        "/ m": "/ Y.size"
    },
    "`len(Y)` is the number of classes. The number of examples is Y.shape[1].": {"/ m": "/ len(Y)"},
    "Neither layers nor inputs count: m is Y.shape[1].": [{"/ m": f"/ {n}"} for n in ("L", "len(W)", "len(A[0])")],
    "The mean divides by m; you multiplied.": {"/ m": "* m"},
    "In the last layer there is no f_prime: softmax and its loss together already give A[L] − Y.": {
        "/ m": "/ m * f_prime(Z[L])"
    },
    "db must be the sum of delta over the examples, of shape (n, 1).": {".sum(axis=1, keepdims=True)": ""},
    "Layer 1 has no gradient. The loop must run down to l = 1: `range(L, 0, -1)`.": {"L, 0": "L, 1"},
    "The loop runs upwards. Blame comes from the output: `range(L, 0, -1)`.": {"L, 0, -1": "1, L + 1"},
    "No entry is filled. `range(L, 0)` counts up, so its loop never runs: `range(L, 0, -1)`.": {"L, 0, -1": "L, 0"},
    "Layer L has no gradient. The loop must begin with it: `range(L, 0, -1)`.": (
        {"L, 0": "L - 1, 0"},
        {"L, 0, -1": "L - 1, -1, -1"},
    ),
    "The lists are in reverse order.": (
        {"return dW, db": "return dW[:1] + dW[:0:-1], db[:1] + db[:0:-1]"},
        {"return dW, db": "return dW[::-1], db[::-1]"},
    ),
    "You divided by the slope; blame is multiplied by it.": {") * f": ") / f"},
    "Every layer got the blame of the output, A[L] − Y. Layer l − 1 gets it from layer l: `W[l].T @ delta`.": {
        "W[l].T @ delta": "W[l].T @ (A[L] - Y) / m"
    },
    "The two are swapped: `return dW, db`.": {"return dW, db": "return db, dW"},
    "`dW = db = […]` makes one list with two names.": {"dW, db = [None] * (L + 1),": "dW = db ="},
    (
        "The lists end with entry L, and L is `len(W) - 1`. In the round of layer l the next delta is that of layer l "
        "− 1: of the formula for delta[l], l + 1 becomes l, and l becomes l − 1."
    ): ({"W[l].T": "W[l + 1].T"}, {"l > 1": "l > 0", "W[l].T": "W[l + 1].T"}),
    (
        "An entry is assigned that the list does not have. It needs entries 0 … L at the start, `[None] * (L + 1)`, "
        "and the loop goes from L down, `range(L, 0, -1)`."
    ): ({"[None] * (L + 1)": "[]"}, {"L, 0, -1": "L + 1, 0, -1"}),
    "`*` multiplies element by element; dW[l] is the matrix product `delta @ A[l - 1].T`.": {"delta @": "delta *"},
    "It is the weights that are turned, `W[l].T @ delta`, not delta or the product.": (
        {"W[l].T @ delta": "(W[l] @ delta.T).T"},
        {"W[l].T @ delta": "(W[l] @ delta).T"},
    ),
    "The slope is added; blame is multiplied by it, element by element.": {") * f": ") + f"},
    "The slope must be in delta itself, before dW[l] and db[l] are made of it and it goes back.": {
        "delta @ A": "(delta * f_prime(Z[l]) if l < L else delta) @ A",
        " * f_prime(Z[l - 1])": "",
    },
    "Only the last hidden layer has its slope. Every hidden layer has one.": {
        "f_prime(Z[l - 1])": "(f_prime(Z[l - 1]) if l == L else 1)"
    },
    "`*` multiplies element by element; blame goes back by the matrix product `W[l].T @ delta`.": {"T @": "T *"},
    "`@` is the matrix product; the slope is multiplied element by element, `*`.": {") * f": ") @ f"},
    "db[l] lost its second axis. b[l] has shape (n, 1), and so must db[l]: `keepdims=True`.": {", keepdims=True": ""},
    "You summed delta over the units. Examples are columns: to sum over them is axis 1.": {"axis=1": "axis=0"},
    "Blame goes back through the weights, W[l].T, not through their gradients.": {"(W[l]": "(dW[l]"},
    "dW[l] is delta times what layer l was given, A[l-1], not what it gave, A[l].": {"A[l - 1].T": "A[l].T"},
    "dW[l] takes the activations A[l-1], not Z[l-1], from before f.": {"A[l - 1].T": "Z[l - 1].T"},
    "delta is layer l − 1's already when layer l uses it: first dW[l] and db[l], then the next delta.": (
        {DW + DB + NEXT: NEXT + DW + DB},
        {DB + NEXT: NEXT + DB},
        {DW + DB + NEXT: DB + NEXT + DW},
    ),
    "W[l] is changed before blame goes back through it: first all gradients, then the weights.": [
        {DB: f"{DB}        W[l] -= {rate} * dW[l]\n"} for rate in (0.1, 0.01)
    ],
    "The number of examples differs from batch to batch: Y.shape[1].": [{"/ m": f"/ {m}"} for m in (5, 7, 10)],
    "The dW are right, the db m times too large: divide delta[L] by m.": {"/ m": "", ".T\n": ".T / m\n"},
    "The db are right, the dW m times too large: divide delta[L] by m.": {"/ m": "", "sum(": "mean("},
    "Brackets are missing: `A[L] - Y / m` divides Y alone.": {"(A[L] - Y)": "A[L] - Y"},
    "delta[L] takes the probabilities A[L], not the weighted sums Z[L].": {"A[L] - Y": "Z[L] - Y"},
    "delta[L] is A[L] − Y itself, not its square.": {"(A[L] - Y)": "(A[L] - Y) ** 2"},
    "−Y / A[L] is the slope in A[L]; in Z[L], through softmax, it becomes A[L] − Y.": {"(A[L] - Y)": "-Y / A[L]"},
    "f_prime is a function: call it, f_prime(Z[l-1]).": ({"(Z[l - 1])": ""}, {"(W[l]": "f_prime * (W[l]"}),
    "f_prime is one function for all hidden layers, no list.": {"f_prime(": "f_prime[l - 1]("},
    "The slope is taken of the blame. It belongs at Z[l-1], where the unit stood.": (
        {"Z[l - 1]": "delta"},
        {"(W[l].T @ delta) * f_prime(Z[l - 1])": "f_prime(delta) * (W[l].T @ delta)"},
        {"(W[l].T @ delta) * f_prime(Z[l - 1])": "f_prime(W[l].T @ delta)"},
    ),
    "Blame is multiplied by A[l-1] itself. It takes the slope, f_prime(Z[l-1]).": {"f_prime(Z[l - 1])": "A[l - 1]"},
    "Blame is multiplied by Z[l-1] itself. It takes the slope, f_prime(Z[l-1]).": {"f_prime(Z": "(Z"},
    "The slope comes after the product: f_prime(Z[l-1]).": [
        {"delta) * f_prime(Z[l - 1])": f"(delta * f_prime({z})))"} for z in ("Z[l]", "Z[l - 1]")
    ],
    "1 − A² is the slope of tanh; f_prime may be another one's.": {"f_prime(Z[l - 1])": "(1 - A[l - 1] ** 2)"},
    "Each step back divides by m. The mean enters once, in delta[L].": {"(Z[l - 1])": "(Z[l - 1]) / m"},
}


# --- 5.4 to 5.7: name the bug of a backward whose code is hidden, then find its line ----------------------------------

BUGS = {  # what gives each away in a fingerprint
    "no slope": "its last layer is right, and each layer before is larger by a further factor",
    "slope at a": "its last layer is right, and the layers before are off by a little, in size and in direction",
    "no transpose": "its last layer is right, and before it the direction is wrong: cosines far from 1",
    "no mean": "all its directions are right, and every ratio is m",
    "mean twice": "all its directions are right, and every ratio is 1/m",
    "overwrite": "it is right at the first call, and wrong at the second",
}


def suspect_a(W, Z, A, Y, f_prime):
    L, m = len(W) - 1, Y.shape[1]
    delta = [None] * (L + 1)
    delta[L] = A[L] - Y
    for l in range(L - 1, 0, -1):
        delta[l] = (W[l + 1].T @ delta[l + 1]) * f_prime(Z[l])
    dW, db = [None] * (L + 1), [None] * (L + 1)
    for l in range(1, L + 1):
        dW[l] = delta[l] @ A[l - 1].T
        db[l] = delta[l] @ np.ones((m, 1))
    return dW, db


def suspect_b(W, Z, A, Y, f_prime):
    dW, db = [None], [None]
    delta = (A[-1] - Y) / Y.shape[1]
    for l in range(len(W) - 1, 0, -1):
        dW.insert(1, (A[l - 1] @ delta.T).T)
        db.insert(1, delta.sum(axis=1, keepdims=True))
        blame = W[l] @ delta
        if l > 1:
            delta = blame * f_prime(Z[l - 1])
    return dW, db


def suspect_c(W, Z, A, Y, f_prime):
    L, m = len(W) - 1, Y.shape[1]
    dW, db = [None] * (L + 1), [None] * (L + 1)
    error = np.subtract(A[L], Y, out=A[L])
    delta = error / m
    for l in range(L, 0, -1):
        dW[l] = delta @ A[l - 1].T
        db[l] = delta.sum(axis=1).reshape(-1, 1)
        if l > 1:
            delta = (W[l].T @ delta) * f_prime(Z[l - 1])
    return dW, db


def suspect_d(W, Z, A, Y, f_prime):
    L, m = len(W) - 1, Y.shape[1]
    dW, db = [None] * (L + 1), [None] * (L + 1)
    delta = A[L] / m - Y / m
    for l in reversed(range(1, L + 1)):
        dW[l] = delta @ A[l - 1].T
        db[l] = delta.sum(axis=1, keepdims=True)
        blame = W[l].T @ delta
        delta = blame if l > 1 else None
    return dW, db


@dataclass(kw_only=True)
class Suspect(Choices):
    """Name the bug of a function whose fingerprint the lesson shows, and the number of its line."""

    def judge(self, answer):
        verdict = super().judge(answer)
        if verdict.diagnosis == "form":
            ((letter, _),) = self.situations.items()
            form = f'{{"{letter}": ("name of a bug", number)}}'
            return self._not_yet("form", f"Keep the form of the stub, a dictionary such as `{form}`.")
        return replace(verdict, lines=tuple(line for line in verdict.lines if not line.startswith("0 of 1 are right")))

    def _fault(self, key, name, line):
        named = (name or "").replace("_", " ")
        if name is not None and named not in BUGS:
            near = "".join(f" Did you mean `{one}`?" for one in get_close_matches(named, BUGS, n=1))
            return f"{key}/unknown", f"choose one of `{'`, `'.join(BUGS)}`, in quotes.{near}"
        situation = self.situations[key]
        if name in situation.right and (line or "").removesuffix(".0") not in self.reasons:
            last = max(map(int, self.reasons))
            says = f"`{named}` is right. Now its line: a number from 1 to {last}. The widget shows the code."
            return f"{key}/no line", says
        if name in situation.right and line.removesuffix(".0") != situation.reason:
            code = self.reasons[line.removesuffix(".0")].strip()
            return f"{key}/{line}", f"`{named}` is right, and another line does it: `{code}` is as it should be."
        return super()._fault(key, name, situation.reason)


def find_the_bug(key, suspect, bug, line, **texts):
    """An exercise about suspect_a, …: its `bug`, and the line that has it, as a part of its text."""
    letter = suspect.__name__[-1]
    lines = {str(k): text for k, text in enumerate(source_of(suspect).splitlines(), 1)}
    (number,) = (k for k, text in lines.items() if line in text)
    why_not = {
        other.replace(" ", "_"): f"no: you would know `{other}` by another mark: {mark}."
        for other, mark in BUGS.items()
        if other != bug
    }
    situation = Situation((bug.replace(" ", "_"),), number, why_not, {})
    return Suspect(
        key=key,
        title=f"name the bug: suspect {letter.upper()}",
        points=1,
        minutes=4,
        level=2,
        stub=f'suspect_{letter} = {{"{letter.upper()}": (..., ...)}}  # the name of the bug, the number of its line\n',
        solution=f'suspect_{letter} = {{"{letter.upper()}": ("{bug}", {number})}}\n',
        names=tuple(name.replace(" ", "_") for name in BUGS),
        reasons=lines,
        situations={letter.upper(): situation},
        **texts,
    )


SUSPECTS = (
    find_the_bug(
        "5.4",
        suspect_a,
        "no mean",
        "A[L] - Y",
        hints=(
            "Look at the ratios: what is the same in every layer? How many examples are in the batch?",
            "Every direction is right (cosine 1) and every size is wrong by the same factor, so the fault is in "
            "something that all layers have in common.",
            "All layers have the first delta in common. Compare that line with the formula of delta[L]: which factor "
            "of the mean loss is not there?",
        ),
        reason="The ratio is exactly m in every layer, and the direction is right: the 1/m of the mean is missing in "
        "delta[L]. Such a network learns, with a learning rate m times too large, and another one for every batch "
        "size.",
        takeaway="`no mean`. Its mark: the ratio is exactly m, in every layer.",
    ),
    find_the_bug(
        "5.5",
        suspect_b,
        "no transpose",
        "W[l] @ delta",
        hints=(
            "Which layer is right, and where does the trouble begin? Between them lies the line to look at.",
            "The cosine before the last layer is far from 1: the gradient points somewhere else, which no factor such "
            "as a slope between 0 and ¼ does so thoroughly. Something is mixed up among the units.",
            "Follow one weight W[l][j, i]: it carries a value from unit i to unit j. On the way back it must carry "
            "blame from j to i. Which line does that?",
        ),
        reason="The last layer is right; before it the direction is wrong. W[l] @ delta sends the blame of unit j to "
        "the wrong units. The shapes fit only because the layers are equally wide.",
        takeaway="`no transpose`. Its mark: the last layer is right, and before it the direction is wrong.",
    ),
    find_the_bug(
        "5.6",
        suspect_c,
        "overwrite",
        "out=A[L]",
        hints=(
            "The gradient check passes. What is different at the second call? The weights and the input are the same.",
            "Something that the first call was given is no longer what it was. Which arrays does the function write "
            "into?",
            "`np.subtract(a, b, out=c)` puts the difference into the array c, as `-=` would. Which array is c here?",
        ),
        reason="`out=A[L]` writes the difference into A[L]. The second call finds A[L] − Y where A[L] should be. "
        "`(A[L] - Y) / m` makes a new array.",
        takeaway="`overwrite`. Its mark: right at the first call, wrong at the second.",
    ),
    find_the_bug(
        "5.7",
        suspect_d,
        "no slope",
        "delta = blame",
        hints=(
            "The last layer is right, and each layer before it is worse by a further factor. Which factor enters once "
            "for each layer?",
            "The hidden layers are sigmoids. How large is the slope of a sigmoid at most, and what happens to a "
            "gradient that leaves it out?",
            "Between `blame` and the next `delta` something should be multiplied. Which line makes that step?",
        ),
        reason="The gradients grow with every layer away from the output, mostly by a factor of 4 or more: the slope "
        "of the sigmoid, at most ¼, is nowhere multiplied in.",
        takeaway="`no slope`. Its mark: the last layer is right, and each one before is too large by a further factor.",
    ),
)


# --- 5.8: on paper ----------------------------------------------------------------------------------------------------


def one_of_two(answer, question):
    """The answer to question 1 or 2; NotImplementedError while one is open."""
    if not issubclass(type(answer), (tuple, list)) or len(answer) != 2:
        raise ValueError("two numbers are asked for: ∂L/∂w, then ∂L/∂b.")
    if any(value is ... for value in answer):
        raise NotImplementedError
    return float(answer[question - 1])


shared = Prediction(
    key="5.8",
    title="a weight that is used twice",
    points=2,
    minutes=8,
    level=2,
    stub="shared = (..., ...)  # 1. ∂L/∂w, 2. ∂L/∂b\n",
    right=(16, 6),
    use=one_of_two,
    cases=(case(question=1), case(question=2)),
    hints=(
        "Forward first: z, a, ŷ, L. Then from the right: how much does L move per unit of ŷ? Of a? Of z?",
        "Two lines leave w: one to z, one to ŷ. There are two paths from it to the loss; b has one.",
        "z = 2, a = 2, ŷ = 6, so ∂L/∂ŷ = 2. The short path multiplies that by a; the long one by w, by the slope of "
        "ReLU and by x.",
    ),
    solution="shared = (2 * 2 + 2 * 3 * 1 * 2, 2 * 3 * 1)\n",
    reason="Forward: z = 6 − 4 = 2, a = 2, ŷ = 6, L = 1. Backward: ∂L/∂ŷ = 2 (6 − 5) = 2. Short path to w: 2 · a = 4. "
    "Long path: 2 · w · 1 · x = 2 · 3 · 1 · 2 = 12. They add: 16. To b there is the long path only, with the rate 1 at "
    "its end: 2 · 3 · 1 · 1 = 6.",
    takeaway="A weight that is used twice gets the sum: 4 + 12 = 16. Convolutions, whose weights are used at every "
    "place of a picture, learn by this rule.",
)
ONCE_W, ONCE_B = "∂L/∂w: that is one path only; w also goes ", "∂L/∂b: "
SHARED_MISTAKES = {
    ONCE_W + "straight into ŷ = w · a.": (12, 6),
    ONCE_W + "into z = w x + b.": (4, 6),
    "∂L/∂w: along a path rates multiply, but where paths meet they add. You multiplied 4 and 12.": (48, 6),
    "∂L/∂w: each of the two paths begins with ∂L/∂ŷ = 2 (ŷ − y) = 2, and both raise ŷ, so they add.": (8, 6),
    "∂L/∂w: the sign is turned. ŷ = 6 is above y = 5, so raising it raises L.": (-16, 6),
    "∂L/∂w: on the long path w moves z by x = 2 per unit. That factor is missing.": (10, 6),
    "∂L/∂w: the two answers may be swapped: first w, then b.": (6, 16),
    "∂L/∂w: there is more on its way: two paths, each with all of its rates.": [(2, 6), (1, 6), (3, 6)],
    "∂L/∂w: begin with ∂L/∂ŷ = 2 (ŷ − y) = 2, once for each path: 2 · a on the short one, 2 · w · x on the long one.": [
        (14, 6),
        (24, 6),
        (32, 6),
        (20, 6),
        (36, 6),
        (18, 6),
    ],
    ONCE_B + "on its way from ŷ to a blame is multiplied by w = 3.": (16, 2),
    ONCE_B + "the slope of the square, 2 (ŷ − y) = 2, is missing.": (16, 3),
    ONCE_B + "b moves z by 1 per unit; x has no part in it.": (16, 12),
    ONCE_B + "b moves z by 1 per unit, not by its own value −4.": (16, -24),
    ONCE_B + "the sign is turned: ŷ is above y.": (16, -6),
    ONCE_B + "at z = 2 ReLU lets blame through, its slope is 1.": (16, 0),
    ONCE_B + "there are more rates on its way: 2 (ŷ − y), then w, then the slope of ReLU, then 1.": (16, 1),
    ONCE_B + "w is passed once on its way, between ŷ and a.": (16, 18),
}


# --- 5.9: a skip connection -------------------------------------------------------------------------------------------


@exercise(
    "5.9",
    "backward through a skip connection",
    points=3,
    minutes=12,
    level=3,
    stub="return ...  # three arrays: dW (n, n), db (n, 1), dA_prev (n, m)",
    returns=("dW", "db", "dA_prev"),
    apart=True,
    cases=[
        case(
            "2 units with tanh, 3 examples",
            dA=[[1.0, 2.0, -1.0], [0.5, -1.0, 3.0]],
            A_prev=[[1.0, 0.0, 2.0], [-1.0, 3.0, 0.5]],
            Z=[[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]],
            W=[[1.0, 2.0], [3.0, -2.0]],
            f_prime=network.tanh_prime,
        ),
        case(
            "3 units with leaky ReLU, 2 examples",
            dA=[[1.0, 2.0], [0.5, -1.0], [-2.0, 0.4]],
            A_prev=[[1.0, 0.3], [-1.0, 3.0], [0.7, 2.0]],
            Z=[[0.5, -1.0], [-1.5, 0.3], [2.0, 0.9]],
            W=[[1.0, 2.0, 0.5], [3.0, -2.0, 1.5], [-0.4, 0.6, 2.5]],
            f_prime=network.leaky_relu_prime,
        ),
    ],
    hints=[
        "Draw it: from A_prev two lines lead to A, one straight, one through W, Z and f. How does blame come back "
        "along each?",
        "On the way through f it meets the slope: that gives the δ of Z. From there it is 5.2. And the straight line?",
        "`delta = dA * f_prime(Z)`. A_prev has two paths to the loss: through W, and straight, with the rate 1. Add.",
    ],
    reason="A = A_prev + f(Z). Through f: delta = dA ⊙ f′(Z), and then everything is 5.2. The straight line passes dA "
    "on as it is; where the two paths meet at A_prev, they add.",
    takeaway="Two paths meet at A_prev, one with the rate 1: however small the slopes are, blame gets through.",
)
def skip_backward(dA, A_prev, Z, W, f_prime):  # dA, A_prev, Z (n, m); W (n, n)
    delta = dA * f_prime(Z)
    dW = delta @ A_prev.T
    db = delta.sum(axis=1, keepdims=True)
    dA_prev = W.T @ delta + dA
    return dW, db, dA_prev


SKIP_MISTAKES = {
    "The straight path is missing: A_prev also goes into A by itself, with the rate 1, so dA is added.": {
        "W.T @ delta + dA": "W.T @ delta"
    },
    "The path through W and f is missing: A_prev also goes into Z.": {"W.T @ delta + dA": "dA"},
    "On the straight path nothing is multiplied: dA itself is added, not delta.": {"+ dA": "+ delta"},
    "On the path through W the slope is missing: delta, not dA, goes back through W.T.": {
        "W.T @ delta + dA": "W.T @ dA + dA"
    },
    "Where paths meet, blame adds; you multiplied.": {"W.T @ delta + dA": "W.T @ delta * dA"},
    "The value A_prev is no blame: what comes along the straight path is dA.": {"+ dA": "+ A_prev"},
    "On the straight path the rate is 1, and what is passed on is 1 · dA, not 1.": {"+ dA": "+ 1"},
    "The slope is missing: from A to Z blame passes f, so delta = dA * f_prime(Z).": {"dA * f_prime(Z)": "dA"},
    "The skip goes around W and b: their gradients take delta, in which dA meets the slope, and nothing more.": {
        "dA * f_prime(Z)": "dA * (1 + f_prime(Z))",
        "W.T @ delta + dA": "W.T @ (dA * f_prime(Z)) + dA",
    },
    "The straight path goes around f and around W: only the other one is multiplied by the slope and by W.T.": [
        {"dA * f_prime(Z)": "dA * (1 + f_prime(Z))", "W.T @ delta + dA": "W.T @ delta"},
        {"dA * f_prime(Z)": "dA * f_prime(Z) + dA", "W.T @ delta + dA": "W.T @ delta + dA"},
        {"W.T @ delta + dA": "W.T @ (delta + dA)"},
        {"W.T @ delta + dA": "(W.T @ dA + dA) * f_prime(Z)"},
    ],
    "The slope belongs where the unit stood, at Z: not at A_prev.": {"f_prime(Z)": "f_prime(A_prev)"},
    "Blame goes back through W.T. W is square here, so the shapes do not tell.": {"W.T @": "W @"},
    "The slope comes before W.T, on the way from A to Z: delta = dA * f_prime(Z).": {
        "W.T @ delta": "(W.T @ dA) * f_prime(Z)"
    },
    "dW is delta first, then A_prev transposed.": {"delta @ A_prev.T": "A_prev @ delta.T"},
    "db lost its second axis: `keepdims=True`.": {", keepdims=True": ""},
    "You summed over the units. Examples are columns: to sum over them is axis 1.": {"axis=1": "axis=0"},
    "The skip goes around W and b: in dW there is delta only.": {
        "delta @ A_prev.T": "delta @ A_prev.T + dA @ A_prev.T"
    },
    "The skip goes around W and b: in db there is delta only.": {
        "db = delta.sum(axis=1, keepdims=True)": "db = (delta + dA).sum(axis=1, keepdims=True)"
    },
    "The slope is passed once, between A and Z; dA_prev is then W.T @ delta + dA.": [
        {"W.T @ delta + dA": "(W.T @ delta) * f_prime(Z) + dA"},
        {"W.T @ delta + dA": "(W.T @ delta + dA) * f_prime(Z)"},
        {"W.T @ delta + dA": "(W.T @ delta) * f_prime(A_prev) + dA"},
    ],
    "The two paths bring different things: W.T @ delta, and dA. You took one of them twice.": [
        {"W.T @ delta + dA": "2 * (W.T @ delta)"},
        {"W.T @ delta + dA": "2 * dA"},
    ],
    "First the slope, then W.T: from A to Z blame passes f, and only from Z to A_prev the weights.": {
        "dA * f_prime(Z)": "(W.T @ dA) * f_prime(Z)",
        "W.T @ delta + dA": "delta + dA",
    },
    "The slope is taken where the unit stood, at Z alone, before the skip is added.": {
        "f_prime(Z)": "f_prime(Z + A_prev)"
    },
    "`f_prime(Z)` is the slope; you multiplied by Z itself.": {"f_prime(Z)": "Z"},
    "The mean in db brings in a 1/m, which is in dA already: a plain sum.": {"sum": "mean"},
    "dW and db take delta, the blame at Z, not dA, the blame at A.": {
        "delta @": "dA @",
        "delta.sum": "dA.sum",
    },
    "dW takes delta, the blame at Z, not dA, the blame at A.": {"delta @ A_prev.T": "dA @ A_prev.T"},
    "db takes delta, the blame at Z, not dA, the blame at A.": {"delta.sum": "dA.sum"},
    "You divided by m. The 1/m of the mean loss is in dA already.": {"A_prev.T\n": "A_prev.T / Z.shape[1]\n"},
    "`*` multiplies element by element; blame goes back by the matrix product `W.T @ delta`.": {
        "W.T @ delta": "(W.T * delta.sum())"
    },
}


# --- 5.10 to 5.12: operations of Value --------------------------------------------------------------------------------


@exercise(
    "5.10",
    "a product hands blame back",
    points=1,
    minutes=3,
    level=1,
    stub="return ...  # two numbers: the share of a, the share of b",
    returns=("a", "b"),
    apart=True,
    cases=[case(a=2.0, b=3.0, upstream=5.0), case(a=-1.5, b=0.25, upstream=-2.0), case(a=0.0, b=4.0, upstream=1.0)],
    hints=[
        "How much does a · b move per unit of a, with b left alone?",
        "The local derivative of a product is the other factor.",
        "Upstream times local: `upstream * b` for a, and for b?",
    ],
    reason="a · b moves by b per unit of a, and by a per unit of b: the other factor, times what comes from upstream.",
    takeaway="Upstream times the other factor.",
)
def mul_back(a, b, upstream):  # of a * b
    return upstream * b, upstream * a


MUL_MISTAKES = {
    "The two are swapped: a · b moves by b per unit of a. The local derivative is the other factor.": {
        "upstream * b, upstream * a": "upstream * a, upstream * b"
    },
    "These are the local derivatives. Each share is upstream times the local derivative.": {
        "upstream * b, upstream * a": "b, a"
    },
    "Of a you gave the local derivative; the share is upstream times it.": {"return upstream * b": "return b"},
    "Of b you gave the local derivative; the share is upstream times it.": {"upstream * a": "a"},
    "Upstream alone is what a sum hands on. The share of b also takes the other factor, a.": {
        "upstream * a": "upstream"
    },
    "Upstream alone is what a sum hands on. The share of a also takes the other factor, b.": {
        "upstream * b": "upstream"
    },
    "The share of b takes the other factor, a.": {"upstream * a": "upstream * b"},
    "The share of a takes the other factor, b.": {"upstream * b": "upstream * a"},
    "Multiply by the other factor; you divided.": {"upstream * b, upstream * a": "upstream / b, upstream / a"},
    "Upstream times local is a product, not a sum, and the local derivative is the other factor.": {
        "upstream * b, upstream * a": "upstream + a, upstream + b"
    },
    "A sum hands upstream on as it is; a product multiplies it by the other factor.": {
        "upstream * b, upstream * a": "upstream, upstream"
    },
    "That is upstream times the product itself. How much does a · b move per unit of a?": {
        "upstream * b, upstream * a": "upstream * a * b, upstream * a * b"
    },
    "Upstream times local: multiply, do not add.": {"upstream * b, upstream * a": "upstream + b, upstream + a"},
    "That is half of it, as if the blame were shared out. Each of the two gets all that it moves.": {
        "upstream * b, upstream * a": "upstream * b / 2, upstream * a / 2"
    },
}


@exercise(
    "5.11",
    "tanh hands blame back",
    points=1,
    minutes=3,
    level=1,
    stub="return ...  # one number: the share of a",
    cases=[case(a=0.5, upstream=3.0), case(a=-1.2, upstream=-2.0), case(a=2.0, upstream=0.5)],
    hints=[
        "Lesson 02 has the slope of tanh, made of its value.",
        "With t = tanh(a) the slope at a is 1 − t². Mind that it is made of t, not of a.",
        "`np.tanh(a)` is t. Square it, take it from 1, and multiply what comes from upstream by that.",
    ],
    reason="The slope of tanh at a is 1 − tanh(a)²: 1 at 0, and nearly 0 far out. Upstream is multiplied by it.",
    takeaway="Upstream times 1 − tanh(a)².",
)
def tanh_back(a, upstream):  # of tanh(a)
    return upstream * (1 - np.tanh(a) ** 2)


TANH_MISTAKES = {
    "a is what went in, not what came out: t = tanh(a), and the slope is 1 − t².": {"np.tanh(a)": "a"},
    "That is the local derivative. The share is upstream times it.": {"upstream * ": ""},
    "You passed on tanh(a), its value. Its slope is 1 − tanh(a)².": {"(1 - np.tanh(a) ** 2)": "np.tanh(a)"},
    "The square is missing: 1 − tanh(a)².": {" ** 2": ""},
    "t (1 − t) is the slope of the sigmoid. That of tanh is 1 − t².": {
        "(1 - np.tanh(a) ** 2)": "np.tanh(a) * (1 - np.tanh(a))"
    },
    "The square belongs to tanh(a), not to a: np.tanh(a) ** 2.": {"np.tanh(a) ** 2": "np.tanh(a**2)"},
    "The slope is taken at upstream; it belongs at a.": {"np.tanh(a)": "np.tanh(upstream)"},
    "Brackets are missing: `upstream * 1 - …` multiplies the 1 only.": {"(1 - np.tanh(a) ** 2)": "1 - np.tanh(a) ** 2"},
    "The tanh is taken of the product; it is upstream times the slope at a.": {
        "upstream * (1 - np.tanh(a) ** 2)": "1 - np.tanh(a * upstream) ** 2"
    },
    "The slope of tanh is at most 1: 1 minus the square, not plus.": {"1 - np": "1 + np"},
    "np.tan is the tangent of an angle; the activation is np.tanh.": {"np.tanh": "np.tan"},
    "Upstream is multiplied by the slope, not added to it.": {"upstream * (1": "upstream + (1"},
    "The square of tanh(a) is `np.tanh(a) ** 2`; you doubled it.": {"np.tanh(a) ** 2": "2 * np.tanh(a)"},
    "That is tanh of a product. The share is upstream times the slope of tanh at a.": {
        "upstream * (1 - np.tanh(a) ** 2)": "np.tanh(upstream * a)"
    },
}


@exercise(
    "5.12",
    "a power hands blame back",
    points=1,
    minutes=4,
    level=2,
    stub="return ...  # one number: the share of a",
    cases=[
        case(a=2.0, n=3, upstream=5.0),
        case(a=-1.5, n=2, upstream=2.0),
        case(a=0.5, n=-1, upstream=-3.0),
        case(a=4.0, n=0.5, upstream=1.5),
    ],
    hints=[
        "The slope of a² is 2a, that of a³ is 3a².",
        "In general n · a^(n − 1), also for n = −1: there it is −1/a².",
        "`n * a ** (n - 1)` is the local derivative. And upstream?",
    ],
    reason="The slope of aⁿ is n · aⁿ⁻¹; upstream is multiplied by it. For n = −1 that is the slope of 1/a, −1/a².",
    takeaway="Upstream times n · aⁿ⁻¹; with n = −1 you have division.",
)
def power_back(a, n, upstream):  # of a ** n, for a number n that gets no blame
    return upstream * n * a ** (n - 1)


POWER_MISTAKES = {
    "That is the local derivative. The share is upstream times it.": {"upstream * ": ""},
    "The exponent goes down by one: n · a ** (n − 1).": {"(n - 1)": "n"},
    "The factor n is missing: the slope of a² is 2a.": {"n * a": "a"},
    "Brackets are missing: `a ** n - 1` subtracts 1 from the power.": {"(n - 1)": "n - 1"},
    "2a is the slope of a². For any n it is n · a ** (n − 1).": {"n * a ** (n - 1)": "2 * a"},
    "You passed on the power itself; its slope is n · a ** (n − 1).": {"n * a ** (n - 1)": "a**n"},
    "The exponent goes down by one, not up: that is what an integral does.": {"(n - 1)": "(n + 1)"},
    "(n · a) is raised to the power as a whole: only a is.": {"n * a ** (n - 1)": "(n * a) ** (n - 1)"},
    "The factor is n, the old exponent, not n − 1.": {"n * a": "(n - 1) * a"},
    "upstream, too, is raised to the power: it is a plain factor.": {
        "upstream * n * a ** (n - 1)": "n * (upstream * a) ** (n - 1)"
    },
    "n and a have changed places: the slope of aⁿ is n · a ** (n − 1).": [
        {"n * a ** (n - 1)": "a * n ** (a - 1)"},
        {"n * a ** (n - 1)": "n ** (a - 1)"},
    ],
    "The power is missing: n · a ** (n − 1).": {"n * a ** (n - 1)": "n * a"},
    "`a * (n - 1)` is a product; the exponent takes two stars, a ** (n − 1).": {"a ** (n - 1)": "a * (n - 1)"},
    "aⁿ · log(a) is the slope in n. Blame goes to a here: n · a ** (n − 1).": {
        "n * a ** (n - 1)": "np.log(abs(a)) * a**n"
    },
    "That is the integral of aⁿ; its slope is n · a ** (n − 1).": {"n * a ** (n - 1)": "a ** (n + 1) / (n + 1 or 1)"},
    "Upstream is multiplied by the slope, not added to it.": {"upstream * n": "upstream + n"},
    "Upstream is multiplied by the slope, not divided by it.": {
        "upstream * n * a ** (n - 1)": "upstream / (n * a ** (n - 1))"
    },
    "The exponent has its sign turned: n − 1.": {"(n - 1)": "(1 - n)"},
}

EXERCISES = (
    local_derivatives,
    layer_backward,
    backward,
    *SUSPECTS,
    shared,
    skip_backward,
    mul_back,
    tanh_back,
    power_back,
)
for _task, _mistakes in (
    (local_derivatives, LOCAL_MISTAKES),
    (layer_backward, LAYER_MISTAKES),
    (backward, BACKWARD_MISTAKES),
    (shared, SHARED_MISTAKES),
    (skip_backward, SKIP_MISTAKES),
    (mul_back, MUL_MISTAKES),
    (tanh_back, TANH_MISTAKES),
    (power_back, POWER_MISTAKES),
):
    for _feedback, _edits in _mistakes.items():
        _several = isinstance(_edits, list) or (isinstance(_edits, tuple) and isinstance(_edits[0], dict))
        for _edit in _edits if _several else [_edits]:
            _task.mistake(_feedback, _edit)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "5.q1",
        "A value is used in two places of a graph. What is its gradient?",
        {
            "The larger of the two that arrive": "Nothing is chosen: both ways change the loss, so both count.",
            "The product of the two": "Along one path derivatives are multiplied; where paths meet, they add.",
            "The sum of the two": "A small change travels along both paths, and the loss feels both changes together.",
            "The one computed last": "That is the bug of `=` in place of `+=`: the first share is lost.",
        },
        right="The sum of the two",
    ),
    Question(
        "5.q2",
        "Where does the 1/m of the mean loss belong?",
        {
            "In delta[L], and nowhere else": "All else is linear in delta[L] and inherits it.",
            "In every dW[l] and db[l], and in delta[L]": "Then it is there twice: all are too small by the factor m.",
            "In db only, which is a mean": "db is a sum of deltas; the mean is in the deltas already.",
            "Into the learning rate": "It would do for one batch size, and fail the gradient check.",
        },
        right="In delta[L], and nowhere else",
    ),
    Question(
        "5.q3",
        "The last layer passes the gradient check, all others fail. What is likely?",
        {
            "The loss has no mean": "Then every layer, the last one too, would be off by m.",
            "The forward pass is wrong": "The check compares with the forward pass as it is, right or wrong.",
            "h is too small": "Rounding disturbs all layers alike.",
            "The step from delta[l+1] to delta[l]": (
                "The last layer does not use that step; all others do: a transpose, f′, or the wrong layer's weights."
            ),
        },
        right="The step from delta[l+1] to delta[l]",
    ),
    Question(
        "5.q4",
        "How much does backward cost, beside forward, for a network of a million weights?",
        {
            "At most about twice as much": (
                "One product forward; backward two, for dW and for the delta before it, and in layer 1 only the first."
            ),
            "A million times as much": "So it would be by nudging: a pass or two for each weight.",
            "Nothing, it is done in forward": "Forward only keeps what backward needs.",
            "As much as there are layers": "Forward, too, does each layer once; that factor is in both.",
        },
        right="At most about twice as much",
    ),
    Question(
        "5.q5",
        "Ten sigmoid layers, Xavier weights: the first learns hardly at all. Why?",
        {
            "Its inputs are too small": "Inputs are as large as they were; look at what comes back, not in.",
            "Each layer multiplies blame by σ′ ≤ ¼": (
                "Nine of those factors lie between the last layer and the first; Xavier weights do not make up for it."
            ),
            "The first layer has too few weights": "All layers of that figure are equally wide.",
            "Backpropagation is inexact": "It is exact, as the check shows: the true gradient is that small.",
        },
        right="Each layer multiplies blame by σ′ ≤ ¼",
    ),
    Question(
        "5.q6",
        "Why does a training loop set gradients to zero in an autodiff library?",
        {
            "To save memory": "The memory stays in use; only the numbers change.",
            "Because dead units need it": "Dead units have gradient 0 anyway.",
            "Because backward adds to what is there": (
                "Adding is right where paths meet, and wrong from one step to the next: last time's would be added in."
            ),
            "To make the weights small": "It is the gradients that are set to zero, not the weights.",
        },
        right="Because backward adds to what is there",
    ),
)

# --- answers to the harder challenges ---------------------------------------------------------------------------------


@challenge(
    "5.c1",
    "sigmoid, exp and division for `Value`",
    result="The four local derivatives agree with nudging to nine digits.",
    notice="Each becomes a method of `Value` by one call of `operation`, with what it computes and with how it hands "
    "blame back: upstream times the local derivative. Division is there already, as a power with the exponent −1.",
    holds=lambda largest_difference: largest_difference < 1e-8,
)
def new_operations():
    import numpy as np

    u, v, h = 0.5, 2.0, 1e-5
    operations = [  # of one input, where it is, and the local derivative there
        (np.exp, u, np.exp(u)),
        (lambda u: 1 / (1 + np.exp(-u)), u, 1 / (1 + np.exp(-u)) * (1 - 1 / (1 + np.exp(-u)))),
        (lambda u: u / v, u, 1 / v),
        (lambda v: u / v, v, -u / v**2),
    ]
    return max(abs((f(x + h) - f(x - h)) / (2 * h) - slope) for f, x, slope in operations)


@challenge(
    "5.c2",
    "backward twice on the same graph",
    result="For the graph of section 1 ∂L/∂w is 14 after the first time and 58 after the second; the double is 28.",
    notice="The nodes in between keep what they have collected, and pass on all of it again: e has 4, then 4 + 8. Two "
    "losses on two graphs give the double: they share `x`, `w` and `y` only, which pass nothing on.",
    holds=lambda dw: dw == [14, 58],
)
def backward_twice():
    x, w, e, seen = 2, 3, 2, []
    dq = dr = de = dp = dw = 0
    for _ in range(2):
        dq, dr = dq + 1, dr + 1  # L itself begins with 1 each time
        de += 2 * e * dq  # q = e * e
        dp += de
        dw += x * dp + 2 * w * dr
        seen.append(dw)
    return seen


@challenge(
    "5.c3",
    "multiplications forward and backward",
    result="Forward 101,632, backward 103,040: about as many, not twice.",
    notice="dW takes as many as forward, and blame sent back through W as many again, but not in layer 1, which has "
    "nearly all the weights. With many layers of equal width it comes near twice.",
    holds=lambda counts: counts == (101_632, 103_040),
)
def multiplications():
    products = [784 * 128, 128 * 10]  # in W[l] @ A[l - 1], for one example
    forward = sum(products)
    backward = sum(products) + products[1] + 128  # dW, then W[2].T @ delta, then times f′
    return forward, backward


@challenge(
    "5.c4",
    "softmax with a squared error",
    result="With G = 2 (A − Y)/(n m), delta[L] is A ⊙ (G − the sum over the classes of A ⊙ G). It agrees with the "
    "Jacobian, and with a nudge of all logits at once.",
    notice="The Jacobian p_i (δ_ij − p_j) is never needed as a matrix. A factor A remains: where the network is sure "
    "and wrong the slope is nearly 0, which is why one takes the cross-entropy.",
    holds=lambda differences: max(differences) < 1e-8,
)
def softmax_with_squared_error():
    import numpy as np

    from helpers.network import mse, mse_prime, softmax, softmax_prime

    Z, nudge, Y = *np.random.default_rng(0).normal(size=(2, 3, 4)), np.eye(3)[:, [0, 2, 1, 2]]
    A, G = softmax(Z), mse_prime(softmax(Z), Y)
    delta = A * (G - (A * G).sum(axis=0))
    by_jacobian = np.einsum("ijm,im->jm", softmax_prime(Z), G)
    nudged = (mse(softmax(Z + 1e-5 * nudge), Y) - mse(softmax(Z - 1e-5 * nudge), Y)) / 2e-5
    return np.abs(delta - by_jacobian).max(), abs(np.sum(delta * nudge) - nudged)


CHALLENGES = (new_operations, backward_twice, multiplications, softmax_with_squared_error)
