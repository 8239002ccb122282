"""What a question's Markdown has in it."""

from __future__ import annotations

from coursekit.quiz.kinds import FreeText, MatchPairs, OneChoice, PutInOrder, SeveralChoices
from coursekit.quiz.questionnaire import Question
from coursekit.quiz.text import parser

PICTURE, FORMULA = "image", "math_inline"


def count(it: Question, token: str) -> int:
    """How many tokens of a type a question has within its lines, wherever they are."""
    return sum(_count(text, token) for text in texts(it))


def _count(markdown: str, token: str) -> int:
    inline = (it.children or [] for it in parser().parse(markdown, {"beside": None}))
    return sum(child.type == token for children in inline for child in children)


def texts(it: Question) -> list[str]:
    """All Markdown of a question."""
    found = [it.text, it.explanation, *it.hints]
    match it.kind:
        case OneChoice(choices) | SeveralChoices(choices):
            found += [text for choice in choices for text in (choice.text, choice.feedback)]
        case FreeText(model, rubric):
            found += [model, *rubric]
        case PutInOrder(items):
            found += items
        case MatchPairs(pairs):
            found += [text for pair in pairs for text in pair]
        case _:
            pass
    return found
