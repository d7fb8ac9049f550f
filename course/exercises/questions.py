"""What is answered by choosing: the questions of a quiz, and exercises such as "which activation, and why?".

Every choice has its own explanation. A quiz is shown in two forms at once. Where a kernel runs, it is a widget: radio
buttons, and the explanation of the one that is chosen. Everywhere else (a saved notebook, GitHub, a page of a book) it
is plain HTML, each choice a `<details>` that opens on its explanation; that needs no JavaScript and no kernel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from course import sandbox
from course.exercises.grading import NOT_YET, RIGHT, Mistake, Task, Verdict
from course.text import inline

LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Question:
    """A multiple-choice question: `choices` has what is said to each, and one of them is `right`."""

    key: str
    ask: str
    choices: Mapping[str, str]
    right: str
    points: int = 1

    def lettered(self):
        """(letter, choice, verdict) of each choice."""
        return [
            (letter, text, Verdict(RIGHT if text == self.right else NOT_YET, (why,), text * (text != self.right)))
            for letter, (text, why) in zip(LETTERS, self.choices.items(), strict=False)
        ]

    def judge(self, letter):
        wanted = letter.strip().lower().rstrip(".)") if type(letter) is str else None
        verdicts = {letter: verdict for letter, _, verdict in self.lettered()}
        which = f'The answers to {self.key} are {", ".join(verdicts)}: `quiz("{self.key}", "a")` picks a.'
        return verdicts.get(wanted) or Verdict(NOT_YET, (which,))

    def as_text(self):
        return "\n".join([f"{self.key}  {self.ask}", *(f"  {letter}. {text}" for letter, text, _ in self.lettered())])

    def as_html(self):
        """The question with its choices to open; those of one question close each other."""
        choices = "".join(
            f'<details name="{self.key}"><summary>{letter}. {inline(text)}</summary>{verdict.as_html()}</details>'
            for letter, text, verdict in self.lettered()
        )
        return f"<div><strong>{self.key}</strong> {inline(self.ask)}</div>{choices}"


def bundle(questions):
    """The questions in the forms that work without a kernel."""
    how = f'Answer with quiz("{questions[0].key}", "a"), or open a choice to see what it is worth.'
    text = "\n\n".join([*(question.as_text() for question in questions), how])
    return {"text/plain": text, "text/html": "<br>".join(question.as_html() for question in questions)}


def widget(questions, on_right):
    """The questions as a widget that carries its `bundle` with it; `on_right(key)` is called for each right choice."""
    from ipywidgets import HTML, Layout, RadioButtons, VBox

    from course.widgets.explorer import Accessible  # so that arrow keys choose, and do not move between cells

    class Quiz(VBox):
        def _repr_mimebundle_(self, **options):
            return super()._repr_mimebundle_(**options) | bundle(questions)

    def ask(question):
        options = [(f"{letter}. {text}".replace("`", ""), letter) for letter, text, _ in question.lettered()]
        buttons = RadioButtons(options=options, index=None, layout=Layout(width="auto"))
        verdict = HTML()

        def answer(change):
            if change.new is not None:
                judged = question.judge(change.new)
                verdict.value = judged.as_html()
                if judged.lead == RIGHT:
                    on_right(question.key)

        buttons.observe(answer, "value")
        head = HTML(f"<strong>{question.key}</strong> {inline(question.ask)}")
        return VBox([head, buttons, verdict], layout=Layout(margin="0 0 1em"))

    quiz = Quiz([*map(ask, questions), Accessible()])
    quiz.add_class("quiz")
    return quiz


@dataclass(frozen=True)
class Situation:
    """One line of a `Choices` exercise: what is right, the letter of the reason, and why the others are not."""

    right: tuple[str, ...]
    reason: str
    why_not: Mapping[str, str]
    wrong_reason: Mapping[str, str]


@dataclass(kw_only=True)
class Choices(Task):
    """For each situation, a name and the letter of its reason: {"price": ("identity", "a"), …}."""

    situations: Mapping[str, Situation]
    names: tuple[str, ...]
    reasons: Mapping[str, str]

    def judge(self, answer):
        run = sandbox.run(lambda: self._read(answer), sandbox.SECONDS)
        if run.result is None:
            key, situation = next(iter(self.situations.items()))
            form = f'{{"{key}": ("{self.names[-1]}", "{situation.reason}"), …}}'
            return self._not_yet("form", f"Keep the form of the stub, a dictionary such as `{form}`.")
        faults = [fault for key, pair in run.result.items() if (fault := self._fault(key, *pair))]
        if not faults:
            return Verdict(RIGHT, (self.takeaway,))
        if all(pair == (None, None) for pair in run.result.values()):
            return self._open()
        count = f"{len(self.situations) - len(faults)} of {len(self.situations)} are right."
        lines = [f"{name.partition('/')[0]}: {says}" for name, says in faults]
        return self._not_yet(lines[0], count, *lines)

    def _read(self, answer):
        """The pair for each situation, as texts; None for what is still open. Runs under the sandbox."""
        if not issubclass(type(answer), dict):
            return dict.fromkeys(self.situations, (None, None)) if answer is None or answer is ... else None
        return {key: self._pair(answer.get(key)) for key in self.situations}

    def _pair(self, pair):
        name, letter = pair if type(pair) in (tuple, list) and len(pair) == 2 else (pair, None)
        return _word(getattr(name, "__name__", name)), _word(letter)

    def _fault(self, key, name, letter):
        """What is wrong with one pair: its name, and what to say; None if it is right."""
        situation = self.situations[key]
        if name is None:
            return f"{key}/open", "no answer yet."
        if name not in self.names:
            near = "".join(f" Did you mean {match}?" for match in get_close_matches(name, self.names, n=1))
            return f"{key}/unknown", f"choose one of {', '.join(self.names)}.{near}"
        if name not in situation.right:
            return f"{key}/{name}", situation.why_not[name]
        if letter not in self.reasons:
            return f"{key}/no reason", f"{name} is right; now the letter of the reason, {', '.join(self.reasons)}."
        if letter != situation.reason:
            why_not = f"{name} is right, but not because “{self.reasons[letter]}”. {situation.wrong_reason[letter]}"
            return f"{key}/{letter}", why_not
        return None

    @property
    def answer(self):
        return {key: (situation.right[0], situation.reason) for key, situation in self.situations.items()}

    @property
    def wrong(self):
        """Every wrong choice as a wrong answer, the rest of which is right."""
        found = []
        for key, situation in self.situations.items():
            pairs = [(name, situation.reason) for name in self.names if name not in situation.right]
            pairs += [(situation.right[0], letter) for letter in self.reasons if letter != situation.reason]
            for pair in pairs:
                _, says = self._fault(key, *pair)
                found.append(Mistake(f"{key.partition('/')[0]}: {says}", self.answer | {key: pair}))
        return found


def _word(value):
    """`Leaky ReLU` and `leaky-relu` are leaky_relu; what is no text is nothing."""
    if type(value) in (int, float):
        return str(value)
    return "_".join(value.lower().replace("-", " ").replace("_", " ").split()) if type(value) is str else None
