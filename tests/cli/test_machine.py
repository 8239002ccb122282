"""`coursekit machine`: in words, as JSON, and watched on a real terminal."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coursekit.cli import app

COMMAND = [sys.executable, "-m", "coursekit.cli", "machine"]
DOCUMENTED = Path(__file__).parents[2] / "docs" / "machine.md"


def test_it_says_what_the_machine_has() -> None:
    said = CliRunner().invoke(app, ["machine"])
    assert said.exit_code == 0
    assert "GPU" in said.stdout.splitlines()[0]
    for word in ("PyTorch", "Processor: ", " % busy", "Memory: ", "Disk: "):
        assert word in said.stdout


def test_as_json_every_name_is_documented() -> None:
    priced = CliRunner().invoke(app, ["machine", "--json", "--price", "0.526 $"])
    data = json.loads(priced.stdout)
    assert data["format"] == 1
    assert data["host"]["memory_total"] > data["host"]["memory_used"] > 0
    assert 0 <= data["host"]["busy"] <= 1
    text = DOCUMENTED.read_text(encoding="utf-8")
    gpu = {"memory_free", "uuid", "mig"}
    known = {*data, *data["host"], *data["accelerator"], *data["provider"], *gpu}
    for name in {*known, *data["costs"], *data["month"]}:
        assert f"`{name}`" in text, name


def test_a_price_is_kept_and_what_it_makes_is_said() -> None:
    said = CliRunner().invoke(app, ["machine", "--price", "0,53 EUR/h"]).stdout
    assert "EUR since this machine started" in said
    assert "EUR if it stays on until" in CliRunner().invoke(app, ["machine"]).stdout
    assert "EUR" not in CliRunner().invoke(app, ["machine", "--price", ""]).stdout


def test_what_is_no_price_is_refused_in_a_sentence() -> None:
    done = CliRunner().invoke(app, ["machine", "--price", "cheap"])
    assert done.exit_code == 1
    assert "is no price" in done.stderr
    assert done.stdout == ""


def test_it_needs_no_torch() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from coursekit.cli import app;"
        "print(CliRunner().invoke(app, ['machine']).exit_code, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0 False\n"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_watched_by_a_program_it_writes_a_line_a_second_until_interrupted(
    options: list[str],
) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--watch", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, errors) == (0, "")
    assert "\x1b" not in first
    if options:
        assert 0 < json.loads(second)["time"] - json.loads(first)["time"] < 30
    else:
        assert "Memory: " in first


def test_whoever_reads_may_stop_reading() -> None:
    done = subprocess.run(
        f"{' '.join(COMMAND)} --watch | head -1", shell=True, capture_output=True, text=True
    )
    assert "Memory: " in done.stdout
    assert done.stderr == ""


def read_until(fd: int, said: bytes, times: int) -> bytes:
    got = b""
    end = time.monotonic() + 20
    while got.count(said) < times:
        assert time.monotonic() < end, got
        if select.select([fd], [], [], 0.5)[0]:
            got += os.read(fd, 65536)
    return got


def test_on_a_terminal_it_writes_over_its_lines_and_ctrl_c_ends_it() -> None:
    ours, theirs = pytest.importorskip("pty").openpty()
    environment = {**os.environ, "COLUMNS": "60", "LINES": "30"}
    process = subprocess.Popen(
        [*COMMAND, "--watch"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    try:
        got = read_until(ours, b"Processor: ", 2)
        rows = got.split(b"\x1b[J")[0].count(b"\x1b[K")
        assert f"\x1b[{rows}F".encode() in got
        assert max(len(row) for row in got.decode().split("\x1b[K")) < 60 + 10
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert b"Traceback" not in got
    finally:
        process.kill()
        os.close(ours)
