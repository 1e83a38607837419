"""What the workers do. Plain functions with text arguments; they never raise for what an exchange does."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from django_q.models import Failure
from django_q.tasks import async_task

from exchanges import leases
from exchanges.adapter import SOURCE_NAMES, Ask, Source
from exchanges.batches import fetch_each
from exchanges.client import Outcome
from exchanges.models import Feed
from exchanges.rows import Row
from markets import (
    accounts,
    alerts,
    catalogue,
    condition,
    counting,
    days,
    episodes,
    hourly,
    outbox,
    pausing,
    probing,
    receipts,
    rounds,
    sessions,
    signin,
    store,
    troubles,
    turns,
)
from markets import volumes as memory

KEEP_FAILURES = timedelta(days=7)
BATCH_S = 10.0  # for the markets of one task: less than the lease, and than a person's patience
LOOKS, LOOK_PAUSE_S = 60, 0.05
SHORTEST = timedelta(seconds=1)  # what a schedule can say

logger = logging.getLogger(__name__)
polls = structlog.stdlib.get_logger("pebble.polls")


def poll(exchange: str, source: str, due: str | None = None, *, spaced: bool = True) -> str:
    """Ask one exchange for one source and store the answer: claim, fetch, save, release. Returns the outcome.

    `due` is when the schedule meant it to run, ISO 8601: a firing older than two periods is dropped.
    """
    now = timezone.now()
    if due and _too_late(exchange, source, now - datetime.fromisoformat(due)):
        return _counted(exchange, source, "lease_lost")
    claim = _claim(exchange, source, now, spaced=spaced)
    return _counted(exchange, source, claim) if isinstance(claim, str) else _ask(claim, source)


def _claim(exchange: str, source: str, now: datetime, *, spaced: bool) -> leases.Claim | str:
    """While an operator has paused everything no feed is taken: none of them was switched off, and none failed."""
    return leases.looked(exchange, source, now) if pausing.now() else leases.claim(exchange, source, now, spaced=spaced)


def _counted(exchange: str, source: str, outcome: str) -> str:
    """Nothing was asked: that is counted, and said nowhere."""
    counting.add("polls", (exchange, source, outcome))
    counting.flush_when_due()
    return outcome


def _ask(claim: leases.Claim, source: str, *, people_only: bool = False) -> str:
    feed = claim.feed
    about = {"exchange": feed.exchange.slug, "source": source}
    with structlog.contextvars.bound_contextvars(cycle=f"{feed.exchange.slug}/{source}/{claim.token}", **about):  # the run's own key
        outcome = _cycle(claim, feed, people_only=people_only)
        if outcome.outcome != "lease_lost" and outcome.requests:
            counting.add("requests", (feed.exchange.slug,), amount=outcome.requests)
        counting.add("polls", (feed.exchange.slug, source, outcome.outcome), outcome.ms)
        say = polls.info if outcome.good else polls.warning
        say("poll", outcome=outcome.outcome, ms=outcome.ms, requests=outcome.requests, rows=len(outcome.rows), dropped=outcome.dropped, detail=outcome.detail)
    counting.flush_when_due()
    return outcome.outcome


def _cycle(claim: leases.Claim, feed: Feed, *, people_only: bool) -> Outcome[Row]:
    """Ask and store. What was not stored is the outcome lease_lost, whatever the exchange said."""
    began, known = timezone.now(), turns.source_of(feed)
    try:
        if known is not None and known.markets is not None:
            return _ask_each(claim, feed, known, people_only=people_only)
        outcome = store.client_for(feed.exchange, feed).fetch(feed.source, instruments=turns.instruments(feed, known) if known else None)
        saved = store.save(feed, claim, outcome, timezone.now())
        troubles.stored()
        return _stored(outcome, saved=saved)
    except OperationalError:  # the database is locked or away: this cycle's answer is dropped, the next one is the retry
        logger.warning("%s: not stored", feed, exc_info=True)
        troubles.unstored(timezone.now())
        return Outcome("lease_lost", began, began, 0)
    finally:  # whatever went wrong here was no death of the worker
        with suppress(OperationalError):
            leases.release(claim)


def _stored(outcome: Outcome[Row], *, saved: bool) -> Outcome[Row]:
    return outcome if saved else replace(outcome, outcome="lease_lost")


def _ask_each(claim: leases.Claim, feed: Feed, source: Source[Row], *, people_only: bool) -> Outcome[Row]:
    """One firing of a source that is read market by market: whoever waits first, then whose turn it is."""
    now = timezone.now()
    waiting = turns.pending(feed)
    chosen = waiting if waiting or people_only else turns.due(feed, source, now)
    asks = turns.asks(feed, source, chosen, now)
    if not asks:
        Feed.objects.filter(pk=feed.pk).update(finished_at=now)  # a sign of life: there was nothing to do
        return Outcome("ok", now, now, 0)
    client, steps = store.client_for(feed.exchange, feed), (ask for _, ask in asks)
    batch = fetch_each(client, feed.source, steps if waiting else _until_somebody_waits(feed, steps), seconds=BATCH_S, interactive=bool(waiting))
    ids = {ask.market.symbol: pk for pk, ask in asks}
    saved = store.save(feed, claim, batch.outcome, timezone.now(), markets=ids, times=batch.times)
    turns.done({ids[symbol]: outcome for symbol, outcome in batch.outcomes.items()}, feed.source, timezone.now())
    for symbol, outcome in batch.outcomes.items() if saved else ():
        if outcome.halted:
            catalogue.suspend(feed.exchange, ids[symbol], timezone.now())
    return _stored(batch.outcome, saved=saved)


def _until_somebody_waits(feed: Feed, asks: Iterable[Ask]) -> Iterator[Ask]:
    """The plan's own batch, cut short when a person needs the feed: what it leaves is still due."""
    for number, ask in enumerate(asks):
        if number and turns.pending(feed):
            return
        yield ask


def look(exchange: str, source: str) -> str:
    """Somebody waits: read what is wanted of one exchange now, all of it in one go, however many asked."""
    for _ in range(LOOKS):
        claim = _claim(exchange, source, timezone.now(), spaced=False)
        if claim != "lease_lost":
            break
        time.sleep(LOOK_PAUSE_S)  # the plan's own batch is under way, and takes wanted markets first
    if not isinstance(claim, str):
        return _ask(claim, source, people_only=True)
    feed = Feed.objects.select_related("exchange").filter(exchange__slug=exchange, source=source).first()
    if feed and claim != "lease_lost" and not pausing.now():
        turns.refused(feed, claim, timezone.now())
    return claim


def _too_late(exchange: str, source: str, age: timedelta) -> bool:
    if age <= 2 * SHORTEST:  # whatever its period is: nearly every firing
        return False
    feed = Feed.objects.select_related("exchange").filter(exchange__slug=exchange, source=source).first()
    return feed is not None and age > timedelta(seconds=2 * feed.firing_s)


def start(exchange: str, sources: str = "") -> None:
    """Poll everything once, one after the other: a price of a market that is not known yet cannot be stored.

    After a new catalogue the rest is asked however recently it was: that answer had nothing to stand on. What prices need
    comes first; every other source follows in a task of its own, with the catalogue it needs before it.
    """
    feeds = [feed for feed in Feed.objects.select_related("exchange").filter(exchange__slug=exchange) if turns.source_of(feed)]
    first = sources.split() or [feed.source for feed in feeds if feed.source in condition.PRICES]
    new = False
    for source in sorted(first, key=SOURCE_NAMES.index):
        outcome = poll(exchange, source, spaced=not new)
        new |= source in turns.KINDS and outcome in ("ok", "partial")
    if not sources:
        _start_others(exchange, [feed for feed in feeds if feed.source not in first])


def _start_others(exchange: str, feeds: list[Feed]) -> None:
    groups: dict[str, list[str]] = {}
    for feed in feeds:
        source = turns.source_of(feed)
        if source and source.markets is None:
            groups.setdefault(turns.CATALOGUE_OF.get(feed.source, feed.source), []).append(feed.source)
    for names in groups.values():
        async_task("markets.tasks.start", exchange, " ".join(names), q_options={"save": False, "cluster": settings.OTHERS_QUEUE})


def scan() -> int:
    """Follow the gaps between exchanges. A database that is locked or away costs this scan, not the worker."""
    try:
        return episodes.scan_alone(timezone.now())
    except OperationalError:
        logger.warning("gaps were not followed", exc_info=True)
        return 0


def look_at_alerts() -> int:
    """Look at what people asked to be told of. A database that is locked or away costs this look; what has not been told is told by the next."""
    try:
        return alerts.sweep(timezone.now())
    except OperationalError:
        logger.warning("alerts were not looked at", exc_info=True)
        return 0


def watch() -> int:
    """The round over what no single poll can see. A database that is locked or away costs this round, not the worker."""
    try:
        return rounds.go(timezone.now())
    except OperationalError:
        logger.warning("the round was not finished", exc_info=True)
        return 0


def purge() -> None:
    """Housekeeping: receipts that waited, history past its keep, and django-q2's failures, which it never removes itself."""
    now = timezone.now()
    receipts.settle()
    store.purge(now)
    alerts.purge(now)
    counting.purge(now)
    sessions.purge(now)
    signin.purge(now)
    Failure.objects.filter(stopped__lt=now - KEEP_FAILURES).delete()


def send_resets(email: str) -> int:
    """Mail whoever has an address a link to choose a new password. Returns how many that were."""
    return accounts.send_resets(email)


def send_invitation(pk: int) -> None:
    """Mail an invitation's link."""
    accounts.send_invitation(pk)


def deliver() -> int:
    """Send what has to be told and is due. A database that is locked or away costs this sweep, not the worker."""
    try:
        return outbox.sweep()
    except OperationalError:
        logger.warning("nothing was delivered", exc_info=True)
        return 0


def volumes() -> int:
    """This hour's volumes, and once an hour what they are measured by."""
    return memory.renew(timezone.now())


def hour() -> bool:
    """Write down how this hour stands, for the comparisons of later ones."""
    return hourly.record(timezone.now())


def look_at_ourselves() -> bool:
    """Once a minute: how long each exchange was in which state, whether the site answers, and how fast its room for failures shrinks."""
    now = timezone.now()
    try:
        days.record(now)
        return probing.probe(now)
    except OperationalError:
        logger.warning("this minute was not judged", exc_info=True)
        return False
    finally:
        counting.flush()
