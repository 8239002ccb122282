"""Machines of providers, as their files and variables show them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from coursekit.machine.providers import Signs

Machine = tuple[Mapping[str, str], Mapping[str, str]]
"""Variables, and files below the root with what is in them."""

DMI = "sys/class/dmi/id"
GOOGLE = {f"{DMI}/sys_vendor": "Google\n", f"{DMI}/product_name": "Google Compute Engine\n"}
AMAZON = {f"{DMI}/sys_vendor": "Amazon EC2\n", f"{DMI}/product_name": "g4dn.xlarge\n"}
MICROSOFT = {
    f"{DMI}/sys_vendor": "Microsoft Corporation\n",
    f"{DMI}/product_name": "Virtual Machine\n",
}
AZURE = {**MICROSOFT, f"{DMI}/chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77\n"}
QEMU = {f"{DMI}/sys_vendor": "QEMU\n", f"{DMI}/product_name": "Standard PC (Q35 + ICH9, 2009)\n"}
LAPTOP = {f"{DMI}/sys_vendor": "LENOVO\n", f"{DMI}/product_name": "20XW00ABGE\n"}
DOCKER = {".dockerenv": ""}
PODS = {"proc/1/cgroup": "11:memory:/kubepods/burstable/pod5a/3f\n"}
RESOURCE = "opt/ml/metadata/resource-metadata.json"
ARN = "arn:aws:sagemaker:eu-west-1:123456789012"
HUB = {
    "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api",
    "JUPYTERHUB_USER": "ada",
    "JUPYTERHUB_API_TOKEN": "s3cret-token",
    "JUPYTERHUB_SERVER_NAME": "",
}

MACHINES: dict[str, Machine] = {
    "Google Colab": (
        {"TBE_RUNTIME_ADDR": "172.28.0.1:8011", "COLAB_RELEASE_TAG": "release-colab_20261120"},
        {**GOOGLE, **DOCKER},
    ),
    "Paperspace": (
        {"PAPERSPACE_NOTEBOOK_REPO_ID": "r1", "PAPERSPACE_FQDN": "n1.clg07azjl.paperspace.com"},
        {**QEMU, **PODS},
    ),
    "SageMaker Studio": (
        {"SAGEMAKER_APP_TYPE": "jupyterlab"},
        {
            **AMAZON,
            **DOCKER,
            RESOURCE: f'{{"AppType": "JupyterLab", "DomainId": "d-1", "SpaceName": "mine", '
            f'"ResourceArn": "{ARN}:app/d-1/mine/JupyterLab/default", "ResourceName": "default"}}',
        },
    ),
    "SageMaker notebook instance": (
        {},
        {
            **AMAZON,
            RESOURCE: f'{{"ResourceArn": "{ARN}:notebook-instance/fast", "ResourceName": "fast"}}',
        },
    ),
    "Amazon EC2": ({}, AMAZON),
    "Google Compute Engine": ({}, GOOGLE),
    "Azure virtual machine": ({}, AZURE),
    "RunPod": ({"RUNPOD_POD_ID": "k3", "RUNPOD_GPU_COUNT": "1"}, {**QEMU, **DOCKER}),
    "Lambda": ({}, {**QEMU, "etc/systemd/system/lambda-guest-agent.service": "[Unit]\n"}),
    "GitHub Codespaces": (
        {"CODESPACES": "true", "CODESPACE_NAME": "octocat-literate-space"},
        {**AZURE, **DOCKER},
    ),
    "JupyterHub": (HUB, PODS),
    "Slurm": ({"SLURM_JOB_ID": "4711", "SLURM_JOB_PARTITION": "gpu"}, LAPTOP),
    "A container": ({}, {**LAPTOP, **DOCKER}),
    "A rented virtual machine": ({}, {f"{DMI}/sys_vendor": "Hetzner\n"}),
    "A virtual machine": ({}, QEMU),
    "Your own PC": ({}, LAPTOP),
}
"""For each provider a machine that has all that such machines have."""


def machine(root: Path, environ: Mapping[str, str], files: Mapping[str, str]) -> Signs:
    """Writes the files below `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Signs(environ, root)


@contextmanager
def in_zone(name: str) -> Iterator[None]:
    """Has this machine be in a zone."""
    try:
        with patch.dict(os.environ, TZ=name):
            time.tzset()
            yield
    finally:
        time.tzset()
