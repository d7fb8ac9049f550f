"""Lesson 05 as its readers use it: step through backprop by keyboard and mouse, and reach the goals."""

import pytest
from conftest import ARTIFACTS
from lab import choose, picture, press, settle, widget

pytestmark = pytest.mark.parametrize("lesson", ["05_backpropagation_step_by_step.ipynb"], indirect=True, scope="module")


def slider(cell, name):
    return cell.get_by_role("slider", name=name)


def test_the_stepper_by_mouse_and_keyboard_and_its_lamp(lesson):
    cell, _ = widget(lesson, "stepper")
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


def test_the_network_view(lesson):
    cell, _ = widget(lesson, "stepper-network")
    assert "step 9 of 13" in cell.inner_text()
    cell.get_by_role("button", name="Next").click()
    press(slider(cell, "step"), "End")
    for parameter, reached in (("b[1]₁", 1), ("W[2]₂", 1)):
        choose(cell, parameter, k=1)
        press(slider(cell, "by"), "ArrowLeft", 4)
        assert cell.inner_text().count("Reached:") == reached
    cell.screenshot(path=ARTIFACTS / "05-stepper-network.png")
    choose(cell, "graph")
    assert not slider(cell, "by").is_visible()
    assert lesson.console == []
