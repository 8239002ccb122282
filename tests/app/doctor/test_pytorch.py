from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.app.doctor import pytorch
from coursekit.app.doctor.outside import Answer, ask

NMS = "RuntimeError: operator torchvision::nms does not exist"


@pytest.mark.slow
def test_pytorch_and_torchvision_of_the_tests_are_fine() -> None:
    found = list(pytorch.findings())
    assert {it.state for it in found} == {"fine"}
    assert found[-1].says.startswith("torchvision ")


def probed(module: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """What importing `module` gives, where a file with this code lies before it."""
    (tmp_path / f"{module}.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    return ask(f"{module}_facts", 60)


def test_a_file_of_ones_own_is_named_as_the_culprit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = probed("torch", "import cats_and_dogs", tmp_path, monkeypatch)
    found = pytorch.cannot_import("torch", answer)
    assert found.state == "broken"
    assert f"Python takes {tmp_path / 'torch.py'} for it" in found.says
    assert "Rename" in found.remedy


def test_an_import_that_raises_says_what_and_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = probed("torch", "raise ImportError('libx.so: no such file')", tmp_path, monkeypatch)
    monkeypatch.setattr(pytorch, "hiding", lambda _: None)
    found = pytorch.cannot_import("torch", answer)
    assert f"ImportError: libx.so: no such file, in {tmp_path / 'torch.py'}." in found.says
    assert "--force-reinstall torch torchvision" in found.remedy


def test_an_import_that_crashes_names_signal_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import ctypes\nctypes.string_at(0)"
    answer = probed("torch", code, tmp_path, monkeypatch)
    monkeypatch.setattr(pytorch, "hiding", lambda _: None)
    found = pytorch.cannot_import("torch", answer)
    assert found.says.startswith("Importing torch crashes Python (SIGSEGV) while it was at ")
    assert found.state == "broken"


def test_an_import_that_ends_python_is_no_riddle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = probed("torch", "raise SystemExit('no licence')", tmp_path, monkeypatch)
    assert answer.value["error"] == "SystemExit: no licence"


@pytest.mark.parametrize(
    ("name", "answer", "words", "remedy"),
    [
        ("torch", Answer(late=True), "takes more than 60 s", "Try again"),
        ("torch", Answer(status=-9), "crashes Python (SIGKILL)", "force-reinstall"),
        ("torch", Answer(status=3, words="no licence"), "ended Python: no licence", "force"),
        (
            "torch",
            Answer({"error": "ModuleNotFoundError: x", "missing": "torch"}),
            "torch is not installed",
            "pip install torch torchvision",
        ),
        (
            "torchvision",
            Answer({"error": "ModuleNotFoundError: x", "missing": "sympy"}),
            "needs sympy, which is missing",
            "pip install sympy",
        ),
        (
            "torch",
            Answer({"error": "OSError: [WinError 126] c10.dll", "missing": None}),
            "a part of Windows is missing",
            "Visual C++",
        ),
        (
            "torchvision",
            Answer({"error": NMS, "place": "x/_meta_registrations.py", "missing": None}),
            "does not fit torch",
            "torch torchvision",
        ),
    ],
)
def test_each_way_to_fail_has_its_sentence(
    name: str, answer: Answer, words: str, remedy: str
) -> None:
    found = pytorch.cannot_import(name, answer)
    assert found.state == "broken"
    assert words in found.says
    assert remedy in found.remedy


def test_wrong_results_are_broken() -> None:
    facts = {"version": "2", "device": "cpu", "computed": False}
    assert [it.state for it in pytorch.of_torch(facts)] == ["broken"]
    assert pytorch.of_torchvision({"version": "0.2", "computed": False}).state == "broken"


def test_a_torch_without_its_operators_does_not_fit_torchvision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real torchvision, whose compiled part is missing as it is where torch is another."""
    import torchvision

    (tmp_path / "torchvision").mkdir()
    for file in Path(torchvision.__file__).parent.iterdir():
        if not file.name.startswith("_C"):
            (tmp_path / "torchvision" / file.name).symlink_to(file)
    monkeypatch.syspath_prepend(str(tmp_path))
    answer = ask("torchvision_facts", 90)
    monkeypatch.setattr(pytorch, "hiding", lambda _: None)
    found = pytorch.cannot_import("torchvision", answer)
    assert "nms" in str(answer.value["error"])
    assert "does not fit torch" in found.says
