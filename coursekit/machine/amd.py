"""AMD's GPUs, which Linux describes in files; there is no library to ask."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

from coursekit.machine.readings import Gpu

CARDS = Path("/sys/class/drm")
AMD = "0x1002"
BUSY = "gpu_busy_percent"

SAYS_NOTHING = {errno.ENOENT, errno.ENODEV, errno.EOPNOTSUPP}
"""Errors of a GPU that never says how busy it is, or is there no more."""


def read() -> list[Gpu]:
    """Its GPUs now, in the order of the bus; none where Linux has no driver for them."""
    return [_gpu(index, card) for index, card in enumerate(sorted(_cards()))]


def in_use() -> list[float | None]:
    """How much of the last moment each was in use, as a share; asked of nothing else, so cheap.

    It is 0 where one is asleep or never says that, None where it may compute but can't be asked, as
    while it is reset.
    """
    return [_share(card) for card in sorted(_cards())]


def _share(card: Path) -> float | None:
    try:
        said = (card / BUSY).read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        asleep = _text(card / "power" / "runtime_status") == "suspended"
        return 0.0 if asleep or error.errno in SAYS_NOTHING else None
    return int(said) / 100 if said.isdigit() else None


def _cards() -> Iterator[Path]:
    """The devices' folders; their names are their addresses on the bus."""
    for card in CARDS.glob("card*"):
        device = card / "device"
        if card.name[4:].isdigit() and _text(device / "vendor") == AMD:
            yield device.resolve()


def _gpu(index: int, card: Path) -> Gpu:
    percent = _number(card / BUSY)
    sensors = next(card.glob("hwmon/hwmon*"), card)
    return Gpu(
        index=index,
        name=_text(card / "product_name") or "AMD GPU",
        maker="AMD",
        memory_used=_number(card / "mem_info_vram_used"),
        memory_total=_number(card / "mem_info_vram_total"),
        busy=None if percent is None else percent / 100,
        temperature=_scaled(sensors, 1e3, "temp1_input"),
        power=_scaled(sensors, 1e6, "power1_average", "power1_input"),
        power_limit=_scaled(sensors, 1e6, "power1_cap"),
        uuid=card.name,
    )


def _scaled(folder: Path, unit: float, *names: str) -> float | None:
    """The first of the files that there is, in whole units."""
    numbers = (_number(folder / name) for name in names)
    return next((number / unit for number in numbers if number is not None), None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:  # a sleeping GPU refuses, too
        return ""


def _number(path: Path) -> int | None:
    said = _text(path)
    return int(said) if said.isdigit() else None
