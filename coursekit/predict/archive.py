"""The `.ckit` file: one trained model as graph, weights and JSON; nothing in it is executed."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from coursekit.core.paths import replacing
from coursekit.core.wording import file_size
from coursekit.predict import manifest as manifests
from coursekit.predict.graph import outside_tensors
from coursekit.predict.manifest import AGAIN, FORMAT, ArchiveError

MANIFEST, GRAPH, WEIGHTS = "manifest.json", "model.onnx", "weights.safetensors"
LIMITS = {MANIFEST: 16 << 20, GRAPH: 256 << 20, WEIGHTS: 1 << 30}
"""Bytes that each member may unpack to."""

_KINDS_OF_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # a zip version or flag that zipfile does not know
    RuntimeError,  # encrypted
    ValueError,
    OverflowError,
    OSError,
)


@dataclass(frozen=True)
class Archive:
    """What a `.ckit` file holds, checked.

    Attributes:
        manifest: Labels, preprocessing, versions, recipe, scores, threshold, temperature.
        graph: An ONNX model whose larger weights are outside, in `weights`.
        weights: A whole safetensors file.
    """

    manifest: dict[str, Any]
    graph: bytes
    weights: bytes


def write(path: Path | str, manifest: Mapping[str, Any], graph: bytes, weights: bytes) -> Archive:
    """Writes a model file; whoever reads `path` meanwhile sees the old one or the whole new one.

    Args:
        path: Its folder must exist.
        manifest: As in `Archive`; `format` and `checksums` are put in here.
        graph: See `Archive`.
        weights: See `Archive`.

    Raises:
        ArchiveError: What is given could not be read again, or the folder cannot be written.
    """
    path = Path(path)
    sums = {GRAPH: _sha256(graph), WEIGHTS: _sha256(weights)}
    archive = Archive({**manifest, "format": FORMAT, "checksums": sums}, graph, weights)
    _check(archive, path.name)
    description = manifests.to_bytes(archive.manifest, path.name)
    members = {MANIFEST: description, GRAPH: graph, WEIGHTS: weights}
    try:
        with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as file:
            for name, content in members.items():
                file.writestr(zipfile.ZipInfo(name), content)  # stored: weights do not compress
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be written ({error.strerror}); choose another folder."
        ) from error
    return archive


def read(path: Path | str) -> Archive:
    """Reads a model file and checks all of it before anything is used.

    Raises:
        ArchiveError: It is missing, no such file (a pickle, say), damaged, from a newer coursekit,
            or would unpack to more than `LIMITS`.
    """
    path = Path(path)
    if not path.is_file():
        raise ArchiveError(f"There is no file {path}; check its name and its folder.")
    try:
        with zipfile.ZipFile(path) as file:
            members = _members(file, path.name)
    except _KINDS_OF_DAMAGE as error:
        _refuse(path, error)
    manifest = manifests.parse(members[MANIFEST], path.name)
    archive = Archive(manifest, members[GRAPH], members[WEIGHTS])
    _check(archive, path.name)
    return archive


def _members(file: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    names = file.namelist()
    if any(member.endswith(".pkl") for member in names):
        raise _pickle(name)
    if sorted(names) != sorted(LIMITS):
        raise ArchiveError(
            f"{name} is not a model exported by coursekit; such a file holds "
            f"{MANIFEST}, {GRAPH} and {WEIGHTS}, and nothing else."
        )
    for info in file.infolist():
        if info.file_size > LIMITS[info.filename]:
            raise ArchiveError(
                f"{name} would unpack to {file_size(info.file_size)} of {info.filename}, more than "
                f"the {file_size(LIMITS[info.filename])} that are read; it was not unpacked."
            )
    return {info.filename: _member(file, info) for info in file.infolist()}


def _member(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("a compression that is not used here")
    with file.open(info) as member:
        content = member.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise zipfile.BadZipFile("a member is not of the size that it claims")
    return content


def _refuse(path: Path, error: BaseException) -> NoReturn:
    """Says why this is not even a zip that can be read."""
    try:
        with path.open("rb") as file:
            head = file.read(2)
    except OSError as closed:
        raise ArchiveError(
            f"{path} cannot be read ({closed.strerror}); check who may read it."
        ) from closed
    pickled = head[:1] == b"\x80" and head[1:] <= b"\x05"
    if pickled or path.suffix.lower() in (".pkl", ".pickle", ".pth", ".pt"):
        raise _pickle(path.name) from error
    if head != b"PK":
        raise ArchiveError(f"{path.name} is not a model file (.ckit). {AGAIN}") from error
    raise ArchiveError(f"{path.name} is damaged. {AGAIN}") from error


def _pickle(name: str) -> ArchiveError:
    return ArchiveError(
        f"{name} is a Python pickle, which could run any program when opened, so it was not; "
        "export the model with coursekit's learn.export instead."
    )


def _check(archive: Archive, name: str) -> None:
    """Raises an `ArchiveError` where manifest, graph and weights are not as they should be."""
    manifests.check(archive.manifest, name)
    sums = {GRAPH: _sha256(archive.graph), WEIGHTS: _sha256(archive.weights)}
    for member, checksum in sums.items():
        if archive.manifest["checksums"].get(member) != checksum:
            raise ArchiveError(f"{name} is damaged: {member} has a wrong checksum. {AGAIN}")
    try:
        _check_weights(archive.weights)
        tensors = outside_tensors(archive.graph)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ArchiveError(
            f"{name} cannot be used: its network or its weights are not as they should be. {AGAIN}"
        ) from error
    for tensor in tensors:
        if tensor.location != WEIGHTS or tensor.offset + tensor.length > len(archive.weights):
            raise ArchiveError(
                f"{name} was refused: its network asks for data outside of it "
                f"({tensor.location!r}). Use a model from a source that you trust."
            )


def _check_weights(weights: bytes) -> None:
    """A safetensors file: the header's length, the header, then tensors without a gap."""
    (length,) = struct.unpack_from("<Q", weights.ljust(8, b"\0"))
    if not 2 <= length <= len(weights) - 8:
        raise ValueError("the weights have no header")
    header = json.loads(weights[8 : 8 + length])
    header.pop("__metadata__", None)
    end = 0
    for begin, stop in sorted(tuple(tensor["data_offsets"]) for tensor in header.values()):
        if begin != end or stop < begin:
            raise ValueError("weights overlap or leave a gap")
        end = stop
    if end != len(weights) - 8 - length:
        raise ValueError("the weights are longer or shorter than their header says")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
