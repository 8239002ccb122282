"""The tables. A change here needs a migration in `migrations/versions` beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Index, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from ulid import ULID


class Moment(TypeDecorator[datetime]):
    """A time with its zone: SQLite keeps none, so all are kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be kept.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""


def new_id() -> str:
    """An id that sorts by time."""
    return str(ULID())


class Learner(Base):
    """Somebody who learns: nothing but a name that they chose, which may be empty.

    Attributes:
        id: See `store.me`.
        name: What the board calls them.
    """

    __tablename__ = "learners"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80), default="")


class Attempt(Base):
    """An answer, and what it was worth.

    Attributes:
        questionnaire: The file's id.
        question: The question's id in it.
        revision: Of the question, see `quiz.questionnaire.Question`.
        answer: As it was given.
        share: Of the point, 0 to 1.
        by_oneself: Whether the learner judged it.
        hints: How many were looked at before.
        exam: The id of the exam that it belongs to; "" for practice.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        Index("attempts_of_a_question", "learner_id", "questionnaire", "question", "id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    learner_id: Mapped[str] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"))
    questionnaire: Mapped[str] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(String(120))
    revision: Mapped[str] = mapped_column(String(32))
    answer: Mapped[Any] = mapped_column(JSON)
    share: Mapped[float]
    by_oneself: Mapped[bool] = mapped_column(default=False)
    hints: Mapped[int] = mapped_column(default=0)
    exam: Mapped[str] = mapped_column(String(26), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=lambda: datetime.now(UTC))


class Place(Base):
    """Where a learner is in a questionnaire: what was skipped, flagged, written and not handed in.

    Attributes:
        state: A JSON object that the quiz reads and writes.
    """

    __tablename__ = "places"

    learner_id: Mapped[str] = mapped_column(
        ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True
    )
    questionnaire: Mapped[str] = mapped_column(String(120), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment, default=lambda: datetime.now(UTC))


class Card(Base):
    """When a question comes back to a learner.

    Attributes:
        due: When next.
        begun: When it was reviewed first.
        state: What the scheduler needs to go on, as it writes it.
    """

    __tablename__ = "cards"
    __table_args__ = (
        Index("cards_due", "learner_id", "due"),
        Index("cards_begun", "learner_id", "begun"),
    )

    learner_id: Mapped[str] = mapped_column(
        ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True
    )
    questionnaire: Mapped[str] = mapped_column(String(120), primary_key=True)
    question: Mapped[str] = mapped_column(String(120), primary_key=True)
    due: Mapped[datetime] = mapped_column(Moment)
    begun: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)


class Run(Base):
    """A row of the board: a training, a baseline, or a person who took the same task.

    Attributes:
        id: The name of its folder in `runs`, which has all this, too.
        kind: `model`, `baseline` or `person`.
        task: What it was about: only rows of one task are compared.
        data: Digest of the photos, their labels and their split.
        error_rate: The share of the judged items that were got wrong.
        low: Where the 95 % interval of the error rate begins.
        high: Where it ends.
        judged: How many items that is taken over.
        chosen: Whether these items decided anything about the model, which flatters it.
        recipe: What is needed to run it again.
        about: What else is shown, such as the photos where a person and a model disagree.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index("runs_of_a_task", "task", "error_rate", "id"),
        Index("runs_of_a_learner", "learner_id", "task", "error_rate"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    task: Mapped[str] = mapped_column(String(200))
    data: Mapped[str] = mapped_column(String(32))
    error_rate: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    judged: Mapped[int]
    chosen: Mapped[bool]
    seed: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[float]
    hardware: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(40))
    recipe: Mapped[dict[str, Any]] = mapped_column(JSON)
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)


class Stretch(Base):
    """A time in which a machine was seen on, for what it costs.

    Attributes:
        machine: See `machine.identity`; nothing can be learnt from it.
    """

    __tablename__ = "stretches"
    __table_args__ = (Index("stretches_ended", "learner_id", "machine", "ended"),)

    learner_id: Mapped[str] = mapped_column(
        ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True
    )
    machine: Mapped[str] = mapped_column(String(32), primary_key=True)
    began: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    ended: Mapped[datetime] = mapped_column(Moment)


class Tally(Base):
    """How many rows of a task have the same interval; triggers of the database keep it right.

    Intervals come from counts, so there are few different ones however many rows there are: a
    place is found in these, and no row is looked at.
    """

    __tablename__ = "tallies"

    task: Mapped[str] = mapped_column(String(200), primary_key=True)
    low: Mapped[float] = mapped_column(primary_key=True)
    high: Mapped[float] = mapped_column(primary_key=True)
    n: Mapped[int]
