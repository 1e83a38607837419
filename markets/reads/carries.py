"""The positions that can be held against each other on one coin, and what a chosen two of them come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markets import read
from markets.analysis import carry, quality, verdict
from markets.analysis.carry import Carry, Position
from markets.analysis.derivatives import Contract, age_s, flags, freshness
from markets.analysis.fees import Fees, charged
from markets.analysis.funding import OLD, Cell, Line, fee_of
from markets.board import PairKey
from markets.method import current_method


@dataclass(frozen=True)
class Legs:
    """By name (kind:exchange:symbol): what can be bought (spot and perpetuals) and what can be sold short (perpetuals and dated futures)."""

    buy: Mapping[str, Position]
    sell: Mapping[str, Position]


def legs(line: Line, dated: Iterable[Contract], now: datetime, fees: Fees) -> Legs:
    """Only what is known to be this coin, is not old, and trades. Thin ones are there: the amount is the visitor's."""
    perps = [_perp(cell) for cell in line.cells.values() if cell.reason in ("", "thin")]
    futures = [_future(row, fees) for row in dated if row.quote == line.quote and _counts(row, now)]
    return Legs(_named([*_spots(PairKey(line.base, line.quote), now, fees), *perps]), _named([*perps, *futures]))


def usual(line: Line, found: Legs) -> tuple[str, str]:
    """The two that are shown unasked: the cheapest spot against the perpetual that pays most; without spot the line's best route."""
    spots = [(position.price * (1 + (position.taker_fee or 0)), name) for name, position in found.buy.items() if position.kind == "spot" and position.price]
    paying = [(position.hourly, name) for name, position in found.sell.items() if position.hourly is not None]
    if spots and paying:
        return min(spots)[1], max(paying)[1]
    return (_name(_perp(line.route.long)), _name(_perp(line.route.short))) if line.route else ("", "")


def come_to(found: Legs, pair: tuple[str, str], amount: Decimal, days: Decimal, now: datetime) -> Carry | None:
    """What the two chosen come to; None where one is not there now, both are the same, or a rate is not known."""
    long, short = found.buy.get(pair[0]), found.sell.get(pair[1])
    return None if long is None or short is None or pair[0] == pair[1] else carry.carry(long, short, amount, days, now)


def _named(positions: Sequence[Position]) -> dict[str, Position]:
    return {_name(position): position for position in positions}


def _name(position: Position) -> str:
    return f"{position.kind}:{position.exchange}:{position.symbol}"


def _spots(key: PairKey, now: datetime, fees: Fees) -> list[Position]:
    """What a comparison of the pair would rank, known to be this coin: no price in dispute, none that stands apart."""
    board = read.board()
    quotes = charged(board.pairs.get(key, {}), fees)
    judged = verdict.judge(quotes, now, current_method(), board.usd.get(key.quote), board.is_stable(key))
    fine = [look.quote for look in judged.ranked if look.quote.identity in quality.KNOWN]
    return [Position(exchange=q.exchange, symbol=q.symbol, kind="spot", price=q.ask, taker_fee=q.taker_fee) for q in fine]


def _perp(cell: Cell) -> Position:
    row = cell.contract
    return Position(exchange=row.exchange, symbol=row.symbol, kind="perp", price=cell.price, taker_fee=cell.taker_fee, hourly=cell.hourly)


def _future(row: Contract, fees: Fees) -> Position:
    price, fee = row.mark_price or row.last, fee_of(row, fees)
    return Position(exchange=row.exchange, symbol=row.symbol, kind="future", price=price, taker_fee=fee, expiry=row.expiry)


def _counts(row: Contract, now: datetime) -> bool:
    """In order, known and not old."""
    return not flags(row) and freshness(age_s(row.observed_at, now), row.period_s, current_method()) not in OLD
