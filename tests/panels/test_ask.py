from __future__ import annotations

import pytest

from coursekit.core.glossary import term
from coursekit.panels.ask import ask, terms_line


def test_a_term_has_its_sentence_and_section_behind_a_question_mark() -> None:
    loss = term("loss")
    assert loss is not None
    html = ask("loss")
    assert loss.says in html
    assert loss.section in html
    assert "<details" in html


def test_other_words_may_stand_for_a_term() -> None:
    assert "<summary>How far a step goes " in ask("learning rate", "How far a step goes")


def test_a_word_that_the_glossary_lacks_is_an_error() -> None:
    with pytest.raises(KeyError, match="no term 'lossy'"):
        ask("lossy")


def test_several_terms_stand_side_by_side() -> None:
    assert terms_line("loss", "epoch").value.count("<details") == 2
