"""Brings one file over HTTP, going on where the last try ended: a downloader for pooch."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.core.wording import file_size
from coursekit.data.catalogue import Entry
from coursekit.data.errors import (
    INSTEAD,
    DamagedDownload,
    DiskFull,
    Interrupted,
    NotOffered,
    Unreachable,
)
from coursekit.data.progress import Tell

if TYPE_CHECKING:
    from requests import Response

TIMEOUTS = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next bytes."""

MEBIBYTE = 2**20
_CHUNK = 2**16


class Resuming:
    """A downloader as `pooch.retrieve` takes it: writes a `.part` file, then hands it over whole.

    The part and, as JSON beside it, what tells whether the server still has the same file
    (ETag or date) survive the process, so that the next one asks for the rest only.
    """

    def __init__(self, entry: Entry, part: Path, tell: Tell, instead: str = INSTEAD) -> None:
        self.entry, self.part, self.tell, self.instead = entry, part, tell, instead
        self.note = part.with_name(part.name + ".json")

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """Called by pooch, which then checks the digest of the whole file."""
        kept = self._kept()
        have = self.part.stat().st_size if kept else 0
        if not kept or have != kept["bytes"]:
            with _said_in_words(self.entry, self.part, self.instead):
                self._receive(url, have, str(kept.get("validator", "")))
        self._check()
        self.note.unlink(missing_ok=True)
        self.part.replace(output_file)

    def forget(self) -> None:
        """Deletes the part."""
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def _kept(self) -> dict[str, Any]:
        """What is known of the part; empty where it is of no use, and then deleted."""
        with suppress(OSError, ValueError):
            note = json.loads(self.note.read_text(encoding="utf-8"))
            if note["url"] == self.entry.url and note["validator"] and self.part.exists():
                return dict(note)
        self.forget()
        return {}

    def _receive(self, url: str, have: int, validator: str) -> None:
        import requests

        # As it is: a decoded archive would have neither the published size nor the digest.
        headers = {"Accept-Encoding": "identity", "User-Agent": "coursekit"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": validator}
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUTS) as response:
            start = _first_byte(response)
            if have and (response.status_code == 416 or start not in (0, have)):
                self.forget()
                return self._receive(url, 0, "")
            _check_status(response, url, went_on=have > 0)
            total = self._total(response, start)
            self._note(response, total)
            return self._save(response, start, total)

    def _total(self, response: Response, start: int) -> int | None:
        """The file's size in bytes, where it is said; wrong or too large is told at once."""
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdigit() else self.entry.bytes
        if self.entry.bytes not in (None, total):
            why = f"it is {file_size(total or 0)} there, not {file_size(self.entry.bytes or 0)}"
            advice = "Open it in a browser: the network may want a login, or the file has changed."
            raise NotOffered(self.entry.url, why, advice)
        free = shutil.disk_usage(self.part.parent).free
        if total and total - start > free:
            raise DiskFull(self.part.parent, total - start, free)
        return total

    def _note(self, response: Response, total: int | None) -> None:
        etag = response.headers.get("ETag", "")
        strong = "" if etag.startswith("W/") else etag  # If-Range may not name a weak one
        validator = strong or response.headers.get("Last-Modified", "")
        note = {"url": self.entry.url, "validator": validator, "bytes": total}
        paths.write_text(self.note, json.dumps(note))

    def _save(self, response: Response, start: int, total: int | None) -> None:
        what = f"{self.entry.file_name}: downloading"
        with self.part.open("ab", buffering=0) as file:
            file.truncate(start)
            done = start
            for chunk in response.raw.stream(_CHUNK, decode_content=False):
                file.write(chunk)
                done += len(chunk)
                self.tell(done, total, what)

    def _check(self) -> None:
        """What pooch cannot check: size, first mebibyte, and a SHA-256 known by its beginning."""
        problem = problem_with(self.entry, self.part)
        if not problem and len(self.entry.sha256) < 64:
            problem = digest_problem(replace(self.entry, md5=""), self.part)
        if problem:
            self.forget()
            raise DamagedDownload(self.entry.file_name, problem)


def problem_with(entry: Entry, file: Path) -> str:
    """How the size or the first mebibyte differ from the catalogue's; empty where they do not."""
    size = file.stat().st_size
    if entry.bytes not in (None, size):
        return f"{size:,} bytes instead of {entry.bytes:,}"
    with file.open("rb") as stream:
        first = hashlib.md5(stream.read(MEBIBYTE), usedforsecurity=False).hexdigest()
    right = entry.md5_first_mib in ("", first)
    return "" if right else "its first mebibyte is not the expected one"


def digest_problem(entry: Entry, file: Path) -> str:
    """Whether the whole file's digest differs from the catalogue's; empty where it does not."""
    kind = "sha256" if entry.sha256 else "md5"
    known = entry.sha256 or entry.md5
    if not known:
        return ""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, kind).hexdigest()
    return "" if digest.startswith(known) else f"its {kind.upper()} is not the expected one"


def _first_byte(response: Response) -> int:
    """Where in the file an answer begins: 0, unless the server goes on from a part."""
    if response.status_code != 206:
        return 0
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def _check_status(response: Response, url: str, went_on: bool) -> None:
    status = response.status_code
    if status == 200 or (status == 206 and went_on):
        return
    why = f"the server answers {status} ({response.reason or 'no reason given'})"
    if status in (404, 410):
        advice = (
            "The file has moved or is gone: put its new address into catalogue.toml in "
            f"{paths.home()}, or choose another data set."
        )
    elif status in (401, 403, 407):
        advice = "It may need a login: download it in a browser, or choose another data set."
    else:
        advice = "Run this again later, or choose another data set."
    raise NotOffered(url, why, advice)


@contextmanager
def _said_in_words(entry: Entry, part: Path, instead: str) -> Iterator[None]:
    """Turns what the HTTP libraries raise into one of our sentences."""
    from requests import exceptions as requests_errors
    from urllib3 import exceptions as urllib3_errors

    try:
        yield
    except CourseError:
        raise
    except urllib3_errors.HTTPError:
        done = part.stat().st_size if part.exists() else 0
        raise Interrupted(entry.file_name, done, entry.bytes) from None
    except requests_errors.RequestException as error:
        why = why_unreachable(error, urlsplit(entry.url).hostname or entry.url, TIMEOUTS)
        raise Unreachable(entry.file_name, why, instead) from None


def why_unreachable(error: Exception, host: str, timeouts: tuple[float, float]) -> str:
    """What an error of requests means, in words that follow a "because"."""
    from requests import exceptions as requests_errors

    if isinstance(error, requests_errors.ConnectTimeout):
        return f"{host} did not answer within {timeouts[0]:.0f} s"
    if isinstance(error, requests_errors.Timeout):
        return f"{host} sent nothing for {timeouts[1]:.0f} s"
    if isinstance(error, requests_errors.SSLError):
        return f"no secure connection to {host} came about; is this computer's clock right"
    if isinstance(error, requests_errors.ProxyError):
        return f"the proxy that this computer uses did not pass on to {host}"
    text = str(error)
    if "NameResolution" in text or "getaddrinfo" in text:
        return f"the address of {host} could not be found, so there may be no network"
    if "refused" in text:
        return f"{host} refused the connection"
    return f"no connection to {host} came about"
