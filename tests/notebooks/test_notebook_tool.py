"""Feeds tools/notebooks.py the notebooks it exists to refuse, and shows that what it writes is sound.

One lesson is run once, for the whole file. Every broken notebook is that lesson with a single change.
"""

import copy
import importlib.util
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "notebooks.py"
SANITIZE = ROOT / "tests" / "nbval_sanitize.cfg"

spec = importlib.util.spec_from_file_location("notebooks", TOOL)
notebooks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(notebooks)

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

TITLE = """# Add two numbers

You will be able to add. ![Two dots and two dots make four](picture.png) You need [nothing](#title), or
[the picture](picture.png), or [NumPy](https://numpy.org). In code, `![](x.png)` and $f[1](x)$ are no links."""

WIDGET = """import ipywidgets as widgets

class Pictured(widgets.VBox):
    def _repr_mimebundle_(self, **kwargs):
        return super()._repr_mimebundle_(**kwargs) | {"image/png": "PNG", "text/plain": "A slider at 3."}

Pictured([widgets.IntSlider(3)])""".replace("PNG", PNG)

CELLS = {
    "title": TITLE,
    "loop": "for i in range(3):\n    print(i, flush=True)",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "figure-caption": "*A blue line that rises from 1 to 2.*",
    "widget": WIDGET,
    "widget-caption": "*One grey dot, which stands\nfor a slider.*\n\nMove it!",
    "value": "round(2 / 3, 4)",
    "silent": "total = 60_000",
    "train": "for step in range(3):\n    print(f'\\rstep {step}', end='', flush=True)",
    "train-more": "print('\\nmoment by moment')",
    "train-holds": "assert step == 2\nprint('The training took three steps.')",
    "fail": "1 / 0",
    "surroundings": "import os\nprint(os.environ['OMP_NUM_THREADS'], os.path.exists('picture.png'))",
}
N_CODE = sum(not source.startswith(("# ", "*")) for source in CELLS.values())
TAGS = {"train": ["nbval-ignore-output"], "train-more": ["nbval-ignore-output"], "fail": ["raises-exception"]}


def build(sources, tags=()):
    """A notebook as an author's editor leaves it: never run here, with metadata of all kinds."""
    cells = []
    for cell_id, source in sources.items():
        make = new_markdown_cell if source.startswith(("# ", "*")) else new_code_cell
        cells.append(make(source, id=cell_id, metadata={"collapsed": True, "tags": dict(tags).get(cell_id, [])}))
    metadata = {"language_info": {"name": "python", "version": "3.1"}, "widgets": {}, "colab": {}}
    notebook = new_notebook(cells=cells, metadata=metadata)
    notebook.cells[1].update(execution_count=7, outputs=[new_output("stream", text="from another day\n")])
    return notebook


def write(path, notebook):
    path.write_bytes((nbformat.v4.writes(notebook) + "\n").encode("utf-8"))
    return path


def read(path):
    return nbformat.v4.reads(path.read_bytes())


def cell(notebook, cell_id):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The path of a lesson after `run`; nobody changes the file."""
    folder = tmp_path_factory.mktemp("lessons")
    (folder / "picture.png").write_bytes(b"")
    path = write(folder / "01_add.ipynb", build(CELLS, TAGS))
    assert notebooks.main(["run", str(path)]) == 0
    return path


@pytest.fixture
def draft(lesson, tmp_path):
    """A copy of the lesson, to be broken: its path and its notebook."""
    (tmp_path / "picture.png").write_bytes(b"")
    return tmp_path / lesson.name, copy.deepcopy(read(lesson))


# --- run -------------------------------------------------------------------------------------------------------------


def test_a_lesson_that_was_run_passes_check(lesson, capsys):
    assert notebooks.main(["check", str(lesson)]) == 0
    assert capsys.readouterr().out == ""


def test_run_counts_from_one_and_forgets_older_outputs(lesson):
    assert [cell.execution_count for cell in code(read(lesson))] == list(range(1, N_CODE + 1))
    assert "another day" not in lesson.read_text("utf-8")


def test_run_keeps_the_kernelspec_and_tags_and_no_other_metadata(lesson):
    notebook = read(lesson)
    assert notebook.metadata == {"kernelspec": notebooks.KERNELSPEC}
    assert {cell.id: cell.metadata for cell in notebook.cells if cell.metadata} == {
        cell_id: {"tags": tags} for cell_id, tags in TAGS.items()
    }


def test_run_merges_what_a_loop_prints(lesson):
    assert cell(read(lesson), "loop").outputs == [new_output("stream", name="stdout", text="0\n1\n2\n")]


def test_run_keeps_the_last_state_of_a_progress_bar(lesson):
    assert [output.text for output in cell(read(lesson), "train").outputs] == ["step 2"]


def test_run_keeps_the_picture_of_a_widget_and_drops_the_view(lesson):
    (output,) = cell(read(lesson), "widget").outputs
    assert output.data == {"image/png": PNG, "text/plain": "A slider at 3."}
    assert "widget" not in str(read(lesson).metadata)


def test_run_starts_the_kernel_in_the_notebooks_folder_with_one_thread(lesson):
    assert cell(read(lesson), "surroundings").outputs[0].text == "1 True\n"


def test_running_again_from_the_command_line_gives_the_same_bytes(lesson, monkeypatch, capsys):
    once = lesson.read_bytes()
    monkeypatch.setattr(sys, "argv", [str(TOOL), "run", str(lesson)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(TOOL), run_name="__main__")  # a new process would take two seconds to import jsonschema
    assert end.value.code == 0
    assert re.fullmatch(rf"{re.escape(str(lesson))}: \d+\.\d s\n", capsys.readouterr().out)
    assert lesson.read_bytes() == once


def test_a_failing_notebook_is_named_and_left_alone_and_the_others_run(tmp_path, capsys):
    sources = {"title": "# Fail", "begin": "print(1)", "divide": "x = 0\n1 / x", "end": "print(2)"}
    failing = write(tmp_path / "01_fail.ipynb", build(sources))
    good = write(tmp_path / "02_good.ipynb", build({"title": "# Succeed", "begin": "print(1)"}))
    before = failing.read_bytes()

    assert notebooks.main(["run", str(failing), str(good)]) == 1

    expected = f"{failing}: cell divide: `x = 0` raised ZeroDivisionError: division by zero; nothing was written"
    assert expected in capsys.readouterr().out.splitlines()
    assert failing.read_bytes() == before
    assert notebooks.check(good) == []
    assert {path.name for path in tmp_path.iterdir()} == {"01_fail.ipynb", "02_good.ipynb"}


def test_run_refuses_what_is_no_notebook(tmp_path):
    path = tmp_path / "01_broken.ipynb"
    path.write_bytes(b"<<<<<<< HEAD")
    assert notebooks.main(["run", str(path)]) == 1
    assert path.read_bytes() == b"<<<<<<< HEAD"


def test_the_result_passes_strict_nbval_under_the_settings_of_this_project(lesson):
    options = ["--nbval", "--nbval-current-env", f"--nbval-sanitize-with={SANITIZE}", "-p", "no:cacheprovider"]
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(lesson.parent), "-p", "nbval.plugin"]
    command = [sys.executable, "-m", "pytest", *options, *settings, str(lesson)]
    environment = os.environ | notebooks.KERNEL_ENVIRONMENT | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # starts faster
    result = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    assert result.returncode == 0, result.stdout
    assert f"{N_CODE} passed" in result.stdout


# --- check: what it refuses ------------------------------------------------------------------------------------------


def source(cell_id, text):
    return lambda notebook: cell(notebook, cell_id).update(source=text)


def printed(text, name="stdout"):
    """The cell `value` prints this instead of showing its value."""
    return lambda notebook: cell(notebook, "value").update(outputs=[new_output("stream", name=name, text=text)])


def shown(data, **metadata):
    return lambda notebook: cell(notebook, "figure").outputs[0].update(data=data, metadata=metadata)


def renamed(cell_id):
    return lambda notebook: cell(notebook, "silent").update(id=cell_id)


def tagged(cell_id, *tags):
    return lambda notebook: cell(notebook, cell_id).metadata.update(tags=list(tags))


def without_outputs(cell_id):
    return lambda notebook: cell(notebook, cell_id).update(outputs=[])


VIEW = {notebooks.WIDGET_VIEW: {"model_id": "1", "version_major": 2, "version_minor": 0}}

REFUSED = {
    # its form
    "nbformat 4.4": (lambda nb: nb.update(nbformat_minor=4), None, "is nbformat 4.4, expected 4.5"),
    "invalid": (lambda nb: cell(nb, "value").update(name="extra"), "value", "is not valid nbformat 4.5"),
    "top-level key": (lambda nb: nb.update(extra=1), None, "is not valid nbformat 4.5"),
    "notebook metadata": (lambda nb: nb.metadata.update(colab={}), None, "has the metadata `colab`"),
    "widget state": (lambda nb: nb.metadata.update(widgets={}), None, "has the metadata `widgets`"),
    "language info": (lambda nb: nb.metadata.update(language_info={"name": "x"}), None, "`language_info`"),
    "no kernelspec": (lambda nb: nb.metadata.clear(), None, "has another kernelspec"),
    "cell metadata": (
        lambda nb: cell(nb, "loop").metadata.update(scrolled=True),
        "loop",
        "has the metadata `scrolled`",
    ),
    "empty tags": (tagged("loop"), None, "is not written as this tool writes it"),
    "split stream": (
        lambda nb: cell(nb, "loop").outputs.append(new_output("stream", text="3\n")),
        None,
        "is not written as this tool writes it",
    ),
    "output metadata": (shown({"image/png": PNG}, created="today"), None, "is not written as this tool writes it"),
    "view beside a picture": (shown(VIEW | {"image/png": PNG}), None, "is not written as this tool writes it"),
    "view beside words": (shown(VIEW | {"text/plain": "A slider at 3."}), None, "is not written as this tool"),
    "result of another number": (
        lambda nb: cell(nb, "value").outputs[0].update(execution_count=9),
        None,
        "is not written as this tool writes it",
    ),
    # its ids and tags
    "no id": (lambda nb: cell(nb, "value").pop("id"), "number 7", "has no id"),
    "two of one id": (renamed("value"), "value", "is the id of 2 cells"),
    "hexadecimal id": (renamed("c0ffee12"), "c0ffee12", "made by a machine"),
    "uuid": (renamed("abcdef01-2345-6789-abcd-ef0123456789"), "abcdef01-2345-6789-abcd-ef0123456789", "by a machine"),
    "capitals in an id": (renamed("Plot_it"), "Plot_it", "not lower-case words"),
    "long id": (renamed("a" * 65), "a" * 65, "is not valid nbformat 4.5"),
    "unknown tag": (tagged("loop", "graduate"), "loop", "unknown tag `graduate`"),
    "skipped by nbval": (tagged("loop", "nbval-skip"), "loop", "unknown tag `nbval-skip`"),
    "nbval comment": (source("silent", "# NBVAL_SKIP\ntotal = 1"), "silent", "comment `# NBVAL_SKIP`"),
    # its cells
    "no title": (lambda nb: nb.cells.pop(0), "loop", "no title"),
    "second-level title": (source("title", "## Add"), "title", "no title"),
    "no code": (lambda nb: nb.update(cells=nb.cells[:1]), None, "has no code cell"),
    "no cells": (lambda nb: nb.update(cells=[]), None, "has no code cell"),
    "empty code cell": (lambda nb: nb.cells.append(new_code_cell(" ", id="hollow")), "hollow", "is empty"),
    "empty text cell": (lambda nb: nb.cells.append(new_markdown_cell("", id="hollow")), "hollow", "is empty"),
    "shell command": (source("silent", "!pip install numpy"), "silent", "is not plain Python"),
    "magic": (source("silent", "%matplotlib widget"), "silent", "is not plain Python"),
    "assigned magic": (source("silent", "total = !ls"), "silent", "is not plain Python"),
    "import *": (source("silent", "from math import *"), "silent", "imports * from math"),
    "semicolon": (source("silent", "total = 1;"), "silent", "ends with `;`"),
    "long cell": (source("silent", "total = 1\n" * 26), "silent", "has 26 lines"),
    "home in the source": (source("silent", "p = '/home/ada/x.csv'"), "silent", "names `/home/ada/x.csv'`"),
    "Windows home": (source("silent", r"p = 'C:\\Users\\ada'"), "silent", "names `C:"),
    "image without alt": (source("title", "# T\n![](picture.png)"), "title", "image without a description"),
    "img without alt": (source("title", "# T\n<img src='picture.png'>"), "title", "image without a description"),
    "img with empty alt": (source("title", "# T\n<img src='picture.png' alt=''>"), "title", "without a description"),
    "dead link": (source("title", "# T\n[next](02_gone.ipynb#top)"), "title", "links to 02_gone.ipynb, which"),
    "dead picture": (source("title", "# T\n![a curve](../gone.png)"), "title", "links to ../gone.png, which"),
    "dead img": (source("title", "# T\n<img alt='x' src='gone.png'>"), "title", "links to gone.png, which"),
    "dead reference": (source("title", "# T\n[next]\n\n[next]: gone.md"), "title", "links to gone.md, which"),
    # its outputs
    "one cell not run": (lambda nb: cell(nb, "silent").update(execution_count=None), "silent", "was never run"),
    "run twice": (lambda nb: cell(nb, "loop").update(execution_count=9), "loop", "has execution count 9, expected 1"),
    "stripped": (lambda nb: [cell.update(outputs=[]) for cell in code(nb)], None, "has no output at all"),
    "loop that printed": (without_outputs("loop"), "loop", "has no output, although it calls print()"),
    "figure without a description": (source("figure-caption", "No italics."), "figure", "without a description"),
    "figure gone": (without_outputs("figure"), "figure", "although it calls plt.show()"),
    "value gone": (
        lambda nb: cell(nb, "value").update(source="total", outputs=[]),
        "value",
        "although it ends in a value",
    ),
    "error": (tagged("fail"), "fail", "shows the error ZeroDivisionError"),
    "error gone": (without_outputs("fail"), "fail", "is tagged raises-exception and shows no error"),
    "stderr": (printed("overflow\n", "stderr"), "value", "writes `overflow` to stderr"),
    "warning": (printed("RuntimeWarning: overflow\n"), "value", "shows the warning `RuntimeWarning: overflow`"),
    "widget without picture": (
        shown(VIEW | {"text/plain": "IntSlider(value=3)"}),
        "figure",
        "nothing without a kernel",
    ),
    "widget alone": (shown(VIEW), "figure", "nothing without a kernel"),
    "temporary file": (printed("saved in /tmp/x/model.npz\n"), "value", "shows `/tmp/x/model.npz`"),
    "path in a picture": (shown({"text/html": "<b>/Users/ada/x</b>"}), "figure", "shows `/Users/ada/x"),
    "path in a coloured traceback": (
        lambda nb: cell(nb, "fail").outputs[0].traceback.append("File \x1b[32m/home/x/a.py\x1b[39m"),
        "fail",
        "shows `/home/x/a.py`",
    ),
    "address": (printed("<function f at 0x7ff6b902b650>\n"), "value", "shows `at 0x7ff6b902b650`"),
    "nothing asserted": (source("train-holds", "print('It took three steps.')"), "train", "assert what must hold"),
    "nothing asserted at the end": (
        tagged("surroundings", "nbval-ignore-output"),
        "surroundings",
        "assert what must hold",
    ),
    "assertion says nothing": (without_outputs("train-holds"), "train-holds", "asserts for `train` and prints nothing"),
}


@pytest.mark.parametrize(("change", "cell_id", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_check_refuses(draft, capsys, change, cell_id, words):
    path, notebook = draft
    change(notebook)
    write(path, notebook)
    assert notebooks.main(["check", str(path)]) == 1
    begin = f"{path}: cell {cell_id}: " if cell_id else f"{path}: "
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(begin) and words in line for line in lines), lines


@pytest.mark.parametrize(
    "text", ["1234.5", "0.00012345", "1.2345e-05", "1,234.5", "-0.66667", "98.765%", "[0.1 0.66667]", "loss=0.69315."]
)
def test_check_refuses_more_than_four_digits(draft, text):
    path, notebook = draft
    printed(f"{text}\n")(notebook)
    write(path, notebook)
    assert [cell_id for cell_id, sentence in notebooks.check(path) if "significant digits" in sentence] == ["value"]


@pytest.mark.parametrize(
    "data",
    [
        b"<<<<<<< HEAD",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"",
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ["x"]}',
    ],
)
def test_check_refuses_what_is_no_notebook(tmp_path, data):
    path = tmp_path / "01_broken.ipynb"
    path.write_bytes(data)
    cell_id, sentence = notebooks.check(path)[0]
    assert cell_id is None
    assert sentence.startswith(("is not a notebook", "is not valid nbformat 4.5"))


@pytest.mark.parametrize("name", ["add.ipynb", "1_add.ipynb", "01-add.ipynb", "01_Add.ipynb"])
def test_check_refuses_another_file_name(draft, name):
    path, notebook = draft
    write(path.with_name(name), notebook)
    assert notebooks.check(path.with_name(name)) == [(None, "is not named like 01_neuron.ipynb: rename it")]


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.rstrip(b"\n"),
        lambda data: json.dumps(json.loads(data), indent=2).encode("utf-8") + b"\n",
    ],
    ids=["line ends", "no newline at the end", "indentation"],
)
def test_check_refuses_the_same_content_in_other_bytes(lesson, draft, rewrite):
    path, _ = draft
    path.write_bytes(rewrite(lesson.read_bytes()))
    assert [sentence for _, sentence in notebooks.check(path)] == [
        "is not written as this tool writes it: `make notebooks` does"
    ]


def test_check_says_once_that_a_draft_was_never_run(draft):
    path, notebook = draft
    for each in code(notebook):
        each.update(execution_count=None, outputs=[])
    write(path, notebook)
    assert notebooks.check(path) == [(None, "was never run: `make notebooks` runs it")]


def test_check_reports_every_defect_of_every_notebook(draft, capsys):
    path, notebook = draft
    source("silent", "from math import *\ntotal = 1;")(notebook)
    other = write(path.with_name("02_more.ipynb"), notebook)
    write(path, notebook)
    assert notebooks.main(["check", str(path), str(other)]) == 1
    begins = [line.partition(": ")[0] for line in capsys.readouterr().out.splitlines()]
    assert begins == [str(path), str(path), str(other), str(other)]


# --- check: what it lets pass ----------------------------------------------------------------------------------------

PASSES = {
    "a graduated cell": tagged("silent", "graduated:forward"),
    "an id with digits": renamed("step-2-of-3"),
    "a line that begins like a magic": source("silent", "total = (60\n    % 7)"),
    "25 lines": source("silent", "\n".join(["total = 1"] * 25)),
    "a print that may not be reached": source("silent", "if total < 0:\n    print('impossible')"),
    "a print in a function": source("silent", "def f():\n    print('later')"),
    "None on the last line": source("silent", "None"),
    "a call that returns nothing": source("silent", "[].append(1)"),
    "hints on how to draw": shown(
        {"image/png": PNG}, **{"image/png": {"alt": "A blue line that rises from 1 to 2.", "width": 300}}
    ),
    "a URL that looks like a path": printed("https://example.org/home/ada/\n"),
    "a relative path": printed("../tmp/model.npz\n"),
    "many digits where nbval looks away": lambda nb: cell(nb, "train").outputs[0].update(text="0.123456 s"),
    "many digits in a traceback": lambda nb: cell(nb, "fail").outputs[0].traceback.append("x = 0.1234567"),
    "an image whose alt text is a formula": source("title", "# T\n![$x^2$](picture.png)"),
    "an image with alt text in HTML": source("title", '# T\n<img src="picture.png" alt="Two dots">'),
    "a link with an escape": source("title", "# T\n[the picture](%70icture.png)"),
    "a link to a web page": source("title", "# T\n[mail](mailto:ada@example.org) <https://example.org/x>"),
}


@pytest.mark.parametrize("change", PASSES.values(), ids=PASSES.keys())
def test_check_lets_pass(draft, change):
    path, notebook = draft
    change(notebook)
    write(path, notebook)
    assert notebooks.check(path) == []


@pytest.mark.parametrize(
    "text",
    ["98.45", "0.0001234", "1.234e-05", "60,000", "123456", "$350,123.45", "1.0000", "97.65%", "100.00%", "2024.12.1"],
)
def test_check_lets_short_and_exact_numbers_pass(draft, text):
    path, notebook = draft
    printed(f"{text}\n")(notebook)
    write(path, notebook)
    assert notebooks.check(path) == []


# --- the command line ------------------------------------------------------------------------------------------------


def test_without_paths_the_lessons_in_the_notebooks_folder_are_taken(lesson, draft, monkeypatch, capsys):
    path, notebook = draft
    monkeypatch.setattr(notebooks, "NOTEBOOKS", path.parent)
    with pytest.raises(SystemExit) as nothing_to_check:
        notebooks.main(["check"])
    assert nothing_to_check.value.code == 2

    write(path, notebook)
    assert notebooks.main(["check"]) == 0
    without_outputs("loop")(notebook)
    write(path, notebook)
    assert notebooks.main(["check"]) == 1
    assert "cell loop: has no output" in capsys.readouterr().out


def test_a_missing_file_is_no_success(tmp_path):
    with pytest.raises(SystemExit) as missing:
        notebooks.main(["check", str(tmp_path / "01_gone.ipynb")])
    assert missing.value.code == 2
