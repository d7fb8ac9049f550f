"""What answers in the learner's own words are told: a row is the exercise, the answer, and words of its verdict.

The code stands in linecache, as a cell's does, so that what the engine reads in the source is judged, too.
"""

import linecache
import math
import re
import textwrap
from fractions import Fraction

import numpy as np
import pytest

from course import exercises as engine


def filled(key, body):
    """The stub of an exercise with this in place of its `...`."""
    head, indent = re.match(r"(.*\n)( +)(?:return|yield) \.\.\.", engine.find(key, "").stub, re.DOTALL).groups()
    return head + textwrap.indent(body, indent)


PAIRS = "for theta, g in zip(parameters, gradients)"
STEP = "optimizer.step([*W[1:], *b[1:]], [*dW[1:], *db[1:]])"
TRAIN = engine.find("1.5", "").solution.partition("\n")[2].replace("\n    ", "\n").strip()
ZERO = "At z = 0 you give another number."
CHOICE, LOSSES = engine.find("2.6", "").solution, engine.find("4.5", "").solution
PIECES = "from course.exercises.lesson_06 import backward, forward, minibatches\n\n\n"

IN_COLUMNS = """def forward_rows(X, W, b):
    A = X.T
    for l in range(1, len(W)):
        Z = W[l] @ A + b[l]
        A = Z * (Z > 0)
"""
BY_PLACE = """def convolve(X, K):
    m, h, w = X.shape
    k, s, _ = K.shape
    Z = np.zeros((m, k, h - s + 1, w - s + 1))
    for i in range(h - s + 1):
        for j in range(w - s + 1):
            window = X[:, i : i + s, j : j + s]
"""
BLAME = """n, p = dZ.shape[2:]
s = X.shape[1] - n + 1
dK = np.zeros((dZ.shape[1], s, s))
for a in range(s):
    for b in range(s):
        dK[:, a, b] = np.sum(dZ * X[:, None, a : a + n, b : b + p], axis=(0, 2, 3))
"""


def local(returned, z="w * x + b", a="1 / (1 + math.exp(-z))"):
    return f"def local_derivatives(x, w, b, y):\n    z = {z}\n    a = {a}\n    return {returned}\n"


def layer(dW="delta @ A_prev.T", db="np.sum(delta, 1)[:, None]", dA="(delta.T @ W).T", returned="dW, db, dA"):
    return (
        f"def layer_backward(delta, A_prev, W):\n    dW = {dW}\n    db = {db}\n    dA = {dA}\n    return {returned}\n"
    )


def skip(dA_prev="dA + W.T @ d", d="f_prime(Z) * dA"):
    return (
        "def skip_backward(dA, A_prev, Z, W, f_prime):\n"
        f"    d = {d}\n    return d @ A_prev.T, d.sum(1)[:, None], {dA_prev}\n"
    )


def back(old="", new="", name="backward"):
    """The way back in a learner's words, with `new` in place of `old`."""
    code = """def backward(W, Z, A, Y, f_prime):
    L, n = len(Z) - 1, Y.shape[1]
    dW, db = [None for _ in W], [None for _ in W]
    error = A[-1] / n - Y / n
    for l in reversed(range(1, L + 1)):
        dW[l] = error @ A[l - 1].T
        db[l] = np.sum(error, axis=1, keepdims=True)
        if l != 1:
            error = f_prime(Z[l - 1]) * (W[l].T @ error)
    return dW, db
"""
    assert old in code, old
    return code.replace(old, new).replace("backward", name)


def solved(key, old="", new=""):
    """The solution of an exercise with an edit, and what lesson 08's need."""
    task = engine.find(key, "")
    assert old in task.solution
    return "from helpers.layers import *\nfrom helpers.network import *\n" + task.solution.replace(old, new)


ROWS = [
    # lesson 01
    ("1.2", filled("1.2", "return np.array([f(w @ x + b) for x in X.T])"), "there is a loop in it"),
    ("1.2", filled("1.2", "return [f(w @ x + b) for x in X.T]"), "there is a loop in it"),
    ("1.3", "my_nand = (-1, -1, 2)", "One of the sums is exactly 0"),
    ("1.5", filled("1.5", TRAIN.replace("(X @ error) / len(y)", "np.mean(X @ error)")), "every weight got the same"),
    # lesson 02
    ("2.1", filled("2.1", "with np.errstate(all='ignore'):\n    return 1 / (1 + np.exp(-z))"), "only silenced"),
    (
        "2.1",
        "import warnings\n"
        + filled(
            "2.1", "warnings.simplefilter('ignore')\nwith warnings.catch_warnings():\n    return 1 / (1 + np.exp(-z))"
        ),
        "only silenced",
    ),
    (
        "2.1",
        filled("2.1", "e = np.exp(-abs(z))\nreturn np.where(z >= 0, 1 / 1 + e, e / (1 + e))"),
        "`1 / 1 + e` divides",
    ),
    ("2.2", filled("2.2", "s = 1 / (1 + np.exp(-a))\nreturn s * (1 - a)"), "One of your two factors has σ(a) in it."),
    ("2.2", filled("2.2", "s = 1 / (1 + np.exp(-a))\nreturn a * (1 - s)"), "One of your two factors has σ(a) in it."),
    ("2.3", filled("2.3", "return z * slope"), "Every z is multiplied by the slope."),
    *(
        ("2.4", filled("2.4", f"return np.where(z > 0, 1, np.where(z < 0, slope, {at_0}))"), words)
        for at_0, words in (("0", ZERO), ("0.5", ZERO), ("np.nan", ZERO), ("1", "the slope from the right"))
    ),
    ("2.6", CHOICE.replace("relu", "gelu"), "hidden: it works well, above all in transformers."),
    # lesson 03
    ("3.1", engine.find("3.1", "").solution.replace("f[l](", "f("), "`f` is a list with an activation for each layer"),
    (
        "3.1",
        engine.find("3.1", "").solution.replace("f[l](", "f[l - 1]("),
        "The activation is that of the layer before",
    ),
    ("3.1", engine.find("3.1", "").solution.replace("[A0]", "[A0.T]"), "it needs no `.T`"),
    (
        "3.3",
        "def count_parameters(sizes):\n    if not sizes[1:]:\n        return 0\n"
        "    return sizes[1] * (sizes[0] + 1) + count_parameters(sizes[1:])",
        "Right.",
    ),
    (
        "3.3",
        "def count_parameters(sizes):\n    rest, n = sizes.copy(), 0\n    while len(rest) > 1:\n"
        "        n_in = rest.pop(0)\n        n += (n_in + 1) * rest[0]\n    return n",
        "Right.",
    ),
    (
        "3.4",
        "my_xor = {'W1': [[1, -1], [1, -1]], 'b1': [-0.5, 1.5], 'W2': [[1, 1]], 'b2': [-1.5]}",
        "is x₁ and not x₂; the",
    ),
    # lesson 04
    ("4.1", filled("4.1", "return np.mean((A - Y) ** 2, keepdims=True)"), "Right."),
    ("4.1", filled("4.1", "return np.mean(A - Y**2)"), "`A - Y**2` squares Y alone"),
    ("4.1", filled("4.1", "n, m = A.shape\nreturn np.sum((A - Y) ** 2) / n * m"), "divides by n and multiplies by m"),
    ("4.2", filled("4.2", "return (A - Y) ** 2 / A.size"), "nothing has been differentiated"),
    *(
        ("4.3", filled("4.3", f"return np.mean({code})"), words)
        for code, words in (
            ("np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-Z))", "with −z it grows beyond every float"),
            ("np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z)))", "− z y is missing"),
            ("Y * np.log1p(np.exp(-Z)) + (1 - Y) * np.log1p(np.exp(Z))", "and for z = −1000 `np.exp(-Z)`"),
            ("np.where(Y == 1, np.log1p(np.exp(-Z)), np.log1p(np.exp(Z)))", "A label may lie between 0 and 1"),
            ("np.logaddexp(0, Z) - Z * Y", "Right."),
        )
    ),
    *(
        ("4.4", engine.find("4.4", "").solution.replace(old, new), words)
        for old, new, words in (
            ("Z - Z.max(axis=0)", "Z.max(axis=0) - Z", "You turned the subtraction round"),
            ("Z.max(axis=0)", "abs(Z).max(axis=0)", "You subtracted the largest |z|."),
            ("np.exp(Z).sum(axis=0)", "np.exp(Z).sum(axis=1, keepdims=True)", "the Σ runs over the classes"),
            ("- (Y * Z)", "+ (Y * Z)", "it is subtracted: log Σ e^z − z"),
        )
    ),
    ("4.3", filled("4.3", "return np.log1p(np.exp(Z)) - Z * Y"), "These are the losses of all elements."),
    *(
        ("4.4", filled("4.4", f"{first}return {loss}"), words)
        for first, loss, words in (
            ("Z = Z - Z.max(axis=0)\n", "-Y * (Z - np.log(np.exp(Z).sum(axis=0)))", "each class of each example"),
            ("p = np.exp(Z) / np.exp(Z).sum(axis=0)\n", "-Y * np.log(p)", "each class of each example"),
            ("", "np.log(np.exp(Z).sum(axis=0)) - (Y * Z).sum(axis=0)", "You gave one loss for each example."),
            ("Z = Z - Z.max(axis=0)\n", "np.log(np.exp(Z).sum(axis=0)) - Y * Z", "You subtracted all of Y · Z"),
        )
    ),
    (
        "4.4",
        filled("4.4", "return -np.mean((Y * np.log(Z)).sum(axis=0))"),
        "The columns of Z are probabilities to you.",
    ),
    (
        "4.4",
        "import torch\n"
        + filled(
            "4.4",
            "Z, Y = torch.tensor(Z), torch.tensor(Y)\nreturn -(Y * torch.log_softmax(Z, 0)).sum(0).mean()",
        ),
        "Right.",
    ),
    ("4.5", LOSSES.replace('"ln_2"', "0.69"), "spam: choose one of zero, ln_2"),
    # lesson 06
    ("6.1", filled("6.1", f"{PAIRS}:\n    theta -= 0.1 * g"), "The learning rate is always the same"),
    ("6.1", filled("6.1", f"{PAIRS}:\n    theta -= self.learning_rate ^ g"), "`^` is no power in Python"),
    ("6.1", filled("6.1", f"{PAIRS}:\n    theta -= self.learning_rate * g\n    return theta"), "Not all arrays moved"),
    ("6.1", filled("6.1", "parameters -= self.learning_rate * gradients"), "are lists of arrays"),
    ("6.1", filled("6.1", f"{PAIRS}:\n    g *= self.learning_rate\n    theta -= g"), "changed its input gradients"),
    ("6.1", filled("6.1", f"{PAIRS}:\n    theta[:] = theta - self.learning_rate * g\nreturn parameters"), "Right."),
    ("6.1", "class SGD:\n    pass", "raised an exception: TypeError"),
    (
        "6.2",
        filled("6.2", f"{PAIRS}:\n    v = 0\n    v = self.beta * v + g\n    theta -= self.learning_rate * v"),
        "plain descent",
    ),
    ("6.2", filled("6.2", "self.v = self.beta * self.v + gradients"), "`self.v` is None until the first step"),
    (
        "6.2",
        filled(
            "6.2",
            "v = self.v or [0, 0]\nself.v = [self.beta * old + g for old, g in zip(v, gradients)]\n"
            "for theta, v in zip(parameters, self.v):\n    np.subtract(theta, self.learning_rate * v, out=theta)",
        ),
        "Right.",
    ),
    *(
        ("6.3", engine.find("6.3", "").solution.replace(old, new), words)
        for old, new, words in (
            ("**self.t", "^self.t", "`^` is no power in Python"),
            ("self.learning_rate * v_hat", "v_hat", "The learning rate is missing"),
            ("v / (1 - self.beta_1**self.t)", "v / 1 - self.beta_1**self.t", "needs brackets"),
            ("g**2", "g*2", "A negative number has no root"),
            ("self.t += 1", "t = 1", "`t` must be 1 already at the first step"),
            ("theta -=", "theta[...] = theta -", "Right."),
        )
    ),
    *(
        ("6.4", engine.find("6.4", "").solution.replace(old, new), words)
        for old, new, words in (
            (
                "X[batch].T, Y[batch].T",
                "X[batch].reshape(4, -1), Y[batch].reshape(2, -1)",
                "`reshape` cuts the numbers",
            ),
            (
                "X[batch].T, Y[batch].T",
                "np.flip(X[batch]).T, Y[batch].T",
                "a column holds numbers of several examples.\nS",
            ),
            ("X[batch].T, Y[batch].T", "Y[batch].T, X[batch].T", "Inputs and targets are exchanged"),
            ("X[batch].T, Y[batch].T", "X[:, batch], Y[:, batch]", "Examples are the rows of X"),
            ("X[batch].T, Y[batch].T", "X[batch].T, Y[batch].ravel()", "expected (4, m) and (2, m)"),
            (
                "rng.permutation(len(X))",
                "np.arange(len(X))[::-1]",
                "Two epochs with the same `rng` came in the same order",
            ),
            ("rng.permutation(len(X))", "rng.permutation(X)", "Only whole numbers can be indices"),
            ("rng.permutation(len(X))", "rng.choice(len(X), len(X), replace=False)", "Right."),
        )
    ),
    (
        "6.4",
        filled(
            "6.4",
            "order = list(range(len(X)))\nrng.shuffle(order)\nstarts = range(0, len(X), batch_size)\n"
            "return [[X[order[s : s + batch_size]].T, Y[order[s : s + batch_size]].T] for s in starts]",
        ),
        "Right.",
    ),
    ("6.5", 'my_settings = {"optimizer": "SGD", "learning_rate": 0.1, "batch_size": 300}', "the loss is 0.67, and 61%"),
    (
        "6.5",
        'my_settings = {"optimizer": "rmsprop", "learning_rate": np.float32(0.01), "batch_size": np.int64(16)}',
        "Right.",
    ),
    *(
        ("6.6", PIECES + engine.find("6.6", "").solution.replace(old, new), words)
        for old, new, words in (
            (STEP, "pass", "nothing moved them"),
            ("            Z, A", "            A0, targets = X.T, Y.T\n            Z, A", "17 examples at a time"),
            ("rng):\n            Z", "np.random.default_rng(0)):\n            Z", "`rng` was not used"),
            ("    return history", "        return history", "The `return` stands inside the loop"),
            ("return history", "print(history)", "gave as `history` nothing"),
            (
                "-np.mean(np.log(np.sum(targets * A[-1], axis=0)))",
                "-np.sum(targets * np.log(A[-1])) / len(A0.T)",
                "Right.",
            ),
            ("return history", "return np.array(history, np.float32)", "Right."),
        )
    ),
    # lesson 07
    ("7.1", "def standardize_pixels(X, X_train):\n    return (X - X.mean(0)) / X.std(0)", "of X itself"),
    (
        "7.1",
        "def standardize_pixels(X, X_train):\n    m, s = X_train.mean(0), X_train.std(0)\n    return X - m / s",
        "Brackets are missing",
    ),
    (
        "7.1",
        "def standardize_pixels(X, X_train):\n    m, s = X_train.mean(0), X_train.std(0)\n"
        "    return (m - X) / (s + (s == 0))",
        "the wrong sign",
    ),
    (
        "7.2",
        "def accuracy(P, y):\n    return np.mean(P.argmax(axis=0) == y)",
        "`argmax(axis=0)` finds the surest example",
    ),
    (
        "7.2",
        "def accuracy(P, y):\n    return (y == np.argmax(P, 0)).sum() / len(y)",
        "`argmax(axis=0)` finds the surest",
    ),
    (
        "7.2",
        "def accuracy(P, y):\n    return np.mean(P.argmin(axis=1) == y)",
        "`argmin` gives the class with the smallest",
    ),
    ("7.2", "def accuracy(P, y):\n    return np.mean(P.argmax(axis=1) + 1 == y)", "Labels count from 0"),
    ("7.2", "def accuracy(P, y):\n    return np.mean(P.argmax(axis=1) == y - 1)", "Labels count from 0"),
    ("7.2", "def accuracy(P, y):\n    return Fraction(int((P.argmax(axis=1) == y).sum()), len(y))", "Right."),
    (
        "7.2",
        "def accuracy(P, y):\n    for p, label in zip(P, y):\n        return (p.argmax() == label) / len(y)",
        "stands inside the loop",
    ),
    (
        "7.4",
        "def confusion_matrix(y, y_pred, k):\n    C = np.zeros((k, k), np.uint8)\n    np.add.at(C, (y, y_pred), 1)\n"
        "    return C",
        "`uint8` ends at 255",
    ),
    (
        "7.4",
        "def confusion_matrix(y, y_pred, k):\n    C = np.zeros((k, k))\n    for i, j in zip(y, y_pred):\n"
        "        C[i, j] += 1\n        return C",
        "The `return` stands inside the loop",
    ),
    (
        "7.4",
        "def confusion_matrix(y, y_pred, k):\n    return np.bincount(k * y + y_pred).reshape(k, k)",
        "`minlength=k * k` gives one for each pair",
    ),
    (
        "7.4",
        "def confusion_matrix(y, y_pred, k):\n    return np.bincount(k * y + y_pred, minlength=k * k)",
        "`.reshape(k, k)` makes a table",
    ),
    (
        "7.4",
        "def confusion_matrix(y, y_pred, k):\n    C = np.zeros((k, k))\n    for i in y:\n        for j in y_pred:\n"
        "            C[i, j] += 1\n    return C",
        "pair every label with every answer",
    ),
    # lesson 05
    ("5.1", local("[np.float32(x), [w], np.ones((1, 1)), a - a * a, -2 * (y - a)]"), "Right."),
    ("5.1", local("Fraction(x), w, True, a - a**2, np.longdouble(a - y) * 2"), "Right."),
    ("5.1", local("x, w, 1, a - a**2, 2 * a - 2 * y", z="w * x"), "The bias is missing in z"),
    ("5.1", local("x, w, 1, a - a**2, 2 * a - 2 * y", a="1 / (1 + math.exp(-w * x + b))"), "is not −(w x + b)"),
    ("5.1", local("x, w, 1, a - a**2, 2 * a - 2 * y", a="1 / (1 + math.exp(z))"), "Your a is σ(−z)"),
    ("5.1", local("x, w, 1, a * 1 - a, 2 * (a - y)"), "`a * 1 - a` is 0"),
    ("5.1", local("x, w, 1, a * (1 - a), 2 * a - y"), "`2 * a - y` doubles a alone"),
    ("5.1", local("x, w, 1, a * (a - 1), 2 * (a - y)"), "`da_dz` has the right size and the wrong sign."),
    ("5.1", local("x, w, 1, a * (1 - a), y - a"), "`dL_da` is -0.5 times what it should be."),
    ("5.1", local("w, x, b, a * (1 - a), a - y"), "whatever b is: ∂z/∂b = 1. The derivative of a square is twice"),
    ("5.1", local("1, x, w, a * (1 - a), 2 * (a - y)"), "what you gave as `dz_dx` is `dz_dw`."),
    ("5.1", local("x, w, 1, a * (1 - a), (a - y)^2"), "`^` is no power in Python"),
    ("5.2", layer("[[float(row @ a) for a in A_prev] for row in delta]"), "Right."),
    ("5.2", layer("sum(np.outer(*both) for both in zip(delta.T, A_prev.T))"), "Right."),
    ("5.2", layer(dA="W.T @ delta * (A_prev > 0)"), "No slope here"),
    ("5.2", layer(dA="W.T @ delta * A_prev * (1 - A_prev)"), "No slope here"),
    ("5.2", layer(returned="db, dW, dA"), "what you gave as `db` is `dW`."),
    ("5.2", layer(returned="dW, dA, db"), "what you gave as `dA_prev` is `db`."),
    ("5.2", layer(returned="dW"), "gave 2 things; expected 3: `dW`, `db` and `dA_prev`, in this order."),
    ("5.2", layer(db="delta.sum(1)", dA="A_prev * (W.T @ delta)"), "`keepdims=True`. You multiplied the blame"),
    ("5.2", layer(db="-delta.sum(1)[:, None]"), "`db` has the right size and the wrong sign."),
    ("5.2", layer(dW="delta.T @ A_prev"), "in `a @ b`, a has as many columns as b rows. There `delta` is (2, 3)"),
    ("5.2", layer(dW="np.outer(delta[:, -1], A_prev[:, -1])"), "dW is that of the last example only."),
    ("5.3", back(), "Right."),
    ("5.3", back("return dW, db", "return [dW, [b if b is None else b.tolist() for b in db]]"), "Right."),
    ("5.3", back("A[-1] / n - Y / n", "np.float32(A[-1] - Y) / n"), "Right."),
    (
        "5.3",
        back(
            "[None for _ in W], [None for _ in W]", "dict.fromkeys(range(L + 1)), dict.fromkeys(range(L + 1))"
        ).replace("return dW, db", "return list(dW.values()), list(db.values())"),
        "Right.",
    ),
    ("5.3", back("reversed(range(1, L + 1))", "range(1, L + 1)"), "The loop runs upwards."),
    ("5.3", back("reversed(range(1, L + 1))", "range(L, 0)"), "`range(L, 0)` counts up"),
    ("5.3", back("reversed(range(1, L + 1))", "range(L, -1, -1)").replace("l != 1", "l > 1"), "there is no layer 0"),
    ("5.3", back("dW[l] = error", "dW[L + 1 - l] = error").replace("db[l]", "db[L + 1 - l]"), "in reverse order"),
    ("5.3", back("f_prime(Z[l - 1]) * (W[l].T @", "f_prime(Z[l]) * (W[l + 1].T @"), "l + 1 becomes l"),
    ("5.3", back("W[l].T @", "W[l].T *"), "blame goes back by the matrix product"),
    ("5.3", back("error @ A", "error * A"), "dW[l] is the matrix product"),
    ("5.3", back("f_prime(Z[l - 1]) * (W[l].T @ error)", "(W[l].T @ error) @ f_prime(Z[l - 1])"), "`@` is the matrix"),
    ("5.3", back(", keepdims=True", ""), "db[l] lost its second axis."),
    ("5.3", back("        if", "        W[l] = W[l] - 0.1 * dW[l]\n        if"), "W[l] is changed before blame"),
    ("5.3", back("        if", "        W[l] -= 0.3 * dW[l]\n        if"), "It also changed its input W."),
    ("5.3", back("return dW, db", "return db, dW"), "The two are swapped"),
    (
        "5.3",
        back("        dW[l] = error @ A[l - 1].T\n", "").replace(
            "    return", "        dW[l] = error @ A[l - 1].T\n    return"
        ),
        "delta is layer l − 1's already",
    ),
    ("5.3", back("W[l].T @ error", "error.T @ W[l]"), "`Z[l - 1]` is (3, 5) and `W[l]` is (4, 3)"),
    ("5.3", back("    return", "        return"), "The `return` stands inside the loop"),
    ("5.3", back("A[-1] / n - Y / n", "A[-1] - Y / n"), "`A[L] - Y / m` divides Y alone."),
    ("5.3", back("f_prime(Z[l - 1])", "f_prime"), "f_prime is a function"),
    ("5.4", 'suspect_a = {"A": ("No Mean", 4)}', "Right."),
    ("5.4", 'suspect_a = {"A": ["no_mean", 4.0]}', "Right."),
    ("5.4", 'suspect_a = {"A": ("no mean", ...)}', "Now its line: a number from 1 to 11."),
    ("5.4", 'suspect_a = {"A": ("no mean", 7)}', "`dW, db = [None] * (L + 1), [None] * (L + 1)` is as it should be."),
    ("5.4", 'suspect_a = {"A": ("mean twice", 4)}', "you would know `mean twice` by another mark"),
    ("5.4", 'suspect_a = {"A": ("no means", 4)}', "Did you mean `no mean`?"),
    ("5.5", 'suspect_b = {"B": ("no slope", 7)}', "its last layer is right, and each layer before is larger"),
    ("5.6", 'suspect_c = ("overwrite", 4)', "Keep the form of the stub"),
    ("5.7", 'suspect_d = {"D": ("slope at a", 9)}', "off by a little"),
    ("5.8", "shared = (12, 6)", "w also goes straight into ŷ"),
    ("5.8", "shared = [16.0, 2]", "multiplied by w = 3"),
    ("5.8", "shared = (17, 6)", "Question 1: 17 is not it."),
    ("5.8", "shared = 16", "two numbers are asked for"),
    ("5.9", skip("W.T @ d"), "The straight path is missing"),
    ("5.9", skip("dA + np.dot(W.T, d)"), "Right."),
    ("5.9", skip("d + W.T @ d"), "not delta"),
    ("5.9", skip("dA + W.T @ dA"), "On the path through W the slope is missing"),
    ("5.9", skip(d="dA * f_prime(A_prev)"), "at Z: not at A_prev"),
    ("5.9", skip(d="(dA + A_prev) * f_prime(Z)"), "dW"),
    ("5.10", "def mul_back(a, b, upstream):\n    return a * upstream, b * upstream\n", "The two are swapped"),
    ("5.10", "def mul_back(a, b, upstream):\n    return [upstream * b, a * upstream]\n", "Right."),
    ("5.11", "def tanh_back(a, upstream):\n    return upstream * (1 - a**2)\n", "a is what went in"),
    ("5.11", "def tanh_back(a, upstream):\n    return upstream / np.cosh(a) ** 2\n", "Right."),
    ("5.12", "def power_back(a, n, upstream):\n    return n * a ** (n - 1)\n", "upstream times it"),
    ("5.12", "def power_back(a, n, upstream):\n    return upstream * n * a**n / a\n", "Right."),
    # lesson 08
    (
        "8.1",
        solved("8.1", "[dZ @ self.A.T, dZ.sum(axis=1, keepdims=True)]", "dZ @ self.A.T, np.sum(dZ, 1)[:, None]"),
        "Right.",
    ),
    ("8.1", solved("8.1", "self.W.T @ dZ", "(dZ.T @ self.W).T"), "Right."),
    ("8.1", solved("8.1", "self.W.T @ dZ", "dZ.T @ self.W"), "`dA` is transposed"),
    (
        "8.1",
        solved("8.1", "return [dZ @ self.A.T, dZ.sum(axis=1, keepdims=True)]", "self.dW = dZ @ self.A.T"),
        "3 things; expected 4",
    ),
    ("8.4", solved("8.4", "(dA * self.A_hat).sum(", "np.sum(self.A_hat * dA, "), "Right."),
    (
        "8.4",
        solved("8.4", "(dgamma * self.A_hat + dbeta) / dA.shape[1]", "dgamma * self.A_hat - dbeta"),
        "divided by the number",
    ),
    (
        "8.4",
        solved("8.4", "(dgamma * self.A_hat + dbeta) / dA.shape[1]", "(dbeta + self.A_hat * dgamma) / len(dA)"),
        "of rows",
    ),
    ("8.6", solved("8.6", "self.rng.random(A.shape) >= self.p", "self.rng.binomial(1, 1 - self.p, A.shape)"), "Right."),
    ("8.6", solved("8.6", "self.rng.random(A.shape)", "np.random.rand(*A.shape)"), "Draw from `self.rng`"),
    (
        "8.6",
        solved("8.6", " / (1 - self.p)\n        return A * self.mask", "\n        return A * self.mask / (1 - self.p)"),
        "The way back has the scale",
    ),
    ("9.2", solved("9.2", "return X, series[k:]", "return X, X[:, -1]").replace("- k)", "- k + 1)"), "own window"),
    # lesson 10
    ("10.1", IN_COLUMNS + "    return Z.T\n", "Right."),
    ("10.2", "def backward_rows(X, weight, dZ):\n    return dZ @ weight, (X.T @ dZ).T, sum(dZ)\n", "Right."),
    (
        "10.4",
        BY_PLACE + "            Z[:, :, i, j] = [[(x * f).sum() for f in K] for x in window]\n    return Z\n",
        "Right.",
    ),
    ("10.5", filled("10.5", BLAME + "return dK"), "Right."),
]


@pytest.mark.parametrize(("key", "code", "words"), ROWS)
def test_the_verdict_names_what_was_done(key, code, words):
    task = engine.find(key, "")
    file = f"<an answer to {key}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    namespace = {"np": np, "math": math, "Fraction": Fraction}
    if "import torch" in code:
        pytest.importorskip("torch")
    exec(compile(code, file, "exec"), namespace)
    assert words in task.judge(namespace[task.name]).as_text()
