"""How long each lesson takes, and the one place where that is worked out.

    python tools/times.py       a table: words, code cells, minutes of its exercises, minutes in all

Reading at 200 words a minute, a minute and a half for each code cell (to read it, run it, look and play), and the
minutes its exercises state, rounded to five. tests/test_project.py compares what the lessons and README.md say.
"""

import json
import re
from pathlib import Path

from course.exercises import lessons

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
WORDS_A_MINUTE = 200
MINUTES_A_CELL = 1.5


def parts(cells):
    """Words of prose (formulas, code and addresses left out), code cells, and minutes of the exercises in cells."""
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    prose = re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|<[^>]+>|\]\([^)]*\)", " ", prose, flags=re.DOTALL)
    words = len(re.findall(r"[^\W\d_][\w’'-]*", prose))
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    keys = re.findall(r'^check\("(\d+\.\d+)"', "\n".join(code), re.MULTILINE)
    exercises = sum(task.minutes for lesson in lessons().values() for task in lesson.EXERCISES if task.key in keys)
    return words, len(code), exercises


def estimate(cells):
    words, code_cells, exercises = parts(cells)
    return 5 * round((words / WORDS_A_MINUTE + MINUTES_A_CELL * code_cells + exercises) / 5)


def minutes(path):
    return estimate(json.loads(path.read_text(encoding="utf-8"))["cells"])


def main():
    print(f"{'lesson':42} words  code cells  exercises  minutes")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        words, code_cells, exercises = parts(json.loads(path.read_text(encoding="utf-8"))["cells"])
        print(f"{path.name:42} {words:5}  {code_cells:10}  {exercises:9}  {minutes(path):7}")


if __name__ == "__main__":
    main()
