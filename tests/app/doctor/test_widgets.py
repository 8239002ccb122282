from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from support_doctor import only, states

from coursekit.app.doctor import jupyters, widgets
from coursekit.app.doctor.jupyters import Jupyter
from coursekit.app.doctor.widgets import MANAGER


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Jupyter looks in before all others; its settings are there, too."""
    folder = tmp_path / "jupyter"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    monkeypatch.setenv("PATH", str(tmp_path))
    return folder


def add(data: Path, name: str, number: str) -> Path:
    folder = data / "labextensions" / name
    folder.mkdir(parents=True)
    build = {"_build": {"load": "x.js", "extension": "./extension"}}
    package = {"name": name, "version": number, "jupyterlab": build}
    (folder / "package.json").write_text(json.dumps(package))
    return folder


def a_jupyter(**facts: Any) -> Jupyter:
    known = {
        "python": sys.executable,
        "prefix": sys.prefix,
        "versions": {"jupyterlab": "4.6.6", "notebook": "7.6.5"},
        "extensions": {MANAGER: ["5.0.16", "/x"], "anywidget": [metadata.version("anywidget"), ""]},
        "disabled": [],
        "configs": [],
        "kernels": {"python3": {"argv": ["python", "-m", "ipykernel_launcher"], "folder": ""}},
    }
    return Jupyter(True, known | facts)


def test_widgets_and_front_ends_of_the_tests_are_fine(data: Path) -> None:
    found = list(widgets.findings())
    assert set(states(found)) == {"fine"}, found
    said = " ".join(it.says for it in found)
    for words in ("ipywidgets 8", "anywidget 0", "JupyterLab 4", "Notebook 7", "switched on"):
        assert words in said


def test_an_old_extension_that_comes_first_is_broken_and_its_folder_named(data: Path) -> None:
    folder = add(data, MANAGER, "3.1.1")
    wrong = [it for it in widgets.of_jupyter(jupyters.own()) if it.state == "broken"]
    assert f"{MANAGER} 3.1.1 in {folder} does not fit ipywidgets" in only(wrong).says
    assert only(wrong).remedy == f"Delete {folder}."


def test_an_anywidget_of_another_version_is_broken(data: Path) -> None:
    add(data, "anywidget", "0.2.3")
    wrong = [it for it in widgets.of_jupyter(jupyters.own()) if it.state == "broken"]
    assert "anywidget 0.2.3" in only(wrong).says


@pytest.mark.parametrize("off", [MANAGER, f"{MANAGER}:plugin"])
def test_an_extension_that_is_switched_off_is_broken_and_the_file_named(
    data: Path, off: str
) -> None:
    file = data / "labconfig" / "page_config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"disabledExtensions": {off: True}}))
    wrong = [it for it in widgets.of_jupyter(jupyters.own()) if it.state == "broken"]
    assert only(wrong).says == f"The extension {MANAGER} is switched off."
    assert str(file) in only(wrong).remedy


def test_where_no_file_is_known_a_command_switches_it_on() -> None:
    wrong = [it for it in widgets.of_jupyter(a_jupyter(disabled=[MANAGER])) if it.remedy]
    assert only(wrong).remedy == f"{sys.executable} -m jupyter labextension enable {MANAGER}"


def test_a_missing_extension_is_broken_with_the_command_for_that_python() -> None:
    jupyter = a_jupyter(
        extensions={"anywidget": [metadata.version("anywidget"), ""]}, python="/other/python"
    )
    wrong = [it for it in widgets.of_jupyter(jupyter) if MANAGER in it.says]
    assert only(wrong).state == "broken"
    assert only(wrong).remedy.startswith("/other/python -m pip install --force-reinstall")
    assert only(wrong).remedy.endswith("jupyterlab_widgets")


def test_front_ends_that_are_older_than_the_tested_ones_are_worth_knowing() -> None:
    old = widgets.of_front_ends(a_jupyter(versions={"jupyterlab": "3.6", "notebook": ""}))
    assert old.state == "worth knowing"
    assert "tested with JupyterLab 4 and Notebook 7" in old.says
    assert old.remedy.endswith("--upgrade jupyterlab")


@pytest.mark.parametrize(
    ("number", "state", "words"),
    [
        ("7.0.1", "broken", "ipywidgets issue 4001"),
        ("7.3.0", "fine", "is heard while a cell runs"),
        ("7.4.0", "fine", "when the running cell has ended"),
        ("6.31.0", "fine", "when the running cell has ended"),
    ],
)
def test_what_is_known_of_each_ipykernel_is_said(
    monkeypatch: pytest.MonkeyPatch, number: str, state: str, words: str
) -> None:
    monkeypatch.setattr(widgets, "installed", lambda name: number)
    found = only(widgets.of_ipykernel())
    assert (found.state, words in found.says) == (state, True)


def test_halves_that_do_not_fit_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "jupyterlab_widgets-1.1.0.dist-info"
    info.mkdir()
    text = "Metadata-Version: 2.1\nName: jupyterlab_widgets\nVersion: 1.1.0\n"
    (info / "METADATA").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = only(widgets.halves())
    assert found.state == "broken"
    assert "jupyterlab_widgets is 1.1.0, not ~=3.0" in found.says


def test_a_jupyter_that_can_not_answer_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyters, "own", lambda: Jupyter(True, {"error": "OSError: damaged"}))
    assert list(widgets.findings())[-1].says == "Jupyter can't say what it sees: OSError: damaged."


def test_another_jupyter_in_the_terminal_is_worth_knowing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyters, "own", a_jupyter)
    theirs = Jupyter(False, a_jupyter().facts | {"prefix": "/opt/conda"})
    monkeypatch.setattr(jupyters, "other", lambda prefix: theirs)
    last = list(widgets.findings())[-1]
    assert last.state == "worth knowing"
    assert last.says.startswith("`jupyter lab` in a terminal starts the Jupyter of /opt/conda")
    assert last.remedy == f"Start this one: {sys.executable} -m jupyter lab"


def test_where_only_another_jupyter_shows_notebooks_that_one_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    none = {"jupyterlab": "", "notebook": ""}
    monkeypatch.setattr(jupyters, "own", lambda: a_jupyter(versions=none))
    theirs = Jupyter(False, a_jupyter().facts | {"prefix": "/opt/conda", "extensions": {}})
    monkeypatch.setattr(jupyters, "other", lambda prefix: theirs)
    found = list(widgets.findings())
    assert states(found).count("broken") == 2
    monkeypatch.setattr(jupyters, "other", lambda prefix: None)
    assert "Neither JupyterLab nor Notebook" in list(widgets.findings())[-1].says
