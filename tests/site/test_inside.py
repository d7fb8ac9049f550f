"""The unit tests, run by the Python of a browser: Pyodide, here in node. Every week; minutes long.

What is left out there, and why: one needs a subprocess; one looks at a handle of matplotlib's picture to the pixel,
which differs by one there.
"""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import BUILD, PYODIDE, get_pyodide

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
NEEDED = """pytest hypothesis pluggy iniconfig sortedcontainers anywidget comm ipywidgets psygnal typing_extensions
            ipython ipython-pygments-lexers asttokens decorator executing jedi matplotlib-inline parso prompt_toolkit
            pure_eval pygments stack_data wcwidth"""
HANDLE = "tests/course/test_explorer.py::test_a_handle_is_where_the_page_draws_it_and_follows_the_pointer"
# No threads, alarms or tracers there, no array of a million rows; and one declared mistake (6.3) is told as another.
ALARMS = "no_alarm or keep_their_alarm or tracer or thread_of or never_ends or may_call_check or 1000000"
OTHER = "tests/course/test_exercises.py::test_each_wrong_answer_gets_its_own_diagnosis"
TWICE = "tests/course/test_exercises.py::test_no_two_mistakes_do_the_same_and_get_different_words"
FILES = {f"helpers/test_{name}.py": "" for name in ("misuse", "functions", "layers", "training", "data")}
FILES |= {f"course/test_{name}.py": "" for name in ("playground", "diagram", "widgets_05", "widgets_06")}
FILES |= {  # what is left out of the others
    "helpers/test_network.py": "--deselect=tests/helpers/test_network.py::test_network_imports_numpy_and_nothing_else",
    "course/test_answers.py": "-k=verdict_names",
    "course/test_exercises.py": f"'-k=not ({ALARMS})' --deselect={OTHER}[6.3] --deselect={TWICE}[6.3]",
    "course/test_explorer.py": f"--deselect={HANDLE}",
}


@pytest.fixture(scope="session")
def wheels():
    """A folder with the pure wheels of pytest and of what the tests import."""
    get_pyodide()
    if shutil.which("node") is None:
        pytest.skip("no node on this machine")
    folder = BUILD / "pyodide-tests"
    if not folder.is_dir():
        options = "--quiet --no-deps --only-binary=:all: --platform any --implementation py --abi none"
        command = [sys.executable, "-m", "pip", "download", *options.split(), "--python-version", "3.12"]
        subprocess.run([*command, "--dest", folder, *NEEDED.split()], check=True)
    return folder


@pytest.mark.parametrize("file", FILES)
def test_the_unit_tests_pass_in_a_browsers_python(file, wheels):
    command = ["node", HERE / "inside.mjs", PYODIDE, wheels, ROOT, f"tests/{file}", *shlex.split(FILES[file])]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]
