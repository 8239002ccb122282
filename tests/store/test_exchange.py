"""All that is kept about a learner, as a file and back."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from ulid import ULID

from coursekit.store import answers, exchange, jsonstream, me
from coursekit.store.database import Database
from coursekit.store.exchange import CannotExport, CannotImport
from coursekit.store.jsonstream import Damaged, Pieces
from coursekit.store.tables import Attempt, Base, Card, Learner, Place, Run

NOON = datetime(2026, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
Move = Callable[[], None]


def a_row(table: type, **changes: Any) -> dict[str, Any]:
    """What a row of a table may have."""
    about = {"questionnaire": "lesson-1", "question": "label"}
    run = {"kind": "model", "name": "Ada's ä", "task": "t", "data": "d", "error_rate": 0.1}
    run |= {"low": 0.05, "high": 0.2, "judged": 90, "chosen": True, "seed": 2**40, "seconds": 1.5}
    run |= {"hardware": "CPU", "version": "0.1", "recipe": {"lr": [0.1]}, "about": {}, "at": NOON}
    made: dict[type, dict[str, Any]] = {
        Attempt: {**about, "id": str(ULID()), "revision": "r", "answer": [1], "share": 0.5,
                  "by_oneself": False, "hints": 1, "exam": "", "at": NOON},
        Place: {"questionnaire": "lesson-1", "state": {"at": "label"}, "at": NOON},
        Card: {**about, "due": NOON, "begun": NOON, "state": {"step": None}},
        Run: {"id": str(ULID()), **run},
    }  # fmt: skip
    return {**made[table], **changes}


def fill(database: Database, **rows: list[dict[str, Any]]) -> str:
    """Keeps rows of this home's learner, by table."""
    with database.writing() as session:
        learner = answers.the_learner(session).id
        for name, several in rows.items():
            table = Base.metadata.tables[name]
            session.execute(insert(table), [{"learner_id": learner, **it} for it in several])
    return learner


def one_each(database: Database) -> str:
    return fill(
        database,
        attempts=[
            a_row(Attempt),
            a_row(Attempt, answer=None),
            a_row(Attempt, answer="ä\0\U0001f600"),
        ],
        places=[a_row(Place)],
        cards=[a_row(Card), a_row(Card, question="split")],
        runs=[a_row(Run), a_row(Run, seed=None, kind="person")],
    )


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows but who they belong to."""
    with database.reading() as session:
        return {
            table.name: sorted(
                repr([value for key, value in row._mapping.items() if key != "learner_id"])
                for row in session.execute(select(table))
            )
            for table in exchange.TABLES
        }


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Move:
    """Goes on as another home, as on another machine."""

    def move() -> None:
        monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / str(ULID())))

    return move


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """A database of another machine."""
    made = Database(f"sqlite:///{tmp_path / 'other.db'}")
    yield made
    made.close()


def test_every_table_that_belongs_to_a_learner_is_exported() -> None:
    owned = {table for table in Base.metadata.tables.values() if "learner_id" in table.c}
    assert owned == set(exchange.TABLES)
    assert set(Base.metadata.tables) - {it.name for it in owned} == {"learners", "tallies"}


def test_all_moves_to_another_machine_and_belongs_to_its_learner(
    database: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    before = one_each(database)
    with database.writing() as session:
        answers.the_learner(session, "Ada")
        session.add(Learner(id="bob"))
        session.flush()
        session.add(Attempt(**a_row(Attempt), learner_id="bob"))
    file = tmp_path / "store.json"
    counts = {"attempts": 3, "places": 1, "cards": 2, "runs": 2}
    assert exchange.export(database, file) == counts
    assert before not in file.read_text()
    elsewhere()
    assert exchange.read_in(other, file) == {name: (n, 0) for name, n in counts.items()}
    with other.reading() as session:
        learner = answers.learner_id(session)
        assert learner
        assert learner != before
        assert {it.learner_id for it in session.scalars(select(Attempt))} == {learner}
        assert session.get_one(Learner, learner).name == "Ada"
    again = tmp_path / "again.json"
    exchange.export(other, again)
    assert again.read_bytes() == file.read_bytes()


def test_all_comes_back_from_a_file_into_either_database(
    database: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    one_each(other)
    exchange.export(other, tmp_path / "store.json")
    elsewhere()
    exchange.read_in(database, tmp_path / "store.json")
    assert everything(database) == everything(other)


def test_a_second_import_changes_nothing(database: Database, tmp_path: Path) -> None:
    one_each(database)
    file = tmp_path / "store.json"
    exchange.export(database, file)
    before = everything(database)
    for _ in range(2):
        added = exchange.read_in(database, file)
        assert added == {"attempts": (0, 3), "places": (0, 1), "cards": (0, 2), "runs": (0, 2)}
    assert everything(database) == before


def test_what_is_there_stays_and_what_is_not_is_added(database: Database, tmp_path: Path) -> None:
    learner = one_each(database)
    with database.writing() as session:
        answers.the_learner(session, "Ada")
    file = tmp_path / "store.json"
    exchange.export(database, file)
    with database.writing() as session:
        answers.keep_place(session, learner, "lesson-1", {"at": "later"})
        answers.the_learner(session, "Eve")
        session.execute(text("DELETE FROM cards WHERE question = 'split'"))
    fill(database, attempts=[a_row(Attempt)])
    assert exchange.read_in(database, file)["cards"] == (1, 1)
    with database.reading() as session:
        assert answers.place(session, learner, "lesson-1") == {"at": "later"}
        assert session.get_one(Learner, learner).name == "Eve"
    assert len(everything(database)["attempts"]) == 4


def test_two_homes_of_one_database_do_not_take_each_others_rows(
    database: Database, elsewhere: Move, tmp_path: Path
) -> None:
    first = one_each(database)
    exchange.export(database, tmp_path / "store.json")
    elsewhere()
    added = exchange.read_in(database, tmp_path / "store.json")
    assert (added["attempts"], added["runs"], added["cards"]) == ((0, 3), (0, 2), (2, 0))
    with database.reading() as session:
        assert {it.learner_id for it in session.scalars(select(Attempt))} == {first}


def test_whoever_has_nothing_exports_nothing_and_is_not_made_a_learner(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "store.json"
    assert set(exchange.export(database, file).values()) == {0}
    assert me.kept() == ""
    assert exchange.read_in(database, file)["runs"] == (0, 0)


def test_numbers_that_are_none_leave_as_nothing(sqlite: Database, tmp_path: Path) -> None:
    fill(sqlite, runs=[a_row(Run, recipe={"lr": [float("nan"), {"a": float("inf")}]})])
    file = tmp_path / "store.json"
    exchange.export(sqlite, file)
    assert json.loads(file.read_text())["runs"][0]["recipe"] == {"lr": [None, {"a": None}]}


def good() -> dict[str, Any]:
    """What a file may have."""
    made: dict[str, Any] = {"format": 1, "name": "Ada"}
    for table in (Attempt, Place, Card, Run):
        row = a_row(table)
        made[table.__tablename__] = [  # type: ignore[attr-defined]
            {key: it.isoformat() if isinstance(it, datetime) else it for key, it in row.items()}
        ]
    return made


def with_row(table: str, **changes: Any) -> str:
    """A file whose last row of a table is another."""
    made = good()
    made[table].append({**made[table][0], "id": "other", **changes})
    if table in ("places", "cards"):
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
    with pytest.raises(CannotImport) as error:
        exchange.read_in(database, file)
    said = str(error.value)
    assert said.startswith(f"{file} can't be imported: it")
    assert said.endswith(". Nothing was changed.")
    assert len(said) < len(str(file)) + 150
    assert everything(database) == before
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
    file.write_text(with_part(format=2, robots=[]))
    with pytest.raises(CannotImport, match="a later version of coursekit wrote it"):
        exchange.read_in(sqlite, file)


def test_files_that_cannot_be_read_or_written_are_a_sentence(
    sqlite: Database, tmp_path: Path
) -> None:
    with pytest.raises(CannotImport, match=r"it can't be read \(no such file"):
        exchange.read_in(sqlite, tmp_path / "gone.json")
    (tmp_path / "latin.json").write_bytes(b'{"format": 1, "name": "\xe4"}')
    with pytest.raises(CannotImport, match="damaged"):
        exchange.read_in(sqlite, tmp_path / "latin.json")
    for path in (tmp_path, tmp_path / "gone" / "x.json"):
        with pytest.raises(CannotExport, match=r"can't be written \("):
            exchange.export(sqlite, path)
    assert [it.name for it in tmp_path.iterdir() if it.name.startswith(".")] == []


LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=26)
KEYS = LETTERS.filter(bool)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda it: st.lists(it, max_size=3) | st.dictionaries(st.text(max_size=5), it, max_size=3),
    max_leaves=8,
)  # fmt: skip
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
OBJECTS = st.dictionaries(st.text(max_size=5), JSON, max_size=3)
ATTEMPTS = st.builds(
    a_row, st.just(Attempt), id=KEYS, question=LETTERS, answer=JSON, share=NUMBERS, at=TIMES,
    hints=st.integers(-(2**31), 2**31 - 1), by_oneself=st.booleans(),
)  # fmt: skip
CARDS = st.builds(a_row, st.just(Card), question=KEYS, due=TIMES, begun=TIMES, state=OBJECTS)
RUNS = st.builds(
    a_row, st.just(Run), id=KEYS, name=LETTERS, error_rate=NUMBERS, recipe=OBJECTS, at=TIMES,
    seed=st.none() | st.integers(-(2**63), 2**63 - 1), judged=st.integers(0, 2**31 - 1),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(ATTEMPTS, max_size=5, unique_by=lambda it: it["id"]),
    st.lists(CARDS, max_size=5, unique_by=lambda it: it["question"]),
    st.lists(RUNS, max_size=3, unique_by=lambda it: it["id"]),
)
def test_whatever_is_kept_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    attempts: list[dict[str, Any]],
    cards: list[dict[str, Any]],
    runs: list[dict[str, Any]],
) -> None:
    folder = tmp_path_factory.mktemp("s")
    one, two = (Database(f"sqlite:///{folder / name}.db") for name in "ab")
    fill(one, **{k: v for k, v in (("attempts", attempts), ("cards", cards), ("runs", runs)) if v})
    exchange.export(one, folder / "a.json")
    exchange.read_in(two, folder / "a.json")
    exchange.export(two, folder / "b.json")
    assert everything(one) == everything(two)
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()
    one.close()
    two.close()


@given(JSON, st.integers(1, 40))
def test_pieces_are_read_whole_however_the_file_is_cut(value: Any, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonstream, "CHUNK", chunk)
        for indent in (None, 2):
            pieces = Pieces(
                StringIO(json.dumps({"a": [value, 12, value], "b": value}, indent=indent))
            )
            names = pieces.names()
            assert next(names) == "a"
            assert list(pieces.items()) == [value, 12, value]
            assert next(names) == "b"
            assert pieces.value() == value
            assert list(names) == []


def test_a_piece_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonstream, "LARGEST", 1000)
    monkeypatch.setattr(jsonstream, "CHUNK", 100)
    file = StringIO('{"a": "' + "x" * 10**6 + '"}')
    pieces = Pieces(file)
    assert next(pieces.names()) == "a"
    with pytest.raises(Damaged):
        pieces.value()
    assert file.tell() < 5000


def many(n: int) -> list[dict[str, Any]]:
    return [a_row(Attempt, id=f"{it:026}", at=NOON + timedelta(seconds=it)) for it in range(n)]


@pytest.mark.slow
def test_100_000_rows_go_out_and_in(
    database: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    fill(database, attempts=many(100_000))
    file = tmp_path / "store.json"
    began = time.monotonic()
    assert exchange.export(database, file)["attempts"] == 100_000
    exported = time.monotonic() - began
    elsewhere()
    assert exchange.read_in(other, file)["attempts"] == (100_000, 0)
    imported = time.monotonic() - began - exported
    print(f"{exported:.1f} s out, {imported:.1f} s in, {file.stat().st_size / 1e6:.0f} MB")
    assert exported < 30
    assert imported < 60


def test_only_a_part_of_the_rows_is_in_memory(
    sqlite: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    file = tmp_path / "store.json"
    fill(sqlite, attempts=many(100))
    exchange.export(sqlite, file)  # so that what is imported and compiled once is not counted
    exchange.read_in(sqlite, file)
    fill(sqlite, attempts=[{**it, "id": f"x{it['id'][1:]}"} for it in many(8000)])
    most = [peak(lambda: exchange.export(sqlite, file))]
    assert file.stat().st_size > 1_500_000
    elsewhere()
    most.append(peak(lambda: exchange.read_in(other, file)))
    assert max(most) < 6_000_000, most


def peak(work: Callable[[], Any]) -> int:
    """Bytes of Python's memory that some work takes at most."""
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found
