"""A JSON file read in pieces, however it is cut and wherever it ends."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_exchange import JSON

from coursekit.store import jsonstream
from coursekit.store.jsonstream import Damaged, Pieces


@given(JSON, st.integers(1, 40))
def test_pieces_are_read_whole_however_the_file_is_cut(value: Any, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonstream, "CHUNK", chunk)
        for indent in (None, 2):
            pieces = Pieces(
                StringIO(json.dumps({"a": [value, 12, value], "b": value}, indent=indent))
            )
            names = pieces.names()
            assert next(names) == "a"
            assert list(pieces.items()) == [value, 12, value]
            assert next(names) == "b"
            assert pieces.value() == value
            assert list(names) == []


def test_a_piece_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonstream, "LARGEST", 1000)
    monkeypatch.setattr(jsonstream, "CHUNK", 100)
    file = StringIO('{"a": "' + "x" * 10**6 + '"}')
    pieces = Pieces(file)
    assert next(pieces.names()) == "a"
    with pytest.raises(Damaged):
        pieces.value()
    assert file.tell() < 5000
