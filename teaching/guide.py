"""The teacher's guide: guide/NN.md, with what is generated from the lesson put in its places.

    python -m teaching.guide 02                 prints the page of lesson 02
    python -m teaching.guide                    writes all pages to build/guide

`{votes}` becomes the lesson's *Predict first* questions, each with its answer folded below; `{mistakes}` the ten
mistakes to expect first, by exercise, and each exercise's solution, folded.
Both change when the lesson does, so no page holds a copy of them.
"""

import argparse
import re
from pathlib import Path

import nbformat

from course.exercises import lessons
from course.text import printable

ROOT = Path(__file__).resolve().parents[1]
PAGES, OUT = ROOT / "teaching" / "guide", ROOT / "build" / "guide"
BLOCK = re.compile(r"<details>.*?</details>|(?:(?!\n\n|<details>).)+", re.DOTALL)  # paragraphs, and whole folds
FOLD = re.compile(r"<details><summary>(.*?)</summary>\s*(.*?)\s*</details>", re.DOTALL)
MISTAKES = 10


def notebook(number):
    (path,) = (ROOT / "notebooks").glob(f"{number:02}_*.ipynb")
    return nbformat.read(path, as_version=4)


def predictions(cells):
    """(cell id, question, title of the fold, what is folded) of each *Predict first*.

    Where the lesson folds no answer, the next cells give it: what they print, or which figure shows it.
    """
    for k, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        parts = blocks(cell.source)
        for place, block in enumerate(parts):
            if "**Predict first" in block and not FOLD.match(block):
                folded = FOLD.match(parts[place + 1]) if place + 1 < len(parts) else None
                yield cell.id, block, *(folded.groups() if folded else _shown(cells[k + 1 :]))


def blocks(source):
    """A text cell's paragraphs, formulas, tables and folds."""
    return [block.strip() for block in BLOCK.findall(source) if block.strip()]


def _shown(following):
    """What the first cells that show something show."""
    for cell in following:
        if cell.cell_type != "code":
            continue
        printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
        if printed:
            return f"What the cell <code>{cell.id}</code> prints", f"```text\n{printed.rstrip()}\n```"
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            return "Answer", f"The figure of the cell `{cell.id}` shows it."
    return "Answer", "The next cells show it."


def votes(number):
    """The questions as Markdown."""
    parts = [
        "A full vote, three minutes: everybody decides alone and in writing; hands up; a minute in pairs with somebody "
        "who voted otherwise; hands up again. All others by hands only, half a minute. Only then run the cell, and "
        "clear its output before the lesson, or ask from the slides, which hide the answer."
    ]
    for cell, question, title, answer in predictions(notebook(number).cells):
        quoted = "\n".join(f"> {line}".rstrip() for line in question.splitlines())
        parts.append(f"Cell `{cell}`:\n\n{quoted}\n\n<details><summary>{title}</summary>\n\n{answer}\n\n</details>")
    return "\n\n".join(parts)


def declared(task):
    """What is said to the mistakes of an exercise, the commonest first, as its authors declare them.

    Nothing for an exercise that is answered by choosing: what is wrong there follows from its choices.
    """
    return list(dict.fromkeys(mistake.feedback for mistake in vars(task).get("wrong", ())))


def frequent(lesson):
    """(task, feedback) of the ten mistakes to expect first.

    The first of each exercise, then the second of each, and so on, more points first.
    """
    ranked = []
    for task in lesson.EXERCISES:
        ranked += [(place, -task.points, task, feedback) for place, feedback in enumerate(declared(task))]
    ranked.sort(key=lambda one: one[:2])
    return [(task, feedback) for *_, task, feedback in ranked[:MISTAKES]]


def mistakes(number):
    """The ten mistakes by exercise, with the words in which the course answers them; each exercise's solution."""
    lines = [
        "The ten that the authors expect first. The words are those of the course, which says them only if an answer "
        "does just that. Ask for the line of code that does it, before you say what is wrong.",
    ]
    expected = frequent(lessons()[number])
    for task in lessons()[number].EXERCISES:
        lines += ["", f"**{task.key}, {task.title}**", ""]
        for feedback in [feedback for other, feedback in expected if other is task]:
            words = " ".join(feedback.split()).replace("$", r"\$").replace("|", r"\|")
            lines.append(f"- {words}")
        reason = f"\n\n{task.reason}" if task.reason else ""
        code = f"```python\n{task.solution.strip()}\n```{reason}"
        lines += ["", f"<details><summary>Solution of {task.key}</summary>\n\n{code}\n\n</details>"]
    return "\n".join(lines)


def page(number):
    """The whole page of a lesson, as Markdown."""
    text = (PAGES / f"{number:02}.md").read_text("utf-8")
    return text.replace("{votes}", votes(number)).replace("{mistakes}", mistakes(number))


def write(folder):
    """All pages into a folder that may not exist yet."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.md").write_text((PAGES / "index.md").read_text("utf-8"), "utf-8")
    for number in lessons():
        (folder / f"{number:02}.md").write_text(page(number), "utf-8")


def notes(number):
    """{cell id: what the guide says about it}: rows of the plan for 90 minutes, and list items, that name the cell."""
    said = {}
    text = (PAGES / f"{number:02}.md").read_text("utf-8")
    for row in plans(text)[90]:
        for cell in row.cells:
            said.setdefault(cell, []).append(f"**90-minute plan, {row.length}.** {row.what}.")
    for head, lead in (("On the board", "Board"), ("Questions to ask", "Ask")):
        part = re.search(rf"^## {head}\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)[1]
        for cell, item in re.findall(r"^- \(`([\w-]+)`\) (.*(?:\n  .*)*)", part, re.MULTILINE):
            said.setdefault(cell, []).append(f"**{lead}:** {' '.join(item.split())}")
    return said


def planned(number, minutes):
    """The ids of the cells in a plan of a lesson."""
    text = (PAGES / f"{number:02}.md").read_text("utf-8")
    return {cell for row in plans(text)[minutes] for cell in row.cells}


class Row:
    """A line of a plan: minutes (0 for "if time"), what is done, the ids of cells and the exercises that it names."""

    def __init__(self, line):
        minutes, self.what, named = [part.strip() for part in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        self.minutes = 0 if minutes == "if time" else int(minutes)
        self.length = f"{minutes} min" if self.minutes else minutes
        self.cells = re.findall(r"`([\w-]+)`", named)
        self.exercises = re.findall(r"\b\d+\.\d+\b", re.sub(r"`[^`]*`", "", named))


def plans(text):
    """{45: [Row, …], 90: …, 120: …} of a page."""
    found = {}
    for minutes, part in re.findall(r"^## In (\d+) minutes\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL):
        lines = [line for line in part.splitlines() if line.startswith("| ")]
        found[int(minutes)] = [Row(line) for line in lines[1:]]
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m teaching.guide", description="The teacher's guide.")
    parser.add_argument("lessons", nargs="*", type=int, help="such as 02: printed; without one, all are written")
    if numbers := parser.parse_args(arguments).lessons:
        if unknown := set(numbers) - set(lessons()):
            parser.error(f"no lesson {min(unknown)}; there are {', '.join(map(str, lessons()))}")
        for number in numbers:
            print(printable(page(number)))
    else:
        write(OUT)
        print(f"{OUT.relative_to(ROOT)}: {len(list(OUT.glob('*.md')))} pages")


if __name__ == "__main__":
    main()
