"""Whether a file system locks files, without which processes can't share a database on it."""

from __future__ import annotations

import sys
import tempfile
from errno import EINVAL, ENOLCK, ENOSYS, EOPNOTSUPP
from pathlib import Path

from coursekit.store.errors import HELD, NO_ANSWER

AS_WITHOUT_LOCKS = (HELD, NO_ANSWER)
"""What SQLite takes it for where a file system can't lock: it can't tell that apart."""


def can_lock(folder: Path) -> bool:
    """Whether files in a folder can be locked; True, too, where that can't be found out."""
    if sys.platform == "win32":  # there, every file system can
        return True
    import fcntl

    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (EINVAL, ENOLCK, ENOSYS, EOPNOTSUPP)
    return True
