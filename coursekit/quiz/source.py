"""A questionnaire's file as its parts, each with the line where it stands.

---
id: lesson-1
format: 1
title: The whole game
---
# A section of the lesson

## a-stable-id
```yaml
kind: one
```
The question, in Markdown.

- [ ] a wrong choice
  > what to say to whoever takes it
- [x] the right one

### Hint
### Explanation
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
HEADING = re.compile(r"(#{1,3})[ \t]+.*")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
IDS = "It has small letters, digits and hyphens only, as in which-split-leaks."
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def is_id(value: object) -> bool:
    """Whether it can name a questionnaire or a question."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


@dataclass(frozen=True, order=True)
class Mistake:
    """Something wrong in a file; `line` and `column` count from 1."""

    line: int
    column: int
    says: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.says}"


@dataclass
class Part:
    """Lines of a file, the first of which is its line `first`."""

    name: str
    first: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its Markdown, without empty lines around it."""
        return "\n".join(self.lines).strip()


@dataclass
class Source:
    """A question as the file has it.

    Attributes:
        id: Its heading.
        line: Where that stands.
        section: The heading of the section above it.
        body: What comes before its first part.
        parts: Hints, the explanation and so on, in order.
    """

    id: str
    line: int
    section: str
    body: Part
    parts: list[Part] = field(default_factory=list)


def split(text: str) -> tuple[Part, list[Source]]:
    """The front matter and the questions of a file."""
    lines = text.removeprefix("\ufeff").splitlines()
    front = Part("front matter", 2)
    if lines and lines[0].rstrip() == "---":
        end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
        front.lines = lines[1:end]
    begin = len(front.lines) + 2 if front.lines else 0
    return front, list(_questions(lines, begin))


def _questions(lines: list[str], begin: int) -> Iterator[Source]:
    section, question, part = "", None, None
    for number, line, level in _with_levels(lines, begin):
        words = re.sub(r"\s+#+\s*$", "", line).lstrip("#").strip()
        if level in (1, 2):
            if question:
                yield question
            section = words if level == 1 else section
            part = None if level == 1 else Part("", number + 1)
            question = Source(words, number, section, part) if part else None
        elif level == 3 and question:
            part = Part(words, number + 1)
            question.parts.append(part)
        elif part:
            part.lines.append(line)
    if question:
        yield question


def _with_levels(lines: list[str], begin: int) -> Iterator[tuple[int, str, int]]:
    """Each line's number from 1, the line, and how high a heading it is, 1 to 3; 0: none."""
    fence = ""
    for number, line in enumerate(lines[begin:], begin + 1):
        heading = None if fence else HEADING.fullmatch(line)
        fence = _fence_after(line, fence)
        yield number, line, len(heading[1]) if heading else 0


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after a line; "" where none is. Headings in code are none."""
    found = FENCE.fullmatch(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    closes = found[1][0] == fence[0] and len(found[1]) >= len(fence) and not found[2].strip()
    return "" if closes else fence


def fields(part: Part) -> tuple[dict[str, Any], list[Mistake]]:
    """A part's YAML as a mapping, and what is wrong in it."""
    text = "\n".join(part.lines)
    try:
        found = yaml.load(text, Loader)  # noqa: S506 - both are safe loaders
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        problem = error.problem or "it cannot be read"
        return {}, [Mistake(part.first + line, column + 1, f"This is no YAML: {problem}.")]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return {}, [Mistake(part.first, 1, f"This is no YAML: {str(error).splitlines()[0]}.")]
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        return {}, [Mistake(part.first, 1, "Names and values are wanted here, as in kind: one.")]
    return found, []


def place_of(part: Part, key: str) -> tuple[int, int]:
    """The line and column of a key in a part's YAML; the part's beginning where it is not there."""
    for number, line in enumerate(part.lines):
        if re.match(rf"['\"]?{re.escape(key)}['\"]?\s*:", line):
            return part.first + number, 1
    return part.first, 1


def header(body: Part) -> tuple[Part, Part]:
    """A question's YAML block and what comes after it; the block is empty where there is none."""
    at = next((n for n, line in enumerate(body.lines) if line.strip()), 0)
    if not body.lines or body.lines[at].strip() not in ("```yaml", "```yml"):
        return Part("yaml", body.first), body
    end = next((n for n in range(at + 1, len(body.lines)) if body.lines[n].strip() == "```"), None)
    end = len(body.lines) if end is None else end
    block = Part("yaml", body.first + at + 1, body.lines[at + 1 : end])
    return block, Part("", body.first + end + 1, body.lines[end + 1 :])


@dataclass(frozen=True)
class Entry:
    """An entry of a list: `mark` is what its bullet has, `quote` the quoted lines below it."""

    line: int
    mark: str
    text: str
    quote: str


def entries(part: Part, bullet: re.Pattern[str]) -> tuple[Part, list[Entry]]:
    """What comes before a list, and its entries; `bullet` matches how one begins.

    Its groups are the mark and the text's first line. Lines that are indented, or empty, belong to
    the entry above.
    """
    begins = [n for n, line in enumerate(part.lines) if bullet.match(line)]
    if not begins:
        return part, []
    before = Part(part.name, part.first, part.lines[: begins[0]])
    found = []
    for begin, end in zip(begins, [*begins[1:], len(part.lines)], strict=True):
        match = bullet.match(part.lines[begin])
        more = [line.strip() for line in part.lines[begin + 1 : end]]
        text = [match[2] if match else "", *(line for line in more if not line.startswith(">"))]
        quote = [line[1:].strip() for line in more if line.startswith(">")]
        mark = match[1] if match else ""
        texts = "\n".join(text).strip(), "\n".join(quote).strip()
        found.append(Entry(part.first + begin, mark, *texts))
    return before, found


def table(part: Part) -> tuple[Part, list[tuple[int, list[str]]]]:
    """What comes before a table, and its rows of cells with their lines, without its head."""
    at = next((n for n, line in enumerate(part.lines) if line.lstrip().startswith("|")), None)
    if at is None:
        return part, []
    before = Part(part.name, part.first, part.lines[:at])
    rows = [
        (part.first + n, cells(part.lines[n]))
        for n in range(at, len(part.lines))
        if part.lines[n].strip()
    ]
    return before, rows[2:]


def cells(line: str) -> list[str]:
    r"""The cells of a table's row; `\|` is a bar within one."""
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]
