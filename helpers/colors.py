"""The colors of the course and its figure style, for what draws with matplotlib and for what draws without it.

helpers.plots has those that lessons use. They stand here so that exercises, playground and drawing pad, which need no
figure, start in a browser without loading matplotlib.
"""

from pathlib import Path

STYLE = Path(__file__).parent / "assets" / "course.mplstyle"

# Okabe & Ito (2008): colours that people with any colour vision can tell apart …
BLUE, ORANGE, GREEN, PINK, SKY, AMBER, BLACK = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000",
)  # fmt: skip
# … and darker ones of three of them, for text, which needs more contrast than a line.
DARK_ORANGE, DARK_GREEN, DARK_PINK = "#B34700", "#007A5A", "#A34A7F"
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, AMBER, BLACK, DARK_ORANGE, DARK_GREEN, DARK_PINK)  # and all greys
