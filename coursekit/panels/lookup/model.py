"""What the look-up panel does. No widgets."""

from __future__ import annotations

from traitlets import Unicode

from coursekit.core import glossary
from coursekit.core.doc import doc
from coursekit.panels.working import PanelModel
from coursekit.quiz.text import html


class LookUpModel(PanelModel):
    """A word and what it means.

    Attributes:
        said: What it means, as text.
        shown: The same as HTML.
    """

    said = Unicode()
    shown = Unicode()

    def look_up(self, name: str) -> None:
        """Looks a word or a name up; an unknown one becomes `message`."""
        if not name.strip():
            return
        with self.working(""):
            found = doc(name.strip())
            self.said, self.shown = str(found), html(found._repr_markdown_())

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the glossary, to choose from."""
        return tuple(term.name for term in glossary.terms())
