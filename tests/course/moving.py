"""How tests move a widget without a browser, and read what it then shows."""

import re


def put(widget, **state):
    """Set controls, one after the other."""
    for name, value in state.items():
        widget.control[name].value = value


def picture(widget):
    return bytes(widget.picture.value)


def words(widget):
    """The sentences below the picture, a line each."""
    return re.sub("<[^>]*>", "", widget.words.value.replace("</div>", "\n"))
