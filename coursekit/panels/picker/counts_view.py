"""How many photos each label has, and which of them judge the model."""

from __future__ import annotations

from functools import partial
from html import escape

from ipywidgets import HTML, Dropdown, VBox, dlink

from coursekit.core.wording import percent, plural
from coursekit.data.labelled import SEED
from coursekit.data.listed import Listed
from coursekit.panels.ask import terms_line
from coursekit.panels.frame import Said
from coursekit.panels.picker.model import Found, PickerModel
from coursekit.panels.working import Worker

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)


def counts_view(model: PickerModel, worker: Worker) -> VBox:
    """The split in words, the share that judges, a bar for each label."""
    split, bars = Said(), HTML()
    share = Dropdown(
        options=[(percent(it, digits=0), it) for it in SHARES],
        description="Share that judges the model",
        value=0.2,
    )
    share.add_class("ck-choice")
    share.style.description_width = "auto"

    def show(_: object = None) -> None:
        found = model.found
        split.text, bars.value = split_words(found), counts_table(found)
        if found:
            share.value = found.photos.valid_pct if found.photos.valid_pct in SHARES else None
            share.disabled = bool(found.photos.valid)

    def judge(change: object) -> None:
        if share.value is not None:
            worker.do(partial(model.judge_with, share.value))

    share.observe(judge, "value")
    model.observe(show, "found")
    show()
    dlink((share, "disabled"), (share, "tooltip"), lambda it: PUBLISHED if it else "")
    terms = terms_line("label", "split", "training set", "validation set", "seed")
    return VBox([split, share, bars, terms])


PUBLISHED = "The split was published with the photos"


def split_words(found: Found | None) -> str:
    """How many photos train and judge, and how they were drawn."""
    if found is None or found.listed is None:
        return ""
    train, valid = found.listed.train, found.listed.valid
    said = f"{plural(train, 'photo trains', 'photos train')} the model, {valid:,} judge it."
    if found.photos.valid:
        return f"{said} The split was published with them."
    return f"{said} They are drawn with the seed {SEED}: the same ones on every machine."


def counts_table(found: Found | None) -> str:
    """A row for each label: its bar, its photos, its share, how many judge; as HTML."""
    if found is None or found.listed is None:
        return ""
    rows = "".join(counts_row(found.listed, label, n) for label, n in found.classes.items())
    heads = "".join(f"<th scope='col'>{words}</th>" for words in HEADS)
    return (
        "<div class='ck-counts' tabindex='0' role='region' aria-label='Photos of each label'>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


HEADS = ("Label", "<span class='ck-unseen'>Bar</span>", "Photos", "Share", "Judge")


def counts_row(listed: Listed, label: str, n: int) -> str:
    """One label."""
    most, share = max(listed.classes.values()), n / len(listed.files)
    return (
        f"<tr><th scope='row'>{escape(label)}</th>"
        f"<td class='ck-bar'><span style='width:{100 * n / most:.1f}%'></span></td>"
        f"<td>{n:,}</td><td>{percent(share)}</td><td>{listed.judging.get(label, 0):,}</td></tr>"
    )
