"""Lesson 01 as a beginner uses it: run it, play by keyboard, answer wrong and right, and look at it in both themes.

One page for the whole file; the tests build on the run of the first. Screenshots go to artifacts/, for somebody to see.
"""

import pytest
from conftest import ARTIFACTS
from lab import picture, press, reset, settle

LESSON = "01_neuron.ipynb"
FORGOTTEN = """def neuron(x, w, b, f):
    return f(w @ x)


check("1.1", neuron)"""
LOOP = """def neuron_batch(X, w, b, f):
    y = []
    for x in X.T:
        y.append(f(w @ x + b))
    return np.array(y)


check("1.2", neuron_batch)"""


def sliders_of(lesson, cell_id):
    """The cell, after Reset, and the handles of its sliders."""
    cell = lesson.cell(cell_id)
    found = cell.locator(".noUi-handle")
    found.first.wait_for()
    reset(cell)
    return cell, found


@pytest.mark.parametrize("cell_id", ["guess-the-line", "neuron-explorer"])
def test_every_slider_and_list_changes_the_picture(lesson, cell_id):
    cell, sliders = sliders_of(lesson, cell_id)
    assert sliders.count() == {"guess-the-line": 2, "neuron-explorer": 3}[cell_id]
    for k in range(sliders.count()):
        before = picture(cell)
        press(sliders.nth(k), "ArrowLeft", 3)
        assert picture(cell) != before, f"slider {k} of {cell_id} changed nothing"
    for k in range(cell.locator("select").count()):
        before = picture(cell)
        cell.locator("select").nth(k).select_option(index=3)
        settle(lesson.page)
        assert picture(cell) != before, f"list {k} of {cell_id} changed nothing"
    assert lesson.console == []


def test_the_line_is_found_in_two_moves_by_keyboard(lesson):
    cell, sliders = sliders_of(lesson, "guess-the-line")
    w, b = sliders.nth(0), sliders.nth(1)
    assert "Reached" not in cell.inner_text()
    press(b, "ArrowLeft", 46)  # 250 → 20, in steps of 5
    assert "So far: 1." in cell.inner_text()
    press(w, "ArrowRight", 65)  # 60 → 190, in steps of 2
    text = cell.inner_text()
    assert text.count("Reached:") == 2, text
    assert "loss 334" in text
    cell.screenshot(path=ARTIFACTS / "01-line-found.png")


def test_an_or_gate_by_keyboard(lesson):
    cell, sliders = sliders_of(lesson, "neuron-explorer")
    assert "Reached" not in cell.inner_text()
    press(sliders.nth(1), "ArrowRight", 4)  # w₂ from −1 to 1
    press(sliders.nth(2), "ArrowLeft", 2)  # b from 0.5 to −0.5
    assert "Reached: make OR" in cell.inner_text()
    assert "For OR, 4 of 4 are right." in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "01-or-gate.png")


def test_wrong_answers_get_the_sentence_that_helps(lesson):
    assert lesson.text("ex-neuron").startswith("Not written yet.")
    assert "The bias is missing" in lesson.run_cell("ex-neuron", FORGOTTEN)
    lesson.cell("ex-neuron").screenshot(path=ARTIFACTS / "01-wrong.png")
    assert lesson.run_cell("ex-neuron", FORGOTTEN.replace("w @ x", "w @ x + b")).startswith("Right.")
    assert "there is a loop in it" in lesson.run_cell("ex-batch", LOOP)
    assert "These weights make AND" in lesson.run_cell("ex-nand", 'my_nand = (1, 1, -1.5)\ncheck("1.3", my_nand)')
    assert lesson.run_cell("ex-nand", 'my_nand = (-2, -2, 3)\ncheck("1.3", my_nand)').startswith("Right.")
    shown = lesson.run_cell("ex-predict", 'my_prediction = (0.5, 2, 0.25, 0.5, 0)\ncheck("1.4", my_prediction)')
    assert "That is the weighted sum" in shown
    lesson.cell("ex-predict").screenshot(path=ARTIFACTS / "01-predict.png")
    assert "1.1 one neuron: solved" in lesson.run_cell("progress")
    assert lesson.console == []


def test_the_explorer_runs_on_the_neuron_of_the_learner(lesson):
    lesson.run_cell("neuron-explorer", "NeuronExplorer(lambda x, w, b, f: w @ x)")
    cell, sliders = sliders_of(lesson, "neuron-explorer")
    before = picture(cell)
    press(sliders.nth(0), "ArrowRight")
    assert picture(cell) != before
    assert lesson.console == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_looks_right_in_both_themes(lesson, theme):
    lesson.use_theme(theme)
    cells = ("hook-caption", "first-loss", "learn-caption", "guess-the-line", "anatomy", "ex-batch")
    for cell_id in (*cells, "geometry-figure", "neuron-explorer", "xor-figure", "quiz"):
        lesson.cell(cell_id)
        settle(lesson.page)
        lesson.page.screenshot(path=ARTIFACTS / f"01-{theme.split()[1].lower()}-{cell_id}.png")
    assert lesson.console == []
