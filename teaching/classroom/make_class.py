"""Makes a class of the lessons: `make class` writes two editions and an nbgrader course into build/class, or CLASS.

- student/: the lessons with their points and with solutions switched off; quizzes and checks as always.
- instructor/: the answers worked in, and under each exercise what is said of it and the mistakes that `check` names.
- course/: what nbgrader releases, collects and grades. The check of an exercise becomes a locked cell with its points
  after the cell of the answer; a quiz becomes one cell for the answers and a locked cell for each question.

Nothing is written in a lesson for it. An exercise is a cell in which the stub and `check("2.1", answer)` of a declared
exercise stand, the quiz is the cell `quiz("2")`; a lesson in which that does not hold raises LessonChanged.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from course.exercises import lessons
from course.exercises.grading import RIGHT
from teaching.classroom.hidden import HIDDEN
from teaching.classroom.own_numbers import NAME, OWN, shown

ROOT = Path(__file__).resolve().parents[2]
CHECK = re.compile(r'^check\("(?P<key>\d+\.\d+)", (?P<answer>\w+)\).*\n?', re.MULTILINE)
SETUP = """# Set by your class: solutions and third hints are switched off.
import os

os.environ["COURSE_SOLUTIONS"] = "off\""""
CONFIG = """# Made by `make class`. What the class has changed in nbgrader, and why, is said in this file:
load_subconfig("nbgrader_config.py", path={!r})  # noqa: F821
"""


class LessonChanged(ValueError):
    """A notebook and the declarations of its exercises no longer fit together; the message names what does not."""


def main(out, which="[0-9][0-9]_*"):
    """Write all into the folder `out`. What a class has added there, such as submissions and marks, stays."""
    paths = sorted((ROOT / "notebooks").glob(f"{which}.ipynb"))
    for path in paths:
        editions = {"student": student, "instructor": instructor, f"course/source/{path.stem}": course}
        for folder, edition in editions.items():
            (out / folder).mkdir(parents=True, exist_ok=True)
            nbformat.write(edition(path), out / folder / path.name)
    (out / "course" / "nbgrader_config.py").write_text(CONFIG.format(str(Path(__file__).parent)), "utf-8")
    print(f"For students, for instructors and for nbgrader, lessons made: {len(paths)}, in {out}")


# --- reading a lesson -------------------------------------------------------------------------------------------------


def read(path):
    """The notebook, its lesson's declarations, and {cell id: the exercises that the cell asks for}."""
    notebook, lesson = nbformat.read(path, as_version=4), lessons()[int(path.name[:2])]
    tasks, asked = {task.key: task for task in lesson.EXERCISES}, {}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        for match in CHECK.finditer(cell.source):
            task = tasks.pop(match["key"], None)
            if task is None:
                raise LessonChanged(
                    f"{path.name}, cell {cell.id}: {match[0].strip()} is not declared, or is there twice."
                )
            if match["answer"] != task.name or task.stub.strip() not in cell.source:
                raise LessonChanged(f"{path.name}, cell {cell.id}: the stub of {task.key} is not in it as declared.")
            asked.setdefault(cell.id, []).append(task)
    if tasks:
        raise LessonChanged(f"{path.name}: no cell asks for {', '.join(tasks)}.")
    if [cell.source.strip() for cell in code].count(f'quiz("{int(path.name[:2])}")') != 1:
        raise LessonChanged(f"{path.name}: there is not one cell with the quiz and nothing else.")
    return notebook, lesson, asked


def is_quiz(cell):
    return cell.cell_type == "code" and re.fullmatch(r'quiz\("\d+"\)', cell.source.strip())


def with_setup(notebook):
    """The notebook with the cell that switches solutions off, after the title."""
    notebook.cells.insert(1, new_code_cell(SETUP, id="class-setup"))
    nbformat.validate(notebook)
    return notebook


def in_points(number):
    return f"{number} point{'s' * (number != 1)}"


# --- the two editions -------------------------------------------------------------------------------------------------


def student(path):
    notebook, _, asked = read(path)
    for cell in notebook.cells:
        for task in asked.get(cell.id, ()):
            call = f'check("{task.key}", {task.name})'
            cell.source = cell.source.replace(call, f"{call}  # {in_points(task.points)}")
    return with_setup(notebook)


def instructor(path):
    notebook, lesson, asked = read(path)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        for task in asked.get(cell.id, ()):
            cell.source, cell.outputs = cell.source.replace(task.stub.strip(), task.solution.strip()), []
            cells.append(new_markdown_cell(notes(task), id=f"notes-{task.key.replace('.', '-')}"))
        if is_quiz(cell):
            cells.append(new_markdown_cell("\n\n".join(map(answers, lesson.QUESTIONS)), id="notes-quiz"))
    notebook.cells = cells
    nbformat.validate(notebook)
    return notebook


def notes(task):
    """What an instructor wants to know of an exercise, in Markdown."""
    feedback = {}
    for wrong in task.wrong:
        feedback.setdefault(wrong.feedback, wrong.code.strip())
    known = [f"- {text}" + (f"\n\n{fenced(code, 2)}" if code else "") for text, code in feedback.items()]
    hints = [f"{n}. {text}" for n, text in enumerate(task.hints, 1)]
    return "\n\n".join(
        [
            f"**For the instructor: {task.key}, {task.title}** · {task.effort} · {in_points(task.points)}",
            task.reason,
            f"*Said of a right answer:* {task.takeaway}",
            folded("The hints", hints),
            folded(f"{len(known)} mistakes that <code>check</code> names", known),
        ]
    )


def folded(summary, lines):
    return "\n".join([f"<details><summary>{summary}</summary>\n", *lines, "\n</details>"])


def fenced(code, indent):
    return "\n".join(" " * indent + line for line in ("```python", *code.splitlines(), "```"))


def answers(question):
    lines = [f"- {'**' * right}{letter}. {text}{'**' * right}: {verdict.lines[0]}"
             for letter, text, verdict in question.lettered() for right in [verdict.lead == RIGHT]]  # fmt: skip
    return "\n".join([f"**For the instructor: {question.key}** {question.ask}\n", *lines])


# --- the course of nbgrader -------------------------------------------------------------------------------------------


def course(path):
    notebook, lesson, asked = read(path)
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if re.fullmatch(r"progress\(.*\)", cell.source.strip()):
            continue  # it would say what is in a file that a class does not share
        if is_quiz(cell):
            cells += graded_quiz(lesson.QUESTIONS)
        else:
            cells.append(cell)
        if cell.id in asked:
            cell.source = CHECK.sub("", cell.source).rstrip()
            cells[-1] = marked(cell, cell.id, solution=True)
            for task in asked[cell.id]:
                cells += own_numbers(task, cells) if task.key in OWN else [check_cell(task)]
    notebook.cells = cells
    return with_setup(notebook)


def marked(cell, name, points=None, solution=False):
    """The cell with nbgrader's mark: an answer, or a locked check with points."""
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, "grade": points is not None, "task": False,
                                 "solution": solution, "locked": not solution}  # fmt: skip
    if points is not None:
        cell.metadata["nbgrader"]["points"] = points
    return cell


def check_cell(task):
    comment = f"  # {in_points(task.points)}"
    if task.key in HIDDEN:
        comment = f"""{comment}
# "Right." means that all *visible* checks passed: when it is graded, other numbers are tried, too."""
    seen = f'from course.exercises import check\n\ncheck("{task.key}", {task.name}){comment}'
    return graded_cell(f"check-{task.key}", task.points, seen, f'graded("{task.key}", {task.name})')


def own_numbers(task, before):
    """The check on the lesson's numbers, without points, then the student's name, numbers, answer and graded check."""
    name, n = f"own_{task.key.replace('.', '_')}", len(OWN[task.key].key(**OWN[task.key].lesson))
    practice = f'from course.exercises import check\n\ncheck("{task.key}", {task.name})  # for practice, without points'
    yield new_code_cell(practice, id=f"practice-{task.key.replace('.', '-')}")
    if not any(cell.id == "student" for cell in before):
        yield marked(new_code_cell(NAME, id="student"), "student", solution=True)
    yield new_code_cell(shown(task.key), id=f"numbers-{task.key.replace('.', '-')}")
    stub = f"{name} = ({', '.join(['...'] * n)})  # the same questions, in their order"
    yield marked(new_code_cell(stub, id=name), name, solution=True)
    seen = f"""# {task.key}: {in_points(task.points)}. Here only the form is looked at.
assert len({name}) == {n} and ... not in {name}, "Give {n} numbers in brackets."
assert isinstance(student, str), "Write your name into the cell with `student`, in quotes." """
    yield graded_cell(f"check-{task.key}", task.points, seen.rstrip(), f'graded("{task.key}", {name}, student)')


def graded_quiz(questions):
    """The questions without what is said to the choices, one cell for the answers, and a check for each question."""
    text = "\n\n".join(
        "\n".join([f"**{one.key}** {one.ask}\n", *(f"- {letter}. {choice}" for letter, choice, _ in one.lettered())])
        for one in questions
    )
    stub = [
        "my_answers = {  # the letter of your answer, in quotes",
        *(f'    "{one.key}": ...,' for one in questions),
        "}",
    ]
    yield new_markdown_cell(text, id="quiz")
    yield marked(new_code_cell("\n".join(stub), id="quiz-answers"), "quiz-answers", solution=True)
    for one in questions:
        letters = [letter for letter, *_ in one.lettered()]
        seen = f"""# {one.key}: {in_points(one.points)}. Here only the form is looked at.
assert my_answers["{one.key}"] in {letters}, "Write one letter in quotes, for example {letters[0]!r}.\""""
        yield graded_cell(f"check-{one.key}", one.points, seen, f'graded("{one.key}", my_answers["{one.key}"])')


def graded_cell(name, points, seen, hidden):
    name = name.replace(".", "-")
    source = f"""{seen}
### BEGIN HIDDEN TESTS
from teaching.classroom.grading import graded

{hidden}
### END HIDDEN TESTS"""
    return marked(new_code_cell(source, id=name), name, points=points)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
