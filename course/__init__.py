"""What runs around the lessons and is not taught: exercises, widgets, diagrams, the live picture of a training.

A learner's own `helpers.py`, `helpers/` or `numpy.py` beside the notebook, which Python finds before the one that is
meant, is named here in a sentence. (What README.md says helps where this is not reached: their own `course.py`, or an
import of NumPy before this one.)
"""

from importlib.util import find_spec
from pathlib import Path


def _location(name):
    """The file of a module, or the folder of a package, also of one without `__init__.py`; None if there is none."""
    spec = find_spec(name)
    return spec and Path(next(iter(spec.submodule_search_locations or [spec.origin]))).resolve()


for _name in ("helpers", "numpy", "matplotlib", "ipywidgets", "anywidget", "PIL", "pooch", "torch"):
    _found, _ours = _location(_name), Path(__file__).resolve().parents[1] / _name
    if _found != _ours if _name == "helpers" else _found and _found.parent == Path.cwd().resolve():
        raise ImportError(
            f"The lessons need {'the course’s own' if _name == 'helpers' else 'the library'} `{_name}`, but Python "
            f"finds {_found or 'none'}. If that is yours, rename it; then restart the kernel."
        )
