"""The base of the widgets in a browser, by those of lessons 01 and 09: what a laptop shows together, and dragging.

The mouse is a real one, in JupyterLab and in Notebook 7; the finger is Chromium's own touch events, which may scroll.
"""

import pytest
from conftest import ARTIFACTS
from lab import CURRENT, Notebook, press, run_by_keyboard, settle

from course.widgets import LatentPad

PlaywrightError = pytest.importorskip("playwright.sync_api").Error

CELLS = {
    "line": "from course.widgets import GuessTheLine\n\nguess = GuessTheLine()\nguess",
    "neuron": "from course.widgets import NeuronExplorer\n\nneuron = NeuronExplorer()\nneuron",
    "pad": "from course.widgets import LatentPad\n\npad = LatentPad()\npad",
}
ROOM = 1000, 545  # of a notebook in JupyterLab on a screen of 1366 × 768, in CSS pixels


@pytest.fixture
def laptop(chromium, address, written):
    """A notebook with the widgets, run in JupyterLab on a laptop that has a touch screen."""
    written("widgets.ipynb", CELLS)
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, has_touch=True)
    notebook = Notebook(context.new_page(), address, "widgets.ipynb")
    notebook.run_all()
    yield notebook
    assert notebook.console == []
    notebook.page.evaluate(f"{CURRENT}.sessionContext.shutdown()")
    context.close()


def explorer(notebook, cell_id):
    shown = notebook.cell(cell_id).locator(".explorer")
    shown.locator(".explorer-handles line").first.wait_for(state="attached")
    settle(notebook.page)
    return shown


def values(shown):
    """What the sliders say."""
    return [float(text.replace("−", "-")) for text in shown.locator(".widget-readout:visible").all_inner_texts()]


def box(shown, part):
    at = shown.locator(part).first.bounding_box()
    return at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]


def place(shown, handle):
    """The middle of a handle on the screen."""
    left, top, right, bottom = box(shown, f".explorer-handles line[data-name={handle}]")
    return (left + right) / 2, (top + bottom) / 2


def test_task_picture_and_controls_are_seen_together_and_nothing_scrolls_sideways(laptop):
    for cell_id in CELLS:
        shown = explorer(laptop, cell_id)
        size = shown.evaluate("e => [e.scrollWidth, e.scrollHeight]")
        assert all(length <= room for length, room in zip(size, ROOM, strict=True)), (cell_id, size)
        picture, controls = box(shown, ".explorer-picture"), box(shown, ".explorer-controls")
        assert controls[0] >= picture[2], "beside it"
        assert controls[3] <= picture[3] + 1, "and no longer"
    laptop.page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    laptop.page.set_viewport_size({"width": 390, "height": 844})
    for cell_id in CELLS:
        shown = explorer(laptop, cell_id)
        assert box(shown, ".explorer-controls")[1] >= box(shown, ".explorer-picture")[3], "below it"
        wide = "e => e.scrollWidth - e.clientWidth"
        assert shown.evaluate(wide) == laptop.page.locator(".jp-Notebook").first.evaluate(wide) == 0
        laptop.page.screenshot(path=ARTIFACTS / f"01-{cell_id}-390.png")


@pytest.mark.parametrize("host", ["lab/tree", "notebooks"])
def test_the_ends_of_the_line_are_dragged_with_a_mouse(page, address, written, host):
    written("widgets.ipynb", CELLS)
    page.goto(f"{address}/{host}/widgets.ipynb" + ("?reset" if "lab" in host else ""))
    page.locator(".jp-Notebook .jp-Cell").nth(len(CELLS) - 1).wait_for()
    page.wait_for_function("document.querySelector('[data-status=idle]') !== null", timeout=60_000)
    run_by_keyboard(page, 1)
    shown = page.locator(".explorer")
    try:
        shown.locator(".explorer-handles line").first.wait_for(state="attached", timeout=60_000)
    except PlaywrightError as error:
        raise AssertionError(f"No handles. The page says:\n{page.locator('body').inner_text()[:3000]}") from error
    shown.scroll_into_view_if_needed()
    per_dollar = (place(shown, "left")[1] - place(shown, "right")[1]) / 240  # pixels; the line rises by 4 · 60 first
    for end, change in (("left", 20 - 250), ("right", 780 - 490)):
        x, y = place(shown, end)
        page.mouse.move(x + 3, y + 3)  # not quite on it
        page.mouse.down()
        page.mouse.move(x + 3, y + 3 - change * per_dollar, steps=15)
        page.mouse.up()
        page.mouse.move(x + 3, y - 100)  # is no longer held
        page.wait_for_timeout(1500)
    w, b = values(shown)
    assert w == pytest.approx(190, abs=4)
    assert b == pytest.approx(20, abs=10)
    assert shown.inner_text().count("Reached:") == 2
    assert "So far: 2." in shown.inner_text()


class Finger:
    """One finger on the screen: what Chromium does with it, it also does to a real one, such as scroll."""

    def __init__(self, page):
        self.page, self.wire = page, page.context.new_cdp_session(page)

    def drag(self, start, end, steps=10):
        self._send("touchStart", [start])
        for k in range(1, steps + 1):
            at = [a + (b - a) * k / steps for a, b in zip(start, end, strict=True)]
            self._send("touchMove", [at])
            self.page.wait_for_timeout(30)
        self._send("touchEnd", [])

    def _send(self, kind, points):
        points = [{"x": x, "y": y} for x, y in points]
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_line_and_arrow_are_dragged_with_a_finger(laptop):
    """From the start, w = (1, −1) and b = 0.5: the arrow, turned up, and then the line, pushed down left, make OR."""
    shown, finger = explorer(laptop, "neuron"), Finger(laptop.page)
    scrolled = "document.querySelector('.jp-WindowedPanel-outer').scrollTop"
    before, top = values(shown), laptop.page.evaluate(scrolled)
    x, y = place(shown, "arrow")
    finger.drag((x, y), (x + 10, y - 70))
    settle(laptop.page)
    turned = values(shown)
    assert turned[1] > 0.5 > 0 > before[1]
    x, y = place(shown, "line")
    finger.drag((x + 3, y), (x - 60, y + 30))
    settle(laptop.page)
    pushed = values(shown)
    assert pushed[:2] == turned[:2]
    assert pushed[2] > turned[2]
    assert laptop.page.evaluate(scrolled) == top, "the page stays where it is"
    assert "2 moves" not in shown.inner_text()
    shown.screenshot(path=ARTIFACTS / "01-dragged.png")
    left, upper, _, _ = box(shown, ".explorer-picture")
    finger.drag((left + 60, upper + 350), (left + 60, upper + 150))
    laptop.page.wait_for_timeout(500)
    assert values(shown) == pushed, "beside a handle nothing is dragged"


def test_the_point_of_the_latent_pad_is_moved_by_mouse_and_key_and_each_time_another_digit_is_decoded(laptop):
    shown, here = explorer(laptop, "pad"), LatentPad()  # the same again: nothing in it is left to chance

    def decoded():
        """The digit that the picture is read as, which the page says."""
        here.update(*values(shown))
        assert here.caption(*values(shown)) in shown.inner_text()
        return here.P.argmax(), shown.locator(".explorer-picture img").get_attribute("src")

    digit, first = decoded()
    assert digit == 3
    zero = here.codes[here.labels == 0].mean(axis=0)
    x, y = here.map.transData.transform(zero) / here.figure.bbox.size
    left, top, right, bottom = box(shown, ".explorer-picture img")
    mouse = laptop.page.mouse
    mouse.move(*place(shown, "point"))
    mouse.down()
    mouse.move(left + x * (right - left), bottom - y * (bottom - top), steps=10)
    mouse.up()
    settle(laptop.page)
    assert values(shown) == pytest.approx(list(zero), abs=0.1)
    digit, second = decoded()
    assert digit == 0
    shown.screenshot(path=ARTIFACTS / "09-pad-dragged.png")
    press(shown.locator(".noUi-handle:visible").first, "End")
    digit, third = decoded()
    assert digit == 1
    assert len({first, second, third}) == 3
