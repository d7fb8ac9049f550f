"""Lesson 07 in a browser: watch a training and stop it, and draw a digit.

With MNIST_DIR it runs on all of MNIST, else on what load_mnist finds. Screenshots are left in artifacts/.
"""

import re

import pytest
from conftest import ARTIFACTS
from lab import CURRENT

pytestmark = pytest.mark.parametrize("lesson", ["07_mnist_training.ipynb"], indirect=True, scope="module")
LONG = """from helpers.training import train
long = Network([784, 128, 10])
long_history = train(long, X_train, y_train, epochs=200, validation=(X_val, y_val), on_epoch=LivePlot(200))
print(len(long_history), "epochs;", np.isfinite(long.evaluate(X_val, y_val)["loss"]))"""
WATCH = """(index) => {
    const area = document.querySelector(`.jp-Notebook .jp-Cell[data-windowed-list-index='${index}'] .jp-OutputArea`);
    window.seen = [];
    window.looking = true;
    const look = () => {
        const image = area.querySelector('img');
        if (image) window.seen.push([image.offsetHeight, image.offsetWidth, image.complete && image.naturalWidth > 0]);
        if (window.looking) requestAnimationFrame(look);
    };
    look();
}"""


def stop(lesson):
    lesson.page.evaluate(f"{CURRENT}.sessionContext.session.kernel.interrupt()")
    lesson.wait_idle()


def test_a_training_is_one_steady_picture_that_stop_ends(lesson):
    source = "".join(lesson.cells()[lesson.index("train")]["source"])
    cell = lesson.cell("train")
    index = lesson.index("train")
    lesson.page.evaluate(
        f"([index, source]) => {CURRENT}.content.model.cells.get(index).sharedModel.setSource(source)", [index, LONG]
    )
    lesson.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell') }")
    cell.locator("img").first.wait_for()
    lesson.page.evaluate(WATCH, index)
    lesson.page.wait_for_timeout(6000)
    cell.screenshot(path=ARTIFACTS / "07-training.png")
    stop(lesson)
    lesson.page.wait_for_timeout(500)
    seen = lesson.page.evaluate("() => { window.looking = false; return window.seen }")
    cell.screenshot(path=ARTIFACTS / "07-stopped.png")
    text = lesson.text("train")
    assert re.search(r"epoch \d+ of 200 .* stopped; the network keeps epoch \d+, its best", text), text
    assert "epochs; True" in text
    assert lesson.errors() == []
    sizes = {(height, width) for height, width, _ in seen}
    assert len(seen) > 20
    assert len(sizes) == 1, f"the picture changed its size: {sizes}"
    assert sum(not drawn for *_, drawn in seen) <= len(seen) // 20, "the picture was blank while it was redrawn"
    lesson.run_cell("train", source)
    assert "done in" in lesson.text("train")


def test_a_drawing_is_read(lesson):
    cell = lesson.cell("draw")
    pad = cell.locator("canvas").first
    pad.wait_for()
    box = pad.bounding_box()
    mouse = lesson.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y + box["height"] * 0.6, steps=12)
    mouse.up()
    lesson.page.wait_for_timeout(800)
    assert "It reads a 1" in cell.inner_text()
    cell.screenshot(path=ARTIFACTS / "07-draw.png")
    assert lesson.console == []
