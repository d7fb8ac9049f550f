"""The exercises and the quiz of lesson 07, Training on MNIST.

7.3 asks for a training, which may take minutes, so its check runs nothing: it reads the records of the training that
the learner has watched.
"""

import math
from dataclasses import dataclass

import numpy as np

from course import sandbox
from course.exercises.grading import OPEN, RIGHT, Mistake, Task, Verdict, exercise
from course.exercises.questions import Question
from course.exercises.results import case
from course.sandbox import is_unwritten
from helpers.network import Network

TITLE = "Training on MNIST"


# --- 7.1: normalisation, from training statistics only ----------------------------------------------------------------


def _standardise(X, X_train):
    std = X_train.std(axis=0)
    return (X - X_train.mean(axis=0)) / np.where(std == 0, 1, std)


def _by(mean, std):
    """A standardise that takes mean and standard deviation from these two functions of (X, X_train)."""

    def standardise(X, X_train):
        s = np.asarray(std(X, X_train))
        return (X - mean(X, X_train)) / np.where(s == 0, 1, s)

    return standardise


def _mean(X, X_train):
    return X_train.mean(axis=0)


def _std(X, X_train):
    return X_train.std(axis=0)


@exercise(
    "7.1",
    "normalise with training statistics only",
    points=2,
    minutes=8,
    level=2,
    quiet=True,
    cases=[
        case(X=[[2.0, 5.0], [0.0, 1.0]], X_train=[[1.0, 0.0], [3.0, 2.0], [5.0, 4.0], [3.0, 6.0]]),
        case(X=[[4.0, 1.0]], X_train=[[0.0, 1.0], [2.0, 3.0], [4.0, 8.0]]),
        case(X=[[1.0, 0.0], [3.0, 2.0], [8.0, 1.0]], X_train=[[1.0, 0.0], [3.0, 2.0], [8.0, 1.0]]),
        case(X=[[0.5, 0.0, 1.0], [1.5, 2.0, 0.0]], X_train=[[0.0, 0.0, 1.0], [1.0, 0.0, 3.0]]),
    ],
    hints=[
        "Two statistics for each pixel, over all *training* images. Which axis counts the images?",
        "`X_train.mean(axis=0)` and `X_train.std(axis=0)` have a number for each pixel. Subtract one and divide by the "
        "other. Then think of a pixel in the corner, which is 0 in every training image.",
        "`std = np.where(std == 0, 1, std)` leaves pixels that never change at the scale they have. The rest is "
        "`(X - …) / std`.",
    ],
    reason=(
        "What the network was trained on fixes the scale, so that an image means the same in every set. And "
        "nothing about the validation or test images leaks into training."
    ),
    takeaway=("The scale comes from the training set, whatever set it is used on."),
)
def standardise(X, X_train):  # both (examples, pixels)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X - mean) / np.where(std == 0, 1, std)


standardise.mistake(
    "You took mean and standard deviation of X itself. Each set then gets a scale of its own, and the network "
    "meets one that it was not trained on. Use those of `X_train` for every set.",
    _by(lambda X, T: X.mean(axis=0), lambda X, T: X.std(axis=0)),
)
standardise.mistake(
    "You took the statistics of both sets together. So the test images have a say in what the network is "
    "trained on: that is a leak. Use those of `X_train` alone.",
    _by(lambda X, T: np.vstack([X, T]).mean(axis=0), lambda X, T: np.vstack([X, T]).std(axis=0)),
)
standardise.mistake(
    "The mean comes from X, the standard deviation from `X_train`. Both belong to `X_train`.",
    _by(lambda X, T: X.mean(axis=0), _std),
)
standardise.mistake(
    "The standard deviation comes from X, the mean from `X_train`. Both belong to `X_train`.",
    _by(_mean, lambda X, T: X.std(axis=0)),
)
standardise.mistake(
    "You took one mean for all pixels, and a standard deviation for each. The mean is one for each, too: "
    "`X_train.mean(axis=0)`.",
    _by(lambda X, T: T.mean(), _std),
)
standardise.mistake(
    "You took one mean and one standard deviation for all pixels. Here each pixel has its own: `axis=0`.",
    _by(lambda X, T: T.mean(), lambda X, T: T.std()),
)
standardise.mistake(
    "`axis=1` gives a mean for each image. Images are rows; a number for each pixel is along `axis=0`.",
    lambda X, T: (X - T.mean(axis=1)) / T.std(axis=1),
)
standardise.mistake(
    "You took mean and standard deviation of each image. They are asked for each pixel, over all training "
    "images: `X_train.mean(axis=0)`.",
    _by(lambda X, T: X.mean(axis=1, keepdims=True), lambda X, T: X.std(axis=1, keepdims=True)),
)
standardise.mistake(
    "The mean is gone, the scale is not: divide by the standard deviation of each pixel, too.",
    lambda X, T: X - T.mean(axis=0),
)
standardise.mistake(
    "You divided by the standard deviation, but the mean of each training pixel must go first.",
    _by(lambda X, T: 0.0, _std),
)
standardise.mistake(
    "Brackets are missing: `X - mean / std` divides the mean alone. Write `(X - mean) / std`.",
    lambda X, T: X - T.mean(axis=0) / np.where(T.std(axis=0) == 0, 1, T.std(axis=0)),
)
standardise.mistake(
    "You divided by the variance. The standard deviation is its square root: `.std(axis=0)`.",
    _by(_mean, lambda X, T: T.var(axis=0)),
)
standardise.mistake(
    "This brings each pixel to 0 … 1 by its smallest and largest value. Asked for are mean 0 and standard "
    "deviation 1 on the training set.",
    _by(lambda X, T: T.min(axis=0), lambda X, T: T.max(axis=0) - T.min(axis=0)),
)
standardise.mistake(
    "`ddof=1` divides by N − 1, which estimates the spread of a larger population. Leave it out here.",
    _by(_mean, lambda X, T: T.std(axis=0, ddof=1)),
)
standardise.mistake(
    "A pixel that never changes has standard deviation 0, and a division by 0 gives nan or inf: one of them "
    "ruins every weight it meets. Divide by 1 where it is 0.",
    lambda X, T: (X - T.mean(axis=0)) / T.std(axis=0),
)
standardise.mistake(
    "A tiny number added to 0 is still tiny: a pixel that was blank in training and has some ink in X comes "
    "out at 200,000,000. Divide by 1 where the standard deviation is 0.",
    lambda X, T: (X - T.mean(axis=0)) / (T.std(axis=0) + 1e-8),
)
standardise.mistake(
    "`np.maximum(std, 1)` also changes every standard deviation between 0 and 1, and on images all are. Only "
    "0 becomes 1: `np.where(std == 0, 1, std)`.",
    lambda X, T: (X - T.mean(axis=0)) / np.maximum(T.std(axis=0), 1),
)
standardise.mistake(
    "A pixel that never changed in training comes out as 0 here, even where X has ink. Divide by 1 there: it "
    "keeps what differs from its mean.",
    lambda X, T: np.where(T.std(axis=0) == 0, 0, _standardise(X, T)),
)
standardise.mistake(
    "This is the standardised `X_train`. It gives the statistics; X is what they are applied to.",
    lambda X, T: _standardise(T, T),
)


# --- 7.2: accuracy ----------------------------------------------------------------------------------------------------


@exercise(
    "7.2",
    "accuracy",
    points=1,
    minutes=5,
    level=1,
    stub="return ...  # a fraction from 0 to 1",
    cases=[
        case(P=[[0.2, 0.5, 0.3], [0.9, 0.1, 0.0], [0.3, 0.3, 0.4], [0.1, 0.6, 0.3]], y=[1, 0, 0, 1]),
        case(P=[[0.45, 0.4, 0.15], [0.1, 0.3, 0.6], [0.2, 0.5, 0.3]], y=[0, 1, 1]),
        case(P=[[0.4, 0.6], [0.7, 0.3], [0.2, 0.8], [0.9, 0.1], [0.55, 0.45]], y=[0, 0, 0, 0, 0]),
        case(P=[[0.1, 0.2, 0.3, 0.4]], y=[3]),
    ],
    hints=[
        "Two steps: which class does each row answer, and how often is that the label?",
        "`P.argmax(axis=1)` is the answer of each row; `==` compares it with y, element by element.",
        "The mean of an array of True and False is the share of True: `np.mean(… == y)`.",
    ],
    reason=(
        "The class with the largest probability is the answer; True counts as 1 and False as 0, so their mean is a "
        "share."
    ),
    takeaway=("It asks who came first, not by how much: the loss looks at that."),
)
def accuracy(P, y):  # probabilities P (N, classes), labels y (N,)
    return np.mean(P.argmax(axis=1) == y)


accuracy.mistake(
    "`argmax(axis=0)` finds the surest example of each class. You want the class of each example, each row.",
    lambda P, y: np.mean(P.argmax(axis=0)[: len(y)] == y[: P.shape[1]]),
)
accuracy.mistake(
    "`P.argmax()` without an axis is one place in the whole table. Each row needs its own: `axis=1`.",
    lambda P, y: np.mean(P.argmax() == y),
)
accuracy.mistake(
    "This is how many are right. Accuracy is the share: divide by the number of examples.",
    lambda P, y: np.sum(P.argmax(axis=1) == y),
)
accuracy.mistake(
    "You divided by the number of classes. Divide by the number of examples, `len(y)`.",
    lambda P, y: np.sum(P.argmax(axis=1) == y) / P.shape[1],
)
accuracy.mistake(
    "`P.size` counts every probability in P. Divide by the number of examples, `len(y)`.",
    lambda P, y: np.sum(P.argmax(axis=1) == y) / P.size,
)
accuracy.mistake(
    "These are percent; as a fraction it runs from 0 to 1.", lambda P, y: 100 * np.mean(P.argmax(axis=1) == y)
)
accuracy.mistake("This is the share of wrong answers, 1 − accuracy.", lambda P, y: np.mean(P.argmax(axis=1) != y))
accuracy.mistake(
    "This is the mean probability of the right class. Accuracy asks only whether that class came first.",
    lambda P, y: np.mean(P[np.arange(len(y)), y]),
)
accuracy.mistake(
    "`max` gives the largest probability, `argmax` says where it stands. The place is the class.",
    lambda P, y: np.mean(P.max(axis=1) == y),
)
accuracy.mistake(
    "You counted a class only if its probability is above ½. With three classes or more the winner may be "
    "below: 0.4, 0.3, 0.3.",
    lambda P, y: np.mean(P[np.arange(len(y)), y] > 0.5),
)
accuracy.mistake(
    "This says for each example whether it is right. Their mean is the accuracy: True counts as 1.",
    lambda P, y: P.argmax(axis=1) == y,
)


# --- 7.3: reach 98 % in nine epochs -----------------------------------------------------------------------------------

EPOCHS, EPOCHS_OF_SAMPLE = 9, 30  # the most that may be used: 500,000 examples of the full set
TARGET, TARGET_OF_SAMPLE = 0.98, 0.965
SAMPLE_VALIDATION = 333  # images: one in twelve of 4,000


def _history(*curve):
    """Records as `train` returns them, from pairs (training accuracy, validation accuracy)."""
    return [{"epoch": k + 1, "accuracy": a, "validation_accuracy": v} for k, (a, v) in enumerate(curve)]


@dataclass(kw_only=True)
class Reach(Task):
    """Train until the validation accuracy is high enough, in few epochs. The answer is the list of records."""

    wrong: tuple[Mistake, ...]

    def judge(self, answer):
        if answer is None or is_unwritten(answer):
            return Verdict(OPEN, ("Train a network, and put its records in place of the `...` in `my_history`.",))
        run = sandbox.run(lambda: self._read(answer), sandbox.SECONDS)
        name, *lines = run.result or self._fault("form")
        return Verdict(RIGHT, (self.takeaway,)) if name == "right" else self._not_yet(name, *lines)

    def _fault(self, name, *facts):
        return name, *facts, next(wrong.feedback for wrong in self.wrong if wrong.code == name)

    def _read(self, answer):
        """The name of what the answer is, "right" among them, and the lines to say. Runs under the sandbox."""
        if issubclass(type(answer), Network):
            return self._fault("network")
        if type(answer) is not list or not 0 < len(answer) <= 10_000 or any(type(r) is not dict for r in answer):
            return self._fault("form")
        if any("validation_accuracy" not in record for record in answer):
            return self._fault("no validation" if "loss" in answer[0] or "accuracy" in answer[0] else "form")
        names = "accuracy", "validation_accuracy"
        training, validation = (np.array([_finite(record.get(name)) for record in answer]) for name in names)
        return self._weigh(training, validation, int(_finite(answer[0].get("epoch", 1))))

    def _weigh(self, training, validation, first_epoch):
        images = validation * SAMPLE_VALIDATION
        sample = np.allclose(images, images.round(), atol=1e-6) and not set(validation) <= {0.0, 1.0}
        target, epochs = (TARGET_OF_SAMPLE, EPOCHS_OF_SAMPLE) if sample else (TARGET, EPOCHS)
        best = int(validation.argmax())
        there = np.flatnonzero(validation >= target)
        fact = f"Validation {validation[best]:.2%} at best, in epoch {first_epoch + best}; "
        fact += f"training {training[best]:.2%}. "
        fact += f"The target is {target:.1%}{' on the sample' if sample else ''}, within {epochs} epochs."
        if len(there) and first_epoch + there[0] <= epochs:
            return ("right",)
        if len(there):
            return self._fault("too long", fact, f"You were there in epoch {first_epoch + there[0]}.")
        if validation[best] < 0.3:
            return self._fault("chance", fact)
        if training[-1] > 0.999:
            return self._fault("by heart", fact)
        if validation[-1] < validation[best] - 0.003:
            return self._fault("jumps", fact)
        if training[-1] < target:
            return self._fault("short", fact)
        return self._fault("small", fact)


def _finite(value):
    number = float(value) if issubclass(type(value), int | float | np.floating) else math.nan
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


REACH = Reach(
    key="7.3",
    title="98 % in nine epochs",
    points=3,
    minutes=15,
    stub="""
my_history = ...  # train(my_net, X_train, y_train, **my_settings, on_epoch=LivePlot(5))
""",
    wrong=(
        Mistake(
            "Give `check` the list of records: `my_history = train(…)`.",
            {"validation_accuracy": 0.99},
            "form",
        ),
        Mistake(
            "This is the network. Give `check` the records of its training, what `train(…)` returns.",
            Network([2, 2]),
            "network",
        ),
        Mistake(
            "The records have no validation accuracy. Tell `train` on what to measure it: `validation=(X_val, y_val)`. "
            "The accuracy on the training batches proves nothing.",
            [{"epoch": 1, "loss": 0.01, "accuracy": 0.999}],
            "no validation",
        ),
        Mistake(
            "Accurate enough, but late. The cosine falls sooner when there are fewer epochs in all, so the good epochs "
            "come sooner; more hidden units or momentum learn more in each.",
            _history(*[(0.95, 0.97)] * 9, (0.99, 0.979), (0.998, 0.982)),
            "too long",
        ),
        Mistake(
            "That is hardly better than guessing: nothing was learned. Ten times smaller learning rate? And were "
            "images and labels taken from the same set?",
            _history((0.1, 0.1134), (0.104, 0.1134)),
            "chance",
        ),
        Mistake(
            "It knows the training images by heart, so more epochs of the same will not help. Give it more hidden "
            "units, another activation or another optimizer.",
            _history((0.93, 0.95), (0.99, 0.974), (1.0, 0.9778)),
            "by heart",
        ),
        Mistake(
            "Validation was better before the end: at a learning rate that stays large it jumps up and down. Let it "
            "fall: `schedule=cosine_schedule`.",
            _history((0.93, 0.95), (0.96, 0.972), (0.965, 0.958)),
            "jumps",
        ),
        Mistake(
            "It has not learned even its training images yet. More epochs, a larger learning rate, or momentum if you "
            "took plain SGD.",
            _history((0.88, 0.91), (0.93, 0.94)),
            "short",
        ),
        Mistake(
            "It is close, and nearly done with its training images. More hidden units or another "
            "optimizer, and an epoch or three more.",
            _history((0.94, 0.96), (0.98, 0.975), (0.993, 0.9768)),
            "small",
        ),
    ),
    hints=(
        "Read the last picture: what is training accuracy, and what validation? If both are low, it needs more steps "
        "or longer ones; if only validation is, another network.",
        "128 hidden units are few. Try twice as many, with the same optimizer and schedule as before; or another "
        "optimizer. You have nine epochs.",
        "A recipe that should do: one hidden layer of 256 units, `Momentum(0.1)`, `schedule=cosine_schedule`, eight "
        "epochs: 98.1 % to 98.3 %. On the sample, 512 units and 20 epochs.",
    ),
    solution="""
def my_training():
    network = Network([784, 256, 10])
    settings = {"epochs": 8, "optimizer": Momentum(0.1), "schedule": cosine_schedule, "validation": (X_val, y_val)}
    return train(network, X_train, y_train, **settings, on_epoch=LivePlot(8))


# To train it yourself, write my_history = my_training() instead of the next line. That line trains nothing: it is
# the last record of such a training on the full set, copied by hand, so that check has something to read.
my_history = [{"epoch": 8, "accuracy": 0.9991, "validation_accuracy": 0.9814}]
""",
    reason="Twice the units, and three epochs more. The cosine schedule ends when the epochs do, so the last ones are "
    "always the calm ones. On the sample take `Network([784, 512, 10])` and 20 epochs.",
    takeaway="And you chose it on the validation set, so the test set is still closed.",
)


# --- 7.4: confusion matrix --------------------------------------------------------------------------------------------


def _confusion(y, y_pred, k):
    C = np.zeros((k, k), dtype=np.int64)
    np.add.at(C, (y, y_pred), 1)
    return C


def _once(y, y_pred, k):
    C = np.zeros((k, k), dtype=np.int64)
    C[y, y_pred] += 1
    return C


def _only_errors(y, y_pred, k):
    C = _confusion(y, y_pred, k)
    np.fill_diagonal(C, 0)
    return C


def _seen_classes(y, y_pred, k):
    n = int(max(y.max(), y_pred.max())) + 1
    return _confusion(y, y_pred, n)


@exercise(
    "7.4",
    "the confusion matrix",
    points=2,
    minutes=8,
    level=2,
    stub="return ...  # counts (k, k): row = true class, column = answer",
    cases=[
        case(y=[0, 0, 0, 1, 2, 2], y_pred=[0, 0, 1, 1, 0, 0], k=3),
        case(y=[1, 1, 0], y_pred=[0, 0, 0], k=2),
        case(y=[0, 1, 1, 1], y_pred=[1, 1, 1, 0], k=4),
        case(y=[3, 3, 3, 3, 1], y_pred=[3, 3, 3, 2, 1], k=4),
    ],
    hints=[
        "Begin with a table of zeros, `np.zeros((k, k), dtype=int)`. What does one example change in it?",
        "An example with label i and answer j adds 1 in row i, column j. A loop over `zip(y, y_pred)` is fine.",
        "In the loop, for a table called C: `C[i, j] += 1`. With whole arrays in the brackets it would count a "
        "repeated pair only once.",
    ],
    reason=(
        "One example, one count. `np.add.at(C, (y, y_pred), 1)` does the loop in NumPy; so does "
        "`np.bincount(k * y + y_pred, minlength=k * k).reshape(k, k)`, which gives each pair a number of its own."
    ),
    takeaway=("Its sum is the number of examples, and its diagonal over that sum is the accuracy."),
)
def confusion_matrix(y, y_pred, k):  # labels and answers (N,), each 0 … k − 1
    confusion = np.zeros((k, k), dtype=int)
    for i, j in zip(y, y_pred):
        confusion[i, j] += 1
    return confusion


confusion_matrix.mistake(
    "Rows and columns are exchanged: the row is the true class, the column what the network said.",
    lambda y, y_pred, k: _confusion(y_pred, y, k),
)
confusion_matrix.mistake(
    "A pair that comes several times is counted once. `C[y, y_pred] += 1` with arrays would do that: it writes "
    "the same 1 again and again. Use a loop, or `np.add.at(C, (y, y_pred), 1)`.",
    _once,
)
confusion_matrix.mistake(
    "These are shares of each row. The matrix holds counts; from counts you can get all shares later.",
    lambda y, y_pred, k: _confusion(y, y_pred, k) / np.maximum(1, np.bincount(y, minlength=k))[:, None],
)
confusion_matrix.mistake(
    "These are shares of all examples. The matrix holds counts.", lambda y, y_pred, k: _confusion(y, y_pred, k) / len(y)
)
confusion_matrix.mistake(
    "All rows are the same: `[row] * k` is one and the same row k times, so a count in one stands in all. "
    "`np.zeros((k, k), dtype=int)` has k rows of its own.",
    lambda y, y_pred, k: np.tile(np.bincount(y_pred, minlength=k), (k, 1)),
)
confusion_matrix.mistake(
    "Each example is counted twice, as (label, answer) and as (answer, label). A 4 taken for a 9 is not a 9 "
    "taken for a 4: count it once, in the row of its label.",
    lambda y, y_pred, k: _confusion(y, y_pred, k) + _confusion(y_pred, y, k),
)
confusion_matrix.mistake(
    "Each error is counted twice, as (label, answer) and as (answer, label). A 4 taken for a 9 is not a 9 "
    "taken for a 4: only the row of its label counts it.",
    lambda y, y_pred, k: _confusion(y, y_pred, k) + _only_errors(y_pred, y, k),
)
confusion_matrix.mistake(
    "The diagonal is missing. Right answers are counted, too: there the row and the column are the same class.",
    _only_errors,
)
confusion_matrix.mistake(
    "Only right answers are counted, so nothing stands beside the diagonal. Every example counts, in the cell "
    "(label, answer).",
    lambda y, y_pred, k: np.diag(np.bincount(y[y == y_pred], minlength=k)),
)
confusion_matrix.mistake(
    "A class that does not occur has no row here. The matrix is always (k, k), so that matrices can be compared.",
    _seen_classes,
)
confusion_matrix.mistake(
    "These are the counts of the answers. Split them by the true class: a row for each.",
    lambda y, y_pred, k: np.bincount(y_pred, minlength=k),
)
confusion_matrix.mistake(
    "This is one number. The matrix says which class was taken for which.", lambda y, y_pred, k: np.sum(y != y_pred)
)

EXERCISES = (standardise, accuracy, REACH, confusion_matrix)


# --- the quiz ---------------------------------------------------------------------------------------------------------

QUESTIONS = (
    Question(
        "7.q1",
        "Your first loss is 2.31, and after ten epochs it is 2.30. What do you try first?",
        {
            "More epochs": "Ten moved nothing. A hundred would let you wait ten times as long.",
            "A wider network": "25,000 parameters are enough to learn something. This one learns nothing.",
            "Twenty examples by heart": (
                "If that fails, the code is wrong, and the gradient check tells where. If it works, suspect the "
                "learning rate, or labels that do not belong to their images."
            ),
            "The test set": "It would say 10 %, and it would be open.",
        },
        right="Twenty examples by heart",
    ),
    Question(
        "7.q2",
        "The best of 40 learning rates has 98.5 % on validation and 98.2 % on the test set. Why?",
        {
            "The best of 40 is partly lucky": "You chose it because it did well on those images. The test number is the one to report.",
            "The network overfits the test set": "It has never seen the test set, nor have you until now.",
            "There is a bug in the evaluation": "A drop of this size needs no bug: choosing flatters.",
            "Test images are harder": "They may be, but a number that was chosen is too high in any case.",
        },
        right="The best of 40 is partly lucky",
    ),
    Question(
        "7.q3",
        "A colleague has 99.0 % on 1,000 test images, you have 98.5 % on 10,000. Whose network is better?",
        {
            "The colleague's": "990 of 1,000 could be 98.2 % in truth: Wilson's interval reaches down to there.",
            "Yours: more images": "More images make a number surer, not larger.",
            "They are equally good": "That is not known either. The data allow it, and much else.",
            "You cannot say": "990 of 1,000 is compatible with 98.2 % to 99.5 %, which holds yours. Compare both on the same images.",
        },
        right="You cannot say",
    ),
    Question(
        "7.q4",
        "Why are the weights at the border of the images in section 8 still as random as at birth?",
        {
            "The learning rate is too small": "It is the same for all weights, and those in the middle moved.",
            "There a pixel is 0 in every image": (
                "`dW[1] = delta[1] @ A[0].T`: a column for a pixel that is always 0 is exactly 0, and its weight never "
                "moves."
            ),
            "ReLU is dead there": "A unit can be dead, a pixel cannot; these units work well in the middle.",
            "They belong to the bias": "The bias is a number of its own, one for each unit.",
        },
        right="There a pixel is 0 in every image",
    ),
    Question(
        "7.q5",
        "You standardise all 70,000 images with their common mean, then split them. What is wrong?",
        {
            "Nothing: a mean is no label": "A leak needs no label. Your number is no longer about unseen images.",
            "The mean is less exact": "It is more exact. But it should not know the test images at all.",
            "Test images shaped the training data": (
                "The harm may be small here; with few data it is not. Split first, and take statistics from the "
                "training set."
            ),
            "Images may not be standardised": "They may. The question is with whose mean.",
        },
        right="Test images shaped the training data",
    ),
)
