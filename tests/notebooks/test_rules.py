"""The state in which a learner should meet every lesson: its file, its cells, what they show, and how they are taken.

Nothing is executed here. A rule is a test, and its message names the cells and says what to do. To look at one lesson:
`pytest tests/notebooks/test_rules.py -k 07_mnist`. CONTRIBUTING.md shows the pattern of a lesson with examples.
"""

import ast
import builtins
import re
import symtable
from collections import Counter
from functools import cache
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from nbformat.validator import iter_validate

from course.exercises import lessons
from tests.notebooks import after_cells
from tools import notebooks as tool

LESSONS = sorted(tool.NOTEBOOKS.glob("*.ipynb"))
IGNORED = "nbval-ignore-output"  # the output differs from run to run; nbval does not compare it
RAISES = "raises-exception"  # the error is what the cell is there to show
TAGS = {IGNORED, RAISES, "hide-input", "graduated", "torch"}
MAX_DIGITS = 4  # significant digits of a printed float
MACHINE_PATH = r"(?<![\w.~-])/(?:home|Users|root|tmp|work|var/folders)/\S*|\b[A-Za-z]:[\\/]+Users\b\S*"
ADDRESS = r"\bat 0x[0-9a-fA-F]{6,}"
NUMBER = re.compile(
    r"\$-?[\d,.]+"  # money is exact: passed over
    r"|\d+(?:\.\d+){2,}"  # so is a version such as 2.4.6
    r"|(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)\.(?P<fraction>\d+)"
)
LINK = re.compile(r"""\]\(\s*<?([^)\s>]+)|\b(?:src|href)=["']([^"']+)|^\[[^\]]+\]:\s*(\S+)""", re.MULTILINE)
DRAWING = {"plt", "fig", "ax", "axes", "print"}
COMPOUND = (ast.For, ast.With, ast.If, ast.Try, ast.While, ast.FunctionDef, ast.ClassDef)
AGAIN = {"fig", "ax", "axes", "_"}  # names that any cell may assign


@cache
class Lesson:
    """A notebook as the rules see it, read once: its cells that are not empty, pairs (cell, output), (cell, tree)."""

    def __init__(self, path):
        self.path, self.number = path, int(path.name[:2])
        self.notebook = nbformat.v4.reads(path.read_bytes())  # unlike nbformat.read, changes nothing
        self.cells = self.notebook.cells
        self.code = [cell for cell in self.cells if cell.cell_type == "code" and cell.source.strip()]
        self.prose = [cell for cell in self.cells if cell.cell_type == "markdown"]
        self.text, self.source = ("\n".join(cell.source for cell in some) for some in (self.prose, self.code))
        self.outputs = [(cell, output) for cell in self.code for output in cell.outputs]
        self.trees = [(cell, ast.parse(cell.source, f"cell {cell.id}")) for cell in self.code]  # no !command or %magic
        self.open = [(cell, tree) for cell, tree in self.trees if not cell.metadata.get("jupyter")]  # not folded


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem, scope="module")
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


def names(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_the_file_is_in_the_form_that_make_notebooks_writes(lesson):
    assert re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", lesson.path.name), "rename it to a name like 01_neuron.ipynb"
    errors = [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in iter_validate(lesson.notebook)]
    assert not errors, "it is no valid notebook: save it with JupyterLab 4"
    same = lesson.path.read_bytes() == tool.serialize(lesson.notebook)
    assert same, "its bytes are not those that the tool writes: run `make notebooks` (NB=… for one)"
    counts = {cell.id: cell.execution_count for cell in lesson.code}
    assert list(counts.values()) == list(range(1, len(counts) + 1)), f"run `make notebooks`; the counts are {counts}"


def test_it_opens_with_a_title_and_has_no_empty_cell(lesson):
    assert lesson.prose[0] is lesson.cells[0]
    assert lesson.cells[0].source.startswith("# "), "the first cell is the lesson's title, `# …`"
    report((cell.id, "is empty: delete it") for cell in lesson.cells if not cell.source.strip())


def test_ids_are_names_and_each_names_one_cell(lesson):
    for cell_id, count in Counter(cell.id for cell in lesson.cells).items():
        assert count == 1, f"{count} cells have the id {cell_id}: rename the later ones"
    report(
        (cell.id, "name it for what it does, in lower-case words, such as `plot-sigmoid`")
        for cell in lesson.cells
        if not re.fullmatch(r"(?![0-9a-f]{8}(-|$)|[0-9a-f]{32}$)[a-z][a-z0-9-]*", cell.id)
    )


def test_tags_are_known_and_nothing_else_steers_nbval(lesson):
    report((cell.id, f"has the unknown tag `{tag}`") for cell in lesson.cells for tag in set(tags(cell)) - TAGS)
    comment = re.compile(r"#\s*(NBVAL|PYTEST_VALIDATE)_\w+")
    report((cell.id, "steers nbval by a comment: use a tag") for cell in lesson.code if comment.search(cell.source))
    words = "ends with `;`, which hides a value here and not from nbval: end it with plt.show()"
    report((cell.id, words) for cell in lesson.code if cell.source.rstrip().endswith(";"))


def test_local_links_lead_somewhere(lesson):
    for cell in lesson.prose:
        for found in LINK.finditer(plain(cell)):
            target = urlsplit(found[found.lastindex])
            is_local = target.path and not target.scheme and not target.netloc
            if is_local and not (lesson.path.parent / unquote(target.path)).exists():
                report([(cell.id, f"links to {target.path}, which does not exist: correct the link")])


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
    found = [(cell, re.search(MACHINE_PATH, cell.source)) for cell in lesson.cells]
    found += [(cell, re.search(f"{MACHINE_PATH}|{ADDRESS}", text_of(output))) for cell, output in lesson.outputs]
    words = "has `{}`: use a relative path, or print something else"
    report((cell.id, words.format(trace[0])) for cell, trace in found if trace)


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
        bare = re.findall(r"""<img\b(?![^>]*\balt=["']\s*[^"'\s])[^>]*>|!\[\s*\]\([^)]*\)""", plain(cell))
        report((cell.id, f"has an image without a description, `{image}`: fill in its alt text") for image in bare)


def test_what_nbval_does_not_compare_shows_something_and_is_checked_after_the_run(lesson):
    """By after_cells.py; `progress()` by the scripted learner of test_course.py."""
    ids = {cell.id for cell in lesson.cells}
    checks = after_cells.CHECKS | after_cells.RESULTS
    checked = {cell for name, cell in checks if name == lesson.path.stem} | {"progress"}
    assert checked <= ids, f"after_cells.py speaks of cells that do not exist: {sorted(checked - ids)}"
    report(
        (cell.id, f"is tagged {IGNORED}: give it an output, and say in tests/notebooks/after_cells.py what must hold")
        for cell in lesson.code
        if IGNORED in tags(cell) and (cell.id not in checked or not cell.outputs)
    )


def test_the_first_import_of_ours_is_from_course_which_looks_for_a_file_that_hides_helpers(lesson):
    assert re.search(r"^from (helpers|course)\b", lesson.source, re.MULTILINE)[1] == "course"


def test_every_figure_has_a_sentence_and_under_it_its_description_folded(lesson):
    """Where a cell shows a picture, the next text begins with *one sentence* and "In words"."""
    form = r"\*(?!\*)[^*\n]+[.?!]\*\n\n<details><summary>In words</summary>\n\n[^<]{20,}?\n\n</details>(\n\n|$)"
    for k, cell in enumerate(lesson.cells):
        if any(mime.startswith("image/") for output in cell.get("outputs", ()) for mime in output.get("data", {})):
            prose = next((c.source for c in lesson.cells[k + 1 :] if c.cell_type == "markdown"), "")
            if not re.match(form, prose, re.DOTALL):
                words = "its figure needs *a sentence* and <details><summary>In words</summary> after it"
                report([(cell.id, words)])


def test_open_cells_are_short_and_fit_the_page(lesson):
    for cell, tree in lesson.open:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        whole = "graduated" in tags(cell) or any(isinstance(node, ast.ClassDef) for node in tree.body)
        assert len(lines) <= (30 if whole else 15), f"{cell.id} has {len(lines)} open lines"
        assert max(map(len, lines)) <= 88, f"{cell.id} has a line that is cut off on the page"


def test_few_open_lines_draw_or_print(lesson):
    statements = [node for _, tree in lesson.open for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    drawing = [node for node in statements if not isinstance(node, COMPOUND) and names(node) & DRAWING]
    lines = sum(node.end_lineno - node.lineno + 1 for node in drawing)
    total = sum(bool(line.strip()) for cell, _ in lesson.open for line in cell.source.splitlines())
    assert lines <= 0.2 * total, f"{lines} of {total} open lines draw or print"


def globals_of(cell):
    """The global names that a cell uses at once, those that its functions use, and those that it binds."""
    table = symtable.symtable(cell.source, cell.id, "exec")
    symbols = table.get_symbols()
    used = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    bound = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    within, tables = set(), table.get_children()
    while tables:
        inner = tables.pop()
        tables += inner.get_children()
        within |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    return used, within, bound


def imported(tree):
    lines = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for line in lines for alias in line.names}


def defined(cell, tree):
    """The global names that a cell binds, but those of imports, its loops, and a class that goes on: `class A(A):`."""
    loops = [node.target for node in ast.walk(tree) if isinstance(node, ast.For)]
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    goes_on = {node.name for node in classes if node.name in map(ast.unparse, node.bases)}
    return globals_of(cell)[2].difference(AGAIN, imported(tree), goes_on, *map(names, loops))


def test_folded_cells_only_draw(lesson):
    opened = set().union(*(names(tree) for _, tree in lesson.open))
    anew = set().union(AGAIN, *(imported(tree) for _, tree in lesson.open))
    for cell, tree in (pair for pair in lesson.trees if pair not in lesson.open):
        assert "hide-input" in tags(cell), f"{cell.id} is folded without its tag"
        needed = (defined(cell, tree) | imported(tree)) & opened - anew
        assert not needed, f"the folded cell {cell.id} defines {needed}, which an open cell uses"


def test_no_name_means_two_things(lesson):
    seen = {}
    for cell, tree in lesson.trees:
        lines = [node for node in tree.body if isinstance(node, ast.Assign) and "yours(" in ast.unparse(node.value)]
        for name in defined(cell, tree).difference(*(names(line.targets[0]) for line in lines)):
            assert name not in seen, f"{name} is assigned in {seen[name]} and in {cell.id}"
            seen[name] = cell.id


def test_what_was_asked_for_is_used(lesson):
    asked, used = (set(re.findall(rf'{call}\("(\d+\.\d+)"', lesson.source)) for call in ("check", "yours"))
    assert used & asked, f"none of {asked} is used afterwards"


def test_it_can_be_taken_in_sittings(lesson):
    assert "**A good place to stop.**" in lesson.text
    assert len(re.findall(r"\*\*Predict first[.:]\*\*", lesson.text)) >= 4
    assert "**Next**" in lesson.text
    assert "# start again here" in lesson.source


def test_from_each_start_the_rest_of_the_lesson_has_all_names(lesson):
    """After a pause: the cell says whether the lesson's first two, and the cells of which names, are run before it."""
    cells = [globals_of(cell) for cell in lesson.code]
    for start, cell in enumerate(lesson.code):
        if says := re.search("# start again here.*", cell.source):
            named = set(re.findall(r"\w+", says[0].partition("cells,")[2]))
            first = 2 * ("first two cells" in says[0])
            before = [bound for k, (_, _, bound) in enumerate(cells[:start]) if bound & named or k < first]
            have = set(dir(builtins)).union(*before)
            ever = have.union(*(bound for _, _, bound in cells[start:]))  # a function may be called later
            for later, (used, within, bound) in zip(lesson.code[start:], cells[start:], strict=True):
                missing = (used - have - bound) | (within - ever)
                assert not missing, f"from {cell.id} on, {later.id} lacks {missing}"
                have |= bound


def test_each_exercise_says_its_effort_and_they_stand_in_their_order(lesson):
    tasks = lessons()[lesson.number].EXERCISES
    assert re.findall(r'check\("(\d+\.\d+)"', lesson.source) == [task.key for task in tasks]
    for task in tasks:
        assert task.effort in lesson.text, f"{task.key} is {task.effort}"


def test_the_heads_of_all_lessons_name_the_same_lessons():
    lines = [re.search(r"\*\*The course\*\* (.+)", Lesson(path).text)[1] for path in LESSONS]
    assert len({re.sub(r"\*\*|: you are here", "", line) for line in lines}) == 1
    here = [int(re.search(r"\*\*(\d\d) [^*]+: you are here", line)[1]) for line in lines]
    assert here == list(range(1, len(lines) + 1))
