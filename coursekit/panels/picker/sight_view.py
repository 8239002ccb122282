"""What a network will be given of the photos, at a size and with or without augmentation."""

from __future__ import annotations

from functools import partial

from ipywidgets import HTML, BoundedIntText, Button, Checkbox, VBox, dlink, link

from coursekit.panels.ask import terms_line
from coursekit.panels.frame import Said, busy_line, error_line, row
from coursekit.panels.picker.model import SIZES, PickerModel
from coursekit.panels.picker.sight import Picture, SightModel
from coursekit.panels.picker.tiles import Shown, Tiles
from coursekit.panels.working import Worker

HINT = "Each photo is cut to a square in its middle and brought to this size, pixel by pixel."


def sight_view(model: PickerModel, sight: SightModel) -> VBox:
    """The size, augmentation, a few photos, and variations of one."""
    worker = Worker()
    size = BoundedIntText(min=SIZES[0], max=SIZES[1], step=32, description="Size in pixels")
    size.layout.width = "12em"
    size.style.description_width = "auto"
    augment = Checkbox(description="Vary the photos in training (augmentation)", indent=False)
    link((model, "size"), (size, "value"))
    link((model, "augment"), (augment, "value"))
    others = Button(description="Other photos", layout={"width": "auto"})
    given, varied = Tiles("What the network is given"), Tiles("Variations of one photo")
    for tiles in given, varied:
        tiles.add_class("ck-tiles-exact")
    title = HTML()
    dlink((sight, "varied"), (title, "value"), lambda it: VARIED if it else "")

    def look(_: object = None) -> None:
        worker.do(lambda: sight.look(model.size, model.augment))

    def other(_: object) -> None:
        sight.others()
        look()

    others.on_click(other)
    model.observe(look, ["found", "size", "augment"])
    sight.observe(partial(show, sight, "pictures", given), "pictures")
    sight.observe(partial(show, sight, "varied", varied), "varied")
    look()
    lines = busy_line(sight), error_line(sight)
    hint = Said(text=HINT, tone="hint")
    terms = terms_line("augmentation", "training set")
    return VBox([hint, row(size, augment, others), *lines, given, title, varied, terms])


VARIED = "<h3>One photo as training would vary it</h3>"


def show(sight: SightModel, trait: str, tiles: Tiles, _: object) -> None:
    """Hands pictures to their place."""
    pictures: tuple[Picture, ...] = getattr(sight, trait)
    tiles.show([Shown(it.label, it.name, it.png) for it in pictures])
