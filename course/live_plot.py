"""A training you can watch: one picture with a progress bar, the latest numbers, the time left, and both curves.

`train(…, on_epoch=LivePlot(5))` redraws one display in place after each epoch. Every picture has the same size, which
the page is told beforehand, and the axes reach to the last epoch from the start (in a long training to the half, the
quarter … of it, while that is enough). The last picture is what a saved notebook shows. Where there is no notebook, a
line is printed for each epoch instead.
"""

import io
import time

from matplotlib.figure import Figure

from course.text import printable
from helpers.plots import BLUE, ORANGE, plot_history

FEW = 20  # epochs that fit on the axes in full
SIZE, DPI = (9, 3.8), 100  # inches, and dots to the inch


class LivePlot:
    """A function of the records of a training of `epochs` epochs; each training needs a new one.

    `history` is the list of the records it was given, each with one more entry, "seconds" since it was made.
    """

    def __init__(self, epochs):
        self.epochs, self.history, self.handle = epochs, [], None
        self.started = time.perf_counter()
        self._show()

    def __call__(self, record):
        self.history.append({**record, "seconds": time.perf_counter() - self.started})
        try:
            self._show()
        except KeyboardInterrupt:  # Stop was pressed while the picture was drawn
            self.history[-1]["stopped"] = True
            self._show()
            raise

    def _show(self):
        line = status(self.history, self.epochs)
        display = _notebook_display()
        if display is None:
            if self.history:
                print(printable(line))
            return
        bundle = {"text/plain": line, "image/png": picture(self.history, self.epochs, line)}
        hints = {"width": int(SIZE[0] * DPI), "height": int(SIZE[1] * DPI), "alt": f"A training by epochs: {line}"}
        if self.handle is None:
            self.handle = display(bundle, raw=True, metadata={"image/png": hints}, display_id=True)
        else:
            self.handle.update(bundle, raw=True, metadata={"image/png": hints})


def _notebook_display():
    """IPython's display function; None where no notebook runs."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return None
    return None if get_ipython() is None else display


def best_epoch(history):
    """The epoch whose weights `train` keeps: highest validation accuracy, then lowest loss. None without validation."""
    if not history or "validation_loss" not in history[0]:
        return None
    return max(history, key=lambda record: (record.get("validation_accuracy", 0), -record["validation_loss"]))["epoch"]


def status(history, epochs):
    """One line: the epoch, loss and accuracy so far, and the time left; or that the training was stopped."""
    done, last = len(history), history[-1] if history else {}
    stopped = "stopped" in last
    shown = {"validation_accuracy": "validation {:.2%}"}
    if not stopped:
        shown = {"loss": "loss {:.4f}", "accuracy": "accuracy {:.2%}"} | shown
    parts = [f"epoch {done} of {epochs}", *(form.format(last[key]) for key, form in shown.items() if key in last)]
    if stopped:
        best = best_epoch(history)
        parts.append(f"stopped; the network keeps {f'epoch {best}, its best' if best else 'what it has learned'}")
    elif done == 0:
        parts.append("the first epoch is running")
    elif done >= epochs:
        parts.append(f"done in {duration(last['seconds'])}")
    else:
        parts.append(f"{duration(last['seconds'] / done * (epochs - done))} left")
    return " · ".join(parts)


def duration(seconds):
    """0.4 s, 12 s, 2 min 5 s."""
    if seconds < 9.5:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def picture(history, epochs, line):
    """PNG bytes of `draw`."""
    buffer = io.BytesIO()
    draw(history, epochs, line).savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def draw(history, epochs, line):
    """The bar, the line and the curves. A Figure of its own, because pyplot would show it a second time."""
    figure = Figure(figsize=SIZE)
    bar = figure.add_axes((0.08, 0.85, 0.9, 0.035))
    bar.barh([0], [len(history)], height=1, color=ORANGE if history and "stopped" in history[-1] else BLUE)
    bar.set(xlim=(0, epochs), ylim=(-0.5, 0.5), xticks=[], yticks=[], facecolor="#E6E6E6")
    bar.spines[:].set_visible(False)
    bar.set_title(line, fontsize=12, weight="normal", loc="left", pad=7)
    names = ["loss"] if history and "accuracy" not in history[0] else ["loss", "accuracy"]
    for k, name in enumerate(names):
        ax = figure.add_axes((0.08 + 0.5 * k, 0.14, 0.4 if len(names) == 2 else 0.9, 0.57))
        _curves(ax, history, epochs, name)
    if history:
        figure.legend(*ax.get_legend_handles_labels(), loc=(0.07, 0.745), ncols=3, frameon=False, fontsize=11)
    return figure


def reach(done, epochs):
    """Up to which epoch the axes go: the last, but in a long training only as far as makes the curves visible."""
    while epochs > FEW and epochs >= 2 * max(done, FEW / 2):
        epochs = -(-epochs // 2)
    return epochs


def _curves(ax, history, epochs, name):
    """Both curves of one quantity, with a ring where the network was at its best."""
    scale, label = (100, "accuracy (%)") if name == "accuracy" else (1, "loss")
    ax.set(xlim=(0.7, reach(len(history), epochs) + 0.3), xlabel="epoch", ylabel=label)
    if not history:
        ax.set_yticks([])
        return
    plot_history(ax, history, name, label, scale).get_legend().remove()
    for line in ax.lines:
        line.set_marker("o" if len(history) <= FEW else "")
    best, key = best_epoch(history), f"validation_{name}"
    if best and key in history[0]:
        value = scale * next(record[key] for record in history if record["epoch"] == best)
        ax.plot([best], [value], "o", markersize=12, markerfacecolor="none", color=ORANGE, label="best so far: kept")
    ax.margins(y=0.15)
    if name == "accuracy":
        ax.set_ylim(top=min(ax.get_ylim()[1], 101))
    else:
        ax.set_ylim(bottom=0)
