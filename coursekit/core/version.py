"""Which version this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGE = "coursekit-companion"


def ours() -> str:
    """The installed version; "" where the package lies here without being installed."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""
