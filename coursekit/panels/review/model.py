"""What a review panel does: today's questions, and how each was remembered. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Unicode

from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.panels.quiz.model import QuizModel
from coursekit.panels.working import PanelModel
from coursekit.quiz.keeping import Stored
from coursekit.quiz.review import AHEAD, ReviewKeeper, Reviews, now_utc, todays
from coursekit.quiz.sitting import Sitting

DONE = "Nothing is to be reviewed now."


class ReviewModel(PanelModel):
    """Today's review.

    Attributes:
        quiz: The questions of today; None where there are none.
        rated: How the latest answer was rated, and when its question comes back.
        forecast: How many questions are due on each of the next days, `(date, count)`.
        stands: How much is left today, a sentence; "" where that could not be found out.
    """

    quiz: Any = AnyTrait(None)
    rated = Unicode()
    forecast: Any = AnyTrait(())
    stands = Unicode()

    def __init__(self, reviews: Callable[[], Reviews], stored: Callable[[], Stored]) -> None:
        super().__init__()
        self._make, self._stored = reviews, stored
        self._keeper: ReviewKeeper | None = None
        self.again()

    def again(self) -> None:
        """Looks for what is to be reviewed now."""
        with self.working(""):
            self._reviews = self._make()
            found = todays(self._reviews)
            self.rated, quiz = "", None
            if found:
                self._keeper = ReviewKeeper(self._reviews, self._stored())
                quiz = QuizModel(Sitting(found, self._keeper))
                quiz.observe(lambda _: self._tell(), ["shown", "rows", "trouble"])
            self.quiz = quiz
        self._tell()

    def settle(self) -> None:
        """Gives a busy database some time: only then is it known when a question comes back."""
        if self._keeper:
            self._keeper.again()
            self._tell()

    def _tell(self) -> None:
        if not (self.quiz and self.quiz.trouble):  # else nothing new is in the database
            coming = self._keeper.next if self._keeper and self.quiz else None
            self.rated = coming.says(now_utc()) if coming else ""
            self._tell_forecast()
        else:
            self.rated = ""
        self.stands = self._stands()

    def _tell_forecast(self) -> None:
        try:
            self.forecast = tuple(self._reviews.forecast(AHEAD))
        except (CourseError, AttributeError):
            self.forecast = ()

    def _stands(self) -> str:
        if self.message and not self.quiz:
            return ""  # nobody knows
        left = self.quiz.sitting.open if self.quiz else 0
        if left:
            return f"{plural(left, 'question')} to review today."
        later = next((day for day, count in self.forecast if count), None)
        if later is None or not self.forecast:
            return DONE
        first = self.forecast[0][0]
        days = (later - first).days
        when = (
            "today, a little later" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
        )
        return f"{DONE} The next question comes back {when}."
