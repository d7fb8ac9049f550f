"""What nbval's run of the lessons does besides comparing outputs: pytest --nbval -p tests.notebooks.plugin notebooks

After each cell, after_cells.look is called in the same kernel, so that each lesson is executed once for all its checks.
A cell that does not run to its end (an error, a dead kernel, a thread it leaves, or the time-out, whose interrupt a
training obeys as it does Stop) fails by itself, and the rest of its notebook, which could only report its consequences,
is skipped. A cell tagged `torch` is skipped where PyTorch is missing.
"""

import os
import sys
from functools import cache
from pathlib import Path

import pytest

sys.modules.setdefault("rfc3987_syntax", None)  # before nbval, for the reason in tests/conftest.py

from nbval.plugin import IPyNbCell, NbCellError  # noqa: E402

from course.optional import torch_works  # noqa: E402

MODULE = "__import__('tests.notebooks.after_cells', fromlist=['*'])"
WATCHED, CULPRIT = pytest.StashKey[bool](), pytest.StashKey[str]()


def pytest_configure():
    root = str(Path(__file__).parents[2])  # the kernels import the module above from there
    os.environ["PYTHONPATH"] = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])


has_torch = cache(torch_works)  # which takes a second, if it is installed


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if isinstance(item, IPyNbCell) and CULPRIT in item.parent.stash:
        pytest.skip(f"cell {item.parent.stash[CULPRIT]} of this notebook did not run to its end")
    if isinstance(item, IPyNbCell) and "torch" in item.cell.metadata.get("tags", []) and not has_torch():
        pytest.skip("needs PyTorch, which is not installed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if not isinstance(item, IPyNbCell):
        return (yield)
    notebook, cell = item.parent, item.cell
    try:
        if WATCHED not in notebook.stash:
            notebook.stash[WATCHED] = True
            call_in_kernel(item, f"begin({notebook.path.stem!r})")
        result = yield
        if notebook.timed_out:
            item.raise_cell_error("it ended when it was interrupted")
        call_in_kernel(item, f"look({notebook.path.stem!r}, {cell.id!r})")
    except BaseException as error:
        if isinstance(error, NbCellError):
            if notebook.timed_out:
                limit = item.config.option.nbval_cell_timeout
                error.args = (f"took more than {limit:g} s; {error}",)
            error.source = f"# cell {cell.id}\n{error.source}"  # nbval's report has its number alone
        was_raised = any(output.output_type == "error" for output in item.test_outputs or ())
        expected = item.options["check_exception"]
        if notebook.timed_out or not notebook.kernel.is_alive() or (was_raised and not expected):
            notebook.stash[CULPRIT] = cell.id
        raise
    return result


def call_in_kernel(item, call):
    """Run a function of after_cells.py in the notebook's kernel, unseen; if it raises, the item fails."""
    client = item.parent.kernel.kc
    answer = client.execute(f"{MODULE}.{call}", silent=True, store_history=False, reply=True, timeout=60)["content"]
    if answer["status"] != "ok":
        if answer["ename"] == "RuntimeError":
            item.parent.stash[CULPRIT] = item.cell.id
        item.raise_cell_error(f"{answer['ename']}: {answer['evalue']}", "\n".join(answer["traceback"]))
