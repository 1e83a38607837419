"""What an answer should have said: from the simulator's own prices and from what left it, in exact fractions. No line of Pebble's judgement.

An exchange's price is as old as the last list of prices that left it whole: at most since then, at least since the instant that list
was of. Where an age between the two would make another state, either is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from exchanges.simulator.universe import Market
from exchanges.simulator.writers import WRITERS
from markets.analysis.best import Comparison
from tests.drills.small import small
from tests.drills.world import World

AGES = ((30.0, "fresh"), (60.0, "aging"), (900.0, "stale"))
SLACK_S = 0.2  # the way there and back, and the two clocks


@dataclass(frozen=True)
class Truth:
    """One exchange's price of one pair and the states it may be in; `states` is one nearly always."""

    exchange: str
    bid: Fraction
    ask: Fraction
    states: frozenset[str]


def state(age: float) -> str:
    """Fresh for three periods of ten seconds, aging for six, stale for a quarter of an hour."""
    return next((name for limit, name in AGES if age <= limit), "expired")


def truths(world: World, base: str) -> dict[str, Truth]:
    """What is true of a coin's USDT pair now, by exchange; nothing of those that never told a price."""
    found = {}
    for slug, market in listed(base).items():
        if told := world.network.told.get(slug):
            left, now = min(told.values())
            tick = now // WRITERS[slug].SNAPSHOT_S * WRITERS[slug].SNAPSHOT_S
            quote = world.network.simulator.prices.quote(market, tick)
            ages = (world.clock.elapsed - left - SLACK_S, world.clock.elapsed - left + now - tick + SLACK_S)
            found[slug] = Truth(slug, exact(quote.bid, market), exact(quote.ask, market), frozenset(map(state, ages)))
    return found


def listed(base: str) -> dict[str, Market]:
    """Where a coin trades."""
    found = {slug: next((m for m in markets if m.base == base), None) for slug, markets in small().markets.items()}
    return {slug: market for slug, market in found.items() if market is not None}


def exact(price: float | None, market: Market) -> Fraction:
    """A price on its own ticks, as a fraction."""
    assert price is not None, f"{market.symbol} has both sides"
    return Fraction(round(price * 10**market.digits), 10**market.digits)


def complaints(answer: Comparison, known: Mapping[str, Truth], net: bool) -> list[str]:
    """What is wrong with an answer; nothing when it is right and every old price is marked."""
    rows = {row.quote.exchange: row for row in answer.rows}
    said = [f"{name} is missing" for name in known if name not in rows]
    said += [f"{name} is {rows[name].state}, not {'/'.join(t.states)}" for name, t in known.items() if name in rows and rows[name].state not in t.states]
    said += [f"{name} never told a price" for name, row in rows.items() if row.rank and name not in known]
    states = {name: rows[name].state for name in known if name in rows}
    pool = [name for name in states if states[name] == "fresh"] or [name for name in states if states[name] == "aging"]
    said += [f"{name} is ranked although {states[name]}" for name in states if rows[name].rank and name not in pool]
    said += [f"{name} has no price or no age" for name in states if rows[name].age_s is None]
    said += [f"{name} is left out without a reason" for name in states if not rows[name].rank and not rows[name].reason]
    fresh = [name for name in pool if states[name] == "fresh"]
    if answer.live != len(fresh):
        said.append(f"{answer.live} live, not {len(fresh)}")
    return said or [*_winner(answer, known, pool, "buy", net), *_winner(answer, known, pool, "sell", net)]


def _winner(answer: Comparison, known: Mapping[str, Truth], pool: list[str], side: str, net: bool) -> list[str]:
    shown = answer.best_buy if side == "buy" else answer.best_sell
    if not pool or shown is None:
        return [] if not pool and shown is None else [f"{side}: {shown and shown.exchange} where {len(pool)} may be ranked"]
    fees = {row.quote.exchange: Fraction(row.quote.taker_fee or 0) for row in answer.rows}

    def price(name: str) -> Fraction:
        plain, fee = (known[name].ask, 1 + fees[name]) if side == "buy" else (known[name].bid, 1 - fees[name])
        return plain * fee if net else plain

    best = (min if side == "buy" else max)(price(name) for name in pool)
    plain = known[shown.exchange].ask if side == "buy" else known[shown.exchange].bid
    if price(shown.exchange) != best or Fraction(shown.price) != plain:
        return [f"{side}: {shown.exchange} at {shown.price}, but {float(best)} is best"]
    return []
