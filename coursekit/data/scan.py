"""Opens every photo once: which cannot be read, and which are copies of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from coursekit.core import fingerprint
from coursekit.core.errors import CourseError
from coursekit.core.processors import processors
from coursekit.data import alike
from coursekit.data.alike import Sketch, sketch
from coursekit.data.progress import Tell

_ENOUGH = 128  # pixels; a large JPEG is read many times faster at this size
_CHUNK = 64  # photos between two calls of `tell`


@dataclass(frozen=True)
class Seen:
    """What one photo's file turned out to be.

    Attributes:
        digest: Of its content; empty where it could not be opened.
        sketch: To compare it with; None where it gives no picture.
        reason: Why it gives none, a sentence.
    """

    digest: str = ""
    sketch: Sketch | None = None
    reason: str = ""


def see(file: Path) -> Seen:
    """Opens one photo."""
    from coursekit.predict.decode import decode  # brings Pillow

    digest = ""
    try:
        content = file.read_bytes()
        digest = fingerprint.of_bytes(content)
        return Seen(digest, sketch(decode(content, file.name, at_least=_ENOUGH)))
    except OSError as error:
        return Seen(reason=f"{file.name} can't be opened ({error.strerror}).")
    except CourseError as error:
        return Seen(digest, reason=str(error))


def scan(files: Sequence[Path], known: dict[Path, Seen], tell: Tell) -> dict[Path, Seen]:
    """Opens all photos, in threads.

    Args:
        files: The photos.
        known: Those that were opened before; filled as more are, so that a scan can go on.
        tell: Gets how many were looked at, of how many; what it raises ends the scan.

    Returns:
        `known`.
    """
    new = [file for file in files if file not in known]
    with ThreadPoolExecutor(processors(), thread_name_prefix="scan") as threads:
        for start in range(0, len(new), _CHUNK):
            tell(len(files) - len(new) + start, len(files), "photos")
            some = new[start : start + _CHUNK]
            known.update(zip(some, threads.map(see, some), strict=True))
    tell(len(files), len(files), "photos")
    return known


def kin(seen: Mapping[Path, Seen]) -> dict[Path, int]:
    """Those of the photos that show the same as others, with one number for each group.

    100,000 photos take about ten seconds.
    """
    files, each = list(seen), list(seen.values())
    same = alike.same("" if one.reason else one.digest for one in each)
    near = alike.groups([one.sketch for one in each])
    groups = alike.joined(len(each), same, near)
    return {files[index]: number for number, group in enumerate(groups) for index in group}
