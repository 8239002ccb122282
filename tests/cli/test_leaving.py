"""`coursekit bye` on a real Jupyter server, and what it says where nobody can be asked."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from support_api import Api, api
from support_jupyter import TOKEN, Jupyter, jupyter, until
from typer.testing import CliRunner, Result

from coursekit.cli import app, leaving, saying
from coursekit.core import handing
from coursekit.machine import providers
from coursekit.machine.providers.own import PC


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, Jupyter's files apart from this machine's, and one's own PC."""
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "server" / "runtime"))
    monkeypatch.setattr(providers, "recognise", lambda: PC)
    (tmp_path / "home").mkdir()
    (tmp_path / "server").mkdir()
    return tmp_path / "home"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at the terminal."""
    monkeypatch.setattr(saying, "may_ask", lambda: True)


def bye(*options: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["bye", *options], input=typed)


def opened(server: Jupyter, notebook: str) -> str:
    """A kernel that a notebook uses; its id."""
    answer = requests.post(
        f"{server.said()['url']}api/sessions",
        data=json.dumps({"path": notebook, "type": "notebook", "name": notebook, "kernel": {}}),
        headers={"Authorization": f"token {TOKEN}"},
        timeout=60,
    )
    answer.raise_for_status()
    return str(answer.json()["kernel"]["id"])


def test_with_nothing_at_work_it_says_how_the_machine_is_stopped() -> None:
    result = bye()
    assert result.exit_code == 0
    assert result.stdout == f"{PC.name}. {PC.stop}\n"


def test_what_is_saved_is_said_with_its_place(home: Path) -> None:
    (home / "runs").mkdir()
    (home / "coursekit.db").touch()
    said = bye().stdout
    assert f"Runs, with their checkpoints: {home / 'runs'}" in said
    assert f"Answers, reviews and the board: {home / 'coursekit.db'}" in said
    assert "Models" not in said


@pytest.mark.slow
def test_kernels_end_only_once_somebody_said_so(tmp_path: Path, asked: None) -> None:
    with jupyter(tmp_path / "server") as server:
        kernel = opened(server, "lesson.ipynb")
        said = bye(typed="n\n").stdout
        assert "1 kernel runs: lesson.ipynb" in said
        assert "What is not saved in them is lost" in said
        assert kernel in server.kernels()
        assert "Ended 1 kernel." in bye(typed="y\n").stdout
        assert server.kernels() == {}


@pytest.mark.slow
def test_where_nobody_can_be_asked_kernels_stay_and_yes_ends_them(tmp_path: Path) -> None:
    with jupyter(tmp_path / "server") as server:
        server.start_kernel()
        result = bye()
        assert (result.exit_code, len(server.kernels())) == (1, 1)
        assert "end them with --yes" in result.stderr
        assert f"{PC.name}. {PC.stop}" in result.stdout
        assert bye("--yes").exit_code == 0
        assert server.kernels() == {}


SESSIONS = [{"path": name, "kernel": {"id": name}} for name in ("a.ipynb", "b.ipynb", "c.ipynb")]
KERNELS = [{"id": it["path"], "execution_state": "idle"} for it in SESSIONS]


class Odd(Api):
    """A server of three kernels: one is gone already, one stays, one ends."""

    def do_GET(self) -> None:
        self.content = SESSIONS if "sessions" in self.path else KERNELS
        super().do_GET()

    def do_DELETE(self) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        self.status, self.content = {"a.ipynb": 404, "b.ipynb": 500, "c.ipynb": 204}[name], b""
        super().do_GET()


@pytest.mark.parametrize("stop", [True, False])
def test_one_kernel_that_is_gone_or_stays_keeps_nothing_else_from_being_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: bool
) -> None:
    cloud = replace(PC, name="Example Cloud", command=f"touch {tmp_path / 'stopped'}")
    monkeypatch.setattr(providers, "recognise", lambda: cloud)
    runtime = tmp_path / "server" / "runtime"
    runtime.mkdir()
    with api(base=Odd) as (url, served):
        (runtime / f"jpserver-{os.getpid()}.json").write_text(json.dumps({"url": url}))
        result = bye("--yes", *(["--stop"] if stop else []))
    assert [it.split("?")[0] for it in served.asked[2:]] == [
        f"/api/kernels/{name}.ipynb" for name in "abc"
    ]
    assert "Ended 2 kernels." in result.stdout
    assert f"{cloud.name}. {cloud.stop}" in result.stdout
    assert result.stderr == (
        "coursekit: The kernel of b.ipynb could not be ended. End it in Jupyter: Kernel, Shut "
        "Down.\n"
    )
    assert result.exit_code == 1
    assert (tmp_path / "stopped").exists() == stop


def test_it_says_where_the_kernel_of_its_own_cell_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coursekit.machine.jupyter.above.kernels_above", lambda: {"b.ipynb"})
    monkeypatch.setattr(leaving, "HEARD", 0.0)
    runtime = tmp_path / "server" / "runtime"
    runtime.mkdir()
    with api(base=Odd) as (url, _):
        (runtime / f"jpserver-{os.getpid()}.json").write_text(json.dumps({"url": url}))
        result = bye("--yes")
    assert "The kernel that runs this ends now, too: b.ipynb." in result.stdout
    assert "The kernel of b.ipynb could not be ended." in result.stderr
    assert result.exit_code == 1


@pytest.mark.slow
def test_a_kernel_that_hangs_is_ended(tmp_path: Path) -> None:
    with jupyter(tmp_path / "server") as server:
        with server.speak(server.start_kernel()) as front:
            os.kill(int(front.run("import os; print(os.getpid())")), signal.SIGSTOP)
        assert "Ended 1 kernel." in bye("--yes").stdout
        assert server.kernels() == {}


@pytest.mark.slow
def test_in_a_cell_nobody_is_asked_and_its_own_kernel_ends_last(tmp_path: Path, home: Path) -> None:
    (home / "runs").mkdir()
    last = f"Runs, with their checkpoints: {home / 'runs'}"
    command = f"{sys.executable} -m coursekit.cli bye"
    with jupyter(tmp_path / "server") as server:
        own = opened(server, "own.ipynb")
        server.start_kernel()
        with server.speak(own) as front:
            said = front.run(f"!{command}")
            assert "Nobody can be asked here; end them with --yes." in said
            assert last in said
            assert len(server.kernels()) == 2
            cell = front.send(f"!{command} --yes")
            front.wait(lambda: "ends now, too: own.ipynb." in front.printed(cell), "its words")
            said = front.printed(cell)
        assert said.index("Ended 1 kernel.") < said.index(last)
        until(lambda: server.kernels() == {}, "its own kernel's end")


def test_a_server_that_cannot_be_asked_is_named_and_stops_nothing_else(tmp_path: Path) -> None:
    runtime = tmp_path / "server" / "runtime"
    runtime.mkdir()
    file = runtime / f"jpserver-{os.getpid()}.json"
    file.write_text('{"url": "ftp://localhost/", "token": "secret"}')
    result = bye()
    assert result.exit_code == 0
    assert "Jupyter at ftp://localhost/ could not be asked" in result.stdout
    assert "secret" not in result.stdout


def at_work(folder: Path, writes: bool) -> tuple[threading.Thread, threading.Event]:
    """A run that another thread holds; whether it does what it is asked for."""
    folder.mkdir(parents=True)
    began, over = threading.Event(), threading.Event()

    def work() -> None:
        with handing.at_work(folder):
            began.set()
            while not over.wait(0.05):
                if writes and handing.wants_checkpoint(folder):
                    handing.checkpoint_written(folder)

    thread = threading.Thread(target=work)
    thread.start()
    began.wait(10)
    return thread, over


@pytest.mark.parametrize("writes", [True, False])
def test_runs_write_a_checkpoint_first_or_nothing_is_ended(
    home: Path, monkeypatch: pytest.MonkeyPatch, writes: bool
) -> None:
    monkeypatch.setattr(leaving, "PATIENCE", 20.0 if writes else 0.5)
    thread, over = at_work(home / "runs" / "one", writes)
    try:
        result = bye("--yes")
    finally:
        over.set()
        thread.join()
    if writes:
        assert result.exit_code == 0
        assert "Waiting for the 1 checkpoint" in result.stdout
        assert "Written" in result.stdout
    else:
        assert result.exit_code == 1
        assert "so nothing was ended" in result.stderr
    assert f"{PC.name}. {PC.stop}" in result.stdout


@pytest.mark.parametrize("what", ["a run", "the list", "its folder"])
def test_where_a_run_cannot_be_asked_for_a_checkpoint_nothing_is_ended(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    cloud = replace(PC, name="Example Cloud", command=f"touch {tmp_path / 'stopped'}")
    monkeypatch.setattr(providers, "recognise", lambda: cloud)
    listed, run = home / "state" / handing.LISTED, tmp_path / "run"
    thread, over = at_work(run, writes=False)
    try:
        if what == "the list":
            named, listed = listed, listed.rename(tmp_path / "moved")
            named.symlink_to(named)
        elif what == "its folder":
            named = run
            (run / handing.WANTED).symlink_to(tmp_path / "none" / "file")  # nobody can write that
        else:
            named = tmp_path / "other"
            named.mkdir()
            (named / handing.LOCK).symlink_to(named / handing.LOCK)
            (listed / "other").write_text(str(named))
        result = bye("--yes", "--stop")
    finally:
        over.set()
        thread.join()
    assert (result.exit_code, (tmp_path / "stopped").exists()) == (1, False)
    assert result.stderr == (
        f"coursekit: Nobody could be asked for a checkpoint in {named}, so nothing was ended. Stop "
        "what trains there, then say bye again.\n"
    )


def test_stopping_is_asked_for_and_done_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: None
) -> None:
    file = tmp_path / "stopped"
    cloud = replace(PC, name="Example Cloud", command=f"echo x >> {file}")
    monkeypatch.setattr(providers, "recognise", lambda: cloud)
    assert "Stop this machine now (Example Cloud)?" in bye("--stop", typed="n\n").stdout
    assert not file.exists()
    assert "was told to stop this machine" in bye("--stop", typed="y\n").stdout
    assert file.read_text() == "x\n"
    assert bye("--stop", "--yes").exit_code == 0
    assert file.read_text() == "x\nx\n"


def test_without_stop_nothing_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "stopped"
    cloud = replace(PC, name="Example Cloud", command=f"touch {file}")
    monkeypatch.setattr(providers, "recognise", lambda: cloud)
    bye("--yes")
    time.sleep(0.2)
    assert not file.exists()


def test_a_machine_that_cannot_be_stopped_from_here_says_how_else() -> None:
    result = bye("--stop", "--yes")
    assert result.exit_code == 1
    assert f"{PC.name} can't be stopped from here. {PC.stop}" in result.stderr
