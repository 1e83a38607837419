"""The exchanges' published limits, enforced: a client that asks too often is told so the way each exchange does.

Counted in real seconds whatever the scenario's clock says, for all clients together: they share one address.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from exchanges.simulator.writers import Limit


@dataclass
class _Window:
    start: float = float("-inf")
    used: int = 0


@dataclass(frozen=True)
class Verdict:
    """Whether a request may pass, what its (first) pool looks like afterwards, and how long a refused one must wait."""

    ok: bool
    used: int
    left: int
    resets_in: float
    wait_s: float = 0.0
    banned: bool = False


@dataclass
class Limiter:
    """The pools of one exchange."""

    limits: tuple[Limit, ...]
    windows: dict[tuple[int, str], _Window] = field(default_factory=dict)
    refusals: int = 0
    bans: int = 0
    banned_until: float = 0.0

    def take(self, path: str, cost: int, pool: str = "") -> Verdict:
        """Count one request to an endpoint of a pool; refuse it when a limit that counts it is used up or a ban runs."""
        wall, verdict = time.time(), None
        if wall < self.banned_until:
            return Verdict(False, 0, 0, 0.0, self.banned_until - wall, True)
        for number, limit in enumerate(self.limits):
            if limit.pool not in (None, pool):
                continue
            window = self._window(number, limit, path, wall)
            window.used += cost
            resets_in = window.start + limit.window_s - wall
            if window.used > limit.units:
                return self._refuse(limit, window, resets_in, wall)
            verdict = verdict or Verdict(True, window.used, limit.units - window.used, resets_in)
        self.refusals = 0
        return verdict or Verdict(True, 0, 0, 0.0)

    def _window(self, number: int, limit: Limit, path: str, wall: float) -> _Window:
        window = self.windows.setdefault((number, path if limit.per_endpoint else ""), _Window())
        if wall >= window.start + limit.window_s:
            window.start, window.used = (wall // limit.window_s * limit.window_s if limit.aligned else wall), 0
        return window

    def _refuse(self, limit: Limit, window: _Window, resets_in: float, wall: float) -> Verdict:
        self.refusals += 1
        if limit.patience is None or self.refusals <= limit.patience:
            return Verdict(False, window.used, 0, resets_in, resets_in)
        self.bans += 1
        self.refusals, ban = 0, min(3 * 86_400.0, limit.ban_s * 2 ** (self.bans - 1))
        self.banned_until = wall + ban
        return Verdict(False, window.used, 0, ban, ban, True)
