"""Days of trouble: every twenty simulated seconds something else goes wrong somewhere, and nothing may grow, lag, break or lie.

All schedules run, not only the polls. The chaos is the seed's: the same seed is the same days, poll for poll.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django_q.models import Schedule

from exchanges.models import Feed, Run
from exchanges.simulator.writers import WRITERS
from markets import read
from markets.analysis.best import Comparison
from markets.analysis.quality import ANOMALIES
from markets.analysis.rows import Row
from markets.board import Quote
from markets.method import setting
from markets.models import Snapshot
from markets.retention import RUNS_KEPT, keeps
from tests.drills import oracle
from tests.drills.figures import Figure
from tests.drills.lies import TOL, Said, undecidable
from tests.drills.outages import COINS
from tests.drills.world import POLL, PRICES, World, simulated

REAL_S, CPU_S = time.perf_counter, time.process_time
EVERY_S, LONGEST_S = 20, 40
CALM_S = 60  # between two lists, for those who want less than is usual
HOUSEKEEPING = timedelta(minutes=20)  # between two purges, and the one that is due
NEARLY = Fraction(1, 100_000)  # what a fault that lengthens numbers may change of one
Spec = str | dict[str, Any]
TRANSPORT: tuple[Spec, ...] = (
    "refused", "dns", "tls", "hang", "drip", "reset", "truncated", "cut", "idle_close", "huge_headers", "bad_status_line", "broken_gzip", "slow",
)  # fmt: skip
PROTOCOL: tuple[Spec, ...] = (
    *({"name": "server_error", "status": status} for status in (500, 502, 503, 504, 520)), "envelope_error", "html", "deep", "redirect", "low_limits",
    *({"name": "body", "value": value} for value in ("", "null", "[]", '"text"', "7")),
    *({"name": "bad_json", "what": what} for what in ("nan", "bom", "trailing", "two")),
)  # fmt: skip
DATA: tuple[Spec, ...] = (
    *({"name": "price", "factor": factor} for factor in ("10", "0.1", "1.35", "1.05", "110")), "crossed", {"name": "empty_side", "side": "ask"}, "long_digits",
    *({"name": "value", "value": value} for value in ("0", "NaN", "-1", "1e999999")),
    *({"name": "volume", "how": how} for how in ("overflow", "negative", "swapped")),
    *({"name": "changed_fields", "how": how} for how in ("rename", "numbers", "extra")),
    *({"name": "bad_text", "what": what} for what in ("surrogate", "overflow")),
    {"name": "stamp", "shift_s": -600}, {"name": "stamp", "shift_s": 3600}, {"name": "stamp", "jump_s": -20}, "halve", "duplicate_keys",
)  # fmt: skip
SILENCES: tuple[Spec, ...] = (
    {"name": "throttle", "after": 20}, {"name": "throttle", "after": None}, {"name": "ban"}, {"name": "blocked", "variant": "d"}, "gzip_bomb",
)  # fmt: skip


class _Errors(logging.Handler):
    """Counts what is logged as an error: nothing that an exchange does may be one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said = Counter[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.said[f"{record.name}: {record.getMessage()[:80]}"] += 1


@dataclass
class Chaos:
    """The trouble of one seed, and what was seen meanwhile."""

    world: World
    rng: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    alone: int = 0  # best prices of a single source: it says so, and nothing can check it
    misled: int = 0  # best prices where most of those who have a say tell the same lie
    wrong: list[str] = field(default_factory=list)
    sizes: list[tuple[int, int, int]] = field(default_factory=list)  # memory, open files, database

    def __post_init__(self) -> None:
        self.periods = dict(Feed.objects.filter(source="tickers").values_list("exchange__slug", "period_s"))
        self._told = lru_cache(maxsize=256)(self._prices)  # every look holds its answers against the same lists

    def strike(self) -> None:
        """The next fault, somewhere, for a while."""
        kinds = self.rng.choices((TRANSPORT, PROTOCOL, DATA, SILENCES), (50, 25, 24.5, 0.5))[0]
        slug, fault, seconds = self.rng.choice(self.world.slugs), self.rng.choice(kinds), self.rng.uniform(3, LONGEST_S)
        self.faults[fault if isinstance(fault, str) else str(fault["name"])] += 1
        self.world.heal(slug)
        self.world.strike(slug, fault)
        self.world.loop.at(self.world.clock.elapsed + seconds, lambda: self.world.heal(slug))

    def look(self) -> None:
        """Two coins compared: a best price is one that its exchange really had, when it is said to have had it."""
        for coin in self.rng.sample(COINS, 2):
            answer = read.compare(coin, "USDT", self.world.clock.now(), net=False)
            self.looks += 1
            if answer.status == "single_source":
                self.alone += answer.best_buy is not None
                continue
            if (said := self._untrue(coin, answer)) and self._is_misled(coin, answer):
                self.misled += 1
            elif said:
                self.wrong.append(f"{self.world.clock.elapsed:.0f} s, {coin}: {said}. {_who(answer)}")
            self.world.note(coin, answer.best_buy and answer.best_buy.price, answer.best_sell and answer.best_sell.price)

    def _untrue(self, coin: str, answer: Comparison) -> str:
        rows = {row.quote.exchange: row for row in answer.rows}
        for side, best in (("ask", answer.best_buy), ("bid", answer.best_sell)):
            if best is None:
                continue
            shown, age = Fraction(best.price), rows[best.exchange].age_s
            if age is None or age > 6 * self.periods[best.exchange]:
                return f"{best.exchange} wins with an age of {age}"
            if not any(abs(shown / true - 1) <= NEARLY for true in self._truths(coin, best.exchange, side)):
                return f"{best.exchange} never had the {side} {best.price}"
        return ""

    def _is_misled(self, coin: str, answer: Comparison) -> bool:
        """Whether those who have a say tell what nothing in their prices tells from the truth: most of them the same lie."""
        return undecidable([self._said(coin, row.quote) for row in answer.rows if _has_a_say(row)], TOL[answer.pair_class])

    def _said(self, coin: str, quote: Quote) -> Said:
        """A quote, and its factor from what its exchange really asked in one of its last lists: the nearest."""
        off = min((Fraction(quote.ask or 0) / true for true in self._truths(coin, quote.exchange, "ask")), key=lambda off: abs(off - 1))
        watched = quote.flag in ANOMALIES
        return Said(quote.exchange, quote, 1.0 if abs(off - 1) <= NEARLY else float(off), not watched, "watched" if watched else "")

    def _truths(self, coin: str, slug: str, side: str) -> Iterator[Fraction]:
        """What the exchange's price was in the last lists that left it."""
        for at in self.world.network.heard[slug]:
            for instant in (at // WRITERS[slug].SNAPSHOT_S * WRITERS[slug].SNAPSHOT_S, at):
                yield self._told(slug, instant)[coin, side]

    def _prices(self, slug: str, instant: float) -> dict[tuple[str, str], Fraction]:
        """What every coin that is looked at cost on an exchange at an instant, by coin and side."""
        markets, prices = {coin: oracle.listed(coin)[slug] for coin in COINS}, self.world.network.simulator.prices
        quotes = {coin: prices.quote(market, instant) for coin, market in markets.items()}
        return {(coin, side): oracle.exact(getattr(q, side), markets[coin]) for coin, q in quotes.items() for side in ("bid", "ask")}

    def measure(self) -> None:
        """Memory, open files and database, in bytes and counts. The pages of files are no memory of ours: the database's own are mapped, and it grows."""
        resident, files = (int(pages) * os.sysconf("SC_PAGE_SIZE") for pages in Path("/proc/self/statm").read_text().split()[1:3])
        name = Path(str(settings.DATABASES["default"]["NAME"]))
        self.sizes.append((resident - files, len(list(Path("/proc/self/fd").iterdir())), name.stat().st_size if name.exists() else 0))


def _has_a_say(row: Row) -> bool:
    """Whether its price is held against the others'."""
    return row.state in {"fresh", "aging"} and row.reason in {"", "aging", "unknown_identity", *ANOMALIES}


def _who(answer: Comparison) -> str:
    """Who had a say and who had none: whether most of those who had one told the same lie is seen from that alone."""
    rows = (f"{row.quote.exchange} {row.quote.ask} {row.state} {row.reason or 'counts'}" for row in answer.rows)
    return f"{answer.status}: {', '.join(rows)}"


def run(seed: int, scale: float = 1.0) -> Iterator[Figure]:
    """Seven simulated days, or a part of them."""
    return soak(seed, 7 * scale)


def week(seed: int, scale: float = 1.0) -> Iterator[Figure]:
    """Seven simulated days of an installation whose operator has every list of prices read less often."""
    return soak(seed, 7 * scale, period_s=CALM_S)


def soak(seed: int, days: float, measure_s: float = 600, period_s: int | None = None) -> Iterator[Figure]:
    """So many simulated days of chaos, with lists of prices as often as is usual or every `period_s`.

    Ctrl-C ends it early, and the figures are of what was until then.
    """
    errors, raised = _Errors(), ""
    logging.getLogger().addHandler(errors)
    with simulated(seed) as world:
        for feed in Feed.objects.filter(source="tickers"):
            feed.period_s = period_s or feed.period_s
            feed.save()  # its schedule follows
        world.start(PRICES, sorted(set(Schedule.objects.exclude(func=POLL).values_list("func", flat=True))))
        chaos = Chaos(world, random.Random(seed))
        world.each(EVERY_S, chaos.strike)
        world.each(EVERY_S / 2, chaos.look)
        world.each(measure_s, chaos.measure)
        began, cpu, started = REAL_S(), CPU_S(), world.clock.elapsed
        before = signal.signal(signal.SIGINT, lambda *_: world.loop.cut_short())
        try:
            world.run(days * 86_400)
        except Exception as error:  # that is a figure, too
            raised = repr(error)
        finally:
            signal.signal(signal.SIGINT, before)
            logging.getLogger().removeHandler(errors)
        days = (world.clock.elapsed - started) / 86_400
        yield from _said(world, chaos, days, REAL_S() - began, CPU_S() - cpu)
        yield Figure("exceptions that left a task", 1 if raised else 0, ("==", 0), "", {"raised": raised})
        yield Figure("errors logged", errors.said.total(), ("==", 0), "", {"said": dict(errors.said.most_common(5))})


def _said(world: World, chaos: Chaos, days: float, wall_s: float, cpu_s: float) -> Iterator[Figure]:
    counts = {"days": round(days, 3), "polls": world.polls, "faults": chaos.faults.total(), "digest": world.digest}
    seen = {"looks": chaos.looks, "alone": chaos.alone, "misled": chaos.misled, "examples": chaos.wrong[:3]}
    yield Figure("wrong best prices", len(chaos.wrong), ("==", 0), "", counts | seen)
    speed = {"by_processor": round(days * 86_400 / cpu_s, 1), "processor_s": round(cpu_s)}
    yield Figure("simulated seconds a second", days * 86_400 / wall_s, (">=", 60), "x", speed)
    warm = chaos.sizes[len(chaos.sizes) // 5 :]
    part = max(len(warm) // 5, 1)
    memory = [size[0] for size in warm]
    growth = 100 * (median(memory[-part:]) / median(memory[:part]) - 1) if memory else None
    yield Figure("memory growth", growth, ("<=", 5), "%", {"samples": len(warm), "first_mb": memory[0] >> 20, "last_mb": memory[-1] >> 20} if memory else {})
    yield Figure("open files more", warm[-1][1] - warm[0][1] if warm else None, ("<=", 0), "", {"open": warm[-1][1]} if warm else {})
    yield Figure("rows kept too long", _overdue(world), ("==", 0), "", {"database_mb": round(chaos.sizes[-1][2] / 2**20, 1) if chaos.sizes else None})
    periods = {f"{feed.exchange.slug} {feed.source}": feed.firing_s for feed in Feed.objects.select_related("exchange")}
    late = max(((seconds / periods[name], name) for name, seconds in world.late.items()), default=(0.0, ""))
    yield Figure("latest start", late[0], ("<=", 1), "intervals", {"feed": late[1], "outcomes": dict(sorted(world.outcomes.items()))})


def _overdue(world: World) -> int:
    """Rows that housekeeping should have dropped."""
    now = world.clock.now() - HOUSEKEEPING
    runs = Run.objects.filter(started_at__lt=now - RUNS_KEPT).count()
    return runs + sum(Snapshot.objects.filter(period_s=period, opened_at__lt=now - kept).count() for period, kept in keeps(setting()).items())
