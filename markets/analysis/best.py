"""Best price to buy and to sell, before and after taker fees, with the reason for everything left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markets.analysis.settings import DEFAULT, Method
from markets.board import PairKey, Quote


@dataclass(frozen=True)
class Best:
    """The winner of one side. Prices in quote per base; `net_price` is after the taker fee, None without a known fee."""

    exchange: str
    price: Decimal
    net_price: Decimal | None
    fee_pct: Decimal | None


@dataclass(frozen=True)
class Row:
    """One exchange's line in a comparison. `rank` is None for what is not ranked; `flags` says why.

    `price` is the ask (buy) or bid (sell); `net_price` the same after the fee. `vs_best` is the difference of net
    prices (of prices, before fees) to the winner, in quote, never positive for a loser: what this row costs more (buy)
    or pays less (sell), with a minus sign. `detail` is the sentence for people.
    """

    quote: Quote
    state: str  # fresh aging stale expired
    age_s: float | None
    flags: tuple[str, ...]
    detail: str
    price: Decimal | None
    net_price: Decimal | None
    fee_pct: Decimal | None
    spread_bps: Decimal | None
    deviation_bps: Decimal | None
    rank: int | None
    vs_best: Decimal | None
    badges: tuple[str, ...]  # best_price best_to_buy best_to_sell tightest deepest new


@dataclass(frozen=True)
class Comparison:
    """One pair over all exchanges at `as_of`: what the page, the API, a sentence and an alert all say."""

    key: PairKey
    as_of: datetime
    side: str  # buy sell
    net: bool  # ranked after fees
    status: str  # ok single_source disputed no_consensus none
    grade: str  # A B C D
    pair_class: str  # stable major mid tail
    reference_price: Decimal | None
    index_price: Decimal | None
    price_range_pct: Decimal | None
    dispersion_bps: Decimal | None
    gap_bps: Decimal | None  # (best bid - best ask) / best ask, before fees, over ranked rows
    after_fees_pct: Decimal | None  # what is left of that gap after both taker fees
    change_24h_pct: Decimal | None  # volume-weighted over ranked rows
    high_24h: Decimal | None
    low_24h: Decimal | None
    quote_volume_24h: Decimal | None  # sum over not-excluded rows, in quote units
    volume_usd: Decimal | None
    live: int  # fresh and not excluded
    listed: int
    oldest_s: float | None  # age of the oldest ranked row
    best_buy: Best | None
    best_sell: Best | None
    rows: tuple[Row, ...]  # ranked first, then the rest
    notes: tuple[str, ...]


def compare(key: PairKey, quotes: Mapping[str, Quote], now: datetime, method: Method = DEFAULT, *,
            side: str = "buy", net: bool = True, usd: Decimal | None = None, stable: bool = False) -> Comparison:
    """Compare one pair. `usd` converts the quote currency to USD (None: unknown, class tail); `stable`: both are stablecoins."""
    raise NotImplementedError
