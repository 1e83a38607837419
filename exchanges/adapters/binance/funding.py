"""Binance's funding and open interest, both families.

The running rate stands in premiumIndex, the interval in fundingInfo, which names only contracts that differ from the rest:
eight hours is what its absence from that list means, and only when the list could be read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.errors import Garbled
from exchanges.numbers import column
from exchanges.reading import Column, Text, Token
from exchanges.rows import FundingRate, PerpTicker

UNADJUSTED_HOURS = Decimal(8)


# --- the running interval -------------------------------------------------------------------------------------------
class _Premium(Struct, gc=False):
    symbol: str
    rate: Text = field(name="lastFundingRate")
    next_at: Token = field(name="nextFundingTime", default=None)
    time: Token = None


_PREMIUMS = reading.Table(list, _Premium)
_NOTHING = ("", None, 0, "0")


def parse_rates(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """`lastFundingRate` is the rate of the running period, a fraction. Dated contracts have "" and 0: no rate, and no row."""
    _, wires, total = _PREMIUMS.read(body)
    dated = sum(wire.rate in ("", None) and wire.next_at in _NOTHING for wire in wires)
    wires = [wire for wire in reading.only_symbols(wires) if not (wire.rate in ("", None) and wire.next_at in _NOTHING)]
    columns: dict[str, Column] = {
        "rate": column([wire.rate for wire in wires], numbers.change),
        "next_funding_at": numbers.epochs([wire.next_at for wire in wires], "ms"),
        "exchange_ts": numbers.epochs([wire.time for wire in wires], "ms"),
    }
    return reading.from_columns(FundingRate, [wire.symbol for wire in wires], total - dated, columns)


# --- intervals ------------------------------------------------------------------------------------------------------
class _Interval(Struct, gc=False):
    symbol: str
    hours: Token = field(name="fundingIntervalHours")
    cap: Text = field(name="adjustedFundingRateCap", default=None)
    floor: Text = field(name="adjustedFundingRateFloor", default=None)


_INTERVALS = reading.Table(list, _Interval)


def intervals(*, inverse: bool) -> Callable[[bytes, Headers, Instruments], Parsed[FundingRate]]:
    """The reader of one family's fundingInfo: its rows, and the documented eight hours of every perpetual it leaves out."""

    def parse_intervals(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
        _, wires, total = _INTERVALS.read(body)
        wires = reading.only_symbols(wires)
        columns: dict[str, Column] = {
            "interval_hours": column([None if wire.hours is None else str(wire.hours) for wire in wires], numbers.price),
            "cap": column([wire.cap for wire in wires], numbers.change),
            "floor": column([wire.floor for wire in wires], numbers.change),
        }
        listed = reading.from_columns(FundingRate, [wire.symbol for wire in wires], total, columns, may_be_empty=True)
        return Parsed([*listed.rows, *_unlisted({wire.symbol for wire in wires}, known, inverse)], listed.dropped, listed.bad_fields)

    return parse_intervals


def _unlisted(listed: set[str], known: Instruments, inverse: bool) -> list[FundingRate]:
    alive = (each for each in known.values() if each.kind == "perp" and each.inverse is inverse and each.status in ("trading", "halted", "delisting"))
    return [FundingRate(each.symbol, interval_hours=UNADJUSTED_HOURS) for each in alive if each.symbol not in listed]


# --- history --------------------------------------------------------------------------------------------------------
class _Settled(Struct, gc=False):
    symbol: str
    rate: Text = field(name="fundingRate")
    time: Token = field(name="fundingTime")


_HISTORY = reading.Table(list, _Settled)


def parse_history(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """[{"symbol", "fundingRate", "fundingTime"}], oldest first; times are kept as they stand, some milliseconds past the hour."""
    _, wires, total = _HISTORY.read(body)
    times, _ = numbers.epochs([wire.time for wire in wires], "ms")
    kept = [(wire, at) for wire, at in zip(wires, times, strict=True) if at is not None and reading.are_symbols([wire.symbol])]
    columns: dict[str, Column] = {
        "rate": column([wire.rate for wire, _ in kept], numbers.change),
        "settled_at": ([at for _, at in kept], {}),
        "kind": (["settled"] * len(kept), {}),
    }
    return reading.from_columns(FundingRate, [wire.symbol for wire, _ in kept], total, columns, may_be_empty=True)


# --- open interest --------------------------------------------------------------------------------------------------
class _Interest(Struct):
    symbol: str
    amount: Text = field(name="openInterest")
    time: Token = None


class _Statistic(Struct):
    value: Text = field(name="sumOpenInterestValue")
    time: Token = field(name="timestamp", default=None)


_INTEREST, _STATISTICS = Decoder(_Interest), Decoder(list[_Statistic])


def parse_usdm_interest(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """{"symbol", "openInterest", "time"}: coins, of one contract."""
    found = reading.decode(body, _INTEREST)
    if not reading.are_symbols([found.symbol]):
        raise Garbled("no symbol")
    return _interest(found.symbol, found.amount, found.time)


def parse_coinm_interest(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """The newest of the five-minute statistics of a pair. Its "value" is coins here (and money in USD-M's list of the same name).

    COIN-M's own openInterest counts contracts and has no price beside it, so nobody could tell coins from it.
    """
    found, market = reading.decode(body, _STATISTICS), reading.asked(known)
    if not found:
        return Parsed([])
    newest = found[-1]
    return replace(_interest(market.symbol if market else "", newest.value, newest.time), at=reading.clock(newest.time, "ms"))


def _interest(symbol: str, text: Text, time: Token) -> Parsed[PerpTicker]:
    """One row; a number that is none is unknown, and said to be."""
    columns: dict[str, Column] = {"open_interest": column([text], numbers.size), "exchange_ts": ([reading.clock(time, "ms")], {})}
    return reading.from_columns(PerpTicker, [symbol], 1, columns)
