from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from support_doctor import doctor, on_path
from support_hub import hub

from coursekit.app.doctor.checks import CHECKS

NO_NETWORK = Path(__file__).parent.parent / "lessons" / "no_network"


@pytest.mark.slow
def test_the_whole_report_asks_nobody_changes_nothing_and_can_be_pasted(
    home: Path, tmp_path: Path
) -> None:
    refused = tmp_path / "refused"
    env = {
        **on_path(NO_NETWORK),
        "REFUSED": str(refused),
        "HOME": str(tmp_path),
        "USER": "kimberly",
        "SCHOOL_TOKEN": "0123456789",
        "COURSEKIT_HOME": str(tmp_path / "kimberly" / "0123456789"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    done = doctor("--json", env=env)
    said = json.loads(done.stdout)
    assert [it["check"] for it in said["checks"]] == [it for it in CHECKS if it != "reach"]
    assert all(it["findings"] for it in said["checks"])
    wrong = [it for one in said["checks"] for it in one["findings"] if it["state"] == "broken"]
    assert (wrong, done.returncode, said["state"] in ("fine", "worth knowing")) == ([], 0, True)
    assert not refused.exists(), refused.read_text()
    assert not (tmp_path / "kimberly").exists()
    for secret in ("kimberly", "0123456789", str(tmp_path)):
        assert secret not in done.stdout + done.stderr
    assert "Nothing was sent anywhere." in said["note"]


def test_what_is_broken_gives_exit_status_1_and_the_other_checks_are_done(tmp_path: Path) -> None:
    (tmp_path / "psutil.py").write_text("import os; os.kill(os.getpid(), 11)")
    done = doctor("--only", "memory", "--only", "disk", env=on_path(tmp_path))
    assert done.returncode == 1
    assert "The check memory ended with a crash (SIGSEGV)." in done.stdout
    assert "are free for coursekit's folder" in done.stdout
    assert "1 broken" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "1 fine.\nNames, folders and passwords" in done.stdout


def test_what_is_fine_gives_exit_status_0_and_nothing_on_stderr() -> None:
    done = doctor("--only", "python")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].startswith("coursekit ")


def test_help_names_the_three_ways_to_ask() -> None:
    said = doctor("--help").stdout
    assert all(it in said for it in ("--only", "--json", "--online"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "torch"), "There is no check 'torch'"),
        (("--only", "reach"), "Add --online"),
        (("--everything",), "No such option"),
    ],
)
def test_wrong_usage_is_exit_status_2(arguments: tuple[str, ...], words: str) -> None:
    done = doctor(*arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())


def test_a_terminal_is_told_which_check_is_going_on_and_a_pipe_is_not() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "coursekit.cli", "doctor", "--only", "python", "--only", "disk"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        out, _ = process.communicate(timeout=60)
    said = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "1 of 2: looking at Python ..." in said
    assert "2 of 2: looking at the disks ..." in said
    assert "looking at" not in out
    assert not said.split("\r")[-1].strip()


def test_online_asks_for_the_data_sets_and_says_so(home: Path) -> None:
    with hub({"/mine.tgz": b"x"}) as (address, asked):
        (home / "catalogue.toml").write_text(f'[mine]\nurl = "{address}/mine.tgz"\n')
        done = doctor(
            "--online", "--only", "reach", env={**on_path(NO_NETWORK), "REFUSED": os.devnull}
        )
    assert asked == ["HEAD /mine.tgz"]
    assert "data sets can't be downloaded" in done.stdout
    assert "the report was sent nowhere" in done.stdout
