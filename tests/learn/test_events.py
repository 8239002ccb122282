from __future__ import annotations

from typing import Any

import pytest

from coursekit.learn.events import EVENTS, Callback, handlers


def test_a_misspelt_event_fails_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match=r"after_batches is no event.*Did you mean after_batch"):
        type("Wrong", (Callback,), {"after_batches": lambda self, learn: None})


def test_other_methods_may_have_any_name() -> None:
    made = type("Right", (Callback,), {"after": 1, "count_batches": lambda self: None})
    assert issubclass(made, Callback)


def test_an_event_inherited_from_another_callback_is_wanted_too() -> None:
    class First(Callback):
        def after_epoch(self, learn: Any) -> None: ...

    class Second(First): ...

    assert [event for event, wanted in handlers([Second()]).items() if wanted] == ["after_epoch"]


def test_an_unused_event_has_no_handler() -> None:
    assert handlers([Callback()]) == {event: [] for event in EVENTS}
