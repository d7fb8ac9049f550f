"""How notebooks are run: by tools/notebooks.py, which stores them, and by nbval with plugin.py, which compares them."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.notebooks import figures
from tools import notebooks as tool

ROOT = Path(__file__).parents[2]
OBEYS_STOP = """import time
try:
    time.sleep(20)
except KeyboardInterrupt:
    pass"""


@pytest.fixture
def write(tmp_path):
    def write(**sources):
        cells = [new_code_cell(source, id=name.replace("_", "-")) for name, source in sources.items()]
        path = tmp_path / "01_test.ipynb"
        path.write_bytes(nbformat.v4.writes(new_notebook(cells=cells)).encode("utf-8"))
        return path

    return write


def test_run_stores_outputs_and_keeps_only_the_metadata_that_readers_need(write):
    path = write(add="print('two')\n1 + 1")
    notebook = nbformat.read(path, 4)
    kept = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
    notebook.cells[0].metadata = {**kept, "scrolled": True, "jupyter": {**kept["jupyter"], "outputs_hidden": True}}
    notebook.metadata["widgets"] = {}
    nbformat.write(notebook, path)
    assert tool.main(["run", str(path)]) == 0
    stored = nbformat.read(path, 4)
    assert stored.metadata == tool.METADATA
    assert stored.cells[0].metadata == kept
    assert stored.cells[0].execution_count == 1
    assert [output.output_type for output in stored.cells[0].outputs] == ["stream", "execute_result"]
    assert path.read_bytes() == tool.serialize(stored)


@pytest.mark.parametrize("last_words", ["1 / 0", "import os\nos._exit(1)"])
def test_a_cell_that_fails_is_named_and_nothing_is_written(write, capsys, last_words):
    path = write(good="x = 1", bad=last_words)
    before = path.read_bytes()
    assert tool.main(["run", str(path)]) == 1
    assert f"cell bad: `{last_words.splitlines()[0]}` raised" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_no_notebook_is_left_alone(tmp_path, capsys):
    path = tmp_path / "01_test.ipynb"
    path.write_bytes(b"<<<<<<< HEAD")
    assert tool.main(["run", str(path)]) == 1
    assert "is not a notebook" in capsys.readouterr().out
    assert path.read_bytes() == b"<<<<<<< HEAD"


def validate(path, *options):
    """The last line of nbval's run of a notebook, and all it says."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "tests.notebooks.plugin", "--color=no"]
    command += ["--nbval", "--nbval-current-env", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(path.parent)]
    environment = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    done = subprocess.run(
        [*command, *options, str(path)], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=300
    )
    return done.stdout.strip().splitlines()[-1], done.stdout + done.stderr


@pytest.mark.parametrize("culprit", [OBEYS_STOP, "import time\ntime.sleep(20)", "1 / 0"], ids=["stop", "slow", "error"])
def test_a_cell_that_does_not_end_is_the_only_one_that_fails(write, culprit):
    summary, said = validate(write(first="x = 1", culprit=culprit, later="y = x", last="y"), "--nbval-cell-timeout=2")
    assert "1 failed, 1 passed, 2 skipped" in summary, said
    assert "# cell culprit" in said


def test_a_figure_with_faults_fails_the_cell_that_shows_it(write):
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2], color='red')\nplt.title('A')\nplt.xlabel('x')\nplt.show()"
    summary, said = validate(write(figure=draw, later="x = 1"))
    assert "1 failed, 1 passed" in summary, said
    for words in ("# cell figure", "a line in #ff0000", "without a label for y"):
        assert words in said


def test_contrast_is_that_of_the_standard():
    assert figures.contrast("black", "white") == pytest.approx(21)
    assert figures.contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)  # the known border case
