"""Pictures to try that come with installed packages. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

FLICKR = "on Flickr, CC BY 2.0, from scikit-learn"
PACKAGED = (
    ("temple.jpg", "sklearn", "datasets/images/china.jpg", f"Photo by danielbuechele {FLICKR}"),
    ("flower.jpg", "sklearn", "datasets/images/flower.jpg", f"Photo by vultilion {FLICKR}"),
    (
        "hopper.jpg",
        "matplotlib",
        "mpl-data/sample_data/grace_hopper.jpg",
        "Grace Hopper, photo by the US Navy, from Matplotlib",
    ),
)


@dataclass(frozen=True)
class Example:
    """A picture to try.

    Attributes:
        name: Is shown below it.
        path: Of its file.
        credit: Who made it, "" where that is not known.
    """

    name: str
    path: Path
    credit: str = ""


def packaged() -> tuple[Example, ...]:
    """Those of the installed packages; nothing of them is imported."""
    found = []
    for name, package, file, credit in PACKAGED:
        spec = find_spec(package)
        path = Path(spec.origin).parent / file if spec and spec.origin else None
        if path and path.is_file():
            found.append(Example(name, path, credit))
    return tuple(found)


def examples_of(paths: Iterable[Path | str]) -> tuple[Example, ...]:
    """Files as examples, under their own names."""
    return tuple(Example(Path(path).name, Path(path)) for path in paths)
