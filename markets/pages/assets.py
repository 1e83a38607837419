"""One coin, and the search for coins and pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from markets import read, seeds
from markets.analysis.best import Comparison
from markets.board import PairKey
from markets.method import current_method
from markets.pages import assets_shown, overview_shown, query
from markets.pages.ask_shown import question_link
from markets.pages.base import LONGEST, csv_page, frame_of, html, page, problem, rows_state, states_of
from markets.pages.cache import Page
from markets.pages.query import Asked
from markets.reads import assets, contracts
from markets.reads.assets import Asset, Code

MOST_PAIRS = 60  # of one asset
DOLLARS = frozenset({"USD", *(code for code in seeds.STABLECOINS if "EUR" not in code)})


@page
def asset(request: HttpRequest, now: datetime, slug: str) -> Page | HttpResponseBase:
    """One coin: its name and old tickers, what each exchange calls it and by what evidence, every pair and contract of it."""
    asked = query.asked(request, query.ASSET)
    known, _ = read.resolve(slug[:LONGEST])
    found = assets.detail(slug.upper()) if known and known.slug == slug else None
    if found is None:
        return _elsewhere(request, slug)
    board = read.board()
    keys = [key for key, row in board.pairs.items() if key.base == found.key and any(q.identity != "conflicted" for q in row.values())]
    keys = sorted(keys, key=lambda k: (-len(board.pairs[k]), k.quote))[:MOST_PAIRS]
    compared = sorted((read.compare(k.base, k.quote, now) for k in keys), key=lambda c: -(c.volume_usd or 0))
    return _page(request, now, asked, found, found.together, compared)


@page
def apart(request: HttpRequest, now: datetime, slug: str, exchange: str) -> Page | HttpResponseBase:
    """What one exchange means by a ticker that means another coin elsewhere: on its own, compared with nothing."""
    asked = query.asked(request, query.APART)
    found = assets.detail(slug.upper()) if slug == slug.lower() else None
    mine = tuple(code for code in found.apart if code.exchange == exchange) if found else ()
    if found is None or not mine:
        return _elsewhere(request, slug)
    compared = [read.alone(key, exchange, now) for key, row in read.board().pairs.items() if key.base == found.key and exchange in row]
    return _page(request, now, asked, found, mine, compared)


def _elsewhere(request: HttpRequest, slug: str) -> HttpResponseBase:
    """To the coin that is meant by an old ticker, a name or another spelling; otherwise what is nearest."""
    known, former = read.resolve(slug[:LONGEST])
    if known:
        return HttpResponseRedirect(f"/assets/{quote(known.slug)}/{f'?was={quote(former)}' if former else ''}")
    return problem(request, 404, "No such coin", f"No exchange calls a coin {slug[:LONGEST]}.", near=read.suggest(slug[:LONGEST], 5))


def _page(request: HttpRequest, now: datetime, asked: Asked, found: Asset, codes: Sequence[Code], compared: Sequence[Comparison]) -> Page:  # noqa: PLR0917
    frame, board = frame_of(request, now, "overview"), read.board()
    own = {code.exchange for code in codes}
    mine = [c for c in contracts.contracts() if c.base == found.key and c.exchange in own and (c.identity == "conflicted") == codes[0].apart] if codes else []
    futures, count = assets_shown.contracts(mine, frame["faces"], now, current_method())
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), rows_state(compared), repr(found), assets_shown.changing(futures))
    if asked.values["format"] == "csv":
        return csv_page(tag, assets_shown.csv_rows(replace(found, codes=tuple(codes))))
    sparks = read.sparks(tuple(sorted(c.key for c in compared)), now)
    lines = [overview_shown.line(c, board, frame["faces"], sparks.get(c.key, ())) for c in compared]
    context = {**_context(asked, found, codes, frame), "lines": lines, "futures": futures, "more_futures": count - len(futures)}
    if compared and not context["alone"]:
        context["busiest"] = f"/compare/{quote(str(_to_watch(compared).key))}/"
    return Page(tag, html("asset.html", {**frame, **context}))


def _to_watch(compared: Sequence[Comparison]) -> Comparison:
    """The pair an alert is proposed for: with a live price, in dollars or what stands for them, the busiest of these."""
    return max(compared, key=lambda c: (c.best_buy is not None, c.key.quote in DOLLARS, c.volume_usd or 0))


def _context(asked: Asked, found: Asset, codes: Sequence[Code], frame: dict[str, Any]) -> dict[str, Any]:
    faces, coin = frame["faces"], found.coin
    names = {slug: face.name for slug, face in faces.items()}
    alone = names.get(codes[0].exchange, "") if codes and codes[0].apart else ""
    old = asked.values.get("was", "").upper()
    notes = [] if alone else assets.notes(found, names, old if old in coin.former else None)
    return {
        "coin": coin, "kind": assets_shown.KINDS[coin.kind], "alone": alone, "full_name": codes[0].name if alone else coin.name, "notes": notes,
        "codes": assets_shown.codes(codes, faces, coin.ticker), "former": "" if alone else assets_shown.former(found), "also": assets_shown.also(found),
        "aparts": [] if alone else [(faces[c.exchange], c.name) for c in found.apart if c.exchange in faces],
        "namesakes": [] if alone else [(namesake, [faces[slug] for slug in on if slug in faces]) for namesake, on in found.namesakes],
        "csv_link": asked.link(format="csv", **({} if alone else {"was": ""})), "api_link": f"/api/v1/assets/{quote(coin.slug)}/",
    }


@page
def search(request: HttpRequest, now: datetime) -> Page | HttpResponseBase:
    """Straight to the coin or pair on an exact hit, otherwise what is nearest; what nothing here is called is a question."""
    text = query.asked(request, query.SEARCH).values["q"].strip()
    frame = frame_of(request, now, "search")
    if not frame["fragment"] and (exact := _exact(text)):
        return HttpResponseRedirect(exact)
    found = read.suggest(text)
    if text and not found and not frame["fragment"]:
        return HttpResponseRedirect(question_link(text))
    tag = read.tag(now, "search", text, str(frame["fragment"]), states_of(frame))
    return Page(tag, html("search.html", {**frame, "q": text, "found": found, "ask_link": question_link(text)}))


@page
def suggestions(request: HttpRequest, now: datetime) -> Page:
    """The list under the search box."""
    text = query.asked(request, query.SEARCH).values["q"].strip()
    context = {"q": text, "found": read.suggest(text), "ask_link": question_link(text)}
    return Page(read.tag(now, "suggestions", text), html("parts/suggestions.html", context))


def _exact(text: str) -> str | None:
    base, _, money = text.upper().replace("/", "-").replace(" ", "-").partition("-")
    key = PairKey(base, money)
    if key in read.board().pairs:
        return f"/compare/{key}/"
    coin, former = read.resolve(text)
    return f"/assets/{quote(coin.slug)}/{f'?was={quote(former)}' if former else ''}" if coin else None
