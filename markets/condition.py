"""What a finished poll means for its feed's breaker and its exchange's state. Inside the poll's transaction."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from exchanges import breaker, health
from exchanges.client import Outcome
from exchanges.models import Exchange, Feed, Run, Transition
from markets.asking import limits
from markets.method import current_method
from markets.models import Market
from markets.models import Quote as QuoteRow

PRICES = ("time", "instruments", "tickers")


def advance(feed: Feed, outcome: Outcome, now: datetime) -> bool:
    """Move the breaker and the state on; return whether readers have to notice."""
    moved = _breaker(feed, outcome, now)
    return _state(feed.exchange, now) or moved


def _breaker(feed: Feed, outcome: Outcome, now: datetime) -> bool:
    before = breaker.Breaker(feed.fails, feed.opened, feed.probe_at)
    after = breaker.after(before, outcome.outcome, now, random.uniform(-1, 1))  # noqa: S311 - spreads probes, guards nothing
    if after != before:
        Feed.objects.filter(pk=feed.pk).update(fails=after.fails, opened=after.opened, probe_at=after.probe_at)
    return after.phase != before.phase


def _state(exchange: Exchange, now: datetime) -> bool:
    """Compare-and-set: of two polls that find the same change, one writes it and its line of history."""
    row = Exchange.objects.get(pk=exchange.pk)
    signals = health.measure(
        _calls(row, now), now, row.state, row.state_since,
        stale_share=_stale_share(row, now), penalty=limits().penalty(row.slug), blocked_s=limits().blocked(row.slug),
    )
    after, why = health.next_state(row.state, signals)
    if after == row.state:
        if why[:200] != row.state_detail:
            Exchange.objects.filter(pk=row.pk).update(state_detail=why[:200])
        return False
    if not Exchange.objects.filter(pk=row.pk, state=row.state).update(state=after, state_since=now, state_detail=why[:200]):
        return False
    Transition.objects.create(exchange=row, at=now, before=row.state, after=after, detail=why[:200])
    return True


def _calls(exchange: Exchange, now: datetime) -> list[health.Call]:
    """Polls of the sources that prices need: an option chain that fails is that source's trouble, not the exchange's."""
    runs = Run.objects.filter(exchange=exchange, source__in=PRICES, started_at__gt=now - health.RECENT).order_by("finished_at")
    return [health.Call(o, ms, at, rows, dropped) for o, ms, at, rows, dropped in runs.values_list("outcome", "ms", "finished_at", "rows", "dropped")]


def _stale_share(exchange: Exchange, now: datetime) -> float | None:
    """The share of its trading markets' quotes that are past aging although it answers; None while it does not.

    After a pause (a restart, a switch) old quotes say nothing of how it does now.
    """
    feed = Feed.objects.filter(exchange=exchange, source="tickers").first()
    limit = now - timedelta(seconds=current_method().aging_periods * (feed.period_s if feed else 10))
    if feed is None or feed.ok_at is None or feed.ok_at < limit:
        return None
    quotes = QuoteRow.objects.filter(market__exchange=exchange, market__status=Market.Status.TRADING, market__enabled=True)
    total = quotes.count()
    return quotes.filter(observed_at__lt=limit).count() / total if total else None
