"""Takes out of a text what tells who and where somebody is, and what must stay secret."""

from __future__ import annotations

import getpass
import os
import re
import socket
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

USER, HOST, SECRET = "<user>", "<host>", "<secret>"

EVERYBODYS = {
    *("root", "user", "users", "admin", "administrator", "ubuntu", "debian", "jovyan", "runner"),
    *("ec2-user", "azureuser", "codespace", "vscode", "jupyter", "notebook", "python", "docker"),
    *("default", "app", "student", "nobody", "home", "localhost", "host", "secret", "content"),
}
"""Names that an image gives everybody: they tell nothing, and are words that a report needs."""

SHORTEST = 3
"""Letters; a shorter name is part of too many words, and is only taken out of paths."""

LETTER = r"[^\W\d_]"
SECRET_NAMES = re.compile(r"(?i)token|secret|passw|credential|api_?key|_(key|pass|pwd|auth)$|^key$")
"""Not `PWD`, which is the folder that somebody works in."""
USER_NAMES = ("USER", "USERNAME", "LOGNAME", "SUDO_USER", "JUPYTERHUB_USER")
HOST_NAMES = ("HOSTNAME", "COMPUTERNAME")
HOMES = {"home", "homes", "users"}
"""Folders in which a folder is called as its owner; elsewhere a home may be called `data`."""

SIGNS = (
    # what stands before the @ of an address, also of one that is written wrongly
    (re.compile(r"(?i)([a-z][a-z0-9+.\-]*://)[^\s'\"<>]+@"), rf"\1{SECRET}@"),
    (re.compile(r"(?<![\w/<])[^\s'\"<>/:@]+:[^\s'\"<>@]+@"), f"{SECRET}@"),
    (
        re.compile(
            r"(?i)([\w\-]{0,40}(?:token|passw(?:or)?d|secret|api_?key|_key|credential|signature)"
            r"[\w\-]{0,40}[\"']?\s*[=:]\s*[\"']?)[^\s\"'&;,<>]+"
        ),
        rf"\1{SECRET}",
    ),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[\w.~+/=\-]{16,}"), rf"\1 {SECRET}"),
    (
        re.compile(
            r"\b(hf_|gh[opsur]_|github_pat_|glpat-|xox[abprs]-|ya29\.|sk-|AKIA)[A-Za-z0-9_\-]{12,}"
        ),
        SECRET,
    ),
    (re.compile(r"\beyJ[\w\-]{8,}\.[\w\-]+\.[\w\-]*"), SECRET),  # a JSON Web Token
)
OTHERS = re.compile(
    r"(?i)((?:/home/|/Users/|[\\/]+Users[\\/]+))(?!<)"
    # only Windows' names have spaces, and there a folder follows
    r"(?:(?<=\\)[^/\\\"'<>:;,\n]+(?=\\)|[^\s/\\\"'<>:;,]+)"
)


@dataclass(frozen=True)
class Mask:
    """Makes a text fit to be shown to strangers; doing so twice is the same as once.

    Attributes:
        homes: Folders that become `~`.
        users: Names that become `<user>`.
        hosts: Names that become `<host>`.
        secrets: Texts that become `<secret>`.
    """

    homes: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    def __call__(self, text: str) -> str:
        """`text` without them."""
        for pattern, instead in self._rules:
            text = pattern.sub(instead, text)
        return text

    @cached_property
    def _rules(self) -> list[tuple[re.Pattern[str], str]]:
        secrets = [(_any_of(_spellings(self.secrets)), SECRET)] if self.secrets else []
        homes = [(_folder(_paths(self.homes)), "~")] if self.homes else []
        return [*secrets, *SIGNS, *homes, (OTHERS, rf"\1{USER}"), *self._names()]

    def _names(self) -> Iterator[tuple[re.Pattern[str], str]]:
        for names, instead in ((self.users, USER), (self.hosts, HOST)):
            if known := [it for it in _spellings(names) if it]:
                yield _in_paths(known), instead
            if whole := [it for it in known if len(it) >= SHORTEST and not _everybodys(it)]:
                yield _whole(whole), instead


def mask_of_here(environ: Mapping[str, str] = os.environ) -> Mask:
    """What is to be hidden on this machine, of this account."""
    homes, users = _accounts(environ)
    hosts = {environ.get(name, "") for name in HOST_NAMES} | {socket.gethostname()}
    hosts |= {host.partition(".")[0] for host in hosts}
    homes |= {os.path.realpath(it) for it in homes if it}
    return Mask(
        frozenset(it for it in homes if len(it) > 2 and it != Path(it).anchor),
        frozenset(filter(None, users)),
        frozenset(filter(None, hosts)),
        frozenset(_secrets(environ)),
    )


def _accounts(environ: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Home folders and user names, as far as this account has any; "" may be among them."""
    homes, users = {environ.get("USERPROFILE", "")}, {environ.get(it, "") for it in USER_NAMES}
    users |= {_part(value, "username") for value in environ.values()}
    with suppress(RuntimeError):
        home = Path.home()
        homes.add(str(home))
        users |= {home.name} if home.parent.name.lower() in HOMES else set()
    with suppress(OSError, KeyError, ImportError):
        users.add(getpass.getuser())
    with suppress(KeyError, ImportError):
        import pwd

        entry = pwd.getpwuid(os.getuid())
        users.add(entry.pw_name)
        homes.add(entry.pw_dir)
    return homes, users


def _secrets(environ: Mapping[str, str]) -> Iterator[str]:
    """Values of variables that are called a token or the like, and passwords in addresses."""
    for name, value in environ.items():
        if SECRET_NAMES.search(name) and len(value) >= 6:
            yield value
        password = _part(value, "password")
        if len(password) >= SHORTEST:
            yield from {password, unquote(password)}


def _part(value: str, name: str) -> str:
    """The user name or the password of an address; "" where it has none, or is none."""
    with suppress(ValueError):
        return str(getattr(urlsplit(value), name) or "") if "://" in value else ""
    return ""


def _everybodys(name: str) -> bool:
    return name.lower() in EVERYBODYS


def _spellings(names: Iterable[str]) -> list[str]:
    """Each name as it is, in both forms that accents have, and as addresses write it."""
    forms = {unicodedata.normalize(form, it) for it in names for form in ("NFC", "NFD")}
    return sorted({*names, *forms, *map(quote, forms)}, key=len, reverse=True)


def _paths(folders: Iterable[str]) -> list[str]:
    """Each folder also with other separators, as programs and JSON write them."""
    known = _spellings(it.rstrip("/\\") for it in folders)
    written = {*known, *(it.replace("\\", "\\\\") for it in known)}
    written |= {it.replace("\\", "/") for it in known}
    return sorted(written, key=len, reverse=True)


def _any_of(texts: Iterable[str], before: str = "", after: str = "") -> re.Pattern[str]:
    words = "|".join(re.escape(it) for it in texts)
    return re.compile(f"{before}(?:{words}){after}", re.IGNORECASE)


def _folder(folders: list[str]) -> re.Pattern[str]:
    """A folder itself, not another whose name begins like it or that lies elsewhere."""
    return _any_of(folders, r"(?<![\w.~\-])", r"(?![\w\-]|\.\w)")


def _whole(names: list[str]) -> re.Pattern[str]:
    """A name that is no part of a longer word."""
    return _any_of(names, rf"(?<!{LETTER})(?<!<)", rf"(?!{LETTER})(?!>)")


def _in_paths(names: list[str]) -> re.Pattern[str]:
    """A name that is a whole part of a path."""
    return _any_of(names, r"(?<=[/\\])", r"(?=[/\\\s'\":;,)]|\.?$)")
