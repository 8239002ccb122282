from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy

from coursekit.learn.calibrate import calibrate, temperature


def known(scale: float, n: int = 4000) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are `scale` times too sure, and targets drawn by what is true."""
    dice = torch.Generator().manual_seed(0)
    true = torch.randn(n, 4, generator=dice) * 2
    return true * scale, torch.multinomial(true.softmax(1), 1, generator=dice)[:, 0]


@pytest.mark.parametrize("scale", [0.7, 1.0, 2.0, 3.5])
def test_the_temperature_recovers_a_known_scaling(scale: float) -> None:
    assert temperature(*known(scale)) == pytest.approx(scale, rel=0.1)


def test_the_temperature_lowers_the_loss_and_stays_in_its_bounds() -> None:
    logits, targets = known(3.0)
    divisor = temperature(logits, targets)
    assert cross_entropy(logits / divisor, targets) < cross_entropy(logits, targets)
    assert temperature(logits * 100, targets) == pytest.approx(5, rel=0.01)
    assert temperature(logits / 100, targets) == pytest.approx(0.5, rel=0.01)


def test_a_twentieth_of_the_right_answers_lies_below_the_threshold() -> None:
    logits, targets = known(2.0)
    found = calibrate(logits, targets)
    sure = (logits / found.temperature).softmax(1).amax(1)[logits.argmax(1) == targets]
    assert float((sure < found.threshold).float().mean()) == pytest.approx(0.05, abs=0.01)
    wrong = logits.argmax(1) != targets
    assert found.about["wrong"] == int(wrong.sum())
    assert found.about["n"] == 4000
    how = found.about["how"]
    assert "5.0 % of the right answers" in how
    assert f"of {int(wrong.sum())} wrong ones" in how
    assert "5 folds" in how


def test_each_item_is_judged_without_itself() -> None:
    logits, targets = known(1.0, 40)
    logits[::5] *= 50  # one fold is far too sure; the others' temperatures must not know
    threshold = calibrate(logits, targets).threshold
    others = torch.arange(40) % 5 != 0
    alone = temperature(logits[others], targets[others])
    assert alone < 5
    assert 0 < threshold < 1


def test_few_items_have_a_bound_that_was_set_and_say_so() -> None:
    found = calibrate(*known(2.0, 19))
    assert (found.temperature, found.threshold) == (1.0, 0.5)
    assert "19 items are too few" in found.about["how"]


def test_a_model_that_is_always_wrong_has_a_threshold_all_the_same() -> None:
    logits, _ = known(1.0, 50)
    found = calibrate(logits, logits.argmin(1))
    assert 0 < found.threshold <= 1
    assert found.about["wrong"] == 50
