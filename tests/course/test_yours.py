"""What the learner wrote is kept and runs: my_network.py, and yours() in any later cell, lesson and kernel."""

import itertools
import linecache
import math
import subprocess
import sys

import numpy as np
import pytest

from course import exercises as engine
from course.exercises import check, keep, yours
from helpers import network

numbers = itertools.count()


@pytest.fixture(autouse=True)
def kernel(monkeypatch, tmp_path):
    """A new kernel, whose record of progress is in a folder of its own."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    restart(monkeypatch)
    return tmp_path


def restart(monkeypatch):
    monkeypatch.setattr(engine, "record", engine.Record())


def cell(source, **namespace):
    """Run a cell as a notebook does; its names."""
    file = f"<cell {next(numbers)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = {"__name__": "__main__", "np": np} | namespace
    exec(compile(source, file, "exec"), names)
    return names


LEAKY = """
factor = 2  # nothing needs it


def leaky_relu(z, slope=0.01):
    # below 0 a little leaks
    return np.where(z > 0, z, slope * z)  # as the picture shows
"""


def test_a_right_answer_stands_in_my_network_as_it_was_written(kernel, capsys, monkeypatch):
    check("2.3", cell(LEAKY)["leaky_relu"])
    text = (kernel / "my_network.py").read_text("utf-8")
    assert LEAKY.partition("\n\n\n")[2].strip() in text
    assert "factor" not in text
    assert "import numpy as np" in text
    assert "# 2.3 · leaky ReLU" in text
    run = "import my_network; print(my_network.leaky_relu(-2.0))"
    done = subprocess.run([sys.executable, "-c", run], cwd=kernel, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("-0.02", "")
    restart(monkeypatch)
    capsys.readouterr()
    mine = yours("2.3")
    assert capsys.readouterr().out == "2.3. `leaky_relu` is yours.\n"
    assert mine(-2.0) == -0.02
    assert mine.__module__ == "my_network"


def test_without_a_right_answer_yours_is_the_courses(capsys):
    assert yours("2.3") is next(t for t in engine.lessons()[2].EXERCISES if t.key == "2.3").right
    assert capsys.readouterr().out == "2.3. `leaky_relu` is the course's, until yours is right: 2.3 is open.\n"


def test_with_progress_off_the_sentence_is_fixed_and_memory_is_used(monkeypatch, capsys, kernel):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    yours("2.3")
    before = capsys.readouterr().out
    check("2.3", cell(LEAKY)["leaky_relu"])
    capsys.readouterr()
    assert yours("2.3").__module__ == "my_network"
    assert (
        capsys.readouterr().out
        == before
        == "2.3. `leaky_relu` is yours if exercise 2.3 is solved, else the course's.\n"
    )
    assert list(kernel.iterdir()) == []


def test_the_last_right_answer_counts_also_the_first_once_more(kernel, monkeypatch):
    one, other = LEAKY, LEAKY.replace("a little", "a trickle")
    for source, words in ((one, "a little"), (other, "a trickle"), (one, "a little")):
        check("2.3", cell(source)["leaky_relu"])
        assert words in (kernel / "my_network.py").read_text("utf-8")
        restart(monkeypatch)
        engine.record.exchange()
        assert words in engine.record.sources["2.3"]


def test_functions_of_the_learners_come_along_and_are_renamed_where_two_differ(kernel):
    helper = "def part(z):\n    return {}\n\n\n"
    a = cell(helper.format("z > 0") + "def leaky_relu(z, slope=0.01):\n    return np.where(part(z), z, slope * z)\n")
    b = cell(
        helper.format("np.exp(-np.abs(z))")
        + "def sigmoid(z):\n    e = part(z)\n    return np.where(z > 0, 1, e) / (1 + e)\n"
    )
    check("2.1", b["sigmoid"])
    check("2.3", a["leaky_relu"])
    names = cell((kernel / "my_network.py").read_text("utf-8"))
    assert names["part"] is not names["part_of_leaky_relu"]
    np.testing.assert_allclose(names["leaky_relu"](np.array([-1.0, 1])), [-0.01, 1])
    np.testing.assert_allclose(names["sigmoid"](np.array([-1.0, 1])), network.sigmoid(np.array([-1.0, 1])))


@pytest.mark.parametrize("order", [*itertools.permutations("abc")], ids="".join)
def test_a_function_of_the_learners_and_imports_of_the_same_name_are_told_apart(order):
    texts = {
        "a": "def h():\n    return 1\n\n\ndef a():\n    return h()\n",
        "b": "from math import pi as h\n\n\ndef b():\n    return h\n",
        "c": "from math import e as h\n\n\ndef c():\n    return h\n",
    }
    names = cell(keep.module([(name, name, texts[name]) for name in order], "", ""))
    assert (names["a"](), names["b"](), names["c"]()) == (1, math.pi, math.e)


def test_a_piece_that_uses_another_piece_finds_it_in_its_own_section(kernel):
    check("2.3", cell(LEAKY)["leaky_relu"])
    source = "def leaky_relu_prime(z, slope=0.01):\n    return np.where(leaky_relu(z, slope) > 0, 1, slope)\n"
    check("2.4", cell(source, leaky_relu=yours("2.3"))["leaky_relu_prime"])
    text = (kernel / "my_network.py").read_text("utf-8")
    assert text.count("# below 0 a little leaks") == 1  # under whatever name
    check("2.4", cell(source, leaky_relu=network.leaky_relu)["leaky_relu_prime"])
    assert "from helpers.network import leaky_relu" not in (kernel / "my_network.py").read_text("utf-8")


def test_a_function_under_another_name_is_found_under_both(kernel):
    check("2.3", cell(LEAKY.replace("def leaky_relu", "def mine"))["mine"])
    names = cell((kernel / "my_network.py").read_text("utf-8"))
    assert names["leaky_relu"] is names["mine"]


WRAPPED = "def inner(f):\n    def g(*a, **k):\n        return f(*a, **k)\n    return g\n\n\n"


PARTIAL = """
from functools import partial

def f(a, z, slope=0.01):
    return np.where(z > 0, z, slope * z)

leaky_relu = partial(f, 1)
"""
ELSEWHERE = """
def step(self, parameters, gradients):
    for p, g in zip(parameters, gradients):
        p -= self.learning_rate * g
"""


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("leaky_relu = lambda z, slope=0.01: np.where(z > 0, z, slope * z)\n", "it is a `lambda`: write it as a `def`"),
        (WRAPPED + "@inner\n" + LEAKY.partition("\n\n\n")[2], "it is made inside another function"),
        ("def same(f):\n    return f\n\n\n@same\n" + LEAKY.partition("\n\n\n")[2], "it is decorated: write"),
        ("if np:\n" + LEAKY.partition("\n\n\n")[2].replace("def", " def"), "the text that defines it was not found"),
        (PARTIAL,
         "it is no plain function or class, but made by a call"),
        ("one = {}\n" + LEAKY.replace("slope * z)", "(one or slope) * z)"), "it leans on `one`, which"),
        ("one = 1\n" + LEAKY.replace("slope * z)", "one * slope * z)"), "it leans on `one`, which stands outside it"),
    ],
)  # fmt: skip
def test_what_cannot_stand_alone_is_right_and_not_kept_and_why(source, why, capsys, kernel):
    check("2.3", cell(source)["leaky_relu"])
    said = capsys.readouterr().out
    assert said.startswith("Right.")
    assert f"It is right, and cannot be kept for `my_network.py`: {why}" in said
    assert not (kernel / "my_network.py").exists()
    yours("2.3")
    assert "is the course's" in capsys.readouterr().out


def test_changes_by_hand_are_kept_beside_it_with_a_sentence(kernel, capsys):
    check("2.3", cell(LEAKY)["leaky_relu"])
    file = kernel / "my_network.py"
    file.write_text(file.read_text("utf-8") + "\nmine = 1\n", "utf-8")
    capsys.readouterr()
    check("2.3", cell(LEAKY.replace("a little", "a trickle"))["leaky_relu"])
    assert (
        "`my_network.py` was changed by hand; what you had there is now `my_network.py.bak`." in capsys.readouterr().out
    )
    assert "mine = 1" in (kernel / "my_network.py.bak").read_text("utf-8")
    assert "mine = 1" not in file.read_text("utf-8")
    check("2.3", cell(LEAKY)["leaky_relu"])
    assert "changed by hand" not in capsys.readouterr().out


def test_the_same_answer_once_more_does_not_write_and_a_failed_write_leaves_nothing(kernel, monkeypatch):
    check("2.3", cell(LEAKY)["leaky_relu"])
    file = kernel / "my_network.py"
    before = file.stat().st_mtime_ns, file.stat().st_ino
    check("2.3", cell(LEAKY)["leaky_relu"])
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    names = sorted(path.name for path in kernel.iterdir())
    with monkeypatch.context() as full:
        full.setattr(keep.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        check("2.3", cell(LEAKY.replace("a little", "a trickle"))["leaky_relu"])
    assert sorted(path.name for path in kernel.iterdir()) == names


def test_a_folder_that_cannot_be_written_is_a_sentence(kernel, capsys):
    (kernel / "my_network.py").mkdir()
    check("2.3", cell(LEAKY)["leaky_relu"])
    assert "`my_network.py` cannot be written here" in capsys.readouterr().out


def test_an_answer_that_is_not_right_any_more_is_not_used(kernel, capsys, monkeypatch):
    engine.record.solve("2.3", keep.kept(cell(LEAKY.replace("slope * z", "z"))["leaky_relu"], "leaky_relu"))
    assert yours("2.3")(-2.0) == -0.02
    assert "what you wrote for 2.3 is not right any more; check it again" in capsys.readouterr().out
    engine.record.solve("2.3", "def leaky_relu(:\n")
    yours("2.3")
    assert "is the course's" in capsys.readouterr().out


SLOW = """
def forward(A0, W, b, f):
    Z, A = [None], [A0]
    for l in range(1, len(W)):
        z = np.zeros((len(W[l]), A0.shape[1]))
        for j in range(z.shape[0]):
            for k in range(z.shape[1]):
                z[j, k] = b[l][j, 0]
                for i in range(len(A[l - 1])):
                    z[j, k] += W[l][j, i] * A[l - 1][i, k]
        Z.append(z)
        A.append(f[l](z))
    return Z, A
"""


def test_a_right_and_very_slow_answer_is_taken_only_on_demand(capsys):
    check("3.1", cell(SLOW)["forward"])
    assert yours("3.1").__module__ != "my_network"
    said = capsys.readouterr().out
    assert "times as long" in said
    assert '`yours("3.1", slow=True)` insists' in said
    assert yours("3.1", slow=True).__module__ == "my_network"


@pytest.mark.parametrize("key", ["1.3", "2.q1", "9.99", None, "2.6"])
def test_what_asks_for_no_function_is_refused_in_words(key):
    with pytest.raises(ValueError, match=r"asks for no function|quiz question|There is no|The id comes first"):
        yours(key)


def test_a_class_is_kept_whole(kernel):
    source = """
class SGD:
    def __init__(self, learning_rate=0.1):
        self.learning_rate = learning_rate

    def step(self, parameters, gradients):
        for theta, g in zip(parameters, gradients):
            theta -= self.learning_rate * g
"""
    check("6.1", cell(source)["SGD"])
    assert source.strip() in (kernel / "my_network.py").read_text("utf-8")
    pieces = cell(source)["SGD"]
    pieces.step = cell(ELSEWHERE)["step"]
    with pytest.raises(keep.NotKept, match="several cells"):
        keep.kept(pieces, "SGD")
