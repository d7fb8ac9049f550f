"""The widget of lesson 09, moved without a browser: what it shows is read back."""

import numpy as np
import pytest
from moving import drag, put, words

from course.widgets.lesson_09 import LatentPad, example

pytestmark = pytest.mark.usefixtures("unpainted")

CODES = np.array([[1.0, -30.0], [0.0, 0.0], [-20.0, 5.0]])
LABELS = np.array([3, 8, 3])


def decode(z):
    """Rows of 784: the first pixel tells z1, the last z2."""
    images = np.zeros((len(z), 784))
    images[:, 0], images[:, -1] = z[:, 0] / 100, z[:, 1] / 100
    return images


def read(images):
    """A 3 the more surely, the larger z1 is; else an 8."""
    P = np.zeros((len(images), 10))
    P[:, 3] = np.clip(0.5 + images[:, 0], 0, 1)
    P[:, 8] = 1 - P[:, 3]
    return P


@pytest.fixture
def pad():
    return LatentPad(decode, read, CODES, LABELS)


def test_the_picture_is_that_of_the_point_and_the_bars_are_what_is_read_in_it(pad):
    marks = [marks.get_offsets().tolist() for marks in pad.map.collections]
    assert marks == [CODES[digit == LABELS].tolist() for digit in range(10)]
    for z1, z2 in ((1, -20), (-15, 3)):
        put(pad, z1=z1, z2=z2)
        image = pad.image.get_array()
        assert (image[0, 0], image[-1, -1]) == pytest.approx((z1 / 100, z2 / 100))
        widths = [bar.get_width() for bar in pad.bars]
        assert widths == pytest.approx(read(decode(np.array([[z1, z2]])))[0])
        assert pad.point.get_data() == ([z1], [z2])
        assert f"The point ({z1}, {z2}) is".replace("-", "−") in words(pad)
        assert f"read as {np.argmax(widths)}, with {max(widths):.0%}".replace("%", " %") in words(pad)


def test_it_begins_at_the_3_that_is_read_most_surely_and_the_map_has_room_for_the_codes(pad):
    assert tuple(pad.values.values()) == pytest.approx((1, -30), abs=1)
    for values, (low, high, step) in zip(CODES.T, pad.ends, strict=True):
        assert low < values.min() < values.max() < high < low + 1.3 * np.ptp(values)
        assert 200 <= (high - low) / step <= 2100


def test_a_point_is_far_where_no_code_is_near(pad):
    for place, said in (((0, 0), "near a code"), ((-1, -15), "far from all codes")):
        put(pad, z1=place[0], z2=place[1])
        sides = [high - low for low, high, _ in pad.ends]
        distances = [np.hypot(*((code - place) / sides)) for code in CODES]
        assert pad.nearest == pytest.approx(min(distances), abs=0.01)
        assert said in words(pad)


def test_dragging_the_point_sets_both_codes(pad):
    drag(pad, "point", (-4, -2))
    assert pad.values == pytest.approx({"z1": -4, "z2": -2}, abs=0.2)
    assert pad._places["point"][1:] == (*pad.values.values(),)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"decode": lambda z: z}, "Your decoder returned shape (2,) instead of shape (784,)."),
        ({"decode": lambda z: 1 / 0}, "Your decoder raised ZeroDivisionError"),
        ({"read": None}, "Your network is of type NoneType, not a function."),
        ({"read": lambda X: np.full((len(X), 10), np.nan)}, "Your network returned NaN"),
    ],
)
def test_what_does_not_work_is_told_in_words(broken, said):
    widget = LatentPad(**{"decode": decode, "read": read, "codes": CODES, "labels": LABELS, **broken})
    assert said in words(widget)
    assert not any(widget.lit)


def test_codes_that_are_no_points_are_refused():
    with pytest.raises(ValueError, match=r"LatentPad needs codes \(N, 2\) and labels \(N,\); got shapes \(3, 3\)"):
        LatentPad(decode, read, np.zeros((3, 3)), LABELS)


def test_the_example_shows_each_digit_at_its_code():
    decode, read, codes, labels = example()
    assert np.mean(read(decode(codes[:200])).argmax(axis=1) == labels[:200]) > 0.5
