"""The widgets of lesson 08: the clinic's trainings are real, its verdicts follow from them; the laboratory trains."""

import itertools

import numpy as np
import pytest
from moving import lies_at, picture, put, words
from traitlets import TraitError

from course.text import number
from course.widgets import lesson_08
from course.widgets.lesson_08 import NO_CURE, TESTS, RegularizationLab, TrainingClinic, against, fit, patients, works
from helpers.data import moons
from tools import record_clinic
from tools.record_clinic import CURES, PATIENTS, digits, in_words, right_by_digit, trained

pytestmark = pytest.mark.usefixtures("unpainted")

TRUTHS = [  # of each patient: the right diagnoses, and a cure that is sure to work
    ({"healthy"}, NO_CURE),
    ({"vanishing gradients"}, "ReLU with He weights"),
    ({"overfitting"}, "4,000 digits"),
    ({"learning rate too small"}, "learning rate × 100"),
    ({"inputs not scaled", "dead ReLUs"}, "inputs from 0 to 1"),
    ({"healthy"}, NO_CURE),
    ({"wrong labels"}, "labels matched anew"),
    ({"exploding signals"}, "He or Xavier weights"),
    ({"learning rate too large", "dead ReLUs"}, "learning rate ÷ 10"),
    ({"an output unit asleep"}, "softmax, cross-entropy"),
]


@pytest.mark.parametrize("k", range(10))
def test_each_patient_has_the_signs_of_its_sickness_and_of_no_other_and_can_be_cured(k):
    patient, (truths, cure) = patients()[k], TRUTHS[k]
    assert {name for name in lesson_08.DIAGNOSES if against(name, patient) is None} == truths
    assert works(cure, patient)
    assert not works(NO_CURE, patient) or truths == {"healthy"}
    assert patient.file == in_words(PATIENTS[k])
    assert set(patient.cures) == {name for name, change in CURES.items() if change(PATIENTS[k]) != PATIENTS[k]}
    for name, curves in patient.cures.items():
        assert {len(curve) for curve in curves.values()} in ({1}, {record_clinic.EPOCHS + 1})
        assert works(name, patient) == ("healthy" not in truths and curves["validation_accuracy"][-1] >= 0.85)


def test_a_recorded_patient_can_be_trained_again():
    """A healthy one, whose training is not chaotic: on another processor it takes nearly the same way."""
    recipe, stored = PATIENTS[5], patients()[5]
    network, curves, probes = trained(recipe)
    _, cured, _ = trained(CURES["dropout"](recipe))
    for name in ("loss", "validation_loss"):
        np.testing.assert_allclose(curves[name], stored.curves[name], rtol=0.1)
        np.testing.assert_allclose(cured[name], stored.cures["dropout"][name], rtol=0.1)
    for name, values in stored.before.items():
        np.testing.assert_allclose(probes[0][name], values, rtol=0.01, atol=0.01)
        np.testing.assert_allclose(probes[1][name], stored.after[name], rtol=0.2, atol=0.05)
    np.testing.assert_allclose(right_by_digit(network, *digits(recipe)[1]), stored.digits, atol=0.06)
    assert lesson_08.RECORDED == record_clinic.FILE
    assert lesson_08.RECORDED.stat().st_size <= 200_000


@pytest.mark.parametrize(
    ("patient", "diagnosis", "said"),
    [
        (2, "learning rate too small", "Here the largest update is 0.013 of the weights."),
        (7, "overfitting", "Not “overfitting”: then what is learned holds for other digits … Here its best is 15 %."),
        (9, "dead ReLUs", "“learning rate too large” is right as well … rate 2."),
    ],
)
def test_a_diagnosis_is_answered_with_what_speaks_for_or_against_it(patient, diagnosis, said):
    answer = words(TrainingClinic(patient=patient, diagnosis=diagnosis))
    for part in said.split(" … "):
        assert part in answer


def test_what_was_paid_and_said_stays_in_the_chart_of_its_patient(painted):
    widget = TrainingClinic(patient=3)
    first = picture(widget)
    for name, value in (
        ("tests", ("validation curve", "updates")), ("diagnosis", "wrong labels"), ("diagnosis", "overfitting"),
        ("cure", "dropout"), ("cure", "4,000 digits"),
    ):  # fmt: skip
        widget.control[name].value = value
    treated = picture(widget)
    assert widget.points == 2 * 5 - (1 + 2) - 2 * 2
    widget.control["patient"].value = 1
    assert widget.values == {"patient": 1, "tests": (), "diagnosis": None, "cure": None}
    widget.control["patient"].value = 3
    assert picture(widget) == treated
    widget.control["tests"].value = ()  # what was seen cannot be given back
    assert "10 gained, 7 spent" in words(widget)
    assert 100 - 10 * sum(TESTS.values()) < lesson_08.PASS < 100 - 10 * 3, "a few tests a patient, not all"
    widget.reset()
    assert widget.points == 0
    assert picture(widget) == first


def test_a_list_decides_nothing_until_its_button_is_pressed():
    widget = TrainingClinic()
    choice, button = widget.control["diagnosis"].children
    for name in ("learning rate too large", "healthy"):  # as arrow keys go through the list
        choice.value = name
    assert (widget.values["diagnosis"], widget.points) == (None, 0)
    button.click()
    assert (widget.values["diagnosis"], widget.points) == ("healthy", 5)
    widget.control["patient"].value = 2
    assert choice.value == "–"
    button.click()
    assert widget.values["diagnosis"] is None
    with pytest.raises(TraitError, match="expected one of healthy, learning rate too large"):
        TrainingClinic(diagnosis="measles")


def short(x):
    return number(x, 3 if x >= 100 else 2)


@pytest.mark.parametrize(
    ("k", "tests", "cure", "said"),
    [
        (1, (), None, "86 % right at the end."),
        (3, ("validation curve", "gradients"), "dropout", "A cure that works reaches 85 %."),
        (6, ("updates", "right by digit"), "batch norm", "But nobody was ill."),
        (8, ("validation curve", "activations"), "batch norm", "It works."),
        (8, ("gradients",), "inputs from 0 to 1", "changes nothing here"),
        (8, (), "learning rate × 100", "the loss stops being a number in the first epoch"),
        (10, (), None, "Training: loss 0.41, "),
        (9, tuple(TESTS), NO_CURE, "in each hidden layer: 95 %, 100 %"),
    ],
)
def test_what_is_ordered_is_drawn_and_said_and_nothing_else(k, tests, cure, said):
    p, widget = patients()[k - 1], TrainingClinic(patient=k, tests=tests, cure=cure)
    assert said in words(widget)
    assert widget.title.get_text() == f"patient {k}"
    cured = p.curves if cure == NO_CURE else p.cures.get(cure, {})
    losses = {
        "training": p.curves["loss"], "validation": p.curves["validation_loss"] if "validation curve" in tests else [],
        "cured": cured.get("loss", []), "cured, validation": cured.get("validation_loss", []),
    }  # fmt: skip
    for name, is_said in (("loss", True), ("validation_loss", "validation curve" in tests)):
        epochs = [epoch for epoch in (0, 1, 4, 8, 12) if epoch < len(p.curves[name])]
        curve = ", ".join(short(p.curves[name][epoch]) for epoch in epochs)
        at = f"(epoch{'s' * (len(epochs) > 1)} {', '.join(map(str, epochs))})"
        assert (f"{'Validation' if 'v' in name else 'Training'}: loss {curve} {at}" in words(widget)) == is_said
    for (name, curve), legend in zip(losses.items(), widget.legends, strict=True):
        line = widget.lines[name]
        lies_at(line, range(len(curve)), np.clip(curve, None, 1e3))
        assert legend.get_text() == (f"{'- -' if 'cured' in name else '—'} {name}" if curve else "")
    top = widget.ax.get_ylim()[1]
    assert top == (0.6 if max(itertools.chain(*losses.values())) < 0.6 / 1.4 else 4.2)
    burst = ["then no number"] * (len(p.curves["loss"]) == 1)
    high = f"↑ first loss {short(p.curves['loss'][0])}" if p.curves["loss"][0] > top else ""
    assert widget.note.get_text() == "\n".join([high, *burst])
    for test, closed in widget.closed.items():
        price = "1 point" if TESTS[test] == 1 else "2 points"
        assert closed.get_text() == ("" if test in tests else f"not ordered,\n{price}")
    for test, lines in widget.probes.items():
        (low, high), first = lines[0].axes.get_ylim(), test != "activations"
        for line, probe in zip(lines, (p.before, p.after), strict=True):
            values = np.clip(probe[test], low, high) if probe and test in tests else []
            lies_at(line, range(first, first + len(values)), values)
        numbers = ", ".join(map(short, p.before[test]))
        assert (f"{test.capitalize()} by layer: before the first step {numbers}" in words(widget)) == (test in tests)
    bars = [((k, 0), (k, share)) for k, share in enumerate(p.digits) if "right by digit" in tests]
    assert np.ravel(widget.bars.get_segments()).tolist() == np.ravel(bars).tolist()
    assert ("Right of the digits 0 to 9: " in words(widget)) == ("right by digit" in tests)
    effect = f"cure: {cure}, {'works' if works(cure, p) else 'does not work'}" if cure else ""
    assert widget.verdict.get_text() == effect
    assert ("Hint: " in words(widget)) == (not tests and cure is None)


def test_the_curves_are_those_of_the_training_and_the_boundary_is_where_its_logits_are_zero():
    widget = RegularizationLab(units=16, strength=0.001)
    again = fit(20, 0.001, 0.0, 16)
    X, y = moons(20, 0.3, seed=1)
    for label, dots in enumerate(widget.dots):
        lies_at(dots, *X[y == label].T)
    names = "training", "validation"
    for losses, curve, text, name in zip(again[1:3], widget.curves, widget.texts, names, strict=True):
        lies_at(curve, range(0, 301, 10), losses)
        assert text.get_text() == f"{name} {losses[-1]:.2g}"
        assert text.get_text() in words(widget)
    lowest = np.argmin(again.validation)
    best = f"was lowest, {again.validation[lowest]:.2g}, at step {10 * lowest}. {100 * again.right:.0f} %"
    assert best in words(widget)
    assert words(widget).startswith("20 points, 16 hidden units, λ = 0.001, dropout 0.0. Loss after 300 steps: ")
    np.testing.assert_allclose(widget.shade.get_array(), 1 - 2 / (1 + np.exp(-again.logits)), atol=1e-9)
    across, up = lesson_08.SIDES
    sides = [again.logits[np.abs(up - x2).argmin(), np.abs(across - x1).argmin()] > 0 for x1, x2 in X]
    assert np.mean(sides == y) > 0.9, "logits stand where the points of their class are"
    for x, y in np.concatenate(widget.boundary.get_segments()):
        column = [np.interp(x, across, row) for row in again.logits]
        assert abs(np.interp(y, up, column)) < 1e-6


def test_what_went_wrong_is_said():
    widget = RegularizationLab(units=64)
    for strength, by_heart, too_strong in ((1e-5, True, False), (1, False, True), (0.01, False, False)):
        put(widget, strength=strength)
        assert ("not the moons" in words(widget)) == by_heart
        assert ("The brake is too strong" in words(widget)) == too_strong


def test_strength_dropout_and_points_each_hold_the_validation_loss_down():
    by_heart = fit(20, 1e-5, 0.0, 64)
    assert by_heart.training[-1] < 0.05
    for setting in ((20, 0.01, 0.0, 64), (20, 1e-5, 0.8, 64), (200, 1e-5, 0.0, 64)):
        assert fit(*setting).validation[-1] < by_heart.validation[-1] / 2
