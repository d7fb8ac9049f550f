"""Every page of the website as a reader meets it: whole, described, on a phone, by night, and asking no other host."""

import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from conftest import SITE, barriers, too_wide

ROOT = Path(__file__).parents[2]
FILES = sorted(path.relative_to(SITE) for path in SITE.rglob("*.html"))
PAGES = [str(path) for path in FILES if path.parts[0] not in ("_static", "lite")]
LESSONS = [page for page in PAGES if page.startswith("notebooks/")]
MOST = 1.5e6  # bytes of a lesson's page with its pictures; fonts and scripts are the same for all

every_page = pytest.mark.parametrize("opened", PAGES, indirect=True)
every_lesson = pytest.mark.parametrize("opened", LESSONS, indirect=True)
one_lesson = pytest.mark.parametrize("opened", LESSONS[:1], indirect=True)


@pytest.fixture(scope="module")
def opened(request, browser, address):
    """The page that is the parameter, opened once for all tests of it; what it asked for and complained of is noted."""
    context = browser.new_context()
    page = window(context.new_page())
    page.path, page.asked, page.complaints = request.param, [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address + page.path, wait_until="networkidle")
    yield page
    context.close()


def window(page, width=1366, scheme="light"):
    page.set_viewport_size({"width": width, "height": 768})
    page.emulate_media(color_scheme=scheme)
    return page


@pytest.fixture
def page(opened):
    return window(opened)


@every_page
def test_a_page_asks_no_other_host_and_complains_of_nothing(page, address):
    assert not [url for url in page.asked if not url.startswith((address, "data:", "blob:"))]
    assert not page.complaints
    assert page.locator("mjx-merror").count() == 0


@every_page
def test_nothing_scrolls_sideways_on_a_phone(page):
    assert not too_wide(window(page, width=390))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_page
def test_axe_finds_no_serious_barrier(page, scheme):
    found = barriers(window(page, scheme=scheme), "main")
    assert page.locator("html").get_attribute("data-theme") in (scheme, None)  # the half pages are always light
    assert not found, "\n".join(found)


@every_lesson
def test_a_lesson_is_whole_and_light(page):
    assert page.locator("img:not([alt])").count() == 0
    alts = page.locator("main .cell_output img").evaluate_all("all => all.map(img => img.alt)")
    assert len(alts) > 3
    assert not [alt for alt in alts if len(alt) <= 40]
    assert page.locator(".math:not(:has(mjx-container))").count() == 0  # every formula is typeset
    assert page.get_by_text("Not written yet.").count() == 0
    files = [page.path, *{url[url.index("_images") :] for url in page.asked if "_images" in url}]
    size = sum((SITE / file).stat().st_size for file in files)
    assert size <= MOST, f"{size / 1e6:.2f} MB"


@one_lesson
def test_the_help_of_an_exercise_is_folded_below_it(page):
    words = page.get_by_text("What is left to do with the sum?")
    assert not words.is_visible()
    page.get_by_text("Hint 1 for 1.1", exact=True).click()
    assert words.is_visible()


@one_lesson
def test_the_quiz_answers_without_python(page):
    choice = page.locator("details[name='1.q1']").nth(2)
    assert not choice.locator("div[role=status]").is_visible()
    choice.locator("summary").click()
    assert "Right." in choice.locator("div[role=status]").inner_text()


@pytest.mark.parametrize("opened", ["search.html?q=broadcasting"], indirect=True)
def test_the_search_finds_a_word_of_a_lesson(page):
    assert "01_neuron" in page.locator("#search-results li a").first.get_attribute("href")


@pytest.mark.parametrize("opened", ["map.html"], indirect=True)
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_map_leads_to_every_sitting(page, lesson):
    head = nbformat.read(ROOT / Path(lesson).with_suffix(".ipynb"), as_version=4).cells[0].source
    section = page.locator("main section section").filter(has=page.locator(f'a[href="{lesson}"]'))
    sittings = section.locator("ol > li").all()
    word = re.search(r"in (\w+) sittings", head)[1]
    assert ["two", "three", "four", "five", "six"].index(word) + 2 == len(sittings)
    assert section.locator("ul > li").count() == len(re.findall("^- ", head, re.MULTILINE))
    for sitting in sittings:
        file, place = sitting.locator("a").first.get_attribute("href").split("#")
        assert file == lesson
        assert f'id="{place}"' in (SITE / lesson).read_text("utf-8")
        assert re.match(r"\d+ min ", sitting.inner_text())


@pytest.mark.parametrize("opened", ["half-pages.html"], indirect=True)
def test_the_half_pages_are_printed_two_on_a_sheet_and_each_alone(page, address, tmp_path):
    PdfReader = pytest.importorskip("pypdf").PdfReader

    def printed():
        page.pdf(path=tmp_path / "half.pdf", prefer_css_page_size=True)
        return [sheet.extract_text() for sheet in PdfReader(tmp_path / "half.pdf").pages]

    window(page, scheme="dark")
    assert page.locator("table mjx-container").count() > 30
    assert not re.search(r"\\\(|\\[a-z]{3,}|\$", page.locator("main").inner_text())
    numbers = [re.findall(r"^(\d\d) ·", text, re.MULTILINE) for text in printed()]
    assert numbers == [[f"{k:02}", f"{k + 1:02}"] for k in range(1, len(LESSONS), 2)]
    page.goto(f"{address}half-pages.html#half-05")
    assert page.locator("main h2:visible").count() == 1
    (sheet,) = printed()
    assert sheet.startswith("05 ·")
    page.get_by_role("link", name="All half pages").click()
    assert page.locator("main h2:visible").count() == len(LESSONS)


@every_lesson
def test_a_report_says_lesson_heading_version_and_browser(page):
    release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    command = ["git", "hash-object", "--no-filters", ROOT / Path(page.path).with_suffix(".ipynb")]
    version = f"{release}+{subprocess.check_output(command, text=True)[:8]}"
    assert version in page.locator(".facts").inner_text()
    page.context.route("https://github.com/**", lambda route: route.fulfill(body="as if this were GitHub"))
    heading = page.locator("main section h2").nth(2)
    heading.evaluate("one => one.scrollIntoView({behavior: 'instant'})")
    press(page, page.get_by_role("button", name="Source repositories"))
    with page.context.expect_page() as opened:
        press(page, page.get_by_role("link", name="Open issue"))
    asked = parse_qs(urlsplit(opened.value.url).query)
    opened.value.close()
    assert asked["title"][0].startswith(f"{Path(page.path).stem[:2]} · ")
    assert asked["body"][0].splitlines()[:4] == [
        f"Page: /{page.path}",
        "Heading: " + heading.inner_text().rstrip("#").strip(),
        f"Version: {version}",
        "Browser: " + page.evaluate("navigator.userAgent"),
    ]


def press(page, control):
    """As a hand does: Playwright's own click scrolls a page whose bar stands above the text."""
    box = control.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@every_lesson
def test_the_menus_lead_to_colab_binder_download_and_the_half_page(page):
    stem = Path(page.path).stem
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
@pytest.mark.parametrize("opened", [f"{LESSONS[0]}?phone"], indirect=True)
def test_the_menus_of_a_phone_open(which, page):
    window(page, width=390)
    page.reload(wait_until="networkidle")
    page.locator(f".bd-header-article .{which}-toggle").click()
    page.locator(f"#pst-{which}-sidebar-modal a", has_text="Quiz" if which == "secondary" else "Words").first.wait_for()
    assert not page.complaints
