from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from coursekit.core.errors import CourseError
from coursekit.learn.callbacks import GradientClip
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner
from coursekit.learn.loaders import DataLoaders
from coursekit.learn.metrics import accuracy, mae, rmse

Make = Callable[..., Learner]


def two(*tensors: Tensor, bs: int = 16) -> tuple[Any, Any]:
    """Four fifths to train on, the rest to validate on."""
    cut = len(tensors[0]) * 4 // 5
    train, valid = (
        TensorDataset(*(t[:cut] for t in tensors)),
        TensorDataset(*(t[cut:] for t in tensors)),
    )
    return DataLoader(train, bs, shuffle=True), DataLoader(valid, bs)


def falls(learn: Learner, epochs: int = 5) -> float:
    """How many times lower the validation loss is at the end than after the first epoch."""
    learn.fit_one_cycle(epochs)
    rows = [row["valid_loss"] for row in learn.history.epochs]
    return float(rows[0] / rows[-1])


class Watch(Callback):
    """Keeps what `look` says after each training batch's backward pass."""

    def __init__(self, look: Callable[[Learner], Any]) -> None:
        self.look, self.seen = look, []

    def after_step(self, learn: Any) -> None:
        self.seen.append(self.look(learn))


def test_a_classifier_learns(classifier: Make) -> None:
    learn = classifier(metrics=accuracy)
    learn.fit_one_cycle(5)
    assert learn.validate()[1] > 0.8


def test_a_regression_learns() -> None:
    torch.manual_seed(0)
    x = torch.randn(200, 3)
    y = x @ torch.tensor([[1.0], [-2.0], [0.5]]) + 3
    learn = Learner(two(x, y), nn.Linear(3, 1), nn.MSELoss(), lr=0.3, metrics=[mae, rmse], seed=1)
    assert falls(learn) > 3
    value = learn.predict([1.0, 1.0, 1.0])
    assert value[0] is value[1] is value[2]
    assert float(value[0]) == pytest.approx(2.5, abs=0.5)


class Sequences(nn.Module):
    """Reads integers one after the other and says which class they are."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.read = nn.Embedding(10, 8), nn.RNN(8, 8, batch_first=True)
        self.say = nn.Linear(8, 2)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.say(self.read(self.embed(tokens))[0][:, -1])  # type: ignore[no-any-return]


def test_integer_sequences_learn() -> None:
    torch.manual_seed(0)
    x = torch.randint(10, (300, 3))
    y = (x[:, -1] > 4).long()
    learn = Learner(two(x, y), Sequences(), nn.CrossEntropyLoss(), lr=0.02, seed=1)
    assert falls(learn, 4) > 2


class Table(nn.Module):
    """A table with a column of categories and columns of numbers: two inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.rest = nn.Embedding(5, 3), nn.Linear(5, 1)

    def forward(self, category: Tensor, numbers: Tensor) -> Tensor:
        return self.rest(torch.cat([self.embed(category), numbers], 1))[:, 0]  # type: ignore[no-any-return]


def test_a_table_with_two_inputs_learns() -> None:
    torch.manual_seed(0)
    category, numbers = torch.randint(5, (300,)), torch.randn(300, 2)
    y = category.float() + numbers[:, 0]
    learn = Learner(two(category, numbers, y), Table(), nn.MSELoss(), lr=0.1, metrics=mae, seed=1)
    assert falls(learn) > 3


def test_sgd_with_momentum_works_with_one_cycle(classifier: Make) -> None:
    learn = classifier(opt_func=partial(torch.optim.SGD, momentum=0.9), metrics=accuracy)
    watch = Watch(lambda learn: learn.opt.param_groups[0]["momentum"])
    learn.fit_one_cycle(4, 0.05, cbs=watch)
    assert (max(watch.seen), min(watch.seen)) == pytest.approx((0.95, 0.85), abs=0.01)
    assert learn.validate()[1] > 0.7


def test_discriminative_rates_reach_the_optimiser(classifier: Make) -> None:
    learn = classifier()
    watch = Watch(lambda learn: [group["lr"] for group in learn.opt.param_groups])
    learn.fit(1, slice(1e-4, 1e-2), cbs=watch)
    assert sorted(set(watch.seen[0])) == pytest.approx([1e-4, 1e-2])
    learn.fit(1, slice(1e-2), cbs=watch)
    assert sorted(set(watch.seen[-1])) == pytest.approx([1e-3, 1e-2])


def test_weight_decay_spares_biases_and_norms() -> None:
    layers = (nn.Linear(4, 4), nn.BatchNorm1d(4), nn.LayerNorm(4), nn.Linear(4, 3))
    model = nn.Sequential(nn.Sequential(*layers))
    decays: dict[int, float] = {}

    class Look(Callback):
        def before_fit(self, learn: Any) -> None:
            for group in learn.opt.param_groups:
                decays.update({id(p): group["weight_decay"] for p in group["params"]})

    x, y = torch.randn(40, 4), torch.randint(3, (40,))
    Learner(two(x, y), model, nn.CrossEntropyLoss(), wd=0.1, seed=1).fit(1, cbs=Look())
    found = {name: decays[id(p)] for name, p in model.named_parameters()}
    assert {name for name, decay in found.items() if decay == 0.1} == {"0.0.weight", "0.3.weight"}
    assert {decay for name, decay in found.items() if decay != 0.1} == {0.0}


def test_the_biases_of_recurrent_layers_are_spared_too() -> None:
    from coursekit.learn.freezing import by_children, optimizer_groups

    model = Sequences()
    groups = optimizer_groups(model, by_children(model), [0.1], 0.5)
    decayed = next(group for group in groups if group["weight_decay"] == 0.5)["params"]
    names = {name for name, p in model.named_parameters() if any(p is d for d in decayed)}
    assert not any("bias" in name for name in names)
    assert "read.weight_ih_l0" in names


def test_gradient_clipping_bounds_the_norm_of_the_step(classifier: Make) -> None:
    def norm(learn: Learner) -> float:
        grads = [p.grad.norm() for p in learn.model.parameters() if p.grad is not None]
        return float(torch.stack(grads).norm())

    watch, free = Watch(norm), Watch(norm)
    classifier().fit(1, cbs=[GradientClip(0.01), watch])
    classifier().fit(1, cbs=free)
    assert max(watch.seen) <= 0.0101 < min(free.seen)


def test_bfloat16_on_a_cpu_computes_in_it_and_learns(classifier: Make) -> None:
    learn = classifier(metrics=accuracy).to_bf16()
    watch = Watch(lambda learn: learn.pred.dtype)
    learn.fit_one_cycle(5, cbs=watch)
    assert set(watch.seen) == {torch.bfloat16}
    assert {p.dtype for p in learn.model.parameters()} == {torch.float32}
    assert learn.validate()[1] > 0.8


def test_half_precision_on_a_cpu_is_refused_in_words(classifier: Make) -> None:
    with pytest.raises(CourseError, match="needs a GPU"):
        classifier().to_fp16()


def test_freezing_reaches_the_parameters_and_the_training(
    classifier: Make, weights: Callable[[Learner], str]
) -> None:
    learn = classifier()
    learn.freeze()
    before = [p.clone() for p in learn.groups[0]]
    norm = learn.model[0][1].running_mean.clone()  # type: ignore[index]
    learn.fit(2)
    assert all(torch.equal(a, b) for a, b in zip(before, learn.groups[0], strict=True))
    assert torch.equal(norm, learn.model[0][1].running_mean)  # type: ignore[index]
    learn.unfreeze()
    learn.fit(1)
    assert not torch.equal(before[0], learn.groups[0][0])


def test_fine_tune_of_plain_loaders_trains_the_head_and_then_everything(classifier: Make) -> None:
    learn = classifier()
    learn.fine_tune(2, 0.01)
    assert [(p["name"], p["epochs"]) for p in learn.history.phases] == [
        ("the head", 1),
        ("the whole model", 2),
    ]
    assert [row["epoch"] for row in learn.history.epochs] == [1, 2, 3]


def test_a_prediction_before_any_training_is_made_in_evaluation_mode(classifier: Make) -> None:
    learn = classifier()
    first, second = learn.predict([0.0, 1.0, 2.0, 3.0])[2], learn.predict([0.0, 1.0, 2.0, 3.0])[2]
    assert torch.equal(first, second)


def test_predictions_are_probabilities_in_the_datas_order(classifier: Make) -> None:
    learn = classifier()
    learn.fit(2)
    probs, targets = learn.get_preds()
    assert targets.tolist() == learn.dls.valid.dataset.tensors[1].tolist()
    assert probs.sum(1).tolist() == pytest.approx([1.0] * 50)
    one = learn.predict(learn.dls.valid.dataset[3][0])[2]
    assert one.tolist() == pytest.approx(probs[3].tolist(), abs=1e-6)


def test_the_loss_as_a_function_gives_probabilities_as_well(classifier: Make) -> None:
    probs, _ = classifier(loss_func=cross_entropy).get_preds()
    assert probs.sum(1).tolist() == pytest.approx([1.0] * 50)


def test_the_test_data_is_kept_away_until_it_is_asked_for(
    loaders: Callable[..., Any], classifier: Make
) -> None:
    class Guarded:
        opened = 0

        def __iter__(self) -> Any:
            self.opened += 1
            return iter(loaders()[1])

    test = Guarded()
    learn = classifier(dls=DataLoaders(*loaders(), test), metrics=accuracy)
    learn.fit_one_cycle(2)
    learn.lr_find()
    learn.validate(), learn.get_preds()
    assert test.opened == 0
    first, second = learn.final_test(), learn.final_test()
    assert (test.opened, first.data, first.n) == (2, "test", 50)
    assert (first.used_for_choosing, second.used_for_choosing) == (False, True)
    assert "never met" in repr(first)
    assert "Asked 2 times" in repr(second)


def test_without_a_test_set_it_is_said_how_to_get_one(classifier: Make) -> None:
    with pytest.raises(CourseError, match="test_pct"):
        classifier().final_test()


def test_weights_are_kept_by_name_and_come_back(
    classifier: Make, weights: Callable[[Learner], str], home: Path
) -> None:
    learn = classifier()
    kept = weights(learn)
    path = learn.save("before")
    assert path == home / "models" / "before.safetensors"
    learn.fit(1)
    assert weights(learn) != kept
    assert weights(learn.load("before")) == kept


def test_weights_that_are_not_there_or_of_another_model_are_refused(classifier: Make) -> None:
    with pytest.raises(CourseError, match="no weights named 'none'"):
        classifier().load("none")
    classifier().save("points")
    with pytest.raises(CourseError, match="of another model"):
        classifier(model=nn.Linear(4, 3)).load("points")


def test_a_target_that_is_several_wide_is_no_class(classifier: Make) -> None:
    x, y = torch.randn(50, 4), torch.rand(50, 3).round()
    learn = Learner(two(x, y), nn.Linear(4, 3), nn.BCEWithLogitsLoss(), seed=1)
    learn.fit(1)
    probs, _ = learn.get_preds()
    assert bool(((probs >= 0) & (probs <= 1)).all())
    assert probs.sum(1).tolist() != pytest.approx([1.0] * 10)


def test_a_rested_learner_is_moved_back_where_it_works(
    classifier: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = classifier()
    moves: list[str] = []
    monkeypatch.setattr(learn.model, "to", lambda device: moves.append(str(device)))
    learn.dls.device = torch.device("cuda")
    learn.rest()
    learn.dls.device = torch.device("cpu")
    learn.validate()
    assert moves == ["cpu", "cpu"]  # not to the GPU first, which may be full
    with learn.alone(), pytest.raises(CourseError, match="is training already"):
        learn.rest()
