"""The project agrees with itself: pyproject.toml with environment.yml and oldest.txt, README with what is there."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_config_path
from jupyterlab_server import config as page_config

from tools import colab, lab, notebooks, times

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENVIRONMENT = (ROOT / "environment.yml").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def split(requirement):
    """'numpy>=2.0' → ('numpy', '>=2.0')."""
    name, bounds = re.fullmatch(r"([A-Za-z0-9_-]+)\s*(.*)", requirement).groups()
    return name, bounds.replace(" ", "")


def conda_dependencies():
    """The conda entries of environment.yml (not those under pip:) as {name: bounds}."""
    block = ENVIRONMENT.split("dependencies:")[1].split("- pip:")[0]
    return dict(split(line) for line in re.findall(r"^  - ([^:#\n]+?)\s*$", block, flags=re.MULTILINE))


def test_environment_has_exactly_the_dependencies_of_the_project_and_its_tests():
    wanted = dict(map(split, PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]))
    assert conda_dependencies() == {**wanted, "python": "=3.12", "pip": ""}


def test_environment_uses_conda_forge_alone_and_installs_the_course_itself():
    assert re.search(r"channels:\n  - conda-forge\n  - nodefaults\n", ENVIRONMENT)
    assert ENVIRONMENT.rstrip().endswith("- pip:\n      - -e .")


def test_pythons_agree():
    lowest = PROJECT["requires-python"].removeprefix(">=")
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    tested = sorted(set(re.findall(r'python: \[?"(3\.\d+)"', workflow)))
    assert tested[0] == lowest
    assert conda_dependencies()["python"].removeprefix("=") in tested
    assert f"Python {lowest} or newer" in README
    assert "(3, 11)" in (ROOT / "tools" / "environment.py").read_text(encoding="utf-8")
    assert lowest == "3.11"


def test_the_oldest_versions_tested_are_the_lower_bounds():
    pins = re.findall(r"^([a-z-]+)==([\d.]+)$", (ROOT / "tests/oldest.txt").read_text(encoding="utf-8"), re.MULTILINE)
    bounds = dict(map(split, PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]))
    assert set(dict(pins)) == set(bounds)
    for name, version in pins:
        lower = re.search(r">=([\d.]+)", bounds[name]).group(1)
        assert version.startswith(lower), f"{name}: oldest.txt pins {version}, pyproject.toml says {bounds[name]}"


def test_no_file_records_where_a_package_was_downloaded():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    assert not [name for name in tracked.stdout.split() if re.search(r"(\.lock|-lock\.(json|yaml))$", name)]


def test_every_lesson_is_in_the_readme_and_every_link_there_leads_somewhere():
    for lesson in sorted((ROOT / "notebooks").glob("*.ipynb")):
        assert f"(notebooks/{lesson.name})" in README, f"{lesson.name} is not in README.md's map of lessons"
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", README):
        assert (ROOT / target).exists(), f"README.md links to {target}, which does not exist"


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_time_of_a_lesson_is_what_the_formula_gives(path):
    minutes = times.minutes(path)
    title = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    assert f"**Time** about {minutes} minutes" in title, f"by tools/times.py, {path.name} takes {minutes} minutes"
    (row,) = [line for line in README.splitlines() if f"(notebooks/{path.name})" in line]
    assert row.endswith(f"| {minutes} min |")


@pytest.mark.parametrize(("failures", "status"), [((None, None), 0), (("cell sum raised TypeError", None), 1)])
def test_make_notebooks_runs_every_lesson_and_fails_if_one_did(failures, status, monkeypatch, capsys):
    paths, left = sorted((ROOT / "notebooks").glob("*.ipynb"))[:2], list(failures)
    monkeypatch.setattr(notebooks, "run", lambda path: left.pop(0))
    assert notebooks.main(["run", *map(str, paths)]) == status
    said = capsys.readouterr().out
    assert not left
    assert all(re.search(rf"^{re.escape(str(path))}: [\d.]+ s$", said, re.MULTILINE) for path in paths)
    assert said.startswith(f"{paths[0]}: cell sum raised TypeError\n") == bool(status)


def test_the_copies_for_colab_are_made_from_nothing_and_over_older_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(colab, "OUT", tmp_path / "build" / "colab")
    colab.main()
    (colab.OUT / "01_old_name.ipynb").touch()
    colab.main()
    lessons = {path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")}
    assert {path.name for path in colab.OUT.iterdir()} == lessons
    installs = colab.setup().splitlines()[0].removeprefix("%pip install -q ")
    servers = {"jupyter", "jupyterlab", "notebook"}  # Colab has its own
    assert [split(one)[0] for one in re.findall(r'"(.*?)"', installs)] == [
        name for name, _ in map(split, PROJECT["dependencies"]) if name not in servers
    ]


def test_every_command_the_readme_names_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", README)) <= targets


def test_every_code_file_says_at_its_top_why_it_exists():
    for folder in ("helpers", "course", "tests", "teaching", "tools", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            first = path.read_text(encoding="utf-8").lstrip().removeprefix("#!/usr/bin/env python3\n")
            assert first.startswith('"""'), f"{path.relative_to(ROOT)} does not open with a docstring"


@pytest.mark.parametrize(("pip", "install"), [(True, " -m pip install"), (False, "uv pip install --python ")])
def test_jupyterlab_is_not_opened_with_the_course_of_another_folder(pip, install, tmp_path, monkeypatch):
    monkeypatch.setattr(lab, "ROOT", tmp_path)  # as after a copy of the folder, or when it was moved
    monkeypatch.setattr(lab, "find_spec", lambda name: find_spec(name) if pip or name != "pip" else None)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as said:
        lab.main()
    assert str(said.value).startswith(f"This Python has the course of {ROOT}. Install this one: ")
    assert install in str(said.value)


def test_every_way_to_open_jupyterlab_uses_our_settings(tmp_path):
    command = [sys.executable, str(ROOT / "tools" / "lab.py"), "--show-config"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "kernel_websocket_connection_class = <class 'PromptConnection'>" in result.stdout
    assert "notebooks/01_neuron.ipynb" in result.stdout
    assert "$(PY) tools/lab.py" in (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in README.splitlines():
        if line.startswith(("| **Windows**", "| **conda**", "| **uv**")):
            assert re.search(r"python tools[/\\]lab\.py` \|$", line), line
    assert "jupyter lab" not in README


def test_our_settings_turn_the_announcements_off(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(lab.SETTINGS))
    config = page_config.get_page_config([f"{folder}/labconfig" for folder in jupyter_config_path()])
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]


def test_the_container_has_the_python_and_the_commands_that_the_course_asks_for():
    folder = ROOT / ".devcontainer"
    settings = json.loads((folder / "devcontainer.json").read_text("utf-8"))
    dockerfile = (folder / settings["build"]["dockerfile"]).read_text("utf-8")
    (python,) = re.findall(r"^FROM python:(\S+)-slim$", dockerfile, re.MULTILINE)
    assert f"python={python}" in ENVIRONMENT
    assert settings["postCreateCommand"] == "make .venv/course.stamp"
    assert " make " in dockerfile
    editor = settings["customizations"]["vscode"]["settings"]
    assert editor["python.defaultInterpreterPath"].endswith(".venv/bin/python")
