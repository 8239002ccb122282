"""What no provider was recognised for: a virtual machine of somebody's, or one's own PC."""

import re

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs

HYPERVISORS = ("qemu", "kvm", "xen", "openstack", "vmware", "virtual machine", "virtualbox")
HOSTERS = ("digitalocean", "hetzner", "linode", "akamai", "vultr", "scaleway", "upcloud",
           "alibaba cloud", "exoscale", "ovh")  # fmt: skip


def is_virtual(signs: Signs) -> bool:
    """Whether the firmware is a hypervisor's, or that of somebody who lets machines."""
    said = f"{signs.dmi('sys_vendor')} {signs.dmi('product_name')}".lower()
    words = f" {' '.join(re.findall('[a-z]+', said))} "
    return any(f" {name} " in words for name in (*HYPERVISORS, *HOSTERS))


VIRTUAL = Provider(
    name="A virtual machine",
    recognise=is_virtual,
    stop="Stop it where it was started. Shutting down from inside does not end the costs at every "
    "provider.",
    delete="Delete it where it was started, with its disks and addresses.",
    still_costs=("With most providers, its disks and addresses, until they are deleted.",),
)

PC = Provider(
    name="Your own PC",
    recognise=lambda signs: True,
    stop="Shut it down as ever.",
    delete="There is nothing to delete.",
    paid=False,
)
