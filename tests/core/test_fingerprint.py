from __future__ import annotations

from coursekit.core import fingerprint


def test_where_one_part_ends_counts() -> None:
    assert fingerprint.of_bytes(b"ab", b"c") != fingerprint.of_bytes(b"a", b"bc")
    assert fingerprint.of_bytes(b"ab", b"c") == fingerprint.of_bytes(b"ab", b"c")
    assert len(fingerprint.of_bytes()) == 32


def test_a_table_is_the_same_in_any_order_of_rows() -> None:
    rows = [("a.jpg", "cat", "train"), ("b.jpg", "dog", "valid")]
    assert fingerprint.of_table(rows) == fingerprint.of_table(reversed(rows))
    assert fingerprint.of_table(rows) != fingerprint.of_table([("a.jpg", "cat", "valid"), rows[1]])
    assert fingerprint.of_table([("a", "b,c")]) != fingerprint.of_table([("a,b", "c")])
