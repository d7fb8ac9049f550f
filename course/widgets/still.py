"""What all widgets share: the states of their goals, and what stands for a widget where no kernel runs.

None of it needs matplotlib, which the playground and the drawing pad load only for a still picture.
"""

import base64

from course.png import png

SCALE = 1.4  # pixels of the picture per CSS pixel: nearly as sharp on a fine screen as 2, in two thirds of the time


def states_of_goals(lit, before):
    """For each goal "reached", "before" (it was, but is no longer) or "goal". `before`, a set, gains those now lit."""
    before |= {k for k, done in enumerate(lit) if done}
    return ["reached" if done else "before" if k in before else "goal" for k, done in enumerate(lit)]


def static_view(canvas, size, caption):
    """What stands for a widget where no kernel runs: data and metadata of an output, a picture of `size` and words."""
    picture = base64.b64encode(png(canvas.buffer_rgba(), level=9)).decode()
    width, height = size
    return {"image/png": picture, "text/plain": caption}, {
        "image/png": {"width": width, "height": height, "alt": caption}
    }
