"""Makes the pictures of README.md from the course's own networks, data, figures and widgets: `make pictures`.

Nothing in them is drawn by hand: the network of lesson 07 and the playground of lesson 06 are trained, and shown.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from course.widgets import Playground
from helpers.data import load_mnist
from helpers.network import Network
from helpers.plots import DARK_GREEN, DARK_ORANGE, plot_history, use_style
from helpers.training import Momentum, cosine_schedule, train

ASSETS = Path(__file__).parent.parent / "assets"


def show(ax, image, title=None, color="#222222", **scale):
    ax.imshow(image.reshape(28, 28), **scale)
    ax.set_axis_off()
    if title:
        ax.set_title(title, fontsize=11, loc="center", pad=3, weight="normal", color=color)


def mnist_network():
    """Digits with the network's answers, its accuracy while it learned, and the weights of its hidden units."""
    mnist = load_mnist()
    order = np.random.default_rng(0).permutation(len(mnist.X_train))
    validation, rest = np.split(order, [len(order) // 12])
    network = Network([784, 128, 10])
    history = list(
        train(
            network, mnist.X_train[rest], mnist.y_train[rest], 5, optimizer=Momentum(0.1), schedule=cosine_schedule,
            validation=(mnist.X_train[validation], mnist.y_train[validation]),
        )
    )  # fmt: skip
    P = network.predict_proba(mnist.X_test)
    wrong = np.flatnonzero(P.argmax(axis=1) != mnist.y_test)
    accuracy = 1 - len(wrong) / len(P)

    figure = plt.figure(figsize=(13, 4.2), dpi=120)
    left, middle, right = figure.subfigures(1, 3, width_ratios=(1.15, 1.0, 1.0))

    left.suptitle("It reads digits it has never seen", fontsize=13, weight="bold", y=0.98)
    chosen = [*range(12), *wrong[np.argsort(-P[wrong].max(axis=1))][:3]]
    axes = left.subplots(3, 5, gridspec_kw={"hspace": 0.45, "top": 0.83, "bottom": 0.03})
    for ax, i in zip(axes.flat, chosen, strict=True):
        answer, right_answer = P[i].argmax(), P[i].argmax() == mnist.y_test[i]
        title = f"{answer} ✓" if right_answer else f"{answer} ✗ ({mnist.y_test[i]})"
        show(ax, mnist.X_test[i], title, DARK_GREEN if right_answer else DARK_ORANGE, cmap="gray_r", vmin=0, vmax=1)

    ax = middle.subplots(gridspec_kw={"top": 0.83, "bottom": 0.16, "left": 0.2, "right": 0.94})
    plot_history(ax, history, "accuracy", "accuracy (%)", scale=100)
    middle.suptitle(f"{accuracy:.1%} on the test set", fontsize=13, weight="bold", y=0.98)

    right.suptitle("What its hidden units look for", fontsize=13, weight="bold", y=0.98)
    strongest = np.argsort(-np.linalg.norm(network.W[1], axis=1))[:20]
    axes = right.subplots(4, 5, gridspec_kw={"top": 0.86, "bottom": 0.03})
    for ax, unit in zip(axes.flat, strongest, strict=True):
        show(ax, network.W[1][unit], cmap="RdBu", vmin=-0.3, vmax=0.3)
    figure.savefig(ASSETS / "mnist_network.png", dpi=120)
    print(f"{mnist} Test accuracy {accuracy:.2%}. Wrote assets/mnist_network.png.")


def playground():
    """The playground of lesson 06 after a minute of play."""
    widget = Playground("spirals", hidden=(8, 8, 8), activation="relu")
    widget.train(120)
    widget.figure.savefig(ASSETS / "playground.png")
    print(f"{widget.caption()} Wrote assets/playground.png.")


def main():
    plt.switch_backend("Agg")
    use_style()
    mnist_network()
    playground()


if __name__ == "__main__":
    main()
