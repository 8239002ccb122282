"""Azure virtual machines."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs

TAG = "7783-7084-3265-9085-8269-3286-77"
"""What the firmware of every Azure VM has as its chassis' tag; other Hyper-V machines have not."""


def recognise(signs: Signs) -> bool:
    """Whether the firmware has Azure's tag."""
    return signs.dmi("chassis_asset_tag") == TAG


AZURE = Provider(
    name="Azure virtual machine",
    recognise=recognise,
    stop="Run: az vm deallocate --resource-group GROUP --name NAME; or stop it in the Azure "
    "portal until it is Stopped (deallocated). Shutting down from inside is not enough: a "
    "machine that is only Stopped costs as one that runs.",
    delete="In the Azure portal, delete the virtual machine, then its disks and addresses.",
    still_costs=("Its disks.", "Networking, such as public IP addresses."),
    limits=("What is on its temporary disk may be lost when it is deallocated.",),
    source="https://learn.microsoft.com/en-us/azure/virtual-machines/states-billing",
    read=date(2026, 11, 26),
    more=(
        "https://github.com/MicrosoftDocs/azure-docs/blob/0935451cc6cd4cb6cf616899e939830446279dab/articles/virtual-machines/linux/tutorial-manage-vm.md",
    ),
)
