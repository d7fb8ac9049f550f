"""Run the lessons and store them in the one form that is committed.

    python tools/notebooks.py run [paths]     without paths: every notebook in notebooks/

Each notebook is executed top to bottom in a fresh kernel, stripped of what changes from run to run, and replaced in one
step; if a cell fails, the file stays as it was. tests/notebooks/test_rules.py checks that the form is kept.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"

# One thread, because sums taken in another order differ in their last digits; one hash seed, one order of sets.
KERNEL_ENVIRONMENT = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1") | {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # with another, nothing is shown
    "COURSE_PROGRESS": "off",  # whose exercises are solved is no part of a lesson
}
CELL_TIMEOUT = 600  # seconds

# All the metadata that is kept. The language is there for nbconvert, without its version, which is that of one machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "nbconvert_exporter": "python"},
}
CELL_METADATA = ("tags", "jupyter")

PNG = "image/png"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def serialize(notebook: NotebookNode) -> bytes:
    """The bytes of the committed form. A notebook that was never run stays one."""
    cells = [normalize_cell(cell) for cell in notebook.cells]
    for cell, caption in captions(cells):
        for output in cell["outputs"]:
            if PNG in output.get("data", {}):
                output["metadata"].setdefault(PNG, {})["alt"] = caption
    normal = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": METADATA, "cells": cells})
    return (nbformat.v4.writes(normal) + "\n").encode("utf-8")


def normalize_cell(cell: NotebookNode) -> dict:
    metadata = {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)}
    if "jupyter" in metadata:
        metadata["jupyter"] = {key: value for key, value in metadata["jupyter"].items() if key == "source_hidden"}
    kept = {**cell, "metadata": {key: value for key, value in metadata.items() if value}}
    if cell.cell_type == "code":
        kept["outputs"] = merge_streams([normalize_output(output, cell.execution_count) for output in cell.outputs])
    return kept


def normalize_output(output: NotebookNode, count: int | None) -> dict:
    kept = dict(output)
    if "data" in output:
        kept["data"] = dict(output.data)
        if has_fallback(output.data):
            kept["data"].pop(WIDGET_VIEW, None)  # without its kernel it would show "model not found" over the picture
        # Hints on how to draw one representation (width, height, alt) stay.
        kept["metadata"] = {mime: hint for mime, hint in output.metadata.items() if mime in kept["data"]}
    if "execution_count" in output:
        kept["execution_count"] = count
    return kept


def captions(cells: list) -> Iterator[tuple]:
    """Code cells, each with the *sentence in italics* that the next text cell begins with, if it does."""
    for i, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            prose = next((c["source"] for c in cells[i + 1 :] if c["cell_type"] == "markdown"), "")
            if found := re.match(r"\*(?!\*)([^*]+)\*\s*(\n\n|$)", prose):
                yield cell, " ".join(found[1].split())


def has_fallback(data: dict) -> bool:
    """Is there something to see where the widget cannot be drawn? The text `VBox(children=(…))` is nothing."""
    is_telling = not re.fullmatch(r"(\w+\(.*\))?", data.get("text/plain", ""), re.DOTALL)
    return is_telling or bool(data.keys() - {WIDGET_VIEW, "text/plain"})


def merge_streams(outputs: list[dict]) -> list[dict]:
    """Join the neighboring pieces of a stream, which the kernel cuts by the clock. Of a line that overwrites itself
    (a progress bar) only its last state stays."""
    merged: list[dict] = []
    for output in outputs:
        if merged and output["output_type"] == "stream" and output["name"] == merged[-1].get("name"):
            output["text"] = merged.pop()["text"] + output["text"]
        merged.append(output)
    for output in merged:
        if output["output_type"] == "stream":
            output["text"] = re.sub(r"^.*\r(?=.)", "", output["text"], flags=re.MULTILINE)
    return merged


def run(path: Path) -> str | None:
    """Execute one notebook and write it; on failure, return what went wrong and leave the file as it is."""
    try:
        notebook = nbformat.v4.reads(path.read_bytes())
        nbformat.validate(notebook)
    except Exception as error:  # every kind of damage ends in an exception of its own
        return f"is not a notebook ({type(error).__name__}: {first_line(str(error))}): restore it with git"
    started = []
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        resources={"metadata": {"path": str(path.resolve().parent)}},
        extra_arguments=["--log-level=ERROR"],  # otherwise every kernel warns that it is not encrypted
        on_cell_start=lambda cell, cell_index: started.append(cell),
    )
    try:
        client.execute(env=os.environ | KERNEL_ENVIRONMENT)
    except (CellControlSignal, DeadKernelError) as error:
        name, words = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error).strip())
        where = f"cell {started[-1].id}: `{first_line(started[-1].source)}`"
        return f"{where} raised {name}: {first_line(words)}; nothing was written"

    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(serialize(notebook))
    os.replace(partial, path)
    return None


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Run the lessons and store them with their outputs.")
    parser.add_argument("command", choices=["run"])
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks (default: every one in notebooks/)")
    options = parser.parse_args(arguments)
    paths = options.paths or sorted(NOTEBOOKS.glob("*.ipynb"))
    if not paths or not all(path.is_file() for path in paths):
        parser.error(f"no notebook in {', '.join(map(str, options.paths)) or NOTEBOOKS}")
    failed = False
    for path in paths:
        start = time.perf_counter()
        if failure := run(path):
            failed = True
            print(f"{path}: {failure}")
        print(f"{path}: {time.perf_counter() - start:.1f} s", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # a Windows console could not print every cell
    sys.exit(main())
