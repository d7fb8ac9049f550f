"""The teacher's guide agrees with the lessons: what it names is there, its minutes add up, its solutions are right."""

import os
import re
import subprocess
import sys
from itertools import pairwise

import pytest

from course.exercises import lessons
from teaching import guide

PAGES = {number: (guide.PAGES / f"{number:02}.md").read_text("utf-8") for number in lessons()}
INDEX = (guide.PAGES / "index.md").read_text("utf-8")
KEYS = {
    task.key for lesson in lessons().values() for task in (*lesson.EXERCISES, *lesson.QUESTIONS, *lesson.CHALLENGES)
}
each_lesson = pytest.mark.parametrize("number", lessons(), ids="{:02}".format)


def ids_of(number):
    return {cell.id for cell in guide.notebook(number).cells}


@each_lesson
def test_every_cell_that_a_page_names_exists(number):
    text = re.sub(r"```.*?```", "", PAGES[number], flags=re.DOTALL)
    named = {cell for plan in guide.plans(text).values() for row in plan for cell in row.cells}
    named |= set(re.findall(r"^- \(`([\w-]+)`\)", text, re.MULTILINE))
    named |= set(re.findall(r"\bcells? `([\w-]+)`", text))
    assert named
    assert named <= ids_of(number), f"{number:02}.md names cells that are not there: {sorted(named - ids_of(number))}"


def test_all_pages_are_written_into_a_new_folder(tmp_path):
    guide.write(tmp_path / "build" / "guide")
    written = {path.stem: path.read_text("utf-8") for path in (tmp_path / "build" / "guide").iterdir()}
    assert written == {"index": INDEX} | {f"{number:02}": guide.page(number) for number in lessons()}


@each_lesson
def test_every_exercise_that_a_page_names_exists(number):
    text = PAGES[number]
    named = {key for plan in guide.plans(text).values() for row in plan for key in row.exercises}
    for several in re.findall(r"\b[Ee]xercises? ((?:\d+\.\d+(?:, | and | to | or )?)+)", text):
        named |= set(re.findall(r"\d+\.\d+", several))
    named |= set(re.findall(r"\b\d+\.[qc]\d+\b", text))
    assert named <= KEYS, f"{number:02}.md names what is not there: {sorted(named - KEYS)}"


@each_lesson
@pytest.mark.parametrize("minutes", [45, 90, 120])
def test_the_minutes_of_a_plan_add_up(number, minutes):
    plan = guide.plans(PAGES[number])[minutes]
    assert sum(row.minutes for row in plan) == minutes
    assert len(plan) >= 6
    assert plan[0].what.startswith("Start: ")


@each_lesson
@pytest.mark.parametrize("minutes", [45, 90, 120])
def test_the_cells_of_a_plan_stand_in_the_order_of_the_lesson(number, minutes):
    """Run All Above brings back what a row needs; it would give away what a later row asks."""
    order = [cell.id for cell in guide.notebook(number).cells]
    places = [order.index(cell) for row in guide.plans(PAGES[number])[minutes] for cell in row.cells]
    back = [order[later] for place, later in pairwise(places) if later < place]
    assert not back, f"{number:02}.md, {minutes} minutes: after a later cell stands {back}"


@each_lesson
def test_an_exercise_in_a_plan_gets_at_least_half_the_time_that_it_states(number):
    """In class with help it goes faster than alone; but nobody writes Adam in five minutes."""
    minutes = {task.key: task.minutes for task in lessons()[number].EXERCISES}
    for plan in guide.plans(PAGES[number]).values():
        for row in filter(lambda row: row.minutes, plan):  # not "if time"
            assert row.minutes >= sum(minutes[key] for key in row.exercises) / 2, row.what


@each_lesson
@pytest.mark.parametrize("minutes", [45, 90, 120])
def test_each_vote_stands_in_a_row_of_a_plan_or_is_left_out_by_name(number, minutes):
    text = re.search(rf"^## In {minutes} minutes\n(.*?)(?=^## )", PAGES[number], re.MULTILINE | re.DOTALL)[1]
    asked = {cell for cell, *_ in guide.predictions(guide.notebook(number).cells)}
    left_out = re.search(r"Votes left out: ([^.]*)\.", text)
    left_out = set(re.findall(r"`([\w-]+)`", left_out[1])) if left_out else set()
    assert asked - left_out == asked & guide.planned(number, minutes)
    assert left_out <= asked
    full = re.findall(r"`([\w-]+)`", re.search(r"\*\*Full votes:\*\* ([^;]*);", text)[1])
    assert set(full) <= asked - left_out
    assert 1 <= len(full) <= minutes / 60 * 2
    plan = guide.plans(PAGES[number])[minutes]
    for cell in full:
        room = max(row.minutes for row in plan if cell in row.cells)
        assert room >= 4, f"{cell}: a full vote takes three minutes, and then something runs"


@each_lesson
def test_a_page_has_all_its_parts(number):
    heads = re.findall(r"^## (.*)", PAGES[number], re.MULTILINE)
    plans = ["In 45 minutes", "In 90 minutes", "In 120 minutes"]
    rest = [
        "On the board",
        "Questions to ask",
        "Predict first: vote",
        "What goes wrong",
        "Homework",
        "An exam question",
    ]
    assert heads == plans + rest
    assert "\n**They need.** " in PAGES[number]
    assert PAGES[number].startswith(f"# {number:02} · {lessons()[number].TITLE}: for the teacher\n\n**Purpose.**")


@each_lesson
def test_each_prediction_of_a_lesson_is_a_vote_with_something_folded(number):
    cells = guide.notebook(number).cells
    asked = sum(cell.source.count("**Predict first") for cell in cells if cell.cell_type == "markdown")
    found = list(guide.predictions(cells))
    assert len(found) == asked >= 4
    folded = [answer for *_, answer in found]
    assert all(len(answer) > 10 for answer in folded)
    text = guide.page(number)
    assert (
        text.count("<details>") == text.count("</details>") == asked + 1 + len(lessons()[number].EXERCISES)
    )  # 1: the exam


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


def test_a_page_is_printed_on_a_console_that_lacks_letters():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "teaching.guide", "02"]
    run = subprocess.run(command, cwd=guide.ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "In 90 minutes" in run.stdout
