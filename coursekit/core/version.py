"""Which versions are installed: of coursekit, and of what it needs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGE = "coursekit-companion"


def ours() -> str:
    """The installed version; "" where the package lies here without being installed."""
    return installed(PACKAGE)


def installed(name: str) -> str:
    """The version of an installed package; "" where it is missing."""
    try:
        return version(name) or ""  # None where an installation broke off
    except PackageNotFoundError:
        return ""
