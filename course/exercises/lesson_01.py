"""The exercises and the quiz of lesson 01, Neuron.

Each wrong answer is one that learners really give. Its example is run like an answer; tests feed it back.
"""

import dis
import types
from dataclasses import dataclass

import numpy as np

from course.exercises.grading import RIGHT, Exercise, Mistake, case
from course.exercises.questions import Choice, Question
from course.text import code
from helpers.network import sigmoid, tanh

TITLE = "Neuron"


# --- 1.1: one neuron --------------------------------------------------------------------------------------------------


def _step(z):
    return np.where(np.greater(z, 0), 1.0, 0.0)


def _activation(w):
    """f for the case with these weights: the sigmoid, and once another, so that no fixed one is right."""
    return tanh if len(w) == 1 else sigmoid


def _run(answer, x, w, b):
    if not callable(answer):
        raise TypeError("give `check` the function itself, without brackets.")
    return answer(x, w, b, _activation(w))


NEURON = Exercise(
    key="1.1",
    title="one neuron",
    points=1,
    minutes=8,
    stub="""
def neuron(x, w, b, f):
    return ...  # your code here
""",
    reference=lambda x, w, b: _activation(w)(w @ x + b),
    use=_run,
    cases=(
        case(x=[1.0, 3.0, -2.0], w=[0.4, -0.2, 0.3], b=1.5),
        case(x=[2.0, 1.0], w=[1.0, -1.0], b=0.5),
        case(x=[0.5, -2.0], w=[1.5, 0.5], b=-1.0),
        case(x=[1, 0, 2, -1], w=[2, 5, -1, 1], b=-1),
        case(x=[0.3], w=[2.0], b=0.25),
    ),
    wrong=(
        Mistake(
            "bias forgotten",
            "The bias is missing: the sum is `w @ x + b`.",
            lambda x, w, b, f: f(w @ x),
        ),
        Mistake(
            "activation forgotten",
            "That is the weighted sum z, and it is right. The neuron gives what the activation makes of it, `f(z)`.",
            lambda x, w, b, f: w @ x + b,
        ),
        Mistake(
            "products not added",
            "`w * x` has a product for each input. The neuron adds them up: `w @ x`, or `np.sum(w * x)`.",
            lambda x, w, b, f: f(w * x + b),
        ),
        Mistake(
            "bias for each input",
            "The bias is inside the sum, so it is added once for each input. "
            "A neuron has one bias: add it after the sum.",
            lambda x, w, b, f: f(np.sum(w * x + b)),
        ),
        Mistake(
            "bias added to each input",
            "The bias is added to each input before the weights. Add it once, after the sum.",
            lambda x, w, b, f: f(w @ (x + b)),
        ),
        Mistake(
            "bias added to each weight",
            "The bias is added to each weight before the inputs. Add it once, after the sum.",
            lambda x, w, b, f: f((w + b) @ x),
        ),
        Mistake(
            "activation for each product",
            "Each product goes through the activation. `f` comes last, once: add the products first.",
            lambda x, w, b, f: np.sum(f(w * x + b)),
        ),
        Mistake(
            "bias after the activation",
            "The bias is added after the activation. It belongs inside, `f(w @ x + b)`: outside, the result "
            "would not stay between 0 and 1.",
            lambda x, w, b, f: f(w @ x) + b,
        ),
        Mistake(
            "bias subtracted",
            "The bias has the wrong sign: it is added, `w @ x + b`.",
            lambda x, w, b, f: f(w @ x - b),
        ),
        Mistake(
            "last product only",
            "Only the last product arrives. In a loop, `z = …` begins anew each time; `z += …` adds to what is there.",
            lambda x, w, b, f: f(w[-1] * x[-1] + b),
        ),
        Mistake(
            "first product only",
            "Only the first product arrives. Is the `return` inside the loop? Then it ends in its first round.",
            lambda x, w, b, f: f(w[0] * x[0] + b),
        ),
        Mistake(
            "first input left out",
            "The first input is left out. Indices begin at 0: `range(len(x))` takes them all.",
            lambda x, w, b, f: f(w[1:] @ x[1:] + b),
        ),
        Mistake(
            "last input left out",
            "The last input is left out. `range(len(x))` already ends at the last index, len(x) − 1.",
            lambda x, w, b, f: f(w[:-1] @ x[:-1] + b),
        ),
        Mistake(
            "two inputs only",
            "Right for two inputs. A neuron may have any number of them, and `w @ x` takes them all.",
            lambda x, w, b, f: f(w[0] * x[0] + w[1] * x[1] + b),
        ),
        Mistake(
            "weights ignored",
            "The inputs are added as they are. Each must be multiplied by its own weight first.",
            lambda x, w, b, f: f(np.sum(x) + b),
        ),
        Mistake(
            "sums multiplied",
            "You multiplied two sums. Multiply first, each input by its own weight, and add the products.",
            lambda x, w, b, f: f(np.sum(w) * np.sum(x) + b),
        ),
        Mistake(
            "mean for sum",
            "That is the mean of the products; a neuron takes their sum.",
            lambda x, w, b, f: f(np.mean(w * x) + b),
        ),
        Mistake(
            "always the sigmoid",
            "Right while f is the sigmoid. In this case it is tanh: use the f that is given.",
            lambda x, w, b, f: sigmoid(w @ x + b),
        ),
        Mistake(
            "always a step",
            "The sum is right, but the activation is always a step. Use the one that is given: `f(…)`.",
            lambda x, w, b, f: _step(w @ x + b),
        ),
        Mistake(
            "always tanh",
            "The sum is right, but the activation is always tanh. Use the one that is given: `f(…)`.",
            lambda x, w, b, f: tanh(w @ x + b),
        ),
    ),
    hints=(
        "Do x = [3, 1, 2], w = [0.5, −2, 1], b = −1 by hand, as in section 4. What is left to do with the sum?",
        "`w @ x` multiplies and adds in one go, for any number of inputs. No loop is needed.",
        "Two steps: `z` is `w @ x` plus the bias, and the result is `f` of it.",
    ),
    solution="""
def neuron(x, w, b, f):
    return f(w @ x + b)
""",
    reason="`w @ x` is the sum of the products, the bias is added once, and the activation comes last. This line is "
    "the formula y = f(w · x + b).",
    takeaway="Weighted sum, bias, activation, in this order: that is all a neuron does.",
)


# --- 1.2: a batch, without a loop -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Vectorised(Exercise):
    """An exercise whose right answers have no loop in them."""

    loop_feedback: str

    def judge(self, answer):
        verdict = super().judge(answer)
        if verdict.lead == RIGHT and _has_loop(answer):
            return self._not_yet("loop", self.loop_feedback)
        return verdict


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

BATCH = Vectorised(
    key="1.2",
    title="a batch without a loop",
    points=2,
    minutes=8,
    stub="""
def neuron_batch(X, w, b, f):  # X (n_in, m): one example a column
    return ...  # m outputs, no loop
""",
    reference=lambda X, w, b: _activation(w)(w @ X + b),
    use=_run,
    cases=(
        case(X=[[2.0, 0.5], [1.0, -2.0]], w=[1.0, -1.5], b=0.5),
        case(X=[[1.0, 0.0, -2.0], [3.0, 1.0, 0.5]], w=[0.4, -0.2], b=-0.3),
        case(X=[[1.0, 2.0], [0.0, -1.0], [1.5, 0.2]], w=[0.4, 1.2, -0.7], b=1.5),
        case(X=[[1, 0, 2, 3], [2, -1, 0, 1], [1, 1, 0, -3]], w=[1, -1, 2], b=-1),
        case(X=[[2.0, -1.0, 0.5]], w=[0.5], b=0.2),
    ),
    wrong=(
        Mistake("loop", LOOP, _looping),
        Mistake("examples in rows", COLUMNS, lambda X, w, b, f: f(X @ w + b)),
        Mistake("transposed", COLUMNS, lambda X, w, b, f: f(w @ X.T + b)),
        Mistake("bias forgotten", "The bias is missing: `w @ X + b`.", lambda X, w, b, f: f(w @ X)),
        Mistake(
            "activation forgotten",
            "These are the weighted sums, and they are right. Put them through the activation: `f(z)`.",
            lambda X, w, b, f: w @ X + b,
        ),
        Mistake(
            "bias after the activation",
            "The bias is added after the activation. It belongs inside: `f(w @ X + b)`.",
            lambda X, w, b, f: f(w @ X) + b,
        ),
        Mistake(
            "last example only",
            "Only the last example came back. A loop that says `y = …` forgets the earlier ones each time; without a "
            "loop, `w @ X` keeps them all.",
            lambda X, w, b, f: f(w @ X[:, -1] + b),
        ),
        Mistake(
            "first example only",
            "Only the first example came back. Is the `return` inside a loop? Without a loop, `w @ X` gives them all.",
            lambda X, w, b, f: f(w @ X[:, 0] + b),
        ),
        Mistake(
            "* for @",
            "`w * X` multiplies and does not add; it also lays w along the rows, where the examples are. `w @ X` does "
            "both steps, the right way round.",
            lambda X, w, b, f: f(w * X + b),
        ),
        Mistake(
            "* and sum",
            "`w * X` lays w along the rows of X, where the examples are; each weight belongs to a row. `w @ X` knows "
            "that, and adds as well.",
            lambda X, w, b, f: f((w * X).sum(axis=0) + b),
        ),
        Mistake(
            "products not added",
            "Each input is multiplied by its weight, but the products are not added: there should be one number for "
            "each example. `w @ X` adds them.",
            lambda X, w, b, f: f(w[:, None] * X + b),
        ),
        Mistake(
            "added along the wrong axis",
            "You added over the examples: one number for each input came out. Add over the inputs, `axis=0`, or let "
            "`w @ X` do it.",
            lambda X, w, b, f: f((w[:, None] * X).sum(axis=1) + b),
        ),
        Mistake(
            "everything added",
            "All examples are added into one number. `w @ X` adds within each column, and keeps the columns apart.",
            lambda X, w, b, f: f((w[:, None] * X).sum() + b),
        ),
        Mistake(
            "bias for each input",
            "The bias is inside the sum, so it is added once for each input. Add it after the sum.",
            lambda X, w, b, f: f((w[:, None] * X + b).sum(axis=0)),
        ),
        Mistake(
            "always the sigmoid",
            "Right while f is the sigmoid. In this case it is tanh: use the f that is given.",
            lambda X, w, b, f: sigmoid(w @ X + b),
        ),
        Mistake(
            "a row too many",
            "The numbers are right, in a table of one row. With w of shape (n_in,), `w @ X` has the shape (m,).",
            lambda X, w, b, f: f(w.reshape(1, -1) @ X + b),
        ),
    ),
    hints=(
        "What is the shape of `w @ X` when w is (2,) and X is (2, 3)? Print it.",
        "`w @ X` gives a weighted sum for each column. What you add to an array with `+` is added to "
        "each of its numbers.",
        "It is the line of `neuron`, with X in the place of x: weighted sums, plus the bias, and then `f`.",
    ),
    solution="""
def neuron_batch(X, w, b, f):
    return f(w @ X + b)
""",
    reason="`w @ X` is the sum over the inputs for each column: (n_in,) @ (n_in, m) gives (m,). The bias is one "
    "number, and `+` adds it to all m sums; f works on each. The formula did not change at all.",
    takeaway="One line for one example or a million: the formula is the same, only X is wider than x.",
    loop_feedback=LOOP,
)


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

NAND = Exercise(
    key="1.3",
    title="weights for NAND",
    points=1,
    minutes=6,
    stub="""
my_nand = (..., ..., ...)  # w1, w2, b
""",
    reference=lambda x: float(not (x[0] and x[1])),
    use=_gate,
    cases=tuple(case(x=[float(x1), float(x2)]) for x1 in (0, 1) for x2 in (0, 1)),
    wrong=(
        Mistake(
            "AND",
            "These weights make AND. NAND is its opposite, at all four inputs: what does −z say where z says yes?",
            (1, 1, -1.5),
        ),
        Mistake(
            "OR",
            "These weights make OR. NAND fires for (0, 0) and is silent for (1, 1), so the inputs must "
            "speak against it.",
            (1, 1, -0.5),
        ),
        Mistake(
            "NOR",
            "These weights make NOR: a single 1 already silences the neuron, and in NAND it takes two. Raise the bias, "
            "to more than the size of each weight. A sum of exactly 0 does not fire.",
            (-1, -1, 0.5),
        ),
        Mistake(
            "always on",
            "This neuron always fires. The bias alone is too strong: both weights together must pull the sum down to 0 "
            "or below.",
            (-1, -1, 2.5),
        ),
        Mistake(
            "never on",
            "This neuron never fires. For (0, 0) only the bias is left, so it must be above 0.",
            (-1, -1, -1),
        ),
        Mistake("not x1", f"This neuron says “not x₁”, whatever x₂ is. {IGNORES}", (-1, 0, 0.5)),
        Mistake("not x2", f"This neuron says “not x₂”, whatever x₁ is. {IGNORES}", (0, -1, 0.5)),
        Mistake("x1", f"This neuron repeats x₁. {IGNORES}", (1, 0, -0.5)),
        Mistake("x2", f"This neuron repeats x₂. {IGNORES}", (0, 1, -0.5)),
        Mistake(
            "x1 and not x2",
            "It fires for (1, 0) only: x₁ and not x₂. In NAND both weights are negative. Is the order w1, w2, b?",
            (1, -1, -0.5),
        ),
        Mistake(
            "x2 and not x1",
            "It fires for (0, 1) only: x₂ and not x₁. In NAND both weights are negative. Is the order w1, w2, b?",
            (-1, 1, -0.5),
        ),
        Mistake(
            "w1 positive",
            "Three of four: it is silent for (0, 1) and fires for (1, 1). Both weights must be negative, w1 too.",
            (1, -1, 0.5),
        ),
        Mistake(
            "w2 positive",
            "Three of four: it is silent for (1, 0) and fires for (1, 1). Both weights must be negative, w2 too.",
            (-1, 1, 0.5),
        ),
    ),
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


# --- 1.4: predict, then check -----------------------------------------------------------------------------------------


def _predicted(answer, question):
    """The answer to a question, counted from 1; NotImplementedError while one is open."""
    if not issubclass(type(answer), (tuple, list)) or len(answer) != 5:
        raise ValueError("there are 5 questions: keep the form of the stub, with a number for each.")
    if any(value is ... for value in answer):
        raise NotImplementedError
    try:
        return float(answer[question - 1])
    except ValueError:
        raise ValueError("give a number for each: 1 for fires, 0 for silent.") from None


class Prediction(Exercise):
    """An exercise that says which answer is wrong, and does not give the right one away."""

    def _difference(self, case, expected, array):
        return f"Question {case['question']}: {code(array)} is not it."


PREDICTED = (0.5, 1, 0.25, 0.5, 0)


def _with(question, value):
    """The right predictions but for one."""
    return (*PREDICTED[: question - 1], value, *PREDICTED[question:])


SQUARED = "That divides by 6² + 8² = 100. The length |w| is the square root of it, 10."

PREDICT = Prediction(
    key="1.4",
    title="predict, then check",
    points=2,
    minutes=8,
    stub="""
my_prediction = (  # a step neuron with w = (6, 8) and b = −5; predict on paper
    ...,  # 1. how far from the origin is its line?
    ...,  # 2. does it say 1 or 0 to x = (0.5, 0.5)?
    ...,  # 3. how far is the line if w is doubled, and b is not?
    ...,  # 4. how far is it if w and b are both doubled?
    ...,  # 5. does it say 1 or 0 to x = (0.5, 0.5) if w and b both change sign?
)
""",
    reference=lambda question: PREDICTED[question - 1],
    use=_predicted,
    cases=tuple(case(question=k) for k in range(1, 6)),
    wrong=(
        Mistake("1: not divided", "The distance is |b| / |w|: divide by the length of w.", _with(1, 5)),
        Mistake(
            "1: weights added",
            "The length of w is not 6 + 8, but √(6² + 8²), by Pythagoras. Divide by that.",
            _with(1, 5 / 14),
        ),
        Mistake("1: no square root", SQUARED, _with(1, 0.05)),
        Mistake("1: upside down", "It is the other way round: |b| / |w|.", _with(1, 2)),
        Mistake("1: a sign", "The size is right. A distance has no sign: |b| / |w|.", _with(1, -0.5)),
        Mistake(
            "2: the sum",
            "That is the weighted sum, 6 · 0.5 + 8 · 0.5 − 5 = 2. What does the step make of it?",
            _with(2, 2),
        ),
        Mistake(
            "2: silent",
            "The sum is 6 · 0.5 + 8 · 0.5 − 5. Is it above 0?",
            _with(2, 0),
        ),
        Mistake(
            "3: unchanged",
            "Only if b were doubled, too. |b| stays 5 and |w| becomes 20.",
            _with(3, 0.5),
        ),
        Mistake(
            "3: farther",
            "The other way: |w| divides, in |b| / |w|, so a longer w brings the line nearer.",
            _with(3, 1),
        ),
        Mistake(
            "4: farther",
            "Doubling b doubles the distance, but doubling w halves it again. Both sides of w · x = −b were doubled.",
            _with(4, 1),
        ),
        Mistake("4: nearer", "That is with w alone doubled. Here b is doubled as well.", _with(4, 0.25)),
        Mistake(
            "5: the same",
            "The line is the same, but w points the other way now: the two sides change places.",
            _with(5, 1),
        ),
        Mistake(
            "5: minus one",
            "The sum changes its sign, and it is below 0 now. The step makes 0 of every sum that is not above 0.",
            _with(5, -1),
        ),
        Mistake(
            "5: the sum",
            "That is the weighted sum, −6 · 0.5 − 8 · 0.5 + 5 = −2. What does the step make of it?",
            _with(5, -2),
        ),
    ),
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
    takeaway="Only the ratio of b to w places the line. The signs say which side of it fires.",
)

EXERCISES = (NEURON, BATCH, NAND, PREDICT)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "1.q1",
        "In the learning loop, what is learned?",
        (
            Choice("The prices of the houses", "Those are the data: they are given, and stay as they are."),
            Choice("The sizes of the houses", "Those are the inputs; a model must take them as they come."),
            Choice(
                "The numbers w and b",
                "Data in, w and b out: learning is to change these numbers until the error is small.",
                right=True,
            ),
            Choice("The rule “guess, measure, adjust”", "That is the loop itself. You wrote it; it never changes."),
        ),
    ),
    Question(
        "1.q2",
        "A neuron has w = (2, −1) and b = 1. What is its weighted sum for x = (3, 4)?",
        (
            Choice("2", "That is the sum of the products; the bias is still to be added."),
            Choice("3", "2 · 3 − 1 · 4 + 1 = 3.", right=True),
            Choice("4", "The bias is added once, not once for each input."),
            Choice("(7, −3)", "The products are added into one number, and the bias to that: 6 − 4 + 1."),
        ),
    ),
    Question(
        "1.q3",
        "A batch of 100 houses with 3 inputs each goes into `w @ X + b`. Which shape has X?",
        (
            Choice("(3, 100)", "One example a column: as many rows as inputs. `w @ X` is then (100,).", right=True),
            Choice("(100, 3)", "So it lies in a file, one example a row. For `w @ X` it is transposed first: `X.T`."),
            Choice("(300,)", "Then nobody could tell where one house ends and the next begins."),
            Choice("(3,)", "That is a single house."),
        ),
    ),
    Question(
        "1.q4",
        "The bias of a neuron grows. What happens to its line in the plane?",
        (
            Choice("It turns", "The direction belongs to w alone, which stands at a right angle to the line."),
            Choice(
                "It shifts, and the firing side grows",
                "The line moves against w, by the change of b divided by |w|; more points have a sum above 0.",
                right=True,
            ),
            Choice("It shifts, and the firing side shrinks", "More bias makes it easier to fire, not harder."),
            Choice("It bends", "A single neuron's line is always straight."),
        ),
    ),
    Question(
        "1.q5",
        "Why can no single neuron be XOR?",
        (
            Choice("The step is too coarse", "With any activation that only rises, the border is a straight line."),
            Choice("Its weights must be whole numbers", "They may be any numbers, and it fails for all of them."),
            Choice(
                "It would need more training", "There is nothing to find: no weights at all get four of four right."
            ),
            Choice(
                "No straight line parts the two classes",
                "(0, 1) and (1, 0) lie on one diagonal, (0, 0) and (1, 1) on the other; the diagonals cross.",
                right=True,
            ),
        ),
    ),
    Question(
        "1.q6",
        "All weights and the bias of a sigmoid neuron are multiplied by 10. What changes?",
        (
            Choice("Nothing", "For a step neuron, yes. The sigmoid also hears how large the sum is."),
            Choice("The line moves away from the origin", "|b| / |w| stays what it was: both grew tenfold."),
            Choice(
                "The line stays, the change across it is sharper",
                "The same points have sum 0, but all sums are ten times as large: close to 0 or 1 much sooner.",
                right=True,
            ),
            Choice("The output becomes ten times larger", "The sum does. The output stays between 0 and 1."),
        ),
    ),
)
