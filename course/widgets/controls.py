"""The controls of the course's widgets, each with its label: a slider, a list to choose from, boxes to tick, steps."""

from decimal import Decimal

import ipywidgets as widgets
import traitlets

FULL = {"width": "100%"}  # of the column beside the picture; explorer.css puts the label above


def slider(label, value, low, high, step, log=False):
    """A slider with its label; with `log`, from 10^low to 10^high. Its readout tells neighboring positions apart."""
    kind = widgets.FloatLogSlider if log else widgets.FloatSlider
    decimals = max(0, *(-Decimal(str(x)).normalize().as_tuple().exponent for x in (low, step)))
    return kind(
        value, min=low, max=high, step=step, description=label, tooltip=label,
        readout_format=".3g" if log else f".{decimals}f",
        layout=FULL,
    )  # fmt: skip


def nearest(control, value):
    """The value of a slider's position that is nearest to `value`; of another control, `value` itself.

    To the last digit it is what the page's slider (noUiSlider) makes of it: another one the page would send back as a
    change, after the next may have come.
    """
    if isinstance(control, widgets.IntSlider):
        return round(value)
    if not isinstance(control, widgets.FloatSlider):
        return value
    length, step = control.max - control.min, control.step * 100 / (control.max - control.min)
    percent = round((min(max(value, control.min), control.max) - control.min) * 100 / length / step) * step
    return percent * length / 100 + control.min if percent < 100 else control.max


class CheckList(widgets.Box):
    """Boxes to tick under one label; `value` is the tuple of the names that are ticked."""

    value = traitlets.Tuple()

    def __init__(self, label, options, value=()):
        box = {"width": "auto"}
        self._boxes = {
            name: widgets.Checkbox(description=name, tooltip=f"{label} {name}", indent=False, layout=box)
            for name in options
        }
        content = [widgets.Label(label, layout=FULL), *self._boxes.values()]
        super().__init__(content, layout={"flex_flow": "row wrap", "grid_gap": "0 1em"})
        for box in self._boxes.values():
            box.observe(self._read, names="value")
        self.value = value

    def _read(self, change):
        self.value = tuple(name for name, box in self._boxes.items() if box.value)

    @traitlets.validate("value")
    def _known(self, proposal):
        return tuple(name for name in self._boxes if name in proposal.value)

    @traitlets.observe("value")
    def _tick(self, change):
        for name, box in self._boxes.items():
            box.unobserve(self._read, names="value")
            box.value = name in change.new
            box.observe(self._read, names="value")


def dropdown(label, options, value=None):
    """A list from which one is chosen; at the start `value`, or else the first."""
    options = list(options)
    value = options[0] if value is None else value
    return widgets.Dropdown(options=options, value=value, description=label, tooltip=label, layout=FULL)


class Stepper(widgets.IntSlider):
    """A slider over the steps 0 … `steps`; what is shown is its `row`, with the buttons Back and Next before it."""

    def __init__(self, label, steps, value=0):
        super().__init__(value, max=steps, description=label, tooltip=label, layout=FULL)
        self._back, self._next = (
            widgets.Button(description=words, icon=icon, tooltip=f"{words}, one step", layout={"flex": "1"})
            for words, icon in (("Back", "step-backward"), ("Next", "step-forward"))
        )
        self._back.on_click(lambda _: self._go(-1))
        self._next.on_click(lambda _: self._go(+1))
        self.row = widgets.Box([self._back, self._next, self], layout={"flex_flow": "row wrap"})
        self.observe(self._at_an_end, names="value")
        self._at_an_end()

    def _go(self, way):
        self.value += way  # which stays within min … max

    def _at_an_end(self, change=None):
        self._back.disabled, self._next.disabled = self.value == self.min, self.value == self.max
