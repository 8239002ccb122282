"""Small things to train: points in three classes, and photos of three breeds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from support_threads import one_thread  # noqa: F401
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from coursekit.core import fingerprint
from coursekit.learn.learner import Learner
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.transforms import Resize

BREEDS = ("Abyssinian", "Bengal", "american_bulldog")


def clouds(n: int, seed: int) -> TensorDataset:
    """`n` points of four numbers, in three clouds that overlap a little."""
    dice = torch.Generator().manual_seed(seed)
    y = torch.randint(3, (n,), generator=dice)
    x = torch.randn(n, 4, generator=dice) + 3 * torch.eye(4)[y]
    return TensorDataset(x, y)


@pytest.fixture
def loaders() -> Callable[..., tuple[Any, Any]]:
    """Makes 6 training batches (the last one smaller) and 3 validation batches."""

    def make(**options: Any) -> tuple[Any, Any]:
        train = DataLoader(clouds(90, 0), 16, shuffle=True, **options)
        return train, DataLoader(clouds(50, 1), 20, **options)

    return make


@pytest.fixture
def network() -> Callable[[], nn.Sequential]:
    """Makes a network with a norm and dropout, the same each time."""

    def make() -> nn.Sequential:
        torch.manual_seed(7)
        body = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU())
        return nn.Sequential(body, nn.Dropout(0.2), nn.Linear(16, 3))

    return make


@pytest.fixture
def classifier(
    loaders: Callable[..., tuple[Any, Any]], network: Callable[[], nn.Sequential]
) -> Callable[..., Learner]:
    """Makes a Learner for the points, the same each time; takes `Learner`'s arguments."""

    def make(**options: Any) -> Learner:
        given = {"dls": loaders(), "model": network(), "loss_func": nn.CrossEntropyLoss()}
        return Learner(**{**given, "lr": 0.02, "seed": 3, **options})

    return make


@pytest.fixture
def weights() -> Callable[[Learner], str]:
    """Tells a model's state by a digest of every parameter and buffer, bit for bit."""

    def digest(learn: Learner) -> str:
        state: dict[str, Tensor] = learn.model.state_dict()
        return fingerprint.of_bytes(*(tensor.numpy().tobytes() for tensor in state.values()))

    return digest


@pytest.fixture(scope="session")
def sixty_photos(pets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty photos: twenty of each breed."""
    folder = tmp_path_factory.mktemp("photos")
    for breed in BREEDS:
        for file in sorted(pets.glob(f"{breed}_*.jpg"))[:20]:
            shutil.copy(file, folder)
    return folder


@pytest.fixture
def photos(sixty_photos: Path) -> Callable[..., ImageDataLoaders]:
    """Makes loaders of the sixty photos, 32 pixels each; takes `from_name_func`'s options."""

    def make(folder: Path = sixty_photos, **options: Any) -> ImageDataLoaders:
        files = sorted(folder.glob("*.jpg"))
        given = {"seed": 42, "item_tfms": Resize(32), "bs": 16, "device": "cpu"}
        return ImageDataLoaders.from_name_func(
            folder, files, lambda name: name.rpartition("_")[0], **{**given, **options}
        )

    return make


@pytest.fixture
def small_vision() -> Callable[..., Learner]:
    """Makes a Learner with a small convolutional network, its body frozen."""

    def make(dls: ImageDataLoaders, **options: Any) -> Learner:
        torch.manual_seed(5)
        body = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU())
        last = nn.Sequential(nn.Conv2d(8, 16, 3, 2), nn.BatchNorm2d(16), nn.ReLU())
        pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        model = nn.Sequential(body, last, pool, nn.Linear(16, 3))
        learn = Learner(dls, model, **{"seed": 3, **options})
        learn.freeze()
        return learn

    return make
