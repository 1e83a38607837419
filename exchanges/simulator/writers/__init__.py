"""One wire writer per exchange: the same quotes in five ways of speaking. A module here is an exchange that can be played.

A writer module (or package) says where it lives (HOSTS, ROUTES), how often its numbers change (SNAPSHOT_S), what its
fields are called (FIELDS, for the faults of spot rows), its published limits (LIMITS), and how it says yes, no and too
often. Where it has them: VARY names request headers (lower case) that change its replies; `source(route, query)` says which
source a request is for when one address serves several (Bybit's `category`).

ROUTES maps addresses to a `Route`; the function of that name in the writer answers `(scene, query)` with a `Reply`. An
address is a path (`/api/v3/time`), a path of one host where hosts differ (`api-futures.kucoin.com/api/v1/status`), or has
words in braces (`/api/v4/futures/usdt/index_constituents/{index}`), which stand in `scene.words` and in the query too.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

from exchanges.simulator.books import Levels, Thing, book
from exchanges.simulator.candles import Candle, candles
from exchanges.simulator.contracts import Contract
from exchanges.simulator.derivatives import ContractQuote, Funding, contract_quotes, funding_history, interval_h, listed
from exchanges.simulator.events import Notice, Window
from exchanges.simulator.networks import Currency, currencies
from exchanges.simulator.options import Option, OptionQuote, option_quotes, options
from exchanges.simulator.prices import Prices, Quote
from exchanges.simulator.universe import Market

Query = Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What goes back: a status, a whole body and the headers that this exchange adds."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """An instant of one exchange, and what was asked.

    `now` is what the exchange's clock says, `t` which prices it shows (both epoch seconds). `host`, `path` (decoded), `target`
    (path and query exactly as sent: what a signature covers), `method`, `headers` (lower-case names) are the request's;
    `words` what the braces of the route's address stand for. In tests of a writer alone they may be left out.
    """

    slug: str
    prices: Prices
    now: float
    t: float
    host: str = ""
    path: str = ""
    target: str = ""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def ms(self) -> int:
        """The exchange's clock in milliseconds."""
        return int(self.now * 1_000)

    def markets(self) -> tuple[Market, ...]:
        """The spot markets in the list at this instant: what was there from the start, less what has gone, and what has opened."""
        return self.prices.timetable.markets(self.slug, self.t)

    def market(self, symbol: str) -> Market | None:
        """A listed spot market by its symbol."""
        return next((m for m in self.markets() if m.symbol == symbol), None)

    def quotes(self) -> list[Quote]:
        """All spot markets at this instant, in the order of `markets`, but for Binance's dead."""
        return self.prices.quotes(self.slug, self.t)

    def contracts(self) -> list[Contract]:
        """The perpetuals and dated futures listed at this instant."""
        return listed(self.prices, self.slug, self.t)

    def contract(self, symbol: str) -> Contract | None:
        """A listed contract by its symbol or its other symbol."""
        return next((c for c in self.contracts() if symbol and symbol in (c.symbol, c.alias)), None)

    def contract_quotes(self) -> list[ContractQuote]:
        """All contracts at this instant, in the order of `contracts`."""
        return contract_quotes(self.prices, self.slug, self.t)

    def interval_h(self, contract: Contract) -> int:
        """Hours between two fundings of a perpetual at this instant."""
        return interval_h(self.prices, contract, self.t)

    def funding_history(self, contract: Contract, start: float, end: float) -> list[Funding]:
        """What a perpetual paid, oldest first; nothing of the future."""
        return funding_history(self.prices, contract, start, min(end, self.t))

    def options(self) -> tuple[Option, ...]:
        """The options listed at this instant."""
        return options(self.slug, self.t)

    def option(self, symbol: str) -> Option | None:
        """A listed option by its symbol."""
        return next((o for o in self.options() if o.symbol == symbol), None)

    def option_quotes(self) -> list[OptionQuote]:
        """All options at this instant, in the order of `options`."""
        return option_quotes(self.prices, self.slug, self.t)

    def book(self, thing: Thing, levels: int) -> tuple[Levels, Levels]:
        """(bids, asks) of a market, contract or option, best first; sizes in units of its base."""
        return book(self.prices, thing, self.t, levels)

    def candles(self, thing: Market | Contract, period_s: int, start: float, end: float) -> list[Candle]:
        """Candles that opened from `start` to `end`, oldest first; the newest is unfinished."""
        return candles(self.prices, thing, period_s, start, end, now=self.t)

    def currencies(self) -> tuple[Currency, ...]:
        """The coins of the exchange with their networks as they are open or closed now."""
        return currencies(self.prices, self.slug, self.t)

    def announcements(self) -> list[Notice]:
        """What the exchange has announced, the newest first."""
        return self.prices.timetable.announcements(self.slug, self.t)

    def maintenance(self) -> list[Window]:
        """Announced and running maintenance, the next one first."""
        return self.prices.timetable.maintenance(self.slug, self.t)


@dataclass(frozen=True)
class Route:
    """One address: which source it is (a name of the adapters' sources, or "other"), what it costs, and who answers.

    `pool` names the limits that count it: those of `LIMITS` with that pool, and those with pool None, which count everything.
    """

    source: str
    cost: int
    name: str
    silent: bool = False  # says nothing of limits in its headers
    pool: str = ""


@dataclass(frozen=True)
class Fields:
    """What an exchange calls things, for the faults that change them. `rows` is the way to the list of rows."""

    rows: tuple[str, ...]
    symbol: str
    bid: str
    bid_size: str
    ask: str
    ask_size: str
    last: str
    high: str
    low: str
    base_volume: str
    quote_volume: str
    instrument_rows: tuple[str, ...]
    instrument_symbol: str
    base: str
    quote: str
    status: str
    halted: object
    clock: tuple[str, ...] = ()  # the reply's own clock, where the body has one
    row_clock: str = ""  # each row's
    header_clock: str = ""  # or a header


@dataclass(frozen=True)
class Limit:
    """A published limit: units a window, of the whole address or of each endpoint; refusals in a row until a ban.

    `pool` is which routes it counts: those of that name, or with None all of them. The headers tell of the first that counts.
    """

    units: int
    window_s: float
    per_endpoint: bool = False
    aligned: bool = False  # to the wall clock's minute, not to the first request
    patience: int | None = None  # refusals until a ban; None: this exchange never bans
    ban_s: float = 0.0
    pool: str | None = None


def short(value: float, digits: int) -> str:
    """A number with at most `digits` decimals and no zeros at its end."""
    text = "%.*f" % (digits, value)  # noqa: UP031 - measured: a third quicker than a nested f-string
    text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text == "-0" else text


def step(digits: int) -> str:
    """The smallest step with so many decimals: 0.001 for 3."""
    return f"{10**-digits:.{digits}f}" if digits else "1"


@cache
def _patterns(slug: str) -> list[tuple[re.Pattern[str], str]]:
    """The addresses with words in braces, as patterns."""
    found = [address for address in WRITERS[slug].ROUTES if "{" in address]
    return [(re.compile("".join(f"(?P<{x[1:-1]}>[^/]+)" if x[:1] == "{" else re.escape(x) for x in re.split(r"(\{\w+\})", a))), a) for a in found]


def find(slug: str, host: str, path: str) -> tuple[Route, str, dict[str, str]]:
    """(route, its address, its words) for a path of a host; a route without a name when nothing is there."""
    routes: dict[str, Route] = WRITERS[slug].ROUTES
    for address in (f"{host}{path}", path):
        if address in routes:
            return routes[address], address, {}
        for pattern, known in _patterns(slug):
            if found := pattern.fullmatch(address):
                return routes[known], known, found.groupdict()
    return Route("other", 1, ""), path, {}


WRITERS: dict[str, ModuleType] = {
    m.name: module for m in pkgutil.iter_modules(__path__) if hasattr(module := importlib.import_module(f"{__name__}.{m.name}"), "HOSTS")
}
