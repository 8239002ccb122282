"""What there is to know before one leaves this machine."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from coursekit.machine import bill as module
from coursekit.machine.bill import bill
from coursekit.machine.month import note
from coursekit.machine.providers import PROVIDERS, plugins
from coursekit.machine.rate import set_rate

EC2 = next(it for it in PROVIDERS if "EC2" in it.name)


@pytest.fixture(autouse=True)
def on_ec2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.providers, "recognise", lambda: EC2)


def test_without_a_price_it_says_how_to_stop_and_no_cost() -> None:
    found = bill()
    first, *still, price = found.sentences()
    assert first == f"{EC2.name}. {EC2.stop}"
    assert still == [f"Goes on costing then: {it}" for it in EC2.still_costs]
    assert "--price" in price
    said = json.loads(json.dumps(found.as_json()))
    assert said["provider"]["stop"] == EC2.stop
    assert said["provider"]["source"].startswith("https://")
    assert (said["costs"], said["month"], said["skipped"]) == (None, None, [])


def test_with_a_price_it_says_what_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    set_rate("0.526 $")
    note()
    said = " ".join(bill().sentences())
    assert "since this machine started" in said
    assert "if it stays on until" in said
    assert "--price" not in said
    data = bill().as_json()
    assert (data["costs"]["rate"], data["costs"]["currency"]) == ("0.526", "$")
    assert set(data["month"]) == {"seen_s", "cost"}


def test_a_plug_in_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = plugins.Found(failed=["The plug-in x can't be used."])
    monkeypatch.setattr(plugins, "found", lambda: broken)
    assert bill().sentences()[-1] == "The plug-in x can't be used."


def test_a_provider_that_no_page_tells_of_has_no_date() -> None:
    assert replace(bill(), provider=PROVIDERS[-1]).as_json()["provider"]["read"] is None
