"""The past of a pair as CSV: the rows behind the charts of the compare page."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponseBase

from markets import read
from markets.api import filters_events
from markets.pages import compare_below, query
from markets.pages.base import csv_page, page, split_pair, unknown_pair
from markets.pages.cache import Page
from markets.reads import deviation as reads
from markets.shapes import UnknownPair


@page
def deviation(request: HttpRequest, now: datetime, pair: str) -> Page | HttpResponseBase:
    """Every exchange's distance from the median, slot by slot."""
    asked = query.asked(request, filters_events.DEVIATION)
    try:
        key = read.compare(*split_pair(pair), now).key
    except UnknownPair as error:
        return unknown_pair(request, now, pair, error)
    found = reads.past(key, now, asked.values["range"])
    return csv_page(read.tag(now, asked.link(), found.as_of.isoformat()), compare_below.deviation_rows(found))


@page
def hours(request: HttpRequest, now: datetime, pair: str) -> Page | HttpResponseBase:
    """The best exchange by hour."""
    asked = query.asked(request, filters_events.HOURS)
    try:
        key = read.compare(*split_pair(pair), now).key
    except UnknownPair as error:
        return unknown_pair(request, now, pair, error)
    found = reads.best_hours(key, now, asked.values["side"], asked.values["range"], asked.values["fees"])
    return csv_page(read.tag(now, asked.link(), found.as_of.isoformat()), compare_below.hours_rows(found))
