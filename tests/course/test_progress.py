"""Two kinds of progress. That of the learner is remembered in a file that can be missing, damaged, read-only or shared,
and never stands in the way. That of a training is one picture, which `watch` of course/live_plot.py redraws in place.
"""

import contextlib
import errno
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from course import exercises as engine
from course.exercises import check, hint, progress, quiz, solution

ROOT = Path(__file__).parents[2]


def right(z, slope=0.01):
    return np.where(z > 0, z, slope * z)


def right_prime(z, slope=0.01):
    return np.where(z > 0, 1, slope)


def stub(z, slope=0.01): ...


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """The progress file of each test; it does not exist yet."""
    path = tmp_path / ".progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    new_kernel(monkeypatch)
    return path


def new_kernel(monkeypatch):
    monkeypatch.setattr(engine, "record", engine.Record())
    monkeypatch.setattr(engine, "hints_given", {})


def said(function, *arguments):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert function(*arguments) is None
    return out.getvalue()


def content(path):
    return json.loads(path.read_text(encoding="utf-8"))


# ---------------------------------------------------------------- what is kept


def test_what_is_solved_is_kept_for_the_next_kernel(file, monkeypatch):
    assert "· 2.3 leaky ReLU: open\n" in said(progress)
    said(check, "2.3", right)
    said(quiz, "2.q1", "c")
    new_kernel(monkeypatch)
    text = said(progress)
    assert "· 2.3 leaky ReLU: solved\n" in text
    assert "· quiz: 1 of 6 questions" in text
    assert text.startswith("Your progress. 2 of ")
    assert content(file) == {"solved": {"2.3": "alone", "2.q1": "alone"}, "solutions": []}


def test_wrong_and_unwritten_answers_do_not_touch_the_file(file):
    for answer in (stub, None, np.abs, 3):
        said(check, "2.3", answer)
    said(hint, "2.3")
    said(quiz, "2.q1", "a")
    said(quiz, "2")
    assert not list(file.parent.iterdir())


def test_a_second_right_answer_changes_nothing(file):
    said(check, "2.3", right)
    before = file.stat()
    said(check, "2.3", right)
    said(progress)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_solution_that_was_read_is_noted_and_solving_still_counts(file, monkeypatch):
    said(check, "2.4", right_prime)
    said(solution, "2.3")
    said(solution, "2.4")
    new_kernel(monkeypatch)
    assert "· 2.3 leaky ReLU: open; you have read the solution\n" in said(progress)
    said(check, "2.3", right)
    text = said(progress)
    assert "· 2.3 leaky ReLU: solved after reading the solution\n" in text
    assert "· 2.4 the derivative of leaky ReLU: solved\n" in text
    assert text.startswith("Your progress. 2 of ")


def test_points_add_up():
    number, lesson = next(iter(engine.lessons().items()))
    for task in lesson.EXERCISES:
        engine.record.solve(task.key)
    for question in lesson.QUESTIONS:
        engine.record.solve(question.key)
    points = sum(task.points for task in (*lesson.EXERCISES, *lesson.QUESTIONS))
    assert f"Lesson {number}, {lesson.TITLE}: {points} of {points} points." in said(progress)


# ---------------------------------------------------------------- where it is kept


def test_off_means_no_file(file, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.chdir(file.parent)
    said(check, "2.3", right)
    assert "· 2.3 leaky ReLU: solved" in said(progress)
    assert not list(file.parent.iterdir())


def test_the_file_lies_beside_the_lessons(file, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.chdir(file.parent)
    assert engine.Record.path() == ROOT / "notebooks" / ".progress.json"
    (file.parent / "02_activation_functions.ipynb").touch()
    assert engine.Record.path() == file
    (file.parent / "02_activation_functions.ipynb").unlink()
    monkeypatch.setattr(engine, "NOTEBOOKS", file.parent / "none")
    assert engine.Record.path() == file


def test_git_ignores_all_that_is_written(file):
    names = [".progress.json", ".progress.damaged-1.json", ".progress.lock", ".progress.0123.tmp"]
    paths = [f"notebooks/{name}" for name in names]
    ignored = subprocess.run(["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True)
    if ignored.returncode == 128:
        pytest.skip("this is no git repository")
    assert ignored.stdout.split() == paths


# ---------------------------------------------------------------- when things go wrong


DAMAGES = [
    *(b"", b"{", b"null", b"[]", b"\xff\xfe\x00", b"[" * 10**5, b'{"solved": []}', b'{"solved": {}}'),
    b'{"solved": {"2.3": 3}, "solutions": []}',
    b'{"solved": {}, "solutions": 3}',
    b'{"solved": {}, "solutions": [["2.3"]]}',
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage[:40])
def test_a_damaged_file_is_set_aside(file, damage, monkeypatch):
    file.write_bytes(damage)
    text = said(check, "2.3", right)
    assert text.startswith("Right. ")
    assert "was damaged; it is now called .progress.damaged-1.json, and a new one begins.\n" in text
    assert (file.parent / ".progress.damaged-1.json").read_bytes() == damage
    assert content(file)["solved"] == {"2.3": "alone"}
    assert "damaged" not in said(progress)
    new_kernel(monkeypatch)
    file.write_bytes(damage)
    assert ".progress.damaged-2.json" in said(progress)


def test_what_a_later_version_knows_is_kept(file):
    file.write_text('{"solved": {"9.9": "alone"}, "solutions": ["9.8"], "more": 1}', encoding="utf-8")
    said(check, "2.3", right)
    assert content(file) == {"solved": {"2.3": "alone", "9.9": "alone"}, "solutions": ["9.8"]}


def refuse(*_, **__):
    raise OSError(errno.EROFS, "Read-only file system")


@pytest.fixture
def read_only(monkeypatch):
    """Tests may run as root, for whom no folder is read-only; so the system calls that write refuse."""
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)


def test_a_read_only_folder_keeps_progress_in_memory_and_says_so_once(file, read_only):
    first = said(check, "2.3", right)
    assert first.startswith("Right. ")
    assert first.endswith(
        "Your progress cannot be kept in a file here (Read-only file system); it lasts until the kernel stops.\n"
    )
    assert "cannot be kept" not in said(check, "2.4", right_prime) + said(progress)
    assert said(progress).count(": solved\n") == 2
    assert not list(file.parent.iterdir())


def test_a_read_only_file_is_still_read(file, read_only):
    file.write_bytes(b'{"solved": {"2.4": "alone"}, "solutions": []}')
    assert "cannot be kept" not in said(progress)
    assert "· 2.4 the derivative of leaky ReLU: solved\n" in said(progress)


def test_a_damaged_file_in_a_read_only_folder(file, read_only):
    file.write_bytes(b"{")
    assert said(check, "2.3", right).count("cannot be kept") == 1
    assert "· 2.3 leaky ReLU: solved\n" in said(progress)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(file):
    file.parent.chmod(0o555)
    try:
        assert said(check, "2.3", right).count("cannot be kept") == 1
    finally:
        file.parent.chmod(0o755)


def test_a_folder_that_does_not_exist(file, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(file.parent / "none" / "progress.json"))
    assert "cannot be kept in a file here (No such file or directory)" in said(check, "2.3", right)


def test_a_folder_in_the_place_of_the_file(file):
    file.mkdir()
    assert said(check, "2.3", right).count("cannot be kept") == 1


def test_a_current_folder_that_was_deleted(file, monkeypatch):
    gone = file.parent / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.delenv("COURSE_PROGRESS")
    gone.rmdir()
    assert said(check, "2.3", right).count("cannot be kept") == 1


def test_once_it_can_be_written_again_nothing_is_missing(file, monkeypatch):
    with monkeypatch.context() as limited:
        limited.setattr(Path, "write_text", refuse)
        said(check, "2.3", right)
    said(check, "2.4", right_prime)
    assert content(file)["solved"] == {"2.3": "alone", "2.4": "alone"}


# ---------------------------------------------------------------- atomic and shared


def test_a_write_that_breaks_off_leaves_the_old_file(file, monkeypatch):
    said(check, "2.3", right)
    before = file.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", refuse)
        said(check, "2.4", right_prime)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [".progress.json"]


def test_a_lock_left_by_a_crash_delays_but_does_not_stop(file):
    lock = file.parent / ".progress.lock"
    lock.touch()
    started = time.monotonic()
    said(check, "2.3", right)
    assert 0.5 < time.monotonic() - started < 5
    assert content(file)["solved"] == {"2.3": "alone"}
    assert not lock.exists()


def test_two_kernels_take_turns(file, monkeypatch):
    one, other = engine.Record(), engine.Record()
    one.solve("2.3")
    other.solve("2.4")
    one.read_solution("2.1")
    other.solve("2.1")
    assert content(file) == {
        "solved": {"2.3": "alone", "2.4": "alone", "2.1": "after reading the solution"},
        "solutions": ["2.1"],
    }


def test_kernels_that_write_at_once_lose_nothing(file):
    """Each process ends after its last write, so what a process lost would stay lost."""
    code = "import sys; from course.exercises import Record; r = Record()\n"
    code += "for i in range(25): r.solve(f'{sys.argv[1]}.{i}')"
    kernels = [subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(k)], cwd=ROOT) for k in range(3)]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0, 0]
    assert set(content(file)["solved"]) == {f"{k}.{i}" for k in range(3) for i in range(25)}
    assert [path.name for path in file.parent.iterdir()] == [".progress.json"]


# ---------------------------------------------------------------- a notebook gives the same text with and without it

LESSON = """
from course.exercises import check, hint, progress, quiz, solution
import numpy as np
---
def leaky_relu(z, slope=0.01):
    ...  # your code here

check("2.3", leaky_relu)
---
def leaky_relu(z, slope=0.01):
    return z if z > 0 else slope * z

check("2.3", leaky_relu)
---
def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)

check("2.3", leaky_relu)
---
from course import sandbox
sandbox.SECONDS = 0.3

def sigmoid(z):
    while True:
        pass

check("2.1", sigmoid)
---
hint("2.1")
---
solution("2.1")
---
quiz("2")
---
quiz("2.q2", "b")
"""


def outputs(folder, setting):
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in LESSON.split("---")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}})
    client.execute(env=os.environ | {"COURSE_PROGRESS": setting, "PYTHONPATH": str(ROOT)})
    for cell in notebook.cells:
        for output in cell.outputs:
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return [cell.outputs for cell in notebook.cells]


def test_a_notebook_gives_the_same_text_with_and_without_a_file(file):
    without = outputs(file.parent, "off")
    assert not list(file.parent.iterdir())
    texts = [cell[0]["data"]["text/plain"] for cell in without[1:]]
    assert texts[0] == "Not written yet. Put your code in place of the `...` in `leaky_relu`, and run it again."
    assert "raised an exception in line 2, `return z if z > 0 else slope * z`: ValueError: The truth" in texts[1]
    assert texts[2].startswith("Right. ")
    assert re.search(r"your `sigmoid` took too long and was stopped, in line (5, `while True:|6, `pass)`", texts[3])
    assert all(set(cell[0]["data"]) == {"text/plain", "text/html"} and len(cell) == 1 for cell in without[1:])
    assert outputs(file.parent, str(file))[:4] == without[:4]
    assert outputs(file.parent, str(file))[5:] == without[5:]
    assert content(file) == {"solved": {"2.3": "alone", "2.q2": "alone"}, "solutions": ["2.1"]}
