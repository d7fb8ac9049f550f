"""Exercises on paper with numbers of the student's own: the same questions, other numbers, another key, one rubric.

The lesson's numbers stay, for practice without points. Under them the course of nbgrader has a cell that shows a
student's numbers, made of the exercise and the student's name, and is complete in itself; the key stays here.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


def ask_1_4(rng):
    sides = [(3, 4), (5, 12), (8, 15), (7, 24)][rng.integers(4)]
    times, b = rng.integers(1, 4), -int(rng.integers(2, 30))
    return {"w": tuple(int(times * side) for side in sides), "b": b}


def key_1_4(w, b):
    fires = 0.5 * sum(w) + b > 0
    silent = -0.5 * sum(w) - b > 0
    distance = abs(b) / np.hypot(*w)
    return distance, fires, distance / 2, distance, silent


def ask_5_8(rng):
    x, w, a, over = (int(rng.integers(low, high)) for low, high in ((2, 6), (2, 6), (1, 4), (1, 4)))
    return {"x": x, "w": w, "b": a - w * x, "y": w * a - over}


def key_5_8(x, w, b, y):
    a = w * x + b
    rate = 2 * (w * a - y)
    return rate * a + rate * w * x, rate * w


def ask_8_3(rng):
    n, small, large = (int(rng.integers(low, high)) for low, high in ((6, 13), (1, 4), (5, 10)))
    return {"layers": n, "weights_in_1": small, "weights_in_3": large}


def key_8_3(layers, weights_in_1, weights_in_3):
    return (weights_in_1 / 4) ** (layers - 1), 4, (weights_in_3 / 4) ** (layers - 1)


def ask_10_6(rng):
    beta, rate = [0.8, 0.9, 0.95][rng.integers(3)], float(rng.integers(2, 9))
    outputs, examples = (int(rng.integers(low, high)) for low, high in ((4, 30), (20, 200)))
    return {"beta": beta, "outputs": outputs, "examples": examples, "rates": (rate / 100, rate, rate / 1000)}


def key_10_6(beta, outputs, examples, rates):
    return rates[0] * (1 - beta), rates[1] * outputs / 2, rates[2] * examples


@dataclass(frozen=True)
class Own:
    """`ask(rng)` gives a student's numbers, `key` the right answers to them; `lesson` has the lesson's numbers."""

    ask: Callable
    key: Callable
    lesson: dict

    def right(self, key, student):
        return self.key(**self.ask(seeded(key, student)))


OWN = {
    "1.4": Own(ask_1_4, key_1_4, {"w": (6, 8), "b": -5}),
    "5.8": Own(ask_5_8, key_5_8, {"x": 2, "w": 3, "b": -4, "y": 5}),
    "8.3": Own(ask_8_3, key_8_3, {"layers": 10, "weights_in_1": 2, "weights_in_3": 8}),
    "10.6": Own(ask_10_6, key_10_6, {"beta": 0.9, "outputs": 10, "examples": 64, "rates": (0.01, 3.0, 0.001)}),
}
NAME = "student = ...  # the name by which your class knows you, in quotes: your numbers are made of it"


def seeded(key, student):
    return np.random.default_rng(list(f"{key} {student}".encode()))


def shown(key):
    """The text of the cell that shows a student's numbers; it needs NumPy and `student`."""
    ask = OWN[key].ask
    numbers = ", ".join(f"{name} = {value}" for name, value in OWN[key].lesson.items())
    return f"""# {key} again, with numbers of your own: these count. The lesson had {numbers}.
import numpy as np


{inspect.getsource(ask)}

{ask.__name__}(np.random.default_rng(list(f"{key} {{student}}".encode())))"""


def refused(key, answer, student):
    """Why the answer to `key` with the student's numbers is not right, in words; "" if it is."""
    right = OWN[key].right(key, student)
    if not isinstance(answer, tuple | list) or len(answer) != len(right):
        return f"Give {len(right)} numbers in brackets, one for each question."
    for k, (mine, should) in enumerate(zip(answer, right, strict=True), 1):
        try:
            close = np.isclose(float(mine), float(should), rtol=1e-3, atol=0)
        except (TypeError, ValueError):
            return f"Question {k}: give a number."
        if not close:
            return f"Question {k}: {mine!r} is not it, with your numbers."
    return ""
