from __future__ import annotations

import threading

import pytest

from coursekit.data.progress import reporting


def test_a_function_is_told_of_each_end_and_not_of_every_step() -> None:
    told: list[tuple[int, int | None, str]] = []
    with reporting(lambda *what: told.append(what)) as tell:
        for what in ("one", "two"):
            for done in range(10_001):
                tell(done, 10_000, what)
    assert told[0] == (0, 10_000, "one")
    assert (10_000, 10_000, "one") in told
    assert told[-1] == (10_000, 10_000, "two")
    assert len(told) < 100


def test_a_bar_shows_what_is_done(capfd: pytest.CaptureFixture[str]) -> None:
    with reporting(True) as tell:
        tell(0, 100, "digits")
        threading.Event().wait(0.6)  # shorter jobs show no bar
        tell(70, 100, "digits")
    shown = capfd.readouterr()
    assert "digits" in shown.err
    assert "70" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("progress", [False, None])
def test_nothing_is_shown_from_a_thread_nor_where_silence_is_asked(
    capfd: pytest.CaptureFixture[str], progress: bool | None
) -> None:
    def work() -> None:
        with reporting(progress) as tell:
            tell(0, 100, "digits")
            threading.Event().wait(0.6)
            tell(100, 100, "digits")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert capfd.readouterr() == ("", "")
