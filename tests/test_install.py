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


FROM_OUTSIDE = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "PIP_ARGS")  # of the make that runs these tests


@pytest.fixture
def folder(tmp_path):
    """A tiny course that pip installs without a network, with our Makefile."""
    folder = tmp_path / "a course"
    (folder / "helpers").mkdir(parents=True)
    (folder / "helpers" / "__init__.py").write_text("")
    (folder / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "environment.py", folder / "tools")
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder


def environment(folder, **options):
    venv.EnvBuilder(symlinks=os.name != "nt", **options).create(folder / ".venv")
    return folder / ".venv"


@pytest.fixture(scope="module")
def pattern(tmp_path_factory):
    return environment(tmp_path_factory.mktemp("pattern"), with_pip=True)


@pytest.fixture
def with_pip(folder, pattern):
    return shutil.copytree(pattern, folder / ".venv", symlinks=True)


def look(folder):
    """What tools/environment.py says, and whether it was content."""
    command = [sys.executable, "tools/environment.py", ".venv"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return result.stdout + result.stderr, result.returncode == 0


def test_no_environment_yet_is_no_fault(folder):
    assert look(folder) == ("", True)


@pytest.mark.skipif(os.name == "nt", reason="an environment there has no link to its Python")
def test_an_environment_whose_python_is_gone_is_removed(folder):
    made = environment(folder)
    (made / PYTHON).unlink()
    (made / PYTHON).symlink_to(folder / "no" / "python")
    said, content = look(folder)
    assert said.startswith("The environment in .venv does not work (its Python cannot be started: ")
    assert said.count("\n") == 1
    assert content
    assert not made.exists()


def test_an_environment_whose_python_would_install_elsewhere_is_made_anew(folder, with_pip):
    made = with_pip
    (made / "pyvenv.cfg").unlink()  # then it is a plain link to the Python it was made with
    said, content = look(folder)
    assert said.startswith("The environment in .venv does not work (")
    assert content
    assert not made.exists()


def test_a_name_that_the_console_cannot_write_is_no_fault(folder):
    (folder / "Übung" / "bin").mkdir(parents=True)
    command, variables = [sys.executable, "tools/environment.py", "Übung"], {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("The environment in ?bung does not work (")


def test_an_environment_without_pip_gets_one_and_keeps_what_is_in_it_and_what_it_prints_is_no_fault(folder):
    made = environment(folder)  # as an interrupted one is, or one that uv made
    (made / "mine.txt").write_text("kept")
    assert look(folder) == ("The environment in .venv has no pip; it is put in.\n", True)
    assert (made / "mine.txt").exists()
    (site,) = made.glob("lib/python*/site-packages") if os.name != "nt" else [made / "Lib" / "site-packages"]
    (site / "greeting.pth").write_text("import sys; print('hello')\n")
    assert look(folder) == ("", True)


@pytest.mark.parametrize("lost", ["_internal", "_vendor/packaging"])
def test_half_a_pip_is_none(folder, with_pip, lost):
    made = with_pip
    (site,) = made.glob("lib/python*/site-packages") if os.name != "nt" else [made / "Lib" / "site-packages"]
    shutil.rmtree(site / "pip" / lost)
    said, content = look(folder)
    assert ("it is made anew" in said, content, made.exists()) == (True, True, False)


@pytest.mark.parametrize("file", ["thing/__init__.py", "thing.py"])
@pytest.mark.parametrize("fault", ["lost", "empty"])
def test_an_environment_in_which_a_package_lost_its_files_is_made_anew(file, fault, folder, with_pip):
    made = with_pip
    (site,) = made.glob("lib/python*/site-packages") if os.name != "nt" else [made / "Lib" / "site-packages"]
    (site / "thing-1.0.dist-info").mkdir()  # all that pip looks at
    (site / "thing-1.0.dist-info" / "RECORD").write_text(f"thing-1.0.dist-info/RECORD,,\n{file},sha256=00,3\n")
    (site / file).parent.mkdir(exist_ok=True)
    (site / file).write_text("a=1")
    assert look(folder) == ("", True)
    (site / file).unlink() if fault == "lost" else (site / file).write_text("")
    said, content = look(folder)
    assert (f"{file} is lost" in said, content, made.exists()) == (True, True, False)


@pytest.mark.parametrize("needs", ["not-there", "pip<1"])
def test_an_environment_that_lacks_what_the_course_needs_is_installed_again(needs, folder, with_pip):
    fine = 'dependencies = ["pip>=1", "not-there; python_version < \'3\'"]'
    (folder / "pyproject.toml").write_text(PROJECT + fine)
    (site,) = with_pip.glob("lib/python*/site-packages") if os.name != "nt" else [with_pip / "Lib" / "site-packages"]
    (site / "course.pth").write_text(str(folder))
    stamp = with_pip / "course.stamp"
    stamp.touch()
    assert look(folder) == ("", True)
    (folder / "pyproject.toml").write_text(PROJECT + f'dependencies = ["{needs}"]')
    said, content = look(folder)
    assert said.startswith(f"The environment in .venv lacks what the course needs ({needs}, has ")
    assert (said.count("\n"), content, stamp.exists()) == (1, True, False)


def test_an_environment_of_another_user_is_left_as_it_is_with_the_way_out(tmp_path, monkeypatch):
    """Tests may run as root, who may remove everything; so the system call refuses."""
    (tmp_path / "bin").mkdir()

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    said = tool.main(str(tmp_path))
    assert said.startswith(f"{tmp_path} cannot be changed (Permission denied).")
    assert f'sudo rm -rf "{tmp_path}"' in said


def test_a_half_made_environment_is_removed_and_a_file_or_folder_that_is_none_is_left_alone(folder):
    made = folder / ".venv"
    (made / "bin").mkdir(parents=True)
    said, content = look(folder)
    assert ("it is made anew" in said, content, made.exists()) == (True, True, False)
    made.write_text("my-env")
    said, content = look(folder)
    assert ("no Python environment" in said, content, made.read_text()) == (True, False, "my-env")
    made.unlink()
    made.mkdir()
    (made / "share").mkdir()  # as in ~/.local
    for place in ("thesis.txt", "share/thesis.txt"):
        (made / place).write_text("all of it")
        said, content = look(folder)
        assert ("no Python environment" in said, content, (made / place).exists()) == (True, False, True)
        (made / place).unlink()


def make(folder, venv="my own env"):
    """What `make` says on stderr when it installs with the extra `test`; afterwards the course can be imported."""
    variables = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    variables |= {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = ["make", f"{venv}/test.stamp", f"VENV={venv}", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    where = [folder / venv / PYTHON, "-c", "import helpers; print(helpers.__file__)"]
    used = subprocess.run(where, cwd=folder / venv, capture_output=True, text=True, check=True).stdout.strip()
    assert Path(used) == folder / "helpers" / "__init__.py"
    assert {path.name for path in (folder / venv).glob("*.stamp")} == {"course.stamp", "test.stamp"}
    return done.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_make_installs_again_where_the_folder_was_renamed_or_copied_and_names_may_have_spaces(folder):
    assert "again" not in make(folder)
    copied, renamed = folder.parent / "copied", folder.parent / "renamed"
    shutil.copytree(folder, copied, symlinks=True)
    folder.rename(renamed)
    for other in (copied, renamed):
        assert "it is installed again from here" in make(other)
    assert "again" not in make(renamed)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_a_dry_run_changes_nothing_and_a_shells_pythonpath_is_not_used(folder):
    made = folder / ".venv"
    (made / "bin").mkdir(parents=True)  # half of an environment
    variables = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    variables["PYTHONPATH"] = str(folder.parent)
    for options, said in (["-n", "lab"], "-m pip install"), (["--eval", "show: ; @echo [$$PYTHONPATH]", "show"], "[]"):
        command = ["make", *options, f"PYTHON={sys.executable}"]
        done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=300)
        assert said in done.stdout, done.stderr
        assert made.exists() == ("-n" in options)
