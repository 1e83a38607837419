"""Options: the chain of one coin on one exchange, expiry by expiry, and what each expiry comes to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from exchanges.adapters import ADAPTERS
from markets import read
from markets.api import filters
from markets.pages import options_shown as words
from markets.pages import query
from markets.pages.base import csv_page, frame_of, html, page, states_of
from markets.pages.cache import Page
from markets.pages.query import Asked
from markets.reads import gaps
from markets.reads import options as reads

PARAMETERS = (
    filters.ticker("base", "Options on this coin."),
    filters.one_of("exchange", tuple(ADAPTERS), "The chain of this exchange."),
    filters.day("expiry", "The expiry on this day (UTC)."),
    query.FORMAT,
)


@page
def options(request: HttpRequest, now: datetime) -> Page:
    """The chain of one coin."""
    asked = query.asked(request, PARAMETERS)
    known = reads.underlyings()
    base = _base(asked.values["base"], known)
    day = asked.values["expiry"][0] if asked.values["expiry"] else None
    found = reads.look(base, now, exchange=asked.values["exchange"], day=day)
    frame = frame_of(request, now, "funding")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), repr((known, found.expiries, words.state(found))))
    if asked.values["format"] == "csv":
        return csv_page(tag, words.csv_rows(found, now))
    return Page(tag, html("options.html", {**frame, **_context(asked, found, known, frame)}))


def _base(word: str, known: list[str]) -> str:
    """The coin that is meant (old tickers and names are understood); unasked Bitcoin, or the first there is."""
    if not word:
        return "BTC" if "BTC" in known or not known else known[0]
    coin, _ = read.resolve(word)
    return word if word in known or coin is None else coin.slug.upper()


def _context(asked: Asked, found: reads.Look, known: list[str], frame: dict[str, Any]) -> dict[str, Any]:
    faces, missing = frame["faces"], gaps.gaps("option_tickers", frame["now"])
    return {
        "found": found, "chosen": found.chosen, "sentence": words.sentence(found, faces), "coins": words.coins(asked, found, known),
        "exchanges": words.exchanges(asked, found, faces), "tabs": words.tabs(asked, found), "figures": words.figures(found.chosen),
        "rows": words.rows(found), "beside": words.beside(found, faces), "none": words.none(missing, faces),
        "places": words.places(found), "strike_places": words.strike_places(found),
        "notices": [absence for absence in missing if absence.reason not in ("not_offered", "disabled")], "csv_link": asked.link(format="csv"),
        "api_link": words.api_link(found),
    }
