"""What went wrong, as an Atom feed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed

from markets import read
from markets.analysis.display import moment
from markets.pages import query
from markets.pages.base import page
from markets.pages.cache import Page
from markets.pages.status import restricted
from markets.reads import uptime
from markets.shapes import Trouble

ITEMS = 100


@page
@restricted
def incidents(request: HttpRequest, now: datetime) -> Page:
    """The last thirty days' incidents."""
    query.asked(request, ())
    feed = Incidents(uptime.troubles(now, ITEMS))
    tag = read.tag(now, request.path, repr(feed.rows))
    return Page(tag, lambda: feed.get_feed(None, request).writeString("utf-8").encode(), "application/atom+xml; charset=utf-8")


class Incidents(Feed):  # type: ignore[type-arg]
    """Incidents as entries, the latest first. Every address in it is absolute, on the site's own name."""

    feed_type = Atom1Feed
    author_name = "Pebble"
    title = "Incidents"
    subtitle = "What went wrong with the exchanges and with Pebble itself."

    def __init__(self, rows: tuple[Trouble, ...]) -> None:
        self.rows = rows
        self.feed_url = self.feed_guid = f"{settings.BASE_URL}/feeds/incidents/"
        self.link = f"{settings.BASE_URL}/status/"

    def items(self) -> tuple[Trouble, ...]:
        """The incidents."""
        return self.rows

    def item_title(self, item: Trouble) -> str:
        """What it is, and whether it is over."""
        return f"{item.title}{'' if item.closed_at is None else ' (over)'}"

    def item_description(self, item: Trouble) -> str:
        """From when to when, and why."""
        until = f" to {moment(item.closed_at)}" if item.closed_at else ", still going on"
        return f"{moment(item.opened_at)}{until}{item.gap}. {item.detail} {item.closing}".strip()

    def item_link(self, item: Trouble) -> str:
        """The day it began."""
        return f"{settings.BASE_URL}/status/?exchange={item.exchange}&day={item.opened_at:%Y-%m-%d}#day" if item.exchange else self.link

    def item_guid(self, item: Trouble) -> str:
        """One for each incident, for good."""
        return f"{settings.BASE_URL}/status/#incident-{item.id}"

    def item_pubdate(self, item: Trouble) -> datetime:
        """When it was noticed."""
        return item.opened_at

    def item_updateddate(self, item: Trouble) -> datetime:
        """When it ended, or when it was noticed."""
        return item.closed_at or item.opened_at
