"""The base of the widgets, tried on the example its docstring gives, so that the pattern later lessons copy is true."""

import base64
import gc
import io
import re
import textwrap
import warnings
import weakref

import ipywidgets as widgets
import matplotlib as mpl
import numpy as np
import pytest
from moving import drag, picture
from PIL import Image

from course import widgets as course_widgets
from course.png import png
from course.widgets import explorer
from course.widgets.controls import CheckList, Stepper, dropdown, nearest, slider
from course.widgets.explorer import SCALE, Explorer, moving, set_if_changed

EXAMPLE = re.search(r"    class Parabola.*?\n\n`", explorer.__doc__, re.DOTALL)[0].rstrip("`\n")


def parabola(**start):
    names = {"Explorer": Explorer, "moving": moving, "slider": slider, "np": np}
    exec(textwrap.dedent(EXAMPLE), names)
    return names["Parabola"](**start)


def explorer_with(**methods):
    return type("Made", (Explorer,), methods)()


def pixels(widget):
    return np.asarray(Image.open(io.BytesIO(picture(widget))))


def symbols(widget):
    return "".join(re.findall("[○●◐]", widget.lamp.value))


def updates_of(widget):
    """A list that gains the values of each update from now on."""
    seen, update = [], widget.update
    widget.update = lambda **values: (seen.append(values), update(**values))[1]
    return seen


def test_the_picture_is_the_figure():
    """Blitted, it shows the same as matplotlib does when it draws everything anew."""
    widget = parabola(a=0.5)
    widget.control["a"].value = 2
    np.testing.assert_allclose(widget.curve.get_ydata(), 2 * np.linspace(-2, 2, 101) ** 2)
    shown = pixels(widget)
    widget.curve.set_animated(False)
    with mpl.style.context(explorer.STYLE, after_reset=True):
        widget.canvas.draw()
    drawn = np.asarray(widget.canvas.buffer_rgba())
    assert shown.shape == drawn.shape == (300 * SCALE, 480 * SCALE, 4)
    differs = (shown != drawn).any(axis=2)
    assert differs.mean() < 0.002  # where the curve meets the axes, which are drawn over it if it is not animated


class Labeled(Explorer):
    def controls(self):
        return {"x": slider("x", 0, 0, 1, 0.1)}

    def draw(self, figure):
        ax = figure.add_axes((0.1, 0.1, 0.8, 0.8), xlim=(0, 1), ylim=(0, 1))
        self.band = moving(ax, [0, 1], [0.5, 0.5], lw=30)
        box = {"boxstyle": "square,pad=0.5", "facecolor": "white"}
        looks = (
            (0.5, 0.5, "gΠy", {"rotation": 30}),
            (1, 1, "cut", {"size": 30}),
            (0.2, 0.5, "boxed\ntext", {"bbox": box}),
        )
        self.texts = [ax.text(*text, animated=True, **look) for *text, look in (*looks, (0.8, 0.5, "", {}))]

    def update(self, x):
        self.texts[-1].set_text(f"{x:.1f}")


def test_a_text_that_did_not_change_is_shown_without_drawing_it_again():
    widget = Labeled()
    drawn = []
    for text in widget.texts:
        text.draw = lambda renderer, text=text, draw=text.draw: (drawn.append(text), draw(renderer))
    widget.control["x"].value = 0.3
    assert drawn == widget.texts[-1:]
    shown = pixels(widget).astype(int)
    widget._write = lambda text, renderer: text.draw(renderer)
    widget._paint()
    assert np.abs(shown - np.asarray(widget.canvas.buffer_rgba())).max() <= 1, "one shade, by rounding"


def test_the_background_is_drawn_anew_only_when_something_in_it_changes():
    widget = parabola(a=2)
    draws, first = [], pixels(widget)
    widget.canvas.draw = lambda draw=widget.canvas.draw: (draws.append(1), draw())
    for ylim, redraws in (((-8.0, 8.0), 0), ((-20, 20), 1)):
        set_if_changed(widget.ax, ylim=ylim, xlabel="x")
        widget.control["a"].value += 1
        widget.reset()
        assert len(draws) == redraws
        assert (pixels(widget) != first).any() == redraws


def test_the_lamp():
    widget = parabola()
    for a, symbol, said in ((1, "○", "Goal:</b> make the curve pass through (2, 6)"),
                            (1.5, "●", "Reached:"), (1.6, "◐", "Reached before:")):  # fmt: skip
        widget.control["a"].value = a
        assert symbols(widget) == symbol
        assert said in widget.lamp.value
        assert widget.lit == [a == 1.5]
    widget.reset()
    assert symbols(widget) == "○"


def test_reset_sets_everything_back_in_one_redraw():
    widget = parabola(a=2)
    first = picture(widget)
    widget.control["a"].value = -1
    updates = updates_of(widget)
    next(child for child in widget.children[1].children[1].children if isinstance(child, widgets.Button)).click()
    assert picture(widget) == first
    widget.control["a"].value = 0.5
    assert updates == [{"a": 2}, {"a": 0.5}]


def test_a_handle_is_where_the_page_draws_it_and_follows_the_pointer():
    widget = parabola()
    assert {"places", "dragged"} <= set(widget._handles.keys), "the page is not told of them"
    x1, y1, x2, y2 = widget._handles.places["curve"]
    assert (x1, y1) == (x2, y2)
    place = widget.ax.transData.transform((2, 4))
    assert widget.figure.transFigure.transform((x1, 1 - y1)) == pytest.approx(place, abs=1)
    updates = updates_of(widget)
    drag(widget, "curve", (2, 4.6), (1.5, 5.8))
    assert updates == [{"a": 1.2}, {"a": 1.4}]  # 1.45 at most: what the slider has next to it
    assert symbols(widget) == "○"
    drag(widget, "curve", (2, 6))
    assert symbols(widget) == "●"
    drag(widget, "curve", (2, 1000))
    assert widget.values["a"] == 2, "the axes end at 8"


def test_a_drag_that_changes_nothing_or_of_what_is_not_there_does_nothing():
    widget = parabola()
    first = picture(widget)
    drag(widget, "curve", (2, 4), (2, 4.1))
    widget._handles.dragged = [-1, "no such handle", 0.5, 0.5]
    assert (picture(widget), widget.moves) == (first, 0)
    widget.control["a"].value = 3  # the curve leaves the axes below x = 2
    assert widget._handles.places == {}


def test_of_a_line_what_the_axes_show_is_the_handle():
    class Level(Explorer):
        def draw(self, figure):
            self.ax = figure.add_axes((0.25, 0.5, 0.5, 0.25), xlim=(0, 1), ylim=(0, 1))

        def handles(self):
            return {"level": (self.ax, (-9, 9), (0.2, 0.2)), "point": (self.ax, 0.5, 1), "away": (self.ax, (0, 1), 2)}

    places = Level()._handles.places
    assert list(places) == ["level", "point"]
    assert places["level"] == pytest.approx([0.25, 0.45, 0.75, 0.45], abs=0.002)
    assert places["point"] == pytest.approx([0.5, 0.25, 0.5, 0.25], abs=0.002)


class Turn(Explorer):
    def controls(self):
        return {"a": slider("a", 0, -1, 1, 0.1), "b": slider("b", 0, -1, 1, 0.1)}

    def draw(self, figure):
        self.ax = figure.add_axes((0, 0, 1, 1), xlim=(-1, 1), ylim=(-1, 1))

    def handles(self, a, b):
        return {"dot": (self.ax, a, b)}

    def dragged(self, handle, place, a, b):
        return {"a": a + place[0], "b": place[1]}

    def goals(self, a, b):
        yield "move once", self.moves == 1


def test_a_move_is_one_go_at_one_control_or_one_drag_from_where_it_was_grabbed():
    widget = Turn()
    assert (widget.moves, widget.lit) == (0, [False])
    drag(widget, "dot", (0.1, 0), (0.2, 0.3), (0.3, 0.5))
    assert (widget.values, widget.moves) == ({"a": 0.3, "b": 0.5}, 1)
    drag(widget, "dot", (0.1, -0.5), (0.2, -0.5))
    assert (widget.values, widget.moves) == ({"a": 0.5, "b": -0.5}, 2)
    for name, value, moves in (("a", 0, 3), ("a", 0.1, 3), ("a", 0.2, 3), ("b", 1, 4)):
        widget.control[name].value = value
        assert widget.moves == moves
    widget.reset()
    widget.control["b"].value = 0.5
    assert (widget.moves, widget.lit) == (1, [True])
    drag(widget, "dot", (0.1, 0))
    assert (widget.moves, widget.lit) == (2, [False])


def test_controls_that_do_nothing_are_hidden_with_all_that_belongs_to_them():
    widget = explorer_with(
        controls=lambda self: {"a": slider("a", 0, 0, 1, 1), "steps": Stepper("steps", 3)},
        unused=lambda self, a, steps: ("steps",) if a else (),
    )
    for a in (0, 1, 0):
        widget.control["a"].value = a
        assert widget.control["steps"].row.layout.display == ("none" if a else None)
        assert widget.control["a"].layout.display is None


@pytest.mark.parametrize(("low", "high", "step"), [(-200, 400, 5), (-15, 15, 0.1), (0, 1, 0.05)])
def test_a_slider_takes_the_nearest_position_and_what_the_page_rounds_is_no_move(low, high, step):
    widget = explorer_with(controls=lambda self: {"a": slider("a", low, low, high, step)})
    control = widget.control["a"]
    for k, place in enumerate(np.linspace(low, high, round((high - low) / step) + 1)):
        assert nearest(control, place + 0.4 * step) == pytest.approx(place), k
    assert (nearest(control, low - 1e9), nearest(control, high + 1e9)) == (low, high)
    control.value = low + 1e-13
    assert widget.moves == 0
    assert nearest(Stepper("steps", 3), 1.9) == 2
    assert nearest(dropdown("list", ["x", "y"]), "y") == "y"


def test_what_the_style_and_the_page_name_is_there():
    widget, classes = parabola(), set()
    inside = [widget]
    for box in inside:
        children = getattr(box, "children", ())
        inside.extend(children)
        classes.update(box._dom_classes)
        assert ("explorer-controls" in box._dom_classes) == (widget.control["a"] in children)
    page = explorer.text_of("explorer.css") + explorer.text_of("accessible.mjs")
    assert set(re.findall(r"\.(explorer[\w-]*)", page)) == classes


def test_an_unknown_control_is_named():
    with pytest.raises(TypeError, match=r"Parabola has no control 'b'; it has a\."):
        parabola(b=1)


def test_without_a_kernel_there_is_a_picture_and_a_sentence():
    widget = parabola()
    data, hints = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert data["text/plain"] == "The parabola y = 1.0 x²."
    still = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))))
    np.testing.assert_array_equal(still, pixels(widget))
    assert hints["image/png"] == {"width": 480, "height": 300, "alt": data["text/plain"]}


def test_png_loses_nothing():
    noise = np.random.default_rng(0).integers(0, 256, (7, 5, 4), dtype=np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(noise)))), noise)


def test_the_learners_settings_neither_matter_nor_change():
    expected, filters = picture(parabola()), list(warnings.filters)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}), np.errstate(all="raise"):
        settings = dict(mpl.rcParams)
        assert picture(parabola()) == expected
        assert dict(mpl.rcParams) == settings
    parabola().control["a"].value = 2
    assert warnings.filters == filters


def test_words_are_escaped():
    said = explorer_with(update=lambda self: ["`<b>` & <script>"]).words.value
    assert "<code>&lt;b&gt;</code> &amp; &lt;script&gt;" in said


def test_a_check_list_is_its_boxes_and_every_control_has_a_label():
    for control in (slider("a", 1, 0, 2, 0.1), dropdown("a", ["x", "y"]), Stepper("a", 3)):
        assert control.description == control.tooltip == "a"
    boxes = CheckList("compare with", ["a", "b", "c"], value=("c", "a", "unknown"))
    assert [child.description for child in boxes.children[1:]] == ["a", "b", "c"]
    assert boxes.value == ("a", "c")
    seen = []
    boxes.observe(lambda change: seen.append(change.new), names="value")
    boxes.children[2].value = True
    boxes.value = ()
    assert seen == [("a", "b", "c"), ()]
    assert [child.value for child in boxes.children[1:]] == [False, False, False]


def test_a_stepper_goes_back_and_forth_and_stops_at_its_ends():
    steps = Stepper("step", 3)
    back, forth, bar = steps.row.children
    assert bar is steps
    assert (back.description, forth.description) == ("Back", "Next")
    for button, value in ((None, 0), (forth, 1), (forth, 2), (back, 1), (forth, 2), (forth, 3), (forth, 3)):
        if button:
            button.click()
        assert (steps.value, back.disabled, forth.disabled) == (value, value == 0, value == 3)
    for value, taken in ((-1, 0), (17, 3)):
        steps.value = value
        assert (steps.value, back.disabled) == (taken, taken == 0)
    assert Stepper("step", 3, value=2).value == 2


@pytest.mark.parametrize("name", ["GuessTheLine", "Playground"])  # each base
def test_what_is_closed_is_freed(name):
    widget = getattr(course_widgets, name)()
    reference = weakref.ref(widget)
    widgets.Widget.close_all()
    mpl.pyplot.close("all")
    del widget
    gc.collect()
    assert reference() is None
