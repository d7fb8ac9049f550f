"""Every goal of every widget: open at the start, within reach of the controls, lit where it should be and nowhere else.

A widget's journey is a list of moves: the controls that are set, one after the other, and the lamps after them.
"""

import pytest
from moving import EXPLORERS, HILL, MOONS, ZIGZAG, put

from course.widgets.lesson_05 import NETWORK, STEPS

JOURNEYS = {
    "GuessTheLine": [
        ({"w": 190}, "○○"), ({"b": 20}, "●●"), ({"w": 192, "b": 15}, "●●"),
        ({"w": 190, "b": 20}, "●○"),  # too many moves
    ],
    "NeuronExplorer": [
        ({"w2": 1, "b": -0.5}, "●○○○"), ({"b": -1.5}, "○●○○"), ({"w1": -1, "w2": -1, "b": 1.5}, "○○●○"),
        ({"activation": "sigmoid"}, "○○●○"),  # NAND, but unsure
        ({"w1": -10, "w2": -10, "b": 15}, "○○●●"), ({"activation": "step"}, "○○●○"),
    ],
    "ActivationExplorer": [
        ({"function": "sigmoid", "x": 4.55}, "○○"), ({"x": 4.6}, "●○"), ({"x": -4.55}, "○○"),
        ({"x": -4.6}, "●○"),
        ({"function": "relu"}, "○○"),  # zero is not small: the unit is dead
        ({"function": "gelu", "x": -3}, "○○"), ({"x": -1}, "○●"),
    ],
    "SoftmaxTemperature": [
        ({"T": 10**-0.66}, "○○"), ({"T": 10**-0.68}, "●○"), ({"T": 10**1.86}, "○○"), ({"T": 10**1.88}, "○●"),
        ({"z1": 3}, "○○"),  # with T alone
        ({"T": 0.1}, "○○"), ({"z1": 2}, "●○"),
    ],
    "ForwardStepper": [
        ({"step": 4}, "●○○"), ({"x1": 3, "x2": -3}, "●●○"), ({"x1": -3, "x2": -2.4}, "●○●"),
        ({"step": 3}, "○○○"),
    ],
    "CurveFromPieces": [(ZIGZAG, "●○"), ({"target": "hill", **HILL}, "○●"), ({"target": "square root"}, "○○")],
    "HiddenSpace": [
        ({"w22": 1, "b2": -1}, "●○"),  # two moves from the start
        ({"data": "moons"}, "○○"), ({"activation": "tanh", **MOONS}, "○●"),
    ],
    "LossExplorer": [
        ({"prediction": 2.6}, "○○"),  # the bottom of MSE, but with a usual house
        ({"outlier": 8}, "○○"), ({"prediction": 3.4}, "●○"), ({"prediction": 2.5}, "○●"),
        ({"outlier": 7.9}, "○○"), ({"outlier": 10, "prediction": 3.8}, "●○"),
    ],
    "SurpriseExplorer": [
        ({"z": -5.2}, "○○"), ({"z": -5.3}, "●○"),
        ({"y": 0}, "○○"),  # right, and sure
        ({"z": 5.3}, "●○"), ({"z": 0}, "○●"),
    ],
    "Landscape": [
        ({"w": 2, "b": -1}, "●○"), ({"surface": "sigmoid, MSE", "w": -4, "b": 0}, "○●"),
        ({"surface": "sigmoid, cross-entropy"}, "○○"),
    ],
    "BackpropStepper": [
        ({"w": 1.6}, "○○○○"),  # the paths cancel, but that is seen only at the last step
        ({"step": STEPS}, "○●○○"),
        ({"w": 0, "y": 0}, "○○○○"),  # w = 0 does not count
        ({"w": 1, "x": 1, "y": 2}, "○●○○"), ({"w": 3, "x": 2, "y": 4, "step": 0, "guess": 6}, "●○○○"),
        ({"view": NETWORK, "step": STEPS}, "○○○○"), ({"change": "b[1]₁", "by": -2}, "○○●○"),
        ({"change": "y₂", "by": 5.5}, "○○○●"), ({"step": STEPS - 1}, "○○○○"),
    ],
    "Suspects": [
        ({"verdict": "mean twice", "line": 4}, "○○○○○○○○"), ({"verdict": "no mean"}, "●●○○○○○○"),
        ({"line": 5}, "●○○○○○○○"), ({"suspect": "B"}, "○○○○○○○○"),
        ({"verdict": "no transpose", "line": 7}, "○○●●○○○○"),
        ({"suspect": "C", "verdict": "overwrite", "line": 4}, "○○○○●●○○"),
        ({"suspect": "D", "verdict": "no slope", "line": 9}, "○○○○○○●●"),
    ],
    "GradientFlow": [
        ({"depth": 3}, "○○○"),  # shallow: the gradient arrives, but that does not count
        ({"depth": 10, "gain": 4}, "●○○"),
        ({"depth": 20, "activation": "relu", "init": "He: N(0, 2/n)", "gain": 1}, "○●○"),
        ({"init": "large: N(0, 1)"}, "○○●"),
    ],
    "Hiker": [
        ({"alpha": 1.0}, "○○○"),  # dragged past: who walks, lights
        ({"steps": 39}, "●○○"),
        ({"start": 0.5, "steps": 38}, "○○○"),  # too near to count
        ({"landscape": "steep bowl", "alpha": 0.6}, "○○○"), ({"steps": 39}, "○●○"),
        ({"landscape": "two valleys", "alpha": 0.05, "start": -3.5, "steps": 40}, "○○○"),
        ({"alpha": 0.2}, "○○○"), ({"steps": 39}, "○○●"),
    ],
    "OptimizerRace": [
        ({"surface": "valley", "racers": ("SGD", "Momentum"), "alpha_sgd": 0.02, "alpha_momentum": 0.02}, "○○○"),
        ({"beta": 0.8}, "○○○"),  # dragged past: who runs, lights
        ({"steps": 59}, "●○○"),
        ({"alpha_sgd": 1.0, "steps": 60}, "○○○"),  # one leaves the picture
        ({"surface": "banana", "racers": ("Momentum", "Adam"), "alpha_momentum": 0.13, "alpha_adam": 0.3}, "○○○"),
        ({"steps": 59}, "○●○"), ({"steps": 60}, "○●○"), ({"steps": 61}, "○○○"),
        ({"surface": "saddle", "racers": ("SGD", "Momentum"), "alpha_sgd": 0.045, "alpha_momentum": 0.045}, "○○○"),
        ({"steps": 60}, "○○●"),
    ],
    "ValleyExplorer": [({"kappa": 100.0, "beta": 0.67}, "●○"), ({"kappa": 20.0, "beta": 0.9}, "○●")],
    "RegularizationLab": [
        ({"units": 64}, "●○○○"), ({"strength": 0.01}, "○●○○"), ({"strength": 1e-5, "dropout": 0.8}, "○○●○"),
        ({"n": 200}, "○○○○"),  # dropout and more points
        ({"dropout": 0}, "○○○●"), ({"units": 4}, "○○○○"),
    ],
    "TrainingClinic": [
        ({"patient": 3, "diagnosis": "overfitting", "cure": "dropout"}, "○○○"),
        ({"cure": "4,000 digits"}, "●○○"),
        ({"patient": 1, "diagnosis": "healthy", "cure": "leave it as it is"}, "●○○"),
        ({"patient": 6, "diagnosis": "healthy"}, "●○○"), ({"cure": "leave it as it is"}, "●●○"),
        ({"patient": 2, "diagnosis": "vanishing gradients", "cure": "batch norm"}, "●●○"),
        ({"patient": 4, "diagnosis": "learning rate too small", "cure": "learning rate × 100"}, "●●○"),
        ({"patient": 5, "diagnosis": "inputs not scaled", "cure": "inputs from 0 to 1"}, "●●○"),
        ({"patient": 7, "diagnosis": "wrong labels", "cure": "labels matched anew"}, "●●○"),
        ({"patient": 8, "diagnosis": "exploding signals", "cure": "He or Xavier weights"}, "●●○"),
        ({"patient": 9, "diagnosis": "learning rate too large", "cure": "learning rate ÷ 10"}, "●●○"),
        ({"patient": 10, "diagnosis": "an output unit asleep", "cure": "softmax, cross-entropy"}, "●●●"),
        ({"patient": 6, "diagnosis": "dead ReLUs"}, "●○●"),  # the healthy one was called ill
    ],
    "LatentPad": [
        ({"z1": -2.7, "z2": 0.9}, "●○○"), ({"z1": -4.3, "z2": 1.7}, "○●○"), ({"z1": -6.9, "z2": -4.4}, "○○●"),
    ],
    "TwoNetworks": [
        ({"w": 1.9}, "●○○"), ({"w": 1.8}, "○○○"),
        ({"w": -3}, "○●○"),  # flat there, but on no curve
        ({"weight": "W[1]₂₁", "w": 1.2}, "○○○"), ({"w": 1.3}, "○○●"),
    ],
}  # fmt: skip


def lamps(widget):
    return "".join("●" if lit else "○" for lit in widget.lit)


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("kind", EXPLORERS)
def test_every_goal_is_reached_where_it_should_be_and_nowhere_else(kind):
    widget, journey = kind(), JOURNEYS[kind.__name__]
    at_first = "○" * len(widget.lit)
    assert lamps(widget) == at_first
    for moves, after in journey:
        assert lamps(put(widget, **moves)) == after, moves
    assert all("●" in goal for goal in zip(*(after for _, after in journey), strict=True)), "each is reached"
    widget.reset()
    assert lamps(widget) == at_first
