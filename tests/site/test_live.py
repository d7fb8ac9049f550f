"""The live page as a learner uses it: a press, code and verdicts, widgets, storage, and what goes wrong.

A short form, every push: what has 01_neuron in its name. The tests whose lesson is `cut` load a part of one, for speed.
"""

import importlib.util
import json
import zipfile
from pathlib import Path

import pytest
from conftest import Live, wanted

from course import widgets
from course.exercises import lessons

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "site"
LESSON = "notebooks/01_neuron.html"
IMPORTS = "from course.exercises import check, hint, progress, quiz, solution, yours\nimport numpy as np"
READY = """window.live?.times && !live.running && !live.queue.length
           && live.cells.every(cell => !['waiting', 'running'].includes(cell.state))"""
PATIENT = 180_000  # ms
RENDERED = """html => {
    const box = document.createElement("div");
    document.body.append(box);
    box.innerHTML = html;
    const words = box.innerText;
    box.remove();
    return words;
}"""


class Learner:
    """A reader of one page, in a browser of their own, who may come back to it."""

    def __init__(self, context, address):
        self.address, self.page = address, context.new_page()
        self.page.set_default_timeout(60_000)
        self.complaints, self.asked = [], []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def open(self, path=LESSON):
        self.page.goto(self.address + path, wait_until="networkidle")
        self.page.click(".live-start button")

    def ready(self, patience=PATIENT):
        self.page.wait_for_function(READY, timeout=patience)

    def cell(self, name):
        return self.page.locator(f".tag_id-{name}")

    def write(self, name, text):
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def text(self, name):
        return self.page.evaluate("id => live.cells.find(cell => cell.own.id === id).text", name)

    def run(self, name, text):
        """Write a cell, run it with the keyboard, and read what it shows."""
        self.write(name, text)
        self.page.keyboard.press("Control+Enter")
        self.ready()
        return self.cell(name).locator(".cell_output").inner_text()

    def words(self):
        return self.page.locator(".live-words").inner_text()

    def kept(self):
        """Wait until the browser has kept what was written."""
        self.page.wait_for_function("live.cells.every(cell => !cell.dirty)")
        self.page.wait_for_timeout(300)

    def python(self, code, box="box"):
        """Run a piece of Python, show it in a box of the page, and return the box and whether it ended well."""
        ok = self.page.evaluate(
            """async ([code, id]) => {
                let box = document.getElementById(id);
                if (!box) {
                    box = Object.assign(document.createElement("div"), { id });
                    document.querySelector(".bd-article h1").after(box);
                }
                box.replaceChildren();
                return live.kernel.run(code, box);
            }""",
            [code, box],
        )
        return self.page.locator(f"#{box}"), ok


@pytest.fixture(scope="session")
def learner(browser, live_address):
    """learner(cells, width): a new Learner; with `cells`, {id: source}, the lesson has these cells and no others."""
    contexts = []

    def learner(cells=None, width=1366, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 768}, color_scheme=scheme)
        contexts.append(context)
        if cells:
            give(context, cells)
        return Learner(context, live_address)

    yield learner
    for context in contexts:
        context.close()


def give(context, cells):
    """Let the lesson have these cells."""
    content = json.dumps([{"id": name, "source": source} for name, source in cells.items()])
    context.unroute_all()
    context.route(
        "**/lessons/01_neuron.json", lambda route: route.fulfill(body=content, content_type="application/json")
    )


@pytest.fixture(scope="session")
def cut(learner):
    """A learner whose lesson has the imports, exercise 1.1 and the progress."""
    one = learner(CUT)
    one.open()
    one.ready()
    return one


STUB = 'def neuron(x, w, b, f):\n    return ...\n\n\ncheck("1.1", neuron)'
RIGHT = STUB.replace("...", "f(w @ x + b)")
CUT = {"hook": IMPORTS, "ex-neuron": STUB, "progress": 'progress("1")'}


@pytest.fixture(scope="session")
def whole(learner):
    one = learner()
    one.open()
    one.ready()
    return one


def test_page_and_tests_name_one_version_of_pyodide(live_address):
    spec = importlib.util.spec_from_file_location("course_site", ROOT / "tools" / "site.py")
    spec.loader.exec_module(site := importlib.util.module_from_spec(spec))
    lock = json.loads((ROOT / "build" / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    assert f"/v{lock['info']['version']}/" in site.PYODIDE
    assert json.loads((SITE / "_static" / "live" / "settings.json").read_text("utf-8"))["base"] == site.PYODIDE


def test_a_press_runs_lesson_01_neuron_whole(whole):
    states = whole.page.evaluate("live.cells.map(cell => [cell.own.id, cell.state])")
    assert {state for _, state in states} == {"done"}, [name for name, state in states if state != "done"]
    assert len(states) == len(json.loads((SITE / "_static" / "live" / "lessons" / "01_neuron.json").read_text("utf-8")))
    assert whole.page.locator(".live-error, .live-stderr").count() == 0
    assert not whole.complaints
    alts = whole.page.locator(".live-shown img:not(.live-widget img)").evaluate_all("all => all.map(img => img.alt)")
    assert len(alts) > 5
    assert all(len(alt) > 40 for alt in alts), "a figure keeps the description of the one that it takes the place of"
    assert all(url.startswith((whole.address, "data:", "blob:")) for url in whole.asked)
    assert whole.page.locator(".live-widget .explorer").count() == 2
    assert whole.page.locator(".tag_id-quiz input[type=radio]").count() > 10


LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS[1:])
def test_a_lesson_runs_to_its_end(lesson, learner):
    one = learner()
    one.open(f"notebooks/{lesson}.html")
    one.ready(patience=900_000)
    one.page.wait_for_timeout(500)
    errors = one.page.locator(".live-error, .live-stderr").all_inner_texts()
    states = one.page.evaluate("live.cells.map(cell => [cell.own.id, cell.state])")
    assert not errors, errors[0][-500:]
    assert {state for _, state in states} == {"done"}, [name for name, state in states if state != "done"]
    assert not one.complaints
    one.page.context.close()


def test_a_training_is_stopped_and_the_lesson_started_anew(learner):
    one = learner()
    one.open("notebooks/07_mnist_training.html")
    state = "window.live?.cells?.find(cell => cell.own.id === 'train').state"
    one.page.wait_for_function(f"{state} === 'running'", timeout=PATIENT)
    one.page.wait_for_timeout(2000)
    one.page.locator(".live-bar > button", has_text="Stop").click()
    one.page.wait_for_function("document.querySelector('.live-words').textContent.startsWith('Stopped')")
    assert one.page.evaluate(state) == "stopped"
    one.page.get_by_role("button", name="Restart").click()
    one.page.wait_for_function("document.querySelector('.live-words').textContent.startsWith('Started anew')")
    assert set(one.page.evaluate("live.cells.map(cell => cell.state)")) == {"new"}
    one.cell("train").get_by_role("button", name="Run").click()
    one.page.wait_for_function(f"{state} === 'done'", timeout=PATIENT)
    assert not one.page.locator(".live-error").count()
    one.page.context.close()


@pytest.mark.parametrize(
    ("body", "lead"), [("f(w @ x + b)", "Right."), ("f(w @ x)", "Not yet."), ("w @ x + b", "Not yet.")]
)
def test_verdicts_in_01_neuron_are_the_notebooks(body, lead, cut):
    namespace = {}
    code = STUB.replace("...", body)
    exec(code.partition("\n\n\n")[0], namespace)
    (task,) = (task for task in lessons()[1].EXERCISES if task.key == "1.1")
    said = cut.run("ex-neuron", code)
    assert said.startswith(lead)
    words = cut.page.evaluate(RENDERED, task.judge(namespace["neuron"]).as_html())
    assert said.split() == words.split()


def test_an_error_of_01_neuron_is_shown_below_its_cell(cut):
    said = cut.run("ex-neuron", "wrong = 1\nwrong / 0")
    assert "line 2, in <module>\n    wrong / 0" in said
    assert said.strip().endswith("ZeroDivisionError: division by zero")
    assert "live.py" not in said


def test_every_sign_can_be_typed_and_run_on_a_mac_too_and_there_is_an_empty_cell(learner):
    one = learner()
    one.page.add_init_script("Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
    one.open()
    one.ready()
    one.write("empty", "")
    one.page.keyboard.type("print(6 / 2 ** 1 % 4 // 1)")
    one.page.keyboard.press("Control+Enter")
    one.ready()
    assert one.cell("empty").locator(".cell_output").inner_text().strip() == "3.0"


def test_a_figure_of_ones_own_is_not_described_as_the_lessons(learner):
    one = learner()
    one.open()
    one.ready()
    one.cell("rule-figure").locator("summary").first.click()  # its code is in a fold
    one.run("rule-figure", "import matplotlib.pyplot as plt\nplt.plot([3, 2, 1])\nplt.show()")
    assert one.cell("rule-figure").locator(".cell_output img").get_attribute("alt") == "A figure that your code made"


def test_what_was_written_in_01_neuron_survives_a_reload(learner):
    one = learner(CUT)
    one.open()
    one.ready()
    assert one.page.locator(".live-again").count() == 0
    assert one.run("ex-neuron", RIGHT).startswith("Right.")
    one.kept()
    one.open()
    assert one.page.locator(".live-again").count() == 1  # at the lower edge, wherever the reader is
    one.ready()
    assert one.text("ex-neuron") == RIGHT
    assert "1.1 one neuron: solved" in one.cell("progress").locator(".cell_output").inner_text()


def test_a_reset_can_be_taken_back_also_on_the_next_visit(learner):
    one = learner(CUT)
    one.open()
    one.ready()
    one.write("ex-neuron", RIGHT)
    one.cell("ex-neuron").get_by_role("button", name="Reset").click()
    assert one.text("ex-neuron") == STUB
    one.kept()
    one.open()
    one.ready()
    assert one.text("ex-neuron") == STUB
    one.cell("ex-neuron").get_by_text("Bring mine back").click()
    assert one.text("ex-neuron") == RIGHT


def test_what_ran_before_a_change_above_is_offered_to_run_again(learner):
    one = learner({"hook": "a = 1", "ex-neuron": "print(a)"})
    one.open()
    one.ready()
    one.run("hook", "a = 2")
    output = one.cell("ex-neuron").locator(".cell_output")
    assert output.inner_text().strip() == "1"
    one.page.get_by_role("button", name="Run what follows").click()
    one.page.wait_for_function("live.cells[1].state === 'done'")
    assert output.inner_text().strip() == "2"


@pytest.mark.parametrize("choice", ["Keep mine", "Take the new one"])
def test_an_answer_outlives_an_update_of_the_lesson(choice, learner):
    one = learner(CUT)
    one.open()
    one.ready()
    one.write("ex-neuron", RIGHT)
    one.write("progress", "progress()  # all")
    one.kept()
    new = STUB.replace("...", "...  # in one line")
    give(one.page.context, {"hook": IMPORTS, "ex-neuron": new})  # published again: one cell changed, one gone
    one.open()
    one.ready()
    assert one.text("ex-neuron") == RIGHT
    note = one.cell("ex-neuron").locator(".live-note")
    assert note.inner_text().startswith("Your copy is older")
    assert "progress()  # all" in one.page.locator("article details pre").all_text_contents()
    note.get_by_text(choice).click()
    assert one.text("ex-neuron") == (RIGHT if choice == "Keep mine" else new)
    one.kept()
    one.open()
    one.ready()
    assert not note.inner_text()
    if choice == "Take the new one":
        one.cell("ex-neuron").get_by_text("Bring mine back").click()
    assert one.text("ex-neuron") == RIGHT


def test_work_is_downloaded_for_the_notebooks_and_brought_into_another_browser(learner, tmp_path):
    one = learner(CUT)
    one.open()
    one.ready()
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
    other.open()
    other.ready()
    other.page.set_input_files(".live-menu input", tmp_path / "work.zip")
    other.page.get_by_text("Reload the page").wait_for()
    assert "1 lines of progress" in other.words()
    other.open()
    other.ready()
    assert other.text("ex-neuron") == RIGHT
    assert "1.1 one neuron: solved" in other.cell("progress").locator(".cell_output").inner_text()


LOOPS = {
    "alone": "while True:\n    pass",
    "bare except": "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass",
    "sleep": "import time\ntime.sleep(10**6)",
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_without_an_end_is_stopped_by_a_press_and_not_run_again_unasked(loop, learner):
    one = learner(CUT)
    one.open()
    one.ready()
    one.write("ex-neuron", loop)
    one.page.keyboard.press("Control+Enter")
    one.page.locator(".live-offer button").wait_for(timeout=30_000)
    assert "busy for 15 s" in one.words()
    one.page.locator(".live-offer button").click()
    one.page.wait_for_function("document.querySelector('.live-words').textContent.startsWith('Stopped')")
    assert one.text("ex-neuron") == loop
    one.cell("progress").get_by_role("button", name="Run").click()
    one.ready()
    assert "points in all" in one.cell("progress").locator(".cell_output").inner_text()
    one.open()
    one.ready()
    states = one.page.evaluate("live.cells.map(cell => cell.state)")
    assert states == ["done", "stopped", "done"]
    one.cell("ex-neuron").get_by_role("button", name="Reset").click()
    one.cell("ex-neuron").get_by_role("button", name="Run").click()
    one.ready()
    assert "Not written yet" in one.cell("ex-neuron").locator(".cell_output").inner_text()


BARE = (
    "def neuron(x, w, b, f):\n    while True:\n        try:\n            x = x + 1\n        except:\n            pass"
)


def test_a_loop_in_an_answer_ends_by_itself(cut):
    box, ok = cut.python(f"from course import sandbox\nsandbox.SECONDS = 1\n{BARE}\ncheck('1.1', neuron)")
    assert ok
    assert "took too long" in box.inner_text() or "stopped" in box.inner_text(), box.inner_text()


FILES = ["pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "course.zip", "worker.js", "page.js"]
FILES += [name for name in wanted() if name.startswith("numpy")]


@pytest.mark.parametrize("file", FILES)
def test_a_failed_load_leaves_the_page_whole_and_says_what_to_do(file, learner, monkeypatch):
    one = learner()
    monkeypatch.setattr(Live, "missing", {file})
    one.open()
    if file == "page.js":
        one.page.get_by_text("could not be loaded").wait_for()
        assert one.page.locator(".live-start button").is_enabled()
        return
    one.page.get_by_role("button", name="Try again").wait_for()
    assert "Check the connection" in one.words()
    assert one.page.locator(".cell_output img").count() > 5
    monkeypatch.undo()
    one.page.get_by_role("button", name="Try again").click()
    one.page.wait_for_function("live.times", timeout=PATIENT)


KINDS = sorted(set(widgets.MODULES) - {"Explorer", "DrawDigit", "Playground"})


@pytest.mark.parametrize("name", KINDS)
def test_a_widget_follows_mouse_and_key(name, cut):
    settings = "step=4" if name == "ForwardStepper" else ""  # before step 4 the inputs are not shown
    box, ok = cut.python(f"from course.widgets import {name}\n{name}({settings})")
    assert ok, box.inner_text()
    picture = box.locator(".explorer-picture img").first
    picture.wait_for()
    for way in (by_key, by_mouse, drag):
        before = picture.get_attribute("src")
        if way(cut.page, box):
            cut.page.wait_for_function("([img, before]) => img.src !== before", arg=[picture.element_handle(), before])
    assert not cut.complaints


def by_key(page, box):
    """The first slider that is not at its end, or list, moved by the keyboard; is there one?"""
    handle = box.locator(".noUi-handle:visible")
    if handle.count():
        handle.first.focus()
        at_end = handle.first.get_attribute("aria-valuenow") == handle.first.get_attribute("aria-valuemax")
        page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        return True
    choice = box.locator("select:visible").first
    choice.focus()
    page.keyboard.press("ArrowDown")
    return True


def by_mouse(page, box):
    rail = box.locator(".noUi-target:visible")
    if not rail.count():
        return False
    rail.first.scroll_into_view_if_needed()
    at = rail.first.bounding_box()
    page.mouse.click(at["x"] + 0.37 * at["width"], at["y"] + at["height"] / 2)
    return True


def drag(page, box):
    """What can be dragged in the picture, if there is something."""
    handle = box.locator(".explorer-handles line:not([style*=none])")
    if not handle.count():
        return False
    handle.last.scroll_into_view_if_needed()
    at = handle.last.bounding_box()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 10, steps=5)  # along no line of a widget, which would move nothing
    page.mouse.up()
    return True


def test_the_landing_page_comes_alive_at_one_press(learner):
    one = learner()
    one.open("index.html")
    epoch = one.page.locator("[data-scene=playground] .playground-numbers strong").first
    epoch.wait_for(timeout=PATIENT)
    one.page.locator("[data-scene=pad] canvas").first.wait_for(timeout=PATIENT)
    one.page.locator(".playground-play").click()
    one.page.wait_for_function("Number(document.querySelector('.playground-numbers strong').textContent) > 10")
    one.page.locator(".playground-play").click()
    pad = one.page.locator("[data-scene=pad] canvas").first
    pad.scroll_into_view_if_needed()
    at = pad.bounding_box()
    words = one.page.locator("[data-scene=pad]").inner_text()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    one.page.mouse.move(x, y - 0.3 * at["height"])
    one.page.mouse.down()
    one.page.mouse.move(x, y + 0.3 * at["height"], steps=12)
    one.page.mouse.up()
    one.page.wait_for_function("words => document.querySelector('[data-scene=pad]').innerText !== words", arg=words)
    assert not one.complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_live_page_fits_a_phone_and_has_no_serious_barrier(scheme, learner):
    """At first, and with an answer, a hint, an error and a widget that was moved."""
    one = learner(width=390, scheme=scheme)
    one.open()
    one.ready()
    no_barrier(one)
    assert one.run("ex-neuron", f'{RIGHT}\nhint("1.1")').startswith("Right.")
    assert "ZeroDivisionError" in one.run("progress", "an_error_whose_line_is_long = 1 / 0  # " + 60 * "x")
    assert by_key(one.page, one.cell("guess-the-line"))
    no_barrier(one)


def no_barrier(one):
    wide = one.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{wide} pixels too wide"
    if not one.page.evaluate("window.axe"):
        one.page.add_script_tag(path=str(ROOT / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"))
    rules = "['color-contrast', 'image-alt', 'link-name', 'button-name', 'label', 'aria-input-field-name']"
    found = one.page.evaluate(f"axe.run(document, {{runOnly: {{type: 'rule', values: {rules}}}}})")["violations"]
    lines = [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"][:3]]
    assert not lines, "\n".join(lines)


LONG = {"6.5", "7.3", "8.5"}  # they train for a minute or more, and their verdicts hold what comes of it
STRANGERS = [
    (answer["key"], answer["code"])
    for file in sorted((ROOT / "tests" / "course" / "strangers").glob("*.json"))
    for answer in json.loads(file.read_text("utf-8"))
]
JUDGE = """
import linecache
import numpy as np
from course.exercises import find
from course.exercises.grading import Exercise
from helpers import layers, network, training

def judged(answers, tasks):
    names = {"np": np, **vars(network), **vars(training), **vars(layers)}
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
    in_page = f"{JUDGE}\nimport json\nfrom course.exercises import lessons\n"
    in_page += f"print(json.dumps(list(judged({tried!r}, lessons()[{number}].EXERCISES))))"
    box, ok = cut.python(in_page)
    assert ok, box.inner_text()
    pairs = zip(tried, here["judged"](tried, lessons()[number].EXERCISES), json.loads(box.inner_text()), strict=True)
    for (key, code), notebook, page in pairs:
        assert page == notebook, f"{key}:\n{code}"
