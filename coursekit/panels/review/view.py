"""The review's widgets: today's question, when it comes back, what the next days bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ipywidgets import HTML, Button, VBox, dlink

from coursekit.core.wording import plural
from coursekit.panels.frame import Said, error_line, panel, row, style
from coursekit.panels.quiz.view import asked_view
from coursekit.panels.review.model import ReviewModel

HINT = (
    "Each question comes back shortly before you would forget it. Your first answer says when: "
    "sooner after a wrong one or a hint, later after a quick right one."
)


def review_view(model: ReviewModel) -> VBox:
    """All of the panel."""
    stands, rated, ahead = Said(), Said(tone="hint"), HTML()
    dlink((model, "stands"), (stands, "text"))
    dlink((model, "rated"), (rated, "text"))
    dlink((model, "forecast"), (ahead, "value"), forecast_table)
    again = Button(description="Look again", icon="refresh", tooltip="See what is due now")
    again.on_click(lambda _: model.again())
    place = VBox()

    def show(_: object = None) -> None:
        place.children = asked_view(model.quiz) if model.quiz else ()

    model.observe(show, "quiz")
    show()
    parts = (stands, place, rated, error_line(model), row(again), ahead)
    return VBox([style(), panel("Review", HINT, *parts)])


def bar(share: float) -> str:
    """A bar, as HTML; nothing for nothing."""
    return f"<span style='width:{100 * share:.0f}%'></span>" if share else ""


def forecast_table(forecast: Sequence[tuple[date, int]]) -> str:
    """The next days with a bar and a number for each, as HTML."""
    if not forecast:
        return ""
    most = max(1, *(count for _, count in forecast))
    rows = "".join(
        f"<tr><th scope='row'>{day:%a %d %b}</th><td class='ck-bar' aria-hidden='true'>"
        f"{bar(count / most)}</td><td>{count}</td></tr>"
        for day, count in forecast
    )
    total = plural(sum(count for _, count in forecast), "question")
    return (
        f"<details class='ck-score'><summary>The next {len(forecast)} days: {total} due</summary>"
        f"<table class='ck-labels'><caption class='ck-unseen'>Questions due on each day</caption>"
        f"{rows}</table></details>"
    )
