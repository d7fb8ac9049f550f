"""The book that `make pdf` prints: its contents tell the right pages, and each answer stands at the end, not before."""

import subprocess
import sys
from pathlib import Path

import pytest

from course.exercises import lessons

pypdf = pytest.importorskip("pypdf")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def book(browser):
    """The PDF, the text of each page, and {title: number of its page, from 0}."""
    subprocess.run([sys.executable, ROOT / "tools" / "book.py"], check=True, timeout=600)
    pdf = pypdf.PdfReader(ROOT / "build" / "book.pdf")
    parts = [entry for entry in pdf.outline[1] if not isinstance(entry, list)]
    begins = {entry.title: pdf.get_destination_page_number(entry) for entry in parts}
    return pdf, [page.extract_text() for page in pdf.pages], begins


def test_the_contents_tell_on_which_page_each_lesson_begins(book):
    _, texts, begins = book
    assert len(begins) == len(lessons()) + 3  # the answers, the words, the licence
    contents = [line.split() for text in texts[1:5] for line in text.splitlines()]
    for title, page in begins.items():
        assert title.split()[-1] in texts[page]
        assert [*title.split(), str(page + 1)] in contents


def test_no_answer_stands_before_the_end_and_none_is_missing(book):
    _, texts, begins = book
    before, after = "\n".join(texts[: begins["Answers"]]), "\n".join(texts[begins["Answers"] :])
    for lesson in lessons().values():
        heads = [f"Exercise {task.key}," for task in lesson.EXERCISES]
        heads += [f"Question {question.key}:" for question in lesson.QUESTIONS]
        assert not [head for head in heads if head in before]
        heads += [f"Challenge {challenge.key}" for challenge in lesson.CHALLENGES]
        assert not [head for head in heads if head not in after]


def test_it_is_tagged_and_no_page_is_empty(book):
    pdf, texts, _ = book
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert not [number for number, text in enumerate(texts, start=1) if len(text.split()) < 3 and number > 1]
