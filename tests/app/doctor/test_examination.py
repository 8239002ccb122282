from __future__ import annotations

import signal
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from support_doctor import on_path, only

from coursekit.app.doctor.checks import CHECKS
from coursekit.app.doctor.examination import Examined, examine
from coursekit.app.doctor.masking import Mask

MEMORY = CHECKS["memory"]


def with_psutil(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float = 30
) -> Examined:
    """The check of the memory, where the package that it needs is this."""
    (tmp_path / "psutil.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", on_path(tmp_path)["PYTHONPATH"])
    return examine(replace(MEMORY, seconds=seconds), Mask(frozenset({str(tmp_path)})))


@pytest.mark.parametrize("name", ["python", "disk", "memory", "caches", "permissions", "database"])
def test_a_check_in_a_process_of_its_own_finds_something(name: str) -> None:
    examined = examine(CHECKS[name], Mask())
    assert examined.check == name
    assert examined.state != "broken", examined.findings
    assert 0 < examined.seconds < 60


def test_a_check_that_raises_is_a_finding_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = only(with_psutil("raise OSError('no such luck')", tmp_path, monkeypatch).findings)
    assert found.state == "broken"
    assert found.says == "The check memory failed. OSError: no such luck"
    assert found.remedy


def test_a_check_that_crashes_is_a_finding_that_names_the_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import os, sys; print('Oh no', file=sys.stderr, flush=True); os.kill(os.getpid(), 11)"
    found = only(with_psutil(code, tmp_path, monkeypatch).findings)
    assert found.says == ("The check memory ended with a crash (SIGSEGV). Its last words: Oh no")


def test_what_is_printed_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import os; print('{}'); os.system('echo []'); raise ValueError('after that')"
    found = only(with_psutil(code, tmp_path, monkeypatch).findings)
    assert found.says == "The check memory failed. ValueError: after that"


def test_a_check_that_hangs_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"""
import subprocess
it = subprocess.Popen(["sleep", "60"])
open({str(tmp_path / "pid")!r}, "w").write(str(it.pid))
it.wait()
"""
    began = time.monotonic()
    found = only(with_psutil(code, tmp_path, monkeypatch, seconds=5).findings)
    assert time.monotonic() - began < 20
    assert found.says.startswith("The check memory did not end within 5 s.")
    pid = int((tmp_path / "pid").read_text())
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_a_check_says_is_masked_also_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"raise OSError({str(tmp_path / 'x')!r})"
    assert "OSError: ~/x" in only(with_psutil(code, tmp_path, monkeypatch).findings).says
    code = f"import os, sys; print({str(tmp_path / 'y')!r}, file=sys.stderr); os._exit(3)"
    found = only(with_psutil(code, tmp_path, monkeypatch).findings)
    assert found.says == "The check memory ended early, with status 3. Its last words: ~/y"


def test_a_check_without_a_process_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/home/kim/gone/python")
    found = only(examine(MEMORY, Mask(users=frozenset({"kim"}))).findings)
    assert found.state == "broken"
    assert found.says.startswith("The check memory can't be started. FileNotFoundError")
    assert "kim" not in found.says


def test_an_interrupt_ends_the_check_too(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(psutil.Process().children(recursive=True))

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    handler = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            examine(CHECKS["pytorch"], Mask())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert set(psutil.Process().children(recursive=True)) <= before
