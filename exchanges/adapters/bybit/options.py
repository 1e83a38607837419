"""Options: European, on six coins, counted in coins, quoted and paid in USDT (newer) or USDC. One call for each coin."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Soft, Text, Token
from exchanges.rows import Instrument, OptionTicker

R = TypeVar("R")


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


class _Option(Struct):
    symbol: str
    base: str = field(name="baseCoin")
    quote: str = field(name="quoteCoin")
    status: str
    side: Text = field(name="optionsType", default=None)
    settle: Text = field(name="settleCoin", default=None)
    listed: Token = field(name="launchTime", default=None)
    ends: Token = field(name="deliveryTime", default=None)
    prices: _Prices = field(name="priceFilter", default_factory=_Prices)
    lots: _Lots = field(name="lotSizeFilter", default_factory=_Lots)


_OPTIONS = reading.Table(_Reply, _Option, lambda reply: reply.result.rows, nested=("priceFilter", "lotSizeFilter"))
_STATUS = {"Trading": "trading", "PreLaunch": "pre_open", "Delivering": "delisting", "Closed": "delisted"}
_SIDE = {"Call": "call", "Put": "put"}
_STRIKE = re.compile(r".*-(\d{1,12}(?:\.\d{1,8})?)-[CP](?:-[A-Z]+)?")  # BTC-27MAR26-70000-P-USDT; no field has it
_ONE = Decimal(1)


def _option(row: _Option, soft: Soft) -> Instrument:
    base, strike = reading.code(row.base), _STRIKE.fullmatch(row.symbol)
    return Instrument(
        row.symbol,
        base,
        reading.code(row.quote),
        kind="option",
        status=_STATUS.get(row.status, "halted"),
        tick_size=soft(numbers.price, row.prices.tick),
        lot_size=soft(numbers.price, row.lots.step),
        min_size=soft(numbers.price, row.lots.min_size),
        contract_size=_ONE,
        settle=reading.code(row.settle) if row.settle else None,
        underlying=base,
        expiry=soft(numbers.epoch, row.ends, "ms"),
        strike=soft(numbers.price, strike[1]) if strike else None,
        option_type=_SIDE.get(row.side or ""),
        listed_at=soft(numbers.epoch, row.listed, "ms"),
    )


def parse_catalogue(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """One page of one coin's options; the last may be empty, and so may a small coin's whole list."""
    return reading.instruments(_OPTIONS, body, _option, may_be_empty=True)


# --- tickers ----------------------------------------------------------------------------------------------------
_READ: dict[str, tuple[str, numbers.Read]] = {  # our field: the wire's, and how it is read
    "bid": ("bid1Price", numbers.price),  # "0": nobody bids
    "bid_size": ("bid1Size", numbers.size),
    "ask": ("ask1Price", numbers.price),
    "ask_size": ("ask1Size", numbers.size),
    "last": ("lastPrice", numbers.price),
    "mark_price": ("markPrice", numbers.price),
    "mark_iv": ("markIv", numbers.price),  # ratios: "0.7567" is 75.67 %
    "bid_iv": ("bid1Iv", numbers.price),
    "ask_iv": ("ask1Iv", numbers.price),
    "delta": ("delta", numbers.change),
    "gamma": ("gamma", numbers.change),
    "vega": ("vega", numbers.change),
    "theta": ("theta", numbers.change),
    "open_interest": ("openInterest", numbers.size),
    "underlying_price": ("underlyingPrice", numbers.price),
    "index_price": ("indexPrice", numbers.price),
    "base_volume_24h": ("volume24h", numbers.size),
    # A fraction like all of this exchange's: last 435 with "86" was 5 before, 87 steps of 5.
    "change_24h_pct": ("change24h", numbers.percent),
}
# turnover24h is not read: it is the underlying's worth of what was traded (0.15 at 16,551 is "2482.73"), no premium.
_TICKERS = reading.Table(_Reply, reading.wire_ticker(symbol="symbol", **{ours: wire for ours, (wire, _) in _READ.items()}), lambda reply: reply.result.rows)


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[OptionTicker]:
    """All options of one coin under the envelope's `time`. A coin may have none left."""
    reply, found, total = _TICKERS.read(body)
    wires, at = reading.only_symbols(found), reading.clock(reply.time, "ms")
    columns = {ours: numbers.column([getattr(wire, ours) for wire in wires], read) for ours, (_, read) in _READ.items()}
    rows = [_ticker(wire.symbol, columns, n, at) for n, wire in enumerate(wires)]
    return reading.believable(rows, total, sum(len(row.bad) for row in rows), at, may_be_empty=True)


def _ticker(symbol: str, columns: dict[str, Any], n: int, at: Any) -> OptionTicker:
    bad = tuple(ours for ours, (_, wrong) in columns.items() if n in wrong)
    return OptionTicker(symbol, **{ours: values[n] for ours, (values, _) in columns.items()}, exchange_ts=at, bad=bad)
