"""What this machine costs: so far, and if it is left on. No float is money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from coursekit.core.wording import duration
from coursekit.machine.rate import Rate, rate, set_rate
from coursekit.machine.start import started

__all__ = ["Costs", "Forecast", "about", "charge", "costs", "money", "rate", "set_rate"]

MORNING = time(8)
NIGHT = 5
"""Until this hour it is still last night."""

CENT = Decimal("0.01")
HOUR = Decimal(3_600_000_000)
"""In microseconds, as a timedelta counts."""


@dataclass(frozen=True)
class Forecast:
    """What it costs to leave the machine on.

    Attributes:
        until: The end, in UTC.
        when: The same in words, such as `Monday 8:00`.
        cost: From now until then.
    """

    until: datetime
    when: str
    cost: Decimal


@dataclass(frozen=True)
class Costs:
    """What this machine costs now.

    Attributes:
        rate: Per hour.
        on: How long the machine is on by now.
        so_far: What that cost.
        overnight: Until the next morning.
        weekend: Until Monday morning; the same as `overnight` on a Sunday.
    """

    rate: Rate
    on: timedelta
    so_far: Decimal
    overnight: Forecast
    weekend: Forecast

    def sentences(self) -> list[str]:
        """What to say, each a sentence."""
        currency, ago = self.rate.currency, duration(self.on.total_seconds())
        ends = [self.overnight, self.weekend]
        return [
            f"{about(self.so_far, currency)} since this machine started, {ago} ago.",
            *(
                f"{about(it.cost, currency)} if it stays on until {it.when}."
                for it in (ends if self.weekend != self.overnight else ends[:1])
            ),
        ]

    def as_json(self) -> dict[str, Any]:
        """The same for programs: amounts as text with all their digits, times in seconds."""
        ends = {"overnight": self.overnight, "weekend": self.weekend}
        return {
            "rate": f"{self.rate.amount:f}",
            "currency": self.rate.currency,
            "on_s": round(self.on.total_seconds()),
            "so_far": f"{self.so_far:f}",
            **{
                name: {"until": it.until.isoformat(), "cost": f"{it.cost:f}"}
                for name, it in ends.items()
            },
        }


def costs(
    now: datetime | None = None, zone: tzinfo | None = None, since: datetime | None = None
) -> Costs | None:
    """What this machine costs; None where nobody typed a price. Takes milliseconds.

    Args:
        now: With its zone; None: now.
        zone: Where 8:00 is meant; None: this machine's, with its summer time.
        since: When the machine started; None: as the system says.
    """
    price = rate()
    if price is None:
        return None
    now = now or datetime.now(UTC)
    on = max(now - (since or started()), timedelta(0))
    local = now.astimezone(zone)
    night = local.date() + timedelta(days=0 if local.hour < NIGHT else 1)
    monday = night + timedelta(days=-night.weekday() % 7)
    named = "today" if night == local.date() else "tomorrow"
    overnight = _until(price, now, night, zone, f"{{}} {named}")
    weekend = overnight if monday == night else _until(price, now, monday, zone, "Monday {}")
    return Costs(price, on, charge(price, on), overnight, weekend)


def _until(price: Rate, now: datetime, day: date, zone: tzinfo | None, words: str) -> Forecast:
    """What it costs until a morning; hours are real ones, where the clock is put forward, too."""
    morning = datetime.combine(day, MORNING)
    local = morning.astimezone() if zone is None else morning.replace(tzinfo=zone)
    clock = "8:00 UTC" if local.tzname() == "UTC" else "8:00"
    until = local.astimezone(UTC)  # times of one zone are subtracted as its clocks show them
    return Forecast(until, words.format(clock), charge(price, until - now.astimezone(UTC)))


def charge(price: Rate, time: timedelta) -> Decimal:
    """What so much time costs, not rounded."""
    return price.amount * Decimal(time // timedelta(microseconds=1)) / HOUR


def money(amount: Decimal, currency: str) -> str:
    """`14.40 $`, `1,440.00 EUR`; what is less than a cent is said so."""
    if 0 < amount < CENT / 2:
        return f"less than 0.01 {currency}"
    return f"{amount.quantize(CENT, ROUND_HALF_UP):,} {currency}"


def about(amount: Decimal, currency: str) -> str:
    """`About 14.40 $`, `Less than 0.01 $`."""
    return f"About {money(amount, currency)}".replace("About less", "Less")
