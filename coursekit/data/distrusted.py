"""A pattern of somebody's recipe, which may be anybody's, tried where it can do no harm.

Python's own `re` knows no limit of time, and `(a|a)*b` needs longer than a life for one long name.
So a recipe's pattern is tried on all names at once in a process of its own, which is ended when it
takes too long. A person's own pattern is theirs: `items.RegexLabeller` tries it right here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coursekit.core.errors import CourseError
from coursekit.data.items import NoGroupInPattern, RegexLabeller

SECONDS = 10.0
"""For all names together; a million of them take about one."""

SHOWN = 60
"""Characters of a pattern that a sentence has room for."""

CODE = """
import json, re, sys
pat, match, texts = json.load(sys.stdin)
try:
    pattern = re.compile(pat)
    wrong = "" if pattern.groups else "it has no group"
except re.error as error:
    wrong = f"it is not well formed ({error})"
if wrong:
    labels = []
else:
    find = pattern.match if match else pattern.search
    labels = [(found := find(text)) and found[1] for text in texts]
json.dump([wrong, labels], sys.stdout)
"""


class PatternFailed(CourseError):
    """A recipe's pattern that takes too long on the names, or can't be tried at all."""

    def __init__(self, pattern: str, why: str) -> None:
        start = pattern if len(pattern) <= SHOWN else f"{pattern[:SHOWN]}..."
        super().__init__(
            f"The pattern {start!r}, by which this recipe takes labels from names, {why}, so it "
            "was given up. If you trust whoever wrote it, train from the code that made it."
        )


@dataclass(frozen=True)
class TriedPattern(RegexLabeller):
    """A pattern with what it found: labels for the texts that it was tried on, and no others."""

    labels: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Does not compile the pattern: that, too, can take long."""

    def found(self, text: str) -> str | None:
        return self.labels.get(text)


def tried(pat: str, match: bool, texts: Sequence[str]) -> TriedPattern:
    """Tries a pattern on texts, as `RegexLabeller` does.

    Args:
        pat: A regular expression with a group.
        match: Whether it must fit from a text's beginning.
        texts: As `items.path_text` gives them.

    Raises:
        NoGroupInPattern: The pattern has no group or is none.
        PatternFailed: It took longer than `SECONDS`, or the process came to an end.
    """
    command = [sys.executable, "-I", "-S", "-c", CODE]  # nothing of the recipe is in it
    asked = json.dumps([pat, match, list(texts)]).encode()
    try:
        done = subprocess.run(  # noqa: S603 - this very Python
            command, input=asked, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise PatternFailed(pat, f"took longer than {SECONDS:g} seconds on them") from None
    if done.returncode:
        raise PatternFailed(pat, "can't be tried")
    wrong, labels = json.loads(done.stdout)
    if wrong:
        raise NoGroupInPattern(pat, wrong)
    return TriedPattern(pat, match, dict(zip(texts, labels, strict=True)))
