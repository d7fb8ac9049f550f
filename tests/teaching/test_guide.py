"""The teacher's guide agrees with the lessons: what it names is there, its minutes add up, its solutions are right."""

import io
import re
import sys
from itertools import pairwise

import pytest

from course.exercises import lessons
from teaching import guide

PAGES = {number: (guide.PAGES / f"{number:02}.md").read_text("utf-8") for number in lessons()}
INDEX = (guide.PAGES / "index.md").read_text("utf-8")
PARTS = "In 45 minutes,In 90 minutes,In 120 minutes,On the board,Questions to ask,Predict first: vote,What goes wrong"
each_lesson = pytest.mark.parametrize("number", lessons(), ids="{:02}".format)
each_plan = pytest.mark.parametrize("minutes", [45, 90, 120])


def test_all_pages_are_written_into_a_new_folder(tmp_path):
    guide.write(tmp_path / "build" / "guide")
    written = {path.stem: path.read_text("utf-8") for path in (tmp_path / "build" / "guide").iterdir()}
    assert written == {"index": INDEX} | {f"{number:02}": guide.page(number) for number in lessons()}


def test_a_page_is_printed_on_a_console_that_lacks_letters(monkeypatch):
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "ascii", write_through=True))
    guide.main(["02"])
    assert b"In 90 minutes" in sys.stdout.buffer.getvalue()


@each_lesson
def test_a_page_has_all_its_parts(number):
    assert PAGES[number].startswith(f"# {number:02} · {lessons()[number].TITLE}: for the teacher\n\n**Purpose.**")
    assert "\n**They need.** " in PAGES[number]
    assert re.findall(r"^## (.*)", PAGES[number], re.MULTILINE) == [*PARTS.split(","), "Homework", "An exam question"]


@each_lesson
def test_every_cell_and_every_exercise_that_a_page_names_exists(number):
    text = re.sub(r"```.*?```", "", PAGES[number], flags=re.DOTALL)
    rows = [row for plan in guide.plans(text).values() for row in plan]
    cells = {cell for row in rows for cell in row.cells} | set(re.findall(r"(?:^- \(|\bcells? )`([\w-]+)`", text, re.M))
    assert cells
    assert cells <= {cell.id for cell in guide.notebook(number).cells}
    keys = {key for row in rows for key in row.exercises} | set(re.findall(r"\b\d+\.[qc]\d+\b", text))
    for several in re.findall(r"\b[Ee]xercises? ((?:\d+\.\d+(?:, | and | to | or )?)+)", text):
        keys |= set(re.findall(r"\d+\.\d+", several))
    tasks = (task for one in lessons().values() for task in (*one.EXERCISES, *one.QUESTIONS, *one.CHALLENGES))
    assert keys <= {task.key for task in tasks}


@each_lesson
@each_plan
def test_the_minutes_of_a_plan_add_up_with_half_of_what_its_exercises_state_in_the_order_of_the_lesson(number, minutes):
    """Run All Above brings back what a row needs; it would give away what a later row asks. In class with help an
    exercise goes faster than alone; but nobody writes Adam in five minutes."""
    plan, order = guide.plans(PAGES[number])[minutes], [cell.id for cell in guide.notebook(number).cells]
    assert sum(row.minutes for row in plan) == minutes
    assert len(plan) >= 6
    assert plan[0].what.startswith("Start: ")
    cells = [cell for row in plan for cell in row.cells]
    back = [later for cell, later in pairwise(cells) if order.index(later) < order.index(cell)]
    assert not back, f"{number:02}.md, {minutes} minutes: after a later cell stands {back}"
    stated = {task.key: task.minutes for task in lessons()[number].EXERCISES}
    for row in filter(lambda row: row.minutes, plan):  # not "if time"
        assert row.minutes >= sum(stated[key] for key in row.exercises) / 2, row.what


@each_lesson
@each_plan
def test_each_vote_stands_in_a_row_of_a_plan_or_is_left_out_by_name(number, minutes):
    text = re.search(rf"^## In {minutes} minutes\n(.*?)(?=^## )", PAGES[number], re.MULTILINE | re.DOTALL)[1]
    asked = {cell for cell, *_ in guide.predictions(guide.notebook(number).cells)}
    left_out, full = (
        {name for words in re.findall(pattern, text) for name in re.findall(r"`([\w-]+)`", words)}
        for pattern in (r"Votes left out: ([^.]*)\.", r"\*\*Full votes:\*\* ([^;]*);")
    )
    assert asked - left_out == asked & guide.planned(number, minutes)
    assert left_out <= asked
    assert full <= asked - left_out
    assert 1 <= len(full) <= minutes / 60 * 2
    for cell in full:
        room = max(row.minutes for row in guide.plans(PAGES[number])[minutes] if cell in row.cells)
        assert room >= 4, f"{cell}: a full vote takes three minutes, and then something runs"


@each_lesson
def test_each_prediction_of_a_lesson_is_a_vote_with_something_folded(number):
    cells, text = guide.notebook(number).cells, guide.page(number)
    folded = [answer for *_, answer in guide.predictions(cells)]
    asked = sum(cell.source.count("**Predict first") for cell in cells if cell.cell_type == "markdown")
    assert len(folded) == asked >= 4
    assert all(len(answer) > 10 for answer in folded)
    folds = asked + 1 + len(lessons()[number].EXERCISES)  # 1: the exam
    assert text.count("<details>") == text.count("</details>") == folds


@each_lesson
def test_the_ten_mistakes_are_the_declared_ones(number):
    found = guide.frequent(lessons()[number])
    assert len(found) == len({(task.key, feedback) for task, feedback in found}) == 10
    for task, feedback in found:
        assert feedback in [mistake.feedback for mistake in task.wrong]
    assert guide.mistakes(number).count("\n- ") >= 10


@each_lesson
def test_the_exam_solution_is_right(number):
    (code,) = re.findall(r"```python\n(.*?)```", PAGES[number], re.DOTALL)
    assert code.count("assert") >= 2
    exec(compile(code, f"{number:02}.md", "exec"), {})


def test_the_syllabi_name_every_lesson_of_the_term():
    term = INDEX.split("## A term")[1]
    assert {f"{number:02}" for number in lessons()} == set(re.findall(r"\b(?:0\d|10)\b(?=[,  |])", term)) - {"00"}


def test_notes_for_speakers_are_taken_from_the_guide():
    plan, board = guide.notes(1)["xor-caption"]
    assert plan.startswith("**90-minute plan, 8 min.** The 100,000 neurons")
    assert board == "**Board:** The four inequalities, two and two; let a student add them."
    assert guide.notes(1)["adjust"][1].startswith("**Ask:** *The guesses are too low.")
