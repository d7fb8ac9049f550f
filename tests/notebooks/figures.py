"""What can be read from the axes of a figure: colors, contrast, titles and labels.

Pictures cannot be compared byte by byte, but their axes can be asked: are the colors those that everybody can tell
apart, is each text dark enough to read (4.5 : 1, WCAG 2.2, 1.4.3), do the axes have labels, and the figure a title?
"""

import numpy as np
from matplotlib import colors
from matplotlib.text import Text

from helpers import plots

PALETTE = {colors.to_hex(color) for color in plots.PALETTE}
CONTRAST = 4.5


def contrast(color, background):
    """The ratio of two colors' relative luminances, 1 … 21 (WCAG 2.2)."""

    def luminance(color):
        rgb = np.array(colors.to_rgb(color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ (0.2126, 0.7152, 0.0722)

    low, high = sorted((luminance(color), luminance(background)))
    return (high + 0.05) / (low + 0.05)


def defects(figure):
    """Sentences about what is wrong with a figure that has been drawn."""
    for ax in figure.axes:
        for kind, color in drawn_colors(ax):
            red, green, blue, alpha = colors.to_rgba(color)
            if alpha > 0 and not red == green == blue and colors.to_hex(color) not in PALETTE:
                yield f"the figure has a {kind} in {colors.to_hex(color)}: take a color of helpers/plots.py"
        if ax.axison and ax.get_visible() and ax.has_data():
            if not (ax.get_title(loc="left") or ax.get_title() or figure.get_suptitle()):
                yield "the figure has axes without a title"
            for name in "xy":
                if not has_label(ax, name, figure):
                    yield f"the figure has axes without a label for {name}: say what it is, and its unit"
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and not (text.axes and text.axes.images):
            background = text.get_bbox_patch().get_facecolor() if text.get_bbox_patch() else figure.get_facecolor()
            ratio = contrast(text.get_color(), background)
            if ratio < CONTRAST:
                words = text.get_text().strip().split("\n")[0][:30]
                yield f"the text “{words}” has a contrast of {ratio:.1f} : 1, less than {CONTRAST} : 1"


def drawn_colors(ax):
    for line in ax.lines:
        if line.get_visible():
            yield "line", line.get_color()
    for patch in ax.patches:
        yield "shape", patch.get_facecolor()
    for collection in ax.collections:
        if collection.get_array() is None:
            for color in [*collection.get_facecolors(), *collection.get_edgecolors()]:
                yield "mark", color


def has_label(ax, name, figure):
    """One of its own, one for the whole figure, or, in a grid, one on the axes at its left or below."""
    if getattr(figure, f"get_sup{name}label")() or not len(getattr(ax, f"get_{name}ticks")()):
        return True
    here, along = ax.get_position(), "y0" if name == "y" else "x0"
    line = [other for other in figure.axes if np.isclose(getattr(other.get_position(), along), getattr(here, along))]
    return any(getattr(other, f"get_{name}label")() for other in line)
