from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.data import unpack as module
from coursekit.data.errors import (
    AbsurdArchive,
    DamagedArchive,
    DiskFull,
    NoArchive,
    UnsafeArchive,
)
from coursekit.data.unpack import unpack


def quiet(done: int, total: int | None, what: str) -> None:
    """Progress is not looked at here."""


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = 5 if kind == tarfile.REGTYPE else 0
    return info


def tar_of(path: Path, *members: tarfile.TarInfo, mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for info in members:
            tar.addfile(info, io.BytesIO(b"hello") if info.size else None)
    return path


def zip_of(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Where to unpack; everything else in its parent is outside."""
    (tmp_path / "outside").mkdir()
    return tmp_path / "outside" / "shop" / "unpacked"


def refused(archive: Path, into: Path) -> str:
    """Unpacks a hostile archive; nothing of it may be left anywhere."""
    into.parent.mkdir(parents=True)
    before = sorted(archive.parent.rglob("*"))
    with pytest.raises(UnsafeArchive) as caught:
        unpack(archive, into, "pets.tgz", quiet)
    assert sorted(archive.parent.rglob("*")) == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


HOSTILE = {
    "parent": [member("a/good.jpg"), member("../evil.jpg")],
    "parent within": [member("a/../../evil.jpg")],
    "absolute": [member("/tmp/coursekit-evil.jpg")],
    "windows absolute": [member("C:\\evil.jpg")],
    "windows parent": [member("a\\..\\..\\evil.jpg")],
    "symlink to a file outside": [member("link", tarfile.SYMTYPE, "../../secret.txt")],
    "absolute symlink": [member("link", tarfile.SYMTYPE, "/etc/passwd")],
    "symlink to a folder, then a file through it": [
        member("link", tarfile.SYMTYPE, "../.."),
        member("link/evil.jpg"),
    ],
    "symlink through a symlink": [
        member("a/b/x.jpg"),
        member("link", tarfile.SYMTYPE, "a"),
        member("link/b/up", tarfile.SYMTYPE, ".."),
    ],
    "symlink to nothing": [member("x.jpg"), member("link", tarfile.SYMTYPE, "nothing")],
    "symlinks in a circle": [
        member("one", tarfile.SYMTYPE, "two"),
        member("two", tarfile.SYMTYPE, "one"),
    ],
    "hard link outside": [member("link", tarfile.LNKTYPE, "../../secret.txt")],
    "absolute hard link": [member("link", tarfile.LNKTYPE, "/etc/passwd")],
    "hard link to a symlink": [
        member("one", tarfile.SYMTYPE, "../../secret.txt"),
        member("two", tarfile.LNKTYPE, "one"),
    ],
    "pipe": [member("pipe", tarfile.FIFOTYPE)],
    "device": [member("null", tarfile.CHRTYPE)],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_member_is_refused_and_nothing_is_left(
    tmp_path: Path, into: Path, name: str
) -> None:
    (tmp_path / "outside" / "secret.txt").write_text("secret", encoding="utf-8")
    sentence = refused(tar_of(tmp_path / "pets.tgz", *HOSTILE[name]), into)
    assert sentence.startswith("pets.tgz was not unpacked: its member '")
    assert not Path("/tmp/coursekit-evil.jpg").exists()


def test_a_chain_of_long_links_that_misleads_the_data_filter_is_refused(
    tmp_path: Path, into: Path
) -> None:
    # CVE-2025-4517: past PATH_MAX realpath stops following, and the filter believes it.
    steps = "abcdefghijklmnop"
    members, path = [], ""
    for step in steps:
        members.append(member(f"{path}{'d' * 247}", tarfile.DIRTYPE))
        members.append(member(f"{path}{step}", tarfile.SYMTYPE, "d" * 247))
        path += f"{'d' * 247}/"
    short = "/".join(steps)
    members.append(member(f"{short}/{'l' * 254}", tarfile.SYMTYPE, "../" * len(steps)))
    escape = f"{short}/{'l' * 254}/../../../secret"
    members += [member("escape", tarfile.SYMTYPE, escape), member("escape/evil.jpg")]
    (tmp_path / "outside" / "secret").mkdir()
    archive = tar_of(tmp_path / "pets.tgz", *members)
    into.parent.mkdir(parents=True)
    with pytest.raises((UnsafeArchive, NoArchive)):
        unpack(archive, into, "pets.tgz", quiet)
    assert not into.exists()
    assert list((tmp_path / "outside" / "secret").iterdir()) == []


def test_a_file_where_a_folder_should_be_is_the_archives_fault(tmp_path: Path, into: Path) -> None:
    into.parent.mkdir(parents=True)
    archive = tar_of(tmp_path / "x.tgz", member("a"), member("a/b.jpg"))
    with pytest.raises(NoArchive, match=r"x\.tgz was not unpacked"):
        unpack(archive, into, "x.tgz", quiet)


def test_links_within_the_archive_are_made(tmp_path: Path, into: Path) -> None:
    into.parent.mkdir(parents=True)
    archive = tar_of(
        tmp_path / "x.tgz",
        member("set/first", tarfile.SYMTYPE, "second"),  # before what it leads to
        member("set/second", tarfile.SYMTYPE, "train/1.jpg"),
        member("set/again.jpg", tarfile.LNKTYPE, "set/train/1.jpg"),
        member("set/train/1.jpg"),
    )
    path = unpack(archive, into, "x.tgz", quiet)
    assert [(path / name).read_bytes() for name in ("first", "second", "again.jpg")] == [
        b"hello"
    ] * 3


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_compression_of_tar_is_read(tmp_path: Path, into: Path, mode: str) -> None:
    into.parent.mkdir(parents=True)
    archive = tar_of(tmp_path / "x", member("set/a.jpg"), mode=mode)
    assert (unpack(archive, into, "x", quiet) / "a.jpg").read_bytes() == b"hello"


def test_several_folders_stay_and_leftovers_of_a_mac_do_not_count(
    tmp_path: Path, into: Path
) -> None:
    into.parent.mkdir(parents=True)
    archive = tar_of(tmp_path / "x.tgz", member("train/a.jpg"), member("valid/b.jpg"))
    assert unpack(archive, into, "x.tgz", quiet) == into
    archive = tar_of(tmp_path / "y.tgz", member("set/a.jpg"), member("._set"))
    assert unpack(archive, into, "y.tgz", quiet) == into / "set"


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_an_archive_cut_short_is_damaged(
    tmp_path: Path, into: Path, pets: Path, mode: str, keep: float
) -> None:
    into.parent.mkdir(parents=True)
    archive = tmp_path / "x"
    with tarfile.open(archive, mode) as tar:  # type: ignore[call-overload]
        for photo in sorted(pets.iterdir())[:3]:
            tar.add(photo, photo.name)
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(DamagedArchive):
        unpack(archive, into, "x", quiet)
    assert not into.exists()


def test_a_zip_file_is_unpacked_and_its_checksums_held(tmp_path: Path, into: Path) -> None:
    into.parent.mkdir(parents=True)
    archive = zip_of(tmp_path / "x.zip", **{"set/a.txt": b"hello" * 100})
    assert (unpack(archive, into, "x.zip", quiet) / "a.txt").read_bytes() == b"hello" * 100
    content = bytearray(archive.read_bytes())
    content[14] ^= 1  # in the member's CRC
    content[content.index(b"PK\x01\x02") + 16] ^= 1
    archive.write_bytes(bytes(content))
    with pytest.raises(DamagedArchive):
        unpack(archive, into, "x.zip", quiet)


def test_a_zip_with_a_password_is_refused(tmp_path: Path, into: Path) -> None:
    into.parent.mkdir(parents=True)
    archive = zip_of(tmp_path / "x.zip", **{"a.txt": b"hello"})
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # says that the member is encrypted
    archive.write_bytes(bytes(content))
    with pytest.raises(NoArchive, match="needs a password"):
        unpack(archive, into, "x.zip", quiet)


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt"])
def test_a_hostile_zip_is_refused(tmp_path: Path, into: Path, name: str) -> None:
    refused(zip_of(tmp_path / "x.zip", **{"good.txt": b"x", name: b"x"}), into)


@pytest.mark.parametrize("make", [tar_of, zip_of])
def test_an_archive_without_files_is_refused(
    tmp_path: Path, into: Path, make: Callable[[Path], Path]
) -> None:
    into.parent.mkdir(parents=True)
    with pytest.raises(NoArchive, match="there is no file in it"):
        unpack(make(tmp_path / "x"), into, "x", quiet)


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_an_archive_that_becomes_absurdly_large_is_refused(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(module, "SPARE", 100_000)
    into.parent.mkdir(parents=True)
    archive = tmp_path / "bomb"
    zeros = bytes(20_000_000)
    if kind == "zip":
        zip_of(archive, zeros=zeros)
    else:
        info = tarfile.TarInfo("zeros")
        info.size = len(zeros)
        with tarfile.open(archive, "w:gz") as tar:
            tar.addfile(info, io.BytesIO(zeros))
    with pytest.raises(AbsurdArchive, match="would become more than"):
        unpack(archive, into, "bomb", quiet)
    assert not into.exists()


def test_more_than_the_disk_holds_is_refused_before_it_is_written(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into.parent.mkdir(parents=True)
    usage = module.shutil.disk_usage("/")._replace(free=3)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DiskFull):
        unpack(tar_of(tmp_path / "x.tgz", member("a.jpg")), into, "x.tgz", quiet)
    assert not into.exists()


def test_a_python_that_cannot_do_it_safely_says_so(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into.parent.mkdir(parents=True)
    monkeypatch.delattr(tarfile, "data_filter")
    with pytest.raises(NoArchive, match=r"install 3\.11\.4 or newer"):
        unpack(tar_of(tmp_path / "x.tgz", member("a.jpg")), into, "x.tgz", quiet)
