"""What somebody arms the watchdog with, and how that reaches its process."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from coursekit.core.errors import CourseError
from coursekit.machine.watchdog.decide import Orders

UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
PROVIDER = "provider"


class NoDuration(CourseError):
    """A text that is no length of time."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no length of time. Say it like 45m, 1h30m or 90s.")


def seconds(text: str) -> float:
    """`45m`, `1h30m`, `90s` in seconds.

    Raises:
        NoDuration: It is none, or none at all.
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(min|[smhd])", text.lower())
    if "".join(number + unit for number, unit in parts) != "".join(text.lower().split()):
        raise NoDuration(text)
    if not (total := sum(float(number) * UNITS[unit] for number, unit in parts)):
        raise NoDuration(text)
    return total


@dataclass(frozen=True)
class Arming:
    """Orders as they are handed to the watchdog's process.

    Attributes:
        id: A word for this arming.
        idle: Seconds without a sign of life after which it acts.
        most: Seconds after which it acts whatever happens; None for never.
        command: What it runs; "" to stop the machine as its provider says.
        dry_run: Whether it only says what it would do.
        runtime: Jupyter's runtime folder.
    """

    id: str
    idle: float
    most: float | None
    command: str
    dry_run: bool
    runtime: str

    @property
    def orders(self) -> Orders:
        """What decides when."""
        return Orders(self.idle, self.most)

    def to_json(self) -> str:
        """As its process reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Arming:
        """What `to_json` gave."""
        return cls(**json.loads(text))
