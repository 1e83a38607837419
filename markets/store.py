"""Every write that follows a poll: rows, run, feed, health, change numbers, in one transaction fenced by the claim."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from exchanges.client import Outcome
from exchanges.leases import Claim
from exchanges.models import Exchange, Feed, Run
from markets import (
    candles,
    catalogue,
    condition,
    contracts,
    depth,
    funding,
    held,
    identities,
    networks,
    notices,
    quotes,
    retention,
    snapshots,
    traders,
)
from markets.asking import client_for
from markets.method import current_method, current_setting, setting
from markets.models import Revision
from markets.polls import Poll, Times, Write, touch

__all__ = ["client_for", "purge", "save", "touch"]

OFFSETS_KEPT = 5
OFFSET_MS = 3_600_000


def save(  # noqa: PLR0917 - a poll and what it was about
    feed: Feed, claim: Claim, outcome: Outcome[Any], now: datetime, markets: Mapping[str, int] | None = None, times: Times | None = None,
) -> bool:
    """Store how a poll ended. False, and nothing written, when the claim's token is no longer the feed's.

    Of a source that is read market by market several markets' rows come at once: `markets` says which (native symbol ->
    Market.pk), `times` when each was asked and answered.
    """
    poll = Poll(feed, claim.token, outcome, now, markets, times or {})
    write = _PLANS[feed.source](poll) if outcome.good and feed.source in _PLANS else lambda: outcome
    with transaction.atomic():
        if not Feed.objects.filter(pk=feed.pk, token=claim.token).update(finished_at=now):
            return False
        ended = write()
        _finish(feed, claim, ended, now)
        if condition.advance(feed, ended, now):
            touch(f"state:{feed.exchange.slug}")
        elif not ended.good:
            touch("outcomes")
    held.look_again()  # tickers may be next in this worker, and need the catalogue just stored
    return True


def _finish(feed: Feed, claim: Claim, outcome: Outcome, now: datetime) -> None:
    """The run's own row, once per claim, and the feed's memory of it."""
    detail = outcome.detail[:200]
    Run.objects.create(
        exchange=feed.exchange, source=feed.source, token=claim.token, started_at=claim.started_at, finished_at=now, outcome=outcome.outcome, detail=detail,
        ms=outcome.ms, requests=outcome.requests, rows=len(outcome.rows), dropped=outcome.dropped, bad_fields=outcome.bad_fields, size=outcome.size,
    )
    if outcome.outcome == "disabled":
        return  # switched off or paused meanwhile: its last poll is still the last one
    good = {"ok_at": now, "rows": len(outcome.rows)} if outcome.good else {}
    Feed.objects.filter(pk=feed.pk).update(outcome=outcome.outcome, detail=detail, **good)


# --- What each source stores. The thinking is done before the transaction; the returned function only writes. ---------
def _instruments(poll: Poll) -> Write:
    """A catalogue. The coins' own lists move the board; those of contracts have a change number of their own."""
    feed, source, outcome = poll.feed, poll.feed.source, poll.outcome
    whole = outcome.outcome == "ok" or not outcome.detail  # a part that failed is told of; rows that were dropped are not

    def write() -> Outcome[Any]:
        reason = catalogue.refusal(feed.exchange, outcome.rows, poll.now, source) if whole else ""
        if reason and not _insists(feed):
            return replace(outcome, outcome="schema", detail=reason)
        change = catalogue.store(feed.exchange, outcome.rows, poll.now, source, whole=whole, unread=outcome.dropped)
        spot = source == "instruments"
        touch(f"{'catalogue' if spot else 'contracts'}:{feed.exchange.slug}", *(["assets"] if spot or change.codes else []))
        return outcome

    return write


def _insists(feed: Feed) -> bool:
    """Whether the last lists were refused for the same reason, so often that it must be true."""
    last = Run.objects.filter(exchange=feed.exchange, source=feed.source).order_by("-id").values_list("outcome", "detail")[: catalogue.REFUSALS]
    return len(last) == catalogue.REFUSALS and all(outcome == "schema" and detail.startswith(catalogue.LOST) for outcome, detail in last)


def _tickers(poll: Poll) -> Write:
    exchange, outcome, now, view, method = poll.exchange, poll.outcome, poll.now, held.everything(), current_method()
    before = quotes.judge(exchange, outcome, view, now, method)
    busy = snapshots.busiest(view.board, current_setting().snapshot_pairs)

    def write() -> Outcome[Any]:
        judged = before if _same_catalogue(view, exchange) else quotes.judge(exchange, outcome, _renewed(), now, method)
        if quotes.older_than_stored(outcome, exchange, poll.offset):
            return replace(outcome, detail="its clock ran backwards: what is stored is newer and stays")
        quotes.store(judged, poll.token)
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
    now = dict(Revision.objects.filter(name__in=names).values_list("name", "number"))
    return all(now.get(name) == view.numbers.get(name) for name in names)


def _renewed() -> held.Held:
    held.look_again()
    return held.everything()


def _time(poll: Poll) -> Write:
    """The exchange's clock minus the middle of our request; the median of the last five is used."""
    outcome, exchange = poll.outcome, poll.exchange
    ours = outcome.requested_at + (outcome.received_at - outcome.requested_at) / 2
    offset = round((outcome.rows[0].exchange_ts - ours).total_seconds() * 1000)
    if abs(offset) > OFFSET_MS:
        return lambda: replace(outcome, outcome="schema", detail=f"its clock is {offset / 1000:+,.0f} s from ours, which is not believed")
    offsets = [*exchange.clock_offsets, offset][-OFFSETS_KEPT:]

    def write() -> Outcome[Any]:
        Exchange.objects.filter(pk=exchange.pk).update(clock_offsets=offsets, clock_offset_ms=round(statistics.median(offsets)))
        return outcome

    return write


_PLANS: dict[str, Callable[[Poll], Write]] = {
    "time": _time,
    "status": notices.status,
    "instruments": _instruments,
    "tickers": _tickers,
    "book": depth.books,
    "candles": candles.candles,
    "currencies": networks.currencies,
    "announcements": notices.announcements,
    "perp_instruments": _instruments,
    "perp_tickers": contracts.tickers,
    "open_interest": contracts.open_interest,
    "funding": funding.current,
    "funding_history": funding.history,
    "option_instruments": _instruments,
    "option_tickers": contracts.options,
    "index_members": contracts.index_members,
    "copy_traders": traders.copy_traders,
}


def purge(now: datetime) -> int:
    """Drop what is older than it is kept, and make room for what comes. Return how much went."""
    return retention.purge(now, setting())
