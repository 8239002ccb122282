"""Photos to train on."""

from __future__ import annotations

from support_experiments import few_digits  # noqa: F401
