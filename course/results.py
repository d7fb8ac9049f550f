"""What an answer made of one case: its numbers laid out as the expected ones are, and how the two differ.

An expected result is one array, or tuples and lists of arrays with None where nothing is asked for. Both are read as
{place: array}, such as {"dW[1]": …, "db[1]": …}; a single array has the place "". Whatever NumPy can make numbers of
will do: lists, numbers, arrays of other libraries.
"""

import copy
import re
from dataclasses import dataclass
from types import FunctionType, GeneratorType

import numpy as np

from course import sandbox
from course.float_warnings import watched
from course.text import code, listed, shape_in_words

KINDS = {
    str: "text",
    complex: "a complex number",
    FunctionType: "a function",
    GeneratorType: "a generator (`yield`, not `return`)",
}


class Form(Exception):
    """A result that cannot be compared; the message ends a sentence that begins "your `f` gave"."""


@dataclass
class Seen(sandbox.Run):
    """A run, with what came back."""

    arrays: dict | None = None  # {place: array}
    form: str = ""  # what came back if it cannot be laid out so: "nothing"
    raw: object = None  # and that itself
    changed: tuple[str, ...] = ()  # the names of the arguments that are not as they were


class Case(dict):
    """The arguments of one call, by name and in order; `words` describes them, if they are too many to be listed."""

    words = ""

    def __str__(self):
        return self.words or listed([f"{name} = {_words(value)}" for name, value in self.items()])


def case(words="", **arguments):
    """A case. Lists of numbers become arrays, whole ones np.intp, as np.bincount wants; for a list give a tuple."""
    made = Case({name: _array(value) if isinstance(value, list) else value for name, value in arguments.items()})
    made.words = words
    return made


def _array(values):
    if any(part is None or isinstance(part, np.ndarray) or callable(part) for part in values):
        return values  # a list with an entry for each layer
    array = np.array(values)
    return array.astype(np.intp) if array.dtype.kind == "i" else array


def _words(value):
    if callable(value):
        return getattr(value, "__name__", "a function")
    return code(value) if np.size(value) <= 12 else f"an array of shape {np.shape(value)}"


def is_unwritten(value):
    """Is this what a stub holds or returns: `...`, or a tuple or list of them?"""
    return value is ... or (type(value) in (tuple, list) and len(value) > 0 and all(part is ... for part in value))


def observe(use, answer, given, expected, names, seconds):
    """Call `use(answer, *arguments)` with copies of a case's arguments, and read what comes back.

    What is not written yet (`...` came back) ends as a NotImplementedError.
    """
    arguments, seen = watched(copy.deepcopy(list(given.values()))), {}

    def look():
        result = use(answer, *arguments)
        try:
            seen["arrays"] = read(result, expected, names)
        except Form as form:
            seen["form"], seen["raw"] = str(form), result
        seen["changed"] = tuple(
            name for name, after in zip(given, arguments, strict=True) if not same(given[name], after)
        )

    return Seen(**vars(sandbox.run(look, seconds)) | seen)


def read(result, expected, names=()):
    """The numbers of `result` as {place: array}, laid out as `expected` is. Raises Form, or NotImplementedError."""
    if is_unwritten(result):
        raise NotImplementedError
    if not names:
        return {"": _numbers(result, expected, "")}
    parts = _parts(result, len(expected), f"{len(expected)}: {listed([f'`{name}`' for name in names])}, in this order")
    arrays = {}
    for name, part, wanted in zip(names, parts, expected, strict=True):
        if not isinstance(wanted, list | tuple):
            arrays[name] = _numbers(part, wanted, name)
            continue
        entries = f"a list with entries 0 … {len(wanted) - 1}, so that `{name}[l]` is layer l's"
        for l, (entry, one) in enumerate(zip(_parts(part, len(wanted), entries, name), wanted, strict=True)):
            if one is not None:
                arrays[f"{name}[{l}]"] = _numbers(entry, one, f"{name}[{l}]")
    return arrays


def _parts(result, count, expected, name=""):
    as_name = f"as `{name}` " if name else ""
    if isinstance(result, np.ndarray | tuple | list) and np.ndim(result[:0]):
        if len(result) == count:
            return list(result)
        raise Form(f"{as_name}{len(result)} things; expected {expected}.")
    what = "nothing" if result is None else "one thing"
    raise Form(f"{as_name}{what}; expected {expected}.")


def _numbers(result, expected, name):
    """A part of a result as an array of numbers. Its shape may be another than the expected one's."""
    if is_unwritten(result):
        raise NotImplementedError
    kind, expected = type(result), np.asarray(expected)
    wanted = f"; expected {shape_in_words(expected.shape)}."
    as_name = f"as `{name}` " if name else ""
    if result is None:
        raise Form(f"{as_name}nothing{wanted}")
    if issubclass(kind, tuple(KINDS)):
        raise Form(f"{as_name}{next(KINDS[one] for one in KINDS if issubclass(kind, one))}{wanted}")
    try:
        array = np.asarray(result)
    except ValueError:
        raise Form(f"{as_name}a {kind.__name__} of rows that differ in length{wanted}") from None
    if array.dtype.kind == "O" and array.ndim == 0:
        try:
            array = np.asarray(float(result))  # a Fraction, a Decimal
        except (TypeError, ValueError):
            raise Form(f"{as_name}something of type `{kind.__name__}`{wanted}") from None
    if array.dtype.kind not in "fiub":
        what = "text" if array.dtype.kind in "SU" else f"elements of type `{array.dtype}`"
        raise Form(f"{as_name}{what}{wanted}")
    if array.shape != expected.shape and (array.size > max(10 * expected.size, 10_000)):
        raise Form(f"{as_name}{shape_in_words(array.shape)}{wanted}")
    return np.array(array.reshape(()) if expected.ndim == 0 and array.size == 1 else array)


def as_expected(result, names):
    """What a reference gave, as it is compared: arrays, in tuples and lists only where the parts have names."""
    if not names:
        return np.asarray(result)
    return [part if isinstance(part, list) else np.asarray(part) for part in result]


def same(a, b):
    """Are two arguments equal, in values and types, whatever they are made of?"""
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if callable(a) or a is None or isinstance(a, str):
        return a is b or a == b
    if isinstance(a, np.random.Generator):
        return True  # it is there to be drawn from
    return np.array_equal(a, b) and np.asarray(a).dtype == np.asarray(b).dtype


def near(a, b):
    """Which numbers of two arrays are the same, but for rounding? Those of 32 bits have fewer digits."""
    rtol = 1e-4 if np.float32 in (a.dtype, b.dtype) else 1e-5
    return np.isclose(a, b, rtol=rtol, atol=1e-8, equal_nan=True)


def close(a, b):
    """Have two arrays the same shape and, but for rounding, the same numbers?"""
    return a.shape == b.shape and near(a, b).all()


def agree(mine, theirs):
    """Did two answers do the same with a case?"""
    if mine.error or theirs.error:
        return (mine.error, _failure(mine.message)) == (theirs.error, _failure(theirs.message))
    if mine.arrays is None or theirs.arrays is None:
        return mine.form == theirs.form and alike(mine.raw, theirs.raw)
    return mine.arrays.keys() == theirs.arrays.keys() and all(
        close(mine.arrays[place], theirs.arrays[place]) for place in mine.arrays
    )


def _failure(message):
    """An exception's words as they are compared: `a @ b` and `np.dot(a, b)` fail alike, and so do a * b and b * a."""
    if sizes := re.search(r"\(size (\d+) is different from (\d+)\)", message):
        return sizes[2], sizes[1]
    if sizes := re.search(r"not aligned: (\d+) \(dim \d\) != (\d+) \(dim \d\)", message):
        return sizes.groups()
    if shapes := re.fullmatch(r"operands could not be broadcast together with shapes (\S+) (\S+)", message.strip()):
        return tuple(sorted(shapes.groups()))
    return message


def alike(a, b):
    """Are two results the same that could not be laid out?"""
    kinds = type(a), type(b)
    if all(issubclass(kind, list | tuple) for kind in kinds):
        return len(a) == len(b) and all(map(alike, a, b))
    if all(issubclass(kind, np.ndarray | np.generic | float | int) for kind in kinds):
        a, b = np.asarray(a), np.asarray(b)
        return a.dtype.kind in "fiub" and b.dtype.kind in "fiub" and close(a, b)
    return kinds[0] is kinds[1]
