"""What every lesson promises in a browser; that it runs to its end there is asserted by the fixture `lesson`.

Screenshots go to artifacts/, for somebody to look at.
"""

import re

import pytest
from conftest import ARTIFACTS, ROOT
from lab import Notebook, choose, picture, press, settle, widget

from course.exercises import find

LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
every_lesson = pytest.mark.parametrize("lesson", LESSONS, indirect=True, scope="module")

PREPARE = {  # what to do to a widget first, so that each of its sliders has something to move
    "02 explorer": lambda cell: choose(cell, "elu"),
    "03 stepper": lambda cell: press(cell.get_by_role("slider", name="step"), "End"),
    "05 stepper": lambda cell: press(cell.get_by_role("slider", name="step"), "End"),
    "06 race": lambda cell: cell.get_by_role("checkbox", name="Momentum").check(),
}
LEFT, RIGHT = "ArrowLeft", "ArrowRight"
GOALS = {  # presses on sliders that reach goals: {cell: ([(slider, key, times)], how many goals)}
    "01 guess-the-line": ([(1, LEFT, 46), (0, RIGHT, 65)], 2),  # w = 190, b = 20
    "01 neuron-explorer": ([(1, RIGHT, 20), (2, LEFT, 10)], 1),  # w₂ = 1, b = −0.5 make OR
    "02 explorer": ([(0, "End", 1)], 1),  # x = 6: σ′(6) = 0.0025
    "03 stepper": ([(0, "End", 1), (1, "End", 1), (2, "Home", 1)], 2),  # an output above 0.99
    "03 curve-widget": ([(0, RIGHT, 10), (2, LEFT, 40), (3, LEFT, 10), (4, RIGHT, 40), (5, LEFT, 20)], 1),  # the zigzag
    "03 hidden-widget": ([(4, RIGHT, 8), (5, LEFT, 4)], 1),  # XOR in two moves
    "04 loss-explorer": ([(1, "End", 1), (0, LEFT, 12)], 1),  # the outlier at 10, a at the mean
    "04 surprise-explorer": ([(0, "Home", 1)], 1),  # z = −10, where the squared error falls silent
    "04 landscape": ([(0, RIGHT, 40), (1, LEFT, 40)], 1),  # from (−2, 3) to (2, −1)
    "05 stepper-network": ([(0, "End", 1), (1, LEFT, 4)], 1),  # the bias of hidden unit 1 silences it
    "05 flow-widget": ([(1, RIGHT, 13)], 1),
    "06 hiker": ([(1, RIGHT, 100), (2, LEFT, 1)], 1),  # α from 0.1 to 1; a step lights the lamp
    "10 two-networks": ([(0, RIGHT, 18)], 1),  # from 1 to 1.9, where the curve is level
}


def widgets(lesson):
    """{lesson and cell id: cell id} of the cells that show an Explorer with sliders."""
    cells = [cell["id"] for cell in lesson.cells() if "widget-view" in str(cell.get("outputs"))]
    sliders = ".explorer .noUi-handle"
    return {f"{lesson.name[:2]} {name}": name for name in cells if lesson.cell(name).locator(sliders).count()}


def changes(cell, before, seconds=6):
    """Does the picture become another one? A widget that trains takes a moment."""
    for _ in range(10 * seconds):
        if picture(cell) != before:
            return True
        cell.page.wait_for_timeout(100)
    return False


@every_lesson
def test_every_slider_and_list_of_every_widget_changes_the_picture_by_keyboard(lesson):
    for name, cell_id in widgets(lesson).items():
        cell, handles = widget(lesson, cell_id)
        PREPARE.get(name, lambda cell: None)(cell)
        settle(lesson.page)
        lists = cell.locator("select:visible")
        controls = [(handles.nth(k), LEFT, RIGHT) for k in range(handles.count())]
        controls += [(lists.nth(k), "End", "Home") for k in range(lists.count())]
        for k, (control, key, other) in enumerate(controls):
            if not control.is_visible():  # a list above has hidden it: it does not apply any more
                continue
            before = picture(cell)
            press(control, key, 3)
            if not changes(cell, before, 2):  # it was at that end
                press(control, other, 3)
            assert changes(cell, before), f"control {k} of {cell_id} changed nothing"
        told, readouts = cell.locator(".widget-slider:visible").evaluate_all(
            """all => [all.map(one => one.querySelector("[role=slider]").getAttribute("aria-valuetext")),
                all.map(one => one.querySelector(".widget-readout").textContent)]"""
        )
        assert told == readouts, f"a screen reader is told other numbers than {cell_id} shows"
    assert lesson.console == []


@every_lesson
def test_goals_are_reached_by_keyboard_and_reset_puts_the_lamps_out(lesson):
    for name, cell_id in widgets(lesson).items():
        presses, reached = GOALS.get(name, ((), 0))
        cell, handles = widget(lesson, cell_id)
        assert "Reached" not in cell.inner_text()
        for k, key, times in presses:
            press(handles.nth(k), key, times)
        assert cell.inner_text().count("Reached:") == reached, cell_id
        cell.screenshot(path=ARTIFACTS / f"{name}-goal.png")
        widget(lesson, cell_id)
        assert "Reached" not in cell.inner_text()


@pytest.mark.parametrize("lesson", LESSONS[:1], indirect=True, scope="module")
def test_an_exercise_is_not_written_yet_then_wrong_then_right(lesson):
    """The first of the lesson; the scripted learner of tests/notebooks answers them all."""
    sources = {cell["id"]: "".join(cell["source"]) for cell in lesson.cells() if cell["cell_type"] == "code"}
    cell_id, source = next((name, text) for name, text in sources.items() if "\ncheck(" in text)
    task = find(re.search(r'^check\("([\d.]+)"', source, re.MULTILINE)[1], "")
    assert lesson.text(cell_id).startswith("Not written yet.")
    wrong = f'from course.exercises import find\n\ncheck("{task.key}", find("{task.key}", "").wrong[0].example)'
    assert lesson.run_cell(cell_id, wrong).startswith("Not yet.")
    lesson.cell(cell_id).screenshot(path=ARTIFACTS / f"{task.key}-wrong.png")
    assert lesson.run_cell(cell_id, source.replace(task.stub.strip(), task.solution.strip())).startswith("Right.")
    shown = lesson.run_cell("progress", f"progress({int(lesson.name[:2])})")
    assert f"{task.key} {task.title}: solved" in shown
    assert lesson.console == []


@every_lesson
def test_it_looks_right_in_the_dark_theme(lesson):
    """Screenshots of every figure, every widget and the quiz; in the light one, the goals above."""
    kinds = {"image/png", "application/vnd.jupyter.widget-view+json"}
    outputs = {cell["id"]: cell.get("outputs", []) for cell in lesson.cells()}
    shown = [name for name, each in outputs.items() if any(kinds & {*output.get("data", {})} for output in each)]
    assert "quiz" in shown
    lesson.use_theme("JupyterLab Dark")
    for cell_id in shown:
        lesson.cell(cell_id)
        settle(lesson.page)
        lesson.page.screenshot(path=ARTIFACTS / f"{lesson.name[:2]}-dark-{cell_id}.png")
    lesson.use_theme("JupyterLab Light")
    assert lesson.console == []


@pytest.mark.parametrize("name", LESSONS[5:7])  # with playground and pad; that pictures are stored: tests/notebooks
def test_without_a_kernel_every_widget_and_figure_is_a_picture(page, address, name):
    notebook = Notebook(page, address, f"notebooks/{name}", start_kernel=False)
    outputs = {cell["id"]: cell.get("outputs", []) for cell in notebook.cells()}
    shown = [name for name, each in outputs.items() if any("image/png" in output.get("data", {}) for output in each)]
    assert len(shown) >= 5
    for cell_id in shown:
        cell = notebook.cell(cell_id)
        image = cell.locator(".jp-OutputArea-output img").first
        image.wait_for()
        assert image.evaluate("image => image.naturalWidth") > 150
        assert "model not found" not in cell.inner_text()
