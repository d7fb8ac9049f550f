"""The codes of `progress()` and the report made of them: nothing is lost, and a bad code says in which line it is."""

import io

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


@given(STATES)
def test_a_code_says_what_was_put_in(states):
    assert share.read(share.pack(states)) == (states, len(share.pack(states)))


def test_a_code_is_short_even_if_all_is_done():
    assert len(share.pack(dict.fromkeys([*EXERCISES, *QUESTIONS], share.ALONE))) <= 100
    assert len(share.pack(SOME)) <= 20


@given(STATES, st.data())
def test_a_code_survives_a_chat(states, data):
    """Line breaks, spaces, quotes, small letters, other dashes, O for 0 and I for 1."""
    code = share.pack(states)
    mangled = "NN-" + "".join(
        c + data.draw(st.sampled_from(["", "", "", " ", "\n", "\n> ", "-", "–", "\u00a0"])) for c in code[3:]
    )
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


@pytest.mark.parametrize("ids", [{"2.c1": share.ALONE}, {"2.16": share.ALONE}, {"32.1": share.ALONE}])
def test_an_id_that_a_code_cannot_hold_is_refused(ids):
    with pytest.raises(ValueError):  # noqa: PT011  of int() or ours
        share.pack(ids)


def test_every_id_of_the_course_fits():
    assert max(int(key.split(".")[1]) for key in EXERCISES) < 16


def test_names_stand_before_the_code_in_its_line_or_above():
    ana, ben = share.pack(SOME), share.pack({})
    text = f"Ana Novak: {ana}\nBen\n\n> {ben}\n{ana}\nAna Novak  {ben}"
    students, problems = report.read(text)
    assert problems == []
    assert [(student.name, student.states) for student in students] == [
        ("Ana Novak", {}),  # her later code counts
        ("Ben", {}),
        ("student 3", SOME),
    ]


def test_bad_codes_are_named_with_their_line_and_the_rest_is_reported(tmp_path, capsys):
    good, short, typo = share.pack(SOME), share.pack(SOME)[:-4], share.pack(SOME)
    typo = typo[:-1] + ("7" if typo[-1] != "7" else "8")
    file = tmp_path / "codes.txt"
    file.write_text(f"Ana {good}\nBen {short}\n\nChloe {typo}\nDmitri {good}\nEmre NN-!\n", "utf-8")
    assert report.main([str(file), "--picture", "none"]) == 1
    said = capsys.readouterr().out
    assert "Ana     #+r.... 2/6" in said
    assert "Dmitri  #+r.... 2/6" in said
    bad = [line for line in said.splitlines() if line.startswith("!")]
    assert [line.split(":")[0] for line in bad] == ["! line 2 (of Ben)", "! line 4 (of Chloe)", "! line 6 (of Emre)"]
    assert all(line.endswith("Ask for it once more.") for line in bad)


def test_a_text_without_codes_and_a_file_that_is_not_there(tmp_path, capsys):
    empty = tmp_path / "empty.txt"
    empty.write_text("good morning", "utf-8")
    assert report.main([str(empty)]) == 2
    assert "There is no code in this text." in capsys.readouterr().out
    assert report.main([str(tmp_path / "nothing.txt")]) == 2
    assert "cannot be read" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["empty.txt"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])  # the latter as PowerShell's `>` writes it
def test_codes_come_in_a_file_or_through_a_pipe_of_any_encoding(encoding, tmp_path, capsys, monkeypatch):
    file = tmp_path / "codes.txt"
    file.write_text(f"Íñigo {share.pack(SOME)}\n", encoding)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes()), "ascii"))
    for codes in (str(file), "-"):
        assert report.main([codes, "--picture", "none"]) == 0
        assert "Íñigo  #+r.... 2/6" in capsys.readouterr().out


def test_where_the_class_is_stuck():
    modules = {2: lessons()[2]}
    three = [report.Student(name, states) for name, states in (("Ana", SOME), ("Ben", SOME), ("Chloe", {}))]
    lines = report.stuck(three, modules)
    assert lines[0].startswith("  2 at 2.3 leaky ReLU: Ana, Ben")
    assert lines[1].startswith("  1 at 2.1 a sigmoid that does not overflow: Chloe")
    skipped = report.Student("Emre", {"2.2": share.ALONE, "2.7": share.ALONE})
    lines = report.stuck([skipped], modules)
    assert lines[0] == "  1 at the end: Emre"
    assert lines[1] == "2.1 a sigmoid that does not overflow was left open by 1 who went on"


def test_the_picture_has_a_square_for_each_student_and_exercise(tmp_path, capsys):
    file = tmp_path / "codes.txt"
    file.write_text("".join(f"$tudent {k}_ {share.pack(SOME)}\n" for k in range(30)), "utf-8")
    assert report.main([str(file), "--lesson", "2"]) == 0
    assert (tmp_path / "codes.png").read_bytes().startswith(b"\x89PNG")
    assert str(tmp_path / "codes.png") in capsys.readouterr().out


def test_a_picture_that_cannot_be_written_loses_nothing_else(tmp_path, capsys):
    file = tmp_path / "codes.txt"
    file.write_text(share.pack(SOME), "utf-8")
    assert report.main([str(file), "--picture", str(tmp_path / "no such folder" / "a.png")]) == 0
    said = capsys.readouterr().out
    assert "student 1  #+r.... 2/6" in said
    assert "cannot be written" in said


def test_a_chat_with_clock_times_numbers_and_lines_without_a_code():
    code = share.pack(SOME)
    students, problems = report.read(
        f"[10:32] Ben: {code}\nCem: I forgot\n2. Dana {code}\n10:40 Ada\n{code}\n1. {code}\nbye"
    )
    assert [student.name for student in students] == ["Ben", "Dana", "Ada", "student 4"]
    assert [problem.split(":")[0] for problem in problems] == ["“Cem", "“bye”"]


def test_nothing_solved_is_said_without_a_table(tmp_path, capsys):
    file = tmp_path / "codes.txt"
    file.write_text(f"Ana {share.pack({})}\n", "utf-8")
    assert report.main([str(file)]) == 0
    assert capsys.readouterr().out == "Nothing solved yet: Ana.\n"
