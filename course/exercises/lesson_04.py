"""The exercises, the quiz and answers to the challenges of lesson 04, Loss functions.

Each wrong answer is one that learners really give. Its example is run like an answer; tests feed it back.
"""

import numpy as np

from course.exercises.grading import challenge, exercise
from course.exercises.questions import Choices, Question, Situation
from course.results import case
from helpers import network
from helpers.data import house_prices

TITLE = "Loss functions"

ONE_NUMBER = "A loss is one number for the whole batch"


# --- 4.1 and 4.2: mean squared error and its gradient -----------------------------------------------------------------

HOUSE = case(A=[[3.5]], Y=[[4.0]])
BATCH = case(A=[[1.0, 2.0, 0.0], [4.0, 5.0, 7.5]], Y=[[1.5, 0.0, 0.0], [3.0, 5.0, 6.0]])
TALL = case(A=[[0.5, 2.0], [1.0, -1.0], [3.0, 0.25]], Y=[[0.0, 1.0], [2.0, -1.0], [0.0, 0.5]])
WHOLE = case(A=[[1, 2, 4]], Y=[[0, 2, 7]])


@exercise(
    "4.1",
    "mean squared error",
    points=1,
    minutes=5,
    level=1,
    cases=[HOUSE, BATCH, TALL, WHOLE],
    hints=[
        "Do it by hand for A = (1, 2) and Y = (3, 2): two errors, two squares, one mean.",
        "Three steps, from the inside out: the errors `A - Y`, their squares, the mean of these.",
        "`np.mean` of an array without an `axis` is the mean over all its elements, and that is one number.",
    ],
    reason=(
        "Subtract, square, average: the formula from the inside out. `float` makes a plain Python number of it, "
        "which prints well and can be kept in a list."
    ),
    takeaway=("One number for a batch of any size, and in squared units: dollars become dollars²."),
)
def mse(A, Y):  # predictions and targets, both (n, m): n outputs, m examples
    return float(np.mean((A - Y) ** 2))


MSE = "float(np.mean((A - Y) ** 2))"
for says, edit in (
    ("This is the sum of the squares. It grows with the batch; the mean does not. Use `np.mean`.", {"mean": "sum"}),
    ("You divided the sum by m, the number of examples. Here the mean is over all n · m elements, `A.size`.",
     {MSE: "np.sum((A - Y) ** 2) / A.shape[1]"}),
    ("You divided the sum by n, the number of outputs: `len(A)` counts the rows. The mean is over all n · m elements, "
     "`A.size`.", {MSE: "np.sum((A - Y) ** 2) / len(A)"}),
    ("This is half of the mean. Some books put a ½ in front so that the 2 of the gradient cancels; this course does "
     "not.", {"float(": "float(0.5 * "}),
    ("This is the mean absolute error: the errors are to be squared, `** 2`.", {"(A - Y) ** 2": "np.abs(A - Y)"}),
    ("This is the RMSE. Leave the root away: the mean of the squares itself is asked for.", {"float(": "np.sqrt("}),
    ("You averaged first and squared then, so errors of opposite sign cancel. Square each error, then average.",
     {"((A - Y) ** 2)": "(A - Y) ** 2"}),
    ("These errors are not squared, so one too high and one too low cancel: `(A - Y) ** 2`.", {" ** 2": ""}),
    (f"You gave one loss for each example. {ONE_NUMBER}: `np.mean(…)` without `axis` averages over everything.",
     {MSE: "np.mean((A - Y) ** 2, axis=0)"}),
    (f"You gave one loss for each output. {ONE_NUMBER}: `np.mean(…)` without `axis` averages over everything.",
     {MSE: "np.mean((A - Y) ** 2, axis=1)"}),
    (f"These are the squared errors, one by one. {ONE_NUMBER}: take their mean.", {MSE: "(A - Y) ** 2"}),
    ("This is the gradient, the next exercise. Here the loss itself is asked for.", {MSE: "2 * (A - Y) / A.size"}),
    ("In Python `^` is a logical operation on bits; a power is written `**`.", {"**": "^"}),
    ("`* 2` doubles an error; `** 2` squares it.", {"**": "*"}),
    ("Brackets are missing: `A - Y**2` squares Y alone. Write `(A - Y) ** 2`.", {"(A - Y) ** 2": "A - Y**2"}),
    ("You squared A and Y each by itself. Square their difference: `(A - Y) ** 2`.", {"(A - Y) ** 2": "A**2 - Y**2"}),
    ("You squared the sum of the errors, in which errors of opposite sign cancel. Square each error, then average.",
     {MSE: "np.sum(A - Y) ** 2 / A.size"}),
    ("`@` is the matrix product: it multiplies errors of different outputs. Square element by element, `** 2`.",
     {MSE: "(A - Y) @ (A - Y).T / A.size"}),
    ("A square is never negative, and neither is their mean: no minus in front.", {"float(": "-float("}),
    ("You added Y. An error is a difference: `A - Y`.", {"A - Y": "A + Y"}),
    ("This is the largest squared error; the mean of all is asked for.", {"mean": "max"}),
    ("This is the median of the squared errors; their mean is asked for.", {"mean": "median"}),
    ("This is the length of the error, √ of the sum of the squares: their mean is asked for.",
     {MSE: "np.linalg.norm(A - Y)"}),
    ("Without the root, this would be right: it is the root of the sum, divided by the number of elements.",
     {MSE: "np.linalg.norm(A - Y) / A.size"}),
    ("You took the mean and divided it by the number of elements, too. The mean has done that already.",
     {"2))": "2)) / A.size"}),
    ("Brackets are missing: `/ n * m` divides by n and multiplies by m. Write `/ (n * m)`, or `np.mean`.",
     {MSE: "np.sum((A - Y) ** 2) / len(A) * A.shape[1]"}),
    ("This is half of the sum of the squares. The mean of all n · m elements is asked for, without a ½: `np.mean`.",
     {MSE: "np.sum((A - Y) ** 2) / 2"}),
    ("This is the variance of the errors: it does not see an error that all share. Use `np.mean((A - Y) ** 2)`.",
     {"np.mean((A - Y) ** 2)": "np.var(A - Y)"}),
):  # fmt: skip
    mse.mistake(says, edit)


@exercise(
    "4.2",
    "the gradient of the mean squared error",
    points=2,
    minutes=8,
    level=2,
    cases=[HOUSE, BATCH, TALL, WHOLE],
    hints=[
        "Raise one single element of A a little. How many terms of the mean change?",
        "Only one: (a − y)² / (n · m). Its derivative with respect to a, by the chain rule, has the factor 2.",
        "The result is an array of the same shape as A: twice the errors, shared out over `A.size` elements.",
    ],
    reason=(
        "Each element of A occurs in one term of the mean, (a − y)² / (n · m). The derivative of that is "
        "2 (a − y) / (n · m), and `A.size` is n · m."
    ),
    takeaway=("A prediction that is twice as wrong is pulled twice as hard."),
)
def mse_prime(A, Y):  # the slope of mse for each element of A, so of shape (n, m)
    return 2 * (A - Y) / A.size


for says, edit in (
    ("Half of what it should be: the derivative of a square e² is 2e, and the 2 is missing.", {"2 * ": ""}),
    ("The sign is wrong: where the prediction is too high, a higher one is worse, so the slope is positive. It is A − "
     "Y, not Y − A.", {"A - Y": "Y - A"}),
    ("You took the absolute value. The sign says which way to go: keep it.", {"(A - Y)": "np.abs(A - Y)"}),
    ("You divided by m. The loss is a mean over n · m elements, so divide by n · m: `A.size`.",
     {"A.size": "A.shape[1]"}),
    ("You divided by n: `len(A)` counts the rows. The loss is a mean over n · m elements: `A.size`.",
     {"A.size": "len(A)"}),
    ("This is the gradient of the sum. The loss is the mean: each element counts 1/(n · m) of it, so divide by "
     "`A.size`.", {" / A.size": ""}),
    ("You gave the average of the slopes. Every prediction has a slope of its own: keep the shape of A, and divide by "
     "`A.size`.", {"(A - Y) / A.size": "np.mean(A - Y)"}),
    ("You averaged over an axis. Every prediction has a slope of its own: keep the shape of A, and divide by `A.size`.",
     {"(A - Y) / A.size": "np.mean(A - Y, axis=0)"}),
    ("You averaged over an axis. Every prediction has a slope of its own: keep the shape of A, and divide by `A.size`.",
     {"(A - Y) / A.size": "np.mean(A - Y, axis=1)"}),
    ("This is the loss itself. Its gradient has a number for each element of A.",
     {"2 * (A - Y) / A.size": "np.mean((A - Y) ** 2)"}),
    ("The exponent comes down when you differentiate: (a − y)² becomes 2 (a − y), without the square.",
     {"(A - Y)": "(A - Y) ** 2"}),
    ("This is the gradient of the mean absolute error, which knows only the sign of each error.",
     {"2 * (A - Y)": "np.sign(A - Y)"}),
    ("You summed over an axis. The gradient has the shape of A: one number for each output of each example.",
     {"2 * (A - Y) / A.size": "(2 * (A - Y) / A.size).sum(axis=0)"}),
    ("This is the squared error divided by the number of elements: nothing has been differentiated. The derivative of "
     "(a − y)² is 2 (a − y).", {"2 * (A - Y)": "(A - Y) ** 2"}),
    ("The factor is 2, from the derivative of a square; yours is 4.", {"2 * ": "4 * "}),
    ("You divided by the number of elements twice. The mean brings it in once.", {"A.size": "A.size**2"}),
    ("You multiplied by the number of elements. The mean divides by it.", {"/ A": "* A"}),
    ("Brackets are missing: `/ n * m` divides by n and multiplies by m. Write `/ (n * m)`, or `/ A.size`.",
     {"/ A.size": "/ len(A) * A.shape[1]"}),
    ("Brackets are missing: `2 * A - Y` doubles A alone.", {"(A - Y) / A.size": "A - Y / A.size"}),
    ("Brackets are missing: `2 * A - Y` doubles A alone.", {"2 * (A - Y)": "(2 * A - Y)"}),
    ("Brackets are missing: `2 * A / A.size - Y` subtracts all of Y.", {"(A - Y) / A.size": "A / A.size - Y"}),
    ("You divided by n + m. The loss is a mean over n · m elements: `A.size`.", {"A.size": "sum(A.shape)"}),
    ("You divided by Y. The slope of a square is twice the error, over the number of elements: `A.size`.",
     {"A.size": "Y"}),
    ("You averaged over an axis. Every prediction has a slope of its own: keep the shape of A, and divide by `A.size`.",
     {"(A - Y) / A.size": "np.mean(A - Y, axis=1, keepdims=True)"}),
    ("Y is missing: the error is `A - Y`.", {"(A - Y)": "A"}),
    ("`@` is the matrix product. The slope of a square is twice its own error, which is multiplied by no other number.",
     {"(A - Y)": "(A - Y) @ A.T"}),
):  # fmt: skip
    mse_prime.mistake(says, edit)


# --- 4.3: binary cross-entropy from logits ----------------------------------------------------------------------------

CLIPPED = (
    "You clipped the probability, or added a little to it, so that its logarithm stays finite. Then no loss can be "
    "larger than the logarithm of that little number, however wrong the answer is. From the logit itself no clipping "
    "is needed: −log σ(z) = log(1 + e^−z)."
)
LITTLE = ("1e-2", "1e-3", "1e-4", "1e-5", "1e-6", "1e-7", "1e-8", "1e-9", "1e-10", "1e-12", "1e-15", "1e-16", "1e-300")
CLIPPED_LOGIT = (
    "You clipped the logit, so every answer beyond that is equally wrong, and its slope is 0. Nothing overflows if "
    "−|z| is in the exponent, and Z needs no clipping."
)
LOG_OF_ZERO = (
    "For a large |z| the probability is rounded to 0 or 1, and `np.log(0)` is −inf. Do not compute σ(z) first: "
    "put −log σ(z) = log(1 + e^−z) into the formula and simplify."
)


@exercise(
    "4.3",
    "binary cross-entropy from logits",
    points=3,
    minutes=15,
    level=3,
    quiet=True,
    cases=[
        case(Z=[[0.0]], Y=[[1.0]]),
        case(Z=[[2.0, -1.0, 0.5], [-3.0, 0.0, 1.5]], Y=[[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]),
        case(Z=[[1.0], [-2.0]], Y=[[0.25], [0.9]]),
        case(Z=[[1000.0, 2.0]], Y=[[0.0, 1.0]]),
        case(Z=[[-1000.0, 2.0]], Y=[[1.0, 1.0]]),
        case(Z=[[1000.0, -1000.0]], Y=[[1.0, 0.0]]),
        case(Z=[[40.0, -3.0]], Y=[[0.0, 1.0]]),
    ],
    hints=[
        "Put −log σ(z) = log(1 + e^−z) and −log(1 − σ(z)) = log(1 + e^z) into the loss. What is left for y = 1, "
        "and what for y = 0?",
        "log(1 + e^−z) = log(1 + e^z) − z, so the whole loss of one element is log(1 + e^z) − z y. "
        "Now only the overflow of e^z is in the way.",
        "log(1 + e^z) is `np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z)))`, where no exponent is above 0. "
        "Subtract z y, and average.",
    ],
    reason=(
        "The loss of one element is log(1 + e^z) − z y, and log(1 + e^z) is max(z, 0) + log(1 + e^−|z|): "
        "no exponent is above 0. `np.log1p(e)` is log(1 + e) without losing a small e. "
        "`np.logaddexp(0, Z) - Z * Y` does the same."
    ),
    takeaway=("Exact from −1000 to 1000: from the logit, no logarithm of 0 can arise."),
)
def binary_cross_entropy(Z, Y):  # logits and labels 0 … 1, both (n, m)
    return float(np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))))


SMALL = "np.log1p(np.exp(-np.abs(Z)))"
EACH = f"np.maximum(Z, 0) - Z * Y + {SMALL}"
MEAN = f"float(np.mean({EACH}))"
OF_P = "-np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p))"
SIGMOID = "p = network.sigmoid(Z)\n    "
SIGN = "The sign is wrong: log p is negative, so the minus in front makes a loss that is never below 0."
BITS = "This is the loss in bits: `np.log2` is the logarithm to base 2. `np.log` is the natural one."
SUM = "This is the sum over the batch; the mean is asked for."
OVER_M = "You divided the sum by m, the number of examples. Here the mean is over all n · m elements."
BOTH_OVERFLOW = (
    "Right for small logits, but for z = 1000 `np.exp(Z)`, and for z = −1000 `np.exp(-Z)`, is too large for any float. "
    "First simplify: the loss of one element is log(1 + e^z) − z y. Then put −|z| in the exponent: log(1 + e^z) = "
    "max(z, 0) + log(1 + e^−|z|)."
)
PER_ELEMENT = f"These are the losses of all elements. {ONE_NUMBER}: take their mean."
HARD = "A label may lie between 0 and 1, such as 0.25: use both terms, weighted by Y and 1 − Y."
ONLY_1 = "Only examples with y = 1 count here. Those with y = 0 have a surprise too: −(1 − y) log(1 − σ(z))."
ONLY_0 = "Only examples with y = 0 count here: −y log σ(z) is missing."
TURNED = "This takes σ(z) for the probability of y = 0. It is that of y = 1: −log σ(z) belongs to y = 1."


def of_p(loss, p=SIGMOID):
    """The edit that makes the loss from probabilities."""
    return {f"return {MEAN}": f"{p}return {loss}"}


for p in (SIGMOID, "p = 1 / (1 + np.exp(-Z))\n    "):
    for says, loss in (
        (LOG_OF_ZERO, OF_P),
        (LOG_OF_ZERO, OF_P.replace("-np.mean", "np.mean").replace("Y *", "-Y *").replace("+", "-")),
        (SIGN, OF_P[1:]),
        (SUM, OF_P.replace("mean", "sum")),
        (OVER_M, OF_P.replace("mean", "sum") + " / Z.shape[1]"),
        (PER_ELEMENT, OF_P.replace("np.mean", "")),
        (HARD, "-np.mean(np.where(Y == 1, np.log(p), np.log(1 - p)))"),
        (ONLY_1, "-np.mean(Y * np.log(p))"),
        (ONLY_0, "-np.mean((1 - Y) * np.log(1 - p))"),
        (TURNED, "-np.mean((1 - Y) * np.log(p) + Y * np.log(1 - p))"),
        (BITS, OF_P.replace("log", "log2")),
        ("The two terms are added: each is the surprise of one answer, and y and 1 − y weigh them.",
         "-np.mean(Y * np.log(p) * (1 - Y) * np.log(1 - p))"),
        ("Both terms have the same sign, −y log p − (1 − y) log(1 − p).", OF_P.replace("+", "-")),
        ("`np.nan_to_num` comes too late: it makes the largest of all floats of inf, and 0 of nan.",
         f"np.nan_to_num({OF_P})"),
        ("A logarithm is missing: −y log σ(z) − (1 − y) log(1 − σ(z)).", "-np.mean(Y * p + (1 - Y) * (1 - p))"),
    ):  # fmt: skip
        binary_cross_entropy.mistake(says, of_p(loss, p))
for says, edit in (
    ("At z = 1000, `np.exp(Z)` is too large for any float. Use −|z| in the exponent: log(1 + e^z) = max(z, 0) + "
     "log(1 + e^−|z|).", {MEAN: "np.mean(np.log(1 + np.exp(Z)) - Z * Y)"}),
    ("At z = −1000, `np.exp(-Z)` is too large for any float. Use −|z| in the exponent: log(1 + e^−z) = max(−z, 0) + "
     "log(1 + e^−|z|).", {MEAN: "np.mean(np.log(1 + np.exp(-Z)) + (1 - Y) * Z)"}),
    (BOTH_OVERFLOW, {MEAN: "np.mean(Y * np.log(1 + np.exp(-Z)) + (1 - Y) * np.log(1 + np.exp(Z)))"}),
    *((CLIPPED, of_p(OF_P.replace("p)", "q)"), f"q = np.clip(network.sigmoid(Z), {e}, 1 - {e})\n    "))
      for e in LITTLE),
    *((CLIPPED, of_p(OF_P.replace("p)", f"p + {e})"), "p = network.sigmoid(Z)\n    ")) for e in LITTLE),
    *((CLIPPED_LOGIT, {"return": f"Z = np.clip(Z, -{most}, {most})\n    return"})
      for most in (20, 30, 50, 100, 500, 700, 709)),
    ("`np.max(Z, 0)` is the largest along axis 0; element by element it is `np.maximum(Z, 0)`.", {"maximum": "max"}),
    ("The largest z of the whole batch went into every loss. Each element has its own: `np.maximum(Z, 0)`.",
     {"np.maximum(Z, 0)": "max(Z.max(), 0)"}),
    ("The smaller of z and 0 is taken; it is the larger, `np.maximum(Z, 0)`.", {"maximum": "minimum"}),
    (HARD, {MEAN: "np.mean(np.where(Y == 1, np.logaddexp(0, -Z), np.logaddexp(0, Z)))"}),
    (HARD, {MEAN: "np.mean(np.where(Y == 1, np.log(1 + np.exp(-Z)), np.log(1 + np.exp(Z))))"}),
    ("`np.where` computes both branches for every element, so e^z overflows even where it is not chosen. Put −|z| in "
     "the exponent.", {MEAN: "np.mean(np.where(Z > 0, Z + np.log1p(np.exp(-Z)), np.log1p(np.exp(Z))) - Z * Y)"}),
    (SIGN, {"float(": "float(-"}),
    (SUM, {"mean": "sum"}),
    (OVER_M, {MEAN: f"np.sum({EACH}) / Z.shape[1]"}),
    ("You divided the sum by n, the number of rows. Here the mean is over all n · m elements.",
     {MEAN: f"np.sum({EACH}) / len(Z)"}),
    (f"You gave one loss for each example. {ONE_NUMBER}: `np.mean(…)` without `axis`.",
     {MEAN: f"np.mean({EACH}, axis=0)"}),
    (f"You gave one loss for each row. {ONE_NUMBER}: `np.mean(…)` without `axis`.", {MEAN: f"np.mean({EACH}, axis=1)"}),
    (PER_ELEMENT, {MEAN: EACH}),
    (PER_ELEMENT, {MEAN: "np.log(1 + np.exp(Z)) - Z * Y"}),
    (PER_ELEMENT, {MEAN: "Y * np.log(1 + np.exp(-Z)) + (1 - Y) * np.log(1 + np.exp(Z))"}),
    (BITS, {"float(": "1 / np.log(2) * float("}),
    ("`np.log10` is the logarithm to base 10; `np.log` is the natural one.", {"float(": "1 / np.log(10) * float("}),
    (ONLY_1, {MEAN: "np.mean(Y * np.logaddexp(0, -Z))"}),
    (ONLY_0, {MEAN: "np.mean((1 - Y) * np.logaddexp(0, Z))"}),
    (TURNED, {"- Z * Y": "- Z * (1 - Y)"}),
    ("log(1 + e^−yz) is for labels −1 and 1. Here they are 0 … 1: log(1 + e^z) − z y.",
     {MEAN: "np.mean(np.log(1 + np.exp(-Y * Z)))"}),
    ("Z holds logits, any numbers, not probabilities: log z does not even exist for z below 0. The probability is "
     "σ(z).", of_p(OF_P, "p = Z\n    ")),
    ("σ(z) is in this formula already: it takes the logits Z themselves.",
     {"return": "Z = network.sigmoid(Z)\n    return"}),
    ("`Z * Y` is added where it should be subtracted: for y = 1, a large z is a small loss.", {"- Z * Y": "+ Z * Y"}),
    ("The loss of one element is log(1 + e^z) − z y: the label is multiplied by z.", {"- Z * Y": "- Y"}),
    (f"`{SMALL}` is only the small part of log(1 + e^z); the large part is `max(z, 0)`.",
     {"np.maximum(Z, 0) - Z * Y": "-Z * Y"}),
    (f"`np.maximum(Z, 0)` is only the large part of log(1 + e^z); the small part is `{SMALL}`.", {f" + {SMALL}": ""}),
    (f"The small part is added: log(1 + e^z) is `np.maximum(Z, 0) + {SMALL}`.", {f"+ {SMALL}": f"- {SMALL}"}),
    ("The small part is log(1 + e^−|z|), not e^−|z| itself.", {SMALL: "np.exp(-np.abs(Z))"}),
    ("`np.log1p(e)` is log(1 + e); `np.log(e)` of e^−|z| is just −|z|.", {"log1p": "log"}),
    ("This is the mean squared error of the probabilities. Cross-entropy is made of logarithms.",
     of_p("np.mean((p - Y) ** 2)")),
    ("This is the mean distance between probability and label. Cross-entropy is made of logarithms.",
     of_p("np.mean(np.abs(p - Y))")),
    ("This is the gradient, (p − y) / (n · m). Here the loss itself is asked for.", network.binary_cross_entropy_prime),
    ("`np.log1p(x)` is log(1 + x) already; yours is log(2 + …). Leave the 1 out.", {"log1p(": "log1p(1 + "}),
    ("The exponent of the small part is −|z|; with −z it grows beyond every float for a negative z.",
     {"-np.abs(Z)": "-Z"}),
    ("The exponent of the small part is −|z|; with +|z| it overflows at both ends.", {"-np.abs(Z)": "np.abs(Z)"}),
    ("− z y is missing: the loss of one element is log(1 + e^z) − z y.", {" - Z * Y": ""}),
    ("max(z, 0) is 0 for z below 0; your |z| is not.", {"np.maximum(Z, 0)": "np.abs(Z)"}),
):  # fmt: skip
    binary_cross_entropy.mistake(says, edit)


# --- 4.4: categorical cross-entropy -----------------------------------------------------------------------------------

CLIPPED_CATEGORICAL = (
    "You clipped the probabilities, or added a little to them, so that the logarithm stays finite. Then no loss can be "
    "larger than the logarithm of that little number, however wrong the answer is. Take log softmax from the logits: "
    "z − log Σ e^z, no clipping needed."
)


SHARED = (
    "Right for one-hot targets. But a target may be shared among classes, such as 0.9 and 0.1: do not look for the 1, "
    "multiply by `Y` and sum over the classes."
)


@exercise(
    "4.4",
    "categorical cross-entropy on a batch",
    points=3,
    minutes=15,
    level=3,
    quiet=True,
    cases=[
        case(Z=[[2.0], [1.0], [0.1]], Y=[[1.0], [0.0], [0.0]]),
        case(Z=[[2.0, 0.5], [1.0, 3.0], [0.1, -1.0]], Y=[[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]),
        case(Z=[[1.0, -2.0, 0.5, 0.0], [0.0, 1.0, 2.5, -1.0]], Y=[[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]]),
        case(Z=[[0.3, 1.0], [0.7, 0.0], [-1.0, 0.4]], Y=[[0.5, 0.9], [0.5, 0.05], [0.0, 0.05]]),
        case(Z=[[1000.0, -1000.0], [999.0, -1001.0]], Y=[[0.0, 1.0], [1.0, 0.0]]),
        case(Z=[[1000.0, 0.0], [-1000.0, 60.0]], Y=[[0.0, 1.0], [1.0, 0.0]]),
    ],
    hints=[
        "One column by hand, with no thought of overflow: softmax, then −log of the true class's probability. "
        "For z = (2, 1, 0.1) and the first class it is 0.4170.",
        "−log softmax(z)ᵢ = log Σ e^z − zᵢ. Both parts run over the classes, `axis=0`, and the one-hot column picks "
        "zᵢ out: `(Y * Z).sum(axis=0)`.",
        "First `Z = Z - Z.max(axis=0)`, into a new array. Then one loss for each column, log Σ e^z minus the true z, "
        "and last the mean over the columns.",
    ],
    reason=(
        "Axis 0 runs over the classes, so both sums leave one number for each example, and `np.mean` averages those "
        "m numbers. After the subtraction the largest exponent is 0, so the sum of powers is at least 1 and its "
        "logarithm is finite."
    ),
    takeaway=("Sum over the classes, mean over the examples: one surprise for each example."),
)
def categorical_cross_entropy(Z, Y):  # both (classes, m); a column of Y sums to 1
    Z = Z - Z.max(axis=0)  # log-sum-exp: the result is the same, and finite
    return float(np.mean(np.log(np.exp(Z).sum(axis=0)) - (Y * Z).sum(axis=0)))


SHIFT = "Z = Z - Z.max(axis=0)  # log-sum-exp: the result is the same, and finite\n    "
LOG_P = "(Z - np.log(np.exp(Z).sum(axis=0)))"
LOSSES = "np.log(np.exp(Z).sum(axis=0)) - (Y * Z).sum(axis=0)"
MEAN = f"float(np.mean({LOSSES}))"


def of_softmax(loss, p="network.softmax(Z)"):
    """The edit that makes the loss from probabilities."""
    return {SHIFT: f"p = {p}\n    ", MEAN: loss}


OF_P = "np.mean(-(Y * np.log(p)).sum(axis=0))"
OF_ALL = (
    "You averaged over all classes × examples. Each example has one loss, the sum over its classes (`.sum(axis=0)`); "
    "the mean is over the m examples only."
)
SUM = "This is the sum over the examples; the mean is asked for."
PER_EXAMPLE = f"You gave one loss for each example. {ONE_NUMBER}: take the mean of these."
PER_CLASS = (
    "You gave one number for each class of each example. First sum over the classes, `.sum(axis=0)`: that is one loss "
    "for each example. Then take the mean of these."
)
OVER_N = "You divided by the number of classes, `len(Z)`. The mean is over the m examples: `Z.shape[1]`."
OVER_EXAMPLES = "Your softmax runs over the examples. The classes are on axis 0: each column must sum to 1."
BINARY = (
    "The second term, with 1 − y and 1 − p, belongs to yes-or-no questions. Here only the true class's probability "
    "counts."
)
NOT_SUMMED = (
    "You subtracted all of Y · Z from each column's log-sum-exp. First sum it over the classes: `(Y * Z).sum(axis=0)`."
)
LOGITS = (
    "The columns of Z are probabilities to you. They are logits: any numbers, which softmax makes probabilities of."
)
for p in ("network.softmax(Z)", "np.exp(Z) / np.exp(Z).sum(axis=0)"):
    for says, loss in (
        (OF_ALL, "-np.mean(Y * np.log(p))"),
        (OVER_N, "-np.sum(Y * np.log(p)) / len(Z)"),
        (SUM, "-np.sum(Y * np.log(p))"),
        (PER_EXAMPLE, "-(Y * np.log(p)).sum(axis=0)"),
        (PER_CLASS, "-Y * np.log(p)"),
        (SIGN, "np.mean((Y * np.log(p)).sum(axis=0))"),
        (BITS, "-np.mean((Y * np.log2(p)).sum(axis=0))"),
        (SHARED, "-np.mean(np.log(p)[Y == 1])"),
        (SHARED, "-np.mean(np.log(p[Y.argmax(axis=0), np.arange(Y.shape[1])]))"),
        (SHARED, "-np.mean(np.log((Y * p).max(axis=0)))"),
        ("The logarithm comes first, then the sum with the targets as weights: `(Y * np.log(p)).sum(axis=0)`.",
         "-np.mean(np.log((Y * p).sum(axis=0)))"),
        (BINARY, "-np.mean((Y * np.log(p) + (1 - Y) * np.log(1 - p)).sum(axis=0))"),
        (BINARY, "-np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p))"),
    ):  # fmt: skip
        categorical_cross_entropy.mistake(says, of_softmax(loss, p))
for says, edit in (
    (OF_ALL, {MEAN: f"-np.mean(Y * {LOG_P})"}),
    (OVER_N, {MEAN: f"np.sum({LOSSES}) / len(Z)"}),
    (SUM, {"mean": "sum"}),
    (PER_EXAMPLE, {MEAN: LOSSES}),
    (PER_EXAMPLE, {SHIFT: "", MEAN: LOSSES}),
    (PER_CLASS, {MEAN: f"-Y * {LOG_P}"}),
    (PER_CLASS, {SHIFT: "", MEAN: f"-Y * {LOG_P}"}),
    (OVER_EXAMPLES,
     {SHIFT: "c = Z.max(axis=1, keepdims=True)\n    ",
      MEAN: "np.mean(np.log(np.exp(Z - c).sum(axis=1)) + c[:, 0] - (Y * Z).sum(axis=1))"}),
    (OVER_EXAMPLES, of_softmax(OF_P, "np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)")),
    (OVER_EXAMPLES,
     {"Z.max(axis=0)": "Z.max(axis=1, keepdims=True)",
      MEAN: f"np.mean(-(Y * {LOG_P.replace('axis=0', 'axis=1, keepdims=True')}).sum(axis=0))"}),
    ("Your softmax shares 1 among all elements of the batch. Each column must sum to 1: `axis=0`.",
     {"Z.max(axis=0)": "Z.max()", "np.exp(Z).sum(axis=0)": "np.exp(Z).sum()"}),
    ("Right for small logits, but e^1000 is too large for any float. Subtract the largest logit of each column first: "
     "it changes nothing else.", of_softmax(OF_P, "np.exp(Z) / np.exp(Z).sum(axis=0)")),
    ("Right for small logits, but e^1000 is too large for any float. Subtract the largest logit of each column from Z "
     "first, everywhere.", {SHIFT: ""}),
    ("Right for small logits, but e^1000 is too large for any float. Subtract the largest logit of each column from Z "
     "first, everywhere.", {SHIFT: "", MEAN: f"-np.mean((Y * {LOG_P}).sum(axis=0))"}),
    ("`np.log(…)` holds e^z alone; the largest logit that you add back stands beside it: log Σ e^z = c + log Σ e^(z − "
     "c).", {SHIFT: "c = Z.max(axis=0)\n    ", "np.exp(Z).sum": "c + np.exp(Z - c).sum"}),
    ("The logarithm is subtracted; it is added: log Σ e^z = c + log Σ e^(z − c).",
     {"np.log(np.exp(Z)": "-np.log(np.exp(Z)"}),
    ("The targets choose among the logarithms; they do not belong inside softmax.",
     of_softmax("-np.mean(np.log(p).sum(axis=0))", "network.softmax(Y * Z)")),
    ("`Y @ Z.T` is a matrix product, over the examples. Multiply element by element, and sum over the classes.",
     {"(Y * Z).sum(axis=0)": "Y @ Z.T"}),
    ("log Σ e^z takes the sum over the classes, not their mean.", {"np.exp(Z).sum": "np.exp(Z).mean"}),
    ("Your softmax is safe, but it gives exactly 0 for a class far behind, and `np.log(0)` is −inf. Take log softmax "
     "in one step: z − log Σ e^z, where the Σ is at least 1 once the maximum is subtracted.", of_softmax(OF_P)),
    *((CLIPPED_CATEGORICAL, of_softmax(OF_P, f"np.clip(network.softmax(Z), {e}, 1)")) for e in LITTLE),
    *((CLIPPED_CATEGORICAL, of_softmax(OF_P, f"network.softmax(Z) + {e}")) for e in LITTLE),
    (NOT_SUMMED, {"(Y * Z).sum(axis=0)": "Y * Z"}),
    (NOT_SUMMED, {SHIFT: "", "(Y * Z).sum(axis=0)": "Y * Z"}),
    (NOT_SUMMED, {MEAN: LOSSES.replace("(Y * Z).sum(axis=0)", "Y * Z")}),
    (NOT_SUMMED,
     {SHIFT: "c = Z.max(axis=0)\n    ", MEAN: "np.mean(c + np.log(np.exp(Z - c).sum(axis=0)) - Y * Z)"}),
    ("The sum `np.exp(Z).sum()` runs over all examples, too. Each column has its own: `.sum(axis=0)`.",
     {"np.exp(Z).sum(axis=0)": "np.exp(Z).sum()"}),
    ("`np.sum(Y * Z)` adds up the true z of all examples. Subtract each example's own, `(Y * Z).sum(axis=0)`, and take "
     "the mean of these differences.", {MEAN: "np.mean(np.log(np.exp(Z).sum(axis=0))) - np.sum(Y * Z)"}),
    ("The bracket of `np.log(…)` closes too late: the z of the true class is subtracted from log Σ e^z, not inside the "
     "logarithm.", {MEAN: "np.mean(np.log(np.exp(Z).sum(axis=0) - (Y * Z).sum(axis=0)))"}),
    ("You subtracted the largest logit of the whole batch. A column far below it underflows to log 0. Subtract each "
     "column's own, `Z.max(axis=0)`.", {"Z.max(axis=0)": "Z.max()"}),
    ("You subtracted the maximum inside the logarithm, but not from the z of the true class. What is subtracted "
     "cancels only if it is subtracted in both places.", {SHIFT: "", "np.exp(Z)": "np.exp(Z - Z.max(axis=0))"}),
    (SIGN, {"float(": "float(-"}),
    (BITS, {"float(": "1 / np.log(2) * float("}),
    ("`np.log10` is the logarithm to base 10; `np.log` is the natural one.", {"float(": "1 / np.log(10) * float("}),
    ("This is 1 minus the probability of the true class. The loss is the surprise, −log of that probability.",
     of_softmax("1 - np.mean((Y * p).sum(axis=0))")),
    ("The logarithm is missing: the loss is the surprise, −log of the true class's probability.",
     of_softmax("-np.mean((Y * p).sum(axis=0))")),
    ("This is the mean squared error of the probabilities. Cross-entropy is made of logarithms.",
     of_softmax("np.mean(((p - Y) ** 2).sum(axis=0))")),
    ("This is the mean squared error of the probabilities. Cross-entropy is made of logarithms.",
     of_softmax("np.mean((p - Y) ** 2)")),
    (SHARED, {MEAN: f"-np.mean({LOG_P}[Y == 1])"}),
    (SHARED, {MEAN: f"-np.mean({LOG_P}[Y.argmax(axis=0), np.arange(Y.shape[1])])"}),
    ("Y is missing: only the true class's probability counts, `(Y * …).sum(axis=0)`.",
     {MEAN: f"-np.mean({LOG_P}.sum(axis=0))"}),
    ("You averaged the probabilities and took the logarithm of that. First the logarithm, then the mean: probabilities "
     "multiply, so it is their logarithms that are averaged.", of_softmax("-np.log(np.mean((Y * p).sum(axis=0)))")),
    ("This gives each class a yes-or-no question and a sigmoid of its own. Here they compete: softmax.",
     {f"{SHIFT}return {MEAN}": binary_cross_entropy.solution.partition("\n")[2].strip()}),
    ("Z holds logits. They are no log-probabilities yet: subtract log Σ e^z of each column.",
     {SHIFT: "", MEAN: "np.mean(-(Y * Z).sum(axis=0))"}),
    ("This is the gradient, (p − y) / m. Here the loss itself is asked for.", network.categorical_cross_entropy_prime),
    (LOGITS, of_softmax(OF_P, "Z")),
    (LOGITS, of_softmax(OF_P, "np.clip(Z, 1e-12, 1)")),
    ("You turned the subtraction round: `Z - Z.max(axis=0)`, so that no exponent is above 0.",
     {"Z - Z.max(axis=0)": "Z.max(axis=0) - Z"}),
    ("You subtracted the largest |z|. The largest z is what has to go: `Z.max(axis=0)`.",
     {"Z.max(axis=0)": "np.abs(Z).max(axis=0)"}),
    ("Log Σ e^z is taken over the examples, `axis=1`; the Σ runs over the classes, `axis=0`.",
     {"np.exp(Z).sum(axis=0)": "np.exp(Z).sum(axis=1, keepdims=True)"}),
    ("The z of the true class is added; it is subtracted: log Σ e^z − z.", {"- (Y * Z)": "+ (Y * Z)"}),
    ("The logarithm of Σ e^z is missing: the loss of an example is log Σ e^z − z.",
     {"np.log(np.exp(Z).sum(axis=0))": "np.exp(Z).sum(axis=0)"}),
    ("You took Σ z for log Σ e^z: first e^z, then their sum, then its logarithm.",
     {"np.log(np.exp(Z).sum(axis=0))": "Z.sum(axis=0)"}),
    ("You took log e^z, which is z, and added these up. First add the e^z, then take the logarithm of the sum.",
     {"np.log(np.exp(Z).sum(axis=0))": "np.log(np.exp(Z)).sum(axis=0)"}),
):  # fmt: skip
    categorical_cross_entropy.mistake(says, edit)


# --- 4.5: the loss of a network that knows nothing --------------------------------------------------------------------

LABELS_DO_NOT_MATTER = "It knows nothing of the labels yet: whatever is true gets about the same share."

INITIAL = Choices(
    key="4.5",
    title="the loss before any training, and why",
    points=2,
    minutes=8,
    level=2,
    stub="""
my_losses = {  # (about which loss, letter of the reason)
    "digits": (..., ...),  # ten classes, softmax, small random weights
    "rare": (..., ...),  # the same network, but nine of ten examples are of class 0
    "spam": (..., ...),  # one sigmoid output, small random weights
    "loud": (..., ...),  # ten classes, but the weights are a hundred times too large
    "perfect": (..., ...),  # ten classes, after training, every example right and sure
}
""",
    names=("zero", "ln_2", "ln_10", "ten", "far_above"),
    reasons={
        "a": "every class gets about 1/10, and −ln 1/10 = ln 10",
        "b": "both answers get about ½, and −ln ½ = ln 2",
        "c": "it is sure of a wrong class, and the surprise is large",
        "d": "the true class gets probability 1, and −ln 1 = 0",
        "e": "one example in ten is right",
        "f": "the common class is easy to guess",
    },
    situations={
        "digits": Situation(
            right=("ln_10",),
            reason="a",
            why_not={
                "zero": "that takes probability 1 for the true class, and nothing has been learned yet.",
                "ln_2": "that belongs to two equally likely answers; here there are ten.",
                "ten": "each class gets about 1/10, but the loss is the logarithm of that, −ln 1/10.",
                "far_above": "it would have to be sure of a wrong class; with small weights it is sure of none.",
            },
            wrong_reason={
                "b": "Half for each would need two classes.",
                "c": "With small weights it is sure of nothing.",
                "d": "It has not learned anything yet.",
                "e": "True, but cross-entropy does not count hits; it looks at the probability.",
                "f": LABELS_DO_NOT_MATTER,
            },
        ),
        "rare": Situation(
            right=("ln_10",),
            reason="a",
            why_not={
                "zero": "even the common class gets only 1/10 before training.",
                "ln_2": "there are still ten classes, and each still gets about 1/10.",
                "ten": "each class gets about 1/10, but the loss is the logarithm of that, −ln 1/10.",
                "far_above": "it would have to be sure of a wrong class; with small weights it is sure of none.",
            },
            wrong_reason={
                "b": "Half for each would need two classes.",
                "c": "With small weights it is sure of nothing.",
                "d": "It has not learned anything yet.",
                "e": "Cross-entropy does not count hits; it looks at the probability.",
                "f": f"Easy for one that knows which class is common. {LABELS_DO_NOT_MATTER}",
            },
        ),
        "spam": Situation(
            right=("ln_2",),
            reason="b",
            why_not={
                "zero": "that takes probability 1 for the true answer, and nothing has been learned yet.",
                "ln_10": "that belongs to ten equally likely classes; here there are two answers.",
                "ten": "nothing here is ten: there are two answers.",
                "far_above": "σ(0) is ½: with small weights it is sure of nothing.",
            },
            wrong_reason={
                "a": "There are two answers here, not ten.",
                "c": "With small weights it is sure of nothing.",
                "d": "It has not learned anything yet.",
                "e": "Of two answers, about half are right; and the loss does not count hits.",
                "f": LABELS_DO_NOT_MATTER,
            },
        ),
        "loud": Situation(
            right=("far_above",),
            reason="c",
            why_not={
                "zero": "with such large weights it is nearly sure of one class, but that is the true one only one "
                "time in ten.",
                "ln_2": "that belongs to two equally likely answers; here there are ten, and one gets nearly all.",
                "ln_10": "that takes ten equal probabilities. Weights a hundred times as large make logits that are "
                "far apart, and softmax gives nearly all to the largest.",
                "ten": "the loss is a surprise, not the number of classes; and weights this large make it sure of one.",
            },
            wrong_reason={
                "a": "Then it would be ln 10. Large logits are far apart, and softmax gives nearly all to one class.",
                "b": "There are ten classes, and large logits make one of them nearly certain.",
                "d": "That is so only where the class it is sure of happens to be the true one.",
                "e": "True, but that is so with small weights, too. What do large ones change?",
                "f": "No class is common here. Large weights make it sure of some class, whatever the label is.",
            },
        ),
        "perfect": Situation(
            right=("zero",),
            reason="d",
            why_not={
                "ln_2": "a surprise of ln 2 is what probability ½ costs.",
                "ln_10": "that is where it began, with 1/10 for each class.",
                "ten": "the loss is a surprise, not the number of classes.",
                "far_above": "a large loss is a large surprise, and here nothing surprises.",
            },
            wrong_reason={
                "a": "That was before training.",
                "b": "Half is not sure.",
                "c": "It is sure of the right class.",
                "e": "Every example is right.",
                "f": "Every example is right, of common and of rare classes.",
            },
        ),
    },
    hints=(
        "A network with small random weights gives logits near 0. What does softmax make of equal logits?",
        "The loss is the surprise, −ln of the probability that the true class gets. Before training it does not matter "
        "which class that is.",
        "Two of the five have the same answer for the same reason. The letters e and f are never right: the loss "
        "looks at the probability, not at right or wrong, and an untrained network has not seen what is common.",
    ),
    solution="""
my_losses = {
    "digits": ("ln_10", "a"),
    "rare": ("ln_10", "a"),
    "spam": ("ln_2", "b"),
    "loud": ("far_above", "c"),
    "perfect": ("zero", "d"),
}
""",
    reason="Small weights give logits near 0, and equal logits equal probabilities, 1/n for each of n classes: the "
    "surprise is ln n, whatever the labels are. Large random weights give large random logits, so the network is sure, "
    "and mostly wrong.",
    takeaway="A first loss near ln n means that the network starts out unprejudiced. Far above it, look at the weights "
    "and the scale of the inputs.",
)

EXERCISES = (mse, mse_prime, binary_cross_entropy, categorical_cross_entropy, INITIAL)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "4.q1",
        "Prices 1, 2, 3, 4 and 100. Which constant has the lowest MAE?",
        {
            "22, the mean": "The mean, 110/5 = 22, has the lowest mse: the outlier pulls it far away.",
            "3, the median": "Two prices above and two below: the pulls, all equally strong, cancel.",
            "2.5, the middle of the four": "At 2.5 there are two below and three above: go up, and it improves.",
            "50.5, halfway between the ends": "That has the smallest largest error; MAE is about the sum.",
        },
        right="3, the median",
    ),
    Question(
        "4.q2",
        "All targets and predictions change from dollars to cents. What happens to the mse?",
        {
            "It stays the same": "The errors are 100 times as large, and so are not the same.",
            "It is multiplied by 100": "That is what happens to RMSE and MAE, whose unit is that of the target.",
            "It is multiplied by 10,000": "Errors times 100, squares times 100²: its unit is cents².",
        },
        right="It is multiplied by 10,000",
    ),
    Question(
        "4.q3",
        "A classifier gives the true class probability 0.01. What is the loss of this example?",
        {
            "0.99, what is missing to 1": "The loss is a logarithm, not a difference.",
            "About 4.6": "−ln 0.01 = ln 100 = 2 ln 10 ≈ 4.6: twice as surprised as at 0.1.",
            "2": "That is −log₁₀ 0.01; the course, like every library, takes the natural logarithm.",
            "About 0.01": "That is −ln 0.99, the loss if the other answer had been true.",
        },
        right="About 4.6",
    ),
    Question(
        "4.q4",
        "σ(z) = 0.0001, but y = 1. How large is the slope of the cross-entropy in z?",
        {
            "About −0.0002: it is saturated": "That is the squared error: its slope has a factor σ′(z).",
            "−10,000, one over p": "That is the slope in p; times σ′(z) ≈ p it becomes p − y.",
            "0, because σ is flat there": "σ is, but the logarithm is as steep there as σ is flat.",
            "About −1": "p − y = 0.0001 − 1: the more wrong, the stronger the pull, up to 1.",
        },
        right="About −1",
    ),
    Question(
        "4.q5",
        "Why does the loss take logits rather than probabilities?",
        {
            "To stay exact where p is rounded to 0 or 1": (
                "A logit of 1000 still says how wrong; its σ, rounded to 1, does not, and log(1 − 1) is −inf."
            ),
            "Because it saves one division": "It may, but nobody would notice.",
            "Because probabilities have no gradient": "They have; where they saturate it is rounded to 0.",
        },
        right="To stay exact where p is rounded to 0 or 1",
    ),
    Question(
        "4.q6",
        "A ten-class network starts with a loss of 25. What do you check first?",
        {
            "Nothing: it has not been trained": "Untrained means about ln 10 ≈ 2.3: it should know nothing.",
            "The learning rate": "No step has been taken yet.",
            "The scale of weights and inputs": "A loss of 25 is e⁻²⁵ for the true class: logits far apart.",
            "The number of examples": "The loss is a mean: more examples leave it where it is.",
        },
        right="The scale of weights and inputs",
    ),
)


# --- answers to the harder challenges ---------------------------------------------------------------------------------


@challenge(
    "4.c1",
    "nine of ten stay below",
    result="The loss is lowest at a price that 90 of the 101 stay below.",
    notice="At the bottom the pulls cancel: 9 for each of the 10 prices above, 1 for each of the 90 below. It is "
    "called the pinball loss, and finds any quantile.",
    holds=lambda best: np.sum(best > house_prices(101)[1]) == 90,
)
def nine_of_ten():
    from helpers.data import house_prices

    _, price = house_prices(101)
    loss = [np.mean(np.where(price > a, 9 * (price - a), a - price)) for a in price]
    return price[np.argmin(loss)]


@challenge(
    "4.c2",
    "convex in z",
    result="The slope of p − y is p (1 − p), for both labels, and above 0 everywhere.",
    notice="y is a constant and drops out, and σ′ is never 0: so the slope of the loss always rises.",
    holds=lambda found: found["largest difference"] < 1e-5 and found["smallest slope"] > 0,
)
def convex():
    from helpers.network import sigmoid

    z = np.linspace(-10, 10, 10_001)
    p = sigmoid(z)
    slopes = np.array([np.gradient(p - y, z) for y in (0, 1)])
    return {"largest difference": np.abs(slopes - p * (1 - p)).max(), "smallest slope": slopes.min()}


@challenge(
    "4.c3",
    "two classes are one sigmoid",
    result="Neither the probabilities nor the losses differ, but for rounding.",
    notice="e^z₀ / (e^z₀ + e^z₁), above and below divided by e^z₀, is 1 / (1 + e^−(z₀ − z₁)).",
    holds=lambda differences: max(differences) < 1e-12,
)
def two_classes():
    from helpers.network import binary_cross_entropy, categorical_cross_entropy, sigmoid, softmax

    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(2, 100)), rng.integers(2, size=(1, 100))
    z = Z[:1] - Z[1:]
    losses = categorical_cross_entropy(Z, np.vstack([y, 1 - y])), binary_cross_entropy(z, y)
    return np.abs(softmax(Z)[:1] - sigmoid(z)).max(), abs(losses[0] - losses[1])


@challenge(
    "4.c4",
    "label smoothing",
    result="At z = 2.197, where p is 0.9; the loss is 0.325 there, and not 0.",
    notice="p − y is 0 where p = 0.9, so z = log 9. What is left is the entropy, the surprise that the targets "
    "themselves hold. No logit is pulled towards infinity any more.",
    holds=lambda bottom: np.allclose(bottom, (np.log(9), -0.9 * np.log(0.9) - 0.1 * np.log(0.1)), atol=1e-3),
)
def label_smoothing():
    from helpers.network import binary_cross_entropy

    z = np.linspace(-6, 6, 12_001)
    loss = [binary_cross_entropy(np.array([[one]]), np.array([[0.9]])) for one in z]
    return z[np.argmin(loss)], min(loss)


@challenge(
    "4.c5",
    "a network and its twin",
    result="Both ends have the same loss, and between them lies a hill.",
    notice="The twin is the same function: the same units in another order. Of each lowest place there are 8! · 8!.",
    holds=lambda losses: np.isclose(losses[0], losses[-1]) and losses.max() > 1.5 * losses[0],
)
def a_twin():
    from helpers.data import moons
    from helpers.network import Network
    from helpers.training import Adam, train

    X, y = moons(200, noise=0.25, seed=1)
    net = Network([2, 8, 8, 1], "tanh", output="sigmoid", seed=0, dtype=np.float64)
    train(net, X, y, epochs=300, batch_size=200, optimizer=Adam(0.03))
    here = [theta.copy() for theta in net.parameters()]
    for units in (net.W[1], net.b[1], net.W[2].T):
        units[[0, 1]] = units[[1, 0]]
    there, losses = [theta.copy() for theta in net.parameters()], []
    for t in np.linspace(0, 1, 21):
        for theta, u, v in zip(net.parameters(), here, there, strict=True):
            theta[...] = (1 - t) * u + t * v
        losses.append(net.evaluate(X, y)["loss"])
    return np.array(losses)


CHALLENGES = (nine_of_ten, convex, two_classes, label_smoothing, a_twin)
