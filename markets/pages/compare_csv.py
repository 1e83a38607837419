"""The compare page's rows as plain numbers, the same as the API's."""

from __future__ import annotations

from collections.abc import Iterable

from markets.analysis.best import Comparison, Row
from markets.analysis.display import exact
from markets.api.serialize_compare import deal
from markets.pages.overview_shown import cell

_HEAD = ("rank", "exchange", "symbol", "quote", "bid", "bid_size", "ask", "ask_size", "fee_pct", "fee_source", "net_price", "vs_best", "spread_bps")
_DEAL = ("fill_price", "slippage_bps", "fill_pct", "fillable", "fill_reason", "base_amount", "received", "quote_amount", "fee_amount", "book_age_s")
_TAIL = (
    "withdrawal_network", "withdrawal_fee", "depth_bid", "depth_ask", "rate", "quote_volume_24h", "age_s", "state", "badges", "reason",
    "side", "amount", "unit", "price_range_pct", "after_fees_pct", "after_fees_size", "as_of",
)


def lines(c: Comparison) -> Iterable[tuple[str, ...]]:
    """A head, and one line for each row; what the comparison comes to stands in every line."""
    yield (*_HEAD, *_DEAL, *_TAIL)
    for row in c.rows:
        told = deal(c, row.deal)
        yield (*_quote(row), *(_text(told[name]) for name in _DEAL), *_rest(c, row))


def _quote(row: Row) -> tuple[str, ...]:
    q = row.quote
    return (
        str(row.rank or ""), q.exchange, cell(q.symbol), cell(q.quote), exact(q.bid), exact(q.bid_size), exact(q.ask), exact(q.ask_size), exact(row.fee_pct),
        q.fee_source or "", exact(row.net_price), exact(row.vs_best), exact(row.spread_bps),
    )


def _rest(c: Comparison, row: Row) -> tuple[str, ...]:
    way, band = row.deal.way if row.deal else None, row.depth
    return (
        cell(way.wallet.name) if way and way.wallet else "", exact(way.fee) if way else "", exact(band.bid) if band else "", exact(band.ask) if band else "",
        exact(row.conversion.rate) if row.conversion else "", exact(row.quote.quote_volume_24h), _text(None if row.age_s is None else round(row.age_s, 1)),
        row.state, " ".join(row.badges), row.reason,
        c.side, exact(c.order.amount), c.order.unit, exact(c.price_range_pct), exact(c.after_fees_pct), exact(c.after_fees_size), c.as_of.isoformat(),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
