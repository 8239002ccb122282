"""Learners, their answers, and where they are in a questionnaire."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "learners",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(26), primary_key=True),
        learner(),
        sa.Column("questionnaire", sa.String(120), nullable=False),
        sa.Column("question", sa.String(120), nullable=False),
        sa.Column("revision", sa.String(32), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("by_oneself", sa.Boolean(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("exam", sa.String(26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    of = ["learner_id", "questionnaire", "question", "id"]
    op.create_index("attempts_of_a_question", "attempts", of)
    op.create_table(
        "places",
        learner(primary_key=True),
        sa.Column("questionnaire", sa.String(120), primary_key=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def learner(primary_key: bool = False) -> sa.Column[str]:
    """Whose row it is; it goes with them."""
    owner = sa.ForeignKey("learners.id", ondelete="CASCADE")
    return sa.Column("learner_id", sa.String(26), owner, primary_key=primary_key, nullable=False)
