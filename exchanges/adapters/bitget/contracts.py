"""Bitget's futures catalogue and funding (v3: its coin-margined contracts exist only there). Facts of 2026-09.

Linear sizes are coins. A coin-margined contract is counted in dollars: one unit of quantity is 1 USD, whatever the coin.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Soft, Text, Token
from exchanges.rows import FundingRate, Instrument

R = TypeVar("R")
ONE = Decimal(1)


class _Reply(Struct, Generic[R]):
    data: list[R]


# --- instruments ------------------------------------------------------------------------------------------------
class _Contract(Struct):
    symbol: str
    category: str
    type: str
    base: str = field(name="baseCoin")
    quote: str = field(name="quoteCoin")
    status: str
    tick: Text = field(name="priceMultiplier", default=None)  # steps, despite their names
    lot: Text = field(name="quantityMultiplier", default=None)
    least: Text = field(name="minOrderQty", default=None)
    least_money: Text = field(name="minOrderAmount", default=None)
    maker: Text = field(name="makerFeeRate", default=None)
    taker: Text = field(name="takerFeeRate", default=None)
    opens: Token = field(name="launchTime", default=None)
    ends: Token = field(name="offTime", default=None)
    delivery: Token = field(name="deliveryTime", default=None)
    hours: Text = field(name="fundInterval", default=None)
    leverage: Text = field(name="maxLeverage", default=None)
    real: Text = field(name="isRwa", default=None)
    sort: Text = field(name="symbolType", default=None)


_CONTRACTS = reading.Table(_Reply, _Contract, lambda reply: reply.data)
_KIND = {"perpetual": "perp", "delivery": "future"}
_SETTLE = {"USDT-FUTURES": "USDT", "USDC-FUTURES": "USDC"}
_COINS = "COIN-FUTURES"
# limit_open: positions may only be closed, which is how a delisting begins.
_STATUS = {"listed": "pre_open", "online": "trading", "limit_open": "delisting", "offline": "delisted"}


def _contract(row: _Contract, soft: Soft) -> Instrument:
    if row.type not in _KIND or (row.category not in _SETTLE and row.category != _COINS):
        raise ValueError(f"{row.category} {row.type}")
    base, dated = reading.code(row.base), row.type == "delivery"
    return Instrument(
        row.symbol,
        base,
        reading.code(row.quote),
        kind=_KIND[row.type],
        status=_STATUS.get(row.status, "halted"),
        tick_size=soft(numbers.price, row.tick),
        lot_size=soft(numbers.price, row.lot),
        min_size=soft(numbers.price, row.least),
        min_notional=soft(numbers.price, row.least_money),
        maker_fee=soft(numbers.size, row.maker),
        taker_fee=soft(numbers.size, row.taker),
        contract_size=ONE,
        inverse=row.category == _COINS,
        settle=_SETTLE.get(row.category, base),
        expiry=soft(_time, row.delivery) if dated else None,
        funding_interval_hours=None if dated else soft(numbers.price, row.hours),
        max_leverage=soft(numbers.price, row.leverage),
        listed_at=soft(_time, row.opens),
        delist_at=soft(_time, row.ends),
        tokenised=(row.real or "").upper() == "YES" or (row.sort or "crypto") != "crypto",  # shares, metals, indices, and what is not listed yet
    )


def _time(value: Token) -> datetime | None:
    return numbers.epoch(None if value == "-1" else value, "ms")


def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """One family, perpetual and dated. launchTime is "" or "0" on old ones, offTime "-1" where no end is planned."""
    return reading.instruments(_CONTRACTS, body, _contract)


# --- funding ----------------------------------------------------------------------------------------------------
class _Rate(Struct):
    symbol: str
    rate: Text = field(name="fundingRate")
    hours: Text = field(name="fundingRateInterval", default=None)
    next: Token = field(name="nextUpdate", default=None)
    floor: Text = field(name="minFundingRate", default=None)
    cap: Text = field(name="maxFundingRate", default=None)


_RATES = reading.Table(_Reply, _Rate, lambda reply: reply.data)


def parse_funding(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """The running interval's rates of a family, a fraction per interval of so many hours.

    The list also has a dozen test contracts, which the catalogue lacks, and dated ones, whose nextUpdate is "0": neither
    is funded, and neither is a lost row.
    """
    _, wires, total = _RATES.read(body)
    funded = [wire for wire in wires if _is_funded(wire, known)]
    soft = Soft()
    rows = [_rate(wire, soft) for wire in reading.only_symbols(funded)]
    return reading.believable(rows, total - len(wires) + len(funded), soft.bad)


def _is_funded(wire: _Rate, known: Instruments) -> bool:
    if wire.next in ("0", 0):
        return False
    market = known.get(wire.symbol)
    return not known if market is None else market.kind == "perp"


def _rate(wire: _Rate, soft: Soft) -> FundingRate:
    bad: list[str] = []
    values = {
        name: _kept(name, bad, soft, read, text)
        for name, read, text in (
            ("rate", numbers.change, wire.rate), ("interval_hours", numbers.price, wire.hours), ("next_funding_at", _time, wire.next),
            ("cap", numbers.change, wire.cap), ("floor", numbers.change, wire.floor),
        )
    }  # fmt: skip
    return FundingRate(wire.symbol, bad=tuple(bad), **values)


def _kept(name: str, bad: list[str], soft: Soft, read: Any, text: Token) -> Any:
    before = soft.bad
    value = soft(read, text)
    bad += [name] * (soft.bad - before)
    return value


# --- settled funding --------------------------------------------------------------------------------------------
class _Settled(Struct):
    symbol: str
    rate: Text = field(name="fundingRate")
    at: Token = field(name="fundingRateTimestamp")


class _Page(Struct, Generic[R]):
    rows: list[R] = field(name="resultList")


class _Pages(Struct, Generic[R]):
    data: _Page[R]


_HISTORY = reading.Table(_Pages, _Settled, lambda reply: reply.data.rows)


def parse_history(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """What was paid, newest first; a contract that has not been funded yet has an empty list."""
    _, wires, total = _HISTORY.read(body)
    soft = Soft()
    rows: dict[tuple[str, datetime], FundingRate] = {}
    for wire in wires:
        at = soft(_time, wire.at)
        if at is not None and reading.are_symbols([wire.symbol]):
            rows[wire.symbol, at] = FundingRate(wire.symbol, rate=soft(numbers.change, wire.rate), kind="settled", settled_at=at)
    return reading.believable(list(rows.values()), total, soft.bad, may_be_empty=True)
