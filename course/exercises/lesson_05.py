"""The exercises and the quiz of lesson 05, Backpropagation, step by step.

Answers here are several arrays at once, so there is one more kind of exercise, `Gradients`: its `use` lays them out in
one row, and what is said about a difference names the array it is in. The cases of 5.3 to 5.7 are sizes of networks,
which are made here, the same ones every time. 5.4 to 5.7 are one function with a bug each, and share wrong answers.
"""

from dataclasses import dataclass

import numpy as np

from course.exercises.grading import (
    WHY_NOT_CHANGE,
    Exercise,
    Mistake,
    case,
    case_in_words,
)
from course.exercises.questions import Choice, Question
from course.sandbox import is_unwritten
from course.text import code, listed, shape_in_words
from helpers import network

TITLE = "Backpropagation, step by step"


class Form(Exception):
    """The answer came in a form that cannot be compared; the message ends a sentence that begins "your `f` gave"."""


def lay_out(result, shapes):
    """The arrays of a result, whose names and shapes are given, in one row of numbers."""
    if result is None or is_unwritten(result):
        return result
    if not issubclass(type(result), tuple | list | np.ndarray) or len(result) != len(shapes):
        count = f"{len(result)} things" if issubclass(type(result), tuple | list | np.ndarray) else "one thing"
        raise Form(f"{count}; expected {len(shapes)}: {listed([f'`{name}`' for name in shapes])}, in this order.")
    return np.concatenate(
        [_flat(name, value, shape) for (name, shape), value in zip(shapes.items(), result, strict=True)]
    )


def _flat(name, value, shape):
    try:
        array = np.asarray(value)
    except ValueError:
        raise Form(f"as `{name}` rows that differ in length.") from None
    if array.dtype.kind not in "fiub":
        what = "nothing" if value is None else "dots" if value is ... else "something that is no number"
        raise Form(f"as `{name}` {what}; expected {shape_in_words(shape)}.")
    if array.shape != shape:
        hint = " It is transposed." if array.shape == shape[::-1] else ""
        raise Form(f"as `{name}` {shape_in_words(array.shape)}; expected {shape_in_words(shape)}.{hint}")
    return array.ravel().astype(float)


@dataclass(frozen=True, kw_only=True)
class Gradients(Exercise):
    """An exercise whose answer returns several arrays. `shapes(*case)` gives their names and shapes."""

    shapes: object

    def judge(self, answer):
        if not (callable(answer) or answer is None or is_unwritten(answer)):
            form = f'`check("{self.key}", {self.name})`'
            return self._not_yet("called", f"Give `check` the function itself, without brackets: {form}.")
        return super().judge(answer)

    def _fault(self, case, expected, got):
        case = {name: value for name, value in case.items() if not isinstance(value, str)}
        if got.error == "Form":
            return "shape", f"For {case_in_words(case)} your `{self.name}` gave {got.message}"
        return super()._fault(case, expected, got)

    def _difference(self, case, expected, array):
        k = int(np.argmin(np.isclose(array, expected, rtol=1e-5, atol=1e-8, equal_nan=True)))
        gave, should = code(array[k]), code(expected[k])
        if gave == should:
            should += f" (they differ by {code(abs(array[k] - expected[k]))})"
        for name, shape in self.shapes(*case.values()).items():
            if k < np.prod(shape):
                index = [int(i) for i in np.unravel_index(k, shape)]
                place = f" at {index}" if index else ""
                return (
                    f"For {case_in_words(case)} your `{self.name}` gave {gave} as `{name}`{place}; expected {should}."
                )
            k -= int(np.prod(shape))
        return f"The gradients are right, but your `{self.name}` changed an array that it was given. {WHY_NOT_CHANGE}"


# --- 5.1: local derivatives -------------------------------------------------------------------------------------------

LOCAL = ("dz_dw", "dz_dx", "dz_db", "da_dz", "dL_da")


def _local(x, w, b, y):
    a = network.sigmoid(w * x + b)
    return x, w, 1, a * (1 - a), 2 * (a - y)


def _local_with(**wrong):
    """The right answer but for the derivatives named, which are functions of x, w, b, y, z, a."""

    def answer(x, w, b, y):
        z = w * x + b
        a = network.sigmoid(z)
        right = dict(zip(LOCAL, _local(x, w, b, y), strict=True))
        return tuple((right | {name: f(x, w, b, y, z, a) for name, f in wrong.items()}).values())

    return answer


def _shapes_of_local(*_):
    return dict.fromkeys(LOCAL, ())


def _chained(x, w, b, y):
    _, _, _, slope, last = _local(x, w, b, y)
    return last * slope * x, last * slope * w, last * slope, last * slope, last


LOCAL_DERIVATIVES = Gradients(
    key="5.1",
    title="local derivatives",
    points=1,
    minutes=8,
    stub="""
def local_derivatives(x, w, b, y):  # z = w x + b,  a = σ(z),  L = (a − y)²
    return ...  # five numbers: ∂z/∂w, ∂z/∂x, ∂z/∂b, ∂a/∂z, ∂L/∂a
""",
    shapes=_shapes_of_local,
    use=lambda answer, *numbers: lay_out(answer(*numbers), _shapes_of_local()),
    reference=lambda *numbers: np.array(_local(*numbers), dtype=float),
    cases=(
        case(x=3.0, w=-0.5, b=1.0, y=1.0),
        case(x=-2.0, w=0.25, b=0.75, y=0.0),
        case(x=0.5, w=4.0, b=-3.0, y=0.5),
    ),
    wrong=(
        Mistake(
            "x and w swapped",
            "∂z/∂w and ∂z/∂x are swapped. Raise w by 1, and w · x grows by x: the local derivative of a product is the "
            "other factor.",
            _local_with(dz_dw=lambda x, w, b, y, z, a: w, dz_dx=lambda x, w, b, y, z, a: x),
        ),
        Mistake(
            "b for 1",
            "z = w x + b grows by exactly 1 when b does, whatever b is: ∂z/∂b = 1.",
            _local_with(dz_db=lambda x, w, b, y, z, a: b),
        ),
        Mistake(
            "0 for the bias",
            "A derivative of 0 would mean that b does not matter. z grows by 1 when b grows by 1.",
            _local_with(dz_db=lambda x, w, b, y, z, a: 0),
        ),
        Mistake(
            "slope at the wrong place",
            "Your ∂a/∂z is σ′(a): the slope at a. It is asked for at z, where it is a (1 − a), because a is σ(z) "
            "already.",
            _local_with(da_dz=lambda x, w, b, y, z, a: network.sigmoid_prime(a)),
        ),
        Mistake(
            "value for slope",
            "Your ∂a/∂z is a itself, the value of the sigmoid. Its slope is a (1 − a).",
            _local_with(da_dz=lambda x, w, b, y, z, a: a),
        ),
        Mistake(
            "2 forgotten",
            "The derivative of a square is twice what is squared: ∂L/∂a = 2 (a − y).",
            _local_with(dL_da=lambda x, w, b, y, z, a: a - y),
        ),
        Mistake(
            "sign of the error",
            "The sign of ∂L/∂a is turned: if a is above y, raising a makes it worse, so it must be positive there.",
            _local_with(dL_da=lambda x, w, b, y, z, a: 2 * (y - a)),
        ),
        Mistake(
            "the loss itself",
            "As ∂L/∂a you gave the loss. How fast does it grow with a?",
            _local_with(dL_da=lambda x, w, b, y, z, a: (a - y) ** 2),
        ),
        Mistake(
            "chained already",
            "You have multiplied along the chain: these are ∂L/∂w, ∂L/∂x, … That is the next step. A local "
            "derivative knows nothing of what comes after its node.",
            _chained,
        ),
        Mistake(
            "in reverse order",
            "The five are right, and in reverse order: begin with ∂z/∂w, as the comment does.",
            lambda *numbers: _local(*numbers)[::-1],
        ),
        Mistake(
            "x and w swapped, 2 forgotten",
            "Two slips: ∂z/∂w and ∂z/∂x are swapped (the derivative of a product is the other factor), and ∂L/∂a, the "
            "slope of a square, lacks its 2.",
            _local_with(
                dz_dw=lambda x, w, b, y, z, a: w,
                dz_dx=lambda x, w, b, y, z, a: x,
                dL_da=lambda x, w, b, y, z, a: a - y,
            ),
        ),
    ),
    hints=(
        "Take one node at a time, and forget the rest of the graph: by how much does its output grow if this input "
        "grows by a little and the others stay?",
        "z is a product plus b: for a product, the derivative is the other factor. For the sigmoid, lesson 02 has its "
        "slope from its value.",
        "∂z/∂w is x and ∂z/∂x is w. A sum passes everything on, so ∂z/∂b is a constant. The slope of the sigmoid is "
        "a times something; that of u² is 2u.",
    ),
    solution="""
def local_derivatives(x, w, b, y):
    a = 1 / (1 + np.exp(-(w * x + b)))
    return x, w, 1, a * (1 - a), 2 * (a - y)
""",
    reason="Each is the derivative of one simple node, and can be read off without looking at the others. The chain "
    "rule "
    "will multiply them: ∂L/∂w is the last times the fourth times the first.",
    takeaway="Five small derivatives, none of which knows of the others: the chain rule multiplies them.",
)


# --- 5.2: one layer's backward ----------------------------------------------------------------------------------------

DELTA = [[1.0, 2.0, -1.0], [0.5, -1.0, 3.0]]
A_PREV = [[1.0, 0.0, 2.0], [-1.0, 3.0, 0.5], [2.0, 1.0, 1.0], [0.0, -2.0, 4.0]]
WEIGHTS = [[1.0, 2.0, -1.0, 0.5], [3.0, -2.0, 0.0, 1.0]]


def _shapes_of_layer(delta, A_prev, W):
    return {"dW": W.shape, "db": (len(W), 1), "dA_prev": A_prev.shape}


def _layer(delta, A_prev, W):
    return delta @ A_prev.T, delta.sum(axis=1, keepdims=True), W.T @ delta


LAYER_BACKWARD = Gradients(
    key="5.2",
    title="one layer's backward",
    points=2,
    minutes=12,
    stub="""
def layer_backward(delta, A_prev, W):  # delta (n_l, m), A_prev (n_l-1, m), W (n_l, n_l-1)
    return ...  # three arrays: dW (shape of W), db (n_l, 1), dA_prev (shape of A_prev)
""",
    shapes=_shapes_of_layer,
    use=lambda answer, *arrays: lay_out(answer(*arrays), _shapes_of_layer(*arrays)),
    reference=lambda *arrays: np.concatenate([part.ravel() for part in _layer(*arrays)]),
    cases=(
        case(delta=DELTA, A_prev=A_PREV, W=WEIGHTS),
        case(delta=[[2.0], [-1.0]], A_prev=[[3.0], [0.5]], W=[[1.0, -2.0], [4.0, 0.5]]),
        case(delta=[[1.0, -2.0], [0.5, 4.0]], A_prev=[[3.0, 1.0], [-1.0, 2.0]], W=[[1.0, 2.0], [3.0, 5.0]]),
    ),
    wrong=(
        Mistake(
            "dW transposed",
            "dW has a row for each unit of this layer, as W has: delta first, then A_prev transposed.",
            lambda delta, A_prev, W: (A_prev @ delta.T, *_layer(delta, A_prev, W)[1:]),
        ),
        Mistake(
            "db not summed",
            "db is still one column for each example. b is added to every column, so its gradient is the sum over "
            "them: axis 1, with keepdims=True.",
            lambda delta, A_prev, W: (delta @ A_prev.T, delta, W.T @ delta),
        ),
        Mistake(
            "db without keepdims",
            "db lost its second axis. b has shape (n, 1), and so must db: `keepdims=True`.",
            lambda delta, A_prev, W: (delta @ A_prev.T, delta.sum(axis=1), W.T @ delta),
        ),
        Mistake(
            "db over the wrong axis",
            "You summed over the units. Examples are columns: to sum over them is axis 1.",
            lambda delta, A_prev, W: (delta @ A_prev.T, delta.sum(axis=0, keepdims=True), W.T @ delta),
        ),
        Mistake(
            "a mean in db",
            "The mean in db brings in a second 1/m. The loss's mean is in delta already: here it is a plain sum.",
            lambda delta, A_prev, W: (delta @ A_prev.T, delta.mean(axis=1, keepdims=True), W.T @ delta),
        ),
        Mistake(
            "1/m a second time",
            "You divided by m. The 1/m of the mean loss is in delta already, and enters once only.",
            lambda delta, A_prev, W: (
                delta @ A_prev.T / delta.shape[1],
                delta.mean(axis=1, keepdims=True),
                W.T @ delta,
            ),
        ),
        Mistake(
            "1/m a second time, in dW",
            "You divided dW by m. The 1/m of the mean loss is in delta already, and `@` makes the plain sum.",
            lambda delta, A_prev, W: (delta @ A_prev.T / delta.shape[1], *_layer(delta, A_prev, W)[1:]),
        ),
        Mistake(
            "all divided by m",
            "You divided all three by m. The 1/m of the mean loss is in delta already; here it would come in again at "
            "every layer.",
            lambda *arrays: tuple(part / arrays[0].shape[1] for part in _layer(*arrays)),
        ),
        Mistake(
            "dA_prev first",
            "The order is dW, db, dA_prev: what goes on to the layer before comes last.",
            lambda *arrays: tuple(_layer(*arrays)[k] for k in (2, 0, 1)),
        ),
        Mistake(
            "blame times input in dA_prev",
            "You multiplied the blame for the inputs by A_prev. The inputs' values belong in dW; what goes out to them "
            "is `W.T @ delta` alone.",
            lambda delta, A_prev, W: (*_layer(delta, A_prev, W)[:2], (W.T @ delta) * A_prev),
        ),
        Mistake(
            "W not transposed",
            "Blame goes back along the same lines, from outputs to inputs, so the matrix is `W.T`. Where W is square "
            "the "
            "shapes do not tell.",
            lambda delta, A_prev, W: (delta @ A_prev.T, delta.sum(axis=1, keepdims=True), W @ delta),
        ),
        Mistake(
            "delta.T @ W",
            "`delta.T @ W` has the right numbers, one example a row. In this course examples are columns: `W.T @ "
            "delta`.",
            lambda delta, A_prev, W: (delta @ A_prev.T, delta.sum(axis=1, keepdims=True), delta.T @ W),
        ),
        Mistake(
            "element by element",
            "`*` multiplies element by element; the sums over examples in dW need the matrix product `@`.",
            lambda delta, A_prev, W: (delta * A_prev, delta.sum(axis=1, keepdims=True), W.T @ delta),
        ),
        Mistake(
            "A_prev not transposed",
            "In dW each delta meets each input, summed over the examples. So the examples must be the inner axis of "
            "the "
            "product: `A_prev.T`.",
            lambda delta, A_prev, W: (delta @ A_prev, delta.sum(axis=1, keepdims=True), W.T @ delta),
        ),
    ),
    hints=(
        "Write the shapes down: delta (n_l, m), A_prev (n_l-1, m), W (n_l, n_l-1). A gradient has the shape of the "
        "thing "
        "itself. Which products give these shapes?",
        "For one example, unit j and input i: the gradient of W[j, i] is delta[j] times A_prev[i]. A matrix product "
        "does "
        "that for all j and i, and sums over the examples on the way.",
        "dW is `delta @ …`, with the examples as the inner axis. db is a sum along axis 1 that keeps its shape. For "
        "the "
        "inputs the weights are used in the other direction: `W.T`.",
    ),
    solution="""
def layer_backward(delta, A_prev, W):
    dW = delta @ A_prev.T
    db = delta.sum(axis=1, keepdims=True)
    return dW, db, W.T @ delta
""",
    reason="Z = W A_prev + b. In `delta @ A_prev.T` the examples are the inner axis, so they are summed; W[j, i] meets "
    "delta[j] and A_prev[i]. b enters every column with factor 1. And W.T sends each unit's blame to its inputs, "
    "weighted "
    "by the weight on the line, and adds up where lines meet.",
    takeaway="Three products: blame times input, blame summed, blame sent back through W.T.",
)


# --- 5.3: the whole way back ------------------------------------------------------------------------------------------


def _example(sizes, m, hidden):
    """W, Z, A, Y, f_prime of a softmax network of these sizes, m examples, and what its backward gives."""
    sizes, m = [int(n) for n in sizes], int(m)
    net = network.Network(sizes, hidden, "softmax", seed=sum(sizes) + m, dtype=np.float64)
    rng = np.random.default_rng(m)
    for b in net.b[1:]:
        b[...] = rng.normal(size=b.shape)
    net.forward(rng.normal(size=(sizes[0], m)))
    Y = np.eye(sizes[-1])[:, rng.integers(sizes[-1], size=m)]
    return net, (net.W, net.Z, net.A, Y, network.ACTIVATIONS[hidden][1])


def _shapes_of_network(sizes, *_):
    layers = range(1, len(sizes))
    sizes = [int(n) for n in sizes]
    return {f"dW[{l}]": (sizes[l], sizes[l - 1]) for l in layers} | {f"db[{l}]": (sizes[l], 1) for l in layers}


def _use_backward(answer, *case):
    """Call the learner's backward; its gradients in one row, and at the end a 1 if it changed what it was given."""
    _, arguments = _example(*case)
    before = [np.copy(array) for part in arguments[:3] for array in part if array is not None] + [arguments[3].copy()]
    result = answer(*arguments)
    after = [array for part in arguments[:3] for array in part if array is not None] + [arguments[3]]
    changed = not all(map(np.array_equal, before, after))
    if result is None or is_unwritten(result):
        return result
    if not issubclass(type(result), tuple | list) or len(result) != 2:
        raise Form("something else than two lists; end it with `return dW, db`.")
    L = len(case[0]) - 1
    for name, part in zip(("dW", "db"), result, strict=True):
        if not issubclass(type(part), tuple | list) or len(part) != L + 1:
            raise Form(f"as `{name}` no list with entries 0 … {L}; entry 0 is None, so that `{name}[l]` is layer l's.")
    parts = [part for name in (0, 1) for part in result[name][1:]]
    return np.append(lay_out(parts, _shapes_of_network(*case)), float(changed))


def _reference_backward(*case):
    net, (*_, Y, _) = _example(*case)
    dW, db = net.backward(Y)
    return np.append(np.concatenate([part.ravel() for part in (*dW[1:], *db[1:])]), 0.0)


def _right(delta, l, W, Z, A, f_prime):
    return (W[l].T @ delta) * f_prime(Z[l - 1])


def _backward(start=lambda A, Y: (A - Y) / Y.shape[1], back=_right, finish=lambda dW, db, m: (dW, db), db=None):
    """A backward, parts of which are exchanged for wrong ones."""

    def answer(W, Z, A, Y, f_prime):
        L = len(W) - 1
        delta, dWs, dbs = start(A[L], Y), [None] * (L + 1), [None] * (L + 1)
        for l in range(L, 0, -1):
            one = db(delta) if db else delta.sum(axis=1, keepdims=True)
            dWs[l], dbs[l] = finish(delta @ A[l - 1].T, one, Y.shape[1])
            if l > 1:
                delta = back(delta, l, W, Z, A, f_prime)
        return dWs, dbs

    return answer


def _overwriting(W, Z, A, Y, f_prime):
    delta = A[-1]
    delta -= Y
    delta /= Y.shape[1]
    return _backward(start=lambda A, Y: delta)(W, Z, A, Y, f_prime)


def _slope_at_the_output(W, Z, A, Y, f_prime):
    start = (A[-1] - Y) / Y.shape[1] * f_prime(Z[-1])
    return _backward(start=lambda A, Y: start)(W, Z, A, Y, f_prime)


def _on_to_layer_0(W, Z, A, Y, f_prime):
    dW, db = _backward()(W, Z, A, Y, f_prime)
    f_prime(Z[0])
    return dW, db


def _not_at_the_first(W, Z, A, Y, f_prime):
    dW, db = _backward()(W, Z, A, Y, f_prime)
    return [None, None, *dW[2:]], [None, None, *db[2:]]


BUGS = {  # name: what is said, and a backward that has it
    "missing f′": (
        "On the way from layer to layer the slope is missing: the last layer is right, all earlier ones are not. "
        "Multiply element by element with f_prime(Z[l-1]).",
        _backward(back=lambda delta, l, W, Z, A, f_prime: W[l].T @ delta),
    ),
    "not transposed": (
        "Blame is sent through W[l] where W[l].T belongs. Where layers are equally wide the shapes do not tell: the "
        "last layer is right, and before it size and direction are wrong.",
        _backward(back=lambda delta, l, W, Z, A, f_prime: (W[l] @ delta) * f_prime(Z[l - 1])),
    ),
    "no batch mean": (
        "Every gradient is too large by the factor m: the mean of the loss, 1/m, has been left out of delta[L].",
        _backward(start=lambda A, Y: A - Y),
    ),
    "in-place overwrite": (
        "It works on A[L] itself. The first call is right and leaves A[L] destroyed, so the next is wrong. "
        "`delta = A[L]` makes no copy, and `-=` and `/=` change the array; `delta = (A[L] - Y) / m` makes a new one.",
        _overwriting,
    ),
}
HALF = {  # repairs that go half way, or too far, and what else goes wrong
    "1/m twice": (
        "Every gradient is too small by the factor m. The mean enters once, in delta[L]; everything after is a plain "
        "sum.",
        _backward(finish=lambda dW, db, m: (dW / m, db / m)),
    ),
    "1/m twice in dW": (
        "Every dW is too small by the factor m, and the db are right: the mean enters once, in delta[L].",
        _backward(finish=lambda dW, db, m: (dW / m, db)),
    ),
    "1/m twice in db": (
        "Every db is too small by the factor m, and the dW are right: db is a plain sum, the mean is in delta already.",
        _backward(finish=lambda dW, db, m: (dW, db / m)),
    ),
    "no end at layer 1": (
        "Z[0] is None: there is no layer before the first, so make the next delta only if l > 1.",
        _on_to_layer_0,
    ),
    "the sigmoid's slope": (
        "A (1 − A) is the sigmoid's slope; f_prime may be another one's: f_prime(Z[l-1]).",
        _backward(back=lambda delta, l, W, Z, A, f_prime: (W[l].T @ delta) * A[l - 1] * (1 - A[l - 1])),
    ),
    "f′ at the wrong place": (
        "The slope is taken at A[l-1]. It belongs at Z[l-1], where the unit stood when it was computed.",
        _backward(back=lambda delta, l, W, Z, A, f_prime: (W[l].T @ delta) * f_prime(A[l - 1])),
    ),
    "f′ of the next layer": (
        "The slope is taken at Z[l]. delta[l-1] belongs to layer l − 1, and so does its slope: Z[l-1].",
        _backward(back=lambda delta, l, W, Z, A, f_prime: (W[l].T @ delta) * f_prime(Z[l])),
    ),
    "weights of the wrong layer": (
        "Blame goes back through the weights of the wrong layer: between delta[l] and delta[l-1] lie the weights W[l].",
        _backward(back=lambda delta, l, W, Z, A, f_prime: (W[l - 1].T @ delta) * f_prime(Z[l - 1])),
    ),
    "sign of the error": (
        "Every gradient has the wrong sign: delta[L] is A[L] − Y, not the other way round.",
        _backward(start=lambda A, Y: (Y - A) / Y.shape[1]),
    ),
    "mean over classes, too": (
        "You divided by the number of elements of Y. The loss is a mean over the m examples only: Y.shape[1].",
        _backward(start=lambda A, Y: (A - Y) / Y.size),
    ),
    "divided by the number of classes": (
        "`len(Y)` is the number of classes. The number of examples is Y.shape[1].",
        _backward(start=lambda A, Y: (A - Y) / len(Y)),
    ),
    "slope of f at the output": (
        "In the last layer there is no f_prime: softmax and its loss together already give A[L] − Y.",
        _slope_at_the_output,
    ),
    "db not summed": (
        "db must be the sum of delta over the examples, of shape (n, 1).",
        _backward(db=lambda delta: delta),
    ),
    "the first layer is missing": (
        "Layer 1 has no gradient. The loop must run down to l = 1: `range(L, 0, -1)`.",
        _not_at_the_first,
    ),
}


def wrong_answers(*names):
    both = BUGS | HALF
    return tuple(Mistake(name, *both[name]) for name in names)


DIFFERENT = tuple({"sizes": np.array(sizes), "m": m, "hidden": hidden} for sizes, m, hidden in (
    ([2, 3, 2], 1, "tanh"), ([2, 3, 2], 4, "tanh"), ([3, 4, 4, 3], 5, "sigmoid"), ([2, 2, 2, 2], 3, "leaky_relu"),
))  # fmt: skip

BACKWARD = Gradients(
    key="5.3",
    title="the whole backward pass",
    points=3,
    minutes=20,
    stub="""
def backward(W, Z, A, Y, f_prime):  # lists with entry l for layer l; Y (n_L, m); softmax at the end
    return ...  # the lists dW and db; entry 0 of each is None
""",
    shapes=_shapes_of_network,
    use=_use_backward,
    reference=_reference_backward,
    cases=DIFFERENT,
    wrong=wrong_answers(*(name for name in BUGS | HALF)),
    hints=(
        "Begin with delta[L]. Softmax with its loss gives A[L] − Y, and the mean over the examples divides it by m. No "
        "f_prime there.",
        "Then a loop over l = L, L − 1, … 1. In each round: two gradients from delta, as in 5.2, and, if l > 1, the "
        "next "
        "delta, which belongs to layer l − 1.",
        "`delta = (W[l].T @ delta) * f_prime(Z[l - 1])` at the end of each round; `dW = [None] * (L + 1)` before the "
        "loop, "
        "and the same for the biases.",
    ),
    solution="""
def backward(W, Z, A, Y, f_prime):
    L = len(W) - 1
    dW, db = [None] * (L + 1), [None] * (L + 1)
    delta = (A[L] - Y) / Y.shape[1]
    for l in range(L, 0, -1):
        dW[l] = delta @ A[l - 1].T
        db[l] = delta.sum(axis=1, keepdims=True)
        if l > 1:
            delta = (W[l].T @ delta) * f_prime(Z[l - 1])
    return dW, db
""",
    reason="One sweep from the last layer to the first. At each layer delta is used twice: for the layer's own "
    "gradients, "
    "and to make the delta of the layer before. The mean is in the first line, and nowhere else.",
    takeaway="That is backpropagation, complete: one sweep back, and every parameter knows its share of the blame.",
)


# --- 5.4 to 5.7: find the bug -----------------------------------------------------------------------------------------

SQUARE = tuple({"sizes": np.array(sizes), "m": m, "hidden": hidden} for sizes, m, hidden in (
    ([4, 4, 4, 4], 10, "sigmoid"), ([3, 3, 3, 3], 2, "tanh"), ([2, 4, 4, 3], 6, "sigmoid"),
))  # fmt: skip
REPAIRED = """
def {name}(W, Z, A, Y, f_prime):
    L, m = len(W) - 1, Y.shape[1]
    dW, db = [None] * (L + 1), [None] * (L + 1)
    delta = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = delta @ A[l - 1].T
        db[l] = delta.sum(axis=1, keepdims=True)
        if l > 1:
            delta = (W[l].T @ delta) * f_prime(Z[l - 1])
    return dW, db
"""


def find_the_bug(key, letter, bug, others, hints, reason, takeaway):
    """An exercise to repair suspect_a, …, which stands in the lesson; `bug` is the name of what it has."""
    return Gradients(
        key=key,
        title=f"find the bug: suspect {letter}",
        points=1,
        minutes=6,
        stub=f"""
def repaired_{letter}(W, Z, A, Y, f_prime):
    return ...  # suspect_{letter}, without its bug
""",
        shapes=_shapes_of_network,
        use=_use_backward,
        reference=_reference_backward,
        cases=SQUARE,
        wrong=wrong_answers(bug, *(name for name in BUGS if name != bug), *others),
        hints=hints,
        solution=REPAIRED.format(name=f"repaired_{letter}"),
        reason=reason,
        takeaway=takeaway,
    )


SUSPECT_A = find_the_bug(
    "5.4",
    "a",
    "no batch mean",
    ("1/m twice", "mean over classes, too", "divided by the number of classes", "sign of the error"),
    (
        "Look at the column of ratios: what is the same in every layer? How many examples are in the batch?",
        "Every direction is right (cosine 1) and every size is wrong by the same factor, so the fault is in something "
        "that "
        "all layers have in common.",
        "All layers have the first delta in common. Compare that line with the formula of delta[L]: which factor of "
        "the "
        "mean loss is not there?",
    ),
    "The ratio is exactly m in every layer, and the direction is right: the 1/m of the mean is missing in delta[L]. "
    "Such a "
    "network learns, with a learning rate m times too large, and another one for every batch size.",
    "No batch mean. Its mark: the ratio is exactly m, in every layer.",
)
SUSPECT_B = find_the_bug(
    "5.5",
    "b",
    "not transposed",
    ("weights of the wrong layer", "f′ at the wrong place", "1/m twice"),
    (
        "Which layer is right, and where does the trouble begin? Between them lies the line to look at.",
        "The cosine before the last layer is far from 1: the gradient points somewhere else, which no factor such as a "
        "slope between 0 and ¼ does so thoroughly. Something is mixed up among the units.",
        "Follow one weight W[l][j, i]: it carries a value from unit i to unit j. On the way back it must carry blame "
        "from "
        "j to i. Does the matrix product in the loop do that?",
    ),
    "The last layer is right; before it the direction is wrong. W[l] @ delta sends the blame of unit j to the wrong "
    "units. "
    "The shapes fit only because the layers are equally wide.",
    "No transpose. Its mark: the last layer is right, and before it the direction is wrong.",
)
SUSPECT_C = find_the_bug(
    "5.6",
    "c",
    "in-place overwrite",
    ("1/m twice", "sign of the error", "slope of f at the output"),
    (
        "The gradient check passes. What is different at the second call? The weights and the input are the same.",
        "Something that the first call was given is no longer what it was. Which arrays does the function write into?",
        "`delta = A[L]` gives the same array a second name; it copies nothing. What do `-=` and `/=` then change?",
    ),
    "`delta = A[L]` is no copy, and `-=` writes into A[L]. The second call finds (A[L] − Y)/m where A[L] should be. "
    "`(A[L] - Y) / m` makes a new array.",
    "In-place overwrite. Its mark: right at the first call, wrong at the second.",
)
SUSPECT_D = find_the_bug(
    "5.7",
    "d",
    "missing f′",
    ("f′ at the wrong place", "f′ of the next layer", "the sigmoid's slope", "slope of f at the output"),
    (
        "The last layer is right, and each layer before it is worse by a further factor. Which factor enters once for "
        "each "
        "layer?",
        "The hidden layers are sigmoids. How large is the slope of a sigmoid at most, and what happens to a gradient "
        "that "
        "leaves it out?",
        "Compare the last line of the loop with the formula of delta[l]: there is a matrix product, and then an "
        "element by "
        "element product with something. With what, and at which place?",
    ),
    "The gradients grow with every layer away from the output, mostly by a factor of 4 or more: the slope of the "
    "sigmoid, at most ¼, is missing.",
    "Missing f′. Its mark: the last layer is right, and each one before is too large by a further factor.",
)

EXERCISES = (LOCAL_DERIVATIVES, LAYER_BACKWARD, BACKWARD, SUSPECT_A, SUSPECT_B, SUSPECT_C, SUSPECT_D)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "5.q1",
        "A value is used in two places of a graph. What is its gradient?",
        (
            Choice("The larger of the two that arrive", "Nothing is chosen: both ways change the loss, so both count."),
            Choice("The product of the two", "Along one path derivatives are multiplied; where paths meet, they add."),
            Choice(
                "The sum of the two",
                "A small change travels along both paths, and the loss feels both changes together.",
                right=True,
            ),
            Choice("The one computed last", "That is the bug of `=` in place of `+=`: the first share is lost."),
        ),
    ),
    Question(
        "5.q2",
        "Where does the 1/m of the mean loss belong?",
        (
            Choice("In delta[L], and nowhere else", "All else is linear in delta[L] and inherits it.", right=True),
            Choice(
                "In every dW[l] and db[l], and in delta[L]",
                "Then it is there twice: all gradients are too small by the factor m.",
            ),
            Choice("In db only, which is a mean", "db is a sum of deltas; the mean is in the deltas already."),
            Choice("Into the learning rate", "It would do for one batch size, and fail the gradient check."),
        ),
    ),
    Question(
        "5.q3",
        "The last layer passes the gradient check, all others fail. What is likely?",
        (
            Choice("The loss has no mean", "Then every layer, the last one too, would be off by m."),
            Choice("The forward pass is wrong", "The check compares with the forward pass as it is, right or wrong."),
            Choice("h is too small", "Rounding disturbs all layers alike."),
            Choice(
                "The step from delta[l+1] to delta[l]",
                "The last layer does not use that step; all others do: a transpose, f′, or the wrong layer's weights.",
                right=True,
            ),
        ),
    ),
    Question(
        "5.q4",
        "How much does backward cost, beside forward, for a network of a million weights?",
        (
            Choice(
                "At most about twice as much",
                "One product forward; backward two, for dW and for the delta before it, and in layer 1 only the first.",
                right=True,
            ),
            Choice("A million times as much", "So it would be by nudging: a pass or two for each weight."),
            Choice("Nothing, it is done in forward", "Forward only keeps what backward needs."),
            Choice("As much as there are layers", "Forward, too, does each layer once; that factor is in both."),
        ),
    ),
    Question(
        "5.q5",
        "Ten sigmoid layers, Xavier weights: the first learns hardly at all. Why?",
        (
            Choice("Its inputs are too small", "Inputs are as large as they were; look at what comes back, not in."),
            Choice(
                "Each layer multiplies blame by σ′ ≤ ¼",
                "Nine of those factors remain from the last layer to the first, and Xavier weights do not make up for "
                "it.",
                right=True,
            ),
            Choice("The first layer has too few weights", "All layers of that figure are equally wide."),
            Choice("Backpropagation is inexact", "It is exact, as the check shows: the true gradient is that small."),
        ),
    ),
    Question(
        "5.q6",
        "Why does a training loop set gradients to zero in an autodiff library?",
        (
            Choice("To save memory", "The memory stays in use; only the numbers change."),
            Choice("Because dead units need it", "Dead units have gradient 0 anyway."),
            Choice(
                "Because backward adds to what is there",
                "Adding is right where paths meet, and wrong from one step to the next: last time's would be added in.",
                right=True,
            ),
            Choice("To make the weights small", "It is the gradients that are set to zero, not the weights."),
        ),
    ),
)
