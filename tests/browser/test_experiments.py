"""Runs side by side in a real page: chosen, compared, noted, deleted, copied with one change."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_experiments import few_digits, once_trained, trained  # noqa: F401
from support_lab import cell, jupyter, outputs, run_all, run_cell, wait_for_end
from support_pages import BROKEN, button, overflow, violations

from coursekit.app.serve import Server
from coursekit.scores import notes
from coursekit.scores.adding import keep
from coursekit.scores.entry import of_run

HOSTILE = "<img src=x onerror=\"document.title='hacked'\"> **b** =1+1"
WAIT = 60_000


@pytest.fixture
def experiments_page(
    cell_page: Callable[..., Server],
    few_digits: Path,  # noqa: F811
    trained: list[Path],  # noqa: F811
) -> Server:
    """A page with the panel, over four runs that no page began."""
    return cell_page("from coursekit import Experiments\nExperiments()", few_digits.parent)


def opened(
    browse: Any, server: Server, runs: list[Path], theme: str = "light", **size: int
) -> Page:
    """The page, once it shows these runs."""
    page: Page = browse(f"{server.address}&theme={theme}", **size)
    expect(rows(page)).to_have_count(len(runs), timeout=WAIT)
    return page


def rows(page: Page) -> Locator:
    return page.locator(".ck-runs tbody tr")


def tick(page: Page, *numbers: int) -> None:
    for number in numbers:
        box = rows(page).nth(number).get_by_role("checkbox")
        box.click()
        expect(box).to_be_checked()


def turn(page: Page, section: str) -> None:
    page.get_by_role("radio", name=section).check()


def said(page: Page, words: str) -> Locator:
    return page.locator(".ck-said").filter(has_text=re.compile(words))


def lines(page: Page) -> list[tuple[str, int]]:
    """Each curve's look and how many points it has."""
    script = "all => all.map(it => [it.getAttribute('class'), +it.dataset.points])"
    found = page.locator("path[data-line]").evaluate_all(script)
    return [(re.findall(r"ck-run\d", look)[0], points) for look, points in found]


def test_a_page_that_others_can_open_shows_what_the_same_browser_began(
    browse: Any,
    trained: list[Path],  # noqa: F811
    shared_page: Callable[[str], str],
) -> None:
    page: Page = browse(shared_page("from coursekit import Experiments\nExperiments()"))
    page.get_by_text("No training of yours is kept here yet.").wait_for(timeout=WAIT)
    word = page.evaluate("localStorage.getItem('coursekit-visitor')")
    notes.change(trained[1], visitor=word)
    button(page, "Read again").click()
    expect(rows(page)).to_have_count(1)


def test_a_board_that_others_can_open_says_where_rows_are_taken_off(
    browse: Any,
    trained: list[Path],  # noqa: F811
    shared_page: Callable[[str], str],
) -> None:
    keep(of_run(trained[0], "first"))
    page: Page = browse(shared_page("from coursekit import Scoreboard\nScoreboard()"))
    said(page, "one for all: .* on the machine itself").wait_for(timeout=WAIT)
    expect(button(page, "Run it again")).to_be_visible()
    expect(button(page, "Take it off")).to_be_hidden()
    expect(button(page, "Save the name")).to_have_count(0)
    assert violations(page) == []


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)]
)
def test_runs_are_compared_and_what_differs_is_marked(
    browse: Any,
    experiments_page: Server,
    trained: list[Path],  # noqa: F811
    elsewhere: list[str],
    theme: str,
    width: int,
) -> None:
    keep(of_run(trained[0], HOSTILE))
    notes.change(trained[1], text="Another seed, to see how much luck is in it.", tags=["seed"])
    page = opened(browse, experiments_page, trained, theme, width=width, height=900)
    tick(page, 2, 1, 3)
    expect(said(page, "Showing 4 of 4 runs. Chosen: A, B and C.")).to_be_visible()
    compared = page.locator(".ck-compared")
    expect(compared.locator("td.ck-unlike")).to_have_count(2)
    expect(compared.get_by_role("row", name=re.compile("^seed"))).to_contain_text(
        "≠ 8 (not as in A)"
    )
    page.wait_for_function("document.querySelectorAll('path[data-line]').length === 3")
    assert lines(page) == [("ck-run1", 24), ("ck-run2", 24), ("ck-run3", 6)]
    page.get_by_label("Curve").select_option("validation loss")
    page.get_by_label("Over").select_option("epoch")
    expect(
        page.get_by_role("img", name=re.compile("^A chart of the validation loss by epoch"))
    ).to_be_visible()
    page.wait_for_function("document.querySelector('path[data-line]').dataset.points === '4'")
    assert [points for _, points in lines(page)] == [4, 4, 1]
    assert violations(page) == []
    assert overflow(page) <= 0
    assert page.title() != "hacked"
    assert page.locator(".ck-panel img").count() == 0
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)
    assert elsewhere == []


def test_a_run_is_noted_deleted_and_brought_back(
    browse: Any,
    experiments_page: Server,
    trained: list[Path],  # noqa: F811
) -> None:
    page = opened(browse, experiments_page, trained)
    tick(page, 0)
    turn(page, "Note, tags, board, delete")
    page.get_by_label("Note", exact=True).fill(HOSTILE)
    page.get_by_label("Tags", exact=True).fill("size, <b>x</b>")
    page.get_by_label("Tags", exact=True).press("Tab")
    expect(rows(page).nth(0)).to_contain_text(f"{HOSTILE}\n#size #<b>x</b>", use_inner_text=True)
    page.get_by_label("Name", exact=True).fill("small photos")
    button(page, "Put on the board").click()
    expect(said(page, "^small photos: error rate .* Place 1 of 1")).to_be_visible()
    expect(rows(page).nth(0)).to_contain_text("small photos")
    assert violations(page) == []
    button(page, "Delete this run").click()
    expect(rows(page)).to_have_count(3)
    expect(said(page, "^Deleted: small photos")).to_be_visible()
    button(page, "Undo delete").click()
    expect(rows(page)).to_have_count(4)
    page.get_by_label("Tag", exact=True).select_option("size")
    expect(rows(page)).to_have_count(1)
    page.get_by_label("Tag", exact=True).select_option("any")
    page.get_by_label("Search").fill("linear")
    expect(rows(page)).to_have_count(3)


def test_a_copy_with_one_change_is_trained_and_stands_in_the_table(
    browse: Any,
    experiments_page: Server,
    trained: list[Path],  # noqa: F811
) -> None:
    page = opened(browse, experiments_page, trained)
    tick(page, 0)
    turn(page, "Copy with one change")
    page.get_by_label("Change", exact=True).select_option("Size")
    page.get_by_label("New value").fill("big")
    button(page, "Start the copy").click()
    expect(page.get_by_role("alert").filter(has_text="'big' can't be used as size")).to_be_visible()
    page.get_by_label("New value").fill("48")
    button(page, "Start the copy").click()
    expect(said(page, "is in the table, copied from .*: size 32, now 48")).to_be_visible(
        timeout=120_000
    )
    expect(rows(page)).to_have_count(5)
    expect(rows(page).nth(0)).to_contain_text("48 pixels")
    expect(rows(page).nth(0)).to_contain_text("finished")
    assert violations(page) == []


def test_files_are_downloaded_and_the_bin_asks_first(
    browse: Any,
    experiments_page: Server,
    trained: list[Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    page = opened(browse, experiments_page, trained)
    tick(page, 1, 3)
    turn(page, "Files and bin")
    with page.expect_download() as download:
        button(page, "Report with pictures").click()
    download.value.save_as(tmp_path / "report.zip")
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        assert "| epochs | 4 | 1 |" in archive.read("experiments.md").decode()
        assert len(archive.namelist()) == 5
    with page.expect_download() as download:
        button(page, "All runs as CSV").click()
    assert download.value.suggested_filename == "experiments.csv"
    turn(page, "Note, tags, board, delete")
    button(page, "Delete this run").click()
    expect(rows(page)).to_have_count(3)
    turn(page, "Files and bin")
    button(page, "Empty the bin …").click()
    expect(said(page, r"Delete 1 deleted run \(.*B\) for good\?")).to_be_visible()
    assert violations(page) == []
    button(page, "Delete for good").click()
    expect(said(page, "deleted for good")).to_be_visible()
    expect(button(page, "Undo delete")).to_be_hidden()
    assert not trained[1].exists()


@pytest.mark.slow
def test_in_jupyterlab_page_and_code_are_about_the_same_runs(
    browse: Any,
    trained: list[Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    made = "from coursekit import Experiments\nexperiments = Experiments()\nexperiments"
    with jupyter("lab", tmp_path / "lab") as lab:
        page = browse(lab.notebook("runs", made, "experiments.compare(2, 4)"))
        run_all(page, "lab")
        wait_for_end(page, 1)
        expect(rows(page)).to_have_count(4, timeout=WAIT)
        (said_in_code,) = outputs(page, 1)
        assert "What differs:\n  epochs: 4 | 1\n  seed: 8 | 3" in said_in_code
        expect(rows(page).nth(1).get_by_role("checkbox")).to_be_checked()
        expect(page.locator(".ck-compared td.ck-unlike")).to_have_count(2)
        page.wait_for_function("document.querySelectorAll('path[data-line]').length === 2")
        rows(page).nth(0).get_by_role("checkbox").click()
        run_cell(page, 1)
        expect(page.locator("path[data-line]")).to_have_count(2)
        for words in BROKEN:
            expect(cell(page, 0).get_by_text(words)).to_have_count(0)
