"""How fast an exchange may be asked: token buckets, blocks and penalties as pure transitions over (state, now).

`now` is a monotonic clock in seconds. A bucket of capacity C that refills at R is chosen so that C + R*W stays below the
limit of L units per W seconds: then no sliding window, wherever it is laid, can hold more than L.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Penalty = Literal["throttled", "banned", "blocked"]
Priority = Literal["people", "prices", "others", "spare"]  # whom a low bucket serves longest, first

RESERVE = 0.2  # of a bucket, for what a person waits for
# Of the rest of the bucket, what each leaves to those before it. With the usual reserve `spare` stops at half a bucket, which is
# where a busy window has come to 80 % of the limit: 0.7 L refilled and half of the burst of 0.2 L.
LEAVES: Mapping[Priority, float] = {"prices": 0.0, "others": 0.2, "spare": 0.375}
# And of the limit, where the exchange itself says how much is left.
HEARD: Mapping[Priority, float] = {"people": 0.0, "prices": 0.0, "others": 0.1, "spare": 0.2}
ANEW = 0.1  # of the limit: so much more left than we counted is a window that began anew
SHED = "what is left is kept for prices"
SLOWED = 0.25  # of every rate, while the quick shared memory does not answer
DAY_S = 86_400.0
LONGEST_S = 3 * DAY_S
_EPSILON = 1e-9


@dataclass(frozen=True)
class Rate:
    """A limit of `units` per `window_s` seconds. `biggest` is the dearest single request. Raises ValueError when that can never be asked.

    `share` (above 0, at most 1) is how much of it we take for ourselves, `reserved` the part of the bucket kept for people.
    """

    units: float
    window_s: float
    biggest: float = 1.0
    share: float = 1.0
    reserved: float = RESERVE

    def __post_init__(self) -> None:
        if not (self.window_s > 0 and 0 < self.share <= 1 and self.refill > 0):
            raise ValueError(f"one request of {self.biggest} does not fit into {self.units} per {self.window_s} s")

    @property
    def ours(self) -> float:
        """Units a window that we may take."""
        return self.units * self.share

    @property
    def capacity(self) -> float:
        """The largest burst."""
        return max(0.2 * self.ours, self.biggest, 1.0)

    @property
    def refill(self) -> float:
        """Units a second. Below 5 units a tenth is no whole request: there C + R*W < L + 1 is what keeps L."""
        room = 0.9 * self.units if self.units >= 5 else self.units + 0.9
        return self.share * min(0.7 * self.units, room - max(0.2 * self.units, self.biggest, 1.0)) / self.window_s

    def leaves(self, priority: Priority) -> float:
        """Tokens that a call of this priority leaves to those before it; as many as the dearest request has room beside."""
        if priority == "people":
            return 0.0
        kept = self.reserved + (1 - self.reserved) * LEAVES[priority]
        return min(kept * self.capacity, self.capacity - self.biggest)

    @property
    def slowed(self) -> Rate:
        """A quarter of it. Beside a bucket that was just used up it still keeps the limit: C + R*W + C/4 <= L."""
        return replace(self, share=self.share * SLOWED)


@dataclass(frozen=True)
class State:
    """One key's memory. Times are monotonic, except those named wall (epoch seconds), which survive a reboot.

    The default is a bucket nobody has touched: full, whatever its capacity turns out to be.
    """

    tokens: float = math.inf
    at: float = 0.0
    blocked_until: float = -math.inf
    blocked_until_wall: float = -math.inf
    penalty: str = ""
    throttled: int = 0  # how often it said no in which way, until it has not for 24 h
    banned: int = 0
    blocked: int = 0
    struck_at_wall: float = -math.inf
    window_at: float = 0.0  # two counters of one window each, for the status page: no part of the limiting
    spent: float = 0.0
    spent_before: float = 0.0
    heard_left: float = math.inf  # what the exchange said is left until then, less what we took since
    heard_until: float = -math.inf


@dataclass(frozen=True)
class Charge:
    """What one request takes from one bucket."""

    key: str
    rate: Rate
    weight: float = 1.0


@dataclass(frozen=True)
class Grant:
    """Whether a request may leave. `wait_s`: how long until asking again makes sense. `detail` says why not.

    `shed`: a price would have been granted.
    """

    granted: bool
    wait_s: float = 0.0
    blocked: bool = False
    detail: str = ""
    shed: bool = False


def take(state: State, now: float, rate: Rate, weight: float = 1.0, priority: Priority = "prices") -> tuple[State, bool, float]:
    """Take `weight` tokens: (state, granted, seconds to wait). Each priority leaves something to those before it."""
    if blocked_s(state, now):
        return state, False, blocked_s(state, now)
    full = _refilled(state, now, rate)
    if weight <= 0:  # only looked at: a block stands here, nothing is counted
        return full, True, 0.0
    missing = weight + rate.leaves(priority) - full.tokens
    wait_s = missing / rate.refill if missing > _EPSILON else 0.0
    if now < full.heard_until and full.heard_left - weight < HEARD[priority] * rate.units - _EPSILON:
        wait_s = max(wait_s, full.heard_until - now)
    if wait_s:
        return full, False, wait_s
    return _counted(replace(full, tokens=full.tokens - weight, heard_left=full.heard_left - weight), now, rate, weight), True, 0.0


def take_all(states: Mapping[str, State], now: float, charges: Sequence[Charge], priority: Priority) -> tuple[dict[str, State], Grant]:
    """Take every charge or none. Returns the changed states (none when refused) and the grant."""
    taken: dict[str, State] = {}
    for charge in charges:
        before = taken.get(charge.key, states.get(charge.key, State()))
        state, granted, wait_s = take(before, now, charge.rate, charge.weight, priority)
        if not granted:
            return {}, _refused(before, now, charge, wait_s)
        taken[charge.key] = state
    return taken, Grant(True)


def _refused(state: State, now: float, charge: Charge, wait_s: float) -> Grant:
    if blocked_s(state, now):
        return Grant(False, wait_s, True, state.penalty)
    shed = take(state, now, charge.rate, charge.weight, "prices")[1]
    return Grant(False, wait_s, False, f"{charge.key}: {SHED}" if shed else f"{charge.key} is used up", shed)


def observe(
    state: State, now: float, rate: Rate, *, used: float | None = None, left: float | None = None, resets_in_s: float | None = None
) -> State:
    """Remember what the exchange says is left until its window resets: the stricter of that and our own tokens counts.

    Within a window it is never raised: replies overtake each other. Where no reset is told, it counts for a whole window, or
    until much more is left than we counted.
    """
    known = [value for value in (left, None if used is None else rate.units - used) if value is not None]
    if not known:
        return state
    said, told = max(min(known), 0.0), resets_in_s is not None and resets_in_s > 0
    until = now + (min(resets_in_s, rate.window_s) if resets_in_s is not None and told else rate.window_s)
    anew = now >= state.heard_until or (not told and said > state.heard_left + ANEW * rate.units)
    return replace(state, heard_left=said if anew else min(said, state.heard_left), heard_until=until)


def block(state: State, now: float, wall: float, seconds: float) -> State:
    """Nothing leaves until `seconds` from now; an existing longer block stays."""
    seconds = min(max(seconds, 0.0), LONGEST_S)
    if now + seconds <= state.blocked_until:
        return state
    return replace(state, blocked_until=now + seconds, blocked_until_wall=wall + seconds)


def strike(state: State, now: float, wall: float, penalty: Penalty, asked_s: float | None) -> State:
    """The exchange said no: block for as long as `penalty_s` says. Answers to calls already under way count as one no."""
    if wall - state.struck_at_wall >= DAY_S:
        state = replace(state, throttled=0, banned=0, blocked=0)
    before: int = getattr(state, penalty)
    times = before if before and blocked_s(state, now) else before + 1
    counted: Mapping[str, Any] = {penalty: times}
    struck = block(replace(state, struck_at_wall=wall, **counted), now, wall, penalty_s(penalty, asked_s, times - 1))
    return replace(struck, penalty=penalty) if struck.blocked_until > state.blocked_until else struck


def penalty_s(penalty: Penalty, asked_s: float | None, repeats: int) -> float:
    """Seconds of silence. `asked_s` is what the exchange asked for, unclamped; `repeats` how often it happened in 24 h before.

    A believable wait is kept exactly (and 3 % longer). Without one: 60 s to an hour, doubling. A ban lasts at least 120 s
    and doubles up to 3 days; a refusal for where or what we are 15 min up to 6 h.
    """
    asked = asked_s if asked_s is not None and math.isfinite(asked_s) and asked_s > 0 else 0.0
    doubled = 2.0 ** min(repeats, 20)
    if penalty == "banned":
        return min(max(asked * 1.03, 120.0) * doubled, LONGEST_S)
    if penalty == "blocked":
        return min(900.0 * doubled, 21_600.0)
    if 0 < asked <= 3600:
        return asked * 1.03
    return 3600.0 if asked else min(60.0 * doubled, 3600.0)


def blocked_s(state: State, now: float) -> float:
    """Seconds until the block ends; 0 when there is none."""
    return max(state.blocked_until - now, 0.0)


def used(state: State, now: float, rate: Rate) -> float:
    """About how many units were taken in the last window."""
    counted = _counted(state, now, rate, 0.0)
    return counted.spent + counted.spent_before * (1 - (now - counted.window_at) / rate.window_s)


def rebooted(state: State, now: float, wall: float) -> State:
    """Carry a state of an earlier boot over: nothing is refilled for the time between, a block keeps its wall-clock end."""
    left = min(max(state.blocked_until_wall - wall, 0.0), LONGEST_S)
    return replace(state, at=now, blocked_until=now + left, window_at=now, spent=0.0, spent_before=0.0, heard_until=-math.inf)


def _refilled(state: State, now: float, rate: Rate) -> State:
    """A reading of the clock from before `at` (another process was quicker) refills nothing and takes nothing back."""
    gained = max(now - state.at, 0.0) * rate.refill
    return replace(state, tokens=min(state.tokens + gained, rate.capacity), at=max(now, state.at))


def _counted(state: State, now: float, rate: Rate, weight: float) -> State:
    windows = math.floor((now - state.window_at) / rate.window_s)
    if windows > 0:
        before = state.spent if windows == 1 else 0.0
        state = replace(state, window_at=state.window_at + windows * rate.window_s, spent=0.0, spent_before=before)
    return replace(state, spent=state.spent + weight)
