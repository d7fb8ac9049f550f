"""The course's widgets: something to move, a picture that follows, and a task with a lamp that says it is done."""

from helpers.widgets.activations import ActivationExplorer
from helpers.widgets.backprop import BackpropStepper
from helpers.widgets.drawing import DrawDigit
from helpers.widgets.explorer import Explorer
from helpers.widgets.forward import ForwardStepper
from helpers.widgets.gradient_flow import GradientFlow
from helpers.widgets.hidden import HiddenSpace
from helpers.widgets.hiker import Hiker
from helpers.widgets.hinges import CurveFromPieces
from helpers.widgets.landscape import Landscape
from helpers.widgets.line import GuessTheLine
from helpers.widgets.losses import LossExplorer, SurpriseExplorer
from helpers.widgets.neuron import NeuronExplorer
from helpers.widgets.playground import Playground
from helpers.widgets.race import OptimizerRace
from helpers.widgets.softmax import SoftmaxTemperature

__all__ = [
    "ActivationExplorer",
    "BackpropStepper",
    "CurveFromPieces",
    "DrawDigit",
    "Explorer",
    "ForwardStepper",
    "GradientFlow",
    "GuessTheLine",
    "HiddenSpace",
    "Hiker",
    "Landscape",
    "LossExplorer",
    "NeuronExplorer",
    "OptimizerRace",
    "Playground",
    "SoftmaxTemperature",
    "SurpriseExplorer",
]
