"""AMD's GPUs, from files as Linux writes them."""

from __future__ import annotations

from pathlib import Path

from coursekit.machine import amd


def card(
    tmp_path: Path, number: int, address: str, vendor: str = "0x1002", **files: object
) -> Path:
    device = tmp_path / "devices" / address
    for name, said in {"vendor": vendor, **files}.items():
        path = device / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{said}\n")
    link = tmp_path / "drm" / f"card{number}"
    link.mkdir(parents=True)
    (link / "device").symlink_to(device)
    return device


def test_a_faked_gpu_of_amds_has_all_its_figures(tmp_path: Path) -> None:
    card(
        tmp_path,
        1,
        "0000:03:00.0",
        product_name="AMD Radeon RX 7900 XTX",
        mem_info_vram_total=25753026560,
        mem_info_vram_used=1234567168,
        gpu_busy_percent=42,
        hwmon__hwmon3__temp1_input=61000,
        hwmon__hwmon3__power1_average=187000000,
        hwmon__hwmon3__power1_cap=303000000,
    )
    (gpu,) = amd.read()
    assert (gpu.index, gpu.name, gpu.maker) == (0, "AMD Radeon RX 7900 XTX", "AMD")
    assert (gpu.memory_used, gpu.memory_total) == (1234567168, 25753026560)
    assert (gpu.busy, gpu.temperature, gpu.power, gpu.power_limit) == (0.42, 61.0, 187.0, 303.0)
    assert gpu.uuid == "0000:03:00.0"


def test_what_a_faked_gpu_of_amds_does_not_say_is_none(tmp_path: Path) -> None:
    card(tmp_path, 0, "0000:2d:00.0", mem_info_vram_total="", hwmon__hwmon0__power1_input=9500000)
    (gpu,) = amd.read()
    assert (gpu.name, gpu.memory_total, gpu.busy, gpu.temperature) == ("AMD GPU", None, None, None)
    assert gpu.power == 9.5


def test_gpus_of_others_and_their_sockets_are_left_out(tmp_path: Path) -> None:
    card(tmp_path, 0, "0000:00:02.0", vendor="0x8086")
    card(tmp_path, 1, "0000:2d:00.0")
    card(tmp_path, 2, "0000:03:00.0")
    (tmp_path / "drm" / "card1-HDMI-A-1").mkdir()
    assert [(it.index, it.uuid) for it in amd.read()] == [(0, "0000:03:00.0"), (1, "0000:2d:00.0")]


def test_without_such_files_there_are_none() -> None:
    assert amd.read() == []
