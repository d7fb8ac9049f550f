"""Called by the Makefile before anything else: is the environment one that works, and is it this folder's?

    python tools/environment.py .venv

A dead or half-made environment is removed, so that make builds it anew; one in which the course is another folder's
(the folder was renamed, moved or copied), or that lacks a package the course needs, loses its stamps, so that make
installs the course again. Each is said in one line. Ends with 1, and a sentence, where nothing can be done. Runs on any
Python 3, to say so if it is too old.
"""

import os
import shutil
import subprocess
import sys

PROBE = """
import os, sys
assert sys.version_info >= (3, 11), "its Python is too old"
assert os.path.samefile(sys.prefix, "."), "its Python would install outside of it"
import importlib.metadata, importlib.util, re, tomllib
import pip._internal.cli.main  # half of it may be there
from pip._vendor.packaging.requirements import Requirement
for one in importlib.metadata.distributions():  # pip does not see that a package has lost its files
    listed = re.findall(r"^([^/\\n]+(?:/__init__)?\\.py),[^,\\n]*,(\\d*)", one.read_text("RECORD") or "", re.MULTILINE)
    for file, size in listed:
        there = one.locate_file(file)
        assert there.exists() and (there.stat().st_size or not int(size or 0)), f"{file} is lost"
with open(os.path.join(sys.argv[1], "pyproject.toml"), "rb") as file:
    needs = tomllib.load(file)["project"].get("dependencies", [])
lacks = []
for need in map(Requirement, needs):
    try:
        has = importlib.metadata.version(need.name)
    except importlib.metadata.PackageNotFoundError:
        has = None
    if (need.marker is None or need.marker.evaluate()) and (has is None or not need.specifier.contains(has, True)):
        lacks.append(f"{need}, has {has}")
spec = importlib.util.find_spec("helpers")
print("lacks:", "; ".join(lacks)) if lacks else print("course:", spec.origin if spec else "")
"""


def main(venv):
    if sys.version_info < (3, 11):  # noqa: UP036
        return f"This course needs Python 3.11 or newer; this is {sys.version.split()[0]}."
    if not os.path.lexists(venv):
        return None
    if not os.path.isdir(venv):
        return f"{venv} is no folder and so no Python environment. Move it, or take another name: make lab VENV=.venv2"
    whole = any(os.path.lexists(path) for path in (os.path.join(venv, "pyvenv.cfg"), python(venv)))
    files = [file for _, _, files in os.walk(venv) for file in files if not file.endswith(".stamp")]
    if files and not whole:  # nothing is deleted that may be somebody's
        return f"{venv} is a folder, and no Python environment. Take another name: make lab VENV=.venv2"
    try:
        mend(venv)
    except PermissionError as error:
        return (
            f"{venv} cannot be changed ({error.strerror}). Stop what runs in it, or, if it is another user's as after "
            f'`sudo make lab`, remove it: sudo rm -rf "{venv}"'
        )
    return None


def mend(venv):
    """Remove an environment that does not work, and the stamps of one in which the course is not installed whole."""
    ran, said = probe(venv)
    if not ran and "No module named 'pip'" in said:  # interrupted while it was made, or made by uv
        print(f"The environment in {venv} has no pip; it is put in.")
        probe(venv, "-m", "ensurepip")
        ran, said = probe(venv)
    if not ran:
        print(f"The environment in {venv} does not work ({said.removeprefix('AssertionError: ')}); it is made anew.")
        os.unlink(venv) if os.path.islink(venv) else shutil.rmtree(venv)
        return
    kind, _, what = said.partition(" ")
    there, here = os.path.dirname(os.path.dirname(what)), os.getcwd()
    if kind == "lacks:":
        fault = f"lacks what the course needs ({what})"
    elif not there or not os.path.exists(there) or not os.path.samefile(there, here):
        fault = f"has the course of {there or 'another folder'}"
    else:
        return
    stamps = [name for name in os.listdir(venv) if name.endswith(".stamp")]
    if stamps:
        print(f"The environment in {venv} {fault}; it is installed again from here.")
    for name in stamps:
        os.remove(os.path.join(venv, name))


def python(venv):
    return os.path.join(venv, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def probe(venv, *arguments):
    """Whether the environment's Python can run PROBE, or these arguments; and the last line it printed, or why not."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environment["PYTHONIOENCODING"] = "utf-8:surrogateescape"
    command = [os.path.abspath(python(venv)), *(arguments or ("-c", PROBE, os.getcwd()))]
    try:  # from inside the environment, since a folder `helpers` in the current one would be found first
        result = subprocess.run(command, cwd=venv, env=environment, capture_output=True, timeout=120)
    except OSError as error:
        return False, f"its Python cannot be started: {error.strerror}"
    except subprocess.TimeoutExpired:
        return False, "its Python does not answer"
    if result.returncode:
        return False, (result.stderr.decode(errors="replace").strip().splitlines() or ["its Python fails"])[-1]
    return True, (result.stdout.decode(errors="surrogateescape").strip().splitlines() or [""])[-1]


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a console may lack letters of the folder's name
    sys.exit(main(sys.argv[1]))
