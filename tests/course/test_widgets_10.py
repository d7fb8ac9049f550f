"""The widget of lesson 10, moved without a browser, with PyTorch and without."""

import numpy as np
import pytest
from moving import drag, put, words

from course.text import decimal
from course.widgets import lesson_10
from course.widgets.lesson_10 import LABELS, TwoNetworks, W, X

pytestmark = pytest.mark.usefixtures("unpainted")


@pytest.fixture(params=[False, True], ids=["in rows", "PyTorch"])
def widget(request, monkeypatch):
    if request.param:
        pytest.importorskip("torch")  # here: it costs a process that needs none of it 190 MB
    monkeypatch.setattr(lesson_10, "torch_works", lambda: request.param)
    return TwoNetworks()


def loss(weights):
    """By a loop over the examples, with the formulas of lessons 03 and 04."""
    losses = []
    for x, label in zip(X, LABELS, strict=True):
        a = np.maximum(weights[1] @ x + lesson_10.B[1][:, 0], 0)
        z = weights[2] @ a + lesson_10.B[2][:, 0]
        losses.append(np.log(np.exp(z).sum()) - z[label])
    return np.mean(losses)


@pytest.mark.parametrize(("weight", "w"), [("W[1]₁₁", 1.35), ("W[1]₃₂", -0.7), ("W[2]₂₁", 2.2)])
def test_both_have_the_loss_and_the_slope_that_differences_give(widget, weight, w):
    put(widget, weight=weight, w=w)
    low, high = (loss(widget.weights(weight, w + nudge)) for nudge in (-1e-6, 1e-6))
    assert widget.loss == pytest.approx(loss(widget.weights(weight, w)))
    assert widget.g == pytest.approx((high - low) / 2e-6, abs=1e-6)
    their_loss, outputs, gradients = widget.theirs(widget.weights(weight, w))
    layer, i, j = lesson_10.WEIGHTS_BY_NAME[weight]
    assert their_loss == pytest.approx(widget.loss)
    assert gradients[layer][i, j] == pytest.approx(widget.g)
    assert outputs.sum(axis=1) == pytest.approx(np.ones(len(X)))
    assert "Both networks agree" in words(widget)


def test_curve_dots_and_tables_show_both(widget):
    put(widget, weight="W[2]₁₂", w=-1.5)
    values, losses = widget.curve.get_data()
    assert losses == pytest.approx([loss(widget.weights("W[2]₁₂", at)) for at in values])
    places, dots = widget.dots.get_data()
    assert dots == pytest.approx([loss(widget.weights("W[2]₁₂", at)) for at in places])
    loss_there, outputs, gradients = lesson_10.in_rows(widget.weights("W[2]₁₂", -1.5))
    for name, array in {"yours": outputs.T, "theirs": outputs, "dW": gradients[1], "grad": gradients[1]}.items():
        assert np.asarray(widget.tables[name].get_array()) == pytest.approx(array)
    slope = gradients[2][0, 1]
    for line in (widget.slope, widget.their_slope):
        x, y = line.get_data()
        assert x.mean() == pytest.approx(-1.5)
        assert y == pytest.approx(loss_there + slope * (x + 1.5))
    assert np.ravel(widget.point.get_data()) == pytest.approx((-1.5, loss_there))
    assert f"W[2]₁₂ = −1.5: loss {decimal(loss_there, 3)}, slope {decimal(slope, 3)}." in words(widget)
    assert values[[0, -1]].tolist() == places[[0, -1]].tolist() == [-3, 3]


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_networks_that_differ_are_not_said_to_agree(widget, monkeypatch, k):
    theirs = widget.theirs

    def wrong(weights):
        """The loss, the outputs or the gradient of a layer is a little off."""
        loss, outputs, (_, first, second) = theirs(weights)
        loss, outputs, first, second = (part + 1e-6 * (i == k) for i, part in enumerate((loss, outputs, first, second)))
        return loss, outputs, [None, first, second]

    monkeypatch.setattr(widget, "theirs", wrong)
    put(widget, w=0.5)
    assert "Both networks differ" in words(widget)


def test_dragging_the_point_moves_the_weight_and_no_other(widget):
    put(widget, weight="W[1]₂₁")
    drag(widget, "point", (-1.2, 1.0))
    assert widget.values["w"] == pytest.approx(-1.2)
    moved = widget.weights(*widget.values.values())
    assert [(l, i, j) for l in (1, 2) for i, j in np.argwhere(moved[l] != W[l])] == [(1, 1, 0)]
    assert moved[1][1, 0] == pytest.approx(-1.2)
