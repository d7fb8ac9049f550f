"""The course's widgets: something to move, a picture that follows, and a task with a lamp that says it is done."""

from helpers.widgets.activations import ActivationExplorer
from helpers.widgets.explorer import Explorer
from helpers.widgets.softmax import SoftmaxTemperature

__all__ = ["ActivationExplorer", "Explorer", "SoftmaxTemperature"]
