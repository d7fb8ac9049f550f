"""The marks of an assignment as CSV: `python -m teaching.classroom.marks 02_activation_functions --course FOLDER`.

A row for each student who submitted: points for each exercise and question, the sum, and what was odd about the
submission. Where grading failed, the points are empty and the note says so. Feedback for students: nbgrader's.
"""

import argparse
import csv
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from teaching.classroom.restore import HEAD, NOTES

FAILED = "not graded: nbgrader could not run it; .nbgrader.log says why"


def rows(course, assignment):
    """The header and a row for each submission."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        checks = [cell for book in gradebook.find_assignment(assignment).notebooks for cell in book.grade_cells]
        yield [
            "student",
            *(cell.name.removeprefix("check-").replace("-", ".") for cell in checks),
            "sum",
            "of",
            "notes",
        ]
        for folder in sorted((course / "submitted").glob(f"*/{assignment}")):
            student, done = folder.parent.name, course / "autograded" / folder.parent.name / assignment
            try:
                submission = gradebook.find_submission(assignment, student)
            except MissingEntry:
                submission = None
            of = sum(cell.max_score for cell in checks)
            if submission is None or not list(done.glob("*.ipynb")):
                yield [student, *[""] * len(checks), "", f"{of:g}", FAILED]
                continue
            scores = {grade.name: grade.score for book in submission.notebooks for grade in book.grades}
            notes = " ".join(map(said, done.glob("*.ipynb")))
            yield [student, *(f"{scores[cell.name]:g}" for cell in checks), f"{submission.score:g}", f"{of:g}", notes]


def said(path):
    """What stands under "About this submission" in a graded notebook, in one line."""
    cells = nbformat.read(path, as_version=4).cells
    text = next((cell.source for cell in cells if cell.get("id") == NOTES), "")
    return " ".join(line.removeprefix("- ") for line in text.removeprefix(HEAD).splitlines() if line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignment")
    parser.add_argument("--course", type=Path, default=Path.cwd())
    options = parser.parse_args()
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows(options.course, options.assignment))
