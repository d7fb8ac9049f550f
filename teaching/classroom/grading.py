"""What runs in the kernel while a submission is graded: limits on each cell, and the hidden part of a check.

A class trusts its students a little: code that is graded can do what the grader's account can. What is stopped here is
what happens by accident or on a first try: endless loops, floods of output and memory, and a course that the notebook
has changed. Who needs more grades in a container (teaching/hub/README.md says how).
"""

import os
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from pathlib import Path
from types import FunctionType

import numpy as np

from course import exercises, sandbox
from course.exercises.grading import NOT_YET
from teaching.classroom import own_numbers
from teaching.classroom.hidden import HIDDEN

SECONDS = float(os.environ.get("CLASS_CELL_SECONDS", 120))  # what one cell may take
CHARACTERS = 100_000  # what one cell may print
MEMORY = 4 << 30  # bytes
OURS = ("course", "helpers", "teaching", "numpy")
state = {"student": "", "before": {}}


def begin(student):
    """Called in the first cell of a submission, before anything of the student's runs."""
    from IPython import get_ipython

    exercises.lessons()
    state.update(student=student, before=snapshot())
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    shell, cells = get_ipython(), []

    def before(_):
        cell = ExitStack()
        cell.enter_context(redirect_stdout(Capped(sys.stdout)))  # inside what IPython keeps of a cell's output
        cell.enter_context(redirect_stderr(Capped(sys.stderr)))
        cell.enter_context(CellLimit(SECONDS))
        cells.append(cell)

    def after(_):
        if cells:
            cells.pop().close()

    def words(shell, kind, error, trace, tb_offset=None):
        """A verdict, or the end of a cell, without the frames of the machinery that raised it."""
        after(None)
        says = str(error) or kind.__name__
        if kind is sandbox.Stopped:
            says = f"This cell took more than {SECONDS:.0f} seconds and was stopped. Is there an endless loop?"
        shell._showtraceback(kind, error, [says])

    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)
    shell.set_custom_exc((AssertionError, sandbox.Stopped), words)


class CellLimit(sandbox.Limit):
    """Raises in a cell's code, or in what it has called, and never in the kernel around it."""

    def _strike(self, code):
        frame = sys._getframe()
        while frame and not Path(frame.f_code.co_filename).parent.name.startswith("ipykernel_"):
            frame = frame.f_back
        if frame is not None:
            super()._strike(code)


class Capped:
    """A stream that takes any amount of text, and passes on the first CHARACTERS of a cell's."""

    def __init__(self, stream):
        self.stream, self.left = stream, CHARACTERS

    def write(self, text):
        if self.left > 0:
            self.stream.write(text[: self.left] + " … (the rest is left out)\n" * (len(text) > self.left))
        self.left -= len(text)
        return len(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)


def snapshot():
    """{"helpers.network.relu": (the function, its code)} for all functions and methods of the course and NumPy."""
    found = {}
    for name, module in list(sys.modules.items()):
        if module is not None and name.partition(".")[0] in OURS and (name == "numpy" or not name.startswith("numpy")):
            for own, value in list(vars(module).items()):
                if callable(value):
                    found[f"{name}.{own}"] = value, getattr(value, "__code__", None)
                if isinstance(value, type):
                    found |= {
                        f"{name}.{own}.{method}": (part, part.__code__)
                        for method, part in vars(value).items()
                        if isinstance(part, FunctionType)
                    }
    return found


def graded(key, answer, name=None):
    """Raise AssertionError, with words for the student, unless the answer to an exercise or question is right.

    `name` is what the student wrote as their name, where the numbers are made of it.
    """
    now = snapshot()
    changed = [name for name, was in state["before"].items() if now.get(name) != was]
    if changed:
        raise AssertionError(
            f"This notebook changed `{changed[0]}`, with which answers are judged, so nothing is proved. "
            "Give your own functions names of their own."
        )
    if name is not None:
        if name != state["student"]:
            raise AssertionError(f"Your numbers are those of {name!r}; your class knows you as {state['student']!r}.")
        if words := own_numbers.refused(key, answer, name):
            raise AssertionError(words)
        return
    task = exercises.find(key, "")
    module = str(getattr(answer, "__module__", "")) if callable(answer) else ""
    if module.partition(".")[0] in ("course", "helpers"):
        raise AssertionError(f"This is the course's own `{answer.__name__}`. Write one yourself.")
    verdict = task.judge(answer)
    if verdict.lead == exercises.RIGHT and key in HIDDEN:
        with np.errstate(all="ignore"):
            verdict = other_numbers(task, state["student"]).judge(answer)
        if verdict.lead == NOT_YET:
            raise AssertionError(f"All *visible* checks passed. On other numbers: {verdict.lines[0]}")
    if verdict.lead != exercises.RIGHT:
        raise AssertionError(verdict.as_text())


def other_numbers(task, student):
    """The exercise with hidden cases: the same rubric, and numbers that depend on the student's name."""
    rng = np.random.default_rng(list(f"{task.key} {student}".encode()))
    return replace(task, cases=tuple(HIDDEN[task.key](rng)), wrong=[])
