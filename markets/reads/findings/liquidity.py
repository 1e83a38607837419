"""The books of a question: what is stored of a pair, asked of the queue where it is old; or every pair, where no coin is named."""

from __future__ import annotations

from decimal import Decimal

from markets import held
from markets.analysis import quality
from markets.analysis.amounts import Order
from markets.analysis.liquidity import NOTIONALS
from markets.ask.answers import Finding, orders
from markets.ask.answers.common import MOST, Coin
from markets.ask.answers.measured import Liquid, Seen
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey
from markets.method import current_method
from markets.reads import books
from markets.reads.books import BookView
from markets.reads.findings import best_price, common, cuts, pairs_books
from markets.reads.findings.asked import Asked

LARGEST_USD = NOTIONALS[-1][0]


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """The books of each coin."""
    if not frame.assets and not frame.unknown:
        return (pairs_books.of(frame, route, asked),)
    if len(frame.assets) > 1:
        _ask_ahead(frame, route, asked)
    return common.each_coin(frame, lambda coin: _one(frame, route, coin, asked))


def _ask_ahead(frame: Frame, route: Route, asked: Asked) -> None:
    """Ask for the books of all coins before any of them is waited for."""
    for coin in filter(None, map(common.coin, frame.assets[:MOST])):
        key, _ = common.pair(coin, frame.quote, route.priced)
        if key is not None:
            books.ask_for(key, asked.now)


def _one(frame: Frame, route: Route, coin: Coin, asked: Asked) -> Liquid | None:
    key, quoted = common.pair(coin, frame.quote or best_price.money_of(frame, coin), route.priced)
    if key is None:
        return None
    order, noted = orders.order(frame, coin, key, best_price.into(key, asked))
    late = common.await_books(key, route.priced, asked) if route.priced else ()
    usd = held.current().board.usd.get(key.quote)
    return Liquid(
        coin=coin, key=key, books=tuple(_seen(view, key, usd, order, late) for view in _views(key, route, asked)), method=current_method(), usd=usd,
        amount=order.amount, in_base=order.in_base, side=frame.side or "buy", notes=tuple(note for note in (quoted, noted) if note),
        unread=common.unread(route, asked),
    )


def _views(key: PairKey, route: Route, asked: Asked) -> tuple[BookView, ...]:
    return books.books(key, asked.now, route.priced) if route.priced else ()


def _seen(view: BookView, key: PairKey, usd: Decimal | None, order: Order, late: tuple[str, ...]) -> Seen:
    """One book, whose age may still rule it out: that is decided when the answer is written."""
    aged = view.ladder is not None and view.state not in common.USABLE and not view.reason
    return Seen(
        exchange=view.exchange, ladder=view.ladder and cuts.measured(view.ladder, LARGEST_USD / usd if usd else None, order), reason=view.reason,
        code=view.code or "unknown_depth", counts=view.counts or aged, waiting=view.exchange in late, volume=_volume(view, key),
    )


def _volume(view: BookView, key: PairKey) -> Decimal | None:
    """The turnover its exchange reports, where that is believable."""
    quote, ladder = held.current().board.pairs.get(key, {}).get(view.exchange), view.ladder
    if quote is None or ladder is None or not ladder.bids or not ladder.asks:
        return None
    return quality.turnover(quote, (ladder.bids[0][0] + ladder.asks[0][0]) / 2)
