"""Lesson 02 as its three readers use it: run and play, answer exercises, and look at it without a kernel.

Every test leaves screenshots in artifacts/, which somebody looks at.
"""

import pytest
from conftest import ARTIFACTS
from lab import picture, press, reset, settle

LESSON = "02_activation_functions.ipynb"
WRONG = """def leaky_relu(z, slope=0.01):
    return np.maximum(z, 0)


check("2.3", leaky_relu)"""
RIGHT = WRONG.replace("np.maximum(z, 0)", "np.where(z > 0, z, slope * z)")


@pytest.mark.parametrize("cell_id", ["explorer", "temperature"])
def test_every_slider_changes_the_picture(lesson, cell_id):
    cell = lesson.cell(cell_id)
    handles = cell.locator(".noUi-handle")
    handles.first.wait_for()
    assert handles.count() >= 2
    if cell_id == "explorer":  # α moves only functions that have one
        cell.locator("select").first.select_option("ELU")
        settle(lesson.page)
    for k in range(handles.count()):
        before = picture(cell)
        press(handles.nth(k), "ArrowLeft", 3)
        assert picture(cell) != before, f"slider {k} of {cell_id} changed nothing"
    assert lesson.console == []


def test_the_goal_lights_the_lamp(lesson):
    cell = lesson.cell("explorer")
    cell.locator(".noUi-handle").first.wait_for()
    reset(cell)
    assert "Reached" not in cell.inner_text()
    press(cell.locator(".noUi-handle").first, "End")  # x = 6: σ′(6) = 0.0025
    assert "Reached" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "02-lamp.png")
    reset(cell)
    assert "Reached" not in cell.inner_text()


def test_an_exercise_wrong_then_right_with_hints_and_progress(lesson):
    assert lesson.text("ex-leaky").startswith("Not written yet.")
    assert "This is ReLU" in lesson.run_cell("ex-leaky", WRONG)
    lesson.cell("ex-leaky").screenshot(path=ARTIFACTS / "02-exercise-wrong.png")
    hints = [lesson.run_cell("progress", 'hint("2.3")') for _ in range(3)]
    assert len(set(hints)) == 3
    assert lesson.run_cell("ex-leaky", RIGHT).startswith("Right.")
    lesson.cell("ex-leaky").screenshot(path=ARTIFACTS / "02-exercise-right.png")
    assert "2.3 leaky ReLU: solved" in lesson.run_cell("progress", "progress()")
    assert "leaky_relu" in lesson.run_cell("progress", 'solution("2.3")')
    assert lesson.console == []


def test_the_quiz_answers_in_the_browser(lesson):
    cell = lesson.cell("quiz")
    assert "How large can the derivative of sigmoid" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "02-quiz.png")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_looks_right_in_both_themes(lesson, theme):
    lesson.use_theme(theme)
    for cell_id in ("hook-caption", "ex-sigmoid", "gallery", "explorer", "temperature", "quiz", "progress"):
        lesson.cell(cell_id)
        settle(lesson.page)
        lesson.page.screenshot(path=ARTIFACTS / f"02-{theme.split()[1].lower()}-{cell_id}.png")
    assert lesson.console == []
