"""A chart whose lines grow: drawn in the page, one message for all that is new."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import anywidget
from traitlets import Bool, Float, Tuple, Unicode

from coursekit.core.thinning import thin
from coursekit.panels.frame import joined

MOST_POINTS = 2000
"""Of one line, when a page asks for all of it."""

Points = Iterable[tuple[float, float]]
Look = Literal["first", "second", "third", "run1", "run2", "run3", "run4", "run5", "run6"]
PLOT = Path(__file__).with_name("plot.js")
"""What draws; the chart's own script reads and listens."""


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Attributes:
        id: Different for each line.
        name: For the legend and the table.
        look: `first` and `second` differ in colour and form: a line, and dots joined by a line;
            `third` is a line again. `run1` to `run6` differ in colour, dashes and the points' form.
        group: It is shown while the chart shows this group; "" for always.
        smooth: Whether the chart's smoothing is for it, with the raw line behind.
        faded: Whether it is there for comparison only.
    """

    id: str
    name: str
    look: Look = "first"
    group: str = ""
    smooth: bool = False
    faded: bool = False


class Chart(anywidget.AnyWidget):
    """Lines over one x axis, with values under the pointer or the arrow keys, and as a table.

    The points are kept here and travel as numbers of 8 bytes, only what is new; a page that comes
    later asks for all of them. They are no part of a saved notebook.

    Args:
        picked: Called with x where somebody clicks (or presses Enter at) a place; None: no picking.

    Attributes:
        caption: What the chart shows, a sentence, for whoever does not see it.
        group: Which lines are shown.
        smoothing: 0 for none, below 1; the share of the past in a moving average.
        marks: Places with a label: dictionaries with `x`, `y`, `text`, `group`.
    """

    _esm = joined(PLOT, Path(__file__).with_suffix(".js"))
    _css = Path(__file__).with_suffix(".css")
    lines: Any = Tuple().tag(sync=True)
    marks: Any = Tuple().tag(sync=True)
    x_label = Unicode().tag(sync=True)
    y_label = Unicode().tag(sync=True)
    caption = Unicode().tag(sync=True)
    group = Unicode().tag(sync=True)
    smoothing = Float(0.0).tag(sync=True)
    log_x = Bool(False).tag(sync=True)
    log_y = Bool(False).tag(sync=True)
    picking = Bool(False).tag(sync=True)

    def __init__(self, picked: Callable[[float], object] | None = None, **traits: Any) -> None:
        super().__init__(picking=picked is not None, **traits)
        self._picked = picked
        self._points: dict[str, tuple[array[float], array[float]]] = {}
        self._lock = threading.Lock()  # or a page could get a part twice, or never
        self.on_msg(self._hear)

    def show(self, lines: Iterable[Line]) -> None:
        """Sets which lines there are; those that stay keep their points."""
        wanted = list(lines)
        with self._lock:
            ids = {line.id for line in wanted}
            self._points = {id_: xy for id_, xy in self._points.items() if id_ in ids}
        self.lines = tuple(asdict(line) for line in wanted)

    def extend(self, more: Mapping[str, Points]) -> None:
        """Adds points (x, y) to lines, by id: one message, or none where there is nothing new."""
        new = {id_: list(points) for id_, points in more.items()}
        new = {id_: points for id_, points in new.items() if points}
        if not new:
            return
        with self._lock:
            for id_, points in new.items():
                xs, ys = self._points.setdefault(id_, (array("d"), array("d")))
                xs.extend(x for x, _ in points)
                ys.extend(y for _, y in points)
            self._tell("more", new)

    def replace(self, points: Mapping[str, Points]) -> None:
        """Sets all points anew, by line: one message, so that no empty chart is seen between."""
        with self._lock:
            self._points = {}
            for id_, some in points.items():
                pairs = list(some)
                self._points[id_] = (
                    array("d", (x for x, _ in pairs)),
                    array("d", (y for _, y in pairs)),
                )
            self._tell("all", self._kept())

    def empty(self, *ids: str) -> None:
        """Takes all points from these lines, or from all."""
        with self._lock:
            for id_ in ids or tuple(self._points):
                self._points.pop(id_, None)
            self._tell("all", self._kept())

    def points(self, id_: str) -> list[tuple[float, float]]:
        """What a line has so far."""
        xs, ys = self._points.get(id_, ((), ()))
        return list(zip(xs, ys, strict=True))

    def _kept(self) -> dict[str, list[tuple[float, float]]]:
        return {id_: thin(self.points(id_), MOST_POINTS) for id_ in self._points}

    def _tell(
        self, kind: str, lines: Mapping[str, list[tuple[float, float]]], to: str = ""
    ) -> None:
        numbers = [array("d", (v for xy in points for v in xy)) for points in lines.values()]
        self.send({"kind": kind, "ids": list(lines), "to": to}, [n.tobytes() for n in numbers])

    def _hear(self, _: object, content: dict[str, Any], __: object) -> None:
        if "ask" in content:
            with self._lock:
                self._tell("all", self._kept(), str(content["ask"]))
        elif self._picked and isinstance(content.get("pick"), float | int):
            self._picked(float(content["pick"]))
