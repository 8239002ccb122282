"""Each provider's machine is recognised as its own, and as nobody else's."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from support_machine import (
    AMAZON,
    AZURE,
    DMI,
    DOCKER,
    GOOGLE,
    HUB,
    LAPTOP,
    MACHINES,
    MICROSOFT,
    PODS,
    QEMU,
    RESOURCE,
    machine,
)

from coursekit.machine.providers import PROVIDERS, Provider, Signs, plugins, recognise

NOBODYS = ("A rented virtual machine", "A virtual machine", "Your own PC")
GENERAL = ("A container", *NOBODYS)
BELOW = {"Amazon EC2", "Google Compute Engine", "Azure virtual machine"}
"""What is seen below other providers' machines, too."""

SECONDS = 0.02


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without sockets, and without what happens to be installed here."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket.socket, "__init__", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(plugins, "found", plugins.Found)


@pytest.mark.parametrize("name", MACHINES)
def test_each_machine_is_one_provider_s(name: str, tmp_path: Path) -> None:
    signs = machine(tmp_path, *MACHINES[name])
    assert recognise(signs).name == name
    special = [it.name for it in PROVIDERS if it.name not in GENERAL and it.recognise(signs)]
    assert set(special) - BELOW == {name} - {*BELOW, *GENERAL}


def test_every_provider_has_a_machine_to_be_tested_with() -> None:
    assert set(MACHINES) == {it.name for it in PROVIDERS}
    assert len({it.name for it in PROVIDERS}) == len(PROVIDERS)


@pytest.mark.parametrize(
    ("expected", "environ", "files"),
    [
        ("JupyterHub", HUB, {**AMAZON, **DOCKER}),
        ("JupyterHub", {**HUB, "SLURM_JOB_ID": "7"}, LAPTOP),
        ("JupyterHub", {**HUB, "CODESPACES": "true"}, {**AZURE, **DOCKER}),
        ("Slurm", {"SLURM_JOB_ID": "7"}, {**AMAZON, **DOCKER}),
        ("A container", {}, {**QEMU, **PODS}),
        ("A container", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, {}),
        ("A container", {}, {"run/.containerenv": "engine=podman\n"}),
        ("A container", {"KAGGLE_KERNEL_RUN_TYPE": "Interactive"}, {**GOOGLE, **DOCKER}),
        ("A container", {"COLAB_RELEASE_TAG": "local"}, {**LAPTOP, **DOCKER}),
        ("Amazon EC2", {}, {"sys/hypervisor/uuid": "ec2e1916-9099-7caf-fd21-012345abcdef\n"}),
        ("Amazon EC2", {}, {f"{DMI}/bios_vendor": "Amazon EC2\n"}),
        ("Lambda", {}, {**QEMU, "lib/systemd/system/lambda-jupyter.service": ""}),
        ("A virtual machine", {}, MICROSOFT),
        ("A rented virtual machine", {}, {f"{DMI}/product_name": "OpenStack Nova\n"}),
        ("A virtual machine", {}, {f"{DMI}/sys_vendor": "VMware, Inc.\n"}),
        ("A virtual machine", {}, {f"{DMI}/product_name": "VirtualBox\n"}),
        ("Your own PC", {}, {f"{DMI}/product_name": "XENIA Xe\n"}),
        ("Your own PC", {"RUNPOD_API_KEY": "k", "PAPERSPACE_API_KEY": "k"}, LAPTOP),
        ("Your own PC", {"JUPYTERHUB_USER": "ada"}, {}),
        ("Your own PC", {}, {"usr/lib/lambda-stack/version": "1"}),
        ("Amazon EC2", {}, {**AMAZON, RESOURCE: "{"}),
        ("Amazon EC2", {}, {**AMAZON, RESOURCE: "[3]"}),
        ("Your own PC", {}, {}),
    ],
)
def test_the_most_specific_counts(
    expected: str, environ: Mapping[str, str], files: Mapping[str, str], tmp_path: Path
) -> None:
    assert recognise(machine(tmp_path, environ, files)).name == expected


def test_a_container_says_what_it_runs_on(tmp_path: Path) -> None:
    found = recognise(machine(tmp_path, {}, {**AMAZON, **DOCKER}))
    assert found.name == "A container"
    assert found.still_costs[0].startswith("The machine that it runs on (Amazon EC2)")
    assert "Its EBS volumes (disks)." in found.still_costs
    assert found.paid
    assert not found.can_stop  # shutdown in a container doesn't reach the machine


def test_whoever_works_in_kaggles_container_neither_pays_nor_is_told_to_stop_googles_machine(
    tmp_path: Path,
) -> None:
    kaggle = {"KAGGLE_KERNEL_RUN_TYPE": "Interactive"}
    found = recognise(machine(tmp_path, kaggle, {**GOOGLE, **DOCKER}))
    assert not found.paid
    assert "gcloud" not in " ".join(found.leaving())


def test_files_that_can_t_be_read_are_no_signs(tmp_path: Path) -> None:
    (tmp_path / DMI / "sys_vendor").mkdir(parents=True)
    (tmp_path / RESOURCE).parent.mkdir(parents=True)
    (tmp_path / RESOURCE).write_bytes(b"\xff\xfe{}")
    (tmp_path / DMI / "product_name").symlink_to(tmp_path / DMI / "product_name")
    assert recognise(Signs({}, tmp_path)).name == "Your own PC"


def test_secrets_among_the_variables_are_not_in_the_representation() -> None:
    assert "s3cret" not in repr(Signs(HUB))


def own_pages() -> list[Provider]:
    return [it for it in PROVIDERS if it.name not in NOBODYS]


@pytest.mark.parametrize("provider", own_pages(), ids=lambda it: it.name)
def test_what_is_said_stands_on_a_page_that_was_read(provider: Provider) -> None:
    for address in (provider.source, *provider.more):
        assert address.startswith("https://")
        assert " " not in address
    assert provider.read
    assert date(2026, 11, 26) <= provider.read <= date.today()


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda it: it.name)
def test_it_is_said_how_to_stop_and_what_goes_on_costing(provider: Provider) -> None:
    assert provider.stop
    assert provider.delete
    assert provider.still_costs or provider.name == "Your own PC"
    for text in (*provider.still_costs, *provider.limits):
        assert text.endswith(".")


def test_whoever_belongs_to_nobody_names_no_page() -> None:
    assert all(not it.source and not it.read for it in PROVIDERS if it.name in NOBODYS)


def test_this_machine_is_recognised_in_less_than_20_ms_without_anything_heavy() -> None:
    code = (
        "import sys, time\n"
        "import coursekit.machine.providers as providers\n"
        "began = time.perf_counter(); providers.recognise()\n"
        "print(time.perf_counter() - began)\n"
        "heavy = {'socket', 'ssl', 'urllib.request', 'importlib.metadata', 'sqlalchemy', 'psutil',"
        " 'torch', 'numpy', 'ipywidgets', 'subprocess', 'email'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    runs = []
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        seconds, heavy = done.stdout.splitlines()
        assert heavy == "[]", done.stderr
        runs.append(float(seconds))
    assert min(runs) < SECONDS


def test_a_virtual_machine_on_one_s_own_computer_costs_nothing(tmp_path: Path) -> None:
    own = machine(tmp_path, {}, {f"{DMI}/product_name": "VirtualBox\n"})
    assert not recognise(own).paid
    rented = machine(tmp_path / "other", *MACHINES["A rented virtual machine"])
    assert recognise(rented).paid
