"""Funding of the running interval, and what was paid: ratios per interval, each with where its interval was learnt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from exchanges.client import Outcome
from exchanges.numbers import stored
from exchanges.rows import FundingRate
from markets.bulk import upsert
from markets.models import Funding, FundingSettlement
from markets.polls import CONTRACTS, Listed, Poll, Write, listed, touch
from markets.quotes import older_than_stored

BACKWARDS = "its clock ran backwards: what is stored is newer and stays"
LOOK_BACK = timedelta(days=3)
LONGEST = timedelta(days=1)  # a longer gap between two settlements is a hole in what was read, not an interval

COLUMNS = (
    "market_id", "rate", "interval_hours", "interval_from", "next_funding_at", "next_rate", "cap", "floor",
    "bad", "exchange_ts", "ts_source", "requested_at", "received_at", "observed_at", "token",
)  # fmt: skip
PAID = ("market_id", "settled_at", "rate", "interval_hours")

Values = tuple[object, ...]


def current(poll: Poll) -> Write:
    """Store the funding of the running interval; settlements that came with it become history."""
    markets = listed(poll, CONTRACTS)
    running = [row for row in poll.outcome.rows if row.symbol in markets and row.kind == "predicted" and _says_something(row)]
    measured = _measured([markets[row.symbol].pk for row in running if _told(row, markets[row.symbol]) is None], poll.now)
    rows = [_row(poll, row, markets[row.symbol], measured) for row in running]
    paid = list(_paid(poll.outcome.rows, markets))

    def write() -> Outcome[Any]:
        if older_than_stored(poll.outcome, poll.exchange, poll.offset, Funding):
            return poll.said(BACKWARDS)
        upsert(Funding, COLUMNS, rows, key=("market_id",))
        _store_paid(paid)
        touch(f"funding:{poll.exchange.slug}")
        unknown = len({row.symbol for row in poll.outcome.rows} - markets.keys())
        return poll.said(f"{unknown} rows of markets not in the catalogue" if unknown else "")

    return write


def history(poll: Poll) -> Write:
    """Store what was paid in some markets."""
    paid = list(_paid(poll.outcome.rows, listed(poll, CONTRACTS)))

    def write() -> Outcome[Any]:
        _store_paid(paid)
        touch(f"funding:{poll.exchange.slug}")
        return poll.outcome

    return write


def _says_something(row: FundingRate) -> bool:
    """Dated contracts have no funding: an empty row is none, and never a rate of zero."""
    return row.rate is not None or row.next_rate is not None or row.next_funding_at is not None


def _row(poll: Poll, row: FundingRate, market: Listed, measured: Mapping[int, Decimal]) -> Values:
    at, requested, received = poll.stamped(row.exchange_ts, row.symbol)
    hours, source = _told(row, market) or ((measured[market.pk], "history") if market.pk in measured else (None, ""))
    return (
        market.pk, row.rate, hours, source, row.next_funding_at, row.next_rate, row.cap, row.floor,
        ",".join(row.bad)[:200], at.exchange_ts, at.source, requested, received, at.observed_at, poll.token,
    )  # fmt: skip


def _told(row: FundingRate, market: Listed) -> tuple[Decimal, str] | None:
    """The interval the exchange itself tells, with the rate or in its catalogue."""
    if row.interval_hours is not None:
        return row.interval_hours, "exchange"
    return None if market.interval_hours is None else (market.interval_hours, "catalogue")


def _measured(market_ids: Iterable[int], now: datetime) -> dict[int, Decimal]:
    """{market: hours between its last two settlements}."""
    found = FundingSettlement.objects.filter(market_id__in=list(market_ids), settled_at__gt=now - LOOK_BACK)
    times: dict[int, list[datetime]] = {}
    for market_id, at in found.order_by("settled_at").values_list("market_id", "settled_at"):
        times.setdefault(market_id, []).append(at)
    intervals = {market_id: _hours(*at[-2:]) for market_id, at in times.items() if len(at) > 1}
    return {market_id: hours for market_id, hours in intervals.items() if hours}


def _hours(earlier: datetime, later: datetime) -> Decimal | None:
    """The time between two settlements in hours, to the minute: they happen a few milliseconds late. None where one is missing."""
    minutes = round((later - earlier) / timedelta(minutes=1))
    return stored(Decimal(minutes) / 60) if 0 < minutes <= LONGEST / timedelta(minutes=1) else None


def _paid(rows: Iterable[FundingRate], markets: Mapping[str, Listed]) -> Iterator[Values]:
    """Settlements with their interval: the exchange's word, else the time since the one before."""
    settled = [row for row in rows if row.settled_at is not None and row.rate is not None and row.symbol in markets]
    settled.sort(key=lambda row: (row.symbol, row.settled_at))
    for symbol, group in groupby(settled, key=lambda row: row.symbol):
        each = list(group)
        gaps = [None, *(_hours(a.settled_at, b.settled_at) for a, b in pairwise(each))]
        for row, gap in zip(each, gaps, strict=True):
            yield markets[symbol].pk, row.settled_at, row.rate, row.interval_hours if row.interval_hours is not None else gap


def _store_paid(paid: list[Values]) -> None:
    update = {"rate": "{new}", "interval_hours": "COALESCE({new}, {old})"}
    upsert(FundingSettlement, PAID, paid, key=PAID[:2], update=update)
