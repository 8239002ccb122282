"""What can go wrong with the database, in sentences."""

from __future__ import annotations

from coursekit.core.errors import CourseError


class StoreError(CourseError):
    """The database can't be used.

    Attributes:
        why: What the reason is, in words that follow a "because".
    """

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class CannotOpen(StoreError):
    """There is no database where one should be, and none can be made."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"What you answer can't be kept: the database {where} can't be opened ({why}).", why
        )


class CannotWrite(StoreError):
    """Something could not be kept."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This could not be kept: {why}.", why)


class CannotCopy(StoreError):
    """An older database can't be copied, without which it is not brought up to date."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"The database {where} is of an older version, and a copy of it, which is made before "
            f"it is changed, can't be written ({why}). It is as it was.",
            why,
        )


class NewerDatabase(StoreError):
    """The database was made by a later version."""

    def __init__(self, where: str, revision: str) -> None:
        super().__init__(
            f"The database {where} was made by a later version of coursekit (its form is "
            f"{revision}). Install that version, or name another file in COURSEKIT_DB.",
            "a later version of coursekit made it",
        )


HELD = "another program has held it for too long"
NO_LOCKS = "this file system can't lock files"
NO_ANSWER = "the disk does not answer"
REFUSED = "the database server refused the name or the password"
WHY = {
    "database is locked": HELD,
    "database table is locked": HELD,
    "could not be acquired": HELD,
    "readonly": "it may only be read",
    "read-only": "it may only be read",
    "unable to open": "its folder is missing or closed to you",
    "full": "the disk is full",
    "malformed": "the file is damaged",
    "not a database": "the file is no database",
    "locking protocol": NO_LOCKS,
    "disk i/o": NO_ANSWER,
    "authentication": REFUSED,
    "no password": REFUSED,
    "fatal:  role": REFUSED,
    "fatal:  database": "the database server has no such database",
    "too many clients": "the database server serves too many already",
    "connection slots": "the database server serves too many already",
    "resolve host": "nobody knows its server by that name",
    "connection": "the database server does not answer",
}


def why(error: BaseException) -> str:
    """What a driver's error means, in plain words."""
    text = str(getattr(error, "orig", None) or error).strip()
    for sign, words in WHY.items():
        if sign in text.lower():
            return words
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
