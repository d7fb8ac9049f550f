"""Open the course in JupyterLab, with the settings of tools/jupyter, on any system: `make lab` without make.

    python tools/lab.py [options of jupyter lab, such as --no-browser --port=8890]

The Python must be the one in which the course is installed.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "tools" / "jupyter"


def main():
    os.chdir(ROOT)
    paths = [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # as one is inside a container
    try:
        from jupyterlab.labapp import LabApp
    except ModuleNotFoundError as error:
        sys.exit(f"This Python, {sys.executable}, has no {error.name}: install the course in it, as README.md says.")
    course = find_spec("helpers")  # as a kernel finds it: the folder may have been moved or copied since
    if course is None or Path(course.origin).parents[1].resolve() != ROOT:
        there = f"the course of {Path(course.origin).parents[1]}" if course else "no course"
        python = f'"{sys.executable}"'
        install = f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"
        sys.exit(f'This Python has {there}. Install this one: {install} -e "{ROOT}"')
    LabApp.launch_instance([*root, "--LabApp.default_url=/lab/tree/notebooks/01_neuron.ipynb", *sys.argv[1:]])


if __name__ == "__main__":
    main()
