"""How notebooks are run: by tools/notebooks.py, which stores them, and by nbval with plugin.py, which compares them."""

import os
import re
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
CULPRITS = {  # name: the second cell, and the third
    "02_stops": (OBEYS_STOP, "y = x"),
    "03_slow": ("import time\ntime.sleep(20)", "y = x"),
    "04_error": ("1 / 0", "y = x"),
    "05_drawn": (DRAWN, STDOUT),
    "06_running": (RUNNING, "y = x"),
    "08_exit": ("exit()", "y = x"),
    "07_says": ("import time\ntry:\n    time.sleep(20)\nexcept KeyboardInterrupt:\n    print('stopped')", "y = x"),
}
OPTIONS = "-rA --color=no -p no:cacheprovider -p tests.notebooks.plugin -p nbval --nbval --nbval-current-env"


def test_only_the_cell_to_blame_fails_and_the_rest_is_skipped_if_it_did_not_end(write):
    """One run of nbval: cells that obey the time-out or do not, raise, draw with faults, or leave something."""
    for name, (culprit, later) in CULPRITS.items():
        path = write(first="x = 1", culprit=culprit, later=later, last="y = x")
        path = path.rename(path.with_stem(name))
    command = [sys.executable, "-m", "pytest", *OPTIONS.split(), "-c", ROOT / "pyproject.toml"]
    command += ["--nbval-cell-timeout=2", f"--rootdir={path.parent}", path.parent]
    environment = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")
    for name in CULPRITS:
        outcomes = re.findall(rf"^(PASSED|FAILED) \S*{name}.ipynb::Cell (\d)", done.stdout, re.MULTILINE)
        passed, failed = ("03", "12") if name == "05_drawn" else ("0", "1")
        expected = [*(("PASSED", cell) for cell in passed), *(("FAILED", cell) for cell in failed)]
        assert outcomes == expected, done.stdout + done.stderr
    assert "took more than 2 s; " in done.stdout, "the reason of 07, and not only that its output is another"
    for words in (
        "# cell culprit",
        "a line in #ff0000",
        "without a label for y",
        "it leaves sys.stdout replaced",
        "it ends the kernel",
    ):
        assert words in done.stdout
    (left,) = set(re.findall(r"would be a later cell's: (.*)", done.stdout))
    assert set(left.split(", ")) == {"thread A", "timer B", "task C"}


def test_contrast_is_that_of_the_standard():
    assert figures.contrast("black", "white") == pytest.approx(21)
    assert figures.contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)  # the known border case
