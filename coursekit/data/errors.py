"""What can go wrong between an address and a folder of files."""

from __future__ import annotations

from pathlib import Path

from coursekit.core.errors import CourseError
from coursekit.core.wording import file_size

INSTEAD = "The handwritten digits (URLs.DIGITS in code) work without one."


class Unreachable(CourseError):
    """There is no way to the file: no network, no such address, refused, no answer."""

    def __init__(self, name: str, why: str, instead: str) -> None:
        super().__init__(
            f"{name} was not downloaded: {why}. Check the network and run this again. {instead}"
        )


class NotOffered(CourseError):
    """The server answers, but not with the file that the catalogue describes."""

    def __init__(self, url: str, why: str, advice: str) -> None:
        super().__init__(f"{url} was not downloaded: {why}. {advice}")


class Interrupted(CourseError):
    """The connection ended before the file did; what arrived is kept."""

    def __init__(self, name: str, done: int, total: int | None) -> None:
        of = f" of {file_size(total)}" if total else ""
        super().__init__(
            f"The connection broke after {file_size(done)}{of} of {name}. Run this again: it goes "
            "on from there, where the server allows that."
        )


class DamagedDownload(CourseError):
    """A file arrived whole in size, but its content is not the published one."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(
            f"{name} arrived damaged twice ({what}) and was thrown away. Run this again later, or "
            "on another network."
        )


class DamagedArchive(DamagedDownload):
    """It ends too early, or a checksum inside it does not hold."""


class UnsafeArchive(CourseError):
    """A member would be written, or would point, outside the data set's folder."""

    def __init__(self, name: str, member: str, what: str) -> None:
        super().__init__(
            f"{name} was not unpacked: its member {member!r} {what}. Do not use this archive; "
            "tell whoever published it."
        )


class AbsurdArchive(CourseError):
    """It would unpack to far more than its size makes plausible."""

    def __init__(self, name: str, size: int, limit: int) -> None:
        super().__init__(
            f"{name} was not unpacked: {file_size(size)} would become more than "
            f"{file_size(limit)}. Do not use this archive; tell whoever published it."
        )


class TooManyFiles(AbsurdArchive):
    """It holds more files and folders than anybody would look through."""

    def __init__(self, name: str, most: int) -> None:
        CourseError.__init__(
            self,
            f"{name} was not unpacked: it holds more than {most:,} files and folders. "
            "Make one with fewer, or unpack it yourself and choose its folder.",
        )


class NoArchive(CourseError):
    """Not a tar or zip archive, or one that cannot be unpacked here."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{name} was not unpacked: {why}. Only a .tgz, .tar or .zip file with the items in it "
            "will do."
        )


class DiskFull(CourseError):
    """No room left; sizes in bytes."""

    def __init__(self, place: Path, needed: int | None = None, free: int | None = None) -> None:
        sizes = f" ({file_size(needed)} needed, {file_size(free)} free)" if needed and free else ""
        super().__init__(
            f"The disk that holds {place} is full{sizes}. Delete what you no longer need, or set "
            "COURSEKIT_HOME to a folder on a larger disk."
        )


class NotWritable(CourseError):
    """The home folder, or one in it, cannot be written."""

    def __init__(self, place: Path, why: str) -> None:
        super().__init__(
            f"{place} cannot be written ({why}). Set COURSEKIT_HOME to a folder that you may write."
        )
