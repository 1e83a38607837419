"""Binance's perpetuals and dated futures: USD-M, which counts coins, and COIN-M, which counts contracts of 100 or 10 dollars.

Of both, no single list has everything: best prices, marks and the last day come from three.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, Overflow
from typing import Generic, TypeVar

from msgspec import Struct, field

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.numbers import column
from exchanges.reading import Column, Soft, Text, Token
from exchanges.rows import Instrument, PerpTicker

R = TypeVar("R")

# A perpetual's delivery date is 2100-12-25 (one row was seen two seconds later); an earlier one is its announced end.
_NEVER = datetime.fromisoformat("2100-12-25T08:00:00+00:00")
_COINS = {"COIN", "PREMARKET", ""}  # everything else is a share, a commodity, or an index of several coins
_STATUS = {
    "PENDING_TRADING": "pre_open", "TRADING": "trading", "PRE_DELIVERING": "delisting", "DELIVERING": "delisting", "PRE_SETTLE": "delisting",
    "DELIVERED": "delisted", "SETTLING": "delisted", "CLOSE": "delisted",  # SETTLING: a perpetual that ended stays in it for years
}  # fmt: skip


# --- instruments --------------------------------------------------------------------------------------------------
class _Filter(Struct, gc=False):
    kind: str = field(name="filterType", default="")
    tick: Text = field(name="tickSize", default=None)
    step: Text = field(name="stepSize", default=None)
    min_size: Text = field(name="minQty", default=None)
    notional: Text = None


class _Contract(Struct, kw_only=True):
    symbol: str
    pair: Text = None
    type: Text = field(name="contractType", default=None)
    base: str = field(name="baseAsset")
    quote: str = field(name="quoteAsset")
    margin: Text = field(name="marginAsset", default=None)
    status: Text = None
    contract_status: Text = field(name="contractStatus", default=None)  # what COIN-M calls it
    size: Token = field(name="contractSize", default=None)  # COIN-M only: dollars
    ends: Token = field(name="deliveryDate", default=None)
    opened: Token = field(name="onboardDate", default=None)
    underlying: Text = field(name="underlyingType", default=None)
    filters: list[_Filter] = []


class _Info(Struct, Generic[R]):
    symbols: list[R]


_CONTRACTS = reading.Table(_Info, _Contract, lambda reply: reply.symbols, nested=("filters",))
_NO_FILTER = _Filter()


def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """Either family's exchangeInfo. No funding interval stands there: `funding` knows it."""
    return reading.instruments(_CONTRACTS, body, _instrument)


def _instrument(row: _Contract, soft: Soft) -> Instrument:
    filters = {each.kind: each for each in row.filters}
    lot = filters.get("LOT_SIZE", _NO_FILTER)
    ends = soft(numbers.epoch, row.ends, "ms")
    ends = None if ends is None or ends >= _NEVER else ends
    perpetual = "PERPETUAL" in row.type if row.type else ends is None  # the type is empty on a few odd ones
    return Instrument(
        row.symbol, reading.code(row.base), reading.code(row.quote), kind="perp" if perpetual else "future",
        status=_STATUS.get(row.status or row.contract_status or "", "halted"),
        tick_size=soft(numbers.price, filters.get("PRICE_FILTER", _NO_FILTER).tick),
        lot_size=soft(numbers.price, lot.step), min_size=soft(numbers.price, lot.min_size),
        min_notional=soft(numbers.price, filters.get("MIN_NOTIONAL", _NO_FILTER).notional),
        contract_size=Decimal(1) if row.size is None else soft(numbers.price, str(row.size)), inverse=row.size is not None,
        settle=reading.code(row.margin) if row.margin else None, index=reading.title(row.pair),
        expiry=None if perpetual else ends, delist_at=ends if perpetual else None, listed_at=soft(numbers.epoch, row.opened, "ms"),
        tokenised="TRADIFI" in (row.type or "") or (row.underlying or "") not in _COINS,
    )  # fmt: skip


# --- best bid and ask -----------------------------------------------------------------------------------------------
class _Quote(Struct, gc=False):
    symbol: str
    bid: Text = field(name="bidPrice")
    ask: Text = field(name="askPrice")
    bid_size: Text = field(name="bidQty", default=None)
    ask_size: Text = field(name="askQty", default=None)
    time: Token = None


_QUOTES = reading.Table(list, _Quote)


def parse_usdm_quotes(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """[{"symbol", "bidPrice", "bidQty", "askPrice", "askQty", "time"}]: coins; `time` is the symbol's last change."""
    wires, total = _read(_QUOTES, body)
    return reading.from_columns(PerpTicker, _symbols(wires), total, _quote(wires))


def parse_coinm_quotes(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """The same with sizes in contracts: without its instrument a contract's sizes stay unknown."""
    wires, total = _read(_QUOTES, body)
    columns, money = _quote(wires), _money(wires, known)
    sides = {f"{side}_size": _in_coins(columns[f"{side}_size"], money, columns[side]) for side in ("bid", "ask")}
    return reading.from_columns(PerpTicker, _symbols(wires), total, columns | sides)


def _quote(wires: list[_Quote]) -> dict[str, Column]:
    return {
        "bid": column([wire.bid for wire in wires], numbers.price),
        "bid_size": column([wire.bid_size for wire in wires], numbers.size),
        "ask": column([wire.ask for wire in wires], numbers.price),
        "ask_size": column([wire.ask_size for wire in wires], numbers.size),
        "exchange_ts": numbers.epochs([wire.time for wire in wires], "ms"),
    }


# --- marks ----------------------------------------------------------------------------------------------------------
class _Mark(Struct, gc=False):
    symbol: str
    mark: Text = field(name="markPrice")
    index: Text = field(name="indexPrice")
    time: Token = None


_MARKS = reading.Table(list, _Mark)


def parse_marks(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """The prices of premiumIndex, either family; its funding rates are another source."""
    wires, total = _read(_MARKS, body)
    columns: dict[str, Column] = {
        "mark_price": column([wire.mark for wire in wires], numbers.price),
        "index_price": column([wire.index for wire in wires], numbers.price),
        "exchange_ts": numbers.epochs([wire.time for wire in wires], "ms"),
    }
    return reading.from_columns(PerpTicker, _symbols(wires), total, columns)


# --- the last day ---------------------------------------------------------------------------------------------------
class _Day(Struct, gc=False):
    symbol: str
    last: Text = field(name="lastPrice")
    volume: Text
    base_volume: Text = field(name="baseVolume", default=None)
    quote_volume: Text = field(name="quoteVolume", default=None)
    change: Text = field(name="priceChangePercent", default=None)
    high: Text = field(name="highPrice", default=None)
    low: Text = field(name="lowPrice", default=None)
    closes: Token = field(name="closeTime", default=None)


_DAYS = reading.Table(list, _Day)


def parse_usdm_days(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """ticker/24hr: no bid or ask here. `volume` is coins, `quoteVolume` money; `closeTime` moves with trades only."""
    wires, total = _read(_DAYS, body)
    volumes = {
        "base_volume_24h": column([wire.volume for wire in wires], numbers.size),
        "quote_volume_24h": column([wire.quote_volume for wire in wires], numbers.size),
    }
    return reading.from_columns(PerpTicker, _symbols(wires), total, _day(wires) | volumes)


def parse_coinm_days(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """Here `volume` is contracts and `baseVolume` coins; the money is contracts times their size, no field has it."""
    wires, total = _read(_DAYS, body)
    volumes = {
        "base_volume_24h": column([wire.base_volume for wire in wires], numbers.size),
        "quote_volume_24h": _in_money(column([wire.volume for wire in wires], numbers.size), _money(wires, known)),
    }
    return reading.from_columns(PerpTicker, _symbols(wires), total, _day(wires) | volumes)


def _day(wires: list[_Day]) -> dict[str, Column]:
    return {
        "last": column([wire.last for wire in wires], numbers.price),
        "change_24h_pct": column([wire.change for wire in wires], numbers.change),
        "high_24h": column([wire.high for wire in wires], numbers.price),
        "low_24h": column([wire.low for wire in wires], numbers.price),
        "exchange_ts": numbers.epochs([wire.closes for wire in wires], "ms"),
    }


# --- what they share ------------------------------------------------------------------------------------------------
W = TypeVar("W", _Quote, _Mark, _Day)


def _read(table: reading.Table[W], body: bytes) -> tuple[list[W], int]:
    _, wires, total = table.read(body)
    return reading.only_symbols(wires), total


def _symbols(wires: list[W]) -> list[str]:
    return [wire.symbol for wire in wires]


def _money(wires: list[W], known: Instruments) -> list[Decimal | None]:
    """What one contract of each row is worth in dollars; None when nobody knows the row's contract."""
    found = (known.get(wire.symbol) for wire in wires)
    return [each.contract_size if each is not None and each.inverse else None for each in found]


def _in_coins(contracts: Column, money: list[Decimal | None], prices: Column) -> Column:
    """Contracts at a price, as coins: so much money buys them there."""
    values, wrong = contracts[0], dict(contracts[1])
    for index, (lots, size, price) in enumerate(zip(values, money, prices[0], strict=True)):
        try:
            values[index] = numbers.stored(lots * size / price) if lots is not None and size and price else None
        except Overflow:
            values[index], wrong[index] = None, f"{lots} x {size}"
    return values, wrong


def _in_money(contracts: Column, money: list[Decimal | None]) -> Column:
    return _in_coins(contracts, money, ([Decimal(1)] * len(money), {}))
