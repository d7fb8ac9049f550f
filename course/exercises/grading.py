"""What an exercise is, how it is declared, and how an answer is judged.

    @exercise("2.3", "leaky ReLU", points=1, minutes=5, level=1, cases=[case(z=[-2.0, 3.0])], hints=[…], …)
    def leaky_relu(z, slope=0.01):
        return np.where(np.greater(z, 0), z, np.multiply(slope, z))

    leaky_relu.mistake("This is ReLU: below 0 it gives 0.", lambda z, slope=0.01: np.maximum(z, 0))

The function is stub, solution and reference at once. A mistake has what to say to it and an example: a wrong function,
or an edit of the solution, {"slope * z": "slope"}. The answer is tried once on each case; the first that fails decides
what is said first. A mistake is named only if its example does the same as the answer on all cases. Otherwise
general.py may know more, and says only what is true of the answer, whatever the exercise. Nothing here prints or
raises, whatever the answer is, and the same answer always gets the same text, because nbval compares it.
"""

import ast
import copy
import inspect
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

import numpy as np

from course import sandbox
from course.exercises import general
from course.results import Case, agree, as_expected, close, is_unwritten, near, observe, read
from course.text import code, inline, listed, shape_in_words

RIGHT, NOT_YET, OPEN = "Right.", "Not yet.", "Not written yet."
WHY_NOT_CHANGE = "Whoever called it may need that again: make a new one instead."


@dataclass(frozen=True)
class Verdict:
    lead: str  # RIGHT, NOT_YET, OPEN, or any other words for what this is
    lines: tuple[str, ...]  # sentences with `code` in them; one with a line break is code
    diagnosis: str = ""  # the mistake's feedback, or the name of a general one, for tests

    def as_text(self):
        return "\n".join([f"{self.lead} {self.lines[0]}", *self.lines[1:]])

    def as_html(self):
        first, *rest = map(inline, self.lines)
        color = {RIGHT: "#009E73", NOT_YET: "#D55E00"}.get(self.lead, "#777777")
        body = "".join(f"<div>{part}</div>" for part in [f"<strong>{escape(self.lead)}</strong> {first}", *rest])
        return f'<div role="status" style="border-left: 4px solid {color}; padding-left: 0.8em">{body}</div>'

    def bundle(self):
        """Both, as Jupyter takes them."""
        return {"text/plain": self.as_text(), "text/html": self.as_html()}


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners give: what to say to it, an example of it, and its code if that is an edit."""

    feedback: str
    example: object
    code: str = ""


@dataclass(kw_only=True)
class Task:
    """What every exercise has. `level` is 1 to 3; `takeaway` is said of a right answer: the thing to remember."""

    key: str
    title: str
    points: int
    minutes: int
    level: int = 1
    stub: str = ""
    hints: tuple[str, str, str]
    solution: str = ""
    reason: str
    takeaway: str

    @property
    def name(self):
        """What the stub calls the answer."""
        return re.search(r"^(?:def |class )?(\w+)", self.stub, re.MULTILINE)[1]

    @property
    def effort(self):
        """What a lesson says beside the title: "●●○ · 10 min"."""
        return f"{'●' * self.level}{'○' * (3 - self.level)} · {self.minutes} min"

    def _open(self):
        return Verdict(OPEN, (f"Put your code in place of the `...` in `{self.name}`, and run it again.",))

    def _not_yet(self, diagnosis, *lines):
        return Verdict(NOT_YET, (*filter(None, lines), f'Stuck? `hint("{self.key}")` helps.'), diagnosis)


def call(answer, *arguments):
    return answer(*arguments)


@dataclass(kw_only=True)
class Exercise(Task):
    """Write a function or class (or, with `use`, a value that is put to use) that agrees with `right` on all cases."""

    right: object
    cases: tuple[Case, ...]
    use: Callable = call  # (answer, *arguments of a case) → what is compared
    returns: tuple[str, ...] = ()  # the names of the parts of the result, if there are several
    elementwise: bool = False  # the first argument and the result have the same shape, element for element
    quiet: bool = False  # a NumPy warning is a mistake, even if the numbers are right
    also: Callable = None  # judges an answer whose numbers are right: None, or what is wrong and why
    remark: Callable = None  # what else to say of a right answer, or ""
    apart: bool = False  # the parts of the result have little to do with each other: name a mistake in each
    large: Callable = None  # makes the arguments of one large call, by which `yours` measures speed
    seconds: float = None  # what one check may take, if it trains for long
    wrong: list[Mistake] = field(default_factory=list)

    def __call__(self, *arguments, **options):
        return self.right(*arguments, **options)

    def mistake(self, feedback, *examples):
        """Add a mistake, with one example or several: wrong answers, or {text in the solution: text in its place}."""
        for example in examples:
            source = ""
            if type(example) is dict and callable(self.right):
                source = edited(self.solution, example)
                namespace = dict(vars(sys.modules[self.right.__module__]))
                exec(compile(source, f"<a mistake in {self.key}>", "exec"), namespace)
                example = namespace[self.name]
            self.wrong.append(Mistake(feedback, example, source))

    def judge(self, answer):
        if answer is None or is_unwritten(answer):
            return self._open()
        if callable(self.right) and not callable(answer):
            kind, form = "class" if inspect.isclass(self.right) else "function", f'`check("{self.key}", {self.name})`'
            return self._not_yet("called", f"Give `check` the {kind} itself, without brackets: {form}.")
        seen = self._try(answer)
        if seen[0].error == "NotImplementedError":
            return self._open()
        with np.errstate(all="ignore"):
            for k, got in enumerate(seen):
                if fault := self._fault(k, got):
                    return self._explain(fault, k, seen, answer)
        if (self.also and (fault := self.also(answer))) or (self.quiet and (fault := general.muted(answer))):
            return self._not_yet(*fault)
        remark = self.remark(answer) if self.remark else ""
        return Verdict(RIGHT, (self.takeaway, *filter(None, [remark]), *_notes(seen)))

    @cached_property
    def expected(self):
        return [
            as_expected(self.use(self.right, *copy.deepcopy(list(given.values()))), self.returns)
            for given in self.cases
        ]

    @cached_property
    def places(self):
        """For each case {place in the result: what is expected there}."""
        return [read(expected, expected, self.returns) for expected in self.expected]

    @cached_property
    def known(self):
        """Each mistake with what its example makes of the cases."""
        return [(wrong, self._try(wrong.example)) for wrong in self.wrong]

    def _try(self, answer):
        """What the answer makes of each case, up to one that took too long."""
        seen, until = [], time.monotonic() + (self.seconds or sandbox.SECONDS)
        for given, expected in zip(self.cases, self.expected, strict=True):
            seen.append(observe(self.use, answer, given, expected, self.returns, until - time.monotonic()))
            if seen[-1].stopped:
                break
        return seen

    def _fault(self, k, got):
        """What is wrong with the outcome of case k: its kind and a sentence; None if nothing is."""
        where, your = f"For {self.cases[k]} ", f"your `{self.name}`"
        if got.stopped:
            at = f", in {got.line}" if got.line else ""
            return "too long", f"{where}{your} took too long and was stopped{at}. Is there a loop that never ends?"
        if got.error:
            words = f"{got.error}: {got.message}" if got.message else got.error
            if got.line or self.use is not call:
                return "raised", f"{where}{your} raised an exception{' in ' * bool(got.line)}{got.line}: {words}"
            return "raised", f"`{self.name}` cannot be called with {self.cases[k]}: {words}"
        if got.form.startswith("nothing;") and got.printed:
            return "printed", f"{where}{your} printed its result and returned nothing. Write `return` for `print`."
        if got.form.startswith("nothing;"):
            return "returned nothing", f"{where}{your} returned nothing: end it with `return` and the result."
        if got.form:
            return "form", f"{where}{your} gave {got.form}"
        for place, expected in self.places[k].items():
            array, as_place = got.arrays[place], f" as `{place}`" if place else ""
            if array.shape != expected.shape:
                came, wanted = shape_in_words(array.shape), shape_in_words(expected.shape)
                return "shape", f"{where}{your} gave {came}{as_place}; expected {wanted}."
            if not close(array, expected):
                return "values", self._difference(k, place, expected, array)
        if got.changed:
            names = listed(got.changed)
            return "changed its input", f"The numbers are right, but {your} changed its input {names}. {WHY_NOT_CHANGE}"
        if self.quiet and got.warnings:
            words = "; ".join(got.warnings)
            return "warned", f"{where}the numbers of {your} are right, but there was a warning: {words}."
        return None

    def _difference(self, k, place, expected, array):
        """The first number that differs, and what it should have been."""
        index = tuple(int(i) for i in np.argwhere(~near(array, expected))[0])
        gave, should = code(array[index]), code(expected[index])
        if gave == should:
            should += f" (they differ by {code(abs(float(array[index]) - float(expected[index])))})"
        at = f" at {list(index)}" if index and not self.elementwise else ""
        words = self.cases[k]
        if self.elementwise:
            name, values = next(iter(words.items()))
            whole = ", in an array of whole numbers," if index and values.dtype.kind == "i" else ""
            words = f"{Case({**words, name: np.asarray(values)[index]})}{whole}"
        return f"For {words} your `{self.name}` gave {gave}{f' as `{place}`' * bool(place)}{at}; expected {should}."

    def _explain(self, fault, k, seen, answer):
        """The verdict on a fault in case k, with its diagnosis if one is known."""
        (kind, sentence), found, changed = fault, None, fault[0] == "changed its input"
        if kind not in ("too long", "printed", "returned nothing"):
            found = self._diagnose(seen) or (None if changed else general.diagnose(self, answer, k, seen))
        name, says = found or (kind, "")
        also = [] if changed else [f"It also changed its input {name}." for name in seen[k].changed]
        notes = _notes([seen[k]], printed=kind != "printed", warned=kind != "warned")
        return self._not_yet(name, sentence, says, *also, *notes)

    def _diagnose(self, seen):
        """The mistake whose example does the same as the learner's answer on all cases."""
        for wrong, outcomes in self.known:
            if len(outcomes) == len(seen) and all(map(self._agree, outcomes, seen)):
                return wrong.feedback, wrong.feedback
        return self._several(seen) if self.apart and len(seen) == len(self.cases) else None

    def _several(self, seen):
        """Mistakes in different parts of the result that together explain all that is wrong with it."""
        left, found = self._faults(seen), []
        for wrong, outcomes in self.known:
            if left and (faults := self._faults(outcomes)):
                parts = {place for _, place in faults}
                mine = {at: array for at, array in left.items() if at[1] in parts}
                if mine.keys() == faults.keys() and all(close(mine[at], faults[at]) for at in faults):
                    found.append(wrong.feedback)
                    left = {at: array for at, array in left.items() if at not in faults}
        return (" ".join(found), " ".join(found)) if found and not left else None

    def _faults(self, outcomes):
        """{(case, place): array} where results are not right; None if some cannot be compared."""
        if any(one.arrays is None or one.error for one in outcomes):
            return None
        return {
            (k, place): outcome.arrays[place]
            for k, (outcome, wanted) in enumerate(zip(outcomes, self.places, strict=True))
            for place, expected in wanted.items()
            if not close(outcome.arrays[place], expected)
        }

    def _agree(self, example, got):
        """Did an example do the same as the answer? Where it changes its input, the answer must do so, too."""
        warned = self.quiet and _kinds(example.warnings) != _kinds(got.warnings)
        return agree(example, got) and set(example.changed) <= set(got.changed) and not warned


class Prediction(Exercise):
    """An exercise that says which answer is wrong, each by itself, and does not give the right one away."""

    def _difference(self, k, place, expected, array):
        return f"Question {k + 1}: {code(array)} is not it."

    def _diagnose(self, seen):
        k = next(k for k, got in enumerate(seen) if self._fault(k, got))
        wrong = (wrong for wrong, outcomes in self.known if len(outcomes) > k and self._agree(outcomes[k], seen[k]))
        return next(((mistake.feedback, mistake.feedback) for mistake in wrong), None)


@dataclass(kw_only=True)
class Challenge:
    """A harder challenge with one answer to it. `run()` gives what tests look at with `holds`."""

    key: str
    title: str
    result: str  # what comes out
    notice: str
    run: Callable
    holds: Callable
    long: bool = False  # over 5 seconds: tests run it once a week only

    @cached_property
    def code(self):
        return source_of(self.run)


def challenge(key, title, **declared):
    """Makes a Challenge of the function below, whose text is the answer that is shown."""
    return lambda run: Challenge(key=key, title=title, run=run, **declared)


# --- how an exercise is declared ------------------------------------------------------------------------------------


def exercise(key, title, *, stub="return ...  # your code here", kind=Exercise, **declared):
    """Makes an Exercise of the function or class below. `stub` is a whole text, or the line for the body."""

    def declare(right):
        solution = source_of(right)
        head = re.match(r"def .*\n|class (?s:.*)\n    def .*\n", solution)[0]  # of a class all but its last method
        indent = " " * (8 if inspect.isclass(right) else 4)
        text = stub if re.match(r"(def|class) ", stub.strip()) else f"{head}{indent}{stub}\n"
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in declared.items()}
        return kind(key=key, title=title, right=right, stub=text, solution=solution, **given)

    return declare


def source_of(thing):
    """The text of a function or class of a module of ours, without its decorator."""
    text = inspect.getsource(thing)
    return ast.get_source_segment(text, ast.parse(text).body[0]) + "\n"


def edited(text, edits):
    for old, new in edits.items():
        if old not in text:
            raise ValueError(f"{old!r} does not stand in the solution:\n{text}")
        text = text.replace(old, new)
    return text


# --- the parts of an exercise's judgment ----------------------------------------------------------------------------


def _kinds(warned):
    """ "overflow encountered in exp" and "overflow encountered in power" are one kind."""
    return {text.partition(" encountered")[0] for text in warned}


def _notes(seen, printed=True, warned=True):
    """What else there is to say: prints and warnings, from the first case that has some."""
    text = next((got.printed for got in seen if got.printed), "")
    if printed and text:
        yield f"It printed: {text}"
    words = next(("; ".join(got.warnings) for got in seen if got.warnings), "")
    if warned and words:
        yield f"There was a warning: {words}."
