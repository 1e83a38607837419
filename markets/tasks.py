"""What the workers do. Plain functions with text arguments; they never raise for what an exchange does."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import OperationalError
from django.utils import timezone
from django_q.models import Failure

from exchanges import leases
from exchanges.adapter import SOURCE_NAMES
from exchanges.models import Feed
from markets import store

KEEP_FAILURES = timedelta(days=7)

logger = logging.getLogger(__name__)


def poll(exchange: str, source: str, due: str | None = None, *, spaced: bool = True) -> str:
    """Ask one exchange for one source and store the answer: claim, fetch, save, release. Returns the outcome.

    `due` is when the schedule meant it to run, ISO 8601: a firing older than two periods is dropped.
    """
    now = timezone.now()
    if due and _too_late(exchange, source, now - datetime.fromisoformat(due)):
        return "lease_lost"
    claim = leases.claim(exchange, source, now, spaced=spaced)
    return claim if isinstance(claim, str) else _ask(claim, source)


def _ask(claim: leases.Claim, source: str) -> str:
    feed = Feed.objects.select_related("exchange").get(pk=claim.feed_id)
    try:
        outcome = store.client_for(feed.exchange, feed).fetch(source)
        saved = store.save(feed, claim, outcome, timezone.now())
    except OperationalError:  # the database is locked or away: this cycle's answer is dropped, the next one is the retry
        logger.warning("%s: not stored", feed, exc_info=True)
        return "lease_lost"
    finally:  # whatever went wrong here was no death of the worker
        with suppress(OperationalError):
            leases.release(claim)
    return outcome.outcome if saved else "lease_lost"


def _too_late(exchange: str, source: str, age: timedelta) -> bool:
    period = Feed.objects.filter(exchange__slug=exchange, source=source).values_list("period_s", flat=True).first()
    return period is not None and age > timedelta(seconds=2 * period)


def start(exchange: str) -> None:
    """Poll everything once, one after the other: a price of a market that is not known yet cannot be stored.

    After a new catalogue the rest is asked however recently it was: that answer had nothing to stand on.
    """
    new = False
    feeds = Feed.objects.filter(exchange__slug=exchange).values_list("source", flat=True)
    for source in sorted(feeds, key=SOURCE_NAMES.index):
        outcome = poll(exchange, source, spaced=not new)
        new |= source == "instruments" and outcome in ("ok", "partial")


def purge() -> None:
    """Housekeeping: history past its keep, and django-q2's failures, which it never removes itself."""
    now = timezone.now()
    store.purge(now)
    Failure.objects.filter(stopped__lt=now - KEEP_FAILURES).delete()
