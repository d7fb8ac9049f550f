"""How notebooks are run: by tools/notebooks.py, which stores them, and by nbval with plugin.py, which compares them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import ScriptExporter
from nbformat.v4 import new_code_cell, new_notebook

from tests.notebooks import figures
from tools import notebooks as tool

ROOT = Path(__file__).parents[2]


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
    assert ScriptExporter().from_notebook_node(stored)[1]["output_extension"] == ".py"
    assert stored.cells[0].metadata == kept
    assert stored.cells[0].execution_count == 1
    assert [output.output_type for output in stored.cells[0].outputs] == ["stream", "execute_result"]
    assert path.read_bytes() == tool.serialize(stored)


def test_the_pieces_of_a_stream_are_joined_and_of_a_progress_bar_its_last_state_stays():
    pieces = ("stdout", "epoch 1\repo"), ("stdout", "ch 2\rdone\n"), ("stderr", "a warning\n"), ("stdout", "next\n")
    outputs = [{"output_type": "stream", "name": name, "text": text} for name, text in pieces]
    merged = [(output["name"], output["text"]) for output in tool.merge_streams(outputs)]
    assert merged == [("stdout", "done\n"), ("stderr", "a warning\n"), ("stdout", "next\n")]


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


SLEEPS = """import time
try:
    time.sleep(20)
except KeyboardInterrupt:
    %s"""
DRAWN = "import matplotlib.pyplot as plt\nplt.plot([1, 2], color='red')\nplt.title('A')\nplt.xlabel('x')\nplt.show()"
STDOUT = "import io, sys\nsys.stdout = io.StringIO()"
RUNNING = """import asyncio, threading, time
threading.Thread(target=lambda: (time.sleep(0.5), print("late"), time.sleep(20)), daemon=True, name="thread A").start()
timer = threading.Timer(0.5, lambda: print("late"))
timer.name = "timer B"
timer.start()
async def f():
    await asyncio.sleep(0.5)
    print("late")
task = asyncio.create_task(f(), name="task C")"""
FIRST, HARMLESS = "x = 1", "y = x"
NOTEBOOKS = {  # name: the cells between the first and the last, which is skipped; and words that are said about them
    "02_stops": ([SLEEPS % "pass"], ["took more than 2 s; it ended when"]),
    "03_raises": ([SLEEPS % "raise"], ["took more than 2 s; Timeout of 2 s"]),
    "04_error": (["1 / 0"], ["ZeroDivisionError"]),
    "05_exit": (["exit()"], ["it ends the kernel"]),
    "06_goes_on": (
        [DRAWN, STDOUT, HARMLESS, RUNNING],
        ["# cell c1", "a line in #ff0000", "without a label for y", "it leaves sys.stdout replaced"],
    ),
}
OPTIONS = "-rA --color=no -p no:cacheprovider -p tests.notebooks.plugin -p nbval --nbval --nbval-current-env"


def test_only_the_cell_to_blame_fails_and_the_rest_is_skipped_if_it_did_not_end(write):
    """One run of nbval: cells that obey the time-out or not, raise, end their kernel, draw with faults, go on."""
    for name, (cells, _) in NOTEBOOKS.items():
        path = write(**{f"c{k}": source for k, source in enumerate([FIRST, *cells, HARMLESS])})
        path = path.rename(path.with_stem(name))
    command = [sys.executable, "-m", "pytest", *OPTIONS.split(), "-c", ROOT / "pyproject.toml"]
    command += ["--nbval-cell-timeout=2", f"--rootdir={path.parent}", path.parent]
    environment = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")
    for name, (cells, words) in NOTEBOOKS.items():
        outcomes = re.findall(rf"^(PASSED|FAILED) \S*{name}.ipynb::Cell (\d)", done.stdout, re.MULTILINE)
        run = [(("FAILED", "PASSED")[cell in (FIRST, HARMLESS)], str(k)) for k, cell in enumerate([FIRST, *cells])]
        assert sorted(outcomes) == sorted(run), done.stdout + done.stderr
        assert not [missing for missing in words if missing not in done.stdout], done.stdout
    (left,) = set(re.findall(r"would be a later cell's: (.*)", done.stdout))
    assert set(left.split(", ")) == {"thread A", "timer B", "task C"}


def test_contrast_is_that_of_the_standard():
    assert figures.contrast("black", "white") == pytest.approx(21)
    assert figures.contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)  # the known border case
