"""Digits drawn with the mouse in JupyterLab are read by the network that lesson 07 trains, if they are prepared.

With MNIST_DIR set, the network is trained on all of MNIST, else on the course's sample, as in the lesson. One page for
the whole file.
"""

import inspect
import itertools
import os
import sys

import numpy as np
import pytest
from conftest import ARTIFACTS, ROOT
from lab import CURRENT, Notebook

sys.path.insert(0, str(ROOT / "tests" / "course"))
from second_hand import LARGE, TINY, USUAL, write

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
    "pad": "pad = DrawDigit(deep, (mnist.X_test, mnist.y_test))\npad",
    "other": "print(pad.row)",
}


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


def draw(page, strokes):
    """With the mouse, stroke by stroke."""
    box = page.locator(".drawing-pad").bounding_box()
    for stroke in strokes:
        points = np.asarray(stroke) * box["width"] + (box["x"], box["y"])
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in [*points[1:-1:2], points[-1]]:  # half of them, as quick hands draw
            page.mouse.move(*point)
        page.mouse.up()
    settled(page)


def read(page):
    return page.locator(".drawing-sentence").get_attribute("data-read")


def lamps(page):
    return [lamp.get_attribute("data-state") for lamp in page.locator(".drawing-lamps > div").all()]


def test_the_pad_fits_a_laptop(page):
    draw(page, [[(0.2, 0.2), (0.8, 0.8)]])
    assert page.locator(".drawing").bounding_box()["height"] <= 545  # see ROOM in test_dragging.py


def test_digits_of_several_hands_are_read_and_less_often_without_preparing(page):
    prepared, raw = [], []
    for digit, way in itertools.product(range(10), (USUAL, TINY, LARGE)):
        draw(page, write(digit, way))
        prepared.append(read(page) == str(digit))
        page.locator(".drawing input").click()
        settled(page)
        raw.append(read(page) == str(digit))
        page.locator(".drawing input").click()
        press(page, "Clear")
    assert np.mean(prepared) >= 0.9
    assert np.mean(raw) <= np.mean(prepared) - 0.2


def test_five_in_a_row_light_the_lamp_and_a_wrong_one_begins_again(page):
    for k in range(5):
        assert f"{k} in a row" in page.locator(".drawing-left").inner_text()
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
    one = page.locator(".drawing-bars").inner_text()
    assert read(page) == "1"
    draw(page, [[(0.5, 0.2), (0.75, 0.35), (0.5, 0.5)], [(0.5, 0.5), (0.75, 0.65), (0.5, 0.85)]])
    assert read(page) != "1"
    press(page, "Undo")
    press(page, "Undo")
    assert page.locator(".drawing-bars").inner_text() == one
    press(page, "Clear")
    assert (read(page), text(page, "sentence")) == ("", "Draw a digit.")
    press(page, "Undo")
    assert read(page) == ""


@pytest.mark.parametrize("kind", ["touch", "pen"])
def test_a_finger_and_a_pen_draw_too(page, kind):
    box = page.locator(".drawing-pad").bounding_box()
    session = page.context.new_cdp_session(page)
    (stroke,) = write(7)
    points = [{"x": float(x), "y": float(y)} for x, y in stroke * box["width"] + (box["x"], box["y"])]
    for k, point in enumerate([*points, points[-1]]):
        which = 0 if k == 0 else 2 if k == len(points) else 1
        if kind == "touch":
            touches = [] if which == 2 else [point]
            content = {"type": ("touchStart", "touchMove", "touchEnd")[which], "touchPoints": touches}
            session.send("Input.dispatchTouchEvent", content)
        else:
            content = {"type": ("mousePressed", "mouseMoved", "mouseReleased")[which], "pointerType": "pen"}
            session.send("Input.dispatchMouseEvent", {**content, **point, "button": "left", "buttons": 1})
    settled(page)
    assert read(page) == "7"


def test_by_keyboard_a_digit_is_drawn_and_a_test_digit_edited(page):
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
    before = page.locator(".drawing-bars").inner_text()
    pad.focus()
    for key in ("Enter", "ArrowRight", "Enter", "ArrowRight", "Delete"):
        pad.press(key)
    settled(page)
    assert "of 20 pixels changed" in text(page, "words")
    page.locator(".drawing").screenshot(path=ARTIFACTS / "drawing-edit.png")
    press(page, "Restore")
    assert page.locator(".drawing-bars").inner_text() == before
    press(page, "Next")
    assert text(page, "words").startswith("Test digit 2 of")
    press(page, "Draw a digit")
    assert text(page, "sentence") == "Draw a digit."


def fool(network, x, label, most=20):
    """At most so many pixels of x (784,) to turn over until the network reads another digit: the best one each time."""
    x, cells = x.copy(), []
    while len(cells) < most:
        P = network.predict_proba(x[None])[0]
        if P.argmax() != label and P.max() > 0.5:
            break
        tries = np.repeat(x[None], 784, axis=0)
        np.fill_diagonal(tries, x <= 127 / 255)
        Z = network.logits(tries)
        margin = Z[label] - np.delete(Z, label, axis=0).max(axis=0)
        margin[cells] = np.inf
        cells.append(int(margin.argmin()))
        x = tries[cells[-1]]
    return cells


def test_a_test_digit_can_be_made_to_fool_it(page, notebook):
    source = f"""import numpy as np

{inspect.getsource(fool)}
print(*fool(deep, pad.X[0], pad.y[0]))"""
    cells = [int(k) for k in notebook.run_cell("other", source).split()]
    notebook.cell("pad")
    press(page, "Edit a test digit")
    box = page.locator(".drawing-pad").bounding_box()
    for k in cells:
        page.mouse.click(box["x"] + (k % 28 + 0.5) * box["width"] / 28, box["y"] + (k // 28 + 0.5) * box["height"] / 28)
        settled(page)
    assert "You fooled it" in text(page, "words"), (cells, text(page, "words"))
    assert lamps(page) == ["goal", "reached", "goal"]
    page.locator(".drawing").screenshot(path=ARTIFACTS / "drawing-fooled.png")


def test_a_kernel_that_is_gone_is_said_in_words(notebook):
    page = notebook.page
    page.evaluate(f"{CURRENT}.sessionContext.shutdown()")
    box = page.locator(".drawing-pad").bounding_box()
    page.mouse.click(box["x"] + 50, box["y"] + 50)
    page.locator(".drawing-words", has_text="The kernel does not answer").wait_for(timeout=8000)
