"""Widgets and figures are closed after each test; ipywidgets and pyplot would keep them all."""

import gc

import ipywidgets
import matplotlib.pyplot as plt
import pytest
from ipywidgets.widgets.widget import _instances


def pytest_collection_finish():
    gc.freeze()  # what was imported stays: `collect` need not look at it


@pytest.fixture(autouse=True)
def close_widgets():
    yield
    plt.close("all")
    if _instances:
        ipywidgets.Widget.close_all()
        gc.collect()  # a figure is in a circle of references, with megabytes that Python does not count
