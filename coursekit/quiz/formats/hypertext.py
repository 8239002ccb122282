"""HTML as the Markdown that shows the same, as far as ours has it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

FORMULA = re.compile(
    r"(?<!\\)\$\$.{1,500}?\$\$|(?<![\\$])\$[^$\n]{1,500}\$|\\\(.{1,500}?\\\)|\\\[.{1,500}?\\\]",
    re.DOTALL,
)
MARKUP = re.compile(
    r"`|(?<!\s)\*|\*(?!\s)|(?<!\w)_|_(?!\w)|~(?=~)|&(?=#?\w+;)|\\(?=[!-/:-@\[-`{-~])|!(?=\[)"
    r"|<(?=[\w.+-]+[:@])"
)
BEGINNING = re.compile(
    r"^( *)(#|>|\||~{3,}|[-+*](?=\s|$)|[-=:|]+(?=[-=:| ]*$)|\d+(?=[.)](?:\s|$))|\[(?=[^\]\n]*\]:))",
    re.MULTILINE,
)
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~"}
BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol"}
CODE = {"pre", "code", "tt"}
KNOWN = {*MARKS, *BLOCKS, *CODE, "a", "br", "img", "li"}
PLAIN = {"span", "font", "hr", "html", "body"}
"""Elements of which nothing is missed."""

ELEMENT = re.compile(r"<([a-zA-Z][\w-]*)")


def markdown(html: str) -> tuple[str, set[str]]:
    """The HTML as Markdown, and the names of its elements that this leaves out."""
    if "<" not in html and "&" not in html:
        return escaped(_spaced(html)).strip(), set()
    # parsed as browsers do, so that what is read here is well formed
    plain = nh3.clean(html, tags=KNOWN, attributes={"a": {"href"}, "img": {"alt"}}, link_rel=None)
    reader = _Reader()
    reader.feed(plain)
    reader.close()
    lost = {name.lower() for name in ELEMENT.findall(html)} - (KNOWN - {"img"}) - PLAIN
    return "".join(reader.parts).strip(), lost


def _spaced(text: str) -> str:
    return re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t]+", " ", text))


def escaped(text: str) -> str:
    r"""Plain text as Markdown that shows it so; formulas stay, `\(x\)` becomes `$x$`."""
    parts, begin = [], 0
    for found in FORMULA.finditer(text):
        parts += [_plain(text[begin : found.start()]), _formula(found[0])]
        begin = found.end()
    return "".join([*parts, _plain(text[begin:])])


def _plain(text: str) -> str:
    text = MARKUP.sub(r"\\\g<0>", text)
    return BEGINNING.sub(_shielded, text)


def _shielded(found: re.Match[str]) -> str:
    # a number is shielded by its point: 1\. - a backslash before a digit would be shown
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _formula(found: str) -> str:
    if found.startswith("$"):
        return found
    dollars = "$" if found.startswith("\\(") else "$$"
    return f"{dollars}{found[2:-2].strip()}{dollars}"


def fenced(code: str) -> str:
    """Code of several lines."""
    fence = "`" * max(3, _ticks(code) + 1)
    return f"{fence}\n{code.strip(chr(10))}\n{fence}"


def inline(code: str) -> str:
    """Code within a line."""
    fence, space = "`" * (_ticks(code) + 1), " " if "`" in code else ""
    return f"{fence}{space}{' '.join(code.splitlines())}{space}{fence}"


def _ticks(code: str) -> int:
    return max(map(len, re.findall("`+", code)), default=0)


class _Reader(HTMLParser):
    """Makes Markdown of well formed HTML that has nothing but what is known."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self.code: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag in CODE:
            self.within.append(tag)
        elif not self.within:
            self._begin(tag, about)

    def _begin(self, tag: str, about: dict[str, str]) -> None:
        if tag in BLOCKS:
            self._blank_line()
        elif tag == "a":
            self.links.append(about.get("href", ""))
            self.parts.append("[")
        elif tag == "img":
            self.parts.append(escaped(_spaced(about.get("alt", ""))))
        else:
            self.parts.append({**MARKS, "br": "\\\n", "li": "\n- "}.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in CODE:
            self.within.pop()
            if not self.within:
                self._end_of_code(tag)
        elif self.within:
            return
        elif tag in BLOCKS:
            self._blank_line()
        elif tag == "a":
            self.parts.append(f"]({self.links.pop()})")
        else:
            self.parts.append(MARKS.get(tag, ""))

    def _end_of_code(self, tag: str) -> None:
        code, self.code = "".join(self.code), []
        if tag == "pre":
            self._blank_line()
            self.parts += [fenced(code), "\n\n"]
        elif code.strip():
            self.parts.append(inline(code.strip()))

    def _blank_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n\n"):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self.within:
            self.code.append(data)
            return
        text = _spaced(data)
        at_begin = not self.parts or self.parts[-1].endswith("\n")
        self.parts.append(escaped(text.lstrip() if at_begin else text))
