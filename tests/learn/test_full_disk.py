"""A disk without room, a real one: a small file system in memory, where it can be mounted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support_disks import disk_of, fill
from support_runs import PATIENCE, messages

from coursekit.core.errors import sentence
from coursekit.learn.learner import Learner

Make = Callable[..., Learner]


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of 64 kB."""
    with disk_of(tmp_path / "disk", "64k") as place:
        monkeypatch.setenv("COURSEKIT_HOME", str(place))
        yield place


def test_a_training_goes_on_without_room_for_checkpoints_and_says_so(
    classifier: Make, small_disk: Path
) -> None:
    learn = classifier()
    (small_disk / "runs").mkdir()
    fill(small_disk, leave=8192)
    run = learn.start("fit", 2)
    seen = messages(run)
    last = run.wait(PATIENCE)
    assert last.state == "finished"
    assert len(run.history) == 12
    warnings = {it.warning for it in [*seen, last]} - {""}
    assert any(it.startswith("No checkpoint could be written (") for it in warnings)
    assert not list(run.folder.glob(".*"))  # no half file is left


def test_a_run_that_cannot_even_begin_says_why_in_a_sentence(
    classifier: Make, small_disk: Path
) -> None:
    learn = classifier()
    (small_disk / "runs").mkdir()
    fill(small_disk, leave=0)
    with pytest.raises(OSError, match="No space") as raised:
        learn.start("fit", 1)
    assert sentence(raised.value) == "The disk is full. Free some space, then try again."
    learn.fit(1)  # the learner is as free as before
