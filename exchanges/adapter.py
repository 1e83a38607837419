"""All that an exchange file may declare: what can be asked, what it costs, and how each reply is read. Plain data.

An adapter does no I/O and knows no clock. `Part.parse` turns bytes already received into rows; `Adapter.check`
turns an exchange's way of saying no into one of the errors of `exchanges.errors`. Capabilities are optional fields:
what an exchange does not offer is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote, urlencode

from exchanges.rows import (
    Announcement,
    Book,
    Candle,
    Currency,
    FundingRate,
    IndexMember,
    Instrument,
    LeadTrader,
    OptionTicker,
    PerpTicker,
    Row,
    ServerTime,
    ServiceStatus,
    Ticker,
)

R = TypeVar("R", bound=Row, covariant=True)  # noqa: PLC0105 - a row type, short where it is used most

Headers = Mapping[str, str]  # lower-case names
Instruments = Mapping[str, Instrument]  # by native symbol; what unit conversions may need
Clock = Literal["snapshot", "last_change", "last_trade", "none"]


@dataclass(frozen=True)
class Use:
    """What an exchange's headers say of one pool: units used or left, and seconds until it is full again."""

    pool: str
    used: int | None = None
    left: int | None = None
    resets_in_s: float | None = None


@dataclass(frozen=True)
class Pool:
    """A published limit: `units` per `window_s`, for the whole address or for each endpoint by itself."""

    name: str
    units: int
    window_s: float
    unit: str = "requests"
    per_endpoint: bool = False


@dataclass(frozen=True)
class Request:
    """One GET. `host` is one of the adapter's hosts; params keep their order; `signed` needs the operator's key.

    Of a source that is asked market by market it is a template: {words} in path and values are filled in by `Ask.words`.
    """

    host: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    signed: bool = False

    @property
    def target(self) -> str:
        """Path and query exactly as they are sent, and signed."""
        return self.path + (f"?{urlencode(self.params)}" if self.params else "")

    def filled(self, words: Mapping[str, str]) -> Request:
        """This template with its words filled in; a parameter that becomes empty is left out. Raises KeyError for an unknown word."""
        params = tuple((name, text) for name, value in self.params if (text := value.format_map(words)))
        return replace(self, path=self.path.format_map({key: quote(word, safe="") for key, word in words.items()}), params=params)


@dataclass(frozen=True)
class Ask:
    """What a source that is read market by market is asked about. `period_s`, `start` and `end` are for candles and histories."""

    market: Instrument
    period_s: int = 3600
    start: datetime | None = None
    end: datetime | None = None

    def words(self, part: Part[Any]) -> dict[str, str]:
        """The words a template may hold: symbol base quote settle index underlying period start_s start_ms end_s end_ms."""
        m = self.market
        times = {f"{name}_{unit}": _epoch(at, per) for name, at in (("start", self.start), ("end", self.end)) for unit, per in (("s", 1), ("ms", 1000))}
        return {
            "symbol": m.symbol, "base": m.base, "quote": m.quote, "settle": (m.settle or m.quote).lower(), "index": m.index or "",
            "underlying": m.underlying or "", "period": part.periods.get(self.period_s, ""), **times,
        }


def _epoch(at: datetime | None, per_second: int) -> str:
    return "" if at is None else str(int(at.timestamp() * per_second))


@dataclass(frozen=True)
class Credentials:
    """A key somebody put into the environment. Never written, logged or shown; read-only keys are enough."""

    key: str
    secret: str = field(repr=False)
    passphrase: str = field(repr=False, default="")


@dataclass(frozen=True)
class Parsed(Generic[R]):
    """What a reply held: rows, how many rows were dropped, how many single fields were not numbers, its own clock."""

    rows: list[R]
    dropped: int = 0
    bad_fields: int = 0
    at: datetime | None = None


@dataclass(frozen=True)
class Part(Generic[R]):
    """One kind of reply a source is made of.

    `cost` is what one request takes from each of the adapter's pools, by pool name. `clock` says what `exchange_ts`
    of its rows means: only "snapshot" dates the quotes. `few` is the smallest believable number of rows: fewer is a
    changed format or a truncated list, not news. `next_pages(body, request)` gives the requests a reply leads to: the next
    page of a list, or one for each entry of a table of contents; `pages` is how many requests the part takes as a rule.

    `fits` says which markets the part can be asked about (sources read market by market); `periods` are the exchange's
    words for candles of so many seconds.
    """

    name: str
    request: Request
    cost: Mapping[str, int]
    parse: Callable[[bytes, Headers, Instruments], Parsed[R]]
    clock: Clock = "none"
    few: int = 0
    next_pages: Callable[[bytes, Request], tuple[Request, ...]] | None = None
    pages: int = 1
    fits: Callable[[Instrument], bool] = lambda market: True
    periods: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source(Generic[R]):
    """Something an exchange can be asked for, in one or more parts that merge by the rows' KEY. `period_s`: how often.

    `markets` is None for what comes in one sweep; else the source is read market by market, each of so many markets every
    `period_s` as the default plan, and one part that fits the market is asked. `known` names the source whose instruments
    the parts need to understand units. `whole`: a bulk list: 9 s deadline instead of 6 s.
    """

    parts: tuple[Part[R], ...]
    period_s: int
    whole: bool = True
    markets: int | None = None
    known: tuple[str, ...] = ()

    def fitting(self, market: Instrument) -> tuple[Part[R], ...]:
        """The parts that can be asked about a market; none: this exchange does not offer it there."""
        return tuple(part for part in self.parts if part.fits(market))


@dataclass(frozen=True)
class Adapter:
    """One exchange. The file name is the slug.

    `hosts` is the allow-list; the first is the default. `budget` is the operator's default in requests a minute.
    `taker_fee` is the public default as a ratio, used when neither the operator nor the wire gives one. `trade_page`
    is where a person buys, with {base}, {quote} and {symbol} filled in. `check(status, headers, body)` raises an
    ExchangeError unless the reply is the exchange's success; `usage(headers)` reads its limit headers. `sign(credentials,
    request, now_ms)` gives the headers of a signed request, `now_ms` by the exchange's clock. `absent` says of sources that are
    not offered why, where there is more to say than that they are not published. `spellings` are other ways in which people write the name
    (small letters), beside what follows from it: without its dots and spaces, word by word, what stands before a dot.
    """

    slug: str
    name: str
    monogram: str
    hosts: tuple[str, ...]
    pools: tuple[Pool, ...]
    budget: int
    taker_fee: Decimal
    trade_page: str
    check: Callable[[int, Headers, bytes], None]
    usage: Callable[[Headers], tuple[Use, ...]] = lambda headers: ()
    position: int = field(default=100)  # the customer's order; ties by slug
    sign: Callable[[Credentials, Request, int], dict[str, str]] | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
    spellings: tuple[str, ...] = ()
    time: Source[ServerTime] | None = None
    status: Source[ServiceStatus] | None = None
    instruments: Source[Instrument] | None = None
    tickers: Source[Ticker] | None = None
    book: Source[Book] | None = None
    candles: Source[Candle] | None = None
    currencies: Source[Currency] | None = None
    announcements: Source[Announcement] | None = None
    perp_instruments: Source[Instrument] | None = None
    perp_tickers: Source[PerpTicker] | None = None
    open_interest: Source[PerpTicker] | None = None
    funding: Source[FundingRate] | None = None
    funding_history: Source[FundingRate] | None = None
    option_instruments: Source[Instrument] | None = None
    option_tickers: Source[OptionTicker] | None = None
    index_members: Source[IndexMember] | None = None
    copy_traders: Source[LeadTrader] | None = None

    def source(self, name: str) -> Source[Row] | None:
        """The declared source of that name, or None when it is not offered. Unknown names raise KeyError."""
        if name not in SOURCE_NAMES:
            raise KeyError(f"no source is called {name!r}; choose one of {', '.join(SOURCE_NAMES)}")
        found: Source[Row] | None = getattr(self, name)
        return found

    @property
    def sources(self) -> dict[str, Source[Row]]:
        """Everything this exchange offers, by name."""
        return {name: source for name in SOURCE_NAMES if (source := self.source(name))}


SOURCE_NAMES: tuple[str, ...] = tuple(f.name for f in fields(Adapter) if str(f.type).startswith("Source["))
