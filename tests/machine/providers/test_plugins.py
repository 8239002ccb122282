"""Providers that other packages bring."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coursekit.machine.providers import PROVIDERS, Signs, plugins, recognise, skipped

GOOD = """
from coursekit.machine.providers import Provider
HAL = Provider(
    name="HAL", recognise=lambda signs: signs.env("HAL") == "9000", stop="Daisy.", delete="No.",
)
"""
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts packages where Python finds them, as pip would."""

    def put(name: str, code: str, entries: str, kind: str = "dist-info") -> None:
        (tmp_path / f"{name}.py").write_text(code)
        info = tmp_path / f"{name}-1.0.{kind}"
        info.mkdir()
        (info / ("METADATA" if kind == "dist-info" else "PKG-INFO")).write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[coursekit.providers]\n{entries}\n")

    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.found.cache_clear()
    before = set(sys.modules)
    yield put
    plugins.found.cache_clear()
    for name in set(sys.modules) - before:
        del sys.modules[name]


def on(**environ: str) -> Signs:
    return Signs(environ, Path("/nowhere"))


@pytest.mark.parametrize("kind", ["dist-info", "egg-info"])
def test_an_entry_point_brings_a_provider(install: Install, kind: str) -> None:
    install("hal_plugin", GOOD, "hal = hal_plugin:HAL", kind)
    assert recognise(on(HAL="9000")).name == "HAL"
    assert recognise(on()).name == "Your own PC"
    assert skipped() == ()


def test_a_plug_in_comes_before_what_coursekit_knows(install: Install) -> None:
    install("hal_plugin", GOOD, "hal = hal_plugin:HAL")
    assert recognise(on(HAL="9000", SLURM_JOB_ID="7")).name == "HAL"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import nothing_of_that_name", "ModuleNotFoundError: No module named"),
        ("HAL = {}", "TypeError: it is a dict, and no Provider"),
        ("HAL = None", "TypeError: it is a NoneType, and no Provider"),
        ("raise RuntimeError('I am sorry, Dave.')", "RuntimeError: I am sorry, Dave)"),
        ("", "AttributeError: "),
        ("this is no Python", "SyntaxError: "),
    ],
)
def test_one_that_can_t_be_loaded_is_named_and_left_out(
    install: Install, code: str, why: str
) -> None:
    install("bad_plugin", code, "bad = bad_plugin:HAL")
    install("hal_plugin", GOOD, "hal = hal_plugin:HAL")
    assert recognise(on(HAL="9000")).name == "HAL"
    (text,) = skipped()
    assert text.startswith("The plug-in bad (bad_plugin:HAL) can't be used (")
    assert why in text
    assert "\n" not in text


def test_one_that_fails_at_recognising_is_named_once_and_left_out(install: Install) -> None:
    install("bad_plugin", GOOD.replace('signs.env("HAL") == "9000"', "1 / 0"), "b = bad_plugin:HAL")
    for _ in range(2):
        assert recognise(on()).name == "Your own PC"
    (text,) = skipped()
    assert "HAL can't be used (ZeroDivisionError: division by zero) and is left out" in text


def test_packages_are_looked_through_once(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(plugins, "mentioned", lambda it: asked.append(it) or False)
    recognise(on())
    recognise(on())
    assert sorted(asked) == sorted(sys.path)


def test_folders_that_can_t_be_read_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x-1.dist-info" / "entry_points.txt").mkdir(parents=True)
    (tmp_path / "file").write_text("")
    found = plugins.find([str(tmp_path), str(tmp_path / "file"), "/nowhere", "x.zip"])
    assert (found.providers, found.failed) == ((), [])


def test_what_is_installed_here_has_none() -> None:
    assert plugins.find(sys.path).providers == ()
    assert all(it.recognise for it in PROVIDERS)
