"""The widgets of lesson 08.

TrainingClinic: ten trainings as patients. Tests cost points, a right diagnosis and a cure that works bring some. All
that is seen was recorded: tools/record_clinic.py trained each patient as it came, and with each cure.

RegularizationLab: a network for few points in the plane is trained anew at each change of L2, dropout or size.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np
import traitlets
from contourpy import contour_generator

from course.text import listed, number
from course.widgets.controls import CheckList, dropdown, slider
from course.widgets.explorer import Explorer, moving, moving_segments, moving_text, set_if_changed
from helpers.data import moons
from helpers.layers import Dropout, Linear, ReLU, Sequential
from helpers.plots import BLUE, DARK_ORANGE, ORANGE, WEIGHTS
from helpers.training import Adam, train

RECORDED = Path(__file__).parent.parent / "assets" / "clinic.json"
GRAY = "#666666"
TESTS = {  # what may be ordered, and its price
    "validation curve": 1,
    "right by digit": 1,
    "activations": 2,
    "gradients": 2,
    "updates": 2,
}
RIGHT, WRONG = 5, 2  # points that a right diagnosis or a cure that works brings, and that a wrong one costs
CURED = 0.85  # of the validation digits are right at the end, at least, if a cure works
NO_CURE = "leave it as it is"
OPEN = "–"  # no decision yet
HINT = "Hint: which two or three sicknesses would look like this? Order the test that tells them apart."
PASS = 60  # points out of 100
TOPS = 0.6, 4.2  # few, since axes are slow to redraw; of a loss above them the first number is said
CURVES = {  # the losses, with their looks
    "training": (BLUE, "-"),
    "validation": (ORANGE, "-"),
    "cured": (BLUE, "--"),
    "cured, validation": (ORANGE, "--"),
}
PANELS = {  # the tests that have an axes of their own: its title, and the limits of a quantity by layer
    "activations": ("activations", (1e-3, 1e3)),
    "gradients": ("gradients", (1e-6, 1e3)),
    "updates": ("updates ÷ weights", (1e-8, 1e1)),
    "right by digit": ("right by digit", None),
}


@dataclass(frozen=True)
class Patient:
    """A recorded training: `tools/record_clinic.py` says what the numbers are."""

    file: str  # the recipe in words
    curves: dict
    before: dict  # tests before the first step
    after: dict  # and at the end; None if the loss burst
    digits: list
    cures: dict

    def last(self, name):
        return self.curves[name][-1]

    @property
    def dead(self):
        return max((self.after or self.before)["dead"])

    @property
    def shrinks(self):
        return self.before["gradients"][0] / self.before["gradients"][-1]

    @property
    def grows(self):
        return self.before["activations"][-1] / self.before["activations"][0]


class Sign(NamedTuple):
    """What is expected of a sickness, whether a patient has it, and what was measured."""

    expected: str
    holds: Callable
    measured: Callable


@cache
def patients():
    """The ten, as they were recorded."""
    read = [Patient(**record) for record in json.loads(RECORDED.read_text(encoding="utf-8"))]
    burst = (patient.after["activations"][-1] is None for patient in read)
    return [Patient(**vars(p) | {"after": None}) if gone else p for p, gone in zip(read, burst, strict=True)]


def percent(share):
    return f"{100 * share:.0f} %"


def short(x):
    return number(x, 3 if abs(x) >= 100 else 2)


def numbers(values):
    return ", ".join(map(short, values))


def over_epochs(curve):
    """A curve in words, at a few of its epochs."""
    epochs = [epoch for epoch in (0, 1, 4, 8, 12) if epoch < len(curve)]
    at = f"{'epochs' if len(epochs) > 1 else 'epoch'} {', '.join(map(str, epochs))}"
    return f"{numbers(curve[epoch] for epoch in epochs)} ({at})"


# What each diagnosis means, in what can be measured: it is right where all its signs hold, and where one does not, that
# one speaks against it.
DIAGNOSES = {
    "healthy": [
        Sign(
            f"at least {percent(CURED)} of the validation digits are right at the end",
            lambda p: p.last("validation_accuracy") >= CURED,
            lambda p: f"{percent(p.last('validation_accuracy'))} are",
        )
    ],
    "learning rate too large": [
        Sign(
            "the loss is as usual before the first step, below 5, and the steps spoil it",
            lambda p: p.curves["loss"][0] < 5,
            lambda p: f"it is {short(p.curves['loss'][0])} before any step",
        ),
        Sign(
            "a step at the start changes the weights of some layer by a tenth of their length or more",
            lambda p: max(p.before["updates"]) >= 0.1,
            lambda p: f"the largest update is {short(max(p.before['updates']))} of the weights",
        ),
    ],
    "learning rate too small": [
        Sign(
            "no layer's weights change by more than 0.0003 of their length in a step",
            lambda p: max(p.before["updates"]) < 3e-4,
            lambda p: f"the largest update is {short(max(p.before['updates']))} of the weights",
        ),
        Sign(
            "the training loss still falls in every epoch",
            lambda p: (np.diff(p.curves["loss"]) < 0).all() and len(p.curves["loss"]) > 1,
            lambda p: f"it goes {numbers(p.curves['loss'])}",
        ),
    ],
    "vanishing gradients": [
        Sign(
            "the gradient of the first layer is less than a thousandth of the last layer's",
            lambda p: p.shrinks < 1e-3,
            lambda p: f"it is {short(p.shrinks)} times the last layer's, before the first step",
        )
    ],
    "exploding signals": [
        Sign(
            "what comes out before the first step is more than 20 times as large as what comes in",
            lambda p: p.grows > 20,
            lambda p: f"it is {short(p.grows)} times as large",
        )
    ],
    "dead ReLUs": [
        Sign(
            "in some layer nine of ten units are 0 for every digit",
            lambda p: p.dead >= 0.9,
            lambda p: f"in the worst layer {percent(p.dead)} are",
        )
    ],
    "overfitting": [
        Sign(
            "what is learned holds for other digits too, if less well: on validation it gets far above 10 %",
            lambda p: max(p.curves["validation_accuracy"]) >= 0.3,
            lambda p: f"its best is {percent(max(p.curves['validation_accuracy']))}",
        ),
        Sign(
            "the training digits are known by heart, 98 % or more",
            lambda p: p.last("accuracy") >= 0.98,
            lambda p: f"{percent(p.last('accuracy'))} are",
        ),
        Sign(
            "at the end the validation loss is more than five times the training loss",
            lambda p: p.last("validation_loss") > 5 * p.last("loss"),
            lambda p: f"it is {short(p.last('validation_loss'))} against {short(p.last('loss'))}",
        ),
    ],
    "wrong labels": [
        Sign(
            "the training digits are slowly learned by heart, 40 % of them or more",
            lambda p: p.last("accuracy") >= 0.4,
            lambda p: f"{percent(p.last('accuracy'))} of them are right at the end",
        ),
        Sign(
            "nothing of it holds for other digits: validation stays at about 10 %",
            lambda p: max(p.curves["validation_accuracy"]) < 0.2,
            lambda p: f"it reaches {percent(max(p.curves['validation_accuracy']))}",
        ),
    ],
    "an output unit asleep": [
        Sign(
            "one digit is never recognized, and each of the others by 30 % or more",
            lambda p: min(p.digits) < 0.02 and sorted(p.digits)[1] >= 0.3,
            lambda p: (
                f"the two worst are right {percent(min(p.digits))} and {percent(sorted(p.digits)[1])} of the time"
            ),
        )
    ],
    "inputs not scaled": [
        Sign(
            "the inputs, layer 0 among the activations, are far larger than 1",
            lambda p: p.before["activations"][0] > 3,
            lambda p: f"their size is {short(p.before['activations'][0])}",
        )
    ],
}


def against(diagnosis, patient):
    """The first sign of a diagnosis that the patient does not have; None if it has all: then that is right."""
    return next((sign for sign in DIAGNOSES[diagnosis] if not sign.holds(patient)), None)


def works(cure, patient):
    """Does a cure, one of `patient.cures` or NO_CURE, bring the patient to CURED? The healthy need none."""
    if against("healthy", patient) is None:
        return cure == NO_CURE
    return cure in patient.cures and patient.cures[cure]["validation_accuracy"][-1] >= CURED


class Decision(widgets.Box):
    """A list and a button: `value` is what the list showed when the button was pressed, at first None.

    So no key goes through options that one did not mean, and that would cost.
    """

    value = traitlets.Unicode(None, allow_none=True)

    def __init__(self, label, button, options):
        self.options = tuple(options)
        self._list = dropdown(label, (OPEN, *self.options))
        self._button = widgets.Button(description=button, tooltip=f"{button}: decide on what the list shows")
        self._button.on_click(lambda _: self.set_trait("value", None if self._list.value == OPEN else self._list.value))
        self._list.layout.margin = self._button.layout.margin = "0"
        super().__init__([self._list, self._button], layout={"flex_flow": "column", "align_items": "stretch"})

    @traitlets.validate("value")
    def _known(self, proposal):
        if proposal.value not in (None, *self.options):
            raise traitlets.TraitError(f"expected one of {listed(self.options)}, got {proposal.value!r}.")
        return proposal.value

    @traitlets.observe("value")
    def _show(self, change):
        self._list.value = change.new or OPEN


@dataclass
class Chart:
    """What was done with a patient: what is shown now, and all that was ever ordered or said."""

    tests: tuple = ()
    diagnosis: str | None = None
    cure: str | None = None
    paid: set = field(default_factory=set)
    diagnoses: set = field(default_factory=set)
    cures: set = field(default_factory=set)

    def write(self, tests, diagnosis, cure):
        self.tests, self.diagnosis, self.cure = tests, diagnosis, cure
        self.paid.update(tests)
        self.diagnoses.update(filter(None, [diagnosis]))
        self.cures.update(filter(None, [cure]))

    def points(self, patient):
        """(for what was right, for tests and for what was wrong) so far."""
        verdicts = [against(diagnosis, patient) is None for diagnosis in self.diagnoses]
        effects = [works(cure, patient) for cure in self.cures]
        wrong = verdicts.count(False) + effects.count(False)
        return RIGHT * (any(verdicts) + any(effects)), sum(TESTS[test] for test in self.paid) + WRONG * wrong

    def closed(self, patient):
        right, _ = self.points(patient)
        return right == 2 * RIGHT


class TrainingClinic(Explorer):
    """A patient, tests at a price, a diagnosis, a cure, and the points for all patients so far.

    The controls, which can be set at the start, are `patient` (1 … 10), `tests`, `diagnosis` and `cure`. What was
    ordered and said of each patient stays in its chart, until Reset.
    """

    size = 780, 440

    def __init__(self, **start):
        self.patients, self.charts = patients(), {}
        super().__init__(**start)

    def controls(self):
        cures = dict.fromkeys(name for patient in self.patients for name in patient.cures)
        return {
            "patient": dropdown("patient", range(1, len(self.patients) + 1)),
            "tests": CheckList("tests", TESTS),
            "diagnosis": Decision("diagnosis", "Diagnose", DIAGNOSES),
            "cure": Decision("cure", "Treat", (NO_CURE, *sorted(cures))),
        }

    def draw(self, figure):
        self.ax = figure.add_axes((0.085, 0.2, 0.375, 0.685), xlabel="epoch", ylabel="loss")
        epochs = max(len(patient.curves["loss"]) for patient in self.patients) - 1
        self.ax.set(xlim=(-0.3, epochs + 0.3), ylim=(0, TOPS[-1]), xticks=range(0, epochs + 1, 2))
        self.lines = {
            name: moving(self.ax, color=color, ls=ls, marker="o", ms=3) for name, (color, ls) in CURVES.items()
        }
        self.legends = [moving_text(self.ax, 0.98, 0.94 - 0.07 * k, ha="right", size=10) for k in range(len(CURVES))]
        self.ax.set_title("the loss", size=12)
        self.title = moving_text(self.ax, 1, 1.03, size=12, ha="right")
        self.note = moving_text(self.ax, 0.02, 0.94, size=10, color=BLUE)
        self.verdict = moving_text(figure, 0.02, 0.03, size=10)
        figure.text(0.555, 0.95, "— before the first step", size=10, color=GRAY)
        figure.text(0.795, 0.95, "— at the end", size=10, color=BLUE)
        layers = max(len(patient.before["gradients"]) for patient in self.patients)
        places, self.probes = [(0.555, 0.6), (0.795, 0.6), (0.555, 0.2), (0.795, 0.2)], {}
        self.axes = {test: figure.add_axes((*at, 0.19, 0.27)) for test, at in zip(PANELS, places, strict=True)}
        for test, (title, limits) in PANELS.items():
            ax, last = self.axes[test], layers if limits else 9
            ax.set_title(title, size=10)
            ax.tick_params(labelsize=9)
            ax.set(xlim=(-0.6, last + 0.6), xticks=range(0, last + 1, 3))
            if limits:
                ax.set(yscale="log", ylim=limits)
                ax.minorticks_off()
                self.probes[test] = [moving(ax, color=color, marker="o", ms=4, lw=1.5) for color in (GRAY, BLUE)]
            else:
                ax.set(ylim=(0, 1.02), yticks=[0, 0.5, 1], yticklabels=["0 %", "50 %", "100 %"])
                self.bars = moving_segments(ax, colors=BLUE, linewidths=7, capstyle="butt")
        self.axes["updates"].set_xlabel("layer", size=10)
        self.axes["activations"].set_ylabel("size", size=10, labelpad=-2)
        self.axes["right by digit"].set_xlabel("digit", size=10)
        look = {"ha": "center", "va": "center", "size": 9}
        self.closed = {test: moving_text(ax, 0.5, 0.5, **look) for test, ax in self.axes.items()}

    def update(self, patient, tests, diagnosis, cure):
        p = self.patients[patient - 1]
        self.charts.setdefault(patient, Chart()).write(tests, diagnosis, cure)
        self._show_losses(p, "validation curve" in tests, p.curves if cure == NO_CURE else p.cures.get(cure))
        self._show_tests(p, tests)
        self.title.set_text(f"patient {patient}")
        verdicts = []
        if diagnosis:
            verdicts += [f"diagnosis: {diagnosis}, {'wrong' if against(diagnosis, p) else 'right'}"]
        if cure:
            verdicts += [f"cure: {cure}, {'works' if works(cure, p) else 'does not work'}"]
        self.verdict.set_text(";   ".join(verdicts))
        hint = [] if tests or diagnosis or cure else [HINT]
        return [*hint, *about_diagnosis(diagnosis, p), *about_cure(cure, p), self._bill()]

    def goals(self, patient, tests, diagnosis, cure):
        opened = [(self.patients[k - 1], chart) for k, chart in self.charts.items()]
        closed = [p for p, chart in opened if chart.closed(p)]
        yield "find a patient's sickness, and a cure that works.", any(against("healthy", p) for p in closed)
        home = [p for p, chart in opened if chart.closed(p) and chart.diagnoses == {"healthy"}]
        two = sum(against("healthy", p) is None for p in home) == 2
        yield "recognize both healthy patients at the first try: call neither ill, and leave them as they are.", two
        task = (
            f"diagnose and cure all {len(self.patients)}, and keep {PASS} points or more ({number(self.points)} now)."
        )
        yield task, len(closed) == len(self.patients) and self.points >= PASS

    def caption(self, patient, tests, diagnosis, cure):
        p = self.patients[patient - 1]
        text = f"Patient {patient}. Training: loss {over_epochs(p.curves['loss'])}"
        text += f", {percent(p.last('accuracy'))} right at the end." if p.after else ", then it stops being a number."
        if "validation curve" in tests:
            right = percent(p.last("validation_accuracy"))
            text += f" Validation: loss {over_epochs(p.curves['validation_loss'])}, {right} right at the end."
        for test in self.probes:
            if test in tests:
                end = f", at the end {numbers(p.after[test])}" if p.after else ""
                text += f" {test.capitalize()} by layer: before the first step {numbers(p.before[test])}{end}."
        if "activations" in tests:
            dead = ", ".join(map(percent, (p.after or p.before)["dead"]))
            text += f" Units that are 0 for every digit, in each hidden layer: {dead}."
        if "right by digit" in tests:
            text += f" Right of the digits 0 to 9: {', '.join(map(percent, p.digits))}."
        return text

    def reset(self):
        self.charts.clear()
        super().reset()

    @property
    def points(self):
        return sum(np.subtract(*chart.points(self.patients[k - 1])) for k, chart in self.charts.items())

    def _moved_to(self, change):
        if change.owner is self.control["patient"]:  # what was ordered and said of this one
            chart = self.charts.get(change.new, Chart())
            self.set(tests=chart.tests, diagnosis=chart.diagnosis, cure=chart.cure)
        super()._moved_to(change)

    def _show_losses(self, p, validation, cured):
        losses = {"training": p.curves["loss"], "validation": p.curves["validation_loss"] if validation else []}
        losses |= {"cured": cured["loss"], "cured, validation": cured["validation_loss"]} if cured else {}
        highest = max(loss for curve in losses.values() for loss in curve)
        top = next((top for top in TOPS if top > 1.4 * highest), TOPS[-1])  # room for the legend
        set_if_changed(self.ax, ylim=(0, top))
        first, burst = p.curves["loss"][0], len(p.curves["loss"]) == 1
        high = f"↑ first loss {short(first)}" if first > top else ""
        self.note.set_text(f"{high}\nthen no number" if burst else high)
        self.note.set_y(0.87 if burst else 0.94)
        for line, text, (name, (color, ls)) in zip(self.lines.values(), self.legends, CURVES.items(), strict=True):
            curve = losses.get(name, [])
            line.set_data(range(len(curve)), np.clip(curve, None, 1e3))
            text.set_text(f"{'- -' if ls == '--' else '—'} {name}" if curve else "")
            text.set_color(DARK_ORANGE if color == ORANGE else color)

    def _show_tests(self, p, tests):
        for test, lines in self.probes.items():
            first = 0 if test == "activations" else 1
            for line, probe in zip(lines, (p.before, p.after), strict=True):
                values = probe[test] if probe and test in tests else []
                line.set_data(range(first, first + len(values)), np.clip(values, *line.axes.get_ylim()))
        self.bars.set_segments([[(k, 0), (k, x)] for k, x in enumerate(p.digits) if "right by digit" in tests])
        for test, text in self.closed.items():
            price = TESTS[test]
            text.set_text("" if test in tests else f"not ordered,\n{price} point{'s' * (price > 1)}")

    def _bill(self):
        sums = [chart.points(self.patients[k - 1]) for k, chart in self.charts.items()]
        gained, spent = np.sum(sums, axis=0)
        rules = f"A right diagnosis and a cure that works bring {RIGHT} points each, a wrong one costs {WRONG}"
        prices = ", ".join(f"{test} {price}" for test, price in TESTS.items())
        return f"Points: {number(gained)} gained, {number(spent)} spent. {rules}; prices of tests: {prices}."


def about_diagnosis(diagnosis, p):
    if diagnosis is None:
        return []
    sign = against(diagnosis, p)
    if sign:
        return [f"Not “{diagnosis}”: then {sign.expected}. Here {sign.measured(p)}."]
    signs = "; ".join(f"{sign.expected} ({sign.measured(p)})" for sign in DIAGNOSES[diagnosis])
    others = [f"“{name}”" for name in DIAGNOSES if name != diagnosis and against(name, p) is None]
    more = f" {listed(others)} is right as well: one brings about the other." if others else ""
    return [f"Right, “{diagnosis}”: {signs}.{more} The patient's file: {p.file}."]


def about_cure(cure, p):
    if cure is None:
        return []
    before, healthy = percent(p.last("validation_accuracy")), against("healthy", p) is None
    if cure == NO_CURE:
        end = "and need not be better" if healthy else f"and {percent(CURED)} would be well"
        return [f"Left as it is, {before} of the validation digits are right, {end}."]
    if cure not in p.cures:
        return [f"“{cure}” changes nothing here: it is so already."]
    after = p.cures[cure]["validation_accuracy"]
    if len(after) == 1:
        text = f"With “{cure}” the loss stops being a number in the first epoch."
    else:
        text = f"After “{cure}” {percent(after[-1])} of the validation digits are right, before it {before}."
    end = "It works." if works(cure, p) else f"A cure that works reaches {percent(CURED)}."
    return [f"{text} {'But nobody was ill.' if healthy else end}"]


# --- the laboratory ---------------------------------------------------------------------------------------------------

STEPS, EVERY = 300, 10  # steps of a training, and between two measurements
SIZES = (20, 50, 200)
WEAKEST = -5  # of λ, as a power of ten; it does next to nothing
NOISE = 0.3
LOW, HIGH = np.array([-2.0, -1.6]), np.array([3.0, 2.1])
SIDES = [np.linspace(low, high, 81) for low, high in zip(LOW, HIGH, strict=True)]


class Fit(NamedTuple):
    """A trained network: its logits on the grid of SIDES, and its losses every EVERY steps."""

    logits: np.ndarray
    training: list
    validation: list
    right: float  # share of the validation points


@cache
def points(n):
    return moons(n, NOISE, seed=1)


def fit(n, strength, dropout, units):
    """A 2-units-1 network after STEPS steps of Adam with all n points at once."""
    between = [Dropout(dropout)] if dropout else []
    network = Sequential([Linear(2, units), ReLU(), *between, Linear(units, 1)], "sigmoid", dtype=np.float64)
    training, validation = [], []
    X, y = points(n)
    others = moons(400, NOISE, seed=100)

    def note(record):
        if record["epoch"] % EVERY == 0:
            training.append(network.evaluate(X, y)["loss"])
            validation.append(network.evaluate(*others)["loss"])

    note({"epoch": 0})
    train(network, X, y, STEPS, n, Adam(0.03), l2=strength, on_epoch=note)
    grid = np.stack(np.meshgrid(*SIDES), axis=-1).reshape(-1, 2)
    logits = network.logits(grid).reshape(len(SIDES[1]), len(SIDES[0]))
    return Fit(logits, training, validation, network.evaluate(*others)["accuracy"])


class RegularizationLab(Explorer):
    """Points of two moons, the boundary of the network that was trained on them, and both losses while it was.

    The controls, which can be set at the start, are `n` (points), `units`, `strength` (λ of L2) and `dropout`.
    """

    size = 780, 360

    def controls(self):
        return {
            "n": dropdown("points", SIZES),
            "units": slider("hidden units", 4, 2, 64, 2),
            "strength": slider("L2 strength λ", 10**WEAKEST, WEAKEST, 0, 0.1, log=True),
            "dropout": slider("dropout p", 0, 0, 0.8, 0.1),
        }

    def draw(self, figure):
        left, right = figure.add_axes((0.095, 0.15, 0.41, 0.74)), figure.add_axes((0.59, 0.15, 0.39, 0.74))
        left.set(title="the points and the boundary", xlabel="x₁", ylabel="x₂")
        right.set(title="the loss", xlabel="step", ylabel="loss", xlim=(0, STEPS), ylim=(0, 1.5))
        extent = (LOW[0], HIGH[0], LOW[1], HIGH[1])
        look = {"cmap": WEIGHTS, "vmin": -2, "vmax": 2, "interpolation": "bilinear", "aspect": "auto"}
        self.shade = left.imshow(np.zeros((2, 2)), origin="lower", extent=extent, animated=True, **look)
        self.boundary = moving_segments(left, colors="#333333", linewidths=2)
        kinds = ("o", BLUE), ("^", ORANGE)
        self.dots = [moving(left, marker=mark, color=color, ls="", ms=7, mec="white") for mark, color in kinds]
        left.set(xlim=(LOW[0], HIGH[0]), ylim=(LOW[1], HIGH[1]))
        self.curves = [moving(right, color=color) for color in (BLUE, ORANGE)]
        looks = (BLUE, "training"), (DARK_ORANGE, "validation")
        self.texts = [
            moving_text(right, 0.97, 0.92 - 0.08 * k, ha="right", color=look[0]) for k, look in enumerate(looks)
        ]

    def update(self, n, units, strength, dropout):
        self.fit = fit(n, strength, dropout, int(units))
        X, y = points(n)
        self.shade.set_data(1 - 2 / (1 + np.exp(-self.fit.logits)))
        self.boundary.set_segments(contour_generator(*SIDES, self.fit.logits).lines(0))
        for k, dots in enumerate(self.dots):
            dots.set_data(*X[y == k].T)
        losses = {"training": self.fit.training, "validation": self.fit.validation}
        steps = range(0, STEPS + 1, EVERY)
        for curve, text, (name, loss) in zip(self.curves, self.texts, losses.items(), strict=True):
            curve.set_data(steps, loss)
            text.set_text(f"{name} {number(loss[-1], 2)}")
        if self.fit.training[-1] > 0.5:
            return ["The brake is too strong: not even the training points are learned."]
        if self.fit.validation[-1] > 1.5 * min(self.fit.validation):
            return ["What it learned last are these points, not the moons: the validation loss rose again."]
        return []

    def goals(self, n, units, strength, dropout):
        training, validation = self.fit.training[-1], self.fit.validation[-1]
        weak, few = strength <= 10**WEAKEST * 1.01, n == SIZES[0] and units >= 32
        heart = n == SIZES[0] and training < 0.05 and validation > 0.8
        yield "20 points: let it know them by heart, training loss below 0.05, validation loss above 0.8.", heart
        task = "20 points, 32 units or more: with L2 alone, bring the validation loss down to 0.33 or less."
        yield task, few and dropout == 0 and validation <= 0.33
        task = "the same with dropout alone, λ at its weakest: 0.6 or less."
        yield task, few and weak and dropout > 0 and validation <= 0.6
        task = "and with neither, but more points: 0.4 or less with 32 units or more."
        yield task, n > SIZES[0] and units >= 32 and weak and dropout == 0 and validation <= 0.4

    def caption(self, n, units, strength, dropout):
        lowest = int(np.argmin(self.fit.validation))
        setting = f"{n} points, {units:.0f} hidden units, λ = {number(strength, 2)}, dropout {dropout:.1f}"
        ends = f"training {number(self.fit.training[-1], 2)}, validation {number(self.fit.validation[-1], 2)}"
        best = f"the validation loss was lowest, {number(self.fit.validation[lowest], 2)}, at step {lowest * EVERY}"
        right = f"{percent(self.fit.right)} of the validation points are on their side of the boundary"
        return f"{setting}. Loss after {STEPS} steps: {ends}; {best}. {right}."
