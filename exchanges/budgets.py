"""Which buckets a request draws from: the operator's budget, the exchange's own pools, and what they hold now."""

from __future__ import annotations

from dataclasses import dataclass

from exchanges.adapter import Adapter, Part, Pool, Request
from exchanges.plan import KEPT
from exchanges.rows import Row
from exchanges.state import Charge, Limits, Rate

MINUTE_S = 60.0


@dataclass(frozen=True)
class Usage:
    """How much of one limit was used in its last window. `name` is "operator" or the pool's."""

    name: str
    used: float
    limit: float
    unit: str
    window_s: float


class Budgets:
    """The buckets of one exchange, with the operator's budget as it is now."""

    def __init__(self, adapter: Adapter, budget_per_minute: int) -> None:
        self.adapter = adapter
        rate = Rate(max(budget_per_minute, 1), MINUTE_S)
        self.operator = Charge(adapter.slug, rate)  # every request counts 1; blocks stand here, as no request is without it
        # However many people look, the plan keeps its share: prices must not get older because somebody reads every book.
        self.people = Charge(f"{adapter.slug}/people", Rate(max(KEPT * budget_per_minute, 1), MINUTE_S))
        self.retry = Charge(f"{adapter.slug}/retries", rate)  # only counted: the client keeps retries to a share of the calls
        self._pools = {pool.name: (pool, self._rate(pool)) for pool in adapter.pools}

    def charges(self, part: Part[Row], request: Request) -> list[Charge]:
        """What one request of this part takes, from every bucket it touches."""
        taken = [self.operator]
        for name, weight in part.cost.items():
            pool, rate = self._pools[name]
            taken.append(Charge(self._key(pool, request.path), rate, weight))
        return taken

    def host(self, name: str) -> Charge:
        """Where a host's own refusal stands; nothing is counted there."""
        return Charge(f"{self.adapter.slug}@{name}", self.operator.rate, 0)

    def whole(self, host: str, chosen: str = "") -> str:
        """Whose silence follows when `host` refuses us for where we are: everybody's, if prices come from there, else its own.

        A country's law may forbid contracts and not spot prices: the exchange says so on the contracts' host only.
        """
        mine = (chosen or self.adapter.hosts[0], self.adapter.hosts[0])
        return self.adapter.slug if host in mine else self.host(host).key

    def bucket(self, pool: str, path: str) -> Charge | None:
        """The bucket of a pool as seen from one endpoint; None for a pool that is not declared."""
        if pool not in self._pools:
            return None
        found, rate = self._pools[pool]
        return Charge(self._key(found, path), rate)

    def usage(self, limits: Limits) -> tuple[Usage, ...]:
        """The operator's budget and each pool; where every endpoint has a bucket of its own, the fullest one."""
        own = self.operator
        shown = [Usage("operator", limits.meters({own.key: own.rate}).get(own.key, 0.0), own.rate.units, "requests", own.rate.window_s)]
        paths = {part.request.path for source in self.adapter.sources.values() for part in source.parts}
        for pool, rate in self._pools.values():
            taken = limits.meters({self._key(pool, path): rate for path in paths})
            shown.append(Usage(pool.name, max(taken.values(), default=0.0), rate.units, pool.unit, rate.window_s))
        return tuple(shown)

    def _rate(self, pool: Pool) -> Rate:
        """A published limit, with room for the dearest request the adapter declares."""
        costs = [part.cost.get(pool.name, 0) for source in self.adapter.sources.values() for part in source.parts]
        return Rate(pool.units, pool.window_s, max([1, *costs]))

    def _key(self, pool: Pool, path: str) -> str:
        return f"{self.adapter.slug}/{pool.name}{path if pool.per_endpoint else ''}"
