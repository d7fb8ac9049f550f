"""Every page of the website as a reader meets it: whole, described, on a phone, by night, and asking no other host."""

import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "site"
FILES = sorted(path.relative_to(SITE) for path in SITE.rglob("*.html"))
PAGES = [str(path) for path in FILES if path.parts[0] not in ("_static", "lite")]
LESSONS = [page for page in PAGES if page.startswith("notebooks/")]
AXE = ROOT / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
MOST = 1.5e6  # bytes of a lesson's page with its pictures; fonts and scripts are the same for all


@pytest.fixture
def read(browser, address):
    """read(page, width, scheme) opens a page in a window of its own, and notes what it asked for and complained of."""
    contexts = []

    def read(path, width=1366, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 768}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(address + path, wait_until="networkidle")
        return page

    yield read
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_other_host_and_complains_of_nothing(path, read, address):
    page = read(path)
    foreign = [url for url in page.asked if not url.startswith((address, "data:", "blob:"))]
    assert not foreign
    assert not page.complaints
    assert page.locator("mjx-merror").count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_a_phone(path, read):
    page = read(path, width=390)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{wide} pixels too wide"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_barrier(path, scheme, read):
    page = read(path, scheme=scheme)
    page.add_script_tag(path=str(AXE))
    rules = (
        "['color-contrast', 'image-alt', 'link-name', 'button-name', 'heading-order', 'label', 'list', 'html-has-lang']"
    )
    found = page.evaluate(f"axe.run('main', {{runOnly: {{type: 'rule', values: {rules}}}}})")["violations"]
    lines = [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"][:3]]
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_is_whole_and_light(path, read):
    page = read(path)
    assert page.locator("img:not([alt])").count() == 0
    figures = page.locator("main .cell_output img")
    alts = [figures.nth(k).get_attribute("alt") or "" for k in range(figures.count())]
    assert len(alts) > 3
    assert all(len(alt) > 40 for alt in alts), [alt for alt in alts if len(alt) <= 40]
    assert page.locator(".math:not(:has(mjx-container))").count() == 0  # every formula is typeset
    assert page.get_by_text("Not written yet.").count() == 0
    bytes_ = (SITE / path).stat().st_size
    bytes_ += sum(
        (SITE / re.sub(r"^.*/_images", "_images", url)).stat().st_size for url in set(page.asked) if "_images" in url
    )
    assert bytes_ <= MOST, f"{bytes_ / 1e6:.2f} MB"


def test_the_help_of_an_exercise_is_folded_below_it(read):
    page = read(LESSONS[0])
    fold = page.get_by_text("Hint 1 for 1.1", exact=True)
    words = page.get_by_text("What is left to do with the sum?")
    assert not words.is_visible()
    fold.click()
    assert words.is_visible()


def test_the_quiz_answers_without_python(read):
    page = read(LESSONS[0])
    choice = page.locator("details[name='1.q1']").nth(2)
    assert not choice.locator("div[role=status]").is_visible()
    choice.locator("summary").click()
    assert "Right." in choice.locator("div[role=status]").inner_text()


def test_the_search_finds_a_word_of_a_lesson(read):
    page = read("search.html?q=broadcasting")
    page.wait_for_selector("#search-results li a")
    assert "01_neuron" in page.locator("#search-results li a").first.get_attribute("href")


def test_the_map_leads_to_every_sitting(read):
    page = read("map.html")
    numbers = ["two", "three", "four", "five", "six"]
    for lesson in LESSONS:
        stem = Path(lesson).stem
        head = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4).cells[0].source
        section = page.locator("main section section").filter(has=page.locator(f'a[href="{lesson}"]'))
        sittings = section.locator("ol > li")
        word = re.search(r"in (\w+) sittings", head)[1]
        assert sittings.count() == numbers.index(word) + 2, stem
        assert section.locator("ul > li").count() == len(re.findall("^- ", head, re.MULTILINE)), stem
        ids = set(re.findall(r'id="([^"]+)"', (SITE / lesson).read_text("utf-8")))
        for k in range(sittings.count()):
            target = sittings.nth(k).locator("a").first.get_attribute("href")
            file, place = target.split("#")
            assert file == lesson
            assert place in ids
            assert re.match(r"\d+ min ", sittings.nth(k).inner_text())


def test_the_half_pages_are_printed_two_on_a_sheet_and_each_alone(read, tmp_path):
    PdfReader = pytest.importorskip("pypdf").PdfReader
    page = read("half-pages.html", scheme="dark")
    titles = page.locator("main h2").all_inner_texts()
    assert len(titles) == len(LESSONS)
    assert page.locator("table mjx-container").count() > 30
    assert not re.search(r"\\\(|\\[a-z]{3,}|\$", page.locator("main").inner_text())
    page.pdf(path=tmp_path / "all.pdf", prefer_css_page_size=True)
    sheets = [sheet.extract_text() for sheet in PdfReader(tmp_path / "all.pdf").pages]
    numbers = [re.findall(r"^(\d\d) ·", text, re.MULTILINE) for text in sheets]
    assert numbers == [[f"{k:02}", f"{k + 1:02}"] for k in range(1, len(LESSONS), 2)]
    alone = read("half-pages.html#half-05")
    assert alone.locator("main h2:visible").count() == 1
    alone.pdf(path=tmp_path / "one.pdf", prefer_css_page_size=True)
    (sheet,) = PdfReader(tmp_path / "one.pdf").pages
    assert sheet.extract_text().startswith("05 ·")
    alone.get_by_role("link", name="All half pages").click()
    assert alone.locator("main h2:visible").count() == len(LESSONS)


@pytest.mark.parametrize("path", LESSONS)
def test_a_report_says_lesson_heading_version_and_browser(path, read):
    page = read(path)
    release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    command = ["git", "hash-object", "--no-filters", ROOT / "notebooks" / f"{Path(path).stem}.ipynb"]
    version = f"{release}+{subprocess.check_output(command, text=True)[:8]}"
    assert version in page.locator(".facts").inner_text()
    page.context.route("https://github.com/**", lambda route: route.fulfill(body="as if this were GitHub"))
    heading = page.locator("main section h2").nth(2)
    heading.evaluate("one => one.scrollIntoView({behavior: 'instant'})")
    press(page, page.get_by_role("button", name="Source repositories"))
    with page.context.expect_page() as opened:
        press(page, page.get_by_role("link", name="Open issue"))
    asked = {key: value[0] for key, value in parse_qs(urlsplit(opened.value.url).query).items()}
    assert asked["title"].startswith(f"{Path(path).stem[:2]} · ")
    lines = asked["body"].splitlines()
    assert lines[0] == f"Page: /{path}"
    assert lines[1] == "Heading: " + heading.inner_text().rstrip("#").strip()
    assert lines[2] == f"Version: {version}"
    assert lines[3] == "Browser: " + page.evaluate("navigator.userAgent")


def press(page, control):
    """As a hand does: Playwright's own click scrolls a page whose bar stands above the text."""
    box = control.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("path", LESSONS)
def test_the_menus_lead_to_colab_binder_download_and_the_half_page(path, read):
    page, stem = read(path), Path(path).stem
    entries = page.locator(".dropdown-menu a").all()
    links = {entry.text_content().strip(): entry.get_attribute("href") for entry in entries}
    assert links["Colab"].startswith("https://colab.research.google.com/github/")
    assert links["Colab"].endswith(f"/blob/colab/{stem}.ipynb")
    assert f"lab/tree/notebooks/{stem}.ipynb" in links["Binder"]
    assert (SITE / "notebooks" / links[".ipynb"]).read_bytes() == (ROOT / "notebooks" / f"{stem}.ipynb").read_bytes()
    assert links["half page"] == f"../half-pages.html#half-{stem[:2]}"


@pytest.mark.parametrize("path", LESSONS)
def test_a_copy_for_colab_is_the_lesson_with_a_cell_that_installs_the_course(path):
    name = f"{Path(path).stem}.ipynb"
    copy = nbformat.read(ROOT / "build" / "colab" / name, as_version=4)
    nbformat.validate(copy)
    assert "git+https://github.com/" in copy.cells[1].source
    assert "notebook>=" not in copy.cells[1].source  # Colab's kernel depends on an older one
    assert copy.cells[2:] == nbformat.read(ROOT / "notebooks" / name, as_version=4).cells


@pytest.mark.parametrize("which", ["primary", "secondary"])
def test_the_menus_of_a_phone_open(which, read):
    page = read(LESSONS[0], width=390)
    page.locator(f".bd-header-article .{which}-toggle").click()
    page.locator(f"#pst-{which}-sidebar-modal a", has_text="Quiz" if which == "secondary" else "Words").first.wait_for()
    assert not page.complaints
