"""What comes back when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fsrs import Card as Schedule
from fsrs import Rating, Scheduler

from coursekit.quiz.keeping import Stored, Tried
from coursekit.quiz.questionnaire import Questionnaire, parse
from coursekit.quiz.review import ReviewKeeper, Reviews, rating, todays, until
from coursekit.quiz.sitting import Sitting
from coursekit.store.database import Database

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PLAIN = Scheduler(enable_fuzzing=False)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'coursekit.db'}", wait=0.1)


@pytest.fixture
def questions(whole: str) -> Questionnaire:
    return parse(whole)[0]


@pytest.fixture
def reviews(questions: Questionnaire, database: Database, clock: Clock) -> Reviews:
    return Reviews([questions], lambda: database, new_a_day=3, scheduler=PLAIN, now=clock)


def ids(reviews: Reviews) -> list[str]:
    return [question.id for _, question in reviews.today()]


def tried(question: str, share: float = 1, **more: object) -> Tried:
    return Tried(question, "r", 1, share, **more)  # type: ignore[arg-type]


def test_the_schedule_is_that_of_the_fsrs_package_itself() -> None:
    """Good at each due time: the intervals that the package's own tests state for its defaults."""
    card, now, days = Schedule(card_id=1), NOON, []
    scheduler = Scheduler(enable_fuzzing=False)
    for good in (3, 3, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 3):
        card, _ = scheduler.review_card(card, Rating(good), now)
        days.append((card.due - (card.last_review or now)).days)
        now = card.due
    assert days == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_a_few_new_questions_a_day_and_no_more(reviews: Reviews, clock: Clock) -> None:
    assert ids(reviews) == ["q-one", "q-several", "q-number"]
    reviews.reviewed("lesson-1", tried("q-one"), Rating.Easy)
    assert ids(reviews) == ["q-several", "q-number"]
    reviews.reviewed("lesson-1", tried("q-several"), Rating.Easy)
    reviews.reviewed("lesson-1", tried("q-number"), Rating.Easy)
    assert ids(reviews) == []
    clock.later(days=1)
    assert ids(reviews) == ["q-text", "q-free", "q-order"]


def test_what_was_forgotten_comes_back_today_and_what_was_known_later(
    reviews: Reviews, clock: Clock
) -> None:
    again = reviews.reviewed("lesson-1", tried("q-one", 0), Rating.Again)
    assert again.says(clock()) == "Rated again: it comes back in 1 minute."
    assert ids(reviews)[0] == "q-one"
    easy = reviews.reviewed("lesson-1", tried("q-several"), Rating.Easy)
    assert easy.says(clock()) == "Rated easy: it comes back in 8 days."
    clock.later(days=8)
    assert ids(reviews)[:2] == ["q-one", "q-several"]


def test_questions_about_own_variables_and_those_that_are_gone_are_left_out(
    reviews: Reviews, questions: Questionnaire, database: Database, clock: Clock
) -> None:
    reviews.new_a_day = 99
    assert "q-code" not in ids(reviews)
    reviews.reviewed("lesson-1", tried("q-one", 0), Rating.Again)
    less = Questionnaire(questions.id, "", questions.questions[1:])
    assert "q-one" not in ids(Reviews([less], lambda: database, now=clock))


@pytest.mark.parametrize(
    ("share", "hints", "seconds", "rated"),
    [
        (0, 0, 5, Rating.Again),
        (0.4, 0, 5, Rating.Again),
        (0.5, 0, 5, Rating.Hard),
        (1, 1, 5, Rating.Hard),
        (1, 0, 60, Rating.Good),
        (1, 0, 5, Rating.Easy),
    ],
)
def test_how_an_answer_went_says_how_well_it_was_remembered(
    share: float, hints: int, seconds: float, rated: Rating
) -> None:
    assert rating(tried("q", share, hints=hints), seconds) is rated


def test_what_one_judges_oneself_is_never_easy() -> None:
    assert rating(tried("q", 1, by_oneself=True), 1) is Rating.Good


def test_a_forecast_counts_each_day_and_what_is_overdue_today(
    reviews: Reviews, clock: Clock
) -> None:
    reviews.reviewed("lesson-1", tried("q-one", 0), Rating.Again)
    reviews.reviewed("lesson-1", tried("q-several"), Rating.Easy)
    assert [count for _, count in reviews.forecast(10)] == [1, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    clock.later(days=9)
    assert [count for _, count in reviews.forecast(3)] == [2, 0, 0]


def test_a_review_is_a_sitting_whose_first_answers_count(
    reviews: Reviews, database: Database, clock: Clock, questions: Questionnaire
) -> None:
    it = todays(reviews)
    assert it
    keeper = ReviewKeeper(reviews, Stored(lambda: database), clock)
    sitting = Sitting(it, keeper)
    assert sitting.at == "lesson-1/q-one"
    clock.later(seconds=5)
    sitting.answer(0)
    assert keeper.next
    assert keeper.next.rated == "again"
    sitting.answer(1)
    assert keeper.next.rated == "again"
    sitting.next_open()
    assert keeper.next is None
    clock.later(seconds=60)
    sitting.answer([0, 1])
    assert keeper.next
    assert keeper.next.rated == "good"
    practice = Sitting(questions, Stored(lambda: database))
    assert [it.share for it in practice.attempts("q-one")] == [0, 1]
    assert practice.status("q-several") == "right"


def test_nothing_to_review_is_none(reviews: Reviews) -> None:
    reviews.new_a_day = 0
    assert todays(reviews) is None


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=10), "in 1 minute"),
        (timedelta(minutes=10), "in 10 minutes"),
        (timedelta(hours=3), "in 3 hours"),
        (timedelta(days=1), "tomorrow"),
        (timedelta(days=40), "in 40 days"),
    ],
)
def test_times_are_said_as_people_say_them(left: timedelta, words: str) -> None:
    assert until(left) == words
