"""When each machine was seen on, for what it costs."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0005", "0003"


def upgrade() -> None:
    """Makes the table."""
    owner = sa.ForeignKey("learners.id", ondelete="CASCADE")
    op.create_table(
        "stretches",
        sa.Column("learner_id", sa.String(26), owner, primary_key=True, nullable=False),
        sa.Column("machine", sa.String(32), primary_key=True),
        sa.Column("began", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("stretches_ended", "stretches", ["learner_id", "machine", "ended"])
