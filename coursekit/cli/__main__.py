"""`python -m coursekit.cli` is the same as `coursekit`."""

from coursekit.cli import app

app()
