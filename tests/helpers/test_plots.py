"""The drawings that lessons share show what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.plots import BLUE, ORANGE, plot_confusion, plot_history, show_digits, use_style


@pytest.fixture(autouse=True)
def ax():
    yield plt.figure().add_subplot()
    plt.close("all")


def test_digits_stand_in_rows_under_their_titles_on_one_scale():
    images = np.linspace(0, 1, 3 * 784).reshape(3, 784)
    axes = show_digits(images, titles=["3", "1", "4"], columns=2, colors=[BLUE, ORANGE, BLUE]).axes
    shown = [ax for ax in axes if ax.images]
    assert (len(axes), len(shown)) == (4, 3)
    assert not any(ax.axison for ax in axes)
    for k, ax in enumerate(shown):
        np.testing.assert_array_equal(ax.images[0].get_array(), images[k].reshape(28, 28))
        assert ax.images[0].get_clim() == (0, 1)
    assert [(ax.get_title(), ax.title.get_color()) for ax in shown] == [("3", BLUE), ("1", ORANGE), ("4", BLUE)]
    assert shown[0].get_position().y0 > shown[2].get_position().y1, "the third begins a second row"


def test_weights_have_a_scale_around_0_and_a_row_holds_ten():
    axes = show_digits(np.zeros((11, 28, 28)), limit=0.3).axes
    assert len(axes) == 20
    assert axes[0].images[0].get_clim() == (-0.3, 0.3)


def test_a_history_has_a_curve_for_training_and_one_for_validation(ax):
    history = [{"epoch": 1, "loss": 2.0, "validation_loss": 3.0}, {"epoch": 2, "loss": 1.0, "validation_loss": 2.5}]
    assert plot_history(ax, history, "loss", "the loss", scale=10) is ax
    assert [(line.get_label(), line.get_color(), *line.get_xydata().tolist()) for line in ax.lines] == [
        ("training", BLUE, [1, 20], [2, 10]),
        ("validation", ORANGE, [1, 30], [2, 25]),
    ]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "the loss")
    ax.clear()
    plot_history(ax, [{"epoch": 1, "loss": 2.0}], "loss", "the loss")
    assert [line.get_label() for line in ax.lines] == ["training"]


def test_a_confusion_matrix_colors_the_errors_and_writes_every_count_but_0(ax):
    confusion = np.array([[50, 2, 0], [1, 40, 9], [0, 0, 30]])
    assert plot_confusion(ax, confusion) is ax
    np.testing.assert_array_equal(ax.images[0].get_array(), confusion - np.diag(np.diag(confusion)))
    written = {text.get_position(): text.get_text() for text in ax.texts}  # (predicted, true)
    assert written == {(0, 0): "50", (1, 0): "2", (0, 1): "1", (1, 1): "40", (2, 1): "9", (2, 2): "30"}
    assert {text.get_text() for text in ax.texts if text.get_color() == BLUE} == {"50", "40", "30"}


def test_the_style_of_the_course_is_used():
    with plt.rc_context():
        use_style()
        assert plt.rcParams["axes.prop_cycle"].by_key()["color"][:2] == [BLUE, ORANGE]
