"""The board: rows and their tallies; learners are told apart by ids, two may have one name."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"

NAMING = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""What PostgreSQL calls a constraint that was given no name; SQLite has none for it."""

MORE = """INSERT INTO tallies (task, low, high, n) VALUES (NEW.task, NEW.low, NEW.high, 1)
    ON CONFLICT (task, low, high) DO UPDATE SET n = tallies.n + 1;"""
FEWER = """UPDATE tallies SET n = n - 1
    WHERE task = OLD.task AND low = OLD.low AND high = OLD.high;
    DELETE FROM tallies WHERE task = OLD.task AND low = OLD.low AND high = OLD.high AND n = 0;"""
WHEN = {
    "inserted": ("INSERT", MORE),
    "deleted": ("DELETE", FEWER),
    "updated": ("UPDATE OF task, low, high", FEWER + MORE),
}
"""What changes a tally, and how: triggers, so that a learner who is forgotten is not counted."""


def upgrade() -> None:
    """Makes the tables, and takes the uniqueness from names."""
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
    op.create_index("runs_of_a_learner", "runs", ["learner_id", "task", "error_rate"])
    op.create_table(
        "tallies",
        sa.Column("task", sa.String(200), primary_key=True),
        sa.Column("low", sa.Double(), primary_key=True),
        sa.Column("high", sa.Double(), primary_key=True),
        sa.Column("n", sa.Integer(), nullable=False),
    )
    for name, (event, then) in WHEN.items():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"CREATE TRIGGER runs_{name} AFTER {event} ON runs BEGIN {then} END")
            continue
        op.execute(
            f"CREATE FUNCTION count_{name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {then} RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER runs_{name} AFTER {event} ON runs "
            f"FOR EACH ROW EXECUTE FUNCTION count_{name}()"
        )
