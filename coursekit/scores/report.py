"""A comparison of runs as a page of Markdown, for a course's notes or a hand-in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from coursekit.core.wording import plural
from coursekit.scores.compare import LETTERS, Row, names, results_of, settings_of, verdict
from coursekit.scores.experiment import Experiment
from coursekit.scores.notes import writable


def as_markdown(runs: Sequence[Experiment], pictures: Mapping[str, str]) -> str:
    """The report.

    Args:
        runs: What is compared, at most six.
        pictures: Names of picture files beside the report, by what they show.
    """
    rows = settings_of(runs)
    differing, same = ([row for row in rows if row.differs is it] for it in (True, False))
    parts = [
        f"# {plural(len(runs), 'experiment')}",
        f"Written on {datetime.now():%Y-%m-%d at %H:%M}.",
        table(runs, "run", [Row("name", tuple(names(runs))), Row("began", _begun(runs))]),
        "## What came out",
        table(runs, "result", results_of(runs)),
        "An error rate's interval holds the true one with 95 % confidence. " + verdict(runs),
        *(_differing(runs, differing) if len(runs) > 1 else []),
        "## What is the same" if len(runs) > 1 else "## The settings",
        in_columns("setting", ["value"], [Row(it.name, it.cells[:1]) for it in same]),
        *_notes(runs),
        *(["## Curves"] if pictures else []),
        *(f"![{escaped(what)}]({file})" for what, file in pictures.items()),
    ]
    return writable("\n\n".join(part.strip() for part in parts if part.strip()) + "\n")


def _begun(runs: Sequence[Experiment]) -> tuple[str, ...]:
    return tuple(run.began for run in runs)


def _differing(runs: Sequence[Experiment], rows: Sequence[Row]) -> list[str]:
    nothing = "No setting that is kept differs."
    return ["## What differs", table(runs, "setting", rows) if rows else nothing]


def table(runs: Sequence[Experiment], what: str, rows: Sequence[Row]) -> str:
    """Rows as a table, a column for each run; "" without rows."""
    return in_columns(what, LETTERS[: len(runs)], rows)


def in_columns(what: str, names: Sequence[str], rows: Sequence[Row]) -> str:
    """Rows as a table with columns of these names; "" without rows."""
    if not rows:
        return ""
    heads = [what, *names]
    lines = [heads, ["---"] * len(heads), *([row.name, *row.cells] for row in rows)]
    cells = [[it if it == "---" else escaped(it) for it in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _notes(runs: Sequence[Experiment]) -> list[str]:
    """Each run's origin, tags and note, where there is one."""
    parts = []
    for letter, run in zip(LETTERS, runs, strict=False):
        tags = f"tags: {', '.join(run.notes.tags)}" if run.notes.tags else ""
        lines = [*filter(None, (run.notes.origin, tags)), *run.notes.text.splitlines()]
        if lines:
            parts.append(f"**{letter}**\n\n{quoted(lines)}")
    return ["## Notes", *parts] if parts else []


def quoted(lines: Sequence[str]) -> str:
    """Lines as a quotation, each on its own line; a blank one parts paragraphs."""
    shown = [f"> {escaped(line)}".rstrip() for line in lines]
    ends = [
        "\\" if this != ">" and after != ">" else ""
        for this, after in zip(shown, [*shown[1:], ">"], strict=True)
    ]
    return "\n".join(map(str.__add__, shown, ends))


SPECIAL = re.compile(r"[\\`*\[\]<>&|~$]|(?<![^\W_])_|_(?![^\W_])")
AT_THE_START = re.compile(r"^([#+\-=:]|\d+(?=[.)](?:\s|$)))")


def escaped(text: str) -> str:
    """Text on one line that Markdown shows unchanged: no link, HTML, list or cell is made of it."""
    line = SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
    return AT_THE_START.sub(_begun_with, line)


def _begun_with(found: re.Match[str]) -> str:
    first = found[0]
    return f"{first}\\" if first.isdigit() else f"\\{first}"
