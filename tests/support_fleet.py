"""Many processes that answer the same questions of one database at once, as many open pages do.

As a script it starts them, kills them where asked to, and writes what they said as JSON: Python's
start and its imports are then done once, before the first begins.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from coursekit.quiz.keeping import Stored
from coursekit.quiz.questionnaire import read
from coursekit.quiz.sitting import Sitting
from coursekit.store.database import Database

QUESTIONS = Path(__file__).with_name("questions.md")
LONGEST = 120


def fleet(url: str, home: Path, *arguments: object) -> dict[str, Any]:
    """Runs this script on a database and a home folder; what its processes said."""
    command = [sys.executable, __file__, url, *map(str, arguments)]
    environment = os.environ | {"COURSEKIT_HOME": str(home)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=LONGEST, check=True
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said | {"stderr": done.stderr}


def answers(url: str, number: int, say: int, begin: int) -> None:
    """Answers so often, and says of each, once it is kept: see `Crew.said`."""
    keeper = Stored(lambda: database)
    database = Database(url)
    sitting = Sitting(read(QUESTIONS), keeper)
    id = sitting.order[0]
    os.read(begin, 1)  # at its end, which is when all are there
    for _ in range(number):
        began = time.perf_counter()
        sitting.answer(0, id)
        seen, trouble = time.perf_counter() - began, keeper.trouble
        while keeper.trouble and not keeper.again():
            pass
        line = [sitting.tried[-1].id, time.perf_counter() - began, seen, trouble]
        os.write(say, f"{json.dumps(line)}\n".encode())


class Crew:
    """The processes that run.

    Attributes:
        said: Of each answer that is kept: its id, the seconds until it was kept, those until its
            feedback came, and what the panel would have said then of its not being kept yet.
        ends: The exit status of each process that has ended.
    """

    def __init__(self, url: str, number: int) -> None:
        self.url, self.number = url, number
        self.said: list[list[Any]] = []
        self.ends: list[int] = []
        self._heard = 0
        self._ears = selectors.DefaultSelector()
        self._held, self._begin = os.pipe()  # at whose end all begin

    def start(self) -> int:
        """A process that waits until they are to begin; its id."""
        hear, say = os.pipe()
        pid = os.fork()
        if pid == 0:
            self.begin()
            code = 1
            try:
                answers(self.url, self.number, say, self._held)
                code = 0
            finally:
                os._exit(code)
        os.close(say)
        self._ears.register(hear, selectors.EVENT_READ, (pid, bytearray()))
        return pid

    def begin(self) -> None:
        """Has all begin, those that are started later, too."""
        if self._begin >= 0:
            os.close(self._begin)
        self._begin = -1

    def hear(self, seconds: float = LONGEST, answers: float = math.inf) -> None:
        """Listens until so much later, or for so many answers, or until all have ended."""
        end, enough = time.monotonic() + seconds, self._heard + answers
        while self._ears.get_map() and self._heard < enough:
            left = end - time.monotonic()
            if left <= 0:
                return
            for key, _ in self._ears.select(left):
                self._take(key)

    def _take(self, key: selectors.SelectorKey) -> None:
        pid, words = key.data
        if new := os.read(key.fd, 65536):
            words += new
            self._heard += new.count(b"\n")
            return
        self._ears.unregister(key.fd)
        os.close(key.fd)
        self.ends.append(os.waitpid(pid, 0)[1])
        whole = words[: words.rfind(b"\n") + 1]  # the last line may be cut
        self.said += [json.loads(line) for line in whole.splitlines()]


def together(url: str, processes: int, number: int) -> Crew:
    """All answer at once, each so often."""
    crew = Crew(url, number)
    for _ in range(processes):
        crew.start()
    crew.hear(2)  # so long their start may take
    crew.begin()
    crew.hear()
    return crew


def killed(url: str, processes: int, times: int, seed: int) -> Crew:
    """So many at a time answer without end; one after another is killed, at a random moment.

    It comes a while after a random number of answers, so that a slow machine gets as far.
    """
    crew, chance = Crew(url, 10**9), random.Random(seed)
    alive: list[int] = []
    crew.begin()
    for _ in range(times):
        while len(alive) < processes:
            alive.append(crew.start())
        crew.hear(2, answers=chance.randrange(12))
        crew.hear(chance.uniform(0, 0.02))
        os.kill(alive.pop(chance.randrange(len(alive))), signal.SIGKILL)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    crew.hear()
    return crew


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("processes", type=int)
    parser.add_argument("number", type=int, help="of answers each, or of processes that are killed")
    parser.add_argument("--kill", type=int, help="the seed of the moments")
    it = parser.parse_args()
    if it.kill is None:
        crew = together(it.url, it.processes, it.number)
    else:
        crew = killed(it.url, it.processes, it.number, it.kill)
    print(json.dumps({"said": crew.said, "ends": crew.ends}))


if __name__ == "__main__":
    main()
