from __future__ import annotations

import pytest

from coursekit.machine.idle import AWAY, IdleClock, Seen, Trace


def noted(mark: object, of: str = "a training step") -> Seen:
    return Seen(traces={"activity-1": Trace(str(mark), of)})


def clock_after(*looks: dict[str, Seen]) -> IdleClock:
    """A clock that has looked once a second, from second 1 on."""
    clock = IdleClock(0)
    for now, seen in enumerate(looks, 1):
        clock.look(now, seen)
    return clock


def test_whoever_starts_it_is_the_first_sign_of_life() -> None:
    clock = IdleClock(100)
    assert (clock.idle(130), clock.sign) == (30, "the start")


def test_a_trace_that_changes_is_a_sign_and_one_that_stays_is_none() -> None:
    clock = clock_after({"files": noted(1)}, {"files": noted(1)}, {"files": noted(2)})
    assert (clock.since, clock.sign) == (3, "a training step")
    for now in range(4, 10):
        clock.look(now, {"files": noted(2)})
    assert clock.idle(10) == 7


@pytest.mark.parametrize("mark", ["1 week old", "a year from now", "", "{half a fi"])
def test_what_a_file_says_and_which_date_it_has_is_all_the_same_while_it_stays(mark: str) -> None:
    clock = clock_after(*[{"files": noted(mark)}] * 50)
    assert (clock.since, clock.sign) == (0, "the start")


def test_nothing_is_idle_while_something_is_at_work() -> None:
    clock = clock_after(*[{"runs": Seen(at_work="a run is in training")}] * 20)
    assert (clock.since, clock.sign) == (20, "a run is in training")
    clock.look(21, {"runs": Seen()})
    assert clock.since == 21  # when exactly it ended nobody saw
    clock.look(22, {"runs": Seen()})
    assert clock.idle(30) == 9


def test_something_that_ends_was_ended_by_somebody() -> None:
    one = {"Jupyter": Seen(traces={"a": Trace(1, "a cell"), "b": Trace(1, "a cell")})}
    clock = clock_after(one, one, {"Jupyter": Seen(traces={"a": Trace(1, "a cell")})})
    assert (clock.since, clock.sign) == (3, "something that ended in Jupyter")
    clock.look(4, {"Jupyter": Seen(traces={"a": Trace(1, "a cell")})})
    clock.look(5, {})
    assert (clock.since, clock.sign) == (5, "the end of Jupyter")
    clock.look(6, {})
    assert clock.since == 5


def test_what_was_done_while_a_source_could_not_be_asked_shows_afterwards() -> None:
    deaf = {"Jupyter": Seen(unknown="Jupyter does not answer.")}
    clock = clock_after({"Jupyter": noted(1)}, deaf, deaf)
    assert (clock.since, clock.unknown) == (0, "Jupyter does not answer.")
    clock.look(4, {"Jupyter": noted(2)})
    assert (clock.since, clock.unknown) == (4, "")


def test_a_source_that_does_not_answer_for_a_moment_is_no_sign() -> None:
    deaf = {"Jupyter": Seen(unknown="Jupyter does not answer.")}
    clock = clock_after({"Jupyter": noted(1)}, deaf, {"Jupyter": noted(1)})
    assert clock.since == 0


def test_a_machine_that_was_asleep_gives_all_of_the_time_again() -> None:
    clock = IdleClock(0)
    clock.look(10, {}, away=AWAY)
    assert clock.since == 0
    clock.look(20, {}, away=AWAY + 1)
    assert (clock.since, clock.sign) == (20, "the machine's waking up")


def test_the_end_of_a_source_that_never_answered_is_a_sign() -> None:
    deaf = {"Jupyter": Seen(unknown="Jupyter does not answer.")}
    clock = clock_after(deaf, deaf, {})
    assert (clock.since, clock.sign, clock.unknown) == (3, "the end of Jupyter", "")


def test_what_went_on_when_a_source_was_asked_last_goes_on_until_it_can_be_asked_again() -> None:
    deaf = {"the GPU": Seen(unknown="NVIDIA's driver does not answer.")}
    clock = clock_after({"the GPU": Seen("the GPU, 90% in use")}, deaf, deaf)
    assert (clock.since, clock.sign) == (3, "the GPU, 90% in use")
    clock.look(4, {"the GPU": Seen()})  # when it ended nobody can tell
    clock.look(5, {"the GPU": Seen()})
    assert clock.since == 4
