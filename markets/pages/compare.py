"""One pair on every exchange: at the best prices or for an amount, by one read with the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote as url_quote

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from markets import read
from markets.analysis.best import Comparison
from markets.api.compare import wanted
from markets.board import PairKey
from markets.pages import compare_answer, compare_below, compare_query, compare_shown, query
from markets.pages.base import csv_page, frame_of, html, page, rows_state, split_pair, states_of, unknown_pair
from markets.pages.cache import Page
from markets.pages.compare_csv import lines as csv_lines
from markets.pages.query import Asked
from markets.reads import books, contract_quotes, ladders, wallets
from markets.shapes import UnknownPair

OTHER_QUOTES = 6  # beside which a compare page links
SOON_S = 0.5  # while order books are on their way
KINDS = (("spot", "Spot"), ("perp", "Perpetual"), ("future", "Dated"))


@page
def compare(request: HttpRequest, now: datetime, pair: str) -> Page | HttpResponseBase:
    """One pair on every exchange, ranked, with the reason for everything left out."""
    asked = compare_query.own_fees(query.asked(request, compare_query.COMPARE))
    try:
        c = read.compare(*split_pair(pair), now, **wanted(asked.values))
    except UnknownPair as error:
        return unknown_pair(request, now, pair, error)
    frame = frame_of(request, now, "overview")
    if asked.values["format"] == "csv":
        return csv_page(read.tag(now, asked.link(), rows_state([c])), csv_lines(c))
    try:
        coming = _coming(c, asked, now)
    except DatabaseError:  # it is answered from memory, and nobody can be asked
        coming = ()
    context = {**frame, **_context(asked, c, frame, coming)}
    if coming:
        return HttpResponse(html("compare.html", context)(), headers={"Cache-Control": "no-store"})  # the next look must see what came
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), rows_state([c]), _depths(c), compare_below.state(context["below"]))
    return Page(tag, html("compare.html", context))


def _below(c: Comparison, frame: dict[str, Any], asked: Asked) -> dict[str, Any] | None:
    """What stands below the prices: of spot pairs, and not while the database is away."""
    try:
        return compare_below.context(c, frame["now"], frame, asked) if c.key.kind == "spot" else None
    except DatabaseError:
        return None


def _depths(c: Comparison) -> str:
    """What of the books changes a page without a new change number of the board."""
    return repr([(row.ladder_state, row.ladder and row.ladder.received_at, row.deal and row.deal.reason) for row in c.rows])


def _coming(c: Comparison, asked: Asked, now: datetime) -> Sequence[str]:
    """The exchanges whose order books were asked for and are not here yet. Asked only where an amount needs them."""
    if c.order.amount is None or not any(row.rank and row.deal and _lacks(row.deal.reason, row.ladder_state) for row in c.rows):
        return ()
    ranked = [row.quote for row in c.rows if row.rank]
    if c.key.kind != "spot":
        ids = contract_quotes.of(c.key, asked.values["expiry"], now).market_ids
        return books.look(((q.exchange, ids[q.exchange]) for q in ranked if q.exchange in ids), now)
    places = {q.quote: ladders.places().get(PairKey(c.key.base, q.quote), {}) for q in ranked}
    return books.look(((q.exchange, places[q.quote][q.exchange]) for q in ranked if q.exchange in places[q.quote]), now)


def _lacks(reason: str, ladder_state: str) -> bool:
    return reason == "unknown_depth" or ladder_state == "aging"


def _context(asked: Asked, c: Comparison, frame: dict[str, Any], coming: Sequence[str]) -> dict[str, Any]:
    board, faces, values = read.board(), frame["faces"], asked.values
    coin = board.coins.get(c.key.base)
    listed = compare_shown.lines(c, faces)
    return {
        "c": c, "own_link": asked.link(), "side": values["side"], "net": values["net"], "kind": c.key.kind,
        "coin": coin, "ticker": coin.ticker if coin else c.key.base, "name": coin.name if coin else "",
        "lines": compare_shown.ordered(listed, values["sort"]), "places": compare_shown.shared_places(c), "net_places": compare_shown.net_places(c),
        "answer": compare_answer.answer(c, faces), "bill": compare_answer.bill(c), "at": compare_answer.asked_text(c), "funding": compare_answer.funding(c.key),
        "left_out": compare_shown.left_out(listed), "basis": compare_shown.basis(c, faces), "shown": compare_shown.shown(values["hide"]),
        "notices": compare_shown.notices(faces, [r.quote.exchange for r in c.rows]), "coming": [faces[slug].name for slug in coming if slug in faces],
        "soon": SOON_S if coming else None, "oldest_known": min((r.age_s for r in c.rows if r.age_s is not None), default=None),
        "request_path": asked.path, "amount": compare_query.amount_text(values["amount"]), "unit": values["unit"],
        "amount_hidden": asked.hidden("amount", "unit"),
        "fee_hidden": asked.hidden("fees"), "fee_fields": compare_query.fee_fields(values["fees"], frame["feeds"]),
        "fees_text": compare_query.fees_text(values["fees"]), "base_fees_link": asked.link(fees={}),
        "withdraw_hidden": asked.hidden("withdraw", "network"), "withdraw": values["withdraw"], "network": values["network"], "networks": _networks(c, values),
        "columns": compare_query.columns(asked), "heads": compare_query.heads(asked, c),
        "links": {
            "buy": asked.link(side="buy"), "sell": asked.link(side="sell"), "net": asked.link(net=not values["net"]), "csv": asked.link(format="csv"),
            "normalise": asked.link(normalise=not values["normalise"]), "api": _api(asked, c.key), "rank": asked.link(sort="rank"),
        },
        "normalise": values["normalise"], "kinds": [(label, asked.link(kind=name, expiry=None), name == c.key.kind) for name, label in KINDS],
        "quotes": _other_quotes(c.key, asked), "expiries": _expiries(c, asked, frame["now"]),
        "below": _below(c, frame, asked),
    }


def _networks(c: Comparison, values: dict[str, Any]) -> Sequence[str]:
    return wallets.chains(wallets.of(c.key.base)) if values["withdraw"] or values["network"] else ()


def _api(asked: Asked, key: PairKey) -> str:
    """The same question to the API."""
    known = replace(asked, path=f"/api/v1/compare/{url_quote(str(key))}/", parameters=compare_query.SHARED)
    return known.link()


def _expiries(c: Comparison, asked: Asked, now: datetime) -> list[tuple[str, str, bool]]:
    """(day, link, chosen) of the dated futures of this pair."""
    if c.key.kind != "future":
        return []
    listed = contract_quotes.of(c.key, asked.values["expiry"], now)
    return [(day.strftime("%-d %b %Y"), asked.link(expiry=day), day == listed.expiry) for day in listed.expiries]


def _other_quotes(key: PairKey, asked: Asked) -> list[tuple[str, str, bool]]:
    """(quote currency, link, chosen) for the most listed pairs of the same coin, the one shown among them."""
    board = read.board()
    same = sorted((k for k in board.pairs if k.base == key.base and k.kind == "spot"), key=lambda k: (-len(board.pairs[k]), k.quote != "USDT", k.quote))
    shown = [k.quote for at, k in enumerate(same) if at < OTHER_QUOTES or k.quote == key.quote]
    quotes: Iterable[str] = dict.fromkeys([*shown, key.quote])
    return [(quote, replace(asked, path=f"/compare/{key.base}-{quote}/").link(), quote == key.quote) for quote in quotes]
