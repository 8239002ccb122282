"""HTML as Markdown that shows the same."""

from __future__ import annotations

import re
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.quiz.formats import hypertext
from coursekit.quiz.text import html as shown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("a <b>b</b> <i>c</i> <em>d</em> <s>e</s>", "a **b** *c* *d* ~~e~~"),
        ("<p>a\n b</p><p>c</p>", "a\nb\n\nc"),
        ("a<br>b<br/>c", "a\\\nb\\\nc"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ('see <a href="https://a.b/c_d">it</a>', "see [it](https://a.b/c_d)"),
        ("<code>a*b</code> and <tt>`c`</tt>", "`a*b` and `` `c` ``"),
        ("<pre><code>if a:\n    b &lt; 1\n</code></pre>then", "```\nif a:\n    b < 1\n```\n\nthen"),
        ("1 &lt; 2 &amp;amp; a_b *c* __d__", r"1 < 2 \&amp; a_b \*c\* \__d_\_"),
        (r"\(x_1*y\) and $a_1*b*$ and \[z\]", "$x_1*y$ and $a_1*b*$ and $$z$$"),
        ("# a\n- b\n1. c\n> d", "\\# a\n\\- b\n1\\. c\n\\> d"),
        ("a<style>b</style><!-- c -->", "a"),
        ("<pre>a", "```\na\n```"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert hypertext.markdown(html)[0].replace("\n\n- ", "\n- ") == markdown


def test_what_is_lost_is_named() -> None:
    html = 'a<sub>b</sub><table><tr><td>c</table><img src="x" alt="d"><math><mi>e</mi></math>'
    found, lost = hypertext.markdown(html)
    assert re.sub(r"\s+", "", found) == "abcd"
    assert lost == {"sub", "table", "tr", "td", "img", "math", "mi"}


@given(st.text("ab 1*_`#>-+=~|.)\\&;lt!", max_size=30).map(str.strip))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    found, lost = hypertext.markdown(escape(text))
    assert lost == set()
    page = unescape(re.sub(r"</?p>", "", shown(found)))
    assert " ".join(page.split()) == " ".join(text.split())


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<!--", "<b>", "<a href='", "\\(", "$$", "*", "&", "<pre>"]
)
def test_hostile_html_takes_no_time(piece: str) -> None:
    hypertext.markdown(piece * 20_000)
