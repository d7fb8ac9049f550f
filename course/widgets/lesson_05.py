"""The widgets of lesson 05.

BackpropStepper: forward, then backward, one step at a time, each with its numbers in its formula, and before each a
number to predict. Two views share the controls. "graph" is L = (w x − y)² + w², in which two paths meet at w.
"network 2-3-2" has three hidden units of ReLU (or of the learner's own function), two outputs that are weighted sums,
and L = the sum of (ŷ − y)². Both have 13 steps, as lists of `Step` that `graph_steps` and `network_steps` make of the
numbers; to draw a step is to draw what is known by then, so one can go back and forth without end.

Suspects: four functions with a bug each, of which only a fingerprint is seen until the bug is named. `fingerprint` and
`draw_fingerprints` are for the lesson, too.

GradientFlow: how much gradient reaches each layer, by depth, activation and initial weights. Every layer has WIDTH
units, the examples are random, and so is the gradient that arrives at the last layer. Drawn is the size of delta[l] =
∂L/∂Z[l], the root of its mean square, against that of the last layer. (Not that of dW[l] = delta[l] a[l-1]: with ReLU
and small weights delta shrinks on its way back just as a does on its way forward, and their product hides both.)
"""

import re
from dataclasses import dataclass, field

import numpy as np
from ipywidgets import BoundedFloatText
from matplotlib.artist import Artist
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyArrowPatch
from matplotlib.ticker import NullLocator
from matplotlib.transforms import ScaledTranslation

from course.diagram import Diagram
from course.exercises import lesson_05 as tasks
from course.exercises.grading import edited
from course.text import factor, minus, number
from course.widgets.controls import Stepper, dropdown, slider
from course.widgets.explorer import Explorer, moving, moving_segments, moving_text, set_if_changed, show_only
from course.widgets.learner import call_learner_code
from helpers.colors import BLUE, DARK_GREEN, DARK_ORANGE, ORANGE
from helpers.network import ACTIVATIONS, Network, relu, relu_prime

STEPS = 13
GRAPH, NETWORK = "graph", "network 2-3-2"
INK, PALE = "#222222", "#BBBBBB"
DOUBT = LinearSegmentedColormap.from_list("doubt", ["white", ORANGE])  # of a fingerprint: right, far off
NUMBERS = {  # of the network: an example, its targets, W[1] row by row, b[1], W[2] row by row, b[2]
    "x₁": 2.0, "x₂": 1.0, "y₁": 4.0, "y₂": 3.5,
    "W[1]₁₁": 3.0, "W[1]₁₂": -1.0, "W[1]₂₁": 2.0, "W[1]₂₂": 1.0, "W[1]₃₁": -1.0, "W[1]₃₂": -1.0,
    "b[1]₁": -3.0, "b[1]₂": -2.0, "b[1]₃": 1.0,
    "W[2]₁₁": 2.0, "W[2]₁₂": -1.0, "W[2]₁₃": 3.0, "W[2]₂₁": -1.0, "W[2]₂₂": 2.0, "W[2]₂₃": 1.0,
    "b[2]₁": 1.0, "b[2]₂": 1.0,
}  # fmt: skip
UNITS = {"[1]₁": (1, 0), "[1]₂": (1, 1), "[1]₃": (1, 2), "[2]₁": (2, 0), "[2]₂": (2, 1)}  # where a[1]₁, δ[1]₁, … are
HIDDEN, OUTPUTS = "₁₂₃", "₁₂"


@dataclass
class Step:
    """One step: what it deals with, its formulas with their numbers (two lines at most), and what is known after it.

    `asks` is the first number that it finds, by name: the one that is to be predicted.
    """

    title: str
    lines: tuple[str, ...] = ()
    lit: frozenset = frozenset()
    local: dict = field(default_factory=dict)  # on which edge of the graph stands which local derivative
    values: dict = field(default_factory=dict)
    gradients: dict = field(default_factory=dict)
    asks: str = ""

    def number(self, name):
        return (self.gradients if name[0] in "∂δ" or name.startswith(("dW", "db")) else self.values)[name]


class Story:
    """Collects the steps; each knows what was known before it.

    By default the lit parts are those of the graph that a step deals with: the nodes it computes, and the edges that
    lead to them, or, backward, the edges with a local derivative.
    """

    def __init__(self, **values):
        self.steps = [Step("Given: the inputs and the weights.", values=values)]

    def forward(self, title, *lines, lit=None, **values):
        last, lit = self.steps[-1], lit or {*values, *(edge for edge in EDGES if edge[-1] in values)}
        known = last.values | values
        self.steps.append(
            Step(f"Forward: {title}", lines, frozenset(lit), {}, known, last.gradients, next(iter(values)))
        )

    def backward(self, title, *lines, lit=None, local=None, **gradients):
        last, local = self.steps[-1], local or {}
        known = last.gradients | gradients
        lit = frozenset(lit or {*local, *(name[1:] for name in gradients)})
        asks = next(iter(gradients))
        self.steps.append(Step(f"Backward: {title}", lines, lit, last.local | local, last.values, known, asks))


def graph_steps(x, w, y):
    """The steps through L = q + r, with p = w x, e = p − y, q = e², r = w². Gradients are named ∂p, …"""
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
    story.backward("start at the end", "∂L/∂L = 1", **{"∂L": 1.0})
    for node in "qr":
        formula = f"∂L/∂{node} = upstream · local = ∂L/∂L · 1 = 1 · 1 = 1"
        story.backward(f"a sum hands it on to {node}", formula, local={f"{node}-L": (1, 1)}, **{f"∂{node}": 1.0})
    formula = f"∂L/∂e = ∂L/∂q · 2e = 1 · 2 · {f(e)} = {n(de)}"
    story.backward("through the square", formula, local={"e-q": (1, 2 * e)}, **{"∂e": de})
    formula = f"∂L/∂p = ∂L/∂e · 1 = {n(de)} · 1 = {n(de)}"
    story.backward("through the difference", formula, local={"p-e": (de, 1)}, **{"∂p": de})
    lines = f"∂L/∂y = ∂L/∂e · (−1) = {n(de)} · (−1) = {n(-de)}", f"∂L/∂x = ∂L/∂p · w = {n(de)} · {f(w)} = {n(dx)}"
    local = {"y-e": (de, -1), "x-p": (de, w)}
    story.backward("to the inputs y and x", *lines, local=local, **{"∂y": -de, "∂x": dx})
    formula = f"∂L/∂w = ∂L/∂p · x = {n(de)} · {f(x)} = {n(first)}, so far"
    story.backward("to w on the first path, through p", formula, local={"w-p": (de, x)}, **{"∂w": first})
    total = near_zero(first + second, first)
    lines = f"∂L/∂r · 2w = 1 · 2 · {f(w)} = {n(second)}", f"∂L/∂w = {n(first)} + {f(second)} = {n(total)}"
    story.backward("to w on the second path, through r; add", *lines, local={"w-r": (1, second)}, **{"∂w": total})
    return story.steps


def near_zero(total, part):
    """A sum that only rounding keeps from 0 is 0."""
    return 0.0 if abs(total) < 1e-9 * max(1, abs(part)) else total


def network_steps(x, y, W, b, z, a, slope, name="ReLU"):
    """The steps through a 2-3-2 network for one example x (2,), y (2,); z, a and slope (3,) are of its hidden units."""
    n, f, story = number, factor, Story()
    guess = W[2] @ a + b[2][:, 0]
    d = 2 * (guess - y)
    paths = W[2] * d[:, None]  # (2, 3): what each output sends back to each hidden unit
    back = np.array([near_zero(paths[:, j].sum(), paths[0, j]) for j in range(3)])
    delta = back * slope
    into = [{(0, 0), (0, 1), (1, j), (1, j, 0), (1, j, 1)} for j in range(3)]  # a hidden unit and all it comes from
    ends = {(2, 0), (2, 1)}
    output = {*ends, *((1, j) for j in range(3)), *((2, k, j) for k in range(2) for j in range(3))}
    for j, s in enumerate(HIDDEN):
        lines = (
            f"z[1]{s} = W[1]{s}₁ x₁ + W[1]{s}₂ x₂ + b[1]{s} = {weighted_sum(W[1][j], x, b[1][j, 0])} = {n(z[j])}",
            f"a[1]{s} = {name}(z[1]{s}) = {name}({n(z[j])}) = {n(a[j])}",
        )
        story.forward(f"hidden unit {j + 1}", *lines, lit=into[j], **{f"a[1]{s}": a[j]})
    lines = [f"ŷ{s} = {weighted_sum(W[2][k], a, b[2][k, 0])} = {n(guess[k])}" for k, s in enumerate(OUTPUTS)]
    values = {f"a[2]{s}": guess[k] for k, s in enumerate(OUTPUTS)}
    story.forward("the outputs, weighted sums and nothing else", *lines, lit=output, **values)
    L, (e1, e2) = float(np.sum((guess - y) ** 2)), guess - y
    formula = f"L = (ŷ₁ − y₁)² + (ŷ₂ − y₂)² = {f(e1)}² + {f(e2)}² = {n(L)}"
    story.forward("the loss", formula, lit=ends, L=L)

    lines = [f"δ[2]{s} = 2 (ŷ{s} − y{s}) = 2 · ({n(guess[k])} − {f(y[k])}) = {n(d[k])}" for k, s in enumerate(OUTPUTS)]
    story.backward("the blame of the outputs", *lines, lit=ends, **{f"δ[2]{s}": d[k] for k, s in enumerate(OUTPUTS)})
    lines = [f"dW[2]{s} = δ[2]{s} · a[1] = {n(d[k])} · {row(a)} = {row(d[k] * a)}" for k, s in enumerate(OUTPUTS)]
    gradients = {f"dW[2]{s}{t}": d[k] * a[j] for k, s in enumerate(OUTPUTS) for j, t in enumerate(HIDDEN)}
    gradients |= {f"db[2]{s}": d[k] for k, s in enumerate(OUTPUTS)}
    story.backward("output weights, blame at the end · value at the start", *lines, lit=output, **gradients)
    for j, s in enumerate(HIDDEN):
        lines = (
            f"W[2]₁{s} · δ[2]₁ + W[2]₂{s} · δ[2]₂ = {n(W[2][0, j])} · {f(d[0])} + {f(W[2][1, j])} · {f(d[1])} "
            f"= {n(back[j])}",
            f"δ[1]{s} = {n(back[j])} · {name}′({n(z[j])}) = {n(back[j])} · {f(slope[j])} = {n(delta[j])}",
        )
        lit = {*ends, (1, j), (2, 0, j), (2, 1, j)}
        story.backward(f"two paths meet at hidden unit {j + 1}", *lines, lit=lit, **{f"δ[1]{s}": delta[j]})
    for j, s in enumerate(HIDDEN):
        dW, db = delta[j] * x, n(delta[j])
        lines = f"dW[1]{s} = δ[1]{s} · (x₁, x₂) = {db} · {row(x)} = {row(dW)}", f"db[1]{s} = δ[1]{s} = {db}"
        gradients = {f"dW[1]{s}₁": dW[0], f"dW[1]{s}₂": dW[1], f"db[1]{s}": delta[j]}
        story.backward(f"the weights and the bias of hidden unit {j + 1}", *lines, lit=into[j], **gradients)
    return story.steps


def weighted_sum(w, x, b):
    """ "2·3 + (−1)·2 + 0.5"."""
    weights = [number(w[0]), *map(factor, w[1:])]
    products = [f"{weight}·{factor(value)}" for weight, value in zip(weights, x, strict=True)]
    return " + ".join([*products, factor(b)])


def row(numbers):
    return f"({', '.join(map(number, numbers))})"


SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
TYPESET = (  # from a line of text to mathtext
    (r"∂L/∂(\w)", r"\\frac{\\partial L}{\\partial \1}"),
    (r"(dW|db|[aWbzδ])\[(\d)\]([₁₂₃]*)", lambda m: rf"{m[1]}^{{[{m[2]}]}}_{{{m[3].translate(SUBSCRIPTS)}}}"),
    (r"ŷ", r"\\hat{y}"),
    (r"[₁₂₃]+", lambda m: f"_{{{m[0].translate(SUBSCRIPTS)}}}"),
    (r"(\d)e\+?(−?)0*(\d+)", r"\1\\cdot10^{\2\3}"),
    (r"(ReLU|upstream|local|none|, so far)", r"\\mathrm{\1}"),
    ("δ", r"\\delta "),
    ("·", r"\\cdot "),
    ("²", "^2"),
    ("−", "-"),
    ("′", "'"),
    (", so far", r",\\ so\\ far"),
)


def in_symbols_and_numbers(line):
    """ "p = w · x = 3 · 2 = 6" in two: "p = w · x" and "= 3 · 2 = 6"."""
    parts = line.split(" = ") if line else []
    named = [bool(re.search(r"(?<!\d)e|[wxyzpqrabLWδŷ∂]", re.sub("ReLU|none", "", part))) for part in parts]
    k = next((k for k, is_named in enumerate(named) if not is_named), len(parts))
    return " = ".join(parts[:k]), " ".join(f"= {part}" for part in parts[k:])


def typeset(line):
    """A formula as matplotlib sets it."""
    for old, new in TYPESET:
        line = re.sub(old, new, line)
    return f"${line}$" if line else ""


PLACES = {  # of the graph's nodes
    "x": (0, 2.45), "w": (0, 0.55), "y": (1.15, 3.2), "p": (1.45, 1.5), "e": (2.75, 2.35), "r": (2.75, 0.2),
    "q": (4.1, 2.35), "L": (5.3, 1.3),
}  # fmt: skip
NAMES = {"p": "p = w·x", "e": "e = p − y", "q": "q = e²", "r": "r = w²", "L": "L = q + r"}
EDGES = "x-p", "w-p", "p-e", "y-e", "e-q", "q-L", "w-r", "r-L"
BOX = {"boxstyle": "square,pad=0.12", "facecolor": "white", "edgecolor": "none"}


def arrow(ax):
    """An animated arrow for `point`, on which blame comes back."""
    look = {"arrowstyle": "-|>", "mutation_scale": 22, "lw": 3.5, "color": DARK_ORANGE, "zorder": 1.8}
    return ax.add_patch(FancyArrowPatch((0, 0), (0, 1), shrinkA=0, shrinkB=0, animated=True, visible=False, **look))


def point(arrows, ways):
    """Let an arrow lie on each way, from its right end to its left; the others are not seen."""
    for one, way in zip(arrows, [*ways, *[None] * len(arrows)], strict=False):
        one.set_visible(way is not None)
        if way is not None:
            end, start = np.array(way)
            one.set_positions(start + 0.3 * (end - start), start + 0.75 * (end - start))


class Graph:
    """The computational graph on `ax`: values in the circles, the blame that came on each edge, gradients at nodes."""

    def __init__(self, ax):
        ax.set(xlim=(-0.75, 5.75), ylim=(-0.6, 3.85))
        ax.set_axis_off()
        self.lines, self.came, self.circles, self.values, self.gradients = {}, {}, {}, {}, {}
        at = {"ha": "center", "va": "center", "zorder": 3, "animated": True}
        slope = {"size": 12, "color": DARK_ORANGE, "bbox": BOX}
        for edge in EDGES:
            ends = np.array([PLACES[node] for node in edge.split("-")])
            (self.lines[edge],) = ax.plot(*ends.T, zorder=1, animated=True)
            self.came[edge] = ax.text(*(ends[0] + 0.5 * (ends[1] - ends[0])), "", **slope, **at)
        for node, (x, y) in PLACES.items():
            (self.circles[node],) = ax.plot(x, y, "o", markersize=36, color="white", zorder=2, animated=True)
            name = {"ha": "center", "size": 11, "color": INK, "bbox": BOX, "zorder": 1.5}
            ax.text(x, y + 0.4, NAMES.get(node, node), **name)
            self.values[node] = ax.text(x, y, "", size=13, color=INK, **at)
            self.gradients[node] = ax.text(x, y - 0.57, "", weight="bold", **slope, **at)
        self.arrows = [arrow(ax) for _ in range(2)]

    def show(self, step, asked, mark):
        back = bool(step.gradients)
        for edge, line in self.lines.items():
            came = step.local.get(edge)
            if edge in step.lit:
                line.set(color=ORANGE if back else BLUE, lw=4)
                shown = f"{number(came[0], 3)} · {factor(came[1], 3)}" if came else ""
            else:
                line.set(color=ORANGE if came else PALE, lw=1.2)
                shown = number(came[0] * came[1], 3) if came else ""
            self.came[edge].set_text(shown)
        point(self.arrows, [[PLACES[node] for node in edge.split("-")] for edge in EDGES if edge in step.lit and back])
        for node, circle in self.circles.items():
            circle.set(**{"mec": ORANGE if back else BLUE, "mew": 3} if node in step.lit else {"mec": INK, "mew": 1.2})
            value = number(step.values[node], 3) if node in step.values else ""
            self.values[node].set_text(mark if asked == node else value)
            known = number(step.gradients[f"∂{node}"], 3) if f"∂{node}" in step.gradients else ""
            self.gradients[node].set_text(mark if asked == f"∂{node}" else known)


class BackpropStepper(Explorer):
    """Forward and backward through a graph or a network, whose numbers can be changed at any step.

    `f` and `f_prime`, the activation of the hidden units and its derivative, may be the learner's own. The controls,
    which can be set at the start, are `view`, `step`, `guess`, the prediction of the number at the question mark; for
    the graph `x`, `w`, `y`; for the network `change`, which chooses one of its NUMBERS, and `by`, what is added to it.
    """

    size = 740, 400

    def __init__(self, f=relu, f_prime=relu_prime, **start):
        self.f, self.f_prime = f, f_prime
        self.name = "ReLU" if f is relu else "f"
        super().__init__(**start)

    def controls(self):
        return {
            "view": dropdown("view", [GRAPH, NETWORK]),
            "step": Stepper("step", STEPS),
            "guess": BoundedFloatText(
                0, min=-1e6, max=1e6, description="predict the ?", tooltip="your prediction", layout={"width": "100%"}
            ),
            "x": slider("input x", 2, -4, 4, 0.5),
            "w": slider("weight w", 3, -4, 4, 0.1),
            "y": slider("target y", 4, -4, 4, 0.5),
            "change": dropdown("change", NUMBERS, "b[1]₁"),
            "by": slider("by", 0, -6, 6, 0.5),
        }

    def draw(self, figure):
        graph, network = (
            figure.add_axes((0.0, 0.24, w, 0.75), label=view) for view, w in ((GRAPH, 1), (NETWORK, 0.93))
        )
        self.graph = Graph(graph)
        units = [f"a{index}" for index in UNITS][:3]
        self.diagram = Diagram(network, [2, 3, 2], ["x₁", "x₂"], ["ŷ₁", "ŷ₂"], hidden=[units], animated=True)
        self.slopes = {edge: self._below(network, place) for edge, place in self.diagram.places.items()}
        beside = {"transform": network.transData, "size": 11, "va": "center", "color": BLUE}
        outputs = [self.diagram.xy[2, k] for k in range(2)]
        self.targets = [moving_text(network, x + 0.22, y, **beside) for x, y in outputs]
        self.arrows = [arrow(network) for _ in range(6)]
        is_animated = Artist.get_animated
        self.parts = {GRAPH: [graph, *graph.findobj(is_animated)], NETWORK: [network, *network.findobj(is_animated)]}
        self.title = moving_text(figure, 0.02, 0.2, size=12, weight="bold")
        self.chosen = moving_text(figure, 0.98, 0.03, ha="right", size=11, color=BLUE)
        self.lines = [
            [moving_text(figure, 0.02, height, size=13), moving_text(figure, 0.02, height, size=12.5)]
            for height in (0.115, 0.03)
        ]

    @staticmethod
    def _below(ax, place):
        look = {"ha": "center", "va": "top", "size": 10.5, "weight": "bold", "color": DARK_ORANGE, "bbox": BOX}
        down = ax.transData + ScaledTranslation(0, -7 / 72, ax.figure.dpi_scale_trans)
        return ax.text(*place, "", transform=down, animated=True, zorder=2.6, **look)

    def update(self, view, step, guess, x, w, y, change, by):
        show_only({view}, self.parts)
        self.chosen.set_text("" if view == GRAPH else f"chosen: {change} = {number(NUMBERS[change] + by)}")
        if view == GRAPH:
            remarks, self.steps = [], graph_steps(x, w, y)
        else:
            remarks, self.steps = self._network(change, by)
        self.now, self.next = self.steps[step], self.steps[step + 1] if step < STEPS else None
        asked = self.next.asks if self.next else ""
        self.right = bool(guess and self.next and agrees(guess, self.next.number(asked)))
        mark = f"{number(guess, 3)} ✓" if self.right else f"{number(guess, 3)}?" if guess else "?"  # where it is asked
        if view == GRAPH:
            self.graph.show(self.now, asked, mark)
        else:
            self._show_network(self.now, asked, mark)
        set_color(self.title, DARK_ORANGE if self.now.gradients else BLUE)
        self.title.set_text(f"Step {step} of {STEPS}. {self.now.title}")
        for texts, line in zip(self.lines, [*self.now.lines, "", ""], strict=False):
            self._show_formula(*texts, *in_symbols_and_numbers(line))
        return [*self._said(guess, asked), *remarks]

    def _show_formula(self, symbols, numbers, formula, values):
        """The formula in letters, typeset, which takes long and stays while a slider moves; then that in numbers."""
        if symbols.get_text() != typeset(formula):
            symbols.set_text(typeset(formula))
            right = symbols.get_window_extent(self.canvas.get_renderer()).x1 / self.figure.bbox.width
            numbers.set_x(right + 0.008)
        numbers.set_text(values)

    def _said(self, guess, asked):
        """A sentence about the prediction; 0, as it is at the start, is none."""
        if not guess or not asked:
            return []
        if self.right:
            return [f"Your {number(guess)} is right. Press Next and see."]
        if self.now.asks and agrees(guess, self.now.number(self.now.asks)):
            return [f"You said {number(guess)}, and so it is."]
        return [f"Not {number(guess)}. Look at what the ? depends on, or press Next."]

    def unused(self, view, **others):
        return ("change", "by") if view == GRAPH else ("x", "w", "y")

    def _network(self, change, by):
        """Remarks about the learner's functions, and the steps."""
        theta = NUMBERS | {change: NUMBERS[change] + by}
        self.x, self.y, W1, b1, W2, b2 = np.split([*theta.values()], (2, 4, 10, 13, 19))
        self.W, self.b = [None, W1.reshape(3, 2), W2.reshape(2, 3)], [None, b1[:, None], b2[:, None]]
        z = self.W[1] @ self.x + b1
        a, remarks = call_learner_code("Your function", self.f, z)
        slope, more = call_learner_code("Your derivative", self.f_prime, z)
        return remarks + more, network_steps(self.x, self.y, self.W, self.b, z, a, slope, self.name)

    def _show_network(self, step, asked, mark):
        """Activations in the circles, weights and their gradients on the lines, biases and blame δ below the units."""
        a = [step.values.get(f"a{index}", np.nan) for index in UNITS]
        texts = {
            unit: mark if asked == f"a{index}" else ""
            for index, unit in UNITS.items()
            if f"a{index}" not in step.values
        }
        notes = {}
        for index, (l, i) in UNITS.items():
            found = step.gradients.get(f"δ{index}")
            blame = mark if asked == f"δ{index}" else number(found, 3) if found is not None else ""
            notes[l, i] = f"b = {number(self.b[l][i, 0], 3)}" + f",  δ = {blame}" * bool(blame)
        lit = step.lit or None
        self.diagram.show([self.x, a[:3], a[3:]], self.W, self.b, lit, texts, notes, full=4)
        for (l, j, i), text in self.slopes.items():
            name = f"dW[{l}]{HIDDEN[j]}{HIDDEN[i]}"
            known = number(step.gradients[name], 3) if name in step.gradients else ""
            text.set_text(mark if asked == name else known)
        ways = []
        if step.asks.startswith("δ[1]"):
            edges = [edge for edge in step.lit if len(edge) == 3]
            ways = [(self.diagram.xy[l - 1, i], self.diagram.xy[l, j]) for l, j, i in sorted(edges)]
        point(self.arrows, ways)
        loss = mark if asked == "L" else number(step.values["L"], 3) if "L" in step.values else ""
        for text, y, said in zip(self.targets, self.y, (f"\nL = {loss}" * bool(loss), ""), strict=True):
            text.set_text(f"wanted\n{number(y, 3)}{said}")

    def goals(self, view, step, w, **others):
        yield "predict the number at the ?, then press Next.", self.right
        last, at_end = self.steps[-1], step == STEPS
        cancel = silent = speaks = False
        if view == GRAPH:
            cancel = abs(w) > 1e-9 and last.gradients["∂w"] == 0
        elif last.gradients["δ[1]₁"] == 0 and last.gradients["δ[2]₁"] != 0 and last.gradients["δ[2]₂"] != 0:
            speaks = last.values["a[1]₁"] != 0
            silent = not speaks
        for where, task, done in (
            (GRAPH, "with w not 0, let the two paths cancel: ∂L/∂w = 0.", cancel),
            (NETWORK, "hidden unit 1 is silent, and has no blame, though both outputs are wrong.", silent),
            (NETWORK, "it speaks, both outputs are wrong, and yet its blame is 0.", speaks),
        ):
            yield f"last step: {task}" if view == where else "", at_end and done

    def caption(self, view, step, **values):
        where = f"{view}, step {step} of {STEPS}. {self.now.title.rstrip('.')}."
        return f"{where} {'; '.join(self.now.lines)}".strip()


def agrees(guess, right):
    """Is a prediction right, to the digits that are shown?"""
    return bool(np.isfinite(right)) and abs(guess - right) <= 0.005 * max(1, abs(right))


def set_color(text, color):
    if text.get_color() != color:
        text.set_color(color)


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
            set_if_changed(ax, xlim=(0.4, L + 0.6), xticks=np.unique(np.linspace(1, L, min(L, 7)).round()).astype(int))
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
        ax.set(xlim=(-0.5, 8.5), ylim=(len(names) - 0.5, -0.5))
        ax.set_axis_off()
        up = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "ha": "center"}
        for k, name in enumerate(SHOWN):
            ax.annotate(name, (3 * k + 1, 1), (0, 28), weight="bold", **up)
            if k:
                ax.axvline(3 * k - 0.5, color="white", lw=6, zorder=3)
        for k in range(9):
            ax.annotate(f"dW[{k % 3 + 1}]", (k, 1), (0, 8), size=11, **up)
        for k, name in enumerate(names):
            ax.text(-0.6, k, name, ha="right", va="center")
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
            "line": dropdown("its line", range(1, 15)),
        }

    def draw(self, figure):
        self.known = {}
        for task in tasks.SUSPECTS:
            ((letter, situation),) = task.situations.items()
            suspect = getattr(tasks, task.name)
            self.known[letter] = situation, list(task.reasons.values()), fingerprint(suspect, m=7, seed=5)
        self.table = Table(figure.add_axes((0.13, 0.68, 0.85, 0.1)), [""], animated=True)
        self.who = moving_text(figure, 0.11, 0.73, ha="right", va="center", size=13, weight="bold")
        figure.text(0.02, 0.945, "7 examples, three layers of four sigmoids", size=12)
        self.lines = [
            moving_text(figure, 0.04, 0.58 - 0.045 * k, size=11, family="DejaVu Sans Mono") for k in range(14)
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
            set_color(text, (DARK_GREEN if self.found else DARK_ORANGE) if self.named and k == round(line) else INK)
        if verdict == "?" or self.named:
            return []
        return [f"`{verdict}` it is not: that has another mark, {tasks.BUGS[verdict]}."]

    def unused(self, **values):
        return () if self.named else ("line",)

    def goals(self, suspect, **values):
        for letter in self.known:
            shown = suspect == letter
            yield f"suspect {letter}: name the bug." if shown else "", shown and self.named
            yield f"suspect {letter}: find its line." if shown and self.named else "", shown and self.found

    def caption(self, suspect, verdict, line):
        found = "; ".join(f"{name} {', '.join(map(number, row))}" for name, row in
                          zip(SHOWN, self.known[suspect][2], strict=True))  # fmt: skip
        said = f" Line {line:.0f} is chosen." if self.named else ""
        return f"Suspect {suspect}: {found}.{said}"
