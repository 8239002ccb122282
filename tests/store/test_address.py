"""Addresses that lead nowhere: a sentence that says why, and never a password."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import psycopg
import pytest
from support_postgresql import fresh

from coursekit.store.database import Database, address, patience
from coursekit.store.errors import CannotOpen

HERE = "postgresql+psycopg://kim:secret@127.0.0.1"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "that is no address such as"),
        ("secret", "that is no address such as"),
        ("kim:secret@host/x", "that is no address such as"),
        ("postgresql:/kim:secret@host/x", "that is no address such as"),
        (f"{HERE}:secret/x", "that is no address such as"),
        ("postgresql+psycopg://kim:secret@[::1/x", "that is no address such as"),
        ("sqlite://kim:secret@host/x", "that is no address such as"),
        ("oracle://kim:secret@host/x", "x on host can't be opened (its driver is not installed)"),
        (f"{HERE}:1/x", "x on 127.0.0.1 can't be opened (the database server does not answer)"),
        (f"{HERE}:1/x?password=secret", "x on 127.0.0.1 can't be opened"),
        (f"{HERE}:1/x?passfile=/secret", "x on 127.0.0.1 can't be opened"),
        ("postgresql+psycopg://kim:pass@secret@127.0.0.1:1/x", "that COURSEKIT_DB names"),
        ("postgresql+psycopg://kim:p@127.0.0.1:1/secret@host/x", "that COURSEKIT_DB names"),
        ("postgresql+psycopg://kim:secret@gone.invalid/x", "nobody knows its server by that name"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_sentence_without_the_password(
    url: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEKIT_DB", url)
    with pytest.raises(CannotOpen) as error:
        Database().ready()
    assert says in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("postgresql+psycopg://host/x", {"connect_timeout": 10}),
        ("postgresql+psycopg2://host/x", {"connect_timeout": 10}),
        ("postgresql://host/x", {"connect_timeout": 10}),
        ("postgresql+psycopg://host/x?connect_timeout=3", {}),
        ("postgresql+pg8000://host/x", {}),
        ("postgresql+asyncpg://host/x", {}),
        ("sqlite:///x.db", {}),
    ],
)
def test_only_drivers_that_know_the_word_are_told_how_long_to_wait(
    url: str, options: dict[str, int]
) -> None:
    assert patience(address(url), 10.0) == options


@pytest.fixture
def guarded(server: Path) -> str:
    """The address of a database in the server, which asks all but its owner for a password."""
    url = fresh(server)
    (server / "data" / "pg_hba.conf").write_text(
        "local all boss trust\nlocal all all scram-sha-256"
    )
    with psycopg.connect(host=str(server), user="boss", dbname="postgres", autocommit=True) as it:
        it.execute("DROP ROLE IF EXISTS kim")
        it.execute("CREATE ROLE kim LOGIN PASSWORD 'right'")
        it.execute("SELECT pg_reload_conf()")
    time.sleep(0.2)
    return url


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("kim:secret@", "refused the name or the password"),
        ("nobody:secret@", "refused the name or the password"),
        ("kim@", "refused the name or the password"),
        ("kim:right@", "permission denied"),
    ],
)
def test_a_wrong_password_is_told_and_not_said(guarded: str, who: str, says: str) -> None:
    with pytest.raises(CannotOpen, match=says) as error:
        Database(guarded.replace("boss@", who)).ready()
    assert "secret" not in str(error.value)
    assert "right" not in str(error.value)


def test_a_database_that_the_server_lacks_is_told(server: Path) -> None:
    with pytest.raises(CannotOpen, match=r"gone on this machine .* has no such database"):
        Database(f"postgresql+psycopg://boss@/gone?host={server}").ready()


def test_a_server_that_takes_calls_and_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(CannotOpen, match="does not answer"):
            Database(f"{HERE}:{port}/x", wait=2).ready()
    assert time.monotonic() - began < 10
