"""How a widget uses a function the learner wrote: whatever it does, there is an array to draw and words to say."""

import numpy as np

from course import sandbox
from course.results import Case, observe
from course.text import exception_hint, number

SECONDS = sandbox.SECONDS / 10  # what one call may take: 1 s, 6 s in a browser


def call_learner_code(who, function, z, call=None, patience=1, **options):
    """`function(z, **options)` as floats of z's shape, NaN where it gives no finite number, and sentences, beginning
    with `who`, about everything that was wrong. With `call`, `call(z)` in its place, which calls the function itself;
    it may take `patience` times as long as one call.
    """
    z = np.asarray(z, dtype=float)
    nothing = np.full(z.shape, np.nan)
    if not callable(function):
        return nothing, [f"{who} is of type `{type(function).__name__}`, not a function."]
    seconds = patience * SECONDS
    seen = observe(lambda f, z: call(z) if call else f(z, **options), function, Case(z=z), z, (), seconds)
    array = seen.arrays and seen.arrays[""]
    sentences = [f"{who} {did}" for did in _said(seen, array, z, seconds)]
    if array is None or array.shape != z.shape:
        return nothing, sentences
    return np.where(np.isfinite(array), array, np.nan).astype(float), sentences


def _said(seen, array, z, seconds):
    """The ends of those sentences."""
    if seen.stopped:
        yield f"took longer than {seconds:.0f} s and was stopped."
    elif seen.error == "NotImplementedError":
        yield "is not written yet."
    elif seen.error:
        error = f"{seen.error}: {seen.message}".rstrip(": ")
        _, hint = exception_hint(error) or ("", "")
        yield f"raised {error.rstrip('.')}. {hint}".strip()
    elif array is None:
        what = seen.form.partition(";")[0]
        yield f"returned {what}, not numbers." + (" Is its `return` missing?" if what == "nothing" else "")
    elif array.shape != z.shape:
        yield f"returned {'one number' if array.shape == () else f'shape {array.shape}'} instead of shape {z.shape}."
    elif (bad := ~np.isfinite(array)).any():
        kind = "NaN" if np.isnan(array).any() else "infinity"
        yield f"returned {kind} for {_places(z, bad)}."
    if seen.changed:
        yield "changed the array it was given; let it make a new one."
    if seen.warnings:
        yield f"warned: {seen.warnings[0].rstrip('.')}."
    if seen.printed:
        yield f"printed: {' / '.join(seen.printed.splitlines())}"


def _places(z, bad):
    low, high = (number(end) for end in (z[bad].min(), z[bad].max()))
    return f"z = {low}" if low == high else f"{bad.sum()} of the {z.size} numbers, z from {low} to {high}"
