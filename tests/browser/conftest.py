"""One JupyterLab and one Chromium for all browser tests, and a page for each lesson; each page leaves a screenshot."""

import contextlib
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from lab import CURRENT, Notebook, browser, find_chromium, lab_server
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parent.parent.parent
ARTIFACTS = ROOT / "artifacts"


def pytest_collection_modifyitems(items):
    """The browser tests are asked for by `make browser-test`, and only there do they need Chromium."""
    if find_chromium() is None:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="no Chromium or Chrome on this machine"))


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A copy of the course's notebooks and assets, so that a run in the browser changes nothing here."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "assets"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def written(course):
    """written(name, cells) puts a notebook of code cells, {cell id: source}, beside the course's notebooks."""

    def write(name, cells):
        notebook = new_notebook(cells=[new_code_cell(source, id=cell_id) for cell_id, source in cells.items()])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, course / name)

    return write


@pytest.fixture(scope="session")
def address(course):
    with lab_server(course, OMP_NUM_THREADS="1", MNIST_DIR=os.environ.get("MNIST_DIR", "")) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    ARTIFACTS.mkdir(exist_ok=True)
    with playwright.sync_playwright() as engine, browser(engine) as chromium:
        yield chromium


@contextlib.contextmanager
def fresh_page(chromium, name):
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    yield page
    page.screenshot(path=ARTIFACTS / f"{name.replace('/', '_')}.png")
    page.evaluate(f"window.jupyterapp && {CURRENT}?.sessionContext.shutdown()")  # the next one gets a new kernel
    page.close()


@pytest.fixture
def page(chromium, request):
    with fresh_page(chromium, request.node.name) as page:
        yield page


@pytest.fixture(scope="module")
def wide_page(chromium, request):
    """A page for all tests of a module."""
    with fresh_page(chromium, request.module.__name__) as page:
        yield page


@pytest.fixture(scope="module")
def lesson(chromium, address, request):
    """The lesson that is the parameter, run to its end without an error, shared by the module's tests."""
    name = request.param
    with fresh_page(chromium, Path(name).stem) as page:
        notebook = Notebook(page, address, f"notebooks/{name}")
        notebook.run_all(minutes=15)
        assert notebook.errors() == []
        code = [cell for cell in notebook.cells() if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        assert notebook.console == []
        notebook.name = name
        yield notebook
