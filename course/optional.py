"""Cells that need PyTorch, an extra of the course: where it is missing, each says so in one line and does nothing else.

Such a cell begins with the line `# needs PyTorch`, and has the tag `torch` for those who run notebooks without a page.
"""

import importlib
import sys

from IPython import get_ipython

MARK = "# needs PyTorch"
HOW = "which no browser has" if sys.platform == "emscripten" else "pip install torch"
SKIPPED = f"Skipped: this cell needs PyTorch ({HOW}), and the rest of the lesson does not."


def skip_cells_without_torch():
    """Call it in a lesson's first cell; after an installation, call it again."""
    shell = get_ipython()
    if shell is None:
        return
    hooks = shell.input_transformers_post
    if say_instead in hooks:
        hooks.remove(say_instead)
    if not torch_works():
        hooks.append(say_instead)


def torch_works():
    """Can it be imported? An installation may also be broken, which on Windows is an OSError."""
    try:
        importlib.import_module("torch")
    except (ImportError, OSError):
        return False
    return True


def say_instead(lines):
    """The lines of a cell as they are run: those of a marked one become one that says why it was skipped."""
    return [f"print({SKIPPED!r})\n"] if lines and lines[0].strip() == MARK else lines
