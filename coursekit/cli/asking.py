"""`coursekit review`: today's questions in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coursekit.cli.saying import said
from coursekit.core.errors import CourseError
from coursekit.quiz import forms
from coursekit.quiz.kinds import (
    FreeText,
    MatchPairs,
    NoAnswer,
    OneChoice,
    PutInOrder,
    SeveralChoices,
)

if TYPE_CHECKING:
    from coursekit.panels.review import Review
    from coursekit.quiz.questionnaire import Question

Lessons = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FOLDER]",
        help="Questionnaires, *_questions.md, or one file. Default: those that come along.",
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
        while quiz and quiz.sitting.open:
            ask(it)
    except (Stop, typer.Abort):
        typer.echo("")
    if quiz:
        it.model.again()
        typer.echo(it.model.stands)


def ask(it: Review) -> None:
    """Asks the present question until it is answered or left."""
    from coursekit.panels.quiz.answering import choices

    quiz = it.asked
    question, shown = quiz.sitting.question(), quiz.shown
    typer.echo(f"\n{question.section or 'Question'}, {shown['number']} of {shown['of']} ({HELP})")
    typer.echo("\n".join([question.text, *choices(quiz)]))
    while True:
        try:
            typer.echo(it.answer(asked(it, question)))
        except Left:
            return
        except forms.OtherForm as error:
            typer.echo(f"{error.why} {error.form.in_terminal}")
        except CourseError as error:
            typer.echo(str(error))
        else:
            break
    typer.echo(question.explanation if quiz.said == "Right." else told(question))
    quiz.next()


def told(question: Question) -> str:
    """What is said once an answer was not right."""
    free = isinstance(question.kind, FreeText)  # its model answer was read already
    solution = [] if free else ["The solution:", question.kind.solution()]
    return "\n".join([*solution, question.explanation])


class Left(Exception):
    """The question is left without an answer."""


def asked(it: Review, question: Question) -> Any:
    """An answer as `Review.answer` takes it."""
    kind = question.kind
    if isinstance(kind, MatchPairs):
        return [matched(it, left, forms.options(question)) for left, _ in kind.pairs]
    text = typed(it, f"Your answer, {it.form.to_type}")
    if isinstance(kind, FreeText):
        return judged(kind, text)
    chosen = isinstance(kind, OneChoice | SeveralChoices | PutInOrder)
    return as_numbers(text) if chosen else text


def as_numbers(text: str) -> Any:
    """Numbers where there are only such: here they are those of the choices, whatever these say."""
    numbers = [(it, forms.counted(it)) for it in forms.listed(text)]
    found = [it if number is None else number for it, number in numbers]
    return found[0] if len(found) == 1 else found


def matched(it: Review, left: str, options: list[str]) -> int:
    """The number of what goes with one thing on the left; asked again where it is none."""
    while True:
        try:
            return 1 + forms.place(as_numbers(typed(it, f"What goes with {left}")), options)
        except NoAnswer as error:
            typer.echo(f"{error} Type its number or text, such as 2.")


def judged(kind: FreeText, text: str) -> Any:
    """Sentences, and which points of the rubric they have."""
    if not text.strip():
        return text
    typer.echo(f"A model answer: {kind.model}")
    return {"text": text, "met": [typer.confirm(f"Has yours this: {it}") for it in kind.rubric]}


def typed(it: Review, what: str) -> str:
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
        wish(it)


def hint(it: Review) -> None:
    """Says one hint more."""
    typer.echo(it.hint())


def solve(it: Review) -> None:
    """Says the solution; the question is left."""
    typer.echo(it.solution())
    it.next()
    raise Left


def skip(it: Review) -> None:
    """Leaves the question for later."""
    it.skip()
    raise Left


def stop(_: Review) -> None:
    """Ends the review."""
    raise Stop


WISHES: dict[str, Callable[[Review], None]] = {"h": hint, "s": solve, "k": skip, "q": stop}
