"""Why NVIDIA's driver does not answer, each in a sentence or two with what to do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# NVML's error codes (nvmlReturn_t)
UNINITIALIZED = 1
NOT_SUPPORTED = 3
NO_PERMISSION = 4
NOT_FOUND = 6
DRIVER_NOT_LOADED = 9
LIBRARY_NOT_FOUND = 12
FUNCTION_NOT_FOUND = 13
GPU_IS_LOST = 15
RESET_REQUIRED = 16
VERSION_MISMATCH = 18
GPU_NOT_FOUND = 28

ROOT = Path("/")
DEVICES = Path("/sys/bus/pci/devices")
NVIDIA = "0x10de"
DISPLAY = ("0x0300", "0x0302")

SENTENCES = {
    NO_PERMISSION: "This account may not ask NVIDIA's driver. Ask whoever runs the machine for "
    "access to /dev/nvidiactl and /dev/nvidia0.",
    DRIVER_NOT_LOADED: "NVIDIA's driver is installed, but it is not running. Restart the machine; "
    "if that does not help, install the driver again.",
    VERSION_MISMATCH: "NVIDIA's driver was changed while the machine was running, and its parts "
    "no longer fit together. Restart the machine.",
}

NO_DEVICE = (
    "NVIDIA's driver is running, but it shows no GPU. In a container or on a cluster, ask for one "
    "at the start (--gpus all, --gres=gpu:1); on your own machine, restart it."
)
NO_PACKAGE = "The Python package nvidia-ml-py is missing. Install it: pip install nvidia-ml-py."
IN_WSL = (
    "This is Linux inside Windows (WSL): the memory in use is also what Windows' programs hold."
)
CLOSED = (
    "GPU {index} may not be used from this account. Ask whoever runs the machine for access to "
    "/dev/nvidia{index}."
)
MIG = (
    "GPU {index} is divided into parts (MIG). Each part is listed as a GPU; how busy it is cannot "
    "be measured."
)
MIG_CLOSED = (
    "GPU {index} is divided into parts (MIG), and none of them may be used from here. Ask whoever "
    "runs the machine for one."
)
LOST = (
    "GPU {index} ({name}) stopped answering. Save your work; restarting the machine usually brings "
    "it back."
)


def why(code: int, said: str) -> str:
    """The sentence for an error code of NVML when it is opened; "" where no NVIDIA GPU is there.

    Args:
        code: NVML's number for it.
        said: NVML's own words, for a code without a sentence.
    """
    if code == LIBRARY_NOT_FOUND:
        return without_driver()
    if code in (NOT_FOUND, GPU_NOT_FOUND):
        return NO_DEVICE
    unknown = f"NVIDIA's driver did not answer ({said}). Restart the container or the machine."
    return SENTENCES.get(code, unknown)


def without_driver() -> str:
    """Why there is no driver where a GPU of NVIDIA's is, or might be; else ""."""
    if wsl():
        return (
            "Linux inside Windows (WSL) sees no NVIDIA driver. If this computer has an NVIDIA GPU, "
            "install its driver in Windows, not in Linux, and run `wsl --shutdown` there."
        )
    if not nvidia_card():
        return ""
    from coursekit.machine.providers import Signs, container  # few need them

    if container.recognise(Signs(root=ROOT)):
        return (
            "This machine has an NVIDIA GPU, but the container was started without it. Start it "
            "again with --gpus all, or ask whoever runs it for a GPU."
        )
    return (
        "This machine has an NVIDIA GPU, but no driver for it. Install NVIDIA's driver and restart."
    )


def wsl() -> bool:
    """Whether this is Linux inside Windows."""
    return sys.platform == "linux" and "microsoft" in os.uname().release.lower()


def nvidia_card() -> bool:
    """Whether Linux sees an NVIDIA GPU on the bus, with or without a driver."""
    return any(
        _first_line(device / "vendor") == NVIDIA
        and _first_line(device / "class").startswith(DISPLAY)
        for device in DEVICES.glob("*")
    )


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
