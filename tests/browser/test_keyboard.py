"""Keys typed on a control of the course are the control's, in JupyterLab and Notebook 7, and move no cell."""

import pytest
from lab import run_by_keyboard

CELLS = {
    "above": "'above'",
    "hiker": "from course.widgets import Hiker\n\nHiker()",
    "quiz": "from course.exercises import quiz\n\nquiz('1')",
    "playground": "from course.widgets import Playground\n\nPlayground(points=50)",
    "below": "'below'",
}
ACTIVE = "[...document.querySelectorAll('.jp-Notebook .jp-Cell')].findIndex(c => c.classList.contains('jp-mod-active'))"


@pytest.fixture(params=["lab/tree", "notebooks"])
def host(request, page, address, written):
    """A notebook with widgets in one of the two hosts, every cell run by keyboard."""
    written("keys.ipynb", CELLS)
    page.goto(f"{address}/{request.param}/keys.ipynb" + ("?reset" if "lab" in request.param else ""))
    page.locator(".jp-Notebook .jp-Cell").nth(len(CELLS) - 1).wait_for()
    page.wait_for_function("document.querySelector('[data-status=idle]') !== null", timeout=60_000)
    run_by_keyboard(page, len(CELLS))
    page.locator(".noUi-handle").first.wait_for(timeout=60_000)
    page.locator(".playground select:visible").first.wait_for(timeout=60_000)
    return page


def stays(page, control, keys):
    """Press keys on a control, which must keep the focus, in the cell that is active."""
    control.scroll_into_view_if_needed()
    control.focus()
    active = page.evaluate(ACTIVE)
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(150)
        assert page.evaluate(ACTIVE) == active, f"{key} moved to another cell"
        assert page.evaluate("document.activeElement.closest('.explorer, .quiz, .playground') !== null"), key


def test_a_slider_keeps_its_keys(host):
    handle = host.locator(".noUi-handle").first
    before = float(handle.get_attribute("aria-valuenow"))
    stays(host, handle, ["ArrowUp", "ArrowRight", "ArrowUp", "ArrowDown"])
    assert float(handle.get_attribute("aria-valuenow")) == pytest.approx(before + 0.2)


def test_the_choices_of_a_quiz_and_the_lists_of_the_playground_keep_theirs(host):
    radios = host.locator(".quiz input[type=radio]")
    radios.first.check()
    stays(host, radios.first, ["ArrowDown", "ArrowDown"])
    assert radios.nth(2).is_checked()
    stays(host, host.locator(".playground select:visible").first, ["ArrowDown", "ArrowUp"])
