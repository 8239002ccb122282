from __future__ import annotations

import os

import pytest

from coursekit.core.processors import processors


def test_there_is_at_least_one() -> None:
    assert processors() >= 1


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="needs a system that binds processes"
)
def test_those_that_are_not_ours_do_not_count() -> None:
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(mine)})
    try:
        assert processors() == 1
    finally:
        os.sched_setaffinity(0, mine)
