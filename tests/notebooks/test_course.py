"""The lessons as a learner takes them, each in a kernel of its own, without a browser.

The learner answers every exercise first wrong, then with its solution, and every question of the quiz, and must end at
all points; then runs every cell once more in the same kernel, the last one first, as people do who go back to a cell
and find the names of later ones. Nbval trains to the end and checks the figures. Here they are not drawn, the course's
`train` takes ten steps an epoch from lesson 07 on, and one where a cell is run once more, and LESS says what else is
shorter. In lesson 07, whose cells go on with what an exercise asks for, another learner answers nothing and presses
Stop, and a lesson that needs PyTorch in some cells is run without it. MNIST is the sample.
"""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course import exercises as engine
from course.optional import MARK, SKIPPED

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"), reverse=True)  # the later ones take longer
SETUP = """
from course.exercises import find, progress, quiz
from helpers import data
data.load_mnist = lambda source="auto", load=data.load_mnist: load("sample")
from matplotlib_inline.config import InlineBackend
InlineBackend.instance().figure_formats = set()
from matplotlib.backends.backend_agg import FigureCanvasAgg
FigureCanvasAgg.draw = FigureCanvasAgg.get_renderer
"""
BRIEF = """
import itertools
from helpers import training
training.whole = getattr(training, "whole", training.minibatches)
training.minibatches = lambda *arguments: itertools.islice(training.whole(*arguments), %d)
"""
WHOLE = """
from helpers import training
training.minibatches = getattr(training, "whole", training.minibatches)
"""

LESS = {  # lesson: what only makes it last, as it stands there and as it is run here
    "02": {"300, 0.02)": "30, 0.02)"},
    "06": {
        "(4000, 0.5, 20), (32, 0.5, 20), (1, 0.02, 2)": "(4000, 0.5, 1), (32, 0.5, 1), (1, 0.02, 1)",
        "epochs=20, rate=0.3": "epochs=5, rate=0.3",
        'settings = {"epochs": 10': 'settings = {"epochs": 2',
        "Adam(0.003), 10, 32, rng_ten": "Adam(0.003), 2, 32, rng_ten",
    },
    "08": {"X_few, 32": "X_few, 4", "epochs=60, batch_size=10": "epochs=6, batch_size=10"},
    "10": {"512, 2048, 4096)": "512)", "else 20": "else 5"},
}


@pytest.fixture
def take(tmp_path, monkeypatch):
    """take(sources) runs them in a fresh kernel, on through errors, with a record of progress of this test's own;
    returns for each what it showed, and the error it raised or ""."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)

    def take(sources):
        notebook = new_notebook(cells=[new_code_cell(source) for source in [SETUP, *sources]])
        resources = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(notebook, timeout=300, allow_errors=True, resources=resources).execute()
        return [(text(cell), error(cell)) for cell in notebook.cells[1:]]

    return take


def text(cell):
    parts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return "\n".join("".join(part) for part in parts)


def error(cell):
    return "".join(f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error")


def code(path):
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"}
    for long, short in LESS.get(path.name[:2], {}).items():
        assert any(long in source for source in cells.values()), f"lesson {path.name[:2]} no longer has {long}"
        cells = {name: source.replace(long, short) for name, source in cells.items()}
    return cells


def asked(source):
    """The exercises that a cell asks for."""
    return [engine.find(key, "") for key in re.findall(r'^check\("(\d+\.\d+)"', source, re.MULTILINE)]


def steps(path):
    """What the learner who answers everything runs: (cell id, source, words that its output must have)."""
    for name, source in code(path).items():
        tasks = asked(source)
        if path.name >= "07":  # lessons that train a lot
            yield name, WHOLE if tasks else BRIEF % 10, ""  # some answers are trained, and judged by that
        yield name, source, "Not written yet." if tasks else ""
        for task in tasks:
            assert task.stub.strip() in source
            yield name, f'check("{task.key}", find("{task.key}", "").wrong[0].example)', "Not yet."
            source = source.replace(task.stub.strip(), task.solution.strip())
            yield name, source, "Right."
    lesson = engine.lessons()[int(path.name[:2])]
    for question in lesson.QUESTIONS:
        (letter,) = [letter for letter, text, _ in question.lettered() if text == question.right]
        yield question.key, f'quiz("{question.key}", "{letter}")', "Right."
    points = sum(task.points for task in (*lesson.EXERCISES, *lesson.QUESTIONS))
    yield "all points", "progress()", f"{lesson.TITLE}: {points} of {points} points."


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_learner_ends_at_all_points_and_can_run_every_cell_again(take, path):
    first, again = list(steps(path)), dict(reversed(code(path).items()))
    shown = take([*(source for _, source, _ in first), BRIEF % 1, *again.values()])
    for (name, source, words), (said, error) in zip(first, shown, strict=False):
        assert not error, f"cell {name} raised {error}\n{source}"
        assert words in said, f"cell {name} should say {words!r}\n{source}\n{said}"
    failed = {name: error for name, (_, error) in zip(again, shown[len(first) + 1 :], strict=True) if error}
    assert not failed


STOP = """
import course.exercises.lesson_06, helpers.network, helpers.training
places = [(course.exercises.lesson_06, "minibatches"), (helpers.training, "minibatches")]
places += [(helpers.network.Network, "predict_proba"), (helpers.network.Network, "evaluate")]
kept, calls = [getattr(*place) for place in places], {}

def stopping(real, epoch, batch):
    def batches(*arguments):
        calls[id(real)] = calls.get(id(real), 0) + 1
        for k, one in enumerate(real(*arguments)):
            if (calls[id(real)], k) == (epoch, batch):
                raise KeyboardInterrupt
            yield one
    return batches

def stopping_once(real):
    def measure(*arguments):
        calls["measured"] = calls.get("measured", 0) + 1
        if calls["measured"] == 1:
            raise KeyboardInterrupt
        return real(*arguments)
    return measure

for (owner, name), real in zip(places, kept):
    if "%(when)s" == "while an epoch is measured":
        setattr(owner, name, real if name == "minibatches" else stopping_once(real))
    elif name == "minibatches":
        setattr(owner, name, stopping(real, *{"before the first step": (1, 0), "in an epoch": (2, 20)}["%(when)s"]))
"""
AGAIN = """
for place, real in zip(places, kept):
    setattr(*place, real)
"""


TRAINS = ("baselines", "train", "deeper")


def test_a_learner_who_answers_nothing_in_07_and_presses_stop_meets_no_error(take):
    """Through all of the lesson before the first step; then its cells that train are run again, and stopped later."""
    (path,) = [path for path in LESSONS if path.stem == "07_mnist_training"]
    cells = code(path)
    whens = ("before the first step", "in an epoch", "while an epoch is measured")
    first, *others = ({name: f"{STOP % {'when': when}}\n{cells[name]}\n{AGAIN}" for name in TRAINS} for when in whens)
    run = [*(cells | first).items(), *(pair for stopped in others for pair in stopped.items())]
    *shown, (points, _) = take([*(source for _, source in run), "progress()"])
    for (name, source), (said, error) in zip(run, shown, strict=True):
        assert not error, f"cell {name} raised {error}\n{source}"
        if source.startswith(STOP[:10]):
            assert ("stopped; the network keeps" if name == "deeper" else "Stopped. The network keeps") in said
    assert f"{engine.lessons()[7].TITLE}: 0 of " in points


BLOCKED = 'import sys\nsys.modules["torch"] = None'


def test_without_pytorch_lesson_10_runs_to_its_end_and_each_cell_that_needs_it_says_so_in_one_line(take):
    (path,) = [path for path in LESSONS if path.stem == "10_from_scratch_to_pytorch"]
    cells, code_cells = code(path), nbformat.read(path, as_version=4).cells
    marked = {name for name, source in cells.items() if source.startswith(MARK)}
    assert marked == {cell.id for cell in code_cells if "torch" in cell.metadata.get("tags", [])}
    _, *shown = take([BLOCKED, *cells.values()])
    shown = dict(zip(cells, shown, strict=True))
    assert not {name: error for name, (_, error) in shown.items() if error}
    assert {name for name, (said, _) in shown.items() if said.strip() == SKIPPED} == marked
