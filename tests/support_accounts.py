"""Another account of this machine, for what only shows where files are somebody else's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

OTHER = 65534
"""The account `nobody`."""

needs_two = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be two accounts"
)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account may read and write, unlike pytest's."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@contextmanager
def another_account() -> Iterator[None]:
    """This process is somebody else while the block lasts."""
    os.seteuid(OTHER)
    try:
        yield
    finally:
        os.seteuid(0)
