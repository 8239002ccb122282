"""What can go wrong, each in a sentence that says what happened and what to do."""

from __future__ import annotations

import errno


class CourseError(Exception):
    """Anything that a person can meet; its text is one or two sentences, ready to be shown."""


def unwritten(error: OSError) -> str:
    """Why something can't be written, for after a "because": `no space left on device`."""
    return (error.strerror or "it can't be written").lower()


def sentence(error: BaseException) -> str:
    """One line for a person: a `CourseError` as it is, anything else with its type before it."""
    text = " ".join(str(error).split())
    if isinstance(error, CourseError):
        return text
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full. Free some space, then try again."
    if isinstance(error, MemoryError):
        return "The memory ran out. Use fewer or smaller items, or a smaller batch size."
    name = type(error).__name__
    return f"{name}: {text}" if text else f"{name} was raised, without a message."
