"""The board as a table, as HTML and as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from coursekit.core.wording import duration, percent
from coursekit.panels.scoreboard.model import Shown
from coursekit.scores.board import Row

KINDS = {"model": "", "baseline": "baseline", "person": "a person"}
FLATTERED = "also chosen on these photos"
SEEN = "had seen these photos before"
AGAINST = f"against a model {FLATTERED}"


def as_lines(rows: Sequence[Row]) -> list[str]:
    """A line for each row, with its number from 1, below their heads; none without rows."""
    head = f"{'row':>5}  {'place':>9}  {'error rate (95 % interval)':<26}  name"
    lines = [
        f"{number:>5}  {row.place!s:>9}  {f'{percent(row.run.error_rate)} ({interval(row)})':<26}  "
        f"{', '.join([row.run.name, *remarks(row)])}"
        for number, row in enumerate(rows, 1)
    ]
    return [head, *lines] if rows else []


def as_html(shown: Shown, task: str) -> str:
    """The table; what is one's own is marked."""
    if not shown.rows:
        return ""
    splits = Counter(row.run.data for row in shown.rows)
    several = len({row.run.learner_id for row in shown.rows if not _is_nobodys(row)}) > 1
    widest = max(row.run.high for row in shown.rows)
    mine = shown.mine.run.learner_id if shown.mine else ""
    body = "".join(_row(row, mine, several, len(splits) > 1, widest) for row in shown.rows)
    heads = ["place", "name", "error rate", "95 % interval", "judged on", "time", "ended"]
    heads[2:2] = ["who"] if several else []
    heads += ["split"] if len(splits) > 1 else []
    head = "".join(f"<th scope='col'>{it}</th>" for it in heads)
    return (
        "<div class='ck-scroll' tabindex='0' role='group' aria-label='The board'>"
        f"<table class='ck-table'><caption>{escape(task)}: {len(shown.rows):,} of "
        f"{shown.total:,}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"</div>{_notes(shown.rows, len(splits) > 1)}"
    )


def _row(row: Row, mine: str, several: bool, split: bool, widest: float) -> str:
    run, who = row.run, "" if _is_nobodys(row) else row.learner or "no name"
    words = remarks(row) + (["yours"] if several and who and run.learner_id == mine else [])
    small = f"<span class='ck-remark'>{escape(', '.join(words))}</span>" if words else ""
    cells = [
        f"<td>{row.place}</td>",
        f"<th scope='row'>{escape(run.name)}{small}</th>",
        f"<td>{escape(who)}</td>" if several else "",
        f"<td class='ck-number'>{percent(run.error_rate)}</td>",
        f"<td>{_bar(run.low, run.high, run.error_rate, widest)}{interval(row)}</td>",
        f"<td class='ck-number'>{run.judged:,}</td>",
        f"<td class='ck-number'>{duration(run.seconds)}</td>",
        f"<td>{run.at.astimezone():%d %b %Y}</td>",
        f"<td><code>{escape(run.data[:6])}</code></td>" if split else "",
    ]
    kind = " class='ck-baseline'" if run.kind == "baseline" else ""
    return f"<tr{kind}>{''.join(cells)}</tr>"


def _is_nobodys(row: Row) -> bool:
    """Whether it says something of photos alone, whoever asked for it."""
    return row.run.kind == "baseline"


def _bar(low: float, high: float, rate: float, widest: float) -> str:
    """Where the interval lies, drawn; the words beside it say the same."""
    scale = 100 / max(widest, 1e-9)
    return (
        "<span class='ck-interval' aria-hidden='true'>"
        f"<span style='left:{low * scale:.1f}%;width:{(high - low) * scale:.1f}%'></span>"
        f"<i style='left:{rate * scale:.1f}%'></i></span>"
    )


def _notes(rows: Sequence[Row], split: bool) -> str:
    notes = [
        "Places are ranges where the intervals overlap: on so few photos it can't be said which "
        "is better."
    ]
    if any({FLATTERED, AGAINST} & set(remarks(row)) for row in rows):
        notes.append(
            f"“{FLATTERED}”: they decided something about the model, such as which epoch to keep, "
            "so its error rate looks a little better than it is."
        )
    if split:
        notes.append("Rows with another split were judged on other photos.")
    return f"<p>{escape(' '.join(notes))}</p>"


def disagreements(about: Mapping[str, Any]) -> str:
    """The photos on which a person and the model that they played against differ, as HTML."""
    found = about.get("disagree")
    if not isinstance(found, list) or not found:
        return ""
    keys = {"photo": "photo", "label": "it is", "you": "the person", "model": "the model"}
    head = "".join(f"<th scope='col'>{it}</th>" for it in keys.values())
    rows = [[str(it.get(key, "")) for key in keys] for it in found if isinstance(it, Mapping)]
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>"
        f"{''.join(f'<td>{escape(it)}</td>' for it in said)}</tr>"
        for name, *said in rows
    )
    return (
        f"<details class='ck-score'><summary>Where the two disagreed: {len(rows)}</summary>"
        "<div class='ck-scroll' tabindex='0' role='group' aria-label='Where the two disagreed'>"
        f"<table class='ck-table'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        "</details>"
    )


def interval(row: Row) -> str:
    """`1.7 % to 10.9 %`."""
    return f"{percent(row.run.low)} to {percent(row.run.high)}"


def remarks(row: Row) -> list[str]:
    """What is to be known of a row besides its numbers."""
    return [
        *filter(None, [KINDS.get(row.run.kind, row.run.kind)]),
        *([SEEN if row.run.kind == "person" else FLATTERED] if row.run.chosen else []),
        *([AGAINST] if _flattered(row.run.about.get("model")) else []),
    ]


def _flattered(model: object) -> bool:
    """Whether the model that a person played against was chosen on the same photos."""
    return isinstance(model, Mapping) and model.get("chosen") is True
