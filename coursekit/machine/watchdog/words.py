"""How the watchdog stands, in sentences for people."""

from __future__ import annotations

from coursekit.core.wording import duration
from coursekit.machine.watchdog.standing import State

OFF = "`coursekit watch --off` ends that."


def span(seconds: float) -> str:
    """`45 min`, `2 h 5 min`, `30 s`: whole seconds."""
    return duration(seconds) if seconds >= 10 else f"{round(seconds)} s"


def deed(it: State) -> str:
    """What it does in the end, for after "it"."""
    what = f"runs `{it.command}`" if it.command else "stops this machine as its provider says"
    return f"only says so (in earnest it {what})" if it.dry_run else what


def terms(it: State) -> str:
    """What it was told, to go on from a colon."""
    most = f", and after {span(it.most)} whatever happens" if it.most is not None else ""
    return f"after {span(it.idle)} without a sign of life{most} it {deed(it)}"


def orders(it: State) -> str:
    """What it was told."""
    return f"A{terms(it)[1:]}."


def place(it: State) -> str:
    """Where it is at work, for after "armed": nothing where that is here."""
    there = f", on another machine or in another container ({it.host})"
    return there if it.phase == "elsewhere" else ""


def line(it: State) -> str:
    """How it stands, short enough for a line that counts."""
    if it.phase == "guarding":
        blind = "; something can't be asked" if it.unknown else ""
        return f"Nothing done for {span(it.quiet())} of {span(it.idle)}{blind}"
    if it.phase == "countdown":
        against = "`coursekit watch --off`" if it.latest else "any sign of life"
        return f"It acts in {span(it.left() or 0)}, unless there is {against}"
    return sentence(it)


def sentence(it: State) -> str:
    """How it stands now, and what there is to do about it."""
    match it.phase:
        case "guarding":
            last = f"The last sign, {span(it.quiet())} ago: {it.sign}."
            blind = f" It does not act on that now: {it.unknown}" if it.unknown else ""
            return f"Guarded. {orders(it)} {last}{blind}"
        case "countdown":
            return f"In {span(it.left() or 0)} it {deed(it)}. {_against(it)}"
        case "saving":
            return f"It waits for a training to write a checkpoint; then it {deed(it)}."
        case "acting":
            return f"It {deed(it)} now."
        case "silent" if it.why:
            return f"Guarded. {it.why}"
        case "silent":
            return (
                "The watchdog is at work, but says no more how it stands: the disk is full, or its "
                f"process hangs. Free some space. {OFF}"
            )
        case _:
            return _unguarded(it)


def _unguarded(it: State) -> str:
    match it.phase:
        case "acted" | "rehearsed":
            return f"Not guarded any more. {it.why}"
        case "failed" | "lost":
            return f"Not guarded. {it.why} Arm it again."
        case "elsewhere":
            return f"Not guarded. This home folder's watchdog is armed{place(it)}. {OFF}"
        case _ if it.why:
            return f"Not guarded. {it.why}"
        case _:
            return "Not guarded: nobody armed a watchdog, so nothing is ever stopped."


def _against(it: State) -> str:
    if it.latest:
        return f"Its {span(it.most or 0)} end then, so that is put off by nothing. {OFF}"
    return f"Nothing was done for {span(it.quiet())}; whatever you do now puts that off."
