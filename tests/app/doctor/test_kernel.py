"""Real kernels, good ones and broken ones; none may be left."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from support_doctor import on_path, only

from coursekit.app.doctor import kernel


def kernels_of_ours() -> list[int]:
    """The kernels that this process has started and that are alive."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            ours = process.environ().get("JPY_PARENT_PID") == str(os.getpid())
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


@pytest.fixture(autouse=True)
def none_is_left() -> Iterator[None]:
    others = set(kernels_of_ours())
    yield
    assert set(kernels_of_ours()) <= others


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The description of the kernel `python3`, before that of the environment."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    folder = tmp_path / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    return folder / "kernel.json"


def runs(spec: Path, *argv: str) -> None:
    spec.write_text(json.dumps({"argv": argv, "display_name": "x", "language": "python"}))


def test_a_kernel_makes_a_slider_hears_it_move_and_answers() -> None:
    trip, coursekit = kernel.findings()
    assert trip.state == "fine", trip
    assert trip.says.startswith("A kernel made a slider, heard it move and answered in ")
    assert coursekit.says == f"coursekit can be imported there ({sys.executable})."


def test_a_kernel_whose_python_is_gone_can_not_be_started(spec: Path) -> None:
    runs(spec, "/gone/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}")
    found = only(kernel.findings())
    assert found.state == "broken"
    assert found.says.startswith("The kernel python3 can't be started: /gone/bin/python: No such")
    assert "-m ipykernel install --user" in found.remedy


def test_a_kernel_that_ends_at_once_is_broken_with_its_last_words(spec: Path) -> None:
    runs(spec, sys.executable, "-c", "raise SystemExit('no licence today')")
    found = only(kernel.findings())
    assert found.says.endswith("Its last words: no licence today")


def test_a_kernel_that_never_answers_is_given_up(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs(spec, sys.executable, "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(kernel, "SECONDS", 1)
    assert "does not come up" in only(kernel.findings()).says


def test_a_kernel_without_widgets_says_what_fails_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ipywidgets.py").write_text("raise ImportError('half of it is missing')")
    monkeypatch.setenv("PYTHONPATH", on_path(tmp_path)["PYTHONPATH"])
    found = only(kernel.findings())
    assert found.says == "A kernel can't make a widget: ImportError: half of it is missing."
    assert "--force-reinstall" in found.remedy


def test_a_file_in_this_folder_is_named_as_the_likely_culprit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ipywidgets.py").write_text("mine = True")
    monkeypatch.chdir(tmp_path)
    found = only(kernel.findings())
    assert "AttributeError" in found.says
    assert f"Rename {tmp_path / 'ipywidgets.py'}" in found.remedy


def test_widgets_that_do_not_listen_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = (
        "import ipywidgets\nipywidgets.Widget._handle_msg = lambda self, message: None\n"
        "ipywidgets.Widget.handle_comm_opened = None\n"
    )
    startup = tmp_path / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "deaf.py").write_text(deaf)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setattr(kernel, "MOVES", 2)
    assert "did not answer when it was moved" in only(kernel.findings()).says


def test_a_kernel_without_coursekit_is_broken() -> None:
    looked = {
        "python": {"data": {"text/plain": "'/x/python'"}},
        "coursekit": {"status": "error", "ename": "ModuleNotFoundError", "evalue": "no coursekit"},
    }
    found = kernel.of_coursekit(looked)
    assert found.state == "broken"
    assert "(/x/python): ModuleNotFoundError: no coursekit." in found.says


def test_an_interrupt_ends_the_kernel_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> Iterator[object]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(kernel, "round_trip", interrupt)
    with pytest.raises(KeyboardInterrupt):
        list(kernel.findings())
