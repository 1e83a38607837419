"""Two web servers, three clusters, one PostgreSQL, one Valkey: each is taken away in turn, and nobody lends a hand.

I2 I3 I6 I9. Every half second all web servers are asked for the oldest price of a comparison; figures are what people saw.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.drills.figures import Figure
from tests.drills.installation import PAIR, Installation, age, get, installed, now, seconds_until

LOOK_S = 0.5
CURRENT_S = 30.0  # so old a price is fresh
OTHERS = (f"/compare/{PAIR}/", "/", "/healthz")


@dataclass
class Seen:
    """What the web servers answered while something was the case: prices' ages, and answers that were none."""

    ages: list[float] = field(default_factory=list)
    asked: int = 0
    failed_with: Counter[str] = field(default_factory=Counter)  # by address and status

    @property
    def failed(self) -> int:
        return self.failed_with.total()

    @property
    def oldest_s(self) -> float:
        return max(self.ages, default=0.0)


def run(seed: int, scale: float = 1.0) -> Iterator[Figure]:
    """The drill; `scale` of a minute for each thing that goes away."""
    for_s = max(60 * scale, 8.0)
    with installed(2, 3) as one:
        usual = _looked(one, for_s)
        counts = {"usual_oldest_s": round(usual.oldest_s, 1), "away_s": for_s}
        for name in ("web-1", "workers-0"):
            yield _pulled(one, name, usual, for_s, counts)
        yield from _database(one, for_s, counts)
        yield from _broker(one, for_s, counts)
        yield _rolling(one, counts)


def _pulled(one: Installation, name: str, usual: Seen, for_s: float, counts: dict[str, object]) -> Figure:
    one.pull(name)
    seen = _looked(one, for_s)
    one.start(name)
    _settle(one)
    found = {**counts, "asked": seen.asked, "failed": seen.failed, "oldest_s": round(seen.oldest_s, 1)}
    return Figure(f"prices older than usual without {name}", max(0.0, seen.oldest_s - usual.oldest_s) if not seen.failed else None, ("<=", 20), "s", found)


def _database(one: Installation, for_s: float, counts: dict[str, object]) -> Iterator[Figure]:
    one.postgresql.stop()
    seen = _looked(one, for_s)
    port = one.webs[0]
    probes = {path: get(port, path)[0] for path in ("/healthz", "/readyz", "/api/v1/history/BTC-USDT/")}
    one.postgresql.start()
    back = seconds_until(lambda: all(get(p, "/api/v1/markets/?limit=1")[0] == 200 for p in one.webs), 60)
    current = _settle(one)
    found = {**counts, "asked": seen.asked, "failed_with": +seen.failed_with, "probes": probes, "oldest_s": round(seen.oldest_s, 1)}
    yield Figure("comparisons not answered without PostgreSQL", seen.failed, ("==", 0), "", found)
    yield Figure("other answers again after PostgreSQL's return", back, ("<=", 10), "s")
    yield Figure("prices current again after PostgreSQL's return", current if current is None or back is None else current + back, ("<=", 20), "s")


def _broker(one: Installation, for_s: float, counts: dict[str, object]) -> Iterator[Figure]:
    one.valkey.stop()
    seen = _looked(one, for_s)
    began = now()
    one.valkey.start()
    current = _settle(one)
    time.sleep(5)
    most = one.sql("SELECT COUNT(*) FROM exchanges_run WHERE started_at BETWEEN ? AND ? + interval '5 s' GROUP BY exchange_id, source", began, began)
    yield Figure("answers missing without Valkey", seen.failed, ("==", 0), "", {**counts, "asked": seen.asked, "oldest_s": round(seen.oldest_s, 1)})
    yield Figure("prices current again after Valkey's return", current, ("<=", 20), "s")
    yield Figure("polls of one source within 5 s of Valkey's return", max((n for (n,) in most), default=0), ("<=", 1), "")


def _rolling(one: Installation, counts: dict[str, object]) -> Figure:
    """Each web server is stopped and started in turn; whoever is refused asks the other one, as a proxy does."""
    with _looking(one, one_of=True) as seen:
        for number, port in enumerate(one.webs):
            one.stop(f"web-{number}")
            one.start(f"web-{number}")
            seconds_until(lambda port=port: age(port) is not None, 120)
    return Figure("requests failed in a rolling restart", seen.failed, ("==", 0), "", {**counts, "asked": seen.asked})


def _settle(one: Installation) -> float | None:
    """Seconds until every web server shows fresh prices of all exchanges; None after three minutes."""
    return seconds_until(lambda: all((found := age(port)) is not None and found <= CURRENT_S for port in _up(one)), 180)


def _up(one: Installation) -> list[int]:
    return [port for number, port in enumerate(one.webs) if f"web-{number}" in one.services]


def _looked(one: Installation, for_s: float) -> Seen:
    with _looking(one) as seen:
        time.sleep(for_s)
    return seen


@contextmanager
def _looking(one: Installation, *, one_of: bool = False) -> Iterator[Seen]:
    """Ask all that are up, or (`one_of`) any of them until one answers."""
    seen, over = Seen(), threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            if one_of:
                _ask_any(one, seen)
            else:
                for port in _up(one):
                    _ask(port, seen)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _ask(port: int, seen: Seen) -> None:
    found = age(port)
    seen.ages += [] if found is None else [found]
    statuses = {path: get(port, path)[0] for path in OTHERS}
    seen.asked += 1 + len(statuses)
    seen.failed_with.update(f"{path} {status}" for path, status in statuses.items() if status != 200)
    seen.failed_with["API, no price"] += found is None


def _ask_any(one: Installation, seen: Seen) -> None:
    seen.asked += 1
    seen.failed_with["nobody"] += not any(get(port, f"/compare/{PAIR}/")[0] == 200 for port in one.webs)
