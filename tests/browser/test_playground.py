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
        opened.page.evaluate(
            f"([index, source]) => {CURRENT}.content.model.cells.get(index).sharedModel.setSource(source)",
            [opened.index(name), source],
        )
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


def kernels_epoch(notebook):
    return int(notebook.run_cell("other"))


def test_it_plays_and_pauses_within_two_frames(notebook):
    page = notebook.page
    playing(page)
    for _ in range(5):
        click = "document.querySelector('.playground-play').click()"
        at_the_click = page.evaluate(f"() => {{ const before = ({EPOCH})(); {click}; return before; }}")
        page.wait_for_timeout(500)
        assert epoch(page) - at_the_click <= 2
        assert f"Epoch {epoch(page)}:" in page.locator(".playground-words").inner_text()
        assert kernels_epoch(notebook) == epoch(page)
        playing(page, epoch(page) + 5)


def test_other_cells_run_while_it_plays(notebook):
    playing(notebook.page)
    seen = []
    for _ in range(3):
        source = f"print('at', playground.epoch, {len(seen)})"
        notebook.page.evaluate(
            f"([index, source]) => {CURRENT}.content.model.cells.get(index).sharedModel.setSource(source)",
            [notebook.index("other"), source],
        )
        notebook.page.evaluate(f"{CURRENT}.content.activeCellIndex = {notebook.index('other')}")
        notebook.page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
        notebook.page.locator(".jp-OutputArea-output", has_text=f"{len(seen)}\n").last.wait_for(timeout=2000)
        seen.append(int(notebook.text("other").split()[1]))
        notebook.page.wait_for_timeout(300)
    assert seen[0] < seen[1] < seen[2]


def test_step_restart_reset_and_a_setting(notebook):
    page = notebook.page
    press(page, "Step")
    page.wait_for_function(f"({EPOCH})() === 1")
    page.get_by_label("Data set").select_option("moons")
    page.wait_for_function(f"({EPOCH})() === 0")
    assert "Data set: moons. A new network begins." in page.locator(".playground-words").inner_text()
    playing(page)
    page.get_by_label("Learning rate").press("ArrowRight")
    page.wait_for_timeout(300)
    before = epoch(page)
    assert before > 20
    press(page, "Restart")
    page.wait_for_function(f"({EPOCH})() < {before}")
    press(page, "More hidden layers")
    page.wait_for_function("document.querySelectorAll('.playground-widths > div').length === 3")
    press(page, "Reset")
    data_set = page.get_by_label("Data set").element_handle()
    page.wait_for_function("select => select.value === 'circles'", arg=data_set)  # the epoch was 0 before, too
    page.wait_for_function(f"({EPOCH})() === 0")
    assert page.locator(".playground-widths > div").count() == 2
    assert page.locator(".playground-play").inner_text() == "Play"


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


def test_the_lamp_lights(notebook):
    notebook.run_cell("play", 'playground = Playground("spirals", hidden=(8, 8, 8), activation="relu")\nplayground')
    lamp = notebook.page.locator(".playground-lamps > div").first
    assert lamp.inner_text().startswith("○ Goal: separate the spirals")
    playing(notebook.page)
    notebook.page.wait_for_function("document.querySelector('.playground-lamps').innerText.includes('● Reached')")
    press(notebook.page, "Play or pause")
    notebook.page.screenshot(path=ARTIFACTS / "playground-lamp.png")


def test_when_it_diverges_it_stops_by_itself(notebook):
    diverging = 'Playground(activation="identity", optimizer="sgd", learning_rate=10)'
    notebook.run_cell("play", f"playground = {diverging}\nplayground")
    press(notebook.page, "Play or pause")
    notebook.page.wait_for_function("document.querySelector('.playground-play').textContent === 'Play'")
    assert "too large for sgd" in notebook.page.locator(".playground-words").inner_text()


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
    first, _ = notebook.run_cell("other", "print(old.epoch, playground.epoch)").split()
    notebook.page.wait_for_timeout(500)
    assert notebook.run_cell("other").split() == [first, "0"]
    playing(notebook.page)
    assert notebook.run_cell("other").split()[0] == first


def test_a_narrow_page_wraps_and_a_usual_one_has_it_whole(notebook):
    page = notebook.page
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    tops = {}
    for width in (1366, 1040, 880):
        page.set_viewport_size({"width": width, "height": 768})
        page.wait_for_timeout(500)
        page.screenshot(path=ARTIFACTS / f"playground-{width}.png")
        box = page.locator(".playground").bounding_box()
        for canvas in page.locator(".playground canvas").all():
            inner = canvas.bounding_box()
            assert inner["x"] >= box["x"]
            assert inner["x"] + inner["width"] <= box["x"] + box["width"]
        names = ("controls", "network", "result")
        tops[width] = [page.locator(f".playground-{name}").bounding_box()["y"] for name in names]
        if width > 880:
            assert (box["width"] <= 1000, box["height"] <= 545) == (True, True)
    assert [len(set(tops[width])) for width in (1366, 1040)] == [1, 1]
    assert tops[880][0] == tops[880][2] < tops[880][1]
    page.set_viewport_size({"width": 1280, "height": 1000})


# --- row by row


def shown(notebook, call, kernel="None"):
    """Run the cell with another playground, and wait for its page; what `kernel` is, in the kernel."""
    notebook.run_cell("play", f"playground = {call}\nplayground")
    notebook.page.wait_for_function("document.querySelectorAll('.playground-unit').length > 0")
    settle(notebook.page)
    return value(notebook, kernel)


def value(notebook, expression):
    return ast.literal_eval(notebook.run_cell("other", f"print(repr(({expression})))"))


def readout(page):
    return page.locator(".playground-readout").inner_text()


def pixel(page, selector, x, y):
    """The color of a canvas at a place, in its own pixels."""
    script = "([s, x, y]) => [...document.querySelector(s).getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)"
    return page.evaluate(script, [selector, x, y])


DATASETS = ["xor", "circles", "moons", "spirals", "gauss", "three", "slope", "hills", "own"]


def test_every_data_set_can_be_chosen_and_trains(notebook):
    page = notebook.page
    for name in DATASETS:
        page.get_by_label("Data set").select_option(name)
        page.wait_for_function(f"({EPOCH})() === 0")
        press(page, "Step")
        page.wait_for_function(f"({EPOCH})() === 1")
        settle(page)
        assert value(notebook, "(playground.dataset, playground.epoch)") == (name, 1)


def test_inputs_are_switched_on_and_off(notebook):
    page = notebook.page
    for symbol in ("x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"):
        page.get_by_role("button", name=f"Take {symbol} as an input", exact=True).click()
        settle(page)
    page.get_by_role("button", name="Take x₂ as an input", exact=True).click()
    settle(page)
    assert value(notebook, "playground.network.sizes[0]") == 6
    assert page.locator(".playground-unit").count() == 6 + 8 + 8 + 1


def test_hovering_enlarges_a_unit_and_says_its_numbers(notebook):
    page = notebook.page
    unit = page.locator(".playground-unit").nth(4)
    before = unit.bounding_box()["width"]
    unit.hover()
    page.wait_for_timeout(400)
    assert page.locator(".playground-big").inner_text() == "Layer 1, unit 3"
    assert unit.bounding_box()["width"] > 1.2 * before
    assert page.locator(".playground-heat").evaluate("canvas => canvas.width") == 30, "the plane shows the unit's map"
    assert "bias b1[2] = 0" in readout(page)


def test_new_points_new_weights_and_restart(notebook):
    page, weights = notebook.page, "(playground.points_seed, playground.seed, float(playground.network.W[1][0, 0]))"
    first = value(notebook, weights)
    press(page, "New points")
    settle(page)
    assert value(notebook, weights) == (1, 0, first[2])
    press(page, "New weights")
    settle(page)
    second = value(notebook, weights)
    assert (second[:2], second[2] != first[2]) == ((1, 1), True)
    press(page, "Step")
    press(page, "Restart")
    settle(page)
    assert value(notebook, weights) == second


def test_discrete_output_and_hidden_test_points(notebook):
    page = notebook.page
    heat = "document.querySelector('.playground-heat')"
    colors = (
        f"() => {{ const c = {heat}; const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height)"
        ".data.buffer); return new Set(d).size; }"
    )
    assert page.evaluate(colors) > 20
    page.get_by_label("discrete").check()
    settle(page)
    assert page.evaluate(colors) == 2
    points = "document.querySelector('.playground-points').toDataURL()"
    before = page.evaluate(points)
    page.get_by_label("test points").uncheck()
    settle(page)
    assert page.evaluate(points) != before
    assert value(notebook, "(playground.discrete, playground.show_test)") == (True, False)


def test_l1_and_l2_and_six_layers(notebook):
    page = notebook.page
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


def test_blue_is_positive_everywhere_and_a_legend_says_so(notebook):
    page = notebook.page
    shown(notebook, "Playground('slope', hidden=())")
    value(notebook, "playground.put('W1[0,0]', 2.0), playground.put('W1[0,1]', 0.0), playground.put('b1[0]', 0.0)")
    notebook.run_cell("other", "playground.discrete = True")
    settle(page)
    right, left = (pixel(page, ".playground-heat", x, 30) for x in (55, 5))
    assert (right[2] > right[0], left[0] > left[2]) == (True, True), "output"
    line = page.evaluate(
        "() => { const c = document.querySelector('.playground-board canvas'); const k = c.width / 410;"
        "const at = [...Array(200).keys()].map((y) => [...c.getContext('2d').getImageData(200 * k, y * k, 1, 1).data]);"
        "return at.find((p) => p[3] > 100 && Math.abs(p[0] - p[2]) > 50); }"
    )
    assert line[2] > line[0], "a positive weight"
    legend = page.locator(".playground-legend").inner_text()
    assert "blue: positive" in legend
    assert "orange: negative" in legend


def test_the_dark_theme(notebook):
    page, style = notebook.page, "getComputedStyle(document.querySelector('.playground')).backgroundColor"
    notebook.use_theme("JupyterLab Dark")
    settle(page)
    page.locator(".playground").screenshot(path=ARTIFACTS / "playground-dark.png")
    try:
        assert page.evaluate(style) == "rgb(27, 27, 27)"
        middle = pixel(page, ".playground-board canvas", 2, 2)
        assert middle == [0, 0, 0], "transparent over the dark panel"
    finally:
        notebook.use_theme("JupyterLab Light")
    settle(page)
    assert page.evaluate(style) == "rgb(255, 255, 255)"


def test_the_numbers_shown_reproduce_the_output_at_a_point(notebook):
    page = notebook.page
    for _ in range(5):
        press(page, "Step")
    cross = page.locator(".playground-cross")
    cross.hover(position={"x": 80, "y": 60})
    page.mouse.move(0, 0)
    settle(page)
    words = readout(page).replace("−", "-")
    terms, result = re.fullmatch(r".*?: σ\((.*)\) = σ\(.*\) = (\S+)", words.split("At ", 1)[1]).groups()
    z = eval(terms.replace("·", "*").replace("- ", "-"))
    assert abs(1 / (1 + math.exp(-z)) - float(result)) < 0.0005
    at = value(notebook, "playground.probe")
    assert at != (0.5, 0.5)
    there = f"float(playground.network.predict_proba(np.array([{at}]))[0, 0])"
    notebook.run_cell("other", "import numpy as np")
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
    names = [readout(page)]
    for key in [*["ArrowDown"] * 3, *["ArrowUp"] * 3, "ArrowLeft"] * 4:
        page.keyboard.press(key)
        page.wait_for_timeout(150)
        names.append(readout(page))
    said = set(re.findall(r"bias (b\d\[\d\] = −?\d+(?:\.\d+)?)", " ".join(names)))
    expected = {"b1[0] = 0.5", "b1[1] = 1.5", "b1[2] = 2.5", "b2[0] = −0.25", "b2[1] = −1.25", "b3[0] = 7"}
    assert said == expected


def between(page, first, second):
    """The middle of the line between two units, in the window."""
    page.locator(".playground-board").scroll_into_view_if_needed()
    a, b = (page.locator(".playground-unit").nth(k).bounding_box() for k in (first, second))
    return (a["x"] + a["width"] + b["x"]) / 2, (a["y"] + b["y"] + a["height"]) / 2


def test_a_weight_and_a_bias_are_clicked_and_set(notebook):
    """With Enter; that JupyterLab let no change event come of it was hidden by the one that comes on leaving."""
    page = notebook.page
    for k in range(10):
        page.mouse.click(*between(page, 2, 10))
        assert page.evaluate("document.activeElement.dataset.name") == "W2[0,0]"
        page.keyboard.type(f"{k + 0.5}")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "words => document.querySelector('.playground-words').innerText.includes(words)",
            arg=f"W2[0,0] = {k + 0.5}, set by hand",
        )
        assert f"tanh({k + 0.5} · " in readout(page)
    output = "document.querySelector('.playground-heat').toDataURL()"
    before = page.evaluate(output)
    page.locator(".playground-unit").last.click()
    field = page.get_by_label("b3[0] of Output")
    field.fill("3")
    field.press("Enter")
    page.wait_for_function("document.querySelector('.playground-readout').innerText.includes('bias b3[0] = 3.')")
    assert page.evaluate(output) != before
    assert value(notebook, "[float(playground.network.W[2][0, 0]), float(playground.network.b[3][0, 0])]") == [9.5, 3]


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
    epoch, train, test = re.findall(r"[\d.]*\d", readout(page))
    assert int(epoch) == 2
    assert abs(float(train) - curve[2][1]) < 1e-4
    assert abs(float(test) - curve[2][2]) < 1e-4
    page.locator(".playground-curve").hover(position={"x": 39, "y": 50})
    page.wait_for_timeout(200)
    assert readout(page).startswith("Epoch 0:")


def test_own_points_are_drawn_and_pasted(notebook):
    page = notebook.page
    page.locator(".playground-drawer summary").first.click()
    page.get_by_label("Points: lines").fill("x1,x2,class\n0,0,0\n1,1,1\n-1,1,2")
    press(page, "Use these lines")
    settle(page)
    assert value(notebook, "(playground.dataset, playground.own)") == ("own", ((0, 0, 0), (1, 1, 1), (-1, 1, 2)))
    press(page, "Draw class 1")
    page.locator(".playground-cross").focus()
    page.keyboard.press("Enter")
    settle(page)
    own = value(notebook, "playground.own")
    assert own[3] == (0.5, 0.5, 1)
    assert len(own) == 4
    page.locator(".playground-cross").click(position={"x": 26 + 190 * 5 / 6, "y": 4 + 190 / 6})  # under no drawer
    settle(page)
    assert value(notebook, "playground.own")[4] == pytest.approx((2, 2, 1), abs=0.02)
    page.get_by_label("Points: lines").fill("1,2")
    press(page, "Use these lines")
    settle(page)
    assert 'got "1,2". No point was changed.' in page.locator(".playground-words").inner_text()


OWN = """\
def bent(z):
    return np.where(z > 0, z, 0.3 * z)
class Mine:
    def __init__(self, learning_rate):
        self.learning_rate = learning_rate
    def step(self, parameters, gradients):
        for theta, g in zip(parameters, gradients):
            theta -= self.learning_rate * g
from course.exercises import find_exercise
from helpers.network import Network
learn = find_exercise("6.6", "").right
"""


def test_what_the_learner_wrote_trains(notebook):
    notebook.run_cell("other", f"import numpy as np\n{OWN}")
    shown(notebook, "Playground(activation=bent, optimizer=Mine, learning_rate=0.3)")
    playing(notebook.page, 5)
    press(notebook.page, "Play or pause")
    assert "your activation" in notebook.page.locator(".playground-words").inner_text()
    assert notebook.page.get_by_label("Optimizer").input_value() == "yours"
    for own in ("network=Network([2, 5, 2, 1], activation='relu', output='sigmoid', seed=9)", "loop=learn"):
        shown(notebook, f"Playground({own})")
        playing(notebook.page, 5)
        press(notebook.page, "Play or pause")
        settle(notebook.page)
        assert value(notebook, "playground.losses[0] < playground.curve[0][1] and not playground.trouble")
        assert value(notebook, "playground.network.sizes") == ([2, 5, 2, 1] if "network" in own else [2, 8, 8, 2])


def test_a_state_restores_in_another_kernel_and_its_code_agrees(notebook):
    page = notebook.page
    shown(notebook, "Playground('moons', seed=4)")
    playing(page, 15)
    page.get_by_label("Learning rate").press("ArrowRight")
    playing_on = epoch(page) + 5
    page.wait_for_function(f"({EPOCH})() >= {playing_on}")
    press(page, "Play or pause")
    settle(page)
    page.locator(".playground-drawer summary").nth(1).click()
    text = page.get_by_label("The text", exact=True)
    page.wait_for_function("document.querySelector('.playground-inside textarea[readonly]').value !== ''")
    state = text.input_value()
    page.get_by_label("What is shown as text").select_option("code")
    settle(page)
    code = text.input_value()
    page.get_by_label("What is shown as text").select_option("table")
    settle(page)
    assert "b3[0] = " in text.input_value()
    losses = value(notebook, "tuple(map(float, playground.losses))")
    page.evaluate(f"{CURRENT}.sessionContext.session.kernel.restart()")
    page.wait_for_function(f"{CURRENT}.sessionContext.session.kernel.connectionStatus === 'connected'")
    page.wait_for_timeout(3000)
    again = f"from course.widgets import Playground\nprint(tuple(map(float, Playground({state!r}).losses)))"
    assert ast.literal_eval(notebook.run_cell("other", again)) == losses
    printed = notebook.run_cell("other", code)
    assert tuple(map(float, printed.split())) == losses


def test_the_spirals_goal_is_reached_with_its_own_settings(notebook):
    page = notebook.page
    press(page, "Show how to reach goal 1")
    settle(page)
    playing(page, 1)
    page.wait_for_function("document.querySelector('.playground-lamps').innerText.includes('● Reached')")
    press(page, "Play or pause")


def test_the_gradient_view(notebook):
    page = notebook.page
    before = page.evaluate("document.querySelector('.playground-board canvas').toDataURL()")
    page.get_by_label("gradient").check()
    settle(page)
    assert page.evaluate("document.querySelector('.playground-board canvas').toDataURL()") != before
    assert "Gradient of its bias:" in readout(page)
    assert "the gradient" in page.locator(".playground-legend").inner_text()


def test_the_stored_picture_is_of_a_trained_state(notebook):
    data = next(cell for cell in notebook.cells() if cell["id"] == "play")["outputs"][0]["data"]
    assert "The picture shows it after 100 epochs." in "".join(data["text/plain"])


def test_closing_the_page_ends_the_work_and_opening_it_again_shows_where_it_is(notebook, chromium, address):
    playing(notebook.page)
    notebook.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    notebook.page.wait_for_timeout(500)
    second = chromium.new_page(viewport={"width": 1280, "height": 1000})
    second.set_default_timeout(30_000)
    reader = Notebook(second, address, "playground.ipynb")  # on the same kernel
    notebook.page.goto("about:blank")
    second.wait_for_timeout(1000)
    before = kernels_epoch(reader)
    second.wait_for_timeout(1500)
    assert kernels_epoch(reader) == before
    reader.cell("play")
    second.wait_for_function(f"({EPOCH})() === {before}")
    assert reader.console == []
    second.close()


def test_restarting_the_kernel_leaves_nothing_behind(wide_page, address):
    notebook = Notebook(wide_page, address, "playground.ipynb")
    notebook.run_all()
    playing(wide_page)
    wide_page.evaluate(f"{CURRENT}.sessionContext.session.kernel.restart()")
    wide_page.wait_for_timeout(6000)
    assert notebook.run_cell("other", "print('alive')") == "alive\n"
    notebook.run_cell("play")
    wide_page.wait_for_function(f"({EPOCH})() === 0")
    playing(wide_page)
    press(wide_page, "Play or pause")
    assert notebook.console == []


def test_reopened_without_its_kernel_the_notebook_shows_a_picture(notebook, chromium, address):
    notebook.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    notebook.page.wait_for_timeout(500)
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
        later.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
        later.wait_for_timeout(500)
    later.close()
