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
    """The text of each page, and the PDF."""
    subprocess.run([sys.executable, ROOT / "tools" / "book.py"], check=True, timeout=600)
    pdf = pypdf.PdfReader(ROOT / "build" / "book.pdf")
    return [page.extract_text() for page in pdf.pages], pdf


def test_the_contents_tell_on_which_page_each_lesson_begins(book):
    texts, pdf = book
    outline = [entry for entry in pdf.outline[1] if not isinstance(entry, list)]
    assert len(outline) == len(lessons()) + 3  # the answers, the words, the licence
    contents = [line.split() for text in texts[1:5] for line in text.splitlines()]
    for entry in outline:
        page = pdf.get_destination_page_number(entry) + 1
        assert entry.title.split()[-1] in texts[page - 1]
        assert [*entry.title.split(), str(page)] in contents


def test_no_answer_stands_before_the_end_and_none_is_missing(book):
    texts, pdf = book
    (start,) = [
        pdf.get_destination_page_number(entry)
        for entry in pdf.outline[1]
        if not isinstance(entry, list) and entry.title == "Answers"
    ]
    before, after = "\n".join(texts[:start]), "\n".join(texts[start:])
    for lesson in lessons().values():
        for task in lesson.EXERCISES:
            assert f"Exercise {task.key}," in after
            assert f"Exercise {task.key}," not in before
        for question in lesson.QUESTIONS:
            assert f"Question {question.key}:" in after
            assert f"Question {question.key}:" not in before
        for challenge in lesson.CHALLENGES:
            assert f"Challenge {challenge.key}" in after


def test_it_is_tagged_and_no_page_is_empty(book):
    texts, pdf = book
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert not [number for number, text in enumerate(texts, start=1) if len(text.split()) < 3 and number > 1]
