"""A run's numbers as the lines of a chart."""

from __future__ import annotations

from typing import Any

from coursekit.panels.chart import Chart, Line
from coursekit.panels.training.news import News
from coursekit.panels.training.words import SHARES, best, counted, plain, value

LOSS, BY_EPOCH, RATE = "loss", "epochs", "rate"
PAST = 3
"""Earlier runs that stay behind the present one."""

KNOWN = ("epoch", "phase", "step", "train_loss", "valid_loss", "lr", "seconds")


class Curves:
    """Feeds a chart with the news of runs; earlier ones stay behind, faded and named.

    Attributes:
        chart: The chart.
        metrics: Names of the metrics that the runs have.
    """

    def __init__(self) -> None:
        self.chart = Chart(group=LOSS, smoothing=0.6)
        self.metrics: list[str] = []
        self._runs: dict[int, str] = {}
        self._epochs: list[dict[str, Any]] = []
        self._unit = "epoch"
        self.label()

    def groups(self) -> dict[str, str]:
        """What can be shown, by what it is called."""
        by_unit = f"loss, {self._unit} by {self._unit}"
        losses = {"loss, step by step": LOSS, by_unit: BY_EPOCH}
        return losses | {plain(name): name for name in self.metrics} | {"learning rate": RATE}

    def show(self, group: str) -> None:
        """Shows another group of lines."""
        self.chart.group = group
        self.label()

    def tell(self, news: News) -> None:
        """Draws what is new."""
        run, self._unit = news.run, news.unit
        if run not in self._runs:
            self._runs = {number: self._runs[number] for number in [*self._runs][-PAST:]}
            self._runs[run], self._epochs = news.name, []
            self._name_lines()
        elif news.fresh:
            self._epochs = []
            self.chart.empty(*(line.id for line in self._lines(run, "", False)))
        self._epochs += news.epochs
        if new := [n for row in news.epochs for n in row if n not in (*KNOWN, *self.metrics)]:
            self.metrics += dict.fromkeys(new)
            self._name_lines()
        self.chart.extend(self._points(news))
        if news.epochs or news.kept:
            with self.chart.hold_sync():  # or each would be a message
                self._mark(news.kept)
                self.label()

    def _points(self, news: News) -> dict[str, list[tuple[float, float]]]:
        run, epochs = news.run, news.epochs
        more: dict[str, list[tuple[float, float]]] = {
            f"{run}.train": [(step + 1, loss) for step, loss, _ in news.points],
            f"{run}.rate": [(step + 1, rate) for step, _, rate in news.points],
            f"{run}.valid": pairs(epochs, "step", "valid_loss"),
            f"{run}.train by epoch": pairs(epochs, "epoch", "train_loss"),
            f"{run}.valid by epoch": pairs(epochs, "epoch", "valid_loss"),
        }
        more |= {f"{run}.{name}": pairs(epochs, "epoch", name) for name in self.metrics}
        return more

    def _name_lines(self) -> None:
        last = max(self._runs)
        self.chart.show(
            [
                line
                for run, name in self._runs.items()
                for line in self._lines(run, named(run, name) if run != last else "", run != last)
            ]
        )

    def _lines(self, run: int, name: str, faded: bool) -> list[Line]:
        of = f", {name}" if name else ""
        look: Any = {"faded": faded}
        made = [
            Line(f"{run}.train", f"training loss{of}", "first", LOSS, smooth=True, **look),
            Line(f"{run}.valid", f"validation loss{of}", "second", LOSS, **look),
            Line(f"{run}.train by epoch", f"training loss{of}", "first", BY_EPOCH, **look),
            Line(f"{run}.valid by epoch", f"validation loss{of}", "second", BY_EPOCH, **look),
            Line(f"{run}.rate", f"learning rate{of}", "third", RATE, **look),
        ]
        metrics = [Line(f"{run}.{n}", f"{plain(n)}{of}", "second", n, **look) for n in self.metrics]
        return made + metrics

    def _mark(self, kept: int) -> None:
        """Marks the epoch with the lowest validation loss, and the one whose weights were kept."""
        row = best(self._epochs)
        if row is None or len(self._epochs) < 2:
            self.chart.marks = ()
            return
        marked = {row["epoch"]: f"lowest: {self._unit} {row['epoch']}"}
        if kept:
            also = "lowest and kept" if kept == row["epoch"] else "kept"
            marked[kept] = f"{also}: {self._unit} {kept}"
        rows = [row for row in self._epochs if row["epoch"] in marked]
        self.chart.marks = tuple(
            {"x": row[at], "y": row["valid_loss"], "text": marked[row["epoch"]], "group": group}
            for row in rows
            for group, at in ((LOSS, "step"), (BY_EPOCH, "epoch"))
        )

    def label(self) -> None:
        """Says in words what the chart shows now."""
        group = self.chart.group
        self.chart.x_label = "step" if group in (LOSS, RATE) else self._unit
        what = {LOSS: "loss", BY_EPOCH: "loss", RATE: "learning rate"}.get(group, plain(group))
        self.chart.y_label = what
        self.chart.caption = f"A chart of the {what} by {self.chart.x_label}. {self._in_words()}"

    def _in_words(self) -> str:
        row = best(self._epochs)
        if row is None:
            return f"No {self._unit} has ended yet."
        last = self._epochs[-1]
        scores = [f"{plain(n)} {value(n, last[n])}" for n in self.metrics if n in last]
        ended = ", ".join([f"validation loss {last['valid_loss'] or 0:.3f}", *scores])
        return (
            f"After {counted(last['epoch'], self._unit)}: {ended}. The lowest validation loss was "
            f"{row['valid_loss']:.3f}, in {self._unit} {row['epoch']}."
        )


def pairs(rows: tuple[dict[str, Any], ...], x: str, y: str) -> list[tuple[float, float]]:
    """Two values of each row that has both; shares as percent."""
    by = 100.0 if y in SHARES else 1.0
    return [(row[x], row[y] * by) for row in rows if row.get(y) is not None]


def named(run: int, name: str) -> str:
    """`run 2 (3 epochs, depth last)`."""
    return f"run {run} ({name})" if name else f"run {run}"
