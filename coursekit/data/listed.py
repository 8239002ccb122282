"""What a choice of photos comes to: each file with its label and its part of the split."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coursekit.core import fingerprint
from coursekit.data.aside import Aside, set_aside
from coursekit.data.items import labels
from coursekit.data.labelled import SEED, LabelledFolder


@dataclass(frozen=True, eq=False)
class Listed:
    """The photos of a choice, split as `coursekit.vision.folder.loaders` splits them.

    Attributes:
        photos: The choice.
        files: All of them, in order.
        labels: For each its label.
        judges: The numbers of those for validation; all others are for training.
    """

    photos: LabelledFolder
    files: list[Path]
    labels: list[str]
    judges: frozenset[int]

    @cached_property
    def classes(self) -> dict[str, int]:
        """How many photos each label has, by label."""
        return dict(sorted(Counter(self.labels).items()))

    @cached_property
    def judging(self) -> dict[str, int]:
        """How many photos of each label are for validation."""
        return dict(Counter(self.labels[index] for index in self.judges))

    @property
    def train(self) -> int:
        """How many photos train."""
        return len(self.files) - len(self.judges)

    @property
    def valid(self) -> int:
        """How many photos validate."""
        return len(self.judges)

    @cached_property
    def aside(self) -> Aside:
        """The photos for validation that are kept for a game."""
        return set_aside(self.files[index] for index in sorted(self.judges))

    @property
    def hidden(self) -> frozenset[int]:
        """The numbers of the photos that no grid may show now."""
        files = self.aside.hidden
        return frozenset(i for i in self.judges if self.files[i] in files) if files else frozenset()

    @cached_property
    def digest(self) -> str:
        """As `vision.table.LabelTable` has it of the same photos."""
        return fingerprint.of_labels(
            (self.photos.name(file), label, "valid" if i in self.judges else "train")
            for i, (file, label) in enumerate(zip(self.files, self.labels, strict=True))
        )

    def chosen(self, label: str | None = None, part: str = "") -> list[int]:
        """The numbers of the photos with this label (None: any) in `train`, `valid` or "": both."""
        return [
            index
            for index, own in enumerate(self.labels)
            if (label is None or own == label)
            and (not part or (index in self.judges) == (part == "valid"))
        ]


def listed(photos: LabelledFolder) -> Listed:
    """Lists, labels and splits the photos; 100,000 take about two seconds.

    Raises:
        CourseError: There are none, or the rule for labels does not fit a name.
    """
    files = photos.files()
    _, judges = photos.splitter(seed=SEED)(files)
    return Listed(photos, files, list(map(str, labels(files, photos.labeller))), frozenset(judges))
