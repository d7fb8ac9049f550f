"""Every widget of the course, found by itself, with every control at its ends, alone and in pairs.

What is particular to a widget is tested beside it; here is what all promise: at any setting there is a picture and a
sentence, nothing is raised or printed, every control does something, and Reset leads back.
"""

import importlib
import itertools
import os
import pkgutil

import numpy as np
import pytest
from moving import picture

import course.widgets
from course.widgets.controls import CheckList, Stepper
from course.widgets.explorer import Explorer


def every_widget(kind=Explorer):
    for module in pkgutil.iter_modules(course.widgets.__path__):
        importlib.import_module(f"course.widgets.{module.name}")
    for each in kind.__subclasses__():
        if each.__module__.startswith("course."):
            yield each
        yield from every_widget(each)


def ends(control):
    """The values that matter most: both ends and the start of a slider, every option of a list, no box and all."""
    if isinstance(control, Stepper):
        return (0, control.value, control.steps)
    if isinstance(control, CheckList):
        return ((), control.value, tuple(control._boxes))
    if hasattr(control, "options"):
        values = [option[1] if isinstance(option, tuple) else option for option in control.options]
        return (*values, control.value)
    if hasattr(control, "base"):
        return (control.base**control.min, control.value, control.base**control.max)
    if hasattr(control, "min"):
        return (control.min, control.value, control.max)
    return (False, True, control.value)  # a box to tick


WIDGETS = sorted(set(every_widget()), key=lambda kind: kind.__name__)
pytestmark = pytest.mark.parametrize("kind", WIDGETS, ids=[kind.__name__ for kind in WIDGETS])


@pytest.fixture
def widget(kind):
    return kind()


def look(widget):
    """What must be so whatever the setting is."""
    caption = widget.caption(**widget.values)
    assert caption.strip()
    assert "nan" not in caption.lower().split()
    assert widget.words.value.count("<div") >= 1
    assert all(task and isinstance(bool(done), bool) for task, done in widget.goals(**widget.values))
    assert np.asarray(widget.canvas.buffer_rgba()).std() > 0
    return picture(widget)


def test_it_has_a_task_that_is_not_done_yet(widget):
    tasks = [task for task, _ in widget.goals(**widget.values)]
    assert len(tasks) >= 1
    assert not all(widget.lit)
    assert len(set(tasks)) == len(tasks)


def test_every_setting_of_every_control_alone(widget, capfd):
    start = look(widget)
    for control in widget.control.values():
        before = control.value
        for value in ends(control):
            control.value = value
            look(widget)
        control.value = before
        assert look(widget) == start, "the same state is the same picture"
    assert capfd.readouterr() == ("", "")


def pairs_in(setting):
    """The pairs of (control, value) that a setting, {control: value}, has."""
    return set(itertools.combinations(setting.items(), 2))


def covering(options):
    """Few settings in which every pair of values of two controls occurs, from {control: its values}; greedily."""
    values = {name: list(dict.fromkeys(choices)) for name, choices in options.items()}
    every = itertools.combinations(values, 2)
    left = {((a, x), (b, y)) for a, b in every for x, y in itertools.product(values[a], values[b])}
    while left:
        setting = dict(min(left, key=repr))
        for name in [name for name in values if name not in setting]:
            tried = [in_order({**setting, name: value}, values) for value in values[name]]
            setting = max(tried, key=lambda each: len(pairs_in(each) & left))
        left -= pairs_in(setting)
        yield setting


def in_order(setting, names):
    return {name: setting[name] for name in names if name in setting}


def test_every_pair_of_ends(widget, capfd):
    """Every pair occurs in few settings; with COURSE_FULL_SWEEP=1 each is tried by itself, as it is every week."""
    start = look(widget)
    options = {name: ends(control) for name, control in widget.control.items()}
    if os.environ.get("COURSE_FULL_SWEEP"):
        pairs = itertools.combinations(options, 2)
        settings = [{a: x, b: y} for a, b in pairs for x, y in itertools.product(options[a], options[b])]
    else:
        settings = list(covering(options))
    for setting in settings:
        for name in widget.control:
            widget.control[name].value = setting.get(name, widget.start[name])
        look(widget)
    seen = set().union(*map(pairs_in, settings))
    assert {((a, x), (b, y)) for a, b in itertools.combinations(options, 2)
            for x, y in itertools.product(options[a], options[b])} == seen  # fmt: skip
    widget.reset()
    assert look(widget) == start
    assert capfd.readouterr() == ("", "")


def test_every_control_changes_the_picture(widget):
    for name, control in widget.control.items():
        others = [(None, None)] + [(c, value) for c in widget.control.values() if c is not control for value in ends(c)]
        assert any(changes(widget, control, *other) for other in others), f"{name} changes nothing"
        widget.reset()


def changes(widget, control, other, value):
    """Does the control change the picture, when another one has this value?"""
    widget.reset()
    if other is not None:
        other.value = value
    pictures = set()
    for end in ends(control):
        control.value = end
        pictures.add(picture(widget))
    return len(pictures) > 1


def test_no_readout_is_coarser_than_its_slider(widget):
    for name, control in widget.control.items():
        if not hasattr(control, "readout_format"):
            continue
        n = round((control.max - control.min) / control.step)
        places = [control.min + k * control.step for k in range(n + 1)]
        places = [control.base**place for place in places] if hasattr(control, "base") else places
        digits = control.readout_format
        shown = [f"{place:{digits}}" for place in places]
        assert all(one != other for one, other in itertools.pairwise(shown)), name
        if all(float(place).is_integer() for place in places):
            assert not any("." in text for text in shown), name
