"""Whose machine this is, how it is stopped, and what it costs: to be known before one leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coursekit.machine import providers
from coursekit.machine.cost import Costs, costs
from coursekit.machine.month import Month, this_month
from coursekit.machine.providers import Provider

PRICE = 'Say what an hour costs, and it is counted: coursekit machine --price "0.526 USD"'


@dataclass(frozen=True)
class Bill:
    """What is known of leaving this machine.

    Attributes:
        provider: Whose it is.
        costs: What it costs; None where nobody typed a price.
        month: What it cost this month; None likewise.
        skipped: A sentence for each plug-in for a provider that can't be used.
    """

    provider: Provider
    costs: Costs | None = None
    month: Month | None = None
    skipped: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """What to say, each a sentence or two."""
        it = self.provider
        costs = self.costs.sentences() if self.costs else [PRICE] if it.paid else []
        month = self.month.sentence() if self.month else ""
        said = [*it.leaving(), *costs, month, *self.skipped]
        return [sentence for sentence in said if sentence]

    def as_json(self) -> dict[str, Any]:
        """The same for programs; docs/machine.md says what each name means."""
        it = self.provider
        return {
            "provider": {
                "name": it.name,
                "stop": it.stop,
                "delete": it.delete,
                "still_costs": it.still_costs,
                "limits": it.limits,
                "source": it.source,
                "read": it.read.isoformat() if it.read else None,
                "paid": it.paid,
            },
            "costs": self.costs and self.costs.as_json(),
            "month": self.month and self.month.as_json(),
            "skipped": self.skipped,
        }


def bill() -> Bill:
    """What is known of leaving this machine; asks the database where a price was typed."""
    return Bill(providers.recognise(), costs(), this_month(), providers.skipped())
