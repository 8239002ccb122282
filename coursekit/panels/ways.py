"""Which of several parts of a panel is shown: radio buttons in a row, one group by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from ipywidgets import VBox, Widget
from traitlets import List, Unicode


class Ways(anywidget.AnyWidget):
    """Radio buttons; `value` is the one that is chosen.

    Args:
        label: What is chosen.
        options: The words of each; the first is chosen at the beginning.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    label = Unicode().tag(sync=True)
    options: Any = List().tag(sync=True)
    value = Unicode().tag(sync=True)

    def __init__(self, label: str, options: list[str]) -> None:
        super().__init__(label=label, options=options, value=options[0])


def sections(
    label: str,
    makers: dict[str, Callable[[], Widget]],
    turned: Callable[[], object] = lambda: None,
) -> VBox:
    """One of several parts at a time, each made when it is first wanted.

    Args:
        label: What is chosen.
        makers: The parts by what they are called.
        turned: Called when another one is chosen.
    """
    which = Ways(label, list(makers))
    places = {name: VBox(layout={"display": "none"}) for name in makers}

    def show(_: object = None) -> None:
        for name, place in places.items():
            if name == which.value and not place.children:
                place.children = (makers[name](),)
            place.layout.display = "" if name == which.value else "none"

    which.observe(show, "value")
    which.observe(lambda _: turned(), "value")
    show()
    return VBox([which, *places.values()])
