"""Wrong answers by people who had not seen the declarations, each with its mistake in their words.

strangers/*.json holds them. None is right, and where our words name the mistake, a phrase of them is noted as "says".
Left out are 6.5 and 7.3, whose verdicts come from training.
"""

import json
from pathlib import Path

import pytest
from cells import answer

from course.exercises import find
from course.exercises.grading import RIGHT

FILES = sorted(Path(__file__).with_name("strangers").glob("*.json"))
ANSWERS = [wrong for file in FILES for wrong in json.loads(file.read_text("utf-8"))]


@pytest.mark.parametrize("key", {wrong["key"]: None for wrong in ANSWERS if wrong["key"] not in ("6.5", "7.3")})
def test_a_wrong_answer_is_told_what_is_wrong(key):
    for wrong in (wrong for wrong in ANSWERS if wrong["key"] == key):
        verdict = find(key, "").judge(answer(key, wrong["code"]))
        assert verdict.lead != RIGHT, wrong["mistake"]
        assert wrong.get("says", "") in verdict.as_text(), wrong["mistake"]
