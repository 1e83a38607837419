"""Which buckets a request draws from: the operator's budget, the exchange's own pools, and what they hold now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from exchanges.adapter import Adapter, Part, Pool, Request
from exchanges.limits import RESERVE, Priority
from exchanges.plan import KEPT, usual
from exchanges.rows import Row
from exchanges.state import Charge, Limits, Rate

MINUTE_S = 60.0


@dataclass(frozen=True)
class Usage:
    """How much of one limit, or of our share of it, was used in its last window. `name` is "operator" or the pool's."""

    name: str
    used: float
    limit: float
    unit: str
    window_s: float


@dataclass(frozen=True)
class Terms:
    """What an operator decided about an exchange's limits; what is not there is as usual.

    By limit ("operator" or the pool's name): `shares` of a published limit that are ours, `reserves` of a bucket kept for
    people. By source: `weights`, how often each request counts, and `priorities`, who waits first when a limit runs low.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    reserves: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    priorities: Mapping[str, Priority] = field(default_factory=dict)

    def priority(self, source: str, interactive: bool) -> Priority:
        """How long a request is served when a limit runs low."""
        return "people" if interactive else self.priorities.get(source) or usual(source)


AS_USUAL = Terms()


class Budgets:
    """The buckets of one exchange, with the operator's budget and terms as they are now."""

    def __init__(self, adapter: Adapter, budget_per_minute: int, terms: Terms = AS_USUAL) -> None:
        self.adapter, self.terms = adapter, terms
        reserve, most = terms.reserves.get("operator", RESERVE), max([1, *terms.weights.values()])
        rate = Rate(max(budget_per_minute, 1), MINUTE_S, most, reserved=reserve)
        self.operator = Charge(adapter.slug, rate)  # every request counts; blocks stand here, as no request is without it
        # However many people look, the plan keeps its share: prices must not get older because somebody reads every book.
        self.people = Charge(f"{adapter.slug}/people", Rate(max(KEPT * budget_per_minute, 1), MINUTE_S))
        self.retry = Charge(f"{adapter.slug}/retries", rate)  # only counted: the client keeps retries to a share of the calls
        self._pools = {pool.name: (pool, self._rate(pool)) for pool in adapter.pools}

    def charges(self, part: Part[Row], request: Request, source: str = "") -> list[Charge]:
        """What one request of this part takes, from every bucket it touches."""
        times = self.terms.weights.get(source, 1)
        taken = [Charge(self.operator.key, self.operator.rate, times)]
        for name, weight in part.cost.items():
            pool, rate = self._pools[name]
            taken.append(Charge(self._key(pool, request.path), rate, times * weight))
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
        shown = [Usage("operator", limits.meters({own.key: own.rate}).get(own.key, 0.0), own.rate.ours, "requests", own.rate.window_s)]
        paths = {part.request.path for source in self.adapter.sources.values() for part in source.parts}
        for pool, rate in self._pools.values():
            taken = limits.meters({self._key(pool, path): rate for path in paths})
            shown.append(Usage(pool.name, max(taken.values(), default=0.0), rate.ours, pool.unit, rate.window_s))
        return tuple(shown)

    def _rate(self, pool: Pool) -> Rate:
        """Our share of a published limit, with room for the dearest request the adapter declares."""
        times, name = self.terms.weights, pool.name
        costs = [times.get(source, 1) * part.cost.get(name, 0) for source, each in self.adapter.sources.items() for part in each.parts]
        return Rate(pool.units, pool.window_s, max([1, *costs]), self.terms.shares.get(name, 1.0), self.terms.reserves.get(name, RESERVE))

    def _key(self, pool: Pool, path: str) -> str:
        return f"{self.adapter.slug}/{pool.name}{path if pool.per_endpoint else ''}"
