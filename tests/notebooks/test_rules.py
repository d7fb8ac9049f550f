"""The state in which a learner should meet every lesson: its file, its cells, and what they show.

Nothing is executed here. A rule is a test, and its message names the cells and says what to do. To look at one lesson:
`pytest tests/notebooks/test_rules.py -k 07_mnist`.
"""

import ast
import re
from collections import Counter
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from nbconvert.exporters import ScriptExporter
from nbformat.validator import iter_validate

from tests.notebooks import after_cells
from tools import notebooks as tool

IGNORED = "nbval-ignore-output"  # the output differs from run to run; nbval does not compare it
RAISES = "raises-exception"  # the error is what the cell is there to show
TAGS = {IGNORED, RAISES, "hide-input", "graduated", "torch"}
MAX_CODE_LINES = (
    25  # 1 to 8 is the style; beyond this a cell must be split, unless helpers/ holds it or it asks for a class
)
MAX_DIGITS = 4  # significant digits of a printed float
MACHINE_PATH = r"(?<![\w.~-])/(?:home|Users|root|tmp|work|var/folders)/\S*|\b[A-Za-z]:[\\/]+Users\b\S*"
ADDRESS = r"\bat 0x[0-9a-fA-F]{6,}"
NUMBER = re.compile(
    r"\$-?[\d,.]+"  # money is exact: passed over
    r"|\d+(?:\.\d+){2,}"  # so is a version such as 2.4.6
    r"|(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)\.(?P<fraction>\d+)"
)
LINK = re.compile(r"""\]\(\s*<?([^)\s>]+)|\b(?:src|href)=["']([^"']+)|^\[[^\]]+\]:\s*(\S+)""", re.MULTILINE)


class Lesson:
    """A notebook as the rules see it: its cells with something in them, and the (cell, output) pairs."""

    def __init__(self, path):
        self.path = path
        self.notebook = nbformat.v4.reads(path.read_bytes())  # unlike nbformat.read, changes nothing
        self.cells = self.notebook.cells
        self.code = [cell for cell in self.cells if cell.cell_type == "code" and cell.source.strip()]
        self.prose = [cell for cell in self.cells if cell.cell_type == "markdown"]
        self.outputs = [(cell, output) for cell in self.code for output in cell.outputs]


@pytest.fixture(params=sorted(tool.NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def lesson(request):
    return Lesson(request.param)


def report(defects):
    """Fail with a line for each defect (cell id, sentence)."""
    if lines := [f"cell {cell_id}: {sentence}" for cell_id, sentence in defects]:
        pytest.fail("\n".join(lines), pytrace=False)


def tags(cell):
    return cell.metadata.get("tags", [])


def text_of(output, mime="text/"):
    """The words of an output, without colors: of a stream, an error, or the data whose mime type begins like this."""
    if output.output_type == "stream":
        text = output.text
    elif output.output_type == "error":
        text = "\n".join([output.evalue, *output.traceback])
    else:
        text = "\n".join(str(value) for key, value in output.data.items() if key.startswith(mime))
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def plain(cell):
    """Markdown with its code and formulas blotted out: there, `f[1](x)` is no link."""
    return re.sub(r"```.*?```|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$", "…", cell.source, flags=re.DOTALL)


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_file_is_in_the_form_that_make_notebooks_writes(lesson):
    assert re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", lesson.path.name), "rename it to a name like 01_neuron.ipynb"
    errors = [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in iter_validate(lesson.notebook)]
    assert not errors, "it is no valid notebook: save it with JupyterLab 4"
    same = lesson.path.read_bytes() == tool.serialize(lesson.notebook)
    assert same, "its bytes are not those that the tool writes: run `make notebooks` (NB=… for one)"


def test_nbconvert_makes_a_python_script_of_it(lesson):
    script, resources = ScriptExporter().from_notebook_node(lesson.notebook)
    assert resources["output_extension"] == ".py"
    title = lesson.cells[0].source.splitlines()[0]
    assert f"# {title}" in script.splitlines(), "the text is not in it as comments"


def test_every_cell_was_run_once_in_order(lesson):
    counts = {cell.id: cell.execution_count for cell in lesson.code}
    assert list(counts.values()) == list(range(1, len(counts) + 1)), f"run `make notebooks`; the counts are {counts}"


# --- its cells -------------------------------------------------------------------------------------------------------


def test_it_opens_with_a_title_and_has_no_empty_cell(lesson):
    assert lesson.cells[0].cell_type == "markdown"
    assert lesson.cells[0].source.startswith("# "), "the first cell is the lesson's title, `# …`"
    report((cell.id, "is empty: delete it") for cell in lesson.cells if not cell.source.strip())


def test_ids_are_names_and_each_names_one_cell(lesson):
    for cell_id, count in Counter(cell.id for cell in lesson.cells).items():
        assert count == 1, f"{count} cells have the id {cell_id}: rename the later ones"
    made = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}|[0-9a-f]{32}"
    report(
        (cell.id, "name it for what it does, in lower-case words, such as `plot-sigmoid`")
        for cell in lesson.cells
        if re.fullmatch(made, cell.id) or not re.fullmatch(r"[a-z][a-z0-9-]*", cell.id)
    )


def test_tags_are_known_and_nothing_else_steers_nbval(lesson):
    report((cell.id, f"has the unknown tag `{tag}`") for cell in lesson.cells for tag in set(tags(cell)) - TAGS)
    comment = re.compile(r"#\s*(NBVAL|PYTEST_VALIDATE)_\w+")
    report((cell.id, "steers nbval by a comment: use a tag") for cell in lesson.code if comment.search(cell.source))


def test_code_is_plain_python_in_short_cells(lesson):
    for cell in lesson.code:
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            report([(cell.id, f"is not plain Python ({error}): no !command, %magic or ?help")])
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        report(
            (cell.id, f"imports * from {node.module}: import by name") for node in imports if node.names[0].name == "*"
        )
        if cell.source.rstrip().endswith(";"):
            report([(cell.id, "ends with `;`, which hides a value here and not from nbval: end it with plt.show()")])
        free = {"graduated", "hide-input"} & set(tags(cell)) or re.search(r"^class (?s:.*)^check\(", cell.source, re.M)
        if (lines := len(cell.source.splitlines())) > MAX_CODE_LINES and not free:
            report([(cell.id, f"has {lines} lines, expected 1 to 8 and never more than {MAX_CODE_LINES}: split it")])


def test_local_links_lead_somewhere(lesson):
    for cell in lesson.prose:
        for found in LINK.finditer(plain(cell)):
            target = urlsplit(found[found.lastindex])
            is_local = target.path and not target.scheme and not target.netloc
            if is_local and not (lesson.path.parent / unquote(target.path)).exists():
                report([(cell.id, f"links to {target.path}, which does not exist: correct the link")])


# --- what they show --------------------------------------------------------------------------------------------------


def test_no_error_or_warning_shows_unless_it_is_the_lesson(lesson):
    for cell, output in lesson.outputs:
        if output.output_type == "error" and RAISES not in tags(cell):
            report([(cell.id, f"shows the error {output.ename}: correct it, or tag it {RAISES} if that is the lesson")])
        if output.output_type == "stream" and output.name == "stderr":
            report([(cell.id, f"writes `{output.text[:80]}` to stderr: remove its cause, or print to stdout")])
        if output.output_type != "error" and (warning := re.search(r"\w*Warning: .*", text_of(output))):
            report([(cell.id, f"shows the warning `{warning[0]}`: remove its cause")])
    for cell in lesson.code:
        if RAISES in tags(cell) and not any(output.output_type == "error" for output in cell.outputs):
            report([(cell.id, f"is tagged {RAISES} and shows no error: remove the tag")])


def test_widgets_show_something_where_no_kernel_runs(lesson):
    report(
        (cell.id, "shows a widget that is nothing without a kernel: give it a picture in _repr_mimebundle_")
        for cell, output in lesson.outputs
        if tool.WIDGET_VIEW in output.get("data", {}) and not tool.has_fallback(output.data)
    )


def test_no_source_or_output_names_what_only_one_machine_has(lesson):
    texts = [(cell, MACHINE_PATH, cell.source) for cell in lesson.cells]
    texts += [(cell, f"{MACHINE_PATH}|{ADDRESS}", text_of(output)) for cell, output in lesson.outputs]
    found = [(cell.id, re.search(pattern, text)) for cell, pattern, text in texts]
    report(
        (cell_id, f"has `{trace[0]}`: use a relative path, or print something else")
        for cell_id, trace in found
        if trace
    )


def test_printed_floats_have_few_digits(lesson):
    """Whole numbers may be long, and zeros at the end say nothing: 60,000 and 100.00% pass."""
    for cell, output in lesson.outputs:
        if IGNORED in tags(cell) or output.output_type == "error":
            continue
        for found in NUMBER.finditer(text_of(output, "text/plain")):
            fraction = (found["fraction"] or "").rstrip("0")
            digits = ((found["whole"] or "").replace(",", "") + fraction).lstrip("0")
            if fraction and len(digits) > MAX_DIGITS:
                report([(cell.id, f"prints {found[0]}, expected at most {MAX_DIGITS} significant digits: round it")])


def test_images_have_alt_text(lesson):
    for cell in lesson.prose:
        images = re.findall(r"<img\b[^>]*>", plain(cell))
        bare = [image for image in images if not re.search(r"""\balt=["']\s*[^"'\s]""", image)]
        bare += re.findall(r"!\[\s*\]\([^)]*\)", plain(cell))
        report((cell.id, f"has an image without a description, `{image}`: fill in its alt text") for image in bare)


def test_what_nbval_does_not_compare_shows_something_and_is_checked_after_the_run(lesson):
    """By a function in after_cells.py; `progress()` by the scripted learner of test_course.py."""
    ids = {cell.id for cell in lesson.cells}
    checked = {cell for name, cell in after_cells.CHECKS if name == lesson.path.stem} | {"progress"}
    assert checked <= ids, f"after_cells.py speaks of cells that do not exist: {sorted(checked - ids)}"
    report(
        (cell.id, f"is tagged {IGNORED}: give it an output, and say in tests/notebooks/after_cells.py what must hold")
        for cell in lesson.code
        if IGNORED in tags(cell) and (cell.id not in checked or not cell.outputs)
    )


def test_the_first_import_of_ours_is_from_course_which_looks_for_a_file_that_hides_helpers(lesson):
    imported = [node for cell in lesson.code for node in ast.walk(ast.parse(cell.source))]
    ours = [node.module for node in imported if isinstance(node, ast.ImportFrom)]
    assert next(name for name in ours if name.split(".")[0] in ("helpers", "course")).startswith("course")


def test_every_figure_has_a_sentence_and_under_it_its_description_folded(lesson):
    """Where a cell shows a picture, the next text begins with *one sentence* and "In words"."""
    form = r"\*(?!\*)[^*\n]+[.?!]\*\n\n<details><summary>In words</summary>\n\n[^<]{20,}?\n\n</details>(\n\n|$)"
    for k, cell in enumerate(lesson.cells):
        if any(mime.startswith("image/") for output in cell.get("outputs", ()) for mime in output.get("data", {})):
            prose = next((c.source for c in lesson.cells[k + 1 :] if c.cell_type == "markdown"), "")
            if not re.match(form, prose, re.DOTALL):
                words = "its figure needs *a sentence* and <details><summary>In words</summary> after it"
                report([(cell.id, words)])
