"""A quick memory for tokens and a durable one for bans: what a Redis that lost its memory, or is away, must not make us forget.

Every block is written to both, and both are obeyed. While the quick one does not answer, the durable one counts tokens as
well, at a quarter of each rate: shared by all processes, so that many of them are no more than a quarter together.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from exchanges.limits import Charge, Grant, Penalty, Priority, Rate
from exchanges.state.kept import BROKEN_WAIT_S, Clock, Kept, OutOfOrder, T, Trouble

AGAIN_S = 1.0  # between two tries of one that was away

logger = logging.getLogger(__name__)


class PairedLimits:
    """`quick` counts, `durable` remembers."""

    def __init__(self, quick: Kept, durable: Kept, *, clock: Clock = time.monotonic) -> None:
        self._quick, self._durable, self._clock = quick, durable, clock
        self._away: tuple[float, datetime, str] | None = None
        self._tried = 0.0

    def acquire(self, charges: Sequence[Charge], priority: Priority = "prices") -> Grant:
        """See `Limits`. The durable blocks are read each time: one that was told while the other was away stands only there."""
        try:
            silent = self._durable.silence([charge.key for charge in charges])
        except OutOfOrder as error:
            return Grant(False, BROKEN_WAIT_S, detail=str(error))
        if silent:
            why, wait_s = max(silent.values(), key=lambda each: each[1])
            return Grant(False, wait_s, True, why)
        slow = [replace(charge, rate=charge.rate.slowed) for charge in charges]
        return self._either(lambda: self._quick.take(charges, priority), lambda: self._durable.acquire(slow, priority))

    def observe(self, key: str, rate: Rate, *, used: float | None = None, left: float | None = None, resets_in_s: float | None = None) -> None:
        """See `Limits`. The durable one hears it only while it counts."""
        quick = self._quick if self._away is None else self._durable
        quick.observe(key, rate, used=used, left=left, resets_in_s=resets_in_s)

    def block(self, key: str, seconds: float) -> None:
        """See `Limits`."""
        self._durable.block(key, seconds)
        self._quick.block(key, seconds)

    def strike(self, key: str, penalty: Penalty, asked_s: float | None = None) -> float:
        """See `Limits`. Each counts by itself how often; the longer silence is obeyed."""
        durable = self._durable.strike(key, penalty, asked_s)
        return max(durable, self._either(lambda: self._quick.struck(key, penalty, asked_s), lambda: durable))

    def blocked(self, key: str) -> float | None:
        """See `Limits`."""
        return max((seconds for _, seconds in self._silences(key)), default=None)

    def penalty(self, key: str) -> str | None:
        """See `Limits`."""
        return max(self._silences(key), key=lambda each: each[1], default=(None, 0.0))[0]

    def meters(self, rates: Mapping[str, Rate]) -> dict[str, float]:
        """See `Limits`."""
        return self._either(lambda: self._quick.measured(rates), lambda: self._durable.meters(rates))

    def trouble(self) -> Trouble | None:
        """See `Limits`. Asks, lest a process that has nothing to ask does not notice."""
        self._either(lambda: self._quick.silence(["pebble"]), lambda: {})
        if self._away is None:
            return None
        _, since, why = self._away
        return Trouble(since, f"{why}: budgets are counted in the slower store at a quarter of each limit, and every ban stands, until it answers again")

    def _silences(self, key: str) -> list[tuple[str, float]]:
        found = self._either(lambda: self._quick.silence([key]), lambda: {})
        with suppress(OutOfOrder):
            return [*found.values(), *self._durable.silence([key]).values()]
        return list(found.values())

    def _either(self, ask: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """Ask the quick one, or, while it is away, do the other thing; one that was away is tried once a second."""
        now = self._clock()
        if self._away and now - self._tried < AGAIN_S:
            return otherwise()
        self._tried = now
        try:
            answer = ask()
        except OutOfOrder as error:
            if self._away is None:
                logger.warning("%s: %s", error, error.__cause__)
                self._away = (now, datetime.now(UTC), str(error))
            return otherwise()
        if self._away:
            logger.warning("the shared limits answer again")
            self._away = None
        return answer
