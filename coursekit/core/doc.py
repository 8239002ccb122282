"""`doc(name)`: what something is, how it is called, where it is written, an example that runs."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import inspect
import io
import re
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from coursekit.core import deeds, glossary
from coursekit.core.errors import CourseError, sentence
from coursekit.core.glossary import Term

_HEADING = re.compile(r"^(Args|Returns|Yields|Raises|Source|Example|Note):[ ]*", re.MULTILINE)


class NothingToTell(CourseError):
    """A name that nothing and no word of the glossary has."""

    def __init__(self, name: str) -> None:
        known = [word for term in glossary.terms() for word in (term.name, *term.also)]
        near = get_close_matches(name, known + list(_loaded_names()), n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "Give the thing itself, as in doc(len)."
        super().__init__(f"doc() knows nothing named {name!r}. {hint}")


class NoExample(CourseError):
    """Something whose documentation has no example, or one that fails."""


@dataclass(frozen=True, repr=False)
class Doc:
    """What `doc()` found: Markdown in a notebook, text elsewhere; `run()` runs the example."""

    name: str
    signature: str = ""
    text: str = ""
    source: str = ""
    term: Term | None = None
    subject: Any = None

    def __repr__(self) -> str:
        source = f"Source: {self.source}" if self.source else ""
        parts = (self.signature, _said(self.term, "{}: {} (lesson section: {})"), self.text, source)
        return "\n\n".join(part for part in parts if part)

    def _repr_markdown_(self) -> str:
        signature = f"```python\n{self.signature}\n```" if self.signature else ""
        source = f"Source: `{self.source}`" if self.source else ""
        parts = (signature, _said(self.term, "**{}**: {} *({})*"), _markdown(self.text), source)
        return "\n\n".join(part for part in parts if part)

    @property
    def example(self) -> str:
        """The example's lines, as one would type them; empty where there is none."""
        return "".join(example.source for example in self._examples())

    def run(self) -> str:
        """Runs the example and gives what it shows, as a notebook would show it.

        Raises:
            NoExample: There is none, or it ended in an error.

        Example:
            >>> from coursekit.core.doc import doc
            >>> "One pass" in doc(doc).run()
            True
        """
        names = {self.name.rpartition(".")[2]: self.subject, "__name__": "example"}
        shown = io.StringIO()
        if not self._examples():
            raise NoExample(f"{self.name} has no example to run. Read its text instead.")
        try:
            with contextlib.redirect_stdout(shown):
                for example in self._examples():
                    code = compile(example.source, f"<example of {self.name}>", "single")
                    exec(code, names)  # noqa: S102 - our own docstring's lines, as doctest runs them
        except Exception as error:
            what = f"The example of {self.name} ended in an error: {sentence(error)}"
            raise NoExample(what) from error
        return shown.getvalue()

    def _examples(self) -> list[doctest.Example]:
        return doctest.DocTestParser().get_examples(self.text)


def doc(name: Any) -> Doc:
    """Tells about a function, a class, anything with a docstring, or a word of the field.

    Args:
        name: The thing itself, its name ("get_image_files", "coursekit.data.split"), or a word
            of the glossary ("learning rate").

    Returns:
        Something that shows itself: put it on a cell's last line, or print it.

    Raises:
        NothingToTell: Nothing has this name.

    Example:
        >>> from coursekit.core.doc import doc
        >>> print(doc("epoch"))
        epoch: One pass over all the items of the training set. (lesson section: Training)
    """
    deeds.note("looked_up")
    if not isinstance(name, str):
        return _about(name)
    term = glossary.term(name)
    subject = _imported_name(name) if "." in name else _public_names().get(name)
    if subject is None and term is None:
        subject = _loaded_names().get(name)
    if subject is not None:
        return _about(subject)
    if term is not None:
        return Doc(name=term.name, term=term)
    raise NothingToTell(name)


def _about(subject: Any) -> Doc:
    name = getattr(subject, "__qualname__", None) or getattr(subject, "__name__", None)
    if name is None:  # an object of some class: its class has the words
        return _about(type(subject))
    term = glossary.term(name.rpartition(".")[2])
    text = inspect.getdoc(subject) or "It has no documentation of its own."
    return Doc(name, _signature(subject, name), text, _source(subject), term, subject)


def _imported_name(name: str) -> Any:
    """What a name with dots stands for, ours or anybody's; None if nothing has it."""
    return _imported(f"coursekit.{name}") or _imported(name)


def _public_names() -> dict[str, Any]:
    """What lessons import, of what this process has loaded, and the methods of those classes."""
    import coursekit

    named = set(dir(coursekit))
    for module_name, module in sys.modules.items():
        if module_name.startswith("coursekit.") and module_name.endswith(".all"):
            named.update(module.__all__)
    found = {name: value for name, value in _loaded_names().items() if name in named}
    methods: dict[str, Any] = {}
    for value in found.values():
        if inspect.isclass(value):
            members = inspect.getmembers(value, inspect.isfunction)
            methods |= {name: member for name, member in members if not name.startswith("_")}
    return methods | found


def _loaded_names() -> dict[str, Any]:
    """Public functions and classes of ours that this process has imported."""
    found: dict[str, Any] = {}
    for module_name, module in sorted(sys.modules.items()):
        if module_name.partition(".")[0] == "coursekit":
            for name, value in vars(module).items():
                ours = str(getattr(value, "__module__", "")).startswith("coursekit.")
                if ours and not name.startswith("_") and hasattr(value, "__qualname__"):
                    found[name] = value
    return found


def _imported(dotted: str) -> Any:
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
            for part in parts[cut:]:
                found = getattr(found, part)
        except (ImportError, AttributeError):
            continue
        return found
    return None


def _signature(subject: Any, name: str) -> str:
    try:
        signature = str(inspect.signature(subject))
    except (TypeError, ValueError):  # a module, or something written in C
        return name
    plain = re.sub(r"((?:: |-> ))'([^']*)'", r"\1\2", signature)  # annotations kept as text
    return f"{name}{plain}"


def _source(subject: Any) -> str:
    """`file:line` of where it is written, which editors and terminals follow; empty for C code."""
    try:
        file = inspect.getsourcefile(subject)
        line = inspect.getsourcelines(subject)[1]
    except (TypeError, OSError):
        return ""
    return f"{file}:{max(line, 1)}"


def _said(term: Term | None, form: str) -> str:
    return form.format(term.name, term.says, term.section) if term else ""


def _markdown(text: str) -> str:
    """A Google docstring with headings, lists and code as Markdown has them."""
    first, *sections = _HEADING.split(text)
    parts = [first.strip()]
    for heading, body in zip(sections[::2], sections[1::2], strict=True):
        plain = inspect.cleandoc(body)
        if heading == "Example":
            parts.append(f"**Example**\n\n```python\n{plain}\n```")
        elif heading in ("Args", "Raises"):
            parts.append(f"**{heading}**\n\n{_as_list(plain)}")
        else:
            parts.append(f"**{heading}**: {plain}")
    return "\n\n".join(part for part in parts if part)


def _as_list(body: str) -> str:
    """`name: text` entries as a list; their further lines are indented and stay with them."""
    return re.sub(r"^([\w*., ]+):", r"- `\1`:", body, flags=re.MULTILINE)
