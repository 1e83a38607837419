"""Rows that every exchange's replies are read into: frozen, exact decimals, aware UTC times, None = unknown.

Prices are in quote per base, sizes and base volumes in base units, both exactly as the exchange counts them: a
multiplier in a symbol (1000PEPE) is undone later, where identity is known. Field names are the public vocabulary of
docs/architecture.md and stay stable.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from msgspec import Struct

Kind = str  # spot | perp | future | option
Status = str  # pre_open | trading | halted | delisting | delisted
Level = tuple[Decimal, Decimal]  # price, size in base units


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

    KEY: ClassVar[tuple[str, ...]] = ("symbol",)  # what tells two rows of one poll apart; rows of several parts merge by it


class Instrument(Struct, frozen=True, gc=False):
    """One market of an exchange's catalogue. Fees are ratios; steps and minima as the exchange publishes them.

    Of contracts: `contract_size` is what one contract stands for, in base units of a linear one (0.001 BTC) and in money
    of an inverse one (1 USD, 100 USD); 1 where the exchange counts coins. `inverse` says which. `multiplier` is how many
    coins one unit of `base` is said to hold where the exchange itself says so (1000 of 1000PEPE); elsewhere prices tell.
    `settle` is the coin it is paid in, `index` the exchange's own name of the index it follows, `underlying` what an
    option is written on. `max_leverage` is the most it can be held at (100 = a hundredth put down): of the smallest position,
    where the exchange lowers it for larger ones.
    """

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
    contract_size: Decimal | None = None
    inverse: bool = False
    settle: str | None = None
    index: str | None = None
    underlying: str | None = None
    expiry: datetime | None = None
    strike: Decimal | None = None
    option_type: str | None = None  # call | put
    funding_interval_hours: Decimal | None = None
    max_leverage: Decimal | None = None
    listed_at: datetime | None = None
    delist_at: datetime | None = None
    leveraged: bool = False
    tokenised: bool = False
    name: str | None = None

    KEY: ClassVar[tuple[str, ...]] = ("kind", "symbol")


class PerpTicker(Struct, frozen=True, gc=False):
    """One perpetual or dated future. Sizes, volumes and `open_interest` are in base units, never in contracts.

    `open_interest` counts one side: a contract held long by one and short by another counts once.
    """

    symbol: str
    bid: Decimal | None = None
    bid_size: Decimal | None = None
    ask: Decimal | None = None
    ask_size: Decimal | None = None
    last: Decimal | None = None
    mark_price: Decimal | None = None
    index_price: Decimal | None = None
    open_interest: Decimal | None = None
    base_volume_24h: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    change_24h_pct: Decimal | None = None
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    exchange_ts: datetime | None = None
    bad: tuple[str, ...] = ()

    KEY: ClassVar[tuple[str, ...]] = ("symbol",)


class FundingRate(Struct, frozen=True, gc=False):
    """A funding rate as a fraction per interval (0.0001 = 0.01 %); positive means that longs pay shorts.

    `kind` is "predicted" for the running interval (still accruing, paid at `next_funding_at`) and "settled" for one that
    was paid at `settled_at`. `next_rate` is what some exchanges foretell for the interval after that: kept apart.
    An unknown interval is None and never taken for eight hours.
    """

    symbol: str
    rate: Decimal | None = None
    kind: str = "predicted"
    interval_hours: Decimal | None = None
    next_funding_at: datetime | None = None
    settled_at: datetime | None = None
    next_rate: Decimal | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    exchange_ts: datetime | None = None
    bad: tuple[str, ...] = ()

    KEY: ClassVar[tuple[str, ...]] = ("symbol", "settled_at")


class OptionTicker(Struct, frozen=True, gc=False):
    """One option. Prices are in the currency it is quoted in, per unit of the underlying; sizes and open interest in base units.

    Implied volatilities are ratios a year (0.56 = 56 %). `delta` and the other greeks as the exchange computes them.
    """

    symbol: str
    bid: Decimal | None = None
    bid_size: Decimal | None = None
    ask: Decimal | None = None
    ask_size: Decimal | None = None
    last: Decimal | None = None
    mark_price: Decimal | None = None
    mark_iv: Decimal | None = None
    bid_iv: Decimal | None = None
    ask_iv: Decimal | None = None
    delta: Decimal | None = None
    gamma: Decimal | None = None
    vega: Decimal | None = None
    theta: Decimal | None = None
    open_interest: Decimal | None = None
    underlying_price: Decimal | None = None
    index_price: Decimal | None = None
    base_volume_24h: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    change_24h_pct: Decimal | None = None
    exchange_ts: datetime | None = None
    bad: tuple[str, ...] = ()

    KEY: ClassVar[tuple[str, ...]] = ("symbol",)


class Book(Struct, frozen=True, gc=False):
    """The order book of one market, best first on both sides; sizes in base units. `dropped`: levels that were no numbers."""

    symbol: str
    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()
    exchange_ts: datetime | None = None
    dropped: int = 0

    KEY: ClassVar[tuple[str, ...]] = ("symbol",)


class Candle(Struct, frozen=True, gc=False):
    """What was traded in one period that began at `opened_at`. Volumes in base and quote units; the newest may be unfinished."""

    symbol: str
    period_s: int
    opened_at: datetime
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    close: Decimal | None = None
    base_volume: Decimal | None = None
    quote_volume: Decimal | None = None

    KEY: ClassVar[tuple[str, ...]] = ("symbol", "period_s", "opened_at")


class Currency(Struct, frozen=True, gc=False):
    """One coin on one network of an exchange. None = the exchange does not say; a coin without networks has one row, network "".

    `network` is the exchange's own word (ERC20), `chain` the same for all exchanges (ethereum; `exchanges.chains`),
    `contract_address` written so that two equal ones are the same text. The fee is in coins.
    """

    code: str
    name: str | None = None
    network: str = ""
    chain: str | None = None
    contract_address: str | None = None
    deposit_open: bool | None = None
    withdraw_open: bool | None = None
    withdraw_fee: Decimal | None = None
    withdraw_min: Decimal | None = None

    KEY: ClassVar[tuple[str, ...]] = ("code", "network")


class Announcement(Struct, frozen=True, gc=False):
    """One public notice. `kind` is listing, delisting, maintenance or other; `id` the exchange's own, or its address."""

    id: str
    title: str
    kind: str = "other"
    url: str | None = None
    published_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    KEY: ClassVar[tuple[str, ...]] = ("id",)


class ServiceStatus(Struct, frozen=True, gc=False):
    """Whether an exchange works, or when it will not. `state` is open, maintenance (planned or running) or closed; `id` "" is now."""

    state: str
    id: str = ""
    title: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    KEY: ClassVar[tuple[str, ...]] = ("id",)


class IndexMember(Struct, frozen=True, gc=False):
    """One source of a perpetual's index: which market of which exchange, in the words of the exchange that computes it.

    `weight` is a ratio (0.25 = 25 %); `multiplier` how many of the member's coins one unit of the index holds.
    """

    symbol: str
    exchange: str
    member: str = ""
    weight: Decimal | None = None
    multiplier: Decimal | None = None

    KEY: ClassVar[tuple[str, ...]] = ("symbol", "exchange", "member")


class LeadTrader(Struct, frozen=True, gc=False):
    """Public statistics of somebody whose trades others copy. Money in USDT, percentages in percent. None = not said."""

    trader_id: str
    name: str = ""
    open_to_copy: bool | None = None
    followers: int | None = None
    max_followers: int | None = None
    followers_ever: int | None = None
    roi_pct: Decimal | None = None
    profit: Decimal | None = None
    follower_profit: Decimal | None = None
    managed: Decimal | None = None
    win_rate_pct: Decimal | None = None
    max_drawdown_pct: Decimal | None = None
    trades: int | None = None
    wins: int | None = None
    losses: int | None = None
    days: int | None = None
    symbols: tuple[str, ...] = ()
    last_trade_at: datetime | None = None

    KEY: ClassVar[tuple[str, ...]] = ("trader_id",)


class ServerTime(Struct, frozen=True, gc=False):
    """The exchange's clock at the moment it answered."""

    exchange_ts: datetime

    KEY: ClassVar[tuple[str, ...]] = ()


Row = (
    Ticker | Instrument | PerpTicker | FundingRate | OptionTicker | Book | Candle | Currency | Announcement | ServiceStatus | IndexMember | LeadTrader
    | ServerTime
)
