"""Choose pictures; see each, its labels and how probable they are, and where the model looked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from html import escape

from ipywidgets import HTML, Button, HBox, VBox, Widget, dlink

from coursekit.core.errors import CourseError
from coursekit.core.wording import percent
from coursekit.panels.ask import ask
from coursekit.panels.frame import Said, busy_line, error_line, panel, row
from coursekit.panels.upload.examples import Example
from coursekit.panels.upload.model import LIMIT, THUMBNAIL, Answer, UploadModel, jpeg
from coursekit.panels.upload.picture import Picture
from coursekit.panels.upload.plain import PlainUpload
from coursekit.panels.upload.thumbs import Thumb, Thumbs
from coursekit.panels.upload.words import sentence_of
from coursekit.panels.uploader import Uploader
from coursekit.panels.working import Worker
from coursekit.predict import decode

HINT = "A picture stays on this machine, in memory only: no copy is saved."
CLEARED = "Cleared. Undo works until the next picture. Clear again, and it is gone for good."
STRENGTH = "Heatmap"
LOOKED = "The brighter a place, the more it counted for"


def upload_view(
    model: UploadModel,
    title: str = "3. Try a picture",
    plain: bool = False,
    prepare: Callable[[], object] | None = None,
) -> VBox:
    """The uploader, examples, Clear and its Undo, the answer, the answers before.

    Args:
        model: What judges.
        title: The heading.
        plain: Whether the button is ipywidgets' own.
        prepare: Loads the model; called in the background as soon as this is shown.
    """
    worker = Worker()
    chooser = (plain_chooser if plain else chooser_of)(model, worker)
    model.observe(lambda _: chooser.clear(), "cleared")
    about, verdict = Said(tone="hint"), Said()
    verdict.add_class("ck-verdict")
    dlink((model, "about"), (about, "text"))
    dlink((model, "answer"), (verdict, "text"), sentence_of)
    if prepare:
        worker.do(partial(model.prepare, prepare))
    above = chooser, examples(model, worker), clearing(model)
    lines = about, busy_line(model), error_line(model), verdict, result(model)
    return panel(title, HINT, *above, *lines, history(model, worker))


def clearing(model: UploadModel) -> HBox:
    """Clear, where there is something to clear, and after it Undo; Clear again ends that, too."""
    clear = Button(description="Clear", tooltip="Forget the pictures and the answers")
    clear.on_click(lambda _: model.clear())
    undo = Button(description="Undo clear", tooltip="Bring back what was cleared")
    undo.on_click(lambda _: model.undo())
    note = Said(tone="hint")

    def show(_: object = None) -> None:
        there = model.answer or model.history or model.message or model.busy
        clear.disabled = not (there or model.undoable)
        undo.disabled = model.undoable is None  # so that the focus is kept when it goes
        undo.layout.display = "none" if undo.disabled else None
        note.text = CLEARED if model.undoable else ""

    model.observe(show, ["answer", "history", "message", "busy", "undoable"])
    show()
    return row(clear, undo, note)


def chooser_of(model: UploadModel, worker: Worker) -> Uploader:
    """The uploader; the next file comes once the one before is judged."""
    place = (1, 1)

    def coming(name: str, got: int, size: int, index: int, count: int) -> None:
        nonlocal place
        place = index, count

    def receive(name: str, data: bytes) -> Future[Answer | None]:
        return worker.do(partial(model.receive, name, data, place, model.cleared))

    return Uploader(
        "Choose pictures",
        LIMIT,
        receive,
        refuse=lambda name, size: worker.do(partial(model.refuse, name, size, place)),
        progress=coming,
    )


def plain_chooser(model: UploadModel, worker: Worker) -> PlainUpload:
    """The button that comes with ipywidgets."""

    def receive(name: str, data: bytes, place: tuple[int, int]) -> None:
        if len(data) > LIMIT:
            worker.do(partial(model.refuse, name, len(data), place))
        else:
            worker.do(partial(model.receive, name, data, place, model.cleared))

    return PlainUpload(receive, description="Choose pictures", layout={"width": "auto"})


def examples(model: UploadModel, worker: Worker) -> Thumbs:
    """Pictures to try, a click each."""
    row = Thumbs("Or try one of these", lambda at: worker.do(partial(model.try_example, at)))

    def show(_: object = None) -> None:
        worker.do(lambda: row.show([example_thumb(it) for it in model.examples]))

    model.observe(show, "examples")
    show()
    return row


def example_thumb(example: Example) -> Thumb:
    """An example made small; without its picture where that cannot be read."""
    try:
        image = decode(example.path.read_bytes(), example.name, at_least=THUMBNAIL)
    except (CourseError, OSError):
        return Thumb(example.name, example.credit, b"")
    return Thumb(example.name, example.credit, jpeg(image, THUMBNAIL))


def history(model: UploadModel, worker: Worker) -> Thumbs:
    """The answers of this visit; a click shows one again."""
    row = Thumbs("Earlier answers", lambda at: worker.do(partial(model.recall, at)))

    def mark(_: object = None) -> None:
        row.mark(next((at for at, it in enumerate(model.history) if it is model.answer), -1))

    def show(_: object = None) -> None:
        row.show([Thumb(it.label, sentence_of(it), it.thumb) for it in model.history])
        mark()

    model.observe(show, "history")
    model.observe(mark, "answer")
    show()
    return row


def result(model: UploadModel) -> HBox:
    """The picture, the labels and the heatmap side by side, where there is an answer."""
    picture, bars, heat, reason = Picture(), HTML(), Picture(STRENGTH), Said(tone="hint")
    looked = column(ask("heatmap", "Where the model looked"), heat, reason)
    box = HBox(
        [
            column(ask("prediction", "Picture and prediction"), picture),
            column(ask("probability", "How probable each label is"), bars),
            looked,
        ]
    )
    box.add_class("ck-result")

    def hide(_: object = None) -> None:
        """Unseen, it keeps its room while a picture is judged, or the page would jump."""
        if model.answer is None:
            box.layout.visibility = "hidden"
            if not model.busy:
                box.layout.display, bars.value = "none", ""
                picture.show(b"", "")
                heat.show(b"", "")

    def show(_: object) -> None:
        answer = model.answer
        if answer is None:
            return
        picture.show(answer.picture, answer.name)
        heat.show(answer.seen if answer.glow else b"", f"{LOOKED} {answer.label}", answer.glow)
        bars.value = table_of(answer)
        reason.text = heat_words(answer)
        looked.layout.display = None if reason.text else "none"
        box.layout.display, box.layout.visibility = None, "visible"

    model.observe(hide, ["answer", "busy"])
    model.observe(show, "answer")
    hide()
    return box


def column(heading: str, *children: Widget) -> VBox:
    """A part of the result under a heading of its own, as HTML."""
    box = VBox([HTML(heading), *children])
    box.add_class("ck-part")
    return box


def heat_words(answer: Answer) -> str:
    """What the heatmap shows, or why there is none."""
    if answer.glow:
        return f"{LOOKED} {answer.label}. This is the part that the network sees."
    return answer.prediction.heatmap_reason


def table_of(answer: Answer | None) -> str:
    """The most probable labels, each with a bar and its probability, as HTML."""
    if answer is None:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{escape(label)}</th><td class='ck-bar' aria-hidden='true'>"
        f"<span style='width:{100 * share:.1f}%'></span></td><td>{percent(share)}</td></tr>"
        for label, share in answer.top
    )
    caption = "<caption class='ck-unseen'>Most probable labels</caption>"
    return f"<table class='ck-labels'>{caption}{rows}</table>"
