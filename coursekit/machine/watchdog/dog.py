"""The watchdog itself: looks every few seconds, says how it stands, and acts in the end."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from coursekit.core import paths
from coursekit.core.errors import CourseError, unwritten
from coursekit.core.wording import listing, plural
from coursekit.machine import clocks
from coursekit.machine.idle import Seen
from coursekit.machine.watchdog import acting, log, switch, words
from coursekit.machine.watchdog.decide import Decider, Decision
from coursekit.machine.watchdog.orders import Arming
from coursekit.machine.watchdog.saving import Checkpoints
from coursekit.machine.watchdog.standing import State

TICK = 4.0
"""Seconds between two looks: signs are seen so late, and it has to act within 5 of its time."""

GLANCE = 1.0
"""Seconds between two looks at the switch."""

TELLING = "what it says of itself"
"""A source beside those that it looks at: what nobody could be warned of is not done."""

DONE = "What it had done by then stays done."

Look = Callable[[bool], Mapping[str, Seen]]


class Dog:
    """One arming.

    Args:
        arming: What it was told.
        look: What all sources show; it is told whether something is about to be done.
    """

    def __init__(self, arming: Arming, look: Look) -> None:
        self._look, self._checkpoints = look, Checkpoints()
        self._decider = Decider(arming.orders, time.monotonic())
        self.decision = Decision("guarding")
        self._untold = ""  # why it can't say how it stands
        told = asdict(arming)
        del told["runtime"]
        here: dict[str, Any] = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "place": clocks.place(),
        }
        self.state = State("guarding", armed=time.time(), **here, **told)

    def begin(self) -> None:
        """Looks for the first time, and says how it stands.

        Raises:
            CourseError: It can't be said, so nobody could tell that it watches, or why it acted.
        """
        switch.forget()
        log.say(f"Armed. {words.orders(self.state)}")
        self._see(0.0)
        try:
            self.state.write()
        except OSError as error:
            raise CourseError(
                f"{paths.home() / 'state'} can't be written: {unwritten(error)}."
            ) from error

    def run(self) -> bool:
        """Watches until it has acted or is switched off; whether it acted and that went well."""
        began = clocks.through_sleep()
        while not self._is_off():
            if self.decision.phase == "acting":
                return self._act()
            wait = min(TICK, self._decider.next(time.monotonic(), self.decision))
            if self._rest(wait):
                before, began = began, clocks.through_sleep()
                self._see(began - before - wait)
                self._tell()
        log.say("Switched off.")
        self._leave()
        return False

    def _is_off(self) -> bool:
        return switch.is_off(self.state.id)

    def _leave(self, why: str = "") -> None:
        self._tell(phase="off", deadline=None, why=why)
        switch.forget()

    def _rest(self, seconds: float) -> bool:
        """Waits so long, or until it is switched off; whether it is not."""
        end = time.monotonic() + seconds
        while not self._is_off():
            if (left := end - time.monotonic()) <= 0:
                return True
            time.sleep(min(GLANCE, left))
        return False

    def _see(self, away: float) -> None:
        """Looks, decides, and notes what is new.

        Args:
            away: Seconds that it got no time, beyond those that it waited.
        """
        if soon := self.decision.phase != "guarding":
            self._tell()  # a disk may have become full since the last look
        seen = {**self._look(soon), TELLING: Seen(unknown=self._untold)}
        now, missing = time.monotonic(), self._checkpoints.missing()
        before, self.decision = self.decision, self._decider.look(now, seen, away, missing)
        if self.decision.save and self._save() and self.decision.phase == "acting":
            # the look took longer than was left; whoever is asked only now gets the time for it
            self.decision = replace(self.decision, phase="saving")
        if self.decision.phase == "guarding":
            self._checkpoints.forget()
        clock = self._decider.clock
        self._say_news(before, clock.unknown)
        self._note(since=clock.since, sign=clock.sign, unknown=clock.unknown)

    def _save(self) -> bool:
        """Asks for checkpoints; its time comes also where somebody can't be asked.

        Returns:
            Whether somebody was asked by this call.
        """
        asked = self._checkpoints.ask()
        if asked.runs:
            log.say(f"{plural(len(asked.runs), 'training')} asked for a checkpoint.")
        if asked.unasked:
            log.say(f"Nobody could be asked for a checkpoint in {listing(asked.unasked)}.")
        return bool(asked.runs)

    def _say_news(self, before: Decision, unknown: str) -> None:
        if unknown != self.state.unknown:
            log.say(f"{unknown} So it does not act." if unknown else "All can be asked again.")
        if self.decision.phase == before.phase:
            return
        if self.decision.phase == "guarding":
            clock = self._decider.clock
            why = "something can't be asked" if unknown else f"a sign of life: {clock.sign}"
            log.say(f"The countdown is broken off: {why}.")
        elif self.decision.phase == "countdown":
            log.say(f"The countdown begins. {self._reason()}")
        elif self.decision.phase == "saving":
            log.say("It waits for the checkpoints.")

    def _reason(self) -> str:
        """Why it acts, or is about to."""
        clock, most = self._decider.clock, self.state.most
        if self.decision.latest and most is not None:
            return f"It was armed for {words.span(most)} at most."
        quiet = words.span(clock.idle(time.monotonic()))
        return f"There was no sign of life for {quiet}; the last was {clock.sign}."

    def _note(self, **changes: Any) -> None:
        now: dict[str, Any] = {"beat": time.time(), "clock": time.monotonic()}
        now |= {name: getattr(self.decision, name) for name in ("phase", "deadline", "latest")}
        self.state = replace(self.state, **now | changes)

    def _tell(self, **changes: Any) -> None:
        """Says how it stands; a disk that has become full keeps nobody from watching."""
        self._note(**changes)
        try:
            self.state.write()
        except OSError as error:
            self._untold = f"How it stands can't be written ({unwritten(error)})."
        else:
            self._untold = ""

    def _act(self) -> bool:
        why = self._reason()
        if self.state.dry_run:
            log.say(f"{why} This was a rehearsal, so its command was not run.")
            self._tell(phase="rehearsed", why=f"{why} This was a rehearsal, so nothing was run.")
            return True
        log.say(f"{why} So it acts.")
        self._tell(phase="acting", why=why)
        status: int | str | None
        try:
            command = acting.start(self.state.command)
            while (status := command.poll()) is None:
                if self._is_off():
                    return self._break_off(command)
                self._tell(phase="acting")
                time.sleep(GLANCE)
        except OSError as error:
            status = error.strerror or str(error)
        return self._end(status, why)

    def _break_off(self, command: subprocess.Popen[bytes]) -> bool:
        """Ends the command that runs: somebody switched the watchdog off."""
        if acting.end(command):
            why = f"Its command had begun, and was ended. {DONE}"
            self._leave(why)
        else:
            whose = f"process group {command.pid}"
            why = f"Its command runs already and could not all be ended: {whose}. {DONE}"
            self._tell(phase="acted", why=why)
            switch.forget()
        log.say(f"Switched off. {why}")
        return False

    def _end(self, status: int | str, why: str) -> bool:
        well = status == 0
        how = "ended well" if well else f"failed ({status}), so the machine may be on still"
        log.say(f"The command {how}.")
        self._tell(phase="acted" if well else "failed", why=f"{why} The command {how}.")
        return well
