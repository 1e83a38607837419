"""Options: one underlying a call. The list of underlyings comes first, holds no options and leads to the others.

Prices are in quote per coin, sizes in contracts of `multiplier` coins. Facts of 2026-06; replies recorded in 2023.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed, Request
from exchanges.numbers import BadNumber, column
from exchanges.reading import Flag, Soft, Text, Token
from exchanges.rows import Instrument, OptionTicker

W = TypeVar("W", "_Contract", "_Ticker")
Stamp = str | int | float | None  # seconds: integer, float, or text of either
UNDERLYINGS = "/api/v4/options/underlyings"


# --- the table of contents ------------------------------------------------------------------------------------------
class _Underlying(Struct, gc=False):
    name: str


_TABLE = reading.Table(list, _Underlying)


def each_underlying(path: str) -> Callable[[bytes, Request], tuple[Request, ...]]:
    """What the list of underlyings leads to: `path`, asked once for each of them."""
    return partial(_leads_to, path)


def _leads_to(path: str, body: bytes, request: Request) -> tuple[Request, ...]:
    if request.path != UNDERLYINGS:
        return ()
    names = [row.name for row in _TABLE.read(body)[1] if reading.are_symbols([row.name])]
    return tuple(Request(request.host, path, (("underlying", name),), request.headers) for name in names)


def _options(rows: list[W]) -> list[W]:
    """The rows that are options: of the table of contents none, whose rows have a name and an index price alone."""
    return [row for row in rows if row.is_option]


# --- the catalogue --------------------------------------------------------------------------------------------------
class _Contract(Struct, gc=False):
    name: str
    underlying: Text = None
    strike_price: Text = None
    expiration_time: Stamp = None
    is_call: Flag = None
    is_active: Flag = None
    multiplier: Text = None
    order_price_round: Text = None
    order_size_min: Token = None
    create_time: Stamp = None
    index_price: Text = None

    @property
    def is_option(self) -> bool:
        return self.index_price is None or self.underlying is not None or self.strike_price is not None


_CONTRACTS = reading.Table(list, _Contract)


def parse_contracts(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """All options on one underlying; nothing of the list of underlyings."""
    _, wires, total = _CONTRACTS.read(body)
    options, soft, rows = _options(wires), Soft(), {}
    for wire in options:
        try:
            row = _instrument(wire, soft)
        except ValueError:
            continue
        if reading.are_symbols([row.symbol]):
            rows[row.symbol] = row
    return reading.believable(list(rows.values()), total - len(wires) + len(options), soft.bad, may_be_empty=True)


def _instrument(row: _Contract, soft: Soft) -> Instrument:
    """One option. ValueError without an underlying, or without a word on which side it is."""
    base, _, quote = (row.underlying or "").rpartition("_")
    if row.is_call is None:
        raise ValueError("neither call nor put")
    return Instrument(
        row.name,
        reading.code(base),
        reading.code(quote),
        kind="option",
        status="halted" if row.is_active is not None and not reading.flag(row.is_active) else "trading",
        tick_size=soft(numbers.price, row.order_price_round),
        lot_size=Decimal(1),
        min_size=soft(numbers.price, _text(row.order_size_min)),
        contract_size=soft(numbers.price, row.multiplier),
        settle=quote,
        underlying=row.underlying,
        expiry=soft(numbers.seconds, row.expiration_time),
        strike=soft(numbers.price, row.strike_price),
        option_type="call" if reading.flag(row.is_call) else "put",
        listed_at=soft(numbers.seconds, row.create_time),
    )


def _text(value: Token) -> str | None:
    return None if value is None else str(value)


# --- tickers ----------------------------------------------------------------------------------------------------------
class _Ticker(Struct, gc=False):
    name: str
    bid1_price: Text = None
    bid1_size: Token = None
    ask1_price: Text = None
    ask1_size: Token = None  # with a minus before it
    last_price: Text = None
    mark_price: Text = None
    mark_iv: Text = None
    bid_iv: Text = None
    ask_iv: Text = None
    delta: Text = None
    gamma: Text = None
    vega: Text = None
    theta: Text = None
    position_size: Token = None  # contracts that are held long: one side
    index_price: Text = None

    @property
    def is_option(self) -> bool:
        return self.index_price is None or any((self.mark_price, self.mark_iv, self.bid1_price, self.ask1_price))


_TICKERS = reading.Table(list, _Ticker)


# Volatilities are ratios already; 0 stands where a price has none.
_PLAIN: tuple[tuple[str, str, numbers.Read], ...] = (
    ("bid", "bid1_price", numbers.price),
    ("bid_size", "bid1_size", numbers.size),
    ("ask", "ask1_price", numbers.price),
    ("ask_size", "ask1_size", numbers.change),
    ("last", "last_price", numbers.price),
    ("mark_price", "mark_price", numbers.price),
    ("mark_iv", "mark_iv", numbers.price),
    ("bid_iv", "bid_iv", numbers.price),
    ("ask_iv", "ask_iv", numbers.price),
    ("delta", "delta", numbers.change),
    ("gamma", "gamma", numbers.change),
    ("vega", "vega", numbers.change),
    ("theta", "theta", numbers.change),
    ("open_interest", "position_size", numbers.size),
    ("index_price", "index_price", numbers.price),
)
_IN_CONTRACTS = ("bid_size", "ask_size", "open_interest")


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[OptionTicker]:
    """All options on one underlying; the clock is the header X-Out-Time. Nothing of the list of underlyings."""
    _, wires, total = _TICKERS.read(body)
    options, at = _options(wires), reading.clock(headers.get("x-out-time"), "us")
    last = {wire.name: wire for wire in options if reading.are_symbols([wire.name])}
    rows = _rows(list(last.values()), known, at)
    return reading.believable(rows, total - len(wires) + len(options), sum(len(row.bad) for row in rows), at, may_be_empty=True)


def _rows(wires: list[_Ticker], known: Instruments, at: datetime | None) -> list[OptionTicker]:
    """Column by column, because there are thousands; then what is counted in contracts, row by row."""
    read = [(ours, *column([_text(getattr(wire, theirs)) for wire in wires], how)) for ours, theirs, how in _PLAIN]
    rows = []
    for number, wire in enumerate(wires):
        values = {ours: found[number] for ours, found, _ in read}
        bad = [ours for ours, _, wrong in read if number in wrong]
        _into_coins(values, bad, known.get(wire.name))
        rows.append(OptionTicker(wire.name, **values, exchange_ts=at, bad=tuple(bad)))
    return rows


def _into_coins(values: dict[str, Any], bad: list[str], market: Instrument | None) -> None:
    """Turn counts of contracts into coins, in place, asks without their minus; unknown without the contract's size."""
    size = market.contract_size if market else None
    for name in _IN_CONTRACTS:
        count = values[name]
        try:
            values[name] = numbers.product(count and abs(count), size)
        except BadNumber:
            values[name] = None
            bad.append(name)
