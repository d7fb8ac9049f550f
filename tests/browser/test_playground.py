"""The playground in JupyterLab: it plays and pauses, leaves the kernel to others, and leaves nothing running.

One page for most of the file; the screenshots in artifacts/ are for somebody to look at.
"""

import pytest
from conftest import ARTIFACTS
from lab import CURRENT, Notebook

CELLS = {
    "play": "from course.widgets.playground import Playground\n\nplayground = Playground(points=50)\nplayground",
    "other": "print(playground.epoch)",
}
EPOCH = "() => Number(document.querySelector('.playground-numbers strong').textContent.replace(',', ''))"


@pytest.fixture(scope="module")
def opened(wide_page, address, written):
    written("playground.ipynb", CELLS)
    return Notebook(wide_page, address, "playground.ipynb")


@pytest.fixture
def notebook(opened):
    """The notebook, just run: a fresh playground, which does not play."""
    opened.run_all()
    assert opened.errors() == []
    opened.page.locator(".playground-play").wait_for()
    opened.page.wait_for_function(f"({EPOCH})() === 0")
    yield opened
    assert opened.console == []


def epoch(page):
    return page.evaluate(EPOCH)


def press(page, name):
    page.locator(".playground").get_by_role("button", name=name).click()


def playing(page, epochs=20):
    """Press Play and wait until it has trained for a while."""
    press(page, "Play or pause")
    page.wait_for_function(f"({EPOCH})() >= {epochs}")


def kernels_epoch(notebook):
    return int(notebook.run_cell("other"))


def test_it_plays_and_pauses_within_two_frames(notebook):
    page = notebook.page
    playing(page)
    for _ in range(5):
        click = "document.querySelector('.playground-play').click()"
        at_the_click = page.evaluate(f"() => {{ const before = ({EPOCH})(); {click}; return before; }}")
        page.wait_for_timeout(500)
        assert epoch(page) - at_the_click <= 2
        assert f"Epoch {epoch(page)}:" in page.locator(".playground-words").inner_text()
        assert kernels_epoch(notebook) == epoch(page)
        playing(page, epoch(page) + 5)


def test_other_cells_run_while_it_plays(notebook):
    playing(notebook.page)
    seen = []
    for _ in range(3):
        source = f"print('at', playground.epoch, {len(seen)})"
        notebook.page.evaluate(
            f"([index, source]) => {CURRENT}.content.model.cells.get(index).sharedModel.setSource(source)",
            [notebook.index("other"), source],
        )
        notebook.page.evaluate(f"{CURRENT}.content.activeCellIndex = {notebook.index('other')}")
        notebook.page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
        notebook.page.locator(".jp-OutputArea-output", has_text=f"{len(seen)}\n").last.wait_for(timeout=2000)
        seen.append(int(notebook.text("other").split()[1]))
        notebook.page.wait_for_timeout(300)
    assert seen[0] < seen[1] < seen[2]
    notebook.run_cell("other", CELLS["other"])


def test_step_restart_reset_and_a_setting(notebook):
    page = notebook.page
    press(page, "Step")
    page.wait_for_function(f"({EPOCH})() === 1")
    page.get_by_label("Data set").select_option("moons")
    page.wait_for_function(f"({EPOCH})() === 0")
    assert "Data set: moons. A new network begins." in page.locator(".playground-words").inner_text()
    playing(page)
    page.get_by_label("Learning rate").press("ArrowRight")
    page.wait_for_timeout(300)
    before = epoch(page)
    assert before > 20
    press(page, "Restart")
    page.wait_for_function(f"({EPOCH})() < {before}")
    press(page, "More hidden layers")
    page.wait_for_function("document.querySelectorAll('.playground-widths > div').length === 3")
    press(page, "Reset")
    data_set = page.get_by_label("Data set").element_handle()
    page.wait_for_function("select => select.value === 'circles'", arg=data_set)  # the epoch was 0 before, too
    page.wait_for_function(f"({EPOCH})() === 0")
    assert page.locator(".playground-widths > div").count() == 2
    assert page.locator(".playground-play").inner_text() == "Play"


def test_it_is_played_with_the_keyboard(notebook):
    page = notebook.page
    page.locator(".playground-play").focus()
    page.keyboard.press("Space")
    page.wait_for_function(f"({EPOCH})() > 5")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    before = epoch(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function(f"({EPOCH})() === {before + 1}")
    notebook.cell("play").screenshot(path=ARTIFACTS / "playground-focus.png")
    page.locator(".playground").get_by_role("button", name="Fewer units in hidden layer 2").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelectorAll('.playground-widths strong')[1].textContent === '6'")
    assert notebook.page.evaluate(f"{CURRENT}.content.mode") == "command"


def test_a_slider_follows_the_hand(notebook):
    slider = notebook.page.get_by_label("Noise")
    for _ in range(10):
        slider.press("ArrowRight")
    notebook.page.wait_for_timeout(500)
    assert slider.evaluate("slider => slider.closest('label').querySelector('strong').textContent") == "0.6"
    assert notebook.run_cell("other", "print(playground.settings['noise'])") == "0.6\n"
    notebook.run_cell("other", CELLS["other"])


def test_the_lamp_lights(notebook):
    notebook.run_cell("play", 'playground = Playground("spirals", hidden=(8, 8, 8), activation="relu")\nplayground')
    lamp = notebook.page.locator(".playground-lamps > div").first
    assert lamp.inner_text().startswith("○ Goal: separate the spirals")
    playing(notebook.page)
    notebook.page.wait_for_function("document.querySelector('.playground-lamps').innerText.includes('● Reached')")
    press(notebook.page, "Play or pause")
    notebook.page.screenshot(path=ARTIFACTS / "playground-lamp.png")
    notebook.run_cell("play", CELLS["play"])


def test_when_it_diverges_it_stops_by_itself(notebook):
    diverging = 'Playground(activation="identity", optimizer="sgd", learning_rate=10)'
    notebook.run_cell("play", f"playground = {diverging}\nplayground")
    press(notebook.page, "Play or pause")
    notebook.page.wait_for_function("document.querySelector('.playground-play').textContent === 'Play'")
    assert "too large for sgd" in notebook.page.locator(".playground-words").inner_text()
    notebook.run_cell("play", CELLS["play"])


def test_out_of_sight_it_does_not_train(notebook):
    page = notebook.page
    playing(page)
    page.evaluate("document.querySelector('.playground').style.display = 'none'")
    page.wait_for_timeout(300)
    before = epoch(page)
    page.wait_for_timeout(500)
    assert epoch(page) == before
    page.evaluate("document.querySelector('.playground').style.display = ''")
    page.wait_for_function(f"({EPOCH})() > {before + 5}")


def test_running_the_cell_again_leaves_one_that_works(notebook):
    playing(notebook.page)
    notebook.run_cell("other", "old = playground")
    notebook.run_cell("play")
    notebook.page.wait_for_function(f"({EPOCH})() === 0")
    assert notebook.page.locator(".playground").count() == 1
    first, _ = notebook.run_cell("other", "print(old.epoch, playground.epoch)").split()
    notebook.page.wait_for_timeout(500)
    assert notebook.run_cell("other").split() == [first, "0"]
    playing(notebook.page)
    assert notebook.run_cell("other").split()[0] == first
    notebook.run_cell("other", CELLS["other"])


def test_a_narrow_page_wraps(notebook):
    page = notebook.page
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    tops = {}
    for width in (900, 800):
        page.set_viewport_size({"width": width, "height": 1400})
        page.wait_for_timeout(500)
        page.screenshot(path=ARTIFACTS / f"playground-{width}.png")
        box = page.locator(".playground").bounding_box()
        for canvas in page.locator(".playground canvas").all():
            inner = canvas.bounding_box()
            assert inner["x"] >= box["x"]
            assert inner["x"] + inner["width"] <= box["x"] + box["width"]
        names = ("controls", "network", "result")
        tops[width] = [page.locator(f".playground-{name}").bounding_box()["y"] for name in names]
    assert tops[900][0] == tops[900][1] == tops[900][2]
    assert tops[800][0] == tops[800][2] < tops[800][1]
    page.set_viewport_size({"width": 1280, "height": 1000})


def test_closing_the_page_ends_the_work_and_opening_it_again_shows_where_it_is(notebook, chromium, address):
    playing(notebook.page)
    notebook.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    notebook.page.wait_for_timeout(500)
    second = chromium.new_page(viewport={"width": 1280, "height": 1000})
    second.set_default_timeout(30_000)
    reader = Notebook(second, address, "playground.ipynb")  # on the same kernel
    notebook.page.goto("about:blank")
    second.wait_for_timeout(1000)
    before = kernels_epoch(reader)
    second.wait_for_timeout(1500)
    assert kernels_epoch(reader) == before
    reader.cell("play")
    second.wait_for_function(f"({EPOCH})() === {before}")
    assert reader.console == []
    second.close()


def test_restarting_the_kernel_leaves_nothing_behind(wide_page, address):
    notebook = Notebook(wide_page, address, "playground.ipynb")
    notebook.run_all()
    playing(wide_page)
    wide_page.evaluate(f"{CURRENT}.sessionContext.session.kernel.restart()")
    wide_page.wait_for_timeout(6000)
    assert notebook.run_cell("other", "print('alive')") == "alive\n"
    notebook.run_cell("play")
    wide_page.wait_for_function(f"({EPOCH})() === 0")
    playing(wide_page)
    press(wide_page, "Play or pause")
    assert notebook.console == []


def test_reopened_without_its_kernel_the_notebook_shows_a_picture(notebook, chromium, address):
    notebook.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    notebook.page.wait_for_timeout(500)
    notebook.page.evaluate(f"{CURRENT}.sessionContext.shutdown()")
    notebook.page.wait_for_timeout(500)
    later = chromium.new_page()
    reopened = Notebook(later, address, "playground.ipynb", start_kernel=False)
    reopened.cell("play").locator(".jp-OutputArea-output img").wait_for()
    assert reopened.console == []
    later.close()
