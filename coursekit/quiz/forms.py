"""The forms that an answer takes in code and in a terminal.

What is chosen from is numbered from 1 there, as it is shown; pages count its places from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coursekit.quiz import wordmatch
from coursekit.quiz.kinds import (
    Code,
    FreeText,
    MatchPairs,
    NoAnswer,
    Number,
    OneChoice,
    PutInOrder,
    SeveralChoices,
)
from coursekit.quiz.numbers import shortened
from coursekit.quiz.questionnaire import Question
from coursekit.quiz.showing import Shown, parts, shuffled
from coursekit.quiz.typed import number_of

LONGEST = 15
LARGEST = 10**LONGEST
"""Nobody means a larger number, and Python does not write any that is."""


@dataclass(frozen=True)
class Form:
    """How a question is answered.

    Attributes:
        words: What an answer is.
        examples: As Python.
        typed: An example as it is typed in a terminal.
        line: What an answer is there, where that is less: a line of texts has no ends to them.
    """

    words: str
    examples: tuple[str, ...]
    typed: str
    line: str = ""

    def in_code(self, panel: str) -> str:
        """How to answer in Python, a sentence; `panel` is the name of what asks."""
        calls = " or ".join(f"{panel}.answer({it})" for it in self.examples)
        return f"Answer with {self.words}: {calls}."

    @property
    def in_terminal(self) -> str:
        """How to answer in a terminal, a sentence."""
        return f"Type {self.to_type}, such as {self.typed}."

    @property
    def to_type(self) -> str:
        """What an answer is in a terminal."""
        return self.line or self.words


class OtherForm(NoAnswer):
    """An answer in none of the forms that its question takes; `why` without how to mend it."""

    def __init__(self, why: str, form: Form, panel: str) -> None:
        super().__init__(f"{why} {form.in_code(panel)}")
        self.why, self.form = why, form


def form(question: Question, shown: Shown) -> Form:
    """How a question is answered as it is shown now: sentences first, then what they have."""
    kind, n = question.kind, len(parts(question.kind))
    match kind:
        case OneChoice():
            return Form("the number or text of one choice", ("2",), "2")
        case SeveralChoices():
            of = "of all choices that are right"
            example, typed = f"[1, {min(n, 3)}]", f"1 {min(n, 3)}"
            return Form(f"the numbers or texts {of}", (example,), typed, f"the numbers {of}")
        case PutInOrder():
            words = f"all {n} numbers or texts in their right order"
            typed = " ".join(map(str, turned(n)))
            return Form(words, (f"{turned(n)}",), typed, words.replace(" or texts", ""))
        case MatchPairs():
            words = "the number or text that goes with each on the left, in their order or by name"
            name = shortened(kind.pairs[0][0])
            return Form(words, (f"{turned(n)}", f"{{{name!r}: 2, …}}"), "2")
        case Number():
            return Form(f"a number in {kind.unit}" if kind.unit else "a number", ("0.5",), "0.5")
        case FreeText() if shown.get("rubric"):
            return Form("the numbers of the points that yours has", ("[1]", "[]"), "1")
        case Code() if not kind.asks:
            return Form("nothing, as your own variables are looked at", ("",), "")
    words = "your own sentences" if isinstance(kind, FreeText) else "a word or two"
    words = "a number or a text" if isinstance(kind, Code) else words
    return Form(words, ('"text"',), "text")


def turned(n: int) -> list[int]:
    """The numbers to `n`, the first two the other way round."""
    return [2, 1, *range(3, n + 1)]


def taken(question: Question, shown: Shown, answer: Any, panel: str) -> Any:
    """An answer as a page gives it, whichever of its forms it has.

    Args:
        question: What is answered.
        shown: How it is shown, see `showing.shown`.
        answer: Numbers count from 1; what is chosen from may be given by its text, too.
        panel: The name of the object that asks, for the sentence.

    Raises:
        OtherForm: It has none of them.
    """
    try:
        return _taken(question, shown, answer)
    except NoAnswer as error:
        raise OtherForm(str(error), form(question, shown), panel) from None


def _taken(question: Question, shown: Shown, answer: Any) -> Any:
    known = options(question)
    match question.kind:
        case Code(asks=False):
            return ""
        case _ if answer is None:
            raise NoAnswer("Nothing was given.")
        case OneChoice():
            return _one(answer, known)
        case SeveralChoices():
            return _several(answer, known)
        case PutInOrder():
            return _ordered(answer, known)
        case MatchPairs(pairs=pairs):
            return _matched(answer, [left for left, _ in pairs], known)
        case FreeText(rubric=rubric):
            return _written(answer, len(rubric), shown)
    return _typed(answer, isinstance(question.kind, Code))


def options(question: Question) -> list[str]:
    """What is chosen from, Markdown, in the order in which it is shown."""
    known = parts(question.kind)
    return [known[place] for place in shuffled(question)]


def place(given: Any, options: list[str], what: str = "choices") -> int:
    """Which of the options is given, from 0, by its number from 1 or by its text.

    Raises:
        NoAnswer: None is.
    """
    if isinstance(given, str):
        return _by_text(given, options, what)
    number = None if isinstance(given, bool) else number_of(given)
    if not isinstance(number, int):
        raise NoAnswer(f"{said(given)} is none of the {len(options)} {what}.")
    if not 1 <= number <= len(options):
        raise NoAnswer(f"The {what} have the numbers 1 to {len(options)}.")
    return number - 1


def _by_text(given: str, options: list[str], what: str) -> int:
    """By the whole text; where none is it, by the one that differs in signs and capitals alone."""
    if given in options:
        return options.index(given)  # where two read the same, either is meant
    words = _words(given)
    alike = [n for n, it in enumerate(options) if words and _words(it) == words]
    if len(alike) == 1:
        return alike[0]
    if (number := counted(given)) is not None:
        return place(number, options, what)
    raise NoAnswer(f"{said(given)} is none of the {len(options)} {what}.")


def counted(text: str) -> int | None:
    """The whole number that a text is; None where it is none, or one that nobody means."""
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) < LONGEST else None


def _words(markdown: str) -> str:
    return wordmatch.plain(markdown.replace("*", ""))


def said(given: Any) -> str:
    """What was given, shortly, to begin a sentence with."""
    if isinstance(given, str):
        return f'"{shortened(given)}"' if given.strip() else "An empty text"
    if isinstance(given, int) and not -LARGEST < given < LARGEST:
        return "A number of that size"
    plain_value = given is None or isinstance(given, int | float)
    return str(given) if plain_value else f"A value of type {type(given).__name__}"


def listed(answer: Any) -> list[Any]:
    """Several things; `"1, 3"` are several numbers, and one thing alone is a list of it."""
    if isinstance(answer, list | tuple | set | frozenset):
        return list(answer)
    numbers = answer.replace(",", " ").split() if isinstance(answer, str) else []
    return numbers if numbers and all(it.isdecimal() for it in numbers) else [answer]


def in_order(answer: Any) -> list[Any]:
    """Several things, of which each has its place.

    Raises:
        NoAnswer: They are a set, which Python goes through in an order of its own.
    """
    if isinstance(answer, set | frozenset):
        raise NoAnswer("A set has no order.")
    return listed(answer)


def _one(answer: Any, known: list[str]) -> int:
    if isinstance(answer, list | tuple | set) and len(answer) != 1:
        raise NoAnswer(f"{len(answer)} choices were given, and one is asked for.")
    (alone,) = answer if isinstance(answer, list | tuple | set) else (answer,)
    return place(alone, known)


def _several(answer: Any, known: list[str]) -> list[int]:
    if not (each := listed(answer)):
        raise NoAnswer("Nothing was chosen.")
    return [place(it, known) for it in each]


def _ordered(answer: Any, known: list[str]) -> list[int]:
    found = _several(in_order(answer), known)
    if sorted(found) != list(range(len(known))):
        raise NoAnswer(f"Each of the {len(known)} has one place in the order.")
    return found


def _matched(answer: Any, lefts: list[str], known: list[str]) -> list[int]:
    if isinstance(answer, Mapping):
        by_left = {place(left, lefts, "left sides"): right for left, right in answer.items()}
        missing = [left for n, left in enumerate(lefts) if n not in by_left]
        given = [by_left[n] for n in sorted(by_left)]
    else:
        given = in_order(answer)
        missing = lefts[len(given) :]
    found = [place(it, known) for it in given]
    if missing:
        raise NoAnswer(f'Nothing goes with "{shortened(missing[0])}" yet.')
    if len(given) > len(lefts):
        raise NoAnswer(f"There are {len(lefts)} pairs, and {len(given)} matches were given.")
    return found


def _written(answer: Any, points: int, shown: Shown) -> dict[str, Any]:
    """Sentences alone, or with which points of the rubric they have."""
    text, met = answer, None
    if isinstance(answer, Mapping):
        text, met = answer.get("text", ""), answer.get("met")
    elif not isinstance(answer, str) and shown.get("rubric"):
        text, met = shown["written"]["text"], answer
    if not isinstance(text, str):
        raise NoAnswer(f"{said(text)} is no sentence.")
    if not text.strip():
        raise NoAnswer("Nothing was written yet.")
    return {"text": text} if met is None else {"text": text, "met": _met(met, points)}


def _met(given: Any, points: int) -> list[bool]:
    """For each point whether it is met; given so, or as the numbers of those that are."""
    each = listed(given)
    if each and all(isinstance(it, bool) for it in each):
        if len(each) != points:
            raise NoAnswer(f"There are {points} points, and {len(each)} were judged.")
        return in_order(given)
    met = {place(it, [""] * points, "points") for it in each}
    return [n in met for n in range(points)]


def _typed(answer: Any, truths: bool) -> str:
    """A number or a text as it would be typed; `True` and `False` as words where they may be."""
    if isinstance(answer, str) and answer.strip():
        return answer
    if isinstance(answer, bool) and truths:
        return str(answer)
    number = None if isinstance(answer, str | bool) else number_of(answer)
    if number is None or not -LARGEST < number < LARGEST:
        raise NoAnswer(f"{said(answer)} is no answer here.")
    return str(number)
