"""Data that lies: one pair, random faults in what its exchanges say, and an oracle that knows the true price.

One cycle draws a true price, what each exchange says of it, and what is wrong with that (section 3 of the fault catalogue). Then
Pebble compares and looks for gaps. The oracle knows who told the truth and reckons in exact fractions; it shares no line with what it
judges. What nobody could know from the quotes alone, that most of them tell the same lie, is drawn again and counted.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from markets.analysis import best, classes, routes
from markets.analysis.classes import MAIN, Facts
from markets.analysis.scene import Scene
from markets.board import Board, Coin, Ladder, PairKey, Quote
from tests.drills.figures import Figure, share

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NAMES = ("ada", "bea", "cid", "dot", "eve")
TOL = {"stable": 0.003, "major": 0.005, "mid": 0.015, "tail": 0.05}
VOLUME_USD = {"stable": 5e6, "major": 9e7, "mid": 1.5e6, "tail": 6e4}  # of each exchange: one alone decides the class
ABSURD = Decimal(10) ** 30
FACTORS = (10, 0.1, 1.35, 0.65, 2, 0.5, 110, 1e7, 1e-7, 0.87, 1.2, 0.13)
# What keeps a quote from counting, whatever its price: then its price may be anything.
OUT = (
    "crossed", "no ask", "no bid", "zero", "bad", "halted", "switched off", "another coin", "old", "last week", "future", "wide", "frozen", "watched",
)  # fmt: skip


@dataclass
class Said:
    """What one exchange says. `honest`: its price is true. `counts`: it has a say, true or not. `off`: its factor from the truth."""

    name: str
    quote: Quote
    off: float = 1.0
    counts: bool = True
    fault: str = ""
    book: Ladder | None = None

    @property
    def honest(self) -> bool:
        return self.counts and self.off == 1.0


@dataclass
class Tally:
    """What came of the cycles so far."""

    cycles: int = 0
    redrawn: int = 0
    best: int = 0  # best prices shown
    gaps: int = 0  # gaps shown in the main table
    wrong_best: int = 0
    wrong_gap: int = 0
    silent: int = 0  # nothing shown although a majority told the truth
    missed: int = 0  # a true gap with books that is not shown
    faults: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def lies(seed: int, cycles: int) -> Iterator[Figure]:
    """So many cycles."""
    rng, tally = random.Random(seed), Tally()
    while tally.cycles < cycles:
        kind, said = draw(rng)
        if undecidable(said, tolerance(kind, said)):
            tally.redrawn += 1
            continue
        tally.cycles += 1
        tally.faults.update(each.fault for each in said if each.fault)
        judge(kind, said, tally, f"seed {seed}, cycle {tally.cycles}")
    counts = {"cycles": tally.cycles, "redrawn": tally.redrawn, "best_shown": tally.best, "gaps_shown": tally.gaps, "faults": dict(tally.faults.most_common())}
    yield Figure("wrong best price shown", tally.wrong_best, ("==", 0), "", counts | {"examples": tally.examples[:3]})
    yield Figure("wrong arbitrage shown", tally.wrong_gap, ("==", 0), "", {"cycles": tally.cycles, "gaps_shown": tally.gaps, "examples": tally.examples[:3]})
    yield Figure("no best price although most tell the truth", share(tally.silent, tally.cycles), ("==", 0), "%", {"cycles": tally.silent})


# --- Drawing --------------------------------------------------------------------------------------------------------
def draw(rng: random.Random) -> tuple[str, list[Said]]:
    """A class of pair and what one to five exchanges say of one true price."""
    kind = rng.choice(list(TOL))
    price, names = 10 ** rng.uniform(-6, 5) if kind != "stable" else rng.uniform(0.97, 1.03), rng.sample(NAMES, rng.choice((1, 2, 3, 4, 5, 5, 5)))
    same = _factor(rng, kind) if rng.random() < 0.4 else 0.0  # those who lie about the price tell the same lie
    share_of_faults = rng.choice((0.0, 0.2, 0.4, 0.7, 1.0))
    return kind, [_say(rng, kind, name, price, faulty=share_of_faults, same=same) for name in names]


def _say(rng: random.Random, kind: str, name: str, price: float, *, faulty: float, same: float) -> Said:
    off, fault = 1.0, ""
    if rng.random() < faulty:
        fault = rng.choice(("price",) * 8 + OUT)
        if fault == "price" or rng.random() < 0.7:
            off = same or _factor(rng, kind)
    mid = price * off * (1 + rng.uniform(-1, 1) * TOL[kind] / 8)
    half = rng.uniform(0.0, TOL[kind] / 12) if rng.random() < 0.9 else 0.0
    bid, ask = _number(mid * (1 - half)), _number(mid * (1 + half))
    quote = _quote(rng, kind, name, bid, max(ask, bid))
    if fault in OUT:
        return Said(name, _struck(rng, fault, quote), off, False, fault)
    return Said(name, quote, off, True, fault, _book(rng, quote))


def _factor(rng: random.Random, kind: str) -> float:
    """How far off a lie is: one of the catalogue's, or some distance beyond what the class of pair may differ by."""
    if rng.random() < 0.6:
        return rng.choice(FACTORS)
    far = 1 + TOL[kind] * rng.uniform(3, 12)
    return far if rng.random() < 0.5 else 1 / far


def _number(value: float) -> Decimal:
    return Decimal(f"{value:.9g}")


def _quote(rng: random.Random, kind: str, name: str, bid: Decimal, ask: Decimal) -> Quote:
    seen = NOW - timedelta(seconds=rng.choice((0, 1, 3, 6, 9, 14, 22, 29)))
    volume = _number(VOLUME_USD[kind] * rng.uniform(0.8, 1.2))
    size = _number(10 ** rng.uniform(0.5, 5) / float(ask))
    mixed: dict[str, Any] = {}
    if rng.random() < 0.05:  # volumes decide nothing where they contradict each other
        mixed["base_volume_24h"] = ABSURD
    return Quote(
        exchange=name, symbol="POLUSDT", base="POL", quote="USDT", identity=rng.choice(("confirmed", "probable")),
        bid=bid, ask=ask, bid_size=size, ask_size=size, last=bid, quote_volume_24h=volume,
        taker_fee=Decimal(rng.choice(("0", "0.0002", "0.001", "0.002"))), fee_source="exchange", priority=NAMES.index(name),
        observed_at=seen, requested_at=seen, received_at=seen, exchange_ts=seen, min_notional=Decimal(1),
        **({"base_volume_24h": _number(float(volume) / float(ask))} | mixed),
    )


def _struck(rng: random.Random, fault: str, quote: Quote) -> Quote:
    """The quote with what keeps it from counting."""
    assert quote.bid is not None and quote.ask is not None
    old = timedelta(minutes=rng.choice((2, 10, 14))) if fault == "old" else timedelta(days=7)
    changes: dict[str, dict[str, Any]] = {
        "crossed": {"bid": quote.ask * Decimal("1.02"), "ask": quote.bid}, "no ask": {"ask": None}, "no bid": {"bid": None},
        "zero": {"ask": Decimal(0)}, "bad": {"ask": None, "bad": ("ask",)}, "halted": {"status": "halted"},
        "switched off": {"switch": rng.choice(("disabled", "auto_disabled", "banned", "blocked"))}, "another coin": {"identity": "conflicted"},
        "old": {"observed_at": NOW - old}, "last week": {"observed_at": NOW - old}, "future": {"exchange_ts": NOW + timedelta(hours=1)},
        "wide": {"ask": quote.bid * Decimal("1.12")},
        "frozen": {"flag": "frozen", "flag_since": NOW - timedelta(minutes=1), "same_polls": 9},
        "watched": {"flag": rng.choice(("price_anomaly", "identity_conflict")), "flag_since": NOW - timedelta(minutes=1)},
    }  # fmt: skip
    return replace(quote, **changes[fault])


def _book(rng: random.Random, quote: Quote) -> Ladder | None:
    """Its book, where one was read: it says what the quote says."""
    if rng.random() < 0.4:
        return None
    assert quote.bid is not None and quote.ask is not None and quote.ask_size is not None
    step = Decimal("0.0003")
    return Ladder(
        exchange=quote.exchange, symbol=quote.symbol, observed_at=quote.observed_at, received_at=quote.received_at,
        bids=tuple((quote.bid * (1 - step * n), quote.ask_size) for n in range(3)), asks=tuple((quote.ask * (1 + step * n), quote.ask_size) for n in range(3)),
    )


# --- The oracle -----------------------------------------------------------------------------------------------------
def tolerance(kind: str, said: list[Said]) -> float:
    """How far exchanges may differ in what can be known to be the pair's class: where a volume contradicts itself, the tail's."""
    sane = all(each.quote.base_volume_24h != ABSURD for each in voting(said))
    return TOL[kind] if sane or kind == "stable" else TOL["tail"]


def undecidable(said: list[Said], tol: float) -> bool:
    """Whether more than half of those who have a say tell the same lie, or one tells a lie that is within what may differ.

    Nothing in the quotes tells that from the truth. Fewer than three must be more than half of those who were right so far, too:
    who is watched does not help one lie.
    """
    voters = voting(said)
    if any(each.off != 1.0 and abs(math.log(each.off)) < 2 * tol for each in voters):
        return True
    liars = [each for each in voters if each.off != 1.0]
    largest = max((sum(abs(one.off / other.off - 1) <= 2 * tol for other in liars) for one in liars), default=0)
    return 2 * largest > len(voters) and (largest > 2 or 2 * sum(each.honest for each in said) < sum(each.counts for each in said))


def voting(said: list[Said]) -> list[Said]:
    """Those whose prices are looked at: also who is watched after having been wrong, and may not win."""
    return [each for each in said if each.counts or each.fault == "watched"]


def judge(kind: str, said: list[Said], tally: Tally, where: str) -> None:
    """Compare, look for gaps, and hold both against who told the truth."""
    usd, quotes = (None if kind == "tail" else Decimal(1)), {each.name: each.quote for each in said}
    answer = best.compare(PairKey("POL", "USDT"), quotes, NOW, usd=usd, stable=kind == "stable", net=True, measured=False)
    honest = {each.name: each for each in said if each.honest}
    for side, shown in (("buy", answer.best_buy), ("sell", answer.best_sell)):
        if shown is not None:
            tally.best += 1
            if wrong := _wrong(side, shown.exchange, shown.price, answer, honest):
                tally.wrong_best += 1
                tally.examples.append(f"{where}: {kind} {side} {wrong}: {_told(said)}")
    if answer.best_buy is None and len(honest) * 2 > len(voting(said)) and len(honest) > 1:
        tally.silent += 1
        tally.examples.append(f"{where}: {kind} {answer.status}: {_told(said)}")
    _gaps(kind, said, honest, tally, where)


def _wrong(side: str, name: str, price: Decimal, answer: best.Comparison, honest: dict[str, Said]) -> str:
    """What is wrong with a winner: a liar, another price than it told, or somebody honest was better and is not said to be left out."""
    if name not in honest:
        return f"{name} at {price} does not tell the truth"
    if price != (honest[name].quote.ask if side == "buy" else honest[name].quote.bid):
        return f"{name} never said {price}"
    ranked = {row.quote.exchange for row in answer.rows if row.rank}
    if liars := ranked - set(honest):
        return f"{', '.join(sorted(liars))} ranked beside it"
    left_out = {row.quote.exchange for row in answer.rows if not row.rank and row.reason}
    values = {other: _value(side, each.quote) for other, each in honest.items() if other not in left_out}
    better = [other for other, value in values.items() if (value < values[name] if side == "buy" else value > values[name])]
    return f"{better[0]} is better than {name}" if better else ""


def _value(side: str, quote: Quote) -> Fraction:
    fee = Fraction(quote.taker_fee or 0)
    return Fraction(quote.ask or 0) * (1 + fee) if side == "buy" else Fraction(quote.bid or 0) * (1 - fee)


def _gaps(kind: str, said: list[Said], honest: dict[str, Said], tally: Tally, where: str) -> None:
    """Every gap in the main table must be between two who tell the truth, and pay by their own words."""
    key = PairKey("POL", "USDT")
    coins = {"USDT": Coin("USDT", kind="stablecoin"), "POL": Coin("POL", kind="stablecoin" if kind == "stable" else "coin")}
    board = Board({key: {each.name: each.quote for each in said}}, coins, {} if kind == "tail" else {"USDT": Decimal(1)})
    books = {key: {each.name: each.book for each in said if each.book}}
    for route in routes.crosses(Scene(board, books, NOW)):
        found = classes.judge(route, Facts(snapshots=2), NOW)
        if found.kind not in MAIN:
            continue
        tally.gaps += 1
        buy, sell = route.legs[0].exchange, route.legs[1].exchange
        if buy == sell or buy not in honest or sell not in honest or _value("sell", honest[sell].quote) <= _value("buy", honest[buy].quote):
            tally.wrong_gap += 1
            tally.examples.append(f"{where}: {kind} gap {buy} -> {sell}: {_told(said)}")


def _told(said: list[Said]) -> str:
    return "; ".join(f"{each.name} {each.quote.bid}/{each.quote.ask} x{each.off:.4g} {each.fault}".strip() for each in said)
