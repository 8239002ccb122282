"""A machine is stopped by its provider's command, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coursekit.core.errors import sentence
from coursekit.machine.providers import PROVIDERS, CannotStop, Provider, provider

HARMLESS = Provider("HAL", lambda signs: True, stop="Sing Daisy.", delete="Forget it.")


def test_the_command_is_run_by_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POD", "k 3")
    monkeypatch.chdir(tmp_path)
    said = replace(HARMLESS, command='printf %s "$POD" > stopped').stop_now()
    assert (tmp_path / "stopped").read_text() == "k 3"
    assert said == "HAL was told to stop this machine."


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (
            "echo 'sudo: a password is required' >&2; echo more >&2; exit 1",
            "a password is required",
        ),
        ("exit 3", "it ended with 3"),
        ("no-such-program", "no-such-program"),
        ("read answer || { echo 'nobody answers' >&2; exit 1; }", "nobody answers"),
    ],
)
def test_a_command_that_fails_is_said_with_the_way_by_hand(command: str, why: str) -> None:
    with pytest.raises(CannotStop) as caught:
        replace(HARMLESS, command=command).stop_now()
    assert why in sentence(caught.value)
    assert sentence(caught.value).endswith("Sing Daisy.")


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "LONGEST", 0.2)
    with pytest.raises(CannotStop, match="did not work here"):
        replace(HARMLESS, command="exec sleep 30").stop_now()


def test_a_machine_that_can_t_be_stopped_from_here_says_how(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not HARMLESS.can_stop
    with pytest.raises(CannotStop, match=r"can't be stopped from here\. Sing Daisy\."):
        HARMLESS.stop_now()


def test_only_what_ends_the_costs_can_be_run_from_here() -> None:
    commands = {it.name: it.command for it in PROVIDERS if it.can_stop}
    assert commands == {
        "JupyterHub": "",  # asks its hub
        "Slurm": "scancel $SLURM_JOB_ID",
        "SageMaker notebook instance": "aws sagemaker stop-notebook-instance "
        "--notebook-instance-name "
        '"$(jq --raw-output .ResourceName /opt/ml/metadata/resource-metadata.json)"',
        "RunPod": "runpodctl stop pod $RUNPOD_POD_ID",
        "Amazon EC2": "sudo -n shutdown -h now",
        "Google Compute Engine": "sudo -n shutdown -h now",
    }  # not Azure, where a shutdown from inside ends nothing, and not one's own PC
