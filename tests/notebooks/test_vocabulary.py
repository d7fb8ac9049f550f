"""One vocabulary for all lessons: course/assets/vocabulary.csv has each term in bold, with its lesson of first use."""

import csv
import re

import nbformat
import pytest

from tests.notebooks.test_pattern import SECOND
from tools import notebooks as tool

FILE = tool.NOTEBOOKS.parent / "course" / "assets" / "vocabulary.csv"
TERMS = list(csv.DictReader(FILE.read_text("utf-8").splitlines()))
LABEL = r"[.:?]$|^\W|^(A good place|You |Time|The course|Next|How a|Task|Predict|\d)"  # bold that begins a paragraph
STRESSED = {  # bold for its own sake
    *("AND", "OR", "NAND", "XOR", "Shift + Enter", "guess = w · size + b", "SiLU", "Softplus", "flip", "shift"),
    *("stretch", "method", "letters", "noise", "turned", "large enough", "float32", "fewer units", "Worked example"),
    *("explode", "Clean label", "Its classic bug"),
}


def bold(name, tables=False):
    cells = nbformat.read(tool.NOTEBOOKS / f"{name}.ipynb", 4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    prose = "\n".join(line for line in prose.splitlines() if tables or not line.startswith("|"))
    return [words for words in re.findall(r"\*\*([^*\n]+?)\*\*", prose) if not re.search(LABEL, words)]


def term(words):
    """The term that these words are, without a plural's s or a capital at the beginning of a sentence."""
    names = {one["term"].lower(): one for one in TERMS}
    low = words.lower().removeprefix("the ")
    return next((names[form] for form in (low, low.removesuffix("s"), low.removesuffix("es")) if form in names), None)


def test_every_entry_is_whole_and_stands_once():
    assert len({one["term"].lower() for one in TERMS}) == len(TERMS)
    for one in TERMS:
        assert one["sentence"].endswith("."), one["term"]
        assert len(one) == 6, one["term"]
        assert None not in one.values(), one["term"]


@pytest.mark.parametrize("name", SECOND)
def test_a_term_in_bold_is_in_the_vocabulary_and_not_of_a_later_lesson(name):
    for words in bold(name):
        if len(words) > 1 and len(words.split()) <= 3 and words not in STRESSED and words.rstrip("s") not in STRESSED:
            entry = term(words)
            assert entry, f"**{words}** is not in vocabulary.csv"
            assert int(entry["lesson"]) <= int(name[:2]), f"**{words}** is introduced in lesson {entry['lesson']}"


@pytest.mark.parametrize("name", SECOND)
def test_what_the_vocabulary_says_a_lesson_introduces_stands_there_in_bold(name):
    found = {entry["term"] for words in bold(name, tables=True) if (entry := term(words))}
    missing = {one["term"] for one in TERMS if int(one["lesson"]) == int(name[:2])} - found
    assert not missing
