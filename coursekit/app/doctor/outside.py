"""Runs a script in a Python of its own, so that a crash or a hang of it becomes a fact."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).with_name("scripts")


@dataclass(frozen=True)
class Answer:
    """What came of it.

    Attributes:
        value: What the script answered, "error" and the like included; empty where it did not come
            so far.
        late: Whether its time was up.
        status: How it ended; a negative number is the signal that ended it.
        words: The last line that it wrote to stderr.
        place: The file that Python was at when it crashed, "" where that is not known.
    """

    value: dict[str, Any] = field(default_factory=dict)
    late: bool = False
    status: int = 0
    words: str = ""
    place: str = ""

    @property
    def crash(self) -> str:
        """The name of the signal that ended it, or ""."""
        with suppress(ValueError):
            return signal.Signals(-self.status).name if self.status < 0 else ""
        return f"signal {-self.status}"


def ask(
    script: str,
    seconds: float,
    python: str = sys.executable,
    env: Mapping[str, str] | None = None,
) -> Answer:
    """Runs one of `scripts`, which prints its answer as JSON.

    Args:
        script: Its name.
        seconds: How long it may take.
        python: Another Python than this one sees its own packages.
        env: The variables that it gets; None for those of this process.

    Raises:
        OSError: `python` can't be started.
    """
    file = str(SCRIPTS / f"{script}.py")
    # of ours the path as it is here, without today's folder, whose files could pass for packages
    path = f"sys.path[:] = {sys.path!r}; " if python == sys.executable else ""
    code = f"import runpy, sys; {path}runpy.run_path({file!r}, run_name='__main__')"
    try:
        done = subprocess.run(  # noqa: S603 - a Python that was found, a script of ours
            [python, "-X", "faulthandler", "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            cwd=tempfile.gettempdir(),
            env=env,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return Answer(late=True, words=last_line(_text(error.stderr)))
    err = _text(done.stderr)
    return Answer(_answer(_text(done.stdout)), False, done.returncode, last_line(err), _place(err))


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace")


def _answer(out: str) -> dict[str, Any]:
    """The last line that is an answer; packages may print whatever they like before it."""
    for line in reversed(out.splitlines()):
        with suppress(ValueError):
            if isinstance(value := json.loads(line), dict):
                return value
    return {}


def last_line(err: str) -> str:
    """The last line that says something; "" where none does."""
    return next((line.strip() for line in reversed(err.splitlines()) if line.strip()), "")


def _place(err: str) -> str:
    """The file at the top of the stack that Python writes when it crashes."""
    _, fatal, stack = err.partition("Fatal Python error")
    named = [line.split('"')[1] for line in stack.splitlines() if line.startswith('  File "')]
    files = [it for it in named if not it.startswith("<")]
    return files[0] if fatal and files else ""
