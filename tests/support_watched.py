"""A simulated machine that the watchdog watches, and an oracle that knows when it has to act.

The machine is made of what people and programs do, and of faults. `Watched.looks` plays it to the
watchdog's state machine; `early` and `missed` judge the outcome from the same facts by themselves,
without that code. Times are seconds on a clock that only goes forward.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from coursekit.machine.idle import AWAY, Seen, Trace
from coursekit.machine.watchdog.decide import Decider, Orders

DAY = 86_400.0
TICK = 4.0
ON_TIME = 5.0
PATIENCE = 60.0

Span = tuple[float, float]


@dataclass
class Watched:
    """Some days of a machine.

    Attributes:
        life: When something was done, or went on, as spans that may have no length.
        heard: The same, put off to when a source that could not be asked could be asked again.
        deaf: When some source can't be asked.
        held: When the watchdog got no time, and for how long the machine was away then.
        changes: What each source shows from a moment on; None: it is gone.
    """

    dice: random.Random
    length: float
    life: list[Span] = field(default_factory=list)
    heard: list[Span] = field(default_factory=list)
    deaf: list[Span] = field(default_factory=list)
    held: list[tuple[float, float, float]] = field(default_factory=list)
    changes: list[tuple[float, str, Seen | None]] = field(default_factory=list)
    dates: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 1.8e9)])

    def date(self, t: float) -> int:
        """What the machine's calendar clock says, in milliseconds; it jumps."""
        index = bisect_right(self.dates, (t, float("inf"))) - 1
        return round((t + self.dates[index][1]) * 1000)


def machine(seed: int, days: int) -> Watched:
    """A machine with people who come and go, trainings, servers, junk and faults."""
    made = Watched(random.Random(seed), days * DAY)
    jumping_dates(made)
    holds(made)
    awake = sessions(made)
    _files(made, "what coursekit noted", awake, made.dice.randint(0, 60))
    _files(made, "keys typed in terminals", awake, made.dice.randint(0, 20))
    _at_work(made, "trainings", made.dice.randint(0, 4), 20.0, 9 * 3600.0)
    _at_work(made, "the GPU", made.dice.randint(0, 3), 120.0, 5 * 3600.0)
    for name in ("Jupyter at 8888", "Jupyter at 8889")[: made.dice.randint(0, 2)]:
        server(made, name, awake)
    _junk(made)
    made.changes.sort(key=lambda it: it[0])
    made.life.sort()
    made.heard.sort()
    made.deaf.sort()
    return made


def jumping_dates(it: Watched) -> None:
    for _ in range(it.dice.randint(0, 12)):
        size = it.dice.choice([1, 60, 3600, DAY, 365 * DAY])
        shift = it.dice.uniform(-size, size)
        it.dates.append((it.dice.uniform(0, it.length), 1.8e9 + shift))
    it.dates.sort()


def holds(it: Watched) -> None:
    """The watchdog is held up while all else goes on, or the whole machine sleeps."""
    for _ in range(it.dice.randint(0, 10)):
        begin = it.dice.uniform(0, it.length)
        if it.dice.random() < 0.5:  # asleep, and this clock with it
            it.held.append((begin, begin, it.dice.uniform(AWAY + 1, DAY)))
        else:
            size = it.dice.choice([AWAY - 1, 7200.0])
            end = begin + it.dice.uniform(1, size)
            it.held.append((begin, end, end - begin))
    it.held.sort()
    for index in range(len(it.held) - 1, 0, -1):
        if it.held[index][0] <= it.held[index - 1][1] + TICK:
            del it.held[index]
    for begin, end, away in it.held:
        it.changes.append((begin, "", None))
        if away > AWAY:
            it.life.append((end, end))
            it.heard.append((end, end))
        it.deaf.append((begin, end))


def sessions(it: Watched) -> list[Span]:
    """When somebody sits there: some hours on most days, and rarely in the night."""
    found = []
    for day in range(int(it.length / DAY)):
        for _ in range(it.dice.choice([0, 0, 1, 1, 2, 3])):
            begin = day * DAY + it.dice.uniform(0, DAY)
            found.append((begin, begin + it.dice.expovariate(1 / 5400)))
    return found or [(0.0, 60.0)]


def moments(it: Watched, awake: list[Span], each: int) -> list[float]:
    found = [it.dice.uniform(*span) for span in awake for _ in range(each)]
    return sorted(t for t in found if t < it.length)


def _files(it: Watched, name: str, awake: list[Span], each: int) -> None:
    """Files whose date is the only thing that changes; whatever the date is just then."""
    for t in moments(it, awake, each):
        it.changes.append((t, name, Seen(traces={"file": Trace(it.date(t), name)})))
        it.life.append((t, t))
        it.heard.append((t, t))


def _at_work(it: Watched, name: str, each: int, least: float, most: float) -> None:
    """Something that goes on for a while and leaves no trace but that it does."""
    end = 0.0
    for begin in sorted(it.dice.uniform(0, it.length) for _ in range(each)):
        if begin <= end:
            continue
        end = begin + it.dice.uniform(least, it.dice.choice([least * 2, most]))
        for hold in it.held:  # a short one that nobody looks at meanwhile shows nowhere
            if hold[0] <= begin + TICK and end <= hold[1] + TICK:
                end = hold[1] + 3 * TICK
        it.changes += [(begin, name, Seen(at_work=name)), (end, name, Seen())]
        it.life.append((begin, end))
        it.heard.append((begin, end))


def server(it: Watched, name: str, awake: list[Span]) -> None:
    """A Jupyter server that is started and ended, with kernels, and that is sometimes deaf."""
    begin = it.dice.choice([0.0, it.dice.uniform(0, it.length)])
    end = it.dice.choice([it.length + 1, it.dice.uniform(begin, it.length)])
    busy = [(t, t + it.dice.expovariate(1 / 120)) for t in moments(it, awake, 12)]
    busy += [(t, t + it.dice.uniform(600, 20_000)) for t in moments(it, awake, 1)[:3]]
    busy = [span for span in busy if begin < span[0] and span[1] < end]
    deaf = deaf_spans(it, begin, end)
    edges = {begin, *(t for span in busy + deaf for t in span if begin < t < end)}
    for t in sorted(edges):
        it.changes.append((t, name, _shown(it, t, begin, busy, deaf)))
    it.changes.append((end, name, None))
    for span in [(begin, begin), (end, end), *busy]:
        it.life.append(span)
        it.heard.append(span)
        it.heard += [(b, b) for a, b in deaf if a - TICK <= span[1] <= b < end]
    it.deaf += deaf


def deaf_spans(it: Watched, begin: float, end: float) -> list[Span]:
    spans, last = [], begin + 60
    for t in sorted(it.dice.uniform(begin, end) for _ in range(it.dice.randint(0, 8))):
        if t > last + 60:
            last = min(t + it.dice.choice([1, 5, 60, 3600]) * it.dice.random(), end)
            spans.append((t, last))
    return spans


def _shown(it: Watched, t: float, begin: float, busy: list[Span], deaf: list[Span]) -> Seen:
    if any(a <= t < b for a, b in deaf):
        return Seen(unknown="It does not answer.")
    working = any(a <= t < b for a, b in busy)
    last = max((x for span in busy for x in span if x <= t), default=begin)
    traces = {"server": Trace(begin, "a start"), "kernel": Trace(it.date(last), "a cell")}
    return Seen("a cell is at work" if working else "", traces)


def _junk(it: Watched) -> None:
    """What was left behind: it stays as it is, so it says nothing, however odd it looks."""
    odd = {
        "a date to come": Trace(it.date(it.length) * 2, "junk"),
        "half a file": Trace('{"train_st', "junk"),
        "a kernel that never started": Trace(("starting", ""), "junk"),
        "no date": Trace(None, "junk"),
    }
    it.changes.append((0.0, "what was left behind", Seen(traces=odd)))


@dataclass(frozen=True)
class Outcome:
    """One arming: from when to when, and how it ended.

    Attributes:
        acted: When it acted; None where the days were over first.
        latest: Whether because of its latest moment.
        warned: Since when it had warned without a break.
        answers: Seconds after the request at which runs had written their checkpoints.
    """

    orders: Orders
    armed: float
    over: float
    acted: float | None
    latest: bool
    warned: float
    answers: float


def outcomes(it: Watched, every_tick: bool = False) -> Iterator[Outcome]:
    """Arms a watchdog again and again until the days are over.

    Args:
        it: The machine.
        every_tick: Whether it looks as often as the real one, not only where something is new.
    """
    start = 0.0
    while start < it.length - DAY / 4:
        idle = it.dice.choice([300.0, 900.0, 2700.0, 14_400.0]) * it.dice.uniform(0.8, 1.2)
        most = it.dice.choice([None, None, it.dice.uniform(600, 2 * DAY)])
        outcome = _watch(it, Orders(idle, most), start, every_tick)
        yield outcome
        if outcome.acted is None:
            return
        start = outcome.acted + it.dice.uniform(60, DAY / 3)
        start = max([start, *(end + 1 for begin, end, _ in it.held if begin <= start <= end)])


class _Play:
    """Shows a machine at one moment after the other."""

    def __init__(self, it: Watched, start: float) -> None:
        self.it, self.seen, self.index = it, {}, 0
        self.seen: dict[str, Seen] = {}
        self.holds = [hold for hold in it.held if hold[0] > start]
        self.go_on(start)

    def go_on(self, now: float) -> None:
        changes = self.it.changes
        while self.index < len(changes) and changes[self.index][0] <= now:
            _, name, seen = changes[self.index]
            self.index += 1
            self.seen.pop(name, None)
            if seen is not None:
                self.seen[name] = seen

    def following(self, now: float, wait: float, every_tick: bool) -> tuple[float, float]:
        """When the next look is, and how long the machine was away before it."""
        changes, target = self.it.changes, now + wait
        if every_tick:
            target = min(target, now + TICK)
        elif self.index < len(changes) and changes[self.index][0] <= target:
            target = min(target, changes[self.index][0] + self.it.dice.uniform(0, TICK))
        if self.holds and self.holds[0][0] <= target:
            _, end, away = self.holds.pop(0)
            return max(end, now), away
        return target, 0.0


def _watch(it: Watched, orders: Orders, start: float, every_tick: bool) -> Outcome:
    play, decider = _Play(it, start), Decider(orders, start)
    answers, asked, warned = it.dice.choice([0.0, 0.0, it.dice.uniform(0, 150)]), None, start
    now, away = start, 0.0
    while now < it.length:
        unsaved = int(asked is not None and now < asked + answers)
        decision = decider.look(now, play.seen, away, unsaved)
        if decision.phase == "guarding":
            asked, warned = None, start
        elif warned == start:
            warned = now
        if decision.save and asked is None:
            asked = now
        if decision.phase == "acting":
            return Outcome(orders, start, it.length, now, decision.latest, warned, answers)
        wait = decider.next(now, decision)
        if decision.phase != "guarding":
            wait = min(wait, TICK)
        now, away = play.following(now, wait, every_tick)
        play.go_on(now)
    return Outcome(orders, start, it.length, None, False, warned, answers)


def early(it: Watched, was: Outcome) -> str:
    """Why it should not have acted when it did; "" where it was right, or did not act."""
    if was.acted is None:
        return ""
    at, little = was.acted, 1e-6
    if at - was.warned < was.orders.countdown - little:
        return f"it warned for {at - was.warned:.1f} s only"
    if was.latest:
        return (
            "" if at >= was.armed + (was.orders.most or 0) - little else "before its latest moment"
        )
    past = [min(end, at) for begin, end in it.life if begin <= at]
    last = max([was.armed, *past])
    if at - last < was.orders.idle - little:
        return f"only {at - last:.1f} s of {was.orders.idle:.1f} s had passed in silence"
    if any(a < at < b for a, b in it.deaf if b - a > little):
        return "something could not be asked"
    return ""


def missed(it: Watched, was: Outcome) -> str:
    """Why it should have acted before it did or the days were over; "" where it was right."""
    late = ON_TIME + min(max(0.0, was.answers), PATIENCE)
    must = min(_must(it, was, late), default=None)
    end = was.over if was.acted is None else was.acted
    return (
        "" if must is None or end <= must + late else f"it had to act at {must:.1f}, not {end:.1f}"
    )


def _must(it: Watched, was: Outcome, late: float) -> Iterator[float]:
    """Moments at which it has to act, unless it has before."""
    countdown = was.orders.countdown
    if was.orders.most is not None:
        end = was.armed + was.orders.most
        for a, b, _ in it.held:
            if a <= end and b > end - countdown and a >= was.armed:
                end = max(end, b + countdown)
        yield end
    for last, following in _silences(it, was):
        due = last + was.orders.idle
        for begin, end in _open(it, last, following):
            act = max(due, begin + countdown)
            if act + late < end:
                yield act


def _silences(it: Watched, was: Outcome) -> Iterator[Span]:
    """From each end of life to the next life, as far as the watchdog could hear it."""
    # what can't be asked at the start is new to it once it can
    last = max([was.armed, *(b for a, b in it.deaf if a <= was.armed <= b)])
    for begin, end in it.heard:
        if end <= was.armed:
            continue
        if begin > last:
            yield last, begin
        last = max(last, end)
    yield last, it.length


def _open(it: Watched, first: float, last: float) -> Iterator[Span]:
    """The parts of a span in which everything could be asked."""
    begin = first
    for a, b in it.deaf:
        if b <= begin or a >= last:
            continue
        if a > begin:
            yield begin, a
        begin = b
    if begin < last:
        yield begin, last
