"""Runs code that a learner wrote, and always comes back: with a result, or with words for what went wrong.

Code that takes too long is stopped by an alarm signal where there is one (Unix, main thread), elsewhere (Windows, a
browser, other threads) by a look at the clock at each line and jump (`sys.monitoring`; `sys.settrace` on Python 3.11).
Code that catches this is stopped again. Nothing can interrupt a single call that stays in compiled code, nor, without
an alarm, `time.sleep`; settrace strikes once, so there a loop around a bare `except:` goes on.
"""

import io
import linecache
import os
import re
import signal
import sys
import threading
import time
import traceback
import warnings
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass

import numpy as np

from course.float_warnings import functions_that_warn
from course.text import listed

SECONDS = 60.0 if sys.platform == "emscripten" else 10.0  # what one check may take; no answer that ends comes near it
GRACE = 0.05  # seconds in which code that is stopped may put in order what it has begun
KEPT = 200  # characters of what was printed, or of an exception's message
KEPT_WARNINGS = 3
ROOT = os.path.dirname(os.path.dirname(__file__))
LIBRARY = (os.path.join(ROOT, "course"), os.path.join(ROOT, "helpers"), os.path.dirname(os.__file__), "<frozen")


@dataclass
class Run:
    """What happened."""

    result: object = None
    error: str = ""  # the exception's name, such as "ValueError"; "" if there was none
    message: str = ""  # the first line of its words
    line: str = ""  # where in the learner's code: "line 2, `return z / 0`"
    stopped: bool = False
    printed: str = ""
    warnings: tuple[str, ...] = ()
    shapes: str = ""  # of the arrays in that line: "`W` is (2, 3) and `x` is (2,)"


def run(function, seconds):
    """Call `function()` for at most so many seconds. Raises KeyboardInterrupt if and only if Stop was pressed."""
    outcome, printed, warned, limit = Run(), _Printed(), set(), Limit(seconds)

    def keep(message, *_, **__):
        if len(warned) < KEPT_WARNINGS:
            warned.add(_message(message).rstrip("."))  # only some versions of NumPy end it so

    quiet = np.errstate(divide="warn", over="warn", under="ignore", invalid="warn")
    with warnings.catch_warnings(), quiet, functions_that_warn(), redirect_stdout(printed), redirect_stderr(printed):
        warnings.simplefilter("always")
        warnings.showwarning = keep
        try:
            with limit:
                outcome.result = function()
        except BaseException as error:
            outcome.error, place = type(error).__name__, _place(error.__traceback__)
            if place:
                outcome.line, outcome.shapes = _line(*place), _shapes(*place)
            with suppress(BaseException), Limit(seconds / 10):  # its words, too, may be of the learner's making
                outcome.message = _message(error)
    if limit.pressed:
        if callable(limit.on_stop):
            limit.on_stop(signal.SIGINT, None)
        raise KeyboardInterrupt
    outcome.stopped, outcome.warnings = limit.ran_out, tuple(sorted(warned))
    outcome.printed = _shortened(printed.getvalue())
    return outcome


class Stopped(BaseException):
    """Raised inside code that shall end; no Exception, so that `except Exception` lets it pass."""


class Limit(ExitStack):
    """Raises Stopped in the code under `with` when its time is over or Stop is pressed, and again if that is caught.

    `ran_out` and `pressed` say so afterwards. Whatever handler, alarm or tracer there was is put back.
    """

    def __init__(self, seconds):
        super().__init__()
        self.seconds, self.grace = max(seconds, 1e-3), GRACE
        self.ran_out = self.pressed = self.inside = False

    def __enter__(self):
        on_main_thread = threading.current_thread() is threading.main_thread()
        self.by_alarm = on_main_thread and hasattr(signal, "setitimer") and sys.platform != "emscripten"
        self.thread, self.until = threading.get_ident(), time.monotonic() + self.seconds
        self.callback(sys.settrace, sys.gettrace())
        if on_main_thread:
            self.on_stop = self._handle(signal.SIGINT)
        if self.by_alarm:
            self.callback(_ring_later, time.monotonic(), *signal.getitimer(signal.ITIMER_REAL))
            self._handle(signal.SIGALRM)
            self.callback(signal.setitimer, signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
        elif hasattr(sys, "monitoring") and (free := [k for k in (3, 4) if sys.monitoring.get_tool(k) is None]):
            events = sys.monitoring.events.LINE, sys.monitoring.events.JUMP, sys.monitoring.events.PY_START
            sys.monitoring.use_tool_id(free[0], __name__)
            for event in events:
                sys.monitoring.register_callback(free[0], event, self._look)
            sys.monitoring.set_events(free[0], sum(events))
            self.callback(sys.monitoring.free_tool_id, free[0])
            self.callback(sys.monitoring.set_events, free[0], 0)
        else:
            sys.settrace(self._trace)
        self.inside = True
        return self

    def __exit__(self, *details):
        self.inside = False
        return super().__exit__(*details)

    def _handle(self, number):
        before = signal.signal(number, self._signal)
        self.callback(signal.signal, number, before or signal.SIG_DFL)
        return before

    def _signal(self, number, frame):
        if number == signal.SIGINT:
            self.pressed = True
        else:
            self.ran_out = True
        code = frame and frame.f_code
        sys.settrace(self._trace)  # code that catches everything can be met outside its `try` only between two lines
        while frame is not None and frame.f_code.co_filename != __file__:
            frame.f_trace, frame = self._trace, frame.f_back
        self._strike(code)

    def _look(self, code, *_):
        if time.monotonic() > self.until and threading.get_ident() == self.thread:
            self.ran_out = True
            self._strike(code)

    def _trace(self, frame, event, argument):
        if event == "line":
            self._look(frame.f_code)
        return None if event == "call" and _is_library(frame.f_code.co_filename) else self._trace

    def _strike(self, code):
        """Raise in the learner's code; if it catches that, once more after GRACE, and from then on at each line."""
        self.until = time.monotonic() + self.grace
        if self.by_alarm:
            signal.setitimer(signal.ITIMER_REAL, max(self.grace, 1e-3))
        if self.inside and code and code.co_filename != __file__:
            self.grace = 0
            raise Stopped


def _ring_later(since, delay, interval):
    """Go on with the alarm of whoever called us, if there was one."""
    signal.setitimer(signal.ITIMER_REAL, max(delay - (time.monotonic() - since), 1e-6) if delay else 0, interval)


class _Printed(io.StringIO):
    """Takes any amount of text, and keeps the beginning; that of other threads goes where it went before."""

    def __init__(self):
        super().__init__()
        self.thread, self.before = threading.get_ident(), sys.stdout

    def write(self, text):
        if threading.get_ident() != self.thread:
            return self.before.write(text)
        super().write(text[: max(KEPT + 1 - self.tell(), 0)])
        return len(text)


def _message(error):
    """The first line of an exception's words, without addresses, which differ from run to run."""
    return _shortened(re.sub(r" at 0x[0-9a-fA-F]+", "", str(error).strip().partition("\n")[0]))


def _shortened(text):
    return text.strip() if len(text) <= KEPT else text[:KEPT].strip() + " …"


def _place(trace):
    """The innermost frame of the learner's own code, and the number of its line; None if the call did not begin."""
    places = [place for place in traceback.walk_tb(trace) if not _is_library(place[0].f_code.co_filename)]
    return places[-1] if places else None


def _line(frame, number):
    """That line as words."""
    source = linecache.getline(frame.f_code.co_filename, number).strip().replace("`", "'")
    return f"line {number}, `{source[:80]}`" if source else f"line {number}"


def _shapes(frame, number):
    """The shapes of the arrays that the line names, in words."""
    found, source = {}, linecache.getline(frame.f_code.co_filename, number)
    for name, index in re.findall(r"([A-Za-z_]\w*)(\[[\w +-]+\])?", source):
        value = frame.f_locals.get(name)
        if index and type(value) is list:  # W[l - 1]
            place = re.sub(r"[A-Za-z_]\w*", lambda match: str(frame.f_locals.get(match[0])), index[1:-1])
            with suppress(SyntaxError, IndexError):
                value = value[eval(place)] if re.fullmatch(r"\d+( *[+-] *\d+)?|-\d+", place) else None
                name += index
        if issubclass(type(value), np.ndarray):
            found[name] = f"`{name}` is {value.shape}"
    return listed(list(found.values())) if found else ""


def _is_library(file):
    return file.startswith(LIBRARY) or "site-packages" in file or file.endswith(".pyx")  # compiled, as numpy.random is
