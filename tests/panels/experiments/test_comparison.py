"""The comparison in HTML, and the rows of the table."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from coursekit.panels.experiments.comparison import comparison_html
from coursekit.panels.experiments.model import ExperimentsModel
from coursekit.panels.experiments.table import RunsTable, rows_of
from coursekit.scores.adding import keep
from coursekit.scores.entry import of_run

HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
MADE = {
    "div",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "b",
    "br",
    "small",
    "span",
    "p",
}


class Tags(HTMLParser):
    """The elements of a text, with those that have no end counted once."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def scopes(self) -> set[str | None]:
        return {attrs.get("scope") for tag, attrs in self.found if tag == "th"}


def test_what_differs_is_marked_by_a_sign_and_in_words(model: ExperimentsModel) -> None:
    html = comparison_html(model.runs[1:])
    assert "<th scope='row'>epochs</th><td>4</td><td>4</td><td class='ck-unlike'>" in html
    assert "<span aria-hidden='true'>\u2260 </span>1<span class='ck-unseen'> (not as in A)" in html
    assert "Settings that differ" in html
    assert "<th scope='row'>loss</th>" not in html
    assert "<th scope='row'>loss</th>" in comparison_html(model.runs[1:], all_rows=True)
    assert Tags(html).scopes() == {"col", "row", "rowgroup"}


def test_runs_of_one_name_have_heads_that_tell_them_apart(model: ExperimentsModel) -> None:
    seed, other = model.runs[1:3]
    html = comparison_html([seed, other])
    assert "<b>A</b> Linear, 4 epochs (seed 8)<br><small>20" in html
    html = comparison_html([seed, replace(seed, folder=other.folder, began="2026-11-02 14:05")])
    assert "<b>B</b> Linear, 4 epochs (2026-11-02 14:05)</th>" in html


def test_one_run_shows_its_settings_and_none_shows_nothing(model: ExperimentsModel) -> None:
    html = comparison_html(model.runs[:1])
    assert "One run." in html
    assert "<th scope='row'>size</th><td>32</td>" in html
    assert "ck-unlike" not in html
    assert comparison_html([]) == ""


def test_runs_that_are_alike_say_so(model: ExperimentsModel) -> None:
    assert "No setting that is kept differs." in comparison_html([model.runs[1]] * 2)


def test_hostile_names_stay_text(trained: list[Path], model: ExperimentsModel) -> None:
    keep(of_run(trained[0], HOSTILE))
    model.load()
    html = comparison_html(model.runs[:2], all_rows=True)
    assert {tag for tag, _ in Tags(html).found} <= MADE
    assert "&lt;script&gt;" in html


def test_a_row_says_what_a_run_reached_and_what_was_noted(model: ExperimentsModel) -> None:
    id = model.runs[1].id
    model.note(id, text="first line\nsecond", tags=["a", "b c"])
    rows = rows_of(model.runs, [model.runs[3].id, id])
    assert [row["letter"] for row in rows] == ["", "B", "", "A"]
    assert rows[1]["about"] == "first line\n#a #b c"
    assert "\n(" in rows[0]["error"]
    assert rows[0]["board"] == "no"


def test_a_copy_says_what_was_changed_before_anything_else(model: ExperimentsModel) -> None:
    train = model.claim_copy(model.runs[3].id, epochs=2)
    assert train
    train()
    model.note(model.runs[0].id, text="x" * 200)
    about = rows_of(model.runs[:1], [])[0]["about"].splitlines()
    assert about[0] == "epochs 1, now 2 (a copy of Linear, 1 epoch)"
    assert len(about[1]) == 90


def test_only_rows_that_are_shown_can_be_ticked(model: ExperimentsModel) -> None:
    heard: list[tuple[str, bool]] = []
    table = RunsTable(lambda *given: heard.append(given))
    table.rows = rows_of(model.runs[:1], [])
    id = model.runs[0].id
    for content in ({"choose": id, "yes": True}, {"choose": id}, {"choose": "x", "yes": True}, 5):
        table._hear(table, content, [])
    assert heard == [(id, True), (id, False)]
