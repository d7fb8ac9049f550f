"""Lesson 05 as its readers use it: step through backprop by keyboard and mouse, reach the goals, hunt a bug.

One page for the whole file, since opening a lesson takes longer than all that is done in it. Every test leaves
screenshots in artifacts/, which somebody looks at.
"""

import pytest
from conftest import ARTIFACTS
from lab import picture, press, reset, settle

LESSON = "05_backpropagation_step_by_step.ipynb"
HUNT = """def repaired_a(W, Z, A, Y, f_prime):
    L, m = len(W) - 1, Y.shape[1]
    dW, db = [None] * (L + 1), [None] * (L + 1)
    delta = A[L] - Y
    for l in range(L, 0, -1):
        dW[l] = delta @ A[l - 1].T
        db[l] = delta.sum(axis=1, keepdims=True)
        if l > 1:
            delta = (W[l].T @ delta) * f_prime(Z[l - 1])
    return dW, db


check("5.4", repaired_a)"""
REPAIRED = HUNT.replace("A[L] - Y", "(A[L] - Y) / m")


def slider(cell, name):
    return cell.get_by_role("slider", name=name)


def test_the_stepper_by_mouse_and_keyboard_and_its_lamp(lesson):
    cell = lesson.cell("stepper")
    cell.locator(".noUi-handle").first.wait_for()
    assert "step 0 of 13" in cell.inner_text()
    assert "Reached" not in cell.inner_text()
    at_the_start = picture(cell)
    for button, step in (("Next", 1), ("Next", 2), ("Back", 1)):
        cell.get_by_role("button", name=button).click()
        settle(lesson.page)
        assert f"step {step} of 13" in cell.inner_text()
        assert picture(cell) != at_the_start
    step = slider(cell, "step")
    press(step, "Home")
    assert "step 0 of 13" in cell.inner_text()
    press(step, "ArrowRight", 3)
    assert "q = e² = 2² = 4" in cell.inner_text()
    press(step, "End")
    press(slider(cell, "x, or x₁"), "ArrowLeft", 2)  # x = 1
    press(slider(cell, "target y"), "ArrowLeft", 4)  # y = 2
    press(slider(cell, "weight w"), "ArrowLeft", 20)  # w = 1
    assert "Reached" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "05-stepper-lamp.png")
    reset(cell)
    assert "Reached" not in cell.inner_text()


def test_the_network_view(lesson):
    cell = lesson.cell("stepper-network")
    cell.locator(".noUi-handle").first.wait_for()
    assert "step 9 of 13" in cell.inner_text()
    cell.get_by_role("button", name="Next").click()
    press(slider(cell, "step"), "End")
    for parameter, reached in (("b[1]₁", 1), ("W[2]₂", 1)):
        cell.locator("select").nth(1).select_option(parameter)
        press(slider(cell, "by"), "ArrowLeft", 4)
        assert cell.inner_text().count("Reached:") == reached
    cell.screenshot(path=ARTIFACTS / "05-stepper-network.png")
    cell.locator("select").first.select_option("graph")
    settle(lesson.page)
    assert not slider(cell, "by").is_visible()
    assert lesson.console == []


def test_gradient_flow(lesson):
    cell = lesson.cell("flow-widget")
    cell.locator(".noUi-handle").first.wait_for()
    before = picture(cell)
    press(slider(cell, "weights times"), "ArrowRight", 13)
    assert picture(cell) != before
    assert "Reached" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "05-gradient-flow.png")
    cell.locator("select").first.select_option("relu")
    settle(lesson.page)
    assert "relu, 10 layers" in cell.inner_text()
    assert lesson.console == []


def test_a_bug_is_named_and_its_repair_is_right(lesson):
    assert "Not written yet." in lesson.text("ex-suspect-a")
    said = lesson.run_cell("ex-suspect-a", HUNT)
    assert "too large by the factor m" in said
    lesson.cell("ex-suspect-a").screenshot(path=ARTIFACTS / "05-bug.png")
    assert "No batch mean." in lesson.run_cell("ex-suspect-a", REPAIRED)
    assert "5.4 find the bug: suspect a: solved" in lesson.run_cell("progress", "progress()")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_looks_right_in_both_themes(lesson, theme):
    lesson.use_theme(theme)
    for cell_id in (
        "blame-figure",
        "stepper",
        "stepper-network",
        "layers-title",
        "slips-figure",
        "flow-widget",
        "quiz",
    ):
        lesson.cell(cell_id)
        settle(lesson.page)
        lesson.page.screenshot(path=ARTIFACTS / f"05-{theme.split()[1].lower()}-{cell_id}.png")
    assert lesson.console == []
