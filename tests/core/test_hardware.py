"""What this computer is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.core import hardware


@pytest.fixture(autouse=True)
def fresh() -> None:
    hardware.processor.cache_clear()


def test_the_processor_has_its_models_name_and_its_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nmodel name\t: Intel(R) Core(TM)  i5-8250U CPU @ 1.60GHz\n")
    monkeypatch.setattr(hardware, "CPUINFO", info)
    monkeypatch.setattr(hardware, "processors", lambda: 4)
    assert hardware.processor() == "Intel Core i5-8250U CPU @ 1.60GHz, 4 cores"


def test_there_is_a_name_where_linux_says_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "CPUINFO", tmp_path / "missing")
    assert hardware.processor().endswith(("core", "cores"))
