"""The widget of lesson 10: TwoNetworks, one small network computed twice, as in this course and as PyTorch does it.

Both have the same weights, of which one can be moved: 2 inputs, 3 ReLU units, 2 classes, and a batch of 4 examples. On
one side is a `Network`, whose examples are columns; on the other PyTorch with its autograd, whose examples are rows.
Where PyTorch is missing, the formulas of exercise 10.2 stand in for it, in rows as well.
"""

import numpy as np

from course.optional import torch_works
from course.text import decimal
from course.widgets.controls import dropdown, slider
from course.widgets.explorer import Explorer, moving
from helpers.network import Network, softmax
from helpers.plots import BLUE, DARK_ORANGE, ORANGE, WEIGHTS

X = np.array([[1.0, 0.5], [0.4, 1.2], [0.6, -1.0], [2.0, 1.5]])  # an example a row
LABELS = np.array([0, 1, 1, 0])
Y = np.eye(2)[LABELS]
W = [None, np.array([[1.0, -0.5], [0.8, 1.2], [-1.0, 0.6]]), np.array([[0.9, -0.7, 0.4], [-0.6, 0.8, 1.1]])]
B = [None, np.array([[0.2], [-0.4], [0.1]]), np.array([[0.3], [-0.3]])]
WEIGHTS_BY_NAME = {f"W[{l}]{'₁₂₃'[i]}{'₁₂₃'[j]}": (l, i, j) for l in (1, 2) for i, j in np.ndindex(W[l].shape)}
LOW, HIGH = -3, 3


class TwoNetworks(Explorer):
    """The same network twice. The controls, which can be set at the start, are `weight`, a name, and its value `w`."""

    size = 780, 340

    def __init__(self, **start):
        self.ours = Network([2, 3, 2], dtype=np.float64)
        self.theirs = in_torch if torch_works() else in_rows
        self.who = "PyTorch" if self.theirs is in_torch else "in rows"
        self.shown = None
        super().__init__(**start)

    def controls(self):
        return {
            "weight": dropdown("weight", WEIGHTS_BY_NAME),
            "w": slider("its value", 1, LOW, HIGH, 0.05),
        }

    def draw(self, figure):
        self.ax = figure.add_axes((0.08, 0.16, 0.42, 0.7), title="The loss, as this weight moves", xlabel="its value")
        self.ax.set(ylabel="loss", xlim=(LOW, HIGH), ylim=(0, 2.6))
        self.curve = moving(self.ax, color=BLUE, lw=3)
        self.dots = moving(self.ax, color=ORANGE, ls="", marker="o", ms=5)
        self.slope = moving(self.ax, color=BLUE, lw=5, alpha=0.4)
        self.their_slope = moving(self.ax, color=DARK_ORANGE, lw=1.5, ls="--")
        self.point = moving(self.ax, color="black", ls="", marker="o", ms=11, mec="white", mew=2)
        self.ax.text(0.03, 0.95, "— yours", transform=self.ax.transAxes, color=BLUE, va="top")
        self.ax.text(0.03, 0.87, f"• {self.who}", transform=self.ax.transAxes, color=DARK_ORANGE, va="top")
        tables = {
            "yours": ("yours: outputs\n2 × 4, yellow is 1", 0.56, 0.52, 0.2, (2, 4)),
            "theirs": (f"{self.who}: outputs\n4 × 2", 0.81, 0.42, 0.11, (4, 2)),
            "dW": ("yours: dW[1]\n3 × 2", 0.56, 0.06, 0.11, (3, 2)),
            "grad": (f"{self.who}: gradient\n3 × 2", 0.81, 0.06, 0.11, (3, 2)),
        }
        self.tables = {}
        for name, (title, left, bottom, width, (n, m)) in tables.items():
            ax = figure.add_axes((left, bottom, width, width * 780 / 340 * n / m * (0.6 if n > m else 1)))
            ax.set_title(title, fontsize=9, loc="left")
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color="#BBBBBB")
            look = {"cmap": "cividis", "vmin": 0, "vmax": 1} if n + m == 6 else {"cmap": WEIGHTS, "vmin": -1, "vmax": 1}
            self.tables[name] = ax.imshow(np.zeros((n, m)), aspect="auto", animated=True, **look)

    def weights(self, weight, w):
        """All weights, with this one set."""
        l, i, j = WEIGHTS_BY_NAME[weight]
        changed = [None, W[1].copy(), W[2].copy()]
        changed[l][i, j] = w
        return changed

    def compute(self, weight, w):
        """Loss, outputs, gradients dW of both layers: yours, with an example a column."""
        self.ours.W, self.ours.b = self.weights(weight, w), B
        outputs = self.ours.forward(X.T)
        dW, _ = self.ours.backward(Y.T)
        return self.ours.loss(self.ours.Z[-1], Y.T), outputs, dW

    def update(self, weight, w):
        l, i, j = WEIGHTS_BY_NAME[weight]
        if self.shown != weight:  # the curves depend on nothing else
            self.shown, many, few = weight, np.linspace(LOW, HIGH, 61), np.linspace(LOW, HIGH, 25)
            self.curve.set_data(many, [self.compute(weight, at)[0] for at in many])
            self.dots.set_data(few, [self.theirs(self.weights(weight, at))[0] for at in few])
        self.loss, outputs, dW = self.compute(weight, w)
        their_loss, their_outputs, grad = self.theirs(self.weights(weight, w))
        self.g, their_g = dW[l][i, j], grad[l][i, j]
        self.apart = max(abs(self.loss - their_loss), *(np.abs(dW[l] - grad[l]).max() for l in (1, 2)))
        self.apart = max(self.apart, np.abs(outputs.T - their_outputs).max())
        side = np.array([-0.7, 0.7])
        self.slope.set_data(w + side, self.loss + self.g * side)
        self.their_slope.set_data(w + side, their_loss + their_g * side)
        self.point.set_data([w], [self.loss])
        for name, array in {"yours": outputs, "theirs": their_outputs, "dW": dW[1], "grad": grad[1]}.items():
            self.tables[name].set_data(array)

    def goals(self, weight, w):
        yield "find a place where the slope is 0, but on a curve: neither wants to move.", 0 < abs(self.g) < 0.02
        yield "put a unit to sleep: the slope is exactly 0, and both say so.", self.g == 0
        yield "find a place so steep that the loss falls or rises by more than 0.9 a unit.", abs(self.g) > 0.9

    def caption(self, weight, w):
        same = "agree" if self.apart < 1e-12 else "differ"
        at, loss, slope = decimal(w, 2), decimal(self.loss, 3), decimal(self.g, 3)
        return f"{weight} = {at}: loss {loss}, slope {slope}. Both networks {same}, to the twelfth decimal."

    def handles(self, weight, w):
        return {"point": (self.ax, w, self.loss)}

    def dragged(self, handle, place, **values):
        return {"w": place[0]}


def in_rows(W):
    """Loss, outputs (4, 2) and gradients of the weights, by the formulas of exercises 10.1 and 10.2."""
    A = np.maximum(X @ W[1].T + B[1].ravel(), 0)
    outputs = softmax((A @ W[2].T + B[2].ravel()).T).T
    loss = -np.log(outputs[np.arange(len(X)), LABELS]).mean()
    dZ2 = (outputs - Y) / len(X)
    dZ1 = dZ2 @ W[2] * (A > 0)
    return loss, outputs, [None, dZ1.T @ X, dZ2.T @ A]


def in_torch(W):
    """The same from PyTorch's autograd."""
    import torch
    from torch.nn.functional import cross_entropy, linear

    first, second = (torch.tensor(one, requires_grad=True) for one in W[1:])
    biases = [torch.tensor(one.ravel()) for one in B[1:]]
    logits = linear(torch.relu(linear(torch.tensor(X), first, biases[0])), second, biases[1])
    loss = cross_entropy(logits, torch.tensor(LABELS))
    loss.backward()
    outputs = torch.softmax(logits, dim=1).detach().numpy()
    return loss.item(), outputs, [None, first.grad.numpy(), second.grad.numpy()]
