"""Who is asking right now: claims on a feed, handed out by one conditional UPDATE with a fencing token.

A claim is free when its lease was given back, ran out, or its owner's process is dead. The database decides between
two workers; nothing here waits. A result may be stored only while its token is still the feed's (`current`).
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import F, Q, QuerySet

from exchanges import automatic, breaker
from exchanges.capabilities import needs_key
from exchanges.models import Exchange, ExchangeState, Feed, Run

TTL = timedelta(seconds=20)  # longer than the longest fetch (12 s) and its transaction
SPACING = 0.6  # of the period must have passed since the last start: late and doubled firings are dropped
DEATHS = 3  # claims in a row that nobody gave back before the feed is left alone
GIVE_UP = timedelta(minutes=5)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The right to poll one feed, as it stood before, until the lease ends. `token` fences every write of the result."""

    feed: Feed
    token: int
    started_at: datetime


def _boot() -> str:
    """Which boot, and which pid namespace of it: containers may share a host name and a kernel, but not pids."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()[:8] + "-" + str(Path("/proc/self/ns/pid").readlink())[5:-1]
    except OSError:  # not Linux: nobody can be called dead, a lease has to run out
        return secrets.token_hex(4)


HOST = f"{socket.gethostname()[:60]}:{_boot()}"


def owner() -> str:
    """This process, as it stands in `Feed.lease_owner`."""
    return f"{HOST}:{os.getpid()}"


def dead(name: str) -> bool:
    """Whether that owner surely runs no more: same host, same boot, same pid namespace, and no such process."""
    host, _, pid = name.rpartition(":")
    if host != HOST or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
        # kill -9 leaves a zombie until its parent looks: that is dead, too.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except ProcessLookupError:
        return True
    except OSError:
        return False


def claim(exchange: str, source: str, now: datetime, *, spaced: bool = True) -> Claim | str:
    """Take the feed, or say why not as an outcome: not_offered, disabled, breaker_open, lease_lost.

    `spaced=False` (a person asked) ignores how recent the last poll is, and what else is asked; leases, switches and breakers still hold.
    """
    feed = Feed.objects.select_related("exchange").filter(exchange__slug=exchange, source=source).first()
    if feed is None or feed.exchange.adapter is None or feed.exchange.adapter.source(source) is None:
        return "not_offered"
    if not (feed.enabled and feed.exchange.switched_on and feed.exchange.auto != "off") or _left_out(feed, now):
        return _looked(feed, now, "disabled")
    if breaker.wait_s(breaker.Breaker(feed.fails, feed.opened, feed.probe_at), now):
        return _looked(feed, now, "breaker_open")
    if spaced and (_too_soon(feed, now) or _crowded(feed, now)):
        return "lease_lost"
    return _take(feed, now)


def _left_out(feed: Feed, now: datetime) -> bool:
    """Whether its exchange is on trial and this is one of the nine calls in ten that do not leave, whoever wants them."""
    if feed.exchange.auto != "trial" or feed.started_at is None:
        return False
    return timedelta(0) <= now - feed.started_at < timedelta(seconds=(automatic.ONE_IN - 1 + SPACING) * feed.firing_s)


def _too_soon(feed: Feed, now: datetime) -> bool:
    """Whether the last poll has only just begun. One whose worker died does not count, nor a start that is still to come:
    the clock was put back."""
    if feed.started_at is None or feed.lease_owner or _lacked_the_key(feed):
        return False
    return timedelta(0) <= now - feed.started_at < timedelta(seconds=SPACING * feed.firing_s)


def _crowded(feed: Feed, now: datetime) -> bool:
    """Whether its exchange is degraded and another of its batches is under way: then this one gives way, once.

    A batch asks market by market; of an exchange that takes thirty times as long, each would hold a worker for its whole time, and
    the others' prices would wait. What gave way goes at its next firing, whoever else does: the firings come at fixed distances, and
    the same one would lose every time. A list is one request and always goes.
    """
    if feed.exchange.state != ExchangeState.DEGRADED or not _in_batches(feed.exchange, feed.source) or _gave_way(feed, now):
        return False
    others = Feed.objects.filter(exchange=feed.exchange, lease_until__gt=now).exclude(lease_owner="").exclude(pk=feed.pk)
    return any(_in_batches(feed.exchange, source) and not dead(name) for source, name in others.values_list("source", "lease_owner"))


def _gave_way(feed: Feed, now: datetime) -> bool:
    """Whether its last firing did not start, or it never has."""
    return feed.started_at is None or now - feed.started_at > timedelta(seconds=(1 + SPACING) * feed.firing_s)


def _in_batches(exchange: Exchange, source: str) -> bool:
    known = exchange.adapter and exchange.adapter.source(source)
    return bool(known) and known.markets is not None


def _lacked_the_key(feed: Feed) -> bool:
    """Whether a signed call was not answered: a new start may have brought the right key, which nobody should have to wait an hour for."""
    source = feed.exchange.adapter and feed.exchange.adapter.source(feed.source)
    return bool(source) and needs_key(source) and feed.outcome not in ("", "ok", "partial")


def _take(feed: Feed, now: datetime) -> Claim | str:
    """The conditional UPDATE. The token read before must still stand, so of two workers one gets it."""
    # The owner read before must still stand, too: a poll that ends between the two looks would be followed at once by another.
    free = Q(lease_owner=feed.lease_owner)
    if feed.lease_owner and not dead(feed.lease_owner):
        free &= Q(lease_until__lte=now)
    lost = feed.lease_owner != ""  # the last worker never gave it back
    mine = Feed.objects.filter(free, pk=feed.pk, token=feed.token, enabled=True, exchange__in=Exchange.objects.filter(Exchange.asked()))
    if lost and feed.deaths + 1 >= DEATHS:
        return _give_up(feed, mine, now)
    taken = mine.update(token=F("token") + 1, lease_owner=owner(), lease_until=now + TTL, started_at=now, deaths=F("deaths") + int(lost))
    return Claim(feed, feed.token + 1, now) if taken else "lease_lost"


def _give_up(feed: Feed, mine: QuerySet[Feed], now: datetime) -> str:
    """A poll that kills or hangs its worker every time must not eat the pool: leave it alone a while, and say so."""
    detail = f"{feed.deaths + 1} polls in a row never ended; tried again after {GIVE_UP.seconds // 60} minutes"
    ended = {"finished_at": now, "outcome": "lease_lost", "detail": detail}
    if mine.update(token=F("token") + 1, lease_owner="", lease_until=None, deaths=F("deaths") + 1, probe_at=now + GIVE_UP, **ended):
        logger.error("%s: %s", feed, detail)
        Run.objects.create(exchange=feed.exchange, source=feed.source, token=feed.token + 1, started_at=now, ms=0, **ended)
    return "lease_lost"


def looked(exchange: str, source: str, now: datetime) -> str:
    """Nothing is asked of anybody now: a sign of life, and the feed keeps how its last poll ended."""
    Feed.objects.filter(exchange__slug=exchange, source=source).update(finished_at=now)
    return "disabled"


def _looked(feed: Feed, now: datetime, outcome: str) -> str:
    """Nothing was asked, on purpose: still a sign of life, or the watchdog would restart healthy workers."""
    Feed.objects.filter(pk=feed.pk).update(finished_at=now)
    return outcome


def release(claim: Claim) -> None:
    """Give the feed back. Does nothing when somebody else has taken it since."""
    Feed.objects.filter(pk=claim.feed.pk, token=claim.token).update(lease_owner="", lease_until=None, deaths=0)


def current(claim: Claim) -> bool:
    """Whether the claim's token is still the feed's. Inside the transaction of a write, lock the row first."""
    return Feed.objects.filter(pk=claim.feed.pk, token=claim.token).exists()
