"""How numbers, lists and code are written for people, in the sentences of widgets and in verdicts.

A sentence has the minus sign of formulas, "−" (U+2212). Code has an ASCII "-", so that it can be pasted: whatever
stands in backticks, and the values that a verdict names, as in "For x = [1, -2] your `f` gave -3".
"""

import re
import sys
from html import escape

import numpy as np

EXCEPTION_HINTS = {  # how an exception begins: the name of the mistake, and what it means
    r"ValueError: The truth value of an array": (
        "if on an array",
        "`if`, `and`, `or` and `max` need one True or False; a comparison of arrays gives one for each element. "
        "`np.where(condition, a, b)` chooses element by element.",
    ),
    r"TypeError: only .* can be converted to": (
        "math on an array",
        "The functions of `math` take one number; those of NumPy, such as `np.exp`, take whole arrays.",
    ),
    r"ValueError: (shapes|matmul)": (
        "shapes do not fit",
        "Two arrays in that line have shapes that do not fit together: in `a @ b`, a has as many columns as b rows.",
    ),
    r"ValueError: (operands|could not broadcast)": (
        "shapes do not fit",
        "Two arrays in that line have shapes that do not fit together. `*` and `+` go element by element: shapes must "
        "be equal but for axes of length 1, which `keepdims=True` keeps in a sum; a matrix product is written `@`.",
    ),
    r"AxisError": ("no such axis", "The array has no such axis: the first is axis 0, the last axis −1."),
    r"UFuncTypeError: Cannot cast": (
        "whole numbers in place",
        "The input holds whole numbers, and so does every copy of it; fractions cannot be written into it. "
        "Make a new array, for example with `np.where`.",
    ),
    r"(NameError|UnboundLocalError)": ("unknown name", "Is it spelled right, and have you run the cell that makes it?"),
    r"OverflowError": ("overflow", "A number became too large for a float: which power or exponential grows so much?"),
    r"IndexError: arrays used as indices": (
        "no index",
        "Only whole numbers can be indices; in these brackets are others.",
    ),
    r"IndexError: too many indices": (
        "too many indices",
        "The array has fewer axes than that line gives indices: print its shape.",
    ),
    r"IndexError: boolean index": (
        "a mask of another length",
        "An array of True and False picks from one of the same length: compare their shapes.",
    ),
    r"IndexError": ("index", "Indices begin at 0, so the last one is the length − 1."),
    r"RecursionError": ("recursion", "Your function calls itself without end."),
    r"SystemExit": ("exit", "No need to stop the program: give the result back with `return`."),
}


def exception_hint(error):
    """For an exception, such as "IndexError: …", the name of the usual mistake and what it means; None if unknown."""
    return next((hint for beginning, hint in EXCEPTION_HINTS.items() if re.match(beginning, error)), None)


def number(x, digits=4):
    """A number in a sentence: as `code`, with "−" for a minus and "none" for NaN."""
    return "none" if np.isnan(x) else minus(code(x, digits))


def decimal(x, places=2, trim=True):
    """A number with at most so many decimals, or with `trim=False` exactly so many: 0.5 or 0.50; "none" for NaN."""
    if np.isnan(x):
        return "none"
    text = f"{round(float(x), places) + 0.0:.{places}f}"  # + 0.0 makes 0 of −0
    return minus(text.rstrip("0").rstrip(".") if trim and "." in text else text)


def factor(x, digits=4):
    """A number in the middle of a formula: in brackets if it is negative."""
    return f"({number(x, digits)})" if x < 0 else number(x, digits)


def minus(text):
    return text.replace("-", "−")


def code(value, digits=4):
    """A number or an array as Python code: 3, -0.25, [1, 2e-05].

    At most so many significant digits; whole numbers below 10⁹ have all of theirs.
    """
    if np.ndim(value):
        return "[" + ", ".join(code(part, digits) for part in value) + "]"
    x = float(value) + 0.0  # + 0.0 makes 0 of −0
    return f"{x:.0f}" if x.is_integer() and abs(x) < 1e9 else f"{x:.{digits}g}"


def shape_in_words(shape):
    return f"an array of shape {shape}" if shape else "one number"


def listed(words):
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def inline(line):
    """A sentence with `code` in it as HTML; a line that holds line breaks is code as a whole."""
    if "\n" in line:
        return f'<pre style="margin: 0.5em 0"><code>{escape(line)}</code></pre>'
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(line, quote=False))


def printable(text):
    """`text` as sys.stdout can show it; characters that its encoding lacks become question marks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
