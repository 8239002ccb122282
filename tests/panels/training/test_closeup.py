"""A step close up, as HTML."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coursekit.learn.closeup import Closeup, Item
from coursekit.panels.training.closeup import closeup_html

PICTURE = np.zeros((8, 8, 3), np.uint8)
CAT = Item("Bengal_cat", "Bengal_cat", 0.97, 0.03, PICTURE)
STEP = Closeup(3, 16, 0.5, 0.01, 1.5, 0.02, (CAT,), ())


def test_no_step_is_nothing() -> None:
    assert closeup_html(None) == ""


def test_photos_are_called_photos_and_numbers_items() -> None:
    assert "looked at 16 photos, 1 of them here" in closeup_html(STEP)
    bare = replace(CAT, picture=None)
    assert "looked at 1 item." in closeup_html(replace(STEP, size=1, items=(bare,)))


def test_right_and_wrong_are_said_in_words() -> None:
    wrong = replace(CAT, predicted="pug", probability=0.6)
    shown = closeup_html(replace(STEP, items=(CAT, wrong)))
    assert "alt='Bengal_cat: right (97 %)'" in shown
    assert "alt='Bengal_cat: said pug (60 %)'" in shown


def test_a_label_is_text_and_breaks_after_underscores() -> None:
    odd = replace(CAT, label="<b>_it's", predicted="x_y")
    shown = closeup_html(replace(STEP, items=(odd,)))
    assert "<b>" not in shown
    assert "&lt;b&gt;_<wbr>it&#x27;s" in shown
    assert "said x_<wbr>y" in shown
