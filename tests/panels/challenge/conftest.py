"""A model that was really trained on photos of three breeds."""

from __future__ import annotations

from support_challenge import trained_on_pets  # noqa: F401
