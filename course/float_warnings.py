"""NumPy's warnings in a browser, where it gives none: WebAssembly has no floating-point flags.

There, an answer gets its arrays as Watched ones, and NumPy's functions that overflow are replaced while it runs. Both
look at what comes out of an operation, and warn as NumPy does elsewhere.
"""

import copy
import sys
import warnings
from contextlib import contextmanager

import numpy as np

HAS_NO_FLAGS = sys.platform == "emscripten"
REPLACED = ("exp", "expm1", "square", "power", "cosh", "sinh", "log", "log2", "log10", "log1p", "divide", "sqrt")
DIVIDE = ("log", "log2", "log10", "log1p", "divide", "reciprocal")  # infinity from finite numbers is no overflow here


class Watched(np.ndarray):
    """An array whose operations warn; what they return is watched, too."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        inputs = [_plain(one) for one in inputs]
        before = copy.deepcopy(inputs) if out else inputs  # the result may take the place of one
        if out:
            options["out"] = tuple(map(_plain, out))
        result = getattr(ufunc, method)(*inputs, **options)
        if method != "at":
            _warn(ufunc.__name__ if method == "__call__" else method, before, result)
        return out[0] if len(out) == 1 else watched(result)

    def __repr__(self):
        return repr(_plain(self))


def watched(value):
    """The same value; where NumPy gives no warnings, with its arrays as Watched ones, also in lists and tuples."""
    if not HAS_NO_FLAGS:
        return value
    if type(value) in (list, tuple):
        return type(value)(map(watched, value))
    return value.view(Watched) if type(value) is np.ndarray else value


@contextmanager
def functions_that_warn():
    """Where NumPy gives no warnings, its functions that overflow warn, for numbers and plain arrays, too."""
    before = {name: getattr(np, name) for name in REPLACED} if HAS_NO_FLAGS else {}

    def that_warns(name, function):
        def warning(*arguments, **options):
            result = function(*arguments, **options)
            if not any(isinstance(one, Watched) for one in arguments):
                _warn(name, arguments, result)
            return watched(result)

        return warning

    for name, function in before.items():
        setattr(np, name, that_warns(name, function))
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(np, name, function)


def _plain(value):
    return value.view(np.ndarray) if isinstance(value, Watched) else value


def _warn(name, inputs, result):
    """Warn as NumPy does: nan from no nan is invalid, infinity from finite numbers an overflow or a division by 0."""
    result = np.asarray(result)
    if result.dtype.kind != "f" or np.isfinite(result).all():
        return
    numbers = [one for one in map(np.asarray, inputs) if one.dtype.kind in "fiub"]
    by_element = name not in ("matmul", "reduce", "accumulate", "reduceat", "outer")

    def anew(test):
        """Is there an element of the result for which `test` holds, and for none of the inputs that it is made of?"""
        before = [test(one) if by_element else test(one).any() for one in numbers]
        return (test(result) & ~np.logical_or.reduce(np.broadcast_arrays(False, *before))).any()

    infinity = ("divide", "divide by zero") if name in DIVIDE else ("over", "overflow")
    for (kind, words), test in ((("invalid", "invalid value"), np.isnan), (infinity, np.isinf)):
        if anew(test) and np.geterr()[kind] != "ignore":
            warnings.warn(f"{words} encountered in {name}", RuntimeWarning, stacklevel=3)
