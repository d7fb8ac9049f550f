"""Ask every web address in the lessons and the README whether it still answers: make links (weekly; needs the web)."""

import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def texts():
    yield "README.md", (ROOT / "README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield f"{path.name}, {cell['id']}", "".join(cell["source"])


def problem(address):
    """Why the address does not answer; None if it does. That a page refuses machines is no fault of the link."""
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0"})
    try:
        with urllib.request.urlopen(request, timeout=20):
            return None
    except urllib.error.HTTPError as error:
        return None if error.code in (401, 403, 405, 429) else str(error)
    except OSError as error:
        return str(error)


def main():
    where = {}
    for place, text in texts():
        for address in re.findall(r"\]\((https?://[^)\s]+)\)", text):
            where.setdefault(address, place)
    if problem("https://www.python.org/") is not None:
        print("Skipped: there is no web here.")
        return
    dead = {address: why for address in where if (why := problem(address))}
    for address, why in dead.items():
        print(f"{where[address]}: {address} ({why})")
    print(f"{len(where) - len(dead)} of {len(where)} links answer.")
    sys.exit(bool(dead))


if __name__ == "__main__":
    main()
