"""A port at which nobody listens."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest


@pytest.fixture
def closed_port() -> Iterator[int]:
    """One of this computer's, kept while the test lasts: one that is let go of others may take."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))  # without listen(), so whoever asks is refused
        yield kept.getsockname()[1]
