"""`coursekit review`: today's questions in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from coursekit.cli.saying import said
from coursekit.core.errors import CourseError
from coursekit.quiz.kinds import FreeText, Kind, MatchPairs, OneChoice, PutInOrder, SeveralChoices

Lessons = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FOLDER]", help="Questionnaires, *_questions.md. Default: those that come along."
    ),
]
New = Annotated[int, typer.Option(min=0, help="How many questions may begin each day.")]
HELP = "h: a hint, s: the solution, k: skip, q: stop"


class Stop(Exception):
    """Somebody wants to stop."""


def review(lessons: Lessons = None, new: New = 10) -> None:
    """Ask what is due today, and say when each question comes back.

    Answer with a choice's number, several numbers with spaces, or what is asked for.
    """
    from coursekit.panels.review import Review

    with said():
        it = Review(lessons, new)
        if it.model.message:
            raise CourseError(it.model.message)
    typer.echo(it.model.stands)
    quiz = it.model.quiz
    try:
        while quiz and quiz.open:
            ask(it, quiz)
    except (Stop, typer.Abort):
        typer.echo("")
    if quiz:
        it.model.again()
        typer.echo(it.model.stands)


def ask(it: Any, quiz: Any) -> None:
    """Asks the present question until it is answered or left."""
    from coursekit.panels.quiz import as_lines

    question, shown = quiz.sitting.question(), quiz.shown
    typer.echo(f"\n{question.section or 'Question'}, {shown['number']} of {shown['of']} ({HELP})")
    typer.echo("\n".join([question.text, *as_lines(shown, question)]))
    while True:
        try:
            typer.echo(it.answer(asked(question.kind, quiz)))
        except CourseError as error:
            typer.echo(str(error))
            continue
        except Left:
            return
        break
    typer.echo(question.explanation if quiz.said == "Right." else question.kind.solution())
    quiz.next()


class Left(Exception):
    """The question is left without an answer."""


def asked(kind: Kind, quiz: Any) -> Any:
    """An answer as `Quiz.answer` takes it."""
    if isinstance(kind, FreeText):
        return judged(kind, typed(quiz, "Your answer"))
    if isinstance(kind, MatchPairs):
        return [number(typed(quiz, left)) for left, _ in kind.pairs]
    text = typed(quiz, "Your answer")
    if isinstance(kind, OneChoice):
        return number(text)
    several = isinstance(kind, SeveralChoices | PutInOrder)
    return [number(part) for part in text.replace(",", " ").split()] if several else text


def judged(kind: FreeText, text: str) -> dict[str, Any]:
    """Sentences, and which points of the rubric they have."""
    typer.echo(f"A model answer: {kind.model}")
    return {"text": text, "met": [typer.confirm(f"Has yours this: {it}") for it in kind.rubric]}


def number(text: str) -> int:
    """What was typed as a number; 0, which no choice has, where it is none."""
    return int(text) if text.strip().isdecimal() else 0


def typed(quiz: Any, what: str) -> str:
    """A line that is no wish for a hint, the solution, or to go on.

    Raises:
        Left: The question is left.
        Stop: Enough for today.
    """
    while True:
        text: str = typer.prompt(what)
        wish = WISHES.get(text.strip().lower())
        if wish is None:
            return text
        wish(quiz)


def hint(quiz: Any) -> None:
    """Says one hint more."""
    before = len(quiz.shown["hints"])
    quiz.hint()
    known = quiz.sitting.question().hints[: len(quiz.shown["hints"])]
    typer.echo(known[-1] if len(known) > before else "There is no further hint.")


def solve(quiz: Any) -> None:
    """Says the solution; the question is left."""
    question = quiz.sitting.question()
    quiz.solve()
    typer.echo(f"{question.kind.solution()}\n{question.explanation}")
    quiz.next()
    raise Left


def skip(quiz: Any) -> None:
    """Leaves the question for later."""
    quiz.skip()
    raise Left


def stop(_: Any) -> None:
    """Ends the review."""
    raise Stop


WISHES: dict[str, Callable[[Any], None]] = {"h": hint, "s": solve, "k": skip, "q": stop}
