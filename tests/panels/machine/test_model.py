"""The machine panel without a page."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import escape
from pathlib import Path

import pytest
from ipywidgets import Text
from ipywidgets.widgets import widget as widgets

from coursekit import MachinePanel
from coursekit.core import activity
from coursekit.core.errors import CourseError
from coursekit.machine import clocks, cost, month
from coursekit.machine.holding import Held
from coursekit.machine.providers import plugins
from coursekit.machine.readings import Accelerator, Gpu, Host, Reading
from coursekit.machine.tensors import Size
from coursekit.machine.watchdog.standing import State, lock
from coursekit.panels.machine.leaving import price_view, stopping_view
from coursekit.panels.machine.model import MachineModel
from coursekit.panels.machine.table import charts, table
from coursekit.panels.machine.view import memory_view
from coursekit.panels.panel import close_all
from coursekit.panels.working import Worker

HOST = Host(2.0, 0.5, 8 * 10**9, 16 * 10**9, 10**10, 10**11, limited=True)
T4 = Gpu(0, "Tesla T4", "NVIDIA", 12 * 10**9, 16 * 10**9, 11 * 10**9, 0.37, 0.0, 54.0, 68.2, 70.0)


def reading(
    clock: float = 1.0, gpus: tuple[Gpu, ...] = (), trouble: tuple[str, ...] = ()
) -> Reading:
    return Reading(1e9, clock, gpus, HOST, Accelerator("none", "2.9", False), trouble=trouble)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))
    monkeypatch.delenv("COURSEKIT_DB", raising=False)
    return tmp_path


def test_without_a_gpu_the_table_has_no_columns_for_one() -> None:
    drawn = table(reading())
    assert "Temperature" not in drawn
    assert "Memory (the container&#x27;s limit)" in drawn
    assert "8.0 GB of 16 GB" in drawn


def test_a_faked_gpu_says_who_holds_it_how_warm_it_is_and_what_it_takes() -> None:
    drawn = table(reading(gpus=(T4,)))
    for said in ("GPU 0, Tesla T4", "37 %", "12 GB of 16 GB", "11 GB", "54 °C", "68 of 70 W"):
        assert f">{said}<" in drawn


def test_a_faked_gpu_that_says_little_has_dashes_and_no_error() -> None:
    drawn = table(reading(gpus=(Gpu(0, "<b>Odd</b>", "AMD"),)))
    assert "&lt;b&gt;Odd" in drawn
    assert drawn.count("<td>-</td>") == 5


def test_a_faked_gpu_that_falls_off_the_bus_leaves_the_others_charts() -> None:
    before, after = reading(1.0, (T4,)), reading(6.0, (), ("GPU 0 does not answer any more.",))
    assert "GPU at work" in charts((before,))
    drawn = charts((before, after))
    assert "GPU at work" not in drawn
    assert "Processor" in drawn


def test_gpu_memory_can_be_freed_only_where_there_is_a_gpu_here_faked() -> None:
    model, shown = MachineModel(lambda: ()), []
    view = memory_view(model, Worker())
    free, look = view.children[0].children
    assert free.description == "Free GPU memory"
    apple = replace(reading(), accelerator=Accelerator("MPS", "2.9", True))
    for it in (None, reading(), reading(gpus=(T4,)), apple, reading()):
        if it:
            model.hear(it)
        shown.append(free.layout.display != "none")
    assert shown == [False, False, True, True, False]
    assert look.layout.display is None
    close_all(view)


def test_the_model_says_trouble_in_words_and_draws_every_five_seconds() -> None:
    history: list[Reading] = []
    model = MachineModel(lambda: tuple(history))
    for second in range(100, 112):
        history.append(reading(float(second), trouble=("NVIDIA's driver does not answer.",)))
        model.hear(history[-1])
    assert model.said[-1] == "NVIDIA's driver does not answer."
    assert len(model.recent) == 11  # drawn at 100, 105 and 110


def test_a_price_is_kept_said_and_taken_away() -> None:
    panel = MachinePanel()
    panel.set_price("0.526 $")
    assert panel.model.price == "0.526 $"
    assert panel.model.costs[0].endswith("ago.")
    assert any("if it stays on until" in it for it in panel.model.costs)
    assert "About" in panel.text() or "Less" in panel.text()
    panel.set_price("")
    assert (panel.model.price, panel.model.costs) == ("", ())


def test_what_is_no_price_is_refused_in_words_and_the_old_one_stays() -> None:
    panel = MachinePanel()
    panel.set_price("0.526 $")
    with pytest.raises(CourseError, match="is no price"):
        panel.set_price("cheap")
    assert panel.model.price == "0.526 $"


def test_a_name_that_holds_nothing_is_refused_in_words() -> None:
    with pytest.raises(CourseError, match="Nothing called nosuch holds"):
        MachinePanel().drop("nosuch")


def test_nobody_armed_a_watchdog_and_nothing_is_stopped() -> None:
    panel = MachinePanel()
    assert not panel.model.guarded
    assert "nothing is ever stopped" in panel.text()


def test_a_length_of_time_that_is_none_arms_nothing() -> None:
    panel = MachinePanel()
    with pytest.raises(CourseError, match="no length of time"):
        panel.arm("soon", "true")
    assert not panel.model.guarded


def test_a_panel_that_nobody_uses_shows_nothing_new_until_somebody_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1e9]
    monkeypatch.setattr(time, "time", lambda: now[0])
    monkeypatch.setattr(activity, "_last", {})
    model = MachineModel(lambda: ())
    model.hear(reading(1.0))
    now[0] += 601
    changed: list[object] = []
    model.observe(changed.append, names=["reading", "recent", "said", "costs", "guard", "rests"])
    for second in range(2, 60):
        model.hear(reading(float(second)))
    assert len(changed) == 1
    assert model.rests
    model.wake()
    model.hear(reading(60.0))
    assert not model.rests
    assert model.reading.clock == 60.0


def test_a_panel_that_rests_still_tells_of_the_watchdog_what_is_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1e9]
    monkeypatch.setattr(time, "time", lambda: now[0])
    monkeypatch.setattr(activity, "_last", {})
    armed = State("guarding", idle=2700.0, command="true", id="one", place=clocks.place())
    armed = replace(armed, clock=time.monotonic())
    armed.write()
    with lock():
        model = MachineModel(lambda: ())
        model.hear(reading(1.0))
        now[0] += 2580
        model.hear(reading(2.0))
        assert model.rests
        changed: list[str] = []
        model.observe(lambda change: changed.append(change.name))
        for second in range(3, 60):
            replace(armed, clock=time.monotonic(), since=time.monotonic() - second).write()
            model.hear(reading(float(second)))
        assert changed == []  # that time goes by is none
        counts = replace(armed, phase="countdown", deadline=time.monotonic() + 120)
        counts.write()
        for second in range(60, 120):
            model.hear(reading(float(second)))
        assert sorted(changed) == ["alarm", "ends", "guard"]
        assert (model.alarm, model.ends) == ("countdown", counts.deadline)
    model.hear(reading(120.0))  # it was killed
    assert (model.alarm, model.ends, model.guarded) == ("lost", 0.0, False)
    assert model.guard.startswith("Not guarded.")
    assert model.rests


def test_on_a_page_for_others_there_is_no_widget_that_runs_a_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COURSEKIT_SHARED", "1")
    before = set(widgets._instances)
    panel = MachinePanel()
    assert panel.view is panel.view
    made = [it for key, it in widgets._instances.items() if key not in before]
    assert [it for it in made if isinstance(it, Text)] == []
    panel.close()
    assert set(widgets._instances) == before


def test_on_a_page_for_others_neither_text_nor_model_tells_price_or_command(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    owners = MachinePanel()
    owners.set_price("0.526 $")
    State("failed", command="sudo secret", why="It failed.").write()
    assert "Not guarded. It failed." in owners.text()
    assert "since this machine started" in owners.text()
    monkeypatch.setenv("COURSEKIT_SHARED", "1")
    panel = MachinePanel()
    model = panel.model
    model.hear(reading(1e9))
    assert (model.price, model.costs, model.guard, model.guarded) == ("", (), "", False)
    assert "$" not in panel.text()
    assert "Whoever serves this page" in panel.text()
    for job in (lambda: panel.set_price("1 $"), lambda: panel.arm("45m", "true"), panel.disarm):
        with pytest.raises(CourseError, match="can't be stopped"):
            job()
    assert owners.model.price == str(cost.rate())


def test_the_month_is_asked_for_once_a_minute_and_when_the_price_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [5000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(cost, "charge", lambda *_: Decimal(now[0]))
    asked: list[str] = []
    monkeypatch.setattr(month, "this_month", lambda: asked.append("month"))
    cost.set_rate("0.526 $")
    model = MachineModel(lambda: ())
    worker = Worker()
    shown = price_view(model, worker)
    costs: list[object] = []
    model.observe(costs.append, "costs")

    def ten_minutes() -> int:
        for _ in range(600):
            now[0] += 1
            model.hear(reading(now[0]))
            worker.wait()
        return len(asked)

    assert ten_minutes() == 10
    assert len(costs) == 120
    model.set_price("0.600 $")
    worker.wait()
    assert len(asked) == 11
    shown.close()


def test_what_month_it_was_is_shown_once_the_database_has_said_so() -> None:
    cost.set_rate("0.526 $")
    model, worker = MachineModel(lambda: ()), Worker()
    for minute in range(3):
        month.touch(datetime.now(UTC) - timedelta(minutes=2 - minute))
    price_view(model, worker)
    worker.wait()
    assert "this month, for" in model.month


def test_a_plug_in_that_fails_is_named_where_one_reads_how_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[coursekit.providers]\nours = no_such_module:IT\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.found.cache_clear()
    try:
        panel = MachinePanel()
        (said,) = panel.model.skipped
        assert "The plug-in ours" in said
        assert said in panel.text()
        assert escape(said) in stopping_view(panel.model.provider, panel.model.skipped).value
    finally:
        plugins.found.cache_clear()


def test_a_notebooks_file_has_neither_price_nor_command_and_a_terminal_has_both() -> None:
    panel = MachinePanel()
    panel.model.reading = reading()
    panel.set_price("0.526 $")
    State("failed", command="curl -H secret", why="It ran `curl -H secret`.").write()
    for secret in ("curl", "$", "since this machine started", "guarded"):
        assert secret in str(panel)
        assert secret not in panel.saved()
    assert panel.model.provider.stop in panel.saved()
    assert panel._repr_mimebundle_() == {"text/plain": str(panel)}  # no notebook here


def test_what_is_printed_is_the_machine_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = MachinePanel()
    panel.model.hear(reading(1.0, gpus=(T4,)))  # hours ago, before its cell was run again
    for gpus in ((), (T4,)):
        now = reading(5.0, gpus)
        monkeypatch.setattr("coursekit.panels.machine.sampler.latest", lambda within, now=now: now)
        for text in (str(panel), panel.saved()):
            assert ("Tesla T4" in text) == bool(gpus)
        assert ("panel.free()" in str(panel)) == bool(gpus)


def test_a_panel_that_is_shown_again_and_again_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(month, "this_month", lambda: asked.append("month"))
    panel, told = MachinePanel(), []
    before = observers(panel.model)
    for _ in range(3):
        assert panel.view is panel.view
        told.append(observers(panel.model) - before)
        panel.close()
        assert observers(panel.model) == before
    assert told[0] > 10
    assert len(set(told)) == 1
    assert panel.view is panel.view
    panel.worker.wait()
    asked.clear()
    panel.model.due += 1
    panel.worker.wait()
    assert len(asked) == 1
    panel.close()


def observers(model: MachineModel) -> int:
    """How many are told of its changes; traitlets has no public word for that."""
    told = model._trait_notifiers.values()
    return sum(len(handlers) for kinds in told for handlers in kinds.values())


def test_a_line_of_what_held_memory_leaves_no_widget_behind() -> None:
    before = set(widgets._instances)
    panel = MachinePanel()
    held = Held("variable", ("big",), Size(in_memory=24_000_000))
    panel.model.held = (held,)
    assert panel.view is panel.view
    one = len(widgets._instances)
    for names in (("big",), ("other", "name"), ("big",)):
        panel.model.held = (replace(held, names=names),)
        panel.model.held = (held, held)
        panel.model.held = (held,)
    assert len(widgets._instances) == one
    panel.close()
    assert set(widgets._instances) == before
