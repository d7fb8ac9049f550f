"""A Sphinx extension that prepares each notebook as it is read; the files stay as they are.

A figure's description, which a lesson folds under its caption, becomes its alt text; *Predict first* becomes a box;
below each exercise stand its hints and its solution, folded; what only a kernel can answer is hidden until one runs
(*Run it here*, site/live, which finds each code cell by the tag with its id). The quiz is in the notebook's stored
output as plain HTML that opens on its explanations, and cells that only draw are folded by their tag.
"""

import re

import nbformat

from course.exercises import lessons

DESCRIPTION = re.compile(r"<details><summary>In words</summary>\s*(.*?)\s*</details>", re.DOTALL)
PREDICT = re.compile(  # a paragraph, and the answer folded below it
    r"^\*\*Predict first[.:]\*\* (.+?(?:\n\n<details>.*?</details>|(?=\n\n)|\Z))", re.DOTALL | re.MULTILINE
)


def setup(app):
    app.connect("source-read", prepare)
    return {"parallel_read_safe": True, "version": "1"}


def prepare(app, name, source):
    if not name.startswith("notebooks/"):
        return
    notebook = nbformat.reads(source[0], as_version=4)
    source[0] = nbformat.writes(prepared(notebook))


def prepared(notebook):
    cells = []
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = PREDICT.sub(box, cell.source)
            cells.append(cell)
        else:
            describe(cell, following)
            cells += exercise(cell)
    notebook.cells = cells
    return notebook


def box(match):
    return f":::{{admonition}} Predict first\n:class: tip predict\n{match[1]}\n:::"


def describe(cell, following):
    """Give the pictures of a cell the description that follows, as alt text."""
    found = (
        DESCRIPTION.search(following.source) if following is not None and following.cell_type == "markdown" else None
    )
    if found and any("image/png" in output.get("data", {}) for output in cell.outputs):
        words = " ".join(re.sub(r"[*_`$\\]", "", found[1]).split())
        cell.metadata.setdefault("mystnb", {})["image"] = {"alt": words}
    for output in cell.outputs:  # a widget is shown by the picture that stands beside its view
        output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)


def exercise(cell):
    """The cell, marked as what it is, and below an exercise its help."""
    tags = {*cell.metadata.get("tags", []), f"id-{cell.id}"}
    key = re.search(r'^check\("(\d+\.\d+)"', cell.source, re.MULTILINE)
    if key:
        cell.outputs = []  # "Not written yet", which only a kernel can change
    if re.match(r"progress\(", cell.source):
        cell.outputs = []
        tags.add("live-only")
    if re.match(r"quiz\(", cell.source):
        tags |= {"quiz", "remove-input"}
    if "from course.widgets import" in cell.source:
        tags.add("widget")
    cell.metadata["tags"] = sorted(tags | ({"exercise"} if key else set()))
    return [cell, help_for(key[1])] if key else [cell]


def help_for(key):
    """The hints and the solution of an exercise, as `hint` and `solution` give them."""
    task = next(task for task in lessons()[int(key.split(".")[0])].EXERCISES if task.key == key)
    parts = [f":::{{dropdown}} Hint {n} for {key}\n{hint}\n:::" for n, hint in enumerate(task.hints, start=1)]
    code = f"```python\n{task.solution.strip()}\n```"
    parts.append(f"::::{{dropdown}} Solution of {key}\n{code}\n\n{task.reason}\n::::")
    return nbformat.v4.new_markdown_cell("\n\n".join(parts), id=f"help-{key.replace('.', '-')}")
