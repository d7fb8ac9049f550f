"""The house has two packages and one direction: `helpers` never imports `course`, and stays small."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_helpers_never_imports_course():
    for path in (ROOT / "helpers").glob("*.py"):
        assert not [name for name in imported(path) if name.split(".")[0] == "course"], path.name


def test_no_widget_imports_the_exercises():
    """But for Suspects, which shows the code of 5.4 to 5.7."""
    for path in (path for path in (ROOT / "course" / "widgets").glob("*.py") if path.name != "lesson_05.py"):
        assert not [name for name in imported(path) if name.startswith("course.exercises")], path.name


@pytest.mark.parametrize("name", ["helpers.py", "helpers/__init__.py", "helpers/a.txt", "numpy.py", "PIL/__init__.py"])
def test_what_of_the_learners_own_hides_what_the_lessons_need_is_named(name, tmp_path):
    own = tmp_path / name
    own.parent.mkdir(exist_ok=True)
    own.write_text("def my_function(): pass")
    command = [sys.executable, "-c", "from course.exercises import check"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    found = own if own.parent == tmp_path else own.parent
    assert result.stderr.splitlines()[-1].endswith(
        f"but Python finds {found}. If that is yours, rename it; then restart the kernel."
    )
