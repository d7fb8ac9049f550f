"""The slides of each lesson, before a browser shows them (tests/site/test_slides.py): few, short, known."""

import re
from functools import cache

import nbformat
import pytest

from course.exercises import lessons
from teaching import guide, slides

each_lesson = pytest.mark.parametrize("number", lessons(), ids="{:02}".format)


@cache
def deck(number):
    """{line of the list: its slide}."""
    return dict(zip(slides.listed(number), slides.slides(number), strict=True))


def cells_of(line):
    return {cell for cell, _, _ in slides.NAME.findall(line)}


@each_lesson
def test_a_talk_has_at_most_thirty_slides_with_at_most_ten_lines_of_code_and_each_part_that_it_names(number):
    assert 20 <= len(deck(number)) <= 30
    assert [line for line, slide in deck(number).items() if slide.code > slides.MOST_LINES] == []
    cells = {cell.id: cell for cell in guide.notebook(number).cells}
    for cell, kind, nth in (name for line in deck(number) for name in slides.NAME.findall(line)):
        if kind and cells[cell].cell_type == "markdown":
            kinds = [slides._kind(block) for block in guide.blocks(cells[cell].source)]
            assert kinds.count(kind) >= int(nth or 1), f"{cell} has {kinds}"


@each_lesson
def test_the_guide_speaks_with_most_slides_of_the_ninety_minutes(number):
    """A plan's rows and questions are in the notes wherever the talk shows their cells."""
    notes = guide.notes(number)
    shown = set(notes).intersection(set().union(*map(cells_of, deck(number))))
    said = {text for slide in deck(number).values() for text in slide.said}
    assert {note for cell in shown for note in notes[cell]} <= said
    assert len(shown) >= len(notes) / 2


@each_lesson
def test_each_exercise_has_a_heading_of_its_own_and_each_picture_its_description(number):
    for slide in deck(number).values():
        code = [k for k, part in enumerate(slide.shown) if "# your code here" in part]
        turns = [k for k, part in enumerate(slide.shown) if part.startswith("<h3>Your turn")]
        assert len(turns) >= len(code)
        assert all(turn < k for turn, k in zip(turns, code, strict=False))
        assert not [part for part in slide.shown if part.startswith("<img") and 'alt=""' in part]
        assert not [part for part in slide.shown if part.startswith('<div class="fold')], "which is for the speaker"
    assert sum(len(slide.pictures) for slide in deck(number).values()) >= 5


def test_what_a_prediction_asks_is_answered_only_at_the_next_key():
    shown = deck(2)["mind-text mind/output"].shown
    assert shown[0].startswith('<div class="predict">')
    assert shown[1].startswith('<pre class="printed fragment">1 times as sure')
    assert 'class="answer fragment"' in deck(2)["stop"].html()
    (picture,) = [slide for line, slide in deck(6).items() if "seconds-figure" in line]
    assert picture.shown[-1].startswith('<img class="fragment"')


def test_the_speaker_knows_what_goes_wrong_in_an_exercise():
    (slide,) = [slide for line, slide in deck(5).items() if "ex-backward" in line]
    words = lessons()[5].EXERCISES[2].wrong[0].feedback
    assert f"**What goes wrong in 5.3:** {words}" in slide.said


def test_formulas_and_code_are_left_as_they_are():
    html = "".join(slide.html() for slide in deck(5).values())
    assert r"\delta^{[l]} = \bigl(W^{[l+1]\top}\,\delta^{[l+1]}\bigr) \odot f'(Z^{[l]})" in html
    assert "import numpy" not in re.sub(r"<aside.*?</aside>", "", html, flags=re.DOTALL)


def test_a_cell_of_one_sentence_begins_a_slide_with_it():
    slide = slides.Slide("")
    slides._put_text(slide, nbformat.v4.new_markdown_cell("A sentence alone."), None, 1, True)
    assert "A sentence alone." in "".join(slide.shown)
    assert slide.said == []


def test_a_slide_outside_the_plan_says_so():
    outside = [line for line, slide in deck(2).items() if "**Not in the 90-minute plan.**" in slide.said]
    assert outside
    assert not set().union(*map(cells_of, outside)) & guide.planned(2, 90)


@pytest.mark.parametrize("line", ["no-such-cell", "title/picture", "title text"])
def test_a_list_that_names_what_is_not_there_is_refused(line, monkeypatch):
    monkeypatch.setattr(slides, "listed", lambda number: ["title", line])
    with pytest.raises(ValueError, match="names a cell or a part that does not exist"):
        slides.slides(1)


def test_a_deck_alone_keeps_the_others_and_a_wrong_list_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "ROOT", tmp_path)
    monkeypatch.setattr(slides, "OUT", tmp_path / "slides")
    monkeypatch.setattr(slides, "packages", lambda: None)
    slides.main(["1"])
    slides.main(["2"])
    index = (slides.OUT / "index.html").read_text("utf-8")
    assert re.findall(r'href="(.*?)"', index) == ["01.html", "02.html"]
    before = {path: path.read_bytes() for path in slides.OUT.rglob("*") if path.is_file()}
    monkeypatch.setattr(slides, "listed", lambda number: ["no-such-cell"])
    with pytest.raises(ValueError, match="no-such-cell"):
        slides.main(["2"])
    assert {path: path.read_bytes() for path in slides.OUT.rglob("*") if path.is_file()} == before
