"""The base of the course's widgets: a picture that follows a slider at once, and goals with an indicator.

A lesson's widget is a subclass with a few short methods, all optional. This is a whole one:

    class Parabola(Explorer):
        size = 480, 300                                    # of the picture, in CSS pixels

        def controls(self):                                # once: the name and control of each, in reading order
            return {"a": slider("steepness a", 1, -3, 3, 0.1)}

        def draw(self, figure):                            # once: what stands still, and (animated=True) what moves
            self.ax = figure.add_axes((0.15, 0.2, 0.8, 0.65))
            self.ax.set(xlim=(-2, 2), ylim=(-8, 8), title="y = a x²", xlabel="x", ylabel="y")
            self.curve = moving(self.ax)

        def update(self, a):                               # at each change; may return sentences for the learner
            x = np.linspace(-2, 2, 101)
            self.curve.set_data(x, a * x**2)

        def goals(self, a):                                # (task, is it done?), one or more
            yield "make the curve pass through (2, 6)", abs(4 * a - 6) < 0.1

        def caption(self, a):                              # the picture in words
            return f"The parabola y = {a:.1f} x²."

        def handles(self, a):                              # what can be dragged: where a point is, or a line's two ends
            return {"curve": (self.ax, 2, 4 * a)}

        def dragged(self, handle, place, a):               # what brings it to the place (x, y): values of controls
            return {"a": place[1] / 4}

`Parabola(a=2)` starts with that control set differently. Every method gets the values of the controls and nothing else
decides what is shown, so the same state is always the same picture. `goals`, `caption` and `handles` come after
`update`, which may leave them what it found, as in `self.slope = …`, and may set controls with `self.set(name=value)`.
Controls whose names `unused` returns do nothing in this state and are hidden. A learner's function is called through
`call_learner_code`, of learner.py.

`dragged` gets a place within the axes, and the values from when the handle was grabbed: roundings do not add up, as a
slider takes the nearest value that it has. Whatever can be dragged has sliders too, for the keyboard.

`self.moves` counts the moves since the start or the last Reset, for tasks like "in ten moves": to change one control,
however far, is one move, and ends when another is changed; a drag is one until it is let go. Goals may use it; what is
drawn may not.

A goal that does not belong to what is shown, such as another view's, has the task "", and no lamp: their order stays.
The lamp is live: ● while the state meets the task, ○ while it does not yet, ◐ if it did before: `self.reached` has the
numbers of the goals that were, until Reset.

Fast because the figure is kept, and only its animated artists are drawn, over a saved background. Make every artist in
`draw`, where the course's style holds; `moving`, `moving_text` and `moving_segments` make animated ones. Change one
that is not animated, such as limits or a title, with `set_if_changed` or `show_only`: the background is drawn anew,
which takes ten times as long, only if something differs. Text is dear too, a fifth of a millisecond a letter, but not a
text that is as it was at the last move: do not set what it has already. No tight or constrained layout. Nothing here
throttles: the browser holds a slider's next position back until the last one is answered, and skips those between.
"""

import pathlib
import warnings

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text

from course.png import png
from course.text import inline
from course.widgets.controls import nearest
from course.widgets.still import SCALE, states_of_goals, static_view
from helpers.colors import GREEN, STYLE

HERE = pathlib.Path(__file__).parent
LINE = 'style="line-height: 1.5"'
LAMPS = {
    "reached": f'<span style="color: {GREEN}">●</span> <b>Reached:</b>',
    "before": "◐ <b>Reached before:</b>",
    "goal": "○ <b>Goal:</b>",
}


class Explorer(widgets.VBox):
    """Task and lamp, the picture and beside it the controls, words. See above for how to make one."""

    size = 780, 310

    def __init__(self, **start):
        self.control = self.controls()
        for name, value in start.items():
            if name not in self.control:
                raise TypeError(f"{type(self).__name__} has no control {name!r}; it has {', '.join(self.control)}.")
            self.control[name].value = value
        self.start, self.reached = self.values, set()
        self.moves, self._moved, self._grabbed = 0, None, None

        width, height = self.size
        with style.context(STYLE, after_reset=True):
            self.figure = Figure(figsize=(width / 100, height / 100), dpi=100 * SCALE)
            self.canvas = FigureCanvasAgg(self.figure)
            self._slate = RendererAgg(*self.figure.bbox.size, self.figure.dpi)  # as large, empty: see _write
            self.draw(self.figure)

        self.picture, self._handles = widgets.Image(layout={"width": "100%", "height": "auto"}), Handles()
        self._handles.observe(self._dragged_to, names="dragged")
        self.lamp, self.words = widgets.HTML(), widgets.HTML(layout={"min_height": "3.2em"})
        self.lamp.add_class("explorer-lamp")
        self.words.add_class("explorer-words")
        reset = widgets.Button(description="Reset", icon="undo", tooltip="Set every control back to where it started")
        reset.on_click(lambda _: self.reset())
        rows = [getattr(control, "row", control) for control in self.control.values()]
        card = widgets.Box([self.picture, self._handles], layout={"max_width": f"{width + 10}px"})
        body = widgets.Box([card, widgets.Box([*rows, reset])])
        super().__init__([self.lamp, body, self.words, Accessible()])
        for box, name in ((self, ""), (body, "-body"), (card, "-picture"), (body.children[1], "-controls")):
            box.add_class(f"explorer{name}")
        for control in self.control.values():
            control.observe(self._moved_to, names="value")
        self._redraw()

    # What a subclass writes

    def controls(self):
        return {}

    def draw(self, figure):
        pass

    def update(self, **values):
        pass

    def goals(self, **values):
        return ()

    def caption(self, **values):
        return type(self).__name__

    def unused(self, **values):
        return ()

    def handles(self, **values):
        return {}

    def dragged(self, handle, place, **values):
        return {}

    # What it gets

    @property
    def values(self):
        """{name: value} of the controls; the last digits of a slider's, which are the page's roundings, left out."""
        values = {name: control.value for name, control in self.control.items()}
        return {name: round(value, 10) if isinstance(value, float) else value for name, value in values.items()}

    def set(self, **values):
        """Set controls, without a redraw."""
        for name, value in values.items():
            control = self.control[name]
            control.unobserve(self._moved_to, names="value")
            control.value = value
            control.observe(self._moved_to, names="value")

    def reset(self):
        """Set every control back to where it started, and forget which goals were reached."""
        self.set(**self.start)
        self.reached.clear()
        self.moves, self._moved = 0, None
        self._redraw()

    # How it works

    def _moved_to(self, change):
        self._go(change.owner)

    def _go(self, mover):
        """Show the state that a control or a drag has led to, and count the moves."""
        if self.values == self._state:
            return
        if mover is not self._moved:
            self.moves, self._moved = self.moves + 1, mover
        self._redraw()

    def _dragged_to(self, change):
        """The page says that in drag number `grab` a handle is at x, y, in fractions of the picture from upper left."""
        grab, name, x, y = change.new
        if self._grabbed is None or self._grabbed[0] != grab:
            if name not in self._places:
                return
            self._grabbed = grab, self._places[name][0], self.values
        _, ax, start = self._grabbed
        place = ax.transData.inverted().transform(self.figure.bbox.size * (x, 1 - y))
        wanted = self.dragged(name, place.clip(*np.sort([ax.get_xlim(), ax.get_ylim()]).T), **start)
        self.set(**{name: nearest(self.control[name], value) for name, value in wanted.items()})
        self._go(self._grabbed)

    def _redraw(self):
        """Show the state the controls are in."""
        values = self.values
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # such as a letter that the font lacks, in a learner's name
            remarks = self.update(**values) or []
            values = self._state = self.values
            self._paint()
            caption, goals = self.caption(**values), list(self.goals(**values))
        self.picture.value = png(self.canvas.buffer_rgba())
        self.lit = [bool(done) for _, done in goals]
        states = states_of_goals(self.lit, self.reached)
        lamps = (f"{LAMPS[state]} {inline(task)}" for state, (task, _) in zip(states, goals, strict=True) if task)
        self.lamp.value = "".join(f"<div {LINE}>{lamp}</div>" for lamp in lamps)
        self.words.value = "".join(f"<div {LINE}>{inline(sentence)}</div>" for sentence in [caption, *remarks])
        unused = self.unused(**values)
        for name, control in self.control.items():
            getattr(control, "row", control).layout.display = "none" if name in unused else None
        self._places = self.handles(**values)
        shown = {name: self._fractions(*place) for name, place in self._places.items()}
        self._handles.places = {name: ends for name, ends in shown.items() if ends}

    def _fractions(self, ax, x, y):
        """The ends x, y, x, y of what the axes show of a handle, in fractions of the picture; [] if nothing is."""
        ends = ax.transData.transform(np.stack(np.broadcast_arrays(x, y, np.empty(2))[:2], axis=1))
        seen = Path(ends).cleaned(clip=ax.bbox.extents).vertices[:-1] / self.figure.bbox.size
        return np.abs(seen - (0, 1)).round(4).ravel().tolist()

    def _paint(self):
        if self.figure.stale:  # matplotlib sets this when an artist changes that is not animated
            with style.context(STYLE, after_reset=True):
                self._moving = self.figure.findobj(lambda artist: artist.get_animated())  # makes missing ticks: first
                self.canvas.draw()
            self._background, self._written = self.canvas.copy_from_bbox(self.figure.bbox), {}
        self.canvas.restore_region(self._background)
        renderer = self.canvas.get_renderer()
        for artist in sorted(self._moving, key=lambda artist: artist.get_zorder()):
            if artist.get_visible():
                self._write(artist, renderer) if type(artist) is Text else artist.draw(renderer)

    def _write(self, text, renderer):
        """Draw a text as a picture that is kept until it changes."""
        if text.stale or text not in self._written:
            text.draw(self._slate)
            around = text.get_window_extent(renderer).padded(renderer.points_to_pixels(text.get_size()))  # for its box
            left, bottom, right, top = np.rint(around.extents).astype(int).clip(0)
            drawn = np.asarray(self._slate.buffer_rgba())[::-1][bottom:top, left:right]
            self._written[text] = left, bottom, drawn.copy()
            drawn[:] = 0
        left, bottom, pixels = self._written[text]
        if pixels.size:
            renderer.draw_image(renderer.new_gc(), left, bottom, pixels)

    def _repr_mimebundle_(self, **kwargs):
        """The widget where a kernel runs, and for where none does the picture and the caption."""
        data, about = static_view(self.canvas, self.size, self.caption(**self.values))
        return super()._repr_mimebundle_(**kwargs) | data, about


def text_of(name):
    """The text of a file here. Given its path, anywidget would watch the file, and keep every widget ever made."""
    return (HERE / name).read_text(encoding="utf-8")


class Accessible(anywidget.AnyWidget):
    """Shows nothing; gives the controls and the picture around it names for screen readers, and brings the style."""

    _esm, _css = text_of("accessible.mjs"), text_of("explorer.css")

    def __init__(self):
        super().__init__(layout={"display": "none"})


class Handles(anywidget.AnyWidget):
    """Lies over the picture: where its handles are, and where one is dragged, as `Explorer` says them."""

    _esm = text_of("dragging.mjs")
    places = traitlets.Dict().tag(sync=True)
    dragged = traitlets.List().tag(sync=True, echo_update=False)

    def __init__(self):
        super().__init__()
        self.add_class("explorer-handles")


def set_if_changed(artist, **properties):
    """artist.set(**properties) for an artist that is not animated, of those properties only which differ."""
    for name, value in properties.items():
        if not np.array_equal(getattr(artist, f"get_{name}")(), value):
            artist.set(**{name: value})


def show_only(shown, artists):
    """Of {name: artists that are not animated}, make those of the names in `shown` visible, and no others."""
    for name, group in artists.items():
        for artist in group:
            set_if_changed(artist, visible=name in shown)


def moving(ax, *data, **look):
    """An animated line or points on `ax`, as ax.plot makes them; without data they are given later."""
    (line,) = ax.plot(*(data or ([], [])), animated=True, **look)
    return line


def moving_segments(ax, **look):
    """An animated collection of straight lines on `ax`, for `set_segments`; its limits do not follow them."""
    return ax.add_collection(LineCollection([], animated=True, **look), autolim=False)


def moving_text(parent, x, y, text="", **look):
    """An animated text on a figure, in fractions of it, or on an axes, in fractions of that."""
    inside = {"transform": parent.transAxes} if isinstance(parent, Axes) else {}
    return parent.text(x, y, text, animated=True, **inside | look)


def straight(normal, at, low, high):
    """Two points, as columns, of the line normal · x = at, beyond the box from `low` to `high`; none for a normal 0."""
    length = normal @ normal
    if length == 0:
        return np.empty((2, 0))
    middle, reach = (low + high) / 2, np.linalg.norm(high - low)
    foot = middle + normal * (at - normal @ middle) / length
    way = np.array([-normal[1], normal[0]]) / np.sqrt(length) * reach
    return np.stack([foot - way, foot + way], axis=1)
