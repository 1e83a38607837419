"""The pages. Each reads the stored board through `markets.read`, never an exchange, and answers the live part alone to HTMX."""

from __future__ import annotations

import csv
import io
import logging
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone

from markets import read
from markets.analysis.best import Comparison
from markets.api import serialize
from markets.api.filters import BadParameter
from markets.board import Board, PairKey
from markets.method import current_method
from markets.pages import query, shown, shown_overview
from markets.pages.cache import Busy, Page, is_fragment, public
from markets.pages.query import Asked
from markets.shapes import UnknownPair

logger = logging.getLogger(__name__)
OTHER_QUOTES = 6  # beside which a compare page links
MOST_PAIRS = 60  # of one asset
LONGEST = 60  # of a pair or an asset in an address


def page(view: Callable[..., Page | HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A public page; a parameter it does not know is a 400 that says which ones there are, and too much asking a 429."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Page | HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except BadParameter as error:
            return problem(request, 400, "This address cannot be read", f"{error.name}: {error.detail}".removeprefix(": "))

    answer = public(guarded)

    @wraps(view)
    def patient(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return answer(request, *args, **kwargs)
        except Busy as error:
            return problem(request, 429, "Too many requests", f"Please wait {error.wait_s} s and try again.", wait_s=error.wait_s)

    return patient


# --- What every page carries ------------------------------------------------------------------------------------
def frame_of(request: HttpRequest, now: datetime, nav: str) -> dict[str, Any]:
    """The feed strip and the bars around a page."""
    known = read.exchanges(now)
    on = [e for e in known if e.enabled]
    ages = [e.age_s for e in on if e.age_s is not None]
    waiting = [e for e in on if not e.freshness]
    return {
        "now": now, "nav": nav, "fragment": is_fragment(request), "address": request.get_full_path(), "simulated": settings.SIMULATED,
        "feeds": known, "faces": {e.slug: e for e in known}, "on": len(on), "live": sum(e.live for e in on), "pairs": read.pairs_traded(),
        "newest": min(ages, default=None), "waiting": waiting, "answered": [e for e in on if e.freshness],
        "all_down": bool(ages) and not any(e.live for e in on),
    }


def states_of(frame: dict[str, Any]) -> str:
    """What of the frame changes a page without a new change number."""
    return repr([(e.slug, e.enabled, e.state, e.freshness, e.breaker) for e in frame["feeds"]])


def _rows_state(comparisons: Iterable[Comparison]) -> str:
    return repr([(c.key, c.status, c.live, [(r.quote.exchange, r.state, r.flags, r.rank) for r in c.rows]) for c in comparisons])


def html(template: str, context: dict[str, Any]) -> Callable[[], bytes]:
    """Rendered without the request: no cookie, no session, no user can get in."""
    return lambda: render_to_string(template, context).encode()


def _csv(tag: str, rows: Iterable[tuple[str, ...]]) -> Page:
    def write() -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        return text.getvalue().encode()

    return Page(tag, write, "text/csv; charset=utf-8")


# --- Overview ---------------------------------------------------------------------------------------------------
@page
def overview(request: HttpRequest, now: datetime) -> Page:
    """Every pair: where it is cheapest, where it sells best, what is left after fees."""
    asked = query.asked(request, query.OVERVIEW)
    wants_csv = asked.values["format"] == "csv"
    found = read.overview(query.overview_filters(asked.values, everything=wants_csv), now)
    frame = frame_of(request, now, "overview")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), _rows_state(found.rows))
    if wants_csv:
        return _csv(tag, shown_overview.csv_rows(found.rows, read.board()))
    return Page(tag, html("overview.html", {**frame, **_overview_context(asked, found, frame)}))


def _overview_context(asked: Asked, found: read.Overview, frame: dict[str, Any]) -> dict[str, Any]:
    faces = frame["faces"]
    v = asked.values
    return {
        "asked": v, "lines": shown_overview.lines(found, read.board(), faces), "columns": shown_overview.columns(asked),
        "tiles": [(tile, shown_overview.tile_faces(tile, faces)) for tile in found.tiles], "widest": found.widest_filter,
        "quotes": shown_overview.quote_links(asked, found.quotes), "chips": shown_overview.exchange_links(asked, faces),
        "removals": shown_overview.removals(asked),
        "paging": shown_overview.paging(asked, found.total, len(found.rows)), "net_link": asked.link(net=not v["net"]),
        "shared_link": asked.link(min_exchanges=1 if v["min_exchanges"] > 1 else 2, offset=0), "csv_link": asked.link(format="csv"),
        "watched_link": asked.link(base=(), offset=0),
        "hidden": asked.hidden("min_volume_usd", "min_change_pct", "hide_leveraged", "hide_suspect", "min_exchanges", "search", "density", "limit", "offset"),
    }


# --- Compare ----------------------------------------------------------------------------------------------------
@page
def compare(request: HttpRequest, now: datetime, pair: str) -> Page | HttpResponseBase:
    """One pair on every exchange, ranked, with the reason for everything left out."""
    asked = query.asked(request, query.COMPARE)
    try:
        c = read.compare(*split_pair(pair), now, side=asked.values["side"], net=asked.values["net"])
    except UnknownPair as error:
        return unknown_pair(request, now, pair, error)
    frame = frame_of(request, now, "overview")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), _rows_state([c]))
    if asked.values["format"] == "csv":
        return _csv(tag, _compare_csv(c))
    return Page(tag, html("compare.html", {**frame, **_compare_context(asked, c, frame)}))


def split_pair(pair: str) -> tuple[str, str]:
    """BASE-QUOTE. Raises UnknownPair for what cannot be a pair."""
    base, dash, quote = pair.rpartition("-")
    if not dash or not base or not quote or len(pair) > LONGEST or any(unicodedata.category(char) == "Cc" for char in pair):
        raise UnknownPair(pair[:LONGEST])
    return base, quote


def _compare_context(asked: Asked, c: Comparison, frame: dict[str, Any]) -> dict[str, Any]:
    board, faces = read.board(), frame["faces"]
    coin = board.coins.get(c.key.base)
    listed = shown.lines(c, faces)
    return {
        "c": c, "side": asked.values["side"], "net": asked.values["net"], "ticker": coin.ticker if coin else c.key.base, "name": coin.name if coin else "",
        "coin": coin, "lines": listed, "places": shown.shared_places(c), "net_places": shown.net_places(c), "answer": shown.answer(c, faces),
        "left_out": shown.left_out(listed), "basis": shown.basis(c, faces), "notices": shown.notices(faces, [r.quote.exchange for r in c.rows]),
        "oldest_known": min((r.age_s for r in c.rows if r.age_s is not None), default=None),
        "buy_link": asked.link(side="buy"), "sell_link": asked.link(side="sell"), "net_link": asked.link(net=not asked.values["net"]),
        "csv_link": asked.link(format="csv"),
        "quotes": _other_quotes(board, c.key, asked),
    }


def _other_quotes(board: Board, key: PairKey, asked: Asked) -> list[tuple[str, str, bool]]:
    """(quote currency, link, chosen) for the most listed pairs of the same coin, the one shown among them."""
    same = sorted((k for k in board.pairs if k.base == key.base and k.kind == key.kind), key=lambda k: (-len(board.pairs[k]), k.quote != "USDT", k.quote))
    shown_pairs = [k for at, k in enumerate(same) if at < OTHER_QUOTES or k == key]
    return [(k.quote, Asked(f"/compare/{k}/", asked.values, asked.parameters).link(), k == key) for k in shown_pairs]


def _compare_csv(c: Comparison) -> Iterable[tuple[str, ...]]:
    yield ("rank", "exchange", "symbol", "bid", "ask", "fee_pct", "net_price", "vs_best", "spread_bps", "quote_volume_24h", "age_s", "state", "reason", "as_of")
    exact, cell = shown_overview.exact, shown_overview.cell
    for r in c.rows:
        q = r.quote
        yield (
            str(r.rank or ""), q.exchange, cell(q.symbol), exact(q.bid), exact(q.ask), exact(r.fee_pct), exact(r.net_price), exact(r.vs_best),
            exact(r.spread_bps), exact(q.quote_volume_24h), "" if r.age_s is None else f"{r.age_s:.1f}", r.state, r.reason, c.as_of.isoformat(),
        )


def unknown_pair(request: HttpRequest, now: datetime, pair: str, error: UnknownPair) -> HttpResponse:
    """A 404 with the nearest pairs, and what became of an old ticker."""
    near = [(f"{k.base}/{k.quote}", "", f"/compare/{k}/") for k in error.nearest] or list(read.suggest(pair.partition("-")[0][:LONGEST], 5))
    renamed = f" {error.renamed[0]} is now called {error.renamed[1]}." if error.renamed else ""
    board = read.board()
    traded = {k.base for k in board.pairs}
    former = sorted((old, coin.ticker, coin.slug) for key, coin in board.coins.items() for old in coin.former if key in traded)[:12]
    return problem(request, 404, "No exchange lists this pair", f"Nothing is known of {pair[:LONGEST]}.{renamed}", near=near, former=former)


# --- Assets, search, guide --------------------------------------------------------------------------------------
@page
def asset(request: HttpRequest, now: datetime, slug: str) -> Page | HttpResponseBase:
    """One coin: its name, its former tickers, and every pair it trades in."""
    query.asked(request, ())
    board = read.board()
    coin = board.coins.get(slug.upper())
    if coin is None or slug != slug.lower():
        known, _ = read.resolve(slug[:LONGEST])
        if known:
            return HttpResponseRedirect(f"/assets/{known.slug}/")
        return problem(request, 404, "No such coin", f"No exchange calls a coin {slug[:LONGEST]}.", near=read.suggest(slug[:LONGEST], 5))
    keys = sorted((k for k in board.pairs if k.base == coin.slug.upper()), key=lambda k: (-len(board.pairs[k]), k.quote))[:MOST_PAIRS]
    found = sorted((read.compare(k.base, k.quote, now) for k in keys), key=lambda c: -(c.volume_usd or 0))
    frame, sparks = frame_of(request, now, "overview"), read.sparks(tuple(sorted(keys)), now)
    lines = [shown_overview.line(c, board, frame["faces"], sparks.get(c.key, ())) for c in found]
    tag = read.tag(now, request.path, str(frame["fragment"]), states_of(frame), _rows_state(found))
    return Page(tag, html("asset.html", {**frame, "coin": coin, "lines": lines}))


@page
def search(request: HttpRequest, now: datetime) -> Page | HttpResponseBase:
    """Straight to the coin or pair on an exact hit, otherwise what is nearest."""
    text = query.asked(request, query.SEARCH).values["q"].strip()
    frame = frame_of(request, now, "search")
    if not frame["fragment"] and (exact := _exact(text)):
        return HttpResponseRedirect(exact)
    found = read.suggest(text) if text else ()
    tag = read.tag(now, "search", text, str(frame["fragment"]), states_of(frame))
    return Page(tag, html("search.html", {**frame, "q": text, "found": found}))


@page
def suggestions(request: HttpRequest, now: datetime) -> Page:
    """The list under the search box."""
    text = query.asked(request, query.SEARCH).values["q"].strip()
    context = {"q": text, "found": read.suggest(text) if text else ()}
    return Page(read.tag(now, "suggestions", text), html("parts/suggestions.html", context))


def _exact(text: str) -> str | None:
    base, _, quote = text.upper().replace("/", "-").replace(" ", "-").partition("-")
    key = PairKey(base, quote)
    if key in read.board().pairs:
        return f"/compare/{key}/"
    coin, _ = read.resolve(text)
    return f"/assets/{coin.slug}/" if coin else None


@page
def guide(request: HttpRequest, now: datetime) -> Page:
    """How we rank, and the terms."""
    query.asked(request, ())
    frame = frame_of(request, now, "guide")
    return Page(read.tag(now, "guide", str(frame["fragment"]), states_of(frame)), html("guide.html", {**frame, "method": current_method()}))


# --- Status -----------------------------------------------------------------------------------------------------
@page
def status(request: HttpRequest, now: datetime) -> Page:
    """How every exchange and the workers are doing."""
    query.asked(request, ())
    frame, found = frame_of(request, now, "status"), read.status(now)
    return Page(read.tag(now, str(frame["fragment"]), _status_text(found)), html("status.html", {**frame, "status": found}))


@page
def status_json(request: HttpRequest, now: datetime) -> Page:
    """The same for programs."""
    query.asked(request, ())
    found = read.status(now)
    body = {"as_of": found.as_of, "simulated": found.simulated, **serialize.status(found)}
    return Page(read.tag(now, "json", _status_text(found)), lambda: msgspec.json.encode(body), "application/json")


def _status_text(found: read.Status) -> str:
    """All figures but those that move with the clock alone."""
    return msgspec.json.encode(serialize.steady(serialize.status(found))).decode()


# --- Errors -----------------------------------------------------------------------------------------------------
def problem(request: HttpRequest, code: int, title: str, text: str, **extra: Any) -> HttpResponse:
    """An error page. It reads no database."""
    context = {"now": timezone.now(), "title": title, "text": text, "code": code, "simulated": settings.SIMULATED, "fragment": is_fragment(request), **extra}
    response = HttpResponse(render_to_string("problem.html", context), status=code)
    response["Vary"] = "HX-Request"
    if wait := extra.get("wait_s"):
        response["Retry-After"] = str(wait)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return problem(request, 400, "This request cannot be read", "Something in it is malformed. The address may have been cut off.")


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403, also for a missing form token."""
    return problem(request, 403, "Not allowed", "You may not do this here. If you were signed in, the session may have ended: reload the form and try again.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return problem(request, 404, "There is no such page", "The address may have changed, or was never one.")


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a number to look it up by."""
    reference = secrets.token_hex(4)
    logger.error("reference %s: %s %s", reference, request.method, request.path)  # Django logs the traceback
    return problem(request, 500, "Something broke on our side", f"It has been written down under the reference {reference}.")
