"""A training you can watch: one picture with a progress bar, the latest numbers, the time left, and both curves.

`watch` passes the records of `train` on as they come and redraws one display in place. Where there is no notebook it
prints a line for each epoch instead.
"""

import io
import time

from IPython import get_ipython
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from helpers.plots import BLUE, plot_history


def watch(records, epochs):
    """Yield each record of the iterable `records`, as `train` gives them, and show how far of `epochs` the training is.

    An interrupted training ends early: the picture then says so, and the network keeps its weights.
    """
    started, history, handle = time.perf_counter(), [], None
    for record in records:
        history.append(record)
        handle = _show(handle, history, epochs, time.perf_counter() - started)
        yield record
    if history and len(history) < epochs:
        _show(handle, history, epochs, time.perf_counter() - started, stopped=True)


def status(history, epochs, seconds, stopped=False):
    """One line: the epoch, loss and accuracy so far, and the time left."""
    last, done = history[-1], len(history)
    parts = [f"epoch {done} of {epochs}", f"loss {last['loss']:.4f}"]
    if "accuracy" in last:
        parts.append(f"accuracy {last['accuracy']:.2%}")
    if "validation_accuracy" in last:
        parts.append(f"validation {last['validation_accuracy']:.2%}")
    if stopped:
        parts.append("stopped early; the network keeps its weights")
    elif done == epochs:
        parts.append(f"done in {seconds:.1f} s")
    else:
        parts.append(f"{seconds / done * (epochs - done):.0f} s left")
    return " · ".join(parts)


def _show(handle, history, epochs, seconds, stopped=False):
    line = status(history, epochs, seconds, stopped)
    if get_ipython() is None:
        print(line)
        return None
    bundle = {"text/plain": line, "image/png": _picture(history, epochs, line)}
    if handle is None:
        return display(bundle, raw=True, display_id=True)
    handle.update(bundle, raw=True)
    return handle


def _picture(history, epochs, line):
    """PNG bytes: the bar, the line and the curves. A Figure of its own, because pyplot would show it a second time."""
    figure = Figure(figsize=(9, 3.6))
    FigureCanvasAgg(figure)
    bar = figure.add_axes((0.08, 0.87, 0.9, 0.03))
    bar.barh([0], [len(history)], color=BLUE)
    bar.set(xlim=(0, epochs), ylim=(-0.4, 0.4), xticks=[], yticks=[], facecolor="#E6E6E6")
    bar.spines[:].set_visible(False)
    bar.set_title(line, fontsize=12, weight="normal", pad=5)
    names = [name for name in ("loss", "accuracy") if name in history[0]]
    for k, name in enumerate(names):
        ax = figure.add_axes((0.08 + 0.5 * k, 0.15, 0.4 if len(names) == 2 else 0.9, 0.62))
        percent = name == "accuracy"
        plot_history(ax, history, name, "accuracy (%)" if percent else "loss", scale=100 if percent else 1)
        ax.set_xlim(0.8, epochs + 0.2)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
