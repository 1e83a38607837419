"""The figures above the overview table, over all pairs at once."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from markets.analysis.best import Comparison, Summary
from markets.analysis.quality import KNOWN
from markets.board import Board, PairKey
from markets.shapes import Tile

NOTHING = "–"
BUSIEST = 200  # spreads are compared on these: a median over coins nobody trades says nothing


def tiles(everything: Sequence[Summary], view: Board, compare: Callable[[PairKey], Comparison]) -> tuple[Tile, ...]:
    """Widest gap after fees, who is most often cheapest, who is tightest, how much is covered."""
    shared = [s for s in everything if s.live >= 2]
    busiest = sorted(shared, key=lambda s: -(s.volume_usd or Decimal(0)))[:BUSIEST]
    return (_widest(shared, view), _cheapest(shared), _tightest([compare(s.key) for s in busiest]), _coverage(everything))


def _widest(shared: Sequence[Summary], view: Board) -> Tile:
    """Only where both ends are surely the same coin: a gap between two coins would be the worst answer there is."""
    apart = [s for s in shared if s.after_fees_pct is not None and len(set(_ends(s))) == 2]
    sure = [s for s in apart if all(view.pairs[s.key][end].identity in KNOWN for end in _ends(s))]
    if not sure:
        return Tile("Widest gap after fees", NOTHING, "known once ten minutes of prices have told the coins apart")
    s = max(sure, key=lambda s: s.after_fees_pct or Decimal(0))
    return Tile("Widest gap after fees", f"{s.after_fees_pct:+.2f}%".replace("-", "−"), f"{s.key.base}/{s.key.quote}", _ends(s), s.key)


def _ends(s: Summary) -> tuple[str, ...]:
    return tuple(end.exchange for end in (s.best_buy, s.best_sell) if end)


def _cheapest(shared: Sequence[Summary]) -> Tile:
    wins = Counter(s.best_buy.exchange for s in shared if s.best_buy)
    if not wins:
        return Tile("Most often cheapest to buy", NOTHING, "no pair is live on two exchanges yet")
    slug, count = wins.most_common(1)[0]
    return Tile("Most often cheapest to buy", "", f"best price in {100 * count / wins.total():.0f}% of {wins.total():,} shared pairs", (slug,))


def _tightest(busiest: Sequence[Comparison]) -> Tile:
    spreads: dict[str, list[Decimal]] = {}
    for row in (row for c in busiest for row in c.rows if row.rank and row.spread_bps is not None):
        spreads.setdefault(row.quote.exchange, []).append(row.spread_bps)  # type: ignore[arg-type]  # filtered a line above
    medians = sorted((statistics.median(values), slug) for slug, values in spreads.items())
    if not medians:
        return Tile("Tightest median spread", NOTHING, "no pair is live on two exchanges yet")
    return Tile("Tightest median spread", "", f"{medians[0][0]:.1f} bps over the busiest {len(busiest)} shared pairs", (medians[0][1],))


def _coverage(everything: Sequence[Summary]) -> Tile:
    live = [s for s in everything if s.live]
    return Tile("Compared right now", f"{sum(s.live >= 2 for s in live):,}", f"pairs live on two or more exchanges, of {len(live):,}")
