"""An exercise whose answer is a trained network: `Reach`, 7.3.

Its check trains nothing. It measures the network itself on the validation images, as lesson 07 splits them, and reads
what `train` left on it: how many examples it saw, and digests of the rows it was trained on.
"""

import io
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace

import numpy as np

from course.exercises.grading import OPEN, RIGHT, Mistake, Task, Verdict
from course.results import is_unwritten
from helpers import checks
from helpers.data import load_mnist
from helpers.network import Model, Network

BUDGET = 500_000  # examples seen, in all trainings of the network together
TARGET, TARGET_OF_SAMPLE = 0.98, 0.965
LUCK, LUCK_OF_SAMPLE = 5, 1  # images: the standard deviation of the same recipe's results with other seeds, about
LOOKED_AT = 5000  # training images, at most, on which training accuracy is measured


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A trained network as `Reach` judges it."""

    right: int  # validation images
    of: int = 5000
    target: float = TARGET
    training: float  # accuracy on training images, those it was trained on if that is known
    examples: int | None = None  # seen in training; None: not known
    from_validation: int = 0  # how many images of the validation set were among its training rows
    from_test: int = 0
    others: bool = False  # were there training rows that are no images of this data set?

    def __str__(self):
        seen = f" It saw {self.examples:,} of at most {BUDGET:,} examples." if self.examples is not None else ""
        return (
            f"Validation {self.right / self.of:.2%}, {self.right:,} of {self.of:,} images; the target is "
            f"{self.target:.1%}. Training {self.training:.2%}.{seen}"
        )


@cache
def lesson_images(source):
    """The validation set as the lesson splits it, some training images, and digests of all rows."""
    with redirect_stdout(io.StringIO()):  # the note that it is the sample, which the lesson has shown already
        mnist = load_mnist(source)
    order = np.random.default_rng(0).permutation(len(mnist.X_train))
    n_val = len(order) // 12
    digests, test = checks.row_digests(mnist.X_train), checks.row_digests(mnist.X_test)
    some, val = order[:-n_val][:LOOKED_AT], order[-n_val:]
    return SimpleNamespace(
        X_val=mnist.X_train[val], y_val=mnist.y_train[val], X=mnist.X_train[some], y=mnist.y_train[some],
        looked_at=digests[some], val=digests[val], test=test, all=np.concatenate([digests, test]),
        target=TARGET_OF_SAMPLE if mnist.source == "sample" else TARGET,
    )  # fmt: skip


def measured(network):
    """What there is to know of a network, on the data that it was trained on; without a record, on the usual ones."""
    record = getattr(network, "trained_on", None)
    rows = record["rows"] if record else np.zeros(0, np.uint64)
    sample = lesson_images("sample")
    images = sample if record and np.isin(rows, sample.all).all() else lesson_images("auto")
    seen = np.isin(images.looked_at, rows)
    seen |= not seen.any()
    return Measured(
        right=int((network.predict(images.X_val) == images.y_val).sum()),
        of=len(images.y_val),
        target=images.target,
        training=float(np.mean(network.predict(images.X[seen]) == images.y[seen])),
        examples=record["examples"] if record else None,
        from_validation=int(np.isin(images.val, rows).sum()),
        from_test=int(np.isin(images.test, rows).sum()),
        others=not np.isin(rows, images.all).all(),
    )


NO_NETWORK = 'Give `check` the trained network itself: `check("7.3", my_net)`. It measures the network on its own.'
OTHER_SIZES = "An image has 784 pixels and belongs to one of ten classes: `Network([784, …, 10])`."
UNTRAINED = (
    "It answers like a network that was never trained. `train(my_net, X_train, y_train, **my_settings)` does it."
)
VALIDATION = (
    "It was trained on images of the validation set, so its accuracy there proves nothing: it may know them by heart. "
    "Make a new network and train it on `X_train, y_train`."
)
TEST = (
    "It was trained on images of the test set, which is to give one honest number at the end. Make a new network and "
    "train it on `X_train, y_train`."
)
TOO_MANY = (
    "Accurate enough, but late. The cosine falls sooner when there are fewer epochs in all, so the good epochs "
    "come sooner; more hidden units or momentum learn more in each. Make a new network: what this one saw is added up."
)
CHANCE = (
    "That is hardly better than guessing: nothing was learned. Ten times smaller learning rate? And were "
    "images and labels taken from the same set?"
)
OTHERS = (
    "It was trained on other images than the lesson's, standardized ones for example. `check` shows it pixels from 0 "
    "to 1, as `load_mnist` gives them: train it on these."
)
BY_HEART = (
    "It knows the training images by heart, so more epochs of the same will not help. Give it more hidden "
    "units, another activation or another optimizer."
)
SHORT = (
    "It has not learned even its training images yet. More epochs, a larger learning rate, or momentum if you "
    "took plain SGD. If validation was better before the end, or jumps up and down, let the learning rate fall: "
    "`schedule=cosine_schedule`."
)
SMALL = (
    "It is close, and nearly done with its training images. More hidden units or another "
    "optimizer, and an epoch or three more. Without `schedule=cosine_schedule` validation jumps up and down at the end."
)


WRONG = (
    Mistake(NO_NETWORK, [{"epoch": 1, "accuracy": 0.99, "validation_accuracy": 0.99}]),
    Mistake(OTHER_SIZES, Network([2, 2])),
    Mistake(UNTRAINED, Measured(right=612, training=0.11)),
    Mistake(VALIDATION, Measured(right=4990, training=0.999, examples=480_000, from_validation=5000)),
    Mistake(TEST, Measured(right=4950, training=0.999, examples=480_000, from_test=10_000)),
    Mistake(TOO_MANY, Measured(right=4910, training=0.998, examples=550_000)),
    Mistake(CHANCE, Measured(right=567, training=0.104, examples=110_000)),
    Mistake(OTHERS, Measured(right=3900, training=0.81, examples=440_000, others=True)),
    Mistake(BY_HEART, Measured(right=4889, training=1.0, examples=495_000)),
    Mistake(SHORT, Measured(right=4700, training=0.93, examples=110_000)),
    Mistake(SMALL, Measured(right=4884, training=0.993, examples=275_000)),
)


@dataclass(kw_only=True)
class Reach(Task):
    """Train until validation is accurate enough, with few examples. The answer is the network, or what was Measured."""

    wrong: tuple[Mistake, ...] = WRONG

    def judge(self, answer):
        if answer is None or is_unwritten(answer):
            return Verdict(OPEN, ("Make a network and train it, in place of the `...` in `my_net`.",))
        if not issubclass(type(answer), Model | Measured):
            return self._not_yet(NO_NETWORK, NO_NETWORK)
        if issubclass(type(answer), Model):
            if (answer.sizes[0], answer.sizes[-1], answer.settings["output"]) != (784, 10, "softmax"):
                return self._not_yet(OTHER_SIZES, OTHER_SIZES)
            answer = measured(answer)
        missing = int(np.ceil(answer.target * answer.of)) - answer.right
        luck = LUCK if answer.target == TARGET else LUCK_OF_SAMPLE
        if fault := self._fault(answer, missing > luck):
            return self._not_yet(fault, str(answer), fault)
        return Verdict(RIGHT, (self.takeaway, str(answer), *self._notes(answer, missing, luck)))

    def _fault(self, it, below):
        if it.from_validation or it.from_test:
            return VALIDATION if it.from_validation else TEST
        if not below:
            return TOO_MANY if (it.examples or 0) > BUDGET else ""
        if it.right < 0.3 * it.of:
            return UNTRAINED if it.examples is None else OTHERS if it.others else CHANCE
        if it.others:
            return OTHERS
        return BY_HEART if it.training > 0.999 else SHORT if it.training < it.target else SMALL

    def _notes(self, it, missing, luck):
        if abs(missing) <= luck:
            side = "below" if missing > 0 else "above"
            counts = "so this counts" if missing > 0 else "so do not brag about it"
            yield (
                f"That is within {luck} {'image' if luck == 1 else 'images'} of the target, {side} it. Another seed "
                f"changes as many, {counts}."
            )
        if it.examples is None:
            yield (
                f"`train` left no record on it, so `check` takes on trust that it saw at most {BUDGET:,} examples, and "
                "none of validation or test."
            )
        elif it.others:
            yield (
                "It was trained on images, too, that are not the lesson's; `check` takes on trust that none of them "
                "was made of validation or test images."
            )
