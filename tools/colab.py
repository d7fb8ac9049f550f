"""Makes the copies of the lessons that the website opens in Colab: build/colab, part of `make site`.

Colab has no course, and opens notebooks from GitHub only. So each copy begins with a cell that installs the course, and
.github/workflows/pages.yml pushes the copies to the branch `colab`. COURSE_REPOSITORY and COURSE_VERSION (a branch or a
commit) say which course.
"""

import os
import shutil
import tomllib
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "colab"
SERVERS = "jupyter", "notebook"  # Colab's own kernel depends on older ones
WORDS = """**On Colab.** Run the cell below first: it brings the course to this runtime, in about a minute.

Colab deletes a runtime after some hours, and with it what you solved and `my_network.py`. Take the `#` from the cell's
last lines, and both are kept on your Drive; do so before the first exercise, in every lesson.
"""
CELL = """%pip install -q {packages}
%pip install -q --no-deps git+{repository}@{version}

from google.colab import output

output.enable_custom_widget_manager()  # the course's widgets are not Colab's own

# import os
# from google.colab import drive
# drive.mount("/content/drive")
# os.environ["COURSE_PROGRESS"] = "/content/drive/MyDrive/neural-networks.progress.jsonl"
"""


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        words, cell = nbformat.v4.new_markdown_cell(WORDS, id="colab"), nbformat.v4.new_code_cell(setup(), id="setup")
        notebook.cells[:0] = [words, cell]
        nbformat.write(notebook, OUT / path.name)


def setup():
    """The cell that installs the course, and of what that needs all but the servers."""
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    packages = " ".join(f'"{one}"' for one in needed if not one.startswith(SERVERS))
    repository = os.environ.get("COURSE_REPOSITORY", "https://github.com/OWNER/REPOSITORY")
    return CELL.format(
        repository=repository, version=os.environ.get("COURSE_VERSION", "main"), packages=packages
    ).strip()


if __name__ == "__main__":
    main()
