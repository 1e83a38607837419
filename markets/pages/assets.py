"""One coin, and the search for coins and pairs."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from markets import read
from markets.board import PairKey
from markets.pages import overview_shown, query
from markets.pages.base import LONGEST, frame_of, html, page, problem, rows_state, states_of
from markets.pages.cache import Page

MOST_PAIRS = 60  # of one asset


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
    lines = [overview_shown.line(c, board, frame["faces"], sparks.get(c.key, ())) for c in found]
    tag = read.tag(now, request.path, str(frame["fragment"]), states_of(frame), rows_state(found))
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
