"""One pair on every exchange."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from markets import read
from markets.analysis.best import Comparison
from markets.board import Board, PairKey
from markets.pages import compare_below, compare_shown, overview_shown, query
from markets.pages.base import csv_page, frame_of, html, page, rows_state, split_pair, states_of, unknown_pair
from markets.pages.cache import Page
from markets.pages.query import Asked
from markets.shapes import UnknownPair

OTHER_QUOTES = 6  # beside which a compare page links


@page
def compare(request: HttpRequest, now: datetime, pair: str) -> Page | HttpResponseBase:
    """One pair on every exchange, ranked, with the reason for everything left out."""
    asked = query.asked(request, query.COMPARE)
    try:
        c = read.compare(*split_pair(pair), now, side=asked.values["side"], net=asked.values["net"])
    except UnknownPair as error:
        return unknown_pair(request, now, pair, error)
    frame = frame_of(request, now, "overview")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), rows_state([c]))
    if asked.values["format"] == "csv":
        return csv_page(tag, _compare_csv(c))
    return Page(tag, html("compare.html", {**frame, **_compare_context(asked, c, frame)}))


def _compare_context(asked: Asked, c: Comparison, frame: dict[str, Any]) -> dict[str, Any]:
    board, faces = read.board(), frame["faces"]
    coin = board.coins.get(c.key.base)
    listed = compare_shown.lines(c, faces)
    return {
        "c": c, "side": asked.values["side"], "net": asked.values["net"], "ticker": coin.ticker if coin else c.key.base, "name": coin.name if coin else "",
        "coin": coin, "lines": listed, "places": compare_shown.shared_places(c), "net_places": compare_shown.net_places(c),
        "answer": compare_shown.answer(c, faces),
        "left_out": compare_shown.left_out(listed), "basis": compare_shown.basis(c, faces),
        "notices": compare_shown.notices(faces, [r.quote.exchange for r in c.rows]),
        "oldest_known": min((r.age_s for r in c.rows if r.age_s is not None), default=None),
        "buy_link": asked.link(side="buy"), "sell_link": asked.link(side="sell"), "net_link": asked.link(net=not asked.values["net"]),
        "csv_link": asked.link(format="csv"),
        "quotes": _other_quotes(board, c.key, asked), "below": compare_below.context(c, frame["now"], frame, asked),
    }


def _other_quotes(board: Board, key: PairKey, asked: Asked) -> list[tuple[str, str, bool]]:
    """(quote currency, link, chosen) for the most listed pairs of the same coin, the one shown among them."""
    same = sorted((k for k in board.pairs if k.base == key.base and k.kind == key.kind), key=lambda k: (-len(board.pairs[k]), k.quote != "USDT", k.quote))
    shown_pairs = [k for at, k in enumerate(same) if at < OTHER_QUOTES or k == key]
    return [(k.quote, Asked(f"/compare/{k}/", asked.values, asked.parameters).link(), k == key) for k in shown_pairs]


def _compare_csv(c: Comparison) -> Iterable[tuple[str, ...]]:
    yield ("rank", "exchange", "symbol", "bid", "ask", "fee_pct", "net_price", "vs_best", "spread_bps", "quote_volume_24h", "age_s", "state", "reason", "as_of")
    exact, cell = overview_shown.exact, overview_shown.cell
    for r in c.rows:
        q = r.quote
        yield (
            str(r.rank or ""), q.exchange, cell(q.symbol), exact(q.bid), exact(q.ask), exact(r.fee_pct), exact(r.net_price), exact(r.vs_best),
            exact(r.spread_bps), exact(q.quote_volume_24h), "" if r.age_s is None else f"{r.age_s:.1f}", r.state, r.reason, c.as_of.isoformat(),
        )
