"""Lesson 03 as a learner uses it: widgets by keyboard, their lamps, exercises wrong and right, both themes.

One page for all tests. Every test leaves screenshots in artifacts/, which somebody looks at.
"""

import pytest
from conftest import ARTIFACTS
from lab import picture, press, reset, settle

LESSON = "03_forward_propagation.ipynb"
WRONG = """def forward(A0, W, b, f):
    A = [A0]
    for l in range(1, len(W) - 1):
        A.append(f[l](W[l] @ A[l - 1] + b[l]))
    return A[-1]


check("3.1", forward)"""
RIGHT = WRONG.replace("len(W) - 1", "len(W)")
STEPPER, CURVE, HIDDEN = "stepper", "curve-widget", "hidden-widget"


def handles(cell):
    found = cell.locator(".noUi-handle")
    found.first.wait_for()
    return found


@pytest.mark.parametrize("cell_id", [STEPPER, CURVE, HIDDEN])
def test_every_slider_changes_the_picture_by_keyboard(lesson, cell_id):
    cell = lesson.cell(cell_id)
    for k in range(handles(cell).count()):
        before = picture(cell)
        press(handles(cell).nth(k), "ArrowRight", 4)
        assert picture(cell) != before, f"slider {k} of {cell_id} changed nothing"
    reset(cell)
    assert lesson.console == []


def test_the_stepper_goes_to_the_end_and_its_lamps_light(lesson):
    cell = lesson.cell(STEPPER)
    reset(cell)
    assert "Reached" not in cell.inner_text()
    for _ in range(4):
        press(cell.get_by_role("button", name="Next"), "Enter")
    assert "a[2] = σ(1) = 0.7311" in cell.inner_text()
    assert cell.inner_text().count("Reached") == 1
    press(handles(cell).nth(1), "End")
    press(handles(cell).nth(2), "Home")
    assert cell.inner_text().count("Reached") == 2
    cell.screenshot(path=ARTIFACTS / "03-stepper.png")


def test_the_zigzag_is_matched_by_keyboard(lesson):
    """slope, kink, slope, kink, slope, kink: from (0.5, 0), (0, 1.5), (0, 3) to (1, 0), (−2, 1), (2, 2) by 0.05."""
    cell = lesson.cell(CURVE)
    reset(cell)
    for k, steps in enumerate((10, 0, -40, -10, 40, -20)):
        press(handles(cell).nth(k), "ArrowRight" if steps > 0 else "ArrowLeft", abs(steps))
    assert "Reached" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "03-curve.png")


def test_xor_is_parted_by_keyboard(lesson):
    cell = lesson.cell(HIDDEN)
    reset(cell)
    press(handles(cell).nth(4), "ArrowRight", 8)  # w of x₂ in unit 2: −1 to 1
    press(handles(cell).nth(5), "ArrowLeft", 4)  # its bias: 0 to −1
    assert "Reached" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "03-hidden-xor.png")
    cell.locator("select").first.select_option("moons")
    settle(lesson.page)
    assert "Reached before" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "03-hidden-moons.png")


def test_an_exercise_wrong_then_right_and_in_the_stepper(lesson):
    assert lesson.text("ex-forward").startswith("Not written yet.")
    assert "a layer early" in lesson.run_cell("ex-forward", WRONG)
    lesson.cell("ex-forward").screenshot(path=ARTIFACTS / "03-exercise-wrong.png")
    hints = [lesson.run_cell("progress", 'hint("3.1")') for _ in range(3)]
    assert len(set(hints)) == 3
    assert lesson.run_cell("ex-forward", RIGHT).startswith("Right.")
    lesson.run_cell(STEPPER)
    cell = lesson.cell(STEPPER)
    press(handles(cell).first, "End")
    assert "0.7311: the same" in cell.inner_text()
    assert "3.1 forward, for any list of layers: solved" in lesson.run_cell("progress", "progress()")
    assert lesson.console == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_looks_right_in_both_themes(lesson, theme):
    lesson.use_theme(theme)
    for cell_id in ("hook-caption", "errors-read", STEPPER, CURVE, HIDDEN, "class-forward", "inside-caption", "quiz"):
        lesson.cell(cell_id)
        settle(lesson.page)
        lesson.page.screenshot(path=ARTIFACTS / f"03-{theme.split()[1].lower()}-{cell_id}.png")
    assert lesson.console == []
