"""Pictures of pictures: a batch, results, what went most wrong. Matplotlib without pyplot."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from torch import Tensor

from coursekit.core.errors import CourseError
from coursekit.core.wording import percent
from coursekit.learn.figures import Plot

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner
    from coursekit.vision.loader import ImageLoader

RIGHT, WRONG = "#1b6e3c", "#b3261e"
SIDE = 2.2  # inches of one picture
LETTERS = 28  # that fit above it
ALL_THE_SAME = "Challenge(learn) begins it; Challenge(learn).show_all() shows them all the same."


class Judged(Protocol):
    """One prediction beside the truth, such as a row of the top losses."""

    @property
    def actual(self) -> Any:
        """The label that was given."""

    @property
    def predicted(self) -> Any:
        """The label that the model gave."""

    @property
    def loss(self) -> float:
        """In nats."""

    @property
    def probability(self) -> float:
        """What the model gave to the predicted label, 0 to 1."""

    @property
    def index(self) -> int:
        """Where it stands among those that were judged."""


def show_pictures(
    pictures: Sequence[Any],
    titles: Sequence[str],
    nrows: int | None = None,
    ncols: int | None = None,
    colours: Sequence[str] | None = None,
    hidden: str = "",
) -> Plot:
    """Pictures in a grid, each under its title.

    Args:
        pictures: Anything that matplotlib's `imshow` takes: (height, width, 3) uint8 or 0 to 1.
        titles: One for each; a title may have several lines, and long lines are broken.
        nrows: Rows; default: as many as make the grid nearly square.
        ncols: Columns.
        colours: Of each title.
        hidden: What is said below where some may not be shown.
    """
    if not pictures:
        raise CourseError("There are no pictures to show.")
    nrows, ncols = _grid(len(pictures), nrows, ncols)
    lines = [_broken(title) for title in titles]
    most = max(line.count("\n") + 1 for line in lines)
    plot = Plot((SIDE * ncols, (SIDE + 0.19 * most) * nrows), nrows, ncols)
    axes = list(plot.figure.axes)
    for place in axes:
        place.set_axis_off()
    colours = colours or ["black"] * len(lines)
    for place, picture, line, colour in zip(axes, pictures, lines, colours, strict=False):
        place.imshow(picture)
        place.set_title(line, fontsize=9, color=colour)
    if hidden:
        below = textwrap.fill(f"{hidden} {ALL_THE_SAME}", max(40, int(1.3 * LETTERS * ncols)))
        plot.figure.supxlabel(below, fontsize=8)
    return plot


def show_batch(
    loader: ImageLoader,
    max_n: int = 9,
    nrows: int | None = None,
    ncols: int | None = None,
    unique: bool = False,
) -> Plot:
    """Photos of a loader as the network gets them, with their labels.

    Args:
        loader: For training one draws anew at each call, others show photos all along their list.
        max_n: At most so many.
        nrows: Rows; default: as many as make the grid nearly square.
        ncols: Columns.
        unique: One photo again and again, to see what random transforms make of it.

    Raises:
        CourseError: None can be read.
    """
    max_n = min(max_n, nrows * ncols) if nrows and ncols else max_n
    x, y = _one_again(loader, max_n) if unique else loader.some(max_n)
    titles = [str(loader.dataset.vocab[index]) for index in y.tolist()]
    hidden = str(loader.dataset.aside)
    return show_pictures(list(loader.to_pictures(x).numpy()), titles, nrows, ncols, hidden=hidden)


def show_results(learn: Learner, max_n: int = 9) -> Plot:
    """Validation photos with their label and, below it, what the model says.

    Raises:
        CourseError: None can be read.
    """
    loader: ImageLoader = learn.dls.valid  # type: ignore[assignment]
    x, y = loader.some(max_n)
    probabilities, _ = learn.get_preds(dl=[(x, y)])
    vocab, colours, titles = loader.dataset.vocab, [], []
    for target, probs in zip(y.tolist(), probabilities, strict=True):
        index = int(probs.argmax())
        right = index == target
        said = "right" if right else f"wrong: {vocab[index]}"
        titles.append(f"{vocab[target]}\n{said} ({percent(float(probs[index]))})")
        colours.append(RIGHT if right else WRONG)
    pictures, hidden = list(loader.to_pictures(x).numpy()), str(loader.dataset.aside)
    return show_pictures(pictures, titles, colours=colours, hidden=hidden)


def show_top_losses(
    pictures: Sequence[Any],
    rows: Sequence[Judged],
    nrows: int | None = None,
    ncols: int | None = None,
    hidden: str = "",
) -> Plot:
    """What a model gets most wrong: the prediction, the truth, the loss, how sure the model was."""
    titles = [
        f"says {row.predicted} ({percent(row.probability)})\n"
        f"{'is' if row.actual == row.predicted else 'but is'} {row.actual}\nloss {row.loss:.2f}"
        for row in rows
    ]
    colours = [RIGHT if row.actual == row.predicted else WRONG for row in rows]
    return show_pictures(pictures, titles, nrows, ncols, colours, hidden)


def _one_again(loader: ImageLoader, n: int) -> tuple[Tensor, Tensor]:
    for index in loader.indices():
        batch = loader.batch([index] * n)
        if batch is not None:
            return batch
    raise CourseError("There is no photo here that can be read.")


def _grid(n: int, nrows: int | None, ncols: int | None) -> tuple[int, int]:
    if nrows and ncols:
        return nrows, ncols
    if nrows:
        return nrows, math.ceil(n / nrows)
    ncols = ncols or math.ceil(math.sqrt(n))
    return math.ceil(n / ncols), ncols


def _broken(title: str) -> str:
    """Long lines broken, also where a name like american_bulldog_terrier has no space."""
    lines = [textwrap.wrap(line, LETTERS) or [""] for line in title.split("\n")]
    return "\n".join(part for line in lines for part in line)
