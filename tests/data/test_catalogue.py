from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.core.errors import CourseError
from coursekit.data import catalogue
from coursekit.data.catalogue import DamagedCatalogue, UnknownDataSet, URLs


def write(home: Path, text: str) -> None:
    (home / "catalogue.toml").write_text(text, encoding="utf-8")


def test_the_catalogue_holds_every_published_size_and_digest(shared: Path) -> None:
    by_url = {entry.url: entry for entry in catalogue.entries().values()}
    with (shared / "ARCHIVES.tsv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            entry = by_url[row["url"]]
            assert entry.bytes == (int(row["bytes"]) if row["bytes"] else None)
            assert getattr(entry, row["algorithm"].replace("-", "_").lower()) == row["digest"]


def test_names_are_fast_ais() -> None:
    assert URLs.PETS == "https://s3.amazonaws.com/fast-ai-imageclas/oxford-iiit-pet.tgz"
    assert URLs.ML_SAMPLE.endswith("/movie_lens_sample.tgz")
    names = "MNIST MNIST_TINY MNIST_SAMPLE MNIST_VAR_SIZE_TINY CIFAR CIFAR_100 DOGS FLOWERS FOOD"
    more = "IMAGENETTE_160 IMDB IMDB_SAMPLE ADULT_SAMPLE CAMVID CAMVID_TINY HUMAN_NUMBERS"
    for name in f"{names} {more} BIWI_SAMPLE PLANET_SAMPLE DIGITS".split():
        assert isinstance(getattr(URLs, name), str)
        assert name in dir(URLs)


def test_every_set_has_a_folder_of_its_own_and_says_what_it_is_for() -> None:
    entries = catalogue.entries().values()
    assert len({entry.folder for entry in entries}) == len(entries)
    assert all(entry.about.endswith(".") for entry in entries)
    assert catalogue.find("pets").folder == "oxford-iiit-pet"


def test_a_misspelt_name_gets_a_hint() -> None:
    with pytest.raises(UnknownDataSet, match=r"'PET'\. Did you mean PETS"):
        _ = URLs.PET
    with pytest.raises(CourseError, match="Did you mean PETS"):
        catalogue.find("petz")
    assert not hasattr(URLs, "PET")


def test_another_url_overrides_and_drops_what_was_known_of_the_first(home: Path) -> None:
    published = URLs.PETS
    write(home, '[pets]\nurl = "http://127.0.0.1:8000/x.tgz"\nbytes = 7\n')
    entry = catalogue.find(published)
    assert (entry.url, entry.bytes) == ("http://127.0.0.1:8000/x.tgz", 7)
    assert entry.md5_first_mib == ""
    assert entry.folder == "oxford-iiit-pet"
    assert entry is not None
    assert catalogue.find("pets") == catalogue.find("PETS") == catalogue.find(entry.url) == entry
    assert published == URLs.PETS


def test_a_key_alone_overrides_only_itself(home: Path) -> None:
    write(home, '[pets]\nabout = "Cats and dogs."\n')
    entry = catalogue.find("pets")
    assert entry.about == "Cats and dogs."
    assert entry.bytes == 811_706_944


def test_a_set_can_be_added(home: Path) -> None:
    write(home, '[leaves]\nurl = "https://school.example/leaves.tar.gz"\n')
    assert URLs.LEAVES == "https://school.example/leaves.tar.gz"
    assert catalogue.find("leaves").folder == "leaves"


def test_weights_have_entries_of_their_own(home: Path) -> None:
    assert catalogue.weights("resnet34") is None
    url = "http://127.0.0.1:8000/resnet34.pth"
    write(home, f'[weights.resnet34]\nurl = "{url}"\nsha256 = "{"ab" * 32}"\n')
    entry = catalogue.weights("resnet34")
    assert entry is not None
    assert (entry.url, entry.sha256) == (url, "ab" * 32)
    assert catalogue.weights("resnet18") is None
    assert "weights" not in catalogue.entries()


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[a]\nurl = "http://x/a.tgz"\n\n[b\n', 4, "Expected"),
        ('[a]\nurl = "http://x/a.tgz"\nbytes = "7"\n', 3, "bytes must be a whole number"),
        ('[a]\nurl = "http://x/a.tgz"\n[b]\nurl = 7\n', 4, "url must be a text in quotes"),
        ('[a]\nurl = "file:///etc/passwd"\n', 2, "url must begin with http"),
        ('[a]\nurl = "http://x/a.tgz"\nsha265 = "00"\n', 3, "'sha265' is no key"),
        ('[a]\nurl = "http://x/a.tgz"\nsha256 = "xyz"\n', 3, "sha256 must be hexadecimal"),
        ('[a]\nurl = "http://x/a.tgz"\nfolder = "../b"\n', 3, "folder must be letters"),
        ("# mine\n[a]\nbytes = 7\n", 2, "[a] has no url"),
        ('["../a"]\nurl = "http://x/a.tgz"\n', 1, "is no name for a data set"),
        ('\npets = "http://x/a.tgz"\n', 2, "'pets' is no table"),
        ('[weights.r]\nurl = "http://x/r.pth"\n', 1, "[r] has no sha256"),
    ],
)
def test_a_damaged_catalogue_is_one_sentence_with_file_and_line(
    home: Path, text: str, line: int, what: str
) -> None:
    write(home, text)
    with pytest.raises(DamagedCatalogue) as caught:
        catalogue.find("pets")
    assert str(caught.value).startswith(f"{home / 'catalogue.toml'}, line {line}: ")
    assert what in str(caught.value)
    assert "\n" not in str(caught.value)
    assert URLs.PETS  # its address is known all the same


def test_a_catalogue_that_is_no_text_is_said(home: Path) -> None:
    (home / "catalogue.toml").write_bytes(b"# fine\n\xff\xfe")
    with pytest.raises(DamagedCatalogue, match="line 2: This is no UTF-8 text"):
        catalogue.entries()


def test_importing_the_data_modules_brings_nothing_heavy() -> None:
    code = (
        "import sys, coursekit.data.download, coursekit.data.items, coursekit.data.split\n"
        "heavy = {'pooch', 'requests', 'tqdm', 'filelock', 'numpy', 'PIL', 'torch', 'mlxtend'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_set_says_what_its_labels_are_for() -> None:
    assert all(entry.task for entry in catalogue.entries().values())
    pets = catalogue.find("pets")
    assert (pets.task, pets.inside, pets.label) == ("photos", "images", "^(.+)_")


@pytest.mark.parametrize(
    ("line", "says"), [('inside = "../x"', "inside must be"), ('label = "(x"', "label must be")]
)
def test_a_place_outside_or_a_rule_without_a_group_is_refused(
    home: Path, line: str, says: str
) -> None:
    write(home, f'[leaves]\nurl = "https://school.example/l.zip"\n{line}\n')
    with pytest.raises(DamagedCatalogue, match=f"line 3: {says}"):
        catalogue.entries()
