"""The scoreboard without a browser."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support_experiments import clouds_learner

from coursekit import Scoreboard
from coursekit.core import fingerprint
from coursekit.core.errors import CourseError
from coursekit.panels.scoreboard import compared
from coursekit.panels.scoreboard.model import BoardModel, standing
from coursekit.panels.scoreboard.table import as_html, disagreements
from coursekit.panels.scoreboard.view import board_view, recipe_view, row_buttons, rows_view
from coursekit.panels.working import Worker
from coursekit.scores import board
from coursekit.scores.adding import put
from coursekit.scores.entry import Entry
from coursekit.store import answers
from coursekit.store.database import Database, database
from coursekit.store.tables import Learner, new_id

RECIPE = {"format": 1, "model": {"architecture": "resnet18"}, "seed": 3}


def entry(**changes: Any) -> Entry:
    about: dict[str, Any] = {"id": new_id(), "kind": "model", "name": "one epoch", "task": "pets"}
    about |= {"data": "3fa2" * 8, "wrong": 4, "judged": 90, "chosen": False, "seed": 42}
    about |= {"seconds": 9.5, "hardware": "A processor", "version": "0.1.0", "recipe": RECIPE}
    return Entry(**{**about, **changes})


@pytest.fixture
def store(home: Path) -> Iterator[Database]:
    made = database()
    yield made
    made.close()


def refused(*_: object) -> Any:
    raise CourseError("This recipe can't be run again: it is a test's.")


@pytest.fixture
def model(store: Database) -> BoardModel:
    return BoardModel(lambda: store, refused, refused)


Names = Callable[[BoardModel], list[str]]


@pytest.fixture
def names() -> Names:
    return lambda model: [row.run.name for row in model.shown.rows]


def test_an_empty_board_says_what_to_do(model: BoardModel) -> None:
    model.refresh()
    assert model.message == ""
    assert standing(model.shown).startswith("Nothing is on the board yet.")
    assert as_html(model.shown, model.task) == ""


def test_the_largest_board_comes_first_and_another_can_be_chosen(
    model: BoardModel, names: Names
) -> None:
    for it in (entry(name="a"), entry(name="b"), entry(name="c", task="digits")):
        put(it)
    model.refresh()
    assert model.tasks == (("pets", 2), ("digits", 1))
    assert names(model) == ["a", "b"]
    model.choose("digits")
    assert names(model) == ["c"]
    model.refresh()
    assert model.task == "digits"


def test_ones_own_best_is_told_with_its_ties(model: BoardModel) -> None:
    put(entry(name="mine", wrong=5))
    put(entry(name="other", wrong=3, kind="baseline"))
    model.refresh()
    said = "Your best, mine, is at place 1 to 2 of 2 (they can't be told apart)."
    assert standing(model.shown) == said


def test_more_rows_come_page_by_page(model: BoardModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in range(5):
        put(entry(wrong=wrong))
    pages = board.top.__defaults__
    monkeypatch.setattr(board.top, "__defaults__", (2, None))
    model.refresh()
    assert len(model.shown.rows) == 2
    model.more()
    model.more()
    assert [row.run.error_rate for row in model.shown.rows] == [n / 90 for n in range(5)]
    model.more()
    assert len(model.shown.rows) == model.shown.total == 5
    assert pages == (board.TOP, None)


def test_a_row_is_taken_off_and_brought_back(model: BoardModel, names: Names) -> None:
    it = entry(name="mine")
    put(it)
    model.refresh()
    model.take_off(it.id)
    assert names(model) == []
    assert model.undone == "mine"
    model.undo()
    assert names(model) == ["mine"]
    assert model.undone == ""
    model.undo()
    assert "nothing to bring back" in model.said
    assert names(model) == ["mine"]


def test_somebody_elses_row_stays(model: BoardModel, store: Database, names: Names) -> None:
    with store.writing() as session:
        answers.the_learner(session)
        session.add(Learner(id="bob", name="Bob"))
        session.flush()
        board.put(session, "bob", entry(id="his", name="his"))
    model.refresh()
    model.take_off("his")
    assert model.message == "This row is somebody else's; only they can take it off."
    assert names(model) == ["his"]
    assert standing(model.shown) == "Nothing of yours is on this board yet."


def test_a_baseline_is_nobodys(model: BoardModel, store: Database) -> None:
    put(entry(kind="baseline", name="random guess", id="guess"))
    with store.writing() as session:
        session.add(Learner(id="bob", name="Bob"))
        session.flush()
        board.put(session, "bob", entry(name="his"))
    model.refresh()
    assert "<th scope='col'>who</th>" not in as_html(model.shown, model.task)
    put(entry(name="mine"))
    model.rename("Ada")
    html = as_html(model.shown, model.task)
    assert [html.count(f"<td>{who}</td>") for who in ("Ada", "Bob", "", "no name")] == [1, 1, 1, 0]
    assert html.count("yours") == 1


def test_a_name_is_kept_unless_it_cannot_be_printed(model: BoardModel) -> None:
    put(entry())
    model.rename("Ada\x07 Lovelace")
    assert "no control characters" in model.message
    model.rename("  Ada Lovelace ")
    assert model.learner == "Ada Lovelace"
    assert model.shown.rows[0].learner == "Ada Lovelace"
    model.rename("")
    assert model.learner == ""
    assert model.said == "The board has no name of you."


def test_a_recipe_that_cannot_be_run_again_is_a_sentence(model: BoardModel) -> None:
    it = entry()
    put(it)
    model.refresh()
    model.run_again(it.id)
    assert model.message == "This recipe can't be run again: it is a test's."
    assert model.running == ""


def test_baselines_without_data_are_a_sentence(model: BoardModel) -> None:
    model.add_baselines()
    assert "Give the board a learner" in model.message


def test_what_went_wrong_stays_said_though_the_board_is_read_again(model: BoardModel) -> None:
    model.baselines = refused
    model.add_baselines()
    assert "it is a test's" in model.message


def test_names_from_anybody_are_text_in_the_table(model: BoardModel) -> None:
    attack = "<img src=x onerror=alert(1)>"
    put(entry(name=attack, task=attack, kind=attack[:10], data="<b>" * 8))
    put(entry(task=attack, data="other" * 6))
    model.rename(attack)
    model.refresh()
    html = as_html(model.shown, model.task)
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;img src=x" in html


@pytest.mark.parametrize("chosen", [True, False])
def test_a_game_with_a_model_that_the_photos_chose_says_so(model: BoardModel, chosen: bool) -> None:
    against = {"model": {"name": "net", "wrong": 1, "judged": 20, "chosen": chosen}}
    put(entry(name="Kim", kind="person", judged=20, about=against))
    put(entry(name="older", kind="person", judged=20, about={"model": "net"}))
    model.refresh()
    html = as_html(model.shown, model.task)
    assert ("a person, against a model also chosen on these photos" in html) == chosen
    assert ("decided something about the model" in html) == chosen


def test_the_table_says_what_numbers_alone_do_not(model: BoardModel, store: Database) -> None:
    put(entry(name="guess", kind="baseline", wrong=60))
    put(entry(name="best", chosen=True, data="abcdef" + "0" * 26))
    model.refresh()
    html = as_html(model.shown, model.task)
    assert "baseline</span>" in html
    assert "also chosen on these photos" in html
    assert "Rows with another split were judged on other photos." in html
    assert "<code>abcdef</code>" in html
    assert ">who<" not in html
    assert "1.7 % to 10.9 %" in html


def test_the_panel_is_text_too(store: Database) -> None:
    put(entry(name="first"))
    text = repr(Scoreboard())
    assert text.splitlines()[0] == "Scoreboard: pets"
    head, row, now = text.splitlines()[2:]
    assert " ".join(head.split()) == "row place error rate (95 % interval) name"
    assert " ".join(row.split()) == "1 1 4.4 % (1.7 % to 10.9 %) first"
    assert head.index("name") == row.index("first")
    assert now.endswith(".run_again(1), .take_off(1), for example.")


def test_rows_are_named_as_the_text_shows_them_by_id_or_by_what_add_gave(store: Database) -> None:
    first, second = (put(entry(name=it, wrong=n)) for n, it in enumerate(("first", "second"), 1))
    put(entry(id="elsewhere", task="digits"))
    panel = Scoreboard()
    rows = panel.model.shown.rows
    for which in (2, second, second.entry.id, second.entry.id[:25], rows[1], rows[1].run):
        panel.take_off(which)
        assert [row.run.name for row in panel.model.shown.rows] == ["first"]
        panel.undo()
    panel.take_off("elsewhere")  # of a board that is not shown
    with pytest.raises(CourseError, match=r"There is no row 3\. There are 2, counted from 1"):
        panel.take_off(3)
    with pytest.raises(CourseError, match="fits 2 rows"):
        panel.run_again(first.entry.id[:2])
    with pytest.raises(CourseError, match="The photos of this recipe"):
        panel.run_again(1)


@pytest.mark.parametrize("given", ["photos", Path("photos"), 5, [1]])
def test_what_is_no_learner_is_a_sentence(store: Database, given: Any) -> None:
    with pytest.raises(CourseError, match=r"^Scoreboard takes a Learner, and .* is none\. Write"):
        Scoreboard(given)


def test_where_others_see_the_board_a_page_takes_nothing_off_and_renames_nobody(
    store: Database, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(entry(id="mine", name="mine"))
    monkeypatch.setenv("COURSEKIT_SHARED", "1")
    panel = Scoreboard()
    for refused_here in (lambda: panel.take_off(1), lambda: panel.model.rename("Eve")):
        with pytest.raises(CourseError, match=r"one for all: .* on the machine itself"):
            panel._done(refused_here)
    assert names(panel.model) == ["mine"]
    assert panel.model.learner == ""
    words = "".join(_values(panel.view))
    assert "Your name here" not in words
    monkeypatch.setenv("COURSEKIT_SHARED", "")
    assert "Your name here" in "".join(_values(Scoreboard().view))


def test_a_damaged_database_is_a_sentence_in_the_panel(home: Path) -> None:
    (home / "coursekit.db").write_text("This is a letter and no database. " * 100)
    board_ = Scoreboard()
    assert "the file is no database" in board_.model.message
    with pytest.raises(CourseError, match="no database"):
        board_._done(board_.model.refresh)


def test_the_widgets_follow_the_model(model: BoardModel) -> None:
    it = entry(name="mine")
    put(it)
    model.refresh()
    view = board_view(model, Worker())
    words = str(view.get_state()) + "".join(_values(view))
    assert "mine" in words
    model.take_off(it.id)
    assert "Undo: bring back mine" in "".join(_values(view))


def _values(widget: Any) -> Iterator[str]:
    yield str(getattr(widget, "value", "")) + str(getattr(widget, "description", ""))
    for child in getattr(widget, "children", ()):
        yield from _values(child)


def test_the_chosen_board_stays_though_another_one_is_larger(model: BoardModel) -> None:
    for it in (entry(), entry(), entry(task="digits")):
        put(it)
    model.refresh()
    view = board_view(model, Worker())
    model.choose("digits")
    put(entry(task="digits"))
    model.refresh()
    assert model.task == "digits"
    view.close()


def test_ones_own_row_without_a_folder_is_taken_off_and_brought_back(
    model: BoardModel, names: Names, home: Path
) -> None:
    it = entry(name="moved here")
    put(it)
    shutil.rmtree(home / "runs" / it.id)
    model.refresh()
    model.take_off(it.id)
    assert names(model) == []
    model.undo()
    assert names(model) == ["moved here"]


def test_where_a_person_and_the_model_disagreed_is_told_as_text() -> None:
    said = [{"photo": "a <b>.jpg", "label": "cat", "you": "cat", "model": "dog"}, "odd"]
    html = disagreements({"disagree": said})
    assert "Where the two disagreed: 1" in html
    assert "a &lt;b&gt;.jpg" in html
    assert disagreements({"disagree": "x"}) == disagreements({}) == ""


@pytest.mark.parametrize("shared", [False, True])
def test_where_others_see_the_page_no_photo_is_named(
    store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    monkeypatch.setenv("COURSEKIT_SHARED", "1" if shared else "")
    recipes = []
    for name in ("grandma.jpg", "grandpa.jpg"):
        rows = [(name, "cat", "valid")]
        data = {"labels": rows, "digest": fingerprint.of_labels(rows)}
        recipes.append({**RECIPE, "data": data})
        (tmp_path / name).mkdir()
        (tmp_path / name / "recipe.json").write_text(json.dumps(recipes[-1]))
    run: Any = SimpleNamespace(folder=tmp_path / "grandpa.jpg")
    said = str(compared(recipes[0], tmp_path / "grandma.jpg", run))
    assert "The photos are not the same" in said
    assert ("New: grandpa.jpg." in said) is not shared
    disagree = [{"photo": "grandma.jpg", "label": "cat", "you": "cat", "model": "dog"}]
    put(entry(kind="person", about={"disagree": disagree}))
    model = Scoreboard().model
    shown = recipe_view(model, rows_view(model))
    assert "The recipe of this row" in shown.value
    assert ("grandma.jpg" in shown.value) is not shared


def test_a_row_that_is_not_there_is_a_sentence_and_is_said_once(store: Database) -> None:
    put(entry(id="mine"))
    panel = Scoreboard()
    for ask in (panel.take_off, panel.run_again):
        with pytest.raises(CourseError, match="There is no row 'nothing'"):
            ask("nothing")
    panel.take_off("mine")  # an old error is not this one's


def test_a_training_is_stopped_while_it_is_prepared(store: Database) -> None:
    def begin(*_: object) -> Any:
        model.stop()
        return clouds_learner().start("fit_one_cycle", 1000, speed=5.0)

    model = BoardModel(lambda: store, begin, refused)
    put(entry(id="mine"))
    model.refresh()
    model.run_again("mine")
    assert model.said == "It was stopped, so there is nothing to compare."
    assert model.running == ""


def test_two_quick_clicks_train_once(store: Database) -> None:
    begun: list[object] = []

    def begin(recipe: object, _: object) -> Any:
        begun.append(recipe)
        raise CourseError("It is a test's.")

    model, held = BoardModel(lambda: store, begin, refused), threading.Event()
    put(entry(name="mine"))
    model.refresh()
    worker = Worker()
    worker.do(held.wait)
    (again, *_) = row_buttons(model, worker, rows_view(model))
    for _ in range(2):
        again.click()
    held.set()
    worker.wait()
    assert len(begun) == 1
    assert not again.disabled
