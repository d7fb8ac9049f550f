"""One vocabulary for all lessons: course/assets/vocabulary.csv has each term in bold, with its lesson of first use."""

import csv
import re

import pytest

from tests.notebooks.test_rules import LESSONS, Lesson

FILE = LESSONS[0].parents[1] / "course" / "assets" / "vocabulary.csv"
TERMS = list(csv.DictReader(FILE.read_text("utf-8").splitlines()))
LOWER = {one["term"].lower(): one for one in TERMS}
LABEL = r"[.:?]$|^\W|^(A good place|You |Time|The course|Next|How a|Task|Predict|\d)"  # bold that begins a paragraph
BOLD = r"\*\*([^*\n]+?)\*\*"
STRESSED = {  # bold for its own sake
    *("AND", "OR", "NAND", "XOR", "Shift + Enter", "guess = w · size + b", "SiLU", "Softplus", "flip", "shift"),
    *("stretch", "method", "letters", "noise", "turned", "large enough", "float32", "fewer units", "Worked example"),
    *("explode", "Clean label", "Its classic bug"),
}


def bold(lesson):
    """The words in bold that begin no paragraph, and whether they stand in a table."""
    lines = [(words, line.startswith("|")) for line in lesson.text.splitlines() for words in re.findall(BOLD, line)]
    return [(words, in_table) for words, in_table in lines if not re.search(LABEL, words)]


def term(words):
    """The term that these words are, without a plural's s or a capital at the beginning of a sentence."""
    low = words.lower().removeprefix("the ")
    return next((LOWER[form] for form in (low, low.removesuffix("s"), low.removesuffix("es")) if form in LOWER), None)


def test_every_entry_is_whole_and_stands_once():
    assert len(LOWER) == len(TERMS)
    for one in TERMS:
        assert one["sentence"].endswith("."), one
        assert sum(value is not None for value in one.values()) == len(one) == 6, one


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_terms_in_bold_are_those_that_the_vocabulary_says_are_introduced_here_or_before(path):
    lesson, here = Lesson(path), set()
    for words, in_table in bold(lesson):
        entry = term(words)
        if not in_table and len(words) > 1 and len(words.split()) <= 3 and not {words, words.rstrip("s")} & STRESSED:
            assert entry, f"**{words}** is not in vocabulary.csv"
            assert int(entry["lesson"]) <= lesson.number, f"**{words}** is introduced in lesson {entry['lesson']}"
        here |= {entry["term"]} if entry else set()
    missing = {one["term"] for one in TERMS if int(one["lesson"]) == lesson.number} - here
    assert not missing, "they should stand there in bold"
