from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from coursekit.learn.feature_store import FeatureStore

WRITER = """
import sys, numpy as np
from pathlib import Path
from coursekit.learn.feature_store import FeatureStore
store, name = FeatureStore(Path(sys.argv[1])), sys.argv[2]
for start in range(0, 200, 20):
    store.put({f"{name}{k}": np.full(50, k, np.float32) for k in range(start, start + 20)})
"""


def rows(names: str, size: int = 10) -> dict[str, np.ndarray]:
    return {name: np.full((2, size // 2), ord(name), np.float32) for name in names}


def test_what_is_put_comes_back_with_its_shape(home: Path) -> None:
    FeatureStore().put(rows("ab"))
    found = FeatureStore().get(["b", "a", "missing", "a"])
    assert set(found) == {"a", "b"}
    assert found["b"].shape == (2, 5)
    assert (found["b"] == ord("b")).all()
    assert (home / "cache" / "features.db").is_file()


def test_more_keys_than_one_query_takes(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path / "f.db")
    store.put({str(k): np.full(1, k, np.float32) for k in range(1300)})
    assert len(store.get(str(k) for k in range(1300))) == 1300


@pytest.mark.parametrize("damage", ["no database", "cut", "middle", "empty"])
def test_a_damaged_file_is_no_error_and_is_made_anew(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "f.db"
    store = FeatureStore(path)
    store.put({str(k): np.full(200, k, np.float32) for k in range(100)})
    whole = path.read_bytes()
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.write_bytes(
        {
            "no database": b"text " * 1000,
            "cut": whole[: len(whole) // 2],
            "middle": whole[:4096] + b"\xff" * 40_000 + whole[44_096:],
            "empty": b"",
        }[damage]
    )
    found = store.get(str(k) for k in range(100))
    assert all((row == float(key)).all() for key, row in found.items())
    store.put(rows("ab"))
    store.put(rows("ab"))  # the first may have found the damage and begun anew
    assert set(store.get("ab")) == {"a", "b"}


def test_a_row_that_was_changed_is_as_good_as_absent(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path / "f.db")
    store.put(rows("ab"))
    with sqlite3.connect(tmp_path / "f.db") as database:
        database.execute("UPDATE feature SET data = zeroblob(40) WHERE key = 'a'")
    database.close()
    assert set(store.get("ab")) == {"b"}


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "f.db"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, name], stderr=subprocess.PIPE)
        for name in "ab"
    ]
    for writer in writers:
        assert writer.communicate(timeout=60)[1] == b""
    found = FeatureStore(path).get(f"{name}{k}" for name in "ab" for k in range(200))
    assert len(found) == 400
    assert all((row == float(key[1:])).all() for key, row in found.items())


def test_the_file_stays_small_and_the_longest_unused_go_first(tmp_path: Path) -> None:
    path = tmp_path / "f.db"
    store = FeatureStore(path, limit=400_000)
    store.put({"kept": np.zeros(1000, np.float32)})
    for k in range(300):
        store.put({str(k): np.full(1000, k, np.float32)})
        assert "kept" in store.get(["kept"])  # used again and again
    found = store.get(map(str, range(300)))
    numbers = sorted(map(int, found))
    assert 20 < len(numbers) < 100
    assert numbers == list(range(numbers[0], 300))
    assert path.stat().st_size < 800_000


def test_a_home_that_can_not_be_written_is_an_empty_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "file"))
    FeatureStore().put(rows("a"))
    assert FeatureStore().get("a") == {}


def test_a_store_that_another_process_holds_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coursekit.learn import feature_store

    path = tmp_path / "f.db"
    FeatureStore(path).put(rows("a"))
    connect = sqlite3.connect
    monkeypatch.setattr(feature_store.sqlite3, "connect", lambda p, timeout: connect(p, timeout=0))
    other = connect(path)
    other.execute("BEGIN IMMEDIATE")
    FeatureStore(path).put(rows("b"))
    assert set(FeatureStore(path).get("ab")) == {"a"}
    other.close()
