"""From an address to a verified file, and from an archive's address to a folder of items."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.data import bundled, catalogue
from coursekit.data.building import discard, is_there, put, workshop
from coursekit.data.catalogue import Entry
from coursekit.data.errors import INSTEAD, DamagedDownload, Interrupted
from coursekit.data.progress import Tell, reporting
from coursekit.data.transfer import Resuming, digest_problem, problem_with
from coursekit.data.unpack import unpack


def untar_data(url: str, force_download: bool = False, progress: bool | Tell | None = None) -> Path:
    """The folder of a data set; downloaded and unpacked the first time, without network later.

    A download that was cut off goes on where it ended. Size and digests are checked, and a
    damaged file is fetched once more by itself. Two processes that ask at once get one download.

    Args:
        url: One of `URLs`, an id of the catalogue such as "pets", or any http address of a
            .tgz, .tar or .zip file.
        force_download: Download again even if it is there; the old folder stays until then.
        progress: None is a bar (none outside the main thread), False silence; a function gets
            (done, total or None, of what). What it raises ends the download, which can go on later.

    Returns:
        The folder, in the home's `datasets`. If the archive holds just one folder, its content.

    Raises:
        CourseError: What went wrong, and what to do; no half folder is left.

    Example:
        >>> from coursekit.data.catalogue import URLs
        >>> path = untar_data(URLs.DIGITS, progress=False)
        >>> sorted(folder.name for folder in path.iterdir())
        ['train', 'valid']
    """
    entry = catalogue.find(url)
    folder = dataset_folder(entry)
    if is_there(folder) and not force_download:
        return folder
    with reporting(progress) as tell, workshop(folder, tell) as shop:
        if not is_there(folder) or force_download:  # another process may have been quicker
            _make(entry, folder, shop, tell)
    return folder


def dataset_folder(entry: Entry) -> Path:
    """Where a data set is, or will be once `untar_data` was called."""
    return paths.home() / "datasets" / entry.folder


def fetch(
    source: Entry | str,
    destination: Path,
    progress: bool | Tell | None = None,
    instead: str = INSTEAD,
) -> Path:
    """Downloads one file, verified and resumable; nothing is asked of the network if it is there.

    Args:
        source: An entry with what is known of the file's size and digests, or an address.
        destination: The file's path; it appears there whole, in one rename.
        progress: As for `untar_data`.
        instead: What works without a network, for the error to say; ends with a full stop.

    Returns:
        The destination.

    Raises:
        CourseError: What went wrong, and what to do.
    """
    entry = catalogue.unlisted(source) if isinstance(source, str) else source
    if _is_whole(entry, destination):
        return destination
    with reporting(progress) as tell, workshop(destination, tell) as shop:
        if not _is_whole(entry, destination):
            _patiently(lambda: _retrieve(entry, shop, tell, instead).replace(destination))
    return destination


def _make(entry: Entry, folder: Path, shop: Path, tell: Tell) -> None:
    """Builds the folder in the workshop and puts it in its place."""
    if entry.is_bundled:
        put(bundled.write_digits(shop / "unpacked", tell), folder, shop)
        return
    _patiently(lambda: _bring(_with_remembered_digest(entry, shop), folder, shop, tell))


def _patiently(job: Callable[[], object]) -> None:
    """Runs a job again if the network broke it off, or damaged what it brought: once for each."""
    forgiven: set[type] = set()
    while True:
        try:
            job()
            return
        except (DamagedDownload, Interrupted) as error:
            kind = Interrupted if isinstance(error, Interrupted) else DamagedDownload
            if kind in forgiven:
                raise
            forgiven.add(kind)


def _bring(entry: Entry, folder: Path, shop: Path, tell: Tell) -> None:
    archive = _retrieve(entry, shop, tell, INSTEAD)
    try:
        new = unpack(archive, shop / "unpacked", entry.file_name, tell)
    except CourseError:
        discard(archive)  # or the next run would find it and fail the same way
        raise
    put(new, folder, shop)
    _remember(entry, archive, shop)
    discard(archive)
    discard(shop / "unpacked")


def _retrieve(entry: Entry, shop: Path, tell: Tell, instead: str) -> Path:
    """The verified file in the workshop, by way of pooch."""
    import pooch

    digest = _whole_digest(entry)
    downloader = Resuming(entry, shop / "archive.part", tell, instead)
    with _quiet(pooch.get_logger()):
        try:
            name = pooch.retrieve(
                entry.url, digest or None, fname="archive", path=shop, downloader=downloader
            )
        except ValueError as error:  # pooch has deleted the file already
            what = f"its {digest.partition(':')[0].upper()} is not the expected one"
            raise DamagedDownload(entry.file_name, what) from error
    return Path(name)


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keeps pooch from printing what the progress bar says already."""
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)


def _whole_digest(entry: Entry) -> str:
    """The digest of the whole file as pooch writes it; empty where none is published."""
    if len(entry.sha256) == 64:
        return f"sha256:{entry.sha256}"
    return f"md5:{entry.md5}" if entry.md5 else ""


def _is_whole(entry: Entry, file: Path) -> bool:
    """Whether the file is there and is what the catalogue says; an unlisted one need only be."""
    return file.is_file() and not (problem_with(entry, file) or digest_problem(entry, file))


def _remember(entry: Entry, archive: Path, shop: Path) -> None:
    """Keeps the whole archive's SHA-256: for fast.ai's sets nobody publishes it."""
    import pooch

    note = {
        "url": entry.url,
        "bytes": archive.stat().st_size,
        "sha256": pooch.file_hash(str(archive)),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    paths.write_text(shop / "arrived.json", json.dumps(note, indent=1))


def _with_remembered_digest(entry: Entry, shop: Path) -> Entry:
    """The entry with the SHA-256 that its archive had last time, where none is published.

    Not without a published size and first mebibyte: then the file may be another one by now.
    """
    with suppress(OSError, ValueError, KeyError):
        note = json.loads((shop / "arrived.json").read_text(encoding="utf-8"))
        if entry.md5_first_mib and not _whole_digest(entry) and note["url"] == entry.url:
            return replace(entry, sha256=str(note["sha256"]))
    return entry
