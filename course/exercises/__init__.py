"""What a lesson calls: check, hint, solution, quiz and progress; and the file that remembers what is done.

An exercise "2.1" and a question "2.q1" are declared in lesson_02.py. grading.py and questions.py judge the answers;
sandbox.py runs what the learner wrote. Each call here shows one text, as plain text and as HTML, and returns None.

Progress is kept by record.py, in a file or, with COURSE_PROGRESS=off, in memory alone. No verdict, hint, solution or
quiz depends on the file, and an unanswered exercise does not touch it, so a notebook gives the same text with and
without it. Two exceptions are the reason why tests and tools set COURSE_PROGRESS=off: `progress()` itself, and the
sentence that is said, once, when the file cannot be read or written.

Grading: if NBGRADER_EXECUTION is set, `check` and an answered `quiz` raise AssertionError with the words they would
have shown, unless the answer is right.
"""

import importlib
import os
import pkgutil
import re
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, wraps
from pathlib import Path

from course.exercises.grading import NOT_YET, OPEN, RIGHT, Verdict
from course.exercises.questions import Question, bundle, widget
from course.exercises.record import Record
from course.text import printable

HERE = Path(__file__).parent
NOT_QUITE = "Not quite."
MISSING = object()
hints_given = {}  # exercise: how many, since the kernel started
record = Record()


class UsageError(Exception):
    """A call cannot be meant as it is; the message says what to write instead."""


def shown(function):
    """Show the verdict that `function` returns, or what it is puzzled by; in grading mode, raise what is not right."""

    @wraps(function)
    def show(*arguments):
        try:
            verdict = function(*arguments)
        except UsageError as error:
            verdict = Verdict(NOT_QUITE, (str(error),))
        if not isinstance(verdict, Verdict):
            return
        if "NBGRADER_EXECUTION" in os.environ and verdict.lead in (NOT_YET, OPEN, NOT_QUITE):
            raise AssertionError(verdict.as_text())
        verdict = replace(verdict, lines=(*verdict.lines, *record.news()))
        display({"text/plain": verdict.as_text(), "text/html": verdict.as_html()})

    return show


# --- what a lesson calls ----------------------------------------------------------------------------------------------


@shown
def check(key=None, answer=MISSING):
    """Judge an answer to an exercise: check("2.3", leaky_relu)."""
    task = find(key, 'check("2.3", leaky_relu)')
    if isinstance(task, Question):
        raise UsageError(f'{task.key} is a quiz question; answer it with `quiz("{task.key}", "a")`.')
    if answer is MISSING:
        raise UsageError(f'Give `check` your answer too: `check("{task.key}", {task.name})`.')
    try:
        verdict = task.judge(answer)
    except Exception as error:  # a mistake of ours, for which no learner shall get a traceback
        return Verdict(NOT_YET, (f"`check` could not judge this answer ({type(error).__name__}).",), "engine")
    if verdict.lead == RIGHT:
        record.solve(task.key)
    return verdict


@shown
def hint(key=None):
    """The next of three hints for an exercise: hint("2.3")."""
    task = find_exercise(key, 'hint("2.3")')
    n, last = hints_given.get(task.key, 0) + 1, len(task.hints)
    hints_given[task.key] = n
    more = [f'There are no more hints; `solution("{task.key}")` shows worked code.'] if n > last else []
    return Verdict(f"Hint {min(n, last)} of {last}.", (task.hints[min(n, last) - 1], *more))


@shown
def solution(key=None):
    """Worked code for an exercise, and the reason: solution("2.3")."""
    task = find_exercise(key, 'solution("2.3")')
    record.read_solution(task.key)
    still = f"Writing {task.key} yourself still counts; `progress()` will add that you have read this."
    return Verdict("Solution.", (f"{task.key}, {task.title}:", task.solution.strip() + "\n", task.reason, still))


@shown
def quiz(key=None, letter=None):
    """The questions of a lesson, quiz("2"), or one of them, quiz("2.q1"); with a letter, the answer to it."""
    number = re.fullmatch(r"0*(\d+)", str(key).strip()) if type(key) in (str, int) else None
    if number and int(number[1]) not in lessons():
        raise UsageError(f"There is no quiz {number[1]}; there is one for each of {', '.join(map(str, lessons()))}.")
    questions = lessons()[int(number[1])].QUESTIONS if number else [find(key, 'quiz("2")')]
    first = questions[0]
    if not isinstance(first, Question):
        raise UsageError(f'{first.key} is an exercise: `check("{first.key}", {first.name})`.')
    if letter is None:
        return display_quiz(questions)
    if number:
        raise UsageError(f'Answer one question at a time: `quiz("{first.key}", "a")`.')
    verdict = first.judge(letter)
    if verdict.lead == RIGHT:
        record.solve(first.key)
    return verdict


@shown
def progress():
    """What is done, by lesson and in all."""
    record.exchange()
    lines, done, all_points = [], 0, 0
    for number, lesson in lessons().items():
        tasks = (*lesson.EXERCISES, *lesson.QUESTIONS)
        points = sum(task.points for task in tasks if task.key in record.solved)
        of = sum(task.points for task in tasks)
        answered = sum(question.key in record.solved for question in lesson.QUESTIONS)
        lines.append(f"Lesson {number}, {lesson.TITLE}: {points} of {of} points.")
        lines += [f"· {task.key} {task.title}: {record.state(task.key)}" for task in lesson.EXERCISES]
        lines.append(f"· quiz: {answered} of {len(lesson.QUESTIONS)} questions")
        done, all_points = done + points, all_points + of
    return Verdict("Your progress.", (f"{done} of {all_points} points in all.", *lines))


# --- finding and showing ----------------------------------------------------------------------------------------------


@cache
def lessons():
    """{2: the module lesson_02, …}"""
    names = [module.name for module in pkgutil.iter_modules([str(HERE)]) if re.fullmatch(r"lesson_\d\d", module.name)]
    return {int(name[-2:]): importlib.import_module(f"course.exercises.{name}") for name in sorted(names)}


def find(key, example):
    """The exercise or question with this id."""
    if type(key) is not str:
        raise UsageError(f"The id comes first, in quotes: `{example}`.")
    tasks = {task.key: task for lesson in lessons().values() for task in (*lesson.EXERCISES, *lesson.QUESTIONS)}
    wanted = key.strip().lower().lstrip("0")
    if wanted not in tasks:
        near = get_close_matches(wanted, tasks, n=3, cutoff=0.5) or list(tasks)[:3]
        wanted = re.sub(r"[^\w. ]", "", wanted)[:20]
        raise UsageError(f'There is no "{wanted}"; did you mean {" or ".join(near)}? `progress()` lists all exercises.')
    return tasks[wanted]


def find_exercise(key, example):
    task = find(key, example)
    if isinstance(task, Question):
        raise UsageError(f'{task.key} is a quiz question; each of its choices is explained: `quiz("{task.key}")`.')
    return task


def in_notebook():
    """Is there a kernel? IPython in a terminal has none."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


def display(thing):
    """Show a bundle of texts or a widget in a notebook; elsewhere print its text, "?" for what the console lacks."""
    if in_notebook():
        from IPython.display import display as show

        show(thing, raw=isinstance(thing, dict))
    else:
        print(printable(thing["text/plain"]))


def display_quiz(questions):
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        return display(bundle(questions))
    return display(widget(questions, record.solve) if in_notebook() else bundle(questions))
