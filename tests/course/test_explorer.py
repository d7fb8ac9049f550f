"""The base of the widgets, tried on the example its docstring gives, so that the pattern later lessons copy is true."""

import base64
import io
import re
import textwrap
import warnings

import ipywidgets as widgets
import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from course.png import png
from course.widgets import explorer
from course.widgets.controls import CheckList, Stepper, slider
from course.widgets.explorer import SCALE, Explorer, moving, set_if_changed

EXAMPLE = re.search(r"    class Parabola.*?\n\n`", explorer.__doc__, re.DOTALL)[0].rstrip("`\n")


def parabola(**start):
    names = {"Explorer": Explorer, "moving": moving, "slider": slider, "np": np}
    exec(textwrap.dedent(EXAMPLE), names)
    return names["Parabola"](**start)


def pixels(widget):
    return np.asarray(Image.open(io.BytesIO(bytes(widget.picture.value))))


def symbols(widget):
    return "".join(re.findall("[○●◐]", widget.lamp.value))


def test_the_picture_follows_the_control_and_comes_back():
    widget = parabola()
    first = bytes(widget.picture.value)
    widget.control["a"].value = -2
    np.testing.assert_allclose(widget.curve.get_ydata(), -2 * np.linspace(-2, 2, 101) ** 2)
    second = bytes(widget.picture.value)
    widget.control["a"].value = 1
    assert first == bytes(widget.picture.value) != second
    assert first == bytes(parabola().picture.value)


def test_the_picture_is_the_figure():
    """Blitted, it shows the same as matplotlib does when it draws everything anew."""
    widget = parabola(a=0.5)
    widget.control["a"].value = 2
    shown = pixels(widget)
    widget.curve.set_animated(False)
    with mpl.style.context(explorer.STYLE, after_reset=True):
        widget.canvas.draw()
    drawn = np.asarray(widget.canvas.buffer_rgba())
    assert shown.shape == drawn.shape == (300 * SCALE, 480 * SCALE, 4)
    differs = (shown != drawn).any(axis=2)
    assert differs.mean() < 0.002  # where the curve meets the axes, which are drawn over it if it is not animated


def test_the_background_is_drawn_anew_only_when_something_in_it_changes():
    widget = parabola()
    draws = []
    widget.canvas.draw = lambda draw=widget.canvas.draw: (draws.append(1), draw())
    widget.control["a"].value = 2
    assert len(draws) == 0
    (axes,) = widget.figure.axes
    set_if_changed(axes, ylim=(-8.0, 8.0), xlabel="x")
    widget.control["a"].value = 3
    assert len(draws) == 0
    before = pixels(widget)
    set_if_changed(axes, ylim=(-20, 20))
    widget.reset()
    widget.control["a"].value = 3
    assert len(draws) == 1
    assert (pixels(widget) != before).any()


def test_the_lamp():
    widget = parabola()
    assert symbols(widget) == "○"
    assert "Goal:</b> make the curve pass through (2, 6)" in widget.lamp.value
    widget.control["a"].value = 1.5
    assert symbols(widget) == "●"
    assert "Reached:" in widget.lamp.value
    assert widget.lit == [True]
    widget.control["a"].value = 1.6
    assert symbols(widget) == "◐"
    assert "Reached before:" in widget.lamp.value
    widget.reset()
    assert symbols(widget) == "○"


def test_reset_sets_everything_back_in_one_redraw():
    widget = parabola(a=2)
    first = bytes(widget.picture.value)
    widget.control["a"].value = -1
    updates = []
    widget.update = lambda update=widget.update, **values: (updates.append(values), update(**values))[1]
    next(child for child in widget.children if isinstance(child, widgets.Button)).click()
    assert updates == [{"a": 2}]
    assert bytes(widget.picture.value) == first
    widget.control["a"].value = 0.5
    assert updates[1:] == [{"a": 0.5}]


def test_an_unknown_control_is_named():
    with pytest.raises(TypeError, match=r"Parabola has no control 'b'; it has a\."):
        parabola(b=1)


def test_without_a_kernel_there_is_a_picture_and_a_sentence():
    widget = parabola()
    data, hints = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert data["text/plain"] == "The parabola y = 1.0 x²."
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size == (480 * SCALE, 300 * SCALE)
    np.testing.assert_array_equal(np.asarray(picture), pixels(widget))
    assert hints["image/png"] == {"width": 480, "height": 300, "alt": data["text/plain"]}


def test_png_loses_nothing():
    noise = np.random.default_rng(0).integers(0, 256, (7, 5, 4), dtype=np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(noise)))), noise)


def test_the_learners_settings_neither_matter_nor_change():
    expected = bytes(parabola().picture.value)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}), np.errstate(all="raise"):
        settings = dict(mpl.rcParams)
        assert bytes(parabola().picture.value) == expected
        assert dict(mpl.rcParams) == settings
    before = list(warnings.filters)
    parabola().control["a"].value = 2
    assert warnings.filters == before


def test_words_are_escaped():
    class Rude(Explorer):
        def update(self):
            return ["`<b>` & <script>"]

    assert "<code>&lt;b&gt;</code> &amp; &lt;script&gt;" in Rude().words.value


def test_a_check_list_is_its_boxes_and_every_control_has_a_label():
    control = slider("steepness", 1, 0, 2, 0.1)
    assert control.description == control.tooltip == "steepness"
    boxes = CheckList("compare with", ["a", "b", "c"], value=("c", "a", "unknown"))
    assert [child.description for child in boxes.children[1:]] == ["a", "b", "c"]
    assert boxes.value == ("a", "c")
    seen = []
    boxes.observe(lambda change: seen.append(change.new), names="value")
    boxes.children[2].value = True
    boxes.value = ()
    assert seen == [("a", "b", "c"), ()]
    assert [child.value for child in boxes.children[1:]] == [False, False, False]


def test_a_move_is_one_go_at_one_control():
    class Two(Explorer):
        def controls(self):
            return {"a": slider("a", 0, -1, 1, 0.1), "b": slider("b", 0, -1, 1, 0.1)}

        def goals(self, a, b):
            yield "move once", self.moves == 1

    widget = Two(b=0.5)
    assert widget.moves == 0
    for value in (0.1, 0.2, 0.3):
        widget.control["a"].value = value
        assert widget.moves == 1
        assert widget.lit == [True]
    widget.control["b"].value = 1
    widget.control["a"].value = 0
    assert widget.moves == 3
    widget.reset()
    assert widget.moves == 0
    widget.control["a"].value = 1
    assert widget.moves == 1


def test_a_stepper_goes_back_and_forth_and_stops_at_its_ends():
    steps = Stepper("step", 3)
    back, forth, bar = steps.row.children
    assert bar is steps
    seen = []
    steps.observe(lambda change: seen.append(change.new), names="value")
    assert (back.disabled, forth.disabled) == (True, False)
    for button in (forth, forth, back, forth, forth, forth):
        button.click()
    assert seen == [1, 2, 1, 2, 3]
    assert (back.disabled, forth.disabled) == (False, True)
    assert bar.value == 3
    bar.value = 0
    assert steps.value == 0
    steps.value = 17
    assert (steps.value, bar.value) == (3, 3)
    steps.value = -1
    assert (steps.value, bar.value, back.disabled) == (0, 0, True)
    assert Stepper("step", 3, value=2).value == 2
