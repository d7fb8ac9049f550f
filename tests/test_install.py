"""`make` mends an environment that is dead, half-made, moved or copied, and says so in one line."""

import errno
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tools import environment as tool

ROOT = Path(__file__).parents[1]
PYTHON = Path("Scripts/python.exe" if os.name == "nt" else "bin/python")
BACKEND = """
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "course_of_a_test-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("course_of_a_test.pth", os.getcwd())
        info = "course_of_a_test-1.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: course-of-a-test\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "course-of-a-test"
version = "1"
optional-dependencies.test = []
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A tiny course that pip installs without a network, with our Makefile."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("helpers", "tools"):
        (folder / name).mkdir()
    (folder / "helpers" / "__init__.py").touch()
    shutil.copy(ROOT / "tools" / "environment.py", folder / "tools")
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder


@pytest.fixture(scope="module")
def pattern(course):
    """Its environment: made without pip, as by uv or where it was interrupted, and mended."""
    made = course / ".venv"
    venv.EnvBuilder(symlinks=os.name != "nt").create(made)
    (made / "mine.txt").write_text("kept")
    assert look(course) == ("The environment in .venv has no pip; it is put in.\n", True)
    assert (made / "mine.txt").exists()
    return made


@pytest.fixture
def folder(course, tmp_path):
    """A copy of it, as yet without an environment."""
    return shutil.copytree(course, tmp_path / "a course", ignore=shutil.ignore_patterns(".venv"))


@pytest.fixture
def made(folder, pattern):
    """Its environment, in which a folder and a file are packages: of links, so what is there is removed before it is
    written anew."""
    made = shutil.copytree(pattern, folder / ".venv", symlinks=True, copy_function=os.link)
    for file in ("thing/__init__.py", "other.py"):
        info = site(made) / f"{file[:5]}-1.0.dist-info"
        record, metadata = f"RECORD,,\n{file},sha256=00,3\n", f"Metadata-Version: 2.1\nName: {file[:5]}\nVersion: 1\n"
        for path, text in ((info / "RECORD", record), (info / "METADATA", metadata), (site(made) / file, "a=1")):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    return made


def site(made):
    (found,) = made.glob("lib/python*/site-packages") if os.name != "nt" else [made / "Lib" / "site-packages"]
    return found


def look(folder, environment=".venv", **variables):
    """What tools/environment.py says, and whether it was content."""
    command, variables = [sys.executable, "tools/environment.py", environment], {**os.environ, **variables}
    result = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    return result.stdout + result.stderr, result.returncode == 0


def lose_python(made):
    (made / PYTHON).unlink()
    (made / PYTHON).symlink_to(made / "no" / "python")


def age(made):  # before 3.11, tomllib was not there either
    (site(made) / "old.pth").write_text("import sys; sys.version_info = (3, 10); sys.modules['tomllib'] = None")


FAULTS = {
    "its Python cannot be started: ": lose_python,
    "its Python is too old": age,
    "its Python would install outside of it": lambda made: (made / "pyvenv.cfg").unlink(),
    "No module named 'pip._internal'": lambda made: shutil.rmtree(site(made) / "pip" / "_internal"),
    "No module named 'pip._vendor.packaging'": lambda made: shutil.rmtree(site(made) / "pip" / "_vendor" / "packaging"),
    "thing/__init__.py is lost": lambda made: (site(made) / "thing" / "__init__.py").unlink(),
    "other.py is lost": lambda made: (site(made) / "other.py").write_text(""),
}


@pytest.mark.parametrize("words", FAULTS)
def test_an_environment_that_does_not_work_is_made_anew(words, folder, made):
    if os.name == "nt" and FAULTS[words] is lose_python:
        pytest.skip("an environment there has no link to its Python")
    FAULTS[words](made)
    said, content = look(folder)
    assert said.startswith("The environment in .venv does not work (")
    assert words in said
    assert (said.count("\n"), content, made.exists()) == (1, True, False)


def test_a_name_that_the_console_cannot_write_is_no_fault(folder):
    (folder / "Übung" / "bin").mkdir(parents=True)
    assert look(folder, "Übung", PYTHONIOENCODING="ascii")[0].startswith("The environment in ?bung does not work (")


def test_one_that_lacks_what_the_course_needs_is_installed_again_and_what_it_prints_is_no_fault(folder, made):
    (site(made) / "greeting.pth").write_text("import sys; print('hello')\n")
    (site(made) / "course.pth").write_text(str(folder))
    stamp = made / "course.stamp"
    for needs in ("", "not-there", "pip<1"):
        stamp.touch()
        dependencies = ["pip>=1", "not-there; python_version < '3'", needs or "pip"]
        (folder / "pyproject.toml").write_text(f"{PROJECT}{dependencies = }")
        said, content = look(folder)
        start = f"The environment in .venv lacks what the course needs ({needs}, has " if needs else ""
        assert said.startswith(start)
        assert (said.count("\n"), content, stamp.exists()) == (bool(needs), True, not needs)


def test_an_environment_of_another_user_is_left_as_it_is_with_the_way_out(tmp_path, monkeypatch):
    """Tests may run as root, who may remove everything; so the system call refuses."""
    (tmp_path / "bin").mkdir()

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    said = tool.main(str(tmp_path))
    assert said.startswith(f"{tmp_path} cannot be changed (Permission denied).")
    assert f'sudo rm -rf "{tmp_path}"' in said


def test_none_yet_is_no_fault_a_half_made_one_is_removed_and_what_is_none_is_left_alone(folder):
    made = folder / ".venv"
    assert look(folder) == ("", True)
    (made / "bin").mkdir(parents=True)
    said, content = look(folder)
    assert ("it is made anew" in said, content, made.exists()) == (True, True, False)
    for place in ("", "thesis.txt", "share/thesis.txt"):  # the last as in ~/.local
        (made / place).parent.mkdir(parents=True, exist_ok=True)
        (made / place).write_text("all of it")
        said, content = look(folder)
        assert ("no Python environment" in said, content, (made / place).read_text()) == (True, False, "all of it")
        (made / place).unlink()


def make(folder, *arguments, **variables):
    from_outside = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "PIP_ARGS")  # of the make that runs these tests
    variables |= {name: value for name, value in os.environ.items() if name not in (*from_outside, *variables)}
    command = ["make", f"PYTHON={sys.executable}", *arguments]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def install(folder, extra):
    """What `make` says on stderr when it installs with this extra; afterwards the course can be imported."""
    told = make(folder, f"my own env/{extra}.stamp", "VENV=my own env", PIP_NO_INDEX="1").stderr
    where = [folder / "my own env" / PYTHON, "-Ec", "import helpers; print(helpers.__file__)"]
    used = subprocess.run(where, cwd=folder / "my own env", capture_output=True, text=True, check=True).stdout.strip()
    assert Path(used) == folder / "helpers" / "__init__.py"
    assert {path.name for path in (folder / "my own env").glob("*.stamp")} == {"course.stamp", f"{extra}.stamp"}
    return told


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_make_installs_again_where_the_folder_was_renamed_or_copied_and_names_may_have_spaces(folder, made):
    made.rename(folder / "my own env")
    assert "installed again" not in install(folder, "course")
    copied, renamed = folder.parent / "copied", folder.parent / "renamed"
    shutil.copytree(folder, copied, symlinks=True, copy_function=os.link)
    again = "; it is installed again from here.\n"
    assert look(copied, "my own env") == (f"The environment in my own env has the course of {folder}{again}", True)
    assert not (copied / "my own env" / "course.stamp").exists()
    folder.rename(renamed)
    assert again in install(renamed, "test")
    assert "installed again" not in install(renamed, "test")


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_a_dry_run_changes_nothing_and_a_shells_pythonpath_is_not_used(folder):
    half = folder / "my own env" / "bin"
    half.mkdir(parents=True)
    dry = make(folder, "-n", "lab", "VENV=my own env").stdout
    assert f'{sys.executable} -m venv "my own env"' in dry
    assert '"my own env/bin/python" -m pip install' in dry
    assert half.exists()
    show = ["--eval", "show: ; @echo [$$PYTHONPATH]", "show", "VENV=my own env"]
    assert "[]" in make(folder, *show, PYTHONPATH=str(folder.parent)).stdout
    assert not half.exists()
