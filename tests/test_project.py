"""The project agrees with itself: pyproject.toml with environment.yml and oldest.txt, README with what is there."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_core.paths import jupyter_config_path
from jupyterlab_server import config as page_config

from tools import colab, lab, notebooks, times

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


README, PROJECT = text("README.md"), tomllib.loads(text("pyproject.toml"))["project"]
NEEDED = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]


def test_environment_has_the_dependencies_of_the_project_and_its_tests_from_conda_forge_alone_and_the_course_itself():
    channels, _, rest = text("environment.yml").partition("dependencies:\n")
    packages, _, pip = rest.partition("  - pip:\n")
    assert channels.endswith("channels:\n  - conda-forge\n  - nodefaults\n")
    assert {*re.findall(r"^  - (.*)", packages, re.MULTILINE)} == {"python=3.12", "pip", *NEEDED}
    assert pip.strip() == "- -e ."


def test_pythons_agree():
    lowest = PROJECT["requires-python"].removeprefix(">=")
    tested = set(re.findall(r'python: \[?"(3\.\d+)"', text(".github/workflows/ci.yml")))
    assert {lowest, "3.12"} <= tested
    assert min(tested) == lowest
    assert f"Python {lowest} or newer" in README
    assert f"({lowest.replace('.', ', ')})" in text("tools/environment.py")


def test_the_oldest_versions_tested_are_the_lower_bounds():
    pins = dict(re.findall(r"^([a-z-]+)==([\d.]+)$", text("tests/oldest.txt"), re.MULTILINE))
    bounds = dict(re.match(r"([\w-]+)>=([\d.]+)", one).groups() for one in NEEDED)
    assert pins.keys() == bounds.keys()
    assert [name for name, lower in bounds.items() if not pins[name].startswith(lower)] == []


def test_no_file_records_where_a_package_was_downloaded():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    assert not [name for name in tracked.stdout.split() if re.search(r"(\.lock|-lock\.(json|yaml))$", name)]


def test_every_link_of_the_readme_leads_somewhere_and_every_command_it_names_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", README)) <= targets
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", README):
        assert (ROOT / target).exists(), f"README.md links to {target}, which does not exist"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_is_in_the_readme_and_the_time_of_a_lesson_is_what_the_formula_gives(path):
    minutes = times.minutes(path)
    assert f"**Time** about {minutes} minutes" in text(path), f"by tools/times.py, it takes {minutes} minutes"
    assert re.search(rf"\(notebooks/{path.name}\).*\| {minutes} min \|$", README, re.MULTILINE)


@pytest.mark.parametrize(("failures", "status"), [((None, None), 0), (("cell sum raised TypeError", None), 1)])
def test_make_notebooks_runs_every_lesson_and_fails_if_one_did(failures, status, monkeypatch, capsys):
    paths, left = LESSONS[:2], list(failures)
    monkeypatch.setattr(notebooks, "run", lambda path: left.pop(0))
    assert notebooks.main(["run", *map(str, paths)]) == status
    said = capsys.readouterr().out
    assert not left
    assert all(re.search(rf"^{re.escape(str(path))}: [\d.]+ s$", said, re.MULTILINE) for path in paths)
    assert said.startswith(f"{paths[0]}: cell sum raised TypeError\n") == bool(status)


def test_the_copies_for_colab_are_made_from_nothing_and_over_older_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(colab, "OUT", tmp_path / "build" / "colab")
    monkeypatch.setattr(colab, "ROOT", tmp_path)  # where there is no lesson
    colab.main()
    (colab.OUT / "01_old_name.ipynb").touch()
    monkeypatch.setattr(colab, "ROOT", ROOT)
    colab.main()
    assert {path.name for path in colab.OUT.iterdir()} == {path.name for path in LESSONS}
    installs = re.findall(r'"(.*?)"', colab.setup().splitlines()[0])
    servers = {one for one in PROJECT["dependencies"] if one.startswith(("jupyter", "notebook"))}  # Colab has its own
    assert {*installs} == {*PROJECT["dependencies"]} - servers


def test_every_code_file_says_at_its_top_why_it_exists():
    for folder in ("helpers", "course", "tests", "teaching", "tools", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            assert re.match(r'(#!.*\n)?"""', text(path)), f"{path.relative_to(ROOT)} does not open with a docstring"


@pytest.mark.parametrize(("pip", "install"), [(True, " -m pip install"), (False, "uv pip install --python ")])
def test_jupyterlab_is_not_opened_with_the_course_of_another_folder(pip, install, tmp_path, monkeypatch):
    monkeypatch.setattr(lab, "ROOT", tmp_path)  # as after a copy of the folder, or when it was moved
    monkeypatch.setattr(lab, "find_spec", lambda name: find_spec(name) if pip or name != "pip" else None)
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", SimpleNamespace(LabApp=None))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.chdir(tmp_path)
    words = f"^This Python has the course of {re.escape(str(ROOT))}. Install this one: .*{install}"
    with pytest.raises(SystemExit, match=words):
        lab.main()


def test_every_way_to_open_jupyterlab_uses_our_settings(tmp_path):
    command = [sys.executable, str(ROOT / "tools" / "lab.py"), "--show-config"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "kernel_websocket_connection_class = <class 'PromptConnection'>" in result.stdout
    assert "notebooks/01_neuron.ipynb" in result.stdout
    assert "$(PY) tools/lab.py" in text("Makefile")
    ways = re.findall(r"^\| \*\*(?:Windows|conda|uv)\*\*.*", README, re.MULTILINE)
    assert [bool(re.search(r"python tools[/\\]lab\.py` \|$", line)) for line in ways] == [True] * 3, ways
    assert "jupyter lab" not in README


def test_our_settings_turn_the_announcements_off(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(lab.SETTINGS))
    config = page_config.get_page_config([f"{folder}/labconfig" for folder in jupyter_config_path()])
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]


def test_the_container_has_the_python_and_the_commands_that_the_course_asks_for():
    settings = json.loads(text(".devcontainer/devcontainer.json"))
    dockerfile = text(f".devcontainer/{settings['build']['dockerfile']}")
    (python,) = re.findall(r"^FROM python:(\S+)-slim$", dockerfile, re.MULTILINE)
    assert f"python={python}" in text("environment.yml")
    assert settings["postCreateCommand"] == "make .venv/course.stamp"
    assert " make " in dockerfile
    editor = settings["customizations"]["vscode"]["settings"]
    assert editor["python.defaultInterpreterPath"].endswith(".venv/bin/python")
