"""Listings and delistings as Atom feeds. Their addresses are the site's own, never the name a request claims."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.utils.feedgenerator import Atom1Feed

from markets import held, read
from markets.analysis.discovery import Flood
from markets.analysis.display import moment
from markets.pages import query
from markets.pages.base import page
from markets.pages.cache import Page
from markets.pages.discover_shown import EVENTS, SOURCES
from markets.reads import listed, news
from markets.reads.news import NewRow
from markets.reads.wanted import Found, Wanted

ITEMS = 100
Item = Any  # NewRow | Flood: what the syndication framework hands back


@page
def listings(request: HttpRequest, now: datetime, slug: str = "") -> Page:
    """New coins and pairs, announced and open, of one exchange or of all."""
    name = _name(slug)
    address = f"/feeds/listings/{slug}/" if slug else "/feeds/listings/"
    found = news.new(Wanted(exchanges=(slug,) if slug else (), what="arrivals", window="30d", hide_stable=False, limit=ITEMS), now)
    return _page(request, now, Listings(found, address, f"New listings on {name}" if name else "New listings on all exchanges", slug))


@page
def delistings(request: HttpRequest, now: datetime) -> Page:
    """What was suspended, and what is planned to go or is gone."""
    found = news.new(Wanted(what="gone", window="30d", hide_stable=False, hide_leveraged=False, hide_wrapped=False, limit=ITEMS), now)
    return _page(request, now, Listings(found, "/feeds/delistings/", "Delistings on all exchanges", ""))


def _name(slug: str) -> str:
    known = held.current().exchanges
    if slug and slug not in known:
        raise Http404
    return known[slug].name if slug else ""


def _page(request: HttpRequest, now: datetime, feed: Listings) -> Page:
    query.asked(request, ())
    tag = read.tag(now, request.path, repr((listed.revision(), [feed.item_guid(item) for item in feed.items()])))
    return Page(tag, lambda: feed.get_feed(None, request).writeString("utf-8").encode(), "application/atom+xml; charset=utf-8")


class Listings(Feed):  # type: ignore[type-arg]
    """Listing events as entries, the latest first. Every address in it is absolute, on the site's own name."""

    feed_type = Atom1Feed
    author_name = "Pebble"

    def __init__(self, found: Found, address: str, title: str, exchange: str) -> None:
        self.found, self.title = found, title
        self.feed_url = self.feed_guid = f"{settings.BASE_URL}{address}"
        self.link = f"{settings.BASE_URL}/discover/{f'?exchange={exchange}' if exchange else ''}"
        self.subtitle = "Times are said by the exchange, or Pebble's first look; each entry says which."
        self._names = {slug: exchange.name for slug, exchange in held.current().exchanges.items()}

    def items(self) -> tuple[Item, ...]:
        """The rows of discovery."""
        return self.found.rows

    def item_title(self, item: Item) -> str:
        """MATIC/USDT: opened on an exchange."""
        if isinstance(item, Flood):
            return f"{item.count:,} new symbols on {self._names[item.exchange]}"
        return f"{item.coin.ticker}/{item.news.quote} on {self._names[item.news.exchange]}: {EVENTS[item.news.event][0].lower()}"

    def item_description(self, item: Item) -> str:
        """When, who says so, and what is known of the market."""
        if isinstance(item, Flood):
            return f"At once, at {moment(item.at)}: {', '.join(item.assets[:40])}{' and more' if len(item.assets) > 40 else ''}."
        told = f"{moment(item.news.at)}, {SOURCES[item.news.time_source]}. On {len(item.on)} of {len(self._names)} exchanges."
        return f"{told} {_warning(item)}".strip()

    def item_link(self, item: Item) -> str:
        """The coin's page; of a flood, discovery."""
        return f"{settings.BASE_URL}/discover/?exchange={item.exchange}" if isinstance(item, Flood) else f"{settings.BASE_URL}/assets/{item.coin.slug}/"

    def item_guid(self, item: Item) -> str:
        """One for each event, for good."""
        key = item.key if isinstance(item, Flood) else f"{item.news.exchange}-{item.news.pk}"
        return f"{settings.BASE_URL}/discover/#{key}"

    def item_updateddate(self, item: Item) -> datetime:
        """When Pebble noticed: an event may lie ahead."""
        return item.at if isinstance(item, Flood) else item.news.seen_at

    item_pubdate = item_updateddate


def _warning(row: NewRow) -> str:
    if row.conflicted or row.twins:
        return "The same ticker names another coin elsewhere."
    return "" if row.verified else "Seen once so far."
