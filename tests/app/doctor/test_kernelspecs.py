from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from support_doctor import only, states

from coursekit.app.doctor import jupyters, kernelspecs
from coursekit.app.doctor.jupyters import Jupyter

RUN = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Jupyter looks for kernels and extensions in before all others."""
    folder = tmp_path / "jupyter"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    return folder


def add(data: Path, name: str, argv: list[str]) -> None:
    kernel = data / "kernels" / name
    kernel.mkdir(parents=True)
    spec = {"argv": argv, "display_name": name, "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))


def a_jupyter(**kernels: dict[str, Any]) -> Jupyter:
    return Jupyter(True, {"python": sys.executable, "prefix": sys.prefix, "kernels": kernels})


def test_the_kernel_of_this_environment_is_found_and_has_coursekit() -> None:
    found = list(kernelspecs.findings_of(jupyters.own()))
    assert states(found)[-1] == "fine"
    assert f"is {sys.executable}, which has coursekit" in found[-1].says


def test_a_kernel_whose_python_is_gone_is_broken_where_it_is_the_default(data: Path) -> None:
    add(data, "python3", ["/gone/bin/python", *RUN])
    gone, which = kernelspecs.findings_of(jupyters.own())
    assert gone.state == "broken"
    assert gone.says == (
        "The kernel python3 can't start: its Python, /gone/bin/python, is not there."
    )
    assert "-m jupyter kernelspec remove python3" in gone.remedy
    assert "-m ipykernel install --user" in gone.remedy
    assert which.state == "broken"


def test_another_kernel_whose_python_is_gone_is_worth_knowing(data: Path) -> None:
    add(data, "old", ["/gone/bin/python", *RUN])
    gone, which = kernelspecs.findings_of(jupyters.own())
    assert (gone.state, which.state) == ("worth knowing", "fine")


def test_a_damaged_kernel_is_named(data: Path) -> None:
    add(data, "torn", ["python", *RUN])
    (data / "kernels" / "torn" / "kernel.json").write_text('{"argv": [')
    damaged, which = kernelspecs.findings_of(jupyters.own())
    assert (damaged.state, which.state) == ("worth knowing", "fine")
    assert "torn/kernel.json is damaged" in damaged.says


def test_a_default_kernel_of_another_python_without_coursekit_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    bare = tmp_path / "bin" / "python"
    bare.parent.mkdir()
    bare.write_text("#!/bin/sh\necho False\n")
    bare.chmod(0o755)
    theirs = {"argv": [str(bare), *RUN], "folder": ""}
    ours = {"argv": [sys.executable, *RUN], "folder": ""}
    found = only(kernelspecs.findings_of(a_jupyter(python3=theirs, course=ours)))
    assert found.state == "worth knowing"
    assert f"is {bare}, and has no coursekit" in found.says
    assert found.remedy == "In a notebook, choose the kernel course."
    found = only(kernelspecs.findings_of(a_jupyter(python3=theirs)))
    assert found.state == "broken"
    assert found.remedy == f"{sys.executable} -m ipykernel install --user --name coursekit"


def test_a_default_kernel_of_another_python_with_coursekit_is_to_be_looked_at_too(
    tmp_path: Path,
) -> None:
    other = tmp_path / "bin" / "python"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho True\n")
    other.chmod(0o755)
    found = only(
        kernelspecs.findings_of(a_jupyter(python3={"argv": [str(other), *RUN], "folder": ""}))
    )
    assert found.state == "worth knowing"
    assert found.remedy.endswith(f"{other} -m coursekit.cli doctor")


def test_a_real_python_says_whether_it_has_coursekit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kernelspecs.knows(sys.executable)
    assert not kernelspecs.knows("/gone/bin/python")


def test_kernels_of_other_languages_are_left_alone() -> None:
    julia = {"argv": ["/gone/julia", "-i", "{connection_file}"], "folder": ""}
    ours = {"argv": ["python", *RUN], "folder": ""}
    assert states(kernelspecs.findings_of(a_jupyter(julia=julia, python3=ours))) == ["fine"]


@pytest.mark.parametrize("name", ["python", "python3", "python3.12"])
def test_a_python_without_a_folder_is_jupyters_own(name: str) -> None:
    kernel = {"argv": [name, *RUN], "folder": "/x"}
    assert kernelspecs.python_of(kernel, a_jupyter()) == sys.executable
    kernel = {"argv": ["{resource_dir}/python", *RUN], "folder": "/x"}
    assert kernelspecs.python_of(kernel, a_jupyter()) == "/x/python"
