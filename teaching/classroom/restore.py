"""What is done to a submission before it is graded: the checks are put back, and what was odd is said at its top.

nbgrader restores a check that was changed; one that was deleted together with its answer ends its grading, and one that
was moved, copied or split counts where it happens to stand. Here every check of the submission is taken out, and the
original is put after the last cell of its answer. An answer that is missing comes back as its stub.
"""

import re
from collections import Counter

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
    notes, count = [], Counter(grade_id(cell) for cell in cells)
    for name, source in sources.items():
        which = (
            f"the check of {name.removeprefix('check-').replace('-', '.')}"
            if name in points
            else f"the answer `{name}`"
        )
        texts = {cell.source.strip() for cell in cells if grade_id(cell) == name}
        if count[name] == 0:
            notes.append(
                f"{which.capitalize()} was missing; it was put back{' as it was released' * (name not in points)}."
            )
        elif count[name] > 1 and name in points:
            notes.append(
                f"{which.capitalize()} was there {count[name]} times (copied or split); the original was run once."
            )
        elif count[name] > 1:
            notes.append(f"{which.capitalize()} was there {count[name]} times (copied or split); all of them were run.")
        elif name in points and texts != {HIDDEN.sub("", source).strip()}:
            notes.append(f"{which.capitalize()} was changed; the original was run.")
    kept = [cell for cell in cells if grade_id(cell) not in points]
    place = 0  # after which cell the next missing answer belongs
    for name, source in sources.items():
        if name in points:
            cell = marked(new_code_cell(source, id=name), name, points=points[name])
        elif count[name]:
            place = max(k for k, cell in enumerate(kept) if grade_id(cell) == name) + 1
            continue
        else:
            cell = marked(new_code_cell(source, id=name), name, solution=True)
        kept.insert(place, cell)
        place += 1
    return kept, notes
