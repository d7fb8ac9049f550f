"""The base of the widgets in a browser: what a laptop shows together, dragging, a stepper and a field.

The finger is Chromium's own touch events, which may scroll. Dragging with a mouse also in Notebook 7: test_hosts.py.
"""

import numpy as np
import pytest
from conftest import ARTIFACTS
from lab import CURRENT, Finger, Notebook, choose, drag, picture, place, press, settle, values, widget

from course.widgets import LatentPad

CELLS = {
    "line": "from course.widgets import GuessTheLine\n\nGuessTheLine()",
    "neuron": "from course.widgets import NeuronExplorer\n\nNeuronExplorer()",
    "pad": "from course.widgets import LatentPad\n\nLatentPad()",
    "stepper": "from course.widgets import BackpropStepper\n\nBackpropStepper()",
}
ROOM = 1000, 545  # of a notebook in JupyterLab on a screen of 1366 × 768, in CSS pixels


@pytest.fixture(scope="module")
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
    """As at the start."""
    return widget(notebook, cell_id)[0].locator(".explorer")


def handle(shown, name):
    """Its place on the screen."""
    return place(shown.locator(f".explorer-handles line[data-name={name}]"))


def test_task_picture_and_controls_are_seen_together_and_nothing_scrolls_sideways(laptop):
    def shown(part):
        """Left, upper, right and lower edge."""
        return *place(cell.locator(part), 0, 0), *place(cell.locator(part), 1, 1)

    toggle = "window.jupyterapp.commands.execute('application:toggle-left-area')"
    for cell_id in CELLS:
        cell = explorer(laptop, cell_id)
        size = cell.evaluate("e => [e.scrollWidth, e.scrollHeight]")
        assert all(length <= room for length, room in zip(size, ROOM, strict=True)), (cell_id, size)
        picture, controls = shown(".explorer-picture"), shown(".explorer-controls")
        assert controls[0] >= picture[2], "beside it"
        assert controls[3] <= picture[3] + 1, "and no longer"
    laptop.page.evaluate(toggle)
    laptop.page.set_viewport_size({"width": 390, "height": 844})
    for cell_id in CELLS:
        cell = explorer(laptop, cell_id)
        assert shown(".explorer-controls")[1] >= shown(".explorer-picture")[3], "below it"
        wide = "e => e.scrollWidth - e.clientWidth"
        assert cell.evaluate(wide) == laptop.page.locator(".jp-Notebook").first.evaluate(wide) == 0
        laptop.page.screenshot(path=ARTIFACTS / f"01-{cell_id}-390.png")
    laptop.page.evaluate(toggle)
    laptop.page.set_viewport_size({"width": 1366, "height": 768})


def test_line_and_arrow_are_dragged_with_a_finger(laptop):
    """From the start, w = (1, −1) and b = 0.5: the arrow, turned up, and then the line, pushed down left, make OR."""
    shown, finger = explorer(laptop, "neuron"), Finger(laptop.page)
    scrolled = "document.querySelector('.jp-WindowedPanel-outer').scrollTop"
    before, top = values(shown), laptop.page.evaluate(scrolled)
    x, y = handle(shown, "arrow")
    finger.drag(np.linspace((x, y), (x + 10, y - 70), 11))
    settle(laptop.page)
    turned = values(shown)
    assert turned[1] > 0.5 > 0 > before[1]
    x, y = handle(shown, "line")
    finger.drag(np.linspace((x + 3, y), (x - 60, y + 30), 11))
    settle(laptop.page)
    pushed = values(shown)
    assert pushed[:2] == turned[:2]
    assert pushed[2] > turned[2]
    assert laptop.page.evaluate(scrolled) == top, "the page stays where it is"
    assert "2 moves" not in shown.inner_text()
    shown.screenshot(path=ARTIFACTS / "01-dragged.png")
    left, upper = place(shown.locator(".explorer-picture"), 0, 0)
    finger.drag(np.linspace((left + 60, upper + 350), (left + 60, upper + 150), 11))
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
    drag(laptop.page, handle(shown, "point"), place(shown.locator(".explorer-picture img"), x, 1 - y))
    settle(laptop.page)
    assert values(shown) == pytest.approx(list(zero), abs=0.1)
    digit, second = decoded()
    assert digit == 0
    shown.screenshot(path=ARTIFACTS / "09-pad-dragged.png")
    press(shown.locator(".noUi-handle:visible").first, "End")
    digit, third = decoded()
    assert digit == 1
    assert len({first, second, third}) == 3


def test_a_stepper_and_a_field_are_used_by_mouse_and_key_and_what_does_not_apply_is_hidden(laptop):
    cell, _ = widget(laptop, "stepper")
    pictures = [picture(cell)]
    for button, step in (("Next", 1), ("Next", 2), ("Back", 1)):
        cell.get_by_role("button", name=button).click()
        settle(laptop.page)
        assert f"step {step} of 13" in cell.inner_text()
        pictures.append(picture(cell))
    assert len(set(pictures)) == 4
    press(cell.get_by_role("slider", name="step"), "Home")
    cell.get_by_role("spinbutton").fill("6")
    press(cell.get_by_role("spinbutton"), "Enter")
    assert "Your 6 is right." in cell.inner_text()
    x = cell.get_by_role("slider", name="input x")
    assert x.is_visible()
    choose(cell, "network 2-3-2")
    assert not x.is_visible()
    assert cell.get_by_role("slider", name="by").is_visible()
