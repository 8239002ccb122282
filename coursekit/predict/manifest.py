"""The `manifest.json` of a `.ckit` file: what must be in it, and of which kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from coursekit.core.errors import CourseError
from coursekit.predict.preprocess import Preprocessing

FORMAT = 1
AGAIN = "Copy or download it again, or export the model again with learn.export."


class ArchiveError(CourseError):
    """A model file that cannot be used."""


def parse(text: bytes, name: str) -> dict[str, Any]:
    """The manifest of the model file `name`.

    Raises:
        ArchiveError: It is no JSON, or of a format that this coursekit does not know.
    """
    try:
        manifest = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{name} is damaged: its manifest is not JSON. {AGAIN}") from error
    number: Any = manifest.get("format") if isinstance(manifest, dict) else None
    if not _is_whole(number) or number < 1:
        raise ArchiveError(f"{name} is damaged: its manifest names no format. {AGAIN}")
    if number > FORMAT:
        raise ArchiveError(
            f"{name} was made by a newer coursekit (format {number}); "
            f"this one reads format {FORMAT}, so update coursekit, or export the model again."
        )
    return dict(manifest)


def to_bytes(manifest: Mapping[str, Any], name: str) -> bytes:
    """The manifest as JSON.

    Raises:
        ArchiveError: A value in it cannot be JSON.
    """
    try:
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ArchiveError(
            f"{name} was not written: its description cannot be kept as JSON ({error}). "
            "Labels may be texts, whole numbers, True or False."
        ) from error


def check(manifest: Mapping[str, Any], name: str) -> None:
    """Looks at every field that prediction relies on.

    Raises:
        ArchiveError: One is missing or wrong.
        PreprocessingError: The preprocessing cannot be.
    """
    for field, holds in _FIELDS.items():
        if not holds(manifest.get(field)):
            raise ArchiveError(f"{name} cannot be used: its {field!r} is missing or wrong. {AGAIN}")
    Preprocessing.from_json(manifest["preprocessing"])


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool) and abs(value) < 1e300


def _are_labels(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(isinstance(label, str | int) for label in value)
    )


def _are_scores(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(score, dict)
        and isinstance(score.get("metric"), str)
        and _is_number(score.get("value"))
        and _is_whole(score.get("n"))
        and isinstance(score.get("data"), str)
        and isinstance(score.get("used_for_choosing"), bool)
        for score in value
    )


def _is(*types: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, types)


_FIELDS: dict[str, Callable[[Any], bool]] = {
    "kind": _is(str),
    "name": _is(str),
    "created": _is(str),
    "labels": _are_labels,
    "preprocessing": _is(dict),
    "versions": _is(dict),
    "recipe": _is(dict),
    "scores": _are_scores,
    "data": _is(dict),
    "threshold": lambda value: _is_number(value) and 0 <= value <= 1,
    "temperature": lambda value: _is_number(value) and value > 0,
    "unsure": _is(dict),
    "heatmap": _is(bool, str),
    "checksums": _is(dict),
}
