"""Every lesson, opened in JupyterLab by a browser, runs to its end: no error in a cell, none of ours in the console."""

from pathlib import Path

import pytest

LESSONS = sorted(path.name for path in (Path(__file__).parent.parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_to_its_end(open_notebook, name):
    notebook = open_notebook(name)
    notebook.run_all(minutes=5)
    assert notebook.errors() == []
    code = [cell for cell in notebook.cells() if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert notebook.console == []
