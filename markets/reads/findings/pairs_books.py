"""The pairs whose books are stored, as a question wants them: the tightest, or the most liquid, those that pass its limit."""

from __future__ import annotations

from decimal import Decimal

from markets.ask.answers.pairs_books import Measured, PairsBooks
from markets.ask.frame import Frame, Threshold
from markets.ask.router import Route
from markets.method import current_method
from markets.reads import liquidity
from markets.reads.findings import common
from markets.reads.findings.asked import Asked
from markets.reads.liquidity import Filters, Row

SHOWN = 10
TIGHT = ("spread", "tight")
PERCENT = Decimal(100)


def of(frame: Frame, route: Route, asked: Asked) -> PairsBooks:
    """The pairs that fit."""
    by = _by(frame)
    quote = "" if frame.quote is None or frame.quote == common.DOLLAR else common.currency(frame.quote)
    filters = Filters(quote=quote, exchanges=route.priced or ("",), side=frame.side or "buy", sort="spread" if by == "spread" else f"-{by}")
    rows = liquidity.overview(filters, asked.now)
    fit = [row for row in rows if frame.threshold is None or _passes(row, frame.threshold, by)]
    shown = tuple(_measured(row, by) for row in fit[: frame.limit or SHOWN])
    return PairsBooks(rows=shown, total=len(fit), measured=len(rows), by=by, method=current_method().version)


def _by(frame: Frame) -> str:
    text = frame.q.lower()
    if any(word in text for word in TIGHT) or (frame.threshold and frame.threshold.unit in ("bps", "pct")):
        return "spread"
    return "depth" if "depth" in text or "deep" in text else "score"


def _passes(row: Row, limit: Threshold, by: str) -> bool:
    value = Decimal(limit.value) * (PERCENT if limit.unit == "pct" else 1)
    figure = row.tightest.depth.spread_bps if by == "spread" else row.depth_usd
    return figure is not None and (figure < value if limit.op == "<" else figure > value)


def _measured(row: Row, by: str) -> Measured:
    chosen = {"spread": row.tightest, "depth": row.deepest, "score": row.best}[by]
    return Measured(
        key=row.key, exchange=chosen.exchange, spread_bps=chosen.depth.spread_bps, depth_usd=row.depth_usd, score=chosen.score.value if chosen.score else None,
        age_s=row.age_s,
    )
