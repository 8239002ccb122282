from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from coursekit.data.building import is_there, put, workshop


def quiet(done: int, total: int | None, what: str) -> None:
    """Progress is not looked at here."""


def test_a_folder_is_there_when_something_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    assert not is_there(folder)
    folder.mkdir()
    assert not is_there(folder)
    (folder / "a.jpg").touch()
    assert is_there(folder)


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    place = tmp_path / "set"
    for name in ("old.jpg", "new.jpg"):
        with workshop(place, quiet) as shop:
            (shop / "unpacked").mkdir()
            (shop / "unpacked" / name).touch()
            put(shop / "unpacked", place, shop)
    assert [path.name for path in place.iterdir()] == ["new.jpg"]
    assert not (shop / "old").exists()


def test_what_a_killed_process_left_is_gone_but_archives_stay(tmp_path: Path) -> None:
    place = tmp_path / "set"
    shop = tmp_path / ".downloads" / "set"
    (shop / "unpacked" / "deep").mkdir(parents=True)
    for name in ("tmp123", "archive.part", "archive.part.json", "archive"):
        (shop / name).touch()
    with workshop(place, quiet):
        names = {path.name for path in shop.iterdir()}
    assert names - {"lock"} == {"archive", "archive.part", "archive.part.json"}


def test_one_process_waits_for_another_and_says_so(tmp_path: Path) -> None:
    place = tmp_path / "set"
    code = (
        "import sys; from pathlib import Path; from coursekit.data.building import workshop\n"
        f"with workshop(Path({str(place)!r}), print):\n"
        "    print('in', flush=True); sys.stdin.readline()\n"
    )
    told: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "in\n"

        def let_go(done: int, total: int | None, what: str) -> None:
            told.append(what)
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()

        begin = time.monotonic()
        with workshop(place, let_go):
            assert told == ["set: waiting for another process that makes it"]
        assert time.monotonic() - begin < 20
