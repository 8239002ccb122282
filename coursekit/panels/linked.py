"""Widgets that show a model which outlives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ipywidgets import VBox, Widget
from traitlets import HasTraits


class Link(Protocol):
    """Ties a widget to a model, as `dlink` does."""

    def unlink(self) -> None:
        """Lets go of both."""


class Observer:
    """A link to what is not a widget's trait: `tell` is called when the model's trait changes."""

    def __init__(self, model: HasTraits, name: str, tell: Callable[[], object]) -> None:
        self._model, self._name, self._hear = model, name, lambda _: tell()
        model.observe(self._hear, name)

    def unlink(self) -> None:
        """Nothing more is told."""
        self._model.unobserve(self._hear, self._name)


class Linked:
    """To be mixed into a widget's class: closing the widget lets go of the model.

    Attributes:
        links: From the model to the widget, or to what is in it.
    """

    links: tuple[Link, ...] = ()

    def close(self) -> None:
        """Takes it out of every page, and out of the model's sight."""
        for link in self.links:
            link.unlink()
        self.links = ()
        super().close()  # type: ignore[misc]  # the widget's


class Group(Linked, VBox):  # type: ignore[misc]  # it has no types
    """Widgets one below the other, and what ties them to their model."""

    def __init__(self, children: Sequence[Widget], *links: Link) -> None:
        super().__init__(children)
        self.links = links
