"""Whose machine this is, and how it is stopped; a file for each provider.

Several may fit, such as a container on EC2 that JupyterHub started. The most specific counts: the
one whose words stop what this learner has, and nothing else.

1. What other packages bring: whoever installs such a package means it.
2. A server or job of one's own within somebody's machine: JupyterHub, Slurm.
3. What lets notebooks: Colab, Paperspace, SageMaker, RunPod, Codespaces.
4. A container. What is known of the machine below it, by the firmware, is said with it.
5. What lets machines: Lambda, EC2, Compute Engine, Azure; others by their firmware.
6. A virtual machine of nobody in particular; else one's own PC.
"""

from __future__ import annotations

from coursekit.machine.providers import container, plugins
from coursekit.machine.providers.azure import AZURE
from coursekit.machine.providers.codespaces import CODESPACES
from coursekit.machine.providers.colab import COLAB
from coursekit.machine.providers.compute_engine import COMPUTE_ENGINE
from coursekit.machine.providers.container import CONTAINER
from coursekit.machine.providers.ec2 import EC2
from coursekit.machine.providers.jupyterhub import JUPYTERHUB
from coursekit.machine.providers.lambda_cloud import LAMBDA_CLOUD
from coursekit.machine.providers.own import PC, RENTED, VIRTUAL
from coursekit.machine.providers.paperspace import PAPERSPACE
from coursekit.machine.providers.provider import CannotStop, Provider
from coursekit.machine.providers.runpod import RUNPOD
from coursekit.machine.providers.sagemaker import NOTEBOOK_INSTANCE, STUDIO
from coursekit.machine.providers.signs import Signs
from coursekit.machine.providers.slurm import SLURM

__all__ = ["PROVIDERS", "CannotStop", "Provider", "Signs", "recognise", "skipped"]

MACHINES = (LAMBDA_CLOUD, EC2, COMPUTE_ENGINE, AZURE, RENTED)
"""What lets whole machines."""

PROVIDERS = (
    *(JUPYTERHUB, SLURM),
    *(COLAB, PAPERSPACE, STUDIO, NOTEBOOK_INSTANCE, RUNPOD, CODESPACES),
    *(CONTAINER, *MACHINES, VIRTUAL, PC),
)
"""All that coursekit knows, the most specific first."""


def recognise(signs: Signs | None = None) -> Provider:
    """Whose machine this is; takes milliseconds and asks nobody.

    Args:
        signs: What to go by; None: this machine.
    """
    signs = signs or Signs()
    for provider in plugins.found().providers:
        if plugins.fits(provider, signs):
            return provider
    first = next(it for it in PROVIDERS if it.recognise(signs))
    if first is CONTAINER:
        below = next((it for it in MACHINES if it.recognise(signs)), None)
        return container.on(below, signs) if below else first
    return first


def skipped() -> tuple[str, ...]:
    """A sentence for each plug-in that can't be used and was left out."""
    return tuple(plugins.found().failed)
