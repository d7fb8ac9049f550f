"""The installed package is whole: code, sample, style sheet and the pages of the widgets, used from another folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
USE = """
import course.widgets, course.exercises, helpers
from helpers.data import load_mnist
from helpers.plots import use_style

assert "site-here" in helpers.__file__ and "site-here" in course.__file__, (helpers.__file__, course.__file__)
use_style()
print(len(load_mnist("sample").X_train))
kinds = [getattr(course.widgets, name) for name in course.widgets.__all__]  # which reads their pages
print(len(kinds), course.widgets.TrainingClinic().values["patient"], len(course.exercises.lessons()))
"""


def test_every_widget_and_the_sample_load_where_the_course_is_installed(tmp_path):
    source, site = tmp_path / "source", tmp_path / "site-here"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("helpers", "course"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    install = "-m pip install --quiet --no-deps --no-build-isolation --no-compile --disable-pip-version-check --target"
    subprocess.run([sys.executable, *install.split(), site, source], check=True, timeout=300)
    environment = {name: value for name, value in os.environ.items() if name != "MNIST_DIR"}
    environment |= {"PYTHONPATH": str(site), "COURSE_PROGRESS": "off", "MPLBACKEND": "agg"}
    quiet = ["-W", "error", "-W", "ignore:Deprecated in traitlets 4.1:DeprecationWarning"]
    command = [sys.executable, *quiet, "-c", USE]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert (result.stderr, result.stdout.split()) == ("", ["4000", "23", "1", "10"])
