"""Questions from JSON of the package jupyterquiz, whoever wrote it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from coursekit.core.wording import listing
from coursekit.quiz.formats import contents, hypertext
from coursekit.quiz.formats.foreign import (
    NO_EXPLANATION,
    Ids,
    Unheld,
    clean,
    explanation,
    named_after,
    text_in,
    why_not,
)
from coursekit.quiz.formats.json_items import Wrong, brief, items, string
from coursekit.quiz.formats.json_kinds import READERS, Notes
from coursekit.quiz.formats.json_writing import KEY, digest, shown
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.kinds import Number
from coursekit.quiz.questionnaire import Mistakes, Question, Questionnaire, parse
from coursekit.quiz.source import Mistake

TAGS = re.compile("<[^<>]*>")


def read(path: Path, losses: Losses) -> Questionnaire:
    """The questions of a file; what ours cannot hold is noted.

    Raises:
        Mistakes: It is no JSON, or none that jupyterquiz could read.
        CourseError: It cannot be read.
    """
    ids, questions, mistakes = Ids(), [], []
    about: Questionnaire | None = None
    for line, column, item in items(text_in(path), path):
        try:
            mine = own(item)
            about = about or mine
            found = question(item, mine, ids, losses)
        except Wrong as error:
            mistakes.append(Mistake(line, column, str(error)))
        else:
            questions += [replace(found, line=line)] if found else []
    if mistakes:
        raise Mistakes(path, mistakes)
    if about is None:
        return named_after(path, questions)
    return replace(about, questions=tuple(questions), path=path)


def own(item: Any) -> Questionnaire | None:
    """What we wrote into a question: a file of ours with this question alone."""
    extra = item.get(KEY) if isinstance(item, dict) else None
    text = extra.get("markdown") if isinstance(extra, dict) else None
    if not isinstance(text, str):
        return None
    found, mistakes = parse(text)
    return None if mistakes or len(found) != 1 else found


def question(item: Any, mine: Questionnaire | None, ids: Ids, losses: Losses) -> Question | None:
    """A question: ours as it was, unless others changed it; None where ours can't hold it.

    Raises:
        Wrong: jupyterquiz could not ask it either.
    """
    original = mine.questions[0] if mine else None
    if original and item[KEY].get("digest") == digest(item):
        return replace(original, id=ids.keep(original.id))
    check(item)
    id = ids.keep(original.id) if original else ids.new(TAGS.sub("", string(item, "question")))
    lost = partial(losses.add, id=id)
    try:
        made = changed(original, id, item, lost) if original else foreign(id, item, Notes(lost))
    except Unheld as error:
        lost(str(error))
        return None
    if why := why_not(Questionnaire("it", "it", (made,))):
        lost(why)
        return None
    return made


def changed(original: Question, id: str, item: dict[str, Any], lost: Any) -> Question:
    """A question of ours that others changed in the JSON: what they left alone stays as it was."""
    lost("Changed since coursekit wrote it, so it is as the JSON has it now")
    known = {shown(text, None): text for text in contents.texts(original)}
    made = foreign(id, item, Notes(lost, known))
    kind = made.kind
    if isinstance(kind, Number) and isinstance(original.kind, Number):
        kind = replace(kind, unit=original.kind.unit)
    said = original.explanation if made.explanation == NO_EXPLANATION else made.explanation
    return replace(original, id=id, text=made.text, kind=kind, explanation=said)


def foreign(id: str, item: dict[str, Any], notes: Notes) -> Question:
    """A question that others wrote."""
    kind, said = READERS[item["type"]](item["answers"], item, notes)
    code = clean(unescape(string(item, "code")))
    parts = [notes.markdown(string(item, "question")), hypertext.fenced(code) if code else ""]
    text = "\n\n".join(filter(None, parts))
    if not text:
        raise Unheld("Left out, for nothing is asked in words")
    return Question(id, text, kind, explanation(*said))


def check(item: Any) -> None:
    """Looks at what all types have.

    Raises:
        Wrong: jupyterquiz could not ask this.
    """
    if not isinstance(item, dict):
        raise Wrong(f"A question is wanted, as in {{…}}, not {brief(item)}.")
    type_, answers = item.get("type"), item.get("answers")
    if not isinstance(type_, str) or type_ not in READERS:
        known = listing(READERS, most=9, joint="or")
        raise Wrong(f'"type" is {known}, not {brief(type_)}.')
    if not isinstance(answers, list) or not answers:
        raise Wrong('"answers" is a list such as [{…}, {…}].')
    for answer in answers:
        if not isinstance(answer, dict):
            raise Wrong(f'"answers" has objects as in {{…}}, not {brief(answer)}.')
