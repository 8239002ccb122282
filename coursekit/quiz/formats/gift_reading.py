"""Questions from GIFT, the text format of Moodle, whoever wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from coursekit.quiz import source
from coursekit.quiz.formats.foreign import Ids, Unheld, explanation, named_after, text_in, why_not
from coursekit.quiz.formats.gift_answers import (
    FORMAT,
    TRUTH,
    Made,
    Notes,
    choices,
    number,
    pairs,
    truth,
    words,
)
from coursekit.quiz.formats.gift_blocks import Block, Wrong, blocks, restored
from coursekit.quiz.formats.gift_writing import MINE
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.kinds import FreeText
from coursekit.quiz.making import BULLET
from coursekit.quiz.questionnaire import Mistakes, Question, Questionnaire
from coursekit.quiz.source import Part

CATEGORY = re.compile(r"\$CATEGORY:(.*)\n?")
TITLE = re.compile(r"\s*::(.*?)::", re.DOTALL)
ID = re.compile(r"\[id:((?:\\\]|[^\]]){1,255})\]")
TAGS = re.compile(r"\[tag:((?:\\\]|[^\]]){1,255})\]")
ANSWERS = re.compile(r"\{[^}]*\}?|<[^<>]*>|^\s*\[[a-z]+\]")
"""What no id is made of: answers, and what the words look like."""

GAP = "\ufddf"
OF_MOODLE = {"top", "$course$", "$module$", "$cat1$", "$system$"}
PARTS = re.compile(
    r"### Model answer\n\n(.*)\n\n### Rubric\n\n(.*)\n\n### Explanation\n\n(.*)", re.DOTALL
)
NO_MODEL = "No model answer was given."
NO_RUBRIC = "My answer says what was asked for."
Lost = Callable[[str], None]


def read(path: Path, losses: Losses) -> Questionnaire:
    """The questions of a file; what ours cannot hold is noted.

    Raises:
        Mistakes: Moodle could not read it either.
        CourseError: It cannot be read.
    """
    reader, mistakes = Reader(path, losses), []
    for block in blocks(text_in(path)):
        try:
            reader.take(block)
        except Wrong as error:
            mistakes.append(block.mistake(error))
    if mistakes:
        raise Mistakes(path, mistakes)
    return replace(reader.about, questions=tuple(reader.questions))


class Reader:
    """Reads block by block.

    Attributes:
        about: The questionnaire, which the first block of a file of ours names.
        questions: Those that were read.
    """

    def __init__(self, path: Path, losses: Losses) -> None:
        self.about = named_after(path, ())
        self.questions: list[Question] = []
        self.losses = losses
        self.ids = Ids()
        self.mine = False
        self.section = ""

    def take(self, block: Block) -> None:
        """Takes what a block holds.

        Raises:
            Wrong: Nobody could read it.
        """
        if block.comment.startswith(MINE):
            self.take_name(block.comment.splitlines()[0].removeprefix(MINE))
        text = block.text
        begin = 0
        if found := CATEGORY.match(text):
            self.take_category(restored(found[1]))
            begin = found.end()
        if text[begin:].strip():
            self.take_question(block, begin)

    def take_name(self, about: str) -> None:
        """Takes the name of a questionnaire that we wrote."""
        try:
            found = json.loads(about)
        except (ValueError, RecursionError):
            return
        if isinstance(found, dict) and source.is_id(found.get("id")):
            self.about = replace(self.about, id=found["id"], title=str(found.get("title", "")))
            self.mine = True

    def take_category(self, path: str) -> None:
        """Takes a path of categories for the section; the questionnaire's own is its first."""
        names = [name.strip().replace("//", "/") for name in re.split(r"(?<!/)/(?!/)", path)]
        if self.mine and names[0] == " ".join(self.about.title.split()):
            names = names[1:]
        self.section = "/".join(name for name in names if self.mine or name not in OF_MOODLE)

    def take_question(self, block: Block, begin: int) -> None:
        """Takes a question, unless ours cannot hold it."""
        title = TITLE.match(block.text, begin)
        begin = title.end() if title else begin
        id = self.id_of(block, restored(title[1]) if title else "", block.text[begin:])
        lost = partial(self.losses.add, id=id)
        try:
            made = question(id, block, begin, Notes(lost, mine=self.mine))
        except Unheld as error:
            lost(str(error))
            return
        tags = [found.replace("\\]", "]").strip() for found in TAGS.findall(block.comment)]
        made = replace(made, section=self.section, tags=tuple(tags), line=block.first)
        if why := why_not(Questionnaire("it", "it", (made,))):
            lost(why)
            return
        self.questions.append(made)

    def id_of(self, block: Block, title: str, text: str) -> str:
        """The id that a comment gives, else one that is made of the title or the words."""
        found = ID.search(block.comment)
        given = found[1].replace("\\]", "]").strip() if found else ""
        if source.is_id(given):
            return self.ids.keep(given)
        return self.ids.new(given, title, restored(ANSWERS.sub("", text)))


def question(id: str, block: Block, begin: int, notes: Notes) -> Question:
    """A question.

    Raises:
        Wrong: Nobody could read it.
        Unheld: Ours cannot hold it.
    """
    opening, closing = braces(block.text, begin)
    before, after = block.text[begin:opening], block.text[closing + 1 :]
    if found := FORMAT.match(before):
        notes = replace(notes, format=found[1])
    if after.strip():
        notes.lost("The gap is a blank, _____, in the question's words")
        before = f"{before}{GAP}{after}"
    text = notes.markdown(before).replace(GAP, "_____")
    if not text:
        raise Unheld("Left out, for nothing is asked in words")
    inner, _, general = block.text[opening + 1 : closing].rpartition("####")
    inner, general = (inner, general) if _ else (general, "")
    at = opening + 1 + len(inner) - len(inner.lstrip())
    said = notes.markdown(general)
    if not inner.strip():
        return essay(id, text, said, notes)
    kind, more = reader_of(inner.strip())(inner.strip(), at, notes)
    return Question(id, text, kind, explanation(*more, said))


def braces(text: str, begin: int) -> tuple[int, int]:
    """Where the answers begin and end.

    Raises:
        Wrong: They don't.
        Unheld: There are none, and none are meant.
    """
    opening, closing = text.find("{", begin), text.find("}", begin)
    if opening < 0 and closing < 0:
        raise Unheld("Left out, for it has no answers")
    if opening < 0 or -1 < closing < opening:
        raise Wrong(r"This } closes nothing. A brace that is meant as such is \}.", closing)
    if closing < 0:
        raise Wrong("This { is not closed before the next empty line.", opening)
    for brace in re.finditer("[{}]", text[opening + 1 :]):
        at = opening + 1 + brace.start()
        if at != closing:
            says = f"A question has one pair of braces. One that is meant as such is \\{brace[0]}."
            raise Wrong(says, at)
    return opening, closing


def reader_of(inner: str) -> Callable[[str, int, Notes], Made]:
    """Who reads these answers."""
    if inner.startswith("#"):
        return number
    if "~" in inner:
        return choices
    if "=" in inner and "->" in inner:
        return pairs
    return truth if TRUTH.fullmatch(inner) else words


def essay(id: str, text: str, said: str, notes: Notes) -> Question:
    """A free answer; GIFT has neither model answer nor rubric, but in what we wrote."""
    if notes.mine and (found := PARTS.fullmatch(said)):
        rubric = source.entries(Part("", 0, found[2].split("\n")), BULLET)[1]
        points = tuple(point.text for point in rubric)
        return Question(id, text, FreeText(found[1], points), found[3])
    notes.lost("A model answer and a rubric are wanting, so a stand-in was written")
    return Question(id, text, FreeText(said or NO_MODEL, (NO_RUBRIC,)), explanation(said))
