"""Wrong answers by people who had not seen the declarations, each with its mistake in their words.

strangers/*.json holds them. None is right, and where our words name the mistake, a phrase of them is noted as "says".
Left out are 6.5 and 7.3, whose verdicts come from training.
"""

import json
import linecache
from pathlib import Path

import numpy as np
import pytest

from course import exercises
from course.exercises.grading import RIGHT, Exercise
from helpers import layers, network, training

TASKS = {task.key: task for lesson in exercises.lessons().values() for task in lesson.EXERCISES}
FILES = sorted(Path(__file__).with_name("strangers").glob("*.json"))
ANSWERS = [answer for file in FILES for answer in json.loads(file.read_text("utf-8"))]


@pytest.fixture(scope="module")
def names():
    """What an answer may call: NumPy, the package, and the course's own answers to other exercises."""
    tasks = [task for task in TASKS.values() if isinstance(task, Exercise) and callable(task.right)]
    return {"np": np, **vars(network), **vars(training), **vars(layers), **{task.name: task.right for task in tasks}}


@pytest.mark.parametrize("key", {answer["key"]: None for answer in ANSWERS if answer["key"] not in ("6.5", "7.3")})
def test_a_wrong_answer_is_told_what_is_wrong(key, names):
    task, file = TASKS[key], f"<a stranger's answer to {key}>"
    for answer in (answer for answer in ANSWERS if answer["key"] == key):
        linecache.cache[file] = (len(answer["code"]), None, answer["code"].splitlines(keepends=True), file)
        namespace = dict(names)
        exec(compile(answer["code"], file, "exec"), namespace)
        verdict = task.judge(namespace[task.name])
        assert verdict.lead != RIGHT, answer["mistake"]
        assert answer.get("says", "") in verdict.as_text(), answer["mistake"]
