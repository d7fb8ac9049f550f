"""A JupyterHub with ten students who run lesson 01 at the same time, and the settings of the large one.

The hub runs on this machine with local processes. Where root runs the test, and others may read the course and its
Python, each student has a user id of their own, as on a real hub. HUB_STUDENTS changes their number. Skipped where
JupyterHub, its proxy (`make class-test` installs both), or the chart's schema cannot be had.
"""

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import nbformat
import psutil
import pytest
import requests
import yaml

ROOT = Path(__file__).parents[2]
CHART = "https://hub.jupyter.org/helm-chart/jupyterhub-4.4.0.tgz"
VALUES = ROOT / "teaching" / "hub" / "values.yaml"
LESSON = ROOT / "notebooks" / "01_neuron.ipynb"
STUDENTS = [f"student{k}" for k in range(int(os.environ.get("HUB_STUDENTS", 10)))]
FIRST_UID = 52_000


def others_may_run_the_course():
    """Can this be run under another user id? Only root can, and only if the folders above are open to others."""
    command = [sys.executable, "-c", "import ipykernel, course"]
    try:
        tried = os.getuid() or subprocess.run(command, cwd=ROOT, user=FIRST_UID, capture_output=True).returncode
    except (AttributeError, OSError):
        return False
    return tried == 0


SEPARATE = others_may_run_the_course()
CONFIG = """
import os
from jupyterhub.spawner import SimpleLocalProcessSpawner

class Student(SimpleLocalProcessSpawner):
    def make_preexec_fn(self, name):
        def become():
            if {separate}:
                os.setgroups([])
                os.setgid({first} + int(name.removeprefix("student")))
                os.setuid({first} + int(name.removeprefix("student")))
            os.umask(0o077)
            os.chdir(self.home_dir)
        return become

c.JupyterHub.spawner_class = Student
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.args = {arguments}
c.Spawner.environment = {{"OMP_NUM_THREADS": "1", "COURSE_PROGRESS": "off", "PYTHONPATH": "{root}"}}
c.Spawner.http_timeout = c.Spawner.start_timeout = 300
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{ports[1]}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.JupyterHub.concurrent_spawn_limit = 0
"""


def free_ports(n):
    with ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(n)]


@pytest.fixture(scope="module")
def hub():
    """The address of a running hub, the students' folders, and their password."""
    pytest.importorskip("jupyterhub", reason="JupyterHub is not installed; `make class-test` installs it")
    own = ROOT / "build" / "hub" / "node_modules" / ".bin" / "configurable-http-proxy"
    proxy = own if own.exists() else shutil.which("configurable-http-proxy")
    if not proxy:
        pytest.skip("configurable-http-proxy is not installed; `make class-test` installs it by npm")
    folder, password = Path(tempfile.mkdtemp(prefix="hub-")), uuid.uuid4().hex
    folder.chmod(0o711)
    for k, name in enumerate(STUDENTS):
        home = folder / name
        home.mkdir(0o700)
        shutil.copy(LESSON, home)
        (home / "diary.txt").write_text(name)
        if SEPARATE:
            for path in (home, *home.iterdir()):
                os.chown(path, FIRST_UID + k, FIRST_UID + k)
    ports = free_ports(3)
    arguments = [] if SEPARATE or getattr(os, "getuid", int)() else ["--allow-root"]
    where = {"homes": folder, "python": sys.executable, "root": ROOT, "proxy": proxy, "ports": ports}
    config = CONFIG.format(separate=SEPARATE, first=FIRST_UID, arguments=arguments, password=password, **where)
    (folder / "config.py").touch(0o600)
    (folder / "config.py").write_text(config)
    log = (folder / "hub.log").open("w")
    command = [sys.executable, "-m", "jupyterhub", "-f", folder / "config.py"]
    process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{ports[0]}"
    try:
        until(lambda: requests.get(f"{address}/hub/health", timeout=60).ok, 300)
        yield address, folder, password
    except Exception:
        print((folder / "hub.log").read_text()[-5000:])
        raise
    finally:
        process.terminate()
        process.wait(60)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def until(holds, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(requests.ConnectionError):
            if holds():
                return
        time.sleep(0.5)
    raise AssertionError("the hub did not answer in time")


class Student:
    """A student's browser: logs in, starts the server, and runs code in a kernel of it."""

    def __init__(self, address, name, password):
        self.name, self.address = name, address
        with requests.Session() as web:
            web.get(f"{address}/hub/login", timeout=60)
            form = {"username": name, "password": password, "_xsrf": web.cookies.get("_xsrf", path="/hub/")}
            assert web.post(f"{address}/hub/login", data=form, allow_redirects=False, timeout=60).status_code == 302
            xsrf = {"X-XSRFToken": web.cookies.get("_xsrf", path="/hub/"), "Referer": f"{address}/hub/home"}
            made = web.post(f"{address}/hub/api/users/{name}/tokens", json={}, headers=xsrf, timeout=60)
        assert made.ok, made.text
        self.token = {"Authorization": f"token {made.json()['token']}"}

    def api(self, method, path, **more):
        return requests.request(method, self.address + path, headers=self.token, timeout=300, **more)

    def start(self):
        assert self.api("POST", f"/hub/api/users/{self.name}/server").status_code in (201, 202)
        until(lambda: self.api("GET", f"/hub/api/users/{self.name}").json()["server"], 300)
        self.kernel = self.api("POST", f"/user/{self.name}/api/kernels", json={"name": "python3"}).json()["id"]

    def run(self, *sources):
        """What each source printed, and the error it raised or ""."""
        import websocket

        address = f"{self.address.replace('http', 'ws', 1)}/user/{self.name}/api/kernels/{self.kernel}/channels"
        wire, shown = websocket.create_connection(address, header=self.token, timeout=300), []
        for source in sources:
            number, printed, error, done = uuid.uuid4().hex, "", "", set()
            header = {"msg_id": number, "session": number, "username": "", "version": "5.3"}
            header["msg_type"] = "execute_request"
            content = {"code": source, "silent": False, "allow_stdin": False, "stop_on_error": False}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
            wire.send(json.dumps(message))
            while not done >= {"idle", "execute_reply"}:
                text = wire.recv()
                got = {"parent_header": {}} if isinstance(text, bytes) else json.loads(text)  # a picture
                if got["parent_header"].get("msg_id") == number:
                    content = got["content"]
                    done |= {got["msg_type"], content.get("execution_state")}
                    printed += content["text"] if got["msg_type"] == "stream" else ""
                    error = f"{content['ename']}: {content['evalue']}" if got["msg_type"] == "error" else error
            shown.append((printed, error))
        wire.close()
        return shown


def megabytes(k, name):
    """The most memory that a student's server and kernel have held, each for itself."""
    most = 0
    for process in psutil.process_iter(["uids", "environ"]):
        user = (process.info["environ"] or {}).get("JUPYTERHUB_USER")
        if process.info["uids"].real == FIRST_UID + k if SEPARATE else user == name:
            status = Path(f"/proc/{process.pid}/status").read_text()
            most += int(status.partition("VmHWM:")[2].split()[0]) / 1000
    return most


@pytest.fixture(scope="module")
def students(hub):
    """All students with their servers and kernels, started at the same time."""
    address, _, password = hub
    start = time.monotonic()
    with ThreadPoolExecutor(len(STUDENTS)) as pool:
        students = list(pool.map(lambda name: Student(address, name, password), STUDENTS))
        list(pool.map(Student.start, students))
    print(f"\n{len(students)} students have a kernel after {time.monotonic() - start:.0f} s")
    return students


def test_all_run_lesson_01_at_the_same_time_within_the_memory_that_is_planned(students):
    cells = [cell.source for cell in nbformat.read(LESSON, as_version=4).cells if cell.cell_type == "code"]
    start = time.monotonic()
    with ThreadPoolExecutor(len(students)) as pool:
        shown = list(pool.map(lambda student: student.run(*cells), students))
    for student, cells_shown in zip(students, shown, strict=True):
        assert not [error for _, error in cells_shown if error], student.name
    used = [megabytes(k, name) for k, name in enumerate(STUDENTS)]
    seconds = time.monotonic() - start
    print(f"lesson 01 in all of them: {seconds:.0f} s, {min(used):.0f} to {max(used):.0f} MB a student")
    limit = yaml.safe_load(VALUES.read_text("utf-8"))["singleuser"]["memory"]["limit"]
    assert 0 < max(used) < 1000 * float(limit.removesuffix("G"))


def test_nobody_reaches_the_server_of_another(students):
    ada, bob = students[:2]
    assert ada.api("GET", f"/user/{ada.name}/api/contents/diary.txt").json()["content"] == ada.name
    for path in ("api/contents/diary.txt", "api/kernels", "files/diary.txt"):
        assert ada.api("GET", f"/user/{bob.name}/{path}").status_code in (403, 404)
    assert ada.api("DELETE", f"/hub/api/users/{bob.name}/server").status_code in (403, 404)


@pytest.mark.skipif(not SEPARATE, reason="needs root, and folders that others may read: students share a user id here")
def test_nobody_reads_the_files_of_another(hub, students):
    ada, bob = students[:2]
    own, theirs, secret = (
        str(hub[1] / name) for name in (f"{ada.name}/diary.txt", f"{bob.name}/diary.txt", "config.py")
    )
    (printed, _), *refused = ada.run(f"print(open({own!r}).read())", f"open({theirs!r})", f"open({secret!r})")
    assert printed.strip() == ada.name
    assert [error.partition(":")[0] for _, error in refused] == ["PermissionError"] * 2


def test_the_values_fit_the_schema_that_the_chart_is_published_with():
    pytest.importorskip("jupyterhub", reason="JupyterHub is not installed; `make class-test` installs it")
    jsonschema = pytest.importorskip("jsonschema")
    try:
        content = urllib.request.urlopen(CHART, timeout=30).read()
    except urllib.error.HTTPError:
        raise  # the index answers, and has no such chart
    except OSError as error:
        pytest.skip(f"the chart cannot be had here ({error})")
    with tarfile.open(fileobj=io.BytesIO(content)) as chart:
        schema = json.load(chart.extractfile("jupyterhub/values.schema.json"))
        defaults = yaml.safe_load(chart.extractfile("jupyterhub/values.yaml"))
    jsonschema.validate(merged(defaults, yaml.safe_load(VALUES.read_text("utf-8"))), schema)


def merged(defaults, own):
    """As Helm does it: mappings are merged, all else is replaced."""
    if not (isinstance(defaults, dict) and isinstance(own, dict)):
        return own
    return defaults | {key: merged(defaults.get(key), value) for key, value in own.items()}
