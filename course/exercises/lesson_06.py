"""The exercises and the quiz of lesson 06, Gradient descent.

6.1 to 6.3 are classes; their parameters are looked at after each of three steps. Mini-batches may come in any random
order, and settings may be any that work, so 6.4 and 6.5 are put to use and looked at.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise
from numbers import Integral, Real

import numpy as np

from course import sandbox
from course.exercises import general
from course.exercises.grading import RIGHT, Exercise, Verdict, challenge, exercise
from course.exercises.lesson_03 import forward
from course.exercises.lesson_05 import backward
from course.exercises.questions import Question
from course.results import Seen, case, is_unwritten
from helpers import data, network, training

TITLE = "Gradient descent"

# --- 6.1 to 6.3: optimizers -------------------------------------------------------------------------------------------

AFTER = tuple(f"{name} after step {k}" for k in (1, 2, 3) for name in ("W", "b"))


def three_steps(make, settings, W, b, gradients, halved=False):
    """W and b after each of three steps of an optimizer; if `halved`, the last has half the learning rate."""
    optimizer, W, b, after = make(**settings), W.copy(), b.copy(), []
    for k, pair in enumerate(gradients):
        if halved and k == 2:
            optimizer.learning_rate = settings["learning_rate"] / 2
        with np.errstate(divide="raise", invalid="raise"):  # said where it happens, not seen later as nan
            result = optimizer.step([W, b], list(pair))
        if is_unwritten(result):
            return result
        after += [W.copy(), b.copy()]
    return tuple(after)


def steps_case(halved=False, positive=False, **settings):
    """A case of W (2, 3) and b (2, 1), with other gradients at each step; two cases never share their numbers."""
    rng = np.random.default_rng(len(settings) + 10 * halved)
    W, b, *gradients = (rng.normal(size=size).round(2) for size in [(2, 3), (2, 1)] * 4)
    said = ", ".join(f"{name}={value}" for name, value in settings.items())
    words = f"`{said}`" + " and a schedule that halves the learning rate after step 2" * halved
    gradients = [abs(g) for g in gradients] if positive else gradients
    pairs = tuple(zip(gradients[::2], gradients[1::2], strict=True))
    return case(words=words, settings=settings, W=W, b=b, gradients=pairs, halved=halved)


def large_steps(**settings):
    """Three steps for a layer of 500,000 weights."""
    g = np.ones((1000, 500)), np.ones((1000, 1))
    return lambda: (settings, np.zeros((1000, 500)), np.zeros((1000, 1)), (g, g, g))


NOT_ALL = "Not all arrays moved: go through both lists to the end. Is there a `return` in the loop, or no loop?"
FIXED = "The learning rate is always the same; take `self.learning_rate`, which is given when the optimizer is made."
LISTS = "`parameters` and `gradients` are lists of arrays: take one of each at a time, `for theta, g in zip(…)`."


@exercise(
    "6.1",
    "gradient descent, as a class",
    points=1,
    minutes=8,
    level=1,
    use=three_steps,
    returns=AFTER,
    large=large_steps(learning_rate=0.5),
    cases=[steps_case(learning_rate=0.3), steps_case(learning_rate=0.05, halved=True)],
    hints=[
        "Where is downhill, if `g` says how fast the loss grows as theta grows?",
        "The step is the learning rate times the gradient, and you go against the gradient. Go through both lists at "
        "once with `zip`; within an array NumPy needs no loop.",
        "For theta = 1, g = 0.5 and a learning rate of 0.1 the step is 0.05, and you arrive at 0.95: `-=` changes "
        "the same array.",
    ],
    reason="The gradient points uphill, so the minus leads down. `-=` changes the arrays that the network holds, so "
    "nothing need be given back.",
    takeaway="One line, and it trains every network of this course; all that follows makes this line better.",
)
class SGD:
    def __init__(self, learning_rate=0.1):
        self.learning_rate = learning_rate

    def step(self, parameters, gradients):  # lists of arrays; changes them in place
        for theta, g in zip(parameters, gradients, strict=True):
            theta -= self.learning_rate * g


for says, edit in (
    ("You walk uphill: the gradient points to where the loss grows. Subtract it.", {"-=": "+="}),
    ("The step is as long as the gradient itself; the learning rate should scale it.", {"self.learning_rate * g": "g"}),
    ("This is the step, α g. The new place is the old one, theta, minus this step.",
     {"theta -= self.learning_rate * g": "theta[...] = self.learning_rate * g"}),
    ("This is the way you go, −α g. Add it to where you stand, theta.",
     {"theta -= self.learning_rate * g": "theta[...] = -self.learning_rate * g"}),
    ("You divided by the learning rate. A small learning rate must make small steps: multiply.",
     {"self.learning_rate * g": "g / self.learning_rate"}),
    ("Every parameter shrank by the same share, whatever its gradient. The step is α times `g`.",
     {"self.learning_rate * g": "self.learning_rate * theta"}),
    ("You used only the sign of the gradient. A steep slope makes a long step, a gentle one a short step.",
     {"* g": "* np.sign(g)"}),
    ("Left and right are exchanged: it is theta minus α g, not α g minus theta.",
     {"theta -= self.learning_rate * g": "theta[...] = self.learning_rate * g - theta"}),
    (NOT_ALL, {"zip(parameters, gradients": "zip(parameters[1:], gradients[1:]"}),
    ("Without `zip` the loop takes the two lists for two pairs: first both parameters, then both gradients.",
     {"zip(parameters, gradients, strict=True)": "(parameters, gradients)"}),
    ("An array met the gradient of another. Each has its own: one loop over both lists, `for theta, g in zip(…)`.",
     {"theta, g in zip(parameters, gradients, strict=True)": "theta in parameters",
      "theta -=": "for g in gradients: theta -="}),
    (NOT_ALL, {"* g\n": "* g\n            return\n"}),
    (FIXED, {"self.learning_rate * g": "0.1 * g"}),
    (FIXED, {"self.learning_rate * g": "0.3 * g"}),
    ("The learning rate came in twice, as a factor of `g` and once more.",
     {"self.learning_rate * g": "self.learning_rate**2 * g"}),
    (LISTS,
     {"for theta, g in zip(parameters, gradients, strict=True):\n            theta": "parameters",
      "* g": "* gradients"}),
    (LISTS, {"parameters, gradients, strict": "np.array(parameters), gradients, strict"}),
):  # fmt: skip
    SGD.mistake(says, edit)


FIRST_V = "`self.v` is None until the first step: then make a list, with an array of zeros for each parameter."


@exercise(
    "6.2",
    "momentum, as a class",
    points=2,
    minutes=10,
    level=2,
    use=three_steps,
    returns=AFTER,
    large=large_steps(learning_rate=0.5, beta=0.9),
    cases=[steps_case(learning_rate=0.3, beta=0.7), steps_case(learning_rate=0.05, beta=0.9, halved=True)],
    hints=[
        "For each array two lines: first its new v from the old v and g, then theta with that new v.",
        "v keeps the share β of itself and gains the whole gradient. Then take the step of exercise 6.1, with v for g. "
        "`v *= …` and `v += …` change the array that `self.v` holds.",
        "From v = 2 with g = 0.5 and β = 0.8 the new v is 1.6 + 0.5 = 2.1; with α = 0.1 theta falls by 0.21. At the "
        "first step `self.v = [np.zeros_like(theta) for theta in parameters]`.",
    ],
    reason="v is a sum of all gradients so far, each weighed with β once for every step since. What points one way "
    "adds up, what flips its sign cancels. Each array has a v of its own, which lasts from step to step.",
    takeaway="What agrees from step to step adds up to 1 / (1 − β) times one gradient; what flips cancels.",
)
class Momentum:
    def __init__(self, learning_rate=0.1, beta=0.9):
        self.learning_rate, self.beta = learning_rate, beta
        self.v = None  # made at the first step: an array of zeros for each parameter

    def step(self, parameters, gradients):  # lists of arrays; changes them in place
        if self.v is None:
            self.v = [np.zeros_like(theta) for theta in parameters]
        for theta, g, v in zip(parameters, gradients, self.v, strict=True):
            v *= self.beta
            v += g
            theta -= self.learning_rate * v


AS_SGD = (
    "This is plain descent, a step with `g` alone. Either theta moves by g in place of v, or v does not last until the "
    "next step: `v = …` in the loop makes a new array, and `self.v` keeps the old one; `v *= …` and `v += …` change it."
)
ONE_V = (
    "An array met the v or the gradient of another, which differ in shape. Each has its own gradient, and its own v."
)
NO_V = {"        if self.v is None:\n            self.v = [np.zeros_like(theta) for theta in parameters]\n": ""}
for says, edit in (
    ("You walk uphill: v gathers gradients, and gradients point up. Subtract α v.", {"-=": "+="}),
    ("The order: you moved with the old v, and updated it afterwards. First v, then theta with the new v.",
     {"            v *=": "            theta -= self.learning_rate * v\n            v *=",
      "v += g\n            theta -= self.learning_rate * v": "v += g"}),
    (AS_SGD, {"rate * v": "rate * g"}),
    (AS_SGD, {"v *= self.beta": "v = self.beta * v + g", "            v += g\n": ""}),
    (AS_SGD, {"        if self.v is None:\n    ": ""}),
    ("This v is an average, with the factor 1 − β on g, as Adam has it. Momentum adds the whole gradient.",
     {"v += g": "v += (1 - self.beta) * g"}),
    ("β and 1 − β are swapped. β, near 1, says how much of the old v is kept; g comes in whole.",
     {"v *= self.beta": "v *= 1 - self.beta", "v += g": "v += self.beta * g"}),
    ("β and 1 − β are swapped. β, near 1, says how much of the old v is kept; g comes in whole.",
     {"v *= self.beta": "v *= 1 - self.beta"}),
    ("β is on the wrong one: it shrinks the old v, and g comes in whole.",
     {"            v *= self.beta\n": "", "v += g": "v += self.beta * g"}),
    ("β shrinks only the old v; the new gradient comes in whole. Mind the brackets.",
     {"v *= self.beta": "v += g", "v += g\n            theta": "v *= self.beta\n            theta"}),
    ("Nothing slows v down: each step must first multiply the old v by β.", {"            v *= self.beta\n": ""}),
    ("Many books have α inside v, and your numbers are right as long as α stays the same. Here v is free of α: v = β v "
     "+ g, then α v.", {"v += g": "v += self.learning_rate * g", "rate * v": "rate * v / self.learning_rate"}),
    (NOT_ALL, {"rate * v\n": "rate * v\n            return\n"}),
    ("The first gradient counts twice: v begins at 0, and each step, the first too, adds its gradient once.",
     {"np.zeros_like(theta) for theta in parameters": "g.copy() for g in gradients"}),
    ("v begins as the parameters themselves; it begins at 0, and gathers gradients.",
     {"np.zeros_like(theta) for": "theta.copy() for"}),
    ("`v += β v + g` keeps the whole old v besides the share β of it: first `v *= β`, then `v += g`.",
     {"v *= self.beta\n            v += g": "v += self.beta * v + g"}),
    ("The learning rate is missing: theta moves by α v.", {"self.learning_rate * v": "v"}),
    ("This moves on by β v + g with the new v, as Nesterov's variant does. Take theta − α v.",
     {"rate * v": "rate * (g + self.beta * v)"}),
    (ONE_V,
     {"[np.zeros_like(theta) for theta in parameters]": "0.0",
      ", v in zip(parameters, gradients, self.v,": " in zip(parameters, gradients,",
      "v *= self.beta\n            v += g": "self.v = self.beta * self.v + g", "rate * v": "rate * self.v"}),
    (FIRST_V, NO_V),
    (FIRST_V,
     {**NO_V, ", v in zip(parameters, gradients, self.v,": " in zip(parameters, gradients,",
      "            v *= self.beta\n            v += g": "            self.v = self.beta * self.v + g",
      "rate * v": "rate * self.v"}),
    ("`self.v` became the list of gradients itself. v needs arrays of its own, which are 0 before the first step.",
     {"[np.zeros_like(theta) for theta in parameters]": "gradients"}),
    ("β is always 0.9; take `self.beta`.", {"v *= self.beta": "v *= 0.9"}),
    ("The arrays of `parameters` differ in shape: make zeros for each, in a list.",
     {"[np.zeros_like(theta) for theta in parameters]": "np.zeros_like(parameters)"}),
    ("The first step makes v and moves nothing. Go on after that: every step moves.",
     {"for theta in parameters]\n": "for theta in parameters]\n            return\n"}),
):  # fmt: skip
    Momentum.mistake(says, edit)


@exercise(
    "6.3",
    "Adam, as a class",
    points=3,
    minutes=20,
    level=3,
    use=three_steps,
    returns=AFTER,
    large=large_steps(learning_rate=0.1),
    cases=[
        steps_case(learning_rate=0.1, beta_1=0.8, beta_2=0.9, epsilon=0.5),  # a large ε, so that its place shows
        steps_case(learning_rate=0.02, beta_1=0.7, beta_2=0.95, epsilon=0.3, halved=True),
        steps_case(learning_rate=0.1, beta_1=0.8, beta_2=0.9, epsilon=0.4, positive=True),  # no root of what is below 0
    ],
    hints=[
        "Count the step, then four things for each array, in this order: the new v, the new s, their corrected values, "
        "the new theta.",
        "v averages g with β₁, s averages g² with β₂: `beta * old + (1 - beta) * new`. The corrected ones are divided "
        "by 1 − β ** t, and used for theta only.",
        "At t = 1 from zero averages: v / (1 − β₁) is g, s / (1 − β₂) is g², and theta moves by nearly α. `self.v` and "
        "`self.s` are lists of zero arrays before the first step, as in 6.2.",
    ],
    reason="v says where to, s says how large gradients usually are, and their quotient has no unit: while "
    "gradients agree, every parameter moves by about α. The correction matters for the first steps, while the averages "
    "still remember their 0.",
    takeaway="The first step is α long, whatever the size of the gradient.",
)
class Adam:
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        self.learning_rate, self.epsilon = learning_rate, epsilon
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.v = self.s = None  # made at the first step: zeros for each parameter
        self.t = 0  # how many steps there were

    def step(self, parameters, gradients):  # lists of arrays; changes them in place
        if self.v is None:
            self.v = [np.zeros_like(theta) for theta in parameters]
            self.s = [np.zeros_like(theta) for theta in parameters]
        self.t += 1
        for theta, g, v, s in zip(parameters, gradients, self.v, self.s, strict=True):
            v *= self.beta_1
            v += (1 - self.beta_1) * g
            s *= self.beta_2
            s += (1 - self.beta_2) * g**2
            v_hat, s_hat = v / (1 - self.beta_1**self.t), s / (1 - self.beta_2**self.t)
            theta -= self.learning_rate * v_hat / (np.sqrt(s_hat) + self.epsilon)


POWER = "The power belongs to β alone: 1 − βᵗ is `1 - beta**t`."
HATS = "v / (1 - self.beta_1**self.t), s / (1 - self.beta_2**self.t)"
AT_ZERO = "At your first step the exponent is 0, and 1 − β⁰ = 0 is divided by. `t` must be 1 already at the first step."
NO_ROOT = (
    "A negative number has no root. Under the root stands ŝ = s / (1 − β₂ᵗ), with brackets and a power (`beta_2**t`, "
    "not β · t), and s must average the squares, `g**2`: it measures how large gradients are, whatever their sign."
)
WHOLE = "You added the whole gradient, as Momentum does. Adam keeps averages: (1 − β₁) g and (1 − β₂) g²."
for says, edit in (
    ("You walk uphill: v̂ is an average of gradients, and gradients point up. Subtract.", {"-=": "+="}),
    ("The averages start at 0 and are too small at first; v / (1 − β₁ᵗ) and s / (1 − β₂ᵗ) correct that.",
     {HATS: "v, s"}),
    ("v is corrected, s is not. Both averages start at 0: take ŝ = s / (1 − β₂ᵗ) under the root.",
     {"s / (1 - self.beta_2**self.t)": "s"}),
    ("s is corrected, v is not. Both averages start at 0: take v̂ = v / (1 − β₁ᵗ) above.",
     {"v / (1 - self.beta_1**self.t)": "v"}),
    (AT_ZERO, {"**self.t": "**(self.t - 1)"}),
    (AT_ZERO, {"        self.t += 1\n": ""}),
    ("Your exponent is t + 1. `t` is 1 at the first step, and then v / (1 − β₁) is exactly g.",
     {"**self.t": "**(self.t + 1)"}),
    ("`t` counts the steps. Yours grows inside the loop, once for every array.",
     {"        self.t += 1\n": "", "            v *=": "            self.t += 1\n            v *="}),
    ("You divide by 1 − β at every step. The power is missing, or t stays 1: 1 − β ** t tends to 1 as t grows.",
     {"**self.t": ""}),
    ("You multiplied by 1 − βᵗ. The averages are too small at first: divide.",
     {"v / (1": "v * (1", "s / (1": "s * (1"}),
    ("ε stands inside the root. It is added after it: `np.sqrt(s_hat) + epsilon`.",
     {"np.sqrt(s_hat) + self.epsilon": "np.sqrt(s_hat + self.epsilon)"}),
    ("ε must be added to the corrected √ŝ; you added it to √s.",
     {"(np.sqrt(s_hat) + self.epsilon)": "(np.sqrt(s) + self.epsilon) * np.sqrt(1 - self.beta_2**self.t)"}),
    ("ε is missing below the fraction: without it a gradient that is always 0 gives 0 / 0.", {" + self.epsilon": ""}),
    ("ε is added to the quotient: √ŝ + ε needs brackets below the fraction.",
     {"/ (np.sqrt(s_hat) + self.epsilon)": "/ np.sqrt(s_hat) + self.epsilon"}),
    (NO_ROOT, {"g**2": "g"}),
    (NO_ROOT, {"g**2": "g * 2"}),
    ("v and s are one and the same list, with two names: `self.v = self.s = […]`. Make a list for each.",
     {"            self.s = [np.zeros_like(theta) for theta in parameters]\n": "            self.s = self.v\n"}),
    (NO_ROOT, {"s / (1 - self.beta_2**self.t)": "s / 1 - self.beta_2**self.t"}),
    ("1 − β₁ᵗ needs brackets below the fraction: `v / (1 - beta_1**t)`.",
     {"v / (1 - self.beta_1**self.t)": "v / 1 - self.beta_1**self.t"}),
    (POWER, {"(1 - self.beta_1**self.t)": "(1 - self.beta_1)**self.t", "(1 - self.beta_2**": "((1 - self.beta_2)**"}),
    (POWER, {"(1 - self.beta_1**self.t)": "(1 - self.beta_1)**self.t"}),
    ("A power is written `**`; yours is β · t: it is 1 − βᵗ.", {"self.beta_1**self.t": "self.beta_1 * self.t"}),
    (NO_ROOT, {"self.beta_1**self.t": "self.beta_1 * self.t", "self.beta_2**self.t": "self.beta_2 * self.t"}),
    ("ε is subtracted; it is added to the root.", {") + self.epsilon": ") - self.epsilon"}),
    ("s averages g², the squares, not |g|.", {"g**2": "abs(g)"}),
    ("ε is added to the quotient: √ŝ + ε needs brackets below the fraction.",
     {"v_hat / (np.sqrt(s_hat) + self.epsilon)": "(v_hat / np.sqrt(s_hat) + self.epsilon)"}),
    ("Each average is corrected with its own β: s with β₂.", {"s / (1 - self.beta_2": "s / (1 - self.beta_1"}),
    ("In v the new gradient has the share 1 − β₁, so that the two shares make 1.",
     {"(1 - self.beta_1) * g": "self.beta_1 * g"}),
    ("s averages g², the squares of the gradient, not of its average v.", {"g**2": "v**2"}),
    ("v begins at 0 again in every step: `v = …` in the loop does not change what `self.v` holds.",
     {"v *= self.beta_1\n            v +=": "v ="}),
    ("The learning rate is missing in front of v̂.", {"self.learning_rate * v_hat": "v_hat"}),
    ("You squared (1 − β₂) together with g. Only g is squared: `(1 - beta_2) * g**2`.",
     {"(1 - self.beta_2) * g**2": "((1 - self.beta_2) * g) ** 2"}),
    ("The root is missing: v̂ is divided by √ŝ + ε, which is measured in the same unit as v̂.",
     {"np.sqrt(s_hat)": "s_hat"}),
    ("The numerator is g itself; Adam moves by its average, v̂.", {"rate * v_hat": "rate * g"}),
    ("β and 1 − β are swapped. β, near 1, says how much of the old average is kept.",
     {"v *= self.beta_1": "v *= 1 - self.beta_1", "(1 - self.beta_1) * g": "self.beta_1 * g",
      "s *= self.beta_2": "s *= 1 - self.beta_2", "(1 - self.beta_2) * g": "self.beta_2 * g"}),
    (WHOLE, {"(1 - self.beta_1) * g": "g", "(1 - self.beta_2) * g": "g"}),
    (WHOLE, {"(1 - self.beta_1) * g": "g"}),
    (WHOLE, {"(1 - self.beta_2) * g": "g"}),
    ("β₁ belongs to v and β₂ to s; yours are exchanged.",
     {"self.beta_1, self.beta_2 = beta_1, beta_2": "self.beta_1, self.beta_2 = beta_2, beta_1"}),
    ("The order: you moved with the old v and s, and updated them afterwards. First the averages, then theta.",
     {"            v *=": f"            v_hat, s_hat = {HATS}\n            v *=",
      f"**2\n            v_hat, s_hat = {HATS}": "**2"}),
    ("v̂ and ŝ were kept in place of v and s. The correction is for this step alone; the next one goes on from v and "
     "s.", {"            theta -=": "            v[...], s[...] = v_hat, s_hat\n            theta -="}),
    ("v and s begin at 0 again in every step. Make them at the first step only, and keep them in `self`; in the loop "
     "`v *= …` and `v += …` change what `self.v` holds, `v = …` does not.",
     {"        if self.v is None:\n            self.v": "        if True:\n            self.v"}),
    (NOT_ALL, {"epsilon)\n": "epsilon)\n            return\n"}),
    ("`self.v` and `self.s` are None until the first step: make lists then, an array of zeros for each parameter.",
     {"        if self.v is None:\n            self.v =": "        if self.t:\n            self.v ="}),
):  # fmt: skip
    Adam.mistake(says, edit)

for optimizer in (SGD, Momentum, Adam):
    for says, edit in (
        ("The parameters are what they were before. If the step is not 0, it went into a new array: `theta = theta - "
         "…` and `parameters[k] = …` make one that nobody else sees; `theta -= …` changes what the network holds.",
         {"theta -=": "theta = theta -"}),
        ("A schedule sets `learning_rate` between steps: keep it under this name, and read it in each step.",
         {"self.learning_rate": "self.alpha"}),
    ):  # fmt: skip
        optimizer.mistake(says, edit)


# --- answers that are put to use and looked at ------------------------------------------------------------------------


@dataclass(kw_only=True)
class Inspection(Exercise):
    """`look(answer)` yields names of what is wrong with it, and a sentence about what was seen; the first one counts.

    `says` has what to say to each name.
    """

    look: Callable
    says: dict[str, str]
    cases: tuple = ()

    def judge(self, answer):
        if answer is None or is_unwritten(answer):
            return self._open()
        if callable(self.right) and not callable(answer):
            return super().judge(answer)
        run = sandbox.run(lambda: next(self.look(answer), None), self.seconds or sandbox.SECONDS)
        if run.error == "NotImplementedError":
            return self._open()
        if run.stopped:
            return self._not_yet("too long", f"Your `{self.name}` took too long and was stopped.")
        if run.error:
            where = f" in {run.line}" if run.line else ""
            words = f"{run.error}: {run.message}".rstrip(": ").rstrip(".")
            words = f"Your `{self.name}` raised an exception{where}: {words}."
            if run.error == "IndexError" and "size 4" in run.message:  # in 6.4 the columns of X are four
                return self._diagnose("columns", words)
            name, says = general.diagnose(self, answer, 0, [Seen(**vars(run))]) or ("raised", "")
            return self._not_yet(name, words, says)
        return self._diagnose(*run.result) if run.result else Verdict(RIGHT, (self.takeaway,))

    def _diagnose(self, name, seen):
        return self._not_yet(self.says.get(name, name), seen, self.says.get(name, ""))


# --- 6.4: mini-batches ------------------------------------------------------------------------------------------------

N, SIZE = 10, 3
ORDER, YIELD, STARTS = "rng.permutation(len(X))", "yield X[batch].T, Y[batch].T", "range(0, len(X), batch_size)"
BATCHES = {  # what to say to what is seen below, and an example
    "dropped": ("The rest, smaller than the others, is a batch too. `range(0, len(X), batch_size)` begins it, and a "
        "slice that reaches beyond the end just stops there.",
        {STARTS: "range(0, len(X) - batch_size + 1, batch_size)"}),
    "with replacement": ("You drew with replacement, as `rng.integers` and `rng.choice` do, made a new order for each "
        "batch, or cut pieces that overlap. Draw one `rng.permutation(len(X))` before the loop, and cut it into "
        "pieces.", {ORDER: "rng.integers(len(X), size=len(X))"}),
    "not once": ("One order of all rows, `rng.permutation(len(X))`, cut into pieces takes every example once: "
        "`order[start : start + batch_size]`, where start is 0, batch_size, 2 batch_size and so on.",
        {STARTS: "range(0, len(X))"}),
    "not shuffled": ("Where examples are sorted, each batch would hold one class. Go through "
        "`rng.permutation(len(X))` instead.", {ORDER: "np.arange(len(X))"}),
    "batches shuffled": ("You shuffled the batches; what is in a batch stayed together. Shuffle the examples, then "
        "cut.", {ORDER: "np.arange(len(X))", STARTS: f"rng.permutation({STARTS})"}),
    "apart": ("X and Y were shuffled apart: every answer belongs to another question now. One order, used for both.",
        {YIELD: "yield X[batch].T, Y[rng.permutation(batch)].T"}),
    "same again": ("Do you make a generator inside? Use the `rng` that is given: it goes on from epoch to epoch.",
        {ORDER: "np.random.default_rng(3).permutation(len(X))"}),
    "rng not used": ("The same `rng` seed must give the same order: draw from the `rng` you are given.",
        {ORDER: "np.random.default_rng().permutation(len(X))"}),
    "sizes": ("All batches have `batch_size` examples, only the last may be smaller.",
        {f"start in {STARTS}": "batch in np.array_split(order, -(-len(X) // batch_size))",
         "        batch = order[start : start + batch_size]\n": ""}),
    "rows": ("Data stand in rows, batches in columns: this is the place to turn them, with `.T`, both of them.",
        {YIELD: "yield X[batch], Y[batch]"}),
    "reshaped": ("`reshape` cuts the numbers anew, in the order of the rows, so that examples mix. `.T` turns them.",
        {YIELD: "yield X[batch].reshape(4, -1), Y[batch].reshape(2, -1)"}),
    "swapped": ("Inputs and targets are exchanged: first the columns of X, then those of Y.",
        {YIELD: "yield Y[batch].T, X[batch].T"}),
    "columns": ("Examples are the rows of X: first `X[batch]`, then `.T`.", {YIELD: "yield X.T[batch], Y.T[batch]"}),
    "changed": ("`rng.shuffle` works in place, on the data of whoever called you. Shuffle indices; take `X[indices]`.",
        {ORDER: "np.arange(len(X))", "    for": "    rng.shuffle(X)\n    for"}),
    "returned": ("`return` leaves the function at once. `yield` hands out one pair, and the loop goes on when the "
        "next is wanted.", {YIELD: "return X[batch].T, Y[batch].T"}),
    "none": ("Does your slice end at `batch_size`? Then it is empty from the second batch on. It is `order[start : "
        "start + batch_size]`, of an order of all rows, `rng.permutation(len(X))`.",
        {"start + batch_size]": "batch_size]"}),
    "empty": ("Where batch_size divides the number of examples, there is no rest. `range(0, len(X), batch_size)` "
        "knows that.", {STARTS: "range(0, len(X) + 1, batch_size)"}),
}  # fmt: skip


def look_at_batches(minibatches):
    """Ten examples, recognizable by their numbers, in batches of three, twice; then in fives; then as at first."""
    X = np.arange(N, dtype=float)[:, None] + [0, 100, 200, 300]
    Y = -X[:, :2]
    kept, rng, orders = (X.copy(), Y.copy()), np.random.default_rng(1), []
    for size in (SIZE, SIZE, 5):
        batches = minibatches(X, Y, size, rng)
        if is_unwritten(batches):
            raise NotImplementedError
        if type(batches) is tuple and len(batches) == 2 and isinstance(batches[0], np.ndarray):
            yield "returned", "You returned one pair of arrays, not a sequence of pairs."
        if not hasattr(batches, "__iter__"):
            what = "nothing" if batches is None else f"something of type `{type(batches).__name__}`"
            yield "returned", f"Your `minibatches` gave {what}; expected pairs, one after the other: `yield` them."
        batches = list(islice(batches, 50))
        if not (np.array_equal(X, kept[0]) and np.array_equal(Y, kept[1])):
            yield "changed", "The data themselves are in another order now: they were changed in place."
        if len(batches) == 50:
            yield "too many", "There were 50 batches, and no end. Where does the loop stop?"
        orders.append((yield from look_at_epoch(batches, size)))
    if all(order == list(range(N)) for order in orders):
        yield "not shuffled", "The examples came in the order in which they stand in X."
    if orders[0] == orders[1]:
        yield "same again", "Two epochs with the same `rng` came in the same order."
    if min(sum(abs(a - b) == 1 for a, b in pairwise(order)) for order in orders[:2]) >= N - len(range(0, N, SIZE)):
        yield "batches shuffled", "What stood side by side in X came side by side."
    if (yield from look_at_epoch(list(minibatches(X, Y, SIZE, np.random.default_rng(1))), SIZE)) != orders[0]:
        yield "rng not used", "Two generators with the same seed gave two different orders."


def look_at_epoch(batches, size):
    """What is wrong with the batches of one epoch; returns the examples in the order in which they came."""
    order, sizes, apart, asked = [], [], False, f"With {N} examples and batch_size = {size} "
    for batch in batches:
        if is_unwritten(batch):
            raise NotImplementedError
        if type(batch) not in (tuple, list) or len(batch) != 2:
            yield "no pairs", "A batch should be a pair: the inputs, and the targets that belong to them."
        A0, Y = (np.asarray(part) for part in batch)
        shapes = f"A batch had the shapes {A0.shape} and {Y.shape}; expected (4, m) and (2, m)"
        if A0.ndim != 2 or Y.ndim != 2 or A0.dtype.kind not in "fi" or Y.dtype.kind not in "fi":
            yield "no pairs", f"{shapes}."
        if 0 in A0.shape:
            yield "empty" if len(order) == N else "none", f"{asked}there was a batch of none."
        if (len(A0), len(Y)) == (2, 4):
            yield "swapped", f"{shapes}."
        if (len(A0), len(Y)) != (4, 2) or A0.shape[1] != Y.shape[1]:
            yield "rows", f"{shapes}, a column for each example."
        if np.ptp(A0 - [[0], [100], [200], [300]], axis=0).any() or np.ptp(Y - [[0], [-100]], axis=0).any():
            whole = not np.ptp(A0.reshape(-1, 4) - [0, 100, 200, 300], axis=1).any()  # row by row as it was
            mixed = "The shapes of a batch are right, and a column holds numbers of several examples."
            yield "reshaped" if whole else "mixed", mixed
        order += [int(i) for i in A0[0]]
        sizes.append(A0.shape[1])
        apart = apart or not np.array_equal(-A0[:2], Y)
    if apart:
        yield "apart", "An example came with the target of another."
    missing, twice = len(set(order)) < N, len(set(order)) < len(order)
    if twice and missing:
        yield "with replacement", f"{asked}some examples came more than once, and others never."
    if missing and len(order) == N - N % size:
        yield "dropped", f"{asked}there were batches of {' and '.join(map(str, sizes))}: {len(order)} in all."
    if missing or twice:
        yield "not once", f"{asked}some examples {'never came' if missing else 'came more than once'}."
    expected = [size] * (N // size) + [N % size] * (N % size > 0)
    if sorted(sizes) != sorted(expected):
        yield "sizes", f"{asked}the batches had {sizes} examples; expected {expected}."
    return order


@exercise(
    "6.4",
    "mini-batches that cover every example once",
    points=2,
    minutes=10,
    level=2,
    stub="yield ..., ...  # your code here",
    kind=Inspection,
    look=look_at_batches,
    says={name: says for name, (says, _) in BATCHES.items()},
    use=lambda answer, *arguments: list(answer(*arguments)),
    large=lambda: (np.ones((20_000, 50)), np.ones((20_000, 10)), 64, np.random.default_rng(0)),
    hints=[
        "Shuffle numbers, not data: one random order of 0 … N − 1 for the whole epoch, and then piece by piece.",
        "`rng.permutation(len(X))` is that order; `range(0, len(X), batch_size)` says where the pieces begin.",
        "In the loop: `batch = order[start : start + batch_size]`, which is shorter at the end by itself. Then `yield` "
        "the rows of X and of Y with these indices, each turned into columns.",
    ],
    reason="A permutation holds every index once, so every example comes once an epoch, with its own target. A "
    "function with `yield` is a generator: it makes each batch when the training asks for it.",
    takeaway="Every example once, in a new order each epoch, the small rest included.",
)
def minibatches(X, Y, batch_size, rng):  # rows → pairs of columns (n_0, m), (n_L, m)
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        yield X[batch].T, Y[batch].T


for says, edit in BATCHES.values():
    minibatches.mistake(says, edit)


# --- 6.5: tune --------------------------------------------------------------------------------------------------------

EPOCHS, TARGET, SIZES = 20, 0.95, [2, 32, 32, 1]
MARGIN = 0.8  # a setting nearby is better if its loss is below this share
OPTIMIZERS = {"sgd": training.SGD, "momentum": training.Momentum, "rmsprop": training.RMSProp, "adam": training.Adam}
SETTINGS = {  # what to say to what is seen below
    "too small": "The steps are too small: with 10, 100 or 1,000 times the learning rate it would have come further.",
    "too large": "The steps are too large: with a learning rate 10, 100 or 1,000 times smaller it would have come "
    "further.",
    "few steps": "There are too few steps: an epoch has 300 / batch_size of them. Smaller batches would have come "
    "further.",
    "few and small": "The steps are too few and too small: with ten times the learning rate and smaller batches it "
    "would have come further.",
    "optimizer": "A learning rate 10, 100 or 1,000 times larger or smaller would not help, nor would much smaller "
    "batches. Try something between, or another optimizer.",
    "diverged": "The learning rate is far too large: every step overshoots more than the one before. Begin with 0.01.",
}


@np.errstate(all="ignore")
def tuned(optimizer, learning_rate, batch_size):
    """Train for EPOCHS on spirals: the loss, and the accuracy on other points; inf and 0 if it diverged.

    Processors differ in the last digits of sums, and training makes small differences large. So the parameters are
    rounded after each step, which all do alike.
    """
    net = network.Network(SIZES, "relu", "sigmoid", seed=0, dtype=np.float64)
    X, y = data.spirals(300, seed=0)
    rule, rng = OPTIMIZERS[optimizer](learning_rate), np.random.default_rng(0)
    for _ in range(EPOCHS):
        for A0, Y in training.minibatches(X, y[:, None], batch_size, rng):
            net.forward(A0)
            rule.step(net.parameters(), net.gradients(Y))
            for theta in net.parameters():
                np.round(theta, 5, out=theta)
    loss = net.evaluate(X, y)["loss"]
    return np.nan_to_num(loss, nan=np.inf), net.evaluate(*data.spirals(300, seed=1))["accuracy"]


def look_at_settings(settings):
    """Train with the settings, and if that is not enough with others, to see which way is better."""
    names = ("optimizer", "learning_rate", "batch_size")
    if not issubclass(type(settings), dict) or any(name not in settings for name in names):
        yield "form", f"Keep the form of the stub: a dictionary with {', '.join(names)}."
    optimizer, learning_rate, batch_size = (settings[name] for name in names)
    if any(value is ... for value in (optimizer, learning_rate, batch_size)):
        raise NotImplementedError
    optimizer = optimizer.lower() if type(optimizer) is str else None
    if optimizer not in OPTIMIZERS:
        yield "form", f"The optimizer should be one of {', '.join(OPTIMIZERS)}, in quotes."
    if type(learning_rate) is bool or not isinstance(learning_rate, Real) or not 0 < learning_rate < 1e30:
        yield "form", "The learning rate should be a number above 0."
    if type(batch_size) is bool or not isinstance(batch_size, Integral) or not 4 <= batch_size <= 300:
        yield "form", "The batch size should be a whole number from 4 to 300."
    loss, accuracy = tuned(optimizer, learning_rate, batch_size)
    if loss > 1000:
        yield "diverged", "The loss grew beyond 1,000."
    if accuracy < TARGET:
        small = max(4, batch_size // 16)
        nearby = {
            "optimizer": MARGIN * loss,
            "too large": min(tuned(optimizer, learning_rate / 10**k, batch_size)[0] for k in (1, 2, 3)),
            "too small": min(tuned(optimizer, learning_rate * 10**k, batch_size)[0] for k in (1, 2, 3)),
            "few steps": tuned(optimizer, learning_rate, small)[0],
        }
        best = min(nearby, key=nearby.get)
        if best == "optimizer" and tuned(optimizer, 10 * learning_rate, small)[0] < MARGIN * loss:
            best = "few and small"
        yield best, f"After {EPOCHS} epochs the loss is {loss:.2f}, and {accuracy:.0%} of other points are right."


my_settings = Inspection(
    key="6.5",
    title="tune until the spirals are told apart",
    points=3,
    minutes=15,
    level=2,
    right={"optimizer": "adam", "learning_rate": 0.03, "batch_size": 16},
    stub="""
my_settings = {
    "optimizer": ...,  # "sgd", "momentum", "rmsprop" or "adam"
    "learning_rate": ...,
    "batch_size": ...,  # 4 … 300, of 300 examples
}
""",
    look=look_at_settings,
    says=SETTINGS,
    seconds=600,
    hints=(
        "Change one thing at a time, and the learning rate first, by factors of 3 or 10. What is said tells you which "
        "way.",
        "Twenty epochs are few, so make many steps of them: small batches. And take an optimizer that copes with "
        "gradients of different sizes.",
        "Adam with a batch size of 16 can do it. Its usual 0.001 is too small for so few epochs; go up from there.",
    ),
    solution="""
my_settings = {
    "optimizer": "adam",
    "learning_rate": 0.03,
    "batch_size": 16,
}
""",
    reason="With batches of 16 an epoch has 19 steps, so there are 380 in all, and 380 steps of at most about "
    "0.03 let a weight travel far enough. Others work too, such as RMSProp with 0.01.",
    takeaway="Learning rate first, then batch size and optimizer, and always one change at a time.",
)
for says, edit in (
    (SETTINGS["too small"], {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 16}),
    (SETTINGS["too large"], {"optimizer": "adam", "learning_rate": 0.3, "batch_size": 16}),
    (SETTINGS["few steps"], {"optimizer": "adam", "learning_rate": 0.02, "batch_size": 300}),
    (SETTINGS["few and small"], {"optimizer": "sgd", "learning_rate": 0.1, "batch_size": 300}),
    (SETTINGS["optimizer"], {"optimizer": "sgd", "learning_rate": 0.2, "batch_size": 4}),
    (SETTINGS["diverged"], {"optimizer": "momentum", "learning_rate": 1e+20, "batch_size": 16}),
):  # fmt: skip
    my_settings.mistake(says, edit)

# --- 6.6: the training loop -------------------------------------------------------------------------------------------


def trained(learn, X, Y, W, b, f, f_prime, optimizer, epochs, batch_size):
    """What learn returns, and W and b after it; those it was given stay as they are."""
    W, b = copy.deepcopy((W, b))
    history = learn(X, Y, W, b, f, f_prime, optimizer(), epochs, batch_size, np.random.default_rng(0))
    return history if is_unwritten(history) else (tuple(history) if type(history) is list else history, W, b)


def training_case(sizes, kinds, optimizer, learning_rate, epochs, batch_size):
    """A softmax network of these sizes, and an example of each of these kinds; those of one kind are equal."""
    net = network.Network(sizes, "tanh", "softmax", seed=sum(sizes), dtype=np.float64)
    kinds, rng = np.array(kinds), np.random.default_rng(6)
    X, Y = rng.normal(size=(len(kinds), sizes[0]))[kinds], np.eye(sizes[-1])[kinds % sizes[-1]]
    f = [None, *[network.tanh] * (len(sizes) - 2), network.softmax]
    what = f"{len(kinds)} {'' if kinds.any() else 'equal '}examples in batches of {batch_size}"
    words = f"{what}, {epochs} epochs and `{optimizer.name}({learning_rate})`"
    settings = {"optimizer": lambda: optimizer(learning_rate), "epochs": epochs, "batch_size": batch_size}
    return case(words, X=X, Y=Y, W=net.W, b=net.b, f=f, f_prime=network.tanh_prime, **settings)


def _in_batches(learn):
    """A fault if a right learn does not see 17 examples in batches of 5, in random order, or does not get better."""
    X, Y, W, b, f, f_prime, *_ = training_case([2, 4, 3], range(17), SGD, 0.3, 20, 5).values()
    seen, rng = [], np.random.default_rng(0)

    def spy(z):
        seen.append(z.shape[1])
        return np.tanh(z)

    run = sandbox.run(lambda: learn(X, Y, W, b, [None, spy, f[2]], f_prime, SGD(0.3), 20, 5, rng), sandbox.SECONDS)
    if run.error or run.stopped:
        return "raised", f"With 17 examples in batches of 5 your `learn` raised {run.error}: {run.message}"
    if sorted(set(seen)) != [2, 5] or len(seen) != 80:
        return "other batches", (
            f"With 17 examples and batch_size = 5 an epoch has 4 batches, of 5, 5, 5 and 2; your `learn` ran forward "
            f"{len(seen)} times in 20 epochs, with {' or '.join(map(str, sorted(set(seen))))} examples at a time."
        )
    if rng.bit_generator.state == np.random.default_rng(0).bit_generator.state:
        return "not shuffled", "The numbers are right, but `rng` was not used: hand it on to `minibatches`."
    one_epoch = np.random.default_rng(0)
    sandbox.run(lambda: learn(X, Y, W, b, f, f_prime, SGD(0.3), 1, 5, one_epoch), sandbox.SECONDS)
    if rng.bit_generator.state == one_epoch.bit_generator.state:
        return "one order", "All epochs go through the same batches. Call `minibatches` anew in each: a new order."
    return None


@exercise(
    "6.6",
    "the training loop",
    points=4,
    minutes=20,
    level=3,
    use=trained,
    returns=("history", "W", "b"),
    also=_in_batches,
    cases=[
        training_case([2, 4, 3], range(5), SGD, 0.5, 3, 5),
        training_case([3, 4, 5, 3], range(7), Momentum, 0.2, 4, 7),
        training_case([2, 4, 3], [0] * 6, SGD, 0.5, 2, 2),  # whatever their order
    ],
    hints=[
        "Two loops: over the epochs, and in it over the batches. In the inner one forward, the loss, backward, a step; "
        "after it, the mean of the losses goes into the list that is returned.",
        "`for A0, targets in minibatches(X, Y, batch_size, rng):` makes a new order in every epoch. The loss of an "
        "example is −log of the probability that its right class got; `np.sum(targets * A[-1], axis=0)` picks those.",
        "The optimizer takes one list of all parameters and one of their gradients, in the same order and without the "
        "None at entry 0: `[*W[1:], *b[1:]]`.",
    ],
    reason="`targets` is 0 but for the right class, so the sum over the classes picks its probability. The loss is "
    "that of each batch as it came, before its step, so no further forward pass is needed.",
    takeaway="That is training, complete; everything larger is this loop with more around it.",
)
def learn(X, Y, W, b, f, f_prime, optimizer, epochs, batch_size, rng):  # → history
    history = []
    for _ in range(epochs):
        losses = []
        for A0, targets in minibatches(X, Y, batch_size, rng):
            Z, A = forward(A0, W, b, f)
            losses.append(-np.mean(np.log(np.sum(targets * A[-1], axis=0))))
            dW, db = backward(W, Z, A, targets, f_prime)
            optimizer.step([*W[1:], *b[1:]], [*dW[1:], *db[1:]])
        history.append(np.mean(losses))
    return history


COUNT = "The loss of a batch is a mean already: divide the sum of the losses by the number of batches."
LOSS, STEP = "-np.mean(np.log(np.sum(targets * A[-1], axis=0)))", "optimizer.step([*W[1:], *b[1:]], [*dW[1:], *db[1:]])"
AFTERWARDS = (
    "Your losses are those after the steps. Take them from the same forward pass as the gradients, batch by batch, and "
    "their mean at the end of the epoch."
)
ONCE = (
    "An epoch had no losses to take the mean of. A generator goes through its batches once: call `minibatches` anew in "
    "every epoch, inside the first loop."
)
OUTSIDE = {
    "history = []": "history, batches = [], minibatches(X, Y, batch_size, rng)",
    "in minibatches(X, Y, batch_size, rng)": "in batches",
}
NOT_Y = "backward needs the targets of this batch, in columns, as `minibatches` gave them; `Y` has all, in rows."
for says, edit in (
    ("There is one step an epoch. Each batch of `minibatches` ends with a step, inside the inner loop.",
     {f"    {STEP}": STEP}),
    ("`history` has a number for each batch; it should have one for each epoch, the mean of its batches.",
     {"        history.append(np.mean(losses))": "            history.append(losses[-1])"}),
    ("This is the loss of the last batch; take the mean of all batches of the epoch.",
     {"np.mean(losses)": "losses[-1]"}),
    ("This is the sum over the batches; take their mean.", {"np.mean(losses)": "np.sum(losses)"}),
    (COUNT, {"np.mean(losses)": "np.sum(losses) / len(X)"}),
    (COUNT, {"np.mean(losses)": "np.sum(losses) / batch_size"}),
    ("The loss is a sum over the examples of a batch; take their mean.", {"-np.mean(np.log": "-np.sum(np.log"}),
    ("The mean of the loss runs over the classes, too. Sum over the classes, then take the mean of the examples.",
     {LOSS: "-np.mean(targets * np.log(A[-1]))"}),
    ("The loss is summed over the examples, axis 1. The classes stand along axis 0.", {"axis=0": "axis=1"}),
    ("The loss is summed over the examples, axis 1. The classes stand along axis 0.",
     {LOSS: "-np.mean(np.sum(targets * np.log(A[-1]), axis=1))"}),
    ("This is the loss for questions of yes or no. With softmax only the probability of the right class counts.",
     {LOSS: "-np.mean(np.sum(targets * np.log(A[-1]) + (1 - targets) * np.log(1 - A[-1]), axis=0))"}),
    ("The minus of the loss is missing: the logarithm of a probability is negative.", {"-np.mean(np": "np.mean(np"}),
    (AFTERWARDS,
     {f"            losses.append({LOSS})\n": "",
      STEP: f"{STEP}\n            A = forward(A0, W, b, f)[1]\n            losses.append({LOSS})"}),
    (AFTERWARDS, {"np.mean(losses)": "-np.mean(np.log(np.sum(Y.T * forward(X.T, W, b, f)[1][-1], axis=0)))"}),
    ("Only the weights move: the biases and their gradients belong into the lists, too.",
     {STEP: "optimizer.step(W[1:], dW[1:])"}),
    ("Weights and biases make two steps. An optimizer keeps averages for the arrays of one list: give it all.",
     {STEP: "optimizer.step(W[1:], dW[1:])\n            optimizer.step(b[1:], db[1:])"}),
    ("Entry 0 of these lists is None, as there is no layer 0: leave it out, `W[1:]`.", {"W[1:]": "W", "b[1:]": "b"}),
    (ONCE, OUTSIDE),
    (ONCE, {**OUTSIDE, "np.mean(losses)": "sum(losses) / len(losses)"}),
    ("The losses of earlier epochs are in the mean: begin with an empty list in every epoch.",
     {"history = []": "history, losses = [], []", "        losses = []\n": ""}),
    (NOT_Y, {"A, targets": "A, Y"}),
    (NOT_Y, {"A, targets": "A, Y.T"}),
    ("`forward` gives Z first, then A, and `backward` takes them in this order.", {"Z, A =": "A, Z ="}),
    ("Parameters and gradients are not in the same order. `backward` gives dW first, then db.",
     {"dW, db =": "db, dW ="}),
    ("This is plain descent, whatever the optimizer. Let it make the step, and keep the same one all the time.",
     {"optimizer.step": "SGD(optimizer.learning_rate).step"}),
    ("W and b are lists themselves. The optimizer takes one list of arrays: join the two.",
     {STEP: "optimizer.step([W, b], [dW, db])"}),
    ("W and b are as before: nothing moved them. `optimizer.step` takes the parameters first, then their gradients.",
     {STEP: "optimizer.step([*dW[1:], *db[1:]], [*W[1:], *b[1:]])"}),
    ("These are the losses of the last epoch's batches. Give back `history`.", {"return history": "return losses"}),
    ("This is the mean of all epochs; `history` has a number for each.", {"return history": "return np.mean(history)"}),
    ("There is an epoch too few: `range(1, epochs)` leaves one out.", {"range(epochs)": "range(1, epochs)"}),
    ("There is an epoch too much: `range(epochs)` counts them.", {"range(epochs)": "range(epochs + 1)"}),
    ("This is the squared error; the loss of softmax is the cross-entropy.", {LOSS: "np.mean((A[-1] - targets) ** 2)"}),
    ("Only the right class counts: `targets` picks its probability.", {LOSS: "-np.mean(np.log(A[-1]))"}),
    ("This is the probability of the class that won. Take that of the right class, which `targets` picks.",
     {"np.sum(targets * A[-1], axis=0)": "np.max(A[-1], axis=0)"}),
    ("Z[-1] is what goes into softmax; A[-1] are the probabilities.", {"targets * A[-1]": "targets * Z[-1]"}),
):  # fmt: skip
    learn.mistake(says, edit)

EXERCISES = (SGD, Momentum, Adam, minibatches, my_settings, learn)


# --- answers to the harder challenges ---------------------------------------------------------------------------------


def valley_loss(optimizer):
    """The loss after 60 steps in the valley of section 3."""
    theta, curvature = np.array([-2.6, 1.0]), np.array([1.0, 20.0])
    for _ in range(60):
        optimizer.step([theta], [curvature * theta])
    return np.sum(curvature * theta**2) / 2


@challenge(
    "6.c1",
    "Nesterov",
    result="In the valley of section 3, with α = 0.02, its loss after 60 steps is less than a tenth of Momentum's.",
    notice="`super().step` has already taken α v away; what is added corrects it. The look ahead brakes the swings.",
    holds=lambda rule: valley_loss(rule(0.02)) < valley_loss(training.Momentum(0.02)) / 10,
)
def nesterov():
    from helpers.training import Momentum

    class Nesterov(Momentum):
        def step(self, parameters, gradients):
            super().step(parameters, gradients)  # the new v, and θ − α v
            for theta, g, v in zip(parameters, gradients, self.v, strict=True):
                theta -= self.learning_rate * (g + self.beta * v - v)

    return Nesterov


@challenge(
    "6.c2",
    "the best α of a valley",
    result="For c = 20 the search finds 0.0952, which is 2 / (1 + 20); then both directions shrink to 19/21 a step.",
    notice="The factors are |1 − α| and |1 − α c|. The first falls with α, the second grows once α c > 1: the larger "
    "of the two is smallest where they meet: 1 − α = α c − 1.",
    holds=lambda found: np.allclose(found, (2 / 21, 19 / 21), atol=1e-5),
)
def best_alpha_of_a_valley():
    alpha, c = np.linspace(0, 0.2, 200_001), 20
    slower = np.maximum(abs(1 - alpha), abs(1 - alpha * c))
    return alpha[slower.argmin()], slower.min()


@challenge(
    "6.c3",
    "the curvature of the moons' loss",
    result="Along the gradient it is about 0.003 after 500 steps with α = 1, far below the limit 2 / α = 2.",
    notice="The last step is a little of the gradient: its change, divided by the way. Training is on the floor of a "
    "valley, and the gradient points along it, where it is flat: no step overshoots, and none gets far.",
    holds=lambda curvature: 0 < curvature < 0.02,
)
def curvature_of_the_moons():
    from helpers.data import moons
    from helpers.network import Network

    (X, y), net = moons(200, noise=0.2, seed=0), Network([2, 16, 1], "tanh", "sigmoid", seed=4, dtype=float)
    after = [np.zeros_like(theta) for theta in net.parameters()]
    for _ in range(501):
        for theta, g in zip(net.parameters(), after, strict=True):
            theta -= 1.0 * g
        net.forward(X.T)
        before, after = after, [g.copy() for g in net.gradients(y[None, :])]
    return sum(np.sum((a - b) * a) for a, b in zip(before, after, strict=True)) / sum(np.sum(a**2) for a in before)


CHALLENGES = (nesterov, best_alpha_of_a_valley, curvature_of_the_moons)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "6.q1",
        "A loss has the curvature c = 50 in its steepest direction. Which α is too large?",
        {
            "α = 0.001": "Far below 2 / 50 = 0.04: slow, but safe.",
            "α = 0.01": "Below 2 / 50 = 0.04, so it converges.",
            "α = 0.05": "The limit is 2 / 50 = 0.04. Above it each step ends farther away.",
            "That depends on the start": "For a parabola it does not: each step multiplies by 1 − α c.",
        },
        right="α = 0.05",
    ),
    Question(
        "6.q2",
        "The loss jumps up and down from step to step, and grows. What do you do first?",
        {
            "Lower the learning rate": "Growing zigzags are the mark of α above its limit.",
            "Train longer": "What grows from step to step will only grow further.",
            "Make the network deeper": "The steps overshoot; more weights do not make them shorter.",
            "Take smaller batches": "That adds noise to steps that are too long already.",
        },
        right="Lower the learning rate",
    ),
    Question(
        "6.q3",
        "At a point the gradient is 0. What do you know?",
        {
            "It is the global minimum": "It may be, but a gradient only knows its surroundings.",
            "It is a minimum, perhaps a local one": "A hilltop and a saddle have gradient 0, too.",
            "It is flat here, and no more": (
                "A minimum, a maximum or a saddle; the curvatures in all directions would tell which."
            ),
            "Training is finished": "Plain descent stops here, but noise or momentum may find a way on.",
        },
        right="It is flat here, and no more",
    ),
    Question(
        "6.q4",
        "What does momentum with β = 0.9 do to gradients that always point the same way?",
        {
            "It makes them ten times as large": "1 + 0.9 + 0.81 + … = 1 / (1 − 0.9) = 10.",
            "It averages them, so nothing changes": "Here v is a sum with fading weights, not an average.",
            "It shrinks them to 0.9": "β shrinks the old velocity; the new gradient is added whole.",
            "It makes each step 0.9 longer": "The lengths approach a limit: ten times the first.",
        },
        right="It makes them ten times as large",
    ),
    Question(
        "6.q5",
        "How long is Adam's first step for a gradient of 0.0001, and for one of 1,000?",
        {
            "Ten million times as long for the second": "That is plain descent: its steps are α g.",
            "About α for both": (
                "v̂ is g and √ŝ is |g|, so the step is α in the direction of −g (for 0.0001, ε takes 0.01 % of it)."
            ),
            "Nearly 0 for both, the averages start at 0": "That is what the bias correction repairs.",
            "0.1 α for both, as β₁ = 0.9": "So it would be for v, but v̂ = v / (1 − β₁) is g.",
        },
        right="About α for both",
    ),
    Question(
        "6.q6",
        "300 examples, batch size 64. How many steps has an epoch?",
        {
            "4": "Then 44 examples would never be seen; the rest is a batch, too.",
            "5": "Four batches of 64, and one of 44.",
            "64": "That is the number of examples in a batch.",
            "300": "That would be batches of one example.",
        },
        right="5",
    ),
)
