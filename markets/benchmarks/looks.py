"""How long somebody waits for books that nobody has read yet: from opening the page until the last exchange's is on it."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from django.conf import settings

from exchanges.adapter import Ask
from exchanges.models import Exchange
from markets import held, schedules
from markets.asking import client_for
from markets.benchmarks.measure import Figure
from markets.benchmarks.processes import until, web, workers
from markets.benchmarks.serving import free_port
from markets.board import PairKey
from markets.models import Book, Derivative, Market
from markets.pages.liquidity import SOON_S
from markets.turns import instrument

PAIRS, AIM_S = 20, 2.0
LATENCY_MS = 150  # of every exchange, as from another continent


def run() -> Iterator[Figure]:
    """Seconds until all books of a pair are on its page, which is looked at as often as its script does."""
    _slow(LATENCY_MS)
    exchanges = list(Exchange.objects.filter(enabled=True))
    for exchange in exchanges:
        schedules.start_now(exchange.slug)
    port = free_port()
    with workers(), web(port):
        until(lambda: Derivative.objects.exists() and len(_unread()) >= 2 * PAIRS, "catalogues and prices are there", 120)
        waits = [_wait(port, key) for key in _unread()[-PAIRS:]]
        bare = statistics.median(_bare(key) for key in _unread()[-PAIRS:])
    detail = {"slowest": max(waits), "pairs": PAIRS, "books a pair": len(exchanges), "latency of each exchange, ms": LATENCY_MS}
    beside = {"asking the exchanges one after the other, nothing else": bare}
    median, in_time = statistics.median(waits), max(waits) <= AIM_S
    yield Figure("books on their page after a first look", median, "s", beside, None, f"all within {AIM_S:.0f} s", in_time, detail)


def _unread() -> list[PairKey]:
    """Pairs on all exchanges whose books nobody has read, the busiest first."""
    view = held.current()
    read = set(Book.objects.values_list("market_id", flat=True))
    taken = {entry.key for entries in view.entries.values() for pk, entry in entries.items() if pk in read}
    found = [key for key, quotes in view.board.pairs.items() if len(quotes) == len(view.exchanges) and key not in taken]
    return sorted(found, key=lambda key: -sum(each.quote_volume_24h or 0 for each in view.board.pairs[key].values()))


def _wait(port: int, key: PairKey) -> float:
    began = time.perf_counter()
    while b"data-soon" in _asked("GET", f"127.0.0.1:{port}", f"/liquidity/{quote(str(key))}/"):
        time.sleep(SOON_S)
    return time.perf_counter() - began


def _bare(key: PairKey) -> float:
    """What asking alone takes, without queue, store or page."""
    entries = held.current().entries.values()
    ids = [pk for of_one in entries for pk, entry in of_one.items() if entry.key == key]
    markets = list(Market.objects.select_related("base", "quote", "exchange").filter(pk__in=ids))
    began = time.perf_counter()
    for market in markets:
        client_for(market.exchange).fetch("book", ask=Ask(instrument(market)), interactive=True)
    return time.perf_counter() - began


def _slow(ms: int) -> None:
    """Let every simulated exchange answer so late."""
    wish = {"exchanges": {exchange.slug: {"latency_ms": ms} for exchange in Exchange.objects.all()}}
    _asked("POST", urlsplit(settings.UPSTREAM).netloc, "/_control/", json.dumps(wish))


def _asked(method: str, place: str, path: str, body: str | None = None) -> bytes:
    connection = http.client.HTTPConnection(place, timeout=10)
    try:
        connection.request(method, path, body, {"HX-Request": "true"})
        return connection.getresponse().read()
    finally:
        connection.close()
