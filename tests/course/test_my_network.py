"""Whoever answers 2.5, 3.1, 5.3, 6.3, 6.4 and 6.6 has a my_network.py that learns to read digits, with those answers.

The long run, all of MNIST, is one test: with HYPOTHESIS_PROFILE=thorough, and its four files in the folder MNIST_DIR.
"""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cells import cell, new_kernel

from course import exercises as engine
from course.exercises import check, yours
from helpers.data import load_mnist
from helpers.network import one_hot, relu, relu_prime

IN_FULL = os.environ.get("HYPOTHESIS_PROFILE") == "thorough" and os.environ.get("MNIST_DIR")
ROOT = Path(__file__).parents[2]
NEEDED = "2.5", "3.1", "5.3", "6.3", "6.4", "6.6"


@pytest.fixture(scope="module")
def my_network(tmp_path_factory):
    """The file of a learner who wrote the solutions, each in a cell of its own."""
    folder = tmp_path_factory.mktemp("learner")
    with pytest.MonkeyPatch.context() as patch:
        new_kernel(patch, folder / "progress.jsonl")
        for key in NEEDED:
            task = engine.find(key, "")
            called = {engine.find(other, "").name: yours(other) for other in ("3.1", "5.3", "6.4") if key == "6.6"}
            check(key, cell(task.solution, **called)[task.name])
        assert set(engine.record.sources) == set(NEEDED)
    return folder / "my_network.py"


def test_the_file_stands_alone_and_learns(my_network):
    assert "course" not in re.findall(r"^(?:from|import) (\w+)", my_network.read_text("utf-8"), re.MULTILINE)
    mine, mnist = runpy.run_path(str(my_network)), load_mnist("sample")
    rng = np.random.default_rng(0)
    W = [None, rng.normal(size=(32, 784)) * 0.05, rng.normal(size=(10, 32)) * 0.2]
    b, f = [None, np.zeros((32, 1)), np.zeros((10, 1))], [None, relu, mine["softmax"]]
    history = mine["learn"](
        mnist.X_train, one_hot(mnist.y_train, 10), W, b, f, relu_prime, mine["Adam"](0.003), 3, 64, rng
    )
    assert len(history) == 3
    assert history[-1] < history[0] / 2
    answers = mine["forward"](mnist.X_test.T, W, b, f)[1][-1].argmax(axis=0)
    assert np.mean(answers == mnist.y_test) > 0.85


@pytest.mark.skipif(not IN_FULL, reason="trains on all of MNIST: weekly, with MNIST_DIR")
def test_run_as_a_program_it_reads_97_5_percent_of_the_test_digits(my_network):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, my_network.name], cwd=my_network.parent, env=environment,
                         capture_output=True, text=True)  # fmt: skip
    assert run.stderr == ""
    found = re.search(r"accuracy on the test digits ([\d.]+) ?%", run.stdout)
    assert found, run.stdout
    assert float(found[1]) >= 97.5
