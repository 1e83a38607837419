"""States, incidents and notices through the real store: what a poll's end means, and what no poll can see."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchanges.models import Exchange, Feed, Incident, Transition
from markets import condition, incidents, ourselves, pausing, read, rounds, troubles
from markets.analysis import incidents as rules
from markets.models import Channel, Delivery, ExchangeAsset, ExchangeDay, IdentityState, Quote
from markets.reads import uptime
from tests.markets.build import NOW, catalogue, exchange, outcome, prices, save, ticker

pytestmark = pytest.mark.usefixtures("stored")
FIVE = ("binance", "bitget", "bybit", "gateio", "kucoin")
CYCLE = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def roomy(monkeypatch):
    """However full this machine's disk is."""
    monkeypatch.setattr(ourselves, "ROOM_BYTES", 0)
    monkeypatch.setattr(ourselves, "ROOM_SHARE", 0.0)


@pytest.fixture
def operators(stored):
    return Channel.objects.create(kind="email", address="ops@example.org")


def end(slug, kind="ok", now=NOW, source="tickers", **more):
    save(slug, source, outcome([], now, kind=kind, **more), now)


def cycles(slugs, *kinds, start=NOW):
    """Each exchange ends each cycle in that way, ten seconds apart; the time of the last one."""
    for n, kind in enumerate(kinds):
        for slug in slugs:
            end(slug, kind, start + n * CYCLE)
    return start + (len(kinds) - 1) * CYCLE


def keys(**wanted):
    return sorted(Incident.objects.filter(**wanted).values_list("key", flat=True))


def told():
    return [what for told in Incident.objects.order_by("pk").values_list("told", flat=True) for what, _ in told]


# --- One exchange ---------------------------------------------------------------------------------------------------
def test_down_is_told_once_and_its_end_with_how_long_it_took(operators):
    """T1: three failed cycles, one notice. The state, its history, the incident and the outbox's row come in one transaction."""
    last = cycles(["kucoin"], "ok", "refused", "refused")
    assert not Incident.objects.exists()
    last = cycles(["kucoin"], "refused", "refused", "refused", start=last + CYCLE)
    assert (exchange("kucoin").state, keys(closed_at=None)) == ("down", ["down:kucoin"])
    subject = Delivery.objects.get()
    assert subject.subject == "KuCoin is down" and subject.payload["exchange"] == "KuCoin"
    last = cycles(["kucoin"], "ok", "ok", start=last + timedelta(minutes=12))
    assert (exchange("kucoin").state, keys(closed_at=None)) == ("healthy", [])
    over = Delivery.objects.latest("pk")
    assert over.subject == "Over: KuCoin is down" and "for 12 min" in over.text
    assert Delivery.objects.count() == 2


def test_a_down_exchange_is_noticed_within_forty_five_seconds():
    last = cycles(["kucoin"], "ok", "deadline", "deadline", "deadline")
    assert exchange("kucoin").state == "down" and last - NOW <= timedelta(seconds=45)


def test_the_history_replayed_gives_the_state_and_no_number_comes_twice():
    cycles(["kucoin"], *["ok", "reset", "schema", "reset", "ok"] * 3, "ok")
    rows = list(Transition.objects.filter(exchange=exchange("kucoin")).order_by("number").values_list("number", "before", "after"))
    assert len(rows) > 3 and [n for n, *_ in rows] == list(range(1, len(rows) + 1)) and rows[0][1] == "starting"
    assert all(one[2] == other[1] for one, other in pairwise(rows))
    assert rows[-1][2] == exchange("kucoin").state and exchange("kucoin").moves == len(rows)


@pytest.mark.both
def test_of_two_sweeps_that_overlap_no_failure_is_lost():
    """Lost counter update: both have read the feed before either writes."""
    first, second = (Feed.objects.select_related("exchange").get(exchange__slug="kucoin", source="tickers") for _ in range(2))
    for feed in (first, second, first):
        condition.advance(feed, outcome([], kind="refused"), NOW)
    assert Feed.objects.get(pk=first.pk).fails == 3


def test_an_untrusted_certificate_is_told_at_once_and_over_when_all_sources_answer():
    """T3."""
    end("kucoin", "tls", detail="self-signed certificate")
    found = Incident.objects.get(key="tls:kucoin")
    assert found.critical and "self-signed" in found.detail and told() == ["opened"]
    end("kucoin", "ok", NOW + CYCLE, source="status")
    assert keys(closed_at=None) == ["tls:kucoin"]
    end("kucoin", "ok", NOW + 2 * CYCLE)
    assert keys(closed_at=None) == []


def test_a_changed_format_is_an_incident_of_its_own():
    end("kucoin", "schema", detail="12 of 20 rows could not be read", source="book")
    assert Incident.objects.get().key == "format:kucoin" and "12 of 20" in Incident.objects.get().detail
    end("kucoin", "ok", NOW + CYCLE, source="book")
    assert keys(closed_at=None) == []


def test_prices_that_stand_away_for_three_cycles():
    three = ("binance", "bybit", "kucoin")
    for slug in three:
        catalogue(slug, "BTC/USDT")
    for n in range(3):
        for slug in three[:2]:
            prices(slug, ticker("BTC/USDT", 100, 101), now=NOW + n * CYCLE)
        assert keys() == []
        prices("kucoin", ticker("BTC/USDT", 135, 136), now=NOW + n * CYCLE)
    assert keys(closed_at=None) == ["prices:kucoin"]
    for n in range(3, 7):  # three samples well inside let it back in
        for slug in three:
            prices(slug, ticker("BTC/USDT", 100, 101), now=NOW + n * CYCLE)
    assert keys(closed_at=None) == []


def test_a_list_in_another_unit_is_told_and_makes_no_coin_another():
    three, pairs = ("binance", "bybit", "kucoin"), [f"C{n:02}/USDT" for n in range(25)]
    for slug in three:
        catalogue(slug, *pairs)
    for n in range(4):
        for slug in three:
            times = 110 if slug == "kucoin" else 1
            prices(slug, *(ticker(pair, 100 * times, 101 * times) for pair in pairs), now=NOW + n * CYCLE)
    assert keys(closed_at=None) == ["prices:kucoin"]
    assert not ExchangeAsset.objects.filter(state=IdentityState.CONFLICTED).exists()
    assert {quote.flag for quote in Quote.objects.filter(market__exchange__slug="kucoin")} == {"identity_conflict"}


def test_coins_that_are_known_to_be_others_are_no_prices_out_of_line():
    three, pairs = ("binance", "bybit", "kucoin"), [f"C{n:02}/USDT" for n in range(25)]
    for slug in three:
        catalogue(slug, *pairs)
    ExchangeAsset.objects.filter(exchange__slug="kucoin", code__startswith="C0").update(state=IdentityState.CONFLICTED, decided=True)
    for n in range(4):
        for slug in three:
            prices(slug, *(ticker(pair, *((900, 910) if slug == "kucoin" and pair < "C1" else (100, 101))) for pair in pairs), now=NOW + n * CYCLE)
    Quote.objects.filter(market__base__state=IdentityState.CONFLICTED).update(flag="identity_conflict")
    prices("binance", *(ticker(pair, 100, 101) for pair in pairs), now=NOW + 4 * CYCLE)
    assert keys(closed_at=None) == []
    assert condition._quotes(exchange("kucoin"), None, NOW)[1] == 0
    Quote.objects.filter(market__exchange__slug="kucoin", market__base__code="C20").update(flag="identity_conflict")
    assert condition._quotes(exchange("kucoin"), None, NOW)[1] == 1, "but one that is not known to be"


def test_while_a_list_is_in_another_unit_what_it_alone_lists_has_no_best_price():
    """Nobody else trades it, so nothing but the rest of its list says that this price is 110-fold too."""
    pairs = [f"C{n:02}/USDT" for n in range(25)]
    for slug in ("binance", "bybit", "kucoin"):
        catalogue(slug, *pairs, *(["ONLY/USDT"] if slug == "kucoin" else []))

    def said(n, times):
        now = NOW + n * CYCLE
        for slug in ("binance", "bybit"):
            prices(slug, *(ticker(pair, 100, 101) for pair in pairs), now=now)
        prices("kucoin", *(ticker(pair, 100 * times, 101 * times) for pair in [*pairs, "ONLY/USDT"]), now=now)
        found = read.compare("ONLY", "USDT", now)
        return found.status, found.best_buy and found.best_buy.price, found.rows[0].detail

    assert said(0, 1)[:2] == ("single_source", 101)
    assert said(1, 110) == ("none", None, "nothing confirms its price, and most of its list is probably counted in another unit")
    assert said(2, 110)[:2] == ("none", None)
    assert said(3, 1)[:2] == ("single_source", 101)


def test_a_budget_that_leaves_nothing_for_prices():
    cycles(["kucoin"], "budget_exhausted", "budget_exhausted")
    assert keys() == []
    last = cycles(["kucoin"], "budget_exhausted", start=NOW + 2 * CYCLE)
    assert keys(closed_at=None) == ["budget:kucoin"]
    end("kucoin", "ok", last + CYCLE)
    assert keys(closed_at=None) == []


# --- Several ---------------------------------------------------------------------------------------------------------
@pytest.mark.both
def test_five_that_fail_of_one_cause_are_one_incident(operators):
    """T2: our network, not five exchanges; and nothing is held against any of them."""
    last = cycles(FIVE, "ok", "dns", "dns", "dns", "dns")
    assert {exchange(slug).state for slug in FIVE} == {"down"}
    assert keys() == ["network"] and Delivery.objects.count() == 1
    assert "Names cannot be looked up" in Delivery.objects.get().text
    last = cycles(FIVE, "ok", "ok", start=last + timedelta(minutes=5))
    rounds.go(last)
    assert keys(closed_at=None) == [] and Delivery.objects.count() == 2


def test_who_still_fails_when_our_trouble_is_over_has_a_trouble_of_its_own():
    last = cycles(FIVE, "ok", "dns", "dns", "dns", "dns")
    last = cycles(FIVE[1:], "ok", "ok", start=last + CYCLE)
    assert keys(closed_at=None) == []
    end("binance", "dns", last + CYCLE)
    assert keys(closed_at=None) == ["down:binance"]


def test_fewer_than_three_live_exchanges():
    """Two sources left: the notice is there before one of the last two can be believed wrongly."""
    last = cycles(FIVE, "ok")
    rounds.go(last)
    assert keys() == []
    for slug, kind in zip(FIVE[:3], ("server_error", "dns", "deadline"), strict=True):
        last = cycles([slug], kind, kind, kind, start=last + CYCLE)
    rounds.go(last)
    assert "coverage" in keys(closed_at=None) and "2 of 5" in Incident.objects.get(key="coverage").detail
    last = cycles(FIVE[:1], "ok", "ok", start=last + timedelta(minutes=5))
    rounds.go(last)
    assert "coverage" not in keys(closed_at=None)


def test_clocks_that_differ():
    """I8."""
    Exchange.objects.filter(slug="kucoin").update(clock_offset_ms=-2001)
    Exchange.objects.filter(slug="bybit").update(clock_offset_ms=2000)
    rounds.go(NOW)
    assert keys(closed_at=None) == ["clock:kucoin"] and "-2.0 s" in Incident.objects.get().detail
    Exchange.objects.exclude(slug="bybit").update(clock_offset_ms=40_000)
    rounds.go(NOW)
    assert keys(closed_at=None) == ["clock"]
    Exchange.objects.update(clock_offset_ms=0)
    rounds.go(NOW)
    assert keys(closed_at=None) == []


def test_polls_that_never_end_and_sources_that_do_not_answer():
    """I5."""
    Feed.objects.filter(exchange__slug="kucoin", source="book").update(deaths=3, detail="3 polls in a row never ended")
    Exchange.objects.filter(slug="kucoin").update(state="healthy")
    Feed.objects.filter(exchange__slug="kucoin", source="candles").update(opened=3, fails=3, probe_at=NOW, outcome="reset")
    rounds.go(NOW)
    assert keys(closed_at=None) == ["breaker:kucoin", "task:kucoin:book"]
    Feed.objects.update(deaths=0, opened=0, probe_at=None)
    rounds.go(NOW)
    assert keys(closed_at=None) == []


def test_a_database_that_takes_nothing_is_told_as_soon_as_it_takes_something():
    """I7: three answers in a row that could not be stored; the next round, which can write, finds it over."""
    for n in range(2):
        troubles.unstored(NOW + n * CYCLE)
    troubles.stored()
    troubles.unstored(NOW)
    assert keys() == []  # never three in a row
    for n in range(1, 3):
        troubles.unstored(NOW + n * CYCLE)
    assert keys(closed_at=None) == ["storage"] and Incident.objects.get().opened_at == NOW and Incident.objects.get().critical
    troubles.stored()
    rounds.go(NOW + 3 * CYCLE)
    assert keys(closed_at=None) == []


def test_little_room_is_told_before_there_is_none(monkeypatch):
    """I7."""
    monkeypatch.setattr(ourselves, "ROOM_SHARE", 1.1)
    rounds.go(NOW)
    assert keys(closed_at=None) == ["room"] and Incident.objects.get().kind == "storage"
    monkeypatch.setattr(ourselves, "ROOM_SHARE", 0.0)
    rounds.go(NOW + CYCLE)
    assert keys(closed_at=None) == []


def test_work_that_waits_while_somebody_is_at_work_is_an_incident_and_after_a_start_or_a_pause_it_is_not():
    cycles(FIVE, "ok")
    late = NOW + timedelta(minutes=3)
    Feed.objects.filter(source="tickers").exclude(exchange__slug="kucoin").update(finished_at=late)
    read.forget()
    rounds.go(late)
    assert "workers" not in keys(closed_at=None), "nobody ended anything between 150 and 90 s ago: they have just started"
    end("bybit", "reset", NOW + timedelta(seconds=60), source="instruments")
    pausing.pause(late, "moving house")
    rounds.go(late)
    assert "workers" not in keys(closed_at=None)
    pausing.resume("moved")
    rounds.go(late)
    found = Incident.objects.get(key="workers")
    assert found.kind == "workers" and found.detail.startswith("Prices of KuCoin were not asked for in time. Too few workers")
    for minute in (1, 3):
        for slug in FIVE:
            end(slug, now=late + timedelta(minutes=minute))
        rounds.go(late + timedelta(minutes=minute))
        assert bool(Incident.objects.get(key="workers").closing) is (minute == 3), "one that is behind every other minute is one incident"
    assert Incident.objects.get(key="workers").closing == "Work is done in time again."


def test_workers_that_the_watchdog_replaced_are_told_of_by_the_new_ones(operators):
    cycles(FIVE, "ok")
    ourselves.replaced("the last poll ended 40 s ago, 30 s are allowed", NOW)
    assert Incident.objects.get().title == "The workers stopped" and Delivery.objects.count() == 1
    last = NOW + timedelta(minutes=3)
    cycles(FIVE, "ok", start=last)
    rounds.go(last)
    assert keys(closed_at=None) == [] and Delivery.objects.count() == 2


def test_three_that_are_slow_at_once_are_our_own_slowness():
    """Nobody is degraded for it, and operators are told of one trouble, not of three."""
    for n in range(12):
        for slug in FIVE[:3]:
            end(slug, now=NOW + n * CYCLE, ms=3000)
        for slug in FIVE[3:]:
            end(slug, now=NOW + n * CYCLE, ms=300)
    now = NOW + 11 * CYCLE
    assert {exchange(slug).state for slug in FIVE} == {"healthy"}
    rounds.go(now)
    found = Incident.objects.get(key="slow")
    assert found.detail.startswith("One answer in twenty, or three in a row, take more than two seconds, on 3 exchanges: Binance, Bitget, Bybit.")
    for n in range(12, 60):  # quick again, and for five minutes those answers are still among the last
        for slug in FIVE[:2]:
            end(slug, now=NOW + n * CYCLE, ms=300)
        end("bybit", now=NOW + n * CYCLE, ms=3000)
        rounds.go(NOW + n * CYCLE)
        assert {exchange(slug).state for slug in FIVE[:2]} == {"healthy"}, n
    assert "slow" not in keys(closed_at=None)
    for n in range(60, 100):
        end("bybit", now=NOW + n * CYCLE, ms=3000)
    assert exchange("bybit").state == "degraded", "alone it is slow itself"


def test_one_quick_answer_a_minute_makes_our_slowness_no_trouble_of_theirs():
    for n in range(40):
        for slug in FIVE:
            end(slug, now=NOW + n * CYCLE, ms=300 if n % 6 == 0 else 3000)
        rounds.go(NOW + n * CYCLE)
    assert {exchange(slug).state for slug in FIVE} == {"healthy"}
    assert Incident.objects.filter(key="slow").count() == 1


# --- Back and forth ---------------------------------------------------------------------------------------------------
def test_thirty_minutes_of_random_flapping_are_at_most_three_notices_for_each_exchange(operators):
    """Faults section 9: five exchanges that change at random, each every minute or two, with a round after each."""
    chance = random.Random(11)
    for slug in FIVE:
        end(slug, "ok")
    for n in range(24):
        now = NOW + (n + 1) * timedelta(seconds=75)
        for slug in FIVE:
            row, state = exchange(slug), chance.choice(["healthy", "degraded", "down", "down"])
            if chance.random() < 0.8 and condition.move(row, state, now, "by chance"):
                troubles.follow(row, Feed.objects.get(exchange=row, source="tickers"), outcome([], now, kind="ok"), now, changed=True)
        rounds.go(now)
    changes = {slug: Transition.objects.filter(exchange__slug=slug).count() for slug in FIVE}
    for slug in FIVE:
        mine = [notice for told in Incident.objects.filter(exchange__slug=slug).values_list("told", flat=True) for notice in told]
        assert changes[slug] >= 8 and 1 <= len(mine) <= 3, (slug, mine)
    assert Delivery.objects.count() == len(told())
    assert len(keys(closed_at=None)) == len(set(keys(closed_at=None)))


def test_a_bad_day_costs_a_round_no_more_than_a_good_one():
    """Of hundreds of incidents that are over, told of or not, none is looked at one by one."""
    def statements():
        with CaptureQueriesContext(connection) as asked:
            incidents.tell(NOW)
        return len(asked)

    binance, at, ended = exchange("binance"), (NOW - timedelta(hours=5)).isoformat(), NOW - timedelta(hours=4)
    fields = {"exchange": binance, "kind": "down", "title": "t", "opened_at": NOW - timedelta(hours=5), "closed_at": ended}
    before = statements()
    Incident.objects.bulk_create(Incident(key=f"down:binance{n}", told=told, **fields) for n in range(50) for told in ([], [["opened", at], ["closed", at]]))
    assert statements() == before
    Incident.objects.create(key="down:binance", told=[["opened", at]], **fields)
    assert incidents.tell(NOW) == 1 and told()[-2:] == ["opened", "closed"], "and an end that is owed is told"


def test_a_flapping_exchange_is_told_as_such_then_in_digests_and_once_more_when_it_is_stable():
    """Changes that nobody was told of one by one: degraded and back."""
    now = NOW
    end("kucoin", "ok", now)
    row = exchange("kucoin")
    for n, state in enumerate(["degraded", "healthy", "degraded", "healthy"]):
        now = NOW + timedelta(minutes=n)
        assert condition.move(row, state, now, "why")
        troubles.follow(row, Feed.objects.get(exchange=row, source="book"), outcome([], now), now, changed=True)
    assert keys(closed_at=None) == ["flapping:kucoin"] and told() == ["opened"]
    row = exchange("kucoin")
    condition.move(row, "degraded", now + timedelta(minutes=10), "slow")
    rounds.go(now + timedelta(minutes=20))
    assert told() == ["opened"]
    condition.move(row, "healthy", now + timedelta(minutes=24))
    rounds.go(now + timedelta(minutes=30))
    assert told() == ["opened", "digest"]
    rounds.go(now + timedelta(minutes=38))
    assert keys(closed_at=None) == ["flapping:kucoin"]
    rounds.go(now + timedelta(minutes=39))
    assert (keys(closed_at=None), told()) == ([], ["opened", "digest", "closed"])


def test_what_an_outage_of_ours_changed_is_no_flapping_and_the_text_says_what_is():
    end("kucoin", "ok", NOW)
    row, feed = exchange("kucoin"), Feed.objects.get(exchange__slug="kucoin", source="book")

    def change(minute, state):
        assert condition.move(row, state, NOW + timedelta(minutes=minute), "why")
        troubles.follow(row, feed, outcome([], row.state_since), row.state_since, changed=True)

    incidents.opened("network", "network", NOW, title="Our network or time")
    change(1, "down")
    incidents.closed("network", NOW + timedelta(minutes=2))
    change(7, "healthy")
    for minute, state in ((9, "degraded"), (10, "healthy"), (11, "degraded")):
        change(minute, state)
    assert "flapping:kucoin" not in keys(closed_at=None)
    change(12, "healthy")
    assert Incident.objects.get(key="flapping:kucoin").detail == "Its state changed 4 times in half an hour; now: live. why"
    change(40, "degraded")
    assert Incident.objects.get(key="flapping:kucoin").detail == "Its state changed 3 times in half an hour; now: degraded. why"


def test_what_nobody_saw_is_no_part_of_how_long_it_lasted_and_brings_no_calm(operators):
    """Pebble was off for five hours while an exchange was down, and while another kept changing."""
    end("kucoin", "ok", NOW)
    ExchangeDay.objects.create(exchange=exchange("kucoin"), day=NOW.date(), upto=NOW)
    last = cycles(["kucoin"], "refused", "refused", "refused", start=NOW + CYCLE)
    incidents.opened("flapping:bybit", "flapping", last, exchange=exchange("bybit"), title="Bybit keeps changing")
    Exchange.objects.filter(slug="bybit").update(state_since=last)
    back = last + timedelta(hours=5)
    end("kucoin", "ok", back)
    rounds.go(back + CYCLE)
    assert keys(closed_at=None, kind="flapping") == ["flapping:bybit"]
    end("kucoin", "ok", back + CYCLE)
    over = Delivery.objects.get(subject="Over: KuCoin is down")
    assert over.payload["lasted_s"] == 10 and "for 10 s, and 5 h in which Pebble was away and nobody looked." in over.text
    read.forget()
    assert [round(t.away_s) for t in uptime.troubles(back + CYCLE) if t.kind == "down"] == [5 * 3600]
    assert uptime.troubles(back + CYCLE)[-1].gap == ", of which Pebble was away for 5 h 0 m"


def test_reminders_while_it_goes_on_and_none_once_somebody_looks_after_it():
    incidents.opened("network", "network", NOW, title="Our network or time")
    assert incidents.opened("network", "network", NOW, title="Our network or time", detail="more is known") is None
    assert Incident.objects.get().detail == "more is known"
    hours = timedelta(hours=4)
    assert (incidents.tell(NOW + hours - CYCLE), incidents.tell(NOW + hours), incidents.tell(NOW + hours + CYCLE)) == (0, 1, 0)
    assert incidents.tell(NOW + 2 * hours) == 1
    Incident.objects.update(noted_at=NOW)
    assert incidents.tell(NOW + 3 * hours) == 0
    assert incidents.closed("network", NOW + 3 * hours) and incidents.closed("network", NOW + 3 * hours) is None
    assert told() == ["opened", "reminder", "reminder", "closed"]


def test_what_was_open_at_a_time_is_found():
    incidents.opened("a", "network", NOW, title="a")
    incidents.closed("a", NOW + CYCLE)
    incidents.opened("b", "network", NOW + CYCLE, title="b")
    assert [i.key for i in incidents.between(NOW + CYCLE, NOW + 2 * CYCLE)] == ["b"]
    assert [i.key for i in incidents.between(NOW, NOW + 2 * CYCLE)] == ["b", "a"]
    assert [i.key for i in incidents.between(NOW, NOW + CYCLE)] == ["a"] and [i.key for i in incidents.going_on()] == ["b"]
    assert rules.LATE and read.revision() is not None
