"""Gainers and losers of a day: the overview, sorted by its change."""

from __future__ import annotations

from decimal import Decimal

from markets import read
from markets.analysis.best import Comparison
from markets.analysis.cross import MONEY
from markets.ask.answers import status as told
from markets.ask.answers.movers import LEAST_USD, LOSERS, Mover, Movers
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads.findings import common, status
from markets.reads.findings.asked import Asked
from markets.reads.findings.funding import MOST_SHOWN, SHOWN, ticker
from markets.shapes import Filters


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Movers, ...]:
    """Those that moved the way that is asked for, of pairs in one currency."""
    falling, quote = frame.topic == LOSERS, common.currency(frame.quote) if frame.quote else MONEY
    if quote == common.DOLLAR:
        quote = MONEY
    if not route.priced:
        return (Movers(quote=quote),)
    found = read.overview(Filters(
        quote=quote, exchanges=route.priced, min_volume_usd=Decimal(LEAST_USD), sort="change" if falling else "-change",
        limit=min(frame.limit or SHOWN, MOST_SHOWN),
    ), asked.now)  # fmt: skip
    rows = tuple(row for c in found.rows if (row := _mover(c, falling=falling)))
    return (Movers(quote=quote, rows=rows, count=found.total, sources=told.used(status.seen(route.priced, asked.now))),)


def _mover(c: Comparison, *, falling: bool) -> Mover | None:
    change = c.change_24h_pct
    if not change or (change < 0) != falling:
        return None
    return Mover(
        asset=ticker(c.key.base), quote=c.key.quote, change_pct=change, price=c.reference_price, volume_usd=c.volume_usd, live=c.live, age_s=c.oldest_s,
    )
