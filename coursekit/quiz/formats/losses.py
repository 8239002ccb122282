"""What a conversion could not keep, one sentence a kind of loss."""

from __future__ import annotations

from coursekit.core.wording import listing


class Losses:
    """What was lost, and in which questions."""

    def __init__(self) -> None:
        self.ids: dict[str, list[str]] = {}

    def add(self, what: str, id: str) -> None:
        """Notes a loss in a question; `what` is a sentence without its full stop."""
        known = self.ids.setdefault(what, [])
        if id not in known:
            known.append(id)

    def sentences(self) -> list[str]:
        """A sentence a kind of loss, in the order in which they were first met."""
        return [f"{what}: {listing(ids)}." for what, ids in self.ids.items()]
