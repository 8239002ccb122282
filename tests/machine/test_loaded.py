"""PyTorch is looked at where it is, and never loaded."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from coursekit.machine.loaded import torch as loaded_torch

# the tests beside this one replace the function in its module; this is the function itself


def test_a_module_that_a_thread_is_just_loading_is_not_there_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half = ModuleType("torch")
    half.__spec__ = importlib.util.spec_from_loader("torch", None)
    half.__spec__._initializing = True  # type: ignore[union-attr]
    monkeypatch.setitem(sys.modules, "torch", half)
    assert loaded_torch() is None
    half.__spec__._initializing = False  # type: ignore[union-attr]
    assert loaded_torch() is half


def test_a_module_that_is_kept_out_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert loaded_torch() is None
