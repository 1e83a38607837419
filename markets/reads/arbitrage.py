"""Gaps that pay after fees, over all pairs and exchanges: what the page, the API and whoever follows them share.

The scan is made once for each state of board and books, second and question in a process. Reading changes nothing: what has
been seen before is written by `markets.episodes` alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from msgspec import structs

from markets import held, receipts
from markets.analysis import arbitrage, basis, classes, routes, triangles
from markets.analysis.arbitrage import Way
from markets.analysis.basis import Perpetual
from markets.analysis.classes import CLASSES, MAIN, Facts, Judged
from markets.analysis.depth import Level
from markets.analysis.episodes import Episode
from markets.analysis.scene import Route, Scene
from markets.board import PairKey
from markets.latest import Latest
from markets.method import current_method
from markets.models import Episode as EpisodeRow
from markets.models import Market, Reading, Snapshot
from markets.reads import contracts, ladders, rates, wallets

KINDS = ("cross", "triangle", "basis")
NEAREST = routes.NEAREST
DAY = timedelta(days=1)
PAST_S = 300  # the width of what is shown of a gap's last day
HOUR = timedelta(hours=1)
PATIENCE = timedelta(seconds=15)  # then a page no longer says that it waits
KEPT = 8


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `amount`, `min_depth` in USD; `min_net_pct` after fees at size; `max_age_s` of the older leg."""

    amount: Decimal | None = None
    fees: Mapping[str, Decimal] = field(default_factory=dict)
    mode: str = "inventory"
    transfer_cost: bool = False
    min_net_pct: Decimal | None = None
    min_depth: Decimal | None = None
    max_age_s: Decimal | None = None
    exchanges: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("cross",)
    base: tuple[str, ...] = ()
    losing: bool = False
    sort: str = "-profit"


@dataclass(frozen=True)
class Line:
    """A route with what is remembered of it: its running episode, and how many began in the last day."""

    judged: Judged
    episode: Episode | None
    seen_24h: int

    @property
    def route(self) -> Route:
        """The route."""
        return self.judged.route

    def open_s(self, now: datetime) -> float | None:
        """How long it has paid without a break; None where it is not followed."""
        return None if self.episode is None else self.episode.open_s(now)


@dataclass(frozen=True)
class Found:
    """All routes of one question: those in the main table, those that are not executable, those that do not pay.

    `near` are the ten closest to paying (of the coins asked for), only where nothing is in the main table. `hidden` counts what the filters keep from it.
    """

    as_of: datetime
    wanted: Wanted
    main: tuple[Line, ...]
    excluded: tuple[Line, ...]
    losing: tuple[Line, ...]
    near: tuple[Line, ...]
    filtered: int
    counts: Mapping[str, int]
    clock_off: bool


_deviated, _places, _episodes = Latest(1), Latest(1), Latest(1)
_kept: dict[object, object] = {}
_lock = threading.RLock()  # one question is part of another


def forget() -> None:
    """Drop what this process holds in memory."""
    with _lock:
        _kept.clear()
    for kept in (_deviated, _places, _episodes):
        kept.forget()


def _once(key: object, make: Any) -> Any:
    with _lock:
        if key not in _kept:
            while len(_kept) >= KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[key] = make()
        return _kept[key]


# --- The list ---------------------------------------------------------------------------------------------------
def find(wanted: Wanted, now: datetime) -> Found:
    """Every route that matches."""
    view = held.current()
    stand = (view.board.revision, view.numbers.get("books"), view.numbers.get("episodes"), int(now.timestamp()))
    question = (*vars(wanted).values(),)
    return _once((stand, repr(question)), lambda: _found(wanted, now))  # type: ignore[no-any-return]


def judged(wanted: Wanted, now: datetime) -> list[Judged]:
    """Every route that the scan finds, classed; unfiltered and in the scan's order."""
    return _classed([route for route in _scanned(wanted, now) if not wanted.base or route.base in wanted.base], wanted, now)


def _classed(found: Sequence[Route], wanted: Wanted, now: datetime) -> list[Judged]:
    method, names = current_method(), {e.slug: e.name for e in held.current().exchanges.values()}
    return [
        classes.judge(route, known, now, method, mode=wanted.mode, transfer_cost=wanted.transfer_cost, names=names)
        for route, known in zip(found, facts(found, wanted, now), strict=True)
    ]


def facts(found: Sequence[Route], wanted: Wanted, now: datetime) -> list[Facts]:
    """What is known beside prices of each of these routes."""
    known = _Facts.of(found, now)
    return [known.about(route, followed=not wanted.fees) for route in found]


def scene(wanted: Wanted, now: datetime) -> Scene:
    """What the scan looks at."""
    return Scene(held.current().board, ladders.everything(), now, current_method(), wanted.fees, frozenset(wanted.exchanges), wanted.amount)


def _scanned(wanted: Wanted, now: datetime) -> list[Route]:
    seen, found = scene(wanted, now), list[Route]()
    if "cross" in wanted.kinds:
        found += routes.crosses(seen, everything=wanted.losing, bases=wanted.base)
    if "triangle" in wanted.kinds:
        found += triangles.triangles(seen, everything=wanted.losing)
    if "basis" in wanted.kinds:
        found += basis.carries(seen, perpetuals(), everything=wanted.losing)
    return found


def perpetuals() -> list[Perpetual]:
    """Every perpetual that is paid in money, with its stored book."""
    linear = [c for c in contracts.contracts() if c.kind == "perp" and not c.inverse]
    lists = sorted(each for each in held.current().numbers.items() if each[0].startswith("contracts:"))
    places = _places.get(tuple(lists), _perpetual_places)
    books = ladders.of_markets(places.values())
    return [Perpetual(c, books.get(places.get((c.exchange, c.symbol), 0))) for c in linear]


def _perpetual_places() -> dict[tuple[str, str], int]:
    rows = Market.objects.filter(kind="perp").values_list("exchange__slug", "symbol", "pk")
    return {(slug, symbol): pk for slug, symbol, pk in rows}


def _found(wanted: Wanted, now: datetime) -> Found:
    lines = _remembered(judged(wanted, now), now)
    told = [line for line in lines if line.judged.kind in MAIN]
    main = [line for line in told if matches(line, wanted)]
    losing = [line for line in lines if line.judged.kind == "unprofitable"]
    excluded = [line for line in lines if line.judged.kind not in (*MAIN, "unprofitable")]
    clocks = [abs(e.clock_offset_ms or 0) / 1000 for e in held.current().exchanges.values() if e.enabled]
    off = bool(clocks) and sorted(clocks)[len(clocks) // 2] > current_method().clock_off_s
    return Found(
        as_of=now, wanted=wanted, main=tuple(ordered(main, wanted.sort, now)), excluded=tuple(ordered(excluded, "-profit", now)),
        losing=tuple(losing) if wanted.losing else (), near=() if main else tuple(losing[:NEAREST]), filtered=len(told) - len(main),
        counts={name: sum(line.judged.kind == name for line in lines) for name in CLASSES}, clock_off=off,
    )


def matches(line: Line, wanted: Wanted) -> bool:
    """Whether a gap leaves as much, is as deep and as young as is asked for."""
    trade, age = line.judged.full, line.route.age_s
    worth = line.route.usd_of(trade.cost)
    return (
        (wanted.min_net_pct is None or (line.judged.trade.net or Decimal(0)) * 100 >= wanted.min_net_pct)
        and (wanted.min_depth is None or (worth is not None and worth >= wanted.min_depth))
        and (wanted.max_age_s is None or (age is not None and Decimal(str(age)) <= wanted.max_age_s))
    )


_VALUES: Mapping[str, Callable[[Line, datetime], Any]] = {
    "profit": lambda line, _: line.judged.profit_usd, "net": lambda line, _: line.judged.trade.net, "gross": lambda line, _: line.route.gross,
    "size": lambda line, _: line.route.usd_of(line.judged.full.cost), "age": lambda line, _: line.route.age_s, "open": lambda line, now: line.open_s(now),
    "seen": lambda line, _: line.seen_24h, "asset": lambda line, _: line.route.base,
}  # fmt: skip
ORDERS = tuple(_VALUES)


def ordered(lines: Iterable[Line], sort: str, now: datetime) -> list[Line]:
    """Sorted by one of ORDERS ("-": descending); what is unknown comes last, equals by name."""
    value = _VALUES[sort.lstrip("-")]
    rows = [(None if line.judged.hidden else value(line, now), line) for line in sorted(lines, key=lambda line: line.route.name)]
    known = sorted((row for row in rows if row[0] is not None), key=lambda row: row[0], reverse=sort.startswith("-"))
    return [line for _, line in (*known, *(row for row in rows if row[0] is None))]


# --- One route --------------------------------------------------------------------------------------------------
class NoRoute(LookupError):
    """The pair is there, but one side has no price of today. The text says so."""


@dataclass(frozen=True)
class Detail:
    """One route with all that bears on it. `curve` is (money spent, profit) level by level; `past` is (time, net ratio) of mids.

    `asks` and `bids` are the sides that are walked: of the books, else of the tickers' best prices.
    """

    line: Line
    asks: tuple[Level, ...]
    bids: tuple[Level, ...]
    curve: tuple[tuple[Decimal, Decimal], ...]
    past: tuple[tuple[datetime, Decimal], ...]
    episodes: tuple[Episode, ...]


def one(key: PairKey, buy: str, sell: str, wanted: Wanted, now: datetime, sold: str = "") -> Detail:  # noqa: PLR0917
    """Buying on one exchange and selling on another, whether it pays or not. Raises NoRoute."""
    route = routes.between(scene(wanted, now), key, buy, sell, sold)
    if route is None:
        raise NoRoute(f"{key} has no price of today on {buy} and {sell}.")
    line = _remembered(_classed([route], wanted, now), now)[0]
    asks, bids = route.buy.levels, route.sell.levels
    return Detail(line, asks, bids, tuple(arbitrage.curve(asks, bids, route.terms)), _past(route, now), past(route.name, now))


def on_pair(key: PairKey, fees: Mapping[str, Decimal], now: datetime) -> list[Route]:
    """Every way between two exchanges whose quotes of one pair count, the one that leaves most first. No other pair is looked at."""
    view = held.current().board
    seen = Scene(replace(view, pairs={key: view.pairs.get(key, {})}), {key: ladders.of(key)}, now, current_method(), fees)
    ways = (routes.between(seen, key, a, b) for a in seen.board.pairs[key] for b in seen.board.pairs[key])
    return sorted((way for way in ways if way and not any(leg.reason for leg in way.legs)), key=lambda way: (-way.net, way.name))


def awaited(markets: Sequence[int], now: datetime) -> bool:
    """Whether the book of one of these markets was asked for and has not come yet."""
    asked = Reading.objects.filter(market__in=markets, source=ladders.SOURCE, wanted_at__gt=now - PATIENCE)
    return asked.filter(Q(tried_at__isnull=True) | Q(tried_at__lt=F("wanted_at"))).exists()


def _past(route: Route, now: datetime) -> tuple[tuple[datetime, Decimal], ...]:
    """The gap of the two mids in the last day, after both fees; for routes in one money."""
    if len(route.legs) != 2:
        return ()
    places = ladders.places()
    ids = [places.get(PairKey(leg.base, leg.quote), {}).get(leg.exchange) for leg in route.legs]
    rows = Snapshot.objects.filter(market_id__in=[pk for pk in ids if pk], period_s=PAST_S, opened_at__gt=now - DAY, opened_at__lte=now)
    closes: dict[datetime, dict[int, Decimal]] = {}
    for market_id, at, close in rows.order_by("opened_at").values_list("market_id", "opened_at", "close"):
        closes.setdefault(at, {})[market_id] = close
    both = [(at, found[ids[0]], found[ids[1]]) for at, found in closes.items() if len(found) == 2]  # type: ignore[index]
    return tuple((at, arbitrage.net(bought, sold, route.terms.buy_fee, route.terms.sell_fee)) for at, bought, sold in both if bought and sold)


# --- What is remembered -----------------------------------------------------------------------------------------
def alive() -> dict[str, Episode]:
    """{route: its running episode}."""
    return {row.name: as_episode(row) for row in EpisodeRow.objects.filter(died_at__isnull=True)}


def as_episode(row: EpisodeRow) -> Episode:
    """A stored row as analysis takes it."""
    return Episode(**{name: getattr(row, name) for name in Episode.__struct_fields__})


def past(name: str, now: datetime, limit: int = 20) -> tuple[Episode, ...]:
    """A route's episodes, the newest first. Of their receipts those that are still kept."""
    found = [as_episode(row) for row in EpisodeRow.objects.filter(name=name, born_at__lte=now).order_by("-born_at", "-id")[:limit]]
    kept = receipts.standing([episode.receipt for episode in found if episode.receipt], now)
    return tuple(structs.replace(episode, receipt=episode.receipt if episode.receipt in kept else "") for episode in found)


def _remembered(found: Sequence[Judged], now: datetime) -> list[Line]:
    running, times = _remembering(now)
    return [Line(j, running.get(name := j.route.name), times.get(name, 0)) for j in found]


def _remembering(now: datetime) -> tuple[dict[str, Episode], dict[str, int]]:
    """Running episodes, and how many of each route began in the last day; read anew when they are written, and once a minute."""
    def read() -> tuple[dict[str, Episode], dict[str, int]]:
        rows = EpisodeRow.objects.filter(born_at__gt=now - DAY).values("name").annotate(times=Count("id"))
        return alive(), {row["name"]: row["times"] for row in rows}

    return _episodes.get((held.current().numbers.get("episodes"), now.replace(second=0, microsecond=0)), read)


# --- Facts beside prices ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Facts:
    """What is known beside prices, of all routes of one scan."""

    sigma: Mapping[tuple[PairKey, str], float]
    ways: Mapping[tuple[str, str, str], Way]
    snapshots: Mapping[str, int]
    clocks: Mapping[str, float]
    unpegged: frozenset[str]

    @classmethod
    def of(cls, found: Sequence[Route], now: datetime) -> _Facts:
        paying = [route for route in found if route.net > 0]
        ends = {(leg.base, leg.quote, leg.exchange) for route in paying for leg in route.legs if leg.kind == "spot"}
        trips = {(route.base, route.buy.exchange, route.sell.exchange) for route in found if route.kind == "cross"}
        return cls(
            _deviations([(PairKey(base, quote), name) for base, quote, name in sorted(ends)], now), _ways(trips, now),
            {name: episode.snapshots for name, episode in _remembering(now)[0].items()},
            {e.slug: (e.clock_offset_ms or 0) / 1000 for e in held.current().exchanges.values()},
            frozenset(peg.ticker for peg in rates.broken(now)),
        )

    def about(self, route: Route, *, followed: bool) -> Facts:
        sigma = {leg.exchange: self.sigma.get((PairKey(leg.base, leg.quote), leg.exchange), 0.0) for leg in route.legs}
        way = self.ways.get((route.base, route.buy.exchange, route.sell.exchange)) if route.kind == "cross" else None
        snapshots = self.snapshots.get(route.name, 0 if followed else None)
        return Facts(way, {name: found for name, found in sigma.items() if found}, snapshots, self.clocks, self.unpegged)


def _deviations(ends: Sequence[tuple[PairKey, str]], now: datetime) -> dict[tuple[PairKey, str], float]:
    """How far each of these markets moved from minute to minute in the last hour, measured once a minute; absent where not known."""
    places = ladders.places()
    markets = {pk: (key, name) for key, name in ends if (pk := places.get(key, {}).get(name))}
    known: dict[int, float | None] = _deviated.get(now.replace(second=0, microsecond=0), dict)
    unknown = markets.keys() - known.keys()
    if unknown:
        known |= dict.fromkeys(unknown) | _measured(unknown, now)
    return {markets[pk]: found for pk in markets if (found := known[pk])}


def _measured(markets: Iterable[int], now: datetime) -> dict[int, float | None]:
    closes: dict[int, list[Decimal]] = {}
    rows = Snapshot.objects.filter(market_id__in=list(markets), period_s=60, opened_at__gt=now - HOUR, opened_at__lte=now)
    for market_id, close in rows.order_by("market_id", "opened_at").values_list("market_id", "close"):
        closes.setdefault(market_id, []).append(close)
    return {pk: arbitrage.deviation(series) for pk, series in closes.items()}


def _ways(trips: Iterable[tuple[str, str, str]], now: datetime) -> dict[tuple[str, str, str], Way]:
    known = {base: wallets.of(base) for base in {base for base, _, _ in trips}}
    return {(base, a, b): arbitrage.way(known[base].get(a, ()), known[base].get(b, ()), now, current_method()) for base, a, b in trips}
