"""What one Python's Jupyter sees: its versions, extensions and kernels.

Runs in Pythons that know nothing of coursekit, and may be older than ours.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("jupyterlab", "notebook")


def installed(name: str) -> str:
    """The version of a package; "" where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def extensions() -> dict[str, Any] | None:
    """Each extension of JupyterLab: its version and folder; None where there is no JupyterLab."""
    try:
        from jupyter_core.paths import jupyter_path
        from jupyterlab_server.config import get_federated_extensions
    except ImportError:
        return None
    known = get_federated_extensions(jupyter_path("labextensions"))
    return {name: [it["version"], it["ext_path"]] for name, it in known.items()}


def disabled() -> list[str]:
    """The extensions, or parts of one, that are switched off."""
    try:
        from jupyter_core.paths import jupyter_path
        from jupyterlab_server.config import get_page_config
    except ImportError:
        return []
    lab = os.environ.get("JUPYTERLAB_DIR") or f"{sys.prefix}/share/jupyter/lab"
    config = get_page_config(jupyter_path("labextensions"), str(Path(lab, "settings")))
    return list(config["disabledExtensions"])


def configs() -> list[str]:
    """The files that may switch extensions off."""
    from jupyter_core.paths import jupyter_config_path

    files = [Path(it, "labconfig", "page_config.json") for it in jupyter_config_path()]
    return [str(file) for file in files if file.is_file()]


def kernels() -> dict[str, Any]:
    """Each kernel: the command that starts it and its folder; no command where it is damaged."""
    from jupyter_client.kernelspec import KernelSpecManager

    manager = KernelSpecManager()
    whole = manager.get_all_specs()
    return {
        name: {"argv": whole[name]["spec"]["argv"] if name in whole else [], "folder": folder}
        for name, folder in manager.find_kernel_specs().items()
    }


def facts() -> dict[str, Any]:
    """All of it."""
    return {
        "prefix": sys.prefix,
        "python": sys.executable,
        "versions": {name: installed(name) for name in PACKAGES},
        "extensions": extensions(),
        "disabled": disabled(),
        "configs": configs(),
        "kernels": kernels(),
    }


if __name__ == "__main__":
    try:
        found = facts()
    except Exception as error:  # noqa: BLE001 - whatever a damaged Jupyter raises is the answer
        found = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(found) + "\n")
