"""What can be said of a wrong answer without knowing the exercise. Each sentence is true of the answer it is said of.

Looked at are its outcomes on the cases, what exceptions mean (course/text.py), and its own source, if there is one.
"""

import ast

import numpy as np

from course.exercises.keep import definition
from course.results import close
from course.text import code, exception_hint

MUTES = {"errstate", "seterr", "filterwarnings", "simplefilter", "catch_warnings"}


def muted(answer):
    """A fault if the answer silences warnings that it should not cause."""
    compiled = getattr(answer, "__code__", None)
    if hasattr(answer, "__wrapped__") or (compiled and MUTES & set(compiled.co_names)):
        return (
            "muted",
            "The numbers are right, but the warning is only silenced: nothing may overflow in the first place.",
        )
    return None


def diagnose(task, answer, k, seen):
    """The name of what is wrong with the outcome of case k, and a sentence; None if there is nothing to say."""
    got = seen[k]
    tree = definition(answer)
    if tree is not None and any(isinstance(node, ast.BitXor) for node in ast.walk(tree)):
        return "^", "`^` is no power in Python, it compares bits: write `**`."
    if got.error:
        hint = exception_hint(f"{got.error}: {got.message}")
        if hint and got.shapes:
            return hint[0], f"{hint[1]} There {got.shapes}."
        return hint or (("raised", f"There {got.shapes}.") if got.shapes else None)
    found = got.arrays and (_shapes_and_order(task.places[k], got.arrays) or _all_cases(task, seen))
    return found or _source(tree)


def _shapes_and_order(wanted, arrays):
    """What is wrong with the first array that is not right."""
    place = next((place for place in wanted if not close(arrays[place], wanted[place])), None)
    if place is None:
        return None
    array, expected, it = arrays[place], wanted[place], f"`{place}`" if place else "It"
    if array.ndim > 1 and close(array.T, expected):
        return "transposed", f"{it} is transposed: rows and columns are exchanged."
    if array.shape != expected.shape and close(np.squeeze(array), np.squeeze(expected)):
        where = f" in {it}" if place else ""
        return "an axis of length 1", f"The numbers are right; an axis of length 1 is too much or missing{where}."
    if array.size > 1 and array.size == expected.size and close(np.sort(array, None), np.sort(expected, None)):
        return "another order", f"{it} has the right numbers, in another order."
    return None


def _all_cases(task, seen):
    """What the results of all cases have in common: parts exchanged, a factor too much, or no difference."""
    if len(seen) < len(task.cases) or any(one.arrays is None or one.error for one in seen):
        return None
    expected, results = task.places, [one.arrays for one in seen]
    if found := _exchanged(results, expected):
        return found
    for part in ("", *task.returns):  # all of it, and then its parts
        if factor := _factor(*(_numbers(part, arrays) for arrays in (results, expected))):
            it = f"`{part}`" if part else "All of it"
            if abs(factor + 1) < 1e-6:
                return "sign", f"{it} has the right size and the wrong sign."
            return "factor", f"{it} is {code(factor)} times what it should be."
    flats, sizes = _numbers("", results), [one.size for one in _numbers("", expected)]
    if len(seen) > 2 and [one.size for one in flats] == sizes and all(close(one, flats[0]) for one in flats):
        return "constant", "It gives the same result in every case, whatever it is given."
    return None


def _exchanged(results, expected):
    """Are all arrays right, but in one another's places?"""
    found = None
    for mine, theirs in zip(results, expected, strict=True):
        left = dict(mine)
        for place, array in theirs.items():
            places = [at for at, one in left.items() if close(one, array)]
            if not places:
                return None
            at = place if place in places else places[0]
            found = found or (None if at == place else (place, at))
            del left[at]
    words = "These are the right results, in one another's places: what you gave as `{1}` is `{0}`."
    return ("exchanged", words.format(*found)) if found else None


def _numbers(part, cases):
    """The numbers of one part of the results, such as "dW" with its dW[1], dW[2], … ("": of all), case by case."""
    parts = ([one for at, one in arrays.items() if part in ("", at.partition("[")[0])] for arrays in cases)
    return [np.concatenate([np.zeros(0), *map(np.ravel, arrays)]) for arrays in parts]


def _factor(results, expected):
    """The number by which everything is multiplied, if that is all that is wrong."""
    if any(mine.shape != theirs.shape for mine, theirs in zip(results, expected, strict=True)):
        return None
    mine, theirs = np.concatenate(results), np.concatenate(expected)
    some = (theirs != 0) & np.isfinite(theirs)
    if np.isfinite(mine).all() and some.sum() > 2 and np.ptp(theirs[some]) > 0 and not close(mine, theirs):
        factor = mine[some][0] / theirs[some][0]
        return factor if factor and close(mine, factor * theirs) else None
    return None


def _source(tree):
    """What the text of a function shows."""
    if not isinstance(tree, ast.FunctionDef | ast.Lambda):
        return None
    for loop in ast.walk(tree):
        if isinstance(loop, ast.For | ast.While) and any(isinstance(line, ast.Return) for line in loop.body):
            return "return in the loop", "The `return` stands inside the loop, so the function ends in its first round."
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    parameters = [argument.arg for argument in tree.args.args]
    if unused := [name for name in parameters if name not in names and name != "self"]:
        return "unused", f"Your function never uses `{unused[0]}`."
    return None
