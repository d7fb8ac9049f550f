"""Exercise 7.3 measures the network itself on the lesson's validation images, and reads what `train` left on it."""

import json
from pathlib import Path

import numpy as np
import pytest
from cells import cell

from course.exercises import lesson_07
from course.exercises.grading import NOT_YET, RIGHT
from course.exercises.lesson_07 import Measured
from helpers import network, training
from helpers.data import load_mnist
from helpers.storage import load, save

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "07_mnist_training.ipynb"
judge = lesson_07.REACH.judge


@pytest.fixture(autouse=True)
def no_more_than_the_sample(monkeypatch):
    monkeypatch.setattr(lesson_07, "load_mnist", lambda source: load_mnist("sample"))


@pytest.fixture(scope="module")
def lesson():
    """The names of the lesson after its cell that splits the images, with the sample."""
    known = vars(network) | vars(training) | {"mnist": load_mnist("sample"), "LivePlot": lambda epochs: None}
    (split,) = (cell for cell in json.loads(NOTEBOOK.read_bytes())["cells"] if cell["id"] == "split")
    return cell("".join(split["source"]), **known)


@pytest.fixture(scope="module")
def solved(lesson):
    return cell(lesson_07.REACH.solution, **lesson)["my_net"]


def trained(X, y, epochs=1):
    net = network.Network([784, 32, 10])
    training.train(net, X, y, epochs=epochs, optimizer=training.Momentum(0.1))
    return net


def test_it_measures_on_the_validation_images_of_the_lesson(lesson):
    images = lesson_07.lesson_images("sample")
    assert np.array_equal(images.X_val, lesson["X_val"])
    assert np.array_equal(images.y_val, lesson["y_val"])
    assert np.array_equal(images.X, lesson["X_train"])


def test_the_solution_is_right_and_what_it_saw_is_said(solved):
    verdict = judge(solved)
    assert verdict.lead == RIGHT
    assert "of 333 images; the target is 96.5%" in verdict.lines[1]
    assert verdict.lines[1].endswith("It saw 73,340 of at most 500,000 examples.")


def test_without_a_record_it_is_taken_on_trust(solved, tmp_path):
    save(solved, tmp_path / "net.npz")
    verdict = judge(load(tmp_path / "net.npz"))
    assert verdict.lead == RIGHT
    assert "takes on trust" in verdict.lines[-1]
    assert judge(network.Network([784, 10])).diagnosis == lesson_07.UNTRAINED


@pytest.mark.parametrize(("rows", "diagnosis"), [("train", lesson_07.VALIDATION), ("test", lesson_07.TEST)])
def test_a_network_trained_on_what_it_is_measured_on_does_not_count(rows, diagnosis, lesson):
    mnist, net = lesson["mnist"], trained(lesson["X_train"], lesson["y_train"])
    assert judge(net).diagnosis == lesson_07.SHORT
    training.train(net, getattr(mnist, f"X_{rows}"), getattr(mnist, f"y_{rows}"), epochs=1)
    assert judge(net).diagnosis == diagnosis


def test_what_it_was_trained_on_decides_what_is_said(lesson):
    X, y = lesson["X_train"], lesson["y_train"]
    assert judge(trained(X[:300], y[:300], epochs=60)).diagnosis == lesson_07.BY_HEART
    assert judge(trained(X[::-1], y)).diagnosis == lesson_07.CHANCE
    standardized = lesson_07.standardize_pixels(X, X).astype(np.float32)
    assert judge(trained(standardized, y)).diagnosis == lesson_07.OTHERS


@pytest.mark.parametrize(
    ("right", "lead", "words"),
    [
        (4894, NOT_YET, "It is close"),
        (4895, RIGHT, "within 5 images of the target, below it. Another seed changes as many, so this counts."),
        (4905, RIGHT, "above it. Another seed changes as many, so do not brag about it."),
        (4906, RIGHT, "It saw 440,000 of at most 500,000 examples."),
    ],
)
def test_luck_at_the_target_is_allowed_for_and_said(right, lead, words):
    verdict = judge(Measured(right=right, training=0.999, examples=440_000))
    assert verdict.lead == lead
    assert words in (verdict.lines[-1] if lead == RIGHT else verdict.as_text())


def test_half_a_million_examples_are_allowed_and_images_of_ones_own_are_taken_on_trust():
    assert judge(Measured(right=4950, training=1.0, examples=500_001)).diagnosis == lesson_07.TOO_MANY
    verdict = judge(Measured(right=4950, training=1.0, examples=500_000, others=True))
    assert verdict.lead == RIGHT
    assert "none of them was made of validation or test images" in verdict.lines[-1]
