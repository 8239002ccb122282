"""How the homework says to leave the machine: in the words of whoever lets it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ipywidgets import HTML, Widget

from coursekit.machine.providers.own import PC
from coursekit.panels.homework import view
from coursekit.panels.homework.model import HomeworkModel


def html_of(widget: Widget) -> str:
    """All HTML in a widget."""
    own = widget.value if isinstance(widget, HTML) else ""
    return own + "".join(html_of(it) for it in getattr(widget, "children", ()))


def test_leaving_has_the_providers_words_and_what_goes_on_costing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = replace(PC, name="A <cloud>", stop="Press Stop.", still_costs=("The disk.",))
    monkeypatch.setattr(view, "recognise", lambda: cloud)
    said = html_of(view.leaving_view(HomeworkModel(1)))
    for words in ("A &lt;cloud&gt;", "Press Stop.", "The disk.", "say so yourself"):
        assert words in said
