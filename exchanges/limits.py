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

RESERVE = 0.2  # of a bucket, for what a person waits for
DAY_S = 86_400.0
LONGEST_S = 3 * DAY_S
_EPSILON = 1e-9


@dataclass(frozen=True)
class Rate:
    """A limit of `units` per `window_s` seconds. `biggest` is the dearest single request. Raises ValueError when that can never be asked."""

    units: float
    window_s: float
    biggest: float = 1.0

    def __post_init__(self) -> None:
        if not (self.units > 0 and self.window_s > 0 and self.refill > 0):
            raise ValueError(f"one request of {self.biggest} does not fit into {self.units} per {self.window_s} s")

    @property
    def capacity(self) -> float:
        """The largest burst."""
        return max(0.2 * self.units, self.biggest, 1.0)

    @property
    def refill(self) -> float:
        """Units a second. Below 5 units a tenth is no whole request: there C + R*W < L + 1 is what keeps L."""
        room = 0.9 * self.units if self.units >= 5 else self.units + 0.9
        return min(0.7 * self.units, room - self.capacity) / self.window_s

    @property
    def reserve(self) -> float:
        """What background calls leave in the bucket; nothing where the rest could not hold the dearest request."""
        kept = RESERVE * self.capacity
        return kept if self.capacity - kept >= self.biggest else 0.0


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


@dataclass(frozen=True)
class Charge:
    """What one request takes from one bucket."""

    key: str
    rate: Rate
    weight: float = 1.0


@dataclass(frozen=True)
class Grant:
    """Whether a request may leave. `wait_s`: how long until asking again makes sense. `detail` says why not."""

    granted: bool
    wait_s: float = 0.0
    blocked: bool = False
    detail: str = ""


def take(state: State, now: float, rate: Rate, weight: float = 1.0, interactive: bool = False) -> tuple[State, bool, float]:
    """Take `weight` tokens: (state, granted, seconds to wait). Background calls stop at the reserve."""
    if blocked_s(state, now):
        return state, False, blocked_s(state, now)
    full = _refilled(state, now, rate)
    missing = weight + (0.0 if interactive else rate.reserve) - full.tokens
    if missing > _EPSILON:
        return full, False, missing / rate.refill
    return _counted(replace(full, tokens=full.tokens - weight), now, rate, weight), True, 0.0


def take_all(states: Mapping[str, State], now: float, charges: Sequence[Charge], interactive: bool) -> tuple[dict[str, State], Grant]:
    """Take every charge or none. Returns the changed states (none when refused) and the grant."""
    taken: dict[str, State] = {}
    for charge in charges:
        before = taken.get(charge.key, states.get(charge.key, State()))
        state, granted, wait_s = take(before, now, charge.rate, charge.weight, interactive)
        if not granted:
            blocked = blocked_s(before, now) > 0
            return {}, Grant(False, wait_s, blocked, before.penalty if blocked else f"{charge.key} is used up")
        taken[charge.key] = state
    return taken, Grant(True)


def observe(
    state: State, now: float, rate: Rate, *, used: float | None = None, left: float | None = None, resets_in_s: float | None = None
) -> State:
    """Lower the tokens to what the exchange says is left; never raise them.

    Until its window resets we would refill R*reset more, so that much of what is left is already promised.
    """
    known = [value for value in (left, None if used is None else rate.units - used) if value is not None]
    if not known:
        return state
    reset = min(max(resets_in_s or 0.0, 0.0), rate.window_s)
    full = _refilled(state, now, rate)
    return replace(full, tokens=min(full.tokens, max(min(known), 0.0) - rate.refill * reset))


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
    return replace(state, at=now, blocked_until=now + left if left else -math.inf, window_at=now, spent=0.0, spent_before=0.0)


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
