"""The loss explorers of lesson 04: what each loss says, and which way it pulls, side by side.

`LossExplorer` is about prices: one prediction, five houses, one of them an outlier. `SurpriseExplorer` is about yes or
no: one logit and one label. Both draw the learner's own loss beside the course's.
"""

import numpy as np
from matplotlib.ticker import MaxNLocator

from helpers.network import sigmoid, sigmoid_prime
from helpers.plots import BLACK, BLUE, DARK_GREEN, DARK_ORANGE, DARK_PINK
from helpers.widgets.controls import dropdown, slider
from helpers.widgets.explorer import Explorer, put
from helpers.widgets.learner import ask

HOUSES = np.array([1.5, 2.0, 2.5, 3.0])  # prices in $100,000; the fifth is the outlier
A = np.linspace(0, 10, 101)  # the positions of the slider of the prediction
Z = np.linspace(-10, 10, 201)  # and of the logit
YOURS = "yours"
COLORS = {
    "MSE": BLUE, "MAE": DARK_ORANGE, "Huber": DARK_GREEN, "cross-entropy": DARK_ORANGE, "squared error": BLUE,
    YOURS: DARK_PINK,
}  # fmt: skip


def number(value, digits=2):
    return "none" if np.isnan(value) else f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def one_number(loss):
    """What a learner's loss gave, or an exception that says what is wrong with it."""
    if loss is None or loss is ...:
        raise ValueError("it gave nothing, and a loss is one number")
    if np.shape(loss):
        raise ValueError(f"it gave an array of shape {np.shape(loss)}, and a loss is one number")
    return loss


def asked(loss, grid, Y):
    """What the learner's loss(A, Y) gives where all predictions are one number of the grid, its slope, and remarks."""

    def along(grid):
        return np.array([one_number(loss(np.full(Y.shape, a), Y.copy())) for a in grid])

    values, remarks = ask("Your loss", along if callable(loss) else loss, grid)
    return values, np.gradient(values, grid), remarks


STYLES = {"MAE": "--", "Huber": "-.", YOURS: ":"}  # as in the lesson's figures; all others are solid


class Curves:
    """A plot with a curve for each loss over the positions of one slider, and a dot on each where it stands."""

    def __init__(self, ax, grid, names, step):
        self.ax, self.grid, self.step = ax, grid, step
        ax.set(xlim=(grid[0], grid[-1]))
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        ax.axhline(0, color="#BBBBBB", lw=0.8)
        self.lines, self.dots = {}, {}
        for name in names:
            look = {"color": COLORS[name], "animated": True, "ls": STYLES.get(name, "-")}
            look["zorder"] = {"Huber": 2.1, "MAE": 2.2, YOURS: 2.3}.get(name, 2)
            (self.lines[name],) = ax.plot(grid, 0 * grid, lw=3.5 if name == YOURS else 2, **look)
            look["zorder"] += 1
            size = 7 if name in ("MAE", YOURS) else 12  # where two dots meet, the lower one is a ring around the other
            (self.dots[name],) = ax.plot([], [], marker="o", ms=size, mec="white", **look)
        self.cross = ax.axvline(0, color="#888888", lw=1, ls=":", animated=True)

    def show(self, values, k, most):
        """Draw `values`, name → numbers on the grid, with dots at grid[k]; up to `most`, or farther if a dot is."""
        at = {name: y[k] for name, y in values.items()}
        reach = np.nanmax([most, *(1.1 * abs(y) for y in at.values())])
        top = np.ceil(reach / self.step) * self.step
        falls = any(np.nanmin(y, initial=0) < -1e-9 for y in values.values())
        put(self.ax, ylim=(-1.04 * top if falls else -0.04 * top, 1.04 * top))
        self.cross.set_xdata([self.grid[k], self.grid[k]])
        for name, y in values.items():
            self.lines[name].set_ydata(y.clip(-1e6, 1e6))
            self.dots[name].set_data([self.grid[k]], [at[name]])


class LossExplorer(Explorer):
    """One prediction a for five houses: MSE, MAE and Huber as functions of a, and their slopes.

    `loss` may be the learner's own, loss(A, Y) with arrays (1, 5), and is drawn as a fourth curve. The controls, which
    can be set at the start, are `prediction`, `outlier` and `delta`.
    """

    size = 780, 350

    def __init__(self, loss=None, **start):
        self.loss = loss
        self.names = ["MSE", "MAE", "Huber", *([YOURS] if loss is not None else [])]
        self._known = {}
        super().__init__(**start)

    def controls(self):
        return {
            "prediction": slider("prediction a", 5, 0, 10, 0.1),
            "outlier": slider("outlier", 4, 0, 10, 0.1),
            "delta": slider("Huber's δ", 1, 0.1, 5, 0.1),
        }

    def draw(self, figure):
        left = figure.add_axes((0.085, 0.155, 0.235, 0.655))
        left.set(
            title="five houses", xlabel="price ($100,000)", ylabel="house", xlim=(-0.3, 10.3), ylim=(0.4, 5.6),
            yticks=range(1, 6),
        )  # fmt: skip
        (self.errors,) = left.plot([], [], color="#999999", lw=1.5, animated=True)
        self.line = left.axvline(0, color=BLACK, lw=2, animated=True)
        left.plot(HOUSES, range(1, 5), "o", color=BLUE, ms=8)
        (self.outlier,) = left.plot([], [], "D", color=DARK_ORANGE, ms=8, animated=True)
        self.left = Curves(figure.add_axes((0.4, 0.155, 0.24, 0.655)), A, self.names, step=2)
        self.right = Curves(figure.add_axes((0.735, 0.155, 0.24, 0.655)), A, self.names, step=1)
        self.left.ax.set(title="the loss", xlabel="prediction a", ylabel="loss", xticks=range(0, 11, 2))
        self.right.ax.set(title="its slope", xlabel="prediction a", ylabel="slope in a", xticks=range(0, 11, 2))
        self.right.lines["MAE"].set_drawstyle("steps-mid")
        self.texts = {
            name: figure.text(0.03 + 0.245 * k, 0.945, "", color=COLORS[name], size=10, animated=True)
            for k, name in enumerate(self.names)
        }

    def update(self, prediction, outlier, delta):
        y = np.append(HOUSES, outlier)
        k = int(np.rint(10 * prediction))
        losses, slopes, remarks = self.curves(outlier, delta)
        self.values_at = {name: (losses[name][k], slopes[name][k]) for name in self.names}
        self.errors.set_data(
            np.column_stack([y, np.full(5, A[k]), np.full(5, np.nan)]).ravel(), np.repeat(np.arange(1, 6), 3)
        )
        self.line.set_xdata([A[k], A[k]])
        self.outlier.set_data([outlier], [5])
        self.left.show(losses, k, most=8)
        self.right.show(slopes, k, most=3)
        for name, (loss, slope) in self.values_at.items():
            self.texts[name].set_text(f"{name} {number(loss)}, slope {number(slope)}")
        return remarks

    def curves(self, outlier, delta):
        """Losses and slopes on A, and remarks of the learner's loss, which is asked once for each outlier."""
        e = A[:, None] - np.append(HOUSES, outlier)
        inside = np.abs(e) <= delta
        losses = {
            "MSE": np.mean(e**2, axis=1),
            "MAE": np.mean(np.abs(e), axis=1),
            "Huber": np.mean(np.where(inside, e**2 / 2, delta * (np.abs(e) - delta / 2)), axis=1),
        }
        signs = np.sign(np.where(np.abs(e) < 1e-9, 0, e))
        slopes = {
            "MSE": np.mean(2 * e, axis=1),
            "MAE": np.mean(signs, axis=1),
            "Huber": np.mean(np.where(inside, e, delta * signs), axis=1),
        }
        if self.loss is None:
            return losses, slopes, []
        if outlier not in self._known:
            self._known[outlier] = asked(self.loss, A, np.append(HOUSES, outlier)[None])
        losses[YOURS], slopes[YOURS], remarks = self._known[outlier]
        return losses, slopes, remarks

    def goals(self, prediction, outlier, delta):
        far = outlier >= 8
        yield "with the outlier at 8 or more, stand where MSE is lowest.", far and abs(self.values_at["MSE"][1]) <= 0.1
        yield "with the outlier at 8 or more, stand where MAE is lowest.", far and abs(prediction - 2.5) < 0.05

    def caption(self, prediction, outlier, delta):
        each = "; ".join(f"{name} {number(loss)}, slope {number(s)}" for name, (loss, s) in self.values_at.items())
        y = np.append(HOUSES, outlier)
        middle = f"The mean of the five prices is {number(y.mean())}, the median {number(np.median(y))}."
        return f"Prediction {number(prediction, 1)}, outlier {number(outlier, 1)}: {each}. {middle}"


class SurpriseExplorer(Explorer):
    """One logit z and one label y: p = σ(z), and cross-entropy beside squared error, with their slopes in z.

    `loss` may be the learner's own, loss(Z, Y) of logits and labels (1, 1). The controls are `z` and `y`.
    """

    size = 780, 350

    def __init__(self, loss=None, **start):
        self.names = ["cross-entropy", "squared error", *([YOURS] if loss is not None else [])]
        self.tables = {}
        for y in (0, 1):
            p = sigmoid(Z)
            losses = {"cross-entropy": np.logaddexp(0, Z) - Z * y, "squared error": (p - y) ** 2}
            slopes = {"cross-entropy": p - y, "squared error": 2 * (p - y) * sigmoid_prime(Z)}
            remarks = []
            if loss is not None:
                losses[YOURS], slopes[YOURS], remarks = asked(loss, Z, np.array([[float(y)]]))
            self.tables[y] = losses, slopes, remarks
        super().__init__(**start)

    def controls(self):
        return {"z": slider("logit z", 2, -10, 10, 0.1), "y": dropdown("label y", [1, 0], 1)}

    def draw(self, figure):
        left = figure.add_axes((0.085, 0.155, 0.235, 0.655))
        left.set(title="p = σ(z)", xlabel="logit z", ylabel="probability of yes", xlim=(-10, 10), ylim=(-0.05, 1.05))
        left.plot(Z, sigmoid(Z), color=BLUE)
        (self.gap,) = left.plot([], [], color="#555555", lw=2, ls=":", animated=True)
        (self.truth,) = left.plot([-10, 10], [1, 1], color=DARK_GREEN, lw=3, animated=True)
        (self.dot,) = left.plot([], [], "o", color=BLUE, mec="white", ms=9, animated=True)
        self.left = Curves(figure.add_axes((0.4, 0.155, 0.24, 0.655)), Z, self.names, step=2)
        self.right = Curves(figure.add_axes((0.735, 0.155, 0.24, 0.655)), Z, self.names, step=0.2)
        self.left.ax.set(title="the loss", xlabel="logit z", ylabel="loss")
        self.right.ax.set(title="its slope", xlabel="logit z", ylabel="slope in z")
        self.texts = {
            name: figure.text(0.03 + 0.33 * k, 0.945, "", color=COLORS[name], size=10, animated=True)
            for k, name in enumerate(self.names)
        }

    def update(self, z, y):
        k = int(np.rint(10 * (z + 10)))
        self.p = sigmoid(Z[k])
        losses, slopes, remarks = self.tables[y]
        self.values_at = {name: (losses[name][k], slopes[name][k]) for name in self.names}
        self.dot.set_data([Z[k]], [self.p])
        self.gap.set_data([Z[k], Z[k]], [self.p, y])
        self.truth.set_ydata([y, y])
        self.left.show(losses, k, most=10)
        self.right.show(slopes, k, most=1)
        for name, (loss, slope) in self.values_at.items():
            self.texts[name].set_text(f"{name} {number(loss, 3)}, slope {number(slope, 3)}")
        return remarks

    def goals(self, z, y):
        slopes = {name: abs(slope) for name, (_, slope) in self.values_at.items()}
        stuck = slopes["squared error"] < 0.01 and slopes["cross-entropy"] > 0.9
        yield (
            "be so wrong that the slope of the squared error is below 0.01, and that of cross-entropy above 0.9.",
            stuck,
        )
        surprise = self.values_at["cross-entropy"][0]
        yield "be as surprised as by heads of a fair coin: cross-entropy 0.69.", abs(surprise - np.log(2)) < 0.02

    def caption(self, z, y):
        each = "; ".join(
            f"{name} {number(loss, 3)}, slope {number(s, 3)}" for name, (loss, s) in self.values_at.items()
        )
        return f"At z = {number(z, 1)} the answer is yes with p = {number(self.p, 5)}; the label is {y}: {each}."
