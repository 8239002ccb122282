from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from filelock import FileLock
from support_accounts import another_account, needs_two, open_folder

from coursekit.core import locking
from coursekit.core.locking import held, is_held


def lock(folder: Path) -> FileLock:
    return FileLock(folder / "a.lock", thread_local=False)


def test_a_lock_is_held_while_somebody_has_it_and_asking_makes_no_file(tmp_path: Path) -> None:
    it = lock(tmp_path)
    assert held(it) is None
    assert list(tmp_path.iterdir()) == []
    with lock(tmp_path).acquire():
        assert held(it) is True
    assert held(it) is False
    assert held(lock(tmp_path / "a.lock")) is None  # no folder


def test_whoever_asks_keeps_nobody_from_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    lock(tmp_path).acquire().lock.release()
    with (tmp_path / "a.lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # another that asks this very moment
        assert held(lock(tmp_path)) is False


def test_a_lock_that_cannot_be_asked_counts_as_held(tmp_path: Path) -> None:
    (tmp_path / "a.lock").symlink_to(tmp_path / "a.lock")
    with pytest.raises(OSError, match="symbolic links"):
        held(lock(tmp_path))
    assert is_held(lock(tmp_path))


def test_where_the_file_system_has_no_locks_filelocks_own_way_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(file: int) -> bool:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    lock(tmp_path).acquire().lock.release()
    monkeypatch.setattr(locking, "_is_shared", missing)
    assert held(lock(tmp_path)) is False
    with lock(tmp_path).acquire():
        assert held(lock(tmp_path)) is True


@needs_two
def test_another_accounts_lock_is_seen() -> None:
    with open_folder() as folder:
        with lock(folder).acquire():
            (folder / "a.lock").chmod(0o644)
            with another_account():
                assert held(lock(folder)) is True
        with another_account():
            assert held(lock(folder)) is False
        (folder / "a.lock").chmod(0o600)
        with another_account():
            assert is_held(lock(folder))
