"""Compare page and compare API over HTTP, in answers a second, beside an empty view on the same server."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from exchanges.models import Exchange, Feed
from markets import held, read
from markets.benchmarks import processes
from markets.benchmarks.load import Tally, Target, drive
from markets.benchmarks.measure import Figure
from markets.benchmarks.urls import EMPTY
from markets.models import Setting
from markets.shapes import Filters
from markets.tasks import start
from pebble.startup import free

ROUNDS, SECONDS = 7, 1.0
PAIRS = 400
NO_LIMIT = 2_000_000_000
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def run() -> Iterator[Figure]:
    """Six figures in answers a second, and the load generator's own ceiling beside them."""
    pairs = prepare()
    Feed.objects.filter(source="tickers").update(period_s=300)  # nobody polls here: the prices stay fresh while we measure
    one, all_in_turn = pairs[:1], f"{len(pairs)} pairs in turn"
    targets = {
        "compare page": Target([f"/compare/{pair}/" for pair in one]),
        "compare page, 304": Target([f"/compare/{pair}/" for pair in one], conditional=True),
        f"compare page, {all_in_turn}": Target([f"/compare/{pair}/" for pair in pairs]),
        "compare API": Target([f"/api/v1/compare/{pair}/" for pair in one]),
        "compare API, 304": Target([f"/api/v1/compare/{pair}/" for pair in one], conditional=True),
        f"compare API, {all_in_turn}": Target([f"/api/v1/compare/{pair}/" for pair in pairs]),
    }
    port = free_port()
    with processes.web(port) as pid:
        rounds = [{name: beside_empty(port, pid, target, flipped=number % 2 == 1) for name, target in targets.items()} for number in range(ROUNDS + 1)]
    ceiling = _ceiling()
    for name in targets:
        yield _figure(name, [each[name] for each in rounds[1:]], ceiling)


def prepare() -> list[str]:
    """Poll every exchange once, lift the limits for one address, and name the busiest pairs."""
    for slug in Exchange.objects.values_list("slug", flat=True):
        start(slug)
    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": NO_LIMIT, "api_burst_10s": NO_LIMIT})
    held.forget()
    rows = read.overview(Filters(limit=PAIRS, min_exchanges=2), timezone.now()).rows
    return [str(row.key) for row in rows]


@dataclass(frozen=True)
class Asked:
    """What one stretch of load got, and what it cost the server."""

    tally: Tally
    cpu_s: float

    @property
    def ms(self) -> float:
        """Milliseconds of the server's processor time for one answer."""
        return self.cpu_s * 1000 / max(sum(self.tally.statuses.values()), 1)


def beside_empty(port: int, pid: int, target: Target, *, flipped: bool) -> tuple[Asked, Asked]:
    """The target and the empty view one right after the other, so that a busy neighbour meets both."""
    both = {True: target, False: Target([EMPTY])}
    asked = {ours: _ask(port, pid, both[ours]) for ours in (sorted(both) if flipped else sorted(both, reverse=True))}
    return asked[True], asked[False]


def _ask(port: int, pid: int, target: Target) -> Asked:
    before = processes.cpu_s(pid)
    tally = drive(port, target, SECONDS)
    return Asked(tally, processes.cpu_s(pid) - before)


def _figure(name: str, rounds: list[tuple[Asked, Asked]], ceiling: float) -> Figure:
    rate, empty = (statistics.median(asked[place].tally.per_s for asked in rounds) for place in (0, 1))
    ratio = statistics.median(ours.tally.per_s / bare.tally.per_s for ours, bare in rounds)
    share, words = (2 / 3, "two thirds") if name.endswith("304") else (1 / 3, "a third")
    statuses: Counter[int] = sum((Counter(ours.tally.statuses) for ours, _ in rounds), Counter())
    told = {
        "ratio by processor time": round(statistics.median(bare.ms / ours.ms for ours, bare in rounds if ours.ms), 3),
        "server ms an answer": round(statistics.median(ours.ms for ours, _ in rounds), 3),
        "statuses": dict(statuses), "load generator alone, answers/s": round(ceiling), "rounds": ROUNDS, "seconds each": SECONDS,
    }  # fmt: skip
    return Figure(name, rate, "answers/s", {"empty view": empty}, ratio, f"{words} of an empty view or better", ratio >= share, told)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    return next(port for port in range(18_400, 18_500) if free(port))


def _ceiling() -> float:
    """Answers a second that the load generator takes from a server that does nothing at all."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = multiprocessing.get_context("fork").Process(target=_answer_everything, args=(listener,), daemon=True)
    server.start()
    try:
        return drive(listener.getsockname()[1], Target([EMPTY]), SECONDS).per_s
    finally:
        server.terminate()
        server.join()
        listener.close()


def _answer_everything(listener: socket.socket) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is listener:
                    ready.register(listener.accept()[0], selectors.EVENT_READ)
                elif isinstance(key.fileobj, socket.socket) and not _answered(key.fileobj):
                    ready.unregister(key.fileobj)


def _answered(connection: socket.socket) -> bool:
    """Whether somebody was there to be answered."""
    try:
        return bool(connection.recv(65_536)) and connection.send(ANSWER) > 0
    except ConnectionError:  # the load generator leaves in the middle of its last answers
        return False
