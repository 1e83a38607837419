"""What reads return: plain frozen values for pages, API, admin and answers alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from markets.analysis.best import Comparison
from markets.analysis.display import age
from markets.analysis.uptime import Day
from markets.board import PairKey


class UnknownPair(LookupError):
    """No exchange lists the pair. `nearest` are pairs that exist; `renamed` is (old, new) when a ticker was renamed."""

    def __init__(self, text: str, nearest: tuple[PairKey, ...] = (), renamed: tuple[str, str] | None = None) -> None:
        super().__init__(text)
        self.nearest = nearest
        self.renamed = renamed


class Absence(NamedTuple):
    """An exchange whose rows an answer lacks, or has old: a reason code, and the sentence for people."""

    exchange: str
    reason: str
    detail: str


@dataclass(frozen=True)
class SourceStatus:
    """One source of one exchange: its switch, its period, and how its polls went in the last hour."""

    source: str
    price: bool  # one of those that prices need: they alone make an exchange healthy or sick
    label: str
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

    @property
    def failing(self) -> bool:
        """Switched on, asked, and without a good answer. What cannot be asked without a key did not fail."""
        return self.enabled and self.outcome not in ("", "ok", "partial", "not_offered")


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
    maintenance: str = ""  # running or announced, in the exchange's words; "" when it says nothing of the kind
    refused: int = 0  # polls of the last hour that a limit or a ban forbade
    shed: int = 0  # of those, the ones that left the rest of a limit to prices
    silent_until: datetime | None = None  # the exchange told us to wait until then, to the minute

    @property
    def silent(self) -> bool:
        """Whether none of its prices counts, however fresh: it pauses or refuses us, or Pebble has switched it off."""
        return self.state in ("banned", "blocked", "auto_disabled")

    @property
    def live(self) -> bool:
        """Switched on, its newest quote is fresh, and it counts."""
        return self.enabled and self.freshness == "fresh" and not self.silent

    @property
    def prices(self) -> tuple[SourceStatus, ...]:
        """The sources that prices need."""
        return tuple(s for s in self.sources if s.price)

    @property
    def others(self) -> tuple[SourceStatus, ...]:
        """The other sources, those in trouble first."""
        return tuple(sorted((s for s in self.sources if not s.price), key=lambda s: not s.failing))

    @property
    def others_line(self) -> str:
        """All other sources in one line: 14 more: 11 ok, 1 api_error, 2 off."""
        said = {"": "not asked yet", "not_offered": "without a key"}  # without a key there is nothing to ask
        words = [said.get(s.outcome or "", s.outcome or "") if s.enabled else "off" for s in self.others]
        counts = {word: words.count(word) for word in sorted(words, key=lambda word: (word != "ok", word))}
        return f"{len(words)} more: {', '.join(f'{count} {word}' for word, count in counts.items())}" if words else ""


class Overdue(NamedTuple):
    """A schedule that should have run `late_s` seconds ago."""

    name: str
    late_s: float


class Undelivered(NamedTuple):
    """A message that was tried and has not arrived: when it was made, what about, by which way, how often, and the last response code."""

    at: datetime
    kind: str
    channel: str
    attempts: int
    given_up: bool
    code: int | None


@dataclass(frozen=True)
class Workers:
    """The machinery: clusters alive, queue length, oldest waiting task, failures and runs in 24 h, what is late, what was not delivered.

    `polled_s`: since any poll ended, None before the first. `stopped`: that is too long. `behind`: the exchanges whose prices were not asked
    for in time, by name.
    """

    clusters: int
    workers: int
    queued: int | None  # None: the queue does not answer
    oldest_s: float | None
    failed_24h: int
    runs_24h: int
    polled_s: float | None = None
    stopped: bool = False
    behind: tuple[str, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    paused_at: datetime | None = None  # an operator has stopped all collection
    pause_reason: str = ""


class History(NamedTuple):
    """The last ninety days of an exchange, the oldest first, and the percent of its asked time in which it answered."""

    days: tuple[tuple[date, Day], ...]
    uptime_pct: Decimal | None


@dataclass(frozen=True)
class Trouble:
    """An incident as everybody may see it. `exchange` is "" where it concerns Pebble itself."""

    id: int
    exchange: str
    name: str
    kind: str
    kind_label: str
    critical: bool
    title: str
    detail: str
    opened_at: datetime
    closed_at: datetime | None
    closing: str
    away_s: float = 0.0  # so much of it nobody saw: Pebble itself was away

    @property
    def gap(self) -> str:
        """That in words, behind when it was; "" where it was seen all through."""
        return f", of which Pebble was away for {age(self.away_s)}" if self.away_s else ""


class Measure(NamedTuple):
    """One success measure: what it is today, what it should be, and whether it is; None where nothing is known yet."""

    key: str
    label: str
    value: Decimal | None
    unit: str
    target: str
    met: bool | None
    told: str  # how it is found


@dataclass(frozen=True)
class Event:
    """One line of the status page's recent events."""

    at: datetime
    exchange: str
    text: str


@dataclass(frozen=True)
class AskedKind:
    """One kind of question, as it was counted: how many, how many of them well answered, how many whose reading somebody changed."""

    intent: str
    questions: int
    success_pct: Decimal | None
    corrected_pct: Decimal | None

    @property
    def label(self) -> str:
        """Best price."""
        return self.intent.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Asking:
    """How questions fared over some days. A success is an answer of grade A to C, a question asked back, or a refusal where one is due.

    `p50_ms` and `p95_ms` are the steps within which half and 95 % of the answers came; None while nothing was asked.
    """

    days: int
    questions: int
    success_pct: Decimal | None
    corrected_pct: Decimal | None
    p50_ms: int | None
    p95_ms: int | None
    kinds: tuple[AskedKind, ...]


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
    asking: Asking
    histories: Mapping[str, History] = field(default_factory=dict)  # by exchange
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class Filters:
    """What the overview and `pairs/` may be narrowed by; every field has a default that hides nothing surprising."""

    quote: str = "USDT"  # "" for all
    exchanges: tuple[str, ...] = ()  # empty: all switched on
    net: bool = True
    min_exchanges: int = 1
    min_volume_usd: Decimal | None = None
    min_depth_usd: Decimal | None = None  # within 2 % of the middle, on the thinner side, of the deepest book that is not old
    min_change_pct: Decimal | None = None  # absolute
    amount: Decimal | None = None  # ranks every pair by what it costs or brings there, from stored depth
    unit: str = "quote"  # what it counts: quote units, base coins, or usd: the same worth on every pair
    fees: Mapping[str, Decimal] = field(default_factory=dict)  # the visitor's own taker fees, as ratios; "" for all others
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
    unit: str = ""  # behind the value
    link: str = ""  # where the caption leads


@dataclass(frozen=True)
class Overview:
    """One page of the overview: its rows are comparisons, in the asked order, with each pair's last-day line."""

    as_of: datetime
    rows: tuple[Comparison, ...]
    total: int
    filters: Filters
    quotes: tuple[str, ...]  # quote currencies to choose from, by number of pairs
    sparks: dict[PairKey, tuple[Decimal, ...]]
    widest_filter: str  # which filter to relax first when nothing matches
