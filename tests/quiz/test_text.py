"""What learners and teachers write becomes HTML that does nothing but show."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from coursekit.quiz.text import ATTRIBUTES, FORMULAS, TEXT, html

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror='alert(1)'>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x onerror=&#97;lert(1)>",
    "<img \x00src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg/>#x'/></svg>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<frameset onload=alert(1)></frameset>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<applet code=x></applet>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import '//evil.example/x.css';</style>",
    "<div style='background:url(//evil.example/x)'>x</div>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<form action='//evil.example'><input name=q><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video src=x onerror=alert(1)></video>",
    "<audio src=//evil.example/x autoplay></audio>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a onclick=alert(1)>x</a>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<template><img src=x onerror=alert(1)></template>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](<javascript:alert(1)>)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](http://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x](data:text/html,<script>alert(1)</script>)",
    '![x" onerror="alert(1)](x.png)',
    '![x](x.png "onerror=alert(1)")',
    '[x](http://a.example "\\" onmouseover=alert(1)")',
    "`<img src=x onerror=alert(1)>`",
    "```\n<img src=x onerror=alert(1)>\n```",
    "```<script>\nalert(1)\n```",
    "| <img src=x onerror=alert(1)> |\n| --- |\n| <svg onload=alert(1)> |",
    "$<img src=x onerror=alert(1)>$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<script>alert(1)</script>}$",
    "$$\\style{background:url(//evil.example)}{x}$$",
    "$\\require{html}\\class{x}{y}\\unicode{0}$",
    "~~<img src=x onerror=alert(1)>~~",
    "**<b onmouseover=alert(1)>x</b>**",
    "<x onclick=alert(1)>\n\n# <img src=x onerror=alert(1)>",
]


class Seen(HTMLParser):
    """All elements and attributes of some HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def assert_harmless(shown: str) -> None:
    for tag, attributes in Seen(shown).elements:
        assert tag in TEXT | FORMULAS, shown
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | {"rel"}, shown
        address = (attributes.get("href") or "").strip().lower()
        assert address.startswith(("http://", "https://", "mailto:")) or ":" not in address, shown
        assert (attributes.get("src") or "data:image/png").startswith("data:image/"), shown


def test_there_are_more_attacks_than_sixty() -> None:
    assert len(set(ATTACKS)) >= 60


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_text(attack: str, tmp_path: Path) -> None:
    for around in ("{}", "a {} b", "> {}", "- {}", "# {}"):
        assert_harmless(html(around.format(attack), tmp_path))


SIGNS = ["$", "`", "<", ">", "\n\n", "[", "](", ")", "!"]


@given(st.lists(st.sampled_from([*ATTACKS, *SIGNS]), max_size=6))
def test_attacks_together_are_text(attacks: list[str]) -> None:
    assert_harmless(html("".join(attacks)))


def test_markdown_is_markdown() -> None:
    shown = html("*a* **b** `c` [d](https://a.example)\n\n| e |\n| --- |\n| ~~f~~ |\n\n3. g")
    for piece in ("<em>a</em>", "<strong>b</strong>", "<code>c</code>", "<td><s>f</s></td>"):
        assert piece in shown
    assert '<a href="https://a.example" rel="noopener noreferrer">d</a>' in shown
    assert '<ol start="3">' in shown


def test_html_is_shown_as_it_was_written() -> None:
    assert "&lt;b&gt;x&lt;/b&gt;" in html("<b>x</b>")


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        (r"The loss $\frac{1}{n}$ falls.", "<mfrac>"),
        ("$$\na^2\n$$", '<math display="block">'),
        (r"It costs $5 and $6.", "It costs $5 and $6."),
        (r"\$5", "$5"),
        (r"$\frac{$", "<code>"),
    ],
)
def test_formulas_become_mathml_and_prices_stay(text: str, piece: str) -> None:
    assert piece in html(text)


def test_a_picture_beside_the_file_is_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "pictures" / "curve one.png")
    Image.new("RGB", (4, 4)).save(tmp_path.parent / "outside.png")
    (tmp_path / "secret.txt").write_text("x")
    assert 'src="data:image/png;base64,' in html("![a *b*](<pictures/curve one.png>)", tmp_path)
    assert 'alt="a b"' in html("![a *b*](<pictures/curve one.png>)", tmp_path)
    outside = ("../outside.png", f"{tmp_path.parent}/outside.png")
    for name in (*outside, "secret.txt", "none.png", "\0.png"):
        assert "<img" not in html(f"![words](<{name}>)", tmp_path)
    assert "<em>words</em>" in html("![words](none.png)", tmp_path)
    assert "<img" not in html("![words](<pictures/curve one.png>)")
