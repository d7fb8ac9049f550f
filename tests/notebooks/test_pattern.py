"""The bars of the second edition: what a lesson shows, keeps open, uses of the learner's, and how it can be re-run.

CONTRIBUTING.md shows the pattern with examples.
"""

import ast
import builtins
import re
import symtable

import nbformat
import pytest

from course.exercises import lessons
from tools import notebooks as tool

SECOND = [path.stem for path in sorted(tool.NOTEBOOKS.glob("*.ipynb"))]
DRAWING = {"plt", "fig", "ax", "axes", "print"}
COMPOUND = (ast.For, ast.With, ast.If, ast.Try, ast.While, ast.FunctionDef, ast.ClassDef)
AGAIN = {"fig", "ax", "axes", "_"}  # names that any cell may assign


@pytest.fixture(params=SECOND)
def cells(request):
    return nbformat.read(tool.NOTEBOOKS / f"{request.param}.ipynb", 4).cells


def is_open(cell):
    return cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden")


def code_of(cells, which=is_open):
    return [(cell, ast.parse(cell.source)) for cell in cells if cell.cell_type == "code" and which(cell)]


def assigned(tree):
    """The global names that a cell binds, without those of its loops, and a class that goes on: `class A(A):`."""
    loops = [node.target for node in ast.walk(tree) if isinstance(node, ast.For | ast.comprehension)]
    looped = {name.id for target in loops for name in ast.walk(target) if isinstance(name, ast.Name)}
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef)]
    inner = {id(node) for scope in scopes for node in ast.walk(scope)}
    stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names = {node.id for node in stored if id(node) not in inner}
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    goes_on = {node.name for node in classes if node.name in map(ast.unparse, node.bases)}
    return (names - looped) | (defined - goes_on)


def imported(tree):
    lines = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for line in lines for alias in line.names}


def test_open_cells_are_short_and_fit_the_page(cells):
    for cell, tree in code_of(cells):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        whole = any(isinstance(node, ast.ClassDef) for node in tree.body)
        whole = whole or "graduated" in cell.metadata.get("tags", [])
        assert len(lines) <= (30 if whole else 15), f"{cell.id} has {len(lines)} open lines"
        assert max(map(len, lines)) <= 88, f"{cell.id} has a line that is cut off on the page"


def test_few_open_lines_draw_or_print(cells):
    drawing = total = 0
    for cell, tree in code_of(cells):
        total += sum(bool(line.strip()) for line in cell.source.splitlines())
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt) and not isinstance(node, COMPOUND):
                names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
                drawing += (node.end_lineno - node.lineno + 1) * bool(names & DRAWING)
    assert drawing <= 0.2 * total, f"{drawing} of {total} open lines draw or print"


def test_folded_cells_only_draw(cells):
    folded = code_of(cells, lambda cell: not is_open(cell))
    opened = {name.id for _, tree in code_of(cells) for name in ast.walk(tree) if isinstance(name, ast.Name)}
    for cell, tree in folded:
        assert "hide-input" in cell.metadata.get("tags", []), f"{cell.id} is folded without its tag"
        bound = assigned(tree) - AGAIN | imported(tree)
        needed = bound & opened - set().union(*(imported(other) for _, other in code_of(cells)))
        assert not needed, f"the folded cell {cell.id} defines {needed}, which an open cell uses"


def test_no_name_means_two_things(cells):
    seen = {}
    for cell, tree in code_of(cells, lambda cell: True):
        lines = [node for node in tree.body if isinstance(node, ast.Assign) and "yours(" in ast.unparse(node.value)]
        theirs = {name.id for line in lines for name in ast.walk(line.targets[0]) if isinstance(name, ast.Name)}
        for name in assigned(tree) - AGAIN - theirs:
            assert name not in seen, f"{name} is assigned in {seen[name]} and in {cell.id}"
            seen[name] = cell.id


def test_what_was_asked_for_is_used(cells):
    source = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    asked = re.findall(r'check\("(\d+\.\d+)"', source)
    tasks = {task.key: task for lesson in lessons().values() for task in lesson.EXERCISES}
    used = set(re.findall(r'yours\("(\d+\.\d+)"', source))
    assert used, "nothing runs on what the learner wrote"
    assert used & set(asked), f"none of {asked} is used afterwards"
    assert all(callable(tasks[key].right) for key in used)


def test_it_can_be_taken_in_sittings(cells):
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert "**A good place to stop.**" in prose
    assert prose.count("**Predict first.**") + prose.count("**Predict first:**") >= 4
    assert "**Next**" in prose
    assert any("# start again here" in cell.source for cell in cells if cell.cell_type == "code")


def globals_of(table):
    """The global names that a cell uses at once, those that its functions use, and those that it binds."""
    symbols = table.get_symbols()
    used = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    bound = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    within, tables = set(), table.get_children()
    while tables:
        inner = tables.pop()
        tables += inner.get_children()
        within |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    return used, within, bound | {inner.get_name() for inner in table.get_children()}


def test_from_each_start_the_rest_of_the_lesson_has_all_names(cells):
    """After a pause: the cell says whether the lesson's first two, and the cells of which names, are run before it."""
    codes = [cell for cell in cells if cell.cell_type == "code"]
    names = [globals_of(symtable.symtable(cell.source, cell.id, "exec")) for cell in codes]
    for start, cell in enumerate(codes):
        says = next((line for line in cell.source.splitlines() if "# start again here" in line), None)
        if says is None:
            continue
        named = set(re.findall(r"\w+", says.partition("cells,")[2]))
        have = set(dir(builtins)).union(
            *(
                bound
                for k, (_, _, bound) in enumerate(names[:start])
                if bound & named or (k < 2 and "first two cells" in says)
            )
        )
        ever = have.union(*(bound for _, _, bound in names[start:]))  # a function may be called later
        for later, (used, within, bound) in zip(codes[start:], names[start:], strict=True):
            missing = (used - have - bound) | (within - ever)
            assert not missing, f"from {cell.id} on, {later.id} lacks {missing}"
            have |= bound


def test_each_exercise_says_its_effort(cells):
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    source = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    for task in (task for lesson in lessons().values() for task in lesson.EXERCISES):
        if f'check("{task.key}"' in source:
            assert task.effort in prose, f"{task.key} is {task.effort}"


def test_the_heads_of_all_lessons_name_the_same_lessons():
    heads = [nbformat.read(tool.NOTEBOOKS / f"{name}.ipynb", 4).cells[0].source for name in SECOND]
    lines = [re.search(r"\*\*The course\*\* (.+)", head)[1] for head in heads]
    assert len({re.sub(r"\*\*|: you are here", "", line) for line in lines}) == 1
    here = [int(re.search(r"\*\*(\d\d) [^*]+: you are here", line)[1]) for line in lines]
    assert here == list(range(1, len(lines) + 1))
