"""Draw a digit, watch it being prepared as MNIST's images were, and see at once what a network reads.

    DrawDigit(network, examples=(X_test, y_test))            # both may be left out
    pad.image, pad.probabilities                             # in another cell: what went in last, and what came out

`network` is anything with `predict_proba(X)`, X (N, 784) floats 0 … 1 → (N, 10). Without one, the preparing is shown
and nothing is read. `examples` are test digits to edit, with mouse or keyboard, for the task "fool it"; without them,
those of the sample that comes with the course.

The ink stays in the page: drawing.mjs keeps the strokes and draws them. It sends them as GRID × GRID bytes, at most
every 100 ms, and when a stroke ends; `answer` prepares them, asks the network and says what is to be seen. GRID is 140,
as a digit drawn small keeps too few pixels of a coarser grid to be cropped and scaled. The pen is finer for a small
drawing, as `digits.pen_width` says: of 100 drawings by a second hand, tests/course/second_hand.json, the lesson's
network reads 100, and 90 with a pen of the same width for all. An answer has at most 40 kB.
"""

import copy
from typing import NamedTuple

import numpy as np

from course import digits
from course.results import Case, observe
from course.widgets.canvas import Canvas, as_bytes, assets
from helpers.colors import BLUE, ORANGE
from helpers.data import load_mnist
from helpers.network import Network, one_hot

GRID = 140
PEN = {"part": digits.PEN_OF_DRAWING, "least": digits.FINEST, "most": digits.PEN}  # see digits.pen_width
SECONDS = 1.0  # what the network may take for one image
ROW, CHANGES, SURE = 5, 20, 0.5  # digits in a row; pixels that may be changed; probability of the other digit
SMALL, ASIDE = 0.4, 0.2  # parts of the pad's side: a digit at most so large, or its middle so far from the pad's
DECADES = 12  # how many powers of ten below 1 the bars of the probabilities show
EXAMPLE = [
    [(0.57, 0.62), (0.58, 0.58), (0.62, 0.55), (0.67, 0.54), (0.72, 0.56), (0.75, 0.6), (0.75, 0.65), (0.72, 0.71),
     (0.67, 0.78), (0.57, 0.9), (0.79, 0.9)],
]  # fmt: skip
WELCOME = "Draw a digit with mouse, pen or finger. By keyboard: arrow keys move, Space puts the pen down and lifts it."
UNPREPARED = (
    "Not prepared: your drawing is only made smaller. In MNIST every digit was 20 pixels high or wide, and in the"
    " middle; the network has never seen another."
)
NO_NETWORK = "No network was given, so nothing is read: DrawDigit(network) makes yours read what you draw."


class Picture(NamedTuple):
    """A small picture: `array` (h, w) in the middle of a square `side` pixels wide, with frames drawn on it."""

    title: str
    array: np.ndarray  # bytes, or floats from 0 to 1
    side: int
    frames: tuple = ()  # (left, top, width, height) of each, in pixels of the array
    signed: bool = False  # ½ is 0, more is blue, less is orange


class DrawDigit(Canvas):
    """See above. `draw(strokes)` and `edit(pixels)` do without the page what it asks for; `figure` is the state."""

    _esm, _css = assets("drawing")
    tasks = (
        f"five digits in a row: draw what is asked for, and it reads all {ROW} right",
        f"fool it: change at most {CHANGES} pixels of a test digit so that it is read as another, with 50 % or more",
        "why prepare? A digit that is asked for, small or at the edge, read right only because it is prepared",
    )

    def __init__(self, network=None, examples=None, seed=0):
        self.network, self.seed = network, seed
        if examples is None:
            sample = load_mnist("sample")
            examples = sample.X_test, sample.y_test
        self.X, self.y = _checked(examples)
        super().__init__()
        self.reset()

    # What can be done

    def reset(self):
        """An empty pad, the first test digit, the first digit asked for; the goals are forgotten."""
        rng = np.random.default_rng(self.seed)
        self.order = np.concatenate([rng.permutation(10) for _ in range(10)])
        self.turn = self.row = 0
        self.saved = False  # was a digit, small or at the edge, read right only because it was prepared?
        self._done_before, self.remark = set(), ""
        self.choose(0)
        self.show(np.zeros((GRID, GRID), np.uint8))

    def show(self, ink, prepare=True):
        """Read a drawing (GRID, GRID), prepared as MNIST's digits or not."""
        self.mode, self.ink, self.prepared = "draw", ink, bool(prepare)
        self.remark = "" if ink.any() else self.remark
        self.steps = digits.prepare(ink)
        self._read(self.steps.centered if self.prepared else digits.unprepared(ink), blank=not ink.any())

    def draw(self, strokes, prepare=True):
        """Read strokes, each a list of points (x, y) in 0 … 1 from the pad's top left."""
        self.show(as_bytes(digits.rasterize(strokes, GRID)), prepare)

    def choose(self, index):
        """Put a test digit on the grid, to be edited."""
        self.index = index % len(self.X)
        self.original, self.label = as_bytes(self.X[self.index].reshape(28, 28)), int(self.y[self.index])
        self.edit(self.original)
        self.read_right = self.best == self.label

    def edit(self, pixels):
        """Read the edited test digit, (28, 28) bytes; it goes in as it is, as it has been prepared already."""
        self.mode, self.pixels, self.remark = "edit", pixels, ""
        self.changes = int(np.sum(pixels != self.original))
        self._read(digits.as_image(pixels))

    def count(self):
        """Is the drawing read as the digit asked for? Then the row is longer by one, else it begins again."""
        wanted = self.asked
        if not self.ink.any():
            self.remark = f"Draw {_a(wanted)} first, then press Done."
        elif self.best is None:
            self.remark = "Without a network's answer there is nothing to count."
        elif self.best == wanted:
            self.row, self.turn = self.row + 1, self.turn + 1
            raw = read(self.network, digits.unprepared(self.ink))[0] if self.prepared else None
            lost = raw is not None and int(raw.argmax()) != wanted
            self.saved = lost and is_odd(self.steps.box, GRID)
            self.show(np.zeros_like(self.ink), self.prepared)
            other = f" Unprepared, it would have read {_a(int(raw.argmax()))}." if lost else ""
            self.remark = f"Right, {_a(wanted)}: {self.row} in a row.{other}"
        else:
            self.row = 0
            remark = f"{_a(wanted)} was asked for, and it reads {_a(self.best)}: the row begins again."
            self.remark = remark.capitalize()
        self._look()

    @property
    def asked(self):
        return int(self.order[self.turn % len(self.order)])

    def _read(self, image, blank=False):
        self.image = image
        self.probabilities, self.trouble = (None, "") if blank or self.network is None else read(self.network, image)
        self.best = None if self.probabilities is None else int(self.probabilities.argmax())
        self._look()

    def _look(self):
        """See which goals are met."""
        fooled = self.mode == "edit" and self.best not in (None, self.label) and 0 < self.changes <= CHANGES
        fooled = fooled and self.read_right and self.probabilities[self.best] >= SURE
        self._light(self.row >= ROW, fooled, self.saved)

    # What is said

    def reading(self):
        """What the network says, in a sentence."""
        if self.best is not None:
            how = "It" if self.mode == "edit" or self.prepared else "Unprepared, it"
            return f"{how} reads {_a(self.best)} ({_percent(self.probabilities[self.best])})."
        if self.network is None:
            return NO_NETWORK
        return self.trouble or "Draw a digit."

    def words(self):
        """What there is to say besides."""
        if self.mode == "draw":
            usual = "" if self.prepared else UNPREPARED
            return self.remark or (usual if self.ink.any() else WELCOME)
        text = f"Test digit {self.index + 1:,} of {len(self.X):,}, {_a(self.label)}."
        if self.best is not None and not self.read_right:
            return f"{text} It reads this one wrong without your help, so fooling it does not count: choose another."
        if self.changes == 0:
            return f"{text} Click pixels to change them. By keyboard: arrow keys move, Space paints, Delete erases."
        text += f" {self.changes} of {CHANGES} pixels changed."
        if self.lit[1]:
            return f"{text} You fooled it: to you it is still {_a(self.label)}, is it not?"
        if self.changes > CHANGES:
            return f"{text} That is too many: Undo some, or press Restore."
        return text

    def caption(self):
        """The state in words."""
        if self.mode == "edit":
            return f"{self.words()} {self.reading()}"
        if not self.ink.any():
            text = (
                "A pad to draw a digit on. As an example, a 2 drawn small in a corner: it is cropped, scaled so that "
                "its longer side is 20 pixels, and moved to the middle of 28 × 28, as MNIST's digits were."
            )
            return f"{text} {NO_NETWORK if self.network is None else 'Ten bars show what the network reads.'}"
        return f"A drawing, {'prepared as MNIST does' if self.prepared else 'not prepared'}. {self.reading()}"

    # What the page gets

    def answer(self, message, buffers=()):
        new_digit, counted = False, False
        match message, list(buffers):
            case {"kind": "ink" | "count" as kind, "prepare": bool(prepare)}, [ink] if len(ink) == GRID**2:
                self.show(np.frombuffer(ink, np.uint8).reshape(GRID, GRID), prepare)
                if kind == "count":
                    self.count()
                    counted = not self.ink.any()
            case {"kind": "pixels"}, [pixels] if len(pixels) == 28**2:
                self.edit(np.frombuffer(pixels, np.uint8).reshape(28, 28))
            case {"kind": "digit", "by": -1 | 1 as by}, []:
                new_digit = True
                self.choose(self.index + by)
            case {"kind": "reset"}, []:
                new_digit = True
                self.reset()
            case {"kind": "look"}, []:  # a view opens, with an empty pad
                new_digit = True
                self.show(np.zeros((GRID, GRID), np.uint8))
            case _:
                return None
        content, arrays = self.frame(new_digit)
        return {**content, "counted": counted}, arrays

    def frame(self, new_digit=False):
        """What is to be seen, as (content, buffers); with `new_digit` also the test digit as it was."""
        P = [] if self.probabilities is None else self.probabilities.tolist()
        pictures = self.pictures()
        content = {
            "mode": self.mode, "goals": self.goals(), "reading": self.reading(), "words": self.words(),
            "probabilities": P, "bars": bars(P), "percents": [_percent(p) for p in P], "best": self.best,
            "row": self.row, "asked": f"Draw {_a(self.asked)}", "grid": GRID, "pen": PEN, "new_digit": new_digit,
            "pictures": [picture._replace(array=picture.array.shape)._asdict() for picture in pictures],
        }  # fmt: skip
        arrays = [picture.array for picture in pictures] + [self.original] * new_digit
        return content, [as_bytes(array).tobytes() for array in arrays]

    def pictures(self):
        """From what is drawn, or edited, to what goes in."""
        if self.mode == "edit":
            changed = as_bytes(1.0 * (self.pixels != self.original))
            arrays = {"The test digit": self.original, "Your changes": changed, "As it goes in": self.image}
            blame = blame_of_pixels(self.network, self.image, self.label)
            hint = "∂loss/∂pixel: to fool it, ink blue, clear orange"
            shown = [] if blame is None else [Picture(hint, blame, 28, signed=True)]
            return [Picture(title, array, 28) for title, array in arrays.items()] + shown
        drawn = Picture("1 · Drawn", self.ink, GRID)
        if not self.prepared:
            return [drawn, Picture("2 · Made smaller, 28\u00a0×\u00a028", self.image, 28)]
        (top, bottom, left, right), cropped, scaled, _ = self.steps
        height, width = scaled.shape
        box, size = (), ""
        if scaled.size:
            box, size = ((left, top, right - left, bottom - top),), f" to\n{width}\u00a0×\u00a0{height}"
        middle = digits.MIDDLE + 0.5
        return [
            drawn._replace(frames=box),
            Picture("2 · Cropped", cropped, max(1, *cropped.shape)),
            Picture(f"3 · Scaled{size}", scaled, 28, ((width / 2 - 10, height / 2 - 10, 20, 20),)),
            Picture("4 · Centered", self.image, 28, ((middle, 0, 0, 28), (0, middle, 28, 0))),
        ]

    # Where no kernel runs

    def illustrate(self, figure):
        """The steps as small pictures, and the probabilities as bars; if nothing is drawn yet, an example."""
        from matplotlib.patches import Rectangle

        from helpers.plots import WEIGHTS

        pad = self
        if self.mode == "draw" and not self.ink.any():
            pad = DrawDigit(self.network, (self.X, self.y))
            pad.draw(EXAMPLE, self.prepared)
        for k, (title, picture, side, frames, signed) in enumerate(pad.pictures()):
            ax = figure.add_axes((0.015 + 0.165 * k, 0.27, 0.15, 0.15 * 7.8 / 3.1))
            ax.set_title(title, fontsize=10)
            height, width = picture.shape
            if picture.size:
                colors = WEIGHTS if signed else "gray_r"
                ax.imshow(as_bytes(picture), cmap=colors, vmin=0, vmax=255, extent=(0, width, height, 0))
            x, y = (width - side) / 2, (height - side) / 2
            ax.set(xlim=(x, x + side), ylim=(y + side, y), xticks=[], yticks=[])
            ax.spines[:].set_visible(True)
            for left, top, wide, high in frames:
                ax.add_patch(Rectangle((left, top), wide, high, fill=False, edgecolor=ORANGE, linewidth=1))
        widths = [0] * 10 if pad.probabilities is None else bars(pad.probabilities)
        title = "It reads" if pad.best is not None else "Nothing is read"
        ax = figure.add_axes((0.74, 0.17, 0.24, 0.68), title=title, xlabel="probability", ylabel="digit")
        ax.barh(range(10), widths, color=[BLUE if k == pad.best else "#999999" for k in range(10)])
        powers = [4, 8, 12]
        ax.set(xlim=(0, 1), ylim=(9.6, -0.6), yticks=range(10), xticks=[*(1 - k / DECADES for k in powers), 1])
        ax.set_xticklabels([*(f"$10^{{-{k}}}$" for k in powers), "1"])


def bars(probabilities):
    """Lengths 0 … 1 on a scale of powers of ten: 1 for probability 1, 0 from 10^−DECADES down."""
    return [max(0.0, 1 + float(np.log10(max(p, 1e-300))) / DECADES) for p in probabilities]


def is_odd(box, side):
    """Is a digit in this box (top, bottom, left, right) of a pad small, or at the edge?"""
    top, bottom, left, right = (place / side for place in box)
    aside = max(abs(top + bottom - 1), abs(left + right - 1)) / 2
    return max(bottom - top, right - left) <= SMALL or aside >= ASIDE


def blame_of_pixels(network, image, label):
    """∂loss/∂pixel of an image (28, 28), scaled to 0 … 1 with ½ for 0; None if it is no Network of the course's.

    With one example, db[1] is delta[1], and W[1].T @ delta[1] the gradient of the input.
    """
    if not isinstance(network, Network) or (network.sizes[0], network.sizes[-1]) != (784, 10):
        return None
    twin = copy.copy(network)  # forward keeps Z and A: in the copy
    twin.forward(image.reshape(784, 1).astype(network.dtype))
    _, db = twin.backward(one_hot([label], 10, network.dtype).T)
    blame = (network.W[1].T @ db[1]).reshape(28, 28)
    most = np.abs(blame).max()
    return (0.5 + blame / (2 * most) if most > 0 and np.isfinite(most) else np.full((28, 28), 0.5)).astype(np.float32)


def read(network, image):
    """(probabilities (10,), "") of an image (28, 28); or (None, a sentence) if the network gives none."""
    case, probabilities = Case(X=image.reshape(1, 784).astype(np.float32)), np.zeros((1, 10))
    seen = observe(lambda network, X: network.predict_proba(X), network, case, probabilities, (), SECONDS)
    P = seen.arrays and seen.arrays[""]
    if seen.stopped:
        did = f"took longer than {SECONDS:.0f} s and was stopped"
    elif seen.error:
        did = f"raised {seen.error}: {seen.message}".rstrip(": .")
    elif P is None:
        did = f"gave {seen.form.partition(';')[0]} instead of probabilities"
    elif P.shape != (1, 10):
        did = f"gave shape {P.shape} for one image, not (1, 10): it needs 784 inputs and 10 outputs"
    elif not (P.min() >= 0 and abs(P.sum() - 1) < 1e-3):  # NaN fails both
        did = "gave numbers that are no probabilities: they must be 0 or more, with a sum of 1"
    else:
        return P[0].astype(float), ""
    return None, f"The network's predict_proba {did}."


def _checked(examples):
    """X (N, 784) and y (N,) as they are kept; ValueError if they cannot be test digits."""
    if not isinstance(examples, tuple | list) or len(examples) != 2:
        raise ValueError(f"examples must be a pair (X, y) of test digits; got {type(examples).__name__}.")
    X, y = map(np.asarray, examples)
    if X.ndim != 2 or X.shape[1] != 784 or not len(X) or y.shape != X.shape[:1]:
        raise ValueError(f"examples must be X (N, 784) and y (N,), N at least 1; got shapes {X.shape} and {y.shape}.")
    digits.as_image(X)
    if y.dtype.kind not in "iu" or y.min() < 0 or y.max() > 9:
        raise ValueError(f"the labels y must be whole numbers 0 … 9; got {y.dtype}, from {y.min()} to {y.max()}.")
    return X, y


def _a(digit):
    return f"an {digit}" if digit == 8 else f"a {digit}"


def _percent(p):
    """A probability as people write it; softmax never gives 1, though the computer rounds to it."""
    if p >= 0.995:
        return "> 99 %"
    return f"{100 * p:.0f} %" if p >= 0.005 else f"{100 * p:.1g} %" if p >= 1e-5 else "< 0.001 %"
