"""The exercises and the quiz of lesson 06, Gradient descent.

The steps of the optimizers give back new arrays here; the course's classes do the same in place. Mini-batches may come
in any random order, and settings may be any that work, so these two answers are put to use and looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise
from numbers import Integral, Real

import numpy as np

from course import sandbox
from course.exercises.grading import RIGHT, Exercise, Mistake, Task, Verdict, case, common_mistake, is_unwritten
from course.exercises.questions import Choice, Question
from helpers import data, training

TITLE = "Gradient descent"


# --- 6.1: one step of gradient descent --------------------------------------------------------------------------------

SGD_STEP = Exercise(
    key="6.1",
    title="one step of gradient descent",
    points=1,
    minutes=5,
    stub="""
def sgd_step(theta, g, alpha):  # parameters, their gradient (same shape), learning rate → the new parameters
    return ...  # your code here
""",
    reference=lambda theta, g, alpha: theta - alpha * g,
    cases=(
        case(theta=[1.0, -2.0], g=[0.5, 3.0], alpha=0.1),
        case(theta=[[0.5, 1.0, -1.0], [2.0, 0.0, 4.0]], g=[[1.0, -2.0, 0.5], [0.0, 4.0, -1.0]], alpha=0.25),
        case(theta=[3.0, 1.0], g=[2.0, -4.0], alpha=0.5),
    ),
    wrong=(
        Mistake(
            "uphill",
            "You walk uphill: the gradient points to where the loss grows. Subtract it.",
            lambda theta, g, alpha: theta + alpha * g,
        ),
        Mistake(
            "no learning rate",
            "The step is as long as the gradient itself; `alpha` should scale it.",
            lambda theta, g, alpha: theta - g,
        ),
        Mistake(
            "the step alone",
            "This is the step, α g. The new place is the old one, theta, minus this step.",
            lambda theta, g, alpha: alpha * g,
        ),
        Mistake(
            "the step alone, downhill",
            "This is the way you go, −α g. Add it to where you stand, theta.",
            lambda theta, g, alpha: -alpha * g,
        ),
        Mistake(
            "divided by alpha",
            "You divided by `alpha`. A small learning rate must make small steps: multiply.",
            lambda theta, g, alpha: theta - g / alpha,
        ),
        Mistake(
            "the gradient forgotten",
            "Every parameter shrank by the same share, whatever its gradient. The step is α times `g`.",
            lambda theta, g, alpha: theta - alpha * theta,
        ),
        Mistake(
            "the sign alone",
            "You used only the sign of the gradient. A steep slope makes a long step, a gentle one a short step.",
            lambda theta, g, alpha: theta - alpha * np.sign(g),
        ),
        Mistake(
            "alpha minus the other way",
            "Left and right are exchanged: it is theta minus α g, not α g minus theta.",
            lambda theta, g, alpha: alpha * g - theta,
        ),
    ),
    hints=(
        "Where is downhill, if `g` says how fast the loss grows as theta grows?",
        "The step is the learning rate times the gradient, and you go against the gradient. Arrays need no loop.",
        "For theta = 1, g = 0.5 and alpha = 0.1 the step is 0.05, and you arrive at 0.95.",
    ),
    solution="""
def sgd_step(theta, g, alpha):
    return theta - alpha * g
""",
    reason="The gradient points uphill, so the minus leads down. NumPy does it for all parameters of an array at once.",
    takeaway="One line, and it trains every network of this course; all that follows makes this line better.",
)


# --- 6.2 and 6.3: Momentum and Adam -----------------------------------------------------------------------------------


def together(*names):
    """For a step that gives back several arrays, such as theta and v: as the rows of one array."""

    def use(step, *arguments):
        if not callable(step):
            raise TypeError("give `check` the function itself, without brackets.")
        result = step(*arguments)
        if type(result) not in (tuple, list) or len(result) != len(names):
            raise ValueError(f"it must return {len(names)} arrays: {', '.join(names)}.")
        if any(part is ... for part in result):
            raise NotImplementedError
        return np.stack([np.asarray(part) for part in result])

    return use


def _momentum(change):
    """momentum_step with v and theta as `change(theta, g, v, alpha, beta)` gives them."""
    return lambda theta, g, v, alpha=0.1, beta=0.9: change(theta, g, v, alpha, beta)


def _with_velocity(velocity):
    """The wrong answers that differ in v alone."""

    def step(theta, g, v, alpha, beta):
        v = velocity(g, v, alpha, beta)
        return theta - alpha * v, v

    return _momentum(step)


RIGHT_MOMENTUM = _with_velocity(lambda g, v, alpha, beta: beta * v + g)

MOMENTUM_STEP = Exercise(
    key="6.2",
    title="one step with momentum",
    points=2,
    minutes=8,
    stub="""
def momentum_step(theta, g, v, alpha=0.1, beta=0.9):  # → the new theta, the new v
    return ..., ...  # your code here
""",
    reference=lambda *arguments, **options: np.stack(RIGHT_MOMENTUM(*arguments, **options)),
    use=together("theta", "v"),
    cases=(
        case(theta=[1.0, -2.0], g=[0.5, 3.0], v=[0.0, 0.0], alpha=0.1, beta=0.9),
        case(theta=[1.0, -2.0], g=[0.5, 3.0], v=[2.0, -1.0], alpha=0.1, beta=0.8),
        case(theta=[[0.5, 1.0], [2.0, 0.0]], g=[[1.0, -2.0], [0.0, 4.0]], v=[[1.0, 0.5], [-2.0, 3.0]], alpha=0.25),
    ),
    wrong=(
        Mistake(
            "uphill",
            "You walk uphill: v gathers gradients, and gradients point up. Subtract α v.",
            _momentum(lambda theta, g, v, alpha, beta: (theta + alpha * (beta * v + g), beta * v + g)),
        ),
        Mistake(
            "old velocity",
            "The order: you moved with the old v, and updated it afterwards. First v, then theta with the new v.",
            _momentum(lambda theta, g, v, alpha, beta: (theta - alpha * v, beta * v + g)),
        ),
        Mistake(
            "plain descent",
            "v is updated, but theta took a plain step with g. Put the new v in its place.",
            _momentum(lambda theta, g, v, alpha, beta: (theta - alpha * g, beta * v + g)),
        ),
        Mistake(
            "an average",
            "This v is an average, with the factor 1 − β on g, as Adam has it. Momentum adds the whole gradient.",
            _with_velocity(lambda g, v, alpha, beta: beta * v + (1 - beta) * g),
        ),
        Mistake(
            "beta and 1 − beta swapped",
            "β and 1 − β are swapped. β, near 1, says how much of the old v is kept; g comes in whole.",
            _with_velocity(lambda g, v, alpha, beta: (1 - beta) * v + beta * g),
        ),
        Mistake(
            "beta on the gradient",
            "β is on the wrong one: it shrinks the old v, and g comes in whole.",
            _with_velocity(lambda g, v, alpha, beta: v + beta * g),
        ),
        Mistake(
            "beta on both",
            "β shrinks only the old v; the new gradient comes in whole. Mind the brackets.",
            _with_velocity(lambda g, v, alpha, beta: beta * (v + g)),
        ),
        Mistake(
            "no friction",
            "Nothing slows v down: each step must first multiply the old v by β.",
            _with_velocity(lambda g, v, alpha, beta: v + g),
        ),
        Mistake(
            "alpha inside v",
            "Many books have α inside v, and your theta is right for them. Here v is free of α: v = β v + g, then α v.",
            _momentum(
                lambda theta, g, v, alpha, beta: (theta - beta * v - alpha * g, beta * v + alpha * g),
            ),
        ),
        Mistake(
            "alpha and sign inside v",
            "Many books have α inside v, and your theta is right for them. Here v is free of α and of the minus: "
            "v = β v + g, then θ − α v.",
            _momentum(lambda theta, g, v, alpha, beta: (theta + beta * v - alpha * g, beta * v - alpha * g)),
        ),
        Mistake(
            "sign inside v",
            "You put the minus into v: it belongs to the step. Here v = β v + g gathers gradients, then θ − α v.",
            _momentum(lambda theta, g, v, alpha, beta: (theta + alpha * (beta * v - g), beta * v - g)),
        ),
        Mistake(
            "v is lost",
            "theta is right, but you gave back the old v: the next step would have forgotten this one.",
            _momentum(lambda theta, g, v, alpha, beta: (theta - alpha * (beta * v + g), v)),
        ),
        Mistake(
            "exchanged",
            "The numbers are right, but in the other order: give back theta first, then v.",
            _momentum(lambda theta, g, v, alpha, beta: (beta * v + g, theta - alpha * (beta * v + g))),
        ),
        Mistake(
            "theta alone",
            "Give back both, `return theta, v`: the next step needs v.",
            _momentum(lambda theta, g, v, alpha, beta: theta - alpha * (beta * v + g)),
        ),
    ),
    hints=(
        "Two lines: first the new v from the old v and g, then the new theta with that new v.",
        "v keeps the share β of itself and gains the whole gradient. Then take the step of exercise 6.1, with v for g.",
        "From v = 2 with g = 0.5 and β = 0.8 the new v is 1.6 + 0.5 = 2.1; with α = 0.1 theta falls by 0.21.",
    ),
    solution="""
def momentum_step(theta, g, v, alpha=0.1, beta=0.9):
    v = beta * v + g
    return theta - alpha * v, v
""",
    reason="v is a sum of all gradients so far, each weighed with β once for every step since. What points one way "
    "adds up, what flips its sign cancels. The names `v` inside and outside differ: nothing that came in is changed.",
    takeaway="What agrees from step to step adds up to 1 / (1 − β) times one gradient; what flips cancels.",
)


def _adam(
    first=lambda v, g, b: b * v + (1 - b) * g,
    second=lambda s, g, b: b * s + (1 - b) * g**2,
    v_hat=lambda v, b, t: v / (1 - b**t),
    s_hat=lambda s, b, t: s / (1 - b**t),
    change=lambda v, s, epsilon: v / (np.sqrt(s) + epsilon),
    back=lambda theta, v, s, v_hat, s_hat: (theta, v, s),
):
    """adam_step, with one part of it replaced."""

    def step(theta, g, v, s, t, alpha=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        v, s = first(v, g, beta_1), second(s, g, beta_2)
        corrected = v_hat(v, beta_1, t), s_hat(s, beta_2, t)
        return back(theta - alpha * change(*corrected, epsilon), v, s, *corrected)

    return step


def _betas_exchanged(theta, g, v, s, t, alpha=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    return _adam()(theta, g, v, s, t, alpha, beta_2, beta_1, epsilon)


def _uphill(theta, g, v, s, t, alpha=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    return _adam()(theta, g, v, s, t, -alpha, beta_1, beta_2, epsilon)


def _old_averages(theta, g, v, s, t, alpha=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    _, new_v, new_s = _adam()(theta, g, v, s, t, alpha, beta_1, beta_2, epsilon)
    return theta - alpha * (v / (1 - beta_1**t)) / (np.sqrt(s / (1 - beta_2**t)) + epsilon), new_v, new_s


def _epsilon_before_correction(theta, g, v, s, t, alpha=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    v, s = beta_1 * v + (1 - beta_1) * g, beta_2 * s + (1 - beta_2) * g**2
    rate = alpha * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return theta - rate * v / (np.sqrt(s) + epsilon), v, s


SMOOTH = {"alpha": 0.1, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 0.5}  # a large ε, so that its place shows

ADAM_STEP = Exercise(
    key="6.3",
    title="one step of Adam",
    points=3,
    minutes=15,
    stub="""
def adam_step(theta, g, v, s, t, alpha=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    # t is 1 at the first step. → the new theta, the new v, the new s
    return ..., ..., ...  # your code here
""",
    reference=lambda *arguments: np.stack(_adam()(*arguments)),
    use=together("theta", "v", "s"),
    cases=(
        case(theta=[1.0, -2.0], g=[0.5, 3.0], v=[0.0, 0.0], s=[0.0, 0.0], t=1, **SMOOTH),
        case(theta=[1.0, -2.0], g=[0.5, 3.0], v=[1.5, -1.0], s=[0.25, 4.0], t=3, **SMOOTH),
        case(theta=[[0.5], [2.0]], g=[[1.0], [-2.0]], v=[[1.0], [0.5]], s=[[2.0], [0.1]], t=2, alpha=0.01),
    ),
    wrong=(
        Mistake(
            "uphill",
            "You walk uphill: v̂ is an average of gradients, and gradients point up. Subtract.",
            _uphill,
        ),
        Mistake(
            "no bias correction",
            "The averages start at 0 and are too small at first; v / (1 − β₁ᵗ) and s / (1 − β₂ᵗ) correct that.",
            _adam(v_hat=lambda v, b, t: v, s_hat=lambda s, b, t: s),
        ),
        Mistake(
            "s not corrected",
            "v is corrected, s is not. Both averages start at 0: take ŝ = s / (1 − β₂ᵗ) under the root.",
            _adam(s_hat=lambda s, b, t: s),
        ),
        Mistake(
            "v not corrected",
            "s is corrected, v is not. Both averages start at 0: take v̂ = v / (1 − β₁ᵗ) above.",
            _adam(v_hat=lambda v, b, t: v),
        ),
        Mistake(
            "t starts at 0",
            "Your exponent is t − 1, so the first step divides by 1 − β⁰ = 0. `t` is 1 already at the first step.",
            _adam(v_hat=lambda v, b, t: v / (1 - b ** (t - 1)), s_hat=lambda s, b, t: s / (1 - b ** (t - 1))),
        ),
        Mistake(
            "t one too large",
            "Your exponent is t + 1. `t` is 1 at the first step, and then v / (1 − β₁) is exactly g.",
            _adam(v_hat=lambda v, b, t: v / (1 - b ** (t + 1)), s_hat=lambda s, b, t: s / (1 - b ** (t + 1))),
        ),
        Mistake(
            "t ignored",
            "You divide by 1 − β at every step. The power is missing: 1 − β ** t tends to 1 as t grows.",
            _adam(v_hat=lambda v, b, t: v / (1 - b), s_hat=lambda s, b, t: s / (1 - b)),
        ),
        Mistake(
            "correction multiplied",
            "You multiplied by 1 − βᵗ. The averages are too small at first: divide.",
            _adam(v_hat=lambda v, b, t: v * (1 - b**t), s_hat=lambda s, b, t: s * (1 - b**t)),
        ),
        Mistake(
            "epsilon inside the root",
            "ε stands inside the root. It is added after it: `np.sqrt(s_hat) + epsilon`.",
            _adam(change=lambda v, s, epsilon: v / np.sqrt(s + epsilon)),
        ),
        Mistake(
            "epsilon before the correction",
            "ε must be added to the corrected √ŝ; you added it to √s.",
            _epsilon_before_correction,
        ),
        Mistake(
            "no epsilon",
            "ε is missing below the fraction: without it a gradient that is always 0 gives 0 / 0.",
            _adam(change=lambda v, s, epsilon: v / np.sqrt(s)),
        ),
        Mistake(
            "gradient not squared",
            "s must average the squares, `g**2`: it measures how large gradients are, whatever their sign.",
            _adam(second=lambda s, g, b: b * s + (1 - b) * g),
        ),
        Mistake(
            "one minus beta outside the square",
            "You squared (1 − β₂) together with g. Only g is squared: `(1 - beta_2) * g**2`.",
            _adam(second=lambda s, g, b: b * s + ((1 - b) * g) ** 2),
        ),
        Mistake(
            "no root",
            "The root is missing: v̂ is divided by √ŝ + ε, which is measured in the same unit as v̂.",
            _adam(change=lambda v, s, epsilon: v / (s + epsilon)),
        ),
        Mistake(
            "beta and 1 − beta swapped",
            "β and 1 − β are swapped. β, near 1, says how much of the old average is kept.",
            _adam(first=lambda v, g, b: (1 - b) * v + b * g, second=lambda s, g, b: (1 - b) * s + b * g**2),
        ),
        Mistake(
            "sums, not averages",
            "You added the whole gradient, as Momentum does. Adam keeps averages: (1 − β₁) g and (1 − β₂) g².",
            _adam(first=lambda v, g, b: b * v + g, second=lambda s, g, b: b * s + g**2),
        ),
        Mistake(
            "the betas exchanged",
            "β₁ belongs to v and β₂ to s; yours are exchanged.",
            _betas_exchanged,
        ),
        Mistake(
            "old averages",
            "The order: you moved with the old v and s, and updated them afterwards. First the averages, then theta.",
            _old_averages,
        ),
        Mistake(
            "corrected averages kept",
            "theta is right, but you gave back v̂ and ŝ. The correction is for this step alone; keep v and s.",
            _adam(back=lambda theta, v, s, v_hat, s_hat: (theta, v_hat, s_hat)),
        ),
        Mistake(
            "theta alone",
            "Give back all three, `return theta, v, s`: the next step needs the averages.",
            _adam(back=lambda theta, v, s, v_hat, s_hat: theta),
        ),
    ),
    hints=(
        "Four things in this order: the new v, the new s, their corrected values, the new theta.",
        "v averages g with β₁, s averages g² with β₂: `beta * old + (1 - beta) * new`. The corrected ones are divided "
        "by 1 − β ** t, and used for theta only.",
        "At t = 1 from zero averages: v / (1 − β₁) is g, s / (1 − β₂) is g², and theta moves by nearly α.",
    ),
    solution="""
def adam_step(theta, g, v, s, t, alpha=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    v = beta_1 * v + (1 - beta_1) * g
    s = beta_2 * s + (1 - beta_2) * g**2
    v_hat, s_hat = v / (1 - beta_1**t), s / (1 - beta_2**t)
    theta = theta - alpha * v_hat / (np.sqrt(s_hat) + epsilon)
    return theta, v, s
""",
    reason="v says where to, s says how large gradients usually are, and their quotient has no unit: while "
    "gradients agree, every parameter moves by about α. The correction matters for the first steps, while the averages "
    "still remember their 0.",
    takeaway="The first step is α long, whatever the size of the gradient.",
)


# --- answers that are put to use and looked at ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Inspection(Task):
    """`look(answer)` gives None if all is well, or the name of what is wrong and a sentence about what was seen."""

    look: Callable
    wrong: tuple[Mistake, ...]

    def judge(self, answer):
        if answer is None or is_unwritten(answer):
            return self._open()
        run = sandbox.run(lambda: self.look(answer), sandbox.SECONDS)
        if run.error == "NotImplementedError":
            return self._open()
        if run.stopped:
            return self._not_yet("too long", f"Your `{self.name}` took too long and was stopped.")
        if run.error:
            where = f" in {run.line}" if run.line else ""
            words = f"{run.error}: {run.message}".rstrip(": ").rstrip(".")
            name, says = common_mistake(run, np.zeros(0)) or ("raised", "")
            return self._not_yet(name, f"Your `{self.name}` raised an exception{where}: {words}.", says)
        if run.result is None:
            return Verdict(RIGHT, (self.takeaway,))
        name, seen = run.result
        says = {wrong.name: wrong.feedback for wrong in self.wrong}.get(name, "")
        return self._not_yet(name, seen, says)


# --- 6.4: mini-batches ------------------------------------------------------------------------------------------------

N, SIZE = 10, 3


def look_at_batches(minibatches):
    """Ten examples, recognisable by their numbers, in batches of three, twice; then in fives; then as at first."""
    if not callable(minibatches):
        return "called", "Give `check` the function itself, without brackets."
    X = np.array([[i, 100 + i] for i in range(N)], dtype=float)
    Y = -X[:, :1]
    kept, rng = (X.copy(), Y.copy()), np.random.default_rng(1)
    orders = []
    for size in (SIZE, SIZE, 5):
        batches = minibatches(X, Y, size, rng)
        fault = look_at_form(batches) if not hasattr(batches, "__next__") else None
        if fault:
            return fault
        batches = list(islice(batches, 50))
        if len(batches) == 50:
            return "too many", "There were 50 batches, and no end. Where does the loop stop?"
        fault, order = look_at_epoch(batches, size)
        if not (np.array_equal(X, kept[0]) and np.array_equal(Y, kept[1])):
            return "changed its input", "The data themselves are in another order now: they were changed in place."
        if fault:
            return fault
        orders.append(order)
    if all(order == list(range(N)) for order in orders):
        return "not shuffled", "The examples came in the order in which they stand in X."
    neighbours = [sum(abs(a - b) == 1 for a, b in pairwise(order)) for order in orders[:2]]
    if min(neighbours) >= N - len(range(0, N, SIZE)):
        return "batches shuffled, not examples", "What stood side by side in X came side by side."
    if orders[0] == orders[1]:
        return "the same order again", "Two epochs with the same `rng` came in the same order."
    _, again = look_at_epoch(list(minibatches(X, Y, SIZE, np.random.default_rng(1))), SIZE)
    if again != orders[0]:
        return "rng not used", "Two generators with the same seed gave two different orders."
    return None


def look_at_form(batches):
    """What came in place of a generator."""
    if type(batches) is tuple and len(batches) == 2:
        return "returned the first batch", "You returned one pair of arrays, not a sequence of pairs."
    if type(batches) in (list, tuple):
        return None
    what = "nothing" if batches is None else f"something of type `{type(batches).__name__}`"
    return "no batches", f"Your `minibatches` gave {what}; expected pairs (A0, Y), one after the other: `yield` them."


def look_at_epoch(batches, size):
    """What is wrong with the batches of one epoch, if anything, and the examples in the order in which they came."""
    if any(batch is ... or (type(batch) is tuple and any(part is ... for part in batch)) for batch in batches):
        raise NotImplementedError
    order, sizes, apart = [], [], False
    for batch in batches:
        if type(batch) not in (tuple, list) or len(batch) != 2:
            return ("no pairs", "A batch should be a pair: the inputs, and the targets that belong to them."), order
        A0, Y = (np.asarray(part) for part in batch)
        if A0.ndim != 2 or Y.ndim != 2 or A0.dtype.kind not in "fi" or Y.dtype.kind not in "fi":
            return ("no pairs", f"A batch had the shapes {A0.shape} and {Y.shape}; expected (2, m) and (1, m)."), order
        if 0 in A0.shape:
            return ("empty batch", f"With {N} examples and batch_size = {size} there was a batch of none."), order
        if A0.shape[0] != 2:
            return ("rows", f"A batch of inputs had the shape {A0.shape}; expected (2, m), a column for each."), order
        if Y.shape != (1, A0.shape[1]):
            return ("rows", f"The shapes of a batch were {A0.shape} and {Y.shape}; expected (2, m) and (1, m)."), order
        order += [int(i) for i in A0[0]]
        sizes.append(A0.shape[1])
        apart = apart or not np.array_equal(-A0[:1], Y)
    return look_at_order(order, sizes, size, apart), order


def look_at_order(order, sizes, size, apart):
    asked = f"With {N} examples and batch_size = {size} "
    if apart:
        return "shuffled apart", "An example came with the target of another."
    missing, twice = sorted(set(range(N)) - set(order)), sorted({i for i in order if order.count(i) > 1})
    if twice and missing:
        return "with replacement", f"{asked}example {twice[0]} came more than once, and example {missing[0]} never."
    if missing and not twice and len(order) == N - N % size:
        return (
            "last batch dropped",
            f"{asked}there were batches of {' and '.join(map(str, sizes))}: {len(order)} in all.",
        )
    if missing or twice:
        odd = f"example {missing[0]} never came" if missing else f"example {twice[0]} came more than once"
        return "not every example once", f"{asked}{odd}."
    expected = [size] * (N // size) + [N % size] * (N % size > 0)
    if sorted(sizes) != sorted(expected):
        return "sizes", f"{asked}the batches had {sizes} examples; expected {expected}."
    return None


def _batches(order_of, drop=False, columns=True, again=None):
    """minibatches with another order, without the last, in rows, or with other indices for the targets."""

    def minibatches(X, Y, batch_size, rng):
        order = order_of(X, rng, batch_size)
        other = order if again is None else again(X, rng)
        for start in range(0, len(X) - (batch_size - 1 if drop else 0), batch_size):
            here = slice(start, start + batch_size)
            A0, targets = X[order[here]], Y[other[here]]
            yield (A0.T, targets.T) if columns else (A0, targets)

    return minibatches


def _permutation(X, rng, batch_size=None):
    return rng.permutation(len(X))


def _in_blocks(X, rng, batch_size):
    blocks = np.split(np.arange(len(X)), range(batch_size, len(X), batch_size))
    return np.concatenate([blocks[k] for k in [*rng.permutation(len(blocks) - 1), -1]])


def _first_batch(X, Y, batch_size, rng):
    batch = rng.permutation(len(X))[:batch_size]
    return X[batch].T, Y[batch].T


def _in_place(X, Y, batch_size, rng):
    state = rng.bit_generator.state
    rng.shuffle(X)
    rng.bit_generator.state = state
    rng.shuffle(Y)
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size].T, Y[start : start + batch_size].T


def _one_more(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    for k in range(len(X) // batch_size + 1):
        batch = order[k * batch_size : (k + 1) * batch_size]
        yield X[batch].T, Y[batch].T


def _split_evenly(X, Y, batch_size, rng):
    for batch in np.array_split(rng.permutation(len(X)), -(-len(X) // batch_size)):
        yield X[batch].T, Y[batch].T


MINIBATCHES = Inspection(
    key="6.4",
    title="mini-batches that cover every example once",
    points=2,
    minutes=10,
    stub="""
def minibatches(X, Y, batch_size, rng):  # rows X (N, n_0), Y (N, n_L) → pairs A[0] (n_0, m), targets (n_L, m)
    yield ..., ...  # your code here
""",
    look=look_at_batches,
    wrong=(
        Mistake(
            "last batch dropped",
            "The rest, smaller than the others, is a batch too. `range(0, len(X), batch_size)` begins it, and a slice "
            "that reaches beyond the end just stops there.",
            _batches(_permutation, drop=True),
        ),
        Mistake(
            "with replacement",
            "You drew with replacement, as `rng.integers` and `rng.choice` do, or made a new order for each batch. "
            "Draw one `rng.permutation(len(X))` before the loop, and cut it into pieces.",
            _batches(lambda X, rng, size: np.random.default_rng(7).integers(len(X), size=len(X))),
        ),
        Mistake(
            "not shuffled",
            "Where examples are sorted, each batch would hold one class. Go through `rng.permutation(len(X))` instead.",
            _batches(lambda X, rng, size: np.arange(len(X))),
        ),
        Mistake(
            "batches shuffled, not examples",
            "You shuffled the batches; what is in a batch stayed together. Shuffle the examples, then cut.",
            _batches(_in_blocks),
        ),
        Mistake(
            "shuffled apart",
            "X and Y were shuffled apart: every answer belongs to another question now. One order, used for both.",
            _batches(_permutation, again=_permutation),
        ),
        Mistake(
            "the same order again",
            "Do you make a generator inside? Use the `rng` that is given: it goes on from epoch to epoch.",
            _batches(lambda X, rng, size: np.random.default_rng(3).permutation(len(X))),
        ),
        Mistake(
            "rng not used",
            "The same `rng` seed must give the same order: draw from the `rng` you are given.",
            _batches(lambda X, rng, size: np.random.default_rng().permutation(len(X))),
        ),
        Mistake(
            "sizes",
            "All batches have `batch_size` examples, only the last may be smaller.",
            _split_evenly,
        ),
        Mistake(
            "rows",
            "Data stand in rows, batches in columns: this is the place to turn them, with `.T`, both of them.",
            _batches(_permutation, columns=False),
        ),
        Mistake(
            "changed its input",
            "`rng.shuffle` works in place, on the data of whoever called you. Shuffle indices, and take `X[indices]`.",
            _in_place,
        ),
        Mistake(
            "returned the first batch",
            "`return` leaves the function at once. `yield` hands out one pair, and the loop goes on when the next is "
            "wanted.",
            _first_batch,
        ),
        Mistake(
            "empty batch",
            "Where batch_size divides the number of examples, there is no rest. `range(0, len(X), batch_size)` knows "
            "that.",
            _one_more,
        ),
    ),
    hints=(
        "Shuffle numbers, not data: one random order of 0 … N − 1 for the whole epoch, and then piece by piece.",
        "`rng.permutation(len(X))` is that order; `range(0, len(X), batch_size)` says where the pieces begin.",
        "In the loop: `batch = order[start : start + batch_size]`, which is shorter at the end by itself. Then `yield` "
        "the rows of X and of Y with these indices, each turned into columns.",
    ),
    solution="""
def minibatches(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        yield X[batch].T, Y[batch].T
""",
    reason="A permutation holds every index once, so every example comes once an epoch, with its own target. A "
    "function with `yield` is a generator: it makes each batch when the training asks for it.",
    takeaway="Every example once, in a new order each epoch, the small rest included.",
)


# --- 6.5: tune --------------------------------------------------------------------------------------------------------

EPOCHS, TARGET, SIZES = 20, 0.95, [2, 32, 32, 1]
MARGIN = 0.8  # a setting nearby is better if its loss is below this share; how sums round differs by processor
OPTIMIZERS = {"sgd": training.SGD, "momentum": training.Momentum, "rmsprop": training.RMSProp, "adam": training.Adam}


def tuned(optimizer, learning_rate, batch_size):
    """Train for EPOCHS on spirals; the last loss, and the accuracy on other points. inf and 0 if it diverged."""
    from helpers.network import Network

    network = Network(SIZES, "relu", "sigmoid", seed=0)
    try:
        history = training.train(
            network, *data.spirals(300, seed=0), EPOCHS, batch_size, OPTIMIZERS[optimizer](learning_rate)
        )
    except FloatingPointError:
        return np.inf, 0.0
    return history[-1]["loss"], network.evaluate(*data.spirals(300, seed=1))["accuracy"]


def look_at_settings(settings):
    """Train with the settings, and if that is not enough with three nearby, to see which way is better."""
    names = ("optimizer", "learning_rate", "batch_size")
    if not issubclass(type(settings), dict) or any(name not in settings for name in names):
        return "form", f"Keep the form of the stub: a dictionary with {', '.join(names)}."
    optimizer, learning_rate, batch_size = (settings[name] for name in names)
    if any(value is ... for value in (optimizer, learning_rate, batch_size)):
        raise NotImplementedError
    optimizer = optimizer.lower() if type(optimizer) is str else None
    if optimizer not in OPTIMIZERS:
        return "form", f"The optimizer should be one of {', '.join(OPTIMIZERS)}, in quotes."
    if type(learning_rate) is bool or not isinstance(learning_rate, Real) or not 0 < learning_rate < 1e30:
        return "form", "The learning rate should be a number above 0."
    if type(batch_size) is bool or not isinstance(batch_size, Integral) or not 4 <= batch_size <= 300:
        return "form", "The batch size should be a whole number from 4 to 300."
    loss, accuracy = tuned(optimizer, learning_rate, batch_size)
    seen = f"After {EPOCHS} epochs the loss is {loss:.2f}, and {accuracy:.0%} of other points are right."
    if loss == np.inf:
        return "diverged", "The loss became infinite."
    if accuracy >= TARGET:
        return None
    nearby = {
        "optimizer": MARGIN * loss,
        "too large": tuned(optimizer, learning_rate / 10, batch_size)[0],
        "too small": tuned(optimizer, learning_rate * 10, batch_size)[0],
        "few steps": tuned(optimizer, learning_rate, max(4, batch_size // 16))[0],
    }
    return min(nearby, key=nearby.get), seen


def _settings(optimizer, learning_rate, batch_size):
    return {"optimizer": optimizer, "learning_rate": learning_rate, "batch_size": batch_size}


TUNE = Inspection(
    key="6.5",
    title="tune until the spirals are told apart",
    points=3,
    minutes=15,
    stub="""
my_settings = {
    "optimizer": ...,  # "sgd", "momentum", "rmsprop" or "adam"
    "learning_rate": ...,
    "batch_size": ...,  # 4 … 300, of 300 examples
}
""",
    look=look_at_settings,
    wrong=(
        Mistake(
            "too small",
            "The steps are too small: with ten times the learning rate it would have come further.",
            _settings("adam", 0.001, 16),
        ),
        Mistake(
            "too large",
            "The steps are too large: with a tenth of the learning rate it would have come further.",
            _settings("sgd", 10.0, 16),
        ),
        Mistake(
            "few steps",
            "There are too few steps: an epoch has 300 / batch_size of them. Smaller batches would have come further.",
            _settings("adam", 0.02, 300),
        ),
        Mistake(
            "optimizer",
            "A learning rate ten times larger or smaller would not help, nor would much smaller batches. Try something "
            "between, or another optimizer.",
            _settings("sgd", 0.2, 4),
        ),
        Mistake(
            "diverged",
            "The learning rate is far too large: every step overshoots more than the one before. Begin with 0.01.",
            _settings("momentum", 1e20, 16),
        ),
    ),
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

EXERCISES = (SGD_STEP, MOMENTUM_STEP, ADAM_STEP, MINIBATCHES, TUNE)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "6.q1",
        "A loss has the curvature c = 50 in its steepest direction. Which α is too large?",
        (
            Choice("α = 0.001", "Far below 2 / 50 = 0.04: slow, but safe."),
            Choice("α = 0.01", "Below 2 / 50 = 0.04, so it converges."),
            Choice("α = 0.05", "The limit is 2 / 50 = 0.04. Above it each step ends farther away.", right=True),
            Choice("That depends on the start", "For a parabola it does not: each step multiplies by 1 − α c."),
        ),
    ),
    Question(
        "6.q2",
        "The loss jumps up and down from step to step, and grows. What do you do first?",
        (
            Choice("Lower the learning rate", "Growing zigzags are the mark of α above its limit.", right=True),
            Choice("Train longer", "What grows from step to step will only grow further."),
            Choice("Make the network deeper", "The steps overshoot; more weights do not make them shorter."),
            Choice("Take smaller batches", "That adds noise to steps that are too long already."),
        ),
    ),
    Question(
        "6.q3",
        "At a point the gradient is 0. What do you know?",
        (
            Choice("It is the global minimum", "It may be, but a gradient only knows its surroundings."),
            Choice("It is a minimum, perhaps a local one", "A hilltop and a saddle have gradient 0, too."),
            Choice(
                "It is flat here, and no more",
                "A minimum, a maximum or a saddle; the curvatures in all directions would tell which.",
                right=True,
            ),
            Choice("Training is finished", "Plain descent stops here, but noise or momentum may find a way on."),
        ),
    ),
    Question(
        "6.q4",
        "What does momentum with β = 0.9 do to gradients that always point the same way?",
        (
            Choice("It makes them ten times as large", "1 + 0.9 + 0.81 + … = 1 / (1 − 0.9) = 10.", right=True),
            Choice("It averages them, so nothing changes", "Here v is a sum with fading weights, not an average."),
            Choice("It shrinks them to 0.9", "β shrinks the old velocity; the new gradient is added whole."),
            Choice("It makes each step 0.9 longer", "The lengths approach a limit: ten times the first."),
        ),
    ),
    Question(
        "6.q5",
        "How long is Adam's first step for a gradient of 0.0001, and for one of 1,000?",
        (
            Choice("Ten million times as long for the second", "That is plain descent: its steps are α g."),
            Choice(
                "About α for both",
                "v̂ is g and √ŝ is |g|, so the step is α in the direction of −g (for 0.0001, ε takes 0.01 % of it).",
                right=True,
            ),
            Choice("Nearly 0 for both, the averages start at 0", "That is what the bias correction repairs."),
            Choice("0.1 α for both, as β₁ = 0.9", "So it would be for v, but v̂ = v / (1 − β₁) is g."),
        ),
    ),
    Question(
        "6.q6",
        "300 examples, batch size 64. How many steps has an epoch?",
        (
            Choice("4", "Then 44 examples would never be seen; the rest is a batch, too."),
            Choice("5", "Four batches of 64, and one of 44.", right=True),
            Choice("64", "That is the number of examples in a batch."),
            Choice("300", "That would be batches of one example."),
        ),
    ),
)
