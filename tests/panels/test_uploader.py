"""What the uploader does with what a page sends, and with what no page of ours would send."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from coursekit.panels.uploader import AT_ONCE, Uploader, safe_name

LIMIT = 100


class Heard:
    """An uploader, and all that it said to either side."""

    def __init__(self, receive: Any = None, **how: Any) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.refused: list[tuple[str, int]] = []
        self.progress: list[tuple[str, int, int, int, int]] = []
        self.finished: list[int] = []
        self.answers: list[dict[str, Any]] = []
        self.uploader = Uploader(
            "Choose pictures",
            LIMIT,
            receive or (lambda *it: self.received.append(it)),
            refuse=lambda *it: self.refused.append(it),
            progress=lambda *it: self.progress.append(it),
            finish=self.finished.append,
            **how,
        )
        self.uploader.send = self.answers.append

    def piece(self, data: bytes = b"", **said: Any) -> bool:
        """Sends one; whether it was taken."""
        content = {"id": "1", "name": "a.jpg", "size": 6, "at": 0, "index": 1, "count": 1, **said}
        self.uploader._hear(None, content, [memoryview(data)])
        return bool(self.answers[-1]["taken"])

    def kept(self) -> int:
        return sum(half.got for half in self.uploader._halves.values())


def test_a_file_in_pieces_is_put_together_and_each_piece_is_answered() -> None:
    heard = Heard()
    assert heard.piece(b"abcd")
    assert heard.received == []
    assert heard.piece(b"ef", at=4)
    assert heard.received == [("a.jpg", b"abcdef")]
    assert heard.progress == [("a.jpg", 4, 6, 1, 1), ("a.jpg", 6, 6, 1, 1)]
    assert heard.kept() == 0


def test_an_empty_file_arrives() -> None:
    heard = Heard()
    assert heard.piece(b"", size=0)
    assert heard.received == [("a.jpg", b"")]


def test_two_pages_that_send_at_once_do_not_mix() -> None:
    heard = Heard()
    heard.piece(b"abc")
    heard.piece(b"xyz", id="2", name="b.jpg")
    heard.piece(b"def", at=3)
    heard.piece(b"uvw", id="2", name="b.jpg", at=3)
    assert heard.received == [("a.jpg", b"abcdef"), ("b.jpg", b"xyzuvw")]


def test_a_file_over_the_limit_is_refused_by_name_and_not_kept() -> None:
    heard = Heard()
    assert not heard.piece(size=LIMIT + 1)
    assert heard.refused == [("a.jpg", LIMIT + 1)]
    assert (heard.received, heard.kept()) == ([], 0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"1234567", {}),
        (b"x", {"at": -1}),
        (b"x", {"at": 3}),
        (b"x", {"at": "0"}),
        (b"x", {"at": True}),
        (b"x", {"size": -6}),
        (b"x", {"size": 1e9}),
        (b"x", {"size": None}),
        (b"x", {"name": None}),
        (b"x", {"name": {"a": 1}}),
        (b"x", {"index": -1}),
        (b"x", {"count": "many"}),
        (b"", {}),
    ],
)
def test_a_message_that_lies_is_not_taken_and_the_next_file_is(
    data: bytes, said: dict[str, Any]
) -> None:
    heard = Heard()
    assert not heard.piece(data, **said)
    assert (heard.received, heard.kept()) == ([], 0)
    assert heard.piece(b"abcdef")
    assert heard.received == [("a.jpg", b"abcdef")]


@pytest.mark.parametrize("content", [{}, {"id": "1"}, [], None, "text", {"size": 6, "at": 0}])
def test_a_message_without_its_parts_is_not_taken(content: Any) -> None:
    heard = Heard()
    heard.uploader._hear(None, content, [])
    assert not heard.answers[-1]["taken"]
    assert heard.received == []


def test_more_bytes_than_announced_drop_the_file() -> None:
    heard = Heard()
    assert heard.piece(b"abcd")
    assert not heard.piece(b"efg", at=4)
    assert not heard.piece(b"ef", at=4)
    assert (heard.received, heard.kept()) == ([], 0)


def test_a_size_that_grows_on_the_way_gives_no_more_room() -> None:
    heard = Heard()
    heard.piece(b"abcd")
    assert not heard.piece(b"x" * 50, at=4, size=90)
    assert heard.kept() == 0


def test_files_that_are_begun_and_never_ended_are_not_all_kept() -> None:
    heard = Heard()
    for number in range(50):
        heard.piece(b"x" * 99, id=str(number), size=LIMIT)
    assert heard.kept() <= AT_ONCE * LIMIT


def test_clear_drops_what_is_half_there_and_tells_the_page() -> None:
    heard = Heard()
    heard.piece(b"abcd")
    heard.uploader.clear()
    assert heard.answers[-1] == {"clear": True}
    assert heard.kept() == 0
    assert not heard.piece(b"ef", at=4)
    assert heard.received == []


def test_cancelling_drops_the_half_and_the_end_is_told() -> None:
    heard = Heard()
    heard.piece(b"abcd")
    heard.uploader._hear(None, {"drop": "1"}, [])
    assert heard.kept() == 0
    heard.uploader._hear(None, {"finished": 1}, [])
    assert heard.finished == [1]


def test_the_next_file_is_asked_for_when_the_receiver_is_done() -> None:
    done: Future[None] = Future()
    heard = Heard(receive=lambda *it: done)
    heard.uploader._hear(
        None, {"id": "1", "name": "a", "size": 1, "at": 0, "index": 1, "count": 2}, [b"x"]
    )
    assert heard.answers == []
    done.set_result(None)
    assert heard.answers == [{"id": "1", "taken": True}]


def test_a_receiver_that_fails_does_not_leave_the_page_waiting() -> None:
    def fail(name: str, data: bytes) -> None:
        raise OSError("disk full")

    heard = Heard(receive=fail)
    with pytest.raises(OSError, match="disk full"):
        heard.piece(b"abcdef")
    assert heard.answers[-1] == {"id": "1", "taken": False}
    assert heard.kept() == 0


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("cats/Tom 1.jpg", "cats/Tom 1.jpg"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\photos\\a.jpg", "C:/photos/a.jpg"),
        ("a\0b\n.jpg", "ab.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("..", "file"),
        ("", "file"),
        ("<b>a</b>.jpg", "<b>a</b>.jpg"),
    ],
)
def test_a_name_stays_below_its_folder_and_shows_all_its_signs(said: str, name: str) -> None:
    assert safe_name(said) == name


def test_the_limit_is_said_beside_the_button() -> None:
    assert Heard().uploader.limit_words == "Up to 100 bytes each."
    assert Heard(many=False).uploader.limit_words == "Up to 100 bytes."
