"""Widgets and figures are closed after each test; ipywidgets and pyplot would keep them all."""

import ipywidgets
import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def close_widgets():
    yield
    ipywidgets.Widget.close_all()
    plt.close("all")
