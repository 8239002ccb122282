"""What was found, for people and for programs; all of it may be shown to strangers."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from textwrap import fill, wrap

from coursekit.app.doctor.examination import Examined, worst
from coursekit.app.doctor.finding import STATES
from coursekit.app.doctor.masking import Mask
from coursekit.core.version import installed, ours
from coursekit.core.wording import listing

FORMAT = 1
"""Of the JSON; it changes when a key goes or means something else."""

WIDTH = 100
NAMED = (
    *("torch", "torchvision", "timm", "numpy", "onnxruntime", "ipywidgets", "anywidget"),
    *("ipykernel", "jupyter_client", "jupyterlab", "jupyterlab_widgets", "notebook"),
    *("widgetsnbextension", "voila", "sqlalchemy"),
)
"""Packages whose versions a helper wants."""


def versions() -> dict[str, str]:
    """The installed version of each package in `NAMED`; "" for one that is missing."""
    return {name: installed(name) for name in NAMED}


def heading(mask: Mask) -> str:
    """Which coursekit, on what."""
    known = [f"{name} {number}" for name, number in versions().items() if number]
    lines = [
        f"coursekit {ours() or 'of no version'}, Python {platform.python_version()}, "
        f"{mask(platform.platform())}",
        fill(", ".join(known), WIDTH),
    ]
    return "\n".join(lines)


def paragraph(examined: Examined) -> str:
    """One check's findings, each with its state in words, and the remedy below it."""
    return "\n".join(_lines(examined))


def _lines(examined: Examined) -> Iterator[str]:
    yield f"\n{examined.check} ({examined.seconds:.1f} s)"
    indent = " " * 17
    for finding in examined.findings:
        start = f"  {finding.state:<15}"
        wrapped = wrap(
            finding.says, WIDTH - len(start), break_long_words=False, break_on_hyphens=False
        )
        yield indent_with(wrapped, start, indent)
        if finding.remedy:  # not wrapped, or a command could not be copied
            yield f"{indent}What to do: {finding.remedy}"


def indent_with(lines: list[str], first: str, others: str) -> str:
    """Lines, with something before the first and before each other one."""
    return "\n".join((others if n else first) + line for n, line in enumerate(lines))


def summary(found: Sequence[Examined]) -> str:
    """How many findings there are of each state, the worst first."""
    counts = Counter(it.state for one in found for it in one.findings)
    return f"{listing(f'{counts[state]} {state}' for state in reversed(STATES))}."


def farewell(asked: bool) -> str:
    """The last line: what the report may be used for, and that nothing was sent."""
    network = (
        "The data sets' servers were asked whether they are there; the report was sent nowhere"
        if asked
        else "Nothing was sent anywhere"
    )
    return (
        "Names, folders and passwords that are known here are taken out, so that this may be "
        f"pasted into a forum or a bug report; look it over first. {network}."
    )


def as_json(found: Iterable[Examined], mask: Mask, asked: bool) -> str:
    """All of it for programs; docs/doctor.md says what each key means."""
    checks = list(found)
    report = {
        "format": FORMAT,
        "coursekit": ours(),
        "python": platform.python_version(),
        "system": mask(platform.platform()),
        "versions": versions(),
        "state": worst(it.state for it in checks),
        "checks": [
            {
                "check": it.check,
                "state": it.state,
                "seconds": round(it.seconds, 2),
                "findings": [asdict(finding) for finding in it.findings],
            }
            for it in checks
        ],
        "note": farewell(asked),
    }
    return json.dumps(report, indent=1)
