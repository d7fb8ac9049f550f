"""LivePlot: one picture of a running training, redrawn in place after each epoch, or a printed line where none is."""

import io
import sys

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course import live_plot
from course.live_plot import LivePlot, best_epoch, draw, duration, reach, status
from helpers.colors import ORANGE
from helpers.network import Network
from helpers.training import train

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

    monkeypatch.setattr(live_plot, "_notebook_display", lambda: show)
    return shown


STOPPED = {"epoch": 1, "loss": 2.0, "stopped": True}


@pytest.mark.parametrize(
    ("records", "line"),
    [
        ([], "0 of 4 · the first epoch is running"),
        (CURVE[:1], "1 of 4 · loss 0.4000 · accuracy 90.00% · validation 92.00% · 30 s left"),
        ([{"epoch": 1, "loss": 2.0}], "1 of 4 · loss 2.0000 · 30 s left"),
        ([CURVE[0], CURVE[1] | STOPPED], "2 of 4 · validation 97.00% · stopped; the network keeps epoch 2, its best"),
        ([STOPPED], "1 of 4 · stopped; the network keeps what it has learned"),
        ([*CURVE, CURVE[2]], "4 of 4 · loss 0.1000 · accuracy 99.00% · validation 97.00% · done in 10 s"),
    ],
)
def test_the_line_says_where_the_training_is(records, line):
    history = [{**record, "epoch": k, "seconds": 10 * k / len(records)} for k, record in enumerate(records, 1)]
    assert status(history, 4) == f"epoch {line}"


def test_durations_are_short():
    short = {0.04: "0.0 s", 9.44: "9.4 s", 9.6: "10 s", 59.4: "59 s", 59.6: "1 min 0 s", 125: "2 min 5 s"}
    assert {seconds: duration(seconds) for seconds in short} == short


def test_watching_changes_nothing_and_one_picture_of_one_size_is_redrawn_in_place(page):
    plain, plot = train(Network([4, 3]), ROWS, LABELS, epochs=3), LivePlot(3)
    assert train(Network([4, 3]), ROWS, LABELS, epochs=3, on_epoch=plot) == plain
    seconds = [record.pop("seconds") for record in plot.history]
    assert plot.history == plain
    assert 0 < seconds[0] <= seconds[1] <= seconds[2]
    assert [bundle["text/plain"][:12] for bundle, _ in page] == [f"epoch {done} of 3" for done in range(4)]
    for bundle, metadata in page:
        png, line = bundle["image/png"], bundle["text/plain"]
        assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (900, 380)
        assert metadata["image/png"] == {"width": 900, "height": 380, "alt": f"A training by epochs: {line}"}


def test_the_frame_does_not_move_while_the_curves_grow():
    for done in range(4):
        figure = draw(CURVE[:done], 3, "line")
        bar, loss, accuracy = figure.axes
        assert bar.get_xlim() == (0, 3)
        assert bar.patches[0].get_width() == done
        assert loss.get_xlim() == accuracy.get_xlim() == (0.7, 3.3)
        assert loss.get_ylim()[0] == 0
        assert accuracy.get_ylim()[1] <= 101
        assert all(line.get_ydata().max() < line.axes.get_ylim()[1] for line in (*loss.lines, *accuracy.lines))
    stopped = draw([*CURVE[:2], {**CURVE[2], "stopped": True}], 3, "line").axes[0].patches[0]
    assert to_hex(stopped.get_facecolor()).upper() == ORANGE
    assert [list(line.get_ydata()) for line in loss.lines] == [[0.4, 0.2, 0.1], [0.3, 0.2, 0.25], [0.2]]
    assert [list(line.get_ydata()) for line in accuracy.lines] == [[90, 95, 99], [92, 97, 97], [97]]
    assert list(accuracy.lines[-1].get_xdata()) == [2], "the ring is at the best epoch"


def test_a_long_training_begins_with_a_part_of_the_axis_and_a_regression_has_no_accuracy():
    assert [reach(done, 200) for done in (0, 12, 13, 100, 101, 200)] == [13, 13, 25, 100, 200, 200]
    assert {reach(done, 20) for done in range(21)} == {20}
    records = [{"epoch": k + 1, "loss": 1.0, "validation_loss": 1 / (k + 1)} for k in range(30)]
    _, loss = draw(records, 200, "line").axes
    assert [line.get_marker() for line in loss.lines] == ["", "", "o"]
    assert best_epoch(records) == 30


def test_the_best_epoch_is_the_one_that_train_keeps():
    network = Network([4, 8, 3], seed=1)
    history = train(network, ROWS[:30], LABELS[:30], epochs=8, validation=(ROWS[30:], LABELS[30:]))
    kept = history[best_epoch(history) - 1]
    assert network.evaluate(ROWS[30:], LABELS[30:])["loss"] == pytest.approx(kept["validation_loss"])
    assert best_epoch(history[:0]) is best_epoch([{"epoch": 1, "loss": 1.0}]) is None


def test_stop_and_an_early_end_are_shown(page, monkeypatch):
    monkeypatch.setattr(live_plot, "picture", lambda *_: b"")

    def press_stop(fraction):
        if fraction > 0.5:
            raise KeyboardInterrupt
        return 1.0

    history = train(Network([4, 3]), ROWS, LABELS, 4, batch_size=6, schedule=press_stop, on_epoch=LivePlot(4))
    assert len(history) == 3
    assert page[-1][0]["text/plain"] == "epoch 3 of 4 · stopped; the network keeps what it has learned"
    page.clear()
    history = train(Network([4, 3]), ROWS, LABELS, 60, validation=(ROWS, LABELS), patience=2, on_epoch=LivePlot(60))
    assert 2 < len(history) < 60
    assert page[-1][0]["text/plain"].endswith(f"stopped; the network keeps epoch {best_epoch(history)}, its best")


def test_stop_while_drawing_returns_what_there_is(page, monkeypatch):
    pictures = iter([b"start", b"epoch 1", KeyboardInterrupt(), b"stopped"])

    def picture(*_):
        shown = next(pictures)
        if isinstance(shown, KeyboardInterrupt):
            raise shown
        return shown

    monkeypatch.setattr(live_plot, "picture", picture)
    history = train(Network([4, 3]), ROWS, LABELS, epochs=4, on_epoch=LivePlot(4))
    assert [record["epoch"] for record in history] == [1, 2]
    stopped = "epoch 2 of 4 · stopped; the network keeps what it has learned"
    assert page[-1][0] == {"text/plain": stopped, "image/png": b"stopped"}


def test_without_a_page_it_prints_a_line_for_each_epoch_with_the_characters_the_console_has(monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    plot = LivePlot(3)
    for record in CURVE:
        plot(record)
    console.flush()
    lines = console.buffer.getvalue().decode().splitlines()
    assert [line[:14] for line in lines] == [f"epoch {done} of 3 ?" for done in (1, 2, 3)]
