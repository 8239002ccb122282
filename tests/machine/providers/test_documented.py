"""docs/machine-providers.md says what the code knows, and its example works."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from coursekit.machine.providers import PROVIDERS, Provider, Signs, plugins, recognise, skipped

PAGE = Path(__file__).parents[3] / "docs" / "machine-providers.md"


def row(it: Provider) -> str:
    page = f"[page]({it.source}), {it.read}" if it.source else "-"
    cells = (it.name, it.stop, " ".join(it.still_costs) or "-", " ".join(it.limits) or "-", page)
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda it: it.name)
def test_the_table_has_what_the_code_has(provider: Provider) -> None:
    assert row(provider) in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_example_of_a_cost_works() -> None:
    text = PAGE.read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(code, names)
    said = " ".join(names["cost"].costs().sentences())
    assert "if it stays on until" in said


def test_the_example_of_a_plug_in_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    assert "HAL" in blocks["python"]  # of several of a language, the last
    (tmp_path / "hal_coursekit.py").write_text(blocks["python"])
    info = tmp_path / "hal_coursekit-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hal-coursekit\nVersion: 1.0\n")
    header, entry = blocks["toml"].strip().replace('"', "").splitlines()
    group = header.removeprefix("[project.entry-points.").rstrip("]")
    (info / "entry_points.txt").write_text(f"[{group}]\n{entry}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.found.cache_clear()
    try:
        assert recognise(Signs({"HAL_SESSION": "1"}, tmp_path)).command == "hal stop"
        assert recognise(Signs({}, tmp_path)).name == "Your own PC"
        assert skipped() == ()
    finally:
        plugins.found.cache_clear()
        sys.modules.pop("hal_coursekit", None)
