"""What the learner has solved and which solutions were read, in memory and, if there can be one, in a file.

The file, `.progress.jsonl`, has one event a line, such as {"event": "solved", "id": "2.3"}. An event is appended by one
write, so several kernels can share the file without a lock. A right answer's event holds its text as "source", and its
"number" among all that were kept. What cannot be read is skipped and stays in the file. A `.progress.json` of an
earlier version of the course, beside it, is read and left as it is.

The file lies in the current folder if lessons are there, else in the course's notebooks folder. The environment
variable COURSE_PROGRESS names another, or is `off`: then nothing is read or written.
"""

import json
import os
from pathlib import Path

from course.exercises import share

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


class Record:
    """`solved` maps ids to how ("alone", or "after reading the solution"), `sources` to the text of the last right
    answer that could be kept; `solutions` holds the ids of those read.
    """

    def __init__(self):
        self.solved, self.sources, self.solutions = {}, {}, set()
        self.answers = 0  # right ones that were kept, in the file and in this kernel
        self.known, self.mine = set(), []  # lines: those taken into account, and those of this kernel
        self.said, self.unsaid = set(), []
        self.file = None  # the file's path, if the last exchange with it went well

    def solve(self, key, source=None):
        self.exchange()
        if key not in self.solved or (source and source != self.sources.get(key)):
            self._add("solved", key, **({"source": source, "number": self.answers + 1} if source else {}))

    def read_solution(self, key):
        self.exchange()
        if key not in self.solutions:
            self._add("solution", key)

    def state(self, key):
        if key not in self.solved:
            return "open; you have read the solution" if key in self.solutions else "open"
        return "solved" if self.solved[key] == "alone" else f"solved {self.solved[key]}"

    def standing(self, key):
        """The same as a number for a code."""
        if key not in self.solved:
            return share.READ if key in self.solutions else share.OPEN
        return share.ALONE if self.solved[key] == "alone" else share.AFTER

    def news(self):
        """Sentences about the file that have not been said yet."""
        news, self.unsaid = self.unsaid, []
        return news

    def exchange(self):
        """Learn what the file holds, and append this kernel's events that it lacks; without one, memory has to do."""
        self.file = None
        try:
            if (path := self.path()) is None:
                return
            self._learn_old(_read(path.with_suffix(".json")))
            content = _read(path)
            lines = content.splitlines()
            for line in lines:
                self._learn(line)
            present = set(lines)
            if missing := [line for line in self.mine if line not in present]:
                _append(path, b"\n" * (not content.endswith(b"\n") and content != b"") + b"\n".join(missing) + b"\n")
            self.file = path
        except OSError as error:
            reason = error.strerror or type(error).__name__
            setting = os.environ.get("COURSE_PROGRESS")
            where = f"in {setting}, which COURSE_PROGRESS names" if setting else "in a file here"
            self._say(f"Your progress cannot be kept {where} ({reason}); it lasts until the kernel stops.")

    @staticmethod
    def path():
        """Where the file belongs; None if there shall be none. In place of a *.json, which may be old, *.jsonl."""
        setting = os.environ.get("COURSE_PROGRESS", "")
        if setting:
            path = Path(os.path.expanduser(setting))
            return None if setting == "off" else path.with_suffix(".jsonl") if path.suffix == ".json" else path
        has_lessons = any(Path.cwd().glob("[0-9][0-9]_*.ipynb"))
        return (NOTEBOOKS if NOTEBOOKS.is_dir() and not has_lessons else Path.cwd()) / ".progress.jsonl"

    def _add(self, event, key, **more):
        line = json.dumps({"event": event, "id": key, **more}).encode()
        self.mine.append(line)
        self._learn(line)
        self.exchange()

    def _learn(self, line):
        if line in self.known:
            return
        self.known.add(line)
        match _parse(line):
            case {"event": "solution", "id": str(key)}:
                self.solutions.add(key)
            case {"event": "solved", "id": str(key), **more}:
                self.solved.setdefault(key, "after reading the solution" if key in self.solutions else "alone")
                if isinstance(more.get("source"), str):
                    self.sources[key], self.answers = more["source"], self.answers + 1

    def _learn_old(self, content):
        """{"solved": {"2.3": "alone"}, "solutions": ["2.1"]}: the whole file of an earlier version."""
        if content in self.known:
            return
        self.known.add(content)
        match _parse(content):
            case {"solved": dict(solved), "solutions": list(solutions)} if all(
                type(text) is str for text in (*solved.values(), *solutions)
            ):
                self.solved, self.solutions = solved | self.solved, self.solutions | set(solutions)
            case _ if content:
                self._say("The old file with your progress, .progress.json, cannot be read; it is left as it is.")

    def _say(self, sentence):
        if sentence not in self.said:
            self.said.add(sentence)
            self.unsaid.append(sentence)


def _read(path):
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _append(path, data):
    """One write, which the system puts at the end of the file, whoever else writes."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        if os.write(file, data) < len(data):
            raise OSError("the disk is full")
    finally:
        os.close(file)


def _parse(text):
    """The JSON value in these bytes; None if it cannot be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
