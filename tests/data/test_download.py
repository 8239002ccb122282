from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support_server import ArchiveServer, Faults, catalogue_entry

from coursekit.core.errors import CourseError
from coursekit.data import transfer
from coursekit.data.catalogue import Entry, URLs
from coursekit.data.download import fetch, untar_data
from coursekit.data.errors import (
    DamagedArchive,
    DamagedDownload,
    DiskFull,
    Interrupted,
    NoArchive,
    NotOffered,
    NotWritable,
    Unreachable,
)
from coursekit.data.items import get_image_files

ASK = "from coursekit.data.download import untar_data; print(untar_data('pets', progress=False))"


def get() -> Path:
    return untar_data(URLs.PETS, progress=False)


def photos(path: Path) -> int:
    return len(get_image_files(path / "images"))


def left_over(home: Path) -> list[str]:
    """What lies in the workshop beside the lock and the note of what arrived."""
    shop = home / "datasets" / ".downloads" / "oxford-iiit-pet"
    return sorted(p.name for p in shop.iterdir() if p.name not in ("lock", "arrived.json"))


def wait_for(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_the_first_cell_of_the_book_gets_its_photos(served_pets: ArchiveServer, home: Path) -> None:
    path = untar_data(URLs.PETS, progress=False) / "images"
    assert path == home / "datasets" / "oxford-iiit-pet" / "images"
    assert len(get_image_files(path)) == 36
    assert left_over(home) == []


def test_what_is_there_needs_no_network(served_pets: ArchiveServer) -> None:
    get()
    asked = len(served_pets.asked)
    served_pets.files.clear()
    assert get() == untar_data("pets") == untar_data("PETS")
    assert len(served_pets.asked) == asked == 1


def test_what_is_there_is_found_in_a_home_that_cannot_be_written(home: Path) -> None:
    images = home / "datasets" / "oxford-iiit-pet" / "images"
    images.mkdir(parents=True)
    (home / "datasets" / ".downloads").write_text("in the way", encoding="utf-8")
    assert get() == images.parent


def test_the_whole_archives_digest_is_kept(
    served_pets: ArchiveServer, pets_archive: bytes, home: Path
) -> None:
    get()
    note = json.loads(
        (home / "datasets/.downloads/oxford-iiit-pet/arrived.json").read_text(encoding="utf-8")
    )
    assert note["sha256"] == hashlib.sha256(pets_archive).hexdigest()
    assert note["bytes"] == len(pets_archive)


def test_a_later_download_must_have_the_digest_of_the_first(
    served_pets: ArchiveServer, pets_archive: bytes
) -> None:
    path = get()
    flipped = pets_archive[-9] ^ 1  # after the first mebibyte, whose MD5 is published
    other = pets_archive[:-9] + bytes([flipped]) + pets_archive[-8:]
    served_pets.put("oxford-iiit-pet.tgz", other)
    with pytest.raises(DamagedDownload, match="SHA256 is not the expected one"):
        untar_data(URLs.PETS, force_download=True, progress=False)
    assert photos(path) == 36  # the old ones


def test_force_download_replaces_what_is_there(served_pets: ArchiveServer) -> None:
    path = get()
    (path / "mine.txt").write_text("x", encoding="utf-8")
    assert untar_data(URLs.PETS, force_download=True, progress=False) == path
    assert not (path / "mine.txt").exists()
    assert photos(path) == 36


def test_a_connection_cut_at_half_goes_on_by_itself(
    served_pets: ArchiveServer, pets_archive: bytes
) -> None:
    half = len(pets_archive) // 2
    served_pets.faults = Faults(times=1, cut_after=half)
    assert photos(get()) == 36
    assert [status for _, _, status in served_pets.asked] == [200, 206]
    assert served_pets.asked[1][1] == f"bytes={half}-"


@pytest.mark.parametrize("fault", ["cut_after", "reset_after"])
def test_a_connection_that_breaks_again_says_so_and_the_next_run_goes_on(
    served_pets: ArchiveServer, home: Path, fault: str
) -> None:
    served_pets.faults = Faults(times=2, **{fault: 1_000_000})
    with pytest.raises(Interrupted, match=r"broke after .* of oxford-iiit-pet.tgz. Run this again"):
        get()
    assert not (home / "datasets" / "oxford-iiit-pet").exists()
    assert photos(get()) == 36
    assert served_pets.asked[-1][2] == 206


def test_a_killed_download_goes_on_in_the_next_process(
    served_pets: ArchiveServer, pets_archive: bytes, home: Path
) -> None:
    half = len(pets_archive) // 2
    served_pets.faults = Faults(times=1, hold_after=half)
    process = subprocess.Popen([sys.executable, "-c", ASK])
    part = home / "datasets/.downloads/oxford-iiit-pet/archive.part"
    # A whole number of pieces is on the disk by then; the rest of the half is in the process.
    wait_for(lambda: part.exists() and part.stat().st_size >= half // 2**16 * 2**16)
    process.send_signal(signal.SIGKILL)
    process.wait()
    served_pets.release.set()
    assert not (home / "datasets/oxford-iiit-pet").exists()
    have = part.stat().st_size
    assert photos(get()) == 36
    assert served_pets.asked[-1][1:] == (f"bytes={have}-", 206)
    assert left_over(home) == []


@pytest.mark.parametrize("ranges", [True, False])
def test_a_server_that_starts_anew_or_has_another_file_now_is_followed(
    served_pets: ArchiveServer, ranges: bool
) -> None:
    served_pets.faults = Faults(times=2, cut_after=1_000_000)
    with pytest.raises(Interrupted):
        get()
    served_pets.ranges = ranges
    served_pets.etag = '"another"'
    assert photos(get()) == 36
    assert served_pets.asked[-1][2] == 200


def test_a_weak_etag_is_no_reason_to_go_on(served_pets: ArchiveServer) -> None:
    served_pets.etag = 'W/"about the same"'
    served_pets.faults = Faults(times=1, cut_after=1_000_000)
    assert photos(get()) == 36
    assert [asked for _, asked, _ in served_pets.asked] == ["", ""]


def test_a_part_that_is_longer_than_the_file_is_thrown_away(
    served_pets: ArchiveServer, pets_archive: bytes, home: Path
) -> None:
    shop = home / "datasets/.downloads/oxford-iiit-pet"
    shop.mkdir(parents=True)
    (shop / "archive.part").write_bytes(bytes(len(pets_archive) + 5))
    etag = served_pets.etag_of(pets_archive)
    note = {"url": f"{served_pets.address}/oxford-iiit-pet.tgz", "validator": etag, "bytes": None}
    (shop / "archive.part.json").write_text(json.dumps(note), encoding="utf-8")
    assert photos(get()) == 36
    assert [status for _, _, status in served_pets.asked] == [416, 200]


@pytest.mark.parametrize("sha256", [True, False])
@pytest.mark.parametrize("where", [0.1, 0.8])
def test_a_byte_flipped_once_is_mended_by_one_retry(
    served_pets: ArchiveServer, pets_archive: bytes, home: Path, where: float, sha256: bool
) -> None:
    url = f"{served_pets.address}/oxford-iiit-pet.tgz"
    entry = catalogue_entry(url, pets_archive, sha256=sha256)
    (home / "catalogue.toml").write_text(entry, encoding="utf-8")
    served_pets.faults = Faults(times=1, flip=int(len(pets_archive) * where))
    assert photos(get()) == 36
    assert len(served_pets.asked) == 2


@pytest.mark.parametrize(
    ("where", "sha256", "what"),
    [
        (0.1, False, "its first mebibyte is not the expected one"),
        (0.8, True, "its SHA256 is not the expected one"),
        (0.8, False, "a checksum inside it does not hold"),
    ],
)
def test_a_byte_flipped_always_ends_in_a_named_error_and_no_folder(
    served_pets: ArchiveServer,
    pets_archive: bytes,
    home: Path,
    where: float,
    sha256: bool,
    what: str,
) -> None:
    url = f"{served_pets.address}/oxford-iiit-pet.tgz"
    entry = catalogue_entry(url, pets_archive, sha256=sha256)
    (home / "catalogue.toml").write_text(entry, encoding="utf-8")
    served_pets.faults = Faults(flip=int(len(pets_archive) * where))
    with pytest.raises(DamagedDownload, match=f"arrived damaged twice \\({what}\\)"):
        get()
    assert len(served_pets.asked) == 2
    assert not (home / "datasets/oxford-iiit-pet").exists()
    assert left_over(home) == []


def test_a_broken_connection_does_not_use_up_the_retry_of_a_damaged_file(
    served_pets: ArchiveServer, pets_archive: bytes
) -> None:
    served_pets.faults = Faults(times=2, cut_after=int(len(pets_archive) * 0.6), flip=1000)
    assert photos(get()) == 36
    # Cut, gone on with (the wrong byte is in what was kept), then the whole file again.
    assert [status for _, _, status in served_pets.asked] == [200, 206, 200]


def test_a_flipped_last_byte_of_the_gzip_checksum_is_seen(
    served_pets: ArchiveServer, pets_archive: bytes
) -> None:
    served_pets.faults = Faults(flip=len(pets_archive) - 6)
    with pytest.raises(DamagedArchive):
        get()


def test_a_truncated_archive_without_published_size_is_not_accepted(
    archive_server: ArchiveServer, pets_archive: bytes
) -> None:
    url = archive_server.put("mine.tgz", pets_archive[: len(pets_archive) // 2])
    with pytest.raises(DamagedArchive):
        untar_data(url, progress=False)


def test_a_slow_server_is_waited_for(served_pets: ArchiveServer) -> None:
    served_pets.faults = Faults(pause=0.005)
    assert photos(get()) == 36


def test_a_server_that_falls_silent_is_given_up_and_the_part_kept(
    served_pets: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "TIMEOUTS", (10.0, 0.2))
    served_pets.faults = Faults(hold_after=2**20)
    with pytest.raises(Interrupted):
        get()
    assert served_pets.asked[1][1] != ""  # the second try asked for the rest
    served_pets.release.set()


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "TIMEOUTS", (10.0, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.tgz"
        with pytest.raises(Unreachable, match="sent nothing for"):
            untar_data(url, progress=False)


def test_a_missing_file_is_said_with_what_to_do(served_pets: ArchiveServer, home: Path) -> None:
    served_pets.files.clear()
    with pytest.raises(NotOffered, match=r"answers 404 \(Not Found\).*catalogue.toml"):
        get()
    assert len(served_pets.asked) == 1
    assert not (home / "datasets/oxford-iiit-pet").exists()


@pytest.mark.parametrize(("status", "advice"), [(403, "may need a login"), (503, "again later")])
def test_other_answers_are_said(served_pets: ArchiveServer, status: int, advice: str) -> None:
    served_pets.faults = Faults(status=status)
    with pytest.raises(NotOffered, match=advice):
        get()


def test_a_login_page_in_its_place_is_refused_before_it_is_downloaded(
    served_pets: ArchiveServer,
) -> None:
    served_pets.put("oxford-iiit-pet.tgz", b"<html>Welcome to the hotel's network</html>")
    with pytest.raises(NotOffered, match="43 bytes there, not"):
        get()


def test_a_refused_connection_names_the_set_that_needs_none(closed_port: int) -> None:
    with pytest.raises(Unreachable, match=r"refused the connection.*URLs\.DIGITS"):
        untar_data(f"http://127.0.0.1:{closed_port}/x.tgz", progress=False)


def test_without_a_network_the_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(Unreachable, match=r"could not be found.*URLs\.DIGITS") as caught:
        get()
    assert "\n" not in str(caught.value)


def test_too_small_a_disk_is_seen_before_the_download(
    served_pets: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DiskFull, match=r"needed, 1.0 kB free\).*COURSEKIT_HOME"):
        get()


def test_a_disk_that_fills_up_on_the_way_is_a_sentence(
    served_pets: ArchiveServer, home: Path
) -> None:
    def fill(done: int, total: int | None, what: str) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(DiskFull):
        untar_data(URLs.PETS, progress=fill)
    assert not (home / "datasets/oxford-iiit-pet").exists()
    assert photos(get()) == 36


def test_a_home_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "file"))
    with pytest.raises(NotWritable, match="Set COURSEKIT_HOME"):
        untar_data(URLs.DIGITS, progress=False)


def test_two_processes_at_once_get_one_download(served_pets: ArchiveServer, home: Path) -> None:
    served_pets.faults = Faults(pause=0.005)
    both = [
        subprocess.Popen([sys.executable, "-c", ASK], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=60)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert answers == [str(home / "datasets/oxford-iiit-pet")] * 2
    assert len(served_pets.asked) == 1
    assert photos(home / "datasets/oxford-iiit-pet") == 36


def test_two_threads_at_once_get_one_download(served_pets: ArchiveServer) -> None:
    got: list[Path] = []
    threads = [threading.Thread(target=lambda: got.append(get())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 3
    assert len(served_pets.asked) == 1


def test_half_made_folders_of_a_killed_process_are_cleaned(
    served_pets: ArchiveServer, home: Path
) -> None:
    shop = home / "datasets/.downloads/oxford-iiit-pet"
    (shop / "unpacked" / "oxford-iiit-pet" / "images").mkdir(parents=True)
    (shop / "tmp1234").write_bytes(b"of pooch's")
    get()
    assert left_over(home) == []


def test_addresses_with_the_same_file_name_get_folders_of_their_own(
    archive_server: ArchiveServer, pets_archive: bytes
) -> None:
    first = untar_data(archive_server.put("a/images.tgz", pets_archive), progress=False)
    second = untar_data(archive_server.put("b/images.tgz", pets_archive), progress=False)
    assert first != second
    assert photos(second) == 36


def test_what_is_no_archive_is_refused(archive_server: ArchiveServer) -> None:
    url = archive_server.put("photo.tgz", b"not an archive at all" * 100)
    with pytest.raises(NoArchive, match=r"photo.tgz was not unpacked: it is neither"):
        untar_data(url, progress=False)


def test_progress_tells_of_the_download_and_of_unpacking(
    served_pets: ArchiveServer, pets_archive: bytes
) -> None:
    told: list[tuple[int, int | None, str]] = []
    untar_data(URLs.PETS, progress=lambda *what: told.append(what))
    downloading = "oxford-iiit-pet.tgz: downloading"
    assert (len(pets_archive), len(pets_archive), downloading) in told
    assert {what for _, _, what in told} == {downloading, "oxford-iiit-pet.tgz: unpacking"}


def test_silence_is_kept_where_asked(
    served_pets: ArchiveServer, capfd: pytest.CaptureFixture[str]
) -> None:
    get()
    assert capfd.readouterr() == ("", "")


def test_a_stop_from_the_progress_function_can_go_on_later(served_pets: ArchiveServer) -> None:
    def stop(done: int, total: int | None, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        untar_data(URLs.PETS, progress=stop)
    get()
    assert served_pets.asked[-1][2] == 206


def test_fetch_brings_a_file_of_weights(archive_server: ArchiveServer, tmp_path: Path) -> None:
    content = os.urandom(300_000)
    digest = hashlib.sha256(content).hexdigest()
    url = archive_server.put(f"resnet-{digest[:8]}.pth", content)
    place = tmp_path / "weights.pth"
    for known in (digest, digest[:8]):
        entry = Entry(id="resnet", url=url, sha256=known)
        assert fetch(entry, place, progress=False).read_bytes() == content
    assert len(archive_server.asked) == 1


def test_fetch_brings_a_damaged_file_again(archive_server: ArchiveServer, tmp_path: Path) -> None:
    url = archive_server.put("w.pth", b"right")
    entry = Entry(id="w", url=url, sha256=hashlib.sha256(b"right").hexdigest())
    place = tmp_path / "w.pth"
    place.write_bytes(b"wrong")
    assert fetch(entry, place, progress=False).read_bytes() == b"right"


@pytest.mark.parametrize("digits", [8, 64])
def test_fetch_refuses_another_file_than_the_published_one(
    archive_server: ArchiveServer, tmp_path: Path, digits: int
) -> None:
    url = archive_server.put("w.pth", b"something else")
    entry = Entry(id="w", url=url, sha256=hashlib.sha256(b"right").hexdigest()[:digits])
    with pytest.raises(DamagedDownload, match=r"w\.pth arrived damaged twice"):
        fetch(entry, tmp_path / "w.pth", progress=False)
    assert not (tmp_path / "w.pth").exists()


def test_fetch_says_what_works_instead(tmp_path: Path, closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}/w.pth"
    with pytest.raises(CourseError, match="lite0 works without one"):
        fetch(url, tmp_path / "w.pth", progress=False, instead="lite0 works without one.")
