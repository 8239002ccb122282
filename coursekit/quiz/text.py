"""Markdown as HTML that is safe to show, with formulas as MathML: no script, no other host.

Markdown-it parses, latex2mathml turns `$...$` and `$$...$$` into MathML, which browsers draw
themselves, and nh3 lets through only what is listed here.
"""

from __future__ import annotations

import base64
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

_TEXT = (
    "a blockquote br code del em h1 h2 h3 h4 hr img li ol p pre s strong sub sup table tbody td th "
    "thead tr ul"
)
_FORMULAS = (
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow mspace msqrt "
    "mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
)
TEXT, FORMULAS = set(_TEXT.split()), set(_FORMULAS.split())
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "form"},
    "mover": {"accent"},
    "mspace": {"width"},
    "mfrac": {"linethickness"},
}
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
LARGEST = 2_000_000
"""Bytes of a picture that is put into the page."""

INLINE = "data:image/"


def html(markdown: str, beside: Path | None = None) -> str:
    """The Markdown as HTML that may be put into a page.

    Links go to pages of `http`, `https` or `mailto`. A picture is one that lies in `beside`, or
    below it, and is put into the page itself; of any other its alternative text stays.
    """
    rendered = parser().render(markdown, {"beside": beside})
    return nh3.clean(
        rendered,
        tags=TEXT | FORMULAS,
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def kept(element: str, name: str, value: str) -> str | None:
    """An attribute's value; None where it must go."""
    if name == "src":
        return value if value.startswith(INLINE) else None
    if name == "href":
        return None if value.lstrip().casefold().startswith("data:") else value
    return value


@cache
def parser() -> MarkdownIt:
    """The parser: CommonMark with tables, crossed-out text and formulas; HTML stays text."""
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # as pandoc has it: "$5 and $6" are prices
    dollarmath_plugin(
        made, allow_space=False, allow_digits=False, double_inline=True, renderer=formula
    )
    made.add_render_rule("image", picture)
    return made


def formula(source: str, options: dict[str, Any]) -> str:
    """A formula as MathML; as it was written where it cannot be read."""
    from latex2mathml.converter import convert

    try:
        return str(convert(source, display="block" if options["display_mode"] else "inline"))
    except Exception:  # noqa: BLE001 - whatever the parser meets in a formula that is none
        return f"<code>{escape(source)}</code>"


def picture(renderer: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    """A picture that lies beside the file, within the page; of any other its words."""
    token = tokens[at]
    words = renderer.renderInlineAsText(token.children, options, env)
    data = inline(unquote(str(token.attrs.get("src", ""))), env.get("beside"))
    if not data:
        return f"<em>{escape(words or 'a picture that is not here')}</em>"
    return f'<img src="{data}" alt="{escape(words)}">'


def inline(name: str, beside: Path | None) -> str:
    """A picture's bytes as a `data:` address; "" where it is none, too large or not in `beside`."""
    if beside is None:
        return ""
    root = beside.resolve()
    try:
        path = (root / name).resolve()
        kind = PICTURES.get(path.suffix.lower())
        if kind is None or not path.is_relative_to(root) or path.stat().st_size > LARGEST:
            return ""
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except (OSError, ValueError):
        return ""
