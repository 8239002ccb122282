"""Fixtures that all tests share: the real sample files, and a home folder of their own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "browser"))
from support_databases import database, file, postgresql, server, sqlite  # noqa: F401
from support_ports import closed_port  # noqa: F401
from support_server import archive_server, pets_archive, served_pets  # noqa: F401

settings.register_profile("ours", deadline=None)  # a busy machine is no mistake
settings.load_profile("ours")

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # a shell has what it starts in the background ignore Ctrl-C, and so would all that tests start
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Tests compute on the processor, where figures are the same everywhere; `-m gpu` on a GPU."""
    if config.getoption("markexpr") != "gpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not any(item.get_closest_marker(name) for name in ("browser", "slow", "gpu")):
            item.add_marker(pytest.mark.unit)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of this test's own, so that nothing a test does is found by the next."""
    path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("COURSEKIT_HOME", str(path))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    return path


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real samples; where it is missing, CI fails and a person's run skips."""
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail("The shared sample data is missing beside the checkout, and CI needs it.")
        pytest.skip("needs the sample data in ../shared/data beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def uploads(shared: Path) -> Path:
    """Odd image files that people upload."""
    return shared / "uploads"


@pytest.fixture(scope="session")
def pets(shared: Path) -> Path:
    """450 photos: 150 Abyssinian, 150 Bengal, 150 american_bulldog."""
    return shared / "pets" / "images"
