"""What is said of a reading; the readings are made here."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from coursekit.machine import reasons, words
from coursekit.machine.holding import Held
from coursekit.machine.readings import Accelerator, Gpu, Host, Reading
from coursekit.machine.report import as_data
from coursekit.machine.tensors import Size

HOST = Host(2, 0.31, 936_000_000, 25_276_000_000, 32_000_000_000, 271_000_000_000, False)
T4 = Gpu(
    0,
    "Tesla T4",
    "NVIDIA",
    memory_used=12_026_000_000,
    memory_total=16_106_000_000,
    busy=0.37,
    idle=0,
    temperature=54,
    power=68.1,
    power_limit=70,
    uuid="GPU-1",
)
NONE = Accelerator("none", "2.14.1", False, "There is no GPU here that PyTorch could use.")


def reading(*gpus: Gpu, **more: object) -> Reading:
    kind = Accelerator("CUDA", "2.14.1", True) if gpus else NONE
    return replace(Reading(0, 0, gpus, HOST, kind), **more)  # type: ignore[arg-type]


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "kernel", object)


def test_without_a_gpu_it_says_what_that_means_before_any_number() -> None:
    assert words.lines(reading()) == [
        "No GPU here: lesson 1 takes about 10 seconds on this CPU.",
        "PyTorch 2.14.1 will use the processor",
        "Processor: 2 cores, 31 % busy",
        "Memory: 0.9 of 25 GB in use, 24 GB free",
        "Disk: 32 of 271 GB in use, 239 GB free",
    ]


def test_on_half_a_core_lesson_1_takes_twice_as_long() -> None:
    (said,) = words.summary(reading(host=replace(HOST, cores=0.5)))
    assert "about 20 seconds" in said


def test_a_gpu_that_cannot_be_used_is_not_denied() -> None:
    said = words.lines(reading(trouble=(reasons.NO_DEVICE,)))
    assert said[0].startswith("No GPU can be used: lesson 1 takes")
    assert said[1] == reasons.NO_DEVICE


def test_on_a_busy_processor_lesson_1_takes_longer() -> None:
    busy = replace(reading(), host=replace(HOST, busy=0.9))
    (said,) = words.summary(busy)
    assert said.endswith("on this CPU, longer while it is as busy as now.")


@pytest.mark.usefixtures("notebook")
def test_an_idle_gpu_and_who_holds_it() -> None:
    idle = replace(T4, busy=0.0, idle=25 * 60 + 12, ours=11_200_000_000)
    (said,) = words.summary(reading(idle))
    assert said == "GPU idle for 25 minutes, 11.2 of 16 GB held by this notebook."


@pytest.mark.parametrize(
    ("changes", "words_"),
    [
        ({}, "GPU 37 % busy, 12 of 16 GB in use."),
        ({"busy": 0.01, "idle": 30.0}, "GPU idle, 12 of 16 GB in use."),
        ({"busy": 0.01, "idle": 60.0}, "GPU idle for 1 minute, 12 of 16 GB in use."),
        ({"busy": 0.01, "idle": 3 * 3600.0}, "GPU idle for 3 hours, 12 of 16 GB in use."),
        ({"busy": None, "idle": None}, "GPU ready, 12 of 16 GB in use."),
        ({"memory_total": None}, "GPU 37 % busy, 12 GB in use."),
        ({"memory_used": None, "memory_total": None}, "GPU 37 % busy, its memory is not known."),
        ({"memory_used": None, "ours": 0}, "GPU 37 % busy, 0 of 16 GB held by this program."),
        ({"ours": 0}, "GPU 37 % busy, 12 of 16 GB in use."),
        ({"ours": 400_000_000}, "GPU 37 % busy, 0.4 of 16 GB held by this program."),
    ],
)
def test_a_gpu_in_a_sentence(changes: dict[str, object], words_: str) -> None:
    assert words.summary(reading(replace(T4, **changes))) == [words_]  # type: ignore[arg-type]


def test_several_gpus_have_their_numbers_and_names() -> None:
    other = replace(T4, index=1, name="NVIDIA A10", busy=0.9)
    assert [said.partition(",")[0] for said in words.summary(reading(T4, other))] == [
        "GPU 0 (Tesla T4) 37 % busy",
        "GPU 1 (NVIDIA A10) 90 % busy",
    ]


def test_the_numbers_of_a_gpu_and_its_driver() -> None:
    mine = reading(replace(T4, ours=1_250_000_000), driver="550.54.15", cuda="12.4")
    assert words.details(mine)[:3] == [
        "PyTorch 2.14.1 uses CUDA",
        "Tesla T4: 12 of 16 GB in use, 4.1 GB free, 1.2 GB by this program, 37 % busy, 54 °C, "
        "68 of 70 W",
        "Driver: 550.54.15, for CUDA up to 12.4",
    ]
    assert words.driver(replace(mine, cuda=None)) == ["Driver: 550.54.15"]
    bare = Gpu(0, "NVIDIA GPU", "NVIDIA", power=9.0)
    assert words.gpu_numbers(bare) == "NVIDIA GPU: 9 W"
    assert words.gpu_numbers(replace(bare, power=None)) == "NVIDIA GPU: says nothing of itself"


@pytest.mark.parametrize(
    ("accelerator", "has_gpu", "words_"),
    [
        (Accelerator("CUDA", "2.14.1", False), True, "PyTorch 2.14.1 will use CUDA"),
        (Accelerator("MPS", "2.14.1", True), False, "PyTorch 2.14.1 uses MPS"),
        (Accelerator("none", "2.14.1", True, "Why."), True, "Why."),
        (Accelerator("none", "2.14.1", True, "Why."), False, "PyTorch 2.14.1 uses the processor"),
        (Accelerator("none", "", False, "Install it."), False, "Install it."),
    ],
)
def test_what_pytorch_uses_or_why_not(accelerator: Accelerator, has_gpu: bool, words_: str) -> None:
    assert words.pytorch(accelerator, has_gpu) == words_


def test_a_containers_memory_is_said_to_be_that_and_no_disk_is_left_out() -> None:
    host = Host(0.5, None, 5 * 10**8, 2 * 10**9, None, None, True)
    assert words.host_numbers(host) == [
        "Processor: 0.5 cores",
        "Memory: 0.5 of 2.0 GB in use, 1.5 GB free, as this container may have",
    ]
    small = Host(0.5, None, 3 * 10**8, 5 * 10**8, None, None, False)
    assert words.host_numbers(small)[1] == "Memory: 300 MB of 500 MB in use, 200 MB free"


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (
            Held("learner", ("learn",), Size(1_200_000_000, 5_000_000), trains=True),
            "learn, a learner: 1.2 GB on the GPU and 5.0 MB in the main memory, at work",
        ),
        (Held("learner", (), Size(10**9)), "a learner without a name: 1.0 GB on the GPU"),
        (Held("variable", ("x", "y"), Size(0, 4 * 10**7)), "x or y: 40 MB in the main memory"),
        (Held("output", ("_3",), Size(10**7)), "Out[3]: 10 MB on the GPU"),
        (Held("output", ("_",), Size(10**7)), "the last output, _: 10 MB on the GPU"),
        (Held("error", (), Size(10**8)), "the last error's traceback: 100 MB on the GPU"),
    ],
)
def test_what_holds_memory_in_a_line(held: Held, said: str) -> None:
    assert words.holding(held) == said


def test_a_few_bytes_beside_much_memory_are_not_told() -> None:
    held = Held("learner", ("learn",), Size(on_gpu=8, in_memory=711_000_000))
    assert words.holding(held) == "learn, a learner: 711 MB in the main memory"


def test_every_kind_of_holding_has_words() -> None:
    for kind in ("rest", "kept"):
        assert "5.0 MB on the GPU" in words.holding(Held(kind, (), Size(5_000_000)))  # type: ignore[arg-type]


def test_a_notebook_shows_a_reading_in_words() -> None:
    shown: list[str] = []
    reading()._repr_pretty_(SimpleNamespace(text=shown.append), False)
    assert shown == [str(reading())]
    assert shown[0].startswith("No GPU here")


def test_a_reading_as_data_has_the_names_that_are_documented() -> None:
    data = as_data(reading(replace(T4, ours=5), driver="550.54.15", cuda="12.4"))
    assert set(data) == {
        "format",
        "summary",
        "time",
        "gpus",
        "host",
        "accelerator",
        "driver",
        "cuda",
        "trouble",
    }
    assert data["gpus"][0]["memory_free"] == 4_080_000_000
    assert data["gpus"][0]["ours"] == 5
    assert set(data["gpus"][0]) - {"memory_free"} == set(Gpu.__slots__)
    assert data["accelerator"]["kind"] == "CUDA"
