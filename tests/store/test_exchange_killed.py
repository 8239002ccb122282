"""An import that comes to an end half way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support_exchange import a_row, everything, fill

from coursekit.core import deeds
from coursekit.store import exchange
from coursekit.store.database import Database
from coursekit.store.tables import Attempt

READ = """
import sys
from pathlib import Path
from coursekit.store import exchange
from coursekit.store.database import Database
exchange.read_in(Database(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_an_import_that_is_killed_half_way_leaves_nothing_and_can_be_done_again(
    database: Database, sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite, attempts=[a_row(Attempt) for _ in range(8000)])
    deeds.note("trained")
    file, pipe = tmp_path / "store.json", tmp_path / "pipe"
    exchange.export(sqlite, file)
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "elsewhere"))
    target = Database(f"sqlite:///{tmp_path / 'b.db'}") if database.is_sqlite else database
    target.ready()
    os.mkfifo(pipe)
    url = target.url.render_as_string(hide_password=False)
    reading = subprocess.Popen([sys.executable, "-c", READ, url, pipe])
    with reading, pipe.open("wb", buffering=0) as end:
        end.write(file.read_bytes()[:-200_000])  # is back when all but a little was read
        reading.send_signal(signal.SIGKILL)
    assert not any(everything(target).values())
    assert deeds.when("trained") is None
    assert exchange.read_in(target, file)["attempts"] == (8000, 0)
    assert deeds.when("trained")
    target.close()
