"""An answer in words, for a line, a front end without widgets, and a screen reader."""

from __future__ import annotations

from coursekit.core.wording import percent
from coursekit.panels.upload.model import Answer

BLOCKS = 20
"""Signs of a text bar that is full."""


def answer_lines(answer: Answer) -> list[str]:
    """An answer as lines of text: the verdict, and a bar for each of the likeliest labels."""
    width = max(len(label) for label, _ in answer.top)
    bars = [
        f"  {label:{width}}  {percent(share):>7}  {'█' * round(BLOCKS * share)}".rstrip()
        for label, share in answer.top
    ]
    return [sentence_of(answer), *bars]


def sentence_of(answer: Answer | None) -> str:
    """`hopper.jpg: cat (97.1 %).` and whether the model is unsure, in words."""
    if answer is None:
        return ""
    label, share = answer.top[0]
    if answer.prediction.unsure:
        said = f"{answer.name}: unsure. The likeliest is {label} ({percent(share)})."
    else:
        said = f"{answer.name}: {label} ({percent(share)})."
    return f"{said} {answer.doubt}".rstrip()
