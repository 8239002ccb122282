"""What is known of a provider of machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from coursekit.core.errors import CourseError
from coursekit.machine.providers.signs import Signs

LONGEST = 60.0
"""Seconds that a stop command may take."""


class CannotStop(CourseError):
    """The machine could not be stopped from here; the text says how else."""


@dataclass(frozen=True)
class Provider:
    """Whose machine this is, in words for whoever pays for it.

    Attributes:
        name: What people call it.
        recognise: Whether a machine is one of these; looks at its signs and at nothing else.
        stop: The menu path or the command that ends the costs, in exact words.
        delete: Likewise, for what ends all of them.
        still_costs: What goes on costing after a stop.
        limits: When it ends by itself, and what a stop loses.
        source: The address of the provider's own page where that stands; "" where there is no
            provider.
        read: When that was read.
        more: Further pages of the provider's.
        paid: Whether somebody pays for its time, as a rule.
        command: What stops this machine when a shell on it runs it; "" where there is nothing.
        ask: Stops it in another way and says what happened; raises `CannotStop`.
    """

    name: str
    recognise: Callable[[Signs], bool]
    stop: str
    delete: str
    still_costs: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    source: str = ""
    read: date | None = None
    more: tuple[str, ...] = ()
    paid: bool = True
    command: str = ""
    ask: Callable[[Signs], str] | None = None

    @property
    def can_stop(self) -> bool:
        """Whether this machine can be stopped from here."""
        return bool(self.command or self.ask)

    def leaving(self) -> list[str]:
        """How it is stopped, and then what goes on costing; each a sentence or two."""
        still = (f"Goes on costing then: {what}" for what in self.still_costs)
        return [f"{self.name}. {self.stop}", *still]

    def stop_now(self, signs: Signs | None = None) -> str:
        """Stops this machine. Ask whoever uses it first.

        Returns:
            A sentence about what happened, for as long as there is somebody to read it.

        Raises:
            CannotStop: It goes on running.
        """
        if self.ask:
            return self.ask(signs or Signs())
        if not self.command:
            raise CannotStop(f"This can't be stopped from here. {self.stop}")
        return self._run()

    def _run(self) -> str:
        import subprocess  # only whoever stops a machine needs it

        try:
            done = subprocess.run(  # noqa: S603 - a constant of the provider's
                ["/bin/sh", "-c", self.command],
                stdin=subprocess.DEVNULL,  # a question for a password would wait for ever
                capture_output=True,
                timeout=LONGEST,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            raise CannotStop(f"`{self.command}` did not work here. {self.stop}") from None
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").split("\n")
            why = " ".join(lines[0].split())[:200] or f"it ended with {done.returncode}"
            raise CannotStop(f"`{self.command}` did not work ({why}). {self.stop}")
        return f"{self.name} was told to stop this machine."
