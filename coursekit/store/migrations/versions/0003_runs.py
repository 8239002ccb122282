"""The board's rows; and learners are told apart by their ids, so two may have the same name."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"

NAMING = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""What PostgreSQL calls a constraint that was given no name; SQLite has none for it."""


def upgrade() -> None:
    """Makes the table, and takes the uniqueness from names."""
    with op.batch_alter_table("learners", naming_convention=NAMING) as learners:
        learners.drop_constraint("learners_name_key", type_="unique")
    owner = sa.ForeignKey("learners.id", ondelete="CASCADE")
    op.create_table(
        "runs",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("learner_id", sa.String(26), owner, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("task", sa.String(200), nullable=False),
        sa.Column("data", sa.String(32), nullable=False),
        sa.Column("error_rate", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("hardware", sa.String(200), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("runs_of_a_task", "runs", ["task", "error_rate", "id"])
    op.create_index("runs_by_low", "runs", ["task", "low"])
    op.create_index("runs_by_high", "runs", ["task", "high"])
    op.create_index("runs_of_a_learner", "runs", ["learner_id", "task", "error_rate"])
