"""What a quiz panel does: questions asked one by one, answers judged and kept. No widgets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Unicode

from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.panels.working import PanelModel
from coursekit.quiz import showing
from coursekit.quiz.kinds import Grade
from coursekit.quiz.sitting import Score, Sitting

Variables = Callable[[], Mapping[str, Any]]


class QuizModel(PanelModel):
    """A sitting that is shown.

    Attributes:
        shown: The present question as a page is shown it, see `quiz.showing.shown`.
        rows: A row for each question, see `quiz.showing.overview`.
        said: What the last answer came to, a sentence to be read aloud.
        feedback: What is said of that answer besides, Markdown.
        trouble: What is not kept yet, and why, a sentence; "" while all is kept.
    """

    shown: Any = AnyTrait(None)
    rows: Any = AnyTrait(())
    said = Unicode()
    trouble = Unicode()

    def __init__(self, sitting: Sitting, variables: Variables | None = None) -> None:
        super().__init__()
        self.sitting, self._variables = sitting, variables
        self.feedback: tuple[str, ...] = ()
        self._one_at_a_time = threading.RLock()
        sitting.keeper.changed = self.tell_trouble
        self.tell()

    def tell(self, grade: Grade | None = None) -> None:
        """Publishes how things stand."""
        self.tell_trouble()  # first: nobody may take for kept what is not
        judged = grade or showing.latest(self.sitting)
        self.feedback = judged.feedback if judged else ()
        self.shown = showing.shown(self.sitting, judged)
        self.rows = showing.overview(self.sitting)

    def tell_trouble(self) -> None:
        """Says what is not kept yet; the thread that keeps answers calls this, too."""
        with self._one_at_a_time:  # or an older sentence could come last
            self.trouble = self.sitting.keeper.trouble

    def answer(self, answer: Any) -> None:
        """Judges an answer to the present question, places as the page has them."""
        self.message = self.said = ""
        self.sitting.catch_up()
        sitting, variables = self.sitting, self._variables
        try:
            given = showing.in_file(sitting.question(), answer)
            grade = sitting.answer(given, variables=variables() if variables else None)
        except CourseError as error:
            self.message = str(error)
            return
        self.tell_trouble()
        self.said = NOTED if grade is None and self.trouble else verdict(grade)
        self.tell(grade)

    def draft(self, answer: Any, id: str) -> None:
        """Keeps what was begun of a question; places as the page has them."""
        sitting = self.sitting
        if id not in sitting.order:
            return
        try:
            sitting.draft(showing.in_file(sitting.question(id), answer), id)
        except CourseError:
            return
        if isinstance(answer, Mapping) and answer.get("compare"):
            self.tell()

    def hint(self) -> None:
        """Shows one hint more."""
        self.sitting.hint()
        self.tell()

    def solve(self) -> None:
        """Shows the solution."""
        self._do(self.sitting.solve)

    def skip(self) -> None:
        """Leaves the question for later."""
        self._do(self.sitting.skip)

    def flag(self) -> None:
        """Marks the question to come back to, or takes the mark away."""
        self.sitting.flag()
        self.tell()

    def move(self, steps: int) -> None:
        """Goes forward or back."""
        self._do(lambda: self.sitting.move(steps))

    def next(self) -> None:
        """Goes on to the next question without an answer."""
        self._do(self.sitting.next_open)

    def go(self, id: str) -> None:
        """Asks another question."""
        self._do(lambda: self.sitting.go(id))

    def hand_in(self) -> None:
        """Ends the exam; where questions have no answer, only says so, and ends it the next time.

        An exam is handed in once, and the button lies beside others.
        """
        self.sitting.catch_up()
        says = unanswered(self.sitting.open)
        if self.sitting.hides and says not in ("", self.said):
            self.message, self.said = "", says
            return
        self._do(self.sitting.hand_in)
        if self.sitting.handed_in:
            self.said = f"Handed in: {score_line(self.sitting.score())}"

    def load(self) -> None:
        """Takes what is kept: another tab may have answered meanwhile."""
        self._do(self.sitting.load)

    def _do(self, change: Callable[[], object]) -> None:
        self.message = self.said = ""
        self.sitting.catch_up()
        change()
        self.tell()


EXAM = (
    "This is an exam: what is right is told once you hand it in, and you hand it in once. The "
    "answers lie on this disk like any file, so this keeps nobody honest but yourself."
)
NOTED = "Your answer is taken. What is right is told once you hand the exam in."


def unanswered(n: int) -> str:
    """What is said before an exam is handed in with `n` open questions; "" for none."""
    count = f"{plural(n, 'question')} {'has' if n == 1 else 'have'}"
    return f"{count} no answer yet. Hand in once more to end the exam all the same." if n else ""


def verdict(grade: Grade | None) -> str:
    """What an answer came to, in words."""
    if grade is None:
        return "Your answer is kept. What is right is told once you hand the exam in."
    if grade.by_oneself:
        return f"You gave yourself {points(grade.share)} of 1 point."
    if grade.right:
        return "Right."
    return f"Partly right: {points(grade.share)} of 1 point." if grade.share else "Not right."


def points(share: float) -> str:
    """`0.67`, `1`."""
    return f"{share:.2f}".rstrip("0").rstrip(".")


def score_line(score: Score) -> str:
    """What was reached, with what rules judged and what the learner judged told apart."""
    parts = []
    if score.to_check:
        parts.append(f"{points(score.checked)} of {plural(score.to_check, 'point')} checked")
    if score.to_judge:
        parts.append(f"{points(score.judged)} of {plural(score.to_judge, 'point')} judged by you")
    return f"{', '.join(parts)}; {score.tried} of {plural(score.questions, 'question')} answered."
