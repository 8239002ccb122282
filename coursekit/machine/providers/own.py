"""What no provider was recognised for: a virtual machine of somebody's, or one's own PC."""

import re
from functools import partial

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs

HYPERVISORS = ("qemu", "kvm", "xen", "vmware", "virtual machine", "virtualbox", "parallels")
HOSTERS = ("digitalocean", "hetzner", "linode", "akamai", "vultr", "scaleway", "upcloud",
           "alibaba cloud", "exoscale", "ovh", "openstack")  # fmt: skip


def _firmware_names(names: tuple[str, ...], signs: Signs) -> bool:
    said = f"{signs.dmi('sys_vendor')} {signs.dmi('product_name')}".lower()
    words = f" {' '.join(re.findall('[a-z]+', said))} "
    return any(f" {name} " in words for name in names)


RENTED = Provider(
    name="A rented virtual machine",
    recognise=partial(_firmware_names, HOSTERS),
    stop="Stop it where you ordered it. Shutting down from inside does not end the costs at every "
    "provider.",
    delete="Delete it where you ordered it, with its disks and addresses.",
    still_costs=("With most providers, its disks and addresses, until they are deleted.",),
)

# mostly one on somebody's own computer; where it is not, a price that one types brings the reminder
VIRTUAL = Provider(
    name="A virtual machine",
    recognise=partial(_firmware_names, HYPERVISORS),
    stop="Stop it where it was started. If it is rented, shutting down from inside does not end "
    "the costs at every provider.",
    delete="Delete it where it was started, with its disks and addresses.",
    still_costs=("If it is rented: with most providers, its disks and addresses.",),
    paid=False,
)

PC = Provider(
    name="Your own PC",
    recognise=lambda signs: True,
    stop="Shut it down as ever.",
    delete="There is nothing to delete.",
    paid=False,
)
