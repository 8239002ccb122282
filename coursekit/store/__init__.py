"""What is remembered: answers, and where a learner was; in SQLite at home, or in PostgreSQL."""
