"""The board's widgets: the table, one's own name, what can be done with a row."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

from ipywidgets import HTML, Button, Dropdown, Text, VBox, Widget, dlink

from coursekit.panels.frame import Said, busy_line, error_line, panel, row, style
from coursekit.panels.scoreboard.model import BoardModel, OneForAll, Shown, standing
from coursekit.panels.scoreboard.table import as_html, disagreements
from coursekit.panels.working import Worker, once
from coursekit.scores.recipe import settings

HINT = (
    "Models, baselines and people on the same photos. Only photos that a model never learned from "
    "count."
)

NO_DATA = "Baselines are taken on the photos of a model: train one, then look here again."


def board_view(model: BoardModel, worker: Worker) -> VBox:
    """All of the panel."""
    stands, said = Said(), Said(tone="hint")
    dlink((model, "shown"), (stands, "text"), standing)
    dlink((model, "said"), (said, "text"))
    lines = (busy_line(model), error_line(model), said)
    parts = (choice_view(model), stands, table_view(model), more_view(model), *lines)
    return VBox(
        [style(), panel("Scoreboard", HINT, *parts, actions_view(model, worker), name_view(model))]
    )


def choice_view(model: BoardModel) -> Widget:
    """Which task, where there are several."""
    tasks = Dropdown(description="Data", layout={"width": "auto"})
    tasks.style.description_width = "auto"
    refresh = Button(description="Look again", icon="refresh", tooltip="Read the board again")
    refresh.on_click(lambda _: model.refresh())

    filling = False

    def fill(_: object = None) -> None:
        nonlocal filling
        filling, known = True, [name for name, _ in model.tasks]
        tasks.options = [(f"{name} ({n:,})", name) for name, n in model.tasks]
        tasks.value = model.task if model.task in known else None
        filling = False
        tasks.layout.display = "" if len(model.tasks) > 1 else "none"

    def chosen(change: Any) -> None:
        if change.new and change.new != model.task and not filling:
            model.choose(change.new)

    model.observe(fill, ["tasks", "task"])
    tasks.observe(chosen, "value")
    fill()
    return row(tasks, refresh)


def table_view(model: BoardModel) -> Widget:
    """The rows."""
    table = HTML()
    dlink((model, "shown"), (table, "value"), lambda shown: as_html(shown, model.task))
    return table


def more_view(model: BoardModel) -> Widget:
    """The rows that come next."""
    more = Button(description="Show more rows", icon="chevron-down")
    more.on_click(lambda _: model.more())

    def offer(shown: Shown) -> str:
        return "" if len(shown.rows) < shown.total else "none"

    dlink((model, "shown"), (more.layout, "display"), offer)
    return more


def actions_view(model: BoardModel, worker: Worker) -> Widget:
    """Baselines; and with one row: its recipe, run it again, take it off."""
    rows = rows_view(model)
    return VBox(
        [
            row(baselines_button(model, worker), undo_button(model)),
            baselines_hint(model),
            row(rows, *row_buttons(model, worker, rows)),
            recipe_view(model, rows),
        ]
    )


def rows_view(model: BoardModel) -> Dropdown:
    """Which row is meant."""
    rows = Dropdown(description="Row", layout={"width": "auto", "max_width": "100%"})
    rows.style.description_width = "auto"

    def fill(_: object = None) -> None:
        before = rows.value
        numbered = enumerate(model.shown.rows, 1)
        found = [(f"{number}. {it.run.name}", it.run.id) for number, it in numbered]
        ids = [id for _, id in found]
        rows.options = found
        rows.value = before if before in ids else ids[0] if ids else None

    model.observe(fill, "shown")
    fill()
    return rows


def baselines_button(model: BoardModel, worker: Worker) -> Button:
    """Adds what little effort reaches."""
    add = Button(description="Add the baselines", icon="plus", layout={"width": "auto"})
    begin = once(worker, model.add_baselines)
    add.on_click(lambda _: begin())

    def enable(_: object = None) -> None:
        add.disabled = bool(model.busy or model.running) or model.baselines is None

    model.observe(enable, ["shown", "busy", "running"])
    enable()
    return add


def baselines_hint(model: BoardModel) -> Said:
    """Why there is nothing to take baselines on, while there is not."""
    hint = Said(tone="hint")

    def say(_: object = None) -> None:
        there = any(row.run.kind == "baseline" for row in model.shown.rows)
        hint.text = "" if model.baselines or there else NO_DATA

    model.observe(say, "shown")
    say()
    return hint


def undo_button(model: BoardModel) -> Button:
    """Brings back what was taken off last; there while there is something."""
    undo = Button(icon="undo", layout={"width": "auto"})
    undo.on_click(lambda _: model.undo())
    dlink((model, "undone"), (undo, "description"), lambda name: f"Undo: bring back {name}")
    dlink((model, "undone"), (undo.layout, "display"), lambda name: "" if name else "none")
    return undo


def row_buttons(model: BoardModel, worker: Worker, rows: Dropdown) -> tuple[Button, ...]:
    """Run it again, stop that, take it off."""
    again = Button(description="Run it again", icon="repeat")
    stop = Button(description="Stop", icon="stop")
    off = Button(description="Take it off", icon="minus")

    def begin(_: object) -> None:
        if not again.disabled:  # a second click comes before the worker has begun
            again.disabled = True
            worker.do(partial(model.run_again, rows.value))

    again.on_click(begin)
    stop.on_click(lambda _: model.stop())
    off.on_click(lambda _: model.take_off(rows.value))
    off.layout.display = "none" if model.shared else ""

    def enable(_: object = None) -> None:
        chosen = model.row(rows.value) if rows.value else None
        idle = not (model.busy or model.running)
        again.disabled = not (chosen and chosen.run.kind == "model" and idle)
        off.disabled = not (chosen and idle)
        stop.layout.display = "" if model.running else "none"

    model.observe(enable, ["shown", "busy", "running"])
    rows.observe(enable, "value")
    enable()
    return again, stop, off


def recipe_view(model: BoardModel, rows: Dropdown) -> Widget:
    """The recipe of the row that is chosen, folded away, and where two disagreed.

    That names photos, so it is left out where others see it.
    """
    shown = HTML()

    def show(_: object = None) -> None:
        chosen = model.row(rows.value) if rows.value else None
        run = chosen.run if chosen else None
        apart = disagreements(run.about) if run and not model.shared else ""
        shown.value = apart + recipe_html(run.recipe) if run else ""

    rows.observe(show, "value")
    show()
    return shown


def recipe_html(recipe: Any) -> str:
    """A recipe's settings as a table, as HTML."""
    lines = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in settings(recipe).items()
    )
    return (
        "<details class='ck-score'><summary>The recipe of this row</summary>"
        f"<table class='ck-labels ck-recipe'><caption class='ck-unseen'>Recipe</caption>{lines}"
        "</table></details>"
    )


def name_view(model: BoardModel) -> Widget:
    """What the board calls whoever learns here; where others see it, why that can't be changed."""
    if model.shared:
        return Said(tone="hint", text=str(OneForAll()))
    name = Text(description="Your name here", placeholder="none", continuous_update=False)
    name.style.description_width = "auto"
    dlink((model, "learner"), (name, "value"))
    save = Button(description="Save the name")
    save.on_click(lambda _: model.rename(name.value))
    return row(name, save)
