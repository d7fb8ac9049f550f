"""What a figure shows, in lines of text: of each artist that is visible its place, color, width, text and data.

Neither pixels nor fonts, so that it is the same on every system: kept in a file, it shows a reviewer what has changed.
"""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.text import Text


def listing(figure):
    """A line for every visible artist of the figure that has something to show, each axes followed by its own."""
    lines = [f"figure {numbers(figure.get_size_inches())} inches", *contents(figure)]
    for k, ax in enumerate(figure.axes):
        if ax.get_visible():
            lines += [f"axes {k}: {line}" for line in (about_axes(ax), *contents(ax))]
    return lines


def contents(parent):
    """Lines about the artists of a figure or of axes, without ticks and spines, those of a legend or table within."""
    apart = [parent.xaxis, parent.yaxis, *parent.spines.values()] if isinstance(parent, Axes) else parent.axes
    skip = {parent, parent.patch} | {artist for each in apart for artist in each.findobj()}
    for artist in parent.findobj(lambda artist: artist not in skip and artist.get_visible()):
        about = next((about(artist) for kind, about in ABOUT.items() if isinstance(artist, kind)), "")
        if about:
            yield f"{type(artist).__name__} z {artist.get_zorder():g} {about}" + alpha(artist)


def about_axes(ax):
    box = ax.get_position().bounds
    axes = [
        f"{name} {axis.get_label_text()!r} {axis.get_scale()} {numbers(axis.get_view_interval())}{ticks(axis)}"
        for name, axis in (("x", ax.xaxis), ("y", ax.yaxis))
        if axis.get_visible()
    ]
    spines = " ".join(name for name, spine in ax.spines.items() if spine.get_visible())
    shown = f"{'; '.join(axes)}; spines {spines}" if ax.axison else f"bare {numbers(ax.viewLim.bounds)}"
    return f"at {numbers(box)} {shown}"


def ticks(axis):
    """The labels of the ticks, but of a log scale, where each version of matplotlib chooses others."""
    shown = [label.get_text() for label in axis.get_ticklabels() if label.get_visible()]
    return "" if axis.get_scale() == "log" else f" ticks {' '.join(shown)!r}"


def about_text(text):
    look = f"{to_hex(text.get_color())} {text.get_fontsize():g} pt {text.get_weight()} {text.get_ha()} {text.get_va()}"
    turned = f" turned {text.get_rotation():g}" if text.get_rotation() else ""
    return text.get_text() and f"{text.get_text()!r} {look} at {place(text, [text.get_position()])}{turned}"


def about_line(line):
    look = f"{to_hex(line.get_color())} {line.get_linestyle()} {line.get_linewidth():g}"
    marker, edge = line.get_marker(), to_hex(line.get_markeredgecolor())
    face = to_hex(line.get_markerfacecolor(), keep_alpha=True)
    marked = "" if marker in ("None", None, "") else f" marker {marker} {line.get_markersize():g} {face} {edge}"
    return f"{look}{marked} {place(line, line.get_xydata())}"


def about_collection(collection):
    collection.draw(RendererAgg(1, 1, 72))  # makes its colors, and the arrows of a quiver
    colors = (collection.get_facecolor(), collection.get_edgecolor())
    look = " ".join(to_hex(np.mean(color, axis=0), keep_alpha=True) for color in colors if len(color))
    paths = [path.vertices for path in collection.get_paths()]
    values = collection.get_array()
    data = []
    if len(collection.get_offsets()) > 1:
        data.append(f"offsets {place(collection, collection.get_offsets())}")
    if paths:
        data.append(f"{len(paths)} paths {summary(np.vstack(paths))}")
    if hasattr(collection, "get_sizes"):
        data.append(f"sizes {numbers(np.unique(collection.get_sizes())[:4])}")
    if values is not None:
        data.append(f"values {summary(np.ravel(values))} {colors_of(collection)}")
    return f"{look} {numbers(np.unique(collection.get_linewidth()))} {' '.join(data)}"


def colors_of(artist):
    name = artist.get_cmap().name
    return f"{name if name in colormaps else 'own colors'} {numbers(artist.get_clim())}"


def about_patch(patch):
    look = f"{to_hex(patch.get_facecolor(), keep_alpha=True)} {to_hex(patch.get_edgecolor(), keep_alpha=True)}"
    ends = patch._posA_posB if isinstance(patch, FancyArrowPatch) and patch._posA_posB else None
    points = ends if ends is not None else patch.get_patch_transform().transform(patch.get_path().vertices)
    return f"{look} {patch.get_linestyle()} {patch.get_linewidth():g} {place(patch, points)}"


def about_image(image):
    data = np.ma.filled(image.get_array(), np.nan)
    sharp = " nearest" if image.get_interpolation() == "nearest" else ""
    colors = "" if data.ndim == 3 else f" {colors_of(image)}"
    return f"{data.shape}{colors} {summary(data.ravel())} in {numbers(image.get_extent())}{sharp}"


ABOUT = {Text: about_text, Line2D: about_line, Collection: about_collection, Patch: about_patch, AxesImage: about_image}


def alpha(artist):
    return "" if artist.get_alpha() is None else f" alpha {numbers(np.ravel(artist.get_alpha())[:4])}"


def place(artist, points):
    """The points, or if they are many what is said of them, and what they are measured in."""
    ax, transform = artist.axes, artist.get_transform()
    known = [(artist.figure.transFigure, " of the figure")]
    if ax is not None:
        known += [(ax.transData, ""), (ax.transAxes, " of the axes"), (ax.get_xaxis_transform(), " x, y of the axes")]
        known += [(ax.get_yaxis_transform(), " x of the axes, y")]
    unit = next((name for each, name in known if each == transform), " of its own")
    points = np.asarray(points, dtype=float).reshape(-1, 2)
    return (numbers(points.ravel()) if len(points) <= 4 else summary(points)) + unit


def summary(data):
    """How many values, or points; of each column the mean, the least, the greatest, the first and the last."""
    data = np.asarray(data, dtype=float)
    kept = data[np.isfinite(data).reshape(len(data), -1).all(axis=1)].reshape(-1, *data.shape[1:])
    if not len(kept):
        return f"{len(data)} values"
    about = np.stack([kept.mean(axis=0), kept.min(axis=0), kept.max(axis=0), kept[0], kept[-1]])
    return f"{len(data)} of mean, range, ends {' | '.join(numbers(row) for row in np.atleast_2d(about.T))}"


def numbers(values):
    return " ".join(f"{round(float(value), 12):.4g}" for value in np.ravel(values))
