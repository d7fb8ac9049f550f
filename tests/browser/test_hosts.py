"""Keys and a mouse on controls of the course are the control's, in JupyterLab and Notebook 7, and move no cell."""

import pytest
from conftest import fresh_page
from lab import drag, place, values

CELLS = {
    "line": "from course.widgets import GuessTheLine\n\nGuessTheLine()",
    "quiz": "from course.exercises import quiz\n\nquiz('1')",
    "playground": "from course.widgets import Playground\n\nPlayground(points=50)",
    "below": "'below'",
}
ACTIVE = "[...document.querySelectorAll('.jp-Notebook .jp-Cell')].findIndex(c => c.classList.contains('jp-mod-active'))"


@pytest.fixture(scope="module", params=["lab/tree", "notebooks"])
def host(request, chromium, address, written):
    """A notebook with widgets in one of the two hosts, every cell run by keyboard."""
    written("hosts.ipynb", CELLS)
    with fresh_page(chromium, f"hosts-{request.param}") as page:
        page.goto(f"{address}/{request.param}/hosts.ipynb" + ("?reset" if "lab" in request.param else ""))
        page.locator(".jp-Notebook .jp-Cell").nth(len(CELLS) - 1).wait_for()
        page.wait_for_function("document.querySelector('[data-status=idle]') !== null", timeout=60_000)
        for k in range(len(CELLS)):
            run_by_keyboard(page, k)
        for control in (".explorer-handles line", ".quiz input", ".playground select:visible"):
            page.locator(control).first.wait_for(state="attached", timeout=60_000)
        yield page


def run_by_keyboard(page, k):
    prompt = page.locator(".jp-Notebook .jp-Cell").nth(k).locator(".jp-InputPrompt")
    for _ in range(120):  # a page that still settles may lose a key
        if "[ ]" in prompt.inner_text():
            prompt.click()
            page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(500)
        if any(digit in prompt.inner_text() for digit in "123456789"):
            return
    raise AssertionError(f"Cell {k} has not run. The page says:\n{page.locator('body').inner_text()[:3000]}")


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


def test_a_slider_a_quiz_and_the_lists_of_the_playground_keep_their_keys(host):
    handle = host.locator(".noUi-handle").first
    before = float(handle.get_attribute("aria-valuenow"))
    stays(host, handle, ["ArrowUp", "ArrowRight", "ArrowUp", "ArrowDown"])
    assert float(handle.get_attribute("aria-valuenow")) == before + 2 * 2
    radios = host.locator(".quiz input[type=radio]")
    radios.first.check()
    stays(host, radios.first, ["ArrowDown", "ArrowDown"])
    assert radios.nth(2).is_checked()
    stays(host, host.locator(".playground select:visible").first, ["ArrowDown", "ArrowUp"])


def test_the_ends_of_the_line_are_dragged_with_a_mouse(host):
    shown = host.locator(".explorer")
    shown.get_by_role("button", name="Reset").click()
    host.wait_for_timeout(1500)
    ends = {name: shown.locator(f".explorer-handles line[data-name={name}]") for name in ("left", "right")}
    per_dollar = (place(ends["left"])[1] - place(ends["right"])[1]) / 240  # pixels; the line rises by 4 · 60 first
    for end, change in (("left", 20 - 250), ("right", 780 - 490)):
        x, y = (at + 3 for at in place(ends[end]))  # not quite on it
        drag(host, (x, y), (x, y - change * per_dollar), steps=15)
        host.mouse.move(x, y - 100)  # is no longer held
        host.wait_for_timeout(1500)
    assert values(shown) == [pytest.approx(190, abs=4), pytest.approx(20, abs=10)]
    assert shown.inner_text().count("Reached:") == 2
    assert "So far: 2." in shown.inner_text()
