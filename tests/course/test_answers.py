"""What exercises say to answers in other forms than those declared with them: many ways are right, and no mistake is
taken for another. What lesson files declare is tried in test_exercises.py, answers by others in test_strangers.py.
"""

import inspect
import itertools
import re
import textwrap

import numpy as np
import pytest
from cells import ALL, answer

from course.exercises import find
from course.exercises.grading import OPEN, RIGHT, Exercise, call
from helpers.data import GATES, logic_gate


def judge(key, value):
    return find(key, "").judge(value)


def filled(key, body):
    """The stub of an exercise with this in place of its `...`."""
    head, indent = re.match(r"(.*\n)( +)(?:return|yield) \.\.\.", find(key, "").stub, re.DOTALL).groups()
    return head + textwrap.indent(body, indent)


def edited(key, old, new):
    """The solution of an exercise with `new` in place of `old`."""
    assert old in find(key, "").solution
    return find(key, "").solution.replace(old, new)


def local(returned):
    head = "import math\nfrom decimal import *\nfrom fractions import *\n\n\ndef local_derivatives(x, w, b, y):\n"
    return f"{head}    a = 1 / (1 + math.exp(-w * x - b))\n    return {returned}\n"


def layer(dW="delta @ A_prev.T", db="np.sum(delta, 1)[:, None]", dA="(delta.T @ W).T", returned="dW, db, dA"):
    return f"def layer_backward(delta, A_prev, W):\n    dW, db, dA = {dW}, {db}, {dA}\n    return {returned}\n"


SIGMOID = "return 1 / (1 + np.exp(-z))"
COUNT = "def count_parameters(n):\n    return n[1] * (n[0] + 1) + count_parameters(n[1:]) if n[1:] else 0"
PAIRS = "for theta, g in zip(parameters, gradients)"
MOMENTUM = """v = self.v or [0, 0]
self.v = [self.beta * old + g for old, g in zip(v, gradients)]
for theta, v in zip(parameters, self.v):
    np.subtract(theta, self.learning_rate * v, out=theta)"""
CROSS_ENTROPY = """import torch
Z, Y = torch.tensor(Z), torch.tensor(Y)
return -(Y * torch.log_softmax(Z, 0)).sum(0).mean()"""
SHUFFLED = "rng.permutation(len(X))"
MASK = "self.rng.random(A.shape) >= self.p"
RETURNED = "return [dZ @ self.A.T, dZ.sum(axis=1, keepdims=True)]"


@pytest.mark.parametrize(
    ("key", "code", "words"),
    [
        # right, and not as the solution is: what is compared is more than one array, or how it came about counts
        ("3.3", COUNT, RIGHT),
        ("4.4", filled("4.4", CROSS_ENTROPY), RIGHT),
        ("5.1", local("Fraction(x), Decimal(w), True, a - a**2, np.longdouble(a - y) * 2"), RIGHT),
        ("6.1", filled("6.1", f"{PAIRS}:\n    theta[:] = theta - self.learning_rate * g\nreturn parameters"), RIGHT),
        ("6.2", filled("6.2", MOMENTUM), RIGHT),
        ("6.3", edited("6.3", "theta -=", "theta[...] = theta -"), RIGHT),
        ("6.4", edited("6.4", SHUFFLED, "rng.choice(len(X), len(X), replace=False)"), RIGHT),
        ("6.6", edited("6.6", "return history", "return np.array(history, np.float32)"), RIGHT),
        ("8.1", edited("8.1", "self.W.T @ dZ", "(dZ.T @ self.W).T"), RIGHT),
        ("8.4", edited("8.4", "(dA * self.A_hat).sum(", "np.sum(self.A_hat * dA, "), RIGHT),
        ("8.6", edited("8.6", MASK, "self.rng.binomial(1, 1 - self.p, A.shape)"), RIGHT),
        # what a check looks at besides the numbers
        ("1.3", "my_nand = (-1, -1, 2)", "One of the sums is exactly 0"),
        ("2.1", filled("2.1", f"with np.errstate(over='ignore'):\n    {SIGMOID}"), "the warning is only silenced"),
        ("2.1", "@np.errstate(over='ignore')\n" + filled("2.1", SIGMOID), "the warning is only silenced"),
        ("2.1", filled("2.1", "return 1 / (1 + np.e**-z)"), "multiply above and below by e^z"),
        ("3.1", edited("3.1", "return Z", "W.pop(), b.pop(), f.pop()\n    return Z"), "changed its input W, b and f."),
        ("5.3", edited("5.3", "return dW, db", "dW[0] = 0\n    return dW, db"), "there is no layer 0"),
        ("6.4", edited("6.4", "X[batch].T", "np.flip(X[batch]).T"), "a column holds numbers of several examples.\nS"),
        ("6.4", edited("6.4", "Y[batch].T", "Y[batch].ravel()"), "expected (4, m) and (2, m)"),
        ("6.6", edited("6.6", " Z, A =", " A0, targets = X.T, Y.T\n            Z, A ="), "17 examples"),
        ("6.6", edited("6.6", "rng):\n", "np.random.default_rng(0)):\n"), "`rng` was not used"),
        # what is true of any wrong answer, where there are parts, classes and lists
        ("4.1", filled("4.1", "return 0.5"), "It gives the same result in every case"),
        ("5.1", local("x, w, 1, a * (a - 1), 2 * (a - y)"), "`da_dz` has the right size and the wrong sign."),
        ("5.1", local("x, w, 1, a * (1 - a), y - a"), "`dL_da` is -0.5 times what it should be."),
        ("5.1", local("1, x, w, a * (1 - a), 2 * (a - y)"), "what you gave as `dz_dx` is `dz_dw`."),
        ("5.1", local("w, x, b, a * (1 - a), a - y"), "whatever b is: ∂z/∂b = 1. The derivative of a square is twice"),
        ("5.2", layer(returned="db, dW, dA"), "what you gave as `db` is `dW`."),
        ("5.2", layer(db="delta.sum(1)", dA="A_prev * (W.T @ delta)"), "`keepdims=True`. You multiplied the blame"),
        ("5.2", layer(returned="dW"), "gave 2 things; expected 3: `dW`, `db` and `dA_prev`, in this order."),
        ("5.2", layer(dW="delta.T @ A_prev"), "a has as many columns as b rows. There `delta` is (2, 3)"),
        ("5.3", edited("5.3", "W[l].T @ delta", "delta.T @ W[l]"), "`W[l]` is (4, 3) and `Z[l - 1]` is (3, 5)."),
        ("5.3", edited("5.3", "        if", "        W[l] -= dW[l]\n        if"), "It also changed its input W."),
        ("6.1", "class SGD:\n    pass", "raised an exception: TypeError"),
        ("6.3", edited("6.3", "**self.t", "^self.t"), "`^` is no power in Python"),
        ("6.4", edited("6.4", SHUFFLED, "rng.permutation(X)"), "Only whole numbers can be indices"),
        ("6.6", edited("6.6", "return history", "print(history)"), "gave as `history` nothing"),
        ("8.1", edited("8.1", "self.W.T @ dZ", "dZ.T @ self.W"), "`dA` is transposed"),
        ("8.1", edited("8.1", RETURNED, "self.dW = dZ @ self.A.T"), "3 things; expected 4"),
        # an exception of other words, in which the same mistake is known again
        ("4.4", filled("4.4", "return -np.mean((Y * np.log(Z)).sum(axis=0))"), "Z are probabilities to you."),
        ("6.1", filled("6.1", "parameters -= self.learning_rate * gradients"), "are lists of arrays"),
        ("6.2", filled("6.2", "self.v = self.beta * self.v + gradients"), "`self.v` is None until the first step"),
        # answers that are chosen or computed on paper
        ("4.5", edited("4.5", '"ln_2"', "0.69"), "spam: choose one of zero, ln_2"),
        ("5.4", 'suspect_a = {"A": ["no_mean", 4.0]}', RIGHT),
        ("5.4", 'suspect_a = {"A": ("no mean", ...)}', "Now its line: a number from 1 to 11."),
        ("5.4", 'suspect_a = {"A": ("no means", 4)}', "Did you mean `no mean`?"),
        ("5.6", 'suspect_c = ("overwrite", 4)', "Keep the form of the stub"),
        ("5.8", "shared = (17, 6)", "Question 1: 17 is not it."),
        ("5.8", "shared = 16", "two numbers are asked for"),
        ("6.5", 'my_settings = {"optimizer": "SGD", "learning_rate": 0.1, "batch_size": 300}', "is 0.67, and 61%"),
        ("6.5", 'my_settings = {"optimizer": "rmsprop", "learning_rate": np.float32(0.01), "batch_size": 16}', RIGHT),
    ],
)
def test_the_verdict_names_what_was_done(key, code, words):
    if "import torch" in code:
        pytest.importorskip("torch")
    assert words in judge(key, answer(key, code)).as_text()


@pytest.mark.parametrize(
    "loop",
    [
        "y = np.zeros(X.shape[1])\nk = 0\nwhile k < len(y):\n    y[k] = f(w @ X[:, k] + b)\n    k += 1\nreturn y",
        "return np.fromiter((f(w @ x + b) for x in X.T), float)",
        "return [f(w @ x + b) for x in X.T]",
        "return np.array(list(map(lambda x: f(w @ x + b), X.T)))",
        "return np.apply_along_axis(lambda x: f(w @ x + b), 0, X)",
        "return np.vectorize(lambda k: f(w @ X[:, k] + b))(range(X.shape[1]))",
    ],
)
def test_a_loop_is_noticed_in_any_words(loop):
    text = judge("1.2", answer("1.2", filled("1.2", loop))).as_text()
    assert text.startswith("Not yet. The numbers are right, and there is a loop in it.")


@pytest.mark.parametrize(("returned", "known"), [("A[-1]", True), ("A[-1] + 1", False)])
def test_a_result_of_another_form_is_a_known_mistake_only_with_its_numbers(returned, known):
    text = judge("3.1", answer("3.1", edited("3.1", "return Z, A", f"return {returned}"))).as_text()
    assert "1 things; expected 2: `Z` and `A`, in this order" in text
    assert ("You gave the last activations alone." in text) == known


WAYS = [  # to make XOR
    {"W1": [[1, 1], [1, 1]], "b1": [-0.5, -1.5], "W2": [[1, -1]], "b2": [-0.5]},
    {"W1": [[1, -1], [-1, 1]], "b1": [-0.5, -0.5], "W2": [[1, 1]], "b2": [-0.5]},
    {"W1": [[1, 1], [-1, -1]], "b1": [-0.5, 1.5], "W2": [[1, 1]], "b2": [-1.5]},
]


def test_xor_is_right_in_any_way_and_any_form():
    arrays = {name: np.array(value) for name, value in WAYS[0].items()}
    for way in (*WAYS, arrays, {**WAYS[0], "b1": [[-0.5], [-1.5]], "b2": [[-0.5]]}):
        assert judge("3.4", way).lead == RIGHT, way


def test_any_weights_that_make_nand_are_right_and_all_others_are_named():
    """All step neurons on a grid: what is not NAND gets the name of what it is."""
    corners, _ = logic_gate("NAND")
    seen = set()
    for w1, w2, b in itertools.product((-2, -1, 1, 2), (-2, -1, 1, 2), (-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5)):
        table = tuple(int(w1 * x1 + w2 * x2 + b > 0) for x1, x2 in corners)
        verdict = judge("1.3", (w1, w2, b))
        assert (verdict.lead == RIGHT) == (table == GATES["NAND"])
        if verdict.lead != RIGHT:
            assert verdict.diagnosis != "values", (table, w1, w2, b)
            seen.add(verdict.diagnosis)
    assert len(seen) == 13  # of the 16 tables 14 can be made, and one of them is NAND


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        *(("1.3", value, "three numbers") for value in (3, (1, 2), {1, 2, 3})),
        ("1.3", (1, 2, float("nan")), "one of the three"),
        ("1.4", (0.5, 2, 0.25, 0.5, 0), "Not yet. Question 2: 2 is not it.\n"),
        ("1.4", (0.5, "fires", 0.25, 0.5, 0), "1 for fires, 0 for silent"),
        ("3.4", {"W1": [[1, 1], [..., ...]], "b1": [..., 0], "W2": [[1, -1]], "b2": [0]}, OPEN),
        ("3.4", [1, 2, 3], "keep the form of the stub"),
        ("3.4", {"W1": 1}, "keep the form of the stub"),
        ("3.4", {**WAYS[0], "W1": [[1, 1]]}, "W1 should have the shape (2, 2); it has (1, 2)"),
        ("3.4", {**WAYS[0], "b1": 0}, "b1 should have the shape (2,); it has ()"),
        ("3.4", {**WAYS[0], "W1": [[1, 1], [1, np.nan]]}, "no finite number"),
    ],
)
def test_an_answer_of_another_form_is_explained(key, value, said):
    text = judge(key, value).as_text()
    assert said in text
    assert "expected" not in text, "nothing is given away"


class Converts:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype)


def everywhere(change, result):
    """A result with each of its arrays and numbers changed; None stays None."""
    if isinstance(result, list | tuple):
        return type(result)(everywhere(change, part) for part in result)
    return result if result is None else change(np.asarray(result))


STYLES = {
    "lists": lambda array: array.tolist(),
    "32 bits": lambda array: array.astype(np.float32) if array.dtype.kind == "f" else array,
    "in another order of memory": np.asfortranarray,
    "an object that converts": Converts,
    "PyTorch": lambda array: pytest.importorskip("torch").from_numpy(np.array(array)),
}
FUNCTIONS = [t for t in ALL if isinstance(t, Exercise) and t.use is call and inspect.isfunction(t.right)]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("task", FUNCTIONS, ids=lambda task: task.key)
def test_the_right_numbers_in_any_container(task, style):
    if style == "PyTorch":
        pytest.importorskip("torch")  # here: what an answer raises is judged
    verdict = task.judge(lambda *arguments: everywhere(STYLES[style], task.right(*arguments)))
    assert verdict.lead == RIGHT, verdict.as_text()
