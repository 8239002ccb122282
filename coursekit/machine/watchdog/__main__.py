"""`python -m coursekit.machine.watchdog`: the watchdog's own process, see `starting.started`."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path

from filelock import Timeout

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.machine.watchdog import log
from coursekit.machine.watchdog.dog import Dog
from coursekit.machine.watchdog.observer import Observer
from coursekit.machine.watchdog.orders import Arming
from coursekit.machine.watchdog.standing import lock


class Ended(BaseException):
    """The process was told to end."""


def main() -> int:
    """The exit status: 0 where it acted, or would have, and all went well."""
    arming = Arming.from_json(sys.stdin.read())
    if hasattr(os, "fork") and os.fork():
        os._exit(0)  # so that it is nobody's child: whoever armed it may end, however that comes
    signal.signal(signal.SIGTERM, _end)
    try:
        paths.folder("state")
        with lock().acquire(timeout=2):
            return _watch(arming)
    except Timeout:  # somebody armed another one in this moment
        return 1
    except PermissionError as error:
        sys.stderr.write(f"{error.filename} belongs to another account, which can remove it.\n")
        return 1
    except CourseError as error:
        log.say(f"It does not begin: {error}")
        sys.stderr.write(f"{error}\n")
        return 1
    except Ended:
        log.say("It was told to end.")
        return 1
    except BaseException:
        log.say(f"It broke down, so nothing is guarded.\n{traceback.format_exc()}")
        raise


def _watch(arming: Arming) -> int:
    dog = Dog(arming, Observer(Path(arming.runtime)).look)
    dog.begin()
    _let_go()
    return int(not dog.run())


def _let_go() -> None:
    """Lets whoever armed it go on: nothing more comes from here."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)


def _end(*_: object) -> None:
    raise Ended


if __name__ == "__main__":
    sys.exit(main())
