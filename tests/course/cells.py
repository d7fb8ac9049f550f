"""What the tests of exercises share: cells of a learner, what a call prints, and a kernel that remembers nothing."""

import contextlib
import io
import itertools
import linecache

import numpy as np

from course import exercises as engine
from course.exercises.grading import Exercise
from helpers import layers, network, training

ALL = [task for lesson in engine.lessons().values() for task in lesson.EXERCISES]
SOLUTIONS = {task.name: task.right for task in ALL if isinstance(task, Exercise) and callable(task.right)}
numbers = itertools.count()


def new_kernel(monkeypatch, progress="off"):
    """A kernel begins: what is remembered stands in the file `progress`."""
    monkeypatch.setenv("COURSE_PROGRESS", str(progress))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(engine, "record", engine.Record())
    monkeypatch.setattr(engine, "hints_given", {})


def cell(source, **names):
    """The names after a cell was run as a notebook runs it: its source can be found."""
    file = f"<cell {next(numbers)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = {"__name__": "__main__", "np": np} | names
    exec(compile(source, file, "exec"), names)
    return names


def answer(key, code):
    """What a cell answers to an exercise. It may call the package, and the course's answers to other exercises."""
    names = vars(network) | vars(training) | vars(layers) | SOLUTIONS
    return cell(code, **names)[engine.find(key, "").name]


def said(function, *arguments, **options):
    """What a call prints; it must return None."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert function(*arguments, **options) is None
    return out.getvalue()
