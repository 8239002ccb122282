"""Lambda's on-demand cloud."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs

FILES = (
    "etc/lambda/guest-agent",
    *(
        f"{folder}/systemd/system/{unit}.service"
        for folder in ("etc", "lib", "usr/lib")
        for unit in ("lambda-guest-agent", "lambda-jupyter", "lambda-first-boot")
    ),
)
"""Lambda's services; its drivers and packages may be on one's own PC, too, and say nothing."""


def recognise(signs: Signs) -> bool:
    """Whether a service of Lambda's instances is there."""
    return any(signs.has(file) for file in FILES)


LAMBDA_CLOUD = Provider(
    name="Lambda",
    recognise=recognise,
    stop="Terminate the instance in Lambda's cloud dashboard. It can't be stopped or paused, and "
    "it costs as long as it runs, used or not.",
    delete="Terminate the instance, then delete its filesystems in the dashboard.",
    still_costs=("Filesystems, as long as they exist, even where no instance uses them.",),
    limits=("What is not on a filesystem of Lambda's is erased and can't be recovered.",),
    source="https://docs.lambda.ai/public-cloud/billing",
    read=date(2026, 11, 26),
)
