"""Whether coursekit may write where it keeps things, and whose the files there are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coursekit.app.doctor.disk import existing
from coursekit.app.doctor.finding import Finding, broken, fine
from coursekit.app.doctor.installing import quoted
from coursekit.core import paths
from coursekit.core.errors import sentence

FOLDERS = ("datasets", "cache", "runs", "models", "state")


def findings() -> Iterator[Finding]:
    """What is said of the folders."""
    home = paths.home()
    places = [home, *(home / name for name in FOLDERS), Path(tempfile.gettempdir())]
    wrong = list(dict.fromkeys(it for place in places if (it := of_folder(place))))
    yield from wrong
    if home.is_dir() and (foreign := foreign_files(home)):
        yield of_foreign(home, foreign)
    elif not wrong:
        there = "" if home.exists() else " It is made when it is needed."
        yield fine(f"{home} and its folders can be written.{there}")


def of_folder(folder: Path) -> Finding | None:
    """What is wrong with a folder, or with the one that it will be made in; None for nothing."""
    if folder.is_symlink() and not folder.exists():
        return broken(
            f"{folder} is a link to {os.readlink(folder)}, which is not there.",  # noqa: PTH115
            "Put the disk or the folder back that it leads to, or delete the link.",
        )
    place = existing(folder)
    if (above := next((it for it in (folder, *folder.parents) if it.exists()), place)) != place:
        return broken(f"{above} is a file where a folder should be.", f"Move {above} away.")
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"a")
    except OSError as error:
        return broken(
            f"{place} can't be written ({error.strerror or sentence(error)}).", _mend(place)
        )
    return None


def _mend(folder: Path) -> str:
    return (
        f"See who owns it and whether its disk may be written: ls -ld {quoted(str(folder))}. Or "
        "name another folder in the environment variable COURSEKIT_HOME."
    )


def foreign_files(home: Path) -> list[Path]:
    """What in the home folder, two levels down, belongs to another account."""
    if not hasattr(os, "getuid") or os.getuid() == 0:
        return []
    inside = [home, *home.glob("*"), *home.glob("*/*")]
    return [it for it in inside if it.lstat().st_uid != os.getuid()]


def of_foreign(home: Path, foreign: list[Path]) -> Finding:
    """That files belong to another account, as `sudo` leaves them."""
    return broken(
        f"In {home} files belong to another account, such as {foreign[0].name}; coursekit may have "
        "been run with sudo.",
        f'sudo chown -R "$(id -un)" {quoted(str(home))}',
    )
