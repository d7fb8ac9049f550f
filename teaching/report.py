"""Where a class is: reads the codes that `progress()` prints, and shows exercise × student.

    python -m teaching.report codes.txt             a table, and the picture codes.png beside the text
    python -m teaching.report codes.txt --lesson 2  of one lesson
    python -m teaching.report - --picture none      from standard input, without a picture

The text is what a chat or a mail gave: codes wherever they stand, each with a name before it, in its line or the line
above, or with none; clock times and the numbers of a list before a name do not count. Lines with no code are listed.
Of two codes with one name the later counts. The names go nowhere but into the table.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from course.exercises import lessons, share
from course.text import printable

NO_CODE = "“{}”: there is no code with this line."
MARKS = {share.OPEN: ".", share.READ: "r", share.ALONE: "#", share.AFTER: "+"}
CLOCK = re.compile(r"[\[(]?\b\d{1,2}:\d\d(:\d\d)?(\s?[ap]m\b)?[\])]?|^\s*\d+[.)](?=\s|$)", re.IGNORECASE)
MEANING = "# solved   + solved after reading the solution   r solution read, still open   . open"


@dataclass(frozen=True)
class Student:
    name: str
    states: dict  # {"2.3": share.ALONE, …}; what is not named is open

    def mark(self, key):
        return MARKS[self.states.get(key, share.OPEN)]

    def done(self, key):
        return self.mark(key) in "#+"


def read(text):
    """The students whose codes stand in a text, and a sentence for each code that cannot be read."""
    students, problems, last, at = {}, [], 0, 0
    while found := share.START.search(text, at):
        line = text.count("\n", 0, found.start()) + 1
        *others, name = _names(text[last : found.start()]) or [""]
        problems += map(NO_CODE.format, others)
        try:
            states, at = share.read(text, found.start())
        except share.BadCode as error:
            whose = f" (of {name})" if name else ""
            problems.append(f"line {line}{whose}: this code cannot be read, {error}. Ask for it once more.")
            at = len(text) if (end := text.find("\n", found.end())) < 0 else end
        else:
            name = name or f"student {len(students) + 1}"
            students[name] = Student(name, states)
        last = at
    if last:
        problems += map(NO_CODE.format, _names(text[last:]))
    else:
        problems.append(
            "There is no code in this text. `progress()` prints one in the last line, such as NN-082K0-W6FXV."
        )
    return list(students.values()), problems


def _names(between):
    """The lines between two codes that say something; the last of them is the name of the second."""
    lines = [CLOCK.sub("", line).strip(" \t\r>:;,=|`*-–—\"'") for line in between.splitlines()]
    return [re.sub(r"\s+", " ", line)[-24:] for line in lines if line]


def chosen(students, lesson=None):
    """The lessons to show, {number: its module}: the one that is named, or all that somebody has begun, if any."""
    begun = {share.split(key)[0] for student in students for key in student.states}
    return {number: module for number, module in lessons().items() if (number == lesson if lesson else number in begun)}


def table(students, modules):
    """Lines of text: a row for each student, a mark for each exercise, and how many quiz questions are answered."""
    width = max((len(student.name) for student in students), default=0)
    heads, rows = [" " * width], [[student.name.ljust(width)] for student in students]
    for number, module in modules.items():
        ids = [task.key for task in module.EXERCISES]
        questions = [question.key for question in module.QUESTIONS]
        title = f"{number:02}".ljust(len(ids))
        heads.append(title + " quiz")
        for row, student in zip(rows, students, strict=True):
            answered = sum(map(student.done, questions))
            row.append("".join(map(student.mark, ids)).ljust(len(title)) + f" {answered}/{len(questions)} ")
    return ["  ".join(heads), *("  ".join(row) for row in rows), MEANING]


def place(student, modules):
    """The exercise at which a student is: the first open one after the last that is done; None at the end."""
    ids = [task for module in modules.values() for task in module.EXERCISES]
    done = [k for k, task in enumerate(ids) if student.done(task.key)]
    after = ids[done[-1] + 1 :] if done else ids
    return next(iter(after), None)


def stuck(students, modules):
    """Lines of text: at which exercises the class is, the fullest first; and which most have left open behind them."""
    places = [task for student in students if (task := place(student, modules))]
    lines = []
    for task in sorted({task.key: task for task in places}.values(), key=lambda t: (-places.count(t), t.key)):
        names = [student.name for student in students if place(student, modules) == task]
        lines.append(f"{len(names):3} at {task.key} {task.title}: {', '.join(names)}")
    if at_end := [student.name for student in students if place(student, modules) is None]:
        lines.append(f"{len(at_end):3} at the end: {', '.join(at_end)}")
    ids = [task for module in modules.values() for task in module.EXERCISES]
    for index, task in enumerate(ids):
        later = {other.key for other in ids[index + 1 :]}
        left = [s for s in students if not s.done(task.key) and any(map(s.done, later))]
        if len(left) > len(students) / 3:
            lines.append(f"{task.key} {task.title} was left open by {len(left)} who went on")
    return lines


def draw(students, modules, path):
    """The picture exercise × student as a PNG: a column for each student, a row for each exercise."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    from helpers.plots import BLUE, ORANGE

    colors = {share.OPEN: "#F0F0F0", share.READ: ORANGE, share.ALONE: BLUE, share.AFTER: "#9CC9E8"}
    words = {
        share.ALONE: "solved",
        share.AFTER: "solved after reading",
        share.READ: "read, still open",
        share.OPEN: "open",
    }
    tasks = [task for module in modules.values() for task in module.EXERCISES]
    figure = Figure(figsize=(max(6, 3.8 + 0.4 * len(students)), 1.8 + 0.28 * len(tasks)), layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    for row, task in enumerate(tasks):
        for column, student in enumerate(students):
            state = student.states.get(task.key, share.OPEN)
            ax.add_patch(_square(column, row, colors[state]))
            dark = state in (share.ALONE, share.READ)
            mark = {"ha": "center", "va": "center", "fontsize": 8, "color": "white" if dark else "black"}
            ax.text(column, row, MARKS[state], **mark)
    ax.set(xlim=(-0.5, len(students) - 0.5), ylim=(len(tasks) - 0.5, -0.5))
    names = [student.name.replace("$", r"\$") for student in students]  # which would begin a formula
    ax.set_xticks(range(len(students)), names, rotation=60, ha="right", fontsize=8)
    ax.set_yticks(range(len(tasks)), [f"{task.key} {task.title}" for task in tasks], fontsize=8)
    ax.tick_params(length=0)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(f"Where the class is: {len(students)} students, {len(tasks)} exercises", fontsize=11)
    handles = [Patch(color=colors[state], label=f"{MARKS[state]}  {words[state]}") for state in words]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    figure.savefig(path, dpi=130)


def _square(column, row, color):
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=color, edgecolor="white", linewidth=2)


def main(arguments=None):
    """Returns 0, or 1 if a code could not be read or a line has none, 2 if there is no code that can be read."""
    parser = argparse.ArgumentParser(prog="python -m teaching.report", description="Where a class is.")
    parser.add_argument("codes", help="a text file with the codes, or - for standard input")
    parser.add_argument("--lesson", type=int, choices=list(lessons()), help="only this lesson")
    parser.add_argument("--picture", help="where to put the picture; `none` for none; else beside the text, as .png")
    options = parser.parse_args(arguments)
    try:
        content = sys.stdin.buffer.read() if options.codes == "-" else Path(options.codes).read_bytes()
    except OSError as error:
        print(f"{options.codes} cannot be read: {error.strerror}. Give a text file with a code for each student.")
        return 2
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # as PowerShell's `>` writes it
    students, problems = read(content.decode("utf-16" if utf16 else "utf-8-sig", "replace"))
    say = [f"! {problem}" for problem in problems]
    if students:
        modules = chosen(students, options.lesson)
        if not modules:
            print(printable("\n".join([f"Nothing solved yet: {', '.join(s.name for s in students)}.", *say])))
            return 1 if problems else 0
        say = [*table(students, modules), "", *stuck(students, modules), *say]
        picture = options.picture or str(
            Path("codes.png" if options.codes == "-" else options.codes).with_suffix(".png")
        )
        if picture != "none":
            try:
                draw(students, modules, picture)
                say.append(f"The picture is {picture}.")
            except OSError as error:
                say.append(f"! The picture {picture} cannot be written: {error.strerror}.")
    print(printable("\n".join(say)))
    return (1 if problems else 0) if students else 2


if __name__ == "__main__":
    sys.exit(main())
