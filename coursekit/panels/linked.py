"""Widgets that show a model which outlives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets import dlink


class Linked:
    """To be mixed into a widget's class: closing the widget lets go of the model.

    Attributes:
        links: From the model to the widget, or to what is in it.
    """

    links: tuple[dlink, ...] = ()

    def close(self) -> None:
        """Takes it out of every page, and out of the model's sight."""
        for link in self.links:
            link.unlink()
        self.links = ()
        super().close()  # type: ignore[misc]  # the widget's
