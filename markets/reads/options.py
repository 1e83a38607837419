"""Option chains: every option on a coin with its latest ticker, by strike, and what each expiry comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from msgspec import structs

from exchanges.models import Exchange
from markets import held
from markets.analysis import chain as analysis
from markets.analysis.chain import ZERO, Expiry, Strike
from markets.analysis.derivatives import Option
from markets.method import current_method
from markets.models import Market
from markets.reads import contracts, gaps
from markets.reads.contracts import coin, identity, known

_MARKET = ("symbol", "status", "settle", "underlying", "expiry", "strike", "option_type", "contract_size", "enabled", "exchange__slug")
_CODES = ("base__asset__slug", "base__state", "quote__asset__slug", "quote__state")
_TICKER = (
    "bid", "bid_size", "ask", "ask_size", "last", "mark_price", "mark_iv", "bid_iv", "ask_iv", "delta", "gamma", "vega", "theta", "open_interest",
    "underlying_price", "index_price", "base_volume_24h", "quote_volume_24h", "change_24h_pct",
    "bad", "exchange_ts", "ts_source", "requested_at", "received_at", "observed_at",
)
_COLUMNS = (*_MARKET, *_CODES, *(f"option__{name}" for name in _TICKER))


def underlyings() -> list[str]:
    """The coins options are listed on."""
    slugs = _listed().order_by("base__asset__slug").values_list("base__asset__slug", flat=True).distinct()
    return [coin(slug) for slug in slugs]


def chain(
    base: str, *, exchanges: Sequence[str] = (), expiry: tuple[datetime, datetime] | None = None, strike: Decimal | None = None, option_type: str = "",
) -> list[Option]:
    """Every option on one coin, per coin. `expiry` is an interval [from, to)."""
    rows = _listed().filter(base__asset__slug=base.lower())
    if exchanges:
        rows = rows.filter(exchange__slug__in=exchanges)
    if expiry:
        rows = rows.filter(expiry__gte=expiry[0], expiry__lt=expiry[1])
    if strike is not None:
        rows = rows.filter(strike=strike)
    if option_type:
        rows = rows.filter(option_type=option_type)
    return list(_options(rows))


def _listed() -> QuerySet[Market]:
    return Market.objects.filter(kind="option", exchange__slug__in=held.current().exchanges).exclude(status=Market.Status.DELISTED)


def _options(rows: QuerySet[Market]) -> Iterator[Option]:
    feeds = {e.slug: _feed(e) for e in gaps.ordered()}
    for row in rows.order_by("pk").values(*_COLUMNS):
        if row["exchange__slug"] in feeds:  # an adapter that is gone takes its rows out of every answer
            yield _option(row, *feeds[row["exchange__slug"]])


def _feed(exchange: Exchange) -> tuple[str, int]:
    return gaps.switch(exchange, "option_tickers"), gaps.period_s(exchange, "option_tickers")


def _option(row: Mapping[str, Any], switch: str, period_s: int) -> Option:
    return Option(
        exchange=row["exchange__slug"], symbol=row["symbol"], base=coin(row["base__asset__slug"]), quote=coin(row["quote__asset__slug"]),
        identity=identity(row), status=row["status"], settle=row["settle"], underlying=row["underlying"], expiry=row["expiry"], strike=row["strike"],
        option_type=row["option_type"], contract_size=row["contract_size"], period_s=period_s, switch=switch or ("" if row["enabled"] else "disabled"),
        **known(row, "option__", _TICKER),
    )


# --- Chains as they are looked at ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Look:
    """One coin's options: `expiries` of all exchanges, and the chain of the `chosen` one; without any, empty and None."""

    base: str
    exchanges: tuple[str, ...]  # that list options on it, in order
    expiries: tuple[Expiry, ...]
    chosen: Expiry | None
    strikes: tuple[Strike, ...]
    age_s: float | None  # of the oldest row of the chain that counts


def look(base: str, now: datetime, *, exchange: str = "", day: datetime | None = None) -> Look:
    """The chain of one exchange and expiry: the asked ones, else the exchange with the most open and its nearest expiry."""
    off, method = {e.slug for e in gaps.ordered() if not e.enabled}, current_method()
    rows = [row for row in placed(chain(base)) if row.exchange not in off]
    found = analysis.expiries(rows, now, method)
    listed = tuple(e.slug for e in gaps.ordered() if any(one.exchange == e.slug for one in found))
    chosen = _chosen(found, exchange or largest(found), day)
    if chosen is None:
        return Look(base, listed, tuple(found), None, (), None)
    own = [row for row in rows if (row.exchange, row.expiry, row.quote) == (chosen.exchange, chosen.expiry, chosen.quote)]
    strikes = analysis.strikes(own, now, method)
    ages = [side.age_s for row in strikes for side in (row.call, row.put) if side and not side.reason and side.age_s is not None]
    return Look(base, listed, tuple(found), chosen, tuple(strikes), max(ages, default=None))


def expiries(base: str, now: datetime, exchanges: Sequence[str] = ()) -> list[Expiry]:
    """What every expiry of one coin comes to, per exchange, in order of time."""
    return analysis.expiries(placed(chain(base, exchanges=exchanges)), now, current_method())


def placed(rows: list[Option]) -> list[Option]:
    """Where no option of an exchange tells an underlying price, all take the index of its own perpetual on the same coin and currency."""
    told = {(row.exchange, row.quote) for row in rows if row.underlying_price or row.index_price}
    if all((row.exchange, row.quote) in told for row in rows):
        return rows
    perps = (c for c in contracts.contracts() if c.kind == "perp" and c.base == rows[0].base)
    known = {(c.exchange, c.quote): c.index_price for c in perps if (c.exchange, c.quote) not in told}
    return [structs.replace(row, index_price=known.get((row.exchange, row.quote), row.index_price)) for row in rows]


def largest(found: Sequence[Expiry]) -> str:
    """The exchange with the most open interest; of equals the first by name."""
    open_on: dict[str, Decimal] = {}
    for one in found:
        open_on[one.exchange] = open_on.get(one.exchange, ZERO) + (one.call_open_interest or ZERO) + (one.put_open_interest or ZERO)
    return min(open_on, key=lambda slug: (-open_on[slug], slug), default="")


def _chosen(found: Sequence[Expiry], exchange: str, day: datetime | None) -> Expiry | None:
    """The asked expiry of an exchange; without a day its nearest."""
    own = [one for one in found if one.exchange == exchange]
    return next((one for one in own if day is None or one.expiry.date() == day.date()), None)
