"""The widgets of lesson 02, moved without a browser: what they draw is read back."""

import numpy as np
import pytest
from moving import lies_at, picture, put, texts, words

from course.text import minus
from course.widgets import ActivationExplorer, SoftmaxTemperature
from course.widgets.lesson_02 import X, spread
from helpers.network import ACTIVATIONS, leaky_relu, leaky_relu_prime, sigmoid, sigmoid_prime

pytestmark = pytest.mark.usefixtures("unpainted")

NAMES = tuple(name for name in ACTIVATIONS if name != "softmax")


@pytest.mark.parametrize("name", NAMES)
def test_curves_tangent_labels_and_words_are_those_of_the_formula(name):
    others = ("tanh", "elu")
    widget = ActivationExplorer(function=name, compare=others, alpha=0.3)
    options = {"leaky_relu": {"slope": 0.3}, "elu": {"alpha": 0.3}}
    for column, (panel, most, step) in enumerate(((widget.left, 10, 1), (widget.right, 2, 0.25))):
        shown = {each: ACTIVATIONS[each][column](X, **options.get(each, {})) for each in {name, *others}}
        assert {each for each, curve in panel.curves.items() if curve.get_visible()} == set(shown)
        low, high = panel.ax.get_ylim()
        for each, y in shown.items():
            curve, (leader, label) = panel.curves[each], panel.labels[each]
            lies_at(curve, X, y)
            assert (curve.get_color(), curve.get_linestyle()) == (leader.get_color(), leader.get_linestyle())
            end = panel.ax.transAxes.inverted().transform(panel.ax.transData.transform((6, y[-1].clip(low, high))))
            assert leader.get_ydata() == pytest.approx([end[1], label.get_position()[1]])
            assert (label.get_text(), label.get_visible(), leader.get_visible()) == (each, True, True)
            look = curve.get_zorder(), curve.get_linewidth(), label.get_fontweight()
            assert look == ((4, 3, "bold") if each == name else (3, 1.8, "normal"))
        assert not any(artist.get_visible() for each in {*NAMES} - {*shown} for artist in panel.labels[each])
        values = np.concatenate([[0, 1], *shown.values()]).clip(-most, most)
        for room in (values.min() - low, high - values.max()):
            assert 0 < room < step + 0.07 * (high - low), "a step, and a margin"
    f, f_prime = ACTIVATIONS[name]
    option, beside = options.get(name, {}), ", ".join(each for each in others if each != name)
    for x in (-6, -2.35, 0, 0.5):
        put(widget, x=x)
        y, slope = f(np.float64(x), **option), f_prime(np.float64(x), **option)
        lies_at(widget.tangent, [x - 1.5, x + 1.5], [y - 1.5 * slope, y + 1.5 * slope], atol=1e-12)
        assert widget.number.get_text() == minus(f"{slope:.3g}")
        at = f"value {minus(f'{y:.3g}')}, slope {minus(f'{slope:.3g}')}"
        assert words(widget) == f"{name} at x = {minus(f'{x:g}')}: {at}. Beside it: {beside}.\n"
        for panel in (widget.left, widget.right):
            assert list(panel.cross.get_xdata()) == pytest.approx([x, x])
            for curve in panel.curves.values():
                assert X[curve.get_markevery()] == pytest.approx(x)


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
    for name in functions:
        for compare in ("numpy", "alpha"):
            put(widget, function=name, compare=(compare,))
            is_used = name in ("slope", "alpha") or compare == "alpha"
            assert (widget.control["alpha"].layout.display is None) == is_used


def test_a_function_alone_gets_a_central_difference_and_the_widget_says_so():
    widget = ActivationExplorer(sigmoid)
    lies_at(widget.right.curves["sigmoid"], X, sigmoid_prime(X), atol=1e-9)
    assert "The slope of sigmoid is a central difference" in words(widget)


def test_a_function_is_asked_once_for_each_alpha_it_takes():
    calls = []

    def f(z, alpha):
        calls.append(alpha)
        return alpha * z

    widget = ActivationExplorer({"f": (f, lambda z: 0 * z)}, alpha=1)
    put(put(widget, x=-3), x=3)
    put(widget, alpha=0.5)
    assert calls == [1, 0.5]


def test_broken_functions_do_not_hide_the_others():
    def fails(z):
        return 1 / 0

    positive = (lambda z: np.where(z > 0, z, np.nan),) * 2
    widget = ActivationExplorer({"mine": fails, "tanh": ACTIVATIONS["tanh"], "half": (np.tanh, fails), "+": positive})
    said = words(put(widget, compare=("tanh", "half"), x=-3))
    assert said.startswith("mine has no value at x = −3. Beside it: tanh, half.\nmine raised ZeroDivisionError")
    assert "slope of mine" not in said
    assert "The derivative of half raised ZeroDivisionError" in said
    assert [panel.curves["half"].get_visible() for panel in (widget.left, widget.right)] == [True, False]
    said = words(put(widget, function="tanh"))
    assert said.startswith("tanh at x = −3: value −0.995, slope 0.00987. Beside it: half.\n")
    assert widget.lit == [True, False]
    assert words(put(widget, function="+", x=-2.35)).startswith("+ has no value at x = −2.35. ")
    assert words(put(widget, x=2)).startswith("+ at x = 2: value 2, slope 2. ")
    assert widget.left.curves["+"].get_visible(), "where it has values"


@pytest.mark.parametrize("given", ["relu", None, [sigmoid], (sigmoid, sigmoid_prime), {"two": (1, 2, 3)}])
def test_odd_arguments(given, painted):
    widget = ActivationExplorer(given)
    assert picture(put(widget, x=2, compare=tuple(widget.functions)))


def test_names_can_be_anything_and_values_enormous():
    functions = dict.fromkeys(["$x_{$", "<b>bold</b>", "功能", "", "a very long name of a function", "`"], sigmoid)
    functions |= dict.fromkeys(map(str, range(20)), sigmoid)  # more than there are colors and dashes
    said = ActivationExplorer(functions, compare=tuple(functions)).words.value
    assert "<b>bold" not in said
    assert "&lt;b&gt;bold" in said
    widget = ActivationExplorer({"huge": (lambda z: 1e307 * z, lambda z: -1e307 * np.abs(z))})
    assert np.abs(widget.left.curves["huge"].get_ydata()).max() == 1e6


@pytest.mark.parametrize("T", [0.1, 7.3, 100])
def test_bars_numbers_and_words_are_those_of_softmax(T):
    widget = SoftmaxTemperature(logits=(1, -2, 6.5, 0.5, 0, 0.2), T=T, z2=-1.5)
    z, names = np.array([1, -1.5, 6.5, 0.5, 0, 0.2]), ["cat", "dog", "fox", "owl", "bee", "class 6"]
    T = widget.values["T"]
    p = np.exp(z / T - np.max(z / T))
    p /= p.sum()
    for bars, heights in ((widget.z_bars, z), (widget.scaled, z / T), (widget.p_bars, p)):
        assert [bar.get_height() for bar in bars] == pytest.approx(heights)
        assert [bar.get_x() + bar.get_width() / 2 for bar in bars] == pytest.approx(range(6))
        assert texts(bars[0].axes.get_xticklabels()) == names
    low, high = widget.z_bars[0].axes.get_ylim()
    assert low < -7 < 7 < high, "all that the sliders allow"
    assert [(control.min, control.max) for control in list(widget.control.values())[1:]] == [(-7, 7)] * 6
    assert texts(widget.p_texts) == [f"{share:.2f}" for share in p]
    np.testing.assert_allclose([text.get_position() for text in widget.p_texts], np.column_stack([range(6), p + 0.02]))
    shares = ", ".join(f"{name} {share:.3f}" for name, share in zip(names, p, strict=True))
    entropy = -sum(share * np.log(share) for share in p if share > 0)
    assert words(widget) == f"At T = {T:.3g}: {shares}. Entropy {entropy:.2f} (0: sure, 1.79: all alike).\n"


def test_what_are_no_probabilities_is_said():
    for mine, said in ((lambda z: z, "no probabilities: the smallest is -1, the sum 2.1"), (np.exp, "the sum 11.")):
        widget = SoftmaxTemperature(softmax=mine)
        assert said in words(widget)
        assert put(widget, T=0.1).lit == [False, False]
