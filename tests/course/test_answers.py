"""What exercises say to answers in other forms than those declared with them: many ways are right, and no mistake is
taken for another."""

import inspect
import itertools

import numpy as np
import pytest

from course.exercises import find, lessons
from course.exercises.grading import RIGHT, Exercise, call
from helpers.data import GATES, logic_gate


def judge(key, answer):
    return find(key, "").judge(answer)


def without(part):
    """A neuron that leaves out a part of its inputs."""

    def neuron(x, w, b, f):
        z = b
        for i in range(len(x))[part]:
            z += w[i] * x[i]
        return f(z)

    return neuron


def with_while(X, w, b, f):
    y, k = np.zeros(X.shape[1]), 0
    while k < len(y):
        y[k] = f(w @ X[:, k] + b)
        k += 1
    return y


LOOP = "The numbers are right, and there is a loop in it."


def over_inputs(X, w, b, f):
    z = b
    for i in range(len(X)):
        z = z + w[i] * X[i]
    return f(z)


def pops(A0, W, b, f):
    """Right, but whoever called it has empty lists afterwards."""
    Z, A = [None], [A0]
    for layers in (W, b, f):
        layers.pop(0)
    while W:
        Z.append(W.pop(0) @ A[-1] + b.pop(0))
        A.append(f.pop(0)(Z[-1]))
    return Z, A


@pytest.mark.parametrize(
    ("key", "answer", "said"),
    [
        ("1.1", without(slice(-1)), "The last input is left out."),
        ("1.1", without(slice(1, None)), "The first input is left out."),
        ("1.1", lambda x, w, b, f: f(w @ (x + b)), "The bias is added to each input"),
        ("1.1", lambda x, w, b, f: f((w + b) @ x), "The bias is added to each weight"),
        (
            "1.1",
            lambda x, w, b, f: sum(f(w[i] * x[i] + b) for i in range(len(x))),
            "Each product goes through the activation.",
        ),
        ("1.1", lambda x, w, b, f: f(w[0] * x[0] + w[1] * x[1] + b), "Right for two inputs."),
        ("1.2", with_while, LOOP),
        ("1.2", over_inputs, LOOP),
        ("1.2", lambda X, w, b, f: np.fromiter((f(w @ x + b) for x in X.T), float), LOOP),
        ("1.2", lambda X, w, b, f: np.array([f(w @ x + b) for x in X.T]), LOOP),
        ("1.2", lambda X, w, b, f: np.array(list(map(lambda x: f(w @ x + b), X.T))), LOOP),  # noqa: C417
        ("1.2", lambda X, w, b, f: np.apply_along_axis(lambda x: f(w @ x + b), 0, X), LOOP),
        ("1.2", lambda X, w, b, f: np.vectorize(lambda k: f(w @ X[:, k] + b))(range(X.shape[1])), LOOP),
        ("3.1", pops, "The numbers are right, but your `forward` changed its input W, b and f."),
    ],
)
def test_no_mistake_is_taken_for_another(key, answer, said):
    verdict = judge(key, answer)
    assert verdict.lead == "Not yet."
    assert said in verdict.as_text()


WAYS = [  # to make XOR
    {"W1": [[1, 1], [1, 1]], "b1": [-0.5, -1.5], "W2": [[1, -1]], "b2": [-0.5]},
    {"W1": [[1, -1], [-1, 1]], "b1": [-0.5, -0.5], "W2": [[1, 1]], "b2": [-0.5]},
    {"W1": [[1, 1], [-1, -1]], "b1": [-0.5, 1.5], "W2": [[1, 1]], "b2": [-1.5]},
]


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("1.2", lambda X, w, b, f: f(X.T @ w + b)),
        ("1.2", lambda X, w, b, f: f((w[:, None] * X).sum(axis=0) + b)),
        *(("3.4", way) for way in WAYS),
        ("3.4", {name: np.array(value) for name, value in WAYS[0].items()}),
        ("3.4", {**WAYS[0], "b1": [[-0.5], [-1.5]], "b2": [[-0.5]]}),
    ],
)
def test_right_in_any_words(key, answer):
    assert judge(key, answer).lead == "Right."


def test_any_weights_that_make_nand_are_right_and_all_others_are_named():
    """All step neurons on a grid: what is not NAND gets the name of what it is."""
    corners, _ = logic_gate("NAND")
    seen = set()
    for w1, w2, b in itertools.product((-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2), (-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5)):
        table = tuple(int(w1 * x1 + w2 * x2 + b > 0) for x1, x2 in corners)
        verdict = judge("1.3", (w1, w2, b))
        assert (verdict.lead == "Right.") == (table == GATES["NAND"])
        if verdict.lead != "Right.":
            assert verdict.diagnosis != "values", (table, w1, w2, b)
            seen.add(verdict.diagnosis)
    assert len(seen) == 13  # of the 16 tables 14 can be made, and one of them is NAND


@pytest.mark.parametrize(
    ("key", "answer", "said"),
    [
        *(("1.3", answer, "three numbers") for answer in (3, (1, 2), {1, 2, 3})),
        ("1.3", (1, 2, float("nan")), "one of the three"),
        ("1.4", (0.5, 2, 0.25, 0.5, 0), "Not yet. Question 2: 2 is not it.\n"),
        ("1.4", (0.5, "fires", 0.25, 0.5, 0), "1 for fires, 0 for silent"),
        ("3.4", {"W1": [[1, 1], [..., ...]], "b1": [..., 0], "W2": [[1, -1]], "b2": [0]}, "Not written yet."),
        ("3.4", [1, 2, 3], "keep the form of the stub"),
        ("3.4", {"W1": 1}, "keep the form of the stub"),
        ("3.4", {**WAYS[0], "W1": [[1, 1]]}, "W1 should have the shape (2, 2); it has (1, 2)"),
        ("3.4", {**WAYS[0], "b1": 0}, "b1 should have the shape (2,); it has ()"),
        ("3.4", {**WAYS[0], "W1": [[1, 1], [1, np.nan]]}, "no finite number"),
    ],
)
def test_an_answer_of_another_form_is_explained(key, answer, said):
    text = judge(key, answer).as_text()
    assert said in text
    assert "expected" not in text, "nothing is given away"


# --- right answers in unusual styles: the same numbers, in other containers -------------------------------------------


def everywhere(change, result):
    """A result with each of its arrays and numbers changed; None stays None."""
    if isinstance(result, list | tuple):
        return type(result)(everywhere(change, part) for part in result)
    return result if result is None else change(np.asarray(result))


def as_tensor(array):
    torch = pytest.importorskip("torch")
    return torch.from_numpy(np.array(array))


STYLES = {
    "lists": lambda array: array.tolist(),
    "32 bits": lambda array: array.astype(np.float32) if array.dtype.kind == "f" else array,
    "in another order of memory": np.asfortranarray,
    "an object that converts": lambda array: Converts(array),
    "PyTorch": as_tensor,
}


class Converts:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype)


FUNCTIONS = [
    task
    for lesson in lessons().values()
    for task in lesson.EXERCISES
    if isinstance(task, Exercise) and task.use is call and inspect.isfunction(task.right)
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("task", FUNCTIONS, ids=lambda task: task.key)
def test_the_right_numbers_in_any_container(task, style):
    if style == "PyTorch":
        pytest.importorskip("torch")  # here: what an answer raises is judged

    def answer(*arguments):
        return everywhere(STYLES[style], task.right(*arguments))

    verdict = task.judge(answer)
    assert verdict.lead == RIGHT, verdict.as_text()
