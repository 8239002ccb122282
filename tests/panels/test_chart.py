from __future__ import annotations

from array import array
from typing import Any

import pytest

from coursekit.panels.chart import MOST_POINTS, Chart, Line


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """What charts send, in order."""
    messages: list[tuple[Any, Any]] = []
    monkeypatch.setattr(
        Chart, "send", lambda self, content, buffers: messages.append((content, buffers))
    )
    return messages


def points(buffer: bytes) -> list[float]:
    return list(array("d", buffer))


def test_only_what_is_new_travels_in_one_message_for_all_lines(sent: list[Any]) -> None:
    chart = Chart()
    chart.show([Line("a", "A"), Line("b", "B")])
    chart.extend({"a": [(0, 1.0)], "b": [(0, 2.0)]})
    chart.extend({"a": [(1, 0.5)], "b": []})
    (first, second) = sent
    assert first[0] == {"kind": "more", "ids": ["a", "b"], "to": ""}
    assert [points(b) for b in first[1]] == [[0.0, 1.0], [0.0, 2.0]]
    assert (second[0]["ids"], [points(b) for b in second[1]]) == (["a"], [[1.0, 0.5]])


def test_nothing_new_sends_nothing(sent: list[Any]) -> None:
    Chart().extend({"a": []})
    assert sent == []


def test_a_page_that_comes_later_gets_everything_and_no_more_than_it_can_show(
    sent: list[Any],
) -> None:
    chart = Chart()
    chart.show([Line("a", "A")])
    chart.extend({"a": [(x, float(x % 7)) for x in range(10_000)]})
    chart._hear(chart, {"ask": "page 2"}, [])
    content, buffers = sent[-1]
    assert (content["kind"], content["to"]) == ("all", "page 2")
    assert len(points(buffers[0])) <= 2 * MOST_POINTS
    assert points(buffers[0])[-2:] == [9999.0, float(9999 % 7)]


def test_a_line_that_goes_takes_its_points_with_it(sent: list[Any]) -> None:
    chart = Chart()
    chart.show([Line("a", "A"), Line("b", "B")])
    chart.extend({"a": [(0, 1.0)], "b": [(0, 1.0)]})
    chart.show([Line("b", "B")])
    assert chart.points("a") == []
    assert chart.points("b") == [(0, 1.0)]
    chart.empty("b")
    assert chart.points("b") == []
    assert sent[-1][0]["kind"] == "all"


def test_all_points_are_replaced_in_one_message(sent: list[Any]) -> None:
    chart = Chart()
    chart.show([Line("a", "A"), Line("b", "B")])
    chart.extend({"a": [(0, 1.0), (1, 2.0)], "b": [(0, 3.0)]})
    chart.replace({"a": [(0, 5.0)]})
    content, buffers = sent[-1]
    assert content == {"kind": "all", "ids": ["a"], "to": ""}
    assert [points(b) for b in buffers] == [[0.0, 5.0]]
    assert len(sent) == 2
    assert (chart.points("a"), chart.points("b")) == ([(0.0, 5.0)], [])


def test_a_click_gives_its_place_and_anything_else_is_ignored() -> None:
    picked: list[float] = []
    chart = Chart(picked.append)
    for content in ({"pick": 0.01}, {"pick": "<b>"}, {}, {"pick": None}):
        chart._hear(chart, content, [])
    assert picked == [0.01]
    assert "_points" not in chart.get_state()
