from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.app.doctor import jupyters
from coursekit.app.doctor.jupyters import interpreter


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_this_environments_jupyter_says_what_it_sees() -> None:
    jupyter = jupyters.own()
    assert jupyter.prefix == sys.prefix
    assert set(jupyter.front_ends) == {"jupyterlab", "notebook"}
    assert "python3" in jupyter.facts["kernels"]
    assert jupyter.facts["extensions"]["anywidget"][0]


def test_a_jupyter_that_raises_says_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "jupyter_client.py", "raise OSError('damaged')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert jupyters.own().facts == {"error": "OSError: damaged"}


def test_the_python_of_a_command_is_the_one_that_its_first_lines_name(tmp_path: Path) -> None:
    plain = program(tmp_path / "a" / "jupyter-lab", f"#!{sys.executable}\nimport x\n")
    assert interpreter(plain) == sys.executable
    text = f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\n"
    program(tmp_path / "sh", text)
    long = program(tmp_path / "b" / "jupyter-lab", text.replace("/bin/sh", "/gone/sh"))
    assert interpreter(long) == sys.executable


def test_else_it_is_the_one_beside_it(tmp_path: Path) -> None:
    beside = program(tmp_path / "python3", "#!/bin/sh\n")
    command = program(tmp_path / "jupyter-lab", "\x7fELF")
    assert interpreter(command) == str(beside)
    assert interpreter(program(tmp_path / "c" / "jupyter", "")) == ""


@pytest.mark.slow
def test_a_jupyter_of_another_environment_that_a_terminal_finds_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real environment of its own, which sees the packages of this one."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "theirs.pth").write_text("\n".join(it for it in sys.path if "site-packages" in it))
    program(venv / "bin" / "jupyter-lab", f"#!{venv}/bin/python\n")
    monkeypatch.setenv("PATH", f"{venv / 'bin'}:/usr/bin:/bin")
    other = jupyters.other(sys.prefix)
    assert other is not None
    assert (other.own, other.prefix, other.python) == (False, str(venv), f"{venv}/bin/python")
    assert jupyters.other(str(venv)) is None


def test_without_a_jupyter_in_a_terminal_there_is_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert jupyters.other(sys.prefix) is None
    program(tmp_path / "jupyter", "#!/gone/python\n")
    assert jupyters.other(sys.prefix) is None
