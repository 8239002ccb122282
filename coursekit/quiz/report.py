"""Results of many learners merged for a teacher: what was hard, what is commonly got wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coursekit.quiz import lessons, results
from coursekit.quiz.inwords import alike, in_words
from coursekit.quiz.kinds import Code, FreeText
from coursekit.quiz.questionnaire import Question, Questionnaire
from coursekit.quiz.results import Given, NoResults, Results
from coursekit.quiz.showing import plain
from coursekit.quiz.standing import Asked, Standing, standings


@dataclass(frozen=True)
class Row:
    """How a question went.

    Attributes:
        id: The question's.
        number: Its place in the questionnaire, from 1.
        text: What is asked, without Markdown's signs; its id where that is not known.
        section: The heading of the lesson that it comes from.
        by_oneself: Whether learners judge it themselves.
        own: Whether it is about a learner's own variables, so that notebooks alone ask it.
        answered: By how many learners, as it is worded now.
        right: How many of them were wholly right at their first attempt.
        wrong: The commonest of the other first answers, in words; "" where there is none.
        wrong_by: How many learners gave that.
        earlier: How many learners answered it in another wording; they count nowhere else.
    """

    id: str
    number: int
    text: str
    section: str
    by_oneself: bool
    own: bool
    answered: int
    right: int
    wrong: str
    wrong_by: int
    earlier: int

    @property
    def share(self) -> float | None:
        """Of the first attempts, those that were right; None where there is none."""
        return self.right / self.answered if self.answered else None


@dataclass(frozen=True)
class Report:
    """What a teacher is told.

    Attributes:
        questionnaire: Its id.
        title: What it is called; its id where that is not known.
        learners: How many learners' files count.
        standings: Whoever answered something, by name.
        not_begun: Who of the learners answered nothing, by name, else by file.
        rows: One for each question, in the questionnaire's order.
        strangers: Questions that the questionnaire does not have (any more), with how many learners
            answered each.
        notes: What else is to be said, in sentences.
        left_out: Files that count nowhere, and why.
    """

    questionnaire: str
    title: str
    learners: int
    standings: tuple[Standing, ...]
    not_begun: tuple[str, ...]
    rows: tuple[Row, ...]
    strangers: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    left_out: tuple[NoResults, ...]

    @property
    def unanswered(self) -> list[Row]:
        """The questions that nobody answered as they are worded now."""
        return [row for row in self.rows if not row.answered]


def merge(files: Sequence[Path], questionnaire: Questionnaire | None = None) -> Report:
    """The report on some files.

    Args:
        files: One for each learner, as `results.write` makes them.
        questionnaire: The questions; None: the lesson's that the files are about. Where there is
            none of that id, ids stand in the place of texts.

    Raises:
        CourseError: A lesson's questionnaire has mistakes.
    """
    found, left_out = _read(files)
    id = questionnaire.id if questionnaire else _commonest(it.questionnaire for it in found)
    learners, notes = _once_each([it for it in found if it.questionnaire == id])
    known = questionnaire or _lessons(id)
    if learners and known is None:
        notes.append(f"The questions of {id} were not found, so their ids stand here.")
    asked = _asked(learners, known)
    return Report(
        questionnaire=id,
        title=known.title if known else id,
        learners=len(learners),
        standings=standings(learners, asked),
        not_begun=tuple(it.called for it in learners if not it.answers),
        rows=tuple(_row(number, it, learners) for number, it in enumerate(asked, 1)),
        strangers=_strangers(learners, {it.id for it in asked}),
        notes=tuple(notes),
        left_out=(*left_out, *(_foreign(it, id) for it in found if it.questionnaire != id)),
    )


def _read(files: Iterable[Path]) -> tuple[list[Results], list[NoResults]]:
    found, left_out = [], []
    for path in {it.absolute(): it for it in files}.values():
        try:
            found.append(results.read(path))
        except NoResults as error:
            left_out.append(error)
    return found, left_out


def _foreign(it: Results, id: str) -> NoResults:
    return NoResults(it.path, f"it is about {it.questionnaire}, and this report about {id}")


def _once_each(found: Sequence[Results]) -> tuple[list[Results], list[str]]:
    """Each learner's longest results: an earlier export of the same begins with the same answer."""
    longest: dict[object, Results] = {}
    notes = []
    for it in found:
        key = _beginning(it)
        known = longest.get(key)
        if known is None or it.answers > known.answers:
            longest[key] = it
        if known is not None:
            kept, other = longest[key], known if longest[key] is it else it
            notes.append(
                f"{other.path.name} has answers of the same learner as {kept.path.name}; "
                f"{kept.path.name} alone counts."
            )
    return list(longest.values()), notes


def _beginning(it: Results) -> object:
    """What all exports of one learner share: the first answer, to the microsecond."""
    first = min(
        ((given[0].at, question, given[0].share) for (question, _), given in it.given.items()
         if given),
        default=None,
    )  # fmt: skip
    return first or it.path


def _lessons(id: str) -> Questionnaire | None:
    return next((it for it in lessons.questionnaires() if it.id == id), None)


def _asked(learners: Sequence[Results], known: Questionnaire | None) -> list[Asked]:
    """The questions as they are worded now; where that is not known, as most learners have them."""
    if known:
        return [Asked(it.id, it.revision, it) for it in known.questions]
    wordings: dict[str, Counter[str]] = {}
    for learner in learners:
        for (id, revision), given in learner.given.items():
            wordings.setdefault(id, Counter())[revision] += 2 if given else 1
    return [Asked(id, seen.most_common(1)[0][0], None) for id, seen in wordings.items()]


def _row(number: int, it: Asked, learners: Sequence[Results]) -> Row:
    firsts = [given[0] for who in learners if (given := who.given.get((it.id, it.revision)))]
    wrong, wrong_by = _commonest_wrong(firsts, it.question)
    question = it.question
    judged = [isinstance(question.kind, FreeText)] if question else [g.by_oneself for g in firsts]
    return Row(
        id=it.id,
        number=number,
        text=_text(question) if question else it.id,
        section=question.section if question else "",
        by_oneself=bool(judged) and all(judged),
        own=isinstance(question.kind, Code) if question else False,
        answered=len(firsts),
        right=sum(given.share == 1 for given in firsts),
        wrong=wrong,
        wrong_by=wrong_by,
        earlier=sum(_answered_otherwise(who, it) for who in learners),
    )


def _text(question: Question) -> str:
    """What is asked, in one line, without the marks around code."""
    lines = question.text.splitlines()
    return " ".join(plain("\n".join(it for it in lines if not it.startswith("```"))).split())


def _answered_otherwise(who: Results, it: Asked) -> bool:
    """Whether a learner answered the question in another wording."""
    return any(
        given and id == it.id and revision != it.revision
        for (id, revision), given in who.given.items()
    )


def _commonest_wrong(firsts: Sequence[Given], question: Question | None) -> tuple[str, int]:
    kind = question.kind if question else None
    said = [in_words(given.answer, kind) for given in firsts if given.share < 1]
    if not said:
        return "", 0
    counts = Counter(map(alike, said))
    most = max(counts.values())
    words = min(it for it in said if counts[alike(it)] == most)  # of equal ones always the same
    return words, most


def _strangers(learners: Sequence[Results], ours: set[str]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for who in learners:
        counts.update({id for (id, _), given in who.given.items() if given and id not in ours})
    return tuple(sorted(counts.items()))


def _commonest(ids: Iterable[str]) -> str:
    """Of equal ones the first."""
    return next((id for id, _ in Counter(ids).most_common(1)), "")
