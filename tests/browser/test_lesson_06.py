"""Lesson 06 in a browser: the widgets played, exercises wrong and right, and both themes.

The playground has more tests of its own, in test_playground.py. Every test leaves screenshots in artifacts/, which
somebody looks at.
"""

import pytest
from conftest import ARTIFACTS
from lab import picture, press, reset, settle

LESSON = "06_gradient_descent.ipynb"
MOMENTUM = """class Momentum:
    def __init__(self, learning_rate=0.1, beta=0.9):
        self.learning_rate, self.beta = learning_rate, beta
        self.v = None

    def step(self, parameters, gradients):
        if self.v is None:
            self.v = [np.zeros_like(theta) for theta in parameters]
        for theta, g, v in zip(parameters, gradients, self.v):
            v *= self.beta
            v += (1 - self.beta) * g
            theta -= self.learning_rate * v


check("6.2", Momentum)"""
BATCHES = """def minibatches(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X) - batch_size + 1, batch_size):
        batch = order[start : start + batch_size]
        yield X[batch].T, Y[batch].T


check("6.4", minibatches)"""
SETTINGS = """my_settings = {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 16}
check("6.5", my_settings)"""


@pytest.mark.parametrize("cell_id", ["hiker", "race"])
def test_every_slider_changes_the_picture(lesson, cell_id):
    cell = lesson.cell(cell_id)
    handles = cell.locator(".noUi-handle")
    handles.first.wait_for()
    if cell_id == "race":  # β is that of Momentum
        cell.get_by_role("checkbox", name="Momentum").check()
        settle(lesson.page)
    assert handles.count() == 3
    for k in range(handles.count()):
        before = picture(cell)
        press(handles.nth(k), "ArrowLeft", 3)
        assert picture(cell) != before, f"slider {k} of {cell_id} changed nothing"
    reset(cell)
    assert lesson.console == []


def test_the_hiker_reaches_the_bottom_by_keyboard(lesson):
    cell = lesson.cell("hiker")
    cell.locator(".noUi-handle").first.wait_for()
    reset(cell)
    assert "Reached" not in cell.inner_text()
    alpha = cell.locator(".noUi-handle").nth(1)
    press(alpha, "PageUp", 5)
    press(alpha, "ArrowRight", 5)
    while "Reached" not in cell.inner_text():
        press(alpha, "ArrowRight", 5)
    cell.screenshot(path=ARTIFACTS / "06-hiker-lamp.png")
    before = picture(cell)
    cell.get_by_role("button", name="Back").click()
    settle(lesson.page)
    assert picture(cell) != before
    reset(cell)
    assert "Reached" not in cell.inner_text()


def test_momentum_wins_the_race_in_the_valley(lesson):
    cell = lesson.cell("race")
    cell.locator("select").first.select_option("valley")
    cell.get_by_role("checkbox", name="Momentum").check()
    press(cell.locator(".noUi-handle").nth(1), "ArrowLeft", 5)  # β = 0.85
    assert "Reached" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "06-race-lamp.png")
    for name in ("RMSProp", "Adam"):
        cell.get_by_role("checkbox", name=name).check()
    cell.locator("select").first.select_option("banana")
    settle(lesson.page)
    cell.screenshot(path=ARTIFACTS / "06-race-banana.png")
    reset(cell)


def test_the_playground_plays_and_pauses(lesson):
    cell = lesson.cell("playground")
    button = cell.locator(".playground-play")
    button.wait_for()

    def epoch():
        return int(cell.locator(".playground-numbers strong").first.inner_text().replace(",", ""))

    assert epoch() == 0
    button.click()
    lesson.page.wait_for_function(
        "Number(document.querySelector('.playground-numbers strong').textContent.replace(',', '')) >= 20"
    )
    button.click()
    settle(lesson.page)
    paused = epoch()
    assert paused >= 20
    lesson.page.wait_for_timeout(1000)
    assert epoch() == paused
    assert button.inner_text() == "Play"
    cell.screenshot(path=ARTIFACTS / "06-playground-paused.png")
    assert lesson.console == []


@pytest.mark.parametrize(
    ("cell_id", "wrong", "says", "change"),
    [
        ("ex-momentum", MOMENTUM, "Momentum adds the whole gradient", ("(1 - self.beta) * g", "g")),
        ("ex-minibatches", BATCHES, "there were batches of 3 and 3 and 3: 9 in all", (" - batch_size + 1", "")),
        ("ex-tune", SETTINGS, "The steps are too small", ("0.001", "0.03")),
    ],
)
def test_exercises_wrong_then_right(lesson, cell_id, wrong, says, change):
    assert lesson.text(cell_id).startswith("Not written yet.")
    assert says in lesson.run_cell(cell_id, wrong)
    lesson.cell(cell_id).screenshot(path=ARTIFACTS / f"06-{cell_id}-wrong.png")
    assert lesson.run_cell(cell_id, wrong.replace(*change)).startswith("Right.")
    lesson.cell(cell_id).screenshot(path=ARTIFACTS / f"06-{cell_id}-right.png")
    assert lesson.console == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_it_looks_right_in_both_themes(lesson, theme):
    lesson.use_theme(theme)
    cells = ("hook-train", "regimes", "hiker", "racers-figure", "race", "batch-figure", "moons", "playground")
    for cell_id in (*cells, "quiz"):
        lesson.cell(cell_id)
        settle(lesson.page)
        lesson.page.screenshot(path=ARTIFACTS / f"06-{theme.split()[1].lower()}-{cell_id}.png")
    assert lesson.console == []
