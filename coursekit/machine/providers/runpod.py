"""RunPod Pods."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs


def recognise(signs: Signs) -> bool:
    """Whether the Pod's own variable is there."""
    return bool(signs.env("RUNPOD_POD_ID"))


RUNPOD = Provider(
    name="RunPod",
    recognise=recognise,
    stop="On the Pods page of RunPod's console, expand the Pod and click Stop, then Stop Pod; or "
    "run on it: runpodctl stop pod $RUNPOD_POD_ID. A Pod with a network volume can't be stopped, "
    "only terminated.",
    delete="On the Pods page, expand the Pod and click Terminate; or run on it: "
    "runpodctl remove pod $RUNPOD_POD_ID. Only what is on a network volume stays.",
    still_costs=("The Pod's disk volume, until it is terminated.", "Network volumes."),
    limits=(
        "When your balance is used up, RunPod stops your Pods, and what is on them may be deleted.",
        "A stop clears all but /workspace.",
    ),
    source="https://github.com/runpod/docs/blob/0106dfcbb1102efee8634cdd2e07f4cd9d243809/pods/manage-pods.mdx",
    read=date(2026, 11, 26),
    more=(
        "https://github.com/runpod/docs/blob/ebf0d9c54b0a5bcf2a93154d70f8a31266bbd181/pods/pricing.mdx",
        "https://github.com/runpod/docs/blob/21b2ef1b998168c856b75187871f0a4421a5c8f2/pods/references/environment-variables.mdx",
    ),
    command="runpodctl stop pod $RUNPOD_POD_ID",
)
