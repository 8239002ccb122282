from __future__ import annotations

import pytest

from coursekit.machine.watchdog.orders import Arming, NoDuration, seconds


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("45m", 2700),
        ("45 min", 2700),
        ("1h30m", 5400),
        ("90s", 90),
        ("0.5h", 1800),
        ("2D", 172_800),
    ],
)
def test_a_length_of_time_is_said_with_its_unit(text: str, length: float) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["45", "", "m", "0m", "-5m", "1h and a bit", "45minutes", "1e3s"])
def test_what_is_no_length_of_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NoDuration, match="Say it like 45m"):
        seconds(text)


def test_orders_reach_the_process_as_they_were_given() -> None:
    arming = Arming("id", 2700.0, None, 'echo "ä" && true', True, "/run/user")
    assert Arming.from_json(arming.to_json()) == arming
    assert (arming.orders.idle, arming.orders.most) == (2700, None)
