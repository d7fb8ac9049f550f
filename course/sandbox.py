"""Runs what a learner wrote, and always comes back: with a result, or with words for what went wrong.

`run` catches exceptions (also sys.exit), warnings and prints, and stops what takes too long. The time limit has two
implementations:

- Unix, main thread (a usual kernel): an alarm signal. It interrupts loops and sleeps, also in code that catches
  everything: it raises once more where that code has caught it, and comes again until the code gives up.
- Elsewhere (Windows, a browser, another thread): a trace function that looks at the clock at every line of Python.
  It cannot interrupt `time.sleep`, nor a loop that catches the interruption with a bare `except:`.

Neither can interrupt a single call that stays inside compiled code, such as one enormous matrix product; it is
stopped when that call returns. The stop button of the notebook works all the time: `run` raises KeyboardInterrupt if
and only if the learner pressed it.
"""

import copy
import io
import linecache
import os
import re
import signal
import sys
import threading
import time
import traceback
import types
import warnings
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass

import numpy as np

SECONDS = 5.0  # what one check may take
KEPT = 200  # characters of what was printed, or of an exception's message
KEPT_WARNINGS = 3

KINDS = {
    str: "text",
    complex: "a complex number",
    types.FunctionType: "a function",
    types.GeneratorType: "a generator (`yield`, not `return`)",
    types.CoroutineType: "a coroutine (`async def`, not `def`)",
}

HERE = os.path.dirname(__file__) + os.sep
LIBRARY = os.path.dirname(os.__file__)


@dataclass(kw_only=True)
class Run:
    """What happened. `error` is empty if nothing was raised."""

    result: object = None
    error: str = ""  # "ValueError"
    message: str = ""  # the exception's own words
    line: str = ""  # "line 2, `return z / 0`": where in the learner's code
    stopped: bool = False
    printed: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Seen(Run):
    """A run that should give numbers. It has their `array` (or, if it is huge, its shape alone), or `words` for it."""

    array: np.ndarray | None = None
    shape: tuple[int, ...] | None = None
    words: str = ""  # "nothing", "a generator"; with an array: "a list"
    changed: tuple[str, ...] = ()  # the names of the inputs that are not as they were


def observe(use, answer, case, size, seconds):
    """Call `use(answer, *arguments)` with copies of a case's arguments; `size` is that of the array expected."""
    arguments = copy.deepcopy(list(case.values()))

    def look():
        array, shape, words = _numbers(use(answer, *arguments), size)
        changed = tuple(name for name, after in zip(case, arguments, strict=True) if not _is_same(case[name], after))
        return {"array": array, "shape": shape, "words": words, "changed": changed}

    seen = vars(run(look, seconds))
    return Seen(**seen | (seen["result"] or {}) | {"result": None})


def run(function, seconds):
    """Call `function()` for at most so many seconds, and say what happened."""
    outcome, printed, clock, button = Run(), _Printed(), _Clock(seconds), _StopButton()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("always")
        warned = set()
        warnings.showwarning = lambda message, *_, **__: len(warned) < KEPT_WARNINGS and warned.add(_message(message))
        stack.enter_context(np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"))
        stack.enter_context(redirect_stdout(printed))
        stack.enter_context(redirect_stderr(printed))
        stack.enter_context(button)
        try:
            with clock:
                outcome.result = function()
        except BaseException as error:
            outcome.error, outcome.line = type(error).__name__, _line(error.__traceback__)
            with suppress(BaseException), _Clock(seconds / 10):  # its words, too, may be of the learner's making
                outcome.message = _message(error)
    if button.pressed:
        raise KeyboardInterrupt
    outcome.stopped = clock.ran_out
    outcome.warnings = tuple(sorted(warned))
    outcome.printed = printed.text()
    return outcome


def _numbers(result, size):
    """What came back, as (array, shape, words). May run code of the learner's, so it belongs under the guard."""
    kind = type(result)
    if result is None:
        return None, None, "nothing"
    if issubclass(kind, types.CoroutineType):
        result.close()  # otherwise Python complains that it was never awaited
    if issubclass(kind, list | tuple):
        words = f"a {kind.__name__}"
        try:
            array = np.array(result)
        except ValueError:
            return None, None, f"{words} of rows that differ in length"
    elif issubclass(kind, np.ndarray | np.generic | int | float):
        array, words = np.asarray(result), ""
    else:
        return None, None, KINDS.get(kind, f"something of type `{kind.__name__}`")
    if array.dtype.kind not in "fiub":
        return None, None, "text" if array.dtype.kind in "SU" else f"elements of type `{array.dtype}`"
    keep = array.size <= max(size, 10_000)  # never copy what is too large to be right
    return np.array(array) if keep else None, array.shape, words


def _is_same(before, after):
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(_is_same, before, after))
    return np.array_equal(before, after) and np.asarray(before).dtype == np.asarray(after).dtype


class _TimeUp(BaseException):
    """Raised inside code that ran too long; no Exception, so that `except Exception` lets it pass."""


class _Clock:
    """Raises _TimeUp in the code under `with`. Clocks may be nested, and leave others' alarms and tracers in place."""

    def __init__(self, seconds):
        self.seconds, self.ran_out = max(seconds, 0.001), False
        on_main_thread = threading.current_thread() is threading.main_thread()
        self.by_alarm = hasattr(signal, "setitimer") and sys.platform != "emscripten" and on_main_thread

    def __enter__(self):
        self.started, self.tracer = time.monotonic(), sys.gettrace()
        if self.by_alarm:
            self.handler = signal.signal(signal.SIGALRM, self._alarm)
            self.timer = signal.setitimer(signal.ITIMER_REAL, self.seconds, 0.05)
        else:
            sys.settrace(self._watch)

    def __exit__(self, *_):
        sys.settrace(self.tracer)
        if not self.by_alarm:
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.handler if self.handler is not None else signal.SIG_DFL)
        delay, interval = self.timer
        if delay:  # the alarm of whoever called us is still to come
            signal.setitimer(signal.ITIMER_REAL, max(delay - (time.monotonic() - self.started), 0.001), interval)

    def _alarm(self, number, frame):
        self.ran_out = True
        if frame.f_code.co_filename == __file__:
            return  # this module is about to stop the clock
        sys.settrace(self._insist)
        while frame is not None and frame.f_code.co_filename != __file__:
            frame.f_trace, frame = self._insist, frame.f_back
        raise _TimeUp

    def _insist(self, frame, event, argument):
        """If the code caught _TimeUp, it runs another line, outside of its `try`; raise it again there."""
        if event == "line" and frame.f_code.co_filename != __file__:
            raise _TimeUp
        return self._insist

    def _watch(self, frame, event, argument):
        if time.monotonic() - self.started > self.seconds and frame.f_code.co_filename != __file__:
            self.ran_out = True
            raise _TimeUp
        return None if event == "call" and _is_library(frame.f_code.co_filename) else self._watch


class _StopButton:
    """Tells the notebook's stop button, which must get through, from a KeyboardInterrupt that the code raises."""

    pressed = False

    def __enter__(self):
        self.handler = None
        if threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT)):
            self.handler = signal.signal(signal.SIGINT, self._press)

    def __exit__(self, *_):
        if self.handler is not None:
            signal.signal(signal.SIGINT, self.handler)

    def _press(self, number, frame):
        self.pressed = True
        self.handler(number, frame)


class _Printed(io.TextIOBase):
    """Takes any amount of text, and keeps the beginning."""

    def __init__(self):
        self.kept, self.total = "", 0

    def write(self, text):
        self.total += len(text)
        if len(self.kept) < KEPT:
            self.kept += text[:KEPT]
        return len(text)

    def writable(self):
        return True

    def text(self):
        cut = f" … ({self.total:,} characters in all)" if self.total > KEPT else ""
        return self.kept[:KEPT].strip() + cut


def _message(error):
    """The first line of an exception's words, without what differs from run to run; whatever its __str__ does."""
    try:
        text = str(error).strip().partition("\n")[0]
    except Exception:
        text = ""
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text)
    return text if len(text) <= KEPT else text[:KEPT] + " …"


def _line(trace):
    """The innermost line of the learner's own code, as words; none if the call did not even begin."""
    frames = [(frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(trace)]
    frames = [(file, number) for file, number in frames if not _is_library(file)]
    if not frames:
        return ""
    file = frames[0][0]
    number = [number for other, number in frames if other == file][-1]
    code = linecache.getline(file, number).strip().replace("`", "'")
    return f"line {number}, `{code[:80]}`" if code else f"line {number}"


def _is_library(file):
    return file.startswith((HERE, LIBRARY, "<frozen", "<__array")) or "site-packages" in file
