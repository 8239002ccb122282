"""Where coursekit keeps its files, and how it writes them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def home() -> Path:
    """The home folder: `COURSEKIT_HOME`, else the platform's folder for user data. Not created."""
    if named := os.environ.get("COURSEKIT_HOME"):
        return Path(named).expanduser()
    from platformdirs import user_data_path  # costs 10 ms, so not at import

    return user_data_path("coursekit", appauthor=False)


def folder(name: str) -> Path:
    """One of the home's folders (`datasets`, `cache`, `runs`, `models`, `state`), created.

    Raises:
        OSError: The home cannot be written.
    """
    path = home() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it takes the place of `path` if all goes well.

    A reader sees the old file or the whole new one, never a part.
    """
    # not mkstemp, whose files nobody else may read
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Writes `text` as UTF-8 so that a reader never sees a part of it."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_private(path: Path, text: str) -> None:
    """The same for what only this account may read."""
    with replacing(path) as temporary:
        temporary.touch(0o600)
        temporary.write_text(text, encoding="utf-8")
