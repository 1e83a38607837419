"""One wire writer per exchange: the same quotes in five ways of speaking. A module here is an exchange that can be played.

A writer module says where it lives (HOSTS, ROUTES), how often its numbers change (SNAPSHOT_S), what its fields are
called (FIELDS, for the faults), its published limits (LIMITS), and how it says yes, no and too often.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType

from exchanges.simulator.prices import Prices, Quote

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
    """An instant of one exchange: `now` is what its clock says, `t` which prices it shows (both epoch seconds)."""

    slug: str
    prices: Prices
    now: float
    t: float

    def quotes(self) -> list[Quote]:
        """All markets at this instant."""
        return self.prices.quotes(self.slug, self.t)

    @property
    def ms(self) -> int:
        """The exchange's clock in milliseconds."""
        return int(self.now * 1_000)


@dataclass(frozen=True)
class Route:
    """One address: which source it is (time, instruments, tickers, other), what it costs, and who answers."""

    source: str
    cost: int
    name: str
    silent: bool = False  # says nothing of limits in its headers


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
    """A published limit: units a window, of the whole address or of each endpoint; refusals in a row until a ban."""

    units: int
    window_s: float
    per_endpoint: bool = False
    aligned: bool = False  # to the wall clock's minute, not to the first request
    patience: int | None = None  # refusals until a ban; None: this exchange never bans
    ban_s: float = 0.0


def short(value: float, digits: int) -> str:
    """A number with at most `digits` decimals and no zeros at its end."""
    text = "%.*f" % (digits, value)  # noqa: UP031 - measured: a third quicker than a nested f-string
    text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text == "-0" else text


def step(digits: int) -> str:
    """The smallest step with so many decimals: 0.001 for 3."""
    return f"{10**-digits:.{digits}f}" if digits else "1"


WRITERS: dict[str, ModuleType] = {m.name: importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)}
