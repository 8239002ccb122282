"""Questions to the database about the board, each given its session."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import accumulate

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from coursekit.scores.entry import Entry
from coursekit.store.tables import Learner, Run, Tally

TOP = 50


@dataclass(frozen=True)
class Place:
    """Where a row may stand, as far as the intervals can tell.

    Attributes:
        first: One more than the rows that are surely better.
        last: How many rows are not surely worse.
    """

    first: int
    last: int

    @property
    def tied(self) -> bool:
        """Whether it can't be told apart from all others."""
        return self.last > self.first

    def __str__(self) -> str:
        return f"{self.first:,} to {self.last:,}" if self.tied else f"{self.first:,}"


@dataclass(frozen=True)
class Row:
    """A row of the board: what was reached, by whom, and where it stands."""

    run: Run
    learner: str
    place: Place


def put(session: Session, learner_id: str, entry: Entry) -> None:
    """Puts an entry on the board, or replaces it there; a row stays whose it was."""
    before = session.get(Run, entry.id)
    learner_id = before.learner_id if before else learner_id
    low, high = entry.interval
    named = {key: value for key, value in vars(entry).items() if key != "wrong"}
    named |= {"recipe": dict(entry.recipe), "about": dict(entry.about)}
    rate = {"error_rate": entry.error_rate, "low": low, "high": high}
    session.merge(Run(learner_id=learner_id, **named, **rate))


def entry_of(run: Run) -> Entry:
    """The entry that a row was made of."""
    names = [it.name for it in fields(Entry) if it.name != "wrong"]
    return Entry(wrong=round(run.error_rate * run.judged), **{n: getattr(run, n) for n in names})


def remove(session: Session, ids: Iterable[str]) -> None:
    """Takes rows from the board."""
    session.execute(delete(Run).where(Run.id.in_(list(ids))))


def top(session: Session, task: str, n: int = TOP, after: Run | None = None) -> list[Row]:
    """The `n` rows with the lowest error rate, or those that follow `after`; older ones first."""
    of_task = select(Run, Learner.name).join(Learner).where(Run.task == task)
    if after is not None:
        of_task = of_task.where(tuple_(Run.error_rate, Run.id) > (after.error_rate, after.id))
    found = session.execute(of_task.order_by(Run.error_rate, Run.id).limit(n)).all()
    standing = places(session, task, [run for run, _ in found])
    return [Row(run, name, place) for (run, name), place in zip(found, standing, strict=True)]


def best_of(session: Session, learner_id: str, task: str) -> Row | None:
    """A learner's best row, whatever they trained or took; no baseline is theirs."""
    mine = select(Run).where(Run.learner_id == learner_id, Run.task == task)
    mine = mine.where(Run.kind != "baseline").order_by(Run.error_rate, Run.id).limit(1)
    run = session.scalars(mine).first()
    return None if run is None else of(session, run)


def of(session: Session, run: Run) -> Row:
    """A run with its place."""
    (place,) = places(session, run.task, [run])
    return Row(run, session.get_one(Learner, run.learner_id).name, place)


def places(session: Session, task: str, runs: Sequence[Run]) -> list[Place]:
    """Where each row may stand: what is surely better, and surely worse, is counted.

    The tallies know how many rows have which interval, so no row is looked at.
    """
    if not runs:
        return []
    counted = select(Tally.low, Tally.high, Tally.n).where(Tally.task == task)
    tallies = session.execute(counted).all()
    ends, until_end = _cumulated((high, n) for _, high, n in tallies)
    begins, until_begin = _cumulated((low, n) for low, _, n in tallies)
    return [
        Place(
            1 + until_end[bisect_left(ends, run.low)],
            until_begin[bisect_right(begins, run.high)],
        )
        for run in runs
    ]


def _cumulated(counts: Iterable[tuple[float, int]]) -> tuple[list[float], list[int]]:
    """The bounds in order, and how many rows come before each, and before the end."""
    ordered = sorted(counts)
    return [bound for bound, _ in ordered], list(accumulate((n for _, n in ordered), initial=0))


def beaten(session: Session, learner_id: str) -> set[str]:
    """The baselines that a model of a learner is surely better than, on the same photos."""
    mine = select(Run.task, Run.data, func.min(Run.high)).group_by(Run.task, Run.data)
    best = session.execute(mine.where(Run.learner_id == learner_id, Run.kind == "model"))
    found: set[str] = set()
    for task, data, high in best.all():
        worse = select(Run.name).where(Run.task == task, Run.data == data, Run.low > high)
        found |= set(session.scalars(worse.where(Run.kind == "baseline")))
    return found


def has_played(session: Session, learner_id: str) -> bool:
    """Whether a learner has taken a task themselves."""
    mine = select(Run.id).where(Run.learner_id == learner_id, Run.kind == "person").limit(1)
    return session.scalars(mine).first() is not None


def tasks(session: Session) -> list[tuple[str, int]]:
    """The tasks that there are rows of, and how many; the largest first."""
    n = func.sum(Tally.n)
    counted = select(Tally.task, n).group_by(Tally.task).order_by(n.desc(), Tally.task)
    return [(task, int(n)) for task, n in session.execute(counted)]


def size(session: Session, task: str) -> int:
    """How many rows a task has."""
    counted = select(func.sum(Tally.n)).where(Tally.task == task)
    return int(session.scalars(counted).one() or 0)


def known(session: Session, ids: Iterable[str]) -> set[str]:
    """Which of these runs are on the board."""
    return set(session.scalars(select(Run.id).where(Run.id.in_(list(ids)))))
