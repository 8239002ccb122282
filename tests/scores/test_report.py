"""The report in Markdown, read by a real parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from coursekit.scores import notes
from coursekit.scores.adding import keep
from coursekit.scores.entry import of_run
from coursekit.scores.experiment import Experiment, read
from coursekit.scores.report import as_markdown, escaped

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "![a](http://x/y.png)",
    "**bold** _em_ __strong__ `code` ~~gone~~",
    "| a | b |",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "12) item",
    "3.",
    "6.0 %",
    "> quote",
    "---",
    "===",
    "```",
    "&lt;b&gt; &amp;",
    "<https://example.org>",
    "a\\*b\\",
    "[x]: http://y",
    "$x_1$",
    "tf_efficientnet_lite0 4.4 %",
    ":-- text",
]


def read_all(folders: list[Path]) -> list[Experiment]:
    return [it for it in map(read, folders) if it]


def shown(text: str) -> list[tuple[str, str]]:
    """The kinds of the inline tokens, with their text."""
    return [
        (inner.type, inner.content)
        for token in MARKDOWN.parse(text)
        for inner in token.children or ()
    ]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("around", ["{}", "> {}", "| a |\n| --- |\n| {} |"])
def test_text_is_shown_as_it_is(text: str, around: str) -> None:
    found = shown(around.format(escaped(text)))
    assert {kind for kind, _ in found} <= {"text", "text_special"}
    said = [words for _, words in found]
    assert "".join(said[1:] if around.startswith("|") else said) == text


def test_plain_numbers_and_names_are_left_as_they_are() -> None:
    for text in ("6.0 % (2.1 % to 16.2 %)", "tf_efficientnet_lite0, 1 epoch", "2.14.1"):
        assert escaped(text) == text


def test_the_report_has_results_differences_notes_and_pictures(trained: list[Path]) -> None:
    notes.change(trained[1], text="first line\n\nsecond | line", tags=["seed"])
    notes.change(trained[2], copied_from="x", original="one", change="epochs 1, now 4")
    text = as_markdown(read_all(trained[1:]), {"validation loss by epoch": "r-loss.png"})
    assert text.startswith("# 3 experiments\n\nWritten on 20")
    assert (
        "| name | Linear, 4 epochs (seed 8) | Linear, 4 epochs (seed 3) | Linear, 1 epoch |" in text
    )
    assert "| epochs | 4 | 4 | 1 |" in text
    assert "| seed | 8 | 3 | 3 |" in text
    assert "> tags: seed\\\n> first line\n>\n> second \\| line\n" in text
    assert "> copied from one: epochs 1, now 4" in text
    assert "![validation loss by epoch](r-loss.png)" in text
    same = text.partition("## What is the same")[2]
    assert "| setting | value |\n| --- | --- |\n| batch size | 16 |" in same
    assert "epochs" not in same.partition("## Notes")[0]


def test_hostile_names_and_notes_make_no_element(trained: list[Path]) -> None:
    keep(of_run(trained[0], "| <b>x</b> | [y](z) `"))
    notes.change(trained[0], text="\n".join(HOSTILE), tags=HOSTILE)
    found = read_all(trained[:2])
    plain = as_markdown(read_all(trained[1:2]), {})
    text = as_markdown(found, {})
    kinds = {token.type for token in MARKDOWN.parse(text)}
    inline = {kind for kind, _ in shown(text)}
    assert inline <= {"text", "text_special", "hardbreak", "strong_open", "strong_close"}
    assert not kinds & {"html_block", "fence", "code_block", "hr", "ordered_list_open"}
    assert "<script>" not in MARKDOWN.render(text)
    assert plain


def test_one_run_is_a_report_without_differences(trained: list[Path]) -> None:
    text = as_markdown(read_all(trained[:1]), {})
    assert text.startswith("# 1 experiment\n")
    assert "## What differs" not in text
    assert "## The settings" in text
    assert "## Notes" not in text
