"""All that an exchange file may declare: what can be asked, what it costs, and how each reply is read. Plain data.

An adapter does no I/O and knows no clock. `Part.parse` turns bytes already received into rows; `Adapter.check`
turns an exchange's way of saying no into one of the errors of `exchanges.errors`. Capabilities are optional fields:
what an exchange does not offer is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from exchanges.rows import Instrument, Row, ServerTime, Ticker

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
    """One GET. `host` is one of the adapter's hosts; params keep their order."""

    host: str
    path: str
    params: tuple[tuple[str, str], ...] = ()


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
    changed format or a truncated list, not news. `next_page(body, request)` gives the next request, or None.
    """

    name: str
    request: Request
    cost: Mapping[str, int]
    parse: Callable[[bytes, Headers, Instruments], Parsed[R]]
    clock: Clock = "none"
    few: int = 0
    next_page: Callable[[bytes, Request], Request | None] | None = None


@dataclass(frozen=True)
class Source(Generic[R]):
    """Something an exchange can be asked for, in one or more parts that merge by symbol. `period_s`: how often."""

    parts: tuple[Part[R], ...]
    period_s: int
    whole: bool = True  # a bulk list: 10 s deadline instead of 6 s


@dataclass(frozen=True)
class Adapter:
    """One exchange. The file name is the slug.

    `hosts` is the allow-list; the first is the default. `budget` is the operator's default in requests a minute.
    `taker_fee` is the public default as a ratio, used when neither the operator nor the wire gives one. `trade_page`
    is where a person buys, with {base}, {quote} and {symbol} filled in. `check(status, headers, body)` raises an
    ExchangeError unless the reply is the exchange's success; `usage(headers)` reads its limit headers.
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
    time: Source[ServerTime] | None = None
    instruments: Source[Instrument] | None = None
    tickers: Source[Ticker] | None = None

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
