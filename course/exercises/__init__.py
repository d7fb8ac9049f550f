"""What a lesson calls: check, hint, solution, quiz, progress and yours; and the files that remember what is done.

An exercise "2.1", a question "2.q1" and a challenge "2.c1" are declared in lesson_02.py. grading.py and questions.py
judge the answers; sandbox.py runs what the learner wrote. Each call shows one text, as plain text and as HTML, and
returns None; `yours` returns the learner's function besides, or the course's.

Progress is kept by record.py, and right answers by keep.py in my_network.py beside the record; with
COURSE_PROGRESS=off both last until the kernel stops. No verdict, hint, solution or quiz depends on the files, and an
unanswered exercise does not touch them, so a notebook gives the same text with and without. Exceptions are the reason
why tests and tools set COURSE_PROGRESS=off: `progress()` itself, and what is said once about the files.

Teaching: if NBGRADER_EXECUTION is set, `check` and an answered `quiz` raise AssertionError with the words they would
have shown, unless the answer is right. COURSE_SOLUTIONS=off hides solutions, answers to challenges and third hints.
"""

import importlib
import os
import pkgutil
import re
import time
from copy import deepcopy
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, wraps

from course import sandbox
from course.exercises import keep, share
from course.exercises.grading import NOT_YET, OPEN, RIGHT, Challenge, Exercise, Verdict
from course.exercises.questions import Question, bundle, widget
from course.exercises.record import Record
from course.text import printable

NOT_QUITE = "Not quite."
MISSING = object()
hints_given = {}  # exercise: how many, since the kernel started
record = Record()


class UsageError(ValueError):
    """A call cannot be meant as it is; the message says what to write instead."""


def shown(function):
    """Show the verdict that `function` returns, or what it is puzzled by; in grading mode, raise what is not right."""

    @wraps(function)
    def show(*arguments, **options):
        try:
            verdict = function(*arguments, **options)
        except UsageError as error:
            verdict = Verdict(NOT_QUITE, (str(error),))
        if not isinstance(verdict, Verdict):
            return
        if "NBGRADER_EXECUTION" in os.environ and verdict.lead in (NOT_YET, OPEN, NOT_QUITE):
            raise AssertionError(verdict.as_text())
        display(replace(verdict, lines=(*verdict.lines, *record.news())).bundle())

    return show


# --- what a lesson calls ----------------------------------------------------------------------------------------------


@shown
def check(key=None, answer=MISSING):
    """Judge an answer to an exercise: check("2.3", leaky_relu)."""
    task = find_exercise(key, 'check("2.3", leaky_relu)')
    if answer is MISSING:
        raise UsageError(f'Give `check` your answer too: `check("{task.key}", {task.name})`.')
    try:
        verdict = task.judge(answer)
    except Exception as error:  # a mistake of ours, for which no learner shall get a traceback
        return Verdict(NOT_YET, (f"`check` could not judge this answer ({type(error).__name__}).",), "engine")
    if verdict.lead == RIGHT:
        verdict = replace(verdict, lines=(*verdict.lines, *store(task, answer)))
    return verdict


@shown
def hint(key=None):
    """The next of three hints for an exercise: hint("2.3")."""
    task = find_exercise(key, 'hint("2.3")')
    n, last = hints_given.get(task.key, 0) + 1, 2 if solutions_are_hidden() else len(task.hints)
    hints_given[task.key] = n
    more = [f'There are no more hints; `solution("{task.key}")` shows worked code.'] if n > last else []
    if n > last and solutions_are_hidden():
        more = ["There are no more hints: the third, like the solutions, is switched off in this class."]
    return Verdict(f"Hint {min(n, last)} of {last}.", (task.hints[min(n, last) - 1], *more))


@shown
def solution(key=None):
    """Worked code for an exercise or a challenge, and what to see in it: solution("2.3"), solution("2.c1")."""
    if solutions_are_hidden():
        return Verdict("Solution.", ("Solutions are switched off in this class: COURSE_SOLUTIONS is off.",))
    task = find(key, 'solution("2.3")')
    if isinstance(task, Challenge):
        return Verdict("One answer.", (f"{task.key}, {task.title}:", task.code, task.result, task.notice))
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
        return display(widget(questions, record.solve) if in_notebook() else bundle(questions))
    if number:
        raise UsageError(f'Answer one question at a time: `quiz("{first.key}", "a")`.')
    verdict = first.judge(letter)
    if verdict.lead == RIGHT:
        record.solve(first.key)
    return verdict


@shown
def progress(lesson=None, code=None):
    """What is done, a line for each lesson; or exercise by exercise in one, progress("2").

    Below it stands a short code for a teacher, which says how each exercise and question stands and nothing else: if
    the record is kept in a file, or with `code=True` in any case, with `code=False` never.
    """
    record.exchange()
    chosen = None if lesson is None else str(lesson).strip().lstrip("0")
    if chosen not in (None, *map(str, lessons())):
        raise UsageError(f"There is no lesson {str(lesson)[:20]!r}; there are {', '.join(map(str, lessons()))}.")
    lines, done, all_points = [], 0, 0
    for number, module in lessons().items():
        counted = (*module.EXERCISES, *module.QUESTIONS)
        points, of = sum(t.points for t in counted if t.key in record.solved), sum(t.points for t in counted)
        done, all_points = done + points, all_points + of
        if chosen in (None, str(number)):
            lines.append(f"Lesson {number}, {module.TITLE}: {points} of {of} points.")
        if chosen == str(number):
            answered = sum(question.key in record.solved for question in module.QUESTIONS)
            lines += [f"· {task.key} {task.title}: {record.state(task.key)}" for task in module.EXERCISES]
            lines.append(f"· quiz: {answered} of {len(module.QUESTIONS)} questions")
    if code or (code is None and record.file):
        packed = share.pack({k: record.standing(k) for k, task in tasks().items() if not isinstance(task, Challenge)})
        lines.append(f"For a teacher who asks where you are, and without your name: `{packed}`")
    return Verdict("Your progress.", (f"{done} of {all_points} points in all.", *lines))


def yours(key=None, slow=False):
    """The learner's own function for an exercise, if there is a right one, else the course's: yours("5.3").

    It is judged once more, and a much slower one than the course's is not taken unless `slow` is true. Raises
    UsageError (a ValueError) for what is no exercise that asks for a function or class.
    """
    task = find_exercise(key, 'yours("5.3")')
    if not (isinstance(task, Exercise) and callable(task.right)):
        raise UsageError(f'{task.key} asks for no function; `check("{task.key}", {task.name})` judges it.')
    record.exchange()
    mine, why_not = own_answer(task, slow)
    says = f"`{task.name}` is yours." if mine else f"`{task.name}` is the course's{why_not}."
    if os.environ.get("COURSE_PROGRESS") == "off":
        says = f"`{task.name}` is yours if exercise {task.key} is solved, else the course's."
    display(Verdict(f"{task.key}.", (says,)).bundle())
    return mine or task.right


# --- what is kept -----------------------------------------------------------------------------------------------------

MUCH_SLOWER = 20  # times the course's own code


def own_answer(task, slow):
    """The learner's function, or None and why it is not taken."""
    if task.key not in record.sources:
        return None, f", until yours is right: {task.key} is open"
    made = sandbox.run(lambda: keep.run(record.sources[task.key], task.name), sandbox.SECONDS)
    if made.error or made.stopped or task.judge(made.result).lead != RIGHT:
        return None, f": what you wrote for {task.key} is not right any more; check it again"
    if task.large and not slow and (times := slowness(task, made.result)) > MUCH_SLOWER:
        return None, f': yours is right, and takes {times:.0f} times as long; `yours("{task.key}", slow=True)` insists'
    return made.result, ""


def slowness(task, mine):
    """How many times longer the learner's function takes for one large call than the course's."""
    seconds = {}
    for function in (task.right, mine):
        for _ in range(3):
            arguments = deepcopy(list(task.large()))
            limit = 100 * seconds.get(task.right, sandbox.SECONDS)
            start = time.perf_counter()
            run = sandbox.run(lambda f=function, a=arguments: task.use(f, *a), limit)
            took = time.perf_counter() - start
            seconds[function] = min(seconds.get(function, took), took)
            if run.stopped:
                break
    return seconds[mine] / seconds[task.right]


def store(task, answer):
    """Note a right answer, and its text if it can be kept; sentences about that."""
    source, says = None, []
    if isinstance(task, Exercise) and callable(task.right):
        try:
            source = keep.kept(answer, task.name)
        except keep.NotKept as why:
            says = [f"It is right, and cannot be kept for `my_network.py`: {why}."]
        except Exception:  # whatever a learner's names hold
            says = ["It is right, and cannot be kept for `my_network.py`."]
    record.solve(task.key, source)
    if os.environ.get("COURSE_PROGRESS") == "off":
        return []
    if source and record.file:
        file = record.file.with_name("my_network.py")
        try:
            if keep.write(file, my_network()):
                says.append("`my_network.py` was changed by hand; what you had there is now `my_network.py.bak`.")
        except OSError as error:
            says.append(f"`my_network.py` cannot be written here ({error.strerror or type(error).__name__}).")
    return says


def my_network():
    """The text of my_network.py: every right answer that was kept, and a training if all its parts are there."""
    parts = [
        (f"{key} · {task.title}", task.name, record.sources[key])
        for key, task in tasks().items()
        if key in record.sources
    ]
    whole = {"2.5", "3.1", "5.3", "6.3", "6.4", "6.6"} <= set(record.sources)
    return keep.module(parts, HEAD, TRAINING if whole else "")


HEAD = '''"""What you wrote in the course, gathered from your right answers. Import it, read it, run it."""
'''
TRAINING = """

if __name__ == "__main__":
    import numpy

    from helpers.data import load_mnist
    from helpers.network import one_hot, relu, relu_prime

    mnist, rng, sizes = load_mnist(), numpy.random.default_rng(0), [784, 128, 10]
    pairs = list(zip(sizes[1:], sizes[:-1]))
    W = [None, *(rng.normal(size=pair).astype("float32") * numpy.float32((2 / pair[1]) ** 0.5) for pair in pairs)]
    b = [None, *(numpy.zeros((n, 1), "float32") for n in sizes[1:])]
    f, adam = [None, relu, softmax], Adam(0.001)
    for epochs in (8, 2):
        history = learn(
            mnist.X_train, one_hot(mnist.y_train, 10), W, b, f, relu_prime, adam, epochs, batch_size=64, rng=rng
        )
        adam.learning_rate /= 10  # small steps at the end
    _, A = forward(mnist.X_test.T, W, b, f)
    print(f"loss of the last epoch {history[-1]:.4f}, accuracy on the test digits", end=" ")
    print(f"{(A[-1].argmax(axis=0) == mnist.y_test).mean():.2%}")
"""


# --- finding and showing ----------------------------------------------------------------------------------------------


@cache
def lessons():
    """{2: the module lesson_02, …}"""
    names = [module.name for module in pkgutil.iter_modules(__path__) if re.fullmatch(r"lesson_\d\d", module.name)]
    return {int(name[-2:]): importlib.import_module(f"course.exercises.{name}") for name in sorted(names)}


@cache
def tasks():
    """{"2.3": the exercise, "2.q1": the question, "2.c1": the challenge, …}, lesson by lesson"""
    parts = "EXERCISES", "QUESTIONS", "CHALLENGES"
    return {task.key: task for lesson in lessons().values() for part in parts for task in getattr(lesson, part)}


def find(key, example):
    """The exercise, question or challenge with this id."""
    if type(key) is not str:
        raise UsageError(f"The id comes first, in quotes: `{example}`.")
    wanted = key.strip().lower().lstrip("0")
    if wanted not in tasks():
        near = get_close_matches(wanted, tasks(), n=3, cutoff=0.5) or list(tasks())[:3]
        wanted = re.sub(r"[^\w. ]", "", wanted)[:20]
        raise UsageError(f'There is no "{wanted}"; did you mean {" or ".join(near)}? `progress()` lists all exercises.')
    return tasks()[wanted]


def find_exercise(key, example):
    task = find(key, example)
    if isinstance(task, Question):
        raise UsageError(f'{task.key} is a quiz question: `quiz("{task.key}")` asks it and explains each choice.')
    if isinstance(task, Challenge):
        raise UsageError(f'{task.key} is a challenge, without a check; `solution("{task.key}")` shows one answer.')
    return task


def solutions_are_hidden():
    return os.environ.get("COURSE_SOLUTIONS", "").lower() == "off"


def in_notebook():
    """Is there a kernel? IPython in a terminal has none."""
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def display(thing):
    """Show a bundle of texts or a widget in a notebook; elsewhere print its text, "?" for what the console lacks."""
    if in_notebook():
        from IPython.display import display as show

        show(thing, raw=isinstance(thing, dict))
    else:
        print(printable(thing["text/plain"]))
