"""Lead traders of a question, by the read of the copy-trading page, with how each publishing exchange stands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markets.analysis import copying as analysis
from markets.ask.answers import Finding
from markets.ask.answers.copying import Copying, Leader, Stand, order_of
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads import traders
from markets.reads.findings import common
from markets.reads.findings.asked import Asked
from markets.reads.findings.funding import MOST_SHOWN, SHOWN, USUAL
from markets.reads.traders import Trader


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """Of each coin that is named those who trade it now; else all."""
    stands = tuple(_stand(each) for each in traders.standings(asked.now) if each.exchange in route.priced)
    ready = tuple(each.exchange for each in stands if each.state == "ok")
    if not frame.assets:
        return (_found("", ready, stands, frame),)
    return common.each_coin(frame, lambda coin: _found(f"{coin.ticker}{frame.quote or USUAL}", ready, stands, frame))


def _found(symbol: str, ready: Sequence[str], stands: tuple[Stand, ...], frame: Frame) -> Copying:
    order = order_of(frame)
    known = traders.ordered((row for row in (traders.traders(ready, symbol) if ready else ()) if _fits(row, order, frame)), order)
    shown = tuple(_leader(row) for row in known[: min(frame.limit or SHOWN, MOST_SHOWN)])
    return Copying(leaders=shown, count=len(known), order=order, median_roi_pct=analysis.middle(row.roi_pct for row in known), symbol=symbol, stands=stands)


def _fits(row: Trader, order: str, frame: Frame) -> bool:
    """Whether the figure that orders passes the limit that was asked for; what is not told passes none."""
    if frame.threshold is None:
        return True
    value, limit = getattr(row, order.lstrip("-")), Decimal(frame.threshold.value)
    return value is not None and (value > limit if frame.threshold.op == ">" else value < limit)


def _leader(row: Trader) -> Leader:
    marks = analysis.marks(row.days, row.trades)
    return Leader(
        exchange=row.exchange, name=row.name or row.trader_id, roi_pct=row.roi_pct, profit=row.profit, max_drawdown_pct=row.max_drawdown_pct,
        win_rate_pct=row.win_rate_pct, trades=row.trades, days=row.days, followers=row.followers, managed=row.managed, young="young" in marks,
        few="few" in marks,
    )  # fmt: skip


def _stand(each: traders.Standing) -> Stand:
    return Stand(each.exchange, each.state, each.reason, each.what_to_do, each.ok_at, each.age_s, each.freshness)
