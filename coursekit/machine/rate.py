"""What an hour of this machine costs, as whoever pays for it typed it."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from coursekit.core import paths
from coursekit.core.errors import CourseError, unwritten
from coursekit.machine.identity import machine

FILE = "rates.json"
HIGHEST = 100_000
LONGEST = 10
"""Characters of a currency."""

PER_HOUR = re.compile(r"\s*(/\s*(h|hr|hour)|(per|an|a|each)\s+hour|hourly)\.?$", re.IGNORECASE)
PRICE = re.compile(r"(?P<before>[^0-9.,]*)(?P<number>[0-9.,]*[0-9])(?P<after>[^0-9]*)")


class NoRate(CourseError):
    """What was typed is no price."""


class RateNotKept(CourseError):
    """The price can't be written down."""


@dataclass(frozen=True)
class Rate:
    """A price per hour.

    Attributes:
        amount: More than 0; no float, which would not hold 0.1.
        currency: As it was typed, such as `$` or `EUR`.
    """

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def parse(text: str) -> Rate:
    """A price per hour from `0.526 $`, `$0.526/h`, `0,53 EUR per hour` and the like.

    Raises:
        NoRate: It can't be read, or in two ways.
    """
    price = PER_HOUR.sub("", " ".join(text.split()))
    found = PRICE.fullmatch(price)
    if not found:
        raise NoRate(f"“{price[:40]}” is no price. Type what an hour costs, such as 0.526 $.")
    currency = (found["before"] or found["after"]).strip()
    if not currency or (found["before"].strip() and found["after"].strip()):
        raise NoRate("Type what an hour costs with its currency, once, such as 0.526 $.")
    if found["number"][0] in ".," and found["before"].strip().isalpha():
        # "$0.5" in a shell's double quotes, where $0 is the shell's name
        raise NoRate(f"“{price[:40]}” is no price. Put it in single quotes, or type 0.526 USD.")
    if len(currency) > LONGEST or not all(map(_in_currency, currency)):
        raise NoRate(f"“{currency[:40]}” is no currency. Type one such as $ or EUR.")
    return Rate(_amount(found["number"]), currency)


def _in_currency(sign: str) -> bool:
    return sign.isalpha() or sign in ". " or unicodedata.category(sign) == "Sc"


def _amount(number: str) -> Decimal:
    whole, point, rest = number.replace(",", ".").partition(".")
    if "." in rest:
        raise NoRate(f"{number} has two separators. Type it without those of thousands.")
    if "," in number and len(rest) == 3 and not whole.startswith("0") and whole:
        raise NoRate(f"{number} can be read in two ways. Type {whole}{rest} or {whole}.{rest}.")
    amount = Decimal(f"{whole or 0}{point}{rest}")
    if not 0 < amount <= HIGHEST or len(rest) > 6:
        raise NoRate(f"{number[:40]} is no price of an hour. Type one such as 0.526 $.")
    return amount


def rate() -> Rate | None:
    """What was typed for this machine; None where nothing was, or where it can't be read."""
    try:
        return parse(_kept()[machine()])
    except (KeyError, NoRate):
        return None


def set_rate(text: str) -> Rate | None:
    """Keeps a price for this machine, in the home's `state/rates.json`; "" takes it away.

    Raises:
        NoRate: It is none, and the one before stays.
        RateNotKept: The home can't be written.
    """
    made = parse(text) if text.strip() else None
    rates = _kept()
    if made:
        rates[machine()] = str(made)
    else:
        rates.pop(machine(), None)
    try:
        paths.write_text(paths.folder("state") / FILE, json.dumps(rates, indent=1) + "\n")
    except OSError as error:
        why = unwritten(error)
        raise RateNotKept(f"The price can't be kept in {paths.home()} ({why}).") from None
    return made


def _kept() -> dict[str, str]:
    """The prices of all machines that this home was on, by machine."""
    try:
        found = json.loads((paths.home() / "state" / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {it: str(text) for it, text in found.items()} if isinstance(found, dict) else {}
