"""Builds the website into build/site from the notebooks' stored outputs: `make site`. Nothing is executed.

The pages of site/, the notebooks and the README's pictures are copied to build/site-source, so that all addresses are
as on GitHub; MathJax comes from npm in the version that site/package.json names. Any warning ends the build.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE, OUT, NPM = ROOT / "build" / "site-source", ROOT / "build" / "site", ROOT / "build" / "npm"


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    gather()
    mathjax()
    environment = os.environ | {"COURSE_ROOT": str(ROOT), "COURSE_PROGRESS": "off"}
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "auto", "-b", "html", SOURCE, OUT]
    subprocess.run(command, env=environment, check=True)
    size = sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file())
    print(f"{OUT.relative_to(ROOT)}/index.html: {len(list(OUT.rglob('*.html')))} pages, {size / 1e6:.0f} MB")


def gather():
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(ROOT / "site", SOURCE, ignore=shutil.ignore_patterns("__pycache__", "package.json"))
    (SOURCE / "notebooks").mkdir()
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        shutil.copy(path, SOURCE / "notebooks")
    (SOURCE / "words.md").write_text(words(), "utf-8")
    for path in (*(ROOT / "assets").glob("*.png"), ROOT / "README.md", ROOT / "LICENSE"):
        shutil.copy(path, SOURCE)


def words():
    """The page of notation, from the one vocabulary."""
    head = "| term | symbol | shape | in PyTorch | what it is | lesson |"
    lines = ["# Words and notation", "", head, "|---|---|---|---|---|---|"]
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
    return "\n".join(lines) + "\n"


def mathjax():
    """MathJax and axe under build/npm, installed once for each version."""
    wanted = (ROOT / "site" / "package.json").read_text("utf-8")
    if not NPM.is_dir() or (NPM / "package.json").read_text("utf-8") != wanted:
        shutil.rmtree(NPM, ignore_errors=True)
        NPM.mkdir(parents=True)
        (NPM / "package.json").write_text(wanted, "utf-8")
        npm = shutil.which("npm")
        if npm is None:
            sys.exit(
                "The formulas need MathJax from npm: install Node.js, which brings npm, and run `make site` again."
            )
        subprocess.run(
            [npm, "install", "--silent", "--no-package-lock", "--no-fund", "--no-audit"], cwd=NPM, check=True
        )
    es5 = NPM / "node_modules" / "mathjax" / "es5"
    shutil.copytree(es5 / "output" / "chtml" / "fonts", SOURCE / "static" / "mathjax" / "output" / "chtml" / "fonts")
    shutil.copy(es5 / "tex-chtml.js", SOURCE / "static" / "mathjax")
    version = json.loads((NPM / "node_modules" / "mathjax" / "package.json").read_text("utf-8"))["version"]
    assert version == json.loads(wanted)["dependencies"]["mathjax"]


if __name__ == "__main__":
    main()
