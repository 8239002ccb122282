"""The pictures in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = re.compile(r"!\[[^]]*\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"")
LARGEST = 400_000  # bytes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_that_a_page_shows_is_there(page: Path) -> None:
    for names in NAMED.findall(page.read_text(encoding="utf-8")):
        with Image.open(page.parent / "".join(names)) as picture:
            assert picture.width > 100


def test_pictures_are_small() -> None:
    for file in (ROOT / "docs" / "screenshots").iterdir():
        assert file.stat().st_size < LARGEST, file.name
