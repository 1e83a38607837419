"""Whether a feed may be asked, as pure transitions: three failed cycles open it, probes follow, two good cycles close it.

The three fields are the columns of `Feed`; `probe_at` set means not closed, and `fails == 0` beside it half open. The
breaker knows only whether the exchange can be reached: a refusal or an unreadable reply is an answer, and closes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

FAILS = 3
FIRST_PROBE_S = 30.0
LONGEST_PROBE_S = 300.0
JITTER = 0.2

# `truncated` is a connection that broke off, not a changed format.
FAILED = frozenset({"dns", "refused", "tls", "connect_timeout", "first_byte_timeout", "deadline", "reset", "truncated", "server_error"})
GOOD = frozenset({"ok", "partial"})
CHANGED = frozenset({"too_large", "decode", "not_json", "content_type", "schema", "api_error", "client_error", "redirect_blocked", "address_blocked"})
# What is left says nothing of the exchange's health: not asked, or told to wait (exchanges/limits.py sees to that).


@dataclass(frozen=True)
class Breaker:
    """`fails`: failed cycles in a row. `opened`: how often it opened in a row. `probe_at`: when the next single try may leave."""

    fails: int = 0
    opened: int = 0
    probe_at: datetime | None = None

    @property
    def phase(self) -> Literal["closed", "open", "half open"]:
        """The word for people."""
        if self.probe_at is None:
            return "closed"
        return "open" if self.fails else "half open"


def wait_s(breaker: Breaker, now: datetime) -> float:
    """Seconds until a cycle may leave; 0 when it may. A wait no probe ever has means that the clock jumped: then it may."""
    if breaker.probe_at is None:
        return 0.0
    wait = (breaker.probe_at - now).total_seconds()
    return wait if 0 < wait <= LONGEST_PROBE_S * (1 + JITTER) else 0.0


def after(breaker: Breaker, outcome: str, now: datetime, jitter: float = 0.0) -> Breaker:
    """The breaker after one finished cycle. `jitter` in [-1, 1] spreads the probes of many by a fifth."""
    if outcome in FAILED:
        return _failed(breaker, now, jitter)
    if outcome not in GOOD and outcome not in CHANGED:
        return breaker
    if breaker.phase == "open":
        return replace(breaker, fails=0, probe_at=now)
    return Breaker()


def _failed(breaker: Breaker, now: datetime, jitter: float) -> Breaker:
    fails = breaker.fails + 1
    if breaker.probe_at is None and fails < FAILS:
        return replace(breaker, fails=fails)
    wait = min(FIRST_PROBE_S * 2.0 ** min(breaker.opened, 10), LONGEST_PROBE_S) * (1 + JITTER * max(-1.0, min(jitter, 1.0)))
    return Breaker(fails, min(breaker.opened + 1, 32_000), now + timedelta(seconds=wait))
