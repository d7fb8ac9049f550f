"""What is done to a submission before it is graded: the checks are put back, and what was odd is said at its top.

nbgrader restores a check that was changed; one that was deleted together with its answer ends its grading, and one that
was moved, copied or split counts where it happens to stand. Here every check of the submission is taken out, and the
original is put after the last cell of its answer. An answer that is missing comes back as its stub.
"""

import re

from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from teaching.classroom.make_class import marked

HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", re.DOTALL)
NOTES = "class-notes"  # the id of the cell
HEAD = "**About this submission**"


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


class Restore(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        at = resources["nbgrader"]
        with Gradebook(at["db_url"]) as gradebook:
            released = gradebook.find_notebook(at["notebook"], at["assignment"])
            points = {cell.name: cell.max_score for cell in released.grade_cells}
            sources = {cell.name: cell.source for cell in released.source_cells}
        nb.cells, notes = restored(nb.cells, sources, points)
        begin = f"from teaching.classroom.grading import begin\n\nbegin({at['student']!r})"
        nb.cells.insert(0, new_code_cell(begin, id="class-begin"))
        if notes:
            text = "\n".join([HEAD, "", *(f"- {note}" for note in notes)])
            nb.cells.insert(0, new_markdown_cell(text, id=NOTES))
        nb.nbformat_minor = max(nb.nbformat_minor, 5)  # cells have ids
        return nb, resources


def restored(cells, sources, points):
    """The cells with every check in its place, and sentences on what was odd.

    `sources` maps the names of the released answers and checks to their texts, in order; `points` those of checks.
    """
    mine = {name: [cell for cell in cells if grade_id(cell) == name] for name in sources}
    kept = [cell for cell in cells if grade_id(cell) not in points]
    place = 0  # after which cell the next missing answer belongs
    for name, source in sources.items():
        if name in points:
            cell = marked(new_code_cell(source, id=name), name, points=points[name])
        elif mine[name]:
            for copy in mine[name][:-1]:
                del copy.metadata["nbgrader"]  # nbgrader wants each name once; the cell stays and is run
            place = kept.index(mine[name][-1]) + 1
            continue
        else:
            cell = marked(new_code_cell(source, id=name), name, solution=True)
        kept.insert(place, cell)
        place += 1
    return kept, list(odd(mine, sources, points))


def asked_by(check):
    """ "check-3-q1" is the check of 3.q1; the name of an answer is as it is."""
    return check.removeprefix("check-").replace("-", ".") if check.startswith("check-") else f"`{check}`"


def odd(mine, sources, points):
    """Sentences on what was missing, changed, copied or split; `mine` maps names to cells of the submission."""
    answers, checks = [name for name in sources if name not in points], [name for name in sources if name in points]
    visible = {name: HIDDEN.sub("", sources[name]).strip() for name in checks}
    changed = [name for name in checks if any(cell.source.strip() != visible[name] for cell in mine[name])]
    for names, sentence in (
        ([name for name in answers if not mine[name]], "Missing, so nothing is there to be graded: the answer {}."),
        ([name for name in checks if not mine[name]], "Missing, and put back: the check of {}."),
        (changed, "Changed, and run as it was released: the check of {}."),
        (
            [name for name in answers if len(mine[name]) > 1],
            "There several times (copied or split), all run: the answer {}.",
        ),
        (
            [name for name in checks if len(mine[name]) > 1],
            "There several times (copied or split), run once: the check of {}.",
        ),
    ):
        if names:
            yield sentence.format(", ".join(asked_by(name) for name in names))
