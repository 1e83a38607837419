"""The liquidity pages as CSV: the same rows, plain numbers, a heading first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from markets.analysis.depth import BANDS
from markets.analysis.display import exact
from markets.analysis.liquidity import STEPS, Cost, Measure
from markets.pages.overview_shown import cell
from markets.reads.liquidity import PairLiquidity, Row

Texts = tuple[str, ...]
_NAMES = tuple(f"{100 * band:f}".rstrip("0").rstrip(".") for band in BANDS)
BOOKS = (
    "rank", "exchange", "symbol", "state", "age_s", "mid", "spread_bps", "slippage_bps", "fillable_pct",
    *(f"{side}_{step}_usd_bps" for step in STEPS for side in ("buy", "sell")), *(f"{side}_{name}_pct" for name in _NAMES for side in ("bids", "asks")),
    "truncated", "top_bid", "top_ask", "move_up_2_pct_usd", "move_down_2_pct_usd", "quote_volume_24h", "turnover_to_depth", "volume_suspicious", "score",
    "reason", "as_of",
)
PAIRS = (
    "base", "quote", "books", "most_liquid", "slippage_bps", "fillable_pct", "score", "tightest", "spread_bps", "deepest", "depth_2_pct_usd", "volume_usd",
    "volume_suspicious", "age_s", "as_of",
)


def _figure(value: Decimal | None) -> str:
    """A computed number to six decimals."""
    return exact(None if value is None else round(value, 6))


def _cost(cost: Cost | None) -> Texts:
    return (_figure(cost.slippage_bps), _figure(cost.share * 100)) if cost else ("", "")


def _aged(age_s: float | None) -> str:
    return "" if age_s is None else f"{age_s:.1f}"


def books(found: PairLiquidity) -> Iterable[Texts]:
    """One pair's books."""
    yield BOOKS
    for line in found.lines:
        view, m = line.view, line.measure
        yield (
            str(line.rank or ""), view.exchange, cell(view.symbol), view.state, _aged(view.age_s),
            *((exact(m.depth.mid), _figure(m.depth.spread_bps)) if m else ("", "")), *_cost(line.cost),
            *(_measured(m) if m else ("",) * (len(BOOKS) - 13)), str(line.suspicious).lower(),
            _figure(m.score.value) if m and m.score else "", cell(view.reason), found.as_of.isoformat(),
        )


def _measured(m: Measure) -> Texts:
    costs: Sequence[str] = [_figure(each.slippage_bps) for pair in m.costs for each in pair] or [""] * 2 * len(STEPS)
    held = [exact(side) for band in m.depth.bands for side in (band.bid, band.ask)]
    return (
        *costs, *held, str(m.depth.truncated).lower(), exact(m.top_bid), exact(m.top_ask), _figure(m.move_up_usd), _figure(m.move_down_usd), _figure(m.volume),
        _figure(m.turnover_ratio),
    )


def pairs(found: Iterable[Row], now: datetime) -> Iterable[Texts]:
    """Every pair of the overview."""
    yield PAIRS
    for row in found:
        yield (
            cell(row.key.base), cell(row.key.quote), str(row.books), row.best.exchange, *_cost(row.cost),
            _figure(row.best.score.value if row.best.score else None),
            row.tightest.exchange, _figure(row.tightest.depth.spread_bps), row.deepest.exchange, _figure(row.depth_usd), _figure(row.volume_usd),
            " ".join(row.suspicious), _aged(row.age_s), now.isoformat(),
        )
