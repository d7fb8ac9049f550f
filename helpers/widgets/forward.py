"""The forward stepper of lesson 03: a small network computed a layer at a time, every number on its diagram.

Each layer takes two steps: first the weighted sums z, then the activations a. The formula of every unit that is being
computed stands below the diagram with its numbers in it.
"""

import numpy as np

from helpers.diagram import Diagram
from helpers.network import relu, sigmoid
from helpers.widgets.controls import slider, stepper
from helpers.widgets.explorer import Explorer
from helpers.widgets.learner import ask

# The network that lesson 03 works by hand: lists with entry l for layer l.
W = [None, np.array([[1.0, -1.0], [-2.0, 3.0]]), np.array([[2.0, -3.0]])]
b = [None, np.array([[0.5], [0.5]]), np.array([[-2.0]])]
f = [None, relu, sigmoid]

SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MOST = 4  # units a layer
LINE = 25  # pixels for each unit's formula


class ForwardStepper(Explorer):
    """Go through a network step by step: inputs, then z and a of layer 1, 2, …

    Without arguments it is the 2-2-1 network of lesson 03; `W`, `b`, `f` are lists with entry l for layer l, as in the
    lesson, of at most four units a layer. `forward`, a function (A0, W, b, f) → A[L], may be the learner's own: its
    answer is compared at the last step. The controls, which can be set at the start, are `step`, `x1`, `x2`, ….
    """

    def __init__(self, W=W, b=b, f=f, forward=None, **start):
        self.W = [None, *(np.asarray(W_l, float) for W_l in W[1:])]
        self.b = [None, *(np.asarray(b_l, float).reshape(-1, 1) for b_l in b[1:])]
        self.f, self.forward = f, forward
        self.sizes = [self.W[1].shape[1], *(len(W_l) for W_l in self.W[1:])]
        if max(self.sizes) > MOST:
            raise ValueError(f"The forward stepper shows layers of at most {MOST} units; got {self.sizes}.")
        self.L = len(self.sizes) - 1
        self.size = 780, 290 + LINE * max(self.sizes)
        self.is_lesson = all(self.W[l] is W_l for l, W_l in enumerate(globals()["W"]) if l) and f is globals()["f"]
        super().__init__(**start)

    def controls(self):
        inputs = {
            f"x{i}": slider(f"input x{sub(i)}", 2 if i == 1 else 1, -3, 3, 0.1) for i in range(1, self.sizes[0] + 1)
        }
        return {"step": stepper("step", 2 * self.L), **inputs}

    def draw(self, figure):
        names = [[self._unit("a" if l else "x", l, i) for i in range(n)] for l, n in enumerate(self.sizes)]
        height = self.size[1]
        ax = figure.add_axes((0.02, 1 - 245 / height, 0.96, 238 / height))
        self.diagram = Diagram(ax, self.sizes, names[0], names[-1], hidden=names[1:-1], animated=True)
        self.head = figure.text(0.05, 1 - 270 / height, "", size=12, weight="bold", animated=True)
        self.lines = [
            figure.text(0.05, 1 - (270 + LINE * k) / height, "", size=12, family="DejaVu Sans Mono", animated=True)
            for k in range(1, max(self.sizes) + 1)
        ]

    def update(self, step, **x):
        self._compute(np.array([*x.values()])[:, None])
        layer = (step + 1) // 2  # the one that is being computed; 0 before the first step
        sums = step % 2 == 1
        values = [*self.A[:layer], self.Z[layer] if sums else self.A[layer]]
        lit = {(layer, i) for i in range(self.sizes[layer])}
        if sums:
            lit |= {(layer, j, i) for j in range(self.sizes[layer]) for i in range(self.sizes[layer - 1])}
        self.diagram.show(values=values, W=self.W, b=self.b, lit=lit if step else None)
        self.head.set_text(self._head(layer, sums))
        self.formulas = [self._formula(layer, i, sums) for i in range(self.sizes[layer])]
        for line, text in zip(self.lines, [*self.formulas, *[""] * MOST], strict=False):
            line.set_text(text)
        return self.remarks + self._ask_learner(x, step)

    def goals(self, step, **x):
        at_end = step == 2 * self.L
        yield "go to the last step.", at_end
        if self.is_lesson:
            yield "at the last step, find inputs with an output above 0.99.", at_end and float(self.A[-1][0, 0]) > 0.99
            silent = at_end and bool((self.A[1] == 0).all())
            yield "at the last step, find inputs for which both hidden units are silent.", silent

    def caption(self, step, **x):
        layer = (step + 1) // 2
        formulas = "; ".join(" ".join(text.split()) for text in self.formulas)
        return f"Step {step} of {2 * self.L}. {self._head(layer, step % 2 == 1)}: {formulas}."

    def _unit(self, letter, layer, i):
        """x₁ in layer 0, then a[1]₁, as in the lesson; a layer of one unit needs no number: a[2]."""
        index = sub(i + 1) if layer == 0 or self.sizes[layer] > 1 else ""
        return f"{letter}[{layer}]{index}" if layer else letter + index

    def _compute(self, A0):
        self.Z, self.A, self.remarks = [None], [A0], []
        for l in range(1, self.L + 1):
            self.Z.append(self.W[l] @ self.A[l - 1] + self.b[l])
            a, remarks = ask(f"The activation of layer {l}", self.f[l], self.Z[l])
            self.A.append(a)
            self.remarks += remarks

    def _head(self, layer, sums):
        if layer == 0:
            return "Inputs, a[0] = x"
        if sums:
            return f"Layer {layer}, weighted sums: z[{layer}] = W[{layer}] a[{layer - 1}] + b[{layer}]"
        return f"Layer {layer}, activations: a[{layer}] = {self._name(layer)}(z[{layer}])"

    def _formula(self, layer, i, sums):
        if layer == 0:
            return f"{self._unit('x', 0, i)} = {number(self.A[0][i, 0])}"
        z = self.Z[layer][i, 0]
        if not sums:
            return f"{self._unit('a', layer, i)} = {self._name(layer)}({number(z)}) = {number(self.A[layer][i, 0])}"
        products = zip(self.W[layer][i], self.A[layer - 1][:, 0], strict=True)
        terms = " + ".join(f"{signed(w)} · {signed(a)}" for w, a in products)
        return f"{self._unit('z', layer, i)} = {terms} + {signed(self.b[layer][i, 0])} = {number(z)}"

    def _name(self, layer):
        name = getattr(self.f[layer], "__name__", "f")
        return {"<lambda>": "f", "relu": "R", "sigmoid": "σ"}.get(name, name)[:16]

    def _ask_learner(self, x, step):
        """What the learner's own function makes of the same inputs."""
        if self.forward is None or step < 2 * self.L:
            return []
        A0 = np.array([*x.values()])[:, None]
        given = [A0, *([None if array is None else array.copy() for array in arrays] for arrays in (self.W, self.b))]
        answers = []

        def run(_):
            answers.append(self.forward(*given, list(self.f)))
            return answers[0]

        mine, remarks = ask("Your `forward`", run, np.zeros_like(self.A[-1]))
        if answers and answers[0] is ...:
            return ["Your `forward` is not written yet."]
        if not remarks:
            same = np.allclose(mine, self.A[-1])
            remarks.append(
                f"Your `forward` gives {', '.join(map(number, mine[:, 0]))}: {'the same' if same else 'not this'}."
            )
        return remarks


def sub(i):
    return str(i).translate(SUBSCRIPT)


def number(value):
    """At most four decimals, all of them if it had more (so 1.0000 is only nearly 1), and a minus as wide as a plus."""
    if np.isnan(value):
        return "none"
    text = f"{value:.4f}"
    if abs(float(text) - value) < 1e-14:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace("-", "−")


def signed(value):
    """A number inside a sum: negative ones in brackets."""
    return f"({number(value)})" if number(value).startswith("−") else number(value)
