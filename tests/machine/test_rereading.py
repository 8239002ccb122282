from __future__ import annotations

import errno
from pathlib import Path

from coursekit.machine.rereading import Rereading


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    read: list[str] = []

    def text(file: Path) -> str:
        read.append(file.name)
        return file.read_text()

    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    files = Rereading(text)
    first = files.look([one, two])
    assert {name: held for name, (_, held) in first.items()} == {"one": "1", "two": "2"}
    assert files.look([one, two]) == first
    assert read == ["one", "two"]
    one.write_text("11")
    assert files.look([one, two])["one"][1] == "11"
    assert read == ["one", "two", "one"]


def test_what_is_gone_is_forgotten_and_what_goes_while_it_is_read_is_left_out(
    tmp_path: Path,
) -> None:
    file = tmp_path / "it"
    file.write_text("1")

    def gone(file: Path) -> str:
        raise FileNotFoundError(file)

    files = Rereading(Path.read_text)
    assert files.look([file])
    file.unlink()
    assert files.look([file]) == {}
    file.write_text("1")
    assert Rereading(gone).look([file]) == {}


def test_what_cannot_be_read_is_said_and_keeps_what_it_held(tmp_path: Path) -> None:
    fine, odd = tmp_path / "fine", tmp_path / "odd"
    fine.write_text("1")
    odd.symlink_to(odd)
    files = Rereading(Path.read_text)
    assert files.look([odd, fine]).keys() == {"fine"}
    assert files.unread == {"odd"}
    fine.unlink()
    fine.symlink_to(odd)
    assert files.look([odd, fine])["fine"][1] == "1"
    assert files.unread == {"odd", "fine"}
    odd.unlink()
    assert files.look([odd, fine]) == {}
    assert files.unread == frozenset()


def test_what_could_not_be_read_once_is_read_again_though_it_has_not_changed(
    tmp_path: Path,
) -> None:
    away = True

    def text(file: Path) -> str:
        if away:
            raise OSError(errno.ESTALE, "stale")
        return file.read_text()

    file = tmp_path / "it"
    file.write_text("1")
    files = Rereading(text)
    assert files.look([file]) == {}
    assert files.unread == {"it"}
    away = False
    assert files.look([file])["it"][1] == "1"
    assert files.unread == frozenset()
