"""Perpetuals and dated futures: catalogue, tickers, funding. One contract is `quanto_multiplier` coins; prices are per coin.

The scale that others put into a name (1000PEPE) hides in that multiplier: PEPE_USDT counts 10,000,000 coins a contract.
"0" on an inverse contract means that one is 1 USD. Facts of 2026-06, contract types of 2026-09.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed, Request
from exchanges.numbers import BadNumber, column
from exchanges.reading import Flag, Soft, Text, Token
from exchanges.rows import FundingRate, Instrument, PerpTicker

Stamp = str | int | float | None  # seconds: integer, float, or text of either
Parse = Callable[[bytes, Headers, Instruments], Parsed[Any]]

ONE, HOUR_S = Decimal(1), Decimal(3600)
PAGE = 100  # what the manual calls the default of `limit`; without one, all contracts have come so far


# --- the catalogue ------------------------------------------------------------------------------------------------
class _Contract(Struct, gc=False):
    name: str
    type: Text = None  # direct | inverse
    quanto_multiplier: Text = None
    underlying: Text = None  # dated contracts only
    expire_time: Stamp = None
    status: Text = None  # prelaunch | trading | delisting | delisted | circuit_breaker | suspend; missing until 2025
    in_delisting: Flag = None
    position_size: Token = None
    order_price_round: Text = None
    order_size_min: Token = None
    enable_decimal: Flag = None
    leverage_max: Text = None
    create_time: Stamp = None
    launch_time: Stamp = None
    delisting_time: Stamp = None  # from here on positions can only be closed
    delisted_time: Stamp = None
    funding_interval: Token = None
    is_pre_market: Flag = None
    contract_type: Text = None  # "" of coins; stocks indices metals commodities forex


_CONTRACTS = reading.Table(list, _Contract)
_DATE = re.compile(r"_\d{8}$")  # BTC_USDT_20260626
_STATUS = {"prelaunch": "pre_open", "trading": "trading", "delisting": "delisting", "delisted": "delisted"}


def contracts(settle: str, *, may_be_empty: bool = False) -> Parse:
    """The parser of one settlement coin's contracts: the rows do not name that coin."""
    return partial(_contracts, settle, may_be_empty)


def _contracts(settle: str, may_be_empty: bool, body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    if may_be_empty and body.strip() == b"[]":
        return Parsed([])
    return reading.instruments(_CONTRACTS, body, partial(_instrument, settle))


def _instrument(settle: str, row: _Contract, soft: Soft) -> Instrument:
    """One contract. Its fees are left out: they are a base schedule, not what anybody pays. Steps are in contracts."""
    base, _, quote = (row.underlying or _DATE.sub("", row.name)).rpartition("_")
    expiry = soft(numbers.seconds, row.expire_time)
    inverse = row.type == "inverse"
    smallest = soft(numbers.price, _text(row.order_size_min))
    return Instrument(
        row.name,
        reading.code(base),
        reading.code(quote),
        kind="future" if row.underlying or expiry else "perp",
        status=_status(row),
        tick_size=soft(numbers.price, row.order_price_round),
        lot_size=smallest if reading.flag(row.enable_decimal) else ONE,
        min_size=smallest,
        contract_size=soft(_contract_size, row, inverse, quote == settle),
        inverse=inverse,
        settle=settle,
        index=_index(row),
        expiry=expiry,
        funding_interval_hours=soft(_hours, row.funding_interval),
        max_leverage=soft(numbers.price, row.leverage_max),
        listed_at=soft(numbers.seconds, row.create_time) or soft(numbers.seconds, row.launch_time),
        delist_at=soft(numbers.seconds, row.delisted_time) or soft(numbers.seconds, row.delisting_time),
        tokenised=bool(row.contract_type),
    )


def _status(row: _Contract) -> str:
    """The word, where there is one. Flagged as leaving: gone once nobody holds it. An unknown word is no trading."""
    if reading.flag(row.in_delisting):
        return "delisted" if row.position_size in (0, "0") else "delisting"
    return _STATUS.get(row.status or "trading", "halted")


def _contract_size(row: _Contract, inverse: bool, linear: bool) -> Decimal | None:
    """Coins a contract, or USD of an inverse one. A quanto contract (paid in a third coin) is neither: unknown."""
    size = numbers.price(row.quanto_multiplier)
    return size or (ONE if row.quanto_multiplier else None) if inverse else size if linear else None


def _index(row: _Contract) -> str | None:
    """An index has the contract's name, a dated contract's the underlying's; before a coin's market opens there is none."""
    return None if reading.flag(row.is_pre_market) else row.underlying or _DATE.sub("", row.name)


def _hours(seconds: Token) -> Decimal | None:
    length = numbers.price(_text(seconds))
    return length and numbers.stored(length / HOUR_S)


def _text(value: Token) -> str | None:
    return None if value is None else str(value)


def next_pages(body: bytes, request: Request) -> tuple[Request, ...]:
    """After a page of exactly 100, the next, from its last row on: so that no page is empty, which would be no answer."""
    try:
        rows = len(msgspec.json.decode(body, type=list[msgspec.Raw]))
    except msgspec.DecodeError:
        return ()  # odd replies of one page are read the exact way; a list of 100 is not worth that twice
    if rows != PAGE:
        return ()
    offset = int(dict(request.params).get("offset", "0")) + PAGE - 1
    return (Request(request.host, request.path, (("limit", str(PAGE)), ("offset", str(offset))), request.headers),)


# --- tickers ------------------------------------------------------------------------------------------------------
class _Ticker(Struct, gc=False):
    contract: str
    highest_bid: Text
    lowest_ask: Text
    highest_size: Token = None
    lowest_size: Token = None
    last: Text = None
    mark_price: Text = None
    index_price: Text = None
    total_size: Token = None  # open contracts; one side, as far as is known
    volume_24h_base: Text = None
    volume_24h_quote: Text = None
    change_percentage: Text = None
    high_24h: Text = None
    low_24h: Text = None


_TICKERS = reading.Table(list, _Ticker)
_PLAIN = (  # our field, the wire's, how it is read
    ("bid", "highest_bid", numbers.price),
    ("bid_size", "highest_size", numbers.size),
    ("ask", "lowest_ask", numbers.price),
    ("ask_size", "lowest_size", numbers.size),
    ("last", "last", numbers.price),
    ("mark_price", "mark_price", numbers.price),
    ("index_price", "index_price", numbers.price),
    ("open_interest", "total_size", numbers.size),
    ("base_volume_24h", "volume_24h_base", numbers.size),
    ("quote_volume_24h", "volume_24h_quote", numbers.size),
    ("change_24h_pct", "change_percentage", numbers.change),
    ("high_24h", "high_24h", numbers.price),
    ("low_24h", "low_24h", numbers.price),
)
_IN_CONTRACTS = ("bid_size", "ask_size", "open_interest")


def tickers(*, may_be_empty: bool = False) -> Parse:
    """The parser of all tickers of one settlement coin; the only clock is the header X-Out-Time, as on spot."""
    return partial(_tickers, may_be_empty)


def _tickers(may_be_empty: bool, body: bytes, headers: Headers, known: Instruments) -> Parsed[PerpTicker]:
    _, wires, total = _TICKERS.read(body)
    at = reading.clock(headers.get("x-out-time"), "us")
    last = {wire.contract: wire for wire in wires if reading.are_symbols([wire.contract])}
    rows = _rows(list(last.values()), known, at)
    return reading.believable(rows, total, sum(len(row.bad) for row in rows), at, may_be_empty=may_be_empty)


def _rows(wires: list[_Ticker], known: Instruments, at: datetime | None) -> list[PerpTicker]:
    """Column by column, because there are a thousand rows; then what is counted in contracts, row by row."""
    read = [(ours, *column([_text(getattr(wire, theirs)) for wire in wires], how)) for ours, theirs, how in _PLAIN]
    rows = []
    for number, wire in enumerate(wires):
        values = {ours: found[number] for ours, found, _ in read}
        bad = [ours for ours, _, wrong in read if number in wrong]
        _into_coins(values, bad, known.get(wire.contract))
        rows.append(PerpTicker(wire.contract, **values, exchange_ts=at, bad=tuple(bad)))
    return rows


def _into_coins(values: dict[str, Any], bad: list[str], market: Instrument | None) -> None:
    """Turn counts of contracts into base units, in place; unknown without the contract's size (or the mark, of an inverse one)."""
    size, mark = market.contract_size if market else None, values["mark_price"]
    if market and market.inverse:
        size = size / mark if size and mark else None
    for name in _IN_CONTRACTS:
        try:
            values[name] = numbers.product(values[name], size)
        except BadNumber:
            values[name] = None
            bad.append(name)


# --- funding ------------------------------------------------------------------------------------------------------
class _Funding(Struct, gc=False):
    name: str
    funding_rate: Text
    funding_rate_indicative: Text = None  # going out of use; has lately been the same as funding_rate
    funding_interval: Token = None
    funding_next_apply: Stamp = None


_FUNDING = reading.Table(list, _Funding)
_FIELDS = (
    ("rate", "funding_rate", numbers.change),
    ("next_rate", "funding_rate_indicative", numbers.change),
    ("interval_hours", "funding_interval", _hours),
    ("next_funding_at", "funding_next_apply", numbers.seconds),
)


def funding(*, may_be_empty: bool = False) -> Parse:
    """The parser of the catalogue for the rates that are running; dated contracts have none and are not in this list."""
    return partial(_funding_rates, may_be_empty)


def _funding_rates(may_be_empty: bool, body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    _, wires, total = _FUNDING.read(body)
    at = reading.clock(headers.get("x-out-time"), "us")
    last = {wire.name: wire for wire in wires if reading.are_symbols([wire.name])}
    rows = [_funding(wire, at) for wire in last.values()]
    return reading.believable(rows, total, sum(len(row.bad) for row in rows), at, may_be_empty=may_be_empty)


def _funding(wire: _Funding, at: datetime | None) -> FundingRate:
    values: dict[str, Any] = {}
    bad = []
    for ours, theirs, how in _FIELDS:
        try:
            values[ours] = how(getattr(wire, theirs))
        except BadNumber:
            bad.append(ours)
    return FundingRate(wire.name, **values, exchange_ts=at, bad=tuple(bad))


class _Settled(Struct, gc=False):
    t: Stamp
    r: Text


_HISTORY = reading.Table(list, _Settled)


def parse_history(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """[{"t": s, "r": "0.0001"}] of one contract: what was paid, oldest first here."""
    _, wires, total = _HISTORY.read(body)
    market = reading.asked(known)
    rows = []
    for wire in wires:
        try:
            rate, at = numbers.change(wire.r), numbers.seconds(wire.t)
        except BadNumber:
            continue
        if rate is not None and at is not None:
            rows.append(FundingRate(market.symbol if market else "", rate, "settled", settled_at=at))
    rows.sort(key=lambda row: row.settled_at or numbers.EPOCH)
    return reading.believable(rows, total, 0, may_be_empty=True)
