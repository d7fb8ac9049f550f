"""The house has two packages and one direction: `helpers` never imports `course`, and stays small."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("folder", "package"), [("helpers", "course"), ("course/widgets", "course.exercises")])
def test_helpers_never_imports_course_and_no_widget_the_exercises(folder, package):
    """But for Suspects of lesson 05, which shows the code of 5.4 to 5.7."""
    importing = set()
    for path in (ROOT / folder).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            names += [f"{node.module}.{name}" for name in names] if isinstance(node, ast.ImportFrom) else []
            if any(f"{name}.".startswith(f"{package}.") for name in names):
                importing.add(path.name)
    assert importing <= {"lesson_05.py"}


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
