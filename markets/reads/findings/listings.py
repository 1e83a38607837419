"""Listings of a question: what is new, to come or gone, who is early, and of a coin since when it is listed where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from markets import read
from markets.analysis import discovery
from markets.analysis.discovery import Flood
from markets.ask.answers import Finding, spans
from markets.ask.answers.common import Coin
from markets.ask.answers.first_listed import FirstListed
from markets.ask.answers.listings import GONE, LEADS, UPCOMING, Ahead, Event, Listings, Notice, Wave
from markets.ask.answers.lists import Read, Since
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads import discover, listed, listings
from markets.reads.findings import common, missing
from markets.reads.findings.asked import Asked
from markets.reads.findings.funding import MOST_SHOWN, SHOWN
from markets.reads.news import NewRow
from markets.reads.wanted import WINDOWS, Wanted

WHAT = {GONE: "gone", "pairs": "pairs", "renamed": "renamed"}  # by topic; else new coins
NOTICES = {GONE: ("delisting",), UPCOMING: ("listing",)}
ALL = 500  # events of a window, that are cut to a narrower one
TOLD = 3
PAIRS, NAMED = 12, 8


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """Of a coin that is named where it is listed; else the news of a window."""
    if frame.assets or frame.unknown:
        return common.each_coin(frame, lambda coin: first_listed(coin, frame, route, asked))
    found = _news(frame, route, asked)
    return (replace(found, missing=missing.among(chosen(frame, route), "instruments", route, asked.now)),)


def chosen(frame: Frame, route: Route) -> tuple[str, ...]:
    """Those whose listings are asked for: named ones, else all that may be read, without those that were left out."""
    return tuple(slug for slug in route.priced if slug not in frame.exclude and (not frame.exchanges or slug in frame.exchanges))


def lists(slugs: Iterable[str], asked: Asked) -> tuple[Read, ...]:
    """The lists of markets of these exchanges."""
    known = listed.catalogues(asked.now)
    return tuple(Read(slug, known[slug].accepted_at, known[slug].age_s) for slug in known if slug in set(slugs))


# --- News ---------------------------------------------------------------------------------------------------------
def _news(frame: Frame, route: Route, asked: Asked) -> Listings:
    names, what = chosen(frame, route), WHAT.get(frame.topic, "coins")
    length = spans.length(frame.time_range)
    window = next((name for name, reach in WINDOWS.items() if length <= reach), "90d")
    early = _leads(names, asked) if frame.topic == LEADS else ()
    if not names or frame.topic == LEADS:
        return Listings(what=what, window=window, lists=lists(names, asked), leads=early)
    wanted = Wanted(exchanges=names, what=what, window=window, quote=frame.quote or "", limit=ALL)
    since = asked.now - min(length, WINDOWS[window])
    found = [row for row in discover.VIEWS["new"](wanted, asked.now).rows if _fits(row, frame, asked) and _at(row) >= since]
    if frame.topic == UPCOMING:
        found.reverse()
    shown, kept = min(frame.limit or SHOWN, MOST_SHOWN), lists(names, asked)
    rows = tuple(_event(row) for row in found if isinstance(row, NewRow))[:shown]
    waves = tuple(Wave(row.exchange, row.at, row.count, tuple(row.assets[:NAMED])) for row in found if isinstance(row, Flood))[:TOLD]
    return Listings(events=rows, waves=waves, count=len(found), what=what, window=window, lists=kept, notices=_notices(frame, names, asked))


def _at(row: NewRow | Flood) -> datetime:
    return row.at if isinstance(row, Flood) else row.news.at


def _fits(row: NewRow | Flood, frame: Frame, asked: Asked) -> bool:
    """Of what is to come only what has not begun."""
    return frame.topic != UPCOMING or (isinstance(row, NewRow) and (row.news.at > asked.now or row.news.status == "pre_open"))


def _event(row: NewRow) -> Event:
    news, price = row.news, row.price
    return Event(
        asset=row.coin.ticker, name=row.coin.name, exchange=news.exchange, event=news.event, at=news.at, quote=news.quote, price=price.price if price else None,
        change_pct=row.change_pct, volume_usd=price.volume_usd if price else None, depth_usd=row.safety.depth_usd, exchanges=row.safety.exchanges,
        identity=row.safety.identity, verified=row.verified,
    )  # fmt: skip


def _leads(names: Sequence[str], asked: Asked) -> tuple[Ahead, ...]:
    """Every two exchanges, the most frequent lead first; both of them asked for."""
    known = sorted(listed.leads(asked.now), key=lambda lead: (-lead.coins, lead.leader, lead.follower))
    return tuple(
        Ahead(lead.leader, lead.follower, lead.median.total_seconds(), lead.coins, lead.both) for lead in known if {lead.leader, lead.follower} <= set(names)
    )[:PAIRS]


def _notices(frame: Frame, names: Sequence[str], asked: Asked) -> tuple[Notice, ...]:
    kinds = NOTICES.get(frame.topic, ())
    if not kinds:
        return ()
    page = listings.notices(exchanges=names, kinds=kinds, since=asked.now - spans.length(frame.time_range), limit=TOLD)
    return tuple(Notice(row.exchange, row.title, row.published_at or row.first_seen_at) for row in page.rows)


# --- One coin -----------------------------------------------------------------------------------------------------
def first_listed(coin: Coin, frame: Frame, route: Route, asked: Asked) -> FirstListed | None:
    """Where it is listed and since when, on the exchanges asked for and on those whose lists say that it is missing."""
    there = listed.presences().get(coin.key)
    if there is None:
        return None if coin.key not in read.board().coins else FirstListed(coin=coin, lists=lists(_sides(frame, route), asked))
    names, here = _sides(frame, route), discovery.here(there)
    places = tuple(
        Since(exchange=slug, at=there[slug].since, time_source=there[slug].time_source, trading=there[slug].trading) for slug in names if slug in here
    )
    return FirstListed(coin=coin, places=places, lists=lists(names, asked), others=tuple(slug for slug in names if slug in there and slug not in here))


def _sides(frame: Frame, route: Route) -> tuple[str, ...]:
    names = chosen(frame, route)
    return (*names, *(step.exchange for step in route.steps if step.exchange in frame.exclude and step.exchange not in names))
