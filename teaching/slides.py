"""Slides of a lesson, made from the notebook's stored cells: `make slides`, or python -m teaching.slides 02.

talks/NN.toml lists the slides, each by the ids of the cells that it shows. Nothing is written twice: pictures, code,
outputs, formulas and questions come from the notebook, the speaker's notes from the guide and from the lesson's text.
build/slides holds reveal.js and MathJax from npm, in the versions of site/package.json, and needs no network.

A name alone shows what belongs on a slide: of a code cell its picture, or else its code without imports and what it
printed; of a text cell, after a picture, the sentence in italics; and by itself what stands from its first heading on:
heading, *Predict first*, task, formulas, tables, lists, or if it has none of these its first paragraph. `cell/formula`
shows one kind of part alone and `cell/formula2` the second of them: head, predict, task, formula, table, list, text,
caption; of code `cell/code`, of which `cell/code2` is the second ten lines, and `cell/output`.
"""

import argparse
import base64
import html
import re
import runpy
import shutil
import tomllib
from pathlib import Path
from string import Template

from nbconvert.filters import Highlight2HTML, markdown2html_mistune
from pygments.formatters import HtmlFormatter

from course.exercises import lessons
from teaching import guide

HERE, ROOT = Path(__file__).parent / "talks", guide.ROOT
OUT = ROOT / "build" / "slides"
NAME = re.compile(r"([\w-]+)(?:/([a-z]+)(\d*))?")
USUAL = "head", "predict", "task", "formula", "table", "list"
PARTS = (*USUAL, "text", "caption", "code", "output")
LEFT_OUT = re.compile(r"from |import |use_style\(|check\(|# needs PyTorch|# fmt|\s*\"\"\".*\"\"\"$")  # lines
MOST_LINES = 10  # of code
MISTAKES = 3  # of an exercise, for the speaker
LONG_TABLE = 9  # lines; a longer one is set smaller
LONGEST_ANSWER = 330  # characters; a longer one goes into the notes


def main(arguments=None):
    """Builds the named decks, or all, and leaves the others; if a list is wrong, all remain as they were."""
    parser = argparse.ArgumentParser(prog="python -m teaching.slides", description="Slides, into build/slides.")
    parser.add_argument("lessons", nargs="*", type=int, help="such as 02; without one, all lessons")
    known = [int(path.stem) for path in sorted(HERE.glob("[0-9]*.toml"))]
    chosen = parser.parse_args(arguments).lessons or known
    if unknown := sorted(set(chosen) - set(known)):
        parser.error(f"no lesson {unknown[0]}; there are {known[0]} to {known[-1]}")
    decks = {number: slides(number) for number in chosen}
    (OUT / "pictures").mkdir(parents=True, exist_ok=True)
    packages()
    style = HtmlFormatter().get_style_defs(".highlight")
    (OUT / "slides.css").write_text((HERE / "slides.css").read_text("utf-8") + style, "utf-8")
    frame, links = Template((HERE / "frame.html").read_text("utf-8")), []
    for number, made in decks.items():
        title = lessons()[number].TITLE
        for old in (OUT / "pictures").glob(f"{number:02}-*.png"):
            old.unlink()
        for slide in made:
            for name, content in slide.pictures.items():
                (OUT / "pictures" / name).write_bytes(content)
        body = "\n".join(slide.html() for slide in made)
        (OUT / f"{number:02}.html").write_text(frame.substitute(title=html.escape(title), slides=body), "utf-8")
    for path in sorted(OUT.glob("[0-9][0-9].html")):
        title, count = lessons()[int(path.stem)].TITLE, path.read_text("utf-8").count("<section>")
        links.append(f'<li><a href="{path.name}">{path.stem} · {html.escape(title)}</a>, {count} slides</li>')
    (OUT / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Slides</title><h1>Slides</h1>'
        f"<p>Space goes on, S opens the speaker's notes, F fills the screen, ? shows all keys.</p>"
        f"<ul>{''.join(links)}</ul></html>\n",
        "utf-8",
    )
    print(f"{(OUT / 'index.html').relative_to(ROOT)}: {len(decks)} of {len(links)} lessons built")


def packages():
    """reveal.js and MathJax, as tools/site.py installs them, into build/slides."""
    website = runpy.run_path(str(ROOT / "tools" / "site.py"))
    website["npm"]()
    modules = website["NPM"] / "node_modules"
    for part in ("reset.css", "reveal.css", "reveal.js"):
        (OUT / "reveal").mkdir(exist_ok=True)
        shutil.copy(modules / "reveal.js" / "dist" / part, OUT / "reveal")
    shutil.copytree(modules / "reveal.js" / "plugin" / "notes", OUT / "reveal" / "notes", dirs_exist_ok=True)
    website["mathjax"](OUT / "mathjax")


class Slide:
    """`shown` is HTML, in order; `said` Markdown for the speaker; `code` the longest piece of code in lines.

    `pictures` are the PNGs that it shows: {file name: bytes}.
    """

    def __init__(self, section):
        self.section, self.shown, self.said, self.code, self.pictures = section, [], [], 0, {}
        self.has_head = self.has_turn = False  # a heading; "Your turn", and no exercise below it yet

    @property
    def asks(self):
        """Is there a prediction on it? Then what comes below is shown at the next key, when they have voted."""
        return any('class="predict"' in part for part in self.shown)

    def html(self):
        head = "" if self.has_head or not self.section else f'<p class="section">{_inline(self.section)}</p>'
        notes = markdown2html_mistune("\n\n".join(self.said))
        inside = "\n".join([head, *self.shown])
        return f'<section><div class="slide">{inside}</div><aside class="notes">{notes}</aside></section>'


def listed(number):
    """The lines of NN.toml."""
    return tomllib.loads((HERE / f"{number:02}.toml").read_text("utf-8"))["slides"]


def slides(number):
    """The slides of a lesson. Raises ValueError where its list names what the notebook does not have."""
    cells = guide.notebook(number).cells
    by_id = {cell.id: place for place, cell in enumerate(cells)}
    sections, notes, told = _sections(cells), guide.notes(number), set()
    planned = guide.planned(number, 90)
    made = []
    for line in listed(number):
        names = [NAME.fullmatch(name) for name in line.split()]
        if not all(name and name[1] in by_id and name[2] in (None, *PARTS) for name in names):
            raise ValueError(f"teaching/talks/{number:02}.toml: {line!r} names a cell or a part that does not exist")
        slide = Slide(sections[by_id[names[0][1]]])
        guided = []
        for name in names:
            cell = cells[by_id[name[1]]]
            first = name[1] not in told  # its text and the guide's are said on the first slide that shows the cell
            if cell.cell_type == "code":
                _put_code(slide, cell, cells[by_id[name[1]] + 1 :], name[2], int(name[3] or 0), number)
            else:
                _put_text(slide, cell, name[2], int(name[3] or 1), first)
            if first:
                told.add(name[1])
                guided += notes.get(name[1], [])
        if not planned & {name[1] for name in names}:
            guided.insert(0, "**Not in the 90-minute plan.**")
        slide.said[:0] = dict.fromkeys(guided)  # a row of the plan may name several cells
        if not slide.shown:
            raise ValueError(f"teaching/talks/{number:02}.toml: the slide {line!r} shows nothing")
        made.append(slide)
    return made


def _sections(cells):
    """The heading under which each cell begins."""
    current, found = "", []
    for cell in cells:
        found.append(current)
        if cell.cell_type == "markdown" and (heads := re.findall(r"^## (.*)", cell.source, re.MULTILINE)):
            current = heads[-1]
    return found


def _put_code(slide, cell, following, kind, nth, number):
    picture = next((o["data"]["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})), None)
    if picture and kind is None:
        name = f"{number:02}-{cell.id}.png"
        slide.pictures[name] = base64.b64decode(picture)
        later = ' class="fragment"' if slide.asks else ""
        words = guide.FOLD.search(following[0].source) if following else None
        alt = " ".join(re.sub(r"[*_`$\\]", "", words[2]).split()) if words and words[1] == "In words" else ""
        slide.shown.append(f'<img{later} src="pictures/{name}" alt="{html.escape(alt)}">')
        if "from course.widgets import" in cell.source:
            slide.shown.append('<p class="live">Live: the widget of this picture is in the notebook.</p>')
        return
    lines = [line for line in cell.source.splitlines() if line.strip() and not LEFT_OUT.match(line)]
    if nth:
        lines = lines[(nth - 1) * MOST_LINES : nth * MOST_LINES]
    source = "\n".join(lines)
    if kind in (None, "code") and source:
        slide.code = max(slide.code, len(source.splitlines()))
        if key := re.search(r'^check\("(\d+\.\d+)"', cell.source, re.MULTILINE):
            task = next(task for task in lessons()[number].EXERCISES if task.key == key[1])
            if not slide.has_turn:
                slide.shown.append(f"<h3>Your turn: {html.escape(task.title)}</h3>")
            slide.said += [f"**What goes wrong in {task.key}:** {words}" for words in guide.declared(task)[:MISTAKES]]
        slide.has_turn = False  # the next exercise has a heading of its own
        slide.shown.append(Highlight2HTML(pygments_lexer="python")(source))
    printed = "".join(map(_printed, cell.outputs)).rstrip()
    if kind in (None, "output") and printed:
        slide.shown.append(f'<pre class="printed{" fragment" * slide.asks}">{html.escape(printed)}</pre>')


def _printed(output):
    if output.output_type == "stream":
        return output.text
    return output.data.get("text/plain", "") if output.output_type == "execute_result" else ""


def _put_text(slide, cell, kind, nth, first):
    parts = [(_kind(block), block) for block in guide.blocks(cell.source)]
    first_head = next((k for k, (what, _) in enumerate(parts) if what == "head"), 0)
    if kind is not None:
        wanted = [k for k, (what, _) in enumerate(parts) if what == kind][nth - 1 : nth]
    elif slide.shown:
        wanted = [k for k, (what, _) in enumerate(parts) if what == "caption"][:1]
        wanted = wanted or [k for k, (what, _) in enumerate(parts) if what in USUAL]
    else:
        wanted = [k for k, (what, _) in enumerate(parts) if k >= first_head and what in USUAL]
        if all(parts[k][0] == "head" for k in wanted):
            wanted = sorted(
                {*wanted, *[k for k, (what, _) in enumerate(parts) if k > first_head and what == "text"][:1]}
            )
            wanted = wanted or [0]
    under = slide.section
    for k, (what, block) in enumerate(parts):
        if block.startswith("## "):
            under = block.partition("\n")[0].removeprefix("## ")
        if k in wanted:
            slide.section = slide.section if slide.shown else under
            later = slide.asks and what == "caption"
            slide.shown.append(_shown(what, block, later))
            slide.has_head |= what == "head"
            slide.has_turn |= block.startswith("### Your turn")
            following = guide.FOLD.match(parts[k + 1][1]) if k + 1 < len(parts) else None
            if what == "predict" and following and following[1] == "Answer" and len(following[2]) <= LONGEST_ANSWER:
                slide.shown.append(f'<div class="answer fragment">{markdown2html_mistune(following[2])}</div>')
        elif first and what == "fold":
            fold = guide.FOLD.match(block)
            if fold[1] != "In words":
                slide.said.append(f"*{fold[1]}.* {fold[2]}")
        elif first and what in ("text", "list"):
            slide.said.append(block)


def _kind(block):
    if block.startswith("#"):
        return "head"
    if block.startswith("<details>"):
        return "fold"
    if "**Predict first" in block:
        return "predict"
    if "**Task" in block:
        return "task"
    if block.startswith("$$"):
        return "formula"
    if block.startswith("|"):
        return "table"
    if re.match(r"[-*] |\d+\. ", block):
        return "list"
    if re.match(r"\*[^*]", block) and block.endswith("*"):
        return "caption"
    return "text"


def _shown(what, block, later=False):
    if what == "head":  # one with text right below it
        head, _, rest = block.partition("\n")
        level = min(len(head) - len(head.lstrip("#")), 3)
        below = markdown2html_mistune(rest) if rest.strip() else ""
        return f"<h{level}>{_inline(head.lstrip('# '))}</h{level}>{below}"
    long = " long" * (what == "table" and block.count("\n") > LONG_TABLE)
    return f'<div class="{what}{long}{" fragment" * later}">{markdown2html_mistune(block)}</div>'


def _inline(text):
    """Markdown in a line, without its paragraph."""
    return re.sub(r"^<p>|</p>$", "", markdown2html_mistune(text).strip())


if __name__ == "__main__":
    main()
