"""The items of a data set, found in folders, and the labels that their names carry."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.core.errors import CourseError
from coursekit.core.processors import processors

image_extensions = frozenset(
    {".avif", ".bmp", ".gif", ".heic", ".heif", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg"}
    | {".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".psd", ".tif", ".tiff", ".webp"}
)
"""Endings of files that are pictures; the same on every machine, unlike the `mimetypes` module's.
HEIC is among them, though decoding refuses it: a photo left out in silence would be missed."""


class FolderMissing(CourseError):
    """There is no such folder, or it cannot be opened."""

    def __init__(self, path: Path | str, why: str = "is not there") -> None:
        super().__init__(f"The folder {path} {why}. Check its name, or choose another folder.")


class NoImagesFound(CourseError):
    """A folder without a single picture."""

    def __init__(self, path: Path, recurse: bool) -> None:
        where = "it and its subfolders were" if recurse else "only the folder itself was"
        super().__init__(
            f"No pictures were found in {path}; {where} searched for names such as photo.jpg or "
            "photo.png. Choose the folder that holds them."
        )


class NoLabelInName(CourseError):
    """A pattern that does not fit a name."""

    def __init__(self, pattern: str, name: str) -> None:
        super().__init__(
            f"The pattern {pattern!r} does not fit {name}, so it has no label. Change the pattern, "
            "or leave such files out."
        )


class NoGroupInPattern(CourseError):
    """A pattern that does not say which part of a name is the label."""

    def __init__(self, pattern: str, why: str) -> None:
        super().__init__(
            f"The pattern {pattern!r} gives no label: {why}. Put ( ) around the part of the name "
            r"that is the label, as in '(.+)_\d+.jpg$'."
        )


def get_files(
    path: Path | str,
    extensions: Collection[str] | None = None,
    recurse: bool = True,
    folders: Collection[str] | None = None,
) -> list[Path]:
    """The files in a folder, sorted by name, a folder's files before its subfolders'.

    Hidden files and folders are left out. A linked folder is searched too, and no folder twice,
    even where links lead in a circle.

    Args:
        path: The folder.
        extensions: Only files ending so, such as ".png"; capitals count as small letters.
        recurse: Whether to search subfolders.
        folders: At the top, only subfolders of these names; "." is the top's own files.

    Raises:
        FolderMissing: There is no such folder, or one in it cannot be opened.
    """
    root = Path(path)
    endings = None if extensions is None else {ending.lower() for ending in extensions}
    found: list[Path] = []
    for folder, names in _walk(root, recurse, None if folders is None else set(folders)):
        found += [
            folder / name
            for name in names
            if endings is None or name[name.rfind(".") :].lower() in endings
        ]
    return found


def get_image_files(
    path: Path | str, recurse: bool = True, folders: Collection[str] | None = None
) -> list[Path]:
    """The pictures in a folder, by their names' endings; 100,000 take about half a second.

    Args:
        path: The folder.
        recurse: Whether to search subfolders.
        folders: As for `get_files`.

    Raises:
        FolderMissing: There is no such folder.
        NoImagesFound: There is not one picture in it.

    Example:
        >>> from coursekit.data.download import untar_data
        >>> len(get_image_files(untar_data("digits", progress=False)))
        5000
    """
    found = get_files(path, image_extensions, recurse, folders)
    if not found:
        raise NoImagesFound(Path(path), recurse)
    return found


def _walk(root: Path, recurse: bool, folders: set[str] | None) -> Iterator[tuple[Path, list[str]]]:
    """Each folder with its files' names; linked folders last, if nothing else leads to them."""
    waiting = [root]
    linked: list[Path] = []
    seen: set[str] = set()
    while waiting or linked:
        folder = waiting.pop() if waiting else linked.pop(0)
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        files, inside, links = _listed(folder)
        if folders is not None and folder == root:
            files = files if "." in folders else []
            inside, links = [n for n in inside if n in folders], [n for n in links if n in folders]
        yield folder, sorted(files)
        if recurse:
            waiting += [folder / name for name in sorted(inside, reverse=True)]
            linked += [folder / name for name in sorted(links)]


def _listed(folder: Path) -> tuple[list[str], list[str], list[str]]:
    """The names of a folder's files, folders and links to folders; none that is hidden."""
    files: list[str] = []
    folders: list[str] = []
    links: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name[0] == ".":
                    continue
                if entry.is_file():
                    files.append(entry.name)
                elif entry.is_dir():
                    (links if entry.is_symlink() else folders).append(entry.name)
    except FileNotFoundError:
        raise FolderMissing(folder) from None
    except NotADirectoryError:
        raise FolderMissing(folder, "is a file") from None
    except PermissionError:
        raise FolderMissing(folder, "may not be opened by you") from None
    return files, folders, links


def verify_images(files: Iterable[Path | str]) -> list[Path]:
    """Those of the files that give no picture, in their order: damaged, empty, not a picture.

    Each is decoded to its end, in threads, as training would do it.

    Example:
        >>> from coursekit.data.download import untar_data
        >>> verify_images(get_files(untar_data("digits", progress=False), folders=["valid"])[:10])
        []
    """
    paths = [Path(file) for file in files]
    with ThreadPoolExecutor(processors()) as threads:
        return [path for path, bad in zip(paths, threads.map(_is_bad, paths), strict=True) if bad]


def _is_bad(path: Path) -> bool:
    from coursekit.predict.decode import decode  # brings Pillow, which a list of names needs not

    try:
        decode(path.read_bytes(), path.name, at_least=1)
    except (CourseError, OSError):
        return True
    return False


def parent_label(item: Path | str) -> str:
    """The name of the folder that a file lies in.

    Example:
        >>> parent_label("digits/train/7/0042.png")
        '7'
    """
    return Path(item).parent.name


def path_text(item: Path | str) -> str:
    """A path as patterns see it: with `/` on every system."""
    return str(item).replace(os.sep, "/")


@dataclass(frozen=True)
class RegexLabeller:
    r"""Labels an item with the first group of a pattern, searched in its path (with `/`).

    Args:
        pat: A regular expression with a group.
        match: Whether the pattern must fit from the path's beginning.

    Raises:
        NoGroupInPattern: At once, if the pattern has no group or is none.
        NoLabelInName: When called with a name that the pattern does not fit.

    Example:
        >>> RegexLabeller(r"(.+)_\d+.jpg$")("great_pyrenees_173.jpg")
        'great_pyrenees'
    """

    pat: str
    match: bool = False

    def __post_init__(self) -> None:
        try:
            groups = re.compile(self.pat).groups
        except re.error as error:
            raise NoGroupInPattern(self.pat, f"it is not well formed ({error})") from None
        if not groups:
            raise NoGroupInPattern(self.pat, "it has no group")

    def __call__(self, item: Path | str) -> str:
        text = path_text(item)
        label = self.found(text)
        if label is None:
            raise NoLabelInName(self.pat, text)
        return label

    def found(self, text: str) -> str | None:
        """What the pattern's first group is in a text; None where it does not fit."""
        found = (re.match if self.match else re.search)(self.pat, text)  # re keeps it compiled
        return found[1] if found else None


@dataclass(frozen=True)
class using_attr:
    """A labeller that is given an attribute of the item, as in `using_attr(is_cat, "name")`."""

    f: Callable[[Any], Any]
    attr: str

    def __call__(self, item: Any) -> Any:
        return self.f(getattr(item, self.attr))


@dataclass(frozen=True)
class replacing:
    """A labeller some of whose labels become others, as in `replacing(f, (("Cat", "cat"),))`."""

    f: Callable[[Any], Any]
    same: tuple[tuple[str, str], ...]

    def __call__(self, item: Any) -> Any:
        label = self.f(item)
        return next((new for old, new in self.same if old == label), label)


def label_recipe(labeller: Callable[[Any], Any]) -> dict[str, Any] | None:
    """How a recipe can name a labeller, as JSON values; None if its results must be stored instead.

    A function that can be imported is named; a lambda, a function within a function or one of a
    notebook is not, since nobody else could call it.

    Example:
        >>> label_recipe(parent_label)
        {'name': 'coursekit.data.items:parent_label'}
        >>> label_recipe(lambda name: name[0].isupper()) is None
        True
    """
    if isinstance(labeller, RegexLabeller):
        return {"name": "RegexLabeller", "pat": labeller.pat, "match": labeller.match}
    if isinstance(labeller, using_attr):
        inner = label_recipe(labeller.f)
        return inner and {**inner, "attr": labeller.attr}
    if isinstance(labeller, replacing):
        inner = label_recipe(labeller.f)
        return inner and {**inner, "same": dict(labeller.same)}
    module = getattr(labeller, "__module__", None)
    name = getattr(labeller, "__qualname__", "<lambda>")
    if not module or module == "__main__" or "<" in name:
        return None
    return {"name": f"{module}:{name}"}


def labels(items: Sequence[Any], labeller: Callable[[Any], Any]) -> list[Any]:
    """Each item's label, in order.

    Raises:
        CourseError: The labeller failed; names the first item that it failed on.
    """
    made = []
    for item in items:
        try:
            made.append(labeller(item))
        except CourseError:
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise CourseError(
                f"The label of {item} could not be made ({what}). Check the label function."
            ) from error
    return made
