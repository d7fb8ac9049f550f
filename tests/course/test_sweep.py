"""Every widget of the course, found by itself, with every control at its ends, alone and in pairs.

What is particular to a widget is tested beside it; here is what all promise: at any setting there is a picture and a
sentence, nothing is raised or printed, every control does something, and Reset leads back. Any warning fails these
tests: pyproject.toml makes errors of warnings.
"""

import gc
import itertools
import math
import os

import ipywidgets
import matplotlib.colors
import matplotlib.text
import numpy as np
import pytest
from moving import EXPLORERS, ends, picture, put, words

pytestmark = pytest.mark.parametrize("kind", EXPLORERS, scope="module")


@pytest.fixture(scope="module")
def widget(kind):
    """One for all tests: they lead it back to its start."""
    yield kind()
    ipywidgets.Widget.close_all()
    gc.unfreeze()  # then it can be collected: see conftest.py


def look(widget):
    """The picture, after a look at what must be so whatever the setting is."""
    caption = widget.caption(**widget.values)
    assert caption.strip()
    assert "nan" not in caption.lower().split()
    assert words(widget).strip()
    goals = list(widget.goals(**widget.values))
    assert any(task for task, _ in goals)
    assert all(isinstance(bool(done), bool) and (task or not done) for task, done in goals)
    assert np.ptp(widget.canvas.buffer_rgba()) > 0
    return picture(widget)


def covering(options):
    """Few settings in which every pair of values of two controls occurs, from {control: its values}; greedily."""
    left = {pair for setting in every_pair(options) for pair in pairs_in(setting)}
    while left:
        setting = dict(min(left, key=repr))
        for name in [name for name in options if name not in setting]:
            tried = [in_order({**setting, name: value}, options) for value in options[name]]
            setting = max(tried, key=lambda each: len(pairs_in(each) & left))
        left -= pairs_in(setting)
        yield setting


def every_pair(options):
    for a, b in itertools.combinations(options, 2):
        yield from ({a: x, b: y} for x, y in itertools.product(options[a], options[b]))


def pairs_in(setting):
    """The pairs of (control, value) that a setting, {control: value}, has."""
    return set(itertools.combinations(setting.items(), 2))


def in_order(setting, names):
    return {name: setting[name] for name in names if name in setting}


def test_at_every_setting_there_is_a_picture_and_it_is_always_the_same_and_every_control_changes_it(widget, capfd):
    """Every end alone, then every pair in few settings; with COURSE_FULL_SWEEP=1 each pair by itself, every week.

    What is left out of a setting is at its start: an end alone is a pair with each of the other controls' starts. Of a
    long list, each option is chosen alone, and the first and the last in pairs.
    """
    ends_of = {name: dict.fromkeys(ends(control)) for name, control in widget.control.items()}
    options = {name: [value for value in values if value != widget.start[name]] for name, values in ends_of.items()}
    seen = {str(widget.start): look(widget)}

    def show(setting):
        put(widget, **(widget.start | setting))
        shown = look(widget)
        assert shown == seen.setdefault(str(widget.values), shown), setting
        return shown

    def pictures(name, others):
        return {show(others), *(show(others | {name: value}) for value in options[name])}

    alone = [name for name in options if len(pictures(name, {})) > 1]
    few = {name: values if len(values) < 5 else [values[0], values[-1]] for name, values in options.items()}
    for setting in every_pair(options) if os.environ.get("COURSE_FULL_SWEEP") else covering(few):
        show(setting)
    for name in set(options) - set(alone):
        others = ({other: value} for other in options if other != name for value in options[other])
        assert any(len(pictures(name, other)) > 1 for other in others), f"{name} changes nothing"
    widget.reset()
    assert widget.values == widget.start
    assert look(widget) == seen[str(widget.start)]
    assert capfd.readouterr() == ("", "")


def test_every_control_can_be_set_at_the_start_and_reset_leads_back_there(kind, widget):
    last = {name: ends(control)[-2] for name, control in widget.control.items()}
    made = kind(**last)
    put(widget, **last)
    moved, shown = widget.values, picture(widget)
    widget.reset()
    assert (made.values, picture(made)) == (moved, shown)
    put(made, **{name: ends(control)[0] for name, control in made.control.items()})
    made.reset()
    assert made.values == moved


def test_numbers_and_texts_can_be_read(widget):
    """A readout is no coarser than its slider; texts have a contrast with white of 4.5 : 1, and 9 points or more."""
    for name, control in widget.control.items():
        if hasattr(control, "readout_format"):
            n = round((control.max - control.min) / control.step)
            assert control.max - control.min == pytest.approx(n * control.step), "the last step ends at the end"
            start = math.log(control.value, control.base) if hasattr(control, "base") else control.value
            from_start = (start - control.min) / control.step
            assert from_start == pytest.approx(round(from_start)), f"the page would move {name} to a step"
            places = [control.min + k * control.step for k in range(n + 1)]
            places = [control.base**place for place in places] if hasattr(control, "base") else places
            shown = [f"{place:{control.readout_format}}" for place in places]
            assert all(one != other for one, other in itertools.pairwise(shown)), name
            if all(float(place).is_integer() for place in places):
                assert not any("." in text for text in shown), name
    corners = np.array([ax.get_position().get_points() for ax in widget.figure.axes])
    assert ((corners >= 0) & (corners <= 1)).all(), "all axes lie in the figure"
    shown = [ax for ax in widget.figure.axes if ax.axison]  # the others may lie under a picture
    for one, other in itertools.combinations(shown, 2):
        assert not one.get_position().overlaps(other.get_position()), (one, other)
    for ax in widget.figure.axes:
        assert ax.get_title() or ax.get_title("left") or ax.get_xlabel() or ax.get_ylabel() or not ax.axison, ax
    axes = [axis for ax in widget.figure.axes for axis in (ax.xaxis, ax.yaxis)]
    ticks = {label for axis in axes for label in axis.get_ticklabels(which="both")}  # some are kept beyond the ends
    for text in widget.figure.findobj(matplotlib.text.Text):
        box = text.get_window_extent().get_points()
        inside = ((box >= 0) & (box <= widget.figure.bbox.size)).all()
        assert inside or not text.get_text() or text in ticks, f"{text} does not lie in the figure"
        channels = np.array(matplotlib.colors.to_rgb(text.get_color()))
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5, text
        assert text.get_fontsize() >= 9, text
