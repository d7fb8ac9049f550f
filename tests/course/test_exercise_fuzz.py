"""Whatever is given to check, it answers with one calm text: no traceback, exception, warning or other output."""

import contextlib
import io
import os
import re
import sys
import warnings
from functools import partial

import numpy as np
import pytest
from cells import ALL, new_kernel, said
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course.exercises import check, quiz
from course.exercises.grading import NOT_YET, OPEN, RIGHT
from course.exercises.questions import Choices

EXAMPLES = settings(max_examples=500 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 20)


class Hostile:
    """An object that refuses whatever is asked of it."""

    def _refuse(self, *_, **__):
        raise RuntimeError("no")

    __len__ = __iter__ = __getitem__ = __eq__ = __bool__ = __float__ = __array__ = __repr__ = __str__ = _refuse
    __hash__ = __call__ = __getattr__ = __deepcopy__ = _refuse


class Liar:
    __class__ = property(Hostile._refuse)


class Mute(Exception):
    __str__ = Hostile._refuse


class OddDict(dict):
    def get(self, *_):
        raise KeyError("no")


class Subclass(np.ndarray):
    def __array_finalize__(self, other):
        pass


def circular():
    items = []
    items.append(items)
    return items


def recurse(*arguments):
    return recurse(*arguments)


# Strategies give functions that make the value: Hypothesis itself would not survive some of the values.
floats = st.floats(allow_nan=True, allow_infinity=True)
dtypes = st.sampled_from(["f8", "f4", "f2", "i8", "i4", "u1", "?", "c16", "U3", "S2", "O", "M8[s]"])
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
LETTERS = {"alphabet": "aZ0 é≤\n\0{🙂"}  # few, as for all of Unicode Hypothesis makes a table of 200 MB
arrays = dtypes.flatmap(lambda dtype: hnp.arrays(dtype, shapes, elements=st.none() if dtype == "O" else LETTERS))
plain = st.one_of(
    *(st.none(), st.just(...), st.booleans(), st.integers(), floats, st.complex_numbers(), arrays),
    *(st.text(**LETTERS, max_size=5), st.binary(max_size=5), st.tuples(floats, st.text(**LETTERS, max_size=2))),
    *(st.lists(floats, max_size=4), st.lists(st.lists(floats, max_size=3), max_size=3)),
    st.dictionaries(st.text(**LETTERS, max_size=3), floats, max_size=3),
).map(lambda value: lambda: value)
odd = st.sampled_from(
    [
        *(object, Hostile, Liar, circular, lambda: Hostile, lambda: range(3), lambda: len, lambda: 10**400),
        lambda: np.array(None),
        lambda: np.ones((3, 1)).view(np.matrix),
        lambda: np.ones(3).view(Subclass),
        lambda: np.ma.masked_array([1.0, 2.0], [True, False]),
        lambda: np.broadcast_to(1.0, (10**6, 10**6)),
    ]
)
values = plain | odd
errors = [
    *(ValueError("a\nb"), KeyError("k"), SystemExit(1), KeyboardInterrupt(), GeneratorExit(), Mute(), Warning("w")),
    *(StopIteration(), MemoryError(), RecursionError(), AssertionError(), BaseException("base"), NotImplementedError()),
    UnicodeDecodeError("utf8", b"x", 0, 1, "x"),
]


@st.composite
def functions(draw):
    """A function that does one odd thing or two, and then returns something: nonsense, its input, or what it made."""
    make_value, error, amount = draw(values), draw(st.sampled_from(errors)), draw(st.integers(0, 10_000))
    deeds = draw(st.sets(st.sampled_from(["raise", "mutate", "print", "warn", "resize", "seterr"]), max_size=2))

    def function(*arguments):
        z = arguments[0]
        if "print" in deeds:
            print("x" * amount, file=sys.stderr if amount % 2 else sys.stdout)
        if "warn" in deeds:
            warnings.warn(f"w{amount}", stacklevel=1)
        if "seterr" in deeds:
            np.seterr(all="raise")
        if "mutate" in deeds:
            z[...] = 7
        if "resize" in deeds:
            z.resize((1, amount % 7 + 1), refcheck=False)
        if "raise" in deeds:
            raise error
        return back(z)

    backs = [
        *(lambda z: make_value(), lambda z: z, lambda z: z[::-1], lambda z: z.T, lambda z: z.sum(), lambda z: list(z)),
        *(lambda z: z.astype(np.int32), lambda z: z.astype(object), lambda z: z * np.nan),
        lambda z: np.exp(np.abs(z * 1000.0)) / 0,
    ]
    forms = [
        *(function, lambda: function(), lambda z: function(z), lambda z, slope=1: function(z, slope)),
        *(lambda a, b, c: function(a, b, c), partial(function)),
        type("Model", (), {"__call__": lambda self, *arguments: function(*arguments)})(),
    ]
    back, made = draw(st.sampled_from(backs)), draw(st.sampled_from(forms))
    return lambda: made


callables = st.sampled_from([recurse, Hostile, dict, np.sum, np.exp])
answers = st.one_of(functions(), values, callables.map(lambda function: lambda: function))


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    new_kernel(monkeypatch)


def assert_calm(call, *arguments):
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        text = said(call, *arguments)
    assert text.startswith((RIGHT, NOT_YET, OPEN))
    assert "could not judge" not in text, text
    assert not re.search(r"Traceback|0x[0-9a-f]{6}", text), text
    assert 20 < len(text) < 2000, text
    assert err.getvalue() == ""


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.key)
def test_check_survives_any_answer(task):
    @EXAMPLES
    @given(answers)
    def survive(make):
        assert_calm(check, task.key, make())

    before = np.geterr()
    survive()
    assert np.geterr() == before


@pytest.mark.parametrize("task", [task for task in ALL if isinstance(task, Choices)], ids=lambda task: task.key)
def test_check_survives_any_choices(task):
    texts = st.sampled_from([*task.names, *task.reasons, "Leaky-ReLU", np.tanh, ...]).map(lambda text: lambda: text)
    lists = st.dictionaries(st.sampled_from([*task.situations, "other"]), st.lists(texts | values, max_size=3))

    @EXAMPLES
    @given(lists, st.integers(0, 3))
    def survive(choices, form):
        made = {key: [make() for make in makers] for key, makers in choices.items()}
        forms = made, {key: tuple(pair) for key, pair in made.items()}, list(made.values()), OddDict(made)
        assert_calm(check, task.key, forms[form])

    survive()


def test_quiz_survives_any_answer():
    @EXAMPLES
    @given(values)
    def survive(make):
        if (answer := make()) is not None:
            assert_calm(quiz, "2.q1", answer)

    survive()
