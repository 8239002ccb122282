"""The panels as the documentation shows them: with real trainings, in both themes."""

from __future__ import annotations

import os
import re
import shutil
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_challenge import pet_photos
from support_pages import BYTES_OF, overflow, panel, picture, violations

from coursekit import Scoreboard
from coursekit.app.serve import PAGES, Server
from coursekit.core.doc import doc
from coursekit.experiments.challenge import Game
from coursekit.experiments.contest import of_learner
from coursekit.learn.learner import Learner
from coursekit.panels.challenge.pictures import encoded
from coursekit.scores import add, notes
from coursekit.scores.adding import catch_up, put
from coursekit.store.database import database
from coursekit.store.tables import new_id
from coursekit.vision.folder import learner, loaders

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("theme", ["light", "dark"])]
WAIT = 60_000
WIDTH = 1000
TRAININGS = {
    "one epoch": (42, 1, "head", 64),
    "another seed": (7, 1, "head", 64),
    "four epochs": (42, 4, "head", 64),
    "last stage, 128 pixels": (42, 1, "last", 128),
}
SCORES = """\
from IPython.display import display
from coursekit import Experiments, Scoreboard
display(Scoreboard(), Experiments())"""
WORDS = """\
from IPython.display import display
from coursekit import LookUp, Quiz, Review
display(Quiz(1), Review(), LookUp())"""
GAME = """\
from pathlib import Path
from coursekit import Challenge, load_learner
from coursekit.data.labelled import LabelledFolder
Challenge(load_learner({model!r}), LabelledFolder(Path({pets!r}), "^(.+)_"))"""
Pages = Callable[..., Server]


@pytest.fixture(scope="session")
def played(pets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which somebody went through most of the lesson, by code."""
    home = tmp_path_factory.mktemp("played")
    folder = home / "breeds"
    folder.symlink_to(pets)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSEKIT_HOME", str(home))
        for name, (seed, epochs, depth, size) in TRAININGS.items():
            learn = learner(loaders(pet_photos(folder), size), seed=seed)
            run = learn.start("fine_tune", epochs, depth=depth)
            run.wait()
            add(run, name)
        Scoreboard(learn).add_baselines()
        play(learn)
        doc("epoch")
        database().close()
    return home


def play(learn: Learner) -> None:
    """Kim takes three seconds a photo, and gets one wrong."""
    game = Game(of_learner(learn), seed=1, clock=lambda: 3.0 * len(game.answers))
    game.go_on()
    while not game.over:
        wrong = next(it for it in game.contest.labels if it != game.photo.label)
        game.answer(wrong if game.number == 7 else game.photo.label)
    put(game.outcome().entry(new_id(), "Kim"))


@pytest.fixture
def at_home(played: Path, home: Path) -> list[Path]:
    """Makes this test's home like that one; the runs' folders, in the order they began."""
    without = shutil.ignore_patterns("coursekit.db*", "cache")
    shutil.copytree(played, home, ignore=without, symlinks=True, dirs_exist_ok=True)
    catch_up()
    database().close()
    return sorted(it.parent for it in (home / "runs").glob("*/history.json"))


def opened(browse: Any, server: Server, theme: str, heading: str) -> Page:
    page: Page = browse(f"{server.address}&theme={theme}", width=WIDTH, height=900)
    page.get_by_role("heading", name=heading).first.wait_for(timeout=WAIT)
    return page


def sound(page: Page) -> None:
    assert violations(page) == []
    assert overflow(page) <= 0


def test_the_board_and_the_experiments(
    browse: Any, cell_page: Pages, at_home: list[Path], theme: str
) -> None:
    page = opened(browse, cell_page(SCORES, at_home[0].parent), theme, "Experiments")
    board, experiments = panel(page, "Scoreboard"), panel(page, "Experiments")
    expect(board.get_by_role("row")).to_have_count(10, timeout=30_000)
    expect(board).to_contain_text("a person, against a model also chosen on these photos")
    expect(board).to_contain_text("they decided something about the model")
    notes.change(at_home[1], text="How much of the score is luck?", tags=["seed"])
    experiments.get_by_role("button", name="Read again").click()
    rows = experiments.locator(".ck-runs tbody tr")
    expect(rows).to_have_count(4)
    for number in (3, 2, 1):
        rows.nth(number).get_by_role("checkbox").click()
    page.wait_for_function("document.querySelectorAll('path[data-line]').length === 3")
    experiments.get_by_label("Curve").select_option("validation loss")
    expect(experiments.get_by_role("row", name=re.compile("^seed"))).to_contain_text("≠ 7")
    sound(page)
    picture(page, f"scoreboard-rows-{theme}", of=board)
    rows.nth(0).scroll_into_view_if_needed()
    picture(page, f"experiments-compare-{theme}", of=experiments)


def test_the_homework(browse: Any, at_home: list[Path], theme: str) -> None:
    with Server(at_home[0].parent, page=PAGES["course"]) as server:
        page = opened(browse, server, theme, "Lesson 1: the whole game")
        expect(page.get_by_text("6 of 9 done.")).to_be_visible()
        sound(page)
        picture(page, f"homework-list-{theme}", of=panel(page, "Lesson 1: the whole game"))


def test_a_question_a_review_and_a_word(browse: Any, cell_page: Pages, theme: str) -> None:
    page = opened(browse, cell_page(WORDS), theme, "Look something up")
    quiz, review = panel(page, "Lesson 1"), panel(page, "Review")
    quiz.get_by_text("All questions").click()
    quiz.get_by_role("button", name=re.compile("In which epoch is this model best")).click()
    quiz.get_by_text("All questions").click()
    quiz.get_by_label("Your answer").fill("8")
    quiz.get_by_role("button", name="Check").click()
    expect(quiz.locator(".ck-feedback")).to_contain_text("Not right.")
    quiz.get_by_role("button", name="Hint").click()
    expect(quiz.locator(".ck-hints")).to_contain_text("Hint 1: Which of the two curves")
    sound(page)
    picture(page, f"quiz-question-{theme}", of=quiz)
    remember_some(review)
    picture(page, f"review-today-{theme}", of=review)
    page.get_by_label("Word").fill("validation set")
    page.get_by_label("Word").press("Enter")
    expect(page.locator(".ck-document")).to_contain_text("never learns from")
    sound(page)
    picture(page, f"lookup-word-{theme}", of=panel(page, "Look something up"))


def remember_some(review: Locator) -> None:
    """Answers three questions, looks when the next days ask again, and answers one more."""
    for number in range(1, 5):
        expect(review.locator(".ck-where")).to_contain_text(f"Question {number} of 10")
        for choice in review.locator(".ck-choice").all():
            words, key = choice.locator("span").first, choice.locator("kbd")
            assert abs(words.bounding_box()["y"] - key.bounding_box()["y"]) < 10
        review.locator(".ck-choice").first.click()
        review.get_by_role("button", name="Check").click()
        expect(review.locator(".ck-said-verdict")).to_be_visible()
        if number < 4:
            review.get_by_role("button", name="Next").click()
    expect(review).to_contain_text(re.compile(r"Rated \w+: it comes back"))
    review.get_by_text(re.compile("^The next 14 days")).click()


def test_the_game(
    browse: Any,
    cell_page: Pages,
    trained_on_pets: Learner,
    pets: Path,
    tmp_path: Path,
    theme: str,
) -> None:
    model = trained_on_pets.export(tmp_path / "breeds.ckit")
    served = cell_page(GAME.format(model=str(model), pets=str(pets)))
    page = opened(browse, served, theme, "You against the model")
    game = panel(page, "You against the model")
    page.get_by_role("button", name="Start", exact=True).click()
    truths = {encoded(it.file): it.label for it in of_learner(trained_on_pets).photos}
    for number in range(1, 21):
        shown = page.get_by_role("img", name=f"Photo {number} of 20", exact=True)
        expect(shown).to_be_visible(timeout=30_000)
        if number == 3:
            picture(page, f"challenge-play-{theme}", of=game)
        if os.environ.get("COURSEKIT_SCREENSHOTS"):
            page.wait_for_timeout(1_500)  # as a person would look at it
        label(page, truth_of(shown, truths), wrong=number == 8)
    expect(page.locator(".ck-end")).to_contain_text("You: 1 of 20 photos wrong")
    sound(page)
    picture(page, f"challenge-over-{theme}", of=game)


def truth_of(shown: Locator, truths: dict[bytes, str]) -> str:
    return truths[b64decode(shown.evaluate(BYTES_OF))]


def label(page: Page, truth: str, wrong: bool) -> None:
    """Clicks the right label, or another."""
    labels = page.locator(".ck-label")
    right = labels.filter(has_text=truth)
    (labels.filter(has_not_text=truth).first if wrong else right).click()
