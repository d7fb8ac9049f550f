"""Two kinds of progress. That of the learner is remembered in a file that can be missing, damaged, read-only or shared,
and never stands in the way. That of a training is one picture, which `watch` of course/live_plot.py redraws in place.
"""

import contextlib
import errno
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from course import exercises as engine
from course import live_plot as training_progress
from course.exercises import check, hint, progress, quiz, solution
from course.live_plot import best_epoch, draw, duration, reach, status, watch
from helpers.network import Network
from helpers.training import train

ROOT = Path(__file__).parents[2]


def right(z, slope=0.01):
    return np.where(z > 0, z, slope * z)


def right_prime(z, slope=0.01):
    return np.where(z > 0, 1, slope)


def stub(z, slope=0.01): ...


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """The progress file of each test; it does not exist yet."""
    path = tmp_path / ".progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    new_kernel(monkeypatch)
    return path


def new_kernel(monkeypatch):
    monkeypatch.setattr(engine, "record", engine.Record())
    monkeypatch.setattr(engine, "hints_given", {})


def said(function, *arguments):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert function(*arguments) is None
    return out.getvalue()


def content(path):
    return json.loads(path.read_text(encoding="utf-8"))


# ---------------------------------------------------------------- what is kept


def test_what_is_solved_is_kept_for_the_next_kernel(file, monkeypatch):
    assert "· 2.3 leaky ReLU: open\n" in said(progress)
    said(check, "2.3", right)
    said(quiz, "2.q1", "c")
    new_kernel(monkeypatch)
    text = said(progress)
    assert "· 2.3 leaky ReLU: solved\n" in text
    assert "· quiz: 1 of 6 questions" in text
    assert text.startswith("Your progress. 2 of ")
    assert content(file) == {"solved": {"2.3": "alone", "2.q1": "alone"}, "solutions": []}


def test_wrong_and_unwritten_answers_do_not_touch_the_file(file):
    for answer in (stub, None, np.abs, 3):
        said(check, "2.3", answer)
    said(hint, "2.3")
    said(quiz, "2.q1", "a")
    said(quiz, "2")
    assert not list(file.parent.iterdir())


def test_a_second_right_answer_changes_nothing(file):
    said(check, "2.3", right)
    before = file.stat()
    said(check, "2.3", right)
    said(progress)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_solution_that_was_read_is_noted_and_solving_still_counts(file, monkeypatch):
    said(check, "2.4", right_prime)
    said(solution, "2.3")
    said(solution, "2.4")
    new_kernel(monkeypatch)
    assert "· 2.3 leaky ReLU: open; you have read the solution\n" in said(progress)
    said(check, "2.3", right)
    text = said(progress)
    assert "· 2.3 leaky ReLU: solved after reading the solution\n" in text
    assert "· 2.4 the derivative of leaky ReLU: solved\n" in text
    assert text.startswith("Your progress. 2 of ")


def test_points_add_up():
    number, lesson = next(iter(engine.lessons().items()))
    for task in lesson.EXERCISES:
        engine.record.solve(task.key)
    for question in lesson.QUESTIONS:
        engine.record.solve(question.key)
    points = sum(task.points for task in (*lesson.EXERCISES, *lesson.QUESTIONS))
    assert f"Lesson {number}, {lesson.TITLE}: {points} of {points} points." in said(progress)


# ---------------------------------------------------------------- where it is kept


def test_off_means_no_file(file, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.chdir(file.parent)
    said(check, "2.3", right)
    assert "· 2.3 leaky ReLU: solved" in said(progress)
    assert not list(file.parent.iterdir())


def test_the_file_lies_beside_the_lessons(file, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.chdir(file.parent)
    assert engine.Record.path() == ROOT / "notebooks" / ".progress.json"
    (file.parent / "02_activation_functions.ipynb").touch()
    assert engine.Record.path() == file
    (file.parent / "02_activation_functions.ipynb").unlink()
    monkeypatch.setattr(engine, "NOTEBOOKS", file.parent / "none")
    assert engine.Record.path() == file


def test_git_ignores_all_that_is_written(file):
    names = [".progress.json", ".progress.damaged-1.json", ".progress.lock", ".progress.0123.tmp"]
    paths = [f"notebooks/{name}" for name in names]
    ignored = subprocess.run(["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True)
    if ignored.returncode == 128:
        pytest.skip("this is no git repository")
    assert ignored.stdout.split() == paths


# ---------------------------------------------------------------- when things go wrong


DAMAGES = [
    *(b"", b"{", b"null", b"[]", b"\xff\xfe\x00", b"[" * 10**5, b'{"solved": []}', b'{"solved": {}}'),
    b'{"solved": {"2.3": 3}, "solutions": []}',
    b'{"solved": {}, "solutions": 3}',
    b'{"solved": {}, "solutions": [["2.3"]]}',
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage[:40])
def test_a_damaged_file_is_set_aside(file, damage, monkeypatch):
    file.write_bytes(damage)
    text = said(check, "2.3", right)
    assert text.startswith("Right. ")
    assert "was damaged; it is now called .progress.damaged-1.json, and a new one begins.\n" in text
    assert (file.parent / ".progress.damaged-1.json").read_bytes() == damage
    assert content(file)["solved"] == {"2.3": "alone"}
    assert "damaged" not in said(progress)
    new_kernel(monkeypatch)
    file.write_bytes(damage)
    assert ".progress.damaged-2.json" in said(progress)


def test_what_a_later_version_knows_is_kept(file):
    file.write_text('{"solved": {"9.9": "alone"}, "solutions": ["9.8"], "more": 1}', encoding="utf-8")
    said(check, "2.3", right)
    assert content(file) == {"solved": {"2.3": "alone", "9.9": "alone"}, "solutions": ["9.8"]}


def refuse(*_, **__):
    raise OSError(errno.EROFS, "Read-only file system")


@pytest.fixture
def read_only(monkeypatch):
    """Tests may run as root, for whom no folder is read-only; so the system calls that write refuse."""
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)


def test_a_read_only_folder_keeps_progress_in_memory_and_says_so_once(file, read_only):
    first = said(check, "2.3", right)
    assert first.startswith("Right. ")
    assert first.endswith(
        "Your progress cannot be kept in a file here (Read-only file system); it lasts until the kernel stops.\n"
    )
    assert "cannot be kept" not in said(check, "2.4", right_prime) + said(progress)
    assert said(progress).count(": solved\n") == 2
    assert not list(file.parent.iterdir())


def test_a_read_only_file_is_still_read(file, read_only):
    file.write_bytes(b'{"solved": {"2.4": "alone"}, "solutions": []}')
    assert "cannot be kept" not in said(progress)
    assert "· 2.4 the derivative of leaky ReLU: solved\n" in said(progress)


def test_a_damaged_file_in_a_read_only_folder(file, read_only):
    file.write_bytes(b"{")
    assert said(check, "2.3", right).count("cannot be kept") == 1
    assert "· 2.3 leaky ReLU: solved\n" in said(progress)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(file):
    file.parent.chmod(0o555)
    try:
        assert said(check, "2.3", right).count("cannot be kept") == 1
    finally:
        file.parent.chmod(0o755)


def test_a_folder_that_does_not_exist(file, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(file.parent / "none" / "progress.json"))
    assert "cannot be kept in a file here (No such file or directory)" in said(check, "2.3", right)


def test_a_folder_in_the_place_of_the_file(file):
    file.mkdir()
    assert said(check, "2.3", right).count("cannot be kept") == 1


def test_a_current_folder_that_was_deleted(file, monkeypatch):
    gone = file.parent / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.delenv("COURSE_PROGRESS")
    gone.rmdir()
    assert said(check, "2.3", right).count("cannot be kept") == 1


def test_once_it_can_be_written_again_nothing_is_missing(file, monkeypatch):
    with monkeypatch.context() as limited:
        limited.setattr(Path, "write_text", refuse)
        said(check, "2.3", right)
    said(check, "2.4", right_prime)
    assert content(file)["solved"] == {"2.3": "alone", "2.4": "alone"}


# ---------------------------------------------------------------- atomic and shared


def test_a_write_that_breaks_off_leaves_the_old_file(file, monkeypatch):
    said(check, "2.3", right)
    before = file.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", refuse)
        said(check, "2.4", right_prime)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [".progress.json"]


def test_a_lock_left_by_a_crash_delays_but_does_not_stop(file):
    lock = file.parent / ".progress.lock"
    lock.touch()
    started = time.monotonic()
    said(check, "2.3", right)
    assert 0.5 < time.monotonic() - started < 5
    assert content(file)["solved"] == {"2.3": "alone"}
    assert not lock.exists()


def test_two_kernels_take_turns(file, monkeypatch):
    one, other = engine.Record(), engine.Record()
    one.solve("2.3")
    other.solve("2.4")
    one.read_solution("2.1")
    other.solve("2.1")
    assert content(file) == {
        "solved": {"2.3": "alone", "2.4": "alone", "2.1": "after reading the solution"},
        "solutions": ["2.1"],
    }


def test_kernels_that_write_at_once_lose_nothing(file):
    """Each process ends after its last write, so what a process lost would stay lost."""
    code = "import sys; from course.exercises import Record; r = Record()\n"
    code += "for i in range(25): r.solve(f'{sys.argv[1]}.{i}')"
    kernels = [subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(k)], cwd=ROOT) for k in range(3)]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0, 0]
    assert set(content(file)["solved"]) == {f"{k}.{i}" for k in range(3) for i in range(25)}
    assert [path.name for path in file.parent.iterdir()] == [".progress.json"]


# ---------------------------------------------------------------- a notebook gives the same text with and without it

LESSON = """
from course.exercises import check, hint, progress, quiz, solution
import numpy as np
---
def leaky_relu(z, slope=0.01):
    ...  # your code here

check("2.3", leaky_relu)
---
def leaky_relu(z, slope=0.01):
    return z if z > 0 else slope * z

check("2.3", leaky_relu)
---
def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)

check("2.3", leaky_relu)
---
from course import sandbox
sandbox.SECONDS = 0.3

def sigmoid(z):
    while True:
        pass

check("2.1", sigmoid)
---
hint("2.1")
---
solution("2.1")
---
quiz("2")
---
quiz("2.q2", "b")
"""


def outputs(folder, setting):
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in LESSON.split("---")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}})
    client.execute(env=os.environ | {"COURSE_PROGRESS": setting, "PYTHONPATH": str(ROOT)})
    for cell in notebook.cells:
        for output in cell.outputs:
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return [cell.outputs for cell in notebook.cells]


def test_a_notebook_gives_the_same_text_with_and_without_a_file(file):
    without = outputs(file.parent, "off")
    assert not list(file.parent.iterdir())
    texts = [cell[0]["data"]["text/plain"] for cell in without[1:]]
    assert texts[0] == "Not written yet. Put your code in place of the `...` in `leaky_relu`, and run it again."
    assert "raised an exception in line 2, `return z if z > 0 else slope * z`: ValueError: The truth" in texts[1]
    assert texts[2].startswith("Right. ")
    assert re.search(r"your `sigmoid` took too long and was stopped, in line (5, `while True:|6, `pass)`", texts[3])
    assert all(set(cell[0]["data"]) == {"text/plain", "text/html"} and len(cell) == 1 for cell in without[1:])
    assert outputs(file.parent, str(file))[:4] == without[:4]
    assert outputs(file.parent, str(file))[5:] == without[5:]
    assert content(file) == {"solved": {"2.3": "alone", "2.q2": "alone"}, "solutions": ["2.1"]}


# ---------------------------------------------------------------- the picture of a running training

CURVE = [
    {"epoch": 1, "loss": 0.4, "accuracy": 0.9, "validation_loss": 0.3, "validation_accuracy": 0.92},
    {"epoch": 2, "loss": 0.2, "accuracy": 0.95, "validation_loss": 0.2, "validation_accuracy": 0.97},
    {"epoch": 3, "loss": 0.1, "accuracy": 0.99, "validation_loss": 0.25, "validation_accuracy": 0.97},
]
RNG = np.random.default_rng(0)
ROWS, LABELS = RNG.normal(size=(60, 4)), RNG.integers(0, 3, 60)


@pytest.fixture
def page(monkeypatch):
    """What a notebook would show: a list of (bundle, metadata), the first displayed, the others in its place."""
    shown = []

    class Handle:
        def update(self, bundle, raw, metadata):
            shown.append((bundle, metadata))

    def show(bundle, raw, metadata, display_id):
        assert not shown, "a second picture"
        shown.append((bundle, metadata))
        return Handle()

    monkeypatch.setattr(training_progress, "get_ipython", lambda: object())
    monkeypatch.setattr(training_progress, "display", show)
    return shown


@pytest.mark.parametrize(
    ("history", "ended", "line"),
    [
        ([], "", "epoch 0 of 4 · the first epoch is running"),
        (CURVE[:1], "", "epoch 1 of 4 · loss 0.4000 · accuracy 90.00% · validation 92.00% · 30 s left"),
        ([{"epoch": 1, "loss": 2.0}], "", "epoch 1 of 4 · loss 2.0000 · 30 s left"),
        (CURVE[:2], "stopped", "epoch 2 of 4 · validation 97.00% · stopped"),
        ([*CURVE, CURVE[2]], "", "epoch 4 of 4 · loss 0.1000 · accuracy 99.00% · validation 97.00% · done in 10 s"),
    ],
)
def test_the_line_says_where_the_training_is(history, ended, line):
    assert status(history, 4, 10, ended) == line


def test_durations_are_short():
    assert [duration(s) for s in (0.04, 9.44, 9.6, 59.4, 59.6, 125)] == [
        *("0.0 s", "9.4 s", "10 s", "59 s", "1 min 0 s", "2 min 5 s")
    ]


def test_watching_changes_nothing_but_adds_the_time(page):
    plain = train(Network([4, 3]), ROWS, LABELS, epochs=3)
    watched = list(watch(train(Network([4, 3]), ROWS, LABELS, epochs=3), epochs=3))
    seconds = [record.pop("seconds") for record in watched]
    assert watched == plain
    assert 0 < seconds[0] < seconds[1] < seconds[2]
    assert len(page) == 4


def test_one_picture_of_one_size_is_redrawn_in_place(page):
    list(watch(iter(CURVE), epochs=3))
    sizes = {(int.from_bytes(b["image/png"][16:20]), int.from_bytes(b["image/png"][20:24])) for b, _ in page}
    assert sizes == {tuple(metadata["image/png"].values()) for _, metadata in page} == {(900, 380)}
    assert page[-1][0]["text/plain"].startswith("epoch 3 of 3 · loss 0.1000")


def test_the_frame_does_not_move_while_the_curves_grow():
    for done in range(4):
        figure = draw(CURVE[:done], 3, "line")
        bar, loss, accuracy = figure.axes
        assert bar.get_xlim() == (0, 3)
        assert bar.patches[0].get_width() == done
        assert loss.get_xlim() == accuracy.get_xlim() == (0.7, 3.3)
        assert (loss.get_xlabel(), loss.get_ylabel(), accuracy.get_ylabel()) == ("epoch", "loss", "accuracy (%)")
    assert bar.get_title(loc="left") == "line"
    assert [list(line.get_ydata()) for line in accuracy.lines] == [[90, 95, 99], [92, 97, 97], [97]]
    assert list(accuracy.lines[-1].get_xdata()) == [2], "the ring is at the best epoch"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        *("training", "validation", "best so far: kept")
    ]


def test_a_long_training_begins_with_a_part_of_the_axis():
    assert [reach(done, 200) for done in (0, 12, 13, 100, 101, 200)] == [13, 13, 25, 100, 200, 200]
    assert {reach(done, 20) for done in range(21)} == {20}
    long = [{"epoch": k + 1, "loss": 1.0} for k in range(30)]
    assert {line.get_marker() for line in draw(long, 200, "line").axes[1].lines} == {""}


def test_the_curves_of_a_regression_have_no_accuracy():
    records = [{"epoch": 1, "loss": 2.0, "validation_loss": 3.0}, {"epoch": 2, "loss": 1.0, "validation_loss": 2.0}]
    _, loss = draw(records, 2, "line").axes
    assert len(loss.lines) == 3
    assert best_epoch(records) == 2


def test_the_best_epoch_is_the_one_that_train_keeps():
    network = Network([4, 8, 3], seed=1)
    history = train(network, ROWS[:30], LABELS[:30], epochs=8, validation=(ROWS[30:], LABELS[30:]))
    kept = history[best_epoch(history) - 1]
    assert network.evaluate(ROWS[30:], LABELS[30:])["loss"] == pytest.approx(kept["validation_loss"])
    assert best_epoch(history[:0]) is best_epoch([{"epoch": 1, "loss": 1.0}]) is None


def press_stop(progress):
    if progress > 0.5:
        raise KeyboardInterrupt
    return 1.0


def test_an_interrupt_in_an_epoch_ends_quietly_and_says_so(page):
    network = Network([4, 3])
    assert len(list(watch(train(network, ROWS, LABELS, epochs=4, batch_size=6, schedule=press_stop), epochs=4))) == 2
    assert page[-1][0]["text/plain"] == "epoch 2 of 4 · stopped; the network keeps what it has learned"
    assert "loss" in network.evaluate(ROWS, LABELS)


def test_an_interrupt_while_drawing_ends_quietly_too(page, monkeypatch):
    network, validation, calls = Network([4, 3]), (ROWS, LABELS), []
    picture = training_progress.picture

    def pressed(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return picture(*arguments)

    monkeypatch.setattr(training_progress, "picture", pressed)
    history = list(watch(train(network, ROWS, LABELS, epochs=4, validation=validation), epochs=4))
    assert len(history) == 2
    best = best_epoch(history)
    assert page[-1][0]["text/plain"].endswith(f"stopped; the network keeps epoch {best}, its best")
    kept = train(Network([4, 3]), ROWS, LABELS, epochs=4, validation=validation)[best - 1]
    assert network.evaluate(*validation)["loss"] == pytest.approx(kept["validation_loss"])


def test_an_error_is_not_hidden(page):
    def broken():
        yield CURVE[0]
        raise FloatingPointError("the loss is nan")

    with pytest.raises(FloatingPointError):
        list(watch(broken(), epochs=3))
    assert page[-1][0]["text/plain"].endswith("stopped by an error")


def test_a_loop_that_is_left_early_says_so(page):
    for _ in (records := watch(iter(CURVE), epochs=3)):
        break
    records.close()
    assert (
        page[-1][0]["text/plain"] == "epoch 1 of 3 · validation 92.00% · stopped; the network keeps epoch 1, its best"
    )


def test_without_a_page_it_prints_a_line_for_each_epoch(capsys):
    list(watch(iter(CURVE), epochs=3))
    lines = capsys.readouterr().out.splitlines()
    assert [line[:12] for line in lines] == ["epoch 1 of 3", "epoch 2 of 3", "epoch 3 of 3"]
