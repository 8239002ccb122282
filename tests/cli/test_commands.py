from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coursekit.cli import app


def coursekit(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def breeds(pets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three breeds in a folder for each."""
    folder = tmp_path_factory.mktemp("breeds")
    for photo in pets.glob("*.jpg"):
        breed = folder / photo.name.rpartition("_")[0]
        breed.mkdir(exist_ok=True)
        shutil.copy(photo, breed)
    return folder


@pytest.mark.slow
def test_three_breeds_are_learned_to_five_percent_and_predicted(
    breeds: Path, uploads: Path, tmp_path: Path
) -> None:
    model = tmp_path / "pets.ckit"
    trained = coursekit("train", breeds, "-o", model)
    assert trained.exit_code == 0, trained.output
    error_rate = float(trained.stderr.rpartition("error rate ")[2].partition(" %")[0])
    assert error_rate <= 5.0
    assert f"Wrote {model}" in trained.stdout
    photos = [breeds / "Bengal" / "Bengal_16.jpg", breeds / "Abyssinian" / "Abyssinian_1.jpg"]

    said = coursekit("predict", model, *photos)
    assert said.exit_code == 0
    assert said.stdout.splitlines()[0].startswith(f"{photos[0]}: Bengal (")

    odd = uploads / "empty.png"
    rows = coursekit("predict", model, odd, tmp_path / "gone.jpg", photos[1], "--json")
    assert rows.exit_code == 1
    empty, gone, cat = map(json.loads, rows.stdout.splitlines())
    assert empty["error"].startswith("empty.png is empty")
    assert "gone.jpg" in gone["error"]
    assert cat["label"] == "Abyssinian"
    assert sum(row["probability"] for row in cat["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert rows.stderr.count("coursekit: ") == 2


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_learned(pets: Path, tmp_path: Path) -> None:
    model = tmp_path / "pets.ckit"
    command = [sys.executable, "-m", "coursekit.cli", "train", str(pets), "-o", str(model)]
    process = subprocess.Popen(
        [*command, "--label", "^(.+)_", "--epochs", "10000"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "error rate" in line:
                break
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, rest
    assert "Stopped in pass" in rest
    assert model.is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "{tmp}/gone", "-o", "{tmp}/a.ckit"), "gone is not there"),
        (("train", "{tmp}", "-o", "{tmp}/a.ckit"), "No pictures were found"),
        (("train", "{tmp}", "-o", "{tmp}/gone/a.ckit"), "There is no folder"),
        (("train", "{tmp}", "-o", "{tmp}"), "is a folder"),
        (("train", "{pets}", "-o", "{tmp}/a.ckit", "--label", "("), "gives no label"),
        (("train", "{pets}", "-o", "{tmp}/a.ckit"), "needs two classes"),
        (("train", "{pets}", "-o", "{tmp}/a.ckit"), r'with --label "^(.+)_\d+"; or'),
        (
            ("train", "{pets}", "-o", "{tmp}/a.ckit", "--label", "(.)pg$"),
            '--label "(.)pg$" gives',
        ),
        (("predict", "{tmp}/gone.ckit", "a.jpg"), "There is no file"),
        (("train", "{pets}/Bengal_1.jpg", "-o", "{tmp}/a.ckit"), "Bengal_1.jpg is a file"),
        (("data", "get", "PETZ"), "Did you mean PETS?"),
    ],
)
def test_what_goes_wrong_is_one_line_and_exit_status_1(
    pets: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = coursekit(*(argument.format(tmp=tmp_path, pets=pets) for argument in arguments))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert words in result.stderr.splitlines()[-1]
    assert result.stderr.splitlines()[-1].startswith("coursekit: ")


@pytest.mark.parametrize("arguments", [("train",), ("train", "a", "-o", "b", "--depth", "deep")])
def test_wrong_usage_is_exit_status_2(arguments: tuple[str, ...]) -> None:
    assert coursekit(*arguments).exit_code == 2


def test_the_data_sets_are_listed_and_the_digits_need_no_network() -> None:
    listed = coursekit("data", "list")
    digits = next(line for line in listed.stdout.splitlines() if line.startswith("DIGITS "))
    assert "comes along" in digits
    assert " here " not in digits
    got = coursekit("data", "get", "DIGITS")
    assert got.exit_code == 0
    assert len(list(Path(got.stdout.strip()).rglob("*.png"))) == 5000
    assert " here " in next(
        line for line in coursekit("data", "list").stdout.splitlines() if line.startswith("DIGITS ")
    )


def test_help_is_there_for_every_command_and_quick() -> None:
    for command in (
        "train",
        "predict",
        "data",
        "app",
        "quiz",
        "review",
        "machine",
        "name",
        "store",
        "forget",
    ):
        assert coursekit(command, "--help").exit_code == 0
    script = "import sys, coursekit.cli; print([m for m in ('torch', 'numpy') if m in sys.modules])"
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        seconds.append(time.perf_counter() - began)
        assert loaded.stdout == "[]\n", loaded.stderr
    assert min(seconds) < 10


def test_it_says_its_version() -> None:
    assert coursekit("--version").stdout == f"coursekit {version('coursekit-companion')}\n"
