"""The catalogue on the page: search, a table, how far a download is."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from ipywidgets import Button, FloatProgress, Text, VBox, dlink

from coursekit.core.wording import plural
from coursekit.panels.frame import Said, busy_line, error_line, row
from coursekit.panels.picker.progress import Progress
from coursekit.panels.picker.sets import Row, SetsModel
from coursekit.panels.picker.table import SetsTable
from coursekit.panels.working import Worker

NONE = "No data set has all of these words in its name, purpose or licence. Use fewer words."


def sets_view(model: SetsModel) -> VBox:
    """The catalogue; what is downloaded goes on to be chosen."""
    worker = Worker()
    search = Text(description="Search", placeholder="name, purpose or licence")
    search.style.description_width = "auto"
    dlink((search, "value"), (model, "query"))
    table = SetsTable(lambda which: worker.do(partial(model.get, which)))
    dlink((model, "rows"), (table, "rows"), lambda rows: [asdict(it) for it in rows])
    dlink((model, "busy"), (table, "getting"))
    count, note = Said(tone="hint"), Said()
    dlink((model, "rows"), (count, "text"), counted)
    dlink((model, "note"), (note, "text"))
    model.refresh()
    lines = busy_line(model), progress_row(model), error_line(model), note
    return VBox([row(search, count), table, *lines])


def counted(rows: tuple[Row, ...]) -> str:
    """How many sets are listed."""
    return f"{plural(len(rows), 'data set')}." if rows else NONE


def progress_row(model: SetsModel) -> VBox:
    """A bar, the same in words, and Cancel; there while something is downloaded."""
    bar = FloatProgress(max=1.0, description="Download", tooltip="Download")
    bar.style.description_width = "auto"
    words = Said(tone="quiet")
    cancel = Button(description="Cancel", tooltip="Stop the download; it can go on later")
    cancel.on_click(lambda _: model.cancel())
    dlink((model, "progress"), (bar, "value"), lambda it: it.share)
    dlink((model, "progress"), (words, "text"), Progress.sized)
    box = row(bar, words, cancel)
    dlink((model, "busy"), (box.layout, "display"), lambda it: "" if it else "none")
    return box
