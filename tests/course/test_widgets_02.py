"""The widgets of the lessons, moved without a browser: every control to its ends, in pairs, and into odd states."""

import os
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.text
import nbformat
import numpy as np
import pytest
from moving import picture, put, words
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.widgets import ActivationExplorer, SoftmaxTemperature
from course.widgets.learner import call_learner_code
from course.widgets.lesson_02 import X, spread
from helpers.network import ACTIVATIONS, leaky_relu, leaky_relu_prime, sigmoid, sigmoid_prime, softmax

ROOT = Path(__file__).resolve().parents[2]
NAMES = tuple(name for name in ACTIVATIONS if name != "softmax")

EXTREMES = {
    ActivationExplorer: {
        "function": ("identity", "sigmoid", "gelu"),
        "compare": ((), ("relu",), NAMES),
        "x": (-6, 1, 6),
        "alpha": (0, 0.25, 1.5),
    },
    SoftmaxTemperature: {"T": (0.1, 1, 100), "z1": (-5, 2, 5), "z2": (-5, 1, 5), "z3": (-5, 0.1, 5), "z4": (-5, -1, 5)},
}


def moves(extremes):
    """(control, value): each control to both ends and back; then, one at a time, through all combinations of ends."""
    for name, (low, default, high) in extremes.items():
        yield from ((name, value) for value in (low, high, default))
    yield from ((name, low) for name, (low, _, _) in extremes.items())
    is_high = dict.fromkeys(extremes, False)
    for step in range(1, 2 ** len(extremes)):
        name = list(extremes)[(step & -step).bit_length() - 1]  # a Gray code: as many moves as combinations
        is_high[name] = not is_high[name]
        yield name, extremes[name][2 if is_high[name] else 0]


@pytest.mark.parametrize("kind", EXTREMES)
def test_every_setting_shows_its_own_picture_and_reset_undoes_it(kind):
    """Any exception or warning fails this test: pyproject.toml makes errors of warnings."""
    widget = kind()
    start, seen = str(widget.values), {str(widget.values): picture(widget)}
    for name, value in moves(EXTREMES[kind]):
        put(widget, **{name: value})
        assert words(widget).count("\n") == 1  # the caption, and nothing to complain about
        assert picture(widget) == seen.setdefault(str(widget.values), picture(widget))
    assert len(set(seen.values())) > 0.7 * len(seen)  # not all: α does not change every function
    widget.reset()
    assert str(widget.values) == start
    assert picture(widget) == seen[start]


@pytest.mark.parametrize("kind", EXTREMES)
def test_the_controls_can_be_set_at_the_start(kind):
    last = {name: values[-1] for name, values in EXTREMES[kind].items()}
    widget, moved = kind(**last), kind()
    put(moved, **last)
    assert picture(widget) == picture(moved)
    widget.control["x" if kind is ActivationExplorer else "T"].value = 0.5
    widget.reset()
    assert widget.values == last


# --- activations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_curves_tangent_and_number(name):
    widget = ActivationExplorer(function=name, alpha=0.3)
    f, f_prime = ACTIVATIONS[name]
    option = {"leaky_relu": {"slope": 0.3}, "elu": {"alpha": 0.3}}.get(name, {})
    np.testing.assert_array_equal(widget.left.curves[name].get_ydata(), f(X, **option))
    np.testing.assert_array_equal(widget.right.curves[name].get_ydata(), f_prime(X, **option))
    for x in (-6, -2.35, 0, 0.5, 6):
        put(widget, x=x)
        (left, right), (low, high) = widget.tangent.get_data()
        slope = f_prime(np.float64(x), **option)
        assert (high - low) / (right - left) == pytest.approx(slope, abs=1e-12)
        assert (left + right) / 2 == pytest.approx(x)
        assert (low + high) / 2 == pytest.approx(f(np.float64(x), **option))
        assert float(widget.number.get_text().replace("−", "-")) == pytest.approx(slope, rel=0.006, abs=1e-12)
        k = widget.right.curves[name].get_markevery()[0]
        assert X[k] == pytest.approx(x)


def test_exactly_the_chosen_functions_are_shown_and_named():
    widget = ActivationExplorer(function="elu", compare=("tanh", "elu"))
    for panel in (widget.left, widget.right):
        assert {name for name, curve in panel.curves.items() if curve.get_visible()} == {"elu", "tanh"}
        assert {name for name, (_, text) in panel.labels.items() if text.get_visible()} == {"elu", "tanh"}
    assert "Beside it: tanh." in words(widget)


def test_labels_keep_clear_of_each_other():
    for heights in ([], [0.5], [1, 1, 1], [0, 0, 0.01, 0.9], [0.5] * 20):
        moved = np.sort(spread(heights))
        assert (np.diff(moved) > min(0.067, 0.9 / max(1, len(heights)))).all()
        assert ((moved > -1e-9) & (moved < 1 + 1e-9)).all()


def test_the_first_lamp_lights_where_the_gradient_is_below_a_hundredth():
    widget = ActivationExplorer(function="sigmoid")
    for x in [*np.arange(-6, 6.1, 0.75), -4.6, -4.55, 4.55, 4.6]:
        put(widget, x=x)
        assert widget.lit[0] == (sigmoid_prime(x) < 0.01), x
    put(widget, function="relu", x=-2)
    assert widget.lit == [False, False]  # zero is not small: the unit is dead


def test_the_second_lamp_lights_where_a_function_falls():
    widget = ActivationExplorer(function="gelu")
    for x in np.arange(-4, 2, 0.25):
        put(widget, x=x)
        assert widget.lit[1] == (ACTIVATIONS["gelu"][1](x) < -0.05), x


def test_alpha_goes_to_the_parameter_named_alpha_or_slope():
    functions = {
        "slope": (leaky_relu, leaky_relu_prime),
        "alpha": lambda z, *, alpha: alpha * z,
        "fixed": lambda z: leaky_relu(z),
        "other": lambda z, width=2: z / width,
        "numpy": np.tanh,
    }
    widget = ActivationExplorer(functions, compare=tuple(functions), alpha=0.5)
    at_minus_6 = {name: curve.get_ydata()[0] for name, curve in widget.left.curves.items()}
    assert at_minus_6 == pytest.approx({"slope": -3, "alpha": -3, "fixed": -0.06, "other": -3, "numpy": -1}, abs=1e-4)


def test_a_function_alone_gets_a_central_difference_and_the_widget_says_so():
    widget = ActivationExplorer(sigmoid)
    np.testing.assert_allclose(widget.right.curves["sigmoid"].get_ydata(), sigmoid_prime(X), atol=1e-9)
    assert "The slope of sigmoid is a central difference" in words(widget)


def test_a_function_is_asked_once_for_each_alpha_it_takes():
    calls = []

    def f(z, alpha):
        calls.append(alpha)
        return alpha * z

    widget = ActivationExplorer({"f": (f, lambda z: 0 * z)}, alpha=1)
    for x in (-3, 0, 3):
        put(widget, x=x)
    put(widget, alpha=0.5)
    assert calls == [1, 0.5]


# --- what a learner may write ----------------------------------------------------------------------------------------


def loud(z):
    print("here", file=sys.stderr)
    print("and here")
    return z


def mutating(z):
    z[z < 0] = 0
    return z


def endless(z):
    while True:
        time.sleep(0.01)


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError


def raises(error):
    def f(z):
        raise error

    return f


NONSENSE = {
    "raised ValueError: no.": raises(ValueError("no")),
    "raised Unprintable": raises(Unprintable()),
    "raised SystemExit": raises(SystemExit(1)),
    "np.where": lambda z: z if z > 0 else 0,
    "functions of math take one number": lambda z: __import__("math").exp(z),
    "raised RecursionError": lambda z: NONSENSE["raised RecursionError"](z),
    "raised TypeError": lambda: 1,
    "took longer than 1 s": endless,
    "returned nothing": lambda z: None,
    "returned text": lambda z: "three",
    "returned a function": lambda z: lambda y: y,
    "returned a generator": lambda z: (yield z),
    "of type complex128": lambda z: z + 1j,
    "of type object": lambda z: np.array([None] * len(z)),
    "returned one number instead of shape (241,)": lambda z: 1.0,
    "returned shape (3,) instead of shape (241,)": lambda z: [1, 2, 3],
    "returned shape (241, 241)": lambda z: np.eye(len(z)),
    "returned NaN for z = 0.": lambda z: np.where(z == 0, np.nan, z),
    "returned NaN for 120 of the 241 numbers, z from −6 to −0.05": lambda z: np.where(z < 0, np.nan, z),
    "returned infinity": lambda z: np.where(z < 0, np.inf, z),
    "warned: divide by zero": lambda z: 1 / (0 * z) * 0 + z,
    "printed: here": loud,
    "changed the array it was given": mutating,
    "of type int, not a function": 3,
    "of type NoneType": None,
}


@pytest.mark.parametrize("expected", NONSENSE)
def test_whatever_the_learner_wrote_there_are_words_and_the_widget_lives(expected, capfd):
    functions = {"mine": NONSENSE[expected], "tanh": ACTIVATIONS["tanh"], "half": (np.tanh, NONSENSE[expected])}
    widget = ActivationExplorer(functions, compare=("tanh", "half"))
    said = words(widget)
    assert expected in said
    assert "mine" in said
    assert ("The derivative of half" in said) == (NONSENSE[expected] is not None)  # None means: none was given
    assert widget.left.curves["tanh"].get_visible()
    assert widget.left.curves["half"].get_visible()
    before = picture(widget)
    put(widget, x=-3)
    assert picture(widget) != before
    put(widget, function="tanh")
    assert words(widget).startswith("tanh at x = −3: value −0.995, slope 0.00987. Beside it: half.\n")
    assert widget.lit == [True, False]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("given", [3, "relu", None, {}, [], [sigmoid], (sigmoid, sigmoid_prime), {"two": (1, 2, 3)}])
def test_odd_arguments(given):
    widget = ActivationExplorer(given)
    put(widget, x=2)
    put(widget, compare=tuple(widget.functions))
    assert picture(widget)


def test_names_can_be_anything():
    functions = dict.fromkeys(["$x_{$", "<b>bold</b>", "功能", "", "a very long name of a function", "`"], sigmoid)
    widget = ActivationExplorer(functions, compare=tuple(functions))
    assert "<b>bold" not in widget.words.value
    assert "&lt;b&gt;bold" in widget.words.value


def test_enormous_values_are_drawn():
    widget = ActivationExplorer({"huge": (lambda z: 1e307 * z, lambda z: -1e307 * np.abs(z))})
    for x in (-6, 0, 6):
        put(widget, x=x)
    assert np.abs(widget.left.curves["huge"].get_ydata()).max() == 1e6


def test_ask_gives_floats_and_leaves_its_argument_alone():
    z = np.array([-1.0, 2.0])
    values, sentences = call_learner_code("`f`", lambda z, k: (z > 0) * k, z, k=2)
    np.testing.assert_array_equal(values, [0.0, 2.0])
    assert values.dtype == float
    assert sentences == []
    values, sentences = call_learner_code("`f`", mutating, z)
    np.testing.assert_array_equal(values, [0.0, 2.0])
    np.testing.assert_array_equal(z, [-1.0, 2.0])
    assert sentences == ["`f` changed the array it was given; let it make a new one."]


# --- softmax ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("T", [0.1, 0.5, 1, 7.3, 100])
def test_the_bars_are_softmax_of_z_over_t(T):
    widget = SoftmaxTemperature(logits=(1, -2, 3, 0.5, 0), T=T, z2=-1.5)
    z = np.array([1, -1.5, 3, 0.5, 0])
    T = widget.values["T"]
    assert [bar.get_height() for bar in widget.z_bars] == pytest.approx(z)
    assert [bar.get_height() for bar in widget.scaled] == pytest.approx(z / T)
    assert [bar.get_height() for bar in widget.p_bars] == pytest.approx(softmax(z / T))
    assert [float(text.get_text()) for text in widget.p_texts] == pytest.approx(softmax(z / T), abs=0.005)


def test_its_lamps():
    widget = SoftmaxTemperature()
    z = np.array([2.0, 1.0, 0.1, -1.0])
    for T in 10 ** np.linspace(-1, 2, 16):
        put(widget, T=T)
        p = softmax(z / widget.values["T"])
        assert widget.lit == [p.max() >= 0.99, np.ptp(p) <= 0.01]
    assert widget.lit == [False, True]
    put(widget, z1=3)
    assert widget.lit == [False, False]  # with T alone
    put(widget, T=0.1)
    assert widget.lit == [False, False]
    put(widget, z1=2)
    assert widget.lit == [True, False]


def test_entropy():
    assert words(SoftmaxTemperature(logits=(0, 0, 0, 0))).endswith("Entropy 1.39 of at most 1.39.\n")
    assert "Entropy 0.00" in words(SoftmaxTemperature(logits=(5, -5), T=0.1))


@pytest.mark.parametrize(
    ("mine", "expected"),
    [
        (lambda z: z, "no probabilities: the smallest is -1, the sum 2.1"),
        (lambda z: np.exp(z), "no probabilities"),
        (lambda z: z[0], "returned one number instead of shape (4,)"),
        (lambda z: z / 0, "returned infinity"),
        (lambda z: 1 / 0, "raised ZeroDivisionError: division by zero."),
        (lambda z: None, "returned nothing"),
        ("softmax", "of type str, not a function"),
    ],
)
def test_a_learners_softmax(mine, expected):
    widget = SoftmaxTemperature(softmax=mine)
    for T in (0.1, 100, 1):
        put(widget, T=T)
    assert expected in words(widget)
    assert widget.lit == [False, False]


def test_a_right_softmax_of_the_learners_passes_without_a_word():
    widget = SoftmaxTemperature(softmax=lambda z: np.exp(z) / np.exp(z).sum())
    assert picture(widget) == picture(SoftmaxTemperature())
    assert words(widget) == words(SoftmaxTemperature())


# --- all of them -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EXTREMES)
def test_text_in_the_picture_can_be_read(kind):
    """Contrast with white of at least 4.5 : 1, and nothing smaller than 10 points."""
    for text in kind().figure.findobj(matplotlib.text.Text):
        channels = np.array(matplotlib.colors.to_rgb(text.get_color()))
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5
        assert text.get_fontsize() >= 10


def test_a_lesson_with_widgets_is_stored_with_pictures_and_passes_strict_nbval(tmp_path):
    path = tmp_path / "01_widgets.ipynb"
    sources = {
        "show-activations": "from course.widgets import ActivationExplorer\n\nActivationExplorer(x=2)",
        "show-softmax": "from course.widgets import SoftmaxTemperature\n\nSoftmaxTemperature(T=0.5)",
    }
    cells = [new_markdown_cell("# Look at widgets", id="title")]
    for name, source in sources.items():
        caption = "*What is to be seen, in words.*"
        cells += [new_code_cell(source, id=name), new_markdown_cell(caption, id=f"{name}-caption")]
    path.write_text(nbformat.writes(new_notebook(cells=cells)), encoding="utf-8")

    def run(*command):
        result = subprocess.run(
            [sys.executable, *command], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120
        )
        assert result.returncode == 0, result.stdout + result.stderr

    run("tools/notebooks.py", "run", str(path))
    outputs = [cell.outputs[0] for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    assert [set(output.data) for output in outputs] == [{"image/png", "text/plain"}] * 2
    assert outputs[0].data["text/plain"] == "sigmoid at x = 2: value 0.881, slope 0.105."
    assert outputs[0].metadata["image/png"]["alt"] == "What is to be seen, in words."
    assert os.path.getsize(path) < 200_000
    options = ["--nbval", "--nbval-current-env", f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}"]
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), "-p", "no:cacheprovider"]
    run("-m", "pytest", *options, *settings, str(path))
