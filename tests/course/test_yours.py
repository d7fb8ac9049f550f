"""What the learner wrote is kept and runs: my_network.py, and yours() in any later cell, lesson and kernel."""

import itertools
import math
import re
import subprocess
import sys

import numpy as np
import pytest
from cells import cell, new_kernel, said

from course import exercises as engine
from course.exercises import check, keep, yours
from helpers import network


@pytest.fixture(autouse=True)
def kernel(monkeypatch, tmp_path):
    """Begins a new kernel when it is called; the record of progress is in a folder of its own."""

    def restart():
        new_kernel(monkeypatch, tmp_path / "progress.jsonl")

    restart()
    return restart


@pytest.fixture
def file(tmp_path):
    return tmp_path / "my_network.py"


DEF = """def leaky_relu(z, slope=0.01):
    # below 0 a little leaks
    return np.where(z > 0, z, slope * z)  # as the picture shows
"""
OTHER = DEF.replace("a little", "a trickle")


def answered(source=DEF, key="2.3", name="leaky_relu", **names):
    """What `check` says to what a cell defines."""
    return said(check, key, cell(source, **names)[name])


def test_a_right_answer_stands_in_my_network_as_it_was_written(kernel, file, capsys):
    answered(f"factor = 2  # nothing needs it\n\n\n{DEF}")
    text = file.read_text("utf-8")
    assert DEF.strip() in text
    assert "factor" not in text
    assert "import numpy as np" in text
    assert "# 2.3 · leaky ReLU" in text
    run = "import my_network; print(my_network.leaky_relu(-2.0))"
    done = subprocess.run([sys.executable, "-c", run], cwd=file.parent, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("-0.02", "")
    kernel()
    mine = yours("2.3")
    assert capsys.readouterr().out == "2.3. `leaky_relu` is yours.\n"
    assert mine(-2.0) == -0.02
    assert mine.__module__ == "my_network"


def test_without_a_right_answer_yours_is_the_courses(capsys):
    assert yours("2.3") is engine.find("2.3", "").right
    assert capsys.readouterr().out == "2.3. `leaky_relu` is the course's, until yours is right: 2.3 is open.\n"


def test_with_progress_off_the_sentence_is_fixed_and_memory_is_used(monkeypatch, capsys, file):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    yours("2.3")
    answered()
    assert yours("2.3").__module__ == "my_network"
    assert capsys.readouterr().out == "2.3. `leaky_relu` is yours if exercise 2.3 is solved, else the course's.\n" * 2
    assert list(file.parent.iterdir()) == []


def test_the_last_right_answer_counts_also_the_first_once_more(kernel, file):
    for source, words in ((DEF, "a little"), (OTHER, "a trickle"), (DEF, "a little")):
        answered(source)
        assert words in file.read_text("utf-8")
        kernel()
        engine.record.exchange()
        assert words in engine.record.sources["2.3"]


def test_functions_of_the_learners_come_along_and_are_renamed_where_two_differ(file):
    helper = "def part(z):\n    return {}\n\n\n"
    e, sign = helper.format("np.exp(-np.abs(z))"), helper.format("z > 0")
    answered(e + "def sigmoid(z):\n    e = part(z)\n    return np.where(z > 0, 1, e) / (1 + e)\n", "2.1", "sigmoid")
    answered(sign + "def leaky_relu(z, slope=0.01):\n    return np.where(part(z), z, slope * z)\n")
    names, z = cell(file.read_text("utf-8")), np.array([-1.0, 1])
    assert names["part"] is not names["part_of_leaky_relu"]
    np.testing.assert_allclose(names["leaky_relu"](z), [-0.01, 1])
    np.testing.assert_allclose(names["sigmoid"](z), network.sigmoid(z))


@pytest.mark.parametrize("order", [*itertools.permutations("abc")], ids="".join)
def test_a_function_of_the_learners_and_imports_of_the_same_name_are_told_apart(order):
    texts = {
        "a": "def h():\n    return 1\n\n\ndef a():\n    return h()\n",
        "b": "from math import pi as h\n\n\ndef b():\n    return h\n",
        "c": "from math import e as h\n\n\ndef c():\n    return h\n",
    }
    names = cell(keep.module([(name, name, texts[name]) for name in order], "", ""))
    assert (names["a"](), names["b"](), names["c"]()) == (1, math.pi, math.e)


def test_a_piece_that_uses_another_piece_finds_it_in_its_own_section(file):
    answered()
    source = "def leaky_relu_prime(z, slope=0.01):\n    return np.where(leaky_relu(z, slope) > 0, 1, slope)\n"
    answered(source, "2.4", "leaky_relu_prime", leaky_relu=yours("2.3"))
    assert file.read_text("utf-8").count("# below 0 a little leaks") == 1  # under whatever name
    answered(source, "2.4", "leaky_relu_prime", leaky_relu=network.leaky_relu)
    assert "from helpers.network import leaky_relu" not in file.read_text("utf-8")


def test_what_packages_hold_is_imported(file):
    imports = "from math import inf\nfrom numpy import where\nfrom helpers.network import relu as r\n\n\n"
    answered(imports + "def leaky_relu(z, slope=0.01):\n    return where(z > 0, r(z), slope * z)\n")
    text = file.read_text("utf-8")
    assert re.findall("^(?:from|import) .*", text, re.MULTILINE) == [
        "from helpers.network import relu as r",
        "from numpy import where",
    ]


def test_a_function_under_another_name_is_found_under_both(file):
    answered(DEF.replace("def leaky_relu", "def mine"), name="mine")
    names = cell(file.read_text("utf-8"))
    assert names["leaky_relu"] is names["mine"]


WRAPPED = "def inner(f):\n    def g(*a, **k):\n        return f(*a, **k)\n    return g\n\n\n@inner\n"
PARTIAL = "from functools import partial\n" + DEF + "leaky_relu = partial(leaky_relu)\n"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("leaky_relu = lambda z, slope=0.01: np.where(z > 0, z, slope * z)\n", "it is a `lambda`: write it as a `def`"),
        (WRAPPED + DEF, "it is made inside another function"),
        ("def same(f):\n    return f\n\n\n@same\n" + DEF, "it is decorated: write"),
        ("if np:\n" + DEF.replace("def", " def"), "the text that defines it was not found"),
        (PARTIAL, "it is no plain function or class, but made by a call"),
        ("from helpers.training import SGD\none = SGD()\n" + DEF.replace("(z >", "(one and z >"), "it leans on `one`"),
        ("one = {}\n" + DEF.replace("slope * z)", "(one or slope) * z)"), "it leans on `one`, which"),
        ("one = 1\n" + DEF.replace("slope * z)", "one * slope * z)"), "it leans on `one`, which stands outside it"),
    ],
)
def test_what_cannot_stand_alone_is_right_and_not_kept_and_why(source, why, capsys, file):
    words = answered(source)
    assert words.startswith("Right.")
    assert f"It is right, and cannot be kept for `my_network.py`: {why}" in words
    assert not file.exists()
    yours("2.3")
    assert "is the course's" in capsys.readouterr().out


def test_changes_by_hand_are_kept_beside_it_with_a_sentence(file):
    answered()
    file.write_text(file.read_text("utf-8") + "\nmine = 1\n", "utf-8")
    words = "`my_network.py` was changed by hand; what you had there is now `my_network.py.bak`."
    assert words in answered(OTHER)
    assert "mine = 1" in file.with_name("my_network.py.bak").read_text("utf-8")
    assert "mine = 1" not in file.read_text("utf-8")
    assert "changed by hand" not in answered()


def test_the_same_answer_once_more_does_not_write_and_a_failed_write_leaves_nothing(file, monkeypatch):
    answered()
    before = file.stat().st_mtime_ns, file.stat().st_ino
    answered()
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    names = sorted(file.parent.iterdir())
    with monkeypatch.context() as full:
        full.setattr(keep.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        answered(OTHER)
    assert sorted(file.parent.iterdir()) == names


def test_a_folder_that_cannot_be_written_is_a_sentence(file):
    file.mkdir()
    assert "`my_network.py` cannot be written here" in answered()


def test_an_answer_that_is_not_right_any_more_is_not_used(capsys):
    engine.record.solve("2.3", keep.kept(cell(DEF.replace("slope * z", "z"))["leaky_relu"], "leaky_relu"))
    assert yours("2.3")(-2.0) == -0.02
    assert "what you wrote for 2.3 is not right any more; check it again" in capsys.readouterr().out
    engine.record.solve("2.3", "def leaky_relu(:\n")
    yours("2.3")
    assert "is the course's" in capsys.readouterr().out


PRODUCT = """def product(W, A):
    return np.array([[sum(w * a for w, a in zip(row, column)) for column in A.T] for row in W])
"""


def test_a_right_and_very_slow_answer_is_taken_only_on_demand(capsys):
    code = engine.find("3.1", "").solution.replace("W[l] @ A[l - 1]", "product(W[l], A[l - 1])")
    answered(f"{PRODUCT}\n\n{code}", "3.1", "forward")
    assert yours("3.1").__module__ != "my_network"
    assert re.search(r'takes \d+ times as long; `yours\("3.1", slow=True\)` insists', capsys.readouterr().out)
    assert yours("3.1", slow=True).__module__ == "my_network"


@pytest.mark.parametrize("key", ["1.3", "2.q1", "9.99", None, "2.6"])
def test_what_asks_for_no_function_is_refused_in_words(key):
    with pytest.raises(ValueError, match=r"asks for no function|quiz question|There is no|The id comes first"):
        yours(key)


def test_a_class_is_kept_whole(file):
    source = engine.find("6.1", "").solution
    answered(source, "6.1", "SGD")
    assert source.strip() in file.read_text("utf-8")
    pieces = cell(source)["SGD"]
    pieces.step = cell("def step(self, parameters, gradients):\n    pass\n")["step"]
    with pytest.raises(keep.NotKept, match="several cells"):
        keep.kept(pieces, "SGD")
