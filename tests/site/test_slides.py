"""The slides of `make slides`, read in a browser at 1280 × 720: nothing is cut off, nothing comes from a network."""

import pytest
from conftest import BUILD

FAULTS = """slide => {
  const found = []
  const room = slide.getBoundingClientRect()
  const scale = room.height / 720
  for (const part of slide.children) {
    const box = part.getBoundingClientRect()
    const say = fault => found.push(`${part.tagName} ${fault}`)
    if (box.bottom > room.bottom - 20 * scale) say(`ends ${Math.round(box.bottom - room.bottom)} below`)
    if (part.scrollWidth > part.clientWidth + 2 || box.right > room.right) say("is too wide")
    if (part.tagName === "IMG" && (!part.naturalWidth || box.height < 200 * scale)) say("is small or missing")
  }
  if (slide.querySelector("mjx-merror")) found.push("a formula that MathJax does not understand")
  if (/\\$[^$]*\\\\[a-z]/.test(slide.innerText)) found.push("a formula that was not set")
  return found
}"""


@pytest.mark.parametrize("path", sorted((BUILD / "slides").glob("[0-9]*.html")), ids=lambda path: path.stem)
def test_every_slide_fits_and_needs_no_network(path, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.evaluate("MathJax.startup.promise")
    page.add_style_tag(content="mjx-assistive-mml { display: none !important }")  # is for screen readers, and not seen
    faults = []
    for k in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({k}, 0, 99)")
        faults += [f"slide {k + 1}: {fault}" for fault in page.locator("section.present .slide").evaluate(FAULTS)]
    page.close()
    assert faults == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
