"""Small folders of real photos, some with files among them that give no picture."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

BROKEN = ("truncated_jpeg.jpg", "text_renamed.jpg", "empty.png")


@pytest.fixture
def few(pets: Path, tmp_path: Path) -> Path:
    """Thirty photos: ten of each breed."""
    folder = tmp_path / "few"
    folder.mkdir()
    for breed in ("Abyssinian", "Bengal", "american_bulldog"):
        for file in sorted(pets.glob(f"{breed}_*.jpg"))[:10]:
            shutil.copy(file, folder)
    return folder


@pytest.fixture
def mixed(few: Path, uploads: Path) -> Path:
    """The same, and three files that give no picture, named like Bengals."""
    for number, name in enumerate(BROKEN, 900):
        shutil.copy(uploads / name, few / f"Bengal_{number}.jpg")
    return few


@pytest.fixture
def sorted_photos(few: Path, tmp_path: Path) -> Path:
    """The thirty photos in train/ and valid/, each with a folder for each class."""
    root = tmp_path / "sorted"
    for place, file in enumerate(sorted(few.iterdir())):
        folder = root / ("valid" if place % 5 == 0 else "train") / file.name.rpartition("_")[0]
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder)
    return root
