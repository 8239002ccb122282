"""The photos page by page on the page."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import BoundedIntText, Button, Dropdown, HBox, VBox, dlink

from coursekit.panels.frame import Said, row
from coursekit.panels.picker.model import PickerModel
from coursekit.panels.picker.pages import PARTS, Page, PagesModel, Tile
from coursekit.panels.picker.tiles import Shown, Tiles
from coursekit.panels.working import Worker

ANYWAY = "Show them all the same"


def pages_view(model: PickerModel, pages: PagesModel) -> VBox:
    """Filters, a page of photos, and the way to the others."""
    worker, tiles, said = Worker(), Tiles("Photos"), Said(tone="hint")
    dlink((pages, "page"), (said, "text"), str)

    def show(_: object = None) -> None:
        tiles.show([shown(tile) for tile in pages.page.tiles])

    def turn(_: object = None) -> None:
        worker.do(pages.show)

    pages.observe(show, "page")
    model.observe(turn, "found")
    turn()
    kept = kept_view(pages, turn)
    return VBox([filters(model, pages, worker), steps(pages, worker), said, kept, tiles])


def kept_view(pages: PagesModel, turn: Callable[[], object]) -> HBox:
    """Says which photos are kept for a game, and gives the game up."""
    said, anyway = Said(tone="hint"), Button(description=ANYWAY, layout={"width": "auto"})
    box = row(said, anyway)

    def show_all(_: object) -> None:
        pages.show_all()
        turn()

    anyway.on_click(show_all)
    dlink((pages, "hidden"), (said, "text"))
    dlink((pages, "hidden"), (box.layout, "display"), lambda it: "" if it else "none")
    return box


def shown(tile: Tile) -> Shown:
    """A tile as it is shown: its label, its file, its part."""
    return Shown(tile.label, f"{tile.name}, {tile.part}", tile.jpeg, tile.reason)


def filters(model: PickerModel, pages: PagesModel, worker: Worker) -> HBox:
    """Which class, which part of the split."""
    label = Dropdown(description="Class")
    part = Dropdown(options=[(words, key) for key, words in PARTS.items()], description="Part")
    for control in label, part:
        control.style.description_width = "auto"
        control.add_class("ck-filter")
    filling = False

    def fill(_: object = None) -> None:
        nonlocal filling
        filling, classes = True, model.found.classes if model.found else {}
        label.options = [
            ("all classes", None),
            *((f"{it} ({n:,})", it) for it, n in classes.items()),
        ]
        label.index = 1 + list(classes).index(pages.label) if pages.label in classes else 0
        filling = False

    def choose(_: object) -> None:
        if not filling:
            pages.choose(label.value, part.value)
            worker.do(pages.show)

    model.observe(fill, "found")
    fill()
    label.observe(choose, "value")
    part.observe(choose, "value")
    return row(label, part)


def steps(pages: PagesModel, worker: Worker) -> HBox:
    """First, previous, a number, next, last."""
    number = BoundedIntText(value=1, min=1, max=1, description="Page", layout={"width": "9em"})
    number.style.description_width = "auto"

    def go(to: int) -> None:
        if pages.ask(to) != pages.page.number:
            worker.do(pages.show)

    def button(words: str, to: object, ends: object) -> Button:
        made = Button(description=words, layout={"width": "auto"})
        made.on_click(lambda _: go(to()))  # type: ignore[operator]
        dlink((pages, "page"), (made, "disabled"), ends)
        return made

    def at_start(page: Page) -> bool:
        return page.number <= 1

    def at_end(page: Page) -> bool:
        return page.number >= page.pages

    def follow(_: object = None) -> None:
        number.max = pages.page.pages
        number.value = pages.page.number

    pages.observe(follow, "page")
    number.observe(lambda change: go(change["new"]), "value")
    follow()
    return row(
        button("First", lambda: 1, at_start),
        button("Previous", lambda: pages.page.number - 1, at_start),
        number,
        button("Next", lambda: pages.page.number + 1, at_end),
        button("Last", lambda: pages.pages, at_end),
    )
