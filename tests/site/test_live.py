"""The live page as a learner uses it: a press, code and verdicts, widgets, storage, and what goes wrong.

What has 01_neuron in its name is a short form. Most tests give the page a lesson of a few cells, for speed.
"""

import contextlib
import json
import zipfile
from pathlib import Path

import pytest
from conftest import BUILD, SITE, WANTED, Live, barriers, drag, too_wide

from course import widgets
from course.exercises import find, lessons
from tools import site

ROOT, FILES = Path(__file__).parents[2], SITE / "_static" / "live"
SETTINGS = json.loads((FILES / "settings.json").read_text("utf-8"))
LESSON = "notebooks/01_neuron.html"
IMPORTS = "from course.exercises import check, hint, progress, quiz, solution, yours\nimport numpy as np"
STUB = 'def neuron(x, w, b, f):\n    return ...\n\n\ncheck("1.1", neuron)'
RIGHT = STUB.replace("...", "f(w @ x + b)")
CUT = {"hook": IMPORTS, "ex-neuron": STUB, "progress": 'progress("1")'}  # of lesson 01, with the ids of its cells
READY = """window.live?.times && !live.running && !live.queue.length
           && live.cells.every(cell => !['waiting', 'running'].includes(cell.state))"""
PATIENT = 180_000  # ms


class Learner:
    """A reader of one page, in a browser of their own, who may come back to it."""

    everything = "Control+a"

    def __init__(self, context, address):
        self.address, self.page = address, context.new_page()
        self.page.set_default_timeout(60_000)
        self.complaints, self.asked = [], []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def open(self, path=LESSON):
        """Open the page and press its button; returns what was on it."""
        self.page.goto(self.address + path, wait_until="networkidle")
        words = self.page.locator(".live-start button").inner_text()
        self.page.click(".live-start button")
        return words

    def ready(self, patience=PATIENT):
        self.page.wait_for_function(READY, timeout=patience)

    def visit(self, path=LESSON, patience=PATIENT):
        """Open the page, and wait until all of it has run; returns what was on the button."""
        words = self.open(path)
        self.ready(patience)
        return words

    def cell(self, name):
        return self.page.locator(f".tag_id-{name}")

    def press(self, name, button):
        self.cell(name).get_by_role("button", name=button).click()

    def write(self, name, text):
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press(self.everything)
        self.page.keyboard.insert_text(text)

    def text(self, name):
        return self.page.evaluate("id => live.cells.find(cell => cell.own.id === id).text", name)

    def states(self):
        return dict(self.page.evaluate("live.cells.map(cell => [cell.own.id, cell.state])"))

    def run(self, name, text):
        """Write a cell, run it with the keyboard, and read what it shows."""
        self.write(name, text)
        self.page.keyboard.press("Control+Enter")
        self.ready()
        return self.shown(name)

    def shown(self, name):
        return self.cell(name).locator(".cell_output").inner_text()

    def words(self):
        return self.page.locator(".live-words").inner_text()

    def told(self, words):
        """Wait until the bar's words begin so."""
        self.page.wait_for_function(
            "words => document.querySelector('.live-words').innerText.startsWith(words)", arg=words
        )

    def kept(self):
        """Wait until the browser has kept what was written."""
        self.page.wait_for_function("live.cells.every(cell => !cell.dirty)")
        self.page.wait_for_timeout(300)

    def python(self, code):
        """Run a piece of Python to a good end, and return the box of the page that shows it."""
        run = """code => {
            document.getElementById("box")?.remove();
            const box = Object.assign(document.createElement("div"), { id: "box" });
            document.querySelector(".bd-article h1").after(box);
            return live.kernel.run(code, box);
        }"""
        ok, box = self.page.evaluate(run, code), self.page.locator("#box")
        assert ok, box.inner_text()
        return box

    def ended_well(self):
        """Every cell has run, nothing complained, and no other host was asked."""
        errors = self.page.locator(".live-error, .live-stderr").all_inner_texts()
        assert not errors, errors[0][-500:]
        assert not {name: state for name, state in self.states().items() if state != "done"}
        assert not self.complaints
        assert not [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))]


@contextlib.contextmanager
def learners(browser, live_address):
    """learner(cells, width): a new Learner; with `cells`, {id: source}, one who has visited a lesson of these alone."""
    contexts = []

    def learner(cells=None, width=1366):
        contexts.append(browser.new_context(viewport={"width": width, "height": 768}))
        own = SETTINGS | {"base": "../../pyodide/"}
        contexts[-1].route("**/live/settings.json", lambda route: route.fulfill(json=own))
        one = Learner(contexts[-1], live_address)
        if cells:
            give(one, cells)
            one.visit()
        return one

    yield learner
    for context in contexts:
        context.close()


def give(one, cells):
    """Let the lesson have these cells."""
    content = json.dumps([{"id": name, "source": source} for name, source in cells.items()])
    one.page.unroute_all()
    one.page.route("**/lessons/01_neuron.json", lambda route: route.fulfill(body=content))


@pytest.fixture
def learner(browser, live_address):
    with learners(browser, live_address) as learner:
        yield learner


@pytest.fixture(scope="module")
def cut(browser, live_address):
    """A learner whose lesson has the imports, exercise 1.1 and the progress."""
    with learners(browser, live_address) as learner:
        yield learner(CUT)


@pytest.fixture(scope="module")
def whole(browser, live_address):
    """A learner whose lesson 01 is whole, on a Mac."""
    with learners(browser, live_address) as learner:
        one = learner()
        one.everything = "Meta+a"
        one.page.add_init_script("Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
        one.visit()
        yield one


def test_page_and_tests_name_one_version_of_pyodide(live_address):
    lock = json.loads((BUILD / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    assert f"/v{lock['info']['version']}/" in site.PYODIDE
    assert SETTINGS["base"] == site.PYODIDE


def test_a_press_runs_lesson_01_neuron_whole(whole):
    whole.ended_well()
    lesson = json.loads((FILES / "lessons" / "01_neuron.json").read_text("utf-8"))
    assert [*whole.states()] == [cell["id"] for cell in lesson]
    alts = whole.page.locator(".live-shown img:not(.live-widget img)").evaluate_all("all => all.map(img => img.alt)")
    assert len(alts) > 5
    assert all(len(alt) > 40 for alt in alts), "a figure keeps the description of the one that it takes the place of"
    assert whole.page.locator(".live-widget .explorer").count() == 2
    assert whole.page.locator(".tag_id-quiz input[type=radio]").count() > 10


@pytest.mark.parametrize("lesson", sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))[1:])
def test_a_lesson_runs_to_its_end(lesson, learner):
    one = learner()
    one.visit(f"notebooks/{lesson}.html", patience=900_000)
    one.page.wait_for_timeout(500)
    one.ended_well()


def test_every_sign_can_be_typed_and_run_on_a_mac_too_and_there_is_an_empty_cell(whole):
    whole.write("empty", "")
    whole.page.keyboard.type("print(6 / 2 ** 1 % 4 // 1)")
    whole.page.keyboard.press("Control+Enter")
    whole.ready()
    assert whole.shown("empty").strip() == "3.0"


def test_a_figure_of_ones_own_is_not_described_as_the_lessons(whole):
    figure = whole.cell("rule-figure")
    figure.locator("summary").first.click()  # its code is in a fold
    whole.run("rule-figure", "import matplotlib.pyplot as plt\nplt.plot([3, 2, 1])\nplt.show()")
    assert figure.locator(".cell_output img").get_attribute("alt") == "A figure that your code made"
    whole.press("rule-figure", "Reset")
    whole.press("rule-figure", "Run")
    whole.ready()
    assert len(figure.locator(".cell_output img").get_attribute("alt")) > 40


@pytest.mark.parametrize(("body", "lead"), [("f(w @ x + b)", "Right."), ("f(w @ x)", "Not yet.")])
def test_verdicts_in_01_neuron_are_the_notebooks(body, lead, cut):
    code = STUB.replace("...", body)
    exec(code.partition("\n\n\n")[0], made := {})
    said = cut.run("ex-neuron", code)
    assert said.startswith(lead)
    box = cut.python("")
    box.evaluate("(box, html) => { box.innerHTML = html }", find("1.1", "").judge(made["neuron"]).as_html())
    assert said.split() == box.inner_text().split()


def test_an_error_of_01_neuron_is_shown_below_its_cell(cut):
    said = cut.run("ex-neuron", "wrong = 1\nwrong / 0")
    assert "line 2, in <module>\n    wrong / 0" in said
    assert said.strip().endswith("ZeroDivisionError: division by zero")
    assert "live.py" not in said


def test_what_was_written_in_01_neuron_and_taken_back_by_a_reset_survives_reloads(learner):
    one = learner(CUT)
    assert one.run("ex-neuron", RIGHT).startswith("Right.")
    one.kept()
    assert one.visit() == "▶ Go on"
    assert one.text("ex-neuron") == RIGHT
    assert "1.1 one neuron: solved" in one.shown("progress")
    one.press("ex-neuron", "Reset")
    one.kept()
    one.visit()
    assert one.text("ex-neuron") == STUB
    one.press("ex-neuron", "Bring mine back")
    assert one.text("ex-neuron") == RIGHT


def test_what_ran_before_a_change_above_is_offered_to_run_again(learner):
    one = learner({"hook": "a = 1", "ex-neuron": "print(a)"})
    one.run("hook", "a = 2")
    assert one.shown("ex-neuron").strip() == "1"
    one.page.get_by_role("button", name="Run what follows").click()
    one.page.wait_for_function("live.cells[1].state === 'done'")
    assert one.shown("ex-neuron").strip() == "2"


def test_answers_outlive_an_update_of_the_lesson(learner):
    one = learner({"hook": "a = 1", "ex-neuron": STUB, "progress": "a"})
    mine, new = {"hook": "a = 2", "ex-neuron": RIGHT}, {"hook": "a = 3", "ex-neuron": f"# in one line\n{STUB}"}
    for name, text in {**mine, "progress": "a  # mine"}.items():
        one.write(name, text)
    one.kept()
    give(one, new)  # published again: two cells changed, one gone
    one.visit()
    assert "a  # mine" in one.page.locator("article details pre").all_text_contents()
    for name, choice in {"hook": "Keep mine", "ex-neuron": "Take the new one"}.items():
        assert one.text(name) == mine[name]
        assert one.cell(name).locator(".live-note").inner_text().startswith("Your copy is older")
        one.press(name, choice)
    one.kept()
    one.visit()
    assert not "".join(one.page.locator(".live-note").all_inner_texts())
    assert one.text("hook") == mine["hook"]
    assert one.text("ex-neuron") == new["ex-neuron"]
    one.press("ex-neuron", "Bring mine back")
    assert one.text("ex-neuron") == mine["ex-neuron"]


def test_work_is_downloaded_for_the_notebooks_and_brought_into_another_browser(learner, tmp_path):
    one = learner(CUT)
    one.run("ex-neuron", RIGHT)
    one.kept()
    one.page.click(".live-menu summary")
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="Download", exact=True).click()
    download.value.save_as(tmp_path / "work.zip")
    with zipfile.ZipFile(tmp_path / "work.zip") as archive:
        assert {"01_neuron.ipynb", ".progress.jsonl", "my_network.py"} <= set(archive.namelist())
        cells = json.loads(archive.read("01_neuron.ipynb"))["cells"]
        assert b"f(w @ x + b)" in archive.read("my_network.py")
    assert next(cell for cell in cells if cell["id"] == "ex-neuron")["source"] == RIGHT
    other = learner(CUT)
    other.page.set_input_files(".live-menu input", tmp_path / "work.zip")
    other.page.get_by_text("Reload the page").wait_for()
    assert "1 lines of progress" in other.words()
    other.visit()
    assert other.text("ex-neuron") == RIGHT
    assert "1.1 one neuron: solved" in other.shown("progress")


def test_what_runs_long_is_stopped_and_the_lesson_started_anew(learner):
    one = learner({"hook": "import time", "ex-neuron": "1"})
    one.write("ex-neuron", "time.sleep(10**6)")
    one.page.keyboard.press("Control+Enter")
    one.page.wait_for_function("live.cells[1].state === 'running'")
    one.page.locator(".live-bar > button", has_text="Stop").click()
    one.told("Stopped")
    assert one.states() == {"hook": "new", "ex-neuron": "stopped"}
    one.page.get_by_role("button", name="Restart").click()
    one.told("Started anew")
    assert {*one.states().values()} == {"new"}
    assert one.run("ex-neuron", "time.time() > 0").strip() == "True"  # what stands above runs first
    one.ended_well()


def test_a_loop_without_an_end_is_stopped_by_a_press_and_not_run_again_unasked(learner):
    loop = "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass"
    one = learner(CUT)
    one.write("ex-neuron", loop)
    one.page.keyboard.press("Control+Enter")
    offer = one.page.locator(".live-offer button")
    offer.wait_for(timeout=30_000)
    assert "busy for 15 s" in one.words()
    offer.click()
    one.told("Stopped")
    assert one.text("ex-neuron") == loop
    one.press("progress", "Run")
    one.ready()
    assert "points in all" in one.shown("progress")
    one.visit()
    assert one.states() == {"hook": "done", "ex-neuron": "stopped", "progress": "done"}
    one.press("ex-neuron", "Reset")
    one.press("ex-neuron", "Run")
    one.ready()
    assert "Not written yet" in one.shown("ex-neuron")


def test_a_loop_in_an_answer_ends_by_itself(cut):
    loop = "while True:\n        try:\n            x = x + 1\n        except:\n            pass"
    answer = STUB.replace("return ...", loop)
    code = f"from course import sandbox\nusual, sandbox.SECONDS = sandbox.SECONDS, 1\n{answer}\nsandbox.SECONDS = usual"
    said = cut.python(code).inner_text()
    assert "took too long" in said or "stopped" in said, said


NUMPY = next(name for name in WANTED if name.startswith("numpy"))


@pytest.mark.parametrize(
    "file", ["pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "worker.js", NUMPY, "course.zip"]
)
def test_a_failed_load_leaves_the_page_whole_and_says_what_to_do(file, learner, monkeypatch):
    one = learner()
    monkeypatch.setattr(Live, "missing", {file})
    one.open()
    one.page.get_by_role("button", name="Try again").wait_for()
    assert "Check the connection" in one.words()
    assert one.page.locator(".cell_output img").count() > 5
    if file == "course.zip":  # the last to be asked for
        monkeypatch.undo()
        one.page.get_by_role("button", name="Try again").click()
        one.page.wait_for_function("live.times", timeout=PATIENT)


def test_where_not_even_the_live_page_can_be_loaded_the_button_remains(learner, monkeypatch):
    one = learner()
    monkeypatch.setattr(Live, "missing", {"page.js"})
    one.open()
    one.page.get_by_text("could not be loaded").wait_for()
    assert one.page.locator(".live-start button").is_enabled()


def by_key(page, handle):
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.press("ArrowLeft" if at_end else "ArrowRight")


MOVES = {  # a part of a widget: what a hand does to the first or last of these
    ".noUi-handle:visible >> nth=0": by_key,
    ".noUi-target:visible >> nth=0": lambda page, rail: drag(page, rail, (0.37, 0.5), (0, 0)),
    "select:visible >> nth=0": lambda page, choice: choice.press("ArrowDown"),
    # along no line of a widget, which would move nothing
    ".explorer-handles line:not([style*=none]) >> nth=-1": lambda page, line: drag(page, line, (0.5, 0.5), (-60, -10)),
}


@pytest.mark.parametrize("name", sorted({*widgets.MODULES} - {"Explorer", "DrawDigit", "Playground"}))
def test_a_widget_follows_mouse_and_key(name, cut):
    settings = "step=4" if name == "ForwardStepper" else ""  # before step 4 the inputs are not shown
    box = cut.python(f"from course.widgets import {name}\n{name}({settings})")
    picture = box.locator(".explorer-picture img").first
    picture.wait_for()
    parts = [part for part in MOVES if box.locator(part).count()]
    assert parts
    for part in parts:
        before = picture.get_attribute("src")
        MOVES[part](cut.page, box.locator(part))
        cut.page.wait_for_function("([img, before]) => img.src !== before", arg=[picture.element_handle(), before])
    assert not cut.complaints


def test_the_landing_page_comes_alive_at_one_press(learner):
    one = learner()
    one.open("index.html")
    pad, play = one.page.locator("[data-scene=pad]"), one.page.locator(".playground-play")
    pad.locator("canvas").first.wait_for(timeout=PATIENT)
    play.click()
    one.page.wait_for_function("Number(document.querySelector('.playground-numbers strong').textContent) > 10")
    play.click()
    words = pad.inner_text()
    drag(one.page, pad.locator("canvas").first, (0.5, 0.2), (0, 200))
    one.page.wait_for_function("words => document.querySelector('[data-scene=pad]').innerText !== words", arg=words)
    assert not one.complaints


def test_a_live_page_fits_a_phone_and_has_no_serious_barrier(learner):
    """By day and by night; at first, and with an answer, a hint, an error and a widget that was moved."""
    one = learner(width=390)

    def faults():
        found = too_wide(one.page)
        for scheme in ("light", "dark"):
            one.page.emulate_media(color_scheme=scheme)
            found += barriers(one.page, "html", "aria-input-field-name")
        return "\n".join(found)

    one.visit()
    assert not faults()
    assert one.run("ex-neuron", f'{RIGHT}\nhint("1.1")').startswith("Right.")
    assert "ZeroDivisionError" in one.run("progress", "an_error_whose_line_is_long = 1 / 0  # " + 60 * "x")
    by_key(one.page, one.cell("guess-the-line").locator(".noUi-handle:visible").first)
    assert not faults()


LONG = {"6.5", "7.3", "8.5"}  # they train for a minute or more, and their verdicts hold what comes of it
STRANGERS = [
    (answer["key"], answer["code"])
    for file in sorted((ROOT / "tests" / "course" / "strangers").glob("*.json"))
    for answer in json.loads(file.read_text("utf-8"))
]
JUDGE = """
import linecache
import numpy as np
from course.exercises import find, lessons
from helpers import layers, network, training

def judged(answers, number):
    names = {"np": np, **vars(network), **vars(training), **vars(layers)}
    tasks = lessons()[number].EXERCISES
    names |= {task.name: task.right for task in tasks if callable(getattr(task, "right", None))}
    for number, (key, code) in enumerate(answers):
        file, own = f"<answer {number}>", dict(names)
        linecache.cache[file] = len(code), None, code.splitlines(True), file
        exec(compile(code, file, "exec"), own)
        yield find(key, "").judge(own[find(key, "").name]).as_text()
"""


def answers(task):
    """The code of answers to an exercise: its solution, its stub, and four that are wrong."""
    wrong = [mistake.code or f"{task.name} = {mistake.example!r}" for mistake in getattr(task, "wrong", ())]
    wrong = [code for code in wrong if "<" not in code.partition(" = ")[2][:10]]  # some examples are functions of ours
    strange = [code for key, code in STRANGERS if key == task.key]
    return [task.solution, task.stub, *strange[:2], *wrong[:: max(1, len(wrong) // 2)][:2]]


@pytest.mark.parametrize("number", lessons())
def test_every_exercise_has_the_notebooks_verdicts(number, cut):
    """A learner answers all exercises of a lesson right and wrong, here and in the page."""
    tasks = [task for task in lessons()[number].EXERCISES if task.key not in LONG]
    tried = [(task.key, code) for task in tasks for code in answers(task)]
    assert len(tried) >= 4 * len(tasks)
    exec(JUDGE, here := {})
    box = cut.python(f"{JUDGE}\nimport json\nprint(json.dumps(list(judged({tried!r}, {number}))))")
    in_page = json.loads(box.inner_text())
    for (key, code), notebook, page in zip(tried, here["judged"](tried, number), in_page, strict=True):
        assert page == notebook, f"{key}:\n{code}"
