"""A report for a terminal, for a program and for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

from coursekit.core.cells import cell
from coursekit.core.columns import BETWEEN, WIDTH, beside, printable, wrapped
from coursekit.core.wording import plural
from coursekit.quiz.report import Report, Row

FORMAT = 1
HEADS = ("No", "Question", "Answered", "Right first", "Commonest wrong answer")
WIDTHS = (3, 25, 8, 11, 25)
TO_THE_RIGHT = (0, 2, 3)
LINES = 3
"""Of a question or an answer, in the table."""

COLUMNS = (
    "number", "question", "section", "text", "graded_by", "answered", "right_first",
    "share_right_first", "commonest_wrong_answer", "learners_with_it",
    "learners_with_other_wording",
)  # fmt: skip


def as_text(report: Report) -> str:
    """The report for people, in lines of at most 80 cells; the hardest question comes first."""
    answered = [row for row in report.rows if row.answered]
    learners, questions = plural(report.learners, "learner"), plural(len(report.rows), "question")
    parts = ["\n".join(wrapped(f"{report.title}: {learners}, {questions}.", WIDTH))]
    if answered:
        rules = [["-" * wide] for wide in WIDTHS]
        heads = [beside([[it] for it in HEADS], WIDTHS, TO_THE_RIGHT), beside(rules, WIDTHS, ())]
        parts += ["\n".join([EXPLAINED, "", *heads, *map(_line, sorted(answered, key=_hardness))])]
    parts += filter(None, (_not_begun(report), _unanswered(report)))
    return "\n\n".join([*parts, *_notes(report)])


EXPLAINED = (
    "The hardest first. Right first: the share of first attempts that were wholly\n"
    "right. In brackets: how many learners gave that answer first."
)


def as_data(report: Report) -> dict[str, Any]:
    """The report for programs: questions in the questionnaire's order, shares from 0 to 1."""
    return {
        "format": FORMAT,
        "questionnaire": report.questionnaire,
        "title": report.title,
        "learners": report.learners,
        "not_begun": list(report.not_begun),
        "questions": [_as_object(row) for row in report.rows],
        "unanswered": [row.id for row in report.unanswered],
        "other_questions": [{"id": id, "learners": n} for id, n in report.strangers],
        "notes": list(report.notes),
        "left_out": [{"file": str(it.path), "why": it.why} for it in report.left_out],
    }


def as_csv(report: Report) -> str:
    """The questions as rows for a spreadsheet, in the questionnaire's order."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for it in report.rows:
        cells = (it.number, it.id, it.section, it.text, _grader(it), it.answered, it.right,
                 "" if it.share is None else round(it.share, 4), it.wrong, it.wrong_by,
                 it.earlier)  # fmt: skip
        rows.writerow([cell(printable(it)) if isinstance(it, str) else it for it in cells])
    return out.getvalue().rstrip("\n")


def _as_object(row: Row) -> dict[str, Any]:
    wrong = {"answer": row.wrong, "learners": row.wrong_by} if row.wrong_by else None
    return {
        "id": row.id,
        "number": row.number,
        "section": row.section,
        "text": row.text,
        "graded_by": _grader(row),
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


def _unanswered(report: Report) -> str:
    rows = [f"{BETWEEN}{wrapped(f'{row.number}. {row.text}', WIDTH - 2, 1)[0]}"
            for row in report.unanswered]  # fmt: skip
    return "\n".join(["Nobody answered:", *rows]) if rows and report.learners else ""


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
