"""Pebble's own switch of an exchange, as a pure function of how it did: on, off for a while, on trial, on again.

It is switched off for poor performance over half an hour, for 30 minutes at first and twice as long each time after, up to
six hours; then a trial with a tenth of the calls decides. Two exchanges always stay on, and what an operator holds stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from exchanges.breaker import GOOD
from exchanges.health import ASKED, MINUTE, TOGETHER, Call

WINDOW = timedelta(minutes=30)
ENOUGH = 30  # calls, before a share of them means anything
GOOD_PCT = 70  # of the calls at least
OUTLIER_PCT = 20  # of the prices at most
BANS, BANS_WITHIN = 2, timedelta(hours=24)
FIRST_OFF, LONGEST_OFF = timedelta(minutes=30), timedelta(hours=6)
FORGIVEN = timedelta(hours=24)  # so long on without being switched off, and the next time off is short again
ONE_IN = 10  # of the calls leaves during a trial
TRIAL, TRIAL_GOOD = 5, 4  # calls of a trial, and how many of them have to be good
LEAST = 2  # exchanges that stay on

Phase = Literal["", "off", "trial"]
Stretch = tuple[datetime, datetime]  # from when until when, both included


@dataclass(frozen=True)
class Switch:
    """How it stands since when: "" on, off until, or on trial. `times`: how often in a row it was switched off."""

    phase: Phase = ""
    since: datetime | None = None
    until: datetime | None = None
    times: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Look:
    """How an exchange did since it stands as it does: its calls of the last half hour, prices among them, and its bans of a day."""

    calls: int = 0
    good: int = 0
    rows: int = 0
    outliers: int = 0
    bans: int = 0

    def facts(self) -> dict[str, int]:
        """The measurements, for the audit."""
        return dict(vars(self))


def look(calls: Sequence[tuple[Call, int]], bans: Sequence[datetime], switch: Switch, now: datetime, ours: Sequence[Stretch] = ()) -> Look:
    """Measure: `calls` with the outliers of each, in any order; `bans` by when they began; `ours`: failures within are not its own."""
    since = max(now - WINDOW, switch.since) if switch.since and switch.phase != "trial" else switch.since or now - WINDOW
    asked = [(call, outliers) for call, outliers in calls if call.outcome in ASKED and since < call.at <= now and not _excused(call, ours)]
    counted = max(now - BANS_WITHIN, switch.since) if switch.since else now - BANS_WITHIN
    return Look(
        calls=len(asked), good=sum(call.outcome in GOOD for call, _ in asked), rows=sum(call.rows for call, _ in asked),
        outliers=sum(outliers for _, outliers in asked), bans=sum(counted < at <= now for at in bans),
    )


def _excused(call: Call, ours: Iterable[Stretch]) -> bool:
    return call.outcome not in GOOD and any(began <= call.at <= ended for began, ended in ours)


def together(calls: Mapping[str, Sequence[Call]], start: datetime, now: datetime) -> list[Stretch]:
    """When three or more exchanges failed that began to within a minute, until fewer than three of them still did.

    That is no exchange's doing, whatever each failure looked like. `calls` by exchange since `start`, oldest first; which of
    them already failed at `start` began to at some time that is no longer known, and count as one.
    """
    spells = sorted((began, ended, name) for name, each in calls.items() for began, ended in _spells(each, start, now))
    found = list[Stretch]()
    for n, (began, _, _) in enumerate(spells):
        ends: dict[str, datetime] = {}
        for later, ended, name in spells[n:]:
            if later - began > MINUTE:
                break
            ends[name] = max(ended, ends.get(name, ended))
        until = sorted(ends.values())[-TOGETHER] if len(ends) >= TOGETHER else began
        if until > max(began, found[-1][1] if found else began):
            found.append((began, until))
    return found


def _spells(calls: Sequence[Call], start: datetime, now: datetime) -> list[Stretch]:
    """When one exchange failed: from its first failure to its next good answer."""
    asked = [call for call in calls if call.outcome in ASKED]
    found, began = list[Stretch](), start if asked and asked[0].outcome not in GOOD else None
    for call in asked:
        if call.outcome not in GOOD:
            began = began or call.at
        elif began:
            found.append((began, call.at))
            began = None
    return [*found, (began, now)] if began else found


def step(switch: Switch, seen: Look, now: datetime, *, others: int, pin: str = "", suspended: bool = False) -> Switch:
    """The switch after one look; the same object while nothing calls for another.

    `others` are the other exchanges that are on. `pin` is what an operator holds it to. `suspended`: the trouble is our
    own, so that nothing is held against an exchange.
    """
    if pin:
        return switch if pin == "off" or not switch.phase else _on(now, 0, "Held on by an operator.")
    if not switch.phase:
        reason = poor(seen) if others >= LEAST and not suspended else ""
        return _off(switch.times, now, reason) if reason else _forgiven(switch, now)
    if others < LEAST:
        return _on(now, switch.times, "Too few others are on.")
    return _waited(switch, now) if switch.phase == "off" else _tried(switch, seen, now)


def poor(seen: Look) -> str:
    """Why an exchange did too badly to stay on; "" when it did not."""
    if seen.bans >= BANS:
        return f"it paused us {seen.bans} times in 24 hours"
    if seen.calls < ENOUGH:
        return ""
    if seen.good * 100 < seen.calls * GOOD_PCT:
        return f"only {seen.good * 100 // seen.calls} % of {seen.calls} calls in 30 minutes were answered"
    return _odd(seen)


def _odd(seen: Look) -> str:
    if seen.outliers * 100 <= seen.rows * OUTLIER_PCT:
        return ""
    return f"{seen.outliers * 100 // seen.rows} % of its prices in 30 minutes stood away from the other exchanges'"


def off_for(times: int) -> timedelta:
    """How long it is off, switched off for the `times`-th time in a row: half an hour, doubling to six hours."""
    doublings = min(max(times, 1) - 1, 10)
    return min(FIRST_OFF * (1 << doublings), LONGEST_OFF)


def _forgiven(switch: Switch, now: datetime) -> Switch:
    return replace(switch, times=0) if switch.times and switch.since and now - switch.since >= FORGIVEN else switch


def _off(times: int, now: datetime, reason: str) -> Switch:
    return Switch("off", now, now + off_for(times + 1), min(times + 1, 1000), reason)


def _on(now: datetime, times: int, reason: str) -> Switch:
    return Switch("", now, None, times, reason)


def _waited(switch: Switch, now: datetime) -> Switch:
    """A wait longer than any that is given means that the clock was put back: then it is over."""
    left = switch.until - now if switch.until else timedelta(0)
    return switch if timedelta(0) < left <= LONGEST_OFF else replace(switch, phase="trial", since=now, until=None)


def _tried(switch: Switch, seen: Look, now: datetime) -> Switch:
    if seen.calls - seen.good > TRIAL - TRIAL_GOOD:
        return _off(switch.times, now, f"{seen.calls - seen.good} of {seen.calls} calls of its trial failed")
    if seen.calls < TRIAL:
        return switch
    if odd := _odd(seen):
        return _off(switch.times, now, odd)
    return _on(now, switch.times, f"{seen.good} of {seen.calls} calls of its trial were answered.")
