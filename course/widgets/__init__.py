"""The course's widgets: something to move, a picture that follows, and a goal with an indicator.

A widget's module, and with it matplotlib, is imported when the widget is first asked for.
"""

from importlib import import_module

MODULES = {
    "GuessTheLine": "lesson_01",
    "NeuronExplorer": "lesson_01",
    "ActivationExplorer": "lesson_02",
    "SoftmaxTemperature": "lesson_02",
    "CurveFromPieces": "lesson_03",
    "ForwardStepper": "lesson_03",
    "HiddenSpace": "lesson_03",
    "Landscape": "lesson_04",
    "LossExplorer": "lesson_04",
    "SurpriseExplorer": "lesson_04",
    "BackpropStepper": "lesson_05",
    "GradientFlow": "lesson_05",
    "Suspects": "lesson_05",
    "Hiker": "lesson_06",
    "OptimizerRace": "lesson_06",
    "ValleyExplorer": "lesson_06",
    "RegularizationLab": "lesson_08",
    "TrainingClinic": "lesson_08",
    "LatentPad": "lesson_09",
    "TwoNetworks": "lesson_10",
    "Playground": "playground",
    "DrawDigit": "drawing",
    "Explorer": "explorer",
}
__all__ = sorted(MODULES)


def __getattr__(name):
    if name not in MODULES:
        raise AttributeError(f"course.widgets has no {name}; it has {', '.join(__all__)}.")
    return getattr(import_module(f"course.widgets.{MODULES[name]}"), name)


def __dir__():
    return __all__
