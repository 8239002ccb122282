"""Unpacks archives of strangers: checksums held, nothing outside the folder, no half folder."""

from __future__ import annotations

import io
import lzma
import os
import re
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from coursekit.data.building import DISK_ERRORS, discard
from coursekit.data.errors import (
    AbsurdArchive,
    DamagedArchive,
    DiskFull,
    NoArchive,
    TooManyFiles,
    UnsafeArchive,
)
from coursekit.data.progress import Tell

SPARE = 10**9  # bytes that any archive may unpack to, and 100 times its own size more
MOST_MEMBERS = 5_000_000
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")  # what gzip, bzip2 and xz files begin with
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile)
_MAC_LEFTOVERS = re.compile(r"__MACOSX$|\.DS_Store$|\._")


def unpack(archive: Path, into: Path, name: str, tell: Tell, most: int = MOST_MEMBERS) -> Path:
    """Unpacks a tar (any compression) or zip file.

    Args:
        archive: The file; what it is, is seen from its content.
        into: Made anew; gone again if anything is wrong.
        name: What to call the archive in errors and progress.
        tell: Gets the archive's bytes done, of its size.
        most: Files and folders that it may hold.

    Returns:
        `into`, or the one folder in it if the archive holds nothing else.

    Raises:
        UnsafeArchive: A member leads outside the folder; nothing was written there.
        AbsurdArchive: It would become implausibly large, or holds more than `most`.
        DamagedArchive: It is incomplete, or a checksum in it is wrong.
        NoArchive: It is neither tar nor zip, holds no file, or needs a password.
        DiskFull: There is no room for what is in it.
    """
    discard(into)
    into.mkdir()
    try:
        with _said_in_words(archive, name):
            room = _Room(archive, into, name, most)
            if zipfile.is_zipfile(archive):
                _unpack_zip(archive, into, room, tell)
            else:
                _unpack_tar(archive, into, room, tell)
        return _only_folder(into, name)
    except BaseException:
        discard(into)
        raise


@contextmanager
def _said_in_words(archive: Path, name: str) -> Iterator[None]:
    try:
        yield
    except tarfile.FilterError as error:
        what = "leads outside its folder, or is neither a file nor a folder"
        raise UnsafeArchive(name, error.tarinfo.name, what) from error
    except _BROKEN as error:
        unknown = not _first_bytes(archive).startswith(_COMPRESSED)
        if unknown and "could not be opened" in str(error):
            raise NoArchive(name, "it is neither a tar nor a zip file") from error
        raise DamagedArchive(name, "a checksum inside it does not hold") from error
    except OSError as error:
        if error.errno in DISK_ERRORS:
            raise  # its sentence is made where the folder is known
        if error.errno is None:
            raise DamagedArchive(name, "a checksum inside it does not hold") from error
        raise NoArchive(name, f"its names do not work here ({error.strerror})") from error
    except NotImplementedError as error:  # zipfile's, of a compression it has not
        raise NoArchive(name, f"it cannot be read here ({error})") from error


def _first_bytes(archive: Path) -> bytes:
    with archive.open("rb") as stream:
        return stream.read(8)


class _Room:
    """Counts what is unpacked, and refuses the absurd."""

    def __init__(self, archive: Path, into: Path, name: str, most: int) -> None:
        self.name, self.into, self.size = name, into, archive.stat().st_size
        self.most = most
        self.limit = 100 * self.size + SPARE
        self.free = shutil.disk_usage(into).free
        self.bytes = self.members = 0

    def take(self, member: str, size: int) -> None:
        """Looks at a member before anything of it is written."""
        _check_name(self.name, member)
        self.bytes += size
        self.members += 1
        if self.members > self.most:
            raise TooManyFiles(self.name, self.most)
        if self.bytes > self.limit:
            raise AbsurdArchive(self.name, self.size, self.limit)
        if self.bytes > self.free:
            raise DiskFull(self.into, self.bytes, self.free)


def _check_name(archive: str, member: str) -> None:
    """Refuses absolute names and those with `..`, of Windows too; tarfile would cut the former."""
    if re.match(r"[/\\]|[A-Za-z]:", member):
        raise UnsafeArchive(archive, member, "has an absolute path")
    if ".." in re.split(r"[/\\]", member):
        raise UnsafeArchive(archive, member, "would be written outside its folder")


def _unpack_tar(archive: Path, into: Path, room: _Room, tell: Tell) -> None:
    """Files first, links last: so nothing is ever written through a link."""
    if not hasattr(tarfile, "data_filter"):
        raise NoArchive(room.name, "this Python cannot do it safely; install 3.11.4 or newer")
    links = []
    with (
        _Told(archive, tell, room.name) as raw,
        tarfile.open(fileobj=raw, mode="r:*", errorlevel=1) as tar,
    ):
        for member in tar:
            room.take(member.name, member.size)
            if member.issym() or member.islnk():
                links.append(member)
            else:
                tar.extract(member, into, filter="data")
        _read_to_the_end(tar)
        for link in sorted(links, key=tarfile.TarInfo.issym):
            _make_link(tar, link, into, room.name)
    for link in links:
        _check_link(link, into, room.name)


def _read_to_the_end(tar: tarfile.TarFile) -> None:
    """Gzip's checksum comes after the last member, where tarfile would stop."""
    stream = cast("IO[bytes]", tar.fileobj)
    while stream.read(2**20):
        pass


def _make_link(tar: tarfile.TarFile, link: tarfile.TarInfo, into: Path, name: str) -> None:
    """A hard link to a file of the archive, or a symbolic link that `_check_link` looks at."""
    place = into / link.name
    if any((into / parent).is_symlink() for parent in PurePosixPath(link.name).parents):
        raise UnsafeArchive(name, link.name, "would be written through a link")
    if link.issym():
        tar.extract(link, into, filter="data")
        return
    _check_name(name, link.linkname)
    if not (into / link.linkname).is_file():
        raise UnsafeArchive(name, link.name, "is a link to a file that the archive does not hold")
    place.parent.mkdir(parents=True, exist_ok=True)
    os.link(into / link.linkname, place)


def _check_link(link: tarfile.TarInfo, into: Path, name: str) -> None:
    """Follows a link to where it really ends; `data_filter` alone can be misled by long chains."""
    try:
        end = os.path.realpath(into / link.name, strict=True)
    except OSError:
        end = ""
    if not Path(end).is_relative_to(into.resolve()):
        raise UnsafeArchive(name, link.name, "is a link that leads outside its folder")


def _unpack_zip(archive: Path, into: Path, room: _Room, tell: Tell) -> None:
    with zipfile.ZipFile(archive) as file:
        members = file.infolist()
        for member in members:
            room.take(member.filename, member.file_size)
            if member.flag_bits & 1:
                raise NoArchive(room.name, "it needs a password")
        for member in members:
            file.extract(member, into)  # checks the member's CRC; a link becomes a text file
            tell(member.header_offset, room.size, f"{room.name}: unpacking")


def _only_folder(into: Path, name: str) -> Path:
    """The one folder in `into`, if that is all; leftovers of macOS do not count."""
    inside = [entry for entry in into.iterdir() if not _MAC_LEFTOVERS.match(entry.name)]
    if not inside:
        raise NoArchive(name, "there is no file in it")
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else into


class _Told(io.FileIO):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, tell: Tell, name: str) -> None:
        super().__init__(path)
        self._size, self._tell, self._what = path.stat().st_size, tell, f"{name}: unpacking"

    def read(self, size: int | None = -1, /) -> bytes:
        self._tell(self.tell(), self._size, self._what)
        return super().read(size)
