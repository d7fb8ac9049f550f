"""Ten seconds that tell a learner whether the course works on this machine: make smoke

One line a check; the last says that everything works, or what does not and what to do.
"""

import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path


def data_and_training():
    from helpers.data import load_mnist
    from helpers.network import Network
    from helpers.training import Momentum, train

    mnist = load_mnist("sample")
    network = Network([784, 32, 10])
    history = train(network, mnist.X_train, mnist.y_train, epochs=2, optimizer=Momentum(0.1))
    accuracy = network.evaluate(mnist.X_test, mnist.y_test)["accuracy"]
    assert history[1]["loss"] < history[0]["loss"]
    assert accuracy > 0.75, accuracy
    return f"a network read {accuracy:.0%} of {len(mnist.X_test):,} digits it had not seen"


def files():
    from helpers.network import Network
    from helpers.storage import load, save

    with tempfile.TemporaryDirectory() as folder:
        save(Network([2, 3, 2]), Path(folder) / "network.npz")
        assert load(Path(folder) / "network.npz").sizes == [2, 3, 2]
    return "a network was saved and loaded"


def exercises():
    from course.exercises import check
    from helpers.network import leaky_relu

    with contextlib.redirect_stdout(io.StringIO()) as said:
        check("2.3", leaky_relu)
    assert said.getvalue().startswith("Right."), said.getvalue()
    return "an exercise was judged"


def widgets():
    from course.widgets import ActivationExplorer, Playground

    assert bytes(ActivationExplorer().picture.value).startswith(b"\x89PNG")
    playground = Playground()
    playground.train(2)
    return "widgets are drawn"


def notebooks():
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    cell = new_code_cell("import helpers.network, course.widgets\nprint('ready')")
    quiet = ["--log-level=ERROR"]
    NotebookClient(new_notebook(cells=[cell]), timeout=60, kernel_name="python3", extra_arguments=quiet).execute()
    assert [output.get("text") for output in cell.outputs] == ["ready\n"], cell.outputs
    return "a kernel runs cells"


def main():
    os.environ["COURSE_PROGRESS"] = "off"
    os.environ["MPLBACKEND"] = "agg"
    for part in (data_and_training, files, exercises, widgets, notebooks):
        try:
            print(f"{part.__name__.replace('_', ' ')}: {part()}.", flush=True)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            sys.exit(
                f"{part.__name__.replace('_', ' ')}: failed ({reason}). Try `make clean` and `make lab`; see README.md."
            )
    print("Everything works.")


if __name__ == "__main__":
    main()
