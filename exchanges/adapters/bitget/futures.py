"""Bitget's futures tickers (v3): one shape for linear contracts, which are counted in coins, and for coin-margined ones.

An order for a coin-margined contract is written in dollars; what its ticker counts in is nowhere written. It need not be:
turnover over volume is a price when the volume is coins, volume over turnover when it is dollars. Where neither is a price
between the day's low and high, volumes and open interest stay unknown. Facts of 2026-09.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, Overflow
from typing import Any, Generic, TypeVar

from msgspec import Struct, field, structs

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.numbers import column
from exchanges.reading import Column, Token
from exchanges.rows import PerpTicker

R = TypeVar("R")
ZERO, SLACK = Decimal(0), Decimal("0.01")


class _Reply(Struct, Generic[R]):
    data: list[R]
    answered: Token = field(name="requestTime", default=None)


_TICKERS = reading.Table(
    _Reply,
    reading.wire_ticker(
        symbol="symbol",
        bid="bid1Price",
        bid_size="bid1Size",
        ask="ask1Price",
        ask_size="ask1Size",
        last="lastPrice",
        mark_price="markPrice",
        index_price="indexPrice",
        open_interest="openInterest",
        base_volume="volume24h",
        quote_volume="turnover24h",
        change="price24hPcnt",  # fraction
        high="highPrice24h",
        low="lowPrice24h",
        time="ts",
    ),
    lambda reply: reply.data,
)
_READ = {
    "bid": ("bid", numbers.price), "bid_size": ("bid_size", numbers.size), "ask": ("ask", numbers.price), "ask_size": ("ask_size", numbers.size),
    "last": ("last", numbers.price), "mark_price": ("mark_price", numbers.price), "index_price": ("index_price", numbers.price),
    "open_interest": ("open_interest", numbers.size), "base_volume_24h": ("base_volume", numbers.size),
    "quote_volume_24h": ("quote_volume", numbers.size), "change_24h_pct": ("change", numbers.percent),
    "high_24h": ("high", numbers.price), "low_24h": ("low", numbers.price),
}  # fmt: skip


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """Linear contracts: sizes, volumes and open interest in coins. Where `ts` is "0" the reply's own time stands in."""
    reply, wires, total = _TICKERS.read(body)
    wires = reading.only_symbols(wires)
    columns: dict[str, Column] = {ours: column([getattr(wire, name) for wire in wires], read) for ours, (name, read) in _READ.items()}
    columns["exchange_ts"] = _times(wires, reply.answered)
    bad: dict[int, tuple[str, ...]] = {}
    for name, (_, wrong) in columns.items():
        for index in wrong:
            bad[index] = (*bad.get(index, ()), name)
    values = zip(*(values for values, _ in columns.values()), strict=True)
    rows = [
        PerpTicker(wire.symbol, **dict(zip(columns, row, strict=True)), bad=bad.get(index, ()))
        for index, (wire, row) in enumerate(zip(wires, values, strict=True))
    ]
    return reading.believable(rows, total, sum(map(len, bad.values())))


def _times(wires: list[Any], answered: Token) -> Column:
    at = reading.clock(answered, "ms")
    times, wrong = numbers.epochs([wire.time for wire in wires], "ms")
    return [time or (None if index in wrong else at) for index, time in enumerate(times)], wrong


# --- coin-margined ------------------------------------------------------------------------------------------------
def parse_inverse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """Coin-margined contracts, everything turned into coins."""
    parsed = parse_tickers(body, headers, known)
    return replace(parsed, rows=[_in_coins(row) for row in parsed.rows])


def _in_coins(row: PerpTicker) -> PerpTicker:
    volume, turnover = row.base_volume_24h, row.quote_volume_24h
    coins = counts_coins(volume, turnover, row.low_24h, row.high_24h)
    if coins:
        return row
    idle = volume == turnover == ZERO
    return structs.replace(
        row,
        bid_size=_over(row.bid_size, row.bid),
        ask_size=_over(row.ask_size, row.ask),
        open_interest=None if coins is None else _over(row.open_interest, row.mark_price),
        base_volume_24h=turnover if coins is False or idle else None,
        quote_volume_24h=volume if coins is False or idle else None,
    )


def counts_coins(volume: Decimal | None, turnover: Decimal | None, low: Decimal | None, high: Decimal | None) -> bool | None:
    """Whether a volume is in coins (True) or in money (False); None where the prices of the time do not tell."""
    if not (volume and turnover and low and high):
        return None
    coins, money = (low * (1 - SLACK) <= price <= high * (1 + SLACK) for price in (_ratio(turnover, volume), _ratio(volume, turnover)))
    return None if coins == money else coins


def _ratio(one: Decimal, other: Decimal) -> Decimal:
    return numbers.EXACT.divide(one, other)


def _over(money: Decimal | None, price: Decimal | None) -> Decimal | None:
    try:
        return None if money is None or not price else numbers.stored(_ratio(money, price))
    except Overflow:  # no amount of coins anybody has
        return None
