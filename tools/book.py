"""Prints the course as one book, build/book.pdf: `make pdf`. A4, with contents, page numbers, and answers at the end.

The notebooks become one page by Sphinx (site/conf.py with the tag `book`), which Chromium prints twice: the outline of
the first print tells the contents their page numbers. Nothing is executed, and nothing comes from another host.
"""

import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

from lessons import PREDICT, describe  # noqa: E402  of site/, which is no package

from course.exercises import lessons  # noqa: E402
from teaching.guide import FOLD  # noqa: E402

PAGES, BOOK = ROOT / "build" / "book", ROOT / "build" / "book.pdf"
FOOT = '<div style="width: 100%; font-size: 8pt; text-align: center"><span class="pageNumber"></span></div>'
PAPER = {
    "format": "A4",
    "scale": 0.8,
    "margin": {"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
    "print_background": True,
    "display_header_footer": True,
    "header_template": "<span></span>",
    "footer_template": FOOT,
    "tagged": True,
    "outline": True,
}


def main():
    website = runpy.run_path(str(ROOT / "tools" / "site.py"))
    website["gather"]()
    website["npm"]()
    source = website["SOURCE"]
    website["mathjax"](source / "static" / "mathjax")
    answers = ["# Answers", ""]
    for number, path in enumerate(sorted((source / "notebooks").glob("*.ipynb")), start=1):
        notebook = nbformat.read(path, as_version=4)
        answers += on_paper(notebook, number)
        nbformat.write(notebook, path)
    (source / "answers.md").write_text("\n\n".join(answers), "utf-8")
    shutil.rmtree(PAGES, ignore_errors=True)
    options = ["-W", "--keep-going", "-q", "-t", "book", "-b", "singlehtml"]
    environment = os.environ | {"COURSE_ROOT": str(ROOT), "COURSE_PROGRESS": "off"}
    subprocess.run([sys.executable, "-m", "sphinx", *options, source, PAGES], env=environment, check=True)
    size = print_book()
    print(f"{BOOK.relative_to(ROOT)}: {size} pages, {BOOK.stat().st_size / 1e6:.1f} MB")


def on_paper(notebook, number):
    """Prepares a lesson to be read on paper, and returns its part of the answers, as Markdown."""
    lesson, predicted, cells = lessons()[number], [], []

    def box(match):
        question = FOLD.sub(fold, match[1]).strip()
        return f":::{{admonition}} Predict first\n{question}\n:::"

    def fold(match):
        """A fold-out, open, or moved to the answers; a picture's description is its alternative text already."""
        if match[1] == "In words":
            return ""
        if match[1] != "Answer":
            return f"**{match[1].rstrip('.:')}.** {match[2]}"
        predicted.append(f"**Prediction {number}.{chr(97 + len(predicted))}.** {match[2]}")
        return f"*The answer is at the end of the book, {number}.{chr(96 + len(predicted))}.*"

    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = FOLD.sub(fold, PREDICT.sub(box, cell.source))
        else:
            describe(cell, following)
            if re.match(r"progress\(", cell.source):
                continue
            if re.match(r"quiz\(", cell.source):
                cell = nbformat.v4.new_markdown_cell("\n\n".join(map(asked, lesson.QUESTIONS)), id=cell.id)
            elif re.search(r'^check\("', cell.source, re.MULTILINE):
                cell.outputs = []  # "Not written yet"
            if "hide-input" in cell.metadata.get("tags", []):
                cell.metadata.tags = ["remove-input"]
        cells.append(cell)
    notebook.cells = cells
    answers = *map(answer, lesson.EXERCISES), *map(why, lesson.QUESTIONS), *map(one_way, lesson.CHALLENGES)
    return [f"## {number:02} · {lesson.TITLE}", *predicted, *answers]


def answer(task):
    hints = "\n".join(f"{n}. {hint}" for n, hint in enumerate(task.hints, start=1))
    return f"**Exercise {task.key}, {task.title}.** Hints:\n\n{hints}\n\n{block(task.solution)}\n\n{task.reason}"


def block(code):
    return f"```python\n{code.strip()}\n```"


def one_way(challenge):
    head = f"**Challenge {challenge.key}, {challenge.title}.** {challenge.result}"
    return f"{head}\n\n{block(challenge.code)}\n\n{challenge.notice}"


def asked(question):
    choices = "\n".join(f"- {letter}. {text}" for letter, text, _ in question.lettered())
    return f"**{question.key}** {question.ask}\n\n{choices}"


def why(question):
    letter = next(letter for letter, text, _ in question.lettered() if text == question.right)
    return f"**Question {question.key}: {letter}.** {question.choices[question.right]}"


CONTENTS = """pages => {
    document.querySelector('nav.book-contents')?.remove();
    const contents = document.createElement('nav');
    contents.className = 'book-contents';
    const title = document.createElement('p');
    title.textContent = 'Contents';
    contents.append(title);
    for (const heading of document.querySelectorAll('.body h2, .body h3')) {
        const words = heading.cloneNode(true);
        words.querySelectorAll('.headerlink, mjx-assistive-mml').forEach(each => each.remove());
        const line = document.createElement('a');
        line.className = heading.localName;
        line.href = '#' + heading.closest('section').id;
        const name = document.createElement('span'), page = document.createElement('span');
        name.append(...words.childNodes);
        page.textContent = pages[contents.children.length - 1] ?? '000';
        line.append(name, page);
        contents.append(line);
    }
    document.querySelector('.body h2').closest('section').before(contents);
}"""


def print_book():
    """Prints the page to BOOK; returns how many pages it has."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("The book is printed by Chromium: install Chromium or Chrome, and run `make pdf` again.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(300_000)
        page.goto((PAGES / "book.html").as_uri(), wait_until="networkidle")
        page.wait_for_function("window.MathJax?.startup")  # on a slow machine it is not there yet
        page.evaluate("MathJax.startup.promise")
        page.evaluate(CONTENTS, [])
        page.pdf(path=BOOK, **PAPER)
        page.evaluate(CONTENTS, places(PdfReader(BOOK)))
        page.pdf(path=BOOK, **PAPER)
        browser.close()
    return len(PdfReader(BOOK).pages)


def places(pdf):
    """The page numbers of the headings of levels 2 and 3, in order."""
    (title,) = [entry for entry in pdf.outline if not isinstance(entry, list)]
    assert title.title.startswith("Neural networks"), title.title
    pages = []
    for entry in pdf.outline[1]:  # of level 2, each followed by a list of its own of level 3
        inner = entry if isinstance(entry, list) else [entry]
        pages += [pdf.get_destination_page_number(one) + 1 for one in inner if not isinstance(one, list)]
    return pages


if __name__ == "__main__":
    main()
