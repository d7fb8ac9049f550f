"""Builds the website into build/site from the notebooks' stored outputs: `make site`. Nothing is executed.

The pages of site/, the notebooks and the README's pictures are copied to build/site-source, so that all addresses are
as on GitHub; MathJax comes from npm in the version that site/package.json names. Any warning ends the build.

*Run it here* (site/live): its scripts are bundled by esbuild; two archives hold the course and the Python packages that
Pyodide lacks. Pyodide itself is loaded from PYODIDE when a reader presses the button. A school that hosts everything
unpacks Pyodide's release of this version into a folder of the site and names it: COURSE_PYODIDE=../../pyodide/, an
address as seen from _static/live/.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

import outline  # noqa: E402  of site/, which is no package

from teaching import guide  # noqa: E402  of the folder, no installed package
from tools import colab  # noqa: E402

SOURCE, OUT, NPM = ROOT / "build" / "site-source", ROOT / "build" / "site", ROOT / "build" / "npm"
LIVE, WHEELS = ROOT / "site" / "live", ROOT / "build" / "wheels"
PYODIDE = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"
UNUSED = {"fonttools", "pytz", "matplotlib-pyodide"}  # matplotlib names them; nothing in the course imports them
PACKAGES = {"scenes": ["numpy", "traitlets"], "lesson": ["numpy", "traitlets", "matplotlib"]}  # what a page begins with
LITE = """## Jupyter in the browser

<a href="lite/lab/index.html">The notebooks in JupyterLite</a>: nothing to install, 30 MB to load, your work stays in
this browser. Some cells of lesson 10 need PyTorch, which is not there.
"""


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    gather()
    npm()
    mathjax(SOURCE / "static" / "mathjax")
    live()
    colab.main()
    environment = os.environ | {"COURSE_ROOT": str(ROOT), "COURSE_PROGRESS": "off"}
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "auto", "-b", "html", SOURCE, OUT]
    subprocess.run(command, env=environment, check=True)
    size = sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file())
    print(f"{OUT.relative_to(ROOT)}/index.html: {len(list(OUT.rglob('*.html')))} pages, {size / 1e6:.0f} MB")


def gather():
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(ROOT / "site", SOURCE, ignore=shutil.ignore_patterns("__pycache__", "package.json", "live"))
    (SOURCE / "notebooks").mkdir()
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        shutil.copy(path, SOURCE / "notebooks")
    (SOURCE / "words.md").write_text(words(), "utf-8")
    lessons = [outline.outline(path) for path in sorted((SOURCE / "notebooks").iterdir())]
    (SOURCE / "map.md").write_text(outline.course_map(lessons), "utf-8")
    (SOURCE / "half-pages.md").write_text(outline.half_pages(lessons), "utf-8")
    index = SOURCE / "index.md"
    index.write_text(index.read_text("utf-8").replace("<!-- lessons -->", outline.short_map(lessons)), "utf-8")
    if os.environ.get("COURSE_LITE"):
        start = SOURCE / "start.md"
        start.write_text(start.read_text("utf-8").replace("<!-- lite -->", LITE), "utf-8")
    for_teachers()
    for path in (*(ROOT / "assets").glob("*.png"), ROOT / "README.md", ROOT / "LICENSE"):
        shutil.copy(path, SOURCE)


def for_teachers():
    """The teacher's guide, with what is generated in it, and the pages beside it, at their addresses on GitHub."""
    guide.write(SOURCE / "teaching" / "guide")
    (SOURCE / "teaching" / "hub").mkdir()
    for name in ("ai-helpers.md", "assistants.md", "hub/README.md", "hub/values.yaml"):
        shutil.copy(ROOT / "teaching" / name, SOURCE / "teaching" / name)


def words():
    """The page of notation, from the one vocabulary."""
    head = "| term | symbol | shape | in PyTorch | what it is | lesson |"
    lines = ["# Words and notation", "", ":::{container} words", head, "|---|---|---|---|---|---|"]
    with (ROOT / "course" / "assets" / "vocabulary.csv").open(encoding="utf-8", newline="") as file:
        for one in sorted(csv.DictReader(file), key=lambda one: one["term"].lower()):
            cells = (
                one["term"],
                one["symbol"],
                one["shape"],
                one["pytorch"],
                one["sentence"],
                f"{int(one['lesson']):02}",
            )
            lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("_", "\\_") for cell in cells) + " |")
    return "\n".join(lines) + "\n:::\n"


def npm():
    """The packages of site/package.json under build/npm, installed once for each version."""
    wanted = (ROOT / "site" / "package.json").read_text("utf-8")
    if NPM.is_dir() and (NPM / "package.json").read_text("utf-8") == wanted:
        return
    program = shutil.which("npm")
    if program is None:
        sys.exit("This needs packages from npm: install Node.js, which brings npm, and run the same command again.")
    shutil.rmtree(NPM, ignore_errors=True)
    NPM.mkdir(parents=True)
    (NPM / "package.json").write_text(wanted, "utf-8")
    command = [program, "install", "--silent", "--no-package-lock", "--no-fund", "--no-audit"]
    if subprocess.run(command, cwd=NPM).returncode:
        shutil.rmtree(NPM)
        sys.exit("npm could not install what site/package.json names, for the reason above.")


def mathjax(out):
    """MathJax with its fonts into a folder, which may have it already."""
    es5, fonts = NPM / "node_modules" / "mathjax" / "es5", Path("output", "chtml", "fonts")
    shutil.copytree(es5 / fonts, out / fonts, dirs_exist_ok=True)
    shutil.copy(es5 / "tex-chtml.js", out)


def live():
    """What *Run it here* loads, in static/live."""
    out = SOURCE / "static" / "live"
    (out / "lessons").mkdir(parents=True)
    subprocess.run(["node", LIVE / "build.mjs", NPM, out], check=True)
    shutil.copy(LIVE / "worker.js", out)
    archives = {"libraries.zip": libraries(), "course.zip": course()}
    for name, files in archives.items():
        with zipfile.ZipFile(out / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path, content in sorted(files.items()):
                archive.writestr(
                    zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED
                )  # no date: same files, same bytes
    base = os.environ.get("COURSE_PYODIDE", PYODIDE)
    write(out / "settings.json", {"base": base, "packages": PACKAGES, "archives": list(archives)})
    write(out / "pyodide-lock.json", lock(PACKAGES["lesson"]))
    write(out / "scenes.json", {path.stem: path.read_text("utf-8") for path in (LIVE / "scenes").glob("*.py")})
    for path in (SOURCE / "notebooks").glob("*.ipynb"):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        write(out / "lessons" / f"{path.stem}.json", [for_browser(cell, path.stem) for cell in [*cells, outline.EMPTY]])


def lock(names):
    """Pyodide's list of packages, cut to those in `names` and what they need, without UNUSED."""
    whole = json.loads((NPM / "node_modules" / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    kept, waiting = {}, {*names}
    while waiting:
        name = waiting.pop()
        entry = kept[name] = whole["packages"][name]
        entry["depends"] = [other for other in entry["depends"] if other not in UNUSED]
        waiting |= {other.replace("_", "-").lower() for other in entry["depends"]} - {*kept}
    return whole | {"packages": kept}


def for_browser(cell, lesson):
    """A cell as the live page has it: what takes minutes in a browser has other settings there, and says so."""
    own = {"id": cell.id, "source": cell.source}
    other = json.loads((LIVE / "settings.json").read_text("utf-8")).get(lesson, {}).get(cell.id)
    if other is None:
        return own
    for old, new in other["replace"].items():
        assert old in cell.source, f"site/live/settings.json: {lesson}, {cell.id} has no {old!r} any more"
        own["source"] = own["source"].replace(old, new)
    return own | {"say": other["say"], "notebook": cell.source}


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def libraries():
    """{path: bytes} of the packages in site/live/wheels.txt, without what only a Jupyter server serves."""
    options = "--no-deps --only-binary=:all: --platform any --implementation py --abi none --python-version 3.12"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *options.split()]
    shutil.rmtree(WHEELS, ignore_errors=True)
    subprocess.run([*command, "--dest", WHEELS, "--require-hashes", "-r", LIVE / "wheels.txt"], check=True)
    files = {}
    for wheel in WHEELS.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if not re.search(r"\.data/|/(lab|nb)extension/|/tests/", name)]
            files |= {name: archive.read(name) for name in names}
    return files


def course():
    """{path: bytes} of the course's packages, and of the live page's own Python."""
    kinds = ".py", ".mjs", ".css", ".json", ".csv", ".mplstyle", ".npz", ".txt", ".md"
    files = {path.name: path.read_bytes() for path in LIVE.glob("*.py")}
    for path in (*(ROOT / "course").rglob("*"), *(ROOT / "helpers").rglob("*")):
        if path.suffix in kinds:
            files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    return files


if __name__ == "__main__":
    main()
