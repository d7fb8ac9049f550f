"""The codes of `progress()` and the report made of them: nothing is lost, and a bad code says in which line it is."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.exercises import lessons, share
from teaching import report

EXERCISES = [task.key for module in lessons().values() for task in module.EXERCISES]
QUESTIONS = [question.key for module in lessons().values() for question in module.QUESTIONS]
STATES = st.fixed_dictionaries(
    {},
    optional={key: st.sampled_from([share.READ, share.ALONE, share.AFTER]) for key in EXERCISES}
    | dict.fromkeys(QUESTIONS, st.just(share.ALONE)),
)
SOME = {"2.1": share.ALONE, "2.2": share.AFTER, "2.3": share.READ, "2.q1": share.ALONE, "2.q4": share.ALONE}
CODE = share.pack(SOME)


@given(STATES, st.data())
def test_a_code_says_what_was_put_in_and_survives_a_chat(states, data):
    """Line breaks, spaces, quotes, small letters, other dashes, O for 0 and I for 1."""
    code = share.pack(states)
    assert share.read(code) == (states, len(code))
    between = st.sampled_from(["", "", "", " ", "\n", "\n> ", "-", "–", "\u00a0"])
    mangled = "NN-" + "".join(c + data.draw(between) for c in code[3:])
    alike = str.maketrans({"0": "O", "1": data.draw(st.sampled_from("1ILil"))})
    for text in (mangled, mangled.lower(), "NN-" + mangled[3:].translate(alike)):
        assert share.read(text)[0] == states


@settings(derandomize=True)  # one change in a million has the same checksum
@given(STATES.filter(bool), st.data())
def test_a_changed_character_is_noticed(states, data):
    code = share.pack(states)
    at = data.draw(st.sampled_from([k for k, c in enumerate(code) if k > 2 and c != "-"]))
    other = data.draw(st.sampled_from(share.ALPHABET.replace(code[at], "")))
    with pytest.raises(share.BadCode):
        share.read(code[:at] + other + code[at + 1 :])


def test_a_code_is_short_even_if_all_is_done():
    assert len(share.pack(dict.fromkeys([*EXERCISES, *QUESTIONS], share.ALONE))) <= 100
    assert len(CODE) <= 20


@pytest.mark.parametrize("key", ["2.c1", "2.16", "32.1"])
def test_an_id_that_a_code_cannot_hold_is_refused(key):
    with pytest.raises(ValueError):  # noqa: PT011  of int() or ours
        share.pack({key: share.ALONE})


@pytest.fixture
def run(tmp_path, capsys):
    """run(text, *options) reports on a file with this text; returns the status and what was printed."""

    def run(text, *options):
        (tmp_path / "codes.txt").write_text(text, "utf-8")
        return report.main([str(tmp_path / "codes.txt"), *options]), capsys.readouterr().out

    return run


def test_names_stand_before_the_code_in_its_line_or_above():
    nothing = share.pack({})
    students, problems = report.read(f"Ana Novak: {CODE}\nBen\n\n> {nothing}\n{CODE}\nAna Novak  {nothing}")
    assert problems == []
    found = [(student.name, student.states) for student in students]
    assert found == [("Ana Novak", {}), ("Ben", {}), ("student 3", SOME)]  # Ana's later code counts


def test_a_chat_with_clock_times_numbers_and_lines_without_a_code():
    text = f"[10:32] Ben: {CODE}\nCem: I forgot\n2. Dana {CODE}\n10:40 Ada\n{CODE}\n1. {CODE}\nbye"
    students, problems = report.read(text)
    assert [student.name for student in students] == ["Ben", "Dana", "Ada", "student 4"]
    assert [problem.split(":")[0] for problem in problems] == ["“Cem", "“bye”"]


def test_bad_codes_are_named_with_their_line_and_the_rest_is_reported(run):
    typo = CODE[:-1] + ("7" if CODE[-1] != "7" else "8")
    text = f"Ana {CODE}\nBen {CODE[:-4]}\n\nChloe {typo}\nDmitri {CODE}\nEmre NN-!\n"
    status, said = run(text, "--picture", "none")
    assert status == 1
    assert re.findall(r"^(\w+) +#\+r\.\.\.\. 2/6", said, re.M) == ["Ana", "Dmitri"]
    bad = re.findall(r"^! (.*?): .* Ask for it once more\.$", said, re.M)
    assert bad == ["line 2 (of Ben)", "line 4 (of Chloe)", "line 6 (of Emre)"]


def test_a_text_without_codes_a_file_that_is_not_there_and_nothing_solved_are_said_without_a_picture(run, tmp_path):
    assert report.main([str(tmp_path / "nothing.txt")]) == 2
    status, said = run("good morning")
    assert status == 2
    assert re.search("cannot be read: No such file.*\n! There is no code in this text.", said)
    assert run(f"Ana {share.pack({})}\n") == (0, "Nothing solved yet: Ana.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["codes.txt"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])  # the latter as PowerShell's `>` writes it
def test_codes_come_in_a_file_or_through_a_pipe_of_any_encoding(encoding, tmp_path, capsys, monkeypatch):
    file = tmp_path / "codes.txt"
    file.write_text(f"Íñigo {CODE}\n", encoding)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes()), "ascii"))
    for codes in (str(file), "-"):
        assert report.main([codes, "--picture", "none"]) == 0
        assert "Íñigo  #+r.... 2/6" in capsys.readouterr().out


def test_where_the_class_is_stuck():
    modules = {2: lessons()[2]}
    ana, ben, chloe = report.Student("Ana", SOME), report.Student("Ben", SOME), report.Student("Chloe", {})
    assert report.stuck([ana, ben, chloe], modules) == [
        "  2 at 2.3 leaky ReLU: Ana, Ben",
        "  1 at 2.1 a sigmoid that does not overflow: Chloe",
    ]
    at_end, first, *_ = report.stuck([report.Student("Emre", {"2.2": share.ALONE, "2.7": share.ALONE})], modules)
    assert at_end == "  1 at the end: Emre"
    assert first == "2.1 a sigmoid that does not overflow was left open by 1 who went on"


def test_the_picture_is_put_beside_the_text_whatever_is_in_a_name(run, tmp_path):
    status, said = run(f"$tudent 1_ {CODE}\n$tudent 2_ {CODE}\n", "--lesson", "2")
    assert (status, str(tmp_path / "codes.png") in said) == (0, True)
    assert (tmp_path / "codes.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_written_loses_nothing_else(run, tmp_path):
    status, said = run(CODE, "--picture", str(tmp_path / "no such folder" / "a.png"))
    assert (status, "student 1  #+r.... 2/6" in said, "cannot be written" in said) == (0, True, True)
