"""Run, normalise and check the lessons.

Lessons are committed with their outputs, so that they can be read where nothing runs. That helps only if the outputs
come from this very source, and if running a lesson twice gives the same bytes: then a difference in git is a
difference in the lesson. `run` makes such files, `check` refuses any other.

    python tools/notebooks.py run   [paths]    execute top to bottom in a fresh kernel, normalise, write
    python tools/notebooks.py check [paths]    execute nothing; print every defect on a line of its own

Without paths, both take every notebook in notebooks/. To refuse one more thing, write a function that yields
(cell id or None, sentence) and add it to CHECKS, at the end.
"""

import argparse
import ast
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from nbformat.validator import iter_validate

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"

# One thread, because sums taken in another order differ in their last digits; one hash seed, one order of sets.
KERNEL_ENVIRONMENT = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
KERNEL_ENVIRONMENT["PYTHONHASHSEED"] = "0"
KERNEL_ENVIRONMENT["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # with another, nothing is shown
KERNEL_ENVIRONMENT["COURSE_PROGRESS"] = "off"  # whose exercises are solved is no part of a lesson
CELL_TIMEOUT = 600  # seconds

# All the metadata a lesson keeps. language_info is left out: it names the Python version of whoever ran it last.
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_CELL_METADATA = {"tags"}

IGNORED = "nbval-ignore-output"  # the output differs from run to run; nbval does not compare it
RAISES = "raises-exception"  # the error is what the cell is there to show
ALLOWED_TAGS = re.compile(rf"{IGNORED}|{RAISES}|hide-input|graduated(:\w+)?")  # graduated: also in helpers/network.py

PNG = "image/png"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MAX_CODE_LINES = 25  # 1 to 8 is the style; beyond this a cell must be split
MAX_DIGITS = 4  # significant digits of a printed float

Defect = tuple[str | None, str]  # the id of the cell (None: the whole notebook), and what is wrong with it


# --- normalise -------------------------------------------------------------------------------------------------------


def serialise(notebook: NotebookNode) -> bytes:
    return (nbformat.v4.writes(normalise(notebook)) + "\n").encode("utf-8")


def normalise(notebook: NotebookNode) -> NotebookNode:
    """A copy with what a reader needs and nothing that changes from run to run. It makes nothing up: a notebook that
    was never run stays one."""
    cells = [normalise_cell(cell) for cell in notebook.cells]
    for cell, caption in captions(cells):
        for output in cell["outputs"]:
            if PNG in output.get("data", {}):
                hints = output["metadata"].setdefault(PNG, {})
                hints["alt"] = caption
    metadata = {"kernelspec": KERNELSPEC}
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})


def normalise_cell(cell: NotebookNode) -> dict:
    kept = {**cell, "metadata": {key: cell.metadata[key] for key in KEPT_CELL_METADATA if cell.metadata.get(key)}}
    if cell.cell_type == "code":
        kept["outputs"] = merge_streams([normalise_output(output, cell.execution_count) for output in cell.outputs])
    return kept


def normalise_output(output: NotebookNode, count: int | None) -> dict:
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
    """Every code cell with the caption of its figure, if it has one: what the next cell of prose says in *italics* at
    its very beginning. Readers see it there, and screen readers and web pages get it as the picture's description."""
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
    """Join the neighbouring pieces of a stream, which the kernel cuts by the clock. Of a line that overwrites itself
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


# --- run -------------------------------------------------------------------------------------------------------------


def run(path: Path) -> list[Defect]:
    """Execute one notebook and write it. If a cell fails, say which, and leave the file as it is."""
    if defects := list(format_defects(path)):
        return defects
    notebook = nbformat.v4.reads(path.read_bytes())
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
        cell = started[-1]
        name, words = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error).strip())
        return [(cell.id, f"`{first_line(cell.source)}` raised {name}: {first_line(words)}; nothing was written")]

    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(serialise(notebook))
    os.replace(partial, path)
    return []


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


# --- check -----------------------------------------------------------------------------------------------------------


class Lesson:
    """A notebook as the checks see it. `code` and `prose` hold its cells; an empty cell is in neither."""

    def __init__(self, path: Path):
        self.path = path
        self.notebook = nbformat.v4.reads(path.read_bytes())  # unlike nbformat.read, changes nothing
        self.cells = self.notebook.cells
        self.code = [cell for cell in self.cells if cell.cell_type == "code" and cell.source.strip()]
        self.prose = [cell for cell in self.cells if cell.cell_type == "markdown" and cell.source.strip()]
        self.outputs = [(cell, output) for cell in self.code for output in cell.outputs]


def check(path: Path) -> list[Defect]:
    if defects := list(format_defects(path)):
        return defects
    lesson = Lesson(path)
    return [defect for each_check in CHECKS for defect in each_check(lesson)]


def format_defects(path: Path) -> Iterator[Defect]:
    """What makes the file no notebook, or one of another format. Nothing else is looked at until this is right."""
    try:
        raw = json.loads(path.read_bytes())
        version = f"{raw['nbformat']}.{raw['nbformat_minor']}"
    except (ValueError, TypeError, KeyError) as error:
        yield None, f"is not a notebook ({type(error).__name__}: {error}): restore it with git"
        return
    if version != "4.5":
        yield None, f"is nbformat {version}, expected 4.5: save it with JupyterLab 4"
        return
    for error in iter_validate(raw):
        cell_id, sentence = None, f"is not valid nbformat 4.5: {error.message[:200]}"
        where = list(error.relative_path)
        if where[:1] == ["cells"] and len(where) > 1 and isinstance(cell := raw["cells"][where[1]], dict):
            cell_id = str(cell.get("id", f"number {where[1] + 1}"))
            if "id" not in cell:
                sentence = "has no id: give it back the one it had, or a name in lower-case words"
        yield cell_id, sentence


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def was_run(cell: NotebookNode) -> bool:
    return cell.execution_count is not None


def parse(cell: NotebookNode) -> ast.Module:
    """The cell's syntax tree; empty where it is no Python, which check_code reports."""
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return ast.Module([], [])


def text_of(output: NotebookNode, mime: str = "text/") -> str:
    """The words of an output, without colours: of a stream, an error, or the data whose mime type begins like this."""
    if output.output_type == "stream":
        text = output.text
    elif output.output_type == "error":
        text = "\n".join([output.evalue, *output.traceback])
    else:
        text = "\n".join(str(value) for key, value in output.data.items() if key.startswith(mime))
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def plain_prose(cell: NotebookNode) -> str:
    """Markdown with its code and formulas blotted out: there, `f[1](x)` is no link."""
    return re.sub(r"```.*?```|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$", "…", cell.source, flags=re.DOTALL)


def check_file_name(lesson: Lesson) -> Iterator[Defect]:
    if not re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", lesson.path.name):
        yield None, "is not named like 01_neuron.ipynb: rename it"


def check_form(lesson: Lesson) -> Iterator[Defect]:
    if lesson.path.read_bytes() != serialise(lesson.notebook):
        yield None, "is not written as this tool writes it: `make notebooks` does"


def check_metadata(lesson: Lesson) -> Iterator[Defect]:
    for key in sorted(lesson.notebook.metadata.keys() - {"kernelspec"}):
        yield None, f"has the metadata `{key}`, expected kernelspec alone: `make notebooks` drops it"
    if lesson.notebook.metadata.get("kernelspec") != KERNELSPEC:
        yield None, f"has another kernelspec than {KERNELSPEC}: `make notebooks` sets it"
    for cell in lesson.cells:
        for key in sorted(cell.metadata.keys() - KEPT_CELL_METADATA):
            yield cell.id, f"has the metadata `{key}`, expected tags alone: `make notebooks` drops it"


def check_ids(lesson: Lesson) -> Iterator[Defect]:
    for cell_id, count in Counter(cell.id for cell in lesson.cells).items():
        if count > 1:
            yield cell_id, f"is the id of {count} cells: rename the later ones"
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}|[0-9a-f]{32}", cell_id):
            yield cell_id, "has an id made by a machine: name it for what it does, such as `plot-sigmoid`"
        elif not re.fullmatch(r"[a-z][a-z0-9-]*", cell_id):
            yield cell_id, "has an id that is not lower-case words, such as `plot-sigmoid`: rename it"


def check_tags(lesson: Lesson) -> Iterator[Defect]:
    for cell in lesson.cells:
        for tag in tags(cell):
            if not ALLOWED_TAGS.fullmatch(tag):
                yield cell.id, f"has the unknown tag `{tag}`: correct it, or allow it in tools/notebooks.py"
    for cell in lesson.code:
        if marker := re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_\w+", cell.source):
            yield cell.id, f"steers nbval with the comment `{marker[0]}`: use a tag, which this tool can see"


def check_cells(lesson: Lesson) -> Iterator[Defect]:
    if not lesson.code:
        yield None, "has no code cell: a lesson has something to run"
    for cell in lesson.cells:
        if not cell.source.strip():
            yield cell.id, "is empty: delete it"
    for first in lesson.cells[:1]:
        if first.cell_type != "markdown" or not first.source.startswith("# "):
            yield first.id, "is the first cell and no title: open the lesson with a markdown cell `# …`"


def check_code(lesson: Lesson) -> Iterator[Defect]:
    for cell in lesson.code:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield cell.id, f"is not plain Python ({error.msg}, line {error.lineno}): no !command, %magic or ?help"
        for node in ast.walk(parse(cell)):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                yield cell.id, f"imports * from {node.module}: import by name"
        if cell.source.rstrip().endswith(";"):
            yield cell.id, "ends with `;`, which hides the value here but not from nbval: end it with plt.show()"
        if (lines := len(cell.source.splitlines())) > MAX_CODE_LINES:
            yield cell.id, f"has {lines} lines, expected 1 to 8 and never more than {MAX_CODE_LINES}: split it"


def check_was_run(lesson: Lesson) -> Iterator[Defect]:
    if lesson.code and not any(was_run(cell) for cell in lesson.code):
        yield None, "was never run: `make notebooks` runs it"
        return
    for expected, cell in enumerate(lesson.code, start=1):
        if not was_run(cell):
            yield cell.id, "was never run: `make notebooks` runs it"
        elif cell.execution_count != expected:
            yield cell.id, f"has execution count {cell.execution_count}, expected {expected}: run `make notebooks`"


def check_has_outputs(lesson: Lesson) -> Iterator[Defect]:
    """A notebook stripped of its outputs passes nbval, which then has nothing to compare."""
    if any(was_run(cell) for cell in lesson.code) and not lesson.outputs:
        yield None, "has no output at all: `make notebooks` makes them"
        return
    for cell in lesson.code:
        if was_run(cell) and not cell.outputs and (reason := must_show(parse(cell).body)):
            yield cell.id, f"has no output, although it {reason}: `make notebooks` makes it"


def must_show(body: list[ast.stmt]) -> str | None:
    """Why this code cannot but show something. A call on its last line is no reason: it may return None."""
    for statement in at_top_level(body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = ast.unparse(statement.value.func)
            if name in ("print", "display", "plt.show"):
                return f"calls {name}()"
    if body and isinstance(body[-1], ast.Expr):
        value = body[-1].value
        if not isinstance(value, ast.Call) and ast.unparse(value) != "None":
            return "ends in a value"
    return None


def at_top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run whenever the cell does: those of a loop too, but not of an `if` or a function."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.For | ast.With):
            yield from at_top_level(statement.body)


def check_errors(lesson: Lesson) -> Iterator[Defect]:
    for cell, output in lesson.outputs:
        if output.output_type == "error" and RAISES not in tags(cell):
            yield cell.id, f"shows the error {output.ename}: correct it, or tag it {RAISES} if that is the lesson"
        elif output.output_type == "stream" and output.name == "stderr":
            yield cell.id, f"writes `{first_line(output.text)}` to stderr: remove its cause, or print to stdout"
        elif warning := re.search(r"\w*Warning: .*", text_of(output)):
            yield cell.id, f"shows the warning `{warning[0]}`: remove its cause"
    for cell in lesson.code:
        if was_run(cell) and RAISES in tags(cell) and not any(output.output_type == "error" for output in cell.outputs):
            yield cell.id, f"is tagged {RAISES} and shows no error: remove the tag, or run `make notebooks`"


def check_widgets(lesson: Lesson) -> Iterator[Defect]:
    for cell, output in lesson.outputs:
        if WIDGET_VIEW in output.get("data", {}) and not has_fallback(output.data):
            yield cell.id, "shows a widget that is nothing without a kernel: give it a picture in _repr_mimebundle_"


def check_machine_traces(lesson: Lesson) -> Iterator[Defect]:
    path = r"(?<![\w.~-])/(?:home|Users|root|tmp|work|var/folders)/\S*|\b[A-Za-z]:[\\/]+Users\b\S*"
    address = r"\bat 0x[0-9a-fA-F]{6,}"
    for cell in lesson.cells:
        if found := re.search(path, cell.source):
            yield cell.id, f"names `{found[0]}`, which only one machine has: use a relative path"
    for cell, output in lesson.outputs:
        if found := re.search(f"{path}|{address}", text_of(output)):
            yield cell.id, f"shows `{found[0]}`, which only one machine has: print something else"


def check_digits(lesson: Lesson) -> Iterator[Defect]:
    """Whole numbers may be long, and zeros at the end say nothing: 60,000 and 100.00% pass."""
    number = re.compile(
        r"\$-?[\d,.]+"  # money is exact: passed over
        r"|\d+(?:\.\d+){2,}"  # so is a version such as 2.4.6
        r"|(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)\.(?P<fraction>\d+)"
    )
    for cell, output in lesson.outputs:
        if IGNORED in tags(cell) or output.output_type == "error":
            continue
        for found in number.finditer(text_of(output, "text/plain")):
            fraction = (found["fraction"] or "").rstrip("0")
            digits = ((found["whole"] or "").replace(",", "") + fraction).lstrip("0")
            if fraction and len(digits) > MAX_DIGITS:
                yield cell.id, f"prints {found[0]}, expected at most {MAX_DIGITS} significant digits: round it"
                break


def check_ignored(lesson: Lesson) -> Iterator[Defect]:
    """What nbval does not compare, an assertion must answer for: in the next cell whose output is compared."""
    for index, cell in enumerate(lesson.code):
        if IGNORED not in tags(cell):
            continue
        follower = next((later for later in lesson.code[index:] if IGNORED not in tags(later)), None)
        if follower is None or not any(isinstance(node, ast.Assert) for node in ast.walk(parse(follower))):
            yield cell.id, f"is tagged {IGNORED}: let the next code cell assert what must hold"
        elif was_run(follower) and not follower.outputs:
            yield follower.id, f"asserts for `{cell.id}` and prints nothing: print a fixed text that says what holds"


def check_alt_text(lesson: Lesson) -> Iterator[Defect]:
    for cell in lesson.prose:
        text = plain_prose(cell)
        bare = re.findall(r"!\[\s*\]\([^)]*\)", text)
        bare += [tag for tag in re.findall(r"<img\b[^>]*>", text) if not re.search(r"""\balt=["']\s*[^"'\s]""", tag)]
        for image in bare:
            yield cell.id, f"has an image without a description, `{image}`: say in its alt text what it shows"


def check_captions(lesson: Lesson) -> Iterator[Defect]:
    described = {cell.id for cell, caption in captions(lesson.cells) if len(caption) >= 20}
    for cell, output in lesson.outputs:
        is_figure = any(mime.startswith("image/") for mime in output.get("data", {}))
        if is_figure and cell.id not in described:
            yield cell.id, "shows a figure without a description: begin the next text cell with one in *italics*"


def check_links(lesson: Lesson) -> Iterator[Defect]:
    link = re.compile(r"""\]\(\s*<?([^)\s>]+)|\b(?:src|href)=["']([^"']+)|^\[[^\]]+\]:\s*(\S+)""", re.MULTILINE)
    for cell in lesson.prose:
        for found in link.finditer(plain_prose(cell)):
            target = urlsplit(found[found.lastindex])
            is_local = target.path and not target.scheme and not target.netloc
            if is_local and not (lesson.path.parent / unquote(target.path)).exists():
                yield cell.id, f"links to {target.path}, which does not exist: correct the link"


CHECKS = (
    check_file_name,
    check_form,
    check_metadata,
    check_ids,
    check_tags,
    check_cells,
    check_code,
    check_was_run,
    check_has_outputs,
    check_errors,
    check_widgets,
    check_machine_traces,
    check_digits,
    check_ignored,
    check_alt_text,
    check_captions,
    check_links,
)


# --- the command line ------------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Run, normalise and check the lessons.")
    parser.add_argument("command", choices=["run", "check"])
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks (default: every one in notebooks/)")
    options = parser.parse_args(arguments)
    paths = options.paths or sorted(NOTEBOOKS.glob("*.ipynb"))
    if not paths or not all(path.is_file() for path in paths):
        parser.error(f"no notebook in {', '.join(map(str, options.paths)) or NOTEBOOKS}")

    failed = False
    for path in paths:
        start = time.perf_counter()
        defects = run(path) if options.command == "run" else check(path)
        for cell_id, sentence in defects:
            print(f"{path}: cell {cell_id}: {sentence}" if cell_id else f"{path}: {sentence}")
        if options.command == "run":
            print(f"{path}: {time.perf_counter() - start:.1f} s", flush=True)
        failed = failed or bool(defects)
    return int(failed)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # a Windows console could not print every cell
    sys.exit(main())
