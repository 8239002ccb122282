"""A price is read as it was meant, or not at all."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.core.errors import sentence
from coursekit.machine import rate as rates
from coursekit.machine.rate import NoRate, Rate, RateNotKept, parse, rate, set_rate


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("0.526 $", "0.526", "$"),
        ("$0.526", "0.526", "$"),
        ("  $ 0.526 / h ", "0.526", "$"),
        ("0,53 €", "0.53", "€"),
        ("0,526 EUR per hour", "0.526", "EUR"),
        (",5 €/hour", "0.5", "€"),
        ("1.20 EUR an hour", "1.20", "EUR"),
        ("2 Fr.", "2", "Fr."),
        ("US$ 3.06/hr", "3.06", "US$"),
        ("1440 ¥/h.", "1440", "¥"),
        ("12.5 credits", "12.5", "credits"),
        ("1.250 ¥", "1.250", "¥"),
        ("10,25 kr", "10.25", "kr"),
    ],
)
def test_a_price_is_read(text: str, amount: str, currency: str) -> None:
    assert parse(text) == Rate(Decimal(amount), currency)
    assert parse(str(parse(text))) == parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no price"),
        ("much", "is no price"),
        ("$", "is no price"),
        ("1 $ 2", "is no price"),
        ("0.526", "with its currency"),
        ("$ 0.5 €", "with its currency, once"),
        ("-0.5", "is no currency"),
        ("-0.5 $", "with its currency, once"),
        ("0 $", "is no price of an hour"),
        ("0.0000001 $", "is no price of an hour"),
        ("1000000 $", "is no price of an hour"),
        ("1,200 ¥", "in two ways. Type 1200 or 1.200"),
        ("1,200.50 $", "two separators"),
        ("1.2.3 $", "two separators"),
        ("0.5 <b>", "is no currency"),
        ("0.5 $\u202e", "is no currency"),
        ("0.5 a currency of many words", "is no currency"),
        ("٣ $", "is no price"),
        ("1e3 $", "is no price"),
        ("bash.5", "single quotes"),
    ],
)
def test_what_is_none_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(NoRate) as caught:
        parse(text)
    assert why in sentence(caught.value)


@given(st.text() | st.from_regex(r"[$€]? ?[0-9.,]{0,9} ?[a-z$/]{0,9}", fullmatch=True))
def test_whatever_is_typed_is_a_price_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except NoRate:
        return
    assert parse(str(found)) == found


def test_a_price_is_kept_for_this_machine(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rate() is None
    assert set_rate("0,526 $/h") == rate() == Rate(Decimal("0.526"), "$")
    monkeypatch.setattr(rates, "machine", lambda: "another")
    assert rate() is None
    set_rate("1 EUR")
    monkeypatch.undo()
    monkeypatch.setenv("COURSEKIT_HOME", str(home))
    assert str(rate()) == "0.526 $"
    assert len(json.loads((home / "state" / "rates.json").read_text())) == 2


def test_no_text_takes_the_price_away() -> None:
    set_rate("1 $")
    assert set_rate("  ") is None
    assert rate() is None
    assert set_rate("") is None


def test_a_price_that_can_t_be_read_changes_nothing() -> None:
    set_rate("1 $")
    with pytest.raises(NoRate):
        set_rate("1,000 $")
    assert str(rate()) == "1 $"


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"x": 3}', "\ufeff"])
def test_a_damaged_file_is_no_price_and_can_be_written_anew(home: Path, text: str) -> None:
    (home / "state").mkdir()
    (home / "state" / "rates.json").write_text(text)
    assert rate() is None
    set_rate("1 $")
    assert str(rate()) == "1 $"


def test_a_home_that_can_t_be_written_is_said(home: Path) -> None:
    (home / "state").write_text("no folder")
    with pytest.raises(RateNotKept, match="The price can't be kept in"):
        set_rate("1 $")
    assert rate() is None
