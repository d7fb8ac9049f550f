"""Builds the notebooks in JupyterLite, Jupyter in a browser, into build/site/lite: `make lite`.

The kernel's Python is Pyodide in the version of the live pages (tools/site.py): its core comes from npm and is served
with the site, its packages come from PYODIDE or COURSE_PYODIDE when a reader opens a notebook. The lock names all that
the course needs and nothing else, the course's own wheel among it, so that `from course import …` loads it.
"""

import hashlib
import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
ENVIRONMENT, CONTENTS, OUT = BUILD / "lite-venv", BUILD / "lite-contents", BUILD / "site" / "lite"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
KERNEL = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
START = ["ssl", "sqlite3", "micropip", "piplite", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython"]
NEEDED = {"numpy", "matplotlib", "pillow", "ssl", "sqlite3", "micropip", "jedi", "ipython"}  # of Pyodide's own
OURS = {  # wheel: what it needs, and the modules it brings
    "piplite": (["micropip"], ["piplite"]),
    "ipykernel": (["ipython"], ["ipykernel"]),
    "pyodide_kernel": (["ipython", "ipykernel", "comm"], ["pyodide_kernel"]),
    "comm": (["traitlets"], ["comm"]),
    "psygnal": (["typing-extensions"], ["psygnal"]),
    "typing_extensions": ([], ["typing_extensions"]),
    "ipywidgets": (["ipython", "comm", "traitlets"], ["ipywidgets"]),
    "anywidget": (["ipywidgets", "psygnal", "typing-extensions"], ["anywidget"]),
    "neural_networks_from_scratch": (["numpy", "matplotlib", "pillow", "anywidget"], ["course", "helpers"]),
}


def main():
    website = runpy.run_path(str(ROOT / "tools" / "site.py"))
    website["npm"]()
    website["libraries"]()
    prepare()
    contents()
    shutil.rmtree(OUT, ignore_errors=True)
    (BUILD / "lite").mkdir(exist_ok=True)
    settings = {"LiteBuildConfig": {"contents": [str(CONTENTS)], "output_dir": str(OUT), "apps": ["lab", "notebooks"]}}
    (BUILD / "lite" / "jupyter_lite_config.json").write_text(json.dumps(settings), "utf-8")
    command = [BIN / "jupyter", "lite", "build", "--lite-dir", BUILD / "lite", "--no-libarchive"]
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(command, cwd=BUILD / "lite", env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"JupyterLite could not be built:\n{(run.stdout + run.stderr)[-3000:]}")
    for path in OUT.rglob("*.map"):
        path.unlink()
    pyodide(website)
    configure()
    size = sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file())
    print(f"{(OUT / 'lab' / 'index.html').relative_to(ROOT)}: {size / 1e6:.0f} MB")


def prepare():
    """The environment that builds, with exact versions."""
    wanted = f"{ENVIRONMENT}\n" + (ROOT / "site" / "live" / "lite.txt").read_text("utf-8")  # it cannot be moved
    stamp = ENVIRONMENT / "wanted.txt"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    command = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "-r", ROOT / "site" / "live" / "lite.txt"], check=True)
    stamp.write_text(wanted, "utf-8")


def contents():
    """The lessons, for the kernel that Lite has."""
    shutil.rmtree(CONTENTS, ignore_errors=True)
    CONTENTS.mkdir(parents=True)
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata.kernelspec = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
        nbformat.write(notebook, CONTENTS / path.name)


def pyodide(website):
    """Pyodide's core, our wheels, and the lock of all packages, in static/pyodide."""
    npm, out = website["NPM"] / "node_modules" / "pyodide", OUT / "static" / "pyodide"
    out.mkdir(parents=True)
    for name in ("pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"):
        shutil.copy(npm / name, out)
    lock = website["lock"](NEEDED)
    kept, base = lock["packages"], os.environ.get("COURSE_PYODIDE", website["PYODIDE"])
    for entry in kept.values():
        entry["file_name"] = base + entry["file_name"]
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    with tempfile.TemporaryDirectory() as clean:  # setuptools leaves what it built beside the sources
        for name in ("course", "helpers"):
            shutil.copytree(ROOT / name, Path(clean, name), ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, clean)
        subprocess.run([*build, "--wheel-dir", out, clean], check=True)
    for path in (*website["WHEELS"].glob("*.whl"), *(ENVIRONMENT / KERNEL).glob("*.whl")):
        if path.name.partition("-")[0] in OURS:
            shutil.copy(path, out)
    for name, (depends, imports) in OURS.items():
        (wheel,) = out.glob(f"{name}-*.whl")
        kept[name.replace("_", "-")] = {
            "name": name.replace("_", "-"),
            "version": wheel.name.split("-")[1],
            "file_name": wheel.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": imports,
            "depends": depends,
        }
    (out / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")


def configure():
    """Which Pyodide the kernel starts, and what it loads at once."""
    path = OUT / "jupyter-lite.json"
    settings = json.loads(path.read_text("utf-8"))
    data = settings["jupyter-config-data"]
    plugin = data.setdefault("litePluginSettings", {}).setdefault("@jupyterlite/pyodide-kernel-extension:kernel", {})
    plugin |= {
        "pyodideUrl": "./static/pyodide/pyodide.js",
        "loadPyodideOptions": {"packages": START, "env": {"COURSE_PROGRESS": "progress.txt"}},  # *.jsonl is never read
        "disablePyPIFallback": True,
    }
    data["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"] = plugin
    data |= {"appName": "Neural networks from scratch", "exposeAppInBrowser": True}  # the latter for tests
    path.write_text(json.dumps(settings, indent=1), "utf-8")


if __name__ == "__main__":
    main()
