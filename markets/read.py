"""Every read that a page, an API, an answer or an alert needs. They share these, so their numbers cannot differ.

The board is kept in memory per process and renewed per exchange when its change number moved, so a page costs no
query over quotes, and keeps answering (with ages) while the database is away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markets.analysis.best import Comparison
from markets.board import Board, Coin, PairKey


class UnknownPair(LookupError):
    """No exchange lists the pair. `nearest` are pairs that exist; `renamed` is (old, new) when a ticker was renamed."""

    def __init__(self, text: str, nearest: tuple[PairKey, ...] = (), renamed: tuple[str, str] | None = None) -> None:
        super().__init__(text)
        self.nearest = nearest
        self.renamed = renamed


@dataclass(frozen=True)
class SourceStatus:
    """One source of one exchange: its switch, its period, and how its polls went in the last hour."""

    source: str
    enabled: bool
    period_s: int
    outcome: str
    detail: str
    finished_at: datetime | None
    ok_at: datetime | None
    age_s: float | None  # since the last good poll
    fails: int
    runs: int
    success_pct: Decimal | None
    p50_ms: int | None
    p95_ms: int | None
    retry_in_s: float | None  # breaker or ban: when it is tried again


@dataclass(frozen=True)
class Meter:
    """How much of a limit is used right now."""

    name: str  # "operator" or the pool's name
    used: Decimal
    limit: Decimal
    unit: str
    window_s: float


@dataclass(frozen=True)
class ExchangeStatus:
    """One exchange as the feed strip, the status page, the API and the admin show it."""

    slug: str
    name: str
    monogram: str
    place: int  # 1.. in the adapters' order: the colour class ex-1..
    enabled: bool
    state: str
    state_label: str
    state_since: datetime | None
    detail: str
    age_s: float | None  # of its newest quote
    freshness: str  # fresh aging stale expired, or "" before the first quote
    markets: int
    taker_fee_pct: Decimal | None
    success_pct: Decimal | None
    p50_ms: int | None
    p95_ms: int | None
    breaker: str  # closed, open, half open
    retry_in_s: float | None
    meters: tuple[Meter, ...]
    sources: tuple[SourceStatus, ...]

    @property
    def live(self) -> bool:
        """Switched on and its newest quote is fresh."""
        return self.enabled and self.freshness == "fresh"


@dataclass(frozen=True)
class Workers:
    """The machinery: clusters alive, queue length, oldest waiting task, failures and runs in 24 h."""

    clusters: int
    workers: int
    queued: int
    oldest_s: float | None
    failed_24h: int
    runs_24h: int


@dataclass(frozen=True)
class Event:
    """One line of the status page's recent events."""

    at: datetime
    exchange: str
    text: str


@dataclass(frozen=True)
class Status:
    """Everything the status page says."""

    as_of: datetime
    simulated: bool
    sentence: str
    explanation: str
    level: str  # ok warn down
    exchanges: tuple[ExchangeStatus, ...]
    workers: Workers
    pairs: int
    shared_pairs: int  # on two or more exchanges
    assets: int
    fresh_pct: Decimal | None
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Filters:
    """What the overview and `pairs/` may be narrowed by; every field has a default that hides nothing surprising."""

    quote: str = "USDT"  # "" for all
    exchanges: tuple[str, ...] = ()  # empty: all switched on
    net: bool = True
    min_exchanges: int = 1
    min_volume_usd: Decimal | None = None
    min_change_pct: Decimal | None = None  # absolute
    hide_leveraged: bool = True
    hide_suspect: bool = False
    search: str = ""
    base: tuple[str, ...] = ()  # only these tickers (a watch list)
    sort: str = "-volume"  # one of SORTS, "-" for descending
    limit: int = 50
    offset: int = 0


SORTS = ("asset", "buy", "sell", "gap", "after_fees", "change", "volume", "live")


@dataclass(frozen=True)
class Tile:
    """One figure above the overview table."""

    title: str
    value: str
    caption: str
    exchanges: tuple[str, ...] = ()
    pair: PairKey | None = None


@dataclass(frozen=True)
class Overview:
    """One page of the overview: its rows are comparisons, in the asked order, with each pair's last-day line."""

    as_of: datetime
    rows: tuple[Comparison, ...]
    total: int
    filters: Filters
    tiles: tuple[Tile, ...]
    quotes: tuple[str, ...]  # quote currencies to choose from, by number of pairs
    sparks: dict[PairKey, tuple[Decimal, ...]]
    widest_filter: str  # which filter to relax first when nothing matches


def revision() -> str:
    """The change number of everything the pages show: a few rows, read at most four times a second per process."""
    raise NotImplementedError


def board() -> Board:
    """The whole board as last stored. Never asks an exchange."""
    raise NotImplementedError


def compare(base: str, quote: str, now: datetime, *, side: str = "buy", net: bool = True) -> Comparison:
    """One pair by ticker (old tickers are understood). Raises UnknownPair."""
    raise NotImplementedError


def overview(filters: Filters, now: datetime) -> Overview:
    """The pairs that match, compared, sorted and cut to a page."""
    raise NotImplementedError


def exchanges(now: datetime) -> tuple[ExchangeStatus, ...]:
    """Every exchange the adapters know, with its state and age. Cheap enough for every page."""
    raise NotImplementedError


def status(now: datetime) -> Status:
    """What the status page, `/status.json` and `status/` of the API say."""
    raise NotImplementedError


def tag(now: datetime, *parts: str) -> str:
    """The entity tag of an answer: change number, switches and the states of every row at `now`, and what was asked."""
    raise NotImplementedError


def resolve(text: str) -> tuple[Coin | None, str | None]:
    """A coin by ticker, old ticker or name, and the old ticker when that is what was typed."""
    raise NotImplementedError


def suggest(text: str, limit: int = 8) -> tuple[tuple[str, str, str], ...]:
    """Search: (label, explanation, path) of assets and pairs that match a ticker, an old ticker or a name."""
    raise NotImplementedError


def sparks(keys: tuple[PairKey, ...], now: datetime) -> dict[PairKey, tuple[Decimal, ...]]:
    """The last day of each pair as up to 24 hourly mids of its most traded exchange, oldest first."""
    raise NotImplementedError
