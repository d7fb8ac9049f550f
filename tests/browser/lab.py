"""A real JupyterLab in a real (headless) Chromium, driven from Python: what the browser tests stand on.

`lab_server(folder)` serves a folder; `Notebook` opens one notebook there, runs it, and reads what a learner would see.
Chromium is the system's (`apt-get install chromium`, or Chrome), not a download of Playwright's.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SETTINGS = Path(__file__).parent.parent.parent / "tools" / "jupyter"  # as `make lab` starts it

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium():
    """The path of an installed Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextlib.contextmanager
def lab_server(folder, options=(), **environment):
    """Serve `folder` with JupyterLab, with more `options` if given, on a free port here; yields the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:  # settings and workspaces of the person at the machine stay untouched
        env = {**os.environ, "JUPYTER_CONFIG_DIR": home, "JUPYTER_DATA_DIR": home, "IPYTHONDIR": home}
        env |= {"JUPYTER_CONFIG_PATH": str(SETTINGS), **environment}
        env.update({f"JUPYTERLAB_{name}_DIR": f"{home}/{name}" for name in ("SETTINGS", "WORKSPACES")})
        ours = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token="]
        command = [sys.executable, "-m", "jupyterlab", *ours, "--LabApp.expose_app_in_browser=True", *options]
        with open(Path(home, "server.log"), "w+") as log:
            server = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
            try:
                address = f"http://127.0.0.1:{port}"
                _wait_for(address, server, log)
                yield address
            finally:
                server.terminate()
                try:
                    server.wait(20)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()


def _wait_for(address, server, log, seconds=60):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(seconds * 5):
        with contextlib.suppress(OSError):
            opener.open(f"{address}/api/status", timeout=2).close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.2)
    log.seek(0)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read()[-3000:]}")


@contextlib.contextmanager
def browser(playwright):
    """Chromium with a fresh profile."""
    chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
    try:
        yield chromium
    finally:
        chromium.close()


CURRENT = "window.jupyterapp.shell.currentWidget"


class Notebook:
    """One notebook, opened in JupyterLab. `console` collects what the page wrote there as an error."""

    def __init__(self, page, address, name, start_kernel=True):
        self.page = page
        self.console = []
        page.on("console", lambda message: message.type == "error" and self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.goto(f"{address}/lab/tree/{name}?reset")
        page.wait_for_function(f"window.jupyterapp && {CURRENT}?.context?.isReady", timeout=60_000)
        page.evaluate("window.jupyterapp.commands.execute('application:set-mode', {mode: 'single-document'})")
        if start_kernel:
            page.evaluate(f"{CURRENT}.sessionContext.ready")
            page.wait_for_function(f"{CURRENT}.sessionContext.session?.kernel?.connectionStatus === 'connected'")

    def run_all(self, minutes=3):
        """Run every cell and wait until the kernel is idle again."""
        run_all = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
        self.page.evaluate(f"() => {{ window.ranAll = false; {run_all}.then(() => {{ window.ranAll = true }}) }}")
        self.page.wait_for_function("window.ranAll === true", timeout=minutes * 60_000)
        self.wait_idle()

    def wait_idle(self):
        self.page.wait_for_function(f"{CURRENT}.sessionContext.session.kernel.status === 'idle'")

    def cells(self):
        """The model's cells as they are now: dicts as in the file, outputs included."""
        return self.page.evaluate(f"{CURRENT}.content.model.toJSON().cells")

    def errors(self):
        """(cell id, error name, message) of every stored error output."""
        return [
            (cell["id"], output["ename"], output["evalue"])
            for cell in self.cells()
            for output in cell.get("outputs", [])
            if output["output_type"] == "error"
        ]

    def cell(self, cell_id):
        """The DOM node of a cell, scrolled into view (Lab attaches only the cells near the window)."""
        index = self.index(cell_id)
        self.page.evaluate(
            f"async (index) => {{ const notebook = {CURRENT}.content;"
            "await notebook.scrollToItem(index, 'center'); notebook.activeCellIndex = index; }",
            index,
        )
        node = self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{index}']").first
        node.wait_for(state="attached")
        return node

    def index(self, cell_id):
        return [cell["id"] for cell in self.cells()].index(cell_id)

    def set_source(self, cell_id, source):
        set_source = f"{CURRENT}.content.model.cells.get(index).sharedModel.setSource(source)"
        self.page.evaluate(f"([index, source]) => {set_source}", [self.index(cell_id), source])

    def run_cell(self, cell_id, source=None):
        """Run one cell, with a new source if one is given, and wait for the kernel; returns what it shows as text."""
        if source is not None:
            self.set_source(cell_id, source)
        self.cell(cell_id)
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
        self.wait_idle()
        return self.text(cell_id)

    def text(self, cell_id):
        """The plain text of a cell's outputs."""
        outputs = self.cells()[self.index(cell_id)]["outputs"]
        parts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
        return "\n".join("".join(part) for part in parts)

    def save(self):
        self.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
        self.page.wait_for_timeout(500)

    def use_theme(self, name):
        """ "JupyterLab Light" or "JupyterLab Dark"."""
        self.page.evaluate(f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: '{name}'}})")
        self.page.wait_for_function(f"document.body.dataset.jpThemeName === '{name}'")


def picture(cell):
    """What the widget's image in a cell shows: its address, which changes with every new picture."""
    return cell.locator(".jp-OutputArea-output img").first.get_attribute("src")


def settle(page):
    """Wait until the kernel has answered all that the page sent, and the page shows it.

    A widget holds a control's next value back until the last one is answered; so ask until nothing is new.
    """
    answered = f"await {CURRENT}.sessionContext.session.kernel.requestKernelInfo()"
    look = "[...document.querySelectorAll('.explorer')].map((one) => one.innerHTML).join()"
    before = None
    for _ in range(100):
        page.wait_for_timeout(100)
        shown = page.evaluate(f"async () => {{ {answered}; return {look}; }}")
        if shown == before:
            break
        before = shown
    page.wait_for_timeout(150)


def values(shown):
    """What a widget's sliders say."""
    return [float(text.replace("−", "-")) for text in shown.locator(".widget-readout:visible").all_inner_texts()]


def place(shown, x=0.5, y=0.5):
    """A place on the screen, in fractions of what is shown there; its middle."""
    box = shown.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page, *places, steps=10):
    """With the mouse, from each place to the next."""
    page.mouse.move(*places[0])
    page.mouse.down()
    for at in places[1:]:
        page.mouse.move(*at, steps=steps)
    page.mouse.up()


class Finger:
    """One finger on the screen: what Chromium does with it, it also does to a real one, such as scroll."""

    def __init__(self, page):
        self.page, self.wire = page, page.context.new_cdp_session(page)

    def drag(self, places):
        self._send("touchStart", places[0])
        for at in places[1:]:
            self._send("touchMove", at)
            self.page.wait_for_timeout(30)
        self._send("touchEnd")

    def _send(self, kind, *places):
        points = [{"x": float(x), "y": float(y)} for x, y in places]
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def press(handle, key, times=1):
    """Press a key on a control, and let the kernel answer."""
    handle.focus()
    for _ in range(times):
        handle.press(key)
    settle(handle.page)


def widget(notebook, cell_id):
    """The cell of a widget, after Reset, and the handles of the sliders that it shows."""
    cell = notebook.cell(cell_id)
    handles = cell.locator(".noUi-handle:visible")
    handles.first.wait_for()
    cell.get_by_role("button", name="Reset").click()
    settle(notebook.page)
    return cell, handles


def choose(cell, option, k=0):
    """Choose from the k-th list of a widget, and let the kernel answer."""
    cell.locator("select").nth(k).select_option(option)
    settle(cell.page)
