"""Lesson 04 as a learner uses it: widgets by keyboard, their lamps, exercises wrong and right, both themes.

One page for all tests. Every test leaves screenshots in artifacts/, which somebody looks at.
"""

import pytest
from conftest import ARTIFACTS
from lab import picture, press, reset, settle

LESSON = "04_loss_functions.ipynb"
WRONG = """def categorical_cross_entropy(Z, Y):
    Z = Z - Z.max(axis=0)
    return -np.mean(Y * (Z - np.log(np.exp(Z).sum(axis=0))))


check("4.4", categorical_cross_entropy)"""
RIGHT = WRONG.replace("-np.mean(", "-len(Z) * np.mean(")
LOSSES, SURPRISE, LANDSCAPE = "loss-explorer", "surprise-explorer", "landscape"


def handles(cell):
    found = cell.locator(".noUi-handle")
    found.first.wait_for()
    return found


@pytest.mark.parametrize("cell_id", [LOSSES, SURPRISE, LANDSCAPE])
def test_every_slider_changes_the_picture_by_keyboard(lesson, cell_id):
    cell = lesson.cell(cell_id)
    for k in range(handles(cell).count()):
        before = picture(cell)
        press(handles(cell).nth(k), "ArrowRight", 3)
        assert picture(cell) != before, f"slider {k} of {cell_id} changed nothing"
    reset(cell)
    assert lesson.console == []


def test_the_outlier_moves_the_bottom_of_mse_and_not_of_mae(lesson):
    cell = lesson.cell(LOSSES)
    reset(cell)
    press(handles(cell).nth(1), "End")  # the outlier to 10: the mean is 3.8, the median 2.5
    assert "Reached" not in cell.inner_text()
    press(handles(cell).first, "ArrowLeft", 12)
    assert cell.inner_text().count("Reached:") == 1
    press(handles(cell).first, "ArrowLeft", 13)
    assert "Reached before" in cell.inner_text()
    assert cell.inner_text().count("Reached:") == 1
    cell.screenshot(path=ARTIFACTS / "04-losses.png")


def test_the_squared_error_falls_silent(lesson):
    cell = lesson.cell(SURPRISE)
    reset(cell)
    press(handles(cell).first, "Home")
    assert "Reached:" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "04-surprise.png")


def test_the_bottom_is_found_in_two_moves_by_keyboard(lesson):
    """From (−2, 3) to (2, −1) by 0.05."""
    cell = lesson.cell(LANDSCAPE)
    reset(cell)
    press(handles(cell).first, "ArrowRight", 80)
    press(handles(cell).nth(1), "ArrowLeft", 80)
    assert "Reached:" in cell.inner_text()
    assert "2 so far" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "04-landscape.png")
    cell.locator("select").first.select_option("one unit of a network")
    settle(lesson.page)
    cell.screenshot(path=ARTIFACTS / "04-landscape-network.png")


def test_an_exercise_wrong_then_right(lesson):
    assert lesson.text("ex-categorical").startswith("Not written yet.")
    assert "You averaged over all classes × examples." in lesson.run_cell("ex-categorical", WRONG)
    lesson.cell("ex-categorical").screenshot(path=ARTIFACTS / "04-exercise-wrong.png")
    assert lesson.run_cell("ex-categorical", RIGHT).startswith("Right.")
    assert lesson.console == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_looks_right_in_both_themes(lesson, theme):
    lesson.use_theme(theme)
    for cell_id in ("hook-caption", LOSSES, "p-minus-y", SURPRISE, "cce-text", "ex-initial", LANDSCAPE, "quiz"):
        lesson.cell(cell_id)
        settle(lesson.page)
        lesson.page.screenshot(path=ARTIFACTS / f"04-{theme.split()[1].lower()}-{cell_id}.png")
    assert lesson.console == []
