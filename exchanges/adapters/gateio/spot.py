"""Spot: the clock, the catalogue with full coin names and listing times, and all tickers. Facts of 2026-06."""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Soft, Text, Token
from exchanges.rows import Instrument, ServerTime, Ticker


# --- time -------------------------------------------------------------------------------------------------------
class _Time(Struct):
    time: Token = field(name="server_time")


_TIME = Decoder(_Time)


def parse_time(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServerTime]:
    """{"server_time": ms}, although most of Gate's times are seconds."""
    return reading.server_time(reading.decode(body, _TIME).time, "ms")


# --- instruments ------------------------------------------------------------------------------------------------
class _Pair(Struct):
    id: str
    base: str
    quote: str
    status: str = field(name="trade_status")
    name: Text = field(name="base_name", default=None)
    kind: Text = field(name="type", default=None)
    fee: Text = None
    price_digits: Token = field(name="precision", default=None)
    size_digits: Token = field(name="amount_precision", default=None)
    min_size: Text = field(name="min_base_amount", default=None)
    min_notional: Text = field(name="min_quote_amount", default=None)
    opens: Token = field(name="buy_start", default=None)  # sell_start is often a placeholder
    ends: Token = field(name="delisting_time", default=None)


_PAIRS = reading.Table(list, _Pair)
# Leveraged by name and by suffix: 356 of 358 say "3xLong", two "three times long" in Chinese; a suffix alone proves little.
_LEVERAGED_NAME = re.compile(r"\dx(?:long|short)|倍[多空]", re.IGNORECASE)
_LEVERAGED_BASE = re.compile(r".*\d[LS]")
_SHARE = re.compile(r".*\b(?:xStock|Ondo Tokenized)", re.IGNORECASE)


def _instrument(row: _Pair, soft: Soft) -> Instrument:
    fee = soft(_ratio, row.fee)
    name = row.name or ""
    return Instrument(
        row.id,
        reading.code(row.base),
        reading.code(row.quote),
        status=_status(row),
        tick_size=soft(reading.decimals, row.price_digits),
        lot_size=soft(reading.decimals, row.size_digits),
        min_size=soft(numbers.price, row.min_size),
        min_notional=soft(numbers.price, row.min_notional),
        maker_fee=fee,
        taker_fee=fee,
        listed_at=soft(numbers.epoch, row.opens, "s"),
        delist_at=soft(numbers.epoch, row.ends, "s"),
        leveraged=bool(_LEVERAGED_NAME.search(name) and _LEVERAGED_BASE.fullmatch(row.base)),
        tokenised=bool(_SHARE.match(name)),
        name=reading.title(name),
    )


def _status(row: _Pair) -> str:
    """Only "tradable" is live; buyable and sellable are one-way. A planned end is a date, not yet a state."""
    if row.kind == "premarket":
        return "pre_open"
    return "trading" if row.status == "tradable" else "halted"


def _ratio(percent: str | None) -> Decimal | None:
    """`fee` is percent on spot: "0.2" is 0.002."""
    return numbers.product(numbers.size(percent), Decimal("0.01"))


def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """A plain list of pairs, with the coin's full name: the best evidence there is between coins of one ticker."""
    return reading.instruments(_PAIRS, body, _instrument)


# --- tickers ----------------------------------------------------------------------------------------------------
_TICKERS = reading.Table(
    list,
    reading.wire_ticker(
        symbol="currency_pair",
        bid="highest_bid",
        bid_size="highest_size",  # sizes come for a single pair only; the list of all has none
        ask="lowest_ask",
        ask_size="lowest_size",
        last="last",
        base_volume="base_volume",
        quote_volume="quote_volume",
        change="change_percentage",
        high="high_24h",
        low="low_24h",
    ),
)


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[Ticker]:
    """A plain list; the only clock is the header X-Out-Time in microseconds."""
    _, wires, total = _TICKERS.read(body)
    at = reading.clock(headers.get("x-out-time"), "us")
    return reading.tickers(reading.only_symbols(wires), total, change=numbers.change, at=at)
