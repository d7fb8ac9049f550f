"""Functions a learner hands to a widget: right ones show the same as the course's own, and whatever a wrong one does,
there are words about it, and the widget lives."""

import sys
import time

import numpy as np
import pytest
from moving import ends, forward, picture, put, words

from course import widgets
from course.widgets import learner
from course.widgets.learner import call_learner_code
from course.widgets.lesson_02 import X
from course.widgets.lesson_05 import NETWORK, STEPS
from helpers import network
from helpers.network import relu, relu_prime, tanh, tanh_prime
from helpers.training import Momentum


def loud(z):
    print("here", file=sys.stderr)
    print("and here")
    return z


def mutating(z):
    z[z < 0] = 0
    return z


def endless(z):
    while True:
        time.sleep(0.01)


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError


def raises(error):
    def f(*arguments):
        raise error

    return f


NONSENSE = {
    "raised ValueError: no.": raises(ValueError("no")),
    "raised Unprintable": raises(Unprintable()),
    "raised SystemExit": raises(SystemExit(1)),
    "np.where": lambda z: z if z > 0 else 0,
    "functions of math take one number": lambda z: __import__("math").exp(z),
    "raised RecursionError": lambda z: NONSENSE["raised RecursionError"](z),
    "raised TypeError": lambda: 1,
    "took longer than": endless,
    "returned nothing, not numbers. Is its return missing?": lambda z: None,
    "returned text": lambda z: "three",
    "returned a function": lambda z: lambda y: y,
    "returned a generator": lambda z: (yield z),
    "of type complex128": lambda z: z + 1j,
    "of type object": lambda z: np.array([None] * len(z)),
    "returned one number instead of shape (241,)": lambda z: 1.0,
    "returned shape (3,) instead of shape (241,)": lambda z: [1, 2, 3],
    "returned NaN for z = 0.": lambda z: np.where(z == 0, np.nan, z),
    "returned NaN for 120 of the 241 numbers, z from −6 to −0.05": lambda z: np.where(z < 0, np.nan, z),
    "returned infinity for 120 of": lambda z: np.where(z < 0, np.inf, z),
    "warned: divide by zero": lambda z: z + 0 * (1 / np.zeros(1) > 0),
    "printed: here": loud,
    "changed the array it was given": mutating,
    "is not written yet": raises(NotImplementedError()),
    "of type int, not a function": 3,
}


@pytest.mark.parametrize("expected", NONSENSE)
def test_nonsense_is_told_in_a_sentence(expected, monkeypatch, capfd):
    monkeypatch.setattr(learner, "SECONDS", 0.1)
    values, (sentence, *_) = call_learner_code("Your `f`", NONSENSE[expected], X)
    assert sentence.startswith("Your `f` ")
    assert expected in sentence.replace("`", "")
    assert (values.shape, values.dtype) == (X.shape, float)
    assert not np.isinf(values).any()
    assert capfd.readouterr() == ("", "")


def test_an_answer_comes_back_as_floats_and_the_argument_stays_as_it_is():
    z = np.array([-1.0, 2.0])
    values, sentences = call_learner_code("`f`", lambda z, k: (z > 0) * k, z, k=2)
    assert (values.tolist(), values.dtype, sentences) == ([0.0, 2.0], float, [])
    values, sentences = call_learner_code("`f`", mutating, z)
    assert (values.tolist(), z.tolist()) == ([0.0, 2.0], [-1.0, 2.0])
    assert sentences == ["`f` changed the array it was given; let it make a new one."]


def looped(x, w, b, f):
    z = b
    for i in range(len(x)):
        z += w[i] * x[i]
    return float(f(z))


class Nesterov(Momentum):
    def update(self, theta, g, v):
        v *= self.beta
        v += g
        theta -= self.learning_rate * (g + self.beta * v)


def in_network(f, f_prime=relu_prime):
    return widgets.BackpropStepper(f, f_prime, view=NETWORK, step=STEPS)


TAKES = {  # the widget with a learner's function, what it calls the function, and a right one
    "NeuronExplorer": (widgets.NeuronExplorer, "Your neuron", looped),
    "mine": (lambda f: widgets.ActivationExplorer({"mine": (f, tanh_prime)}), "mine", tanh),
    "mine′": (lambda f: widgets.ActivationExplorer({"mine": (tanh, f)}), "The derivative of mine", tanh_prime),
    "SoftmaxTemperature": (lambda f: widgets.SoftmaxTemperature(softmax=f), "Your softmax", network.softmax),
    "ForwardStepper": (lambda f: widgets.ForwardStepper(forward=f, step=4), "Your forward", forward),
    "R": (lambda f: widgets.ForwardStepper(f=[None, f, relu], step=4), "The activation of layer 1", relu),
    "CurveFromPieces": (widgets.CurveFromPieces, "Your curve", np.sin),
    "HiddenSpace": (widgets.HiddenSpace, "The activation", relu),
    "LossExplorer": (widgets.LossExplorer, "Your loss", network.mse),
    "SurpriseExplorer": (widgets.SurpriseExplorer, "Your loss", network.binary_cross_entropy),
    "Landscape": (widgets.Landscape, "Your loss", network.mse),
    "BackpropStepper": (in_network, "Your function", lambda z: np.maximum(z, 0)),
    "its slope": (lambda f: in_network(relu, f), "Your derivative", relu_prime),
    "GradientFlow": (lambda f: widgets.GradientFlow({"mine": (f, tanh_prime)}), "Your function", tanh),
    "its slope, too": (lambda f: widgets.GradientFlow({"mine": (tanh, f)}), "Your derivative", tanh_prime),
    "Hiker": (widgets.Hiker, "Your step", lambda theta, g, alpha: theta - alpha * g),
    "OptimizerRace": (widgets.OptimizerRace, "Your optimizer", Nesterov),
}


@pytest.mark.parametrize("name", TAKES)
def test_whatever_the_learner_wrote_there_are_words_and_the_widget_lives_and_of_a_right_one_none(name, capfd):
    make, who, right = TAKES[name]
    for broken, said in ((raises(KeyError()), "raised KeyError"), (3, "is of type int, not a function.")):
        widget = make(broken)
        assert any(line.startswith(who) and said in line for line in words(widget).splitlines())
        assert sum(widget.lit) == (name in ("ForwardStepper", "R"))  # these are at the last step
    before = picture(widget)
    put(widget, **{each: ends(control)[0] for each, control in widget.control.items() if each != "compare"})
    assert picture(widget) != before
    widget = make(right)
    said = words(widget).replace("Your forward gives 0.7311: the same.", "").strip()
    assert said == widget.caption(**widget.values), "and nothing to complain about"
    assert capfd.readouterr() == ("", "")
