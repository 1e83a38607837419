"""The board: every pair's quotes on every exchange at one instant, as plain frozen data. The aggregator's result.

Everything that compares prices takes these; `markets.read.board()` is the one place that builds them from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct


class PairKey(NamedTuple):
    """What may be compared: equal base, quote and kind, by canonical ticker (after aliases and multipliers)."""

    base: str
    quote: str
    kind: str = "spot"

    def __str__(self) -> str:
        return f"{self.base}-{self.quote}"


class Quote(Struct, frozen=True, gc=False, kw_only=True):
    """One exchange's quote of one pair, per coin, with what is needed to judge it.

    `observed_at` ages it; `period_s` is its feed's polling interval T. `taker_fee` is a ratio and `fee_source` one of
    operator, exchange, default (None with a None fee). `identity` is confirmed, probable, conflicted or unknown, the
    weaker of base and quote. `flag`, `flag_since` and `frozen` are what quality remembers.
    `switch` is "" or the reason code that keeps the exchange or market from counting: disabled, auto_disabled, banned,
    blocked, not_in_rollout.
    """

    exchange: str
    symbol: str
    base: str
    quote: str
    kind: str = "spot"
    status: str = "trading"
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
    ts_source: str = "received"
    requested_at: datetime | None = None
    received_at: datetime | None = None
    observed_at: datetime | None = None
    period_s: int = 10
    taker_fee: Decimal | None = None
    fee_source: str | None = None
    tick_size: Decimal | None = None
    lot_size: Decimal | None = None  # like min_size in coins: a multiplier in the symbol is undone
    min_size: Decimal | None = None
    min_notional: Decimal | None = None
    first_seen_at: datetime | None = None  # on this exchange; None when it was there before Pebble looked
    multiplier: Decimal = Decimal(1)
    base_code: str = ""  # what the exchange itself calls base and quote
    quote_code: str = ""
    identity: str = "unknown"
    switch: str = ""
    bad: tuple[str, ...] = ()
    flag: str = ""
    flag_since: datetime | None = None
    calm: int = 0
    same_since: datetime | None = None
    same_polls: int = 0
    same_reference: Decimal | None = None
    priority: int = 100

    @property
    def mid(self) -> Decimal | None:
        """(bid + ask) / 2, or None when a side is missing."""
        return None if self.bid is None or self.ask is None else (self.bid + self.ask) / 2


class Ladder(Struct, frozen=True, gc=False, kw_only=True):
    """One market's stored order book, per coin: levels are (price, size), best first. `observed_at` ages it by `period_s`.

    `switch` is "" or the reason code that keeps the exchange or its books from counting.
    """

    exchange: str
    symbol: str
    bids: tuple[tuple[Decimal, Decimal], ...] = ()
    asks: tuple[tuple[Decimal, Decimal], ...] = ()
    observed_at: datetime | None = None
    received_at: datetime | None = None
    exchange_ts: datetime | None = None
    period_s: int = 60
    switch: str = ""


@dataclass(frozen=True)
class Coin:
    """What readers need to know of an asset."""

    ticker: str
    name: str = ""
    kind: str = "coin"
    slug: str = ""
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Board:
    """All quotes at an instant. `pairs` is ordered by nothing in particular; `coins` is by ticker.

    `revision` changes whenever any quote, switch or catalogue entry in it does.
    """

    pairs: Mapping[PairKey, Mapping[str, Quote]]
    coins: Mapping[str, Coin] = field(default_factory=dict)
    usd: Mapping[str, Decimal] = field(default_factory=dict)  # quote ticker -> USDT per unit, for volumes
    revision: str = ""

    def is_stable(self, key: PairKey) -> bool:
        """Whether base and quote are both stablecoins: the narrowest tolerance."""
        return all(ticker in self.coins and self.coins[ticker].kind == "stablecoin" for ticker in (key.base, key.quote))
