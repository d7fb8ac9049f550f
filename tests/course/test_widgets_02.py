"""The widgets of lesson 02, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from moving import picture, put, words

from course.widgets import ActivationExplorer, SoftmaxTemperature
from course.widgets.lesson_02 import X, spread
from helpers.network import ACTIVATIONS, leaky_relu, leaky_relu_prime, sigmoid, sigmoid_prime, softmax

NAMES = tuple(name for name in ACTIVATIONS if name != "softmax")

# --- activations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_curves_tangent_and_number(name):
    widget = ActivationExplorer(function=name, alpha=0.3)
    f, f_prime = ACTIVATIONS[name]
    option = {"leaky_relu": {"slope": 0.3}, "elu": {"alpha": 0.3}}.get(name, {})
    np.testing.assert_array_equal(widget.left.curves[name].get_ydata(), f(X, **option))
    np.testing.assert_array_equal(widget.right.curves[name].get_ydata(), f_prime(X, **option))
    for x in (-6, -2.35, 0, 0.5):
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


def test_the_name_of_the_function_in_focus_alone_is_bold():
    widget = ActivationExplorer(function="elu", compare=("tanh", "elu"))
    weights = {name: widget.left.labels[name][1].get_fontweight() for name in ("elu", "tanh")}
    assert weights == {"elu": "bold", "tanh": "normal"}


def test_labels_keep_clear_of_each_other():
    for heights in ([], [0.5], [1, 1, 1], [0, 0, 0.01, 0.9], [0.5] * 20):
        moved = np.sort(spread(heights))
        assert (np.diff(moved) > min(0.067, 0.9 / max(1, len(heights)))).all()
        assert ((moved > -1e-9) & (moved < 1 + 1e-9)).all()


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


def test_broken_functions_do_not_hide_the_others():
    def fails(z):
        return 1 / 0

    widget = ActivationExplorer({"mine": fails, "tanh": ACTIVATIONS["tanh"], "half": (np.tanh, fails)})
    put(widget, compare=("tanh", "half"), x=-3)
    assert "mine raised ZeroDivisionError" in words(widget)
    assert "The derivative of half raised ZeroDivisionError" in words(widget)
    assert words(widget).startswith("mine has no value at x = −3. Beside it: tanh, half.\n")
    put(widget, function="tanh")
    assert words(widget).startswith("tanh at x = −3: value −0.995, slope 0.00987. Beside it: half.\n")
    assert widget.lit == [True, False]


@pytest.mark.parametrize("given", [3, "relu", None, {}, [], [sigmoid], (sigmoid, sigmoid_prime), {"two": (1, 2, 3)}])
def test_odd_arguments(given):
    widget = ActivationExplorer(given)
    put(widget, x=2, compare=tuple(widget.functions))
    assert picture(widget)


def test_names_can_be_anything_and_values_enormous():
    functions = dict.fromkeys(["$x_{$", "<b>bold</b>", "功能", "", "a very long name of a function", "`"], sigmoid)
    widget = ActivationExplorer(functions, compare=tuple(functions))
    assert "<b>bold" not in widget.words.value
    assert "&lt;b&gt;bold" in widget.words.value
    widget = ActivationExplorer({"huge": (lambda z: 1e307 * z, lambda z: -1e307 * np.abs(z))})
    assert np.abs(widget.left.curves["huge"].get_ydata()).max() == 1e6


# --- softmax ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("T", [0.1, 0.5, 7.3, 100])
def test_the_bars_are_softmax_of_z_over_t(T):
    widget = SoftmaxTemperature(logits=(1, -2, 3, 0.5, 0), T=T, z2=-1.5)
    z = np.array([1, -1.5, 3, 0.5, 0])
    T = widget.values["T"]
    assert [bar.get_height() for bar in widget.z_bars] == pytest.approx(z)
    assert [bar.get_height() for bar in widget.scaled] == pytest.approx(z / T)
    assert [bar.get_height() for bar in widget.p_bars] == pytest.approx(softmax(z / T))
    assert [float(text.get_text()) for text in widget.p_texts] == pytest.approx(softmax(z / T), abs=0.005)


def test_entropy():
    assert words(SoftmaxTemperature(logits=(0, 0, 0, 0))).endswith("Entropy 1.39 (0: sure, 1.39: all alike).\n")
    assert "Entropy 0.00" in words(SoftmaxTemperature(logits=(5, -5), T=0.1))


@pytest.mark.parametrize(
    ("mine", "said"),
    [(lambda z: z, "no probabilities: the smallest is -1, the sum 2.1"), (np.exp, "no probabilities: the smallest is")],
)
def test_what_are_no_probabilities_is_said(mine, said):
    widget = SoftmaxTemperature(softmax=mine)
    assert said in words(widget)
    put(widget, T=0.1)
    assert widget.lit == [False, False]
