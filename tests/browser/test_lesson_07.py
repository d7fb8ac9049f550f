"""What lesson 07 has, in JupyterLab: a training is watched and stopped, and digits drawn are read, if prepared.

With MNIST_DIR set, the network is trained on all of MNIST, else on the course's sample, as in the lesson. One page for
the whole file.
"""

import os
import re
import sys

import numpy as np
import pytest
from conftest import ARTIFACTS, ROOT
from lab import CURRENT, Finger, Notebook, drag

sys.path.insert(0, str(ROOT / "tests" / "course"))
from second_hand import LARGE, TINY, write

FULL = bool(os.environ.get("MNIST_DIR"))
CELLS = {
    "train": f"""from helpers.data import load_mnist
from helpers.network import Network
from helpers.training import Adam, cosine_schedule, train
from course.widgets.drawing import DrawDigit

mnist = load_mnist("{"full" if FULL else "sample"}")
deep = Network([784, 256, 128, 10], seed=0)
settings = {{"epochs": 10, "optimizer": Adam(0.002), "schedule": cosine_schedule}}
history = train(deep, mnist.X_train, mnist.y_train, **settings)""",
    "watched": "",
    "pad": "pad = DrawDigit(deep, (mnist.X_test, mnist.y_test))\npad",
}
LONG = """import numpy as np
from course.live_plot import LivePlot

long, data = Network([784, 128, 10]), (mnist.X_train, mnist.y_train)
history = train(long, *data, epochs=200, validation=(mnist.X_test, mnist.y_test), on_epoch=LivePlot(200))
print(len(history), "epochs;", np.isfinite(long.evaluate(*data)["loss"]))"""
WATCH = """(index) => {
    const area = document.querySelector(`.jp-Notebook .jp-Cell[data-windowed-list-index='${index}'] .jp-OutputArea`);
    window.seen = [];
    window.looking = true;
    const look = () => {
        const image = area.querySelector('img');
        if (image) window.seen.push([image.offsetHeight, image.offsetWidth, image.complete && image.naturalWidth > 0]);
        if (window.looking) requestAnimationFrame(look);
    };
    look();
}"""


@pytest.fixture(scope="module")
def notebook(address, wide_page, written):
    written("drawing.ipynb", CELLS)
    notebook = Notebook(wide_page, address, "drawing.ipynb")
    notebook.run_all()
    assert notebook.errors() == []
    notebook.cell("pad")
    wide_page.locator(".drawing-sentence", has_text="Draw a digit").wait_for()
    return notebook


@pytest.fixture
def page(notebook):
    notebook.cell("pad")
    press(notebook.page, "Reset")
    yield notebook.page
    assert notebook.console == []


def settled(page):
    page.locator(".drawing[aria-busy='false']").wait_for()


def press(page, name):
    page.locator(".drawing").get_by_role("button", name=name).click()
    settled(page)


def text(page, name):
    return page.locator(f".drawing-{name}").inner_text()


def on_screen(page, points):
    """The places on the screen of points (x, y) in 0 … 1 of the pad."""
    box = page.locator(".drawing-pad").bounding_box()
    return (np.asarray(points) * box["width"] + (box["x"], box["y"])).tolist()


def draw(page, strokes):
    """With the mouse, stroke by stroke."""
    for stroke in strokes:
        points = on_screen(page, stroke)
        drag(page, points[0], *points[1:-1:2], points[-1], steps=1)  # half of them, as quick hands draw
    settled(page)


def read(page):
    return page.locator(".drawing-sentence").get_attribute("data-read")


def lamps(page):
    return [lamp.get_attribute("data-state") for lamp in page.locator(".drawing-lamps > div").all()]


def test_a_training_is_one_steady_picture_that_stop_ends(page, notebook):
    cell, index = notebook.cell("watched"), notebook.index("watched")
    notebook.set_source("watched", LONG)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell') }")
    cell.locator("img").first.wait_for()
    page.evaluate(WATCH, index)
    page.wait_for_timeout(6000)
    page.evaluate(f"{CURRENT}.sessionContext.session.kernel.interrupt()")
    notebook.wait_idle()
    page.wait_for_timeout(500)
    seen = page.evaluate("() => { window.looking = false; return window.seen }")
    cell.screenshot(path=ARTIFACTS / "07-stopped.png")
    text = notebook.text("watched")
    assert re.search(r"epoch \d+ of 200 .* stopped; the network keeps epoch \d+, its best", text), text
    assert "epochs; True" in text
    assert notebook.errors() == []
    sizes = {(height, width) for height, width, _ in seen}
    assert len(seen) > 20
    assert len(sizes) == 1, f"the picture changed its size: {sizes}"
    assert sum(not drawn for *_, drawn in seen) <= len(seen) // 20, "the picture was blank while it was redrawn"


def test_the_pad_fits_a_laptop(page):
    draw(page, [[(0.2, 0.2), (0.8, 0.8)]])
    assert page.locator(".drawing").bounding_box()["height"] <= 545  # see ROOM in test_widgets.py


def test_digits_of_another_hand_are_read_and_less_often_without_preparing(page):
    prepared, raw = [], []
    for digit in range(10):
        draw(page, write(digit, (TINY, LARGE)[digit % 2]))
        prepared.append(read(page) == str(digit))
        page.locator(".drawing input").click()
        settled(page)
        raw.append(read(page) == str(digit))
        press(page, "Reset")
    assert np.mean(prepared) >= 0.9
    assert np.mean(raw) <= np.mean(prepared) - 0.2


def test_five_in_a_row_light_the_lamp_and_a_wrong_one_begins_again(page):
    for k in range(5):
        assert f"{k} in a row" in text(page, "left")
        draw(page, write(int(text(page, "asked").split()[-1])))
        press(page, "Done")
    assert lamps(page)[:2] == ["reached", "goal"]
    page.locator(".drawing").screenshot(path=ARTIFACTS / "drawing-five.png")
    press(page, "Done")
    assert "first" in text(page, "words")
    asked = int(text(page, "asked").split()[-1])
    draw(page, write(0 if asked == 1 else 1))
    press(page, "Done")
    assert "the row begins again" in text(page, "words")
    assert lamps(page)[:2] == ["before", "goal"]
    press(page, "Reset")
    assert lamps(page) == ["goal", "goal", "goal"]


def test_undo_takes_the_last_stroke_and_clear_all(page):
    draw(page, [[(0.5, 0.15), (0.5, 0.85)]])
    one = text(page, "bars")
    assert read(page) == "1"
    draw(page, [[(0.5, 0.2), (0.75, 0.35), (0.5, 0.5)], [(0.5, 0.5), (0.75, 0.65), (0.5, 0.85)]])
    assert read(page) != "1"
    press(page, "Undo")
    press(page, "Undo")
    assert text(page, "bars") == one
    press(page, "Clear")
    assert (read(page), text(page, "sentence")) == ("", "Draw a digit.")
    press(page, "Undo")
    assert read(page) == ""


def test_a_finger_and_a_pen_draw_too(page):
    points = on_screen(page, *write(7))
    Finger(page).drag(points)
    settled(page)
    assert read(page) == "7"
    press(page, "Clear")
    wire = page.context.new_cdp_session(page)
    kinds = ["mousePressed", *["mouseMoved"] * (len(points) - 2), "mouseReleased"]
    for kind, (x, y) in zip(kinds, points, strict=True):
        pen = {"pointerType": "pen", "button": "left", "buttons": 1}
        wire.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **pen})
    settled(page)
    assert read(page) == "7"


def test_by_keyboard_a_digit_is_drawn_and_a_test_digit_edited_by_mouse_too(page):
    pad = page.locator(".drawing-pad")
    pad.focus()
    for key, times in (("ArrowUp", 8), (" ", 1), ("ArrowDown", 16), (" ", 1)):
        for _ in range(times):
            pad.press(key)
    settled(page)
    assert read(page) == "1"
    pad.press("Delete")
    settled(page)
    assert read(page) == ""
    page.get_by_role("button", name="Edit a test digit").press("Enter")
    settled(page)
    assert text(page, "words").startswith("Test digit 1 of")
    before = text(page, "bars")
    pad.focus()
    for key in ("Enter", "ArrowRight", "Enter", "ArrowRight", "Delete"):
        pad.press(key)
    settled(page)
    changed = int(re.search(r"(\d+) of 20 pixels changed", text(page, "words"))[1])
    page.mouse.click(*on_screen(page, (0.5 / 28, 0.5 / 28)))  # a corner, which is empty
    settled(page)
    assert f"{changed + 1} of 20 pixels changed" in text(page, "words")
    page.locator(".drawing").screenshot(path=ARTIFACTS / "drawing-edit.png")
    press(page, "Restore")
    assert text(page, "bars") == before
    press(page, "Next")
    assert text(page, "words").startswith("Test digit 2 of")
    press(page, "Draw a digit")
    assert text(page, "sentence") == "Draw a digit."


def test_a_kernel_that_is_gone_is_said_in_words(notebook):
    page = notebook.page
    page.evaluate(f"{CURRENT}.sessionContext.shutdown()")
    page.locator(".drawing-pad").click()
    page.locator(".drawing-words", has_text="The kernel does not answer").wait_for(timeout=8000)
