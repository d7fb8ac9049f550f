"""What playground and drawing pad share: the module of the page, messages and answers, and the still picture."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.widgets import DrawDigit, Playground, playground

TESTS = Path(__file__).parent
CANVASES = pytest.mark.parametrize("canvas", [Playground, DrawDigit])


@pytest.fixture
def node():
    return shutil.which("node") or pytest.skip("no node on this machine")


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_pages_pure_functions(node):
    run(node, "--test", *map(str, TESTS.glob("*.test.mjs")))


@CANVASES
def test_the_page_gets_one_module_that_needs_no_other(canvas, node, tmp_path):
    module = tmp_path / "joined.mjs"
    module.write_text(canvas()._esm, encoding="utf-8")
    ask = "import(process.argv[1]).then((m) => process.exit(typeof m.default.render === 'function' ? 0 : 1))"
    run(node, "-e", ask, str(module))


def test_exercises_and_canvases_work_where_matplotlib_cannot_be_imported():
    code = """
import sys
sys.modules["matplotlib"] = None
import numpy as np
from course.exercises import check
from course.widgets import DrawDigit, Playground
check("1.1", lambda x, w, b, f: f(w @ x + b))
assert Playground().answer({"kind": "step"})[0]["epoch"] == 1
assert DrawDigit().answer({"kind": "ink", "prepare": True}, [np.full(140 * 140, 255, np.uint8)])
"""
    run(sys.executable, "-c", code)


@CANVASES
def test_an_answer_goes_to_who_asked(canvas, monkeypatch):
    widget, sent = canvas(), []
    monkeypatch.setattr(widget, "send", lambda content, buffers: sent.append((content["seq"], content["goals"])))
    for k, kind in enumerate(("look", "nothing", "reset"), 1):
        widget._handle_custom_msg({"kind": kind, "seq": ["view", k]}, [])
    assert sent == [(["view", 1], widget.goals()), (["view", 3], widget.goals())]


@CANVASES
def test_the_saved_notebook_has_a_picture_and_words_that_do_not_vary(canvas, monkeypatch):
    monkeypatch.setattr(playground, "STILL", 2)
    (data, metadata), (again, _) = (canvas()._repr_mimebundle_() for _ in range(2))
    assert data["image/png"] == again["image/png"]
    assert data["text/plain"] == metadata["image/png"]["alt"] == canvas().still()[1]
    assert "application/vnd.jupyter.widget-view+json" in data
