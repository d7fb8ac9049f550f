"""What runs around the lessons and is not taught: exercises, widgets, diagrams, the live picture of a training.

Each lesson imports from here first, so that a learner's own `helpers.py` beside the notebook, which Python would find
before the course's `helpers`, is named in a sentence.
"""

from importlib.util import find_spec
from pathlib import Path

_found = find_spec("helpers")
if _found is None or Path(_found.origin or "").resolve().parent != Path(__file__).resolve().parents[1] / "helpers":
    raise ImportError(
        f"The lessons need the course's own `helpers`, but Python finds {_found.origin if _found else 'none'}. "
        "If that is a file of yours, rename it; then restart the kernel."
    )
