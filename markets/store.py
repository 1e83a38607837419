"""Every write that follows a poll: rows, run, feed, health, change numbers, in one transaction fenced by the claim."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from exchanges.client import Outcome
from exchanges.leases import Claim
from exchanges.models import Exchange, Feed, Run
from markets import catalogue, condition, held, identities, quotes, snapshots
from markets.asking import client_for
from markets.method import current_method, setting
from markets.models import Revision

__all__ = ["client_for", "purge", "save", "touch"]

RUNS_KEPT = timedelta(days=2)
OFFSETS_KEPT = 5
OFFSET_MS = 3_600_000

Write = Callable[[], Outcome]


def save(feed: Feed, claim: Claim, outcome: Outcome, now: datetime) -> bool:
    """Store how a poll ended. False, and nothing written, when the claim's token is no longer the feed's."""
    write = _PLANS[feed.source](feed, claim, outcome, now) if outcome.good and feed.source in _PLANS else lambda: outcome
    with transaction.atomic():
        if not Feed.objects.filter(pk=feed.pk, token=claim.token).update(finished_at=now):
            return False
        ended = write()
        _finish(feed, claim, ended, now)
        if condition.advance(feed, ended, now):
            touch("switches")
        elif not ended.good:
            touch("outcomes")
    held.look_again()  # tickers may be next in this worker, and need the catalogue just stored
    return True


def touch(*names: str) -> None:
    """Bump change numbers: readers of the board notice within a quarter of a second."""
    for name in sorted(names):  # everybody in the same order, or two transactions wait for each other
        if not Revision.objects.filter(name=name).update(number=F("number") + 1):
            Revision.objects.get_or_create(name=name)
            Revision.objects.filter(name=name).update(number=F("number") + 1)


def _finish(feed: Feed, claim: Claim, outcome: Outcome, now: datetime) -> None:
    """The run's own row, once per claim, and the feed's memory of it."""
    detail = outcome.detail[:200]
    Run.objects.create(
        exchange=feed.exchange, source=feed.source, token=claim.token, started_at=claim.started_at, finished_at=now, outcome=outcome.outcome, detail=detail,
        ms=outcome.ms, requests=outcome.requests, rows=len(outcome.rows), dropped=outcome.dropped, bad_fields=outcome.bad_fields, size=outcome.size,
    )
    good = {"ok_at": now, "rows": len(outcome.rows)} if outcome.good else {}
    Feed.objects.filter(pk=feed.pk).update(outcome=outcome.outcome, detail=detail, **good)


# --- What each source stores. The thinking is done before the transaction; the returned function only writes. ---------
def _instruments(feed: Feed, claim: Claim, outcome: Outcome, now: datetime) -> Write:
    def write() -> Outcome:
        reason = catalogue.refusal(feed.exchange, outcome.rows)
        if reason and not _insists(feed):
            return replace(outcome, outcome="schema", detail=reason)
        catalogue.store(feed.exchange, outcome.rows, now)
        touch(f"catalogue:{feed.exchange.slug}", "assets")
        return outcome

    return write


def _insists(feed: Feed) -> bool:
    """Whether the last lists were refused for the same reason, so often that it must be true."""
    last = Run.objects.filter(exchange=feed.exchange, source=feed.source).order_by("-id").values_list("outcome", "detail")[: catalogue.REFUSALS]
    return len(last) == catalogue.REFUSALS and all(outcome == "schema" and detail.startswith(catalogue.LOST) for outcome, detail in last)


def _tickers(feed: Feed, claim: Claim, outcome: Outcome, now: datetime) -> Write:
    exchange, view, method = feed.exchange, held.current(), current_method()
    before = quotes.judge(exchange, outcome, view, now, method)
    busy = snapshots.busiest(view.board, setting().snapshot_pairs)

    def write() -> Outcome:
        judged = before if _same_catalogue(view, exchange) else quotes.judge(exchange, outcome, _renewed(), now, method)
        if quotes.older_than_stored(outcome, exchange, timedelta(milliseconds=exchange.clock_offset_ms or 0)):
            return replace(outcome, detail="its clock ran backwards: what is stored is newer and stays")
        quotes.store(judged, claim.token)
        snapshots.record(((j.market_id, j.quote) for j in judged if not j.memory.flag), busy, now)
        if identities.advance(exchange, judged, view.board, now, method):
            touch(f"catalogue:{exchange.slug}", "assets")
        touch(f"tickers:{exchange.slug}")
        unknown = len(outcome.rows) - len(judged)
        return replace(outcome, detail=f"{unknown} rows of markets not in the catalogue") if unknown and not outcome.detail else outcome

    return write


def _same_catalogue(view: held.Held, exchange: Exchange) -> bool:
    """Whether units and coins are still those the reply was judged by: an operator may have changed them meanwhile."""
    names = (f"catalogue:{exchange.slug}", "assets")
    return all(dict(Revision.objects.filter(name__in=names).values_list("name", "number")).get(name) == view.numbers.get(name) for name in names)


def _renewed() -> held.Held:
    held.look_again()
    return held.current()


def _time(feed: Feed, claim: Claim, outcome: Outcome, now: datetime) -> Write:
    """The exchange's clock minus the middle of our request; the median of the last five is used."""
    ours = outcome.requested_at + (outcome.received_at - outcome.requested_at) / 2
    offset = round((outcome.rows[0].exchange_ts - ours).total_seconds() * 1000)
    if abs(offset) > OFFSET_MS:
        return lambda: replace(outcome, outcome="schema", detail=f"its clock is {offset / 1000:+,.0f} s from ours, which is not believed")
    offsets = [*feed.exchange.clock_offsets, offset][-OFFSETS_KEPT:]

    def write() -> Outcome:
        Exchange.objects.filter(pk=feed.exchange.pk).update(clock_offsets=offsets, clock_offset_ms=round(statistics.median(offsets)))
        return outcome

    return write


_PLANS: dict[str, Callable[[Feed, Claim, Outcome, datetime], Write]] = {"instruments": _instruments, "tickers": _tickers, "time": _time}


def purge(now: datetime) -> int:
    """Drop what is older than it is kept: runs and snapshots. Return how many rows."""
    runs = Run.objects.filter(started_at__lt=now - RUNS_KEPT).delete()[0]
    return runs + snapshots.purge(now, setting())
