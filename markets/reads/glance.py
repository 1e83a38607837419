"""The figures above the overview table, over all pairs at once, and of perpetuals."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import DatabaseError

from markets import held, read
from markets.analysis import best
from markets.analysis.best import Summary
from markets.analysis.quality import KNOWN
from markets.board import Board
from markets.latest import Latest
from markets.method import current_method
from markets.reads import comparisons, funding, standings
from markets.shapes import Tile

NOTHING = "–"
NOBODY = "no pair is live on two exchanges right now"
KEPT_S = 5
BUSIEST = 200  # spreads are compared on these: a median over coins nobody trades says nothing
_tiles = Latest(8)


def tiles(exchanges: Sequence[str], now: datetime) -> tuple[Tile, ...]:
    """Always after fees. Renewed every five seconds at most: they are a glance at two thousand pairs, not a price."""
    return _tiles.get((tuple(exchanges), int(now.timestamp()) // KEPT_S, not held.current().board.revision), lambda: _made(tuple(exchanges), now))


def _made(exchanges: tuple[str, ...], now: datetime) -> tuple[Tile, ...]:
    view = read.narrowed(read.chosen_of(exchanges))
    shared = [s for s in read.pairs(now, only=exchanges).values() if s.live >= 2]
    busiest = sorted(shared, key=lambda s: -(s.volume_usd or Decimal(0)))[:BUSIEST]
    return (_widest(shared, view), _cheapest(shared, now), _tightest([best.spreads(view, s.key, now, current_method()) for s in busiest]), _funding(now))


def _widest(shared: Sequence[Summary], view: Board) -> Tile:
    """Only where both ends are surely the same coin: a gap between two coins would be the worst answer there is."""
    apart = [s for s in shared if s.after_fees_pct is not None and len(set(_ends(s))) == 2]
    sure = [s for s in apart if all(view.pairs[s.key][end].identity in KNOWN for end in _ends(s))]
    if not shared:
        return Tile("Widest gap after fees", NOTHING, NOBODY)
    if not sure:
        return Tile("Widest gap after fees", NOTHING, "known once ten minutes of prices have told the coins apart")
    s = max(sure, key=lambda s: s.after_fees_pct or Decimal(0))
    return Tile("Widest gap after fees", signed(s.after_fees_pct or Decimal(0), 2), f"{s.key.base}/{s.key.quote}", _ends(s), s.key)


def _ends(s: Summary) -> tuple[str, ...]:
    return tuple(end.exchange for end in (s.best_buy, s.best_sell) if end)


def signed(percent: Decimal, places: int) -> str:
    """A percent figure with its sign; what rounds to nothing has none: it is no gain."""
    shown = round(percent, places)
    return f"{'+' if shown > 0 else '−' if shown < 0 else ''}{abs(shown):.{places}f}%"


def _cheapest(shared: Sequence[Summary], now: datetime) -> Tile:
    """Of the last 24 hours, as counted hourly over all exchanges; before the first count, of this moment, and it says so."""
    found = standings.cheapest(now)
    if found:
        span = "24 h" if found.hours >= standings.DAY.total_seconds() // 3600 else f"{found.hours} h so far"
        caption = f"best price to buy in {100 * found.wins / found.looks:.0f}% of {found.pairs:,} shared pairs, {span}"
        return Tile("Most often cheapest, 24 h", "", caption, (found.exchange,))
    wins = Counter(s.best_buy.exchange for s in shared if s.best_buy)
    if not wins:
        return Tile("Most often cheapest, 24 h", NOTHING, NOBODY)
    slug, count = wins.most_common(1)[0]
    caption = f"best price to buy in {100 * count / wins.total():.0f}% of {wins.total():,} shared pairs, right now: no hour is counted yet"
    return Tile("Most often cheapest, 24 h", "", caption, (slug,))


def _tightest(busiest: Sequence[Mapping[str, Decimal]]) -> Tile:
    spreads: dict[str, list[Decimal]] = {}
    for exchange, bps in (item for pair in busiest for item in pair.items()):
        spreads.setdefault(exchange, []).append(bps)
    medians = sorted((statistics.median(values), slug) for slug, values in spreads.items())
    if not medians:
        return Tile("Tightest median spread", NOTHING, NOBODY)
    names = comparisons.names()
    following = f", next is {names.get(medians[1][1], medians[1][1])} at {medians[1][0]:.1f} bps" if len(medians) > 1 else ""
    return Tile("Tightest median spread", "", f"{medians[0][0]:.1f} bps{following}, over the busiest {len(busiest)} shared pairs", (medians[0][1],))


def _funding(now: datetime) -> Tile:
    try:
        cell = funding.highest(now)
    except DatabaseError:  # never read before it went away
        cell = None
    if cell is None or cell.apr_pct is None:
        return Tile("Highest funding paid to shorts", NOTHING, "no perpetual's rate and interval are known right now")
    contract = cell.contract
    caption, link = f"{contract.base} perpetual on", f"/funding/{contract.base}/"
    return Tile("Highest funding paid to shorts", signed(cell.apr_pct, 1), caption, (contract.exchange,), unit="a year", link=link)

