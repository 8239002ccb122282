"""A real training of a few seconds, on digits that a package brings."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from typing import Any

from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing
from coursekit.app.doctor.outside import Answer, ask
from coursekit.core.wording import duration, file_size

SECONDS = 100
SEE_PYTORCH = "See what is said of pytorch: coursekit doctor --only pytorch."
SLOW = 10
"""Photos a second, below which a lesson takes minutes for what should take seconds."""


def findings() -> Iterator[Finding]:
    """What is said of a training; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="coursekit-doctor-") as home:
        answer = ask("train_digits", SECONDS, env={**os.environ, "COURSEKIT_HOME": home})
    if "losses" in answer.value:
        yield of_training(answer.value)
    else:
        yield failed(answer)


def of_training(facts: dict[str, Any]) -> Finding:
    """What is said of a training that came to its end."""
    first, last = facts["losses"][0], facts["losses"][-1]
    rate = facts["photos"] / facts["seconds"]
    says = (
        f"A network learned {facts['photos']} digits in {duration(facts['seconds'])} on "
        f"{facts['device']}, {rate:.0f} a second; its loss went from {first:.2f} to {last:.2f}"
    )
    if not (math.isfinite(last) and last < first):
        return broken(f"{says}, which is no learning.", SEE_PYTORCH)
    says += f", and it took {file_size(facts['memory'])} of memory." if facts["memory"] else "."
    if rate < SLOW:
        return worth_knowing(
            says, "This machine is slow or busy: end other programs, and begin with few photos."
        )
    return fine(says)


def failed(answer: Answer) -> Finding:
    """What is said of a training that came to none."""
    if answer.late:
        return broken(
            f"A training of a few seconds did not end within {SECONDS} s.",
            "The machine is very slow or busy: end other programs and try again.",
        )
    if said := answer.value.get("error"):
        return broken(f"A training failed: {said}, in {answer.value['place']}.", SEE_PYTORCH)
    if answer.crash == "SIGKILL":
        return broken(
            "The system ended a training: the memory ran out.",
            "End kernels and programs that you don't use, or take a machine with more memory.",
        )
    how = f"crashed ({answer.crash})" if answer.crash else f"ended early: {answer.words}"
    where = f" in {answer.place}" if answer.place else ""
    return broken(f"A training {how}{where}.", SEE_PYTORCH)
