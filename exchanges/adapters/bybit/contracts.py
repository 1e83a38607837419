"""Perpetuals and dated futures, linear and inverse: the catalogue, the tickers, and the funding that stands in the same reply.

Linear ones count coins, inverse ones count US dollars and are paid in the coin: there every size, volume and open interest
of the wire is money, and what it calls turnover is coins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.numbers import BadNumber
from exchanges.reading import Soft, Text, Token
from exchanges.rows import FundingRate, Instrument, PerpTicker

R = TypeVar("R")
Numbers = Sequence[Decimal | None]


class _List(Struct, Generic[R]):
    rows: list[R] = field(name="list")


class _Reply(Struct, Generic[R]):
    result: _List[R]
    time: Token = None


# --- the catalogue ----------------------------------------------------------------------------------------------
class _Prices(Struct, gc=False):
    tick: Text = field(name="tickSize", default=None)


class _Lots(Struct, gc=False):
    step: Text = field(name="qtyStep", default=None)
    min_size: Text = field(name="minOrderQty", default=None)
    min_notional: Text = field(name="minNotionalValue", default=None)


class _Fees(Struct, gc=False):
    taker: Text = field(name="takerFeeRate", default=None)
    maker: Text = field(name="makerFeeRate", default=None)


class _Leverage(Struct, gc=False):
    most: Text = field(name="maxLeverage", default=None)


class _Before(Struct, gc=False):
    fees: _Fees | None = field(name="auctionFeeInfo", default=None)


class _Contract(Struct):
    symbol: str
    base: str = field(name="baseCoin")
    quote: str = field(name="quoteCoin")
    status: str
    kind: str = field(name="contractType")
    settle: Text = field(name="settleCoin", default=None)
    listed: Token = field(name="launchTime", default=None)
    ends: Token = field(name="deliveryTime", default=None)
    interval: Token = field(name="fundingInterval", default=None)
    zone: Text = field(name="symbolType", default=None)
    ticker: Text = field(name="underlyingTicker", default=None)
    name: Text = field(name="fullName", default=None)
    prices: _Prices = field(name="priceFilter", default_factory=_Prices)
    lots: _Lots = field(name="lotSizeFilter", default_factory=_Lots)
    leverage: _Leverage = field(name="leverageFilter", default_factory=_Leverage)
    before: _Before | None = field(name="preListingInfo", default=None)


_NESTED = ("priceFilter", "lotSizeFilter", "leverageFilter", "preListingInfo")
_CONTRACTS = reading.Table(_Reply, _Contract, lambda reply: reply.result.rows, nested=_NESTED)
_KIND = {"LinearPerpetual": "perp", "InversePerpetual": "perp", "LinearFutures": "future", "InverseFutures": "future"}
_STATUS = {"Trading": "trading", "PreLaunch": "pre_open", "Delivering": "delisting", "Closed": "delisted"}
_NOT_COINS = {"xstocks", "stock", "commodity", "forex"}
_ONE = Decimal(1)


def _hours(minutes: Token) -> Decimal | None:
    """The catalogue's interval is in minutes (480), the tickers' in hours. What is no whole hour is not that unit: unknown."""
    value = numbers.price(None if minutes is None else str(minutes))
    if value is not None and value % 60:
        raise BadNumber(str(minutes))
    return value and value / 60


def _contract(row: _Contract, soft: Soft) -> Instrument:
    if row.kind not in _KIND:
        raise ValueError(f"neither a perpetual nor a future: {row.kind[:30]!a}")
    kind, ends = _KIND[row.kind], soft(numbers.epoch, row.ends, "ms")
    base, quote, fees = reading.code(row.base), reading.code(row.quote), (row.before and row.before.fees) or _Fees()
    return Instrument(
        row.symbol,
        base,
        quote,
        kind=kind,
        status=_STATUS.get(row.status, "halted"),
        tick_size=soft(numbers.price, row.prices.tick),
        lot_size=soft(numbers.price, row.lots.step),
        min_size=soft(numbers.price, row.lots.min_size),
        min_notional=soft(numbers.price, row.lots.min_notional),
        maker_fee=soft(numbers.change, fees.maker),  # only before the opening are fees on the wire
        taker_fee=soft(numbers.size, fees.taker),
        contract_size=_ONE,  # a coin, or a dollar of an inverse one
        inverse=row.kind.startswith("Inverse"),
        settle=reading.code(row.settle) if row.settle else None,
        index=base + quote,  # 1000BTTUSDT, BTCUSD; a dated future follows the same index as its perpetual
        expiry=ends if kind == "future" else None,
        delist_at=ends if kind == "perp" else None,  # "0" on a perpetual that lives on
        funding_interval_hours=soft(_hours, row.interval) if kind == "perp" else None,
        max_leverage=soft(numbers.price, row.leverage.most),
        listed_at=soft(numbers.epoch, row.listed, "ms"),
        tokenised=row.zone in _NOT_COINS or bool(row.ticker),  # TSLAUSDT stands in one list with the coins
        name=reading.title(row.name),
    )


def parse_catalogue(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """One page; the last may be empty, and so may the list of contracts before their opening."""
    return reading.instruments(_CONTRACTS, body, _contract, may_be_empty=True)


# --- tickers ----------------------------------------------------------------------------------------------------
_TICKERS = reading.Table(
    _Reply,
    reading.wire_ticker(
        symbol="symbol",
        bid="bid1Price",
        bid_size="bid1Size",
        ask="ask1Price",
        ask_size="ask1Size",
        last="lastPrice",
        mark="markPrice",
        index="indexPrice",
        volume="volume24h",
        turnover="turnover24h",
        change="price24hPcnt",  # a fraction
        high="highPrice24h",
        low="lowPrice24h",
        both="openInterest",  # buyers and sellers added up
        single="singleOpenInterest",
        both_value="openInterestValue",
        single_value="singleOpenInterestValue",
    ),
    lambda reply: reply.result.rows,
)


class _Columns:
    """Reads wire rows column by column, and remembers under our names what was no number."""

    def __init__(self, wires: list[Any]) -> None:
        self._wires = wires
        self.bad: dict[int, tuple[str, ...]] = {}

    def __call__(self, ours: str, theirs: str, read: numbers.Read = numbers.size) -> Numbers:
        values, wrong = numbers.column([getattr(wire, theirs) for wire in self._wires], read)
        self._note(ours, wrong)
        return values

    def times(self, ours: str, theirs: str) -> Sequence[datetime | None]:
        values, wrong = numbers.epochs([getattr(wire, theirs) for wire in self._wires], "ms")
        self._note(ours, wrong)
        return values

    def _note(self, ours: str, wrong: dict[int, str]) -> None:
        for index in wrong:
            self.bad[index] = (*self.bad.get(index, ()), ours)

    def bad_of(self, index: int) -> tuple[str, ...]:
        return self.bad.get(index, ())

    @property
    def count(self) -> int:
        return sum(map(len, self.bad.values()))


def parse_linear(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """Sizes, volume and open interest in coins. The envelope's `time` is the snapshot's."""
    return _tickers(body, inverse=False)


def parse_inverse(body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    """Sizes, volume and open interest in dollars, turnover and open interest's value in coins."""
    return _tickers(body, inverse=True)


def _tickers(body: bytes, *, inverse: bool) -> Parsed[PerpTicker]:
    reply, found, total = _TICKERS.read(body)
    wires, at = reading.only_symbols(found), reading.clock(reply.time, "ms")
    read = _Columns(wires)
    bid, ask = read("bid", "bid", numbers.price), read("ask", "ask", numbers.price)
    bid_size, ask_size = read("bid_size", "bid_size"), read("ask_size", "ask_size")
    mark = read("mark_price", "mark", numbers.price)
    interest, odd = _one_side(read, mark, inverse=inverse)
    columns: dict[str, Numbers] = {
        "bid": bid,
        "bid_size": _coins(bid_size, bid) if inverse else bid_size,
        "ask": ask,
        "ask_size": _coins(ask_size, ask) if inverse else ask_size,
        "last": read("last", "last", numbers.price),
        "mark_price": mark,
        "index_price": read("index_price", "index", numbers.price),
        "open_interest": interest,
        "base_volume_24h": read("base_volume_24h", "turnover" if inverse else "volume"),
        "quote_volume_24h": read("quote_volume_24h", "volume" if inverse else "turnover"),
        "change_24h_pct": read("change_24h_pct", "change", numbers.percent),
        "high_24h": read("high_24h", "high", numbers.price),
        "low_24h": read("low_24h", "low", numbers.price),
    }
    rows = [_ticker(wire.symbol, columns, n, at, read.bad_of(n)) for n, wire in enumerate(wires)]
    return reading.believable(rows, total, read.count + odd, at)


def _ticker(symbol: str, columns: dict[str, Numbers], n: int, at: datetime | None, bad: tuple[str, ...]) -> PerpTicker:
    values: dict[str, Any] = {name: column[n] for name, column in columns.items()}
    return PerpTicker(symbol, **values, exchange_ts=at, bad=tuple(name for name in dict.fromkeys(bad) if values[name] is None))


def _one_side(read: _Columns, mark: Numbers, *, inverse: bool) -> tuple[list[Decimal | None], int]:
    """Open interest of one side in coins, and how many rows' two counts are not 2 : 1.

    `openInterest` adds both sides up, `singleOpenInterest` is what everybody else calls open interest. Half of the former
    stands in for the latter where that is missing, unless most of the same reply says that the two are not 2 : 1 any more.
    """
    single, both = read("open_interest", "single"), read("open_interest", "both")
    pairs = [(a, b) for a, b in zip(single, both, strict=True) if a is not None and b is not None]
    odd = sum(not _double(a, b) for a, b in pairs)
    halves = odd * 2 <= len(pairs)
    one = _or_half(single, both, halves=halves)
    if not inverse:
        return one, odd
    coins = _or_half(read("open_interest", "single_value"), read("open_interest", "both_value"), halves=halves)
    return [value if value is not None else other for value, other in zip(coins, _coins(one, mark), strict=True)], odd


def _double(single: Decimal, both: Decimal) -> bool:
    """Whether the two counts agree; the single one is rounded to whole dollars (63910691 and 31955346)."""
    return abs(both - 2 * single) <= max(_ONE, both / 100)


def _or_half(single: Numbers, both: Numbers, *, halves: bool) -> list[Decimal | None]:
    halved = [numbers.stored(value / 2) if value is not None and halves else None for value in both]
    return [value if value is not None else half for value, half in zip(single, halved, strict=True)]


def _coins(money: Numbers, price: Numbers) -> list[Decimal | None]:
    """Dollars as coins, each at its own price; None without one."""
    return [_coin(a, b) if a is not None and b else None for a, b in zip(money, price, strict=True)]


def _coin(money: Decimal, price: Decimal) -> Decimal | None:
    try:
        return numbers.product(money, numbers.EXACT.divide(_ONE, price))
    except BadNumber:
        return None


# --- funding ----------------------------------------------------------------------------------------------------
_RATES = reading.Table(
    _Reply,
    reading.wire_ticker(symbol="symbol", rate="fundingRate", next="nextFundingTime", hours="fundingIntervalHour", cap="fundingCap"),
    lambda reply: reply.result.rows,
)


def parse_funding(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """The running interval's rate of every perpetual. A dated contract has an empty rate, and no row."""
    reply, found, total = _RATES.read(body)
    wires, at = reading.only_symbols(found), reading.clock(reply.time, "ms")
    paying = [wire for wire in wires if wire.rate]
    read = _Columns(paying)
    columns = (
        read("rate", "rate", numbers.change), read("interval_hours", "hours", numbers.price),
        read.times("next_funding_at", "next"), read("cap", "cap"),
    )  # fmt: skip
    rows = [
        FundingRate(wire.symbol, rate, interval_hours=hours, next_funding_at=at_next, cap=cap, exchange_ts=at, bad=read.bad_of(n))
        for n, (wire, rate, hours, at_next, cap) in enumerate(zip(paying, *columns, strict=True))
    ]
    return reading.believable(rows, total - (len(wires) - len(paying)), read.count, at)


class _Paid(Struct):
    symbol: str
    rate: Text = field(name="fundingRate")
    at: Token = field(name="fundingRateTimestamp")


_HISTORY = reading.Table(_Reply, _Paid, lambda reply: reply.result.rows)


def parse_history(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """What was paid, newest first on the wire and oldest first here. Rows of another market than the asked one are dropped."""
    _, wires, total = _HISTORY.read(body)
    market, soft = reading.asked(known), Soft()
    rows = [row for wire in wires if market is None or wire.symbol == market.symbol if (row := _paid(wire, soft))]
    return reading.believable(sorted(rows, key=_settled), total, soft.bad, may_be_empty=True)


def _paid(wire: _Paid, soft: Soft) -> FundingRate | None:
    rate, at = soft(numbers.change, wire.rate), soft(numbers.epoch, wire.at, "ms")
    readable = rate is not None and at is not None and reading.are_symbols([wire.symbol])
    return FundingRate(wire.symbol, rate, kind="settled", settled_at=at) if readable else None


def _settled(row: FundingRate) -> float:
    return row.settled_at.timestamp() if row.settled_at else 0.0
