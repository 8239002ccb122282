"""File systems with locks and without."""

from __future__ import annotations

from pathlib import Path

from support_disks import without_locks

from coursekit.store.locks import can_lock

CODE = """
from pathlib import Path
from coursekit.store.locks import can_lock
print(can_lock(Path(sys.argv[1])))
"""


def test_an_ordinary_folder_has_locks_and_a_missing_one_is_not_blamed(tmp_path: Path) -> None:
    assert can_lock(tmp_path)
    assert can_lock(tmp_path / "missing")


def test_a_file_system_that_refuses_locks_is_found_out(tmp_path: Path) -> None:
    done = without_locks(CODE, tmp_path)
    assert done.stdout == "False\n", done.stderr
