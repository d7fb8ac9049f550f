"""What every lesson promises in a browser; that it runs to its end there is asserted by the fixture `lesson`."""

from pathlib import Path

import pytest
from conftest import ARTIFACTS, ROOT

LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_browser_tests_of_its_own(name):
    tests = Path(__file__).parent / f"test_lesson_{name[:2]}.py"
    assert f'LESSON = "{name}"' in tests.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LESSONS)
def test_without_a_kernel_every_widget_and_figure_is_a_picture(open_notebook, name):
    notebook = open_notebook(name, start_kernel=False)
    shown = [
        cell["id"] for cell in notebook.cells()
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    ]  # fmt: skip
    assert len(shown) >= 5
    for cell_id in shown:
        cell = notebook.cell(cell_id)
        image = cell.locator(".jp-OutputArea-output img").first
        image.wait_for()
        assert image.evaluate("image => image.naturalWidth") > 300
        assert "model not found" not in cell.inner_text()
    notebook.page.screenshot(path=ARTIFACTS / f"{name[:2]}-without-kernel.png")
