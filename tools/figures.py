"""A contact sheet of each lesson's figures, to look at them as a whole: python tools/figures.py [NN …]

Writes artifacts/figures_NN.png from the pictures stored in the notebooks, at the size they have on the page.
"""

import base64
import io
import sys
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).parents[1]
GAP = 12  # pixels between the pictures


def sheet(path):
    """All pictures of a notebook below each other, in two columns, as one image."""
    outputs = [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])]
    stored = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    pictures = [Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in stored]
    pages, heights = [[], []], [0, 0]
    for picture in pictures:
        column = heights.index(min(heights))
        pages[column].append((heights[column], picture))
        heights[column] += picture.height + GAP
    width = max((picture.width for picture in pictures), default=1)
    image = Image.new("RGB", (2 * width + GAP, max(heights, default=1)), "white")
    for column, page in enumerate(pages):
        for top, picture in page:
            image.paste(picture, (column * (width + GAP), top))
    return image


if __name__ == "__main__":
    (ROOT / "artifacts").mkdir(exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        if not sys.argv[1:] or path.name[:2] in sys.argv[1:]:
            target = ROOT / "artifacts" / f"figures_{path.name[:2]}.png"
            sheet(path).save(target)
            print(target.relative_to(ROOT))
