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
    guess = cell.get_by_role("spinbutton")
    guess.fill("6")
    guess.press("Enter")
    settle(lesson.page)
    assert "Your 6 is right." in cell.inner_text()
    assert cell.inner_text().count("Reached:") == 1
    press(step, "ArrowRight", 3)
    assert "q = e² = 2² = 4" in cell.inner_text()
    press(step, "End")
    press(slider(cell, "input x"), "ArrowLeft", 2)  # x = 1
    press(slider(cell, "target y"), "ArrowLeft", 4)  # y = 2
    press(slider(cell, "weight w"), "ArrowLeft", 20)  # w = 1
    assert cell.inner_text().count("Reached:") == 1
    assert "Reached before:" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "05-stepper-lamp.png")


def test_the_network_view(lesson):
    cell, _ = widget(lesson, "stepper-network")
    assert "step 7 of 13" in cell.inner_text()
    cell.get_by_role("button", name="Next").click()
    settle(lesson.page)
    assert "2 · (−4) + (−1) · 3 = −11" in cell.inner_text()
    press(slider(cell, "step"), "End")
    press(slider(cell, "by"), "ArrowLeft", 4)  # the bias of hidden unit 1
    assert cell.inner_text().count("Reached:") == 1
    choose(cell, "y₂", k=1)
    press(slider(cell, "by"), "Home")
    press(slider(cell, "by"), "ArrowRight", 23)  # from −6 to 5.5
    assert cell.inner_text().count("Reached:") == 1
    assert "Reached before:" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "05-stepper-network.png")
    choose(cell, "graph")
    assert not slider(cell, "by").is_visible()
    assert lesson.console == []


def test_a_suspects_code_opens_when_its_bug_is_named(lesson):
    cell = lesson.cell("suspects")
    cell.locator("select").first.wait_for()
    closed = picture(cell)
    choose(cell, "no slope", k=1)
    assert "that has another mark" in cell.inner_text()
    assert not cell.locator("select").nth(2).is_visible()
    choose(cell, "no mean", k=1)
    assert picture(cell) != closed
    choose(cell, "4", k=2)
    assert cell.inner_text().count("Reached:") == 2
    cell.screenshot(path=ARTIFACTS / "05-suspects.png")
