"""Every page of the website as a reader meets it: whole, described, on a phone, by night, and asking no other host."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "site"
PAGES = sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html") if "_" not in path.parts[0])
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
    assert page.locator("mjx-container").count() > 3
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
