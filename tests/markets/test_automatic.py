"""Pebble's own switch through the store: what it measures, what it stops, who overrides it, and that it is written down."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry

from exchanges import leases
from exchanges.models import Exchange, Feed, Incident, Run, Transition
from markets import asking, automatic, read, rounds, troubles
from markets.ask import agent
from markets.reads.findings import Asked
from tests.markets.build import NOW, catalogue, exchange, outcome, prices, save, ticker

pytestmark = pytest.mark.usefixtures("stored")
MINUTE = timedelta(minutes=1)


def polls(slug, good, bad, now=NOW, **more):
    """Polls of the last half hour, as their runs are kept."""
    row, at, first = exchange(slug), now - MINUTE, int(now.timestamp())
    about = {"exchange": row, "source": "tickers", "started_at": at, "finished_at": at, "ms": 100, **more}
    Run.objects.bulk_create(Run(token=first + n, outcome=kind, **about) for n, kind in enumerate(["ok"] * good + ["reset"] * bad))


def switched_off(slug="kucoin", now=NOW):
    polls(slug, 20, 20, now)
    assert automatic.look(now) == 1
    read.forget()
    return exchange(slug)


def test_a_poor_half_hour_switches_it_off_and_says_so_everywhere():
    catalogue("kucoin", "BTC/USDT")
    prices("kucoin", ticker("BTC/USDT", 100, 101))
    row = switched_off()
    why = "Off by Pebble until 12:30 UTC, because only 52 % of 42 calls in 30 minutes were answered."
    assert (row.auto, row.state, row.state_detail) == ("off", "auto_disabled", why)
    quote = read.board().pairs[next(iter(read.board().pairs))]["kucoin"]
    assert quote.switch == "auto_disabled"
    shown = read.compare("BTC", "USDT", NOW).rows[0]
    assert (shown.rank, shown.reason) == (None, "auto_disabled")
    status = next(e for e in read.exchanges(NOW) if e.slug == "kucoin")
    assert (status.state_label, status.detail) == ("Off by Pebble", why)
    (answer,) = agent.ask("best price for BTC on KuCoin", Asked(NOW)).answers
    assert [(each.exchange, each.reason, each.detail) for each in answer.excluded] == [("kucoin", "auto_disabled", shown.detail)] and not answer.sources
    incident = Incident.objects.get(key="auto_disabled:kucoin")
    assert incident.detail == why and incident.told
    entry = LogEntry.objects.get_for_object(row).latest("timestamp")
    assert entry.changes_dict == {"auto": ["on", "off"]} and entry.additional_data["measured"]["calls"] == 42 and entry.additional_data["reason"] == why


def test_nothing_is_asked_of_it_and_its_other_incidents_are_over():
    Exchange.objects.filter(slug="kucoin").update(state="down")
    row = exchange("kucoin")
    troubles.follow(row, Feed.objects.get(exchange=row, source="tickers"), outcome([], kind="reset"), NOW, changed=True)
    row = switched_off()
    assert leases.claim("kucoin", "tickers", NOW) == "disabled"
    assert not asking._switched_on(row, "tickers") and asking._switched_on(exchange("bybit"), "tickers")
    assert list(Incident.objects.filter(closed_at=None).values_list("key", flat=True)) == ["auto_disabled:kucoin"]
    save("kucoin", "tickers", outcome([]), NOW + MINUTE)  # an answer that was on its way
    assert exchange("kucoin").state == "auto_disabled"


@pytest.mark.both
def test_after_its_time_a_tenth_of_the_calls_decides():
    switched_off()
    now = NOW + 30 * MINUTE
    rounds.go(now)
    row = exchange("kucoin")
    assert (row.auto, row.state) == ("trial", "auto_disabled") and "on trial with a tenth of its calls" in row.state_detail
    left = 0
    for n in range(100):
        claim = leases.claim("kucoin", "tickers", now + n * timedelta(seconds=10))
        if not isinstance(claim, str):
            left += 1
            leases.release(claim)
    assert left == 10
    polls("kucoin", 5, 0, now + 20 * MINUTE)
    rounds.go(now + 20 * MINUTE)
    row = exchange("kucoin")
    assert (row.auto, row.state, row.auto_times) == ("", "starting", 1)
    assert Incident.objects.get(key="auto_disabled:kucoin").closing == "5 of 5 calls of its trial were answered."
    assert automatic.look(now + 21 * MINUTE) == 0  # the poor half hour before counts no more
    assert list(Transition.objects.filter(exchange=row).order_by("number").values_list("after", flat=True)) == ["auto_disabled", "starting"]


def test_a_failed_trial_is_an_hour_off():
    switched_off()
    rounds.go(NOW + 30 * MINUTE)
    polls("kucoin", 1, 2, NOW + 40 * MINUTE)
    rounds.go(NOW + 40 * MINUTE)
    assert (exchange("kucoin").auto, exchange("kucoin").auto_until) == ("off", NOW + 100 * MINUTE)
    assert Incident.objects.filter(key="auto_disabled:kucoin", closed_at=None).count() == 1


def test_prices_out_of_line_and_bans_switch_it_off_too():
    polls("kucoin", 30, 0, rows=100, outliers=21)
    bans = [Transition(exchange=exchange("bybit"), at=NOW - n * MINUTE, before="healthy", after="banned") for n in range(2)]
    Transition.objects.bulk_create(bans)
    assert automatic.look(NOW) == 2
    assert "stood away" in exchange("kucoin").auto_reason and "paused us 2 times" in exchange("bybit").auto_reason


@pytest.mark.both
def test_fewer_than_two_are_never_left_and_it_comes_back_when_others_go():
    for n, slug in enumerate(("binance", "bitget", "bybit", "gateio", "kucoin")):
        polls(slug, 1, 40, NOW - 2 * n * MINUTE)
    assert automatic.look(NOW) == 3
    on = Exchange.objects.filter(auto="")
    assert on.count() == 2 and automatic.look(NOW + MINUTE) == 0
    Exchange.objects.filter(pk=on.first().pk).update(enabled=False)
    assert automatic.look(NOW + 2 * MINUTE) >= 1
    assert Exchange.objects.filter(auto="", enabled=True).count() >= 2


def test_our_own_trouble_suspends_it():
    """T2."""
    polls("kucoin", 0, 40)
    Incident.objects.create(key="network", kind="network", title="Our network or time", opened_at=NOW)
    assert automatic.look(NOW) == 0
    Incident.objects.update(closed_at=NOW)
    assert automatic.look(NOW) == 1


def test_what_several_failed_at_together_is_held_against_none_of_them():
    """T2: not while it lasts, and not after it, however each of them failed; a failure of its own still is."""
    for slug, kind in (("bybit", "reset"), ("gateio", "tls"), ("kucoin", "content_type")):
        polls(slug, 1, 40, NOW)
        Run.objects.filter(exchange__slug=slug, outcome="reset").update(outcome=kind)
    assert automatic.look(NOW) == 0
    for slug in ("bybit", "gateio", "kucoin"):
        polls(slug, 12, 0, NOW + MINUTE)
    polls("kucoin", 0, 40, NOW + 10 * MINUTE)
    assert automatic.look(NOW + 10 * MINUTE) == 1
    assert list(Exchange.objects.filter(auto="off").values_list("slug", flat=True)) == ["kucoin"]


def test_a_hold_overrides_it_and_ends():
    polls("kucoin", 0, 40)
    Exchange.objects.filter(slug="kucoin").update(pin="on", pin_until=NOW + 10 * MINUTE, pin_reason="it is our line")
    assert automatic.look(NOW) == 0
    rounds.go(NOW + 10 * MINUTE - timedelta(seconds=1))
    assert exchange("kucoin").pin == "on"
    rounds.go(NOW + 10 * MINUTE)
    row = exchange("kucoin")
    assert (row.pin, row.pin_until, row.auto) == ("", None, "off")
    said = [e.additional_data["reason"] for e in LogEntry.objects.get_for_object(row) if "pin" in e.changes_dict]
    assert said == ["Its time was over at 22 Nov 12:10 UTC."]


def test_held_off_it_is_off_until_the_hold_ends():
    row = exchange("kucoin")
    row.pin, row.pin_until = "off", NOW + 10 * MINUTE
    row.save()
    assert exchange("kucoin").state == "disabled" and leases.claim("kucoin", "tickers", NOW) == "disabled"
    read.forget()
    assert not next(e for e in read.exchanges(NOW) if e.slug == "kucoin").enabled
    rounds.go(NOW + 10 * MINUTE)
    assert exchange("kucoin").state == "starting" and not isinstance(leases.claim("kucoin", "tickers", NOW + 10 * MINUTE), str)
