"""What a row of the table says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """A row of the table, in words."""

    what: str
    must: str
    reached: str
    ours: str
    rival: str
    holds: bool


def under(what: str, figure: float, limit: float, unit: str, beside: str) -> Result:
    said = f"{figure:.2f} {unit}" if figure < 10 else f"{figure:.0f} {unit}"
    return Result(what, f"under {limit:g} {unit}", said, said, beside, figure < limit)
