"""A Sphinx extension that prepares each notebook as it is read; the files stay as they are.

A figure's description, which a lesson folds under its caption, becomes its alt text; *Predict first* becomes a box;
below each exercise stand its hints and its solution, folded; what only a kernel can answer is hidden until one runs
(*Run it here*, site/live, which finds each code cell by the tag with its id). The quiz is in the notebook's stored
output as plain HTML that opens on its explanations, and cells that only draw are folded by their tag. Below the title
stand the lesson's version and its half page, and in the menus the copy for Colab (tools/colab.py).
"""

import copy
import os
import re

import nbformat
from outline import EMPTY, version

from course.exercises import lessons

DESCRIPTION = re.compile(r"<details><summary>In words</summary>\s*(.*?)\s*</details>", re.DOTALL)
PREDICT = re.compile(  # a paragraph, and the answer folded below it
    r"^\*\*Predict first[.:]\*\* (.+?(?:\n\n<details>.*?</details>|(?=\n\n)|\Z))", re.DOTALL | re.MULTILINE
)


def setup(app):
    app.connect("source-read", prepare)
    app.connect("html-page-context", page, priority=600)  # after the theme's own
    return {"parallel_read_safe": True, "version": "1"}


def prepare(app, name, source):
    if not name.startswith("notebooks/"):
        return
    notebook = prepared(nbformat.reads(source[0], as_version=4))
    title, rest = notebook.cells[0].source.split("\n", 1)
    notebook.cells[0].source = f"{title}\n\n{facts(app, name)}\n{rest}"
    source[0] = nbformat.writes(notebook)


def prepared(notebook):
    cells = []
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = PREDICT.sub(box, cell.source)
            cells.append(cell)
        else:
            describe(cell, following)
            cells += exercise(cell)
    last = copy.deepcopy(EMPTY)
    last.metadata["tags"] = ["live-only", f"id-{last.id}"]
    notebook.cells = [*cells, last]
    return notebook


def facts(app, name):
    number, lesson_version = name.removeprefix("notebooks/")[:2], version(app.env.doc2path(name), app.config.release)
    return (
        f":::{{div}} facts\nVersion {lesson_version} · [on half a page](#half-{number}) · [course map](../map.md)\n:::"
    )


def page(app, name, template, context, doctree):
    """The half pages have a template of their own; a lesson says its version, and its menus have what is ours."""
    if name == "half-pages":
        return "half-pages.html"
    if not name.startswith("notebooks/"):
        return None
    lesson = name.removeprefix("notebooks/")
    context["metatags"] += f'<meta name="version" content="{version(app.env.doc2path(name), app.config.release)}">'
    menus = {group.get("label"): group["buttons"] for group in context["header_buttons"] if group["type"] == "group"}
    repository = app.config.html_theme_options["repository_url"].removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{repository}/blob/colab/{lesson}.ipynb"
    menus["launch-buttons"].append(link("Colab", "Open in Colab", colab, "_static/images/logo_colab.png"))
    if os.environ.get("COURSE_LITE"):
        lite = f"{context['pathto']('lite/lab/index.html', 1)}?path={lesson}.ipynb"
        lite_logo = "_static/images/logo_jupyterlite.svg"
        menus["launch-buttons"].append(link("JupyterLite", "Open in JupyterLite, in this browser", lite, lite_logo))
    half = f"{context['pathto']('half-pages')}#half-{lesson[:2]}"
    menus["download-buttons"].append(
        link("half page", "This lesson on half a page, to print", half, "fas fa-file-lines")
    )
    return None


def link(text, tooltip, url, icon):
    """An entry of a menu, as the theme has them."""
    return {"type": "link", "text": text, "tooltip": tooltip, "url": url, "icon": icon}


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
