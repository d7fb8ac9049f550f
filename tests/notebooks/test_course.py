"""The whole course as two learners take it, each lesson in a kernel of its own, in order, without a browser.

One answers every exercise first wrong, then with its solution, and every question of a quiz; `progress()` must end at
all points. The other answers nothing at all, and nothing may break. Lesson 07 trains on the sample of MNIST.
"""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course import exercises as engine

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SAMPLE = """
from helpers import data
load = data.load_mnist
data.load_mnist = lambda source="auto": load("sample")
"""
POINTS = sum(task.points for lesson in engine.lessons().values() for task in (*lesson.EXERCISES, *lesson.QUESTIONS))


@pytest.fixture
def take(tmp_path, monkeypatch):
    """take(cells) runs them in a fresh kernel that keeps its progress in a file of this test; returns their texts."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)

    def take(cells):
        notebook = new_notebook(cells=[new_code_cell(source) for source in [SAMPLE, *cells]])
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
        return [text(cell) for cell in notebook.cells[1:]]

    return take


def text(cell):
    parts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return "\n".join("".join(part) for part in parts)


def code(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def asked(source):
    """The exercise that a cell asks for, or None."""
    found = re.search(r'^check\("(\d+\.\d+)"', source, re.MULTILINE)
    return engine.find(found[1], "") if found else None


def a_wrong_answer(task):
    """Code that checks one of the wrong answers the exercise knows."""
    return f'from course.exercises import find\ncheck("{task.key}", find("{task.key}", "").wrong[0].example)'


def right_letters(path):
    for question in engine.lessons()[int(path.name[:2])].QUESTIONS:
        (letter,) = [letter for letter, choice in question.lettered() if choice.right]
        yield f'from course.exercises import quiz\nquiz("{question.key}", "{letter}")'


def test_a_learner_who_answers_everything_ends_at_all_points(take):
    for path in LESSONS:
        cells, expected = [], []
        for source in code(path):
            cells.append(source)
            expected.append("Not written yet." if asked(source) else "")
            if task := asked(source):
                assert task.stub.strip() in source
                cells += [a_wrong_answer(task), source.replace(task.stub.strip(), task.solution.strip())]
                expected += ["Not yet.", "Right."]
        letters = list(right_letters(path))
        shown = take(cells + letters)
        for source, begins, said in zip(cells + letters, expected + ["Right."] * len(letters), shown, strict=True):
            assert not begins or begins in said, f"{path.name}: {source}\n{said}"
    (said,) = take(["from course.exercises import progress\nprogress()"])
    assert f"{POINTS} of {POINTS} points in all." in said
    assert "open" not in said


def test_a_learner_who_answers_nothing_meets_no_error(take):
    for path in LESSONS:
        take(code(path))
    (said,) = take(["from course.exercises import progress\nprogress()"])
    assert f"0 of {POINTS} points in all." in said
