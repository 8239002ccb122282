"""The wheel in an environment of its own, outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from coursekit.app import browser

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", str(folder)]
    subprocess.run([*pip, str(ROOT)], check=True)
    (built,) = folder.glob("coursekit_companion-*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "coursekit"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert set(listed.stdout.split()) <= set(zipfile.ZipFile(wheel).namelist())


def test_the_installed_app_loads_its_page(wheel: Path, tmp_path: Path) -> None:
    if browser.find() is None and os.environ.get("CI"):
        pytest.fail("No Chrome or Chromium was found, and CI needs one.")
    place = tmp_path / "environment"
    venv.create(place, with_pip=False, symlinks=os.name == "posix")
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    packages = subprocess.run(
        [scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    zipfile.ZipFile(wheel).extractall(packages)
    # The dependencies are those of the environment that runs the tests: gigabytes, not copied.
    (Path(packages) / "tested.pth").write_text(sysconfig.get_path("purelib"))
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter"),
    }
    where = [scripts / "python", "-c", "import coursekit; print(coursekit.__file__)"]
    found = subprocess.run(
        where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith(packages)
    checked = subprocess.run(
        [scripts / "python", "-m", "coursekit.cli", "app", "--check"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert "The page came up whole" in checked.stdout or "Python started" in checked.stdout
