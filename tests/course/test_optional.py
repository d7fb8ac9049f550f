"""Cells that need PyTorch: what is run in their place where it is missing."""

import sys
from types import SimpleNamespace

import pytest

from course import optional

CELL = ["# needs PyTorch\n", "import torch\n", "torch.ones(2)\n"]


@pytest.fixture
def hooks(monkeypatch):
    """What a shell without PyTorch does to the lines of a cell; the cell that asks for it was run twice."""
    shell = SimpleNamespace(input_transformers_post=[])
    monkeypatch.setattr(optional, "get_ipython", lambda: shell)
    monkeypatch.setitem(sys.modules, "torch", None)
    for _ in range(2):
        optional.skip_cells_without_torch()
    return shell.input_transformers_post


def test_without_pytorch_a_marked_cell_says_so_in_one_line_and_others_stay(hooks, capsys):
    (instead,) = hooks
    exec("".join(instead(CELL)))
    assert capsys.readouterr().out == f"{optional.SKIPPED}\n"
    for lines in (["x = 1\n", "# needs PyTorch\n"], [], ["print('# needs PyTorch')\n"]):
        assert instead(lines) == lines


def test_an_installation_is_noticed(hooks, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace())
    optional.skip_cells_without_torch()
    assert hooks == []


def test_a_broken_installation_counts_as_none(monkeypatch):
    def broken(name):
        raise OSError("a DLL is missing")

    monkeypatch.setattr(optional.importlib, "import_module", broken)
    assert not optional.torch_works()


def test_outside_a_notebook_there_is_nothing_to_do(monkeypatch):
    monkeypatch.setattr(optional, "get_ipython", lambda: None)
    optional.skip_cells_without_torch()
