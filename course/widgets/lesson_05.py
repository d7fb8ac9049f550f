"""The widgets of lesson 05.

BackpropStepper: forward, then backward, one step at a time, each with its numbers in its formula. Two views share the
controls. "graph" is L = (w x − y)² + w², in which two paths meet at w. "network 2-3-1" has three hidden units of ReLU
(or of the learner's own function), one output that is its weighted sum, and L = (ŷ − y)². Both have 13 steps, as lists
of `Step` that `graph_steps` and `network_steps` make of the numbers; to draw a step is to draw what is known by then,
so one can go back and forth without end.

GradientFlow: how much gradient reaches each layer, by depth, activation and initial weights. Every layer has WIDTH
units, the examples are random, and so is the gradient that arrives at the last layer. Drawn is the size of delta[l] =
∂L/∂Z[l], the root of its mean square, against that of the last layer. (Not that of dW[l] = delta[l] a[l-1]: with ReLU
and small weights delta shrinks on its way back just as a does on its way forward, and their product hides both.)
"""

from dataclasses import dataclass, field

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import NullLocator

from course.diagram import Diagram
from course.exercises import lesson_05 as tasks
from course.exercises.grading import edited
from course.text import factor, minus, number
from course.widgets.controls import Stepper, dropdown, slider
from course.widgets.explorer import Explorer, moving, moving_segments, moving_text, set_if_changed, show_only
from course.widgets.learner import call_learner_code
from helpers.network import ACTIVATIONS, Network, relu, relu_prime
from helpers.plots import BLUE, DARK_GREEN, DARK_ORANGE, ORANGE

STEPS = 13
GRAPH, NETWORK = "graph", "network 2-3-1"
INK, PALE = "#222222", "#BBBBBB"
DOUBT = LinearSegmentedColormap.from_list("doubt", ["white", ORANGE])  # of a fingerprint: right, far off
PARAMETERS = {  # of the network, before one of them is changed: W[1] row by row, b[1], W[2], b[2]
    "W[1]₁₁": 3.0, "W[1]₁₂": -1.0, "W[1]₂₁": 2.0, "W[1]₂₂": 1.0, "W[1]₃₁": -1.0, "W[1]₃₂": -1.0,
    "b[1]₁": -3.0, "b[1]₂": -2.0, "b[1]₃": 1.0, "W[2]₁": 2.0, "W[2]₂": -1.0, "W[2]₃": 3.0, "b[2]": 1.0,
}  # fmt: skip
UNITS = {"[1]₁": (1, 0), "[1]₂": (1, 1), "[1]₃": (1, 2), "[2]": (2, 0)}  # where the diagram has a[1]₁ and δ[1]₁, …


@dataclass
class Step:
    """One step: where it is, its formulas with their numbers (two lines at most), and what is known after it."""

    title: str
    lines: tuple[str, ...] = ()
    lit: frozenset = frozenset()
    local: dict = field(default_factory=dict)  # on which edge of the graph stands which local derivative
    values: dict = field(default_factory=dict)
    gradients: dict = field(default_factory=dict)


class Story:
    """Collects the steps; each knows what was known before it.

    By default the lit parts are those of the graph that a step deals with: the nodes it computes, and the edges that
    lead to them, or, backward, the edges with a local derivative.
    """

    def __init__(self, **values):
        self.steps = [Step("Given: the inputs and the weights. Press Next.", values=values)]

    def forward(self, title, *lines, lit=None, **values):
        last, lit = self.steps[-1], lit or {*values, *(edge for edge in EDGES if edge[-1] in values)}
        self.steps.append(Step(f"Forward: {title}", lines, frozenset(lit), {}, last.values | values, last.gradients))

    def backward(self, title, *lines, lit=None, local=None, **gradients):
        last, local = self.steps[-1], local or {}
        lit, title = frozenset(lit or {*local, *gradients}), f"Backward: {title}"
        self.steps.append(Step(title, lines, lit, local, last.values, last.gradients | gradients))


def graph_steps(x, w, y):
    """The steps through L = q + r, with p = w x, e = p − y, q = e², r = w²."""
    n, f = number, factor
    p, e, r = w * x, w * x - y, w**2
    q, de = e**2, 2 * e
    dx, first, second = de * w, de * x, 2 * w
    story = Story(x=x, w=w, y=y)
    story.forward("the prediction p", f"p = w · x = {n(w)} · {f(x)} = {n(p)}", p=p)
    story.forward("the error e", f"e = p − y = {n(p)} − {f(y)} = {n(e)}", e=e)
    story.forward("its square q", f"q = e² = {f(e)}² = {n(q)}", q=q)
    story.forward("r, the price of a large weight", f"r = w² = {f(w)}² = {n(r)}", r=r)
    story.forward("the loss L", f"L = q + r = {n(q)} + {n(r)} = {n(q + r)}", L=q + r)
    story.backward("start at the end", "∂L/∂L = 1", L=1.0)
    for node in "qr":
        formula = f"∂L/∂{node} = upstream · local = ∂L/∂L · 1 = 1 · 1 = 1"
        story.backward(f"a sum hands it on to {node}", formula, local={f"{node}-L": 1}, **{node: 1.0})
    story.backward("through the square", f"∂L/∂e = ∂L/∂q · 2e = 1 · 2 · {f(e)} = {n(de)}", local={"e-q": de}, e=de)
    story.backward("through the difference", f"∂L/∂p = ∂L/∂e · 1 = {n(de)} · 1 = {n(de)}", local={"p-e": 1}, p=de)
    lines = f"∂L/∂y = ∂L/∂e · (−1) = {n(de)} · (−1) = {n(-de)}", f"∂L/∂x = ∂L/∂p · w = {n(de)} · {f(w)} = {n(dx)}"
    story.backward("to the inputs y and x", *lines, local={"y-e": -1, "x-p": w}, y=-de, x=dx)
    formula = f"∂L/∂w = ∂L/∂p · x = {n(de)} · {f(x)} = {n(first)}, so far"
    story.backward("to w on the first path, through p", formula, local={"w-p": x}, w=first)
    lines = f"∂L/∂r · 2w = 1 · 2 · {f(w)} = {n(second)}", f"∂L/∂w = {n(first)} + {f(second)} = {n(first + second)}"
    story.backward("to w on the second path, through r, and add", *lines, local={"w-r": second}, w=first + second)
    return story.steps


def network_steps(x, y, W, b, z, a, slope, name="ReLU"):
    """The steps through a 2-3-1 network for one example x (2,); z, a and slope (3,) are of its hidden units."""
    n, f, story = number, factor, Story()
    v, bias = W[2][0], b[2][0, 0]
    guess = float(v @ a + bias)
    d = 2 * (guess - y)
    delta = v * d * slope
    hidden = [(j, s, f"hidden unit {j + 1}") for j, s in enumerate("₁₂₃")]
    into = [{(0, 0), (0, 1), (1, j), (1, j, 0), (1, j, 1)} for j in range(3)]  # a hidden unit and all it comes from
    output = {(2, 0), *((1, j) for j in range(3)), *((2, 0, j) for j in range(3))}
    for j, s, unit in hidden:
        lines = (
            f"z[1]{s} = W[1]{s}₁ x₁ + W[1]{s}₂ x₂ + b[1]{s} = {weighted_sum(W[1][j], x, b[1][j, 0])} = {n(z[j])}",
            f"a[1]{s} = {name}(z[1]{s}) = {name}({n(z[j])}) = {n(a[j])}",
        )
        story.forward(unit, *lines, lit=into[j], **{f"a[1]{s}": a[j]})
    lines = "ŷ = W[2]₁ a[1]₁ + W[2]₂ a[1]₂ + W[2]₃ a[1]₃ + b[2]", f"= {weighted_sum(v, a, bias)} = {n(guess)}"
    story.forward("the output, a weighted sum and nothing else", *lines, lit=output, **{"a[2]": guess})
    L = (guess - y) ** 2
    story.forward("the loss", f"L = (ŷ − y)² = ({n(guess)} − {f(y)})² = {n(L)}", lit={(2, 0)}, L=L)

    formula = f"δ[2] = ∂L/∂ŷ = 2 (ŷ − y) = 2 · ({n(guess)} − {f(y)}) = {n(d)}"
    story.backward("the blame of the output", formula, lit={(2, 0)}, **{"δ[2]": d})
    lines = f"dW[2] = δ[2] · a[1] = {n(d)} · {row(a)} = {row(d * a)}", f"db[2] = δ[2] = {n(d)}"
    gradients = {"dW[2]": d * a, "db[2]": d}
    story.backward("the weights and the bias of the output", *lines, lit=output, **gradients)
    for j, s, unit in hidden:
        lines = (
            f"δ[1]{s} = W[2]{s} · δ[2] · {name}′(z[1]{s})",
            f"= {n(v[j])} · {f(d)} · {name}′({n(z[j])}) = {n(v[j])} · {f(d)} · {f(slope[j])} = {n(delta[j])}",
        )
        lit = {(2, 0), (1, j), (2, 0, j)}
        story.backward(f"the blame of {unit}", *lines, lit=lit, **{f"δ[1]{s}": delta[j]})
    for j, s, unit in hidden:
        dW, db = delta[j] * x, n(delta[j])
        lines = f"dW[1]{s} = δ[1]{s} · (x₁, x₂) = {db} · {row(x)} = {row(dW)}", f"db[1]{s} = δ[1]{s} = {db}"
        gradients = {f"dW[1]{s}": dW, f"db[1]{s}": delta[j]}
        story.backward(f"the weights and the bias of {unit}", *lines, lit=into[j], **gradients)
    return story.steps


def weighted_sum(w, x, b):
    """ "2·3 + (−1)·2 + 0.5"."""
    weights = [number(w[0]), *map(factor, w[1:])]
    products = [f"{weight}·{factor(value)}" for weight, value in zip(weights, x, strict=True)]
    return " + ".join([*products, factor(b)])


def row(numbers):
    return f"({', '.join(map(number, numbers))})"


PLACES = {  # of the graph's nodes
    "x": (0, 2.3), "w": (0, 0.7), "y": (1.1, 3.15), "p": (1.3, 1.4), "e": (2.5, 2.1), "r": (2.5, 0.2),
    "q": (3.8, 2.1), "L": (4.75, 1.1),
}  # fmt: skip
BESIDE = {"x-p": (0.85, 2.13), "w-p": (0.48, 1.22), "y-e": (2.15, 2.87)}  # local derivatives with no room on their line
SIDEWAYS = {"x": (0.36, 1.86, "right"), "y": (0.75, 3.15, "right")}  # gradients that would cover a line
NAMES = {"p": "p = w·x", "e": "e = p − y", "q": "q = e²", "r": "r = w²", "L": "L = q + r"}
EDGES = "x-p", "w-p", "p-e", "y-e", "e-q", "q-L", "w-r", "r-L"


class Graph:
    """The computational graph on `ax`: values in the circles, gradients at them, both as far as they are known."""

    def __init__(self, ax, animated=False):
        ax.set(xlim=(-1.1, 5.2), ylim=(-0.45, 3.65))
        ax.set_axis_off()
        self.lines, self.local, self.circles, self.values, self.gradients = {}, {}, {}, {}, {}
        box = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        at = {"ha": "center", "va": "center", "zorder": 3, "animated": animated}
        slope = {"size": 11, "color": DARK_ORANGE, "bbox": box}
        for edge in EDGES:
            ends = np.array([PLACES[node] for node in edge.split("-")])
            (self.lines[edge],) = ax.plot(*ends.T, zorder=1, animated=animated)
            self.local[edge] = ax.text(*BESIDE.get(edge, ends.mean(axis=0)), "", **slope, **at)
        for node, (x, y) in PLACES.items():
            (self.circles[node],) = ax.plot(x, y, "o", markersize=34, color="white", zorder=2, animated=animated)
            name = {"ha": "center", "size": 11, "color": INK, "bbox": box, "zorder": 1.5}
            ax.text(x + 0.2 * (node == "L"), y + 0.36, NAMES.get(node, node), **name)
            self.values[node] = ax.text(x, y, "", size=12, color=INK, **at)
            *place, side = SIDEWAYS.get(node, (x, y - 0.44, "center"))
            self.gradients[node] = ax.text(*place, "", **slope, **at | {"ha": side})

    def show(self, step):
        color = ORANGE if step.gradients else BLUE
        for edge, line in self.lines.items():
            line.set(**{"color": color, "lw": 4} if edge in step.lit else {"color": PALE, "lw": 1.2})
            self.local[edge].set_text(f"× {factor(step.local[edge], 3)}" if edge in step.local else "")
        for node, circle in self.circles.items():
            circle.set(**{"mec": color, "mew": 3} if node in step.lit else {"mec": INK, "mew": 1.2})
            self.values[node].set_text(number(step.values[node], 3) if node in step.values else "")
            known = node in step.gradients
            self.gradients[node].set_text(f"∂L/∂{node} = {number(step.gradients[node])}" if known else "")
        return self


class BackpropStepper(Explorer):
    """Forward and backward through a graph or a network, whose numbers can be changed at any step.

    `f` and `f_prime`, the activation of the hidden units and its derivative, may be the learner's own. The controls,
    which can be set at the start, are `view`, `step`, `x1` (the graph's x) and `y`; for the graph `w`; for the network
    `x2`, and `change`, which chooses one of its 13 parameters, and `by`, what is added to that one.
    """

    size = 780, 470

    def __init__(self, f=relu, f_prime=relu_prime, **start):
        self.f, self.f_prime = f, f_prime
        self.name = "ReLU" if f is relu else "f"
        super().__init__(**start)

    def controls(self):
        return {
            "view": dropdown("view", [GRAPH, NETWORK]),
            "step": Stepper("step", STEPS),
            "x1": slider("x, or x₁", 2, -4, 4, 0.5),
            "x2": slider("x₂", 1, -4, 4, 0.5),
            "y": slider("target y", 4, -4, 4, 0.5),
            "w": slider("weight w", 3, -4, 4, 0.1),
            "change": dropdown("change", PARAMETERS),
            "by": slider("by", 0, -6, 6, 0.5),
        }

    def draw(self, figure):
        graph, network = (figure.add_axes((0.0, 0.27, 0.68, 0.71), label=view) for view in (GRAPH, NETWORK))
        self.graph = Graph(graph, animated=True)
        units = [f"a{index}" for index in UNITS][:3]
        self.diagram = Diagram(network, [2, 3, 1], ["x₁", "x₂"], ["ŷ"], hidden=[units], animated=True)
        is_animated = Artist.get_animated
        self.parts = {GRAPH: [graph, *graph.findobj(is_animated)], NETWORK: [network, *network.findobj(is_animated)]}
        figure.text(0.72, 0.93, "known so far", size=12, weight="bold")
        self.loss = moving_text(figure, 0.72, 0.87, size=11, color=BLUE)
        self.table = moving_text(figure, 0.72, 0.84, size=11, va="top", linespacing=1.5, color=DARK_ORANGE)
        self.changed = moving_text(figure, 0.72, 0.29, size=11, color=BLUE)
        self.title = moving_text(figure, 0.03, 0.19, size=12, weight="bold")
        self.lines = [moving_text(figure, 0.03, height, size=11.5) for height in (0.12, 0.05)]

    def update(self, view, step, x1, x2, y, w, change, by):
        show_only({view}, self.parts)
        self.changed.set_text("")
        if view == GRAPH:
            remarks, self.steps = [], graph_steps(x1, w, y)
        else:
            remarks, self.steps = self._network(np.array((x1, x2)), y, change, by)
        self.now = now = self.steps[step]
        (self.graph.show if view == GRAPH else self._show_network)(now)
        self.loss.set_text(f"loss L = {number(now.values['L'])}" if "L" in now.values else "")
        self.table.set_text("\n".join(gradient_lines(view, now.gradients)))
        color = DARK_ORANGE if now.gradients else BLUE
        self.title.set(text=f"Step {step} of {STEPS}. {now.title}", color=color)
        for text, line in zip(self.lines, [*now.lines, "", ""], strict=False):
            text.set_text(line)
        return remarks

    def unused(self, view, **others):
        return ("x2", "change", "by") if view == GRAPH else ("w",)

    def _network(self, x, y, change, by):
        """Remarks about the learner's functions, and the steps."""
        theta = PARAMETERS | {change: PARAMETERS[change] + by}
        W1, b1, W2, b2 = np.split([*theta.values()], (6, 9, 12))
        self.W, self.b, self.x = [None, W1.reshape(3, 2), W2[None]], [None, b1[:, None], b2[:, None]], x
        self.changed.set_text(f"chosen: {change} = {number(theta[change])}")
        z = self.W[1] @ x + b1
        a, remarks = call_learner_code("Your function", self.f, z)
        slope, more = call_learner_code("Your derivative", self.f_prime, z)
        return remarks + more, network_steps(x, y, self.W, self.b, z, a, slope, self.name)

    def _show_network(self, step):
        """Activations in the circles, weights on the lines, and below each unit its bias, later its blame δ."""
        a = [step.values.get(f"a{index}", np.nan) for index in UNITS]
        blank = {unit: "" for index, unit in UNITS.items() if f"a{index}" not in step.values}
        blames = {unit: step.gradients.get(f"δ{index}") for index, unit in UNITS.items()}
        notes = {unit: f"δ = {number(blame)}" for unit, blame in blames.items() if blame is not None}
        self.diagram.show([self.x, a[:3], a[3:]], self.W, self.b, step.lit or None, blank, notes, full=4)

    def goals(self, view, step, x1, w, **others):
        cancel = dead = largest = False
        last = self.steps[-1].gradients
        if view == GRAPH:
            cancel = abs(w) > 1e-9 and abs(last["w"]) < 1e-9
        else:
            unit = [*last["dW[1]₁"], last["db[1]₁"], last["dW[2]"][0]]
            dead = last["δ[2]"] != 0 and x1 != 0 and self.W[2][0, 0] != 0 and not np.any(unit)
            rest = [*last["dW[1]₁"], last["dW[1]₂"][1], *last["dW[1]₃"], *last["dW[2]"]]
            largest = abs(last["dW[1]₂"][0]) > np.abs(rest).max()
        for view, task, done in (
            ("graph", "with w not 0, let the two paths cancel, so that ∂L/∂w = 0.", cancel),
            ("network", "hidden unit 1 is dead, all its gradients are 0, and ŷ is still wrong.", dead),
            ("network", "W[1]₂₁, from x₁ to hidden unit 2, has the gradient that is largest in size.", largest),
        ):
            yield f"{view}, last step: {task}", step == STEPS and done

    def caption(self, view, step, **values):
        where = f"{view}, step {step} of {STEPS}. {self.now.title.rstrip('.')}."
        return f"{where} {'; '.join(self.now.lines)}".strip()


def gradient_lines(view, gradients):
    """The gradients that are known, as lines of text; of the network those of its parameters."""
    if view == GRAPH:
        return [f"∂L/∂{node} = {number(slope)}" for node, slope in gradients.items()]
    shown = {name: slope for name, slope in gradients.items() if name.startswith("d")}
    return [f"{name} = {row(slope) if np.ndim(slope) else number(slope)}" for name, slope in shown.items()]


WIDTH, EXAMPLES, DEEPEST = 50, 60, 20
FLOOR, CEILING = 1e-12, 1e12
SCHEMES = {
    "small: N(0, 0.01²)": 0.01,
    "Xavier: N(0, 1/n)": np.sqrt(1 / WIDTH),
    "He: N(0, 2/n)": np.sqrt(2 / WIDTH),
    "large: N(0, 1)": 1.0,
}


class GradientFlow(Explorer):
    """The size of delta[l] by layer on the left, the activations of each layer on the right.

    `functions` maps a name to (f, f_prime), which may be the learner's own. The controls, which can be set at the
    start, are `depth`, `activation`, `init` and `gain`, which multiplies all weights.
    """

    size = 780, 330

    def __init__(self, functions=None, **start):
        names = "sigmoid", "tanh", "relu", "leaky_relu", "gelu"
        self.functions = functions or {name: ACTIVATIONS[name] for name in names}
        rng = np.random.default_rng(5)
        self.X = rng.standard_normal((WIDTH, EXAMPLES))
        self.W = [None, *rng.standard_normal((DEEPEST, WIDTH, WIDTH))]
        self.blame = rng.standard_normal((WIDTH, EXAMPLES)) / EXAMPLES
        super().__init__(**start)

    def controls(self):
        return {
            "depth": slider("layers", 10, 2, DEEPEST, 1),
            "activation": dropdown("activation", self.functions),
            "init": dropdown("initial weights", SCHEMES, "Xavier: N(0, 1/n)"),
            "gain": slider("weights times", 1, -1, 1.3, 0.05, log=True),
        }

    def draw(self, figure):
        self.left, self.right = figure.add_axes((0.11, 0.17, 0.38, 0.68)), figure.add_axes((0.6, 0.17, 0.37, 0.68))
        self.left.set(title="Gradient by layer", ylabel="size of δ[l] / δ[L]", xlabel="layer", yscale="log")
        self.right.set(title="Activations by layer", ylabel="middle 80 % of a[l]", xlabel="layer")
        self.right.set_yscale("symlog", linthresh=1)  # linear from −1 to 1
        self.right.yaxis.set_major_formatter(lambda y, _: tick(y))
        self.right.yaxis.set_minor_locator(NullLocator())
        self.left.axhline(1, color="#BBBBBB", lw=0.8)
        self.left.axhspan(0.01, 100, color="#EEEEEE", zorder=0)
        self.curve = moving(self.left, color=ORANGE, marker="o")
        self.cut = moving(self.left, color=ORANGE, marker="o", ls="", markerfacecolor="white")
        self.bars = moving_segments(self.right, colors=BLUE, linewidths=7)
        self.middle = moving(self.right, color="white", marker="o", ls="", markersize=4)

    def update(self, depth, activation, init, gain):
        L = round(depth)
        self.sizes, A, remarks = self.flow(L, *pair(self.functions[activation]), SCHEMES[init] * gain)
        layers = np.arange(1, L + 1)
        last = self.sizes[-1]
        self.shares = self.sizes / last if last > 0 else np.full(L, np.nan)
        drawn = np.clip(self.shares, FLOOR, CEILING)
        is_cut = np.isfinite(self.shares) & (drawn != self.shares)
        self.curve.set_data(layers, drawn)
        self.cut.set_data(layers[is_cut], drawn[is_cut])
        if is_cut.any():
            remarks = [*remarks, "Hollow points lie beyond 10¹² or below 10⁻¹², and are drawn at that edge."]
        finite = drawn[np.isfinite(drawn)]
        reach = max([6, *np.ceil(np.abs(np.log10(finite)) + 0.3)])
        set_if_changed(self.left, ylim=(10**-reach, 10**reach))
        low, middle, high = np.array([np.quantile(a, (0.1, 0.5, 0.9)) for a in A]).clip(-1e9, 1e9).T
        self.bars.set_segments([[(l, a), (l, b)] for l, a, b in zip(layers, low, high, strict=True)])
        self.middle.set_data(layers, middle)
        ends = np.nan_to_num([low, high])
        limit = next(limit for limit in 10.0 ** np.arange(-1, 12) * 1.2 if limit > np.abs(ends).max() or limit > 1e10)
        decade = round(np.log10(limit / 1.2))
        ticks = [10.0**k for k in sorted({decade, decade // 2, 0})] if decade > 0 else [limit / 2.4, limit / 1.2]
        set_if_changed(self.right, ylim=(-limit, limit), yticks=[*(-t for t in reversed(ticks)), 0, *ticks])
        for ax in (self.left, self.right):
            set_if_changed(ax, xlim=(0.4, L + 0.6), xticks=np.unique(np.linspace(1, L, min(L, 10)).round()).astype(int))
        return remarks

    def flow(self, L, f, f_prime, scale):
        """The size of each delta[l], the activations of each layer, and what is to be said about the functions."""
        A, Z = [self.X], [None]
        for l in range(1, L + 1):
            Z.append(scale * self.W[l] @ A[-1])
            a, remarks = call_learner_code("Your function", f, Z[l])
            A.append(a)
            if remarks:
                return np.full(L, np.nan), [*A[1:], *[a] * (L - l)], remarks
        back, sizes = self.blame, np.full(L, np.nan)
        for l in range(L, 0, -1):
            slope, remarks = call_learner_code("Your derivative", f_prime, Z[l])
            delta = back * slope
            sizes[l - 1] = np.sqrt(np.mean(delta**2))
            if remarks:
                break
            back = scale * self.W[l].T @ delta
        return sizes, A[1:], remarks

    def goals(self, depth, activation, **values):
        first = self.shares[0]
        enough = depth >= 10 and activation == "sigmoid" and 0.01 <= first <= 100
        yield "sigmoid, 10 layers or more: the first layer gets at least 1 % of the last one's gradient.", enough
        level = np.nanmax(self.shares) <= 3 * np.nanmin(self.shares) if np.isfinite(first) else False
        yield "20 layers, all gradients within a factor of 3.", depth == DEEPEST and level
        yield "an explosion: the first layer gets more than 1,000 times the last one's gradient.", first > 1000

    def caption(self, depth, activation, init, gain):
        share = self.shares[0]
        said = f"{share:.2g} times the last one's" if np.isfinite(share) else "no finite number"
        network = f"{activation}, {depth:.0f} layers, weights {init.partition(':')[0]}, times {gain:.2g}"
        return f"{network}: the first layer's gradient is {said}."


def pair(functions):
    return functions if isinstance(functions, tuple | list) and len(functions) == 2 else (functions, None)


def tick(y):
    """A number at the axis of activations: 0.05, −1, 10⁴."""
    if abs(y) < 1000:
        return minus(f"{y:g}")
    power = str(round(np.log10(abs(y)))).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{'−' if y < 0 else ''}10{power}"


SHOWN = ("ratio", "cosine", "second call")  # of a fingerprint, each for layers 1, 2, 3


def fingerprint(backward, m=10, seed=3):
    """What `backward`, a function as of exercise 5.3, makes of m examples in three layers of four sigmoids.

    Beside the nudged gradient, for dW[1], dW[2], dW[3]: the ratio of the sizes, the cosine of the angle between them,
    and the ratio at a second call that follows without a forward pass; three lists of numbers, to two digits.
    """
    network = Network([4, 4, 4, 4], "sigmoid", "softmax", seed=seed, dtype=np.float64)
    rng = np.random.default_rng(seed)
    for theta in network.parameters():
        theta += 0.5 * rng.normal(size=theta.shape)
    A0, Y = rng.normal(size=(4, m)), np.eye(4)[:, rng.integers(4, size=m)]
    network.forward(A0)
    truth = network.backward(Y)[0][1:]  # tests compare it with nudging
    lists = network.W, network.Z, [a.copy() for a in network.A], Y.copy(), ACTIVATIONS["sigmoid"][1]
    first, second = ([np.array(one) for one in backward(*lists)[0][1:]] for _ in range(2))
    size = np.linalg.norm
    ratio, again = ([size(a) / size(n) for a, n in zip(dW, truth, strict=True)] for dW in (first, second))
    cosine = [np.sum(a * n) / (size(a) * size(n)) for a, n in zip(first, truth, strict=True)]
    return tuple([round(float(value), 2) + 0.0 for value in values] for values in (ratio, cosine, again))


BUGGED = {  # a right `backward` with the bug of that name in it, for the table of the lesson
    "right": {},
    "no slope": {" * f_prime(Z[l - 1])": ""},
    "slope at a": {"f_prime(Z[l - 1])": "f_prime(A[l - 1])"},
    "no transpose": {"W[l].T @": "W[l] @"},
    "no mean": {"(A[L] - Y) / m": "A[L] - Y"},
    "mean twice": {"A[l - 1].T": "A[l - 1].T / m", "sum": "mean"},
    "overwrite": {"(A[L] - Y) / m": "np.subtract(A[L], Y, out=A[L]) / m"},
}


def draw_fingerprints(figure, m=10):
    """The fingerprints of a right backward and of six bugs, a row each, as a table on `figure`."""
    rows = []
    for edits in BUGGED.values():
        namespace = {"np": np}
        exec(edited(tasks.backward.solution, edits), namespace)
        rows.append(np.ravel(fingerprint(namespace["backward"], m)))
    ax = figure.add_axes((0.14, 0.03, 0.84, 0.78))
    table = Table(ax, list(BUGGED))
    table.show(np.array(rows))
    return ax


class Table:
    """Fingerprints on `ax`, a row each; what is not 1 is orange, the more the farther."""

    def __init__(self, ax, names, animated=False):
        ax.set(xlim=(-0.5, 8.5), ylim=(len(names) - 0.5, -0.5), yticks=range(len(names)), yticklabels=names)
        ax.set_xticks(range(9), ["dW[1]", "dW[2]", "dW[3]"] * 3)
        ax.tick_params(length=0, labeltop=True, labelbottom=False)
        ax.spines[:].set_visible(False)
        ax.grid(False)
        for k, name in enumerate(SHOWN):
            ax.annotate(name, (3 * k + 1, 1), (0, 26), xycoords=("data", "axes fraction"),
                        textcoords="offset points", ha="center", weight="bold")  # fmt: skip
            if k:
                ax.axvline(3 * k - 0.5, color="white", lw=6, zorder=3)
        self.cells = ax.imshow(
            np.zeros((len(names), 9)), cmap=DOUBT, vmin=0, vmax=1.2, aspect="auto", animated=animated
        )
        at = {"ha": "center", "va": "center", "size": 12, "color": INK, "animated": animated, "zorder": 4}
        self.texts = [[ax.text(i, j, "", **at) for i in range(9)] for j in range(len(names))]

    def show(self, rows):
        with np.errstate(divide="ignore", invalid="ignore"):
            off = np.where(rows > 0, np.abs(np.log10(np.maximum(rows, 1e-3))), 1.2)
            off[:, 3:6] = 1.2 * (1 - rows[:, 3:6])
        self.cells.set_data(off)
        for texts, row in zip(self.texts, rows, strict=True):
            for text, value in zip(texts, row, strict=True):
                text.set_text(minus(f"{value:.2f}".rstrip("0").rstrip(".")))


class Suspects(Explorer):
    """Four functions with a bug each, as a fingerprint only; the code opens once the bug is named.

    The controls, which can be set at the start, are `suspect`, `verdict`, a name of BUGS, and `line`.
    """

    size = 740, 400

    def controls(self):
        letters = [letter for task in tasks.SUSPECTS for letter in task.situations]
        return {
            "suspect": dropdown("suspect", letters),
            "verdict": dropdown("your verdict", ["?", *tasks.BUGS]),
            "line": slider("its line", 1, 1, 14, 1),
        }

    def draw(self, figure):
        self.known = {}
        for task in tasks.SUSPECTS:
            ((letter, situation),) = task.situations.items()
            suspect = getattr(tasks, task.name)
            self.known[letter] = situation, list(task.reasons.values()), fingerprint(suspect, m=7, seed=5)
        self.table = Table(figure.add_axes((0.13, 0.72, 0.85, 0.1)), [""], animated=True)
        self.who = moving_text(figure, 0.11, 0.77, ha="right", va="center", size=13, weight="bold")
        figure.text(0.02, 0.945, "7 examples, three layers of four sigmoids", size=12)
        self.lines = [
            moving_text(figure, 0.04, 0.61 - 0.045 * k, size=11, family="DejaVu Sans Mono") for k in range(14)
        ]

    def update(self, suspect, verdict, line):
        situation, code, found = self.known[suspect]
        self.table.show(np.reshape(found, (1, 9)))
        self.who.set_text(suspect)
        self.named = verdict.replace(" ", "_") in situation.right
        self.last = len(code)
        self.found = self.named and str(round(line)) == situation.reason
        closed = ["", "", "", "The code opens when the bug is named."]
        texts = [f"{k:2}  {text}" for k, text in enumerate(code, 1)] if self.named else closed
        for k, (text, words) in enumerate(zip(self.lines, [*texts, *[""] * 14], strict=False), 1):
            text.set_text(words)
            color = (DARK_GREEN if self.found else DARK_ORANGE) if self.named and k == round(line) else INK
            if text.get_color() != color:
                text.set_color(color)
        if verdict == "?" or self.named:
            return []
        return [f"`{verdict}` it is not: that has another mark, {tasks.BUGS[verdict]}."]

    def unused(self, **values):
        return () if self.named else ("line",)

    def goals(self, suspect, **values):
        yield f"suspect {suspect}: name the bug", self.named
        if self.named:
            yield f"suspect {suspect}: find its line", self.found

    def caption(self, suspect, verdict, line):
        found = "; ".join(f"{name} {', '.join(map(number, row))}" for name, row in
                          zip(SHOWN, self.known[suspect][2], strict=True))  # fmt: skip
        said = f" Line {line:.0f} is chosen." if self.named else ""
        return f"Suspect {suspect}: {found}.{said}"
