"""Widgets and figures are closed after each test; ipywidgets and pyplot would keep them all."""

import gc

import matplotlib.pyplot as plt
import pytest
from ipywidgets.widgets.widget import _instances

from course.widgets import explorer
from course.widgets.explorer import Explorer


def pytest_collection_finish():
    gc.freeze()  # what was imported stays: `collect` need not look at it


@pytest.fixture(autouse=True)
def close_widgets():
    before = set(_instances)
    yield
    plt.close("all")
    made = [_instances[key] for key in set(_instances) - before]
    if made:
        for widget in made:
            widget.close()
        del made, widget
        gc.collect()  # a figure is in a circle of references, with megabytes that Python does not count
        gc.freeze()  # what is left stays for long; the next `collect` need not look at it


@pytest.fixture
def unpainted(request, monkeypatch):
    """Widgets whose artists and words are looked at are not painted: the pixels take two thirds of the time."""
    if "painted" not in request.fixturenames:
        monkeypatch.setattr(Explorer, "_paint", lambda widget: widget.canvas.get_renderer())
        monkeypatch.setattr(explorer, "png", lambda pixels: b"")


@pytest.fixture
def painted():
    """For a test that looks at pixels, in a file of unpainted ones."""
