"""Paperspace notebooks, by DigitalOcean."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs

NAMES = ("PAPERSPACE_NOTEBOOK_REPO_ID", "PAPERSPACE_METRIC_WORKLOAD_ID", "PAPERSPACE_FQDN")


def recognise(signs: Signs) -> bool:
    """Whether the notebook's variables are there."""
    return any(signs.env(name) for name in NAMES)


PAPERSPACE = Provider(
    name="Paperspace",
    recognise=recognise,
    stop="In the notebook, open the Instance tab on the left and choose Stop Instance.",
    delete="In the console's list of notebooks, choose Delete, once the notebook has stopped.",
    still_costs=("Files beyond your plan's free storage, in /notebooks and /storage.",),
    limits=(
        "The auto-shutdown timer that was set ends the notebook; it counts from the start, "
        "whatever you do meanwhile.",
        "What is outside of /notebooks and /storage is lost.",
    ),
    source="https://docs.digitalocean.com/products/paperspace/notebooks/how-to/restart-kernels/",
    read=date(2026, 11, 26),
    more=(
        "https://docs.paperspace.com/products/paperspace/notebooks/details/storage-architecture/",
        "https://github.com/Paperspace/Docs/blob/ccdf20be970d6a6f78a07a38c22dbd156a02de32/explore-train-deploy/notebooks/machines.md",
        "https://github.com/Paperspace/Docs/blob/0ac713c9953f32ca909795bcfbd71cf1f11fd0de/explore-train-deploy/notebooks/create-a-notebook/README.md",
    ),
)
