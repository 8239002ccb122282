"""Amazon EC2."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs


def recognise(signs: Signs) -> bool:
    """Whether the firmware, or the Xen hypervisor of older kinds, says so."""
    return (
        signs.dmi("sys_vendor") == "Amazon EC2"
        or signs.dmi("bios_vendor") == "Amazon EC2"
        or signs.text("sys/hypervisor/uuid").lower().startswith("ec2")
    )


EC2 = Provider(
    name="Amazon EC2",
    recognise=recognise,
    stop="In the EC2 console, choose Instances, select it, then Instance state > Stop instance; "
    "or run on it: sudo shutdown -h now (not halt, after which it runs on).",
    delete="In the EC2 console, choose Instances, select it, then Instance state > Terminate.",
    still_costs=(
        "Its EBS volumes (disks).",
        "Elastic IP addresses that belong to it.",
        "After it is terminated: volumes that were attached to it besides its first.",
    ),
    limits=(
        "Nothing ends it by itself.",
        "A stop erases its instance store volumes.",
        "If its shutdown behaviour was set to terminate, sudo shutdown deletes it.",
    ),
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html",
    read=date(2026, 11, 26),
    more=(
        "https://github.com/awsdocs/amazon-ec2-user-guide/blob/0446b90b9c4d549e52f8f3ce44264038d5fca8ea/doc_source/Stop_Start.md",
        "https://github.com/awsdocs/amazon-ec2-user-guide/blob/03163c7ceee9b0645790c0bc2b8e538cf535a6aa/doc_source/terminating-instances.md",
        "https://github.com/awsdocs/amazon-ec2-user-guide/blob/00f196538ffa2ac7954fd8b02a4ab143a4e06c4f/doc_source/identify_ec2_instances.md",
    ),
    command="sudo -n shutdown -h now",
)
