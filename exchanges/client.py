"""ExchangeClient: the one place that asks an exchange. Switch, breaker, budget, transport, check, parse: an outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic

from exchanges.adapter import Clock, R


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """How one poll ended. `outcome` is one of `errors.OUTCOMES`; rows are there when it is ok or partial.

    `requested_at`/`received_at` are the wall-clock times around the (last) request, `ms` the whole call by the
    monotonic clock, `at` the reply's snapshot clock where the part declares one.
    """

    outcome: str
    requested_at: datetime
    received_at: datetime
    ms: int
    rows: list[R] = field(default_factory=list)
    clock: Clock = "none"
    at: datetime | None = None
    detail: str = ""
    requests: int = 0
    dropped: int = 0
    bad_fields: int = 0
    size: int = 0
    wait_s: float | None = None  # budget_exhausted, banned_wait, breaker_open: how long until asking makes sense

    @property
    def good(self) -> bool:
        """Whether rows may be stored."""
        return self.outcome in ("ok", "partial")
