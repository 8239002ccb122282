from __future__ import annotations

import errno
import io
import zipfile
from copy import copy
from pathlib import Path

import pytest

from coursekit.core.errors import CourseError
from coursekit.data import incoming
from coursekit.data.errors import AbsurdArchive, DiskFull, NoArchive, TooManyFiles, UnsafeArchive
from coursekit.data.incoming import add, own_set, remove


def put(name: str, data: bytes = b"x", label: str = "") -> list[Path]:
    return add(own_set("pets"), name, data, label, lambda *_: None)


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return made.getvalue()


def everything(home: Path) -> list[str]:
    """All files and folders below the home; a lock may stay."""
    return sorted(file.relative_to(home).as_posix() for file in home.rglob("*"))


def test_a_set_of_ones_own_lies_beside_the_others(home: Path) -> None:
    assert own_set("my pets") == home / "datasets" / "mine-my-pets"
    assert own_set("../..") == own_set("") == home / "datasets" / "mine-photos"


def test_the_folder_is_the_class_and_without_one_the_label_is() -> None:
    place = own_set("pets")
    assert put("holidays/cats/a.jpg") == [place / "cats" / "a.jpg"]
    assert put("a.jpg", label="dogs") == [place / "dogs" / "a.jpg"]
    with pytest.raises(CourseError, match=r"b.jpg lies in no folder, so its class is not known"):
        put("b.jpg")


def test_nothing_is_overwritten() -> None:
    names = [put("cats/a.jpg", data)[0] for data in (b"1", b"2", b"3")]
    assert [file.name for file in names] == ["a.jpg", "a 2.jpg", "a 3.jpg"]
    assert [file.read_bytes() for file in names] == [b"1", b"2", b"3"]


@pytest.mark.parametrize("label", ['it\'s "so"', "🐱 café", "<img src=x onerror=alert(1)>"])
def test_a_class_may_have_any_name(label: str) -> None:
    (file,) = put("a.jpg", label=label)
    assert file.parent.name == label


@pytest.mark.parametrize("label", ["..", ".", "../../x", "/", "a/../b"])
def test_a_class_is_one_folder_in_the_set(label: str, home: Path) -> None:
    try:
        (file,) = put("a.jpg", label=label)
    except CourseError:
        return
    assert file.parent.parent == own_set("pets")


def test_names_of_300_letters_are_shortened_or_refused() -> None:
    (file,) = put(f"{'ä' * 300}.jpg", label="cats")
    assert file.suffix == ".jpg"
    assert file.exists()
    with pytest.raises(CourseError, match="too long a name for a folder"):
        put("a.jpg", label="x" * 300)


def test_a_zips_folders_are_classes_and_other_files_stay_out(hopper: bytes) -> None:
    members = {"p/cats/a.jpg": hopper, "p/dogs/b.png": hopper, "p/notes.txt": b"no", "c.jpg": b"1"}
    added = put("pets.zip", zipped(**members), label="loose")
    names = sorted(file.relative_to(own_set("pets")).as_posix() for file in added)
    assert names == ["cats/a.jpg", "dogs/b.png", "loose/c.jpg"]
    assert all(file.exists() for file in added)


def test_a_zip_whose_photos_lie_in_no_folder_is_taken_as_a_whole_or_not(home: Path) -> None:
    put("cats/a.jpg")
    before = everything(home)
    with pytest.raises(CourseError, match=r"c.jpg lies in no folder"):
        put("pets.zip", zipped(**{"cats/a.jpg": b"1", "c.jpg": b"2"}))
    assert everything(home) == before


def encrypted() -> bytes:
    data = bytearray(zipped(**{"cats/a.jpg": b"secret"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def claiming(total: int) -> bytes:
    """A small zip that would unpack to `total` bytes: 100 MB of nothing under many names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("cats/0.jpg", bytes(10**8))
        for number in range(1, total // 10**8):
            again = copy(file.filelist[0])
            again.filename = f"cats/{number}.jpg"
            file.filelist.append(again)
    return made.getvalue()


def crowded(n: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for number in range(n):
            file.writestr(f"cats/{number}.jpg", b"")
    return made.getvalue()


BAD = {
    "climbing": (lambda: zipped(**{"cats/a.jpg": b"1", "../../out.jpg": b"2"}), UnsafeArchive),
    "absolute": (lambda: zipped(**{"/tmp/out.jpg": b"2"}), UnsafeArchive),
    "encrypted": (encrypted, NoArchive),
    "10 GB": (lambda: claiming(10**10), AbsurdArchive),
    "cut off": (lambda: zipped(**{"cats/a.jpg": b"1" * 5000})[:3000], CourseError),
    "no archive": (lambda: b"just words", NoArchive),
    "empty": (lambda: b"", NoArchive),
    "no photos": (lambda: zipped(**{"cats/notes.txt": b"1"}), CourseError),
    "crowded": (lambda: crowded(incoming.MOST_FILES * 2), TooManyFiles),
}


@pytest.mark.slow
@pytest.mark.parametrize("which", BAD)
def test_a_bad_zip_is_one_sentence_and_leaves_nothing(which: str, home: Path) -> None:
    make, kind = BAD[which]
    put("cats/a.jpg")
    before = everything(home.parent)
    with pytest.raises(kind) as raised:
        put("bad.zip", make())
    assert str(raised.value).startswith(("bad.zip ", "There are no photos in bad.zip"))
    assert everything(home.parent) == before


def test_a_file_that_is_neither_is_said() -> None:
    with pytest.raises(CourseError, match=r"film.mp4 was not added"):
        put("cats/film.mp4")


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("cats/a.jpg")
    before = everything(home)

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    for name in ("cats/b.jpg", "pets.zip"):
        with pytest.raises(DiskFull):
            put(name, zipped(**{"cats/a.jpg": b"1"}))
    monkeypatch.undo()
    assert everything(home) == before


def test_what_was_added_can_be_removed_and_nothing_else() -> None:
    (kept,) = put("cats/a.jpg")
    added = put("cats/b.jpg") + put("dogs/c.jpg")
    remove(own_set("pets"), added)
    assert kept.exists()
    assert [it.name for it in own_set("pets").iterdir()] == ["cats"]
    remove(own_set("pets"), [kept])
    assert not own_set("pets").exists()


@pytest.fixture
def hopper(uploads: Path) -> bytes:
    return (uploads / "hopper.jpg").read_bytes()
