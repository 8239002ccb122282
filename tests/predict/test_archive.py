"""The `.ckit` file: what is written is read, and everything else is refused in words."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursekit.core.errors import CourseError
from coursekit.predict import ArchiveError, archive, load_learner

from .conftest import MANIFEST, split

Make = Callable[..., Path]
Parts = tuple[bytes, bytes]


def rewrite(path: Path, **members: bytes | None) -> Path:
    """The same file with some members changed, added (dots as double underscores) or dropped."""
    with zipfile.ZipFile(path) as file:
        content: dict[str, bytes | None] = {name: file.read(name) for name in file.namelist()}
    content.update({name.replace("__", "."): value for name, value in members.items()})
    with zipfile.ZipFile(path, "w") as file:
        for name, value in content.items():
            if value is not None:
                file.writestr(name, value)
    return path


def refused(path: Path) -> str:
    with pytest.raises(CourseError) as caught:
        load_learner(path)
    said = str(caught.value)
    assert said.endswith(".")
    assert said.count(". ") <= 1
    return said


def test_what_is_written_is_read(make: Make, parts: Parts) -> None:
    read = archive.read(make())
    assert (read.graph, read.weights) == parts
    assert {**MANIFEST, **read.manifest} == read.manifest
    assert read.manifest["format"] == 1
    assert set(read.manifest["checksums"]) == {"model.onnx", "weights.safetensors"}


def test_the_weights_are_not_in_the_graph(parts: Parts) -> None:
    graph, weights = parts
    assert len(weights) > 3 * 32 * 9 * 4 > len(graph) / 2


def test_the_same_model_gives_the_same_file(make: Make) -> None:
    assert make("a.ckit").read_bytes() == make("b.ckit").read_bytes()


def test_a_deflated_file_is_read_too(make: Make) -> None:
    path = make()
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    assert load_learner(path).vocab == MANIFEST["labels"]


def test_writing_leaves_the_old_file_where_it_fails(
    make: Make, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make()
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(ArchiveError, match="No space left"):
        archive.write(path, MANIFEST, *parts)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, parts: Parts) -> None:
    with pytest.raises(ArchiveError, match="another folder"):
        archive.write(tmp_path / "nowhere" / "pets.ckit", MANIFEST, *parts)


@pytest.mark.parametrize(
    "changes", [{"labels": [object()]}, {"recipe": {"f": print}}, {"name": "\ud800"}]
)
def test_what_cannot_be_json_is_not_written(make: Make, changes: dict[str, Any]) -> None:
    with pytest.raises(ArchiveError):
        make(**changes)


def test_there_is_no_such_file(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "nowhere.ckit")
    assert "There is no file" in refused(tmp_path)


class Hostile:
    """Unpickled, it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.write_text, (self.path, "executed")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["model.pkl", "model.pth"])
def test_a_hostile_pickle_is_named_and_not_executed(
    tmp_path: Path, name: str, protocol: int
) -> None:
    proof, path = tmp_path / "proof", tmp_path / name
    path.write_bytes(pickle.dumps(Hostile(proof), protocol))
    assert "is a Python pickle" in refused(path)
    assert not proof.exists()
    pickle.loads(path.read_bytes())
    assert proof.read_text() == "executed"


def test_a_hostile_pickle_under_our_name_is_not_executed(tmp_path: Path, make: Make) -> None:
    proof, path = tmp_path / "proof", tmp_path / "model.ckit"
    data = pickle.dumps(Hostile(proof))
    path.write_bytes(data)
    assert "is a Python pickle" in refused(path)
    refused(rewrite(make(), manifest__json=data))
    refused(rewrite(make(), model__onnx=data))
    refused(rewrite(make(), weights__safetensors=data))
    assert not proof.exists()


def test_a_file_of_torch_save_is_named_a_pickle(tmp_path: Path) -> None:
    import torch

    path = tmp_path / "model.ckit"
    torch.save({"a": torch.zeros(3)}, path)
    assert "is a Python pickle" in refused(path)


def test_other_files_are_no_models(tmp_path: Path, uploads: Path) -> None:
    for content in (b"", b"hello", (uploads / "hopper.jpg").read_bytes()):
        path = tmp_path / "model.ckit"
        path.write_bytes(content)
        assert "is not a model file" in refused(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "hello")
    assert "not a model exported by coursekit" in refused(path)


def test_members_too_many_or_too_few_are_refused(make: Make) -> None:
    assert "nothing else" in refused(rewrite(make(), extra__txt=b""))
    assert "nothing else" in refused(rewrite(make(), weights__safetensors=None))
    path = make()
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("manifest.json", b"{}")
    assert "nothing else" in refused(path)


@pytest.mark.parametrize("member", ["manifest.json", "weights.safetensors", "model.onnx"])
def test_an_archive_that_unpacks_to_gigabytes_is_not_unpacked(
    tmp_path: Path, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.ckit"
    names = ["manifest.json", "model.onnx", "weights.safetensors"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name in names:
            with file.open(name, "w") as stream:
                for _ in range(1040 if name == member else 1):
                    stream.write(bytes(1 << 20))
    assert path.stat().st_size < 10e6
    opened: list[str] = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda _, info: opened.append(info))
    assert f"would unpack to 1.1 GB of {member}" in refused(path)
    assert opened == []


def test_a_member_that_lies_about_its_size_is_not_believed(make: Make, parts: Parts) -> None:
    path = make()
    with zipfile.ZipFile(path) as file:
        content = file.read("manifest.json")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", content + b" " * 50_000_000)
        file.writestr("model.onnx", parts[0])
        file.writestr("weights.safetensors", parts[1])
    true, lie = ((len(content) + extra).to_bytes(4, "little") for extra in (50_000_000, 0))
    data = path.read_bytes()
    assert data.count(true) == 2
    path.write_bytes(data.replace(true, lie))
    assert "is damaged" in refused(path)


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(make: Make, kind: int) -> None:
    path = make()
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", kind) as file:
        for name, content in members.items():
            file.writestr(name, content)
    assert "is damaged" in refused(path)


def test_an_encrypted_file_is_refused(make: Make) -> None:
    path = make()
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    assert "is damaged" in refused(path)


@pytest.mark.parametrize("member", ["model__onnx", "weights__safetensors"])
def test_a_wrong_checksum_is_refused(make: Make, member: str, parts: Parts) -> None:
    content = bytearray(parts[member.startswith("w")])
    content[-1] ^= 1
    said = refused(rewrite(make(), **{member: bytes(content)}))
    assert "wrong checksum" in said
    assert member.replace("__", ".") in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"format": NaN}', "not JSON"),
        (b'{"format": ' + b"9" * 9999 + b"}", "not JSON"),
        (b"[]", "names no format"),
        (b'"format"', "names no format"),
        (b"{}", "names no format"),
        (b'{"format": "1"}', "names no format"),
        (b'{"format": true}', "names no format"),
        (b'{"format": 0}', "names no format"),
        (b'{"format": 3}', "made by a newer coursekit (format 3)"),
        (b'{"format": 1}', "'kind' is missing or wrong"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(make: Make, text: bytes, expected: str) -> None:
    assert expected in refused(rewrite(make(), manifest__json=text))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labels", []),
        ("labels", "cat"),
        ("labels", [None]),
        ("labels", [["cat"]]),
        ("preprocessing", None),
        ("preprocessing", {"size": -1}),
        ("preprocessing", {"size": 64, "method": "bend"}),
        ("scores", [{"metric": "error_rate"}]),
        ("scores", [3]),
        ("scores", {}),
        ("threshold", "0.7"),
        ("threshold", 1.5),
        ("threshold", True),
        ("temperature", 0),
        ("temperature", 10**400),
        ("heatmap", None),
        ("unsure", "how"),
        ("checksums", []),
        ("name", None),
    ],
)
def test_a_manifest_with_a_wrong_field_is_refused(make: Make, field: str, value: object) -> None:
    manifest = archive.read(make()).manifest
    text = json.dumps({**manifest, field: value}).encode()
    refused(rewrite(make(), manifest__json=text))


@pytest.mark.parametrize(
    "weights",
    [
        b"",
        b"\0" * 8,
        b"\xff" * 8 + b"{}",
        b"\x02" + b"\0" * 7 + b"[]",
        b"\x02" + b"\0" * 7 + b"{}extra",
        b"\x09" + b"\0" * 7 + b'{"a": {}}',
        b"\x28" + b"\0" * 7 + b'{"a":{"data_offsets":[4,8]},"b":{     }}' + bytes(8),
        b"\x1e" + b"\0" * 7 + b'{"a": {"data_offsets": [1,4]}}' + bytes(4),
        b"\x1e" + b"\0" * 7 + b'{"a": {"data_offsets": [0,9]}}' + bytes(4),
        b"\x20" + b"\0" * 7 + b'{"a": {"data_offsets": "never"}}',
    ],
)
def test_weights_that_are_no_safetensors_are_refused(
    tmp_path: Path, parts: Parts, weights: bytes
) -> None:
    with pytest.raises(ArchiveError, match=r"should be\. |outside of it"):
        archive.write(tmp_path / "pets.ckit", MANIFEST, parts[0], weights)


@pytest.mark.parametrize(
    "location", ["/etc/passwd", "../weights.safetensors", "model.onnx", "*/_ORT_MEM_ADDR_/*", ""]
)
def test_a_network_that_asks_for_another_file_is_refused(
    tmp_path: Path, parts: Parts, location: str
) -> None:
    graph = _with_external(parts[0], location=location)
    with pytest.raises(ArchiveError, match="outside of it"):
        archive.write(tmp_path / "pets.ckit", MANIFEST, graph, parts[1])


@pytest.mark.parametrize(
    "changes",
    [{"offset": "-4"}, {"offset": "99999999"}, {"length": "8"}, {"offset": "x"}, {"length": None}],
)
def test_a_network_that_asks_for_more_than_there_is_is_refused(
    tmp_path: Path, parts: Parts, changes: dict[str, str | None]
) -> None:
    graph = _with_external(parts[0], **changes)
    with pytest.raises(ArchiveError, match=r"outside of it|not as they should be"):
        archive.write(tmp_path / "pets.ckit", MANIFEST, graph, parts[1])


def _with_external(graph: bytes, **changes: str | None) -> bytes:
    """The graph with changes to where its first outside tensor is."""
    import onnx

    proto = onnx.load_from_string(graph)
    tensor = next(i for i in proto.graph.initializer if i.external_data)
    entries = {entry.key: entry.value for entry in tensor.external_data}
    del tensor.external_data[:]
    for key, value in {**entries, **changes}.items():
        if value is not None:
            tensor.external_data.add(key=key, value=value)
    return proto.SerializeToString()


def test_large_weights_inside_the_graph_are_used_too(
    tmp_path: Path, parts: Parts, pets: Path
) -> None:
    import onnx
    from onnx.external_data_helper import load_external_data_for_model

    (tmp_path / "weights.safetensors").write_bytes(parts[1])
    proto = onnx.load_from_string(parts[0])
    load_external_data_for_model(proto, str(tmp_path))
    graph, none = proto.SerializeToString(), b"\x02" + b"\0" * 7 + b"{}"
    answers = []
    for name, content in {"inside": (graph, none), "outside": split(graph)}.items():
        archive.write(tmp_path / name, MANIFEST, *content)
        answers.append(load_learner(tmp_path / name).predict(pets / "Bengal_10.jpg"))
    assert answers[0].probabilities.tolist() == answers[1].probabilities.tolist()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=6),
    tail=st.booleans(),
    cut=st.one_of(st.none(), st.floats(0, 1)),
)
def test_damage_is_refused_or_changes_nothing(
    make: Make, flips: list[tuple[float, int]], tail: bool, cut: float | None
) -> None:
    path = make()
    whole = archive.read(path)
    data = bytearray(path.read_bytes())
    for place, bits in flips:  # half of the time in the zip's directory at the end
        start = len(data) - 300 if tail else 0
        data[start + int(place * (len(data) - start - 1))] ^= bits
    path.write_bytes(data if cut is None else data[: int(cut * len(data))])
    try:
        read = archive.read(path)
    except CourseError:
        return
    assert (read.graph, read.weights) == (whole.graph, whole.weights)
    assert read.manifest == whole.manifest
