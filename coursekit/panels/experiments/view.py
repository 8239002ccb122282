"""The experiments' widgets: the table, the comparison, what is done with the chosen runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ipywidgets import HTML, Button, Checkbox, Text, VBox, Widget, dlink, link

from coursekit.core.wording import listing, plural
from coursekit.panels.experiments.comparison import comparison_html
from coursekit.panels.experiments.curves_view import curves_view, field, offer
from coursekit.panels.experiments.model import MOST, ExperimentsModel
from coursekit.panels.experiments.one_view import copy_line, copy_view, notes_view
from coursekit.panels.experiments.reporting import as_bytes, files_of, zipped
from coursekit.panels.experiments.table import RunsTable, rows_of
from coursekit.panels.frame import Said, busy_line, error_line, panel, row, style
from coursekit.panels.page import Page
from coursekit.panels.ways import sections
from coursekit.panels.working import Worker, once
from coursekit.scores.compare import LETTERS
from coursekit.scores.spreadsheet import as_csv

HINT = (
    f"Tick up to {MOST} runs to see them side by side. To learn what a setting does, copy a run "
    "and change that one thing."
)


def experiments_view(
    model: ExperimentsModel, worker: Worker, trainer: Worker, in_app: bool
) -> VBox:
    """All of the panel.

    Args:
        model: What is shown.
        worker: Where runs are read and moved.
        trainer: Where copies are trained.
        in_app: Whether to ask the browser for its word, by which a run is known as its own.
    """
    page = Page(partial(setattr, model, "visitor") if in_app else None)
    done = Said()
    dlink((model, "said"), (done, "text"))
    parts = {
        "Compare": lambda: compare_view(model, worker),
        "Note, tags, board, delete": lambda: notes_view(model, worker),
        "Copy with one change": lambda: copy_view(model, trainer),
        "Files and bin": lambda: files_view(model, worker, page),
    }
    box = panel(
        "Experiments",
        HINT,
        filter_row(model, worker),
        count_line(model),
        table_view(model),
        more_row(model, worker),
        busy_line(model),
        error_line(model),
        done,
        copy_line(model),
        sections("With the chosen runs", parts),
        page,
    )
    box.add_class("ck-experiments")
    return VBox([style(), box])


def filter_row(model: ExperimentsModel, worker: Worker) -> Widget:
    """Which runs are shown."""
    search = Text(description="Search", placeholder="name, note, setting")
    search.style.description_width = "auto"
    search.add_class("ck-field")
    tag, again = field("Tag", {"any": ""}), Button(description="Read again", icon="refresh")
    link((model, "search"), (search, "value"))
    load = once(worker, model.load)
    again.on_click(lambda _: load())
    tag.observe(lambda change: setattr(model, "tag", change.new or ""), "value")

    def show(_: object = None) -> None:
        offer(tag, {"any": ""} | {it: it for it in model.tags})

    model.observe(show, "runs")
    show()
    return row(search, tag, again)


def count_line(model: ExperimentsModel) -> Said:
    """How many runs there are, and which are chosen."""
    line = Said(tone="hint")

    def show(_: object = None) -> None:
        line.text = counted(model)

    model.observe(show, ["runs", "search", "tag", "most", "chosen", "unread"])
    show()
    return line


def counted(model: ExperimentsModel) -> str:
    """`Showing 30 of 312 runs. Chosen: A and B.`, or that there is none yet."""
    if model.runs is None:
        return ""
    if not model.runs:
        return "No training of yours is kept here yet. Train something, then read again."
    found, chosen = model.found, LETTERS[: len(model.chosen)]
    shown = min(len(found), model.most)
    words = f"Showing {shown} of {plural(len(found), 'run')}." if found else "No run fits."
    damaged = plural(model.unread, "run")
    parts = [words, f"Chosen: {listing(chosen, most=6)}." if chosen else ""]
    parts += [f"{damaged} could not be read." if model.unread else ""]
    return " ".join(filter(None, parts))


def table_view(model: ExperimentsModel) -> Widget:
    """The runs that fit, some at a time."""

    def choose(id: str, yes: bool) -> None:
        model.choose(id, yes)
        if (id in model.chosen) != yes:
            table.send({"again": True})

    table = RunsTable(choose)

    def show(_: object = None) -> None:
        rows = rows_of(model.found[: model.most], model.chosen)
        full = len(model.chosen) >= MOST
        if rows != table.rows or full != table.full:
            with table.hold_sync():
                table.rows, table.full = rows, full

    model.observe(show, ["runs", "search", "tag", "most", "chosen"])
    show()
    return table


def more_row(model: ExperimentsModel, worker: Worker) -> Widget:
    """More rows, and a way back for what was deleted; each only where it does something."""
    more = Button(description="More runs", icon="chevron-down")
    undo = Button(description="Undo delete", icon="undo")
    more.on_click(lambda _: model.more())
    bring_back = once(worker, model.undo)
    undo.on_click(lambda _: bring_back())
    box = row(more, undo)

    def show(_: object = None) -> None:
        left = len(model.found) - model.most
        more.layout.display = "" if left > 0 else "none"
        undo.layout.display = "" if model.binned else "none"

    model.observe(show, ["runs", "search", "tag", "most", "binned"])
    show()
    return box


def compare_view(model: ExperimentsModel, worker: Worker) -> Widget:
    """What was done and reached, and the curves."""
    table, first = HTML(), Said(tone="hint")
    every = Checkbox(False, description="Show what is the same, too", indent=False)
    every.layout.width = "auto"

    def show(_: object = None) -> None:
        runs = model.compared
        table.value = comparison_html(runs, every.value)
        first.text = "" if runs else "Tick runs in the table to compare them."
        every.layout.display = "" if len(runs) > 1 else "none"

    model.observe(show, ["runs", "chosen"])
    every.observe(show, "value")
    show()
    return VBox([first, every, table, curves_view(model, worker)])


def files_view(model: ExperimentsModel, worker: Worker, page: Page) -> Widget:
    """Downloads, and the bin."""

    def save(name: str, made: Callable[[], bytes]) -> None:
        with model.working("Writing"):
            page.save(name, made())

    jobs = {
        "Report with pictures": lambda: save(
            "experiments.zip", lambda: zipped(files_of(model, "experiments"))
        ),
        "All runs as CSV": lambda: save(
            "experiments.csv", lambda: as_bytes(as_csv(model.runs or ()))
        ),
    }
    buttons = []
    for name, job in jobs.items():
        button = Button(description=name, icon="download")
        button.on_click(lambda _, job=job: worker.do(job))
        buttons.append(button)
    model.observe(lambda _: setattr(buttons[0], "disabled", not model.chosen), "chosen")
    buttons[0].disabled = not model.chosen
    return VBox([row(*buttons), bin_view(model, worker)])


def bin_view(model: ExperimentsModel, worker: Worker) -> Widget:
    """What was deleted: empty it, after a question."""
    line = Said(tone="hint")
    empty = Button(description="Empty the bin …", icon="trash")
    yes = Button(description="Delete for good", icon="trash", button_style="danger")
    no = Button(description="Keep them", icon="undo")
    for button, job in (
        (empty, model.ask_to_empty),
        (yes, model.empty),
        (no, partial(model.empty, False)),
    ):
        button.on_click(lambda _, job=job: worker.do(job))

    def show(_: object = None) -> None:
        count = len(model.binned)
        line.text = f"{plural(count, 'run')} in the bin." if count else "The bin is empty."
        empty.layout.display = "" if count and not model.asking else "none"
        for button in yes, no:
            button.layout.display = "" if model.asking else "none"

    model.observe(show, ["binned", "asking"])
    show()
    return VBox([line, row(empty, yes, no)])
