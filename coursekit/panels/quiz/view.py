"""The quiz's widgets: the question, what went wrong, the score."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from ipywidgets import HTML, VBox, Widget, dlink

from coursekit.core.wording import plural
from coursekit.panels.frame import Said, error_line, panel, style
from coursekit.panels.quiz.asked import Asked
from coursekit.panels.quiz.model import EXAM, QuizModel, points, score_line
from coursekit.quiz.sitting import Score

HINT = (
    "Keys: 1 to 9 choose, Enter checks and goes on, H gives a hint, S shows the solution, "
    "K skips, F flags, N and P go to the next and the previous question."
)


def quiz_view(model: QuizModel, title: str, elsewhere: str = "") -> VBox:
    """All of the panel; `elsewhere` says which questions are not asked here."""
    hint = f"{EXAM if model.sitting.is_exam else HINT} {elsewhere}".strip()
    return VBox([style(), panel(title, hint, *asked_view(model), score_view(model))])


def asked_view(model: QuizModel) -> tuple[Widget, ...]:
    """The question, and what went wrong."""
    asked = Asked(hearing(model), shown=model.shown, rows=list(model.rows))
    for name in ("shown", "said"):
        dlink((model, name), (asked, name))
    dlink((model, "rows"), (asked, "rows"), list)
    trouble = Said(tone="waits")
    dlink((model, "trouble"), (trouble, "text"))
    return asked, error_line(model), trouble


def hearing(model: QuizModel) -> Callable[[str, Any, str], object]:
    """What each click and key does; an answer to a question that is shown no more is passed over.

    What was begun is kept, too, where the page has gone on meanwhile.
    """
    plain: dict[str, Callable[[], object]] = {
        "hint": model.hint,
        "solve": model.solve,
        "skip": model.skip,
        "flag": model.flag,
        "next": model.next,
        "hand_in": model.hand_in,
        "load": model.load,
    }
    valued: dict[str, Callable[[Any], object]] = {
        "answer": model.answer,
        "go": lambda id: model.go(str(id)),
        "move": lambda steps: model.move(1 if steps == 1 else -1),
    }

    def heard(what: str, value: Any, id: str) -> None:
        if what == "draft":
            model.draft(value, id)
        elif what in ("load", "go") or id == model.shown["id"]:
            plain[what]() if what in plain else valued.get(what, lambda _: None)(value)

    return heard


def score_view(model: QuizModel) -> Widget:
    """What was reached, in all and by section."""
    shown = HTML()

    def show(_: object = None) -> None:
        scores = [model.sitting.score(), *model.sitting.scores()]
        shown.value = score_table(scores) if not model.sitting.hides else waiting(model)

    model.observe(show, "rows")
    show()
    return shown


def waiting(model: QuizModel) -> str:
    """What an exam says of itself before it is handed in."""
    return f"<p>{plural(model.sitting.open, 'question')} without an answer.</p>"


def score_table(scores: list[Score]) -> str:
    """The whole score as a sentence, the sections' as a table, as HTML."""
    whole, *sections = scores
    rows = "".join(
        f"<tr><th scope='row'>{escape(it.section or 'Other')}</th>"
        f"<td>{of(it.checked, it.to_check)}</td><td>{of(it.judged, it.to_judge)}</td>"
        f"<td>{it.tried} of {it.questions}</td></tr>"
        for it in sections
    )
    return (
        f"<details class='ck-score'><summary>Score: {escape(score_line(whole))}</summary>"
        "<div class='ck-scroll' tabindex='0' role='group' aria-label='Score by section'><table>"
        "<thead><tr><th scope='col'>section</th><th scope='col'>checked</th>"
        "<th scope='col'>judged by you</th><th scope='col'>answered</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div><p>Your best answer counts. Answers are kept on your "
        "own machine, so this score is for you and proves nothing to anybody else.</p></details>"
    )


def of(reached: float, points_: int) -> str:
    """`2.5 of 4`; a dash where there is nothing to reach."""
    return f"{points(reached)} of {points_}" if points_ else "–"  # noqa: RUF001
