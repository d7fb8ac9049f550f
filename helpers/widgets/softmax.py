"""The softmax explorer of lesson 02: raw scores (logits) on the left, the probabilities made of them on the right."""

import numpy as np

from helpers import network
from helpers.plots import BLUE, ORANGE
from helpers.widgets.controls import slider
from helpers.widgets.explorer import Explorer
from helpers.widgets.learner import ask


class SoftmaxTemperature(Explorer):
    """p = softmax(z / T), with a slider for each logit z and one for the temperature T.

    `softmax` may be the learner's own; it gets an array of shape (n,), one number for each class. The controls, which
    can be set at the start, are `T` and `z1`, `z2`, ….
    """

    size = 720, 300

    def __init__(self, logits=(2.0, 1.0, 0.1, -1.0), softmax=None, names=("cat", "dog", "fox", "owl", "bee"), **start):
        self.logits = [float(z) for z in logits]
        self.labels = [*names, *(f"class {k}" for k in range(len(names) + 1, len(logits) + 1))][: len(logits)]
        self.limit = max(5, *(np.ceil(abs(z)) for z in self.logits))
        self.softmax = network.softmax if softmax is None else softmax
        super().__init__(**start)

    def controls(self):
        z = {
            f"z{k}": slider(name, self.logits[k - 1], -self.limit, self.limit, 0.1)
            for k, name in enumerate(self.labels, 1)
        }
        return {"T": slider("temperature T", 1, -1, 2, 0.02, log=True), **z}

    def draw(self, figure):
        n = len(self.logits)
        left, right = figure.add_axes((0.08, 0.17, 0.38, 0.68)), figure.add_axes((0.58, 0.17, 0.38, 0.68))
        left.set(
            title="logits z (outlined: z / T)", ylim=(-1.06 * self.limit, 1.06 * self.limit), xlabel="class", ylabel="z"
        )
        right.set(title="p = softmax(z / T)", ylim=(0, 1.12), yticks=np.linspace(0, 1, 6), xlabel="class", ylabel="p")
        for ax in (left, right):
            ax.set(xticks=range(n), xticklabels=self.labels, xlim=(-0.6, n - 0.4))
            ax.tick_params(axis="x", length=0)
        left.axhline(0, color="#555555", lw=0.8)
        self.z_bars = left.bar(range(n), 0, width=0.6, color=BLUE, animated=True)
        self.scaled = left.bar(range(n), 0, width=0.72, color="none", edgecolor="#222222", lw=1.2, animated=True)
        self.p_bars = right.bar(range(n), 0, width=0.6, color=ORANGE, animated=True)
        self.p_texts = [right.text(k, 0, "", ha="center", size=11, animated=True) for k in range(n)]

    def update(self, T, **z):
        self.p, remarks = ask("Your softmax", self.softmax, np.array([*z.values()]) / T)
        smallest, total = self.p.min(), self.p.sum()
        self.are_probabilities = smallest >= 0 and abs(total - 1) < 1e-6
        if not remarks and not self.are_probabilities:
            remarks = [f"Your softmax returned no probabilities: the smallest is {smallest:.4g}, the sum {total:.4g}."]
        for bar, outline, value in zip(self.z_bars, self.scaled, z.values(), strict=True):
            bar.set_height(value)
            outline.set_height(value / T)
        for bar, text, value in zip(self.p_bars, self.p_texts, np.nan_to_num(self.p).clip(0, 1), strict=True):
            bar.set_height(value)
            text.set(y=value + 0.02, text=f"{value:.2f}")
        return remarks

    def goals(self, T, **z):
        counts = self.are_probabilities and all(self.start[name] == value for name, value in z.items())
        yield "with T alone, make the most likely class reach 99 %.", counts and self.p.max() >= 0.99
        yield "with T alone, make all classes equally likely, within 1 %.", counts and np.ptp(self.p) <= 0.01

    def caption(self, T, **z):
        if not self.are_probabilities:
            return f"At T = {T:.3g} there are no probabilities to show."
        p = self.p[self.p > 0]
        shares = ", ".join(f"{name} {share:.3f}" for name, share in zip(self.labels, self.p, strict=True))
        entropy, most = -np.sum(p * np.log(p)), np.log(len(self.p))
        return f"At T = {T:.3g}: {shares}. Entropy {entropy:.2f} of at most {most:.2f}."
