"""The exercises and the quiz of lesson 01, Neuron.

Each wrong answer is one that learners really give. Its example is run like an answer; tests feed it back.
"""

import dis
import types

import numpy as np

from course.exercises.grading import Exercise, Prediction, challenge, exercise
from course.exercises.questions import Question
from course.results import case
from helpers.data import house_prices
from helpers.network import identity, sigmoid, tanh

TITLE = "Neuron"


# --- 1.1: one neuron --------------------------------------------------------------------------------------------------


def _step(z):
    return np.where(np.greater(z, 0), 1.0, 0.0)


@exercise(
    "1.1",
    "one neuron",
    points=1,
    minutes=8,
    level=1,
    cases=[
        case(x=[1.0, 3.0, -2.0], w=[0.4, -0.2, 0.3], b=1.5, f=sigmoid),
        case(x=[2.0, 1.0], w=[1.0, -1.0], b=0.5, f=sigmoid),
        case(x=[0.5, -2.0], w=[0.5, -1.5], b=-1.0, f=sigmoid),
        case(x=[1, 0, 2, -1], w=[2, 5, -1, 1], b=-1, f=sigmoid),
        case(x=[0.3], w=[2.0], b=0.25, f=tanh),
    ],
    hints=[
        "Do x = [3, 1, 2], w = [0.5, −2, 1], b = −1 by hand, as in section 3. What is left to do with the sum?",
        "`w @ x` multiplies and adds in one go, for any number of inputs. No loop is needed.",
        "Two steps: `z` is `w @ x` plus the bias, and the result is `f` of it.",
    ],
    reason=(
        "`w @ x` is the sum of the products, the bias is added once, and the activation comes last. This line is "
        "the formula y = f(w · x + b)."
    ),
    takeaway=("Weighted sum, bias, activation, in this order: that is all a neuron does."),
)
def neuron(x, w, b, f):
    return f(w @ x + b)


neuron.mistake("The bias is missing: the sum is `w @ x + b`.", lambda x, w, b, f: f(w @ x))
neuron.mistake(
    "That is the weighted sum z, and it is right. The neuron gives what the activation makes of it, `f(z)`.",
    lambda x, w, b, f: w @ x + b,
)
neuron.mistake(
    "`w * x` has a product for each input. The neuron adds them up: `w @ x`, or `np.sum(w * x)`.",
    lambda x, w, b, f: f(w * x + b),
)
neuron.mistake(
    "The bias is inside the sum, so it is added once for each input. A neuron has one bias: add it after the sum.",
    lambda x, w, b, f: f(np.sum(w * x + b)),
)
neuron.mistake(
    "The bias is added to each input before the weights. Add it once, after the sum.", lambda x, w, b, f: f(w @ (x + b))
)
neuron.mistake(
    "The bias is added to each weight before the inputs. Add it once, after the sum.", lambda x, w, b, f: f((w + b) @ x)
)
neuron.mistake(
    "Each product goes through the activation. `f` comes last, once: add the products first.",
    lambda x, w, b, f: np.sum(f(w * x + b)),
)
neuron.mistake(
    "The bias is added after the activation. It belongs inside, `f(w @ x + b)`: outside, the result "
    "would not stay between 0 and 1.",
    lambda x, w, b, f: f(w @ x) + b,
)
neuron.mistake("The bias has the wrong sign: it is added, `w @ x + b`.", lambda x, w, b, f: f(w @ x - b))
neuron.mistake(
    "Only the last product arrives. In a loop, `z = …` begins anew each time; `z += …` adds to what is there.",
    lambda x, w, b, f: f(w[-1] * x[-1] + b),
)
neuron.mistake(
    "Only the first product arrives. Is the `return` inside the loop? Then it ends in its first round.",
    lambda x, w, b, f: f(w[0] * x[0] + b),
)
neuron.mistake(
    "The first input is left out. Indices begin at 0: `range(len(x))` takes them all.",
    lambda x, w, b, f: f(w[1:] @ x[1:] + b),
)
neuron.mistake(
    "The last input is left out. `range(len(x))` already ends at the last index, len(x) − 1.",
    lambda x, w, b, f: f(w[:-1] @ x[:-1] + b),
)
neuron.mistake(
    "Right for two inputs. A neuron may have any number of them, and `w @ x` takes them all.",
    lambda x, w, b, f: f(w[0] * x[0] + w[1] * x[1] + b),
)
neuron.mistake(
    "The inputs are added as they are. Each must be multiplied by its own weight first.",
    lambda x, w, b, f: f(np.sum(x) + b),
)
neuron.mistake(
    "You multiplied two sums. Multiply first, each input by its own weight, and add the products.",
    lambda x, w, b, f: f(np.sum(w) * np.sum(x) + b),
)
neuron.mistake("That is the mean of the products; a neuron takes their sum.", lambda x, w, b, f: f(np.mean(w * x) + b))
neuron.mistake(
    "Right while f is the sigmoid. In this case it is tanh: use the f that is given.",
    lambda x, w, b, f: sigmoid(w @ x + b),
)
neuron.mistake(
    "The sum is right, but the activation is always a step. Use the one that is given: `f(…)`.",
    lambda x, w, b, f: _step(w @ x + b),
)
neuron.mistake(
    "The sum is right, but the activation is always tanh. Use the one that is given: `f(…)`.",
    lambda x, w, b, f: tanh(w @ x + b),
)
neuron.mistake(
    "You wrote three products out. A neuron may have any number of inputs, and `w @ x` takes them all.",
    lambda x, w, b, f: f(w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + b),
)
neuron.mistake(
    "`f` is applied to the products, and the bias comes after it. First the whole sum, then `f`, once.",
    lambda x, w, b, f: f(w * x) + b,
)
neuron.mistake(
    "`f` is applied to each input before the weights. It comes last: `f(w @ x + b)`.", {"f(w @ x + b)": "w @ f(x) + b"}
)
neuron.mistake("`f` is applied twice. Once is enough, at the end.", {"f(w @ x + b)": "f(f(w @ x + b))"})
neuron.mistake(
    "Each product goes through the activation, and the bias comes last. First the whole sum, then `f`, once.",
    {"f(w @ x + b)": "np.sum(f(w * x)) + b"},
)
neuron.mistake("The weights are added to the inputs. Each multiplies its own: `w @ x`.", {"w @ x": "np.sum(w + x)"})
neuron.mistake("Only the largest product arrives. A neuron takes the sum of all.", {"w @ x": "np.max(w * x)"})
neuron.mistake("The bias multiplies the output. It is added inside: `f(w @ x + b)`.", {"f(w @ x + b)": "f(w @ x) * b"})
neuron.mistake("The bias multiplies the sum; it is added to it.", {"f(w @ x + b)": "f((w @ x) * b)"})


# --- 1.2: a batch, without a loop -------------------------------------------------------------------------------------


def _loop(answer):
    return (LOOP, LOOP) if _has_loop(answer) else None


def _has_loop(answer):
    """Does the code, or that of a comprehension within, go round, or have something go round for it?"""
    pending = [answer.__code__] if type(answer) is types.FunctionType else []
    while pending:
        code = pending.pop()
        if any(step.opname == "FOR_ITER" or "JUMP_BACKWARD" in step.opname for step in dis.get_instructions(code)):
            return True
        if {"map", "apply_along_axis", "vectorize"} & set(code.co_names):
            return True
        pending += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return False


def _looping(X, w, b, f):
    outputs = []
    for k in range(X.shape[1]):
        outputs.append(f(w @ X[:, k] + b))
    return np.array(outputs)


LOOP = (
    "The numbers are right, and there is a loop in it. `w @ X` does all of it, inputs and columns, in one go: the loop "
    "is still there, but inside NumPy, where it is many times faster."
)
COLUMNS = (
    "You took the rows of X for the examples. In a batch of this course each example is a column: `w @ X` needs no "
    "`.T`, and w comes first."
)


@exercise(
    "1.2",
    "a batch without a loop",
    points=2,
    minutes=8,
    level=2,
    stub="return ...  # m outputs, no loop",
    also=_loop,
    cases=[
        case(X=[[2.0, 0.5], [1.0, -2.0]], w=[1.0, -1.5], b=0.5, f=sigmoid),
        case(X=[[1.0, 0.0, -2.0], [3.0, 1.0, 0.5]], w=[0.4, -0.2], b=-0.3, f=sigmoid),
        case(X=[[1.0, 2.0], [0.0, -1.0], [1.5, 0.2]], w=[0.4, 1.2, -0.7], b=1.5, f=sigmoid),
        case(X=[[1, 0, 2, 3], [2, -1, 0, 1], [1, 1, 0, -3]], w=[1, -1, 2], b=-1, f=sigmoid),
        case(X=[[2.0, -1.0, 0.5]], w=[0.5], b=0.2, f=tanh),
    ],
    hints=[
        "What is the shape of `w @ X` when w is (2,) and X is (2, 3)? Print it.",
        "`w @ X` gives a weighted sum for each column. What you add to an array with `+` is added to "
        "each of its numbers.",
        "It is the line of `neuron`, with X in the place of x: weighted sums, plus the bias, and then `f`.",
    ],
    reason=(
        "`w @ X` is the sum over the inputs for each column: (n_in,) @ (n_in, m) gives (m,). The bias is one "
        "number, and `+` adds it to all m sums; f works on each. The formula did not change at all."
    ),
    takeaway=("One line for one example or a million: the formula is the same, only X is wider than x."),
)
def neuron_batch(X, w, b, f):  # X (n_in, m): one example a column
    return f(w @ X + b)


neuron_batch.mistake(LOOP, _looping)
neuron_batch.mistake(
    "The activation is applied to the inputs. It belongs around the whole sum: `f(w @ X + b)`.",
    lambda X, w, b, f: w @ f(X) + b,
)
neuron_batch.mistake(COLUMNS, lambda X, w, b, f: f(X @ w + b))
neuron_batch.mistake(COLUMNS, lambda X, w, b, f: f(w @ X.T + b))
neuron_batch.mistake("The bias is missing: `w @ X + b`.", lambda X, w, b, f: f(w @ X))
neuron_batch.mistake(
    "These are the weighted sums, and they are right. Put them through the activation: `f(z)`.",
    lambda X, w, b, f: w @ X + b,
)
neuron_batch.mistake(
    "The bias is added after the activation. It belongs inside: `f(w @ X + b)`.", lambda X, w, b, f: f(w @ X) + b
)
neuron_batch.mistake(
    "Only the last example came back. A loop that says `y = …` forgets the earlier ones each time; without a "
    "loop, `w @ X` keeps them all.",
    lambda X, w, b, f: f(w @ X[:, -1] + b),
)
neuron_batch.mistake(
    "Only the first example came back. Is the `return` inside a loop? Without a loop, `w @ X` gives them all.",
    lambda X, w, b, f: f(w @ X[:, 0] + b),
)
neuron_batch.mistake(
    "`w * X` multiplies and does not add; it also lays w along the rows, where the examples are. `w @ X` does "
    "both steps, the right way round.",
    lambda X, w, b, f: f(w * X + b),
)
neuron_batch.mistake(
    "`w * X` lays w along the rows of X, where the examples are; each weight belongs to a row. `w @ X` knows "
    "that, and adds as well.",
    lambda X, w, b, f: f((w * X).sum(axis=0) + b),
)
neuron_batch.mistake(
    "Each input is multiplied by its weight, but the products are not added: there should be one number for "
    "each example. `w @ X` adds them.",
    lambda X, w, b, f: f(w[:, None] * X + b),
)
neuron_batch.mistake(
    "You added over the examples: one number for each input came out. Add over the inputs, `axis=0`, or let "
    "`w @ X` do it.",
    lambda X, w, b, f: f((w[:, None] * X).sum(axis=1) + b),
)
neuron_batch.mistake(
    "All examples are added into one number. `w @ X` adds within each column, and keeps the columns apart.",
    lambda X, w, b, f: f((w[:, None] * X).sum() + b),
)
neuron_batch.mistake(
    "The bias is inside the sum, so it is added once for each input. Add it after the sum.",
    lambda X, w, b, f: f((w[:, None] * X + b).sum(axis=0)),
)
neuron_batch.mistake(
    "Right while f is the sigmoid. In this case it is tanh: use the f that is given.",
    lambda X, w, b, f: sigmoid(w @ X + b),
)
neuron_batch.mistake(
    "The numbers are right, in a table of one row. With w of shape (n_in,), `w @ X` has the shape (m,).",
    lambda X, w, b, f: f(w.reshape(1, -1) @ X + b),
)
neuron_batch.mistake(
    "That is the mean of the products; a neuron takes their sum: `w @ X`.", {"w @ X": "np.mean(w[:, None] * X, axis=0)"}
)
neuron_batch.mistake(
    "Each product goes through the activation. `f` comes last, once: `w @ X` adds the products first.",
    {"f(w @ X + b)": "np.sum(f(w[:, None] * X + b), axis=0)"},
)
neuron_batch.mistake(
    "The outputs of all examples became one number. Each example has its own: leave them apart.",
    {"f(w @ X + b)": "np.sum(f(w @ X + b))"},
    {"f(w @ X + b)": "np.mean(f(w @ X + b))"},
)
neuron_batch.mistake(
    "You went as far as there are inputs: `len(X)` counts the rows. Examples are columns, and `w @ X` takes them all.",
    {"f(w @ X + b)": "np.array([f(w @ X[:, k] + b) for k in range(len(X))])"},
)
neuron_batch.mistake("The bias has the wrong sign: it is added, `w @ X + b`.", {"+ b": "- b"})


# --- 1.3: weights for NAND --------------------------------------------------------------------------------------------


def _gate(answer, x):
    """What a step neuron with these weights says to x; NotImplementedError while there are dots among them."""
    if not issubclass(type(answer), (tuple, list, np.ndarray)) or len(answer) != 3:
        raise ValueError("three numbers are needed, in this order: w1, w2, b.")
    if any(value is ... for value in answer):
        raise NotImplementedError
    w1, w2, b = (float(value) for value in answer)
    if not np.isfinite([w1, w2, b]).all():
        raise ValueError("one of the three is no finite number.")
    return _step(w1 * x[0] + w2 * x[1] + b)


IGNORES = "A weight of 0, or one too small to matter, makes a neuron deaf to its input; NAND must listen to both."


def _zero_margin(answer):
    """What to say of weights that are right, and leave a sum of exactly 0."""
    w1, w2, b = map(float, answer)
    if 0 in (b, w1 + b, w2 + b, w1 + w2 + b):
        return "One of the sums is exactly 0, right on the line, and 0 does not fire: it works, without any room."
    return ""


my_nand = Exercise(
    key="1.3",
    title="weights for NAND",
    points=1,
    minutes=6,
    stub="""
my_nand = (..., ..., ...)  # w1, w2, b
""",
    right=(-2, -2, 3),
    remark=_zero_margin,
    use=_gate,
    cases=tuple(case(x=[float(x1), float(x2)]) for x1 in (0, 1) for x2 in (0, 1)),
    hints=(
        "NAND is 1 except for (1, 1). What must the sum be for (0, 0), where only the bias is left: above 0 or below?",
        "The bias alone makes it fire. One input must not be able to stop it, and two together must: negative weights.",
        "With weights of −1 the sums are b, b − 1, b − 1, b − 2. The first three must be above 0, the last must not.",
    ),
    solution="""
my_nand = (-1, -1, 1.5)
""",
    reason="The sums are 1.5, 0.5, 0.5 and −0.5: only for (1, 1) is the sum below 0. It is the AND of the lesson "
    "with all three signs changed. Infinitely many others work, every one that cuts the corner (1, 1) off.",
    takeaway="A line that cuts off the corner (1, 1), with the firing side where the other three are.",
)

my_nand.mistake(
    "These weights make AND. NAND is its opposite, at all four inputs: what does −z say where z says yes?", (1, 1, -1.5)
)
my_nand.mistake(
    "These weights make OR. NAND fires for (0, 0) and is silent for (1, 1), so the inputs must speak against it.",
    (1, 1, -0.5),
)
my_nand.mistake(
    "These weights make NOR: a single 1 already silences the neuron, and in NAND it takes two. Raise the bias, "
    "to more than the size of each weight. A sum of exactly 0 does not fire.",
    (-1, -1, 0.5),
)
my_nand.mistake(
    "This neuron always fires. The bias alone is too strong: both weights together must pull the sum down to 0 "
    "or below.",
    (-1, -1, 2.5),
)
my_nand.mistake("This neuron never fires. For (0, 0) only the bias is left, so it must be above 0.", (-1, -1, -1))
my_nand.mistake(f"This neuron says “not x₁”, whatever x₂ is. {IGNORES}", (-1, 0, 0.5))
my_nand.mistake(f"This neuron says “not x₂”, whatever x₁ is. {IGNORES}", (0, -1, 0.5))
my_nand.mistake(f"This neuron repeats x₁. {IGNORES}", (1, 0, -0.5))
my_nand.mistake(f"This neuron repeats x₂. {IGNORES}", (0, 1, -0.5))
my_nand.mistake(
    "It fires for (1, 0) only: x₁ and not x₂. In NAND both weights are negative. Is the order w1, w2, b?", (1, -1, -0.5)
)
my_nand.mistake(
    "It fires for (0, 1) only: x₂ and not x₁. In NAND both weights are negative. Is the order w1, w2, b?", (-1, 1, -0.5)
)
my_nand.mistake(
    "Three of four: it is silent for (0, 1) and fires for (1, 1). Both weights must be negative, w1 too.", (1, -1, 0.5)
)
my_nand.mistake(
    "Three of four: it is silent for (1, 0) and fires for (1, 1). Both weights must be negative, w2 too.", (-1, 1, 0.5)
)


# --- 1.4: predict, then check -----------------------------------------------------------------------------------------


def _predicted(answer, question):
    """The answer to a question, counted from 1; NotImplementedError while one is open."""
    if not issubclass(type(answer), (tuple, list)) or len(answer) != 5:
        raise ValueError("give five numbers, one for each question, in this order.")
    if any(value is ... for value in answer):
        raise NotImplementedError
    try:
        return float(answer[question - 1])
    except ValueError:
        raise ValueError("give a number for each: 1 for fires, 0 for silent.") from None


PREDICTED = (0.5, 1, 0.25, 0.5, 0)


def _with(question, value):
    """The right predictions but for one."""
    return (*PREDICTED[: question - 1], value, *PREDICTED[question:])


SQUARED = "That divides by 6² + 8² = 100. The length |w| is the square root of it, 10."

my_prediction = Prediction(
    key="1.4",
    title="predict, then check",
    points=2,
    minutes=8,
    level=2,
    stub="""
my_prediction = (  # a step neuron with w = (6, 8) and b = −5; predict on paper
    ...,  # 1. how far from the origin is its line?
    ...,  # 2. does it say 1 or 0 to x = (0.5, 0.5)?
    ...,  # 3. how far is the line if w is doubled, and b is not?
    ...,  # 4. how far is it if w and b are both doubled?
    ...,  # 5. does it say 1 or 0 to x = (0.5, 0.5) if w and b both change sign?
)
""",
    right=PREDICTED,
    use=_predicted,
    cases=tuple(case(question=k) for k in range(1, 6)),
    hints=(
        "The line is where w · x + b = 0. Its distance from the origin is |b| / |w|, and the neuron says 1 on the "
        "side to which w points.",
        "|w| = √(6² + 8²) = 10. For 3 and 4, see what happens to |b| and to |w|; for 2 and 5, compute the sum and ask "
        "whether it is above 0.",
        "Question 1 is 5 / 10. In 3 only the 10 is doubled, in 4 both are. "
        "In 5 the sum of question 2 changes its sign.",
    ),
    solution="""
my_prediction = (0.5, 1, 0.25, 0.5, 0)
""",
    reason="|b| / |w| is 5/10, 5/20 and 10/20. The sum for (0.5, 0.5) is 2, which fires; with all signs changed "
    "it is −2. So doubling everything changes nothing for a step neuron, and changing all signs swaps the two sides of "
    "the line.",
    takeaway="Multiply w and b by the same number, and the line stays. Change both signs, and the other side fires.",
)

my_prediction.mistake("The distance is |b| / |w|: divide by the length of w.", _with(1, 5))
my_prediction.mistake("The length of w is not 6 + 8, but √(6² + 8²), by Pythagoras. Divide by that.", _with(1, 5 / 14))
my_prediction.mistake(SQUARED, _with(1, 0.05))
my_prediction.mistake("It is the other way round: |b| / |w|.", _with(1, 2))
my_prediction.mistake("The size is right. A distance has no sign: |b| / |w|.", _with(1, -0.5))
my_prediction.mistake(
    "That is the weighted sum, 6 · 0.5 + 8 · 0.5 − 5 = 2. What does the step make of it?", _with(2, 2)
)
my_prediction.mistake("The sum is 6 · 0.5 + 8 · 0.5 − 5. Is it above 0?", _with(2, 0))
my_prediction.mistake("Only if b were doubled, too. |b| stays 5 and |w| becomes 20.", _with(3, 0.5))
my_prediction.mistake("The other way: |w| divides, in |b| / |w|, so a longer w brings the line nearer.", _with(3, 1))
my_prediction.mistake(
    "Doubling b doubles the distance, but doubling w halves it again. Both sides of w · x = −b were doubled.",
    _with(4, 1),
)
my_prediction.mistake("That is with w alone doubled. Here b is doubled as well.", _with(4, 0.25))
my_prediction.mistake("The line is the same, but w points the other way now: the two sides change places.", _with(5, 1))
my_prediction.mistake(
    "The sum changes its sign, and it is below 0 now. The step makes 0 of every sum that is not above 0.", _with(5, -1)
)
my_prediction.mistake(
    "That is the weighted sum, −6 · 0.5 − 8 · 0.5 + 5 = −2. What does the step make of it?", _with(5, -2)
)

# --- 1.5: the learning loop -------------------------------------------------------------------------------------------

X3 = [[1.0, -2.0, 0.5], [0.5, 1.0, -1.5]]


@exercise(
    "1.5",
    "the learning loop",
    points=3,
    minutes=15,
    level=3,
    stub="return ..., ...  # w (n_in,), b",
    returns=("w", "b"),
    cases=[
        case(X=X3, y=[1.0, 0.0, 1.0], f=sigmoid, steps=1, rate=0.5),
        case(X=X3, y=[1.0, 0.0, 1.0], f=sigmoid, steps=2, rate=0.5),
        case(X=[[2.0, 1.0, 0.5, -1.0]], y=[3.0, 1.0, 0.0, 1.0], f=identity, steps=3, rate=0.2),
        case(X=[[0.2, 0.4], [-1.0, 1.0], [0.5, 2.0]], y=[0.0, 1.0], f=sigmoid, steps=0, rate=1.0),
        case(X=[[0.5, -1.0], [1.0, 2.0], [-0.5, 1.0]], y=[0.0, 1.0], f=tanh, steps=4, rate=0.1),
    ],
    hints=[
        "It is the loop of section 2 with `neuron_batch` for the guess. What are the shapes of w, of the error, of X?",
        "Each round: the error is what `neuron_batch` gives, minus y: m numbers. b moves against its mean. For w, "
        "`X @ error` is the sum of error times input, one number for each input; divide it by m.",
        "Before the loop `w = np.zeros(len(X))` and `b = 0.0`. In the loop three lines: the error; w minus rate · "
        "X @ error / m; b minus rate · the mean error. After the loop, give back both.",
    ],
    reason="It is section 2 once more: error times input is now `X @ error`, which adds over the pictures for every "
    "weight at once. The error is computed once a round, before anything moves.",
    takeaway="Guess, measure the error, adjust, repeat: the same four lines for one weight or for 784.",
)
def train_neuron(X, y, f, steps, rate):  # X (n_in, m), y (m,) of 0 and 1
    w, b = np.zeros(len(X)), 0.0
    for _ in range(steps):
        error = f(w @ X + b) - y
        w = w - rate * (X @ error) / len(y)
        b = b - rate * np.mean(error)
    return w, b


UPHILL = "You walk the wrong way: with error = guess − y, subtract; or measure y − guess, and add."
train_neuron.mistake(UPHILL, {"f(w @ X + b) - y": "y - f(w @ X + b)"}, {"w - rate": "w + rate", "b - rate": "b + rate"})
train_neuron.mistake(
    "w goes the right way, b the wrong one: it moves *against* the mean error.", {"b - rate": "b + rate"}
)
train_neuron.mistake(
    "b goes the right way, w the wrong one: it moves *against* error times input.", {"w - rate": "w + rate"}
)
train_neuron.mistake(
    "For w you added over the pictures; the mean is asked for: divide by m, as `np.mean` does for b.",
    {" / len(y)": ""},
)
train_neuron.mistake(
    "Both adjustments are sums over the pictures. Take means: divide by m.",
    {" / len(y)": "", "np.mean(error)": "np.sum(error)"},
)
train_neuron.mistake(
    "For b you added over the pictures; the mean is asked for: `np.mean(error)`.", {"np.mean(error)": "np.sum(error)"}
)
train_neuron.mistake(
    "For w you divided by the number of inputs. The mean is over the m examples: `len(y)`.", {"len(y)": "len(X)"}
)
train_neuron.mistake(
    "b stays at 0. It has an adjustment of its own, against the mean error.", {"b = b - rate * np.mean(error)": "pass"}
)
train_neuron.mistake(
    "w stays at 0. It moves against error times input, `X @ error`.", {"w = w - rate * (X @ error) / len(y)": "pass"}
)
train_neuron.mistake(
    "b became an array, with a number for each example. A neuron has one bias: take the mean of the errors for it.",
    {"np.mean(error)": "error"},
)
train_neuron.mistake("`rate` is missing: each step is only a part of the mean.", {"rate * ": ""})
train_neuron.mistake("`rate` is missing in the step of w.", {"rate * (X": "(X"})
train_neuron.mistake("`rate` is missing in the step of b.", {"rate * np.mean": "np.mean"})
train_neuron.mistake(
    "The activation is missing: the guess is f of the weighted sums, as `neuron_batch` gives it.",
    {"f(w @ X + b)": "(w @ X + b)"},
)
train_neuron.mistake(
    "The activation is always the sigmoid. Use the f that is given.",
    {"f(w @": "1 / (1 + np.exp(-1.0 * (w @", "X + b) - y": "X + b))) - y"},
)
train_neuron.mistake("The bias is missing in the guess, so it never gets better: f(w @ X + b).", {"w @ X + b": "w @ X"})
train_neuron.mistake(
    (
        "Every weight got the same step, the mean error times the mean input. Each "
        "needs error times *its* input: `X @ error`."
    ),
    {"(X @ error) / len(y)": "np.mean(X) * np.mean(error)"},
    {"(X @ error) / len(y)": "np.mean(error)"},
)
train_neuron.mistake(
    (
        "The mean of the products is not the product of the means: error times input "
        "first, picture by picture, then the mean."
    ),
    {"(X @ error) / len(y)": "X.mean(axis=1) * np.mean(error)"},
)
train_neuron.mistake(
    "The errors are squared, which loses their sign. The square belongs to the loss; the steps need the error itself.",
    {"f(w @ X + b) - y": "(f(w @ X + b) - y) ** 2"},
)
train_neuron.mistake(
    "The loop ends after its first round. Move `return` to the left, out of the loop.", {"    return": "        return"}
)
train_neuron.mistake("There is one step too few.", {"range(steps)": "range(steps - 1)"})
train_neuron.mistake("There is one step too many.", {"range(steps)": "range(steps + 1)"})
train_neuron.mistake("There is only one step, whatever `steps` is.", {"range(steps)": "range(1)"})
train_neuron.mistake(
    "The number of steps is written in. Use `steps`.", *({"range(steps)": f"range({n})"} for n in (10, 100, 300))
)
train_neuron.mistake(
    "w and b are set to 0 inside the loop, so every round begins anew. Put that line above the loop.",
    {
        "    w, b = np.zeros(len(X)), 0.0\n    for _ in range(steps):\n": (
            "    w, b = np.zeros(len(X)), 0.0\n    for _ in range(steps):\n        w, b = np.zeros(len(X)), 0.0\n"
        )
    },
)
train_neuron.mistake("The start is not 0: `np.zeros(len(X))`, and b = 0.", {"np.zeros": "np.ones"}, {"0.0\n": "1.0\n"})
train_neuron.mistake("w and b are exchanged: give back w first, then b.", {"return w, b": "return b, w"})
train_neuron.mistake("Give back both, `return w, b`.", {"return w, b": "return w"})
train_neuron.mistake(
    "The error is measured anew between the two adjustments, so b sees a w that has moved already. Measure it once.",
    {"b = b": "error = f(w @ X + b) - y\n        b = b"},
)
train_neuron.mistake(
    "w is one number here; it needs one for each input: `np.zeros(len(X))`.",
    {"np.zeros(len(X))": "0.0"},
    {"np.zeros(len(X))": "0.0", "(X @ error) / len(y)": "np.mean(X * error)", "w @ X": "w * X.sum(axis=0)"},
)
train_neuron.mistake(
    "w has a number for each example. It needs one for each input, the rows of X: `np.zeros(len(X))`.",
    {"len(X)": "len(y)"},
)
train_neuron.mistake(
    "The order, or a `.T`, is wrong in one of the products. `w @ X` is one number for each "
    "example, and `X @ error` one for each input; "
    "neither needs a `.T`.",
    {"X @ error": "X.T @ error"},
    {"X @ error": "error @ X"},
    {"w @ X": "w @ X.T"},
    {"w @ X": "X @ w"},
)


train_neuron.mistake(
    "You divided by the number of inputs, `len(X)`. The mean is over the m examples: `len(y)`.",
    {"len(y)": "len(X)", "np.mean(error)": "error.sum() / len(X)"},
)
train_neuron.mistake(
    "`np.mean(X @ error)` makes one number of all, so every weight got the same step. Divide `X @ error` by m.",
    {"(X @ error) / len(y)": "np.mean(X @ error)"},
)
train_neuron.mistake(
    "You averaged error times input over inputs, too, so every weight got the same step. Keep one number for each.",
    {"(X @ error) / len(y)": "np.mean(X * error)"},
)
train_neuron.mistake(
    "The sign of the error is lost. It says which way to go: no absolute value.",
    {"f(w @ X + b) - y": "np.abs(f(w @ X + b) - y)"},
)
train_neuron.mistake(
    "w and b became the last step. Each step is subtracted from where they are: `w - rate * …`.",
    {"w = w - rate": "w = -rate", "b = b - rate": "b = -rate"},
)
train_neuron.mistake(
    "You divided by `rate`. A small rate must make small steps: multiply.",
    {"rate * (X": "1 / rate * (X", "rate * np": "1 / rate * np"},
)
train_neuron.mistake(
    "b got the step of w. Its input is always 1, so it moves against the mean error alone.",
    {"np.mean(error)": "(X @ error) / len(y)"},
)
train_neuron.mistake(
    "The error is measured anew between the two adjustments, so w sees a b that has moved already. Measure it once.",
    {
        "        w = w - rate * (X @ error) / len(y)\n        b = b - rate * np.mean(error)\n": (
            "        b = b - rate * np.mean(error)\n        w = w - rate * X @ (f(w @ X + b) - y) / len(y)\n"
        )
    },
)
train_neuron.mistake(
    "w and b move after every picture. Here all pictures have a say in each step: the mean.",
    {
        "error = f(w @ X + b) - y": "for x, target in zip(X.T, y):\n            error = f(w @ x + b) - target",
        "        w = w - rate * (X @ error) / len(y)": "            w = w - rate * error * x",
        "        b = b": "            b = b",
    },
)
train_neuron.mistake(
    "The error is measured only once, before the loop. After each step it is another: measure it anew in every round.",
    {
        "    for _ in range(steps):\n        error = f(w @ X + b) - y\n": (
            "    error = f(w @ X + b) - y\n    for _ in range(steps):\n"
        )
    },
)
EXERCISES = (neuron, neuron_batch, my_nand, my_prediction, train_neuron)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "1.q1",
        "In the learning loop, what is learned?",
        {
            "The prices of the houses": "Those are the data: they are given, and stay as they are.",
            "The sizes of the houses": "Those are the inputs; a model must take them as they come.",
            "The numbers w and b": (
                "Data in, w and b out: learning is to change these numbers until the error is small."
            ),
            "The rule “guess, measure, adjust”": "That is the loop itself. You wrote it; it never changes.",
        },
        right="The numbers w and b",
    ),
    Question(
        "1.q2",
        "A neuron has w = (2, −1) and b = 1. What is its weighted sum for x = (3, 4)?",
        {
            "2": "That is the sum of the products; the bias is still to be added.",
            "3": "2 · 3 − 1 · 4 + 1 = 3.",
            "4": "The bias is added once, not once for each input.",
            "(7, −3)": "The products are added into one number, and the bias to that: 6 − 4 + 1.",
        },
        right="3",
    ),
    Question(
        "1.q3",
        "A batch of 100 houses with 3 inputs each goes into `w @ X + b`. Which shape has X?",
        {
            "(3, 100)": "One example a column: as many rows as inputs. `w @ X` is then (100,).",
            "(100, 3)": "So it lies in a file, one example a row. For `w @ X` it is transposed first: `X.T`.",
            "(300,)": "Then nobody could tell where one house ends and the next begins.",
            "(3,)": "That is a single house.",
        },
        right="(3, 100)",
    ),
    Question(
        "1.q4",
        "The bias of a neuron grows. What happens to its line in the plane?",
        {
            "It turns": "The direction belongs to w alone, which stands at a right angle to the line.",
            "It shifts, and the firing side grows": (
                "The line moves against w, by the change of b divided by |w|; more points have a sum above 0."
            ),
            "It shifts, and the firing side shrinks": "More bias makes it easier to fire, not harder.",
            "It bends": "A single neuron's line is always straight.",
        },
        right="It shifts, and the firing side grows",
    ),
    Question(
        "1.q5",
        "Why can no single neuron be XOR?",
        {
            "The step is too coarse": "With any activation that only rises, the border is a straight line.",
            "Its weights must be whole numbers": "They may be any numbers, and it fails for all of them.",
            "It would need more training": "There is nothing to find: no weights at all get four of four right.",
            "No straight line parts the two classes": (
                "(0, 1) and (1, 0) lie on one diagonal, (0, 0) and (1, 1) on the other; the diagonals cross."
            ),
        },
        right="No straight line parts the two classes",
    ),
    Question(
        "1.q6",
        "All weights and the bias of a sigmoid neuron are multiplied by 10. What changes?",
        {
            "Nothing": "For a step neuron, yes. The sigmoid also hears how large the sum is.",
            "The line moves away from the origin": "|b| / |w| stays what it was: both grew tenfold.",
            "The line stays, the change across it is sharper": (
                "The same points have sum 0, but all sums are ten times as large: close to 0 or 1 much sooner."
            ),
            "The output becomes ten times larger": "The sum does. The output stays between 0 and 1.",
        },
        right="The line stays, the change across it is sharper",
    ),
)


# --- answers to the harder challenges ---------------------------------------------------------------------------------


@challenge(
    "1.c1",
    "two of three",
    result="Weights 1, 1, 1 and bias −1.5 fire for two or more. For exactly two none exist: the best get 7 of 8.",
    notice="“At least” is one straight cut of the cube. “Exactly two” would need two: three corners lie between them.",
    holds=lambda value: value == (8, 7),
)
def two_of_three():
    corners = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    at_least = np.sum((corners @ [1, 1, 1] - 1.5 > 0) == (corners.sum(axis=1) >= 2))
    rng = np.random.default_rng(0)
    fires = corners @ rng.normal(size=(3, 100_000)) + rng.normal(size=100_000) > 0
    exactly = np.sum((corners.sum(axis=1) == 2) == fires.T, axis=1).max()
    return int(at_least), int(exactly)


@challenge(
    "1.c2",
    "other rates",
    result="After 10 steps 0.2 is lowest, after 100 it is 0.3; 0.05 is slow, and the loss of 0.4 grows at every step.",
    notice="There is a largest rate that works, and close below it is the fastest. Lesson 06 computes it.",
    holds=lambda loss: (
        min(loss, key=lambda rate: loss[rate][10]) == 0.2
        and min(loss, key=lambda rate: loss[rate][100]) == 0.3
        and loss[0.4][100] > 1e30
    ),
)
def other_rates():
    X, y = house_prices(30)
    size, price, loss = X[:, 0] / 1000, y / 1000, {}
    for rate in (0.05, 0.2, 0.3, 0.4):
        w, b, loss[rate] = 0.0, 0.0, []
        for _ in range(101):
            error = w * size + b - price
            loss[rate].append(np.mean(error**2))
            w, b = w - rate * np.mean(error * size), b - rate * np.mean(error)
    return loss


@challenge(
    "1.c3",
    "sixteen truth tables",
    result="14 of the 16 turn up. XOR and its opposite do not.",
    notice="The two that are missing need opposite corners of the square on one side.",
    holds=lambda tables: len(tables) == 14 and not {(0, 1, 1, 0), (1, 0, 0, 1)} & tables,
)
def sixteen_tables():
    rng, inputs = np.random.default_rng(1), np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    W, b = rng.uniform(-5, 5, size=(100_000, 2)), rng.uniform(-5, 5, size=(100_000, 1))
    return {tuple(table) for table in (W @ inputs + b > 0).astype(int).tolist()}


@challenge(
    "1.c4",
    "XOR with three neurons",
    result="0, 1, 1, 0.",
    notice="The third neuron sees only what the two others say: that is a second layer.",
    holds=lambda outputs: outputs == [0, 1, 1, 0],
)
def xor_of_three():
    def neuron(x, w, b):
        return int(np.dot(w, x) + b > 0)

    pairs = [(0, 0), (0, 1), (1, 0), (1, 1)]
    return [neuron((neuron(x, (1, 1), -0.5), neuron(x, (-1, -1), 1.5)), (1, 1), -1.5) for x in pairs]


CHALLENGES = (two_of_three, other_rates, sixteen_tables, xor_of_three)
