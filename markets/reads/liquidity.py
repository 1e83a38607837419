"""Where the liquidity is: one pair's books measured and ranked over the exchanges, and every pair that has stored books.

A book is measured once, when it or its currency's rate is new; volumes and ages are of the moment. Pages, API and whoever
sums up volumes read the same measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from exchanges.numbers import EXACT
from markets import held
from markets.analysis import depth, liquidity, quality
from markets.analysis.derivatives import age_s
from markets.analysis.liquidity import Cost, Measure, Wish
from markets.board import Board, Ladder, PairKey, Quote
from markets.method import current_method
from markets.models import Depth
from markets.reads import books, ladders
from markets.reads.books import BookView
from markets.snapshots import FIVE_MINUTES

USUAL_USD = Decimal(10_000)  # the amount whose cost is told where nobody named one
DAY = timedelta(hours=24)
SPREADS_KEPT = 64
SORTS = ("pair", "cost", "score", "spread", "depth", "volume", "age")

class Known(NamedTuple):
    """A stored book that counts, and what it measures."""

    ladder: Ladder
    measure: Measure


@dataclass(frozen=True)
class Line:
    """One exchange's book of a pair. `rank` is None for what is not ranked: no book, old, another coin, not trading."""

    view: BookView
    measure: Measure | None
    cost: Cost | None
    rank: int | None
    suspicious: bool  # its reported turnover is not backed by its book


@dataclass(frozen=True)
class PairLiquidity:
    """One pair's books at `as_of`, ranked first. `asked`: the amount was the visitor's, so it decides the order; else the score does.

    `wish` is None where nobody named an amount and the currency's rate is unknown. `usd` is USD per quote unit.
    """

    key: PairKey
    as_of: datetime
    wish: Wish | None
    asked: bool
    usd: Decimal | None
    lines: tuple[Line, ...]

    @property
    def best(self) -> Line | None:
        """The most liquid exchange."""
        return next((line for line in self.lines if line.rank == 1), None)

    @property
    def pending(self) -> tuple[str, ...]:
        """Exchanges whose book is on its way and not here."""
        return tuple(line.view.exchange for line in self.lines if line.view.waiting and line.view.state not in ("fresh", "aging"))


@dataclass(frozen=True)
class Row:
    """One pair of the overview: its most liquid exchange, the deepest and the tightest one, of `books` that count."""

    key: PairKey
    books: int
    best: Measure
    cost: Cost | None  # on the best one
    deepest: Measure
    tightest: Measure
    depth_usd: Decimal | None  # the thinner side of the deepest book within 2 %
    volume_usd: Decimal | None
    suspicious: tuple[str, ...]
    age_s: float  # of the oldest book that counts


@dataclass(frozen=True)
class Filters:
    """The overview's. `usd` is the amount; with `asked` it decides who is best."""

    quote: str = ""
    exchanges: tuple[str, ...] = ()
    side: str = "buy"
    usd: Decimal = USUAL_USD
    asked: bool = False
    min_score: Decimal | None = None
    min_depth_usd: Decimal | None = None
    search: str = ""
    sort: str = "-volume"


_measured: dict[tuple[str, str], tuple[tuple[datetime | None, Decimal | None], Measure | None]] = {}
_kept: tuple[tuple[object, ...], dict[PairKey, dict[str, Known]]] = ((), {})
_spreads: dict[tuple[PairKey, int], dict[str, tuple[tuple[datetime, Decimal], ...]]] = {}


def forget() -> None:
    """Drop what this process holds in memory."""
    global _kept  # noqa: PLW0603 - one per process, on purpose
    _measured.clear()
    _spreads.clear()
    _kept = ((), {})


# --- One pair -----------------------------------------------------------------------------------------------------
def ask_for(key: PairKey, now: datetime) -> list[int]:
    """Somebody looks at this pair: have its old books read."""
    return books.ask_for(key, now)


def of(key: PairKey, now: datetime, *, wish: Wish | None = None, side: str = "buy", exchanges: Sequence[str] = ()) -> PairLiquidity:
    """The pair's books, measured and ranked. Without a `wish` the order is by score, and the cost told is that of USUAL_USD."""
    usd = held.current().board.usd.get(key.quote)
    views = books.books(key, now, exchanges)
    measures = {view.exchange: _with_volume(found, key) for view in views if view.ladder and (found := _measure(view.ladder, usd))}
    counting = [view.exchange for view in views if view.counts and view.exchange in measures]
    meant = wish or (Wish(EXACT.divide(USUAL_USD, usd), side) if usd else None)
    costs = {view.exchange: liquidity.cost(view.ladder, meant) for view in views if view.ladder and meant}
    order = liquidity.best_first(counting, measures, _known(costs) if wish else {})
    odd = liquidity.suspicious((measures[name] for name in counting), current_method())
    ranks = {name: place for place, name in enumerate(order, 1)}
    lines = [Line(v, measures.get(v.exchange), costs.get(v.exchange), ranks.get(v.exchange), v.exchange in odd) for v in views]
    return PairLiquidity(key, now, meant, wish is not None, usd, tuple(sorted(lines, key=lambda line: line.rank or len(views) + 1)))


def _known(costs: Mapping[str, Cost | None]) -> dict[str, Cost]:
    return {name: cost for name, cost in costs.items() if cost is not None}


def _measure(ladder: Ladder, usd: Decimal | None) -> Measure | None:
    place, made_of = (ladder.exchange, ladder.symbol), (ladder.received_at, usd)
    found = _measured.get(place)
    if found is None or found[0] != made_of:
        found = _measured[place] = (made_of, liquidity.measure(ladder, usd))
    return found[1]


def _with_volume(found: Measure, key: PairKey) -> Measure:
    """Beside the turnover its exchange reports, where that is believable."""
    quote = held.current().board.pairs.get(key, {}).get(found.exchange)
    return liquidity.with_volume(found, quality.turnover(quote, found.depth.mid) if quote else None)


def spreads(key: PairKey, now: datetime) -> dict[str, tuple[tuple[datetime, Decimal], ...]]:
    """{exchange: (instant, spread in bps) of each five minutes of the last day}, oldest first; read once a minute."""
    kept = (key, int(now.timestamp()) // 60)
    if kept not in _spreads:
        if len(_spreads) >= SPREADS_KEPT:
            _spreads.clear()
        _spreads[kept] = _read_spreads(key, now)
    return _spreads[kept]


def _read_spreads(key: PairKey, now: datetime) -> dict[str, tuple[tuple[datetime, Decimal], ...]]:
    names = {pk: slug for slug, pk in ladders.places().get(key, {}).items()}
    rows = Depth.objects.filter(market_id__in=names, period_s=FIVE_MINUTES, opened_at__gt=now - DAY).order_by("opened_at")
    found: dict[str, list[tuple[datetime, Decimal]]] = {}
    for pk, at, spread in rows.values_list("market_id", "opened_at", "spread_bps"):
        if spread is not None:
            found.setdefault(names[pk], []).append((at, spread))
    return {slug: tuple(line) for slug, line in found.items()}


# --- Every pair ---------------------------------------------------------------------------------------------------
def suspicious(now: datetime) -> dict[PairKey, frozenset[str]]:
    """{pair: exchanges whose turnover no book backs}; pairs without any are absent."""
    found = {key: liquidity.suspicious([known.measure for known in row.values()], current_method()) for key, row in _counting(now).items()}
    return {key: names for key, names in found.items() if names}


def overview(filters: Filters, now: datetime) -> tuple[Row, ...]:
    """Every pair with a stored book that counts, in the asked order; what is unknown comes last."""
    board = held.current().board
    chosen = {key: _chosen(row, filters.exchanges) for key, row in _counting(now).items() if _may_show(key, filters, board)}
    rows = [_row(key, row, filters, now) for key, row in chosen.items() if row]
    return tuple(_ordered([row for row in rows if _fits(row, filters)], filters.sort))


def quotes(now: datetime) -> tuple[str, ...]:
    """The quote currencies of pairs with books, the most frequent first."""
    counts: dict[str, int] = {}
    for key in _counting(now):
        counts[key.quote] = counts.get(key.quote, 0) + 1
    return tuple(sorted(counts, key=lambda ticker: (-counts[ticker], ticker)))


def _counting(now: datetime) -> dict[PairKey, dict[str, Known]]:
    """{pair: {exchange: its book}} of what counts, once for each state of the store and second."""
    global _kept  # noqa: PLW0603
    view = held.current()
    made_of = (view.board.revision, view.numbers.get("books"), int(now.timestamp()))
    if _kept[0] != made_of:
        found = {key: _known_row(key, row, view.board, now) for key, row in ladders.everything().items() if key in view.board.pairs}
        _kept = (made_of, {key: row for key, row in found.items() if row})
    return _kept[1]


def _known_row(key: PairKey, row: Mapping[str, Ladder], board: Board, now: datetime) -> dict[str, Known]:
    usd, quoted = board.usd.get(key.quote), board.pairs[key]
    good = [ladder for slug, ladder in row.items() if not ladder.switch and _stands(quoted.get(slug)) and _state(ladder, now) in ("fresh", "aging")]
    return {ladder.exchange: Known(ladder, _with_volume(found, key)) for ladder in good if (found := _measure(ladder, usd))}


def _stands(quote: Quote | None) -> bool:
    return quote is not None and quote.status == "trading" and quote.identity != "conflicted" and not quote.switch


def _state(ladder: Ladder, now: datetime) -> str:
    return quality.state(age_s(ladder.observed_at, now), ladder.period_s, current_method())


def _chosen(row: Mapping[str, Known], exchanges: Sequence[str]) -> dict[str, Known]:
    return {slug: known for slug, known in row.items() if not exchanges or slug in exchanges}


def _may_show(key: PairKey, f: Filters, board: Board) -> bool:
    text, coin = f.search.strip().upper(), board.coins.get(key.base)
    return (not f.quote or key.quote == f.quote) and (not text or text in key.base or bool(coin and text in coin.name.upper()))


def _row(key: PairKey, row: Mapping[str, Known], f: Filters, now: datetime) -> Row:
    measures, usd = {slug: known.measure for slug, known in row.items()}, held.current().board.usd.get(key.quote)
    wish = Wish(EXACT.divide(f.usd, usd), f.side) if usd else None
    costs = _known({slug: liquidity.cost(known.ladder, wish) for slug, known in row.items()}) if wish else {}
    first = liquidity.best_first([*row], measures, costs if f.asked else {})[0]
    deepest = max(measures.values(), key=lambda m: (_thinner(m), m.exchange))
    volumes = [m.volume for m in measures.values() if m.volume is not None]
    return Row(
        key, len(row), measures[first], costs.get(first), deepest, min(measures.values(), key=lambda m: (m.depth.spread_bps, m.exchange)),
        _usd(_thinner(deepest), usd), _usd(sum(volumes, Decimal(0)) if volumes else None, usd),
        tuple(sorted(liquidity.suspicious(measures.values(), current_method()))), max(age_s(known.ladder.observed_at, now) or 0.0 for known in row.values()),
    )


def _thinner(found: Measure) -> Decimal:
    return liquidity.thinner(found.band(depth.BANDS[-1]))[0]


def _usd(value: Decimal | None, rate: Decimal | None) -> Decimal | None:
    return None if value is None or rate is None else EXACT.multiply(value, rate)


def _fits(row: Row, f: Filters) -> bool:
    scored = f.min_score is None or (row.best.score is not None and row.best.score.value >= f.min_score)
    return scored and (f.min_depth_usd is None or (row.depth_usd is not None and row.depth_usd >= f.min_depth_usd))


_SORT_KEYS: Mapping[str, Callable[[Row], object]] = {
    "pair": lambda row: row.key,
    "cost": lambda row: row.cost.slippage_bps if row.cost else None,
    "score": lambda row: row.best.score.value if row.best.score else None,
    "spread": lambda row: row.tightest.depth.spread_bps,
    "depth": lambda row: row.depth_usd,
    "volume": lambda row: row.volume_usd,
    "age": lambda row: row.age_s,
}


def _ordered(rows: Iterable[Row], sort: str) -> list[Row]:
    value = _SORT_KEYS[sort.lstrip("-")]
    rows = sorted(rows, key=lambda row: row.key)
    known = sorted((row for row in rows if value(row) is not None), key=value, reverse=sort.startswith("-"))  # type: ignore[arg-type]
    return known + [row for row in rows if value(row) is None]
