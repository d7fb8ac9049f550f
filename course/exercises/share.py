"""What is done, as a short code that a learner pastes into a chat for the teacher: pack, unpack, and find.

    NN-C0L2G-8V5M1-…

It says, for each exercise and question of the course, how it stands, and nothing else: no name, no time, no answer.
After `NN-` come characters of Crockford's base 32, of which 0 and O, 1 and I and L are read alike; the first two say
how many follow, the last four are a checksum. Spaces, line breaks, dashes and the > of quoted mails between them do
not count, nor does upper or lower case. Bits from the end: for each lesson that was begun its number (5), how many
exercises (4) and questions (4) are told of, 2 for each exercise and 1 for each question, by the numbers in their ids.
Ids never change and are never used twice, so a code of another version of the course is read rightly, too.
"""

import re
import zlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans("OIL", "011")
SKIPPED = " \t\r\n\v\f\u00a0\u200b\ufeff->–—‑"
START = re.compile(r"(?<![0-9A-Za-z])NN[\s>]*[-–—‑]", re.IGNORECASE)
OPEN, READ, ALONE, AFTER = range(4)  # untouched; solution read and still open; solved alone; solved after reading it
CHECK = 4  # characters


class BadCode(ValueError):
    """The text is no code of ours; the message says what is wrong with it."""


def pack(states):
    """The code for {"2.3": ALONE, "2.q1": ALONE, …}; what is not named is OPEN. Raises ValueError for other ids."""
    bits, length = 0, 0
    lessons = {}
    for key, state in states.items():
        lesson, question, number = split(key)
        if state != OPEN:
            lessons.setdefault(lesson, ({}, {}))[question][number] = state
    for lesson, (exercises, questions) in sorted(lessons.items()):
        sizes = max(exercises, default=0), max(questions, default=0)
        fields = [(lesson, 5), (sizes[0], 4), (sizes[1], 4)]
        fields += [(exercises.get(k, OPEN), 2) for k in range(1, sizes[0] + 1)]
        fields += [(int(k in questions), 1) for k in range(1, sizes[1] + 1)]
        for value, width in fields:
            if value >> width:
                raise ValueError(f"{value} does not fit into {width} bits of a code")
            bits |= value << length
            length += width
    digits = [ALPHABET[bits >> at & 31] for at in range(0, length, 5)]
    body = "".join(digits)
    count = len(body) + CHECK
    text = ALPHABET[count >> 5] + ALPHABET[count & 31] + body
    text += _check(text)
    return "NN-" + "-".join(text[at : at + 5] for at in range(0, len(text), 5))


def split(key):
    """ "2.q1" → (2, True, 1), "2.13" → (2, False, 13)."""
    lesson, _, rest = key.partition(".")
    return int(lesson), rest.startswith("q"), int(rest.removeprefix("q"))


def read(text, start=0):
    """The states in the code that begins at `start` of the text, and the place after it. Raises BadCode."""
    found = START.match(text, start)
    if not found:
        raise BadCode("a code begins with `NN-`")
    at, count = found.end(), None
    characters = ""
    while count is None or len(characters) < 2 + count:
        if at == len(text):
            raise BadCode("the end is missing")
        character = text[at].upper().translate(ALIKE)
        if character not in SKIPPED:
            if character not in ALPHABET:
                raise BadCode(f"the end is missing, or `{text[at]}` does not belong there")
            characters += character
            if len(characters) == 2:
                count = 32 * ALPHABET.index(characters[0]) + ALPHABET.index(characters[1])
        at += 1
    if count < CHECK or _check(characters[:-CHECK]) != characters[-CHECK:]:
        raise BadCode("a character is wrong, or one is missing: its checksum does not fit")
    return _unpack(characters[2:-CHECK]), at


def _unpack(body):
    bits, length, at, states = sum(ALPHABET.index(c) << 5 * k for k, c in enumerate(body)), 5 * len(body), 0, {}

    def take(width):
        nonlocal at
        if at + width > length:
            raise BadCode("it ends too early")
        at += width
        return bits >> at - width & (1 << width) - 1

    while length - at >= 13:
        lesson, exercises, questions = take(5), take(4), take(4)
        states |= {f"{lesson}.{k}": take(2) for k in range(1, exercises + 1)}
        states |= {f"{lesson}.q{k}": ALONE * take(1) for k in range(1, questions + 1)}
    return {key: state for key, state in states.items() if state != OPEN}


def _check(text):
    value = zlib.crc32(text.encode())
    return "".join(ALPHABET[value >> 5 * k & 31] for k in range(CHECK))
