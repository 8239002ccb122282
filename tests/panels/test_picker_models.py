"""The picker's models, without a browser: catalogue, recent folders, pages, a closer look."""

from __future__ import annotations

import io
import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support_server import ArchiveServer, catalogue_entry

from coursekit.data.labelled import LabelledFolder
from coursekit.panels.picker.checking import CheckModel
from coursekit.panels.picker.dropping import DropModel
from coursekit.panels.picker.look import here, look
from coursekit.panels.picker.model import Found
from coursekit.panels.picker.pages import PER_PAGE, PagesModel
from coursekit.panels.picker.progress import Progress
from coursekit.panels.picker.recent import MOST, Recent
from coursekit.panels.picker.sets import STOPPED, SetsModel
from coursekit.panels.picker.sight import SightModel
from coursekit.panels.picker.thumbnails import Thumbnails
from coursekit.panels.picker.varied import vary
from coursekit.vision.transforms import Resize


class Taken(list[LabelledFolder]):
    """What a model had chosen."""


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
def sets(taken: Taken) -> SetsModel:
    return SetsModel(taken.append)


def names(sets: SetsModel) -> list[str]:
    return [row.name for row in sets.rows]


def test_the_catalogue_says_what_each_set_is(sets: SetsModel, home: Path) -> None:
    sets.refresh()
    rows = {row.name: row for row in sets.rows}
    assert rows["PETS"].size == "812 MB"
    assert rows["PETS"].state == "not downloaded"
    assert rows["PETS"].button == "Download"
    assert rows["DIGITS"].button == "Use"
    assert rows["CAMVID"].about.endswith("Not for this panel: a class for each pixel of a photo.")
    assert rows["FOOD"].licence == "licence not known"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("woof", ["IMAGEWOOF_160"]),
        ("cc by-sa breeds", ["PETS", "PETS_ANNOTATIONS"]),
        ("GROUPLENS", ["ML_SAMPLE"]),
        ("no such thing", []),
    ],
)
def test_search_looks_at_name_purpose_and_licence(
    sets: SetsModel, query: str, found: list[str]
) -> None:
    sets.query = query
    assert names(sets) == found


def test_a_damaged_catalogue_of_ones_own_is_a_sentence(sets: SetsModel, home: Path) -> None:
    (home / "catalogue.toml").write_text("[x]\n")
    sets.refresh()
    assert "line 1: [x] has no url." in sets.message


def test_pets_are_downloaded_and_chosen_by_their_names(
    sets: SetsModel, taken: Taken, served_pets: ArchiveServer
) -> None:
    seen: list[str] = []
    sets.observe(lambda change: seen.append(change["new"].sized()), "progress")
    sets.get("pets")
    assert sets.message == ""
    (photos,) = taken
    assert (photos.folder.name, photos.label) == ("images", "^(.+)_")
    assert look(photos).classes == {"Abyssinian": 12, "Bengal": 12, "american_bulldog": 12}
    assert any("oxford-iiit-pet.tgz: downloading, " in words for words in seen)
    assert sets.progress == Progress()
    assert next(row for row in sets.rows if row.id == "pets").state == "here"


def test_a_cancelled_download_goes_on_from_where_it_was(
    sets: SetsModel, taken: Taken, served_pets: ArchiveServer
) -> None:
    served_pets.faults.pause = 0.02
    thread = threading.Thread(target=sets.get, args=("pets",))
    begun = threading.Event()
    sets.observe(lambda change: change["new"].done > 300_000 and begun.set(), "progress")
    thread.start()
    assert begun.wait(20)
    sets.cancel()
    thread.join(20)
    assert (sets.note, sets.message, sets.busy, taken) == (STOPPED, "", "", [])
    row = next(row for row in sets.rows if row.id == "pets")
    assert row.state.endswith("of it here")
    served_pets.faults.pause = 0
    sets.get("pets")
    assert len(taken) == 1
    _, asked, status = served_pets.asked[-1]
    assert asked.startswith("bytes=")
    assert status == 206


def test_no_network_is_a_sentence(sets: SetsModel, taken: Taken, home: Path) -> None:
    (home / "catalogue.toml").write_text(catalogue_entry("http://127.0.0.1:9/pets.tgz", b"x"))
    sets.get("pets")
    assert sets.message.startswith("pets.tgz was not downloaded: 127.0.0.1 refused the connection")
    assert (taken, sets.busy) == ([], "")


def test_a_set_for_something_else_is_downloaded_and_explained(
    sets: SetsModel, taken: Taken, archive_server: ArchiveServer, home: Path, pets_archive: bytes
) -> None:
    url = archive_server.put("camvid_tiny.tgz", pets_archive)
    entry = catalogue_entry(url, pets_archive, "camvid_tiny")
    (home / "catalogue.toml").write_text(entry)
    sets.get("camvid_tiny")
    assert (sets.message, taken) == ("", [])
    assert "is for something else: a class for each pixel of a photo." in sets.note
    assert str(home / "datasets" / "camvid_tiny") in sets.note


def test_an_unknown_set_is_a_sentence(sets: SetsModel) -> None:
    sets.get("petz")
    assert "Did you mean PETS" in sets.message


def folder(path: Path) -> LabelledFolder:
    path.mkdir(parents=True)
    return LabelledFolder(path)


def test_recent_folders_come_newest_first_each_once_and_few(tmp_path: Path) -> None:
    recent = Recent(tmp_path)
    some = [folder(tmp_path / f"f{n}") for n in range(10)]
    for photos in [*some, LabelledFolder(some[4].folder, "^(.)")]:
        recent.remember(photos)
    found = recent.all()
    assert len(found) == MOST
    assert found[:2] == [LabelledFolder(some[4].folder, "^(.)"), some[9]]
    assert recent.words(found[0]) == f"{tmp_path.name}/f4, labels by file name, ^(.)"
    shutil.rmtree(some[9].folder)
    assert some[9] not in recent.all()


def test_folders_outside_are_neither_remembered_nor_shown(tmp_path: Path, home: Path) -> None:
    outside, inside = folder(tmp_path / "out"), folder(tmp_path / "in" / "a")
    recent = Recent(tmp_path / "in")
    recent.remember(outside)
    assert not recent.file.exists()
    recent.file.parent.mkdir()
    rows = [{"folder": str(it.folder), "label": None} for it in (outside, inside)]
    recent.file.write_text(json.dumps(rows))
    assert recent.all() == [inside]
    own = folder(home / "datasets" / "mine-x")
    recent.remember(own)
    assert recent.all()[0] == own
    assert recent.words(own) == "mine-x, labels by folder"


@pytest.mark.parametrize("damage", ["", "{", "[1]", '[{"folder": 3, "label": null}]', "\0"])
def test_a_damaged_list_of_recent_folders_is_empty(tmp_path: Path, damage: str) -> None:
    recent = Recent(tmp_path)
    recent.file.parent.mkdir()
    recent.file.write_text(damage)
    assert recent.all() == []


def test_a_folder_says_what_lies_in_itself(tmp_path: Path) -> None:
    assert here(tmp_path) == "This folder itself holds no photos and no folders."
    for name in ("a.jpg", "b.PNG", "c.txt", ".d.jpg"):
        (tmp_path / name).touch()
    (tmp_path / "one").mkdir()
    assert here(tmp_path) == "This folder itself holds 2 photos and 1 folder."
    assert "can't be opened" in here(tmp_path / "gone")


@pytest.fixture
def pet_photos(pets: Path) -> Found:
    return look(LabelledFolder(pets, "^(.+)_"))


def test_pages_show_all_photos_by_class_and_by_part(pet_photos: Found) -> None:
    pages = PagesModel()
    pages.use(pet_photos)
    pages.show()
    assert str(pages.page) == "Page 1 of 18, 430 photos."
    assert len(pages.page.tiles) == PER_PAGE
    assert all(tile.jpeg.startswith(b"\xff\xd8") for tile in pages.page.tiles)
    assert pages.ask(99) == 18
    pages.show()
    assert len(pages.page.tiles) == 430 - 17 * PER_PAGE
    pages.show_all()
    pages.choose("Bengal", "valid")
    pages.show()
    assert {(tile.label, tile.part) for tile in pages.page.tiles} == {("Bengal", "validation")}
    assert pages.page.photos == pet_photos.listed.judging["Bengal"]


def test_photos_that_are_kept_for_a_game_are_on_no_page_before(pet_photos: Found) -> None:
    pages, kept = PagesModel(), {file.name for file in pet_photos.listed.aside.files}
    pages.use(pet_photos)
    assert len(kept) == 20
    assert pages.hidden.startswith("20 validation photos are kept for the game")
    assert kept.isdisjoint(names_on(pages, "valid"))
    pages.choose(None, "train")
    assert pages.hidden == ""
    pages.choose(None, "")
    pages.show_all()
    assert pages.hidden == ""
    assert kept <= names_on(pages, "valid")


def names_on(pages: PagesModel, part: str) -> set[str]:
    """The photos on all pages of a part."""
    pages.choose(None, part)
    found: set[str] = set()
    for number in range(1, pages.pages + 1):
        pages.ask(number)
        pages.show()
        found |= {tile.name for tile in pages.page.tiles}
    return found


def test_photos_that_cannot_be_read_are_words(uploads: Path, tmp_path: Path) -> None:
    for name in ("broken.png", "text_renamed.jpg", "hopper.jpg"):
        (tmp_path / name[0]).mkdir()
        shutil.copy(uploads / name, tmp_path / name[0])
    pages = PagesModel()
    pages.use(look(LabelledFolder(tmp_path)))
    (tmp_path / "h" / "hopper.jpg").unlink()
    pages.show()
    reasons = {tile.name: tile.reason for tile in pages.page.tiles}
    assert reasons["h/hopper.jpg"] == "hopper.jpg can't be opened (No such file or directory)."
    assert "damaged" in reasons["b/broken.png"]
    assert "is not a picture" in reasons["t/text_renamed.jpg"]


def test_thumbnails_are_kept_and_the_oldest_go(pets: Path) -> None:
    some = sorted(pets.iterdir())[:3]
    kept = Thumbnails(most=2)
    first = kept.of(some[:2])
    assert kept.of(some[:2])[0] is first[0]
    kept.of(some[2:])
    assert kept.of(some[1:2])[0] is first[1]
    assert kept.of(some[:1])[0] is not first[0]


def test_the_network_is_given_what_training_gives_it(pet_photos: Found) -> None:
    sight = SightModel(vary)
    sight.use(pet_photos)
    sight.look(96, augment=False)
    assert sight.message == ""
    assert len(sight.pictures) == 4
    assert len({picture.label for picture in sight.pictures}) == 3
    first = sight.pictures[0]
    own = pixels_of(first.png)
    image = Image.open(pet_photos.photos.folder / first.name).convert("RGB")
    wanted = Resize(96).pixels(image)
    assert own.shape == (96, 96, 3)
    assert np.abs(own.astype(int) - wanted).mean() < 3  # a JPEG is decoded at a smaller size
    assert sight.varied == ()


def test_the_network_is_shown_no_photo_that_is_kept_for_a_game(pet_photos: Found) -> None:
    sight, listed = SightModel(vary), pet_photos.listed
    sight.use(pet_photos)
    kept = {file.name for file in listed.aside.files}
    seen: set[str] = set()
    for _ in range(108 // 4):
        sight.look(64, augment=False)
        seen |= {picture.name for picture in sight.pictures}
        sight.others()
    assert len(seen) > 60
    assert kept.isdisjoint(seen)


def test_augmentation_gives_other_pictures_each_time(pet_photos: Found) -> None:
    sight = SightModel(vary)
    sight.use(pet_photos)
    sight.look(64, augment=True)
    assert sight.message == ""
    assert len({picture.png for picture in sight.varied}) == 8
    before = sight.varied
    sight.look(64, augment=True)
    assert sight.varied != before
    sight.others()
    sight.look(64, augment=False)
    assert sight.varied == ()


def pixels_of(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_the_teacher_opens_photos_once_and_can_be_stopped(pet_photos: Found) -> None:
    checks = CheckModel()
    checks.use(pet_photos)
    assert str(checks) == "Labels and split are all right. No photo was opened yet."
    assert checks.wanted
    checks.observe(lambda change: change["new"].done >= 128 and checks.cancel(), "progress")
    checks.check()
    assert not checks.opened
    assert "of 450 photos were opened." in str(checks)
    checks.unobserve_all("progress")
    checks.check()
    assert checks.opened
    (copies,) = checks.concerns
    assert copies.kind == "copies"  # these are in the published photos
    checks.use(look(copies.better))
    assert (checks.opened, checks.concerns) == (True, ())


@pytest.fixture
def drops(taken: Taken) -> DropModel:
    return DropModel(taken.append)


def test_dropped_photos_become_a_set_once_there_are_two_classes(
    drops: DropModel, taken: Taken, uploads: Path, home: Path
) -> None:
    photo = (uploads / "hopper.jpg").read_bytes()
    drops.label = "cat"
    drops.receive("a.jpg", photo)
    drops.finish()
    assert drops.note == (
        "1 photo of 1 class added to mine-photos. "
        "'cat' is its only class: add photos of another one."
    )
    assert taken == []
    drops.receive("p/dog/b.jpg", photo)
    drops.receive("p/dog/b.jpg", photo)
    drops.finish()
    assert taken == [LabelledFolder(home / "datasets" / "mine-photos")]
    assert look(taken[0]).classes == {"cat": 1, "dog": 2}
    drops.remove()
    assert drops.note.startswith("2 photos removed again.")
    assert not drops.can_remove
    assert [it.name for it in (home / "datasets" / "mine-photos").iterdir()] == ["cat"]


def test_what_cannot_be_added_is_said_and_the_rest_is_added(drops: DropModel) -> None:
    drops.receive("loose.jpg", b"1")
    drops.receive("cat/film.mp4", b"1")
    drops.refuse("large.zip", 700_000_000)
    drops.receive("cat/a.jpg", b"1")
    drops.finish()
    assert drops.message.startswith("loose.jpg lies in no folder")
    assert drops.message.endswith("And 2 more.")
    assert drops.note.startswith("1 photo of 1 class added")
    assert drops.can_remove
