"""What the helpers hold is what the lessons teach: the same code, compared as syntax trees.

Functions, methods and tables graduate into helpers/network.py and training.py from a cell tagged "graduated", or from
the solution of an exercise. A class may be taught piece by piece: `class Network(Network):` in a lesson adds methods.
Docstrings, the checks of input and the base that saves (storage.Saved) may differ; nothing else may.
"""

import ast
import json
import re
from pathlib import Path

import pytest

from course import exercises as engine

ROOT = Path(__file__).parents[2]


def definitions(source):
    """{name: syntax tree} of what a piece of code defines: functions, tables, methods as "Network.forward", and of a
    class as "SGD" its bases and attributes, unless it is its own base: then it goes on with one begun before."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = bare(node)
        elif isinstance(node, ast.Assign):
            found[ast.unparse(node.targets[0])] = ast.dump(node)
        elif isinstance(node, ast.ClassDef):
            methods = [statement for statement in node.body if isinstance(statement, ast.FunctionDef)]
            found |= {f"{node.name}.{method.name}": bare(method) for method in methods}
            bases = [base for base in map(ast.unparse, node.bases) if not base.startswith("storage.")]
            rest = [part for part in node.body if part not in methods and not is_docstring_or_check(part)]
            if node.name not in bases and (bases or rest):
                found[node.name] = str([bases, *map(ast.dump, [*node.decorator_list, *rest])])
    return found


def bare(function):
    for inner in ast.walk(function):
        if isinstance(inner, ast.FunctionDef):
            inner.body = [statement for statement in inner.body if not is_docstring_or_check(statement)]
    return ast.dump(function)


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
    assert all(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign) for node in ast.parse(source).body)
    assert set(definitions(source)) <= set(GRADUATED)


@pytest.mark.parametrize(("where", "source"), TAUGHT, ids=[where for where, _ in TAUGHT])
def test_what_is_taught_is_what_the_helpers_hold(where, source):
    for name, tree in definitions(source).items():
        if name in GRADUATED:
            assert tree == GRADUATED[name], f"{name} in {where} is not the {name} of helpers/"


def test_everything_the_helpers_hold_is_taught():
    """The course's promise: every function, method and table of network.py and training.py is written in a lesson."""
    taught = {name for _, source in TAUGHT for name in definitions(source)}
    assert set(GRADUATED) <= taught
    for file in ("network.py", "training.py"):  # the test would see anything new, wherever it stands in the file
        source = (ROOT / "helpers" / file).read_text(encoding="utf-8")
        new = source + "\ndef new_function(): pass\nNEW_TABLE = {}\nclass Network:\n    def new_method(self): pass\n"
        assert set(definitions(new)) - taught == {"new_function", "NEW_TABLE", "Network.new_method"}


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


def test_a_class_is_compared_method_by_method():
    whole = "class A(B, storage.Saved):\n    n = 1\n    def f(self):\n        'doc'\n        return 1"
    whole += "\n    def g(self):\n        pass"
    part = "class A(A):\n    def f(self):\n        return 1"
    assert set(definitions(whole)) == {"A", "A.f", "A.g"}
    assert definitions(part) == {"A.f": definitions(whole)["A.f"]}
    for other in (whole.replace("n = 1", "n = 2"), whole.replace("(B,", "(C,"), whole.replace("class", "@x\nclass")):
        assert definitions(other)["A"] != definitions(whole)["A"]
    assert definitions(whole.replace(", storage.Saved", "")) == definitions(whole)


def test_a_table_is_compared():
    assert definitions("T = {'a': 1}") == definitions('T = {"a": 1}') != definitions("T = {'a': 2}")
