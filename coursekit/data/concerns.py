"""What a teacher would say of a choice of photos before anybody trains on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from coursekit.core import fingerprint
from coursekit.core.wording import listing, percent, plural
from coursekit.data.labelled import LabelledFolder
from coursekit.data.listed import Listed
from coursekit.data.scan import Seen

UNEVEN = 3  # times as many photos as the smallest class has
FEWEST = 10  # photos that a class is never cut below
FEW_JUDGES = 20
MORE_JUDGES = 0.4
NAMED = 3


@dataclass(frozen=True)
class Concern:
    """Something that would spoil the training or its score.

    Attributes:
        kind: One word, the same for the same concern.
        says: What it is and why it matters, for a person.
        button: What can be done about it; empty where only more photos help.
        better: The choice of photos once that is done.
        files: The photos that it is about, if any.
        about: The choice of photos that it was raised about.
    """

    kind: str
    says: str
    button: str = ""
    better: LabelledFolder | None = None
    files: tuple[Path, ...] = ()
    about: LabelledFolder | None = None


def of_labels(listed: Listed) -> list[Concern]:
    """What labels and split alone tell, without a photo being opened."""
    found = (_differ_in_case(listed), _single(listed), _uneven(listed), _few_judges(listed))
    return [replace(concern, about=listed.photos) for concern in found if concern]


def of_photos(listed: Listed, seen: Mapping[Path, Seen], kin: Mapping[Path, int]) -> list[Concern]:
    """What is found by opening the photos; those not opened yet are taken to be all right.

    Args:
        listed: The photos.
        seen: What each file turned out to be.
        kin: Which of them show the same, as `scan.kin` says.
    """
    each = [seen.get(file, Seen()) for file in listed.files]
    families: dict[int, list[int]] = defaultdict(list)
    for index, file in enumerate(listed.files):
        if file in kin:
            families[kin[file]].append(index)
    groups = [group for group in families.values() if len(group) > 1]
    found = (_unreadable(listed, each), _copies(listed, groups), _contrary(listed, groups))
    return [replace(concern, about=listed.photos) for concern in found if concern]


def without(photos: LabelledFolder, files: Iterable[Path]) -> LabelledFolder:
    """The choice without these files, too."""
    return replace(photos, without=photos.without | {photos.name(file) for file in files})


def _differ_in_case(listed: Listed) -> Concern | None:
    spelt: dict[str, list[str]] = defaultdict(list)
    for label in listed.classes:
        spelt[label.casefold()].append(label)
    doubled = [names for names in spelt.values() if len(names) > 1]
    if not doubled:
        return None
    says = listing((listing(map(repr, names)) for names in doubled), most=NAMED)
    wrong = {
        name: most
        for names in doubled
        for most in [max(names, key=lambda label: listed.classes[label])]
        for name in names
        if name != most
    }
    enough = len(listed.classes) - len(wrong) > 1
    return Concern(
        "case",
        f"{says} differ only in capital letters. The model would learn them as different classes.",
        "Put them together" if enough else "",
        _merged(listed.photos, wrong) if enough else None,
    )


def _merged(photos: LabelledFolder, wrong: dict[str, str]) -> LabelledFolder:
    before = tuple((old, wrong.get(new, new)) for old, new in photos.same)
    return replace(photos, same=(*before, *wrong.items()))


def _single(listed: Listed) -> Concern | None:
    single = [label for label, n in listed.classes.items() if n == 1]
    if not single:
        return None
    files = _files(listed, {i for i, label in enumerate(listed.labels) if label in set(single)})
    has = "has one photo" if len(single) == 1 else "have one photo each"
    enough = len(listed.classes) - len(single) > 1
    which = "that class" if len(single) == 1 else "those classes"
    return Concern(
        "single",
        f"{listing(map(repr, single), most=NAMED)} {has}, which can train the model or judge it, "
        "but not both. Add photos.",
        f"Leave {which} out" if enough else "",
        without(listed.photos, files) if enough else None,
        files,
    )


def _uneven(listed: Listed) -> Concern | None:
    counts = {label: n for label, n in listed.classes.items() if n > 1}
    if len(counts) < 2:
        return None
    least, most = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    limit = max(FEWEST, counts[least])
    if counts[most] < UNEVEN * counts[least] or counts[most] <= limit:
        return None
    share = percent(counts[most] / len(listed.files), digits=0)
    return Concern(
        "uneven",
        f"{most!r} has {plural(counts[most], 'photo')}, {least!r} has {counts[least]:,}. A model "
        f"that always answered {most!r} would be right in {share} of cases.",
        f"Use at most {limit:,} of each class",
        without(listed.photos, _beyond(listed, limit)),
    )


def _beyond(listed: Listed, limit: int) -> list[Path]:
    """All but `limit` photos of each class, the same ones each time."""
    of: dict[str, list[Path]] = defaultdict(list)
    for file, label in zip(listed.files, listed.labels, strict=True):
        of[label].append(file)

    def drawn(file: Path) -> str:
        return fingerprint.of_bytes(listed.photos.name(file).encode(errors="surrogatepass"))

    return [file for files in of.values() for file in sorted(files, key=drawn)[limit:]]


def _few_judges(listed: Listed) -> Concern | None:
    unjudged = [
        label for label, n in listed.classes.items() if n > 1 and label not in listed.judging
    ]
    if listed.valid >= FEW_JUDGES and not unjudged:
        return None
    says = []
    if not listed.valid:
        says.append("No photo judges the model, so nobody would know how good it is.")
    elif listed.valid < FEW_JUDGES:
        one = percent(1 / listed.valid, digits=0)
        says.append(
            f"Only {plural(listed.valid, 'photo judges', 'photos judge')} the model: each of them "
            f"is worth {one} of its score."
        )
    if unjudged and listed.valid:
        says.append(f"No photo of {listing(map(repr, unjudged), most=NAMED)} judges it.")
    photos = listed.photos
    can = not photos.valid and photos.valid_pct < MORE_JUDGES
    return Concern(
        "judges",
        " ".join(says) + ("" if can else " Add photos."),
        f"Judge on {percent(MORE_JUDGES, digits=0)} of the photos" if can else "",
        replace(photos, valid_pct=MORE_JUDGES) if can else None,
    )


def _unreadable(listed: Listed, each: list[Seen]) -> Concern | None:
    bad = {i for i, one in enumerate(each) if one.reason}
    if not bad:
        return None
    reasons = " ".join(each[i].reason for i in sorted(bad)[:NAMED])
    more = f" And {len(bad) - NAMED:,} more." if len(bad) > NAMED else ""
    files = _files(listed, bad)
    left = len(bad) < len(each)
    return Concern(
        "unreadable",
        f"{plural(len(bad), 'photo')} of {len(each):,} cannot be read. {reasons}{more}",
        _them(len(bad)) if left else "",
        without(listed.photos, files) if left else None,
        files,
    )


def _copies(listed: Listed, groups: list[list[int]]) -> Concern | None:
    """Copies that have one label; which of them stays does not matter."""
    groups = [group for group in groups if len({listed.labels[i] for i in group}) == 1]
    copies = {i for group in groups for i in group[1:]}
    if not copies:
        return None
    across = sum(
        sum((i in listed.judges) != (group[0] in listed.judges) for i in group[1:])
        for group in groups
    )
    names = "; ".join(_named(listed, group) for group in groups[:NAMED])
    says = f"{plural(len(copies), 'photo shows', 'photos show')} the same as another: {names}"
    says += "; and others." if len(groups) > NAMED else "."
    if across:
        says += (
            f" {across:,} of them {'is' if across == 1 else 'are'} split between the training and "
            "the validation set: the model is asked what it has seen, so its score is too good."
        )
    files = _files(listed, {i for group in groups for i in group})
    better = without(listed.photos, _files(listed, copies))
    return Concern("copies", says, "Leave out the copies", better, files)


def _contrary(listed: Listed, groups: list[list[int]]) -> Concern | None:
    """The same photo under two labels: one of them is wrong, and nobody here knows which."""
    groups = [group for group in groups if len({listed.labels[i] for i in group}) > 1]
    if not groups:
        return None
    indices = {i for group in groups for i in group}
    names = "; ".join(_named(listed, group) for group in groups[:NAMED])
    more = "; and others" if len(groups) > NAMED else ""
    files = _files(listed, indices)
    left = len(indices) < len(listed.files)
    return Concern(
        "contrary",
        f"The same photo has different labels: {names}{more}. One of them is wrong.",
        _them(len(indices)) if left else "",
        without(listed.photos, files) if left else None,
        files,
    )


def _them(n: int) -> str:
    return "Leave it out" if n == 1 else "Leave them out"


def _named(listed: Listed, group: list[int]) -> str:
    return listing((f"{listed.files[i].name} ({listed.labels[i]})" for i in group), most=NAMED)


def _files(listed: Listed, indices: Collection[int]) -> tuple[Path, ...]:
    return tuple(listed.files[i] for i in sorted(indices))
