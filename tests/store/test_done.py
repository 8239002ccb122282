"""What was done, on two machines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coursekit.core import deeds, played
from coursekit.core.played import How
from coursekit.store import done
from coursekit.store.done import Done

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, 12, 30, 15, tzinfo=UTC)
ONE, TWO = "3fa2" * 8, "57be" * 8


def test_all_that_was_done_comes_back_from_json() -> None:
    deeds.keep("looked_up", MAY)
    deeds.trained(ONE, -3)
    played.note(TWO, "begun")
    here = done.here()
    assert done.checked(here.as_json()) == here
    assert (here.deeds["looked_up"], here.seeds, here.played) == (MAY, {ONE: -3}, {TWO: "begun"})


def test_of_both_machines_the_earlier_time_is_kept_and_nothing_is_lost() -> None:
    deeds.keep("trained", MAY)
    deeds.keep("looked_up", JUNE)
    deeds.keep_seed(ONE, 5)
    there = {"trained": JUNE, "looked_up": MAY, "made_data_set": JUNE}
    assert Done(there, {ONE: 5, TWO: 7}, {}).merge() == (1, 2)
    assert done.here() == Done(
        {"trained": MAY, "looked_up": MAY, "made_data_set": JUNE}, {ONE: 5, TWO: 7}, {}
    )


def test_another_seed_on_the_other_machine_is_another_seed() -> None:
    deeds.keep_seed(ONE, 5)
    Done({}, {ONE: 6}, {}).merge()
    assert deeds.when("another_seed")
    assert deeds.seeds() == {ONE: 5}


@pytest.mark.parametrize(
    ("here", "there", "after"),
    [
        (None, "begun", "begun"),
        (None, "shown", "shown"),
        ("begun", "played", "played"),
        ("played", "begun", "played"),
        ("shown", "played", "shown"),
    ],
)
def test_photos_that_were_seen_anywhere_were_seen(here: How | None, there: How, after: How) -> None:
    if here:
        played.note(ONE, here)
    Done({}, {}, {ONE: there}).merge()
    assert played.how(ONE) == after


def test_a_file_of_another_name_does_not_spoil_the_export() -> None:
    deeds.keep_seed("not a digest", 5)
    played.note("nor this", "shown")
    assert done.here() == done.NOTHING
