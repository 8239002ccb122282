"""Lessons are valid notebooks, and the first one is played with no network."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons").glob("*.ipynb"))
GUARD = Path(__file__).with_name("no_network")


def _environment(folder: Path) -> dict[str, str]:
    """What a process is given that is to reach no other computer."""
    nobody = "http://127.0.0.1:9"  # for clients that go around Python's sockets
    return {
        "COURSEKIT_HOME": str(folder / "home"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": str(GUARD),
        "REFUSED": str(folder / "refused.txt"),
        "HTTP_PROXY": nobody,
        "HTTPS_PROXY": nobody,
        "MPLBACKEND": "Agg",
    }


@dataclass
class Played:
    """A notebook after all its cells ran in `folder`."""

    notebook: NotebookNode
    folder: Path

    def outputs(self, cell_id: str) -> list[NotebookNode]:
        cells = {cell.id: cell for cell in self.notebook.cells}
        return cells[cell_id].outputs

    def text(self, cell_id: str) -> str:
        """What a cell showed as plain text, or printed."""
        outputs = self.outputs(cell_id)
        shown = [output.data["text/plain"] for output in outputs if "data" in output]
        return "\n".join(shown or [output.text for output in outputs if "text" in output])

    def kinds(self, cell_id: str) -> set[str]:
        return {kind for output in self.outputs(cell_id) for kind in output.get("data", {})}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Lesson 1, executed once."""
    folder = tmp_path_factory.mktemp("lesson")
    notebook = nbformat.read(ROOT / "lessons" / "01_whole_game.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=400, kernel_name="python3")
    client.execute(env=os.environ | _environment(folder), cwd=str(folder))
    return Played(notebook, folder)


def test_there_is_a_lesson() -> None:
    assert LESSONS


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_a_valid_notebook_whose_cells_have_names(lesson: Path) -> None:
    notebook = nbformat.read(lesson, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)


def _guarded(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | _environment(folder)
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://example.org')",
    ],
)
def test_the_guard_refuses_other_computers(tmp_path: Path, code: str) -> None:
    done = _guarded(code, tmp_path)
    assert done.returncode == 1
    assert "this test has no network" in done.stderr
    assert (tmp_path / "refused.txt").read_text().startswith("socket.")


def test_the_guard_allows_this_computer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('localhost', {port}), timeout=5).close()"
        done = _guarded(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "refused.txt").exists()


@pytest.mark.slow
def test_lesson_1_asks_no_other_computer(played: Played) -> None:
    assert not (played.folder / "refused.txt").exists()


@pytest.mark.slow
def test_lesson_1_trains_a_model_that_reads_digits(played: Played) -> None:
    assert "4000, 1000" in played.text("loaders")
    assert "on this machine" in played.text("learner")
    score = re.search(r"error_rate ([\d.]+) % on 1,000 validation items", played.text("judge"))
    assert score, played.text("judge")
    assert float(score[1]) <= 12


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["look", "loss", "confusion", "worst", "draw"])
def test_lesson_1_shows_pictures(played: Played, cell: str) -> None:
    assert "image/png" in played.kinds(cell)


@pytest.mark.slow
def test_lesson_1_reads_the_digit_that_was_drawn(played: Played) -> None:
    assert played.text("try").startswith("('4', ")
    assert played.text("load").startswith("Prediction('4', ")
    assert played.text("terminal").startswith("four.png: 4 (")
    assert "unsure" in played.text("unsure")


@pytest.mark.slow
def test_lesson_1_looks_names_up(played: Played) -> None:
    assert "text/markdown" in played.kinds("doc-function")
    assert "never learns from" in played.text("doc-word")


@pytest.mark.slow
def test_lesson_1_says_nothing_on_the_error_stream(played: Played) -> None:
    said = [
        output.text
        for cell in played.notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr" and "it/s" not in output.text
    ]
    assert said == []


@pytest.mark.slow
def test_lesson_1_keeps_a_score_beside_baselines(played: Played) -> None:
    assert "on 1,000 validation items. Place 1 of 1." in played.text("board-add")
    board = played.text("baselines")
    assert "one epoch, seed 43" in board
    for name in ("nearest neighbour on pixels", "random guess", "logistic regression"):
        assert f"{name}" in board
    rows = board[board.index("%") :]
    order = [rows.index(it) for it in ("nearest neighbour", "one epoch", "random guess")]
    assert order == sorted(order)  # as the text below it says
    assert "application/vnd.jupyter.widget-view+json" in played.kinds("challenge")


@pytest.mark.slow
def test_lesson_1_ticks_its_own_homework(played: Played) -> None:
    said = played.text("homework")
    for task in ("Train a model", "Try a picture", "another seed", "Beat a baseline", "Look"):
        assert re.search(rf"\[x\] .*{task}", said), said
    for task in ("Do the questions", "Shut the machine down", "Play against the model"):
        assert re.search(rf"\[ \] .*{task}", said), said
