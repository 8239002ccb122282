"""What a person and a model are both asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from support_challenge import BREEDS, pet_photos

from coursekit.core.errors import CourseError
from coursekit.data.labelled import LabelledFolder
from coursekit.experiments.contest import aside_of, inside, of_learner, of_predictor
from coursekit.learn.callbacks import SaveModelCallback
from coursekit.learn.learner import Learner
from coursekit.predict import Predictor, load_learner
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import vision_learner
from coursekit.vision.transforms import Resize


@pytest.fixture(scope="session")
def exported(trained_on_pets: Learner, tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return load_learner(trained_on_pets.export(tmp_path_factory.mktemp("export") / "pets.ckit"))


def test_a_learner_is_asked_about_the_photos_that_are_set_aside(
    trained_on_pets: Learner, pets: Path
) -> None:
    contest = of_learner(trained_on_pets)
    items = trained_on_pets.dls.valid.dataset
    assert [photo.file for photo in contest.photos] == list(items.aside.files)
    assert all(photo.label == photo.name.rpartition("_")[0] for photo in contest.photos)
    assert [photo.model for photo in contest.photos] == [
        str(trained_on_pets.predict(photo.file)[0]) for photo in contest.photos
    ]
    assert contest.labels == BREEDS
    recipe = trained_on_pets.dls.recipe()
    assert (contest.source, contest.digest) == (recipe["source"], recipe["digest"])


def test_an_exported_model_is_asked_the_same(
    trained_on_pets: Learner, exported: Predictor, pets: Path
) -> None:
    ours, theirs = of_learner(trained_on_pets), of_predictor(exported, pet_photos(pets))
    assert [photo.name for photo in theirs.photos] == [photo.name for photo in ours.photos]
    assert (theirs.source, theirs.digest, theirs.note) == (ours.source, ours.digest, "")
    same = sum(a.model == b.model for a, b in zip(ours.photos, theirs.photos, strict=True))
    assert same >= 19
    assert aside_of(exported, pet_photos(pets)) == aside_of(trained_on_pets, None)


def test_a_model_of_another_split_may_know_the_photos_and_it_is_said(
    exported: Predictor, pets: Path
) -> None:
    contest = of_predictor(exported, LabelledFolder(pets, "^(.+)_", valid_pct=0.3))
    assert "may have learned from some of them" in contest.note


def test_a_model_of_other_labels_is_no_opponent(exported: Predictor, pets: Path) -> None:
    with pytest.raises(CourseError, match="The model doesn't know b, e and m"):
        of_predictor(exported, LabelledFolder(pets, "^.(.)"))


def test_too_few_photos_are_no_game(trained_on_pets: Learner, pets: Path, tmp_path: Path) -> None:
    for breed in BREEDS:
        for file in sorted(pets.glob(f"{breed}_*.jpg"))[:20]:
            shutil.copy(file, tmp_path)
    files = sorted(tmp_path.iterdir())
    dls = ImageDataLoaders.from_name_re(
        tmp_path, files, "^(.+)_", seed=1, item_tfms=Resize(64), device="cpu"
    )
    with pytest.raises(CourseError, match=r"Only 12 photos validate.*take 18 or more"):
        of_learner(Learner(dls, trained_on_pets.model))


@pytest.mark.filterwarnings("ignore::coursekit.vision.items.LeftOut")
def test_a_photo_that_cannot_be_read_is_left_out(
    trained_on_pets: Learner, exported: Predictor, pets: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "images"
    shutil.copytree(pets, folder)
    names = [photo.name for photo in of_learner(trained_on_pets).photos]
    (folder / names[3]).chmod(0o644)
    (folder / names[3]).write_bytes(b"no picture")
    left = [*names[:3], *names[4:]]
    dls = trained_on_pets.dls
    other = ImageDataLoaders.from_name_re(
        folder, sorted(folder.iterdir()), "^(.+)_", seed=42, item_tfms=Resize(64), device="cpu"
    )
    assert other.digest == dls.digest
    learn = Learner(other, trained_on_pets.model)
    assert [photo.name for photo in of_learner(learn).photos] == left
    assert [photo.name for photo in of_predictor(exported, pet_photos(folder)).photos] == left


def test_a_model_that_learned_nothing_is_no_opponent_and_no_photo_is_spent(
    trained_on_pets: Learner,
) -> None:
    learn = vision_learner(trained_on_pets.dls, seed=3)
    learn.lr_find(num_it=12)  # trains, and takes all of it back
    with pytest.raises(CourseError, match=r"learned nothing yet.*Train it first"):
        of_learner(learn)
    learn.fit(1)
    assert not learn.untrained
    assert len(of_learner(learn).photos) == 20


def test_weights_that_are_loaded_are_no_new_ones(trained_on_pets: Learner) -> None:
    trained_on_pets.save("breeds")
    learn = vision_learner(trained_on_pets.dls)
    assert learn.untrained
    assert not learn.load("breeds").untrained


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_model_whose_gpu_memory_was_freed_is_an_opponent_still(pets: Path) -> None:
    dls = ImageDataLoaders.from_name_re(
        pets, sorted(pets.iterdir()), "^(.+)_", seed=42, item_tfms=Resize(64), device="cuda"
    )
    learn = vision_learner(dls, seed=3)
    learn.rest()
    with pytest.raises(CourseError, match="learned nothing yet"):
        of_learner(learn)
    learn.fit(1)
    learn.rest()
    assert not learn.untrained
    assert of_learner(learn).photos


def test_a_model_that_these_photos_chose_is_known(
    trained_on_pets: Learner, pets: Path, tmp_path: Path
) -> None:
    assert not of_learner(trained_on_pets).chosen
    learn = vision_learner(trained_on_pets.dls, seed=3)
    learn.fine_tune(1, cbs=SaveModelCallback())
    assert of_learner(learn).chosen
    exported = load_learner(learn.export(tmp_path / "chosen.ckit"))
    assert of_predictor(exported, pet_photos(pets)).chosen
    other = of_predictor(exported, LabelledFolder(pets, "^(.+)_", valid_pct=0.3))
    assert (other.chosen, bool(other.note)) == (False, True)


def test_points_are_no_photos(trained_on_pets: Learner) -> None:
    batches = list(trained_on_pets.dls.valid)
    learn = Learner((batches, batches), trained_on_pets.model, loss_func=lambda *_: None)
    with pytest.raises(CourseError, match="no photos"):
        of_learner(learn)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("a/b.jpg", "a/b.jpg"), ("/home/me/b.jpg", "b.jpg"), ("C:/me/b.jpg", "b.jpg")],
)
def test_no_folder_of_this_machine_goes_on_the_board(name: str, kept: str) -> None:
    assert inside(name) == kept
