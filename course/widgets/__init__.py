"""The course's widgets: something to move, a picture that follows, and a task with a lamp that says it is done."""

from course.widgets.drawing import DrawDigit
from course.widgets.explorer import Explorer
from course.widgets.lesson_01 import GuessTheLine, NeuronExplorer
from course.widgets.lesson_02 import ActivationExplorer, SoftmaxTemperature
from course.widgets.lesson_03 import CurveFromPieces, ForwardStepper, HiddenSpace
from course.widgets.lesson_04 import Landscape, LossExplorer, SurpriseExplorer
from course.widgets.lesson_05 import BackpropStepper, GradientFlow
from course.widgets.lesson_06 import Hiker, OptimizerRace
from course.widgets.playground import Playground

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
