"""What this machine cost this month, for the hours that it is known to have been on; in the store.

Whoever imports this needs no database: that costs 0.2 s and 20 MB, and is done where somebody
typed a price and a minute has passed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.core.wording import duration
from coursekit.machine.cost import about, charge
from coursekit.machine.identity import machine
from coursekit.machine.rate import Rate, rate
from coursekit.machine.start import awake_since
from coursekit.machine.stretches import Stretches

if TYPE_CHECKING:
    from coursekit.store.database import Database

PATIENCE = 0.5
"""Seconds to wait for a database that others write to."""


@dataclass(frozen=True)
class Month:
    """What this machine cost since the month began.

    Attributes:
        rate: Per hour.
        seen: How long it is known to have been on; None where that can't be read.
        why: Why it can't, in words that follow a "because".
    """

    rate: Rate
    seen: timedelta | None
    why: str = ""

    @property
    def cost(self) -> Decimal | None:
        """What that cost, not rounded."""
        return None if self.seen is None else charge(self.rate, self.seen)

    def sentence(self) -> str:
        """What to say; "" where the machine was not seen on yet."""
        if self.seen is None or self.cost is None:
            return f"What this month cost is not known ({self.why})."
        if not self.seen:
            return ""
        seen = duration(self.seen.total_seconds())
        cost = about(self.cost, self.rate.currency)
        return f"{cost} this month, for {seen} that this machine is known to have been on."

    def as_json(self) -> dict[str, Any]:
        """The same for programs: the amount as text with all its digits, times in seconds."""
        return {
            "seen_s": None if self.seen is None else round(self.seen.total_seconds()),
            "cost": None if self.cost is None else f"{self.cost:f}",
        }


def this_month(now: datetime | None = None, zone: tzinfo | None = None) -> Month | None:
    """What this machine cost this month; None where nobody typed a price.

    Args:
        now: With its zone; None: now.
        zone: Where the month began at midnight; None: this machine's.
    """
    price = rate()
    if price is None:
        return None
    now = now or datetime.now(UTC)
    first = datetime.combine(now.astimezone(zone).date().replace(day=1), time(0))
    begins = first.astimezone() if zone is None else first.replace(tzinfo=zone)
    return Month(price, *_seen_between(begins, now))


def _seen_between(begins: datetime, ends: datetime) -> tuple[timedelta | None, str]:
    if not os.environ.get("COURSEKIT_DB") and not (paths.home() / "coursekit.db").exists():
        return timedelta(0), ""  # no database is made, and none imported, to find nothing in it
    from coursekit.store import answers, stretches
    from coursekit.store.database import database
    from coursekit.store.errors import StoreError

    try:
        with database().reading() as session:
            learner = answers.learner_id(session) or ""
            return stretches.seen(session, learner, machine(), begins, ends), ""
    except StoreError as error:
        return None, error.why


def touch(now: datetime | None = None) -> None:
    """Notes that this machine is on; call it once a minute or oftener, from any process.

    It does nothing where nobody typed a price. It never raises, and takes `PATIENCE` seconds at
    most where others write to the database.
    """
    if rate() is not None:
        _stretches.touch(now or datetime.now(UTC))


def note(now: datetime | None = None) -> None:
    """Notes at once that this machine has been on since it started, where that is certain.

    For a command that ends soon. It does nothing where nobody typed a price, and never raises.
    """
    since = awake_since() if rate() is not None else None
    if since is not None:
        with suppress(CourseError):
            _write(since, now or datetime.now(UTC))


def _write(began: datetime, ended: datetime) -> None:
    """Keeps a stretch, with the forgotten night before it: who comes back knows that it was on."""
    began = min(began, awake_since() or began)
    from coursekit.store import answers, stretches
    from coursekit.store.database import address

    with _impatient(address().render_as_string(hide_password=False)).writing() as session:
        learner = answers.the_learner(session).id
        stretches.see(session, learner, machine(), began, ended)


@cache
def _impatient(url: str) -> Database:
    from coursekit.store.database import Database

    return Database(url, wait=PATIENCE)


_stretches = Stretches(_write)
