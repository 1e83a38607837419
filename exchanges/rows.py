"""Rows that every exchange's replies are read into: frozen, exact decimals, aware UTC times, None = unknown.

Prices are in quote per base, sizes and base volumes in base units, both exactly as the exchange counts them: a
multiplier in a symbol (1000PEPE) is undone later, where identity is known. Field names are the public vocabulary of
docs/architecture.md and stay stable.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

Kind = str  # spot | perp | future | option
Status = str  # pre_open | trading | halted | delisting | delisted


class Ticker(Struct, frozen=True, gc=False):
    """One market's best bid and ask and its rolling 24 hours, as one reply tells them.

    `change_24h_pct` is in percent (0.57 means 0.57 %). `exchange_ts` is the exchange's own clock; what it means is
    declared by the part of the source it came from. `taker_fee` is a ratio (0.001 = 0.1 %), where the wire has one.
    `bad` names the fields whose text was not a number: they are None here, and the poll counts them.
    """

    symbol: str
    bid: Decimal | None = None
    bid_size: Decimal | None = None
    ask: Decimal | None = None
    ask_size: Decimal | None = None
    last: Decimal | None = None
    base_volume_24h: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    change_24h_pct: Decimal | None = None
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    exchange_ts: datetime | None = None
    taker_fee: Decimal | None = None
    bad: tuple[str, ...] = ()


class Instrument(Struct, frozen=True, gc=False):
    """One market of an exchange's catalogue. Fees are ratios; steps and minima as the exchange publishes them."""

    symbol: str
    base: str
    quote: str
    kind: Kind = "spot"
    status: Status = "trading"
    tick_size: Decimal | None = None
    lot_size: Decimal | None = None
    min_size: Decimal | None = None
    min_notional: Decimal | None = None
    maker_fee: Decimal | None = None
    taker_fee: Decimal | None = None
    multiplier: Decimal | None = None
    settle: str | None = None
    expiry: datetime | None = None
    strike: Decimal | None = None
    option_type: str | None = None
    listed_at: datetime | None = None
    delist_at: datetime | None = None
    leveraged: bool = False
    tokenised: bool = False
    name: str | None = None


class ServerTime(Struct, frozen=True, gc=False):
    """The exchange's clock at the moment it answered."""

    exchange_ts: datetime


Row = Ticker | Instrument | ServerTime
