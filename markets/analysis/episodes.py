"""The life of a gap: born when it is first seen to pay, at its peak when it pays most, dead when it no longer does. Pure.

`advance` takes one scan's routes. A snapshot is counted only when every leg is newer than all legs of the last one, so that
looking twice at the same prices proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis.classes import CLASSES, Judged
from markets.analysis.derivatives import FIGURE
from markets.analysis.scene import Route

TWICE = Decimal(2)
FOLLOWED = frozenset({"executable", "indicative", "unconfirmed"})


class Episode(Struct, frozen=True, gc=False, kw_only=True):
    """One gap from birth to death. `net` and `best_net` are ratios after base fees, `peak_profit` in `quote`.

    `observed_at` is when the last counted snapshot's youngest leg was true. `half_at` is when net first fell to half its peak
    and has stayed below that peak since. `best_class` is the best class it has reached. `died_at` None: it still pays. `receipt` is the
    name of what was kept when it was first told of, "" before.
    """

    name: str
    kind: str
    base: str
    quote: str
    buy_exchange: str
    sell_exchange: str
    born_at: datetime
    seen_at: datetime
    observed_at: datetime
    snapshots: int
    net: Decimal
    best_net: Decimal
    peak_at: datetime
    peak_profit: Decimal
    best_class: str
    half_at: datetime | None = None
    died_at: datetime | None = None
    receipt: str = ""

    @property
    def half_life_s(self) -> float | None:
        """From the peak to half of it; None while it has not fallen so far."""
        return None if self.half_at is None else (self.half_at - self.peak_at).total_seconds()

    def open_s(self, now: datetime) -> float:
        """How long it lasted, or has lasted so far."""
        return ((self.died_at or now) - self.born_at).total_seconds()


def followed(judged: Judged) -> bool:
    """Whether a gap is worth remembering: it pays, and both its prices count."""
    return judged.kind in FOLLOWED and not any(leg.reason for leg in judged.route.legs)


def advance(alive: Mapping[str, Episode], found: Iterable[Judged], now: datetime) -> list[Episode]:
    """The episodes that were born, are still alive or died with this scan, as they are after it."""
    here = {judged.route.name: judged for judged in found if followed(judged)}
    moved = [_seen(alive[name], judged, now) if name in alive else _born(judged, now) for name, judged in here.items()]
    dead = [_died(episode, now) for name, episode in alive.items() if name not in here]
    return [episode for episode in moved if episode is not None] + dead


def _kept(value: Decimal) -> Decimal:
    """To the digits that are stored: a gap that has not moved is no new peak."""
    return FIGURE.plus(value)


def _observed(route: Route) -> tuple[datetime, datetime] | None:
    times = [leg.observed_at for leg in route.legs]
    known = [at for at in times if at is not None]
    return (min(known), max(known)) if len(known) == len(times) else None


def _born(judged: Judged, now: datetime) -> Episode | None:
    route, seen = judged.route, _observed(judged.route)
    if seen is None:
        return None
    return Episode(
        name=route.name, kind=route.kind, base=route.base, quote=route.quote, buy_exchange=route.buy.exchange, sell_exchange=route.sell.exchange,
        born_at=now, seen_at=now, observed_at=seen[1], snapshots=1, net=_kept(route.net), best_net=_kept(route.net), peak_at=now,
        peak_profit=_kept(route.trade.profit), best_class=judged.kind,
    )


def _seen(before: Episode, judged: Judged, now: datetime) -> Episode:
    route, seen, net = judged.route, _observed(judged.route), _kept(judged.route.net)
    after = replace(before, seen_at=now, net=net, best_class=min(before.best_class, judged.kind, key=CLASSES.index))
    if seen is not None and seen[0] > before.observed_at:
        after = replace(after, snapshots=before.snapshots + 1, observed_at=seen[1])
    if net > before.best_net:
        return replace(after, best_net=net, peak_at=now, peak_profit=_kept(route.trade.profit), half_at=None)
    if before.half_at is None and EXACT.multiply(net, TWICE) <= before.best_net:
        after = replace(after, half_at=now)
    return after


def _died(episode: Episode, now: datetime) -> Episode:
    return replace(episode, died_at=now, half_at=episode.half_at or now)
