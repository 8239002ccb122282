"""Labels and splits by name and arguments, as a recipe keeps them, and made again from that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from coursekit.core.errors import CourseError
from coursekit.data.distrusted import tried
from coursekit.data.items import parent_label, path_text, replacing, using_attr
from coursekit.data.split import (
    EndSplitter,
    FolderSplitter,
    GrandparentSplitter,
    RandomSplitter,
    Splitter,
)

OURS: dict[str, Callable[[Any], Any]] = {"coursekit.data.items:parent_label": parent_label}
"""Nothing is imported because a recipe, which may be anybody's, names it."""


class NotOurs(CourseError):
    """A recipe names something that is made here no more, or never was."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"This recipe needs {what}, which coursekit does not have. Train from the code that "
            "made it instead."
        )


def split_recipe(splitter: Splitter) -> dict[str, Any] | None:
    """How a recipe can name a splitter, as JSON values; None if its result must be stored instead.

    Example:
        >>> split_recipe(RandomSplitter(0.2, seed=42))
        {'name': 'RandomSplitter', 'valid_pct': 0.2, 'seed': 42}
        >>> split_recipe(RandomSplitter(0.2)) is None  # drawn anew each time
        True
    """
    if isinstance(splitter, FolderSplitter):
        return {"name": "FolderSplitter", "valid": splitter.valid}
    again = isinstance(splitter, RandomSplitter) and splitter.seed is not None
    if again or isinstance(splitter, EndSplitter | GrandparentSplitter):
        return {"name": type(splitter).__name__, **vars(splitter)}
    return None


def splitter_of(named: Mapping[str, Any], path: Path) -> Splitter:
    """The splitter that `split_recipe` named, for items below `path`.

    Raises:
        NotOurs: There is none of that name.
    """
    arguments = {name: value for name, value in named.items() if name != "name"}
    if named["name"] == "GrandparentSplitter":
        arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}
    known: dict[str, Callable[..., Splitter]] = {
        "FolderSplitter": lambda valid: FolderSplitter(path, valid),
        "RandomSplitter": RandomSplitter,
        "EndSplitter": EndSplitter,
        "GrandparentSplitter": GrandparentSplitter,
    }
    if named["name"] not in known:
        raise NotOurs(f"the split {named['name']}")
    return known[named["name"]](**arguments)


def labeller_of(named: Mapping[str, Any], files: Sequence[Path]) -> Callable[[Any], Any]:
    """The label function that `items.label_recipe` named, for these files.

    Raises:
        NotOurs: It is another one than ours.
        CourseError: It is a pattern that can't be tried on the files, or takes too long.
    """
    inner = dict(named)
    attr, same = inner.pop("attr", None), inner.pop("same", None)
    if inner["name"] == "RegexLabeller":
        texts = [path_text(getattr(file, attr) if attr else file) for file in files]
        made: Callable[[Any], Any] = tried(str(inner["pat"]), bool(inner["match"]), texts)
    else:
        made = _function(inner["name"])
    if attr:
        made = using_attr(made, attr)
    return replacing(made, tuple(same.items())) if same else made


def _function(name: str) -> Callable[[Any], Any]:
    if name not in OURS:
        raise NotOurs(f"the label function {name}")
    return OURS[name]
