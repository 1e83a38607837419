"""`Limits`: what can be asked of the shared memory of budgets and blocks, and `Kept`: all of it but the keeping."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from exchanges import limits
from exchanges.ledger import Reading, changed, opened, written
from exchanges.limits import Charge, Grant, Penalty, Priority, Rate, State

T = TypeVar("T")
Step = Callable[[Mapping[str, State], float, float], tuple[Mapping[str, State], T]]  # (states, now, wall) -> (changed states, result)
Clock = Callable[[], float]

BROKEN_WAIT_S = 5.0  # how soon asking again makes sense when the memory itself is out of order


class OutOfOrder(Exception):
    """The memory cannot be read or written; the text says why, and what to do."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong with the memory itself, since when, and what that means for requests."""

    since: datetime
    detail: str


class Limits(Protocol):
    """The budgets and blocks of all exchanges. A key starts with the exchange's slug, which alone is its operator budget's key."""

    def acquire(self, charges: Sequence[Charge], priority: Priority = "prices") -> Grant:
        """Take every charge or none; all are one exchange's. Never raises: a memory out of order refuses."""

    def observe(self, key: str, rate: Rate, *, used: float | None = None, left: float | None = None, resets_in_s: float | None = None) -> None:
        """Remember what the exchange says is used or left of a bucket."""

    def block(self, key: str, seconds: float) -> None:
        """Let nothing leave under this key for so long, in any process."""

    def strike(self, key: str, penalty: Penalty, asked_s: float | None = None) -> float:
        """The exchange said no: block by the rules of `limits.penalty_s`, and return for how many seconds."""

    def blocked(self, key: str) -> float | None:
        """Seconds until a block ends; None when there is none."""

    def penalty(self, key: str) -> str | None:
        """Why it is blocked (throttled, banned, blocked); None when it is not."""

    def meters(self, rates: Mapping[str, Rate]) -> dict[str, float]:
        """About how many units of each key were taken in its last window. All are one exchange's."""

    def trouble(self) -> Trouble | None:
        """What is wrong with the memory itself, as far as this process has noticed."""


class Kept(ABC):
    """Everything but the keeping: each call is one step over the states of some keys of one exchange."""

    @abstractmethod
    def change(self, keys: Sequence[str], step: Step[T]) -> T:
        """Run the step alone among all processes and keep what it changed. Raises OutOfOrder when that is impossible."""

    def take(self, charges: Sequence[Charge], priority: Priority) -> Grant:
        """As `acquire`. Raises OutOfOrder."""
        return self.change([charge.key for charge in charges], lambda states, now, _: limits.take_all(states, now, charges, priority))

    def acquire(self, charges: Sequence[Charge], priority: Priority = "prices") -> Grant:
        """See `Limits`: a limiter that forgets is worse than a late price."""
        try:
            return self.take(charges, priority)
        except OutOfOrder as error:
            return Grant(False, BROKEN_WAIT_S, detail=str(error))

    def observe(self, key: str, rate: Rate, *, used: float | None = None, left: float | None = None, resets_in_s: float | None = None) -> None:
        """See `Limits`."""
        with suppress(OutOfOrder):
            self._one(key, lambda state, now, _: limits.observe(state, now, rate, used=used, left=left, resets_in_s=resets_in_s))

    def block(self, key: str, seconds: float) -> None:
        """See `Limits`."""
        with suppress(OutOfOrder):
            self._one(key, lambda state, now, wall: limits.block(state, now, wall, seconds))

    def struck(self, key: str, penalty: Penalty, asked_s: float | None) -> float:
        """As `strike`. Raises OutOfOrder."""
        return self._one(key, lambda state, now, wall: limits.strike(state, now, wall, penalty, asked_s))[1]

    def strike(self, key: str, penalty: Penalty, asked_s: float | None = None) -> float:
        """See `Limits`."""
        try:
            return self.struck(key, penalty, asked_s)
        except OutOfOrder:
            return limits.penalty_s(penalty, asked_s, 0)

    def silence(self, keys: Sequence[str]) -> dict[str, tuple[str, float]]:
        """{key: (why it is blocked, seconds left)} of those that are. Raises OutOfOrder."""
        return self.change(keys, silences)

    def first(self, name: str) -> bool:
        """Whether nothing was ever kept of this exchange; from now on something is. Raises OutOfOrder."""

        def mark(states: Mapping[str, State], now: float, _: float) -> tuple[Mapping[str, State], bool]:
            before = states.get(name, State())
            return ({}, False) if before.at else ({name: replace(before, tokens=0.0, at=now)}, True)

        return self.change([name], mark)

    def blocked(self, key: str) -> float | None:
        """See `Limits`."""
        with suppress(OutOfOrder):
            return self.silence([key]).get(key, ("", None))[1]
        return None

    def penalty(self, key: str) -> str | None:
        """See `Limits`."""
        with suppress(OutOfOrder):
            return self.silence([key]).get(key, (None, 0.0))[0]
        return None

    def measured(self, rates: Mapping[str, Rate]) -> dict[str, float]:
        """As `meters`. Raises OutOfOrder."""

        def read(states: Mapping[str, State], now: float, _: float) -> tuple[Mapping[str, State], dict[str, float]]:
            return {}, {key: limits.used(states[key], now, rate) if key in states else 0.0 for key, rate in rates.items()}

        return self.change(list(rates), read) if rates else {}

    def meters(self, rates: Mapping[str, Rate]) -> dict[str, float]:
        """See `Limits`."""
        with suppress(OutOfOrder):
            return self.measured(rates)
        return {}

    def trouble(self) -> Trouble | None:
        """See `Limits`: one that works, or asks nothing, has nothing to tell beside its refusals."""
        return None

    def _one(self, key: str, change: Callable[[State, float, float], State]) -> tuple[State, float]:
        """Change one key: its state, and for how many seconds it is blocked now."""

        def step(states: Mapping[str, State], now: float, wall: float) -> tuple[Mapping[str, State], tuple[State, float]]:
            before = states.get(key, State())
            after = change(before, now, wall)
            return ({key: after} if after != before else {}), (after, limits.blocked_s(after, now))

        return self.change([key], step)


class MemoryLimits(Kept):
    """One process only: for tests."""

    def __init__(self, clock: Clock = time.monotonic, wall: Clock = time.time) -> None:
        self._clock, self._wall = clock, wall
        self._states: dict[str, State] = {}
        self._lock = threading.Lock()

    def change(self, keys: Sequence[str], step: Step[T]) -> T:
        """See `Kept`."""
        with self._lock:
            after, result = step({key: self._states[key] for key in keys if key in self._states}, self._clock(), self._wall())
            self._states.update(after)
            return result


def boot() -> str:
    """Which boot this is: the monotonic clock of another one says nothing here."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""  # not Linux: a clock that went backwards tells


def account(keys: Sequence[str]) -> str:
    """Whose ledger some keys stand in: the exchange's slug."""
    (name,) = {key.partition("/")[0].partition("@")[0] for key in keys}
    return name


def silences(states: Mapping[str, State], now: float, _: float) -> tuple[Mapping[str, State], dict[str, tuple[str, float]]]:
    """The step that only reads blocks."""
    return {}, {key: (state.penalty, limits.blocked_s(state, now)) for key, state in states.items() if limits.blocked_s(state, now)}


def entered(text: str, reading: Reading, keys: Sequence[str], step: Step[T], first: bool = True) -> tuple[str, T]:
    """One step over a ledger that several machines share: what has to be written ("" for nothing), and the result.

    All its times are the ledger's own; `first` as in `ledger.opened`. Raises OutOfOrder for a text that is no ledger.
    """
    try:
        ledger, anew = opened(text, reading, first)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        remedy = "nothing is asked. Once no ban of it can stand any more they may be deleted: new ones are made"
        raise OutOfOrder(f"the limits kept for {account(keys)} cannot be used ({error}); {remedy}") from None
    after, result = step({key: ledger.state(key) for key in keys}, ledger.now, ledger.now)
    return (written(changed(ledger, after)) if after or anew else ""), result
