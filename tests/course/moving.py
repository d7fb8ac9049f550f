"""The widgets of the course, and how tests move one without a browser and read what it then shows."""

import importlib
import itertools
import pkgutil
import re
from unittest.mock import patch

import numpy as np

import course.widgets
from course.widgets.controls import CheckList
from course.widgets.explorer import Explorer


def every_widget(kind=Explorer):
    """All subclasses in course.widgets, so that a new widget is tested without a word here."""
    for module in pkgutil.iter_modules(course.widgets.__path__):
        importlib.import_module(f"course.widgets.{module.name}")
    for each in kind.__subclasses__():
        if each.__module__.startswith("course."):
            yield each
        yield from every_widget(each)


EXPLORERS = sorted(set(every_widget()), key=lambda kind: kind.__name__)

# Settings that reach a goal of lesson 03.
ZIGZAG = {"slope1": 1, "kink1": 0, "slope2": -2, "kink2": 1, "slope3": 2, "kink3": 2}
HILL = {"slope1": 0.75, "kink1": 0.1, "slope2": -1.5, "kink2": 1.5, "slope3": 0.7, "kink3": 2.85}
MOONS = {"w11": 2, "w12": 0.75, "b1": -0.75, "w21": 0.75, "w22": -0.25, "b2": 0}


def forward(A0, W, b, f):
    """A right answer to exercise 3.1: the weighted sums and the activations of all layers."""
    Z, A = [None], [A0]
    for l in range(1, len(W)):
        Z.append(W[l] @ A[l - 1] + b[l])
        A.append(f[l](Z[l]))
    return Z, A


next_drag = itertools.count().__next__
REACHED, BEFORE, GOAL = "reached", "before", "goal"  # of a canvas


def put(widget, **state):
    """Set controls, one after the other; for speed the widget shows only the state they end in. Returns the widget."""
    with patch.object(widget, "_redraw"):
        for name, value in state.items():
            widget.control[name].value = value
    widget._redraw()
    return widget


def drag(widget, handle, *way):
    """Drag a handle along places (x, y) of its axes, as the page would."""
    ax, grab = widget._places[handle][0], next_drag()
    for place in way:
        x, y = ax.transData.transform(place) / widget.figure.bbox.size
        widget._handles.dragged = [grab, handle, x, 1 - y]


def ends(control):
    """The values that matter most: both ends and the start of a slider, every option of a list, no box and all."""
    if isinstance(control, CheckList):
        return ((), control.value, tuple(control._boxes))
    if hasattr(control, "options"):
        return (*control.options, control.value)
    if hasattr(control, "base"):
        return (control.base**control.min, control.value, control.base**control.max)
    return (control.min, control.value, control.max)


def picture(widget):
    assert widget.picture.value, "it was not painted: see conftest.py"
    return bytes(widget.picture.value)


def words(widget):
    """The sentences below the picture, a line each."""
    return re.sub("<[^>]*>", "", widget.words.value.replace("</div>", "\n"))


def texts(artists):
    return [artist.get_text() for artist in artists]


def lies_at(line, x, y, **tolerance):
    """Assert that a line, or points, lie there; one number for x, or for y, is that of all."""
    np.testing.assert_allclose(line.get_xydata(), np.column_stack(np.broadcast_arrays(x, y)), **tolerance)


def lamps(canvas):
    """The state of each of its goals."""
    return [state for _, state in canvas.goals()]


def labels(figure):
    """Of each axes (title, label of x, label of y)."""
    titles = [ax.get_title("left") or ax.get_title() for ax in figure.axes]
    return [(title, ax.get_xlabel(), ax.get_ylabel()) for title, ax in zip(titles, figure.axes, strict=True)]
