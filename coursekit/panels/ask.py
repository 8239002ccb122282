"""A small "?" that opens a term's sentence from the glossary, without any script."""

from __future__ import annotations

from html import escape

from ipywidgets import HTML

from coursekit.core import glossary


def ask(name: str, shown: str = "") -> str:
    """A term with a "?" behind it, as HTML; opened it says the sentence and the lesson's section.

    Args:
        name: A term of the glossary.
        shown: Other words to show in its place.

    Raises:
        KeyError: The glossary has no such term.
    """
    term = glossary.term(name)
    if term is None:
        raise KeyError(f"The glossary has no term {name!r}.")
    return (
        f"<details class='ck-ask'><summary>{escape(shown or term.name)} "
        f"<span class='ck-ask-mark' aria-hidden='true'>?</span>"
        f"<span class='ck-unseen'>: what is that?</span></summary>"
        f"<p>{escape(term.says)} <em>Lesson 1, “{escape(term.section)}”.</em></p></details>"
    )


def terms_line(*names: str) -> HTML:
    """Terms side by side, each with its "?"."""
    line = HTML(f"<div class='ck-terms'>{''.join(map(ask, names))}</div>")
    line.add_class("ck-terms-line")
    return line
