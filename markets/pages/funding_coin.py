"""One coin's contracts across exchanges: what they pay, where they stand, what was paid, and what a carry comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from markets import read
from markets.analysis.funding import PAYMENTS, Line
from markets.api import filters
from markets.pages import funding_coin_shown as words
from markets.pages import query
from markets.pages.base import LONGEST, csv_page, frame_of, html, page, problem, states_of
from markets.pages.cache import Page
from markets.pages.funding_shown import path_of
from markets.pages.query import Asked
from markets.reads import carries, contracts, gaps, interest, settled
from markets.reads import funding as reads

RANGES = {"7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90)}
LAST_PAYMENTS = PAYMENTS * timedelta(hours=8) + timedelta(hours=1)  # as far as the sum of the last ones reaches where there are three a day
MOST_PAYMENTS = 20_000  # every hour of ninety days on nine exchanges
PARAMETERS = (
    replace(filters.ticker("quote", "Quote currency."), default=""),
    filters.choice("range", tuple(RANGES), "30d", "How far back the charts reach."),
    filters.fees(),
    query.blank(replace(filters.decimal("amount", "Money on each side of the carry."), default=words.AMOUNT)),
    query.blank(replace(filters.decimal("days", "Days it is held."), default=words.DAYS)),
    filters.words("buy", 90, "What is bought, as kind:exchange:symbol."),
    filters.words("sell", 90, "What is sold short, as kind:exchange:symbol."),
    query.FORMAT,
)


@page
def coin(request: HttpRequest, now: datetime, base: str) -> Page | HttpResponseBase:
    """Everything about the contracts on one coin."""
    asked = query.asked(request, PARAMETERS)
    if base not in _traded():
        return _elsewhere(request, base)
    found = reads.of_coin(base, now, asked.values["fees"])
    line = next((line for line in found if line.quote == (asked.values["quote"] or words.first(found))), None)
    if line is None:
        raise filters.BadParameter("quote", f"Perpetuals on {base} are priced in {', '.join(line.quote for line in found)}.")
    frame = frame_of(request, now, "funding")
    context = _context(asked, found, line, frame)
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), words.state(context))
    if asked.values["format"] == "csv":
        return csv_page(tag, words.csv_rows(line, context["rows"], now))
    return Page(tag, html("funding_coin.html", {**frame, **context}))


def _traded() -> set[str]:
    """The coins with a perpetual on an exchange that is on."""
    on = reads.on()
    return {row.base for row in contracts.contracts() if row.kind == "perp" and row.exchange in on}


def _elsewhere(request: HttpRequest, base: str) -> HttpResponseBase:
    """The coin that is meant by an old ticker, a name or other capitals; else a 404 with the nearest."""
    known, _ = read.resolve(base[:LONGEST])
    traded = _traded()
    meant = base.upper() if base.upper() in traded else known.slug.upper() if known else ""
    if meant in traded:
        return HttpResponseRedirect(path_of(meant, "USDT"))
    near = [(label, text, path_of(label, "USDT")) for label, text, _ in read.suggest(base[:LONGEST], 12) if label in traded][:5]
    return problem(request, 404, "No perpetual on this coin", f"No exchange that has answered lists a perpetual on {base[:LONGEST]}.", near=near)


def _context(asked: Asked, found: list[Line], line: Line, frame: dict[str, Any]) -> dict[str, Any]:
    v, now, faces = asked.values, frame["now"], frame["faces"]
    dated = reads.futures(line.base, now)
    legs = carries.legs(line, dated, now, v["fees"])
    usual = carries.usual(line, legs)
    pair = (v["buy"] or usual[0], v["sell"] or usual[1])
    since = now - RANGES[v["range"]]
    paid = settled.by_place(settled.Wanted(base=(line.base,), quote=(line.quote,), since=min(since, now - LAST_PAYMENTS)), MOST_PAYMENTS)
    open_then = interest.history([(cell.contract.exchange, cell.contract.symbol) for cell in line.cells.values()], since)
    return {
        "asked": v, "line": line, "places": words.places(line), "ticker": words.ticker(line), "name": reads.name_of(line.base),
        "sentence": words.sentence(line, faces),
        "quotes": words.quotes(asked, found, line), "rows": words.rows(line, paid, settled.means(now), faces, now),
        "futures": words.futures(dated, faces, now), "rates_chart": words.rates_chart(line, paid, faces, since, now),
        "interest_chart": words.interest_chart(line, open_then, faces, since, now), "ranges": words.ranges(asked, RANGES),
        "buy": words.options(legs.buy, pair[0], faces), "sell": words.options(legs.sell, pair[1], faces),
        "carry": words.carried(carries.come_to(legs, pair, v["amount"], v["days"], now), line.quote),
        "missing": gaps.gaps("funding_history", now, reads.on()),
        "hidden": asked.hidden("amount", "days", "buy", "sell", "fees"), "fees": filters.fees_text(v["fees"]), "csv_link": asked.link(format="csv"),
        "api_link": words.api_link(line),
    }
