from __future__ import annotations

import pytest

from coursekit.core import wording


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (1, "1 byte"),
        (812, "812 bytes"),
        (3200, "3.2 kB"),
        (16_000_000, "16 MB"),
        (811_706_944, "812 MB"),
        (5_686_607_260, "5.7 GB"),
        (5e12, "5,000 GB"),
    ],
)
def test_sizes_are_said_as_file_managers_show_them(size: float, said: str) -> None:
    assert wording.file_size(size) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.42, "0.4 s"), (12.4, "12 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert wording.duration(seconds) == said


def test_shares_counts_and_lists() -> None:
    assert wording.percent(0.0333) == "3.3 %"
    assert wording.plural(1, "photo") == "1 photo"
    assert wording.plural(1200, "photo") == "1,200 photos"
    assert wording.plural(2, "entry", "entries") == "2 entries"
    assert wording.listing([]) == ""
    assert wording.listing(["a"]) == "a"
    assert wording.listing("abc") == "a, b and c"
    assert wording.listing("abcdefgh", most=3, joint="or") == "a, b or 6 more"
