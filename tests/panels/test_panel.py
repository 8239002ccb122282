from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from ipywidgets import Button, VBox, Widget

from coursekit.core.errors import CourseError
from coursekit.panels import cells
from coursekit.panels.panel import Panel, shown_when_exported
from coursekit.panels.working import PanelModel


class Sample(Panel):
    def __init__(self) -> None:
        self.model = PanelModel()

    def text(self) -> str:
        return "A panel. panel.go() goes."

    def widgets(self) -> VBox:
        return VBox([Button(description="Go")])

    def fail(self) -> None:
        def job() -> None:
            with self.model.working("Trying"):
                raise CourseError("It did not work. Try again.")

        self._done(job)


def test_without_a_kernel_a_panel_is_its_text_and_makes_no_widget() -> None:
    before = len(widgets())
    panel = Sample()
    assert panel._repr_mimebundle_() == {"text/plain": "A panel. panel.go() goes."}
    assert repr(panel) == panel.text()
    assert len(widgets()) == before


def test_in_a_kernel_it_is_the_same_widgets_each_time_with_the_text_beside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    panel = Sample()
    first, second = panel._repr_mimebundle_(), panel._repr_mimebundle_()
    assert first == second
    assert first["text/plain"] == panel.text()
    assert "application/vnd.jupyter.widget-view+json" in first


def test_what_is_the_owners_is_printed_and_in_no_notebook_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Owned(Sample):
        def saved(self) -> str:
            return "A panel."

    panel = Owned()
    assert (str(panel), repr(panel)) == (panel.text(), panel.text())
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    assert panel._repr_mimebundle_()["text/plain"] == repr(panel) == "A panel."
    assert str(panel) == panel.text()


def test_in_a_kernel_a_script_keeps_the_text_for_an_export(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(cells, "note_cells", lambda: None)  # this shell has no events
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    display = SimpleNamespace(display=lambda data, raw: shown.append(data))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    panel = Sample()
    panel._ipython_display_()
    widgets, script = shown
    assert widgets == panel._repr_mimebundle_()
    said = f'("A panel. panel.go() goes.", "{panel.view.model_id}");'
    assert script["application/javascript"].endswith(said)
    assert script["text/plain"] == ""  # or nbconvert's Markdown would warn of it


def test_no_text_ends_the_script_that_has_it() -> None:
    assert "</script" not in shown_when_exported("called </script><script>alert(1)", "")


def test_closing_frees_every_widget() -> None:
    before = len(widgets())
    panel = Sample()
    assert panel.view is panel.view
    assert len(widgets()) > before
    panel.close()
    assert len(widgets()) == before
    panel.close()


def test_a_job_that_fails_says_so_in_code_as_in_the_panel() -> None:
    panel = Sample()
    with pytest.raises(CourseError, match="It did not work"):
        panel.fail()
    assert panel.model.message == "It did not work. Try again."


def widgets() -> dict[str, Widget]:
    import ipywidgets.widgets.widget as module

    return dict(module._instances)
