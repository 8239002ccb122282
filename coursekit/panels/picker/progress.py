"""How far a long job is, as one value that is replaced whole."""

from __future__ import annotations

from dataclasses import dataclass

from coursekit.core.wording import file_size


class Cancelled(Exception):
    """Somebody had enough of a long job; not a `CourseError`, since nothing is wrong."""


@dataclass(frozen=True)
class Progress:
    """So much done, of so much (None: not known), of what; nothing runs where `what` is empty."""

    done: int = 0
    total: int | None = None
    what: str = ""

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where it is not known."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def counted(self, verb: str) -> str:
        """`looked at 1,200 of 5,000`; empty where nothing runs."""
        return f"{verb} {self.done:,} of {self.total:,}" if self.what and self.total else ""

    def sized(self) -> str:
        """`pets.tgz: downloading, 16 MB of 800 MB`; empty where nothing runs."""
        if not self.what:
            return ""
        if "writing" in self.what:  # pictures, not bytes
            return self.counted(f"{self.what},")
        of = f" of {file_size(self.total)}" if self.total else ""
        return f"{self.what}, {file_size(self.done)}{of}"
