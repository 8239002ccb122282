"""When each question comes back to each learner."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Makes the table."""
    owner = sa.ForeignKey("learners.id", ondelete="CASCADE")
    op.create_table(
        "cards",
        sa.Column("learner_id", sa.String(26), owner, primary_key=True, nullable=False),
        sa.Column("questionnaire", sa.String(120), primary_key=True),
        sa.Column("question", sa.String(120), primary_key=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
    )
    op.create_index("cards_due", "cards", ["learner_id", "due"])
    op.create_index("cards_begun", "cards", ["learner_id", "begun"])
