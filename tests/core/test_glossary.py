from __future__ import annotations

import pytest

from coursekit.core import glossary

ASKED = """item label split training_set validation_set test_set batch epoch pass step loss metric
error_rate accuracy architecture parameters weights body head freeze fine-tune pretrained
transfer_learning one-cycle learning_rate learning-rate_finder prediction probability vocab
confusion_matrix top_losses checkpoint export overfitting heatmap augmentation momentum
weight_decay gradient SGD
label_noise"""


@pytest.mark.parametrize("word", ASKED.split())
def test_every_word_of_the_course_has_a_sentence(word: str) -> None:
    term = glossary.term(word)
    assert term is not None
    assert term.says.endswith(".")
    assert term.section


def test_each_term_is_one_sentence() -> None:
    for term in glossary.terms():
        assert ". " not in term.says, term.name
        assert term.says[0].isupper(), term.name
        assert len(term.says) < 150, term.name


def test_other_words_and_spellings_find_the_term() -> None:
    rate = glossary.term("learning rate")
    assert rate is not None
    assert glossary.term("LR") is glossary.term("Learning-Rate") is glossary.term("lr") is rate
    assert glossary.term("frobnicate") is None


def test_no_other_word_stands_for_two_terms() -> None:
    words = [word.lower() for term in glossary.terms() for word in (term.name, *term.also)]
    assert sorted(words) == sorted(set(words))
