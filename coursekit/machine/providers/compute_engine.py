"""Google Compute Engine."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs


def recognise(signs: Signs) -> bool:
    """Whether the firmware says so."""
    return signs.dmi("product_name") == "Google Compute Engine"


COMPUTE_ENGINE = Provider(
    name="Google Compute Engine",
    recognise=recognise,
    stop="Run: gcloud compute instances stop NAME --zone ZONE; or on it: sudo shutdown -h now",
    delete="Run: gcloud compute instances delete NAME --zone ZONE",
    still_costs=(
        "Its disks, until they are deleted.",
        "Static external IP addresses, until they are released.",
    ),
    limits=("Nothing ends it by itself, unless a schedule or a run time was set for it.",),
    source="https://docs.cloud.google.com/compute/docs/instances/stop-start-instance",
    read=date(2026, 11, 26),
    more=(
        "https://docs.cloud.google.com/compute/docs/instances/restarting-an-instance",
        "https://cloud.google.com/compute/docs/instances/suspend-stop-reset-instances-overview",
    ),
    command="sudo -n shutdown -h now",
)
