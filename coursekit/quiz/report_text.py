"""A report for a terminal, for a program and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coursekit.core import cells
from coursekit.core.columns import BETWEEN, WIDTH, beside, printable, wrapped
from coursekit.core.wording import plural
from coursekit.quiz.questionnaire import asked_apart
from coursekit.quiz.report import Report, Row
from coursekit.quiz.standing import Standing

FORMAT = 1
HEADS = ("No", "Question", "Answered", "Right first", "Commonest wrong answer")
WIDTHS = (3, 25, 8, 11, 25)
TO_THE_RIGHT = (0, 2, 3)
OVERVIEW = ("Learner", "Answered", "Right first", "Self-graded", "Last answer")
OVERVIEW_WIDTHS = (31, 8, 11, 11, 11)
LINES = 3
"""Of a question or an answer, in the table."""

COLUMNS = (
    "number", "question", "section", "text", "graded_by", "notebooks_only", "answered",
    "right_first", "share_right_first", "commonest_wrong_answer", "learners_with_it",
    "learners_with_other_wording",
)  # fmt: skip


def as_text(report: Report, every: bool = False) -> str:
    """The report for people, in lines of at most 80 cells; the hardest question comes first.

    Args:
        report: What to tell.
        every: Whether the questions that nobody answered are listed, and not only counted.
    """
    parts = ["\n".join(wrapped(_head(report), WIDTH)), _overview(report), _not_begun(report)]
    parts += [_hardest(report), _unanswered(report, every)]
    return "\n\n".join([*filter(None, parts), *_notes(report)])


def _head(report: Report) -> str:
    n, own = len(report.rows), sum(row.own for row in report.rows)
    counts = f"{plural(report.learners, 'learner')}, {plural(n, 'question')}"
    return f"{report.title}: {counts}. {asked_apart(n, own)}".strip()


def _overview(report: Report) -> str:
    """Who stands where."""
    if not report.standings:
        return ""
    heads = _heads(OVERVIEW, OVERVIEW_WIDTHS, (1, 2, 3))
    return "\n".join([*heads, *map(_standing, report.standings), "", *OVERVIEW_EXPLAINED])


OVERVIEW_EXPLAINED = (
    "Right first: of the answered questions that a rule checks, those that were",
    "wholly right at the first attempt. Self-graded: the points that learners gave",
    "their own first answers, of one for each such question.",
)


def _standing(it: Standing) -> str:
    cells = (
        wrapped(it.name, OVERVIEW_WIDTHS[0], 1),
        [str(it.answered)],
        [f"{it.right} of {it.checked}"],
        [f"{round(it.points, 2):g} of {it.judged}" if it.judged else "none"],
        [f"{it.last.astimezone():%Y-%m-%d}"],
    )
    return beside(cells, OVERVIEW_WIDTHS, (1, 2, 3))


def _heads(names: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> list[str]:
    rules = [["-" * wide] for wide in widths]
    return [beside([[it] for it in names], widths, right), beside(rules, widths, ())]


def _hardest(report: Report) -> str:
    """The questions that somebody answered."""
    answered = sorted((row for row in report.rows if row.answered), key=_hardness)
    heads = _heads(HEADS, WIDTHS, TO_THE_RIGHT)
    return "\n".join([*EXPLAINED, "", *heads, *map(_line, answered)]) if answered else ""


EXPLAINED = (
    "The questions, the hardest first. Right first: the share of first attempts that",
    "were wholly right. In brackets: how many learners gave that answer first.",
)


def as_data(report: Report) -> dict[str, Any]:
    """The report for programs: questions in the questionnaire's order, shares from 0 to 1."""
    return {
        "format": FORMAT,
        "questionnaire": report.questionnaire,
        "title": report.title,
        "learners": report.learners,
        "overview": [_as_person(it) for it in report.standings],
        "not_begun": list(report.not_begun),
        "questions": [_as_object(row) for row in report.rows],
        "unanswered": [row.id for row in report.unanswered],
        "other_questions": [{"id": id, "learners": n} for id, n in report.strangers],
        "notes": list(report.notes),
        "left_out": [{"file": str(it.path), "why": it.why} for it in report.left_out],
    }


def as_csv(report: Report) -> str:
    """The questions as rows for a spreadsheet, in the questionnaire's order."""
    rows = []
    for it in report.rows:
        share = "" if it.share is None else round(it.share, 4)
        own = "yes" if it.own else "no"
        values = (it.number, it.id, it.section, it.text, _grader(it), own, it.answered, it.right,
                  share, it.wrong, it.wrong_by, it.earlier)  # fmt: skip
        plain = (printable(it) if isinstance(it, str) else it for it in values)
        rows.append(dict(zip(COLUMNS, plain, strict=True)))
    return cells.table(COLUMNS, rows).replace("\r\n", "\n").rstrip("\n")


def _as_person(it: Standing) -> dict[str, Any]:
    return {
        "name": it.name,
        "answered": it.answered,
        "checked": it.checked,
        "right_first": it.right,
        "self_graded": it.judged,
        "self_graded_points": it.points,
        "last_answer": it.last.isoformat(),
    }


def _as_object(row: Row) -> dict[str, Any]:
    wrong = {"answer": row.wrong, "learners": row.wrong_by} if row.wrong_by else None
    return {
        "id": row.id,
        "number": row.number,
        "section": row.section,
        "text": row.text,
        "graded_by": _grader(row),
        "notebooks_only": row.own,
        "answered": row.answered,
        "right_first": row.right,
        "share_right_first": row.share,
        "commonest_wrong": wrong,
        "learners_with_other_wording": row.earlier,
    }


def _grader(row: Row) -> str:
    return "learner" if row.by_oneself else "rule"


def _hardness(row: Row) -> tuple[float, int]:
    return (1.0 if row.share is None else row.share, row.number)


def _line(row: Row) -> str:
    wrong = f"({row.wrong_by}) {row.wrong}" if row.wrong_by else ""
    judged = ["self-graded"] if row.by_oneself else []
    cells = (
        [str(row.number)],
        wrapped(row.text, WIDTHS[1], LINES),
        [str(row.answered)],
        [f"{100 * (row.share or 0):.0f} %", *judged],
        wrapped(wrong, WIDTHS[4], LINES),
    )
    return beside(cells, WIDTHS, TO_THE_RIGHT)


def _not_begun(report: Report) -> str:
    names = ", ".join(printable(it) for it in report.not_begun)
    return "\n".join(wrapped(f"Not begun: {names}.", WIDTH)) if names else ""


def _unanswered(report: Report, every: bool) -> str:
    rows = report.unanswered if report.learners else []
    if not rows:
        return ""
    count = f"{plural(len(rows), 'question')} nobody has answered"
    if not every:
        return f"{count} (--all lists them)."
    lines = [wrapped(f"{row.number}. {row.text}", WIDTH - 2, 1)[0] for row in rows]
    return "\n".join([f"{count}:", *(f"{BETWEEN}{line}" for line in lines)])


def _notes(report: Report) -> list[str]:
    return ["\n".join(wrapped(it, WIDTH)) for it in [*_wordings(report), *report.notes]]


def _wordings(report: Report) -> list[str]:
    """What was answered and counts nowhere above."""
    said = []
    if earlier := [row for row in report.rows if row.earlier]:
        rows = ", ".join(f"question {row.number} by {row.earlier:,}" for row in earlier)
        said.append(f"Answered in another wording than now, so not counted above: {rows}.")
    if report.strangers:
        rows = ", ".join(f"{id} by {n:,}" for id, n in report.strangers)
        said.append(f"Answered, but not in the questionnaire, so not counted above: {rows}.")
    return said
