"""The notebooks in JupyterLite (`make lite`): lessons run whole, answers are judged, widgets move, work is kept.

Built with a Pyodide beside the site; where it cannot be had the tests are skipped (see conftest.py).
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Live, get_pyodide, lab, served

ROOT = Path(__file__).parents[2]
RIGHT = "def neuron(x, w, b, f):\n    return f(np.dot(w, x) + b)\n\n\ncheck('1.1', neuron)"
WRONG = RIGHT.replace(" + b", "")


@pytest.fixture(scope="module")
def address():
    get_pyodide()
    environment = os.environ | {"COURSE_PYODIDE": "/pyodide/"}
    subprocess.run([sys.executable, ROOT / "tools" / "lite.py"], env=environment, check=True, timeout=600)
    yield from served(Live)


class Lite(lab.Notebook):
    """A notebook in JupyterLite, its kernel ready."""

    def __init__(self, page, address, name):
        self.page = page
        page.goto(f"{address}lite/lab/index.html?path={name}")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        kernel = f"{lab.CURRENT}?.sessionContext?.session?.kernel?.status"
        page.wait_for_function(f"window.jupyterapp && {kernel} === 'idle'", timeout=180_000)


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    context.close()


def by_key(page, handle):
    handle.press("ArrowUp")


def by_mouse(page, handle):
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 60, box["y"] + 5, steps=5)
    page.mouse.up()


def image(cell):
    return cell.locator(".jp-OutputArea-output img").first.element_handle()


def test_lesson_01_runs_whole_is_answered_moved_and_kept(page, address):
    lesson = Lite(page, address, "01_neuron.ipynb")
    lesson.run_all(minutes=5)
    assert not lesson.errors()
    (exercise,) = [cell["id"] for cell in lesson.cells() if 'check("1.1"' in "".join(cell["source"])]
    assert lesson.run_cell(exercise, WRONG).startswith("Not yet.")
    assert lesson.run_cell(exercise, RIGHT).startswith("Right.")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")

    cell = lesson.cell("neuron-explorer")
    handle = cell.locator(".noUi-handle:visible").first
    for move in (by_key, by_mouse):
        value, shown = handle.get_attribute("aria-valuenow"), lab.picture(cell)
        move(page, handle)
        page.wait_for_function("([image, before]) => image.src !== before", arg=[image(cell), shown])
        assert handle.get_attribute("aria-valuenow") != value

    again = Lite(page, address, "01_neuron.ipynb")  # the page is loaded anew, with a new kernel
    assert "np.dot(w, x) + b" in "".join(again.cells()[again.index(exercise)]["source"])
    again.run_cell(again.cells()[1]["id"])
    read = 'progress("1")\nprint("def neuron(" in open("my_network.py").read())'
    said = again.run_cell("progress", read)
    assert "1.1 one neuron: solved" in said
    assert "True" in said


def test_lesson_06_runs_whole_and_the_playground_plays(page, address):
    lesson = Lite(page, address, "06_gradient_descent.ipynb")
    lesson.run_all(minutes=9)
    assert not lesson.errors()
    (playground,) = [cell["id"] for cell in lesson.cells() if "Playground()" in "".join(cell["source"])]
    cell = lesson.cell(playground)
    epoch = cell.locator(".playground-numbers strong").first
    before = int(epoch.inner_text().replace(",", ""))
    cell.get_by_role("button", name="Play or pause").click()
    page.wait_for_timeout(5000)
    assert int(epoch.inner_text().replace(",", "")) > before + 5
