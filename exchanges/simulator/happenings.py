"""The timetable of a world: what will happen on which exchange and when, as a pure function of (seed, start)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from exchanges.simulator.universe import SYMBOL, chance, universe

CYCLE_S = 1_800  # one round of happenings
CYCLES = 24  # after half a day everything has happened
MINUTE = 60
FOREVER = 4e9
KINDS = ("list", "list_perp", "delist", "rename", "network", "maintenance", "interval", "notice")


@dataclass(frozen=True)
class Happening:
    """One thing that happens on one exchange. Times are epoch seconds; it was announced at `said_at` (0: never said).

    kind list      `code` opens at `at`                 (announced as a listing)
         list_perp a USDT perpetual on `code` opens at `at`
         delist    `code` is gone from `at` on          (announced as a delisting)
         rename    `code` is called `to` from `at` on
         network   `chain` is closed from `at` to `until` for `code` ("" = for every coin); `to` is deposit, withdraw or both
         maintenance  the exchange is under maintenance from `at` to `until`
         interval  the contract `code` pays funding every `to` hours from `at` on
         notice    `code` is the title of some other announcement
    """

    kind: str
    slug: str
    at: float
    code: str = ""
    to: str = ""
    chain: str = ""
    until: float = FOREVER
    said_at: float = 0.0


def planned(seed: int, start: float) -> Iterator[Happening]:
    """The timetable itself: one round after the other."""
    rng, pool = chance(f"events:{seed}"), [asset.key for asset in universe().fresh[:48]]
    for cycle in range(CYCLES):
        at = start + cycle * CYCLE_S
        if cycle * 2 + 1 < len(pool):
            yield from _listings(rng, at, pool[cycle * 2 : cycle * 2 + 2])
        yield from _endings(rng, at)
        yield from _networks(rng, at)
        slug = rng.choice(list(SYMBOL))
        yield Happening("maintenance", slug, at + 22 * MINUTE, until=at + 24 * MINUTE, said_at=at + 2 * MINUTE)


def _listings(rng: Random, at: float, codes: Iterable[str]) -> Iterator[Happening]:
    """Two new coins: each opens on one exchange first, then on one or three more."""
    for n, code in enumerate(codes):
        places = rng.sample(list(SYMBOL), 4 if n == 0 else 2)
        for order, slug in enumerate(places):
            opens = at + (5 + 9 * n) * MINUTE + order * 3 * MINUTE
            yield Happening("list", slug, opens, code, said_at=opens - 4 * MINUTE)
            if n == 0 and order < 2:
                yield Happening("list_perp", slug, opens + 6 * MINUTE, code, said_at=opens)


def _endings(rng: Random, at: float) -> Iterator[Happening]:
    """A small coin goes from one exchange, and another one gets a new name on two."""
    slug = rng.choice(list(SYMBOL))
    yield Happening("delist", slug, at + 18 * MINUTE, rng.choice(_small(slug)), said_at=at + 4 * MINUTE)
    both = sorted(set(_small("kucoin")) & set(_small("gateio")))
    code = rng.choice(both)
    for place in ("kucoin", "gateio"):
        yield Happening("rename", place, at + 20 * MINUTE, code, f"{code}2", said_at=at + 6 * MINUTE)


@cache
def _small(slug: str) -> list[str]:
    """Long-tail coins of which nothing else is told."""
    markets = universe().markets[slug]
    return sorted({m.base for m in markets if m.asset.kind == "coin" and 500 < m.rank < 900 and m.status == "trading" and m.book == "both" and not m.ending})


def _networks(rng: Random, at: float) -> Iterator[Happening]:
    """A network closes for some minutes on one exchange, another one only for withdrawals."""
    for n, what in enumerate(("both", "withdraw")):
        chain = rng.choice(("ethereum", "solana", "tron", "bsc", "arbitrum", "base", "polygon"))
        opens = at + (7 + 8 * n) * MINUTE
        yield Happening("network", rng.choice(list(SYMBOL)), opens, "", what, chain, until=opens + 6 * MINUTE, said_at=opens - 2 * MINUTE)
