"""The graded class from end to end: lessons → nbgrader release → submissions → autograde → feedback → marks.

The mark of each submission is known beforehand: it loses the points of the exercises named with it, and no others. The
short form, for every push, grades a few submissions of a lesson cut down to its exercises; with CLASS_IN_FULL=1 all of
them are graded on the whole lesson. What needs nbgrader is skipped where it is not installed (`make class-test` does).
"""

import csv
import html
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from course.exercises import find, lessons
from course.exercises.grading import NOT_YET, RIGHT
from teaching.classroom import grading, make_class
from teaching.classroom.grading import other_numbers
from teaching.classroom.hidden import HIDDEN
from teaching.classroom.own_numbers import OWN, refused

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
FULL = os.environ.get("CLASS_IN_FULL") == "1"
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


@each_lesson
def test_every_exercise_and_question_becomes_an_answer_and_a_check_with_its_points(path):
    cells = make_class.course(path).cells
    assert cells == make_class.course(path).cells, "made again, it has the same ids"
    marks = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
    lesson = lessons()[int(path.name[:2])]
    for task in (*lesson.EXERCISES, *lesson.QUESTIONS):
        check = marks.pop(f"check-{task.key.replace('.', '-')}")
        assert check.metadata.nbgrader.points == task.points
        assert check.metadata.nbgrader.locked
        assert f'\n\ngraded("{task.key}", ' in check.source.partition("### BEGIN HIDDEN TESTS")[2]
    text = "\n".join(cell.source for cell in marks.values())
    assert all(cell.metadata.nbgrader.solution for cell in marks.values())
    assert all(task.stub.strip() in text for task in lesson.EXERCISES)
    assert all(f'"{question.key}": ...' in text for question in lesson.QUESTIONS)
    released = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert not [question.key for question in lesson.QUESTIONS if question.choices[question.right] in released]


@each_lesson
def test_the_editions_have_what_their_readers_need(path):
    lesson = lessons()[int(path.name[:2])]
    students = "\n".join(cell.source for cell in make_class.student(path).cells)
    teachers = "\n".join(cell.source for cell in make_class.instructor(path).cells)
    assert 'os.environ["COURSE_SOLUTIONS"] = "off"' in students
    for task in lesson.EXERCISES:
        assert task.stub.strip() in students
        assert task.solution.strip() in teachers
        assert all(wrong.feedback in teachers for wrong in task.wrong)
    assert all(question.choices[question.right] in teachers for question in lesson.QUESTIONS)


@pytest.mark.parametrize(
    ("cell_id", "old", "new", "words"),
    [
        ("ex-leaky", "return ...", "return z", "cell ex-leaky: the stub of 2.3"),
        ("ex-leaky", 'check("2.3"', 'check("2.1"', "2.1.* is not declared, or is there twice"),
        ("ex-leaky", "check", "print", "no cell asks for 2.3"),
        ("quiz", "quiz", "print", "one cell with the quiz"),
    ],
)
def test_a_lesson_that_no_longer_fits_is_named(cell_id, old, new, words, tmp_path):
    notebook = nbformat.read(LESSONS[1], as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, tmp_path / LESSONS[1].name)
    with pytest.raises(make_class.LessonChanged, match=words):
        make_class.course(tmp_path / LESSONS[1].name)


def test_made_again_a_class_keeps_what_was_handed_in(tmp_path):
    handed_in = tmp_path / "course" / "submitted" / "ada" / "work.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("{}")
    for _ in range(2):
        make_class.main(tmp_path, LESSON)
    assert handed_in.read_text() == "{}"
    assert (tmp_path / "course" / "source" / LESSON / f"{LESSON}.ipynb").exists()


@pytest.mark.parametrize("key", HIDDEN)
def test_hidden_numbers_differ_by_student_and_judge_alike(key):
    task = find(key, "")
    ada, bob = (other_numbers(task, name) for name in ("ada", "bob"))
    assert ada.judge(task.right).lead == bob.judge(task.right).lead == RIGHT
    assert str(ada.expected) != str(bob.expected), "two students, two keys"
    if type(task).__name__ == "Exercise" and task.use.__name__ == "call":
        known = {str([*given.values()]): right for given, right in zip(task.cases, task.expected, strict=True)}
        by_heart = ada.judge(lambda *arguments: known[str([*arguments])])
        assert by_heart.lead == NOT_YET, "what is right for the visible cases only"


@pytest.mark.parametrize("key", OWN)
def test_numbers_of_the_students_own_have_one_rubric_and_a_key_for_each(key, monkeypatch):
    own, task = OWN[key], find(key, "")
    assert np.allclose(np.array(own.key(**own.lesson), float), np.array(task.right, float)), "the lesson's numbers"
    cells = make_class.course(LESSONS[int(key.partition(".")[0]) - 1]).cells
    ((*text, last),) = [cell.source.rpartition("\n") for cell in cells if cell.id == f"numbers-{key.replace('.', '-')}"]
    names = [f"student{k}" for k in range(5)]
    for name in names:
        seen = {"student": name}
        exec("".join(text), seen)
        assert own.key(**eval(last, seen)) == own.right(key, name), "what the cell shows is what is judged"
        assert refused(key, own.right(key, name), name) == ""
    assert len({own.right(key, name) for name in names}) > 3
    other = next(name for name in names if own.right(key, name) != own.right(key, names[0]))
    assert refused(key, own.right(key, other), names[0]).startswith("Question ")
    monkeypatch.setitem(grading.state, "student", other)
    grading.graded(key, own.right(key, other), other)
    with pytest.raises(AssertionError, match="your class knows you as"):
        grading.graded(key, own.right(key, names[0]), names[0])


LESSON = "03_forward_propagation"
ANSWERS = {"3.1": "ex-forward", "3.2": "ex-layer", "3.3": "ex-parameters", "3.4": "ex-xor"}
QUIZ = [question.key for question in lessons()[3].QUESTIONS]
MISTAKES = {  # in the solution, this becomes that
    "3.1": ("f[l](Z[l])", "Z[l]"),
    "3.2": (".reshape(-1, 1)", ""),
    "3.3": (" + n_out", ""),
    "3.4": ("[[1, -1]]", "[[1, 0]]"),
}
TRAP = "while True:\n    try:\n        x = 1\n    except BaseException:\n        pass\n"


class Submission:
    """A released notebook in a student's hands; all answers are right to begin with."""

    def __init__(self, path, student):
        self.cells, self.lesson = nbformat.read(path, as_version=4).cells, lessons()[int(path.name[:2])]
        for cell in self.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                for task in self.lesson.EXERCISES:
                    cell.source = cell.source.replace(task.stub.strip(), task.solution.strip())
        self.choose({})
        for key, own in OWN.items():
            if f"check-{key.replace('.', '-')}" in path.read_text("utf-8"):
                name = f"own_{key.replace('.', '_')}"
                self.write(name, f"{name} = {(*map(float, own.right(key, student)),)}")
                self.write("student", f"student = {student!r}")

    def __getitem__(self, name):
        return next(cell for cell in self.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)

    def place(self, name):
        return self.cells.index(self[name])

    def write(self, name, source):
        self[name].source = source

    def before(self, key, text):
        self.write(ANSWERS[key], f"{text}\n{self[ANSWERS[key]].source}")

    def choose(self, letters):
        self.write("quiz-answers", f"my_answers = {dict(map(right_letter, self.lesson.QUESTIONS)) | letters}")

    def mistake(self, *keys):
        """A mistake that `check` names, in place of each answer."""
        for key in keys:
            self.write(ANSWERS[key], self[ANSWERS[key]].source.replace(*MISTAKES[key]))

    def delete(self, *names):
        for name in names:
            del self.cells[self.place(name)]

    def insert(self, place, source, like):
        cell = new_code_cell(source)
        cell.metadata = self[like].metadata.copy()
        self.cells.insert(place, cell)


def right_letter(question):
    return question.key, next(letter for letter, _, verdict in question.lettered() if verdict.lead == RIGHT)


def empty(it):
    for key, name in ANSWERS.items():
        it.write(name, it[name].source.replace(find(key, "").solution.strip(), find(key, "").stub.strip()))
    it.write("quiz-answers", "my_answers = {" + ", ".join(f'"{key}": ...' for key in QUIZ) + "}")


def another_letter(it):
    key, right = right_letter(find(QUIZ[0], ""))
    it.choose({key: "b" if right == "a" else "a"})


def visible_cases_only(it):
    known = {tuple(given["sizes"]): find("3.3", "").right(*given.values()) for given in find("3.3", "").cases}
    it.write("ex-parameters", f"def count_parameters(sizes):\n    return {known!r}[tuple(sizes)]")


def endless_function(it):
    it.write("ex-layer", f"def layer(X, W, b):\n    {TRAP.replace(chr(10), chr(10) + '    ')}")


def own_check(it):
    it.mistake("3.1")
    it.write("check-3-1", "pass")


def copied_check(it):
    for place in (3, len(it.cells) + 1):
        it.insert(place, it["check-3-2"].source, like="check-3-2")


def split_answer(it):
    head, _, rest = it["ex-forward"].source.partition("def forward")
    it.insert(it.place("ex-forward") + 1, f"def forward{rest}", like="ex-forward")
    it.write("ex-forward", f"{head}half = 0.5")


def moved_check(it):
    it.cells.insert(2, it.cells.pop(it.place("check-3-1")))


EVERYTHING = (*ANSWERS, *QUIZ)
AFTER_3_1 = ("3.2", "3.3", "3.4", *QUIZ)
NOT_GRADED = None
TOO_LONG = "took more than 15 seconds and was stopped"
SUBMISSIONS = {  # name: (what the student does, the exercises whose points are lost, words that feedback must have)
    "right": (lambda it: None, (), "Right."),
    "empty": (empty, EVERYTHING, "Not written yet."),
    "own-check": (own_check, ("3.1",), "Changed, and run as it was released: the check of 3.1."),
    "endless": (endless_function, ("3.2",), "took too long and was stopped"),
    "patched-check": (
        lambda it: it.before("3.2", "import course.exercises as ex\n\nex.check = print"),
        AFTER_3_1, "`course.exercises.check`",
    ),
    "deleted-pair": (lambda it: it.delete("ex-layer", "check-3-2"), ("3.2",), "put back: the check of 3.2."),
    "wrong-1": (lambda it: it.mistake("3.1"), ("3.1",), "no activation is applied"),
    "wrong-2": (lambda it: it.mistake("3.2"), ("3.2",), "A flat b is spread along the last axis"),
    "wrong-3": (lambda it: it.mistake("3.3"), ("3.3",), "These are the weights alone."),
    "wrong-4": (lambda it: it.mistake("3.4"), ("3.4",), "Your network is OR"),
    "wrong-all": (lambda it: it.mistake(*ANSWERS), tuple(ANSWERS), "Not yet."),
    "visible-only": (visible_cases_only, ("3.3",), "All *visible* checks passed."),
    "quiz-wrong": (another_letter, (QUIZ[0],), "Not yet."),
    "quiz-open": (lambda it: it.choose(dict.fromkeys(QUIZ, ...)), tuple(QUIZ), "Write one letter in quotes"),
    "quiz-words": (lambda it: it.choose({QUIZ[1]: "the first"}), (QUIZ[1],), "Write one letter in quotes"),
    "endless-cell": (lambda it: it.before("3.3", "while True:\n    pass\n"), ("3.3",), TOO_LONG),
    "endless-trap": (lambda it: it.before("3.2", TRAP), ("3.2",), TOO_LONG),
    "asleep": (lambda it: it.before("3.4", "import time\n\ntime.sleep(10_000)"), ("3.4",), TOO_LONG),
    "no-module": (lambda it: it.before("3.2", "import no_such_module"), ("3.2",), "No module named"),
    "syntax": (lambda it: it.before("3.3", "def broken(:"), ("3.3",), "SyntaxError"),
    "no-answer": (lambda it: it.delete("ex-layer"), ("3.2",), "nothing is there to be graded: the answer"),
    "no-check": (lambda it: it.delete("check-3-1"), (), "Missing, and put back: the check of 3.1."),
    "no-cells": (lambda it: it.cells.clear(), EVERYTHING, "Missing, and put back: the check of 3.1, 3.2, "),
    "much-output": (
        lambda it: it.before("3.1", "for k in range(1_000_000):\n    print(k, 'a' * 100)"), (), "Output truncated"
    ),
    "output-flood": (
        lambda it: it.before("3.3", "while True:\n    print('a' * 10_000)"), ("3.3",), "the rest is left out"
    ),
    "memory": (lambda it: it.before("3.2", "x = [0.5]\nwhile True:\n    x += x"), ("3.2",), "MemoryError"),
    "copied-check": (copied_check, (), "run once: the check of 3.2."),
    "split-answer": (split_answer, (), "(copied or split), all run: the answer"),
    "moved-check": (moved_check, (), "Right."),
    "patched-helpers": (
        lambda it: it.before("3.2", "import helpers.network as n\n\nn.softmax = n.relu"),
        AFTER_3_1, "`helpers.network.softmax`",
    ),
    "own-names": (lambda it: it.before("3.1", "find = quiz = print\nprogress = None"), (), "Right."),
    "course-own": (
        lambda it: it.write("ex-layer", 'from course.exercises import yours\n\nlayer = yours("3.2")'),
        ("3.2",), "This is the course's own",
    ),
    "dead-kernel": (lambda it: it.before("3.2", "import os\n\nos._exit(1)"), NOT_GRADED, ""),
    "torn-file": (lambda it: "torn", NOT_GRADED, ""),
}  # fmt: skip
SHORT = ("right", "empty", "own-check", "visible-only", "deleted-pair", "patched-check")


def run(course, *command, cell_seconds=120):
    """Run a command in the course; returns it when it is done. Submissions that cannot be graded make it fail."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # nbgrader calls alembic by its name
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "CLASS_CELL_SECONDS": str(cell_seconds)}
    command = [sys.executable, "-m", *command]
    return subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=3600)


def released(folder, lesson, full):
    """The course in this folder with a released lesson; the whole one, or what its exercises need."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed; `make class-test` installs it")
    make_class.main(folder, lesson)
    course = folder / "course"
    source = course / "source" / lesson / f"{lesson}.ipynb"
    if not full:
        notebook = nbformat.read(source, as_version=4)
        setup, *code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        imports = new_code_cell("import numpy as np", id="imports")
        notebook.cells = [setup, imports, *(cell for cell in code if "nbgrader" in cell.metadata)]
        nbformat.write(notebook, source)
    made = run(course, "nbgrader", "generate_assignment", lesson)
    assert made.returncode == 0, made.stderr
    assert "HIDDEN" not in (course / "release" / lesson / f"{lesson}.ipynb").read_text("utf-8")
    return course


def hand_in(course, lesson, student, act):
    """A submission, after `act` has changed it; "torn" cuts its file in two."""
    path, folder = course / "release" / lesson / f"{lesson}.ipynb", course / "submitted" / student / lesson
    notebook, mine = nbformat.read(path, as_version=4), Submission(path, student)
    torn = act(mine) == "torn"
    notebook.cells = mine.cells
    text = nbformat.writes(notebook)
    folder.mkdir(parents=True)
    (folder / path.name).write_text(text[: len(text) // 2] if torn else text, "utf-8")


def marks(course, lesson):
    listed = run(course, "teaching.classroom.marks", lesson)
    assert listed.returncode == 0, listed.stderr
    return {row["student"]: row for row in csv.DictReader(io.StringIO(listed.stdout))}


def test_each_submission_gets_the_mark_that_is_known_beforehand(tmp_path):
    chosen = os.environ.get("CLASS_ONLY", "").split() or (SUBMISSIONS if FULL else SHORT)
    course = released(tmp_path, LESSON, FULL)
    for student in chosen:
        hand_in(course, LESSON, student, SUBMISSIONS[student][0])
    start = time.monotonic()
    graded = run(course, "nbgrader", "autograde", LESSON, cell_seconds=15)
    middle = time.monotonic()
    can_be = all(SUBMISSIONS[student][1] is not NOT_GRADED for student in chosen)
    assert (graded.returncode == 0) == can_be, graded.stderr
    feedback = run(course, "nbgrader", "generate_feedback", LESSON)
    assert feedback.returncode == 0, feedback.stderr
    n, end = len(chosen), time.monotonic()
    print(f"\n{n} submissions: {(middle - start) / n:.1f} s each, and {(end - middle) / n:.1f} s for its feedback")
    rows = marks(course, LESSON)
    assert set(rows) == set(chosen)
    worth = {key: find(key, "").points for key in EVERYTHING}
    for student in chosen:
        _, lost, words = SUBMISSIONS[student]
        row = rows[student]
        if lost is NOT_GRADED:
            assert row["sum"] == ""
            assert row["notes"].startswith("not graded")
            continue
        assert {key for key in EVERYTHING if float(row[key]) < worth[key]} == set(lost), (student, row)
        assert float(row["sum"]) == sum(worth[key] for key in EVERYTHING if key not in lost)
        page = (course / "feedback" / student / LESSON / f"{LESSON}.html").read_text("utf-8")
        assert words in html.unescape(page), (student, words)
        assert len(page) < 3_000_000, student


@pytest.mark.skipif(not FULL, reason="some minutes: with CLASS_IN_FULL=1")
@each_lesson
def test_right_answers_get_all_points_in_every_lesson(path, tmp_path):
    course = released(tmp_path, path.stem, full=True)
    hand_in(course, path.stem, "ada", lambda it: None)
    start = time.monotonic()
    assert run(course, "nbgrader", "autograde", path.stem).returncode == 0
    print(f"\n{path.stem}: {time.monotonic() - start:.0f} s")
    row = marks(course, path.stem)["ada"]
    lesson = lessons()[int(path.name[:2])]
    points = sum(one.points for one in (*lesson.EXERCISES, *lesson.QUESTIONS))
    assert float(row["sum"]) == float(row["of"]) == points, row
