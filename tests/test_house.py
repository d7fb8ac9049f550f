"""The house has two packages and one direction: `helpers` never imports `course`, and stays small."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms(folder):
    return {path: {name.split(".")[0] for name in imported(path)} for path in (ROOT / folder).rglob("*.py")}


def test_helpers_never_imports_course():
    assert not [path.name for path, names in rooms("helpers").items() if "course" in names]


def test_network_imports_numpy_and_checks_and_a_widget_no_part_of_the_exercises():
    assert set(imported(ROOT / "helpers" / "network.py")) == {"numpy", "helpers", "helpers.checks"}
    for path in (ROOT / "course" / "widgets").glob("*.py"):
        assert not [name for name in imported(path) if name.startswith("course.exercises")], path.name
