"""Digits drawn by hand: second_hand.json has 100 on a pad of 280 pixels, ten ways for each digit.

A third are tiny, two thirds off center. They were made by one who had not seen any test. With a pen of 22 pixels for
all, seven were blots that nobody could read, and 88 of the other 93 were read by the network of all MNIST.
"""

import json
from pathlib import Path

import numpy as np

SECOND_HAND = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
USUAL, TINY, LARGE = 0, 1, 2  # three of the ten ways


def write(digit, way=USUAL):
    """Strokes, each an array (n, 2), in 0 … 1."""
    return [np.array(stroke) / 280 for stroke in SECOND_HAND[10 * digit + way]["strokes"]]
