from __future__ import annotations

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
