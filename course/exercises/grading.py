"""What exercises and questions are, and how an answer is judged.

An exercise tries the answer once on each of its cases. The first case that fails decides what is said: "For z = -2
your leaky_relu gave -2; expected -0.02." Then a diagnosis is looked for. An exercise names wrong answers that learners
really give (`Mistake`), each with an example; the one that behaves as the learner's does, in the most cases, is named.
`common_mistake` adds those that any exercise meets; what exceptions mean is in course/text.py. Nothing here prints or
raises, whatever the answer is.

Each verdict is a word and sentences. As HTML it has no colors but that of its left edge, so it suits any theme, and
the word says what the color says. The same answer always gets the same text, because nbval compares it.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np

from course import sandbox
from course.sandbox import is_unwritten
from course.text import code, exception_hint, inline, listed, shape_in_words

RIGHT, NOT_YET, OPEN = "Right.", "Not yet.", "Not written yet."
WHY_NOT_CHANGE = "Whoever called it may need that array again: make a new one instead."


@dataclass(frozen=True)
class Verdict:
    lead: str  # RIGHT, NOT_YET, OPEN, or any other words for what this is
    lines: tuple[str, ...]  # sentences with `code` in them; one with a line break is code
    diagnosis: str = ""  # the name of what is wrong, for tests

    def as_text(self):
        return "\n".join([f"{self.lead} {self.lines[0]}", *self.lines[1:]])

    def as_html(self):
        first, *rest = map(inline, self.lines)
        color = {RIGHT: "#009E73", NOT_YET: "#D55E00"}.get(self.lead, "#777777")
        body = "".join(f"<div>{part}</div>" for part in [f"<strong>{escape(self.lead)}</strong> {first}", *rest])
        return f'<div role="status" style="border-left: 4px solid {color}; padding-left: 0.8em">{body}</div>'


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners give: its name, what to say to it, and an example of it."""

    name: str
    feedback: str
    example: object


def case(**arguments):
    """A case: the arguments by name, in order. Lists become arrays, of 64 bits on every computer."""
    return {name: _array(value) if isinstance(value, list) else value for name, value in arguments.items()}


def call(answer, *arguments):
    return answer(*arguments)


@dataclass(frozen=True, kw_only=True)
class Task:
    """What every exercise has. `right` is said of a right answer: the thing to remember."""

    key: str
    title: str
    points: int
    minutes: int
    stub: str
    hints: tuple[str, str, str]
    solution: str
    reason: str
    takeaway: str

    @property
    def name(self):
        """What the stub calls the answer."""
        return re.search(r"^(?:def )?(\w+)", self.stub, re.MULTILINE)[1]

    def _open(self):
        return Verdict(OPEN, (f"Put your code in place of the `...` in `{self.name}`, and run it again.",))

    def _not_yet(self, diagnosis, *lines):
        return Verdict(NOT_YET, (*filter(None, lines), f'Stuck? `hint("{self.key}")` helps.'), diagnosis)


@dataclass(frozen=True, kw_only=True)
class Exercise(Task):
    """Write a function (or, with `use`, a value that is put to use) that agrees with the reference on all cases."""

    reference: Callable
    cases: tuple[dict, ...]
    wrong: tuple[Mistake, ...]
    elementwise: bool = False  # the first argument and the result have the same shape, element for element
    quiet: bool = False  # a NumPy warning is a mistake, even if the numbers are right
    use: Callable = call

    def judge(self, answer):
        if answer is None or is_unwritten(answer):
            return self._open()
        if self.use is call and not callable(answer):
            form = f'`check("{self.key}", {self.name})`'
            return self._not_yet("called", f"Give `check` the function itself, without brackets: {form}.")
        seen = self._try(answer)
        if seen[0].error == "NotImplementedError":
            return self._open()
        with np.errstate(all="ignore"):
            for k, got in enumerate(seen):
                if fault := self._fault(self.cases[k], self.expected[k], got):
                    return self._explain(fault, k, seen)
        return Verdict(RIGHT, (self.takeaway, *_notes(seen)))

    @cached_property
    def expected(self):
        return [np.asarray(self.reference(*case.values())) for case in self.cases]

    @cached_property
    def known(self):
        """Each wrong answer with what it makes of the cases."""
        return [(wrong, self._try(wrong.example)) for wrong in self.wrong]

    def _try(self, answer):
        """What the answer makes of each case, up to one that took too long."""
        seen, until = [], time.monotonic() + sandbox.SECONDS
        for case, expected in zip(self.cases, self.expected, strict=True):
            seen.append(sandbox.observe(self.use, answer, case, expected.size, until - time.monotonic()))
            if seen[-1].stopped:
                break
        return seen

    def _fault(self, case, expected, got):
        """What is wrong with one outcome: its kind and a sentence; None if nothing is."""
        where, your = f"For {case_in_words(case)} ", f"your `{self.name}`"
        if got.stopped:
            at = f", in {got.line}" if got.line else ""
            return "too long", f"{where}{your} took too long and was stopped{at}. Is there a loop that never ends?"
        if got.error:
            words = f"{got.error}: {got.message}" if got.message else got.error
            if got.line or self.use is not call:
                return "raised", f"{where}{your} raised an exception{' in ' * bool(got.line)}{got.line}: {words}"
            return "raised", f"`{self.name}` cannot be called with {case_in_words(case)}: {words}"
        if got.shape is None:
            if got.words == "nothing" and got.printed:
                return "printed", f"{where}{your} printed its result and returned nothing. Write `return` for `print`."
            if got.words == "nothing":
                return "returned nothing", f"{where}{your} returned nothing: end it with `return` and the result."
            return "no numbers", f"{where}{your} gave {got.words}; expected {shape_in_words(expected.shape)}."
        if got.shape != expected.shape:
            return (
                "shape",
                f"{where}{your} gave {shape_in_words(got.shape)}; expected {shape_in_words(expected.shape)}.",
            )
        if not _close(got.array, expected):
            return "values", self._difference(case, expected, got.array)
        if got.words:
            return "list", f"The numbers are right, but {your} gave {got.words}; make it an array with `np.array(…)`."
        if got.changed:
            names = listed(got.changed)
            return "changed its input", f"The numbers are right, but {your} changed its input {names}. {WHY_NOT_CHANGE}"
        if self.quiet and got.warnings:
            words = "; ".join(got.warnings)
            return "warned", f"{where}the numbers of {your} are right, but there was a warning: {words}."
        return None

    def _difference(self, case, expected, array):
        """The first number that differs, and what it should have been."""
        close = np.isclose(array, expected, rtol=1e-5, atol=1e-8, equal_nan=True)
        index = tuple(int(i) for i in np.argwhere(~close)[0])
        gave, should = code(array[index]), code(expected[index])
        if gave == should:
            should += f" (they differ by {code(abs(float(array[index]) - float(expected[index])))})"
        place = f" at {list(index)}" if index and not self.elementwise else ""
        words = case_in_words(case)
        if self.elementwise:
            name, values = next(iter(case.items()))
            whole = ", in an array of whole numbers," if index and values.dtype.kind == "i" else ""
            words = case_in_words({**case, name: np.asarray(values)[index]}) + whole
        return f"For {words} your `{self.name}` gave {gave}{place}; expected {should}."

    def _explain(self, fault, k, seen):
        """The verdict on a fault in case k, with its diagnosis if one is known."""
        kind, sentence = fault
        name, says = kind, ""
        if kind in ("raised", "shape", "values", "warned", "no numbers"):
            name, says = self._diagnose(k, seen) or common_mistake(seen[k], self.expected[k]) or (kind, "")
        also = [] if kind == "changed its input" else [f"It also changed its input {n}." for n in seen[k].changed]
        notes = _notes(seen, printed=kind != "printed", warned=kind != "warned")
        return self._not_yet(name, sentence, says, *also, *notes)

    def _diagnose(self, k, seen):
        """The wrong answer that does the same as the learner's up to case k, and in the most others."""
        best, most = None, 0
        for wrong, outcomes in self.known:
            agree = [self._agree(mine, theirs) for mine, theirs in zip(outcomes, seen, strict=False)]
            if all(agree[: k + 1]) and sum(agree) > most:
                best, most = (wrong.name, wrong.feedback), sum(agree)
        return best

    def _agree(self, a, b):
        if a.error or b.error:
            return (a.error, a.message) == (b.error, b.message)
        if a.array is None or b.array is None:
            return (a.shape, a.words) == (b.shape, b.words)
        return _close(a.array, b.array) and not (self.quiet and _kinds(a.warnings) != _kinds(b.warnings))


# --- the parts of an exercise's judgement ---------------------------------------------------------------------------


def _close(a, b):
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=True)


def _kinds(warned):
    """ "overflow encountered in exp" and "overflow encountered in power" are one kind."""
    return {text.partition(" encountered")[0] for text in warned}


def common_mistake(got, expected):
    """A diagnosis that needs no knowledge of the exercise."""
    if hint := exception_hint(f"{got.error}: {got.message}"):
        return hint
    if got.array is None:
        return None
    if got.shape != expected.shape and _close(got.array.T, expected):
        return "transposed", "It is transposed: rows and columns are exchanged."
    if got.shape != expected.shape and _close(np.squeeze(got.array), np.squeeze(expected)):
        return "an axis of length 1", "The numbers are right; an axis of length 1 is too much or missing."
    return None


def _notes(seen, printed=True, warned=True):
    """What else there is to say: prints and warnings, from the first case that has some."""
    text = next((got.printed for got in seen if got.printed), "")
    if printed and text:
        yield f"It printed: {text}"
    words = next(("; ".join(got.warnings) for got in seen if got.warnings), "")
    if warned and words:
        yield f"There was a warning: {words}."


def _array(values):
    array = np.array(values)
    return array.astype(np.int64) if array.dtype.kind == "i" else array


def case_in_words(case):
    return listed([f"{name} = {_words(value)}" for name, value in case.items()])


def _words(value):
    return code(value) if np.size(value) <= 12 else f"an array of shape {np.shape(value)}"
