"""A training run again from its recipe."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from coursekit.cli import app
from coursekit.data import distrusted
from coursekit.data.again import NotOurs
from coursekit.data.distrusted import PatternFailed
from coursekit.experiments.remaking import (
    CannotRepeat,
    WherePhotos,
    find_photos,
    photos_of,
    table_of,
    transform_of,
)
from coursekit.experiments.rerun import compare, compare_runs, read_recipe, run_again
from coursekit.learn.callbacks import EarlyStoppingCallback
from coursekit.learn.run import TrainingRun
from coursekit.vision.augment import Normalize
from coursekit.vision.learner import VisionLearner
from coursekit.vision.models import UnknownArchitecture, arch_of
from coursekit.vision.transforms import RandomResizedCrop, Resize, aug_transforms

Make = Callable[..., VisionLearner]


def trained(learn: VisionLearner, *args: Any, **options: Any) -> TrainingRun:
    """A run that has ended."""
    run = learn.start("fine_tune", *(args or (1,)), **options)
    assert run.wait().state == "finished", run.progress.error
    return run


def again(run: TrainingRun, **changes: Any) -> tuple[TrainingRun, Any]:
    """A run's recipe run again, and both compared."""
    second = run_again(read_recipe(run.folder), photos_of(run.folder), **changes)
    assert second.wait().state == "finished", second.progress.error
    return second, compare(read_recipe(run.folder), read_recipe(second.folder))


def test_the_same_machine_gives_every_loss_again(learner: Make) -> None:
    first = trained(learner())
    second, compared = again(first)
    assert second.history.losses == first.history.losses
    assert compared.outcome == "exactly"
    assert compared.reproduced
    assert str(compared).startswith("Reproduced exactly: every loss is the same")
    assert compared.settings == []


@pytest.mark.parametrize(
    "options",
    [
        {"item_tfms": Resize(40, "squish")},
        {"item_tfms": RandomResizedCrop(32, min_scale=0.5)},
        {"batch_tfms": aug_transforms(max_rotate=5, size=24)},
        {"batch_tfms": Normalize.from_stats((0.2, 0.2, 0.2), (0.3, 0.3, 0.3))},
    ],
    ids=["squish", "crop", "augmented", "normalized"],
)
def test_transforms_are_made_again(learner: Make, options: dict[str, Any]) -> None:
    first = trained(learner(**options), freeze_epochs=0, depth="head")
    assert again(first)[1].outcome == "exactly"


def test_a_rate_as_a_slice_is_repeated_from_the_plan(learner: Make) -> None:
    run = learner().start("fit_one_cycle", 1, slice(1e-4, 1e-2))
    run.wait()
    assert again(run)[1].outcome == "exactly"
    with pytest.raises(CannotRepeat, match="can't be changed along"):
        again(run, epochs=2)


def test_labels_of_a_function_nobody_else_has_are_kept_as_a_table(digits: Path) -> None:
    from coursekit.learn.metrics import error_rate
    from coursekit.vision.data import ImageDataLoaders
    from coursekit.vision.learner import vision_learner

    files = sorted(digits.rglob("*.png"))
    dls = ImageDataLoaders.from_path_func(
        digits, files, lambda f: f.parent.name == "3", item_tfms=Resize(32), bs=16, device="cpu"
    )
    run = trained(vision_learner(dls, metrics=error_rate, seed=2))
    assert isinstance(read_recipe(run.folder)["data"]["labels"], list)
    assert again(run)[1].outcome == "exactly"


def test_a_change_is_said_and_the_rest_is_the_same(learner: Make) -> None:
    first = trained(learner())
    second, compared = again(first, seed=6)
    assert [str(it) for it in compared.settings] == ["seed 5, now 6"]
    assert second.history.losses != first.history.losses
    _, compared = again(first, epochs=2, size=40)
    assert [it.setting for it in compared.settings] == ["size", "epochs"]


def test_data_that_changed_is_named(learner: Make, digits: Path) -> None:
    first = trained(learner())
    shutil.copy(next((digits / "3").iterdir()), digits / "3" / "zz.png")
    second, compared = again(first)
    assert compared.outcome == "other data"
    assert not compared.reproduced
    assert "photos where there were" in str(compared)
    assert "New" not in str(compared)  # two recipes alone do not know the photos
    named = str(compare_runs(read_recipe(first.folder), first.folder, second))
    assert " where there were 90. New: 3/zz.png." in named
    (second.folder / "items.json.gz").unlink()  # as of an earlier version
    assert str(compare_runs(read_recipe(first.folder), first.folder, second)) == str(compared)


def test_another_machine_has_to_come_within_the_interval(learner: Make) -> None:
    first = trained(learner())
    before = read_recipe(first.folder)
    rate = before["result"]["metrics"]["error_rate"]
    after = json.loads(json.dumps(before))
    after["hardware"], after["result"]["losses"] = "Another processor, 8 cores", "0" * 32
    within = compare(before, after)
    assert (within.outcome, within.before, within.after) == ("within", rate, rate)
    assert "hardware" in str(within)
    after["result"]["metrics"]["error_rate"] = 0.9
    assert str(compare(before, after)).startswith("Not reproduced")
    after["result"]["metrics"] = {}
    assert "can't be compared" in str(compare(before, after))


def test_threads_are_the_recipes_while_it_trains_and_ones_own_after(learner: Make) -> None:
    torch.set_num_threads(2)
    first = trained(learner())
    torch.set_num_threads(1)
    second, compared = again(first)
    assert read_recipe(second.folder)["threads"] == 2
    assert compared.outcome == "exactly"
    assert torch.get_num_threads() == 1


def test_a_learner_that_trained_before_is_no_beginning(learner: Make) -> None:
    learn = learner()
    trained(learn)
    second = trained(learn)
    with pytest.raises(CannotRepeat, match="had been trained before"):
        again(second)


def test_code_of_its_authors_own_is_named(learner: Make) -> None:
    def doubtful(preds: Any, targs: Any) -> float:
        return 0.5

    run = trained(learner(metrics=[doubtful]), cbs=EarlyStoppingCallback(patience=3))
    with pytest.raises(CannotRepeat, match=r"EarlyStoppingCallback\(.*\) and doubtful"):
        again(run)


def test_photos_that_are_gone_are_asked_for(learner: Make, digits: Path) -> None:
    run = trained(learner())
    recipe = read_recipe(run.folder)
    moved = digits.with_name("elsewhere")
    digits.rename(moved)
    assert photos_of(run.folder) is None
    with pytest.raises(WherePhotos, match=r"'digits3'.* --photos"):
        find_photos(recipe, folder=run.folder)
    with pytest.raises(WherePhotos):
        find_photos(recipe, moved / "no")
    assert find_photos(recipe, moved) == moved


def test_a_data_set_that_comes_along_is_found_by_its_name(home: Path) -> None:
    found = find_photos({"data": {"source": "digits/train"}})
    assert found == home / "datasets" / "digits" / "train"
    assert found.is_dir()


@pytest.mark.parametrize("source", ["digits/../../../..", "/", "..", "digits/../../x"])
def test_a_recipe_from_anybody_leads_to_no_other_folder(source: str) -> None:
    with pytest.raises(WherePhotos):
        find_photos({"data": {"source": source}})


@pytest.mark.parametrize(
    "text", ['{"format": 1, "data": []}', "", "[]", "{}", '{"format": 1}', "not json"]
)
def test_what_is_no_recipe_is_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "recipe.json").write_text(text)
    with pytest.raises(CannotRepeat):
        run_again(read_recipe(tmp_path), tmp_path)


def test_a_recipe_from_anybody_opens_nothing_outside_and_imports_nothing(
    learner: Make, digits: Path
) -> None:
    recipe = read_recipe(trained(learner()).folder)
    data = recipe["data"] | {"labels": [["../secret.png", "3", "train"]], "vocab": ["3", "5"]}
    (digits.parent / "secret.png").write_bytes(b"")
    with pytest.raises(CannotRepeat, match="not in digits3"):
        table_of(data, digits)
    with pytest.raises(CannotRepeat, match="not ours"):
        transform_of({"name": "system", "size": 1})
    for name in (
        "os:system",
        "coursekit.data.items:Path",
        "coursekit.data.items:ThreadPoolExecutor",
    ):
        with pytest.raises(NotOurs, match="does not have"):
            table_of(recipe["data"] | {"labels": {"name": name}}, digits)
    with pytest.raises(UnknownArchitecture):
        arch_of("list_models", "torchvision")
    assert arch_of("resnet18", "torchvision").__name__ == "resnet18"  # type: ignore[union-attr]


def test_a_recipe_from_anybody_takes_no_time_without_an_end(
    learner: Make, digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distrusted, "SECONDS", 0.5)
    recipe = read_recipe(trained(learner()).folder)
    hostile = {"name": "RegexLabeller", "pat": "((?:.|.)*)Z", "match": False}
    with pytest.raises(PatternFailed, match="took longer"):
        table_of(recipe["data"] | {"labels": hostile}, digits)


def test_the_command_says_whether_it_was_reproduced(learner: Make, digits: Path) -> None:
    run = trained(learner())
    done = CliRunner().invoke(app, ["run", str(run.folder / "recipe.json"), "--board", "again"])
    assert done.exit_code == 0, done.output
    assert "Reproduced exactly" in done.output
    assert "again: error rate" in done.output
    changed = CliRunner().invoke(app, ["run", str(run.folder), "--seed", "8"])
    assert changed.exit_code == 0
    assert "seed 5, now 8" in changed.output
    assert "eproduced" not in changed.output
    shutil.copy(next((digits / "3").iterdir()), digits / "3" / "zz.png")
    other = CliRunner().invoke(app, ["run", str(run.folder)])
    assert other.exit_code == 1
    assert "The photos are not the same" in other.output
    assert "New: 3/zz.png." in other.output


def test_a_recipe_that_is_not_there_is_said_to_be_missing(digits: Path) -> None:
    for path, words in ((digits / "nope.json", "no file or folder"), (digits, "no recipe.json in")):
        done = CliRunner().invoke(app, ["run", str(path)])
        assert done.exit_code == 1
        assert f"There is {words}" in done.output
        assert f"{path}. Name a recipe.json" in done.output
