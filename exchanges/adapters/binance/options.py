"""Binance's options: a catalogue, prices, marks with volatilities, and open interest by underlying and day of expiry.

Unlike everywhere else at Binance the change of a day is a fraction here, and a volatility of -1 means that there is none.
Prices are of one contract, which is `unit` coins: 1,000 of DOGE and 100 of XRP, where a tick of 0.01 would else be a tenth of
the coin. The fee's formula says so as well: it caps a part of index times unit by a part of the option's price alone.
"""

from __future__ import annotations

from decimal import Decimal, Overflow
from typing import Any, Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed, Request
from exchanges.numbers import column
from exchanges.reading import Column, Soft, Text, Token
from exchanges.rows import Instrument, OptionTicker

R = TypeVar("R")

_SIDES = {"CALL": "call", "PUT": "put"}


# --- instruments ----------------------------------------------------------------------------------------------------
class _Filter(Struct, gc=False):
    kind: str = field(name="filterType", default="")
    tick: Text = field(name="tickSize", default=None)
    step: Text = field(name="stepSize", default=None)
    min_size: Text = field(name="minQty", default=None)


class _Option(Struct, kw_only=True):
    symbol: str
    underlying: str
    side: str
    quote: str = field(name="quoteAsset")
    strike: Text = field(name="strikePrice")
    expires: Token = field(name="expiryDate")
    unit: Token = None  # coins in one contract
    status: Text = None
    maker: Text = field(name="makerFeeRate", default=None)
    taker: Text = field(name="takerFeeRate", default=None)
    filters: list[_Filter] = []


class _Info(Struct, Generic[R]):
    options: list[R] = field(name="optionSymbols")


class _Underlying(Struct):
    name: str = field(name="underlying")
    base: str = field(name="baseAsset")
    settle: Text = field(name="settleAsset", default=None)


class _Underlyings(Struct):
    contracts: list[_Underlying] = field(name="optionContracts")


_OPTIONS, _UNDERLYINGS = reading.Table(_Info, _Option, lambda reply: reply.options, nested=("filters",)), Decoder(_Underlyings)
_NO_FILTER = _Filter()


def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """Every option of exchangeInfo; what its coin is called stands in another list of the same reply."""
    underlyings = {each.name: each for each in reading.decode(body, _UNDERLYINGS).contracts}
    return reading.instruments(_OPTIONS, body, lambda row, soft: _instrument(row, soft, underlyings))


def _instrument(row: _Option, soft: Soft, underlyings: dict[str, _Underlying]) -> Instrument:
    if row.underlying not in underlyings or row.side not in _SIDES:
        raise ValueError(row.symbol)
    underlying, filters = underlyings[row.underlying], {each.kind: each for each in row.filters}
    lot = filters.get("LOT_SIZE", _NO_FILTER)
    return Instrument(
        row.symbol, reading.code(underlying.base), reading.code(row.quote), kind="option",
        status="trading" if row.status in (None, "", "TRADING") else "halted",
        tick_size=soft(numbers.price, filters.get("PRICE_FILTER", _NO_FILTER).tick), lot_size=soft(numbers.price, lot.step),
        min_size=soft(numbers.price, lot.min_size), maker_fee=soft(numbers.number, row.maker), taker_fee=soft(numbers.number, row.taker),
        contract_size=soft(numbers.price, None if row.unit is None else str(row.unit)),
        settle=reading.code(underlying.settle) if underlying.settle else None, underlying=reading.title(row.underlying),
        expiry=soft(numbers.epoch, row.expires, "ms"), strike=soft(numbers.price, row.strike), option_type=_SIDES[row.side],
    )  # fmt: skip


# --- prices ---------------------------------------------------------------------------------------------------------
class _Ticker(Struct, gc=False):
    symbol: str
    bid: Text = field(name="bidPrice")
    ask: Text = field(name="askPrice")
    last: Text = field(name="lastPrice", default=None)
    volume: Text = None
    amount: Text = None
    change: Text = field(name="priceChangePercent", default=None)
    index: Text = field(name="exercisePrice", default=None)
    closes: Token = field(name="closeTime", default=None)


_TICKERS = reading.Table(list, _Ticker)


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[OptionTicker]:
    """`volume` is contracts, `amount` money, no sizes. `exercisePrice` is the index until an hour before the end, then its mean."""
    wires, total = _read(_TICKERS, body)
    prices = {name: column([getattr(wire, name) for wire in wires], numbers.price) for name in ("bid", "ask", "last")}
    columns: dict[str, Column] = {name: _of_a_coin(wires, found, known) for name, found in prices.items()} | {
        "index_price": column([wire.index for wire in wires], numbers.price),
        "base_volume_24h": _in_coins(wires, column([wire.volume for wire in wires], numbers.size), known),
        "quote_volume_24h": column([wire.amount for wire in wires], numbers.size),
        "change_24h_pct": column([wire.change for wire in wires], numbers.percent),
        "exchange_ts": numbers.epochs([wire.closes for wire in wires], "ms"),
    }
    return reading.from_columns(OptionTicker, [wire.symbol for wire in wires], total, columns)


# --- marks ----------------------------------------------------------------------------------------------------------
class _Mark(Struct, gc=False):
    symbol: str
    mark: Text = field(name="markPrice")
    mark_iv: Text = field(name="markIV", default=None)
    bid_iv: Text = field(name="bidIV", default=None)
    ask_iv: Text = field(name="askIV", default=None)
    delta: Text = None
    gamma: Text = None
    vega: Text = None
    theta: Text = None


_MARKS = reading.Table(list, _Mark)


def parse_marks(body: bytes, headers: Headers, known: Instruments) -> Parsed[OptionTicker]:
    """Mark prices, volatilities as ratios a year, and the greeks as they stand there."""
    wires, total = _read(_MARKS, body)
    columns = {name: column([getattr(wire, name) for wire in wires], numbers.change) for name in ("delta", "gamma", "vega", "theta")}
    columns |= {name: _volatility([getattr(wire, name) for wire in wires]) for name in ("mark_iv", "bid_iv", "ask_iv")}
    columns["mark_price"] = _of_a_coin(wires, column([wire.mark for wire in wires], numbers.price), known)
    return reading.from_columns(OptionTicker, [wire.symbol for wire in wires], total, columns)


def _volatility(texts: list[Text]) -> Column:
    values, wrong = column(texts, numbers.change)
    return [value if value is not None and value > 0 else None for value in values], wrong


# --- open interest --------------------------------------------------------------------------------------------------
class _Interest(Struct, gc=False):
    symbol: str
    amount: Text = field(name="sumOpenInterest")


class _Series(Struct, gc=False):
    underlying: str
    expires: Token = field(name="expiryDate")


class _Contents(Struct):
    contracts: list[_Underlying] = field(name="optionContracts")
    options: list[_Series] = field(name="optionSymbols")


_INTERESTS, _CONTENTS = reading.Table(list, _Interest), Decoder(_Contents)


def parse_interest(body: bytes, headers: Headers, known: Instruments) -> Parsed[OptionTicker]:
    """[{"symbol", "sumOpenInterest", ...}] in contracts, of one underlying and day; the catalogue that leads there has no rows."""
    if _is_contents(body):
        reading.decode(body, _CONTENTS)
        return Parsed([])
    wires, total = _read(_INTERESTS, body)
    contracts = column([wire.amount for wire in wires], numbers.size)
    columns = {"open_interest": _in_coins(wires, contracts, known)}
    return reading.from_columns(OptionTicker, [wire.symbol for wire in wires], total, columns, may_be_empty=True)


def interest_pages(body: bytes, request: Request) -> tuple[Request, ...]:
    """One request for each underlying and day of expiry in the catalogue, the nearest days first."""
    if not _is_contents(body):
        return ()
    contents = reading.decode(body, _CONTENTS)
    bases = {each.name: each.base for each in contents.contracts}
    series = {(at, bases[each.underlying]) for each in contents.options if each.underlying in bases and (at := reading.clock(each.expires, "ms"))}
    asked = {(f"{at:%y%m%d}", base): None for at, base in sorted(series)}
    return tuple(Request(request.host, "/eapi/v1/openInterest", (("underlyingAsset", base), ("expiration", day))) for day, base in asked)


def _is_contents(body: bytes) -> bool:
    return body.lstrip()[:1] == b"{"


# --- what they share ------------------------------------------------------------------------------------------------
def _read(table: reading.Table[Any], body: bytes) -> tuple[list[Any], int]:
    _, wires, total = table.read(body)
    return reading.only_symbols(wires), total


def _in_coins(wires: list[Any], contracts: Column, known: Instruments) -> Column:
    """Contracts as coins; unknown where the contract is."""
    values, wrong = contracts[0], dict(contracts[1])
    for index, (wire, value) in enumerate(zip(wires, values, strict=True)):
        market = known.get(wire.symbol)
        try:
            values[index] = _times(value, market.contract_size if market else None)
        except Overflow:
            values[index], wrong[index] = None, str(value)
    return values, wrong


def _of_a_coin(wires: list[Any], prices: Column, known: Instruments) -> Column:
    """Prices of a contract as prices of a coin; unknown where the contract is."""
    units = [market.contract_size if (market := known.get(wire.symbol)) else None for wire in wires]
    return [None if price is None or not unit else numbers.stored(price / unit) for price, unit in zip(prices[0], units, strict=True)], prices[1]


def _times(contracts: Decimal | None, unit: Decimal | None) -> Decimal | None:
    return None if contracts is None or unit is None else numbers.stored(contracts * unit)
