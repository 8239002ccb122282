"""The data sets that a course uses: where each is, how large, how to tell that it arrived whole."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from coursekit.core import fingerprint, paths
from coursekit.core.errors import CourseError
from coursekit.core.wording import listing

BUILT_IN = Path(__file__).with_suffix(".toml")
BUNDLED = "bundled:"
_FACTS = ("bytes", "sha256", "md5", "md5_first_mib")  # what is true of one url's file only
_HEX = {"sha256": r"[0-9a-f]{8,64}", "md5": r"[0-9a-f]{32}", "md5_first_mib": r"[0-9a-f]{32}"}
_SAFE_NAME = r"[\w\-][\w.\-]*"  # of an id or a folder: no separator, no leading dot

Table = dict[str, Any]


class DamagedCatalogue(CourseError):
    """The user's own catalogue cannot be read."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path}, line {line}: {what} Correct that line, or move the file away.")


class UnknownDataSet(CourseError, AttributeError):
    """Neither an id nor a name of the catalogue."""

    def __init__(self, name: str, known: list[str]) -> None:
        near = get_close_matches(name.upper(), known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`coursekit data list` names them all."
        super().__init__(f"The catalogue has no data set named {name!r}. {hint}")


@dataclass(frozen=True)
class Entry:
    """One file of the catalogue; what is not known is None or empty.

    `sha256` may be the first 8 digits or more, as file names of weights carry them. `folder` is
    the name under the home's `datasets`. `task` says what its labels are for; where that is
    "photos", each photo has one label: `inside` is the folder in it that has them, `label` the
    regular expression for their names, if it is not the folder that they lie in.
    """

    id: str
    url: str
    name: str = ""
    bytes: int | None = None
    sha256: str = ""
    md5: str = ""
    md5_first_mib: str = ""
    about: str = ""
    licence: str = ""
    folder: str = ""
    task: str = ""
    inside: str = ""
    label: str = ""

    @property
    def file_name(self) -> str:
        """The last part of the url, for people to read; not safe as a path."""
        return PurePosixPath(unquote(urlsplit(self.url).path)).name or self.url

    @property
    def is_bundled(self) -> bool:
        """Whether a dependency brings it, so that no network is needed."""
        return self.url.startswith(BUNDLED)


class _Names(type):
    """Looks the attributes of `URLs` up in the catalogue."""

    def __getattr__(cls, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _built_in_names():
            return _built_in_names()[name].url
        for entry in entries().values():
            if entry.name == name:
                return entry.url
        raise UnknownDataSet(name, list(_built_in_names()))

    def __dir__(cls) -> list[str]:
        return [*super().__dir__(), *_built_in_names()]


class URLs(metaclass=_Names):
    """The addresses of the data sets, under fast.ai's names; `URLs.DIGITS` needs no network.

    Example:
        >>> URLs.MNIST_TINY
        'https://s3.amazonaws.com/fast-ai-sample/mnist_tiny.tgz'
    """


def entries() -> dict[str, Entry]:
    """Every data set by its id: the built-in ones, then those of the home's `catalogue.toml`.

    Raises:
        DamagedCatalogue: The user's catalogue cannot be read.
    """
    merged = dict(_built_in_tables())
    users = _user_tables()
    for id_, table in users.items():
        merged[id_] = _merged(merged.get(id_, {}), table)
    return {id_: _entry(id_, table) for id_, table in merged.items() if id_ != "weights"}


def weights(arch: str) -> Entry | None:
    """The entry `[weights.ARCH]` of a catalogue: a file of pretrained weights, or None.

    Raises:
        DamagedCatalogue: The user's catalogue cannot be read.
    """
    table = _user_tables().get("weights", {}).get(arch)
    return None if table is None else _entry(arch, table)


def find(which: str) -> Entry:
    """The entry with this id, name or url; an http url of no entry is a data set too.

    A built-in url finds its entry even where the user's catalogue gives it another url.

    Raises:
        UnknownDataSet: It is none of these.
        DamagedCatalogue: The user's catalogue cannot be read.
    """
    known = entries()
    for id_, entry in known.items():
        built_in = _built_in_tables().get(id_, {}).get("url")
        if which in (id_, entry.name, entry.url, built_in):
            return entry
    if re.match(r"https?://", which):
        return unlisted(which)
    raise UnknownDataSet(which, [entry.name for entry in known.values()])


def unlisted(url: str) -> Entry:
    """An entry for an address that no catalogue has; addresses never share a folder."""
    stem = re.sub(r"[^\w.\-]", "_", _stem(url)).lstrip(".") or "data"
    return Entry(id=stem, url=url, folder=f"{stem}-{fingerprint.of_bytes(url.encode())[:8]}")


def source_of(folder: Path) -> str:
    """Where photos are from: an entry's id with the folder in it, else the folder's name."""
    return _source(folder)[0]


def task_of(folder: Path, digest: str) -> str:
    """What a board of these photos is called.

    Splits of a catalogue's data set are one board; anybody's folder may be called `photos`, so one
    of one's own is a board for each `digest`.
    """
    source, known = _source(folder)
    return source if known else f"{source} ({digest[:6]})"


def _source(folder: Path) -> tuple[str, bool]:
    """Where photos are from, and whether the catalogue knows that."""
    folder = folder.resolve()
    try:
        inside = folder.relative_to((paths.home() / "datasets").resolve()).parts
        ids = {entry.folder: entry.id for entry in entries().values()}
    except (ValueError, CourseError):
        return folder.name, False
    if not inside:
        return folder.name, False
    return "/".join([ids.get(inside[0], inside[0]), *inside[1:]]), inside[0] in ids


@cache
def _built_in_tables() -> dict[str, Table]:
    return tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))


@cache
def _built_in_names() -> dict[str, Entry]:
    made = (_entry(id_, table) for id_, table in _built_in_tables().items())
    return {entry.name: entry for entry in made}


def _user_tables() -> dict[str, Table]:
    path = paths.home() / "catalogue.toml"
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}). Check who owns it.") from None
    except tomllib.TOMLDecodeError as error:
        raise DamagedCatalogue(path, *_where(error, text)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DamagedCatalogue(path, line, "This is no UTF-8 text.") from None
    _check_tables(path, text, tables)
    return tables


def _where(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    message = str(error)
    found = re.search(r" \(at line (\d+).*\)$", message)
    line = int(found[1]) if found else text.count("\n") + 1
    return line, re.sub(r" \(at .*\)$", "", message) + "."


def _check_tables(path: Path, text: str, tables: dict[str, Any]) -> None:
    """Says what is wrong with the user's tables, and in which line."""
    for id_, table in tables.items():
        inner = table.items() if id_ == "weights" and isinstance(table, dict) else [(id_, table)]
        for name, entry in inner:
            base = _built_in_tables().get(name, {}) if id_ != "weights" else {}
            if problem := _problem(name, entry, base, needs_digest=id_ == "weights"):
                key, what = problem
                raise DamagedCatalogue(path, _line(text, name, key), what)


def _problem(id_: str, table: Any, base: Table, needs_digest: bool) -> tuple[str, str] | None:
    """The key that is wrong, and a sentence; None where all is well."""
    if not isinstance(table, dict):
        return id_, f"{id_!r} is no table; a data set begins with a line like [{id_}]."
    if not re.fullmatch(_SAFE_NAME, id_):
        return id_, f"{id_!r} is no name for a data set; use letters, digits, - and _."
    for key, value in table.items():
        if what := _wrong_value(key, value):
            return key, what
    missing = [key for key in ("url", "sha256")[: 1 + needs_digest] if key not in {**base, **table}]
    return ("", f"[{id_}] has no {missing[0]}.") if missing else None


def _wrong_value(key: str, value: Any) -> str:
    """What is wrong with one key of a table; empty where nothing is."""
    keys = [field.name for field in fields(Entry) if field.name != "id"]
    if key not in keys:
        return f"{key!r} is no key of a data set; there are {listing(keys, most=len(keys))}."
    if key == "bytes":
        return "" if type(value) is int and value > 0 else "bytes must be a whole number above 0."
    if not isinstance(value, str):
        return f"{key} must be a text in quotes."
    if key in _HEX and not re.fullmatch(_HEX[key], value):
        return f"{key} must be hexadecimal digits, as many as such a digest has."
    if key == "url" and not re.match(r"https?://.", value):
        return "url must begin with http:// or https://."
    if key in ("folder", "name") and not re.fullmatch(_SAFE_NAME, value):
        return f"{key} must be letters, digits, dots, - and _."
    return _wrong_place(key, value)


def _wrong_place(key: str, value: str) -> str:
    """What is wrong with where the photos are, or with the rule for their labels."""
    if key == "inside" and not all(re.fullmatch(_SAFE_NAME, part) for part in value.split("/")):
        return "inside must be the name of a folder in the data set, such as images."
    if key == "label" and not _has_group(value):
        return "label must be a regular expression with ( ) around the part that is the label."
    return ""


def _has_group(pattern: str) -> bool:
    try:
        return re.compile(pattern).groups > 0
    except re.error:
        return False


def _line(text: str, id_: str, key: str) -> int:
    """The line of `key` in the table `id_`, else where the table begins; the first line is 1."""
    lines = text.splitlines()
    begins = re.compile(rf"\s*(\[.*\b|[\"']?){re.escape(id_)}[\"']?\s*[\]=]")
    top = next((number for number, line in enumerate(lines) if begins.match(line)), 0)
    inside = takewhile(lambda line: not line.lstrip().startswith("["), lines[top + 1 :])
    for number, line in enumerate(inside, top + 2):
        if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return top + 1


def _merged(base: Table, over: Table) -> Table:
    """`over` on top of `base`; size and digests of another url's file do not hold for a new one."""
    if not base:
        return over
    if "url" in over:
        base = {"folder": _stem(base["url"])} | base  # so that a mirror fills the same folder
        base = {key: value for key, value in base.items() if key not in _FACTS}
    return {**base, **over}


def _entry(id_: str, table: Table) -> Entry:
    defaults = {"name": id_.upper(), "folder": _stem(table["url"])}
    return Entry(**{"id": id_, **defaults, **table})


def _stem(url: str) -> str:
    """A url's file name without `.tgz`, `.tar.gz`, `.zip` and the like."""
    path = url.removeprefix(BUNDLED) if url.startswith(BUNDLED) else urlsplit(url).path
    name = PurePosixPath(unquote(path)).name
    return re.sub(r"(\.tar)?\.(tgz|tar|gz|bz2|xz|zip)$", "", name)
