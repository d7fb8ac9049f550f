"""What playground and drawing pad share: widgets that their own JavaScript draws, with goals and a still picture.

Nothing runs by itself. The page sends a message, the widget answers it with a frame, which holds all there is to see,
and the page draws that. When the page is hidden or closed, or the kernel is restarted, nobody asks, and nothing is left
that would have to be stopped: no thread, no timer, no task. Between two messages the kernel is free for other cells.
matplotlib is imported when a still picture is asked for: the website's front page does without it.

Settings are traits with `sync=True`, so that traitlets refuses what cannot be, from code and from the page alike.
"""

import re
from pathlib import Path

import anywidget
import numpy as np

from course.widgets.still import SCALE, states_of_goals, static_view
from helpers.colors import STYLE

SIZE = 780, 310  # of the still picture, in CSS pixels


def assets(name):
    """(_esm, _css) of a canvas: name.mjs with canvas.mjs in place of its import, name.css after canvas.css.

    anywidget loads one module without an address, which cannot import another; node, which runs the tests, can.
    """
    folder = Path(__file__).parent
    base, own, base_css, own_css = (
        (folder / f"{file}{kind}").read_text(encoding="utf-8") for kind in (".mjs", ".css") for file in ("canvas", name)
    )
    imports = re.compile(r'^import \{[^}]*\} from "\./canvas\.mjs";\n', re.MULTILINE)
    return imports.sub(lambda _: base, own, count=1), base_css + own_css


def as_bytes(fractions):
    """Numbers 0 … 1 as bytes 0 … 255; bytes as they are."""
    return fractions if fractions.dtype == np.uint8 else np.rint(255 * fractions).astype(np.uint8)


class Canvas(anywidget.AnyWidget):
    """A subclass has `tasks`, `answer`, `caption` and `illustrate`, and calls `_light` whenever its state changes.

    `_done_before` is the set of the tasks, by index, that were ever met; Reset empties it.
    """

    tasks = ()  # what is to be reached, one sentence each

    def __init__(self, **settings):
        super().__init__(**settings)
        self._done_before = set()
        self._light(*[False] * len(self.tasks))
        self.on_msg(lambda _, message, buffers: self._receive(message, buffers))

    def answer(self, message, buffers=()):
        """The frame (content, buffers) after a message of the page; None to what the page would not send."""
        raise NotImplementedError

    def caption(self):
        """The state in words."""
        raise NotImplementedError

    def illustrate(self, figure):
        """Draw the state on an empty figure."""
        raise NotImplementedError

    def still(self):
        """The canvas whose figure is stored in the notebook, and its words, without a number that training computed."""
        return self, self.caption()

    def goals(self):
        """(task, state) of each task; the state is "reached", "before" (it was, but is no longer) or "goal"."""
        return list(zip(self.tasks, self._states, strict=True))

    @property
    def figure(self):
        """The state as a figure of matplotlib."""
        from matplotlib import style
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        with style.context(STYLE, after_reset=True):
            figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100 * SCALE)
            self.illustrate(figure)
            FigureCanvasAgg(figure).draw()
        return figure

    def _light(self, *lit):
        """Note which tasks are met now."""
        self.lit = [bool(done) for done in lit]
        self._states = states_of_goals(self.lit, self._done_before)

    def _receive(self, message, buffers):
        frame = self.answer(message, buffers)
        if frame:
            content, arrays = frame
            self.send({**content, "seq": message.get("seq")}, arrays)

    def _repr_mimebundle_(self, **kwargs):
        """The widget where a kernel runs, and for where none does the picture and the caption."""
        widget, metadata = super()._repr_mimebundle_(**kwargs)
        shown, words = self.still()
        data, about = static_view(shown.figure.canvas, SIZE, words)
        return widget | data, metadata | about
