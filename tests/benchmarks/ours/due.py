"""Milliseconds for what is due among 100,000 cards of one learner. Arguments: KIND TIMES.

KIND is `sqlite` or `postgresql`, for which a server is started. Timed are the due list alone, what
a review begins with (that, and what is new), and the forecast that is drawn after each answer.
"""

import json
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, text

from coursekit.quiz.questionnaire import Questionnaire, read
from coursekit.quiz.review import MOST, Reviews, now_utc
from coursekit.store import answers, cards
from coursekit.store.database import Database
from coursekit.store.tables import Card

MANY, QUESTIONNAIRES = 100_000, 50
LESSON = Path(__file__).parents[3] / "lessons" / "01_questions.md"


def filled(database: Database) -> str:
    """Gives the learner many cards, half of them due; their id."""
    now = now_utc()
    with database.writing() as session:
        me = answers.the_learner(session).id
        rows = [
            {
                "learner_id": me,
                "questionnaire": f"lesson-{n % QUESTIONNAIRES}",
                "question": f"question-{n}",
                "due": now + timedelta(minutes=n - MANY // 2),
                "begun": now - timedelta(days=1, minutes=n),
                "state": {"card_id": 1, "state": 2, "stability": 2.3065, "difficulty": 2.1181},
            }
            for n in range(MANY)
        ]
        session.execute(insert(Card), rows)
        if not database.is_sqlite:
            session.execute(text("ANALYZE cards"))
    return me


def milliseconds(do, times: int) -> list[float]:
    do()  # pages come from the disk the first time
    found = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        found.append((time.perf_counter() - began) * 1e3)
    return found


def due(database: Database, me: str) -> None:
    with database.reading() as session:
        assert len(cards.due(session, me, now_utc(), MOST)) == MOST


kind, times = sys.argv[1], int(sys.argv[2])
with ExitStack() as stack:
    url = None
    if kind == "postgresql":
        from support_postgresql import fresh, serving

        url = fresh(stack.enter_context(serving()))
    database = Database(url)
    me = filled(database)
    it = read(LESSON)
    lessons = [Questionnaire(f"lesson-{n}", "", it.questions, it.path) for n in range(10)]
    reviews = Reviews(lessons, lambda: database)
    figures = {
        "due": milliseconds(lambda: due(database, me), times),
        "today": milliseconds(reviews.today, times),
        "forecast": milliseconds(reviews.forecast, times),
    }
    database.close()
print(json.dumps(figures))
