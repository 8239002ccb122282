"""How to train, in plain words."""

from __future__ import annotations

from typing import Any

from ipywidgets import BoundedIntText, Checkbox, Dropdown, Text, VBox, Widget, dlink

from coursekit.panels.ask import terms_line
from coursekit.panels.frame import row
from coursekit.panels.training.choices import ARCHITECTURES, DEPTHS, SIZES, Choices
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.working import Worker


def choices_view(model: MonitorModel, worker: Worker) -> Widget:
    """A control for each choice; architecture, size and augmentation only where they are free.

    A change has the time estimated anew, once nothing is going on.
    """
    controls: dict[str, Any] = {
        "epochs": BoundedIntText(1, min=1, max=1000, description="Epochs"),
        "depth": Dropdown(options=DEPTHS, description="How much learns"),
        "rate": Text("", placeholder="its own", description="Learning rate"),
    }
    if not model.trainer.fixed:
        controls |= {
            "arch": Dropdown(options=ARCHITECTURES, description="Network"),
            "size": BoundedIntText(
                224, min=SIZES[0], max=SIZES[1], step=32, description="Photo size (pixels)"
            ),
            "augment": Checkbox(False, description="Vary the photos (augmentation)", indent=False),
        }
    for name, control in controls.items():
        control.add_class("ck-field")
        control.add_class(f"ck-{name}")
        control.style.description_width = "auto"
        if name != "augment":
            control.continuous_update = False
        join(model, name, control)
    if not model.trainer.fixed:
        model.observe(lambda _: worker.do(model.consider), ["choices", "state"])
    box = row(*controls.values())
    box.add_class("ck-choices")
    terms = ["epoch", "pass", "learning rate", "validation set", "error rate", "loss"]
    terms += [] if model.trainer.fixed else ["architecture", "augmentation"]
    return VBox([box, terms_line(*terms)])


def join(model: MonitorModel, name: str, control: Any) -> None:
    """Keeps a control and its choice the same."""

    def chosen(change: Any) -> None:
        value = change.new
        if name == "rate":
            value = as_rate(model, change.new)
        if getattr(model.choices, name) != value:
            model.choose(**{name: value})

    def show(_: object = None) -> None:
        value = shown(model.choices, name)
        if isinstance(control, Dropdown):
            offer(control, value)
        control.value = value

    control.observe(chosen, "value")
    show()
    model.observe(show, "choices")
    dlink((model, "state"), (control, "disabled"), lambda _: model.running)


def offer(control: Dropdown, value: Any) -> None:
    """Adds a value to a list that lacks it, such as a network that was named in code."""
    known = dict(control.options)
    if value not in known.values():
        control.options = {**known, str(value): value}


def as_rate(model: MonitorModel, text: str) -> float | None:
    """The rate that was typed; None, and a sentence, where it is none."""
    if not text.strip():
        return None
    try:
        rate = float(text.replace(",", "."))
        if 0 < rate <= 10:
            model.message = ""
            return rate
    except ValueError:
        pass
    model.message = f"{text!r} is no learning rate. Type a number such as 0.01, or nothing."
    return None


def shown(choices: Choices, name: str) -> Any:
    """A choice as its control has it."""
    value = getattr(choices, name)
    return (f"{value:.2g}" if value else "") if name == "rate" else value
