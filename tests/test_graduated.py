"""What the helpers hold is what the lessons teach: the same code, compared as syntax trees.

A function graduates into helpers/network.py from a cell tagged "graduated", or from the solution of an exercise.
Docstrings and the checks of input may differ; nothing else may. Functions of lessons not written yet are listed below.
"""

import ast
import json
import re
from pathlib import Path

import pytest

from helpers.exercises import engine

ROOT = Path(__file__).parent.parent
TAUGHT_LATER = {  # to be emptied, one lesson after the other
    "03": {"he", "xavier", "Network"},
    "04": {
        "mse", "mse_prime", "binary_cross_entropy", "binary_cross_entropy_prime", "categorical_cross_entropy",
        "categorical_cross_entropy_prime", "one_hot",
    },
    "06": {"minibatches", "SGD", "Momentum", "RMSProp", "Adam", "AdamW", "cosine", "train", "_epochs"},
}  # fmt: skip


def definitions(source):
    """{name: syntax tree} of the functions and classes defined in a piece of code, without docstrings and checks."""
    return {
        node.name: bare(node) for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def bare(node):
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.ClassDef):
            inner.body = [statement for statement in inner.body if not is_docstring_or_check(statement)]
    return ast.dump(node)


def is_docstring_or_check(statement):
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and ast.unparse(value).startswith("checks."))


def code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
GRADUATED = {
    name: tree
    for file in ("network.py", "training.py")
    for name, tree in definitions((ROOT / "helpers" / file).read_text(encoding="utf-8")).items()
}
CELLS = [
    (f"{path.stem}:{cell['id']}", "".join(cell["source"]))
    for path in LESSONS
    for cell in code_cells(path)
    if "graduated" in cell["metadata"].get("tags", [])
]
EXERCISES = [task for lesson in engine.lessons().values() for task in lesson.EXERCISES]
TAUGHT = CELLS + [(f"solution of {task.key}", task.solution) for task in EXERCISES]


@pytest.mark.parametrize(("where", "source"), CELLS, ids=[where for where, _ in CELLS])
def test_a_graduated_cell_holds_functions_of_the_helpers_and_nothing_else(where, source):
    assert all(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.parse(source).body)
    assert set(definitions(source)) <= set(GRADUATED)


@pytest.mark.parametrize(("where", "source"), TAUGHT, ids=[where for where, _ in TAUGHT])
def test_what_is_taught_is_what_the_helpers_hold(where, source):
    for name, tree in definitions(source).items():
        if name in GRADUATED:
            assert tree == GRADUATED[name], f"{name} in {where} is not the {name} of helpers/"


def test_every_function_of_the_helpers_is_taught_or_waits_for_its_lesson():
    taught = {name for _, source in TAUGHT for name in definitions(source)}
    waiting = set().union(*TAUGHT_LATER.values())
    assert set(GRADUATED) == (taught & set(GRADUATED)) | waiting
    assert not taught & waiting, "taught by now: take it off the list TAUGHT_LATER"
    for lesson in TAUGHT_LATER:
        assert not [path for path in LESSONS if path.name.startswith(lesson)], (
            f"lesson {lesson} is there: empty its list"
        )


@pytest.mark.parametrize("task", EXERCISES, ids=[task.key for task in EXERCISES])
def test_an_exercise_stands_in_its_lesson_exactly_once_with_its_stub(task):
    (path,) = [path for path in LESSONS if path.name.startswith(f"{int(task.key.split('.')[0]):02}_")]
    cells = ["".join(cell["source"]) for cell in code_cells(path)]
    asking = [source for source in cells if f'check("{task.key}"' in source]
    assert len(asking) == 1
    assert task.stub.strip() in asking[0]


def test_the_exercises_of_a_lesson_are_in_the_order_of_their_numbers():
    for path in LESSONS:
        asked = re.findall(r'check\("(\d+\.\d+)"', "\n".join("".join(cell["source"]) for cell in code_cells(path)))
        assert asked == sorted(asked, key=lambda key: [int(part) for part in key.split(".")])


def test_the_comparison_sees_a_difference():
    """It ignores docstrings and checks, and nothing else."""
    one, same = "def f(z):\n    'a'\n    checks.rows(z)\n    return z + 1", "def f(z):\n    return z + 1"
    assert definitions(one) == definitions(same)
    for other in (
        "def f(z):\n    return z + 2",
        "def f(z, a=1):\n    return z + 1",
        "def f(z):\n    g(z)\n    return z + 1",
    ):
        assert definitions(other) != definitions(same)
