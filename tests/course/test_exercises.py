"""Exercises answer as they should: declared ones are sound, verdicts are exact and calm, loops stop, grades count.

Every lesson file in course/exercises is found and tested; a new lesson needs no test of its own.
"""

import contextlib
import dataclasses
import functools
import html
import inspect
import json
import os
import re
import signal
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from cells import ALL, answer, cell, new_kernel, said

from course import exercises as engine
from course import float_warnings, sandbox
from course.exercises import check, hint, progress, quiz, solution
from course.exercises.grading import NOT_YET, OPEN, RIGHT, Exercise, Verdict
from course.exercises.questions import bundle, widget
from course.results import case
from helpers import plots

LESSONS = engine.lessons()
CODED = [task for task in ALL if isinstance(task, Exercise)]
QUESTIONS = [question for lesson in LESSONS.values() for question in lesson.QUESTIONS]
CHALLENGES = [one for lesson in LESSONS.values() for one in lesson.CHALLENGES]
SHORT = [one for one in CHALLENGES if not one.long or os.environ.get("HYPOTHESIS_PROFILE") == "thorough"]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LEAKY, WHICH = engine.find("2.3", ""), engine.find("2.6", "")
by_key = functools.partial(pytest.mark.parametrize, ids=lambda thing: getattr(thing, "key", None))


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    new_kernel(monkeypatch)


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)


def verdict_on(value, task=LEAKY):
    return task.judge(value).as_text()


def right(z, slope=0.01):
    return np.where(z > 0, z, slope * z)


# --- what is declared is sound ----------------------------------------------------------------------------------------


def test_ids_are_counted_in_each_lesson():
    for number, lesson in LESSONS.items():
        assert [task.key for task in lesson.EXERCISES] == [f"{number}.{i + 1}" for i in range(len(lesson.EXERCISES))]
        assert [one.key for one in lesson.QUESTIONS] == [f"{number}.q{i + 1}" for i in range(len(lesson.QUESTIONS))]


@by_key("task", ALL)
def test_the_stub_is_not_written_yet(task):
    verdict = task.judge(answer(task.key, task.stub))
    assert verdict.lead == OPEN
    assert task.name in verdict.as_text()


@by_key("task", [task for task in ALL if task.key != "7.3"])  # that one trains: test_reach.py
def test_the_solution_is_right(task):
    assert task.judge(answer(task.key, task.solution)) == Verdict(RIGHT, (task.takeaway,))


@by_key("task", ALL)
def test_each_wrong_answer_gets_its_own_diagnosis(task):
    for wrong in task.wrong:
        verdict = task.judge(wrong.example)
        assert (verdict.lead, verdict.diagnosis) == (NOT_YET, wrong.feedback)
        text, page = verdict.as_text(), verdict.as_html()
        assert wrong.feedback in text
        digits = [number.replace(".", "").lstrip("0") for number in re.findall(r"\d+\.\d+", verdict.lines[0])]
        assert max(map(len, digits), default=0) <= 4 or not isinstance(task, Exercise), verdict.lines[0]
        assert all("−" not in code for code in re.findall("`[^`]*`", text)), "code can be pasted"
        words = html.unescape(re.sub(r"<[^>]+>", "", page.replace("</div><div>", "\n")))
        assert words == text.replace("`", ""), "the page has the words of the text"
        assert re.findall(r"#[0-9A-F]{6}", page) == [plots.ORANGE], "and no color but at its edge"


@by_key("task", ALL)
def test_an_exercise_is_complete_and_its_three_hints_are_not_the_solution(task):
    assert len(task.wrong) >= 4
    assert task.points in range(1, 6)
    assert task.level in range(1, 4)
    assert task.minutes in range(1, 31)
    for sentence in (task.reason, task.takeaway, *(wrong.feedback for wrong in task.wrong)):
        assert sentence[-1] in ".?!", sentence
        assert sentence.count("`") % 2 == 0, sentence
    assert len(set(task.hints)) == 3
    code = task.solution.strip().splitlines()[-1].removeprefix("    return ").strip()
    for text in task.hints:
        assert len(text) > 40
        assert text.count("`") % 2 == 0
        assert code not in text


@by_key("question", QUESTIONS)
def test_a_question_has_one_right_choice_and_explains_each(question):
    assert question.right in question.choices
    assert 3 <= len(question.choices) <= 5
    assert all(why.endswith((".", "!")) for why in question.choices.values())
    assert all(len(text) <= 60 for text in question.choices), "a radio button does not wrap"


def test_the_right_choice_is_not_always_the_same():
    for lesson in LESSONS.values():
        assert len({list(question.choices).index(question.right) for question in lesson.QUESTIONS}) > 1


@by_key("one", SHORT)
def test_the_answer_to_a_challenge_holds(one):
    assert one.holds(one.run())
    assert sum(bool(line.strip()) for line in one.code.splitlines()) <= (30 if one.key == "7.c5" else 16)
    assert one.title in said(solution, one.key)


def test_each_harder_challenge_of_a_lesson_has_an_answer():
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        cells = ["".join(cell["source"]) for cell in json.loads(path.read_bytes())["cells"]]
        part = next(cell for cell in cells if "## Harder challenges" in cell).split("## Harder challenges")[1]
        asked = re.findall(r"^- ", part.split("\n## ")[0], re.MULTILINE)
        keys = [f"{int(path.name[:2])}.c{k + 1}" for k in range(len(asked))]
        assert [one.key for one in LESSONS[int(path.name[:2])].CHALLENGES] == keys


@by_key("task", [task for task in CODED if type(task)._diagnose is Exercise._diagnose])
def test_no_two_mistakes_do_the_same_and_get_different_words(task):
    for k, (wrong, seen) in enumerate(task.known):
        for other, outcomes in task.known[:k]:
            alike = len(seen) == len(outcomes) and all(map(task._agree, seen, outcomes))
            assert not alike or wrong.feedback == other.feedback, f"{wrong.feedback}\n{other.feedback}"


# --- a verdict says what was expected and what came -------------------------------------------------------------------


def test_a_difference_in_a_case_that_is_a_single_number_is_named():
    alone = dataclasses.replace(LEAKY, cases=(case(z=-2.0), case(z=-3)))
    assert alone.judge(lambda z, slope=0.01: z).lines[0] == "For z = -2 your `leaky_relu` gave -2; expected -0.02."
    assert "For z = -3 your" in verdict_on(lambda z, slope=0.01: 0.01 * z if z > -3 else z, alone)
    assert "gave an array of shape (2,); expected one number" in verdict_on(lambda z, slope=0.01: [7, z], alone)
    assert alone.judge(lambda z, slope=0.01: [slope * z]).lead == RIGHT, "a single number in brackets is a number"


def in_place(z, slope=0.01):
    z[z < 0] *= slope
    return z


def by_a_copy(z, slope=0.01):
    return in_place(z.copy(), slope)


def raising(error):
    def leaky_relu(z, slope=0.01):
        raise error

    return leaky_relu


ODD = cell("""
def endless_recursion(z, slope=0.01): return endless_recursion(z, slope)
def generator(z, slope=0.01): yield from z
def unknown(z, slope=0.01):
    y = 1
    return y / nothing
def choose(z, slope=0.01):
    return z if z > 0 else slope * z
def compiled(z, slope=0.01):
    return np.random.default_rng().choice(2, p=[1])
class Layer:
    def __init__(self, z, slope=0.01): pass
""")  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (in_place, "your `leaky_relu` changed its input z."),
        (by_a_copy, "holds whole numbers"),
        (lambda z, slope=0.01: print(right(z, slope)), "printed its result and returned nothing."),
        (lambda z, slope=0.01: np.copyto(z, z), "returned nothing: end it with `return`"),
        (lambda z, slope=0.01: right(z, slope)[:, None], "expected an array of shape (5,)"),
        (lambda z, slope=0.01: right(z, slope)[None], "an axis of length 1"),
        (ODD["generator"], "gave a generator (`yield`, not `return`)"),
        (ODD["Layer"], "gave something of type `Layer`"),
        (lambda z, slope=0.01: "text", "gave text"),
        (lambda z, slope=0.01: z.astype(object), "gave elements of type `object`"),
        (lambda z, slope=0.01: z + 0j, "gave elements of type `complex128`"),
        (lambda z, slope=0.01: [[1], [1, 2]], "gave a list of rows that differ in length"),
        (lambda z, slope=0.01: np.broadcast_to(1.0, (10**6, 10**6)), "shape (1000000, 1000000)"),
        (lambda z, slope=0.01: 3, "gave one number; expected an array of shape (5,)"),
        (lambda z, slope=0.01: np.zeros((10**9, 10**9)), "MemoryError"),
        (lambda: 1, "`leaky_relu` cannot be called with z = [-2, -0.5, 0, 0.5, 3]: TypeError"),
        (lambda z: right(z), "`leaky_relu` cannot be called with z = [-3, 4] and slope = 0.2: TypeError"),
        (raising(ValueError(object())), ", `raise error`: ValueError: <object object>\n"),
        (raising(ValueError("x" * 300)), "ValueError: " + "x" * 200 + " …\n"),
        (raising(KeyboardInterrupt()), ", `raise error`: KeyboardInterrupt\n"),
        (ODD["compiled"], "in line 10, `return np.random.default_rng().choice(2, p=[1])`: ValueError"),
        (lambda z, slope=0.01: np.concatenate(z, slope), "`(lambda z, slope=0.01: np.concatenate(z, slope), \"'("),
        (ODD["choose"], "in line 8, `return z if z > 0 else slope * z`: ValueError: The truth value"),
        (ODD["choose"], "`np.where(condition, a, b)` chooses element by element"),
        (ODD["unknown"], "raised an exception in line 6, `return y / nothing`: NameError"),
        (lambda z, slope=0.01: z, "For z = -2 your `leaky_relu` gave -2; expected -0.02.\n"),
        (lambda z, slope=0.01: 1.0001 * right(z, slope), "expected -0.02 (they differ by 2e-06)"),
        (ODD["endless_recursion"], "calls itself without end"),
        (lambda z, slope=0.01: sys.exit(), "give the result back with `return`"),
        (right(np.arange(3.0)), 'the function itself, without brackets: `check("2.3", leaky_relu)`.'),
        ("leaky_relu", "Give `check` the function itself"),
        (lambda z, slope=0.01: float(z), "The functions of `math` take one number"),
        (lambda z, slope=0.01: z + np.ones(7), "keepdims=True"),
        (lambda z, slope=0.01: z.sum(axis=3), "The array has no such axis"),
    ],
)
def test_mistakes_that_any_exercise_meets(answer, words):
    text = verdict_on(answer)
    assert text.startswith("Not yet. ")
    assert words in text
    assert not re.search("warning|Traceback|It printed", text)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return z if z[0] ^ 2 else slope", "`^` is no power in Python"),
        ("for x in z.ravel():\n        return x * slope", "The `return` stands inside the loop"),
        ("return np.where(z > 0, z, 0.05 * z)", "Your function never uses `slope`."),
        ("return z @ np.ones((7, slope.size if 0 else 2))", "There `z` is (5,)."),
        ("return -np.where(z > 0, z, slope * z)", "the right size and the wrong sign"),
        ("return 3 * np.where(z > 0, z, slope * z)", "All of it is 3 times what it should be."),
        ("return np.sort(np.where(z > 0, z, slope * z), axis=None)[::-1].reshape(z.shape)", "in another order"),
    ],
)
def test_what_is_true_of_any_wrong_answer_is_said(body, words):
    value = answer("2.3", f"def leaky_relu(z, slope=0.01):\n    {body}\n")
    assert words in verdict_on(value, dataclasses.replace(LEAKY, wrong=[]))


def never_ends(error):
    while True:
        pass


@pytest.mark.parametrize("words", [never_ends, sys.exit, lambda error: 1 / 0])
def test_an_exception_that_gives_no_words_is_named(words, fast):
    class Odd(Exception):
        __str__ = words

    assert LEAKY.judge(raising(Odd())).lines[0].endswith(", `raise error`: Odd")


def test_enormous_numbers_are_compared_without_a_warning():
    huge = dataclasses.replace(LEAKY, right=lambda z, slope=0.01: np.full(z.shape, 1.7e308))
    assert "gave -1.7e+308; expected 1.7e+308." in verdict_on(lambda z, slope=0.01: np.full(z.shape, -1.7e308), huge)


# Copies, which keep what their mistakes did there.
IN_A_BROWSER = {key: dataclasses.replace(engine.find(key, "")) for key in ("2.1", "2.5", "4.3", "4.4", "7.1")}


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("2.1", lambda z: 1 / (1 + np.exp(-z))),
        ("2.1", lambda z: 1 / (1 + np.e**-z)),
        ("2.1", lambda z: 1 / (1 + np.exp(-np.atleast_1d(z)).reshape(np.shape(z)))),
        ("2.1", lambda z: np.exp(z) / (1 + np.exp(z))),
        ("2.1", lambda z: 1 / (1 + np.exp(np.array((-z).tolist())))),
        ("2.5", lambda z: np.exp(z) / np.exp(z).sum(axis=0)),
        ("2.5", lambda z: z + np.mean(z[:0], axis=0)),
        ("4.3", lambda Z, Y: float(-np.mean(Y * np.log(s := 1 / (1 + np.exp(-Z))) + (1 - Y) * np.log(1 - s)))),
        ("4.4", lambda Z, Y: -np.mean((Y * (Z - np.log(np.exp(Z).sum(axis=0)))).sum(axis=0))),
        *((key, engine.find(key, "").right) for key in ("2.1", "4.4", "7.1")),
    ],
)
def test_where_numpy_cannot_warn_verdicts_are_the_same(key, answer, monkeypatch):
    """As in a browser's Python, which has no floating-point flags; here NumPy is kept quiet."""
    usual = verdict_on(answer, engine.find(key, ""))
    exp = np.exp
    with monkeypatch.context() as browser, np.errstate(all="ignore"):
        browser.setattr(float_warnings, "HAS_NO_FLAGS", True)
        browser.setattr(np, "errstate", lambda **_: contextlib.nullcontext())
        browser.setattr(np, "geterr", lambda: dict.fromkeys(("divide", "over", "invalid"), "warn"))
        assert IN_A_BROWSER[key].judge(answer).as_text() == usual
    assert np.exp is exp


def test_a_diagnosis_must_explain_what_was_right_too():
    verdict = LEAKY.judge(lambda z, slope=0.01: right(z, slope) if slope == 0.01 else np.maximum(z, 0))
    assert verdict.diagnosis == "values"
    assert len(verdict.lines) == 2


@pytest.mark.parametrize(
    ("deed", "note"),
    [
        (lambda slope: print("begin", "x" * 100_000), "It printed: begin " + "x" * 194 + " …"),
        (lambda slope: print("it", file=sys.stderr), "It printed: it"),
        (lambda slope: slope != 0.01 and print("only later"), "It printed: only later"),
        (lambda slope: np.exp(1e4), "There was a warning: overflow encountered in exp."),
        (lambda slope: [warnings.warn(f"no. {i}", stacklevel=1) for i in range(1000)],
         "There was a warning: no. 0; no. 1; no. 2."),
    ],
)  # fmt: skip
def test_what_a_right_answer_prints_or_warns_of_is_shown(deed, note, capsys):
    verdict = LEAKY.judge(lambda z, slope=0.01: (deed(slope), right(z, slope))[1])
    assert (verdict.lead, *verdict.lines[1:]) == (RIGHT, note)
    assert capsys.readouterr() == ("", "")


def test_what_a_thread_of_an_earlier_cell_prints_is_not_this_answers(capsys):
    def answer(z, slope=0.01):
        thread = threading.Thread(target=lambda: print("a download goes on"))
        thread.start()  # here, so that it prints while the answer is judged on any machine
        thread.join()
        return right(z, slope)

    assert len(LEAKY.judge(answer).lines) == 1
    assert "a download goes on" in capsys.readouterr().out


def test_inputs_are_copies():
    before = [str(case) for case in LEAKY.cases]
    LEAKY.judge(in_place)
    assert [str(case) for case in LEAKY.cases] == before


def test_an_output_that_is_reused_counts_as_it_was():
    buffer = np.empty(5)
    reuses = LEAKY.judge(lambda z, slope=0.01: np.positive(right(z, slope), out=buffer[: z.size].reshape(z.shape)))
    assert reuses.lead == RIGHT


def test_each_input_is_evaluated_once():
    for result in (right, np.negative):
        calls = []
        LEAKY.judge(lambda z, slope=0.01, result=result, calls=calls: calls.append(z) or result(z))
        assert len(calls) == len(LEAKY.cases)


@pytest.mark.parametrize("made", [..., (...,), [..., ...]])
def test_a_stub_is_told_by_what_comes_back(made):
    assert LEAKY.judge(lambda z, slope=0.01: made).lead == OPEN
    assert LEAKY.judge(raising(NotImplementedError("later"))).lead == OPEN
    for task in (LEAKY, WHICH):
        assert task.judge(None).lead == task.judge(...).lead == OPEN


# --- choices with reasons ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "begins", "words"),
    [
        ({"dead": ["Leaky ReLU", "E"]}, RIGHT, ""),
        ({"dead": (lambda: 0, "e")}, NOT_YET, ""),
        ({"spam": ("softmax", "c")}, NOT_YET, "4 of 5 are right.\nspam: over a single unit it is always 1."),
        ({"digit": ("Softmax", "b")}, NOT_YET, "digit: softmax is right, but not because “one number between 0 and 1"),
        ({"dead": ("rellu", "e")}, NOT_YET, "choose one of sigmoid, tanh, relu, leaky_relu, elu, gelu, softmax, ident"),
        ({"dead": ("rellu", "e")}, NOT_YET, "Did you mean relu?"),
        ({"spam": (..., ...)}, NOT_YET, "\nspam: no answer yet."),
        ({"price": ("identity", ...)}, NOT_YET, "price: identity is right; now the letter of the reason"),
    ],
)
def test_choices_are_read_kindly_and_each_wrong_one_is_explained(changes, begins, words):
    text = verdict_on(WHICH.answer | changes, WHICH)
    assert text.startswith(begins)
    assert words in text


@pytest.mark.parametrize("value", ["relu", 3, ["relu"], lambda: 0, {"price"}, ("identity", "a")])
def test_another_form_is_shown_the_form(value):
    assert "Keep the form of the stub, a dictionary such as `{" in verdict_on(value, WHICH)


# --- what takes too long is stopped -----------------------------------------------------------------------------------


def loop(z, slope=0.01):
    while True:
        pass


def stubborn_loop(z, slope=0.01):
    while True:
        try:
            z = z + 1
        except:  # noqa: E722
            z = z - 1


def very_stubborn_loop(z, slope=0.01):
    while True:
        try:
            while True:
                z = z + 1
        except BaseException:
            pass


def patient_loop(z, slope=0.01):
    try:
        time.sleep(60)
    except BaseException:
        with contextlib.suppress(BaseException):
            z = z + 1
    while True:
        z = z + 1


def printing_loop(z, slope=0.01):
    while True:
        print("again")


def numpy_loop(z, slope=0.01):
    while True:
        np.exp(np.ones(1000) * 1e4)


@pytest.mark.parametrize("answer", [loop, stubborn_loop, very_stubborn_loop, patient_loop, printing_loop, numpy_loop])
def test_what_never_ends_is_stopped(answer, fast):
    verdict = LEAKY.judge(answer)
    assert verdict.diagnosis == "too long"
    first = inspect.getsourcelines(answer)[1]
    line = int(re.search(r"took too long and was stopped, in line (\d+), `", verdict.as_text())[1])
    assert first < line < first + 8
    assert ("There was a warning: overflow encountered in exp." in verdict.lines) == (answer is numpy_loop)


@pytest.mark.parametrize("alarm", [True, False])
def test_what_is_stopped_may_put_in_order_what_it_has_begun(alarm, fast, monkeypatch):
    monkeypatch.setattr(sandbox, "GRACE", 5)
    if not alarm:
        monkeypatch.delattr(signal, "setitimer", raising=False)
    closed = []

    def answer(z, slope=0.01):
        try:
            loop(z)
        finally:
            for part in range(3):
                closed.append(part)

    assert LEAKY.judge(answer).diagnosis == "too long"
    assert closed == [0, 1, 2]


def test_no_more_cases_are_tried_after_one_that_took_too_long(fast):
    calls = []
    LEAKY.judge(lambda z, slope=0.01: calls.append(z) or time.sleep(60))
    assert len(calls) == 1


def test_the_limit_is_for_all_cases_together(fast):
    assert LEAKY.judge(lambda z, slope=0.01: time.sleep(0.08) or right(z, slope)).diagnosis == "too long"


@pytest.mark.parametrize(
    "answer", [loop, printing_loop, numpy_loop, *[stubborn_loop, very_stubborn_loop] * hasattr(sys, "monitoring")]
)
def test_it_is_stopped_where_there_is_no_alarm(answer, fast):
    """On Windows, in a browser, and in any thread but the main one, which is what can be tried here."""
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.append(LEAKY.judge(answer)), daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert verdicts[0].diagnosis == "too long"
    assert "in line " in verdicts[0].as_text()


def test_without_an_alarm_a_tracer_is_put_back(fast, monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    tracer = sys.gettrace()
    try:
        sys.settrace(mine := lambda *_: None)
        verdict = LEAKY.judge(loop)
        after = sys.gettrace()
    finally:
        sys.settrace(tracer)
    assert verdict.diagnosis == "too long"
    assert after is mine
    assert LEAKY.judge(right).lead == RIGHT


def test_others_keep_their_alarm(fast):
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
    try:
        due = time.monotonic() + 60
        signal.setitimer(signal.ITIMER_REAL, 60)
        LEAKY.judge(loop)
        left_at_most = due - time.monotonic()
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= left_at_most + 0.01
        signal.raise_signal(signal.SIGALRM)
        assert rang == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_an_answer_may_call_check(fast):
    def nested(z, slope=0.01):
        check("2.3", loop)
        return right(z, slope)

    assert LEAKY.judge(nested).diagnosis in ("too long", "")  # whichever of the two clocks strikes first
    assert signal.getsignal(signal.SIGALRM) in (signal.SIG_DFL, None)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def press(z, slope=0.01):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)


def catches(z, slope=0.01):
    try:
        press(z)
    except BaseException:
        return right(z, slope)


def catches_for_ever(z, slope=0.01):
    while True:
        with contextlib.suppress(BaseException):
            press(z)


def asks_for_another_check(z, slope=0.01):
    check("2.3", press)


@pytest.mark.parametrize("before", [signal.default_int_handler, signal.SIG_IGN])  # a background job ignores it
@pytest.mark.parametrize("answer", [press, catches, catches_for_ever, asks_for_another_check])
def test_the_stop_button_gets_through(answer, before):
    outside = signal.signal(signal.SIGINT, before)
    try:
        with pytest.raises(KeyboardInterrupt):
            check("2.3", answer)
        assert signal.getsignal(signal.SIGINT) is before
    finally:
        signal.signal(signal.SIGINT, outside)


# --- what a lesson calls ----------------------------------------------------------------------------------------------


def test_check_answers_at_once_and_returns_nothing():
    assert said(check, " 02.3 ", right).startswith("Right. ")
    assert said(check, "2.3", np.negative).startswith("Not yet. ")


def test_hints_come_one_by_one():
    texts = [said(hint, "2.1") for _ in range(5)]
    assert [text[:12] for text in texts] == [f"Hint {n} of 3." for n in (1, 2, 3, 3, 3)]
    assert 'There are no more hints; `solution("2.1")` shows worked code.' in texts[3]
    assert texts[3] == texts[4] != texts[2]
    assert said(hint, "2.3").startswith("Hint 1")


def test_a_solution_has_code_and_reason_and_a_class_can_switch_it_off(monkeypatch):
    secrets = LEAKY.solution.strip(), LEAKY.reason
    assert all(text in said(solution, "2.3") for text in secrets)
    monkeypatch.setenv("COURSE_SOLUTIONS", "off")
    texts = [said(call, "2.3") for call in (hint, hint, hint, solution, solution)]
    assert all(text not in " ".join(texts) for text in (*secrets, LEAKY.hints[2], "np.multiply(slope, z)"))
    assert ["switched off in this class" in text for text in texts] == [False, False, True, True, True]
    assert "switched off" in said(solution, "2.c1")


@pytest.mark.parametrize(
    "key", ["2.9", "", "77", "99.1", "leaky", "2.q77", None, 2.1, right, b"2.3", "x" * 10**5, "<b>"]
)
def test_an_unknown_id_gets_a_calm_sentence(key):
    for text in (said(check, key, right), said(hint, key), said(solution, key), said(quiz, key)):
        assert text.startswith("Not quite. ")
        assert len(text) < 250


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: check("2.9", right), 'There is no "2.9"; did you mean '),
        (lambda: quiz("2.q11"), "did you mean 2.q1"),
        (lambda: check("2.3"), 'Give `check` your answer too: `check("2.3", leaky_relu)`.'),
        (lambda: check(right, "2.3"), 'The id comes first, in quotes: `check("2.3", leaky_relu)`.'),
        (lambda: check(), "The id comes first"),
        (lambda: hint(), "The id comes first"),
        (lambda: check("2.q1", "a"), 'is a quiz question: `quiz("2.q1")` asks it'),
        (lambda: hint("2.q1"), '`quiz("2.q1")` asks it and explains each choice'),
        (lambda: solution("2.q1"), "asks it and explains each choice"),
        (lambda: check("2.c1", right), 'without a check; `solution("2.c1")` shows one answer'),
        (lambda: quiz("2.3"), '2.3 is an exercise: `check("2.3", leaky_relu)`.'),
        (lambda: quiz("2", "a"), 'one question at a time: `quiz("2.q1", "a")`'),
    ],
)
def test_a_call_that_cannot_be_meant_says_what_to_write(call, words):
    assert words in said(call)


def test_a_mistake_in_the_engine_costs_the_learner_no_traceback(monkeypatch):
    monkeypatch.setattr(Exercise, "judge", lambda *_: 1 / 0)
    assert said(check, "2.3", right) == "Not yet. `check` could not judge this answer (ZeroDivisionError).\n"


# --- the quiz ---------------------------------------------------------------------------------------------------------


@by_key("question", QUESTIONS)
def test_every_choice_is_answered(question):
    for letter, choice, _ in question.lettered():
        text = said(quiz, question.key, letter)
        assert text == f"{RIGHT if choice == question.right else NOT_YET} {question.choices[choice]}\n"
        assert said(quiz, question.key, f" {letter.upper()}) ") == text


@pytest.mark.parametrize("letter", ["z", "", "ab", 3, right, ["a"]])
def test_an_answer_that_is_no_letter(letter):
    assert 'The answers to 2.q1 are a, b, c, d: `quiz("2.q1", "a")` picks a.' in said(quiz, "2.q1", letter)


def test_a_quiz_without_a_kernel_shows_all_questions_and_hides_the_answers():
    questions = LESSONS[2].QUESTIONS
    text, page = bundle(questions).values()
    assert said(quiz, "2") == said(quiz, 2) == text + "\n"
    for question in questions:
        assert question.ask in text
        for choice, why in question.choices.items():
            assert choice in text
            assert why not in text
    assert page.count("<details ") == sum(len(question.choices) for question in questions)
    assert page.count("<strong>Right.</strong>") == len(questions)


def test_a_quiz_with_a_kernel_is_a_widget_that_records_what_is_right():
    questions, right_ones = LESSONS[2].QUESTIONS, []
    box = widget(questions, right_ones.append)
    shown = box._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert {mime: shown[mime] for mime in bundle(questions)} == bundle(questions)
    for question, part in zip(questions, box.children[:-1], strict=True):
        _, buttons, verdict = part.children
        assert (buttons.value, verdict.value) == (None, "")
        for letter, _, judged in question.lettered():
            buttons.value = letter
            assert verdict.value == judged.as_html()
        buttons.value = None
    assert right_ones == [question.key for question in questions]


def test_what_the_learner_wrote_cannot_be_markup():
    def shouts(z, slope=0.01):
        print("<script>alert(1)</script>")
        raise ValueError("<b>bold</b> & more")

    page = LEAKY.judge(shouts).as_html()
    assert "<script>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in page
    assert re.findall(r"#[0-9A-F]{6}", LEAKY.judge(right).as_html()) == [plots.GREEN]


# --- grading ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


@by_key("task", {type(task): task for task in ALL}.values())
def test_grading_raises_the_same_words(task, graded):
    if task.key != "7.3":
        said(check, task.key, answer(task.key, task.solution))
    for value in (answer(task.key, task.stub), task.wrong[0].example, 3):
        with pytest.raises(AssertionError) as raised:
            check(task.key, value)
        assert str(raised.value) == task.judge(value).as_text()


def test_grading_asks_for_a_known_exercise_and_the_right_choice(graded):
    with pytest.raises(AssertionError, match="There is no"):
        check("2.99", right)
    with pytest.raises(AssertionError, match="Not yet"):
        quiz("2.q1", "a")
    for function, *arguments in ((quiz, "2.q1", "c"), (quiz, "2"), (hint, "2.3"), (solution, "2.3"), (progress,)):
        said(function, *arguments)
