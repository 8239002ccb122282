"""Short digests that tell whether two things are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable


def of_bytes(*parts: bytes) -> str:
    """32 hex digits of BLAKE2b over the parts; where one ends and the next begins counts."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def of_table(rows: Iterable[tuple[str, ...]]) -> str:
    """The digest of a table of text, the same in whatever order its rows come."""
    return of_bytes(*sorted(json.dumps(row).encode() for row in rows))


def of_labels(rows: Iterable[tuple[str, object, str]]) -> str:
    """The digest of (name, label, part of the split), likewise; a label is any JSON value."""
    return of_table((name, json.dumps(label), part) for name, label, part in rows)
