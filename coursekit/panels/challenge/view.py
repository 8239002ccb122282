"""The game's widgets: the start, the photo with its labels, the result and the way to the board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipywidgets import HTML, Button, Text, VBox, Widget, dlink

from coursekit.experiments.outcome import YOU, Answer, Outcome
from coursekit.panels.challenge.model import ChallengeModel, agreed
from coursekit.panels.challenge.pictures import smaller
from coursekit.panels.challenge.played import Played
from coursekit.panels.frame import Said, busy_line, error_line, panel, row, style
from coursekit.panels.picker.tiles import Shown, Tiles
from coursekit.panels.working import Worker, once

HINT = "The same photos, labelled by you and by a model that never learned from them."
BEFORE = (
    "Up to 20 photos come one after the other, photos that nothing here has shown you. Say what "
    "each shows: the clock runs from the first to the last. At the end you see both errors, and "
    "where the two of you disagree."
)
DISAGREE = "<h3>Where you and the model disagree</h3>"
WORDS = {"ready": "Start", "over": "Play again"}


def challenge_view(model: ChallengeModel, title: str) -> VBox:
    """All of the panel."""
    parts = (start_view(model), busy_line(model), error_line(model), played_view(model))
    return VBox([style(), panel(title, HINT, *parts, end_view(model))])


def start_view(model: ChallengeModel) -> Widget:
    """What begins a game, or what is needed first."""
    what, start = Said(tone="hint"), Button()
    click = once(Worker(), model.start)
    start.on_click(lambda _: click())
    dlink((model, "stage"), (start, "description"), lambda it: WORDS.get(it, "Start"))
    dlink((model, "stage"), (start.layout, "display"), lambda it: "" if it in WORDS else "none")
    dlink((model, "stage"), (start, "button_style"), lambda it: "primary" if it == "ready" else "")

    def show(_: object = None) -> None:
        before = {"empty": model.missing, "ready": BEFORE, "over": model.awaited}
        what.text = before.get(model.stage, "")
        start.disabled = bool(model.busy or model.awaited)

    model.observe(show, ["stage", "awaited", "busy"])
    show()
    return VBox([what, row(start)])


def played_view(model: ChallengeModel) -> Played:
    """The photo and its labels."""
    played = Played(hearing(model), shown=model.shown)
    dlink((model, "shown"), (played, "shown"))
    model.observe(lambda change: played.show(change["new"]), "picture")
    played.show(model.picture)
    return played


def hearing(model: ChallengeModel) -> Callable[[str, Any, Any], object]:
    """What each click and key does."""

    def turn() -> None:
        model.go_on() if model.stage == "paused" else model.pause()

    plain: dict[str, Callable[[], object]] = {
        "undo": model.undo,
        "turn": turn,
        "ready": model.tell_again,
    }

    def heard(what: str, value: Any, number: Any) -> None:
        labels = model.game.contest.labels if model.game else ()
        if what == "answer" and isinstance(value, int) and 0 <= value < len(labels):
            if number is not None:
                model.answer(labels[value], number)
        elif what in plain:
            plain[what]()

    return heard


def end_view(model: ChallengeModel) -> VBox:
    """Where the two disagree, and the way to the board; nothing before the end."""
    title, same, tiles = HTML(), Said(tone="hint"), Tiles("Where you and the model disagree")
    tiles.add_class("ck-disagree")
    name = Text(value=YOU, description="Name on the board", continuous_update=False)
    name.style.description_width = "auto"
    put, standing = Button(), Said()
    put.on_click(lambda _: model.put_on_board(name.value))
    dlink((model, "standing"), (standing, "text"))
    dlink((model, "standing"), (put, "description"), words_of_put)
    box = VBox([title, tiles, same, row(name, put), standing])

    def show(_: object = None) -> None:
        outcome = model.outcome
        box.layout.display = "" if outcome else "none"
        title.value = DISAGREE if outcome and outcome.disagreements else ""
        same.text = agreed(outcome) if outcome else ""
        tiles.show(disagreements(model, outcome) if outcome else [])

    box.add_class("ck-over")
    model.observe(show, "outcome")
    show()
    return box


def words_of_put(standing: str) -> str:
    """What the button does: the same result is never there twice."""
    return "Change the name" if standing else "Put it on the board"


def disagreements(model: ChallengeModel, outcome: Outcome) -> list[Shown]:
    """The photos that the two call differently, with the truth."""
    return [
        Shown(f"Truth: {it.photo.label}", said_of(it), smaller(model.picture_of(it.photo.file)))
        for it in outcome.disagreements
    ]


def said_of(answer: Answer) -> str:
    """What each of the two says, and whether it is right, in words."""
    photo = answer.photo
    both = (("You", answer.you), ("Model", photo.model))
    return " ".join(
        f"{who}: {said} ({'right' if said == photo.label else 'wrong'})." for who, said in both
    )
