"""Packs the course for a room without a network: `make offline` writes one zip into build/.

In it: the course as it is in git (the MNIST sample is part of it), the wheels that it needs on this system and Python,
and the built website. The Makefile finds the folder wheels/ and asks no index.
"""

import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SITE = ROOT / "build" / "site"
PLATFORM = f"{sysconfig.get_platform()}-python{sys.version_info.major}.{sys.version_info.minor}"
NAME = "neural-networks-from-scratch"
START = f"""# Without a network

Made for {PLATFORM}; with another system or another Python, make it anew there with `make offline`.

Linux, macOS: `make lab`. Windows, in this folder:

    py -m venv .venv
    .venv\\Scripts\\python -m pip install --no-index --find-links wheels -e .
    .venv\\Scripts\\python tools\\lab.py

The lessons use the MNIST sample; a teacher may put the four MNIST files into a folder and set MNIST_DIR.
To read only: `python -m http.server --directory website`, then open http://localhost:8000.
"""


def main():
    if not (SITE / "index.html").exists():
        sys.exit("The website is packed, too: run `make site` first, or `make offline`, which does it.")
    out = ROOT / "build" / f"{NAME}-{PLATFORM}.zip"
    with tempfile.TemporaryDirectory() as wheels:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        needed = [*project["project"]["dependencies"], *project["build-system"]["requires"], "pip"]
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "--wheel-dir", wheels, *needed], check=True)
        part = out.with_suffix(".part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in tracked():
                archive.write(ROOT / name, f"{NAME}/{name}")
            for path in sorted(Path(wheels).glob("*.whl")):
                archive.write(path, f"{NAME}/wheels/{path.name}", zipfile.ZIP_STORED)
            for path in sorted(path for path in SITE.rglob("*") if path.is_file()):
                archive.write(path, f"{NAME}/website/{path.relative_to(SITE).as_posix()}")
            archive.writestr(f"{NAME}/START.md", START)
        part.replace(out)
    print(f"{out.relative_to(ROOT)}: {out.stat().st_size / 1e6:.0f} MB")


def tracked():
    """The files of the course as git knows them."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"The course is packed from its git repository; here git says: {run.stderr.strip()}")
    return [name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]


if __name__ == "__main__":
    main()
