"""A container, whoever runs it."""

from dataclasses import replace
from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs

KAGGLE = "KAGGLE_KERNEL_RUN_TYPE"
"""Set in Kaggle's notebooks, as kagglehub's `env.py` says: containers on machines of Google's."""
FILES = (".dockerenv", "run/.containerenv")
GROUPS = ("docker", "kubepods", "containerd", "libpod", "lxc")


def recognise(signs: Signs) -> bool:
    """Whether Docker, Podman, Kubernetes or the like runs this."""
    if any(signs.has(file) for file in FILES) or signs.env("KUBERNETES_SERVICE_HOST"):
        return True
    first = signs.text("proc/1/cgroup")
    return any(group in first for group in GROUPS)


CONTAINER = Provider(
    name="A container",
    recognise=recognise,
    stop="Where it was started, run: docker stop CONTAINER; or stop it as your platform says. "
    "That doesn't stop the machine that it runs on.",
    delete="Where it was started, run: docker rm CONTAINER",
    still_costs=("The machine that it runs on.",),
    source="https://docs.docker.com/reference/cli/docker/container/stop/",
    read=date(2026, 11, 26),
    paid=False,
)


def on(machine: Provider, signs: Signs) -> Provider:
    """A container on a machine of a provider, which costs whoever works in it, as a rule."""
    if signs.env(KAGGLE):  # whoever works there neither has that machine nor can stop it
        return CONTAINER
    runs_on = f"The machine that it runs on ({machine.name}). If it is yours: {machine.stop}"
    return replace(CONTAINER, still_costs=(runs_on, *machine.still_costs), paid=True)
