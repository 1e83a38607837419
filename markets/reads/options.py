"""Option chains: every option on a coin with its latest ticker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from exchanges.models import Exchange
from markets.analysis.derivatives import Option
from markets.models import Market
from markets.reads import gaps
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
    return Market.objects.filter(kind="option").exclude(status=Market.Status.DELISTED)


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
