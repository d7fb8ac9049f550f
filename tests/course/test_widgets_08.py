"""The widgets of lesson 08: the clinic's trainings are real, its verdicts follow from them; the laboratory trains."""

import numpy as np
import pytest
from moving import picture, put, words
from traitlets import TraitError

from course.widgets.lesson_08 import (
    CURED,
    DIAGNOSES,
    EVERY,
    NO_CURE,
    PASS,
    RECORDED,
    SIDES,
    STEPS,
    TESTS,
    RegularizationLab,
    TrainingClinic,
    against,
    fit,
    patients,
    works,
)
from tools import record_clinic
from tools.record_clinic import CURES, PATIENTS, digits, in_words, right_by_digit, trained

# --- the clinic -------------------------------------------------------------------------------------------------------

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
    assert {name for name in DIAGNOSES if against(name, patient) is None} == truths
    assert works(cure, patient)
    assert not works(NO_CURE, patient) or truths == {"healthy"}
    assert patient.file == in_words(PATIENTS[k])
    assert set(patient.cures) == {name for name, change in CURES.items() if change(PATIENTS[k]) != PATIENTS[k]}
    for name, curves in patient.cures.items():
        lengths = {len(curve) for curve in curves.values()}
        assert lengths in ({1}, {record_clinic.EPOCHS + 1})
        assert works(name, patient) == ("healthy" not in truths and curves["validation_accuracy"][-1] >= CURED)


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
    assert RECORDED == record_clinic.FILE
    assert RECORDED.stat().st_size <= 200_000


def test_a_wrong_diagnosis_is_answered_with_what_speaks_against_it():
    widget = TrainingClinic(patient=2, diagnosis="learning rate too small")
    assert "Here the largest update is 0.013 of the weights." in words(widget)
    put(widget, patient=7, diagnosis="overfitting")
    assert "Not “overfitting”: then what is learned holds for other digits too" in words(widget)
    assert "Here its best is 15 %." in words(widget)
    put(widget, patient=9, diagnosis="dead ReLUs")
    assert "“learning rate too large” is right as well" in words(widget)
    assert "rate 2." in words(widget)


def test_what_was_paid_and_said_stays_in_the_chart_of_its_patient():
    widget = TrainingClinic(patient=3)
    first = picture(widget)
    widget.control["tests"].value = ("validation curve", "updates")
    widget.control["diagnosis"].value = "wrong labels"
    widget.control["diagnosis"].value = "overfitting"
    widget.control["cure"].value = "dropout"
    widget.control["cure"].value = "4,000 digits"
    treated = picture(widget)
    assert widget.points == 2 * 5 - (1 + 2) - 2 * 2
    widget.control["patient"].value = 1
    assert widget.values == {"patient": 1, "tests": (), "diagnosis": None, "cure": None}
    widget.control["patient"].value = 3
    assert picture(widget) == treated
    widget.control["tests"].value = ()  # what was seen cannot be given back
    assert "10 gained, 7 spent" in words(widget)
    widget.reset()
    assert widget.points == 0
    assert picture(widget) == first


def test_a_list_decides_nothing_until_its_button_is_pressed():
    widget = TrainingClinic()
    choice, button = widget.control["diagnosis"].children
    for name in ("learning rate too large", "healthy"):  # as arrow keys go through the list
        choice.value = name
    assert widget.values["diagnosis"] is None
    assert widget.points == 0
    button.click()
    assert widget.values["diagnosis"] == "healthy"
    assert widget.points == 5
    widget.control["patient"].value = 2
    assert choice.value == "–"
    button.click()
    assert widget.values["diagnosis"] is None
    with pytest.raises(TraitError, match="expected one of healthy, learning rate too large"):
        TrainingClinic(diagnosis="measles")


def test_only_what_is_ordered_is_shown_and_said():
    widget = TrainingClinic(patient=9)
    assert "Validation" not in words(widget)
    assert len(widget.lines["validation"].get_xdata()) == 0
    for test in TESTS:
        assert (test == "validation curve") or "not ordered" in widget.closed[test].get_text()
    put(widget, tests=tuple(TESTS))
    patient = patients()[8]
    np.testing.assert_allclose(widget.lines["validation"].get_ydata(), patient.curves["validation_loss"])
    np.testing.assert_allclose(widget.probes["gradients"][0].get_ydata(), patient.before["gradients"])
    assert not any(text.get_text() for text in widget.closed.values())
    assert "in each hidden layer: 95 %, 100 %" in words(widget)


def test_a_cure_shows_its_training_and_nobody_healthy_is_cured():
    widget = TrainingClinic(patient=8, cure="learning rate × 100")
    assert "the loss stops being a number in the first epoch" in words(widget)
    put(widget, cure="batch norm")
    np.testing.assert_allclose(widget.lines["cured"].get_ydata(), patients()[7].cures["batch norm"]["loss"])
    assert "It works." in words(widget)
    put(widget, cure="inputs from 0 to 1")
    assert "changes nothing here" in words(widget)
    put(widget, patient=6, cure="batch norm")
    assert "But nobody was ill." in words(widget)


def test_a_doctor_who_orders_all_tests_fails_and_one_who_orders_few_passes():
    assert 100 - 10 * sum(TESTS.values()) < PASS < 100 - 10 * 3


# --- the laboratory ---------------------------------------------------------------------------------------------------


def test_the_curves_are_those_of_the_training_and_the_boundary_is_where_its_logits_are_zero():
    widget = RegularizationLab(units=16, strength=0.001)
    again = fit(20, 0.001, 0.0, 16)
    np.testing.assert_array_equal(widget.curves[0].get_ydata(), again.training)
    np.testing.assert_array_equal(widget.curves[1].get_ydata(), again.validation)
    assert len(again.training) == STEPS // EVERY + 1
    drawn = widget.boundary.get_segments()
    assert drawn
    for x, y in np.concatenate(drawn):
        across = [np.interp(x, SIDES[0], row) for row in again.logits]
        assert abs(np.interp(y, SIDES[1], across)) < 1e-6


def test_what_went_wrong_is_said():
    widget = RegularizationLab(units=64)
    assert "not the moons" in words(widget)
    put(widget, strength=1)
    assert "The brake is too strong" in words(widget)
    put(widget, strength=0.01)
    assert "moons" not in words(widget)
    assert "brake" not in words(widget)


def test_strength_dropout_and_points_each_hold_the_validation_loss_down():
    by_heart = fit(20, 1e-5, 0.0, 64)
    assert by_heart.training[-1] < 0.05
    for setting in ((20, 0.01, 0.0, 64), (20, 1e-5, 0.8, 64), (200, 1e-5, 0.0, 64)):
        assert fit(*setting).validation[-1] < by_heart.validation[-1] / 2
