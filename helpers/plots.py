"""How the course shows things: its figure style, and the few drawings that lessons share.

Every function takes all it needs as arguments, draws on the `ax` it is given, and returns it. `use_style()` comes first
in a lesson; after it, plain matplotlib looks like the course.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

# lessons take these from here
from helpers.colors import BLUE, DARK_GREEN, DARK_ORANGE, DARK_PINK, GREEN, ORANGE, PALETTE, STYLE  # noqa: F401

WEIGHTS = LinearSegmentedColormap.from_list("weights", [DARK_ORANGE, "white", BLUE])  # negative, 0, positive


def use_style():
    """Give all figures from here on the look of the course."""
    plt.style.use(STYLE)


def show_digits(images, titles=None, columns=10, size=0.95, cmap="gray_r", limit=None, colors=None):
    """A grid of images (k, 784) or (k, 28, 28) with a short title over each; a new figure, which is returned.

    `limit` fixes the ends of the grey or colour scale at −limit … limit, for weights; otherwise it is 0 … 1.
    """
    images = np.asarray(images).reshape(len(images), 28, 28)
    columns = min(columns, len(images))
    n_rows = -(-len(images) // columns)
    title_height = 0.3 if titles is not None else 0.05  # inches, as the font is
    height = size + title_height
    figure, axes = plt.subplots(n_rows, columns, figsize=(size * columns, height * n_rows), squeeze=False)
    low, high = (0, 1) if limit is None else (-limit, limit)
    for k, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if k < len(images):
            ax.imshow(images[k], cmap=cmap, vmin=low, vmax=high)
            if titles is not None:
                color = "#222222" if colors is None else colors[k]
                ax.set_title(titles[k], fontsize=10, loc="center", pad=3, weight="normal", color=color)
    top = 1 - title_height / (height * n_rows)
    figure.subplots_adjust(left=0, right=1, bottom=0, top=top, wspace=0.12, hspace=title_height / size)
    return figure


def plot_history(ax, history, name, ylabel, scale=1.0):
    """The curves `name` and validation_`name` of a training history against the epoch, labelled at their ends."""
    epochs = [record["epoch"] for record in history]
    for key, color, label in ((name, BLUE, "training"), (f"validation_{name}", ORANGE, "validation")):
        if key in history[0]:
            values = [scale * record[key] for record in history]
            ax.plot(epochs, values, color=color, marker="o", markersize=4, label=label)
    ax.set(xlabel="epoch", ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="lower right" if name == "accuracy" else "upper right")
    return ax


def plot_confusion(ax, confusion):
    """A confusion matrix (k, k): true class down, predicted class across; the diagonal is left pale, so errors show."""
    k = len(confusion)
    errors = confusion * (1 - np.eye(k, dtype=confusion.dtype))
    ax.imshow(errors, cmap="Oranges", vmin=0, vmax=max(1, 1.5 * errors.max()))
    for i in range(k):
        for j in range(k):
            if confusion[i, j]:
                weight, color = ("bold", BLUE) if i == j else ("normal", "#222222")
                ax.text(j, i, confusion[i, j], ha="center", va="center", fontsize=9, weight=weight, color=color)
    ax.set(xlabel="predicted class", ylabel="true class", xticks=range(k), yticks=range(k))
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax
