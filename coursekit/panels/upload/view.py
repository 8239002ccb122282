"""Choose a picture; see it, its label and how probable each label is."""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from html import escape

from ipywidgets import HTML, Button, VBox, dlink

from coursekit.core.wording import file_size, percent
from coursekit.panels.frame import Said, busy_line, error_line, panel, row
from coursekit.panels.upload.chooser import Chooser
from coursekit.panels.upload.model import LIMIT, Answer, UploadModel
from coursekit.panels.working import Worker

HINT = f"A photo of up to {file_size(LIMIT)}. It stays on this machine and is not kept."


def upload_view(model: UploadModel) -> VBox:
    """The chooser, Clear, the picture with its labels."""
    worker = Worker()
    chooser = Chooser(
        "Picture",
        LIMIT,
        receive=lambda name, data: worker.do(partial(model.receive, name, data)),
        refuse=lambda name, size: worker.do(partial(model.refuse, name, size)),
        coming=lambda name: setattr(model, "busy", f"Receiving {name}"),
    )
    clear = Button(description="Clear", tooltip="Forget the picture and the answer")
    clear.on_click(lambda _: chooser.clear())
    clear.on_click(lambda _: worker.do(model.clear))
    about, verdict, details = Said(tone="hint"), Said(), HTML()
    verdict.add_class("ck-verdict")
    dlink((model, "about"), (about, "text"))
    dlink((model, "answer"), (verdict, "text"), sentence_of)
    dlink((model, "answer"), (details, "value"), picture_and_bars)
    lines = about, busy_line(model), error_line(model), verdict, details
    return panel("3. Try a picture", HINT, row(chooser, clear), *lines)


def sentence_of(answer: Answer | None) -> str:
    """`hopper.jpg: cat (97.1 %).` and whether the model is unsure, in words."""
    if answer is None:
        return ""
    label, share = answer.top[0]
    if answer.unsure:
        return f"{answer.name}: unsure. The likeliest is {label} ({percent(share)})."
    return f"{answer.name}: {label} ({percent(share)})."


def picture_and_bars(answer: Answer | None) -> str:
    """The picture and a bar for each of the most probable labels, as HTML."""
    if answer is None:
        return ""
    source = f"data:image/jpeg;base64,{b64encode(answer.picture).decode()}"
    rows = "".join(
        f"<tr><th scope='row'>{escape(label)}</th><td class='ck-bar'>"
        f"<span style='width:{100 * share:.1f}%'></span></td><td>{percent(share)}</td></tr>"
        for label, share in answer.top
    )
    return (
        f"<div class='ck-answer'><img src='{source}' alt='{escape(answer.name, quote=True)}'>"
        f"<table><caption>Most probable labels</caption>{rows}</table></div>"
    )
