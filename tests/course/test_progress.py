"""The learner's progress: kept in a file that can be missing, damaged, read-only or shared, and never in the way."""

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from cells import new_kernel, said
from nbclient import NotebookClient

from course import exercises as engine
from course.exercises import check, hint, progress, quiz, share, solution

ROOT = Path(__file__).parents[2]
SOLVED = "· 2.3 leaky ReLU: solved\n"


def right(z, slope=0.01):
    return np.where(z > 0, z, slope * z)


def right_prime(z, slope=0.01):
    return np.where(z > 0, 1, slope)


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """The progress file of each test; it does not exist yet."""
    new_kernel(monkeypatch, tmp_path / ".progress.jsonl")
    return tmp_path / ".progress.jsonl"


def content(path):
    """The events in the file, as pairs (event, id); a line may be empty where another kernel was in mid-write."""
    events = map(json.loads, filter(None, path.read_text(encoding="utf-8").splitlines()))
    return [(event["event"], event["id"]) for event in events]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_what_is_solved_is_kept_for_the_next_kernel_and_noted_once(file, monkeypatch):
    assert "· 2.3 leaky ReLU: open\n" in said(progress, "2")
    said(check, "2.3", right)
    said(quiz, "2.q1", "c")
    before = file.stat()
    said(check, "2.3", right)
    new_kernel(monkeypatch, file)
    text = said(progress, "2")
    assert SOLVED in text
    assert "· quiz: 1 of 6 questions" in text
    assert text.startswith("Your progress. 2 of ")
    assert content(file) == [("solved", "2.3"), ("solved", "2.q1")]
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_wrong_and_unwritten_answers_do_not_touch_the_file(file):
    for answer in (lambda z, slope=0.01: ..., None, np.abs, 3):
        said(check, "2.3", answer)
    said(hint, "2.3")
    said(quiz, "2.q1", "a")
    said(quiz, "2")
    assert not list(file.parent.iterdir())


def test_a_solution_that_was_read_is_noted_and_solving_still_counts(file, monkeypatch):
    said(check, "2.4", right_prime)
    said(solution, "2.3")
    said(solution, "2.4")
    new_kernel(monkeypatch, file)
    assert "· 2.3 leaky ReLU: open; you have read the solution\n" in said(progress, "2")
    said(check, "2.3", right)
    text = said(progress, "2")
    assert "· 2.3 leaky ReLU: solved after reading the solution\n" in text
    assert "· 2.4 the derivative of leaky ReLU: solved\n" in text
    assert text.startswith("Your progress. 2 of ")


def test_one_lesson_is_shown_in_full_and_all_of_them_by_a_line_each():
    assert said(progress).count("\n") == 2 + len(engine.lessons())  # the first and the last are of all of them
    assert said(progress, 2).count("\n") > 2 + len(engine.lessons()[2].EXERCISES)
    assert "There is no lesson '77'" in said(progress, "77")


def test_points_add_up():
    lesson, counted = engine.lessons()[1], [one for one in engine.tasks().values() if hasattr(one, "points")]
    mine = [one for one in counted if one.key.startswith("1.")]
    for one in mine:
        engine.record.solve(one.key)
    points, of = (sum(one.points for one in some) for some in (mine, counted))
    text = said(progress)
    assert text.startswith(f"Your progress. {points} of {of} points in all.\n")
    assert f"Lesson 1, {lesson.TITLE}: {points} of {points} points." in text == said(progress, None)


# --- the code for a teacher -------------------------------------------------------------------------------------------


def code_in(text):
    (code,) = re.findall(r"NN-[0-9A-Z-]+", text)
    return share.read(code)[0]


def test_the_code_says_how_each_exercise_and_question_stands(file, monkeypatch):
    engine.record.solve("2.3", source="def leaky_relu(z, slope=0.01): return z  # Ana Novak")
    engine.record.read_solution("2.4")
    engine.record.solve("2.4")
    engine.record.read_solution("5.12")
    engine.record.solve("10.q6")
    expected = {"2.3": share.ALONE, "2.4": share.AFTER, "5.12": share.READ, "10.q6": share.ALONE}
    assert code_in(said(progress)) == code_in(said(progress, 2)) == expected
    new_kernel(monkeypatch, file)
    assert code_in(said(progress, "7")) == expected


def test_the_code_is_shown_where_a_record_is_kept_or_when_asked_for(monkeypatch):
    with_it, never = said(progress, "2"), said(progress, "2", code=False)
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    assert said(progress, "2") == never == with_it[: with_it.index("For a teacher")]
    assert said(progress, "2", code=True) == with_it


# --- where it is kept -------------------------------------------------------------------------------------------------


def test_off_means_no_file(file, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.chdir(file.parent)
    said(check, "2.3", right)
    assert SOLVED in said(progress, "2")
    assert not list(file.parent.iterdir())


def test_the_file_lies_beside_the_lessons(file, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.chdir(file.parent)
    assert engine.Record.path() == ROOT / "notebooks" / ".progress.jsonl"
    (file.parent / "02_activation_functions.ipynb").touch()
    assert engine.Record.path() == file
    (file.parent / "02_activation_functions.ipynb").unlink()
    monkeypatch.setattr(sys.modules["course.exercises.record"], "NOTEBOOKS", file.parent / "none")
    assert engine.Record.path() == file


# --- when things go wrong ---------------------------------------------------------------------------------------------

LINE = b'{"event": "solved", "id": "2.4"}'
DAMAGES = [
    *(b"", b"{", b"null", b"[]", b"\xff\xfe\x00", b"[" * 10**5, b'{"a":' * 10**5, b"1" * 10**4, LINE[:-3]),
    *(b'{"event": "solved", "id": 3}', b'{"event": ["solved"]}', b'{"event": "later", "id": "2.3"}', b'"' * 10**5),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage[:40])
def test_a_line_that_cannot_be_read_is_skipped_and_kept(file, damage):
    before = damage + b"\n" + LINE + b"\n" + damage
    file.write_bytes(before)
    assert said(progress, "2").count(": solved\n") == 1
    assert said(quiz, "2.q1", "c").count("\n") == 1
    assert file.read_bytes() == before + b"\n" * bool(damage) + LINE.replace(b"2.4", b"2.q1") + b"\n"


def test_an_event_may_hold_code(file):
    file.write_text(json.dumps({"event": "solved", "id": "2.3", "source": "[" * 1000 + '"\\'}) + "\n")
    assert SOLVED in said(progress, "2")


def test_an_old_file_counts_and_stays_as_it_is(file, monkeypatch):
    old = file.with_suffix(".json")
    before = """{"solved": {"2.3": "after reading the solution", "2.4": "alone"}, "solutions": ["2.1", "2.4"]}"""
    old.write_text(before)
    monkeypatch.setenv("COURSE_PROGRESS", str(old))
    said(check, "2.1", lambda z: 0.5 * (1 + np.tanh(z / 2)))
    text = said(progress, "2")
    assert text.count("solved after reading the solution\n") == 2
    assert "· 2.4 the derivative of leaky ReLU: solved\n" in text
    assert content(file) == [("solved", "2.1")]
    assert old.read_text() == before


@pytest.mark.parametrize("damage", [*DAMAGES[1:8], b'{"solved": {"2.3": 3}, "solutions": []}'], ids=lambda d: d[:40])
def test_an_old_file_that_cannot_be_read_is_named_once(file, damage):
    file.with_suffix(".json").write_bytes(damage)
    assert "progress.json, cannot be read; it is left as it is.\n" in said(check, "2.3", right)
    assert "cannot be read" not in said(progress, "2")
    assert file.with_suffix(".json").read_bytes() == damage


@pytest.fixture
def read_only(monkeypatch):
    """Tests may run as root, for whom no folder is read-only; so the system call that opens for writing refuses."""

    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)


def test_a_read_only_folder_keeps_progress_in_memory_and_says_so_once(file, read_only):
    first = said(check, "2.3", right)
    assert first.startswith("Right. ")
    assert first.endswith(
        f"Your progress cannot be kept in {file}, which COURSE_PROGRESS names (Read-only file system); "
        "it lasts until the kernel stops.\n"
    )
    assert "cannot be kept" not in said(check, "2.4", right_prime) + said(progress, "2")
    assert said(progress, "2").count(": solved\n") == 2
    assert not list(file.parent.iterdir())


def test_a_read_only_file_is_still_read(file, read_only):
    file.write_bytes(LINE)
    text = said(progress, "2")
    assert "cannot be kept" not in text
    assert "· 2.4 the derivative of leaky ReLU: solved\n" in text


def test_a_folder_that_does_not_exist(file, monkeypatch):
    monkeypatch.setenv("HOME", str(file.parent))
    monkeypatch.setenv("USERPROFILE", str(file.parent))
    monkeypatch.setenv("COURSE_PROGRESS", "~/none/progress.json")
    why = "cannot be kept in ~/none/progress.json, which COURSE_PROGRESS names (No such file or directory)"
    assert why in said(check, "2.3", right)
    (file.parent / "none").mkdir()
    said(check, "2.4", right_prime)
    assert content(file.parent / "none" / "progress.jsonl") == [("solved", "2.3"), ("solved", "2.4")]


def test_a_folder_in_the_place_of_the_file(file):
    file.mkdir()
    assert said(check, "2.3", right).count("cannot be kept") == 1


def test_a_current_folder_that_was_deleted(file, monkeypatch):
    gone = file.parent / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.delenv("COURSE_PROGRESS")
    gone.rmdir()
    assert said(check, "2.3", right).count("cannot be kept in a file here") == 1


def test_after_a_full_disk_nothing_is_missing(file, monkeypatch):
    """The system writes what still fits, and says how much that was."""
    write = os.write
    with monkeypatch.context() as limited:
        limited.setattr(os, "write", lambda file, data: write(file, data[:10]))
        assert "cannot be kept" in said(check, "2.3", right)
    said(check, "2.4", right_prime)
    cut, rest = file.read_text().split("\n", 1)
    assert cut == '{"event": '
    file.write_text(rest)
    assert content(file) == [("solved", "2.3"), ("solved", "2.4")]


# --- shared -----------------------------------------------------------------------------------------------------------


def test_two_kernels_take_turns(file):
    one, other = engine.Record(), engine.Record()
    one.solve("2.3")
    other.solve("2.4")
    one.read_solution("2.1")
    other.solve("2.1")
    assert content(file) == [("solved", "2.3"), ("solved", "2.4"), ("solution", "2.1"), ("solved", "2.1")]
    assert other.state("2.1") == "solved after reading the solution"
    one.exchange()
    assert one.solved == other.solved


def test_kernels_that_write_at_once_lose_nothing(file):
    """Each process ends after its last write, so what a process lost would stay lost."""
    code = "import sys; from course.exercises.record import Record; r = Record()\n"
    code += "for i in range(200): r.solve(f'{sys.argv[1]}.{i}')"
    kernels = [subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(k)], cwd=ROOT) for k in range(2)]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0]
    assert sorted(content(file)) == sorted(("solved", f"{k}.{i}") for k in range(2) for i in range(200))


# --- a notebook gives the same text with and without it ---------------------------------------------------------------

LESSON = """
from course.exercises import check, hint, solution, quiz
import numpy as np
---
def leaky_relu(z, slope=0.01):
    return ...  # your code here
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
hint("2.1")
---
solution("2.1")
---
quiz("2")
---
quiz("2.q2", "b")
---
from course import sandbox
sandbox.SECONDS = 0.3
def sigmoid(z):
    while True:
        pass
check("2.1", sigmoid)
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
    assert re.search(r"your `sigmoid` took too long and was stopped, in line (4, `while True:|5, `pass)`", texts[-1])
    assert all(set(cell[0]["data"]) == {"text/plain", "text/html"} and len(cell) == 1 for cell in without[1:])
    file.write_bytes(LINE.replace(b"2.4", b"2.q2") + b"\n")  # some of it is there, the rest will be written
    assert outputs(file.parent, str(file))[:-1] == without[:-1]
    assert content(file) == [("solved", "2.q2"), ("solved", "2.3"), ("solution", "2.1")]


def test_a_console_gets_what_it_can_show():
    code = "from course.exercises import *; [hint('6.2') for _ in range(2)]; solution('6.3'); quiz('6'); progress()"
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "COURSE_PROGRESS": "off"}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True)
    assert run.stderr == b""
    text = run.stdout.decode("cp1252")
    assert "(1 - self.beta_1) * g" in text
    assert "the share ? of itself" in text
    assert "Your progress. 0 of" in text
