"""Cells that need PyTorch: what is run in their place where it is missing."""

import sys
from types import SimpleNamespace

import pytest

from course import optional

CELL = ["# needs PyTorch\n", "import torch\n", "torch.ones(2)\n"]


@pytest.fixture
def hooks(monkeypatch):
    """The input hooks of a shell, and what one of them makes of lines."""
    shell = SimpleNamespace(input_transformers_post=[])
    monkeypatch.setattr(optional, "get_ipython", lambda: shell)
    return shell.input_transformers_post


def transformed(hooks, lines):
    for hook in hooks:
        lines = hook(lines)
    return lines


def test_without_pytorch_a_marked_cell_says_so_in_one_line_and_others_stay(hooks, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    for _ in range(2):  # the cell may be run again
        optional.skip_cells_without_torch()
    assert len(hooks) == 1
    exec("".join(transformed(hooks, CELL)))
    assert capsys.readouterr().out == f"{optional.SKIPPED}\n"
    for lines in (["x = 1\n", "# needs PyTorch\n"], [], ["print('# needs PyTorch')\n"]):
        assert transformed(hooks, lines) == lines


def test_with_pytorch_nothing_is_changed_and_an_installation_is_noticed(hooks, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    optional.skip_cells_without_torch()
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace())
    optional.skip_cells_without_torch()
    assert transformed(hooks, CELL) == CELL


def test_a_broken_installation_counts_as_none(monkeypatch):
    def broken(name):
        raise OSError("a DLL is missing")

    monkeypatch.setattr(optional.importlib, "import_module", broken)
    assert not optional.torch_works()


def test_outside_a_notebook_there_is_nothing_to_do(monkeypatch):
    monkeypatch.setattr(optional, "get_ipython", lambda: None)
    optional.skip_cells_without_torch()
