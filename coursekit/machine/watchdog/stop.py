"""`python -m coursekit.machine.watchdog.stop`: stops this machine as its provider says."""

from __future__ import annotations

import sys

from coursekit.core.errors import CourseError
from coursekit.machine.providers import recognise


def main() -> int:
    """The exit status: 0 where the machine was told to stop."""
    try:
        said, status = recognise().stop_now(), 0
    except CourseError as error:
        said, status = str(error), 1
    sys.stdout.write(f"{said}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
