from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from support_doctor import only, states

from coursekit.app.doctor import packages
from coursekit.app.doctor.installing import pip, torch_again
from coursekit.app.doctor.shadows import hiders, hiding, named_like_pythons_own


def install(folder: Path, name: str, number: str, needs: tuple[str, ...] = ()) -> None:
    """A package's description, as pip leaves it."""
    info = folder / f"{name}-{number}.dist-info"
    info.mkdir(parents=True)
    lines = [f"Name: {name}", f"Version: {number}", *(f"Requires-Dist: {it}" for it in needs)]
    (info / "METADATA").write_text("Metadata-Version: 2.1\n" + "\n".join(lines) + "\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that Python looks in first."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_what_coursekit_needs_is_there() -> None:
    assert only(packages.requirements()).state == "fine"


def test_missing_and_old_packages_are_named_with_one_command(site: Path) -> None:
    needs = ("sofa>=2", "chair>=3,<4", "ipywidgets>=8", "lamp>=1; extra == 'light'")
    install(site, "house", "1.0", needs)
    install(site, "chair", "2.5")
    found = only(packages.requirements("house"))
    assert found.state == "broken"
    assert "sofa is missing and chair is 2.5, not <4,>=3" in found.says
    assert found.remedy == f'{sys.executable} -m pip install "sofa>=2" "chair<4,>=3"'


def test_an_installation_that_broke_off_is_said(site: Path) -> None:
    install(site, "sofa", "1.0")
    (site / "sofa-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: sofa\n")
    assert packages.unmet(Requirement("sofa>=1")) == "sofa is there in part"


def test_coursekit_without_being_installed_is_worth_knowing() -> None:
    found = only(packages.requirements("no-such-package"))
    assert found.state == "worth knowing"
    assert "pip install -e ." in found.remedy


def test_a_package_that_is_there_twice_is_said_with_the_one_that_is_used(site: Path) -> None:
    known = version("numpy")
    install(site, "numpy", "1.0")
    found = [it for it in packages.copies() if it.says.startswith("numpy ")]
    assert f"1.0 in {site} is used, and {known}" in only(found).says


def test_a_file_that_python_takes_for_a_package_is_the_culprit(site: Path) -> None:
    (site / "torchvision.py").write_text("")
    found = only(packages.hidden())
    assert found.state == "broken"
    assert f"Python takes {site / 'torchvision.py'} for torchvision" in found.says
    assert f"Rename {site / 'torchvision.py'}" in found.remedy


def test_a_folder_that_python_takes_for_a_package_is_named_as_a_folder(site: Path) -> None:
    (site / "numpy").mkdir()
    (site / "numpy" / "__init__.py").write_text("")
    assert f"Rename {site / 'numpy'}," in only(packages.hidden()).remedy


def test_a_package_that_is_a_link_is_not_taken_for_another(site: Path, tmp_path: Path) -> None:
    install(site, "requests", "3.0")
    (tmp_path / "store" / "requests").mkdir(parents=True)
    (tmp_path / "store" / "requests" / "__init__.py").touch()
    (site / "requests").symlink_to(tmp_path / "store" / "requests")
    assert hiding("requests") is None


def test_a_folder_without_init_hides_nothing(site: Path) -> None:
    (site / "torch").mkdir()
    assert hiding("torch") is None


def test_an_editable_package_is_not_taken_for_another(site: Path) -> None:
    install(site / "info", "requests", "3.0")
    sys.path.insert(0, str(site / "info"))
    note = site / "info" / "requests-3.0.dist-info" / "direct_url.json"
    note.write_text('{"url": "file:///x", "dir_info": {"editable": true}}')
    (site / "requests.py").write_text("")
    assert hiding("requests") is None
    note.unlink()
    assert hiding("requests") == site / "requests.py"


def test_files_named_like_pythons_own_are_found_but_not_test_py(tmp_path: Path) -> None:
    for name in ("random.py", "test.py", "sys.py", "cats.py"):
        (tmp_path / name).write_text("")
    assert [it.name for it in named_like_pythons_own(tmp_path)] == ["random.py"]
    (tmp_path / "torch.py").write_text("")
    assert [it.name for it in hiders(tmp_path)] == ["random.py", "torch.py"]
    assert hiders(tmp_path / "gone") == []


def test_such_a_file_is_broken_on_pythonpath_and_worth_knowing_in_this_folder(
    tmp_path: Path,
) -> None:
    (tmp_path / "random.py").write_text("")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert states(packages.hidden_pythons_own(empty, str(tmp_path))) == ["broken"]
    found = only(packages.hidden_pythons_own(tmp_path, ""))
    assert found.state == "worth knowing"
    assert found.says.endswith("in this folder, random.py can hide modules of the same name.")
    assert states(packages.hidden_pythons_own(empty, "")) == []


def test_commands_can_be_copied_into_a_terminal(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/ignored")  # a default is of the time of definition
    assert pip("a>=1", "b", python="/my dir/python") == '"/my dir/python" -m pip install "a>=1" b'
    install(site, "torch", "9.9.9+cpu")
    assert torch_again("torch", "torchvision").endswith(
        "--force-reinstall torch torchvision --index-url https://download.pytorch.org/whl/cpu"
    )


def test_a_plug_in_for_a_provider_that_fails_is_worth_knowing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "The plug-in hal (x:HAL) can't be used (no x) and is left out. Update or uninstall it."
    monkeypatch.setattr(packages.providers, "skipped", lambda: (said,))
    found = only(packages.plug_ins())
    assert (found.state, found.remedy) == ("worth knowing", "Update or uninstall it.")
    assert found.says.endswith("is left out.")
