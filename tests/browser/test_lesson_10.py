"""Lesson 10's TwoNetworks by keyboard and mouse: both networks change, stay the same as each other, and reach goals."""

import json

import numpy as np
import pytest
from conftest import ARTIFACTS
from lab import choose, picture, press, settle, widget

CELLS = {"networks": "from course.widgets import TwoNetworks\n\nnetworks = TwoNetworks()\nnetworks", "shown": ""}
SHOWN = """import json

print(json.dumps({name: table.get_array().tolist() for name, table in networks.tables.items()}))"""


@pytest.fixture
def lesson(written, address, open_notebook):
    written("notebooks/two-networks.ipynb", CELLS)
    lesson = open_notebook("two-networks.ipynb")
    lesson.run_all()
    yield lesson
    assert lesson.errors() == []
    assert lesson.console == []


def both(lesson):
    """The outputs and the gradient that the pictures show, once both networks have been found equal."""
    shown = {name: np.array(table) for name, table in json.loads(lesson.run_cell("shown", SHOWN)).items()}
    assert shown["yours"] == pytest.approx(shown["theirs"].T, abs=1e-12)
    assert shown["dW"] == pytest.approx(shown["grad"], abs=1e-12)
    assert "Both networks agree" in lesson.cell("networks").inner_text()
    return np.concatenate([shown["yours"].ravel(), shown["dW"].ravel()])


def drag(lesson, handle, pixels):
    """With the mouse, by so many pixels to the right."""
    box = handle.bounding_box()
    x, y, mouse = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, lesson.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + pixels, y, steps=12)
    mouse.up()
    settle(lesson.page)


def test_two_networks_by_keyboard_and_mouse(lesson):
    cell, handles = widget(lesson, "networks")
    assert "Reached" not in cell.inner_text()
    seen, pictures = [both(lesson)], [picture(cell)]

    def moved():
        """Another picture, other outputs and another gradient than ever before."""
        seen.append(both(lesson))
        pictures.append(picture(cell))
        assert not any(np.allclose(seen[-1], one) for one in seen[:-1])
        assert pictures[-1] not in pictures[:-1]

    press(handles.first, "ArrowRight", 18)  # from 1 to 1.9, where the curve is level
    assert "W[1]₁₁ = 1.9" in cell.inner_text()
    assert cell.inner_text().count("Reached:") == 1
    moved()
    drag(lesson, handles.first, -30)
    assert "W[1]₁₁ = 1.9" not in cell.inner_text()
    moved()
    drag(lesson, cell.locator(".explorer-handles line[data-name=point]"), -400)
    assert "W[1]₁₁ = −3: loss 1.59, slope 0." in cell.inner_text()  # a unit asleep
    assert "Reached before:" in cell.inner_text()
    assert cell.inner_text().count("Reached:") == 1
    moved()
    choose(cell, "W[1]₂₁")
    press(handles.first, "End")
    moved()
    cell.screenshot(path=ARTIFACTS / "10-two-networks.png")
