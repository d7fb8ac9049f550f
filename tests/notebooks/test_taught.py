"""What the helpers hold is what the lessons teach: the same code, compared as syntax trees.

Functions, methods and tables graduate into network.py, layers.py and training.py of helpers/ from a cell tagged
"graduated", or from the solution of an exercise. A class may be taught piece by piece: `class Network(Network):` in a
lesson adds methods, and a method may have an early form (EARLY), which a later lesson replaces. What Network inherits
from Model is written as Network's: lessons 03 to 05 know one class, and lesson 08 says what became of it.
Docstrings and statements that only call checks, `checks.…(…)` and `z = checks.…(z)`, may differ, and the record of what
a network was trained on, `provenance.…(…)`; nothing else may.
"""

import ast
import json
import re
from pathlib import Path

import pytest

from course import exercises as engine

ROOT = Path(__file__).parents[2]
COMPARED = (ast.FunctionDef, ast.ClassDef, ast.Assign)


def definitions(source):
    """{name: syntax tree} of what a piece of code defines: functions, tables, methods as "Network.forward", and of a
    class as "SGD" its bases and attributes, unless it is its own base: then it goes on with one begun before."""
    tree, found = ast.parse(source), {}
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            if isinstance(statements := getattr(node, field, None), list):
                setattr(node, field, [statement for statement in statements if not is_docstring_or_check(statement)])
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = ast.dump(node)
        elif isinstance(node, ast.Assign):
            found[ast.unparse(node.targets[0])] = ast.dump(node)
        elif isinstance(node, ast.ClassDef):
            methods = [statement for statement in node.body if isinstance(statement, ast.FunctionDef)]
            found |= {f"{node.name}.{method.name}": ast.dump(method) for method in methods}
            bases = [ast.unparse(base) for base in node.bases]
            rest = [part for part in node.body if part not in methods]
            if node.name not in bases and (bases or rest or node.decorator_list):
                found[node.name] = str([bases, *map(ast.dump, [*node.decorator_list, *rest])])
    return found


def is_docstring_or_check(statement):
    """A constant, `checks.…(…)`, or `a, b = checks.…(…, a, b)`, which gives its own arguments back."""
    if not isinstance(statement, ast.Expr | ast.Assign):
        return False
    value = statement.value
    if not (isinstance(value, ast.Call) and ast.unparse(value.func).startswith(("checks.", "provenance."))):
        return isinstance(statement, ast.Expr) and isinstance(value, ast.Constant) and value.value is not ...
    target = statement.targets[0] if isinstance(statement, ast.Assign) else ast.Tuple([])
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    return {ast.unparse(name) for name in names} <= {ast.unparse(argument) for argument in value.args}


FILES = [(ROOT / "helpers" / name).read_text(encoding="utf-8") for name in ("network.py", "layers.py", "training.py")]
GRADUATED = {
    re.sub(r"^Model\.", "Network.", name): tree
    for file in FILES
    for name, tree in definitions(file).items()
    if name != "Network"  # that it is a Model
}
CELLS = [
    (f"{path.stem}:{cell['id']}", "".join(cell["source"]))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    if "graduated" in cell["metadata"].get("tags", [])
]
EARLY = {("03_forward_propagation:network", "Network.__init__")}  # lesson 05 replaces it by what the helpers hold
EXERCISES = [task for lesson in engine.lessons().values() for task in lesson.EXERCISES]
IN_CELLS = {name for _, source in CELLS for name in definitions(source)}  # an exercise may ask for a simpler form
TAUGHT = CELLS + [
    (f"solution of {task.key}", task.solution) for task in EXERCISES if not IN_CELLS & set(definitions(task.solution))
]


@pytest.mark.parametrize(("where", "source"), TAUGHT, ids=[where for where, _ in TAUGHT])
def test_what_is_taught_is_what_the_helpers_hold_and_a_graduated_cell_holds_nothing_else(where, source):
    found = definitions(source)
    if "solution" in where:  # may define more than that
        found = {name: tree for name, tree in found.items() if name in GRADUATED}
    else:
        assert all(isinstance(node, COMPARED) for node in ast.parse(source).body)
    for name, tree in found.items():
        if (where, name) not in EARLY:
            assert tree == GRADUATED.get(name), f"{name} in {where} is not the {name} of helpers/"


def test_everything_the_helpers_hold_is_taught():
    """The course's promise: every function, method and table of these three files is written in a lesson."""
    taught = {(where, name) for where, source in TAUGHT for name in definitions(source)} - EARLY
    assert set(GRADUATED) <= {name for _, name in taught}
    for _docstring, *statements in (ast.parse(file).body for file in FILES):
        others = [node for node in statements if not isinstance(node, (*COMPARED, ast.Import, ast.ImportFrom))]
        assert not others, f"{ast.unparse(others)} is what no lesson teaches"
