"""The playground in JupyterLab: it plays and pauses, leaves the kernel to others, and leaves nothing running.

One page for most of the file; the screenshots in artifacts/ are for somebody to look at.
"""

import ast
import math
import re

import pytest
from conftest import ARTIFACTS
from lab import CURRENT, Notebook, settle

CELLS = {
    "play": "from course.widgets.playground import Playground\n\nplayground = Playground(points=50)\nplayground",
    "other": "print(playground.epoch)",
}
EPOCH = "() => Number(document.querySelector('.playground-numbers strong').textContent.replace(',', ''))"


@pytest.fixture(scope="module")
def opened(wide_page, address, written):
    written("playground.ipynb", CELLS)
    return Notebook(wide_page, address, "playground.ipynb")


@pytest.fixture
def notebook(opened):
    """The notebook, just run: a fresh playground, which does not play."""
    for name, source in CELLS.items():
        opened.set_source(name, source)
    opened.run_all()
    assert opened.errors() == []
    opened.page.locator(".playground-play").wait_for()
    opened.page.wait_for_function(f"({EPOCH})() === 0")
    yield opened
    assert opened.console == []


def epoch(page):
    return page.evaluate(EPOCH)


def press(page, name):
    page.locator(".playground").get_by_role("button", name=name).click()


def playing(page, epochs=20):
    """Press Play and wait until it has trained for a while."""
    press(page, "Play or pause")
    page.wait_for_function(f"({EPOCH})() >= {epochs}")


def shown(notebook, call):
    """Run the cell with another playground, and wait for its page."""
    notebook.run_cell("play", f"playground = {call}\nplayground")
    notebook.page.wait_for_function("document.querySelectorAll('.playground-unit').length > 0")
    settle(notebook.page)


def value(notebook, expression):
    return ast.literal_eval(notebook.run_cell("other", f"print(repr(({expression})))"))


def kernels_epoch(notebook):
    return value(notebook, "playground.epoch")


def says(page, part):
    return page.locator(f".playground-{part}").inner_text()


def until(page, part, words):
    """Wait until a part of the panel says so."""
    script = "([part, words]) => document.querySelector('.playground-' + part).innerText.includes(words)"
    page.wait_for_function(script, arg=[part, words])


def pixel(page, selector, x, y):
    """The color of a canvas at a place, in its own pixels."""
    script = "([s, x, y]) => [...document.querySelector(s).getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)"
    return page.evaluate(script, [selector, x, y])


def image(page, canvas):
    return page.evaluate(f"document.querySelector('.playground-{canvas}').toDataURL()")


def test_it_plays_while_other_cells_run_and_pauses_within_two_frames(notebook):
    page, seen = notebook.page, []
    playing(page)
    for _ in range(3):
        seen.append(kernels_epoch(notebook))
        page.wait_for_timeout(300)
    assert seen[0] < seen[1] < seen[2]
    for _ in range(3):
        click = "document.querySelector('.playground-play').click()"
        at_the_click = page.evaluate(f"() => {{ const before = ({EPOCH})(); {click}; return before; }}")
        page.wait_for_timeout(500)
        assert epoch(page) - at_the_click <= 2
        assert f"Epoch {epoch(page)}:" in says(page, "words")
        assert kernels_epoch(notebook) == epoch(page)
        playing(page, epoch(page) + 5)


def test_step_restart_reset_and_new_points_and_weights(notebook):
    page, weights = notebook.page, "(playground.points_seed, playground.seed, float(playground.network.W[1][0, 0]))"
    first = value(notebook, weights)
    press(page, "New points")
    settle(page)
    assert value(notebook, weights) == (1, 0, first[2])
    press(page, "New weights")
    settle(page)
    second = value(notebook, weights)
    assert second[:2] == (1, 1)
    assert second[2] != first[2]
    press(page, "Step")
    page.wait_for_function(f"({EPOCH})() === 1")
    playing(page)
    press(page, "Restart")
    page.wait_for_function(f"({EPOCH})() < 20")
    press(page, "Play or pause")
    press(page, "Restart")
    settle(page)
    assert value(notebook, weights) == second
    page.get_by_label("Data set").select_option("moons")
    until(page, "words", "Data set: moons. A new network begins.")
    press(page, "More hidden layers")
    page.wait_for_function("document.querySelectorAll('.playground-widths > div').length === 3")
    press(page, "Reset")
    settle(page)
    assert page.get_by_label("Data set").input_value() == "circles"
    assert page.locator(".playground-widths > div").count() == 2
    assert says(page, "play") == "Play"
    assert value(notebook, weights) == first


def test_it_is_played_with_the_keyboard(notebook):
    page = notebook.page
    page.locator(".playground-play").focus()
    page.keyboard.press("Space")
    page.wait_for_function(f"({EPOCH})() > 5")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    before = epoch(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function(f"({EPOCH})() === {before + 1}")
    notebook.cell("play").screenshot(path=ARTIFACTS / "playground-focus.png")
    page.locator(".playground").get_by_role("button", name="Fewer units in hidden layer 2").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelectorAll('.playground-widths strong')[1].textContent === '6'")
    assert notebook.page.evaluate(f"{CURRENT}.content.mode") == "command"


def test_a_slider_follows_the_hand(notebook):
    slider = notebook.page.get_by_label("Noise")
    for _ in range(10):
        slider.press("ArrowRight")
    notebook.page.wait_for_timeout(500)
    assert slider.evaluate("slider => slider.closest('label').querySelector('strong').textContent") == "0.6"
    assert notebook.run_cell("other", "print(playground.settings['noise'])") == "0.6\n"


def test_when_it_diverges_it_stops_by_itself(notebook):
    shown(notebook, 'Playground(activation="identity", optimizer="sgd", learning_rate=10)')
    press(notebook.page, "Play or pause")
    until(notebook.page, "play", "Play")
    assert "too large for sgd" in says(notebook.page, "words")


def test_out_of_sight_it_does_not_train(notebook):
    page = notebook.page
    playing(page)
    page.evaluate("document.querySelector('.playground').style.display = 'none'")
    page.wait_for_timeout(300)
    before = epoch(page)
    page.wait_for_timeout(500)
    assert epoch(page) == before
    page.evaluate("document.querySelector('.playground').style.display = ''")
    page.wait_for_function(f"({EPOCH})() > {before + 5}")


def test_running_the_cell_again_leaves_one_that_works(notebook):
    playing(notebook.page)
    notebook.run_cell("other", "old = playground")
    notebook.run_cell("play")
    notebook.page.wait_for_function(f"({EPOCH})() === 0")
    assert notebook.page.locator(".playground").count() == 1
    first = value(notebook, "old.epoch")
    notebook.page.wait_for_timeout(500)
    assert value(notebook, "(old.epoch, playground.epoch)") == (first, 0)
    playing(notebook.page)
    assert value(notebook, "old.epoch") == first


def test_a_narrow_page_wraps_and_a_usual_one_has_it_whole(notebook):
    page = notebook.page
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    for width in (1366, 1040, 880):
        page.set_viewport_size({"width": width, "height": 768})
        page.wait_for_timeout(500)
        page.screenshot(path=ARTIFACTS / f"playground-{width}.png")
        box = page.locator(".playground").bounding_box()
        for canvas in page.locator(".playground canvas").all():
            inner = canvas.bounding_box()
            assert box["x"] <= inner["x"] <= inner["x"] + inner["width"] <= box["x"] + box["width"]
        names = ("controls", "network", "result")
        controls, network, result = (page.locator(f".playground-{name}").bounding_box()["y"] for name in names)
        if width > 880:
            assert box["width"] <= 1000
            assert box["height"] <= 545
            assert controls == network == result
        else:
            assert controls == result < network
    page.set_viewport_size({"width": 1280, "height": 1000})


def test_every_kind_of_data_set_can_be_chosen_and_trains(notebook):
    page = notebook.page
    for name in ("spirals", "three", "hills", "own"):
        page.get_by_label("Data set").select_option(name)
        until(page, "words", f"Data set: {name}. A new network begins.")
        press(page, "Step")
        page.wait_for_function(f"({EPOCH})() === 1")
        settle(page)
        assert value(notebook, "(playground.dataset, playground.epoch)") == (name, 1)


def test_inputs_penalties_and_six_layers_reach_the_kernel(notebook):
    page = notebook.page
    for symbol in ("x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂", "x₂"):
        page.get_by_role("button", name=f"Take {symbol} as an input", exact=True).click()
        settle(page)
    assert value(notebook, "playground.features") == ("x1", "x1**2", "x2**2", "x1*x2", "np.sin(x1)", "np.sin(x2)")
    assert page.locator(".playground-unit").count() == 6 + 8 + 8 + 1
    for label in ("L1 strength", "L2 strength"):
        page.get_by_label(label).press("ArrowRight")
        settle(page)
    for _ in range(4):
        press(page, "More hidden layers")
        settle(page)
    assert value(notebook, "(playground.l1, playground.l2, playground.hidden)") == (0.0001, 0.0001, (8,) * 6)
    assert page.get_by_role("button", name="More hidden layers").is_disabled()
    press(page, "Step")
    page.wait_for_function(f"({EPOCH})() === 1")


def test_hovering_enlarges_a_unit_and_says_its_numbers(notebook):
    page = notebook.page
    unit = page.locator(".playground-unit").nth(4)
    before = unit.bounding_box()["width"]
    unit.hover()
    page.wait_for_timeout(400)
    assert page.locator(".playground-big").inner_text() == "Layer 1, unit 3"
    assert unit.bounding_box()["width"] > 1.2 * before
    assert page.locator(".playground-heat").evaluate("canvas => canvas.width") == 30, "the plane shows the unit's map"
    assert "bias b1[2] = 0" in says(page, "readout")


def test_discrete_output_hidden_test_points_and_the_gradient(notebook):
    page = notebook.page
    colors = """() => { const c = document.querySelector('.playground-heat');
        const pixels = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        return new Set(new Uint32Array(pixels.buffer)).size; }"""
    assert page.evaluate(colors) > 20
    for label, canvas in (("discrete", "heat"), ("test points", "points"), ("gradient", "board canvas")):
        before = image(page, canvas)
        page.get_by_label(label).click()
        settle(page)
        assert image(page, canvas) != before, label
    assert page.evaluate(colors) == 2
    assert value(notebook, "(playground.discrete, playground.show_test, playground.blame)") == (True, False, True)
    assert "Gradient of its bias:" in says(page, "readout")
    assert "the gradient" in says(page, "legend")


def test_blue_is_positive_everywhere_and_a_legend_says_so(notebook):
    page = notebook.page
    shown(notebook, "Playground('slope', hidden=())")
    value(notebook, "playground.put('W1[0,0]', 2.0), playground.put('W1[0,1]', 0.0), playground.put('b1[0]', 0.0)")
    notebook.run_cell("other", "playground.discrete = True")
    settle(page)
    for x, color in ((5, "orange"), (55, "blue")):
        red, _, blue = pixel(page, ".playground-heat", x, 30)
        assert (color == "blue") == (blue > red), f"{color} output"
    line = page.evaluate(
        "() => { const c = document.querySelector('.playground-board canvas'); const k = c.width / 410;"
        "const at = [...Array(200).keys()].map((y) => [...c.getContext('2d').getImageData(200 * k, y * k, 1, 1).data]);"
        "return at.find((p) => p[3] > 100 && Math.abs(p[0] - p[2]) > 50); }"
    )
    assert line[2] > line[0], "a positive weight"
    assert "blue: positive" in says(page, "legend")
    assert "orange: negative" in says(page, "legend")


def test_the_dark_theme(notebook):
    page, style = notebook.page, "getComputedStyle(document.querySelector('.playground')).backgroundColor"
    notebook.use_theme("JupyterLab Dark")
    settle(page)
    page.locator(".playground").screenshot(path=ARTIFACTS / "playground-dark.png")
    try:
        assert page.evaluate(style) == "rgb(27, 27, 27)"
        assert pixel(page, ".playground-board canvas", 2, 2) == [0, 0, 0], "transparent over the dark panel"
    finally:
        notebook.use_theme("JupyterLab Light")
    settle(page)
    assert page.evaluate(style) == "rgb(255, 255, 255)"


def test_the_numbers_shown_reproduce_the_output_at_a_point(notebook):
    page = notebook.page
    press(page, "Step")
    page.locator(".playground-cross").hover(position={"x": 80, "y": 60})
    page.mouse.move(0, 0)
    settle(page)
    words = says(page, "readout").replace("−", "-")
    terms, result = re.fullmatch(r".*?: σ\((.*)\) = σ\(.*\) = (\S+)", words.split("At ", 1)[1]).groups()
    z = eval(terms.replace("·", "*").replace("- ", "-"))
    assert abs(1 / (1 + math.exp(-z)) - float(result)) < 0.0005
    notebook.run_cell("other", "import numpy as np")
    at = value(notebook, "playground.probe")
    assert at != (0.5, 0.5)
    there = f"float(playground.network.predict_proba(np.array([{at}]))[0, 0])"
    assert abs(value(notebook, there) - float(result)) < 0.0005


def test_the_keyboard_alone_names_every_bias(notebook):
    page = notebook.page
    shown(notebook, "Playground(hidden=(3, 2))")
    value(notebook, "[playground.put(f'b1[{k}]', k + 0.5) for k in range(3)]")
    value(notebook, "[playground.put(f'b2[{k}]', -k - 0.25) for k in range(2)], playground.put('b3[0]', 7)")
    settle(page)
    page.locator(".playground-play").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('playground-unit')"):
            break
    names = [says(page, "readout")]
    for key in [*["ArrowDown"] * 3, *["ArrowUp"] * 3, "ArrowLeft"] * 4:
        page.keyboard.press(key)
        page.wait_for_timeout(150)
        names.append(says(page, "readout"))
    said = set(re.findall(r"bias (b\d\[\d\] = −?\d+(?:\.\d+)?)", " ".join(names)))
    assert said == {"b1[0] = 0.5", "b1[1] = 1.5", "b1[2] = 2.5", "b2[0] = −0.25", "b2[1] = −1.25", "b3[0] = 7"}


def between(page, first, second):
    """The middle of the line between two units, in the window."""
    page.locator(".playground-board").scroll_into_view_if_needed()
    a, b = (page.locator(".playground-unit").nth(k).bounding_box() for k in (first, second))
    return (a["x"] + a["width"] + b["x"]) / 2, (a["y"] + b["y"] + a["height"]) / 2


def test_a_weight_and_a_bias_are_clicked_and_set(notebook):
    """With Enter; that JupyterLab let no change event come of it was hidden by the one that comes on leaving."""
    page = notebook.page
    for k in range(3):
        page.mouse.click(*between(page, 2, 10))
        assert page.evaluate("document.activeElement.dataset.name") == "W2[0,0]"
        page.keyboard.type(f"{k + 0.5}")
        page.keyboard.press("Enter")
        until(page, "words", f"W2[0,0] = {k + 0.5}, set by hand")
        assert f"tanh({k + 0.5} · " in says(page, "readout")
    before = image(page, "heat")
    page.locator(".playground-unit").last.click()
    field = page.get_by_label("b3[0] of Output")
    field.fill("3")
    field.press("Enter")
    until(page, "readout", "bias b3[0] = 3.")
    assert image(page, "heat") != before
    assert value(notebook, "[float(playground.network.W[2][0, 0]), float(playground.network.b[3][0, 0])]") == [2.5, 3]


def test_while_it_plays_leaving_a_field_does_not_set_it_again(notebook):
    page = notebook.page
    playing(page)
    page.mouse.click(*between(page, 2, 10))
    page.keyboard.type("1.5")
    page.keyboard.press("Enter")
    settle(page)
    page.locator(".playground-play").focus()
    settle(page)
    press(page, "Play or pause")
    settle(page)
    assert [entry[1:] for entry in value(notebook, "playground.changes")] == [("W2[0,0]", 1.5)]


def test_losses_are_read_under_the_cursor(notebook):
    page = notebook.page
    for _ in range(3):
        press(page, "Step")
    page.wait_for_function(f"({EPOCH})() === 3")
    curve = value(notebook, "playground.curve")
    page.locator(".playground-curve").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(200)
    assert list(map(float, re.findall(r"[\d.]*\d", says(page, "readout")))) == pytest.approx(curve[2], abs=1e-4)
    page.locator(".playground-curve").hover(position={"x": 39, "y": 50})
    page.wait_for_timeout(200)
    assert says(page, "readout").startswith("Epoch 0:")


def test_own_points_are_drawn_and_pasted(notebook):
    page = notebook.page
    page.locator(".playground-drawer summary").first.click()
    page.get_by_label("Points: lines").fill("x1,x2,class\n0,0,0\n1,1,1\n-1,1,2")
    press(page, "Use these lines")
    settle(page)
    press(page, "Draw class 1")
    page.locator(".playground-cross").focus()
    page.keyboard.press("Enter")
    settle(page)
    page.locator(".playground-cross").click(position={"x": 26 + 190 * 5 / 6, "y": 4 + 190 / 6})  # under no drawer
    settle(page)
    *own, clicked = value(notebook, "playground.own")
    assert own == [(0, 0, 0), (1, 1, 1), (-1, 1, 2), (0.5, 0.5, 1)]
    assert clicked == pytest.approx((2, 2, 1), abs=0.02)
    assert page.get_by_label("Data set").input_value() == "own"
    page.get_by_label("Points: lines").fill("1,2")
    press(page, "Use these lines")
    until(page, "words", 'got "1,2". No point was changed.')


OWN = """import numpy as np
def bent(z):
    return np.where(z > 0, z, 0.3 * z)
class Mine:
    def __init__(self, learning_rate):
        self.learning_rate = learning_rate
    def step(self, parameters, gradients):
        for theta, g in zip(parameters, gradients):
            theta -= self.learning_rate * g"""


def test_what_the_learner_wrote_trains(notebook):
    notebook.run_cell("other", OWN)
    shown(notebook, "Playground(activation=bent, optimizer=Mine, learning_rate=0.3)")
    playing(notebook.page, 5)
    press(notebook.page, "Play or pause")
    settle(notebook.page)
    assert "your activation" in says(notebook.page, "words")
    assert notebook.page.get_by_label("Optimizer").input_value() == "yours"
    assert value(notebook, "playground.losses[0] < playground.curve[0][1] and not playground.trouble")


def test_a_kernel_restarted_while_it_plays_restores_the_state_and_its_code_agrees(notebook):
    page = notebook.page
    shown(notebook, "Playground('moons', seed=4)")
    playing(page, 15)
    page.get_by_label("Learning rate").press("ArrowRight")
    playing_on = epoch(page) + 5
    page.wait_for_function(f"({EPOCH})() >= {playing_on}")
    press(page, "Play or pause")
    settle(page)
    page.locator(".playground-drawer summary").nth(1).click()
    texts = {}
    for kind in ("state", "code", "table"):
        page.get_by_label("What is shown as text").select_option(kind)
        settle(page)
        texts[kind] = page.get_by_label("The text", exact=True).input_value()
    assert "b3[0] = " in texts["table"]
    losses = value(notebook, "tuple(map(float, playground.losses))")
    press(page, "Play or pause")
    page.evaluate(f"{CURRENT}.sessionContext.session.kernel.restart()")
    page.wait_for_function(f"{CURRENT}.sessionContext.session.kernel.connectionStatus === 'connected'")
    page.wait_for_timeout(3000)
    notebook.run_cell("other", "from course.widgets import Playground")
    assert value(notebook, f"tuple(map(float, Playground({texts['state']!r}).losses))") == losses
    assert tuple(map(float, notebook.run_cell("other", texts["code"]).split())) == losses
    notebook.run_cell("play", CELLS["play"])
    page.wait_for_function(f"({EPOCH})() === 0")
    playing(page)


def test_show_how_sets_what_reaches_the_goal_and_its_lamp_lights(notebook):
    page = notebook.page
    assert says(page, "lamps").startswith("○ Goal: separate the spirals")
    press(page, "Show how to reach goal 1")
    settle(page)
    playing(page, 1)
    until(page, "lamps", "● Reached: separate the spirals")
    page.screenshot(path=ARTIFACTS / "playground-lamp.png")


def test_opened_again_it_shows_where_it_is_and_closing_the_page_ends_its_work(notebook, chromium, address):
    playing(notebook.page)
    press(notebook.page, "Play or pause")
    settle(notebook.page)
    notebook.save()
    second = chromium.new_page(viewport={"width": 1280, "height": 1000})
    reader = Notebook(second, address, "playground.ipynb")  # on the same kernel
    reader.cell("play").locator(".playground-play").wait_for(timeout=60_000)
    second.wait_for_function(f"({EPOCH})() === {epoch(notebook.page)}")
    playing(second, epoch(second) + 5)
    assert reader.console == []
    second.close()
    notebook.page.wait_for_timeout(1000)
    before = kernels_epoch(notebook)
    notebook.page.wait_for_timeout(1500)
    assert kernels_epoch(notebook) == before > 25


def test_reopened_without_its_kernel_the_notebook_shows_a_picture(notebook, chromium, address):
    """The last test: it ends the kernel."""
    notebook.save()
    notebook.page.evaluate(f"{CURRENT}.sessionContext.shutdown()")
    notebook.page.wait_for_timeout(500)
    later = chromium.new_page()
    reopened = Notebook(later, address, "playground.ipynb", start_kernel=False)
    reopened.cell("play").locator(".jp-OutputArea-output img").wait_for()
    later.evaluate(f"{CURRENT}.sessionContext.startKernel()")  # one that does not know the widget
    for _ in range(2):
        again = Notebook(later, address, "playground.ipynb")
        again.cell("play").locator(".jp-OutputArea-output img").wait_for()
        assert "not found" not in again.cell("play").inner_text()
        assert again.console == []
        later.evaluate(f"{CURRENT}.sessionContext.restartKernel()")
        again.save()
    later.close()
