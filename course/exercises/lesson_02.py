"""The exercises and the quiz of lesson 02, Activation functions.

Each wrong answer is one that learners really give. Its example is run like an answer; tests feed it back.
"""

import math

import numpy as np

from course.exercises.grading import challenge, exercise
from course.exercises.questions import Choices, Question, Situation
from course.results import case
from helpers import network

TITLE = "Activation functions"


# --- 2.3 and 2.4: leaky ReLU and its derivative -----------------------------------------------------------------------


def _leaky_in_whole_numbers(z, slope=0.01):
    out = np.zeros_like(z)
    out[z > 0] = z[z > 0]
    out[z <= 0] = slope * z[z <= 0]
    return out


def _slopes_in_whole_numbers(z, slope=0.01):
    out = np.ones_like(z)
    out[z <= 0] = slope
    return out


@exercise(
    "2.3",
    "leaky ReLU",
    points=1,
    minutes=5,
    level=1,
    elementwise=True,
    cases=[
        case(z=[-2.0, -0.5, 0.0, 0.5, 3.0]),
        case(z=[[-1.0, 4.0], [2.5, -3.0]]),
        case(z=[-3.0, 4.0], slope=0.2),
        case(z=[0.1, 2.0], slope=0.2),
        case(z=[-0.5, -2.0]),
        case(z=[-2, 0, 3]),
    ],
    hints=[
        "Two cases, and for each element of z one of them: what comes out above 0, and what below?",
        "`np.where(condition, a, b)` takes from `a` where the condition holds, and from `b` elsewhere, element by "
        "element. No loop and no `if` is needed.",
        "The condition is `z > 0`, and `a` is `z`. What is `b`? At z = −2 with slope 0.01 it must be −0.02.",
    ],
    reason=(
        "`np.where` decides for each element: one line serves numbers and arrays of any shape. `np.greater(z, 0)` "
        "is `z > 0`, and `np.multiply` is `*`; written so, they take lists, too. "
        "`np.maximum(z, slope * z)` does the same as long as the slope is below 1: do you see why?"
    ),
    takeaway=("Below 0 a little of z still leaks through, so the slope there is not 0 and a unit cannot die."),
)
def leaky_relu(z, slope=0.01):
    return np.where(np.greater(z, 0), z, np.multiply(slope, z))


leaky_relu.mistake(
    "This is ReLU: below 0 it gives 0. The leaky one gives `slope * z` there.", lambda z, slope=0.01: np.maximum(z, 0)
)
leaky_relu.mistake(
    "The two branches are swapped: `z` belongs where z > 0, and `slope * z` elsewhere.",
    lambda z, slope=0.01: np.where(z > 0, slope * z, z),
)
leaky_relu.mistake(
    "Below 0 you give the slope itself; the line with that slope is `slope * z`.",
    lambda z, slope=0.01: np.where(z > 0, z, slope),
    lambda z, slope=0.01: np.maximum(z, slope),
)
leaky_relu.mistake(
    "Below 0 the result has the wrong sign: with a positive slope the line goes on downwards, `slope * z`.",
    lambda z, slope=0.01: np.where(z > 0, z, -slope * z),
)
leaky_relu.mistake(
    "It works for slope 0.01 only: use the parameter `slope` in place of the number.",
    lambda z, slope=0.01: np.where(z > 0, z, 0.01 * z),
)
leaky_relu.mistake(
    "Every z got the slope, positive ones too. `(z > 0).all()` would do that: it asks one question about the "
    "whole array, and each element needs its own. `np.where(z > 0, …, …)` decides one by one.",
    lambda z, slope=0.01: z if (z > 0).all() else slope * z,
)
leaky_relu.mistake(
    "Negative z came back unchanged. `(z > 0).any()` would do that: it asks one question about the whole "
    "array, and each element needs its own. `np.where(z > 0, …, …)` decides one by one.",
    lambda z, slope=0.01: z if (z > 0).any() else slope * z,
)
leaky_relu.mistake(
    "This is the derivative of leaky ReLU, the next exercise. Here the values themselves are asked for.",
    network.leaky_relu_prime,
)
leaky_relu.mistake(
    "`np.max` finds the largest element of one array; `np.maximum(a, b)` compares two arrays.",
    lambda z, slope=0.01: np.max(z, slope * z),
)
leaky_relu.mistake(
    "Right for fractions, but `np.zeros_like(z)` of an array of whole numbers can hold nothing else, so "
    "−0.02 became 0 in it. `np.where` makes an array that fits.",
    _leaky_in_whole_numbers,
)
leaky_relu.mistake(
    "Every z is multiplied by the slope. Only those below 0 are; a z above 0 stays as it is.",
    lambda z, slope=0.01: slope * z,
)
leaky_relu.mistake("The two lines meet at 0, not at `slope`: the condition is `z > 0`.", {"(z, 0)": "(z, slope)"})
leaky_relu.mistake(
    "The slope is added to ReLU. Below 0 it is multiplied by z: `slope * z`.",
    lambda z, slope=0.01: np.maximum(z, 0) + slope,
)
leaky_relu.mistake("Every z came back unchanged. Below 0 the result is `slope * z`.", lambda z, slope=0.01: z)
leaky_relu.mistake(
    "Above 0 the result is z itself, not 1: the steepness is the next exercise.",
    lambda z, slope=0.01: np.where(z > 0, 1, slope * z),
)
leaky_relu.mistake(
    "This adds slope · z everywhere, above 0 too. There z alone is asked for.",
    lambda z, slope=0.01: np.maximum(z, 0) + slope * z,
)
leaky_relu.mistake(
    "Below 0 you divide by the slope; a small slope must make a small result: `slope * z`.",
    lambda z, slope=0.01: np.where(z > 0, z, z / slope),
)


@exercise(
    "2.4",
    "the derivative of leaky ReLU",
    points=1,
    minutes=5,
    level=1,
    elementwise=True,
    cases=[  # with 0: where there is no derivative, the lesson takes the slope from the left
        case(z=[-2.0, -0.5, 0.5, 3.0]),
        case(z=[[-1.0, 4.0], [2.5, -3.0]]),
        case(z=[-3.0, 4.0, 0.1], slope=0.2),
        case(z=[-2, 3]),
        case(z=[0.0, 1.0]),
    ],
    hints=[
        "A derivative is a steepness. Leaky ReLU is two straight lines: how steep is each?",
        "A straight line is equally steep everywhere, so z itself does not appear in the result, only in the "
        "condition. It is `np.where` again.",
        "`np.where(z > 0, …, …)` with 1, the steepness of the line z, and the steepness of the line slope · z.",
    ],
    reason=(
        "Two lines, two slopes; `np.ones_like(z)` is 1 in the number type of z. At z = 0 they meet in a kink, "
        "where there is no derivative; the course takes the slope from the left."
    ),
    takeaway=("Never 0: some of the gradient always gets through, which is what the leak is for."),
)
def leaky_relu_prime(z, slope=0.01):
    return np.where(np.greater(z, 0), np.ones_like(z), slope)


leaky_relu_prime.mistake(
    "This is leaky ReLU itself. Its derivative is how steep it is: the same number at z = 0.5 and at z = 3.",
    network.leaky_relu,
)
leaky_relu_prime.mistake(
    "Above 0 the function is z; its derivative there is 1, whatever z is.",
    lambda z, slope=0.01: np.where(z > 0, z, slope),
)
leaky_relu_prime.mistake(
    "Below 0 the function is `slope * z`; its derivative there is `slope` alone, without z.",
    lambda z, slope=0.01: np.where(z > 0, 1, slope * z),
)
leaky_relu_prime.mistake(
    "The two branches are swapped: the slope is 1 where z > 0, and `slope` elsewhere.",
    lambda z, slope=0.01: np.where(z > 0, slope, 1),
)
leaky_relu_prime.mistake(
    "This is the derivative of ReLU, 0 below 0. The leaky one still rises there, by `slope`.",
    lambda z, slope=0.01: np.where(z > 0, 1.0, 0.0),
)
leaky_relu_prime.mistake(
    "Below 0 the function still rises from left to right, so its derivative is +`slope`, not −`slope`.",
    lambda z, slope=0.01: np.where(z > 0, 1.0, -slope),
)
leaky_relu_prime.mistake(
    "It works for slope 0.01 only: use the parameter `slope` in place of the number.",
    lambda z, slope=0.01: np.where(z > 0, 1, 0.01),
)
leaky_relu_prime.mistake(
    "You gave one number for the whole array; the derivative has a value for each element of z. "
    "`np.where(z > 0, …, …)` decides one by one.",
    lambda z, slope=0.01: 1 if (z > 0).any() else slope,
)
leaky_relu_prime.mistake(
    "Right for fractions, but `np.ones_like(z)` of an array of whole numbers can hold nothing else, so "
    "0.01 became 0 in it. `np.where` makes an array that fits.",
    _slopes_in_whole_numbers,
)
leaky_relu_prime.mistake(
    "At z = 0 you give 1, the slope from the right. The lesson takes the one from the left: `z > 0`, not `z >= 0`.",
    lambda z, slope=0.01: np.where(z >= 0, 1, slope),
)
leaky_relu_prime.mistake(
    "At z = 0 you give another number. There the lesson takes the slope from the left, `slope`.",
    lambda z, slope=0.01: np.where(z > 0, 1, np.where(z < 0, slope, 0)),
    lambda z, slope=0.01: np.where(z > 0, 1, np.where(z < 0, slope, 0.5)),
    lambda z, slope=0.01: np.where(z > 0, 1, np.where(z < 0, slope, np.nan)),
    lambda z, slope=0.01: np.where(z > 0, 1, np.where(z < 0, slope, (1 + slope) / 2)),
)
leaky_relu_prime.mistake(
    "Every slope is `slope`. Above 0 the line is z itself, whose slope is 1.", lambda z, slope=0.01: z * 0 + slope
)
leaky_relu_prime.mistake("The two lines meet at 0, not at `slope`: the condition is `z > 0`.", {"(z, 0)": "(z, slope)"})
leaky_relu_prime.mistake(
    "Below 0 the slope is `slope` itself, not 1 / `slope`.", {"np.ones_like(z), slope": "np.ones_like(z), 1 / slope"}
)
leaky_relu_prime.mistake("Above 0 the slope is 1, not 1 − `slope`.", {"np.ones_like(z)": "1 - slope"})
leaky_relu_prime.mistake(
    "`np.sign(z)` is −1 below 0, and the function still rises there: its slope is +`slope`. At 0 the sign is 0.",
    lambda z, slope=0.01: np.where(z > 0, 1, np.sign(z) * slope),
)
leaky_relu_prime.mistake(
    "The slope is added above 0, too. There it is 1, not 1 + `slope`.", lambda z, slope=0.01: (z > 0) + slope
)


# --- 2.1 and 2.2: sigmoid, and its derivative from its output ---------------------------------------------------------


WHERE_COMPUTES_BOTH = (
    "You have both formulas, well done. But `np.where` chooses between arrays that are computed already, both of them, "
    "for every z, so the wrong one still overflows. `np.exp(-np.abs(z))` is safe in either case."
)


def _sigmoid_in_whole_numbers(z):
    out = np.zeros_like(z)
    out[z >= 0] = 1 / (1 + np.exp(-z[z >= 0]))
    out[z < 0] = np.exp(z[z < 0]) / (1 + np.exp(z[z < 0]))
    return out


def _sigmoid_of_sigmoid(a):
    return network.sigmoid(a) * (1 - network.sigmoid(a))


@exercise(
    "2.1",
    "a sigmoid that does not overflow",
    points=2,
    minutes=10,
    level=2,
    elementwise=True,
    quiet=True,
    cases=[
        case(z=[-2.0, -0.5, 0.0, 3.0]),
        case(z=[[1.0, -1.0, 0.5], [20.0, -20.0, -0.1]]),
        case(z=[-1000.0]),
        case(z=[1000.0]),
        case(z=[-1000, 0, 2]),
        case(z=2.0),
    ],
    hints=[
        "For which z does `np.exp(-z)` become too large for a float? Try it: `np.exp(1000.0)`.",
        "1 / (1 + e^−z) is safe for z ≥ 0, and its twin e^z / (1 + e^z) for z < 0. The exponent is never positive: "
        "it is −|z| in both.",
        "Compute `e = np.exp(-np.abs(z))` once. The denominator is `1 + e` in both cases; only the numerator differs, "
        "and `np.where(z >= 0, …, …)` can choose it.",
    ],
    reason=(
        "1 / (1 + e^−z) and e^z / (1 + e^z) are the same number. With −|z| as the exponent each is used where it "
        "cannot overflow, and e^−1000 quietly becomes 0, which is what it should be."
    ),
    takeaway="It stays finite, and silent, from −1000 to 1000. So does a clipped z, but it is flat beyond its limits.",
)
def sigmoid(z):
    e = np.exp(-np.abs(z))  # between 0 and 1, for every z
    return np.where(np.greater_equal(z, 0), 1, e) / (1 + e)


sigmoid.mistake(
    "At z = −1000, `np.exp(-z)` is e^1000, too large for any float (they end just above e^709). The quotient "
    "came out right by luck. Where z < 0, multiply above and below by e^z: σ(z) = e^z / (1 + e^z).",
    lambda z: 1 / (1 + np.exp(-z)),
)
sigmoid.mistake(
    "At z = 1000, e^z is inf, and inf / inf is nan. Where z ≥ 0, divide above and below by e^z: σ(z) = 1 / (1 + e^−z).",
    lambda z: np.exp(z) / (1 + np.exp(z)),
)
sigmoid.mistake(WHERE_COMPUTES_BOTH, lambda z: np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z))))
sigmoid.mistake(WHERE_COMPUTES_BOTH, lambda z: np.where(z >= 0, 1 / (1 + np.exp(-z)), 1 - 1 / (1 + np.exp(z))))
sigmoid.mistake(
    (
        "This is σ(−z), the mirror image: σ must rise from 0 to 1 as z grows. Is the sign in the "
        "exponent turned, or are the two halves exchanged?"
    ),
    lambda z: 1 - network.sigmoid(z),
    lambda z: 1 / (1 + np.exp(z)),
    lambda z: np.exp(-z) / (1 + np.exp(-z)),
)
sigmoid.mistake("The denominator has a minus: σ(z) = 1 / (1 + e^−z).", lambda z: 1 / (1 - np.exp(-z)))


def _set_by_mask(z):
    e = np.exp(-np.abs(z))
    out = 1 / (1 + e)
    out[z < 0] = (e / (1 + e))[z < 0]
    return out


sigmoid.mistake(
    "For an array that works, but in a single number a mask can set nothing. `np.where(z >= 0, …, …)` takes both.",
    _set_by_mask,
)
sigmoid.mistake(
    "This is a step: 0 or 1, and nothing between. σ rises smoothly.",
    lambda z: np.where(z < 0, 0, 1),
    lambda z: np.where(z > 0, 1, 0),
)
sigmoid.mistake(
    "For z ≥ 0 you give ½: with the exponent min(z, 0) e is 1 there. Take e = `np.exp(-np.abs(z))`, and 1 / (1 + e).",
    lambda z: np.exp(np.minimum(z, 0)) / (1 + np.exp(np.minimum(z, 0))),
)
sigmoid.mistake(
    "Brackets are missing: `1 / 1 + np.exp(-z)` divides 1 by 1 and then adds. Write `1 / (1 + …)`.",
    lambda z: 1 / 1 + np.exp(-z),
)
sigmoid.mistake(
    "Both halves came out alike: with e = `np.exp(-np.abs(z))`, 1 / (1 + e) is right for z ≥ 0 only; "
    "for z < 0 it is e / (1 + e).",
    lambda z: 1 / (1 + np.exp(-np.abs(z))),
)
sigmoid.mistake(
    "This is σ′(z) = σ(z) (1 − σ(z)), the derivative. Here σ(z) itself is asked for.", network.sigmoid_prime
)
sigmoid.mistake("This is tanh, which runs from −1 to 1; sigmoid runs from 0 to 1.", np.tanh)
sigmoid.mistake(
    "`//` rounds the quotient down to a whole number; use `/`.", lambda z: 1 // (1 + np.exp(-np.clip(z, -500, 500)))
)
sigmoid.mistake(
    "Clipping z keeps e^z finite, but your limits are so tight that σ changes. Floats bear e^z up to z = 709.",
    *(lambda z, most=most: 1 / (1 + np.exp(-np.clip(z, -most, most))) for most in (1, 2, 3, 4, 5, 6, 8, 10)),
)
sigmoid.mistake(
    "Right for fractions, but `np.zeros_like(z)` of an array of whole numbers can hold nothing else, so 0.5 "
    "became 0 in it. Give it `dtype=float`, or let `np.where` make the array.",
    _sigmoid_in_whole_numbers,
)
sigmoid.mistake(
    "`math.exp`, like `float`, takes one number; `np.exp` takes a whole array.", lambda z: 1 / (1 + math.exp(-z))
)
sigmoid.mistake(
    "Both halves came out alike: with e = `np.exp(-np.abs(z))`, e / (1 + e) is right for z < 0 only; for z ≥ 0 it is "
    "1 / (1 + e).",
    {"np.where(np.greater_equal(z, 0), 1, e)": "e"},
)
sigmoid.mistake(
    "Only one half is right: for z < 0 you give 0. There it is e / (1 + e), with e = `np.exp(-np.abs(z))`.",
    {"0), 1, e)": "0), 1, 0)"},
)
sigmoid.mistake(
    "The denominator lost its 1: σ(z) = 1 / (1 + e^−z).",
    lambda z: 1 / np.exp(-z),
    lambda z: np.exp(z),
)


sigmoid.mistake(
    "Brackets are missing: `1 / 1 + e` divides 1 by 1 and then adds. Write `1 / (1 + e)`.",
    {"np.where(np.greater_equal(z, 0), 1, e) / (1 + e)": "np.where(z >= 0, 1 / 1 + e, e / (1 + e))"},
    {"np.where(np.greater_equal(z, 0), 1, e) / (1 + e)": "np.where(z >= 0, 1 / 1 + e, e / 1 + e)"},
    {"np.where(np.greater_equal(z, 0), 1, e) / (1 + e)": "1 / 1 + e"},
)
sigmoid.mistake(
    "tanh is steeper, so z must be halved in it: σ(z) = (1 + tanh(z / 2)) / 2.", lambda z: 0.5 * (1 + np.tanh(z))
)


@exercise(
    "2.2",
    "the derivative of sigmoid, from its output",
    points=1,
    minutes=5,
    level=1,
    elementwise=True,
    cases=[
        case(a=[0.5, 0.9, 0.2]),
        case(a=[[0.1, 0.75], [0.99, 0.3]]),
        case(a=[0.0, 1.0]),
    ],
    hints=[
        "Of σ′(z) = σ(z) (1 − σ(z)), how much do you know already?",
        "The input `a` is σ(z). Put it into the formula wherever σ(z) stands.",
        "No `np.exp` is needed. At a = 0.5 the result must be 0.25, the largest slope that sigmoid has.",
    ],
    reason=(
        "A network keeps the activations of its forward pass. Going backward, the derivative then costs one "
        "product and no exponential; tanh has the same gift, 1 − a²."
    ),
    takeaway=("One product, no exponential: that is why a network keeps its activations for the way back."),
)
def sigmoid_prime_from_output(a):  # a = σ(z) is known already; give σ′(z)
    return a * (1 - a)


sigmoid_prime_from_output.mistake(
    "This is the derivative of sigmoid at a, but a is already its output, σ(z). Nothing needs to be "
    "exponentiated again: σ′(z) = σ(z) (1 − σ(z)).",
    _sigmoid_of_sigmoid,
)
sigmoid_prime_from_output.mistake(
    "This is the formula of tanh, 1 − a². For sigmoid it is a (1 − a).", lambda a: 1 - a**2
)
sigmoid_prime_from_output.mistake("One factor is missing: σ′(z) = a (1 − a), not 1 − a alone.", lambda a: 1 - a)
sigmoid_prime_from_output.mistake(
    "Brackets are missing: `a * 1 - a` is a − a, which is 0. Write `a * (1 - a)`.", lambda a: a * 1 - a
)
sigmoid_prime_from_output.mistake(
    "The sign is wrong: sigmoid rises everywhere, so its derivative is never negative.", lambda a: a * (a - 1)
)
sigmoid_prime_from_output.mistake(
    "This is the derivative of a (1 − a) with respect to a, one derivative too many; a (1 − a) is asked for.",
    lambda a: 1 - 2 * a,
)
sigmoid_prime_from_output.mistake(
    "One of your two factors has σ(a) in it. a is σ(z) already, in both of them: a (1 − a).",
    lambda a: network.sigmoid(a) * (1 - a),
    lambda a: a * (1 - network.sigmoid(a)),
)
sigmoid_prime_from_output.mistake("This is a itself. How fast does σ rise where it has the value a?", lambda a: a)
sigmoid_prime_from_output.mistake(
    "a is squared, and 1 − a is not there: σ′(z) = a (1 − a).", lambda a: a**2, lambda a: a * a + 0.0
)
sigmoid_prime_from_output.mistake(
    "This is a (1 + a). The second factor is what is missing to 1: 1 − a.", lambda a: a * (1 + a)
)
sigmoid_prime_from_output.mistake(
    "One factor is squared: σ′(z) = a (1 − a).", lambda a: a**2 * (1 - a), lambda a: a * (1 - a) ** 2
)
sigmoid_prime_from_output.mistake(
    "You went back to z, log(a / (1 − a)). The slope needs no z: a (1 − a).", lambda a: np.log(a / (1 - a))
)
sigmoid_prime_from_output.mistake(
    "This is 1 / (a (1 − a)), how fast z grows with a. How fast a grows with z is a (1 − a).",
    lambda a: 1 / (a * (1 - a)),
)
sigmoid_prime_from_output.mistake(
    "¼ is the largest slope, at a = ½. Elsewhere it is smaller: a (1 − a).", lambda a: np.full_like(a, 0.25)
)
sigmoid_prime_from_output.mistake(
    "`np.dot` and `@` add products up. Here each element has a slope of its own: `*`.", lambda a: np.dot(a, 1 - a)
)


# --- 2.5: softmax -----------------------------------------------------------------------------------------------------


ROWS_SUM_TO_1 = (
    "Your rows sum to 1. The classes run down axis 0 and each column is one example, so it is the columns that must: "
    "`axis=0`."
)
ALL_SUM_TO_1 = (
    "The whole array sums to 1, so the examples share one probability among them. Each column must sum to 1: "
    "`.sum(axis=0)`."
)


def _stable(z, axis_of_max=0, axis_of_sum=0):
    e = np.exp(z - z.max(axis=axis_of_max, keepdims=True))
    return e / e.sum(axis=axis_of_sum, keepdims=True)


@exercise(
    "2.5",
    "softmax on a batch",
    points=3,
    minutes=12,
    level=3,
    cases=[
        case(z=[[1.0, 2.0], [2.0, 0.0], [3.0, 1.0]]),
        case(z=[[0.5], [1.0], [-1.0]]),
        case(z=[[1000.0, -1000.0], [1001.0, -1001.0]]),
        case(z=[[1000.0], [-1000.0]]),
        case(z=[1.0, 2.0, 3.0]),
        case(z=[[1, 2, 4], [3, 2, 1]]),
    ],
    hints=[
        "Do one column by hand: e^z of each class, divided by the sum of those. Then think of what e^1000 does.",
        "`z - z.max(axis=0)` subtracts from each column its own largest value. The quotients stay the same, since "
        "e^(z − c) = e^z / e^c, and no exponent is above 0 any more.",
        "Three steps: subtract the column maxima, take `np.exp`, divide by `.sum(axis=0)`. Sum and maximum have one "
        "number for each column, and NumPy spreads it over the rows.",
    ],
    reason=(
        "Axis 0 runs over the classes, so `max(axis=0)` and `sum(axis=0)` have one number for each example. "
        "Subtracting the same c from all classes of an example changes nothing: e^−c cancels."
    ),
    takeaway=("Each column sums to 1, at ±1000 too: only the differences between the classes count."),
)
def softmax(z):  # z (classes, examples): each column is one example
    e = np.exp(z - np.max(z, axis=0))  # at most 1: nothing overflows
    return e / e.sum(axis=0)


softmax.mistake(ROWS_SUM_TO_1, lambda z: _stable(z, axis_of_max=1, axis_of_sum=1))
softmax.mistake(ROWS_SUM_TO_1, lambda z: _stable(z, axis_of_sum=1))
softmax.mistake(ROWS_SUM_TO_1, lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
softmax.mistake(ROWS_SUM_TO_1, lambda z: _stable(z, axis_of_max=-1, axis_of_sum=-1))
softmax.mistake(ROWS_SUM_TO_1, lambda z: _stable(z, axis_of_sum=-1))
softmax.mistake(ROWS_SUM_TO_1, lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True))
softmax.mistake(
    "The sum or maximum was taken along axis 1, over the examples; it belongs to axis 0, the classes. "
    "Then the shapes fit as well.",
    lambda z: np.exp(z) / np.exp(z).sum(axis=1),
)
softmax.mistake(ALL_SUM_TO_1, lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum())
softmax.mistake(ALL_SUM_TO_1, lambda z: np.exp(z) / np.exp(z).sum())
softmax.mistake(ALL_SUM_TO_1, lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum())
softmax.mistake(
    "Right for small z, but e^1000 is too large for a float, and inf / inf is nan. Subtract the largest z of "
    "each column first: it cancels in the quotient, and no exponent is then above 0.",
    lambda z: np.exp(z) / np.exp(z).sum(axis=0),
)
softmax.mistake(
    "You subtracted one number, such as the largest z, from the whole batch. A column far below it underflows: 0 / 0 "
    "is nan. Subtract each column's own: `z.max(axis=0)`.",
    lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=0),
)
softmax.mistake(
    "You subtracted the largest z of each row. What is subtracted cancels only if it is the same for all "
    "classes of an example: take `z.max(axis=0)`, one number for each column.",
    lambda z: _stable(z, axis_of_max=1),
)
softmax.mistake(
    "You divided z by its maximum. Subtract it: e^(z − c) cancels in the quotient, e^(z / c) does not.",
    lambda z: np.exp(z / z.max(axis=0)) / np.exp(z / z.max(axis=0)).sum(axis=0),
)
softmax.mistake(
    "The columns sum to 1, but without `np.exp`: softmax shares out e^z, not z.", lambda z: z / z.sum(axis=0)
)
softmax.mistake(
    "You subtracted another number of each column than the largest z, the mean or the smallest: where z is far above "
    "it, e^z still overflows. Take `z.max(axis=0)`.",
    {"np.max": "np.mean"},
    {"np.max": "np.min"},
)
softmax.mistake(
    "You subtracted a fixed number, and where all z are far below it, 0 / 0 is nan. Subtract each column's own largest "
    "z: `z.max(axis=0)`.",
    *(lambda z, c=c: np.exp(z - c) / np.exp(z - c).sum(axis=0) for c in (800, 1000, 1001)),
)
softmax.mistake(
    "Python's `max` compares whole rows. The largest of each column is `z.max(axis=0)`.",
    lambda z: np.exp(z - max(z)) / np.exp(z - max(z)).sum(axis=0),
)
softmax.mistake(
    "You took |z|. The sign counts: a negative z gets a small share.", {"    e =": "    z = np.abs(z)\n    e ="}
)
softmax.mistake(
    "You took powers of 2. Softmax takes those of e, `np.exp`.",
    {"np.exp(z - np.max(z, axis=0))": "2.0 ** (z - np.max(z, axis=0))"},
    {"np.exp(z - np.max(z, axis=0))": "2 ** (z - np.max(z, axis=0))"},
)
softmax.mistake(
    "This says which class is largest. Softmax gives a probability to each class.", lambda z: z.argmax(axis=0)
)
softmax.mistake(
    "You rounded. Leave the numbers as they are: a probability of 0.001 matters to the loss.",
    *(lambda z, digits=digits: network.softmax(z).round(digits) for digits in (1, 2, 3, 4)),
)
softmax.mistake(
    "The largest z is subtracted, but `np.exp` is missing: softmax shares out e^z, not z.",
    {"np.exp(z - np.max(z, axis=0))": "z - np.max(z, axis=0)"},
)
softmax.mistake(
    "These are the exponentials; divide them by their sum over the classes, `.sum(axis=0)`.",
    lambda z: np.exp(z - z.max(axis=0)),
)
softmax.mistake(
    "This is sigmoid, each number for itself. In softmax the classes compete: each column sums to 1.", network.sigmoid
)
softmax.mistake(
    "The winner takes all here. Softmax is soft: each class gets its part, e^z divided by the sum.",
    lambda z: (z == z.max(axis=0)).astype(float),
)
softmax.mistake(
    "The numbers are right, but transposed: give them back in the shape in which z came, examples in columns.",
    lambda z: network.softmax(z).T,
)
softmax.mistake(
    "This is the logarithm of softmax: it has the same order, but it is no probability.",
    lambda z: z - z.max(axis=0) - np.log(np.exp(z - z.max(axis=0)).sum(axis=0)),
)
softmax.mistake(
    "The largest z is subtracted above, in the numerator, and not below. What is "
    "subtracted cancels only if both have it: "
    "compute `e = np.exp(z - z.max(axis=0))` once, and divide `e` by `e.sum(axis=0)`.",
    {"e / e.sum(axis=0)": "e / np.exp(z).sum(axis=0)"},
)
softmax.mistake(
    "The largest z is subtracted below, in the sum, and not above. What is subtracted cancels only if both have it: "
    "compute `e = np.exp(z - z.max(axis=0))` once, and divide `e` by `e.sum(axis=0)`.",
    {"return e /": "return np.exp(z) /"},
)
softmax.mistake(
    "You divided by the mean, so each column sums to the number of classes. Divide by the sum.",
    {"e.sum(axis=0)": "e.mean(axis=0)"},
)
softmax.mistake(
    "The exponent has the wrong sign: the largest z must get the largest share.",
    {"np.exp(z - np.max(z, axis=0))": "np.exp(np.min(z, axis=0) - z)"},
)


# --- 2.6: which activation, and why -----------------------------------------------------------------------------------

NOT_ABOUT_SLOPES = (
    "That is about gradients on their way through hidden layers; an output is chosen for the values it must give."
)
NOT_THE_CENTER = "A center at 0 helps the layer that comes next, and after the output there is none."
NOT_THE_RANGE = "A range is what an output layer needs; a hidden layer needs gradients that get through."

WHICH = Choices(
    key="2.6",
    title="which activation, and why",
    points=2,
    minutes=8,
    level=2,
    stub="""
my_choice = {  # (activation, letter of the reason)
    "price": (..., ...),  # output layer: the price of a house
    "spam": (..., ...),  # output layer of one unit: is this mail spam?
    "digit": (..., ...),  # output layer of ten units: which digit is in this picture?
    "hidden": (..., ...),  # hidden layers of a deep network: the usual first choice
    "dead": (..., ...),  # hidden layers of ReLU, a third of whose units always give 0
}
""",
    names=("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "softmax", "identity"),
    reasons={
        "a": "any number can come out",
        "b": "one number between 0 and 1 comes out",
        "c": "the outputs are positive and sum to 1",
        "d": "where it is active its slope is 1, so gradients do not shrink",
        "e": "its slope is never 0, and is 1 on one side",
        "f": "its outputs are centered on 0",
    },
    situations={
        "price": Situation(
            right=("identity",),
            reason="a",
            why_not={
                "elu": "it ends at −1, and bends the scale at 0 for no reason; let the number through as it is.",
                "gelu": "it bends the scale at 0 for no reason; let the number through as it is.",
                "sigmoid": "it ends at 1, and prices do not.",
                "tanh": "it stays between −1 and 1, and prices do not.",
                "relu": "no price is below 0, true; but a unit with z < 0, where the slope is 0, cannot learn.",
                "leaky_relu": "it bends the scale at 0 for no reason; let the number through as it is.",
                "softmax": "it makes shares that sum to 1; of a single output it makes 1, whatever the input.",
            },
            wrong_reason={
                "b": "A price is no probability.",
                "c": "A single price has nothing to share with.",
                "d": NOT_ABOUT_SLOPES,
                "e": NOT_ABOUT_SLOPES,
                "f": NOT_THE_CENTER,
            },
        ),
        "spam": Situation(
            right=("sigmoid",),
            reason="b",
            why_not={
                "elu": "it can give 3.7 or −0.5, which is no probability.",
                "gelu": "it can give 3.7, which is no probability.",
                "identity": "it can give 3.7 or −2, which is no probability.",
                "tanh": "it runs from −1 to 1; a probability runs from 0 to 1.",
                "relu": "it can give 3.7, which is no probability.",
                "leaky_relu": "it can give 3.7 or −0.02, which is no probability.",
                "softmax": "over a single unit it is always 1. With two units it would do; sigmoid does it with one.",
            },
            wrong_reason={
                "a": "From sigmoid only numbers between 0 and 1 come out, which is the point.",
                "c": "There is only one output here, and nothing to sum.",
                "d": NOT_ABOUT_SLOPES,
                "e": NOT_ABOUT_SLOPES,
                "f": NOT_THE_CENTER + " Nor is it so: sigmoid is centered on ½.",
            },
        ),
        "digit": Situation(
            right=("softmax",),
            reason="c",
            why_not={
                "elu": "its outputs can be negative and need not sum to 1.",
                "gelu": "its outputs can be negative and need not sum to 1.",
                "identity": "ten numbers of any size are scores, not probabilities.",
                "sigmoid": "ten separate yes-or-no answers need not sum to 1, and the picture shows exactly one digit.",
                "tanh": "its outputs can be negative; probabilities cannot.",
                "relu": "its outputs have no upper end and need not sum to 1.",
                "leaky_relu": "its outputs can be negative and need not sum to 1.",
            },
            wrong_reason={
                "a": "From softmax only numbers between 0 and 1 come out.",
                "b": "True of each output, and of ten sigmoids as well. What do the ten have in common?",
                "d": NOT_ABOUT_SLOPES,
                "e": NOT_ABOUT_SLOPES,
                "f": NOT_THE_CENTER + " Nor is it so: probabilities are positive.",
            },
        ),
        "hidden": Situation(
            right=("relu",),
            reason="d",
            why_not={
                "elu": "it would work too. The usual first choice is the simpler relu, without an exponential.",
                "gelu": "it works well, above all in transformers. The first choice elsewhere is the simpler relu.",
                "identity": "a stack of linear layers is one linear layer, however deep.",
                "sigmoid": "its slope is at most ¼, so the slopes of ten layers shrink a gradient a million times.",
                "tanh": "it saturates on both sides: in a deep network gradients fade, if later than with sigmoid.",
                "leaky_relu": "it would work too. The usual first choice is the simpler relu; the leak is the cure for "
                "a trouble you have not seen yet.",
                "softmax": "it makes the units of a layer share 1 among them; hidden units should speak independently.",
            },
            wrong_reason={
                "a": NOT_THE_RANGE + " Nor is it so: nothing negative comes out of ReLU.",
                "b": NOT_THE_RANGE + " Nor is it so: ReLU has no upper end.",
                "c": NOT_THE_RANGE + " Nor is it so: nothing makes the outputs of ReLU sum to 1.",
                "e": "Below 0 the slope of ReLU is 0: that is its weakness, and the next situation.",
                "f": "They are not: nothing negative comes out of ReLU.",
            },
        ),
        "dead": Situation(
            right=("leaky_relu",),
            reason="e",
            why_not={
                "elu": "it helps near 0; far below 0 its slope, e^z, is as good as 0 as well. Which slope is not?",
                "gelu": "it helps near 0; far below 0 its slope is as good as 0 as well. Which slope is not?",
                "identity": "no unit would die, but the layers would collapse into one linear layer.",
                "sigmoid": "its slope is at most ¼, and as good as 0 for large |z|: one trouble for another.",
                "tanh": "it saturates on both sides, where its slope is as good as 0.",
                "relu": "it is what they have: below 0 its slope is 0, so no gradient can bring the dead units back.",
                "softmax": "it makes the units of a layer share 1 among them; that is for outputs.",
            },
            wrong_reason={
                "a": NOT_THE_RANGE,
                "b": NOT_THE_RANGE + " Nor is it so: leaky ReLU has no upper end.",
                "c": NOT_THE_RANGE + " Nor is it so: nothing makes its outputs sum to 1.",
                "d": "True, and of ReLU as well. What is different below 0?",
                "f": "They are not: above 0 leaky ReLU gives much more than below.",
            },
        ),
    },
    hints=(
        "Three of the five are output layers: ask which numbers must be able to come out. Two are hidden layers: ask "
        "what happens to a gradient on its way back.",
        "For an output: any number, one probability, or several that sum to 1? For a hidden layer: how large is the "
        "slope, and can it be 0?",
        "No activation is used twice, and tanh not at all. Each reason is used once, and f not at all.",
    ),
    solution="""
my_choice = {
    "price": ("identity", "a"),
    "spam": ("sigmoid", "b"),
    "digit": ("softmax", "c"),
    "hidden": ("relu", "d"),
    "dead": ("leaky_relu", "e"),
}
""",
    reason="An output layer is chosen by the values it must be able to give, a hidden layer by the gradients it lets "
    "through.",
    takeaway="Outputs are chosen by the values they must give, hidden layers by the gradients they let through.",
)

# --- 2.7: the learning loop with the slope in it ----------------------------------------------------------------------

X2 = [[1.0, -2.0, 0.5], [0.5, 1.0, -1.5]]
X1 = [[2.0, 1.0, 0.5, -1.0]]
SIGMOID, TANH, RELU = (
    {"f": f, "f_prime": f_prime} for f, f_prime in (network.ACTIVATIONS[name] for name in ("sigmoid", "tanh", "relu"))
)


@exercise(
    "2.7",
    "the learning loop, with the slope",
    points=2,
    minutes=10,
    level=2,
    stub="return ..., ...  # w (n_in,), b",
    returns=("w", "b"),
    cases=[
        case(X=X2, y=[1.0, 0.0, 1.0], **TANH, w=[0.5, -1.0], b=0.25, steps=1, rate=0.5),
        case(X=X2, y=[1.0, 0.0, 1.0], **TANH, w=[0.5, -1.0], b=0.25, steps=2, rate=0.5),
        case(X=X1, y=[3.0, 1.0, 0.0, 1.0], **RELU, w=[1.5], b=-0.5, steps=3, rate=0.2),
        case(X=X2, y=[0.0, 1.0, 0.5], **SIGMOID, w=[2.0, 1.0], b=-1.0, steps=4, rate=1.0),
        case(X=X1, y=[3.0, 1.0, 0.0, 1.0], **TANH, w=[1.5], b=-0.5, steps=0, rate=0.2),
    ],
    hints=[
        "It is the loop of 1.5 with one more factor, and it starts from the w and b that are given. Which number must "
        "each error be multiplied by, before it is multiplied by the inputs?",
        "Compute the sums `z = w @ X + b` once a round, an array of m numbers. Each picture has its own error, "
        "`f(z) - y`, and its own slope, `f_prime(z)`.",
        "In the loop four lines: z; `blame = (f(z) - y) * f_prime(z)`; w minus rate · X @ blame / m; b minus rate · "
        "the mean of blame. After the loop, give back both.",
    ],
    reason="Error and slope belong to a picture, so they are multiplied first, m numbers with m numbers. `X @ blame` "
    "then adds that times the inputs over the pictures. For f(z) = z the slope is 1, and this is lesson 01's loop.",
    takeaway="One factor more than in lesson 01. Where it is 0, the picture teaches the neuron nothing.",
)
def train_with_slope(X, y, f, f_prime, w, b, steps, rate):  # X (n_in, m), y (m,)
    for _ in range(steps):
        z = w @ X + b
        blame = (f(z) - y) * f_prime(z)
        w = w - rate * (X @ blame) / len(y)
        b = b - rate * np.mean(blame)
    return w, b


train_with_slope.mistake(
    "The slope is missing: this is the loop of lesson 01. Multiply each error by `f_prime(z)`.", {" * f_prime(z)": ""}
)
train_with_slope.mistake(
    "The slope is taken at a = f(z). It belongs to the place on the curve where the neuron stands, z.",
    {"f_prime(z)": "f_prime(f(z))"},
)
train_with_slope.mistake(
    "You multiply by f(z), which is what the neuron says. How fast that changes is the slope, `f_prime(z)`.",
    {"f_prime(z)": "f(z)"},
)
train_with_slope.mistake(
    "The slope is always the sigmoid's, a (1 − a). Use the `f_prime` that is given.",
    {"f_prime(z)": "f(z) * (1 - f(z))"},
)
train_with_slope.mistake(
    "One slope for all pictures, the mean. Each picture stands at a place of its own on the curve: `f_prime(z)`.",
    {"f_prime(z)": "np.mean(f_prime(z))"},
)
train_with_slope.mistake(
    "b moves without the slope. Its input is 1, but error × slope is the same as for w.",
    {"np.mean(blame)": "np.mean(f(z) - y)"},
)
train_with_slope.mistake(
    "w moves without the slope: it needs error × slope × input, `X @ blame`.", {"X @ blame": "X @ (f(z) - y)"}
)
train_with_slope.mistake(
    "The error is missing: slope × input alone does not say how wrong the guess was.", {"(f(z) - y) * ": ""}
)
train_with_slope.mistake("The activation is missing in the error: the guess is f(z), not z.", {"(f(z) - y)": "(z - y)"})
train_with_slope.mistake(
    "The bias is missing in the sum: z = w · x + b.",
    {"w @ X + b": "w @ X"},
)
train_with_slope.mistake(
    "You walk the wrong way: with error = guess − y, subtract; or measure y − guess, and add.",
    {"f(z) - y": "y - f(z)"},
    {"w - rate": "w + rate", "b - rate": "b + rate"},
)
train_with_slope.mistake("w goes the right way, b the wrong one: subtract from both.", {"b - rate": "b + rate"})
train_with_slope.mistake("b goes the right way, w the wrong one: subtract from both.", {"w - rate": "w + rate"})
train_with_slope.mistake(
    "For w you added over the pictures; the mean is asked for: divide by m, as `np.mean` does for b.",
    {" / len(y)": ""},
)
train_with_slope.mistake(
    "Both adjustments are sums over the pictures. Take means: divide by m.",
    {" / len(y)": "", "np.mean(blame)": "np.sum(blame)"},
)
train_with_slope.mistake(
    "For b you added over the pictures; the mean is asked for: `np.mean`.", {"np.mean(blame)": "np.sum(blame)"}
)
train_with_slope.mistake(
    "For w you divided by the number of inputs. The mean is over the m pictures: `len(y)`.", {"len(y)": "len(X)"}
)
train_with_slope.mistake(
    "There is a factor 2 too many: the loss is half the squared error, so that the 2 goes away.",
    {"(f(z) - y)": "2 * (f(z) - y)"},
)
train_with_slope.mistake(
    "The errors are squared, which loses their sign. The step needs the error itself.",
    {"(f(z) - y)": "(f(z) - y) ** 2"},
)
train_with_slope.mistake("`rate` is missing: each step is only a part of the mean.", {"rate * ": ""})
train_with_slope.mistake("`rate` is missing in the step of w.", {"rate * (X": "(X"})
train_with_slope.mistake("`rate` is missing in the step of b.", {"rate * np.mean": "np.mean"})
train_with_slope.mistake(
    "It starts from 0. Start from the w and b that are given.",
    {"    for _": "    w, b = np.zeros(len(X)), 0.0\n    for _"},
)
train_with_slope.mistake(
    "The mean of the products is not the product of the means: error × slope × input first, picture by picture.",
    {"(X @ blame) / len(y)": "X.mean(axis=1) * np.mean(blame)"},
)
train_with_slope.mistake(
    "z is computed before the loop, so it never hears of the new w and b. Move that line into the loop.",
    {"    for _ in range(steps):\n        z = w @ X + b\n": "    z = w @ X + b\n    for _ in range(steps):\n"},
)
train_with_slope.mistake(
    "The slope is computed before the loop, at the place where the neuron stood at first. Compute it in every round.",
    {"    for _": "    slope = f_prime(w @ X + b)\n    for _", "* f_prime(z)": "* slope"},
)
train_with_slope.mistake(
    "The error is measured anew between the two adjustments, so b sees a w that has moved already. Measure it once.",
    {"b = b": "blame = (f(w @ X + b) - y) * f_prime(w @ X + b)\n        b = b"},
)
train_with_slope.mistake(
    "The loop ends after its first round. Move `return` to the left, out of the loop.", {"    return": "        return"}
)
train_with_slope.mistake("There is one step too few.", {"range(steps)": "range(steps - 1)"})
train_with_slope.mistake("There is one step too many.", {"range(steps)": "range(steps + 1)"})
train_with_slope.mistake("There is only one step, whatever `steps` is.", {"range(steps)": "range(1)"})
train_with_slope.mistake(
    "w stays where it was. It moves against error × slope × input.", {"w = w - rate * (X @ blame) / len(y)": "pass"}
)
train_with_slope.mistake(
    "b stays where it was. It moves against error × slope.", {"b = b - rate * np.mean(blame)": "pass"}
)
train_with_slope.mistake(
    "Every weight got the same step, a mean over all inputs. Each needs error × slope × *its* input: `X @ …`.",
    {"(X @ blame) / len(y)": "np.mean(X * blame)"},
    {"(X @ blame) / len(y)": "np.mean(blame)"},
)
train_with_slope.mistake(
    "The slope is taken at the error. It belongs to the place on the curve where the neuron stands, z.",
    {"f_prime(z)": "f_prime(f(z) - y)"},
    {"(f(z) - y) * f_prime(z)": "f_prime(f(z) - y)"},
)
train_with_slope.mistake(
    "The slope is taken at the inputs. The neuron stands on its curve at z: `f_prime(z)`.",
    {"X @ blame": "f_prime(X) @ (f(z) - y)", "np.mean(blame)": "np.mean(f(z) - y)"},
)
train_with_slope.mistake(
    "You divide by the slope. The nudge is multiplied on its way: error × slope × input.",
    {"* f_prime(z)": "/ f_prime(z)"},
)
train_with_slope.mistake(
    "You add the slope. It multiplies the error: error × slope × input.", {"* f_prime(z)": "+ f_prime(z)"}
)
train_with_slope.mistake(
    "Brackets are missing: in `f(z) - y * f_prime(z)` only y is multiplied. The error comes first: `(f(z) - y)`.",
    {"(f(z) - y)": "f(z) - y"},
)
train_with_slope.mistake(
    "Brackets are missing: `X @ error * slope` does `X @ error` first, which has one number for each input. Error and "
    "slope belong to the pictures, so multiply these two first: `X @ (error * slope)`.",
    {"X @ blame": "X @ (f(z) - y) * f_prime(z)"},
)
train_with_slope.mistake(
    "For b you multiplied the mean error by the mean slope. Multiply picture by picture, and take the mean then.",
    {"np.mean(blame)": "np.mean(f(z) - y) * np.mean(f_prime(z))"},
)
train_with_slope.mistake("There is a factor ½ too many: the slope of ½ e² is e.", {"(f(z) - y)": "(f(z) - y) / 2"})
train_with_slope.mistake(
    "The error lost its sign, which says whether the guess was too high or too low.",
    {"(f(z) - y)": "np.abs(f(z) - y)"},
)
train_with_slope.mistake(
    "For w the slope is in it twice. Once is enough: error × slope × input.", {"X @ blame": "X @ (blame * f_prime(z))"}
)
train_with_slope.mistake(
    "b got the inputs as well. Its input is always 1: error × slope alone.",
    {"np.mean(blame)": "np.mean(X @ blame)"},
    {"np.mean(blame)": "np.mean(X * blame)"},
    {"np.mean(blame)": "np.mean(X @ blame) / len(y)"},
)
train_with_slope.mistake(
    "f and its slope are exchanged: the guess is f(z), and the slope `f_prime(z)`.",
    {"(f(z) - y) * f_prime(z)": "(f_prime(z) - y) * f(z)"},
)
train_with_slope.mistake("w and b are exchanged: give back w first, then b.", {"return w, b": "return b, w"})
train_with_slope.mistake("Give back both, `return w, b`.", {"return w, b": "return w"})


EXERCISES = (sigmoid, sigmoid_prime_from_output, leaky_relu, leaky_relu_prime, softmax, WHICH, train_with_slope)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "2.q1",
        "How large can the derivative of sigmoid, σ′(z), get?",
        {
            "1, at z = 0": "That is tanh, whose derivative is 1 at 0. Sigmoid rises half as far, half as fast.",
            "½, at z = 0": "½ is the value σ(0); the derivative there is σ(0) (1 − σ(0)) = ½ · ½.",
            "¼, at z = 0": "σ′ = σ (1 − σ) is largest where both factors are ½: it is at most ¼.",
            "There is no limit": "A product of two numbers between 0 and 1 cannot be large.",
        },
        right="¼, at z = 0",
    ),
    Question(
        "2.q2",
        "A gradient passes back through ten sigmoid layers. By what do the ten derivatives multiply it, at most?",
        {
            "By 10 · ¼ = 2.5": "Derivatives along a chain are multiplied, not added: ¼ · ¼ · … · ¼.",
            "By about a millionth": "¼ multiplied ten times is 4⁻¹⁰ ≈ 0.00000095, and that is the best case.",
            "By 1: nothing happens": "That is the best case of ReLU. Each sigmoid layer takes at least ¾ away.",
            "By 4¹⁰: it explodes": "Upside down: the factors are at most ¼, not 4.",
        },
        right="By about a millionth",
    ),
    Question(
        "2.q3",
        "tanh is centered on 0 and sigmoid is not. What does that change for the next layer?",
        {
            "tanh does not saturate": "It does, on both sides, just as sigmoid does.",
            "Its inputs have both signs": (
                "With sigmoid all inputs are positive, so an example pushes all weights of a unit the same way, up or "
                "down, and the way to the goal is a zigzag."
            ),
            "tanh is faster to compute": "Both cost about one exponential; tanh(z) is 2σ(2z) − 1.",
            "Nothing, biases make up for it": "A bias shifts the sum; the inputs keep their signs.",
        },
        right="Its inputs have both signs",
    ),
    Question(
        "2.q4",
        "Twenty layers, no activation functions. What can such a network compute?",
        {
            "Anything, if it is wide enough": "Only with something that bends in between.",
            "Polynomials of degree 20": "No layer multiplies its inputs with each other, so no powers arise.",
            "What one linear layer can": (
                "W₂ (W₁ x + b₁) + b₂ = (W₂ W₁) x + (W₂ b₁ + b₂): two layers are one, and so are twenty."
            ),
            "Nothing, its gradients vanish": "Its gradients can be fine. It learns, but only straight lines.",
        },
        right="What one linear layer can",
    ),
    Question(
        "2.q5",
        "softmax(z / T): what happens as the temperature T becomes very large?",
        {
            "All classes become equally likely": (
                "The differences between the z / T go to 0, and e^0 is the same for all: 1/n each."
            ),
            "The largest gets nearly all": "That is T near 0: the differences grow, the winner takes all.",
            "Nothing changes": "Adding one number to all z changes nothing; dividing does.",
            "The order is reversed": "Dividing by a positive T keeps the order; a negative T would reverse it.",
        },
        right="All classes become equally likely",
    ),
    Question(
        "2.q6",
        "What is the derivative of ReLU at exactly z = 0?",
        {
            "1": "From the right it is 1, from the left 0. Code may choose 1; mathematics does not.",
            "½, the mean of both sides": "A fair compromise, but no derivative: a kink has none.",
            "It has none; code takes 0": (
                "The slopes from left and right, 0 and 1, differ, so there is none. Code has to take some value; the "
                "usual choice, and this course's, is 0."
            ),
            "It has none, so training fails there": (
                "From random weights z is hardly ever exactly 0. Section 9 shows the start where it is, everywhere."
            ),
        },
        right="It has none; code takes 0",
    ),
)


# --- answers to the harder challenges ---------------------------------------------------------------------------------


@challenge(
    "2.c1",
    "the α that makes ELU's slope continuous",
    result="α = 1. On the left of 0 the slope is α e^z, which comes to α; on the right it is 1.",
    notice="That is why α = 1 is the usual choice. The second derivative still jumps, from 1 to 0.",
    holds=lambda jumps: min(jumps, key=jumps.get) == 1.0 and jumps[1.0] < 1e-6 < 0.4 < jumps[0.5],
)
def smooth_elu():
    left, right = np.array(-1e-9), np.array(1e-9)
    return {a: float(abs(network.elu_prime(left, a) - network.elu_prime(right, a))) for a in (0.25, 0.5, 1.0, 1.5)}


@challenge(
    "2.c2",
    "tanh is a stretched sigmoid",
    result="The two differ by rounding only. On paper: 2σ(2z) − 1 = (1 − e^−2z) / (1 + e^−2z); "
    "multiply above and below by e^z.",
    notice="So a tanh unit can do what a sigmoid unit can, with other weights around it. Only its center is another.",
    holds=lambda difference: difference < 1e-14,
)
def stretched():
    z = np.linspace(-20, 20, 401)
    return np.abs(np.tanh(z) - (2 * network.sigmoid(2 * z) - 1)).max()


@challenge(
    "2.c3",
    "a bump of four ReLUs",
    result="R(x) − R(x − 1) − R(x − 2) + R(x − 3): up with slope 1, level, down, level.",
    notice="At its corner each ReLU changes the slope by its outgoing weight: +1, −1, −1, +1. They sum to 0.",
    holds=lambda heights: heights == [0, 0, 0.5, 1, 1, 1, 0.5, 0, 0],
)
def bump():
    x = np.array([-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 9])
    weights = {0: 1, 1: -1, 2: -1, 3: 1}  # corner: outgoing weight
    return sum(weight * network.relu(x - corner) for corner, weight in weights.items()).tolist()


@challenge(
    "2.c4",
    "where GELU falls",
    result="Left of −0.75, where GELU is lowest. Farther out the slope comes back to 0 from below.",
    notice="There a larger sum gives less. No harm is known of it: the slope there is at most 0.13 in size.",
    holds=lambda found: abs(found[0] + 0.75) < 0.01 and -0.135 < found[1] < -0.125,
)
def falling_gelu():
    z = np.linspace(-5, 5, 10_001)
    slopes = network.gelu_prime(z)
    return z[slopes < 0].max(), slopes.min()


@challenge(
    "2.c5",
    "other functions in the four layers",
    result="With step the output takes only a few values, with ReLU it is made of straight pieces, with GELU it is "
    "smooth: its slope never jumps.",
    notice="What f is made of, the network is made of: steps, corners, or neither.",
    holds=lambda seen: seen["step"] < 12 and seen["relu"] < 100 and seen["gelu"] > 1000,
)
def other_layers():
    rng, x = np.random.default_rng(4), np.linspace(-3, 3, 1201).reshape(1, -1)
    layers = [(rng.normal(size=(8, n)), rng.normal(size=(8, 1))) for n in (1, 8, 8, 8)]
    outputs = {"step": lambda z: 1.0 * (z > 0), "relu": network.relu, "gelu": network.gelu}
    for name, f in outputs.items():
        a = x
        for W, b in layers:
            a = f(W @ a + b)
        outputs[name] = a.sum(axis=0) if name == "step" else np.diff(a.sum(axis=0)) / np.diff(x[0])
    return {name: len(np.unique(values.round(6))) for name, values in outputs.items()}  # values or slopes


CHALLENGES = (smooth_elu, stretched, bump, falling_gelu, other_layers)
