"""Claims: one worker at a time, fenced, taken over from the dead, never given to what kills its worker."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from exchanges import leases
from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed, Run

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SLUG = next(iter(ADAPTERS), "")

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed():
    Exchange.objects.filter(slug=SLUG).update(enabled=True)
    return Feed.objects.get(exchange__slug=SLUG, source="tickers")


def claim(seconds=0.0, **options):
    return leases.claim(SLUG, "tickers", NOW + timedelta(seconds=seconds), **options)


def owned_by(feed, owner, **columns):
    Feed.objects.filter(pk=feed.pk).update(lease_owner=owner, lease_until=NOW + timedelta(seconds=15), **columns)


@pytest.fixture
def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_claim_takes_the_feed_and_counts_up(feed):
    first = claim()
    assert (first.feed.pk, first.token) == (feed.pk, feed.token + 1)
    feed.refresh_from_db()
    assert feed.lease_owner == leases.owner() and feed.lease_until > NOW + timedelta(seconds=12)
    assert leases.current(first)


def test_what_is_held_is_not_handed_out_even_to_a_person(feed):
    assert isinstance(claim(), leases.Claim)
    assert claim(10, spaced=False) == "lease_lost"


def test_after_a_release_the_spacing_rule_holds_and_a_person_may_ignore_it(feed):
    leases.release(claim())
    soon = feed.period_s * leases.SPACING - 0.5
    assert claim(soon) == "lease_lost"
    assert isinstance(claim(soon, spaced=False), leases.Claim)


def test_the_next_cycle_gets_it(feed):
    leases.release(claim())
    assert isinstance(claim(feed.period_s), leases.Claim)


def test_a_lease_that_ran_out_is_taken_over_and_the_old_token_is_worth_nothing(feed):
    old = claim()
    new = claim(leases.TTL.total_seconds() + 1)
    assert new.token == old.token + 1
    assert leases.current(new) and not leases.current(old)
    leases.release(old)
    assert leases.current(new) and Feed.objects.get(pk=feed.pk).lease_owner


def test_a_dead_worker_is_replaced_before_its_lease_ends(feed, dead_pid):
    owned_by(feed, f"{leases.HOST}:{dead_pid}")
    assert isinstance(claim(), leases.Claim)


@pytest.mark.parametrize("elsewhere", ["otherhost:12345678-4026531836", leases.HOST.replace(":", ":0"), leases.HOST + "1"])
def test_a_pid_of_another_host_boot_or_namespace_says_nothing(feed, dead_pid, elsewhere):
    owned_by(feed, f"{elsewhere}:{dead_pid}")
    assert claim() == "lease_lost"


def test_a_killed_worker_is_dead_before_its_parent_has_looked():
    child = os.fork()
    if child == 0:
        os._exit(0)
    try:
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # it has ended and stays a zombie
        assert leases.dead(f"{leases.HOST}:{child}")
    finally:
        os.waitpid(child, 0)
    assert not leases.dead(leases.owner())
    assert not leases.dead("")


@pytest.mark.parametrize(("table", "columns", "outcome"), [
    (Exchange, {"enabled": False}, "disabled"),
    (Feed, {"enabled": False}, "disabled"),
    (Feed, {"probe_at": NOW + timedelta(seconds=1)}, "breaker_open"),
])
def test_switches_and_breakers_refuse_and_still_leave_a_sign_of_life(feed, table, columns, outcome):
    table.objects.filter(pk=feed.pk if table is Feed else feed.exchange_id).update(**columns)
    assert claim(spaced=False) == outcome
    feed.refresh_from_db()
    assert (feed.finished_at, feed.token, feed.outcome) == (NOW, 0, "")


def test_when_the_probe_is_due_one_claim_goes_out(feed):
    Feed.objects.filter(pk=feed.pk).update(probe_at=NOW)
    assert isinstance(claim(), leases.Claim)
    assert claim() == "lease_lost"


def test_what_nobody_offers_is_not_claimed(feed):
    assert leases.claim("no-such-exchange", "tickers", NOW) == "not_offered"
    Exchange.objects.filter(slug=SLUG).update(slug="gone")
    assert leases.claim("gone", "tickers", NOW) == "not_offered"


def test_a_poll_that_kills_three_workers_is_left_alone_and_recorded(feed, dead_pid):
    at = 0
    for deaths in range(leases.DEATHS):
        assert isinstance(claim(at), leases.Claim), deaths
        owned_by(feed, f"{leases.HOST}:{dead_pid}")
        at += feed.period_s
    assert claim(at) == "lease_lost"
    run = Run.objects.get(exchange__slug=SLUG)
    assert run.outcome == "lease_lost" and "never ended" in run.detail
    assert claim(at + feed.period_s) == "breaker_open"
    later = at + leases.GIVE_UP.total_seconds() + feed.period_s
    last = claim(later)
    assert isinstance(last, leases.Claim)
    leases.release(last)
    assert Feed.objects.get(pk=feed.pk).deaths == 0


def test_one_lost_worker_more_after_that_is_enough(feed, dead_pid):
    Feed.objects.filter(pk=feed.pk).update(deaths=leases.DEATHS)
    owned_by(feed, f"{leases.HOST}:{dead_pid}")
    assert claim() == "lease_lost"
    assert Feed.objects.get(pk=feed.pk).probe_at == NOW + leases.GIVE_UP


def test_after_a_lost_worker_nobody_waits_for_the_spacing(feed, dead_pid):
    owned_by(feed, f"{leases.HOST}:{dead_pid}", started_at=NOW)
    assert isinstance(claim(0.5), leases.Claim)


def test_a_start_or_probe_that_is_still_to_come_was_written_by_a_clock_put_back(feed):
    Feed.objects.filter(pk=feed.pk).update(started_at=NOW + timedelta(hours=1), probe_at=NOW + timedelta(hours=1))
    assert isinstance(claim(), leases.Claim)


@pytest.mark.parametrize(("outcome", "asked"), [("not_offered", True), ("client_error", True), ("forbidden", True), ("ok", False), ("partial", False)])
def test_who_brings_the_right_key_need_not_wait_for_the_next_period(outcome, asked):
    slug = next(slug for slug, adapter in ADAPTERS.items() if adapter.copy_traders)
    Exchange.objects.filter(slug=slug).update(enabled=True)
    Feed.objects.filter(exchange__slug=slug, source="copy_traders").update(enabled=True, started_at=NOW, finished_at=NOW, outcome=outcome)
    assert isinstance(leases.claim(slug, "copy_traders", NOW + timedelta(seconds=30)), leases.Claim) is asked


def test_a_poll_that_ends_while_another_worker_looks_is_not_followed_at_once(feed, monkeypatch):
    first, really = claim(), leases.dead

    def while_it_looks(owner):
        leases.release(first)
        return really(owner)

    monkeypatch.setattr(leases, "dead", while_it_looks)
    assert claim(0.5) == "lease_lost"
    assert isinstance(claim(feed.period_s), leases.Claim)


# --- A degraded exchange --------------------------------------------------------------------------------------------
def batches(count):
    """So many sources that are read market by market, of an exchange that is degraded."""
    adapter = next(adapter for adapter in ADAPTERS.values() if sum(bool(adapter.source(name)) for name in ("book", "candles", "funding_history")) >= count)
    Exchange.objects.filter(slug=adapter.slug).update(enabled=True, state="degraded")
    Feed.objects.filter(exchange__slug=adapter.slug).update(enabled=True)
    return adapter.slug, [name for name in ("book", "candles", "funding_history") if adapter.source(name)][:count]


def just_started(slug, source):
    """Its last firing began as long ago as its next one is due."""
    feed = Feed.objects.get(exchange__slug=slug, source=source)
    Feed.objects.filter(pk=feed.pk).update(lease_owner="", started_at=NOW - timedelta(seconds=feed.firing_s))
    return feed.firing_s


def test_batches_of_a_degraded_exchange_go_one_at_a_time():
    slug, (first, second) = batches(2)
    just_started(slug, second)
    taken = leases.claim(slug, first, NOW)
    assert leases.claim(slug, second, NOW) == "lease_lost"
    assert isinstance(leases.claim(slug, "tickers", NOW), leases.Claim), "a list is one request"
    assert isinstance(leases.claim(slug, second, NOW, spaced=False), leases.Claim), "somebody waits for it"
    just_started(slug, second)
    leases.release(taken)
    assert isinstance(leases.claim(slug, second, NOW), leases.Claim)


def test_what_gave_way_goes_at_its_next_firing_whoever_else_does():
    """Firings come at fixed distances: whoever loses once would lose every time."""
    slug, (first, second) = batches(2)
    firing_s = just_started(slug, second)
    leases.claim(slug, first, NOW)
    Feed.objects.filter(exchange__slug=slug, source=first).update(lease_until=NOW + timedelta(days=1))
    assert leases.claim(slug, second, NOW) == "lease_lost"
    assert isinstance(leases.claim(slug, second, NOW + timedelta(seconds=firing_s)), leases.Claim)


def test_a_batch_whose_worker_died_or_whose_time_ran_out_is_in_nobodys_way(dead_pid):
    slug, (first, second) = batches(2)
    just_started(slug, second)
    Feed.objects.filter(exchange__slug=slug, source=first).update(lease_owner="elsewhere:1", lease_until=NOW - timedelta(seconds=1))
    assert isinstance(leases.claim(slug, second, NOW), leases.Claim)
    just_started(slug, second)
    Feed.objects.filter(exchange__slug=slug, source=first).update(lease_owner=f"{leases.HOST}:{dead_pid}", lease_until=NOW + leases.TTL)
    assert isinstance(leases.claim(slug, second, NOW), leases.Claim)


def test_batches_of_a_healthy_exchange_go_side_by_side():
    slug, names = batches(2)
    Exchange.objects.filter(slug=slug).update(state="healthy")
    assert all(isinstance(leases.claim(slug, name, NOW), leases.Claim) for name in names)
