"""What the website says about the lessons, read from their notebooks: the map, the half pages, and each version.

The map has each lesson's question, what one will be able to do, and its sittings. A sitting ends where the lesson says
"A good place to stop"; where that names no minutes, they are estimated as those of the whole lesson (tools/times.py).
"""

import hashlib
import re
from typing import NamedTuple

import nbformat

from tools import times

STOP = re.compile(r"^\*\*A good place to stop\.\*\*(.*)$", re.MULTILINE)
RECAP = re.compile(r"^## Recap[^\n]*\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
MAP = "Each lesson with its question, its sittings, and what you will be able to do. A sitting says what to run first."

EMPTY = nbformat.v4.new_code_cell("# An empty cell: for the challenges, and for whatever you want to try.", id="empty")


class Sitting(NamedTuple):
    minutes: int
    headings: list  # of its sections; first that of the exercise with which it begins, if it begins with one
    result: str  # what the lesson says at the end of it: "you can now …", or nothing


class Outline(NamedTuple):
    name: str  # of its file, without .ipynb
    title: str
    opening: str
    abilities: str  # a list in Markdown
    minutes: int
    sittings: list
    recap: str

    @property
    def half_page(self):
        """The label of its half page, to be linked."""
        return f"half-{self.name[:2]}"


def outline(path):
    cells = nbformat.read(path, as_version=4).cells
    head = re.match(r"# (.+)\n\n(.+?)\n\n\*\*You will be able to\*\*\n((?:- [^\n]+\n)+)", cells[0].source, re.DOTALL)
    minutes = re.search(r"\*\*Time\*\* about (\d+) minutes", cells[0].source)
    (recap,) = [found[1].strip() for cell in cells if (found := RECAP.search(cell.source))]
    return Outline(path.stem, head[1], head[2], head[3].strip(), int(minutes[1]), sittings(cells), recap)


def sittings(cells):
    parts, ends = [[]], []
    for cell in cells:
        before, *stop = STOP.split(cell.source) if cell.cell_type == "markdown" else [cell.source]
        parts[-1].append({"cell_type": cell.cell_type, "source": before})
        if stop:
            end, after = stop
            ends.append(re.match(r" (\d+) minutes; (.+?)\. ", end))
            parts.append([{"cell_type": "markdown", "source": after}])
    return [
        Sitting(int(end[1]) if end else times.estimate(part), headings(part), end[2] if end else "")
        for part, end in zip(parts, [*ends, None], strict=True)
    ]


def headings(cells):
    prose = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    found = re.findall(r"^##(#?) (.+)$", prose, re.MULTILINE)
    return [
        text
        for place, (deeper, text) in enumerate(found)
        if (not deeper and text[0].isdigit()) or (deeper and not place)
    ]


def version(path, release):
    """`release`, and the first eight digits of the file's id in git, which names this very text."""
    content = path.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content)
    return f"{release}+{blob.hexdigest()[:8]}"


def course_map(lessons):
    lines = ["# Course map", "", MAP]
    for lesson in lessons:
        file = f"notebooks/{lesson.name}.ipynb"
        lines += [f"\n## {lesson.title}\n", lesson.opening, ""]
        lines += [f"[Lesson {lesson.name[:2]}]({file}) · {in_all(lesson)} · [on half a page](#{lesson.half_page})\n"]
        for number, sitting in enumerate(lesson.sittings, start=1):
            sections = ", ".join(f"[{text}]({file}#{slug(text)})" for text in sitting.headings)
            result = f" *{sitting.result[0].upper()}{sitting.result[1:]}.*" if sitting.result else ""
            lines.append(f"{number}. **{sitting.minutes} min** · {sections}.{result}")
        lines += ["\n**You will be able to**\n", lesson.abilities]
    return "\n".join(lines) + "\n"


def short_map(lessons):
    """For the first page: a line for each lesson."""
    return "\n".join(
        f"- [{lesson.title}](notebooks/{lesson.name}.ipynb) · {in_all(lesson)}\\\n  {lesson.opening}"
        for lesson in lessons
    )


def in_all(lesson):
    return f"{lesson.minutes} min in {len(lesson.sittings)} sittings"


def slug(heading):
    """The anchor that MyST gives a heading, which is GitHub's."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def half_pages(lessons):
    foot = "*From the course “Neural networks from scratch”, lesson {} · CC BY 4.0*"
    parts = [
        f"({lesson.half_page})=\n## {lesson.title}\n\n{lesson.recap}\n\n{foot.format(lesson.name[:2])}"
        for lesson in lessons
    ]
    return "\n\n".join(["---\nnosearch: true\n---\n\n# The course on half pages", *parts]) + "\n"
