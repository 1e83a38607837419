"""KuCoin's perpetuals and dated futures in whole: contracts/active says nearly everything, allTickers adds bid and ask.

Sizes are lots: times `multiplier` coins, or 1 USD each where the contract is inverse (its multiplier reads -1). Numbers are
JSON floats, some with exponents. Bitcoin is called XBT here and stays so in the row. Facts of 2026-09.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, Overflow
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.numbers import BadNumber
from exchanges.reading import Flag, Soft, Text, Token
from exchanges.rows import FundingRate, Instrument, PerpTicker

R = TypeVar("R")
V = TypeVar("V")

DATED = "FFICSX"  # every other type seen is FFWCSX, a perpetual
STATUS = {
    "Init": "pre_open", "Open": "trading", "CancelOnly": "halted", "Paused": "halted", "BeingSettled": "delisting", "Settled": "delisted",
    "Closed": "delisted",
}  # fmt: skip
GOLD_COINS = {"PAXG", "XAUT"}  # the exchange files them under METAL; they are coins
HOUR_MS = Decimal(3_600_000)


class _Contract(Struct, kw_only=True):
    """One row of contracts/active. New fields appear every few months: what is not needed is not looked at."""

    symbol: str
    type: Text = None
    base: str = field(name="baseCurrency")
    quote: str = field(name="quoteCurrency")
    settle: Text = field(name="settleCurrency", default=None)
    status: Text = None
    stage: Text = field(name="marketStage", default=None)
    asset: Text = field(name="assetClass", default=None)
    inverse: Flag = field(name="isInverse", default=None)
    multiplier: Text = None
    tick: Text = field(name="tickSize", default=None)
    lot: Text = field(name="lotSize", default=None)
    maker: Text = field(name="makerFeeRate", default=None)
    taker: Text = field(name="takerFeeRate", default=None)
    leverage: Text = field(name="maxLeverage", default=None)
    opened: Token = field(name="firstOpenDate", default=None)
    expires: Token = field(name="expireDate", default=None)
    index_symbol: Text = field(name="indexSymbol", default=None)
    rate: Text = field(name="fundingFeeRate", default=None)
    next_at: Token = field(name="nextFundingRateDateTime", default=None)  # nextFundingRateTime beside it is a countdown
    interval: Token = field(name="currentFundingRateGranularity", default=None)
    interval_once: Token = field(name="fundingRateGranularity", default=None)
    cap: Text = field(name="fundingRateCap", default=None)
    floor: Text = field(name="fundingRateFloor", default=None)
    lots: Text = field(name="openInterest", default=None)
    volume: Text = field(name="volumeOf24h", default=None)
    turnover: Text = field(name="turnoverOf24h", default=None)
    mark: Text = field(name="markPrice", default=None)
    index: Text = field(name="indexPrice", default=None)
    last: Text = field(name="lastTradePrice", default=None)
    high: Text = field(name="highPrice", default=None)
    low: Text = field(name="lowPrice", default=None)
    change: Text = field(name="priceChgPct", default=None)

    @property
    def dated(self) -> bool:
        """Whether it ends on a day."""
        return self.type == DATED

    @property
    def early(self) -> bool:
        """Whether it trades before its coin does: its index is then its own last price."""
        return (self.stage or "NORMAL") != "NORMAL"


class _Rows(Struct, Generic[R]):
    data: list[R]


_CONTRACTS = reading.Table(_Rows, _Contract, lambda reply: reply.data)


class _Reader:
    """Reads the numbers of one row; what is no number is None, and its name is kept in `bad`."""

    def __init__(self) -> None:
        self.bad: tuple[str, ...] = ()

    def __call__(self, name: str, read: Callable[..., V | None], *wire: Any) -> V | None:
        try:
            return read(*wire)
        except BadNumber:
            self.bad = (*self.bad, name)
            return None


def _each(wires: list[_Contract], total: int, row: Callable[[_Contract], Any]) -> Parsed[Any]:
    rows = [row(wire) for wire in reading.only_symbols(wires)]
    return reading.believable(rows, total, sum(len(each.bad) for each in rows))


# --- the catalogue ------------------------------------------------------------------------------------------------
def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """{"data": [...]}: perpetuals and dated futures, linear and inverse."""
    return reading.instruments(_CONTRACTS, body, _instrument)


def _instrument(row: _Contract, soft: Soft) -> Instrument:
    inverse, size = soft(_size, row) or (reading.flag(row.inverse), None)
    ends = soft(numbers.epoch, row.expires, "ms")
    return Instrument(
        row.symbol,
        reading.code(row.base),
        reading.code(row.quote),
        kind="future" if row.dated else "perp",
        status="pre_open" if row.early and row.status == "Open" else STATUS.get(row.status or "", "halted"),
        tick_size=soft(numbers.price, row.tick),
        lot_size=soft(numbers.price, row.lot),
        maker_fee=soft(numbers.change, row.maker),
        taker_fee=soft(numbers.change, row.taker),
        contract_size=size,
        inverse=inverse,
        settle=reading.code(row.settle) if row.settle else None,
        index=reading.title(row.index_symbol),
        expiry=ends if row.dated else None,
        funding_interval_hours=None if row.dated else soft(_hours, row),
        max_leverage=soft(numbers.price, row.leverage),
        listed_at=soft(numbers.epoch, row.opened, "ms"),
        delist_at=None if row.dated else ends,  # a perpetual that has a last day is taken off
        tokenised=(row.asset or "CRYPTO") != "CRYPTO" and row.base not in GOLD_COINS,
    )


def _size(row: _Contract) -> tuple[bool, Decimal | None]:
    """Whether it is inverse, and what one lot is: coins, or US dollars of an inverse one, whose multiplier is written -1."""
    value = numbers.change(row.multiplier)
    return reading.flag(row.inverse) or bool(value and value < 0), abs(value) if value else None


def _hours(row: _Contract) -> Decimal | None:
    """The interval as it is now; old contracts have only the one they were made with. Never assumed."""
    value = numbers.price(None if row.interval is None else str(row.interval)) or numbers.price(None if row.interval_once is None else str(row.interval_once))
    return None if value is None else numbers.stored(value / HOUR_MS)


# --- tickers ------------------------------------------------------------------------------------------------------
def parse_contracts(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """The same reply: mark, index, open interest, volumes. No bid, no ask, no time. Rows say their own units."""
    _, wires, total = _CONTRACTS.read(body)
    return _each(wires, total, _ticker)


def _ticker(row: _Contract) -> PerpTicker:
    read = _Reader()
    inverse, size = read("contract_size", _size, row) or (reading.flag(row.inverse), None)
    mark = read("mark_price", numbers.price, row.mark)
    # Of an inverse contract `turnover` is coins and `volume` dollars: 68.02716403 beside 1124530 at a price of 16532.
    base, quote = (row.turnover, row.volume) if inverse else (row.volume, row.turnover)
    return PerpTicker(
        row.symbol,
        last=read("last", numbers.price, row.last),
        mark_price=mark,
        index_price=None if row.early else read("index_price", numbers.price, row.index),
        open_interest=read("open_interest", _coins, row.lots, size, mark if inverse else None, inverse),
        base_volume_24h=read("base_volume_24h", numbers.size, base),
        quote_volume_24h=read("quote_volume_24h", numbers.size, quote),
        change_24h_pct=read("change_24h_pct", numbers.percent, row.change),
        high_24h=read("high_24h", numbers.price, row.high),
        low_24h=read("low_24h", numbers.price, row.low),
        bad=read.bad,
    )


def _coins(lots: str | None, size: Decimal | None, price: Decimal | None, inverse: bool) -> Decimal | None:
    """Lots in base units: times the lot's coins, or, where a lot is money, that money at a price. None where one is unknown."""
    value = numbers.product(numbers.size(lots), size)
    if value is None or not inverse:
        return value
    try:
        return None if price is None else numbers.stored(numbers.EXACT.divide(value, price))
    except Overflow:
        raise BadNumber(f"{value} / {price}") from None


_TICKERS = reading.Table(
    _Rows,
    reading.wire_ticker(symbol="symbol", bid="bestBidPrice", bid_size="bestBidSize", ask="bestAskPrice", ask_size="bestAskSize", last="price", time="ts"),
    lambda reply: reply.data,
)


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """{"data": [...]}: bid and ask of all contracts; `ts`, in nanoseconds, is when it last traded. Sizes need the catalogue."""
    _, wires, total = _TICKERS.read(body)
    return _each(wires, total, lambda wire: _quote(wire, known.get(wire.symbol)))


def _quote(row: Any, market: Instrument | None) -> PerpTicker:
    read = _Reader()
    size, inverse = (market.contract_size, market.inverse) if market else (None, False)
    bid, ask = read("bid", numbers.price, row.bid), read("ask", numbers.price, row.ask)
    return PerpTicker(
        row.symbol,
        bid=bid,
        bid_size=read("bid_size", _coins, row.bid_size, size, bid, inverse),
        ask=ask,
        ask_size=read("ask_size", _coins, row.ask_size, size, ask, inverse),
        last=read("last", numbers.price, row.last),
        exchange_ts=read("exchange_ts", _nanoseconds, row.time),
        bad=read.bad,
    )


def _nanoseconds(value: Token) -> datetime | None:
    text = "" if value is None else str(value)
    if not text.strip("0"):
        return None
    if len(text) != 19:  # until the year 2286; anything else is another unit
        raise BadNumber(text[:64])
    return numbers.epoch(text[:-3], "us")


# --- funding ------------------------------------------------------------------------------------------------------
def parse_funding(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """The same reply: the running interval's rate of every perpetual; dated contracts have none and no row.

    For 5 to 20 s around a settlement the rate is still the one just charged.
    """
    _, wires, total = _CONTRACTS.read(body)
    perpetual = [wire for wire in wires if not wire.dated]
    return _each(perpetual, total - (len(wires) - len(perpetual)), _rate)


def _rate(row: _Contract) -> FundingRate:
    read = _Reader()
    return FundingRate(
        row.symbol,
        rate=read("rate", numbers.change, row.rate),
        interval_hours=read("interval_hours", _hours, row),
        next_funding_at=read("next_funding_at", numbers.epoch, row.next_at, "ms"),
        cap=read("cap", numbers.change, row.cap),
        floor=read("floor", numbers.change, row.floor),
        bad=read.bad,
    )
