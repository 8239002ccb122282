"""Files that are no export, or a damaged one: refused whole, in words."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support_exchange import NOON, a_row, everything, fill

from coursekit.core import played
from coursekit.store import done, exchange, whose
from coursekit.store.database import Database
from coursekit.store.exported import CannotImport
from coursekit.store.tables import Attempt, Card, Learner, Place, Run, Stretch

DIGEST = "3fa2" * 8


def good() -> dict[str, Any]:
    """What a file may have."""
    done = {"deeds": {"trained": NOON.isoformat()}, "seeds": {DIGEST: 5}}
    done |= {"played": {DIGEST: "shown"}}
    made: dict[str, Any] = {"format": 2, "learner": DIGEST, "name": "Ada", "done": done}
    for table in (Attempt, Place, Card, Run, Stretch):
        row = a_row(table)
        made[table.__tablename__] = [  # type: ignore[attr-defined]
            {key: it.isoformat() if isinstance(it, datetime) else it for key, it in row.items()}
        ]
    return made


def with_done(**changes: Any) -> str:
    """A file that says otherwise what was done."""
    return with_part(done={**good()["done"], **changes})


def with_row(table: str, **changes: Any) -> str:
    """A file whose last row of a table is another."""
    made = good()
    made[table].append({**made[table][0], "id": "other", **changes})
    if table in ("places", "cards", "stretches"):
        del made[table][1]["id"]
    return json.dumps(made)


def with_part(**changes: Any) -> str:
    return json.dumps({**good(), **changes})


DEEP: Any = []
for _ in range(60):
    DEEP = [DEEP]

DAMAGED = [
    *("", "[]", "3", "nothing", "{", "{}", "null", "\ufeff", '{"a"', '{"format"', "[" * 10**5),
    *(json.dumps(good())[:-n] for n in (1, 2, 40, 300, 900)),
    json.dumps(good()) + "x",
    json.dumps(good()) + json.dumps(good()),
    json.dumps(good()).replace(', "', ' "', 1),
    json.dumps(good()).replace(": 0.5", ": NaN"),
    json.dumps(good()).replace(": 0.5", ": 1e999"),
    json.dumps(good()).replace(": 0.5", f": {'9' * 10**5}"),
    json.dumps(good()).replace("[1]", "[1e999]"),
    json.dumps(good()).replace("[1]", "[" * 10**5),
    json.dumps(good()).replace('"name": "Ada",', '"name": "Ada", "name": "Ada",'),
    *(with_part(format=it) for it in (0, "1", True, None, [], 1.0)),
    json.dumps({**good(), "format": 1}),
    *(with_part(learner=it) for it in (None, 3, "x", DIGEST * 2)),
    *(with_part(done=it) for it in (None, [], {}, "x", {**good()["done"], "more": {}})),
    *(with_done(deeds=it) for it in (None, [], ["trained"], {"slept": NOON.isoformat()})),
    *(with_done(deeds={"trained": it}) for it in (None, 3, "", "2026-05-04", "2026-05-04T12:00")),
    *(with_done(deeds={it: NOON.isoformat()}) for it in ("", "../x", "seed-" + DIGEST)),
    *(with_done(seeds=it) for it in (None, [], {"../../x": 5}, {"": 5}, {DIGEST.upper(): 5})),
    *(with_done(seeds={DIGEST: it}) for it in (None, 5.0, "5", True, 2**64, [])),
    *(with_done(played=it) for it in (None, {"../learner": "shown"}, {DIGEST: "sold"})),
    *(with_done(played={DIGEST: it}) for it in (None, [], {"how": "shown"})),
    *(with_part(name=it) for it in (None, 3, "x" * 81, "a\nb", "  ", "\ud800", "a\u202eb")),
    *(with_part(**{it: []}) for it in ("learners", "alembic_version", "attempts; DROP", "")),
    *(with_part(attempts=it) for it in ({}, None, 3, "x", [[]], [None], [{}])),
    *(json.dumps({k: v for k, v in good().items() if k != it}) for it in good()),
    *(with_row("attempts", id=it) for it in ("", 3, None, "x" * 27, "a\0", "\ud800")),
    *(with_row("attempts", share=it) for it in (True, None, "1", [], 10**400)),
    *(with_row("attempts", hints=it) for it in (True, 0.5, "1", 2**31, -(2**40), None)),
    *(with_row("attempts", by_oneself=it) for it in (0, 1, "true", None)),
    *(with_row("attempts", at=it) for it in (None, 3, "", "2026-05-04", "2026-05-04T12:00:00")),
    *(with_row("attempts", at=it) for it in ("0001-01-01T00:00+23:00", "9999-12-31T23:59-23:00")),
    *(with_row("attempts", learner_id="x") for _ in (1,)),
    *(with_row("attempts", answer=it) for it in (DEEP,)),
    *(with_row("places", state=it) for it in (None, [], "x", 3, {"a": DEEP})),
    *(with_row("cards", question=it) for it in (None, 3, "", "x" * 121)),
    *(with_row("stretches", machine=it) for it in ("", 3, None, "x" * 33)),
    *(with_row("stretches", ended=it) for it in (None, "", 1.5, "2026-05-04")),
    *(with_row("runs", seed=it) for it in (2**63, -(2**63) - 1, 0.5, "1", True)),
]  # fmt: skip


@pytest.mark.parametrize("damaged", DAMAGED, ids=lambda it: it[:12])
def test_a_damaged_file_is_refused_and_nothing_of_it_is_kept(
    sqlite: Database, tmp_path: Path, damaged: str
) -> None:
    refused(sqlite, tmp_path, damaged)


@pytest.mark.parametrize("damaged", [DAMAGED[14], with_row("runs", seed=2**63)], ids=[1, 2])
def test_postgresql_keeps_nothing_of_a_damaged_file_either(
    postgresql: Database, tmp_path: Path, damaged: str
) -> None:
    refused(postgresql, tmp_path, damaged)


def refused(database: Database, tmp_path: Path, damaged: str) -> None:
    fill(database, attempts=[a_row(Attempt)])
    before = everything(database)
    file = tmp_path / "store.json"
    file.write_text(damaged)
    with pytest.raises(CannotImport):
        whose.look(database, file)  # before anything is asked
    with pytest.raises(CannotImport) as error:
        exchange.read_in(database, file)
    said = str(error.value)
    assert said.startswith(f"{file} can't be imported: it")
    assert said.endswith(". Nothing was changed.")
    assert len(said) < len(str(file)) + 150
    assert everything(database) == before
    assert (done.here(), played.everything()) == (done.NOTHING, {})
    with database.reading() as session:
        assert [it.name for it in session.scalars(select(Learner))] == [""]


def test_the_good_file_is_none_of_the_damaged(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "store.json"
    for indent in (None, 3):
        file.write_text(json.dumps(good(), indent=indent, ensure_ascii=False), "utf-8-sig")
        exchange.read_in(database, file)
    assert {name: len(it) for name, it in everything(database).items()}["runs"] == 2


def test_a_newer_file_is_refused_in_words(sqlite: Database, tmp_path: Path) -> None:
    file = tmp_path / "store.json"
    file.write_text(with_part(format=3, robots=[]))
    with pytest.raises(CannotImport, match="a later version of coursekit wrote it"):
        exchange.read_in(sqlite, file)
