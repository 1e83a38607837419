"""Every page over HTTP: answers a second and bytes, beside an empty view on the same server; and what rendering one anew costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from django.core.management import call_command
from django.test import Client

from exchanges.models import Feed
from markets import read
from markets.benchmarks import processes, serving
from markets.benchmarks.load import Target
from markets.benchmarks.measure import Figure
from markets.pages import cache

ROUNDS, ANEW = 2, 4
PAGES = (
    "/", "/?amount=10000", "/compare/{pair}/", "/compare/{pair}/?amount=10000", "/assets/{coin}/", "/arbitrage/", "/arbitrage/{pair}/", "/liquidity/",
    "/liquidity/{pair}/", "/funding/", "/funding/{COIN}/", "/options/", "/discover/", "/discover/?view=only", "/discover/?view=trending", "/copy/", "/volume/",
    "/watchlist/?base={COIN}", "/status/", "/guide/",
)  # fmt: skip


def run() -> Iterator[Figure]:
    """A figure for each page: as it is asked for within a second, and rendered anew in this process."""
    call_command("collectstatic", verbosity=0, interactive=False)  # pages name their files by what is in them
    pair = serving.prepare()[0]
    Feed.objects.update(period_s=300)  # nobody polls here: what is stored stays fresh while we measure
    coin = pair.partition("-")[0]
    paths = [path.format(pair=pair, coin=coin.lower(), COIN=coin) for path in PAGES]
    anew = {path: _anew_ms(path) for path in paths}
    port = serving.free_port()
    with processes.web(port) as pid:
        for path in paths:
            rounds = [serving.beside_empty(port, pid, Target([path]), flipped=number % 2 == 1) for number in range(ROUNDS + 1)]
            yield _figure(path, rounds[1:], anew[path])


def _anew_ms(path: str) -> float:
    """Milliseconds of processor time to read, judge and render a page that nobody has just asked for."""
    client, taken = Client(SERVER_NAME="127.0.0.1"), []
    for _ in range(ANEW):
        cache.forget()
        read.forget()
        client.get("/guide/")  # the board back in memory, as it is in a running process
        began = time.process_time()
        client.get(path)
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken[1:])


def _figure(path: str, rounds: list[tuple[serving.Asked, serving.Asked]], anew_ms: float) -> Figure:
    rate, empty = (statistics.median(asked[place].tally.per_s for asked in rounds) for place in (0, 1))
    tally = rounds[-1][0].tally
    answers = max(sum(tally.statuses.values()), 1)
    told = {"bytes, gzipped, with headers": tally.size // answers, "statuses": tally.statuses, "rendered anew, ms": round(anew_ms, 1), "rounds": ROUNDS}
    return Figure(f"page {path}", rate, "answers/s", {"empty view": empty}, rate / empty, "", None, told)
