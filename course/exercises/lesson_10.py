"""The exercises, the quiz and answers to the challenges of lesson 10, From scratch to PyTorch.

None of them needs PyTorch: the translations are written in NumPy, in PyTorch's orientation, and the five snippets are
read. The lesson holds what the learner wrote against PyTorch where that is installed.
"""

import numpy as np

from course.exercises.grading import Prediction, challenge, exercise
from course.exercises.lesson_08 import numbers, one_of_three
from course.exercises.questions import Choices, Question, Situation
from course.results import case
from helpers.network import softmax

TITLE = "From scratch to PyTorch"


# --- 10.1: forward, in rows -------------------------------------------------------------------------------------------


def rows_case(sizes, m):
    layers = list(zip(sizes[1:], sizes[:-1], strict=True))
    X, *W = numbers((m, sizes[0]), *layers, seed=m)
    b = numbers(*((n, 1) for n in sizes[1:]), seed=m + 1)
    words = f"a network of sizes {list(sizes)} and {m} examples"
    return case(words, X=X, W=[None, *W], b=[None, *b])


@exercise(
    "10.1",
    "your network, in rows",
    points=2,
    minutes=8,
    level=1,
    cases=[
        rows_case((3, 4, 2), 5),
        rows_case((2, 5, 3, 4), 6),
        rows_case((3, 3, 3, 2), 4),
        rows_case((4, 3), 2),
        rows_case((3, 2, 2), 2),
    ],
    hints=[
        "It is lesson 03's loop. What was a column is a row now, so what stands on the left of the product?",
        "Transpose the weighted sum: (W A)ᵀ = Aᵀ Wᵀ. The examples are rows already, so only W has to be transposed. "
        "The bias is added to every row, so it must be flat: `b[l].ravel()`.",
        "For each layer but the last: `A @ W[l].T` plus the flat bias, and ReLU makes the next A of it. The last one "
        "gives the same sum without ReLU.",
    ],
    reason="PyTorch keeps one example a row and a weight matrix as ours is, (n_out, n_in), so it multiplies by its "
    "transpose. The last layer gives logits: softmax is in its loss.",
    takeaway="Rows for columns: the same numbers, transposed. The weights stay as they are, the bias gets flat.",
)
def forward_rows(X, W, b):  # X (m, n_0); W, b: the course's lists → logits (m, n_L)
    A = X
    for l in range(1, len(W) - 1):
        A = np.maximum(A @ W[l].T + b[l].ravel(), 0)
    return A @ W[-1].T + b[-1].ravel()


forward_rows.mistake(
    "ReLU came after the last layer, too. Its logits may be negative: give back its weighted sums.",
    {"return A @ W[-1].T + b[-1].ravel()": "return np.maximum(A @ W[-1].T + b[-1].ravel(), 0)"},
)
forward_rows.mistake(
    "A softmax is too much: the network gives logits, and PyTorch's loss has the softmax in it.",
    lambda X, W, b: softmax(forward_rows(X, W, b).T).T,
    lambda X, W, b: softmax(forward_rows(X, W, b)),
)
forward_rows.mistake("ReLU is missing between the layers.", {"np.maximum(": "(", "ravel(), 0)": "ravel())"})
COLUMN = "The bias is still a column, (n, 1). In rows it must be flat, so that it is added to each row: `.ravel()`."
forward_rows.mistake(COLUMN, {".ravel()": ""})
forward_rows.mistake(
    "The weights are not transposed: an example is a row, so the product is `A @ W[l].T`.", {"].T": "]"}
)
forward_rows.mistake("The bias is missing.", {" + b[l].ravel()": "", " + b[-1].ravel()": ""})
forward_rows.mistake("The bias of the last layer is missing.", {" + b[-1].ravel()": ""})
forward_rows.mistake(
    "The results are columns: these are the course's. Give back one example a row.",
    lambda X, W, b: forward_rows(X, W, b).T,
)
forward_rows.mistake(
    "You multiplied as for columns, `W[l] @ A`. The examples are rows: `A @ W[l].T`.",
    {"A @ W[l].T + b[l].ravel()": "W[l] @ A + b[l]", "A @ W[-1].T + b[-1].ravel()": "W[-1] @ A + b[-1]"},
)
forward_rows.mistake(
    "The last layer is missing: l runs from 1 to L.", {"return A @ W[-1].T + b[-1].ravel()": "return A"}
)
forward_rows.mistake("The first layer is missing: l begins at 1.", {"range(1,": "range(2,"})
forward_rows.mistake(
    "Every layer got X itself. From the second on it gets what the layer before gave.", {"A @ W": "X @ W"}
)
forward_rows.mistake(
    "These are sigmoids. The layers of this network have ReLU.",
    {"np.maximum(A @ W[l].T + b[l].ravel(), 0)": "1 / (1 + np.exp(-(A @ W[l].T + b[l].ravel())))"},
)
forward_rows.mistake("The bias is subtracted. Add it.", {"+ b[": "- b["})
forward_rows.mistake("Entry 0 of W and b is None: the layers begin at 1.", {"range(1,": "range("})
forward_rows.mistake(
    "ReLU comes after every layer but the last. Yours comes once, at the end.",
    {
        "np.maximum(A @ W[l].T + b[l].ravel(), 0)": "A @ W[l].T + b[l].ravel()",
        "return A @ W[-1].T + b[-1].ravel()": "return np.maximum(A @ W[-1].T + b[-1].ravel(), 0)",
    },
)
forward_rows.mistake(
    "ReLU came before the first layer, too: X goes in as it is.", lambda X, W, b: forward_rows(np.maximum(X, 0), W, b)
)
forward_rows.mistake(
    "The last layer but one has no ReLU. Only the last layer goes without.",
    {"np.maximum(A": "(np.maximum if l < len(W) - 2 else np.add)(A"},
)
forward_rows.mistake(
    "It has two layers, always. Let it run through all that are in W.",
    {"for l in range(1, len(W) - 1)": "for l in [1]", "W[-1]": "W[2]", "b[-1]": "b[2]"},
)
forward_rows.mistake(
    "These are classes. Give back the logits themselves.", lambda X, W, b: forward_rows(X, W, b).argmax(axis=1)
)
forward_rows.mistake("That is ReLU upside down: keep what is above 0, `np.maximum`.", {"np.maximum": "np.minimum"})


# --- 10.2: backward, in rows ------------------------------------------------------------------------------------------


def back_case(n_in, n_out, m):
    X, weight, dZ = numbers((m, n_in), (n_out, n_in), (m, n_out), seed=n_in)
    return case(f"weight of shape {(n_out, n_in)} and {m} examples", X=X, weight=weight, dZ=dZ)


@exercise(
    "10.2",
    "the way back, in rows",
    points=2,
    minutes=10,
    level=2,
    returns=("dX", "dweight", "dbias"),
    apart=True,
    cases=[back_case(3, 2, 4), back_case(2, 4, 3), back_case(4, 3, 1), back_case(3, 3, 3)],
    hints=[
        "In columns: `dW = dZ @ A.T`, `db` sums over the examples, `dA = W.T @ dZ`. Transpose each of the three.",
        "Let the shapes lead you: dweight is (n_out, n_in) and sums over the m examples, so m must be the inner size "
        "of its product. dX has the shape of X.",
        "`dZ.T @ X` is (n_out, m) times (m, n_in). `dZ @ weight` is (m, n_out) times (n_out, n_in). The bias: the "
        "examples are rows, so the sum runs along axis 0.",
    ],
    reason="(dZ Aᵀ) stays as it is, since the weights do: with rows its factors are dZᵀ and X. Blame for the inputs is "
    "transposed, (Wᵀ dZ)ᵀ = dZᵀ W.",
    takeaway="Shapes leave one product only for each gradient. This is what `loss.backward()` does for `nn.Linear`.",
)
def backward_rows(X, weight, dZ):  # X (m, n_in), dZ (m, n_out) → dX, dweight, dbias
    dX = dZ @ weight
    dweight = dZ.T @ X
    dbias = dZ.sum(axis=0)
    return dX, dweight, dbias


backward_rows.mistake(
    "dweight is transposed: the weights are (n_out, n_in), and so is their gradient.", {"dZ.T @ X": "X.T @ dZ"}
)
backward_rows.mistake(
    "dbias is summed over the outputs. Each output has its own bias: sum over the examples, axis 0.",
    {"dZ.sum(axis=0)": "dZ.sum(axis=1)"},
    {"dZ.sum(axis=0)": "dZ.sum(axis=1, keepdims=True)"},
)
backward_rows.mistake(
    "What you give as dX is the way forward. Blame goes back: it begins with dZ.", {"dZ @ weight": "X @ weight.T"}
)
backward_rows.mistake("dbias is summed over everything. Each output has its own: axis 0.", {"sum(axis=0)": "sum()"})
backward_rows.mistake(
    "dbias is a mean over the examples. The 1/m is in dZ already: take the sum.", {"dZ.sum(": "dZ.mean("}
)
backward_rows.mistake(
    "dweight is divided by the number of examples. The 1/m is in dZ already.", {"dZ.T @ X": "dZ.T @ X / len(X)"}
)
backward_rows.mistake(
    "dX is divided by the number of examples. The 1/m is in dZ already.", {"dZ @ weight": "dZ @ weight / len(X)"}
)
backward_rows.mistake("dbias is dZ itself. Sum it over the examples.", {"dZ.sum(axis=0)": "dZ"})
backward_rows.mistake(
    "A slope of ReLU came in: an `nn.Linear` has none, its activation is a layer of its own.",
    {"dZ @ weight": "(dZ @ weight) * (X > 0)"},
)
backward_rows.mistake(
    "dbias is an array with one axis too much: in PyTorch a bias is flat, (n_out,).",
    {"dZ.sum(axis=0)": "dZ.sum(axis=0, keepdims=True)"},
    {"dZ.sum(axis=0)": "dZ.sum(axis=0, keepdims=True).T"},
)
backward_rows.mistake(
    "dX is transposed. These are rows: one example a row, like X.", {"dZ @ weight": "weight.T @ dZ.T"}
)
backward_rows.mistake(
    "dX: the weights are transposed on the way forward. Back they stay as they are: (m, n_out) times (n_out, n_in).",
    {"dZ @ weight": "dZ @ weight.T"},
)
backward_rows.mistake(
    "dX: that is the product for columns. With rows dZ comes first: (m, n_out) times (n_out, n_in).",
    {"dZ @ weight": "weight.T @ dZ"},
)
backward_rows.mistake(
    "dweight: that is the product for columns. With rows dZ is transposed: (n_out, m) times (m, n_in).",
    {"dZ.T @ X": "dZ @ X.T"},
)
backward_rows.mistake(
    "These are the formulas for columns, where an example is a column. Transpose each of them.",
    {"dZ @ weight": "weight.T @ dZ", "dZ.T @ X": "dZ @ X.T"},
    {"dZ @ weight": "weight.T @ dZ", "dZ.T @ X": "dZ @ X.T", "axis=0": "axis=1"},
    {"dZ @ weight": "weight.T @ dZ", "dZ.T @ X": "dZ @ X.T", "axis=0": "axis=1, keepdims=True"},
)
backward_rows.mistake(
    "dX, dweight, dbias, in this order: yours are exchanged.",
    {"return dX, dweight, dbias": "return dweight, dbias, dX"},
    {"return dX, dweight, dbias": "return dweight, dX, dbias"},
)


# --- 10.3: five snippets ----------------------------------------------------------------------------------------------

WHY_NOT_NAME = {
    "axis": "no axis is chosen here, or it is the right one.",
    "eval": "no layer here does something else while it is trained, or nothing is measured.",
    "item": "no loss is kept for later here.",
    "nothing": "it runs without an error, and yet something is wrong. What does it do the second time round?",
    "softmax": "no softmax goes into `CrossEntropyLoss` here.",
    "step": "the optimizer steps after each `backward`.",
    "zero_grad": "gradients are set to zero before each `backward`.",
}
WHY_NOT_REASON = {
    "a": "That is what a forgotten `eval()` does to dropout.",
    "b": "That is what a loss does that is kept with its graph.",
    "c": "That is what a wrong axis does.",
    "d": "That is what a forgotten `zero_grad` does.",
    "e": "That is what a forgotten `step` does.",
    "f": "That is what a softmax before the loss does.",
}
NOT_TRAINED = "nothing is trained here."


def snippet(right, reason, **better):
    """`better` has what to say to a name or a letter where there is more to say than in the tables above."""
    why_not = {name: better.get(name, says) for name, says in WHY_NOT_NAME.items() if name != right}
    wrong_reason = {letter: better.get(letter, says) for letter, says in WHY_NOT_REASON.items() if letter != reason}
    return Situation((right,), reason, why_not, wrong_reason)


my_bugs = Choices(
    key="10.3",
    title="five snippets, five bugs",
    points=2,
    minutes=12,
    level=2,
    stub="""
my_bugs = {  # (what is wrong, letter of what it does)
    "A": (..., ...),
    "B": (..., ...),
    "C": (..., ...),
    "D": (..., ...),
    "E": (..., ...),
}
""",
    names=tuple(WHY_NOT_NAME),
    reasons={
        "a": "the same image may get another answer each time",
        "b": "a graph grows from batch to batch, and memory with it",
        "c": "what is said of an image depends on the others in its batch",
        "d": "each step also follows the gradients of all batches before",
        "e": "the weights never change",
        "f": "the loss cannot fall below 1.46, and learning is slow",
    },
    situations={
        "A": snippet("zero_grad", "d", nothing="compare it with the loop above, line by line: one is missing."),
        "B": snippet("softmax", "f", nothing="what its last layer does, the loss does once more."),
        "C": snippet(
            "eval",
            "a",
            nothing="one layer of this model does something else while it is trained. Who tells it that this is over?",
            softmax="there is no softmax here, and `argmax` needs none: it keeps the order.",
            axis="`dim=1` runs along the classes: it is right.",
            c="That is what a wrong axis does, or batch norm in training; dropout draws for each image anew.",
        ),
        "D": snippet(
            "item",
            "b",
            nothing="what is added up is no number, but a tensor that remembers how it was made.",
        ),
        "E": snippet(
            "axis",
            "c",
            softmax="no loss is computed here: probabilities are wanted, so there must be a softmax. Which way?",
            eval="`model.eval()` has been called in its first line.",
            nothing="an image is a row. Along which axis do its ten probabilities sum to 1?",
            zero_grad=NOT_TRAINED,
            step=NOT_TRAINED,
            item=NOT_TRAINED,
        ),
    },
    hints=(
        "The loop in the lesson has every line that is needed. Hold each snippet against it, and ask what happens in "
        "the second batch.",
        "In two of the five something is missing, in two something is too much or in the wrong way, and in one a "
        "tensor is kept where a number would do.",
        "Look for: gradients that are never set to zero; a softmax that comes twice; dropout that nobody switched "
        "off; a sum of losses without `.item()`; a `dim` that runs across images.",
    ),
    solution="""
my_bugs = {
    "A": ("zero_grad", "d"),
    "B": ("softmax", "f"),
    "C": ("eval", "a"),
    "D": ("item", "b"),
    "E": ("axis", "c"),
}
""",
    reason="PyTorch adds gradients up until they are set to zero, its cross-entropy has the softmax in it, dropout "
    "asks the model whether it is trained, a tensor remembers its graph, and an example is a row. Each is a "
    "convention that you have met from inside.",
    takeaway="None of the five raises an error. Who knows the loop finds them by reading.",
)


# --- 10.4: a convolution ----------------------------------------------------------------------------------------------


def conv_case(m, h, w, k, s):
    X, K = numbers((m, h, w), (k, s, s), seed=h + w)
    return case(f"{m} images of {h} × {w} and {k} filters of {s} × {s}", X=X, K=K)


@exercise(
    "10.4",
    "a convolution",
    points=3,
    minutes=15,
    level=3,
    cases=[conv_case(2, 4, 5, 3, 2), conv_case(1, 5, 5, 2, 3), conv_case(3, 4, 6, 1, 3), conv_case(2, 3, 4, 4, 1)],
    hints=[
        "For one place (i, j) of one image: which part of the image lies under the filter, and what is done with it?",
        "The window at (i, j) is `X[:, i : i + s, j : j + s]`, for all images at once. There are h − s + 1 places "
        "down and w − s + 1 across. Two loops over the places are allowed, a loop over images is not needed.",
        "Faster: loop over the s · s places (a, b) *in the filter*. There every output gets `K[:, a, b]` times the "
        "image, cut out from a on and b on, as large as the output: `X[:, None, a : a + n, b : b + p]`.",
    ],
    reason="One filter looks at every window with the same weights: a weighted sum of a window, as a neuron's. "
    "`sliding_window_view` gives all windows without copying them, and one product does the rest.",
    takeaway="A convolution is a neuron that looks everywhere. What is called so here, as in PyTorch, does not flip K.",
    large=lambda: numbers((64, 28, 28), (8, 5, 5), seed=0),
)
def convolve(X, K):  # X (m, h, w), K (k, s, s) → Z (m, k, h − s + 1, w − s + 1)
    windows_of_X = np.lib.stride_tricks.sliding_window_view(X, K.shape[1:], axis=(1, 2))
    return np.tensordot(windows_of_X, K, axes=((3, 4), (1, 2))).transpose(0, 3, 1, 2)


def by_place(X, K, height=0, width=0, step=1):
    """The same with loops, for wrong answers: `height` and `width` are added to the number of places."""
    s = K.shape[1]
    places = [range(0, n - s + 1 + more, step) for n, more in zip(X.shape[1:], (height, width), strict=True)]
    Z = [[np.tensordot(X[:, i : i + s, j : j + s], K, ((1, 2), (1, 2))) for j in places[1]] for i in places[0]]
    return np.moveaxis(np.array(Z), (0, 1), (2, 3))


def cut(Z):
    """Z with zeros in the last row and the last column of places."""
    Z = Z.copy()
    Z[:, :, -1] = Z[..., -1] = 0
    return Z


def padded(X, K):
    side = (K.shape[1] // 2,) * 2
    return convolve(np.pad(X, ((0, 0), side, side)), K)


def looped(product):
    """A convolve with loops over filters and places; `product(X, filter, i, j, s)` is wrong, or fails."""

    def convolve(X, K):
        k, s, _ = K.shape
        Z = np.zeros((len(X), k, X.shape[1] - s + 1, X.shape[2] - s + 1))
        for f, i, j in np.ndindex(Z.shape[1:]):
            Z[:, f, i, j] = product(X, K[f], i, j, s)
        return Z

    return convolve


convolve.mistake(
    "The filters are flipped, as mathematicians do it. Put each filter on the image as it stands.",
    {"windows_of_X, K,": "windows_of_X, K[:, ::-1, ::-1],"},
)
convolve.mistake(
    "The filters are transposed: row a of the filter belongs to row i + a of the image.",
    {"((3, 4), (1, 2))": "((3, 4), (2, 1))"},
)
convolve.mistake(
    "The axes are in another order: images first, then filters, then the two of the place.",
    {".transpose(0, 3, 1, 2)": ""},
    {".transpose(0, 3, 1, 2)": ".transpose(3, 0, 1, 2)"},
)
convolve.mistake(
    "Places down and across are exchanged in the result.", {".transpose(0, 3, 1, 2)": ".transpose(0, 3, 2, 1)"}
)
convolve.mistake(
    "The last row of places and the last column are missing: there are h − s + 1 and w − s + 1 of them.",
    lambda X, K: by_place(X, K, -1, -1),
)
convolve.mistake("The last row of places is missing: there are h − s + 1.", lambda X, K: by_place(X, K, -1, 0))
convolve.mistake("The last column of places is missing: there are w − s + 1.", lambda X, K: by_place(X, K, 0, -1))
convolve.mistake(
    "The windows do not overlap. The next one begins one pixel further, not s.",
    lambda X, K: by_place(X, K, step=K.shape[1]),
)
convolve.mistake(
    "All filters are added up. Each filter has a result of its own.",
    {".transpose(0, 3, 1, 2)": ".transpose(0, 3, 1, 2).sum(axis=1)"},
    {".transpose(0, 3, 1, 2)": ".transpose(0, 3, 1, 2).sum(axis=1, keepdims=True)"},
)
convolve.mistake(
    "These are means over the window. A weighted sum is asked for.",
    {".transpose(0, 3, 1, 2)": ".transpose(0, 3, 1, 2) / K[0].size"},
)
convolve.mistake(
    "The last row of places and the last column stayed 0: `range(h - s + 1)` has as many places as there are.",
    lambda X, K: cut(convolve(X, K)),
)
convolve.mistake(
    "There are w − s + 1 places across. You counted them by the height.",
    lambda X, K: by_place(X, K, 0, X.shape[1] - X.shape[2]),
)
convolve.mistake(
    "The images are added up: every image got the sum over all of them.",
    lambda X, K: 0 * convolve(X, K) + convolve(X, K).sum(axis=0),
)
convolve.mistake("A ReLU is too much here: it is a layer of its own.", lambda X, K: np.maximum(convolve(X, K), 0))
convolve.mistake(
    "Each place of the filter replaces what was there. Add them up: `+=`.",
    lambda X, K: K[:, -1, -1, None, None] * X[:, None, K.shape[1] - 1 :, K.shape[1] - 1 :],
)
convolve.mistake(
    "The images were padded. Only places where the filter fits count.",
    lambda X, K: padded(X, K)[:, :, : X.shape[1], : X.shape[2]],
    padded,
)
convolve.mistake(
    "Rows and columns are exchanged in the window: i counts rows, so the place (i, j) begins at row i, column j.",
    looped(lambda X, K, i, j, s: (X[:, j : j + s, i : i + s] * K).sum(axis=(1, 2))),
    looped(lambda X, K, i, j, s: X[:, j : j + s, i : i + s].reshape(len(X), -1) @ K.ravel()),
)
convolve.mistake(
    "The products in the window are not added up: a place has one number.",
    looped(lambda X, K, i, j, s: X[:, i : i + s, j : j + s] * K),
)
convolve.mistake(
    "The window ends at s wherever it begins. From i on it ends at i + s.",
    looped(lambda X, K, i, j, s: (X[:, i:s, j:s] * K).sum(axis=(1, 2))),
)
convolve.mistake(
    "`@` makes a matrix product of window and filter. Multiply them element by element, and add up.",
    looped(lambda X, K, i, j, s: (X[:, i : i + s, j : j + s] @ K).sum(axis=(1, 2))),
)
convolve.mistake("Only the first filter was used.", lambda X, K: np.repeat(by_place(X, K[:1]), len(K), axis=1))
convolve.mistake("Only the first image was looked at.", lambda X, K: np.repeat(by_place(X[:1], K), len(X), axis=0))


# --- 10.5: the gradient of the filters --------------------------------------------------------------------------------


def filter_case(m, h, w, k, s):
    X, dZ = numbers((m, h, w), (m, k, h - s + 1, w - s + 1), seed=h * w)
    return case(f"{m} images of {h} × {w} and {k} filters of {s} × {s}", X=X, dZ=dZ)


@exercise(
    "10.5",
    "the gradient of the filters",
    points=3,
    minutes=15,
    level=3,
    cases=[
        filter_case(2, 4, 5, 3, 2),
        filter_case(3, 5, 5, 2, 3),
        filter_case(1, 3, 6, 2, 2),
        filter_case(2, 3, 4, 4, 1),
    ],
    hints=[
        "The weight K[k, a, b] is used once at every place (i, j) of every image. Blame of all these uses adds up, as "
        "in lesson 05 where two paths meet.",
        "At place (i, j) it was multiplied by the pixel X[i + a, j + b]. So its gradient is the sum over images and "
        "places of `dZ[:, k, i, j]` times that pixel.",
        "For one (a, b) the pixels of all places are `X[:, a : a + n, b : b + p]`, with n, p = dZ.shape[2:]. Multiply "
        "by `dZ[:, k]` and sum over everything; s is h − n + 1.",
    ],
    reason="Many places share one weight, so its gradient is a sum over places as well as over images: the blame of an "
    "output times the pixel that came in. It is a convolution again, with the blame as the filter.",
    takeaway="Shared weights, summed blame. So every place of an image teaches the filter.",
    large=lambda: numbers((64, 28, 28), (64, 8, 24, 24), seed=0),
)
def filter_gradients(X, dZ):  # X (m, h, w), dZ (m, k, n, p) → dK (k, s, s)
    parts_of_X = np.lib.stride_tricks.sliding_window_view(X, dZ.shape[2:], axis=(1, 2))
    return np.tensordot(dZ, parts_of_X, axes=((0, 2, 3), (0, 3, 4)))


def weight_by_weight(product, side=lambda X, n: X.shape[1] - n + 1):
    """A filter_gradients with loops over the weights; `product(X, dZ, a, b, n, p)` or `side` is wrong, or fails."""

    def filter_gradients(X, dZ):
        k, n, p = dZ.shape[1:]
        dK = np.zeros((k, side(X, n), side(X, n)))
        for a, b in np.ndindex(dK.shape[1:]):
            dK[:, a, b] = product(X, dZ, a, b, n, p)
        return dK

    return filter_gradients


def without_axes(X, dZ):
    """Place by place, with one number an image that meets the columns of its window."""
    k, n, p = dZ.shape[1:]
    s = X.shape[1] - n + 1
    dK = np.zeros((k, s, s))
    for f, i, j in np.ndindex(k, n, p):
        dK[f] += (dZ[:, f, i, j] * X[:, i : i + s, j : j + s]).sum(axis=0)
    return dK


filter_gradients.mistake(
    "It is a mean over the images. The 1/m is in dZ already: take the sum.",
    {"axes=((0, 2, 3), (0, 3, 4)))": "axes=((0, 2, 3), (0, 3, 4))) / len(X)"},
)
filter_gradients.mistake(
    "It is divided by the number of places. All uses of a weight add up: take the sum.",
    {"axes=((0, 2, 3), (0, 3, 4)))": "axes=((0, 2, 3), (0, 3, 4))) / dZ[0, 0].size"},
)
filter_gradients.mistake(
    "It is a mean over images and places. The 1/m is in dZ already, and all uses of a weight add up.",
    {"axes=((0, 2, 3), (0, 3, 4)))": "axes=((0, 2, 3), (0, 3, 4))) / dZ[:, 0].size"},
)
filter_gradients.mistake(
    "The gradient is flipped: it belongs to the place (a, b) by which the pixels are pushed, in the same order.",
    {"axes=((0, 2, 3), (0, 3, 4)))": "axes=((0, 2, 3), (0, 3, 4)))[:, ::-1, ::-1]"},
)
filter_gradients.mistake(
    "Rows and columns of each filter are exchanged.",
    {"axes=((0, 2, 3), (0, 3, 4)))": "axes=((0, 2, 3), (0, 3, 4))).transpose(0, 2, 1)"},
)
filter_gradients.mistake(
    "The axes are in another order: filters first.",
    {"axes=((0, 2, 3), (0, 3, 4)))": "axes=((0, 2, 3), (0, 3, 4))).transpose(1, 2, 0)"},
)
filter_gradients.mistake(
    "Only the first image was counted. The blame of all images adds up.", {"dZ, parts_of_X,": "dZ[:1], parts_of_X[:1],"}
)
filter_gradients.mistake(
    "Each image has a gradient of its own here. The weights are shared: sum over the images.",
    lambda X, dZ: np.array([filter_gradients(x[None], d[None]) for x, d in zip(X, dZ, strict=True)]),
    weight_by_weight(lambda X, dZ, a, b, n, p: (dZ * X[:, None, a : a + n, b : b + p]).sum(axis=(2, 3))),
)
filter_gradients.mistake(
    "The blame of all filters is added up. Each filter has its own.",
    {"(dZ, parts": "(dZ.sum(axis=1, keepdims=True) + 0 * dZ, parts"},
)
filter_gradients.mistake(
    "The filters come out one row and one column too small: s is h − n + 1.",
    {"(0, 3, 4)))": "(0, 3, 4)))[:, :-1, :-1]"},
)
filter_gradients.mistake(
    "n is no side of the filter: it counts the places down, n = h − s + 1.",
    weight_by_weight(
        lambda X, dZ, a, b, n, p: np.einsum("mkij,mij->k", dZ, X[:, a : a + n, b : b + p]), lambda X, n: n
    ),
    weight_by_weight(
        lambda X, dZ, a, b, n, p: (dZ * X[:, None, a : a + n, b : b + p]).sum(axis=(0, 2, 3)), lambda X, n: n
    ),
)
filter_gradients.mistake(
    "The same pixels for every weight: those of K[a, b] begin at row a, column b.",
    weight_by_weight(lambda X, dZ, a, b, n, p: (dZ * X[:, None, :n, :p]).sum(axis=(0, 2, 3))),
)
filter_gradients.mistake(
    "dZ has an axis for the filters, the pixels have none: give them one, `X[:, None, …]`.",
    weight_by_weight(lambda X, dZ, a, b, n, p: (dZ * X[:, a : a + n, b : b + p]).sum(axis=(0, 2, 3))),
)
filter_gradients.mistake(
    "One number an image is to multiply its whole window. Here it meets the window's columns: give it two more axes, "
    "`[:, None, None]`.",
    without_axes,
)
filter_gradients.mistake(
    "The last row and the last column of places are left out: there are n and p of them.",
    {"(dZ, parts": "(cut(dZ), parts"},
)
filter_gradients.mistake(
    "Only n of the p places across were counted.",
    lambda X, dZ: filter_gradients(X, dZ * (np.arange(dZ.shape[3]) < dZ.shape[2])),
)
filter_gradients.mistake(
    "Each place replaces what was there. The blame of all places adds up: `+=`.",
    lambda X, dZ: np.einsum("mk,mab->kab", dZ[:, :, -1, -1], X[:, dZ.shape[2] - 1 :, dZ.shape[3] - 1 :]),
)
filter_gradients.mistake(
    "That is the gradient of the bias: the pixels that came in are missing.",
    lambda X, dZ: dZ.sum(axis=(0, 2, 3)),
)


# --- 10.6: rates of others --------------------------------------------------------------------------------------------

RATES = (0.001, 15, 0.064)


def but(question, value):
    return (*RATES[: question - 1], value, *RATES[question:])


my_rates = Prediction(
    key="10.6",
    title="the learning rates of others",
    points=2,
    minutes=10,
    level=2,
    stub="""
my_rates = (  # the learning rate that gives the same steps in this course
    ...,  # 1. momentum as an average, v ← 0.9 v + 0.1 g, their rate 0.01
    ...,  # 2. ½ Σ (a − y)² over ten outputs, mean over examples, rate 3.0; ours: mse
    ...,  # 3. a loss that sums over the 64 examples of a batch, rate 0.001
)
""",
    right=RATES,
    use=one_of_three,
    cases=tuple(case(question=k) for k in (1, 2, 3)),
    hints=(
        "A step is rate × gradient (or rate × v). Find by what factor their gradient, or their v, differs from ours; "
        "the rate must make up for it.",
        "1: with the same gradients their v is always a fixed share of ours. 2: write both losses for one example "
        "with ten outputs; ours is a mean over all ten, without ½. 3: a sum of 64 is 64 times its mean.",
        "1: their v is 0.1 times ours. 2: theirs is Σ/2 and ours is Σ/10, so their gradient is 5 times ours. 3: their "
        "gradient is 64 times ours. Where theirs is larger, our rate must be larger by as much.",
    ),
    solution="""
my_rates = (0.01 * (1 - 0.9), 3.0 * 10 / 2, 0.001 * 64)
""",
    reason="1: v as an average is (1 − β) times ours, so α is 0.01 · 0.1. 2: ½ Σ over ten outputs is 5 times their "
    "mean, so 3.0 becomes 15. 3: a sum over 64 is 64 times the mean, so 0.001 becomes 0.064.",
    takeaway="A learning rate means nothing without the loss and the optimizer it was made for.",
)
my_rates.mistake(
    "The wrong way round: their v is a tenth of ours, so the same step needs a *smaller* rate here.", but(1, 0.1)
)
my_rates.mistake("That is the same rate. Their v is an average: smaller than ours, by a fixed factor.", but(1, 0.01))
my_rates.mistake("The factor is 1 − β, not β.", but(1, 0.009))
my_rates.mistake(
    "The wrong way round: their gradient is five times ours, so the same step needs a *larger* rate here.", but(2, 0.6)
)
my_rates.mistake("That is for a sum without the ½: with it the factor is 10 / 2.", but(2, 30))
my_rates.mistake("The ½ makes their sum smaller: the factor is 10 / 2, not 10 · 2.", but(2, 60))
my_rates.mistake("The wrong way round, and the ½ is missing: their gradient is five times ours.", but(2, 0.3))
FACTOR_ALONE = "That is the factor by which their gradient is larger. Multiply their rate by it."
my_rates.mistake(FACTOR_ALONE, but(2, 5), but(3, 64))
my_rates.mistake("Their v is 0.1 times ours, not 0.9 times, and so must our rate be.", but(1, 0.01 / 0.9))
my_rates.mistake("The ½ is there; our mean over the ten outputs is not.", but(2, 1.5), but(2, 6))
my_rates.mistake("That is the same rate. Ours is a mean over the ten outputs, theirs half their sum.", but(2, 3))
my_rates.mistake(
    "The wrong way round: their gradient is 64 times ours, so our rate must be 64 times theirs.", but(3, 0.001 / 64)
)
my_rates.mistake("The ten outputs belong to question 2. Here the losses differ only by the 64 examples.", but(3, 0.64))
my_rates.mistake("That is the same rate. A sum over 64 examples is not their mean.", but(3, 0.001))


EXERCISES = (forward_rows, backward_rows, my_bugs, convolve, filter_gradients, my_rates)


# --- challenges -------------------------------------------------------------------------------------------------------


@challenge(
    "10.c1",
    "the way back to the image",
    result="The blame of every pixel agrees with central differences, to ten digits.",
    notice="Pad the blame with s − 1 zeros on every side, and convolve it with the flipped filters: each pixel "
    "collects from all places that saw it. With this, a convolution can stand above another.",
    holds=lambda difference: difference < 1e-8,
)
def blame_of_pixels():
    import numpy as np

    from course.exercises.lesson_10 import convolve

    rng = np.random.default_rng(0)
    X, K, dZ = rng.normal(size=(2, 6, 6)), rng.normal(size=(3, 3, 3)), rng.normal(size=(2, 3, 4, 4))
    wide = np.pad(dZ, ((0, 0), (0, 0), (2, 2), (2, 2)))
    dX = sum(convolve(wide[:, k], K[k : k + 1, ::-1, ::-1])[:, 0] for k in range(3))
    nudges = 1e-5 * np.eye(X.size).reshape(-1, *X.shape)
    slopes = [np.sum((convolve(X + e, K) - convolve(X - e, K)) * dZ) / 2e-5 for e in nudges]
    return np.abs(dX.ravel() - slopes).max()


@challenge(
    "10.c2",
    "pushed digits for a dense network",
    result="Of digits pushed by 3 pixels the dense network reads four of ten; trained on pushed ones, nine.",
    notice="Data can teach what an architecture does not know; here it took seven times as many. A convolution knows "
    "it before it has seen anything.",
    holds=lambda shares: shares[0] < 0.5 and shares[1] > 0.85,
    long=True,
)
def pushed():
    import numpy as np

    from helpers.data import load_mnist
    from helpers.layers import Linear, ReLU, Sequential
    from helpers.training import Adam, train

    mnist, shares = load_mnist("sample"), []
    push = lambda X, k: np.roll(X.reshape(-1, 28, 28), k, axis=2).reshape(-1, 784)  # noqa: E731
    for places in ([0], range(-3, 4)):
        X, y = np.vstack([push(mnist.X_train, k) for k in places]), np.tile(mnist.y_train, len(places))
        net = Sequential([Linear(784, 128), ReLU(), Linear(128, 10)])
        train(net, X, y, 10, optimizer=Adam(0.002))
        shares.append(net.evaluate(push(mnist.X_test, 3), mnist.y_test)["accuracy"])
    return shares


@challenge(
    "10.c3",
    "how much attention must remember",
    result="With 100 digits to look at it reads about seven of ten, with 1,000 nine, with 4,000 a few more.",
    notice="It learns nothing, and it must keep all it has seen. In a transformer queries, keys and values are "
    "learned, by three `Linear`s.",
    holds=lambda shares: shares[100] < shares[1000] < shares[4000] and shares[100] < 0.8 and shares[4000] > 0.92,
)
def memory():
    import numpy as np

    from helpers.data import load_mnist
    from helpers.network import one_hot, softmax

    mnist = load_mnist("sample")
    K, Q = (X.T / np.linalg.norm(X, axis=1) for X in (mnist.X_train, mnist.X_test))
    labels, shares = one_hot(mnist.y_train, 10).T, {}
    for n in (100, 1000, 4000):
        said = labels[:, :n] @ softmax(30 * K[:, :n].T @ Q)
        shares[n] = np.mean(said.argmax(axis=0) == mnist.y_test)
    return shares


CHALLENGES = (blame_of_pixels, pushed, memory)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "10.q1",
        "Your W is (128, 784). What shape has `nn.Linear(784, 128).weight`?",
        {
            "(784, 128)": "Keras keeps it so. PyTorch keeps (n_out, n_in) and multiplies by the transpose.",
            "(128, 784)": "The same: (n_out, n_in). Only examples are rows there.",
            "(128, 785), with the bias in it": "The bias is an array of its own, and flat.",
            "(m, 128)": "Weights do not depend on how many examples there are.",
        },
        right="(128, 784)",
    ),
    Question(
        "10.q2",
        "What does `loss.backward()` change?",
        {
            "The weights": "That is the optimizer's step.",
            "The loss": "It is computed already.",
            "The `.grad` of every parameter": "It adds the gradient to what stands there, as `Value` does.",
            "The learning rate": "That is a schedule's business.",
        },
        right="The `.grad` of every parameter",
    ),
    Question(
        "10.q3",
        "Your PyTorch classifier sticks at a loss of 1.46, though it reads everything right. Where do you look?",
        {
            "At a softmax before `CrossEntropyLoss`": "Two softmaxes: the best it can do is −ln(e / (e + 9)) = 1.46.",
            "At the learning rate": "It would stick anywhere, not just there.",
            "At `zero_grad`": "Without it the loss jumps about; it does not stick at one number.",
            "At the batch size": "It does not bound the loss.",
        },
        right="At a softmax before `CrossEntropyLoss`",
    ),
    Question(
        "10.q4",
        "On a network of 784-128-10 NumPy was faster than PyTorch. Why?",
        {
            "NumPy multiplies matrices faster": "Both call the same kind of library for that.",
            "PyTorch computes with more digits": "Both compute with 32 bits here.",
            "PyTorch has bugs": "It has a lot to look after, for every operation.",
            "The work is small, and each operation costs something": (
                "Recording the graph costs microseconds an operation. On large arrays nobody notices."
            ),
        },
        right="The work is small, and each operation costs something",
    ),
    Question(
        "10.q5",
        "8 filters of 5 × 5 on an image of 28 × 28. How many weights and biases?",
        {
            "208": "8 · 25 weights and 8 biases, wherever they look.",
            "4,608": "That is how many numbers come out, 8 · 24 · 24.",
            "6,280": "That is a dense layer with 8 units.",
            "157,000": "25 weights for each pixel and filter: but they are shared.",
        },
        right="208",
    ),
    Question(
        "10.q6",
        "A course trains with momentum 0.9 and rate 0.01, v ← 0.9 v + 0.1 g. Your rate for the same steps?",
        {
            "0.1": "The other way: their v is smaller than yours, so your rate must be, too.",
            "0.01": "Their v is an average, a tenth of yours.",
            "0.001": "Their v is 0.1 times yours, and so is the rate.",
            "0.009": "The factor is 1 − β, not β.",
        },
        right="0.001",
    ),
)
