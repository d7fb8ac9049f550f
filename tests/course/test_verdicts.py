"""What answers in the learner's own words are told: a row is the exercise, the answer, and words of its verdict.

The code stands in linecache, as a cell's does, so that what the engine reads in the source is judged, too.
"""

import linecache
import math
from fractions import Fraction

import numpy as np
import pytest

from course import exercises as engine

ROWS = [
    # lesson 07
    ("7.1", "def standardise(X, X_train):\n    return (X - X.mean(0)) / X.std(0)", "of X itself"),
    (
        "7.1",
        "def standardise(X, X_train):\n    m, s = X_train.mean(0), X_train.std(0)\n    return X - m / s",
        "Brackets are missing",
    ),
    (
        "7.1",
        "def standardise(X, X_train):\n    m, s = X_train.mean(0), X_train.std(0)\n    return (m - X) / (s + (s == 0))",
        "the wrong sign",
    ),
    (
        "7.1",
        "def standardise(X, X_train):\n    s = X_train.std(0)\n"
        "    return (X - X_train.mean(0)) / np.clip(s, 1e-8, None)",
        "comes out at 200,000,000",
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
    ("7.2", "def accuracy(P, y):\n    return np.mean(P.max(axis=1) == y)", "The place is the class."),
    ("7.2", "def accuracy(P, y):\n    return 1 - np.mean(P.argmax(axis=1) == y)", "the share of wrong answers"),
    ("7.2", "def accuracy(P, y):\n    return Fraction(int((P.argmax(axis=1) == y).sum()), len(y))", "Right."),
    (
        "7.2",
        "def accuracy(P, y):\n    for p, label in zip(P, y):\n        return (p.argmax() == label) / len(y)",
        "stands inside the loop",
    ),
    (
        "7.4",
        "def confusion_matrix(y, y_pred, k):\n    C = np.zeros((10, 10))\n    np.add.at(C, (y, y_pred), 1)\n"
        "    return C",
        "10 by 10, whatever k is",
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
]


@pytest.mark.parametrize(("key", "code", "words"), ROWS)
def test_the_verdict_names_what_was_done(key, code, words):
    task = next(task for lesson in engine.lessons().values() for task in lesson.EXERCISES if task.key == key)
    file = f"<an answer to {key}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    namespace = {"np": np, "math": math, "Fraction": Fraction}
    exec(compile(code, file, "exec"), namespace)
    assert words in task.judge(namespace[task.name]).as_text()
