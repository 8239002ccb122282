"""What holds memory and how to let go of it: real tensors and errors, in the main memory."""

from __future__ import annotations

import json
import subprocess
import sys
import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
import torch
from support_torch import FakeCuda, FakeGpu, fake_torch
from torch import nn

from coursekit.core.errors import CourseError
from coursekit.learn.learner import Learner
from coursekit.learn.loaders import DataLoaders
from coursekit.machine import freeing, holding, loaded, namespace, pools
from coursekit.machine.freeing import NobodysName, SomethingElse
from coursekit.machine.holding import Held
from coursekit.machine.tensors import Finder, Size

MB = 2**20
UUID = "0e3d2f6a-1c7b-4a5e-9d11-77c3a1b0c001"


def big(megabytes: int) -> torch.Tensor:
    return torch.zeros(megabytes * MB // 4)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The namespace of a person, in a process that has loaded PyTorch."""
    main = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    monkeypatch.setattr(holding, "learners", list)  # other tests may have some
    namespace.forget_error()
    return vars(main)


def listed() -> dict[tuple[str, tuple[str, ...]], Size]:
    return {(it.kind, it.names): it.size for it in holding.holdings()}


def test_without_pytorch_nothing_is_held() -> None:
    assert holding.holdings() == []


def test_variables_are_listed_with_all_their_names_the_largest_first(
    names: dict[str, Any],
) -> None:
    names["small"] = big(2)
    names["x"] = names["y"] = big(9)
    names["batches"] = [{"x": (big(4), big(1))}]
    names["tiny"] = torch.zeros(10)
    assert [(it.names, it.size.in_memory // MB) for it in holding.holdings()] == [
        (("x", "y"), 9),
        (("batches",), 5),
        (("small",), 2),
    ]


def test_memory_of_two_names_counts_once_for_what_it_is_itself(names: dict[str, Any]) -> None:
    names["views"] = [big(3)]
    names["whole"] = names["views"][0]
    names["half"] = names["whole"][: MB // 4]
    assert listed() == {("variable", ("whole",)): Size(in_memory=3 * MB)}


def keeping(tensor: torch.Tensor) -> Callable[[], torch.Tensor]:
    return lambda: tensor


def test_gradients_and_what_a_function_keeps_count(names: dict[str, Any]) -> None:
    layer = nn.Linear(1024, 1024)
    layer(torch.zeros(1, 1024)).sum().backward()
    names["layer"], names["closure"] = layer, keeping(big(3))
    found = listed()
    assert found["variable", ("layer",)].in_memory == pytest.approx(2 * 4 * MB, rel=0.01)
    assert found["variable", ("closure",)].in_memory == 3 * MB


def test_a_list_of_what_is_held_keeps_nothing_alive(names: dict[str, Any]) -> None:
    names["x"] = big(2)
    watched = weakref.ref(names["x"])
    found = holding.holdings()
    del names["x"]
    assert found
    assert watched() is None


def test_a_variable_that_is_dropped_is_gone_under_all_its_names(names: dict[str, Any]) -> None:
    names["x"] = names["y"] = big(2)
    watched = weakref.ref(names["x"])
    (held,) = holding.holdings()
    assert freeing.drop(held) == 0
    assert watched() is None
    assert not {"x", "y"} & set(names)
    assert freeing.drop(held) == 0  # the list may be older than the names


@pytest.mark.parametrize(
    "old",
    [lambda: big(2), lambda: [big(2)], lambda: {"t": big(2)}, lambda: nn.Linear(1024, 1024)],
    ids=["tensor", "list", "dict", "module"],
)
def test_a_name_that_means_something_else_by_now_deletes_nothing(
    names: dict[str, Any], old: Callable[[], object]
) -> None:
    names["x"] = old()
    (held,) = holding.holdings()
    del names["x"]  # so that what comes next may be made in its place
    names["x"] = precious = {"precious": 1}
    with pytest.raises(SomethingElse, match=r"^x is something else now, .* Look again"):
        freeing.drop(held)
    assert names["x"] is precious


def test_a_list_that_was_filled_anew_is_not_what_was_listed(names: dict[str, Any]) -> None:
    names["x"] = [big(2)]
    (held,) = holding.holdings()
    names["x"][:] = ["precious"]
    with pytest.raises(SomethingElse):
        freeing.drop(held)
    assert names["x"] == ["precious"]


class Batches:
    """Keeps the last batch."""

    def __init__(self) -> None:
        self.last = big(2)


def test_what_has_been_used_since_it_was_listed_is_still_the_same(names: dict[str, Any]) -> None:
    names["x"] = batches = Batches()
    (held,) = holding.holdings()
    batches.last = big(2)  # one more batch
    freeing.drop(held)
    assert "x" not in names


def test_of_two_names_the_one_that_is_left_is_deleted(names: dict[str, Any]) -> None:
    names["x"] = names["y"] = big(2)
    (held,) = holding.holdings()
    del names["x"]
    freeing.drop(held)
    assert "y" not in names


def fail_with(size: int) -> weakref.ref[torch.Tensor]:
    """Fails as in a notebook: the error is shown, and Python keeps it."""
    watched: list[weakref.ref[torch.Tensor]] = []

    def inner() -> None:
        activations = big(size)
        watched.append(weakref.ref(activations))
        raise RuntimeError("CUDA out of memory")

    def outer() -> None:
        try:
            inner()
        except RuntimeError as error:
            raise ValueError("the fit failed") from error

    try:
        outer()
    except ValueError as error:
        sys.last_value, sys.last_type, sys.last_traceback = error, type(error), error.__traceback__
        if sys.version_info >= (3, 12):
            sys.last_exc = error
    return watched[0]


def test_what_the_last_error_holds_is_listed_and_dropped(names: dict[str, Any]) -> None:
    watched = fail_with(5)
    (held,) = holding.holdings()
    assert (held.kind, held.size.in_memory) == ("error", 5 * MB)
    freeing.drop(held)
    assert watched() is None
    assert namespace.last_error() is None


def test_a_persons_variables_outlive_the_error_that_named_them(names: dict[str, Any]) -> None:
    names["x"] = big(2)
    try:
        exec("y = x + 1\nraise ValueError", names)
    except ValueError as error:
        sys.last_value, sys.last_traceback = error, error.__traceback__
    assert listed().keys() == {("variable", ("x",)), ("variable", ("y",))}
    freeing.free()
    assert names["x"].numel() == names["y"].numel() == 2 * MB // 4


def test_free_on_a_faked_gpu_gives_back_what_pytorch_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = FakeGpu(UUID, 900 * MB, allocated=200 * MB)
    monkeypatch.setattr(loaded, "torch", lambda: fake_torch(FakeCuda(gpu)))
    assert freeing.free() == 700 * MB
    assert freeing.free() == 0


def test_of_a_faked_gpu_what_no_name_leads_to_is_listed_too(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "reserved", lambda: 900 * MB)
    monkeypatch.setattr(pools, "allocated", lambda: 200 * MB)
    kept, rest = holding.holdings()
    assert (kept.kind, kept.size.on_gpu) == ("kept", 700 * MB)
    assert (rest.kind, rest.size.on_gpu) == ("rest", 200 * MB)
    assert freeing.drop(kept) == 0
    with pytest.raises(NobodysName, match="restarting the kernel"):
        freeing.drop(rest)


def learner() -> Learner:
    data = [(torch.zeros(4, 512), torch.zeros(4, dtype=torch.long))]
    return Learner(DataLoaders(data, data), nn.Linear(512, 1024), nn.CrossEntropyLoss())


def test_a_learner_is_listed_by_its_name_before_its_parts(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    names["learn"] = mine = learner()
    names["model"] = mine.model
    other = learner()
    monkeypatch.setattr(holding, "learners", lambda: [mine, other])
    found = [it for it in holding.holdings() if it.kind == "learner"]
    assert sorted(it.names for it in found) == [(), ("learn",)]
    assert {it.size.in_memory // MB for it in found} == {2}
    assert {it.trains for it in found} == {False}
    assert "model" not in str(listed())
    with mine.alone():
        assert any(it.trains for it in holding.holdings())
    with pytest.raises(NobodysName):
        freeing.drop(Held("learner", (), Size()))


def test_all_learners_of_the_process_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    it = learner()
    assert any(found is it for found in holding.learners())
    monkeypatch.setitem(sys.modules, "coursekit.learn.loop", None)
    assert holding.learners() == []


def test_a_learner_that_could_not_be_made_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    with pytest.raises(CourseError, match="names no loss") as caught:
        Learner(([], []), torch.nn.Linear(2, 2))
    half = caught.traceback[-1].frame.f_locals["self"]  # which the last error keeps alive
    assert isinstance(half, Learner)
    assert not any(it is half for it in holding.learners())
    holding.holdings()


def test_free_gives_back_also_where_a_learner_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr(freeing, "_given_back", given.append)
    monkeypatch.setattr(freeing, "learners", lambda: [learner()])
    monkeypatch.setattr(Learner, "rest", Mock(side_effect=torch.OutOfMemoryError))
    with pytest.raises(torch.OutOfMemoryError):
        freeing.free()
    assert len(given) == 1


def test_free_rests_learners_that_do_not_train(monkeypatch: pytest.MonkeyPatch) -> None:
    idle, busy = learner(), learner()
    rested: list[Learner] = []
    rest = Learner.rest

    def watch(self: Learner) -> None:
        rest(self)
        rested.append(self)

    monkeypatch.setattr(Learner, "rest", watch)
    monkeypatch.setattr(freeing, "learners", lambda: [busy, idle])
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    with busy.alone():
        freeing.free()
    assert rested == [idle]


IN_A_NOTEBOOK = """
import json, weakref
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in (
    "import torch\\nMB = 2**20",
    "def fail():\\n    activations = torch.zeros(3 * MB)\\n    raise RuntimeError",
    "x = torch.zeros(MB)",
    "torch.ones(2 * MB)",
    "fail()",
):
    shell.run_cell(cell, store_history=True)
from coursekit.machine import freeing, holding
found = holding.holdings()
said = [(it.kind, it.names, it.size.in_memory) for it in found]
alive = [weakref.ref(shell.user_ns["x"]), weakref.ref(shell.user_ns["_"])]
for it in found:
    freeing.drop(it)
print("FOUND", json.dumps([said, [it() is None for it in alive], len(holding.holdings())]))
"""


def test_in_a_notebook_outputs_and_the_last_error_are_found_and_dropped() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_NOTEBOOK], capture_output=True, text=True, check=True
    )
    said, gone, left = json.loads(done.stdout.partition("FOUND ")[2])
    assert said == [
        ["error", [], 12 * MB],
        ["output", ["_4"], 8 * MB],
        ["variable", ["x"], 4 * MB],
    ]
    assert gone == [True, True]
    assert left == 0


def test_tensors_without_memory_count_nothing() -> None:
    finder = Finder(torch)
    odd = [torch.zeros(4, device="meta"), torch.eye(3).to_sparse(), torch.zeros(0)]
    assert finder.size(odd) == Size()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_real_gpu_reserved_bytes_fall_and_the_learner_trains_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    data = [(torch.randn(64, 4096), torch.zeros(64, dtype=torch.long))]
    learn = Learner(DataLoaders(data, data), nn.Linear(4096, 8192), nn.CrossEntropyLoss(), seed=1)
    learn.fit(1)
    garbage = torch.zeros(256 * MB, device="cuda")
    del garbage
    before = torch.cuda.memory_reserved()
    freed = freeing.free()
    assert freed > 256 * MB
    assert torch.cuda.memory_reserved() == before - freed
    assert next(learn.model.parameters()).device.type == "cpu"
    learn.fit(1)
    assert next(learn.model.parameters()).device.type == "cuda"
