"""What a finished poll hands to those who store it, and the change numbers readers look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import F

from exchanges.client import Heard, Outcome
from exchanges.models import Exchange, Feed
from exchanges.rows import Row
from markets.models import Market, Revision
from markets.quotes import Stamp, stamp

T = TypeVar("T")
Write = Callable[[], Outcome[Row]]
Times = Mapping[str, tuple[datetime, datetime]]  # native symbol -> when it was asked and answered

SOURCE_KINDS: Mapping[str, tuple[str, ...]] = {"instruments": ("spot",), "perp_instruments": ("perp", "future"), "option_instruments": ("option",)}
CONTRACTS = SOURCE_KINDS["perp_instruments"]
OPTIONS = SOURCE_KINDS["option_instruments"]


@dataclass(frozen=True)
class Poll:
    """One answer with all that its rows need to be stored.

    `markets` (native symbol -> Market.pk) and `times` come with sources that are read market by market: there the rows of
    several markets stand in one outcome, and only the markets named are stored.
    """

    feed: Feed
    token: int
    outcome: Outcome[Row]
    now: datetime
    markets: Mapping[str, int] | None = None
    times: Times = field(default_factory=dict)

    @property
    def exchange(self) -> Exchange:
        """Who answered."""
        return self.feed.exchange

    @property
    def offset(self) -> timedelta:
        """By how much the exchange's clock runs ahead of ours, as measured."""
        return timedelta(milliseconds=self.exchange.clock_offset_ms or 0)

    def stamped(self, exchange_ts: datetime | None, symbol: str = "") -> tuple[Stamp, datetime, datetime]:
        """When a row's numbers were true, when it was asked for, and when it came: its own reply, not the poll's last one."""
        o = self.outcome
        heard = o.heard.get(symbol) or Heard(o.requested_at, o.received_at, o.clock)
        heard = Heard(*self.times[symbol], heard.clock) if symbol in self.times else heard
        return stamp(heard, exchange_ts, self.offset), heard.requested_at, heard.received_at

    def said(self, *more: str, dropped: int = 0) -> Outcome[Row]:
        """The outcome with what storing found out, behind what asking had to say."""
        detail = "; ".join(text for text in (self.outcome.detail, *more) if text)[:200]
        return replace(self.outcome, detail=detail, dropped=self.outcome.dropped + dropped)


@dataclass(frozen=True, slots=True)
class Listed:
    """What storing needs to know of a market. `multiplier` coins are in one unit of its symbol."""

    pk: int
    symbol: str
    kind: str
    multiplier: Decimal
    code_id: int
    base: str
    quote: str
    interval_hours: Decimal | None = None


_LISTED = ("pk", "symbol", "kind", "base__multiplier", "base_id", "base__asset__slug", "quote__asset__slug", "funding_interval_hours")


def listed(poll: Poll, kinds: Iterable[str]) -> dict[str, Listed]:
    """The markets a poll may speak of, by native symbol: those named, or all of these kinds that are still listed."""
    everything = Market.objects.filter(exchange=poll.exchange)
    some = everything.filter(kind__in=kinds).exclude(status=Market.Status.DELISTED) if poll.markets is None else everything.filter(pk__in=poll.markets.values())
    rows = (Listed(*row) for row in some.values_list(*_LISTED))
    return {row.symbol: row for row in rows}


def touch(*names: str) -> None:
    """Bump change numbers: readers of the board notice within a quarter of a second."""
    for name in sorted(names):  # everybody in the same order, or two transactions wait for each other
        if not Revision.objects.filter(name=name).update(number=F("number") + 1):
            Revision.objects.get_or_create(name=name)
            Revision.objects.filter(name=name).update(number=F("number") + 1)


def steady(exchange: Exchange, judge: Callable[[], T]) -> Callable[[], T]:
    """`judge` now, before the transaction, and once more inside it if units or coins have changed meanwhile."""
    names = ("assets", f"catalogue:{exchange.slug}", f"contracts:{exchange.slug}")
    seen, judged = _numbers(names), judge()
    return lambda: judged if _numbers(names) == seen else judge()


def _numbers(names: tuple[str, ...]) -> dict[str, int]:
    return dict(Revision.objects.filter(name__in=names).values_list("name", "number"))
